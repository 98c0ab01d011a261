"""Events files: what is read, what is told of a file that is wrong, and what a rating is worth."""

import json
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from mrrec.memory.entry import DISLIKED, LIKED
from mrrec.memory.events import Event, Histories, read_events, read_histories
from mrrec.settings import ROOT

HEADER = "user_id,item_id,rating,timestamp"


def written(tmp_path, text, name="events.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def rated(person, ratings, start=0):
    return [Event(person, f"i{n}", "rated", float(start + n), float(r)) for n, r in enumerate(ratings)]


def test_csv_jsonl_and_parquet_say_the_same(tmp_path):
    rows = [
        {"user_id": "ann", "item_id": "1", "rating": 4.5, "timestamp": 86400, "text": "two\nlines, and a “quote”"},
        {"user_id": "bob", "item_id": "2", "rating": 0.5, "timestamp": 172800, "text": ""},
    ]
    frame = pd.DataFrame(rows)
    frame.to_csv(tmp_path / "e.csv", index=False)
    frame.to_parquet(tmp_path / "e.parquet")
    written(tmp_path, "".join(json.dumps(r) + "\n\n" for r in rows), "e.jsonl")
    wanted = [Event(r["user_id"], r["item_id"], "rated", r["timestamp"], r["rating"], r["text"]) for r in rows]
    for name in ("e.csv", "e.jsonl", "e.parquet"):
        assert list(read_events(tmp_path / name)) == wanted, name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spreadsheets_save_in_many_ways(tmp_path, encoding, separator):
    text = f"{HEADER}\r\nZoë,é-1,5,2021-05-30\r\n".replace(",", separator)
    (event,) = read_events(written(tmp_path, text, encoding=encoding))
    assert (event.person, event.item_id, event.rating) == ("Zoë", "é-1", 5.0)


@pytest.mark.parametrize(
    "stamp",
    ["1622332800", "1622332800.0", "1622332800000", "2021-05-30", "2021-05-30T00:00:00Z", "2021-05-30 02:00+02:00"],
)
def test_timestamps(tmp_path, stamp):
    (event,) = read_events(written(tmp_path, f"{HEADER}\nann,1,5,{stamp}\n"))
    assert event.when == 1622332800


def test_parquet_of_a_data_frame_with_gaps_and_dates(tmp_path):
    frame = pd.DataFrame(
        {
            "user_id": [1.0, 2.0],
            "item_id": [7, 8],
            "rating": [4.0, None],
            "timestamp": pd.to_datetime(["2021-05-30"] * 2),
        }
    )
    frame.to_parquet(tmp_path / "e.parquet")
    ann, bob = read_events(tmp_path / "e.parquet")
    assert (ann.person, ann.item_id, ann.when) == ("1", "7", 1622332800)
    assert (bob.event, bob.rating) == ("seen", None)


def test_events_without_ratings(tmp_path):
    text = "user_id,item_id,event,timestamp\nann,1,Liked,1\nann,2,finished,2\nann,3,,3\n"
    assert [e.event for e in read_events(written(tmp_path, text))] == ["liked", "finished", "seen"]
    histories = read_histories(written(tmp_path, text.replace("event", "kind")))
    assert histories.scale is None and histories[0] == {"1": 1.0, "2": 0.4, "3": 0.0}


def test_the_kind_of_an_item_is_no_event(tmp_path):
    (event,) = read_events(written(tmp_path, "user_id,item_id,kind,rating,timestamp\nann,1,film,4,1\n"))
    assert event.event == "rated"


@pytest.mark.parametrize(
    "text, said",
    [
        ("user_id,item,rating,timestamp\n", "item_id is missing; there are user_id, item, rating, timestamp"),
        ("user_id,item_id,timestamp\n", "rating or event"),
        ("", "user_id"),
        (f"{HEADER}\nann,1,5,1\nann,2,good,2\n", "row 3: rating is 'good', not a number"),
        (f"{HEADER}\nann,1,nan,1\n", "row 2: rating is 'nan'"),
        (f"{HEADER}\nann,1,5,1\n\n,2,5,2\n", "row 4: user_id is empty"),
        (f"{HEADER}\nann, ,5,1\n", "row 2: item_id is empty"),
        (f"{HEADER}\nann,1,5,\n", "row 2: timestamp is empty"),
        (f"{HEADER}\nann,1,5,yesterday\n", "row 2: timestamp is 'yesterday'"),
        (f"{HEADER}\nann,1,5,2121-05-30\n", "row 2: timestamp is '2121-05-30', which lies in the future"),
        pytest.param(f"{HEADER}\nann,1,5,{int(time.time()) + 10 * 86400}\n", "in the future", id="tomorrow week"),
        (f"{HEADER}\nann,1,5\n", "row 2: 3 values; the header has 4"),
        ("user_id,item_id,event,timestamp\nann,1,adored,1\n", "row 2: event is 'adored'; there are liked"),
        ("user_id,item_id,event,timestamp\nann,1,rated,1\n", "row 2: rating is missing"),
        (f'{HEADER}\nann,"1{"x" * 200_000},5,1\n', "cannot be read as CSV"),
    ],
)
def test_a_wrong_csv_is_told_with_row_and_column(tmp_path, text, said):
    with pytest.raises(ValueError, match="events") as told:
        list(read_events(written(tmp_path, text)))
    assert said in str(told.value)


@pytest.mark.parametrize(
    "line, said",
    [
        ("{", "line 2: not JSON"),
        ("[1]", "line 2: not an object"),
        ('{"user_id": "a", "timestamp": 1}', "line 2: the column item_id is missing"),
        ('{"user_id": true, "item_id": 1, "timestamp": 1}', "line 2: user_id is True, not an id"),
        ('{"user_id": "a", "item_id": null, "timestamp": 1}', "line 2: item_id is empty"),
        ('{"user_id": "a", "item_id": 1, "rating": [5], "timestamp": 1}', "line 2: rating is [5], not a number"),
    ],
)
def test_a_wrong_jsonl_is_told_with_its_line(tmp_path, line, said):
    good = '{"user_id": "a", "item_id": 1, "rating": 5, "timestamp": 1}\n'
    with pytest.raises(ValueError) as told:
        list(read_events(written(tmp_path, good + line, "e.jsonl")))
    assert said in str(told.value)


def test_other_files_and_encodings_are_told(tmp_path):
    latin = written(tmp_path, f"{HEADER}\nann,1,5,1\nZoë,1,5,1\n", encoding="latin-1")
    with pytest.raises(ValueError, match="line 3: not UTF-8"):
        list(read_events(latin))
    with pytest.raises(ValueError, match="Parquet"):
        list(read_events(written(tmp_path, "no parquet", "e.parquet")))
    with pytest.raises(ValueError, match=r"\.csv, \.jsonl or \.parquet"):
        list(read_events(written(tmp_path, "", "e.xls")))
    with pytest.raises(ValueError, match="no events file"):
        list(read_events(tmp_path / "gone.csv"))
    with pytest.raises(ValueError, match="no events in it"):
        read_histories(written(tmp_path, f"{HEADER}\n"))


def test_the_last_bad_row_of_parquet_is_named(tmp_path):
    frame = pd.DataFrame({"user_id": ["a"] * 70_000, "item_id": "1", "rating": 5.0, "timestamp": 1})
    frame.loc[69_999, "item_id"] = ""
    frame.to_parquet(tmp_path / "e.parquet")
    with pytest.raises(ValueError, match="row 70001: item_id is empty"):
        list(read_events(tmp_path / "e.parquet"))


@pytest.mark.parametrize(
    "ratings, scale",
    [
        ((0.5, 5), "0.5 to 5"), ((1, 5), "1 to 5"), ((2, 4), "1 to 5"), ((1.5, 4), "0.5 to 5"), ((0, 5), "0 to 5"),
        ((1, 10), "1 to 10"), ((0, 9), "0 to 10"), ((0, 1), "0 to 1"), ((-1, 1), "-1 to 1"), ((20, 95), "0 to 100"),
        ((0, 1200), "0 to 1200"),
    ],
)  # fmt: skip
def test_the_scale_is_found(ratings, scale):
    assert str(Histories(rated("ann", ratings)).scale) == scale


def test_a_rating_is_weighed_against_the_persons_others():
    stern, mild = [1, 1, 2, 2, 3] * 8, [4, 4, 5, 5, 3] * 8
    histories = Histories(rated("stern", stern) + rated("mild", mild))
    assert histories[0]["i4"] > LIKED, "a three from somebody who mostly gives one is praise"
    assert histories[1]["i4"] < DISLIKED, "and from somebody who mostly gives five it is none"
    keen = Histories(rated("keen", [5] * 30))
    assert set(keen[0].values()) == {1.0}, "the best mark of the scale is praise from anybody"


def test_the_scale_does_not_matter():
    stars = [1, 2, 3, 4, 5, 5, 2]
    percent = [(s - 1) * 25 for s in stars]
    five, hundred = Histories(rated("a", stars))[0], Histories(rated("a", percent))[0]
    assert np.allclose(list(five.values()), list(hundred.values()))


def test_the_latest_verdict_counts():
    def said(*events):
        return Histories(Event("a", "1", e, float(n), r) for n, (e, r) in enumerate(events))[0]["1"]

    assert said(("liked", None), ("disliked", None)) == -1.0
    assert said(("disliked", None), ("finished", None)) == -1.0
    assert said(("abandoned", None), ("finished", None)) == 0.4
    late, early = Event("a", "1", "liked", 2.0), Event("a", "1", "disliked", 1.0)
    assert Histories([late, early])[0] == {"1": 1.0}, "by time, not by place in the file"


def test_people_and_their_events_in_order():
    events = [Event("a", "2", "liked", 5.0), Event("b", "1", "rated", 1.0, 3.0), Event("a", "1", "seen", 2.0)]
    histories = Histories(events)
    assert histories.people == ("a", "b") and len(histories) == 2
    assert histories.events(0) == (events[2], events[0]) and histories.events(1) == (events[1],)
    report = histories.report({"1"})
    assert report["of unknown items"] == "1 (of 1 items)" and report["without verdict"] == 1
    with pytest.raises(ValueError, match="--items"):
        histories.report({"other"})


def test_a_million_rows_in_a_few_hundred_megabytes(tmp_path):
    path = tmp_path / "many.csv"
    rng = np.random.default_rng(0)
    pd.DataFrame(
        {
            "user_id": rng.integers(0, 20_000, 1_000_000),
            "item_id": rng.integers(0, 10_000, 1_000_000),
            "rating": rng.integers(1, 6, 1_000_000),
            "timestamp": rng.integers(10**9, 10**9 + 10**8, 1_000_000),
        }
    ).to_csv(path, index=False)
    code = (
        "import resource, sys; import mrrec.memory.events as e\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak(); h = e.read_histories(sys.argv[1]); n = sum(len(h[i]) for i in range(len(h)))\n"
        "print(h.count, len(h), n, peak() - before)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    count, people, _, grown = map(int, run.stdout.split())
    assert (count, people) == (1_000_000, 20_000)
    assert grown * (1024 if sys.platform != "darwin" else 1) < 300e6
