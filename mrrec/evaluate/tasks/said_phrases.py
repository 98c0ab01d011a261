"""The phrasings of "What was said", and what its topics are called.

`said.jsonl` beside this file holds hand-written rows of three sorts: sentences ("use", "half", "text", and "kind"
where a sentence fits one only), topics (a term of the catalogue and its noun phrase in each half) and terms that are
`near` to a term, so that an item with those alone is neither a hit nor a miss.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HALVES = ("dev", "test")
KINDS = ("film", "book", "game")
VERBS = {"film": "watch", "book": "read", "game": "play"}
WORKS = {
    "dev": {"film": "films", "book": "books", "game": "games"},
    "test": {"film": "movies", "book": "books", "game": "games"},
}
NAMED = {
    "film": re.compile(r"\b(films?|movies?|watch|cartoon)\b", re.I),
    "book": re.compile(r"\b(books?|novels?|read|memoirs?|literary|short story|stories)\b", re.I),
    "game": re.compile(r"\b(games?|play|RPG|platformer|shooter|roguelike)\b", re.I),
}
DISTRACTORS = ("small", "question", "oneoff", "others", "subject", "otherkind")
_WORD = re.compile(r"[^\W_]+")
# Words too common to give a topic away.
_PLAIN = frozenset(
    "film films movie movies book books novel novels game games work works story stories tale tales with that where "
    "they them their this from about full some somebody what when like make makes made much more most good have "
    "over into through other others people person thing things really them very would your yours keep gets give "
    "anybody want whole part and the for are set was out you who has not him her his its too let one two all "
    "can get own off".split()
)


@dataclass(frozen=True)
class Topic:
    """What a taste can be about: `sort` is genre, theme, tone or name; `term` as the catalogue writes it."""

    sort: str
    term: str


@dataclass(frozen=True)
class Phrases:
    """The sentences of one half, what it calls each topic, and which terms are near to which.

    `sentences[use]` are (kind or "", text); `names[kind, topic]` are (noun phrase, short form or "").
    """

    half: str
    sentences: dict[str, list[tuple[str, str]]]
    names: dict[tuple[str, Topic], tuple[str, str]]
    near: dict[str, frozenset[str]]
    works: dict[str, str] = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "works", WORKS[self.half])

    def shapes(self, use: str, kind: str) -> list[str]:
        return [text for of, text in self.sentences[use] if of in ("", kind)]

    def topics(self, kind: str) -> list[Topic]:
        """Those with a noun phrase, in the order of the file."""
        return [topic for of, topic in self.names if of == kind]

    def noun(self, topic: Topic, kind: str) -> str:
        """The plural noun phrase; of a name, the name."""
        if topic.sort == "name":
            return topic.term
        return self.names[kind, topic][0].replace("{works}", self.works[kind])

    def short(self, topic: Topic, kind: str) -> str:
        """As a request says it: "a thriller", "eerie"; empty where it has no such form."""
        return self.names[kind, topic][1]


@cache
def read_phrases(half: str) -> Phrases:
    """The phrasings of a half, "dev" or "test"."""
    sentences: dict[str, list[tuple[str, str]]] = {}
    names: dict[tuple[str, Topic], tuple[str, str]] = {}
    near: dict[str, set[str]] = {}
    for line in Path(__file__).with_name("said.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["use"] == "topic":
            topic = Topic(row["sort"], row["term"])
            for kind in KINDS if "kind" not in row else (row["kind"],):
                names[kind, topic] = (row[half], row.get(f"{half}_short", ""))
        elif row["use"] == "near":
            for other in row["near"]:  # nearness holds both ways
                near.setdefault(row["term"], set()).add(other)
                near.setdefault(other, set()).add(row["term"])
        elif row["half"] == half:
            sentences.setdefault(row["use"], []).append((row.get("kind", ""), row["text"]))
    return Phrases(half, sentences, names, {term: frozenset(others) for term, others in near.items()})


def filled(shape: str, **slots: str) -> str:
    """A sentence with its slots filled; a slot that begins with a capital gets its value with one.

    >>> filled("{X}? Always {y}.", x="ghost stories", y="yes")
    'Ghost stories? Always yes.'
    """
    values = slots | {name[0].upper() + name[1:]: value[:1].upper() + value[1:] for name, value in slots.items()}
    return re.sub(r"\{(\w+)\}", lambda slot: values[slot[1]], shape)


def said_decade(year: int, half: str) -> str:
    """
    >>> said_decade(1980, "dev"), said_decade(1980, "test"), said_decade(2010, "dev")
    ('eighties', '1980s', '2010s')
    """
    tens = ("thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
    return tens[(year - 1930) // 10] if half == "dev" and 1930 <= year < 2000 else f"{year}s"


def request_text(shape: str, phrases: Phrases, kind: str, genre: str, decade: int, mood: str) -> str:
    """A request in words. `genre` ("a thriller") and `mood` ("eerie") may be empty, `decade` 0."""
    works = phrases.works[kind]
    text = filled(
        shape, see=VERBS[kind], works=works, work=works[:-1], a_work=f"a {works[:-1]}", a_genre=genre,
        genre=re.sub(r"^an? ", "", genre), decade=said_decade(decade, phrases.half) if decade else "", mood=mood,
    )  # fmt: skip
    text = articled(text)
    return text if shape[0].islower() else text[0].upper() + text[1:]


def deciding_words(texts: list[str]) -> frozenset[str]:
    """The words of `texts` that may give a fact away, in lower case."""
    words = (word for text in texts for word in _WORD.findall(text.lower()))
    return frozenset(word for word in words if len(word) > 2 and word not in _PLAIN)


def leaks(request: str, words: frozenset[str]) -> bool:
    """Whether a request holds one of the deciding `words`, or one with the same beginning.

    >>> leaks("Something scary for the train ride?", frozenset({"trains"}))
    True
    """
    return any(_same_stem(a, b) for a in _WORD.findall(request.lower()) for b in words)


def _same_stem(a: str, b: str) -> bool:
    shared = min(len(a), len(b))
    if shared < 4:
        return a == b
    return a[: min(shared, 5)] == b[: min(shared, 5)] and abs(len(a) - len(b)) < 7


def pick(random_: random.Random, shapes: list[str], used: set[str]) -> str:
    """A shape that is not in `used`, which it enters; any where all are."""
    fresh = [s for s in shapes if s not in used] or shapes
    used.add(shape := random_.choice(fresh))
    return shape


def articled(text: str) -> str:
    """
    >>> articled("A eerie film, a unusual one")
    'An eerie film, an unusual one'
    """
    return re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", text)
