"""What is remembered: one person's records, patterns and profile, and everybody's experience."""

from mrrec.memory.change import Change, GoneForGood
from mrrec.memory.entry import Entry
from mrrec.memory.keeper import MemoryNotFound
from mrrec.memory.local import LocalMemory
from mrrec.memory.recall import Recalled
from mrrec.memory.switches import Switches

__all__ = ["Change", "Entry", "GoneForGood", "LocalMemory", "MemoryNotFound", "Recalled", "Switches"]
