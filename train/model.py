"""Which models can be trained, how much memory each needs, and how an episode becomes tokens.

The programs that train import Unsloth before anything else, as it asks.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from mrrec.agent.protocol import OTHER, WEIGHED, weighed
from mrrec.llm.adapter import cache_folder
from mrrec.llm.models import packaged_model
from train.export import weights
from train.traces import Episode

BEST = "best"  # the folder of the adapter that did best on held-out people
AT_ONCE = 1  # episodes at a time on a CPU: two of them in one batch take longer than one after the other
PROSE, POINT, DECISION, STEP = 0.3, 1.0, 6.0, 30.0  # shares in the loss, see `_shares`
LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True)
class Preset:
    """A base model and settings that fit `memory` GiB of a GPU, or of main memory where there is none.

    `base` is a name on the Hugging Face hub; "packaged" is the model that the app brings along.
    """

    base: str
    memory: int
    batch: int
    length: int = 1536  # tokens of an episode
    rank: int = 16
    alpha: int = 32
    rate: float = 5e-4
    four_bit: bool = False


PRESETS = {
    "smollm2-135m": Preset("packaged", 8, 8),
    "smollm2-360m": Preset("HuggingFaceTB/SmolLM2-360M-Instruct", 8, 8, rate=3e-4),
    "smollm2-1.7b": Preset("HuggingFaceTB/SmolLM2-1.7B-Instruct", 8, 4, rate=2e-4, four_bit=True),
    "qwen2.5-3b": Preset("Qwen/Qwen2.5-3B-Instruct", 16, 4, rate=2e-4, four_bit=True),  # the paper's base
    "qwen3-4b": Preset("Qwen/Qwen3-4B-Instruct-2507", 24, 4, rate=1e-4, four_bit=True),
}


def preset(name: str) -> Preset:
    """Raises ValueError that lists what there is."""
    if name not in PRESETS:
        raise ValueError(f"there is no preset {name!r}; there are {', '.join(PRESETS)}")
    return PRESETS[name]


def base_folder(of: Preset) -> str:
    """What to load: a name on the hub, or the packaged model as a folder that is made once from its GGUF."""
    if of.base != "packaged":
        return of.base
    folder = cache_folder() / "base" / packaged_model().stem
    if not (folder / "config.json").exists():
        _unpack(packaged_model(), folder)
    return str(folder)


def _unpack(gguf: Path, folder: Path) -> None:
    """transformers keeps the weights of a GGUF packed, and would not save them: they go into a fresh model."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

    packed = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    config = packed.config
    del config.quantization_config  # of the file, not of the weights
    fresh = LlamaForCausalLM(config)
    fresh.load_state_dict(packed.state_dict())
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    tokenizer.pad_token = "<|endoftext|>"
    unfinished = folder.with_name(f".{folder.name}-{os.getpid()}")
    tokenizer.save_pretrained(unfinished)
    fresh.to(torch.bfloat16).save_pretrained(unfinished)
    unfinished.replace(folder)


def load(name: str, adapter: Path | None = None, seed: int = 0):
    """A model with a LoRA adapter to train, new, from a checkpoint, or from a GGUF that `train.export` made; and its
    tokenizer."""
    import torch
    from unsloth import FastLanguageModel

    of = preset(name)
    exported = adapter if adapter is not None and adapter.suffix == ".gguf" else None
    adapter = None if exported else adapter
    gpu = torch.cuda.is_available()
    checkpointing = "unsloth" if gpu else False  # it saves memory, for a third more time
    model, tokenizer = FastLanguageModel.from_pretrained(
        str(adapter) if adapter else base_folder(of), max_seq_length=of.length, load_in_4bit=of.four_bit and gpu,
        dtype=torch.bfloat16 if is_quick_at_bfloat16() else torch.float16 if gpu else torch.float32,
        use_gradient_checkpointing=checkpointing,
    )  # fmt: skip
    if adapter is None:
        model = FastLanguageModel.get_peft_model(
            model, r=of.rank, lora_alpha=of.alpha, target_modules=list(LINEAR), random_state=seed,
            use_gradient_checkpointing=checkpointing,
        )  # fmt: skip
    if not gpu:
        model.config._attn_implementation = "eager"  # the fused kernel is slower there
    if exported:
        put(model, exported)
    return model, tokenizer


def is_quick_at_bfloat16() -> bool:
    """Whether the machine has instructions for it: without them a CPU is slower than in single precision."""
    import torch

    return torch.cuda.is_bf16_supported() if torch.cuda.is_available() else torch.cpu._is_avx512_bf16_supported()


def put(model, exported: Path) -> None:
    """Put the matrices of an exported adapter into the fresh one of `model`."""
    import torch
    from peft import set_peft_model_state_dict

    base = model.get_base_model()
    targets = [name for name, _ in base.named_modules() if name.endswith(LINEAR)]
    found = weights(exported, base.config.to_dict(), targets)
    set_peft_model_state_dict(model, {name: torch.from_numpy(of.copy()) for name, of in found.items()})


@contextmanager
def half_precision() -> Iterator[None]:
    """Where the machine is quick at it, multiply in bfloat16; weights that are learned keep their precision."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    with torch.autocast(device, torch.bfloat16, enabled=is_quick_at_bfloat16()):
        yield


@contextmanager
def told_when_full(advice: str) -> Iterator[None]:
    """End with `advice` where the GPU's memory is not enough."""
    import torch

    try:
        yield
    except torch.cuda.OutOfMemoryError as error:
        raise SystemExit(f"out of GPU memory: {error}. {advice}") from error


def tokens(episode: Episode, tokenizer) -> tuple[list[int], list[float]]:
    """Token ids of an episode, and the share of each in the loss: 0 for what the system writes.

    Each span is put into tokens by itself, as the app does while the message grows.
    """
    messages = [{"role": m.role, "content": m.content} for m in episode.messages]
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    shares, before = [0.0] * len(ids), ""
    for span in episode.spans:
        new = tokenizer(span.text, add_special_tokens=False)["input_ids"]
        ids += new
        shares += _shares(span.text, before, [tokenizer.decode(i) for i in new]) if span.written else [0.0] * len(new)
        before += span.text
    return ids, shares


def _shares(span: str, before: str, tokens: Sequence[str]) -> list[float]:
    """How much each of the `tokens` of a span counts.

    Which step comes next is one token of a hundred, a verdict eight, and what is asked for a few; a sentence may be put
    in many ways, and the teacher's choice among them is chance. It must count for something all the same: what is asked
    for is said in the thought first.
    """
    if before.endswith("<"):
        return [STEP] + [POINT] * (len(tokens) - 1)
    if before.endswith("<wants>"):
        return [DECISION] * len(tokens)
    if weighed(span):
        own = set(re.findall(rf"\[(m\d+)\] [^:\[]*\b{OTHER}:", before))
        decided = [m.span(of) for m in WEIGHED.finditer(span) for of in (2, 3) if of == 3 or m[1] in own]
        ends = list(accumulate(map(len, tokens)))
        return [
            DECISION if any(end - len(token) < to and end > start for start, to in decided) else POINT
            for token, end in zip(tokens, ends)
        ]
    return [PROSE] * len(tokens)


def examples(episodes: Sequence[Episode], tokenizer, length: int) -> list[dict]:
    """What the trainer takes: ids, labels that are -100 for all that the model does not write, and shares."""
    found = []
    for episode in episodes:
        ids, shares = (part[:length] for part in tokens(episode, tokenizer))
        if any(shares):
            labels = [i if share else -100 for i, share in zip(ids, shares)]
            found.append({"input_ids": ids, "labels": labels, "shares": shares})
    return found


def batch(examples: Sequence[dict], pad: int):
    """Examples of different lengths as tensors, shape (examples, longest)."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    def padded(name: str, value: float):
        return pad_sequence([torch.tensor(e[name]) for e in examples], batch_first=True, padding_value=value)

    lengths = torch.tensor([len(e["input_ids"]) for e in examples])
    ids = padded("input_ids", pad)
    return {
        "input_ids": ids, "attention_mask": (torch.arange(ids.shape[1]) < lengths[:, None]).long(),
        "labels": padded("labels", -100), "shares": padded("shares", 0.0),
    }  # fmt: skip
