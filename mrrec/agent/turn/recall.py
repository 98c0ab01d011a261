"""A recall from memory, and the weighing of each memory that it brought."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from mrrec.agent import own_words, protocol
from mrrec.agent.asked import active, lasting_limits
from mrrec.agent.steps import Recall, Step, Thought, begin, done
from mrrec.agent.turn.lookup import look_up
from mrrec.agent.turn.state import State
from mrrec.catalog import Item
from mrrec.memory import Entry
from mrrec.memory.entry import LIKED
from mrrec.memory.recall import Recalled

MOST_SHOWN = 8  # memories after one recall: each costs the model a judgement
MOST_POINTS = 3
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
    found, leaned = [], []
    if not state.recalls:  # the request's own words always count, and so does what was ruled out for good
        leaned = _leaned_on(state)
        state.go_by(_works(state, leaned))
        found += _stated_limits(state)
        found += state.memory.recall([state.wish()], state.settings.k, state.settings.tiers)
    found += state.memory.recall([a for a in aspects if a not in known], state.settings.k, state.settings.tiers)
    have = {e.id for e in state.aliases.values()}
    have |= {r.entry.id for r in leaned}
    fresh = list({r.entry.id: r for r in reversed(found) if r.entry.id not in have}.values())[::-1]
    # What is meant is weighed just before the next step is chosen
    fresh = [*fresh[: MOST_SHOWN - len(leaned)], *leaned]
    names = {f"m{n}": recalled for n, recalled in enumerate(fresh, len(state.aliases) + 1)}
    state.aliases |= {alias: recalled.entry for alias, recalled in names.items()}
    note = "" if fresh else (NOTHING_YET if not state.aliases else "nothing new was found")
    step = Recall(**begun, aspects=tuple(aspects), entries=tuple(_shown(a, r) for a, r in names.items()), note=note)
    state.recalls.append(step)
    points = points_of(state, {alias: recalled.entry for alias, recalled in names.items()})
    for alias, recalled in names.items():
        if recalled.aspect in (LAST, BEST):
            points[alias] = [protocol.MEANT, *points[alias]][:MOST_POINTS]
    shown = [_line(alias, recalled, points[alias]) for alias, recalled in names.items()]
    state.pen.append(protocol.block("memory", " ".join(shown) or "none"))
    yield done(step)
    if names:
        yield from _weigh(state, points)


def _line(alias: str, recalled: Recalled, points: Sequence[str]) -> str:
    entry = recalled.entry
    return protocol.memory(alias, entry.text, entry.kind if entry.item_id else "", points)


def _weigh(state: State, points: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    """Each memory in turn: does it matter for this request?"""
    state.pen.open("think")
    thought = None
    works = _works_of(state, points) if state.assistant.engine.trained else {}
    for thought in state.pen.stream(Thought, protocol.weigh_grammar(points, works), 22 * len(points), "</think>", ""):
        yield thought
    state.pen.append("\n")
    state.judged |= protocol.weighed(thought.text)
    if wanted := [works[a] for a in protocol.to_look_up(thought.text)]:
        yield from look_up(state, wanted, chosen=True)
    if state.assistant.engine.trained:
        about = protocol.pointed(thought.text)
        unread = [a for a in points if state.judged.get(a) and own_words.is_unread(state.aliases[a])]
        meant = state.catalog.meant([state.aliases[a].text for a in unread])
        state.read |= {a: about[a] for a, may in zip(unread, meant) if may.get(about[a], 0.0) >= own_words.AGREED}


def _works_of(state: State, aliases: Iterable[str]) -> dict[str, str]:
    """The work that each of `aliases` is about, if it is about one that was not looked up yet, by its label."""
    known = {i.id for i in state.looked_up}
    items = {a: state.catalog.get(state.aliases[a].item_id) for a in aliases if state.aliases[a].item_id not in known}
    return {a: item.label for a, item in items.items() if item is not None}


def points_of(state: State, entries: Mapping[str, Entry]) -> dict[str, list[str]]:
    """What may be said of each entry when it is weighed, in a word or two, the most telling first: that it is about
    other works than are asked for; what it shares with the request; with a taste that was told, or shown; the rest."""
    request = state.request
    works = request.kinds or tuple(i.kind for i in request.like) or _only_kind(state)
    asked = {*request.wishes, *chain(*request.names), *chain(*map(_told_of, request.like))}
    liked = [e for e in active(state.memory, state.settings.tiers, "pattern") if e.value > 0]
    liked = [e for e in liked if not (e.kind and works) or e.kind in works]
    told = {t for e in liked if e.event == "said" for t in e.topics}
    telling = (asked, told, {t for e in liked for t in e.topics})
    return {alias: _points(state, entry, works, telling) for alias, entry in entries.items()}


def _only_kind(state: State) -> tuple[str, ...]:
    """The kind that alone has works of the genres that are asked for, if there is one."""
    columns, genres = state.catalog.table.columns, state.request.genres
    kinds = [k for k in state.catalog.kinds if all((k, "genre", g) in columns for g in genres)]
    return tuple(kinds) if len(kinds) == 1 else ()


def _points(state: State, entry: Entry, works: Sequence[str], telling: Sequence[set[str]]) -> list[str]:
    item = state.catalog.get(entry.item_id) if entry.item_id else None
    names = [n for n in item.names if any(n in topics for topics in telling)] if item else []
    elsewhere = bool(works and entry.kind) and entry.kind not in works
    if own_words.is_unread(entry) and not elsewhere:
        (chances,) = state.catalog.meant([entry.text], (entry.kind,) if entry.kind else ())
        return [*map(protocol.plain, list(chances)[:MOST_POINTS]), protocol.OTHER]
    words = dict.fromkeys([*entry.terms, *entry.names, *(_told_of(item) if item else ()), *names])
    ordered = sorted(words, key=lambda w: next((n for n, topics in enumerate(telling) if w in topics), len(telling)))
    if elsewhere:
        ordered.insert(0, f"{entry.kind}s")
    return [protocol.plain(w) for w in ordered if w][:MOST_POINTS] or [protocol.OTHER]


def _told_of(item: Item) -> list[str]:
    """What a work is like: its title may tell the model nothing."""
    return [*item.genres, *item.themes]


def _stated_limits(state: State) -> list[Recalled]:
    stated = lasting_limits(state.memory, state.settings.tiers)
    return [Recalled(e, STATED, 1.0, {"stated": 1.0}) for e in stated[:8]]


def _works(state: State, found: Sequence[Recalled]) -> list[Item]:
    return [item for r in found if (item := state.catalog.get(r.entry.item_id)) is not None]


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
