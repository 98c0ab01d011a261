"""Conditions: requests that bind ("by X, after 1990, without Z"), answered by look-up in the starter catalogue.

Three types, in halves whose phrasings, people and titles are disjoint (a title belongs to the half of its first
creator). `direct` says its conditions outright; `titles` names people by what they made or played in; `premise` holds
something untrue of a title. Relevant are all items (1 to 5) whose fields satisfy the request, less those it names.
What people may read in two ways is left out: a request is kept only where a bound taken with or without its end, an
adjective taken for the country or the language, and an unsaid kind lead to the same items. In `premise`, "that
director" and the like are the true ones; where the request itself names the person ("films by X, who also directed
Y"), it is that person's works.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mrrec.catalog import Item, read_items
from mrrec.evaluate.data import Query, Task
from mrrec.evaluate.tasks import conditions_phrasings as said
from mrrec.evaluate.tasks.conditions_world import HALVES, World, alike, spoken_name, spoken_title, twins
from mrrec.settings import SEED

TYPES = {"direct": said.DIRECT, "titles": said.TITLES, "premise": said.PREMISE}
PER_SHAPE = 5  # queries made of one shape, at most
TRIES = 400  # draws for a shape before it is left at fewer
MOST = 5  # relevant items, so that all of them fit among the first five
LAST_YEAR = 2025  # "before 2027" is nothing that people say
LOWER = 0.2  # of the requests are all in lower case

Test = Callable[[Item], bool]


@dataclass
class Draw:
    """A request while it is filled: slot texts, what an item must satisfy, and what might be meant instead."""

    kind: str
    half: str
    rng: random.Random
    texts: dict[str, str] = field(default_factory=dict)
    tests: list[Test] = field(default_factory=list)
    edges: list[Test] = field(default_factory=list)  # one a test: items that another reading would take in
    named: set[str] = field(default_factory=set)  # ids of the items named

    def bind(self, slot: str, text: str, test: Test, edge: Test = lambda item: False) -> None:
        self.texts[slot] = text
        self.tests.append(test)
        self.edges.append(edge)

    def fits(self, item: Item) -> bool:
        return item.id not in self.named and all(test(item) for test in self.tests)

    def might(self, item: Item) -> bool:
        pairs = zip(self.tests, self.edges, strict=True)
        return item.id not in self.named and all(test(item) or edge(item) for test, edge in pairs)


def build(data: Path | None = None, seed: int = 0, progress: bool = False) -> Task:
    """Make the task; `data` is not read, since the starter catalogue is all it needs."""
    world = World(read_items(SEED / "catalog"), seed)
    queries: list[Query] = []
    seen: set[str] = set()
    for sort, halves in TYPES.items():
        for half in HALVES:
            for number, (spec, shape) in enumerate(said.shapes(halves[half])):
                rng = random.Random(f"{seed} {sort} {half} {number}")
                made = 0
                for _ in range(TRIES):
                    if made == PER_SHAPE:
                        break
                    query = _MAKE[sort](world, Draw(spec[0], half, rng), spec[1:], shape)
                    if query is not None and query.text not in seen:
                        seen.add(query.text)
                        made += 1
                        queries.append(_numbered(query, f"{sort}-{half}-{number:02d}-{made}"))
            if progress:
                print(f"{sort} {half}: {len(queries)} queries so far", flush=True)
    about = {
        "task": "conditions",
        "seed": seed,
        "source": "the starter catalogue; requests made by program from hand-written phrasings",
        "relevant": "all items (1 to 5) whose fields satisfy the request, less those it names",
    }
    return Task(world.items, [], queries, about)


def _numbered(query: Query, name: str) -> Query:
    return Query(name, query.text, query.relevant, must_say=query.must_say, strata=query.strata)


# --- the three types --------------------------------------------------------------------------------------------------


def _direct(world: World, draw: Draw, spec: tuple[str, ...], shape: str) -> Query | None:
    kind = draw.kind if draw.kind != "any" else draw.rng.choice(sorted(world.by_kind))
    anchor = _prolific(world, draw, kind, shape)
    return _finished(world, draw, anchor, kind, shape, "direct") if anchor else None


def _titles(world: World, draw: Draw, spec: tuple[str, ...], shape: str) -> Query | None:
    count, role, *compared = spec
    side = "creators" if role == "maker" else "people"
    name = draw.rng.choice(world.makers(draw.kind, side, draw.half))
    works = [i for i in world.works[draw.kind, side, name] if world.half_of(i) == draw.half]
    needed = 2 if count == "both" else 1
    if len(world.works[draw.kind, side, name]) <= needed or len(works) < needed:
        return None
    chosen = draw.rng.sample(works, needed)
    if any(twins(world, item, draw.kind) for item in chosen):
        return None
    if role == "star" and chosen[0].people[0] != name:
        return None
    names = {name} if role == "star" else {n for n in getattr(chosen[0], side)}
    for other in chosen[1:]:
        names &= set(getattr(other, side))
    if role == "player" and len(names) > 1:
        return None
    for slot, item in zip("ab", chosen, strict=False):
        draw.texts[slot] = spoken_title(world, draw.rng, item)
        draw.named.add(item.id)
    draw.bind("who", "", lambda item: not names.isdisjoint(getattr(item, side)))
    for word in compared:
        _compare(draw, word, chosen[0])
    pool = [i for n in sorted(names) for i in world.works[draw.kind, side, n] if draw.fits(i)]
    if not pool:
        return None
    return _finished(world, draw, draw.rng.choice(pool), draw.kind, shape, "titles", names)


def _premise(world: World, draw: Draw, spec: tuple[str, ...], shape: str) -> Query | None:
    claim, asked = spec
    pool = [i for i in world.by_kind[draw.kind] if world.half_of(i) == draw.half and i.year]
    item = draw.rng.choice(pool)
    if twins(world, item, "") or (asked == "star" and not item.people):
        return None
    if claim == "year":
        wrong = item.year + draw.rng.choice([-1, 1]) * draw.rng.randint(3, 15)
        if wrong > 2023:
            return None
        draw.texts["x"], truth = str(wrong), (str(item.year),)
    else:
        side = "creators" if claim == "maker" else "people"
        truth = tuple(dict.fromkeys(getattr(item, side)))
        wrong = draw.rng.choice(world.makers(draw.kind, side, draw.half))
        if not truth or any(alike(wrong, name) for name in item.names):
            return None
        draw.texts["x"] = wrong
    draw.texts["a"] = spoken_title(world, draw.rng, item)
    draw.named.add(item.id)
    side = "people" if asked == "star" else "creators"
    names = {wrong} if asked == "claimed" else {item.people[0]} if asked == "star" else set(item.creators)
    draw.bind("who", "", lambda other: not names.isdisjoint(getattr(other, side)))
    reading = "the person named" if asked == "claimed" else "the true one"
    return _finished(world, draw, item, draw.kind, shape, "premise", names, truth, {"reading": reading})


_MAKE = {"direct": _direct, "titles": _titles, "premise": _premise}


def _finished(
    world: World, draw: Draw, anchor: Item, kind: str, shape: str, sort: str, taken: set[str] = frozenset(),
    must_say: tuple[str, ...] = (), strata: dict[str, str] | None = None,
) -> Query | None:  # fmt: skip
    """Fill what is left of the slots from `anchor`, find what is relevant, and write the request; None: not clear."""
    slots = re.findall(r"\{(\w+)\}", shape)
    if draw.kind != "any":
        noun = draw.rng.choice(said.NOUNS[kind][draw.half])
        one, many = noun.split() if noun.count(" ") == 1 else ("video game", "video games")
        draw.texts |= {"film": one, "films": many}
        told = {"film", "films"} & set(slots)
        draw.bind("kind", "", lambda item: item.kind == kind, (lambda item: False) if told else (lambda item: True))
    open_slots = [s for s in dict.fromkeys(slots) if s not in draw.texts]
    taken = set(taken)
    for slot in sorted(open_slots, key=lambda s: s.startswith("not")):
        if not _fill(world, draw, slot, anchor, taken):
            return None
    found = [i for i in world.items if draw.might(i)]
    if not 1 <= len(found) <= MOST or not all(draw.fits(i) for i in found):
        return None
    text = shape
    for slot, value in draw.texts.items():
        text = text.replace(f"{{{slot}}}", value)
    text = re.sub(r"\b([Aa]) (?=[aeiouAEIOU]|80 |8 )", r"\1n ", text)
    if draw.rng.random() < LOWER:
        text = text.lower()
    strata = {"type": sort, "half": draw.half, "kind": draw.kind} | (strata or {})
    return Query("", text, tuple(i.id for i in found), must_say=must_say, strata=strata)


# --- slots ------------------------------------------------------------------------------------------------------------


def _prolific(world: World, draw: Draw, kind: str, shape: str) -> Item | None:
    """An item to fill the slots from; of somebody with several works, where somebody is named."""
    role = "people" if "{player}" in shape else "creators"
    if "{player}" not in shape and "{maker}" not in shape:
        return draw.rng.choice(world.by_kind[kind])
    name = draw.rng.choice(world.makers(kind, role, draw.half))
    works = world.works[kind, role, name]
    return draw.rng.choice(works) if len(works) > 1 or draw.rng.random() < 0.1 else None


def _fill(world: World, draw: Draw, slot: str, anchor: Item, taken: set[str]) -> bool:
    """Bind one slot to a fact of `anchor`, or rule out one that others have; False where there is none."""
    rng = draw.rng
    if slot in ("maker", "player", "player2"):
        role = "creators" if slot == "maker" else "people"
        names = [n for n in getattr(anchor, role) if world.half[n] == draw.half and n not in taken]
        if not names:
            return False
        name = rng.choice(names)
        taken.add(name)
        draw.bind(slot, spoken_name(world, rng, name), lambda i: name in getattr(i, role))
    elif slot in ("notmaker", "notplayer", "nottitle", "notgenre"):
        return _rule_out(world, draw, slot, anchor, taken)
    elif slot in ("after", "since", "before", "until", "year", "decade", "from"):
        _fill_year(draw, slot, anchor.year)
    elif slot == "to":  # bound with {from}
        return True
    elif slot in ("under", "over", "atmost", "atleast"):
        more = slot in ("over", "atleast")
        options = [(t, n) for t, n in said.LENGTHS[anchor.kind] if (anchor.length > n if more else anchor.length < n)]
        if not options or not anchor.length:
            return False
        text, bound = rng.choice(options)
        test = (lambda i: i.length > bound) if more else (lambda i: 0 < i.length < bound)
        draw.bind(slot, text, test, lambda i: i.length == bound)
    elif slot == "genre":
        genres = [g for g in anchor.genres if g in said.GENRES[anchor.kind]]
        if not genres:
            return False
        genre = rng.choice(genres)
        draw.bind(slot, genre, lambda i: genre in i.genres)
    elif slot in ("place", "land"):
        countries = [c for c in _countries(anchor) if c in said.ADJECTIVES]
        if not countries:
            return False
        country = rng.choice(countries)
        named = f"the {country}" if country in ("USA", "UK") else country
        language = said.LANGUAGES.get(country, country)
        draw.bind(
            slot, said.ADJECTIVES[country] if slot == "place" else named, lambda i: country in _countries(i),
            lambda i: country in i.country or language in i.language,
        )  # fmt: skip
    return True


def _fill_year(draw: Draw, slot: str, year: int) -> None:
    rng, gap = draw.rng, draw.rng.randint(1, 12)
    if slot in ("after", "since"):
        first = year - gap
        draw.bind(slot, str(first), lambda i: i.year > first, lambda i: i.year == first)
    elif slot in ("before", "until"):
        last = max(year + 1, min(year + gap, LAST_YEAR))
        draw.bind(slot, str(last), lambda i: 0 < i.year < last, lambda i: i.year == last)
    elif slot == "year":
        draw.bind(slot, str(year), lambda i: i.year == year)
    elif slot == "from":
        first, last = year - gap, year + rng.randint(1, 12)
        draw.bind("from", str(first), lambda i: first < i.year < last, lambda i: i.year in (first, last))
        draw.texts["to"] = str(last)
    else:
        decade = year // 10 * 10
        text = rng.choice([f"the {decade}s", said.DECADES.get(decade, f"the {decade}s")])
        draw.bind(slot, text, lambda i: decade <= i.year < decade + 10)


def _rule_out(world: World, draw: Draw, slot: str, anchor: Item, taken: set[str]) -> bool:
    """Rule out something that an item has which satisfies all else, and `anchor` has not."""
    others = [i for i in world.items if i is not anchor and draw.fits(i)]
    if not others:
        return False
    other = draw.rng.choice(others)
    if slot == "nottitle":
        if world.half_of(other) != draw.half or twins(world, other, other.kind):
            return False
        draw.texts[slot] = spoken_title(world, draw.rng, other)
        draw.named.add(other.id)
        return True
    if slot == "notgenre":
        choices = [g for g in other.genres if g in said.GENRES[other.kind] and g not in anchor.genres]
    else:
        role = "creators" if slot == "notmaker" else "people"
        choices = [
            n for n in getattr(other, role) if world.half[n] == draw.half and n not in anchor.names and n not in taken
        ]
    if not choices:
        return False
    value = draw.rng.choice(choices)
    if slot == "notgenre":
        draw.bind(slot, value, lambda i: value not in i.genres)
    else:
        draw.bind(slot, value, lambda i: value not in getattr(i, role))
    return True


def _compare(draw: Draw, word: str, than: Item) -> None:
    name = "year" if word in ("later", "earlier") else "length"
    bound, more = getattr(than, name), word in ("later", "longer")
    test = (lambda i: getattr(i, name) > bound) if more else (lambda i: 0 < getattr(i, name) < bound)
    draw.bind(word, "", test, lambda i: getattr(i, name) == bound)


def _countries(item: Item) -> list[str]:
    return [c.strip() for c in item.country.split(";")]
