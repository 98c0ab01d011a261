"""What a person's own message says: what it teaches, what it asks of the memory, and what is left as a request."""

from mrrec.memory.reading.message import read_message
from mrrec.memory.reading.rules import Command, Reading, read_by_rules

__all__ = ["Command", "Reading", "read_by_rules", "read_message"]
