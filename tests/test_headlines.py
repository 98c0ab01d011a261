"""The signs of the headline differences, on small parts of the tasks: a change that turns one is seen at once."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mrrec.evaluate.data import EVENTS, ITEMS, QUERIES, Task, write_task
from mrrec.evaluate.run import RANKS, Options, evaluate
from mrrec.evaluate.study import COLLABORATIVE, HEADLINES, MRREC, NO_CF, NO_CROWD, NON_PERSONAL, headlines
from mrrec.evaluate.tasks import conditions, said
from mrrec.settings import Settings

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PEOPLE = 40


def ranks(task: Task, out: Path, settings: tuple[str, ...], ks=(5, 10), jobs: int = 1) -> pd.DataFrame:
    write_task(task, out)
    evaluate(Options(out / ITEMS, out / QUERIES, out / "run", settings, out / EVENTS, ks, jobs=jobs), Settings())
    return pd.read_parquet(out / "run" / RANKS)


def of_half(task: Task, half: str = "test") -> Task:
    return replace(task, queries=[q for q in task.queries if q.strata["half"] == half])


def of_people(task: Task, most: int) -> Task:
    people = sorted({q.user for q in task.queries})
    chosen = set(random.Random(1).sample(people, min(most, len(people))))
    return replace(task, queries=[q for q in task.queries if q.user in chosen])


def told(found: list[dict]) -> str:
    return "; ".join(f"{h['claim']}: {h.get('gain', h['value']):.3f}" for h in found)


def test_what_was_said(tmp_path):
    task = of_people(of_half(said.build(None, 0, False)), PEOPLE)
    mine = {q.user for q in task.queries}
    task = replace(task, events=[e for e in task.events if e.person in mine])
    frame = ranks(task, tmp_path, ("hybrid", "recent", "static", "fields", MRREC))
    found = list(headlines({"said": frame}, [h for h in HEADLINES if h.run == "said"]))
    assert len(found) == 3
    assert all(h["gain"] > 0 and h["low"] > 0 for h in found), told(found)


def test_conditions(tmp_path):
    task = of_half(conditions.build(None, 0, False))
    some = random.Random(1).sample(list(task.queries), 150)
    frame = ranks(replace(task, queries=some), tmp_path, ("hybrid", "fields"))
    found = list(headlines({"conditions": frame}, [h for h in HEADLINES if h.run == "conditions"]))
    assert len(found) == 3
    assert all(h["value"] > h["aim"] - 0.1 for h in found), told(found)
    recall = frame.ranks.map(lambda r: sum(0 < x <= 5 for x in r) / len(r))
    by_setting = recall.groupby(frame.setting)
    assert by_setting.mean()["fields"] > 2 * by_setting.mean()["hybrid"]


@pytest.mark.skipif(not (DATA / "ml-latest-small.zip").exists(), reason="no publishers' files beside the project")
def test_behaviour(tmp_path):
    from mrrec.evaluate.tasks.behaviour import build_films

    task = of_half(build_films(DATA, 0, False))
    known = {i for i, n in Counter(e.item_id for e in task.events).most_common(220)}
    queries = [
        q for q in task.queries
        if q.strata["form"] == "paraphrased" and q.strata["pool"] == "full" and q.relevant[0] in known
    ]  # fmt: skip
    items = [i for i in task.items if i.id in known]
    events = [e for e in task.events if e.item_id in known]
    task = of_people(Task(items, events, queries), 60)
    frame = ranks(task, tmp_path, ("fields", NON_PERSONAL, COLLABORATIVE, NO_CROWD, NO_CF, MRREC), (10, 100))
    found = list(headlines({"films": frame}, [h for h in HEADLINES if h.run == "films"]))
    assert len(found) == 3
    assert all(h["gain"] > 0 for h in found), told(found)
