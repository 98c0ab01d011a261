"""Patterns and profile by statistics over the records, each with the ids that support it.

The paper lets a language model summarise each category; here the lift of a feature among what was liked, against
the catalogue, finds the pattern, so that nothing unsupported can be written and a forgotten record takes its part away.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from heapq import nlargest

import numpy as np

from mrrec.catalog import Catalog
from mrrec.catalog.vocabulary import PACES, TONES
from mrrec.memory.entry import DISLIKED, LIKED, Entry, derived_id, derived_key
from mrrec.memory.ledger import Ledger, Tally

# Genres that are called by their own name
PLURAL = {"western": "westerns", "musical": "musicals", "thriller": "thrillers", "comedy": "comedies",
          "documentary": "documentaries", "romance": "romances", "drama": "dramas", "short stories": "short stories",
          "graphic novel": "graphic novels", "literary fiction": "literary fiction",
          "historical fiction": "historical fiction",
          "poetry": "poetry", "essay": "essays", "memoir": "memoirs", "biography": "biographies",
          "visual novel": "visual novels", "roguelike": "roguelikes", "shooter": "shooters"}  # fmt: skip
# Genres whose name says what kind of thing they are
_WHOLE = {"documentary", "short stories", "graphic novel", "literary fiction", "historical fiction", "poetry", "essay",
          "memoir", "biography", "visual novel"}  # fmt: skip
LEAST_SUPPORT = {"name": 2}  # items that must agree; 3 for everything else
LEAST_LIFT = 1.5
LEAST_SHARE = 0.6  # of the items with the feature, how many point the same way
MOST_PATTERNS = 24  # a kind
MOST_EVIDENCE = 100  # records that a pattern names, the newest; its text counts them all
SIGN = (1, -1)  # by side of a tally


def derive(person: str, ledger: Ledger, catalog: Catalog) -> dict[str, Entry]:
    """Patterns and profile as they are now, by id; what was not touched is taken over as it stands."""
    found = list(_stated(person, ledger, catalog))
    for kind, tally in ledger.tallies.items():
        if tally.count.any():
            found += _patterns(person, kind, tally, ledger, catalog)
    found = [p for p in found if derived_key(p) not in ledger.suppressed]
    found += [p for p in _profile(person, found) if derived_key(p) not in ledger.suppressed]
    return {p.id: _kept(p, ledger) for p in found}


def _kept(entry: Entry, ledger: Ledger) -> Entry:
    known = ledger.derived.get(entry.id)
    return entry.with_(pinned=True) if known is not None and known.pinned and not entry.pinned else entry


# Statistics


def _patterns(person: str, kind: str, tally: Tally, ledger: Ledger, catalog: Catalog) -> Iterator[Entry]:
    """What is consistent in one kind, strongest first."""
    least = _least(tally)
    scale, found = ledger.scale(kind), []
    for side, sign in enumerate(SIGN):
        mine, others = tally.weight[side] * scale, tally.weight[1 - side] * scale
        lift = (mine + 0.5) / (tally.total[side] * scale * tally.index.share + 0.5)
        with np.errstate(divide="ignore", invalid="ignore"):
            enough = (tally.support[side] >= least) & (mine / (mine + others) >= LEAST_SHARE) & (lift >= LEAST_LIFT)
        strength = (1 - np.exp(-mine / 4)) * np.minimum(1.0, np.log2(np.maximum(lift, 1)) / 2.5)
        found += [(round(float(strength[n]), 2), -int(n), side, sign) for n in np.flatnonzero(enough)]
    touched = ledger.touched.get(kind, ())
    known = {
        (p.event, v, p.polarity): p
        for p in ledger.derived.values()
        if p.kind == kind and p.tier == "pattern" and p.event != "said"
        for v in (*p.topics, p.text.split(" (")[0])[:1]
    }
    for strength, negative, side, sign in nlargest(MOST_PATTERNS, found):
        number = -negative
        sort, value = tally.index.names[number]
        old = known.get((sort, value, sign)) if sort in ("genre", "theme", "name") else None
        if old is not None and number not in touched:
            yield old if old.strength == strength else old.with_(strength=strength)
        else:
            yield _pattern(person, kind, number, side, strength, tally, ledger, catalog)


def _of(term: str, kind: str, genre: bool) -> str:
    """A genre or theme as the object of liking, in one kind or in all.

    >>> _of("western", "film", True), _of("slow", "book", False), _of("grief", "book", False), _of("gore", "", False)
    ('western films', 'slow books', 'books about grief', 'gore')
    """
    if genre:
        return f"{term} {kind}s" if kind and term not in _WHOLE else PLURAL.get(term, term)
    if term in TONES | PACES:
        return f"{term} {kind}s" if kind else f"what is {term}"
    return f"{kind}s about {term}" if kind else term


def _least(tally: Tally) -> np.ndarray:
    least = getattr(tally.index, "_least", None)
    if least is None:
        least = tally.index._least = np.array([LEAST_SUPPORT.get(sort, 3) for sort, _ in tally.index.names])
    return least


def _pattern(
    person: str, kind: str, number: int, side: int, strength: float, tally: Tally, ledger: Ledger, catalog: Catalog
) -> Entry:
    sort, value = tally.index.names[number]
    sign = SIGN[side]
    records = [
        r
        for item_id in tally.index.items[number]
        for r in ledger.about_item(item_id)
        if r.active and (r.value > LIKED if sign > 0 else r.value < DISLIKED)
    ]
    evidence = nlargest(MOST_EVIDENCE, records, key=lambda r: (r.when, r.id))
    verb, held = ("Likes", "liked") if sign > 0 else ("Dislikes", "disliked")
    against = int(tally.support[1 - side, number])
    count = f"{len(records)} {held}" + (f", {against} not" if against else "")
    if sort == "name":
        maker = any(value in catalog.get(r.item_id).creators for r in evidence)
        about = f"{kind}s {'by' if maker else 'with'} {value}"
    else:
        about = f"{kind}s {'from the' if sort == 'decade' else 'in'} {value}"
    text = f"{verb} {_of(value, kind, sort == 'genre') if sort in ('genre', 'theme') else about}"
    return _derived(
        person, "pattern", sort, f"{text} ({count})", kind,
        terms=(value,) if sort in ("genre", "theme") else (), names=(value,) if sort == "name" else (),
        value=float(sign), strength=strength, when=evidence[0].when, evidence=tuple(r.id for r in evidence),
    )  # fmt: skip


# What was said


def _stated(person: str, ledger: Ledger, catalog: Catalog) -> Iterator[Entry]:
    """A pattern for each term or name that a stated preference speaks of."""
    for pattern in ledger.derived.values():
        if pattern.tier == "pattern" and pattern.event == "said" and not ledger.topics.intersection(pattern.topics):
            yield pattern
    for topic in sorted(ledger.topics):
        records = sorted(ledger.about_topic(topic), key=lambda r: (-r.when, r.id))
        groups: dict[tuple[str, int], list[Entry]] = defaultdict(list)
        for record in records:
            if record.active and record.polarity:
                groups[record.kind, record.polarity].append(record)
        for (kind, sign), group in groups.items():
            newest = group[0]
            if topic in newest.terms:
                about = _of(topic, kind, topic in catalog.vocabulary.genres)
            else:
                about = f"{topic} in {kind}s" if kind else topic
            verb = "Likes" if sign > 0 else "Avoids"
            once = _once(group, records)
            yield _derived(
                person, "pattern", "said", f"{verb} {about} (said so{once})", kind,
                terms=(topic,) if topic in newest.terms else (), names=(topic,) if topic in newest.names else (),
                value=newest.value, strength=max(0.6, *(r.strength for r in group)), when=newest.when,
                evidence=tuple(r.id for r in group[:MOST_EVIDENCE]),
            )  # fmt: skip


def _once(group: Sequence[Entry], records: Sequence[Entry]) -> str:
    """What was held before, and until when: "; liked it until May 2026"."""
    heirs = {r.id: r for r in group}
    before = next((r for r in records if r.superseded_by in heirs and r.polarity == -group[0].polarity), None)
    if before is None:
        return ""
    until = time.strftime("%B %Y", time.gmtime(heirs[before.superseded_by].when))
    return f"; {'liked' if before.polarity > 0 else 'avoided'} it until {until}"


# Profile


def _profile(person: str, found: Sequence[Entry]) -> Iterator[Entry]:
    """What holds across kinds, from patterns; where there is one kind only, what marks the person most there."""
    found = sorted(found, key=lambda p: (-p.strength, p.id))
    by_term: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for pattern in found:
        if pattern.terms:
            by_term[pattern.terms[0], pattern.polarity].append(pattern)
    for (term, sign), group in by_term.items():
        kinds = sorted({p.kind for p in group if p.kind})
        if len(kinds) < 2 and all(p.kind for p in group):
            continue
        where = f"Across {' and '.join(k + 's' for k in kinds)}" if len(kinds) > 1 else "In general"
        verb = "drawn to" if sign > 0 else "keeps away from"
        what = f"what is {term}" if term in TONES | PACES else term
        yield _trait(person, "trait", f"{where}: {verb} {what}", (term,), sign, "", group)
    for kind in sorted({p.kind for p in found if p.kind}):
        top = [p for p in found if p.kind == kind and p.polarity > 0 and p.terms][:5]
        if len(top) >= 2:
            terms = tuple(dict.fromkeys(p.terms[0] for p in top))
            yield _trait(person, "summary", f"In {kind}s above all: {', '.join(terms)}", terms, 1, kind, top)


def _trait(
    person: str, event: str, text: str, terms: tuple[str, ...], sign: int, kind: str, group: Sequence[Entry]
) -> Entry:
    return _derived(
        person, "profile", event, text, kind, terms=terms, value=float(sign), strength=max(p.strength for p in group),
        when=max(p.when for p in group), evidence=tuple(p.id for p in group),
    )  # fmt: skip


def _derived(person: str, tier: str, event: str, text: str, kind: str, **fields) -> Entry:
    entry = Entry(id="", tier=tier, event=event, text=text, kind=kind, source="derived", **fields)
    return entry.with_(id=derived_id(person, entry))
