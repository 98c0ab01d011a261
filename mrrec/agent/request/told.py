"""What of a message is remembered, and what of it is read as a request, by where the conversation stands.

The same words are a taste or a wish: "westerns" tells of a lasting taste to nobody who has just been asked what he is
in the mood for. And a taste that is told while a request is open is both: it is kept, and the request goes on with it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from mrrec.agent.request.acts import parts, social
from mrrec.agent.request.conditions import Request
from mrrec.agent.request.followup import insists, revoked
from mrrec.agent.request.reader import asking
from mrrec.agent.request.reply import accepted
from mrrec.agent.request.wishes import lasting, met, says_something
from mrrec.catalog import Catalog, Item
from mrrec.memory import Entry
from mrrec.memory.reading import Reading


@dataclass(frozen=True)
class Told:
    """`text` is what a request is read from, empty where there is none; `entries` is what is remembered."""

    text: str
    entries: tuple[Entry, ...]


def settled(
    message: str, reading: Reading, catalog: Catalog, shown: Sequence[Item], asked: bool, searching: bool
) -> Told:
    """Part `message` into request and memories. `asked`: it answers a question; `searching`: a request is open."""
    taken = {i.id for i in accepted(message, shown)}
    met_now = {i.id for i in shown} if searching else set()
    kept = tuple(
        e for e in reading.entries if e.item_id not in taken and _outlasts(e, message, asked, searching, met_now)
    )
    rest = reading.rest.strip()
    if len(kept) < len(reading.entries) and not taken:
        return Told(message, kept)
    about_taste = any(not e.item_id for e in kept)
    about_shown = any(e.item_id in {i.id for i in shown} and e.polarity <= 0 for e in kept)
    if searching and not taken and (revoked(message) or (insists(message) and not kept)):
        return Told(message, kept)
    if searching and not says_something(rest) and (about_taste or about_shown):
        return Told(message, kept)
    return Told(asking(message, rest, catalog) if rest else "", kept)


def against(request: Request, entries: Sequence[Entry]) -> Request:
    """`request` without what the `entries`, told with it, are against, however it was put ("musicals bore me")."""
    ruled_out = tuple(t for e in entries if e.polarity < 0 and not e.item_id for t in e.terms)
    wished = {t for e in entries if e.polarity > 0 for t in e.terms}
    ruled_out = tuple(t for t in dict.fromkeys(ruled_out) if t not in wished)
    if not ruled_out:
        return request
    return replace(
        request,
        genres=tuple(g for g in request.genres if g not in ruled_out),
        terms=tuple(t for t in request.terms if t not in ruled_out),
        avoid=tuple(dict.fromkeys((*request.avoid, *ruled_out))),
    )


def closed(messages: Sequence[str], shown: Sequence[Item]) -> bool:
    """Whether one of the `messages` since the last answer took something of it, or took leave."""
    return any(social(m) or accepted(m, shown) for m in messages)


def _outlasts(entry: Entry, message: str, asked: bool, searching: bool, shown: Container[str]) -> bool:
    """Whether an entry tells more than what is wanted at the moment."""
    bare = not (entry.item_id or entry.terms or entry.names)
    if bare and not entry.polarity:
        return True
    sentence = _sentence_of(entry, message)
    if lasting(sentence) or (entry.item_id and met(sentence) and not (searching and insists(sentence))):
        return True
    acts = {p.act for p in parts(sentence)}
    if asked:
        return bare and acts == {"state"}
    if entry.item_id in shown and entry.polarity < 0:  # "that one is too long" turns it down for now
        return False
    if searching and re.match(r"\W*(?:none|these|those|they|that|this|it|nothing)\b", sentence, re.I):
        return False
    if searching:
        of_self = not bare and re.match(r"\W*(?:\w+\W+)?(?:i|we|my|our)\b", sentence, re.I)
        return not (acts & {"ask", "wish", "fragment", "question"} or insists(sentence) or of_self)
    return bool(entry.item_id) or entry.value <= 0 or not acts <= {"fragment", "ask"}


def _sentence_of(entry: Entry, message: str) -> str:
    words = entry.text.split(" (")[0].strip(" .,!?").lower()
    sentences = re.split(r"(?<=[.!?;])\s+|\n+", message)
    return next((s for s in sentences if words and words in s.lower()), entry.text)
