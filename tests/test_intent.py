"""What is asked for without a phrase that asks: made of the files it says, and silent in talk."""

from __future__ import annotations

import numpy as np
import pytest

from mrrec.agent.request import asks, intent, read_request
from train.intent import Example, fingerprint, tell
from train.intent import test as scores


@pytest.fixture(scope="module")
def head(encoder):
    return intent.load(encoder)


def test_the_shipped_head_is_made_of_the_files_that_are_here():
    with np.load(intent.WEIGHTS) as saved:
        assert str(saved["made_from"]) == fingerprint(), "run python -m train.intent"
    assert intent.WEIGHTS.stat().st_size <= 1_000_000


def test_another_encoder_leaves_it_to_the_rules(catalog):
    class Other:
        name = "other"

    assert not asks("I've two free hours and nothing to play.", Other())


@pytest.mark.parametrize(
    ("message", "kinds", "wishes"),
    [
        ("I've two free hours and nothing to play.", ("game",), ()),
        ("My whole evening is free for a film about pirates.", ("film",), ("pirates",)),
        ("Where do I turn for a slow book about the sea?", ("book",), ("slow", "sea")),
        ("The kids are asleep at last and we deserve a proper western.", (), ("western",)),
    ],
)
def test_requests_are_known_without_a_phrase_that_asks(catalog, encoder, message, kinds, wishes):
    request = read_request(message, catalog, encoder=encoder)
    assert request.act == "recommend"
    assert request.kinds == kinds
    assert {*wishes} <= {*request.wishes}


@pytest.mark.parametrize(
    "message",
    [
        "I love slow films about the sea.",
        "My sister adores westerns.",
        "We watched a lovely film about pirates last night.",
        "Who wrote The Left Hand of Darkness?",
        "My brother has broken the lamp.",
        "I finished it on the train this morning.",
        "Thanks, that was perfect!",
        "I used to read horror, but I'm over it.",
        "Is The Left Hand of Darkness a long book?",
        "My sister is a lawyer and her husband builds boats.",
        "the cat has broken the lamp",
        "Westerns remind me of my grandfather.",
    ],
)
def test_talk_stays_talk(catalog, encoder, message):
    assert read_request(message, catalog, encoder=encoder).act == "talk"


@pytest.mark.parametrize("message", ["werewolf romance lol", "lost at sea", "war", "dinosaurs, big ones eating people"])
def test_what_is_only_named_is_asked_for(catalog, encoder, message):
    assert read_request(message, catalog, encoder=encoder).act == "recommend"


def test_scores_on_what_it_never_saw(head, capsys):
    scores(head, 0)
    shares = [float(line.split()[-1]) for line in capsys.readouterr().out.splitlines()]
    people_asked, people_told, asked, told = shares
    assert people_asked > 0.95 and people_told < 0.02 and asked > 0.5 and told < 0.04


def test_wrong_answers_count(head, capsys):
    tell("all wrong", [Example("A slow film about the sea, please.", False), Example("I hate gore.", True)], head)
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["0.000", "1.000"]
