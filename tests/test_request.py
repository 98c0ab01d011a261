"""What binds in a message: over the starter catalogue, in many wordings."""

from __future__ import annotations

import time

import pytest

from mrrec.agent.request import read_request


@pytest.fixture
def read(starter):
    return lambda message, previous=None, shown=(), asked=False: read_request(message, starter, previous, shown, asked)


def titled(catalog, title, kind="film"):
    return next(i for i in catalog.items if i.title == title and i.kind == kind)


def fitting(catalog, request):
    tests = [c.test for c in request.conditions()]
    return [i for i in catalog.items if all(test(i) for test in tests)]


# --- whether anything is asked for ------------------------------------------------------------------------------------

TALK = """hi|hello there!|good evening|thanks, that was great|thank you so much|how are you?|who are you?
what's your name|are you a robot?|lol|ok|great!|I watched Alien yesterday|I finished Dune last night
what is the plot of Heat?|who stars in Casablanca?|when was Jaws made?|how long is Dune?
have you heard of Stalker?|what did you think of Up?|tell me about Spirited Away|is Heat any good?
my flatmate loves musicals|do you like horror?|I had a great day|it was up to her|I want to be alone
which film is that?|what kind of film is Heat?|what a great film!|I wonder who wrote that book
I need help with my homework|what about you?|that was awful|asdf|?|...|forget that I like westerns"""
ASK = """What comedy from the nineties should I watch?|Which seventies film have I been missing?
I wonder which game I should try now.|What's slow and worth my while to watch?
my sister says I should try the 2020s. Which film?|Which memoir should I read?
What game is properly thoughtful?|It's got to be a sports film today.|What comes close to the game I finished last week?
A scary film, please|any good westerns?|I'm in the mood for something slow|what should I read next|surprise me
Alien but funny|more|films like Heat?|got anything with dragons|recommend something|can you recommend an anime
do you know any films like Jaws?|what's a good game for a rainy afternoon|what do i watch|i'm bored|gimme westerns
Any suggestions?|help me choose|you pick|my mum wants a romance novel|i wnat a comdey|reccomend a book|thrillers
another one|sth funny under 90 mins|hi, a horror film please|thanks! now a western|is there a film like Amélie?
have you got one about haunted lighthouses?|got one about lighthouses?"""


@pytest.mark.parametrize("message", TALK.replace("\n", "|").split("|"))
def test_talk_asks_for_nothing(read, message):
    assert read(message).act == "talk"


@pytest.mark.parametrize("message", ASK.replace("\n", "|").split("|"))
def test_a_wish_is_a_request(read, message):
    assert read(message).act == "recommend"


@pytest.mark.parametrize(
    "message", ["something funny", "films", "I don't know", "horror", "I like westerns", "no idea"]
)
def test_what_follows_a_question_is_a_request(read, message):
    assert read(message, read("recommend something"), asked=True).act == "recommend"


@pytest.mark.parametrize("message", ["hi", "thanks", "what do you mean?"])
def test_talk_after_a_question_stays_talk(read, message):
    assert read(message, read("recommend something"), asked=True).act == "talk"


@pytest.mark.parametrize(
    ("message", "is_open"),
    [
        ("recommend something", True),
        ("what should I watch?", True),
        ("any suggestions?", True),
        ("give me 5 games", True),
        ("surprise me", False),
        ("something funny", False),
        ("a horror film", False),
        ("recommend a book about beekeeping", False),
    ],
)
def test_open(read, message, is_open):
    assert read(message).open is is_open


@pytest.mark.parametrize(
    "message", ["surprise me", "take me out of my comfort zone", "something completely different", "you choose"]
)
def test_surprise(read, message):
    assert read(message).surprise


# --- kinds, genres, terms ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "kinds"),
    [
        ("a movie about a chess game", ("film",)),
        ("a page-turner", ("book",)),
        ("something to read", ("book",)),
        ("what can I play tonight", ("game",)),
        ("a film or a book", ("film", "book")),
        ("not a film", ("book", "game")),
        ("a visual novel", ()),
        ("graphic novels", ()),
        ("a book like the film Arrival", ("book",)),
        ("Something like Alien", ("film",)),
        ("something like Solaris", ()),
        ("a scifi movei", ("film",)),
        ("I want to read something like the movie Arrival", ("book",)),
        ("a film based on a book", ("film",)),
    ],
)
def test_kinds(read, message, kinds):
    assert read(message).kinds == kinds


@pytest.mark.parametrize(
    ("message", "genres", "terms"),
    [
        ("A hopeful, slow science fiction film", ("science fiction",), ("hopeful", "slow")),
        ("I hate gore. A scary film, please", ("horror",), ()),
        ("rom-com please", ("romance", "comedy"), ()),
        ("a film about war", (), ("war",)),
        ("a war film", ("war",), ()),
        ("heist film", (), ("heist",)),
        ("family drama", ("drama",), ("family",)),
        ("a horor movie", ("horror",), ()),
        ("a fantacy novel", ("fantasy",), ()),
        ("a historical novel", ("historical fiction",), ()),
        ("a book for children", ("children",), ()),
        ("kids film", ("family",), ("children",)),
        ("funny sad films", (), ("funny", "melancholy")),
        ("a shooter set in space", ("shooter",), ("space",)),
        ("dark comedy", ("comedy",), ("dark",)),
        ("I'm looking for some action movies", ("action",), ()),
    ],
)
def test_genres_bind_and_tones_are_wishes(read, message, genres, terms):
    request = read(message)
    assert (request.genres, request.terms) == (genres, terms)


def test_several_genres_hold_together_unless_one_or_the_other_is_asked(read, starter):
    both = fitting(starter, read("a sci-fi comedy"))
    assert both and all({"science fiction", "comedy"} <= set(i.genres) for i in both)
    either = fitting(starter, read("a western or a noir"))
    assert {g for i in either for g in i.genres} >= {"western", "noir"}
    assert all({"western", "noir"} & set(i.genres) for i in either)


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("three films", 3),
        ("one book", 1),
        ("a couple of comedies", 2),
        ("top 5 horror movies", 5),
        ("a film", None),
        ("films under two hours", None),
        ("list ten westerns", 10),
        ("seven samurai", None),
    ],
)
def test_count(read, message, count):
    assert read(message).count == count


# --- years, length, places --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "years"),
    [
        ("a film from the nineties", (1990, 1999)),
        ("80s horror", (1980, 1989)),
        ("1960's films", (1960, 1969)),
        ("a film from before 1970", (0, 1969)),
        ("crime novels since 2010", (2010, 9999)),
        ("made after 2000", (2001, 9999)),
        ("noir between 1940 and 1955", (1940, 1955)),
        ("a film from 1979", (1979, 1979)),
        ("pre-1950 films", (0, 1949)),
        ("a western from the 60s or 70s", (1960, 1979)),
        ("early 90s thriller", (1990, 1993)),
        ("films 1950-1965", (1950, 1965)),
        ("18th century novel", (1700, 1799)),
        ("nothing before 1980, a drama", (1980, 9999)),
        ("a movie older than Alien", (0, 1978)),
        ("games newer than Doom", (1994, 9999)),
        ("films set in the 1960s", None),
        ("a film about a man in his forties", None),
    ],
)
def test_years(read, message, years):
    assert read(message).years == years


def test_years_that_are_ruled_out(read, starter):
    found = fitting(starter, read("a horror film, but not from the eighties"))
    assert found and not any(1980 <= i.year <= 1989 for i in found)


@pytest.mark.parametrize(
    ("message", "kind", "within", "beyond"),
    [
        ("films under two hours", "film", 119, 120),
        ("a book with less than 300 pages", "book", 299, 300),
        ("no more than 90 minutes", "film", 90, 91),
        ("not longer than 200 pages", "book", 200, 201),
        ("game under ten hours", "game", 9, 10),
        ("a movie over 3 hours", "film", 181, 180),
        ("a 90 minute film", "film", 92, 120),
        ("i only have an hour and a half", "film", 90, 91),
        ("a page-turner under 250 pages", "book", 249, 250),
        ("a short thriller film", "film", 95, 130),
        ("a long fantasy novel", "book", 600, 300),
        ("not too long", "film", 110, 170),
        ("A book like The Left Hand of Darkness, but shorter", "book", 299, 301),
        ("a film longer than Titanic", "film", 200, 190),
        ("between 80 and 100 minutes", "film", 100, 101),
        ("two and a half hours max", "film", 150, 151),
    ],
)
def test_length(read, message, kind, within, beyond):
    length = read(message).length
    assert length.allows(kind, within) and not length.allows(kind, beyond) and not length.allows(kind, 0)


@pytest.mark.parametrize(
    ("message", "countries", "languages"),
    [
        ("a french film", {"France"}, {"French"}),
        ("something Korean and dark", {"South Korea"}, {"Korean"}),
        ("a novel in Japanese", set(), {"Japanese"}),
        ("from India", {"India"}, {"India"}),
        ("films from South Korea or Japan", {"South Korea", "Japan"}, {"South Korea", "Japan"}),
        ("a French or Italian comedy", {"France", "Italy"}, {"French", "Italian"}),
        ("a thriller, no subtitles", set(), {"English"}),
    ],
)
def test_places(read, message, countries, languages):
    (place,) = read(message).places
    assert (set(place.countries), set(place.languages)) == (countries, languages)


def test_places_that_are_ruled_out(read, starter):
    found = fitting(starter, read("a crime film, but not American"))
    assert found and not any("USA" in i.country for i in found)


def test_silent(read, starter):
    assert {i.language for i in fitting(starter, read("a silent comedy"))} == {"Silent"}


# --- titles, names, relations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "like"),
    [
        ("Alien but funny", ["Alien"]),
        ("something like blade runer", ["Blade Runner"]),
        ("films like godfather", ["The Godfather"]),
        ("spirited awya", ["Spirited Away"]),
        ("a movie like the good the bad and teh ugly", ["The Good, the Bad and the Ugly"]),
        ("I loved Heat. What next?", ["Heat"]),
        ("a cross between Alien and Jaws", ["Alien", "Jaws"]),
        ("Alien meets Jaws", ["Alien", "Jaws"]),
        ("Just watched Parasite. Want something like it", ["Parasite"]),
        ("I've seen Alien and Aliens, anything similar?", ["Alien", "Aliens"]),
        ("Amelie-like films", ["Amélie"]),
        ("funnier than Airplane!", ["Airplane!"]),
        ("recommend something wild", []),
        ("a film about a taxi driver", []),
        ("I'm in the mood for love stories", []),
        ("something about a brave girl", []),
        ("not Alien, a comedy", []),
    ],
)
def test_like(read, message, like):
    request = read(message)
    assert list(dict.fromkeys(i.title for i in request.like)) == like
    assert set(request.like) <= set(request.avoid_items)


def test_the_kind_chooses_among_items_of_a_title(read):
    assert {i.kind for i in read("a film like The Godfather").like} == {"film"}
    assert {i.kind for i in read("a game like Dune").like} == {"film", "book"}
    assert {i.kind for i in read("a game like Dune the book").like} == {"book"}
    assert [i.year for i in read("films like Nosferatu (1922)").like] == [1922]


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("Something by the director of Alien", {"Ridley Scott"}),
        ("A film with the actor who is in both Heat and The Godfather", {"Al Pacino"}),
        ("films featuring the actor from both taxi driver and heat", {"Robert De Niro"}),
        ("whoever directed both alien and blade runner", {"Ridley Scott"}),
        ("the studio behind Portal", {"Valve"}),
        ("a film with the star of Taxi Driver", {"Robert De Niro"}),
        ("anything else by the guy who made Jaws", {"Steven Spielberg"}),
        ("same author as The Left Hand of Darkness", {"Ursula K. Le Guin"}),
        ("books by the author of dune", {"Frank Herbert"}),
        ("Alien's director", {"Ridley Scott"}),
        ("give me something by whoever wrote Emma", {"Jane Austen"}),
        ("i want a movie directed by the same guy as goodfellas", {"Martin Scorsese"}),
        ("show me more from the studio that developed Portal", {"Valve"}),
    ],
)
def test_relations(read, starter, message, names):
    request = read(message)
    (relation,) = request.relations
    assert set(relation.names) == names
    assert not request.like and set(relation.items) <= set(request.avoid_items)
    found = fitting(starter, request)
    assert found and all(names & set(getattr(i, relation.role)) for i in found)


@pytest.mark.parametrize(
    ("message", "role", "names"),
    [
        ("a Kubrick film", "creators", [("Stanley Kubrick",)]),
        ("movies with scorcese", "people", [("Martin Scorsese",)]),
        ("a film by stanly kubrick", "creators", [("Stanley Kubrick",)]),
        ("Kubrick's best", "creators", [("Stanley Kubrick",)]),
        ("books by ursula le guin", "creators", [("Ursula K. Le Guin",)]),
        ("games by valve", "creators", [("Valve",)]),
        ("something by the coens", "creators", [("Joel Coen", "Ethan Coen")]),
        ("films with Tilda Swinton", "people", [("Tilda Swinton",)]),
        ("with Al Pacino and Robert De Niro", "people", [("Al Pacino",), ("Robert De Niro",)]),
        ("with Al Pacino or Robert De Niro", "people", [("Al Pacino", "Robert De Niro")]),
        ("what are the best Miyazaki movies", "creators", [("Hayao Miyazaki",)]),
        ("a book by king", "creators", [("Stephen King",)]),
    ],
)
def test_names(read, message, role, names):
    request = read(message)
    assert list(request.names) == names
    assert {n.role for n in request.named} <= {role, ""}


def test_by_binds_creators_and_with_binds_people(read, starter):
    assert all("Clint Eastwood" in i.creators for i in fitting(starter, read("directed by Clint Eastwood")))
    assert all("Clint Eastwood" in i.people for i in fitting(starter, read("a film starring Clint Eastwood")))


def test_places_are_no_people(read):
    assert not read("films set in New York").named
    assert not read("Latin American novels").named


# --- what is ruled out ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "avoid", "kept"),
    [
        ("not so dark, something warm", {"dark", "bleak"}, {"warm"}),
        ("sci-fi without aliens", {"aliens"}, {"science fiction"}),
        ("sci-fi, but nothing with robots or ghosts", {"robots", "ghosts"}, {"science fiction"}),
        ("anything but a musical", {"musical"}, set()),
        ("a game, not a shooter", {"shooter"}, set()),
        ("a comedy, no romance or musicals, under 100 minutes", {"romance", "musical"}, {"comedy"}),
        ("a war film that isn't too bloody", {"gore"}, {"war"}),
        ("books by Stephen King but not horror", {"horror"}, set()),
        ("not dark but funny", {"dark"}, {"funny"}),
        ("nothing too violent please", {"violence", "gore"}, set()),
        ("not another superhero film", {"superheroes"}, set()),
        ("less bleak", {"bleak"}, set()),
        ("not only funny but dark", set(), {"funny", "dark"}),
        ("comedies, but not grossout comedies", set(), {"comedy"}),
    ],
)
def test_avoid(read, message, avoid, kept):
    request = read(message)
    assert avoid <= set(request.avoid) and bool(avoid) == bool(request.avoid)
    assert kept <= {*request.genres, *request.terms} and not kept & set(request.avoid)


def test_titles_and_names_that_are_ruled_out(read, starter):
    request = read("directed by Kubrick, not the shining")
    found = fitting(starter, request)
    assert request.names == (("Stanley Kubrick",),) and found and not any(i.title == "The Shining" for i in found)
    assert not any("Tom Cruise" in i.names for i in fitting(starter, read("nothing with Tom Cruise, an action film")))
    assert "Alfred Hitchcock" in read("a thriller not by Hitchcock").avoid_names
    assert "Spirited Away" not in [i.title for i in fitting(starter, read("a Miyazaki film that isn't Spirited Away"))]


def test_titles_with_negations_in_them_negate_nothing(read):
    request = read("a dark film like No Country for Old Men with horses")
    assert not request.avoid and {"dark", "horses"} <= set(request.terms)


# --- what follows -----------------------------------------------------------------------------------------------------


@pytest.fixture
def after(read, starter):
    """Reads what follows a request for a slow science fiction film and its answer."""
    previous = read("A hopeful, slow science fiction film")
    titles = ["The Abyss", "Blade Runner", "Arrival", "Gattaca", "Solaris"]
    shown = tuple(titled(starter, t) for t in titles)
    return lambda message: read(message, previous, shown)


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("More like the second one", "Blade Runner"),
        ("something like the third but shorter", "Arrival"),
        ("more like the last", "Solaris"),
        ("number 2 but funny", "Blade Runner"),
        ("I liked the second one, more like that", "Blade Runner"),
        ("more like that", "The Abyss"),
        ("more like Gattaca please", "Gattaca"),
        ("more like the Russian one", "Solaris"),
    ],
)
def test_more_like_one_that_was_shown(after, message, title):
    request = after(message)
    assert [i.title for i in request.like] == [title]
    assert request.kinds == ("film",) and title in [i.title for i in request.avoid_items]


@pytest.mark.parametrize(
    "message",
    [
        "not so dark",
        "from the nineties",
        "something shorter",
        "shorter ones",
        "something older",
        "without subtitles",
        "another one",
        "others",
        "more",
        "and with Harrison Ford?",
        "only Japanese ones",
        "the first was too violent",
        "no",
        "something else",
        "set in the desert",
        "with robots",
        "under 100 minutes",
        "but not American",
        "two more",
        "maybe something from the 70s?",
        "fewer aliens",
        "can you find a shorter one?",
        "seen them all",
        "too long",
        "what about the eighties?",
        "anything scarier?",
    ],
)
def test_a_follow_up_keeps_what_was_asked(after, message):
    request = after(message)
    assert request.act == "recommend" and request.follow_up
    assert request.kinds == ("film",) and request.genres == ("science fiction",)
    assert "hopeful" in request.terms or "dark" in message


def test_follow_ups_change_what_they_name(after, starter):
    assert {"dark", "bleak"} <= set(after("not so dark").avoid)
    assert after("from the nineties").years == (1990, 1999)
    assert after("and with Harrison Ford?").names == (("Harrison Ford",),)
    assert after("two more").count == 2
    assert after("not so slow").terms == ("hopeful",)
    assert "slow" not in after("faster please").terms
    violent = after("the first was too violent")
    assert "violence" in violent.avoid and titled(starter, "The Abyss") in violent.avoid_items
    assert len(after("seen them all").avoid_items) == 5


def test_shorter_and_older_are_measured_by_what_was_shown(after, starter):
    shown = [titled(starter, t) for t in ("The Abyss", "Blade Runner", "Arrival", "Gattaca", "Solaris")]
    assert all(i.length < min(s.length for s in shown) for i in fitting(starter, after("something shorter")))
    assert all(i.year < min(s.year for s in shown) for i in fitting(starter, after("older ones")))
    assert all(i.length < 117 for i in fitting(starter, after("shorter than the second one")))
    assert all(i.length < shown[0].length for i in fitting(starter, after("the first one is too long")))


def test_another_kind_takes_the_genre_along(after, read):
    request = after("a game this time")
    assert request.follow_up and request.kinds == ("game",) and request.genres == ("science fiction",)
    assert after("what about books?").kinds == ("book",)
    previous = read("Something by the director of Alien")
    assert [i.title for i in read("a game this time", previous).like] == ["Alien"]
    previous = read("a musical film with Judy Garland under two hours")
    request = read("a game this time", previous)
    assert request.kinds == ("game",) and not request.genres and not request.names


@pytest.mark.parametrize(
    "message", ["a horror film", "recommend a book like Dune", "surprise me", "like Alien", "a comedy"]
)
def test_a_subject_of_its_own_is_a_new_request(after, message):
    request = after(message)
    assert not request.follow_up and "science fiction" not in request.genres and not request.terms


def test_a_new_genre_replaces_the_old_unless_it_is_added(after):
    assert after("how about a comedy?").genres == ("comedy",)
    assert after("and a comedy?").genres == ("science fiction", "comedy")


def test_the_same_maker(after):
    assert after("anything else by the director of the second one").relations[0].names == ("Ridley Scott",)
    assert after("more by the same director").relations[0].names == ("James Cameron",)


@pytest.mark.parametrize(
    "message",
    ["thanks, I'll watch the first", "the second one sounds great", "why the first one?", "who directed the third?"],
)
def test_talk_about_an_answer(after, message):
    assert after(message).act == "talk"


# --- the whole --------------------------------------------------------------------------------------------------------


def test_conditions_are_readable_and_sorted(read):
    conditions = read(
        "a French thriller with Al Pacino from the 1990s, under two hours, not dark, not Heat"
    ).conditions()
    assert [(c.sort, c.label) for c in conditions] == [
        ("genre", "thriller"),
        ("name", "with Al Pacino"),
        ("year", "from the 1990s"),
        ("length", "shorter than 2 hours"),
        ("place", "French"),
        ("not", "not dark"),
        ("not", "not bleak"),
        ("not", "not Heat"),
    ]


@pytest.mark.parametrize("message", ["", " ", "🙂", "|||", "(((", "'" * 50, "a " * 3000, "the the the", "\\", "%s {x}"])
def test_any_text_can_be_read(read, message):
    assert read(message).act in ("talk", "recommend")


def test_reading_is_quick(read):
    messages = list(ASK.replace("\n", "|").split("|"))
    read(messages[0])
    begun = time.process_time()
    for message in messages:
        read(message)
    assert (time.process_time() - begun) / len(messages) < 0.01
