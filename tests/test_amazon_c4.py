"""The task of Amazon-C4, on rows of our own in the format of its files."""

import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from mrrec.evaluate.data import read_task, write_task
from mrrec.evaluate.tasks import _amazon_files, amazon_c4
from mrrec.evaluate.tasks._simplify import simplified

DAY = 86_400_000  # in the milliseconds of the review files
FIRST = 15_000  # the day that others are counted from
LAMP, BONE, TENT, MUG, RUG = "B0LAMP", "B0BONE", "B0TENT", "B0MUG", "B0RUG"
POOL = [
    dict(item_id=LAMP, category="Home", metadata="Gleam Desk Lamp, Brass. Turns on at a touch. Two levels."),
    dict(item_id=BONE, category="Pet", metadata="Grr Rubber Bone for Dogs. Squeaks."),
    dict(item_id=TENT, category="Sports", metadata="Hill Tent for Two. Sheds rain\u2028and wind."),
    dict(item_id=MUG, category="Home", metadata="Wide Blue Mug. Holds soup."),
    dict(item_id=MUG, category="Home", metadata="Wide Blue Mug, told twice."),
]
QUERIES = [
    dict(qid="1", query="I need a really bright lamp for my desk. Mine broke.", item_id=LAMP, user_id="ANN",
         ori_rating="5", ori_review="At last I can see my keys"),
    dict(qid="2", query="I'm looking for a bone that my dog can't chew up.", item_id=BONE, user_id="ANN",
         ori_rating="5", ori_review="He has not eaten it yet"),
    dict(qid="3", query="A tent to sleep in", item_id=TENT, user_id="BOB", ori_rating="4", ori_review="Dry all night"),
    dict(qid="4", query="I want a mug", item_id=MUG, user_id="CYD", ori_rating="5", ori_review="Good soup"),
    dict(qid="5", query="I want a rug", item_id=RUG, user_id="ANN", ori_rating="5", ori_review="Soft"),
    dict(qid="6", query="I want a mug", item_id=MUG, user_id="DEE", ori_rating="5", ori_review="Big"),
    dict(qid="7", query="I want a lamp", item_id=LAMP, user_id="BOB", ori_rating="5", ori_review="It shines"),
]  # fmt: skip


def review(user, item, day, text, rating=5.0, title="", variant=None):
    return dict(
        rating=rating, title=title, text=text, images=[], asin=variant or item, parent_asin=item, user_id=user,
        timestamp=(FIRST + day) * DAY, helpful_vote=0, verified_purchase=True,
    )  # fmt: skip


HOME = [
    review("ZOE", LAMP, 1, "Not one of ours"),
    review("ANN", MUG, 100, "Chips easily", 2.0, "Meh"),
    review("ANN", LAMP, 200, "I'd had this lamp before"),
    review("ANN", LAMP, 300, "At last I can see my keys!", title="Bright", variant="B0LAMPX"),
    review("ANN", RUG, 350, "Soft"),
    review("ANN", "B0LATE", 500, "After everything"),
    review("BOB", LAMP, 900, "It shines"),
    review("CYD", MUG, 50, "Good soup"),  # her only one: nothing lies before it
]
OTHER = [
    review("ANN", BONE, 400, "He has not eaten it yet", title="Tough"),
    review("BOB", "B0SHOE", 10, "Worn thin", 1.0),
    review("BOB", TENT, 20, "Dry all night", 4.0),
]


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "data")


def write(folder: Path, queries=QUERIES, pool=POOL, home=HOME, columns=None) -> Path:
    histories = folder / "raw" / "review_categories"
    histories.mkdir(parents=True)
    with (folder / "test.csv").open("w", newline="", encoding="utf-8") as file:
        names = columns or list(queries[0])
        writer = csv.DictWriter(file, names, extrasaction="ignore", restval="x")
        writer.writeheader()
        writer.writerows(queries)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in pool)
    (folder / "sampled_item_metadata_1M.jsonl").write_text(lines, "utf-8")
    (histories / "Home_and_Kitchen.jsonl").write_text("".join(json.dumps(r) + "\n" for r in home), "utf-8")
    with gzip.open(histories / "Sports_and_Outdoors.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(r) + "\n" for r in OTHER)
    return folder


def built(folder, seed=1):
    return amazon_c4.build(folder, seed, False)


def seen_by(task, query):
    return [e for e in task.events if e.person == query.user and e.when < query.as_of]


def raw(task):
    return {q.id.removesuffix("-raw"): q for q in task.queries if q.strata["wording"] == "raw"}


def test_queries_their_items_and_what_is_left_out(folder):
    task = built(folder)
    queries = raw(task)
    assert {i: q.relevant for i, q in queries.items()} == {"1": (LAMP,), "2": (BONE,), "3": (TENT,), "7": (LAMP,)}
    assert queries["1"].text == QUERIES[0]["query"] and queries["1"].strata["category"] == "Home"
    assert task.about["left out"] == {
        "with an item that is not in the pool": 1,
        "with nothing before the review": 1,
        "whose review is in no file": 1,
    }
    assert task.about["queries"] == 4 and task.about["people"] == 2


def test_both_wordings_of_each_query(folder):
    texts = {q.id: q.text for q in built(folder).queries}
    assert len(texts) == 8
    assert texts["1-simplified"] == "a bright lamp for my desk" and texts["2-raw"] == QUERIES[1]["query"]


def test_only_what_lies_before_the_review_and_never_the_review(folder):
    task = built(folder)
    queries = raw(task)
    first, second = seen_by(task, queries["1"]), seen_by(task, queries["2"])
    assert [(e.item_id, e.rating, e.text) for e in first] == [(MUG, 2.0, "Meh. Chips easily")]
    assert [e.item_id for e in second] == [MUG, LAMP, RUG]  # the lamp of the earlier query is history by then
    assert second[1].text.endswith("see my keys!")
    assert all(e.item_id != q.relevant[0] for q in queries.values() for e in seen_by(task, q))
    assert "B0LATE" not in {e.item_id for e in task.events} and "ZOE" not in {e.person for e in task.events}


def test_the_review_is_told_by_its_words(folder):
    assert raw(built(folder))["1"].as_of == (FIRST + 300) * DAY / 1000


def test_an_item_named_by_its_variant_is_the_same_item(tmp_path):
    home = [*HOME[:2], review("ANN", "B0PARENT", 300, "At last I can see my keys", variant=LAMP)]
    assert "1" in raw(built(write(tmp_path / "d", home=home)))


def test_items_are_read_from_the_file_one_at_a_time(folder):
    items = built(folder).items
    assert len(items) == 4 and items.doubles == 1
    assert [i.id for i in items] == [LAMP, BONE, TENT, MUG] == [items[n].id for n in range(4)]
    assert items[-1].title == "Wide Blue Mug" and items[0].kind == "home"
    assert items[0].description == "Turns on at a touch. Two levels." and [i.id for i in items[1:3]] == [BONE, TENT]


def test_what_is_written_is_read_again(folder, tmp_path):
    task = built(folder)
    write_task(task, tmp_path / "out")
    files = [tmp_path / "out" / n for n in ("items.jsonl", "events.jsonl", "queries.jsonl")]
    again = read_task(*files)
    assert list(again.items) == list(task.items) and list(again.events) == list(task.events)
    assert again.queries == task.queries
    before = [f.read_bytes() for f in files]
    write_task(built(folder), tmp_path / "out")
    assert [f.read_bytes() for f in files] == before


def test_people_are_in_one_half_only(tmp_path, monkeypatch):
    people = [f"P{n}" for n in range(40)]
    queries = [QUERIES[0] | {"qid": f"{p}-{n}", "user_id": p, "item_id": i, "ori_review": i} for p in people
               for n, i in enumerate((LAMP, BONE))]  # fmt: skip
    home = [review(p, i, d, i) for p in people for i, d in ((MUG, 1), (LAMP, 2), (BONE, 3))]
    folder = write(tmp_path / "d", queries, home=home)
    monkeypatch.setattr(amazon_c4, "EXPERIENCE_PEOPLE", 5)
    halves, parts = {}, {}
    for query in built(folder).queries:
        halves.setdefault(query.user, set()).add(query.strata["half"])
        parts.setdefault(query.strata["part"], set()).add(query.user)
    assert all(len(found) == 1 for found in halves.values())
    assert {part: len(found) for part, found in parts.items()} == {"experience": 5, "train": 15, "test": 20}
    assert all(halves[p] == {"dev"} for p in parts["experience"] | parts["train"])


def test_queries_are_drawn_with_the_seed(folder, monkeypatch):
    monkeypatch.setattr(amazon_c4, "MOST_QUERIES", 2)
    drawn = [tuple(raw(built(folder, seed))) for seed in range(8)]
    assert all(len(ids) == 2 for ids in drawn) and len(set(drawn)) > 1
    assert drawn == [tuple(raw(built(folder, seed))) for seed in range(8)]
    assert built(folder).about["left out"]["not drawn"] == 2


@pytest.mark.parametrize("missing", ["test.csv", "sampled_item_metadata_1M.jsonl", "raw/review_categories"])
def test_a_missing_file_is_named_with_where_it_is_from(folder, missing):
    path = folder / missing
    if path.is_dir():
        for file in path.iterdir():
            file.unlink()
    else:
        path.unlink()
    with pytest.raises(ValueError, match=missing) as error:
        built(folder)
    assert "huggingface.co/datasets/McAuley-Lab/Amazon-C4" in str(error.value)
    assert "sampled_item_metadata_1M.jsonl" in str(error.value)


def test_wrong_columns_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"test\.csv: the column user_id is missing.*besides reviewer"):
        built(write(tmp_path / "a", columns=["qid", "query", "item_id", "ori_rating", "ori_review", "reviewer"]))
    pool = [*POOL[:1], {"item_id": BONE, "category": "Pet", "description": "Grr"}]
    with pytest.raises(ValueError, match=r"1M\.jsonl, line 2: the column metadata is missing.*besides description"):
        built(write(tmp_path / "b", pool=pool))
    home = [{k: v for k, v in row.items() if k != "parent_asin"} for row in HOME]
    with pytest.raises(ValueError, match=r"Home_and_Kitchen\.jsonl, line 1: the column parent_asin is missing"):
        built(write(tmp_path / "c", home=home))


@pytest.mark.parametrize(
    "change, told",
    [
        ({"user_id": " "}, r"line 2: user_id is empty"),
        ({"qid": "2"}, r"the qid '2' is there twice"),
    ],
)
def test_wrong_queries(tmp_path, change, told):
    with pytest.raises(ValueError, match=told):
        built(write(tmp_path / "d", [QUERIES[0] | change, *QUERIES[1:]]))


def test_a_broken_line_is_named(folder):
    path = folder / "raw" / "review_categories" / "Home_and_Kitchen.jsonl"
    path.write_text(path.read_text("utf-8") + '{"user_id": "ANN", "rating"\n', "utf-8")
    with pytest.raises(ValueError, match=rf"Home_and_Kitchen\.jsonl, line {len(HOME) + 1}: not JSON"):
        built(folder)


def test_nobody_with_a_history_is_an_error(tmp_path):
    strangers = [review("ZOE", MUG, 1, "Hm")]
    with pytest.raises(ValueError, match=r"no query .* is left: .*whose review is in no file"):
        built(write(tmp_path / "d", QUERIES[:1], home=strangers))


def test_without_a_network_it_says_which_files_to_put_where(monkeypatch):
    def refuse(*_args, **_more):
        raise OSError("no route")

    monkeypatch.setattr("huggingface_hub.hf_hub_download", refuse)
    with pytest.raises(ValueError, match=r"test\.csv could not be fetched .*no route.*--data a folder with test\.csv"):
        built(None)


def test_histories_from_the_hub_are_filtered_kept_and_taken_up_again(folder, tmp_path, monkeypatch):
    histories, asked = folder / "raw" / "review_categories", []

    class Hub:
        def glob(self, pattern):
            assert pattern == "datasets/McAuley-Lab/Amazon-Reviews-2023/raw/review_categories/*.jsonl"
            return sorted(map(str, histories.glob("*.jsonl")))

        def size(self, name):
            return Path(name).stat().st_size

        def open(self, name, mode, block_size):
            asked.append(name)
            return Path(name).open(mode)

    (histories / "Sports_and_Outdoors.jsonl.gz").unlink()
    (histories / "Sports_and_Outdoors.jsonl").write_text("".join(json.dumps(r) + "\n" for r in OTHER), "utf-8")
    monkeypatch.setattr("huggingface_hub.HfFileSystem", Hub)
    monkeypatch.setattr("huggingface_hub.hf_hub_download", lambda repo, name, repo_type: folder / name)
    monkeypatch.setattr("huggingface_hub.constants.HF_HOME", str(tmp_path))
    once = built(None)
    kept = tmp_path / "mrrec-amazon-c4" / "Home_and_Kitchen.jsonl"
    assert [json.loads(line)["user_id"] for line in kept.open()] == ["ZOE"] + ["ANN"] * 5 + ["BOB", "CYD"]
    again = built(None)
    assert len(asked) == 2 and again.queries == once.queries == built(folder).queries
    assert list(again.events) == list(built(folder).events)


def test_a_large_pool_needs_little_memory(folder):
    """In a process of its own: 200,000 items, of some 130 MB of text, in less than that."""
    path = folder / "sampled_item_metadata_1M.jsonl"
    with path.open("a", encoding="utf-8") as file:
        for n in range(200_000):
            file.write(json.dumps(dict(item_id=f"X{n:09}", category="Home", metadata=f"Thing {n}. " + "words " * 100)))
            file.write("\n")
    code = (
        "import sys, resource; from pathlib import Path; from mrrec.evaluate.tasks.amazon_c4 import build\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "task = build(Path(sys.argv[1]), 1, False); n = sum(1 for _ in task.items)\n"
        "print(n, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    out = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True).stdout
    count, more = map(int, out.split())
    assert count == 200_004 and more < path.stat().st_size / 2**20 / 2


@pytest.mark.parametrize(
    "query, short",
    [
        ("I need something that can entertain my kids during bath time. It may get messy.",
         "something that can entertain my kids during bath time"),
        ("Can you recommend a small charger to keep in my bag?", "a small charger to keep in my bag"),
        ("I'd love a very soft blanket for the sofa, but it has to be washable.", "a soft blanket for the sofa"),
        ("A vacuum.", "A vacuum"),
        ("?", "?"),
    ],
)  # fmt: skip
def test_simplified(query, short):
    assert simplified(query) == short


def test_a_wrong_rating_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"line 2: rating is 'five', not a number"):
        built(write(tmp_path / "d", home=[HOME[0], HOME[1] | {"rating": "five"}]))


def test_the_columns_are_those_of_the_published_files():
    assert list(QUERIES[0]) == list(_amazon_files.QUERY_COLUMNS) and list(POOL[0]) == list(_amazon_files.POOL_COLUMNS)
    assert set(_amazon_files.REVIEW_COLUMNS) <= set(HOME[0])
