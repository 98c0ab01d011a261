"""MovieLens ratings of films, joined to what an encyclopaedia says of each film."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from mrrec.catalog.items import Item, normalise
from mrrec.evaluate.tasks.domains.domain import Domain, Reading, find, shorten
from mrrec.evaluate.tasks.domains.lexicon import Lexicon
from mrrec.memory.events import Event

RATINGS, TEXTS = ("ml-latest-small.zip",), ("wikipedia-movies.jsonl.gz", "movies.json")
RATINGS_AT = "https://files.grouplens.org/datasets/movielens/ml-latest-small.zip"
TEXTS_AT = "https://raw.githubusercontent.com/prust/wikipedia-movie-data/master/movies.json"
LIKED = 4.0  # stars, of 0.5 to 5

_GENRES = {"children": "family", "film-noir": "noir", "sci-fi": "science fiction"}
_NONE = {"imax", "(no genres listed)"}
_ARTICLES = "The|A|An|La|Le|Les|L'|El|Los|Las|Il|Lo|I|Der|Die|Das|Den|Det|Une|Un|Ein|Eine"
_TITLE = re.compile(r"^(?P<title>.*?)\s*\((?P<year>\d{4})(?:[-–]\d{4})?\)\s*$")
_WORD = r"(?:(?:[A-Z]\.)+|(?:Jr|Sr)\.|[A-ZÀ-Þ][\w'’\-]*\w|[A-Z](?!\w))"
_NAME = rf"(?:[Tt]he )?{_WORD}(?: (?:(?:de|von|van|der|den|del|della|la|le|di|da|du|dos|ten|af|al|bin|y) )*{_WORD})*"
_DIRECTED = re.compile(
    rf"directed(?:,?(?: and)? [a-z\-]+(?:ed|ten))*,? by (?:(?:[A-Z][a-z]+ )?(?:filmmaker|director)s? )?"
    rf"({_NAME})((?:, {_NAME})*)(?:,? (?:and|&) ({_NAME}))?"
)


def read(data: Path | None, lexicon: Lexicon) -> Reading:
    """Films that MovieLens and the encyclopaedia share, by normalised title and a year that differs by 1 at most."""
    ratings, texts = find(data, RATINGS, RATINGS_AT), find(data, TEXTS, TEXTS_AT)
    by_title: dict[str, list[dict]] = defaultdict(list)
    for row in _texts(texts):
        if row.get("extract"):
            by_title[normalise(row["title"])].append(row)
    items: dict[str, Item] = {}
    first: dict[tuple[str, int], str] = {}  # some films are in MovieLens twice
    same: dict[str, str] = {}
    listed = 0
    with zipfile.ZipFile(ratings) as archive:
        for row in _csv(archive, "movies.csv"):
            listed += 1
            titles, year = split_title(row["title"])
            text = _match(by_title, titles, year)
            if text is None:
                continue
            key = (titles[0], year)
            if key in first:
                same[row["movieId"]] = first[key]
                continue
            item = _item(row, titles, year, text, lexicon)
            first[key] = same[row["movieId"]] = item.id
            items[item.id] = item
        events, rated = [], 0
        for row in _csv(archive, "ratings.csv"):
            rated += 1
            if row["movieId"] in same:
                when, stars = float(row["timestamp"]), float(row["rating"])
                events.append(Event(f"film-{row['userId']}", same[row["movieId"]], "rated", when, stars))
    counts = {"films listed": listed, "films joined to a text": len(same),
              "of them listed twice": len(same) - len(items), "ratings": rated,
              "ratings of joined films": len(events)}  # fmt: skip
    return Reading(list(items.values()), events, counts)


def split_title(text: str) -> tuple[list[str], int]:
    """A MovieLens title as (the title, then those in brackets), with articles put in front, and the year, 0 if none.

    >>> split_title("City of Lost Children, The (Cité des enfants perdus, La) (1995)")
    (['The City of Lost Children', 'La Cité des enfants perdus'], 1995)
    >>> split_title("Seven (a.k.a. Se7en) (1995)")
    (['Seven', 'Se7en'], 1995)
    """
    found = _TITLE.match(text.strip())
    title, year = (found["title"], int(found["year"])) if found else (text.strip(), 0)
    main = re.sub(r"\s*\([^()]*\)", "", title).strip()
    others = [re.sub(r"^a\.?k\.?a\.? ", "", t).strip() for t in re.findall(r"\(([^()]*)\)", title)]
    return [_front(t) for t in (main or title, *others) if t], year


def _front(title: str) -> str:
    found = re.match(rf"^(.*), ({_ARTICLES})$", title)
    return f"{found[2]} {found[1]}".replace("L' ", "L'") if found else title


def directors(extract: str) -> tuple[str, ...]:
    """Names after "directed by" in a text, at most four.

    >>> directors("It is a 1996 film directed by Joel Coen, written by both. It stars")
    ('Joel Coen',)
    >>> directors("a film written and directed by Lana Wachowski, Lilly Wachowski, and J. J. Abrams from a story")
    ('Lana Wachowski', 'Lilly Wachowski', 'J. J. Abrams')
    """
    found = _DIRECTED.search(extract)
    if not found:
        return ()
    follows = extract[found.end() :].lstrip()
    if found[0].endswith(found[1]) and " " not in found[1] and re.match(r"(?!from|in|and|for|with)[a-z]", follows):
        return ()  # an adjective, as in "directed by Cuban newcomer"
    names = [found[1], *(found[2] or "").split(", "), found[3] or ""]
    names = [n for n in names if len(n) > 3 and not re.search(r"Pictures|Studio|Films|Award|Company", n)]
    return tuple(dict.fromkeys(_whole(n, names, extract) for n in names))[:4]


def _whole(name: str, names: list[str], extract: str) -> str:
    """A surname with the name before it that the text tells elsewhere; a first name with its brother's surname.

    >>> directors("a film directed by Joel and Ethan Coen"), directors("Jon Levy wrote it. It was directed by Levy.")
    (('Joel Coen', 'Ethan Coen'), ('Jon Levy',))
    """
    if " " in name:
        return name
    if (told := re.search(rf"({_WORD}(?: {_WORD})*) {re.escape(name)}\b", extract)) and told[1] not in ("The", "By"):
        return f"{told[1]} {name}"
    if len(names) == 2 and name == names[0] and " " in names[1]:
        return f"{name} {names[1].rsplit(' ', 1)[1]}"
    return name


def _match(by_title: dict[str, list[dict]], titles: list[str], year: int) -> dict | None:
    for title in titles:
        rows = [r for r in by_title.get(normalise(title), ()) if abs(r["year"] - year) <= 1]
        if rows:
            return min(rows, key=lambda r: (abs(r["year"] - year), -len(r.get("cast") or ()), r.get("href") or ""))
    return None


def _item(row: dict, titles: list[str], year: int, text: dict, lexicon: Lexicon) -> Item:
    genres = [g for g in row["genres"].lower().split("|") if g not in _NONE]
    makers, cast = directors(text["extract"]), tuple(text.get("cast") or ())
    return Item(
        id=f"movielens-{row['movieId']}", kind="film", title=titles[0], year=year, creators=makers, people=cast,
        genres=tuple(_GENRES.get(g, g) for g in genres),
        themes=lexicon.find(text["extract"], (titles[0], text["title"], *makers, *cast)),
        description=shorten(text["extract"]),
    )  # fmt: skip


def _texts(path: Path) -> Iterator[dict]:
    if path.suffix == ".json":
        yield from json.loads(path.read_text("utf-8"))
        return
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _csv(archive: zipfile.ZipFile, name: str) -> Iterator[dict]:
    inside = next((n for n in archive.namelist() if n.rsplit("/", 1)[-1] == name), None)
    if inside is None:
        raise ValueError(f"{archive.filename} holds no {name}; fetch it anew from {RATINGS_AT}")
    with archive.open(inside) as file:
        yield from csv.DictReader(io.TextIOWrapper(file, "utf-8", newline=""))


DOMAIN = Domain(
    name="films", kind="film", read=read, liked=lambda e: e.rating is not None and e.rating >= LIKED, dated=True,
    least=8, verb="watch", about="about",
    nouns={g: g for g in ("comedy", "documentary", "drama", "musical", "mystery", "romance", "thriller", "western")}
    | {"animation": "animated film", "noir": "film noir", "family": "family film"},
    sources=(
        f"MovieLens latest small, GroupLens, {RATINGS_AT}: research, no commercial use, acknowledge Harper and Konstan "
        "2015 (ACM TiiS 5, 4)",
        f"texts: Wikipedia, CC BY-SA, compiled by prust/wikipedia-movie-data (MIT), {TEXTS_AT}",
    ),
)  # fmt: skip
