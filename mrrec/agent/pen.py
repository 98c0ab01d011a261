"""The model's hand within a turn: what it chooses and writes, and what stands in its place where it fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain

from mrrec.agent import protocol
from mrrec.agent.conversation import Conversation
from mrrec.agent.steps import Step, begin, done
from mrrec.llm.engine import Engine, Message, Transcript
from mrrec.settings import Settings

log = logging.getLogger(__name__)
HISTORY = 3  # earlier turns that the model sees; the engine leaves out the oldest where they do not fit
LONGEST_REPLY = 1200  # characters of an earlier reply


@contextmanager
def held(engine: Engine, conversation: Conversation, message: str, settings: Settings) -> Iterator[Pen]:
    """The model, for one turn, with the prompt in place; others wait meanwhile."""
    messages = [Message("system", protocol.system(engine.trained))]
    for earlier in conversation.turns[:-1][-HISTORY:]:
        if earlier.reply:
            messages.append(Message("user", protocol.plain(earlier.message)))
            messages.append(Message("assistant", protocol.plain(earlier.reply)[:LONGEST_REPLY]))
    messages.append(Message("user", protocol.plain(message)))
    with engine.transcript(messages, settings.temperature, settings.seed, conversation.id) as transcript:
        yield Pen(transcript)


class Pen:
    """Writes into a transcript; a model that fails within a span cannot break the turn."""

    def __init__(self, transcript: Transcript):
        self.transcript = transcript

    def append(self, text: str) -> None:
        """Write for the system."""
        self.transcript.append(text)

    def open(self, tag: str) -> None:
        """Open a span, unless the model has just opened it."""
        if not self.transcript.text.endswith(protocol.open_tag(tag)):
            self.transcript.append(protocol.open_tag(tag))

    def choose(self, alternatives: Sequence[str]) -> Iterator[str]:
        """Which of `alternatives` the model chooses, piece by piece; the first that still fits where it fails."""
        written = ""
        try:
            for piece in self.transcript.choose(alternatives):
                written += piece
                yield piece
        except (RuntimeError, ValueError) as error:
            log.warning("the model failed to choose: %s", error)
            rest = next(a for a in alternatives if a.startswith(written)).removeprefix(written)
            self.transcript.append(rest)
            yield rest

    def write(self, grammar: str, max_tokens: int, stop: str, fallback: str) -> Iterator[str]:
        """What the model writes, piece by piece, `stop` at its end; `fallback` where it fails to begin."""
        written = ""
        try:
            for piece in self.transcript.write(grammar, max_tokens, stop, protocol.penalty(grammar)):
                written += piece
                yield piece
        except (RuntimeError, ValueError) as error:
            log.warning("the model failed within a span: %s", error)
        if not written.endswith(stop):
            rest = stop if written else fallback + stop
            self.transcript.append(rest)
            yield rest

    def whole(self, grammar: str, max_tokens: int, stop: str, fallback: str) -> str:
        """What the model writes, in one piece."""
        return "".join(self.write(grammar, max_tokens, stop, fallback))

    def stream(
        self,
        kind: type[Step],
        grammar: str,
        max_tokens: int,
        stop: str,
        fallback: str,
        openings: Sequence[str] = ("",),
        hold: bool = False,
        before: str = "",
    ) -> Iterator[Step]:
        """A step whose text grows as the model writes, from one of `openings`; `hold` leaves it open for more.

        `before` stands before what the model writes, and is not shown to it.
        """
        begun = begin()
        text = f"{before} " if before else ""
        yield kind(**begun, text=text)
        for piece in chain(self.choose(openings), self.write(grammar, max_tokens, stop, fallback)):
            text += piece
            shown = text.removesuffix(stop)
            yield kind(**begun, text=shown)
        step = kind(**begun, text=text.removesuffix(stop).strip())
        yield step if hold else done(step)
