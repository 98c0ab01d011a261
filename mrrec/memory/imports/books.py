"""Exports of services for books: Goodreads, StoryGraph."""

from __future__ import annotations

import re

from mrrec.memory.imports.files import Objects, Table
from mrrec.memory.imports.line import (
    GOING_ON,
    LISTED,
    Line,
    RowError,
    clean,
    date_of,
    names_of,
    quotable,
    rating_of,
    title_of,
    year_of,
)
from mrrec.memory.imports.rows import Found, Job, lines_of

_GIVEN_UP = re.compile(r"(?:^|-)(?:dnf|did-not-finish|didn-?t-finish|not-finished|unfinished|abandoned|gave-up)(?:-|$)")


def goodreads(shape: Table | Objects) -> str:
    wanted = {"title", "author", "my rating", "exclusive shelf"}
    return "library" if isinstance(shape, Table) and wanted <= set(shape.columns) else ""


def goodreads_lines(job: Job) -> Found:
    for shape in job.of("library"):
        yield from lines_of(job, shape, _goodreads_line)


def _goodreads_line(file: str, row: int, cells: dict) -> Line:
    title = title_of(cells["title"])
    rating = rating_of(cells["my rating"], 5) or None  # 0 is none
    shelf = clean(cells["exclusive shelf"], 60).lower()
    event = _event(shelf, rating)
    # The year of an edition says nothing of the book, so only the first publication counts. Private notes stay there.
    year = year_of(cells.get("original publication year"))
    creators = names_of(cells["author"], cells.get("additional authors"))
    return Line(file, row, title, "book", year, creators, ids=_isbns(cells.get("isbn"), cells.get("isbn13")),
                event=event, rating=rating, when=date_of(cells.get("date read")) or date_of(cells.get("date added")),
                text=quotable(cells.get("my review")))  # fmt: skip


def _event(shelf: str, rating: float | None) -> str:
    if _GIVEN_UP.search(shelf):
        return "abandoned"
    if rating is not None:
        return "rated"
    if shelf == "read":
        return "finished"
    if shelf == "to-read":
        raise RowError(LISTED)
    if shelf in ("currently-reading", "paused"):
        raise RowError(GOING_ON)
    raise RowError(f"the shelf {shelf!r} does not say that it was read")


def _isbns(*cells: object) -> tuple[str, ...]:
    """ISBNs from cells like ="0441172717", which keep spreadsheets from taking them for numbers."""
    found = (re.sub(r"[^0-9Xx]", "", clean(c, 30)) for c in cells)
    return tuple(f"isbn:{n}" for n in found if len(n) in (10, 13))


def storygraph(shape: Table | Objects) -> str:
    wanted = {"title", "authors", "read status", "star rating"}
    return "library" if isinstance(shape, Table) and wanted <= set(shape.columns) else ""


def storygraph_lines(job: Job) -> Found:
    for shape in job.of("library"):
        yield from lines_of(job, shape, _storygraph_line)


def _storygraph_line(file: str, row: int, cells: dict) -> Line:
    title = title_of(cells["title"])
    rating = rating_of(cells["star rating"], 5) or None
    event = _event(clean(cells["read status"], 60).lower(), rating)
    read = date_of(cells.get("last date read")) or date_of(
        re.split(r"[-–](?=\d{4})|,", cells.get("dates read") or "")[-1]
    )
    return Line(file, row, title, "book", 0, names_of(cells["authors"]), ids=_isbns(cells.get("isbn/uid")),
                event=event, rating=rating, when=read or date_of(cells.get("date added")),
                text=quotable(cells.get("review")))  # fmt: skip
