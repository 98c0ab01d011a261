"""Who a simulated person is: what she wants, what she has always liked, and her temper."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from mrrec.catalog import Catalog, Item
from mrrec.catalog.vocabulary import NOT_ALONE, PACES, TONES

KINDS = ("film", "film", "book", "game")  # as often as they stand here
LEAST, MOST = 2, 15  # items that a goal may be met with
DISLIKED = ("horror", "gore", "war", "romance", "violence", "bleak", "dark", "crime", "slow", "fantasy", "satire")
STEPS = {"film": 10, "book": 50, "game": 10}  # lengths are told in round numbers
BINDING = frozenset(("kind", "genre", "name", "before", "after", "decade", "length"))  # the rest are wishes
TRIES = 400
REMEMBERED = 0.6  # share of people who told of their taste in an earlier conversation


@dataclass(frozen=True)
class Condition:
    """`sort` is kind, genre, tone, theme, name, before, after, decade (years) or length (at most)."""

    sort: str
    value: str | int

    def holds(self, item: Item) -> bool:
        value = self.value
        match self.sort:
            case "kind":
                return item.kind == value
            case "genre" | "tone" | "theme":
                return value in item.genres or value in item.themes
            case "name":
                return value in item.names
            case "before":
                return 0 < item.year < value
            case "after":
                return item.year > value
            case "decade":
                return value <= item.year < value + 10
        return 0 < item.length <= value


@dataclass(frozen=True)
class Goal:
    """What a person wants of a conversation, which the assistant has to find out.

    `likes` and `dislikes` are lasting, terms of the catalogue; `seen` are ids of items she has met. With `remembered`
    she told of the three in an earlier conversation. `change` is what one of the conditions, the `changed`th, becomes
    where she changes her mind.
    """

    id: str
    kind: str
    conditions: tuple[Condition, ...]
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    remembered: bool = True
    change: Condition | None = None
    changed: int = -1

    def met_by(self, item: Item) -> bool:
        return (
            all(c.holds(item) for c in self.conditions)
            and all(t in item.genres + item.themes for t in self.likes)
            and not any(t in item.genres + item.themes for t in self.dislikes)
            and item.id not in self.seen
        )

    def targets(self, items: Iterable[Item]) -> frozenset[str]:
        """Ids of the items that meet it."""
        return frozenset(i.id for i in items if self.met_by(i))

    def after_change(self) -> Goal:
        """The goal after she changed her mind."""
        rows = list(self.conditions)
        rows[self.changed] = self.change
        return replace(self, conditions=tuple(rows), change=None)

    def to_dict(self) -> dict:
        return asdict(self)


def goal_of(data: dict) -> Goal:
    """The goal that `to_dict` wrote."""
    change = Condition(**data["change"]) if data["change"] else None
    rows = tuple(Condition(**c) for c in data["conditions"])
    texts = {name: tuple(data[name]) for name in ("likes", "dislikes", "seen")}
    return Goal(**{**data, **texts, "conditions": rows, "change": change})


@dataclass(frozen=True)
class Temper:
    """How a person talks.

    Attributes
    ----------
    patience : messages she will send before she gives up
    talkativeness : chance of saying more than needed, asking why, saying thanks; 0..1
    sharpness : share of her conditions that she tells at once, 0..1
    fickleness : chance of changing her mind once, after she has seen something; 0..1
    """

    patience: int = 6
    talkativeness: float = 0.4
    sharpness: float = 0.6
    fickleness: float = 0.2

    def __post_init__(self) -> None:
        if self.patience < 1:
            raise ValueError(f"patience is the number of messages, 1 or more, not {self.patience}")
        for name in ("talkativeness", "sharpness", "fickleness"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be 0 to 1, not {getattr(self, name)}")


def draw_temper(draw: random.Random) -> Temper:
    return Temper(draw.randint(4, 8), *(round(draw.betavariate(2, b), 2) for b in (2.5, 1.7, 5)))


def draw_goal(name: str, catalog: Catalog, draw: random.Random) -> Goal:
    """A goal that `LEAST` to `MOST` items of the catalogue meet, made from what one item is like.

    Raises ValueError where the catalogue is too small for any.
    """
    for _ in range(TRIES):
        kinds = [k for k in KINDS if k in catalog.kinds] or list(catalog.kinds)
        kind = draw.choice(kinds)
        shelf = [i for i in catalog.items if i.kind == kind]
        model = draw.choice(shelf)
        if goal := _goal(name, model, shelf, catalog, draw):
            return goal
    raise ValueError("no goal could be drawn: the catalogue has too few items that are alike")


def _goal(name: str, model: Item, shelf: Sequence[Item], catalog: Catalog, draw: random.Random) -> Goal | None:
    found = _conditions(model, shelf, catalog, draw)
    if len(found) < 2:
        return None
    kind = Condition("kind", model.kind)
    genre = next((c for c in found if c.sort == "genre"), None)
    others = [c for c in found if c != genre]
    draw.shuffle(others)
    rows = (kind, *filter(None, [genre]), *_unlike(others)[: draw.choice((1, 2, 2, 3))])
    fitting = [i for i in shelf if all(c.holds(i) for c in rows)]
    told = {c.value for c in rows}
    likes = _common([t for t in model.themes if t not in told and t not in PACES], fitting, draw)
    terms = {*model.genres, *model.themes}
    hated = [t for t in DISLIKED if t not in terms | told and any(t in i.genres + i.themes for i in fitting)]
    goal = Goal(
        name, model.kind, rows, likes=tuple(likes[: draw.choice((0, 1, 1))]),
        dislikes=tuple(draw.sample(hated, min(1, len(hated)))), remembered=draw.random() < REMEMBERED,
    )  # fmt: skip
    if not goal.likes and not goal.dislikes:
        return None
    meeting = sorted(goal.targets(shelf))
    spare = sorted({i.id for i in fitting} - {model.id})
    goal = replace(goal, seen=tuple(draw.sample(spare, min(draw.choice((1, 2, 3)), len(spare)))))
    if not LEAST <= len(goal.targets(shelf)) <= MOST or len(fitting) == len(meeting):
        return None
    return _changing(goal, shelf, catalog, draw)


def _conditions(item: Item, shelf: Sequence[Item], catalog: Catalog, draw: random.Random) -> list[Condition]:
    """What could be asked for so that `item` is an answer."""
    found = [Condition("genre", draw.choice(item.genres))] if item.genres else []
    counts = catalog.vocabulary.counts
    subjects = [t for t in item.themes if t not in TONES | PACES | NOT_ALONE and counts.get(t, 0) >= 12]
    found += [Condition("theme", t) for t in subjects]
    found += [Condition("tone", t) for t in item.themes if t in TONES]
    if item.year:
        decade = item.year // 10 * 10
        found.append(
            draw.choice((Condition("before", decade + 10), Condition("after", decade - 1), Condition("decade", decade)))
        )
    if item.length:
        step = STEPS.get(item.kind, 10)
        found.append(Condition("length", (item.length // step + 1 + draw.randrange(3)) * step))
    makers = [n for n in item.creators if sum(n in i.creators for i in shelf) > 3]
    if makers and draw.random() < 0.3:
        found.append(Condition("name", makers[0]))
    return found


def _unlike(rows: Sequence[Condition]) -> list[Condition]:
    """The first of each sort: nobody names two decades."""
    return list({c.sort: c for c in reversed(rows)}.values())[::-1]


def _common(terms: Sequence[str], items: Sequence[Item], draw: random.Random) -> list[str]:
    """Those of `terms` that some, but not all, of `items` carry."""
    rows = [t for t in terms if LEAST < sum(t in i.themes for i in items) < len(items)]
    draw.shuffle(rows)
    return rows


def _changing(goal: Goal, shelf: Sequence[Item], catalog: Catalog, draw: random.Random) -> Goal:
    """The goal with something that it could change to, where there is such a thing."""
    places = [n for n, c in enumerate(goal.conditions) if c.sort in ("genre", "theme", "tone", "decade")]
    draw.shuffle(places)
    for at in places:
        old = goal.conditions[at]
        for item in draw.sample(list(shelf), min(40, len(shelf))):
            for new in _conditions(item, shelf, catalog, draw):
                if new.sort == old.sort and new.value != old.value and new.value not in goal.likes + goal.dislikes:
                    tried = replace(goal, change=new, changed=at)
                    if LEAST <= len(tried.after_change().targets(shelf)) <= MOST:
                        return tried
    return goal
