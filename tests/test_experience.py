"""Global memory: what is distilled, from how many, and what must not be in it."""

import pytest

from mrrec.memory.experience import LEAST_PEOPLE, distil, read_aspects
from mrrec.memory.personas import event_record
from mrrec.settings import SEED


@pytest.fixture(scope="module")
def aspects():
    return read_aspects(SEED / "experience.jsonl")


def test_every_kind_and_its_main_genres_have_experience(aspects, catalog):
    scenarios = {(a.kind, a.genre) for a in aspects}
    assert {(kind, "") for kind in catalog.kinds} <= scenarios
    main = {
        "film": ("drama", "comedy", "science fiction", "horror", "crime"),
        "book": ("science fiction", "fantasy", "literary fiction"),
        "game": ("role-playing", "adventure", "strategy"),
    }
    assert not [(k, g) for k, genres in main.items() for g in genres if (k, g) not in scenarios]


def test_it_is_what_the_command_distils(aspects, assistant):
    people = {name: assistant.persona_records(name) for name in assistant.personas}
    assert distil(people, assistant.catalog) == aspects


def test_nothing_of_a_person_is_in_it(aspects, assistant):
    assert all(a.support >= LEAST_PEOPLE for a in aspects)
    published = " ".join(f"{a.aspect} {a.description}" for a in aspects)
    names = {n for i in assistant.catalog.items for n in i.names if " " in n}
    titles = {i.title for i in assistant.catalog.items if " " in i.title and i.title[0].isupper()}
    assert not [n for n in names if n in published] and not [t for t in titles if t in published]
    reviews = [e["text"] for p in assistant.personas.values() for e in p.events]
    assert not [r for r in reviews if r and r in published]


def test_too_few_people_publish_nothing(catalog):
    slow = [i for i in catalog.items if i.kind == "film" and "slow" in i.themes][:12]
    records = [event_record("rated", i, rating=5) for i in slow]
    few = {f"p{n}": records for n in range(LEAST_PEOPLE - 1)}
    assert distil(few, catalog) == []
    assert distil(few | {"one more": records}, catalog)


def test_the_most_specific_scenario_is_found(assistant):
    experience = assistant.experience
    assert experience.scenario(("film",), ("horror",)) == ("film", "horror")
    assert experience.scenario(("film",), ("no such genre",)) == ("film", "")
    vector = assistant.encoder.encode(["a slow film"])[0]
    found = experience.search(("film", ""), vector)
    assert found and all(a.kind == "film" and a.genre == "" for a in found)
