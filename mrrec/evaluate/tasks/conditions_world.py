"""The catalogue as `conditions` sees it: indexed, in two halves, and its names and titles as people write them."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence

from mrrec.catalog import Item
from mrrec.catalog.items import normalise

HALVES = ("dev", "test")
SURNAME = 0.15  # of the people with a surname of their own are called by it


class World:
    """The catalogue, indexed, with every name and title in one half."""

    def __init__(self, items: Sequence[Item], seed: int):
        self.items = list(items)
        self.by_kind = {kind: [i for i in items if i.kind == kind] for kind in sorted({i.kind for i in items})}
        self.works: dict[tuple[str, str, str], list[Item]] = defaultdict(list)  # (kind, role, name)
        self.titles: dict[str, list[Item]] = defaultdict(list)
        self.surnames: dict[str, set[str]] = defaultdict(set)
        for item in items:
            self.titles[normalise(item.title)].append(item)
            for role in ("creators", "people"):
                for name in dict.fromkeys(getattr(item, role)):
                    self.works[item.kind, role, name].append(item)
            for name in item.names:
                self.surnames[normalise(name).split()[-1]].add(name)
        rng = random.Random(seed)
        self.half = {name: rng.choice(HALVES) for name in sorted({n for i in items for n in i.names})}

    def half_of(self, item: Item) -> str:
        return self.half[item.creators[0]] if item.creators else HALVES[0]

    def makers(self, kind: str, role: str, half: str) -> list[str]:
        return sorted(n for (k, r, n), works in self.works.items() if (k, r) == (kind, role) and self.half[n] == half)


def twins(world: World, item: Item, kind: str) -> bool:
    """Whether the title says not which item it is: another of that kind (of any, if empty) has it too."""
    return sum(not kind or i.kind == kind for i in world.titles[normalise(item.title)]) > 1


def alike(one: str, other: str) -> bool:
    """Whether two names share a word: the Coens, Nintendo and Nintendo EAD."""
    return not set(normalise(one).split()).isdisjoint(normalise(other).split())


def spoken_name(world: World, rng: random.Random, name: str) -> str:
    surname = name.split()[-1]
    alone = len(name.split()) == 2 and len(surname) > 5 and len(world.surnames[normalise(surname)]) == 1
    known = any(len(world.works.get((kind, "creators", name), ())) > 2 for kind in ("film", "book"))
    return surname if alone and known and rng.random() < SURNAME else name


def spoken_title(world: World, rng: random.Random, item: Item) -> str:
    """The title as it stands (half of the time), in lower case, without its article, or with one slip."""
    title, way = item.title, rng.random()
    if way < 0.5:
        return title
    if way < 0.7:
        return title.lower()
    if way < 0.85:
        return re.sub(r"^(?:The|A|An) (?=\w)", "", title)
    return _slipped(world, rng, title)


def _slipped(world: World, rng: random.Random, title: str) -> str:
    """One letter of a word of six or more left out, doubled or exchanged with the next; never another title."""
    words = [m for m in re.finditer(r"[a-z]{6,}", title.lower())]
    if not words:
        return title
    word = rng.choice(words)
    at = rng.randrange(word.start() + 1, word.end() - 1)
    how = rng.choice(("left out", "doubled", "exchanged"))
    if how == "left out":
        slip = title[:at] + title[at + 1 :]
    elif how == "doubled":
        slip = title[:at] + title[at] + title[at:]
    else:
        slip = title[:at] + title[at + 1] + title[at] + title[at + 2 :]
    return slip if normalise(slip) not in world.titles else title
