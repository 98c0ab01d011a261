"""Train the head that tells requests from talk: → mrrec/agent/request/intent.npz.

`python -m train.intent` takes some ten minutes on two cores. It learns from the requests and statements of made-up
people (`train/worlds.py`), from the messages of benchmarks/statements, from `plain_requests.jsonl` and
`small_talk.txt`, and from names of topics alone, which ask for what they name; `--scores` tells how the head that ships
does on halves that it never saw.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tqdm import tqdm

from benchmarks.bench_statements import HALVES, read
from mrrec.adapted import save_head
from mrrec.agent.request.intent import SURE, WEIGHTS, Intent, load
from mrrec.embed import Encoder
from mrrec.settings import Settings
from train.batches import of_like_length
from train.descent import descent
from train.linker import names, thinned
from train.linker import plain as plain_requests
from train.worlds import MORE, PHRASES, PLAIN, TOPICS, World

TALK = Path(__file__).with_name("small_talk.txt")
PEOPLE, FIRST = 2500, 60_000  # whose messages are learned from
TOLD = 9000  # of their statements, a round
NAMED = 2500  # requests that are a name or two and nothing else
BRIEFLY = ("{}", "{}", "{}", "{} pls", "{} and {}", "{}, {}", "{} {}", "{} but {}", "{}, not {}")
EPOCHS, BATCH, RATE, WARM = 2, 32, 1e-3, 40
MISSING = 0.05  # share of the words that are left out
ASKING = {"request", "passing"}  # sorts of labelled messages
UNSURE = {"hypothetical", "command"}  # some ask, some do not


@dataclass(frozen=True)
class Example:
    """A message, and whether it asks for something to watch, read or play."""

    text: str
    asks: bool


def fingerprint() -> str:
    """Of the files that the head is made from."""
    files = (HALVES / "train.txt", HALVES / "dev.txt", PHRASES, PLAIN, TALK, TOPICS, MORE)
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def of_people(world: World, people: int, seed: int, first: int) -> list[Example]:
    """What made-up people ask for, and what they tell."""
    found: dict[str, bool] = {}
    for lesson in tqdm(world.lessons(people, seed, first), "people's messages"):
        found |= dict.fromkeys((*lesson.query.dialogue, lesson.query.text), lesson.sort != "small")
        found |= dict.fromkeys((e.text for e in lesson.events if e.text), False)
    return [Example(text, asks) for text, asks in found.items()]


def labelled(*names: str) -> list[Example]:
    """Messages of benchmarks/statements that clearly ask, or clearly do not."""
    cases = [case for name in names for case in read(HALVES / f"{name}.txt")]
    return [Example(c.message, c.category in ASKING) for c in cases if c.message and c.category not in UNSURE]


def plain() -> list[Example]:
    """Requests as people type them, and what looks like one and is none."""
    told = TALK.read_text("utf-8").splitlines()
    return [*(Example(e.text, True) for e in plain_requests()), *(Example(text, False) for text in told)]


def brief(world: World, seed: int) -> list[Example]:
    """What topics are called, with nothing that asks."""
    rng = random.Random(f"brief {seed}")
    called = [e.text for e in names(world)]
    return [Example(rng.choice(BRIEFLY).format(*rng.sample(called, 2)), True) for _ in range(NAMED)]


def roughened(text: str, rng: random.Random) -> str:
    """`text` without some of its words, and now and then without capitals or its last mark."""
    words = thinned(text, rng, MISSING)
    words = words.lower() if rng.random() < 0.25 else words
    return words.rstrip(".!?") if rng.random() < 0.25 else words


def train(people: Sequence[Example], others: Sequence[Example], encoder: Encoder, seed: int) -> Intent:
    torch.manual_seed(seed)
    rng = random.Random(seed)
    asked, told = ([e for e in people if e.asks is asks] for asks in (True, False))
    head = Intent(encoder)
    head.adapt()
    head.train()
    round_ = len(asked) + min(TOLD, len(told)) + len(others)
    down = descent(head, RATE, WARM, EPOCHS * (round_ // BATCH + 1))
    for epoch in range(EPOCHS):
        mixed = [*asked, *rng.sample(told, min(TOLD, len(told))), *others]
        lost = 0.0
        batches = of_like_length(mixed, BATCH, 1024, lambda e: len(e.text), rng)
        for batch in tqdm(batches, f"round {epoch + 1}", mininterval=10):
            logits = head([roughened(e.text, rng) for e in batch])
            right = torch.tensor([float(e.asks) for e in batch])
            lost += down(torch.nn.functional.binary_cross_entropy_with_logits(logits, right))
        print(f"round {epoch + 1}: loss {lost / len(batches):.4f}", flush=True)
    head.eval()
    return head


def tell(name: str, examples: Sequence[Example], head: Intent) -> None:
    """Print which share of the requests, and of the rest, is taken for requests."""
    with torch.no_grad():
        chances = torch.cat([head([e.text for e in examples[n : n + 64]]) for n in range(0, len(examples), 64)])
    taken = (chances.sigmoid() >= SURE).tolist()
    for asks, words in ((True, "requests taken for such"), (False, "others taken for requests")):
        of = [t for t, e in zip(taken, examples) if e.asks is asks]
        if of:
            print(f"{name:12}{words:28}{sum(of):5} of {len(of):5}  {sum(of) / len(of):.3f}", flush=True)


def test(head: Intent, seed: int) -> None:
    """Tell how it does on messages in whose phrasings it was not trained."""
    tell("test people", of_people(World.open("test"), 300, seed, 2 * FIRST), head)
    tell("statements", labelled("test"), head)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scores", action="store_true", help="of the head that ships, and no training")
    args = parser.parse_args()
    encoder = Encoder(Settings().embedder)
    if args.scores:
        head = load(encoder)
    else:
        world = World.open()
        people = of_people(world, PEOPLE, args.seed, FIRST)
        others = [*labelled("train", "dev"), *plain(), *brief(world, args.seed)]
        head = train(people, others, encoder, args.seed)
        args.out.parent.mkdir(parents=True, exist_ok=True)
        save_head(head, encoder, args.out, made_from=fingerprint())
    test(head, args.seed)


if __name__ == "__main__":
    main()
