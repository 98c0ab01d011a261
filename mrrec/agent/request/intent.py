"""Whether a message asks for a recommendation, where no phrase that the rules know tells: "I've two free hours and
nothing to play", "the cat has broken the lamp".

Intent detection by a small head over the sentence encoder's layers. `train/intent.py` makes intent.npz from requests,
statements, questions and small talk.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import torch

from mrrec.adapted import Adapted, load_head
from mrrec.embed import Encoder

WEIGHTS = Path(__file__).with_name("intent.npz")
RANK, LONGEST = 8, 96  # of the adapters; tokens of a message that are read
SURE = 0.4  # how likely a message must be a request to be taken for one
HARDLY = 0.01  # below which it is none, though a term of the catalogue stands in it
BRIEF = 3  # words that may be the whole of a request: "lost at sea"


class Intent(Adapted):
    """The logit that a message asks for something to watch, read or play."""

    def __init__(self, encoder: Encoder):
        super().__init__(encoder, RANK, longest=LONGEST)
        self.heed = torch.nn.Parameter(torch.zeros(encoder.dim))  # which words of a message tell
        self.ask = torch.nn.Linear(encoder.dim, 1)

    def forward(self, messages: Sequence[str]) -> torch.Tensor:
        """Logits, shape (messages,)."""
        return self.ask(self.pooled(messages, self.heed))[:, 0]


def asks(message: str, encoder: Encoder) -> bool:
    """Whether `message` asks for a recommendation; False where there is no head for the encoder."""
    return _chance(message, encoder, unknown=0.0) >= SURE


def hardly_asks(message: str, encoder: Encoder) -> bool:
    """Whether `message` is very likely said for company; False where there is no head for the encoder."""
    return len(message.split()) > BRIEF and _chance(message, encoder, unknown=1.0) < HARDLY


def _chance(message: str, encoder: Encoder, unknown: float) -> float:
    """How likely it asks; `unknown` where there is no head, or nothing to read."""
    head = load(encoder)
    if head is None or not message.strip():
        return unknown
    with torch.no_grad():
        return float(head([message]).sigmoid()[0])


@lru_cache(maxsize=2)
def load(encoder: Encoder, path: Path = WEIGHTS) -> Intent | None:
    """The head over `encoder`; None where it was made over another one."""
    return load_head(Intent, encoder, path)
