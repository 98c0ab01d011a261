"""An import before it happens: what was read, what it means, and the records it would write."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

from tqdm import tqdm

from mrrec.catalog import Catalog, Item
from mrrec.memory.entry import EVENT_VALUE, Entry, strength_of
from mrrec.memory.imports.formats import FORMATS, recognise
from mrrec.memory.imports.line import Line, Skipped
from mrrec.memory.imports.matching import Matcher, title_key
from mrrec.memory.personas import BEST_RATING, event_record

Progress = bool | Callable[[int], None]
STEP = 500  # rows between two calls of a progress callback


@dataclass(frozen=True)
class Matched:
    """A line and the item it speaks of."""

    line: Line
    item: Item


@dataclass(frozen=True)
class Plan:
    """What an import would do; nothing is written yet.

    `lines` counts the rows that were read, `again` those that told of the same thing as another. `unmatched` are
    kept as memories by their titles. `notes` say how the file was understood.
    """

    service: str
    lines: int = 0
    matched: tuple[Matched, ...] = ()
    unmatched: tuple[Line, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    again: int = 0
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many records it would write."""
        return len(self.matched) + len(self.unmatched)

    def to_dict(self) -> dict:
        """Counts, unmatched titles, and skipped rows with their reasons."""
        return {
            "service": self.service, "lines": self.lines, "matched": len(self.matched),
            "unmatched": [line.label for line in self.unmatched], "again": self.again,
            "skipped": [{"file": s.file, "row": s.row, "title": s.title, "reason": s.reason} for s in self.skipped],
            "notes": list(self.notes),
        }  # fmt: skip


def make_plan(
    path: Path | str, catalog: Catalog, service: str = "", user: str = "", progress: Progress = False
) -> Plan:
    """Read `path` and match it to the catalogue.

    `progress` shows a bar, or is called with the number of rows read so far. Raises ValueError for a file that is
    no export that is accepted, OSError for one that cannot be opened.
    """
    service, job, found = recognise(Path(path), service, user)
    matcher = Matcher(catalog)
    kept: dict[tuple, tuple[Line, Item | None]] = {}
    skipped: list[Skipped] = []
    lines = again = 0
    for line in _watched(found, progress):
        lines += 1
        if isinstance(line, Skipped):
            skipped.append(line)
            continue
        item = matcher.match(line)
        key = (item.id, line.year) if item else (line.kind, title_key(line.title), line.year)
        if key in kept:
            again += 1
            line = newer(kept[key][0], line)
        kept[key] = (line, item)
    matched, unmatched = _settled(kept.values())
    again += len(kept) - len(matched) - len(unmatched)
    return Plan(service, lines, matched, unmatched, tuple(skipped), again, tuple(job.notes))


def _settled(found: Iterable[tuple[Line, Item | None]]) -> tuple[tuple[Matched, ...], tuple[Line, ...]]:
    """What is matched, each item once, and what is not.

    Where one line has an item's very year, another that is a year off speaks of another work of the same title.
    """
    by_item: dict[str, list[Matched]] = {}
    unmatched = []
    for line, item in found:
        if item:
            by_item.setdefault(item.id, []).append(Matched(line, item))
        else:
            unmatched.append(line)
    matched = []
    for group in by_item.values():
        item = group[0].item
        exact = any(m.line.year == item.year for m in group)
        mine = [m.line for m in group if not exact or m.line.creators or m.line.year in (0, item.year)]
        unmatched += [m.line for m in group if m.line not in mine]
        matched.append(Matched(reduce(newer, mine), item))
    return tuple(matched), tuple(unmatched)


def _watched(found: Iterable[Line | Skipped], progress: Progress) -> Iterator[Line | Skipped]:
    if progress is True:
        yield from tqdm(found, desc="reading", unit=" rows")
        return
    count = 0
    for count, line in enumerate(found, 1):
        yield line
        if progress and count % STEP == 0:
            progress(count)
    if progress and count % STEP:
        progress(count)


def newer(old: Line, new: Line) -> Line:
    """Two lines on the same thing as one: the newest verdict, with a review where either has one.

    Having met it again takes no verdict back, and a rating says more than a heart of the same sign.
    """
    if new.when < old.when:
        old, new = new, old
    weight_old, weight_new = _weight(old), _weight(new)
    agree = weight_old == 3 and weight_new == 2 and _sign(old) == _sign(new)
    chosen, other = (old, new) if weight_new < weight_old and (weight_new < 2 or agree) else (new, old)
    return replace(chosen, text=chosen.text or other.text) if other.text else chosen


def _weight(line: Line) -> int:
    """How much of a verdict it is: 3 a rating, 2 a word for it, 1 to have finished, 0 to have met."""
    if line.rating is not None:
        return 3
    return 2 if abs(EVENT_VALUE[line.event]) > 0.5 else int(line.event == "finished")


def _sign(line: Line) -> int:
    value = 2 * line.rating - 1 if line.rating is not None else EVENT_VALUE[line.event]
    return (value > 0) - (value < 0)


def records(plan: Plan) -> list[Entry]:
    """The records that the plan would write, oldest first."""
    made = [record_of(m.line, m.item) for m in plan.matched] + [record_of(line) for line in plan.unmatched]
    return sorted(made, key=lambda e: e.when)


def record_of(line: Line, item: Item | None = None) -> Entry:
    """A line as a record, in the wording of all records. What the file's text says stays quoted text."""
    thing = item or Item(id="", kind=line.kind, title=line.title, year=line.year)
    rating = None if line.rating is None else round(line.rating * BEST_RATING, 2)
    record = event_record(line.event, thing, rating, line.text, line.when, "import")
    value = record.value if rating is not None else line.value or record.value
    value = max(-1.0, min(1.0, value))  # half a star is not worse than the worst
    text = f"{record.text}, {line.detail}" if line.detail else record.text
    return record.with_(text=text, value=value, strength=strength_of(value))


def new_turn(plan: Plan) -> str:
    """A name under which one import is written and taken back."""
    return f"import-{plan.service}-{uuid.uuid4().hex[:8]}"


def preview(plan: Plan, most: int = 5) -> list[str]:
    """The plan in lines for people, with at most `most` titles and rows of each sort."""
    lines = [f"{FORMATS[plan.service].title}: {plan.lines:,} rows"]
    lines += [f"  {note}" for note in plan.notes]
    lines.append(f"  {len(plan.matched):,} in the catalogue, {len(plan.unmatched):,} kept by their titles")
    if plan.again:
        lines.append(f"  {plan.again:,} rows tell of the same thing again; its newest verdict counts")
    if plan.unmatched:
        lines.append("  not in the catalogue:")
        lines += _some([line.label for line in plan.unmatched], most)
    if plan.skipped:
        lines.append(f"  {len(plan.skipped):,} row{'s' * (len(plan.skipped) != 1)} left out:")
        reasons = Counter(s.reason for s in plan.skipped)
        common = [reason for reason, count in reasons.most_common(most) if count > 1]
        lines += [f"    {reasons[reason]:,} × {reason}" for reason in common]
        lines += _some([str(s) for s in plan.skipped], most)
    return lines


def _some(texts: list[str], most: int) -> list[str]:
    more = [f"    and {len(texts) - most:,} more"] if len(texts) > most else []
    return [f"    {text}" for text in texts[:most]] + more
