"""How a request continues the one before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from mrrec.agent.request import measures
from mrrec.agent.request.conditions import Request
from mrrec.agent.request.places import Place
from mrrec.agent.request.reply import CHANGES, INSISTS, RESETS
from mrrec.agent.request.wishes import says_something
from mrrec.catalog import Catalog, Item
from mrrec.catalog.vocabulary import PACES

SAMPLE = 20_000  # items looked at for that
ENOUGH = 5  # items that "shorter than all of those" must leave, or it is read as shorter than most of them

_SWAP = re.compile(
    r"\b(?:this time|instead|what about|how about|rather|ones?|as well|make (?:it|that|them)|keep|still|same|"
    r"others?|another|else|more|next|different|further|alternatives?|going|go on|continue|"
    r"of (?:these|those|them))\b|^\W*(?:(?:ok|okay|hm+|well|so|no|yes|thanks|great|cool)\W+)*(?:any (?:with|by|"
    r"from|in)|and|but|or|also|only|just|maybe|no|nope|more|less|not|with|without|from|by|in)\b|"
    r"\btoo\W*$",
    re.I,
)
_ADDS = re.compile(r"^\W*(?:and|also|plus)\b|\b(?:too|as well)\W*$", re.I)
_INSTEAD = re.compile(r"\binstead\b|\brather\b|\bthis time\b", re.I)
_LIGHT = frozenset("funny playful warm cosy uplifting hopeful whimsical".split())
_HEAVY = frozenset("dark bleak tragic melancholy gritty cynical".split())
_DIFFERENT = re.compile(r"\bdifferent|unexpected", re.I)


_REVOKES = re.compile(
    r"^\W*(?:(?:no|ok|okay|hm+|well|oh|sorry|actually|wait)\W+)*(?:forget|scrap|ignore|drop|undo|disregard) "
    r"(?:what (?:i|we)(?:'ve| have)? (?:just )?(?:said|asked(?: for)?|wrote|wanted|told you)|all that|that|"
    r"it)\s*[,.;:!—-]+\s*"
    r"(?P<rest>.+)",
    re.I | re.S,
)


def revoked(text: str) -> str:
    """What is wanted in place of what was said, where `text` takes that back and goes on; else empty.

    >>> revoked("Forget that, a western would be better"), revoked("Forget that.")
    ('a western would be better', '')
    """
    match = _REVOKES.match(text.replace("’", "'"))
    return match["rest"] if match and says_something(match["rest"]) else ""


def insists(text: str) -> bool:
    """Whether a message says that it corrects or changes what was asked for."""
    return bool(INSISTS.search(text) or CHANGES.search(text))


def is_follow_up(
    now: Request,
    text: str,
    explicit_kind: bool,
    referred: bool,
    asked: bool,
    previous: Request,
    goes_on: bool = False,
) -> bool:
    """Whether the request rests on the one before: it has no subject of its own, or says that it goes on (`goes_on`:
    it is known to)."""
    if RESETS.search(text):
        return False
    if referred or (asked and previous.open) or (goes_on and not now.like and not now.surprise):
        return True
    swap = bool(_SWAP.search(text))
    if now.surprise:
        return bool(_DIFFERENT.search(text)) and not explicit_kind
    if now.like or any(len(r.items) for r in now.relations):
        return False
    if explicit_kind or now.genres:
        return swap
    if now.named or now.open:
        return swap
    return True


def continued(previous: Request, now: Request, text: str, catalog: Catalog, referred: Sequence[Item]) -> Request:
    """`previous` with what `now` adds, replaces or rules out."""
    if now.surprise or _is_new_mood(now, text):
        return replace(
            now, kinds=now.kinds or previous.kinds, avoid_items=previous.avoid_items, follow_up=True, open=False
        )
    if referred and (now.like or now.relations):  # "more like the second one": that is the subject now
        genres = tuple(g for g in previous.genres if now.like and all(g in i.genres for i in now.like))
        previous = replace(previous, named=(), relations=(), terms=(), like=(), titles=(), genres=genres)
    adds, instead = bool(_ADDS.search(text)), bool(_INSTEAD.search(text))
    kinds = previous.kinds if previous.kinds and not _names_kind(now, referred) else now.kinds or previous.kinds
    genres = _unique(previous.genres + now.genres) if adds or not now.genres else now.genres
    if now.genres and set(now.genres) <= set(previous.genres):  # said once more
        genres = previous.genres
    genres = tuple(g for g in genres if g not in now.avoid)
    wanted = {*now.wishes}
    merged = replace(
        now,
        follow_up=True,
        open=previous.open and now.open,
        kinds=kinds,
        like=now.like or previous.like,
        titles=_unique(previous.titles + now.titles),
        named=now.named if instead and now.named else _unique(previous.named + now.named),
        relations=now.relations or previous.relations,
        genres=genres,
        either=now.either or previous.either or (len(genres) > 1 and not _any_has(catalog, genres, kinds)),
        terms=_unique(t for t in _agreeing(previous.terms, now.terms) + now.terms if t not in now.avoid),
        avoid=_unique([a for a in previous.avoid if a not in wanted] + list(now.avoid)),
        avoid_items=_unique(previous.avoid_items + now.avoid_items),
        avoid_names=_unique(n for n in previous.avoid_names + now.avoid_names if not any(n in g for g in now.names)),
        avoid_years=now.avoid_years or (() if now.years else previous.avoid_years),
        years=now.years or previous.years,
        length=now.length or previous.length,
        places=now.places or previous.places,
        count=now.count or previous.count,
    )
    return _fitted(merged, now, catalog) if kinds != previous.kinds else merged


def loosened(request: Request, catalog: Catalog, shown: Sequence[Item]) -> Request:
    """`request`, with "shorter" read as shorter than most of `shown` where hardly anything is shorter than all."""
    if len(shown) < 3 or _leaves(request, catalog, shown):
        return request
    if request.length:
        middle = sorted(shown, key=lambda i: i.length)[len(shown) // 2]
        least, _ = request.length.bounds.get(middle.kind, (0, 0))
        return replace(request, length=measures.beyond(least > 0, [(middle.kind, middle.length, "most of those")]))
    if request.years:
        middle = sorted(shown, key=lambda i: i.year)[len(shown) // 2]
        return replace(request, years=measures.year_beyond(request.years[0] > 0, [middle.year]))
    return request


def _leaves(request: Request, catalog: Catalog, shown: Sequence[Item]) -> bool:
    tests = [c.test for c in request.conditions()]
    ids = {i.id for i in shown}
    sample = catalog.items[:: 1 + len(catalog.items) // SAMPLE]
    fitting = (i for i in sample if i.id not in ids and all(test(i) for test in tests))
    return len(list(islice(fitting, ENOUGH))) == ENOUGH


def _is_new_mood(now: Request, text: str) -> bool:
    """ "something funny": another mood, of which only the kind is taken over."""
    plain = not (now.avoid or now.years or now.length or now.places or now.avoid_items or now.named or now.like)
    return (
        bool(now.terms)
        and plain
        and bool(
            re.match(
                r"\W*(?:i (?:want|need) |give me )?(?:something|anything) (?!more|less|else)(?!\w+er\b)", text, re.I
            )
        )
    )


def _names_kind(now: Request, referred: Sequence[Item]) -> bool:
    """Whether the kind of `now` was said, and not only taken from what it is like."""
    return bool(now.kinds) and not (referred and now.like)


def _fitted(merged: Request, now: Request, catalog: Catalog) -> Request:
    """What was taken over from another kind, as far as the new kind has it."""

    def somebody(names: Sequence[str]) -> bool:
        return any(i.kind in merged.kinds for name in names for i in catalog.lookup.by_name.get(name, ()))

    def somewhere(place: Place) -> bool:
        return any(i.kind in merged.kinds and place.holds(i.country, i.language) for i in catalog.items)

    relations = tuple(r for r in merged.relations if r in now.relations or somebody(r.names))
    lost = [i for r in merged.relations if r not in relations for i in r.items]  # nobody of theirs: like theirs, then
    kept = tuple(g for g in merged.genres if _any_has(catalog, (g,), merged.kinds))
    measured = merged.length and set(merged.kinds) & set(merged.length.bounds)
    return replace(
        merged,
        genres=kept,
        terms=_unique(merged.terms + tuple(g for g in merged.genres if g not in kept)),
        named=tuple(n for n in merged.named if n in now.named or somebody(n.names)),
        relations=relations,
        like=merged.like or _unique(lost),
        places=tuple(p for p in merged.places if p in now.places or somewhere(p)),
        length=merged.length if now.length or measured else None,
    )


def _agreeing(before: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    """Earlier wishes that the new ones do not revoke: another pace, or light after dark."""
    revoked = {*PACES} if PACES & set(now) else set()
    for side, other in ((_LIGHT, _HEAVY), (_HEAVY, _LIGHT)):
        if side & set(now):
            revoked |= other
    return tuple(t for t in before if t not in revoked)


def _any_has(catalog: Catalog, genres: Sequence[str], kinds: Sequence[str]) -> bool:
    return any(
        all(g in i.genres for g in genres) for i in catalog.lookup.by_genre[genres[0]] if not kinds or i.kind in kinds
    )


def _unique(values: Iterable) -> tuple:
    return tuple(dict.fromkeys(values))
