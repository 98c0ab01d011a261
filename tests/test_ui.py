"""The page without a browser: what steps look like, what a visit does, what programs may call."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from markdown_it import MarkdownIt

from mrrec.agent.steps import KINDS, Answer, Recall, Remember, Thought, from_dict
from mrrec.memory import Entry
from mrrec.settings import Settings
from mrrec.ui.cards import cards
from mrrec.ui.chat import message_turn, messages, step_message
from mrrec.ui.markup import defused, plain, prose, safe
from mrrec.ui.page import KEPT, build, launch_options, read_traces, restored
from mrrec.ui.panel import panel
from mrrec.ui.session import FAILED, STOPPED, Session

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\n\n![i](http://evil.example/i.png) "
    "[l](javascript:alert(3)) <http://evil.example> www.evil.example [r]: http://evil.example\n```\n</div>**b** $$x$$"
)
MEMORY = dict(
    id="p-1", alias="m1", tier="pattern", text="Prefers quiet endings", aspect="endings", score=0.7312,
    parts={"similarity": 0.61, "recency": 0.02}, evidence=["r-7", "r-8"], kept=True,
)  # fmt: skip
ITEM = dict(
    id="film-x-1979", kind="film", title="X", year=1979, creators=["Ann Maker"], people=["Bo Player"], length=117,
    genres=["science fiction"], themes=["slow"], why="slow, as you like it", memories=["p-1"], facts=["117 minutes"],
)  # fmt: skip
SAMPLES = {
    "experience": (
        dict(scenario="slow films", aspects=[dict(aspect="pace", description="slow or brisk", support=6)]),
        ["slow films", "pace", "slow or brisk", "6 people"],
    ),
    "thought": (dict(text="m1: endings, yes."), ["endings, yes"]),
    "recall": (
        dict(aspects=["endings", "pace"], entries=[MEMORY]),
        ["m1", "p-1", "pattern", "Prefers quiet endings", "0.73", "r-7", "r-8", "nothing further was found"],
    ),
    "lookup": (
        dict(
            queries=["Heat", "Zork"],
            facts=[dict(id="h", label="Heat (1995)", text="crime; director Michael Mann")],
            shared={"people": ["Al Pacino"]},
            missing=["Zork"],
        ),
        ["Heat (1995)", "Michael Mann", "Al Pacino", "Not in the catalogue", "Zork"],
    ),
    "profile": (
        dict(ideal="a quiet film", must=["films only"], avoid=["gory"], memory_ids=["p-1"]),
        ["a quiet film", "films only", "gory", "p-1"],
    ),
    "ranking": (
        dict(
            candidates=[
                dict(id="h", title="Heat (1995)", score=1.25, parts={"dense": 0.5, "taste": -0.25}, memories=["p-1"])
            ],
            filtered=[dict(reason="known to you already", count=12, examples=["Alien (1979)"])],
            pool=1812,
        ),
        [
            "<table>",
            "dense",
            "taste",
            "Heat (1995)",
            "1.25",
            "0.50",
            "-0.25",
            "known to you already",
            "12",
            "Alien (1979)",
        ],
    ),
    "answer": (dict(text="Here.\n**X** (1979): slow, as you like it", items=[ITEM]), ["Here.", "<b>X</b>", "(1979)"]),
    "ask": (dict(text="A film or a book?"), ["A film or a book?"]),
    "say": (
        dict(text="I remember one thing:\n- [p-1] Prefers quiet endings", memories=[MEMORY]),
        ["one thing", "p-1", "pattern", "Prefers quiet endings"],
    ),
    "remember": (
        dict(written=[MEMORY], superseded=[dict(id="r-2", tier="record", text="old")], state="saved", note="known"),
        ["Prefers quiet endings", "Superseded", "r-2", "known"],
    ),
}


def step(kind, **values):
    return from_dict({"step": kind, "id": "s1", "start": 100.0, "end": 101.5, **values})


def readable(html):
    """The HTML of a message after the chat's Markdown, its character references resolved."""
    import html as characters

    return characters.unescape(MarkdownIt("commonmark", {"html": True}).enable("table").render(html))


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        self.attributes |= {name for name, _ in attrs}


def assert_inert(html, markdown=True):
    tags = Tags(MarkdownIt("commonmark", {"html": True}).enable("table").render(html) if markdown else html)
    assert not tags.found & {"script", "img", "a", "iframe", "style", "pre", "form"}, tags.found
    assert not {a for a in tags.attributes if a.startswith("on")} | (tags.attributes & {"href", "src"}), tags.attributes


def hostile(value):
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, dict):
        return {HOSTILE if k not in KEYS else k: hostile(v) for k, v in value.items()}
    if isinstance(value, list):
        return [hostile(v) for v in value]
    return value


KEYS = {*MEMORY, *ITEM, "aspect", "description", "support", "label", "title", "parts", "reason", "count", "examples"}


# Steps


def test_every_kind_of_step_has_a_sample():
    assert set(SAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_step_shows_what_it_holds(kind):
    values, expected = SAMPLES[kind]
    message = step_message(step(kind, **values), on_cards=False)
    text = readable(message.content) + str((message.metadata or {}).get("log", ""))
    for part in expected:
        assert part in text, f"{part!r} is missing in {text}"


@pytest.mark.parametrize("kind", sorted(set(SAMPLES) - {"answer", "ask", "say"}))
def test_a_step_is_open_while_it_goes_on_and_folded_with_its_duration_when_done(kind):
    done = step(kind, **SAMPLES[kind][0])
    assert step_message(done).metadata["status"] == "done"
    assert step_message(done).metadata["duration"] == pytest.approx(1.5)
    growing = step_message(replace(done, end=None)).metadata
    assert growing["status"] == "pending" and "duration" not in growing
    assert growing["id"] == step_message(done).metadata["id"], "a step that grows must stay the same message"


def test_nothing_recalled_is_said():
    message = step_message(step("recall", aspects=["pace"], entries=[], note="nothing is remembered yet"))
    assert message.metadata["title"] == "Nothing recalled" and "Nothing is remembered yet" in message.content


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("on_cards", [True, False])
def test_hostile_text_in_a_step_is_inert(kind, on_cards):
    values = {k: hostile(v) for k, v in SAMPLES[kind][0].items() if k not in ("state", "shared")}
    message = step_message(step(kind, **values), on_cards=on_cards)
    assert "evil.example" in readable(message.content) + str(message.metadata), "the sample must reach the page"
    assert_inert(message.content)
    assert "\n" not in message.content, "a blank line would end the HTML and begin Markdown"
    assert "<" not in (message.metadata or {}).get("title", "")


def test_hostile_text_on_cards_and_in_the_panel_is_inert():
    answer = step("answer", text="x", items=[hostile(ITEM)])
    recall = step("recall", aspects=["a"], entries=[hostile(MEMORY)])
    html = cards([recall, answer], {})
    assert "evil.example" in html
    assert_inert(html, markdown=False)
    entry = Entry(id=HOSTILE, tier="pattern", event=HOSTILE, text=HOSTILE, kind=HOSTILE, evidence=(HOSTILE,))
    html = panel([entry], {HOSTILE: entry})
    assert "evil.example" in html
    assert_inert(html, markdown=False)


def test_a_persons_message_is_inert_and_comes_back_for_editing():
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(defused(HOSTILE.replace("\n", " ")))
    assert_inert(html, markdown=False)
    assert plain(defused(HOSTILE)) == HOSTILE
    assert defused("What's *new* since 1999?") == "What's *new* since 1999?"


def test_prose_keeps_strong_words_and_lists_only():
    assert prose("One **two**\n- [a] three") == "<p>One <b>two</b></p><ul><li>&#91;a&#93; three</li></ul>"
    assert prose(r"**M\*A\*S\*H** (1970)") == f"<p><b>{safe('M*A*S*H')}</b> {safe('(1970)')}</p>"
    assert "<i>" not in prose("<i>x</i>")


def test_messages_know_their_turn():
    steps = [step("thought", text="a"), step("say", text="b")]
    turns = [("one", steps, ""), ("two", steps, "stopped")]
    assert len(messages(turns)) == 7
    assert [message_turn(turns, i) for i in range(7)] == [0, 0, 0, 1, 1, 1, 1]
    with pytest.raises(IndexError):
        message_turn(turns, 7)


def test_a_card_shows_the_item_its_reason_and_what_that_rests_on():
    html = cards(
        [step("recall", aspects=["a"], entries=[MEMORY]), step("answer", text="x", items=[ITEM])],
        {"film-x-1979": ["seen"]},
    )
    for part in (
        "X",
        "1979",
        "film",
        "Ann Maker",
        "117 minutes",
        "slow, as you like it",
        "Prefers quiet endings",
        "1 memory and 1 fact",
    ):
        assert part in html
    assert html.count("<button") == 4 and html.count('aria-pressed="true"') == 1
    assert "<button" not in cards([step("answer", text="x", items=[ITEM])], None)


def test_an_item_on_a_card_is_not_told_twice():
    answer = step("answer", text="Here.\n\n**X** (1979): slow\n**Y** (1980): be", items=[ITEM])
    html = step_message(answer, on_cards=True).content
    assert "Here." in html and "<b>Y</b>" in html and "<b>X</b>" not in html


# A visit


@pytest.fixture
def visit(assistant):
    session = Session().opened(assistant)
    yield session
    session.close()


def say(session, assistant, message, settings=None, until=None):
    """Send `message` and go through the turn; `until` stops it at the first step of that kind."""
    assert session.accept(message)
    for _ in session.answer(assistant, settings or assistant.settings):
        if until and any(s.step == until for s in session.live.steps.values()):
            session.stop()
    return session.shown()[-1][1]


def texts(session):
    return [e.text for e in session.memory.entries()]


def test_a_turn_ends_with_cards_and_everything_folded(visit, assistant):
    steps = say(visit, assistant, "A hopeful, slow science fiction film")
    assert {"thought", "ranking", "answer"} <= {s.step for s in steps}
    shown = messages(visit.shown(), cards=True)
    assert all(m.metadata.get("status", "done") == "done" for m in shown if m.metadata)
    html = cards(steps, visit.pressed())
    assert html.count("<article") == assistant.settings.n_items
    assert not visit.busy


def test_a_press_shows_in_memory_and_can_be_let_go(visit, assistant):
    steps = say(visit, assistant, "A hopeful, slow science fiction film")
    item = next(s for s in steps if isinstance(s, Answer)).items[0]
    visit.press(assistant, item["id"], "liked")
    assert visit.pressed() == {item["id"]: {"liked"}}
    assert any(item["title"] in t for t in texts(visit))
    assert safe(item["title"]) in panel(visit.memory.entries(), {})
    visit.press(assistant, item["id"], "dismissed")
    assert visit.pressed() == {item["id"]: {"dismissed"}}, "liking and dismissing exclude each other"
    visit.press(assistant, item["id"], "dismissed")
    assert visit.pressed() == {} and not any(item["title"] in t for t in texts(visit))


def test_undoing_a_press_in_the_panel_lets_the_button_go(visit, assistant):
    item = assistant.catalog.items[0]
    visit.press(assistant, item.id, "liked")
    visit.memory.undo()
    assert visit.pressed() == {}


def test_a_press_let_go_brings_back_what_it_superseded(visit, assistant):
    item = assistant.catalog.items[0]
    visit.memory.write(
        [Entry(id="", tier="record", event="disliked", text="Disliked it", item_id=item.id, kind=item.kind)]
    )
    visit.press(assistant, item.id, "liked")
    assert "Disliked it" not in texts(visit)
    visit.press(assistant, item.id, "liked")
    assert texts(visit) == ["Disliked it"]


@pytest.mark.parametrize(("item_id", "event"), [("no such item", "liked"), (None, "erased")])
def test_a_press_of_what_is_not_there_is_refused(visit, assistant, item_id, event):
    with pytest.raises(ValueError):
        visit.press(assistant, item_id or assistant.catalog.items[0].id, event)
    assert not texts(visit)


def test_undo_and_retry_take_memory_back(visit, assistant):
    say(visit, assistant, "I love slow westerns. What shall I watch?")
    before = texts(visit)
    assert before, "the statement must have been remembered"
    assert visit.take_back() == "I love slow westerns. What shall I watch?"
    assert not texts(visit) and not visit.shown()
    say(visit, assistant, "I love slow westerns. What shall I watch?")
    assert sorted(texts(visit)) == sorted(before), "retried, it is remembered once"


def test_editing_an_earlier_message_takes_back_all_that_followed(visit, assistant):
    say(visit, assistant, "I love slow westerns. What shall I watch?")
    say(visit, assistant, "I hate musicals. What shall I watch?")
    assert visit.take_back(2) == "I love slow westerns. What shall I watch?"
    assert not texts(visit) and not visit.conversation.turns


def test_stop_frees_the_model_keeps_nothing_and_can_be_retried(visit, assistant):
    steps = say(visit, assistant, "I love slow westerns. What shall I watch?", until="thought")
    assert "answer" not in {s.step for s in steps} and visit.shown()[-1][2] == STOPPED
    assert not texts(visit)
    assert visit.take_back() == "I love slow westerns. What shall I watch?"
    assert "answer" in {s.step for s in say(visit, assistant, "A scary film")}, "the model must be free again"


def test_a_closed_page_frees_the_model(visit, assistant):
    visit.accept("A scary film")
    stream = visit.answer(assistant, assistant.settings)
    next(stream)
    stream.close()
    assert not visit.busy and visit.shown()[-1][2] == STOPPED
    other = Session().opened(assistant)
    assert "answer" in {s.step for s in say(other, assistant, "A scary film")}
    other.close()


def test_a_message_that_waits_can_be_stopped(visit, assistant):
    visit.accept("A scary film")
    assert "Waiting" in visit.shown()[-1][2]
    visit.stop()
    assert list(visit.answer(assistant, assistant.settings)) == [] and visit.shown()[-1][2] == STOPPED


def test_one_message_at_a_time(visit):
    assert not visit.accept("  ")
    assert visit.accept("one") and not visit.accept("two")


def test_a_failure_is_told_and_leaves_no_trace_in_memory(visit, assistant):
    broken = replace(assistant, engine=None)
    say(visit, broken, "I love slow westerns. What shall I watch?")
    assert visit.shown()[-1][2] == FAILED and not texts(visit) and not visit.busy


def test_a_temporary_conversation_writes_nothing(visit, assistant):
    visit.renew(temporary=True)
    steps = say(visit, assistant, "I love slow westerns. What shall I watch?")
    visit.press(assistant, assistant.catalog.items[0].id, "liked")
    assert not texts(visit)
    remember = [s for s in steps if isinstance(s, Remember)]
    assert all(s.state == "off" for s in remember)
    assert not any(isinstance(s, Recall) and s.entries for s in steps)


def test_a_persona_is_a_copy_of_ones_own_and_is_erased_with_the_visit(assistant):
    name = next(n for n, p in assistant.personas.items() if len(p.events) > 5)
    one, two = Session(), Session()
    one.begin(assistant, name)
    two.begin(assistant, name)
    assert one.memory.person != two.memory.person and one.memory.person.startswith("guest-")
    kept = len(two.memory.entries())
    assert kept > 5
    person = one.memory.person
    one.close()
    assert not assistant.memory(person).entries() and len(two.memory.entries()) == kept
    two.close()


def test_a_saved_trace_replays_without_a_model(visit, assistant):
    say(visit, assistant, "A hopeful, slow science fiction film")
    saved = json.loads(json.dumps(visit.traces()))
    replayed = [(t.message, t.steps, "") for t in read_traces(saved)]
    assert messages(replayed) == messages(visit.shown())
    assert [t.message for t in read_traces(saved[0])] == ["A hopeful, slow science fiction film"]


@pytest.mark.parametrize(
    "wrong",
    [
        {}, 3, [[]], "x", {"id": "1", "message": "m", "steps": [{"step": "nonsense"}]},
        {"id": "1", "message": "m", "steps": [{"step": "recall", "id": "a", "start": 1, "end": 2, "entries": ["t"]}]},
        {"id": "1", "message": "m", "steps": [{"step": "thought", "id": "a", "start": "soon", "end": 2}]},
        {"id": "1", "message": "m", "steps": [{"step": "thought", "id": "a", "start": 1, "end": 2}] * 1000},
    ],
)  # fmt: skip
def test_a_file_that_is_no_trace_is_refused(wrong):
    with pytest.raises(ValueError, match="trace"):
        read_traces(wrong)


@pytest.mark.parametrize("kept", [None, {}, {"k": "many", "tiers": ["<b>"], "max_hops": 99, "n_items": None}, [1], "x"])
def test_settings_from_the_browser_that_do_not_fit_are_left_aside(kept):
    defaults = Settings()
    assert restored(kept, defaults) == tuple(
        list(v) if isinstance(v, tuple) else v for v in (getattr(defaults, n) for n in KEPT)
    )


def test_settings_are_restored():
    assert restored({"k": 5, "max_hops": 0, "tiers": ["record"], "adventurous": 1, "n_items": 3}, Settings()) == (
        0,
        5,
        ["record"],
        1.0,
        3,
    )


# Programs


@pytest.fixture(scope="module")
def address(assistant):
    demo = build(assistant)
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, inbrowser=False, **launch_options(assistant))
    yield url
    demo.close()
    demo.erase_guests()


@pytest.fixture
def client(address):
    return Client(address, verbose=False)


def test_the_documented_functions_are_there_and_no_others(client):
    functions = client.view_api(return_format="dict")["named_endpoints"]
    assert set(functions) == {"/chat", "/list_memories", "/forget", "/search_catalogue"}
    names = [p["parameter_name"] for p in functions["/chat"]["parameters"]]
    assert names[0] == "message" and all(functions[f]["description"] for f in functions)


def test_chat_list_forget_and_search_from_a_program(client):
    said = client.predict("I love slow westerns. A film for tonight, please", api_name="/chat")
    assert said["items"] and all({"title", "why", "memories", "facts"} <= set(i) for i in said["items"])
    assert {s["step"] for s in said["steps"]} >= {"thought", "ranking", "answer"}
    memories = client.predict(api_name="/list_memories")
    record = next(m for m in memories if m["tier"] == "record")
    gone = client.predict(record["id"], api_name="/forget")
    assert record["id"] in gone["forgotten"]
    assert record["id"] not in {m["id"] for m in client.predict(api_name="/list_memories")}
    found = client.predict("cosy farming", "game", 3, api_name="/search_catalogue")
    assert len(found) == 3 and {i["kind"] for i in found} == {"game"}


def test_two_sessions_are_apart(address):
    one, two = Client(address, verbose=False), Client(address, verbose=False)
    one.predict("I love slow westerns. A film for tonight, please", api_name="/chat")
    mine = one.predict(api_name="/list_memories")
    assert mine and two.predict(api_name="/list_memories") == []
    with pytest.raises(AppError, match="no memory"):
        two.predict(mine[0]["id"], api_name="/forget")
    assert one.predict(api_name="/list_memories") == mine


def test_the_page_asks_nothing_of_other_hosts(assistant):
    options = launch_options(assistant)
    served = "".join(p.read_text("utf-8") for p in (*options["css_paths"], *options["head_paths"]))
    assert "http" not in served and "@import" not in served
    assert not options["theme"]._stylesheets
    assert str(assistant.settings.store) in options["blocked_paths"]


def test_growing_steps_keep_their_message():
    first = Thought(id="a", start=1.0, text="Slow")
    turn = [("q", [first], "")], [("q", [replace(first, text="Slow and", end=2.0)], "")]
    before, after = (messages(t)[1] for t in turn)
    assert before.metadata["id"] == after.metadata["id"] and before.content != after.content
