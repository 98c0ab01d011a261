"""The answer: an opening, then each item with its reason, among true ones that the model chooses from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mrrec.agent import protocol
from mrrec.agent.rank import Candidate, Ranked, nothing
from mrrec.agent.reasons import Clause, card, clauses, common
from mrrec.agent.steps import Answer, Step, begin, done
from mrrec.agent.turn.state import State
from mrrec.catalog import Item


def answer(state: State, ranked: Ranked) -> Iterator[Step]:
    """The items of `ranked`, each with a reason; where there is none, what stood in the way."""
    begun = begin()
    if not ranked.chosen:
        yield done(Answer(**begun, text=f"{state.put_right} {nothing(ranked)}".strip()))
        return
    listed = " ".join(
        f"{n}. {c.item.label}: {', '.join(c.item.genres + c.item.themes[:3])}." for n, c in enumerate(ranked.chosen, 1)
    )
    state.pen.append(protocol.block("items", listed))
    state.pen.open("answer")
    text, items = f"{state.put_right} " if state.put_right else "", []
    for piece in state.pen.choose(_leads(state, [c.item for c in ranked.chosen])):
        text += piece
        yield Answer(**begun, text=text)
    state.pen.append("\n")
    text += "\n"
    told: list[Clause] = []
    for candidate in ranked.chosen:
        head = f"**{_markdown(candidate.item.title)}** ({candidate.item.year}):"
        state.pen.append(protocol.plain(head))
        text += "\n" + head
        yield Answer(**begun, text=text, items=tuple(items))
        given: list[Clause] = []
        for part in _clauses(state, candidate, told):
            clause = ""
            for piece in state.pen.choose([c.text for c in part]):
                clause += piece
                text += piece
                yield Answer(**begun, text=text, items=tuple(items))
            given.append(next(c for c in part if c.text == clause))
        state.pen.append("\n")
        text += "\n"
        items.append(card(candidate.item, given))
        told += given
    state.pen.append("</answer>")
    state.record.items = tuple(c.item for c in ranked.chosen)
    yield done(Answer(**begun, text=text.strip(), items=tuple(items)))


def _leads(state: State, items: Sequence[Item]) -> list[str]:
    before, after = map(protocol.plain, common(items, state.request))
    answers = sum(bool(t.items) for t in state.conversation.turns)
    return protocol.leads([i.kind for i in items], before, after, answers)


def _clauses(state: State, candidate: Candidate, told: Sequence[Clause]) -> list[list[Clause]]:
    """What may be said for a candidate: alternatives for each part of its reason."""
    request, catalog = state.request, state.catalog
    bound = [c.sort for c in request.conditions()]
    names = [n for group in (*request.names, *(r.names for r in request.relations)) for n in group]
    near = candidate.neighbour
    close = float(catalog.vector(candidate.item.id) @ catalog.vector(near.item_id)) if near else 0.0
    parts = clauses(
        candidate, request.wishes, request.like, list(dict.fromkeys(names)), bound, state.taste, close, told
    )
    parts = [[replace(c, text=protocol.plain(c.text)) for c in part] for part in parts]
    state.random.shuffle(parts[0])  # two ways to put it, not the same two for every item
    return [parts[0][:2], *parts[1:]]


def _markdown(text: str) -> str:
    """A title that cannot open markup."""
    return "".join(f"\\{c}" if c in "*_[]`#" else c for c in text)
