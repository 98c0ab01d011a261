"""What one turn has gathered so far: what every part of it reads and fills."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mrrec.agent.asked import Asked
from mrrec.agent.conversation import Conversation, Turn
from mrrec.agent.pen import Pen, held
from mrrec.agent.rank import Taste
from mrrec.agent.request import Request
from mrrec.agent.steps import Recall
from mrrec.catalog import Item
from mrrec.memory import Entry
from mrrec.memory.reading import Reading
from mrrec.settings import Settings

if TYPE_CHECKING:
    from mrrec.assistant import Assistant


class State:
    """What one turn has gathered so far. What stands here without a value is there once the turn has come to it."""

    reading: Reading
    telling: str  # the request, without titles and names
    vector: np.ndarray  # of `telling`, shape (dim,)
    asked: Asked
    taste: Taste
    pen: Pen

    def __init__(self, assistant: Assistant, conversation: Conversation, message: str, settings: Settings):
        self.assistant, self.conversation, self.settings = assistant, conversation, settings
        self.catalog, self.encoder, self.memory = assistant.catalog, assistant.encoder, conversation.memory
        self.message = message.strip()
        self.record = Turn(self.message)
        self.random = random.Random(settings.seed)
        self.request: Request | None = None
        self.aliases: dict[str, Entry] = {}  # m1, m2 … to what was shown under it
        self.judged: dict[str, bool] = {}
        self.meant: tuple[str, ...] = ()  # terms that the request means, in words of its own
        self.read: dict[str, str] = {}  # alias of a statement without a word of the catalogue, to what it is about
        self.looked_up: list[Item] = []
        self.recalls: list[Recall] = []
        self.put_right = ""  # what the answer says of false premises, whatever the model writes

    def held(self) -> AbstractContextManager[Pen]:
        """The model, with the prompt of this turn in place."""
        return held(self.assistant.engine, self.conversation, self.message, self.settings)

    def go_by(self, items: Sequence[Item]) -> None:
        """What is wanted is to be like `items` too."""
        self.request = replace(self.request, like=tuple(dict.fromkeys((*self.request.like, *items))))
        self.record.request = self.request

    def wish_for(self, terms: Sequence[str]) -> None:
        """What is meant, and not said, has `terms`, in this turn and in those that continue it."""
        self.meant = tuple(dict.fromkeys((*self.meant, *terms)))
        self.request = replace(self.request, terms=tuple(dict.fromkeys((*self.request.terms, *terms))))
        self.record.request = self.request

    def wish(self) -> str:
        """The request in the person's own words, with the one that it continues."""
        turns = self.conversation.turns
        previous = turns[-2].request if self.request.follow_up and len(turns) > 1 else None
        if previous is None or previous.text in self.request.text:
            return self.request.text
        return f"{previous.text} {self.request.text}"
