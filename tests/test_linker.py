"""The linker: the file that ships, and that its training learns."""

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from mrrec.agent.request import read_request
from mrrec.catalog import linking
from mrrec.catalog.vocabulary import Vocabulary
from train.linker import Example, examined, fingerprint, framed, names, part_of, sentences, tell, thinned, train
from train.worlds import World


@pytest.fixture(scope="module")
def world():
    return World.open()


def test_the_file_that_ships_is_of_these_names():
    with np.load(linking.WEIGHTS) as saved:
        assert str(saved["made_from"]) == fingerprint(), "run python -m train.linker"
        assert int(saved["held"]) == -1
    assert linking.WEIGHTS.stat().st_size <= 2_000_000


def test_it_is_of_its_own_encoder_alone():
    class Other:
        name = "another"

    assert linking.load(Other()) is None


def test_the_nearest_of_few_terms_is_not_meant_for_that_alone(encoder):
    def chances(names: list[str], text: str) -> dict[str, float]:
        words = Vocabulary(names, Counter(names), set(names), encoder.encode(names))
        return linking.linking(encoder, words).chances([text])[0]

    assert chances(["western", "friendship"], "a film about people crammed into a submarine")["western"] < 0.1
    assert next(iter(chances(["western", "sci-fi"], "films with spaceships and faraway planets"))) == "sci-fi"
    both = (chances(names, "a futuristic, sci-fi-like film") for names in (["sci-fi"], ["science fiction"]))
    assert min(next(iter(of.values())) for of in both) > 0.1, "what is called otherwise does not take its share"


@pytest.mark.parametrize(
    ("message", "stray"),
    [
        ("i want to sob on the train. ruin me", {"ruins"}),
        ("dice and counters, for the in-laws", {"law"}),
        ("what fighting in vietnam was like", {"fighting"}),
        ("Find a sibling for the book at the top of my list.", {"siblings"}),
        ("somebody's kid can read minds", {"family"}),
    ],
)
def test_what_stands_there_and_is_not_meant_counts_for_nothing(catalog, encoder, message, stray):
    assert stray <= {*read_request(message, catalog).wishes}, "the rules take it"
    assert not stray & {*read_request(message, catalog, encoder=encoder).wishes}


@pytest.mark.parametrize(
    ("message", "genres"),
    [
        ("a drama film from the 1990s", ("drama",)),
        ("an essay book, less than 350 pages", ("essay",)),
        ("ww2 but from a kid's eyes", ()),
        ("someone hunting down whoever killed his kids", ()),
    ],
)
def test_a_genre_binds_where_it_is_meant(catalog, encoder, message, genres):
    assert read_request(message, catalog, encoder=encoder).genres == genres


def test_parts_share_no_name_and_are_all(world):
    kept, held = (part_of(world, 1, held=of) for of in (False, True))
    texts = [{e.text for e in names(w)} for w in (kept, held, world)]
    assert texts[0] | texts[1] == texts[2]
    assert len(texts[0] & texts[1]) < 0.01 * len(texts[2])  # two topics that are called alike
    assert 0.2 < len(texts[1]) / len(texts[2]) < 0.3


def test_sentences_mean_what_they_were_made_of(world):
    found = {e.text: e.terms for e in sentences(world, 12, 0, 900)}
    assert any(found.values()) and not all(found.values())
    for lesson in world.lessons(12, 0, 900):
        if lesson.sort in ("said", "history"):
            assert found[lesson.query.text] == lesson.wants


def test_framed_names_stand_in_sentences_and_mean_their_topic(world):
    few = replace(world, topics=dict(list(world.topics.items())[::40]))
    rows = [(topic.term, row) for (_, topic), rows in few.topics.items() for row in rows]
    found = framed(few, 0)
    texts = [(term, row[of].split("{works}")[-1].strip()) for term, row in rows for of in ("noun", "short")]
    called = {(term, re.sub(r"^an? ", "", text)) for term, text in texts}
    assert len(found) > 100
    for example in found:
        (term,) = example.terms
        assert any(t == term and text.lower() in example.text.lower() for t, text in called), example


def test_only_with_a_linker_that_has_not_learned_all_is_there_an_examination(assistant, world):
    alone = replace(assistant)
    assert examined(alone, world, None) is world
    with pytest.raises(ValueError, match="--hold-out"):
        examined(alone, world, linking.WEIGHTS)


def test_a_short_training_learns(encoder, world):
    terms = ("sea", "heist", "dragons", "friendship")
    mine = [e for e in names(world) if e.terms[0] in terms]
    learn, held = mine[::2], mine[1::2]
    none = [Example(t, ()) for t in ("Good morning.", "My glasses broke.", "It rains.", "The bus was late again.")]
    linker = train({"names": learn, "none": none}, encoder, 0.03, 0)
    told = tell("held out", held, linker, encoder)
    assert told["among 1"] > 0.6
    with torch.no_grad():
        vectors = linker.named(list(linker.terms), torch.from_numpy(encoder.encode(list(linker.terms))))
        assert linker([e.text for e in none], vectors).argmax(1).eq(len(linker.terms)).sum() >= 3


def test_a_thinned_text_keeps_a_word():
    class Never:
        def random(self):
            return 0.0

    assert thinned("salt", Never()) == "salt"
