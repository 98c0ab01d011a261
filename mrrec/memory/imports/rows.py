"""From the rows of a file to lines: what the readers of all services share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mrrec.memory.imports.files import Objects, Table, rows_of
from mrrec.memory.imports.line import Line, RowError, Skipped, clean

Found = Iterator[Line | Skipped]


@dataclass(frozen=True)
class Job:
    """A file to read: its parts with the role of each, whose rows are wanted (`user`, where a file holds several
    people), and `notes` on how it was understood, which grow while it is read."""

    parts: Sequence[tuple[str, Table | Objects]]
    user: str = ""
    notes: list[str] = field(default_factory=list)

    def tell(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def of(self, *roles: str) -> list[Table | Objects]:
        """The parts in these roles, in the order of the roles."""
        return [shape for role in roles for r, shape in self.parts if r == role]


def lines_of(job: Job, shape: Table | Objects, build: Callable[[str, int, dict], Line | None]) -> Found:
    """What `build` makes of each row (file, row, cells); a RowError skips the row, None leaves it out."""
    yield from built(shape.part.name, rows_of(shape, job.tell), build)


def built(
    name: str, rows: Iterable[tuple[int, dict] | Skipped], build: Callable[[str, int, dict], Line | None]
) -> Found:
    for found in rows:
        if isinstance(found, Skipped):
            yield found
            continue
        row, cells = found
        try:
            line = build(name, row, cells)
        except RowError as error:
            title = cells.get("title") or cells.get("name")
            yield Skipped(name, row, str(error), clean(title) if isinstance(title, str) else "")
            continue
        if line is not None:
            yield line


def cells_of(shape: Table | Objects, column: str) -> Iterator[str]:
    """One column as text, for what is decided from the whole file."""
    if isinstance(shape, Table) and column not in shape.columns:
        return
    for found in rows_of(shape):
        if not isinstance(found, Skipped):
            yield clean(found[1].get(column), 40)
