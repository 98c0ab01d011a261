"""What an item must satisfy to be shown, whatever the model says: the request, the history, what was ruled out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mrrec.agent.rank import Rule
from mrrec.agent.request.conditions import Request
from mrrec.catalog import Item
from mrrec.memory import Entry

LIMIT = -0.4  # a stated dislike from which an item is left out, not only ranked lower


def limits(entries: Sequence[Entry]) -> list[Entry]:
    """Stated dislikes strong, and sure, enough to bind."""
    return [e for e in entries if e.event == "said" and e.value <= LIMIT and e.strength >= -LIMIT and e.topics]


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
        for rule in _avoidance(entry, request):
            avoided.setdefault(rule.label, rule)
    return rules + list(avoided.values())


def _avoidance(entry: Entry, request: Request) -> Iterator[Rule]:
    """A stated dislike as rules, save for what this very request asks for."""
    ids = (entry.id,) if entry.id else ()
    asked = {*request.genres, *request.terms}
    for term in entry.terms:
        if term not in asked:
            yield Rule(f"no {term}", _without(term, entry.kind), ids)
    named = {name for group in request.names for name in group}
    for name in entry.names:
        if name not in named:
            yield Rule(f"no {name}", lambda item, n=name: n not in item.names, ids)


def _without(term: str, kind: str):
    def test(item: Item) -> bool:
        return (bool(kind) and item.kind != kind) or (term not in item.themes and term not in item.genres)

    return test
