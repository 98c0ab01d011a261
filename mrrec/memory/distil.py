"""Making global memory: from many people's choices to the aspects that decide in a scenario.

The two stages of MR.Rec, by statistics in place of a language model. *Extract*, for each choice: the features that the
chosen item has, similar items that were not chosen lack, and the person's other choices share, more than the catalogue
does. *Aggregate*, for each scenario: for how many people an aspect and each of its values decided, under canonical
names. What fewer than a minimum of people support is not published, neither an aspect nor a value; no person, item or
word of anyone is in it.

A person counts once, however many events there are. Somebody with as many accounts as the minimum asks for can still
publish an aspect, though no words other than the catalogue's: a file from strangers wants a higher minimum. Who leaves
is left out of the events, and it is distilled anew.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mrrec.catalog import Item
from mrrec.catalog.items import features, normalise
from mrrec.catalog.vocabulary import PACES, TONES
from mrrec.embed import Encoder
from mrrec.memory.canon import canonical_names
from mrrec.memory.entry import DISLIKED, LIKED, Entry
from mrrec.memory.events import VERDICTS
from mrrec.memory.experience import Aspect

LEAST_PEOPLE = 3
METHOD = 1  # raised where `extract` changes, so that a run that was broken off is not gone on with
SIMILAR = 10  # items not chosen that a choice is compared with
NEAREST = 64  # items of its kind among which those are looked for
RARE = 0.4  # a deciding feature is in fewer of them than this
MOST_VALUES = 5
BLOCK = 256  # items whose neighbours are found at once
CHUNK = 512  # items that are encoded before the work is saved
_DESCRIPTIONS = {
    "tone": "the mood decides",
    "pace": "how fast it moves",
    "subject": "what it is about",
    "genre": "what else it is mixed with",
    "maker and cast": "the same hands and faces again: people follow those who made or played in what they liked",
    "period": "when it was made",
    "language": "where it comes from",
}
Choices = Mapping[str, float]  # item id -> how much it was liked, -1..1
Support = Counter[tuple[str, str, str, str]]  # (kind, genre, aspect, value) -> people; an empty value for all of them


def distil(
    people: Sequence[Choices],
    shelf: Shelf,
    least: int = LEAST_PEOPLE,
    progress: bool = False,
    work: Path | None = None,
) -> list[Aspect]:
    """Aspects from the choices of many `people`.

    With a folder `work`, what was counted is saved there after each hundredth of them, and a run that was broken off
    goes on from it to the same result. It holds counts of catalogue words, and nothing that tells one person from
    another. Raises ValueError where it is from other inputs.
    """
    check_least(least)
    support: Support = Counter()
    done = 0
    stamp = _fingerprint(people, shelf) if work else ""
    if work and (saved := work / "counts.json").exists():
        done, support = _read_counts(saved, stamp)
    batch = max(20, len(people) // 100)
    with tqdm(total=len(people), initial=done, desc="distilling", disable=not progress, unit="person") as bar:
        while done < len(people):
            ahead = range(done, min(done + batch, len(people)))
            for at in ahead:
                support.update(extract(people[at], shelf))
            done = ahead.stop
            if work:
                _write_counts(work / "counts.json", stamp, done, support)
            bar.update(len(ahead))
    return aggregate(support, least)


def check_least(least: int) -> None:
    """Raises ValueError for a minimum that would publish what one person weighs."""
    if least < 2:
        raise ValueError(f"at least {least} people? What one person weighs is not for everybody: give 2 or more")


class Shelf:
    """A catalogue to compare choices in.

    Parameters
    ----------
    vectors : unit vectors of `items`, shape (len(items), dim)
    names : what a feature is called, for those that are not called by their own name
    """

    def __init__(self, items: Sequence[Item], vectors: np.ndarray, names: Mapping[tuple[str, str], str]):
        self.items, self.vectors = items, vectors
        self.position = {item.id: i for i, item in enumerate(items)}
        called = _called(items, names)
        self.features = [frozenset(called[f] for f in features(item)) for item in items]
        self.genres = [tuple(dict.fromkeys(names.get(("genre", g), g) for g in item.genres)) for item in items]
        self.share: dict[str, dict[tuple[str, str], float]] = {}
        self._of_kind: dict[str, np.ndarray] = {}
        for kind in dict.fromkeys(item.kind for item in items):
            mine = [i for i, item in enumerate(items) if item.kind == kind]
            counts = Counter(f for i in mine for f in self.features[i])
            self.share[kind] = {f: n / len(mine) for f, n in counts.items()}
            self._of_kind[kind] = np.array(mine)
        self._row = {i: (kind, n) for kind, mine in self._of_kind.items() for n, i in enumerate(mine.tolist())}
        self._near: dict[tuple[str, int], np.ndarray] = {}

    @classmethod
    def of(cls, items: Sequence[Item], vectors: np.ndarray, encoder: Encoder) -> Shelf:
        """With the names that `encoder` helps to make canonical."""
        return cls(items, vectors, canonical_names(items, encoder))

    @classmethod
    def encoded(cls, items: Sequence[Item], encoder: Encoder, work: Path, progress: bool = False) -> Shelf:
        """With vectors made now, those that are made being kept in the folder `work`."""
        return cls.of(items, encode_resumably(encoder, [i.text() for i in items], work, progress), encoder)

    def near(self, at: int) -> list[int]:
        """The items of its kind most like item `at`, nearest first, `NEAREST` at most."""
        kind, row = self._row[at]
        block = row // BLOCK
        if (kind, block) not in self._near:
            self._near[kind, block] = self._neighbours(kind, block)
        return self._near[kind, block][row - block * BLOCK].tolist()

    def _neighbours(self, kind: str, block: int) -> np.ndarray:
        """Shape (items of the block, up to `NEAREST`).

        Always whole blocks in double precision, rounded: the last bits of a product depend on its shape, and a run
        that goes on must find what the first one would have found.
        """
        mine = self._of_kind[kind]
        rows = mine[block * BLOCK : (block + 1) * BLOCK]
        scores = np.round(self.vectors[rows].astype(np.float64) @ self.vectors[mine].astype(np.float64).T, 9)
        scores[np.arange(len(rows)), block * BLOCK + np.arange(len(rows))] = -np.inf
        take = min(NEAREST, len(mine) - 1)
        if not take:
            return np.zeros((len(rows), 0), np.int64)
        best = np.sort(np.argpartition(-scores, take - 1, axis=1)[:, :take], axis=1)  # by place, for those as near
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        return mine[np.take_along_axis(best, order, axis=1)]


def extract(choices: Choices, shelf: Shelf) -> set[tuple[str, str, str, str]]:
    """(kind, genre, aspect, value) of each feature that decided a choice of one person, an empty genre for the whole
    kind, and an empty value for the aspect itself.

    What the person turned down is no choice, and stays among what the choices are compared with.
    """
    known = {at: value for i, value in choices.items() if (at := shelf.position.get(i)) is not None}
    liked = [at for at, value in known.items() if value > LIKED]
    kept = {at for at, value in known.items() if value >= DISLIKED}
    shared: dict[str, Counter] = defaultdict(Counter)
    for at in liked:
        shared[shelf.items[at].kind].update(shelf.features[at])
    many = Counter(shelf.items[at].kind for at in liked)
    found = set()
    for at in liked:
        kind = shelf.items[at].kind
        others = [o for o in shelf.near(at) if o not in kept][:SIMILAR]
        for feature in shelf.features[at] if others else ():
            if shared[kind][feature] < max(2, shelf.share[kind][feature] * many[kind]):
                continue
            if sum(feature in shelf.features[o] for o in others) < RARE * len(others):
                aspect, value = _aspect(feature)
                for genre in ("", *shelf.genres[at]):
                    if not value or value != genre:
                        found |= {(kind, genre, aspect, value), (kind, genre, aspect, "")}
    return found


def aggregate(support: Support, least: int) -> list[Aspect]:
    """One entry for each aspect of a scenario that at least `least` people support, with the values that as many do."""
    values: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
    for (*aspect, value), people in support.items():
        if people >= least:
            values[tuple(aspect)].append((-people, value))
    found = []
    for (kind, genre, aspect), common in values.items():
        named = [value for _, value in sorted(common) if value][:MOST_VALUES]
        description = _DESCRIPTIONS[aspect] + (f": {', '.join(named)}" if named else "")
        found.append(Aspect(kind, genre, aspect, description, support[kind, genre, aspect, ""]))
    return sorted(found, key=lambda a: (a.kind, a.genre, -a.support, a.aspect))


def choices_of(records: Iterable[Entry]) -> dict[str, float]:
    """How much one person liked each item, from records in which the latest verdict counts."""
    latest: dict[str, Entry] = {}
    for record in sorted((r for r in records if r.item_id), key=lambda r: r.when):
        before = latest.get(record.item_id)
        if before is None or record.event in VERDICTS or before.event not in VERDICTS:
            latest[record.item_id] = record
    return {item_id: record.value for item_id, record in latest.items()}


def work_folder(out: Path) -> Path:
    """Where a run that writes `out` keeps what it has so far."""
    return out.with_name(f"{out.name}.partial")


def discard(work: Path) -> None:
    """Remove what a run has kept."""
    if work.exists():
        shutil.rmtree(work)


def encode_resumably(encoder: Encoder, texts: Sequence[str], work: Path, progress: bool = False) -> np.ndarray:
    """Encode `texts`, shape (len(texts), dim), keeping each chunk in the folder `work`, where a later call goes on."""
    work.mkdir(parents=True, exist_ok=True)
    of = hashlib.sha256("\x1f".join((encoder.name, *texts)).encode()).hexdigest()[:16]
    path = work / f"vectors-{of}.npy"
    if path.exists():
        vectors = np.lib.format.open_memmap(path, "r+")
    else:
        fresh = path.with_suffix(".new")
        vectors = np.lib.format.open_memmap(fresh, "w+", np.float32, (len(texts), encoder.dim))
        vectors[:] = np.nan  # what is not encoded yet
        vectors.flush()
        fresh.replace(path)
    starts = range(0, len(texts), CHUNK)
    for start in tqdm(starts, desc="encoding", disable=not progress, unit=f"{CHUNK} items"):
        if np.isnan(vectors[start : start + CHUNK]).any():
            vectors[start : start + CHUNK] = encoder.encode(texts[start : start + CHUNK])
            vectors.flush()
    return np.array(vectors)


def _called(items: Sequence[Item], names: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Each feature of the items under its canonical name; a theme that is somebody's full name is a name."""
    people = {normalise(n) for item in items for n in item.names if " " in n}
    found = {}
    for sort, value in {f for item in items for f in features(item)}:
        named = sort == "theme" and normalise(value) in people
        found[sort, value] = ("name", value) if named else (sort, names.get((sort, value), value))
    return found


def _aspect(feature: tuple[str, str]) -> tuple[str, str]:
    """The aspect that a feature is a value of. Names of people are not published: the aspect alone is."""
    sort, value = feature
    if sort == "name":
        return "maker and cast", ""
    if sort == "theme":
        return ("tone" if value in TONES else "pace" if value in PACES else "subject"), value
    return {"genre": "genre", "decade": "period", "language": "language"}[sort], value


def _fingerprint(people: Sequence[Choices], shelf: Shelf) -> str:
    """Of everything that the counts depend on."""
    digest = hashlib.sha256(repr((METHOD, SIMILAR, NEAREST, RARE, LIKED, DISLIKED)).encode())
    for item, has, genres in zip(shelf.items, shelf.features, shelf.genres):
        digest.update(repr((item.id, item.kind, sorted(has), genres)).encode())
    digest.update(np.ascontiguousarray(shelf.vectors).tobytes())
    for choices in people:
        digest.update(json.dumps(sorted(choices.items())).encode())
    return digest.hexdigest()


def _read_counts(path: Path, stamp: str) -> tuple[int, Support]:
    try:
        saved = json.loads(path.read_text("utf-8"))
        same = saved["of"] == stamp
        done, support = saved["people"], Counter({tuple(key): n for *key, n in saved["counts"]})
    except (json.JSONDecodeError, KeyError, TypeError, ValueError):
        same = False
    if not same:
        raise ValueError(f"{path.parent.name} is of a run over other events, items or settings; --restart discards it")
    return done, support


def _write_counts(path: Path, stamp: str, done: int, support: Support) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    counts = [[*key, n] for key, n in support.items()]
    fresh.write_text(json.dumps({"of": stamp, "people": done, "counts": counts}), "utf-8")
    fresh.replace(path)
