"""Measures of ranked lists, as pure functions of the ranks that the relevant items got.

Ranks are 1-based and come as an array (queries × relevant items); 0 is an item that was not ranked, and what fills
short rows. Every function gives one number a query, so that means, intervals and tests stay with `stats`. Gains are
binary. The values are those of trec_eval for `recall_k`, `ndcg_cut_k`, `recip_rank` and `success_k`, as a test checks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np


def pad(lists: Sequence[Sequence[int]]) -> np.ndarray:
    """Lists of ranks as one int32 array, filled up with 0. Raises ValueError at a negative rank.

    >>> pad([[3], [1, 0, 7]])
    array([[3, 0, 0],
           [1, 0, 7]], dtype=int32)
    """
    lengths = np.fromiter((len(ranks) for ranks in lists), int, len(lists))
    out = np.zeros((len(lists), max(lengths, default=0)), np.int32)
    if out.size:
        out[np.arange(out.shape[1]) < lengths[:, None]] = np.concatenate([np.asarray(r, np.int32) for r in lists])
    if (out < 0).any():
        raise ValueError("a rank is negative; 1 is the best, 0 is not ranked")
    return out


def recall(ranks: np.ndarray, relevant: np.ndarray, k: int) -> np.ndarray:
    """Share of a query's relevant items among the best k; `relevant` is how many each query has.

    >>> recall(pad([[3], [1, 0, 7]]), [1, 3], k=5).round(3)
    array([1.   , 0.333])
    """
    return _within(ranks, k).sum(1) / _counts(relevant)


def ndcg(ranks: np.ndarray, relevant: np.ndarray, k: int) -> np.ndarray:
    """Discounted gain of the best k over that of an ideal list (Järvelin & Kekäläinen, TOIS 20(4), 2002).

    The gain at rank r is 1 / log2(r + 1); the ideal has all relevant items at the top, as far as k allows.

    >>> ndcg(pad([[3], [1, 0, 7]]), [1, 3], k=5).round(3)
    array([0.5  , 0.469])
    """
    counts = _counts(relevant)
    gains = np.where(_within(ranks, k), 1 / np.log2(np.maximum(ranks, 1) + 1), 0.0).sum(1)
    ideal = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, k + 2)))])
    return gains / ideal[np.minimum(counts, k)]


def reciprocal_rank(ranks: np.ndarray) -> np.ndarray:
    """One over the rank of the best relevant item, 0 where none was ranked; its mean is the MRR.

    >>> reciprocal_rank(pad([[4, 2], [0]]))
    array([0.5, 0. ])
    """
    return np.where(ranks > 0, 1 / np.maximum(ranks, 1), 0.0).max(1, initial=0.0)


def hit_rate(ranks: np.ndarray, k: int) -> np.ndarray:
    """1 where any relevant item is among the best k, else 0.

    >>> hit_rate(pad([[3], [6, 0]]), k=5)
    array([1., 0.])
    """
    return _within(ranks, k).any(1).astype(float)


def coverage(tops: Iterable[Sequence[str]], items: int) -> tuple[int, float]:
    """How many different items the lists show, and their share of `items`, the size of the catalogue.

    >>> coverage([["a", "b"], ["a", "c"]], items=12)
    (3, 0.25)
    """
    shown = len({item for top in tops for item in top})
    return shown, shown / items if items else float("nan")


def serendipity(top: Sequence[str], relevant: Collection[str], popular: Collection[str] | None) -> float:
    """Share of a list that is relevant and that the popularity ranking does not show for the same query.

    After Ge, Delgado-Battenfeld & Jannach (RecSys 2010): useful, and not what a primitive method gives. NaN where the
    popularity ranking was not run (`popular` is None) or nothing is shown.

    >>> serendipity(["a", "b", "c", "d"], {"a", "b"}, {"a", "x"})
    0.25
    """
    if popular is None or not len(top):
        return float("nan")
    return sum(item in relevant and item not in popular for item in top) / len(top)


def _within(ranks: np.ndarray, k: int) -> np.ndarray:
    if k < 1:
        raise ValueError(f"k is {k}; it has to be 1 or more")
    return (ranks > 0) & (ranks <= k)


def _counts(relevant: Sequence[int] | np.ndarray) -> np.ndarray:
    counts = np.asarray(relevant)
    if (counts < 1).any():
        raise ValueError("a query has no relevant items, so nothing can be found")
    return counts
