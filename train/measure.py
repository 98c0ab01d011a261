"""What a trained model does better, on a test half whose phrasings, items and people training never saw.

    python -m train.measure --adapter none --adapter out/adapter.gguf --out out/measured.json

The embedded model answers greedily, under the grammar. For each adapter: how often a span stands as the model would
have written it without the grammar, whether what decides was recalled, which memories it named, when it looked
something up, and where the relevant items came out; and, of the rankings, how much better each adapter does than the
first, lesson by lesson. "code" among the adapters is the app's ranking with no model at all, "teacher" the app with
every decision of the model's made rightly.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from mrrec.agent import protocol
from mrrec.agent.asked import ranking
from mrrec.agent.conversation import Conversation
from mrrec.agent.loop import run
from mrrec.agent.steps import Lookup, Profile, Recall
from mrrec.assistant import Assistant, llama
from mrrec.evaluate.people import People
from mrrec.evaluate.settings import Bench, asked_without_model, earlier_turns, pool_of
from mrrec.evaluate.stats import Interval, intervals
from mrrec.llm.models import model_path
from mrrec.settings import Settings
from train.rewards import ndcg
from train.rollouts import not_shown, people_of, places, rollout
from train.teacher import Teacher
from train.worlds import SORTS, Lesson, World

CODE, TEACHER = "code", "teacher"  # in place of an adapter
RANKED = ["nDCG@10", "recall@10"]
TEST_FIRST = 30_000  # numbers of the people of the test


def measured(assistant: Assistant, people: People, lessons: Sequence[Lesson]) -> pd.DataFrame:
    """Figures of each lesson, a row for each; NaN where one has no say."""
    rows = []
    for lesson in tqdm(lessons, "lessons", unit="turn"):
        started = time.perf_counter()
        made = rollout(assistant, people, lesson, 0.0, 0)
        seconds = time.perf_counter() - started
        rows.append({"person": lesson.person} | _figures(assistant, people, lesson, made) | {"seconds": seconds})
    return pd.DataFrame(rows)


def of_code(assistant: Assistant, people: People, lessons: Sequence[Lesson]) -> pd.DataFrame:
    """The figures that a ranking without a model has, a row for each lesson; what the app takes for talk is not ranked,
    and what an earlier turn showed is left out, here as there."""
    bench, rows = Bench(assistant, people, {}), []
    for lesson in lessons:
        query, shown, ranked = lesson.query, frozenset(), None
        for turn, text in enumerate((*query.dialogue, query.text)):
            now = replace(query, text=text, dialogue=query.dialogue[:turn])
            asked = replace(asked_without_model(bench, now, assistant.settings, pool_of(query)), shown=shown)
            talks = asked.request.act == "talk"
            ranked = None if talks else ranking(asked, people.memory(query), assistant.catalog)
            before, shown = shown, shown | {c.item.id for c in ranked.chosen} if ranked else shown
        relevant = not_shown(query.relevant, before)
        rows.append(
            {"person": lesson.person} | _ranked(places(ranked.scores if ranked else {}, relevant), len(relevant))
        )
    return pd.DataFrame(rows)


def of_teacher(assistant: Assistant, people: People, lessons: Sequence[Lesson]) -> pd.DataFrame:
    """The figures of turns in which the teacher stands in the model's place: what deciding rightly brings."""
    teacher, rows = Teacher(World.open("test"), assistant.catalog, 0), []
    taught = replace(assistant, engine=teacher)
    for lesson in tqdm(lessons, "lessons", unit="turn"):
        memory = people.memory(lesson.query)
        conversation = Conversation(memory, rules=pool_of(lesson.query))
        teacher.begin(lesson, memory)
        earlier_turns(taught, conversation, lesson.query)
        relevant = not_shown(lesson.query.relevant, conversation.shown_ever)
        for _ in run(taught, conversation, lesson.query.text):
            pass
        asked = conversation.last.asked
        scores = ranking(asked, memory, assistant.catalog).scores if asked else {}
        rows.append({"person": lesson.person} | _ranked(places(scores, relevant), len(relevant)))
    return pd.DataFrame(rows)


def _ranked(at: Sequence[int], relevant: int) -> dict[str, float]:
    return {"nDCG@10": ndcg(at, relevant, 10), "recall@10": sum(p <= 10 for p in at) / max(1, relevant)}


def _figures(assistant: Assistant, people: People, lesson: Lesson, made) -> dict[str, float]:
    nan = float("nan")
    if made is None:  # it talked or asked: it ranked nothing
        return _ranked((), len(lesson.query.relevant))
    memory = people.memory(lesson.query)
    entries = {e.id: e for e in memory.entries()}
    deciding = {i for i, e in entries.items() if e.active and lesson.counts(e, assistant.catalog)}
    shown = {e["id"] for s in made.steps if isinstance(s, Recall) for e in s.entries}
    profile = next(s for s in made.steps if isinstance(s, Profile))
    named = set(profile.memory_ids)
    chosen = any(isinstance(s, Lookup) for s in made.steps)
    outcome = made.outcome
    there = deciding & shown
    wants = set(protocol.split_list(re.findall(r"<wants>(.*?)</wants>", made.text)[-1], "wants")) - {protocol.NOTHING}
    return {
        "valid spans": outcome.valid,
        "valid turn": float(outcome.valid == 1),
        "deciding recalled": float(bool(there)) if deciding else nan,
        "named right": len(named & deciding) / len(named) if named else nan,
        "deciding named": len(named & there) / len(there) if there else nan,
        "asked for: right": len(wants & {*lesson.wants}) / len(wants) if wants else nan,
        "asked for: found": len(wants & {*lesson.wants}) / len(lesson.wants) if lesson.wants else nan,
        "looked up when needed": float(outcome.looked_up) if lesson.leans else nan,
        "not when not": nan if lesson.about else float(not chosen),
        "hops": float(outcome.hops),
        **_ranked(outcome.places, outcome.relevant),
        "tokens written": float(outcome.written),
    }


def told(found: pd.DataFrame) -> dict[str, Interval]:
    """Means with 95 % bootstrap intervals, clustered by person."""
    figures = found.drop(columns="person").astype(float)
    people, _ = pd.factorize(found["person"])
    return dict(zip(figures.columns, intervals(figures.to_numpy(), people)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--adapter", type=Path, action="append", help="a GGUF of train.export, none, code or teacher; may be repeated"
    )
    parser.add_argument("--model", type=Path, help="a GGUF; the packaged model otherwise")
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--sort", choices=[s for s in SORTS if s != "small"], help="lessons of this sort alone")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("out/measured.json"))
    args = parser.parse_args()
    lessons = [x for x in World.open("test").lessons(args.people, args.seed, TEST_FIRST) if x.sort != "small"]
    lessons = [x for x in lessons if args.sort in (None, x.sort)]
    results, first = {}, None
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(store=Path(folder), durable=False, model=args.model, seed=args.seed)
        assistant = Assistant.open(settings, model=False)
        people = people_of(assistant, lessons)
        for adapter in args.adapter or [Path("none")]:
            if str(adapter) == CODE:
                rows = of_code(assistant, people, lessons)
            elif str(adapter) == TEACHER:
                rows = of_teacher(assistant, people, lessons)
            else:
                engine = llama(model_path(args.model, adapter, progress=True), settings)
                rows = measured(replace(assistant, engine=engine), people, lessons)
            first = rows if first is None else first
            found = told(rows)
            if first is not rows:
                gained = rows[RANKED].sub(first[RANKED]).add_prefix("gained: ").assign(person=rows["person"])
                found |= told(gained)
            results[str(adapter)] = {name: asdict(of) for name, of in found.items()}
            print(f"\n{adapter}, {len(lessons)} requests of {args.people} people")
            for name, of in found.items():
                print(f"  {name:24}{of.mean:.3f}  [{of.low:.3f}, {of.high:.3f}]  n {of.n}", flush=True)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(results, indent=1), "utf-8")


if __name__ == "__main__":
    main()
