"""When a record is at odds with an older one: it supersedes it, is an exception to it, or leaves it alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mrrec.memory.entry import SUPPRESSED, Entry
from mrrec.memory.ledger import Ledger

# What says that something was otherwise before
CHANGED = re.compile(r"\b(?:now|nowadays|these days|no longer|any ?more|again|stopped|used to|since then)\b", re.I)


def subjects(entry: Entry) -> tuple[str, ...]:
    """What an entry can be at odds with others about."""
    return (entry.item_id,) if entry.item_id else entry.topics


def rivals(entry: Entry, ledger: Ledger) -> Iterator[Entry]:
    """What a record may touch: others of its item, of its topics; history too."""
    if entry.item_id:
        yield from ledger.about_item(entry.item_id)
    elif entry.event == "said":
        for topic in entry.topics:
            yield from ledger.about_topic(topic)


def supersedes(new: Entry, old: Entry) -> bool:
    """A newer verdict on the same item, or the opposite preference in a scope that covers the older one's."""
    if SUPPRESSED in (old.event, new.event) or old.when > new.when:
        return False
    if new.item_id or old.item_id:
        if new.item_id != old.item_id:
            return False
        return old.polarity == -new.polarity != 0 or (new.event == old.event == "rated" and new.value != old.value)
    return _opposed(new, old) and (not new.kind or new.kind == old.kind)


def excepts(new: Entry, old: Entry) -> bool:
    """An exception: "I love horror", later "no horror games"."""
    return _opposed(new, old) and bool(new.kind) and not old.kind


def outgrown(entry: Entry, ledger: Ledger) -> list[Entry]:
    """The older facts of life that a newer one may replace: "I'm vegan", later "I eat fish now"."""
    if not _is_fact(entry) or not CHANGED.search(entry.text):
        return []
    return [e for e in ledger.by_id.values() if _is_fact(e) and e.active and e.id != entry.id and e.when <= entry.when]


def _is_fact(entry: Entry) -> bool:
    """Something lasting about the person that is no taste, or speaks of nothing that the catalogue knows."""
    return entry.event == "said" and not entry.item_id and not entry.topics


def _related(one: Entry, other: Entry) -> bool:
    if one.item_id or other.item_id:
        return one.item_id == other.item_id
    return bool(set(one.terms) & set(other.terms) or set(one.names) & set(other.names))


def _opposed(new: Entry, old: Entry) -> bool:
    """Stated preferences of opposite sign on the same topic."""
    said = new.event == old.event == "said" and not new.item_id and not old.item_id
    return said and old.polarity == -new.polarity != 0 and _related(new, old)
