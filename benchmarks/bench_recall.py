"""Recall among 100,000 memories of one person, against the LanceDB call that finds the same rows.

Both sides start from the same encoded aspects and use the same filter, number of rows and columns, and both give the
rows as Python objects; ours goes on to score, merge and sort them.
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
from mrrec.memory.local import CANDIDATES, open_memory
from mrrec.settings import TIERS
from mrrec.store import Store, Table, all_of, col, lit

MINE, OTHERS, BATCH = 100_000, 20_000, 20_000  # rows
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


def fill(table: Table, person: str, n: int, rng: np.random.Generator) -> None:
    """Add `n` memories of `person`: mostly records, a tenth patterns, some of them superseded."""
    now = time.time()
    for start in range(0, n, BATCH):
        m = min(BATCH, n - start)
        words = rng.choice(WORDS, (m, 6))
        pattern = rng.random(m) < 0.1
        columns = {
            "id": [f"r-{person}-{start + i}" for i in range(m)],
            "person": [person] * m,
            "tier": np.where(pattern, "pattern", "record").tolist(),
            "event": np.where(pattern, "theme", "said").tolist(),
            "text": [" ".join(row) for row in words],
            "kind": ["film"] * m,
            "item_id": [""] * m,
            "terms": words[:, :2].tolist(),
            "names": [[]] * m,
            "value": rng.uniform(-1, 1, m),
            "strength": rng.random(m),
            "when": now - rng.uniform(0, 5e7, m),
            "source": ["chat"] * m,
            "turn": ["t"] * m,
            "evidence": [[]] * m,
            "pinned": [False] * m,
            "superseded_by": np.where(rng.random(m) < 0.05, "r-newer", "").tolist(),
            "vector": list(unit(rng, m)),
        }
        table.raw.add(pa.table(columns, schema=table.schema))


def main() -> None:
    seconds = 15 if quick(__doc__) else 60
    rng = np.random.default_rng(0)
    encoder = Encoded()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder, encoder.name, encoder.dim)
        table = open_memory(store, encoder, SimpleNamespace())
        for person, n in (("before", OTHERS // 2), ("me", MINE), ("after", OTHERS // 2)):
            fill(table, person, n, rng)
        memory = LocalMemory(store, encoder, SimpleNamespace(features={}), "me")
        where = all_of(
            col("person") == lit("me"),
            col("superseded_by") == lit(""),
            col("event") != lit(SUPPRESSED),
            col("tier").isin(list(TIERS)),
        )
        columns = [name for name in table.schema.names if name != "vector"]
        rows, measures = [], []
        for n in (1, len(ASPECTS)):
            queries = [unit(rng, n) for _ in range(ROUNDS + 2)]
            found: dict[str, set[str]] = {}

            def ours(i: int, queries=queries, found=found) -> None:
                encoder.vectors = queries[i]
                found["ours"] = {r.entry.id for r in memory.recall(ASPECTS[: len(queries[i])], K)}

            def raw(i: int, queries=queries, found=found) -> None:
                vectors = queries[i] if len(queries[i]) > 1 else queries[i][0]
                query = table.raw.search(vectors).distance_type("cosine").where(where).limit(K * CANDIDATES)
                found["raw"] = {row["id"] for row in query.select([*columns, "_distance"]).to_list()}

            a, b = interleaved(ours, raw, ROUNDS, seconds / 2)
            if not found["ours"] <= found["raw"]:
                raise SystemExit("the two found different memories: no comparison")
            name = "1 aspect" if n == 1 else f"{n} aspects"
            rows.append((name, milliseconds(a), milliseconds(b), f"{a / b:.3f}"))
            measures.append(at_most(f"recall, {name}", a / b, 1.3))
    title = f"Recall among {MINE:,} memories of one person ({OTHERS:,} of others beside them), k={K}, without encoding"
    report(title, ("", "ours", "LanceDB", "ratio"), rows, measures)


if __name__ == "__main__":
    main()
