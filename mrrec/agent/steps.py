"""The trace of a turn, as typed data: what the page, the tests, evaluation and training all read.

A step may be yielded more than once while it grows; a consumer replaces it by `id`. It is final when
`end` is set. `to_dict` and `from_dict` are lossless, so a saved trace replays without a model.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar


@dataclass(frozen=True)
class Step:
    """`start` and `end` are seconds since the epoch; `end` is None while the step goes on."""

    id: str
    start: float
    end: float | None = None
    step: ClassVar[str] = "step"

    @property
    def seconds(self) -> float | None:
        return None if self.end is None else self.end - self.start

    def to_dict(self) -> dict[str, Any]:
        return {"step": self.step} | {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True)
class Experience(Step):
    """Global memory for the request's scenario: the aspects that people usually weigh."""

    scenario: str = ""
    aspects: tuple[dict, ...] = ()  # aspect, description, support (people)
    step: ClassVar[str] = "experience"


@dataclass(frozen=True)
class Thought(Step):
    text: str = ""
    step: ClassVar[str] = "thought"


@dataclass(frozen=True)
class Recall(Step):
    """Local memory by aspect. Each entry: id, alias, tier, text, score, parts, evidence, aspect."""

    aspects: tuple[str, ...] = ()
    entries: tuple[dict, ...] = ()
    note: str = ""  # "nothing remembered yet", "repeated, so the search ends"
    step: ClassVar[str] = "recall"


@dataclass(frozen=True)
class Lookup(Step):
    """Facts of titles or names, and what they share. Each fact: id, label, text; `missing` was not found."""

    queries: tuple[str, ...] = ()
    facts: tuple[dict, ...] = ()
    shared: dict[str, list[str]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    step: ClassVar[str] = "lookup"


@dataclass(frozen=True)
class Profile(Step):
    """The ideal item, what binds (`must`, `avoid`: readable conditions), and the memories that count."""

    ideal: str = ""
    must: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    memory_ids: tuple[str, ...] = ()
    step: ClassVar[str] = "profile"


@dataclass(frozen=True)
class Ranking(Step):
    """Candidates best first: id, title, score, parts, memories; and what was left out: reason, count, examples."""

    candidates: tuple[dict, ...] = ()
    filtered: tuple[dict, ...] = ()
    pool: int = 0  # items considered after the filters
    step: ClassVar[str] = "ranking"


@dataclass(frozen=True)
class Answer(Step):
    """Items are catalogue rows with `why`, `memories` (ids) and `facts` beside their fields."""

    text: str = ""
    items: tuple[dict, ...] = ()
    step: ClassVar[str] = "answer"


@dataclass(frozen=True)
class Ask(Step):
    text: str = ""
    step: ClassVar[str] = "ask"


@dataclass(frozen=True)
class Say(Step):
    """Talk, and answers about the memory itself, which list the `memories` (id, tier, text) they speak of."""

    text: str = ""
    memories: tuple[dict, ...] = ()
    step: ClassVar[str] = "say"


@dataclass(frozen=True)
class Remember(Step):
    """What the turn wrote, found known (`same`), said more exactly (`refined`), superseded or forgot.

    `state` is saving, saved, nothing, off (temporary) or failed, with `note`.
    """

    written: tuple[dict, ...] = ()
    same: tuple[dict, ...] = ()
    refined: tuple[dict, ...] = ()
    superseded: tuple[dict, ...] = ()
    forgotten: tuple[dict, ...] = ()
    restored: tuple[dict, ...] = ()
    state: str = "nothing"
    note: str = ""
    step: ClassVar[str] = "remember"


KINDS: dict[str, type[Step]] = {c.step: c for c in Step.__subclasses__()}


def begin() -> dict[str, Any]:
    """Id and start of a new step."""
    return {"id": uuid.uuid4().hex[:8], "start": time.time()}


def done(step: Step) -> Step:
    """`step` in its final state."""
    return replace(step, end=time.time())


def from_dict(data: dict[str, Any]) -> Step:
    """The step that `to_dict` wrote. Raises ValueError for an unknown kind or field."""
    values = dict(data)
    kind = values.pop("step", None)
    if kind not in KINDS:
        raise ValueError(f"no step is called {kind!r}; there are {', '.join(KINDS)}")
    names = {f.name for f in fields(KINDS[kind])}
    if unknown := set(values) - names:
        raise ValueError(f"a {kind} step has no {', '.join(sorted(unknown))}")
    return KINDS[kind](**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def _plain(value: Any) -> Any:
    return [_plain(v) for v in value] if isinstance(value, tuple) else value
