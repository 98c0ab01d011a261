"""Why an item: what each memory and each wish moved, by ranking again without it. The model is not asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mrrec.agent.asked import Asked, lasting_limits, met, ranking
from mrrec.agent.rank import Candidate, Ranked, Wanted
from mrrec.catalog import Catalog
from mrrec.memory import Entry, LocalMemory, MemoryNotFound

MOST_TRIED = 12  # memories left out one by one: each costs a ranking
LEAST_MOVED = 0.005  # of a score, to be worth telling
CLOSEST = 3  # liked items most like the recommended one, which are tried


@dataclass(frozen=True)
class Influence:
    """What one thing moved: the item's score with it less without it, and its place (from 1; None: not shown).

    `memory` is the entry left out; None for a part of the request, which `text` tells.
    """

    text: str
    moved: float
    place: int | None
    place_without: int | None
    memory: Entry | None = None


def influences(asked: Asked, item_id: str, memory: LocalMemory | None, catalog: Catalog) -> list[Influence]:
    """What moved the item, most first; what was told of the item itself since is left aside.

    Raises ValueError where the ranking of now does not show it.
    """
    now = ranking(asked, memory, catalog, item_id)
    chosen = next((c for c in now.chosen if c.item.id == item_id), None)
    if chosen is None:
        raise ValueError("it would not be recommended now: what you told since then rules it out or puts others before")
    found = list(_of_memory(asked, chosen, now, memory, catalog) if memory is not None else ())
    found += _of_request(asked, chosen, now, memory, catalog)
    return sorted(
        (i for i in found if abs(i.moved) >= LEAST_MOVED or i.place != i.place_without), key=lambda i: -abs(i.moved)
    )


def _of_memory(
    asked: Asked, chosen: Candidate, now: Ranked, memory: LocalMemory, catalog: Catalog
) -> Iterator[Influence]:
    for entry in _candidates(asked, chosen, memory, catalog)[:MOST_TRIED]:
        try:
            with memory.without(entry.id) as other:
                yield _compared(entry.text, chosen, now, ranking(asked, other, catalog, chosen.item.id), entry)
        except MemoryNotFound:
            continue


def _candidates(asked: Asked, chosen: Candidate, memory: LocalMemory, catalog: Catalog) -> list[Entry]:
    """Memories that can have moved it: patterns that hold of it, what was met most like it, what rules out others."""
    found = {p.id: p for p in chosen.patterns}
    if chosen.neighbour is not None:
        found[chosen.neighbour.id] = chosen.neighbour
    known = [r for r in met(memory, chosen.item.id) if r.value and r.item_id in catalog.position]
    if known:
        vectors = np.stack([catalog.vector(r.item_id) for r in known])
        for at in np.argsort(-(vectors @ catalog.vector(chosen.item.id)))[:CLOSEST]:
            found[known[at].id] = known[at]
    found |= {e.id: e for e in lasting_limits(memory, asked.tiers)}
    return list(found.values())


def _of_request(
    asked: Asked, chosen: Candidate, now: Ranked, memory: LocalMemory | None, catalog: Catalog
) -> Iterator[Influence]:
    wanted = asked.wanted
    others: list[tuple[str, Wanted]] = [
        (f"you asked for {wish}", replace(wanted, wishes=tuple(w for w in wanted.wishes if w != wish)))
        for wish in wanted.wishes
    ]
    others += [
        (f"it is to be like {item.label}", replace(wanted, like=tuple(i for i in wanted.like if i.id != item.id)))
        for item in wanted.like
    ]
    if wanted.ideal is not None:
        others.append(("the ideal that the model wrote", replace(wanted, ideal=None)))
    for text, other in others:
        yield _compared(text, chosen, now, ranking(replace(asked, wanted=other), memory, catalog, chosen.item.id))


def _compared(text: str, chosen: Candidate, now: Ranked, without: Ranked, memory: Entry | None = None) -> Influence:
    score = without.scores.get(chosen.item.id)
    moved = chosen.score - score if score is not None else chosen.score
    return Influence(text, round(moved, 3), _place(now, chosen), _place(without, chosen), memory)


def _place(ranked: Ranked, chosen: Candidate) -> int | None:
    return next((n for n, c in enumerate(ranked.chosen, 1) if c.item.id == chosen.item.id), None)
