"""The state of one conversation: its turns, what was shown, what holds for now only."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mrrec.agent.asked import Asked
from mrrec.agent.rank import Rule
from mrrec.agent.request import Request
from mrrec.agent.steps import Answer, Ask, Profile, Ranking, Recall, Remember, Say, Step, from_dict
from mrrec.agent.why import Influence, influences
from mrrec.catalog import Catalog, Item
from mrrec.memory import Entry, LocalMemory
from mrrec.memory.change import Change
from mrrec.memory.personas import event_record

TRACE = "mrrec-trace-1"


@dataclass
class Turn:
    """One message and the steps that answered it, each in its final state."""

    message: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    steps: list[Step] = field(default_factory=list)
    request: Request | None = None
    items: tuple[Item, ...] = ()
    passing: tuple[Entry, ...] = ()
    asked: Asked | None = None

    @property
    def reply(self) -> str:
        """What was answered, as text."""
        return " ".join(s.text for s in self.steps if isinstance(s, Answer | Ask | Say))

    def to_dict(self) -> dict:
        return {"format": TRACE, "id": self.id, "message": self.message, "steps": [s.to_dict() for s in self.steps]}

    def used(self) -> list[str]:
        """Ids of the memories that had a part in what was recommended."""
        ids = [i for s in self.steps if isinstance(s, Ranking) for row in (*s.candidates, *s.filtered)
               for i in row.get("memories", ())]  # fmt: skip
        ids += [i for s in self.steps if isinstance(s, Answer) for item in s.items for i in item.get("memories", ())]
        return list(dict.fromkeys(ids))

    def memories(self) -> list[str]:
        """Ids of every memory that the steps show."""
        ids = self.used()
        for step in self.steps:
            if isinstance(step, Profile):
                ids += step.memory_ids
            elif isinstance(step, Recall):
                ids += [e["id"] for e in step.entries]
            elif isinstance(step, Remember):
                groups = (step.written, step.same, step.refined, step.superseded)
                ids += [e["id"] for group in groups for e in group]
        return list(dict.fromkeys(ids))


@dataclass
class Conversation:
    """`memory` is None in a temporary conversation, which neither reads nor writes any; `rules` bind besides what is
    said."""

    memory: LocalMemory | None
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    turns: list[Turn] = field(default_factory=list)
    rules: tuple[Rule, ...] = ()

    @property
    def last(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    @property
    def previous_request(self) -> Request | None:
        return next((t.request for t in reversed(self.turns) if t.request is not None), None)

    @property
    def shown(self) -> tuple[Item, ...]:
        """The items of the last answer that had any."""
        return next((t.items for t in reversed(self.turns) if t.items), ())

    @property
    def shown_ever(self) -> frozenset[str]:
        return frozenset(i.id for t in self.turns for i in t.items)

    @property
    def passing(self) -> tuple[Entry, ...]:
        """What the person said that holds for this conversation."""
        return tuple(e for t in self.turns for e in t.passing)

    @property
    def questions_asked(self) -> int:
        return sum(isinstance(s, Ask) for t in self.turns for s in t.steps)

    def why(self, item_id: str, catalog: Catalog) -> list[Influence]:
        """What moved a recommended item, most first, by ranking again without it. Raises ValueError."""
        turn = next((t for t in reversed(self.turns) if t.asked and any(i.id == item_id for i in t.items)), None)
        if turn is None:
            raise ValueError("it was not recommended in this conversation")
        return influences(turn.asked, item_id, self.memory, catalog)

    def keep_trace(self) -> None:
        """Keep the last turn's trace beside the memories that it shows, where it recommended something."""
        turn = self.last
        if self.memory is not None and turn is not None and turn.items and (memories := turn.memories()):
            titles = [i.label for i in turn.items]
            self.memory.keep_trace(turn.id, turn.to_dict(), memories, turn.used(), titles)

    def take_back(self) -> str:
        """Remove the last turn and what it taught; its message is returned. Raises ValueError where there is none."""
        if not self.turns:
            raise ValueError("there is no turn to take back")
        turn = self.turns.pop()
        if self.memory is not None:
            self.memory.undo(turn=turn.id)
        return turn.message


def feedback(conversation: Conversation, catalog: Catalog, item_id: str, event: str, turn: str = "") -> Change:
    """A button pressed at an item: liked, dismissed or seen; `turn` is a name to undo it by.

    In a temporary conversation nothing is written.
    """
    item = catalog.get(item_id)
    if item is None:
        raise ValueError(f"no item {item_id!r} in the catalogue")
    if conversation.memory is None:
        return Change()
    return conversation.memory.write([event_record(event, item, when=time.time())], turn=turn)


def replay(trace: dict | Path) -> Iterator[Step]:
    """The steps of a saved turn, without a model. Raises ValueError where it is not one."""
    if isinstance(trace, Path):
        try:
            trace = json.loads(trace.read_text("utf-8"))
        except (OSError, json.JSONDecodeError) as error:
            raise ValueError(f"{trace} is no trace: {error}") from error
    if trace.get("format") != TRACE:
        raise ValueError(f"this is no saved trace: 'format' must be {TRACE!r}")
    for step in trace["steps"]:
        yield from_dict(step)
