"""What binds in a message, read by code against the catalogue."""

from mrrec.agent.request.conditions import Condition, Named, Relation, Request
from mrrec.agent.request.reader import read_request

__all__ = ["Condition", "Named", "Relation", "Request", "read_request"]
