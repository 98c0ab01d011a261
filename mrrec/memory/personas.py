"""Persons to try on: a file of dated events each, turned into records."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mrrec.catalog import Catalog
from mrrec.memory.entry import EVENT_VALUE, Entry, strength_of

BEST_RATING = 5


@dataclass(frozen=True)
class Persona:
    """`events`: dicts of event, item_id, kind, value (rating 1-5), when (ISO date), text."""

    name: str
    title: str
    about: str
    events: tuple[dict, ...]


def read_personas(path: Path) -> dict[str, Persona]:
    """Personas by name. Raises ValueError that names the line."""
    found = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            persona = Persona(row["name"], row["title"], row["about"], tuple(row["events"]))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name}, line {number}: not a persona ({error!r})") from error
        found[persona.name] = persona
    return found


def records_of(persona: Persona, catalog: Catalog, read_said: Callable[[str], Sequence[Entry]]) -> list[Entry]:
    """The persona's events as records; `read_said` turns a statement into what it teaches."""
    records = []
    for event in persona.events:
        when = datetime.fromisoformat(event["when"]).replace(tzinfo=UTC).timestamp()
        if event["event"] == "said":
            understood = [e for e in read_said(event["text"]) if e.event == "said"]
            plain = Entry(id="", tier="record", event="said", text=event["text"], kind=event.get("kind", ""))
            records += [e.with_(when=when, source="persona") for e in understood or [plain]]
        elif item := catalog.get(event["item_id"]):
            records.append(
                event_record(event["event"], item, event.get("value"), event.get("text", ""), when, "persona")
            )
    return records


def event_record(
    event: str, item, rating: float | None = None, review: str = "", when: float = 0.0, source: str = "button"
) -> Entry:
    """What happened with an item, as a record. A `rating` is out of five."""
    verdict = f" {rating:g}/{BEST_RATING}" if rating is not None else ""
    said = f": “{review}”" if review else ""
    value = (rating - 3) / 2 if rating is not None else EVENT_VALUE[event]
    return Entry(
        id="", tier="record", event=event, text=f"{event.capitalize()} {item.label}{verdict}{said}", kind=item.kind,
        item_id=item.id, value=value, strength=strength_of(value), when=when, source=source,
    )  # fmt: skip
