"""The profile: what binds, the ideal item, the memories that count; and the ranking by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from mrrec.agent import protocol
from mrrec.agent.asked import active, ranking, taste, wanted
from mrrec.agent.own_words import read_patterns
from mrrec.agent.rank import Ranked, Rule
from mrrec.agent.steps import Profile, Ranking, begin, done
from mrrec.agent.turn.state import State
from mrrec.catalog.vocabulary import PACES, TONES


def profile(state: State, rules: Sequence[Rule]) -> Iterator[Profile]:
    """Conditions by code, the ideal item by the model, and the memories that it weighed and found to count."""
    begun = begin()
    must = tuple(c.label for c in state.request.conditions() if c.sort != "not")
    avoid = tuple(c.label for c in state.request.conditions() if c.sort == "not")
    avoid += tuple(r.label for r in rules if r.memory_ids)
    yield Profile(**begun, must=must, avoid=avoid)
    state.pen.open("profile")
    told = f"must: {', '.join(must) or 'nothing'}; avoid: {', '.join(avoid) or 'nothing'}"
    state.pen.append(f"{protocol.plain(told)}\nideal:")
    ideal = "".join(state.pen.choose(_ideal_openings(state)))
    ideal += state.pen.whole(protocol.ideal_grammar(), 80, ".\n", f" {protocol.plain(state.wish())}")
    ideal = ideal.strip()
    counted = [alias for alias, yes in state.judged.items() if yes]
    told = " ".join(f"[{alias}]" for alias in counted) or "none"
    state.pen.append(f"memories: {told}{protocol.close_tag('profile')}\n")
    named = tuple(state.aliases[alias].id for alias in counted)
    bound = tuple(i for r in rules for i in r.memory_ids)
    memory_ids = tuple(dict.fromkeys(bound + named))
    yield done(Profile(**begun, ideal=ideal, must=must, avoid=avoid, memory_ids=memory_ids))


def _ideal_openings(state: State) -> list[str]:
    """How the ideal may begin: with what was asked for."""
    request, genres = state.request, state.catalog.vocabulary.genres
    kind = request.kinds[0] if len(request.kinds) == 1 else "story"
    genre = " ".join([t for t in request.wishes if t in genres][:2])
    moods = [t for t in request.wishes if t in TONES | PACES][:2]
    what = protocol.plain(" ".join(filter(None, [", ".join(moods), genre, kind])))
    article = "An" if what[0] in "aeiou" else "A"
    return [f" {article} {what} {follows}" for follows in ("with", "that", "about")]


def ranked_by(state: State, profile: Profile) -> tuple[Ranking, Ranked]:
    """The ranking for `profile`, as a step and as it is."""
    begun = begin()
    named = _with_patterns(state, {*profile.memory_ids})
    passed_over = {state.aliases[alias].id for alias, counts in state.judged.items() if not counts}
    ideal = state.encoder.encode([profile.ideal])[0] if profile.ideal else None
    asked = replace(
        state.asked,
        wanted=wanted(state.request, state.telling, state.vector, ideal, state.settings, state.catalog),
        read=read_patterns({state.aliases[alias]: about for alias, about in state.read.items()}),
        named=named,
        passed_over=_with_patterns(state, passed_over - named) - named,
    )
    state.taste = taste(state.memory, asked, state.catalog)
    ranked = ranking(asked, state.memory, state.catalog)
    state.record.asked = asked
    candidates = tuple(
        dict(
            id=c.item.id, title=c.item.label, score=round(c.score, 4), parts=c.parts,
            memories=[p.id for p in c.patterns] + ([c.neighbour.id] if c.neighbour else []),
        )
        for c in ranked.chosen
    )  # fmt: skip
    return done(Ranking(**begun, candidates=candidates, filtered=ranked.filtered, pool=ranked.pool)), ranked


def _with_patterns(state: State, ids: Set[str]) -> frozenset[str]:
    """`ids`, the patterns that rest on one of them, and those that one of them, a part of the profile, rests on."""
    tiers = state.settings.tiers
    found = {p.id for p in active(state.memory, tiers, "pattern") if ids & set(p.evidence)}
    found |= {i for e in active(state.memory, tiers, "profile") if e.id in ids for i in e.evidence}
    return frozenset(found | ids)
