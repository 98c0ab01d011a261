"""What a person's words teach: the labelled utterances of the development half, and what no label tells."""

from __future__ import annotations

import pytest

from benchmarks.bench_statements import HALVES, facts_of, key, read
from mrrec.agent.request import settled
from mrrec.memory.reading import read_message


def spoken(command) -> str:
    if command is None:
        return ""
    if command.action != "forget":
        return command.action
    sign = {1: "+", -1: "-", 0: "0"}[command.polarity]
    return " ".join([command.action, sign, *command.terms, *command.names, *command.item_ids])


@pytest.mark.parametrize("case", [pytest.param(c, id=c.message[:60]) for c in read(HALVES / "dev.txt")])
def test_utterance(case, catalog, encoder):
    reading = read_message(case.message, catalog, encoder)
    found = {f.key for f in facts_of(reading.entries, catalog)}
    due = [{f.key for f in forms} for forms in case.due]
    assert found <= set().union({f.key for f in case.allowed}, *due)
    assert all(found & one for one in due), found
    assert key(spoken(reading.command)) == key(case.command)
    if case.rest:
        assert reading.rest == {"=": case.message, "-": ""}.get(case.rest, case.rest)


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        ("the second one was boring", {1: "disliked"}),
        ("I've seen the first two", {0: "seen", 1: "seen"}),
        ("loved the third", {2: "liked"}),
        ("I've already seen them all", {0: "seen", 1: "seen", 2: "seen"}),
        ("I've seen the last one and hated it", {2: "disliked"}),
        ("the first one was great, the third one was dull", {0: "liked", 2: "disliked"}),
        ("I've read number 2", {1: "seen"}),
        ("The second one, please", {}),
        ("love it!", {}),
        ("what is the first one about?", {}),
        ("I like the sound of the second one", {}),
    ],
)
def test_what_was_shown(message, facts, catalog, encoder):
    shown = [catalog.items[n] for n in (10, 20, 30)]
    reading = read_message(message, catalog, encoder, shown)
    assert {e.item_id: e.event for e in reading.entries} == {shown[n].id: event for n, event in facts.items()}


@pytest.mark.parametrize(
    "message",
    ["I hate gore", "i can't stand gore", "Gore? Can't bear it.", "I really hate gore", "gore is a hard no for me",
     "I can't handle blood", "I'm squeamish", "blood makes me faint", "I faint at the sight of blood", "I loathe gore"],
)  # fmt: skip
def test_gore_in_many_words(message, catalog, encoder):
    (entry,) = read_message(message, catalog, encoder).entries
    assert (entry.event, entry.terms) == ("said", ("gore",)) and -1 <= entry.value <= -0.7
    assert entry.strength == abs(entry.value)


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ("I like westerns", "I love westerns"),
        ("I sort of like westerns", "I like westerns"),
        ("I like westerns", "I really like westerns"),
        ("I don't really like westerns", "I don't like westerns"),
        ("I don't like westerns", "I hate westerns"),
    ],
)
def test_strength_follows_the_words(weaker, stronger, catalog, encoder):
    (one,), (other,) = (read_message(m, catalog, encoder).entries for m in (weaker, stronger))
    assert one.strength < other.strength and one.polarity == other.polarity


def test_each_member_of_a_list_is_a_memory_of_its_own(catalog, encoder):
    entries = read_message("I love westerns, noir and anything with trains, but not musicals", catalog, encoder).entries
    assert [e.text for e in entries] == [
        "I love westerns", "I love noir", "I love anything with trains", "not musicals",
    ]  # fmt: skip
    assert [e.polarity for e in entries] == [1, 1, 1, -1]


def test_a_pronoun_is_told_in_brackets(catalog, encoder):
    (entry,) = read_message("My brother loves war films but I can't stand them", catalog, encoder).entries
    assert entry.text == "I can't stand them (war films)"


@pytest.mark.parametrize(
    ("message", "kind"),
    [("I hate horror in games", "game"), ("I love horror novels", "book"), ("I love horror", ""),
     ("In books I like romance", "book"), ("I watch a lot of westerns", "film")],
)  # fmt: skip
def test_scope(message, kind, catalog, encoder):
    (entry,) = read_message(message, catalog, encoder).entries
    assert entry.kind == kind


@pytest.mark.parametrize(
    ("message", "value"),
    [("I'd give Heat 10/10", 1.0), ("I gave Heat 3 out of 5", 0.0), ("Heat: one star", -1.0), ("Heat 9/10", 0.778)],
)
def test_ratings_are_values(message, value, catalog, encoder):
    (entry,) = read_message(message, catalog, encoder).entries
    assert (entry.event, entry.value) == ("rated", value)


@pytest.mark.parametrize(
    ("message", "term"),
    [("No horror tonight", "horror"), ("I'm not in the mood for horror", "horror"), ("nothing scary today", "horror"),
     ("I can't face a musical tonight", "musical"), ("I don't feel like a western", "western")],
)  # fmt: skip
def test_not_tonight_is_not_never(message, term, catalog, encoder):
    reading = read_message(message, catalog, encoder)
    assert not reading.entries and reading.rest == message
    assert [(e.terms[0], e.polarity) for e in reading.passing] == [(term, -1)]


@pytest.mark.parametrize(
    "message",
    [
        "Forget that I like funny things, only for today: a slow film.",
        "Forget about funny films tonight. A slow film?",
        "Forget everything funny for this evening; a slow film.",
        "Forget I'm a funny person tonight, I need a slow film",
        "Skip the funny films today and find me a slow film.",
        "Leave out funny films for a change; something slow.",
        "Let's drop the funny films for one evening: a slow film",
    ],
)
def test_what_is_left_aside_for_today_is_not_forgotten(message, catalog, encoder):
    reading = read_message(message, catalog, encoder)
    assert reading.command is None and not reading.entries and reading.rest == message
    assert {t for e in reading.passing for t in e.terms} == {"funny"}
    assert all(e.polarity < 0 for e in reading.passing)


@pytest.mark.parametrize("message", ["Forget what I told you today", "Forget that I like funny films"])
def test_what_is_to_be_forgotten_is_forgotten_whenever_it_was_said(message, catalog, encoder):
    assert read_message(message, catalog, encoder).command.action in ("forget", "forget_all", "undo")


def test_not_today_names_nothing_that_follows(catalog, encoder):
    assert not read_message("I normally go for funny films. Not today: a slow film.", catalog, encoder).passing


def test_an_hour_tonight_passes_and_an_hour_every_evening_stays(catalog, encoder):
    tonight = read_message("I have two hours, what shall I watch?", catalog, encoder)
    assert not tonight.entries and len(tonight.passing) == 1
    assert len(read_message("I only have an hour in the evening", catalog, encoder).entries) == 1


def test_a_change_of_mind_in_one_message_is_one_memory(catalog, encoder):
    (entry,) = read_message("I used to love horror but now I hate it", catalog, encoder).entries
    assert entry.terms == ("horror",) and entry.value < -0.9


def test_the_entries_are_records_of_now(catalog, encoder):
    for entry in read_message("I love noir. I've seen Heat.", catalog, encoder, now=12.0).entries:
        assert (entry.tier, entry.id, entry.source, entry.when) == ("record", "", "chat", 12.0)


@pytest.mark.parametrize(
    "message", ["", "   ", "?!", "t_0 n_1 q_2", "I love t_0", "a" * 5000, "I love " * 400, "“", "((("]
)
def test_any_text_is_read(message, catalog, encoder):
    assert read_message(message, catalog, encoder).command is None


@pytest.mark.parametrize(
    "message",
    ["A book like The Left Hand of Darkness, but shorter", "Something by the director of Alien", "Amelie-like films",
     "Kubrick's best", "from the nineties", "not so dark", "More like the second one", "a game this time"],
)  # fmt: skip
def test_what_is_wanted_now_is_a_request_and_no_taste(message, catalog, encoder):
    reading = read_message(message, catalog, encoder)
    assert not reading.entries and reading.rest == message


@pytest.mark.parametrize(
    ("message", "kept"),
    [("Bring me a film about London and I'll be happy.", 0), ("I love westerns, recommend one", 1)],
)
def test_a_request_is_no_taste_whatever_it_says_of_its_maker(message, kept, catalog, encoder):
    told = settled(message, read_message(message, catalog, encoder), catalog, (), False, False)
    assert told.text and len(told.entries) == kept
    assert kept or told.text == message
