"""One person's memory. A handle is bound to its person when the conversation opens; no method takes a person.

Records are what happened; patterns and profile are derived from them and die with their evidence. Every change is
written to a journal of the person, so that it can be undone, by turn or one by one.
"""

from __future__ import annotations

import json
import math
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mrrec.catalog import Catalog
from mrrec.catalog.items import normalise
from mrrec.embed import Encoder
from mrrec.memory import patterns as derive
from mrrec.memory.entry import EVENT_VALUE, FIELDS, SUPPRESSED, Entry, entry_id, from_row
from mrrec.settings import TIERS
from mrrec.store import Store, Table, all_of, col, lit

# What a recalled entry's score is made of; shown in the trace, part by part.
WEIGHTS = {"similarity": 1.0, "words": 0.15, "strength": 0.10, "recency": 0.05, "pinned": 0.10}
RECENCY_HALF_LIFE = 365 * 86400.0  # seconds
CANDIDATES = 8  # rows fetched for each that is kept, before the other parts re-order them
_JOURNAL = [
    pa.field("person", pa.string()),
    pa.field("when", pa.float64()),
    pa.field("operation", pa.string()),
    pa.field("turn", pa.string()),
    pa.field("before", pa.string()),
    pa.field("after", pa.string()),
]


class MemoryNotFound(KeyError):
    """There is no such memory of this person, whoever else may have one of that id."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Recalled:
    """An entry that answers an aspect, with the parts of its score."""

    entry: Entry
    aspect: str
    score: float
    parts: dict[str, float]


@dataclass(frozen=True)
class Change:
    """What a write did; entries that were derived anew are not listed, save those that are gone (`withdrawn`)."""

    written: tuple[Entry, ...] = ()
    superseded: tuple[Entry, ...] = ()
    forgotten: tuple[Entry, ...] = ()
    withdrawn: tuple[Entry, ...] = ()
    restored: tuple[Entry, ...] = ()


class LocalMemory:
    """The memory of one person in a store."""

    def __init__(self, store: Store, encoder: Encoder, catalog: Catalog, person: str):
        if not person or not person.strip():
            raise ValueError("a memory needs a person: give a name that is not empty")
        self.person = person
        self._store, self._encoder, self._catalog = store, encoder, catalog
        self._table: Table = open_memory(store, encoder)
        self._journal: Table = store.table("journal", _JOURNAL)
        self._cache: tuple[int, list[Entry]] | None = None

    # Reading

    def entries(self, tier: str | None = None, history: bool = False) -> list[Entry]:
        """What is remembered, newest first; with `history` also what was superseded."""
        version = self._table.raw.version
        if self._cache is None or self._cache[0] != version:
            rows = self._table.rows(self._mine())
            self._cache = (version, sorted((from_row(r) for r in rows), key=lambda e: (-e.when, e.id)))
        return [
            e
            for e in self._cache[1]
            if (tier is None or e.tier == tier)
            and e.event != SUPPRESSED
            and (history or not e.superseded_by)
        ]  # fmt: skip

    def __len__(self) -> int:
        return self._table.count(self._mine() & (col("event") != lit(SUPPRESSED)))

    def get(self, memory_id: str) -> Entry:
        """The entry of that id. Raises MemoryNotFound, for another person's id too."""
        for entry in self.entries(history=True):
            if entry.id == memory_id:
                return entry
        raise MemoryNotFound(f"no memory {memory_id} of yours; see them with 'memory list'")

    def recall(
        self, aspects: Sequence[str], k: int = 3, tiers: Iterable[str] = TIERS, now: float | None = None
    ) -> list[Recalled]:
        """The `k` best entries for each aspect, an entry once, under the aspect it answers best."""
        aspects = [a for a in dict.fromkeys(a.strip() for a in aspects) if a]
        tiers = [t for t in TIERS if t in set(tiers)]
        if not aspects or not tiers:
            return []
        where = all_of(
            self._mine(), col("superseded_by") == lit(""), col("event") != lit(SUPPRESSED), col("tier").isin(tiers)
        )
        groups = self._table.nearest(self._encoder.encode(aspects), where, k * CANDIDATES)
        now = time.time() if now is None else now
        best: dict[str, Recalled] = {}
        for aspect, rows in zip(aspects, groups, strict=True):
            words = set(normalise(aspect).split())
            scored = sorted((_score(row, aspect, words, now) for row in rows), key=lambda r: (-r.score, r.entry.id))
            for found in scored[:k]:
                known = best.get(found.entry.id)
                if known is None or known.score < found.score:
                    best[found.entry.id] = found
        return sorted(best.values(), key=lambda r: (aspects.index(r.aspect), -r.score))

    def search(self, text: str, limit: int = 20) -> list[Entry]:
        """Entries about `text`, best first."""
        return [r.entry for r in self.recall([text], k=limit)]

    # Writing

    def write(self, entries: Sequence[Entry], turn: str = "") -> Change:
        """Add records. The same fact again is one record; what it contradicts is superseded, and kept as history."""
        entries = [self._stamped(e, turn) for e in entries]
        if not entries:
            return Change()
        known = {e.id: e for e in self.entries("record", history=True)}
        before, written, superseded = {}, {}, {}
        for entry in sorted(entries, key=lambda e: e.when):
            same = known.get(entry.id)
            if same and not same.superseded_by and (same.text, same.value) == (entry.text, entry.value):
                continue
            if same and same.id not in written:
                before[same.id] = same
            for old in [e for e in known.values() if e.id != entry.id and not e.superseded_by]:
                if _supersedes(entry, old):
                    if old.id not in written:
                        before.setdefault(old.id, old)
                    superseded[old.id] = known[old.id] = old.with_(superseded_by=entry.id)
            written[entry.id] = known[entry.id] = entry
        if not written:
            return Change()
        after = {i: known[i] for i in (*written, *superseded)}
        self._apply("remember", turn, list(before.values()), list(after.values()))
        return Change(
            written=tuple(e for e in after.values() if e.id in written and not e.superseded_by),
            superseded=tuple(superseded.values()),
        )

    def forget(self, ids: Sequence[str], turn: str = "") -> Change:
        """Forget entries, and what rested on them alone. Raises MemoryNotFound before anything is done.

        A forgotten pattern stays away: the stated preferences that it rests on go with it, and statistics
        do not bring it back.
        """
        chosen = [self.get(i) for i in ids]
        records = {e.id: e for e in chosen if e.tier == "record"}
        marks = []
        for entry in chosen:
            if entry.tier != "record":
                for record in self._ground(entry):
                    if record.event == "said":
                        records[record.id] = record
                marks.append(self._suppression(entry.id, turn))
        derived_before = {e.id: e for t in TIERS[1:] for e in self.entries(t)}
        self._apply("forget", turn, list(records.values()), marks, remove=list(records))
        left = {e.id for t in TIERS[1:] for e in self.entries(t)}
        gone = tuple(e for i, e in derived_before.items() if i not in left)
        self._table.compact()
        chosen_ids = {e.id for e in chosen} | set(records)
        forgotten = {e.id: e for e in [*chosen, *records.values()]}
        return Change(forgotten=tuple(forgotten.values()), withdrawn=tuple(e for e in gone if e.id not in chosen_ids))

    def edit(self, memory_id: str, text: str) -> Entry:
        """Put a record into other words of the person's own. Patterns are derived and cannot be edited."""
        old = self.get(memory_id)
        if old.tier != "record":
            raise ValueError(
                "only records can be edited; a pattern follows from its evidence, which can be edited or forgotten"
            )
        if not text.strip():
            raise ValueError("the new text is empty; use forget to remove a memory")
        terms = old.terms
        if old.event == "said":
            vector = self._encoder.encode([text])[0]
            terms = tuple(self._catalog.vocabulary.resolve(text, vector))
        new = old.with_(text=text.strip(), terms=terms)
        self._apply("edit", "", [old], [new])
        return new

    def pin(self, memory_id: str, pinned: bool = True) -> Entry:
        """A pinned entry is recalled before its equals and survives every derivation."""
        old = self.get(memory_id)
        new = old.with_(pinned=pinned)
        self._apply("pin", "", [old], [new])
        return new

    def undo(self, turn: str | None = None) -> Change:
        """Take back the last change, or every change of a `turn`, newest first."""
        where = self._mine() if turn is None else self._mine() & (col("turn") == lit(turn))
        journal = sorted(self._journal.rows(where), key=lambda r: r["when"], reverse=True)
        if turn is None:
            journal = journal[:1]
        restored, removed = [], []
        for line in journal:
            before = [from_row(r) for r in json.loads(line["before"])]
            after = json.loads(line["after"])
            keep = {e.id for e in before}
            remove = [i for i in after if i not in keep]
            removed += [e for e in self.entries(history=True) if e.id in set(remove)]
            self._store_entries(before, remove)
            restored += before
            self._journal.delete(self._mine() & (col("id") == lit(line["id"])))
        if journal:
            self._derive()
        return Change(restored=tuple(restored), forgotten=tuple(removed))

    def export(self) -> dict:
        """Everything as plain data that `import_` takes back without loss."""
        rows = [from_row(r).to_dict() for r in self._table.rows(self._mine())]
        return {"format": "mrrec-memory-1", "entries": sorted(rows, key=lambda r: r["id"])}

    def import_(self, data: dict) -> Change:
        """Take in what `export` wrote, from this or another person. Raises ValueError with the entry that is wrong."""
        if not isinstance(data, dict) or data.get("format") != "mrrec-memory-1":
            raise ValueError("this is not a memory export: 'format' must be 'mrrec-memory-1'")
        entries, renamed = [], {}
        for number, row in enumerate(data.get("entries", []), 1):
            try:
                entry = from_row(row)
                if entry.tier not in TIERS or not isinstance(entry.text, str):
                    raise ValueError(f"tier {entry.tier!r}")
            except (TypeError, ValueError, AttributeError) as error:
                raise ValueError(
                    f"entry {number} of the export cannot be read: {error}; nothing was imported"
                ) from error
            if entry.tier == "record":
                new = self._stamped(entry.with_(turn=""), "import")
                renamed[entry.id] = new.id
                entries.append(new)
        entries = [e.with_(superseded_by=renamed.get(e.superseded_by, "")) for e in entries]
        known = {e.id: e for e in self.entries("record", history=True)}
        self._apply("import", "import", [known[e.id] for e in entries if e.id in known], entries)
        return Change(written=tuple(entries))

    def erase(self) -> None:
        """Remove everything of this person, the journal too."""
        self._table.delete(self._mine())
        self._journal.delete(self._mine())
        self._table.compact()
        self._journal.compact()
        self._cache = None

    # Inside

    def _mine(self):
        return col("person") == lit(self.person)

    def _stamped(self, entry: Entry, turn: str) -> Entry:
        if entry.tier != "record":
            raise ValueError("only records are written; patterns and profile are derived from them")
        if entry.item_id:
            dated = entry.source in ("persona", "import") and entry.when
            key = (entry.item_id, entry.event, *([str(entry.when)] if dated else []))
        elif entry.terms or entry.names:
            key = (entry.event, entry.kind, *sorted(entry.terms), *sorted(entry.names), str(entry.polarity))
        else:
            key = (entry.event, entry.kind, normalise(entry.text))
        return entry.with_(
            id=entry_id("record", self.person, *key),
            value=entry.value or EVENT_VALUE.get(entry.event, 0.0),
            when=entry.when or time.time(),
            turn=entry.turn or turn,
        )

    def _suppression(self, pattern_id: str, turn: str) -> Entry:
        return Entry(
            id=entry_id("record", self.person, SUPPRESSED, pattern_id), tier="record", event=SUPPRESSED, text="",
            item_id=pattern_id, when=time.time(), source="chat", turn=turn,
        )  # fmt: skip

    def _ground(self, entry: Entry) -> list[Entry]:
        """The records that an entry rests on in the end."""
        by_id = {e.id: e for e in self.entries()}
        found, todo = [], [i for i in entry.evidence]
        while todo:
            below = by_id.get(todo.pop())
            if below is not None:
                if below.tier == "record":
                    found.append(below)
                todo += below.evidence
        return found

    def _apply(
        self, operation: str, turn: str, before: list[Entry], after: list[Entry], remove: Sequence[str] = ()
    ) -> None:
        """Journal, then write, then derive: a crash in between leaves nothing that cannot be undone."""
        ids = [e.id for e in after]
        self._journal.upsert(
            [
                dict(
                    id=uuid.uuid4().hex, person=self.person, when=time.time(), operation=operation, turn=turn,
                    before=json.dumps([e.to_dict() for e in before]), after=json.dumps(ids), vector=self._blank(),
                )
            ]
        )  # fmt: skip
        self._store_entries(after, remove)
        self._derive()

    def _store_entries(self, entries: Sequence[Entry], remove: Sequence[str] = ()) -> None:
        if remove:
            self._table.delete(self._mine() & col("id").isin(list(remove)))
        if entries:
            texts = [memory_text(e, self._catalog) for e in entries]
            vectors = self._encoder.encode(texts)
            self._table.upsert(
                [e.to_dict() | {"person": self.person, "vector": v} for e, v in zip(entries, vectors, strict=True)]
            )
        self._cache = None

    def _derive(self) -> None:
        """Bring patterns and profile up to date with the records, writing only what differs."""
        everything = [from_row(r) for r in self._table.rows(self._mine())]
        records = [e for e in everything if e.tier == "record" and not e.superseded_by and e.event != SUPPRESSED]
        suppressed = {e.item_id for e in everything if e.event == SUPPRESSED}
        derived = {e.id: e for e in everything if e.tier != "record"}
        found: list[Entry] = derive.stated(self.person, records)
        for kind in self._catalog.kinds:
            found += derive.patterns(self.person, kind, records, self._catalog.get, self._catalog.population[kind])
        found = [p for p in {p.id: p for p in found}.values() if p.id not in suppressed]
        found += [p for p in derive.profile(self.person, found) if p.id not in suppressed]
        now = {p.id: p.with_(pinned=derived[p.id].pinned if p.id in derived else False) for p in found}
        changed = [p for i, p in now.items() if derived.get(i) != p]
        self._store_entries(changed, [i for i in derived if i not in now])

    def _blank(self) -> np.ndarray:
        return np.zeros(self._store.dim, np.float32)


def open_memory(store: Store, encoder: Encoder) -> Table:
    """The table of memories; where another encoder wrote it, every text is encoded anew, once."""
    table = store.table("memory", FIELDS)
    stamp = f"{encoder.name}:{encoder.dim}"
    known = store.read_meta().get("memory")
    if known is None:
        store.write_meta(memory=stamp)
    elif known != stamp:
        rows = table.rows()
        store.drop("memory")
        store.drop("journal")
        table = store.table("memory", FIELDS)
        vectors = encoder.encode([r["text"] for r in rows], progress=len(rows) > 500)
        table.upsert([r | {"vector": v} for r, v in zip(rows, vectors, strict=True)])
        store.write_meta(memory=stamp)
    return table


def memory_text(entry: Entry, catalog: Catalog) -> str:
    """What the encoder reads of an entry: its words, and what the item is like."""
    item = catalog.get(entry.item_id) if entry.item_id else None
    about = f" ({', '.join(item.genres + item.themes)})" if item else ""
    return (entry.text or entry.event) + about


def _supersedes(new: Entry, old: Entry) -> bool:
    """A newer verdict on the same item, or a stated preference with the opposite sign in the same scope."""
    if SUPPRESSED in (old.event, new.event) or old.when > new.when:
        return False
    if new.item_id or old.item_id:
        if new.item_id != old.item_id:
            return False
        return old.polarity == -new.polarity != 0 or (new.event == old.event == "rated" and new.value != old.value)
    if new.event != "said" or old.event != "said" or not new.polarity or old.polarity != -new.polarity:
        return False
    scope = not new.kind or not old.kind or new.kind == old.kind
    return scope and bool(set(new.terms) & set(old.terms) or set(new.names) & set(old.names))


def _score(row: dict, aspect: str, words: set[str], now: float) -> Recalled:
    entry = from_row(row)
    mine = set(normalise(entry.text).split()) | {w for t in entry.terms for w in t.split()}
    parts = {
        "similarity": row["similarity"],
        "words": len(words & mine) / len(words) if words else 0.0,
        "strength": entry.strength,
        "recency": math.pow(0.5, max(0.0, now - entry.when) / RECENCY_HALF_LIFE),
        "pinned": float(entry.pinned),
    }
    weighed = {name: WEIGHTS[name] * value for name, value in parts.items()}
    return Recalled(entry, aspect, sum(weighed.values()), weighed)
