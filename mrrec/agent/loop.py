"""One turn, a generator of steps: experience, thought, recall and look-up, profile, ranking, answer, then remember.

The model proposes (aspects, judgements, the ideal, which reasons to give); code guarantees (what binds, which ids
exist, how many hops, that every span ends). Closing the generator frees the model at once; nothing is remembered
of a turn that was stopped.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from mrrec.agent import asked as asked_of
from mrrec.agent import protocol
from mrrec.agent.asked import Asked, lasting_limits, ranking, rules, taste, without_names
from mrrec.agent.commands import explain, obey
from mrrec.agent.conversation import Conversation, Turn, feedback, replay
from mrrec.agent.pen import Pen, held
from mrrec.agent.rank import Candidate, Ranked, Rule, nothing
from mrrec.agent.reasons import Clause, card, clauses, common
from mrrec.agent.request import Request, accepted, against, asks_why, closed, read_request, revoked, settled
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
)  # fmt: skip
from mrrec.catalog import Item
from mrrec.catalog.lookup import shared
from mrrec.catalog.vocabulary import PACES, TONES
from mrrec.memory import Entry
from mrrec.memory.reading import Reading, read_message
from mrrec.memory.recall import Recalled
from mrrec.settings import Settings

if TYPE_CHECKING:
    from mrrec.assistant import Assistant

__all__ = ["Conversation", "Turn", "feedback", "replay", "run"]
log = logging.getLogger(__name__)

MOST_SHOWN = 8  # memories after one recall: each costs the model a judgement
MOST_QUESTIONS = 1  # questions put to a newcomer in one conversation
NOTHING_YET = "nothing is remembered yet"
STATED = "what you told me to avoid"
_OPENINGS = ("Are you in the mood for ", "Would you rather have ", "Shall it be ", "What would please you now, ")
_ENDINGS = ("?", ", and what have you loved lately?", ", or something quite different?")


def run(
    assistant: Assistant, conversation: Conversation, message: str, settings: Settings | None = None
) -> Iterator[Step]:
    """Answer `message`; every step is yielded as it begins, as it grows and when it is done."""
    turn = _Turn(assistant, conversation, message, settings or assistant.settings)
    conversation.turns.append(turn.record)
    steps: dict[str, Step] = {}
    stream = turn.steps()
    try:
        for step in stream:
            steps[step.id] = step
            turn.record.steps = [s for s in steps.values() if s.end is not None]
            yield step
        turn.keep()
    finally:
        stream.close()
        turn.record.steps = [s for s in steps.values() if s.end is not None]


class _Turn:
    """What one turn has gathered so far."""

    def __init__(self, assistant: Assistant, conversation: Conversation, message: str, settings: Settings):
        self.assistant, self.conversation, self.settings = assistant, conversation, settings
        self.catalog, self.encoder, self.memory = assistant.catalog, assistant.encoder, conversation.memory
        self.message = message.strip()
        self.record = Turn(self.message)
        self.random = random.Random(settings.seed)
        self.pen: Pen | None = None
        self.aliases: dict[str, Entry] = {}  # m1, m2 … to what was shown under it
        self.judged: dict[str, bool] = {}
        self.looked_up: list[Item] = []
        self.recalls: list[Recall] = []
        self.put_right = ""  # what the answer says of false premises, whatever the model writes

    # The course of a turn

    def steps(self) -> Iterator[Step]:
        if not self.message:
            yield self._done(Say(**self._begin(), text="There was nothing in that message. What are you looking for?"))
            return
        shown = self.conversation.shown
        self.reading: Reading = read_message(self.message, self.catalog, self.encoder, shown)
        previous = self.conversation.previous_request
        command = None if previous is not None and revoked(self.message) else self.reading.command
        if command is not None and command.action not in ("remember", "correct"):
            yield from obey(command, self.conversation, self.record, self.catalog)
            return
        if asks_why(self.message) and (known := explain(self.message, self.conversation, self.catalog)):
            yield known
            return
        asked, over = self._was_asked(), self._is_over()
        searching = previous is not None and bool(shown or asked) and not over
        told = settled(self.message, self.reading, self.catalog, shown, asked, searching)
        self.reading = replace(self.reading, entries=told.entries)
        self.request: Request | None = None
        if accepted(self.message, shown):
            yield from self._part(accepted(self.message, shown))
            yield from self._remember()
            return
        if told.text:
            self.request = read_request(told.text, self.catalog, previous, shown, asked=asked, over=over)
            if searching and told.text == self.message:
                self.request = against(self.request, told.entries)
            self.put_right = " ".join(c.sentence for c in self.request.corrections)
        if self.request is None or self.request.act == "talk":
            if asked and self.reading.entries:  # the question was answered with a taste: that is the request
                self.request = replace(read_request("recommend something", self.catalog), text=self.message)
            else:
                yield from self._talk(told.text)
                yield from self._remember()
                return
        self.record.request = self.request
        self.record.passing = self._for_now()
        if self._should_ask():
            yield from self._ask()
        else:
            yield from self._recommend()
        yield from self._remember()

    def keep(self) -> None:
        """Keep the trace for the memories it used; the answer stands without it."""
        try:
            self.conversation.keep_trace()
        except Exception:
            log.exception("the trace was not kept")

    def _recommend(self) -> Iterator[Step]:
        self.telling = without_names(self._wish_text(), self.catalog)
        self.vector = self.encoder.encode([self.telling])[0]
        experience = self._experience()
        yield experience
        with held(self.assistant.engine, self.conversation, self.message, self.settings) as self.pen:
            self.pen.append(
                protocol.block(
                    "experience", "; ".join(f"{a['aspect']}: {a['description']}" for a in experience.aspects) or "none"
                )
            )
            yield from self._think()
            if self.request.titles or any(self.request.names):
                yield from self._look_up(self._asked_titles(), forced=True)
            yield from self._hops([a["aspect"] for a in experience.aspects])
            here = (*self.conversation.passing, *self.reading.entries)
            shown = self.conversation.shown_ever
            self.asked = Asked(
                self.request, None, shown, here, frozenset(), self.settings.tiers, self.conversation.rules
            )
            profile = None
            for profile in self._profile(rules(self.asked, self.memory)):
                yield profile
            ranking, ranked = self._rank(profile)
            yield ranking
            yield from self._answer(ranked)

    def _hops(self, shown_aspects: Sequence[str]) -> Iterator[Step]:
        """Recall and look up until the model writes the profile, repeats itself, or has no hop left."""
        titles = self._titles_to_offer()
        for hop in range(self.settings.max_hops):
            can_recall = self.memory is not None and bool(self.settings.tiers)
            tags = (["recall"] if can_recall else []) + (["lookup"] if titles and hop else [])
            if not tags:
                return
            if hop == 0:
                tag = "recall" if can_recall else "profile"
            else:
                tag = "".join(self.pen.choose([protocol.open_tag(t) for t in (*tags, "profile")])).strip("<>")
            if tag == "profile":
                return
            if tag == "recall":
                yield from self._recall(shown_aspects)
                if self.recalls[-1].note:
                    return
            else:
                self.pen.open("lookup")
                text = self._whole(protocol.lookup_grammar(titles), 60, "</lookup>", protocol.plain(titles[0]))
                self.pen.append("\n")
                yield from self._look_up(protocol.split_list(text, "lookup"))
            titles = self._titles_to_offer()

    # Steps

    def _experience(self) -> Experience:
        begun = self._begin()
        kinds = self.request.kinds or self._usual_kinds()
        scenario = self.assistant.experience.scenario(kinds, self.request.genres)
        if scenario is None:
            return self._done(Experience(**begun, scenario="", aspects=()))
        aspects = self.assistant.experience.search(scenario, self.vector)
        listed = tuple(dict(aspect=a.aspect, description=a.description, support=a.support) for a in aspects)
        return self._done(Experience(**begun, scenario=aspects[0].scenario if aspects else "", aspects=listed))

    def _think(self) -> Iterator[Step]:
        self.pen.open("think")
        yield from self._stream(Thought, protocol.think_grammar(), 70, "</think>", " what fits.", protocol.THOUGHTS)
        self.pen.append("\n")

    def _recall(self, shown_aspects: Sequence[str]) -> Iterator[Step]:
        begun = self._begin()
        yield Recall(**begun)
        self.pen.open("recall")
        text = self._whole(protocol.recall_grammar(shown_aspects), 48, "</recall>", "taste")
        self.pen.append("\n")
        aspects = protocol.split_list(text, "recall")
        known = {a for r in self.recalls for a in r.aspects}
        if known and set(aspects) <= known:
            step = Recall(**begun, aspects=tuple(aspects), note="asked before, so the search ends here")
            self.recalls.append(step)
            yield self._done(step)
            return
        found: list[Recalled] = []
        if not self.recalls:  # the request's own words always count, and so does what was ruled out for good
            found += self._stated_limits()
            found += self.memory.recall([self._wish_text()], self.settings.k, self.settings.tiers)
        found += self.memory.recall([a for a in aspects if a not in known], self.settings.k, self.settings.tiers)
        have = {e.id for e in self.aliases.values()}
        fresh = list({r.entry.id: r for r in reversed(found) if r.entry.id not in have}.values())[::-1][:MOST_SHOWN]
        names = {}
        for recalled in fresh:
            names[f"m{len(self.aliases) + 1}"] = recalled
            self.aliases[f"m{len(self.aliases) + 1}"] = recalled.entry
        note = "" if fresh else (NOTHING_YET if not self.aliases else "nothing new was found")
        step = Recall(**begun, aspects=tuple(aspects), entries=tuple(_shown(a, r) for a, r in names.items()), note=note)
        self.recalls.append(step)
        shown = [protocol.memory(a, r.entry.text, r.entry.kind) for a, r in names.items()]
        self.pen.append(protocol.block("memory", " ".join(shown) or "none"))
        yield self._done(step)
        if names:
            yield from self._weigh(list(names))

    def _weigh(self, aliases: list[str]) -> Iterator[Step]:
        """Each memory in turn: does it matter for this request?"""
        self.pen.open("think")
        thought = None
        for thought in self._stream(
            Thought,
            protocol.weigh_grammar({a: self._points(self.aliases[a]) for a in aliases}),
            22 * len(aliases),
            "</think>",
            "",
        ):
            yield thought
        self.pen.append("\n")
        self.judged |= protocol.weighed(thought.text)

    def _points(self, entry: Entry) -> list[str]:
        """What an entry says in a word or two, for the model to weigh; that it is of another kind than is asked for."""
        item = self.catalog.get(entry.item_id) if entry.item_id else None
        other = entry.kind and self.request.kinds and entry.kind not in self.request.kinds
        words = [f"{entry.kind}s" if other else "", *entry.terms, *entry.names]
        words += [*item.genres[:2], *item.themes[:3]] if item else []
        plain = [protocol.plain(w) for w in dict.fromkeys(words) if w]
        return plain[:6] or [protocol.plain(" ".join(entry.text.split()[:3])) or "this"]

    def _look_up(self, queries: Sequence[str], forced: bool = False) -> Iterator[Step]:
        begun = self._begin()
        yield Lookup(**begun, queries=tuple(queries))
        if forced:  # the request names them: the model has no other choice, so it need not spell them out
            self.pen.append(protocol.block("lookup", " | ".join(queries)))
        items, facts, missing = [], [], []
        for query in queries:
            found = self._named_items(query)
            if found:
                items.append(found[0])
                facts += [dict(id=i.id, label=i.label, text=i.facts()) for i in found[:3]]
            elif names := self.catalog.lookup.names(query):
                made = self.catalog.lookup.by_name[names[0]]
                facts.append(
                    dict(id=names[0], label=names[0], text=f"{names[0]}: " + ", ".join(i.label for i in made[:8]))
                )
            else:
                missing.append(query)
        self.looked_up += items
        common = shared(self._related_items() or items)
        facts = list({f["id"]: f for f in facts}.values())
        told = "; ".join(f["text"] for f in facts) + (
            ""
            if not common
            else f". Shared: {', '.join(common.people + common.creators) or ', '.join(common.genres + common.themes)}"
        )
        self.pen.append(protocol.block("facts", told[:900] or "none"))
        yield self._done(
            Lookup(
                **begun,
                queries=tuple(queries),
                facts=tuple(facts),
                shared=common.to_dict() if common else {},
                missing=tuple(missing),
            )
        )

    def _profile(self, rules: Sequence[Rule]) -> Iterator[Profile]:
        begun = self._begin()
        must = tuple(c.label for c in self.request.conditions() if c.sort != "not")
        avoid = tuple(c.label for c in self.request.conditions() if c.sort == "not")
        avoid += tuple(r.label for r in rules if r.memory_ids)
        yield Profile(**begun, must=must, avoid=avoid)
        self.pen.open("profile")
        told = f"must: {', '.join(must) or 'nothing'}; avoid: {', '.join(avoid) or 'nothing'}"
        self.pen.append(f"{protocol.plain(told)}\nideal:")
        ideal = "".join(self.pen.choose(self._ideal_openings()))
        ideal += self._whole(protocol.ideal_grammar(), 80, ".\n", f" {protocol.plain(self._wish_text())}")
        ideal = ideal.strip()
        named: tuple[str, ...] = ()
        self.pen.append("memories: ")
        eligible = [a for a in self.aliases if self.judged.get(a, True)] or list(self.aliases)
        if eligible:
            text = self._whole(protocol.memories_grammar(eligible), 6 * len(eligible) + 6, "</profile>", "")
            named = tuple(self.aliases[a].id for a in eligible if f"[{a}]" in text)
        else:
            self.pen.append("none</profile>")
        self.pen.append("\n")
        bound = tuple(i for r in rules for i in r.memory_ids)
        yield self._done(
            Profile(**begun, ideal=ideal, must=must, avoid=avoid, memory_ids=tuple(dict.fromkeys(bound + named)))
        )

    def _rank(self, profile: Profile) -> tuple[Ranking, Ranked]:
        begun = self._begin()
        request = self.request
        ideal = self.encoder.encode([profile.ideal])[0] if profile.ideal else None
        wanted = asked_of.wanted(request, self.telling, self.vector, ideal, self.settings)
        asked = replace(self.asked, wanted=wanted, named=frozenset(profile.memory_ids) | self._evidence(profile))
        self.taste = taste(self.memory, asked)
        ranked = ranking(asked, self.memory, self.catalog)
        self.record.asked = asked
        candidates = tuple(
            dict(
                id=c.item.id, title=c.item.label, score=round(c.score, 4), parts=c.parts,
                memories=[p.id for p in c.patterns] + ([c.neighbour.id] if c.neighbour else []),
            )
            for c in ranked.chosen
        )  # fmt: skip
        return self._done(Ranking(**begun, candidates=candidates, filtered=ranked.filtered, pool=ranked.pool)), ranked

    def _answer(self, ranked: Ranked) -> Iterator[Step]:
        begun = self._begin()
        if not ranked.chosen:
            yield self._done(Answer(**begun, text=f"{self.put_right} {nothing(ranked)}".strip()))
            return
        listed = " ".join(
            f"{n}. {c.item.label}: {', '.join(c.item.genres + c.item.themes[:3])}."
            for n, c in enumerate(ranked.chosen, 1)
        )
        self.pen.append(protocol.block("items", listed))
        self.pen.open("answer")
        text, items = f"{self.put_right} " if self.put_right else "", []
        for piece in self.pen.choose(self._leads([c.item for c in ranked.chosen])):
            text += piece
            yield Answer(**begun, text=text)
        self.pen.append("\n")
        text += "\n"
        for candidate in ranked.chosen:
            head = f"**{_markdown(candidate.item.title)}** ({candidate.item.year}):"
            self.pen.append(protocol.plain(head))
            text += "\n" + head
            yield Answer(**begun, text=text, items=tuple(items))
            parts = self._clauses(candidate)
            given: list[Clause] = []
            for part in parts:
                clause = ""
                for piece in self.pen.choose([c.text for c in part]):
                    clause += piece
                    text += piece
                    yield Answer(**begun, text=text, items=tuple(items))
                given.append(next(c for c in part if c.text == clause))
            self.pen.append("\n")
            text += "\n"
            items.append(card(candidate.item, given))
        self.pen.append("</answer>")
        self.record.items = tuple(c.item for c in ranked.chosen)
        yield self._done(Answer(**begun, text=text.strip(), items=tuple(items)))

    def _ask(self) -> Iterator[Step]:
        kinds = self.request.kinds or self.catalog.kinds
        moods = [
            m
            for m in ("funny", "tense", "hopeful", "thoughtful", "romantic", "epic", "eerie", "warm", "playful")
            if m in self.catalog.vocabulary.counts
        ]
        moods = moods or list(self.catalog.vocabulary.names)
        self.random.shuffle(moods)
        groups: list[list[str]] = [[], [], []]
        for i, mood in enumerate(moods[:9] if len(moods) >= 3 else moods * 3):
            kind = kinds[i % len(kinds)]
            groups[i % 3].append(protocol.plain(f"{'an' if mood[0] in 'aeiou' else 'a'} {mood} {kind}"))
        with held(self.assistant.engine, self.conversation, self.message, self.settings) as self.pen:
            self.pen.open("ask")
            yield from self._stream(
                Ask, protocol.ask_grammar(_OPENINGS, groups, _ENDINGS), 100, "</ask>", "What are you in the mood for?",
                before=self.put_right,
            )  # fmt: skip

    def _talk(self, wish: str) -> Iterator[Step]:
        """Small talk, statements, and questions about items, which are answered from the catalogue."""
        if known := explain(self.message, self.conversation, self.catalog):
            yield known
            return
        items = [m.items[0] for m in self.catalog.lookup.mentions(wish or "") if m.items]
        with held(self.assistant.engine, self.conversation, self.message, self.settings) as self.pen:
            if items:
                yield from self._look_up([i.label for i in items], forced=True)
            self.pen.open("say")
            about = " ".join(f"{i.facts()}. {i.description}" for i in items)
            step = None
            for step in self._stream(
                Say, protocol.say_grammar(), 90, "</say>", "I am here.", hold=bool(about), before=self.put_right
            ):
                yield step
            if about:
                yield self._done(replace(step, text=f"{step.text} {about}", end=None))

    def _part(self, taken: Sequence[Item]) -> Iterator[Step]:
        """A word for somebody who takes something: nothing is recommended, and nothing of it is remembered."""
        begun, text = self._begin(), ""
        title = protocol.plain(taken[0].title) if len(taken) == 1 else ""
        with held(self.assistant.engine, self.conversation, self.message, self.settings) as self.pen:
            self.pen.open("say")
            for piece in self.pen.choose(protocol.partings(title)):
                text += piece
                yield Say(**begun, text=text)
        yield self._done(Say(**begun, text=text))

    def _leads(self, items: Sequence[Item]) -> list[str]:
        before, after = map(protocol.plain, common(items, self.request))
        answers = sum(bool(t.items) for t in self.conversation.turns)
        return protocol.leads([i.kind for i in items], before, after, answers)

    def _was_asked(self) -> bool:
        """Whether the last thing said to the person was a question."""
        turns = self.conversation.turns[:-1]
        return bool(turns) and any(isinstance(s, Ask) for s in turns[-1].steps)

    def _is_over(self) -> bool:
        """Whether the last request has been met, or dropped, since its answer."""
        since: list[str] = []
        for turn in reversed(self.conversation.turns[:-1]):
            if turn.items or turn.request is not None:
                break
            since.append(turn.message)
        return closed(since, self.conversation.shown)

    def _remember(self) -> Iterator[Step]:
        begun = self._begin()
        entries = [*self.reading.entries]
        if self.memory is None:
            note = "a temporary conversation: nothing is written"
            yield self._done(Remember(**begun, state="off", note=note if entries else ""))
            return
        if not entries:
            yield self._done(Remember(**begun, state="nothing"))
            return
        yield Remember(**begun, state="saving")
        try:
            change = self.memory.write(entries, turn=self.record.id)
        except Exception as error:
            log.exception("memory was not saved")
            yield self._done(Remember(**begun, state="failed", note=f"not saved: {error}"))
            return
        groups = {name: tuple(map(_brief, getattr(change, name))) for name in ("same", "refined", "superseded")}
        saved = change.written or change.refined
        note = "" if saved else "known already" if change.same else "switched off"
        yield self._done(
            Remember(**begun, written=tuple(map(_brief, change.written)), **groups, state="saved", note=note)
        )

    # What the steps rest on

    def _stated_limits(self) -> list[Recalled]:
        stated = lasting_limits(self.memory, self.settings.tiers)
        return [Recalled(e, STATED, 1.0, {"stated": 1.0}) for e in stated[:8]]

    def _for_now(self) -> tuple[Entry, ...]:
        stated = self.reading.entries if self.memory is None else ()
        return (*self.reading.passing, *stated)

    def _entries(self, tier: str) -> list[Entry]:
        """Memory of a tier that is switched on."""
        if self.memory is None or tier not in self.settings.tiers:
            return []
        return self.memory.active(tier)

    def _met(self) -> list[Entry]:
        """Records of items; what was seen counts even with its tier switched off."""
        return [] if self.memory is None else self.memory.met()

    def _evidence(self, profile: Profile) -> frozenset[str]:
        """Patterns that rest on a named memory, or that a named part of the profile rests on."""
        named = set(profile.memory_ids)
        found = {p.id for p in self._entries("pattern") if named & set(p.evidence)}
        found |= {i for e in self._entries("profile") if e.id in named for i in e.evidence}
        return frozenset(found)

    def _should_ask(self) -> bool:
        """A newcomer's open request is met with one question, once."""
        new = self.memory is None or not self.memory.entries()
        known = self.reading.entries or self.conversation.passing
        return (
            self.request.open
            and not self.request.surprise
            and new
            and not known
            and self.conversation.questions_asked < MOST_QUESTIONS
        )

    def _usual_kinds(self) -> tuple[str, ...]:
        """Kinds by how often the person met them."""
        met = [r.kind for r in self._met()]
        return tuple(sorted(self.catalog.kinds, key=lambda k: -met.count(k)))

    def _wish_text(self) -> str:
        """The request in the person's own words, with the one that it continues."""
        previous = (
            self.conversation.turns[-2].request if self.request.follow_up and len(self.conversation.turns) > 1 else None
        )
        if previous is None or previous.text in self.request.text:
            return self.request.text
        return f"{previous.text} {self.request.text}"

    def _ideal_openings(self) -> list[str]:
        """How the ideal may begin: with what was asked for."""
        kind = self.request.kinds[0] if len(self.request.kinds) == 1 else "story"
        genre = " ".join(self.request.genres[:2])
        moods = [t for t in self.request.terms if t in TONES | PACES][:2]
        what = protocol.plain(" ".join(filter(None, [", ".join(moods), genre, kind])))
        article = "An" if what[0] in "aeiou" else "A"
        return [f" {article} {what} {follows}" for follows in ("with", "that", "about")]

    def _asked_titles(self) -> list[str]:
        """Titles and names of the request, for look-up."""
        return list(dict.fromkeys([*self.request.titles, *(n[0] for n in self.request.names if n)]))[:6]

    def _related_items(self) -> list[Item]:
        return [i for r in self.request.relations if len(r.items) > 1 for i in r.items]

    def _named_items(self, query: str) -> list[Item]:
        return self.catalog.lookup.titles(query)

    def _titles_to_offer(self) -> list[str]:
        """Titles that were shown in memory and not looked up yet."""
        known = {i.id for i in self.looked_up}
        items = [self.catalog.get(e.item_id) for e in self.aliases.values() if e.item_id]
        return [i.label for i in items if i is not None and i.id not in known][:6]

    def _clauses(self, candidate: Candidate) -> list[list[Clause]]:
        bound = [c.sort for c in self.request.conditions()]
        names = [n for group in self.request.names for n in group] + [
            n for r in self.request.relations for n in r.names
        ]
        near = candidate.neighbour
        close = float(self.catalog.vector(candidate.item.id) @ self.catalog.vector(near.item_id)) if near else 0.0
        wishes = (*self.request.terms, *self.request.genres)
        parts = clauses(candidate, wishes, self.request.like, list(dict.fromkeys(names)), bound, self.taste, close)
        parts = [[replace(c, text=protocol.plain(c.text)) for c in part] for part in parts]
        self.random.shuffle(parts[0])  # two ways to put it, not the same two for every item
        return [parts[0][:2], *parts[1:]]

    def _whole(self, grammar: str, max_tokens: int, stop: str, fallback: str) -> str:
        """What the model writes, in one piece."""
        return "".join(self.pen.write(grammar, max_tokens, stop, fallback))

    def _stream(
        self,
        kind: type[Step],
        grammar: str,
        max_tokens: int,
        stop: str,
        fallback: str,
        openings=("",),
        hold: bool = False,
        before: str = "",
    ) -> Iterator[Step]:
        """A step whose text grows as the model writes, from one of `openings`; `hold` leaves it open for more.

        `before` stands before what the model writes, and is not shown to it.
        """
        begun = self._begin()
        text = f"{before} " if before else ""
        yield kind(**begun, text=text)
        for piece in chain(self.pen.choose(openings), self.pen.write(grammar, max_tokens, stop, fallback)):
            text += piece
            shown = text.removesuffix(stop)
            yield kind(**begun, text=shown)
        step = kind(**begun, text=text.removesuffix(stop).strip())
        yield step if hold else self._done(step)

    def _begin(self) -> dict:
        return {"id": uuid.uuid4().hex[:8], "start": time.time()}

    @staticmethod
    def _done(step: Step) -> Step:
        return replace(step, end=time.time())


def _shown(alias: str, recalled: Recalled) -> dict:
    entry = recalled.entry
    return dict(
        id=entry.id, alias=alias, tier=entry.tier, text=entry.text, aspect=recalled.aspect,
        score=round(recalled.score, 4), parts={k: round(v, 4) for k, v in recalled.parts.items()},
        evidence=list(entry.evidence),
    )  # fmt: skip


def _brief(entry: Entry) -> dict:
    return dict(id=entry.id, tier=entry.tier, text=entry.text, terms=list(entry.terms), value=entry.value)


def _markdown(text: str) -> str:
    """A title that cannot open markup."""
    return "".join(f"\\{c}" if c in "*_[]`#" else c for c in text)
