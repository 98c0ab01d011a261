"""The catalogue in use: items, their vectors, and the ways to find them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from mrrec.catalog.crowd import Crowd
from mrrec.catalog.features import FeatureIndex, FeatureTable
from mrrec.catalog.items import Item
from mrrec.catalog.linking import Linking, linking
from mrrec.catalog.lookup import STOPWORDS, Lookup
from mrrec.catalog.vocabulary import Vocabulary
from mrrec.embed import Encoder, encode_with
from mrrec.store import Store

_FIELDS = [pa.field("kind", pa.string()), pa.field("text", pa.string())]
# Words of requests that tell nothing of the item wanted, and would match whatever title happens to hold them.
_SAY_NOTHING = STOPWORDS | frozenset(
    "film films movie movies book books novel novels game games something anything recommend suggest suggestion want "
    "like watch read play good great best nice please looking find show give need really similar same different "
    "another other others else one ones thing things shorter longer short long older newer old new recent time "
    "director author actor actress maker studio made directed written starring whoever anyone tonight today now".split()
)
MOST_TERMS = 1000  # that a model may choose from
LEXICAL_LIMIT = 300  # rows with a BM25 score; the rest count as no match


class Catalog:
    """Items with one unit vector each, searchable by meaning, by words, by title and by name.

    Items and vectors are held in memory (about 1.5 kB plus 4 bytes a dimension each); the full-text
    index stays on disk.
    """

    def __init__(self, items: Sequence[Item], vectors: np.ndarray, table, vocabulary: Vocabulary):
        self.items = tuple(items)
        self.vectors = vectors
        self.vocabulary = vocabulary
        self.position = {item.id: i for i, item in enumerate(self.items)}
        self.kinds = tuple(dict.fromkeys(item.kind for item in self.items))
        self.lookup = Lookup(self.items, vocabulary)
        self.crowd: Crowd | None = None  # what everybody did, where there are events
        self.linking: Linking | None = None  # what tells which terms are meant, where there is one for the encoder
        self._table = table

    @classmethod
    def open(
        cls,
        items: Sequence[Item],
        store: Store,
        encoder: Encoder,
        vectors_file: Path | None = None,
        progress: bool = False,
    ) -> Catalog:
        """Open the catalogue in `store`, encoding and indexing `items` where they are not the ones in it.

        Vectors that `vectors_file` holds are taken from there.
        """
        print_of = hashlib.sha256("\n".join(f"{i.id}\t{i.text()}" for i in items).encode()).hexdigest()
        stamp = f"{encoder.name}:{encoder.dim}:{print_of}"
        names, counts, genres = Vocabulary.collect(items)
        with store.lock:
            if store.read_meta().get("catalogue") != stamp or store.table("items", _FIELDS).count() != len(items):
                store.write_meta(catalogue="")  # a kill from here on leaves no stamp that fits
                store.drop("items")
                store.drop("terms")
                table, terms = store.table("items", _FIELDS), store.table("terms", [])
                texts = [item.text() for item in items]
                vectors = encode_with(encoder, texts, vectors_file, progress)
                rows = zip(items, texts, vectors, strict=True)
                table.upsert([dict(id=i.id, kind=i.kind, text=t, vector=v) for i, t, v in rows])
                table.index_text("text")
                named = zip(names, encode_with(encoder, names, vectors_file), strict=True)
                terms.upsert([dict(id=n, vector=v) for n, v in named])
                store.write_meta(catalogue=stamp)
        table, terms = store.table("items", _FIELDS), store.table("terms", [])
        vectors = _in_order(table.to_arrow(), [item.id for item in items])
        made = cls(items, vectors, table, Vocabulary(names, counts, genres, _in_order(terms.to_arrow(), names)))
        made.linking = linking(encoder, made.vocabulary)
        return made

    @staticmethod
    def texts(items: Sequence[Item]) -> list[str]:
        """Everything of a catalogue that is encoded: items, then vocabulary."""
        return [item.text() for item in items] + Vocabulary.collect(items)[0]

    def __len__(self) -> int:
        return len(self.items)

    def get(self, item_id: str) -> Item | None:
        at = self.position.get(item_id)
        return None if at is None else self.items[at]

    @cached_property
    def features(self) -> dict[str, FeatureIndex]:
        """What a taste can be about, by kind."""
        return {kind: FeatureIndex([i for i in self.items if i.kind == kind]) for kind in self.kinds}

    @cached_property
    def popularity(self) -> np.ndarray:
        """What the catalogue itself tells of how many know each item, shape (n_items,); 0 is unknown."""
        return np.array([i.popularity for i in self.items])

    @cached_property
    def table(self) -> FeatureTable:
        """The same, of all items at once."""
        return FeatureTable(self.items, self.features)

    @cached_property
    def _terms_of(self) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of the vocabulary's terms that items carry, one after the other, and where each item's begin."""
        number = {n: i for i, n in enumerate(self.vocabulary.names)}
        held = [[number[t] for t in (*i.genres, *i.themes) if t in number] for i in self.items]
        return np.array([n for row in held for n in row], np.int64), np.cumsum([0, *map(len, held)])

    @lru_cache(maxsize=16)  # noqa: B019 (as long-lived as the object)
    def terms(self, kinds: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Genres and themes that items of `kinds` carry, of all kinds where none is named; the MOST_TERMS commonest."""
        held = {v for k, sort, v in self.table.columns if sort in ("genre", "theme") and k in (kinds or self.kinds)}
        names = [n for n in self.vocabulary.names if n in held]
        return tuple(sorted(names, key=lambda n: (-self.vocabulary.counts[n], n))[:MOST_TERMS])

    def meant(
        self, texts: Sequence[str], kinds: tuple[str, ...] = (), told: Sequence[Collection[str]] = ()
    ) -> list[dict[str, float]]:
        """For each text how likely it means each term that items of `kinds` carry, the likeliest first; `told` of it
        are terms that stand in it. Nothing where there is no linker for the encoder."""
        if self.linking is None or not texts:
            return [{} for _ in texts]
        held = set(self.terms(kinds))
        return [{t: c for t, c in of.items() if t in held} for of in self.linking.chances(texts, told)]

    def subjects(self, vector: np.ndarray) -> np.ndarray:
        """Cosine of each item's nearest term to `vector` (dim,), shape (n_items,); 0 where it carries none."""
        flat, ends = self._terms_of
        found = np.zeros(len(self.items), np.float32)
        filled = np.diff(ends) > 0
        if filled.any():
            near = self.vocabulary.similarity(vector)[flat]
            found[filled] = np.maximum.reduceat(near, ends[:-1][filled])
        return found

    def vector(self, item_id: str) -> np.ndarray:
        return self.vectors[self.position[item_id]]

    def similarity(self, vector: np.ndarray) -> np.ndarray:
        """Cosine of every item to `vector` (dim,), shape (n_items,)."""
        return self.vectors @ vector

    def lexical(self, text: str, limit: int = LEXICAL_LIMIT) -> np.ndarray:
        """BM25 of the `limit` best items for the words of `text`, scaled to 0..1, shape (n_items,)."""
        scores = np.zeros(len(self.items), np.float32)
        for item_id, score in self._table.match(" ".join(telling(text)), limit).items():
            scores[self.position[item_id]] = score
        top = scores.max(initial=0.0)
        return scores / top if top > 0 else scores

    def search(
        self, text: str, vector: np.ndarray, kinds: Iterable[str] = (), limit: int = 10
    ) -> list[tuple[Item, float]]:
        """Plain hybrid search, the words and the meaning of `text` weighing the same."""
        score = self.similarity(vector) + self.lexical(text)
        for item in self.lookup.titles(text):
            score[self.position[item.id]] += 2.0
        if wanted := set(kinds):
            score[[item.kind not in wanted for item in self.items]] = -np.inf
        best = np.argsort(-score, kind="stable")[:limit]
        return [(self.items[i], float(score[i])) for i in best if np.isfinite(score[i])]


def telling(text: str) -> list[str]:
    """The words of a request that say something of the item wanted.

    >>> telling("Recommend me a film like this, but shorter")
    []
    """
    return [w for w in re.findall(r"\w+", text.casefold()) if w not in _SAY_NOTHING]


def _in_order(rows: pa.Table, ids: Sequence[str]) -> np.ndarray:
    if not len(rows):
        return np.zeros((0, 0), np.float32)
    vectors = rows["vector"].combine_chunks()
    matrix = vectors.flatten().to_numpy(zero_copy_only=False).reshape(len(rows), -1).astype(np.float32)
    at = {item_id: i for i, item_id in enumerate(rows["id"].to_pylist())}
    return matrix[[at[i] for i in ids]]
