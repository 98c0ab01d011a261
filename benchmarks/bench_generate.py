"""Writing under a grammar: our transcript against llama.cpp itself.

Both get the same tokens, grammar, sampler settings and seed. llama.cpp's own chain asks the grammar about every token
of the vocabulary, ours about the likeliest first, so what they write may differ; tokens a second are compared. Timed
from the first token written to the last; the raw side does not even turn its tokens into text.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from itertools import islice
from statistics import median
from types import MethodType

from common import at_least, quick, report
from llama_cpp import Llama, LlamaGrammar

from mrrec.agent import protocol
from mrrec.llm.engine import Message
from mrrec.llm.llamacpp import LlamaCpp
from mrrec.llm.models import model_path

MESSAGES = [Message("system", "You recommend films."), Message("user", "A slow, hopeful film for a rainy evening")]
SPANS = {
    "think": (protocol.think_grammar(), "</think>"),
    "choices": ('root ::= ("m" [1-9] ": " ("yes" | "no") ". "){8,12} "</think>"', "</think>"),
    "profile": (protocol.ideal_grammar(), ".\n"),
    "say": (protocol.say_grammar(), "</say>"),
}
MOST = 90  # tokens a span
TEMPERATURE = 0.7


def ours(engine: LlamaCpp, tag: str, seed: int) -> tuple[float, int, list[int], list[int]]:
    """Seconds, tokens written in them, the tokens before the span and those of it."""
    grammar, stop = SPANS[tag]
    with engine.transcript(MESSAGES, TEMPERATURE, seed) as transcript:
        transcript.append(f"<{tag}>")
        prompt = list(transcript.tokens)
        writing = transcript.write(grammar, MOST, stop, protocol.penalty(grammar))
        next(writing)
        before = transcript.written_tokens
        begun = time.perf_counter()
        for _ in writing:
            pass
        seconds = time.perf_counter() - begun
        written = transcript.written_tokens
        return seconds, written - before, prompt, transcript.tokens[len(prompt) : len(prompt) + written]


@contextmanager
def plain(llama: Llama):
    """llama.cpp's own sampling."""
    llama._init_sampler = MethodType(Llama._init_sampler, llama)
    try:
        yield
    finally:
        del llama._init_sampler


def raw(engine: LlamaCpp, tag: str, seed: int, prompt: list[int], n: int) -> tuple[float, list[int]]:
    """Seconds from the first of `n` tokens to the last, and the tokens."""
    llama, grammar = engine._llama, SPANS[tag][0]
    with engine.lock, plain(llama):
        llama.reset()
        llama.set_seed(seed)
        writing = llama.generate(
            prompt, temp=TEMPERATURE, top_k=40, top_p=0.95, min_p=0.05, repeat_penalty=protocol.penalty(grammar),
            grammar=LlamaGrammar.from_string(grammar, verbose=False),
        )  # fmt: skip
        first = next(writing)
        begun = time.perf_counter()
        tokens = [first, *islice(writing, n - 1)]
        seconds = time.perf_counter() - begun
        writing.close()
    return seconds, tokens


def main() -> None:
    rounds, limit = (10, 25) if quick(__doc__) else (40, 240)
    engine = LlamaCpp(model_path(None))
    speeds: dict[str, tuple[list[float], list[float]]] = {tag: ([], []) for tag in SPANS}
    ratios = []
    over = time.monotonic() + limit
    for seed in range(-1, rounds):
        if seed > 0 and time.monotonic() > over:
            break
        for tag in SPANS:
            seconds, n, prompt, tokens = ours(engine, tag, seed + 2)
            raw_seconds, raw_tokens = raw(engine, tag, seed + 2, prompt, len(tokens))
            if seed >= 0 and min(n, len(raw_tokens) - 1) > 4:  # the first round warms up
                speeds[tag][0].append(n / seconds)
                speeds[tag][1].append((len(raw_tokens) - 1) / raw_seconds)
                ratios.append(speeds[tag][0][-1] / speeds[tag][1][-1])
    rows = [
        (tag, f"{median(a):.0f} tokens/s", f"{median(b):.0f} tokens/s", f"{median(a) / median(b):.3f}")
        for tag, (a, b) in speeds.items()
        if a
    ]
    title = f"Writing under a grammar, {engine.name} on the {engine.device}, {len(ratios)} pairs of spans"
    report(title, ("span", "ours", "llama.cpp", "ratio"), rows, [at_least("generation", median(ratios), 0.9)])


if __name__ == "__main__":
    main()
