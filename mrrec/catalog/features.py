"""Everything that a taste can be about, with how common it is in the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from mrrec.catalog.items import Item, features

SORTS = ("genre", "theme", "name", "decade", "language")


class FeatureIndex:
    """The features of one kind's items, numbered.

    Attributes
    ----------
    names : (sort, value) of each feature
    of : item id → its features' numbers, shape (n,)
    items : ids of the items that carry each feature
    share : how much of the catalogue carries each feature, smoothed, shape (n_features,)
    """

    def __init__(self, items: Sequence[Item]):
        numbers: dict[tuple[str, str], int] = {}
        self.of: dict[str, np.ndarray] = {}
        self.items: dict[int, list[str]] = defaultdict(list)
        for item in items:
            at = np.array([numbers.setdefault(f, len(numbers)) for f in features(item)], np.int64)
            self.of[item.id] = at
            for number in at.tolist():
                self.items[number].append(item.id)
        self.names = list(numbers)
        self.numbers = numbers
        held = np.array([len(self.items[n]) for n in range(len(self.names))], np.float64)
        self.share = (held + 1) / (len(items) + 2)

    def __len__(self) -> int:
        return len(self.names)


class FeatureTable:
    """The features of all items as one sparse table, a column for each kind's feature.

    Attributes
    ----------
    held : 1 where an item carries a feature, shape (n_items, n_columns)
    columns : (kind, sort, value) → column
    sorts : column → its sort, as a place in SORTS, shape (n_columns,)
    share : how much of its kind carries each feature, shape (n_columns,)
    """

    def __init__(self, items: Sequence[Item], indices: dict[str, FeatureIndex]):
        offsets, n = {}, 0
        for kind, index in indices.items():
            offsets[kind] = n
            n += len(index)
        self.columns = {(k, *f): offsets[k] + at for k, index in indices.items() for f, at in index.numbers.items()}
        self.sorts = np.array([SORTS.index(s) for index in indices.values() for s, _ in index.names], np.int8)
        self.share = np.concatenate([index.share for index in indices.values()]) if indices else np.zeros(0)
        rows = [indices[i.kind].of[i.id] + offsets[i.kind] for i in items]
        ends = np.cumsum([0, *map(len, rows)])
        flat = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        self.held = csr_array((np.ones(len(flat), np.float32), flat, ends), shape=(len(rows), n))
