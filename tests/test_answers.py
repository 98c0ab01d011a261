"""The check of what answers claim: true answers pass, and every sort of false claim is caught."""

import re
from dataclasses import replace

import pytest

from tests.scripted import Scripted
from train.answers import answered, claims, measured, repeated, vocabulary
from train.rollouts import people_of
from train.worlds import World


@pytest.fixture(scope="module")
def told(assistant):
    """Answers of the app's own turn to a dozen lessons, each with the memory that it had."""
    lessons = [x for x in World.open("test").lessons(12, 0, 30_000) if x.sort in ("history", "like", "said")][:12]
    heard = replace(assistant, engine=Scripted())
    people = people_of(heard, lessons, progress=False)
    return [found for lesson in lessons if (found := answered(heard, people, lesson))[0]]


@pytest.fixture(scope="module")
def terms(assistant):
    return vocabulary(assistant.catalog)


def unbacked(text, memory, assistant, terms):
    return [c.text for c in claims(text, assistant.catalog, memory, terms) if not c.backed]


def test_what_the_app_says_is_backed(told, assistant, terms):
    found = [c for text, memory in told for c in claims(text, assistant.catalog, memory, terms)]
    assert len(found) > 10 * len(told)
    assert [c.text for c in found if not c.backed] == []


def test_false_claims_are_caught(told, assistant, terms):
    caught = dict.fromkeys(("title", "year", "genre", "memory", "words", "again"), 0)
    for text, memory in told:
        false = {
            "title": re.sub(r"\*\*(.+?)\*\*", "**The Unwritten One**", text, count=1),
            "year": re.sub(r"\*\* \(\d+\)", "** (1066)", text, count=1),
            "genre": re.sub(r"(\*\* \(\d+\):)", r"\1 a western operetta, a musical", text, count=1),
            "memory": re.sub(r"\[[rpt]-[0-9a-f]+\]", "[p-000000000000]", text, count=1),
            "words": re.sub(r"; you like (.+?) \[", "; you like cold soup [", text, count=1),
            "again": re.sub(r"; you like [^;]+? \[", "; likewise [", text, count=1),
        }
        for sort, changed in false.items():
            if changed != text:
                assert unbacked(changed, memory, assistant, terms), (sort, changed)
                caught[sort] += 1
    assert all(caught.values()), caught


def test_what_was_told_of_one_item_is_not_told_again_of_the_next(told):
    for text, _ in told:
        memories = re.findall(r"; (you .+? \[[rpt]-[0-9a-f]+\])", text)
        assert len(memories) == len(set(memories)), text
    assert sum(repeated(text) for text, _ in told) / len(told) < 0.04


def test_a_wrong_number_of_items_is_caught(told, assistant, terms):
    text, memory = told[0]
    assert unbacked(f"Here are nine things.\n\n{text.partition(chr(10) * 2)[2]}", memory, assistant, terms)


def test_figures_of_answers(assistant):
    lessons = [x for x in World.open("test").lessons(4, 0, 30_000) if x.sort != "small"]
    heard = replace(assistant, engine=Scripted())
    found = measured(heard, people_of(heard, lessons, progress=False), lessons, 3)
    assert found["answers"] == 3 and 1 <= found["distinct openings"] <= 3
    assert found["backed"] == 1.0 and found["claims"] > 20
    assert repeated("over and over and over and over") > 0.3
