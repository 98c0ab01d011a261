"""What a person commands of the memory in the chat: list, forget, undo. Reports are composed of what was really done."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence

from mrrec.agent.conversation import Conversation, Turn
from mrrec.agent.steps import Remember, Say, Step
from mrrec.catalog import Catalog
from mrrec.memory import Entry, LocalMemory
from mrrec.memory.write import Command

MOST_LISTED = 40
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


def _list(memory: LocalMemory, start: float) -> Say:
    entries = [e for tier in ("profile", "pattern", "record") for e in memory.entries(tier)]
    if not entries:
        return _say(start, "I remember nothing about you yet. Tell me what you like, or press a button under a recommendation.")
    lines = [f"I remember {len(entries)} things about you:"]
    lines += [f"- [{e.id}] {e.text}" for e in entries[:MOST_LISTED]]
    if len(entries) > MOST_LISTED:
        lines.append(f"- and {len(entries) - MOST_LISTED} more, in the panel or with `memory list`")
    return _say(start, "\n".join(lines), entries)


def _undo(memory: LocalMemory, start: float) -> Iterator[Step]:
    change = memory.undo()
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
        yield _say(start, f"I found nothing to forget about “{command.phrase}”.")
        return
    change = memory.forget([e.id for e in chosen], turn=turn.id)
    gone = {e.id: e for e in (*change.forgotten, *change.withdrawn)}
    lines = [f"- [{e.id}] {e.text}" for e in list(gone.values())[:MOST_LISTED]]
    yield _say(start, "\n".join([f"Forgotten, {len(gone)} in all (say “undo” to have it back):", *lines]), list(gone.values()))
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
