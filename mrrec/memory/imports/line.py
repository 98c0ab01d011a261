"""What a row of an export says, in the terms that all services share; and its cells as values."""

from __future__ import annotations

import math
import re
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

MOST_TITLE, MOST_TEXT = 150, 300  # characters that are kept
LISTED = "on a list, not met yet"
GOING_ON = "still going on, no verdict yet"
_NO_DATE = 86_400 * 2  # services write the first days of 1970 for "unknown"
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC).timestamp()
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b")
_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
            "%a %b %d %H:%M:%S %Y", "%Y-%m", "%Y/%m", "%Y")  # fmt: skip
_ARTICLES = (
    "the|an?|les?|la|l'|une?|der|die|das|ein|eine|el|los|las|una|lo|il|i|gli|uno|de|het|een|den|det|en|ett|os?|as?|"
    "um|uma"
)
_MOVED = re.compile(rf"^(.+), ({_ARTICLES})$", re.I)
_KEPT = "\u200c\u200d"  # joiners, without which some scripts and emoji fall apart


class RowError(ValueError):
    """Why a row is not taken; the message says it to the person."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `rating` is 0..1 of the best, None for none; `value` -1..1, used where there is no rating; `when`
    seconds since the epoch, 0 unknown; `since` the year before which an item of the same title is another one."""

    file: str
    row: int
    title: str
    kind: str = ""
    year: int = 0
    creators: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # other titles of the same
    ids: tuple[str, ...] = ()
    event: str = "seen"
    rating: float | None = None
    value: float = 0.0
    when: float = 0.0
    text: str = ""
    detail: str = ""
    since: int = 0

    @property
    def label(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is left out. `row` counts the heading as 1."""

    file: str
    row: int
    reason: str
    title: str = ""

    def __str__(self) -> str:
        title = f"{self.title}: " if self.title else ""
        return f"{self.file}, row {self.row}: {title}{self.reason}"


def clean(text: object, most: int = MOST_TITLE) -> str:
    """`text` on one line, without characters that cannot be seen, of at most `most` characters.

    >>> clean("Heat\\x1b[31m\\n (1995)")
    'Heat[31m (1995)'
    """
    text = "" if text is None else str(text)[: 8 * most]
    if len(text) <= most and text.isprintable() and "<" not in text and "  " not in text:
        return text.strip()  # as almost all are
    text = re.sub(r"\s+", " ", re.sub(r"<br\s*/?>", " ", text, flags=re.I))
    seen = (c for c in text if unicodedata.category(c)[0] != "C" or c in _KEPT)
    text = "".join(seen).strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def quotable(text: object) -> str:
    """A review, to stand between quotation marks: none of those marks is left in it."""
    return re.sub(r"[“”„]", '"', clean(text, MOST_TEXT))


def title_of(text: object) -> str:
    """A title. Raises RowError where there is none."""
    title = clean(text)
    if not title:
        raise RowError("the title is empty")
    return title


def split_year(title: str) -> tuple[str, int]:
    """
    >>> split_year("Heat (1995)")
    ('Heat', 1995)
    """
    found = re.fullmatch(r"(.*\S)\s*\((1[89]\d\d|20\d\d)(?:\s*[-–]\s*(?:\d{4})?)?\)", title)
    return (found[1], int(found[2])) if found else (title, 0)


def article_first(title: str) -> str:
    """A title with its article where people say it.

    >>> article_first("Godfather, The: Part II")
    'The Godfather: Part II'
    """
    head, colon, tail = title.partition(":")
    if moved := _MOVED.match(head.strip()):
        return f"{moved[2]} {moved[1]}{colon}{tail}"
    moved = _MOVED.match(title.strip())
    return f"{moved[2]} {moved[1]}" if moved else title


def year_of(text: object) -> int:
    """A year, 0 for none. Raises RowError."""
    text = clean(text, 20)
    if not text:
        return 0
    found = re.fullmatch(r"(-?\d{1,4})(?:\.0+)?", text)
    if not found or int(found[1]) > datetime.now(UTC).year + 5:
        raise RowError(f"the year {text!r} cannot be read")
    return max(0, int(found[1]))


def number_of(text: object) -> float:
    """A number, with point or comma. Raises RowError."""
    if isinstance(text, bool):
        raise RowError(f"{text} is not a number")
    try:
        number = float(clean(text, 30).replace(",", "."))
    except ValueError:
        raise RowError(f"{clean(text, 30)!r} is not a number") from None
    if not math.isfinite(number):
        raise RowError(f"{clean(text, 30)!r} is not a number")
    return number


def rating_of(text: object, best: float, least: float = 0.0) -> float | None:
    """A rating as a share of the `best`, 0..1; None for an empty cell. Raises RowError."""
    if text is None or not str(text).strip():
        return None
    try:
        number = number_of(text)
    except RowError as error:
        raise RowError(f"the rating {error}") from None
    if not least <= number <= best:
        raise RowError(f"the rating {number:g} is outside {least:g} to {best:g}")
    return number / best


def moment(seconds: float) -> float:
    """Seconds since the epoch, 0 where a service has put a stand-in. Raises RowError for the future."""
    if not math.isfinite(seconds) or seconds > time.time() + 86_400:
        raise RowError("the date lies in the future")
    if seconds < _EARLIEST:
        raise RowError("the date cannot be read")
    return 0.0 if 0 <= seconds < _NO_DATE else seconds


def timestamp_of(value: object) -> float:
    """Seconds since the epoch that are written as such. Raises RowError."""
    return moment(number_of(value)) if clean(value, 30) else 0.0


def date_of(text: object, order: str = "mdy") -> float:
    """A date as seconds since the epoch, 0 for an empty cell; `order` tells how 3/4/21 is meant. Raises RowError."""
    text = clean(text, 40)
    if not text:
        return 0.0
    if found := _SLASHED.match(text):
        first, second, year = (int(n) for n in found.groups())
        month, day = (first, second) if order == "mdy" else (second, first)
        year += 0 if year > 99 else 2000 if year < 70 else 1900
        when = _date(text, year, month, day)
    else:
        when = _written_date(text)
    if when.year < 1900:
        raise RowError(f"the date {text!r} cannot be read")
    return moment(when.timestamp())


def _date(text: str, year: int, month: int, day: int) -> datetime:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        raise RowError(f"the date {text!r} cannot be read") from None


def _written_date(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        pass
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise RowError(f"the date {text!r} cannot be read")


def day_order(texts: Iterable[str]) -> tuple[str, bool]:
    """How a file writes dates like 3/4/21: "mdy" or "dmy", and whether the file itself tells.

    A number beyond 12 tells. Where there is none, the order in which the rows stay sorted is taken.
    """
    beyond = {"mdy": 0, "dmy": 0}
    turns = {"mdy": [0, 0], "dmy": [0, 0]}
    last: dict[str, tuple] = {}
    ambiguous = False
    for text in texts:
        found = _SLASHED.match(text.strip())
        if not found:
            continue
        first, second, year = (int(n) for n in found.groups())
        ambiguous = True
        beyond["dmy"] += first > 12 >= second
        beyond["mdy"] += second > 12 >= first
        for order, day in (("mdy", (year, first, second)), ("dmy", (year, second, first))):
            if order in last and day != last[order]:
                turns[order][day > last[order]] += 1
            last[order] = day
    if beyond["dmy"] != beyond["mdy"]:
        return max(beyond, key=beyond.get), True
    disorder = {order: min(counts) for order, counts in turns.items()}
    if disorder["dmy"] != disorder["mdy"]:
        return min(disorder, key=disorder.get), True
    return "mdy", not ambiguous


def names_of(*texts: object) -> tuple[str, ...]:
    """Names from cells in which they stand with commas or semicolons between them."""
    names = (clean(n, 80) for t in texts if t for n in re.split(r"[;,]", clean(t, 400)))
    return tuple(dict.fromkeys(n for n in names if n))
