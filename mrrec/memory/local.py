"""One person's memory. A handle is bound to its person when the conversation opens; no method takes a person.

Records are what happened; patterns and profile are derived from them and die with their evidence. What one call writes
is one commit of the store, so a crash leaves all of it or nothing. Every change stands in a journal and can be undone.
"""

from __future__ import annotations

import math
import re
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from threading import RLock

import numpy as np
import pyarrow as pa

from mrrec.catalog import Catalog
from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import STOPWORDS
from mrrec.embed import Encoder
from mrrec.memory.entry import EVENT_VALUE, FIELDS, SUPPRESSED, Entry, derived_key, entry_id, from_row
from mrrec.memory.history import History, Line, Use
from mrrec.memory.ledger import Ledger
from mrrec.memory.patterns import derive
from mrrec.settings import TIERS
from mrrec.store import Store, StoreError, Table, all_of, col, lit

# What a recalled entry's score is made of; shown in the trace, part by part.
WEIGHTS = {"similarity": 1.0, "words": 0.25, "strength": 0.10, "recency": 0.05, "pinned": 0.10}
RECENCY_HALF_LIFE = 365 * 86400.0  # seconds
CANDIDATES = 8  # rows fetched for each that is kept, before the other parts re-order them
FORMAT = "mrrec-memory-1"
# What says that something was otherwise before
CHANGED = re.compile(r"\b(?:now|nowadays|these days|no longer|any ?more|again|stopped|used to|since then)\b", re.I)
SAME_MATTER = 0.4  # cosine from which two facts of life are about the same matter
MANY = 256  # entries of one write from which they are encoded before the store is locked
_PEOPLE = [
    pa.field("person", pa.string()),
    pa.field("revision", pa.string()),
    pa.field("seen", pa.float64()),
    pa.field("off", pa.list_(pa.string())),
]


class MemoryNotFound(KeyError):
    """There is no such memory of this person, whoever else may have one of that id."""

    def __str__(self) -> str:
        return str(self.args[0])


class GoneForGood(ValueError):
    """What is to be undone was forgotten too long ago: nothing of it was kept."""


@dataclass(frozen=True)
class Recalled:
    """An entry that answers an aspect, with the parts of its score."""

    entry: Entry
    aspect: str
    score: float
    parts: dict[str, float]


@dataclass(frozen=True)
class Change:
    """What a write did. `written` are new; `same` were known; `refined` replace an entry by one that says more
    or add an exception to it; `superseded` were contradicted and are history now. Derived entries are listed only
    where they are gone (`withdrawn`)."""

    written: tuple[Entry, ...] = ()
    same: tuple[Entry, ...] = ()
    refined: tuple[Entry, ...] = ()
    superseded: tuple[Entry, ...] = ()
    forgotten: tuple[Entry, ...] = ()
    withdrawn: tuple[Entry, ...] = ()
    restored: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Switches:
    """What is switched off: tiers and kinds are not read, nothing of a kind is written; `all` does neither at all."""

    tiers: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    all: bool = False

    def reads(self, entry: Entry) -> bool:
        return not (self.all or entry.tier in self.tiers or entry.kind in self.kinds)

    def names(self) -> list[str]:
        return [*(f"tier:{t}" for t in sorted(self.tiers)), *(f"kind:{k}" for k in sorted(self.kinds))] + (
            ["all"] if self.all else []
        )

    @classmethod
    def of(cls, names: Iterable[str]) -> Switches:
        names = list(names)
        tiers = frozenset(n[5:] for n in names if n.startswith("tier:"))
        kinds = frozenset(n[5:] for n in names if n.startswith("kind:"))
        return cls(tiers, kinds, "all" in names)


class LocalMemory:
    """The memory of one person in a store."""

    def __init__(self, store: Store, encoder: Encoder, catalog: Catalog, person: str):
        if not person or not person.strip():
            raise ValueError("a memory needs a person: give a name that is not empty")
        self.person = person
        self._store, self._encoder, self._catalog = store, encoder, catalog
        self._table: Table = open_memory(store, encoder, catalog)
        self._people: Table = open_people(store)
        self._history = History(store, person)
        self._known: Ledger | None = None
        self._seen: tuple[int, str] = (-1, "")  # version of the table of people, and this person's revision in it
        self._switches = Switches()
        self._encoded: dict[str, np.ndarray] = {}  # vectors by text, of a large write that is on its way
        self._lock = RLock()

    # Reading

    def entries(self, tier: str | None = None, history: bool = False) -> list[Entry]:
        """What is remembered, newest first; with `history` also what was superseded."""
        with self._lock:
            return [
                e
                for e in self._ledger().entries()
                if (tier is None or e.tier == tier) and (history or not e.superseded_by)
            ]

    def active(self, tier: str) -> list[Entry]:
        """What is remembered and switched on."""
        return [e for e in self.entries(tier) if self.switches.reads(e)]

    def met(self) -> list[Entry]:
        """Records of items; they count with the tier switched off too, lest what was seen come back."""
        off = replace(self.switches, tiers=frozenset())
        return [e for e in self.entries("record") if e.item_id and off.reads(e)]

    def __len__(self) -> int:
        with self._lock:
            return len(self._ledger())

    def get(self, memory_id: str) -> Entry:
        """The entry of that id. Raises MemoryNotFound, for another person's id too."""
        with self._lock:
            entry = self._ledger().by_id.get(memory_id)
        if entry is None or entry.event == SUPPRESSED:
            raise MemoryNotFound(f"no memory {memory_id} of yours; see them with 'memory list'")
        return entry

    def recall(
        self, aspects: Sequence[str], k: int = 3, tiers: Iterable[str] = TIERS, now: float | None = None
    ) -> list[Recalled]:
        """The `k` best entries for each aspect, by meaning and by words, an entry once under its best aspect."""
        with self._lock:
            aspects = [a for a in dict.fromkeys(a.strip() for a in aspects) if a]
            ledger, off = self._ledger(), self.switches
            tiers = [t for t in TIERS if t in set(tiers) - off.tiers]
            if not aspects or not tiers or off.all:
                return []
            wanted = [
                self._mine(), col("superseded_by") == lit(""), col("event") != lit(SUPPRESSED), col("tier").isin(tiers)
            ]  # fmt: skip
            if off.kinds:
                wanted.append(~col("kind").isin(sorted(off.kinds)))
            vectors = self._encoder.encode(aspects)
            groups = self._table.nearest(vectors, all_of(*wanted), k * CANDIDATES)
            now = time.time() if now is None else now
            best: dict[str, Recalled] = {}
            for aspect, vector, rows in zip(aspects, vectors, groups, strict=True):
                words = [w for w in dict.fromkeys(normalise(aspect).split()) if w not in STOPWORDS]
                near = {row["id"]: row["similarity"] for row in rows}
                near |= self._by_words(words, vector, near, k, tiers)
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

    def _by_words(
        self, words: Sequence[str], vector: np.ndarray, near: dict[str, float], k: int, tiers: Sequence[str]
    ) -> dict[str, float]:
        """Cosine of the entries with most of the aspect's words that meaning alone did not find."""
        ledger = self._known
        found = ledger.with_words(words)
        fit = [
            i
            for i in sorted(found, key=lambda i: (-found[i], i))
            if (e := ledger.by_id[i]).active and e.tier in tiers and self._switches.reads(e)
        ]
        missing = [i for i in fit[:k] if i not in near]
        return {i: float(v @ vector) for i, v in self._vectors(missing).items()}

    def search(self, text: str, limit: int = 20) -> list[Entry]:
        """Entries about `text`, best first."""
        return [r.entry for r in self.recall([text], k=limit)]

    def evidence(self, entry: Entry) -> list[Entry]:
        """The records that an entry rests on in the end."""
        with self._lock:
            by_id = self._ledger().by_id
            found, todo = {}, list(entry.evidence)
            while todo:
                below = by_id.get(todo.pop())
                if below is not None and below.id not in found:
                    todo += below.evidence
                    found[below.id] = below
            return [e for e in found.values() if e.tier == "record"]

    @contextmanager
    def without(self, memory_id: str) -> Iterator[LocalMemory]:
        """This memory as it would be had the entry never been, for as long as the block lasts; nothing is written.

        Raises MemoryNotFound.
        """
        with self._lock:
            ledger = self._ledger()
            gone = [self.get(memory_id)]
            if gone[0].tier == "record":
                ledger.drop(memory_id)
                now = derive(self.person, ledger, self._catalog)
                gone += [e for i, e in ledger.derived.items() if i not in now]
                changed = [(ledger.derived.get(i), e) for i, e in now.items() if ledger.derived.get(i) != e]
                for entry in gone[1:]:
                    ledger.drop(entry.id)
                for _, entry in changed:
                    ledger.put(entry)
            else:
                ledger.drop(memory_id)
                changed = []
            try:
                yield self
            finally:
                for old, new in changed:
                    ledger.drop(new.id)
                    if old is not None:
                        ledger.put(old)
                for entry in gone:
                    ledger.put(entry)
                ledger.settle()

    # Writing

    def write(self, entries: Sequence[Entry], turn: str = "", progress: bool = False) -> Change:
        """Add records. The same fact again is one record; what it contradicts is superseded, and kept as history.

        Raises ValueError for an entry that is no record; where the store cannot be written, nothing has changed.
        """
        if len(entries) > MANY:  # minutes of encoding, in which others must be able to write
            texts = list(dict.fromkeys(memory_text(e, self._catalog) for e in entries))
            self._encoded = dict(zip(texts, self._encoder.encode(texts, progress), strict=True))
        try:
            with self._changing():
                return self._write(entries, turn)
        finally:
            self._encoded = {}

    def _write(self, entries: Sequence[Entry], turn: str) -> Change:
        ledger, off = self._ledger(), self.switches
        fresh = [self._stamped(e, turn) for e in entries if not (off.all or e.kind in off.kinds)]
        put: dict[str, Entry] = {}
        around: dict[str, list[str]] = defaultdict(list)  # ids in `put` by item and topic
        same, refined, superseded = {}, {}, {}

        for entry in sorted(fresh, key=lambda e: e.when):
            known = put.get(entry.id) or ledger.by_id.get(entry.id)
            if known and not known.superseded_by and (known.text, known.value) == (entry.text, entry.value):
                same[known.id] = known
                continue
            rivals = {e.id: e for e in self._rivals(entry, ledger)}
            rivals |= {i: put[i] for key in _keys(entry) for i in around[key]} | {i: put[i] for i in rivals if i in put}
            newer = None
            for old in rivals.values():
                if old.id == entry.id or not old.active:
                    continue
                if _supersedes(entry, old):
                    put[old.id] = superseded[old.id] = old.with_(superseded_by=entry.id)
                elif _supersedes(old, entry):
                    newer = old
                elif _excepts(entry, old):
                    refined[entry.id] = entry
            for old in self._outgrown(entry, ledger):
                put[old.id] = superseded[old.id] = old.with_(superseded_by=entry.id)
            if known and not known.superseded_by:
                refined[entry.id] = entry
            put[entry.id] = entry.with_(superseded_by=newer.id) if newer else entry
            for key in _keys(entry):
                around[key].append(entry.id)
        if not put:
            return Change(same=tuple(same.values()))
        withdrawn = self._apply("remember", turn, list(put.values()))
        kept = {i: e for i, e in put.items() if not e.superseded_by}
        return Change(
            written=tuple(e for i, e in kept.items() if i not in refined and i not in superseded),
            same=tuple(same.values()),
            refined=tuple(kept[i] for i in refined if i in kept),
            superseded=tuple(superseded.values()),
            withdrawn=withdrawn,
        )

    def _rivals(self, entry: Entry, ledger: Ledger) -> Iterator[Entry]:
        """What a new record may touch: others of its item, of its topics."""
        if entry.item_id:
            yield from ledger.about_item(entry.item_id)
        elif entry.event == "said":
            for topic in entry.topics:
                yield from ledger.about_topic(topic)

    def _outgrown(self, entry: Entry, ledger: Ledger) -> list[Entry]:
        """The fact of life that a newer one replaces: "I'm vegan", later "I eat fish now"; at most one."""
        if not _is_fact(entry) or not CHANGED.search(entry.text):
            return []
        old = [
            e for e in ledger.by_id.values() if _is_fact(e) and e.active and e.id != entry.id and e.when <= entry.when
        ]
        vectors = self._vectors([e.id for e in old])
        mine = self._encoder.encode([memory_text(entry, self._catalog)])[0]
        close = max(old, key=lambda e: float(vectors[e.id] @ mine), default=None)
        return [close] if close is not None and float(vectors[close.id] @ mine) >= SAME_MATTER else []

    def forget(self, ids: Sequence[str], turn: str = "") -> Change:
        """Forget entries, and what rested on them alone. Raises MemoryNotFound before anything is done.

        No file holds a readable word of them any more: journal and traces that show them go too. It can be undone for
        an hour. A forgotten pattern stays away: the stated preferences that it rests on go with it, and statistics do
        not bring it back.
        """
        with self._changing():
            chosen = [self.get(i) for i in ids]
            gone = {e.id: e for e in chosen if e.tier == "record"}
            marks = []
            for entry in chosen:
                if entry.tier != "record":
                    gone |= {r.id: r for r in self.evidence(entry) if r.event == "said"}
                    marks.append(self._mark(entry, turn))
            gone |= {r.id: r for record in list(gone.values()) for r in self._before(record)}
            withdrawn = self._apply("forget", turn, marks, drop=list(gone.values()))
            forgotten = {e.id: e for e in [*chosen, *gone.values()]}
            rested = set(gone)
            for entry in withdrawn:  # patterns first, so that traits that rested on them are told too
                if rested & set(entry.evidence):
                    rested.add(entry.id)
            return Change(
                forgotten=tuple(forgotten.values()),
                withdrawn=tuple(e for e in withdrawn if e.id in rested and e.id not in forgotten),
            )

    def _before(self, record: Entry) -> list[Entry]:
        """The history that a record superseded."""
        related = {e.id: e for e in self._rivals(record, self._ledger())}
        found, todo = {}, [record.id]
        while todo:
            heir = todo.pop()
            for entry in related.values():
                if entry.superseded_by == heir and entry.id not in found:
                    found[entry.id] = entry
                    todo.append(entry.id)
        return list(found.values())

    def edit(self, memory_id: str, text: str) -> Entry:
        """Put a record into other words of the person's own. Patterns are derived and cannot be edited."""
        with self._changing():
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
            self._apply("edit", "", [new])
            return new

    def pin(self, memory_id: str, pinned: bool = True) -> Entry:
        """A pinned entry is recalled before its equals and survives every derivation."""
        with self._changing():
            new = self.get(memory_id).with_(pinned=pinned)
            self._apply("pin" if pinned else "unpin", "", [new])
            return new

    def undo(self, turn: str | None = None) -> Change:
        """Take back the last change, or every change of a `turn`, newest first.

        Raises GoneForGood where that is a forgetting of more than an hour ago.
        """
        with self._changing():
            lines = self._history.lines(turn)
            restored, removed = [], []
            for line in lines if turn is not None else lines[:1]:
                held = self._history.unseal(line.id) if line.gone else None
                if line.gone and held is None and turn is None:
                    raise GoneForGood("the last change was to forget, more than an hour ago: nothing of it was kept")
                before = [*line.before, *(held.entries if held else ())]
                back = {e.id for e in before}
                by_id = self._ledger().by_id
                drop = [by_id[i] for i in line.after if i not in back and i in by_id]
                self._commit(before, drop)
                if held:
                    self._history.put_back(line.id, held)
                self._history.remove(line.id)
                restored += before
                removed += drop
            if turn is not None:
                self._history.drop_trace(turn)
            if removed:
                self._history.strip(removed)
                self._table.compact()
            if lines:
                self._history.compact()
            return Change(restored=tuple(restored), forgotten=tuple(removed))

    def export(self) -> dict:
        """Everything as plain data that `import_` takes back without loss."""
        with self._lock:
            entries = sorted((e.to_dict() for e in self._ledger().by_id.values()), key=lambda r: r["id"])
            return {"format": FORMAT, "entries": entries, "off": self.switches.names()}

    def import_(self, data: dict) -> Change:
        """Take in what `export` wrote, from this or another person. Raises ValueError with the entry that is wrong."""
        if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("entries"), list):
            raise ValueError(f"this is not a memory export: 'format' must be {FORMAT!r}, with a list of 'entries'")
        renamed: dict[str, str] = {}
        records, pinned = [], set()
        for number, row in enumerate(data["entries"], 1):
            try:
                entry = _read(row)
            except (TypeError, ValueError, AttributeError, KeyError) as error:
                raise ValueError(
                    f"entry {number} of the export cannot be read: {error}; nothing was imported"
                ) from error
            if entry.tier != "record":
                pinned |= {derived_key(entry)} if entry.pinned else set()
            elif entry.event == SUPPRESSED:
                records.append(entry.with_(id=self._mark_id(entry.item_id)))
            else:
                new = self._stamped(entry, "import")
                renamed[entry.id] = new.id
                records.append(new)
        records = [e.with_(superseded_by=renamed.get(e.superseded_by, "")) for e in records]
        with self._changing():
            self._apply("import", "import", records, pinned=pinned)
            self.switch(Switches.of(n for n in data.get("off", []) if isinstance(n, str)))
        return Change(written=tuple(e for e in records if e.active))

    def erase(self) -> None:
        """Remove everything of this person from every table."""
        with self._changing():
            self._table.delete(self._mine())
            self._people.delete(self._mine())
            self._history.erase()
            self._table.compact()
            self._people.compact()
            self._known, self._switches = None, Switches()

    # Switches

    @property
    def switches(self) -> Switches:
        self._ledger()
        return self._switches

    def switch(self, switches: Switches) -> None:
        """Switch tiers, kinds or all of it off, and the rest on."""
        with self._changing():
            if switches != self.switches:
                self._switches = switches
                self._touch()

    # History

    def timeline(self) -> list[Line]:
        """Every change, newest first."""
        return self._history.lines()

    def uses(self) -> dict[str, list[Use]]:
        """The recommendations that each memory had a part in, newest first, by memory id."""
        return self._history.uses()

    def keep_trace(
        self, turn: str, trace: dict, memories: Sequence[str], used: Sequence[str], titles: Sequence[str]
    ) -> None:
        """Keep the trace of a turn, with the ids of the `memories` it shows and of those `used` for its items."""
        if not self.switches.all:
            self._history.keep(turn, trace, memories, used, titles)

    def trace(self, turn: str) -> dict | None:
        """The kept trace of a turn, None where there is none."""
        return self._history.trace(turn)

    # Inside

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Nobody else, in this process or another, changes the store between what is read and what is written."""
        with self._lock, self._store.lock:
            yield

    def _mine(self):
        return col("person") == lit(self.person)

    def _ledger(self) -> Ledger:
        """The entries at hand, read again where another handle has written."""
        version = self._people.raw.version
        if self._known is None or self._seen[0] != version:
            row = next(iter(self._people.rows(self._mine())), {})
            revision = row.get("revision", "")
            if self._known is None or self._seen[1] != revision:
                self._switches = Switches.of(row.get("off") or ())
                self._load()
            self._seen = (version, revision)
        return self._known

    def _load(self) -> None:
        """Read every entry, and mend what a crash left between a commit and the next."""
        rows = self._table.rows(self._mine())
        self._known = Ledger(self._catalog.features, (from_row(r) for r in rows))
        now = derive(self.person, self._known, self._catalog)
        gone = [e for i, e in self._known.derived.items() if i not in now]
        changed = [e for i, e in now.items() if self._known.derived.get(i) != e]
        if gone or changed:
            with suppress(StoreError):  # a store that can only be read is still read
                self._store_rows(changed, gone)
        self._known.settle()

    def _stamped(self, entry: Entry, turn: str) -> Entry:
        if entry.tier != "record":
            raise ValueError("only records are written; patterns and profile are derived from them")
        if entry.item_id:
            dated = entry.source in ("persona", "import") and entry.when
            key = (entry.item_id, entry.event, *([str(entry.when)] if dated else []))
        elif entry.topics:
            key = (entry.event, entry.kind, *sorted(entry.terms), *sorted(entry.names), str(entry.polarity))
        else:
            key = (entry.event, entry.kind, normalise(entry.text))
        return entry.with_(
            id=entry_id("record", self.person, *key),
            value=entry.value or EVENT_VALUE.get(entry.event, 0.0),
            when=entry.when or time.time(),
            turn=entry.turn or turn,
        )

    def _mark(self, pattern: Entry, turn: str) -> Entry:
        """The mark that keeps a forgotten pattern away; it holds no word of it."""
        key = derived_key(pattern)
        return Entry(
            id=self._mark_id(key), tier="record", event=SUPPRESSED, text="", item_id=key, when=time.time(), turn=turn
        )

    def _mark_id(self, key: str) -> str:
        return entry_id("record", self.person, SUPPRESSED, key)

    def _apply(
        self,
        operation: str,
        turn: str,
        put: Sequence[Entry],
        drop: Sequence[Entry] = (),
        pinned: Iterable[str] = (),
    ) -> tuple[Entry, ...]:
        """Journal a change and commit it; the derived entries that it took away are returned."""
        by_id = self._ledger().by_id
        before = [by_id[e.id] for e in (*put, *drop) if e.id in by_id]
        gone = [e.id for e in drop]
        line = self._history.add(operation, turn, before, [e.id for e in put], gone)
        try:
            withdrawn = self._commit(put, drop, pinned)
        except BaseException:
            self._unwrite(line)
            raise
        if operation == "forget":
            self._table.compact()
            nothing = not any(e.event != SUPPRESSED for e in self._ledger().by_id.values())
            lost = [*drop, *withdrawn]  # what was derived too, for it may be pinned
            self._history.redact(line, lost, [e.id for e in lost], everything=nothing)
        return withdrawn

    def _unwrite(self, line: str) -> None:
        """Take back the journal's line of a change that did not come about, as far as the disk allows."""
        with suppress(Exception):  # a line that tells of nothing that is there: undoing it does nothing
            self._history.remove(line)

    def _commit(
        self,
        put: Sequence[Entry],
        drop: Sequence[Entry],
        pinned: frozenset[str] | set[str] = frozenset(),
        progress=False,
    ) -> tuple[Entry, ...]:
        """Bring the ledger and the table to the state after a change, with all that is derived from it."""
        ledger = self._ledger()
        old = {e.id: ledger.by_id[e.id] for e in put if e.id in ledger.by_id}
        try:
            for entry in drop:
                if entry.id in ledger.by_id:
                    ledger.drop(entry.id)
            for entry in put:
                ledger.put(entry)
            now = derive(self.person, ledger, self._catalog)
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

    def _store_rows(self, put: Sequence[Entry], drop: Sequence[Entry], old: dict[str, Entry] | None = None) -> None:
        """One commit for all that is written, one for what is taken out."""
        ledger, old = self._known, old or {}
        texts = {e.id: memory_text(e, self._catalog) for e in put}
        unchanged = [i for i, t in texts.items() if i in old and memory_text(old[i], self._catalog) == t]
        vectors = self._vectors(unchanged) | {i: self._encoded[t] for i, t in texts.items() if t in self._encoded}
        fresh = [i for i in texts if i not in vectors]
        vectors |= dict(zip(fresh, self._encoder.encode([texts[i] for i in fresh]), strict=True))
        self._table.upsert([e.to_dict() | {"person": self.person, "vector": vectors[e.id]} for e in put])
        if drop:
            self._table.delete(self._mine() & col("id").isin([e.id for e in drop]))
        for entry in drop:
            if entry.id in ledger.by_id:
                ledger.drop(entry.id)
        for entry in put:
            ledger.put(entry)

    def _vectors(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        if not ids:
            return {}
        rows = self._table.rows(self._mine() & col("id").isin(list(ids)), columns=("id", "vector"))
        return {r["id"]: np.asarray(r["vector"], np.float32) for r in rows}

    def _touch(self) -> None:
        """Tell other handles of this person that something has changed."""
        revision = uuid.uuid4().hex
        row = dict(
            id=entry_id("people", self.person), person=self.person, revision=revision, seen=time.time(),
            off=self._switches.names(),
        )  # fmt: skip
        self._people.upsert([row])
        self._seen = (-1, revision)  # another handle may have written in the same moment: look again


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


def _is_fact(entry: Entry) -> bool:
    """Something lasting about the person that is no taste, or speaks of nothing that the catalogue knows."""
    return entry.event == "said" and not entry.item_id and not entry.topics


def _keys(entry: Entry) -> tuple[str, ...]:
    """What an entry can be at odds with others about."""
    return (entry.item_id,) if entry.item_id else entry.topics


def _related(one: Entry, other: Entry) -> bool:
    if one.item_id or other.item_id:
        return one.item_id == other.item_id
    return bool(set(one.terms) & set(other.terms) or set(one.names) & set(other.names))


def _opposed(new: Entry, old: Entry) -> bool:
    """Stated preferences of opposite sign on the same topic."""
    said = new.event == old.event == "said" and not new.item_id and not old.item_id
    return said and old.polarity == -new.polarity != 0 and _related(new, old)


def _supersedes(new: Entry, old: Entry) -> bool:
    """A newer verdict on the same item, or the opposite preference in a scope that covers the older one's."""
    if SUPPRESSED in (old.event, new.event) or old.when > new.when:
        return False
    if new.item_id or old.item_id:
        if new.item_id != old.item_id:
            return False
        return old.polarity == -new.polarity != 0 or (new.event == old.event == "rated" and new.value != old.value)
    return _opposed(new, old) and (not new.kind or new.kind == old.kind)


def _excepts(new: Entry, old: Entry) -> bool:
    """An exception: "I love horror", later "no horror games"."""
    return _opposed(new, old) and bool(new.kind) and not old.kind


def _read(row: dict) -> Entry:
    """An entry from an export. Raises ValueError and its like where it is none."""
    entry = from_row(row)
    if entry.tier not in TIERS:
        raise ValueError(f"tier {entry.tier!r}")
    for name in ("id", "text", "event", "kind", "item_id", "source", "turn", "superseded_by"):
        if not isinstance(getattr(entry, name), str):
            raise ValueError(f"{name} is no text")
    for name in ("terms", "names", "evidence"):
        if not all(isinstance(v, str) for v in getattr(entry, name)) or isinstance(getattr(entry, name), str):
            raise ValueError(f"{name} is no list of texts")
    if not all(math.isfinite(float(v)) for v in (entry.value, entry.strength, entry.when)):
        raise ValueError("a number is not finite")
    return entry


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
