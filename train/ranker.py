"""Learn the ranking's weights from the development halves of the evaluation's tasks.

    python -m mrrec task films --data DATA --out tasks/films        # and said, books, games
    python -m train.ranker tasks/films tasks/books tasks/games tasks/said

For each set of what there may be (memory, popularity, the crowd) the weights are those under which what people chose
is most likely among all that they could have chosen (a listwise softmax, Cao et al., ICML 2007), with a weight decay.
Of what was not chosen a sample is learned from, each counted for those that it stands for. Prints nDCG of held-out
people (folds), and writes mrrec/agent/weights.json.
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
from mrrec.agent.ranker import AT_MOST, BENDS, GATES, GROUP, LEAST, MEMORY, gates, trust
from mrrec.agent.signals import Signals, signals
from mrrec.evaluate.data import EVENTS, ITEMS, QUERIES
from mrrec.evaluate.run import Options, prepared
from mrrec.evaluate.settings import Bench, asked_without_model, pool_of
from mrrec.settings import TIERS, Settings

PARTS = ("memory", "popularity", "crowd")
REQUEST = ("request", "subject", "words", "wishes")
NAMES = (*REQUEST, *MEMORY, "popularity", "mainstream", "crowd")
RATE, BATCH = 0.1, 96
SAMPLE = 200  # items of a pool that are learned from
SPREAD = 0.5  # standard deviation of a score over a pool: the scale on which diversity and the page count
IDEAL = 0.2  # share of the request's weight that the model's ideal gets; see train/README.md


@dataclass
class Lists:
    """What was chosen among what.

    x : signals, shape (n_rows, len(NAMES)); plain : the same where nobody knows what is popular; y : 1 for the chosen
    ends : where each query's rows end; gate : shape (n_queries, len(GATES)); sure : shape (n_queries, len(NAMES))
    wishes : how many of each query memory may not outweigh; person, task : of each query
    """

    x: np.ndarray
    plain: np.ndarray
    y: np.ndarray
    ends: np.ndarray
    gate: torch.Tensor
    sure: torch.Tensor
    wishes: torch.Tensor
    person: list[str]
    task: list[str]

    def rows(self, query: int) -> slice:
        return slice(int(self.ends[query - 1]) if query else 0, int(self.ends[query]))

    def signals(self, parts: tuple[str, ...]) -> np.ndarray:
        """Those of all rows, as they are where there are `parts`."""
        return self.x if "popularity" in parts else self.plain


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
    asked = asked_without_model(bench, query, settings, pool_of(query))
    bound = rules(asked, memory)
    pool = np.array([i for i, item in enumerate(catalog.items) if all(r.test(item) for r in bound)], np.int64)
    relevant = {catalog.position[i] for i in query.relevant}
    y = np.array([i in relevant for i in pool], np.float32)
    if not 0 < y.sum() < len(y):
        return []
    mine, crowd = taste(memory, asked, catalog), catalog.crowd
    found = signals(asked.wanted, mine, catalog, pool)
    catalog.crowd = crowd.without(popularity=True, likeness=False) if crowd is not None else None
    plain = signals(asked.wanted, mine, catalog, pool)
    catalog.crowd = crowd
    x, without = (table(s, len(pool)) for s in (found, plain))
    share = found.values.get("wishes")
    wishes = len(asked.wanted.wishes) if share is not None and share.min() < 1 else 0
    sure = [trust(name, found) for name in NAMES]
    return [(x, without, y, gates(found, asked.wanted), sure, wishes, f"{task} {query.user or query.id}", task)]


def table(found: Signals, rows: int) -> np.ndarray:
    """Signals in the order of NAMES, 0 where one is absent, shape (rows, len(NAMES))."""
    return np.stack([found.values.get(n, np.zeros(rows)) for n in NAMES], axis=1).astype(np.float16)


def lists_of(rows: list[tuple]) -> Lists:
    x, plain, y, gate, sure, wishes, person, task = zip(*rows)
    known = (torch.tensor(np.array(v), dtype=torch.float32) for v in (gate, sure, wishes))
    ends = np.cumsum([len(v) for v in y])
    return Lists(*map(np.concatenate, (x, plain, y)), ends, *known, list(person), list(task))


def columns(parts: tuple[str, ...]) -> list[int]:
    """The signals that there are where there are these parts."""
    there = set(REQUEST)
    there |= set(MEMORY) if "memory" in parts else set()
    there |= {"mainstream"} if {"memory", "popularity"} <= set(parts) else set()
    there |= set(parts) & {"popularity", "crowd"}
    return [n for n, name in enumerate(NAMES) if name in there]


@dataclass
class Model:
    """Weights of the signals at the columns `use` of NAMES; see `mrrec.agent.ranker.Weight`.

    slopes : shape (len(use), len(GATES)); bends : shape (len(use), len(BENDS))
    """

    use: list[int]
    slopes: torch.Tensor
    bends: torch.Tensor

    def score(self, x: torch.Tensor, gate: torch.Tensor, sure: torch.Tensor, wishes: torch.Tensor) -> torch.Tensor:
        """Of the rows x (n_queries, n, len(use)), shape (n_queries, n), added up as by `ranker.contributions`."""
        groups = [GROUP.get(NAMES[n], NAMES[n]) for n in self.use]
        sure = sure[:, self.use]
        score = self._part(x, gate, sure, [n for n, group in enumerate(groups) if group not in AT_MOST])
        most = self._wish(gate, wishes)
        for group, share in AT_MOST.items():
            if of := [n for n, other in enumerate(groups) if other == group]:
                part, bound = self._part(x, gate, sure, of), share * most[:, None]
                score = score + torch.where(wishes[:, None] > 0, bound * torch.tanh(part / bound), part)
        return score

    def _part(self, x: torch.Tensor, gate: torch.Tensor, sure: torch.Tensor, of: list[int]) -> torch.Tensor:
        """What the signals `of` (places in `use`) add."""
        x, sure = x[:, :, of], sure[:, of]
        part = torch.einsum("qns,qs->qn", x, sure * (gate @ self.slopes[of].T))
        for n, at in enumerate(BENDS):
            bent = torch.relu(x - at) - max(-at, 0)
            part = part + torch.einsum("qns,qs->qn", bent, sure * self.bends[of, n])
        return part

    def _wish(self, gate: torch.Tensor, wishes: torch.Tensor) -> torch.Tensor:
        """What one wish is worth, shape (n_queries,)."""
        at, bends = self.use.index(NAMES.index("wishes")), torch.tensor(BENDS)
        share = 1 - 1 / wishes.clamp(min=1)
        bent = torch.relu(1 - bends) - torch.relu(share[:, None] - bends)
        return ((gate @ self.slopes[at]) * (1 - share) + bent @ self.bends[at]).clamp(min=LEAST)


@dataclass
class Sample:
    """All that was chosen and some of what was not, SAMPLE rows a query, by place among `Lists.x`.

    y : what to predict; stands : the log of how many each stands for, both of shape (n_queries, SAMPLE)
    """

    rows: np.ndarray
    y: torch.Tensor
    stands: torch.Tensor

    @classmethod
    def of(cls, lists: Lists, seed: int = 0) -> Sample:
        rng, n = np.random.default_rng(seed), len(lists.ends)
        rows, y, stands = np.zeros((n, SAMPLE), np.int64), np.zeros((n, SAMPLE)), np.full((n, SAMPLE), -1e4)
        for q in range(n):
            here = lists.rows(q)
            chosen = np.flatnonzero(lists.y[here])[: SAMPLE // 2]
            others = np.flatnonzero(lists.y[here] == 0)
            some = rng.choice(others, min(len(others), SAMPLE - len(chosen)), replace=False)
            end = len(chosen) + len(some)
            rows[q, :end] = here.start + np.r_[chosen, some]
            y[q, : len(chosen)] = 1 / len(chosen)
            stands[q, : len(chosen)], stands[q, len(chosen) : end] = 0, np.log(len(others) / len(some))
        return cls(rows, torch.tensor(y), torch.tensor(stands))


def fit(lists: Lists, sample: Sample, at: np.ndarray, parts: tuple[str, ...], steps: int, decay: float) -> Model:
    """Learn from the queries `at`, with the signals that there are where there are `parts`."""
    use, x = columns(parts), lists.signals(parts)
    slopes, bends = torch.zeros(len(use), len(GATES)), torch.zeros(len(use), len(BENDS))
    slopes[use.index(NAMES.index("wishes")), 0] = 1  # a bound of nothing would let memory learn nothing
    model = Model(use, slopes.requires_grad_(), bends.requires_grad_())
    optimiser = torch.optim.Adam([model.slopes, model.bends], lr=RATE)
    share = _shares(lists, at)
    rng = np.random.default_rng(0)
    for step in range(steps):
        batch = rng.choice(at, min(BATCH, len(at)), replace=False, p=share / share.sum())
        of = torch.tensor(x[sample.rows[batch]][:, :, use]).float()
        score = model.score(of, lists.gate[batch], lists.sure[batch], lists.wishes[batch]) + sample.stands[batch]
        loss = -(torch.log_softmax(score, 1) * sample.y[batch]).sum() / len(batch)
        loss = loss + decay * ((model.slopes**2).sum() + (model.bends**2).sum())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / steps)
    return Model(use, model.slopes.detach(), model.bends.detach())


def scores(lists: Lists, query: int, model: Model, parts: tuple[str, ...]) -> torch.Tensor:
    """Of a query's whole pool."""
    x = torch.tensor(lists.signals(parts)[lists.rows(query)][:, model.use]).float()
    of = [query]
    return model.score(x[None], lists.gate[of], lists.sure[of], lists.wishes[of])[0]


def _shares(lists: Lists, at: np.ndarray) -> np.ndarray:
    """Every task counts the same."""
    count = {t: sum(lists.task[q] == t for q in at) for t in set(lists.task)}
    return np.array([1 / count[lists.task[q]] for q in at])


def ndcg(lists: Lists, at: np.ndarray, model: Model, parts: tuple[str, ...], k: int) -> dict[str, float]:
    """Mean nDCG@k by task."""
    found: dict[str, list[float]] = {}
    for q in at:
        y = lists.y[lists.rows(q)]
        gain = y[torch.argsort(-scores(lists, q, model, parts))[:k].numpy()]
        best = 1 / np.log2(np.arange(min(k, int(y.sum()))) + 2)
        found.setdefault(lists.task[q], []).append(float((gain / np.log2(np.arange(len(gain)) + 2)).sum() / best.sum()))
    return {t: float(np.mean(v)) for t, v in found.items()}


def scaled(lists: Lists, at: np.ndarray, model: Model, parts: tuple[str, ...]) -> Model:
    """The same order, on the scale that is used everywhere."""
    spread = [float(scores(lists, q, model, parts).std()) for q in at[:: max(1, len(at) // 200)]]
    by = SPREAD / max(1e-6, float(np.mean(spread)))
    return Model(model.use, model.slopes * by, model.bends * by)


def _rounded(values: torch.Tensor) -> list[float]:
    return [round(float(v), 4) for v in values]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", type=Path, nargs="+", help="folders that `python -m mrrec task` made")
    parser.add_argument("--most", type=int, default=1500, help="queries of each task")
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
    sample, sets = Sample.of(lists), {}
    for size in range(len(PARTS) + 1):
        for parts in itertools.combinations(PARTS, size):
            name = "+".join(parts) or "request"
            for f in range(folds):
                held = np.array([q for q in everything if fold[lists.person[q]] % folds == f])
                rest = np.setdiff1d(everything, held)
                weight = fit(lists, sample, rest, parts, steps, decay)
                told = {k: ndcg(lists, held, weight, parts, k) for k in (10, 100)}
                print(
                    name,
                    f,
                    " ".join(f"{t} N@{k} {v:.4f}" for k, of in told.items() for t, v in sorted(of.items())),
                    flush=True,
                )
            weight = fit(lists, sample, everything, parts, steps, decay)
            weight = scaled(lists, everything, weight, parts)
            of = {NAMES[n]: [_rounded(weight.slopes[i]), _rounded(weight.bends[i])] for i, n in enumerate(weight.use)}
            of["ideal"] = [[round(IDEAL * v, 4) for v in part] for part in of["request"]]
            sets[name] = of
    about = {"tasks": sorted(set(lists.task)), "queries": len(everything), "gates": GATES, "bends": BENDS}
    out.write_text(json.dumps({"about": about, "sets": sets}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
