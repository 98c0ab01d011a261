"""The mentions to read: those that look-up finds, put right, without what a message only claims."""

from __future__ import annotations

from collections.abc import Sequence

from mrrec.agent.request import roles
from mrrec.agent.request.naming.state import Naming
from mrrec.agent.request.premises import claims
from mrrec.agent.request.reply import titles_said
from mrrec.catalog.lookup import Mention


def mentioned(naming: Naming) -> list[Mention]:
    """Titles and names that the message mentions, in order; what it claims of them is noted and blanked."""
    said, catalog = naming.said, naming.catalog
    mentions = roles.tidied(catalog.lookup.mentions(said.rest), said.rest, catalog)
    mentions = _with_shown(naming, mentions)
    naming.claims = claims(said.rest, mentions, catalog)
    mentions = _without_claims(naming, mentions)
    return roles.spelt_out(mentions, said.rest, catalog)


def _with_shown(naming: Naming, mentions: Sequence[Mention]) -> list[Mention]:
    """`mentions` with titles that were shown and that look-up passed over, for want of words about them."""
    found = list(mentions)
    for item, start, end in titles_said(naming.said.rest, naming.shown):
        if not any(m.start < end and start < m.end for m in found):
            found.append(Mention(naming.said.rest[start:end], start, end, items=(item,)))
    return sorted(found, key=lambda m: m.start)


def _without_claims(naming: Naming, mentions: list[Mention]) -> list[Mention]:
    """Blank what is only claimed, and leave those mentions that are asked for besides."""
    said = naming.said
    for claim in naming.claims:
        keep = claim.name if claim.asked else claim.title if claim.role == "year" else (0, 0)
        inside = [m for m in mentions if claim.span[0] <= m.start < claim.span[1]]
        mentions = [m for m in mentions if m not in inside or (m.start, m.end) == keep]
        naming.avoid_items += claim.items
        around = said.rest[: claim.span[0]]
        if claim.asked:
            said.blank(claim.name[1], claim.span[1])
            continue
        role = roles.before(around)
        if claim.role == "year" and claim.title != claim.span and not role:
            mentions = [m for m in mentions if (m.start, m.end) != claim.title]
        if role and roles.side_of(role):  # "the director of that 1994 film Heat"
            mentions = [m for m in mentions if (m.start, m.end) != claim.title]
            surface = said.text[slice(*claim.title)]
            mentions.append(Mention(surface, *claim.span, items=claim.items))
        else:
            naming.told.append(([claim.items], said.text[slice(*claim.span)]))
            naming.pending.append(claim.items)
        said.blank(*claim.span)
    return sorted(mentions, key=lambda m: m.start)
