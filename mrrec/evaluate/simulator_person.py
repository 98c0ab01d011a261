"""A simulated person in a conversation: the stack of what she is going to say, and what a reply puts on it."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from mrrec.agent.steps import Ask, Say, Step
from mrrec.catalog import Item
from mrrec.catalog.items import UNITS
from mrrec.catalog.vocabulary import PACES, TONES, Vocabulary
from mrrec.evaluate import simulator_phrases as p
from mrrec.evaluate.simulator_goals import BINDING, Condition, Goal, Temper

NTH = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
SEEN = {"film": "seen", "book": "read", "game": "played"}
_NOUN = re.compile(r"\b(?:some|any|no)thing \{clause\}|\b(?:ones?|stories|things) \{clause\}", re.I)


@dataclass
class Person:
    """What she knows, has told and is going to say."""

    goal: Goal
    temper: Temper
    draw: random.Random
    vocabulary: Vocabulary
    told: set[int] = field(default_factory=set)  # places of conditions
    told_terms: set[str] = field(default_factory=set)  # dislikes and likes
    told_seen: set[str] = field(default_factory=set)
    shown: list[str] = field(default_factory=list)
    agenda: list[tuple] = field(default_factory=list)  # (move, what it is about …); the last is next
    asked_why: bool = False
    empty_handed: int = 0

    def __post_init__(self) -> None:
        rows = list(range(2 if len(self.goal.conditions) > 2 else 1, len(self.goal.conditions)))
        self.draw.shuffle(rows)
        count = round(self.temper.sharpness * len(self.goal.conditions))
        first = [n for n in range(len(self.goal.conditions)) if n not in rows] + rows
        self.agenda = [("add", n) for n in reversed(first[count:])]
        self.agenda.append(("state", *first[:count]) if count > 1 else ("open",))

    # What she says

    def say(self) -> tuple[str, str]:
        """The topmost move, and its words."""
        while self.agenda:
            move, *about = self.agenda.pop()
            if move == "add" and about[0] in self.told:
                continue
            if move == "change":
                about = [self.goal.changed]
                self.goal = self.goal.after_change()
            return move, self._spoken(getattr(self, f"_{move}")(*about))
        return "lost", self._spoken(self._lost())

    def _spoken(self, text: str) -> str:
        text = text[:1].upper() + text[1:]
        if self.temper.talkativeness < 0.25:  # who says little types little
            return (text[:1].lower() + text[1:] if text[1:2].islower() else text).removesuffix(".")
        return text

    def _open(self) -> str:
        self.told.add(0)  # the verb tells the kind
        return self._put(p.OPEN)

    def _state(self, *places: int) -> str:
        self.told.update(places)
        return self._put(p.STATE, wish=self._wish())

    def _add(self, place: int) -> str:
        return self._put(p.ADD, place)

    def _answer(self, place: int | None) -> str:
        return self._put(p.UNSURE if place is None else p.ANSWER, place)

    def _correct(self, place: int, item: Item) -> str:
        return self._put(p.CORRECT, place, item)

    def _lost(self) -> str:
        return self._put(p.LOST, wish=self._wish())

    def _why(self, item: Item, nth: int) -> str:
        return self._put(p.WHY, item=item, nth=nth)

    def _change(self, place: int) -> str:
        return self._put(p.CHANGE, place)

    def _accept(self, item: Item, nth: int) -> str:
        return self._put(p.ACCEPT, item=item, nth=nth)

    def _give_up(self) -> str:
        return self._put(p.GIVE_UP)

    def _reject(self, reason: str, about, item: Item, nth: int) -> str:
        place, text = (about, "") if isinstance(about, int) else (None, about)
        if reason == "seen":
            self.told_seen.add(item.id)
            return self._put(p.REJECT[SEEN.get(item.kind, "seen")], item=item, nth=nth)
        if text:
            self.told_terms.add(text)
            term = Condition("tone" if text in TONES | PACES else "theme", text)
            return self._put(p.REJECT[reason], item=item, nth=nth, term=text, condition=term)
        more = ""
        if self.draw.random() < self.temper.talkativeness / 2 and (left := self._untold(place)):
            more = " " + self._put(p.ADD, left[0])
        return self._put(p.REJECT[reason], place, item, nth) + more

    def _put(
        self, ways: Sequence[str], place: int | None = None, item: Item | None = None, nth: int = 0, wish: str = "",
        term: str = "", condition: Condition | None = None,
    ) -> str:  # fmt: skip
        way = self.draw.choice(ways)
        if place is not None:
            self.told.add(place)
            condition = self.goal.conditions[place]
        clause = ""
        if condition is not None and (noun := _NOUN.search(way)) and condition.sort in p.BEHIND:
            word = noun.group().lower()
            bare = condition.sort == "tone" and "thing {" in word
            way_in = "{value}" if bare else p.BEHIND[condition.sort]
            clause = self._fill(way_in.replace("that's", "that are") if "s {" in word else way_in, condition)
        elif condition is not None:
            clause = self._fill(self.draw.choice(p.CLAUSES[condition.sort]), condition)
        kind = self.goal.kind
        return way.format(
            clause=clause, wish=wish, term=term, things=things(term, kind), kind=kind, verb=p.VERBS.get(kind, "have"),
            title=item.title if item else "", nth=NTH[nth],
        )  # fmt: skip

    def _fill(self, way: str, condition: Condition) -> str:
        value, kind = condition.value, self.goal.kind
        return way.format(value=value, a=_article(str(value)), kind=kind, unit=UNITS.get(kind, ""))

    def _wish(self) -> str:
        """Everything told, as one noun phrase."""
        rows = [self.goal.conditions[n] for n in sorted(self.told)]
        before = [str(c.value) for sort in ("tone", "genre") for c in rows if c.sort == sort]
        noun = " ".join([*before, self.goal.kind])
        close = [self._fill(p.CLAUSES[c.sort][0], c) for c in rows if c.sort in ("name", "theme")]
        far = [self._fill(self.draw.choice(p.CLAUSES[c.sort]), c) for c in rows if c.sort in _MEASURES]
        return ", ".join([" ".join([_article(noun), noun, *close]), *far])

    def _untold(self, but: int | None = None) -> list[int]:
        return [n for n in range(len(self.goal.conditions)) if n not in self.told and n != but]

    # What she makes of a reply

    def hear(self, step: Step | None, items: Sequence[Item], last: str) -> tuple[dict, ...]:
        """Put moves on the agenda for a reply with `items`; what was wrong with it is returned."""
        wrong: tuple[dict, ...] = ()
        if isinstance(step, Ask) or (isinstance(step, Say) and step.text.rstrip().endswith("?")):
            wrong = self._asked(step.text)
        elif items:
            wrong = tuple(v for i in items if (v := self._violation(i)))
            self._judge(items)
            self.shown += [i.id for i in items]
        elif not (isinstance(step, Say) and last == "why"):
            self.agenda.append(("lost",))
        self.empty_handed = 0 if items or last == "why" else self.empty_handed + 1
        return wrong

    def _asked(self, text: str) -> tuple[dict, ...]:
        about = topics(text, self.vocabulary)
        fitting = [n for n in self._untold() if self.goal.conditions[n].sort in about]
        self.agenda.append(("answer", next(iter(fitting or self._untold()), None)))
        known = {self.goal.conditions[n].sort for n in self.told} & about
        remembered = bool(self.goal.remembered and about & {"tone", "theme", "genre"} and self.goal.likes)
        if known or remembered:
            what = ", ".join(sorted(known)) or "taste"
            return ({"sort": "question", "what": what, "item": ""},)
        return ()

    def _violation(self, item: Item) -> dict | None:
        conditions = [self.goal.conditions[n] for n in sorted(self.told)]
        broken = next((f"{c.sort} {c.value}" for c in conditions if c.sort in BINDING and not c.holds(item)), "")
        hated = [t for t in self.goal.dislikes if t in item.genres + item.themes]
        told = [t for t in hated if t in self.told_terms]
        if item.id in self.shown:
            found = ("repeated", item.title)
        elif broken or told or item.id in self.told_seen:
            found = ("said", broken or (f"no {told[0]}" if told else "seen"))
        elif hated:
            found = ("taste", f"no {hated[0]}")
        else:
            return None
        return {"sort": found[0], "what": found[1], "item": item.id}

    def _judge(self, items: Sequence[Item]) -> None:
        for nth, item in enumerate(items):
            if self.goal.met_by(item):
                self.agenda.append(("accept", item, nth))
                return
        self.agenda.append(self._objection(items))
        if self.goal.change and self.goal.changed in self.told and self.draw.random() < self.temper.fickleness:
            self.agenda[-1] = ("change",)
        elif not self.asked_why and self.draw.random() < self.temper.talkativeness / 2:
            self.asked_why = True
            nth = self.draw.randrange(len(items))
            self.agenda.append(("why", items[nth], nth))

    def _objection(self, items: Sequence[Item]) -> tuple:
        """What she says against items none of which is for her: what most of them lack, or what was told first."""
        for item in items:
            for n in sorted(self.told):
                condition = self.goal.conditions[n]
                if condition.sort in BINDING and not condition.holds(item):
                    return ("correct", n, item)
        reasons: Counter = Counter()
        first: dict[tuple, tuple] = {}
        for nth, item in enumerate(items):
            for reason in self._reasons(item):
                reasons[reason] += 1
                first.setdefault(reason, (item, nth))
        reason = max(reasons, key=lambda r: (r[0] in ("seen", "dislike") and first[r][1] == 0, reasons[r]))
        return ("reject", *reason, *first[reason])

    def _reasons(self, item: Item) -> list[tuple]:
        """(reason, place of a condition or a term) why an item is not for her."""
        found: list[tuple] = [("dislike", t) for t in self.goal.dislikes if t in item.genres + item.themes]
        if item.id in self.goal.seen:
            found.append(("seen", item.id))
        for n, condition in enumerate(self.goal.conditions):
            if not condition.holds(item):
                found.append((_reason(condition, item), n))
        found += [("like", t) for t in self.goal.likes if t not in item.genres + item.themes]
        return found


_MEASURES = ("before", "after", "decade", "length")
_KIND_WORDS = {"film": r"\b(?:films?|movies?)\b", "book": r"\b(?:books?|novels?)\b", "game": r"\bgames?\b"}


def topics(text: str, vocabulary: Vocabulary) -> set[str]:
    """What a question asks about, as sorts of conditions. A kind is asked for where two are named."""
    kinds = {kind for kind, word in _KIND_WORDS.items() if re.search(word, text, re.I)}
    names = {t.name for t in vocabulary.find(text)}
    found = {"kind"} if len(kinds) > 1 else set()
    found |= {"tone"} if names & (TONES | PACES) else set()
    found |= {"genre"} if names & vocabulary.genres else set()
    found |= {"theme"} if names - TONES - PACES - vocabulary.genres else set()
    found |= (
        {"before", "after", "decade"} if re.search(r"\b(?:old|older|new|newer|recent|year|decade)\b", text) else set()
    )
    return found | ({"length"} if re.search(r"\b(?:long|short|shorter|length|time)\b", text, re.I) else set())


def _reason(condition: Condition, item: Item) -> str:
    if condition.sort == "decade":
        return "old" if item.year < condition.value else "new"
    return {"before": "new", "after": "old", "length": "long"}.get(condition.sort, "missing")


def things(term: str, kind: str) -> str:
    """A term as a thing that one can like.

    >>> things("bleak", "film"), things("heist", "film")
    ('bleak films', 'heist')
    """
    return f"{term} {kind}s" if term in TONES | PACES else term


def _article(text: str) -> str:
    return "an" if text[:1].lower() in "aeiou" else "a"
