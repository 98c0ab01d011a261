"""From the ideal item profile to ranked items, with the parts of every score and what was left out.

The paper ranks by one cosine. Here the request's own words, the ideal, the fields that were asked for, taste and
likeness are parts of one score; conditions are filters, never weights.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from mrrec.agent.ranker import contributions
from mrrec.agent.signals import Rule, Taste, Wanted, signals
from mrrec.catalog import Catalog, Item
from mrrec.memory.entry import LIKED, Entry

__all__ = ["Candidate", "Ranked", "Rule", "Taste", "Wanted", "nothing", "rank"]

PER_CREATOR = 2  # items by one creator in an answer, unless the creator was asked for
DIVERSITY = 0.35  # how much likeness to what is chosen already costs
SHORTLIST = 80


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
    found = signals(wanted, taste, catalog, pool)
    parts = contributions(found, wanted)
    score = sum(parts.values(), np.zeros(len(pool)))
    order = np.argsort(-score, kind="stable")[:SHORTLIST]
    picked = _diverse(order, score, pool, wanted, taste, catalog)
    chosen = [
        Candidate(
            catalog.items[pool[i]],
            float(score[i]),
            {name: round(float(values[i]), 4) for name, values in parts.items()},
            tuple(found.holders.get(int(pool[i]), ())),
            found.nearest.get(int(pool[i])),
        )
        for i in picked
    ]
    scores = {catalog.items[i].id: s for i, s in zip(pool.tolist(), score.tolist(), strict=True)}
    return Ranked(tuple(chosen), len(pool), filtered, scores=scores)


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


def nothing(ranked: Ranked) -> str:
    """What stands in the way, for an answer without items."""
    binding = [f for f in ranked.filtered if f["count"]]
    text = f"Nothing in the catalogue satisfies all of this at once: {', '.join(f['reason'] for f in binding)}."
    if ranked.alone:
        options = ", ".join(f"{n} without “{label}”" for label, n in sorted(ranked.alone.items(), key=lambda p: -p[1]))
        text += f" There would be {options}."
    return text
