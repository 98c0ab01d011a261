"""The search for what matters: experience, a first thought, what is asked for, then hops of recall and look-up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mrrec.agent import protocol
from mrrec.agent.asked import met
from mrrec.agent.steps import Experience, Step, Thought, begin, done
from mrrec.agent.turn.lookup import look_up, titles_to_offer
from mrrec.agent.turn.recall import recall
from mrrec.agent.turn.state import State

SHOWN = 8  # words near the request in meaning that the model is shown


def experience(state: State) -> Experience:
    """What people weigh in the scenario of the request."""
    begun = begin()
    kinds = state.request.kinds or _usual_kinds(state)
    scenario = state.assistant.experience.scenario(kinds, state.request.genres)
    if scenario is None:
        return done(Experience(**begun, scenario="", aspects=()))
    aspects = state.assistant.experience.search(scenario, state.vector)
    listed = tuple(dict(aspect=a.aspect, description=a.description, support=a.support) for a in aspects)
    return done(Experience(**begun, scenario=aspects[0].scenario if aspects else "", aspects=listed))


def think(state: State) -> Iterator[Step]:
    """A sentence on what the request needs."""
    state.pen.open("think")
    yield from state.pen.stream(Thought, protocol.think_grammar(), 70, "</think>", " what fits.", protocol.THOUGHTS)
    state.pen.append("\n")


def show_found(state: State) -> list[str]:
    """Put before the model the words of the catalogue that code finds in the request, and some near it in meaning; all
    that are near are returned."""
    found, near = [protocol.plain(t) for t in state.request.wishes], state.near(state.telling)
    state.pen.append(protocol.block("found", protocol.found(found, [t for t in near if t not in found][:SHOWN])))
    return near


def wants(state: State, near: Sequence[str]) -> Iterator[Step]:
    """What the request asks for, in the catalogue's own words, where code finds nothing.

    The model says that "in no hurry" means slow; code would have to know each way of putting it. Where code finds a
    word, or a work to go by, that is what counts: too much of what the model names is not asked for. A model that was
    not trained to may choose only among the words `near` it in meaning, lest it name any.
    """
    begun = begin()
    state.pen.open("wants")
    terms = state.terms() if state.assistant.engine.trained else near
    text = state.pen.whole(protocol.wants_grammar(terms), 40, "</wants>", protocol.NOTHING)
    state.pen.append("\n")
    request = state.request
    found = [t for t in protocol.split_list(text, "wants") if t not in (*request.avoid, protocol.NOTHING)]
    if found and not (request.wishes or request.like):
        state.wish_for(found)
        yield done(Thought(**begun, text=f"In the catalogue's words: {', '.join(state.request.wishes)}."))


def hops(state: State, shown_aspects: Sequence[str]) -> Iterator[Step]:
    """Recall and look up until the model writes the profile, repeats itself, or has no hop left."""
    titles = titles_to_offer(state)
    for hop in range(state.settings.max_hops):
        can_recall = state.memory is not None and bool(state.settings.tiers)
        tags = (["recall"] if can_recall else []) + (["lookup"] if titles and hop else [])
        if not tags:
            return
        if hop == 0:
            tag = "recall" if can_recall else "profile"
        else:
            tag = "".join(state.pen.choose([protocol.open_tag(t) for t in (*tags, "profile")])).strip("<>")
        if tag == "profile":
            return
        if tag == "recall":
            yield from recall(state, shown_aspects)
            if state.recalls[-1].note:
                return
        else:
            state.pen.open("lookup")
            text = state.pen.whole(protocol.lookup_grammar(titles), 60, "</lookup>", protocol.plain(titles[0]))
            state.pen.append("\n")
            yield from look_up(state, protocol.split_list(text, "lookup"))
        titles = titles_to_offer(state)


def _usual_kinds(state: State) -> tuple[str, ...]:
    """Kinds by how often the person met them."""
    kinds = [r.kind for r in met(state.memory)]
    return tuple(sorted(state.catalog.kinds, key=lambda k: -kinds.count(k)))
