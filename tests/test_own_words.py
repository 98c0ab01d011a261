"""Requests and tastes in words of one's own: what the linker makes of them, and what the model says where it doubts."""

import re
from contextlib import contextmanager
from dataclasses import replace

import pytest

from mrrec.agent import own_words, protocol
from mrrec.agent.asked import ranking, taste
from mrrec.agent.loop import Conversation, run
from mrrec.agent.steps import Answer, Profile, Ranking, Recall, Thought
from mrrec.agent.why import influences
from mrrec.memory.entry import Entry
from tests.scripted import SAYS, Scripted, admits

# Said in words that the linker has learned, so that a new training changes nothing here
OWN = "Tales of besties falling out and making up are what I reach for first"
BESTIES = "A film about besties falling out and making up"


@pytest.fixture
def doubtful(monkeypatch):
    """The linker is never sure."""
    monkeypatch.setattr(own_words, "SURE", 2.0)


class Reads(Scripted):
    """Writes `wants`, says of every memory in own words that it is about `about`, and keeps what it might have said."""

    trained = True

    def __init__(self, wants: str = protocol.NOTHING, about: str = "friendship"):
        super().__init__(SAYS | {"</wants>": wants})
        self.about, self.grammars = about, []

    @contextmanager
    def transcript(self, *args, **options):
        with super().transcript(*args, **options) as made:
            plain = made.write

            def write(grammar, max_tokens, stop, penalty=1.0):
                self.grammars.append((stop, grammar))
                if stop == "</think>" and f'"{protocol.OTHER}"' in grammar:
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


def found(engine):
    return re.search(r"<found>(.*?)</found>", engine.transcripts[-1].text)[1]


@pytest.mark.parametrize(
    "text, term",
    [
        ("tales of mates who stand by each other", "friendship"),
        ("a film in no hurry at all", "slow"),
        ("books in which somebody dies at a country house and everyone has a motive", "murder"),
        ("games you can sink into like a favourite armchair", "cosy"),
        ("anything with hobbits-and-wizards business", "fantasy"),
    ],
)
def test_words_of_ones_own_are_linked(catalog, text, term):
    (chances,) = catalog.meant([text])
    assert term in list(chances)[:8] and list(chances.values()) == sorted(chances.values(), reverse=True)
    assert 0 < sum(chances.values()) <= 1.0001
    (without,) = catalog.meant([text], told=[(term,)])
    assert term not in without


def test_talk_of_other_things_is_linked_to_nothing(catalog):
    for text in ("My glasses broke this morning.", "Thanks, that is all for today.", "Recommend me a film"):
        assert max(catalog.meant([text])[0].values()) < own_words.SURE


def test_texts_are_linked_alone_as_in_company(catalog):
    texts = ["a film in no hurry", "tales of mates who stand by each other and of much else besides"]
    catalog.linking._known.clear()
    together = catalog.meant(texts)
    catalog.linking._known.clear()
    alone = [catalog.meant([t])[0] for t in texts]
    for a, b in zip(alone, together):
        assert a == pytest.approx(b, abs=1e-4)


def test_without_a_linker_for_the_encoder_nothing_is_linked(starter):
    assert starter.meant(["tales of mates"]) == [{}]


def test_what_a_request_surely_means_is_wished_for_shown_and_explained(assistant, memory, monkeypatch):
    monkeypatch.setattr(own_words, "SURE", 0.4)
    steps, conversation = turn(assistant, Scripted(), memory, BESTIES)
    assert "In the catalogue's words: friendship." in [s.text for s in of(steps, Thought)]
    asked = conversation.last.asked
    assert asked.wanted.wishes == ("friendship",)
    shown = of(steps, Answer)[-1].items
    assert sum("friendship" in i["themes"] for i in shown) >= 3
    told = [i.text for i in influences(asked, shown[0]["id"], memory, assistant.catalog)]
    assert "you asked for friendship" in told
    assert not conversation.last.asked.request.genres


def test_what_a_request_likely_means_counts_by_its_chance_and_is_no_reason(assistant, memory, doubtful):
    steps, conversation = turn(assistant, Scripted(), memory, BESTIES)
    asked = conversation.last.asked
    assert asked.wanted.wishes == () and asked.wanted.meant["friendship"] > 0.2
    assert not any(s.text.startswith("In the catalogue") for s in of(steps, Thought))
    heeded = ranking(asked, memory, assistant.catalog)
    deaf = ranking(replace(asked, wanted=replace(asked.wanted, meant={})), memory, assistant.catalog)
    share = [sum("friendship" in c.item.themes for c in r.chosen) for r in (heeded, deaf)]
    assert share[0] > share[1]
    shown = of(steps, Answer)[-1].items
    for item in shown:
        assert not any("asked for" in i.text for i in influences(asked, item["id"], memory, assistant.catalog))


@pytest.mark.parametrize("ruled_out", ["without {}", "but nothing with {}", "not about {}, please"])
def test_what_is_ruled_out_in_words_of_ones_own_is_not_wished_for(assistant, memory, ruled_out):
    message = f"A film {ruled_out.format('besties falling out and making up')}"
    _, conversation = turn(assistant, Scripted(), memory, message)
    assert "friendship" not in {*conversation.last.asked.wanted.wishes, *conversation.last.asked.wanted.meant}


@pytest.mark.parametrize("place, counts", [(0, True), (3, False)], ids=["likely", "hardly likely"])
def test_where_the_linker_doubts_what_the_model_chooses_too_counts(assistant, memory, doubtful, place, counts):
    offered = list(assistant.catalog.meant([BESTIES], ("film",))[0])[:4]
    engine = Reads(wants=offered[place])
    steps, conversation = turn(assistant, engine, memory, BESTIES)
    assert (f"In the catalogue's words: {offered[place]}." in [s.text for s in of(steps, Thought)]) is counts
    assert conversation.last.asked.wanted.wishes == ((offered[place],) if counts else ())
    grammar = next(g for stop, g in engine.grammars if stop == "</wants>")
    assert all(f'"{t}"' in grammar for t in offered) and grammar.count(" | ") < 12
    assert found(engine).startswith(f"nothing; near: {', '.join(offered)}")


@pytest.mark.parametrize(
    "message, wishes",
    [
        ("A slow film without gore", {"slow"}),
        ("A book like The Left Hand of Darkness, but shorter", set()),
    ],
)
def test_what_code_finds_counts_more_than_what_the_model_names(assistant, memory, message, wishes):
    engine = Reads("funny")
    steps, conversation = turn(assistant, engine, memory, message)
    assert not any(s.text.startswith("In the catalogue") for s in of(steps, Thought))
    assert set(conversation.last.asked.wanted.wishes) == wishes
    assert "gore" not in found(engine) and "gore" not in conversation.last.asked.wanted.meant


def test_a_follow_up_keeps_what_was_found(assistant, memory, doubtful):
    engine = Reads()
    conversation = Conversation(memory)
    assistant = replace(assistant, engine=engine)
    wished = []
    for message, says in ((BESTIES, "friendship"), ("Not that one. Another?", protocol.NOTHING)):
        engine.says = SAYS | {"</wants>": says}
        list(run(assistant, conversation, message, assistant.settings))
        wished.append(conversation.last.asked.wanted.wishes)
    assert wished == [("friendship",), ("friendship",)]


@pytest.mark.parametrize("message, read", [("Recommend me a film", "nothing"), ("A film set in Paris", "paris")])
def test_a_request_of_which_nothing_is_left_means_nothing_more(assistant, memory, told, message, read):
    engine = Reads()
    turn(assistant, engine, memory, message)
    assert found(engine) == read


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


@pytest.mark.parametrize("engine", [Scripted(), Reads()], ids=["linker", "model"])
def test_a_statement_in_own_words_counts_for_what_it_is_about(assistant, memory, told, engine, monkeypatch):
    monkeypatch.setattr(own_words, "SURE", 0.4 if not engine.trained else 2.0)
    steps, _ = turn(assistant, engine, memory, "Recommend me a film")
    shown = re.search(r"<memory>\[m1\] (.*?): (.*?)</memory>", engine.transcripts[-1].text)
    assert shown[1].startswith("friendship, ") and shown[1].endswith(", other") and shown[2] == OWN
    assert [e["id"] for s in of(steps, Recall) for e in s.entries] == [told.id]
    assert of(steps, Ranking)[-1].candidates[0]["memories"] == [told.id]
    shown = of(steps, Answer)[-1].items
    assert all("friendship" in i["themes"] for i in shown)
    assert any(told.id in i["memories"] for i in shown)
    assert f"you said “{OWN}” [{told.id}]" in of(steps, Answer)[-1].text
    assert not engine.trained or of(steps, Profile)[-1].memory_ids == (told.id,)


def test_a_guess_at_a_statement_moves_the_ranking_and_is_no_reason(assistant, memory, told, doubtful):
    steps, conversation = turn(assistant, Reads(about=protocol.OTHER), memory, "Recommend me a film")
    asked = conversation.last.asked
    mine = taste(memory, asked, assistant.catalog)
    assert asked.read == () and "friendship" in {t for g in mine.guesses for t in g.terms}
    assert not any(p.evidence == (told.id,) for p in mine.patterns)
    assert OWN not in of(steps, Answer)[-1].text


def test_a_forgotten_statement_counts_no_more_whatever_was_read_in_it(assistant, memory, told):
    _, conversation = turn(assistant, Reads(), memory, "Recommend me a film")
    asked = conversation.last.asked
    mine = taste(memory, asked, assistant.catalog)
    assert [p.evidence for p in mine.patterns if p.terms == ("friendship",)] == [(told.id,)]
    before = ranking(asked, memory, assistant.catalog).scores
    memory.forget([told.id])
    mine = taste(memory, asked, assistant.catalog)
    assert not mine.guesses and not any(p.terms == ("friendship",) for p in mine.patterns)
    assert ranking(asked, memory, assistant.catalog).scores != before
