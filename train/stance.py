"""Train the head that reads stances: benchmarks/statements → mrrec/memory/reading/stance.npz.

`python -m train.stance` takes some ten minutes on one core; `--hold-out 0` leaves a quarter of the lines out and
tells how the head does there. Utterances are masked, sometimes misspelt, and mixed with sentences made of templates.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.bench_statements import HALVES, Case, Score, key, read, score
from mrrec.adapted import save_head
from mrrec.assistant import Assistant
from mrrec.embed import Encoder
from mrrec.memory.reading import opinions, read_by_rules, read_message, stance
from mrrec.memory.reading.mentions import Found, find
from mrrec.settings import Settings
from train.batches import of_like_length
from train.descent import descent

FILES = ("train.txt", "dev.txt", "templates.txt")
EPOCHS, BATCH, RATE, WARM, MADE_UP, PARTS = 9, 16, 1e-3, 60, 2200, 4
TYPOS, SILENT, SILENT_DEV = 0.25, 0.3, 0.9  # how often words are misspelt; how often the rules' verdict is hidden
EVENTS = {"liked": "like", "disliked": "dislike", "finished": "seen"}
STANCE_OF = {"L": "like", "D": "dislike", "N": "none", "A": "abandoned", "S": "seen", "R": "rated"}
SIGNS = {"+": "like", "-": "dislike", "0": "none", "~": "seen", "!": "abandoned"}
# Sorts of templates, and how often
KINDS = {"L": 18, "D": 20, "N": 18, "TL": 8, "TD": 6, "TA": 4, "TS": 4, "TR": 2, "TN": 5, "M": 10, "N0": 3, "W+": 2,
         "W-": 2, "W0": 2}  # fmt: skip
_SLOT = re.compile(r"(?<!\w)([-+0~!]?)([XT])(?!\w)")
DRESS = (
    "{} films|{} books|{} games|stories about {}|anything with {}|films with {}|books about {}|{} stuff|{} stories|"
    "a good {}|anything to do with {}"
).split("|")
BEFORE = "|||||honestly |tbh |well, |so |also, |ok |I think |personally |look, |yeah |sorry but |by the way ".split("|")
AFTER = "||||| tbh| lol|, honestly| :)|, sorry| haha|!| I guess| though|!!".split("|")
JOINS = [". ", ". ", ", but ", " but ", " and ", ", and ", "; ", ", ", " – ", ". Also, ", ". And ", " while "]
LISTS = [(", ", " and "), (", ", ", "), (" and ", " and "), (" / ", " / "), (", ", " & "), (", ", " or ")]


@dataclass(frozen=True)
class Example:
    """A message to learn from: what it mentions, what the rules say of each, the stances that are right, how strongly
    put, and of each of `stance.WHOLE` whether the message tells it (None: either)."""

    message: str
    found: tuple[Found, ...]
    verdicts: tuple[str, ...]
    right: tuple[frozenset[str], ...]
    strength: tuple[frozenset[str], ...]
    whole: tuple[int | None, ...] = (0, 0, 0)
    tuned: bool = False  # the rules were made with it: their verdict says too much


def fingerprint() -> str:
    """Of the files that the head is made from."""
    return hashlib.sha256(b"\0".join((HALVES / name).read_bytes() for name in FILES)).hexdigest()


def example(case: Case, catalog, encoder: Encoder, tuned: bool = False) -> Example:
    """A labelled case, its labels put on what it mentions."""
    found = find(case.message, catalog, stance.words_of(encoder))
    by_rules = read_by_rules(case.message, catalog, encoder).entries
    due = {f.key for forms in case.due for f in forms}
    allowed = {f.key for f in case.allowed}
    right, strength = [], []
    for n, one in enumerate(found):
        stances = _stances(one, due)
        again = any(_keys(later) & _keys(one) and later.start >= one.end for later in found[n + 1 :])
        either = {"none"} if not stances or again else set()  # what is named twice is judged once
        right.append(frozenset(stances | either | _stances(one, allowed)))
        strength.append(
            frozenset(f.strength for fs in case.due for f in fs if f.key[0] in "+-" and f.key[1:] in _keys(one))
        )
    whole = []
    for sign in stance.WHOLE:
        among = [forms for forms in case.due if any(f.key == f"{sign}*" for f in forms)]
        sole = any(all(f.key == f"{sign}*" for f in forms) for forms in among)
        whole.append(1 if sole else None if among or f"{sign}*" in allowed else 0)
    verdicts = tuple(opinions.verdict(one, by_rules) for one in found)
    return Example(case.message, tuple(found), verdicts, tuple(right), tuple(strength), tuple(whole), tuned)


def _keys(one: Found) -> set[str]:
    if one.sort == "unknown":
        return {"*"}
    return {key(i.title) for i in one.items} or {key(name) for name in (*one.terms, *one.names)}


def _stances(one: Found, facts: set[str]) -> set[str]:
    if one.sort in ("term", "name"):
        return {s for sign, s in (("+", "like"), ("-", "dislike")) for k in _keys(one) if sign + k in facts}
    told = [f.partition(":") for f in facts if ":" in f]
    return {EVENTS.get(event, event) for event, _, title in told if title in _keys(one)}


def made_up(templates: dict[str, list[str]], rng: random.Random) -> Example:
    """A message put together from templates, with lists where they have a slot."""
    text, found, right = rng.choice(BEFORE), [], []
    whole = [0, 0, 0]
    plain = True  # both sides of a join tell what they think
    for n in range(rng.choices((1, 2, 3), (6, 3, 1))[0]):
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        joins, plain = plain, kind in ("L", "D", "TL", "TD", "TA", "TS")
        if n:
            text += rng.choice(JOINS) if joins and plain else ". "
        if kind[0] == "W":
            whole[stance.WHOLE.index(kind[1])] = 1
        template = rng.choice(templates[kind])
        at = 0
        for slot in _SLOT.finditer(template) if kind not in ("W+", "W-", "W0", "N0") else ():
            sign, sort = slot.groups()
            said = SIGNS[sign] if kind == "M" else STANCE_OF[kind[-1]]
            text += template[at : slot.start()] + ("" if kind == "M" else sign)
            at = slot.end()
            comma, last = rng.choice(LISTS)
            members = 1 if kind == "TR" or template == sort else rng.choice((1, 1, 1, 1, 2, 3, 4))
            for m in range(members):
                text += "" if not m else last if m == members - 1 else comma
                head, tail = rng.choice(DRESS).split("{}") if sort == "X" and rng.random() < 0.25 else ("", "")
                one = _stand_in(len(text + head), sort, rng)
                found.append(one)
                right.append(frozenset({said}))
                text += head + "".ljust(one.end - one.start, "x" if one.sort == "term" else "X") + tail
        text += template[at:]
    silent, unknown = ("",) * len(found), (frozenset(),) * len(found)
    return Example(text + rng.choice(AFTER), tuple(found), silent, tuple(right), unknown, tuple(whole))


def _stand_in(start: int, slot: str, rng: random.Random) -> Found:
    sort = rng.choices(("title", "unknown") if slot == "T" else ("term", "name"), (8, 2))[0]
    sure, slip = sort != "unknown" and rng.random() < 0.8, rng.random() < 0.05
    return Found(start, start + rng.choice((4, 9)), sort, sure=sure, slip=slip)


def misspelt(text: str, rng: random.Random) -> str:
    """`text` with a slip in some of its words."""
    words = text.split(" ")
    for n, word in enumerate(words):
        if len(word) > 3 and word.isalpha() and rng.random() < 0.06:
            k = rng.randrange(1, len(word) - 1)
            a, b, c = word[:k], word[k], word[k + 1 :]
            words[n] = rng.choice((a + c, a + c[0] + b + c[1:], a + b + b + c))
    return " ".join(words)


def loss(head: stance.Head, batch: Sequence[Example], rng: random.Random) -> torch.Tensor:
    """Log-likelihood of any right stance, of any right strength, and of what the best sentence alone tells."""
    messages = []
    for one in batch:
        hide = rng.random() < (SILENT_DEV if one.tuned else SILENT)
        shown = stance.masked(one.message, one.found, [] if hide else one.verdicts)
        if rng.random() < TYPOS:
            shown = stance.Masked(misspelt(shown.text, rng), shown.places, shown.looks)
        messages.append(shown)
    stances, strengths, whole, owner = head(messages)
    total = torch.zeros(())
    if len(stances):
        right = torch.tensor([[float(s in r) for s in stance.STANCES] for one in batch for r in one.right])
        total = total - torch.logsumexp(stances.log_softmax(1) + (right + 1e-9).log(), 1).mean()
        put = torch.tensor([[float(m in s) for m in ("?", "", "!")] for one in batch for s in one.strength])
        if (known := put.sum(1) > 0).any():
            likely = strengths[known].log_softmax(1) + (put[known] + 1e-9).log()
            total = total - 0.3 * torch.logsumexp(likely, 1).mean()
    owner = torch.tensor(owner)
    best = [whole[owner == n].amax(0) for n in range(len(batch))]
    told = [(best[n][k], float(t)) for n, one in enumerate(batch) for k, t in enumerate(one.whole) if t is not None]
    logits, labels = torch.stack([x for x, _ in told]), torch.tensor([t for _, t in told])
    return total + torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)


def train(examples: Sequence[Example], templates: dict[str, list[str]], encoder: Encoder, seed: int = 7) -> stance.Head:
    torch.manual_seed(seed)
    rng = random.Random(seed)
    head = stance.Head(encoder)
    head.adapt()
    head.train()
    down = descent(head, RATE, WARM, EPOCHS * (len(examples) + MADE_UP) // BATCH)
    for epoch in range(EPOCHS):
        mixed = [*examples, *(made_up(templates, rng) for _ in range(MADE_UP))]
        batches = of_like_length(mixed, BATCH, 256, lambda e: len(e.message), rng)
        lost = sum(down(loss(head, batch, rng)) for batch in batches)
        print(f"epoch {epoch}: loss {lost / len(batches):.3f}", flush=True)
    return head


def read_templates() -> dict[str, list[str]]:
    lines = (HALVES / "templates.txt").read_text("utf-8").splitlines()
    made: dict[str, list[str]] = {}
    for kind, _, words in (line.partition(" ") for line in lines if line and line[0] != "#"):
        made.setdefault(kind, []).append(words)
    return made


def lines(catalog, encoder: Encoder, hold_out: int | None = None) -> tuple[list[Example], list[Case]]:
    """The labelled messages to learn from, and those of the part that is held out."""
    cases = [c for c in read(HALVES / "train.txt") if c.message]
    held = cases[hold_out::PARTS] if hold_out is not None else []
    out = {c.message for c in held}
    examples = [example(c, catalog, encoder) for c in cases if c.message not in out]
    examples += [example(c, catalog, encoder, tuned=True) for c in read(HALVES / "dev.txt") if c.message]
    return examples, held


def tell(name: str, one: Score) -> None:
    print(f"{name:14}{one.messages:5}{one.right + one.missed:5}  {one.precision:.3f}  {one.recall:.3f}  {one.kept}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hold-out", type=int, choices=range(PARTS), help="learn without this part, and score it")
    parser.add_argument("--out", type=Path, default=stance.WEIGHTS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.open(Settings(store=Path(folder)), model=False)
        catalog, encoder = assistant.catalog, assistant.encoder
        examples, held = lines(catalog, encoder, options.hold_out)
        head = train(examples, read_templates(), encoder)
        path = options.out
        if held and path == stance.WEIGHTS:
            path = Path(folder) / "held-out.npz"
        save_head(head, encoder, path, made_from=fingerprint())
        if held:
            made = stance.load(encoder, path)
            opinions.load = lambda _: made
            for name, one in score(held, lambda m: read_message(m, catalog, encoder).entries, catalog).items():
                tell(name, one)


if __name__ == "__main__":
    main()
