"""The page: layout and wiring. Every handler belongs to one visit, whose session is held in a `gr.State`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from weakref import WeakSet

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
import gradio as gr

from mrrec.agent.loop import Turn
from mrrec.agent.steps import from_dict
from mrrec.assistant import Assistant
from mrrec.settings import TIERS, Settings
from mrrec.ui import api, memory
from mrrec.ui.cards import cards
from mrrec.ui.chat import message_turn, messages
from mrrec.ui.identity import OTHERS, owned
from mrrec.ui.markup import defused, plain, safe
from mrrec.ui.memory import QUIET, discard, remembered
from mrrec.ui.session import BUSY, Session

QUEUE = 24  # visitors' events that may wait at once; the next ones are told that it is busy
MODEL = {"concurrency_id": "model", "concurrency_limit": 1}
KEPT = ("max_hops", "k", "tiers", "adventurous", "n_items")  # settings that are the person's
REPLAY_PAUSE = 0.3  # seconds between the steps of a replay
MOST_REPLAYED = 200  # steps of a trace file
EXAMPLES = (
    "A hopeful, slow science fiction film",
    "A book like The Left Hand of Darkness, but shorter",
    "A cosy game for rainy evenings; I hate timers",
    "Surprise me",
    "What do you know about me?",
)
GUEST = "A guest, whose memory begins empty and is erased after the visit."
HEADER = "<h1>mrrec</h1><p>Films, books and games, chosen by what it remembers of you – and it shows how.</p>"
DEPTH = "Hops: recalls and look-ups at most; more takes longer."
NEW = "0 keeps to what you like, 1 seeks what is new."
WELCOME = "## What are you in the mood for?\nSay it in your own words. Every step, and every memory used, is shown."
_FOLDER = Path(__file__).parent
_PRESS = (_FOLDER / "press.js").read_text("utf-8")


def build(assistant: Assistant, login: bool = False) -> gr.Blocks:
    """The page over `assistant`, to be launched with `launch_options`; `login` offers the Hugging Face login."""
    defaults = assistant.settings

    visits: WeakSet[Session] = WeakSet()

    def opened(session: Session, owner: str = "") -> Session:
        visits.add(session)
        try:
            return session.opened(assistant, owner)
        except PermissionError:
            raise gr.Error(OTHERS, print_exception=False) from None

    def mine(handler: Callable) -> Callable:
        return owned(handler, opened)

    def settings_of(hops: int, k: int, tiers: list[str], adventurous: float, n_items: int) -> Settings:
        kept = tuple(t for t in TIERS if t in tiers)
        return replace(
            defaults, max_hops=int(hops), k=int(k), tiers=kept, adventurous=float(adventurous), n_items=int(n_items)
        )

    # What is drawn

    def talk(session: Session) -> tuple:
        """The chat, the cards and the buttons of the composer."""
        shown = session.shown()
        steps = shown[-1][1] if shown else []
        with_buttons = None if session.replay is not None else session.pressed()
        busy = session.busy
        return (
            messages(shown, cards=True),
            gr.HTML(value=cards(steps, with_buttons, session.why), visible=True),
            gr.Button(visible=not busy),
            gr.Button(visible=busy),
        )

    # Visits

    def arrive(session: Session, kept: dict | None, query: str, tier: str) -> tuple:
        you = f'<p class="quiet">{safe(about_you(session))}</p>'
        return session, you, *talk(session), *remembered(session, query, tier), *restored(kept, defaults)

    def about_you(session: Session, persona: str = "") -> str:
        if persona in assistant.personas:
            return assistant.personas[persona].about
        return f"You, {session.owner.split('-', 1)[1]}: your memory is kept." if session.owner else GUEST

    def dress(session: Session, persona: str, query: str, tier: str) -> tuple:
        session.begin(assistant, persona if persona in assistant.personas else "")
        about = f'<p class="quiet">{safe(about_you(session, persona))}</p>'
        return session, about, False, *talk(session), *remembered(session, query, tier)

    def renew(session: Session, temporary: bool, query: str, tier: str) -> tuple:
        session.renew(temporary)
        return session, *talk(session), *remembered(session, query, tier)

    def all_of_it(session: Session, query: str, tier: str) -> tuple:
        return session, *talk(session), *remembered(session, query, tier)

    # Turns

    def accept(session: Session, message: str) -> tuple:
        taken = session.accept(message)
        if not taken and session.busy:
            gr.Info("One answer at a time: stop this one first, or wait for it.")
        return session, "" if taken else message, *talk(session)

    def answer(session: Session, *chosen) -> Iterator[tuple]:
        for _ in session.answer(assistant, settings_of(*chosen)):
            yield talk(session)
        yield talk(session)

    def busy(session: Session) -> tuple:
        session.stop(BUSY)
        return talk(session)

    def stop(session: Session) -> tuple:
        session.stop()
        return talk(session)

    def take_back(session: Session, turns: int = 1) -> str:
        if session.busy:
            gr.Info("Stop the answer first.")
            return ""
        return session.take_back(turns)

    def retry(session: Session) -> tuple:
        if message := take_back(session):
            session.accept(message)
        return session, *talk(session)

    def undo(session: Session) -> tuple:
        message = take_back(session)
        return session, message, *talk(session)

    def edit(session: Session, event: gr.EditData) -> tuple:
        shown = session.shown()
        index = event.index if isinstance(event.index, int) else event.index[0]
        first = message_turn(shown, index)
        text = plain(str(event.value)).strip()
        if session.replay is None and text and take_back(session, len(shown) - first):
            session.accept(text)
        return session, *talk(session)

    def example(event: gr.SelectData) -> str:
        return event.value["text"] if isinstance(event.value, dict) else str(event.value)

    # Memory

    def press(session: Session, query: str, tier: str, event: gr.EventData) -> tuple:
        try:
            session.press(assistant, str(event.id), str(event.action))
        except (ValueError, AttributeError) as error:
            raise gr.Error(str(error), print_exception=False) from None
        if session.temporary:
            gr.Info("A temporary conversation: this is not remembered.")
        return session, *talk(session), *remembered(session, query, tier)

    # Traces

    def replay(session: Session, file: str | None) -> Iterator[tuple]:
        if session.busy:
            raise gr.Error("Stop the answer first.", print_exception=False)
        try:
            turns = read_traces(_read_json(file))
        except ValueError as error:
            raise gr.Error(defused(str(error)), print_exception=False) from None
        finally:
            discard(file)
        session.replay = []
        for turn in turns:
            session.replay.append(Turn(turn.message, id=turn.id))
            for step in turn.steps:
                session.replay[-1].steps.append(step)
                yield talk(session)
                time.sleep(REPLAY_PAUSE)
        yield talk(session)

    with gr.Blocks(title="mrrec", analytics_enabled=False, fill_width=True) as demo:
        state = gr.State(Session(), delete_callback=_end)
        kept = gr.BrowserState(None, storage_key="mrrec-settings", secret="mrrec")  # settings are none
        download = gr.JSON(visible=False)
        gr.HTML(HEADER, elem_id="head")
        chosen = _settings_inputs(defaults)
        with gr.Row(elem_id="house"):
            with gr.Column(scale=7, min_width=320, elem_id="talk"):
                chat = gr.Chatbot(
                    elem_id="chat",
                    show_label=False,
                    container=False,
                    height="auto",
                    latex_delimiters=[],
                    buttons=["copy"],
                    editable="user",
                    feedback_options=None,
                    layout="bubble",
                    group_consecutive_messages=True,
                    placeholder=WELCOME,
                    examples=[{"text": text} for text in EXAMPLES],
                )
                shelf = gr.HTML("", elem_id="shelf", js_on_load=_PRESS, apply_default_css=False)
                with gr.Column(elem_id="composer"):
                    with gr.Row(elem_id="compose"):
                        box = gr.Textbox(
                            placeholder="What are you in the mood for?",
                            label="Message",
                            show_label=False,
                            container=False,
                            lines=1,
                            max_lines=6,
                            scale=8,
                            min_width=160,
                            elem_id="message",
                            autofocus=True,
                        )
                        send = gr.Button("Send", variant="primary", scale=0, min_width=84, elem_id="send")
                        halt = gr.Button("Stop", variant="stop", scale=0, min_width=84, visible=False, elem_id="stop")
                    with gr.Row(elem_id="tools"):
                        fresh = gr.Button("New conversation", size="sm", variant="secondary", min_width=60)
                        save = gr.Button("Save trace", size="sm", variant="secondary", min_width=60)
                        load = gr.UploadButton(
                            "Replay a trace", size="sm", variant="secondary", file_types=[".json"], min_width=60
                        )
            with gr.Column(scale=4, min_width=300, elem_id="side"):
                with gr.Column(elem_id="who", elem_classes="room"):
                    if login:
                        gr.LoginButton(size="sm")
                    persona = gr.Dropdown(
                        _people(assistant), value="", label="You are", elem_id="persona", filterable=False
                    )
                    about = gr.HTML(f'<p class="quiet">{GUEST}</p>', elem_id="about")
                    temporary = gr.Checkbox(
                        label="Temporary conversation",
                        info="Neither reads nor writes memory. Switching begins a new conversation.",
                        elem_id="temporary",
                    )
                with gr.Column(elem_id="memory", elem_classes="room"):
                    room = memory.draw(assistant, chosen[KEPT.index("tiers")])
                with gr.Accordion("Settings", open=False, elem_id="settings", elem_classes="room"):
                    for control in chosen:
                        if not control.is_rendered:
                            control.render()
        api.expose(assistant, mine, state, chosen, settings_of, MODEL)

        drawn = [chat, shelf, send, halt]
        look, listed = room.look, room.listed

        def turn(event: gr.events.Dependency) -> None:
            """What follows once a message was accepted."""
            run = event.then(mine(answer), [state, *chosen], drawn, **MODEL, **QUIET)
            run.failure(mine(busy), state, drawn, queue=False, **QUIET)
            run.then(mine(all_of_it), [state, *look], [state, *drawn, *listed], **QUIET)

        demo.load(mine(arrive), [state, kept, *look], [state, about, *drawn, *listed, *chosen], **QUIET)
        for trigger in (box.submit, send.click):
            turn(trigger(mine(accept), [state, box], [state, box, *drawn], queue=False, **QUIET))
        turn(
            chat.example_select(example, None, box, queue=False, **QUIET).then(
                mine(accept), [state, box], [state, box, *drawn], queue=False, **QUIET
            )
        )
        turn(chat.retry(mine(retry), state, [state, *drawn], **QUIET))
        turn(chat.edit(mine(edit), state, [state, *drawn], **QUIET))
        chat.undo(mine(undo), state, [state, box, *drawn], **QUIET).then(
            mine(remembered), [state, *look], listed, **QUIET
        )
        halt.click(mine(stop), state, drawn, queue=False, **QUIET)

        everything = [state, *drawn, *listed]
        fresh.click(mine(renew), [state, temporary, *look], everything, **QUIET)
        temporary.input(mine(renew), [state, temporary, *look], everything, **QUIET)
        persona.input(
            mine(dress), [state, persona, *look], [state, about, temporary, *drawn, *listed],
            show_progress="minimal", show_progress_on=[about], api_visibility="private",
        )  # fmt: skip
        shelf.click(mine(press), [state, *look], everything, **QUIET)
        memory.wire(room, assistant, mine, talk, state, drawn, download, _download("mrrec-memory.json"))

        save.click(mine(lambda session: session.traces()), state, download, **QUIET).then(
            None, download, None, js=_download("mrrec-trace.json"), api_visibility="private"
        )
        load.upload(mine(replay), [state, load], drawn, **QUIET)
        for slider in chosen:
            slider.change(lambda *values: dict(zip(KEPT, values, strict=True)), chosen, kept, **QUIET)
    demo.queue(max_size=QUEUE, default_concurrency_limit=8)
    demo.erase_guests = lambda: [session.close() for session in list(visits)]  # for the end of the process
    return demo


def launch_options(assistant: Assistant) -> dict:
    """Keyword arguments for `launch`: looks, which need no network, and what must not be served."""
    sans = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
    theme = gr.themes.Base(
        primary_hue="teal",
        neutral_hue="stone",
        font=sans,
        font_mono=("ui-monospace", "SF Mono", "Menlo", "Consolas", "monospace"),
        radius_size="md",
    ).set(
        body_background_fill="#fdfdfc",
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        color_accent="*primary_700",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_dark="transparent",
        button_secondary_border_color="*border_color_primary",
        button_secondary_border_color_dark="*border_color_primary",
        button_border_width="1px",
        button_large_text_weight="500",
    )
    return {
        "theme": theme,
        "css_paths": [_FOLDER / "style.css"],
        "head_paths": [_FOLDER / "head.html"],
        "footer_links": ["api"],
        "blocked_paths": [str(assistant.settings.store), str(assistant.settings.seed_dir)],
        "max_file_size": "20mb",
        "ssr_mode": False,
        "run_history": False,  # it would keep what was said in the browser, whoever uses it next
    }


def restored(kept: dict | None, defaults: Settings) -> tuple:
    """Values of the settings from what the browser kept, which may be anything; defaults where they do not fit."""
    settings = defaults
    for name in KEPT:
        try:
            value = kept[name]
            settings = replace(
                settings, **{name: tuple(value) if name == "tiers" else type(getattr(defaults, name))(value)}
            )
        except (TypeError, KeyError, ValueError):
            continue
    return tuple(list(v) if isinstance(v, tuple) else v for v in (getattr(settings, name) for name in KEPT))


def read_traces(data: object) -> list[Turn]:
    """Turns from a saved trace, or a list of them. Raises ValueError where it is not one."""
    traces = data if isinstance(data, list) else [data]
    turns = []
    for number, trace in enumerate(traces, 1):
        try:
            turns.append(Turn(str(trace["message"]), id=str(trace["id"]), steps=[from_dict(s) for s in trace["steps"]]))
            messages([(turns[-1].message, turns[-1].steps, "")])
            cards(turns[-1].steps)
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise ValueError(f"turn {number} is no saved trace: {error}") from None
    if sum(len(t.steps) for t in turns) > MOST_REPLAYED:
        raise ValueError(f"this trace has more than {MOST_REPLAYED} steps")
    return turns


def _read_json(file: str | None) -> object:
    try:
        return json.loads(Path(file or "").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"this file is not JSON: {error}") from None


def _people(assistant: Assistant) -> list[tuple[str, str]]:
    return [("A guest", "")] + [(f"{p.title} (a persona)", name) for name, p in assistant.personas.items()]


def _settings_inputs(defaults: Settings) -> list[gr.components.Component]:
    """One input for each of `KEPT`, in that order, to be rendered where they belong."""
    names = [("What happened", "record"), ("Patterns", "pattern"), ("Traits", "profile")]
    return [
        gr.Slider(0, 6, defaults.max_hops, step=1, label="Depth of thought", info=DEPTH, render=False),
        gr.Slider(1, 10, defaults.k, step=1, label="Memories per aspect", render=False),
        gr.CheckboxGroup(names, value=list(defaults.tiers), label="Tiers of memory in use", render=False),
        gr.Slider(0, 1, defaults.adventurous, step=0.05, label="Adventurous", info=NEW, render=False),
        gr.Slider(1, 10, defaults.n_items, step=1, label="How many to recommend", render=False),
    ]  # fmt: skip


def _download(name: str) -> str:
    """JavaScript that saves a value as a JSON file, so that nothing private is put on the server's disk."""
    return f"""(value) => {{
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([JSON.stringify(value, null, 1)], {{type: "application/json"}}));
        link.download = "{name}";
        link.click();
    }}"""


def _end(session: Session) -> None:
    """Erase a guest when the visit's state is let go; in a thread, for it is called from the event loop."""
    Thread(target=session.close, daemon=True).start()
