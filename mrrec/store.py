"""LanceDB on disk: open, recover, filter, compact. The only module that knows files and filters.

Filters are always built with `lancedb.expr` (`col`, `lit`), never from strings: a quote in a name
must not open another person's rows.
"""

from __future__ import annotations

import json
import logging
import threading
import warnings
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa
from lancedb.expr import Expr, col, lit

log = logging.getLogger(__name__)
COMPACT_EVERY = 64  # writes to a table; versions pile up otherwise
GRACE = timedelta(seconds=10)  # for readers in other processes, where nothing has to be forgotten

__all__ = ["Store", "Table", "all_of", "col", "lit"]


def all_of(*conditions: Expr) -> Expr:
    """The conjunction of one or more conditions."""
    result = conditions[0]
    for condition in conditions[1:]:
        result = result & condition
    return result


class Store:
    """A folder of LanceDB tables whose vectors all come from one encoder.

    Parameters
    ----------
    path : folder, created when missing
    encoder : name of the encoder; the tables of another encoder are kept apart
    dim : length of its vectors
    """

    def __init__(self, path: Path | str, encoder: str, dim: int):
        self.path = Path(path)
        self.encoder, self.dim = encoder, dim
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RuntimeError(
                f"cannot make the store at {self.path}: {error.strerror}; choose another with --store"
            ) from error
        self._db = lancedb.connect(str(self.path), read_consistency_interval=timedelta(0))

    def has(self, name: str) -> bool:
        return (self.path / f"{name}.lance").exists()

    def table(self, name: str, fields: Iterable[pa.Field]) -> Table:
        """Open a table, making it when it is missing; `id` is its primary key."""
        schema = pa.schema(
            [pa.field("id", pa.string(), nullable=False), *fields, pa.field("vector", pa.list_(pa.float32(), self.dim))]
        )
        if not self.has(name):
            table = self._db.create_table(name, schema=schema, exist_ok=True)
            table.set_unenforced_primary_key("id")
            return Table(table, schema)
        try:
            table = self._db.open_table(name)
        except Exception:
            if not self._set_aside_torn_manifests(name):
                raise
            table = self._db.open_table(name)
        return Table(table, schema)

    def drop(self, name: str) -> None:
        if self.has(name):
            self._db.drop_table(name)

    def read_meta(self) -> dict:
        """What the store was built from: encoder, dimension, catalogue fingerprint."""
        try:
            return json.loads((self.path / "store.json").read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def write_meta(self, **values) -> None:
        temporary = self.path / "store.json.new"
        temporary.write_text(json.dumps(self.read_meta() | values, indent=1), "utf-8")
        temporary.replace(self.path / "store.json")

    def _set_aside_torn_manifests(self, name: str) -> int:
        """After a power loss the newest manifest can be empty; the version before it is whole."""
        torn = [p for p in (self.path / f"{name}.lance" / "_versions").glob("*.manifest") if p.stat().st_size == 0]
        for manifest in torn:
            log.warning("set aside the unreadable %s; the version before it is used", manifest.name)
            manifest.rename(manifest.with_suffix(".torn"))
        return len(torn)


class Table:
    """One table: typed rows in, plain dicts out."""

    def __init__(self, table, schema: pa.Schema):
        self.raw, self.schema = table, schema
        self._writes = 0
        self._lock = threading.Lock()
        self._columns = [name for name in schema.names if name != "vector"]

    def upsert(self, rows: Sequence[dict]) -> None:
        """Insert `rows`, replacing those whose id is there already."""
        if not rows:
            return
        data = pa.Table.from_pylist(list(rows), schema=self.schema)
        with self._lock:
            self.raw.merge_insert("id").when_matched_update_all().when_not_matched_insert_all().execute(data)
            self._wrote()

    def delete(self, where: Expr) -> None:
        with self._lock:
            self.raw.delete(where.to_sql())
            self._wrote()

    def count(self, where: Expr | None = None) -> int:
        return self.raw.count_rows(where.to_sql() if where is not None else None)

    def rows(self, where: Expr | None = None, vectors: bool = False) -> list[dict]:
        """All rows that satisfy `where`."""
        query = self.raw.search().select(self.schema.names if vectors else self._columns)
        if where is not None:
            query = query.where(where)
        return query.to_list()

    def to_arrow(self) -> pa.Table:
        return self.raw.to_arrow()

    def nearest(self, vectors: np.ndarray, where: Expr, limit: int) -> list[list[dict]]:
        """For each of `vectors` (n, dim), the rows nearest by cosine; `similarity` is added to each."""
        if not len(vectors):
            return []
        found = (
            self.raw.search(vectors if len(vectors) > 1 else vectors[0])
            .distance_type("cosine")
            .where(where)
            .limit(limit)
            .select([*self._columns, "_distance"])
            .to_list()
        )
        groups: list[list[dict]] = [[] for _ in vectors]
        for row in found:
            row["similarity"] = 1.0 - row.pop("_distance")
            groups[row.pop("query_index", 0)].append(row)
        return groups

    def index_text(self, column: str) -> None:
        """Build the full-text index (BM25) over `column`."""
        self.raw.create_fts_index(column, replace=True)

    def match(self, text: str, limit: int, where: Expr | None = None) -> dict[str, float]:
        """BM25 score by id of the rows that match the words of `text`."""
        words = "".join(c if c.isalnum() else " " for c in text).strip()
        if not words:
            return {}
        query = self.raw.search(words, query_type="fts").select(["id", "_score"]).limit(limit)
        if where is not None:
            query = query.where(where)
        return {row["id"]: row["_score"] for row in query.to_list()}

    def compact(self, keep: timedelta = timedelta(0)) -> None:
        """Merge small files and drop versions older than `keep`; with none kept, deleted text is gone from the disk."""
        for _ in range(5):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)  # readers of old versions: ours always take the newest
                    self.raw.optimize(cleanup_older_than=keep)
                return
            except Exception as error:  # another writer was quicker; its commit stands, ours is tried again
                if "conflict" not in str(error).lower():
                    raise
        log.warning("compaction of %s was put off: other writers are busy", self.raw.name)

    def _wrote(self) -> None:
        self._writes += 1
        if self._writes % COMPACT_EVERY == 0:
            self.compact(keep=GRACE)
