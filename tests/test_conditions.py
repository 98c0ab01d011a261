"""False premises put right, and requests by condition: over the starter catalogue, in many wordings."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from mrrec.agent.loop import Conversation, run
from mrrec.agent.request import asking, read_request
from mrrec.agent.steps import Answer, Say
from mrrec.catalog.items import normalise
from mrrec.evaluate.tasks import conditions
from mrrec.evaluate.tasks import conditions_phrasings as phrasings
from mrrec.evaluate.tasks.conditions_world import World
from tests.scripted import Scripted


@pytest.fixture
def read(starter):
    return lambda message: read_request(message, starter)


def fitting(catalog, request):
    tests = [c.test for c in request.conditions()]
    return [i for i in catalog.items if all(test(i) for test in tests)]


# --- what is untrue is put right --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Since Spielberg directed Alien, more by that director, please", "by Ridley Scott, not by Steven Sp"),
        ("as James Cameron made Jaws, another of his kind", "Jaws (1975) was directed by Steven Spielberg"),
        ("that Kubrick film Alien", "directed by Ridley Scott, not by Stanley Kubrick"),
        ("I loved Tarantino's Heat. What next?", "directed by Michael Mann, not by Quentin Tarantino"),
        ("something like Ridley Scott's Jaws", "directed by Steven Spielberg, not by Ridley Scott"),
        ("films by Martin Scorsese, who also directed The Godfather", "Francis Ford Coppola, not by Martin Scorsese"),
        ("The Godfather was directed by Sidney Lumet, wasn't it? More like it", "Francis Ford Coppola, not by Sidney"),
        ("the director of Alien is David Lynch, so more by David Lynch", "by Ridley Scott, not by David Lynch"),
        ("Alien's director, Wes Anderson, made other films too, which ones?", "by Ridley Scott, not by Wes Anderson"),
        ("i watched heat by ridley scott and want something similar", "by Michael Mann, not by Ridley Scott"),
        ("anything like Alien? I like that Michael Mann directed it", ""),
        ("Since Isaac Asimov wrote Neuromancer, another book by that author", "by William Gibson, not by Isaac"),
        ("I loved Agatha Christie's Emma, more by its author", "written by Jane Austen, not by Agatha Christie"),
        ("Jane Austen also wrote Middlemarch, right? something similar", "written by George Eliot, not by Jane Austen"),
        ("Valve made Tetris, so something by the same studio", "developed by"),
        ("since Valve developed Dark Souls, more by that studio", "developed by FromSoftware, not by Valve"),
        ("that 1994 film Heat, something like it", "Heat is from 1995"),
        ("I liked Jaws (1990), more like that", "Jaws is from 1975, not from 1990"),
        ("Alien came out in 1985, right? Anything else by its director?", "Alien is from 1979, not from 1985"),
        ("that 2010 novel Dune, and more like it", "The catalogue has Dune from"),
        ("I loved Tom Hanks in Heat, more with him", "not Tom Hanks"),
        ("Tom Cruise plays in Jaws, so something else by the director of Jaws", "Roy Scheider"),
        ("as Meryl Streep is the star of Alien, another film with that star", "Sigourney Weaver"),
        ("Steven Soderbergh's Solaris was good, what else did its director make?", "Solaris (1972) was directed"),
    ],
)  # fmt: skip
def test_what_is_untrue_is_put_right(read, message, said):
    sentences = " ".join(c.sentence for c in read(message).corrections)
    assert said in sentences if said else not sentences


TRUE = """Since Ridley Scott directed Alien, more by that director
I loved Kubrick's The Shining, what next?
I loved Stephen King's The Shining, what next?
As Stephen King wrote The Shining, another book by that author
that Spielberg film Jaws, more like it
films by Michael Mann, who also directed Heat
The Godfather was directed by Francis Ford Coppola, so more by him
The Godfather was written by Mario Puzo, more books by that author
I loved Frank Herbert's Dune, something similar
David Lynch's Dune is underrated, more by its director
Denis Villeneuve's Dune was great, more by its director
I loved Murnau's Nosferatu, more silent films
I loved Herzog's Nosferatu, more by that director
Ethan Coen directed Fargo, more by that director
since Joel Coen made No Country for Old Men, another one by its director
the Coens' Fargo was great, more by them
the Coen brothers made Fargo. Another film by them?
Clint Eastwood's Unforgiven was great, more westerns
I loved Clint Eastwood in Unforgiven, more with him
Al Pacino was in Heat, so more with Al Pacino
I loved Robert De Niro in Heat. Another film with him?
Heat, starring Al Pacino, was great. Something else by its director?
that 1995 film Heat, more by its director
Alien (1979) was great, something similar
Dune (1984), and something like it
that 2021 film Dune, more by the director
Solaris from 1972 is a favourite, more by that director
that 1961 novel Solaris, more by its author
Stanisław Lem's Solaris was great, anything similar?
Lanny and Bruce aside, a film with Sigourney Weaver, the star of Alien
as Sigourney Weaver is the lead in Alien, more with that star
Valve made Portal, more by that studio
Nintendo's Super Mario 64 was fun, another game by that studio
since FromSoftware developed Dark Souls, more by them
Orson Welles was in The Third Man, more films like that
a film with Tom Hanks in New York
something like Alien by Steven Spielberg
something like Heat with Tom Hanks
a film with Tom Hanks set in Casablanca
anything but Heat by Michael Mann
a film by the director of Alien with Russell Crowe
more by the maker of Jaws from 1993
like Heat but from the seventies
a 1994 film by Quentin Tarantino
a film from 1994 like Heat
shorter than Heat, by Martin Scorsese
with Al Pacino and Robert De Niro
something by Steven Spielberg
a game by Valve
anything starring Tom Hanks
who directed Heat?
did Steven Spielberg direct Heat?
is Heat by Michael Mann?"""


@pytest.mark.parametrize("message", TRUE.splitlines())
def test_what_is_true_or_only_asked_is_left_alone(read, message):
    assert not read(message).corrections


@pytest.mark.parametrize(
    ("message", "by", "not_by"),
    [
        ("Since Spielberg directed Alien, more films by that director, please", "Ridley Scott", "Steven Spielberg"),
        ("I loved Tarantino's Heat. Another film by the same director?", "Michael Mann", "Quentin Tarantino"),
        ("Tom Cruise plays in Jaws, so something else by the director of Jaws", "Steven Spielberg", ""),
        ("that 1990 film Jaws: more by its director", "Steven Spielberg", ""),
        ("Heat was shot by Ridley Scott. What else is there from its director?", "Michael Mann", "Ridley Scott"),
        ("since Isaac Asimov wrote Persuasion, another book by that author", "Jane Austen", "Isaac Asimov"),
        ("films by Michael Mann, who also directed The Shining", "Michael Mann", "Stanley Kubrick"),
        ("I'd like a film by Ridley Scott, the director of Jaws", "Ridley Scott", "Steven Spielberg"),
    ],
)
def test_whose_works_a_false_premise_asks_for(read, starter, message, by, not_by):
    request = read(message)
    assert request.act == "recommend" and request.corrections
    found = fitting(starter, request)
    assert found and all(by in i.creators for i in found)
    assert not any(i.title == request.corrections[0].item.title for i in found)
    assert not any(not_by in i.creators for i in found)


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("who made Jaws and Jurassic Park? I want another film by that person", {"Steven Spielberg"}),
        ("Heat and The Godfather share an actor. Something else with that actor", {"Al Pacino"}),
        ("Alien and Blade Runner have the same director. Another film by that director?", {"Ridley Scott"}),
        ("the person who made Alien as well as Blade Runner", {"Ridley Scott"}),
        ("whoever shot Jaws, I'd take more", {"Steven Spielberg"}),
        ("I finished Persuasion. Another novel by the same writer?", {"Jane Austen"}),
        ("The Panist's director, another film please", {"Roman Polanski"}),
        ("which other films did the director of Jaws make?", {"Steven Spielberg"}),
    ],
)
def test_people_known_by_their_works(read, message, names):
    request = read(message)
    assert request.act == "recommend"
    assert {n for r in request.relations for n in r.names} == names and not request.like


@pytest.mark.parametrize(
    ("message", "than", "sort"),
    [
        ("the author of Emma, but a later one", 1815, "year"),
        ("an older film by the director of Jaws", 1975, "year"),
        ("a longer film by the director of Jaws", 124, "length"),
    ],
)
def test_later_or_longer_than_the_work_that_somebody_is_known_by(read, starter, message, than, sort):
    found = fitting(starter, read(message))
    assert found
    assert all((getattr(i, sort) < than) == ("older" in message) for i in found)


@pytest.mark.parametrize(
    "message",
    [
        "which films by Hitchcock are from before 1950?",
        "what have you got by Valve besides Portal?",
        "what did Kubrick direct before 1960?",
        "does Capcom have a horror game?",
        "what was Al Pacino in during the seventies?",
        "are there films by Agnès Varda?",
        "has Ursula K. Le Guin written any short novels?",
    ],
)
def test_a_question_for_works_is_a_request(read, starter, message):
    request = read(message)
    assert request.act == "recommend" and fitting(starter, request)


@pytest.mark.parametrize(
    "message", ["who directed Jaws?", "what is Heat about?", "what was Alien like?", "did Kubrick direct Alien?"]
)
def test_a_question_about_a_work_is_none(read, message):
    assert read(message).act == "talk"


def test_years_and_nouns_are_no_titles(read):
    assert not read("a Mexican film from 2001").like and read("a Mexican film from 2001").years == (2001, 2001)
    assert not read("a role-playing game from Capcom").like
    assert [i.title for i in read("a film like 1917").like] == ["1917"]


def test_names_ruled_out_by_a_verb(read, starter):
    request = read("something with Tom Hanks that Spielberg didn't direct")
    assert request.avoid_names == ("Steven Spielberg",) and "Tom Hanks" in {n for g in request.names for n in g}
    assert fitting(starter, request)


def test_a_premise_among_statements_is_read_with_the_request(starter):
    message = "I loved Tarantino's Heat. Another film by the same director?"
    assert asking(message, "Another film by the same director?", starter) == message
    assert asking("I hate gore. A scary film", "A scary film", starter) == "A scary film"


# --- the answer -------------------------------------------------------------------------------------------------------


@pytest.fixture
def send(assistant):
    """Answers to one message each, with a model that only says what it is told to."""
    scripted = replace(assistant, engine=Scripted())

    def answer(message):
        steps = {s.id: s for s in run(scripted, Conversation(None), message)}
        return next(s for s in steps.values() if isinstance(s, Answer | Say))

    return answer


def test_the_answer_puts_it_right_whatever_the_model_writes(send):
    answer = send("Since Spielberg directed Alien, more films by that director, please")
    assert answer.text.startswith("Alien (1979) was directed by Ridley Scott, not by Steven Spielberg. ")
    assert answer.items and all("Ridley Scott" in i["creators"] for i in answer.items)
    assert not send("Since Ridley Scott directed Alien, more films by that director").text.startswith(
        "Alien (1979) was"
    )


def test_the_answer_puts_it_right_when_there_is_nothing_to_recommend(send):
    answer = send("Since Spielberg directed Alien, a film by that director from 1950, please")
    assert not answer.items and answer.text.startswith("Alien (1979) was directed by Ridley Scott, not by Steven Spiel")
    assert "Nothing in the catalogue" in answer.text


def test_talk_puts_it_right_too(send):
    assert "directed by Ridley Scott, not by Steven Spielberg. " in send("Spielberg's Alien was on last night").text


# --- the task ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def task():
    return conditions.build(seed=3)


def test_the_task_is_large_even_and_the_same_for_a_seed(task):
    by = Counter((q.strata["type"], q.strata["half"]) for q in task.queries)
    assert len(task.queries) >= 900 and len(by) == 6 and min(by.values()) >= 150
    assert len({q.id for q in task.queries}) == len({q.text for q in task.queries}) == len(task.queries)
    halves = [World(task.items, seed).half for seed in (3, 3, 4)]
    assert halves[0] == halves[1] != halves[2]


def test_relevant_items_are_few_and_named_ones_are_not_among_them(task):
    ids = {i.id: i for i in task.items}
    for query in task.queries:
        assert 1 <= len(query.relevant) <= 5 and set(query.relevant) <= set(ids)
        assert bool(query.must_say) == (query.strata["type"] == "premise")
        assert not re.search(r"[{}]", query.text)


@pytest.mark.parametrize("halves", [phrasings.DIRECT, phrasings.TITLES, phrasings.PREMISE])
def test_halves_share_no_phrasing(halves):
    dev, test = ({normalise(shape) for _, shape in phrasings.shapes(halves[h])} for h in ("dev", "test"))
    assert len(dev) >= 30 and len(test) >= 30 and not dev & test


def test_what_is_untrue_in_a_premise_is_untrue(task):
    ids = {i.id: i for i in task.items}
    for query in task.queries:
        if query.strata.get("reading") == "the true one" and query.strata["kind"] == "book":
            makers = {n for i in query.relevant for n in ids[i].creators}
            assert not any(query.text.lower().count(n.lower()) for n in makers)
