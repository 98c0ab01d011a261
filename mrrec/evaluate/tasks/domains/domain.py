"""One domain of the task Behaviour: how its items and events are read, and how its things are spoken of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mrrec.catalog.items import Item
from mrrec.evaluate.tasks.domains.lexicon import Lexicon
from mrrec.memory.events import Event

LONGEST = 800  # characters of a description


@dataclass(frozen=True)
class Reading:
    """What a reader found: items, what people did with them, and counts to tell of."""

    items: Sequence[Item]
    events: Sequence[Event]
    counts: dict


@dataclass(frozen=True)
class Domain:
    """A data set, seen as items and events.

    Attributes
    ----------
    read : (folder, lexicon of the kind) -> Reading; raises ValueError that names a missing file and its publisher
    liked : whether an event says that its item was liked
    dated : whether the events carry times; without them a person's order is drawn by lot
    least : likes that a person has to have before the first one that is held out
    nouns : genre -> how one thing of it is called; any other genre is put before `thing`
    verb, about : what one does with a thing, and the word between it and its theme
    sources : where the data is from, and under which terms
    """

    name: str
    kind: str
    read: Callable[[Path, Lexicon], Reading]
    liked: Callable[[Event], bool]
    dated: bool
    least: int
    verb: str
    about: str
    nouns: dict[str, str] = field(default_factory=dict, hash=False)
    sources: tuple[str, ...] = ()

    def noun(self, genre: str) -> str:
        return self.nouns.get(genre, f"{genre} {self.kind}")


def find(data: Path | None, names: Sequence[str], address: str) -> Path:
    """The first of `names` that the folder `data` holds. Raises ValueError that tells what to fetch, and where."""
    if data is not None:
        for name in names:
            if (data / name).is_file():
                return data / name
    where = "no folder was given (--data)" if data is None else f"{data} does not hold it"
    raise ValueError(f"{' or '.join(names)} is needed, but {where}; fetch it from {address}")


def shorten(text: str, longest: int = LONGEST) -> str:
    """The whole sentences that fit into `longest` characters, or the first one cut at a word.

    >>> shorten("One. Two three.", 8), shorten("One two", 5)
    ('One.', 'One…')
    """
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    end = max(text.rfind(mark, 0, longest) for mark in (". ", "! ", "? "))
    return text[: end + 1] if end > 0 else text[:longest].rsplit(" ", 1)[0] + "…"
