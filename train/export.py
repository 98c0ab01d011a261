"""A trained LoRA adapter as a GGUF that the app merges into its model, and the way back, to train on from such a file.

    python -m train.export out/sft/best --out mrrec/llm/adapters/mind.gguf

Any file given to the app as `--adapter` is used the same way: `python app.py --adapter FILE`.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from gguf import MODEL_ARCH, MODEL_ARCH_NAMES, GGUFWriter, get_tensor_name_map
from safetensors.numpy import load_file

from mrrec.llm.adapter import read_adapter

_WEIGHT = re.compile(r"base_model\.model\.(.+)\.lora_([AB])\.weight")
_ARCH = {"llama": "llama", "qwen2": "qwen2", "qwen3": "qwen3"}  # of transformers, and of llama.cpp


def export(folder: Path, out: Path, config: dict) -> int:
    """Write the adapter in `folder` (as PEFT saves it) to `out`; `config` is its base model's. Returns bytes.

    Raises ValueError for an architecture or a matrix that llama.cpp has no name for.
    """
    settings = json.loads((folder / "adapter_config.json").read_text("utf-8"))
    kind = _ARCH.get(config["model_type"])
    if kind is None:
        raise ValueError(f"{config['model_type']} models are not exported here; there are {', '.join(_ARCH)}")
    arch = next(a for a, name in MODEL_ARCH_NAMES.items() if name == kind)
    names = get_tensor_name_map(arch, config["num_hidden_layers"])
    out.parent.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(out, kind)
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(settings["lora_alpha"]))
    for name, weight in sorted(load_file(folder / "adapter_model.safetensors").items()):
        found = _WEIGHT.fullmatch(name)
        target = names.get_name(found[1]) if found else None
        if target is None:
            raise ValueError(f"llama.cpp has no name for {name}")
        if found[2] == "B" and arch == MODEL_ARCH.LLAMA and found[1].endswith(("q_proj", "k_proj")):
            heads = config["num_attention_heads" if found[1].endswith("q_proj") else "num_key_value_heads"]
            weight = interleaved(weight, heads)
        writer.add_tensor(f"{target}.weight.lora_{found[2].lower()}", np.ascontiguousarray(weight, np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return out.stat().st_size


def weights(adapter: Path, config: dict, targets: Sequence[str]) -> dict[str, np.ndarray]:
    """The matrices of an exported `adapter` by the names that PEFT has for them; `targets` are the linear layers of the
    base model whose settings are `config`, by name.

    Raises ValueError where the file is no adapter, or lacks one of the `targets`.
    """
    learned, kind = read_adapter(adapter).changes, _ARCH.get(config["model_type"])
    arch = next(a for a, name in MODEL_ARCH_NAMES.items() if name == kind)
    names = get_tensor_name_map(arch, config["num_hidden_layers"])
    found = {}
    for target in targets:
        name = f"{names.get_name(target)}.weight"
        if name not in learned:
            raise ValueError(f"{adapter} has nothing for {target}; it was made for another model or other layers")
        a, b = learned[name]
        if arch == MODEL_ARCH.LLAMA and target.endswith(("q_proj", "k_proj")):
            b = halved(b, config["num_attention_heads" if target.endswith("q_proj") else "num_key_value_heads"])
        found |= {f"base_model.model.{target}.lora_{of}.weight": w for of, w in (("A", a), ("B", b))}
    return found


def halved(weight: np.ndarray, heads: int) -> np.ndarray:
    """What `interleaved` was made of."""
    pairs = weight.reshape(heads, len(weight) // heads // 2, 2, *weight.shape[1:])
    return pairs.swapaxes(1, 2).reshape(weight.shape)


def interleaved(weight: np.ndarray, heads: int) -> np.ndarray:
    """Rows of a query or key matrix (n_out, n_in) in the order in which llama.cpp turns them by position."""
    halves = weight.reshape(heads, 2, len(weight) // heads // 2, *weight.shape[1:])
    return halves.swapaxes(1, 2).reshape(weight.shape)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="what train.sft or train.grpo left: OUT/best or a checkpoint")
    parser.add_argument("--out", type=Path, default=Path("out/adapter.gguf"))
    args = parser.parse_args()
    from transformers import AutoConfig

    base = json.loads((args.folder / "adapter_config.json").read_text("utf-8"))["base_model_name_or_path"]
    size = export(args.folder, args.out, AutoConfig.from_pretrained(base).to_dict())
    print(f"{args.out}: {size / 1e6:.1f} MB; try it: python app.py --adapter {args.out}")


if __name__ == "__main__":
    main()
