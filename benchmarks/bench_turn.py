"""Whole turns with the embedded model and a persona's memory: what they cost beside the model.

1. The share of a turn that is neither the language model nor the encoder.
2. Prompt tokens evaluated in a turn, against the distinct tokens of its text: whether the prefix is reused.
3. The time to the first step, against the time to the first token of the first thought.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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


@dataclass
class Spent:
    """Seconds within the model and the encoder, tokens evaluated, and the transcript, of one turn."""

    seconds: float = 0.0
    evaluated: int = 0
    transcripts: list = field(default_factory=list)

    @contextmanager
    def clock(self) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - begun

    def watch(self, assistant: Assistant) -> None:
        """Time every call of the encoder and of the model's transcripts, and count what llama.cpp evaluates."""
        encode, transcript = assistant.encoder.encode, assistant.engine.transcript
        llama = assistant.engine._llama
        evaluate = llama.eval

        def timed_encode(*args, **options):
            with self.clock():
                return encode(*args, **options)

        def counted_eval(tokens):
            self.evaluated += len(tokens)
            return evaluate(tokens)

        @contextmanager
        def timed_transcript(*args, **options):
            with self.clock():
                context = transcript(*args, **options)
                made = context.__enter__()
            self.transcripts.append(made)
            append, write = made.append, made.write

            def timed_append(text):
                with self.clock():
                    append(text)

            def timed_write(*args, **options):
                pieces = write(*args, **options)
                while True:
                    with self.clock():
                        piece = next(pieces, None)
                    if piece is None:
                        return
                    yield piece

            made.append, made.write = timed_append, timed_write
            try:
                yield made
            finally:
                context.__exit__(None, None, None)

        assistant.encoder.encode, assistant.engine.transcript, llama.eval = timed_encode, timed_transcript, counted_eval


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
    spent.seconds, spent.evaluated, spent.transcripts = 0.0, 0, []
    begun = time.perf_counter()
    first_step = first_thought = 0.0
    answered = False
    for step in run(assistant, conversation, message, settings):
        now = time.perf_counter() - begun
        first_step = first_step or now
        if isinstance(step, Thought) and step.text:
            first_thought = first_thought or now
        answered = answered or isinstance(step, Answer) and bool(step.items)
    whole = time.perf_counter() - begun
    if not answered:
        raise SystemExit(f"{message!r} was not answered with items: nothing to measure")
    (transcript,) = spent.transcripts
    written = transcript.written_tokens
    return Cost(
        whole, spent.seconds, first_step, first_thought, spent.evaluated - written, len(transcript.tokens) - written
    )


def main() -> None:
    short = quick(__doc__)
    over = time.monotonic() + (25 if short else 240)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(store=Path(folder))
        assistant = Assistant.open(settings)
        memory = assistant.memory("bench")
        assistant.wear(memory, max(assistant.personas, key=lambda name: len(assistant.personas[name].events)))
        spent = Spent()
        spent.watch(assistant)
        costs: dict[str, Cost] = {}
        for seed, message in enumerate((WARM, *REQUESTS)):
            if len(costs) > 3 and time.monotonic() > over:
                break
            conversation = Conversation(memory)
            costs[message] = turn(assistant, spent, conversation, message, Settings(store=Path(folder), seed=seed))
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
