"""From the ideal item profile to ranked items, with the parts of every score and what was left out.

The paper ranks by one cosine. Here the request's own words, the ideal, the fields that were asked for, taste and
likeness are parts of one score; conditions are filters, never weights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from mrrec.catalog import Catalog, Item
from mrrec.catalog.items import features
from mrrec.memory.entry import DISLIKED, LIKED, Entry

# Set by hand; every part is between about -1 and 1.
WEIGHTS = {
    "request": 0.9,  # the request's own words, by meaning
    "words": 0.3,  # the same, by letter
    "wishes": 1.5,  # tones and subjects asked for
    "like": 1.3,  # likeness to the items named as examples
    "ideal": 0.2,  # the model's ideal item; small while the model is untrained
    "taste": 0.9,  # patterns
    "neighbours": 0.5,  # likeness to what was liked, less likeness to what was disliked
    "novelty": 0.5,  # unlike anything in the history
}
NAME = 2.0  # a favourite director says more than a favourite subject
UNNAMED = 0.6  # weight of a pattern that the model did not name, against one that it did
PER_CREATOR = 2  # items by one creator in an answer, unless the creator was asked for
DIVERSITY = 0.35  # how much likeness to what is chosen already costs
SHORTLIST = 80


@dataclass(frozen=True)
class Rule:
    """What an item must satisfy, and why; `memory_ids` where a memory says so."""

    label: str
    test: Callable[[Item], bool]
    memory_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taste:
    """What memory tells the ranking."""

    patterns: tuple[Entry, ...] = ()
    records: tuple[Entry, ...] = ()  # those of items
    named: frozenset[str] = frozenset()  # ids of the memories that the model says count


@dataclass(frozen=True)
class Wanted:
    """What the ranking is asked for. Vectors are unit vectors, shape (dim,)."""

    text: str
    vector: np.ndarray
    rules: tuple[Rule, ...] = ()
    ideal: np.ndarray | None = None
    wishes: tuple[str, ...] = ()
    like: tuple[Item, ...] = ()
    limit: int = 5
    adventurous: float = 0.3
    surprise: bool = False
    open: bool = False  # the words of the request say nothing of the item
    free_creators: bool = False  # a creator was asked for: no limit for each


@dataclass(frozen=True)
class Candidate:
    """An item with its weighed parts, the patterns that speak for it and the record most like it."""

    item: Item
    score: float
    parts: dict[str, float]
    patterns: tuple[Entry, ...] = ()
    neighbour: Entry | None = None


@dataclass(frozen=True)
class Ranked:
    chosen: tuple[Candidate, ...]
    pool: int
    filtered: tuple[dict, ...] = ()
    alone: dict[str, int] = field(default_factory=dict)  # for an empty answer: items if that one rule were dropped
    scores: dict[str, float] = field(default_factory=dict, repr=False)  # of the whole pool, by item id


def rank(wanted: Wanted, taste: Taste, catalog: Catalog) -> Ranked:
    """The best `wanted.limit` items that break no rule."""
    passing = np.ones((len(wanted.rules), len(catalog)), bool)
    for row, rule in enumerate(wanted.rules):
        passing[row] = [rule.test(item) for item in catalog.items]
    failures = (~passing).sum(axis=0)
    pool = np.flatnonzero(failures == 0)
    filtered = tuple(_left_out(rule, np.flatnonzero(~passing[row]), catalog) for row, rule in enumerate(wanted.rules))
    if not len(pool):
        alone = {
            rule.label: int(((failures == 1) & ~passing[row]).sum())
            for row, rule in enumerate(wanted.rules)
            if ((failures == 1) & ~passing[row]).any()
        }
        return Ranked((), 0, filtered, alone)
    parts, holders, nearest = _parts(wanted, taste, catalog, pool)
    score = sum(parts.values())
    order = np.argsort(-score, kind="stable")[:SHORTLIST]
    picked = _diverse(order, score, pool, wanted, taste, catalog)
    chosen = [
        Candidate(
            catalog.items[pool[i]],
            float(score[i]),
            {name: round(float(values[i]), 4) for name, values in parts.items()},
            tuple(holders.get(int(pool[i]), ())),
            nearest.get(int(pool[i])),
        )
        for i in picked
    ]
    scores = {catalog.items[i].id: s for i, s in zip(pool.tolist(), score.tolist(), strict=True)}
    return Ranked(tuple(chosen), len(pool), filtered, scores=scores)


def _parts(wanted: Wanted, taste: Taste, catalog: Catalog, pool: np.ndarray):
    """Weighed parts over the pool (each of shape (len(pool),)), patterns by item, nearest liked record by item."""
    weights = dict(WEIGHTS)
    weights["taste"] *= 1 - 0.7 * wanted.adventurous
    weights["neighbours"] *= 1 - wanted.adventurous
    weights["novelty"] *= wanted.adventurous + (0.5 if wanted.surprise else 0.0)
    vectors = catalog.vectors[pool]
    items = [catalog.items[i] for i in pool]
    parts = {}
    if not wanted.open or wanted.wishes:
        parts["request"] = _standard(vectors @ wanted.vector)
        parts["words"] = catalog.lexical(wanted.text)[pool]
    if wanted.wishes:
        asked = set(wanted.wishes)
        parts["wishes"] = np.array([len(asked & {*i.themes, *i.genres}) / len(asked) for i in items])
    if wanted.like:
        parts["like"] = _likeness(wanted.like, vectors, items, catalog)
    if wanted.ideal is not None:
        parts["ideal"] = _standard(vectors @ wanted.ideal)
    holders: dict[int, list[Entry]] = defaultdict(list)
    if taste.patterns:
        parts["taste"] = _taste(taste, pool, items, holders)
    nearest: dict[int, Entry] = {}
    liked = [r for r in taste.records if r.value > LIKED and catalog.get(r.item_id)]
    disliked = [r for r in taste.records if r.value < DISLIKED and catalog.get(r.item_id)]
    if liked:
        close = vectors @ np.stack([catalog.vector(r.item_id) for r in liked]).T
        top = np.sort(close, axis=1)[:, -3:].mean(axis=1)
        if disliked:
            top = top - 0.5 * (vectors @ np.stack([catalog.vector(r.item_id) for r in disliked]).T).max(axis=1)
        parts["neighbours"] = _standard(top)
        nearest = {int(pool[i]): liked[j] for i, j in enumerate(close.argmax(axis=1))}
        if weights["novelty"]:
            parts["novelty"] = -_standard(close.max(axis=1))
    return {name: weights[name] * values for name, values in parts.items()}, holders, nearest


def _taste(taste: Taste, pool: np.ndarray, items: Sequence[Item], holders: dict[int, list[Entry]]) -> np.ndarray:
    """Patterns by what they hold of, squashed to -1..1."""
    by_feature: dict[str, list[Entry]] = defaultdict(list)
    for pattern in taste.patterns:
        for value in (*pattern.terms, *pattern.names):
            by_feature[value].append(pattern)
    total = np.zeros(len(items))
    for i, item in enumerate(items):
        for sort, value in features(item):
            for pattern in by_feature.get(value, ()):
                if pattern.event not in (sort, "said") or pattern.kind not in (item.kind, ""):
                    continue
                trust = 1.0 if pattern.id in taste.named else UNNAMED
                telling = NAME if value in pattern.names else 1.0
                total[i] += trust * telling * pattern.value * pattern.strength
                holders[int(pool[i])].append(pattern)
    return np.tanh(total)


def _likeness(like: Sequence[Item], vectors: np.ndarray, items: Sequence[Item], catalog: Catalog) -> np.ndarray:
    """Likeness in meaning to the examples, and the share of their genres and themes."""
    dense = _standard(vectors @ np.stack([catalog.vector(i.id) for i in like]).mean(axis=0))
    wanted = {t for i in like for t in (*i.genres, *i.themes)}
    overlap = np.array([len(wanted & {*i.genres, *i.themes}) / max(1, len(wanted)) for i in items])
    return 0.6 * dense + 0.8 * overlap


def _diverse(order, score, pool, wanted: Wanted, taste: Taste, catalog: Catalog) -> list[int]:
    """Greedy choice that weighs the score against likeness to what is chosen (maximal marginal relevance)."""
    wearing = _dominant_genre(taste, catalog) if wanted.surprise else None
    picked: list[int] = []
    made: dict[str, int] = defaultdict(int)
    left = list(order)
    while left and len(picked) < wanted.limit:
        best, best_value = None, -np.inf
        for i in left:
            item = catalog.items[pool[i]]
            if not wanted.free_creators and any(made[c] >= PER_CREATOR for c in item.creators):
                continue
            if (
                wearing
                and wearing in item.genres
                and sum(wearing in catalog.items[pool[j]].genres for j in picked) >= wanted.limit // 2
            ):
                continue
            likeness = max((float(catalog.vectors[pool[i]] @ catalog.vectors[pool[j]]) for j in picked), default=0.0)
            value = score[i] - DIVERSITY * likeness
            if value > best_value:
                best, best_value = i, value
        if best is None:
            break
        picked.append(best)
        left.remove(best)
        for creator in catalog.items[pool[best]].creators:
            made[creator] += 1
    return picked


def _dominant_genre(taste: Taste, catalog: Catalog) -> str | None:
    """The genre that most of what was liked has."""
    counts: dict[str, int] = defaultdict(int)
    for record in taste.records:
        item = catalog.get(record.item_id)
        if item and record.value > LIKED and item.genres:
            counts[item.genres[0]] += 1
    return max(counts, key=lambda g: (counts[g], g)) if counts else None


def _left_out(rule: Rule, rows: np.ndarray, catalog: Catalog) -> dict:
    examples = [catalog.items[i].label for i in rows[:3]]
    return {"reason": rule.label, "count": len(rows), "examples": examples, "memories": list(rule.memory_ids)}


def _standard(values: np.ndarray) -> np.ndarray:
    """Standard scores over the pool, a third of them, cut at -1 and 1."""
    spread = values.std()
    return np.clip((values - values.mean()) / (3 * spread), -1, 1) if spread > 1e-9 else np.zeros_like(values)


def nothing(ranked: Ranked) -> str:
    """What stands in the way, for an answer without items."""
    binding = [f for f in ranked.filtered if f["count"]]
    text = f"Nothing in the catalogue satisfies all of this at once: {', '.join(f['reason'] for f in binding)}."
    if ranked.alone:
        options = ", ".join(f"{n} without “{label}”" for label, n in sorted(ranked.alone.items(), key=lambda p: -p[1]))
        text += f" There would be {options}."
    return text
