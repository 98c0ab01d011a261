"""Items and the files they are read from."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

LISTS = ("creators", "people", "genres", "themes")
UNITS = {"film": "minutes", "book": "pages", "game": "hours"}
MAKERS = {"film": "director", "book": "author", "game": "studio"}


@dataclass(frozen=True)
class Item:
    """One thing to recommend.

    `length` is in minutes (film), pages (book) or hours (game), `popularity` a count of any unit; 0 is unknown.
    `more` are further facts as "name: value".
    """

    id: str
    kind: str
    title: str
    year: int = 0
    creators: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    country: str = ""
    language: str = ""
    length: int = 0
    description: str = ""
    popularity: float = 0.0
    more: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    @property
    def names(self) -> tuple[str, ...]:
        """Creators, then people."""
        return self.creators + self.people

    def text(self) -> str:
        """What the encoder and the full-text index read."""
        parts = [
            f"{self.title}. {', '.join(self.genres)} {self.kind}.",
            f"{', '.join(self.themes)}." if self.themes else "",
            self.description,
            f"By {', '.join(self.creators)}." if self.creators else "",
            f"With {', '.join(self.people)}." if self.people else "",
        ]
        return " ".join(p for p in parts if p)

    def facts(self) -> str:
        """One line of facts, as shown to the model."""
        bits = [", ".join(self.genres), f"{MAKERS.get(self.kind, 'by')} {', '.join(self.creators)}"]
        if self.people:
            bits.append(f"with {', '.join(self.people)}")
        if self.length:
            bits.append(f"{self.length} {UNITS.get(self.kind, '')}".strip())
        bits += [", ".join(self.themes), *self.more]
        return f"{self.label} {self.kind}: " + "; ".join(b for b in bits if b)

    def to_dict(self) -> dict:
        row = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}
        return {k: v for k, v in row.items() if v or k not in ("popularity", "more")}


_COLUMNS = {f.name for f in fields(Item)} | {"item_id"}


def normalise(text: str) -> str:
    """Fold case, accents, punctuation and a leading article, so that titles compare as people write them.

    >>> normalise("The Good, the Bad & the Ugly")
    'good the bad and the ugly'
    >>> normalise("Amélie") == normalise("amelie")
    True
    """
    text = unicodedata.normalize("NFKD", text.replace("&", " and "))
    text = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    text = re.sub(r"['’`.]", "", text)
    text = re.sub(r"[^\w]+", " ", text).strip()
    return re.sub(r"^(the|a|an) (?=\w)", "", text)


def features(item: Item) -> list[tuple[str, str]]:
    """(sort, value) of everything a pattern can speak of."""
    found = [("genre", g) for g in item.genres] + [("theme", t) for t in item.themes]
    found += [("name", n) for n in dict.fromkeys(item.names)]
    if item.year:
        found.append(("decade", f"{item.year // 10 * 10}s"))
    if item.language and item.language != "English":
        found.append(("language", item.language))
    return found


def item_id(kind: str, title: str, year: int) -> str:
    return f"{kind}-{normalise(title).replace(' ', '-')}-{year}"


def read_items(path: Path | str) -> list[Item]:
    """Read a catalogue from a JSONL, CSV or Parquet file, or from every such file of a folder.

    `title` is required; the other columns of `Item` are optional, lists may be written with `;`
    between their members; columns that `Item` lacks become facts in `more`. Raises ValueError
    that names the file and the row.
    """
    path = Path(path)
    if not path.exists():
        raise ValueError(f"no catalogue at {path}")
    paths = sorted(p for p in path.iterdir() if p.suffix in (".jsonl", ".csv", ".parquet")) if path.is_dir() else [path]
    items: dict[str, Item] = {}
    for file in paths:
        for where, row in _rows(file):
            item = _item(row, where)
            if item.id in items:
                raise ValueError(f"{where}: the id {item.id!r} is there twice")
            items[item.id] = item
    if not items:
        raise ValueError(f"no items in {path}")
    return list(items.values())


def _rows(path: Path) -> Iterator[tuple[str, dict]]:
    if path.suffix == ".jsonl":
        try:
            lines = path.read_text("utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise ValueError(f"{path.name}: not UTF-8 text at byte {error.start}; save it as UTF-8") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield f"{path.name}, line {number}", json.loads(line)
                except json.JSONDecodeError as error:
                    raise ValueError(f"{path.name}, line {number}: not JSON ({error.msg})") from error
        return
    import pandas as pd

    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
    elif path.suffix == ".csv":
        try:
            frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        except (UnicodeDecodeError, pd.errors.ParserError) as error:
            raise ValueError(f"{path.name}: cannot be read as UTF-8 CSV ({error})") from error
    else:
        raise ValueError(f"{path.name}: a catalogue is a .jsonl, .csv or .parquet file")
    for number, row in enumerate(frame.to_dict("records"), 2):
        yield f"{path.name}, row {number}", row


def _item(row: dict, where: str) -> Item:
    row = {k: v for k, v in row.items() if not (isinstance(v, float) and math.isnan(v))}  # an empty cell, in Parquet
    title = str(row.get("title") or "").strip()
    if not title:
        raise ValueError(f"{where}: the title is missing")
    kind = str(row.get("kind") or "item").strip().lower()
    values = {"kind": kind, "title": title}
    for name, number in (("year", int), ("length", int), ("popularity", float)):
        raw = row.get(name)
        try:
            values[name] = number(float(raw)) if raw not in (None, "") else number(0)
        except (TypeError, ValueError):
            raise ValueError(f"{where}: {name} is {raw!r}, not a number") from None
    if values["year"] > date.today().year + 5:
        raise ValueError(f"{where}: the year {values['year']} lies in the future")
    for name in (*LISTS, "more"):
        raw = row.get(name)
        if raw is None:
            raw = ()
        members = raw.split(";") if isinstance(raw, str) else list(raw)
        values[name] = tuple(str(m).strip() for m in members if str(m).strip())
    others = {k: v for k, v in row.items() if k not in _COLUMNS and isinstance(v, (str, int, float))}
    values["more"] += tuple(f"{k.replace('_', ' ')}: {v}" for k, v in others.items() if str(v).strip())
    for name in ("country", "language", "description"):
        values[name] = str(row.get(name) or "").strip()
    given = row.get("id") or row.get("item_id")
    values["id"] = str(given).strip() if given else item_id(kind, title, values["year"])
    return Item(**values)
