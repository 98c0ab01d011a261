"""Learn the ranking's weights from the development halves of the evaluation's tasks.

    python -m mrrec task films --data DATA --out tasks/films        # and said, books, games
    python -m train.ranker tasks/films tasks/books tasks/games tasks/said

For each set of what there may be (memory, popularity, the crowd) the weights are those under which what people chose
is most likely among all that they could have chosen (a listwise softmax, Cao et al., ICML 2007), with a weight decay.
Prints nDCG of held-out people (folds), and writes mrrec/agent/weights.json.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from mrrec.agent import ranker
from mrrec.agent.asked import rules, taste
from mrrec.agent.ranker import BENDS, GATES, MEMORY, gates
from mrrec.agent.signals import signals
from mrrec.evaluate.data import EVENTS, ITEMS, QUERIES
from mrrec.evaluate.run import Options, prepared
from mrrec.evaluate.settings import Bench, asked_without_model
from mrrec.settings import TIERS, Settings

PARTS = ("memory", "popularity", "crowd")
REQUEST = ("request", "subject", "words", "wishes")
NAMES = (*REQUEST, *MEMORY, "popularity", "mainstream", "crowd")
RATE, BATCH = 0.1, 96
SPREAD = 0.5  # standard deviation of a score over a pool: the scale on which diversity and the page count
IDEAL = 0.2  # share of the request's weight that the model's ideal gets; see train/README.md


@dataclass
class Lists:
    """What was chosen among what.

    x : signals, shape (n_rows, len(NAMES)); y : 1 for the chosen; ends : where each query's rows end
    gate : shape (n_queries, len(GATES)); person, task : of each query
    """

    x: torch.Tensor
    y: torch.Tensor
    ends: np.ndarray
    gate: torch.Tensor
    person: list[str]
    task: list[str]


def collect(folder: Path, work: Path, most: int, seed: int) -> list[tuple]:
    """Signals over the whole pool of each development query of a task."""
    options = Options(
        folder / ITEMS, folder / QUERIES, work, (), folder / EVENTS, only=_only(folder), seed=seed, jobs=1
    )
    bench, queries = prepared(options, Settings(), most, progress=True)
    rows = []
    for query in tqdm(queries, folder.name):
        rows += _row(bench, query, folder.name)
    return rows


def _only(folder: Path) -> tuple[tuple[str, str], ...]:
    """Development queries, over the full pool where there are several pools."""
    with (folder / QUERIES).open(encoding="utf-8") as file:
        pools = "pool" in json.loads(file.readline()).get("strata", {})
    return (("half", "dev"), *((("pool", "full"),) if pools else ()))


def _row(bench: Bench, query, task: str) -> list[tuple]:
    catalog, settings = bench.catalog, replace(bench.assistant.settings, tiers=TIERS)
    memory = bench.people.memory(query)
    catalog.crowd = bench.people.crowd(query.as_of)
    asked = asked_without_model(bench, query, settings, bench.rules(query))
    bound = rules(asked, memory)
    pool = np.array([i for i, item in enumerate(catalog.items) if all(r.test(item) for r in bound)], np.int64)
    relevant = {catalog.position[i] for i in query.relevant}
    y = np.array([i in relevant for i in pool], np.float32)
    if not 0 < y.sum() < len(y):
        return []
    found = signals(asked.wanted, taste(memory, asked), catalog, pool)
    x = np.stack([found.values.get(n, np.zeros(len(pool))) for n in NAMES], axis=1).astype(np.float16)
    return [(x, y, gates(found, asked.wanted), f"{task} {query.user or query.id}", task)]


def lists_of(rows: list[tuple]) -> Lists:
    x, y, gate, person, task = zip(*rows)
    ends = np.cumsum([len(v) for v in y])
    gate = torch.tensor(np.array(gate), dtype=torch.float32)
    return Lists(torch.tensor(np.concatenate(x)), torch.tensor(np.concatenate(y)), ends, gate, list(person), list(task))


def columns(parts: tuple[str, ...]) -> list[int]:
    """The signals that there are where there are these parts."""
    there = set(REQUEST)
    there |= set(MEMORY) if "memory" in parts else set()
    there |= {"mainstream"} if {"memory", "popularity"} <= set(parts) else set()
    there |= set(parts) & {"popularity", "crowd"}
    return [n for n, name in enumerate(NAMES) if name in there]


@dataclass
class Model:
    """Slopes (len(NAMES), len(GATES)) and bends (len(NAMES), len(BENDS)); see `mrrec.agent.ranker.Weight`."""

    slopes: torch.Tensor
    bends: torch.Tensor

    def score(self, x: torch.Tensor, gate: torch.Tensor) -> torch.Tensor:
        """Scores of the rows x (n, len(NAMES)), shape (n,)."""
        at = torch.tensor(BENDS)
        return x @ (self.slopes @ gate) + torch.einsum("nsb,sb->n", torch.relu(x[:, :, None] - at), self.bends)


def fit(lists: Lists, at: np.ndarray, parts: tuple[str, ...], steps: int, decay: float) -> Model:
    """Learn from the queries `at`, with the signals that there are where there are `parts`."""
    use = columns(parts)
    small = Model(
        torch.zeros(len(use), len(GATES), requires_grad=True), torch.zeros(len(use), len(BENDS), requires_grad=True)
    )
    optimiser = torch.optim.Adam([small.slopes, small.bends], lr=RATE)
    share = _shares(lists, at)
    starts = np.r_[0, lists.ends[:-1]]
    rng = np.random.default_rng(0)
    for step in range(steps):
        loss = decay * ((small.slopes**2).sum() + (small.bends**2).sum())
        batch = rng.choice(at, min(BATCH, len(at)), replace=False, p=share / share.sum())
        for q in batch:
            a, b = starts[q], lists.ends[q]
            y = lists.y[a:b]
            chance = torch.log_softmax(small.score(lists.x[a:b][:, use].float(), lists.gate[q]), 0)
            loss = loss - (chance * y).sum() / y.sum() / len(batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / steps)
    whole = Model(torch.zeros(len(NAMES), len(GATES)), torch.zeros(len(NAMES), len(BENDS)))
    whole.slopes[use], whole.bends[use] = small.slopes.detach(), small.bends.detach()
    return whole


def _shares(lists: Lists, at: np.ndarray) -> np.ndarray:
    """Every task counts the same."""
    count = {t: sum(lists.task[q] == t for q in at) for t in set(lists.task)}
    return np.array([1 / count[lists.task[q]] for q in at])


def ndcg(lists: Lists, at: np.ndarray, model: Model, k: int) -> dict[str, float]:
    """Mean nDCG@k by task."""
    starts, found = np.r_[0, lists.ends[:-1]], {}
    for q in at:
        a, b = starts[q], lists.ends[q]
        score = model.score(lists.x[a:b].float(), lists.gate[q])
        gain = lists.y[a:b][torch.argsort(-score)[:k]].numpy()
        best = 1 / np.log2(np.arange(min(k, int(lists.y[a:b].sum()))) + 2)
        found.setdefault(lists.task[q], []).append(float((gain / np.log2(np.arange(len(gain)) + 2)).sum() / best.sum()))
    return {t: float(np.mean(v)) for t, v in found.items()}


def scaled(lists: Lists, at: np.ndarray, model: Model) -> Model:
    """The same order, on the scale that is used everywhere."""
    starts = np.r_[0, lists.ends[:-1]]
    some = at[:: max(1, len(at) // 200)]
    spread = [float(model.score(lists.x[starts[q] : lists.ends[q]].float(), lists.gate[q]).std()) for q in some]
    by = SPREAD / max(1e-6, float(np.mean(spread)))
    return Model(model.slopes * by, model.bends * by)


def _rounded(values: torch.Tensor) -> list[float]:
    return [round(float(v), 4) for v in values]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", type=Path, nargs="+", help="folders that `python -m mrrec task` made")
    parser.add_argument("--most", type=int, default=1200, help="queries of each task")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--decay", type=float, default=3e-4)
    parser.add_argument("--folds", type=int, default=3, help="to report with; 0 does not")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=ranker.FILE)
    args = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as work:
        for folder in args.tasks:
            rows += collect(folder, Path(work) / folder.name, args.most, args.seed)
    learn(lists_of(rows), args.out, args.steps, args.decay, args.folds, args.seed)


def learn(lists: Lists, out: Path, steps: int, decay: float, folds: int, seed: int) -> None:
    """Fit every set of weights, tell how each does on held-out people, and write them."""
    everything = np.arange(len(lists.ends))
    people = sorted(set(lists.person))
    fold = {p: n for n, p in zip(np.random.default_rng(seed).permutation(len(people)), people)}
    sets = {}
    for size in range(len(PARTS) + 1):
        for parts in itertools.combinations(PARTS, size):
            name = "+".join(parts) or "request"
            for f in range(folds):
                held = np.array([q for q in everything if fold[lists.person[q]] % folds == f])
                rest = np.setdiff1d(everything, held)
                weight = fit(lists, rest, parts, steps, decay)
                told = {k: ndcg(lists, held, weight, k) for k in (10, 100)}
                print(
                    name,
                    f,
                    " ".join(f"{t} N@{k} {v:.4f}" for k, of in told.items() for t, v in sorted(of.items())),
                    flush=True,
                )
            weight = scaled(lists, everything, fit(lists, everything, parts, steps, decay))
            of = {NAMES[n]: [_rounded(weight.slopes[n]), _rounded(weight.bends[n])] for n in columns(parts)}
            of["ideal"] = [[round(IDEAL * v, 4) for v in part] for part in of["request"]]
            sets[name] = of
    about = {"tasks": sorted(set(lists.task)), "queries": len(everything), "gates": GATES, "bends": BENDS}
    out.write_text(json.dumps({"about": about, "sets": sets}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
