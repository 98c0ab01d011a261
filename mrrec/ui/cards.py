"""Recommendations as cards. Buttons carry the id of their item; what a press means is decided elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from mrrec.agent.steps import Answer, Recall, Step
from mrrec.agent.why import Influence
from mrrec.catalog.items import UNITS
from mrrec.ui.markup import counted, listed, safe

PRESSES = (("liked", "Like"), ("dismissed", "Not for me"), ("seen", "Seen it"))
EVENTS = tuple(event for event, _ in PRESSES)
EXCLUSIVE = frozenset({"liked", "dismissed"})
MOST_MOVERS = 8


def cards(
    steps: Iterable[Step],
    pressed: Mapping[str, Collection[str]] | None = None,
    why: Mapping[str, Sequence[Influence] | str] | None = None,
) -> str:
    """The items of the answer among `steps`.

    `pressed` holds the events of each item id, None leaves buttons out; `why` what moved an item, where it was asked.
    """
    steps = list(steps)
    answer = next((s for s in reversed(steps) if isinstance(s, Answer)), None)
    if answer is None or not answer.items:
        return ""
    texts = {str(e.get("id")): e for s in steps if isinstance(s, Recall) for e in s.entries}
    made = "".join(_card(item, texts, pressed, (why or {}).get(item.get("id"))) for item in answer.items)
    return f'<div class="cards" role="list" aria-label="Recommendations">{made}</div>'


def _card(
    item: Mapping,
    texts: Mapping[str, Mapping],
    pressed: Mapping[str, Collection[str]] | None,
    why: Sequence[Influence] | str | None,
) -> str:
    title = safe(item.get("title", ""))
    length = item.get("length")
    unit = UNITS.get(item.get("kind", ""), "")
    people = listed((item.get("people") or ())[:3])
    with_people = f'<p class="people">With {people}</p>' if people else ""
    lines = [
        listed(item.get("creators") or ()),
        f"{safe(length)} {unit}".strip() if length else "",
        listed(item.get("genres") or ()),
    ]
    meta = " · ".join(line for line in lines if line)
    year = f'<span class="year">{safe(item["year"])}</span>' if item.get("year") else ""
    return (
        f'<article class="card" role="listitem" aria-label="{title}">'
        f'<header><h3>{title} {year}</h3><span class="kind">{safe(item.get("kind", ""))}</span></header>'
        f'<p class="meta">{meta}</p>{with_people}<p class="why">{safe(item.get("why", ""))}</p>'
        f"{_grounds(item, texts)}{_why(why)}{_buttons(item, title, pressed, why is not None)}</article>"
    )


def _grounds(item: Mapping, texts: Mapping[str, Mapping]) -> str:
    """The memories and facts that the reason rests on."""
    memories, facts = item.get("memories") or (), item.get("facts") or ()
    rows = [f"<li><code>{safe(m)}</code> {safe(texts.get(str(m), {}).get('text', ''))}</li>" for m in memories]
    rows += [f"<li>{safe(f)}</li>" for f in facts]
    if not rows:
        return ""
    counts = [counted(len(memories), "memory", "memories")] if memories else []
    counts += [counted(len(facts), "fact")] if facts else []
    return f"<details><summary>Rests on {' and '.join(counts)}</summary><ul>{''.join(rows)}</ul></details>"


def _why(why: Sequence[Influence] | str | None) -> str:
    """What moved the item, and how far: its score with a thing less its score without it."""
    if why is None:
        return ""
    if not why or isinstance(why, str):
        return f'<p class="moved quiet">{safe(why or "Nothing that can be taken away moves it.")}</p>'
    rows = "".join(_moved(i) for i in why[:MOST_MOVERS])
    return f'<div class="moved"><p class="quiet">Ranked again without each of these:</p><table>{rows}</table></div>'


def _moved(influence: Influence) -> str:
    about = f" <code>{safe(influence.memory.id)}</code>" if influence.memory else ""
    then = influence.place_without
    place = "" if influence.place == then else f"{influence.place} → {then}" if then else "not shown"
    return (
        f'<tr><th scope="row">{safe(influence.text)}{about}</th><td>{-influence.moved:+.2f}</td><td>{place}</td></tr>'
    )


def _buttons(item: Mapping, title: str, pressed: Mapping[str, Collection[str]] | None, open: bool) -> str:
    if pressed is None:
        return ""
    key, done = safe(item.get("id", "")), pressed.get(str(item.get("id")), ())
    made = "".join(
        f'<button type="button" data-id="{key}" data-action="{event}" data-key="{key}/{event}" '
        f'aria-pressed="{"true" if event in done else "false"}" aria-label="{label}: {title}">{label}</button>'
        for event, label in PRESSES
    )
    made += (
        f'<button type="button" data-id="{key}" data-action="why" data-key="{key}/why" '
        f'aria-expanded="{str(open).lower()}" aria-label="Why this? {title}">Why this?</button>'
    )
    return f'<div class="presses">{made}</div>'
