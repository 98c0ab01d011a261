"""What an evaluation reads: items, events and queries; and the folder in which a task keeps the three."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mrrec.catalog import Item, read_items
from mrrec.memory.events import Event, json_lines, moment, read_events

ITEMS, EVENTS, QUERIES, ABOUT = "items.jsonl", "events.jsonl", "queries.jsonl", "about.json"
_TEXTS = ("history", "candidates", "dialogue", "must_say")
_KNOWN = {"query_id", "user_id", "query", "relevant", "as_of", "strata", *_TEXTS}


@dataclass(frozen=True)
class Query:
    """One request, and the items that satisfy it.

    Attributes
    ----------
    relevant : ids of the items that count as found
    user : whose memory it is asked with, empty for nobody's
    history : ids or titles of liked items, in place of events
    candidates : ids of the pool; empty is the whole catalogue, less what the person had met before
    as_of : seconds since the epoch; only events before it, and items of its year or earlier, are known. None: all
    dialogue : earlier turns of the same conversation, the person's own words
    must_say : an answer has to hold one of these (the truth that a false premise is put right with); empty: anything
    strata : what the report splits by, and `half` ("dev" or "test")
    """

    id: str
    text: str
    relevant: tuple[str, ...]
    user: str = ""
    history: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    as_of: float | None = None
    dialogue: tuple[str, ...] = ()
    must_say: tuple[str, ...] = ()
    strata: dict[str, str] = field(default_factory=dict, hash=False)

    def to_dict(self) -> dict:
        row = {"query_id": self.id, "user_id": self.user or None, "query": self.text, "relevant": list(self.relevant)}
        row |= {name: list(value) for name in _TEXTS if (value := getattr(self, name))}
        row |= {"as_of": self.as_of} if self.as_of is not None else {}
        return row | ({"strata": self.strata} if self.strata else {})


@dataclass(frozen=True)
class Task:
    """Items, events and queries that belong together; `about` tells where they are from and how they were made."""

    items: Sequence[Item]
    events: Sequence[Event]
    queries: Sequence[Query]
    about: dict = field(default_factory=dict)


def write_task(task: Task, out: Path) -> None:
    """Write a task's four files into the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    _write(out / ITEMS, (i.to_dict() for i in task.items))
    _write(out / EVENTS, (_row(e) for e in task.events))
    _write(out / QUERIES, (q.to_dict() for q in task.queries))
    (out / ABOUT).write_text(json.dumps(task.about, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_task(items: Path, events: Path | None, queries: Path) -> Task:
    """Read and check the files of an evaluation. Raises ValueError that names file, row and what to do."""
    found = read_items(items)
    ids = {i.id for i in found}
    return Task(found, list(read_events(events)) if events else [], read_queries(queries, ids))


def read_queries(path: Path, items: Iterable[str]) -> list[Query]:
    """The queries of a JSONL file; every relevant item and candidate has to be one of `items`."""
    known = set(items)
    queries: dict[str, Query] = {}
    if not path.is_file():
        raise ValueError(f"no queries at {path}")
    for where, row in json_lines(path):
        query = _query(row, where, known)
        if query.id in queries:
            raise ValueError(f"{where}: the query_id {query.id!r} is there twice")
        queries[query.id] = query
    if not queries:
        raise ValueError(f"no queries in {path}")
    return list(queries.values())


def _query(row: object, where: str, known: set[str]) -> Query:
    if not isinstance(row, dict):
        raise ValueError(f"{where}: not an object with query_id, query, relevant")
    if unknown := set(row) - _KNOWN:
        raise ValueError(f"{where}: {', '.join(sorted(unknown))} is no field; there are {', '.join(sorted(_KNOWN))}")
    text = str(row.get("query") or "").strip()
    if not text:
        raise ValueError(f"{where}: query is empty")
    if row.get("query_id") in (None, ""):
        raise ValueError(f"{where}: query_id is missing")
    lists = {name: _texts(row.get(name), f"{where}: {name}") for name in ("relevant", *_TEXTS)}
    if not lists["relevant"]:
        raise ValueError(f"{where}: relevant is empty, so nothing can be found")
    for name in ("relevant", "candidates"):
        if strange := [i for i in lists[name] if i not in known]:
            raise ValueError(f"{where}: {name} names {strange[0]!r}, which is no item_id of the items file")
    if lists["candidates"] and (lost := set(lists["relevant"]) - set(lists["candidates"])):
        raise ValueError(f"{where}: {min(lost)!r} is relevant, but not among the candidates")
    strata = row.get("strata") or {}
    if not isinstance(strata, dict):
        raise ValueError(f"{where}: strata is {strata!r}, not an object")
    as_of = row.get("as_of")
    return Query(
        str(row["query_id"]), text, user=str(row.get("user_id") or ""),
        as_of=None if as_of in (None, "") else moment(as_of, where, "as_of"),
        strata={str(k): str(v) for k, v in strata.items()}, **lists,
    )  # fmt: skip


def _texts(raw: object, where: str) -> tuple[str, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        raise ValueError(f"{where} is {raw!r}, not a list")
    return tuple(str(v) for v in raw)


def _row(event: Event) -> dict:
    row = asdict(event)
    return {
        "user_id": row["person"], "item_id": row["item_id"], "event": row["event"], "timestamp": row["when"],
        "rating": row["rating"], "text": row["text"],
    }  # fmt: skip


def _write(path: Path, rows: Iterable[dict]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
