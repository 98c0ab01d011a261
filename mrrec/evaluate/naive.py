"""Naive memories of MR.Rec's comparison: the latest things, or one summary of the person, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mrrec.catalog import Catalog
from mrrec.embed import Encoder
from mrrec.memory import Entry, LocalMemory, Recalled
from mrrec.memory.entry import LIKED
from mrrec.settings import TIERS
from mrrec.store import Store


class Given(LocalMemory):
    """A memory of which `given` alone is read, all of it at any recall; the records of items `met` count still."""

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        catalog: Catalog,
        person: str,
        given: Sequence[Entry],
        met: Sequence[Entry],
    ):
        super().__init__(store, encoder, catalog, person)
        self._given, self._met = tuple(given), list(met)

    def entries(self, tier: str | None = None, history: bool = False) -> list[Entry]:
        return [e for e in self._given if tier in (None, e.tier)]

    def met(self) -> list[Entry]:
        return self._met

    def recall(
        self, aspects: Sequence[str], k: int = 3, tiers: Iterable[str] = TIERS, now: float | None = None
    ) -> list[Recalled]:
        """All that is given, under the first aspect."""
        return [Recalled(e, aspects[0], e.strength, {}) for e in self._given if e.tier in tiers] if aspects else []


def latest(memory: LocalMemory, most: int = 10) -> list[Entry]:
    """What the person last liked or said, newest first."""
    return [e for e in memory.entries("record") if e.value > LIKED or e.event == "said"][:most]


def summary(memory: LocalMemory, most: int = 12) -> list[Entry]:
    """The profile and the patterns that count most."""
    return sorted([*memory.entries("profile"), *memory.entries("pattern")], key=lambda e: -e.strength)[:most]
