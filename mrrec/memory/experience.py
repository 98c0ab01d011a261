"""Global memory: which aspects decide in a scenario, and how it is read and searched. `distil.py` makes it."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from mrrec.embed import Encoder
from mrrec.store import Store, col, lit

_FIELDS = [
    pa.field("kind", pa.string()),
    pa.field("genre", pa.string()),
    pa.field("aspect", pa.string()),
    pa.field("description", pa.string()),
    pa.field("support", pa.int64()),
]


@dataclass(frozen=True)
class Aspect:
    """What people weigh in a scenario: a `kind` of item and a `genre`, empty for the whole kind."""

    kind: str
    genre: str
    aspect: str
    description: str
    support: int  # people

    @property
    def scenario(self) -> str:
        return f"{self.genre} {self.kind}s" if self.genre else f"{self.kind}s"


def read_aspects(path: Path) -> list[Aspect]:
    return [Aspect(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def write_aspects(path: Path, aspects: Sequence[Aspect]) -> None:
    """Write them whole or not at all, one JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text("".join(json.dumps(asdict(a), ensure_ascii=False) + "\n" for a in aspects), "utf-8")
    fresh.replace(path)


class ExperienceStore:
    """The published aspects, searchable by scenario and meaning."""

    def __init__(self, store: Store, encoder: Encoder, aspects: Sequence[Aspect]):
        stamp = hashlib.sha256(f"{encoder.name}{encoder.dim}{list(aspects)}".encode()).hexdigest()
        with store.lock:
            if store.read_meta().get("experience") != stamp:
                store.write_meta(experience="")  # a kill from here on leaves no stamp that fits
                store.drop("experience")
                table = store.table("experience", _FIELDS)
                vectors = encoder.encode([f"{a.scenario}: {a.aspect}: {a.description}" for a in aspects])
                rows = enumerate(zip(aspects, vectors, strict=True))
                table.upsert([dict(id=f"e-{i}", vector=v) | asdict(a) for i, (a, v) in rows])
                store.write_meta(experience=stamp)
        self._table = store.table("experience", _FIELDS)
        self._scenarios = {(a.kind, a.genre) for a in aspects}
        self.count = len(aspects)

    def silent(self) -> ExperienceStore:
        """One that has nothing to tell, to compare with; what is in the store stays there."""
        other = copy.copy(self)
        other._scenarios, other.count = set(), 0
        return other

    def scenario(self, kinds: Sequence[str], genres: Sequence[str]) -> tuple[str, str] | None:
        """The most specific scenario there is for a request: (kind, genre)."""
        for kind in kinds:
            for genre in (*genres, ""):
                if (kind, genre) in self._scenarios:
                    return kind, genre
        return None

    def search(self, scenario: tuple[str, str], vector: np.ndarray, limit: int = 4) -> list[Aspect]:
        """The scenario's aspects nearest to the request."""
        where = (col("kind") == lit(scenario[0])) & (col("genre") == lit(scenario[1]))
        (rows,) = self._table.nearest(vector[None], where, limit)
        return [Aspect(**{k: r[k] for k in ("kind", "genre", "aspect", "description", "support")}) for r in rows]
