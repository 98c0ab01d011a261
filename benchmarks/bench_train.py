"""Training: tokens a second of a supervised step and of a rollout, against plain PEFT and `transformers` generate.

It runs in the environment of training: `.venv-train/bin/python benchmarks/bench_train.py`. The supervised step is ours
(Unsloth's LoRA, scores only where the model writes) against a PEFT model with its own loss, on the same episodes. A
rollout is a whole turn of the app, recall, look-up and ranking included, with the adapter unmerged in llama.cpp,
against `generate` of as many tokens from the same prompt, without a grammar and without anything between.
"""

from __future__ import annotations

import importlib.util
import tempfile
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from common import at_least, interleaved, quick, report

PEOPLE, LESSONS = 4, 4


def main() -> None:
    rounds, limit = (3, 20) if quick(__doc__) else (8, 300)
    if importlib.util.find_spec("unsloth") is None:
        print("training has an environment of its own: .venv-train/bin/python benchmarks/bench_train.py")
        return
    import unsloth  # noqa: F401  (it wants to be first)

    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), rounds, limit)


def measure(folder: Path, rounds: int, limit: float) -> None:
    """Time both, and print what came of it."""
    import torch

    from mrrec.llm.llamacpp import LlamaCpp
    from mrrec.llm.models import packaged_model
    from train.export import export
    from train.model import base_folder, examples, load, preset
    from train.rollouts import people_of, rollout
    from train.traces import classroom, episodes
    from train.worlds import World

    name = "smollm2-135m"
    world = World.open()
    assistant, teacher = classroom(world, folder / "store", 0)
    lessons = [x for x in world.lessons(PEOPLE, 0) if x.sort != "small"][:LESSONS]
    model, tokenizer = load(name)
    learned = examples(list(episodes(assistant, teacher, lessons, 0)), tokenizer, preset(name).length)
    plain = plain_peft(base_folder(preset(name)))
    ours, theirs = cycle(learned), cycle(learned)
    step = interleaved(
        lambda _: backward(our_loss(model, next(ours), tokenizer)), lambda _: backward(plain_loss(plain, next(theirs))),
        rounds, limit,
    )  # fmt: skip

    model.save_pretrained(folder / "adapter")
    export(folder / "adapter", folder / "adapter.gguf", model.get_base_model().config.to_dict())
    heard = replace(assistant, engine=LlamaCpp(packaged_model(), lora=folder / "adapter.gguf"))
    people = people_of(heard, lessons, progress=False)
    made = [r for lesson in lessons if (r := rollout(heard, people, lesson, 1.0, 0)) is not None]
    served, written = cycle(lessons[: len(made)]), cycle(made)
    plain.eval()

    def generate(_) -> None:
        turn = next(written)
        with torch.no_grad():
            plain.generate(
                input_ids=torch.tensor([turn.prompt]), attention_mask=torch.ones(1, len(turn.prompt)).long(),
                min_new_tokens=sum(turn.mask), max_new_tokens=sum(turn.mask), do_sample=True,
                pad_token_id=tokenizer.pad_token_id,
            )  # fmt: skip

    roll = interleaved(lambda i: rollout(heard, people, next(served), 1.0, i), generate, rounds, limit)
    tokens = sum(len(e["input_ids"]) for e in learned) / len(learned)
    wrote = sum(sum(r.mask) for r in made) / len(made)
    rows = [
        ("supervised step", *(f"{tokens / s:.0f} tokens/s" for s in step), f"{step[1] / step[0]:.2f}"),
        ("rollout", *(f"{wrote / s:.0f} tokens/s" for s in roll), f"{roll[1] / roll[0]:.2f}"),
        ("1,000 steps of 8 episodes", f"{8 * step[0] / 3.6:.1f} h", f"{8 * step[1] / 3.6:.1f} h", ""),
        ("1,000 steps of 24 rollouts", f"{24 * (step[0] + roll[0]) / 3.6:.1f} h", "", ""),
    ]
    measures = [at_least("supervised step", step[1] / step[0], 1.0), at_least("rollout", roll[1] / roll[0], 0.5)]
    title = f"Training {name} on {torch.get_num_threads()} threads, {tokens:.0f} tokens an episode, {wrote:.0f} written"
    report(title, ("what", "ours", "plain", "ratio"), rows, measures)


def our_loss(model, example: dict, tokenizer):
    """As the supervised trainer computes it."""
    from train.model import batch
    from train.sft import loss_of_written

    return loss_of_written(model.get_base_model(), batch([example], tokenizer.pad_token_id))


def plain_peft(base: str):
    """The same base with a LoRA of the same size by PEFT alone."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from train.model import LINEAR

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    return get_peft_model(model, LoraConfig(r=16, lora_alpha=32, target_modules=list(LINEAR), task_type="CAUSAL_LM"))


def plain_loss(model, example: dict):
    import torch

    return model(input_ids=torch.tensor([example["input_ids"]]), labels=torch.tensor([example["labels"]])).loss


def backward(loss) -> None:
    loss.backward()


if __name__ == "__main__":
    main()
