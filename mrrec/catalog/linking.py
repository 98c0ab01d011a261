"""Which of the catalogue's terms somebody means in words of their own: "tales with salt in them" is the sea.

A small head over the sentence encoder's layers, as in dense entity linking (Wu et al., EMNLP 2020): a text and a term
are vectors, and their cosines, scaled, make chances. "None" is a threshold that each text has of its own (Zhou et al.,
AAAI 2021). `train/linker.py` makes linker.npz from what topics are called.
A catalogue's own terms that it never saw are linked by their names alone.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import normalize

from mrrec.adapted import Adapted, load_head
from mrrec.catalog.vocabulary import Vocabulary
from mrrec.embed import Encoder, digests

WEIGHTS = Path(__file__).with_name("linker.npz")
RANK, LONGEST = 16, 64  # of the adapters; tokens of a text that are read
SCALE, NONE = 20.0, 5.0  # of cosines, and the logit of no term at all, before training
SAME = 0.6  # cosine of two terms from which one stands for the other: science fiction and sci-fi
KEPT = 4096  # texts whose logits are kept


class Linker(Adapted):
    """Vectors of texts, and how each of the `terms` that it learned moves from the encoder's vector of its name."""

    def __init__(self, encoder: Encoder, terms: Sequence[str]):
        super().__init__(encoder, RANK, longest=LONGEST)
        self.terms = {term: n for n, term in enumerate(terms)}
        self.moved = torch.nn.Parameter(torch.zeros(len(terms), encoder.dim))
        self.heed = torch.nn.Parameter(torch.zeros(encoder.dim))  # which words of a text tell
        self.scale = torch.nn.Parameter(torch.tensor(math.log(SCALE)))
        self.none = torch.nn.Parameter(torch.tensor(NONE))
        self.ends = torch.nn.Parameter(torch.zeros(encoder.dim))  # towards it lie texts that mean little

    def texts(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors of `texts`, shape (texts, dim)."""
        return normalize(self.pooled(texts, self.heed), dim=1)

    def named(self, names: Sequence[str], vectors: torch.Tensor) -> torch.Tensor:
        """Unit vectors of the terms `names`, whose plain `vectors` the encoder made; both of shape (names, dim)."""
        unmoved = torch.zeros_like(self.heed)
        moved = [self.moved[self.terms[n]] if n in self.terms else unmoved for n in names]
        return normalize(vectors.to(self.moved.device) + torch.stack(moved), dim=1)

    def forward(self, texts: Sequence[str], terms: torch.Tensor) -> torch.Tensor:
        """Logits of each of `terms` (terms, dim) for each text, and of none besides, shape (texts, terms + 1)."""
        vectors = self.texts(texts)
        none = self.none + vectors @ self.ends
        return torch.cat([self.scale.exp() * (vectors @ terms.T), none[:, None]], 1)


class Linking:
    """Links texts to the terms of one vocabulary.

    What the linker learned and the vocabulary lacks takes its share of the chances too: where there are few terms, the
    nearest of them is not what is meant for that alone.
    """

    def __init__(self, linker: Linker, vocabulary: Vocabulary, encoder: Encoder):
        self.names, self._linker = vocabulary.names, linker
        self._known: dict[int, np.ndarray] = {}  # by digest: nobody's words are kept
        others = [term for term in linker.terms if term not in {*self.names}]
        vectors = encoder.encode(others) if others else vocabulary.vectors[:0]
        apart = (vectors @ vocabulary.vectors.T).max(axis=1) < SAME if others else []
        names = [*self.names, *(term for term, is_apart in zip(others, apart) if is_apart)]
        vectors = np.vstack([vocabulary.vectors, vectors[apart]]) if others else vocabulary.vectors
        with torch.no_grad():
            self._terms = linker.named(names, torch.from_numpy(vectors))

    def chances(self, texts: Sequence[str], told: Sequence[Collection[str]] = ()) -> list[dict[str, float]]:
        """For each text how likely each term is meant, the likeliest first; `told` of it are those that stand in it,
        which have no share."""
        return [self._told(of, without) for of, without in zip(self._logits(texts), told or [()] * len(texts))]

    def margins(self, text: str, terms: Collection[str]) -> dict[str, float]:
        """Log odds that `text` means each of `terms` against none at all, for those that were learned by their use."""
        (logits,) = self._logits([text])
        learned = self._linker.terms.keys() & {*terms}
        return {t: float(logits[n] - logits[-1]) for n, t in enumerate(self.names) if t in learned}

    def _logits(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Of every term and of none, each of shape (terms + 1,)."""
        keys = digests(texts).tolist()
        fresh = {key: text for key, text in zip(keys, texts) if key not in self._known}
        if fresh:
            if len(self._known) + len(fresh) > KEPT:
                self._known.clear()
                fresh = dict(zip(keys, texts))
            with torch.no_grad():
                found = self._linker(list(fresh.values()), self._terms).cpu().numpy()
            self._known |= dict(zip(fresh, found))
        return [self._known[key] for key in keys]

    def _told(self, logits: np.ndarray, without: Collection[str]) -> dict[str, float]:
        left = [n for n, name in enumerate(self.names) if name not in without]
        share = np.exp(logits[[*left, *range(len(self.names), len(logits))]] - logits.max())
        share = share[: len(left)] / share.sum()
        return {self.names[left[n]]: float(share[n]) for n in np.argsort(-share)}


@lru_cache(maxsize=2)
def load(encoder: Encoder, path: Path = WEIGHTS) -> Linker | None:
    """The linker over `encoder`; None where it was made over another one."""
    with np.load(path) as saved:
        terms = saved["terms"].tolist()
    return load_head(partial(Linker, terms=terms), encoder, path)


@lru_cache(maxsize=4)
def linking(encoder: Encoder, vocabulary: Vocabulary) -> Linking | None:
    """What links texts to the terms of `vocabulary`; None where there is no linker for the encoder."""
    linker = load(encoder)
    return Linking(linker, vocabulary, encoder) if linker is not None and vocabulary.names else None
