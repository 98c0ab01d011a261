"""A recall from memory, and the weighing of each memory that it brought."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mrrec.agent import protocol
from mrrec.agent.asked import active, lasting_limits
from mrrec.agent.steps import Recall, Step, Thought, begin, done
from mrrec.agent.turn.state import State
from mrrec.memory import Entry
from mrrec.memory.entry import LIKED
from mrrec.memory.recall import Recalled

MOST_SHOWN = 8  # memories after one recall: each costs the model a judgement
NOTHING_YET = "nothing is remembered yet"
STATED = "what you told me to avoid"
LAST, BEST = "what you liked last", "what you liked best"
_WORK = r"(?:one|films?|movies?|books?|novels?|games?)"
_DID = r"(?:gave|rated|finished|loved|adored|enjoyed|praised|liked|watched|read|played)"
# "like the last book I finished", "the one I gave five stars": it means something that is remembered
_LEANS = re.compile(
    rf"\bmy (?:very )?(?:last|latest|most recent|recent|best rated|top) (?:{_WORK}|favou?rites?|five stars?|likes?|"
    rf"ratings?|finds?)\b|\b(?:the|that) (?:last|latest|previous|most recent) (?:{_WORK}|five stars?|rating)\b|"
    rf"\blast (?:one|{_WORK}) of mine\b|\bmy (?:last|latest|best rated)\b.*\b{_WORK}\b|"
    rf"\b(?:the|that) {_WORK} (?:that )?(?:i|we) (?:\w+ ){{0,2}}{_DID}\b|"
    rf"\bwhat (?:i|we) (?:last |just |recently )?{_DID}\b|\b(?:i|we) (?:last|just) {_DID}\b|\b{_DID} last\b",
    re.I,
)
BY_MARK = re.compile(r"\b(?:stars?|marks?|highest|best|top|most|adored)\b", re.I)


def recall(state: State, shown_aspects: Sequence[str]) -> Iterator[Step]:
    """Memories by aspects that the model chooses, some of them `shown_aspects`; then each is weighed."""
    begun = begin()
    yield Recall(**begun)
    state.pen.open("recall")
    text = state.pen.whole(protocol.recall_grammar(shown_aspects), 48, "</recall>", "taste")
    state.pen.append("\n")
    aspects = protocol.split_list(text, "recall")
    known = {a for r in state.recalls for a in r.aspects}
    if known and set(aspects) <= known:
        step = Recall(**begun, aspects=tuple(aspects), note="asked before, so the search ends here")
        state.recalls.append(step)
        yield done(step)
        return
    found: list[Recalled] = []
    if not state.recalls:  # the request's own words always count, and so does what was ruled out for good
        found += _stated_limits(state) + _leaned_on(state)
        found += state.memory.recall([state.wish()], state.settings.k, state.settings.tiers)
    found += state.memory.recall([a for a in aspects if a not in known], state.settings.k, state.settings.tiers)
    have = {e.id for e in state.aliases.values()}
    fresh = list({r.entry.id: r for r in reversed(found) if r.entry.id not in have}.values())[::-1][:MOST_SHOWN]
    names = {f"m{n}": recalled for n, recalled in enumerate(fresh, len(state.aliases) + 1)}
    state.aliases |= {alias: recalled.entry for alias, recalled in names.items()}
    note = "" if fresh else (NOTHING_YET if not state.aliases else "nothing new was found")
    step = Recall(**begun, aspects=tuple(aspects), entries=tuple(_shown(a, r) for a, r in names.items()), note=note)
    state.recalls.append(step)
    shown = [protocol.memory(a, r.entry.text, r.entry.kind, _about(state, r.entry)) for a, r in names.items()]
    state.pen.append(protocol.block("memory", " ".join(shown) or "none"))
    yield done(step)
    if names:
        yield from _weigh(state, list(names))


def _weigh(state: State, aliases: Sequence[str]) -> Iterator[Step]:
    """Each memory in turn: does it matter for this request?"""
    state.pen.open("think")
    grammar = protocol.weigh_grammar({a: _points(state, state.aliases[a]) for a in aliases})
    thought = None
    for thought in state.pen.stream(Thought, grammar, 22 * len(aliases), "</think>", ""):
        yield thought
    state.pen.append("\n")
    state.judged |= protocol.weighed(thought.text)


def _points(state: State, entry: Entry) -> list[str]:
    """What may be said of an entry in a word or two when it is weighed: the kind of works it is about, a word of it."""
    words = [f"{entry.kind}s" if entry.kind else "", *entry.terms, *entry.names, *_about(state, entry)]
    plain = [protocol.plain(w) for w in dict.fromkeys(words) if w]
    return plain[:7] or [protocol.plain(" ".join(entry.text.split()[:3])) or "this"]


def _about(state: State, entry: Entry) -> list[str]:
    """Of a work that was met, what it is like: its title may tell the model nothing."""
    item = state.catalog.get(entry.item_id) if entry.item_id else None
    return [*item.genres[:2], *item.themes[:3]] if item else []


def _stated_limits(state: State) -> list[Recalled]:
    stated = lasting_limits(state.memory, state.settings.tiers)
    return [Recalled(e, STATED, 1.0, {"stated": 1.0}) for e in stated[:8]]


def _leaned_on(state: State) -> list[Recalled]:
    """The work that the request leans on without its name: the last that was liked, or the one liked best."""
    if not _LEANS.search(state.message):
        return []
    kinds, records = state.request.kinds, active(state.memory, state.settings.tiers, "record")
    liked = [e for e in records if e.item_id and e.value > LIKED and (not kinds or e.kind in kinds)]
    best = bool(BY_MARK.search(state.message))
    found = max(liked, key=lambda e: (e.value if best else 0.0, e.when), default=None)
    return [Recalled(found, BEST if best else LAST, 1.0, {"leaned on": 1.0})] if found else []


def _shown(alias: str, recalled: Recalled) -> dict:
    entry = recalled.entry
    return dict(
        id=entry.id, alias=alias, tier=entry.tier, text=entry.text, aspect=recalled.aspect,
        score=round(recalled.score, 4), parts={k: round(v, 4) for k, v in recalled.parts.items()},
        evidence=list(entry.evidence),
    )  # fmt: skip
