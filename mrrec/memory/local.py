"""One person's memory. A handle is bound to its person when the conversation opens; no method takes a person.

Records are what happened; patterns and profile are derived from them and die with their evidence. What one call writes
is one commit of the store, so a crash leaves all of it or nothing. Every change stands in a journal and can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from mrrec.catalog import Catalog
from mrrec.embed import Encoder
from mrrec.memory import change, transfer
from mrrec.memory.change import Change
from mrrec.memory.entry import Entry
from mrrec.memory.history import Line, Use
from mrrec.memory.keeper import Keeper
from mrrec.memory.recall import Recalled, recall
from mrrec.memory.switches import Switches
from mrrec.memory.without import without
from mrrec.settings import TIERS
from mrrec.store import Store


class LocalMemory:
    """The memory of one person in a store."""

    def __init__(self, store: Store, encoder: Encoder, catalog: Catalog, person: str):
        if not person or not person.strip():
            raise ValueError("a memory needs a person: give a name that is not empty")
        self.person = person
        self._keeper = Keeper(store, encoder, catalog, person)
        self._people, self._history, self._lock = self._keeper.people, self._keeper.history, self._keeper.lock

    # Reading

    def entries(self, tier: str | None = None, history: bool = False) -> list[Entry]:
        """What is remembered, newest first; with `history` also what was superseded."""
        with self._lock:
            return [
                e
                for e in self._keeper.ledger.entries()
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
            return len(self._keeper.ledger)

    def get(self, memory_id: str) -> Entry:
        """The entry of that id. Raises MemoryNotFound, for another person's id too."""
        with self._lock:
            return self._keeper.get(memory_id)

    def recall(
        self, aspects: Sequence[str], k: int = 3, tiers: Iterable[str] = TIERS, now: float | None = None
    ) -> list[Recalled]:
        """The `k` best entries for each aspect, by meaning and by words, an entry once under its best aspect."""
        with self._lock:
            return recall(self._keeper, aspects, k, tiers, now)

    def search(self, text: str, limit: int = 20) -> list[Entry]:
        """Entries about `text`, best first."""
        return [r.entry for r in self.recall([text], k=limit)]

    def evidence(self, entry: Entry) -> list[Entry]:
        """The records that an entry rests on in the end."""
        with self._lock:
            return self._keeper.evidence(entry)

    @contextmanager
    def without(self, memory_id: str) -> Iterator[LocalMemory]:
        """This memory as it would be had the entry never been, for as long as the block lasts; nothing is written.

        Raises MemoryNotFound.
        """
        with without(self._keeper, memory_id):
            yield self

    # Writing

    def write(self, entries: Sequence[Entry], turn: str = "", progress: bool = False) -> Change:
        """Add records. The same fact again is one record; what it contradicts is superseded, and kept as history.

        Raises ValueError for an entry that is no record; where the store cannot be written, nothing has changed.
        """
        return change.write(self._keeper, entries, turn, progress)

    def forget(self, ids: Sequence[str], turn: str = "") -> Change:
        """Forget entries, and what rested on them alone. Raises MemoryNotFound before anything is done.

        No file holds a readable word of them any more: journal and traces that show them go too. It can be undone for
        an hour. A forgotten pattern stays away: the stated preferences that it rests on go with it, and statistics do
        not bring it back.
        """
        return change.forget(self._keeper, ids, turn)

    def edit(self, memory_id: str, text: str) -> Entry:
        """Put a record into other words of the person's own. Patterns are derived and cannot be edited."""
        return change.edit(self._keeper, memory_id, text)

    def pin(self, memory_id: str, pinned: bool = True) -> Entry:
        """A pinned entry is recalled before its equals and survives every derivation."""
        return change.pin(self._keeper, memory_id, pinned)

    def undo(self, turn: str | None = None) -> Change:
        """Take back the last change, or every change of a `turn`, newest first.

        Raises GoneForGood where that is a forgetting of more than an hour ago.
        """
        return change.undo(self._keeper, turn)

    def export(self) -> dict:
        """Everything as plain data that `import_` takes back without loss."""
        with self._lock:
            return transfer.exported(self._keeper)

    def import_(self, data: dict) -> Change:
        """Take in what `export` wrote, from this or another person. Raises ValueError with the entry that is wrong."""
        return transfer.take_in(self._keeper, data)

    def erase(self) -> None:
        """Remove everything of this person from every table."""
        keeper = self._keeper
        with keeper.changing():
            keeper.table.delete(keeper.mine)
            self._people.delete(keeper.mine)
            self._history.erase()
            keeper.table.compact()
            self._people.compact()
            keeper.reset()

    # Switches

    @property
    def switches(self) -> Switches:
        return self._keeper.switches

    def switch(self, switches: Switches) -> None:
        """Switch tiers, kinds or all of it off, and the rest on."""
        self._keeper.switch(switches)

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
