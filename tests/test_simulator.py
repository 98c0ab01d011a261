"""The simulated person: her goals, her words, what she makes of replies, whole dialogues, and the figures."""

import random
import re
import string
from dataclasses import replace

import pytest

from mrrec.agent.steps import Answer, Ask, Say
from mrrec.assistant import GUEST, Assistant
from mrrec.catalog import Item
from mrrec.evaluate import simulator
from mrrec.evaluate import simulator_phrases as p
from mrrec.evaluate.simulator import (
    Dialogue,
    Exchange,
    dialogue_of,
    read_dialogues,
    run_simulation,
    simulate,
    summary,
)
from mrrec.evaluate.simulator_goals import LEAST, MOST, Condition, Goal, Temper, draw_goal, draw_temper, goal_of
from mrrec.evaluate.simulator_person import Person, topics
from mrrec.memory.tables import people
from mrrec.settings import Settings
from tests.scripted import Scripted

MOVES = ("OPEN", "STATE", "ADD", "ANSWER", "UNSURE", "CORRECT", "LOST", "WHY", "CHANGE", "ACCEPT", "GIVE_UP")
CALM = Temper(patience=6, talkativeness=0, sharpness=1, fickleness=0)


@pytest.fixture(scope="module")
def cheap(tmp_path_factory):
    """Everything real but the model."""
    return Assistant.open(Settings(store=tmp_path_factory.mktemp("simulated"), seed=7), engine=Scripted())


def film(name, year=1995, genres=("crime",), themes=("heist",), length=100, kind="film"):
    return Item(name, kind, name.title(), year, ("Ann Oak",), (), genres, themes, length=length)


GOAL = Goal(
    "g", "film", (Condition("kind", "film"), Condition("genre", "crime"), Condition("after", 1989)),
    likes=("heist",), dislikes=("gore",), seen=("seen one",), change=Condition("genre", "war"), changed=1,
)  # fmt: skip
GOOD, OLD, GORY = film("good"), film("old", 1970), film("gory", themes=("heist", "gore"))
SEEN, BOOK, PLAIN = film("seen one"), film("a book", kind="book"), film("plain", themes=("rain",))


@pytest.fixture
def person(cheap):
    def start(goal=GOAL, temper=CALM, seed=1):
        return Person(goal, temper, random.Random(seed), cheap.catalog.vocabulary)

    return start


def answer(*items):
    return Answer("a", 0.0, 1.0, "Here.", tuple(i.to_dict() for i in items))


# Words


@pytest.mark.parametrize("move", MOVES)
def test_every_move_has_fifteen_phrasings(move):
    assert len(set(getattr(p, move))) >= 15


def test_rejections_have_fifteen_phrasings_too():
    assert sum(map(len, p.REJECT.values())) >= 15 and all(len(set(ways)) >= 5 for ways in p.REJECT.values())


def test_phrasings_have_only_slots_that_are_filled():
    ways = [w for move in MOVES for w in getattr(p, move)] + [w for ways in p.REJECT.values() for w in ways]
    slots = {name for w in ways for _, name, _, _ in string.Formatter().parse(w) if name}
    assert slots <= {"clause", "wish", "title", "nth", "kind", "verb", "term", "things"}
    assert {n for ways in p.TASTE.values() for w in ways for _, n, _, _ in string.Formatter().parse(w) if n} == {
        "things", "title",
    }  # fmt: skip


def test_nothing_is_left_open_in_what_she_says(cheap):
    for number in range(40):
        draw = random.Random(number)
        goal = draw_goal("g", cheap.catalog, draw)
        her = Person(goal, draw_temper(draw), draw, cheap.catalog.vocabulary)
        for _ in range(4):
            move, text = her.say()
            assert text and not re.search(r"[{}]| ,|  |\bNone\b", text), (move, text)
            her.hear(Say("s", 0.0, 1.0, "Hm."), (), move)


def test_wishes_are_grammatical(person):
    goal = replace(GOAL, conditions=(*GOAL.conditions, Condition("tone", "eerie"), Condition("length", 120)))
    her = person(goal)
    _, text = her.say()
    assert re.search(r"an eerie crime film, (?:from after|after|newer than) 1989, \D+ 120 minutes", text)


# Goals


def test_goals_can_be_met_and_are_hidden_tastes_and_all(cheap):
    shelf = cheap.catalog.items
    sorts, kinds, remembered, changes = set(), set(), 0, 0
    for number in range(60):
        goal = draw_goal(str(number), cheap.catalog, random.Random(number))
        found = [cheap.catalog.get(i) for i in goal.targets(shelf)]
        assert LEAST <= len(found) <= MOST and goal.likes + goal.dislikes
        assert not goal.targets(shelf) & set(goal.seen)
        for item in found:
            terms = {*item.genres, *item.themes}
            assert item.kind == goal.kind and set(goal.likes) <= terms and not set(goal.dislikes) & terms
            assert all(c.holds(item) for c in goal.conditions)
        if goal.change:
            after = goal.after_change()
            assert after.conditions[goal.changed] == goal.change and after.targets(shelf) and after.change is None
            changes += 1
        assert goal_of(goal.to_dict()) == goal == draw_goal(str(number), cheap.catalog, random.Random(number))
        kinds.add(goal.kind)
        sorts |= {c.sort for c in goal.conditions}
        remembered += goal.remembered
    assert kinds == {"film", "book", "game"} and len(sorts) >= 7 and 20 < remembered < 55 and changes > 20


@pytest.mark.parametrize(
    "condition, holds, fails",
    [
        (Condition("kind", "film"), GOOD, BOOK),
        (Condition("genre", "crime"), GOOD, film("x", genres=("war",))),
        (Condition("theme", "heist"), GOOD, PLAIN),
        (Condition("name", "Ann Oak"), GOOD, replace(GOOD, creators=("Bo Elm",))),
        (Condition("before", 1995), OLD, GOOD),
        (Condition("after", 1994), GOOD, OLD),
        (Condition("after", 1995), film("x", 1996), GOOD),
        (Condition("decade", 1990), GOOD, film("x", 2000)),
        (Condition("length", 100), GOOD, film("x", length=101)),
        (Condition("length", 100), GOOD, film("x", length=0)),
        (Condition("before", 1995), OLD, film("x", 0)),
    ],
)
def test_conditions(condition, holds, fails):
    assert condition.holds(holds) and not condition.holds(fails)


@pytest.mark.parametrize("wrong", [{"patience": 0}, {"sharpness": 1.5}, {"fickleness": -0.1}])
def test_a_temper_that_there_is_not(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Temper(**wrong)


# What she makes of a reply


def test_who_is_sharp_says_all_and_who_is_vague_does_not(person):
    move, text = person().say()
    assert move == "state" and "crime film" in text and "1989" in text
    vague = person(temper=replace(CALM, sharpness=0))
    move, text = vague.say()
    assert move == "open" and "crime" not in text and vague.told == {0}


def test_she_takes_the_first_item_that_meets_all(person):
    her = person()
    her.say()
    assert her.hear(answer(OLD, GOOD), (PLAIN, GOOD), "state") == ()
    assert her.agenda[-1] == ("accept", GOOD, 1)
    move, text = her.say()
    assert move == "accept" and ("Good" in text or "second" in text)


@pytest.mark.parametrize(
    "item, words",
    [(GORY, "gore"), (SEEN, r"[sS]een|know"), (PLAIN, "heist")],
)
def test_she_rejects_with_the_reason(person, item, words):
    for seed in range(12):
        her = person(seed=seed)
        her.say()
        her.hear(answer(item), (item,), "state")
        move, text = her.say()
        assert move == "reject" and re.search(words, text), text


def test_what_is_too_old_is_told_so_and_the_condition_with_it(person):
    her = person(temper=replace(CALM, sharpness=0))
    her.say()
    her.hear(answer(OLD), (OLD,), "open")
    move, text = her.say()
    assert move == "reject" and "1989" in text and re.search("old|newer", text, re.I) and 2 in her.told


def test_what_was_told_and_not_kept_to_is_a_violation_and_corrected(person):
    her = person()
    her.say()
    assert her.hear(answer(BOOK), (BOOK, OLD), "state") == (
        {"sort": "said", "what": "kind film", "item": "a book"},
        {"sort": "said", "what": "after 1989", "item": "old"},
    )
    move, text = her.say()
    assert move == "correct" and "film" in text


def test_what_was_not_told_is_no_violation_but_a_lasting_dislike_is_one_of_taste(person):
    her = person(temper=replace(CALM, sharpness=0))
    her.say()
    assert her.hear(answer(OLD), (OLD, SEEN), "open") == ()
    assert [v["sort"] for v in her.hear(answer(GORY), (GORY,), "reject")] == ["taste"]
    her.say()  # "no gore, please"
    assert [v["sort"] for v in her.hear(answer(GORY), (film("gory too", themes=("gore",)),), "reject")] == ["said"]


def test_what_was_shown_before_is_repeated(person):
    her = person()
    her.say()
    her.hear(answer(PLAIN), (PLAIN,), "state")
    assert her.hear(answer(PLAIN), (PLAIN,), "reject") == ({"sort": "repeated", "what": "Plain", "item": "plain"},)


def test_a_question_is_answered_with_what_it_asks_for(person):
    goal = replace(GOAL, conditions=(*GOAL.conditions, Condition("tone", "tense")), likes=(), remembered=False)
    her = person(goal, replace(CALM, sharpness=0.5))
    her.say()
    her.told = {0, 1}
    assert her.hear(Ask("q", 0.0, 1.0, "Would you rather have it funny or tense?"), (), "state") == ()
    move, text = her.say()
    assert move == "answer" and "tense" in text


def test_a_question_after_what_was_told_is_unnecessary(person):
    her = person()
    her.say()
    asked = her.hear(Ask("q", 0.0, 1.0, "A film, a book or a game?"), (), "state")
    assert asked == ({"sort": "question", "what": "kind", "item": ""},)
    assert her.say()[0] == "answer"


def test_what_a_question_is_about(cheap):
    known = cheap.catalog.vocabulary
    assert topics("Are you in the mood for a funny film, a tense book?", known) == {"kind", "tone"}
    assert topics("A western film, or a horror film?", known) == {"genre"}
    assert topics("How long may it be?", known) == {"length"} and "decade" in topics("Old or recent?", known)


def test_who_is_fickle_changes_her_mind_once(person):
    her = person(temper=replace(CALM, fickleness=1))
    her.say()
    her.hear(answer(PLAIN), (PLAIN,), "state")
    move, text = her.say()
    assert move == "change" and "war" in text and her.goal.conditions[1] == GOAL.change
    her.hear(answer(film("w", genres=("war",))), (film("w", genres=("war",)),), "change")
    assert her.agenda[-1][0] == "accept"
    her.hear(answer(PLAIN), (film("v", genres=("war",), themes=()),), "change")
    assert her.say()[0] == "reject"


def test_who_is_talkative_asks_why_once_and_goes_on_to_reject(person):
    her = person(temper=replace(CALM, talkativeness=1, patience=9), seed=3)
    her.say()
    moves = []
    for _ in range(6):
        step, items = (Say("s", 0.0, 1.0, "Because."), ()) if moves[-1:] == ["why"] else (answer(PLAIN), (PLAIN,))
        her.hear(step, items, moves[-1] if moves else "state")
        moves.append(her.say()[0])
    assert moves.count("why") == 1 and moves[moves.index("why") + 1] == "reject"


def test_a_reply_beside_the_point_has_her_say_it_again(person):
    her = person()
    her.say()
    her.hear(Say("s", 0.0, 1.0, "I am here."), (), "state")
    move, text = her.say()
    assert move == "lost" and "crime film" in text


# Whole dialogues


def replies(monkeypatch, reply):
    heard = []

    def run(assistant, conversation, message, settings):
        heard.append(message)
        yield Say("0", 0.0)
        yield reply(assistant, len(heard))

    monkeypatch.setattr(simulator, "run", run)
    return heard


def goal_and_target(cheap):
    goal = draw_goal("x", cheap.catalog, random.Random(4))
    return goal, cheap.catalog.get(min(goal.targets(cheap.catalog.items)))


def test_success_counts_the_messages_that_it_took(cheap, monkeypatch):
    goal, target = goal_and_target(cheap)
    other = next(i for i in cheap.catalog.items if i.kind == goal.kind and not goal.met_by(i))
    heard = replies(monkeypatch, lambda _, n: answer(target if n == 3 else other))
    found = simulate(cheap, goal, replace(CALM, fickleness=0), 1)
    assert found.outcome == "accepted" and found.accepted == target.id and found.needed == 3
    assert [t.shown for t in found.turns[:3]] == [(other.id,), (other.id,), (target.id,)]
    assert heard == [t.message for t in found.turns if t.message]


def test_she_gives_up_when_her_patience_ends(cheap, monkeypatch):
    goal, _ = goal_and_target(cheap)
    other = next(i for i in cheap.catalog.items if i.kind == goal.kind and not goal.met_by(i))
    replies(monkeypatch, lambda *_: answer(other))
    found = simulate(cheap, goal, replace(CALM, patience=4), 1)
    assert found.outcome == "gave up" and found.needed == 0 and not found.accepted
    assert [t.move for t in found.turns].index("give_up") == 4
    assert sum(v["sort"] == "repeated" for t in found.turns for v in t.violations) == 3


def test_she_leaves_earlier_where_nothing_is_ever_shown(cheap, monkeypatch):
    goal, _ = goal_and_target(cheap)
    replies(monkeypatch, lambda *_: Ask("q", 0.0, 1.0, "Are you in the mood for a funny film or a funny book?"))
    found = simulate(cheap, goal, replace(CALM, patience=20), 1)
    assert found.outcome == "gave up" and len(found.turns) == simulator.EMPTY_HANDED + 1
    assert any(v["sort"] == "question" for t in found.turns for v in t.violations)


def test_an_error_of_the_assistant_is_told_and_memory_is_erased_all_the_same(cheap, monkeypatch):
    def fail(*_):
        raise RuntimeError("out of luck")

    replies(monkeypatch, fail)
    goal, _ = goal_and_target(cheap)
    found = simulate(cheap, replace(goal, remembered=True), CALM, 1)
    assert found.outcome == "crashed" and found.error == "RuntimeError: out of luck"
    assert not [name for name, _ in people(cheap.store) if name.startswith(GUEST)]


def test_memory_is_written_for_the_one_setting_and_erased(cheap, monkeypatch):
    goal = next(
        g for n in range(99) if (g := draw_goal("x", cheap.catalog, random.Random(n))).remembered and g.dislikes
    )
    held = []

    def reply(assistant, _):
        memory = assistant.memory(f"{GUEST}simulated-x-1-mrrec")
        held.append([e for e in memory.entries("record")])
        return Say("s", 0.0, 1.0, "Hm.")

    replies(monkeypatch, reply)
    found = simulate(cheap, goal, CALM, 1)
    assert found.told_before and len(found.told_before) == len(goal.likes + goal.dislikes + goal.seen)
    assert any(set(goal.dislikes) & set(e.terms) and e.value < 0 for e in held[0])
    assert set(goal.seen) <= {e.item_id for e in held[0]} and not found.unread
    held.clear()
    without = simulate(cheap, goal, CALM, 1, "no-memory")
    assert without.told_before == () and not any(held)
    assert not [name for name, _ in people(cheap.store) if name.startswith(GUEST)]


def test_a_setting_that_there_is_not(cheap):
    with pytest.raises(ValueError, match=r"no setting 'none'; there are mrrec, no-memory"):
        simulate(cheap, GOAL, CALM, 1, "none")


@pytest.mark.parametrize("setting", simulator.SETTINGS)
def test_over_the_app_s_own_loop_the_same_seed_gives_the_same_dialogue(cheap, setting):
    for number in (2, 3):
        draw = random.Random(number)
        goal, temper = draw_goal("x", cheap.catalog, draw), replace(draw_temper(draw), patience=4)
        first, second = (simulate(cheap, goal, temper, 5, setting) for _ in range(2))
        assert first == second and dialogue_of(first.to_dict()) == first
        assert any(t.shown for t in first.turns) and first.outcome in ("accepted", "gave up")
        assert len(first.turns) <= temper.patience + 1
        targets = goal.targets(cheap.catalog.items) | (
            goal.after_change().targets(cheap.catalog.items) if goal.change else frozenset()
        )
        assert not first.accepted or first.accepted in targets


def test_one_with_the_embedded_model(assistant):
    draw = random.Random(8)
    goal = draw_goal("real", assistant.catalog, draw)
    found = simulate(assistant, goal, Temper(patience=1, talkativeness=0, sharpness=1, fickleness=0), 5)
    assert found.outcome in ("accepted", "gave up") and 1 <= len(found.turns) <= 2 and not found.error
    assert any(t.shown for t in found.turns) and all(t.message for t in found.turns if t.reply)
    assert not [name for name, _ in people(assistant.store) if name.startswith(f"{GUEST}simulated")]


# Files and figures


def test_a_run_is_taken_up_where_it_was_broken_off(cheap, tmp_path, monkeypatch):
    out = tmp_path / "deep" / "dialogues.jsonl"
    first = run_simulation(cheap, 3, 1, out, progress=False)
    whole = out.read_bytes()
    lines = whole.splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:2]) + lines[2][: len(lines[2]) // 2])
    held, real = [], simulate
    monkeypatch.setattr(simulator, "simulate", lambda *a: held.append(a) or real(*a))
    assert run_simulation(cheap, 3, 1, out, progress=False) == first
    assert len(held) == 1 and out.read_bytes() == whole
    both = run_simulation(cheap, 2, 1, out, False, "no-memory")
    assert [d.goal for d in both] == [d.goal for d in first[:2]] and len(read_dialogues(out)) == 5
    assert out.read_bytes().startswith(whole)


def test_a_file_of_something_else_is_refused(cheap, tmp_path):
    out = tmp_path / "other.jsonl"
    out.write_text('{"query": "a film"}\n')
    with pytest.raises(ValueError, match=r"other\.jsonl, line 1: no dialogue"):
        run_simulation(cheap, 1, 1, out, progress=False)
    assert out.read_text() == '{"query": "a film"}\n'


def held(number, setting, needed, wrong=(), shown=("a", "b")):
    turns = (Exchange("state", "m", "answer", "", tuple(shown), tuple({"sort": s, "what": ""} for s in wrong)),)
    told = replace(GOAL, id=str(number), remembered=number < 3)
    outcome = "accepted" if needed else "gave up"
    return Dialogue(f"{number}-{setting}", setting, 1, told, CALM, turns, outcome, "a" if needed else "", needed)


def test_figures():
    rows = [held(n, "mrrec", needed) for n, needed in enumerate((1, 1, 2, 0))]
    rows += [held(n, "no-memory", needed, ("said", "question")) for n, needed in enumerate((1, 2, 0, 0))]
    told = summary(rows)
    assert told["mrrec"]["dialogues"] == 4 and told["mrrec"]["outcomes"] == {"accepted": 3, "gave up": 1}
    assert told["mrrec"]["success within 1"][0] == 0.5 and told["mrrec"]["success within 2"][0] == 0.75
    assert told["mrrec"]["turns needed"][0] == pytest.approx(4 / 3, abs=1e-3)
    assert told["no-memory"]["said"] == [0.5, 0.5, 0.5] and told["mrrec"]["said"] == [0.0, 0.0, 0.0]
    assert told["no-memory"]["unnecessary questions"][0] == 1.0
    assert told["difference"]["dialogues"] == 4 and told["difference"]["success within 2"][0] == 0.25
    assert told["difference where she told before"]["dialogues"] == 3
    for name, value in told["mrrec"].items():
        if isinstance(value, list):
            assert value[1] <= value[0] <= value[2], name
    low, high = told["mrrec"]["success within 1"][1:]
    assert 0 <= low < 0.5 < high <= 1
    assert "difference" not in summary(rows[:4]) and summary([]) == {}
    assert summary([held(0, "mrrec", 0, shown=())])["mrrec"]["turns needed"] is None
