"""The task Behaviour: what a person liked next, asked for by genre and theme, in films, books and games.

Of each person the last likes are held out. Everything is asked as of the moment before the first of them: what comes
later is known to nobody. A request names a genre and, but for the vague form, themes in other words than those by
which they were found; it never names a title or a person. What a good answer has beyond the request has to come from
memory. The two halves share no person, no sentence and no paraphrase, so that a ranker may be fitted on one.
"""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from mrrec.catalog.items import Item
from mrrec.evaluate.data import Query, Task
from mrrec.evaluate.tasks.domains import books, films, games
from mrrec.evaluate.tasks.domains.domain import Domain
from mrrec.evaluate.tasks.domains.lexicon import Lexicon, plain_words, read_themes
from mrrec.evaluate.tasks.domains.wordings import FORMS, HALVES, Wording
from mrrec.memory.events import Event

LAST = 5  # likes of a person that are held out, at most
POOL = 100  # items of the small pool, the target among them
CHANCE = 0.05  # a theme counts as liked more often than chance below this probability


def build_films(data: Path | None, seed: int, progress: bool) -> Task:
    """MovieLens with the texts of an encyclopaedia. Raises ValueError where a file is missing."""
    return build(films.DOMAIN, data, seed, progress)


def build_books(data: Path | None, seed: int, progress: bool) -> Task:
    """Book-Crossing with blurbs. Raises ValueError where a file is missing."""
    return build(books.DOMAIN, data, seed, progress)


def build_games(data: Path | None, seed: int, progress: bool) -> Task:
    """Steam with the tags of its store. Raises ValueError where a file is missing."""
    return build(games.DOMAIN, data, seed, progress)


def build(domain: Domain, data: Path | None, seed: int, progress: bool) -> Task:
    """The one road that the three domains go."""
    themes = {t.name: t for t in read_themes() if domain.kind in t.kinds}
    reading = domain.read(data, Lexicon.of(list(themes.values()), domain.kind))
    items = {i.id: i for i in reading.items}
    plain = plain_words(themes.values())
    askable = _askable(domain, items, plain)
    events = reading.events if domain.dated else _by_lot(domain, items, askable, reading.events, seed)
    held = _hold_out(domain, items, askable, events)
    people = sorted(held)
    random.Random(f"{seed}:{domain.name}:halves").shuffle(people)
    halves = {person: HALVES[at % 2] for at, person in enumerate(people)}
    wording = Wording(domain, themes, plain)
    queries, short = _queries(domain, items, askable, wording, events, held, halves, seed, progress)
    about = _about(domain, reading.counts, items, events, held, queries, seed) | {"small pools filled up": short}
    return Task(list(items.values()), events, queries, about)


@dataclass(frozen=True)
class Held:
    """A person's likes that are asked for, in order of time, and the moment of asking in seconds since the epoch."""

    as_of: float
    targets: tuple[str, ...]


def _askable(domain: Domain, items: Mapping[str, Item], plain: Lexicon) -> dict[str, tuple[str, ...]]:
    """Themes of each item that a request may ask for, none for an item without a genre.

    Genres are named by their own words, so a theme that these words show is left out.
    """
    shown = {g: set(plain.find(f"{g}; {domain.noun(g)}", tags=True)) for i in items.values() for g in i.genres}
    return {
        i.id: tuple(t for t in i.themes if not any(t in shown[g] for g in i.genres)) if i.genres else ()
        for i in items.values()
    }


def _hold_out(
    domain: Domain, items: Mapping[str, Item], askable: Mapping[str, Sequence[str]], events: Sequence[Event]
) -> dict[str, Held]:
    """Each person's last likes that can be asked for, where enough likes lie before the first of them.

    An item that is younger than the year of asking is left out: it would not be in the pool.
    """
    held: dict[str, Held] = {}
    for person, own in sorted(_by_person(events).items()):
        likes = [e for e in own if domain.liked(e)]
        asked = [e for e in likes if askable[e.item_id]][-LAST:]
        while asked and sum(e.when < asked[0].when for e in likes) < domain.least:
            asked = asked[1:]
        if not asked:
            continue
        as_of = asked[0].when if domain.dated else _year_of(own[-1].when)
        year = datetime.fromtimestamp(as_of, UTC).year
        targets = tuple(dict.fromkeys(e.item_id for e in asked if items[e.item_id].year <= year))
        before = {e.item_id for e in own if e.when < as_of}
        if targets := tuple(t for t in targets if t not in before):
            held[person] = Held(as_of, targets)
    return held


def _by_person(events: Sequence[Event]) -> dict[str, list[Event]]:
    people: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda e: (e.when, e.item_id)):
        people[event.person].append(event)
    return people


def _year_of(when: float) -> float:
    """The first moment of the year that `when` lies in."""
    return datetime(datetime.fromtimestamp(when, UTC).year, 1, 1, tzinfo=UTC).timestamp()


def _by_lot(
    domain: Domain, items: Mapping[str, Item], askable: Mapping[str, Sequence[str]], events: Sequence[Event], seed: int
) -> list[Event]:
    """Undated events, in an order by lot: what is to be held out in the year of the youngest item, the rest before it.

    Everybody is asked at the same moment, the first one of that year, so nobody's target counts for anybody.
    """
    asked = datetime(max(i.year for i in items.values()), 1, 1, tzinfo=UTC).timestamp()
    people: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        people[event.person].append(event)
    dated: list[Event] = []
    for person, own in sorted(people.items()):
        own.sort(key=lambda e: e.item_id)
        random.Random(f"{seed}:{domain.name}:{person}:order").shuffle(own)
        likes = [e for e in own if domain.liked(e)]
        fit = [e for e in likes if askable[e.item_id]]
        count = min(LAST, len(fit), len(likes) - domain.least)
        last = set(e.item_id for e in fit[-count:]) if count > 0 else set()
        before = [e for e in own if e.item_id not in last]
        after = [e for e in own if e.item_id in last]
        dated += [replace(e, when=asked - len(before) + at) for at, e in enumerate(before)]
        dated += [replace(e, when=asked + 1 + at) for at, e in enumerate(after)]
    return dated


@dataclass(frozen=True)
class Past:
    """What was known at a moment: how many people liked each item, and the theme's share among all those likes."""

    likes: Counter
    thirds: dict[str, str]
    shares: dict[str, float]


def _pasts(domain: Domain, items: Mapping[str, Item], events: Sequence[Event], moments: set[float]) -> Iterator:
    """(moment, Past) in order of time; a Past is only good until the next one is asked for."""
    liked = sorted((e.when, e.item_id) for e in events if domain.liked(e))
    likes: Counter = Counter()
    themes: Counter = Counter()
    at = 0
    for moment in sorted(moments):
        while at < len(liked) and liked[at][0] < moment:
            likes[liked[at][1]] += 1
            themes.update(items[liked[at][1]].themes)
            at += 1
        yield moment, Past(likes, _thirds(likes), {t: n / max(at, 1) for t, n in themes.items()})


def _thirds(likes: Counter) -> dict[str, str]:
    """Items by the third of all likes that they lie in, the most liked first."""
    total, seen, thirds = sum(likes.values()), 0, {}
    for item, count in sorted(likes.items(), key=lambda pair: (-pair[1], pair[0])):
        thirds[item] = ("head", "torso", "tail")[min(2, 3 * seen // max(total, 1))]
        seen += count
    return thirds


def _decidable(target: Item, liked: Sequence[Item], shares: Mapping[str, float]) -> str:
    """What of the target the person's likes speak of: a person of it, or a theme that is liked beyond chance."""
    if set(target.names) & {n for i in liked for n in i.names}:
        return "people"
    for theme in target.themes:
        count = sum(theme in i.themes for i in liked)
        if count >= 2 and _at_least(count, len(liked), shares.get(theme, 0.0)) < CHANCE:
            return "themes"
    return "none"


def _at_least(count: int, trials: int, share: float) -> float:
    """Probability of `count` or more successes, binomial.

    >>> round(_at_least(1, 2, 0.5), 2)
    0.75
    """
    return 1 - sum(math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(count))


def _queries(
    domain: Domain, items: Mapping[str, Item], askable: Mapping[str, Sequence[str]], wording: Wording,
    events: Sequence[Event], held: Mapping[str, Held], halves: Mapping[str, str], seed: int, progress: bool,
) -> tuple[list[Query], int]:  # fmt: skip
    """Three forms and two pools of each target; and how many small pools took items of other genres."""
    at_moment: dict[float, list[str]] = defaultdict(list)
    for person in sorted(held):
        at_moment[held[person].as_of].append(person)
    own = _by_person(events)
    genres = _by_genre(items, random.Random(f"{seed}:{domain.name}:genres"))
    queries: list[Query] = []
    short = 0
    bar = tqdm(total=len(held), desc=domain.name, disable=not progress, unit="person")
    for moment, past in _pasts(domain, items, events, set(at_moment)):
        for person in at_moment[moment]:
            before = [e for e in own[person] if e.when < moment]
            liked = [items[e.item_id] for e in before if domain.liked(e)]
            barred = {e.item_id for e in before} | set(held[person].targets)
            for number, target in enumerate(items[t] for t in held[person].targets):
                stem = f"{person}-{number + 1}"
                rng = random.Random(f"{seed}:{stem}")
                genre = rng.choice(target.genres)
                pool, filled = _pool(genres, target, genre, past.likes, barred, moment, rng)
                short += filled
                strata = {
                    "half": halves[person], "popularity": past.thirds.get(target.id, "tail"),
                    "decidable": _decidable(target, liked, past.shares),
                }  # fmt: skip
                for form in FORMS:
                    text = wording.request(rng, form, halves[person], target, genre, askable[target.id])
                    for name, candidates in (("full", ()), (str(POOL), pool)):
                        queries.append(
                            Query(
                                f"{stem}-{form}-{name}", text, (target.id,), user=person, candidates=candidates,
                                as_of=moment, strata={"form": form, "pool": name} | strata,
                            )
                        )  # fmt: skip
            bar.update()
    bar.close()
    return queries, short


def _pool(
    genres: Mapping[str, Sequence[Item]], target: Item, genre: str, likes: Counter, barred: set[str], moment: float,
    rng: random.Random,
) -> tuple[tuple[str, ...], bool]:  # fmt: skip
    """The target and those nearest to it in likes among the items of the genre; whether others had to fill it up.

    Left out is what the person had met, and the person's other targets, which would be right answers called wrong.
    """
    year = datetime.fromtimestamp(moment, UTC).year

    def nearest(items: Sequence[Item], count: int, without: set[str]) -> list[str]:
        cut = rng.randrange(len(items))  # equals are taken from anywhere
        allowed = [i.id for i in (*items[cut:], *items[:cut]) if i.year <= year and i.id not in without]
        return sorted(allowed, key=lambda i: abs(likes[i] - likes[target.id]))[:count]

    near = nearest(genres[genre], POOL - 1, barred)
    missing = POOL - 1 - len(near)
    if missing:
        near += nearest(genres[""], missing, barred | set(near))
    return tuple(sorted([target.id, *near])), missing > 0


def _by_genre(items: Mapping[str, Item], rng: random.Random) -> dict[str, list[Item]]:
    """Items of each genre in an order by lot, and of all under the empty name."""
    genres: dict[str, list[Item]] = defaultdict(list)
    for item in rng.sample(list(items.values()), len(items)):
        for genre in ("", *item.genres):
            genres[genre].append(item)
    return genres


def _about(
    domain: Domain, counts: dict, items: Mapping[str, Item], events: Sequence[Event], held: Mapping[str, Held],
    queries: Sequence[Query], seed: int,
) -> dict:  # fmt: skip
    order = (
        f"in order of time: a person's last likes, {LAST} at most, after {domain.least} likes or more; asked as of the "
        "time of the first of them"
        if domain.dated
        else f"the data has no times, so no split by time is possible: each person's order is drawn by lot with the "
        f"seed, the last {LAST} likes at most are held out after {domain.least} likes or more, and all requests are "
        "asked at one moment, between what everybody did before and all that is held out"
    )
    sizes = Counter(min(len(i.themes), 6) for i in items.values())
    return {
        "task": f"behaviour: {domain.name}", "seed": seed, "sources": list(domain.sources), "split": order,
        "counts": counts | {
            "items": len(items), "events": len(events), "people": len({e.person for e in events}),
            "people asked for": len(held), "targets": sum(len(h.targets) for h in held.values()),
            "queries": len(queries), "items with a theme": len(items) - sizes[0],
            "items by number of themes (6: or more)": {str(n): sizes[n] for n in sorted(sizes)},
        },
        "strata": {
            name: dict(sorted(Counter(q.strata[name] for q in queries).items()))
            for name in ("form", "pool", "half", "popularity", "decidable")
        },
        "forms": "vague: the genre; paraphrased: with one theme in other words; rich: with two or three themes (where "
        "there is one: with another genre), and the decade or the length",
        "pools": f"full: the runner's; {POOL}: the target and the items of its genre nearest in likes so far",
    }  # fmt: skip
