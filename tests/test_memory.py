"""One person's memory over the real store and encoder."""

import json

import pytest

from mrrec.memory import Entry, MemoryNotFound
from mrrec.memory.personas import event_record


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
def test_nobody_reads_changes_or_deletes_anothers(assistant, memory, name):
    mine = memory.write([said("I hate gore", -0.95, "gore")]).written[0]
    other = assistant.memory(name)
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
