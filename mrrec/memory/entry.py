"""One memory, of whatever tier, and what an event is worth."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace

import pyarrow as pa

# What an event tells of liking, -1..1. A rating says it itself.
EVENT_VALUE = {
    "liked": 1.0, "loved": 1.0, "finished": 0.4, "seen": 0.0, "said": 0.0, "rated": 0.0,
    "dismissed": -0.6, "abandoned": -0.6, "disliked": -1.0,
}  # fmt: skip
SUPPRESSED = "suppressed"  # a pattern that the person forgot: its key, so that statistics do not bring it back
LIKED, DISLIKED = 0.2, -0.2  # values beyond which an item counts as liked or disliked


@dataclass(frozen=True)
class Entry:
    """A record (what happened), a pattern (what is consistent) or a part of the profile (across kinds).

    `value` is -1..1, how much it was liked; `strength` 0..1, how sure or how strongly put; `when` seconds since
    the epoch; `kind` the kind of item it holds for, empty for all; `evidence` the ids it rests on.
    """

    id: str
    tier: str
    event: str
    text: str
    kind: str = ""
    item_id: str = ""
    terms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    value: float = 0.0
    strength: float = 0.5
    when: float = 0.0
    source: str = "chat"
    turn: str = ""
    evidence: tuple[str, ...] = ()
    pinned: bool = False
    superseded_by: str = ""

    @property
    def polarity(self) -> int:
        return (self.value > 0) - (self.value < 0)

    @property
    def topics(self) -> tuple[str, ...]:
        return self.terms + self.names

    @property
    def active(self) -> bool:
        """Whether it counts: neither history nor a mark."""
        return not self.superseded_by and self.event != SUPPRESSED

    def to_dict(self) -> dict:
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    def with_(self, **changes) -> Entry:
        return replace(self, **changes)


FIELDS = [
    pa.field("person", pa.string()),
    pa.field("tier", pa.string()),
    pa.field("event", pa.string()),
    pa.field("text", pa.string()),
    pa.field("kind", pa.string()),
    pa.field("item_id", pa.string()),
    pa.field("terms", pa.list_(pa.string())),
    pa.field("names", pa.list_(pa.string())),
    pa.field("value", pa.float64()),
    pa.field("strength", pa.float64()),
    pa.field("when", pa.float64()),
    pa.field("source", pa.string()),
    pa.field("turn", pa.string()),
    pa.field("evidence", pa.list_(pa.string())),
    pa.field("pinned", pa.bool_()),
    pa.field("superseded_by", pa.string()),
]
_NAMES = tuple(f.name for f in fields(Entry))


def from_row(row: dict) -> Entry:
    return Entry(**{k: tuple(v) if isinstance(v := row[k], list) else v for k in _NAMES if k in row})


def strength_of(value: float) -> float:
    """How sure a verdict on an item makes, by how clear it is."""
    return min(1.0, 0.4 + abs(value) / 2)


def entry_id(tier: str, person: str, *key: str) -> str:
    """A short id that two people never share, and that the same fact of one person always gets."""
    person = person.replace("\\", "\\\\").replace("\x1f", "\\_")  # lest a name end where a key begins
    digest = hashlib.blake2b("\x1f".join((person, *key)).encode(), digest_size=6).hexdigest()
    return f"{tier[0]}-{digest}"


def derived_key(entry: Entry) -> str:
    """What a pattern or trait is about, as a digest that is the same for everybody and holds no word."""
    about = "" if entry.event == "summary" else (*entry.topics, entry.text.split(" (")[0])[0]
    return entry_id(entry.tier, "", entry.kind, entry.event, about, str(entry.polarity))


def derived_id(person: str, entry: Entry) -> str:
    return entry_id(entry.tier, person, derived_key(entry))


def _plain(value):
    return list(value) if isinstance(value, tuple) else value
