"""A memory as it would be had one of its entries never been."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mrrec.memory.keeper import Keeper
from mrrec.memory.patterns import derive


@contextmanager
def without(keeper: Keeper, memory_id: str) -> Iterator[None]:
    """Leave the entry out at hand, with what would not follow without it; nothing is written."""
    with keeper.lock:
        ledger = keeper.ledger
        gone = [keeper.get(memory_id)]
        if gone[0].tier == "record":
            ledger.drop(memory_id)
            now = derive(keeper.person, ledger, keeper.catalog)
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
            yield
        finally:
            for old, new in changed:
                ledger.drop(new.id)
                if old is not None:
                    ledger.put(old)
            for entry in gone:
                ledger.put(entry)
            ledger.settle()
