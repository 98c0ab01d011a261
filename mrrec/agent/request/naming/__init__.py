"""Whom and what a message names or points at: titles, people, "the second one", "the director of Alien"."""

from mrrec.agent.request.naming.reader import read_naming
from mrrec.agent.request.naming.state import Naming

__all__ = ["Naming", "read_naming"]
