"""What an item must satisfy to be shown, whatever the model says: the request, the history, what was ruled out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from mrrec.agent.rank import Rule
from mrrec.agent.request import measures
from mrrec.agent.request.conditions import Request, years_label
from mrrec.agent.request.phrases import Said
from mrrec.agent.request.places import places
from mrrec.catalog import Item
from mrrec.catalog.items import UNITS
from mrrec.memory import Entry
from mrrec.memory.reading import limits as stated_limits
from mrrec.memory.reading.limits import Limit

LIMIT = -0.4  # a stated dislike from which an item is left out, not only ranked lower
PLAYED = 5  # hours from which a length of no kind is a game's
ENDLESS = 1e6
# What a child is not shown; and what is for the grown-up, where no genre says that it is for the young
UNFIT = frozenset(
    "horror gore sex torture violence rape suicide massacre slasher abuse bleak prostitution cannibalism".split()
) | {"serial killer", "child abuse", "nuclear war"}  # fmt: skip
GROWN = frozenset(
    "drama romance thriller crime noir war murder drugs adultery philosophy essay memoir satire documentary".split()
) | {"literary fiction"}  # fmt: skip
YOUNG = frozenset(("family", "children", "animation", "young adult"))
_ALONE = re.compile(
    r"\b(?:alone|(?:by|for|just) (?:myself|me)|on my own|without the (?:kids|children)|grown-?ups?|adults?|"
    r"(?:kids|children|little one|son|daughter)s? (?:is|are|will be)? ?(?:asleep|away|in bed|at school|out))\b",
    re.I,
)


def limits(entries: Sequence[Entry]) -> list[Entry]:
    """Stated dislikes strong, and sure, enough to bind, and lasting limits."""
    return [e for e in entries if e.event == "said" and (_disliked(e) or limits_of(e))]


def limits_of(entry: Entry) -> tuple[Limit, ...]:
    """The lasting limits that a memory states, and nothing else."""
    return stated_limits.stated(entry.text) if entry.event == "said" and not entry.topics else ()


def _disliked(entry: Entry) -> bool:
    return entry.value <= LIMIT and entry.strength >= -LIMIT and bool(entry.topics)


def binding(request: Request, met: Sequence[Entry], shown: frozenset[str], ruled_out: Sequence[Entry]) -> list[Rule]:
    """Every rule of a turn. `met` are the records of items, `shown` the ids shown in this conversation."""
    rules = [Rule(c.label, c.test) for c in request.conditions()]
    verdicts = {e.item_id: e.value for e in sorted(met, key=lambda e: e.when)}  # the newest counts
    disliked = {item_id for item_id, value in verdicts.items() if value < LIMIT}
    known = verdicts.keys() - disliked
    if known:
        rules.append(Rule("known to you already", lambda item: item.id not in known))
    if disliked:
        rules.append(Rule("disliked by you", lambda item: item.id not in disliked))
    if shown:
        rules.append(Rule("shown in this conversation", lambda item: item.id not in shown))
    avoided: dict[str, Rule] = {}
    for entry in ruled_out:
        if not _elsewhere(entry.kind, request):
            for rule in _avoidance(entry, request):
                avoided.setdefault(rule.label, rule)
    return [*rules, *avoided.values(), *_lasting(ruled_out, request)]


def _elsewhere(kind: str, request: Request) -> bool:
    """Whether what holds for works of a `kind` has no bearing on the request."""
    return bool(kind and request.kinds) and kind not in request.kinds


def _avoidance(entry: Entry, request: Request) -> Iterator[Rule]:
    """A stated dislike as rules, save for what this very request asks for."""
    ids = (entry.id,) if entry.id else ()
    asked = {*request.wishes}
    works = f" {entry.kind}s" if entry.kind and request.kinds != (entry.kind,) else ""
    for term in entry.terms:
        if term not in asked:
            yield Rule(f"no {term}{works}", _without(term, entry.kind), ids)
    named = {name for group in request.names for name in group}
    for name in entry.names:
        if name not in named:
            yield Rule(f"no {name}{works}", _without_name(name, entry.kind), ids)


def _without(term: str, kind: str):
    def test(item: Item) -> bool:
        return (bool(kind) and item.kind != kind) or (term not in item.themes and term not in item.genres)

    return test


def _without_name(name: str, kind: str):
    return lambda item: (bool(kind) and item.kind != kind) or name not in item.names


# Lasting limits: of what sort, how they are read, and where they give way


def _lasting(entries: Sequence[Entry], request: Request) -> list[Rule]:
    """Rules of the lasting limits; of two about the same thing the newer binds."""
    newest: dict[tuple, Rule | None] = {}
    for entry in sorted(entries, key=lambda e: e.when):
        ids = (entry.id,) if entry.id else ()
        for limit in limits_of(entry):
            kind = limit.kind or entry.kind
            if limit.sort == "length":
                for of, least, most in _bounds(limit.words, kind):
                    if not _elsewhere(of, request):
                        newest["length", of, most < ENDLESS] = _length(of, least, most, request, ids)
            elif not _elsewhere(kind, request):
                read = {"years": _years, "language": _language, "child": _child}[limit.sort]
                newest[limit.sort, kind] = read(limit.words, kind, request, ids)
    return [rule for rule in newest.values() if rule]


@lru_cache(maxsize=256)
def _bounds(words: str, kind: str) -> tuple[tuple[str, float, float], ...]:
    """(kind, least, most) in the kind's unit. Hours of no kind are a film's, as long as films are.

    >>> _bounds("at most 2 hours", ""), _bounds("at most 20 hours", "")
    ((('film', 0.0, 120.0),), (('game', 0.0, 20.0),))
    """
    length = measures.length(Said(words))
    found = {of: (a, b) for of, (a, b) in length.bounds.items() if kind in ("", of)} if length else {}
    if len(found) > 1:
        least, most = found["game"]
        found.pop("film" if max(least, most if most < ENDLESS else 0) >= PLAYED else "game")
    return tuple((of, *bounds) for of, bounds in found.items())


def _length(kind: str, least: float, most: float, request: Request, ids: tuple[str, ...]) -> Rule | None:
    """Not where this request asks for what is longer, or shorter; an unknown length breaks no limit."""
    asked = request.length.bounds.get(kind) if request.length else None
    if asked:
        shortest, longest = asked
        over = shortest >= most or most < longest < ENDLESS
        if over if most < ENDLESS else longest <= least or 0 < shortest < least:
            return None
    bound = f"no longer than {most:g}" if most < ENDLESS else f"at least {least:g}"
    return Rule(
        f"{bound} {UNITS[kind]}", lambda item: item.kind != kind or not item.length or least <= item.length <= most, ids
    )


def _years(words: str, kind: str, request: Request, ids: tuple[str, ...]) -> Rule | None:
    """Not where this request names a time itself."""
    span = measures.years(Said(words), date.today().year)
    if span is None or request.years:
        return None
    first, last = span
    return Rule(
        years_label(first, last),
        lambda item: (bool(kind) and item.kind != kind) or not item.year or first <= item.year <= last, ids,
    )  # fmt: skip


def _language(words: str, kind: str, request: Request, ids: tuple[str, ...]) -> Rule | None:
    """Not where this request names a country or a language itself; what speaks in none, or in an unknown one, stays."""
    (place,) = places(Said(words), ()) or (None,)
    if place is None or request.places:
        return None
    unspoken = ("", "Silent", "No dialogue")
    return Rule(
        place.label,
        lambda item: (bool(kind) and item.kind != kind) or item.language in unspoken or place.holds("", item.language),
        ids,
    )


def _child(words: str, kind: str, request: Request, ids: tuple[str, ...]) -> Rule | None:
    """Not where they ask for themselves alone, nor for what this request asks for by name."""
    if _ALONE.search(request.text):
        return None
    asked = {*request.wishes}

    def test(item: Item) -> bool:
        carried = {*item.genres, *item.themes} - asked
        grown = carried & GROWN and not {*item.genres} & YOUNG
        return (bool(kind) and item.kind != kind) or not (carried & UNFIT or grown)

    return Rule("fit for a child", test, ids)
