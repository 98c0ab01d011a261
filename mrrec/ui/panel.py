"""What is remembered, as a list: by tier, with evidence and what can be done to each entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from mrrec.memory import Entry
from mrrec.ui.markup import counted, safe

TIERS = {"profile": "Across everything", "pattern": "Patterns", "record": "What happened"}
MOST = 150  # entries of a tier on the page at once; search finds the rest


def panel(entries: Sequence[Entry], everything: Mapping[str, Entry], searched: bool = False) -> str:
    """`entries` under a heading for each tier, their evidence taken from `everything` (by id)."""
    if not entries:
        empty = "Nothing fits." if searched else "Nothing yet. What you say you like, and what you press, comes here."
        return f'<p class="nothing">{empty}</p>'
    return "".join(_tier(tier, [e for e in entries if e.tier == tier], everything) for tier in TIERS)


def summary(entries: Sequence[Entry]) -> str:
    """How much of what is remembered, in one line."""
    counts = [(sum(e.tier == tier for e in entries), noun) for tier, noun in _NOUNS.items()]
    return " · ".join(counted(n, noun) for n, noun in counts if n) or "empty"


_NOUNS = {"profile": "trait", "pattern": "pattern", "record": "record"}


def _tier(tier: str, entries: Sequence[Entry], everything: Mapping[str, Entry]) -> str:
    if not entries:
        return ""
    rows = "".join(_entry(e, everything) for e in entries[:MOST])
    more = f'<p class="quiet">{len(entries) - MOST:,} more: search for them</p>' if len(entries) > MOST else ""
    return f'<section><h3>{TIERS[tier]} <span class="quiet">{len(entries)}</span></h3><ul>{rows}</ul>{more}</section>'


def _entry(entry: Entry, everything: Mapping[str, Entry]) -> str:
    words = safe(entry.text or entry.event)
    about = [safe(entry.kind), safe(entry.event) if entry.tier == "record" else f"strength {entry.strength:.2f}"]
    if entry.tier == "record" and entry.when:
        about.append(datetime.fromtimestamp(entry.when).strftime("%-d %b %Y"))
    buttons = [("pin", "Unpin" if entry.pinned else "Pin", entry.pinned)]
    if entry.tier == "record":
        buttons.append(("edit", "Edit", None))
    buttons.append(("forget", "Forget", None))
    return (
        f'<li class="entry{" pinned" if entry.pinned else ""}"><p>{words}</p>'
        f'<p class="quiet"><code>{safe(entry.id)}</code> {" · ".join(a for a in about if a)}</p>'
        f"{_evidence(entry, everything)}"
        f'<div class="acts">{"".join(_button(entry, words, *b) for b in buttons)}</div></li>'
    )


def _evidence(entry: Entry, everything: Mapping[str, Entry]) -> str:
    known = [everything[i] for i in entry.evidence if i in everything]
    if not known:
        return ""
    rows = "".join(f"<li><code>{safe(e.id)}</code> {safe(e.text or e.event)}</li>" for e in known)
    return f"<details><summary>Evidence: {len(known)}</summary><ul>{rows}</ul></details>"


def _button(entry: Entry, words: str, action: str, label: str, pressed: bool | None) -> str:
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    key = safe(entry.id)
    return (
        f'<button type="button" data-id="{key}" data-action="{action}" data-key="{key}/{action}"{state} '
        f'aria-label="{label}: {words}">{label}</button>'
    )
