"""Intervals and tests for means over queries that hang together, because a person asked several of them.

- Intervals: percentiles of the bootstrap (Efron, Annals of Statistics 7(1), 1979) that draws whole persons with
  replacement (the cluster bootstrap of Field & Welsh, JRSS B 69(3), 2007). With few persons they are somewhat too
  narrow, as percentiles are: in simulations 93 % hold the true mean at 30 to 60 persons, 95 % from 200 on.
- Tests: two-sided randomisation of paired differences, which Smucker, Allan & Carterette (CIKM 2007) recommend for
  retrieval; here all differences of one person change their sign together. Up to `permutations` sign patterns are
  enumerated; beyond that they are drawn, and the observed one counts among them (Phipson & Smyth, SAGMB 9(1), 2010).
- Many pairs: Holm's step-down adjustment (Scandinavian Journal of Statistics 6(2), 1979).

A mean is a sum over a count, so what a resample needs of a person is the two; a resample is then one row of a matrix
product, for all columns at once. Columns share their resamples, which makes differences between them paired.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES, PERMUTATIONS, LEVEL = 2000, 9999, 0.95
_CELLS = 1 << 21  # of a block of resamples × clusters: 16 MiB as float64


@dataclass(frozen=True)
class Interval:
    """A mean over `n` values with its confidence interval; NaN bounds where there are fewer than two clusters."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Difference:
    """Mean of a − b over the same queries, its interval, its share of b's mean, and the p-value."""

    mean_a: float
    mean_b: float
    difference: float
    relative: float
    low: float
    high: float
    p: float


def intervals(
    values: np.ndarray, clusters: np.ndarray, seed: int = 0, resamples: int = RESAMPLES, level: float = LEVEL
) -> list[Interval]:
    """The mean of each column of `values` (queries × columns; NaN is no value) with its clustered interval.

    `clusters` (queries) says whose a query is, as any integers.
    """
    sums, counts = _totals(values, clusters)
    distinct, which = _distinct_columns(counts)
    draws = np.empty((resamples, values.shape[1]))
    for rows, weights in _weights(len(sums), resamples, seed):
        draws[rows] = _ratio(weights @ sums, (weights @ distinct)[:, which])
    n = counts.sum(0)
    means = _ratio(sums.sum(0), n)
    low, high = _bounds(draws, level)
    alone = (counts > 0).sum(0) < 2
    low[alone] = high[alone] = np.nan
    return [Interval(float(m), float(a), float(b), int(c)) for m, a, b, c in zip(means, low, high, n)]


def differences(
    values: np.ndarray,
    clusters: np.ndarray,
    pairs: Sequence[tuple[int, int]],
    seed: int = 0,
    resamples: int = RESAMPLES,
    permutations: int = PERMUTATIONS,
    level: float = LEVEL,
) -> list[Difference]:
    """Column a minus column b of `values` (queries × columns, without NaN), for each of `pairs` (a, b)."""
    if np.isnan(values).any():
        raise ValueError("paired differences need a value for every query in every column")
    if not pairs:
        return []
    first, second = (np.array(side) for side in zip(*pairs))
    sums, counts = _totals(values, clusters)
    sizes = counts[:, :1]
    draws = np.empty((resamples, len(pairs)))
    for rows, weights in _weights(len(sums), resamples, seed):
        means = weights @ sums / (weights @ sizes)
        draws[rows] = means[:, first] - means[:, second]
    low, high = _bounds(draws, level)
    if len(sums) < 2:
        low, high = np.full((2, len(pairs)), np.nan)
    means = sums.sum(0) / len(values)
    a, b = means[first], means[second]
    relative = _ratio(a - b, b)
    p = sign_flip(sums, first, second, seed, permutations)
    return [Difference(*map(float, row)) for row in zip(a, b, a - b, relative, low, high, p)]


def sign_flip(
    sums: np.ndarray, first: np.ndarray, second: np.ndarray, seed: int = 0, permutations: int = PERMUTATIONS
) -> np.ndarray:
    """Two-sided p-values of `sums[:, first] - sums[:, second]` (clusters × pairs) under a random sign of each cluster.

    The signed sum of a difference is the difference of the signed sums, so the product is with the columns, not with
    the pairs, of which there are many more.
    """
    scale = np.abs(sums).sum(0)
    slack = 1e-9 * np.maximum(scale[first], scale[second])  # equal sums, added up in another order, are still equal
    total = sums.sum(0)
    observed = np.abs(total[first] - total[second]) - slack
    extreme = np.zeros(len(first), int)
    exact = len(sums) < 60 and 2 ** len(sums) <= permutations + 1
    for signs in _all_signs(len(sums)) if exact else _random_signs(len(sums), permutations, seed):
        flipped = signs @ sums
        extreme += (np.abs(flipped[:, first] - flipped[:, second]) >= observed).sum(0)
    return extreme / 2 ** len(sums) if exact else (extreme + 1) / (permutations + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted so that the chance of any false finding among them is kept.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, float)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted.tolist()


def _totals(values: np.ndarray, clusters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum and count of each column in each cluster, both clusters × columns."""
    if len(values) == 0 or len(values) != len(clusters):
        raise ValueError(f"{len(values)} rows of values and {len(clusters)} of clusters; one each is needed")
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.diff(np.asarray(clusters)[order], prepend=np.nan))
    there = ~np.isnan(values[order])
    sums = np.add.reduceat(np.where(there, values[order], 0.0), starts)
    return sums, np.add.reduceat(there.astype(float), starts)


def _distinct_columns(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different columns, and which of them each column is; mostly all columns count the same queries."""
    seen: dict[bytes, int] = {}
    which = np.array([seen.setdefault(column.tobytes(), len(seen)) for column in counts.T], int)
    return counts[:, [int(np.argmax(which == i)) for i in range(len(seen))]], which


def _weights(clusters: int, resamples: int, seed: int) -> Iterator[tuple[slice, np.ndarray]]:
    """How often each cluster is in each resample, in blocks of resamples × clusters."""
    rng = np.random.default_rng(seed)
    block = max(1, _CELLS // clusters)
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        drawn = rng.integers(0, clusters, (size, clusters)) + np.arange(size)[:, None] * clusters
        counts = np.bincount(drawn.ravel(), minlength=size * clusters)
        yield slice(start, start + size), counts.reshape(size, clusters).astype(float)


def _random_signs(clusters: int, permutations: int, seed: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng([seed, 1])
    block = max(1, _CELLS // clusters)
    for start in range(0, permutations, block):
        size = min(block, permutations - start)
        bits = np.unpackbits(rng.integers(0, 256, (size, -(-clusters // 8)), np.uint8), axis=1, count=clusters)
        yield bits * 2.0 - 1.0


def _all_signs(clusters: int) -> Iterator[np.ndarray]:
    numbers = np.arange(2**clusters)
    yield (numbers[:, None] >> np.arange(clusters) & 1) * 2.0 - 1.0


def _bounds(draws: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """The percentiles that leave (1 - level) / 2 on either side; NaN for a column without any value."""
    tails = [50 * (1 - level), 50 * (1 + level)]
    if not np.isnan(draws).any():
        return tuple(np.percentile(draws, tails, axis=0))
    columns = [np.percentile(c[~np.isnan(c)], tails) if not np.isnan(c).all() else (np.nan,) * 2 for c in draws.T]
    return tuple(np.array(columns).T)


def _ratio(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    """NaN where nothing is under the line."""
    return np.divide(over, under, out=np.full(np.shape(over), np.nan), where=under != 0)
