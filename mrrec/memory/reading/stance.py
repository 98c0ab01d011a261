"""What somebody thinks of what they mention: a small head and adapters over the frozen sentence encoder's layers.

Titles, names and terms are masked, so that the head knows no noun: it reads the words around them. `train/stance.py`
makes stance.npz from labelled utterances.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from mrrec.adapted import Adapted, load_head
from mrrec.embed import Encoder
from mrrec.memory.reading.mentions import Found

WEIGHTS = Path(__file__).with_name("stance.npz")
STANCES = ("none", "like", "dislike", "seen", "abandoned", "rated")
TASTES = 3  # the stances that a term or a name can have come first
WHOLE = ("+", "-", "0")  # tastes without a word of the catalogue, and facts that are no taste
STRENGTHS = ("weak", "plain", "strong")
RULES = ("like", "dislike", "seen", "abandoned", "rated", "elsewhere")
LOOKS = (
    "term", "name", "title", "unknown", "sure", "slip", "capital", "opens", "long", "quoted", "with term", "with title",
    "with unknown", "several", *(f"rule {r}" for r in RULES),
)  # fmt: skip
HIDDEN, RANK, FIRST, MOST_TOKENS = 96, 8, 1, 160  # FIRST: the first layer that is adapted
_SIGNS = {
    "👍": " thumbs up ", "👎": " thumbs down ", "❤": " love ", "♥": " love ", "😍": " love ", "🥰": " love ",
    "🙄": " rolling eyes ", "🤮": " disgusting ", "😴": " boring ", "💤": " boring ", "✅": " yes ", "❌": " no ",
    "✔": " yes ", "🙃": " ironic ", "😒": " annoyed ", "🔥": " great ", "🤢": " disgusting ", "💯": " great ",
}  # fmt: skip
_SENTENCE = re.compile(r"[.!?]+(?=\s)|\n")


@dataclass(frozen=True)
class Masked:
    """A message with "[MASK]" for what it mentions: `places` has the mask of each mention, `looks` what it looks like.

    Shapes: looks (mentions, len(LOOKS)).
    """

    text: str
    places: tuple[int, ...]
    looks: np.ndarray


def masked(raw: str, found: Sequence[Found], verdicts: Sequence[str] = ()) -> Masked:
    """Mask `found` in `raw`; `verdicts` has what the rules say of each, "" for nothing."""
    spans: list[list[int]] = []
    places = []
    for one in found:
        if spans and one.start < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], one.end)
        else:
            spans.append([one.start, one.end])
        places.append(len(spans) - 1)
    parts, at = [], 0
    for start, end in spans:
        parts += [_unmasked(raw[at:start]), " [MASK] "]
        at = end
    text = "".join([*parts, _unmasked(raw[at:])])
    for sign, words in _SIGNS.items():
        text = text.replace(sign, words)
    looks = [_looks(raw, one, found, v) for one, v in zip(found, verdicts or [""] * len(found), strict=True)]
    return Masked(text, tuple(places), np.array(looks, np.float32).reshape(len(found), len(LOOKS)))


def _unmasked(text: str) -> str:
    """`text` in which nobody else's mask stands."""
    return text.replace("[", "(").replace("]", ")")


def _looks(raw: str, one: Found, found: Sequence[Found], verdict: str) -> list[float]:
    before = raw[: one.start].rstrip()
    over = {o.sort for o in found if o is not one and o.start < one.end and one.start < o.end}
    quotes = len(re.findall(r"[\"“”]", raw[: one.start]))
    held = {
        one.sort, *(f"with {sort}" for sort in over), f"rule {verdict}",
        "sure" if one.sure else "", "slip" if one.slip else "", "capital" if raw[one.start].isupper() else "",
        "opens" if not before or before[-1] in ".!?\n" else "", "long" if " " in raw[one.start : one.end] else "",
        "quoted" if quotes % 2 else "", "several" if sum(o.sort == "title" for o in found) > 1 else "",
    }  # fmt: skip
    return [float(look in held) for look in LOOKS]


def sentences(text: str) -> list[tuple[int, int]]:
    """Places of the sentences of a masked text."""
    cuts = [0, *(m.end() for m in _SENTENCE.finditer(text)), len(text)]
    return [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]


@dataclass(frozen=True)
class Judged:
    """What the head makes of a message: the chances of each stance, strength, and of what `WHOLE` lists.

    Shapes: stances (mentions, 6), strengths (mentions, 3), whole (sentences, 3).
    """

    stances: np.ndarray
    strengths: np.ndarray
    whole: np.ndarray


def judge(head: Head, message: Masked) -> Judged:
    with torch.no_grad():
        stance, strength, whole, _ = head([message])
    return Judged(*(x.cpu().numpy() for x in (stance.softmax(1), strength.softmax(1), whole.sigmoid())))


@lru_cache(maxsize=2)
def load(encoder: Encoder, path: Path = WEIGHTS) -> Head | None:
    """The head over `encoder`; None where it was made over another one."""
    return load_head(Head, encoder, path)


@lru_cache(maxsize=2)
def words_of(encoder: Encoder) -> frozenset[str]:
    """Whole words that the encoder knows: no slips of anything."""
    return frozenset(w for w in encoder.tokenizer.get_vocab() if w.isalpha() and len(w) > 2)


class Head(Adapted):
    """Adapted layers of the encoder, and what is read off their states."""

    def __init__(self, encoder: Encoder):
        super().__init__(encoder, RANK, FIRST, MOST_TOKENS)
        dim = encoder.dim
        self.inner = torch.nn.Linear(dim + len(LOOKS), HIDDEN)
        self.stance = torch.nn.Linear(HIDDEN, len(STANCES))
        self.strength = torch.nn.Linear(HIDDEN, len(STRENGTHS))
        self.whole = torch.nn.Linear(dim, len(WHOLE))

    def forward(self, batch: Sequence[Masked]):
        """Logits (mentions, stances), (mentions, strengths) of all messages in a row; (sentences, 3); their message."""
        states, tokens = self.states([m.text for m in batch])
        ids, offsets, device = tokens["input_ids"], tokens["offset_mapping"], states.device
        rows, lost, pooled, owner = [], [], [], []
        for n, message in enumerate(batch):
            at = (ids[n] == self.tokenizer.mask_token_id).nonzero()[:, 0]
            lost += [place >= len(at) for place in message.places]
            rows += [states[n, at[place] if place < len(at) else 0] for place in message.places]
            starts, ends = offsets[n].T
            for a, b in sentences(message.text):
                inside = (starts >= a) & (ends <= b) & (ends > starts)
                pooled.append(states[n, inside].mean(0) if inside.any() else states[n, 0])
                owner.append(n)
        whole = self.whole(self.drop(torch.stack(pooled))) if pooled else states.new_zeros(0, len(WHOLE))
        if not rows:
            return states.new_zeros(0, len(STANCES)), states.new_zeros(0, len(STRENGTHS)), whole, owner
        looks = torch.from_numpy(np.concatenate([m.looks for m in batch])).to(device)
        inner = torch.nn.functional.gelu(self.inner(torch.cat([self.drop(torch.stack(rows)), looks], 1)))
        stance = self.stance(self.drop(inner))
        cut = torch.zeros_like(stance)
        cut[looks[:, 0] + looks[:, 1] > 0, TASTES:] = -1e4  # a term or a name is not seen or abandoned
        cut[torch.tensor(lost, device=device), 1:] = -1e4  # what was cut off says nothing
        return stance + cut, self.strength(inner), whole, owner
