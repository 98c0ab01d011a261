"""The report: its numbers are those of the ranks, subsets are compared fairly, and the same input gives same bytes."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from mrrec.evaluate import metrics, stats, tables
from mrrec.evaluate.report import summarise, write_report
from mrrec.evaluate.study import Headline, headlines

COMMAND = "python -m mrrec evaluate --items items.jsonl --out report"
NAMES = ("random", "popularity", "bm25", "hybrid", "memory <b>|", "agent")


def make(
    settings=NAMES, queries=90, people=20, seed=0, relevant=3, pool=400, subset=(), stratum=lambda q: {}
) -> pd.DataFrame:
    """Plausible ranks: each setting finds more than the one before; every tenth query is nobody's."""
    rng = np.random.default_rng(seed)
    hard = rng.gamma(1.2, 80, queries)
    rows = []
    for better, name in enumerate(settings):
        for q in range(queries):
            if name in subset and q % 3:
                continue
            wanted = [f"r{q}-{i}" for i in range(1 + q % relevant)]
            places = 1 + (hard[q] * rng.gamma(1, 1, len(wanted)) / (1 + better)).astype(int) + np.arange(len(wanted))
            places = np.cumsum(np.maximum(np.diff(np.sort(places), prepend=0), 1))
            places = np.where(places > pool, 0, places)
            top = [f"i{(q * 7 + better * 3 + i) % 300}" for i in range(10)]
            for item, place in zip(wanted, places):
                if 0 < place <= 10:
                    top[place - 1] = item
            rows.append({
                "setting": name, "query_id": f"q{q:03}", "user_id": "" if q % 10 == 9 else f"u{q % people}",
                "relevant": wanted, "ranks": places.tolist(), "pool": pool, "top": top,
                "diversity": rng.normal(0.6, 0.1), "novelty": rng.normal(5, 1) if better else np.nan,
                "popularity": rng.normal(90 - 9 * better, 9), "memory_tokens": int(rng.integers(0, 99)),
                "said": None if q % 4 else bool(rng.random() < 0.5), "seconds_rank": rng.gamma(2, 0.01),
                "seconds_recall": rng.gamma(2, 0.01) if better > 3 else np.nan,
                "strata": json.dumps({
                    "half": "dev" if q % 5 == 0 else "test", "kind": ("film", "book")[q % 2], **stratum(q)
                }),
            })  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return make()


@pytest.fixture(scope="module")
def results(frame) -> dict:
    return summarise(frame, [5, 20])


def of(frame: pd.DataFrame, setting: str) -> pd.DataFrame:
    return frame[frame["setting"] == setting].sort_values("query_id").reset_index(drop=True)


def ndcg(frame: pd.DataFrame, setting: str) -> np.ndarray:
    rows = of(frame, setting)
    return metrics.ndcg(metrics.pad(rows["ranks"].tolist()), rows["ranks"].map(len).to_numpy(), 20)


def owners(frame: pd.DataFrame) -> np.ndarray:
    """Whose each query is: first every query of nobody, then the people, in the order of their names."""
    rows = of(frame, NAMES[0])
    keys = [("1", user) if user else ("0", query) for user, query in zip(rows["user_id"], rows["query_id"])]
    return np.array([sorted(set(keys)).index(key) for key in keys])


def test_means_are_those_of_the_ranks(frame, results):
    for name in NAMES:
        rows = of(frame, name)
        ranks, counts = metrics.pad(rows["ranks"].tolist()), rows["ranks"].map(len).to_numpy()
        expected = {
            "recall@5": metrics.recall(ranks, counts, 5), "ndcg@20": metrics.ndcg(ranks, counts, 20),
            "ndcg@10": metrics.ndcg(ranks, counts, 10), "mrr": metrics.reciprocal_rank(ranks),
            "hit@20": metrics.hit_rate(ranks, 20), "diversity": rows["diversity"],
        }  # fmt: skip
        for metric, values in expected.items():
            got = results["settings"][name]["metrics"][metric]
            assert got["mean"] == pytest.approx(np.mean(values), abs=1e-6), (name, metric)
            assert got["low"] < got["mean"] < got["high"] and got["n"] == 90


def test_counts_of_queries_and_people(results):
    assert (results["queries"], results["people"], results["anonymous"]) == (90, 18, 9)
    assert not results["one_relevant_each"] and results["ks"] == [5, 20]
    assert list(results["settings"]) == list(NAMES)


def test_what_is_missing_is_left_out_of_the_mean(frame, results):
    said = of(frame, "bm25")["said"]
    got = results["settings"]["bm25"]["metrics"]["said"]
    assert got["n"] == said.notna().sum() == 23
    assert got["mean"] == pytest.approx(said.dropna().astype(float).mean(), abs=1e-6)
    assert results["settings"]["random"]["metrics"]["novelty"] == {"mean": None, "low": None, "high": None, "n": 0}


def test_times_tokens_and_coverage(frame, results):
    rows, got = of(frame, "agent"), results["settings"]["agent"]
    expected = dict(zip(("p50", "p95"), np.percentile(rows["seconds_recall"], [50, 95]).round(6))) | {"n": 90}
    assert got["seconds"]["recall"] == pytest.approx(expected)
    assert results["settings"]["bm25"]["seconds"]["recall"]["n"] == 0
    assert got["memory_tokens"]["most"] == rows["memory_tokens"].max()
    assert got["shown"] == len({i for top in rows["top"] for i in top}) and got["coverage"] is None
    assert summarise(frame, [5], items=1000)["settings"]["agent"]["coverage"] == got["shown"] / 1000


def test_serendipity_leaves_out_what_popularity_shows(frame, results):
    popular, rows = of(frame, "popularity")["top"], of(frame, "agent")
    shares = [
        len((set(t) & set(r)) - set(p)) / 10 for t, r, p in zip(rows["top"], rows["relevant"], popular)
    ]  # fmt: skip
    assert results["settings"]["agent"]["metrics"]["serendipity"]["mean"] == pytest.approx(np.mean(shares), abs=1e-6)
    assert results["settings"]["popularity"]["metrics"]["serendipity"]["mean"] == 0
    without = summarise(frame[frame["setting"] != "popularity"], [5])
    assert without["settings"]["agent"]["metrics"]["serendipity"]["n"] == 0


def test_curve_is_recall_at_every_depth(frame, results):
    rows = of(frame, "hybrid")
    ranks, counts = metrics.pad(rows["ranks"].tolist()), rows["ranks"].map(len).to_numpy()
    for depth, share in zip(results["curve"]["depths"], results["curve"]["settings"]["hybrid"]):
        assert share == pytest.approx(metrics.recall(ranks, counts, depth).mean(), abs=1e-6)


def test_differences_are_paired_and_adjusted(frame, results):
    assert set(results["differences"]) == {"ndcg@20", "ndcg@10", "recall@20", "recall@10"}
    rows = results["differences"]["ndcg@20"]
    assert [(d["a"], d["b"]) for d in rows[:3]] == [(NAMES[1], NAMES[0]), (NAMES[2], NAMES[0]), (NAMES[2], NAMES[1])]
    assert len(rows) == 15
    assert [d["p_holm"] for d in rows] == pytest.approx(stats.holm([d["p"] for d in rows]), abs=1e-4)
    values = [ndcg(frame, name) for name in ("agent", "random")]
    (expected,) = stats.differences(np.column_stack(values), owners(frame), [(0, 1)])
    (got,) = (d for d in rows if (d["a"], d["b"]) == ("agent", "random"))
    for key, value in vars(expected).items():
        assert got[key] == pytest.approx(value, abs=1e-6), key
    assert got["p"] < 0.01 and got["queries"] == 90


def test_intervals_are_clustered_by_person_and_nobody_is_many(frame, results):
    (expected,) = stats.intervals(ndcg(frame, "hybrid")[:, None], owners(frame))
    assert results["settings"]["hybrid"]["metrics"]["ndcg@20"] == pytest.approx(vars(expected), abs=1e-6)
    assert len(set(owners(frame))) == 18 + 9


def test_strata_split_the_queries(frame, results):
    assert list(results["strata"]) == ["half", "kind"]
    films = results["strata"]["kind"]["film"]
    assert (films["queries"], films["people"], results["strata"]["half"]["test"]["queries"]) == (45, 10, 72)
    kept = summarise(frame, [5, 20], only={"kind": "film"})
    assert kept["queries"] == 45 and list(kept["strata"]) == ["half"]
    for name in NAMES:
        assert films["settings"][name]["ndcg@20"] == kept["settings"][name]["metrics"]["ndcg@20"]


def test_a_stratum_like_an_id_is_left_out_and_values_sort_as_numbers():
    got = summarise(
        make(NAMES[:2], stratum=lambda q: {"id": f"x{q}", "likes": ["2-9", "10+", "0-1"][q % 3]}), [5]
    )  # fmt: skip
    assert got["strata_left_out"] == ["id"] and "id" not in got["strata"]
    assert list(got["strata"]["likes"]) == ["0-1", "2-9", "10+"]


def test_subsets_are_compared_on_common_queries_only():
    frame = make(subset={"agent"})
    got = summarise(frame, [5, 20])
    assert [n for n, s in got["settings"].items() if not s["complete"]] == ["agent"]
    (common,) = got["common"]
    assert common["queries"] == 30 and list(common["settings"])
    there = frame[frame["query_id"].isin(of(frame, "agent")["query_id"])]
    alone = summarise(there, [5, 20])
    for name in NAMES:
        assert common["settings"][name]["metrics"]["mrr"] == alone["settings"][name]["metrics"]["mrr"]
        for other, same in zip(got["differences"]["ndcg@20"], alone["differences"]["ndcg@20"]):
            assert other["queries"] == (30 if other["a"] == "agent" else 90)
            if other["a"] == "agent":
                assert {**other, "p_holm": 0} == {**same, "p_holm": 0}
    table = tables.accuracy(got, got["settings"], "Accuracy", "")
    assert "agent: 30" in table.caption and table.rows[-1][0].text == "6 agent†"
    assert not any(cell.bold for cell in table.rows[-1]) and any(cell.bold for cell in table.rows[-2])
    assert any(c.bold for c in tables.accuracy(got, common["settings"], "Common", "").rows[-1])


def test_settings_without_common_queries_are_not_compared():
    frame = make(NAMES[:2])
    odd = frame["query_id"].str[-1].astype(int) % 2 == 1
    got = summarise(frame[odd == (frame["setting"] == "random")], [5])
    assert got["differences"]["ndcg@5"] == [] and got["common"] == []
    assert all(tables.to_html(t) for t in tables.all_tables(got))


def test_order_of_rows_does_not_matter(frame, results):
    shuffled = frame.sample(frac=1, random_state=3)
    shuffled["setting"] = pd.Categorical(shuffled["setting"], NAMES)
    shuffled = shuffled.sort_values("setting", kind="stable")
    assert summarise(shuffled.astype({"setting": str}), [20, 5]) == results
    assert summarise(frame, [5, 20], seed=1) != results


def test_the_frame_survives_parquet(frame, results, tmp_path):
    frame.to_parquet(tmp_path / "ranks.parquet")
    assert summarise(pd.read_parquet(tmp_path / "ranks.parquet"), [5, 20]) == results


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="top"), "no column top"),
        (lambda f: pd.concat([f, f.tail(1)]), "twice"),
        (lambda f: f.assign(pool=3), "in a pool of 3"),
        (lambda f: f.assign(ranks=[r[:-1] for r in f["ranks"]]), "relevant items, but"),
        (lambda f: f.assign(user_id=[*f["user_id"][:-1], "other"]), "not those of another setting"),
        (lambda f: f.assign(top=[["x"] * 10] * len(f)), "top shows 'x'"),
        (lambda f: f.head(0), "no query is left"),
    ],
)
def test_a_frame_that_contradicts_itself_is_refused(frame, change, message):
    with pytest.raises(ValueError, match=message):
        summarise(change(frame), [5])
    with pytest.raises(ValueError, match="no query is left with"):
        summarise(frame, [5], only={"half": "neither"})
    with pytest.raises(ValueError, match="cut-offs"):
        summarise(frame, [0])


# --- tables and files


def test_best_is_bold_and_what_it_beats_is_told(results):
    table = tables.accuracy(results, results["settings"], "Accuracy", "")
    column = table.head.index("nDCG@20")
    means = [s["metrics"]["ndcg@20"]["mean"] for s in results["settings"].values()]
    assert [row[column].bold for row in table.rows] == [f"{m:.3f}" == f"{max(means):.3f}" for m in means]
    assert table.rows[0][-1].text == "" and table.rows[-1][-1].text.startswith("1")
    matrix = tables.matrix(results, "ndcg@20")
    got = {(d["a"], d["b"]): d for d in results["differences"]["ndcg@20"]}
    for (a, b), d in got.items():
        cell, mirror = (matrix.rows[NAMES.index(x)][NAMES.index(y) + 1] for x, y in ((a, b), (b, a)))
        assert cell.text.endswith("*") == mirror.text.endswith("*") == (d["p_holm"] < 0.05)
        assert cell.text.strip("+−*") == mirror.text.strip("+−*")


def test_the_worse_of_a_pair_beats_nothing_whichever_comes_first(frame):
    turned = summarise(frame[frame["setting"].isin(["random", "agent"])].iloc[::-1], [20])
    assert list(turned["settings"]) == ["agent", "random"] and turned["differences"]["ndcg@20"][0]["difference"] < 0
    assert [tables.beaten(turned, name, "ndcg@20") for name in ("agent", "random")] == ["2", ""]


def test_hit_rate_is_left_out_where_it_is_recall():
    got = summarise(make(NAMES[:2], relevant=1), [5])
    assert "Hit@5" not in (table := tables.accuracy(got, got["settings"], "Accuracy", "")).head
    assert "hit rate and recall are the same" in table.caption


class Page(HTMLParser):
    """Collects ids, addresses and whether every element is closed."""

    VOID = frozenset({"meta", "br", "hr", "img"})

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.tags = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [v for k, v in attrs if k == "id"]
        self.links += [v for k, v in attrs if k in ("href", "src", "xlink:href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    pytest.importorskip("matplotlib", reason="pip install -r requirements-evaluate.txt")
    out = tmp_path_factory.mktemp("report") / "new"
    about = {"title": "Films & books", "source": "made up", "items": 5000, "made": {"people": 20}}
    write_report(make(subset={"agent"}), out, [5, 20], about, COMMAND, only={"half": "test"})
    return out


def test_same_input_same_bytes(written, tmp_path):
    about = {"title": "Films & books", "source": "made up", "items": 5000, "made": {"people": 20}}
    write_report(make(subset={"agent"}), tmp_path, [5, 20], about, COMMAND, only={"half": "test"})
    assert sorted(p.name for p in written.iterdir()) == ["report.html", "report.md", "results.json"]
    for path in written.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name
        assert not re.search(r"\b20[2-9]\d-\d\d-\d\d", path.read_text("utf-8"))


def test_results_are_what_summarise_says(written):
    got = json.loads((written / "results.json").read_text("utf-8"))
    assert got["command"] == COMMAND and got["about"]["source"] == "made up" and got["only"] == {"half": "test"}
    plain = summarise(make(subset={"agent"}), [5, 20], only={"half": "test"}, items=5000)
    assert {k: got[k] for k in plain} == plain


def test_page_stands_alone_and_follows_light_and_dark(written):
    text = (written / "report.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    assert page.open == [] and len(page.ids) == len(set(page.ids))
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert not re.search(r"url\((?!#)|@import|<script", text)
    assert page.tags.count("svg") == page.tags.count("figure") >= 5
    used, defined = set(re.findall(r"var\(--(\w+)\)", text)), set(re.findall(r"--(\w+): #", text))
    assert used <= defined and {"ink", "line", "s1"} <= used
    assert "prefers-color-scheme: dark" in text
    svg = "".join(re.findall(r"<svg.*?</svg>", text, re.DOTALL))
    assert not re.search(r"(fill|stroke): #", svg), "a colour that does not follow the page"
    assert "Films &amp; books" in text and "memory &lt;b&gt;|" in text and "memory <b>" not in text


def test_markdown_tables_are_whole(written):
    text = (written / "report.md").read_text("utf-8")
    assert text.startswith("# Films & books\n") and COMMAND in text and "only half = test" in text
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1 and len(block.splitlines()) == 2 + len(NAMES)
    assert "## Accuracy" in text and "## By kind" in text and "## Seconds" in text


def test_without_matplotlib_the_numbers_are_written_and_the_error_helps(tmp_path):
    make(NAMES[:2], queries=20).to_parquet(tmp_path / "ranks.parquet")
    code = (
        "import sys, pathlib, pandas; sys.modules['matplotlib'] = None\n"
        "from mrrec.evaluate.report import write_report\n"
        "out = pathlib.Path(sys.argv[1])\n"
        "write_report(pandas.read_parquet(out / 'ranks.parquet'), out, [5], {}, 'x')"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert "pip install -r requirements-evaluate.txt" in ran.stderr and ran.returncode == 1
    assert (tmp_path / "results.json").exists() and (tmp_path / "report.md").exists()


def test_a_report_of_one_setting_and_one_query(tmp_path):
    pytest.importorskip("matplotlib", reason="pip install -r requirements-evaluate.txt")
    got = write_report(make(["memory"], queries=1), tmp_path, [5], {}, COMMAND)
    assert got["settings"]["memory"]["metrics"]["mrr"]["low"] is None
    assert "1 setting, 1 quer" in (tmp_path / "report.md").read_text("utf-8")


def test_headlines_of_what_part_of_the_queries_answered_compare_those_alone():
    found = make(("whole", "part"), subset=("part",))
    (head,) = headlines({"run": found}, [Headline("run", "claim", "ndcg@20", "part", ("whole",), 0.0)])
    common = found[found["query_id"].isin(of(found, "part")["query_id"])]
    assert head["value"] == pytest.approx(ndcg(common, "part").mean())
    assert head["against"] == pytest.approx(ndcg(common, "whole").mean())
