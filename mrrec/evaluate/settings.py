"""What is compared: each setting scores the whole pool for one query."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np

from mrrec.agent.asked import Asked, ranking, wanted, without_names
from mrrec.agent.conversation import Conversation
from mrrec.agent.loop import run
from mrrec.agent.own_words import sure
from mrrec.agent.rank import Rule
from mrrec.agent.request import Request, read_request
from mrrec.agent.steps import Ranking, Recall
from mrrec.assistant import Assistant, llama
from mrrec.embed import digests
from mrrec.evaluate.data import Query
from mrrec.evaluate.naive import latest, summary
from mrrec.evaluate.people import People
from mrrec.llm.engine import Engine
from mrrec.llm.models import model_path
from mrrec.memory import LocalMemory
from mrrec.memory.entry import LIKED
from mrrec.settings import NO_ADAPTER, Settings

DEEP = 1000  # places of BM25 that count
RRF = 60  # Cormack et al., SIGIR 2009
PLAIN = ("popularity", "bm25", "dense", "hybrid", "cf", "recent", "static")
GIVEN = {"recent+model": latest, "static+model": summary}  # the app's own loop and model over a naive memory
PARTS = ("local", "global", "reasoning", "records", "patterns", "profile", "popularity", "cf", "adapter", "linking")
TIER = {"records": "record", "patterns": "pattern", "profile": "profile"}
# Names for what is often compared
ALIASES = {
    "fields": "mrrec:-reasoning-local-popularity-cf",
    "fields+popularity": "mrrec:-reasoning-local-cf",
    "fields+popularity+cf": "mrrec:-reasoning-records-patterns-profile",
}


@dataclass(frozen=True)
class Setting:
    """`base` is one of PLAIN, of GIVEN, or "mrrec"; `without` are the parts of mrrec that are left out."""

    name: str
    base: str
    without: frozenset[str] = frozenset()

    @property
    def thinks(self) -> bool:
        """Whether the language model is asked."""
        return self.base in GIVEN or (self.base == "mrrec" and "reasoning" not in self.without)


def parse(name: str) -> Setting:
    """A setting by name. Raises ValueError that lists what there is.

    >>> parse("mrrec:-global-records").without == {"global", "records"}
    True
    """
    written = ALIASES.get(name, name)
    base, _, rest = written.partition(":")
    if base in (*PLAIN, *GIVEN) and not rest:
        return Setting(name, base)
    without = re.findall(r"-([a-z]+)", rest)
    if base != "mrrec" or "".join(f"-{w}" for w in without) != rest or set(without) - set(PARTS):
        raise ValueError(
            f"there is no setting {name!r}; there are {', '.join((*PLAIN, *GIVEN, *ALIASES))}, mrrec, "
            f"and mrrec:-PART[-PART…] without {', '.join(PARTS)}"
        )
    return Setting(name, "mrrec", frozenset(without))


@dataclass
class Scored:
    """What a setting made of a query: a score for each item (-inf outside the pool), shape (n_items,)."""

    scores: np.ndarray
    memory_tokens: int = 0
    answer: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)


class Bench:
    """Everything that scoring needs, opened once a process; `vectors` are known ones, by the digest of their text."""

    def __init__(self, assistant: Assistant, people: People, vectors: dict[int, np.ndarray]):
        self.assistant, self.people, self._vectors = assistant, people, vectors
        self.catalog, self.encoder = assistant.catalog, assistant.encoder

    @cached_property
    def untrained(self) -> Engine:
        """The model without its adapter."""
        settings = self.assistant.settings
        return llama(model_path(settings.model, NO_ADAPTER), settings)

    def forget_vectors(self) -> None:
        """From now on every query is encoded when it comes, for an honest timing."""
        self._vectors = {}

    def encode(self, text: str) -> np.ndarray:
        found = self._vectors.get(int(digests([text])[0]))
        return self.encoder.encode([text])[0] if found is None else found

    def score(self, query: Query, setting: Setting) -> Scored:
        """Score one query; what the person had met, and what was not there yet, is outside the pool."""
        started = time.perf_counter()
        memory = self.people.memory(query)
        rules = pool_of(query)
        met = {e.item_id for e in memory.met()} if memory else set()
        crowd = self.people.crowd(query.as_of)
        self.catalog.crowd = crowd
        ready = time.perf_counter()
        if setting.base == "mrrec":
            scored = _mrrec(self, query, setting, memory, rules)
        elif setting.base in GIVEN:
            scored = _mrrec(self, query, setting, self.people.given(query, GIVEN[setting.base]), rules)
        else:
            scored = _PLAIN[setting.base](self, query, memory)
            pool = np.array([i.id not in met and all(r.test(i) for r in rules) for i in self.catalog.items])
            scored.scores = np.where(pool, scored.scores, -np.inf)
        scored.seconds |= {"open": ready - started, "all": time.perf_counter() - ready}
        return scored

    def fused(self, text: str) -> np.ndarray:
        """Reciprocal rank fusion of BM25 and the encoder."""
        return sum(1 / (RRF + _places(s)) for s in (self.lexical(text), self.catalog.similarity(self.encode(text))))

    @lru_cache(maxsize=4)  # noqa: B019 (as long-lived as the object)
    def lexical(self, text: str) -> np.ndarray:
        """BM25 of the `DEEP` best, shape (n_items,); the rest are equal."""
        return self.catalog.lexical(text, DEEP)


def pool_of(query: Query) -> tuple[Rule, ...]:
    """The pool of a query: its candidates, or what was there in its year."""
    if query.candidates:
        among = frozenset(query.candidates)
        return (Rule("among the candidates", lambda item: item.id in among),)
    if query.as_of is None:
        return ()
    year = time.gmtime(query.as_of).tm_year
    return (Rule("there by then", lambda item: item.year <= year),)


def earlier_turns(
    assistant: Assistant, conversation: Conversation, query: Query, settings: Settings | None = None
) -> None:
    """Go through the turns of a query's dialogue, to their ends."""
    for message in query.dialogue:
        for _ in run(assistant, conversation, message, settings):
            pass


# The plain settings


def _popularity(bench: Bench, query: Query, memory: LocalMemory | None) -> Scored:
    crowd = bench.catalog.crowd
    return Scored(crowd.likes if crowd is not None else bench.catalog.popularity)


def _bm25(bench: Bench, query: Query, memory: LocalMemory | None) -> Scored:
    return Scored(bench.lexical(query.text))


def _dense(bench: Bench, query: Query, memory: LocalMemory | None) -> Scored:
    return Scored(bench.catalog.similarity(bench.encode(query.text)))


def _hybrid(bench: Bench, query: Query, memory: LocalMemory | None) -> Scored:
    return Scored(bench.fused(query.text))


def _recent(bench: Bench, query: Query, memory: LocalMemory | None) -> Scored:
    """The paper's naive setting: the ten latest likes, or things said, in the text."""
    return _with_text(bench, query, "; ".join(bench.people.texts(query)))


def _static(bench: Bench, query: Query, memory: LocalMemory | None) -> Scored:
    """The paper's static setting: one summary of the person in the text, whatever the request."""
    return _with_text(bench, query, "; ".join(e.text.split(" (")[0] for e in (summary(memory) if memory else [])))


def _with_text(bench: Bench, query: Query, told: str) -> Scored:
    return Scored(bench.fused(f"{query.text} {told}".strip()), memory_tokens=bench.encoder.count_tokens(told))


def _cf(bench: Bench, query: Query, memory: LocalMemory | None) -> Scored:
    """Item-based collaborative filtering by the `implicit` library; popularity where the person is unknown."""
    from mrrec.evaluate.collaborative import recommend

    crowd = bench.catalog.crowd
    if crowd is None:
        raise ValueError("the setting cf needs events of items")
    liked = [bench.catalog.position[e.item_id] for e in memory.met() if e.value > LIKED] if memory else []
    return Scored(recommend(crowd, liked) if liked else crowd.likes)


_PLAIN: dict[str, Callable[[Bench, Query, LocalMemory | None], Scored]] = {
    "popularity": _popularity, "bm25": _bm25, "dense": _dense, "hybrid": _hybrid, "recent": _recent,
    "static": _static, "cf": _cf,
}  # fmt: skip


# mrrec and what is left of it


def _mrrec(bench: Bench, query: Query, setting: Setting, memory: LocalMemory | None, rules: tuple[Rule, ...]) -> Scored:
    off = setting.without
    tiers = () if "local" in off else tuple(t for n, t in TIER.items() if n not in off)
    settings = replace(bench.assistant.settings, tiers=tiers, n_items=10, temperature=0.0)
    with _catalog_of(bench, off):
        if setting.thinks:
            return _thought(bench, query, memory, rules, settings, off)
        asked = asked_without_model(bench, query, settings, rules)
        return Scored(_spread(bench, asked, memory), answer=_told(asked.request))


@contextmanager
def _catalog_of(bench: Bench, off: frozenset[str]) -> Iterator[None]:
    """The catalogue's crowd and linking without the parts that are switched off."""
    catalog = bench.catalog
    whole, linking = catalog.crowd, catalog.linking
    catalog.crowd = whole.without("popularity" in off, "cf" in off or "local" in off) if whole else None
    catalog.linking = None if "linking" in off else linking
    try:
        yield
    finally:
        catalog.crowd, catalog.linking = whole, linking


def _thought(
    bench: Bench, query: Query, memory: LocalMemory | None, rules: tuple[Rule, ...], settings, off: frozenset[str]
) -> Scored:
    """The app's own loop, up to its ranking."""
    assistant = bench.assistant
    if "global" in off:
        assistant = replace(assistant, experience=assistant.experience.silent())
    if "adapter" in off:
        assistant = replace(assistant, engine=bench.untrained)
    conversation = Conversation(memory, rules=rules)
    tokens = 0
    earlier_turns(assistant, conversation, query, settings)
    stream = run(assistant, conversation, query.text, settings)
    seconds: dict[str, float] = {}
    for step in stream:
        if step.end is None:
            continue
        seconds[step.step] = seconds.get(step.step, 0.0) + step.end - step.start
        if isinstance(step, Recall):
            tokens += sum(assistant.encoder.count_tokens(e["text"]) for e in step.entries)
        if isinstance(step, Ranking):
            break
    stream.close()
    asked = conversation.last.asked
    if asked is None:  # it asked back, or talked
        return Scored(np.full(len(bench.catalog), -np.inf), tokens, conversation.last.reply, seconds)
    return Scored(_spread(bench, asked, memory), tokens, _told(asked.request), seconds)


def _spread(bench: Bench, asked: Asked, memory: LocalMemory | None) -> np.ndarray:
    """The ranking's scores over the whole catalogue."""
    found = ranking(asked, memory, bench.catalog).scores
    scores = np.full(len(bench.catalog), -np.inf)
    for item_id, score in found.items():
        scores[bench.catalog.position[item_id]] = score
    return scores


def asked_without_model(bench: Bench, query: Query, settings: Settings, rules: tuple[Rule, ...]) -> Asked:
    """What the app reads of the query, and of the turns before it, with no model to name memories or an ideal."""
    request = None
    for message in (*query.dialogue, query.text):
        request = read_request(message, bench.catalog, request, encoder=bench.encoder)
    text = without_names(query.text, bench.catalog)
    request = replace(request, terms=(*request.terms, *sure(request, text, bench.catalog)))
    want = wanted(request, text, bench.encode(text), None, settings, bench.catalog)
    return Asked(request, want, frozenset(), (), frozenset(), settings.tiers, rules)


def _told(request: Request) -> str:
    """What the answer puts right."""
    return " ".join(c.sentence for c in request.corrections)


def _places(scores: np.ndarray) -> np.ndarray:
    """The place of each score, from 1, best first; shape as given."""
    places = np.empty(len(scores))
    places[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return places
