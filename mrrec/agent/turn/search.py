"""The search for what matters: experience, a first thought, what is asked for, then hops of recall and look-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mrrec.agent import own_words, protocol
from mrrec.agent.asked import met
from mrrec.agent.steps import Experience, Step, Thought, begin, done
from mrrec.agent.turn.recall import recall
from mrrec.agent.turn.state import State

SHOWN = 8  # words that the request may mean, of which the model is told


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


def show_found(state: State) -> dict[str, float]:
    """Put before the model the words of the catalogue that code finds in the request, and those that it may mean
    besides; all of them are returned, with how likely they are meant."""
    may = list(own_words.near(state.request, state.telling, state.catalog).items())[:SHOWN]
    found = [protocol.plain(t) for t in state.request.wishes]
    near = {protocol.plain(t): chance for t, chance in may}
    state.pen.append(protocol.block("found", protocol.found(found, list(near))))
    return dict.fromkeys(found, 1.0) | near


def wants(state: State, among: Mapping[str, float]) -> Iterator[Step]:
    """What the request asks for, `among` the catalogue's own words, where code finds nothing.

    The model says that "in no hurry" means slow, where the linker is not sure: two that agree are seldom wrong. Where
    code finds a word, or a work to go by, that is what counts.
    """
    begun = begin()
    state.pen.open("wants")
    text = state.pen.whole(protocol.wants_grammar(list(among)), 40, "</wants>", protocol.NOTHING)
    state.pen.append("\n")
    named = [t for t in protocol.split_list(text, "wants") if among.get(t, 0.0) >= own_words.AGREED]
    if named and not (state.request.wishes or state.request.like):
        state.wish_for(named)
    if state.meant:
        yield done(Thought(**begun, text=f"In the catalogue's words: {', '.join(state.meant)}."))


def hops(state: State, shown_aspects: Sequence[str]) -> Iterator[Step]:
    """Recall, and look up what a memory calls for, until the model writes the profile, repeats itself, or has no hop
    left."""
    if state.memory is None or not state.settings.tiers:
        return
    further = protocol.open_tag("recall")
    for hop in range(state.settings.max_hops):
        if hop and "".join(state.pen.choose([further, protocol.open_tag("profile")])) != further:
            return
        yield from recall(state, shown_aspects)
        if state.recalls[-1].note:
            return


def _usual_kinds(state: State) -> tuple[str, ...]:
    """Kinds by how often the person met them."""
    kinds = [r.kind for r in met(state.memory)]
    return tuple(sorted(state.catalog.kinds, key=lambda k: -kinds.count(k)))
