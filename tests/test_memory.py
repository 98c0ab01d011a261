"""One person's memory over the real store and encoder."""

import json

import pytest

from mrrec.memory import Entry, MemoryNotFound
from mrrec.memory.personas import event_record
from mrrec.memory.switches import Switches


def said(text, value, *terms, kind="", when=0.0):
    return Entry(
        id="",
        tier="record",
        event="said",
        text=text,
        value=value,
        strength=abs(value),
        terms=terms,
        kind=kind,
        when=when,
    )


def films(catalog, genre, count):
    return [i for i in catalog.items if i.kind == "film" and i.genres[0] == genre][:count]


def test_the_same_fact_twice_is_one_record(memory):
    memory.write([said("I hate gore", -0.95, "gore")])
    change = memory.write([said("I hate gore", -0.95, "gore")])
    assert len(memory.entries("record")) == 1
    assert not change.written


def test_a_contradiction_supersedes_and_is_kept_as_history(memory):
    first = memory.write([said("I love horror", 0.9, "horror", when=1.0)]).written[0]
    change = memory.write([said("I can't stand horror any more", -0.9, "horror")])
    assert [e.id for e in change.superseded] == [first.id]
    assert [e.text for e in memory.entries("record")] == ["I can't stand horror any more"]
    assert len(memory.entries("record", history=True)) == 2
    assert all(p.value < 0 for p in memory.entries("pattern") if "horror" in p.terms)


def test_patterns_carry_the_records_that_support_them(memory, catalog):
    memory.write([event_record("rated", i, rating=5) for i in films(catalog, "western", 5)])
    pattern = next(p for p in memory.entries("pattern") if p.terms == ("western",))
    records = {r.id for r in memory.entries("record")}
    assert pattern.value > 0 and len(pattern.evidence) == 5 and set(pattern.evidence) <= records


def test_forgetting_a_record_withdraws_it_from_what_rested_on_it(memory, catalog):
    memory.write([event_record("rated", i, rating=5) for i in films(catalog, "western", 3)])
    pattern = next(p for p in memory.entries("pattern") if p.terms == ("western",))
    change = memory.forget([pattern.evidence[0]])
    assert pattern.id in {e.id for e in change.withdrawn}
    assert not any(p.terms == ("western",) for p in memory.entries("pattern"))
    memory.undo()
    assert any(p.id == pattern.id and set(p.evidence) == set(pattern.evidence) for p in memory.entries("pattern"))


def test_a_forgotten_pattern_stays_away_until_undone(memory, catalog):
    westerns = films(catalog, "western", 6)
    memory.write([event_record("rated", i, rating=5) for i in westerns[:5]])
    pattern = next(p for p in memory.entries("pattern") if p.terms == ("western",))
    memory.forget([pattern.id])
    memory.write([event_record("rated", westerns[5], rating=5)])
    assert not any(p.id == pattern.id for p in memory.entries("pattern"))
    memory.undo()
    memory.undo()
    assert any(p.id == pattern.id for p in memory.entries("pattern"))


def test_forget_is_all_or_nothing(memory):
    record = memory.write([said("I like trains", 0.6, "trains")]).written[0]
    with pytest.raises(MemoryNotFound):
        memory.forget([record.id, "r-000000000000"])
    assert memory.get(record.id) == record


@pytest.mark.parametrize("name", ["x' OR '1'='1", 'quote"and\\slash', "Zoë 🦊", "a;b--", "a\x1fb"])
def test_nobody_reads_changes_or_deletes_anothers(assistant, memory, person, name):
    mine = memory.write([said("I hate gore", -0.95, "gore")]).written[0]
    other = assistant.memory(f"{name} {person}")
    assert other.entries() == [] and len(other) == 0
    for attempt in (other.get, lambda i: other.forget([i]), lambda i: other.edit(i, "changed"), other.pin):
        with pytest.raises(MemoryNotFound):
            attempt(mine.id)
    theirs = other.write([said("I hate gore", -0.95, "gore")]).written[0]
    assert theirs.id != mine.id
    assert not other.recall(["gore"], k=10) or {r.entry.id for r in other.recall(["gore"], k=10)}.isdisjoint({mine.id})
    other.erase()
    assert memory.get(mine.id) == mine


def test_recall_answers_by_aspect_with_the_parts_of_the_score(memory):
    memory.write([said("I love quiet endings", 0.8, "quiet ending"), said("I hate musicals", -0.9, "musical")])
    found = memory.recall(["how a story ends", "songs and dancing"], k=1, tiers=("record",))
    assert [r.entry.text for r in found] == ["I love quiet endings", "I hate musicals"]
    for recalled in found:
        assert recalled.score == pytest.approx(sum(recalled.parts.values()))


def test_recall_keeps_to_the_tiers_and_to_k(memory, catalog):
    memory.write([event_record("rated", i, rating=5) for i in films(catalog, "western", 5)])
    found = memory.recall(["westerns"], k=2, tiers=("pattern",))
    assert len(found) == 2 and {r.entry.tier for r in found} == {"pattern"}
    assert memory.recall(["westerns"], tiers=()) == []


def test_a_turns_writes_are_taken_back_together(memory):
    memory.write([said("I hate gore", -0.95, "gore")], turn="one")
    memory.write([said("I love trains", 0.8, "trains")], turn="two")
    memory.write([said("I love heists", 0.8, "heist")], turn="two")
    memory.undo(turn="two")
    assert [e.text for e in memory.entries("record")] == ["I hate gore"]


def test_edit_and_pin_can_be_undone(memory):
    record = memory.write([said("I hate gore", -0.95, "gore")]).written[0]
    assert memory.edit(record.id, "I hate musicals").terms == ("musical",)
    assert memory.pin(record.id).pinned
    memory.undo()
    memory.undo()
    assert memory.get(record.id) == record
    with pytest.raises(ValueError, match="empty"):
        memory.edit(record.id, "  ")


def test_export_and_import_lose_nothing(assistant, memory, catalog, person):
    memory.write([event_record("rated", i, rating=5, when=5.0 + n) for n, i in enumerate(films(catalog, "western", 4))])
    memory.write([said("I hate gore", -0.95, "gore")])
    data = json.loads(json.dumps(memory.export()))
    other = assistant.memory(person + "-copy")
    other.import_(data)

    def strip(m):
        return sorted((e.text, e.value, e.when, e.terms) for e in m.entries("record"))

    assert strip(other) == strip(memory)
    assert {p.text for p in other.entries("pattern")} == {p.text for p in memory.entries("pattern")}
    with pytest.raises(ValueError, match="format"):
        other.import_({"entries": []})


def test_a_second_handle_sees_the_writes_of_the_first(assistant, memory, person):
    memory.write([said("I hate gore", -0.95, "gore")])
    assert [e.text for e in assistant.memory(person).entries("record")] == ["I hate gore"]


def test_erase_leaves_nothing_in_any_file(assistant, memory, store):
    canary = "zanzibarquokka"
    memory.write([said(f"I love {canary} stories", 0.8)])
    assert any(canary.encode() in p.read_bytes() for p in store.path.rglob("*") if p.is_file())
    memory.erase()
    assert not any(canary.encode() in p.read_bytes() for p in store.path.rglob("*") if p.is_file())


def test_versions_stay_bounded(memory, store):
    for n in range(70):
        memory.write([said(f"I once said number {n}", 0.1)])
    assert len(list((store.path / "memory.lance" / "_versions").glob("*"))) < 150


def test_adding_one_by_one_and_all_at_once_derive_the_same(assistant, memory, catalog, person):
    items = films(catalog, "western", 7) + films(catalog, "horror", 5)
    records = [event_record("rated", i, rating=1 + n % 5, when=1e9 + n * 86400) for n, i in enumerate(items)]
    records += [said("I love trains", 0.9, "trains", when=1.2e9), said("I hate gore", -0.9, "gore", when=1.3e9)]
    for record in records:
        memory.write([record])
    memory.forget([memory.entries("record")[0].id])
    memory.undo()
    whole = assistant.memory(person + "-whole")
    whole.write(records)

    def told(m):
        return sorted(
            (e.text, e.strength, e.value, len(e.evidence)) for t in ("pattern", "profile") for e in m.entries(t)
        )

    assert told(memory) == told(whole) and len(told(memory)) > 3
    assert told(assistant.memory(person)) == told(memory), "what is read again from the disk differs"


def test_a_write_is_new_the_same_refined_or_contradicts(memory):
    assert len(memory.write([said("I like horror", 0.6, "horror", when=1e9)]).written) == 1
    assert len(memory.write([said("I like horror", 0.6, "horror", when=1e9 + 1)]).same) == 1
    refined = memory.write([said("I really love horror", 0.9, "horror", when=1e9 + 2)])
    assert len(refined.refined) == 1 and not refined.written
    exception = memory.write([said("no horror games", -0.9, "horror", kind="game", when=1e9 + 3)])
    assert len(exception.refined) == 1 and not exception.superseded
    assert {e.text for e in memory.entries("record")} == {"I really love horror", "no horror games"}
    change = memory.write([said("I can't stand horror", -0.9, "horror", when=1.7e9)])
    assert [e.text for e in change.superseded] == ["I really love horror"]
    (pattern,) = [p for p in memory.entries("pattern") if p.terms == ("horror",) and not p.kind]
    assert pattern.text == "Avoids horror (said so; liked it until November 2023)"


def test_an_older_word_does_not_overrule_a_newer_one(memory):
    memory.write([said("I can't stand horror", -0.9, "horror", when=2e9)])
    memory.write([said("I love horror", 0.9, "horror", when=1e9)])
    assert [e.text for e in memory.entries("record")] == ["I can't stand horror"]


def test_recall_finds_by_words_what_meaning_misses(memory):
    memory.write([said(f"I like story number {n}", 0.5, when=1e9 + n) for n in range(40)])
    odd = memory.write([said("Zbigniew Xanthopoulos writes as I think", 0.7)]).written[0]
    assert memory.recall(["Xanthopoulos"], k=1)[0].entry.id == odd.id
    assert memory.recall(["Xanthopoulos"], k=1)[0].parts["words"] > 0


def test_what_is_switched_off_is_neither_read_nor_written(assistant, memory, catalog, person):
    memory.write([said("I hate gore", -0.95, "gore"), said("I love horror games", 0.9, "horror", kind="game")])
    memory.switch(Switches(kinds=frozenset({"game"})))
    assert all(r.entry.kind != "game" for r in memory.recall(["horror games"], k=5))
    assert not memory.write([said("I love racing games", 0.9, "racing", kind="game")]).written
    memory.switch(Switches(tiers=frozenset({"record"})))
    assert {r.entry.tier for r in memory.recall(["gore"], k=5)} <= {"pattern", "profile"}
    memory.switch(Switches(all=True))
    again = assistant.memory(person)
    assert again.switches.all and again.recall(["gore"]) == [] and again.active("record") == []
    assert not again.write([said("I love trains", 0.9, "trains")]).written
    again.switch(Switches())
    assert memory.recall(["gore"]), "the first handle must see what the second one switched"


def test_without_leaves_everything_as_it_was(memory, catalog):
    memory.write([event_record("rated", i, rating=5) for i in films(catalog, "western", 3)])
    before = memory.export()
    record = memory.entries("record")[0]
    with memory.without(record.id) as other:
        assert record.id not in {e.id for e in other.entries()}
        assert not any(p.terms == ("western",) for p in other.entries("pattern"))
    assert memory.export() == before
    pattern = memory.entries("pattern")[0]
    with memory.without(pattern.id) as other:
        assert pattern.id not in {e.id for e in other.entries()}
    assert memory.export() == before


def test_pins_and_forgotten_patterns_survive_export_to_another_person(assistant, memory, catalog, person):
    memory.write([event_record("rated", i, rating=5, when=1e9) for i in films(catalog, "western", 5)])
    memory.write([said("I love trains", 0.9, "trains", when=1e9), said("I love opera", 0.9, "opera", when=1e9)])
    western = next(p for p in memory.entries("pattern") if p.terms == ("western",))
    trains = next(p for p in memory.entries("pattern") if p.terms == ("trains",))
    memory.forget([western.id])
    memory.pin(trains.id)
    memory.switch(Switches(kinds=frozenset({"game"})))
    other = assistant.memory(person + "-copy")
    other.import_(json.loads(json.dumps(memory.export())))
    assert [p.terms for p in other.entries("pattern") if p.pinned] == [("trains",)]
    assert not any(p.terms == ("western",) for p in other.entries("pattern"))
    assert other.switches.kinds == {"game"}


def test_the_time_line_tells_what_changed(memory):
    record = memory.write([said("I like horror", 0.6, "horror")], turn="t1").written[0]
    memory.edit(record.id, "I like old horror")
    memory.forget([record.id])
    lines = memory.timeline()
    assert [line.operation for line in lines] == ["forget", "edit", "remember"]
    assert lines[0].gone == 1 and not any(e.text for line in lines for e in line.before)
    memory.undo()
    assert [e.text for e in memory.timeline()[0].before] == ["I like horror"]


def test_uses_link_to_traces_that_can_be_read(memory):
    record = memory.write([said("I like horror", 0.6, "horror")]).written[0]
    memory.keep_trace("turn-1", {"format": "x", "message": "scary"}, [record.id], [record.id], ["Alien (1979)"])
    assert [u.titles for u in memory.uses()[record.id]] == [("Alien (1979)",)]
    assert memory.trace("turn-1")["message"] == "scary" and memory.trace("turn-2") is None


@pytest.mark.parametrize(
    ("before", "after", "superseded"),
    [
        ("I'm vegan", "I eat fish now", True),
        ("I only have an hour in the evening", "I have plenty of time these days", True),
        ("I read in German", "I read in English now", True),
        ("I watch with my seven-year-old", "I eat fish now", False),
        ("I'm vegan", "I read in German", False),
    ],
)
def test_a_fact_of_life_that_changed_replaces_the_old_one(memory, before, after, superseded):
    memory.write([said("I get motion sickness", 0.0, when=1e9), said(before, 0.0, when=1e9 + 1)])
    change = memory.write([said(after, 0.0, when=2e9)])
    assert [e.text for e in change.superseded] == ([before] if superseded else [])
    assert len(memory.entries("record", history=True)) == 3
