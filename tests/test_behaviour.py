"""The task Behaviour: readers on tiny files, nothing of the future or the other half, and the real data if there."""

import csv
import gzip
import io
import json
import time
import zipfile
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mrrec.evaluate.data import read_task, write_task
from mrrec.evaluate.tasks import behaviour
from mrrec.evaluate.tasks.domains import books, films, games
from mrrec.evaluate.tasks.domains.lexicon import Lexicon, plain_words, read_themes
from mrrec.evaluate.tasks.domains.wordings import ALSO, ERAS, FORMS, HALVES, LENGTHS, paraphrases

REAL = Path(__file__).parents[1] / ".." / "shared" / "data"
THEMES = read_themes()
BUILD = {"films": behaviour.build_films, "books": behaviour.build_books, "games": behaviour.build_games}
EACH = pytest.mark.parametrize("name", BUILD)
PLOTS = (
    ("comedy", "A comedy directed by Ann Poe, about a heist in Paris. It stars Bo Lee."),
    ("crime", "A crime novel: a detective hunts a vampire, directed by Joel and Ethan Coen."),
    ("horror", "A horror novel of a haunted house at Christmas. Directed by Max Ray."),
)
COUNT = 40


def _zip(path: Path, files: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def _csv(rows: list[list]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _gzip(path: Path, text: str) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(text)


def _lines(rows: list[dict]) -> str:
    return "".join(json.dumps(r) + "\n" for r in rows)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Forty films, books and games, and twelve people who know most of them."""
    pairs = [(user, n) for user in range(1, 13) for n in range(COUNT) if (user + n) % 3]
    titles = [f"Story, The Number {n} ({1980 + n})" if n else "Matrix, The (Lana's Film) (1999)" for n in range(COUNT)]
    _zip(tmp_path / "ml-latest-small.zip", {
        "ml/movies.csv": _csv([["movieId", "title", "genres"], ["90", "Unknown (1990)", "Drama"],
                               *([n, t, f"{PLOTS[n % 3][0].title()}|IMAX"] for n, t in enumerate(titles))]),
        "ml/ratings.csv": _csv([["userId", "movieId", "rating", "timestamp"],
                                *([u, n, 5 if n % 4 else 2, 1_600_000_000 + 100 * n + u] for u, n in pairs)]),
    })  # fmt: skip
    wiki = [
        {"title": films.split_title(t)[0][0], "year": films.split_title(t)[1] + n % 2, "cast": ["Bo Lee"],
         "extract": PLOTS[n % 3][1]} for n, t in enumerate(titles)
    ]  # fmt: skip
    _gzip(tmp_path / "wikipedia-movies.jsonl.gz", _lines([*wiki, {"title": "Unknown", "year": 1990, "extract": None}]))
    blurbs = [
        {"isbn13": str(n), "title": f"Tale {n} (Saga #{n})", "authors": f"Author {n % 5}/Other", "pages": str(100 * n),
         "publication_date": f"1/2/{1980 + n}", "description": PLOTS[n % 3][1]} for n in range(COUNT)
    ]  # fmt: skip
    _gzip(
        tmp_path / "books.jsonl.gz", _lines([*blurbs, blurbs[3] | {"isbn13": "99"}, {**blurbs[4], "description": ""}])
    )
    marks = ["10.000000", "", "3.000000", "8.000000"]
    rated = [[u, n, marks[n % 4]] for u, n in pairs]
    _gzip(tmp_path / "book-crossing.csv.gz", _csv([["user", "isbn13", "rating"], *rated, [1, 99, ""]]))
    names = [[str(n + 1), f"Game {n}"] for n in range(COUNT)]
    tab = "\n".join
    _zip(tmp_path / "steam-200k.zip", {
        "steam/item_info.dat": tab("\t".join(r) for r in [["Game_ID", "Game Name"], *names, ["77", "Nowhere"]]),
        "steam/game_purchase.dat": tab(["h", *(f"{u}\t{n + 1}\t1.0" for u, n in pairs), "1\t77\t1.0"]),
        "steam/game_play.dat": tab(["h", *(f"{u}\t{n + 1}\t{n % 5}.5" for u, n in pairs if n % 7)]),
    })  # fmt: skip
    tags = ("['Strategy', 'Pirates', 'Open World']", "['Action', 'Zombies', 'Co-op']", "['RPG', 'Dragons', 'Cats']")
    shop = [[f"GAME {n}", tags[n % 3], "Very Positive", f"Jun 5, {1980 + n}"] for n in range(COUNT)]
    _gzip(tmp_path / "steam-store-tags.csv.gz", _csv([["title", "tags", "review", "date_released"], *shop]))
    return tmp_path


def test_films_are_joined_by_title_and_year(tiny):
    reading = films.read(tiny, Lexicon.of(THEMES, "film"))
    assert reading.counts["films listed"] == COUNT + 1
    assert reading.counts["films joined to a text"] == COUNT
    first, second = reading.items[:2]
    assert (first.title, first.year, first.genres) == ("The Matrix", 1999, ("comedy",))
    assert (first.creators, first.people) == (("Ann Poe",), ("Bo Lee",))
    assert {"heist", "paris"} <= set(first.themes)
    assert second.creators == ("Joel Coen", "Ethan Coen")
    assert {e.event for e in reading.events} == {"rated"}


def test_books_take_genres_from_the_blurb_and_editions_together(tiny):
    reading = books.read(tiny, Lexicon.of(THEMES, "book"))
    assert len(reading.items) == COUNT
    second = reading.items[1]
    assert (second.title, second.more, second.year, second.length) == ("Tale 1", ("series: Saga #1",), 1981, 100)
    assert (second.creators, second.people) == (("Author 1",), ("Other",))
    assert {"crime", "mystery"} <= set(second.genres) and "vampires" in second.themes
    kinds = Counter(e.event for e in reading.events)
    assert set(kinds) == {"liked", "finished", "disliked"}
    assert len({(e.person, e.item_id) for e in reading.events}) == len(reading.events)


def test_games_are_judged_by_hours_beside_the_persons_median(tiny):
    reading = games.read(tiny, Lexicon.of(THEMES, "game"))
    assert len(reading.items) == COUNT and reading.counts["games named"] == COUNT + 1
    third = reading.items[2]
    assert (third.genres, third.year) == (("role-playing",), 1982)
    assert {"dragons", "cats"} <= set(third.themes)
    by_item = {e.item_id: e.event for e in reading.events if e.person == "game-1"}
    assert by_item["steam-game-10"] == "abandoned"  # half an hour
    assert by_item["steam-game-4"] == "liked"  # 4.5 hours
    assert by_item["steam-game-1"] == "seen"  # 1.5 hours


@EACH
def test_missing_files_are_named_with_their_address(name, tmp_path):
    with pytest.raises(ValueError, match="https://") as error:
        BUILD[name](tmp_path, 0, False)
    assert any(n in str(error.value) for n in ("ml-latest-small.zip", "book-crossing.csv.gz", "steam-200k.zip"))
    with pytest.raises(ValueError, match="--data"):
        BUILD[name](None, 0, False)


@EACH
def test_tiny_tasks_hold_what_is_promised(name, tiny, tmp_path):
    task = BUILD[name](tiny, 3, False)
    assert task.queries
    _check(task)
    write_task(task, tmp_path / "out")
    again = BUILD[name](tiny, 3, False)
    write_task(again, tmp_path / "again")
    for file in ("items.jsonl", "events.jsonl", "queries.jsonl", "about.json"):
        assert (tmp_path / "out" / file).read_bytes() == (tmp_path / "again" / file).read_bytes()
    other = BUILD[name](tiny, 4, False)
    assert [q.text for q in other.queries] != [q.text for q in task.queries]
    read = read_task(*(tmp_path / "out" / f"{n}.jsonl" for n in ("items", "events", "queries")))
    assert len(read.queries) == len(task.queries) and len(read.events) == len(task.events)


@EACH
def test_real_tasks_hold_what_is_promised(name):
    if not REAL.is_dir():
        pytest.skip(f"{REAL} is not there: the counts on the real data are not checked")
    start = time.process_time()
    task = BUILD[name](REAL, 0, False)
    assert time.process_time() - start < 60
    _check(task)
    counts = task.about["counts"]
    assert counts["targets"] * 6 == len(task.queries) == counts["queries"]
    sizes = {"films": (6300, 500, 2400), "books": (4300, 200, 500), "games": (850, 500, 2000)}[name]
    assert (counts["items"], counts["people asked for"], counts["targets"]) >= sizes
    assert counts["items with a theme"] > 0.75 * counts["items"]
    if name == "films":
        assert sum(bool(i.creators) for i in task.items) > 0.85 * len(task.items)
    assert min(len(task.about["strata"][split]) for split in ("popularity", "decidable")) >= 2


def _check(task: behaviour.Task) -> None:
    """Nothing of the future, targets in their pools, halves apart, and no word that tells a theme or a title."""
    items = {i.id: i for i in task.items}
    themes = {t.name: t for t in THEMES if items[task.queries[0].relevant[0]].kind in t.kinds}
    plain = plain_words(themes.values())
    own = defaultdict(list)
    for event in task.events:
        own[event.person].append(event)
    half_of, texts, stems = {}, defaultdict(set), defaultdict(set)
    shown: dict[str, set[str]] = {}
    dated = "no times" not in task.about["split"]
    first = min(q.as_of for q in task.queries)
    for query in task.queries:
        target, year = items[query.relevant[0]], datetime.fromtimestamp(query.as_of, UTC).year
        before = {e.item_id for e in own[query.user] if e.when < query.as_of}
        assert target.id not in before and target.year <= year
        assert target.id in {e.item_id for e in own[query.user] if e.when >= query.as_of}
        if not dated:
            assert query.as_of == first and max(i.year for i in task.items) <= year
        assert half_of.setdefault(query.user, query.strata["half"]) == query.strata["half"]
        texts[query.strata["half"]].add(query.text)
        form, pool = query.strata["form"], query.strata["pool"]
        stems[query.id.removesuffix(f"-{form}-{pool}")].add((form, pool))
        if pool == "100":
            assert target.id in query.candidates and len(set(query.candidates)) == len(query.candidates) <= 100
            assert not before & set(query.candidates)
            assert all(items[i].year <= year for i in query.candidates)
            assert query.candidates == tuple(sorted(query.candidates))
        else:
            assert not query.candidates
        told = shown.setdefault(query.text, set(plain.find(query.text, tags=True)))
        named = {n for g in target.genres for n in plain.find(g, tags=True)}
        if form == "paraphrased":
            asked = {n for n in target.themes if any(p.lower() in query.text.lower() for p in themes[n].paraphrases)}
            assert asked and not asked & told - named
        if " " in target.title and len(target.title) > 8:
            assert target.title.lower() not in query.text.lower()
    assert set(half_of.values()) == set(HALVES)
    assert all(len(forms) == len(FORMS) * 2 for forms in stems.values())
    assert not texts["dev"] & texts["test"]
    if dated:
        for person in half_of:  # one moment for each person, and enough likes before it
            moments = {q.as_of for q in task.queries if q.user == person} if len(half_of) < 50 else {0}
            assert len(moments) == 1


def test_the_lexicon_is_rich_and_its_paraphrases_say_none_of_its_words():
    assert len(THEMES) >= 150
    assert {k for t in THEMES for k in t.kinds} == {"film", "book", "game"}
    everything = [p for t in THEMES for p in t.paraphrases]
    assert len(everything) == len(set(everything))
    for theme in THEMES:
        assert len(theme.paraphrases) >= 6 and theme.words
        words = plain_words([theme])
        assert [p for p in theme.paraphrases if words.find(p, tags=True)] == []
        assert not set(paraphrases(theme, "dev")) & set(paraphrases(theme, "test"))


def test_sentences_are_many_differ_between_halves_and_show_no_theme():
    plain = plain_words(THEMES)
    for halves in FORMS.values():
        shapes = [shape for half in HALVES for shape in halves[half]]
        assert len(shapes) == len(set(shapes)) >= 40
        for shape in shapes:
            assert plain.find(shape.format_map(defaultdict(str)), tags=True) == ()
    for half in HALVES:
        for text in (*ERAS[half], *LENGTHS[half].values(), ALSO[half]):
            assert plain.find(text.format_map(defaultdict(str)), tags=True) == ()


def test_the_lexicon_leaves_names_alone():
    lexicon = Lexicon({"music": ["band", "jazz"], "sea": ["ship"], "animals": ["rat"], "christmas": ["Christmas"]})
    assert lexicon.find("The Band of Joy is a rated film. Ships burn at Christmas.") == ("sea", "christmas")
    assert lexicon.find("Rats; jazz", tags=True) == ("animals", "music")
    assert lexicon.find("A jazz pianist in Ship of Fools", ["jazz pianist"]) == ()


def test_a_small_pool_is_of_the_genre_and_near_in_likes(tiny):
    task = behaviour.build_films(tiny, 1, False)
    items = {i.id: i for i in task.items}
    query = next(q for q in task.queries if q.strata["pool"] == "100" and "comedy" in items[q.relevant[0]].genres)
    met = {e.item_id for e in task.events if e.person == query.user and e.when < query.as_of}
    comedies = {i.id for i in task.items if "comedy" in i.genres and i.year <= 2020} - met
    assert len(comedies & set(query.candidates)) >= 1 + len(comedies) - behaviour.LAST - 1


@pytest.mark.parametrize(("count", "trials", "share", "chance"), [(0, 5, 0.2, 1.0), (5, 5, 0.5, 1 / 32)])
def test_the_chance_of_a_theme(count, trials, share, chance):
    assert behaviour._at_least(count, trials, share) == pytest.approx(chance)
