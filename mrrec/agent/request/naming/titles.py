"""Titles: whether one is an example, is ruled out, is compared with, or leads to somebody."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mrrec.agent.request import phrases, roles
from mrrec.agent.request.naming import cues
from mrrec.agent.request.naming.people import relate
from mrrec.agent.request.naming.state import Naming, flat
from mrrec.agent.request.phrases import Said
from mrrec.agent.request.reply import TURNED_DOWN
from mrrec.agent.request.wishes import says_something
from mrrec.catalog import Item
from mrrec.catalog.lookup import KIND_NOUN, Mention


def read_kinds(naming: Naming, mentions: Sequence[Mention]) -> None:
    """The kinds that are asked for, before titles are read: they choose between a book and its film."""
    preview = Said(naming.said.rest)
    preview.negated = naming.said.negated
    for mention in mentions:
        if mention.items:  # "the film Alien", "Dune the book": the noun belongs to the title
            for noun in _noun_of_title(KIND_NOUN, preview.rest, mention):
                if noun:
                    naming.said.blank(*noun.span())
                    preview.blank(*noun.span())
    for part in naming.parts:
        if part not in naming.live:
            preview.blank(part.start, part.end)
    naming.kinds, _ = phrases.kinds(preview, naming.catalog.kinds)


def read_titles(naming: Naming, group: Sequence[Mention]) -> None:
    """Read titles that follow each other by "and" or "or"."""
    said = naming.said
    text, rest = said.text, said.rest
    start, lead, after = group[0].start, rest[: group[0].start], text[group[-1].end :]
    found = [_variants(naming, m) for m in group]
    role, role_after = roles.before(lead), roles.AFTER.match(after)
    sharing = roles.sharing(after) if len(group) > 1 else None
    side = roles.in_common(lead, after) if len(group) > 1 else ""
    if sharing:
        said.blank(group[-1].end, group[-1].end + sharing[0].end())
        relate(naming, group, sharing[1], sharing[0][0])
    elif side:
        relate(naming, group, side, "")
    elif not naming.asks(start):
        _read_told(naming, group, found)
    elif role_after or (role and roles.side_of(role)):
        span = role.span() if role and not role_after else None
        if span:
            offset = max(0, len(lead) - 120)
            said.blank(span[0] + offset, start)
            relate(naming, group, roles.side_of(role), role[0])
        else:
            said.blank(group[-1].end, group[-1].end + role_after.end())
            relate(naming, group, "creators" if role_after["maker"] else "people", role_after[0])
    elif said.is_negated(start):
        naming.avoid_items += flat(found)
        naming.rejected |= naming.was_shown(found)
    elif cues.compared(lead):
        naming.compared += flat(found)
        naming.titles += [m.items[0].title for m in group]
    elif _turns_down(naming, group, found):
        naming.avoid_items += flat(found)
        naming.referred += tuple(i for i in flat(found) if i in naming.shown)
        naming.rejected = True
    elif cues.SEEN.search(lead) or cues.SEEN_AFTER.match(after):
        naming.avoid_items += flat(found)
        if naming.was_shown(found):
            naming.rejected = True
            part = naming.part_at(start)
            if part.act in ("state", "fragment"):  # "read Emma last year" asks for nothing of that year
                said.blank(part.start, part.end)
        elif cues.MORE_OF.search(said.rest):
            _add_like(naming, found)
    else:
        _add_like(naming, found)


def _read_told(naming: Naming, group: Sequence[Mention], found: Sequence[tuple[Item, ...]]) -> None:
    """Titles of a statement beside a request: "I loved Heat. What next?\""""
    part = next((p for p in naming.parts if p.start <= group[0].start < p.end), None)
    if part is None or part.act not in ("state", "question") or not naming.live:
        return
    naming.told.append((list(found), naming.said.text[part.start : part.end]))
    if part.act == "question":
        return
    text = naming.said.rest[part.start : part.end]
    if naming.was_shown(found) and not cues.PRAISE.search(text):
        naming.avoid_items += flat(found)
        naming.rejected = True
        return
    live = " ".join(naming.said.rest[p.start : p.end] for p in naming.live)
    if (cues.PRAISE.search(text) and not phrases.negated_spans(text)) or cues.MORE_OF.search(live):
        _add_like(naming, found)
    else:
        naming.avoid_items += flat(found)


def _turns_down(naming: Naming, group: Sequence[Mention], found: Sequence[tuple[Item, ...]]) -> bool:
    """Whether a title that was shown is turned down: "Heat is too long", "Heat? I wanted a comedy"."""
    rest, start = naming.said.rest, group[0].start
    lead = rest[:start]
    if not naming.was_shown(found) or cues.LIKE.search(lead):
        return False
    part = naming.part_at(start)
    text = rest[part.start : part.end]
    if TURNED_DOWN.search(text) or re.search(r"\bover\s+$", lead, re.I):
        return True
    others = " ".join(rest[p.start : p.end] for p in naming.live if p is not part)
    refers = phrases.pointed(Said(others), len(naming.shown)) or roles.SAME.search(others)
    cued = cues.PRAISE.search(text) or cues.MORE_OF.search(text) or roles.before(lead)
    return says_something(others) and not refers and not cued


def _add_like(naming: Naming, found: Sequence[tuple[Item, ...]]) -> None:
    naming.like += flat(found)
    naming.avoid_items += flat(found)
    naming.titles += [items[0].title for items in found]


def _variants(naming: Naming, mention: Mention) -> tuple[Item, ...]:
    """Which of the items of that title is meant, as far as the words about it tell."""
    items = mention.items
    for kind in naming.catalog.kinds:
        noun = phrases.KIND_NOUNS.get(kind, re.escape(kind))
        if any(_noun_of_title(noun, naming.said.text, mention)):
            return tuple(i for i in items if i.kind == kind) or items
    return tuple(i for i in items if i.kind in naming.kinds) or items


def _noun_of_title(noun: str, text: str, mention: Mention) -> tuple[re.Match | None, re.Match | None]:
    """The kind said with a title: "the film Alien", "Dune the book", "Solaris (film)"."""
    before = re.compile(rf"\bthe (?:{noun}) (?:called )?\W*$", re.I).search(text, 0, mention.start)
    after = re.compile(rf"\W*\((?:the )?(?:{noun})\)|\W* the (?:{noun})\b", re.I).match(text, mention.end)
    return before, after
