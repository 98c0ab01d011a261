"""What the answers say: whether each claim is backed by a fact or a memory, and how alike the answers are.

    python -m train.answers --adapter none --adapter out/adapter.gguf --answers 200

Claims are read from the text of the answer alone, not from the program that offered them: titles with their years,
every genre, theme and name of the catalogue's vocabulary, numbers, and memories with their marks.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from mrrec.agent.conversation import Conversation
from mrrec.agent.loop import run
from mrrec.agent.own_words import quoted
from mrrec.agent.reasons import AGAIN, NEAR_TOO
from mrrec.agent.steps import Answer
from mrrec.assistant import Assistant, llama
from mrrec.catalog import Catalog, Item
from mrrec.evaluate.people import People
from mrrec.evaluate.settings import earlier_turns, pool_of
from mrrec.llm.models import model_path
from mrrec.memory import LocalMemory
from mrrec.settings import Settings
from train.measure import TEST_FIRST
from train.rollouts import people_of
from train.worlds import Lesson, World

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_BLOCK = re.compile(r"^\*\*(?P<title>.+?)\*\* \((?P<year>-?\d+)\):(?P<why>.*)$", re.M)
_MEMORY = re.compile(r"; (?:near to what )?you (?P<told>[^;\[]+) \[(?P<id>[rpt]-[0-9a-f]+)\]")
_AGAIN = re.compile(rf"; (?:{'|'.join((*AGAIN, NEAR_TOO))}) \[(?P<id>[rpt]-[0-9a-f]+)\]")


@dataclass(frozen=True)
class Claim:
    """Something that an answer says; `backed` by the catalogue or by memory."""

    text: str
    backed: bool


def claims(text: str, catalog: Catalog, memory: LocalMemory, terms: re.Pattern) -> Iterator[Claim]:
    """What `text` claims of its items and of the person; `terms` finds the words of the catalogue's vocabulary."""
    opening, _, _ = text.partition("\n\n")
    blocks = list(_BLOCK.finditer(text))
    for word in re.findall(r"\w+", opening.lower()):
        if word in NUMBERS and not re.search(rf"\bthis {word}\b", opening.lower()):
            yield Claim(opening, NUMBERS.index(word) + 1 == len(blocks))
    entries, told_before = {e.id: e for e in memory.entries() if e.active}, set()
    for block in blocks:
        title = re.sub(r"\\(.)", r"\1", block["title"])
        items = [i for i in catalog.items if i.title == title and str(i.year) == block["year"]]
        yield Claim(f"{title} ({block['year']})", bool(items))
        for told in _MEMORY.finditer(block["why"]):
            entry = entries.get(told["id"])
            yield Claim(told[0], entry is not None and _says(entry.text, told["told"]))
        for again in _AGAIN.finditer(block["why"]):
            yield Claim(again[0], again["id"] in entries and again["id"] in told_before)
        told_before |= {told["id"] for told in _MEMORY.finditer(block["why"])}
        rest = _AGAIN.sub("", _MEMORY.sub("", block["why"])).partition(" with ")
        yield from _of_item("".join(rest), items, terms)


def _of_item(why: str, items: Sequence[Item], terms: re.Pattern) -> Iterator[Claim]:
    """What `why` says an item is: one of `items` has to be so."""
    carried = [{*i.genres, *i.themes, *i.names, i.kind} for i in items]
    of_title = re.sub(r"and it shares (.*?) with .*?(?=[,;]|$)", r"\1", why)
    for word in dict.fromkeys(terms.findall(of_title)):
        yield Claim(f"{word}: {why}", any(word in has for has in carried))
    for number in re.findall(r"(?:from|at) (\d+)", of_title):
        yield Claim(why, any(number in (str(i.year), str(i.length)) for i in items))


def _says(text: str, told: str) -> bool:
    """Whether a memory says what the person is told of it: the same words but for the verb's ending, or as a quotation.

    >>> _says("Likes slow films (said so)", "like slow films"), _says("I like it slow.", "said “I like it slow”")
    (True, True)
    """
    if quotation := re.fullmatch(r"said “(.*)”\s*", told):
        return quoted(text) == quotation[1]

    def words(of: str) -> list[str]:
        first, *rest = re.findall(r"[\w'-]+", of.split(" (")[0].lower())
        return [first.removesuffix("s"), *rest]

    return words(text)[: len(words(told))] == words(told)


def vocabulary(catalog: Catalog) -> re.Pattern:
    """Finds genres, themes and names of the catalogue, the longest first."""
    known = {t for i in catalog.items for t in (*i.genres, *i.themes, *i.names)}
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(known, key=len, reverse=True)))})(?![\w-])")


def repeated(text: str, n: int = 4) -> float:
    """Share of the n-grams of words that stand in the text before.

    >>> round(repeated("a b c d a b c d"), 3)
    0.2
    """
    words = text.split()
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def answered(assistant: Assistant, people: People, lesson: Lesson) -> tuple[str, LocalMemory]:
    """The text of the answer to a lesson, "" where there is none, and the memory that it had."""
    memory = people.memory(lesson.query)
    conversation = Conversation(memory, rules=pool_of(lesson.query))
    earlier_turns(assistant, conversation, lesson.query)
    steps = list(run(assistant, conversation, lesson.query.text))
    return next((s.text for s in reversed(steps) if isinstance(s, Answer) and s.items), ""), memory


def measured(assistant: Assistant, people: People, lessons: Sequence[Lesson], wanted: int) -> dict:
    """Figures of the first `wanted` answers to `lessons`, and the claims that nothing backs."""
    terms, texts, found = vocabulary(assistant.catalog), [], []
    progress = tqdm(total=wanted, desc="answers")
    for lesson in lessons:
        text, memory = answered(assistant, people, lesson)
        if text:
            texts.append(text)
            found += claims(text, assistant.catalog, memory, terms)
            progress.update()
        if len(texts) == wanted:
            break
    return {
        "answers": len(texts), "claims": len(found), "backed": sum(c.backed for c in found) / max(1, len(found)),
        "distinct openings": len({t.partition("\n")[0] for t in texts}),
        "repeated 4-grams": sum(map(repeated, texts)) / max(1, len(texts)),
        "not backed": sorted({c.text for c in found if not c.backed})[:20],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, action="append", help="a GGUF of train.export, or none")
    parser.add_argument("--answers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out/answers.json"))
    args = parser.parse_args()
    lessons = [x for x in World.open("test").lessons(args.answers // 2, args.seed, TEST_FIRST) if x.sort != "small"]
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(store=Path(folder), durable=False, temperature=0.0, seed=args.seed)
        assistant = Assistant.open(settings, model=False)
        people = people_of(assistant, lessons)
        for adapter in args.adapter or [Path("none")]:
            engine = llama(model_path(None, adapter, progress=True), settings)
            results[str(adapter)] = measured(replace(assistant, engine=engine), people, lessons, args.answers)
            print(f"\n{adapter}")
            for name, value in results[str(adapter)].items():
                print(f"  {name:24}{value}", flush=True)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(results, indent=1, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
