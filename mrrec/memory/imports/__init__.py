"""Bringing a life along: what other services export, as records."""

from mrrec.memory.imports.formats import FORMATS, accepted, recognise
from mrrec.memory.imports.line import Line, Skipped
from mrrec.memory.imports.plan import Plan, make_plan, new_turn, preview, record_of, records

__all__ = [
    "FORMATS", "Line", "Plan", "Skipped", "accepted", "make_plan", "new_turn", "preview", "recognise", "record_of",
    "records",
]  # fmt: skip
