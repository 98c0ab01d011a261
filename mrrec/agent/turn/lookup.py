"""Look-up of titles and names: facts of the catalogue, and what those titles share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mrrec.agent import protocol
from mrrec.agent.request import Request
from mrrec.agent.steps import Lookup, Step, begin, done
from mrrec.agent.turn.state import State
from mrrec.catalog.lookup import shared


def look_up(state: State, queries: Sequence[str], chosen: bool = False) -> Iterator[Step]:
    """Facts of `queries`: what the request names, or what the model has `chosen` among what the person remembers, which
    becomes an example of what is wanted."""
    begun = begin()
    yield Lookup(**begun, queries=tuple(queries))
    state.pen.append(protocol.block("lookup", " | ".join(queries)))
    lookup = state.catalog.lookup
    items, facts, missing = [], [], []
    for query in queries:
        if found := lookup.titles(query):
            items.append(found[0])
            facts += [dict(id=i.id, label=i.label, text=i.facts()) for i in found[:3]]
        elif names := lookup.names(query):
            made = ", ".join(i.label for i in lookup.by_name[names[0]][:8])
            facts.append(dict(id=names[0], label=names[0], text=f"{names[0]}: {made}"))
        else:
            missing.append(query)
    state.looked_up += items
    if chosen:
        state.go_by(items)
    related = [i for r in state.request.relations if len(r.items) > 1 for i in r.items]
    common = shared(related or items)
    facts = list({f["id"]: f for f in facts}.values())
    told = "; ".join(f["text"] for f in facts)
    if common:
        told += f". Shared: {', '.join(common.people + common.creators) or ', '.join(common.genres + common.themes)}"
    state.pen.append(protocol.block("facts", told[:900] or "none"))
    yield done(
        Lookup(
            **begun,
            queries=tuple(queries),
            facts=tuple(facts),
            shared=common.to_dict() if common else {},
            missing=tuple(missing),
        )
    )


def asked_titles(request: Request) -> list[str]:
    """Titles and names of the request, for look-up."""
    return list(dict.fromkeys([*request.titles, *(n[0] for n in request.names if n)]))[:6]
