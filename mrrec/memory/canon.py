"""Canonical names: one for what a catalogue writes in several ways.

The paper's aggregation merges near-duplicates into canonical names. That is done before people are counted, so that
who supports a name in two spellings supports it once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from mrrec.catalog import Item
from mrrec.catalog.items import features, normalise
from mrrec.catalog.vocabulary import PACES, SYNONYMS, TONES, singular

# Cosine from which a longer name is merged into a shorter one that it contains ("car chase", "chase"). By meaning alone
# nothing is: the encoder finds fathers as near to mothers as anything is to its synonym.
SAME = 0.8
_SORTS = ("genre", "theme", "language")


def canonical_names(items: Iterable[Item], encoder) -> dict[tuple[str, str], str]:
    """The name of each (sort, value) of the items' features that is better called by another.

    Spellings (case, plural, hyphen) meet in the most common one; words for a tone or pace, and for a genre that
    is there, in that; longer subjects in the shorter ones that they contain and mean.
    """
    counts = Counter(f for item in items for f in features(item) if f[0] in _SORTS)
    spellings: dict[tuple[str, str], list[str]] = defaultdict(list)
    for sort, value in sorted(counts, key=lambda f: (-counts[f], f)):
        spellings[sort, _key(value)].append(value)
    moods = TONES | PACES
    spoken = {_key(k): meant for k, meant in SYNONYMS.items()}
    names = {}
    for (sort, key), values in spellings.items():
        meant = spoken.get(key, "")
        name = next((v for v in values if v in moods), values[0])
        if (sort == "theme" and meant in moods) or (sort == "genre" and counts["genre", meant]):
            name = meant
        names |= {(sort, v): name for v in values}
    names |= _contained({n for (sort, _), n in names.items() if sort == "theme" and n not in moods}, counts, encoder)
    resolved = {f: names.get((f[0], name), name) for f, name in names.items()}
    return {f: name for f, name in resolved.items() if name != f[1]}


def _contained(subjects: set[str], counts: Counter, encoder) -> dict[tuple[str, str], str]:
    """Subjects that mean what a shorter and more common one of their words says."""
    words = {s: frozenset(_key(s).split()) for s in subjects}
    with_word: dict[str, set[str]] = defaultdict(set)
    for subject, its in words.items():
        for word in its:
            with_word[word].add(subject)
    pairs = sorted(
        (long, short)
        for short, its in words.items()
        for long in set.intersection(*(with_word[w] for w in its)) - {short}
        if its < words[long] and counts["theme", short] > counts["theme", long]
    )
    both = sorted({s for pair in pairs for s in pair})
    vector = dict(zip(both, encoder.encode(both)))
    nearest: dict[str, tuple[float, str]] = {}
    for long, short in pairs:
        score = round(float(vector[long] @ vector[short]), 4)
        if score >= SAME:
            nearest[long] = max(nearest.get(long, (0.0, "")), (score, short))
    names = {long: short for long, (_, short) in nearest.items()}
    for long in names:  # a chain ends in its shortest; it is strictly shorter at each step
        while names[long] in names:
            names[long] = names[names[long]]
    return {("theme", long): short for long, short in names.items()}


def _key(text: str) -> str:
    return " ".join(singular(w) for w in normalise(text.replace("-", " ")).split()) or text
