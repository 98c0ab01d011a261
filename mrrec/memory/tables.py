"""The tables of everybody's memories, and what the encoder reads of an entry."""

from __future__ import annotations

import pyarrow as pa

from mrrec.catalog import Catalog
from mrrec.embed import Encoder
from mrrec.memory.entry import FIELDS, Entry, from_row
from mrrec.store import Store, Table

_PEOPLE = [
    pa.field("person", pa.string()),
    pa.field("revision", pa.string()),
    pa.field("seen", pa.float64()),
    pa.field("off", pa.list_(pa.string())),
]


def open_memory(store: Store, encoder: Encoder, catalog: Catalog) -> Table:
    """The table of memories; where another encoder wrote it, every text is encoded anew, once."""
    table = store.table("memory", FIELDS)
    if table.encoder != store.stamp:
        with store.lock:
            table = store.table("memory", FIELDS)
            if table.encoder != store.stamp:  # no other process was quicker
                rows = table.rows()
                texts = [memory_text(from_row(r), catalog) for r in rows]
                vectors = encoder.encode(texts, len(rows) > 500)
                table = store.rebuild("memory", FIELDS, [r | {"vector": v} for r, v in zip(rows, vectors, strict=True)])
    return table


def open_people(store: Store) -> Table:
    """One row for each person who has a memory: its revision, when it last changed, what is switched off."""
    return store.table("people", _PEOPLE, vectors=False)


def people(store: Store) -> list[tuple[str, float]]:
    """Everybody who has a memory, with the time of its last change (seconds since the epoch)."""
    return [(r["person"], r["seen"]) for r in open_people(store).rows()]


def memory_text(entry: Entry, catalog: Catalog) -> str:
    """What the encoder reads of an entry: its words, and what the item is like."""
    item = catalog.get(entry.item_id) if entry.item_id else None
    about = f" ({', '.join(item.genres + item.themes)})" if item else ""
    return (entry.text or entry.event) + about
