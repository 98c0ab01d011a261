"""What a small language model makes of a message: asked of each mention, and of the rest, for one word each.

Unlike the head it sees the nouns, and has read more of the world. `train/reader.py` trains it for these questions.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mrrec.llm.reader import Reader
from mrrec.memory.reading.mentions import Found
from mrrec.memory.reading.stance import STANCES, TASTES, Judged

log = logging.getLogger(__name__)
WORDS = (" nothing", " like", " dislike", " seen", " dropped", " rated", " fact")  # for STANCES, and one for the rest
REST = (1, 2, 6)  # of WORDS, what `stance.WHOLE` stands for
SHARE = 0.5  # of the model in what both say of a mention; the head has the other
SHARE_OF_REST = 0.8  # the same of a taste without a mention, of which the head, which sees no noun, knows less
NEVER = -30.0
MOST = 47  # mentions that are asked about; of the others the head judges alone


@dataclass(frozen=True)
class Questions:
    """A text to be read, questions about it, and which of WORDS may answer each, shape (n_questions, n_words)."""

    text: str
    asked: tuple[str, ...]
    admitted: np.ndarray


def questions(message: str, found: Sequence[Found]) -> Questions:
    """A question for each mention, and one for what is told beside them."""
    works = [one.sort in ("title", "unknown") for one in found]
    asked = [f"{'Title' if work else 'Word'}: {message[one.start : one.end]} ->" for work, one in zip(works, found)]
    admitted = np.zeros((len(found) + 1, len(WORDS)), bool)
    for n, work in enumerate(works):
        admitted[n, : len(STANCES) if work else TASTES] = True
    admitted[-1, [0, *REST]] = True
    return Questions(f"Message: {' '.join(message.split())}\n", (*asked, "Else: ->"), admitted)


@lru_cache(maxsize=1)
def load() -> Reader | None:
    """The reader that is shipped; None where there is no room to make it."""
    try:
        return Reader()
    except RuntimeError as error:
        log.warning("what people say is read without the small model: %s", error)
        return None


def answers(reader: Reader, message: str, found: Sequence[Found]) -> np.ndarray:
    """Log chances of WORDS for each mention up to MOST, and for the rest, shape (mentions + 1, n_words)."""
    asked = questions(message, found[:MOST])
    logits = np.where(asked.admitted, reader.next_words(asked.text, asked.asked, WORDS), NEVER)
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)


def together(judged: Judged, said: np.ndarray, share: float = SHARE) -> Judged:
    """What the head and the model say as one: means of log chances, the model's with weight `share`."""
    stances, asked = judged.stances.copy(), len(said) - 1
    both = (1 - share) * np.log(stances[:asked] + 1e-9) + share * said[:-1, : len(STANCES)]
    stances[:asked] = np.exp(both - np.logaddexp.reduce(both, axis=1, keepdims=True))
    rest = np.exp(said[-1, list(REST)])
    odds = (1 - SHARE_OF_REST) * _odds(judged.whole) + SHARE_OF_REST * _odds(rest)
    return Judged(stances, judged.strengths, 1 / (1 + np.exp(-odds)))


def _odds(chances: np.ndarray) -> np.ndarray:
    kept = np.clip(chances, 1e-6, 1 - 1e-6)
    return np.log(kept / (1 - kept))
