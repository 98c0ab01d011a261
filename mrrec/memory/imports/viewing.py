"""Exports that tell what was watched or played, without a verdict: Netflix, Steam."""

from __future__ import annotations

import re
from collections import defaultdict

from mrrec.memory.imports.files import Objects, Table, objects_of, rows_of
from mrrec.memory.imports.line import (
    Line,
    RowError,
    clean,
    date_of,
    day_order,
    number_of,
    split_year,
    timestamp_of,
    title_of,
)
from mrrec.memory.imports.rows import Found, Job, built, cells_of, lines_of

# Titles alone, without a year: what is older than this is more likely there as a remake of the same name.
NETFLIX_SINCE = 1970
STEAM_SINCE = 2003  # the shop opened
# Hours from which playing on tells of liking (the shop gives money back up to two), and how much.
PLAYED = ((60, 0.9), (20, 0.6), (2, 0.3))
_SEASON = re.compile(
    r"(?:season|series|staffel|saison|temporada|stagione|seizoen|säsong|sæson|sesong|kausi|sezon) \d+(?: .*)?"
    r"|(?:limited|mini-?|miniserie|miniserien)\s?series|miniserie", re.I,
)  # fmt: skip
_VOLUME = re.compile(
    r"(?:part|volume|vol\.?|chapter|book|collection|teil|partie|parte) ?(?:\d+|[ivx]+|one|two|three|four|five)?", re.I
)
_NUMBERED = re.compile(r"episode (?:\d+|[ivx]+)\b", re.I)


def netflix(shape: Table | Objects) -> str:
    return "history" if isinstance(shape, Table) and shape.heading == ("Title", "Date") else ""


def netflix_lines(job: Job) -> Found:
    """Each film, and each show once, however many episodes were seen."""
    for shape in job.of("history"):
        order, sure = day_order(cells_of(shape, "date"))
        written = "month/day/year" if order == "mdy" else "day/month/year"
        job.tell(
            f"dates are read as {written}{'' if sure else '; nothing in the file tells, look whether that is right'}"
        )
        titles = {clean(cells["title"]) for _, cells in (f for f in rows_of(shape) if isinstance(f, tuple))}
        episodes = defaultdict(set)
        shows = _shows(titles)
        for title in titles:
            if show := _show(title, shows):
                episodes[show].add(title)

        def build(file: str, row: int, cells: dict, order=order, shows=shows, episodes=episodes) -> Line:
            title = title_of(cells["title"])
            when = date_of(cells["date"], order)
            if show := _show(title, shows):
                count = len(episodes[show])
                detail = f"{count} episode{'s' if count > 1 else ''}"
                return Line(file, row, show, "series", event="seen", when=when, detail=detail)
            return Line(file, row, title, "film", event="seen", when=when, since=NETFLIX_SINCE)

        yield from lines_of(job, shape, build)


def _shows(titles: set[str]) -> frozenset[str]:
    """Names of shows: those with a season in some title, or with several titles in a part of the same name."""
    shows, parts_of = set(), defaultdict(set)
    for title in titles:
        parts = title.split(": ")
        if _season_at(parts):
            shows.add(": ".join(parts[: _season_at(parts)]))
        elif len(parts) > 2 and not _NUMBERED.match(parts[1]):
            parts_of[parts[0], parts[1]].add(title)
    return frozenset(shows | {show for (show, _), found in parts_of.items() if len(found) > 1})


def _season_at(parts: list[str]) -> int:
    """Where the season stands among the parts of a title; 0 for nowhere. "Part 1" alone may be a film's."""
    for i, part in enumerate(parts[1:], 1):
        if _SEASON.fullmatch(part.strip()) or (_VOLUME.fullmatch(part.strip()) and i + 1 < len(parts)):
            return i
    return 0


def _show(title: str, shows: frozenset[str]) -> str:
    """The show that `title` is an episode of, or an empty text."""
    parts = title.split(": ")
    if at := _season_at(parts):
        return ": ".join(parts[:at])
    return parts[0] if len(parts) > 2 and parts[0] in shows else ""


def steam(shape: Table | Objects) -> str:
    return "games" if isinstance(shape, Objects) and _games(shape.payload) is not None else ""


def _games(payload: object) -> list | None:
    """The list of games in an answer of GetOwnedGames, or None."""
    if isinstance(payload, dict):
        inner = payload.get("response", payload)
        payload = inner.get("games") if isinstance(inner, dict) else None
    first = payload[0] if isinstance(payload, list) and payload else None
    return payload if isinstance(first, dict) and {"appid", "playtime_forever"} <= set(first) else None


def steam_lines(job: Job) -> Found:
    """Games that were played. Raises ValueError for a list without names."""
    for shape in job.of("games"):
        games = _games(shape.payload) or []
        if not any(isinstance(g, dict) and g.get("name") for g in games):
            raise ValueError(f"{shape.part.name}: no names of games; ask GetOwnedGames with include_appinfo=1")
        yield from built(shape.part.name, objects_of(shape.part.name, games), _steam_line)


def _steam_line(file: str, row: int, cells: dict) -> Line:
    title, year = split_year(title_of(re.sub(r"[®™©]", "", str(cells.get("name") or ""))))
    hours = number_of(cells.get("playtime_forever") or 0) / 60
    if hours <= 0:
        raise RowError("owned, never played")
    when = timestamp_of(cells.get("rtime_last_played") or 0)
    value = next((worth for least, worth in PLAYED if hours >= least), 0.0)
    told = f"{hours:,.0f} hours" if hours >= 2 else f"{round(60 * hours)} minutes"
    ids = (f"steam:{clean(cells.get('appid'), 20)}",)
    return Line(file, row, title, "game", year, ids=ids, event="seen", value=value, when=when,
                detail=f"played for {told}", since=STEAM_SINCE)  # fmt: skip
