"""What everybody did with the items: how popular each is, and which are liked by the same people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy

import numpy as np
from scipy.sparse import csr_array

SHRINK = 5.0  # people in common below which two items' likeness counts less


class Crowd:
    """Popularity and item-to-item likeness of a catalogue, by who liked what.

    Parameters
    ----------
    liked : 1 where a person liked an item, shape (n_people, n_items)
    met : people who met each item, whatever they thought of it, shape (n_items,)
    """

    def __init__(self, liked: csr_array, met: np.ndarray):
        self.met = met.astype(np.float32)
        self.liked = liked.astype(np.float32)
        self.likes = np.asarray(self.liked.sum(axis=0), np.float32)
        self.tells_popularity = self.tells_likeness = True
        self._by_item = self.liked.T.tocsr()

    def __len__(self) -> int:
        """People."""
        return self.liked.shape[0]

    def without(self, popularity: bool, likeness: bool) -> Crowd:
        """The same with its parts switched off, to see what each is worth."""
        other = copy(self)
        other.tells_popularity, other.tells_likeness = not popularity, not likeness
        return other

    @classmethod
    def of(cls, people: Sequence[Mapping[str, float]], position: Mapping[str, int], least: float) -> Crowd:
        """From how much each person liked each item (-1..1; above `least` is liked), by item id."""
        rows, columns = [], []
        met = np.zeros(len(position))
        for row, person in enumerate(people):
            for item_id, value in person.items():
                if (at := position.get(item_id)) is not None:
                    met[at] += 1
                    if value > least:
                        rows.append(row)
                        columns.append(at)
        return cls(csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(people), len(position))), met)

    def likeness(self, items: Sequence[int]) -> np.ndarray:
        """How much those who liked `items` (positions) like each item, shape (n_items,).

        Item-based collaborative filtering with cosine (Sarwar et al., WWW 2001), shrunk where few have both
        (Bell & Koren, 2007).
        """
        if not len(items):
            return np.zeros(len(self.likes), np.float32)
        both = (self._by_item @ self._by_item[list(items)].T).toarray()
        norm = np.sqrt(np.outer(self.likes, self.likes[list(items)]))
        cosine = np.divide(both, norm, out=np.zeros_like(both), where=norm > 0)
        close = cosine * both / (both + SHRINK)
        close[list(items), np.arange(len(items))] = 0
        return close.sum(axis=1)
