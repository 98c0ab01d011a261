"""What a trained model does better, on a test half whose phrasings, items and people training never saw.

    python -m train.measure --adapter none --adapter out/adapter.gguf --out out/measured.json

The embedded model answers greedily, under the grammar. For each adapter: how often a span stands as the model would
have written it without the grammar, whether what decides was recalled, which memories it named, when it looked
something up, and where the relevant items came out.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mrrec.agent.steps import Lookup, Profile, Recall
from mrrec.assistant import Assistant
from mrrec.evaluate.people import People
from mrrec.evaluate.stats import Interval, intervals
from mrrec.llm.llamacpp import LlamaCpp
from mrrec.llm.models import model_path
from mrrec.settings import Settings
from train.rewards import ndcg
from train.rollouts import people_of, rollout
from train.worlds import Lesson, World

TEST_FIRST = 30_000  # numbers of the people of the test


def measured(assistant: Assistant, people: People, lessons: Sequence[Lesson]) -> dict[str, list]:
    """Figures of each lesson; NaN where one has no say."""
    found: dict[str, list] = defaultdict(list)
    for lesson in tqdm(lessons, "lessons", unit="turn"):
        started = time.perf_counter()
        made = rollout(assistant, people, lesson, 0.0, 0)
        found["person"].append(lesson.person)
        for name, value in _figures(assistant, people, lesson, made).items():
            found[name].append(value)
        found["seconds"].append(time.perf_counter() - started)
    return dict(found)


def _figures(assistant: Assistant, people: People, lesson: Lesson, made) -> dict[str, float]:
    nan = float("nan")
    names = ("valid spans", "valid turn", "deciding recalled", "named right", "deciding named", "looked up when needed",
             "not when not", "hops", "nDCG@10", "recall@10", "tokens written")  # fmt: skip
    if made is None:  # it talked or asked: it ranked nothing
        return dict.fromkeys(names, nan) | {"nDCG@10": 0.0, "recall@10": 0.0}
    memory = people.memory(lesson.query)
    entries = {e.id: e for e in memory.entries()}
    deciding = {i for i, e in entries.items() if e.active and lesson.counts(e, assistant.catalog)}
    shown = {e["id"] for s in made.steps if isinstance(s, Recall) for e in s.entries}
    profile = next(s for s in made.steps if isinstance(s, Profile))
    named = set(profile.memory_ids)
    chosen = any(isinstance(s, Lookup) for s in made.steps)
    outcome = made.outcome
    there = deciding & shown
    return dict(zip(names, (
        outcome.valid, float(outcome.valid == 1), float(bool(there)) if deciding else nan,
        len(named & deciding) / len(named) if named else nan, len(named & there) / len(there) if there else nan,
        float(chosen) if lesson.about else nan, nan if lesson.about else float(not chosen), float(outcome.hops),
        ndcg(outcome.places, outcome.relevant, 10),
        sum(p <= 10 for p in outcome.places) / max(1, outcome.relevant), float(outcome.written),
    )))  # fmt: skip


def told(found: dict[str, list]) -> dict[str, Interval]:
    """Means with 95 % bootstrap intervals, clustered by person."""
    names = [name for name in found if name != "person"]
    _, people = np.unique(found["person"], return_inverse=True)
    return dict(zip(names, intervals(np.array([found[n] for n in names], float).T, people)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--adapter", type=Path, action="append", help="a GGUF of train.export, or none; may be repeated"
    )
    parser.add_argument("--model", type=Path, help="a GGUF; the packaged model otherwise")
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("out/measured.json"))
    args = parser.parse_args()
    lessons = [x for x in World.open("test").lessons(args.people, args.seed, TEST_FIRST) if x.sort != "small"]
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(store=Path(folder), durable=False, model=args.model, seed=args.seed)
        assistant = Assistant.open(settings, model=False)
        people = people_of(assistant, lessons)
        for adapter in args.adapter or [Path("none")]:
            engine = LlamaCpp(model_path(args.model, adapter, progress=True))
            found = told(measured(replace(assistant, engine=engine), people, lessons))
            results[str(adapter)] = {name: asdict(of) for name, of in found.items()}
            print(f"\n{adapter}, {len(lessons)} requests of {args.people} people")
            for name, of in found.items():
                print(f"  {name:24}{of.mean:.3f}  [{of.low:.3f}, {of.high:.3f}]  n {of.n}", flush=True)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(results, indent=1), "utf-8")


if __name__ == "__main__":
    main()
