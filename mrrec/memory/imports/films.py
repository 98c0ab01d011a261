"""Exports of services for films and series: Letterboxd, IMDb, Trakt, MovieLens."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from mrrec.memory.imports.files import Objects, Table, objects_of, rows_of
from mrrec.memory.imports.line import (
    LISTED,
    Line,
    RowError,
    Skipped,
    article_first,
    clean,
    date_of,
    names_of,
    quotable,
    rating_of,
    split_year,
    timestamp_of,
    title_of,
    year_of,
)
from mrrec.memory.imports.rows import Found, Job, built, lines_of

# Letterboxd


def letterboxd(shape: Table | Objects) -> str:
    """The role of a part; watched, liked and listed films have the same columns and differ by name alone."""
    columns = set(shape.columns)
    path = PurePosixPath(shape.part.name.lower())
    if not isinstance(shape, Table) or not {"date", "name", "year", "letterboxd uri"} <= columns:
        return ""
    if {"deleted", "orphaned", "lists"} & set(path.parts[:-1]):
        return ""
    if "review" in columns:
        return "reviews"
    if "watched date" in columns:
        return "diary"
    if "rating" in columns:
        return "ratings"
    for word, role in (("watchlist", "watchlist"), ("watched", "watched"), ("films", "likes"), ("likes", "likes")):
        if path.name.startswith(word):
            return role
    return "unnamed"


def letterboxd_lines(job: Job) -> Found:
    """Raises ValueError for a list of films of which nothing tells what it is."""
    if unnamed := job.of("unnamed"):
        raise ValueError(
            f"{unnamed[0].part.name}: has the columns that watched.csv, likes/films.csv and watchlist.csv of "
            "Letterboxd share; give it the name that it had in the export"
        )
    current: dict[tuple, float] = {}  # a verdict that was changed is in ratings.csv alone

    def build(event: str):
        def line(file: str, row: int, cells: dict) -> Line:
            title, year = title_of(cells["name"]), year_of(cells["year"])
            if event == "listed":
                raise RowError(LISTED)
            rating = rating_of(cells.get("rating"), 5, 0.5)
            when = date_of(cells.get("watched date")) or date_of(cells["date"])
            if file_is_ratings(file) and rating is not None:
                current[title, year] = rating
            rating = current.get((title, year), rating)
            return Line(file, row, title, "film", year, event="rated" if rating is not None else event, rating=rating,
                        when=when, text=quotable(cells.get("review")))  # fmt: skip

        return line

    ratings = {shape.part.name for shape in job.of("ratings")}
    file_is_ratings = ratings.__contains__
    for shape in job.of("ratings", "reviews", "diary", "watched"):
        yield from lines_of(job, shape, build("seen"))
    for shape in job.of("likes"):
        yield from lines_of(job, shape, build("liked"))
    for shape in job.of("watchlist"):
        yield from lines_of(job, shape, build("listed"))


# IMDb

_IMDB_KINDS = (("game", "game"), ("episode", "episode"), ("series", "series"), ("podcast", "podcast"))


def imdb(shape: Table | Objects) -> str:
    columns = set(shape.columns)
    if (
        isinstance(shape, Table)
        and {"const", "title"} <= columns
        and {"your rating", "you rated", "position"} & columns
    ):
        return "ratings"
    return ""


def imdb_lines(job: Job) -> Found:
    for shape in job.of("ratings"):
        yield from lines_of(job, shape, _imdb_line)


def _imdb_line(file: str, row: int, cells: dict) -> Line:
    title = title_of(cells["title"])
    rating = rating_of(cells.get("your rating") or cells.get("you rated"), 10, 1)
    if rating is None:
        raise RowError(LISTED)
    sort = re.sub(r"[^a-z]", "", cells.get("title type", "").lower())
    kind = next((kind for word, kind in _IMDB_KINDS if word in sort), "film")
    original = clean(cells.get("original title"))
    # A game's "directors" are people; studios make it as far as the catalogue is concerned.
    creators = names_of(cells.get("directors")) if kind == "film" else ()
    return Line(file, row, title, kind, year_of(cells.get("year")), creators,
                (original,) if original and original != title else (), (f"imdb:{clean(cells['const'], 20)}",),
                "rated", rating, when=date_of(cells.get("date rated") or cells.get("created")))  # fmt: skip


# Trakt

_TRAKT_DATES = ("rated_at", "watched_at", "last_watched_at")
_TRAKT_LISTS = ("listed_at", "collected_at", "last_collected_at")
_TRAKT_THINGS = ("movie", "show", "season", "episode")


def trakt(shape: Table | Objects) -> str:
    if not isinstance(shape, Objects) or shape.payload is None:
        return ""
    return "entries" if any(_is_trakt(entries) for _, entries in _trakt_lists(shape)) else ""


def _is_trakt(entries: list) -> bool:
    first = next((e for e in entries if isinstance(e, dict)), {})
    return any(d in first for d in _TRAKT_DATES + _TRAKT_LISTS) and any(t in first for t in _TRAKT_THINGS)


def _trakt_lists(shape: Objects) -> list[tuple[str, list]]:
    """The lists of a file: it is one, or an object with some."""
    name = shape.part.name
    if isinstance(shape.payload, list):
        return [(name, shape.payload)]
    lists = shape.payload.items() if isinstance(shape.payload, dict) else ()
    return [(f"{name}, {clean(key, 30)}", value) for key, value in lists if isinstance(value, list)]


def trakt_lines(job: Job) -> Found:
    """History and ratings. All that was watched of a show is one memory of the show."""
    for shape in job.of("entries"):
        for name, entries in _trakt_lists(shape):
            if _is_trakt(entries):
                yield from built(name, objects_of(name, entries), _trakt_line)


def _trakt_line(file: str, row: int, cells: dict) -> Line:
    sort = cells.get("type") or next((t for t in _TRAKT_THINGS if t in cells), "")
    thing = cells.get("movie" if sort == "movie" else "show")
    if not isinstance(thing, dict):
        raise RowError("names no film and no show")
    title, year = title_of(thing.get("title")), year_of(thing.get("year"))
    if any(d in cells for d in _TRAKT_LISTS):
        raise RowError(LISTED)
    # What one episode was rated is no verdict on the show.
    rating = rating_of(cells.get("rating"), 10, 1) if sort in ("movie", "show") else None
    when = next((date_of(cells[d]) for d in _TRAKT_DATES if cells.get(d)), 0.0)
    ids = thing.get("ids") if isinstance(thing.get("ids"), dict) else {}
    return Line(file, row, title, "film" if sort == "movie" else "series", year,
                ids=(f"imdb:{clean(ids['imdb'], 20)}",) if ids.get("imdb") else (),
                event="seen" if rating is None else "rated", rating=rating, when=when)  # fmt: skip


# MovieLens

_TRAILING = re.compile(r"(?<!\bor)(?<=\S)(?:\s+\([^()]*\))+$", re.I)  # other titles, as in "Hate (Haine, La)"


def movielens(shape: Table | Objects) -> str:
    columns = set(shape.columns)
    if not isinstance(shape, Table):
        return ""
    if {"userid", "movieid", "rating"} <= columns:
        return "ratings"
    if {"movie_id", "rating", "title", "average_rating"} <= columns:
        return "own"
    return "movies" if {"movieid", "title", "genres"} <= columns else ""


def movielens_lines(job: Job) -> Found:
    """One user's ratings. Raises ValueError where it is open which, or a part is missing."""
    for shape in job.of("own"):  # what a visitor of the site takes home: no dates, no users
        yield from lines_of(job, shape, _movielens_own)
    ratings, movies = job.of("ratings"), job.of("movies")
    if not ratings and not movies:
        return
    if not ratings or not movies:
        raise ValueError("MovieLens: ratings.csv and movies.csv belong together; give the zip or the folder with both")
    titles: dict[str, str] = {}
    for shape in movies:
        for found in rows_of(shape, job.tell):
            if isinstance(found, Skipped):
                yield found
            else:
                titles[clean(found[1]["movieid"], 20)] = found[1]["title"]
    user = clean(job.user, 40)
    users: dict[str, None] = {}

    def build(file: str, row: int, cells: dict) -> Line | None:
        whose = clean(cells["userid"], 40)
        users[whose] = None
        if user:
            if whose != user:
                return None
        elif len(users) > 1:
            raise ValueError(
                f"{file}: the ratings of several people ({', '.join(users)}, …); say which with --user, the userId"
            )
        movie = clean(cells["movieid"], 20)
        if movie not in titles:
            raise RowError(f"the movieId {movie!r} is not in movies.csv")
        return _movielens_line(file, row, titles[movie], cells)

    for shape in ratings:
        yield from lines_of(job, shape, build)
    if user and user not in users:
        some = ", ".join(list(users)[:5])
        raise ValueError(f"MovieLens: no ratings of the user {user!r}; there are {len(users):,}, such as {some}")


def _movielens_line(file: str, row: int, written: str, cells: dict) -> Line:
    title, year = split_year(title_of(written))
    brackets = _TRAILING.search(title)
    others = re.findall(r"\(([^()]*)\)", brackets[0]) if brackets else ()
    also = tuple(article_first(re.sub(r"^a\.?k\.?a\.? ", "", other, flags=re.I)) for other in others)
    title = article_first(title[: brackets.start()] if brackets else title)
    rating = _given(rating_of(cells["rating"], 5, 0.5))
    when = timestamp_of(cells.get("timestamp"))
    return Line(file, row, title, "film", year, also=also, event="rated", rating=rating, when=when)


def _movielens_own(file: str, row: int, cells: dict) -> Line:
    line = _movielens_line(file, row, cells["title"], cells)
    imdb_id = clean(cells.get("imdb_id"), 20)
    number = imdb_id.removeprefix("tt").zfill(7)
    return replace(line, ids=(f"imdb:tt{number}",) if imdb_id else ())


def _given(rating: float | None) -> float:
    if rating is None:
        raise RowError("the rating is missing")
    return rating
