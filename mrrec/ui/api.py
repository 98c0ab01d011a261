"""The page's abilities for programs: `gradio_client`, or tools over MCP. A client has a session of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gradio as gr

from mrrec.agent.steps import Answer, Ask, Say
from mrrec.assistant import Assistant
from mrrec.memory import MemoryNotFound
from mrrec.settings import TIERS, Settings
from mrrec.ui.session import Session

MOST_FOUND = 50


def expose(
    assistant: Assistant,
    mine: Callable[[Callable], Callable],
    state: gr.State,
    chosen: Sequence[gr.components.Component],
    settings_of: Callable[..., Settings],
    model: dict,
) -> None:
    """Add the functions chat, list_memories, forget and search_catalogue to the Blocks being built."""

    def chat(session: Session, message: str, *values) -> tuple[Session, dict]:
        """Say something and get the whole answer: `text`, `items` (with why, memories and facts) and every step.

        The conversation goes on from call to call; one client is one visitor, with a memory of its own.
        """
        if not session.accept(message):
            raise gr.Error("the message is empty, or another one is on its way", print_exception=False)
        for _ in session.answer(assistant, settings_of(*values)):
            pass
        turn = session.conversation.turns[-1]
        if note := session.notes.get(turn.id):
            raise gr.Error(note, print_exception=False)
        said = [s for s in turn.steps if isinstance(s, Answer | Ask | Say)]
        items = [i for s in said if isinstance(s, Answer) for i in s.to_dict()["items"]]
        steps = [s.to_dict() for s in turn.steps]
        return session, {"text": " ".join(s.text for s in said), "items": items, "turn": turn.id, "steps": steps}

    def list_memories(session: Session, tier: str, search: str) -> tuple[Session, list[dict]]:
        """What is remembered of this visitor, newest first, or best first where `search` is given."""
        if tier and tier not in TIERS:
            raise gr.Error(f"no tier is called {tier!r}; there are {', '.join(TIERS)}", print_exception=False)
        entries = session.memory.search(search) if search.strip() else session.memory.entries()
        return session, [e.to_dict() for e in entries if not tier or e.tier == tier]

    def forget(session: Session, ids: str) -> tuple[Session, dict]:
        """Forget memories by id (several with commas). Returns the ids forgotten and those withdrawn with them."""
        try:
            change = session.memory.forget([i.strip() for i in ids.split(",") if i.strip()])
        except MemoryNotFound as error:
            raise gr.Error(str(error), print_exception=False) from None
        return session, {"forgotten": [e.id for e in change.forgotten], "withdrawn": [e.id for e in change.withdrawn]}

    def search_catalogue(query: str, kind: str, limit: float) -> list[dict]:
        """Items of the catalogue for words, a title or a mood, best first, each with its `score`."""
        if kind and kind not in assistant.catalog.kinds:
            kinds = ", ".join(assistant.catalog.kinds)
            raise gr.Error(f"no kind is called {kind!r}; there are {kinds}", print_exception=False)
        if not query.strip():
            return []
        vector = assistant.encoder.encode([query])[0]
        found = assistant.catalog.search(query, vector, [kind] if kind else (), max(1, min(int(limit), MOST_FOUND)))
        return [item.to_dict() | {"score": score} for item, score in found]

    with gr.Column(visible=False):
        message = gr.Textbox(label="message")
        tier = gr.Textbox("", label="tier: record, pattern, profile, or empty for all")
        search = gr.Textbox("", label="search: words to look for, or empty")
        ids = gr.Textbox(label="ids: of memories, with commas between them")
        query = gr.Textbox(label="query: words, a title or a mood")
        kind = gr.Textbox("", label=f"kind: {', '.join(assistant.catalog.kinds)}, or empty for all")
        limit = gr.Number(10, label="limit: items at most", precision=0)
        result = gr.JSON(label="result")
        call = gr.Button()
    call.click(mine(chat), [state, message, *chosen], [state, result], api_name="chat", **model)
    call.click(mine(list_memories), [state, tier, search], [state, result], api_name="list_memories")
    call.click(mine(forget), [state, ids], [state, result], api_name="forget")
    call.click(search_catalogue, [query, kind, limit], result, api_name="search_catalogue")
