"""What a ranking rests on: the request and the memory, put into the terms of the ranking."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mrrec.agent import own_words
from mrrec.agent.rank import Ranked, Rule, Taste, Wanted, rank
from mrrec.agent.request.conditions import Request
from mrrec.agent.rules import binding, limits
from mrrec.catalog import Catalog
from mrrec.catalog.catalog import telling
from mrrec.memory import Entry, LocalMemory
from mrrec.settings import Settings


@dataclass(frozen=True)
class Asked:
    """All that a ranking rests on besides memory: the request, what was shown, what holds for now, what was named."""

    request: Request
    wanted: Wanted | None  # None until the profile is there
    shown: frozenset[str]
    passing: tuple[Entry, ...]
    named: frozenset[str]
    tiers: tuple[str, ...]
    rules: tuple[Rule, ...] = ()  # further ones, from outside the conversation
    read: tuple[Entry, ...] = ()  # patterns that the model read in statements, for this request
    passed_over: frozenset[str] = frozenset()  # what the model weighed and found not to count


def without_names(text: str, catalog: Catalog) -> str:
    """A request without its titles and names, whose words say nothing of what the wanted item is like."""
    kept = text
    for mention in reversed(catalog.lookup.mentions(text)):
        kept = kept[: mention.start] + kept[mention.end :]
    return " ".join(kept.split()) or text


def wanted(
    request: Request,
    text: str,
    vector: np.ndarray,
    ideal: np.ndarray | None,
    settings: Settings,
    catalog: Catalog,
) -> Wanted:
    """What is asked of the ranking; `text` are the request's telling words, `vector` theirs, shape (dim,)."""
    return Wanted(
        text=text, vector=vector, ideal=ideal,
        wishes=request.wishes, meant=own_words.meant(request, text, catalog), like=request.like,
        limit=min(10, request.count or settings.n_items), adventurous=settings.adventurous,
        surprise=request.surprise, open=request.open or request.surprise or not telling(text),
        free_creators=any(request.names) or bool(request.relations),
    )  # fmt: skip


def taste(memory: LocalMemory | None, asked: Asked, catalog: Catalog, but: str = "") -> Taste:
    """What memory tells a ranking, without records of the item `but`."""
    stated, guesses = _in_own_words(memory, catalog, asked)
    return Taste(
        patterns=(*(p for p in active(memory, asked.tiers, "pattern") if p.event != "decade"), *stated),
        guesses=tuple(guesses),
        records=tuple(met(memory, but)),
        profile=tuple(e for e in active(memory, asked.tiers, "profile") if e.event == "trait" and not e.kind),
        named=asked.named,
        passed_over=asked.passed_over,
        statistics=_reads(memory, asked, "pattern"),
        likeness=_reads(memory, asked, "record"),
    )


def _in_own_words(memory: LocalMemory | None, catalog: Catalog, asked: Asked) -> tuple[list[Entry], list[Entry]]:
    """What statements that memory still holds are about: what the model read in them, else what they likely mean, and
    guesses."""
    records = active(memory, asked.tiers, "record")
    read, known = {e.id for e in asked.read}, {e.id for e in records}
    sure, guesses = own_words.patterns([e for e in records if e.id not in read], catalog)
    return [*(e for e in asked.read if e.id in known), *sure], guesses


def lasting_limits(memory: LocalMemory | None, tiers: tuple[str, ...]) -> list[Entry]:
    """What memory rules out for good."""
    return limits(next((found for t in ("record", "pattern") if (found := active(memory, tiers, t))), []))


def rules(asked: Asked, memory: LocalMemory | None, but: str = "") -> list[Rule]:
    """What an item must satisfy to be shown; what was met of the item `but` rules it not out."""
    ruled_out = [*lasting_limits(memory, asked.tiers), *limits(asked.passing)]
    return [*binding(asked.request, met(memory, but), asked.shown, ruled_out), *asked.rules]


def ranking(asked: Asked, memory: LocalMemory | None, catalog: Catalog, but: str = "") -> Ranked:
    """Rank for what was asked, with the memory as it is."""
    wanted = replace(asked.wanted, rules=tuple(rules(asked, memory, but)))
    return rank(wanted, taste(memory, asked, catalog, but), catalog)


def active(memory: LocalMemory | None, tiers: tuple[str, ...], tier: str) -> list[Entry]:
    """Memory of a tier, where that is among `tiers`."""
    return memory.active(tier) if memory is not None and tier in tiers else []


def met(memory: LocalMemory | None, but: str = "") -> list[Entry]:
    """Records of items, but for those of the item `but`; they count with their tier switched off too."""
    return [r for r in memory.met() if r.item_id != but] if memory is not None else []


def _reads(memory: LocalMemory | None, asked: Asked, tier: str) -> bool:
    return memory is not None and tier in asked.tiers and tier not in memory.switches.tiers
