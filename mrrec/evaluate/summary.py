"""From the ranks of an evaluation to every number of its report.

`measure` turns the frame (one row for each setting and query) into arrays settings × queries, checked and with metrics
computed from the ranks; `summarise` takes means, intervals, differences and strata of those. Settings that ran on part
of the queries are compared with others on the queries that both ran on, and nowhere else.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mrrec.evaluate import metrics, stats

LISTED = 10  # how many items `top` holds
POPULARITY = "popularity"  # the setting that serendipity is measured against
MOST_VALUES = 24  # a stratum with more values is an id or a number, not a split
_PER_QUERY = ("diversity", "novelty", "popularity", "memory_tokens", "said")
COLUMNS = ("setting", "query_id", "user_id", "relevant", "ranks", "pool", "top", "strata", *_PER_QUERY)


@dataclass(frozen=True)
class Measured:
    """Settings × queries, in the order of the frame's settings and of the sorted query ids.

    Attributes
    ----------
    ran : (settings, queries) bool
    values : metric → (settings, queries), NaN where there is no value
    clusters : (queries,) whose a query is; each query of nobody is one of its own
    named : (queries,) bool, whether it is somebody's
    strata : for each query
    tops : for each setting, query → the ids shown
    curves : depths, and for each setting the recall at each of them
    seconds : for each setting, part → (times,)
    single : whether every query has one relevant item, so that hit rate and recall are the same
    """

    settings: list[str]
    ran: np.ndarray
    values: dict[str, np.ndarray]
    clusters: np.ndarray
    named: np.ndarray
    strata: list[dict[str, str]]
    tops: list[dict[int, Sequence[str]]]
    depths: np.ndarray
    curves: np.ndarray
    seconds: list[dict[str, np.ndarray]]
    single: bool

    def counts(self, queries: np.ndarray) -> dict[str, int]:
        """How many queries (a mask) there are, of how many people, and how many of them are nobody's."""
        named = queries & self.named
        people = len(np.unique(self.clusters[named]))
        return {"queries": int(queries.sum()), "people": people, "anonymous": int(queries.sum() - named.sum())}


def summarise(
    frame: pd.DataFrame, ks: Sequence[int], seed: int = 0, only: Mapping[str, str] | None = None, items: int = 0
) -> dict:
    """Everything that a report says, as JSON.

    Parameters
    ----------
    frame : one row for each setting and query; columns as in `COLUMNS`, and times as `seconds_<part>`
    ks : cut-offs of recall, nDCG and hit rate
    only : values of strata that a query has to have to count, such as {"half": "test"}
    items : size of the catalogue, for the coverage as a share; 0 where it is not known

    Raises ValueError where the frame contradicts itself or nothing is left of it.
    """
    ks = sorted(set(ks))
    measured = measure(of_strata(frame, only or {}), ks)
    everyone = measured.ran.any(0)
    tables = _tables(measured, items, seed)
    complete = measured.ran[:, everyone].all(1)
    strata, left_out = _strata(measured, ks, seed)
    return _plain({
        "ks": ks,
        "seed": seed,
        "only": dict(only or {}),
        "resamples": stats.RESAMPLES,
        "permutations": stats.PERMUTATIONS,
        "catalogue": items,
        "one_relevant_each": measured.single,
        **measured.counts(everyone),
        "settings": {
            name: {
                "complete": bool(complete[i]),
                **measured.counts(measured.ran[i]),
                **tables[measured.ran[i].tobytes()]["settings"][name],
                "seconds": {part: _times(t) for part, t in measured.seconds[i].items()},
                "memory_tokens": _spread(measured.values["memory_tokens"][i]),
            }
            for i, name in enumerate(measured.settings)
        },
        "common": [t for t in tables.values() if t["queries"] < everyone.sum() and len(t["settings"]) > 1],
        "differences": _differences(measured, ks, seed),
        "strata": strata,
        "strata_left_out": left_out,
        "curve": {
            "depths": measured.depths.tolist(),
            "settings": dict(zip(measured.settings, measured.curves.tolist())),
        },
    })  # fmt: skip


def compared(ks: Sequence[int]) -> list[str]:
    """The metrics that pairs and strata are compared by, the first of them the one that the report leads with."""
    deepest = max(ks)
    return list(dict.fromkeys([f"ndcg@{deepest}", "ndcg@10", f"recall@{deepest}", "recall@10"]))


def measure(frame: pd.DataFrame, ks: Sequence[int]) -> Measured:
    """Check a frame and compute each query's metrics from its ranks."""
    if missing := [c for c in COLUMNS if c not in frame.columns]:
        raise ValueError(f"the ranks have no column {', '.join(missing)}")
    if not ks or min(ks) < 1:
        raise ValueError(f"the cut-offs are {list(ks)}; they have to be 1 or more")
    settings = list(dict.fromkeys(frame["setting"]))
    queries, facts = _queries(frame)
    position = {query: i for i, query in enumerate(queries)}
    shape = (len(settings), len(queries))
    ran, values, tops, curves, seconds = np.zeros(shape, bool), {}, [], [], []
    depths = np.unique(np.geomspace(1, max(frame["pool"].max(), 2), 80).round().astype(int))
    for row, (_, part) in enumerate(frame.groupby(pd.Categorical(frame["setting"], settings), observed=True)):
        at = np.array([position[q] for q in part["query_id"]])
        if len(set(at)) < len(at):
            raise ValueError(f"the setting {settings[row]!r} has a query twice")
        ran[row, at] = True
        tops.append(dict(zip(at.tolist(), part["top"])))
        _check_tops(part)
        ranks = metrics.pad(list(part["ranks"]))
        counts = part["ranks"].map(len).to_numpy()
        for name, got in {**_accuracy(ranks, counts, ks, compared(ks)), **_others(part)}.items():
            values.setdefault(name, np.full(shape, np.nan))[row, at] = got
        curves.append(_curve(ranks, counts, depths))
        seconds.append({
            c.removeprefix("seconds_"): part[c].to_numpy(float) for c in part if c.startswith("seconds_")
        })  # fmt: skip
    values["serendipity"] = _serendipity(settings, tops, [f[1] for f in facts], shape)
    users = [f[0] for f in facts]
    owner = [(user, "") if user else ("", query) for user, query in zip(users, queries)]
    number = {o: i for i, o in enumerate(sorted(set(owner)))}
    return Measured(
        settings, ran, values, np.array([number[o] for o in owner]), np.array([bool(u) for u in users]),
        [json.loads(f[2]) for f in facts], tops, depths, np.array(curves), seconds,
        all(len(f[1]) == 1 for f in facts),
    )  # fmt: skip


def of_strata(frame: pd.DataFrame, only: Mapping[str, str]) -> pd.DataFrame:
    """The rows of queries that have these strata. Raises ValueError where there is none."""
    if only and "strata" in frame:
        fits = {s: only.items() <= json.loads(s).items() for s in frame["strata"].unique()}
        frame = frame[frame["strata"].map(fits).astype(bool)]
    if frame.empty:
        raise ValueError(f"no query is left{' with ' + json.dumps(dict(only)) if only else ''}")
    return frame


def _queries(frame: pd.DataFrame) -> tuple[list[str], list[tuple[str, tuple[str, ...], str]]]:
    """The sorted query ids, and user, relevant items and strata of each, the same in every setting."""
    facts: dict[str, tuple[str, tuple[str, ...], str]] = {}
    columns = [frame[c] for c in ("setting", "query_id", "relevant", "ranks", "pool", "strata")]
    for user, setting, query, relevant, ranks, pool, strata in zip(frame["user_id"].fillna(""), *columns):
        if len(relevant) != len(ranks):
            raise ValueError(f"{setting}, {query}: {len(relevant)} relevant items, but {len(ranks)} ranks")
        if len(ranks) and max(ranks) > pool:
            raise ValueError(f"{setting}, {query}: a rank of {max(ranks)} in a pool of {pool}")
        fact = (user, tuple(relevant), strata)
        if facts.setdefault(query, fact) != fact:
            raise ValueError(f"{query}: user, relevant items or strata of {setting} are not those of another setting")
    queries = sorted(facts)
    return queries, [facts[q] for q in queries]


def _check_tops(part: pd.DataFrame) -> None:
    """The items shown have to be those that the ranks say, or the numbers of one report contradict each other."""
    for setting, query, relevant, ranks, top in zip(
        part["setting"], part["query_id"], part["relevant"], part["ranks"], part["top"]
    ):
        for item, rank in zip(relevant, ranks):
            if 0 < rank <= len(top) and top[rank - 1] != item:
                raise ValueError(f"{setting}, {query}: {item!r} has rank {rank}, but top shows {top[rank - 1]!r} there")


def _accuracy(ranks: np.ndarray, counts: np.ndarray, ks: Sequence[int], also: Sequence[str]) -> dict[str, np.ndarray]:
    functions = {"recall": metrics.recall, "ndcg": metrics.ndcg}
    got = {f"{name}@{k}": measure(ranks, counts, k) for name, measure in functions.items() for k in ks}
    got["mrr"] = metrics.reciprocal_rank(ranks)
    got |= {f"hit@{k}": metrics.hit_rate(ranks, k) for k in ks}
    for name in (n for n in also if n not in got):
        kind, k = name.split("@")
        got[name] = functions[kind](ranks, counts, int(k))
    return got


def _others(part: pd.DataFrame) -> dict[str, np.ndarray]:
    said = part["said"].astype("boolean").astype("Float64")
    return {c: (said if c == "said" else part[c]).to_numpy(float, na_value=np.nan) for c in _PER_QUERY}


def _serendipity(
    settings: list[str], tops: list[dict[int, Sequence[str]]], relevant: list[tuple[str, ...]], shape: tuple[int, int]
) -> np.ndarray:
    popular = tops[settings.index(POPULARITY)] if POPULARITY in settings else {}
    out = np.full(shape, np.nan)
    for row, shown in enumerate(tops):
        for query, top in shown.items():
            common = popular.get(query)
            out[row, query] = metrics.serendipity(top, relevant[query], None if common is None else set(common))
    return out


def _curve(ranks: np.ndarray, counts: np.ndarray, depths: np.ndarray) -> np.ndarray:
    """Mean recall at each depth: the distribution function of ranks, with every query weighing the same."""
    found = ranks > 0
    weights = np.broadcast_to(1 / counts[:, None], ranks.shape)[found]
    order = np.argsort(ranks[found], kind="stable")
    below = np.searchsorted(ranks[found][order], depths, side="right")
    return np.concatenate([[0.0], np.cumsum(weights[order])])[below] / len(ranks)


def _tables(measured: Measured, items: int, seed: int) -> dict[bytes, dict]:
    """For each set of queries that a setting ran on: every setting that ran on all of it, measured there."""
    tables: dict[bytes, dict] = {}
    names = list(measured.values)
    for queries in sorted(measured.ran, key=lambda q: -q.sum()):
        if (key := queries.tobytes()) in tables:
            continue
        rows = [i for i, ran in enumerate(measured.ran) if not (queries & ~ran).any()]
        columns = np.column_stack([measured.values[n][i, queries] for i in rows for n in names])
        got = iter(stats.intervals(columns, measured.clusters[queries], seed))
        tables[key] = {**measured.counts(queries), "settings": {}}
        here = set(np.flatnonzero(queries).tolist())
        for i in rows:
            shown, share = metrics.coverage((top for q, top in measured.tops[i].items() if q in here), items)
            tables[key]["settings"][measured.settings[i]] = {
                "metrics": {n: vars(next(got)) for n in names}, "shown": shown, "coverage": share,
            }  # fmt: skip
    return tables


def _differences(measured: Measured, ks: Sequence[int], seed: int) -> dict[str, list[dict]]:
    """Each setting against each earlier one on the queries of both, for each compared metric."""
    groups: dict[bytes, list[tuple[int, int]]] = {}
    for a in range(len(measured.settings)):
        for b in range(a):
            both = measured.ran[a] & measured.ran[b]
            if both.any():
                groups.setdefault(both.tobytes(), []).append((a, b))
    names = compared(ks)
    out: dict[str, list[tuple[tuple[int, int], dict]]] = {name: [] for name in names}
    for key, pairs in groups.items():
        queries = np.frombuffer(key, bool)
        rows = sorted({i for pair in pairs for i in pair})
        columns = np.column_stack([measured.values[n][i, queries] for n in names for i in rows])
        at = {(n, i): column for column, (n, i) in enumerate((n, i) for n in names for i in rows)}
        wanted = [(n, a, b) for n in names for a, b in pairs]
        got = stats.differences(
            columns, measured.clusters[queries], [(at[n, a], at[n, b]) for n, a, b in wanted], seed
        )  # fmt: skip
        counts = measured.counts(queries)
        for (name, a, b), difference in zip(wanted, got):
            row = {"a": measured.settings[a], "b": measured.settings[b], **counts, **vars(difference)}
            out[name].append(((a, b), row))
    ordered = {name: [row for _, row in sorted(rows, key=lambda r: r[0])] for name, rows in out.items()}
    for rows in ordered.values():
        for row, p in zip(rows, stats.holm([row["p"] for row in rows])):
            row["p_holm"] = p
    return ordered


def _strata(measured: Measured, ks: Sequence[int], seed: int) -> tuple[dict[str, dict], list[str]]:
    """key → value → counts and settings; and the keys left out, since they have too many values to be a split."""
    names, out, left_out = compared(ks), {}, []
    for key in sorted({k for strata in measured.strata for k in strata}):
        of = np.array([strata.get(key, "") for strata in measured.strata])
        values = sorted(set(of) - {""}, key=_natural)
        if len(values) > MOST_VALUES:
            left_out.append(key)
            continue
        if len(values) < 2:
            continue
        out[key] = {}
        for value in values:
            queries = of == value
            rows = [i for i, ran in enumerate(measured.ran) if (ran & queries).any()]
            columns = np.column_stack([measured.values[n][i, queries] for i in rows for n in names])
            got = iter(stats.intervals(columns, measured.clusters[queries], seed))
            out[key][str(value)] = {
                **measured.counts(queries),
                "settings": {measured.settings[i]: {n: vars(next(got)) for n in names} for i in rows},
            }
    return out, left_out


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Sorts "2–5" before "10+"."""
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in re.split(r"(\d+)", text) if p]


def _times(values: np.ndarray) -> dict[str, float | int]:
    values = values[~np.isnan(values)]
    p50, p95 = np.percentile(values, [50, 95]) if len(values) else (math.nan, math.nan)
    return {"p50": float(p50), "p95": float(p95), "n": len(values)}


def _spread(values: np.ndarray) -> dict[str, float | int]:
    there = values[~np.isnan(values)]
    most, mean = (float(there.max()), float(there.mean())) if len(there) else (math.nan, math.nan)
    return {"mean": mean, **_times(there), "most": most}


def _plain(value: object) -> object:
    """JSON values: NaN as null, numbers to six decimals, so that the order of additions does not show."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return round(value, 6) + 0.0 if math.isfinite(value) else None
    return value
