"""A LoRA adapter merged into its base model, once, as a GGUF of its own in the user's cache.

llama.cpp can apply an adapter while it runs, but at a price in speed for every token. Merged weights are stored as
Q8_0: in a coarser format most of what was learned would be lost to rounding.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, quants
from tqdm import tqdm

PACKAGED = Path(__file__).with_name("adapters") / "mind.gguf"
FORMAT = 1  # of what is merged; another one is merged anew
TRAINED = "mrrec.trained"  # metadata of a model that knows how this project's turns are written
_A, _B = ".lora_a", ".lora_b"


@dataclass(frozen=True)
class Adapter:
    """Low-rank changes of weight matrices: name → (a, b), of shapes (r, n_in) and (n_out, r)."""

    changes: dict[str, tuple[np.ndarray, np.ndarray]]
    alpha: float

    def change(self, name: str) -> np.ndarray | None:
        """What is added to the matrix `name`, shape (n_out, n_in)."""
        if name not in self.changes:
            return None
        a, b = self.changes[name]
        return (b @ a) * np.float32(self.alpha / len(a))


def read_adapter(path: Path) -> Adapter:
    """Raises ValueError for a file that is no LoRA adapter of a llama-like model."""
    try:
        reader = GGUFReader(path)
    except (ValueError, IndexError, KeyError) as error:
        raise ValueError(f"{path} is not a GGUF file: {error}") from error
    kind = reader.get_field("adapter.type")
    if kind is None or kind.contents() != "lora":
        raise ValueError(f"{path} is not a LoRA adapter; python -m train.export makes one")
    found = {t.name: np.asarray(t.data, np.float32) for t in reader.tensors}
    names = {n.removesuffix(_A) for n in found if n.endswith(_A)}
    changes = {n: (found[n + _A], found[n + _B]) for n in names}
    return Adapter(changes, float(reader.get_field("adapter.lora.alpha").contents()))


def cache_folder() -> Path:
    """Where what is made once is kept."""
    return Path(os.environ.get("MRREC_CACHE", Path.home() / ".cache" / "mrrec"))


def merged(base: Path, adapter: Path, cache: Path | None = None, progress: bool = False) -> Path:
    """The model `base` with `adapter` merged into it, made at the first call.

    Raises FileNotFoundError where there is no adapter, ValueError where the two do not fit, RuntimeError where there is
    no room for it.
    """
    if not adapter.is_file():
        raise FileNotFoundError(f"no adapter at {adapter}; give --adapter a GGUF that train.export made, or none")
    digest = hashlib.sha256(f"{FORMAT} {base.name} {base.stat().st_size}".encode() + adapter.read_bytes())
    cache = cache or cache_folder()
    target = cache / f"{base.stem}+{adapter.stem}-{digest.hexdigest()[:8]}.gguf"
    if target.exists():
        return target
    learned = read_adapter(adapter)
    unfinished = target.with_name(f".{target.name}-{os.getpid()}")
    try:
        cache.mkdir(parents=True, exist_ok=True)
        _write(GGUFReader(base), learned, unfinished, adapter, progress)
        unfinished.replace(target)
    except OSError as error:
        raise RuntimeError(
            f"the adapter cannot be merged into {cache}: {error.strerror or error}. Name another folder, with 150 MB "
            "free, in MRREC_CACHE, or give --adapter none"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return target


def _write(base: GGUFReader, learned: Adapter, path: Path, adapter: Path, progress: bool) -> None:
    shapes = {t.name: tuple(int(n) for n in reversed(t.shape)) for t in base.tensors}
    for name, (a, b) in learned.changes.items():
        if shapes.get(name) != (len(b), a.shape[1]):
            raise ValueError(f"the adapter {adapter} was trained for another model: {name} does not fit")
    writer = GGUFWriter(path, base.get_field("general.architecture").contents())
    for field in base.fields.values():
        if not field.name.startswith("GGUF.") and field.name != "general.architecture":
            of = field.types[1] if len(field.types) > 1 else None
            writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=of)
    writer.add_key_value(TRAINED, True, GGUFValueType.BOOL)
    for tensor in tqdm(base.tensors, "merging what was learned", disable=not progress, leave=False):
        change = learned.change(tensor.name)
        if change is None:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
        else:
            weights = quants.dequantize(tensor.data, tensor.tensor_type) + change
            kind = GGMLQuantizationType.Q8_0
            writer.add_tensor(tensor.name, quants.quantize(weights, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
