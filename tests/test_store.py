"""The store against broken files and another encoder."""

import pytest

from mrrec.store import Store, col, lit


def rows(*ids):
    return [{"id": i, "vector": [0.0, 1.0]} for i in ids]


def test_an_empty_newest_manifest_is_set_aside(tmp_path):
    table = Store(tmp_path, "e", 2).table("t", [])
    table.upsert(rows("a"))
    table.upsert(rows("b"))
    newest = max((tmp_path / "t.lance" / "_versions").glob("*.manifest"), key=lambda p: p.stat().st_mtime_ns)
    newest.write_bytes(b"")
    again = Store(tmp_path, "e", 2).table("t", [])
    assert {r["id"] for r in again.rows()} == {"a"}
    again.upsert(rows("c"))
    assert {r["id"] for r in Store(tmp_path, "e", 2).table("t", []).rows()} == {"a", "c"}


def test_a_quote_in_a_value_matches_only_itself(tmp_path):
    table = Store(tmp_path, "e", 2).table("t", [])
    table.upsert(rows("a", "it's", "x' OR '1'='1"))
    assert table.count(col("id") == lit("x' OR '1'='1")) == 1
    table.delete(col("id") == lit("nobody' OR '1'='1"))
    assert table.count() == 3


def test_upsert_replaces_by_id(tmp_path):
    table = Store(tmp_path, "e", 2).table("t", [])
    table.upsert(rows("a"))
    table.upsert(rows("a", "b"))
    assert table.count() == 2


def test_a_store_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RuntimeError, match="--store"):
        Store(tmp_path / "file" / "store", "e", 2)
