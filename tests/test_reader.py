"""The small model that reads statements: questions that know nothing of each other, and what it says with the head."""

from __future__ import annotations

import numpy as np
import pytest

from mrrec.catalog import Catalog, Item
from mrrec.catalog.vocabulary import Vocabulary
from mrrec.llm.reader import LONGEST, Reader
from mrrec.memory.reading import asking
from mrrec.memory.reading.mentions import Found, find
from mrrec.memory.reading.stance import STANCES, Judged, words_of


@pytest.fixture(scope="module")
def reader():
    return asking.load()


def likeliest(reader, message, catalog, encoder):
    found = find(message, catalog, words_of(encoder))
    said = asking.answers(reader, message, found)
    return {message[f.start : f.end]: asking.WORDS[int(row.argmax())].strip() for f, row in zip(found, said)}


def test_names_and_titles_of_marks_alone_break_nothing():
    items = [
        Item("1", "film", "???", creators=("! !", "Nora Vane"), people=("-",)),
        Item("2", "film", "…", creators=("村上 春樹",), people=("Андрей Тарковский",)),
    ]
    names, counts, genres = Vocabulary.collect(items)
    catalog = Catalog(items, None, None, Vocabulary(names, counts, genres, np.zeros((len(names), 1), np.float32)))
    found = find("I loved ??? by Nora Vane, ! ! it was … great, 村上 春樹 too.", catalog)
    assert {f.sort for f in found} == {"name"} and len(found) == 2


def test_questions_know_nothing_of_each_other(reader):
    questions = [f"Word: {word} ->" for word in "westerns horror opera pirates whales".split()] * 5
    together = reader.next_words("Message: I love westerns but horror bores me.\n", questions, asking.WORDS)
    alone = reader.next_words("Message: I love westerns but horror bores me.\n", questions[1:2], asking.WORDS)
    assert together.shape == (25, len(asking.WORDS))
    together, alone = (np.exp(x - np.logaddexp.reduce(x, axis=1, keepdims=True)) for x in (together, alone))
    assert np.abs(together[1] - alone[0]).max() < 0.1, "the same but for the order of sums"
    assert np.abs(together[:5] - together[20:]).max() < 0.1, "more than fit in one pass"
    assert np.abs(together[0] - together[1]).max() > 0.3


def test_of_a_text_that_is_too_long_the_beginning_counts(reader):
    text = "I love westerns. " * LONGEST
    one, other = (reader.next_words(t, ["Word: westerns ->"], asking.WORDS) for t in (text, text + "No, I don't."))
    assert np.array_equal(one, other)


def test_it_reads_a_noun_with_the_words_around_it(reader, catalog, encoder):
    told = likeliest(reader, "I can't stand musicals, though I love westerns", catalog, encoder)
    assert told["westerns"] == "like" and told["musicals"] == "dislike"
    assert set(likeliest(reader, "Is there a film about pirates?", catalog, encoder).values()) == {"nothing"}


def test_only_what_may_answer_a_question_does(reader, catalog, encoder):
    message = "I gave Heat five stars, and noir is my thing"
    found = find(message, catalog, words_of(encoder))
    said = asking.answers(reader, message, found)
    assert np.allclose(np.exp(said).sum(1), 1, atol=1e-4) and said.shape == (len(found) + 1, len(asking.WORDS))
    for one, row in zip(found, said):
        if one.sort in ("term", "name"):
            assert (np.exp(row[asking.TASTES :]) < 1e-6).all(), "a genre is neither seen nor rated"
    assert np.exp(said[-1, 3:6]).max() < 1e-6


def test_more_mentions_than_are_asked_about(reader):
    message = "I love westerns. " * (asking.MOST + 5)
    found = [Found(n * 17 + 7, n * 17 + 15, "term", terms=("western",)) for n in range(asking.MOST + 5)]
    said = asking.answers(reader, message, found)
    stances = np.full((len(found), len(STANCES)), 1 / len(STANCES))
    judged = asking.together(Judged(stances, np.zeros((len(found), 3)), np.full((len(found), 3), 0.5)), said)
    assert np.allclose(judged.stances.sum(1), 1)
    assert np.allclose(judged.stances[-1], 1 / len(STANCES)) and judged.stances[0, 1] > 0.3


def test_both_have_a_say():
    judged = Judged(np.array([[0.2, 0.8, 0, 0, 0, 0]]), np.zeros((1, 3)), np.array([[0.9, 0.1, 0.1]]))
    said = np.log(np.array([[0.8, 0.2, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9], [0.9, 0.1, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9]]))
    both = asking.together(judged, said)
    assert both.stances[0, :2] == pytest.approx([0.5, 0.5], abs=1e-3)
    odds = 9 ** (1 - 2 * asking.SHARE_OF_REST)  # 9 to 1 by the head, 1 to 9 by the model
    assert both.whole[0, 0] == pytest.approx(odds / (1 + odds), abs=1e-3) and both.whole[0, 0] < 0.5
    assert asking.together(judged, said, 0.0).stances == pytest.approx(judged.stances, abs=1e-6)


def test_an_adapter_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="no adapter"):
        Reader(tmp_path / "nothing.gguf")
