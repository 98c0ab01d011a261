"""Supervised episodes: a teacher in the model's place, in the app's own loop, over people made for it.

    python -m train.traces --people 800 --out out/traces.jsonl

Each line is one turn: the messages of the prompt, and the assistant's message in spans, of which those that the model
writes are marked; the rest, what memory and the catalogue said, has no share in the loss.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tqdm import tqdm

from mrrec.agent.conversation import Conversation
from mrrec.agent.loop import run
from mrrec.agent.steps import Ranking
from mrrec.assistant import Assistant
from mrrec.evaluate.settings import earlier_turns, pool_of
from mrrec.llm.engine import Message
from mrrec.settings import Settings
from train.linker import examined
from train.rollouts import people_of
from train.teacher import Span, Teacher
from train.worlds import Lesson, World

ANSWERS = 0.15  # of the episodes go on to the answer, which is long and mostly chosen from what is given


@dataclass(frozen=True)
class Episode:
    """One turn to learn from."""

    sort: str
    person: str
    messages: tuple[Message, ...]
    spans: tuple[Span, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def text(self) -> str:
        return "".join(s.text for s in self.spans)


def read_episodes(path: Path) -> list[Episode]:
    """Raises FileNotFoundError, or ValueError that names the line."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if line:
            try:
                row = json.loads(line)
                messages = tuple(Message(**m) for m in row["messages"])
                found.append(Episode(row["sort"], row["person"], messages, tuple(Span(**s) for s in row["spans"])))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path}, line {number}: {error}; python -m train.traces makes such a file") from error
    return found


def episodes(assistant: Assistant, teacher: Teacher, lessons: Iterable[Lesson], seed: int) -> Iterator[Episode]:
    """Run each lesson through the loop, with a memory that was written as the app writes it."""
    lessons = list(lessons)
    people = people_of(assistant, lessons)
    rng = random.Random(f"episodes {seed}")
    for lesson in tqdm(lessons, "episodes", unit="turn"):
        memory = people.memory(lesson.query)
        teacher.begin(lesson, memory)
        yield from _episode(assistant, teacher, lesson, Conversation(memory, rules=pool_of(lesson.query)), rng)


def _episode(assistant, teacher: Teacher, lesson: Lesson, conversation: Conversation, rng) -> Iterator[Episode]:
    whole = rng.random() < ANSWERS
    earlier_turns(assistant, conversation, lesson.query)
    teacher.transcripts.clear()
    stream = run(assistant, conversation, lesson.query.text)
    for step in stream:
        if isinstance(step, Ranking) and step.end is not None and not whole:
            break
    stream.close()
    for transcript in teacher.transcripts:
        if "<say>" in transcript.text and lesson.sort != "small":
            continue  # a request that the app takes for talk
        if any(span.written for span in transcript.spans):
            yield Episode(lesson.sort, lesson.person, tuple(teacher.messages), tuple(transcript.spans))


def classroom(world: World, store: Path, seed: int) -> tuple[Assistant, Teacher]:
    """The app's parts, and the teacher that is in the model's place among them."""
    settings = Settings(store=store, seed=seed, durable=False, n_items=3)
    assistant = Assistant.open(settings, progress=True, model=False)
    teacher = Teacher(world, assistant.catalog, seed)
    return replace(assistant, engine=teacher), teacher


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=800)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("out/traces.jsonl"))
    parser.add_argument("--linker", type=Path, help="of train.linker --hold-out: what it never saw is what is said")
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    world = World.open()
    count: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, args.out.open("w", encoding="utf-8") as file:
        assistant, teacher = classroom(world, Path(folder), args.seed)
        teacher.world = world = examined(assistant, world, args.linker)
        for episode in episodes(assistant, teacher, world.lessons(args.people, args.seed), args.seed):
            file.write(episode.to_json() + "\n")
            count[episode.sort] += 1
    print(f"{count.total():,} episodes in {args.out}: {', '.join(f'{n} {s}' for s, n in count.most_common())}")


if __name__ == "__main__":
    main()
