"""A file, a folder or a zip as tables and objects, whatever its encoding. Nothing is unpacked onto the disk."""

from __future__ import annotations

import codecs
import csv
import io
import json
import lzma
import re
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mrrec.memory.imports.line import Skipped, clean

MOST_BYTES = 1 << 30  # of one file, unpacked
MOST_JSON = 1 << 28  # bytes of JSON that is read at once
MOST_PARTS = 2000
MOST_RATIO, RATIO_FROM = 150, 10 << 20  # a member that is packed more tightly than tables are, from that many bytes on
MOST_LINE = 1 << 20  # characters
SAMPLE = 1 << 16  # bytes by which a file is recognised
# What Python raises over a zip that is damaged, now here, now there.
_TORN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, OverflowError)
_SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class Part:
    """A file, or a file in a zip or a folder, under its path in there. `size` in bytes."""

    name: str
    size: int
    open: Callable[[], io.BufferedIOBase]


@dataclass(frozen=True)
class Table:
    """A CSV file; `heading` as written, `columns` in lower case."""

    part: Part
    heading: tuple[str, ...]
    columns: tuple[str, ...]
    delimiter: str


@dataclass(frozen=True)
class Objects:
    """A JSON file (`payload`), or one with a JSON object a line (`payload` is None); `columns` of its first object."""

    part: Part
    columns: tuple[str, ...]
    payload: object = None


def parts_of(path: Path) -> list[Part]:
    """What lies in `path`. Raises ValueError for what is not to be read, OSError for what cannot be."""
    if path.is_dir():
        found = [p for pattern in ("*", "*/*") for p in sorted(path.glob(pattern)) if _wanted(p.name) and p.is_file()]
        found = [Part(p.relative_to(path).as_posix(), p.stat().st_size, lambda p=p: p.open("rb")) for p in found]
    else:
        with path.open("rb") as file:
            magic = file.read(4)
        if magic == b"PK\x03\x04" or magic == b"PK\x05\x06":
            found = _members(path)
        else:
            found = [Part(path.name, path.stat().st_size, lambda: path.open("rb"))]
    if len(found) > MOST_PARTS:
        raise ValueError(f"{path.name}: {len(found)} files in it; at most {MOST_PARTS} are read")
    for part in found:
        if part.size > MOST_BYTES:
            raise ValueError(f"{part.name}: {part.size >> 20} MB; at most {MOST_BYTES >> 20} MB are read")
    return found


def _wanted(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES) and not name.startswith(".")


def _members(path: Path) -> list[Part]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (*_TORN, ValueError, OSError) as error:
        raise ValueError(f"{path.name}: a damaged zip ({error})") from error
    if any(i.filename == "xl/workbook.xml" for i in infos):
        raise ValueError(f"{path.name}: an Excel workbook; save the sheet as CSV")
    names = [PurePosixPath(i.filename) for i in infos]
    kept = [
        (info, name)
        for info, name in zip(infos, names)
        if _wanted(name.name) and not info.is_dir() and "__MACOSX" not in name.parts
    ]
    # An export that was packed together with its folder is the export all the same.
    folders = {name.parts[0] for _, name in kept if len(name.parts) > 1}
    inside = len(folders) == 1 and all(len(name.parts) > 1 for _, name in kept) and folders != {"likes"}
    parts = []
    for info, name in kept:
        label = clean("/".join(name.parts[inside:]))
        if info.flag_bits & 1:
            raise ValueError(f"{path.name}: {label} in it is locked with a password")
        if info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(1, info.compress_size):
            raise ValueError(f"{path.name}: {label} in it unpacks to {info.file_size >> 20} MB; it is not opened")
        parts.append(Part(label, info.file_size, lambda info=info: _member(path, info)))
    if sum(p.size for p in parts) > 2 * MOST_BYTES:
        raise ValueError(f"{path.name}: unpacks to more than {2 * MOST_BYTES >> 20} MB; it is not opened")
    return parts


def _member(path: Path, info: zipfile.ZipInfo):
    try:
        with zipfile.ZipFile(path) as archive:  # an open member keeps the file open by itself
            return archive.open(info)
    except (*_TORN, ValueError, OSError, RuntimeError) as error:
        raise ValueError(f"{path.name}: {clean(info.filename)} in it cannot be opened ({error})") from error


@contextmanager
def _opened(part: Part):
    """The part's bytes; a zip that turns out damaged while it is read is a ValueError."""
    try:
        with part.open() as file:
            yield file
    except _TORN as error:
        raise ValueError(f"{part.name}: damaged, it cannot be read to its end ({error})") from error


# Encoding


def encoding_of(part: Part, most: int | None = None) -> tuple[str, str]:
    """(encoding, note): note is empty for what needs no word. Reads `most` bytes, or all. Raises ValueError."""
    with _opened(part) as file:
        head = file.read(SAMPLE)
        for mark, name in (
            (codecs.BOM_UTF8, "utf-8-sig"),
            (codecs.BOM_UTF16_LE, "utf-16"),
            (codecs.BOM_UTF16_BE, "utf-16"),
        ):
            if head.startswith(mark):
                return name, f"{part.name} is read as UTF-16" if name == "utf-16" else ""
        for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
            if len(head) > 1 and zeros.count(0) > 0.4 * len(zeros):
                return name, f"{part.name} is read as UTF-16"
        if b"\0" in head:
            raise ValueError(f"{part.name}: not a text file")
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        broken = fine = read = 0
        chunk = head
        while chunk:
            text = decoder.decode(chunk)
            if not text.isascii():
                bad = text.count("\ufffd")
                broken += bad
                fine += sum(c > "\x7f" for c in text) - bad
            read += len(chunk)
            chunk = b"" if most is not None and read >= most else file.read(SAMPLE * 16)
        if most is None:
            broken += decoder.decode(b"", final=True).count("\ufffd")
    if not broken:
        return "utf-8", ""
    if broken < 0.1 * fine:
        return "utf-8", f"{part.name} is UTF-8 with {broken} characters that cannot be read"
    return "cp1252", f"{part.name} is not UTF-8; it is read as Windows-1252, look whether accents are right"


def _lines(part: Part, encoding: str) -> Iterator[str]:
    with _opened(part) as file:
        text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
        number = 0
        while line := text.readline(MOST_LINE):
            number += 1
            if len(line) == MOST_LINE and line[-1] not in "\r\n":
                raise ValueError(f"{part.name}: line {number} is longer than {MOST_LINE:,} characters")
            yield line


# Shape


def shape_of(part: Part) -> Table | Objects | None:
    """What the part holds by its beginning; None for what is neither a table nor objects. Raises ValueError."""
    encoding, _ = encoding_of(part, SAMPLE)
    with _opened(part) as file:
        head = file.read(SAMPLE).decode(encoding, errors="ignore").lstrip("\ufeff \t\r\n")
    first, *more = re.split(r"\r\n|\n|\r", head)
    if not first or first.startswith("<"):
        return None
    if first[0] == "{" and any(line.strip() for line in more):
        try:
            return Objects(part, _keys(json.loads(first)))
        except (ValueError, RecursionError):
            pass  # one object over several lines
    if first[0] in "[{":
        payload = _json_of(part)
        return Objects(part, _keys(payload[0] if isinstance(payload, list) and payload else payload), payload)
    return max((_table(part, first, d) for d in ",;\t"), key=lambda t: len(t.columns))


def _table(part: Part, first: str, delimiter: str) -> Table:
    try:
        heading = tuple(clean(c, 60) for c in next(csv.reader([first], delimiter=delimiter)))
    except csv.Error:
        heading = ()
    return Table(part, heading, tuple(" ".join(c.lower().split()) for c in heading), delimiter)


def _json_of(part: Part) -> object:
    if part.size > MOST_JSON:
        raise ValueError(f"{part.name}: {part.size >> 20} MB of JSON; at most {MOST_JSON >> 20} MB are read")
    encoding, _ = encoding_of(part)
    with _opened(part) as file:
        text = file.read().decode(encoding, errors="replace").lstrip("\ufeff")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{part.name}, line {error.lineno}: not JSON ({error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{part.name}: JSON that is nested too deeply or has numbers too long to read") from error


def _keys(value: object) -> tuple[str, ...]:
    return tuple(clean(k, 60).lower() for k in value) if isinstance(value, dict) else ()


# Rows


def rows_of(
    shape: Table | Objects, tell: Callable[[str], None] = lambda note: None
) -> Iterator[tuple[int, dict] | Skipped]:
    """(row, cells by column in lower case) of each row, or why it cannot be read; `tell` is told of the encoding."""
    if isinstance(shape, Table):
        yield from _cells(shape, tell)
    elif shape.payload is None:
        yield from _json_lines(shape, tell)
    else:
        yield from objects_of(shape.part.name, shape.payload if isinstance(shape.payload, list) else [shape.payload])


def objects_of(name: str, payload: list) -> Iterator[tuple[int, dict] | Skipped]:
    """The objects of a JSON list, counted from 1."""
    for row, value in enumerate(payload, 1):
        if isinstance(value, dict):
            yield row, {str(k).lower(): v for k, v in value.items()}
        else:
            yield Skipped(name, row, "not an object")


def _json_lines(shape: Objects, tell: Callable[[str], None]) -> Iterator[tuple[int, dict] | Skipped]:
    encoding, note = encoding_of(shape.part)
    if note:
        tell(note)
    for row, line in enumerate(_lines(shape.part, encoding), 1):
        if not line.strip("\ufeff \t\r\n"):
            continue
        try:
            value = json.loads(line.lstrip("\ufeff"))
        except (ValueError, RecursionError):
            yield Skipped(shape.part.name, row, "not JSON")
            continue
        if isinstance(value, dict):
            yield row, {str(k).lower(): v for k, v in value.items()}
        else:
            yield Skipped(shape.part.name, row, "not an object")


class _Feed:
    """Lines for a csv reader. After a quote that is never closed, all but its first line are given back."""

    def __init__(self, lines: Iterator[str]):
        self._lines, self._back, self.taken = lines, deque(), []

    def __iter__(self):
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken.append(line)
        return line

    def give_back(self) -> None:
        self._back.extendleft(reversed(self.taken[1:]))
        self.taken = self.taken[:1]


def _cells(table: Table, tell: Callable[[str], None]) -> Iterator[tuple[int, dict] | Skipped]:
    encoding, note = encoding_of(table.part)
    if note:
        tell(note)
    feed = _Feed(_lines(table.part, encoding))
    reader = csv.reader(feed, delimiter=table.delimiter, strict=True)
    row, headed, width = 0, False, len(table.columns)
    while True:
        feed.taken = []
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            feed.give_back()
            yield Skipped(table.part.name, row, "a quotation mark is opened and not closed, or stands inside a cell")
            continue
        if not any(cells):
            continue
        if not headed:
            headed = True
        elif any(cells[width:]):
            yield Skipped(table.part.name, row, f"{len(cells)} cells, the heading has {width}")
        else:
            yield row, _row(table.columns, cells)


def _row(columns: tuple[str, ...], cells: list[str]) -> dict[str, str]:
    """Cells by column; of two columns of one name the first counts."""
    row = dict.fromkeys(columns, "")
    row.update(reversed(list(zip(columns, cells))))
    return row
