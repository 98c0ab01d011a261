"""A teacher in the model's place: an engine that writes what a good turn would, for a lesson whose answer is known.

The app's own loop is run with it, so that what is learned from is what will be asked: the same prompt, the same
memories, the same grammars. Each span is written within its grammar; what the system writes is kept apart.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from mrrec.agent import protocol
from mrrec.catalog import Catalog
from mrrec.llm.engine import Message
from mrrec.llm.llamacpp import common_prefix
from mrrec.memory import Entry, LocalMemory
from train.worlds import Lesson, World, plain_terms, topics_that_please

# What to ask memory for, beside the aspects that experience names: these bring what was said about works of a kind
ASPECTS = ("{kind}s they like", "taste in {kind}s", "favourite {kind}s", "{kind}s they avoid")
FURTHER = ("what they love", "what they dislike", "limits", "who made it")
_LITERAL = r'"(?:[^"\\]|\\.)*"'
_GROUP = rf"\({_LITERAL}(?: \| {_LITERAL})*\)"
_WEIGHED = re.compile(rf'"(m\d+): " ({_GROUP}) ", " ({_GROUP})')
_SHOWN = re.compile(r"\[(m\d+)\] (.*?)(?= \[m\d+\] |</memory>)")


@dataclass(frozen=True)
class Span:
    """A piece of the assistant's message, and whether the model wrote it."""

    text: str
    written: bool


class Teacher:
    """An engine for one lesson after another; set `lesson` and `memory` before each turn."""

    name, device, trained = "teacher", "CPU", True

    def __init__(self, world: World, catalog: Catalog, seed: int):
        self.world, self.catalog = world, catalog
        self.random = random.Random(f"teacher {seed}")
        self.lesson: Lesson | None = None
        self.memory: LocalMemory | None = None
        self.messages: Sequence[Message] = ()
        self.transcripts: list[TeacherTranscript] = []

    def check(self, grammar: str) -> None:
        """The grammars are llama.cpp's to check."""

    @contextmanager
    def transcript(self, messages: Sequence[Message], temperature: float, seed: int | None, owner: str):
        self.messages = messages
        self.transcripts.append(TeacherTranscript(self))
        yield self.transcripts[-1]

    def begin(self, lesson: Lesson, memory: LocalMemory) -> None:
        self.lesson, self.memory, self.transcripts = lesson, memory, []


class TeacherTranscript:
    """One assistant message in the making, in spans."""

    injected_tokens = written_tokens = 0

    def __init__(self, teacher: Teacher):
        self.teacher, self.lesson, self.random = teacher, teacher.lesson, teacher.random
        self.spans: list[Span] = []
        self.text = ""
        self._entries = {protocol.plain(e.text): e for e in teacher.memory.entries()} if teacher.memory else {}
        self._aspects: list[str] = []
        self._sentence = ""

    def append(self, text: str) -> None:
        """Add text that the system writes."""
        self._add(text, False)

    def write(self, grammar: str, max_tokens: int, stop: str, penalty: float = 1.0) -> Iterator[str]:
        """What the lesson asks for in this place."""
        tag = re.findall(r"<(\w+)>", self.text)[-1]
        if tag == "think":
            text = self._weigh(grammar) if _WEIGHED.search(grammar) else f"{self._sentence}."
        elif tag == "profile":
            text = self._sentence
        else:
            text = {
                "wants": self._wants,
                "recall": self._recall,
                "say": self._say,
                "ask": self._ask,
            }[tag](grammar)
        self._add(text + stop, True)
        yield text + stop

    def choose(self, alternatives: Sequence[str]) -> Iterator[str]:
        """One of `alternatives`: the one that leads on, or any where all are as good."""
        if set(alternatives) == set(protocol.THOUGHTS):
            text = self._begin_thought(alternatives)
        elif all(a.startswith("<") for a in alternatives):
            text = protocol.open_tag(self._next([a.strip("<>") for a in alternatives]))
        elif self.text.endswith("ideal:"):
            text = self._begin_ideal(alternatives)
        else:
            text = self.random.choice(alternatives)
        known = common_prefix(alternatives)
        self._add(known, False)
        self._add(text.removeprefix(known), True)
        yield text

    # Spans

    def _begin_thought(self, openings: Sequence[str]) -> str:
        opening = self.random.choice(openings)
        self._aspects = self._wanted_aspects()
        plain = [a for a in self._aspects if len(a.split()) == 1] or ["taste"]
        sentence = self.teacher.world.thought(self.random, self.lesson, opening, plain)
        self._sentence = sentence.removeprefix(opening).removesuffix(".")
        return opening

    def _wanted_aspects(self) -> list[str]:
        """Two or three aspects: one of the kind as a whole, and what experience names first."""
        named = re.findall(r"(?:^|; )([a-z ]+):", self.text.partition("<experience>")[2].partition("</")[0])
        general = self.random.choice(ASPECTS).format(kind=self.lesson.kind)
        asked = {t.sort for t in self.lesson.ask.topics}
        open_ = [a for a in named if a not in {"tone", "genre"} & asked]
        more = self.random.sample(open_ or named, min(len(open_ or named), self.random.choice((1, 1, 2))))
        return [general, *more]

    def _wants(self, grammar: str) -> str:
        known = set(literals(grammar))
        return " | ".join(t for t in self.lesson.wants if t in known) or protocol.NOTHING

    def _recall(self, grammar: str) -> str:
        if "</memory>" in self.text:  # nothing counted among what was recalled first
            self._aspects = self.random.sample(FURTHER, 2)
        return " | ".join(self._aspects[: protocol.MOST_ASPECTS])

    def _shown(self) -> dict[str, Entry]:
        """The memories that were shown, by alias."""
        found = {}
        for block in re.findall(r"<memory>.*?</memory>", self.text, re.S):
            for alias, text in _SHOWN.findall(block.removeprefix("<memory>")):
                if entry := self._entry(text):
                    found[alias] = entry
        return found

    def _entry(self, shown: str) -> Entry | None:
        """The entry that a line of memory shows: its text stands behind the points, and before the kind of a work."""
        while not (entry := self._entries.get(shown) or self._entries.get(shown.rpartition(" (")[0])) and shown:
            shown = shown.partition(": ")[2]
        return entry

    def _counting(self) -> dict[str, Entry]:
        shown = self._shown()
        return {a: e for a, e in shown.items() if self.lesson.counts(e, self.teacher.catalog)}

    def _weigh(self, grammar: str) -> str:
        counting, shown, parts = self._counting(), self._shown(), []
        for alias, group, verdicts in (m.groups() for m in _WEIGHED.finditer(grammar)):
            points = literals(group)
            verdict = protocol.YES if alias in counting else protocol.NO
            if self._is_meant(shown.get(alias)) and protocol.LOOK_UP in literals(verdicts):
                verdict = protocol.LOOK_UP
            parts.append(f"{alias}: {self._point(points, shown.get(alias))}, {verdict}.")
        return " ".join(parts)

    def _point(self, points: Sequence[str], entry: Entry | None) -> str:
        """What tells: that it is meant; what an unread statement is about; the other kind; a word that is asked for or
        wanted; else what the memory is mostly about."""
        if protocol.MEANT in points:
            return protocol.MEANT
        if protocol.OTHER in points and len(points) > 1 and entry is not None:
            term = self.lesson.term_of(entry)
            return term if term in points else protocol.OTHER
        kinds = [p for p in points if p in ("films", "books", "games")]
        if kinds and kinds[0] != f"{self.lesson.kind}s":
            return kinds[0]
        told = {t.term for t in (*self.lesson.ask.topics, *self.lesson.want.topics)}
        matching = [p for p in points if p in told]
        others = [p for p in points if p not in kinds]
        return (matching or others or list(points))[0]

    def _is_meant(self, entry: Entry | None) -> bool:
        """Whether the request leans on the work that it is about."""
        return entry is not None and self.lesson.leans and entry.item_id == self.lesson.about

    def _next(self, tags: Sequence[str]) -> str:
        if "recall" in tags and not self._counting() and self.text.count("<recall>") < 2:
            return "recall"
        return "profile"

    def _begin_ideal(self, openings: Sequence[str]) -> str:
        opening = self.random.choice(openings)
        likes = topics_that_please(self.lesson, list(self._counting().values()))
        if self.lesson.about and (item := self.teacher.catalog.get(self.lesson.about)):
            likes = plain_terms(item.themes)[:3]
        after = opening.rsplit(" ", 1)[-1]
        self._sentence = " " + self.teacher.world.ideal(self.random, self.lesson, after, likes).removesuffix(".")
        return opening

    def _say(self, grammar: str) -> str:
        return self.teacher.world.reply(self.random, self.lesson.to or "talk")

    def _ask(self, grammar: str) -> str:
        """Any of what may be asked."""
        parts = re.findall(rf"{_GROUP}|{_LITERAL}", grammar)
        return "".join(self.random.choice(literals(part)) for part in parts[:-1])

    def _add(self, text: str, written: bool) -> None:
        self.text += text
        if self.spans and written and self.spans[-1].written:
            text = self.spans.pop().text + text
        if text:
            self.spans.append(Span(text, written))


def literals(grammar: str) -> list[str]:
    """The literals of a piece of grammar.

    >>> literals('root ::= ("yes" | "no") "."')
    ['yes', 'no', '.']
    """
    return [json.loads(text) for text in re.findall(_LITERAL, grammar)]
