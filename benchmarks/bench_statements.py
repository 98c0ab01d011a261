"""What is remembered of labelled statements, against the labels: precision and recall of facts, and junk.

The held-out half (statements/test.txt) was written by hand, blind to the program, and nothing is tuned on it. dev.txt
is what the rules were made with, and every line of it is a test; train.txt is what the head learns from. A fact is
right when its sign and its object are; strength and kind are told apart. Junk is a message of small talk of which
anything was kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HALVES = Path(__file__).parent / "statements"
PRECISION, RECALL, JUNK = 0.9, 0.85, 0.02
STRONG, WEAK = 0.85, 0.5  # values from which a statement is strong, below which it is weak
_FACT = re.compile(
    r'\s+(?=~|[+\-0][\w*"]|(?:liked|disliked|seen|rated|abandoned|finished):)(?=(?:[^"]*"[^"]*")*[^"]*$)'
)
_EITHER = re.compile(r'/(?=(?:[^"]*"[^"]*")*[^"]*$)')
_MARKS = re.compile(r"(?P<strength>[!?])?(?:@(?P<kind>film|book|game))?$")


@dataclass(frozen=True)
class Fact:
    """`key` is sign and object; `strength` "!", "?" or "" and `kind` as labelled."""

    key: str
    strength: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Case:
    """A labelled message. Each member of `due` must be found in one of its forms; `allowed` may be."""

    category: str
    message: str
    due: tuple[tuple[Fact, ...], ...]
    allowed: tuple[Fact, ...]
    command: str = ""
    rest: str = ""


def read(path: Path) -> Iterator[Case]:
    """The cases of a file."""
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            category, message, facts, command, rest = ([part.strip() for part in line.split("|")] + [""] * 4)[:5]
            found = [f for f in _FACT.split(facts) if f]
            due = tuple(tuple(map(_fact, _EITHER.split(f))) for f in found if not f.startswith("~"))
            allowed = tuple(_fact(part) for f in found if f.startswith("~") for part in _EITHER.split(f[1:]))
            yield Case(category, message, due, allowed, command, rest)


def _fact(label: str) -> Fact:
    marks = _MARKS.search(label) if not re.match(r"\w+:", label) else None
    bare = label[: marks.start()] if marks else label
    return Fact(key(bare.replace('"', "")), *((marks["strength"] or "", marks["kind"] or "") if marks else ("", "")))


def key(fact: str) -> str:
    """A fact without what the catalogue may spell either way: accents, plurals."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", fact) if not unicodedata.combining(c))
    return " ".join(re.sub(r"(?:ies|es|ie|y|s|e)$", "", w) for w in plain.split())


def facts_of(entries: Sequence, catalog) -> list[Fact]:
    """What was understood, in the labels' form."""
    found = []
    for entry in entries:
        sign = {1: "+", -1: "-", 0: "0"}[entry.polarity]
        if entry.event != "said":
            found.append(Fact(key(f"{entry.event}:{catalog.get(entry.item_id).title if entry.item_id else '*'}")))
        else:
            strength = "!" if abs(entry.value) >= STRONG else "?" if abs(entry.value) < WEAK else ""
            found += [Fact(key(sign + of), strength, entry.kind) for of in entry.topics or ("*",)]
    return found


@dataclass
class Score:
    """Counts over the messages of a category."""

    messages: int = 0
    right: int = 0
    missed: int = 0
    wrong: int = 0
    kept: int = 0  # messages of which anything was kept
    strong: Counter = None
    mistakes: list = None

    def __post_init__(self):
        self.strong, self.mistakes = Counter(), []

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def score(cases, understand, catalog) -> dict[str, Score]:
    """A score for each category, and for "all"; `understand` turns a message into entries."""
    scores: dict[str, Score] = defaultdict(Score)
    for case in cases:
        found = {f.key: f for f in facts_of(understand(case.message), catalog)}
        hits = [[f for f in forms if f.key in found] for forms in case.due]
        labelled = {f.key for forms in case.due for f in forms} | {f.key for f in case.allowed}
        wrong = [k for k in found if k not in labelled]
        missed = [forms[0].key for forms, hit in zip(case.due, hits, strict=True) if not hit]
        for name in (case.category, "all"):
            one = scores[name]
            one.messages += 1
            one.right += sum(map(bool, hits))
            one.missed += len(missed)
            one.wrong += len(wrong)
            one.kept += bool(found)
            if missed or wrong:
                one.mistakes.append((case.message, missed, wrong))
            for forms, hit in zip(case.due, hits, strict=True):
                if hit and all(f.key[0] in "+-" for f in forms):
                    got = found[hit[0].key]
                    one.strong["facts"] += 1
                    one.strong["strength"] += any(f.key == got.key and f.strength == got.strength for f in forms)
                    one.strong["kind"] += any(f.key == got.key and f.kind == got.kind for f in forms)
    return scores


def main() -> None:
    import argparse

    from common import Measure, at_least, at_most, report

    from mrrec.assistant import Assistant
    from mrrec.memory.reading import read_message
    from mrrec.settings import Settings

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same: it takes seconds")
    parser.add_argument("--half", choices=("test", "dev", "train"), default="test")
    parser.add_argument("--mistakes", action="store_true", help="print them too, save of the held-out half")
    options = parser.parse_args()
    if options.mistakes and options.half == "test":
        raise SystemExit("the held-out half stays unread: look at the mistakes of --half dev or train")

    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.open(Settings(store=Path(folder)), model=False)
        catalog, encoder = assistant.catalog, assistant.encoder
        cases = list(read(HALVES / f"{options.half}.txt"))
        scores = score(cases, lambda m: read_message(m, catalog, encoder).entries, catalog)
    rows = []
    for name, one in scores.items():
        rated = one.strong["facts"]
        apart = [f"{one.strong[k] / rated:.2f}" if rated else "" for k in ("strength", "kind")]
        rows.append(
            (name, one.messages, one.right + one.missed, f"{one.precision:.3f}", f"{one.recall:.3f}", one.kept, *apart)
        )
    if options.mistakes:
        for message, missed, wrong in scores["all"].mistakes:
            print(f"{message}\n    missed {missed} wrong {wrong}")
    whole = scores["all"]
    measures: list[Measure] = [
        at_least(f"statements, precision on the {options.half} half", whole.precision, PRECISION),
        at_least(f"statements, recall on the {options.half} half", whole.recall, RECALL),
    ]
    if "small" in scores:
        small = scores["small"]
        measures.append(at_most("statements, small talk of which anything was kept", small.kept / small.messages, JUNK))
    head = ("", "messages", "facts", "precision", "recall", "kept of", "strength", "kind")
    report(f"What is remembered of the {options.half} half", head, rows, measures)


if __name__ == "__main__":
    main()
