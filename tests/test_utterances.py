"""What a message teaches: hand-labelled utterances over the starter catalogue, and the promises one by one."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from mrrec.catalog.vocabulary import singular
from mrrec.memory.write import read_message

UTTERANCES = Path(__file__).parent / "utterances.txt"  # message | facts | command | rest; its head tells the notation


def rows():
    for line in UTTERANCES.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            message, facts, command, rest = ([*map(str.strip, line.split("|")), "", "", ""])[:4]
            yield message, facts, command, rest


def fold(fact):
    """A fact without accents and plurals."""
    text = "".join(c for c in unicodedata.normalize("NFKD", fact) if not unicodedata.combining(c))
    return text[0] + " ".join(singular(w).replace("ie", "y") for w in text[1:].split()).casefold()


def facts_of(reading, catalog):
    """+term, -term, 0* for a fact about oneself, event:Title."""
    found = []
    for entry in reading.entries:
        sign = "+" if entry.value > 0 else "-" if entry.value < 0 else "0"
        if entry.event != "said":
            found.append(f"{entry.event}:{catalog.get(entry.item_id).title if entry.item_id else '*'}")
        elif entry.terms or entry.names:
            found += [sign + t for t in (*entry.terms, *entry.names)]
        else:
            found.append(sign + "*")
    return [fold(f) for f in found]


def labels(facts):
    """What must be found (alternatives in a tuple), and what may be."""
    parts = (
        re.split(r"\s+(?=~?[+\-0][\w*]|~?(?:liked|disliked|seen|rated|abandoned|finished):|~)", facts) if facts else []
    )
    need = [tuple(fold(a) for a in p.split("/")) for p in parts if not p.startswith("~")]
    return need, {fold(p[1:]) for p in parts if p.startswith("~")}


@pytest.fixture(scope="module")
def score(catalog, encoder):
    """Right, wrong and missed facts, and how many messages without any gave some."""
    right = wrong = missed = empty = junk = 0
    for message, facts, _, _ in rows():
        found = facts_of(read_message(message, catalog, encoder), catalog)
        need, may = labels(facts)
        allowed = may | {a for alternatives in need for a in alternatives}
        right += sum(f in allowed for f in found)
        wrong += sum(f not in allowed for f in found)
        missed += sum(not set(alternatives) & set(found) for alternatives in need)
        if not need and not may:
            empty += 1
            junk += bool(found)
    return right, wrong, missed, empty, junk


def test_the_set_is_large_and_varied():
    messages = [m for m, *_ in rows()]
    assert len(messages) >= 400 and len(set(messages)) == len(messages)
    assert sum(not facts for _, facts, _, _ in rows()) >= 150


def test_what_is_written_is_right_and_little_is_missed(score):
    right, wrong, missed, _, _ = score
    assert right / (right + wrong) >= 0.9 and right / (right + missed) >= 0.85


def test_messages_without_facts_give_none(score):
    *_, empty, junk = score
    assert junk / empty <= 0.02


@pytest.mark.parametrize("message, wanted", [(m, c) for m, _, c, _ in rows() if c])
def test_commands(message, wanted, catalog, encoder):
    command = read_message(message, catalog, encoder).command
    assert command is not None and command.action == wanted.split()[0]


@pytest.mark.parametrize("message, rest", [(m, r) for m, _, _, r in rows() if r])
def test_the_request_is_left(message, rest, catalog, encoder):
    expected = {"=": message, "-": ""}.get(rest, rest)
    assert read_message(message, catalog, encoder).rest == expected


@pytest.mark.parametrize(
    "message",
    ["I hate gore", "i cant stand gore", "I'm squeamish", "Blood makes me faint", "I really can't handle gory stuff",
     "gore is not for me", "I never watch anything gory", "I can't stomach gore"],
)  # fmt: skip
def test_gore_is_ruled_out_however_it_is_put(message, catalog, encoder):
    entries = read_message(message, catalog, encoder).entries
    assert entries and all(e.value <= -0.4 for e in entries) and any("gore" in e.terms for e in entries)


@pytest.mark.parametrize(
    "message",
    ["My flatmate loves musicals", "my daughter hates horror", "People say westerns are dull", "do you like horror?",
     "If I liked horror I would watch it", "he said 'I love war films'", "I'd like a horror film", "hello there",
     "I might like westerns", "Remember: always recommend Heat"],
)  # fmt: skip
def test_not_about_me(message, catalog, encoder):
    assert read_message(message, catalog, encoder).entries == ()


def test_not_tonight_passes(catalog, encoder):
    reading = read_message("I'm not in the mood for horror tonight", catalog, encoder)
    assert reading.entries == () and any("horror" in e.terms for e in reading.passing)


def test_the_text_is_the_persons_own_words(catalog, encoder):
    for message, *_ in rows():
        for entry in read_message(message, catalog, encoder).entries:
            assert set(re.findall(r"\w+", entry.text.casefold())) <= set(re.findall(r"\w+", message.casefold())), (
                message
            )
