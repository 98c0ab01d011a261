"""Recall of one person's memory, against the LanceDB call that finds the same rows.

Two stores: one person with 100,000 memories, and 1,000,000 memories of 10,000 people (--quick: 100,000 of 1,000).
Both sides start from the same encoded aspects and use the same filter, index, number of rows and columns, and both
give the rows as Python objects; ours goes on to find by words, to score, merge and sort them.
"""

from __future__ import annotations

import tempfile
import time
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
from common import at_most, interleaved, milliseconds, quick, report

from mrrec.memory import LocalMemory
from mrrec.memory.entry import SUPPRESSED
from mrrec.memory.recall import CANDIDATES
from mrrec.memory.tables import open_memory
from mrrec.settings import TIERS
from mrrec.store import Store, Table, all_of, col, lit

BATCH = 20_000  # rows
DIM = 384
K, ROUNDS = 3, 60
ASPECTS = ("pace and tone", "what it is about", "the same hands and faces again")
WORDS = ("slow", "quiet", "hopeful", "tense", "warm", "funny", "bleak", "clever", "long", "short", "gentle", "loud")


class Encoded:
    """The aspects as encoded already."""

    name, dim = "unit vectors", DIM
    vectors = np.zeros((0, DIM), np.float32)

    def encode(self, texts, progress=False) -> np.ndarray:
        return self.vectors[: len(texts)]


def unit(rng: np.random.Generator, n: int) -> np.ndarray:
    vectors = rng.standard_normal((n, DIM), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def fill(table: Table, people: list[str], each: int, rng: np.random.Generator) -> None:
    """Add `each` records of each of `people`, some of them superseded, none of which makes a pattern."""
    now, whole = time.time(), len(people) * each
    for start in range(0, whole, BATCH):
        m = min(BATCH, whole - start)
        words = rng.choice(WORDS, (m, 6))
        owners = [people[(start + i) // each] for i in range(m)]
        vectors = pa.FixedSizeListArray.from_arrays(pa.array(unit(rng, m).ravel()), DIM)
        columns = {
            "id": [f"r-{owner}-{start + i}" for i, owner in enumerate(owners)],
            "person": owners,
            "tier": ["record"] * m,
            "event": ["seen"] * m,
            "text": [" ".join(row) for row in words],
            "kind": ["film"] * m,
            "item_id": [""] * m,
            "terms": [[]] * m,
            "names": [[]] * m,
            "value": rng.uniform(-1, 1, m),
            "strength": rng.random(m),
            "when": now - rng.uniform(0, 5e7, m),
            "source": ["chat"] * m,
            "turn": ["t"] * m,
            "evidence": [[]] * m,
            "pinned": [False] * m,
            "superseded_by": np.where(rng.random(m) < 0.05, "r-newer", "").tolist(),
            "vector": vectors,
        }
        table.raw.add(pa.table(columns, schema=table.schema))
    table.compact()


def measured(people: int, each: int, seconds: float) -> list[tuple[str, float, float]]:
    """Median seconds of ours and of LanceDB's, for one aspect and for several, for a person in the middle."""
    rng = np.random.default_rng(0)
    encoder = Encoded()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder, encoder.name, encoder.dim)
        table = open_memory(store, encoder, SimpleNamespace())
        names = [f"person-{n:05}" for n in range(people)]
        fill(table, names, each, rng)
        me = names[people // 2]
        memory = LocalMemory(store, encoder, SimpleNamespace(features={}), me)
        where = all_of(
            col("person") == lit(me),
            col("superseded_by") == lit(""),
            col("event") != lit(SUPPRESSED),
            col("tier").isin(list(TIERS)),
        )
        columns = [name for name in table.schema.names if name != "vector"]
        for n in (1, len(ASPECTS)):
            queries = [unit(rng, n) for _ in range(ROUNDS + 2)]
            seen: dict[str, set[str]] = {}

            def ours(i: int, queries=queries, seen=seen) -> None:
                encoder.vectors = queries[i]
                seen["ours"] = {r.entry.id for r in memory.recall(ASPECTS[: len(queries[i])], K)}

            def raw(i: int, queries=queries, seen=seen) -> None:
                vectors = queries[i] if len(queries[i]) > 1 else queries[i][0]
                query = table.raw.search(vectors).distance_type("cosine").where(where).limit(K * CANDIDATES)
                seen["raw"] = {row["id"] for row in query.select([*columns, "_distance"]).to_list()}

            a, b = interleaved(ours, raw, ROUNDS, seconds)
            if not seen["ours"] & seen["raw"]:
                raise SystemExit("the two found different memories: no comparison")
            found.append(("1 aspect" if n == 1 else f"{n} aspects", a, b))
    return found


def main() -> None:
    short = quick(__doc__)
    sizes = [(1, 100_000), (1_000, 100) if short else (10_000, 100)]
    rows, measures = [], []
    for people, each in sizes:
        of = "one person" if people == 1 else f"{people:,} people"
        for name, a, b in measured(people, each, 5 if short else 30):
            rows.append((f"{people * each:,} of {of}, {name}", milliseconds(a), milliseconds(b), f"{a / b:.3f}"))
            measures.append(at_most(f"recall among {people * each:,} of {of}, {name}", a / b, 1.3))
    report(f"Recall, k={K}, without encoding", ("", "ours", "LanceDB", "ratio"), rows, measures)


if __name__ == "__main__":
    main()
