"""What the model reads where code does not: what a request asks for, and what a statement in own words is about."""

import re
from contextlib import contextmanager
from dataclasses import replace

import pytest

from mrrec.agent import protocol
from mrrec.agent.asked import ranking, taste
from mrrec.agent.loop import Conversation, run
from mrrec.agent.steps import Answer, Profile, Ranking, Recall, Thought
from mrrec.agent.why import influences
from mrrec.memory.entry import Entry
from tests.scripted import SAYS, Scripted, admits

OWN = "Tales of mates who stand by each other are what I reach for first"


class Reads(Scripted):
    """Writes `wants`, and says of every memory in own words that it is about `about`."""

    def __init__(self, wants: str = protocol.NOTHING, about: str = "friendship"):
        super().__init__(SAYS | {"</wants>": wants})
        self.about = about

    @contextmanager
    def transcript(self, *args, **options):
        with super().transcript(*args, **options) as made:
            plain = made.write

            def write(grammar, max_tokens, stop, penalty=1.0):
                if stop == "</think>" and "term ::=" in grammar:
                    aliases = re.findall(r'"(m\d+): "', grammar)
                    text = " ".join(f"{alias}: {self.about}, yes." for alias in aliases) + stop
                    made.append(text)
                    yield text
                else:
                    yield from plain(grammar, max_tokens, stop, penalty)

            made.write = write
            yield made


def turn(assistant, engine, memory, message):
    conversation = Conversation(memory)
    steps = {s.id: s for s in run(replace(assistant, engine=engine), conversation, message, assistant.settings)}
    return list(steps.values()), conversation


def of(steps, kind):
    return [s for s in steps if isinstance(s, kind)]


def test_what_the_model_finds_in_a_request_is_wished_for_shown_and_explained(assistant, memory):
    steps, conversation = turn(assistant, Reads("melancholy | slow"), memory, "A film to stare out of the window with")
    assert "In the catalogue's words: melancholy, slow." in [s.text for s in of(steps, Thought)]
    asked = conversation.last.asked
    assert set(asked.wanted.wishes) >= {"melancholy", "slow"}
    shown = of(steps, Answer)[-1].items
    assert sum({"melancholy", "slow"} <= {*i["themes"]} for i in shown) >= 3
    told = [i.text for i in influences(asked, shown[0]["id"], memory, assistant.catalog)]
    assert "you asked for melancholy" in told


def test_a_model_that_was_not_trained_chooses_among_what_is_near(assistant, memory):
    offered = []

    class Watches(Scripted):
        @contextmanager
        def transcript(self, *args, **options):
            with super().transcript(*args, **options) as made:
                plain = made.write

                def write(grammar, max_tokens, stop, penalty=1.0):
                    offered.append((stop, grammar))
                    return plain(grammar, max_tokens, stop, penalty)

                made.write = write
                yield made

    engine = Watches()
    turn(assistant, engine, memory, "A film about haunted lighthouses")
    engine.trained = True
    turn(assistant, engine, memory, "A film about haunted lighthouses")
    few, all_ = (g for stop, g in offered if stop == "</wants>")
    assert few.count(" | ") < 60 < all_.count(" | ")
    assert '"haunted house"' in few and '"boxing"' not in few and '"boxing"' in all_


@pytest.mark.parametrize(
    "message, wishes",
    [
        ("A slow film without gore", {"slow"}),
        ("A film without gore", set()),
        ("A book like The Left Hand of Darkness, but shorter", set()),
    ],
)
def test_what_code_finds_counts_more_and_what_is_ruled_out_is_not_wished_for(assistant, memory, message, wishes):
    steps, conversation = turn(assistant, Reads("gore" if wishes == set() else "funny | gore"), memory, message)
    assert not any(s.text.startswith("In the catalogue") for s in of(steps, Thought))
    assert set(conversation.last.asked.wanted.wishes) == wishes


def test_a_follow_up_keeps_what_the_model_found(assistant, memory):
    engine = Reads("melancholy")
    engine.trained = True
    conversation = Conversation(memory)
    assistant = replace(assistant, engine=engine)
    wished = []
    for message, says in (
        ("A film to stare out of the window with", "melancholy"),
        ("Not that one. Another?", protocol.NOTHING),
    ):
        engine.says = SAYS | {"</wants>": says}
        list(run(assistant, conversation, message, assistant.settings))
        wished.append(conversation.last.asked.wanted.wishes)
    assert wished == [("melancholy",), ("melancholy",)]


def test_what_is_near_in_meaning_is_shown_unless_the_request_says_nothing(assistant, memory, told):
    found = []
    for message in ("A film about haunted lighthouses", "Recommend me a film"):
        engine = Reads()
        turn(assistant, engine, memory, message)
        found.append(re.search(r"<found>(.*?)</found>", engine.transcripts[-1].text)[1])
    assert found[0].startswith("nothing; near: ") and "haunted house" in found[0] and found[1] == "nothing"


@pytest.mark.parametrize(
    "text, fits",
    [
        ("nothing</wants>", True),
        ("slow | horror</wants>", True),
        ("a | b</wants>", False),
        ("slow horror</wants>", False),
        ("slow | horror | funny | dark</wants>", True),
        ("slow | horror | funny | dark | warm</wants>", False),
        ("platformer</wants>", False),
    ],
)
def test_only_words_of_the_catalogue_can_be_wanted(assistant, text, fits):
    grammar = protocol.wants_grammar(assistant.catalog.terms(("film",)))
    assert admits(assistant.engine, grammar, text) is fits


@pytest.fixture
def told(memory):
    """A memory with a taste in their own words, in which no word of the catalogue stands."""
    memory.write([Entry("", "record", "said", OWN, value=0.7, strength=0.7, when=1.0)], turn="t")
    (entry,) = [e for e in memory.entries("record") if e.text == OWN]
    return entry


def test_a_statement_in_own_words_counts_for_what_the_model_says_it_is_about(assistant, memory, told):
    engine = Reads()
    steps, _ = turn(assistant, engine, memory, "Recommend me a film")
    assert f"<memory>[m1] own words: {OWN}" in engine.transcripts[-1].text
    assert [e["id"] for s in of(steps, Recall) for e in s.entries] == [told.id]
    assert of(steps, Profile)[-1].memory_ids == (told.id,)
    assert of(steps, Ranking)[-1].candidates[0]["memories"] == [told.id]
    shown = of(steps, Answer)[-1].items
    assert all("friendship" in i["themes"] for i in shown)
    assert any(told.id in i["memories"] for i in shown)
    assert f"you said “{OWN}” [{told.id}]" in of(steps, Answer)[-1].text


@pytest.mark.parametrize("about", [protocol.OTHER, "boxing"])
def test_what_is_about_nothing_in_the_catalogue_or_far_from_it_moves_nothing(assistant, memory, told, about):
    steps, conversation = turn(assistant, Reads(about=about), memory, "Recommend me a film")
    assert of(steps, Profile)[-1].memory_ids == (told.id,)
    assert conversation.last.asked.read == ()


def test_a_forgotten_statement_counts_no_more_whatever_was_read_in_it(assistant, memory, told):
    _, conversation = turn(assistant, Reads(), memory, "Recommend me a film")
    asked = conversation.last.asked
    assert [p.evidence for p in taste(memory, asked).patterns if p.terms == ("friendship",)] == [(told.id,)]
    before = ranking(asked, memory, assistant.catalog).scores
    memory.forget([told.id])
    assert not any(p.terms == ("friendship",) for p in taste(memory, asked).patterns)
    assert ranking(asked, memory, assistant.catalog).scores != before
