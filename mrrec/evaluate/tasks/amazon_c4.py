"""Amazon-C4 with the histories of Amazon Reviews 2023 (Hou et al. 2024): the task of the MR.Rec paper.

A query was written by a language model from one review; the item reviewed is the one to find among the 1,058,417 of the
pool. What a person is remembered by are their reviews from before that one; it is itself never an event that the query
can see, and neither is another review of the same item.

The paper draws 6,096 queries of 6,039 people and has a language model cut each down to core item and core use. Which
ones it drew is not told, and that model is not ours: we draw as many with a seed, and `simplified` cuts by rule. Each
query is there twice, as it was written and cut down (`wording` among its strata). People are split, not queries: the
paper's 157 from whose queries experience is distilled and as many as make a half of all are `dev`, the rest `test`.

Neither the pool nor a review file is ever in memory as a whole.
"""

from __future__ import annotations

import csv
import json
import random
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from mrrec.catalog import Item
from mrrec.evaluate.data import Query, Task
from mrrec.evaluate.tasks._amazon_files import (
    C4,
    POOL,
    POOL_COLUMNS,
    QUERIES,
    QUERY_COLUMNS,
    REVIEWS,
    Review,
    check,
    fetched,
    given,
    histories,
    row_of,
    streamed,
)
from mrrec.evaluate.tasks._simplify import simplified
from mrrec.memory.events import Event

MOST_QUERIES = 6096  # as many as the paper draws
EXPERIENCE_PEOPLE = 157  # whose queries the paper distils its global memory from
MOST_TITLE = 120  # characters; the pool has title and description in one text


@dataclass(frozen=True, slots=True)
class Target:
    """One row of the queries: what was asked, and the review it was made from."""

    qid: str
    query: str
    item_id: str
    user: str
    review: str


class Pool(Sequence):
    """The items of a pool file, read from it one at a time; in memory are eight bytes for each.

    Rows whose item was there before are left out (`doubles`); `found` are those of `wanted` that the pool has, with
    their category. Raises ValueError where a row has not the columns.
    """

    def __init__(self, path: Path, wanted: Container[str] = (), progress: bool = False):
        self.path, self.doubles, self.found = path, 0, {}
        self._starts = array("q")
        seen: set[str] = set()
        with (
            path.open("rb") as file,
            tqdm(desc="pool", total=path.stat().st_size, unit="B", unit_scale=True, disable=not progress) as bar,
        ):
            start = 0
            for number, line in enumerate(file, 1):
                if line.strip():
                    row = row_of(line, path, number, POOL_COLUMNS)
                    if row["item_id"] in seen:
                        self.doubles += 1
                    else:
                        seen.add(row["item_id"])
                        self._starts.append(start)
                        if row["item_id"] in wanted:
                            self.found[row["item_id"]] = row["category"]
                start += len(line)
                bar.update(len(line))
        if not seen:
            raise ValueError(f"{path.name}: there are no items in it")

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, at):
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        with self.path.open("rb") as file:
            file.seek(self._starts[at])
            return pool_item(json.loads(file.readline()))

    def __iter__(self) -> Iterator[Item]:
        with self.path.open("rb") as file:
            for start in self._starts:
                file.seek(start)
                yield pool_item(json.loads(file.readline()))


def pool_item(row: dict) -> Item:
    """A row of the pool as an item: the category is its kind, what stands before the first full stop its title.

    >>> pool_item({"item_id": "B1", "category": "Pet", "metadata": "Acme Squeaky Rubber Bone, Blue. For strong dogs."})
    Item(id='B1', kind='pet', title='Acme Squeaky Rubber Bone, Blue', year=0, creators=(), people=(), genres=(), \
themes=(), country='', language='', length=0, description='For strong dogs.', popularity=0.0, more=())
    """
    text = " ".join(str(row["metadata"] or "").split())
    end = next((m for m in re.finditer(r"\.(?: |$)", text) if text.count(" ", 0, m.start()) >= 2), None)
    title, rest = (text[: end.start()], text[end.end() :]) if end else (text, "")
    if len(title) > MOST_TITLE:
        cut = title.rfind(" ", 0, MOST_TITLE)
        cut = cut if cut > 0 else MOST_TITLE
        title, rest = text[:cut], text[cut:].strip()
    kind = str(row["category"] or "item").strip().lower()
    return Item(id=str(row["item_id"]), kind=kind, title=title or str(row["item_id"]), description=rest)


def build(data: Path | None, seed: int, progress: bool) -> Task:
    """The task from the files in `data`, or from the hub where that is None.

    Raises ValueError where a file or a column is missing, or the hub cannot be reached; it says what to put where.
    """
    folder = Path(data) if data is not None else None
    queries, pool = (given(folder, name) if folder else fetched(name) for name in (QUERIES, POOL))
    targets = read_targets(queries)
    people = {t.user for t in targets}
    reviews = histories(folder, people, progress) if folder else streamed(people, progress)
    shelf = Pool(pool, {t.item_id for t in targets} | {r.item_id for rs in reviews.values() for r in rs}, progress)
    kept, events, lost = _joined(targets, reviews, shelf.found, random.Random(seed))
    if not kept:
        told = ", ".join(f"{n} {why}" for why, n in sorted(lost.items()))
        raise ValueError(f"no query of {QUERIES} is left: {told}; are the review files those of its people?")
    about = {
        "task": "amazon_c4", "source": [C4, REVIEWS], "seed": seed, "items": len(shelf), "doubles": shelf.doubles,
        "queries": len(kept), "people": len({q.user for q in kept}), "events": len(events), "left out": dict(lost),
        "events of pool items": sum(e.item_id in shelf.found for e in events),
        "split": "by person, half dev and half test; of dev, `part` experience are those to distil from",
        "wording": "raw: as published; simplified: cut down by rules, not by the paper's language model",
        "drawn": f"at most {MOST_QUERIES} queries with a seed; which ones the paper drew is not told",
    }  # fmt: skip
    return Task(shelf, events, [q for query in kept for q in _wordings(query)], about)


def read_targets(path: Path) -> list[Target]:
    """The rows of the query file. Raises ValueError where columns differ or a row lacks its ids."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        check(reader.fieldnames or (), QUERY_COLUMNS, path.name)
        found = []
        for row in reader:
            where = f"{path.name}, line {reader.line_num}"
            if empty := [c for c in ("qid", "query", "item_id", "user_id") if not (row[c] or "").strip()]:
                raise ValueError(f"{where}: {empty[0]} is empty")
            texts = [" ".join(row[c].split()) for c in ("qid", "query", "item_id", "user_id")]
            found.append(Target(*texts, (row["ori_review"] or "").strip()))
    if twice := [q for q, n in Counter(t.qid for t in found).items() if n > 1]:
        raise ValueError(f"{path.name}: the qid {twice[0]!r} is there twice")
    return found


def _joined(
    targets: Iterable[Target], reviews: dict[str, list[Review]], pool: dict[str, str], draw: random.Random
) -> tuple[list[Query], list[Event], Counter]:
    """Queries that have an item in the pool and a history, drawn; the events of their people; what was left out."""
    lost: Counter = Counter()
    found: list[tuple[Target, float]] = []
    for target in targets:
        own = reviews.get(target.user, [])
        source = _source(target, own)
        if target.item_id not in pool:
            lost["with an item that is not in the pool"] += 1
        elif source is None:
            lost["whose review is in no file"] += 1
        elif not any(r.when < source.when and target.item_id not in (r.item_id, r.variant) for r in own):
            lost["with nothing before the review"] += 1
        else:
            found.append((target, source.when))
    if len(found) > MOST_QUERIES:
        lost["not drawn"] = len(found) - MOST_QUERIES
        found = [found[i] for i in sorted(draw.sample(range(len(found)), MOST_QUERIES))]
    people = sorted({t.user for t, _ in found})
    draw.shuffle(people)
    dev = {u: "experience" if n < EXPERIENCE_PEOPLE else "train" for n, u in enumerate(people[: len(people) // 2])}
    queries = [
        Query(
            t.qid, t.query, (t.item_id,), user=t.user, as_of=when,
            strata={
                "category": str(pool[t.item_id]), "half": "dev" if t.user in dev else "test",
                "part": dev.get(t.user, "test"),
            },
        ) for t, when in found
    ]  # fmt: skip
    asked: dict[str, dict[str, float]] = defaultdict(dict)
    for target, when in found:
        asked[target.user][target.item_id] = min(when, asked[target.user].get(target.item_id, when))
    return queries, [e for u in sorted(people) for e in _events(u, reviews[u], asked[u])], lost


def _source(target: Target, own: Sequence[Review]) -> Review | None:
    """The review that a query was made from: of its item, in its words; the first of the item where no words agree."""
    same = sorted((r for r in own if target.item_id in (r.item_id, r.variant)), key=lambda r: r.when)
    words = _letters(target.review)
    return next((r for r in same if words and _letters(r.text).endswith(words)), same[0] if same else None)


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _events(user: str, own: Iterable[Review], asked: dict[str, float]) -> Iterator[Event]:
    """A person's reviews that some query of theirs may see, in order of time.

    `asked` has the time of the review for each item asked for; an earlier review of the same item would give it away.
    """
    last = max(asked.values())
    for r in sorted(own, key=lambda r: (r.when, r.item_id)):
        hidden = any(r.when < asked[i] for i in {r.item_id, r.variant} & asked.keys())
        if r.when < last and not hidden:
            yield Event(user, r.item_id, "rated", r.when, r.rating, r.text)


def _wordings(query: Query) -> Iterator[Query]:
    yield replace(query, id=f"{query.id}-raw", strata=query.strata | {"wording": "raw"})
    short = simplified(query.text)
    yield replace(query, id=f"{query.id}-simplified", text=short, strata=query.strata | {"wording": "simplified"})
