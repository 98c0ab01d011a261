"""What changes a person's memory: writing, forgetting, editing, pinning, and taking any of it back."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from mrrec.catalog.items import normalise
from mrrec.memory.conflict import excepts, outgrown, rivals, subjects, supersedes
from mrrec.memory.entry import EVENT_VALUE, SUPPRESSED, Entry, derived_key, entry_id
from mrrec.memory.keeper import Keeper
from mrrec.memory.ledger import Ledger
from mrrec.memory.tables import memory_text

SAME_MATTER = 0.4  # cosine from which two facts of life are about the same matter
MANY = 256  # entries of one write from which they are encoded before the store is locked


class GoneForGood(ValueError):
    """What is to be undone was forgotten too long ago: nothing of it was kept."""


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


# Writing


def write(keeper: Keeper, entries: Sequence[Entry], turn: str = "", progress: bool = False) -> Change:
    """Add records; what they contradict is superseded."""
    ahead = keeper.encoded_ahead(entries, progress) if len(entries) > MANY else nullcontext()
    with ahead, keeper.changing():
        return _write(keeper, entries, turn)


def _write(keeper: Keeper, entries: Sequence[Entry], turn: str) -> Change:
    ledger, off = keeper.ledger, keeper.switches
    fresh = [stamped(keeper, e, turn) for e in entries if off.writes(e)]
    put: dict[str, Entry] = {}
    around: dict[str, list[str]] = defaultdict(list)  # ids in `put` by item and topic
    same, refined, superseded = {}, {}, {}

    for entry in sorted(fresh, key=lambda e: e.when):
        known = put.get(entry.id) or ledger.by_id.get(entry.id)
        if known and not known.superseded_by and (known.text, known.value) == (entry.text, entry.value):
            same[known.id] = known
            continue
        near = {e.id: e for e in rivals(entry, ledger)}
        near |= {i: put[i] for key in subjects(entry) for i in around[key]} | {i: put[i] for i in near if i in put}
        newer = None
        for old in near.values():
            if old.id == entry.id or not old.active:
                continue
            if supersedes(entry, old):
                put[old.id] = superseded[old.id] = old.with_(superseded_by=entry.id)
            elif supersedes(old, entry):
                newer = old
            elif excepts(entry, old):
                refined[entry.id] = entry
        for old in _replaced(keeper, ledger, entry):
            put[old.id] = superseded[old.id] = old.with_(superseded_by=entry.id)
        if known and not known.superseded_by:
            refined[entry.id] = entry
        put[entry.id] = entry.with_(superseded_by=newer.id) if newer else entry
        for key in subjects(entry):
            around[key].append(entry.id)
    if not put:
        return Change(same=tuple(same.values()))
    withdrawn = keeper.apply("remember", turn, list(put.values()))
    kept = {i: e for i, e in put.items() if not e.superseded_by}
    return Change(
        written=tuple(e for i, e in kept.items() if i not in refined and i not in superseded),
        same=tuple(same.values()),
        refined=tuple(kept[i] for i in refined if i in kept),
        superseded=tuple(superseded.values()),
        withdrawn=withdrawn,
    )


def _replaced(keeper: Keeper, ledger: Ledger, entry: Entry) -> list[Entry]:
    """The fact of life that a newer one replaces, the one of the same matter; at most one."""
    old = outgrown(entry, ledger)
    if not old:
        return []
    vectors = keeper.vectors([e.id for e in old])
    mine = keeper.encoder.encode([memory_text(entry, keeper.catalog)])[0]
    close = max(old, key=lambda e: float(vectors[e.id] @ mine))
    return [close] if float(vectors[close.id] @ mine) >= SAME_MATTER else []


def stamped(keeper: Keeper, entry: Entry, turn: str) -> Entry:
    """A record with the id, the value and the time that are its own. Raises ValueError for what is no record."""
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
        id=entry_id("record", keeper.person, *key),
        value=entry.value or EVENT_VALUE.get(entry.event, 0.0),
        when=entry.when or time.time(),
        turn=entry.turn or turn,
    )


# Forgetting


def forget(keeper: Keeper, ids: Sequence[str], turn: str = "") -> Change:
    """Forget entries, the history under them, and what rested on them alone."""
    with keeper.changing():
        chosen = [keeper.get(i) for i in ids]
        gone = {e.id: e for e in chosen if e.tier == "record"}
        marks = []
        for entry in chosen:
            if entry.tier != "record":
                gone |= {r.id: r for r in keeper.evidence(entry) if r.event == "said"}
                marks.append(_mark(keeper, entry, turn))
        gone |= {r.id: r for record in list(gone.values()) for r in _before(keeper, record)}
        withdrawn = keeper.apply("forget", turn, marks, drop=list(gone.values()))
        forgotten = {e.id: e for e in [*chosen, *gone.values()]}
        rested = set(gone)
        for entry in withdrawn:  # patterns first, so that traits that rested on them are told too
            if rested & set(entry.evidence):
                rested.add(entry.id)
        return Change(
            forgotten=tuple(forgotten.values()),
            withdrawn=tuple(e for e in withdrawn if e.id in rested and e.id not in forgotten),
        )


def _before(keeper: Keeper, record: Entry) -> list[Entry]:
    """The history that a record superseded."""
    related = {e.id: e for e in rivals(record, keeper.ledger)}
    found, todo = {}, [record.id]
    while todo:
        heir = todo.pop()
        for entry in related.values():
            if entry.superseded_by == heir and entry.id not in found:
                found[entry.id] = entry
                todo.append(entry.id)
    return list(found.values())


def _mark(keeper: Keeper, pattern: Entry, turn: str) -> Entry:
    """The mark that keeps a forgotten pattern away; it holds no word of it."""
    key = derived_key(pattern)
    return Entry(
        id=mark_id(keeper, key), tier="record", event=SUPPRESSED, text="", item_id=key, when=time.time(), turn=turn
    )


def mark_id(keeper: Keeper, key: str) -> str:
    return entry_id("record", keeper.person, SUPPRESSED, key)


# Editing


def edit(keeper: Keeper, memory_id: str, text: str) -> Entry:
    """Put a record into other words."""
    with keeper.changing():
        old = keeper.get(memory_id)
        if old.tier != "record":
            raise ValueError(
                "only records can be edited; a pattern follows from its evidence, which can be edited or forgotten"
            )
        if not text.strip():
            raise ValueError("the new text is empty; use forget to remove a memory")
        terms = old.terms
        if old.event == "said":
            vector = keeper.encoder.encode([text])[0]
            terms = tuple(keeper.catalog.vocabulary.resolve(text, vector))
        new = old.with_(text=text.strip(), terms=terms)
        keeper.apply("edit", "", [new])
        return new


def pin(keeper: Keeper, memory_id: str, pinned: bool) -> Entry:
    with keeper.changing():
        new = keeper.get(memory_id).with_(pinned=pinned)
        keeper.apply("pin" if pinned else "unpin", "", [new])
        return new


# Taking back


def undo(keeper: Keeper, turn: str | None = None) -> Change:
    """Take back the last change, or every change of a `turn`, newest first."""
    history = keeper.history
    with keeper.changing():
        lines = history.lines(turn)
        restored, removed = [], []
        for line in lines if turn is not None else lines[:1]:
            held = history.unseal(line.id) if line.gone else None
            if line.gone and held is None and turn is None:
                raise GoneForGood("the last change was to forget, more than an hour ago: nothing of it was kept")
            before = [*line.before, *(held.entries if held else ())]
            back = {e.id for e in before}
            by_id = keeper.ledger.by_id
            drop = [by_id[i] for i in line.after if i not in back and i in by_id]
            keeper.commit(before, drop)
            if held:
                history.put_back(line.id, held)
            history.remove(line.id)
            restored += before
            removed += drop
        if turn is not None:
            history.drop_trace(turn)
        if removed:
            history.strip(removed)
            keeper.table.compact()
        if lines:
            history.compact()
        return Change(restored=tuple(restored), forgotten=tuple(removed))
