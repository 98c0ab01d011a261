"""Everything one process needs, opened once: encoder, store, catalogue, experience, personas, model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mrrec.agent import protocol
from mrrec.agent.request import intent
from mrrec.catalog import Catalog, read_items
from mrrec.catalog.crowd import Crowd
from mrrec.embed import Encoder
from mrrec.llm.engine import Engine
from mrrec.llm.llamacpp import LlamaCpp
from mrrec.llm.models import model_path
from mrrec.memory import Entry, LocalMemory
from mrrec.memory.entry import LIKED
from mrrec.memory.events import read_histories
from mrrec.memory.experience import ExperienceStore, read_aspects
from mrrec.memory.history import History
from mrrec.memory.personas import Persona, read_personas, records_of
from mrrec.memory.reading import asking, read_message
from mrrec.memory.tables import open_memory, people
from mrrec.settings import Settings
from mrrec.store import Store

GUEST = "guest-"  # begins the name of everybody without a login
GUEST_DAYS = 1.0  # after which a guest whom a crash left behind is erased


@dataclass
class Assistant:
    """The parts that all conversations share. Nothing of a person is held here."""

    settings: Settings
    encoder: Encoder
    store: Store
    catalog: Catalog
    experience: ExperienceStore
    personas: dict[str, Persona]
    engine: Engine | None

    @classmethod
    def open(
        cls, settings: Settings, progress: bool = False, engine: Engine | None = None, model: bool = True
    ) -> Assistant:
        """Open or build the store, and load the model (not where `model` is False: enough to search and to look)."""
        needed = model and engine is None
        path = model_path(settings.model, settings.adapter, progress) if needed else None
        encoder = Encoder(settings.embedder)
        store = Store(settings.store, encoder.name, encoder.dim, settings.durable)
        items = read_items(settings.items or settings.seed_dir / "catalog")
        known = settings.seed_dir / "vectors.npz"
        if settings.items and vectors_of(settings.items).exists():
            known = vectors_of(settings.items)
        catalog = Catalog.open(items, store, encoder, known, progress)
        if settings.events is not None:
            catalog.crowd = _crowd(settings.events, catalog, progress)
        experience = ExperienceStore(store, encoder, _aspects(settings.seed_dir))
        personas = read_personas(settings.seed_dir / "personas.jsonl")
        if path is not None:
            engine = llama(path, settings)
            asking.load()  # now, rather than in somebody's first turn
            intent.load(encoder)
        if engine is not None:
            for grammar in protocol.all_shapes():
                engine.check(grammar)
        return cls(settings, encoder, store, catalog, experience, personas, engine)

    def memory(self, person: str) -> LocalMemory:
        """The memory of `person`, and of nobody else."""
        return LocalMemory(self.store, self.encoder, self.catalog, person)

    def understood(self, text: str) -> Sequence[Entry]:
        """What somebody's own words tell about them."""
        return read_message(text, self.catalog, self.encoder).entries

    def sweep(self) -> int:
        """Erase guests whom a crash left behind, and what was forgotten for good; how many guests there were."""
        before = time.time() - GUEST_DAYS * 86400
        old = [p for p, seen in people(self.store) if p.startswith(GUEST) and seen < before]
        for person in old:
            self.memory(person).erase()
        History(self.store, "").expire()
        return len(old)

    def wear(self, memory: LocalMemory, persona: str) -> None:
        """Copy a persona's events into `memory`. Raises ValueError for an unknown name."""
        if persona not in self.personas:
            raise ValueError(f"no persona {persona!r}; there are {', '.join(self.personas)}")
        memory.write(self.persona_records(persona), turn=f"persona-{persona}")

    def persona_records(self, persona: str):
        """A persona's events as records."""
        return records_of(self.personas[persona], self.catalog, self.understood)

    def summary(self) -> list[str]:
        """What runs, in a few lines."""
        kinds = ", ".join(f"{n} {kind}s" for kind, n in self.counts().items())
        lines = []
        if self.engine is not None:
            lines.append(f"model    {self.engine.name} on the {self.engine.device}")
        lines += [
            f"encoder  {self.encoder.name}, {self.encoder.dim} dimensions",
            f"items    {kinds}" + (f", {len(self.catalog.crowd):,} people's events" if self.catalog.crowd else ""),
            f"memories {self.memories()}, {len(self.personas)} personas, {self.experience.count} aspects of experience",
            f"store    {self.store.path}",
            *(f"note     {note}" for note in self.store.notes),
        ]
        return lines

    def counts(self) -> dict[str, int]:
        """Items by kind."""
        return {kind: sum(i.kind == kind for i in self.catalog.items) for kind in self.catalog.kinds}

    def memories(self) -> int:
        """Memories of everybody in the store."""
        return open_memory(self.store, self.encoder, self.catalog).count()


def llama(path: Path, settings: Settings) -> LlamaCpp:
    """The model at `path`, run as the settings say."""
    return LlamaCpp(path, settings.n_ctx, settings.gpu_layers, settings.n_threads)


def vectors_of(items: Path) -> Path:
    """The file beside a catalogue that may hold its vectors."""
    return items.with_name(f"{items.stem}.vectors.npz")


def _crowd(events: Path, catalog: Catalog, progress: bool) -> Crowd:
    """What everybody did. Raises ValueError where none of the items is in the catalogue."""
    people = read_histories(events, progress)
    people.report(catalog.position)
    return Crowd.of(people, catalog.position, LIKED)


def _aspects(seed_dir: Path):
    path = seed_dir / "experience.jsonl"
    return read_aspects(path) if path.exists() else []
