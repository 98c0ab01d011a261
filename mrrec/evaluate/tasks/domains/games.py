"""Hours played on Steam, joined to the tags of its store; without times."""

from __future__ import annotations

import ast
import csv
import gzip
import html
import io
import re
import statistics
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from mrrec.catalog.items import Item, normalise
from mrrec.evaluate.tasks.domains.domain import Domain, Reading, find
from mrrec.evaluate.tasks.domains.lexicon import Lexicon
from mrrec.memory.events import Event

PLAYED, TAGS = ("steam-200k.zip",), ("steam-store-tags.csv.gz",)
PLAYED_AT = (
    "https://www.kaggle.com/datasets/tamber/steam-video-games (as game_play.dat, game_purchase.dat and item_info.dat, "
    "tab-separated, in a zip)"
)
TAGS_AT = "the pages of https://store.steampowered.com (as columns title, tags, review, date_released)"
LIKED, ABANDONED = 2.0, 1.0  # hours: at least, less than

_GENRES = {
    "action": "action", "adventure": "adventure", "fantasy": "fantasy", "2d fighter": "fighting",
    "fighting": "fighting", "3d fighter": "fighting", "beat 'em up": "fighting", "horror": "horror",
    "survival horror": "horror", "psychological horror": "horror", "management": "management",
    "city builder": "management", "metroidvania": "metroidvania", "mystery": "mystery", "platformer": "platformer",
    "2d platformer": "platformer", "3d platformer": "platformer", "precision platformer": "platformer",
    "puzzle": "puzzle", "puzzle-platformer": "puzzle", "match 3": "puzzle", "racing": "racing", "rhythm": "rhythm",
    "rogue-like": "roguelike", "rogue-lite": "roguelike", "action roguelike": "roguelike",
    "traditional roguelike": "roguelike", "rpg": "role-playing", "action rpg": "role-playing", "jrpg": "role-playing",
    "mmorpg": "role-playing", "crpg": "role-playing", "sandbox": "sandbox", "sci-fi": "science fiction",
    "shooter": "shooter", "fps": "shooter", "third-person shooter": "shooter", "arena shooter": "shooter",
    "simulation": "simulation", "sports": "sport", "stealth": "stealth", "strategy": "strategy", "rts": "strategy",
    "turn-based strategy": "strategy", "grand strategy": "strategy", "4x": "strategy", "survival": "survival",
    "visual novel": "visual novel", "western": "western",
}  # fmt: skip


def read(data: Path | None, lexicon: Lexicon) -> Reading:
    """Games that both files name, by normalised title. Events have no time (0)."""
    played, tags = find(data, PLAYED, PLAYED_AT), find(data, TAGS, TAGS_AT)
    store: dict[str, dict] = {}
    with gzip.open(tags, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            store.setdefault(normalise(row["title"]), row)
    items: dict[str, Item] = {}
    same: dict[str, str] = {}
    named = 0
    with zipfile.ZipFile(played) as archive:
        for number, name in _rows(archive, "item_info.dat"):
            named += 1
            if row := store.get(normalise(name)):
                item = _item(row, lexicon)
                if item.themes or item.genres:
                    items.setdefault(item.id, item)
                    same[number] = item.id
        bought = [(u, g) for u, g, *_ in _rows(archive, "game_purchase.dat")]
        hours: dict[str, dict[str, float]] = defaultdict(dict)
        for user, game, time in _rows(archive, "game_play.dat"):
            hours[user][game] = hours[user].get(game, 0.0) + float(time)
    medians = {user: statistics.median(own.values()) for user, own in hours.items()}
    events: dict[tuple[str, str], Event] = {}
    pairs = dict.fromkeys([*((u, g) for u, own in hours.items() for g in own), *bought])
    for user, game in pairs:
        if game in same:
            what = verdict(hours.get(user, {}).get(game), medians.get(user, 0.0))
            events.setdefault((user, same[game]), Event(f"game-{user}", same[game], what, 0.0))
    counts = {"games named": named, "games joined to tags": len(same), "purchases": len(bought),
              "played": sum(map(len, hours.values())), "events of joined games": len(events)}  # fmt: skip
    return Reading(list(items.values()), list(events.values()), counts)


def verdict(hours: float | None, median: float) -> str:
    """What hours of play say, beside the person's own median; None is a purchase alone.

    >>> verdict(None, 5), verdict(0.3, 5), verdict(3, 5), verdict(9, 5), verdict(1.5, 1)
    ('seen', 'abandoned', 'seen', 'liked', 'seen')
    """
    if hours is None:
        return "seen"
    return "abandoned" if hours < ABANDONED else "liked" if hours >= max(median, LIKED) else "seen"


def _item(row: dict, lexicon: Lexicon) -> Item:
    tags = [html.unescape(str(t)).strip() for t in (ast.literal_eval(row["tags"]) if row["tags"][:1] == "[" else [])]
    year = re.search(r"(\d{4})\s*$", row.get("date_released") or "")
    review = row.get("review") or ""
    return Item(
        id=f"steam-{normalise(row['title']).replace(' ', '-')}", kind="game", title=row["title"],
        year=int(year[1]) if year else 0,
        genres=tuple(dict.fromkeys(_GENRES[t.lower()] for t in tags if t.lower() in _GENRES)),
        themes=lexicon.find("; ".join(tags), tags=True), description=", ".join(tags),
        more=(f"reviews: {review.lower()}",) if review and review != "Not Rated" else (),
    )  # fmt: skip


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[list[str]]:
    """Rows of a tab-separated file of the archive, without its header."""
    inside = next((n for n in archive.namelist() if n.rsplit("/", 1)[-1] == name), None)
    if inside is None:
        raise ValueError(f"{archive.filename} holds no {name}; fetch it anew from {PLAYED_AT}")
    with archive.open(inside) as file:
        lines = io.TextIOWrapper(file, "utf-8", errors="replace")
        next(lines, None)
        for line in lines:
            if line.strip():
                yield line.rstrip("\r\n").split("\t")


DOMAIN = Domain(
    name="games", kind="game", read=read, liked=lambda e: e.event == "liked", dated=False, least=8, verb="play",
    about="with", nouns={"platformer": "platformer", "shooter": "shooter", "roguelike": "roguelike",
                         "visual novel": "visual novel"},
    sources=(
        f"Steam 200k, {PLAYED_AT}: terms not stated, not to be passed on",
        f"tags and dates: {TAGS_AT}: terms not stated, not to be passed on",
        "liked: played for 2 hours or more and for the person's own median of hours or more; abandoned: played for "
        "less than 1 hour; seen: anything else",
    ),
)  # fmt: skip
