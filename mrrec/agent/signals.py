"""What speaks for each item of a pool, one number a signal; weighing them is left to the ranker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mrrec.catalog import Catalog, Item
from mrrec.catalog.features import SORTS
from mrrec.memory.entry import DISLIKED, LIKED, Entry

NAME = 2.0  # a favourite director says more than a favourite subject
UNNAMED = 0.6  # weight of a pattern on which the model gave no verdict, against one that it found to count
PASSED_OVER = 0.2  # the same of one that it found not to count
DOUBT = 30.0  # records of what is usual that are added to a person's own, so that few say little
DOUBT_HERE = 5.0  # the same for the few that are of the sort that is asked for
NATS = 3.0  # lift that counts as 1
CROWD_DOUBT = 50.0  # the same for what everybody liked
ERA = 5.0  # years: how far a liked item's year reaches
ATTENTION = 8.0  # how much more liked items count that are like the request
LIFTS = tuple(f"lift of {sort}s" for sort in SORTS)  # the signals of _affinity, in the order of SORTS
NEAREST = 3  # liked items that an item is compared with


@dataclass(frozen=True)
class Rule:
    """What an item must satisfy, and why; `memory_ids` where a memory says so."""

    label: str
    test: Callable[[Item], bool]
    memory_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taste:
    """What memory tells the ranking. With `statistics` off, only patterns that were written down count. `guesses` count
    as patterns do, and are no reason to give."""

    patterns: tuple[Entry, ...] = ()
    guesses: tuple[Entry, ...] = ()
    records: tuple[Entry, ...] = ()  # those of items
    profile: tuple[Entry, ...] = ()
    named: frozenset[str] = frozenset()  # ids of the memories that the model says count
    passed_over: frozenset[str] = frozenset()  # and of those of which it says that they do not
    statistics: bool = True
    likeness: bool = True  # whether records count one by one


@dataclass(frozen=True)
class Wanted:
    """What the ranking is asked for. Vectors are unit vectors, shape (dim,)."""

    text: str
    vector: np.ndarray
    rules: tuple[Rule, ...] = ()
    ideal: np.ndarray | None = None
    wishes: tuple[str, ...] = ()
    meant: Mapping[str, float] = field(default_factory=dict)  # further terms, by how likely they are wished for
    like: tuple[Item, ...] = ()
    limit: int = 5
    adventurous: float = 0.3
    surprise: bool = False
    open: bool = False  # the words of the request say nothing of the item
    free_creators: bool = False  # a creator was asked for: no limit for each


@dataclass(frozen=True)
class Signals:
    """Signals by name, each of shape (n_pool,) and mostly within -1..1; a signal that has nothing to say is absent.

    `holders` are the patterns that hold of an item, `nearest` the liked record most like it, both by position in the
    catalogue; `evidence` is how many liked records there are, `against` how many disliked.
    """

    values: dict[str, np.ndarray]
    holders: dict[int, list[Entry]] = field(default_factory=dict)
    nearest: dict[int, Entry] = field(default_factory=dict)
    evidence: int = 0
    against: int = 0


def signals(wanted: Wanted, taste: Taste, catalog: Catalog, pool: np.ndarray) -> Signals:
    """Every signal over the items at the positions `pool` (n_pool,)."""
    values = _of_request(wanted, catalog, pool) | _of_crowd(catalog, taste, pool)
    holders: dict[int, list[Entry]] = defaultdict(list)
    nearest: dict[int, Entry] = {}
    liked = [r for r in taste.records if r.value > LIKED and r.item_id in catalog.position]
    disliked = [r for r in taste.records if r.value < DISLIKED and r.item_id in catalog.position]
    for name, mine, guesses in (
        ("stated", [p for p in taste.patterns if p.event == "said"], taste.guesses),
        ("taste", [p for p in taste.patterns if p.event != "said"], ()),
    ):
        if mine or guesses:
            held = _held(mine, taste, catalog, pool, holders) + _held(guesses, taste, catalog, pool, None)
            values[name] = np.tanh(held)
    if taste.profile:
        values["profile"] = np.tanh(_held(taste.profile, taste, catalog, pool, None))
    if taste.statistics and liked:
        values |= _affinity(liked, wanted, catalog, pool)
    if taste.likeness and (liked or disliked):
        values |= _likeness_to(liked, disliked, wanted, catalog, pool, nearest)
    return Signals(values, holders, nearest, len(liked), len(disliked))


def _of_request(wanted: Wanted, catalog: Catalog, pool: np.ndarray) -> dict[str, np.ndarray]:
    vectors = catalog.vectors[pool]
    values = {}
    if not wanted.open or wanted.wishes:
        values["request"] = standard(vectors @ wanted.vector)
        values["subject"] = standard(catalog.subjects(wanted.vector)[pool])
        values["words"] = catalog.lexical(wanted.text)[pool]
    carried = [{*i.themes, *i.genres} for i in (catalog.items[n] for n in pool)]
    if asked := set(wanted.wishes):
        values["wishes"] = np.array([len(asked & terms) / len(asked) for terms in carried])
    if wanted.meant:
        chances = np.array([sum(wanted.meant.get(t, 0.0) for t in terms) for terms in carried])
        values["meant"] = np.minimum(1.0, chances)
    if wanted.like:
        values["like"] = _like(wanted.like, vectors, [catalog.items[i] for i in pool], catalog)
    if wanted.ideal is not None:
        values["ideal"] = standard(vectors @ wanted.ideal)
    return values


def _of_crowd(catalog: Catalog, taste: Taste, pool: np.ndarray) -> dict[str, np.ndarray]:
    """Popularity, and what those liked who liked the same."""
    crowd = catalog.crowd
    if crowd is None:
        known = catalog.popularity[pool]
        return {"popularity": standard(np.log1p(known))} if known.any() else {}
    values = {"popularity": standard(np.log1p(crowd.likes[pool]))} if crowd.tells_popularity else {}
    liked = [catalog.position[r.item_id] for r in taste.records if r.value > LIKED and r.item_id in catalog.position]
    if liked and crowd.tells_likeness:
        values["crowd"] = standard(np.sqrt(crowd.likeness(liked)[pool]))
    if liked and crowd.tells_popularity and taste.statistics:
        usual = np.log1p(crowd.likes[liked])
        values["mainstream"] = -standard(np.abs(np.log1p(crowd.likes[pool]) - np.median(usual)))
    return values


def _held(
    entries: Sequence[Entry], taste: Taste, catalog: Catalog, pool: np.ndarray, holders: dict | None
) -> np.ndarray:
    """What patterns add up to on the items of which they hold, shape (n_pool,)."""
    table = catalog.table
    weights = np.zeros(len(table.sorts))
    by_column: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        trust = 1.0 if entry.id in taste.named else PASSED_OVER if entry.id in taste.passed_over else UNNAMED
        for kind in (entry.kind,) if entry.kind else catalog.kinds:
            for value in entry.topics:
                for sort in SORTS:
                    column = table.columns.get((kind, sort, value))
                    if column is None or (entry.tier == "pattern" and entry.event not in (sort, "said")):
                        continue
                    telling = NAME if value in entry.names else 1.0
                    weights[column] += trust * telling * entry.value * entry.strength
                    by_column[column].append(entry)
    if holders is not None and by_column:
        wanted = np.zeros(len(weights), bool)
        wanted[list(by_column)] = True
        held = table.held
        for at in pool[(held @ wanted.astype(np.float32))[pool] > 0].tolist():
            for column in held.indices[held.indptr[at] : held.indptr[at + 1]]:
                holders[at] += by_column.get(int(column), ())
    return (table.held @ weights)[pool]


def _affinity(liked: Sequence[Entry], wanted: Wanted, catalog: Catalog, pool: np.ndarray) -> dict[str, np.ndarray]:
    """Lift of each sort of feature among what was liked; and, whatever the sort of feature, among what was liked of the
    sort that is asked for ("here"). The first are no standard scores: few records are to say little."""
    table = catalog.table
    usual = _usual(catalog)
    weights = _lift(liked, catalog, usual, DOUBT)
    values = {}
    for n, sort in enumerate(SORTS):
        total = (table.held @ (weights * (table.sorts == n)))[pool]
        if total.any():
            size = np.maximum(1, table.held[pool] @ (table.sorts == n).astype(np.float32))
            values[LIFTS[n]] = (total if sort == "name" else total / np.sqrt(size)) / NATS
    if here := _here(liked, wanted, catalog):
        weights = _lift(here, catalog, usual, DOUBT_HERE) * (table.sorts != SORTS.index("genre"))
        total = (table.held @ weights)[pool]
        values["lift here"] = standard(total / np.sqrt(np.maximum(1, table.held[pool].sum(axis=1))))
    years = np.array([y for r in liked if (y := catalog.get(r.item_id).year)])
    if len(years):
        near = np.array([catalog.items[i].year for i in pool])
        density = np.exp(-0.5 * ((near[:, None] - years) / ERA) ** 2).mean(axis=1)
        values["era"] = standard(np.where(near > 0, density, density.mean()))
    return values


def _lift(records: Sequence[Entry], catalog: Catalog, usual: np.ndarray, doubt: float) -> np.ndarray:
    """The log of how much more often each feature occurs among `records` than is `usual`; both of shape (n_columns,).

    `doubt` usual records are added (a Dirichlet prior); features that never occurred say nothing.
    """
    table = catalog.table
    count = np.asarray(table.held[[catalog.position[r.item_id] for r in records]].sum(axis=0))
    lift = np.log((count + doubt * usual) / ((len(records) + doubt) * usual))
    return np.where(count > 0, np.maximum(lift, 0), 0) * count / (count + 1)


def _usual(catalog: Catalog) -> np.ndarray:
    """How common each feature is: among what everybody liked, or in the catalogue where nobody is known."""
    table, crowd = catalog.table, catalog.crowd
    if crowd is None or not crowd.tells_popularity:
        return table.share
    people = np.asarray(crowd.likes @ table.held)
    return (people + CROWD_DOUBT * table.share) / (crowd.likes.sum() + CROWD_DOUBT)


def _here(records: Sequence[Entry], wanted: Wanted, catalog: Catalog) -> list[Entry]:
    """The records of items that carry something of what is asked for."""
    asked = set(wanted.wishes)
    return [r for r in records if asked & {*(i := catalog.get(r.item_id)).genres, *i.themes}] if asked else []


def _likeness_to(
    liked: Sequence[Entry],
    disliked: Sequence[Entry],
    wanted: Wanted,
    catalog: Catalog,
    pool: np.ndarray,
    nearest: dict[int, Entry],
) -> dict[str, np.ndarray]:
    vectors, values = catalog.vectors[pool], {}
    if liked:
        mine = np.stack([catalog.vector(r.item_id) for r in liked])
        close = vectors @ mine.T
        values["neighbours"] = standard(np.sort(close, axis=1)[:, -NEAREST:].mean(axis=1))
        crowd = catalog.crowd
        weights = crowd.likes + 1 if crowd is not None and crowd.tells_popularity else np.ones(len(catalog))
        usual = weights @ catalog.vectors / weights.sum()
        values["average"] = standard(close.mean(axis=1) - vectors @ usual)
        weight = np.exp(ATTENTION * (mine @ wanted.vector))
        values["context"] = standard(close @ (weight / weight.sum()))
        if here := _here(liked, wanted, catalog):
            close_here = vectors @ np.stack([catalog.vector(r.item_id) for r in here]).T
            values["neighbours here"] = standard(np.sort(close_here, axis=1)[:, -NEAREST:].mean(axis=1))
        values["novelty"] = -standard(close.max(axis=1))
        nearest |= {int(at): liked[j] for at, j in zip(pool, close.argmax(axis=1))}
    if disliked:
        close = vectors @ np.stack([catalog.vector(r.item_id) for r in disliked]).T
        values["disliked"] = -standard(np.sort(close, axis=1)[:, -NEAREST:].mean(axis=1))
    return values


def _like(like: Sequence[Item], vectors: np.ndarray, items: Sequence[Item], catalog: Catalog) -> np.ndarray:
    """Likeness in meaning to the examples, and the share of their genres and themes."""
    dense = standard(vectors @ np.stack([catalog.vector(i.id) for i in like]).mean(axis=0))
    wanted = {t for i in like for t in (*i.genres, *i.themes)}
    overlap = np.array([len(wanted & {*i.genres, *i.themes}) / max(1, len(wanted)) for i in items])
    return 0.6 * dense + 0.8 * overlap


def standard(values: np.ndarray) -> np.ndarray:
    """Standard scores over the pool, a third of them; not cut, since the few far above the rest are what is wanted."""
    spread = values.std()
    return (values - values.mean()) / (3 * spread) if spread > 1e-9 else np.zeros(len(values))
