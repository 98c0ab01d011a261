"""One person's entries, at hand and in the store, kept in step: what one change writes, with all that is derived from
it, is one commit, so a crash leaves all of it or nothing. Of nobody else is a row read or written.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import RLock

import numpy as np

from mrrec.catalog import Catalog
from mrrec.embed import Encoder
from mrrec.memory.entry import SUPPRESSED, Entry, derived_key, entry_id, from_row
from mrrec.memory.history import History
from mrrec.memory.ledger import Ledger
from mrrec.memory.patterns import derive
from mrrec.memory.switches import Switches
from mrrec.memory.tables import memory_text, open_memory, open_people
from mrrec.settings import TIERS
from mrrec.store import Store, StoreError, Table, col, lit


class MemoryNotFound(KeyError):
    """There is no such memory of this person, whoever else may have one of that id."""

    def __str__(self) -> str:
        return str(self.args[0])


class Keeper:
    """Keeps the entries of one person; made for its `LocalMemory` alone."""

    def __init__(self, store: Store, encoder: Encoder, catalog: Catalog, person: str):
        self.person, self.encoder, self.catalog = person, encoder, catalog
        self.table: Table = open_memory(store, encoder, catalog)
        self.people: Table = open_people(store)
        self.history = History(store, person)
        self.lock = RLock()
        self._store = store
        self._known: Ledger | None = None
        self._seen: tuple[int, str] = (-1, "")  # version of the table of people, and this person's revision in it
        self._switches = Switches()
        self._encoded: dict[str, np.ndarray] = {}  # vectors by text, of a large write that is on its way

    @property
    def mine(self):
        """The filter of every read and write."""
        return col("person") == lit(self.person)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Nobody else, in this process or another, changes the store between what is read and what is written."""
        with self.lock, self._store.lock:
            yield

    # Reading

    @property
    def ledger(self) -> Ledger:
        """The entries at hand, read again where another handle has written."""
        version = self.people.raw.version
        if self._known is None or self._seen[0] != version:
            row = next(iter(self.people.rows(self.mine)), {})
            revision = row.get("revision", "")
            if self._known is None or self._seen[1] != revision:
                self._switches = Switches.of(row.get("off") or ())
                self._load()
            self._seen = (version, revision)
        return self._known

    @property
    def switches(self) -> Switches:
        _ = self.ledger  # another handle may have switched
        return self._switches

    def get(self, memory_id: str) -> Entry:
        """The entry of that id. Raises MemoryNotFound, for another person's id too."""
        entry = self.ledger.by_id.get(memory_id)
        if entry is None or entry.event == SUPPRESSED:
            raise MemoryNotFound(f"no memory {memory_id} of yours; see them with 'memory list'")
        return entry

    def evidence(self, entry: Entry) -> list[Entry]:
        """The records that an entry rests on in the end."""
        by_id = self.ledger.by_id
        found, todo = {}, list(entry.evidence)
        while todo:
            below = by_id.get(todo.pop())
            if below is not None and below.id not in found:
                todo += below.evidence
                found[below.id] = below
        return [e for e in found.values() if e.tier == "record"]

    def vectors(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The vectors of entries that are in the store, by id."""
        if not ids:
            return {}
        rows = self.table.rows(self.mine & col("id").isin(list(ids)), columns=("id", "vector"))
        return {r["id"]: np.asarray(r["vector"], np.float32) for r in rows}

    # Writing

    @contextmanager
    def encoded_ahead(self, entries: Sequence[Entry], progress: bool) -> Iterator[None]:
        """For a large write: encode before the store is locked, for minutes in which others must be able to write."""
        texts = list(dict.fromkeys(memory_text(e, self.catalog) for e in entries))
        self._encoded = dict(zip(texts, self.encoder.encode(texts, progress), strict=True))
        try:
            yield
        finally:
            self._encoded = {}

    def apply(
        self,
        operation: str,
        turn: str,
        put: Sequence[Entry],
        drop: Sequence[Entry] = (),
        pinned: Iterable[str] = (),
    ) -> tuple[Entry, ...]:
        """Journal a change and commit it; the derived entries that it took away are returned."""
        by_id = self.ledger.by_id
        before = [by_id[e.id] for e in (*put, *drop) if e.id in by_id]
        gone = [e.id for e in drop]
        line = self.history.add(operation, turn, before, [e.id for e in put], gone)
        try:
            withdrawn = self.commit(put, drop, pinned)
        except BaseException:
            self._unwrite(line)
            raise
        if operation == "forget":
            self.table.compact()
            nothing = not any(e.event != SUPPRESSED for e in self.ledger.by_id.values())
            lost = [*drop, *withdrawn]  # what was derived too, for it may be pinned
            self.history.redact(line, lost, [e.id for e in lost], everything=nothing)
        return withdrawn

    def commit(self, put: Sequence[Entry], drop: Sequence[Entry], pinned: Iterable[str] = ()) -> tuple[Entry, ...]:
        """Bring the ledger and the table to the state after a change, with all that is derived from it.

        `pinned` are the keys of derived entries to be pinned.
        """
        ledger, pinned = self.ledger, set(pinned)
        old = {e.id: ledger.by_id[e.id] for e in put if e.id in ledger.by_id}
        try:
            for entry in drop:
                if entry.id in ledger.by_id:
                    ledger.drop(entry.id)
            for entry in put:
                ledger.put(entry)
            now = derive(self.person, ledger, self.catalog)
            if pinned:
                now = {i: e.with_(pinned=e.pinned or derived_key(e) in pinned) for i, e in now.items()}
            gone = sorted((e for i, e in ledger.derived.items() if i not in now), key=lambda e: TIERS.index(e.tier))
            changed = [e for i, e in now.items() if ledger.derived.get(i) != e]
            old |= {e.id: ledger.derived[e.id] for e in changed if e.id in ledger.derived}
            rows = {e.id: e for e in put if e.tier == "record" or e.id in now} | {e.id: e for e in changed}
            self._store_rows(list(rows.values()), [*drop, *gone], old)
            ledger.settle()
            self._touch()
        except BaseException:
            self._known = None  # what is on disk is the truth
            raise
        return tuple(gone)

    def switch(self, switches: Switches) -> None:
        """Switch tiers, kinds or all of it off, and the rest on."""
        with self.changing():
            if switches != self.switches:
                self._switches = switches
                self._touch()

    def reset(self) -> None:
        """Hold nothing any more: all of it was removed."""
        self._known, self._switches = None, Switches()

    # Inside

    def _load(self) -> None:
        """Read every entry, and mend what a crash left between a commit and the next."""
        rows = self.table.rows(self.mine)
        self._known = Ledger(self.catalog.features, (from_row(r) for r in rows))
        now = derive(self.person, self._known, self.catalog)
        gone = [e for i, e in self._known.derived.items() if i not in now]
        changed = [e for i, e in now.items() if self._known.derived.get(i) != e]
        if gone or changed:
            with suppress(StoreError):  # a store that can only be read is still read
                self._store_rows(changed, gone)
        self._known.settle()

    def _unwrite(self, line: str) -> None:
        """Take back the journal's line of a change that did not come about, as far as the disk allows."""
        with suppress(Exception):  # a line that tells of nothing that is there: undoing it does nothing
            self.history.remove(line)

    def _store_rows(self, put: Sequence[Entry], drop: Sequence[Entry], old: dict[str, Entry] | None = None) -> None:
        """One commit for all that is written, one for what is taken out."""
        ledger, old = self._known, old or {}
        texts = {e.id: memory_text(e, self.catalog) for e in put}
        unchanged = [i for i, t in texts.items() if i in old and memory_text(old[i], self.catalog) == t]
        vectors = self.vectors(unchanged) | {i: self._encoded[t] for i, t in texts.items() if t in self._encoded}
        fresh = [i for i in texts if i not in vectors]
        vectors |= dict(zip(fresh, self.encoder.encode([texts[i] for i in fresh]), strict=True))
        self.table.upsert([e.to_dict() | {"person": self.person, "vector": vectors[e.id]} for e in put])
        if drop:
            self.table.delete(self.mine & col("id").isin([e.id for e in drop]))
        for entry in drop:
            if entry.id in ledger.by_id:
                ledger.drop(entry.id)
        for entry in put:
            ledger.put(entry)

    def _touch(self) -> None:
        """Tell other handles of this person that something has changed."""
        revision = uuid.uuid4().hex
        row = dict(
            id=entry_id("people", self.person), person=self.person, revision=revision, seen=time.time(),
            off=self._switches.names(),
        )  # fmt: skip
        self.people.upsert([row])
        self._seen = (-1, revision)  # another handle may have written in the same moment: look again
