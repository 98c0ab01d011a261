"""Two people on every surface; nothing of one is shown to the other, whatever names, ids and headers are tried."""

import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from starlette.requests import Request

from mrrec.agent.conversation import Conversation
from mrrec.agent.loop import run
from mrrec.agent.steps import Experience, Say
from mrrec.assistant import GUEST, Assistant
from mrrec.llm.llamacpp import LlamaCpp
from mrrec.memory import Entry, MemoryNotFound
from mrrec.ui.cards import cards
from mrrec.ui.chat import messages
from mrrec.ui.identity import identity
from mrrec.ui.page import build, launch_options
from mrrec.ui.panel import panel, timeline
from mrrec.ui.session import Session
from tests.random_gguf import write_random_gguf
from tests.scripted import Scripted, holding

NAMES = [
    "ann", "ANN", "ann ", "ann\x1f", "ann\\", "x' OR '1'='1", "'; DROP TABLE memory;--", 'quote"and\\slash', "%", "_",
    "../ann", "Zoë 🦊", "Zoe\u0308 🦊", "\u202eann", "a" * 3000, "guest-",
]  # fmt: skip


@pytest.fixture(scope="module")
def scripted(assistant):
    return replace(assistant, engine=Scripted())


@pytest.fixture
def pair():
    """Names of two people, and a word of the first that the second must never meet."""
    key = uuid4().hex[:8]
    return f"user-ann-{key}", f"user-bea-{key}", f"zebraquokka{key}"


def said(text, value=0.9, *terms, **more):
    return Entry(id="", tier="record", event="said", text=text, value=value, strength=0.9, terms=terms, **more)


def say(session, assistant, message):
    assert session.accept(message)
    for _ in session.answer(assistant, assistant.settings):
        pass
    assert not session.notes, session.notes
    return session.conversation.last


def surfaces(session, query="westerns"):
    """All that a visit shows or gives away."""
    memory = session.memory
    everything = {e.id: e for e in memory.entries(history=True)}
    kept = [memory.trace(use.turn) for uses in memory.uses().values() for use in uses]
    return {
        "chat": str(messages(session.shown(), cards=True)),
        "cards": "".join(cards(steps, session.pressed(), session.why) for _, steps, _ in session.shown()),
        "panel": panel(list(everything.values()), everything, False, memory.uses()),
        "search": str(memory.search(query)),
        "recall": str(memory.recall([query, "taste"], k=10)),
        "time line": timeline(memory.timeline(), everything) + str(memory.timeline()),
        "uses": str(memory.uses()),
        "kept traces": json.dumps(kept),
        "traces": json.dumps(session.traces()),
        "export": json.dumps(memory.export()),
    }


# Every surface


def test_nothing_of_one_person_is_on_any_surface_of_the_other(assistant, pair):
    """With the real model: both ask for the same; each sees what is theirs."""
    (ann, bea), word = (Session().opened(assistant, owner) for owner in pair[:2]), pair[2]
    first = say(ann, assistant, f"I love slow westerns like {word}. A western, please")
    ann.press(assistant, first.items[0].id, "liked")
    ann.press(assistant, first.items[1].id, "why")
    mine = surfaces(ann)
    assert all(word in mine[s] for s in ("chat", "panel", "search", "recall", "time line", "traces", "export"))
    ids = {e.id for e in ann.memory.entries()} | {first.id}

    second = say(bea, assistant, "I love slow westerns. A western, please")
    bea.press(assistant, second.items[0].id, "liked")
    bea.press(assistant, second.items[0].id, "why")
    say(bea, assistant, "What do you know about me?")
    for name, shown in surfaces(bea, word).items():
        assert shown and word not in shown, name
        assert not [i for i in ids if i in shown], name
    assert {i.id for i in second.items} & {i.id for i in first.items}, "what ann met is not taken from bea"


def test_retry_undo_edit_and_forgetting_touch_nothing_of_another(scripted, pair):
    ann, bea = (Session().opened(scripted, owner) for owner in pair[:2])
    say(ann, scripted, f"I love slow westerns like {pair[2]}. A western, please")
    say(ann, scripted, "Another western, please")
    before = surfaces(ann)
    for message in ("I love slow westerns. A western, please", "I hate musicals", "A funny film"):
        say(bea, scripted, message)
    assert bea.take_back() == "A funny film"  # undo
    say(bea, scripted, bea.take_back())  # retry
    assert bea.take_back(2)  # an edit of the first message
    assert not bea.memory.entries()
    assert bea.memory.undo().restored == ()
    say(bea, scripted, "I love slow westerns. A western, please")
    say(bea, scripted, "forget everything")
    bea.renew(temporary=True)
    bea.begin(scripted, next(iter(scripted.personas)))
    bea.close()
    scripted.memory(pair[1]).erase()
    after = surfaces(ann)
    for name in ("chat", "uses", "kept traces", "traces", "export"):  # the others tell how long ago
        assert after[name] == before[name], name


def test_experience_takes_in_nothing_that_a_person_says(scripted, pair, store):
    """Global memory is the same for everybody, before and after."""
    rows = scripted.experience._table.rows()
    request = "A slow western film, please"
    told = []
    for owner in pair[:2]:
        visit = Session().opened(scripted, owner)
        turn = say(visit, scripted, request if told else f"I love {pair[2]} westerns. {request}")
        told.append(next(s for s in turn.steps if isinstance(s, Experience)).aspects)
    assert scripted.experience._table.rows() == rows
    assert not [f for f in holding(store, pair[2]) if f.startswith(("experience", "items", "terms", "store.json"))]
    assert {a["aspect"] for a in told[0]} & {a["aspect"] for a in told[1]}


# Names and ids


def test_names_of_every_sort_are_people_of_their_own(assistant, catalog):
    """In one store: each reads their own, and what one erases is theirs alone."""
    key = uuid4().hex[:8]
    names = [f"{name}{key}" if name.startswith("a" * 9) else name for name in NAMES]
    memories = {name: assistant.memory(name) for name in names}
    words = {name: f"canary{n:02}{key}" for n, name in enumerate(names)}
    for name, memory in memories.items():
        memory.write([said(f"I love horror with {words[name]}", 0.9, "horror")], turn="one")
        memory.keep_trace(f"turn-{words[name]}", {"message": words[name]}, [], [], [])
    ids = [memory.entries("record")[0].id for memory in memories.values()]
    assert len(set(ids)) == len(names)

    def shown(memory):
        return str([memory.entries(history=True), memory.recall(["horror"], k=10), memory.search("horror"),
                    memory.export(), memory.timeline(), memory.uses()])  # fmt: skip

    for name, memory in memories.items():
        text = shown(memory)
        assert words[name] in text and not [w for n, w in words.items() if n != name and w in text], repr(name)
        others = [f"turn-{w}" for n, w in words.items() if n != name]
        assert not [t for t in others if memory.trace(t)], repr(name)
    memories["x' OR '1'='1"].undo(turn="one")
    memories["'; DROP TABLE memory;--"].forget([memories["'; DROP TABLE memory;--"].entries("record")[0].id])
    memories["%"].erase()
    gone = {"x' OR '1'='1", "'; DROP TABLE memory;--", "%"}
    for name, memory in memories.items():
        assert (words[name] in shown(memory)) == (name not in gone), repr(name)


@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_nobody_is_no_person(assistant, name):
    with pytest.raises(ValueError, match="needs a person"):
        assistant.memory(name)


def test_a_name_that_goes_on_into_a_key_makes_no_id_of_another(assistant, pair):
    """An import may name any event: joined to a name with a separator in it, it must not give somebody else's id."""
    ann, bea = assistant.memory(pair[0]), assistant.memory(f"{pair[0]}\x1fsaid")
    mine = ann.write([said("I love horror", 0.9, "horror")]).written[0]
    forged = said("1").to_dict() | {"event": "", "kind": "horror", "id": "r-1"}
    bea.import_({"format": "mrrec-memory-1", "entries": [forged, mine.to_dict()]})
    assert ann.get(mine.id) == mine and assistant.memory(pair[0]).get(mine.id) == mine
    assert mine.id not in {e.id for e in bea.entries()}


def test_a_guessed_id_is_not_found_whatever_is_done_with_it(scripted, pair):
    ann, bea = (Session().opened(scripted, owner) for owner in pair[:2])
    turn = say(ann, scripted, f"I love slow westerns like {pair[2]}. A western, please")
    record = ann.memory.entries("record")[0]
    ann.memory.forget([ann.memory.write([said("I love horror", 0.9, "horror")]).written[0].id])
    line = ann.memory.timeline()[0]
    assert line.gone and ann.memory.trace(turn.id)
    before = surfaces(ann)
    other = bea.memory
    for entry in ann.memory.entries():
        for attempt in (other.get, lambda i: other.forget([i]), lambda i: other.edit(i, "mine"), other.pin,
                        lambda i: other.without(i).__enter__()):  # fmt: skip
            with pytest.raises(MemoryNotFound, match="of yours"):
                attempt(entry.id)
        assert other.evidence(entry) == []
    assert other.trace(turn.id) is None
    with pytest.raises(ValueError, match="no longer kept"):
        bea.show_trace(turn.id)
    for guess in (turn.id, record.turn, "one"):
        change = other.undo(turn=guess)
        assert not change.restored and not change.forgotten
    assert other.timeline() == [] and other._history.unseal(line.id) is None
    other._history.remove(line.id)
    other._history.drop_trace(turn.id)
    other.import_(json.loads(json.dumps(ann.memory.export())))
    other.forget([e.id for e in other.entries()])
    assert surfaces(ann)["export"] == before["export"] and surfaces(ann)["kept traces"] == before["kept traces"]
    assert ann.memory.trace(turn.id) and ann.memory._history.unseal(line.id)


# The login


@pytest.fixture(scope="module")
def served(assistant):
    """The page with a login, over a model that costs nothing; its people are removed afterwards."""
    demo = build(replace(assistant, engine=Scripted()))
    auth = [("ann", "x"), ("bob", "y")]
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, auth=auth, **launch_options(assistant))
    yield demo, url.rstrip("/")
    demo.close()
    for name, _ in auth:
        assistant.memory(f"user-{name}").erase()


def client_of(url, name, **options):
    return Client(url, auth=(name, {"ann": "x", "bob": "y"}[name]), verbose=False, **options)


def listed(client):
    return client.predict(api_name="/list_memories")


def test_a_login_keeps_its_memory_and_nobody_else_has_it(served, assistant):
    _, url = served
    ann, bob = client_of(url, "ann"), client_of(url, "bob")
    word = f"zebraquokka{uuid4().hex[:6]}"
    answer = ann.predict(f"I love slow westerns like {word}. A western, please", api_name="/chat")
    mine = listed(ann)
    assert answer["items"] and word in json.dumps(mine)
    assert listed(client_of(url, "ann")) == mine, "a new visit of the same login"
    again = Assistant.open(assistant.settings, engine=Scripted())
    assert [e.to_dict() for e in again.memory("user-ann").entries()] == mine, "a new process over the same store"

    assert listed(bob) == [] and bob.predict("", word, api_name="/list_memories") == []
    for memory in mine:
        with pytest.raises(AppError, match="no memory"):
            bob.predict(memory["id"], api_name="/forget")
    told = json.dumps([bob.predict("What do you know about me?", api_name="/chat"),
                       bob.predict("I love westerns. A western, please", api_name="/chat"), listed(bob),
                       bob.predict(word, "", 10, api_name="/search_catalogue")])  # fmt: skip
    assert word not in told and not [m["id"] for m in mine if m["id"] in told] and answer["turn"] not in told
    bob.predict("forget everything", api_name="/chat")
    assert listed(ann) == mine


def test_a_visit_belongs_to_its_login_whoever_sends_its_hash(served):
    """Bob knows ann's session: every event of the page is refused him, and changes nothing."""
    demo, url = served
    ann, bob = client_of(url, "ann"), client_of(url, "bob")
    word = f"zebraquokka{uuid4().hex[:6]}"
    ann.predict(f"I love slow westerns like {word}. A western, please", api_name="/chat")
    mine = listed(ann)
    bob.session_hash = ann.session_hash
    for call in (lambda: listed(bob), lambda: bob.predict("What do you know about me?", api_name="/chat"),
                 lambda: bob.predict(mine[0]["id"], api_name="/forget")):  # fmt: skip
        with pytest.raises(AppError, match="another login"):
            call()
    with httpx.Client(base_url=f"{url}/gradio_api", timeout=60) as web:
        assert httpx.post(f"{url}/login", data={"username": "bob", "password": "y"}).status_code == 200
        web.cookies.update(httpx.post(f"{url}/login", data={"username": "bob", "password": "y"}).cookies)
        answers, sent = "", 0
        for number, function in demo.fns.items():
            body = {"data": [None] * len(function.inputs), "fn_index": number, "session_hash": ann.session_hash}
            reply = web.post("/queue/join", json=body)
            if reply.status_code == 200:
                sent += 1
        with web.stream("GET", "/queue/data", params={"session_hash": ann.session_hash}) as stream:
            for line in stream.iter_lines():
                answers += line
                if answers.count("process_completed") >= sent:
                    break
    assert sent > 20 and "another login" in answers
    assert word not in answers and not [m["id"] for m in mine if m["id"] in answers]
    assert listed(ann) == mine


CLAIMS = {"X-User": "ann", "X-Forwarded-User": "ann", "Remote-User": "ann", "X-Username": "ann",
          "Authorization": "Basic YW5uOng=", "Cookie": "username=ann; access-token=ann"}  # fmt: skip


@pytest.mark.parametrize("path", ["config", "info", "file=/etc/hostname", "queue/data?session_hash=a", "queue/status"])
@pytest.mark.parametrize("headers", [{}, CLAIMS], ids=["plain", "claims"])
def test_without_the_login_nothing_is_served(served, path, headers):
    _, url = served
    for base in (f"{url}/gradio_api", url):
        reply = httpx.get(f"{base}/{path}", headers=headers, timeout=5)
        assert reply.status_code in (401, 404) or "Sign in" in reply.text or "auth_required" in reply.text, reply.text
        assert "list_memories" not in reply.text


@pytest.mark.parametrize("headers", [{}, CLAIMS], ids=["plain", "claims"])
def test_without_the_login_nothing_is_done(served, headers):
    demo, url = served
    number = next(n for n, f in demo.fns.items() if f.api_name == "list_memories")
    body = {"data": [None, "", ""], "fn_index": number, "session_hash": "abc", "username": "ann", "user": "ann"}
    for path in ("queue/join", "call/list_memories", "run/list_memories", "api/list_memories", "upload"):
        reply = httpx.post(f"{url}/gradio_api/{path}", json=body, headers=headers)
        assert reply.status_code in (401, 404), (path, reply.status_code)
    page = httpx.get(url, headers=headers).text
    assert '"auth_required":true' in page and '"components":[]' in page
    assert httpx.post(f"{url}/login", data={"username": "ann", "password": "y"}).status_code == 400


def test_a_claim_to_be_somebody_changes_nothing(served):
    """Bob is logged in, and says in headers and fields that he is ann."""
    demo, url = served
    word = f"zebraquokka{uuid4().hex[:6]}"
    client_of(url, "ann").predict(f"I love westerns like {word}", api_name="/chat")
    claims = {k: v for k, v in CLAIMS.items() if k not in ("Cookie", "Authorization")}
    bob = client_of(url, "bob", headers=claims)
    assert word not in json.dumps(listed(bob))
    cookies = httpx.post(f"{url}/login", data={"username": "bob", "password": "y"}).cookies
    number = next(n for n, f in demo.fns.items() if f.api_name == "list_memories")
    body = {"data": [None, "", ""], "fn_index": number, "session_hash": uuid4().hex, "username": "ann", "user": "ann",
            "request": {"username": "ann"}, "event_data": {"username": "ann"}}  # fmt: skip
    with httpx.Client(base_url=f"{url}/gradio_api", cookies=cookies, headers=claims, timeout=30) as web:
        assert web.post("/queue/join", json=body).status_code == 200
        with web.stream("GET", "/queue/data", params={"session_hash": body["session_hash"]}) as stream:
            answer = next(line for line in stream.iter_lines() if "process_completed" in line)
    assert '"success":true' in answer and word not in answer


def test_a_guests_memory_ends_with_the_visit(scripted):
    demo = build(scripted)
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, **launch_options(scripted))
    try:
        guest = Client(url, verbose=False)
        word = f"zebraquokka{uuid4().hex[:6]}"
        guest.predict(f"I love slow westerns like {word}. A western, please", api_name="/chat")
        assert word in json.dumps(listed(guest)) and listed(Client(url, verbose=False)) == []
    finally:
        demo.close()
        demo.erase_guests()
    assert not holding(scripted.store, word)


def asked(username=None, session=None, **headers):
    """A stand-in for the server's request."""
    scope = {"type": "http", "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()]}
    if session is not None:
        scope["session"] = session
    return SimpleNamespace(username=username, request=Request(scope), headers=headers)


@pytest.mark.parametrize(
    ("request_", "who"),
    [
        (None, ""),
        (asked(), ""),
        (asked(session={}), ""),
        (asked(session={"oauth_info": None}), ""),
        (asked(session={"oauth_info": {"userinfo": {}}}), ""),
        (asked(session={"oauth_info": {"userinfo": {"preferred_username": "ann"}}}), "hf-ann"),
        (asked(session={"username": "ann", "user": "ann"}), ""),
        (asked("ann"), "user-ann"),
        (asked("ann", {"oauth_info": {"userinfo": {"preferred_username": "bea"}}}), "user-ann"),
        (asked("guest-1"), "user-guest-1"),
        (asked(**{"X-User": "ann", "X-Forwarded-User": "ann", "Cookie": "username=ann"}), ""),
    ],
)
def test_who_somebody_is_comes_from_the_servers_login_alone(request_, who):
    assert identity(request_) == who


def test_two_sorts_of_login_and_guests_never_share_a_name(assistant, pair):
    """The same name from a password, from Hugging Face and from nobody is three people; a login is never a guest."""
    name = pair[0]
    owners = [
        identity(asked(name)),
        identity(asked(session={"oauth_info": {"userinfo": {"preferred_username": name}}})),
    ]
    sessions = [Session().opened(assistant, owner) for owner in (*owners, identity(asked(f"{GUEST}{name}")), "")]
    assert len({s.memory.person for s in sessions}) == 4
    sessions[2].memory.write([said("I love trains")])
    for session in sessions:
        session.close()
    assert assistant.memory(f"user-{GUEST}{name}").entries(), "a login whose name begins like a guest's is kept"
    assistant.memory(f"user-{GUEST}{name}").erase()


# The model


@pytest.fixture(scope="module")
def small(assistant, tmp_path_factory):
    """Everything, with the real engine over a tiny model."""
    engine = LlamaCpp(write_random_gguf(tmp_path_factory.mktemp("model") / "random.gguf"), n_ctx=4096)
    return replace(assistant, engine=engine)


def watched(assistant, monkeypatch):
    """Keep what every transcript held, by the conversation's id."""
    seen = []
    whole = assistant.engine.transcript

    def transcript(messages, temperature=0.7, seed=None, owner=""):
        @contextmanager
        def opened():
            with whole(messages, temperature, seed, owner) as made:
                begun = assistant.engine._llama.n_tokens
                yield made
                text = assistant.engine._llama.detokenize(made.tokens, special=True).decode("utf-8", "replace")
                seen.append((owner, text, begun))

        return opened()

    monkeypatch.setattr(assistant.engine, "transcript", transcript)
    return seen


def test_the_cache_of_the_model_carries_nothing_from_one_person_to_the_next(small, pair, monkeypatch):
    seen = watched(small, monkeypatch)
    ann, bea = (Conversation(small.memory(owner)) for owner in pair[:2])
    list(run(small, ann, f"I love westerns like {pair[2]}"))
    list(run(small, bea, "I love westerns"))
    (_, hers, _), (owner, text, begun) = seen
    assert pair[2] in hers and owner == bea.id
    assert begun == 0, "the cache was not emptied"
    assert pair[2] not in text
    other = Conversation(small.memory(f"{pair[1]}-fresh"))
    small.engine._llama.reset()
    list(run(small, other, "I love westerns"))
    assert seen[-1][1] == text, "with the same seed a model that knew ann writes what a fresh one writes"


def test_eight_conversations_at_once_are_each_their_own_persons(small, monkeypatch):
    seen = watched(small, monkeypatch)
    key = uuid4().hex[:6]
    words = [f"canary{n}{key}" for n in range(8)]
    talks = [Conversation(small.memory(f"{word}-person")) for word in words]
    failures = []

    def speak(talk, word):
        try:
            list(run(small, talk, f"I love westerns like {word}"))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=speak, args=pair) for pair in zip(talks, words, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not failures and len(seen) == 8
    for talk, word in zip(talks, words, strict=True):
        others = [w for w in words if w != word]
        mine = [text for owner, text, _ in seen if owner == talk.id]
        assert len(mine) == 1 and word in mine[0]
        shown = json.dumps([t.to_dict() for t in talk.turns]) + json.dumps(talk.memory.export()) + "".join(mine)
        assert not [w for w in others if w in shown]
        assert all(any(isinstance(s, Say) for s in t.steps) for t in talk.turns)
