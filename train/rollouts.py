"""Turns of the app's own loop, up to its ranking, with a model that is being trained in llama.cpp.

What is rolled out is what is served: the same store, recall, look-up, ranking and grammars. The tokens of a turn come
back with a mask of those that the model wrote.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mrrec.agent.asked import Asked, ranking
from mrrec.agent.conversation import Conversation
from mrrec.agent.loop import run
from mrrec.agent.steps import Lookup, Profile, Ranking, Recall, Step
from mrrec.assistant import Assistant
from mrrec.evaluate.people import People
from mrrec.evaluate.settings import earlier_turns, pool_of
from mrrec.llm.engine import Engine, Message
from train.rewards import Outcome
from train.worlds import Lesson


@dataclass(frozen=True)
class Rollout:
    """A turn as tokens, and what it came to.

    `mask` is 1 for what the model decided after the prompt: what it wrote, but for free prose, which moves no ranking,
    so that its share in the loss would be noise.
    """

    prompt: tuple[int, ...]
    completion: tuple[int, ...]
    mask: tuple[int, ...]
    text: str
    outcome: Outcome
    steps: tuple[Step, ...]


class Listening:
    """An engine that keeps the transcripts it hands out."""

    def __init__(self, engine: Engine):
        self.engine, self.transcripts = engine, []
        self.name, self.device, self.trained = engine.name, engine.device, engine.trained

    def check(self, grammar: str) -> None:
        self.engine.check(grammar)

    @contextmanager
    def transcript(self, messages: Sequence[Message], temperature: float, seed: int | None, owner: str) -> Iterator:
        with self.engine.transcript(messages, temperature, seed, owner) as transcript:
            self.transcripts.append(transcript)
            yield transcript


def people_of(assistant: Assistant, lessons: Sequence[Lesson], progress: bool = True) -> People:
    """Memories of everybody in `lessons`, written as the app writes them."""
    events = {(e.person, e.when, e.item_id, e.text): e for lesson in lessons for e in lesson.events}
    people = People(events.values(), assistant)
    people.prepare([lesson.query for lesson in lessons], progress)
    return people


def rollout(assistant: Assistant, people: People, lesson: Lesson, temperature: float, seed: int) -> Rollout | None:
    """One turn; None where the app talked or asked instead of ranking."""
    listening = Listening(assistant.engine)
    memory = people.memory(lesson.query)
    conversation = Conversation(memory, rules=pool_of(lesson.query))
    if temperature:  # the turns of a group share a name, so that llama.cpp reads what they share once
        conversation.id = lesson.query.id
    settings = replace(assistant.settings, temperature=temperature, seed=seed)
    heard = replace(assistant, engine=listening)
    earlier_turns(heard, conversation, lesson.query, settings)
    relevant = not_shown(lesson.query.relevant, conversation.shown_ever)
    listening.transcripts.clear()
    steps: dict[str, Step] = {}
    stream = run(heard, conversation, lesson.query.text, settings)
    for step in stream:
        steps[step.id] = step
        if isinstance(step, Ranking) and step.end is not None:
            break
    stream.close()
    asked = conversation.last.asked
    if asked is None or not listening.transcripts:
        return None
    made = listening.transcripts[0]
    done = tuple(steps.values())
    cut = made.prompt_length
    decided = tuple(int(wrote and not prose) for wrote, prose in zip(made.written[cut:], made.prose[cut:]))
    return Rollout(
        tuple(made.tokens[:cut]), tuple(made.tokens[cut:]), decided, made.text,
        _outcome(assistant, lesson, relevant, asked, memory, made, done), done,
    )  # fmt: skip


def not_shown(relevant: Sequence[str], shown: Set[str]) -> tuple[str, ...]:
    """What of the `relevant` items a turn may still show; all of them where none is left.

    >>> not_shown(["a", "b"], {"a"}), not_shown(["a"], {"a"})
    (('b',), ('a',))
    """
    return tuple(i for i in relevant if i not in shown) or tuple(relevant)


def _outcome(
    assistant: Assistant, lesson: Lesson, relevant: Sequence[str], asked: Asked, memory, transcript,
    steps: Sequence[Step],
) -> Outcome:  # fmt: skip
    profile = next(s for s in steps if isinstance(s, Profile))
    with_ = ranking(asked, memory, assistant.catalog).scores
    named = frozenset(profile.memory_ids)
    idle = [i for i in named if _same(with_, ranking(_without(asked, {i}), memory, assistant.catalog).scores)]
    without = ranking(_without(asked, asked.named), memory, assistant.catalog).scores if named else with_
    recalls = [s for s in steps if isinstance(s, Recall)]
    looked_up = {fact["id"] for s in steps if isinstance(s, Lookup) for fact in s.facts}
    return Outcome(
        places(with_, relevant), places(without, relevant), len(relevant),
        valid=1 - transcript.refused / max(1, transcript.spans), recalled=any(r.entries for r in recalls),
        idle=len(idle) / len(named) if named else 0.0,
        hops=len(recalls) + sum(isinstance(s, Lookup) for s in steps), written=transcript.written_tokens,
        leans=lesson.leans, looked_up=lesson.about in looked_up,
        false_premise=bool(asked.request.corrections), put_right=bool(asked.request.corrections),
    )  # fmt: skip


def _without(asked: Asked, ids) -> Asked:
    return replace(asked, named=asked.named - ids, read=tuple(e for e in asked.read if e.id not in ids))


def _same(a: dict[str, float], b: dict[str, float]) -> bool:
    return all(math.isclose(score, b[item], abs_tol=1e-9) for item, score in a.items())


def places(scores: dict[str, float], relevant: Sequence[str]) -> tuple[int, ...]:
    """The places of the `relevant` items among `scores`, from 1; those that are left out have none.

    >>> places({"a": 0.1, "b": 0.9, "c": 0.5}, ["c", "x"])
    (2,)
    """
    order = {item: n for n, item in enumerate(sorted(scores, key=lambda i: -scores[i]), 1)}
    return tuple(order[i] for i in relevant if i in order)
