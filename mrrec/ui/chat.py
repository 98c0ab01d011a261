"""Steps as chat messages. Pure: the same steps give the same messages, live, afterwards and in a replay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import singledispatch

from gradio import ChatMessage

from mrrec.agent.steps import (
    Answer,
    Ask,
    Experience,
    Lookup,
    Profile,
    Ranking,
    Recall,
    Remember,
    Say,
    Step,
    Thought,
)
from mrrec.ui.markup import counted, defused, listed, number, prose, safe, seconds

SPOKEN = (Answer, Ask, Say)  # said to the person, so shown unfolded
NO_MEMORY = "no memory bears on this"
MOST_RANKED = 12  # rows of the table; the trace holds them all


@dataclass(frozen=True)
class Shown:
    """How a step looks: the title of its fold, a quiet remark beside it, its HTML."""

    title: str
    remark: str
    html: str


def messages(turns: Iterable[tuple[str, Sequence[Step], str]], cards: bool = False) -> list[ChatMessage]:
    """Messages of `turns`, each a person's words, the steps and a closing note.

    With `cards`, the items of the last answer stand on cards elsewhere and are not listed here.
    """
    turns = list(turns)
    made = []
    for at, (message, steps, note) in enumerate(turns):
        made.append(ChatMessage(role="user", content=defused(message)))
        on_cards = cards and at == len(turns) - 1
        made += [step_message(step, steps, on_cards, f"{at}-{step.id}") for step in steps]
        if note:
            made.append(ChatMessage(role="assistant", content=f'<div class="note">{safe(note)}</div>'))
    return made


def message_turn(turns: Iterable[tuple[str, Sequence[Step], str]], index: int) -> int:
    """Which of `turns` the message at `index` of `messages` belongs to. Raises IndexError past the end."""
    for at, (_, steps, note) in enumerate(turns):
        index -= 1 + len(steps) + bool(note)
        if index < 0:
            return at
    raise IndexError("there is no such message")


def step_message(step: Step, steps: Sequence[Step] = (), on_cards: bool = True, key: str = "") -> ChatMessage:
    """One step: folded with its duration when it is done, open while it goes on; what is said stands open."""
    shown = show(step)
    if isinstance(step, SPOKEN):
        text = prose(_beside_cards(step)) if on_cards and isinstance(step, Answer) and step.items else shown.html
        if step.end is not None and all(s.end is not None for s in steps):
            text += _took(steps or [step])
        return ChatMessage(role="assistant", content=f'<div class="said">{text}</div>')
    done = step.end is not None
    metadata = {"title": shown.title, "id": key or step.id, "status": "done" if done else "pending"}
    if shown.remark:
        metadata["log"] = shown.remark
    if done:
        metadata["duration"] = max(step.seconds, 0.001)
    return ChatMessage(role="assistant", content=f'<div class="step">{shown.html or "…"}</div>', metadata=metadata)


@singledispatch
def show(step: Step) -> Shown:
    return Shown(step.step.capitalize(), "", safe(step.to_dict()))


@show.register
def _(step: Experience) -> Shown:
    rows = [
        f"<li><b>{safe(a.get('aspect', ''))}</b> {safe(a.get('description', ''))}"
        f"{_quiet(counted(a['support'], 'person', 'people')) if isinstance(a.get('support'), int) else ''}</li>"
        for a in step.aspects
    ]
    body = f"<ul>{''.join(rows)}</ul>" if rows else _quiet("Nothing is known yet of what people weigh here.")
    return Shown("What people weigh", _short(step.scenario), body)


@show.register
def _(step: Thought) -> Shown:
    return Shown("Thought", _short(step.text), f"<p>{safe(step.text)}</p>" if step.text else "")


@show.register
def _(step: Recall) -> Shown:
    remark = _short(", ".join(map(str, step.aspects)))
    if step.end is None and not step.entries:
        return Shown("Recalling", remark, "")
    if not step.entries:
        return Shown("Nothing recalled", remark, f'<p class="nothing">{safe(_sentence(step.note or NO_MEMORY))}</p>')
    parts = []
    for aspect in dict.fromkeys([*step.aspects, *(e.get("aspect", "") for e in step.entries)]):
        entries = "".join(_memory(e) for e in step.entries if e.get("aspect", "") == aspect)
        rows = entries or f"<li>{_quiet('nothing further was found')}</li>"
        parts.append(f"<h4>{safe(aspect) or 'In general'}</h4><ul>{rows}</ul>")
    if step.note:
        parts.append(f'<p class="quiet">{safe(_sentence(step.note))}</p>')
    return Shown(f"Recalled {counted(len(step.entries), 'memory', 'memories')}", remark, "".join(parts))


@show.register
def _(step: Lookup) -> Shown:
    rows = [f"<li><b>{safe(f.get('label', ''))}</b> {safe(f.get('text', ''))}</li>" for f in step.facts]
    body = f"<ul>{''.join(rows)}</ul>" if rows else ""
    shared = [f"<li>{safe(k)}: <b>{listed(v)}</b></li>" for k, v in step.shared.items() if v]
    if shared:
        body += f"<h4>In common</h4><ul>{''.join(shared)}</ul>"
    elif len(step.facts) > 1 and step.end is not None:
        body += _quiet("They have nothing in common that the catalogue knows.")
    if step.missing:
        body += f'<p class="nothing">Not in the catalogue: {listed(step.missing)}</p>'
    return Shown("Looking up" if step.end is None else "Looked up", _short(", ".join(map(str, step.queries))), body)


@show.register
def _(step: Profile) -> Shown:
    rows = [("Ideal", safe(step.ideal)), ("Must", listed(step.must, " · ")), ("Not", listed(step.avoid, " · "))]
    rows.append(("Rests on", _ids(step.memory_ids)))
    body = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows if value)
    remark = "no memory counts here" if step.end is not None and not step.memory_ids else ""
    return Shown("What would be ideal", remark, f"<dl>{body}</dl>" if body else "")


@show.register
def _(step: Ranking) -> Shown:
    ranked = step.candidates[:MOST_RANKED]
    names = list(dict.fromkeys(name for c in ranked for name in c.get("parts") or {}))
    head = "".join(f'<th scope="col">{safe(n)}</th>' for n in names)
    rows = []
    for place, candidate in enumerate(ranked, 1):
        parts = candidate.get("parts") or {}
        cells = "".join(f"<td>{number(parts[n]) if n in parts else '–'}</td>" for n in names)
        because = f"<br>{_ids(candidate['memories'])}" if candidate.get("memories") else ""
        score = number(candidate.get("score", 0.0))
        rows.append(
            f'<tr><td>{place}</td><th scope="row">{safe(candidate.get("title", ""))}{because}</th>'
            f"<td><b>{score}</b></td>{cells}</tr>"
        )
    body = ""
    if rows:
        body = (
            f'<div class="scroll"><table><thead><tr><th></th><th scope="col">title</th><th scope="col">score</th>{head}'
            f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        )
    if len(step.candidates) > MOST_RANKED:
        body += _quiet(f"and {len(step.candidates) - MOST_RANKED} more in the saved trace")
    left = [
        f"<li>{safe(f.get('reason', ''))}: <b>{safe(f.get('count', ''))}</b>"
        f"{_quiet('such as ' + listed(f['examples'])) if f.get('examples') else ''}</li>"
        for f in step.filtered
    ]
    if left:
        body += f"<h4>Left out</h4><ul>{''.join(left)}</ul>"
    return Shown("Ranked", f"{counted(step.pool, 'candidate')}" if step.pool else "", body)


@show.register
def _(step: Answer) -> Shown:
    return Shown("Answer", "", prose(step.text) or "<p>…</p>")


@show.register
def _(step: Ask) -> Shown:
    return Shown("Question", "", prose(step.text) or "<p>…</p>")


@show.register
def _(step: Say) -> Shown:
    marks = [f"[{m.get('id', '')}]" for m in step.memories]
    text = "\n".join(line for line in step.text.split("\n") if not any(mark in line for mark in marks))
    listing = "".join(_memory(m) for m in step.memories)
    return Shown("Reply", "", (prose(text) or "<p>…</p>") + (f"<ul>{listing}</ul>" if listing else ""))


@show.register
def _(step: Remember) -> Shown:
    groups = (
        ("Remembered", step.written),
        ("Known already", step.same),
        ("Said more exactly", step.refined),
        ("Superseded", step.superseded),
        ("Forgotten", step.forgotten),
        ("Brought back", step.restored),
    )
    body = "".join(f"<h4>{name}</h4><ul>{''.join(map(_memory, group))}</ul>" for name, group in groups if group)
    if step.note:
        body += f'<p class="quiet">{safe(step.note)}</p>'
    if step.state == "failed":
        title = "Not saved"
    elif step.state == "saving":
        title = "Saving what you told"
    elif step.state == "off":
        title = "Memory is off"
    else:
        said = [f"{name.lower()} {len(group)}" for name, group in groups if group]
        title = ", ".join(said).capitalize() if said else "Nothing to remember"
    return Shown(title, "", body or _quiet(title))


def _memory(entry: dict) -> str:
    """One memory with id, tier, score and evidence, whichever of them it has."""
    known, alias = safe(entry.get("id", "")), entry.get("alias")
    tier = f'<span class="tier">{safe(entry["tier"])}</span>' if entry.get("tier") else ""
    score = f'<span class="score">{number(entry["score"])}</span>' if entry.get("score") is not None else ""
    details = [f"<code>{known}</code>"] if alias else []
    if isinstance(entry.get("parts"), dict):
        details += [f"{safe(name)} {number(part)}" for name, part in entry["parts"].items() if part]
    if entry.get("evidence"):
        details.append(f"rests on {', '.join(_evidence(e) for e in entry['evidence'])}")
    if entry.get("kept") is False:
        details.append("set aside")
    small = f"<small>{' · '.join(details)}</small>" if details else ""
    aside = " aside" if entry.get("kept") is False else ""
    return (
        f'<li class="memory{aside}"><div><code>{safe(alias) if alias else known}</code>{tier}'
        f"<span>{safe(entry.get('text', ''))}</span>{score}</div>{small}</li>"
    )


def _evidence(evidence: object) -> str:
    if isinstance(evidence, dict):
        return f"{safe(evidence.get('text', ''))} <code>{safe(evidence.get('id', ''))}</code>"
    return f"<code>{safe(evidence)}</code>"


def _beside_cards(answer: Answer) -> str:
    """The opening, and the line being written; the lines of items that stand on cards are left out."""
    lines = [line for line in answer.text.split("\n") if line.strip()]
    items = [line for line in lines if line.startswith("**")]
    return "\n".join([*(line for line in lines if line not in items), *items[len(answer.items) :]])


def _took(steps: Sequence[Step]) -> str:
    """The whole of a turn, beside which its depth can be judged."""
    spent = max(s.end for s in steps) - min(s.start for s in steps)
    hops = sum(isinstance(s, (Recall, Lookup)) for s in steps)
    return f'<div class="took">{counted(hops, "hop")}, {seconds(spent)}</div>'


def _ids(ids: Iterable[object]) -> str:
    return " ".join(f"<code>{safe(i)}</code>" for i in ids)


def _quiet(html: str) -> str:
    return f' <span class="quiet">{html}</span>'


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _short(text: str, limit: int = 72) -> str:
    """A remark beside a title, where the page shows plain text and escapes it itself."""
    line = " ".join(str(text).split())
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + "…"
