"""The catalogue's words for taste, found in what people write."""

from __future__ import annotations

import pytest

from mrrec.catalog.vocabulary import NEAR, SYNONYMS


@pytest.fixture(scope="module")
def vocabulary(catalog):
    return catalog.vocabulary


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A hopeful, slow science fiction film", ["hopeful", "slow", "science fiction"]),
        ("sci-fi westerns", ["science fiction", "western"]),
        ("a rom-com", ["romance", "comedy"]),
        ("a comic film", ["comedy"]),
        ("a comic book", ["graphic novel"]),
        ("something scary", ["horror"]),
        ("darker and funnier", ["dark", "funny"]),
        ("the saddest thrillers", ["melancholy", "thriller"]),
        ("a good time was had", []),
        ("films about love", ["love"]),
        ("I love it", []),
        ("superhero movies", ["superheroes"]),
        ("very gory", ["gore"]),
        ("a children's book", ["children"]),
        ("time-travel story", ["time travel"]),
        ("new york, family", ["new york", "family"]),
        ("dark, comedy", ["dark", "comedy"]),
    ],
)
def test_find(vocabulary, text, names):
    assert [t.name for t in vocabulary.find(text)] == names


def test_find_tells_where(vocabulary):
    text = "a slow burn western"
    assert [text[t.start : t.end] for t in vocabulary.find(text)] == ["slow burn", "western"]


def test_comparatives_are_marked(vocabulary):
    assert [t.compared for t in vocabulary.find("scarier, scary")] == [True, False]


@pytest.mark.parametrize(("word", "name"), [("horor", "horror"), ("commedy", "comedy"), ("westren", "western")])
def test_slips_are_forgiven_in_unknown_words_only(vocabulary, word, name):
    assert [t.name for t in vocabulary.find(f"a {word}", known=frozenset({"a"}))] == [name]
    assert not vocabulary.find(f"a {word}", known=frozenset({"a", word}))
    assert not vocabulary.find(f"a {word}")


def test_near_terms_and_synonyms_are_of_the_catalogue(vocabulary):
    assert vocabulary.near("dark") == ("dark", "bleak") and vocabulary.near("heist") == ("heist",)
    known = set(vocabulary.counts)
    assert {n for n in NEAR if n not in known} == set()
    meant = {m for words in SYNONYMS.values() for m in words.split(", ")}
    assert len(meant - known) <= 3, meant - known


@pytest.mark.parametrize(
    ("phrase", "name"), [("jokes", "funny"), ("haunted mansions", "haunted house"), ("vampirism", "vampires")]
)
def test_resolve_by_meaning_where_no_word_matches(vocabulary, encoder, phrase, name):
    assert not vocabulary.find(phrase)
    assert name in vocabulary.resolve(phrase, encoder.encode([phrase])[0])


def test_resolve_finds_nothing_in_nonsense(vocabulary, encoder):
    assert vocabulary.resolve("qwzx plimf", encoder.encode(["qwzx plimf"])[0]) == []
