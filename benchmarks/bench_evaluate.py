"""Evaluation throughput on one core, against calling the encoder and LanceDB alone for the same queries.

The plain side encodes a query and asks LanceDB for the 100 nearest items. Ours encodes it too, and goes on: the pool,
the reading of the request, every signal of the ranking over the whole catalogue, ranks and the measures of the list.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from common import at_least, interleaved, milliseconds, quick, report

from mrrec.evaluate.data import EVENTS, ITEMS, QUERIES, write_task
from mrrec.evaluate.run import Options, prepared, row_of
from mrrec.evaluate.settings import parse
from mrrec.evaluate.tasks.said import build
from mrrec.settings import Settings

PEOPLE, QUICK = 60, 12  # whose queries are asked
SETTINGS = ("hybrid", "fields", "mrrec:-reasoning")


def main() -> None:
    short = quick(__doc__)
    task = build(None, 0, False)
    people = sorted({q.user for q in task.queries})[: QUICK if short else PEOPLE]
    some = [q for q in task.queries if q.user in set(people)]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        write_task(type(task)(task.items, [e for e in task.events if e.person in set(people)], some), out)
        options = Options(out / ITEMS, out / QUERIES, out / "run", (), out / EVENTS, jobs=1)
        bench, queries = prepared(options, Settings())
        bench.forget_vectors()
        table = bench.assistant.store.table("items", ())
        order = np.arange(len(bench.catalog))

        def plain(i: int) -> None:
            vector = bench.encoder.encode([queries[i % len(queries)].text])[0]
            table.raw.search(vector).limit(100).select(["id"]).to_arrow()

        rows, measures = [], []
        for name in SETTINGS:
            setting = parse(name)

            def ours(i: int, setting=setting) -> None:
                query = queries[i % len(queries)]
                row_of(bench, query, setting, bench.score(query, setting), order)

            mine, raw = interleaved(ours, plain, len(queries), 10 if short else 60)
            rows.append((name, milliseconds(mine), milliseconds(raw), f"{1 / mine:.0f}", f"{1 / raw:.0f}"))
            measures.append(at_least(f"queries a second of {name} against encoder and LanceDB alone", raw / mine, 0.5))
    head = ("setting", "ours", "encoder and LanceDB", "queries a second", "of those")
    report(f"{len(queries)} queries over {len(order)} items", head, rows, measures)


if __name__ == "__main__":
    main()
