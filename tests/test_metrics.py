"""Metrics agree with trec_eval; intervals cover, agree with a plain loop, and p-values are those known in advance."""

from itertools import product

import numpy as np
import pytest

from mrrec.evaluate import metrics, stats

KS = (1, 3, 10, 50)


def lists(seed: int, queries: int, pool: int = 60) -> tuple[list[list[int]], list[list[int]]]:
    """Relevant items of each query as numbers, and their ranks, about a third of them missing."""
    rng = np.random.default_rng(seed)
    relevant, ranks = [], []
    for _ in range(queries):
        count = int(rng.integers(1, 15))
        relevant.append(rng.choice(1000, count, replace=False).tolist())
        drawn = rng.choice(np.arange(1, pool + 1), count, replace=False)
        ranks.append(np.where(rng.random(count) < 0.35, 0, drawn).tolist())
    return relevant, ranks


@pytest.mark.parametrize("seed", range(3))
def test_agree_with_trec_eval(seed):
    pytrec_eval = pytest.importorskip("pytrec_eval", reason="pip install -r requirements-evaluate.txt")
    relevant, ranks = lists(seed, 150)
    qrels = {str(q): {f"i{i}": 1 for i in items} for q, items in enumerate(relevant)}
    run = {}
    for q, (items, got) in enumerate(zip(relevant, ranks)):
        ranked = {r: f"i{i}" for i, r in zip(items, got) if r}
        run[str(q)] = {ranked.get(r, f"other{r}"): 1000.0 - r for r in range(1, 61)}
    cuts = ",".join(map(str, KS))
    names = {f"recall.{cuts}", f"ndcg_cut.{cuts}", "recip_rank", f"success.{cuts}"}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, names).evaluate(run)
    padded, counts = metrics.pad(ranks), np.array([len(r) for r in relevant])
    ours = {"recip_rank": metrics.reciprocal_rank(padded)}
    for k in KS:
        ours[f"recall_{k}"] = metrics.recall(padded, counts, k)
        ours[f"ndcg_cut_{k}"] = metrics.ndcg(padded, counts, k)
        ours[f"success_{k}"] = metrics.hit_rate(padded, k)
    for name, values in ours.items():
        np.testing.assert_allclose(values, [theirs[str(q)][name] for q in range(150)], atol=1e-12, err_msg=name)
    assert set(ours["success_3"]) == {0.0, 1.0} and (padded == 0).any()


def test_nothing_ranked_is_zero_everywhere():
    ranks = metrics.pad([[0, 0], [0]])
    for values in (metrics.recall(ranks, [2, 1], 9), metrics.ndcg(ranks, [2, 1], 9), metrics.reciprocal_rank(ranks),
                   metrics.hit_rate(ranks, 9)):  # fmt: skip
        assert values.tolist() == [0, 0]


def test_what_makes_no_sense_is_refused():
    ranks = metrics.pad([[1]])
    with pytest.raises(ValueError, match="negative"):
        metrics.pad([[-1]])
    with pytest.raises(ValueError, match="no relevant"):
        metrics.recall(ranks, [0], 5)
    with pytest.raises(ValueError, match="k is 0"):
        metrics.ndcg(ranks, [1], 0)


def test_serendipity_needs_popularity_and_something_shown():
    assert np.isnan(metrics.serendipity(["a"], {"a"}, None))
    assert np.isnan(metrics.serendipity([], {"a"}, {"b"}))
    assert metrics.serendipity(["a", "b"], {"a", "b"}, {"a", "b"}) == 0


# --- intervals


def people(rng: np.random.Generator, persons: int, columns: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Values that share a person's own level, and whose they are; persons have 1 to 8 queries."""
    clusters = np.repeat(np.arange(persons), rng.integers(1, 9, persons))
    level = rng.normal(0, 1, (persons, columns))[clusters]
    return level + rng.normal(0, 1, (len(clusters), columns)), clusters


def test_intervals_equal_a_plain_loop():
    rng = np.random.default_rng(4)
    values, clusters = people(rng, 40, 3)
    values[rng.random(values.shape) < 0.2] = np.nan
    shuffled = rng.permutation(len(values))
    got = stats.intervals(values[shuffled], clusters[shuffled] * 7 - 3, seed=11, resamples=300)
    means = []
    for drawn in np.random.default_rng(11).integers(0, 40, (300, 40)):
        rows = np.concatenate([np.flatnonzero(clusters == c) for c in drawn])
        means.append(np.nanmean(values[rows], axis=0))
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    for column, interval in enumerate(got):
        here = values[~np.isnan(values[:, column]), column]
        expected = (here.mean(), low[column], high[column], len(here))
        np.testing.assert_allclose((interval.mean, interval.low, interval.high, interval.n), expected, rtol=1e-12)


def test_blocks_do_not_change_the_result(monkeypatch):
    values, clusters = people(np.random.default_rng(1), 50, 2)
    pairs = [(0, 1)]
    whole = stats.intervals(values, clusters), stats.differences(values, clusters, pairs, permutations=0)
    monkeypatch.setattr(stats, "_CELLS", 777)
    parts = stats.intervals(values, clusters), stats.differences(values, clusters, pairs, permutations=0)
    for one, other in zip(whole, parts):
        np.testing.assert_allclose([vars(x)["low"] for x in one], [vars(x)["low"] for x in other], rtol=1e-12)


def test_intervals_cover_where_queries_of_a_person_hang_together():
    """The true mean lies in about 95 % of intervals; with queries taken as independent, in far fewer."""
    rng = np.random.default_rng(0)
    clustered = independent = 0
    for trial in range(600):
        values, clusters = people(rng, 200)
        (ours,) = stats.intervals(values, clusters, seed=trial, resamples=400)
        (plain,) = stats.intervals(values, np.arange(len(values)), seed=trial, resamples=400)
        clustered += ours.low <= 0 <= ours.high
        independent += plain.low <= 0 <= plain.high
    assert 0.92 <= clustered / 600 <= 0.98
    assert independent / 600 < 0.85


def test_one_person_has_no_interval():
    (interval,) = stats.intervals(np.array([[0.0], [1.0]]), np.array([5, 5]))
    assert interval.mean == 0.5 and interval.n == 2 and np.isnan([interval.low, interval.high]).all()


def test_a_column_without_values_is_nan():
    empty, full = stats.intervals(np.array([[np.nan, 1.0], [np.nan, 2.0]]), np.array([0, 1]))
    assert np.isnan([empty.mean, empty.low, empty.high]).all() and empty.n == 0
    assert full.mean == 1.5


# --- tests


def test_p_of_all_sign_patterns_is_known():
    """Five people, all better by one: of 32 patterns two are as extreme."""
    values = np.column_stack([np.ones(10), np.zeros(10)])
    clusters = np.repeat(np.arange(5), 2)
    (got,) = stats.differences(values, clusters, [(0, 1)])
    assert got.p == 2 / 32
    assert (got.difference, got.mean_a, got.mean_b, got.low, got.high) == (1, 1, 0, 1, 1)
    assert np.isnan(got.relative)


def test_p_equals_a_plain_loop():
    rng = np.random.default_rng(3)
    values, clusters = people(rng, 9, 2)
    sums = np.array([(values[clusters == c, 0] - values[clusters == c, 1]).sum() for c in range(9)])
    extreme = sum(abs(np.dot(s, sums)) >= abs(sums.sum()) - 1e-9 for s in product((-1, 1), repeat=9))
    (got,) = stats.differences(values, clusters, [(0, 1)])
    assert got.p == extreme / 512


def test_drawn_patterns_come_near_to_all_of_them():
    values, clusters = people(np.random.default_rng(8), 12, 2)
    (exact,) = stats.differences(values, clusters, [(0, 1)], permutations=9999)
    (drawn,) = stats.differences(values, clusters, [(0, 1)], permutations=4000)
    assert exact.p * 4096 == round(exact.p * 4096) and drawn.p * 4001 == pytest.approx(round(drawn.p * 4001))
    assert drawn.p == pytest.approx(exact.p, abs=0.03)


def test_p_is_uniform_where_there_is_no_difference():
    """Under the null about 5 % lie below 0.05, although the queries of a person hang together."""
    rng = np.random.default_rng(5)
    p = [stats.differences(*people(rng, 40, 2), [(0, 1)], seed=t, resamples=1, permutations=399)[0].p
         for t in range(300)]  # fmt: skip
    assert 0.02 <= np.mean(np.array(p) <= 0.05) <= 0.09
    assert np.mean(p) == pytest.approx(0.5, abs=0.06)


def test_equal_columns_do_not_differ():
    column = np.random.default_rng(2).random(200)
    (got,) = stats.differences(np.column_stack([column, column]), np.arange(200) // 4, [(0, 1)])
    assert (got.difference, got.low, got.high, got.p) == (0, 0, 0, 1)
    for clusters in (np.arange(200), np.arange(200) // 40):
        (nothing,) = stats.differences(np.zeros((200, 2)), clusters, [(0, 1)])
        assert nothing.p == 1


def test_differences_refuse_what_is_not_paired():
    with pytest.raises(ValueError, match="every query"):
        stats.differences(np.array([[1.0, np.nan]]), np.array([0]), [(0, 1)])
    with pytest.raises(ValueError, match="one each"):
        stats.intervals(np.ones((3, 1)), np.arange(2))


def test_holm_never_turns_the_order_round():
    p = np.random.default_rng(6).random(30) ** 4
    adjusted = np.array(stats.holm(p))
    assert (adjusted >= p).all() and (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()
    assert adjusted.min() == pytest.approx(30 * p.min())
    assert stats.holm([]) == []
