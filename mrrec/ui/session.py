"""One visitor's conversation, memory and presses. It lives in the server's state of that visit, and ends with it."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from mrrec.agent.loop import Conversation, Turn, feedback, run
from mrrec.agent.steps import Step, from_dict
from mrrec.agent.why import Influence
from mrrec.assistant import GUEST, Assistant
from mrrec.memory import LocalMemory
from mrrec.memory.imports import Plan
from mrrec.settings import Settings
from mrrec.ui.cards import EVENTS, EXCLUSIVE

log = logging.getLogger(__name__)
REDRAW = 0.08  # seconds between two drawings of a step that grows
STOPPED = "Stopped. Nothing was kept of this turn."
FAILED = "Something went wrong, and nothing was kept of this turn. Retry, or put it differently."
BUSY = "Many people are asking just now. Nothing is lost: press Retry in a moment."


@dataclass
class Live:
    """A message on its way: waiting for the model, then growing step by step."""

    message: str
    steps: dict[str, Step] = field(default_factory=dict)
    after: int = 0  # finished turns before it
    begun: bool = False
    stopped: bool = False
    over: bool = False


@dataclass(eq=False)
class Session:
    """Empty until `opened`, so that it can be the initial value of a `gr.State`.

    `owner` is the login that it belongs to, empty for a guest. An owner's memory is kept; a guest's, and a persona
    that is tried on, end with the visit.
    """

    owner: str = ""
    memory: LocalMemory | None = None
    conversation: Conversation | None = None
    live: Live | None = None
    notes: dict[str, str] = field(default_factory=dict)  # by turn id: how it ended, where not well
    presses: dict[tuple[str, str], str] = field(default_factory=dict)  # (item id, event) → the turn of its record
    replay: list[Turn] | None = None
    why: dict[str, list[Influence] | str] = field(default_factory=dict)  # by item id, where it was asked for
    kinds: tuple[str, ...] = ()  # of the catalogue
    plan: Plan | None = None  # an import that was looked at and not made yet

    def opened(self, assistant: Assistant, owner: str = "") -> Session:
        """This session, begun where it is new. Raises PermissionError for anybody but its owner."""
        if self.memory is None:
            self.owner, self.kinds = owner, assistant.catalog.kinds
            self.begin(assistant)
        elif owner != self.owner:
            raise PermissionError("this visit belongs to another login")
        return self

    def begin(self, assistant: Assistant, persona: str = "") -> None:
        """Start afresh: as the owner, as a guest, or with a copy of `persona` that is this visit's alone."""
        self.close()
        own = self.owner and not persona
        self.memory = assistant.memory(self.owner if own else f"{GUEST}{uuid.uuid4().hex}")
        if persona:
            assistant.wear(self.memory, persona)
        self.renew(temporary=False)

    def renew(self, temporary: bool) -> None:
        """A new conversation with the same memory, or with none."""
        self.stop()
        self.conversation = Conversation(memory=None if temporary else self.memory)
        self.live = self.replay = self.plan = None
        self.notes, self.presses, self.why = {}, {}, {}

    def close(self) -> None:
        """End the visit: a guest's memory is erased."""
        self.stop()
        memory, self.memory, self.conversation = self.memory, None, None
        if memory is not None and memory.person.startswith(GUEST):
            memory.erase()

    @property
    def temporary(self) -> bool:
        return self.conversation is not None and self.conversation.memory is None

    @property
    def busy(self) -> bool:
        return self.live is not None and not self.live.over

    # A turn

    def accept(self, message: str) -> bool:
        """Take `message` on, unless it is empty or another one is on its way."""
        if self.busy or not message.strip():
            return False
        self.replay = None
        self.live = Live(message.strip())
        return True

    def answer(self, assistant: Assistant, settings: Settings) -> Iterator[None]:
        """Run the turn that was accepted; yields whenever there is something new to draw."""
        live, conversation = self.live, self.conversation
        if live is None or conversation is None or live.begun or live.over:
            return
        live.begun, live.after = True, len(conversation.turns)
        drawn = 0.0
        note = STOPPED
        try:
            with closing(run(assistant, conversation, live.message, settings)) as steps:
                for step in steps:
                    live.steps[step.id] = step
                    if live.stopped:
                        return
                    if step.end is not None or time.monotonic() - drawn > REDRAW:
                        drawn = time.monotonic()
                        yield
            note = ""
        except Exception:
            log.exception("the turn failed")
            note = FAILED
        finally:
            live.over = True
            if note:
                self._end_badly(live, conversation, note)

    def stop(self, note: str = STOPPED) -> None:
        """Ask the turn in progress to end at its next step; one that still waits ends at once."""
        live = self.live
        if live is None or live.over:
            return
        live.stopped = True
        if not live.begun:
            live.over = True
            live.after = len(self.conversation.turns)
            self._end_badly(live, self.conversation, note)

    def _end_badly(self, live: Live, conversation: Conversation, note: str) -> None:
        """Keep what was seen of the turn, so that it can be retried, and take back what it taught."""
        while len(conversation.turns) > live.after:
            conversation.take_back()
        finished = [s for s in live.steps.values() if s.end is not None]
        turn = Turn(live.message, steps=finished)
        conversation.turns.append(turn)
        self.notes[turn.id] = note

    def show_trace(self, turn: str) -> None:
        """Show the kept trace of a turn of this person. Raises ValueError where there is none."""
        trace = self.memory.trace(turn)
        if trace is None:
            raise ValueError("the trace of that turn is no longer kept")
        steps = [from_dict(s) for s in trace["steps"]]
        self.replay = [Turn(trace["message"], id=trace["id"], steps=steps)]

    def take_back(self, turns: int = 1) -> str:
        """Remove the last turns and what they taught; the message of the earliest is returned, or an empty one."""
        message = ""
        for _ in range(min(turns, len(self.conversation.turns))):
            message = self.conversation.take_back()
        self.live = self.replay = None
        return message

    # What is shown

    def shown(self) -> list[tuple[str, list[Step], str]]:
        """Every turn as message, steps and closing note."""
        if self.replay is not None:
            return [(t.message, list(t.steps), "") for t in self.replay]
        live = self.live if self.busy else None
        turns = list(self.conversation.turns)
        if live is not None and live.begun:  # the loop holds its turn already, with the finished steps only
            turns = turns[: live.after]
        rows = [(t.message, list(t.steps), self.notes.get(t.id, "")) for t in turns]
        if live is not None:
            rows.append((live.message, list(live.steps.values()), "" if live.begun else "Waiting for the model…"))
        return rows

    def traces(self) -> list[dict]:
        """The conversation as traces, one a turn."""
        return [turn.to_dict() for turn in self.replay or self.conversation.turns]

    # Presses

    def pressed(self) -> dict[str, set[str]]:
        """The events pressed by item id, save those that were undone or forgotten since."""
        held = None if self.temporary else {e.turn for e in self.memory.entries("record")}
        found: dict[str, set[str]] = {}
        for (item_id, event), turn in self.presses.items():
            if held is None or turn in held:
                found.setdefault(item_id, set()).add(event)
        return found

    def press(self, assistant: Assistant, item_id: str, event: str) -> None:
        """Press a button of an item, or let it go where it is pressed. Raises ValueError for an unknown one."""
        if event == "why":
            self._explain(assistant, item_id)
            return
        if event not in EVENTS:
            raise ValueError(f"no button is called {event!r}")
        down = self.pressed().get(item_id, set())
        for other in down & (EXCLUSIVE if event in EXCLUSIVE else {event}):
            self._release(item_id, other)
        if event not in down:
            turn = f"press-{uuid.uuid4().hex[:12]}"
            feedback(self.conversation, assistant.catalog, item_id, event, turn=turn)
            self.presses[item_id, event] = turn

    def _explain(self, assistant: Assistant, item_id: str) -> None:
        """What moved an item, shown at its card until it is pressed again."""
        if self.why.pop(item_id, None) is None:
            try:
                self.why[item_id] = self.conversation.why(item_id, assistant.catalog)
            except ValueError as error:
                self.why[item_id] = str(error)

    def _release(self, item_id: str, event: str) -> None:
        turn = self.presses.pop((item_id, event))
        if not self.temporary:
            self.memory.undo(turn=turn)
