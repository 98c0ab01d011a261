"""Files under the store: one writer at a time, what is safely on the disk, what is torn."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on Windows: there the database's own check for conflicts has to do
    fcntl = None

PATIENCE = 120.0  # seconds to wait for another process that writes
_ENDS = {".manifest": b"LANC", ".lance": b"LANC", ".arrow": b"ARROW1"}  # how a whole file ends
_IDLE = {".txn"}  # nothing that is read needs them
_DROPPED = ".dropped-"


class StoreError(OSError):
    """The store cannot be read or written; the message says why, in plain words."""


class WriteLock:
    """Lets one thread of one process write to a folder; the same thread may take it again.

    A process that is killed gives it back.
    """

    def __init__(self, folder: Path):
        self._path = folder / "write.lock"
        self._threads = threading.RLock()
        self._depth = 0
        self._file: int | None = None

    @property
    def alone(self) -> bool:
        """Whether other processes are kept out at this moment: some disks cannot lock."""
        return self._file is not None

    def __enter__(self) -> WriteLock:
        self._threads.acquire()
        try:
            if not self._depth:
                self._file = self._locked()
            self._depth += 1
        except BaseException:
            self._threads.release()
            raise
        return self

    def __exit__(self, *_) -> None:
        self._depth -= 1
        if not self._depth and self._file is not None:
            os.close(self._file)
            self._file = None
        self._threads.release()

    def _locked(self) -> int | None:
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise StoreError(f"cannot write to the store at {self._path.parent}: {error.strerror}") from error
        try:
            if fcntl and self._wait(file):
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        return None

    def _wait(self, file: int) -> bool:
        until, pause = time.monotonic() + PATIENCE, 0.001
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() > until:
                    raise StoreError(
                        f"another process has been writing to the store at {self._path.parent} for {PATIENCE:.0f} s"
                    ) from None
            except OSError:  # a disk that knows no locks
                return False
            time.sleep(pause)
            pause = min(0.02, pause * 1.5)


_locks: dict[Path, WriteLock] = {}
_locks_guard = threading.Lock()


def write_lock(folder: Path) -> WriteLock:
    """The lock of a folder, one for all who ask in this process."""
    with _locks_guard:
        return _locks.setdefault(folder.resolve(), WriteLock(folder.resolve()))


def files(folder: Path) -> set[Path]:
    """Every file under `folder`."""
    return {Path(root, name) for root, _, names in os.walk(folder) for name in names}


def torn(path: Path) -> bool:
    """Whether a file lacks its end, as after a power loss."""
    end = _ENDS.get(path.suffix)
    try:
        size = path.stat().st_size
        if end is None:
            return path.suffix == ".bin" and not size
        with path.open("rb") as file:
            file.seek(max(0, size - len(end)))
            return file.read() != end
    except FileNotFoundError:  # a compaction was quicker
        return False


def settle(paths: Iterable[Path], known: Iterable[Path] = ()) -> None:
    """See that files are whole and have reached the disk, with their folders, of which those of `known` files are
    there already. Raises OSError for a file that is torn."""
    paths = [p for p in paths if p.suffix not in _IDLE]
    if any(map(torn, paths)):
        raise OSError("a file was not written to its end; the disk may be full")
    for path in paths:
        with contextlib.suppress(FileNotFoundError):  # where no lock is had, a compaction elsewhere was quicker
            _sync(path)
    folders = {p.parent for p in paths}
    new = folders - {p.parent for p in known}
    for folder in folders | {above for f in new for above in list(f.parents)[:2]}:
        with contextlib.suppress(OSError):  # not every system can do this to a folder
            _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, text: str, mode: int = 0o666) -> None:
    """Replace a file in one step: whoever is killed leaves the old one or the new one."""
    temporary = path.with_name(f".{path.name}-{uuid.uuid4().hex[:8]}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(text.encode())
        _sync(temporary)
        temporary.replace(path)
        settle([path], [path])
    finally:
        temporary.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder so that a killed process leaves the whole or nothing under its name."""
    away = folder.with_name(_DROPPED + uuid.uuid4().hex[:8])
    folder.rename(away)
    shutil.rmtree(away, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Finish removals that a killed process began."""
    for leftover in folder.glob(_DROPPED + "*"):
        shutil.rmtree(leftover, ignore_errors=True)


def manifests(table: Path) -> list[Path]:
    """A table's manifests, newest first."""
    return sorted(_manifests(table), key=lambda p: int(p.stem) if p.stem.isdigit() else 0)


def _manifests(table: Path) -> Iterator[Path]:
    return (table / "_versions").glob("*.manifest")


def torn_files(table: Path) -> list[Path]:
    """Files of a table that lack their end, manifests apart."""
    return [p for p in files(table) if p.suffix != ".manifest" and torn(p)]


def leftovers(table: Path) -> list[Path]:
    """Files of a table that a killed writer began, and manifests that were set aside."""
    return [p for p in files(table) if p.name.startswith(".tmp") or "#" in p.name or p.suffix == ".torn"]
