"""A table or JSON lines of one's own: a title, and what else there is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mrrec.memory.entry import EVENT_VALUE
from mrrec.memory.imports.files import Objects, Table
from mrrec.memory.imports.line import (
    GOING_ON,
    LISTED,
    Line,
    RowError,
    clean,
    date_of,
    day_order,
    names_of,
    number_of,
    quotable,
    rating_of,
    split_year,
    title_of,
    year_of,
)
from mrrec.memory.imports.rows import Found, Job, cells_of, lines_of

# Scales, and the share of ratings that may lie beyond each as slips; who rates out of 100 rarely gives less than 10.
SCALES = {1: 0.0, 5: 0.05, 10: 0.3, 100: 1.0}
USUAL_SCALE = 5
_KINDS = {"movie": "film", "films": "film", "movies": "film", "novel": "book", "books": "book", "games": "game",
          "video game": "game", "videogame": "game", "tv": "series", "show": "series", "tv show": "series",
          "tv series": "series"}  # fmt: skip
_EVENTS = {"watched": "seen", "watch": "seen", "viewed": "seen", "played": "seen", "read": "finished",
           "completed": "finished", "beaten": "finished", "like": "liked", "favourite": "loved", "favorite": "loved",
           "dislike": "disliked", "hated": "disliked", "dnf": "abandoned", "did-not-finish": "abandoned",
           "did not finish": "abandoned", "dropped": "abandoned", "given up": "abandoned"}  # fmt: skip
_LISTS = frozenset("to-read,to read,want to read,watchlist,want to watch,to watch,plan to watch,wishlist,backlog,"
                   "to play,want to play,listed".split(","))  # fmt: skip
_GOING = frozenset("reading,currently-reading,currently reading,watching,playing,in progress,paused".split(","))
_MAKERS = ("creators", "creator", "author", "authors", "director", "directors", "studio")
_OWN_SCALE = re.compile(r"(\S+)\s*(?:/|out of)\s*(\d+)")
_STARS = re.compile(r"([★⭐*]{0,5})(½?)[☆]*")


def plain(shape: Table | Objects) -> str:
    if isinstance(shape, Objects) and not (shape.payload is None or isinstance(shape.payload, list | dict)):
        return ""
    return "lines" if "title" in shape.columns else ""


def plain_lines(job: Job) -> Found:
    for shape in job.of("lines"):
        order, sure = day_order(cells_of(shape, "date"))
        if not sure:
            job.tell("dates like 3/4/21 are read as month/day/year; nothing in the file tells otherwise")
        best = guess_scale(cells_of(shape, "rating"))
        if best and "rating_scale" not in shape.columns:
            job.tell(f"ratings are read as out of {best}; a column rating_scale says otherwise")

        def build(file: str, row: int, cells: dict, order=order, best=best) -> Line:
            return _line(file, row, cells, order, best or USUAL_SCALE)

        yield from lines_of(job, shape, build)


def guess_scale(texts: Iterable[str]) -> int:
    """The smallest usual scale that holds the ratings, save a few slips; 0 where there are none."""
    total, beyond, fractions = 0, dict.fromkeys(SCALES, 0), False
    for text in texts:
        if not text or _OWN_SCALE.fullmatch(text) or text.endswith("%") or _STARS.fullmatch(text):
            continue
        try:
            number = number_of(text)
        except RowError:
            continue
        total += 1
        fractions |= 0 < number < 1
        for scale in SCALES:
            beyond[scale] += number > scale
    fitting = (s for s, slips in SCALES.items() if beyond[s] <= slips * total and (s > 1 or fractions))
    return next(fitting) if total else 0


def _line(file: str, row: int, cells: dict, order: str, best: float) -> Line:
    title, year = split_year(title_of(cells.get("title")))
    kind = clean(cells.get("kind") or cells.get("type"), 30).lower()
    if scale := cells.get("rating_scale"):
        best = number_of(scale)
        if best <= 0:
            raise RowError(f"the rating_scale {best:g} is no scale")
    rating = _rating(clean(cells.get("rating"), 30), best)
    event = _event(clean(cells.get("event") or cells.get("status"), 30).lower(), rating)
    makers = (cells[c] for c in _MAKERS if cells.get(c))
    creators = names_of(*(";".join(map(str, m)) if isinstance(m, list) else m for m in makers))
    given = clean(cells.get("item_id"), 120)
    return Line(file, row, title, _KINDS.get(kind, kind), year_of(cells.get("year")) or year, creators,
                ids=(given,) if given else (), event=event, rating=rating, when=date_of(cells.get("date"), order),
                text=quotable(cells.get("text") or cells.get("review")))  # fmt: skip


def _rating(text: str, best: float) -> float | None:
    if not text:
        return None
    if own := _OWN_SCALE.fullmatch(text):
        return rating_of(own[1], max(1, int(own[2])))
    if text.endswith("%"):
        return rating_of(text[:-1], 100)
    if stars := _STARS.fullmatch(text):
        return (len(stars[1]) + bool(stars[2]) / 2) / 5
    return rating_of(text, best)


def _event(word: str, rating: float | None) -> str:
    event = _EVENTS.get(word, word)
    if event in _LISTS:
        raise RowError(LISTED)
    if event in _GOING and rating is None:
        raise RowError(GOING_ON)
    known = [e for e in EVENT_VALUE if e != "said"]
    if event and event not in known and event not in _GOING:
        raise RowError(f"the event {event!r} is none of {', '.join(known)}")
    if event == "abandoned":
        return event
    if rating is not None:
        return "rated"
    if event == "rated":
        raise RowError("the rating is missing")
    return event or "seen"
