"""What writing memory costs: one record more, a large import, and room on the disk.

A record more: the time of `LocalMemory.write` for one record when 10, 1,000 and 100,000 are there (--quick: 20,000),
as a ratio to 10; its patterns and profile are brought up to date in that time. An import: records a second against
the raw encoder over the same texts, LanceDB's commit and all that is derived included. Room: bytes a memory, and
after a thousand edits against a fresh store with the same rows.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from common import at_least, at_most, quick, report

from mrrec.assistant import Assistant
from mrrec.memory import LocalMemory
from mrrec.memory.entry import Entry
from mrrec.memory.personas import event_record
from mrrec.memory.tables import memory_text
from mrrec.settings import Settings
from mrrec.store import Store

ROUNDS = 15
DAY = 86400.0


class Cheap:
    """Unit vectors by hash, where encoding is not what is measured."""

    name, dim = "hashed", 384

    def encode(self, texts, progress=False) -> np.ndarray:
        vectors = np.stack([np.random.default_rng(abs(hash(t))).standard_normal(self.dim) for t in texts] or [[]])
        return (
            (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
            if texts
            else (np.zeros((0, self.dim), np.float32))
        )


def events(catalog, n: int, rng: np.random.Generator) -> list[Entry]:
    """`n` ratings of catalogue items over ten years, many of two genres, each with a note, so that no text is twice."""
    weights = np.array([3.0 if {"western", "science fiction"} & set(i.genres) else 1.0 for i in catalog.items])
    chosen = rng.choice(len(catalog), n, p=weights / weights.sum())
    now = time.time()
    made = []
    for number, at in enumerate(chosen):
        when = now - rng.uniform(0, 3650) * DAY - number * 1e-3
        made.append(
            event_record("rated", catalog.items[at], float(rng.integers(1, 6)), f"note {number}", when, "import")
        )
    return made


def one_more(catalog, sizes: list[int]) -> dict[int, float]:
    """Median seconds of one write, by the number of records there."""
    rng, found = np.random.default_rng(0), {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            encoder = Cheap()
            memory = LocalMemory(Store(folder, encoder.name, encoder.dim), encoder, catalog, "me")
            memory.write(events(catalog, size, rng))
            taken = []
            for record in events(catalog, ROUNDS + 2, rng):
                begun = time.perf_counter()
                memory.write([record])
                taken.append(time.perf_counter() - begun)
            found[size] = median(taken[2:])
    return found


def imported(assistant, size: int) -> tuple[float, float, float]:
    """Records a second, texts a second of the raw encoder, bytes on the disk a memory."""
    records = events(assistant.catalog, size, np.random.default_rng(1))
    texts = [memory_text(r, assistant.catalog) for r in records]
    sample = texts[: max(500, size // 20)]
    begun = time.perf_counter()
    assistant.encoder.encode(sample)
    raw = len(sample) / (time.perf_counter() - begun)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder, assistant.encoder.name, assistant.encoder.dim)
        memory = LocalMemory(store, assistant.encoder, assistant.catalog, "me")
        begun = time.perf_counter()
        memory.write(records, turn="import")
        ours = size / (time.perf_counter() - begun)
        return ours, raw, on_disk(folder) / len(memory)


def edits(catalog, rows: int, changes: int) -> float:
    """Bytes after `changes` edits of `rows` memories, as a ratio to a fresh store with the same rows."""
    encoder, rng = Cheap(), np.random.default_rng(2)
    said = [Entry(id="", tier="record", event="said", text=f"I once said {n}", value=0.1) for n in range(rows)]
    with tempfile.TemporaryDirectory() as used, tempfile.TemporaryDirectory() as fresh:
        memory = LocalMemory(Store(used, encoder.name, encoder.dim), encoder, catalog, "me")
        written = memory.write(said).written
        for n in range(changes):
            memory.pin(written[int(rng.integers(rows))].id, bool(n % 2))
        other = LocalMemory(Store(fresh, encoder.name, encoder.dim), encoder, catalog, "me")
        other.write(memory.entries("record"))
        return on_disk(used) / on_disk(fresh)


def on_disk(folder: str) -> int:
    return sum(p.stat().st_size for p in Path(folder).rglob("*") if p.is_file())


def main() -> None:
    short = quick(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.open(Settings(store=Path(folder)), model=False)
        sizes = [10, 1_000, 20_000 if short else 100_000]
        taken = one_more(assistant.catalog, sizes)
        size = 2_000 if short else 100_000
        ours, raw, room = imported(assistant, size)
        changes = 100 if short else 1_000
        grown = edits(assistant.catalog, 2_000, changes)
    rows = [
        (f"one record more, {n:,} there", f"{s * 1000:.1f} ms", f"{s / taken[10]:.2f} of 10") for n, s in taken.items()
    ]
    rows.append((f"import of {size:,}", f"{ours:.0f}/s", f"{ours / raw:.2f} of the encoder's {raw:.0f}/s"))
    rows.append(("room for a memory", f"{room / 1000:.2f} kB", f"{room / (384 * 4):.2f} of its vector"))
    rows.append((f"after {changes:,} edits of 2,000", "", f"{grown:.2f} of a fresh store"))
    measures = [
        at_most(f"one record more, {sizes[-1]:,} against 10", taken[sizes[-1]] / taken[10], 3.0),
        at_least(f"import of {size:,} against the raw encoder", ours / raw, 0.5),
        at_most("room for a memory against its vector", room / (384 * 4), 2.0),
        at_most(f"room after {changes:,} edits against a fresh store", grown, 4.0),
    ]
    report("Writing memory", ("", "", ""), rows, measures)


if __name__ == "__main__":
    main()
