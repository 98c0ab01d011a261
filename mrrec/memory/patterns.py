"""Patterns and profile by statistics over the records, each with the ids that support it.

The paper lets a language model summarise each category; here the lift of a feature among what was liked, against
the catalogue, finds the pattern, so that nothing unsupported can be written and a forgotten record takes its part away.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from mrrec.catalog.items import Item, features
from mrrec.catalog.vocabulary import PACES, TONES
from mrrec.memory.entry import DISLIKED, LIKED, Entry, entry_id

LEAST_SUPPORT = {"name": 2}  # items that must agree; 3 for everything else
# Genres that are called by their own name
PLURAL = {"western": "westerns", "musical": "musicals", "thriller": "thrillers", "comedy": "comedies",
          "documentary": "documentaries", "romance": "romances", "drama": "dramas", "short stories": "short stories",
          "graphic novel": "graphic novels", "literary fiction": "literary fiction",
          "historical fiction": "historical fiction",
          "poetry": "poetry", "essay": "essays", "memoir": "memoirs", "biography": "biographies",
          "visual novel": "visual novels", "roguelike": "roguelikes", "shooter": "shooters"}  # fmt: skip
LEAST_LIFT = 1.5
LEAST_SHARE = 0.6  # of the items with the feature, how many point the same way
MOST_PATTERNS = 24  # a kind
HALF_LIFE = 4 * 365 * 86400.0  # seconds after which a record counts half, measured from the newest


def patterns(
    person: str, kind: str, records: Sequence[Entry], item: Callable[[str], Item | None], population: Counter
) -> list[Entry]:
    """What is consistent in one person's `records` of one `kind`, strongest first."""
    newest = max((r.when for r in records), default=0.0)
    weight = {r.id: 0.5 ** ((newest - r.when) / HALF_LIFE) for r in records}
    sides: dict[int, list[tuple[Entry, Item]]] = {1: [], -1: []}
    for record in records:
        found = item(record.item_id) if record.item_id else None
        if found and found.kind == kind:
            if record.value > LIKED:
                sides[1].append((record, found))
            elif record.value < DISLIKED:
                sides[-1].append((record, found))
    holders = {side: defaultdict(list) for side in sides}
    for side, pairs in sides.items():
        for record, found in pairs:
            for feature in features(found):
                holders[side][feature].append(record)

    made: list[Entry] = []
    for side in sides:
        total = sum(weight[r.id] for r, _ in sides[side])
        for feature, supporting in holders[side].items():
            sort, value = feature
            against = holders[-side].get(feature, ())
            mine = sum(weight[r.id] for r in supporting)
            others = sum(weight[r.id] for r in against)
            if len(supporting) < LEAST_SUPPORT.get(sort, 3) or mine / (mine + others) < LEAST_SHARE:
                continue
            expected = total * (population[feature] + 1) / (population[None] + 2)
            lift = (mine + 0.5) / (expected + 0.5)
            if lift < LEAST_LIFT:
                continue
            strength = (1 - math.exp(-mine / 4)) * min(1.0, math.log2(lift) / 2.5)
            maker = any(value in item(r.item_id).creators for r in supporting)
            made.append(_pattern(person, kind, feature, side, strength, supporting, len(sides[side]), maker))
    for record in records:
        if record.event == "said" and record.kind in (kind, ""):
            made += _stated(person, record)
    return _merged(made)[:MOST_PATTERNS]


def stated(person: str, records: Sequence[Entry]) -> list[Entry]:
    """Patterns that rest on what the person said of every kind."""
    return _merged([p for r in records if r.event == "said" and not r.kind for p in _stated(person, r)])


def profile(person: str, found: Sequence[Entry]) -> list[Entry]:
    """What holds across kinds, from patterns; where there is one kind only, what marks the person most there."""
    by_feature: dict[tuple, list[Entry]] = defaultdict(list)
    for pattern in found:
        if pattern.terms:
            by_feature[pattern.terms[0], pattern.polarity].append(pattern)
    made = []
    for (term, side), group in by_feature.items():
        kinds = sorted({p.kind for p in group if p.kind})
        if len(kinds) < 2 and not any(not p.kind for p in group):
            continue
        where = f"Across {' and '.join(k + 's' for k in kinds)}" if len(kinds) > 1 else "In general"
        verb = "drawn to" if side > 0 else "keeps away from"
        what = f"what is {term}" if term in TONES | PACES else term
        made.append(_profile(person, f"{where}: {verb} {what}", (term,), side, "", group))
    for kind in sorted({p.kind for p in found if p.kind}):
        top = [p for p in found if p.kind == kind and p.polarity > 0 and p.terms][:5]
        if len(top) >= 2:
            terms = tuple(dict.fromkeys(p.terms[0] for p in top))
            made.append(_profile(person, f"In {kind}s above all: {', '.join(terms)}", terms, 1, kind, top))
    return made


def _profile(person, text, terms, side, kind, group) -> Entry:
    return Entry(
        id=entry_id("profile", person, text.split(":")[0] if kind else "", *terms[:1], str(side), kind),
        tier="profile", event="derived", text=text, kind=kind, terms=terms, value=float(side),
        strength=max(p.strength for p in group), when=max(p.when for p in group), source="derived",
        evidence=tuple(p.id for p in group),
    )  # fmt: skip


def _pattern(person, kind, feature, side, strength, supporting, of, maker) -> Entry:
    sort, value = feature
    count = f"{len(supporting)} of {of} {'liked' if side > 0 else 'disliked'}"
    verb = "Likes" if side > 0 else "Dislikes"
    if sort == "genre":
        text = f"{verb} {PLURAL[value]}" if value in PLURAL else f"{verb} {value} {kind}s"
    elif sort == "theme":
        text = f"{verb} {value} {kind}s" if value in TONES | PACES else f"{verb} {kind}s about {value}"
    elif sort == "name":
        text = f"{verb} {kind}s {'by' if maker else 'with'} {value}"
    elif sort == "decade":
        text = f"{verb} {kind}s from the {value}"
    else:
        text = f"{verb} {kind}s in {value}"
    return Entry(
        id=entry_id("pattern", person, kind, sort, value, str(side)),
        tier="pattern", event=sort, text=f"{text} ({count})", kind=kind,
        terms=(value,) if sort in ("genre", "theme") else (), names=(value,) if sort == "name" else (),
        value=float(side), strength=strength, when=max(r.when for r in supporting), source="derived",
        evidence=tuple(r.id for r in supporting),
    )  # fmt: skip


def _stated(person: str, record: Entry) -> list[Entry]:
    """Patterns from a stated preference: one for each term or name it speaks of."""
    if not record.polarity:
        return []
    verb = "Likes" if record.polarity > 0 else "Avoids"
    made = []
    for sort, value in [("theme", t) for t in record.terms] + [("name", n) for n in record.names]:
        scope = f" in {record.kind}s" if record.kind else ""
        made.append(
            Entry(
                id=entry_id("pattern", person, record.kind, "said", value, str(record.polarity)),
                tier="pattern",
                event="said",
                text=f"{verb} {value}{scope} (said so)",
                kind=record.kind,
                terms=(value,) if sort == "theme" else (),
                names=(value,) if sort == "name" else (),
                value=record.value,
                strength=max(0.6, record.strength),
                when=record.when,
                source="derived",
                evidence=(record.id,),
            )
        )
    return made


def _merged(made: list[Entry]) -> list[Entry]:
    """One entry an id, with all its evidence, strongest first."""
    by_id: dict[str, Entry] = {}
    for entry in made:
        known = by_id.get(entry.id)
        if known:
            evidence = tuple(dict.fromkeys(known.evidence + entry.evidence))
            entry = known.with_(evidence=evidence, strength=max(known.strength, entry.strength))
        by_id[entry.id] = entry
    return sorted(by_id.values(), key=lambda e: (-e.strength, e.id))
