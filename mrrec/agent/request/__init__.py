"""What binds in a message, read by code against the catalogue."""

from mrrec.agent.request.conditions import Condition, Correction, Named, Relation, Request
from mrrec.agent.request.followup import revoked
from mrrec.agent.request.intent import asks
from mrrec.agent.request.reader import asking, read_request
from mrrec.agent.request.reply import accepted, asks_why, titles_said
from mrrec.agent.request.told import Told, against, closed, settled

__all__ = [
    "Condition",
    "Correction",
    "Named",
    "Relation",
    "Request",
    "Told",
    "accepted",
    "against",
    "asking",
    "asks",
    "asks_why",
    "closed",
    "read_request",
    "revoked",
    "settled",
    "titles_said",
]
