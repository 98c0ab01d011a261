"""One visitor's conversation, memory and presses. It lives in the server's state of that visit, and ends with it."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from mrrec.agent.loop import Conversation, Turn, feedback, run
from mrrec.agent.steps import Step
from mrrec.assistant import Assistant
from mrrec.memory import LocalMemory
from mrrec.settings import Settings
from mrrec.ui.cards import EXCLUSIVE

log = logging.getLogger(__name__)
REDRAW = 0.08  # seconds between two drawings of a step that grows
STOPPED = "Stopped. Nothing was kept of this turn."
FAILED = "Something went wrong, and nothing was kept of this turn. Retry, or put it differently."
BUSY = "Many people are asking just now. Nothing is lost: press Retry in a moment."
PAUSE = 0.35  # seconds between the steps of a replay


@dataclass
class Live:
    """A message on its way: waiting for the model, then growing step by step."""

    message: str
    steps: dict[str, Step] = field(default_factory=dict)
    begun: bool = False
    stopped: bool = False
    over: bool = False


@dataclass
class Session:
    """Empty until `opened`, so that it can be the initial value of a `gr.State`."""

    memory: LocalMemory | None = None
    conversation: Conversation | None = None
    live: Live | None = None
    notes: dict[str, str] = field(default_factory=dict)  # by turn id: how it ended, where not well
    pressed: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)  # item id → event → ids written
    replay: list[Turn] | None = None

    def opened(self, assistant: Assistant) -> Session:
        """This session, as a guest with an empty memory where it has just begun."""
        if self.memory is None:
            self.begin(assistant)
        return self

    def begin(self, assistant: Assistant, persona: str = "") -> None:
        """Start afresh as a guest, or with a copy of `persona` that is this visit's alone."""
        self.close()
        self.memory = assistant.memory(f"guest-{uuid.uuid4().hex}")
        if persona:
            assistant.wear(self.memory, persona)
        self.renew(temporary=False)

    def renew(self, temporary: bool) -> None:
        """A new conversation with the same memory, or with none."""
        self.stop()
        self.conversation = Conversation(memory=None if temporary else self.memory)
        self.live = self.replay = None
        self.notes, self.pressed = {}, {}

    def close(self) -> None:
        """End the visit: the guest's memory is erased."""
        self.stop()
        memory, self.memory, self.conversation = self.memory, None, None
        if memory is not None:
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
        live.begun = True
        drawn = 0.0
        known = len(conversation.turns)
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
                self._end_badly(live, conversation, known, note)

    def stop(self, note: str = STOPPED) -> None:
        """Ask the turn in progress to end at its next step; one that still waits ends at once."""
        live = self.live
        if live is None or live.over:
            return
        live.stopped = True
        if not live.begun:
            live.over = True
            self._end_badly(live, self.conversation, len(self.conversation.turns), note)

    def _end_badly(self, live: Live, conversation: Conversation, known: int, note: str) -> None:
        """Keep what was seen of the turn, so that it can be retried, and take back what it taught."""
        while len(conversation.turns) > known:
            conversation.take_back()
        finished = [s for s in live.steps.values() if s.end is not None]
        turn = Turn(live.message, steps=finished)
        conversation.turns.append(turn)
        self.notes[turn.id] = note

    def take_back(self, turns: int = 1) -> str:
        """Remove the last turns and what they taught. Returns the message of the earliest, empty where there is none."""
        message = ""
        self.stop()
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
        turns = [(t, list(t.steps), self.notes.get(t.id, "")) for t in self.conversation.turns]
        if live is not None and live.begun and turns:
            turns.pop()  # the loop holds the turn already, with its finished steps only
        rows = [(t.message, steps, note) for t, steps, note in turns]
        if live is not None:
            rows.append((live.message, list(live.steps.values()), "" if live.begun else "Waiting for the model…"))
        return rows

    def traces(self) -> list[dict]:
        """The conversation as traces, one a turn."""
        return [turn.to_dict() for turn in self.replay or self.conversation.turns]

    # Presses

    def press(self, assistant: Assistant, item_id: str, event: str) -> None:
        """Press a button of an item, or let it go where it was pressed."""
        done = self.pressed.setdefault(item_id, {})
        if event in done:
            self._forget(done.pop(event))
            return
        if event in EXCLUSIVE:
            for other in EXCLUSIVE & set(done):
                self._forget(done.pop(other))
        change = feedback(self.conversation, assistant.catalog, item_id, event)
        done[event] = tuple(entry.id for entry in change.written)

    def _forget(self, ids: tuple[str, ...]) -> None:
        known = {e.id for e in self.memory.entries(history=True)}
        if left := [i for i in ids if i in known]:
            self.memory.forget(left)
