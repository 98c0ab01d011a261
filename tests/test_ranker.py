"""Weighing: contributions add up, weights for whatever there is, and the crowd's numbers against `implicit`."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array, csr_matrix

from mrrec.agent import ranker
from mrrec.agent.rank import Rule, Taste, Wanted, rank
from mrrec.agent.signals import signals
from mrrec.catalog.crowd import SHRINK, Crowd
from mrrec.memory.entry import Entry
from mrrec.memory.personas import event_record

LOVES_HORROR = Entry("p-1", "pattern", "said", "Likes horror", terms=("horror",), value=0.95, strength=1.0)


@pytest.fixture(scope="module")
def catalog(assistant):
    return assistant.catalog


def wanted(catalog, text="a quiet film about grief") -> Wanted:
    return Wanted(text, catalog.vectors[0], limit=10)


def taste(catalog, n=6) -> Taste:
    films = [i for i in catalog.items if i.kind == "film"]
    liked = [event_record("liked", i, when=1.7e9 + n) for n, i in enumerate(films[:n])]
    return Taste(records=(*liked, event_record("disliked", films[n], when=1.7e9)))


@pytest.fixture
def crowd(catalog):
    rng = np.random.default_rng(0)
    liked = csr_array((rng.random((40, len(catalog))) < 0.05).astype(np.float32))
    catalog.crowd = Crowd(liked, np.asarray(liked.sum(axis=0)))
    yield catalog.crowd
    catalog.crowd = None


def test_parts_add_up_to_the_score(catalog, crowd):
    ranked = rank(wanted(catalog), taste(catalog), catalog)
    assert len(ranked.chosen) == 10
    for candidate in ranked.chosen:
        assert sum(candidate.parts.values()) == pytest.approx(candidate.score, abs=1e-3)
        assert {"request", "taste", "neighbours", "popularity", "crowd"} <= set(candidate.parts)


@pytest.mark.parametrize(
    "memory, popularity, likeness, name",
    [
        (False, False, False, "request"),
        (True, False, False, "memory"),
        (False, True, False, "popularity"),
        (True, True, False, "memory+popularity"),
        (True, False, True, "memory+crowd"),
        (True, True, True, "memory+popularity+crowd"),
    ],
)
def test_weights_are_of_what_there_is(catalog, crowd, memory, popularity, likeness, name):
    catalog.crowd = crowd.without(not popularity, not likeness)
    found = signals(wanted(catalog), taste(catalog) if memory else Taste(), catalog, np.arange(len(catalog)))
    assert ranker.available(found) == name
    assert name in ranker.weights()


def test_records_without_statistics_or_likeness_are_no_memory(catalog):
    quiet = replace(taste(catalog), statistics=False, likeness=False)
    found = signals(wanted(catalog), quiet, catalog, np.arange(len(catalog)))
    assert ranker.available(found) == "request"


def test_a_verdict_moves_how_much_a_memory_weighs(catalog):
    horror = np.array([n for n, i in enumerate(catalog.items) if i.kind == "film" and "horror" in i.genres])

    def held(**verdict) -> float:
        taste = Taste(patterns=(LOVES_HORROR,), **verdict)
        return float(signals(wanted(catalog), taste, catalog, horror).values["stated"].min())

    mine = frozenset({LOVES_HORROR.id})
    assert held(named=mine) > held() > held(passed_over=mine) > 0


def test_signals_are_bounded(catalog, crowd):
    found = signals(wanted(catalog), taste(catalog), catalog, np.arange(len(catalog)))
    for name, values in found.values.items():
        assert values.shape == (len(catalog),) and np.isfinite(values).all(), name
        assert np.abs(values).mean() <= 1, name


def test_lift_prefers_what_was_liked(catalog):
    films = [i for i in catalog.items if i.kind == "film"]
    westerns = [i for i in films if "western" in i.genres]
    liked = Taste(records=tuple(event_record("liked", i, when=1.7e9) for i in westerns[:5]))
    pool = np.array([catalog.position[i.id] for i in films])
    lift = signals(wanted(catalog), liked, catalog, pool).values["lift of genres"]
    is_western = np.array(["western" in i.genres for i in films])
    assert lift[is_western].min() > np.median(lift[~is_western])


def test_a_pool_of_one(catalog):
    only = catalog.items[5]
    ranked = rank(replace(wanted(catalog), rules=(Rule("one", lambda i: i.id == only.id),)), taste(catalog), catalog)
    assert [c.item.id for c in ranked.chosen] == [only.id]


def test_likeness_is_the_shrunk_cosine():
    liked = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]], np.float32)
    crowd = Crowd(csr_array(liked), liked.sum(axis=0))
    both, norms = liked.T @ liked, np.sqrt(np.outer(liked.sum(0), liked.sum(0)))
    cosine = np.divide(both, norms, out=np.zeros_like(both), where=norms > 0)
    expected = (cosine * both / (both + SHRINK))[:, 0]
    assert crowd.likeness([0])[1:] == pytest.approx(expected[1:])
    assert crowd.likeness([0])[0] == 0 and not crowd.likeness([]).any()


def test_likeness_orders_as_implicit_without_shrinking(monkeypatch):
    from implicit.nearest_neighbours import CosineRecommender

    monkeypatch.setattr("mrrec.catalog.crowd.SHRINK", 1e-9)
    rng = np.random.default_rng(3)
    liked = (rng.random((60, 30)) < 0.2).astype(np.float32)
    model = CosineRecommender(K=31, num_threads=1)
    model.fit(csr_matrix(liked), show_progress=False)
    mine = [2, 5, 11]
    row = np.zeros((1, 30), np.float32)
    row[0, mine] = 1
    ids, scores = model.recommend(0, csr_matrix(row), N=30, filter_already_liked_items=True)
    ours = Crowd(csr_array(liked), liked.sum(axis=0)).likeness(mine)
    there = [i for i in ids if i >= 0 and i not in mine]
    theirs = dict(zip(ids.tolist(), scores.tolist()))
    assert len(there) > 20
    assert [float(ours[i]) for i in there] == pytest.approx([theirs[i] for i in there], rel=1e-3)


def test_crowd_of_histories():
    crowd = Crowd.of([{"a": 1.0, "b": -1.0}, {"a": 0.5, "x": 1.0}], {"a": 0, "b": 1}, 0.2)
    assert crowd.met.tolist() == [2, 1] and crowd.likes.tolist() == [2, 0] and len(crowd) == 2


def test_no_taste_outweighs_a_wish(catalog):
    """Somebody who loves one genre, asking for something else, gets what they ask for."""
    films = [i for i in catalog.items if i.kind == "film"]
    loved = [i for i in films if "horror" in i.genres]
    mine = Taste(patterns=(LOVES_HORROR,), records=tuple(event_record("liked", i, when=1.7e9) for i in loved[:20]))
    only = Rule("films", lambda i: i.kind == "film")
    for wish in ("heist", "friendship", "funny"):
        asked = replace(wanted(catalog, f"a {wish} film"), wishes=(wish,), rules=(only,), limit=5)
        shown = rank(asked, mine, catalog).chosen
        assert all(wish in (*c.item.genres, *c.item.themes) for c in shown), [c.item.label for c in shown]


@pytest.mark.parametrize("popularity", [True, False])
def test_what_is_learned_is_what_is_served(catalog, crowd, popularity):
    """The trainer's score of a model is the sum of the contributions by the same weights, under the same bounds."""
    from train.ranker import NAMES, PARTS, Model, columns, table

    catalog.crowd = crowd.without(not popularity, False)
    pool = np.arange(len(catalog))
    asked = replace(wanted(catalog), wishes=("heist", "crime"))
    found = signals(asked, replace(taste(catalog), patterns=(LOVES_HORROR,)), catalog, pool)
    learned = ranker.weights()[name := ranker.available(found)]
    use = columns(tuple(p for p in PARTS if p in name.split("+")))
    slopes, bends = zip(*((learned[NAMES[n]].slope, learned[NAMES[n]].bends) for n in use))
    model = Model(use, torch.tensor(slopes), torch.tensor(bends))
    x = torch.tensor(table(found, len(pool))[:, use]).float()[None]
    gate, sure = ranker.gates(found, asked), [ranker.trust(n, found) for n in NAMES]
    known = (torch.tensor(np.array(v), dtype=torch.float32)[None] for v in (gate, sure, 2.0))
    served = sum(ranker.contributions(found, asked).values())
    assert model.score(x, *known)[0].numpy() == pytest.approx(served, abs=5e-3)


def test_few_likes_say_little(catalog, crowd):
    """What records suggest moves the ranking the less, the fewer they are."""

    def moved(n: int) -> float:
        mine = replace(taste(catalog, n), records=taste(catalog, n).records[:n])
        parts = ranker.contributions(signals(wanted(catalog), mine, catalog, np.arange(len(catalog))), wanted(catalog))
        return float(np.std(parts["taste"] + parts["neighbours"]))

    assert moved(1) < 0.5 * moved(30)


def test_novelty_is_of_those_who_seek_more_than_usual(catalog):
    def novelty(**how) -> float:
        asked = replace(wanted(catalog), **how)
        found = signals(asked, taste(catalog), catalog, np.arange(len(catalog)))
        return float(np.std(ranker.contributions(found, asked)["novelty"]))

    assert novelty() == 0 < novelty(adventurous=0.6) < novelty(adventurous=1.0)
    assert novelty(surprise=True) > 0
