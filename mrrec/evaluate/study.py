"""The whole evaluation as one command: make every task, run what is compared on it, and write docs/results.

Headlines are the differences that the project claims. Each has an aim, and is told whether it is reached or not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mrrec.evaluate import stats, summary, tables
from mrrec.evaluate.data import ABOUT, EVENTS, ITEMS, QUERIES, write_task
from mrrec.evaluate.run import RANKS, Options, evaluate
from mrrec.evaluate.settings import GIVEN
from mrrec.evaluate.tasks import builder
from mrrec.settings import Settings

NO_CROWD = "mrrec:-reasoning-popularity-cf"
NO_CF = "mrrec:-reasoning-cf"
MRREC = "mrrec:-reasoning"
UNTRAINED = "mrrec:-adapter"
NON_PERSONAL = "fields+popularity"
COLLABORATIVE = "fields+popularity+cf"
TIERS = ("mrrec:-reasoning-records", "mrrec:-reasoning-patterns", "mrrec:-reasoning-profile")
PLAIN = ("popularity", "bm25", "dense", "hybrid", "recent", "static", "cf")
BEHAVIOUR = (*PLAIN, "fields", NON_PERSONAL, COLLABORATIVE, NO_CROWD, NO_CF, MRREC)
FULL = (("half", "test"), ("pool", "full"))


@dataclass(frozen=True)
class Run:
    """One evaluation of the study: `settings` on a task's queries `only`."""

    name: str
    title: str
    task: str
    settings: tuple[str, ...]
    only: tuple[tuple[str, str], ...]
    ks: tuple[int, ...] = (10, 100)
    model_queries: int = 150


@dataclass(frozen=True)
class Headline:
    """`better` is to beat the best of `worse` by the share `aim` in `metric`; without `worse`, to reach `aim`."""

    run: str
    claim: str
    metric: str
    better: str
    worse: tuple[str, ...]
    aim: float
    only: tuple[tuple[str, str], ...] = ()


RUNS = (
    Run("films", "Behaviour: films, paraphrased", "films", (*BEHAVIOUR, *TIERS), (*FULL, ("form", "paraphrased"))),
    Run("films-vague", "Behaviour: films, vague", "films", BEHAVIOUR, (*FULL, ("form", "vague"))),
    Run("films-rich", "Behaviour: films, rich", "films", BEHAVIOUR, (*FULL, ("form", "rich"))),
    Run("films-100", "Behaviour: films, 1 + 99 of the same genre and popularity", "films",
        BEHAVIOUR, (("half", "test"), ("pool", "100"), ("form", "paraphrased")), (5, 10)),
    Run("books", "Behaviour: books, paraphrased", "books", BEHAVIOUR, (*FULL, ("form", "paraphrased"))),
    Run("games", "Behaviour: games, paraphrased", "games", BEHAVIOUR, (*FULL, ("form", "paraphrased"))),
    Run("said", "What was said", "said", ("bm25", "dense", "hybrid", "recent", "static", "fields", MRREC, *TIERS),
        (("half", "test"),), (5, 10)),
    Run("said-model", "What was said, with the language model", "said",
        ("mrrec", UNTRAINED, "mrrec:-global", "mrrec:-local", MRREC, *GIVEN, "recent", "static", "fields"),
        (("half", "test"),), (5, 10), model_queries=75),
    Run("conditions", "Conditions", "conditions", ("bm25", "dense", "hybrid", "fields"), (("half", "test"),), (5, 10)),
    Run("films-model", "Behaviour: films, with the language model", "films", ("mrrec", UNTRAINED),
        (*FULL, ("form", "paraphrased")), model_queries=120),
    Run("conditions-model", "Conditions, with the language model", "conditions", ("mrrec", UNTRAINED),
        (("half", "test"),), (5, 10), model_queries=120),
)  # fmt: skip

_BEST_SAID = ("bm25", "dense", "hybrid", "fields")
HEADLINES = (
    Headline("films", "memory without popularity, over the request's fields", "ndcg@100", NO_CROWD, ("fields",), 0.70),
    Headline("films", "memory, over the best that is not personal", "ndcg@100", NO_CF,
             ("popularity", "hybrid", "fields", NON_PERSONAL), 0.12),
    Headline("films", "everything, over collaborative filtering", "ndcg@100", MRREC, ("cf", COLLABORATIVE), 0.08),
    *(
        Headline(kind, claim, "ndcg@100", better, worse, 0.0)
        for kind in ("books", "games")
        for claim, better, worse in (
            ("memory without popularity, over the request's fields", NO_CROWD, ("fields",)),
            ("memory, over the best that is not personal", NO_CF, ("popularity", "hybrid", "fields", NON_PERSONAL)),
            ("everything, over collaborative filtering", MRREC, ("cf", COLLABORATIVE)),
        )
    ),
    Headline("said", "memory, over the best without", "ndcg@10", MRREC, _BEST_SAID, 1.0),
    Headline("said", "memory that is structured, over recent things said", "ndcg@10", MRREC, ("recent",), 0.30),
    Headline("said", "memory that is structured, over a static profile", "ndcg@10", MRREC, ("static",), 0.30),
    Headline("said-model", "the trained model, over the untrained", "ndcg@10", "mrrec", (UNTRAINED,), 0.5),
    Headline("said-model", "memory that is chosen, over naive memories with the same model", "ndcg@10", "mrrec",
             tuple(GIVEN), 0.0),
    Headline("films-model", "the trained model, over the untrained", "ndcg@100", "mrrec", (UNTRAINED,), 0.0),
    Headline("conditions", "direct", "recall@5", "fields", (), 0.9, (("type", "direct"),)),
    Headline("conditions", "through titles", "recall@5", "fields", (), 0.8, (("type", "titles"),)),
    Headline("conditions", "with a false premise", "recall@5", "fields", (), 0.7, (("type", "premise"),)),
)  # fmt: skip


def study(
    out: Path, docs: Path, data: Path | None, base: Settings, only: Sequence[str] = (), jobs: int = 0, seed: int = 0
) -> dict:
    """Make the tasks below `out`, evaluate, and write results.md and results.json into `docs`.

    `only` names runs; what other runs have left below `out` is reported too. Raises ValueError for an unknown run and
    for data that is missing.
    """
    if unknown := set(only) - {r.name for r in RUNS}:
        raise ValueError(f"there is no run {min(unknown)!r}; there are {', '.join(r.name for r in RUNS)}")
    for run in RUNS:
        if only and run.name not in only:
            continue
        task = made(run.task, out / "tasks" / run.task, data, seed)
        options = Options(
            task / ITEMS, task / QUERIES, out / run.name, run.settings, task / EVENTS, run.ks, run.only,
            run.model_queries, seed, jobs, run.title, command=f"python -m mrrec study --run {run.name}",
        )  # fmt: skip
        evaluate(options, base, progress=True)
    return write_results(out, docs)


def made(name: str, folder: Path, data: Path | None, seed: int) -> Path:
    """The folder of a task, which is made where it is not there yet."""
    if not (folder / ABOUT).exists():
        write_task(builder(name)(data, seed, True), folder)
    return folder


def write_results(out: Path, docs: Path) -> dict:
    """Put what the runs below `out` have found into `docs`; of the other runs, what stands there is kept. Raises
    ValueError where there is nothing below `out`."""
    there = {r.name for r in RUNS if (out / r.name / "results.json").exists()}
    if not there:
        raise ValueError(f"no run has left results below {out}")
    page, data = docs / "results.md", docs / "results.json"
    before = json.loads(data.read_text("utf-8")) if data.exists() else {"headlines": [], "runs": {}}
    heads = list(headlines({name: pd.read_parquet(out / name / RANKS) for name in there}))
    order = [(h.run, h.claim) for h in HEADLINES]
    heads += [h for h in before["headlines"] if h["run"] not in there and (h["run"], h["claim"]) in order]
    runs = {}
    for run in RUNS:
        if run.name in there:
            runs[run.name] = _brief(json.loads((out / run.name / "results.json").read_text("utf-8")))
        elif run.name in before["runs"]:
            runs[run.name] = before["runs"][run.name]
    results = {"headlines": sorted(heads, key=lambda h: order.index((h["run"], h["claim"]))), "runs": runs}
    docs.mkdir(parents=True, exist_ok=True)
    data.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    page.write_text("\n".join(_page(results)), "utf-8")
    return results


def headlines(frames: Mapping[str, pd.DataFrame], which: Sequence[Headline] = HEADLINES) -> Iterator[dict]:
    """Each headline with what was measured: values, relative difference, 95 % interval and p of the difference."""
    for head in which:
        if head.run not in frames:
            continue
        k = int(head.metric.split("@")[1])
        measured = summary.measure(summary.of_strata(frames[head.run], dict(head.only)), (k,))
        values = dict(zip(measured.settings, measured.values[head.metric]))
        row = {"run": head.run, "claim": head.claim, "metric": head.metric, "better": head.better, "aim": head.aim}
        mine = values[head.better]
        if not head.worse:
            (got,) = stats.intervals(mine[:, None], measured.clusters, 0)
            yield row | {"value": got.mean, "low": got.low, "high": got.high, "reached": bool(got.mean >= head.aim)}
            continue
        worse = max((s for s in head.worse if s in values), key=lambda s: np.nanmean(values[s]))
        columns = np.column_stack([mine, values[worse]])
        common = ~np.isnan(columns).any(axis=1)  # the model answers part of the queries
        (got,) = stats.differences(columns[common], measured.clusters[common], [(0, 1)], 0)
        yield row | {
            "worse": worse, "value": got.mean_a, "against": got.mean_b, "gain": got.relative,
            "low": got.low, "high": got.high, "p": got.p, "reached": bool(got.relative >= head.aim and got.low > 0),
        }  # fmt: skip


def _brief(results: Mapping) -> dict:
    """What docs/results.json keeps of a run: without the curves and the long lists of pairs."""
    kept = {k: v for k, v in results.items() if k not in ("curve", "differences")}
    lead = summary.compared(results["ks"])[0]
    return kept | {"differences": {lead: results["differences"][lead]}}


def _page(results: Mapping) -> Iterator[str]:
    yield from ("# Results", "", _INTRODUCTION, "", "## Headlines", "")
    yield from ("| task | claim | metric | value | against | gain | 95 % of the difference | p | aim | |",
                "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")  # fmt: skip
    yield from map(_headline, results["headlines"])
    yield ""
    titles = {r.name: r.title for r in RUNS}
    for name, found in results["runs"].items():
        yield from (f"## {titles[name]}", "", f"`{found['command']}`", "")
        yield from map(tables.to_markdown, tables.main_tables(found))
        yield from (tables.to_markdown(tables.stratum(found, k)) for k in found["strata"] if k in _SPLITS)
    yield from ("## Limits", "", _LIMITS, "")


def _headline(row: Mapping) -> str:
    aim = f"{row['aim']:+.0%}" if "worse" in row else f"{row['aim']:.2f}"
    told = "reached" if row["reached"] else "missed"
    if "worse" not in row:
        interval = f"{row['low']:.3f} to {row['high']:.3f}"
        cells = [row["run"], row["claim"], row["metric"], f"{row['value']:.3f}", "", "", interval, "", aim, told]
    else:
        p = f"{row['p']:.4f}" if row["p"] >= 0.0001 else "< 0.0001"
        interval = f"{row['low']:+.4f} to {row['high']:+.4f}"
        cells = [
            row["run"], row["claim"], row["metric"], f"{row['value']:.4f} `{row['better']}`",
            f"{row['against']:.4f} `{row['worse']}`", f"{row['gain']:+.1%}", interval, p, aim, told,
        ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


_SPLITS = ("decidable", "popularity", "fact", "type")
_INTRODUCTION = """\
Everything on this page was written by `python -m mrrec study`, from data that its publishers offer and from the starter
world; `docs/results.json` has the same with intervals and tests. People, phrasings and, where the task makes it
possible, items of the test halves were seen by nothing that was learnt. `fields` is the request alone, read by
the app into genres, subjects, people, years; `+popularity` and `+cf` add what everybody did. `mrrec:-reasoning` is the
whole ranking without the language model, `-X` leaves the part X out. `recent` and `static` are the paper's: the ten
latest likes or statements, or one summary of the person, put into the text that is searched with. Every variant of the
ranking has weights that were learned for just what it may see, so no baseline is handicapped."""
_LIMITS = """\
MovieLens' time is mostly one sitting a person, and Book-Crossing and Steam have no time at all: there, a seeded shuffle
stands for it. The requests of Behaviour are made from the held-out item (its genre, one theme in other words), so
they are easier for anything that reads them than people's own would be. What was said and Conditions are written by a
program from sentences of ours, over our own catalogue: they show that a mechanism works, not how people talk. A
held-out like is one of many things that would have pleased, so every figure is a lower bound, and ratios say more than
values. The weights of the ranking were learned on the development halves of the same tasks."""
