"""What is said in place of a recommendation: a question to a newcomer, talk, a word at parting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mrrec.agent import protocol
from mrrec.agent.commands import explain
from mrrec.agent.steps import Ask, Say, Step, begin, done
from mrrec.agent.turn.lookup import look_up
from mrrec.agent.turn.state import State
from mrrec.catalog import Item

MOST_QUESTIONS = 1  # questions put to a newcomer in one conversation
_OPENINGS = ("Are you in the mood for ", "Would you rather have ", "Shall it be ", "What would please you now, ")
_ENDINGS = ("?", ", and what have you loved lately?", ", or something quite different?")
_MOODS = ("funny", "tense", "hopeful", "thoughtful", "romantic", "epic", "eerie", "warm", "playful")


def should_ask(state: State) -> bool:
    """A newcomer's open request is met with one question, once."""
    new = state.memory is None or not state.memory.entries()
    known = state.reading.entries or state.conversation.passing
    return (
        state.request.open
        and not state.request.surprise
        and new
        and not known
        and state.conversation.questions_asked < MOST_QUESTIONS
    )


def ask(state: State) -> Iterator[Step]:
    """A question that offers a few moods and kinds of the catalogue."""
    kinds = state.request.kinds or state.catalog.kinds
    vocabulary = state.catalog.vocabulary
    moods = [m for m in _MOODS if m in vocabulary.counts] or list(vocabulary.names)
    state.random.shuffle(moods)
    groups: list[list[str]] = [[], [], []]
    for i, mood in enumerate(moods[:9] if len(moods) >= 3 else moods * 3):
        kind = kinds[i % len(kinds)]
        groups[i % 3].append(protocol.plain(f"{'an' if mood[0] in 'aeiou' else 'a'} {mood} {kind}"))
    grammar = protocol.ask_grammar(_OPENINGS, groups, _ENDINGS)
    with state.held() as state.pen:
        state.pen.open("ask")
        yield from state.pen.stream(
            Ask, grammar, 100, "</ask>", "What are you in the mood for?", before=state.put_right
        )


def talk(state: State, wish: str) -> Iterator[Step]:
    """Small talk, statements, and questions about items, which are answered from the catalogue."""
    if known := explain(state.message, state.conversation, state.catalog):
        yield known
        return
    items = [m.items[0] for m in state.catalog.lookup.mentions(wish) if m.items]
    with state.held() as state.pen:
        if items:
            yield from look_up(state, [i.label for i in items])
        state.pen.open("say")
        about = " ".join(f"{i.facts()}. {i.description}" for i in items)
        step = None
        for step in state.pen.stream(
            Say, protocol.say_grammar(), 90, "</say>", "I am here.", hold=bool(about), before=state.put_right
        ):
            yield step
        if about:
            yield done(replace(step, text=f"{step.text} {about}"))


def part(state: State, taken: Sequence[Item]) -> Iterator[Step]:
    """A word for somebody who takes something: nothing is recommended, and nothing of it is remembered."""
    begun, text = begin(), ""
    title = protocol.plain(taken[0].title) if len(taken) == 1 else ""
    with state.held() as state.pen:
        state.pen.open("say")
        for piece in state.pen.choose(protocol.partings(title)):
            text += piece
            yield Say(**begun, text=text)
    yield done(Say(**begun, text=text))
