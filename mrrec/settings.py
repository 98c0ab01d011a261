"""Every option, in one frozen dataclass; change one with `dataclasses.replace`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "memory_store" / "seed"
NO_ADAPTER = Path("none")
TIERS = ("record", "pattern", "profile")


@dataclass(frozen=True)
class Settings:
    """Options of a running assistant.

    The first group belongs to the machine and is fixed at start-up; the second belongs to the
    person, who may change it between turns.
    """

    model: Path | None = None  # a GGUF file; None is the packaged SmolLM2-135M-Instruct
    adapter: Path | None = None  # a LoRA adapter for it as GGUF; None is the packaged model's own, NO_ADAPTER none
    embedder: str | None = None  # a sentence-transformers name or folder; None is the packaged MiniLM
    store: Path = ROOT / "memory_store" / "db"
    seed_dir: Path = SEED
    items: Path | None = None  # a catalogue's file or folder; None is the one in seed_dir
    events: Path | None = None  # what people did with its items, for popularity and likeness by who liked what
    durable: bool = True  # whether a write waits for the disk
    n_ctx: int = 8192  # tokens
    n_threads: int | None = None  # None: the number of cores
    gpu_layers: int = -1  # -1: all of them, where llama.cpp was built for a GPU

    max_hops: int = 2  # recalls and look-ups that the model may choose before it must decide
    k: int = 3  # memories per recalled aspect; 3 was the best of 1..5 in the paper
    tiers: tuple[str, ...] = TIERS
    n_items: int = 5
    adventurous: float = 0.3  # 0 keeps to what is known to be liked, 1 seeks what is new
    temperature: float = 0.5
    seed: int | None = None  # None: a fresh one for every turn, so that Retry differs

    def __post_init__(self) -> None:
        if not 0 <= self.max_hops <= 6:
            raise ValueError(f"max_hops must be 0 to 6, not {self.max_hops}")
        if not 1 <= self.k <= 10:
            raise ValueError(f"k (memories per aspect) must be 1 to 10, not {self.k}")
        if not 1 <= self.n_items <= 10:
            raise ValueError(f"n_items must be 1 to 10, not {self.n_items}")
        if not 0 <= self.adventurous <= 1:
            raise ValueError(f"adventurous must be 0 to 1, not {self.adventurous}")
        if unknown := set(self.tiers) - set(TIERS):
            raise ValueError(f"unknown memory tiers {sorted(unknown)}; there are {', '.join(TIERS)}")

    @staticmethod
    def store_of(items: Path | None) -> Path:
        """Where memory lives unless it is told: each catalogue has a store of its own."""
        name = "db" if items is None else f"db-{items.resolve().stem}"
        return ROOT / "memory_store" / name

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of all options."""
        return tuple(f.name for f in fields(cls))
