"""Lasting limits: what is one, what only looks like one, what it rules out, and where it gives way."""

from __future__ import annotations

import pytest

from mrrec.agent.request.reader import read_request
from mrrec.agent.rules import binding, limits, limits_of
from mrrec.memory import Entry
from mrrec.memory.reading import read_message

# (statement, what its rules are called)
LIMITS = [
    ("I can't sit through anything longer than two hours.", ["no longer than 120 minutes"]),
    ("Nothing over ninety minutes for me, I doze off.", ["no longer than 90 minutes"]),
    ("My limit is an hour and a half.", ["no longer than 90 minutes"]),
    ("I never watch films over two and a half hours.", ["no longer than 150 minutes"]),
    ("Films longer than two hours bore me.", ["no longer than 120 minutes"]),
    ("If a film is over 130 minutes I fall asleep.", ["no longer than 130 minutes"]),
    ("Two hours max, always.", ["no longer than 120 minutes"]),
    ("Films have to be under two hours, my bladder insists.", ["no longer than 120 minutes"]),
    ("I don't have the patience for anything over 100 minutes.", ["no longer than 100 minutes"]),
    ("I only read books under 300 pages.", ["no longer than 300 pages"]),
    ("Books under 300 pages only.", ["no longer than 300 pages"]),
    ("I won't touch a novel with more than four hundred pages.", ["no longer than 400 pages"]),
    ("Anything over 350 pages is too long for me.", ["no longer than 350 pages"]),
    ("I never finish books of more than 250 pages.", ["no longer than 250 pages"]),
    ("My maximum is 200 pages.", ["no longer than 200 pages"]),
    ("I avoid books over 500 pages.", ["no longer than 500 pages"]),
    ("I don't play games over thirty hours.", ["no longer than 30 hours"]),
    ("Games longer than 15 hours are not for me.", ["no longer than 15 hours"]),
    ("I only play games of ten hours or less.", ["no longer than 10 hours"]),
    ("I never read anything under 400 pages.", ["at least 400 pages"]),
    ("A book below 300 pages feels thin to me.", ["at least 300 pages"]),
    ("I can't read subtitles.", ["in English"]),
    ("I never watch anything with subtitles.", ["in English"]),
    ("Subtitles give me headaches.", ["in English"]),
    ("No subtitles for me, ever.", ["in English"]),
    ("I don't watch foreign films.", ["in English"]),
    ("I hate subtitles.", ["in English"]),
    ("Films have to be in English for me.", ["in English"]),
    ("I only watch films in French.", ["in French"]),
    ("I never read translations.", ["in English"]),
    ("Translated books are not for me.", ["in English"]),
    ("I don't watch anything made before 1980.", ["since 1980"]),
    ("Nothing older than the nineties for me.", ["since 1990"]),
    ("I never read books written after 1950.", ["before 1951"]),
    ("I only watch films from 2000 onwards.", ["since 2000"]),
    ("I watch everything with my five-year-old.", ["fit for a child"]),
    ("I always watch with the kids.", ["fit for a child"]),
    ("My little girl watches everything with me.", ["fit for a child"]),
    ("I only read aloud to my grandchildren.", ["fit for a child"]),
    ("Whatever we play, our son plays along, he's eight.", ["fit for a child"]),
]
NONE = [
    "I once sat through a five-hour film.",
    "That three-hour one was great.",
    "I loved that it was over three hours long.",
    "The film was longer than two hours.",
    "I don't mind films over three hours.",
    "Over three hours is no problem for me.",
    "Anything under two hours is fine with me.",
    "I've read nothing over 300 pages this year.",
    "Nothing over two hours tonight, I'm tired.",
    "I have two hours tonight.",
    "Is there anything under 90 minutes?",
    "Do you have books under 300 pages?",
    "Something under two hours, please.",
    "Show me films under 100 minutes.",
    "My brother never watches anything over two hours.",
    "My wife falls asleep after two hours.",
    "She can't read subtitles.",
    "When I was a student I never read anything over 200 pages.",
    "I used to watch nothing over two hours.",
    "I can't get enough of films over three hours.",
    "I'm on page 200 of it.",
    "It took me twelve hours to finish.",
    "I gave up on it after ten minutes.",
    "My train was over two hours late.",
    "I work more than fifty hours a week.",
    "I'm not saying I never watch films over two hours.",
    "I don't mind subtitles.",
    "I like subtitles, actually.",
    "I can't watch anything without subtitles.",
    "I always need subtitles, my hearing is poor.",
    "Subtitles don't bother me.",
    "Subtitles are fine.",
    "I'm too tired for subtitles this evening.",
    "My father hates subtitles.",
    "Do I need subtitles for that?",
    "I speak English and a little French.",
    "I love French films.",
    "The translation was wonderful.",
    "I'm learning English with films.",
    "I was born before 1980.",
    "I've seen nothing from before 1970 yet.",
    "I love films from before 1950.",
    "Not many good films were made before 1930.",
    "I have a seven-year-old.",
    "My kids love dinosaurs.",
    "We watched it with the kids.",
    "Tonight I watch with my seven-year-old.",
    "I watch when the kids are asleep.",
    "I never watch with my kids.",
    "My sister watches everything with her kids.",
    "I sometimes read to my niece.",
    "I watch football with my son.",
    "I watch with my teenage son.",
    "I watch with my 25-year-old daughter.",
]


def rules_of(entries, request) -> list[str]:
    return [rule.label for rule in binding(request, (), frozenset(), limits(entries))]


@pytest.fixture(scope="module")
def anything(catalog):
    return read_request("hello", catalog)


@pytest.mark.parametrize(("statement", "labels"), [pytest.param(s, b, id=s[:60]) for s, b in LIMITS])
def test_limit(statement, labels, catalog, encoder, anything):
    entries = read_message(statement, catalog, encoder).entries
    assert rules_of(entries, anything) == labels, entries


@pytest.mark.parametrize("statement", NONE, ids=[s[:60] for s in NONE])
def test_no_limit(statement, catalog, encoder, anything):
    entries = read_message(statement, catalog, encoder).entries
    assert not [e for e in entries if limits_of(e)]


def stated(statement: str, catalog, encoder, **changes):
    return [e.with_(id="r-1", **changes) for e in read_message(statement, catalog, encoder).entries]


def left(statement: str, asked: str, catalog, encoder):
    """Items that satisfy `asked` and what was stated before."""
    entries = limits(stated(statement, catalog, encoder))
    rules = binding(read_request(asked, catalog), (), frozenset(), entries)
    return [i for i in catalog.items if all(rule.test(i) for rule in rules)]


def test_a_rule_carries_its_memory(catalog, encoder, anything):
    (rule,) = binding(anything, (), frozenset(), limits(stated("Nothing over two hours for me.", catalog, encoder)))
    assert (rule.label, rule.memory_ids) == ("no longer than 120 minutes", ("r-1",))


def test_a_limit_is_of_its_kind(catalog, encoder):
    short = left("I can't sit through anything longer than two hours.", "a film, a book or a game", catalog, encoder)
    assert max(i.length for i in short if i.kind == "film") == 120
    assert max(i.length for i in short if i.kind == "book") > 900
    assert max(i.length for i in short if i.kind == "game") > 50
    spoken = left("I can't read subtitles.", "a film or a book", catalog, encoder)
    spoken_in = {i.language for i in spoken if i.kind == "film"}
    assert all("English" in language or language in ("Silent", "No dialogue") for language in spoken_in)
    assert "Russian" in {i.language for i in spoken if i.kind == "book"}


@pytest.mark.parametrize(
    ("statement", "asked", "gives_way"),
    [
        ("I never watch anything over two hours.", "a film of at least three hours", True),
        ("I never watch anything over two hours.", "an epic of about four hours", True),
        ("I never watch anything over two hours.", "a film of at most 150 minutes", True),
        ("I never watch anything over two hours.", "a film over 90 minutes", False),
        ("I never watch anything over two hours.", "a western", False),
        ("I never read anything under 400 pages.", "a book under 200 pages", True),
        ("I can't read subtitles.", "a Korean film", True),
        ("I can't read subtitles.", "a horror film", False),
        ("I don't watch anything made before 1980.", "a film from the fifties", True),
        ("I don't watch anything made before 1980.", "a comedy film", False),
        ("I always watch with the kids.", "a film for myself, the kids are asleep", True),
        ("I always watch with the kids.", "a comedy film", False),
    ],
)
def test_it_gives_way_to_what_is_asked_now(statement, asked, gives_way, catalog, encoder):
    entries = limits(stated(statement, catalog, encoder))
    assert entries
    with_it, without = (binding(read_request(asked, catalog), (), frozenset(), e) for e in (entries, []))
    assert (len(with_it) == len(without)) == gives_way
    assert left(statement, asked, catalog, encoder)


def test_a_child_sees_no_horror(catalog, encoder):
    shown = left("I watch everything with my five-year-old.", "a film", catalog, encoder)
    assert shown
    assert not {"horror", "gore", "torture", "sex", "drama"} & {
        g for i in shown if not {"family", "animation"} & {*i.genres} for g in (*i.genres, *i.themes)
    }
    assert {"Paddington 2", "My Neighbor Totoro"} <= {i.title for i in shown}


def test_the_newer_limit_counts(catalog, encoder, anything):
    old = stated("I never watch anything over 90 minutes.", catalog, encoder, when=1.0)
    new = stated("I never watch anything over two hours.", catalog, encoder, when=2.0)
    assert rules_of([*new, *old], anything) == ["no longer than 120 minutes"]


def test_tastes_beside_a_limit_are_kept(catalog, encoder):
    entries = read_message("I love westerns, but nothing over two hours for me.", catalog, encoder).entries
    assert [e.terms for e in entries if e.topics] == [("western",)]
    assert len([e for e in entries if limits_of(e)]) == 1


def test_what_is_asked_beside_a_limit_is_left_to_the_request(catalog, encoder):
    reading = read_message("I can't do subtitles, so show me a comedy", catalog, encoder)
    assert reading.rest == "show me a comedy"
    assert [limit.words for e in reading.entries for limit in limits_of(e)] == ["in english"]


def test_what_is_avoided_in_one_kind_does_not_hide_the_same_in_another(catalog):
    films, books = (Entry(f"p-{k}", "pattern", "said", f"Avoids fantasy {k}s", k, terms=("fantasy",), value=-1.0,
                          strength=0.9) for k in ("film", "book"))  # fmt: skip

    def left_out(text):
        rules = binding(read_request(text, catalog), (), frozenset(), [films, books])
        told = [(r.label, r.memory_ids) for r in rules if r.memory_ids]
        return told, {i.kind for i in catalog.items if "fantasy" in i.genres and not all(r.test(i) for r in rules)}

    told, kinds = left_out("A book for tonight")
    assert told == [("no fantasy", ("p-book",))] and "book" in kinds
    told, kinds = left_out("Surprise me")
    assert {label for label, _ in told} == {"no fantasy films", "no fantasy books"} and kinds == {"film", "book"}


def test_a_name_avoided_in_books_is_welcome_in_films(catalog):
    name = "Stephen King"
    king = Entry("p-king", "pattern", "said", f"Avoids {name}", "book", names=(name,), value=-1.0, strength=0.9)
    rules = binding(read_request("Surprise me", catalog), (), frozenset(), [king])
    his = [i for i in catalog.items if name in i.names]
    assert {i.kind for i in his if not all(r.test(i) for r in rules)} == {"book"}
