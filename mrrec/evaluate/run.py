"""Run settings over queries, resumably and over several cores, into `ranks.parquet`, of which the report is made."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from mrrec.agent import ranker
from mrrec.agent.asked import without_names
from mrrec.assistant import Assistant, vectors_of
from mrrec.catalog import linking
from mrrec.embed import keep_vectors, known_vectors, save_vectors
from mrrec.evaluate.data import Query, Task, read_task
from mrrec.evaluate.people import People
from mrrec.evaluate.report import write_report
from mrrec.evaluate.settings import Bench, Scored, Setting, parse
from mrrec.llm import reader
from mrrec.llm.models import adapter_of
from mrrec.memory.reading import stance
from mrrec.settings import Settings

CHUNK = 48  # queries that one piece of work holds, neighbours by person
TOP = 10  # items of which diversity, novelty and popularity are measured
RANKS, VECTORS = "ranks.parquet", "queries.npz"


@dataclass(frozen=True)
class Options:
    """What to evaluate. `only` keeps the queries with these strata; `model_queries` is how many of them the settings
    that ask the language model answer (a seeded choice, for time), 0 all; `jobs` are processes."""

    items: Path
    queries: Path
    out: Path
    settings: tuple[str, ...]
    events: Path | None = None
    ks: tuple[int, ...] = (5, 10, 100)
    only: tuple[tuple[str, str], ...] = ()
    model_queries: int = 200
    seed: int = 0
    jobs: int = 0
    title: str = ""
    command: str = ""


def evaluate(options: Options, base: Settings, progress: bool = False) -> dict:
    """Score every query with every setting, and report; what a run that was broken off has done is taken over.

    Returns the summary that `results.json` holds. Raises ValueError for wrong input, before anything is computed.
    """
    settings = [parse(name) for name in options.settings]
    task = _chosen(read_task(options.items, options.events, options.queries), options)
    work = _work(options, base)
    base = _within(work, options, base)
    todo = _todo(task.queries, settings, work, options)
    if todo:
        asked = {q.id: q for piece in todo for q in piece.queries}
        _prepare(replace(task, queries=list(asked.values())), base, work, progress)
        _run(todo, options, base, progress)
    frame = pd.concat([pd.read_parquet(p) for p in _parts(task.queries, settings, work, options)], ignore_index=True)
    order = {s.name: n for n, s in enumerate(settings)}
    frame = frame.sort_values(["setting", "query_id"], key=lambda c: c.map(order) if c.name == "setting" else c)
    frame.reset_index(drop=True).to_parquet(options.out / RANKS)
    about = {"title": options.title or options.queries.parent.name, "queries": len(task.queries)}
    about |= {"items": len(task.items), "events": len(task.events), "only": dict(options.only), "seed": options.seed}
    return write_report(frame, options.out, options.ks, about, options.command, options.seed)


def _chosen(task: Task, options: Options) -> Task:
    queries = [q for q in task.queries if all(q.strata.get(k) == v for k, v in options.only)]
    if not queries:
        there = sorted({f"{k}={v}" for q in task.queries for k, v in q.strata.items()})
        raise ValueError(f"no query has {dict(options.only)}; there are {', '.join(there[:20])}")
    return replace(task, queries=sorted(queries, key=lambda q: (q.user, q.as_of or 0.0, q.id)))


def _work(options: Options, base: Settings) -> Path:
    """The folder of what is under way; results of other inputs than these are removed from it."""
    digest = hashlib.sha256()
    adapter = adapter_of(base.model, base.adapter)
    learned = (ranker.FILE, stance.WEIGHTS, linking.WEIGHTS, reader.ADAPTER, adapter)
    for path in (options.items, options.events, options.queries, base.model, *learned):
        digest.update(_digest(path) if path is not None else b"-")
    digest.update(json.dumps([base.embedder, options.seed, base.k, base.max_hops]).encode())
    work = options.out / "work" / digest.hexdigest()[:16]
    if work.parent.exists():
        for other in work.parent.iterdir():
            if other != work:
                shutil.rmtree(other)
    (work / "parts").mkdir(parents=True, exist_ok=True)
    return work


def _within(work: Path, options: Options, base: Settings) -> Settings:
    """The settings of an assistant whose store lies in the folder `work`."""
    return replace(base, store=work / "store", durable=False, items=options.items, seed=options.seed)


def _digest(path: Path) -> bytes:
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return b"".join(hashlib.sha256(f.read_bytes()).digest() for f in files if f.is_file())


# Pieces of work


@dataclass(frozen=True)
class Piece:
    """Some queries for some settings, each of which has a file to be written."""

    queries: tuple[Query, ...]
    settings: tuple[tuple[Setting, Path], ...]


def _pieces(
    queries: Sequence[Query], settings: Sequence[Setting], work: Path, options: Options
) -> Iterator[tuple[Setting, tuple[Query, ...], Path]]:
    few = _sample(queries, options)
    for setting in settings:
        mine = few if setting.thinks else queries
        for start in range(0, len(mine), CHUNK):
            chunk = tuple(mine[start : start + CHUNK])
            key = hashlib.sha256(json.dumps([setting.name, [q.id for q in chunk]]).encode()).hexdigest()[:16]
            yield setting, chunk, work / "parts" / f"{key}.parquet"


def _sample(queries: Sequence[Query], options: Options) -> list[Query]:
    """The queries that the language model answers."""
    n = options.model_queries
    if not n or n >= len(queries):
        return list(queries)
    chosen = np.random.default_rng(options.seed).permutation(len(queries))[:n]
    return [queries[i] for i in sorted(chosen)]


def _todo(queries: Sequence[Query], settings: Sequence[Setting], work: Path, options: Options) -> list[Piece]:
    """What is not done yet, settings that take the same queries together."""
    grouped: dict[tuple[Query, ...], list[tuple[Setting, Path]]] = {}
    for setting, chunk, path in _pieces(queries, settings, work, options):
        if not path.exists():
            grouped.setdefault(chunk, []).append((setting, path))
    return [Piece(chunk, tuple(todo)) for chunk, todo in grouped.items()]


def _parts(queries: Sequence[Query], settings: Sequence[Setting], work: Path, options: Options) -> list[Path]:
    return [path for _, _, path in _pieces(queries, settings, work, options)]


def _run(todo: Sequence[Piece], options: Options, base: Settings, progress: bool) -> None:
    jobs = min(options.jobs or os.cpu_count() or 1, len(todo))
    think = any(s.thinks for piece in todo for s, _ in piece.settings)
    if jobs == 1:
        bench = open_bench(options, base, think)
        for piece in tqdm(todo, "queries", disable=not progress, unit="piece"):
            _work_on(bench, piece, options)
        return
    with ProcessPoolExecutor(
        jobs, multiprocessing.get_context("spawn"), _start, (options, replace(base, n_threads=1), think)
    ) as pool:
        pending = [pool.submit(_piece, piece, options) for piece in todo]
        for done in tqdm(as_completed(pending), "queries", len(pending), disable=not progress, unit="piece"):
            done.result()


def _prepare(task: Task, base: Settings, work: Path, progress: bool) -> None:
    """The catalogue, everybody's memory and the vectors of the queries, written once for all processes."""
    assistant = Assistant.open(base, progress, model=False)
    if not (beside := vectors_of(base.items)).exists():
        keep_vectors(beside, assistant.encoder, [i.text() for i in assistant.catalog.items], assistant.catalog.vectors)
    People(task.events, assistant).prepare(task.queries, progress)
    texts = [t for q in task.queries for t in dict.fromkeys((q.text, without_names(q.text, assistant.catalog)))]
    save_vectors(work / VECTORS, assistant.encoder, list(dict.fromkeys(texts)), progress)


def prepared(options: Options, base: Settings, most: int = 0, progress: bool = False) -> tuple[Bench, Sequence[Query]]:
    """A bench and at most `most` of its queries (a seeded choice, 0 all), with all that they need written."""
    task = _chosen(read_task(options.items, options.events, options.queries), options)
    task = replace(task, queries=_sample(task.queries, replace(options, model_queries=most)))
    work = _work(options, base)
    base = _within(work, options, base)
    _prepare(task, base, work, progress)
    return open_bench(options, base, False), task.queries


def open_bench(options: Options, base: Settings, model: bool) -> Bench:
    """What one process scores with."""
    task = read_task(options.items, options.events, options.queries)
    assistant = Assistant.open(base, model=model)
    vectors = known_vectors(assistant.encoder, base.store.parent / VECTORS)
    return Bench(assistant, People(task.events, assistant), vectors)


_bench: Bench | None = None


def _start(options: Options, base: Settings, model: bool) -> None:
    global _bench
    os.environ["OMP_NUM_THREADS"] = "1"
    _bench = open_bench(options, base, model)


def _piece(piece: Piece, options: Options) -> None:
    _work_on(_bench, piece, options)


def _work_on(bench: Bench, piece: Piece, options: Options) -> None:
    rows: dict[Path, list[dict]] = {path: [] for _, path in piece.settings}
    order = np.random.default_rng(options.seed).permutation(len(bench.catalog))  # decides between equals
    for query in piece.queries:
        for setting, path in piece.settings:
            rows[path].append(row_of(bench, query, setting, bench.score(query, setting), order))
    for path, found in rows.items():
        unfinished = path.with_suffix(f".{os.getpid()}")
        pd.DataFrame(found).to_parquet(unfinished)
        unfinished.replace(path)


def row_of(bench: Bench, query: Query, setting: Setting, scored: Scored, order: np.ndarray) -> dict:
    """A row of `ranks.parquet`; between equal scores `order` (n_items,) decides."""
    scores, position = scored.scores, bench.catalog.position
    ranked = np.lexsort((order, -scores))
    pool = int(np.isfinite(scores).sum())
    places = np.empty(len(scores), np.int64)
    places[ranked] = np.arange(1, len(scores) + 1)
    relevant = [position[i] for i in query.relevant]
    top = ranked[: min(TOP, pool)]
    return {
        "setting": setting.name, "query_id": query.id, "user_id": query.user, "relevant": list(query.relevant),
        "ranks": [int(places[i]) if np.isfinite(scores[i]) else 0 for i in relevant], "pool": pool,
        "top": [bench.catalog.items[i].id for i in top], **_beyond(bench, query, top),
        "memory_tokens": scored.memory_tokens, "said": _said(query, scored.answer),
        "strata": json.dumps(query.strata, sort_keys=True),
        **{f"seconds_{part}": s for part, s in scored.seconds.items()},
    }  # fmt: skip


def _said(query: Query, answer: str | None) -> bool | None:
    if not query.must_say or answer is None:
        return None
    return any(name.casefold() in answer.casefold() for name in query.must_say)


def _beyond(bench: Bench, query: Query, top: np.ndarray) -> dict[str, float]:
    """Diversity within the list (1 - mean cosine), novelty (mean self-information, bits) and popularity (people)."""
    vectors = bench.catalog.vectors[top]
    n = len(top)
    close = (np.square(vectors.sum(axis=0)).sum() - n) / (n * (n - 1)) if n > 1 else np.nan
    crowd = bench.people.crowd(query.as_of)
    if crowd is None or not n:
        return {"diversity": float(1 - close), "novelty": np.nan, "popularity": np.nan}
    people = max(1, crowd.liked.shape[0])
    novelty = -np.log2((crowd.met[top] + 1) / (people + 1)).mean()
    return {"diversity": float(1 - close), "novelty": float(novelty), "popularity": float(crowd.met[top].mean())}
