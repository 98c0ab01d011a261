"""The store against power loss, a full disk, a folder that may not be written, and hundreds of writes."""

import os
import resource
import shutil
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from mrrec import disk, store
from mrrec.agent.steps import Answer, Remember
from mrrec.store import COMPACT_EVERY, Store, StoreError, col, lit

FIELDS = [pa.field("person", pa.string()), pa.field("text", pa.string())]


def open_table(path, name="memory", **options):
    return Store(path, "e", 4).table(name, FIELDS, **options)


def row(row_id, text="plain", person="ann", vector=(1.0, 0.0, 0.0, 0.0)):
    return dict(id=row_id, person=person, text=text) | ({"vector": list(vector)} if vector else {})


def ids(table):
    return sorted(r["id"] for r in table.rows())


def newest(path, pattern):
    return max(path.rglob(pattern), key=lambda p: p.stat().st_mtime_ns)


def cut(path, share):
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])


def size(path):
    return sum(f.stat().st_size for f in disk.files(path))


def holding(path, word):
    return [f.name for f in disk.files(path) if word.encode() in f.read_bytes()]


@contextmanager
def full_disk(free):
    """No file can grow beyond `free` bytes, as on a disk that is nearly full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)


@contextmanager
def read_only(path):
    """The folder's files cannot be written; root becomes somebody else for the while."""
    for folder, _, names in os.walk(path):
        os.chmod(folder, 0o555)
        for name in names:
            os.chmod(Path(folder, name), 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for folder, _, names in os.walk(path):
            os.chmod(folder, 0o755)
            for name in names:
                os.chmod(Path(folder, name), 0o644)


# Power loss


@pytest.mark.parametrize("share", [0, 0.001, 0.01, 0.6, 0.999])
def test_a_torn_newest_manifest_is_set_aside_and_told(tmp_path, share):
    table = open_table(tmp_path)
    table.upsert([row("a")])
    table.upsert([row("b")])
    cut(newest(tmp_path, "*.manifest"), share)
    again = Store(tmp_path, "e", 4)
    assert ids(again.table("memory", FIELDS)) == ["a"]
    assert len(list(tmp_path.rglob("*.torn"))) == 1
    assert len(again.notes) == 1 and "memory" in again.notes[0] and "set aside" in again.notes[0]
    again.table("memory", FIELDS).upsert([row("c")])
    fresh = Store(tmp_path, "e", 4)
    assert ids(fresh.table("memory", FIELDS)) == ["a", "c"]
    assert not fresh.notes, "told once"


def test_a_manifest_with_a_hole_is_set_aside(tmp_path):
    table = open_table(tmp_path)
    for name in "abc":
        table.upsert([row(name)])
    manifest = newest(tmp_path, "*.manifest")
    held = manifest.read_bytes()
    manifest.write_bytes(held[:-400] + bytes(300) + held[-100:])
    assert ids(open_table(tmp_path)) == ["a", "b"]


def test_several_torn_manifests_are_set_aside(tmp_path):
    table = open_table(tmp_path)
    for name in "abcd":
        table.upsert([row(name)])
    for manifest in disk.manifests(tmp_path / "memory.lance")[:2]:
        manifest.write_bytes(b"")
    assert ids(open_table(tmp_path)) == ["a", "b"]


def test_where_no_version_is_left_the_folder_is_kept_and_told(tmp_path):
    table = open_table(tmp_path)
    table.upsert([row("a")])
    table.compact()
    newest(tmp_path, "*.manifest").write_bytes(b"")
    again = Store(tmp_path, "e", 4)
    table = again.table("memory", FIELDS)
    table.upsert([row("b")])
    assert ids(table) == ["b"]
    assert list(tmp_path.glob("memory.torn-*"))
    assert "set aside" in again.notes[-1]


@pytest.mark.parametrize("share", [0, 0.5])
@pytest.mark.parametrize("broken", ["c", "e"])
def test_a_torn_data_file_costs_its_own_rows_alone(tmp_path, share, broken):
    table = open_table(tmp_path)
    for name in "abcde":
        table.upsert([row(name)])
        if name == broken:
            file = newest(tmp_path / "memory.lance" / "data", "*.lance")
    cut(file, share)
    again = Store(tmp_path, "e", 4)
    table = again.table("memory", FIELDS)
    assert ids(table) == sorted(set("abcde") - {broken})
    assert len(again.notes) == 1 and "torn" in again.notes[0]
    table.upsert([row("f")])
    assert ids(open_table(tmp_path)) == sorted(set("abcdef") - {broken})


def test_a_torn_data_file_is_noticed_by_every_way_of_reading_and_writing(tmp_path):
    ways = {
        "search": lambda t: t.nearest(np.eye(2, 4, dtype=np.float32), col("person") == lit("ann"), 3),
        "count": lambda t: t.count(col("person") == lit("ann")),
        "upsert": lambda t: t.upsert([row("b"), row("x")]),
        "delete": lambda t: t.delete(col("id") == lit("b")),
        "compact": lambda t: t.compact(),
    }  # fmt: skip
    for name, way in ways.items():
        table = open_table(tmp_path / name)
        for row_id in "abc":
            table.upsert([row(row_id)])
        newest(tmp_path / name / "memory.lance" / "data", "*.lance").write_bytes(b"")
        way(table)
        assert {"a"} <= set(ids(table)) <= {"a", "b", "x"}, name


@pytest.mark.parametrize("share", [0, 0.5])
def test_a_torn_index_is_built_anew(tmp_path, share):
    table = open_table(tmp_path)
    table.upsert([row(f"r{i}", f"text {i}") for i in range(20)])
    table.index("person")
    table.index_text("text")
    for file in (tmp_path / "memory.lance" / "_indices").rglob("*.lance"):
        cut(file, share)
    again = open_table(tmp_path)
    assert len(again.rows(col("person") == lit("ann"))) == 20
    assert len(again.match("text", 100)) == 20
    assert len(open_table(tmp_path).match("text", 100)) == 20
    again.upsert([row("x", "text")])
    again.compact()
    assert again.count(col("person") == lit("ann")) == 21


def test_rows_that_still_read_are_saved_where_no_older_version_is(tmp_path):
    table = open_table(tmp_path)
    table.upsert([row(f"old-{i:03}") for i in range(300)])
    table.compact()
    whole = newest(tmp_path / "memory.lance" / "data", "*.lance")
    table.upsert([row(f"new-{i}") for i in range(5)])
    for manifest in disk.manifests(tmp_path / "memory.lance")[1:]:
        manifest.unlink()
    whole.write_bytes(b"")
    again = Store(tmp_path, "e", 4)
    assert ids(again.table("memory", FIELDS)) == [f"new-{i}" for i in range(5)]
    assert "5 rows" in again.notes[0]


def test_torn_notes_of_the_store_are_set_aside(tmp_path):
    Store(tmp_path, "e", 4).write_meta(memory="e:4")
    for torn in (b"", b'{"memory": "e', b"\xff\xfe", b"[1]"):
        (tmp_path / "store.json").write_bytes(torn)
        again = Store(tmp_path, "e", 4)
        assert again.read_meta() == {}
        assert len(again.notes) == 1
        again.write_meta(memory="e:4")
        assert Store(tmp_path, "e", 4).read_meta() == {"memory": "e:4"}


def test_the_key_is_made_once_whole_and_for_the_owner_alone(tmp_path):
    key = Store(tmp_path, "e", 4).key()
    file = tmp_path / "seal.key"
    assert Store(tmp_path, "e", 4).key() == key == file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    cut(file, 0.5)
    new = Store(tmp_path, "e", 4).key()
    assert len(new) == len(key) and new != key
    with full_disk(10), pytest.raises(StoreError):
        file.unlink()
        Store(tmp_path, "e", 4).key()
    assert [f.name for f in tmp_path.iterdir()] == ["write.lock"]


# Full disk, read-only folder


@pytest.mark.parametrize("free", [0, 300, 600, 1000, 20_000])
def test_a_full_disk_leaves_all_as_it_was(tmp_path, free):
    table, other = open_table(tmp_path), open_table(tmp_path)
    table.upsert([row(i) for i in "abcd"])
    table.upsert([row(i) for i in "ef"])
    changes = [
        lambda: table.upsert([row(f"n{i}", "secret") for i in range(3)]),
        lambda: table.upsert([row("a", "secret"), row("n")]),
        lambda: table.delete(col("id") == lit("b")),
        lambda: table.compact(),
    ]
    done = []
    for change in changes:
        before, files = sorted(map(str, other.rows())), disk.files(tmp_path)
        with full_disk(free):
            try:
                change()
                done.append(change)
            except StoreError as error:
                assert str(tmp_path) in str(error), error
                assert "File too large" in str(error) or "written to its end" in str(error), error
                assert ".rs" not in str(error)
                assert disk.files(tmp_path) <= files, "a leftover"
                assert sorted(map(str, table.rows())) == before
            assert sorted(map(str, other.rows())) == sorted(map(str, open_table(tmp_path).rows())), "reading works"
    assert free > 600 or not holding(tmp_path, "secret")
    assert len(done) < len(changes)
    for change in changes:
        change()
    expected = ["a", "c", "d", "e", "f", "n", "n0", "n1", "n2"]
    assert ids(table) == ids(other) == ids(open_table(tmp_path)) == expected


def test_a_deletion_cut_short_is_an_error(tmp_path):
    """LanceDB reports such a deletion as done, and cannot read the table afterwards."""
    table = open_table(tmp_path)
    table.upsert([row("a"), row("b")])
    for free in range(100, 1000, 100):
        with full_disk(free):
            try:
                table.delete(col("id") == lit("a"))
                break
            except StoreError:
                assert ids(table) == ["a", "b"]
    assert ids(open_table(tmp_path)) in (["b"], ["a", "b"])


def test_a_folder_that_may_not_be_written_can_be_read():
    path = Path(tempfile.mkdtemp())
    try:
        os.chmod(path, 0o755)
        table = open_table(path)
        table.upsert([row("a"), row("b")])
        with read_only(path):
            again = Store(path, "e", 4)
            same = again.table("memory", FIELDS)
            assert ids(same) == ["a", "b"]
            for change in (
                lambda: same.upsert([row("c")]),
                lambda: same.delete(col("id") == lit("a")),
                same.compact,
                lambda: again.table("other", FIELDS),
                lambda: again.drop("memory"),
                lambda: again.write_meta(x=1),
            ):
                with pytest.raises(StoreError, match=r"cannot write to the store at .*Permission denied"):
                    change()
            assert ids(same) == ["a", "b"]
        table.upsert([row("c")])
        assert ids(table) == ["a", "b", "c"]
    finally:
        shutil.rmtree(path)


def test_on_a_full_disk_the_answer_still_comes(assistant, memory, talk):
    send = talk(memory, max_hops=1)
    with full_disk(0):
        steps = send("I love westerns. Recommend a film")
    last = steps[-1]
    assert isinstance(last, Remember) and last.state == "failed"
    assert last.note.startswith("not saved: ") and "File too large" in last.note
    assert any(isinstance(s, Answer) and s.items for s in steps)
    assert not memory.entries()
    assert not assistant.memory(memory.person).entries()


# Hundreds of writes


@pytest.mark.parametrize("vectors", [True, False])
def test_versions_and_size_stay_bounded(tmp_path, vectors):
    table = open_table(tmp_path / "used", vectors=vectors)
    vector = (1.0, 0, 0, 0) if vectors else None
    folder = tmp_path / "used" / "memory.lance"
    most = 0
    for i in range(130):
        table = table if i % 10 else open_table(tmp_path / "used", vectors=vectors)  # as after a restart
        table.upsert([row(f"r{(i * 5 + j) % 40}", f"edit {i}", vector=vector) for j in range(5)])
        most = max(most, len(disk.manifests(folder)))
    assert most <= COMPACT_EVERY + 1
    assert size(folder) < 8e6
    fresh = open_table(tmp_path / "fresh", vectors=vectors)
    fresh.upsert([row(f"r{i}", "edit 100", vector=vector) for i in range(40)])
    table.compact()
    fresh.compact()
    assert ids(table) == ids(fresh)
    assert size(folder) < 2 * size(tmp_path / "fresh" / "memory.lance")


# Forgetting


@pytest.mark.parametrize("large", [1, 20_000])
def test_deleted_text_is_in_no_file(tmp_path, monkeypatch, large):
    """In a file of many rows too, where LanceDB only marks what is deleted; and in no index."""
    monkeypatch.setattr(store, "LARGE", large)
    table = open_table(tmp_path)
    table.upsert([row(f"r{i}") for i in range(500)] + [row("canary-id", "canarytext", "canaryperson")])
    table.upsert([row("r1", "canarytext, reworded later")])
    table.compact()
    table.index_text("text")
    assert holding(tmp_path, "reworded")
    table.upsert([row("r1")])
    table.compact()
    assert not holding(tmp_path, "reworded")
    assert holding(tmp_path, "canarytext") and holding(tmp_path, "canaryperson")
    table.delete((col("person") == lit("canaryperson")) & (col("id") == lit("canary-id")))
    table.compact()
    for word in ("canarytext", "canary-id", "canaryperson"):
        assert not holding(tmp_path, word), word
    assert table.count() == 500
    assert set(table.match("plain", 1000)) == set(ids(table))


def test_what_a_failed_or_killed_writer_left_is_cleared(tmp_path):
    table = open_table(tmp_path)
    table.upsert([row("a")])
    for place in ("data/0101.lance", "data/.tmpAbC", "_versions/18446744073709551600.manifest#1"):
        (tmp_path / "memory.lance" / place).write_bytes(b"canarytext")
    table.compact()
    assert not holding(tmp_path, "canarytext")
    assert ids(table) == ["a"]


# Another encoder


def test_a_rebuilt_table_has_the_new_columns_and_no_doubled_rows(tmp_path):
    table = open_table(tmp_path)
    assert table.encoder == "e:4"
    table.upsert([row("a"), row("b")])
    wider = Store(tmp_path, "other", 6)
    old = wider.table("memory", FIELDS)
    assert old.encoder == "e:4" != wider.stamp
    rows = [r | {"vector": [0.5] * 6} for r in old.rows()]
    new = wider.rebuild("memory", FIELDS, rows)
    assert new.encoder == wider.stamp
    for opened in (new, Store(tmp_path, "other", 6).table("memory", FIELDS)):
        opened.upsert([row("b", vector=[0.5] * 6), row("c", vector=[0.5] * 6)])
        assert ids(opened) == ["a", "b", "c"]


def test_a_full_disk_while_rebuilding_leaves_the_old_table(tmp_path):
    table = open_table(tmp_path)
    table.upsert([row("a"), row("b")])
    wider = Store(tmp_path, "other", 6)
    with full_disk(600), pytest.raises(StoreError):
        wider.rebuild("memory", FIELDS, [row(i, vector=[0.5] * 6) for i in "ab"])
    again = open_table(tmp_path)
    assert ids(again) == ["a", "b"] and again.encoder == "e:4"


def test_a_drop_that_was_cut_short_is_finished(tmp_path):
    table = open_table(tmp_path)
    table.upsert([row("a", "canarytext")])
    (tmp_path / "memory.lance").rename(tmp_path / ".dropped-0")
    assert ids(open_table(tmp_path)) == []
    assert not holding(tmp_path, "canarytext")


def test_a_table_whose_making_was_cut_short_is_made(tmp_path):
    (tmp_path / "memory.lance" / "_transactions").mkdir(parents=True)
    (tmp_path / "memory.lance" / "_transactions" / "0-x.txn").write_bytes(b"")
    table = open_table(tmp_path)
    table.upsert([row("a")])
    assert ids(open_table(tmp_path)) == ["a"]


def test_large_tables_get_indices_and_keep_their_keys(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "LARGE", 10)
    table = open_table(tmp_path)
    table.upsert([row(f"r{i}") for i in range(20)])
    table.compact()
    assert {i.columns[0] for i in table.raw.list_indices()} == {"id", "person"}
    for _ in range(2):  # beside the index, and within it
        table.upsert([row("r1", "new", "bea"), row("x", "new", "bea")])
        table.delete(col("id") == lit("r2"))
        assert table.count() == 20
        assert {r["id"] for r in table.rows(col("person") == lit("bea"))} == {"r1", "x"}
        table.compact()
