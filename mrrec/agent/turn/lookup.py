"""Look-up of titles and names: facts of the catalogue, and what those titles share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mrrec.agent import protocol
from mrrec.agent.request import Request
from mrrec.agent.steps import Lookup, Step, begin, done
from mrrec.agent.turn.state import State
from mrrec.catalog.lookup import shared


def look_up(state: State, queries: Sequence[str], forced: bool = False) -> Iterator[Step]:
    """Facts of `queries`; `forced` where the model had no choice, so that its part is written for it.

    What it looks up of its own accord, among what the person remembers, becomes an example of what is wanted.
    """
    begun = begin()
    yield Lookup(**begun, queries=tuple(queries))
    if forced:  # the request names them: the model has no other choice, so it need not spell them out
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
    if not forced:
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


def titles_to_offer(state: State) -> list[str]:
    """Titles that were shown in memory and not looked up yet."""
    known = {i.id for i in state.looked_up}
    items = [state.catalog.get(e.item_id) for e in state.aliases.values() if e.item_id]
    return [i.label for i in items if i is not None and i.id not in known][:6]
