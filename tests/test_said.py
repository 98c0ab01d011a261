"""What was said: disjoint halves, targets that satisfy request and memory by the catalogue's fields, and no leaks."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from mrrec.catalog import Item, read_items
from mrrec.evaluate.data import read_task, write_task
from mrrec.evaluate.tasks import said, said_phrases
from mrrec.memory.reading import read_message
from mrrec.settings import SEED as SHIPPED

SEED = 7
FACTS = {"like", "dislike", "limit", "change", "two"}
OF_LIMITS = re.compile(r"\b(short|long|hours?|minutes|pages|subtitle|english|transl|child|kid|son\b|family)", re.I)
ITEMS = {item.id: item for item in read_items(SHIPPED / "catalog")}
ROWS = [json.loads(line) for line in Path(said_phrases.__file__).with_name("said.jsonl").open(encoding="utf-8")]


@pytest.fixture(scope="module")
def people():
    return list(said.make_people(list(ITEMS.values()), SEED))


@pytest.fixture(scope="module")
def task():
    return said.build(None, SEED, False)


def has(item: Item, topic) -> bool:
    fields = {"genre": item.genres, "theme": item.themes, "tone": item.themes, "name": item.creators + item.people}
    return topic.term in fields[topic.sort]


def asked_for(item: Item, kind: str, ask) -> bool:
    return (
        item.kind == kind
        and (ask.genre is None or has(item, ask.genre))
        and (ask.mood is None or has(item, ask.mood))
        and (not ask.decade or ask.decade <= item.year < ask.decade + 10)
    )


def within(item: Item, limit) -> bool:
    if limit is None:
        return True
    if limit.sort == "child":
        return ("family" if item.kind == "film" else "children") in item.genres and not {"gore", "sex"} & {*item.themes}
    return {
        "short": 0 < item.length <= limit.bound,
        "long": item.length >= limit.bound,
        "subtitles": item.language == "English",
        "translation": item.language == "English",
    }[limit.sort]


def wanted(item: Item, want) -> bool:
    liked = all(has(item, t) for t in want.likes) and not any(has(item, t) for t in want.dislikes)
    return liked and within(item, want.limit)


def asked(people):
    return [(p, ask, query) for p in people for ask, query in zip(p.asks, p.queries, strict=True)]


def test_as_large_and_as_mixed_as_it_should_be(people):
    queries = [q for p in people for q in p.queries]
    assert len(people) >= 420 and len(queries) >= 1200
    assert len({q.id for q in queries}) == len(queries)
    for half in said.HALVES:
        facts = Counter(q.strata["fact"] for q in queries if q.strata["half"] == half)
        assert set(facts) == FACTS and min(facts.values()) >= 50
        kinds = Counter(q.strata["kind"] for q in queries if q.strata["half"] == half)
        assert set(kinds) == {"film", "book", "game"} and min(kinds.values()) >= 60
        distances = Counter(q.strata["distance"] for q in queries if q.strata["half"] == half)
        assert min(distances["near"], distances["far"]) >= 150


def test_every_use_has_its_phrasings_in_both_halves():
    of_fact = {
        "like": ("like",),
        "like of a name": ("like-name",),
        "dislike": ("dislike", "dislike-name"),
        "limit": ("short", "long", "subtitles", "translation", "child-film", "child-book"),
        "change": ("away", "switch", "won"),
        "request": tuple({r["use"] for r in ROWS if r["use"].startswith("request-")}),
        "distractor": said_phrases.DISTRACTORS,
    }
    least = {"like of a name": 15, "request": 60, "distractor": 120}
    for half in said.HALVES:
        for fact, uses in of_fact.items():
            shapes = {r["text"] for r in ROWS if r["use"] in uses and r.get("half") == half}
            assert len(shapes) >= least.get(fact, 25), (half, fact, len(shapes))


def test_halves_share_no_phrasing_person_or_item(people):
    shapes = {half: {r["text"].lower() for r in ROWS if r.get("half") == half} for half in said.HALVES}
    assert not shapes["dev"] & shapes["test"]
    assert not [r["term"] for r in ROWS if r["use"] == "topic" and r["dev"] == r["test"]]
    halves = {half: [p for p in people if p.half == half] for half in said.HALVES}
    found = {
        half: (
            {p.id for p in of},
            {e.text for p in of for e in p.events if e.text},
            {q.text for p in of for q in p.queries},
            {i for p in of for q in p.queries for i in q.candidates} | {e.item_id for p in of for e in p.events} - {""},
        )
        for half, of in halves.items()
    }
    for dev, test in zip(found["dev"], found["test"]):
        assert dev and test and not dev & test


def test_relevant_are_what_satisfies_both_by_the_fields(people):
    for p, ask, query in asked(people):
        pool = [ITEMS[i] for i in query.candidates]
        fit = [i for i in pool if asked_for(i, p.want.kind, ask)]
        assert {i.id for i in fit if wanted(i, p.want)} == set(query.relevant), query.id
        assert 1 <= len(query.relevant) <= 12
        assert len(fit) - len(query.relevant) >= 10, query.id


def test_other_kinds_are_in_the_pool_only_where_the_request_names_its_own(people):
    named = {
        "film": "film|movie|watch|cartoon",
        "book": "book|novel|read|memoir|literary|stor",
        "game": "game|play|RPG",
    }
    named["game"] += "|platformer|shooter|roguelike"
    mixed = 0
    for p, _, query in asked(people):
        kinds = {ITEMS[i].kind for i in query.candidates}
        assert p.want.kind in kinds
        if len(kinds) > 1:
            mixed += 1
            assert re.search(named[p.want.kind], query.text, re.I), query.text
    assert mixed > 600


def test_what_was_said_decides_alone_and_each_part_of_it(people):
    """Without its dislike, its limit or its second liking, more items would be relevant."""
    for p, ask, query in asked(people):
        fit = [i for i in map(ITEMS.get, query.candidates) if asked_for(i, p.want.kind, ask)]
        for topic in p.want.topics:
            others = [t for t in p.want.likes if t != topic], [t for t in p.want.dislikes if t != topic]
            less = [
                i for i in fit
                if all(has(i, t) for t in others[0]) and not any(has(i, t) for t in others[1])
                and within(i, p.want.limit)
            ]  # fmt: skip
            assert len(less) > len(query.relevant), (query.id, topic)
        if p.want.limit:
            unlimited = [i for i in fit if all(has(i, t) for t in p.want.likes)]
            assert len(unlimited) > len(query.relevant), query.id


def test_what_was_said_is_there_and_is_not_asked_for(people):
    for p, ask, query in asked(people):
        texts = [e.text for e in p.events if e.event == "said"]
        for statement in p.said:
            assert sum(t.endswith(statement.text) for t in texts) == 1, statement
        spoken = re.findall(r"\w+", query.text.lower())
        for topic in p.want.topics:
            words = [w for w in re.findall(r"\w+", topic.term.lower()) if len(w) > 3]
            assert not [w for w in words for s in spoken if s == w or (len(s) > 4 and s[:5] == w[:5])], query
            assert topic.term not in {t.term for t in ask.topics}
        if p.want.limit:
            assert not OF_LIMITS.search(query.text), query.text


def test_distractors_say_nothing_of_what_decides(people):
    for p in people:
        phrases = said_phrases.read_phrases(p.half)
        nouns = [phrases.noun(t, p.want.kind).lower() for t in p.want.topics]
        counting = [s.text for s in p.said]
        for event in p.events:
            if event.event == "said" and not any(event.text.endswith(text) for text in counting):
                assert not [n for n in nouns if n in event.text.lower()], (p.id, event.text)


def test_changes_are_said_later_than_what_they_take_back(people):
    changed = [p for p in people if p.want.fact == "change"]
    for p in changed:
        when = {s: e.when for s in p.said for e in p.events if e.text.endswith(s.text)}
        past = [when[s] for s in p.said if not s.holds]
        assert len(past) == 1
        assert min(when[s] for s in p.said if s.holds) - past[0] > 13 * 86_400
    assert len(changed) > 30


def test_conversations(people):
    for p in people:
        spoken = sorted(e.when for e in p.events if e.event == "said")
        breaks = [b - a for a, b in pairwise(spoken) if b - a > 86_400]
        assert 2 <= len(breaks) <= 4 and min(breaks) >= 14 * 86_400
        assert 12 <= len(spoken) <= 50
        assert all(e.when < query.as_of for e in p.events for query in p.queries)
        assert all(ITEMS[i].year <= 2022 for i in {e.item_id for e in p.events} - {""})


def test_written_and_read_again(task, tmp_path):
    write_task(task, tmp_path)
    again = read_task(tmp_path / "items.jsonl", tmp_path / "events.jsonl", tmp_path / "queries.jsonl")
    assert again.queries == task.queries and list(again.events) == list(task.events)


def test_the_same_seed_makes_the_same_bytes():
    code = (
        "import hashlib; from mrrec.catalog import read_items; from mrrec.evaluate.tasks import said; "
        "from mrrec.settings import SEED; "
        "print([hashlib.sha256(repr(p).encode()).hexdigest() for p in "
        "said.make_people(read_items(SEED / 'catalog'), {seed}, 8)])"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", code.replace("{seed}", seed)], env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed, hash_seed in (("7", "1"), ("7", "2"), ("8", "1"))
    ]  # fmt: skip
    assert made[0] == made[1] != made[2]


def test_most_statements_of_the_development_half_are_understood(people, catalog, encoder, record_property):
    """By the rules and the head that read messages; what they miss is for them to learn, not for the phrasings."""
    told = [
        (p.want, s) for p in people if p.half == "dev" and not p.want.limit and p.want.fact != "change" for s in p.said
    ]
    understood = 0
    sample = random.Random(SEED).sample(told, 60)
    for want, statement in sample:
        topics = {t.term: 1 for t in want.likes} | {t.term: -1 for t in want.dislikes}
        entries = read_message(statement.text, catalog, encoder).entries
        understood += any(topics.get(t) == e.polarity for e in entries for t in e.topics)
    record_property("understood", f"{understood} of {len(sample)}")
    print(f"understood: {understood} of {len(sample)}")
    assert understood >= 0.6 * len(sample)
