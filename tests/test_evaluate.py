"""The harness on a small world of its own: what is read, what is in a pool, what a memory may know, what is resumed."""

import json
import random
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mrrec import cli
from mrrec.catalog import Item
from mrrec.evaluate import run as running
from mrrec.evaluate.data import Query, Task, read_queries, read_task, write_task
from mrrec.evaluate.naive import latest, summary
from mrrec.evaluate.run import Options, evaluate, prepared
from mrrec.evaluate.settings import PARTS, _catalog_of, parse
from mrrec.evaluate.study import HEADLINES, RUNS, study, write_results
from mrrec.memory.events import Event
from mrrec.settings import Settings

GENRES = ("comedy", "western", "horror", "romance")
DAY = 86400.0
BEGIN = 1_000_000_000.0  # in 2001


def world(people: int = 12, seed: int = 0) -> Task:
    """Films of four genres, people who like one each, and a request of everyone that their taste decides."""
    rng = random.Random(seed)
    items = [
        Item(f"f{n}", "film", f"{rng.choice(('Red', 'Blue', 'Late'))} {noun} {n}", 1990 + n % 14, (f"Maker {n % 9}",),
             genres=(GENRES[n % 4],), themes=(("friendship", "revenge")[n % 2],), description=f"A {noun}, a promise.")
        for n, noun in enumerate(rng.choices(("river", "train", "house", "letter"), k=80))
    ]  # fmt: skip
    events, queries = [], []
    for p in range(people):
        mine = [i for i in items if GENRES[p % 4] in i.genres and i.year <= 2000]
        others = [i for i in items if GENRES[p % 4] not in i.genres and i.year <= 2000]
        rng.shuffle(mine)
        liked, target = mine[:6], mine[6]
        events += [Event(f"p{p}", i.id, "rated", BEGIN + n * DAY, 5.0) for n, i in enumerate(liked)]
        events += [Event(f"p{p}", i.id, "rated", BEGIN + n * DAY, 1.0) for n, i in enumerate(rng.sample(others, 4))]
        events.append(Event(f"p{p}", target.id, "rated", BEGIN + 30 * DAY, 5.0))
        queries.append(
            Query(f"q{p}", "Recommend me a film about people", (target.id,), f"p{p}", as_of=BEGIN + 20 * DAY,
                  strata={"half": "dev" if p % 2 else "test"})
        )  # fmt: skip
    return Task(items, events, queries)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("world")
    write_task(world(), out)
    return out


def options(folder, out, *settings, **more) -> Options:
    return Options(
        folder / "items.jsonl",
        folder / "queries.jsonl",
        out,
        settings,
        folder / "events.jsonl",
        ks=(5, 10),
        jobs=1,
        **more,
    )


@pytest.fixture(scope="module")
def bench(folder, tmp_path_factory):
    return prepared(options(folder, tmp_path_factory.mktemp("bench")), Settings())


def test_task_is_read_as_it_was_written(folder):
    task, again = world(), read_task(folder / "items.jsonl", folder / "events.jsonl", folder / "queries.jsonl")
    assert (task.items, task.events, task.queries) == (again.items, again.events, again.queries)


@pytest.mark.parametrize(
    "line, told",
    [
        ('{"query_id": "a", "query": " ", "relevant": ["f1"]}', "line 1: query is empty"),
        ('{"query_id": "a", "query": "x", "relevant": []}', "relevant is empty"),
        ('{"query_id": "a", "query": "x", "relevant": ["f1", "nope"]}', "'nope', which is no item_id"),
        ('{"query_id": "a", "query": "x", "relevant": ["f1"], "candidates": ["f2"]}', "not among the candidates"),
        ('{"query_id": "a", "query": "x", "relevant": ["f1"], "as_of": "soon"}', "as_of is 'soon'"),
        ('{"query_id": "a", "query": "x", "relevant": ["f1"], "asof": 3}', "asof is no field"),
        ('{"query": "x", "relevant": ["f1"]}', "query_id is missing"),
        ("nothing", "line 1: not JSON"),
        ("[]", "not an object"),
    ],
)
def test_wrong_queries_are_told_by_line(tmp_path, line, told):
    path = tmp_path / "queries.jsonl"
    path.write_text(line)
    with pytest.raises(ValueError, match=told.replace("[", r"\[")):
        read_queries(path, ["f1", "f2"])


def test_query_id_twice(tmp_path):
    path = tmp_path / "queries.jsonl"
    path.write_text('{"query_id": "a", "query": "x", "relevant": ["f1"]}\n' * 2)
    with pytest.raises(ValueError, match=r"line 2: the query_id 'a' is there twice"):
        read_queries(path, ["f1"])


def test_settings_by_name():
    assert parse("mrrec").thinks and parse("static+model").thinks and not parse("mrrec:-reasoning").thinks
    assert {p for part in PARTS for p in parse(f"mrrec:-{part}").without} == set(PARTS)
    for wrong in ("mrrec:-all", "mrrec-local", "bm25:-local", "svd", "mrrec:local", "bm25+model"):
        with pytest.raises(ValueError, match="there is no setting"):
            parse(wrong)


def test_a_naive_memory_is_the_same_whatever_is_asked(bench):
    scored, queries = bench
    query = max(queries, key=lambda q: len(scored.people.memory(q)))
    whole = scored.people.memory(query)
    for choose, tiers in ((latest, {"record"}), (summary, {"pattern", "profile"})):
        naive = scored.people.given(query, choose)
        assert naive.entries() == choose(whole) != whole.entries()
        assert {e.tier for e in naive.entries()} <= tiers and naive.entries()
        one, other = ([r.entry for r in naive.recall([aspect], k=1)] for aspect in ("slow films", "who they hate"))
        assert one == other == naive.entries()
        assert naive.met() == whole.met(), "what was seen stays out of what is recommended"
    assert [e.when for e in latest(whole)] == sorted((e.when for e in latest(whole)), reverse=True)


def test_memory_holds_only_what_was_before(bench):
    scored, queries = bench
    task = world()
    assert queries
    for query in queries:
        memory = scored.people.memory(query)
        held = {e.item_id for e in memory.entries("record")}
        assert held == {e.item_id for e in task.events if e.person == query.user and e.when < query.as_of}
        assert not held & set(query.relevant)


def test_crowd_knows_only_what_was_before(bench):
    scored, _ = bench
    late, early = scored.people.crowd(BEGIN + 31 * DAY), scored.people.crowd(BEGIN + 20 * DAY)

    assert late.met.sum() - early.met.sum() == len(world().queries)
    assert not scored.people.crowd(BEGIN).met.any()


@pytest.mark.parametrize(
    "setting", ["bm25", "dense", "popularity", "cf", "recent", "static", "fields", "mrrec:-reasoning"]
)
def test_pool_is_of_the_time_and_unmet(bench, setting):
    scored, queries = bench
    for query in queries[:3]:
        scores = scored.score(query, parse(setting)).scores
        pool = {i.id for i, s in zip(scored.catalog.items, scores) if np.isfinite(s)}
        met = {e.item_id for e in scored.people.memory(query).met()}
        assert pool == {i.id for i in scored.catalog.items if i.year <= 2001} - met


def test_candidates_are_the_pool(bench):
    scored, queries = bench
    query = replace(queries[0], candidates=(*queries[0].relevant, "f1", "f2"))
    for setting in ("hybrid", "mrrec:-reasoning"):
        found = scored.score(query, parse(setting)).scores
        assert {i.id for i, s in zip(scored.catalog.items, found) if np.isfinite(s)} <= set(query.candidates)


def test_memory_finds_what_the_request_does_not_tell(folder, tmp_path):
    told = options(folder, tmp_path, "fields", "mrrec:-reasoning-popularity-cf")
    evaluate(told, Settings())
    frame = pd.read_parquet(tmp_path / "ranks.parquet")
    rank = frame.assign(rank=frame.ranks.str[0]).pivot(index="query_id", columns="setting", values="rank")
    assert rank["mrrec:-reasoning-popularity-cf"].mean() < 0.8 * rank["fields"].mean()


def test_same_seed_same_numbers_and_resumed(folder, tmp_path, monkeypatch):
    whole, broken = (options(folder, tmp_path / n, "hybrid", "mrrec:-reasoning") for n in ("whole", "broken"))
    monkeypatch.setattr(running, "CHUNK", 4)
    evaluate(whole, Settings())
    work, calls = running._work_on, []

    def fails_later(*args):
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(args)
        work(*args)

    monkeypatch.setattr(running, "_work_on", fails_later)
    with pytest.raises(KeyboardInterrupt):
        evaluate(broken, Settings())
    done = set((tmp_path / "broken").rglob("*.parquet"))
    times = {p: p.stat().st_mtime_ns for p in done}
    monkeypatch.setattr(running, "_work_on", work)
    evaluate(broken, Settings())
    assert done and all(p.stat().st_mtime_ns == t for p, t in times.items())
    one, other = (pd.read_parquet(o.out / "ranks.parquet") for o in (whole, broken))
    same = [c for c in one.columns if not c.startswith("seconds_")]
    pd.testing.assert_frame_equal(one[same], other[same])


def test_processes_agree_with_one(folder, tmp_path):
    one, two = options(folder, tmp_path / "1", "hybrid"), options(folder, tmp_path / "2", "hybrid")
    evaluate(one, Settings())
    running.CHUNK, before = 4, running.CHUNK
    try:
        evaluate(replace(two, jobs=2), Settings())
    finally:
        running.CHUNK = before
    ranks = [pd.read_parquet(o.out / "ranks.parquet").set_index("query_id").ranks.map(list) for o in (one, two)]
    assert ranks[0].to_dict() == ranks[1].to_dict()


def test_other_inputs_are_not_taken_for_these(folder, tmp_path):
    first = options(folder, tmp_path, "bm25")
    evaluate(first, Settings())
    (before,) = (tmp_path / "work").iterdir()
    evaluate(replace(first, seed=1), Settings())
    (after,) = (tmp_path / "work").iterdir()
    assert before != after


def test_only_keeps_a_half(folder, tmp_path):
    evaluate(options(folder, tmp_path, "bm25", only=(("half", "test"),)), Settings())
    frame = pd.read_parquet(tmp_path / "ranks.parquet")
    assert len(frame) == 6 and {json.loads(s)["half"] for s in frame.strata} == {"test"}
    with pytest.raises(ValueError, match="half=dev"):
        evaluate(options(folder, tmp_path, "bm25", only=(("half", "tset"),)), Settings())


def test_command(folder, tmp_path, capsys):
    files = [
        "--items",
        folder / "items.jsonl",
        "--events",
        folder / "events.jsonl",
        "--queries",
        folder / "queries.jsonl",
    ]
    command = ["evaluate", *map(str, files), "--settings", "popularity,hybrid", "--k", "5", "--jobs", "1"]
    assert cli.main([*command, "--out", str(tmp_path)]) == 0
    assert {p.name for p in tmp_path.iterdir()} >= {"report.md", "report.html", "results.json", "ranks.parquet"}
    assert cli.main([*command, "--k", "0", "--out", str(tmp_path)]) == 1
    assert "a cut-off is at least 1" in capsys.readouterr().err
    assert cli.main([*command, "--settings", "magic", "--out", str(tmp_path)]) == 1
    assert "there is no setting 'magic'" in capsys.readouterr().err


def test_results_page_is_of_what_was_run(folder, tmp_path):
    evaluate(options(folder, tmp_path / "said", "hybrid", "recent", "static", "fields", "mrrec:-reasoning"), Settings())
    found = write_results(tmp_path, tmp_path / "docs")
    page = (tmp_path / "docs" / "results.md").read_text()
    assert [h["run"] for h in found["headlines"]] == ["said"] * 3
    for head in found["headlines"]:
        assert f"{head['value']:.4f} `mrrec:-reasoning`" in page and f"{head['gain']:+.1%}" in page
        assert head["gain"] == pytest.approx(head["value"] / head["against"] - 1, abs=1e-6)
    assert json.loads((tmp_path / "docs" / "results.json").read_text())["runs"]["said"]["queries"] == 12
    with pytest.raises(ValueError, match="no run has left results"):
        write_results(tmp_path / "nothing", tmp_path)


def test_a_run_anew_leaves_the_others_on_the_page(folder, tmp_path):
    docs = tmp_path / "docs"
    for name, settings in (("said", ["hybrid", "recent", "static", "mrrec:-reasoning"]), ("films-vague", ["fields"])):
        evaluate(options(folder, tmp_path / name / name, *settings), Settings())
        found = write_results(tmp_path / name, docs)
    assert list(found["runs"]) == ["films-vague", "said"] and found["headlines"][0]["run"] == "said"
    page = (docs / "results.md").read_text()
    assert page.index("films, vague") < page.index("\n## What was said\n") and "| 4 mrrec:-reasoning |" in page


def test_study_names_its_runs(tmp_path):
    with pytest.raises(ValueError, match="there is no run 'film'; there are films"):
        study(tmp_path, tmp_path, None, Settings(), ["film"])
    assert {h.run for h in HEADLINES} <= {r.name for r in RUNS}
    for run in RUNS:
        assert {h.better for h in HEADLINES if h.run == run.name} <= set(run.settings)
        assert {w for h in HEADLINES if h.run == run.name for w in h.worse} <= set(run.settings)


def test_linking_can_be_left_out(catalog):
    bench = SimpleNamespace(catalog=catalog)
    assert parse("mrrec:-reasoning-linking").without == {"reasoning", "linking"}
    with _catalog_of(bench, frozenset({"linking"})):
        assert catalog.meant(["a film in no hurry"]) == [{}]
    assert "slow" in catalog.meant(["a film in no hurry"])[0]
