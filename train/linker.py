"""Train what links words of one's own to the catalogue's terms: train/topics.jsonl → mrrec/catalog/linker.npz.

`python -m train.linker` takes some ten minutes on two cores; `--hold-out 0` learns without a quarter of the names
and tells how it does on them. What topics are called is learned alone, and in the requests and statements of people
made for it (`train/worlds.py`); a text in which nothing is called by any name is linked to none.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from mrrec.adapted import save_head
from mrrec.assistant import Assistant
from mrrec.catalog.linking import WEIGHTS, Linker, Linking, load
from mrrec.embed import Encoder
from mrrec.evaluate.tasks.said_phrases import filled, request_text
from train.batches import of_like_length
from train.descent import descent
from train.worlds import MORE, PLAIN, TOPICS, World

PARTS = 4
PEOPLE, FIRST = 2500, 50_000  # whose sentences are learned from
EPOCH = {"names": 12000, "framed": 18000, "sentences": 9000, "none": 2500, "plain": 8000}  # how many of each a round
EPOCHS, BATCH, RATE, WARM = 2.5, 64, 1e-3, 40
ASKED = {"theme": "request-theme", "genre": "request-genre", "tone": "request-mood"}  # uses of phrasings
MISSING = 0.1  # share of the words that are left out, so that no single word is relied on
FORGOTTEN = 0.2  # share of the terms that have to do with their names alone, so that names alone say something
ENOUGH = 0.3  # share in the loss of none against what is not meant
HALFWAY = 0.5  # how far towards the names of its topic a term is moved at first


@dataclass(frozen=True)
class Example:
    """A text, and the terms that it means; all of them, where it is `complete`."""

    text: str
    terms: tuple[str, ...]
    complete: bool = False


def fingerprint() -> str:
    """Of what topics are called, and of plain requests."""
    return hashlib.sha256(TOPICS.read_bytes() + MORE.read_bytes() + PLAIN.read_bytes()).hexdigest()


def part_of(world: World, number: int, held: bool) -> World:
    """The world with a quarter of the names of topics, or without it."""
    topics = {
        key: [r for n, r in enumerate(rows) if (n % PARTS == number) == held] for key, rows in world.topics.items()
    }
    return replace(world, topics={key: rows for key, rows in topics.items() if rows})


def examined(assistant: Assistant, world: World, path: Path | None) -> World:
    """Link with the file at `path` from now on; the world in which topics are called by names that it never saw.

    What a linker has learned by heart it is sure of: who learns to choose among what it finds has to see it doubt.
    Raises ValueError for a file of which no names were held out.
    """
    if path is None:
        return world
    with np.load(path) as saved:
        held = int(saved["held"])
    if held < 0:
        raise ValueError(f"{path} has learned every name; make one with python -m train.linker --hold-out 0 --out FILE")
    catalog = assistant.catalog
    catalog.linking = Linking(load(assistant.encoder, path), catalog.vocabulary, assistant.encoder)
    return part_of(world, held, held=True)


def names(world: World) -> list[Example]:
    """What topics are called."""
    found: dict[str, dict[str, None]] = {}
    for (kind, topic), rows in world.topics.items():
        for row in rows:
            for text in (row["noun"], row["short"]):
                found.setdefault(text.replace("{works}", f"{kind}s"), {})[topic.term] = None
    return [Example(text, tuple(terms)) for text, terms in found.items()]


def sentences(world: World, people: int, seed: int, first: int) -> list[Example]:
    """Requests and statements; the title that a request names says nothing of its topics."""
    titles = {i.id: i.title for part in world.parts.values() for i in part.items}
    found: dict[str, Example] = {}
    for lesson in tqdm(world.lessons(people, seed, first), "people's requests"):
        text = lesson.query.text.replace(titles.get(lesson.about, "\0"), "")
        of = {text: () if lesson.sort in ("further", "small") else lesson.wants}
        if lesson.sort == "further":
            of |= dict.fromkeys(lesson.query.dialogue, lesson.wants)
        for event in lesson.events:
            if event.text:
                said = event.text.lower()
                of[event.text] = tuple(dict.fromkeys(t for noun, t in lesson.nouns if noun.lower() in said))
        found |= {text: Example(text, tuple(terms)) for text, terms in of.items()}
    return list(found.values())


def framed(world: World, seed: int) -> list[Example]:
    """What topics are called, each in a request or a statement of taste: people seldom ask for the rarer ones."""
    phrases, rng, found = world.phrases, random.Random(f"framed {seed}"), {}
    for (kind, topic), rows in world.topics.items():
        for row in rows:
            if rng.random() < 0.5:
                shape = rng.choice(phrases.shapes(rng.choice(("like", "dislike")), kind))
                text = filled(shape, x=row["noun"].replace("{works}", phrases.works[kind]))
            else:
                shape = rng.choice([r["text"] for r in world.rows[ASKED[topic.sort]]])
                asked = shape.replace("{theme}", row["short"])
                text = request_text(asked, phrases, kind, row["short"], 0, row["short"])
            found[text] = Example(text, (topic.term,))
    return list(found.values())


def plain() -> list[Example]:
    """Requests as people type them, each with all that it means."""
    rows = map(json.loads, PLAIN.read_text("utf-8").splitlines())
    return [Example(row["text"], tuple(row["terms"]), complete=True) for row in rows]


def pools_of(world: World, people: int, seed: int) -> dict[str, list[Example]]:
    """What is learned from, by sort."""
    said = sentences(world, people, seed, FIRST)
    return {
        "names": names(world), "framed": framed(world, seed), "sentences": [e for e in said if e.terms],
        "none": [e for e in said if not e.terms], "plain": plain(),
    }  # fmt: skip


def rounds(pools: Mapping[str, Sequence[Example]], rng: random.Random) -> Iterator[list[Example]]:
    """Batches of texts of like length, round after round."""
    while True:
        mixed = [e for of, pool in pools.items() for e in rng.sample(pool, min(EPOCH[of], len(pool)))]
        yield from of_like_length(mixed, BATCH, 1024, lambda e: len(e.text), rng)


def thinned(text: str, rng: random.Random, missing: float = MISSING) -> str:
    """`text` without a share of its words."""
    return " ".join(w for w in text.split() if rng.random() >= missing) or text


def loss(linker: Linker, batch: Sequence[Example], vectors: torch.Tensor, rng: random.Random) -> torch.Tensor:
    """Each term that a text means against all that it does not mean, and none against the latter (adaptive thresholds:
    Zhou et al., AAAI 2021)."""
    kept = torch.rand(len(vectors), 1, device=vectors.device) > FORGOTTEN
    terms = torch.nn.functional.normalize(vectors + linker.moved * kept, dim=1)
    logits = linker([thinned(e.text, rng) for e in batch], terms)
    meant = torch.zeros_like(logits)
    for n, example in enumerate(batch):
        meant[n, [linker.terms[t] for t in example.terms] or -1] = 1
    others = torch.logsumexp(logits.masked_fill(meant > 0, -1e4), 1, keepdim=True)
    right = -((logits - torch.logaddexp(logits, others)) * meant).sum() / meant.sum()
    complete = torch.tensor([e.complete and bool(e.terms) for e in batch], device=logits.device)
    unmeant = logits.masked_fill(meant > 0, -1e4)[complete]
    return right - ENOUGH * unmeant.log_softmax(1)[:, -1].sum() / meant.sum()


def train(
    pools: Mapping[str, Sequence[Example]], encoder: Encoder, epochs: float, seed: int, start: Path | None = None,
    rate: float = RATE,
) -> Linker:  # fmt: skip
    """A linker for the terms of the examples, or the one at `start` after more of the same."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    terms = sorted({t for pool in pools.values() for e in pool for t in e.terms})
    linker = Linker(encoder, terms)
    device = linker.embeddings.word_embeddings.weight.device
    linker.to(device)
    vectors = torch.from_numpy(encoder.encode(terms)).to(device)
    linker.moved.data = _middles(pools["names"], linker, encoder) - HALFWAY * vectors
    if start is not None:
        _go_on_from(linker, start)
    linker.adapt()
    linker.train()
    steps = int(epochs * sum(EPOCH.values()) / BATCH)
    down = descent(linker, rate, WARM, steps)
    progress = tqdm(zip(range(steps), rounds(pools, rng)), "steps", total=steps, mininterval=10)
    for _, batch in progress:
        progress.set_postfix(loss=f"{down(loss(linker, batch, vectors, rng)):.2f}", refresh=False)
    return linker


def _go_on_from(linker: Linker, path: Path) -> None:
    """Raises ValueError where the file has learned terms that the linker has not."""
    with np.load(path) as saved:
        known = saved["terms"].tolist()
        if not {*known} <= {*linker.terms}:
            raise ValueError(f"{path} has learned other terms; train without --start")
        own = {name: torch.from_numpy(saved[name].astype(np.float32)) for name in linker.own() if name in saved}
    moved = linker.moved.detach().clone()
    moved[[linker.terms[t] for t in known]] = own["moved"]
    linker.load_state_dict(own | {"moved": moved}, strict=False)


def averaged(paths: Sequence[Path], encoder: Encoder) -> Linker:
    """The mean of linkers that were made from the same beginning (a model soup: Wortsman et al., arXiv:2203.05482).

    Raises ValueError where they have learned different terms.
    """
    with np.load(paths[0]) as saved:
        linker = Linker(encoder, saved["terms"].tolist())
    sums = {name: torch.zeros_like(value) for name, value in linker.own().items()}
    for path in paths:
        _go_on_from(linker, path)
        for name, value in linker.own().items():
            sums[name] += value.detach() / len(paths)
    linker.load_state_dict(sums, strict=False)
    return linker


def _middles(by_name: Sequence[Example], linker: Linker, encoder: Encoder) -> torch.Tensor:
    """Where the names of each topic lie on average, shape (terms, dim)."""
    middles = torch.zeros_like(linker.moved)
    vectors = torch.from_numpy(encoder.encode([e.text for e in by_name])).to(middles.device)
    for vector, example in zip(vectors, by_name):
        for term in example.terms:
            middles[linker.terms[term]] += vector
    return torch.nn.functional.normalize(middles, dim=1)


def tell(name: str, examples: Sequence[Example], linker: Linker, encoder: Encoder) -> dict[str, float]:
    """Print how often the first, and one of the first eight, is meant, and how often of those nearest to the encoder;
    and how sure it is, rightly or not."""
    linker.eval()
    terms, found = list(linker.terms), []
    plain = encoder.encode(terms)
    with torch.no_grad():
        of = linker.named(terms, torch.from_numpy(plain))
        for n in range(0, len(examples), BATCH):
            found.append(linker([e.text for e in examples[n : n + BATCH]], of).softmax(1).cpu())
    chances = torch.cat(found)[:, :-1]
    order = [[terms[i] for i in row] for row in chances.argsort(1, descending=True)[:, :8].tolist()]
    some = [n for n, e in enumerate(examples) if e.terms]
    near = np.argsort(-encoder.encode([e.text for e in examples]) @ plain.T)
    by_encoder = [[terms[i] for i in row[:8]] for row in near]
    told = {
        f"among {k}{by}": _mean(bool({*of[n][:k]} & {*examples[n].terms}) for n in some)
        for by, of in (("", order), (" by the encoder alone", by_encoder))
        for k in (1, 8)
    }
    for bar in (0.5, 0.7, 0.9):
        sure = [n for n in range(len(examples)) if chances[n].max() > bar]
        told[f"> {bar}: share"] = len([n for n in sure if examples[n].terms]) / max(1, len(some))
        told[f"> {bar}: right"] = _mean(order[n][0] in examples[n].terms for n in sure)
    print(
        f"{name:12}{len(some):6} of {len(examples)}  " + "  ".join(f"{k} {v:.3f}" for k, v in told.items()), flush=True
    )
    return told


def test(linker: Linker, encoder: Encoder, seed: int) -> None:
    """Tell how it does on the names of the test half, and in what its people say."""
    world = World.open("test")
    tell("test names", names(world), linker, encoder)
    tell("test people", sentences(world, 200, seed, 2 * FIRST), linker, encoder)


def _mean(values) -> float:
    values = list(values)
    return sum(values) / max(1, len(values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=float, default=EPOCHS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--hold-out", type=int, choices=range(PARTS), help="learn without this part of the names")
    parser.add_argument("--start", type=Path, help="a linker to go on from; a new one otherwise")
    parser.add_argument("--average", type=Path, nargs="+", help="average these linkers, and train nothing")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--test", action="store_true", help="score it on the test half, whose names it never saw")
    parser.add_argument("--scores", action="store_true", help="score the shipped one so, and train nothing")
    args = parser.parse_args()
    encoder, world, held = Encoder(), World.open(), []
    if args.scores:
        test(load(encoder), encoder, args.seed)
        return
    if args.average:
        linker = averaged(args.average, encoder)
        save_head(linker, encoder, args.out, terms=list(linker.terms), held=-1, made_from=fingerprint())
        return
    if args.hold_out is not None:
        held = names(part_of(world, args.hold_out, held=True))
        world = part_of(world, args.hold_out, held=False)
    pools = pools_of(world, args.people, args.seed)
    linker = train(pools, encoder, args.epochs, args.seed, args.start, args.rate)
    if not held or args.out != WEIGHTS:
        part = -1 if args.hold_out is None else args.hold_out
        save_head(linker, encoder, args.out, terms=list(linker.terms), held=part, made_from=fingerprint())
    if held:
        tell("held out", held, linker, encoder)
    if args.test:
        test(linker, encoder, args.seed)


if __name__ == "__main__":
    main()
