"""Titles and names as people write them, over the starter catalogue."""

from __future__ import annotations

import time

import numpy as np
import pytest

from mrrec.catalog import Item, read_items
from mrrec.catalog.lookup import Lookup, shared
from mrrec.catalog.vocabulary import Vocabulary
from mrrec.settings import SEED


def look_up(items):
    names, counts, genres = Vocabulary.collect(items)
    return Lookup(items, Vocabulary(names, counts, genres, np.zeros((len(names), 1), np.float32)))


@pytest.fixture(scope="module")
def lookup():
    return look_up(read_items(SEED / "catalog"))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("alien", "Alien"),
        ("ALIEN", "Alien"),
        ("godfather", "The Godfather"),
        ("blade runer", "Blade Runner"),
        ("amelie", "Amélie"),
        ("the good the bad and teh ugly", "The Good, the Bad and the Ugly"),
        ("good, bad and ugly", "The Good, the Bad and the Ugly"),
        ("shawshank redemtion", "The Shawshank Redemption"),
        ("schindlers list", "Schindler's List"),
        ("dr strangelove", "Dr. Strangelove"),
        ("7 samurai", "Seven Samurai"),
        ("twelve angry men", "12 Angry Men"),
        ("walle", "WALL-E"),
        ("1984", "Nineteen Eighty-Four"),
        ("one flew over the cukoos nest", "One Flew Over the Cuckoo's Nest"),
        ("eternal sunshine", "Eternal Sunshine of the Spotless Mind"),
        ("pride & prejudice", "Pride and Prejudice"),
        ("the shinning", "The Shining"),
        ("good fellas", "Goodfellas"),
        ("the left hand of darknes", "The Left Hand of Darkness"),
        ("Dune (1984)", "Dune"),
    ],
)
def test_titles(lookup, text, title):
    assert title in [i.title for i in lookup.titles(text)]


def test_titles_by_year_and_kind(lookup):
    assert [i.year for i in lookup.titles("Dune (1984)")] == [1984]
    assert {i.kind for i in lookup.titles("The Godfather")} == {"film", "book"}
    assert {i.kind for i in lookup.titles("the godfather", kind="book")} == {"book"}


@pytest.mark.parametrize("text", ["", "zzzz qqqq", "the", "qwertyuiop asdf"])
def test_no_such_title(lookup, text):
    assert lookup.titles(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("al pacino", "Al Pacino"),
        ("Kubrick", "Stanley Kubrick"),
        ("stanly kubrick", "Stanley Kubrick"),
        ("scorcese", "Martin Scorsese"),
        ("J. R. R. Tolkien", "J.R.R. Tolkien"),
        ("jrr tolkien", "J.R.R. Tolkien"),
        ("ursula le guin", "Ursula K. Le Guin"),
        ("le guin", "Ursula K. Le Guin"),
        ("the coens", "Joel Coen"),
        ("coen brothers", "Ethan Coen"),
        ("valve", "Valve"),
    ],
)
def test_names(lookup, text, name):
    assert name in lookup.names(text)


def test_an_ambiguous_surname_gives_everybody(lookup):
    assert {"Ridley Scott", "Tony Scott"} <= set(lookup.names("Scott"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Something by the director of Alien", ["Alien"]),
        ("I loved Her and Up", ["Her", "Up"]),
        ("Heat was great", ["Heat"]),
        ("the actor who is in both heat and the godfather", ["Heat", "The Godfather"]),
        ("something like blade runer", ["Blade Runner"]),
        ("directed by Kubrick, not the shining", ["Stanley Kubrick", "The Shining"]),
        ("anything like drive?", ["Drive"]),
        ("have you got 'jaws'?", ["Jaws"]),
        ("i loved taxi driver", ["Taxi Driver"]),
        ("films like her", ["Her"]),
        ("films like up", ["Up"]),
        ("I read It last year", ["It"]),
        ("Fargo meets Jaws", ["Fargo", "Jaws"]),
        ("the director of the thing", ["The Thing"]),
        ("lord of the rings", ["The Lord of the Rings: The Fellowship of the Ring"]),
        ("the alien director", ["Alien"]),
        ("RECOMMEND A FILM LIKE ALIEN", ["Alien"]),
        ("Recommend A Horror Film Like Alien", ["Alien"]),
        ("a Kubrick film", ["Stanley Kubrick"]),
        ("hitchcock thrillers, not psycho", ["Alfred Hitchcock", "Psycho"]),
        ("what is the plot of Heat?", ["Heat"]),
    ],
)
def test_mentions(lookup, text, found):
    mentions = lookup.mentions(text)
    assert [m.items[0].title if m.items else m.names[0] for m in mentions] == found
    assert all(text[m.start : m.end] == m.surface for m in mentions)


@pytest.mark.parametrize(
    "text",
    [
        "it was up to her",
        "us and them",
        "in the mood for a drive",
        "something about a brave girl",
        "I want to go home",
        "It was good",
        "I hate war films",
        "a film about a taxi driver",
        "recommend something wild",
        "something like it",
        "I like slow films about love",
        "A Western, please",
        "I love Paris and London",
        "films set in New York",
        "the heat is killing me",
        "more like that",
        "I loved The Big Sick",
        "a Studio Ghibli film",
        "what should I watch tonight",
        "thanks, that was great",
        "another round of suggestions",
    ],
)
def test_ordinary_words_are_no_mentions(lookup, text):
    assert lookup.mentions(text) == []


def test_shared():
    a = Item("a", "film", "A", people=("X", "Y"), genres=("noir",))
    b = Item("b", "film", "B", people=("Y", "Z"), genres=("crime",))
    assert shared([a, b]).people == ("Y",) and not shared([a, b]).genres
    assert not shared([a])


def test_many_titles_stay_quick():
    made = [
        Item(f"i{n}", "film", f"{a} {b} {n % 97}", 1990, (f"{b} {a}son",), description=f"{a} and {b} meet")
        for n, (a, b) in enumerate((f"Ka{x}ri", f"Mo{y}lo") for x in range(200) for y in range(100))
    ]
    lookup = look_up(made)
    begun = time.process_time()
    for _ in range(20):
        lookup.mentions("something like Ka17ri Mo5loo 3, but directed by Kaari Mo99lo and nothing unhelpful otherwise")
    assert (time.process_time() - begun) / 20 < 0.05
