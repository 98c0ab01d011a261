"""What a turn writes into memory, last of all."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from mrrec.agent.steps import Remember, Step, begin, done
from mrrec.agent.turn.state import State
from mrrec.memory import Entry

log = logging.getLogger(__name__)


def remember(state: State) -> Iterator[Step]:
    """Write what the message taught; nothing in a temporary conversation."""
    begun = begin()
    entries = [*state.reading.entries]
    if state.memory is None:
        note = "a temporary conversation: nothing is written"
        yield done(Remember(**begun, state="off", note=note if entries else ""))
        return
    if not entries:
        yield done(Remember(**begun, state="nothing"))
        return
    yield Remember(**begun, state="saving")
    try:
        change = state.memory.write(entries, turn=state.record.id)
    except Exception as error:
        log.exception("memory was not saved")
        yield done(Remember(**begun, state="failed", note=f"not saved: {error}"))
        return
    groups = {name: tuple(map(_brief, getattr(change, name))) for name in ("written", "same", "refined", "superseded")}
    note = "" if change.written or change.refined else "known already" if change.same else "switched off"
    yield done(Remember(**begun, **groups, state="saved", note=note))


def _brief(entry: Entry) -> dict:
    return dict(id=entry.id, tier=entry.tier, text=entry.text, terms=list(entry.terms), value=entry.value)
