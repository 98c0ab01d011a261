"""Supervised fine-tuning of the reasoning model on a teacher's episodes, with Unsloth LoRA.

    python -m train.sft --traces out/traces.jsonl --out out/sft

Only what the model writes has a share in the loss. Checkpoints are kept, `--resume` goes on after a kill, and the
adapter of the checkpoint that did best on held-out people is left in OUT/best.
"""

from __future__ import annotations

import unsloth  # isort: skip  # it wants to be first

import argparse
import json
import random
from functools import partial
from pathlib import Path

import torch
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments

from train.model import (
    AT_ONCE,
    BEST,
    PRESETS,
    batch,
    examples,
    half_precision,
    is_quick_at_bfloat16,
    load,
    preset,
    told_when_full,
)
from train.traces import read_episodes

HELD_OUT = 0.06  # of the people


def split(episodes: list, seed: int) -> tuple[list, list]:
    """Episodes to learn from, and those of people who are held out."""
    people = sorted({e.person for e in episodes})
    random.Random(seed).shuffle(people)
    held = set(people[: max(1, round(HELD_OUT * len(people)))])
    return [e for e in episodes if e.person not in held], [e for e in episodes if e.person in held]


def loss_of_written(base, inputs: dict, count: int | None = None, return_scores: bool = False):
    """Cross-entropy where the model writes, each token by its share, divided by `count` or by how many there are.

    Scores are computed there alone: two thirds of a turn are the system's, and the scores over the vocabulary are the
    largest thing in memory.
    """
    states = base.model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).last_hidden_state
    due = inputs["labels"][:, 1:]
    written = due != -100
    scores = base.lm_head(states[:, :-1][written]).float()
    losses = torch.nn.functional.cross_entropy(scores, due[written], reduction="none")
    loss = (losses * inputs["shares"][:, 1:][written]).sum() / (written.sum() if count is None else count)
    return (loss, {"logits": scores}) if return_scores else loss


class OfWritten(Trainer):
    """Learns what the model writes."""

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        base = self.accelerator.unwrap_model(model).get_base_model()
        with half_precision():
            return loss_of_written(base, inputs, num_items_in_batch, return_outputs)


def trainer(args: argparse.Namespace) -> Trainer:
    """The trainer with its data; what it does not learn from is masked."""
    of = preset(args.preset)
    model, tokenizer = load(args.preset, args.start, args.seed)
    learn, held = split(read_episodes(args.traces), args.seed)
    gpu = torch.cuda.is_available()
    at_once = of.batch if gpu else AT_ONCE
    options = TrainingArguments(
        output_dir=str(args.out), num_train_epochs=args.epochs, max_steps=args.steps, seed=args.seed,
        per_device_train_batch_size=at_once, gradient_accumulation_steps=of.batch // at_once,
        per_device_eval_batch_size=at_once, learning_rate=args.rate or of.rate, prediction_loss_only=True,
        lr_scheduler_type="cosine", warmup_steps=20, weight_decay=0.01, max_grad_norm=1.0, use_cpu=not gpu,
        bf16=is_quick_at_bfloat16(), fp16=gpu and not is_quick_at_bfloat16(), logging_steps=10,
        eval_strategy="steps", eval_steps=args.every, save_steps=args.every, save_total_limit=3,
        load_best_model_at_end=True, metric_for_best_model="eval_loss", report_to=[], dataloader_num_workers=0,
        train_sampling_strategy="group_by_length", remove_unused_columns=False,
    )  # fmt: skip
    return OfWritten(
        model=model, args=options, train_dataset=examples(learn, tokenizer, of.length),
        eval_dataset=examples(held, tokenizer, of.length)[: args.held], processing_class=tokenizer,
        data_collator=partial(batch, pad=tokenizer.pad_token_id),
        callbacks=[EarlyStoppingCallback(early_stopping_patience=args.patience)],
    )  # fmt: skip


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--traces", type=Path, default=Path("out/traces.jsonl"))
    made.add_argument("--preset", choices=PRESETS, default="smollm2-135m")
    made.add_argument("--start", type=Path, help="an adapter to go on from; a new one otherwise")
    made.add_argument("--out", type=Path, default=Path("out/sft"))
    made.add_argument("--epochs", type=float, default=1.0)
    made.add_argument("--steps", type=int, default=-1, help="at most so many; all where it is left out")
    made.add_argument("--rate", type=float, help="learning rate; the preset's where it is left out")
    made.add_argument("--every", type=int, default=50, help="steps between checkpoints")
    made.add_argument("--held", type=int, default=48, help="held-out episodes to measure with")
    made.add_argument("--patience", type=int, default=5, help="checkpoints without gain before it stops")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--resume", action="store_true", help="go on from the last checkpoint in OUT")
    return made


def learn(args: argparse.Namespace) -> None:
    """Train, and leave the best adapter and the log in `args.out`."""
    made = trainer(args)
    with told_when_full("Take a smaller --preset; each names what it needs"):
        made.train(resume_from_checkpoint=args.resume or None)
    made.model.save_pretrained(args.out / BEST)
    made.processing_class.save_pretrained(args.out / BEST)
    (args.out / "log.json").write_text(json.dumps(made.state.log_history, indent=1), "utf-8")


if __name__ == "__main__":
    learn(parser().parse_args())

__all__ = ["split", "trainer", "unsloth"]
