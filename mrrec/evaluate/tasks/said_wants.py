"""What a person of "What was said" wants, and which items carry it, decided by the fields of the catalogue alone.

A condition holds of an item, fails, or is open: where a term is missing but one near to it is there, or the title or
the description speaks of it. An item whose condition is open is neither a hit nor a miss and leaves the pool.
Sets of items are bit masks over the items of one part of the catalogue and one kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from mrrec.catalog.items import Item
from mrrec.evaluate.tasks.said_phrases import Phrases, Topic

LEAST = 8  # items of the part and kind that carry a genre, theme or tone
LEAST_OF_NAME = {"film": 4, "book": 3, "game": 3}
MOST_RELEVANT, LEAST_NEAR = 12, 10
TOO_COMMON = frozenset(("drama", "steady"))  # say nothing about an item
# What makes a film or a book unfit for a child of seven.
ROUGH = frozenset("gore sex torture dark bleak tragic violence drugs murder suicide rape massacre".split())
# What leaves open whether one is fit for a child.
GROWN = frozenset(
    ("marriage", "adultery", "divorce", "drinking", "alcoholism", "war", "eerie", "grief", "ageing", "death")
)
# How long is too long, with what each half calls it; and how long is long enough.
BOUNDS = {
    ("short", "film"): {
        90: ("an hour and a half", "ninety minutes"),
        100: ("a hundred minutes", "an hour and forty"),
        120: ("two hours", "a hundred and twenty minutes"),
    },
    ("short", "book"): {
        200: ("200 pages", "two hundred pages"),
        250: ("250 pages", "two hundred and fifty pages"),
        300: ("300 pages", "three hundred pages"),
    },
    ("short", "game"): {
        8: ("eight hours", "8 hours"),
        12: ("twelve hours", "12 hours"),
        20: ("twenty hours", "20 hours"),
    },
    ("long", "book"): {400: ("400 pages", "four hundred pages"), 500: ("500 pages", "five hundred pages")},
}
LIMITS = {
    "film": ("short", "subtitles", "child"),
    "book": ("short", "long", "translation", "child"),
    "game": ("short",),
}
ALONE = frozenset(("long", "child"))  # limits that leave few items, so that no liking has to narrow them


@dataclass(frozen=True)
class Limit:
    """`sort` is short, long, subtitles, translation or child; `bound` in the unit of the kind, 0 where it has none."""

    sort: str
    bound: int = 0


@dataclass(frozen=True)
class Want:
    """What holds of a person at the end, for one kind. `fact` is like, dislike, limit, change or two."""

    fact: str
    kind: str
    likes: tuple[Topic, ...] = ()
    dislikes: tuple[Topic, ...] = ()
    limit: Limit | None = None

    @property
    def topics(self) -> tuple[Topic, ...]:
        return self.likes + self.dislikes


@dataclass(frozen=True)
class Ask:
    """A request: `form` names its shapes, the rest what it asks for beside the kind."""

    form: str
    genre: Topic | None = None
    decade: int = 0
    mood: Topic | None = None

    @property
    def topics(self) -> tuple[Topic, ...]:
        return tuple(t for t in (self.genre, self.mood) if t)


def carries(item: Item, topic: Topic, near: frozenset[str] = frozenset()) -> bool | None:
    """Whether an item carries a topic; None where that is open.

    >>> ring = Item("1", "film", "Ringu", genres=("horror",), themes=("eerie", "curse"), description="A ghost calls.")
    >>> carries(ring, Topic("genre", "horror")), carries(ring, Topic("theme", "ghosts"))
    (True, None)
    """
    field = {"genre": item.genres, "name": item.names}.get(topic.sort, item.themes)
    if topic.term in field:
        return True
    if topic.sort != "name" and (near | {topic.term}) & {*item.genres, *item.themes}:
        return None
    if topic.sort in ("theme", "name"):
        word = topic.term if topic.sort == "name" else re.sub(r"s$", "", topic.term)
        if re.search(rf"\b{re.escape(word)}(?:e?s)?\b", f"{item.title}. {item.description}", re.I):
            return None
    return False


def keeps(item: Item, limit: Limit) -> bool | None:
    """Whether an item keeps within a limit; None where that is open."""
    if limit.sort in ("short", "long"):
        if not item.length:
            return None
        return item.length <= limit.bound if limit.sort == "short" else item.length >= limit.bound
    if limit.sort in ("subtitles", "translation"):
        return None if item.language in ("", "Silent") else item.language == "English"
    fit = {"film": "family", "book": "children"}[item.kind]
    genres, themes = set(item.genres), set(item.themes)
    if fit in genres:  # a drama about a family is filed there too
        solemn = "drama" in genres and not {"animation", "adventure", "fantasy"} & genres
        return None if solemn or (ROUGH | GROWN) & themes else True
    return None if {"animation", "young adult", "graphic novel"} & genres and not ROUGH & themes else False


class Part:
    """The items of one kind in one half of the catalogue, with masks of what holds (`yes`) and what fails (`no`)."""

    def __init__(self, items: Sequence[Item], kind: str, phrases: Phrases):
        self.items = [i for i in items if i.kind == kind]
        self.kind, self.phrases = kind, phrases
        self._masks: dict[object, tuple[int, int]] = {}

    @cached_property
    def topics(self) -> dict[str, list[Topic]]:
        """What can be stated, by sort: topics that enough items of the part carry."""
        found: dict[str, list[Topic]] = {"genre": [], "theme": [], "tone": [], "name": []}
        for topic in self.phrases.topics(self.kind):
            if topic.term not in TOO_COMMON and self.masks(topic)[0].bit_count() >= LEAST:
                found[topic.sort].append(topic)
        counts = Counter(name for item in self.items for name in set(item.names))
        least = LEAST_OF_NAME[self.kind]
        found["name"] = [Topic("name", name) for name, count in sorted(counts.items()) if count >= least]
        return found

    def topics_of(self, item: Item) -> list[Topic]:
        return [t for topics in self.topics.values() for t in topics if carries(item, t)]

    @cached_property
    def asks(self) -> list[Ask]:
        """The requests that at least eleven items of the part satisfy."""
        genres = self.topics["genre"]
        moods = [t for t in self.topics["tone"] if self.phrases.short(t, self.kind)]
        decades = sorted({i.year // 10 * 10 for i in self.items if i.year >= 1900})
        asks = [Ask("bare")]
        asks += [Ask("genre", g) for g in genres] + [Ask("decade", decade=d) for d in decades]
        asks += [Ask("mood", mood=m) for m in moods]
        asks += [Ask("genre-decade", g, d) for g, d in product(genres, decades)]
        asks += [Ask("genre-mood", g, 0, m) for g, m in product(genres, moods) if not self.kin(g, m)]
        return [a for a in asks if self.asked(a)[0].bit_count() > LEAST_NEAR]

    def kin(self, a: Topic, b: Topic) -> bool:
        """Whether two topics are one or near."""
        return a.term == b.term or b.term in self.phrases.near.get(a.term, ())

    def masks(self, condition: Topic | Limit | int) -> tuple[int, int]:
        """(yes, no) of a topic, a limit or a decade."""
        if condition not in self._masks:
            yes = no = 0
            for place, item in enumerate(self.items):
                if isinstance(condition, Topic):
                    holds = carries(item, condition, self.phrases.near.get(condition.term, frozenset()))
                elif isinstance(condition, Limit):
                    holds = keeps(item, condition)
                else:
                    holds = item.year // 10 * 10 == condition if item.year else None
                yes |= (holds is True) << place
                no |= (holds is False) << place
            self._masks[condition] = (yes, no)
        return self._masks[condition]

    def asked(self, ask: Ask) -> tuple[int, int]:
        """(yes, no) of a request."""
        return self._all([self.masks(c) for c in (*ask.topics, *([ask.decade] if ask.decade else []))])

    def wanted(self, want: Want) -> tuple[int, int]:
        """(yes, no) of what a person wants."""
        masks = [self.masks(t) for t in want.likes] + [self.masks(t)[::-1] for t in want.dislikes]
        return self._all(masks + ([self.masks(want.limit)] if want.limit else []))

    def _all(self, masks: list[tuple[int, int]]) -> tuple[int, int]:
        yes, no = (1 << len(self.items)) - 1, 0
        for holds, fails in masks:
            yes, no = yes & holds, no | fails
        return yes, no

    def members(self, mask: int) -> list[Item]:
        return [item for place, item in enumerate(self.items) if mask >> place & 1]

    def answerable(self, want: Want, ask: Ask, without: int = 0) -> tuple[int, int] | None:
        """(relevant, near misses) of a request by this person, None where it makes no fair test.

        `without` are items that the pool lacks. Every part of the want has to matter: without it, at least one near
        miss would be relevant.
        """
        if any(self.kin(a, b) for a in ask.topics for b in want.topics):
            return None
        (asked, _), (wanted, unwanted) = self.asked(ask), self.wanted(want)
        relevant, near = asked & wanted & ~without, asked & unwanted & ~without
        if not (1 <= relevant.bit_count() <= MOST_RELEVANT and near.bit_count() >= LEAST_NEAR):
            return None
        for topic in want.topics:
            rest = Want(
                want.fact, want.kind, tuple(t for t in want.likes if t != topic),
                tuple(t for t in want.dislikes if t != topic), want.limit,
            )  # fmt: skip
            if not near & self.wanted(rest)[0]:
                return None
        if want.limit and not near & self.wanted(Want(want.fact, want.kind, want.likes, want.dislikes))[0]:
            return None
        return relevant, near
