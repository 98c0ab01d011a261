"""A request as data, and what in it binds: one small function for each kind of condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mrrec.agent.request.measures import Length
from mrrec.agent.request.places import Place
from mrrec.catalog import Item


@dataclass(frozen=True)
class Condition:
    """One binding fact. `sort` is kind, genre, name, year, length, place or not."""

    label: str
    test: Callable[[Item], bool]
    sort: str


@dataclass(frozen=True)
class Named:
    """People or studios of whom an item must carry one; `role` is creators, people, or empty for either."""

    names: tuple[str, ...]
    role: str = ""

    @property
    def label(self) -> str:
        return {"creators": "by ", "people": "with "}.get(self.role, "") + _or(self.names[:3])

    def holds(self, item: Item) -> bool:
        return not set(self.names).isdisjoint(getattr(item, self.role) if self.role else item.names)


@dataclass(frozen=True)
class Relation:
    """Names found through works: the `creators` or `people` of `items`; with `shared`,
    those whom all have in common."""

    role: str
    items: tuple[Item, ...]
    shared: bool = False
    names: tuple[str, ...] = ()

    @property
    def named(self) -> Named:
        return Named(self.names, self.role)


@dataclass(frozen=True)
class Correction:
    """Something untrue that was said of `item`; `role` is director, author, studio, maker, cast or year.

    `truths` are what the catalogue has in that role.
    """

    item: Item
    claimed: str
    role: str
    truths: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What puts it right, in one sentence."""
        true = listed(self.truths)
        if self.role == "year" and len(self.truths) > 1:
            return f"The catalogue has {self.item.title} from {true}, not from {self.claimed}."
        if self.role == "year":
            return f"{self.item.title} is from {true}, not from {self.claimed}."
        if self.role == "cast":
            return f"As far as the catalogue knows, {self.item.label} has {true} in it, not {self.claimed}."
        done = {"director": "directed", "author": "written", "studio": "developed"}.get(self.role, "made")
        return f"{self.item.label} was {done} by {true}, not by {self.claimed}."


@dataclass(frozen=True)
class Request:
    """What a message asks for, and what it must hold. `act` is recommend or talk.

    `open` asks for a recommendation and says nothing about it. `genres` bind (`either`: any of them will do), `terms`
    are wishes; `avoid` are terms ruled out. Years are (first, last), both included. `corrections` put right what the
    message takes for granted; they bind nothing. `accepted` are items of the last answer that are taken.
    """

    text: str
    act: str = "talk"
    open: bool = False
    surprise: bool = False
    kinds: tuple[str, ...] = ()
    like: tuple[Item, ...] = ()
    titles: tuple[str, ...] = ()
    named: tuple[Named, ...] = ()
    relations: tuple[Relation, ...] = ()
    genres: tuple[str, ...] = ()
    either: bool = False
    terms: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    avoid_items: tuple[Item, ...] = ()
    avoid_names: tuple[str, ...] = ()
    avoid_years: tuple[tuple[int, int], ...] = ()
    years: tuple[int, int] | None = None
    length: Length | None = None
    places: tuple[Place, ...] = ()
    count: int | None = None
    follow_up: bool = False
    corrections: tuple[Correction, ...] = ()
    accepted: tuple[Item, ...] = ()

    @property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """Groups of names said outright; an item must carry one of each."""
        return tuple(n.names for n in self.named)

    @property
    def wishes(self) -> tuple[str, ...]:
        """What is wished for, in the catalogue's terms."""
        return tuple(dict.fromkeys((*self.terms, *self.genres)))

    def conditions(self) -> list[Condition]:
        """Everything that binds."""
        return [c for read in _CONDITIONS for c in read(self)]


def _kind(request: Request) -> Iterator[Condition]:
    if kinds := request.kinds:
        yield Condition(_or([f"a {kind}" for kind in kinds]), lambda item: item.kind in kinds, "kind")


def _genre(request: Request) -> Iterator[Condition]:
    genres = request.genres
    if request.either and genres:
        yield Condition(_or(genres), lambda item: not set(genres).isdisjoint(item.genres), "genre")
    else:
        yield from (Condition(genre, lambda item, g=genre: g in item.genres, "genre") for genre in genres)


def _name(request: Request) -> Iterator[Condition]:
    for named in (*request.named, *(r.named for r in request.relations if r.names)):
        yield Condition(named.label, named.holds, "name")


def _year(request: Request) -> Iterator[Condition]:
    if request.years:
        first, last = request.years
        yield Condition(years_label(first, last), lambda item: 0 != item.year >= first and item.year <= last, "year")


def _length(request: Request) -> Iterator[Condition]:
    if length := request.length:
        yield Condition(length.label, lambda item: length.allows(item.kind, item.length), "length")


def _place(request: Request) -> Iterator[Condition]:
    for place in request.places:
        sort = "place" if place.wanted else "not"
        yield Condition(place.label, lambda item, p=place: p.holds(item.country, item.language), sort)


def _not(request: Request) -> Iterator[Condition]:
    for term in request.avoid:
        yield Condition(f"not {term}", lambda item, t=term: t not in item.genres and t not in item.themes, "not")
    for avoided in request.avoid_items:
        yield Condition(f"not {avoided.title}", lambda item, i=avoided.id: item.id != i, "not")
    for name in request.avoid_names:
        yield Condition(f"not {name}", lambda item, n=name: n not in item.names, "not")
    for first, last in request.avoid_years:
        label = f"not {years_label(first, last)}"
        yield Condition(label, lambda item, a=first, b=last: not a <= item.year <= b, "not")


_CONDITIONS = (_kind, _genre, _name, _year, _length, _place, _not)


def years_label(first: int, last: int) -> str:
    """
    >>> years_label(1990, 1999), years_label(0, 1969), years_label(2010, 9999), years_label(1979, 1979)
    ('from the 1990s', 'before 1970', 'since 2010', 'from 1979')
    """
    if first <= 0:
        return f"before {last + 1}"
    if last >= 9999:
        return f"since {first}"
    if first == last:
        return f"from {first}"
    return f"from the {first}s" if first % 10 == 0 and last == first + 9 else f"from {first} to {last}"


def _or(words) -> str:
    return " or ".join(words)


def listed(words) -> str:
    """
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
