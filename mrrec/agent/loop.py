"""One turn, a generator of steps: experience, thought, recall and look-up, profile, ranking, answer, then remember.

The model proposes (aspects, judgements, the ideal, which reasons to give); code guarantees (what binds, which ids
exist, how many hops, that every span ends). Closing the generator frees the model at once; nothing is remembered
of a turn that was stopped. Here is the course of a turn; its parts are in `agent/turn`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from mrrec.agent import protocol
from mrrec.agent.asked import Asked, rules, without_names
from mrrec.agent.commands import explain, obey
from mrrec.agent.conversation import Conversation, Turn, feedback, replay
from mrrec.agent.own_words import sure
from mrrec.agent.request import accepted, against, asks, asks_why, closed, read_request, revoked, settled
from mrrec.agent.steps import Ask, Say, Step, begin, done
from mrrec.agent.turn.answer import answer
from mrrec.agent.turn.lookup import asked_titles, look_up
from mrrec.agent.turn.profile import profile, ranked_by
from mrrec.agent.turn.remember import remember
from mrrec.agent.turn.search import experience, hops, show_found, think, wants
from mrrec.agent.turn.state import State
from mrrec.agent.turn.talk import ask, part, should_ask, talk
from mrrec.memory import Entry
from mrrec.memory.reading import read_message
from mrrec.settings import Settings

if TYPE_CHECKING:
    from mrrec.assistant import Assistant

__all__ = ["Conversation", "Turn", "feedback", "replay", "run"]
log = logging.getLogger(__name__)


def run(
    assistant: Assistant, conversation: Conversation, message: str, settings: Settings | None = None
) -> Iterator[Step]:
    """Answer `message`; every step is yielded as it begins, as it grows and when it is done."""
    state = State(assistant, conversation, message, settings or assistant.settings)
    conversation.turns.append(state.record)
    steps: dict[str, Step] = {}
    stream = _steps(state)
    try:
        for step in stream:
            steps[step.id] = step
            state.record.steps = [s for s in steps.values() if s.end is not None]
            yield step
        _keep_trace(conversation)
    finally:
        stream.close()
        state.record.steps = [s for s in steps.values() if s.end is not None]


def _steps(state: State) -> Iterator[Step]:
    """What the message is decides what is done: a command, a question, talk, or a request."""
    conversation, catalog, message = state.conversation, state.catalog, state.message
    if not message:
        yield done(Say(**begin(), text="There was nothing in that message. What are you looking for?"))
        return
    shown = conversation.shown
    state.reading = read_message(message, catalog, state.encoder, shown)
    previous = conversation.previous_request
    command = None if previous is not None and revoked(message) else state.reading.command
    if command is not None and command.action not in ("remember", "correct"):
        yield from obey(command, conversation, state.record, catalog)
        return
    if asks_why(message) and (known := explain(message, conversation, catalog)):
        yield known
        return
    asked, over = _was_asked(conversation), _is_over(conversation)
    searching = previous is not None and bool(shown or asked) and not over
    told = settled(message, state.reading, catalog, shown, asked, searching)
    state.reading = replace(state.reading, entries=told.entries)
    if taken := accepted(message, shown):
        yield from part(state, taken)
        yield from remember(state)
        return
    text = told.text or (message if asks(message, state.encoder) else "")
    if text:
        state.request = read_request(text, catalog, previous, shown, asked, over, state.encoder)
        if searching and text == message:
            state.request = against(state.request, told.entries)
        state.put_right = " ".join(c.sentence for c in state.request.corrections)
    if state.request is None or state.request.act == "talk":
        if not (asked and state.reading.entries):
            yield from talk(state, told.text)
            yield from remember(state)
            return
        # the question was answered with a taste: that is the request
        state.request = replace(read_request("recommend something", catalog), text=message)
    state.record.request = state.request
    state.record.passing = _for_now(state)
    if should_ask(state):
        yield from ask(state)
    else:
        yield from _recommend(state)
    yield from remember(state)


def _recommend(state: State) -> Iterator[Step]:
    """From the request to an answer with items."""
    conversation = state.conversation
    state.telling = without_names(state.wish(), state.catalog)
    state.vector = state.encoder.encode([state.telling])[0]
    state.wish_for(sure(state.request, state.telling, state.catalog))
    usual = experience(state)
    yield usual
    with state.held() as state.pen:
        told = "; ".join(f"{a['aspect']}: {a['description']}" for a in usual.aspects)
        state.pen.append(protocol.block("experience", told or "none"))
        among = show_found(state)
        yield from think(state)
        yield from wants(state, among)
        if state.request.titles or any(state.request.names):
            yield from look_up(state, asked_titles(state.request))
        yield from hops(state, [a["aspect"] for a in usual.aspects])
        here = (*conversation.passing, *state.reading.entries)
        state.asked = Asked(
            state.request,
            None,
            conversation.shown_ever,
            here,
            frozenset(),
            state.settings.tiers,
            conversation.rules,
        )
        found = None
        for found in profile(state, rules(state.asked, state.memory)):
            yield found
        ranking, ranked = ranked_by(state, found)
        yield ranking
        yield from answer(state, ranked)


def _keep_trace(conversation: Conversation) -> None:
    """Keep the trace for the memories it used; the answer stands without it."""
    try:
        conversation.keep_trace()
    except Exception:
        log.exception("the trace was not kept")


def _was_asked(conversation: Conversation) -> bool:
    """Whether the last thing said to the person was a question."""
    turns = conversation.turns[:-1]
    return bool(turns) and any(isinstance(s, Ask) for s in turns[-1].steps)


def _is_over(conversation: Conversation) -> bool:
    """Whether the last request has been met, or dropped, since its answer."""
    since: list[str] = []
    for turn in reversed(conversation.turns[:-1]):
        if turn.items or turn.request is not None:
            break
        since.append(turn.message)
    return closed(since, conversation.shown)


def _for_now(state: State) -> tuple[Entry, ...]:
    """What holds in this conversation only; all that is told in a temporary one."""
    stated = state.reading.entries if state.memory is None else ()
    return (*state.reading.passing, *stated)
