"""Global memory: what is distilled, from how many, what must not be in it, and that a broken run goes on."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from mrrec.catalog import Item
from mrrec.memory import distil as distilling
from mrrec.memory.canon import canonical_names
from mrrec.memory.distil import LEAST_PEOPLE, Shelf, aggregate, choices_of, distil, encode_resumably, extract
from mrrec.memory.experience import read_aspects, write_aspects
from mrrec.memory.personas import event_record
from mrrec.settings import ROOT, SEED


@pytest.fixture(scope="module")
def aspects():
    return read_aspects(SEED / "experience.jsonl")


@pytest.fixture(scope="module")
def shelf(assistant):
    return Shelf.of(assistant.catalog.items, assistant.catalog.vectors, assistant.encoder)


@pytest.fixture(scope="module")
def slow(catalog):
    """Choices that share something: twelve slow films."""
    return {i.id: 1.0 for i in [i for i in catalog.items if i.kind == "film" and "slow" in i.themes][:12]}


def test_every_kind_and_its_main_genres_have_experience(aspects, catalog):
    scenarios = {(a.kind, a.genre) for a in aspects}
    assert {(kind, "") for kind in catalog.kinds} <= scenarios
    main = {
        "film": ("drama", "comedy", "science fiction", "horror", "crime"),
        "book": ("science fiction", "fantasy", "literary fiction"),
        "game": ("role-playing", "adventure", "puzzle"),
    }
    assert not [(k, g) for k, genres in main.items() for g in genres if (k, g) not in scenarios]


def test_it_is_what_the_command_distils(aspects, assistant, shelf):
    people = [choices_of(assistant.persona_records(name)) for name in assistant.personas]
    assert distil(people, shelf) == aspects


def test_nothing_of_a_person_is_in_it(aspects, assistant):
    assert all(a.support >= LEAST_PEOPLE for a in aspects)
    published = " ".join(f"{a.aspect} {a.description}" for a in aspects)
    names = {n for i in assistant.catalog.items for n in i.names if " " in n}
    titles = {i.title for i in assistant.catalog.items if " " in i.title and i.title[0].isupper()}
    assert not [n for n in names if n in published] and not [t for t in titles if t in published]
    reviews = [e["text"] for p in assistant.personas.values() for e in p.events]
    assert not [r for r in reviews if r and r in published]


def test_too_few_people_publish_nothing(shelf, slow):
    few = [slow] * (LEAST_PEOPLE - 1)
    assert distil(few, shelf) == []
    assert distil([*few, slow], shelf)
    assert distil([slow] * 6, shelf, least=6) and not distil([slow] * 6, shelf, least=7)
    with pytest.raises(ValueError, match="2 or more"):
        distil([slow] * 6, shelf, least=1)


def test_a_value_of_too_few_is_not_published_either():
    common, rare = ("film", "", "tone", "warm"), ("film", "", "tone", "bleak")
    support = {common: 3, rare: 2, ("film", "", "tone", ""): 4, ("film", "war", "tone", ""): 3}
    whole, war = aggregate(support, least=3)
    assert (whole.description, whole.support) == ("the mood decides: warm", 4)
    assert war.description == "the mood decides"


def test_one_person_counts_once_however_much_there_is(shelf, catalog):
    everything = {i.id: 1.0 if n % 3 else -1.0 for n, i in enumerate(catalog.items)}
    assert distil([everything] * (LEAST_PEOPLE - 1), shelf) == []
    assert {a.support for a in distil([everything] * LEAST_PEOPLE, shelf)} <= {LEAST_PEOPLE}


def test_the_latest_verdict_of_the_records_counts(catalog):
    item = catalog.items[0]
    early, late = event_record("rated", item, 5, when=1.0), event_record("rated", item, 1, when=2.0)
    assert choices_of([late, early]) == {item.id: -1.0}


# A shelf of few items: what decides


def films(count=24, **special):
    """Films that differ in a theme alone: each third one is `warm`."""
    return [
        Item(f"f{n}", "film", f"Canarytitle {n}", 1990, genres=("drama",), themes=("warm" if n % 3 == 0 else f"t{n}",))
        for n in range(count)
    ]


def test_what_is_turned_down_is_what_a_choice_is_compared_with(encoder):
    items = films()
    shelf = Shelf.of(items, encoder.encode(["the same"] * len(items)), encoder)
    warm = [i.id for i in items if "warm" in i.themes]
    liked = dict.fromkeys(warm[:4], 1.0)
    assert ("film", "drama", "tone", "warm") in extract(liked, shelf)
    neutral = {i.id: 0.0 for i in items if i.id not in warm}
    assert not extract(liked | neutral, shelf) & {("film", "", "tone", "warm")}, "only warm ones are left beside them"
    refused = dict.fromkeys(neutral, -1.0)
    assert ("film", "", "tone", "warm") in extract(liked | refused, shelf)


def test_nothing_to_compare_with_decides_nothing(encoder):
    items = films(4)
    shelf = Shelf.of(items, encoder.encode(["the same"] * 4), encoder)
    assert extract({i.id: 1.0 for i in items}, shelf) == set()
    assert extract({"unknown": 1.0}, shelf) == set()


def test_names_meet_under_one(encoder):
    def item(n, *themes, genres=("Drama",)):
        return Item(f"i{n}", "film", f"Title {n}", 1990, creators=("Ida Example",), genres=genres, themes=themes)

    items = [
        *(item(n, "ghosts", "chase", "fathers and sons") for n in range(4)),
        item(4, "ghost", "car chase", "mothers and sons", genres=("drama",)),
        item(5, "Ghosts", "gloomy", "ida example", genres=("sci-fi",)),
        item(6, "war", "lost love", "love", "love", "!!!", "???", genres=("science fiction",)),
    ]
    names = canonical_names(items, encoder)
    assert names["theme", "ghost"] == names["theme", "Ghosts"] == "ghosts"
    assert names["theme", "car chase"] == "chase" and names["theme", "gloomy"] == "bleak"
    assert names["genre", "drama"] == "Drama" and names["genre", "sci-fi"] == "science fiction"
    assert not {("theme", "mothers and sons"), ("theme", "lost love"), ("theme", "???")} & set(names)
    shelf = Shelf(items, encoder.encode([i.text() for i in items]), names)
    assert ("name", "ida example") in shelf.features[5], "a theme that is a person is published as little as the person"


# Broken off, and gone on


def test_a_run_goes_on_from_what_it_saved(shelf, slow, tmp_path, monkeypatch):
    people, work = [slow] * 50, tmp_path / "work"
    whole = distil(people, shelf)
    real, calls = extract, []

    def failing(choices, on):
        calls.append(1)
        if len(calls) == 45:
            raise KeyboardInterrupt
        return real(choices, on)

    monkeypatch.setattr(distilling, "extract", failing)
    with pytest.raises(KeyboardInterrupt):
        distil(people, shelf, work=work)
    assert distil(people, shelf, work=work) == whole
    assert len(calls) == 45 + 10, "forty were saved"
    with pytest.raises(ValueError, match="--restart"):
        distil(people[1:], shelf, work=work)
    (work / "counts.json").write_text("{")
    with pytest.raises(ValueError, match="--restart"):
        distil(people, shelf, work=work)


def test_encoding_goes_on_from_what_it_saved(encoder, tmp_path, monkeypatch):
    monkeypatch.setattr(distilling, "CHUNK", 4)
    texts = [f"film number {n} {'long ' * n}" for n in range(11)]
    whole = encode_resumably(encoder, texts, tmp_path / "whole")

    class Failing:
        name, dim, left = encoder.name, encoder.dim, 2

        def encode(self, some):
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            return encoder.encode(some)

    failing = Failing()
    with pytest.raises(KeyboardInterrupt):
        encode_resumably(failing, texts, tmp_path / "work")
    failing.left = 1
    assert (encode_resumably(failing, texts, tmp_path / "work") == whole).all()


def test_writing_is_whole_or_not_at_all(aspects, tmp_path, monkeypatch):
    out = tmp_path / "deep" / "experience.jsonl"
    write_aspects(out, aspects)
    before = out.read_bytes()
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_aspects(out, aspects[:3])
    assert out.read_bytes() == before


CANARIES = ("canaryperson", "canarytext", "canarytitle", "canaryname")


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """A catalogue of sixty films, and 4,000 people with fifteen ratings each that hold a canary."""
    folder, rng = tmp_path_factory.mktemp("crowd"), random.Random(5)
    moods, subjects = ("warm", "bleak", "eerie", "funny"), ("ghosts", "family", "heist", "war", "winter")
    with (folder / "items.jsonl").open("w") as file:
        for n in range(60):
            row = {"id": f"film{n}", "kind": "film", "title": f"Canarytitle {n}", "year": 1950 + n}
            row |= {"genres": [rng.choice(("drama", "comedy"))], "themes": [rng.choice(moods), rng.choice(subjects)]}
            file.write(json.dumps(row | {"creators": [f"Canaryname {n % 9}"]}) + "\n")
    with (folder / "events.csv").open("w") as file:
        file.write("user_id,item_id,rating,timestamp,text\n")
        for n in range(4000):
            for item in rng.sample(range(60), 15):
                file.write(f"canaryperson{n},film{item},{rng.randint(1, 5)},{10**9 + n},canarytext {n}\n")
    return folder


def command(crowd, out, *options):
    arguments = [sys.executable, "-m", "mrrec", "distil", "--items", str(crowd / "items.jsonl"), "--out", str(out)]
    if "--events" not in options:
        arguments += ["--events", str(crowd / "events.csv")]
    environment = os.environ | {"HF_HUB_OFFLINE": "1"}
    return subprocess.Popen(
        [*arguments, *options], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(process):
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out, err


def seen_in(folder):
    """Canary words in the files and file names below `folder`."""
    files = [p for p in folder.rglob("*") if p.is_file()]
    held = b" ".join(p.read_bytes() + str(p.relative_to(folder)).encode() for p in files).lower()
    return [c for c in CANARIES if c.encode() in held]


def test_killed_in_the_middle_and_started_again_it_is_the_same(crowd, tmp_path):
    whole, broken = tmp_path / "whole" / "out.jsonl", tmp_path / "broken" / "out.jsonl"
    out, _ = finished(command(crowd, whole, "--json", "--least-people", "20"))
    told = json.loads(out)
    assert told["people"] == 4000 and told["aspects"] and told["events"]["ratings"].startswith("1 to 5")
    assert not {"canaryperson", "canarytitle"} & set(out.lower().split())
    assert [p.name for p in whole.parent.iterdir()] == ["out.jsonl"] and not seen_in(whole.parent)
    assert all(a.support >= 20 for a in read_aspects(whole))

    counts, process = broken.parent / "out.jsonl.partial" / "counts.json", command(crowd, broken)
    deadline = time.time() + 120
    while not counts.exists() and process.poll() is None and time.time() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it was finished before it was killed"
    assert 0 < json.loads(counts.read_text())["people"] < 4000 and not broken.exists()
    assert not seen_in(broken.parent), "what is left over tells of nobody"

    _, err = command(crowd, broken, "--events", str(other_events(tmp_path))).communicate(timeout=300)
    assert "--restart" in err and counts.exists()
    _, err = finished(command(crowd, broken, "--least-people", "20"))
    assert "1 to 5" in err and "distilling" in err
    assert broken.read_bytes() == whole.read_bytes()
    assert [p.name for p in broken.parent.iterdir()] == ["out.jsonl"] and not seen_in(broken.parent)


def other_events(folder):
    path = folder / "other.csv"
    path.write_text("user_id,item_id,rating,timestamp\nann,film1,5,1\nann,strange,4,2\n")
    return path


def test_restart_discards_what_is_there(crowd, tmp_path):
    out = tmp_path / "out.jsonl"
    work = distilling.work_folder(out)
    work.mkdir()
    (work / "counts.json").write_text('{"of": "another", "people": 1, "counts": []}')
    process = command(crowd, out, "--restart", "--json", "--events", str(other_events(tmp_path)))
    told = json.loads(finished(process)[0])
    assert told["aspects"] == 0 and told["events"]["of unknown items"] == "1 (of 1 items)"
    assert not work.exists() and out.read_text() == ""


@pytest.mark.parametrize(
    "options, said",
    [
        (("--least-people", "1"), "2 or more"),
        (("--events", "/nowhere.csv"), "nowhere.csv"),
        (("--events", "strangers"), "--items"),
        (("--events", "wrong"), "wrong.csv, row 3: rating is 'much', not a number"),
    ],
)
def test_wrong_input_is_told(crowd, tmp_path, options, said):
    (tmp_path / "wrong.csv").write_text("user_id,item_id,rating,timestamp\nann,film1,5,1\nann,film2,much,1\n")
    (tmp_path / "strangers.csv").write_text("user_id,item_id,rating,timestamp\nann,strange,5,1\n")
    options = [str(tmp_path / f"{o}.csv") if o in ("wrong", "strangers") else o for o in options]
    _, err = (process := command(crowd, tmp_path / "out.jsonl", *options)).communicate(timeout=120)
    assert process.returncode == 1 and said in err and "Traceback" not in err
    assert not (tmp_path / "out.jsonl").exists()


def test_items_come_with_events():
    run = subprocess.run(
        [sys.executable, "-m", "mrrec", "distil", "--items", "x.jsonl"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 1 and "--events" in run.stderr


def test_the_most_specific_scenario_is_found(assistant):
    experience = assistant.experience
    assert experience.scenario(("film",), ("horror",)) == ("film", "horror")
    assert experience.scenario(("film",), ("no such genre",)) == ("film", "")
    vector = assistant.encoder.encode(["a slow film"])[0]
    found = experience.search(("film", ""), vector)
    assert found and all(a.kind == "film" and a.genre == "" for a in found)


def test_a_silent_experience_leaves_the_real_one_as_it_is(assistant, encoder):
    before, vector = assistant.experience, encoder.encode(["a calm evening"])[0]
    scenario = before.scenario(("film",), ())
    told = before.search(scenario, vector)
    silent = before.silent()
    assert told and silent.scenario(("film",), ()) is None and silent.count == 0
    assert before.search(scenario, vector) == told and before.count > 0
