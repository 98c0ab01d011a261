"""The adapter merged into its model against the model as it is: tokens a second written, and read as a prompt.

Both run in llama.cpp without a grammar, from the same tokens.
"""

from __future__ import annotations

from itertools import islice

from common import at_least, interleaved, quick, report

from mrrec.llm.engine import Message
from mrrec.llm.llamacpp import LlamaCpp
from mrrec.llm.models import model_path
from mrrec.settings import NO_ADAPTER

MESSAGES = [
    Message("system", "You recommend films."),
    Message("user", "A slow, hopeful film for a rainy evening. " * 20),
]
WRITTEN = 64  # tokens a round


def main() -> None:
    rounds, limit = (6, 20) if quick(__doc__) else (30, 180)
    merged, base = LlamaCpp(model_path(None)), LlamaCpp(model_path(None, NO_ADAPTER))
    prompt = base.prompt_tokens(MESSAGES)

    def read(engine: LlamaCpp) -> None:
        engine._llama.reset()
        engine._llama.eval(prompt)

    def write(engine: LlamaCpp) -> None:
        kept = prompt[:32]  # llama.cpp keeps what it has read of it
        for _ in islice(engine._llama.generate(kept, temp=0.0, top_k=1), WRITTEN):
            pass

    reading = interleaved(lambda _: read(merged), lambda _: read(base), rounds, limit)
    writing = interleaved(lambda _: write(merged), lambda _: write(base), rounds, limit)
    rows = [
        ("prompt", *(f"{len(prompt) / s:.0f} tokens/s" for s in reading), f"{reading[1] / reading[0]:.3f}"),
        ("writing", *(f"{WRITTEN / s:.0f} tokens/s" for s in writing), f"{writing[1] / writing[0]:.3f}"),
    ]
    measures = [at_least("merged: prompt", reading[1] / reading[0], 0.95),
                at_least("merged: writing", writing[1] / writing[0], 0.95)]  # fmt: skip
    title = f"{merged.name} against {base.name}, on the {base.device}"
    report(title, ("what", "merged", "base", "ratio"), rows, measures)


if __name__ == "__main__":
    main()
