"""What a person wants gone is gone: from every file of the store, from logs, exports and all that was made of it."""

import io
import json
import logging
import time
from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import pytest

from mrrec import cli
from mrrec.assistant import GUEST, GUEST_DAYS
from mrrec.catalog import Catalog, Item
from mrrec.memory import Entry, GoneForGood, LocalMemory, history
from mrrec.memory.distil import LEAST_PEOPLE, Shelf, choices_of, distil
from mrrec.memory.personas import event_record
from mrrec.store import Store
from mrrec.ui import page
from mrrec.ui.panel import panel, timeline
from mrrec.ui.session import Session
from tests.random_gguf import write_random_gguf
from tests.scripted import Scripted, holding


@pytest.fixture(scope="module")
def house(assistant):
    return replace(assistant, engine=Scripted())


@pytest.fixture
def word():
    """A word that nobody else says."""
    return f"zebraquokka{uuid4().hex[:8]}"


@pytest.fixture
def visit(house, person):
    """A login's visit."""
    return Session().opened(house, f"user-{person}")


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def said(text, value, *terms, **more):
    return Entry(id="", tier="record", event="said", text=text, value=value, strength=abs(value), terms=terms, **more)


def say(session, house, message):
    assert session.accept(message)
    for _ in session.answer(house, house.settings):
        pass
    assert not session.notes, session.notes
    return session.conversation.last


def told(session, house, word):
    """A visit in which a thing was said, used for a recommendation, pinned and reworded; the record is returned."""
    memory = session.memory
    say(session, house, f"I love slow westerns like {word}. A western, please")
    say(session, house, "A western, please")
    record = next(e for e in memory.entries("record") if word in e.text)
    memory.pin(record.id)
    memory.edit(record.id, f"I love slow westerns, above all {word}")
    memory.write([said("I love trains", 0.9, "trains")])
    memory.pin(next(e for e in memory.entries("pattern") if record.id in e.evidence).id)
    return record


def state(memory):
    """All that there is of a memory, to compare."""
    uses = memory.uses()
    return {
        "entries": sorted(map(repr, memory.entries(history=True))),
        "uses": {i: sorted(map(repr, u)) for i, u in uses.items()},
        "traces": [memory.trace(use.turn) for i in sorted(uses) for use in uses[i]],
        "time line": sorted(map(repr, memory.timeline())),
        "export": memory.export(),
    }


def act(house, name, session, *values):
    """Call a handler of the page as the server does for the visit's owner."""
    found = [f.fn for f in page.build(house).fns.values() if f.name == name]
    assert found, name
    first = values[:1] if name == "pressed" else ()  # the event
    return found[0](
        SimpleNamespace(username=session.owner.removeprefix("user-")), *first, session, *values[len(first) :]
    )


def by_record(house, session, record):
    session.memory.forget([record.id])


def by_pattern(house, session, record):
    session.memory.forget([next(p.id for p in session.memory.entries("pattern") if p.terms == ("western",))])


def by_word(house, session, record):
    assert "Forgotten" in say(session, house, "forget that I love westerns").reply


def by_words_for_all(house, session, record):
    assert "Forgotten" in say(session, house, "forget everything").reply


def by_the_panel(house, session, record):
    event = SimpleNamespace(id=record.id, action="forget")
    act(house, "pressed", session, event, "", "all")


def by_the_button_for_all(house, session, record):
    act(house, "wipe", session, "", "all")


def by_the_api(house, session, record):
    act(house, "forget", session, record.id)


WAYS = [by_record, by_pattern, by_word, by_words_for_all, by_the_panel, by_the_button_for_all, by_the_api]


@pytest.mark.parametrize("forget", WAYS, ids=lambda way: way.__name__)
def test_nothing_of_what_was_forgotten_is_left_anywhere(house, visit, word, log, forget):
    """In no file, log, export, list, trace or recall; undo within the hour brings all of it back."""
    record = told(visit, house, word)
    memory = visit.memory
    before = state(memory)
    assert memory.uses() and holding(house.store, word)
    forget(house, visit, record)

    assert not holding(house.store, word)
    assert word not in log.text
    everything = {e.id: e for e in memory.entries(history=True)}
    shown = panel(list(everything.values()), everything, False, memory.uses()) + timeline(memory.timeline(), everything)
    assert word not in shown and word not in json.dumps(state(memory), default=str)
    again = house.memory(memory.person)
    for aspect in (word, "slow westerns", "taste"):
        assert word not in str([r.entry for m in (memory, again) for r in m.recall([aspect], k=10)])
    assert not any("western" in e.topics for e in again.entries())
    assert record.id not in json.dumps(before["uses"] and again.export())
    if forget in (by_words_for_all, by_the_button_for_all):
        assert not memory.entries(history=True) and not memory.uses()
        assert not _rows(house.store, "traces", memory.person), "a trace of nothing that is remembered"
    else:
        assert [e.text for e in memory.entries("record")] == ["I love trains"]

    memory.undo()
    assert state(memory) == before and state(house.memory(memory.person)) == before
    assert not _rows(house.store, "sealed", memory.person)


def _rows(store, table, person):
    return [r for r in store.open(table).search().limit(10**9).to_list() if r.get("person") == person]


# The hour in which it can be undone


@pytest.fixture
def later(monkeypatch):
    """Move the clock of the journal on by some seconds."""

    def move(seconds):
        monkeypatch.setattr(history, "time", SimpleNamespace(time=lambda: time.time() + seconds))

    return move


def test_after_the_hour_it_is_gone_for_good(house, visit, word, later):
    record = told(visit, house, word)
    memory = visit.memory
    memory.forget([record.id])
    (sealed,) = _rows(house.store, "sealed", memory.person)
    assert holding(house.store, sealed["box"][:60].decode()), "the sealed box must be found where it is"
    later(history.UNDO_FORGET - 5)
    assert memory._history.unseal(sealed["id"])
    later(history.UNDO_FORGET + 5)
    with pytest.raises(GoneForGood, match="more than an hour ago"):
        memory.undo()
    assert "nothing of it was kept" in say(visit, house, "undo").reply
    assert not holding(house.store, sealed["box"][:60].decode(), word)
    assert not _rows(house.store, "sealed", memory.person)
    assert [e.text for e in memory.entries("record")] == ["I love trains"]


@pytest.mark.parametrize("event", ["a change of anybody", "a new start"])
def test_the_sealed_box_goes_without_being_asked_for(house, visit, word, later, event):
    record = told(visit, house, word)
    visit.memory.forget([record.id])
    (sealed,) = _rows(house.store, "sealed", visit.memory.person)
    later(history.UNDO_FORGET + 5)
    if event == "a new start":
        house.sweep()
    else:
        house.memory(f"{visit.owner}-other").write([said("I love opera", 0.9, "opera")])
    assert not _rows(house.store, "sealed", visit.memory.person)
    assert not holding(house.store, sealed["box"][:60].decode())


def test_what_is_sealed_cannot_be_read_without_the_key(house, visit, word):
    record = told(visit, house, word)
    visit.memory.forget([record.id])
    (sealed,) = _rows(house.store, "sealed", visit.memory.person)
    held = visit.memory._history.unseal(sealed["id"])
    assert word in str(held.entries) and held.lines and held.traces
    assert word.encode() not in sealed["box"]
    key = house.store.path / "seal.key"
    kept = key.read_bytes()
    try:
        key.unlink()
        assert visit.memory._history.unseal(sealed["id"]) is None, "another key opens nothing"
    finally:
        key.write_bytes(kept)
    assert visit.memory._history.unseal(sealed["id"])


# What else holds the words


def test_history_is_forgotten_with_its_heir(memory, store, word):
    memory.write([said(f"I love horror like {word}", 0.9, "horror", when=1e9)])
    memory.write([said(f"I like horror, though {word} no more", 0.6, "horror", when=1.1e9)])
    heir = memory.write([said("I can't stand horror", -0.9, "horror")]).written[0]
    before = state(memory)
    assert holding(store, word) and len(memory.entries("record", history=True)) == 2
    memory.forget([heir.id])
    assert not holding(store, word) and not memory.entries(history=True)
    assert memory.timeline()[0].gone == 2
    memory.undo()
    assert state(memory) == before


def test_only_traces_that_show_it_go(memory, store, word):
    one, two = memory.write([said(f"I love {word}", 0.9), said("I love trains", 0.9, "trains")]).written
    taught = memory.write([said("I hate gore", -0.9, "gore")], turn="taught").written[0]
    for turn, shows in {"a": [one.id], "b": [one.id, two.id], "c": [two.id], "taught": []}.items():
        memory.keep_trace(turn, {"message": f"{turn}: {word if one.id in shows else 'plain'}"}, shows, shows, ["Alien"])
    memory.forget([one.id])
    assert [t for t in ("a", "b", "c", "taught") if memory.trace(t)] == ["c", "taught"]
    assert not holding(store, word)
    memory.forget([taught.id])
    assert memory.trace("c") and not memory.trace("taught"), "the turn in which it was said"
    memory.undo()
    memory.undo()
    assert all(memory.trace(t) for t in ("a", "b", "c", "taught"))
    assert [u.turn for u in memory.uses()[one.id]] == ["b", "a"]


def test_with_everything_every_trace_goes(memory, word):
    """One that shows nothing but what was outgrown long ago too."""
    record = memory.write([said("I love trains", 0.9, "trains")]).written[0]
    memory.keep_trace("old", {"message": word}, ["p-000000000000"], [], ["Alien"])
    memory.forget([record.id])
    assert memory.trace("old") is None
    memory.undo()
    assert memory.trace("old") == {"message": word}


@pytest.mark.parametrize("whole_turn", [False, True])
def test_what_is_taken_back_is_in_no_file_either(house, visit, word, whole_turn):
    """Undo of what was said: the trace of its turn and lines that hold it go too, and nothing brings it back."""
    turn = say(visit, house, f"I love slow westerns like {word}. A western, please")
    memory = visit.memory
    record = next(e for e in memory.entries("record") if word in e.text)
    if whole_turn:
        memory.pin(record.id)  # a later change, which holds the words as they were before
        memory.undo(turn=turn.id)
    else:
        memory.undo()
    assert not memory.entries() and not holding(house.store, word)
    while memory.timeline():
        memory.undo()
    assert not memory.entries(history=True) and not holding(house.store, word)


def test_the_log_and_the_export_of_a_real_run_hold_nothing_of_it(assistant, person, word, tmp_path, monkeypatch, capfd):
    model = write_random_gguf(tmp_path / "random.gguf")
    common = ["--json", "--person", person, "--store", str(assistant.settings.store)]
    lines = [f"I love westerns like {word}", "forget that I love westerns"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    assert cli.main(["chat", *common, "--model", str(model)]) == 0
    out, log = capfd.readouterr()
    assert "Forgotten" in out and word not in log
    export = tmp_path / "export.json"
    assert cli.main(["memory", "export", str(export), *common]) == 0
    assert cli.main(["memory", "list", *common]) == 0
    out, log = capfd.readouterr()
    assert export.exists() and word not in export.read_text("utf-8") + out + log
    assert not holding(assistant.store, word)


# What was made of it


def test_patterns_profile_and_experience_lose_the_support(encoder, tmp_path):
    """Three people share a taste, and it is published; one forgets, and nothing speaks of it any more."""
    items = [
        Item(f"{kind}-{n}", kind, f"Title {n}", 1990, genres=("drama",), themes=("warm" if n % 3 == 0 else f"t{n}",))
        for kind in ("film", "book")
        for n in range(24)
    ]
    store = Store(tmp_path, encoder.name, encoder.dim)
    catalog = Catalog.open(items, store, encoder)
    shelf = Shelf.of(items, encoder.encode(["the same"] * len(items)), encoder)
    people = [LocalMemory(store, encoder, catalog, f"person-{n}") for n in range(LEAST_PEOPLE)]
    for memory in people:
        memory.write([event_record("rated", i, 5) for i in items if "warm" in i.themes])

    def published():
        return [a for a in distil([choices_of(m.entries("record")) for m in people], shelf) if "warm" in a.description]

    assert published()
    memory = people[0]
    warm = [e for e in memory.entries() if e.tier != "record" and "warm" in e.terms]
    assert {e.tier for e in warm} == {"pattern", "profile"}
    change = memory.forget([e.id for e in memory.entries("record")])
    assert {e.id for e in warm} <= {e.id for e in change.withdrawn} and not memory.entries()
    assert not published()
    assert not memory.recall(["warm"], k=10)
    memory.undo()
    assert [e for e in memory.entries() if e.tier != "record" and "warm" in e.terms] == warm and published()


# Guests


def no_row(store, person):
    return [t for t in ("memory", "journal", "traces", "sealed", "people") if _rows(store, t, person)]


def test_a_guest_who_leaves_leaves_nothing(house, word):
    guest = Session().opened(house)
    record = told(guest, house, word)
    guest.memory.forget([record.id])
    guest.memory.undo()
    guest.memory.forget([next(e.id for e in guest.memory.entries("record") if e.text == "I love trains")])
    person = guest.memory.person
    assert set(no_row(house.store, person)) == {"memory", "journal", "traces", "sealed", "people"}
    guest.close()
    assert not no_row(house.store, person) and not holding(house.store, word, person)


@pytest.mark.parametrize("message", ["I love slow westerns like {}. A western, please", "A western like {}, please"])
def test_a_guest_whom_a_crash_left_behind_is_swept_away(house, word, message, monkeypatch):
    """Also one who told nothing and was recommended something. A visit that goes on is left in peace."""
    lost, here = Session().opened(house), Session().opened(house)
    say(lost, house, message.format(word))
    say(here, house, "I love slow westerns. A western, please")
    person = lost.memory.person
    for row in _rows(house.store, "people", person):
        lost.memory._people.upsert([row | {"seen": time.time() - GUEST_DAYS * 86400 - 60}])
    house.sweep()
    assert person.startswith(GUEST)
    assert not no_row(house.store, person) and not holding(house.store, word, person)
    assert here.memory.entries()
    here.close()


def test_a_persona_that_is_tried_on_leaves_nothing(house):
    visit = Session().opened(house)
    visit.begin(house, "lighthouse-librarian")
    person = visit.memory.person
    assert visit.memory.entries()
    visit.begin(house)
    assert not no_row(house.store, person) and not holding(house.store, person)
    visit.close()


def test_an_uploaded_file_is_not_kept(house, visit, word, tmp_path):
    """What another service told of a person, and a trace, lie on the server's disk no longer than they are read."""
    for name, content in {"broken.csv": "\0", "trace.json": "{}", "mine.csv": f"title,rating\n{word},5\n"}.items():
        path = tmp_path / name
        path.write_text(content, "utf-8")
        try:
            if name == "trace.json":
                list(act(house, "replay", visit, str(path)))
            else:
                act(house, "look_at", visit, str(path), "", "all", lambda *_, **__: None)
        except Exception as error:
            assert name != "mine.csv", error
        assert not path.exists(), name
    assert len(visit.plan) == 1, "what was read is held for the visit, until it is taken in or put aside"


def test_the_browser_keeps_no_runs(assistant):
    """The server's own history of runs would keep what was said, for whoever uses the browser next."""
    assert page.launch_options(assistant)["run_history"] is False
