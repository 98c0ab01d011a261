"""Which entries answer an aspect: by meaning and by words, scored by parts that the trace shows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import STOPWORDS
from mrrec.memory.entry import SUPPRESSED, Entry
from mrrec.memory.keeper import Keeper
from mrrec.memory.ledger import Ledger
from mrrec.settings import TIERS
from mrrec.store import all_of, col, lit

# What a recalled entry's score is made of; shown in the trace, part by part.
WEIGHTS = {"similarity": 1.0, "words": 0.25, "strength": 0.10, "recency": 0.05, "pinned": 0.10}
RECENCY_HALF_LIFE = 365 * 86400.0  # seconds
CANDIDATES = 8  # rows fetched for each that is kept, before the other parts re-order them


@dataclass(frozen=True)
class Recalled:
    """An entry that answers an aspect, with the parts of its score."""

    entry: Entry
    aspect: str
    score: float
    parts: dict[str, float]


def recall(
    keeper: Keeper, aspects: Sequence[str], k: int, tiers: Iterable[str], now: float | None = None
) -> list[Recalled]:
    """The `k` best entries for each aspect, an entry once under its best aspect."""
    aspects = [a for a in dict.fromkeys(a.strip() for a in aspects) if a]
    ledger, off = keeper.ledger, keeper.switches
    tiers = [t for t in TIERS if t in set(tiers) - off.tiers]
    if not aspects or not tiers or off.all:
        return []
    wanted = [keeper.mine, col("superseded_by") == lit(""), col("event") != lit(SUPPRESSED), col("tier").isin(tiers)]
    if off.kinds:
        wanted.append(~col("kind").isin(sorted(off.kinds)))
    vectors = keeper.encoder.encode(aspects)
    groups = keeper.table.nearest(vectors, all_of(*wanted), k * CANDIDATES)
    now = time.time() if now is None else now
    best: dict[str, Recalled] = {}
    for aspect, vector, rows in zip(aspects, vectors, groups, strict=True):
        words = [w for w in dict.fromkeys(normalise(aspect).split()) if w not in STOPWORDS]
        near = {row["id"]: row["similarity"] for row in rows}
        missing = [i for i in _by_words(ledger, words, tiers, off.reads)[:k] if i not in near]
        near |= {i: float(v @ vector) for i, v in keeper.vectors(missing).items()}
        known = [(ledger.by_id[i], s) for i, s in near.items() if i in ledger.by_id]
        scored = sorted(
            (_score(e, s, aspect, ledger.overlap(words, e), now) for e, s in known),
            key=lambda r: (-r.score, r.entry.id),
        )
        for found in scored[:k]:
            rival = best.get(found.entry.id)
            if rival is None or rival.score < found.score:
                best[found.entry.id] = found
    return sorted(best.values(), key=lambda r: (aspects.index(r.aspect), -r.score))


def _by_words(ledger: Ledger, words: Sequence[str], tiers: Sequence[str], reads: Callable[[Entry], bool]) -> list[str]:
    """Ids of the entries with most of the aspect's words, which meaning alone may not find."""
    found = ledger.with_words(words)
    return [
        i
        for i in sorted(found, key=lambda i: (-found[i], i))
        if (e := ledger.by_id[i]).active and e.tier in tiers and reads(e)
    ]


def _score(entry: Entry, similarity: float, aspect: str, overlap: float, now: float) -> Recalled:
    parts = {
        "similarity": similarity,
        "words": overlap,
        "strength": entry.strength,
        "recency": math.pow(0.5, max(0.0, now - entry.when) / RECENCY_HALF_LIFE),
        "pinned": float(entry.pinned),
    }
    weighed = {name: WEIGHTS[name] * value for name, value in parts.items()}
    return Recalled(entry, aspect, sum(weighed.values()), weighed)
