"""The twelve people of the starter world: their files hold together and their tastes differ."""

import json
from collections import Counter
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from mrrec.catalog.items import read_items

SEED = Path(__file__).parents[1] / "memory_store" / "seed"
PERSONAS = [json.loads(line) for line in (SEED / "personas.jsonl").open(encoding="utf8")]
ITEMS = {item.id: item for item in read_items(SEED / "catalog")}
KNOWN = [p for p in PERSONAS if p["name"] != "newcomer"]
EVENTS = {"rated", "liked", "disliked", "finished", "abandoned", "said", "seen"}
EACH = pytest.mark.parametrize("persona", KNOWN, ids=lambda p: p["name"])


def items_of(persona: dict) -> set[str]:
    return {e["item_id"] for e in persona["events"] if e["item_id"]}


def shared(item_ids: set[str]) -> int:
    """How many of the items share the feature that is most common among them."""
    items = [ITEMS[i] for i in item_ids]
    counts = Counter(value for item in items for value in {*item.creators, *item.genres, *item.themes})
    return max(counts.values(), default=0)


def test_twelve_with_names_of_their_own():
    assert len(PERSONAS) == 12
    for key in ("name", "title", "about"):
        assert len({p[key] for p in PERSONAS}) == 12
        assert all(p[key].strip() for p in PERSONAS)


def test_newcomer_has_told_nothing():
    assert [p["events"] for p in PERSONAS if p["name"] == "newcomer"] == [[]]
    assert len(KNOWN) == 11


@EACH
def test_events_are_well_formed(persona):
    for event in persona["events"]:
        assert set(event) - {"value"} == {"event", "item_id", "kind", "when", "text"}
        assert event["event"] in EVENTS
        assert ("value" in event) == (event["event"] == "rated")
        assert event.get("value", 1) in range(1, 6)
        assert 3 <= len(event["text"].split()) <= 20, event["text"]
        if event["event"] == "said":
            assert event["item_id"] == "" and event["kind"] in ("film", "book", "game", "")
        else:
            assert event["item_id"] in ITEMS, event["item_id"]
            assert event["kind"] == ITEMS[event["item_id"]].kind


@EACH
def test_dates_are_ordered_past_and_spread(persona):
    days = [date.fromisoformat(e["when"]) for e in persona["events"]]
    assert days == sorted(days)
    assert days[-1] < date(2026, 6, 1)
    assert 1 <= (days[-1] - days[0]).days / 365.25 <= 6


@EACH
def test_enough_events_of_several_sorts(persona):
    sorts = Counter(e["event"] for e in persona["events"])
    assert 30 <= sorts.total() <= 80
    assert len(sorts) >= 4
    assert 4 <= sorts["said"] <= 8


@EACH
def test_tastes_leave_a_pattern(persona):
    rated = [e for e in persona["events"] if e["event"] == "rated"]
    liked = {e["item_id"] for e in rated if e["value"] >= 4}
    disliked = {e["item_id"] for e in rated if e["value"] <= 2}
    disliked |= {e["item_id"] for e in persona["events"] if e["event"] in ("disliked", "abandoned")}
    assert shared(liked) >= 5
    assert shared(disliked) >= 2


def test_things_happen_once_unless_the_verdict_moves():
    for persona in KNOWN:
        keys = Counter((e["event"], e["item_id"], e.get("value"), e["when"]) for e in persona["events"] if e["item_id"])
        assert max(keys.values()) == 1, persona["name"]


def test_most_have_two_kinds():
    assert sum(len({ITEMS[i].kind for i in items_of(p)}) >= 2 for p in KNOWN) >= 6


def test_contradictory_one_changes_verdicts():
    rated: dict[str, set[int]] = {}
    for event in next(p for p in PERSONAS if p["name"] == "quiz-captain")["events"]:
        if event["event"] == "rated":
            rated.setdefault(event["item_id"], set()).add(event["value"])
    assert sum(len(values) > 1 for values in rated.values()) >= 3


def test_changed_one_leaves_horror_in_2022():
    nurse = next(p for p in PERSONAS if p["name"] == "night-shift-nurse")
    horror = [e for e in nurse["events"] if e["event"] == "rated" and "horror" in ITEMS[e["item_id"]].genres]
    before = [e["value"] for e in horror if e["when"] < "2022-10"]
    after = [e["value"] for e in horror if e["when"] >= "2022-10"]
    assert len(before) >= 10 and min(before) >= 4
    assert after and max(after) <= 3


def test_no_two_share_half_of_their_items():
    for one, two in combinations(KNOWN, 2):
        a, b = items_of(one), items_of(two)
        assert len(a & b) <= min(len(a), len(b)) / 2, (one["name"], two["name"])
