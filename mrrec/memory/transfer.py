"""A memory as plain data, to be kept elsewhere and taken in again."""

from __future__ import annotations

import math

from mrrec.memory.change import Change, mark_id, stamped
from mrrec.memory.entry import SUPPRESSED, Entry, derived_key, from_row
from mrrec.memory.keeper import Keeper
from mrrec.memory.switches import Switches
from mrrec.settings import TIERS

FORMAT = "mrrec-memory-1"


def exported(keeper: Keeper) -> dict:
    """Everything, history and switches too."""
    entries = sorted((e.to_dict() for e in keeper.ledger.by_id.values()), key=lambda r: r["id"])
    return {"format": FORMAT, "entries": entries, "off": keeper.switches.names()}


def take_in(keeper: Keeper, data: dict) -> Change:
    """Take in what `exported` gave. Raises ValueError with the entry that is wrong."""
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("entries"), list):
        raise ValueError(f"this is not a memory export: 'format' must be {FORMAT!r}, with a list of 'entries'")
    renamed: dict[str, str] = {}
    records, pinned = [], set()
    for number, row in enumerate(data["entries"], 1):
        try:
            entry = _read(row)
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            raise ValueError(f"entry {number} of the export cannot be read: {error}; nothing was imported") from error
        if entry.tier != "record":
            pinned |= {derived_key(entry)} if entry.pinned else set()
        elif entry.event == SUPPRESSED:
            records.append(entry.with_(id=mark_id(keeper, entry.item_id)))
        else:
            new = stamped(keeper, entry, "import")
            renamed[entry.id] = new.id
            records.append(new)
    records = [e.with_(superseded_by=renamed.get(e.superseded_by, "")) for e in records]
    with keeper.changing():
        keeper.apply("import", "import", records, pinned=pinned)
        keeper.switch(Switches.of(n for n in data.get("off", []) if isinstance(n, str)))
    return Change(written=tuple(e for e in records if e.active))


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
