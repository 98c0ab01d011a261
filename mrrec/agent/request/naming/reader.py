"""The course of reading what a message names: mentions, the parts that ask, then each mention and reference."""

from __future__ import annotations

from mrrec.agent.request import phrases, roles
from mrrec.agent.request.conditions import Request
from mrrec.agent.request.naming.asking import read_parts
from mrrec.agent.request.naming.mentions import mentioned
from mrrec.agent.request.naming.people import read_names, read_same_maker
from mrrec.agent.request.naming.pointed import described, read_references, that
from mrrec.agent.request.naming.state import Naming, flat
from mrrec.agent.request.naming.titles import read_kinds, read_titles
from mrrec.agent.request.phrases import Said
from mrrec.catalog import Catalog, Item


def read_naming(
    said: Said, catalog: Catalog, previous: Request | None, shown: tuple[Item, ...], asked: bool, searching: bool,
    sure: bool,
) -> Naming:  # fmt: skip
    """Read titles, names and references out of `said` and blank them there, with every part that asks for nothing."""
    naming = Naming(said, catalog, previous, shown, asked, searching, sure)
    pointed = phrases.references(said, len(shown)) + described(naming)
    mentions = mentioned(naming)
    for mention in mentions:
        said.blank(mention.start, mention.end)
    read_parts(naming, mentions)
    read_kinds(naming, mentions)
    for group in roles.grouped(mentions, said.text):
        if group[0].items:
            read_titles(naming, group)
        else:
            read_names(naming, group)
    for part in naming.parts:
        if part not in naming.live:
            said.blank(part.start, part.end)
    pointed += that(naming, pointed, mentions)
    read_references(naming, pointed)
    read_same_maker(naming)
    if naming.pending and not (naming.relations or naming.named or naming.avoid_names):
        naming.like += flat(naming.pending)
        naming.titles += [items[0].title for items in naming.pending]
    return naming
