"""The files of Amazon-C4 and Amazon Reviews 2023: of a folder, or of the Hugging Face hub; columns are checked."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from tqdm import tqdm

from mrrec.memory.events import moment

C4, REVIEWS = "McAuley-Lab/Amazon-C4", "McAuley-Lab/Amazon-Reviews-2023"
QUERIES, POOL, HISTORIES = "test.csv", "sampled_item_metadata_1M.jsonl", "raw/review_categories"
QUERY_COLUMNS = ("qid", "query", "item_id", "user_id", "ori_rating", "ori_review")
POOL_COLUMNS = ("item_id", "category", "metadata")
REVIEW_COLUMNS = ("user_id", "parent_asin", "rating", "timestamp", "title", "text")
_OFFLINE = (OSError, RuntimeError, ValueError, httpx.HTTPError)  # what the hub's client raises without a network
_FILES = (
    f"a folder with {QUERIES} and {POOL} of https://huggingface.co/datasets/{C4}, and in its subfolder {HISTORIES} the "
    f".jsonl or .jsonl.gz files of the same folder of https://huggingface.co/datasets/{REVIEWS} (any of them: people's "
    "histories are read from those that are there)"
)


@dataclass(frozen=True, slots=True)
class Review:
    """One row of a history; `when` in seconds since the epoch."""

    item_id: str
    variant: str
    rating: float
    when: float
    text: str


def given(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise ValueError(f"{name} is not in {folder}; --data is {_FILES}")
    return path


def fetched(name: str) -> Path:
    """A file of Amazon-C4 from the hub, or from its cache; the hub's own bar tells how far it is."""
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(C4, name, repo_type="dataset"))
    except _OFFLINE as error:
        raise _unreachable(name, error) from error


def _unreachable(name: str, error: Exception) -> ValueError:
    why = str(error).strip().partition("\n")[0]
    return ValueError(
        f"{name} could not be fetched from the Hugging Face hub ({why}); without it, give --data {_FILES}"
    )


def histories(folder: Path, people: set[str], progress: bool) -> dict[str, list[Review]]:
    """Reviews of `people` in the review files of a folder."""
    place = folder / HISTORIES
    paths = sorted(p for p in place.glob("*") if p.name.endswith((".jsonl", ".jsonl.gz")))
    if not paths:
        raise ValueError(f"there are no review files in {place}; --data is {_FILES}")
    found: dict[str, list[Review]] = defaultdict(list)
    for path in paths:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rb") as file:
            lines = tqdm(file, desc=path.name, unit=" reviews", unit_scale=True, disable=not progress)
            for line, number in _of(people, lines):
                _collect(found, line, path, number)
    return found


def streamed(people: set[str], progress: bool) -> dict[str, list[Review]]:
    """Reviews of `people` from the hub: each file is read through, hundreds of gigabytes in all, and only their rows
    are kept, beside the hub's cache, so that a broken run continues with the file it was at."""
    from huggingface_hub import HfFileSystem
    from huggingface_hub.constants import HF_HOME

    kept = Path(HF_HOME) / "mrrec-amazon-c4"
    kept.mkdir(parents=True, exist_ok=True)
    try:
        hub = HfFileSystem()
        names = sorted(hub.glob(f"datasets/{REVIEWS}/{HISTORIES}/*.jsonl"))
        if not names:
            raise FileNotFoundError("the hub lists no review files there")
        for name in names:
            out = kept / Path(name).name
            if out.exists():
                continue
            part = out.with_suffix(".part")
            bar = tqdm(desc=out.name, total=hub.size(name), unit="B", unit_scale=True, disable=not progress)
            with hub.open(name, "rb", block_size=2**24) as file, part.open("wb") as rows, bar:
                rows.writelines(line for line, _ in _of(people, _measured(file, bar)))
            part.rename(out)
    except _OFFLINE as error:
        raise _unreachable(f"{HISTORIES} of {REVIEWS}", error) from error
    found: dict[str, list[Review]] = defaultdict(list)
    for path in sorted(kept.glob("*.jsonl")):
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                _collect(found, line, path, number)
    return found


def _measured(lines: Iterable[bytes], bar: tqdm) -> Iterator[bytes]:
    for line in lines:
        bar.update(len(line))
        yield line


_USER = re.compile(rb'"user_id"\s*:\s*"([^"]*)"')


def _of(people: set[str], lines: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Lines of `people`, with their numbers. A line is taken for JSON only then: most are of others.

    The first is always yielded, so that wrong columns are seen."""
    wanted = {p.encode() for p in people}
    for number, line in enumerate(lines, 1):
        found = {m.group(1) for m in _USER.finditer(line)}
        if (number == 1 or not wanted.isdisjoint(found)) and line.strip():
            yield line, number


def _collect(found: dict[str, list[Review]], line: bytes, path: Path, number: int) -> None:
    row = row_of(line, path, number, REVIEW_COLUMNS)
    where = f"{path.name}, line {number}"
    try:
        rating = float(row["rating"])
    except (TypeError, ValueError):
        raise ValueError(f"{where}: rating is {row['rating']!r}, not a number") from None
    text = " ".join(f"{row['title'] or ''}. {row['text'] or ''}".split()).lstrip(". ")
    item = str(row["parent_asin"])
    review = Review(item, str(row.get("asin") or item), rating, moment(row["timestamp"], where), text)
    found[str(row["user_id"])].append(review)


def row_of(line: bytes, path: Path, number: int, columns: Sequence[str]) -> dict:
    where = f"{path.name}, line {number}"
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{where}: not JSON ({error})") from error
    if not isinstance(row, dict):
        raise ValueError(f"{where}: not an object with {', '.join(columns)}")
    check(row, columns, where)
    return row


def check(names: Iterable[str], columns: Sequence[str], where: str) -> None:
    names = list(names)
    if missing := [c for c in columns if c not in names]:
        more = [n for n in names if n not in columns]
        raise ValueError(
            f"{where}: the column {', '.join(missing)} is missing; expected are {', '.join(columns)}"
            + (f", and there are besides {', '.join(more)}" if more else "")
        )
