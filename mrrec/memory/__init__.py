"""What is remembered: one person's records, patterns and profile, and everybody's experience."""

from mrrec.memory.entry import Entry
from mrrec.memory.local import GoneForGood, LocalMemory, MemoryNotFound

__all__ = ["Entry", "GoneForGood", "LocalMemory", "MemoryNotFound"]
