"""People and studios: named outright, known by a work, or spoken of before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mrrec.agent.request import roles
from mrrec.agent.request.conditions import Named, Relation
from mrrec.agent.request.naming import cues
from mrrec.agent.request.naming.state import Naming, flat
from mrrec.catalog import Item
from mrrec.catalog.lookup import Mention

MOST_LIKE = 5  # works that stand for somebody in "like Hitchcock"


def relate(naming: Naming, group: Sequence[Mention], side: str, words: str) -> None:
    """The people whom works are known by: "the director of Alien", "the actor in both Heat and The Godfather"."""
    found = [roles.of_role(m.items, words, naming.kinds) for m in group]
    shared = len(group) > 1 and not re.search(r"\bor\b", naming.said.text[group[0].end : group[-1].start])
    items, names = roles.names_of(found, side, words, shared)
    naming.titles += [i.title for i in items]
    if naming.said.is_negated(group[0].start):
        naming.avoid_names += names
        return
    naming.avoid_items += items
    naming.relations.append(Relation(side, items, shared, names))


def read_names(naming: Naming, group: Sequence[Mention]) -> None:
    """Read names that follow each other by "and" or "or"."""
    start, said, by_name = group[0].start, naming.said, naming.catalog.lookup.by_name
    lead, after = said.rest[:start], said.text[group[-1].end :]
    if not naming.asks(start):
        return
    if said.is_negated(start) or cues.NEGATED_AFTER.match(after):
        naming.avoid_names += [n for m in group for n in m.names]
        return
    if cues.LIKE.search(lead) or re.match(r"-(?:style|like|esque)\b|\s+adaptations?\b", after):
        works = [i for m in group for n in m.names for i in by_name[n] if n in i.creators]
        naming.like += works[:MOST_LIKE]
        naming.titles += [m.surface for m in group]
        return
    role = "creators" if cues.BY.search(lead) else "people" if cues.WITH.search(lead) else ""
    if not role and cues.OWN.match(after) and _makes(naming, group):
        role = "creators"
    named = [_fitting(naming, m.names, role) for m in group]
    between = said.text[group[0].end : group[-1].start]
    if len(named) > 1 and re.search(r"\bor\b", between):
        named = [Named(tuple(n for g in named for n in g.names), role)]
    naming.named += named


def _makes(naming: Naming, group: Sequence[Mention]) -> bool:
    """Whether somebody of `group` is known for making: "a Kubrick film", but "De Niro films" are those he is in."""
    works = {n: naming.catalog.lookup.by_name[n] for m in group for n in m.names}
    return any(
        sum(n in i.creators for i in made) >= max(1, sum(n in i.people for i in made)) for n, made in works.items()
    )


def _fitting(naming: Naming, names: tuple[str, ...], role: str) -> Named:
    """Those of `names` who have that role in that kind; without the role, if nobody has it."""

    def has(name: str, role: str) -> bool:
        works = naming.catalog.lookup.by_name[name]
        return any(name in getattr(i, role) for i in works if not naming.kinds or i.kind in naming.kinds)

    fitting = tuple(n for n in names if has(n, role or "names"))
    if not role and len(fitting) > 1:  # of several people of a surname, those who make
        fitting = tuple(n for n in fitting if has(n, "creators")) or fitting
    if role and not fitting:
        return Named(tuple(n for n in names if has(n, "names")) or names)
    return Named(fitting or names, role)


def read_same_maker(naming: Naming) -> None:
    """ "the same director", "anything else by her": of what was told of, shown, liked or named last."""
    rest, previous = naming.said.rest, naming.previous
    matches = (m for m in roles.SAME.finditer(rest) if naming.asks(m.start()))
    match = next((m for m in matches if not (_bare(m) and roles.GOES_ON.match(rest, m.end()))), None)
    if match is None or naming.relations:
        return
    claimed = next((c.named for c in naming.claims if c.named and not c.asked), ())
    words, pronoun = match[0], match["pronoun"] or match["with"]
    side = "people" if match["player"] or match["with"] else "creators"
    if pronoun and claimed and not naming.referred:
        naming.named.append(Named(claimed))
    elif not match["maker"] and not match["player"] and not naming.told and previous and previous.named:
        naming.named.append(previous.named[-1])
    elif naming.told and not naming.referred:
        found, about = naming.told[-1]
        if match["person"] or match["whoever"] or match["pronoun"]:
            side = roles.side_of_context(about) if not match["whoever"] else "creators"
        found = [roles.of_role(items, words if match["maker"] else about, naming.kinds) for items in found]
        items, names = roles.names_of(found, side, words, len(found) > 1)
        naming.relations.append(Relation(side, items, len(found) > 1, names))
        naming.avoid_items += items
    elif (items := naming.referred or tuple(naming.like) or naming.compared or _last(naming)) and not _bare(match):
        named = items in (tuple(naming.like), naming.compared)
        items = roles.of_role(items, words, naming.kinds)[:1] if named else items[:1]
        _, names = roles.names_of([items], side, words, False)
        naming.relations.append(Relation(side, items, False, names))
        naming.avoid_items += items
        naming.referred = naming.referred or (items if items[0] in naming.shown else ())
    else:
        return
    told = [i for items, _ in naming.told for i in flat(items)]
    naming.like = [i for i in naming.like if not any(i in (*r.items, *told) for r in naming.relations)]
    naming.said.blank(*match.span())


def _bare(same: re.Match) -> bool:
    """Whether a match of `roles.SAME` is "the director" alone, which may be anybody's."""
    said = same[0].lower()
    return bool(same["maker"] or same["player"]) and said.startswith("the ") and "same" not in said


def _last(naming: Naming) -> tuple[Item, ...]:
    return naming.shown[:1] or (naming.previous.like if naming.previous else ())
