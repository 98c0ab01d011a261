"""LanceDB on disk: open, recover, filter, compact. The only module that knows tables and filters.

Filters are always built with `lancedb.expr` (`col`, `lit`), never from strings: a quote in a name
must not open another person's rows.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import lancedb
import numpy as np
import pyarrow as pa
from cryptography.fernet import Fernet
from lancedb.expr import Expr, col, lit

from mrrec import disk
from mrrec.disk import StoreError

log = logging.getLogger(__name__)
T = TypeVar("T")
COMPACT_EVERY = 64  # versions of a table; each costs tens of kilobytes and a little time in every query
LARGE = 20_000  # rows from which looking up ids and persons is worth an index
INDEXED = ("id", "person")
TRIES = 6  # of a read while others compact, of a write while others write
KEY_BYTES = 44
FOREVER = timedelta(days=36500)
_KEY = {b"lance-schema:unenforced-primary-key:position": b"1"}

__all__ = ["Store", "StoreError", "Table", "all_of", "col", "lit"]


def all_of(*conditions: Expr) -> Expr:
    """The conjunction of one or more conditions."""
    result = conditions[0]
    for condition in conditions[1:]:
        result = result & condition
    return result


class Store:
    """A folder of LanceDB tables whose vectors all come from one encoder.

    `notes` tells in plain words what had to be mended. Take `lock` where several reads and writes must not be
    mixed with those of other processes.

    Parameters
    ----------
    path : folder, created when missing
    encoder : name of the encoder; the tables of another encoder are kept apart
    dim : length of its vectors
    durable : whether a write waits for the disk; what can be made again need not
    """

    def __init__(self, path: Path | str, encoder: str, dim: int, durable: bool = True):
        self.path, self.durable = Path(path), durable
        self.encoder, self.dim = encoder, dim
        self.notes: list[str] = []
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RuntimeError(
                f"cannot make the store at {self.path}: {error.strerror}; choose another with --store"
            ) from error
        disk.sweep(self.path)
        self.lock = disk.write_lock(self.path)
        self._db = lancedb.connect(str(self.path), read_consistency_interval=timedelta(0))

    @property
    def stamp(self) -> str:
        """The encoder, as it is written into each table with vectors."""
        return f"{self.encoder}:{self.dim}"

    def has(self, name: str) -> bool:
        return bool(disk.manifests(self.folder(name)))

    def folder(self, name: str) -> Path:
        """Where a table lies."""
        return self.path / f"{name}.lance"

    def table(self, name: str, fields: Iterable[pa.Field], vectors: bool = True) -> Table:
        """Open a table, making it when it is missing; `id` is its primary key, `vectors` gives each row one."""
        schema = self._schema(fields, vectors)
        if not self.has(name):
            self._create(name, schema)
        try:
            table = self._db.open_table(name)
        except Exception as error:
            table = self._recover(name, schema, error)
        return Table(self, name, table, schema)

    def rebuild(self, name: str, fields: Iterable[pa.Field], rows: Sequence[dict], vectors: bool = True) -> Table:
        """Replace a table, columns and all, in one commit: a kill in between leaves the old one whole."""
        schema = self._schema(fields, vectors)
        self.overwrite(name, pa.Table.from_pylist(list(rows), schema=schema), schema)
        return self.table(name, schema, vectors)

    def key(self) -> bytes:
        """The key that seals what may come back for a while; made when it is missing, readable by the owner alone."""
        path = self.path / "seal.key"
        with suppress(FileNotFoundError):
            if len(key := path.read_bytes()) == KEY_BYTES:
                return key
        with self.lock:
            if not path.exists() or path.stat().st_size != KEY_BYTES:  # torn: what it sealed is gone
                self.guarded(lambda: disk.write_whole(path, Fernet.generate_key().decode(), 0o600))
            return path.read_bytes()

    def drop(self, name: str) -> None:
        with self.lock:
            if self.folder(name).exists():
                self.guarded(lambda: disk.remove_folder(self.folder(name)))

    def read_meta(self) -> dict:
        """What the store was built from: encoder, dimension, catalogue fingerprint."""
        path = self.path / "store.json"
        try:
            return dict(json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError):  # torn
            with suppress(OSError):
                path.replace(path.with_suffix(".json.torn"))
            self.note(f"{path.name} could not be read and was set aside; what it describes is checked anew")
            return {}

    def write_meta(self, **values) -> None:
        with self.lock:
            text = json.dumps(self.read_meta() | values, indent=1)
            self.guarded(lambda: disk.write_whole(self.path / "store.json", text))

    # For Table

    def commit(self, name: str, change: Callable[[], object]) -> None:
        """Carry out a change of a table, alone. It is on the disk when this returns; nothing of it is left when this
        raises StoreError."""
        folder = self.folder(name)
        with self.lock:
            before = disk.files(folder)

            def whole():
                _retried(change)
                if self.durable:
                    disk.settle(disk.files(folder) - before, before)

            try:
                self.guarded(whole)
            except Exception:
                if self.lock.alone:  # else the new files may be those of somebody else
                    for path in disk.files(folder) - before:
                        path.unlink(missing_ok=True)
                raise

    def overwrite(self, name: str, data: pa.Table | pa.RecordBatchReader, schema: pa.Schema) -> None:
        """Replace all rows and columns of a table in one commit."""
        self.commit(name, lambda: self._db.create_table(name, data=data, schema=schema, mode="overwrite"))

    def open(self, name: str):
        """A second handle, for looking at old versions without moving the first."""
        return self._db.open_table(name)

    def guarded(self, action: Callable[[], object]) -> None:
        """Do what writes; its errors become StoreErrors that say why."""
        try:
            action()
        except StoreError:
            raise
        except (OSError, RuntimeError) as error:
            raise StoreError(f"cannot write to the store at {self.path}: {_reason(error)}") from error

    def note(self, text: str) -> None:
        """Keep in mind what the person should be told."""
        log.warning(text)
        self.notes.append(text)

    def _schema(self, fields: Iterable[pa.Field], vectors: bool) -> pa.Schema:
        inner = [f for f in fields if f.name not in ("id", "vector")]
        last = [pa.field("vector", pa.list_(pa.float32(), self.dim))] if vectors else []
        key = pa.field("id", pa.string(), nullable=False, metadata=_KEY)
        return pa.schema([key, *inner, *last], metadata={"encoder": self.stamp} if vectors else None)

    def _create(self, name: str, schema: pa.Schema) -> None:
        with self.lock:
            if not self.has(name):
                if self.folder(name).exists():  # somebody was killed here
                    self.guarded(lambda: disk.remove_folder(self.folder(name)))
                self.commit(name, lambda: self._db.create_table(name, schema=schema, exist_ok=True))

    def _recover(self, name: str, schema: pa.Schema, error: Exception):
        """Set aside the newest manifests until one opens: after a power loss the version before them is whole."""
        with self.lock:
            for manifest in disk.manifests(self.folder(name)):
                try:
                    return self._db.open_table(name)
                except Exception as again:
                    error = again
                    if not disk.torn(manifest) and "decode" not in str(error):
                        raise StoreError(f"cannot open {name} in {self.path}: {_reason(error)}") from error
                aside = manifest.with_suffix(".torn")
                self.guarded(lambda manifest=manifest, aside=aside: manifest.rename(aside))
                self.note(
                    f"the newest version of {name} was unreadable, as after a power loss; it was set aside as "
                    f"{aside.name}, and the version before it is used"
                )
            away = self.path / f"{name}.torn-{datetime.now():%Y%m%d-%H%M%S}"
            self.guarded(lambda: self.folder(name).rename(away))
            self.note(f"no version of {name} could be read; its folder was set aside as {away.name}")
            self._create(name, schema)
            return self._db.open_table(name)


class Table:
    """One table: typed rows in, plain dicts out."""

    def __init__(self, store: Store, name: str, raw, schema: pa.Schema):
        self.raw, self.schema = raw, schema
        self._store, self._name = store, name
        self._folder = store.folder(name)
        self._columns = [name for name in schema.names if name != "vector"]
        self._tells = False  # whether the newest versions name what was deleted

    @property
    def encoder(self) -> str | None:
        """`Store.stamp` of the encoder that its vectors come from; None where the table does not say."""
        return ((self.raw.schema.metadata or {}).get(b"encoder") or b"").decode() or None

    # Writing

    def upsert(self, rows: Sequence[dict]) -> None:
        """Insert `rows` in one commit, replacing those whose id is there already. Raises StoreError."""
        if not rows:
            return
        rows = list({row["id"]: row for row in rows}.values())
        self._write(self._merge(pa.Table.from_pylist(rows, schema=self.schema)))

    def delete(self, where: Expr) -> None:
        """Remove rows in one commit; `compact` takes their text from the disk. Raises StoreError."""
        if self.count(where):
            self._tells = True
            self._write(lambda: self.raw.delete(where.to_sql()))

    def _merge(self, data: pa.Table) -> Callable[[], object]:
        merge = self.raw.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
        return lambda: merge.execute(data)

    def _commit(self, change: Callable[[], object]) -> None:
        try:
            self._store.commit(self._name, change)
        except StoreError as error:
            if not self._mended(error):
                raise
            self._store.commit(self._name, change)

    def _write(self, change: Callable[[], object]) -> None:
        self._commit(change)
        if len(disk.manifests(self._folder)) > COMPACT_EVERY * min(8, 1 + self.raw.count_rows() // 100_000):
            try:
                self._tidy()
            except StoreError as error:
                log.warning("compaction was put off: %s", error)

    # Reading

    def count(self, where: Expr | None = None) -> int:
        return self._read(lambda: self.raw.count_rows(where.to_sql() if where is not None else None))

    def rows(
        self, where: Expr | None = None, vectors: bool = False, columns: Sequence[str] | None = None
    ) -> list[dict]:
        """All rows that satisfy `where`, with `columns`, or all but the vector, or all."""
        chosen = list(columns) if columns else (self.schema.names if vectors else self._columns)

        def query():
            found = self.raw.search().select(chosen)
            return (found if where is None else found.where(where)).to_list()

        return self._read(query)

    def to_arrow(self) -> pa.Table:
        return self._read(self.raw.to_arrow)

    def nearest(self, vectors: np.ndarray, where: Expr, limit: int) -> list[list[dict]]:
        """For each of `vectors` (n, dim), the rows nearest by cosine; `similarity` is added to each."""
        if not len(vectors):
            return []
        found = self._read(
            lambda: (
                self.raw.search(vectors if len(vectors) > 1 else vectors[0])
                .distance_type("cosine")
                .where(where)
                .limit(limit)
                .select([*self._columns, "_distance"])
                .to_list()
            )
        )
        groups: list[list[dict]] = [[] for _ in vectors]
        for row in found:
            row["similarity"] = 1.0 - row.pop("_distance")
            groups[row.pop("query_index", 0)].append(row)
        return groups

    def match(self, text: str, limit: int, where: Expr | None = None) -> dict[str, float]:
        """BM25 score by id of the rows that match the words of `text`."""
        words = "".join(c if c.isalnum() else " " for c in text).strip()
        if not words:
            return {}

        def query():
            found = self.raw.search(words, query_type="fts").select(["id", "_score"]).limit(limit)
            return (found if where is None else found.where(where)).to_list()

        return {row["id"]: row["_score"] for row in self._read(query)}

    def _read(self, query: Callable[[], T]) -> T:
        """Read again where a compaction took the files away, or a torn file could be mended."""
        for attempt in range(TRIES):
            try:
                return query()
            except (RuntimeError, OSError) as error:
                if attempt == TRIES - 1 or not self._mended(error):
                    raise
        raise AssertionError

    # Indices and compaction

    def index_text(self, column: str) -> None:
        """Build the full-text index (BM25) over `column`."""
        self._store.commit(self._name, lambda: self.raw.create_fts_index(column, replace=True))

    def index(self, column: str) -> None:
        """Build the index by which rows are found by a value of `column`."""
        self._store.commit(self._name, lambda: self.raw.create_scalar_index(column, index_type="BTREE", replace=True))

    def compact(self) -> None:
        """Merge small files and drop all history: deleted text is gone from the disk. Raises StoreError."""
        with self._store.lock:
            # In a large file rows are only marked, and a version tells by which words and names its rows were removed:
            # nothing but writing it anew takes them out.
            if self._tells or self._deleted():
                indices = list(self.raw.list_indices())
                self._store.overwrite(self._name, self.raw.search().to_batches(), self.raw.schema)
                self._index_anew(indices)
                self._tells = False
            self._tidy()

    def _index_anew(self, indices: Iterable) -> None:
        for index in indices:
            build = self.index_text if index.index_type == "FTS" else self.index
            build(index.columns[0])

    def _tidy(self) -> None:
        with self._store.lock, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it warns of readers of old versions: ours read again
            if self.raw.count_rows() >= LARGE:
                known = {column for index in self.raw.list_indices() for column in index.columns}
                for column in INDEXED:
                    if column in self.schema.names and column not in known:
                        self.index(column)
            for _ in range(TRIES):  # what is new must be safe on the disk before what is old goes
                version = self.raw.version
                self._commit(lambda: self.raw.optimize(cleanup_older_than=FOREVER))
                if self.raw.version == version:
                    break
            alone = self._store.lock.alone  # only then are files without a version leftovers, and of nobody
            self._store.guarded(
                lambda: _retried(lambda: self.raw.optimize(cleanup_older_than=timedelta(0), delete_unverified=alone))
            )
            for path in disk.leftovers(self._folder) if alone else ():
                path.unlink(missing_ok=True)

    def _deleted(self) -> int:
        """Rows that are deleted and still in a file."""
        newest = max(self.raw.list_versions(), key=lambda v: v["version"])
        return int(newest["metadata"].get("total_deletion_file_rows", 0))

    # Mending

    def _mended(self, error: Exception) -> bool:
        """Whether it is worth to try again: the files have changed, or torn ones were replaced."""
        torn = disk.torn_files(self._folder)
        if not torn and "not found" not in str(error).lower():
            return False
        try:
            with self._store.lock:
                raw = self._store.open(self._name)
                if not _reads(raw):
                    self._restore(raw)
                elif any("_indices" in path.parts for path in torn):
                    self._index_anew(raw.list_indices())
                return True
        except (RuntimeError, OSError) as failed:
            log.warning("%s could not be mended: %s", self._name, failed)
            return False

    def _restore(self, raw) -> None:
        """Go back to the last version that reads whole, and add what can still be read of the newest."""
        newest, schema = raw.version, raw.schema
        saved = [t for at in range(0, raw.count_rows(), 4096) for t in _readable(raw, at, at + 4096)]
        count = sum(map(len, saved))
        for version in sorted((v["version"] for v in raw.list_versions()), reverse=True):
            raw.checkout(version)
            if version < newest and _reads(raw):
                break
        else:
            self._store.overwrite(self._name, pa.concat_tables(saved) if saved else schema.empty_table(), schema)
            self._store.note(f"a file of {self._name} was torn, as after a power loss; {count} rows could be saved")
            return
        self._store.commit(self._name, raw.restore)
        if saved and raw.schema == schema:
            self._store.commit(self._name, self._merge(pa.concat_tables(saved)))
        self._store.note(
            f"a file of {self._name} was torn, as after a power loss; version {version} was restored, "
            f"with {count} rows that could be read of the newest"
        )


def _reads(raw) -> bool:
    """Whether every file of a version can be read."""
    try:
        for _ in raw.search().to_batches():
            pass
        return True
    except (RuntimeError, OSError) as error:
        if "(os error" in str(error):  # the system's trouble (too many files, no right to read), not the file's
            raise
        return False


def _readable(raw, first: int, last: int) -> list[pa.Table]:
    """The rows between two positions that can be read; a torn file takes a run of neighbours away."""
    last = min(last, raw.count_rows())
    try:
        return [raw.take_offsets(list(range(first, last))).to_arrow()]
    except (RuntimeError, OSError):
        if last - first == 1:
            return []
    middle = (first + last) // 2
    if last - first > 8 and not any(_readable(raw, i, i + 1) for i in (first, middle, last - 1)):
        return []
    return _readable(raw, first, middle) + _readable(raw, middle, last)


def _retried(change: Callable[[], object]) -> None:
    """Where disks cannot lock, another process may be quicker: its commit stands, ours is tried again."""
    for attempt in range(TRIES):
        try:
            change()
            return
        except Exception as error:
            if attempt == TRIES - 1 or "conflict" not in str(error).lower():
                raise
            time.sleep(random.uniform(0, 0.05 * 2**attempt))


def _reason(error: Exception) -> str:
    """What went wrong, without the database's own places in its source."""
    number = re.search(r"\(os error (\d+)\)", str(error))
    if number:
        return os.strerror(int(number[1]))
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return re.sub(r", /\S+:\d+:\d+", "", str(error)).removeprefix("lance error: ")
