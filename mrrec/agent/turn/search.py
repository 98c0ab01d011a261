"""The search for what matters: experience, a first thought, what is asked for, then hops of recall and look-up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mrrec.agent import protocol
from mrrec.agent.asked import met
from mrrec.agent.steps import Experience, Step, Thought, begin, done
from mrrec.agent.turn.lookup import look_up, titles_to_offer
from mrrec.agent.turn.recall import recall
from mrrec.agent.turn.state import State
from mrrec.catalog.catalog import telling

NEAREST = 20  # terms near a request in meaning that may be what it asks for
SHOWN = 8  # of them that the model is shown


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


def show_found(state: State) -> None:
    """Put before the model the words of the catalogue that code finds in the request, and some near it in meaning."""
    known, found = set(state.terms()), [protocol.plain(t) for t in state.request.wishes]
    if words := telling(state.telling):
        near = state.catalog.vocabulary.nearest(state.encoder.encode([" ".join(words)])[0], 2 * NEAREST)
        state.near = [t for t in near if t in known and t not in found][:NEAREST]
    state.pen.append(protocol.block("found", protocol.found(found, state.near[:SHOWN])))


def wants(state: State) -> Iterator[Step]:
    """What the request asks for, in the catalogue's own words.

    Code finds the words; whether they are meant, and what "in no hurry" means, the model says. It chooses among them
    and those near in meaning: a word on which model and encoder agree is right far oftener than one that only the model
    names. What was settled in the request that this one continues stays so, and beside a work to go by, code's words
    stand. A model that was not trained to counts only where code finds nothing.
    """
    begun = begin()
    state.pen.open("wants")
    request, trained = state.request, state.assistant.engine.trained
    found = request.wishes
    terms = [*map(protocol.plain, found), *state.near]
    text = state.pen.whole(protocol.wants_grammar(terms), 40, "</wants>", protocol.NOTHING)
    state.pen.append("\n")
    named = [t for t in protocol.split_list(text, "wants") if t not in (*request.avoid, protocol.NOTHING)]
    if request.like or (found and not trained):
        return
    settled = {*found[protocol.MOST_WANTS :], *request.genres, *state.carried}
    state.wish_for([t for t in found if t in named or t in settled] + named)
    if state.request.wishes != found:
        dropped = [t for t in found if t not in state.request.wishes]
        yield done(Thought(**begun, text=_told(state.request.wishes, dropped)))


def _told(wishes: Sequence[str], dropped: Sequence[str]) -> str:
    told = f"In the catalogue's words: {', '.join(wishes) or protocol.NOTHING}."
    return told + (f" Not meant: {', '.join(dropped)}." if dropped else "")


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
