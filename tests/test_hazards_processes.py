"""The store and a person's memory under several processes, and under processes that are killed."""

import hashlib
import multiprocessing
import os
import random
import signal
import time
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pytest

from mrrec.catalog import Catalog, Item
from mrrec.memory import Entry, LocalMemory
from mrrec.store import Store, col, lit

# A new process costs seconds of imports: one that has the slow ones (and no threads yet) is forked for each.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["pandas", "pyarrow.dataset", "lance_namespace", "pydantic", "pytest"])
FIELDS = [pa.field("person", pa.string()), pa.field("text", pa.string())]
SECONDS = 60  # after which a process is stuck


class Hashed:
    """A stand-in encoder: a unit vector from each text's digest."""

    def __init__(self, name="hashed", dim=8):
        self.name, self.dim = name, dim

    def encode(self, texts, progress=False):
        """Shape (len(texts), dim)."""
        seeds = [int.from_bytes(hashlib.blake2b(t.encode(), digest_size=4).digest()) for t in texts]
        found = np.array([np.random.default_rng(s).normal(size=self.dim) for s in seeds], np.float32)
        found = found.reshape(-1, self.dim)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


class Deadly(Hashed):
    """An encoder at whose first work the process is killed."""

    def encode(self, texts, progress=False):
        os.kill(os.getpid(), signal.SIGKILL)


def open_table(path):
    return Store(path, "e", 4).table("memory", FIELDS)


def row(row_id, text="plain", person="ann"):
    return dict(id=row_id, person=person, text=text, vector=[1.0, 0, 0, 0])


@contextmanager
def process(work, *args):
    """A process that runs `work(pipe, *args)`, and our end of the pipe."""
    ours, theirs = PROCESSES.Pipe()
    running = PROCESSES.Process(target=work, args=(theirs, *args), daemon=True)
    running.start()
    theirs.close()
    try:
        yield running, ours
    finally:
        running.kill()
        running.join()


def heard(pipe):
    """The next message of the other process."""
    assert pipe.poll(SECONDS), "the process is stuck"
    return pipe.recv()


def all_heard(pipe):
    """What a process said before it was killed."""
    said = []
    try:
        while pipe.poll(0):
            said.append(pipe.recv())
    except (EOFError, OSError):
        pass
    return said


# Killed again and again


def write_turns(pipe, path, start):
    """Turns of three rows, told when they are saved; a compaction and a deletion now and then."""
    table = open_table(path)
    pipe.send(start)
    for turn in range(start, start + 10_000):
        table.upsert([row(f"{turn}-{i}", f"turn {turn}") for i in range(3)])
        if turn % 7 == 0:
            table.upsert([row(f"{turn}-{i}", "again") for i in range(3)])
        if turn % 11 == 0:
            table.compact()
        pipe.send(turn)


def test_a_killed_writer_loses_no_turn_and_leaves_no_half(tmp_path):
    chance = random.Random(3)
    said, start = set(), 1
    for _ in range(7):
        with process(write_turns, tmp_path, start) as (running, pipe):
            heard(pipe)
            time.sleep(chance.uniform(0.0, 0.35))
            running.kill()
            running.join()
            done = [t for t in all_heard(pipe)]
        said |= set(done)
        store = Store(tmp_path, "e", 4)
        rows = store.table("memory", FIELDS).rows()
        by_turn = {}
        for r in rows:
            by_turn.setdefault(int(r["id"].split("-")[0]), []).append(r)
        assert len({r["id"] for r in rows}) == len(rows)
        assert said <= set(by_turn), "an acknowledged turn is gone"
        assert all(len(turn) == 3 for turn in by_turn.values()), "half a turn"
        assert all(len({r["text"] for r in turn}) == 1 for turn in by_turn.values()), "half an edit"
        assert not store.notes
        start = max(by_turn, default=0) + 1
    assert len(said) > 7


def rebuild_again_and_again(pipe, path):
    pipe.send("ready")
    while True:
        for encoder, dim in (("wide", 6), ("e", 4)):
            store = Store(path, encoder, dim)
            rows = store.table("memory", FIELDS).rows()
            store.rebuild("memory", FIELDS, [r | {"vector": [1.0] * dim} for r in rows])
            pipe.send(encoder)


def test_a_kill_while_encoding_anew_loses_nothing(tmp_path):
    table = open_table(tmp_path)
    table.upsert([row(f"r{i}") for i in range(200)])
    chance = random.Random(5)
    for _ in range(3):
        with process(rebuild_again_and_again, tmp_path) as (running, pipe):
            heard(pipe)
            time.sleep(chance.uniform(0.02, 0.3))
            running.kill()
            running.join()
        found = Store(tmp_path, "e", 4).table("memory", FIELDS)
        assert sorted(r["id"] for r in found.rows()) == sorted(f"r{i}" for i in range(200))
        dim = {"wide:6": 6, "e:4": 4}[found.encoder]
        assert all(len(r["vector"]) == dim for r in found.rows(vectors=True))


# Several at once


def write_keys(pipe, path, number, keys, rounds):
    store = Store(path, "e", 4)
    table = store.table("memory", FIELDS)
    pipe.send("ready")
    pipe.recv()
    chance = random.Random(number)
    for turn in range(rounds):
        table.upsert([row(f"k{k}", f"{number}:{turn}") for k in chance.sample(range(keys), 3)])
        table.upsert([row(f"own-{number}-{turn}")])
        if turn % 4 == 3:
            table.delete(col("id") == lit(f"own-{number}-{turn}"))
            table.compact()
    with store.lock:
        table.upsert([row("last", str(number))])
        now = time.monotonic_ns()
    pipe.send(now)


def test_many_processes_on_the_same_keys(tmp_path):
    """The table is made by all at once; no row twice, none lost, the last value stands."""
    count, rounds = 4, 8
    with (
        process(write_keys, tmp_path, 0, 9, rounds) as a,
        process(write_keys, tmp_path, 1, 9, rounds) as b,
        process(write_keys, tmp_path, 2, 9, rounds) as c,
        process(write_keys, tmp_path, 3, 9, rounds) as d,
    ):
        pipes = [pipe for _, pipe in (a, b, c, d)]
        for pipe in pipes:
            heard(pipe)
        table = open_table(tmp_path)  # a reader beside writers and compactions
        for pipe in pipes:
            pipe.send("go")
        ends, seen = {}, 0
        while len(ends) < count:
            rows = table.rows()
            assert len({r["id"] for r in rows}) == len(rows)
            seen += 1
            for number, pipe in enumerate(pipes):
                if number not in ends and pipe.poll(0):
                    ends[number] = pipe.recv()
    assert seen > 3
    rows = {r["id"]: r for r in table.rows()}
    assert len(rows) == table.count()
    own = {f"own-{n}-{t}" for n in range(count) for t in range(rounds) if t % 4 != 3}
    assert {i for i in rows if i.startswith("own")} == own
    assert {i for i in rows if i.startswith("k")} == {f"k{k}" for k in range(9)}
    assert rows["last"]["text"] in {str(n) for n in ends}
    assert rows["last"]["text"] == str(max(ends, key=ends.get)), "the last value did not win"


def obey(pipe, path):
    table = open_table(path)
    while True:
        order, value = pipe.recv()
        if order == "write":
            table.upsert([row(*value)])
            pipe.send("done")
        elif order == "read":
            pipe.send({r["id"]: r["text"] for r in table.rows()})
        else:
            table.compact()
            pipe.send("done")


def test_each_process_sees_what_the_other_wrote(tmp_path):
    table, second = open_table(tmp_path), open_table(tmp_path)
    with process(obey, tmp_path) as (_, pipe):

        def ask(order, value=None):
            pipe.send((order, value))
            return heard(pipe)

        table.upsert([row("a", "one")])
        assert ask("read") == {"a": "one"}
        ask("write", ("b", "two"))
        assert {r["id"] for r in second.rows()} == {"a", "b"}
        ask("compact")
        table.upsert([row("a", "three")])
        assert ask("read") == {"a": "three", "b": "two"}
        table.compact()
        ask("write", ("a", "four"))
        assert [r["text"] for r in second.rows(col("id") == lit("a"))] == ["four"]


def hold(pipe, path):
    with Store(path, "e", 4).lock:
        pipe.send("held")
        time.sleep(SECONDS)


def test_a_writer_that_is_killed_gives_the_lock_back(tmp_path, monkeypatch):
    table = open_table(tmp_path)
    table.upsert([row("a")])
    with process(hold, tmp_path) as (running, pipe):
        heard(pipe)
        monkeypatch.setattr("mrrec.disk.PATIENCE", 0.1)
        with pytest.raises(OSError, match="another process has been writing"):
            table.upsert([row("b")])
        assert table.count() == 1, "reading needs no lock"
        running.kill()
        running.join()
        table.upsert([row("b")])
    assert table.count() == 2


# A person's memory


FILMS = [
    Item(
        id=f"film-{n}", kind="film", title=f"Film {n}", year=1950 + n % 60, creators=(f"Maker {n % 7}",),
        genres=(("western", "comedy", "horror")[n % 3],), themes=(("duels", "weddings", "ghosts")[n % 3],),
        language="English", length=90, description="A film.",
    )
    for n in range(240)
]  # fmt: skip


def open_memory(path, person="ann", encoder=None):
    encoder = encoder or Hashed()
    store = Store(path, encoder.name, encoder.dim)
    return LocalMemory(store, encoder, Catalog.open(FILMS, store, encoder), person)


def liked(number):
    item = FILMS[number]
    return Entry(id="", tier="record", event="liked", text=f"liked {item.label}", kind="film", item_id=item.id)


def remember_turns(pipe, path, start):
    memory = open_memory(path)
    pipe.send(None)
    for turn in range(start, len(FILMS) // 3):
        change = memory.write([liked(3 * turn + i) for i in range(3)], turn=f"turn-{turn}")
        pipe.send((turn, [e.id for e in change.written]))


def sound(memory):
    """Records by item; all that is derived rests on what is there."""
    records = memory.entries("record")
    there = {e.id for e in memory.entries()}
    for entry in memory.entries():
        assert set(entry.evidence) <= there, "a memory without its evidence"
    return {int(e.item_id.split("-")[1]): e.id for e in records}


def test_a_killed_person_s_memory_is_whole(tmp_path):
    """Every acknowledged turn is there under its ids, no turn by half, what is derived has its evidence."""
    chance = random.Random(11)
    saved, start = {}, 0
    for _ in range(12):
        with process(remember_turns, tmp_path, start) as (running, pipe):
            heard(pipe)
            time.sleep(chance.uniform(0.1, 0.7))
            running.kill()
            running.join()
            saved |= dict(all_heard(pipe))
        memory = open_memory(tmp_path)
        by_item = sound(memory)
        for turn, written in saved.items():
            assert [by_item.get(3 * turn + i) for i in range(3)] == written
        assert len(by_item) % 3 == 0, "half a turn"
        assert len(memory.export()["entries"]) == len(memory.entries(history=True))
        start = len(by_item) // 3
    assert len(saved) > 12
    memory.write([liked(n) for n in range(0, 9)])  # known already
    assert sound(memory).keys() >= set(range(9))


def tell(pipe, path):
    memory = open_memory(path)
    pipe.send([(e.id, e.text, e.when) for e in memory.entries()])
    pipe.send([(r.entry.id, round(r.score, 3)) for r in memory.recall(["western"], now=2e9)])


def test_a_new_process_knows_the_same(tmp_path):
    memory = open_memory(tmp_path)
    memory.write([liked(n) for n in range(0, 12)])
    with process(tell, tmp_path) as (_, pipe):
        assert heard(pipe) == [(e.id, e.text, e.when) for e in memory.entries()]
        assert heard(pipe) == [(r.entry.id, round(r.score, 3)) for r in memory.recall(["western"], now=2e9)]


def write_one_by_one(pipe, path, numbers):
    memory = open_memory(path)
    pipe.send("ready")
    pipe.recv()
    for number in numbers:
        memory.write([liked(number)])
    pipe.send("done")


def test_two_visits_of_one_person_at_once(tmp_path):
    """Both processes' records are kept, each once, and what is derived rests on the records of both."""
    open_memory(tmp_path)
    with (
        process(write_one_by_one, tmp_path, list(range(0, 12))) as (_, one),
        process(write_one_by_one, tmp_path, list(range(6, 18))) as (_, two),
    ):
        for pipe in (one, two):
            heard(pipe)
        for pipe in (one, two):
            pipe.send("go")
        for pipe in (one, two):
            assert heard(pipe) == "done"
    memory = open_memory(tmp_path)
    assert sorted(sound(memory)) == list(range(18))
    alone = open_memory(tmp_path, "bea")
    alone.write([liked(n) for n in range(18)])
    assert sorted(e.text for e in memory.entries("pattern")) == sorted(e.text for e in alone.entries("pattern"))


def die_encoding(pipe, path):
    catalog = Catalog.open(FILMS, Store(path, "hashed", 8), Hashed())
    pipe.send("ready")
    encoder = Deadly("deadly", 12)
    LocalMemory(Store(path, encoder.name, encoder.dim), encoder, catalog, "ann").entries()
    pipe.send("survived")


def test_another_encoder_is_noticed_and_nothing_doubled(tmp_path):
    memory = open_memory(tmp_path)
    memory.write([liked(n) for n in range(0, 12)])
    before = sorted((e.id, e.text, e.when) for e in memory.entries())
    for encoder in (Hashed("wider", 12), Hashed("same length", 12), Hashed()):
        again = open_memory(tmp_path, encoder=encoder)
        assert sorted((e.id, e.text, e.when) for e in again.entries()) == before
        assert again.recall(["western"])
        again.write([liked(0)])
        assert len(again.entries("record")) == 12


def test_a_kill_while_a_memory_is_encoded_anew_loses_nothing(tmp_path):
    memory = open_memory(tmp_path)
    memory.write([liked(n) for n in range(0, 12)])
    before = sorted((e.id, e.text) for e in memory.entries())
    with process(die_encoding, tmp_path) as (running, pipe):
        assert heard(pipe) == "ready"
        running.join(SECONDS)
        assert running.exitcode == -signal.SIGKILL
    for encoder in (Hashed(), Hashed("wider", 12)):
        again = open_memory(tmp_path, encoder=encoder)
        assert sorted((e.id, e.text) for e in again.entries()) == before
        assert again.recall(["western"])
