"""Train the small model that reads what people say: benchmarks/statements → mrrec/llm/adapters/reader.gguf.

    .venv-train/bin/python -m train.reader --out out/reader

A message is read once; each question about it (`mrrec.memory.reading.asking`) continues it by itself, and its answer is
one word, so an example is one sequence whose branches do not see each other. Checkpoints are kept, and `--resume` goes
on after a kill. `--hold-out 0` leaves a quarter of the lines out and tells how well they are read; `--head` names one
that was trained without them too (`python -m train.stance --hold-out 0 --out FILE`).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, Trainer, TrainingArguments

from mrrec.assistant import Assistant
from mrrec.evaluate.tasks.said_phrases import KINDS, Phrases, filled, request_text
from mrrec.llm.reader import ADAPTER, Reader
from mrrec.memory.reading import asking, opinions, stance
from mrrec.memory.reading.asking import REST, WORDS, Questions, questions
from mrrec.memory.reading.mentions import find
from mrrec.memory.reading.stance import STANCES
from mrrec.settings import Settings
from train.export import export
from train.model import AT_ONCE, LINEAR, base_folder, half_precision, preset, put
from train.stance import PARTS, Case, Example, lines, score, tell
from train.worlds import World

BATCH = 16  # messages a step
RATE, RANK, ALPHA = 4e-4, 16, 32
IN_OTHER_WORDS = 3200  # messages made of the phrasings of `worlds`
EXAMINED = 600  # messages
# How often each use of phrasings, and what it tells of what it speaks of
TOLD = {
    "like": (8, "like"), "dislike": (6, "dislike"), "won": (2, "like"), "away": (2, "dislike"), "others": (2, "none"),
    "oneoff": (2, "none"), "question": (1, "none"), "subject": (1, "none"), "small": (2, "none"),
    "request-genre": (1, "none"), "request-mood": (1, "none"), "request-genre-mood": (1, "none"),
    "request-theme": (1, "none"), "against": (2, "none"), "again": (1, "none"),
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Questions, and which of WORDS are right for each, shape (n_questions, n_words); none where it is not known."""

    questions: Questions
    right: torch.Tensor


def asked(example: Example) -> Asked:
    """The questions about a labelled message."""
    put = questions(example.message, example.found)
    right = torch.zeros(put.admitted.shape, dtype=torch.bool)
    for n, stances in enumerate(example.right):
        right[n, [STANCES.index(s) for s in stances]] = True
    told = [word for word, there in zip(REST, example.whole) if there]
    right[-1, [*(told or [0]), *(word for word, there in zip(REST, example.whole) if there is None)]] = True
    return Asked(put, right & torch.from_numpy(put.admitted))


def in_other_words(catalog, encoder, count: int, seed: int) -> list[Example]:
    """Statements about what code may have no word for, and talk that tells nothing, from the phrasings that `worlds`
    makes people of; of a mention that is not what they speak of, nothing is taught."""
    world, rng, made = World.open(), random.Random(f"reader {seed}"), []
    while len(made) < count:
        phrases, kind = world.called(rng), rng.choice(KINDS)
        topic = rng.choice(world.parts[kind].topics[rng.choice(("theme", "theme", "tone", "genre"))])
        use = rng.choices(list(TOLD), [often for often, _ in TOLD.values()])[0]
        known = phrases.shapes(use, kind) if use in phrases.sentences else [r["text"] for r in world.rows[use]]
        shape, noun = rng.choice(known), phrases.noun(topic, kind)
        if "{y" in shape.lower() or "{k" in shape:
            continue
        right = TOLD[use][1]
        text = _put(shape, phrases, kind, noun, phrases.short(topic, kind), rng)
        found = find(text, catalog, stance.words_of(encoder))
        about = [topic.term in one.terms for one in found]
        all_are = right == "none" and use != "against"  # which names what is usual too
        each = [frozenset({right} if it or all_are else ()) for it in about]
        whole = tuple((None if any(about) else 1) if right == told else 0 for told in ("like", "dislike", "fact"))
        made.append(Example(text, tuple(found), ("",) * len(found), tuple(each), (frozenset(),) * len(found), whole))
    return made


def _put(shape: str, phrases: Phrases, kind: str, noun: str, short: str, rng: random.Random) -> str:
    """A phrasing about a topic called so; of a request, which asks for it, with another for what is usual."""
    if re.search(r"\{[xo]", shape, re.I):
        return filled(shape, x=noun, o=noun)
    called = short or noun
    usual = rng.choice([t.term for of, t in phrases.names if of == kind and t.sort in ("genre", "tone")])
    asked = shape.replace("{usual}", usual).replace("{theme}", called)
    return request_text(asked, phrases, kind, called, 0, called)


def sequence(one: Asked, tokenizer) -> dict[str, torch.Tensor]:
    """Token ids, positions, and branches (0 is the message), each (n,); the places of the answers, (n_questions,)."""
    head = _tokens(one.questions.text, tokenizer)
    ids, positions, branches, places = list(head), list(range(len(head))), [0] * len(head), []
    for n, question in enumerate(one.questions.asked, 1):
        new = _tokens(question, tokenizer)
        ids += new
        positions += range(len(head), len(head) + len(new))
        branches += [n] * len(new)
        places.append(len(ids) - 1)
    named = {"input_ids": ids, "positions": positions, "branches": branches, "places": places}
    return {name: torch.tensor(values) for name, values in named.items()} | {
        "admitted": torch.from_numpy(one.questions.admitted), "right": one.right,
    }  # fmt: skip


def _tokens(text: str, tokenizer) -> list[int]:
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def batched(rows: Sequence[dict[str, torch.Tensor]]) -> dict:
    """Rows of one batch; `attention_mask` (n, 1, length, length) is added to scores."""
    longest = max(len(r["input_ids"]) for r in rows)
    ids, positions = (torch.zeros(len(rows), longest, dtype=torch.long) for _ in range(2))
    seen = torch.zeros(len(rows), 1, longest, longest, dtype=torch.bool)
    for n, row in enumerate(rows):
        end, branch = len(row["input_ids"]), row["branches"]
        ids[n, :end], positions[n, :end] = row["input_ids"], row["positions"]
        seen[n, 0, :end, :end] = ((branch[None] == 0) | (branch[None] == branch[:, None])).tril()
        seen[n, 0, end:, 0] = True  # of what is no token at all something must be seen
    mask = torch.zeros(seen.shape).masked_fill(~seen, torch.finfo(torch.float32).min)
    return {"input_ids": ids, "position_ids": positions, "attention_mask": mask, "rows": rows}


class OneWord(Trainer):
    """The likelihood of any right word among those that are admitted."""

    words: torch.Tensor  # ids of WORDS

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        rows = inputs.pop("rows")
        base = self.accelerator.unwrap_model(model).get_base_model()
        with half_precision():
            states = base.model(**inputs).last_hidden_state
        lost = []
        for state, row in zip(states, rows):
            logits = state[row["places"]].float() @ base.lm_head.weight[self.words].T
            likely = logits.masked_fill(~row["admitted"], -1e9).log_softmax(1)
            known = row["right"].any(1)
            lost.append(-likely.masked_fill(~row["right"], -1e9).logsumexp(1)[known])
        loss = torch.cat(lost).mean()
        return (loss, {"loss": loss}) if return_outputs else loss


def trainer(
    examples: Sequence[Example], out: Path, epochs: float, seed: int, steps: int = -1, start: Path | None = None
) -> Trainer:
    """The trainer with its data; `start` is an exported adapter to go on from."""
    torch.manual_seed(seed)
    folder = base_folder(preset("smollm2-135m"))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    settings = LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0.05, target_modules=list(LINEAR))
    at_once = BATCH if torch.cuda.is_available() else 4 * AT_ONCE  # a message is shorter than an episode
    options = TrainingArguments(
        output_dir=str(out), num_train_epochs=epochs, max_steps=steps, seed=seed, learning_rate=RATE,
        per_device_train_batch_size=at_once, gradient_accumulation_steps=BATCH // at_once,
        lr_scheduler_type="cosine", warmup_steps=20, weight_decay=0.01, max_grad_norm=1.0, logging_steps=20,
        save_steps=100, save_total_limit=2, report_to=[], remove_unused_columns=False,
        use_cpu=not torch.cuda.is_available(), train_sampling_strategy="group_by_length",
    )  # fmt: skip
    model = get_peft_model(model, settings)
    if start is not None:
        put(model, start)
    made = OneWord(
        model=model, args=options, data_collator=batched, processing_class=tokenizer,
        train_dataset=[sequence(asked(e), tokenizer) for e in examples],
    )  # fmt: skip
    made.words = torch.tensor([_tokens(word, tokenizer)[0] for word in WORDS])
    return made


def examination(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Messages in phrasings and about names of topics that training never saw, and what each tells: like, dislike or
    none."""
    world, rng = World.open("test"), random.Random(f"reader {seed}")
    for use in rng.choices(list(TOLD), [often for often, _ in TOLD.values()], k=count):
        kind, topic = rng.choice(list(world.topics))
        called = rng.choice(world.topics[kind, topic])
        shape = rng.choice([r["text"] for r in world.rows[use] if not re.search(r"\{[yk]", r["text"], re.I)])
        noun = called["noun"].replace("{works}", world.phrases.works[kind])
        yield _put(shape, world.phrases, kind, noun, called["short"], rng), TOLD[use][1]


def tell_examined(assistant: Assistant, count: int, seed: int) -> dict[str, float]:
    """Print how often such a message is kept with the right sign, and how often one that tells nothing is kept."""
    signs = {right: [] for right in ("like", "dislike", "none")}
    for text, right in examination(count, seed):
        kept = [e.value for e in assistant.understood(text) if e.event == "said" and e.value]
        signs[right].append(sum(kept) if kept else 0.0)
    tastes = [*signs["like"], *(-v for v in signs["dislike"])]
    told = {"right": _share(v > 0 for v in tastes), "wrong": _share(v < 0 for v in tastes)}
    told |= {"kept of talk": _share(v != 0 for v in signs["none"])}
    print(f"{len(tastes)} tastes, {len(signs['none'])} of talk: " + ", ".join(f"{k} {v:.3f}" for k, v in told.items()))
    return told


def _share(values: Iterable[bool]) -> float:
    values = list(values)
    return sum(values) / max(1, len(values))


def tell_held_out(assistant: Assistant, held: Sequence[Case], gguf: Path, head: Path) -> None:
    """Score `held` with the head alone, and with both."""
    trained, reader = stance.load(assistant.encoder, head), Reader(gguf)
    opinions.load = lambda _: trained
    for name, one in (("head", None), ("head and model", reader)):
        asking.load = lambda one=one: one
        tell(name, score(held, assistant.understood, assistant.catalog)["all"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out/reader"))
    parser.add_argument("--gguf", type=Path, help="where the adapter goes; the shipped one, unless lines are held out")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--hold-out", type=int, choices=range(PARTS), help="learn without this part of the lines")
    parser.add_argument("--head", type=Path, default=stance.WEIGHTS, help="the head to score them with")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=Path, help="an exported adapter to go on from; a new one otherwise")
    parser.add_argument(
        "--scores", type=Path, help="score this adapter on phrasings that it never saw, and train nothing"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint in OUT")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as store:
        assistant = Assistant.open(Settings(store=Path(store)), model=False)
        if args.scores:
            reader = Reader(args.scores)
            asking.load = lambda: reader
            tell_examined(assistant, EXAMINED, args.seed)
            return
        examples, held = lines(assistant.catalog, assistant.encoder, args.hold_out)
        examples += in_other_words(assistant.catalog, assistant.encoder, IN_OTHER_WORDS, args.seed)
        made = trainer(examples, args.out, args.epochs, args.seed, start=args.start)
        made.train(resume_from_checkpoint=args.resume or None)
        made.model.save_pretrained(args.out / "adapter")
        (args.out / "log.json").write_text(json.dumps(made.state.log_history, indent=1), "utf-8")
        gguf = args.gguf or (args.out / "held-out.gguf" if held else ADAPTER)
        config = made.model.get_base_model().config.to_dict()
        print(f"{gguf}: {export(args.out / 'adapter', gguf, config) / 1e6:.1f} MB")
        if held:
            tell_held_out(assistant, held, gguf, args.head)


if __name__ == "__main__":
    main()
