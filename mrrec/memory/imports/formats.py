"""Which service a file comes from, by what is in it, and its rows as lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mrrec.memory.imports import books, films, plain, viewing
from mrrec.memory.imports.files import Objects, Table, parts_of, shape_of
from mrrec.memory.imports.line import clean
from mrrec.memory.imports.rows import Found, Job


@dataclass(frozen=True)
class Format:
    """A service: what it gives out (`accepts`), the role of a part in its export, and its reader."""

    title: str
    accepts: str
    role: Callable[[Table | Objects], str]
    lines: Callable[[Job], Found]


FORMATS = {
    "letterboxd": Format(
        "Letterboxd", "the zip, or its ratings.csv, diary.csv, reviews.csv, watched.csv or likes/films.csv",
        films.letterboxd, films.letterboxd_lines,
    ),
    "imdb": Format("IMDb", "the CSV of your ratings", films.imdb, films.imdb_lines),
    "trakt": Format("Trakt", "history and ratings as JSON, or the zip", films.trakt, films.trakt_lines),
    "movielens": Format(
        "MovieLens", "ratings.csv with movies.csv, as a zip or a folder", films.movielens, films.movielens_lines
    ),
    "goodreads": Format("Goodreads", "the CSV of your library", books.goodreads, books.goodreads_lines),
    "storygraph": Format("StoryGraph", "the CSV of your library", books.storygraph, books.storygraph_lines),
    "netflix": Format("Netflix", "NetflixViewingHistory.csv", viewing.netflix, viewing.netflix_lines),
    "steam": Format("Steam", "the JSON of GetOwnedGames, with names", viewing.steam, viewing.steam_lines),
    "plain": Format(
        "a table", "CSV or JSON lines with a title, and kind, year, rating, date, event, text as you have them",
        plain.plain, plain.plain_lines,
    ),
}  # fmt: skip


def accepted() -> str:
    """All that can be brought along, in one sentence a service."""
    return "; ".join(f"{f.title}: {f.accepts}" for f in FORMATS.values())


def recognise(path: Path, service: str = "", user: str = "") -> tuple[str, Job, Found]:
    """The service a file, folder or zip is from, and its lines, which are read as they are taken.

    `service` holds it to one. Raises ValueError that says what is accepted, OSError where it cannot be opened.
    """
    if service and service not in FORMATS:
        raise ValueError(f"no service {service!r}; there are {', '.join(FORMATS)}")
    shapes, notes = _shapes(path)
    roles = {
        name: [(role, shape) for shape in shapes if (role := form.role(shape))]
        for name, form in FORMATS.items()
        if not service or name == service
    }
    found = [name for name, parts in roles.items() if parts and name != "plain"]
    if not found and len(shapes) == 1 and roles.get("plain"):
        found = ["plain"]
    if len(found) > 1:
        raise ValueError(f"{path.name}: files of {' and '.join(found)}; say which with --service")
    if not found:
        wanted = {service: FORMATS[service]} if service else FORMATS
        columns = next((clean(", ".join(s.columns), 200) for s in shapes if s.columns), "")
        told = f" (its columns: {columns})" if columns else ""
        accepts = "; ".join(f"{f.title}: {f.accepts}" for f in wanted.values())
        raise ValueError(f"{path.name}: nothing in it is an export that can be read{told}. Accepted are {accepts}")
    job = Job(roles[found[0]], user, notes)
    return found[0], job, FORMATS[found[0]].lines(job)


def _shapes(path: Path) -> tuple[list[Table | Objects], list[str]]:
    """The parts that are tables or objects, and which of several could not be read; the only one is an error."""
    parts = parts_of(path)
    shapes, notes = [], []
    for part in parts:
        try:
            shape = shape_of(part)
        except ValueError as error:
            if len(parts) == 1:
                raise
            notes.append(f"left out: {error}")
            continue
        if shape is not None:
            shapes.append(shape)
    return shapes, notes
