"""One person's entries at hand, indexed by all that a change can touch, so that a change costs what it touches."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from mrrec.catalog.features import FeatureIndex
from mrrec.catalog.items import normalise
from mrrec.memory.entry import DISLIKED, LIKED, SUPPRESSED, Entry

HALF_LIFE = 4 * 365 * 86400.0  # seconds after which a record counts half, measured from the newest
EPOCH = 1_600_000_000.0  # weights are kept relative to this moment and scaled when they are read
MOST_HOLDERS = 500  # entries with a word, beyond which it finds nobody


class Tally:
    """What one kind's records add up to, for each feature of its items; side 0 is liked, side 1 disliked.

    `support` counts records and `weight` sums them by age, both of shape (2, n_features); `total` and `count` are
    the same over all records of a side.
    """

    def __init__(self, index: FeatureIndex):
        self.index = index
        self.support = np.zeros((2, len(index)), np.int64)
        self.weight = np.zeros((2, len(index)))
        self.total = np.zeros(2)
        self.count = np.zeros(2, np.int64)

    def add(self, record: Entry, sign: int) -> np.ndarray:
        """Count a record, or with `sign` -1 take it out; the features touched, as numbers."""
        side = 0 if record.value > LIKED else 1 if record.value < DISLIKED else None
        at = self.index.of.get(record.item_id)
        if side is None or at is None:
            return np.zeros(0, np.int64)
        weight = sign * 2.0 ** ((record.when - EPOCH) / HALF_LIFE)
        self.support[side, at] += sign
        self.weight[side, at] += weight
        self.total[side] += weight
        self.count[side] += sign
        if not self.count[side]:  # rounding must not be left behind where nothing is
            self.weight[side], self.total[side] = 0.0, 0.0
        return at


class Ledger:
    """Entries by id, item, topic and word, with a tally for each kind.

    `features` and `topics` name what has been touched since `settle` was called.
    """

    def __init__(self, features: dict[str, FeatureIndex], entries: Iterable[Entry] = ()):
        self.by_id: dict[str, Entry] = {}
        self.by_item: dict[str, dict[str, None]] = defaultdict(dict)
        self.by_topic: dict[str, dict[str, None]] = defaultdict(dict)
        self.suppressed: set[str] = set()
        self.derived: dict[str, Entry] = {}
        self.tallies = {kind: Tally(index) for kind, index in features.items()}
        self.touched: dict[str, set[int]] = defaultdict(set)
        self.topics: set[str] = set()
        self._newest: dict[str, float] = {}
        self._sorted: list[Entry] | None = None
        self._words: dict[str, dict[str, None]] | None = None
        for entry in entries:
            self.put(entry)

    def __len__(self) -> int:
        return sum(e.event != SUPPRESSED for e in self.by_id.values())

    def settle(self) -> None:
        """Forget what was touched."""
        self.touched.clear()
        self.topics.clear()

    def put(self, entry: Entry) -> None:
        if entry.id in self.by_id:
            self.drop(entry.id)
        self.by_id[entry.id] = entry
        self._sorted = None
        if self._words is not None and entry.event != SUPPRESSED:
            for word in words_of(entry):
                self._words[word][entry.id] = None
        if entry.tier != "record":
            self.derived[entry.id] = entry
        elif entry.event == SUPPRESSED:
            self.suppressed.add(entry.item_id)
        else:
            self._count(entry, 1)

    def drop(self, entry_id: str) -> None:
        entry = self.by_id.pop(entry_id)
        self._sorted = None
        if self._words is not None and entry.event != SUPPRESSED:
            for word in words_of(entry):
                self._words[word].pop(entry_id, None)
        if entry.tier != "record":
            self.derived.pop(entry_id)
        elif entry.event == SUPPRESSED:
            self.suppressed.discard(entry.item_id)
        else:
            self._count(entry, -1)

    def _count(self, record: Entry, sign: int) -> None:
        for key, index in [(record.item_id, self.by_item), *((t, self.by_topic) for t in record.topics)]:
            if key and sign > 0:
                index[key][record.id] = None
            elif key:
                index[key].pop(record.id, None)
        self.topics.update(record.topics)
        if record.item_id and sign < 0:
            self._newest.pop(record.kind, None)
        elif record.item_id and record.kind in self._newest:
            self._newest[record.kind] = max(self._newest[record.kind], record.when)
        tally = self.tallies.get(record.kind)
        if tally is not None and record.item_id and record.active:
            self.touched[record.kind].update(tally.add(record, sign).tolist())

    # Reading

    def scale(self, kind: str) -> float:
        """What brings a tally's weights to the age of the newest record of an item of the kind."""
        if kind not in self._newest:
            self._newest[kind] = max((e.when for e in self.by_id.values() if e.item_id and e.kind == kind), default=0.0)
        return 2.0 ** ((EPOCH - self._newest[kind]) / HALF_LIFE)

    def entries(self) -> list[Entry]:
        """All but marks, newest first."""
        if self._sorted is None:
            self._sorted = sorted(
                (e for e in self.by_id.values() if e.event != SUPPRESSED), key=lambda e: (-e.when, e.id)
            )
        return self._sorted

    def about_item(self, item_id: str) -> Iterator[Entry]:
        """Records of an item, history too."""
        return (self.by_id[i] for i in self.by_item.get(item_id, ()))

    def about_topic(self, topic: str) -> Iterator[Entry]:
        """Stated records of a term or name, history too."""
        return (e for e in (self.by_id[i] for i in self.by_topic.get(topic, ())) if e.event == "said")

    def with_words(self, words: Iterable[str]) -> dict[str, float]:
        """Entries that share rare words with `words`: the share of its weight (rare words weigh more), by id."""
        index = self._index()
        words = [w for w in dict.fromkeys(words) if index.get(w)]
        weight = {w: self._rarity(w) for w in words}
        found: dict[str, float] = defaultdict(float)
        for word in words:
            if len(index[word]) <= MOST_HOLDERS:
                for entry_id in index[word]:
                    found[entry_id] += weight[word]
        return found

    def overlap(self, words: Sequence[str], entry: Entry) -> float:
        """How much of `words` an entry has, 0..1, rare words weighing more."""
        self._index()
        whole = sum(self._rarity(w) for w in words)
        mine = words_of(entry)
        return sum(self._rarity(w) for w in words if w in mine) / whole if whole else 0.0

    def _index(self) -> dict[str, dict[str, None]]:
        if self._words is None:
            self._words = defaultdict(dict)
            for entry in self.by_id.values():
                if entry.event != SUPPRESSED:
                    for word in words_of(entry):
                        self._words[word][entry.id] = None
        return self._words

    def _rarity(self, word: str) -> float:
        """Inverse document frequency, smoothed as in BM25."""
        held = len(self._words.get(word, ()))
        return math.log(1 + (len(self.by_id) - held + 0.5) / (held + 0.5))


def words_of(entry: Entry) -> set[str]:
    return set(normalise(" ".join((entry.text, *entry.terms, *entry.names))).split())
