"""Everything that a taste can be about in one kind of item, with how common it is in the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from mrrec.catalog.items import Item, features


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
