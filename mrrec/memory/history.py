"""What became of one person's memory: the journal of changes, and the traces of turns that used it.

Both hold the person's words, so both are searched when something is forgotten: no line and no trace keeps a memory
that the person wants gone. What was forgotten can be undone for an hour; until then it lies sealed (encrypted), and no
file holds a readable word of it. Then the sealed copy is destroyed too.
"""

from __future__ import annotations

import json
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
from cryptography.fernet import Fernet, InvalidToken

from mrrec.memory.entry import Entry, from_row
from mrrec.store import Store, Table, col, lit

MOST_TRACES = 200  # a person; the oldest go first
UNDO_FORGET = 3600.0  # seconds in which a forgetting can be undone
_JOURNAL = [
    pa.field("person", pa.string()),
    pa.field("when", pa.float64()),
    pa.field("operation", pa.string()),
    pa.field("turn", pa.string()),
    pa.field("before", pa.string()),
    pa.field("after", pa.list_(pa.string())),
    pa.field("touched", pa.list_(pa.string())),
    pa.field("gone", pa.int64()),
]
_TRACES = [
    pa.field("person", pa.string()),
    pa.field("when", pa.float64()),
    pa.field("trace", pa.string()),
    pa.field("memories", pa.list_(pa.string())),
    pa.field("used", pa.list_(pa.string())),
    pa.field("titles", pa.list_(pa.string())),
]
_SEALED = [pa.field("person", pa.string()), pa.field("until", pa.float64()), pa.field("box", pa.binary())]


@dataclass(frozen=True)
class Forgotten:
    """What a forgetting took: entries, and the rows of journal and traces as they were."""

    entries: tuple[Entry, ...] = ()
    lines: tuple[dict, ...] = ()
    traces: tuple[dict, ...] = ()


@dataclass(frozen=True)
class Line:
    """A change: what was there `before`, and the ids that were written (`after`); `gone` counts what was forgotten."""

    id: str
    when: float
    operation: str
    turn: str
    before: tuple[Entry, ...]
    after: tuple[str, ...]
    gone: int = 0


@dataclass(frozen=True)
class Use:
    """A recommendation that a memory had a part in."""

    turn: str
    when: float
    titles: tuple[str, ...]


class History:
    """Journal and traces of one person."""

    def __init__(self, store: Store, person: str):
        self.person = person
        self._journal: Table = store.table("journal", _JOURNAL, vectors=False)
        self._traces: Table = store.table("traces", _TRACES, vectors=False)
        self._sealed: Table = store.table("sealed", _SEALED, vectors=False)
        self._store = store

    def _mine(self):
        return col("person") == lit(self.person)

    # Journal

    def add(
        self, operation: str, turn: str, before: Sequence[Entry], after: Sequence[str], gone: Sequence[str] = ()
    ) -> str:
        """Write a line; of what is `gone` for good nothing but the number is kept. Its id is returned."""
        self.expire()
        key = uuid.uuid4().hex
        kept = [e.to_dict() for e in before if e.id not in set(gone)]
        row = dict(
            id=key, person=self.person, when=time.time(), operation=operation, turn=turn,
            before=json.dumps(kept, ensure_ascii=False), after=list(after),
            touched=list(dict.fromkeys([*(e["id"] for e in kept), *after])), gone=len(gone),
        )  # fmt: skip
        self._journal.upsert([row])
        return key

    def lines(self, turn: str | None = None) -> list[Line]:
        """Changes, newest first."""
        where = self._mine() if turn is None else self._mine() & (col("turn") == lit(turn))
        rows = sorted(self._journal.rows(where), key=lambda r: r["when"], reverse=True)
        return [_line(r) for r in rows]

    def remove(self, line_id: str) -> None:
        self._journal.delete(self._mine() & (col("id") == lit(line_id)))

    def redact(self, line_id: str, entries: Sequence[Entry], ids: Iterable[str], everything: bool = False) -> None:
        """Take `ids` out of every line and remove every trace that shows them; seal that with the `entries`.

        `line_id` is the line of the forgetting; of `everything` no trace is left.
        """
        ids = set(ids)
        lines, traces = self._showing(ids, {e.turn for e in entries}, everything)
        held = {"entries": [e.to_dict() for e in entries], "lines": lines, "traces": traces}
        box = Fernet(self._store.key()).encrypt(json.dumps(held).encode())
        self._sealed.upsert([dict(id=line_id, person=self.person, until=time.time() + UNDO_FORGET, box=box)])
        self._strip(lines, traces, ids)
        self.compact()

    def strip(self, entries: Sequence[Entry]) -> None:
        """Take `entries` that were undone out of every line, and remove every trace that shows them."""
        ids = {e.id for e in entries}
        self._strip(*self._showing(ids, {e.turn for e in entries}), ids)

    def _showing(self, ids: set[str], turns: set[str], everything: bool = False) -> tuple[list[dict], list[dict]]:
        """Lines that hold one of `ids`, and traces that show one or are of one of `turns`."""
        lines = [r for r in self._journal.rows(self._mine()) if ids & {e["id"] for e in json.loads(r["before"])}]
        traces = self._traces.rows(self._mine())
        return lines, [r for r in traces if everything or r["id"] in turns or ids & set(r["memories"])]

    def _strip(self, lines: Sequence[dict], traces: Sequence[dict], ids: set[str]) -> None:
        for row in lines:
            kept = [e for e in json.loads(row["before"]) if e["id"] not in ids]
            self._journal.upsert([row | {"before": json.dumps(kept, ensure_ascii=False)}])
        if traces:
            self._traces.delete(self._mine() & col("id").isin([r["id"] for r in traces]))

    def unseal(self, line_id: str) -> Forgotten | None:
        """What the forgetting of that line took, None where it is too late."""
        rows = self._sealed.rows(self._mine() & (col("id") == lit(line_id)))
        if not rows or rows[0]["until"] < time.time():
            self.expire()
            return None
        try:
            held = json.loads(Fernet(self._store.key()).decrypt(rows[0]["box"]))
        except InvalidToken:
            return None
        return Forgotten(tuple(map(from_row, held["entries"])), tuple(held["lines"]), tuple(held["traces"]))

    def put_back(self, line_id: str, held: Forgotten) -> None:
        """Undo `redact`."""
        self._journal.upsert(held.lines)
        self._traces.upsert(held.traces)
        self._sealed.delete(self._mine() & (col("id") == lit(line_id)))

    # Traces

    def keep(self, turn: str, trace: dict, memories: Sequence[str], used: Sequence[str], titles: Sequence[str]) -> None:
        """Keep the trace of a turn: the ids of `memories` that it shows, those `used` for the items of `titles`."""
        row = dict(
            id=turn, person=self.person, when=time.time(), trace=json.dumps(trace, ensure_ascii=False),
            memories=list(memories), used=list(used), titles=list(titles),
        )  # fmt: skip
        self._traces.upsert([row])
        if self._traces.count(self._mine()) > MOST_TRACES + 20:
            old = sorted(self._traces.rows(self._mine()), key=lambda r: r["when"])[:-MOST_TRACES]
            self._traces.delete(self._mine() & col("id").isin([r["id"] for r in old]))

    def drop_trace(self, turn: str) -> None:
        mine = self._mine() & (col("id") == lit(turn))
        if self._traces.count(mine):
            self._traces.delete(mine)

    def trace(self, turn: str) -> dict | None:
        """The trace of a turn of this person."""
        rows = self._traces.rows(self._mine() & (col("id") == lit(turn)))
        return json.loads(rows[0]["trace"]) if rows else None

    def uses(self) -> dict[str, list[Use]]:
        """The recommendations that each memory had a part in, newest first."""
        found: dict[str, list[Use]] = defaultdict(list)
        rows = self._traces.rows(self._mine(), columns=("id", "when", "used", "titles"))
        for row in sorted(rows, key=lambda r: -r["when"]):
            for memory_id in row["used"]:
                found[memory_id].append(Use(row["id"], row["when"], tuple(row["titles"])))
        return found

    # All of it

    def expire(self) -> None:
        """Destroy what was sealed for long enough, whoever's."""
        late = col("until") < lit(time.time())
        if self._sealed.count(late):
            self._sealed.delete(late)
            self._sealed.compact()

    def compact(self) -> None:
        """Drop old versions, which still hold what was deleted, and what was sealed for long enough."""
        self.expire()
        for table in (self._journal, self._traces, self._sealed):
            table.compact()

    def erase(self) -> None:
        """Remove every line and trace."""
        for table in (self._journal, self._traces, self._sealed):
            table.delete(self._mine())
        self.compact()


def _line(row: dict) -> Line:
    before = tuple(from_row(e) for e in json.loads(row["before"]))
    return Line(row["id"], row["when"], row["operation"], row["turn"], before, tuple(row["after"]), row["gone"])
