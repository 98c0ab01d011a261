"""What a message points at, of what was shown: "the second one", "the French one", "that"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mrrec.agent.request import phrases, roles
from mrrec.agent.request.conditions import Relation
from mrrec.agent.request.naming import cues
from mrrec.agent.request.naming.state import Naming
from mrrec.agent.request.reply import TURNED_DOWN
from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import Mention

_THE_ONE = re.compile(
    r"\bthe one (?:with|about|by|from|set in|on) (?:the |a )?(?P<of>[\w' ]{3,30})|\bthe (?P<what>[\w' ]{3,25}?) one\b",
    re.I,
)


def described(naming: Naming) -> list[tuple[int, int]]:
    """(index, where it stands) of shown items told by what they are: "the French one", "the one about robots"."""
    found = []
    for match in _THE_ONE.finditer(naming.said.rest) if naming.shown else ():
        words = normalise(match["of"] or match["what"]).split()
        for n, item in enumerate(naming.shown):
            text = f" {normalise(f'{item.text()} {item.country} {item.language} {item.year}')} "
            if words and all(f" {w.removesuffix('s')}" in text for w in words):
                found.append((n, match.start()))
                naming.said.blank(*match.span())
                break
    return found


def that(naming: Naming, pointed: Sequence[tuple[int, int]], mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    """What "that" or "those" means: what was `pointed` at before, else of what was shown; a title goes before both."""
    found = phrases.pointed(naming.said, len(naming.shown))
    if any(m.items for m in mentions):
        return []
    return [(index, found[0][1]) for index, _ in pointed] if pointed and found else found


def read_references(naming: Naming, pointed: Sequence[tuple[int, int]]) -> None:
    """Read what each item that is `pointed` at is there for."""
    said = naming.said
    for index, at in pointed:
        item = naming.shown[index]
        part = naming.part_at(at)
        if part is None:
            continue
        naming.referred += (item,)
        lead = said.rest[:at]
        if cues.compared(lead):
            naming.compared += (item,)
            continue
        naming.avoid_items.append(item)
        role = roles.before(lead[-60:])
        if role and (side := roles.side_of(role)):
            naming.relations.append(Relation(side, (item,), False, getattr(item, side)))
            said.blank(at - len(lead[-60:]) + role.start(), at)
            continue
        rules_out = part.act == "state" or said.is_negated(at) or cues.SEEN.search(lead)
        rules_out = rules_out or TURNED_DOWN.search(said.rest[part.start : part.end])
        if not rules_out and not roles.SAME.search(said.rest):
            naming.like.append(item)
            naming.titles.append(item.title)
