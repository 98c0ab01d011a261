"""The room beside the chat: what is remembered, and everything its owner can do with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from mrrec.assistant import Assistant
from mrrec.memory import GoneForGood, MemoryNotFound
from mrrec.memory.imports import FORMATS, make_plan, new_turn, preview, records
from mrrec.memory.switches import Switches
from mrrec.ui.markup import counted, defused, safe
from mrrec.ui.panel import panel, summary, timeline
from mrrec.ui.session import Session

QUIET = {"show_progress": "hidden", "api_visibility": "private"}
ALL = "all"
MOST_BYTES = 50_000_000  # of a file to be imported
_BAR, _TRACKED = gr.Progress(), gr.Progress(track_tqdm=True)
_PRESS = (Path(__file__).parent / "press.js").read_text("utf-8")


@dataclass(frozen=True)
class Room:
    """The components; `listed` are drawn anew whenever memory changes, `look` is what is looked for."""

    look: list
    listed: list
    act: dict[str, gr.components.Component]


def draw(assistant: Assistant, tiers: gr.CheckboxGroup) -> Room:
    """Lay the room out, inside a column."""
    gr.HTML("<h2>What I remember</h2>")
    head = gr.HTML("", elem_id="memory-head")
    query = gr.Textbox(
        placeholder="Search what is remembered", label="Search", show_label=False, container=False,
        elem_id="memory-search",
    )  # fmt: skip
    tier = gr.Radio(
        [("All", "all"), ("Traits", "profile"), ("Patterns", "pattern"), ("Records", "record")],
        value="all", label="Tier", show_label=False, container=False, elem_id="memory-tier",
    )  # fmt: skip
    with gr.Group(visible=False, elem_id="editor") as editor:
        text = gr.Textbox(label="In your own words", lines=2, elem_id="edit-text")
        with gr.Row():
            keep = gr.Button("Keep", variant="primary", size="sm", min_width=60, elem_id="edit-keep")
            leave = gr.Button("Cancel", size="sm", min_width=60)
    listing = gr.HTML("", elem_id="memories", js_on_load=_PRESS, apply_default_css=False)
    with gr.Row(elem_id="memory-tools"):
        back = gr.Button("Undo last change", size="sm", min_width=60, elem_id="undo-change")
        export = gr.Button("Export", size="sm", min_width=60, elem_id="export")
        wipe = gr.Button("Forget everything", size="sm", min_width=60, elem_id="wipe")
    with gr.Group(visible=False, elem_id="sure") as sure:
        gr.HTML('<p class="quiet">Forget all of it? It can be undone for an hour, then it is gone for good.</p>')
        with gr.Row():
            yes = gr.Button("Forget everything", variant="stop", size="sm", min_width=60, elem_id="wipe-yes")
            no = gr.Button("Keep it", size="sm", min_width=60)
    with gr.Accordion("What may be used", open=False, elem_id="switches"):
        memory_on = gr.Checkbox(value=True, label="Remember and use what is remembered", elem_id="memory-on")
        kinds = gr.CheckboxGroup(
            [(f"{k.capitalize()}s", k) for k in assistant.catalog.kinds], value=list(assistant.catalog.kinds),
            label="Kinds", info="Of a kind that is off nothing is read or written.", elem_id="kinds-on",
        )  # fmt: skip
        tiers.render()
    with gr.Accordion("What changed, and why", open=False, elem_id="history"):
        changes = gr.HTML("", elem_id="timeline", js_on_load=_PRESS, apply_default_css=False)
    with gr.Accordion("Bring your history along", open=False, elem_id="bring"):
        services = ", ".join(f.title for f in FORMATS.values())
        rows = "".join(f"<li>{safe(f.title)}: {safe(f.accepts)}</li>" for f in FORMATS.values())
        gr.HTML(
            f'<p class="quiet">What others know of you: {safe(services)}; or a memory that was exported here.</p>'
            f'<details class="quiet"><summary>Which file of each</summary><ul>{rows}</ul></details>'
        )
        file = gr.UploadButton(
            "Choose a file", size="sm", file_types=[".csv", ".tsv", ".json", ".jsonl", ".zip", ".txt"],
            elem_id="bring-file",
        )  # fmt: skip
        seen = gr.HTML("", elem_id="bring-seen", apply_default_css=False)
        with gr.Row(visible=False) as choice:
            take = gr.Button("Remember these", variant="primary", size="sm", min_width=60, elem_id="bring-take")
            drop = gr.Button("Cancel", size="sm", min_width=60)
    named = dict(
        editor=editor, text=text, keep=keep, leave=leave, listing=listing, back=back, export=export, wipe=wipe,
        sure=sure, yes=yes, no=no, memory_on=memory_on, kinds=kinds, file=file, seen=seen, choice=choice, take=take,
        drop=drop,
    )  # fmt: skip
    return Room([query, tier], [head, listing, changes, memory_on, kinds], named)


def remembered(session: Session, query: str, tier: str) -> tuple:
    """What `Room.listed` shows."""
    memory = session.memory
    entries, off = memory.entries(), memory.switches
    chosen = memory.search(query) if query.strip() else entries
    chosen = [e for e in chosen if tier in ("all", e.tier)]
    head = summary(entries)
    if session.temporary:
        head += " · neither read nor written in this conversation"
    elif off.all:
        head += " · switched off"
    everything = {e.id: e for e in memory.entries(history=True)}
    listed = panel(chosen, everything, bool(query.strip()) or tier != "all", memory.uses())
    return (
        f'<p class="quiet">{safe(head)}</p>',
        listed,
        timeline(memory.timeline(), everything),
        gr.Checkbox(value=not off.all),
        gr.CheckboxGroup(value=[k for k in session.kinds if k not in off.kinds], interactive=not off.all),
    )


def wire(
    room: Room,
    assistant: Assistant,
    mine: Callable[[Callable], Callable],
    talk: Callable[[Session], tuple],
    state: gr.State,
    drawn: list,
    download: gr.JSON,
    saved: str,
) -> None:
    """Bind the room's events. `mine` makes a handler the visit's own, `talk` gives what `drawn` shows, `saved` is
    JavaScript that saves a value as a file."""
    act, look, listed = room.act, room.look, room.listed
    everything = [state, *drawn, *listed]
    edited = gr.State(None)

    def all_of_it(session: Session, query: str, tier: str) -> tuple:
        session.why.clear()  # it was true of the memory before
        return session, *talk(session), *remembered(session, query, tier)

    def pressed(session: Session, query: str, tier: str, event: gr.EventData) -> tuple:
        """A button of the list: pin, edit, forget, or show a turn."""
        editor = gr.Group(visible=False), gr.Textbox(), None
        try:
            if event.action == "trace":
                session.show_trace(str(event.id))
                return *editor, *all_of_it(session, query, tier)
            entry = session.memory.get(str(event.id))
            if event.action == "pin":
                session.memory.pin(entry.id, not entry.pinned)
            elif event.action == "forget":
                change = session.memory.forget([entry.id])
                also = len(change.forgotten) + len(change.withdrawn) - 1
                gr.Info("Forgotten" + (f", with {also} that rested on it." if also else "."))
            elif event.action == "edit":
                editor = gr.Group(visible=True), gr.Textbox(value=entry.text), entry.id
        except (MemoryNotFound, ValueError) as error:
            gr.Warning(str(error))
        return *editor, *all_of_it(session, query, tier)

    def save_edit(session: Session, memory_id: str, text: str, query: str, tier: str) -> tuple:
        try:
            session.memory.edit(memory_id, text)
        except (MemoryNotFound, ValueError) as error:
            raise gr.Error(str(error), print_exception=False) from None
        return gr.Group(visible=False), None, *remembered(session, query, tier)

    def undo(session: Session, query: str, tier: str) -> tuple:
        try:
            change = session.memory.undo()
            if not change.restored and not change.forgotten:
                gr.Info("There is nothing to undo.")
        except GoneForGood as error:
            gr.Info(f"{str(error).capitalize()}.")
        return all_of_it(session, query, tier)

    def take_back(session: Session, query: str, tier: str, event: gr.EventData) -> tuple:
        """The button of an import in the time line."""
        change = session.memory.undo(turn=str(event.id))
        gr.Info(f"Taken back: {counted(len(change.forgotten), 'record')}.")
        return all_of_it(session, query, tier)

    def wipe(session: Session, query: str, tier: str) -> tuple:
        change = session.memory.forget([e.id for e in session.memory.entries("record", history=True)])
        gr.Info(f"Forgotten: {counted(len(change.forgotten), 'record')} and all that rested on them.")
        return gr.Group(visible=False), *all_of_it(session, query, tier)

    def switch(session: Session, on: bool, kinds: list[str], query: str, tier: str) -> tuple:
        off = frozenset(session.kinds) - frozenset(kinds)
        session.memory.switch(Switches(session.memory.switches.tiers, off, not on))
        return remembered(session, query, tier)

    def look_at(session: Session, file: str | None, query: str, tier: str, progress=_BAR) -> tuple:
        """Read a file: a memory is taken in at once, another service's export is shown before."""
        session.plan = None
        try:
            if file and Path(file).stat().st_size > MOST_BYTES:
                raise ValueError(f"this file is larger than {MOST_BYTES // 1_000_000} MB; `mrrec import` takes it")
            if (data := _memory_of(file)) is not None:
                change = session.memory.import_(data)
                told = f'<p class="quiet">Taken in: {counted(len(change.written), "record")}.</p>'
                return told, gr.Row(visible=False), *remembered(session, query, tier)
            plan = make_plan(file, assistant.catalog, progress=lambda n: progress((n, None), unit="rows"))
        except (ValueError, OSError) as error:
            raise gr.Error(defused(str(error)), print_exception=False) from None
        finally:
            discard(file)
        session.plan = plan
        lines = "<br>".join(safe(line).replace("  ", "&nbsp;&nbsp;") for line in preview(plan))
        return f'<div class="preview">{lines}</div>', gr.Row(visible=bool(len(plan))), *remembered(session, query, tier)

    def take_in(session: Session, query: str, tier: str, progress=_TRACKED) -> tuple:
        plan, session.plan = session.plan, None
        if plan is None:
            raise gr.Error("choose a file first", print_exception=False)
        change = session.memory.write(records(plan), turn=new_turn(plan), progress=True)
        told = f"Remembered: {counted(len(change.written), 'record')}. “Undo last change” takes the whole import back."
        return f'<p class="quiet">{told}</p>', gr.Row(visible=False), *all_of_it(session, query, tier)

    def put_aside(session: Session) -> tuple:
        session.plan = None
        return "", gr.Row(visible=False)

    editing = [act["editor"], act["text"], edited]
    act["listing"].click(mine(pressed), [state, *look], [*editing, *everything], **QUIET)
    for trigger in (act["keep"].click, act["text"].submit):
        trigger(mine(save_edit), [state, edited, act["text"], *look], [act["editor"], edited, *listed], **QUIET)
    act["leave"].click(lambda: (gr.Group(visible=False), None), None, [act["editor"], edited], queue=False, **QUIET)
    act["back"].click(mine(undo), [state, *look], everything, **QUIET)
    act["export"].click(mine(lambda session: session.memory.export()), state, download, **QUIET).then(
        None, download, None, js=saved, api_visibility="private"
    )
    listed[2].click(mine(take_back), [state, *look], everything, **QUIET)
    act["wipe"].click(lambda: gr.Group(visible=True), None, act["sure"], queue=False, **QUIET)
    act["no"].click(lambda: gr.Group(visible=False), None, act["sure"], queue=False, **QUIET)
    act["yes"].click(mine(wipe), [state, *look], [act["sure"], *everything], **QUIET)
    for control in (act["memory_on"], act["kinds"]):
        control.input(mine(switch), [state, act["memory_on"], act["kinds"], *look], listed, **QUIET)
    shown = [act["seen"], act["choice"]]
    busy = {"show_progress": "full", "show_progress_on": [act["seen"]], "api_visibility": "private"}
    act["file"].upload(mine(look_at), [state, act["file"], *look], [*shown, *listed], **busy)
    act["take"].click(mine(take_in), [state, *look], [*shown, *everything], **busy)
    act["drop"].click(mine(put_aside), state, shown, queue=False, **QUIET)
    query, tier = look
    query.input(mine(remembered), [state, *look], listed, trigger_mode="always_last", **QUIET)
    tier.input(mine(remembered), [state, *look], listed, **QUIET)


def discard(file: str | None) -> None:
    """Remove an uploaded file: nothing private stays beside the store."""
    if file:
        Path(file).unlink(missing_ok=True)


def _memory_of(file: str | None) -> dict | None:
    """The memory that was exported to a file, None where it is something else."""
    try:
        data = json.loads(Path(file or "").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError):
        return None
    return data if isinstance(data, dict) and "entries" in data else None
