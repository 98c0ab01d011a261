"""What people did with items, from a file of anybody's making: CSV, JSONL or Parquet.

Columns: `user_id`, `item_id`, `timestamp` (seconds or milliseconds since the epoch, or an ISO date), and a `rating` of
any scale or an `event` (also called `kind`: liked, finished, …) or both; `text` may be there, and an event `said` with
a text needs no item. Whatever else is there is not read.
"""

from __future__ import annotations

import csv
import json
import math
import time
from array import array
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from mrrec.memory.entry import EVENT_VALUE

BATCH = 65_536  # rows of a Parquet file held at once
TOMORROW = 86_400  # seconds that a clock may be ahead
# A file rarely holds both ends of its scale. The first of these that holds all its ratings is taken for it.
SCALES = ((0, 1), (-1, 1), (1, 5), (0.5, 5), (0, 5), (1, 10), (0, 10), (0, 100))
DOUBT = 5  # ratings of the file's mean that are added to a person's own, so that few ratings centre little
# What is a verdict; an event that is none ("finished") does not take one back.
VERDICTS = frozenset(("rated", "liked", "loved", "disliked", "dismissed"))
_EVENTS = tuple(EVENT_VALUE)


@dataclass(frozen=True, slots=True)
class Event:
    """`when` is in seconds since the epoch, `rating` on the file's own scale; None where only the `event` tells."""

    person: str
    item_id: str
    event: str
    when: float
    rating: float | None = None
    text: str = ""


@dataclass(frozen=True)
class Scale:
    """The ends of a file's ratings, and their mean."""

    low: float
    high: float
    mean: float

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


def read_events(path: Path | str) -> Iterator[Event]:
    """The events of a file in its order, one in memory at a time.

    A row with neither rating nor event is one of `seen`. Raises ValueError that names row and column; rows are
    counted as a spreadsheet does, the header being the first.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"no events file at {path}")
    read = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}.get(path.suffix.lower())
    if read is None:
        raise ValueError(f"{path.name}: an events file is a .csv, .jsonl or .parquet file")
    latest = time.time() + TOMORROW
    for where, row in read(path):
        yield _event(row, where, latest)


class Histories(Sequence):
    """People, each with how much they liked each item: `histories[i]` is {item id: -1..1}.

    A rating is centred on the person's own mean, since some give five to everything and some to nothing; what
    decides is what they preferred to the rest. The mean is shrunk towards the file's by `DOUBT` ratings, and the best
    mark of the scale always counts as liked: nobody can say more. Of several events with one item the latest verdict
    counts.

    Held in memory are 21 bytes an event and each id once; texts are not.
    """

    def __init__(self, events: Iterable[Event]):
        people: dict[str, int] = {}
        items: dict[str, int] = {}
        columns = person, item, event, rating, when = array("i"), array("i"), array("b"), array("f"), array("d")
        for e in events:
            if not e.item_id:  # something said of no item
                continue
            person.append(people.setdefault(e.person, len(people)))
            item.append(items.setdefault(e.item_id, len(items)))
            event.append(_EVENTS.index(e.event))
            rating.append(math.nan if e.rating is None else e.rating)
            when.append(e.when)
        self.people, self.items = tuple(people), tuple(items)
        person, *columns = (np.frombuffer(c, c.typecode) if len(c) else np.zeros(0, c.typecode) for c in columns)
        order = np.lexsort((columns[-1], person))
        self._item, self._event, self._rating, self._when = (c[order] for c in columns)
        self._starts = np.searchsorted(person[order], np.arange(len(people) + 1))
        self.scale = scale_of(self._rating[~np.isnan(self._rating)])

    @property
    def count(self) -> int:
        """Events of everybody."""
        return len(self._item)

    def report(self, known: Container[str]) -> dict[str, int | str]:
        """What to tell of the file, in counts and its scale. Raises ValueError where no item is `known`."""
        strange = np.array([i not in known for i in self.items], bool)
        lost = int(strange[self._item].sum())
        if lost == self.count:
            some = ", ".join(self.items[:3])
            raise ValueError(
                f"no event is of an item of the catalogue; its items are {some}, …: give theirs with --items"
            )
        silent = np.isnan(self._rating) & (self._event == _EVENTS.index("seen"))
        return {
            "events": self.count,
            "people": len(self),
            "ratings": f"{self.scale}, on average {self.scale.mean:.2f}" if self.scale else "none",
            "without verdict": int(silent.sum()),
            "of unknown items": f"{lost} (of {int(strange.sum())} items)" if lost else 0,
        }

    def __len__(self) -> int:
        return len(self.people)

    def events(self, at: int) -> tuple[Event, ...]:
        """A person's events in order of time."""
        span = slice(self._starts[at], self._starts[at + 1])
        columns = (c[span].tolist() for c in (self._item, self._event, self._rating, self._when))
        return tuple(
            Event(self.people[at], self.items[i], _EVENTS[e], w, None if math.isnan(r) else r)
            for i, e, r, w in zip(*columns)
        )

    def __getitem__(self, at: int) -> dict[str, float]:
        if not 0 <= at < len(self):
            raise IndexError(at)
        return liking(self.events(at), self.scale)


def read_histories(path: Path | str, progress: bool = False) -> Histories:
    """A file's events by person. Raises ValueError where it holds none."""
    histories = Histories(tqdm(read_events(path), desc="reading", disable=not progress, unit="event"))
    if not histories.count:
        raise ValueError(f"{Path(path).name}: there are no events in it")
    return histories


def liking(events: Sequence[Event], scale: Scale | None) -> dict[str, float]:
    """How much one person liked each item, -1..1, from the events in order of time."""
    rated = [e.rating for e in events if e.rating is not None]
    mean = (sum(rated) + DOUBT * scale.mean) / (len(rated) + DOUBT) if scale else 0.0
    latest: dict[str, Event] = {}
    for e in events:
        before = latest.get(e.item_id)
        if before is None or e.event in VERDICTS or before.event not in VERDICTS:
            latest[e.item_id] = e
    return {i: EVENT_VALUE[e.event] if e.rating is None else _centred(e.rating, mean, scale) for i, e in latest.items()}


def scale_of(ratings: np.ndarray) -> Scale | None:
    """The scale that `ratings` (n,) are on, None where there are none.

    >>> str(scale_of(np.array([2.0, 4.5])))
    '0.5 to 5'
    >>> str(scale_of(np.array([3.0, 900.0])))
    '3 to 900'
    """
    if not len(ratings):
        return None
    low, high = float(ratings.min()), float(ratings.max())
    halves = bool((ratings % 1).any())
    for a, b in SCALES:
        if a <= low and high <= b and not (halves and (a, b) in ((1, 5), (1, 10))):
            return Scale(a, b, float(ratings.mean(dtype=np.float64)))
    return Scale(low, high, float(ratings.mean(dtype=np.float64)))


def _centred(rating: float, mean: float, scale: Scale) -> float:
    if rating >= scale.high:
        return 1.0
    return max(-1.0, min(1.0, (rating - mean) * 2 / (scale.high - scale.low)))


def _csv(path: Path) -> Iterator[tuple[str, dict]]:
    lines = _lines(path)
    header = next(lines, "")
    separator = max(",;\t", key=header.count)
    reader = csv.reader(_chain(header, lines), delimiter=separator)
    try:
        names = [n.strip().lower() for n in next(reader, [])]
        _check_columns(names, path)
        for number, values in enumerate(reader, 2):
            if not any(values):
                continue
            if len(values) != len(names):
                raise ValueError(f"{path.name}, row {number}: {len(values)} values; the header has {len(names)}")
            yield f"{path.name}, row {number}", dict(zip(names, values))
    except csv.Error as error:
        raise ValueError(f"{path.name}, line {reader.line_num}: cannot be read as CSV ({error})") from error


def json_lines(path: Path) -> Iterator[tuple[str, object]]:
    """What a file of JSON lines holds, each with where it stands. Raises ValueError that says which line is none."""
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        where = f"{path.name}, line {number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{where}: not JSON ({error.msg})") from error
        yield where, row


def _jsonl(path: Path) -> Iterator[tuple[str, dict]]:
    for where, row in json_lines(path):
        if not isinstance(row, dict):
            raise ValueError(f"{where}: not an object with user_id, item_id, timestamp")
        _check_columns(row, path, where)
        yield where, row


def _parquet(path: Path) -> Iterator[tuple[str, dict]]:
    try:
        file = pq.ParquetFile(path)
        names = {n: n.strip().lower() for n in file.schema_arrow.names}
        _check_columns(list(names.values()), path)
        wanted = [n for n, plain in names.items() if plain in _COLUMNS]
        number = 0
        for batch in file.iter_batches(BATCH, columns=wanted):
            for row in batch.to_pylist():
                number += 1
                yield f"{path.name}, row {number + 1}", {names[n]: v for n, v in row.items()}
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path.name}: cannot be read as Parquet ({error})") from error


_COLUMNS = ("user_id", "item_id", "rating", "event", "kind", "timestamp", "text")


def _check_columns(names: Iterable[str], path: Path, where: str = "") -> None:
    names = list(names)
    missing = [n for n in ("user_id", "item_id", "timestamp") if n not in names]
    if not {"rating", "event", "kind"} & set(names) and not where:
        missing.append("rating or event")
    if missing:
        there = ", ".join(map(str, names)) or "nothing"
        raise ValueError(f"{where or path.name}: the column {' and '.join(missing)} is missing; there are {there}")


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        start = file.read(2)
        file.seek(0)
        if start in (b"\xff\xfe", b"\xfe\xff"):  # what a spreadsheet calls Unicode text
            with path.open(encoding="utf-16", newline="") as text:
                yield from text
            return
        for number, line in enumerate(file, 1):
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise ValueError(f"{path.name}, line {number}: not UTF-8 text; save it as UTF-8") from error


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _event(row: dict, where: str, latest: float) -> Event:
    rating = _rating(row.get("rating"), where)
    event = "rated"
    if rating is None:  # with one, `kind` may be that of the item
        given = row.get("event") or row.get("kind") or "seen"
        event = str(given).strip().lower()
        if event not in EVENT_VALUE:
            raise ValueError(f"{where}: event is {given!r}; there are {', '.join(EVENT_VALUE)}")
        if event == "rated":
            raise ValueError(f"{where}: rating is missing, and the event is 'rated'")
    when = moment(row.get("timestamp"), where)
    if when > latest:
        raise ValueError(f"{where}: timestamp is {row['timestamp']!r}, which lies in the future")
    text = str(row.get("text") or "")
    item = "" if event == "said" and text and row.get("item_id") in (None, "") else _id(row, "item_id", where)
    return Event(_id(row, "user_id", where), item, event, when, rating, text)


def _id(row: dict, name: str, where: str) -> str:
    value = row.get(name)
    if isinstance(value, float) and value.is_integer():  # how a table with gaps stores whole numbers
        value = int(value)
    if value is None or isinstance(value, (bool, float, list, dict)):
        raise ValueError(f"{where}: {name} is {'empty' if value is None else f'{value!r}, not an id'}")
    if not (text := str(value).strip()):
        raise ValueError(f"{where}: {name} is empty")
    return text


def _rating(raw, where: str) -> float | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, float) and math.isnan(raw):  # an empty cell, in Parquet
        return None
    try:
        rating = math.nan if isinstance(raw, bool) else float(raw)
    except (TypeError, ValueError):
        rating = math.nan
    if not math.isfinite(rating):
        raise ValueError(f"{where}: rating is {raw!r}, not a number")
    return rating


def moment(raw, where: str, name: str = "timestamp") -> float:
    """Seconds since the epoch. Raises ValueError that says `where` and which column."""
    if isinstance(raw, datetime):
        return (raw if raw.tzinfo else raw.replace(tzinfo=UTC)).timestamp()
    if isinstance(raw, date):
        return datetime(raw.year, raw.month, raw.day, tzinfo=UTC).timestamp()
    if raw is None or raw == "":
        raise ValueError(f"{where}: {name} is empty")
    try:
        when = math.nan if isinstance(raw, bool) else float(raw)
    except (TypeError, ValueError):
        try:
            at = datetime.fromisoformat(str(raw).strip())
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
        except ValueError:
            when = math.nan
    if not math.isfinite(when):
        raise ValueError(f"{where}: {name} is {raw!r}, neither seconds since 1970 nor a date such as 2021-05-30")
    return when / 1000 if abs(when) > 1e11 else when  # milliseconds: as seconds it would be after the year 5000
