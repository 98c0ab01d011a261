"""What a person asks of the memory in the chat: list, forget, undo, why. Reports tell what was really done."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator, Sequence
from itertools import chain

from mrrec.agent.conversation import Conversation, Turn
from mrrec.agent.request import asks_why, titles_said
from mrrec.agent.steps import Answer, Remember, Say, Step
from mrrec.agent.why import Influence
from mrrec.catalog import Catalog
from mrrec.memory import Entry, GoneForGood, LocalMemory
from mrrec.memory.reading import Command

_ABOUT_ME = re.compile(r"\b(?:do|did|have|don't|didn't|haven't) i\b[^.]*\?", re.I)
_ORDINALS = ("first|1st", "second|2nd", "third|3rd", "fourth|4th", "fifth|5th", "sixth|6th")
MOST_LISTED = 40
MOST_MOVERS = 6
ALIKE = 0.45  # cosine from which a memory is what a phrase without known words means


def obey(command: Command, conversation: Conversation, turn: Turn, catalog: Catalog) -> Iterator[Step]:
    """Carry out a command, yielding what is said and what changed."""
    start = time.time()
    memory = conversation.memory
    if memory is None:
        yield _say(start, "This is a temporary conversation: it neither reads nor writes memory.")
        return
    if command.action == "list":
        yield _list(memory, start)
    elif command.action == "undo":
        yield from _undo(memory, start)
    else:
        yield from _forget(command, memory, turn, catalog, start)


def explain(message: str, conversation: Conversation, catalog: Catalog) -> Say | None:
    """What the last answer rests on, or what is remembered of a thing, where the person asks that; else None."""
    start = time.time()
    answers = [s.items for t in reversed(conversation.turns[:-1]) for s in t.steps if isinstance(s, Answer) and s.items]
    if asks_why(message) and answers:
        return _why(start, message, answers, conversation, catalog)
    if _ABOUT_ME.search(message) and conversation.memory is not None:
        terms = tuple(t.name for t in catalog.vocabulary.find(message))
        mentions = catalog.lookup.mentions(message)
        names = tuple(n for m in mentions for n in m.names)
        ids = tuple(i.id for m in mentions for i in m.items)
        if terms or names or ids:
            found = meant(Command("list", terms=terms, names=names, item_ids=ids), conversation.memory, catalog)
            about = ", ".join((*terms, *names, *(m.surface for m in mentions if m.items)))
            head = (
                f"This is what I remember of you and {about}:" if found else f"I remember nothing of you and {about}."
            )
            return _say(start, "\n".join([head, *(f"- [{e.id}] {e.text}" for e in found[:MOST_LISTED])]), found)
    return None


def _why(
    start: float, message: str, answers: Sequence[Sequence[dict]], conversation: Conversation, catalog: Catalog
) -> Say:
    """The ground of the cards that the message points at, of all of the last answer where it points at none.

    `answers` are the cards of each answer, the last first.
    """
    cards = answers[0]
    titles = {i.id for m in catalog.lookup.mentions(message) for i in m.items}
    shown = [catalog.get(c["id"]) for c in chain(*answers)]
    titles |= {i.id for i, _, _ in titles_said(message, [i for i in shown if i is not None])}
    nth = next((n for n, word in enumerate(_ORDINALS) if re.search(rf"\b(?:{word})\b", message, re.I)), None)
    named = [c for c in cards if c["id"] in titles] or [c for c in chain(*answers) if c["id"] in titles][:1]
    chosen = named or (cards[nth : nth + 1] if nth is not None else cards)
    memory = conversation.memory
    known = {e.id: e for e in memory.entries()} if memory is not None else {}
    lines, used = [], []
    for card in chosen or cards:
        ground = "; ".join(card["facts"])
        held = [known[i] for i in card["memories"] if i in known]
        memories = "; and on " + ", ".join(f"[{e.id}] {e.text}" for e in held) if held else ", and on no memory"
        lines.append(f"- {card['title']}: {card['why']}. It rests on these facts: {ground or 'none'}{memories}.")
        used += held
    if len(chosen) == 1:
        told, moved = _moved(chosen[0]["id"], conversation, catalog)
        lines += told
        used += moved
    return _say(start, "\n".join(lines), used)


def _moved(item_id: str, conversation: Conversation, catalog: Catalog) -> tuple[list[str], list[Entry]]:
    """What moved an item's score, in words, and the memories among it."""
    try:
        found = conversation.why(item_id, catalog)[:MOST_MOVERS]
    except ValueError:
        return [], []
    told = [f"- without “{i.text}”: score {-i.moved:+.2f}{_place(i)}" for i in found]
    return told, [i.memory for i in found if i.memory is not None]


def _place(influence: Influence) -> str:
    if influence.place == influence.place_without:
        return ""
    after = influence.place_without
    return f", place {influence.place} → {after}" if after else ", and not among those shown"


def _list(memory: LocalMemory, start: float) -> Say:
    entries = [e for tier in ("profile", "pattern", "record") for e in memory.entries(tier)]
    if not entries:
        return _say(
            start, "I remember nothing about you yet. Tell me what you like, or press a button under a recommendation."
        )
    lines = [f"I remember {len(entries)} things about you:"]
    lines += [f"- [{e.id}] {e.text}" for e in entries[:MOST_LISTED]]
    if len(entries) > MOST_LISTED:
        lines.append(f"- and {len(entries) - MOST_LISTED} more, in the panel or with `memory list`")
    return _say(start, "\n".join(lines), entries)


def _undo(memory: LocalMemory, start: float) -> Iterator[Step]:
    try:
        change = memory.undo()
    except GoneForGood as error:
        yield _say(start, f"{str(error).capitalize()}.")
        return
    if not change.restored and not change.forgotten:
        yield _say(start, "There is nothing to undo.")
        return
    lines = [f"- back: [{e.id}] {e.text}" for e in _visible(change.restored)]
    lines += [f"- taken back: [{e.id}] {e.text}" for e in _visible(change.forgotten)]
    yield _say(start, "\n".join(["Undone.", *lines]), _visible(change.restored))
    yield _remembered(start, restored=change.restored, forgotten=change.forgotten)


def _forget(command: Command, memory: LocalMemory, turn: Turn, catalog: Catalog, start: float) -> Iterator[Step]:
    chosen = memory.entries() if command.action == "forget_all" else meant(command, memory, catalog)
    if not chosen:
        about = f" about “{command.phrase}”" if command.phrase else ", for I remember nothing of you"
        yield _say(start, f"I found nothing to forget{about}.")
        return
    change = memory.forget([e.id for e in chosen], turn=turn.id)
    gone = {e.id: e for e in (*change.forgotten, *change.withdrawn)}
    lines = [f"- [{e.id}] {e.text}" for e in list(gone.values())[:MOST_LISTED]]
    yield _say(
        start, "\n".join([f"Forgotten, {len(gone)} in all (say “undo” to have it back):", *lines]), list(gone.values())
    )
    yield _remembered(start, forgotten=tuple(gone.values()))


def meant(command: Command, memory: LocalMemory, catalog: Catalog) -> list[Entry]:
    """The memories that a command speaks of: by term, name or item; by meaning where it has none of these."""
    terms, names, ids = set(command.terms), set(command.names), set(command.item_ids)
    found = []
    for entry in memory.entries():
        item = catalog.get(entry.item_id) if entry.item_id else None
        of_item = item is not None and entry.tier == "record"
        hit = bool(ids & {entry.item_id}) or bool(names & set(entry.names))
        hit = hit or bool(terms & set(entry.terms))
        if of_item and not command.polarity:  # "what you know about horror": what happened with such items too
            hit = hit or bool(terms & {*item.genres, *item.themes}) or bool(names & set(item.names))
        if hit and (not command.polarity or entry.polarity in (0, command.polarity)):
            found.append(entry)
    if found or terms or names or ids or not command.phrase.strip():
        return found
    recalled = memory.recall([command.phrase], k=3, tiers=("record", "pattern"))
    return [r.entry for r in recalled if r.parts["similarity"] >= ALIKE][:1]


def _visible(entries: Sequence[Entry]) -> list[Entry]:
    return [e for e in entries if e.text]


def _say(start: float, text: str, entries: Sequence[Entry] = ()) -> Say:
    memories = tuple(dict(id=e.id, tier=e.tier, text=e.text) for e in entries)
    return Say(id=uuid.uuid4().hex[:8], start=start, end=time.time(), text=text, memories=memories)


def _remembered(start: float, **changes: Sequence[Entry]) -> Remember:
    told = {k: tuple(dict(id=e.id, tier=e.tier, text=e.text) for e in _visible(v)) for k, v in changes.items()}
    return Remember(id=uuid.uuid4().hex[:8], start=start, end=time.time(), state="saved", **told)
