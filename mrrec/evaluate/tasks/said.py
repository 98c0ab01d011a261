"""What was said: preferences stated in earlier conversations, and later requests that do not repeat them.

Made by a program over the starter catalogue. Each person says, in three to five conversations weeks apart, one to
three things that hold (a liking, a dislike, a lasting limit, a change of mind, two likings), among talk that decides
nothing: small talk, questions, wishes of one evening, others' tastes, tastes in other kinds. Three requests follow.
Relevant are the items that satisfy the request and what was said; at least ten near misses satisfy the request alone.

The halves share no phrasing, no person and no item: each has its part of the catalogue as `candidates`, less the items
that may be read either way, those the person had met and, where the request does not say whether a film, a book or a
game is wanted, the other kinds. Only fields of the catalogue decide (`said_wants.py`).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from mrrec.catalog import Item, read_items
from mrrec.evaluate.data import Query, Task
from mrrec.evaluate.tasks.said_phrases import (
    HALVES,
    KINDS,
    NAMED,
    Phrases,
    deciding_words,
    leaks,
    read_phrases,
    request_text,
)
from mrrec.evaluate.tasks.said_talk import DAY, Statement, Voice
from mrrec.evaluate.tasks.said_wants import ALONE, BOUNDS, LIMITS, Ask, Limit, Part, Want
from mrrec.memory.events import Event
from mrrec.settings import SEED

PEOPLE, REQUESTS = 220, 3  # people a half, requests a person
KIND_SHARES = (0.5, 0.28, 0.22)
FACTS = {"like": 0.42, "dislike": 0.17, "limit": 0.17, "change": 0.13, "two": 0.11}
TRIES = 3000  # draws until a person has enough requests
NEAR = 10  # utterances back from the end that count as near
MET = 0.4  # of the people have met items
WON = 0.4  # of the changes are from dislike to liking
LONELY = 0.4  # of the requests with a single relevant item are not put last
VERDICTS = {True: ("liked", "loved", "finished", "seen"), False: ("disliked", "abandoned", "finished", "seen")}
LIMIT_WORDS = {
    "short": ["short", "brief", "quick", "long", "hours", "minutes", "pages"],
    "long": ["long", "short", "thick", "big", "hours", "pages"],
    "subtitles": ["English", "subtitles", "foreign", "language"],
    "translation": ["English", "translation", "foreign", "language"],
    "child": ["child", "kids", "family", "young", "son", "daughter"],
}


@dataclass(frozen=True)
class Person:
    """A person, what they want, all they said and did, and what they ask.

    `said` are the statements that count; of a change, what is taken back stands first. `asks[i]` is what `queries[i]`
    puts in words.
    """

    id: str
    half: str
    want: Want
    said: tuple[Statement, ...]
    events: tuple[Event, ...]
    asks: tuple[Ask, ...]
    queries: tuple[Query, ...]


def build(data: Path | None, seed: int, progress: bool) -> Task:
    """The task; `data` is not read, since all of it is made from what is shipped."""
    items = read_items(SEED / "catalog")
    people = list(tqdm(make_people(items, seed), total=2 * PEOPLE, desc="people", disable=not progress))
    about = {
        "task": "said",
        "source": "the starter catalogue, and phrasings written for this task",
        "made": __doc__.strip(),
        "seed": seed,
        "people": len(people),
        "requests": sum(len(p.queries) for p in people),
    }
    return Task(items, [e for p in people for e in p.events], [q for p in people for q in p.queries], about)


def split(items: Sequence[Item], seed: int) -> dict[str, list[Item]]:
    """The catalogue in two parts, each with half of every kind."""
    parts: dict[str, list[Item]] = {half: [] for half in HALVES}
    for kind in KINDS:
        of_kind = sorted((i for i in items if i.kind == kind), key=lambda i: i.id)
        random.Random(f"said {seed} {kind}").shuffle(of_kind)
        for place, item in enumerate(of_kind):
            parts[HALVES[place % 2]].append(item)
    return parts


def make_people(items: Sequence[Item], seed: int, people: int = PEOPLE) -> Iterator[Person]:
    """The people of both halves, development first; the same for the same items and seed."""
    alone = alone_names(items)
    parts = split(items, seed)
    for half in HALVES:
        phrases = read_phrases(half)
        kinds = {kind: Part(parts[half], kind, phrases) for kind in KINDS}
        for number in range(people):
            id_ = f"p{number + 1 + people * HALVES.index(half):04d}"
            yield Maker(random.Random(f"said {seed} {id_}"), id_, kinds, phrases, alone).person()


def alone_names(items: Sequence[Item]) -> frozenset[str]:
    """Last names that only one person has."""
    lasts: dict[str, set[str]] = {}
    for name in {name for item in items for name in item.names}:
        lasts.setdefault(name.split()[-1], set()).add(name)
    return frozenset(last for last, names in lasts.items() if len(names) == 1 and len(last) > 4)


class Maker:
    """Makes one person with one source of chance."""

    def __init__(self, rng: random.Random, id_: str, parts: dict[str, Part], phrases: Phrases, alone: frozenset[str]):
        self.rng, self.id, self.parts, self.phrases = rng, id_, parts, phrases
        self.voice = Voice(rng, parts, phrases, alone)

    def person(self) -> Person:
        rng = self.rng
        kind = rng.choices(KINDS, KIND_SHARES)[0]
        fact = rng.choices(list(FACTS), list(FACTS.values()))[0]
        part = self.parts[kind]
        limit, sort = rng.choice(LIMITS[kind]), rng.choice([s for s, topics in part.topics.items() if topics])
        for number in range(TRIES):
            if number >= TRIES // 2:  # some sorts suit few people
                limit, sort = rng.choice(LIMITS[kind]), rng.choice(list(part.topics))
            want = self._want(part, fact, limit, sort)
            if want and len(asks := self._asks(part, want)) == REQUESTS:
                break
        else:
            raise ValueError(f"no {fact} of {kind}s leaves {REQUESTS} fair requests: the catalogue is too small")
        statements = self.voice.statements(want)
        utterances, distance = self.voice.talk(want, statements)
        met = self._met(part, want, utterances)
        queries = self._queries(part, want, asks, utterances, met, distance, len(statements))
        said = [(when, Event(self.id, "", "said", when, None, text)) for when, text in utterances]
        events = sorted(said + [(e.when, e) for e in met], key=lambda e: e[0])
        return Person(
            self.id, self.phrases.half, want, tuple(statements), tuple(e for _, e in events),
            tuple(ask for ask, _ in queries), tuple(query for _, query in queries),
        )  # fmt: skip

    # What they want

    def _want(self, part: Part, fact: str, limit: str, sort: str) -> Want | None:
        """A want with a limit of this sort, where it is to be one, and a first topic of this sort; None if unlucky."""
        rng = self.rng
        bounds = BOUNDS.get((limit, part.kind), {0: ()})
        limited = Limit(limit, rng.choice(list(bounds))) if fact == "limit" else None
        if limited and limit in ALONE:
            return Want(fact, part.kind, limit=limited)
        if not part.topics[sort] or (fact == "change" and sort == "name"):
            return None
        first = rng.choice(part.topics[sort])
        if fact in ("like", "limit") or (fact == "change" and rng.random() < WON):
            return Want(fact, part.kind, (first,), limit=limited)
        both = [t for t in part.topics_of(rng.choice(part.members(part.masks(first)[0]))) if not part.kin(t, first)]
        sorts = sorted({t.sort for t in both if fact != "change" or t.sort != "name"})
        if not sorts:
            return None
        sort = rng.choice(sorts)
        second = rng.choice([t for t in both if t.sort == sort])
        if fact == "two":
            return Want(fact, part.kind, (first, second))
        return Want(fact, part.kind, (first,), (second,))

    def _asks(self, part: Part, want: Want) -> list[Ask]:
        """Three fair requests, of as many forms as there are."""
        by_form: dict[str, list[Ask]] = {}
        for ask in part.asks:
            if part.answerable(want, ask) and not leaks(self._asked(ask, part.kind), self._deciding(want)):
                by_form.setdefault(ask.form, []).append(ask)
        for asks in by_form.values():
            self.rng.shuffle(asks)
            asks.sort(key=lambda ask: self._lonely(part, want, ask) and self.rng.random() >= LONELY, reverse=True)
        found: list[Ask] = []
        while by_form and len(found) < REQUESTS:
            forms = sorted(by_form)
            self.rng.shuffle(forms)
            found += [by_form[form].pop() for form in forms[: REQUESTS - len(found)]]
            by_form = {form: asks for form, asks in by_form.items() if asks}
        return found

    def _lonely(self, part: Part, want: Want, ask: Ask) -> bool:
        return (part.asked(ask)[0] & part.wanted(want)[0]).bit_count() == 1

    def _asked(self, ask: Ask, kind: str) -> str:
        """The words of a request that are not its shape's."""
        return " ".join(self.phrases.short(t, kind) for t in ask.topics)

    def _deciding(self, want: Want) -> frozenset[str]:
        texts = [t.term for t in want.topics] + [self.phrases.noun(t, want.kind) for t in want.topics]
        return deciding_words(texts + (LIMIT_WORDS[want.limit.sort] if want.limit else []))

    # What they do, and ask

    def _met(self, part: Part, want: Want, utterances: list[tuple[float, str]]) -> list[Event]:
        """Items that tell nothing of what was said."""
        if self.rng.random() >= MET or (want.limit and want.limit.sort in ALONE):
            return []
        free = part.masks(want.limit)[0] if want.limit else (1 << len(part.items)) - 1
        for topic in want.topics:
            free &= part.masks(topic)[1]
        items = [i for i in part.members(free) if i.year <= 2022]
        found = []
        for item in self.rng.sample(items, self.rng.randint(1, 4)):
            when = self.rng.choice(utterances)[0] + self.rng.randint(-5 * DAY, -DAY)
            found.append(Event(self.id, item.id, self.rng.choice(VERDICTS[self.rng.random() < 0.6]), when))
        return found

    def _queries(
        self, part: Part, want: Want, asks: list[Ask], utterances: list[tuple[float, str]], met: list[Event],
        distance: int, statements: int,
    ) -> list[tuple[Ask, Query]]:  # fmt: skip
        as_of = utterances[-1][0]
        deciding = self._deciding(want)
        distractors = len(utterances) - statements
        strata = {
            "half": self.phrases.half,
            "fact": want.fact,
            "about": want.limit.sort if want.limit else "+".join(sorted({t.sort for t in want.topics})),
            "kind": want.kind,
            "distance": "near" if distance <= NEAR else "far",
            "distractors": "under 20" if distractors < 20 else "20 to 29" if distractors < 30 else "30 or more",
        }
        found: list[tuple[Ask, Query]] = []
        for number, ask in enumerate(asks, 1):
            as_of += self.rng.randint(DAY, 30 * DAY)
            year = datetime.fromtimestamp(as_of, UTC).year
            gone = {e.item_id for e in met}
            without = sum(1 << p for p, i in enumerate(part.items) if i.id in gone or i.year > year)
            fair = part.answerable(want, ask, without)
            if fair is None:  # a met or a later item was one too many
                continue
            relevant, near = (part.members(mask) for mask in fair)
            bin_ = "10 to 49" if len(near) < 50 else "50 or more"
            text = self._request(ask, part.kind, deciding)
            query = Query(
                f"{self.id}-{number}", text, tuple(i.id for i in relevant), self.id,
                candidates=self._pool(part, ask, want, without, bool(NAMED[part.kind].search(text))), as_of=as_of,
                strata=strata | {"request": ask.form, "near misses": bin_},
            )  # fmt: skip
            found.append((ask, query))
        return found

    def _pool(self, part: Part, ask: Ask, want: Want, without: int, named: bool) -> tuple[str, ...]:
        """Ids of the half's items, less those that may be read either way and those `without`.

        Other kinds are there where the request has `named` its own ("a romance" may be a book).
        """
        (asked, unasked), (wanted, unwanted) = part.asked(ask), part.wanted(want)
        sure = part.members((asked & wanted | unasked | unwanted) & ~without)
        others = [i for kind in KINDS if named and kind != part.kind for i in self.parts[kind].items]
        return tuple(sorted(i.id for i in (*sure, *others)))

    def _request(self, ask: Ask, kind: str, deciding: frozenset[str]) -> str:
        texts = [
            request_text(
                shape, self.phrases, kind, self.phrases.short(ask.genre, kind) if ask.genre else "", ask.decade,
                self.phrases.short(ask.mood, kind) if ask.mood else "",
            )
            for shape in self.phrases.shapes(f"request-{ask.form}", kind)
        ]  # fmt: skip
        fair = [t for t in texts if not leaks(t, deciding)]
        if not fair:
            raise ValueError(
                f"every phrasing of a {ask.form} request for {kind}s gives the taste away: write more of them"
            )
        return self.rng.choice(fair)
