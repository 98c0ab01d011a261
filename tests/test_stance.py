"""The head that reads stances: made of the files it says, blind to nouns, silent where nothing is told."""

from __future__ import annotations

import numpy as np
import pytest

from mrrec.memory.reading import opinions, read_by_rules, read_message, stance
from mrrec.memory.reading.mentions import Found, find
from train.stance import fingerprint


@pytest.fixture(scope="module")
def head(encoder):
    return stance.load(encoder)


def test_the_shipped_head_is_made_of_the_files_that_are_here():
    with np.load(stance.WEIGHTS) as saved:
        assert str(saved["made_from"]) == fingerprint(), "run python -m train.stance"
    assert stance.WEIGHTS.stat().st_size <= 2_000_000


def test_another_encoder_has_the_rules_alone(catalog, encoder):
    class Other:
        name = "other"

    assert stance.load(Other()) is None
    entries = read_by_rules("I love westerns", catalog, encoder).entries
    assert opinions.complete(entries, "I love westerns", catalog, Other(), 0.0) == (list(entries), [])


def test_the_noun_makes_no_difference(head, encoder):
    def told(noun):
        message = f"{noun} put me to sleep"
        found = [Found(0, len(noun), "term", terms=("x",), sure=True)]
        return stance.judge(head, stance.masked(message, found)).stances

    assert np.array_equal(told("Westerns"), told("Submarines"))


def test_a_season_that_tells_when_is_no_taste(catalog, encoder):
    def topics(message):
        return {t for e in read_message(message, catalog, encoder).entries for t in e.topics}

    assert "winter" not in topics("I can't carry them through a winter here.")
    assert "winter" in topics("I can't stand films about winter")


@pytest.mark.parametrize(
    ("message", "topics"),
    [
        ("I love slow westerns. A film for tonight, please", {"slow", "western"}),
        ("I hate horror. What should I watch?", {"horror"}),
        ("I like comedies, what should I watch?", {"comedy"}),
        ("I adore opera. Recommend a book", {"opera"}),
    ],
)
def test_a_taste_told_with_a_request_is_kept(catalog, encoder, message, topics):
    assert topics <= {t for e in read_message(message, catalog, encoder).entries for t in e.topics}


def test_every_place_has_one_mask(head):
    message = "I love abc, def and ghi"
    found = [Found(7, 10, "term"), Found(12, 15, "term"), Found(20, 23, "term"), Found(20, 23, "title")]
    masked = stance.masked(message, found)
    assert masked.text.split() == ["I", "love", "[MASK]", ",", "[MASK]", "and", "[MASK]"]
    assert masked.places == (0, 1, 2, 2) and masked.looks.shape == (4, len(stance.LOOKS))
    judged = stance.judge(head, masked)
    assert judged.stances.shape == (4, len(stance.STANCES)) and judged.whole.shape == (1, len(stance.WHOLE))
    assert np.allclose(judged.stances.sum(1), 1, atol=1e-5)
    assert (judged.stances[:3, stance.TASTES :] < 1e-6).all(), "a genre is not abandoned"


@pytest.mark.parametrize(
    ("message", "surfaces"),
    [
        ("i love le guin", {"le guin"}), ("Authors: Octavia Butler, Ozu", {"Octavia Butler", "Ozu"}),
        ("loved: dune, hyperion", {"dune", "hyperion"}), ("thirllers yes, commedies no", {"thirllers", "commedies"}),
        ("out in the heat", set()), ("Quentin Tarentino", {"Quentin Tarentino"}), ("there is a monster", set()),
    ],
)  # fmt: skip
def test_what_is_mentioned(message, surfaces, catalog):
    found = find(message, catalog)
    assert {message[f.start : f.end] for f in found if f.sort != "unknown"} >= surfaces
    if not surfaces:
        assert not [f for f in found if f.sort == "title" and f.start]


@pytest.mark.parametrize(
    ("message", "value"),
    [("Heat 5/5, Alien 2/5", 1.0), ("Heat – 7.5 from me", 0.444), ("four stars for Heat", 0.5)],
)
def test_numbers_given(message, value):
    one = Found(message.index("Heat"), message.index("Heat") + 4, "title")
    assert opinions._rating(message, one) == value


@pytest.mark.parametrize("message", ["", "?", "😀", "[MASK] [MASK]", "I love [MASK]", "Heat " * 400, "a. b. c.\n\nd"])
def test_any_text_is_judged(message, catalog, encoder):
    read_message(message, catalog, encoder)


def test_what_is_told_is_no_request(catalog, encoder):
    reading = read_message("Cosy stuff is my happy place. Something with trains please", catalog, encoder)
    assert [e.terms for e in reading.entries] == [("cosy",)]
    assert reading.rest == "Something with trains please"
