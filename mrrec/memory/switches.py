"""What a person has switched off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mrrec.memory.entry import Entry


@dataclass(frozen=True)
class Switches:
    """What is switched off: tiers and kinds are not read, nothing of a kind is written; `all` does neither at all."""

    tiers: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    all: bool = False

    def reads(self, entry: Entry) -> bool:
        return not (self.all or entry.tier in self.tiers or entry.kind in self.kinds)

    def writes(self, entry: Entry) -> bool:
        return not (self.all or entry.kind in self.kinds)

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
