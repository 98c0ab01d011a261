"""Whole turns with the embedded model and a persona's memory: what they cost beside the model.

1. The share of a turn that is neither the language model nor the encoder.
2. Prompt tokens evaluated in a turn, against the distinct tokens of its text: whether the prefix is reused.
3. The time to the first step, against the time to the first token of the first thought.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from common import at_most, below, milliseconds, quick, report

from mrrec.agent.loop import Conversation, run
from mrrec.agent.steps import Answer, Thought
from mrrec.assistant import Assistant
from mrrec.settings import Settings

REQUESTS = (
    "Recommend me something",
    "A hopeful, slow science fiction film",
    "A book like The Left Hand of Darkness, but shorter",
    "Something by the director of Alien",
    "Surprise me with a game",
    "A funny film from the nineties, not too dark",
    "I hate gore. A scary film, please",
    "A long novel about a family",
)
WARM = "A warm comedy"


class Spent:
    """Seconds within the model and the encoder, tokens evaluated, and the transcripts, since `begin`."""

    def __init__(self, assistant: Assistant):
        self._inside = False
        self.begin()
        engine, encoder = assistant.engine, assistant.encoder
        transcript, evaluate = engine.transcript, engine._llama.eval

        @contextmanager
        def watched_transcript(*args, **options):
            context = transcript(*args, **options)
            with self.clock():
                made = context.__enter__()
            self.transcripts.append(made)
            made.append = self.timed(made.append)
            made.write, made.choose = self.timed_pieces(made.write), self.timed_pieces(made.choose)
            try:
                yield made
            finally:
                context.__exit__(None, None, None)

        def counted(tokens):
            self.evaluated += len(tokens)
            return evaluate(tokens)

        engine.transcript, engine._llama.eval = watched_transcript, counted
        encoder.encode = self.timed(encoder.encode)

    def begin(self) -> None:
        self.seconds, self.evaluated, self.transcripts = 0.0, 0, []

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Count the seconds within, once where clocks are nested."""
        if self._inside:
            yield
            return
        self._inside = True
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - begun
            self._inside = False

    def timed(self, call: Callable) -> Callable:
        def wrapped(*args, **options):
            with self.clock():
                return call(*args, **options)

        return wrapped

    def timed_pieces(self, call: Callable) -> Callable:
        """For a generator: the time in which the next piece is made, not that in which it is used."""

        def wrapped(*args, **options):
            pieces = call(*args, **options)
            while True:
                with self.clock():
                    piece = next(pieces, None)
                if piece is None:
                    return
                yield piece

        return wrapped


@dataclass(frozen=True)
class Cost:
    """What one turn took. Times in seconds."""

    whole: float
    model: float  # and encoder
    first_step: float
    first_thought: float
    evaluated: int
    distinct: int

    @property
    def outside(self) -> float:
        return 1 - self.model / self.whole

    @property
    def reuse(self) -> float:
        return self.evaluated / self.distinct

    @property
    def first(self) -> float:
        return self.first_step / self.first_thought


def turn(assistant: Assistant, spent: Spent, conversation: Conversation, message: str, settings: Settings) -> Cost:
    """Answer `message` and tell what it cost; the tokens that the model wrote itself are left out of the counts."""
    spent.begin()
    begun = time.perf_counter()
    first_step = first_thought = 0.0
    answered = False
    for step in run(assistant, conversation, message, settings):
        now = time.perf_counter() - begun
        first_step = first_step or now
        if isinstance(step, Thought) and step.text:
            first_thought = first_thought or now
        answered = answered or (isinstance(step, Answer) and bool(step.items))
    whole = time.perf_counter() - begun
    if not answered:
        raise SystemExit(f"{message!r} was not answered with items: nothing to measure")
    (transcript,) = spent.transcripts
    written = transcript.written_tokens
    evaluated, distinct = spent.evaluated - written, len(transcript.tokens) - written
    return Cost(whole, spent.seconds, first_step, first_thought, evaluated, distinct)


def main() -> None:
    short = quick(__doc__)
    over = time.monotonic() + (25 if short else 240)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(store=Path(folder))
        assistant = Assistant.open(settings)
        memory = assistant.memory("bench")
        assistant.wear(memory, max(assistant.personas, key=lambda name: len(assistant.personas[name].events)))
        spent = Spent(assistant)
        costs: dict[str, Cost] = {}
        for seed, message in enumerate((WARM, *REQUESTS)):
            if len(costs) > 2 and time.monotonic() > over:
                break
            conversation = Conversation(memory)
            costs[message] = turn(assistant, spent, conversation, message, replace(settings, seed=seed))
        del costs[WARM]
    rows = [
        (
            message, f"{c.whole:.2f} s", f"{c.outside:.1%}", f"{c.evaluated}/{c.distinct}",
            milliseconds(c.first_step), milliseconds(c.first_thought),
        )
        for message, c in costs.items()
    ]  # fmt: skip
    report(
        f"Turns with {assistant.engine.name} on the {assistant.engine.device}",
        ("request", "turn", "outside model", "tokens evaluated", "first step", "first thought"),
        rows,
        [
            below("turn outside model and encoder", median(c.outside for c in costs.values()), 0.1),
            at_most("prompt tokens evaluated", max(c.reuse for c in costs.values()), 1.1),
            below("first step before first thought", max(c.first for c in costs.values()), 1.0),
        ],
    )


if __name__ == "__main__":
    main()
