"""Reinforcement learning of the reasoning model: GRPO over turns of the app's own loop, from a supervised adapter.

    python -m train.grpo --start out/sft/best --out out/grpo --reward useful

Each step rolls out a group of turns for each of a few lessons in llama.cpp, with the adapter as it is at that moment,
and updates it with TRL's GRPO (Shao et al., arXiv:2402.03300), without a KL term as in MR.Rec. Only tokens that the
model wrote count in the loss. Held-out lessons are answered greedily every few steps: the best adapter is left in
OUT/best, and training stops where they do not gain, or where entropy collapses.
"""

from __future__ import annotations

import unsloth  # isort: skip  # it wants to be first

import argparse
import json
import math
import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from datasets import Dataset
from transformers import AutoConfig, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from mrrec.agent.asked import without_names
from mrrec.agent.own_words import is_unread, sure
from mrrec.agent.request import read_request
from mrrec.assistant import Assistant
from mrrec.llm.llamacpp import LlamaCpp
from mrrec.llm.models import packaged_model
from mrrec.settings import Settings
from train.export import export
from train.linker import examined
from train.model import AT_ONCE, BEST, PRESETS, base_folder, is_quick_at_bfloat16, load, preset, told_when_full
from train.plots import QUALITY, plot
from train.rewards import REWARDS, Outcome, ndcg
from train.rollouts import Rollout, people_of, rollout
from train.worlds import FIRST_OF_TRAINING, Lesson, World

HELD_FIRST = 20_000  # numbers of the held-out people
LEAST_ENTROPY = 0.02  # nats a token, below which the policy has collapsed
NOTHING = Outcome((), (), 1, valid=0.0, recalled=False)


class Arena:
    """Lessons, their people's memories, and the model as it is at this moment, in llama.cpp."""

    def __init__(self, args: argparse.Namespace, folder: Path):
        self.folder, self.temperature = folder, args.temperature
        self.model = args.model or packaged_model()
        settings = Settings(store=folder / "store", durable=False, model=self.model)
        self.assistant = Assistant.open(settings, progress=True, model=False)
        world = examined(self.assistant, World.open(), args.linker)
        asks, held = (
            [x for x in world.lessons(people, args.seed, first) if x.sort != "small"]
            for people, first in ((args.people, FIRST_OF_TRAINING), (args.held, HELD_FIRST))
        )
        self.people = people_of(self.assistant, [*asks, *held])
        asks, held = ([x for x in of if self.is_open(x)] for of in (asks, held))
        self.lessons, self.held = {x.query.id: x for x in asks}, held[: args.held]
        if not asks or not held:
            raise SystemExit("none of these people leaves the model anything to decide; give more --people or --held")
        self.config = AutoConfig.from_pretrained(base_folder(preset(args.preset))).to_dict()
        self.random = random.Random(args.seed)

    def update(self, model) -> None:
        """Serve the adapter of `model` from now on."""
        model.save_pretrained(self.folder / "now")
        export(self.folder / "now", self.folder / "now.gguf", self.config)
        engine = LlamaCpp(self.model, lora=self.folder / "now.gguf")
        self.assistant = replace(self.assistant, engine=engine)

    def is_open(self, lesson: Lesson) -> bool:
        """Whether code leaves the model something to find, to put right or to look up: where it does not, the turns of
        a group are much alike, and little is learned from them."""
        request, catalog = None, self.assistant.catalog
        for message in (*lesson.query.dialogue, lesson.query.text):
            request = read_request(message, catalog, request, encoder=self.assistant.encoder)
        if request.act == "talk":
            return False
        text = without_names(lesson.query.text, catalog)
        if lesson.leans or {*request.wishes, *sure(request, text, catalog)} != {*lesson.wants}:
            return True
        memory = self.people.memory(lesson.query)
        return any(is_unread(e) and e.active for e in memory.entries("record"))

    def roll(self, lesson: Lesson, temperature: float, seed: int) -> Rollout | None:
        return rollout(self.assistant, self.people, lesson, temperature, seed)

    def quality(self) -> float:
        """nDCG@10 of the held-out lessons, answered greedily."""
        found = [self.roll(lesson, 0.0, 0) for lesson in self.held]
        scores = [ndcg(r.outcome.places, r.outcome.relevant, 10) if r else 0.0 for r in found]
        return float(np.mean(scores))


def rollouts_for(arena: Arena, reward: str, tokenizer):
    """TRL's `rollout_func`: tokens, the mask of what the model wrote, and the parts of each reward."""

    def roll(prompts: Sequence[str], trainer: GRPOTrainer) -> dict[str, list]:
        arena.update(trainer.accelerator.unwrap_model(trainer.model))
        made: dict[str, list] = {"prompt_ids": [], "completion_ids": [], "env_mask": [], "parts": []}
        for prompt in prompts:
            found = arena.roll(arena.lessons[prompt], arena.temperature, arena.random.getrandbits(31))
            end = [tokenizer.eos_token_id]
            made["prompt_ids"].append(list(found.prompt) if found else end)
            made["completion_ids"].append(list(found.completion) if found else end)
            made["env_mask"].append(list(found.mask) if found else [0])
            made["parts"].append(REWARDS[reward](found.outcome if found else NOTHING))
        return made | {"logprobs": None}

    return roll


def part(name: str):
    """A reward function of TRL for one part of the reward, so that it is logged by its name."""

    def of(parts: Sequence[dict[str, float]], **_) -> list[float]:
        return [p[name] for p in parts]

    of.__name__ = name
    return of


class Watch(TrainerCallback):
    """Measures held-out quality, keeps the best adapter, and stops what no longer learns or has collapsed."""

    def __init__(self, arena: Arena, out: Path, every: int, patience: int):
        self.arena, self.out, self.every, self.patience = arena, out, every, patience
        self.best, self.since = -1.0, 0
        self.entropies: list[float] = []
        self.log: list[dict] = []

    def on_train_begin(self, args, state, control, model=None, **_):
        self._measure(model, 0, control)

    def on_step_end(self, args, state, control, model=None, **_):
        if state.global_step % self.every == 0:
            self._measure(model, state.global_step, control)

    def on_log(self, args, state, control, logs=None, **_):
        self.log.append({"step": state.global_step} | (logs or {}))
        self.entropies += [logs["entropy"]] if logs and "entropy" in logs else []
        if len(self.entropies) >= 3 and max(self.entropies[-3:]) < LEAST_ENTROPY:
            print(f"stopped: entropy is below {LEAST_ENTROPY} nats a token; start from {self.out / BEST}")
            control.should_training_stop = True

    def _measure(self, model, step: int, control) -> None:
        self.arena.update(model)
        quality = self.arena.quality()
        self.log.append({"step": step, QUALITY: quality})
        print(f"step {step}: held-out nDCG@10 {quality:.4f}", flush=True)
        if quality > self.best:
            self.best, self.since = quality, 0
            model.save_pretrained(self.out / BEST)
        else:
            self.since += 1
            control.should_training_stop |= self.since >= self.patience
        (self.out / "log.json").write_text(json.dumps(self.log, indent=1), "utf-8")
        plot(self.log, self.out / "curves.png")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--start", type=Path, default=Path("out/sft/best"), help="the adapter to start from")
    made.add_argument("--preset", choices=PRESETS, default="smollm2-135m")
    made.add_argument("--model", type=Path, help="the preset's base as GGUF; the packaged model otherwise")
    made.add_argument("--out", type=Path, default=Path("out/grpo"))
    made.add_argument("--linker", type=Path, help="of train.linker --hold-out: what it never saw is what is said")
    made.add_argument("--reward", choices=REWARDS, default="useful")
    made.add_argument("--people", type=int, default=200)
    made.add_argument("--held", type=int, default=40, help="held-out people, and at most so many lessons of theirs")
    made.add_argument("--steps", type=int, default=60)
    made.add_argument("--group", type=int, default=6, help="turns of the same lesson; 5 in the paper")
    made.add_argument("--lessons", type=int, default=4, help="lessons a step")
    made.add_argument("--rate", type=float, default=2e-5)
    made.add_argument("--temperature", type=float, default=1.0)
    made.add_argument("--every", type=int, default=10, help="steps between measurements and checkpoints")
    made.add_argument("--patience", type=int, default=3)
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--resume", action="store_true", help="go on from the last checkpoint in OUT")
    return made


def learn(args: argparse.Namespace) -> None:
    """Train, and leave the best adapter, the log and its curves in `args.out`."""
    args.out.mkdir(parents=True, exist_ok=True)
    model, tokenizer = load(args.preset, args.start, args.seed)
    gpu = torch.cuda.is_available()
    at_once = args.group if gpu else math.gcd(args.group, AT_ONCE)
    with tempfile.TemporaryDirectory() as folder:
        arena = Arena(args, Path(folder))
        watch = Watch(arena, args.out, args.every, args.patience)
        config = GRPOConfig(
            output_dir=str(args.out), max_steps=args.steps, num_generations=args.group, learning_rate=args.rate,
            per_device_train_batch_size=at_once, gradient_accumulation_steps=args.group * args.lessons // at_once,
            beta=0.0,
            temperature=args.temperature, max_completion_length=preset(args.preset).length, scale_rewards="group",
            loss_type="dapo", gradient_checkpointing=gpu, use_cpu=not gpu,
            bf16=is_quick_at_bfloat16(), fp16=gpu and not is_quick_at_bfloat16(), logging_steps=1,
            save_steps=args.every, save_total_limit=2, report_to=[], seed=args.seed, lr_scheduler_type="constant",
        )  # fmt: skip
        trainer = GRPOTrainer(
            model=model, processing_class=tokenizer, args=config, callbacks=[watch],
            reward_funcs=[part(name) for name in REWARDS[args.reward](NOTHING)],
            train_dataset=Dataset.from_list([{"prompt": i} for i in arena.lessons]),
            rollout_func=rollouts_for(arena, args.reward, tokenizer),
        )  # fmt: skip
        with told_when_full("Lower --group, or take a smaller --preset"):
            trainer.train(resume_from_checkpoint=args.resume or None)


if __name__ == "__main__":
    learn(parser().parse_args())

__all__ = ["Arena", "Watch", "part", "rollouts_for", "unsloth"]
