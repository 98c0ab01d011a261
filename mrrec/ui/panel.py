"""What is remembered, as a list: by tier, with its source, evidence and use, and what can be done to each entry."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from mrrec.memory import Entry
from mrrec.memory.history import Line, Use
from mrrec.ui.markup import counted, safe

TIERS = {"profile": "Across everything", "pattern": "Patterns", "record": "What happened"}
SOURCES = {"chat": "you said so", "button": "a button", "import": "an import", "persona": "the persona", "derived": ""}
MOST = 150  # entries of a tier on the page at once; search finds the rest
MOST_LINES = 40  # of the time line
MOST_USES = 8
_NOUNS = {"profile": "trait", "pattern": "pattern", "record": "record"}
_DAY = 86400.0


def panel(
    entries: Sequence[Entry],
    everything: Mapping[str, Entry],
    searched: bool = False,
    uses: Mapping[str, Sequence[Use]] | None = None,
) -> str:
    """`entries` under a heading for each tier; evidence and history are taken from `everything` (by id)."""
    if not entries:
        empty = "Nothing fits." if searched else "Nothing yet. What you say you like, and what you press, comes here."
        return f'<p class="nothing">{empty}</p>'
    before: dict[str, list[Entry]] = {}
    for entry in everything.values():
        if entry.superseded_by:
            before.setdefault(entry.superseded_by, []).append(entry)
    return "".join(_tier(t, [e for e in entries if e.tier == t], everything, before, uses or {}) for t in TIERS)


def summary(entries: Sequence[Entry]) -> str:
    """How much of what is remembered, in one line."""
    counts = [(sum(e.tier == tier for e in entries), noun) for tier, noun in _NOUNS.items()]
    return " · ".join(counted(n, noun) for n, noun in counts if n) or "empty"


def timeline(lines: Sequence[Line], everything: Mapping[str, Entry]) -> str:
    """What changed and why, newest first."""
    if not lines:
        return '<p class="nothing">Nothing has changed yet.</p>'
    rows = "".join(_line(line, everything) for line in lines[:MOST_LINES])
    more = f'<p class="quiet">{len(lines) - MOST_LINES:,} earlier</p>' if len(lines) > MOST_LINES else ""
    return f'<ul class="timeline">{rows}</ul>{more}'


def age(when: float, now: float | None = None) -> str:
    """How long ago, as people say it.

    >>> age(0.0), age(1e9, 1e9 + 5), age(1e9, 1e9 + 3 * 86400), age(1e9, 1.1e9)
    ('', 'just now', '3 days ago', 'September 2001')
    """
    if not when:
        return ""
    gone = (time.time() if now is None else now) - when
    for limit, size, noun in ((90, 0, ""), (3600, 60, "minute"), (_DAY, 3600, "hour"), (30 * _DAY, _DAY, "day")):
        if gone < limit:
            return counted(int(gone / size), noun) + " ago" if size else "just now"
    return datetime.fromtimestamp(when).strftime("%B %Y")


def _tier(tier, entries, everything, before, uses) -> str:
    if not entries:
        return ""
    rows = "".join(_entry(e, everything, before.get(e.id, ()), uses.get(e.id, ())) for e in entries[:MOST])
    more = f'<p class="quiet">{len(entries) - MOST:,} more: search for them</p>' if len(entries) > MOST else ""
    return f'<section><h3>{TIERS[tier]} <span class="quiet">{len(entries)}</span></h3><ul>{rows}</ul>{more}</section>'


def _entry(entry: Entry, everything: Mapping[str, Entry], before: Sequence[Entry], uses: Sequence[Use]) -> str:
    words = safe(entry.text or entry.event)
    about = [safe(entry.kind), safe(entry.event) if entry.tier == "record" else f"strength {entry.strength:.2f}"]
    about += [SOURCES.get(entry.source, safe(entry.source)), age(entry.when)]
    buttons = [("pin", "Unpin" if entry.pinned else "Pin", entry.pinned)]
    if entry.tier == "record":
        buttons.append(("edit", "Edit", None))
    buttons.append(("forget", "Forget", None))
    return (
        f'<li class="entry{" pinned" if entry.pinned else ""}"><p>{words}</p>'
        f'<p class="quiet"><code>{safe(entry.id)}</code> {" · ".join(a for a in about if a)}</p>'
        f"{_evidence(entry, everything)}{_history(before)}{_uses(uses)}"
        f'<div class="acts">{"".join(_button(entry, words, *b) for b in buttons)}</div></li>'
    )


def _evidence(entry: Entry, everything: Mapping[str, Entry]) -> str:
    known = [everything[i] for i in entry.evidence if i in everything]
    rows = "".join(f"<li><code>{safe(e.id)}</code> {safe(e.text or e.event)}</li>" for e in known)
    return _folded(f"Evidence: {len(known)}", rows) if known else ""


def _history(before: Sequence[Entry]) -> str:
    rows = "".join(f"<li>{safe(e.text or e.event)} <span>({age(e.when)})</span></li>" for e in before)
    return _folded(f"Before: {len(before)}", rows) if before else ""


def _uses(uses: Sequence[Use]) -> str:
    rows = "".join(
        f'<li>{safe(", ".join(u.titles))} <span>({age(u.when)})</span> <button type="button" class="link" '
        f'data-id="{safe(u.turn)}" data-action="trace" data-key="{safe(u.turn)}/trace">show the turn</button></li>'
        for u in uses[:MOST_USES]
    )
    more = f"<li>and {len(uses) - MOST_USES} more</li>" if len(uses) > MOST_USES else ""
    return _folded(f"Used in {counted(len(uses), 'recommendation')}", rows + more) if uses else ""


def _folded(head: str, rows: str) -> str:
    return f"<details><summary>{head}</summary><ul>{rows}</ul></details>"


_WHY = {
    "remember": "Remembered", "forget": "Forgot", "edit": "Changed", "pin": "Pinned", "unpin": "Unpinned",
    "import": "Took in",
}  # fmt: skip


def _line(line: Line, everything: Mapping[str, Entry]) -> str:
    after = [everything[i] for i in line.after if i in everything]
    now = [e for e in after if not e.superseded_by]
    was = [e for e in line.before if e.id not in {a.id for a in now}]
    told = [safe(e.text or e.event) for e in now[:3]]
    if len(now) > 3:
        told.append(f"and {len(now) - 3:,} more")
    if line.operation == "edit" and line.before:
        told.append(f"was: {safe(line.before[0].text)}")
    if line.gone:
        told.append(counted(line.gone, "memory", "memories"))
    elif was:
        told += [f"in place of: {safe(e.text or e.event)}" for e in was[:3]]
    when = f'<span class="quiet">{age(line.when)}{_because(line)}</span>'
    rows = "".join(f"<div>{t}</div>" for t in told)
    if line.turn.startswith("import-") and now:
        turn = safe(line.turn)
        rows += (
            f'<div><button type="button" class="link" data-id="{turn}" data-action="back" data-key="{turn}/back">'
            "take the whole import back</button></div>"
        )
    return f"<li>{_WHY[line.operation]} {when}{rows}</li>"


def _because(line: Line) -> str:
    """What made the change: the sort of turn it belongs to."""
    if line.turn.startswith("press-"):
        return " · by a button"
    if line.turn.startswith(("import", "persona")):
        return " · by " + ("an import" if line.turn.startswith("import") else "trying on a persona")
    return " · by what you said" if line.turn else " · in this panel"


def _button(entry: Entry, words: str, action: str, label: str, pressed: bool | None) -> str:
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    key = safe(entry.id)
    return (
        f'<button type="button" data-id="{key}" data-action="{action}" data-key="{key}/{action}"{state} '
        f'aria-label="{label}: {words}">{label}</button>'
    )
