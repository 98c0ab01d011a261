"""Global memory: which aspects decide in a scenario, distilled from many people's choices.

The paper's two stages, by statistics in place of a language model: *extract*, for each choice, the features that
the chosen item has, similar items that were not chosen lack, and the person's other choices share; *aggregate* them
for each scenario into aspects. Published only where enough people support them; no person, item or word of anyone
is in it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from tqdm import tqdm

from mrrec.catalog import Catalog, Item
from mrrec.catalog.items import features
from mrrec.catalog.vocabulary import PACES, TONES
from mrrec.embed import Encoder
from mrrec.memory.entry import LIKED, Entry
from mrrec.store import Store, col, lit

LEAST_PEOPLE = 3
SIMILAR = 10  # items not chosen that a choice is compared with
RARE = 0.4  # a deciding feature is in fewer of them than this
MOST_VALUES = 5
_FIELDS = [
    pa.field("kind", pa.string()),
    pa.field("genre", pa.string()),
    pa.field("aspect", pa.string()),
    pa.field("description", pa.string()),
    pa.field("support", pa.int64()),
]
_DESCRIPTIONS = {
    "tone": "the mood decides: {values}",
    "pace": "how fast it moves: {values}",
    "subject": "what it is about: {values}",
    "genre": "what else it is mixed with: {values}",
    "maker and cast": "the same hands and faces again: people follow those who made or played in what they liked",
    "period": "when it was made: {values}",
    "language": "where it comes from: {values}",
}


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


def distil(people: dict[str, Sequence[Entry]], catalog: Catalog, progress: bool = False) -> list[Aspect]:
    """Aspects from the records of many `people`."""
    deciding: dict[tuple[str, str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for person, records in tqdm(people.items(), desc="distilling", disable=not progress, unit="person"):
        for kind, genre, aspect, value in extract(records, catalog):
            deciding[kind, genre, aspect][value].add(person)
    return aggregate(deciding)


def extract(records: Sequence[Entry], catalog: Catalog) -> Iterable[tuple[str, str, str, str]]:
    """(kind, genre, aspect, value) for each feature that decided a choice."""
    known = {r.item_id for r in records if r.item_id}
    liked = [i for i in (catalog.get(r.item_id) for r in records if r.item_id and r.value > LIKED) if i]
    shared: dict[str, Counter] = defaultdict(Counter)
    for item in liked:
        shared[item.kind].update(features(item))
    for item in liked:
        others = _similar_not_chosen(item, known, catalog)
        for feature in features(item):
            if shared[item.kind][feature] < 2:
                continue
            rate = sum(feature in features(o) for o in others) / max(1, len(others))
            if rate < RARE:
                aspect, value = _aspect(feature)
                for genre in ("", *item.genres):
                    if not value or value != genre:
                        yield item.kind, genre, aspect, value


def aggregate(deciding: dict[tuple[str, str, str], dict[str, set[str]]]) -> list[Aspect]:
    """One entry for each aspect of a scenario that at least `LEAST_PEOPLE` people support."""
    found = []
    for (kind, genre, aspect), values in deciding.items():
        people = set().union(*values.values())
        if len(people) < LEAST_PEOPLE:
            continue
        common = sorted(values, key=lambda v: (-len(values[v]), v))[:MOST_VALUES]
        description = _DESCRIPTIONS[aspect].format(values=", ".join(common))
        found.append(Aspect(kind, genre, aspect, description, len(people)))
    return sorted(found, key=lambda a: (a.kind, a.genre, -a.support, a.aspect))


def read_aspects(path: Path) -> list[Aspect]:
    return [Aspect(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def write_aspects(path: Path, aspects: Sequence[Aspect]) -> None:
    path.write_text("".join(json.dumps(asdict(a), ensure_ascii=False) + "\n" for a in aspects), "utf-8")


class ExperienceStore:
    """The published aspects, searchable by scenario and meaning."""

    def __init__(self, store: Store, encoder: Encoder, aspects: Sequence[Aspect]):
        stamp = hashlib.sha256(f"{encoder.name}{encoder.dim}{list(aspects)}".encode()).hexdigest()
        if store.read_meta().get("experience") != stamp:
            store.drop("experience")
            table = store.table("experience", _FIELDS)
            vectors = encoder.encode([f"{a.scenario}: {a.aspect}: {a.description}" for a in aspects])
            table.upsert(
                [dict(id=f"e-{i}", vector=v) | asdict(a) for i, (a, v) in enumerate(zip(aspects, vectors, strict=True))]
            )
            store.write_meta(experience=stamp)
        self._table = store.table("experience", _FIELDS)
        self._scenarios = {(a.kind, a.genre) for a in aspects}
        self.count = len(aspects)

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


def _aspect(feature: tuple[str, str]) -> tuple[str, str]:
    """The aspect that a feature is a value of. Names of people are not published: the aspect alone is."""
    sort, value = feature
    if sort == "name":
        return "maker and cast", ""
    if sort == "theme":
        return ("tone" if value in TONES else "pace" if value in PACES else "subject"), value
    return {"genre": "genre", "decade": "period", "language": "language"}[sort], value


def _similar_not_chosen(item: Item, known: set[str], catalog: Catalog) -> list[Item]:
    scores = catalog.similarity(catalog.vector(item.id))
    found = []
    for i in np.argsort(-scores)[: SIMILAR * 6]:
        other = catalog.items[i]
        if other.kind == item.kind and other.id not in known:
            found.append(other)
            if len(found) == SIMILAR:
                break
    return found
