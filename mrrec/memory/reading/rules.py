"""What the rules alone make of a message: facts to remember, commands to the memory, and what is left as a request.

They are written over a plain form of it; the encoder is asked only for what the catalogue's own words do not settle.
What is in doubt is left out: a missing memory costs one more hint, a false one costs trust.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mrrec.catalog import Catalog, Item
from mrrec.embed import Encoder
from mrrec.memory.entry import EVENT_VALUE, Entry
from mrrec.memory.reading import limits, orders
from mrrec.memory.reading import phrases as p
from mrrec.memory.reading.clauses import LOOSE_REQUEST, Clause, asks_nothing, joined, opened, split
from mrrec.memory.reading.plain import Text, plain_text
from mrrec.memory.reading.targets import KIND_ONLY, TRAILING, Target, Targets, kind_of

# What outweighs what, where a message tells several things of one item
RANK = {"seen": 0, "finished": 1, "abandoned": 2, "liked": 3, "disliked": 3, "rated": 4}
Place = tuple[int, int]  # in the plain form


@dataclass(frozen=True)
class Command:
    """What the person asks of the memory itself.

    `action` is list, forget, forget_all, undo, remember or correct; `phrase` its object in the person's words, with
    the `terms`, `names` and `item_ids` that it names; `polarity` of what is to be forgotten, 0 where it is not said.
    """

    action: str
    phrase: str = ""
    polarity: int = 0
    terms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    item_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A message taken apart. `passing` holds for this conversation only, and stays in `rest`, the request."""

    entries: tuple[Entry, ...] = ()
    command: Command | None = None
    rest: str = ""
    passing: tuple[Entry, ...] = ()


def read_by_rules(
    message: str, catalog: Catalog, encoder: Encoder, shown: Sequence[Item] = (), now: float = 0.0
) -> Reading:
    """What the rules alone make of a message."""
    text = plain_text(message, catalog.lookup.mentions(message), catalog.lookup.known)
    return _Reader(text, Targets(text, catalog, encoder, tuple(shown)), now).read()


class _Reader:
    """Reads one message, sentence by sentence, clause by clause."""

    def __init__(self, text: Text, targets: Targets, now: float):
        self.text, self.targets, self.now = text, targets, now
        self.entries: list[Entry] = []
        self.passing: list[Entry] = []
        self.command: Command | None = None
        self.own = False  # what was last spoken of, the person met themselves
        self.sign = 0  # whether the last clause, anybody's, was for or against
        self.revised = False  # whether the last clause takes back an opinion, without telling the new one
        self.timed = False  # whether the clause at hand is of today only
        self.told = False  # "remember that …": what follows need not be about films, books or games

    def read(self) -> Reading:
        rest = "".join(self._sentence(*s) for s in self.text.sentences()).strip()
        if not self.entries and not self.command:
            rest = self.text.raw
        elif p.COURTESY.match(plain_text(rest).plain):
            rest = ""
        return Reading(merged(self.entries), self.command, rest, merged(self.passing))

    # Sentences and clauses

    def _sentence(self, start: int, end: int, stop: int) -> str:
        """Read a sentence; what is left of it, with the space after it."""
        rest = self._obey(start, end, stop)
        if rest is None and not p.IRONY.search(self.text.plain[start:stop]):
            before = len(self.entries)
            rest = self._clauses(start, end, stop)
            rest = self._limits(before, rest, start, stop)
        return self.text.words(start, stop, after=True) if rest is None else rest

    def _limits(self, before: int, rest: str | None, start: int, stop: int) -> str | None:
        """Keep a sentence that states a lasting limit, unless its clauses, the entries from `before`, did."""
        words = self.text.words(start, stop).strip()
        found = limits.stated(words)
        if not found:
            return rest
        made = self.entries[before:]
        others = [e for e in made if e.item_id or (e.topics and not limits.stated(e.text))]
        others += [e for e in made if e not in others and e.value > 0 and not all(map(p.SPURIOUS.fullmatch, e.topics))]
        if whole := [e for e in made if not (e.topics or e.item_id) and limits.stated(e.text)]:
            self.entries[before:] = [*others, *whole]
            return rest
        kinds = {limit.kind for limit in found}
        fact = Entry(id="", tier="record", event="said", text=words, kind=kinds.pop() if len(kinds) == 1 else "",
                     strength=0.5, when=self.now)  # fmt: skip
        self.entries[before:] = [*others, fact]
        asks = any(p.REQUEST.match(part) for part in re.split(r" (?:,|and|but|so|;|:) ", self.text.plain[start:stop]))
        return rest if asks else ""

    def _clauses(self, start: int, end: int, stop: int) -> str | None:
        """Read the clauses of a sentence; what is left of it, None where that is all of it."""
        plain = self.text.plain
        asks = "?" in plain[end:stop]
        spans = split(plain, start, end, asks or plain[start:end].endswith(" please"))
        left: list[Place] = []
        mine, theirs, said = 1, False, False
        self.sign *= self.own
        for a, b in spans:
            words = plain[a:b]
            clause = opened(plain, a, b, mine)
            first = bool(re.match(rf"{p.ME} ", clause.text))
            theirs = (theirs and not first) or bool(p.ATTRIBUTED.match(words) or p.CONDITION.match(words))
            self.timed = bool(p.PASSING.search(words))
            question = (asks and b == end) or bool(p.QUESTION.match(words))
            reason = said and bool(p.REASON.match(words))
            said = self._clause(clause, mute=question or theirs) or reason
            if not said:
                left.append((a, b))
            if said or (first and not question):
                mine = 2
            elif not p.COURTESY.match(words) and not clause.text.startswith("it "):
                mine = 0
        if len(left) == len(spans):
            return None
        return self._left([s for s in left if not asks_nothing(plain[slice(*s)])], start, end, stop)

    def _left(self, spans: Sequence[Place], start: int, end: int, stop: int) -> str:
        """The clauses at `spans` in the person's words, with the marks that end the sentence."""
        if not spans:
            return ""
        whole = self.text.words(start, stop, after=True)
        marks = whole[len(self.text.words(start, end)) :]
        return " ".join(self.text.words(a, b) for a, b in spans) + marks

    def _clause(self, clause: Clause, mute: bool) -> bool:
        """Read a clause, unless it is `mute`; whether it was a statement, to be taken out of the request."""
        if not mute:
            for read in (
                self._rated, self._for_now, self._echo, self._swap, self._frame, self._verb, self._fact, self._verdict,
            ):  # fmt: skip
                taken = read(clause)
                if taken is not None:
                    self.revised = False
                    return taken
        self.revised = False
        self._note(clause)
        return False

    def _note(self, clause: Clause) -> None:
        """Keep in mind what a clause speaks of, though it states nothing: a pronoun may come."""
        if back := p.SPOKEN_OF.search(clause.text):  # "I take it back about westerns: …"
            about = self.targets.of(clause.start + back.end(), clause.end)
            self.targets.topic, self.own, self.sign = tuple(about), False, 0
            self.revised = bool(re.match(rf"{p.ME} ", clause.text)) and any(t.terms or t.names for t in about)
            return
        verb = p.ANYONES.search(clause.text)
        against = verb and (p.AGAINST.search(verb["verb"]) or p.NEGATION.search(clause.text))
        self.sign = (-1 if against else 1) if verb else 0
        found = [t for t in self.targets.of(clause.start + (verb.end() if verb else 0), clause.end) if t.worth]
        found = found if any(t.items for t in found) else self.targets.titles(clause.text) or found
        if any(t.items for t in found) or verb or len(clause.text.split()) <= 4:
            if found:
                self.targets.topic, self.own = tuple(found), False
        elif not re.match(r"(?:it|they|that|this) ", clause.text):
            self.targets.topic, self.own = (), False

    # Statements. Each returns None where the clause is none of its sort, else whether it is to be taken out

    def _rated(self, clause: Clause) -> bool | None:
        """ "I'd give Heat 9/10", "4 stars for Dune"."""
        found = p.RATING.search(clause.text)
        if not found or p.OTHERS.search(re.sub(rf"^{p.ME} (?:would )?", "", clause.text)):
            return None
        got = p.NUMBERS.get(found["got"]) or float(found["got"].replace(",", "."))
        best = found["best"] or found["stars"] or "5"
        best = float(p.NUMBERS.get(best) or best)
        if not 0 <= got <= best or best < 2:
            return None
        value = max(-1.0, 2 * (got + 0.5 * bool(found["half"]) - 1) / (best - 1) - 1)
        return self._state(clause, self._graded(clause, found), round(value, 3), event="rated")

    def _graded(self, clause: Clause, rating: re.Match) -> list[Target]:
        """The title beside a rating, an item of the last answer, or what was spoken of just now."""
        plain = self.text.plain
        for start, end in (
            (clause.start, clause.start + rating.start()),
            (clause.start + rating.end(), clause.end),
        ):
            start += len(plain[start:end]) - len(plain[start:end].lstrip())
            if opening := p.RATES_BEFORE.match(plain, start, end):
                start = opening.end()
            part = p.RATES_AFTER.sub("", plain[start:end].rstrip())
            if part.strip():
                target = self.targets.one(start, start + len(part), doing="rated")
                words = self.text.words(start, start + len(part))
                if not (target and target.items) and (named := self.targets.catalog.lookup.titles(words)):
                    target = Target(words, items=tuple(self.targets.chosen(named, "")))
                return [target] if target and (target.items or target.title) else []
        return [t for t in self.targets.topic if t.items and self.own]

    def _for_now(self, clause: Clause) -> bool | None:
        """ "Not in the mood for horror", "nothing scary tonight": stays in the request."""
        for pattern, needs_time in p.ASKED_NOW:
            found = pattern.match(clause.text)
            if found and (self.timed or not needs_time):
                made = [e for e in self._entries(clause, self._objects(clause, found), -0.6) if e.event == "said"]
                self.passing += made
                return False if made else None
        return None

    def _echo(self, clause: Clause) -> bool | None:
        """ "My wife loves musicals. Me too." and "… but not horror"."""
        same = bool(p.SAME_HERE.match(clause.text)) - bool(p.NOT_SO_HERE.match(clause.text))
        if same:
            return self._state(clause, self._meant(), 0.65 * same * (self.sign or 1))
        if (found := p.LIKEWISE.match(clause.text)) and self.own and self.sign < 0:
            return self._state(clause, self._objects(clause, found), -0.6)
        if (found := p.TURN.match(clause.text)) and (self.told or (self.sign and clause.mine)):
            return self._state(clause, self._objects(clause, found), -0.8 if self.told else -0.6 * self.sign)
        return None

    def _swap(self, clause: Clause) -> bool | None:
        """ "I swapped westerns for noir": one is over, the other liked, where both are words of the catalogue."""
        found = p.SWAP.match(clause.text)
        if not found:
            return None
        over, now = (self.targets.of(*_spot(clause, found, group), ask=True) for group in ("old", "new"))
        over, now = ([t for t in about if t.terms or t.names] for about in (over, now))
        if not over or not now:
            return None
        made = [*self._entries(clause, over, -0.6, place=_spot(clause, found, "old"))]
        made += self._entries(clause, now, 0.75, place=_spot(clause, found, "new"))
        return self._keep(clause, made) if made else None

    def _frame(self, clause: Clause) -> bool | None:
        """ "Musicals bore me", "my favourite director is Kurosawa": the object stands elsewhere."""
        short = p.trimmed(clause.text, TRAILING)
        for pattern, value in p.FRAMES:
            found = pattern.match(clause.text) or pattern.match(short)
            obj = re.sub(r" without .*$", "", found["obj"]) if found else ""
            if not obj or p.OTHERS.search(obj) or re.search(r" (?:almost|nearly)$", obj):
                continue
            if p.NEGATION.search(found.groupdict().get("mod") or ""):
                value = -0.85 * value if value > 0 else 0.2
            around = clause.text.replace(found["obj"], " ")
            doing = "loved" if re.search(r"\b(?:was|were|films?|books?|games?|novels?)\b", around) else ""
            return self._state(clause, self._objects(clause, found, doing), value, place=_place(clause, found))
        return None

    def _verb(self, clause: Clause) -> bool | None:
        """ "I love westerns", "gave up on Ulysses"."""
        doubt = p.DOUBT.match(clause.text)
        text = clause.text[doubt.end() :] if doubt else clause.text
        found = p.STATEMENT.match(text) or p.TOPIC.match(text)
        bare = clause.mine and (p.BARE.match(text) or (clause.mine > 1 and p.FOLLOWS.match(text)))
        if not found or not (found["me"] or bare):
            return None
        sense = _sense(found, bool(doubt))
        if sense is None:
            return None
        verb, place = found["verb"], None
        if found["obj"]:
            offset = clause.start + (doubt.end() if doubt else 0)
            place = (offset + found.start("obj"), offset + found.end("obj"))
            if neither := re.match(r"neither ", found["obj"]):  # "I like neither horror nor war films"
                place = (place[0] + neither.end(), place[1])
                sense = -sense if isinstance(sense, float) else sense
        about = self.targets.of(*place, ask=True, doing=verb) if place else self._meant()
        titles = [t for t in about if t.items or t.title]
        if titles and sense in (p.DOES, p.DOES_OFTEN):
            sense = "seen"
        if isinstance(sense, str):
            return self._state(clause, titles, EVENT_VALUE[sense], sense, place)
        if titles and sense < 0 and "get into " in text:
            return self._state(clause, titles, EVENT_VALUE["abandoned"], "abandoned", place)
        if p.HABIT.match(verb):
            about = [t for t in about if t not in titles]
        if sense == p.DOES:  # "I watch westerns", while "I watch the news" says nothing
            about = [t for t in about if t.names or self.targets.genres(t.terms)]
        return self._state(clause, about, _put(sense, found["mods"], clause.text, bool(doubt)), place=place)

    def _meant(self) -> list[Target]:
        """What was spoken of just now, for a verb without an object: "Horror? Hate it"."""
        return [] if self.own else [replace(t, via=t.words, sign=1) for t in self.targets.topic]

    def _fact(self, clause: Clause) -> bool | None:
        """ "I'm squeamish", "I watch with my seven-year-old": no verb of liking, and yet it matters."""
        me = re.match(rf"{p.ME} ", clause.text)
        if not me:
            return None
        words = self.text.words(clause.start, clause.end)
        entry = Entry(id="", tier="record", event="said", text=words, when=self.now)
        for pattern, terms, value in p.STATES:
            if pattern.search(clause.text):
                if p.NEGATION.search(clause.text):
                    return None
                known = tuple(t for t in terms if t in self.targets.catalog.vocabulary.counts)
                return self._keep(clause, [entry.with_(terms=known, value=value, strength=-value)])
        if not self.told and not any(f.match(clause.text, me.end()) for f in p.FACTS):
            return None
        if p.SPAN.search(clause.text) and not p.HABITUAL.search(clause.text) and not self.told:
            self.passing.append(entry)  # "I have two hours"
            return False
        return self._keep(clause, [entry])

    def _verdict(self, clause: Clause) -> bool | None:
        """ "Heat was great", "the second one was boring", "Just finished Piranesi, wonderful"."""
        found = p.VERDICT.match(clause.text)
        if not found:
            return None
        value = 0.9 if found["fine"] else -0.9
        if found["not"]:
            value = -0.7 if found["fine"] else 0.3
        if not found["obj"]:
            about = [t for t in self.targets.topic if t.items] if self.own and clause.mine else []
            return self._state(clause, about, value)
        if p.OTHERS.search(found["obj"]) and not self.revised:
            return None
        place = _place(clause, found)
        about = [t for t in self._objects(clause, found) if not t.via or t.items or self.revised]
        if about and all(t.items or t.title for t in about):
            return self._state(clause, about, value, place=place)
        generic = (
            found["be"] in ("is", "are") and re.search(r"s$|^\w+$", found["obj"]) and not p.THE.match(found["obj"])
        )
        if not generic or p.DESCRIBES.match(clause.text, found.start("how")):
            return None
        return self._state(clause, [t for t in about if t.terms or t.names], 0.75 * value, place=place)

    # Writing down

    def _objects(self, clause: Clause, found: re.Match, doing: str = "") -> list[Target]:
        return self.targets.of(*_place(clause, found), ask=True, doing=doing)

    def _state(
        self, clause: Clause, about: Sequence[Target], value: float, event: str = "", place: Place | None = None
    ) -> bool | None:
        """Write down what is said of each target; None where none is worth it, else whether it is to be taken out."""
        made = self._entries(clause, about, value, event, place)
        if not made:
            return None
        self.targets.topic, self.own, self.sign = tuple(about), True, 1 if value > 0 else -1
        return self._keep(clause, made)

    def _keep(self, clause: Clause, made: Sequence[Entry]) -> bool:
        if self.timed and all(e.event == "said" for e in made):
            self.passing += made
            return False
        self.entries += made
        return True

    def _entries(
        self, clause: Clause, about: Sequence[Target], value: float, event: str = "", place: Place | None = None
    ) -> list[Entry]:
        """One entry for each title, one for each taste. `place` is where a list of targets stands."""
        several = place if len(about) > 1 else None
        made: list[Entry] = []
        for target in about:
            words, worth = self._words(clause, target, several), value * target.sign
            if target.items or target.title:
                made += self._met(target, words, worth, event)
            elif not event and self._counts(clause, target, worth):
                made.append(
                    Entry(
                        id="", tier="record", event="said", text=words,
                        kind=target.kind or kind_of(clause.setting) or kind_of(clause.text),
                        terms=target.terms, names=target.names, value=round(worth, 3),
                        strength=round(abs(worth), 3), when=self.now,
                    )
                )  # fmt: skip
        return made

    def _met(self, target: Target, words: str, value: float, event: str) -> list[Entry]:
        """What happened with titles; of one that the catalogue lacks, the words."""
        event = event or ("liked" if value > 0.25 else "disliked" if value < -0.25 else "seen")
        worth = value if event == "rated" else EVENT_VALUE[event]
        strength = max(0.5, round(abs(value), 3))
        entry = Entry(id="", tier="record", event=event, text=words, value=worth, strength=strength, when=self.now)
        return [entry.with_(item_id=i.id, kind=i.kind) for i in target.items] or [entry.with_(kind=target.kind)]

    def _counts(self, clause: Clause, target: Target, value: float) -> bool:
        """Whether a taste is worth writing down: not "I love films", nor what was liked as a child."""
        if p.LONG_AGO.search(clause.setting) or (value > 0 and KIND_ONLY.fullmatch(target.words.lower())):
            return False
        return target.worth or self.told

    def _words(self, clause: Clause, target: Target, several: Place | None) -> str:
        """The person's own words for one target: the clause, or its frame with this member of the list."""
        words = self.text.words(clause.start, clause.end)
        if several and target.sign < 0:
            words = f"not {target.words}"
        elif several:
            parts = (self.text.words(clause.start, several[0]), target.words, self.text.words(several[1], clause.end))
            words = " ".join(part for part in parts if part)
        return f"{words} ({target.via})" if target.via else words

    # Commands

    def _obey(self, start: int, end: int, stop: int) -> str | None:
        """Read a command to the memory; what is left of its sentence, None where there is none."""
        plain = self.text.plain
        for a, _ in split(plain, start, end, loose=True)[1:]:
            if p.REQUEST.match(plain[a:end]) or LOOSE_REQUEST.match(plain[a:end]):
                order = joined(plain[start:a])
                if not orders.IDIOM.match(order) and self._order(order, start):
                    return self.text.words(a, stop, after=True)
                return None
        return "" if self._order(plain[start:end], start) else None

    def _order(self, sentence: str, start: int) -> bool:
        """Read `sentence` as a command; whether it is one."""
        for action, pattern in orders.COMMANDS:
            if pattern.match(sentence):
                self.command = Command(action)
                return True
        if (found := orders.FORGET.match(sentence)) and not orders.NOT_FORGET.search(sentence):
            return self._forget(found, start)
        if found := orders.NEVER_SAID.match(sentence):
            return self._about("correct", start + found.start("obj"), start + found.end("obj"))
        if (found := orders.CORRECT.match(sentence)) and not orders.is_assent(found):
            return self._tell("correct", start + found.start("obj"), start + found.end("obj"))
        if (found := orders.REMEMBER.match(sentence)) and not orders.NOT_REMEMBER.match(sentence):
            return self._tell("remember", start + found.start("obj"), start + found.end("obj"))
        return False

    def _forget(self, found: re.Match, start: int) -> bool:
        """ "Forget that I like westerns", "delete what you know about horror"."""
        if not orders.is_of_memory(found):
            return False
        at = found.start("what") if orders.POSSESSED.match(found["what"] + found["obj"]) else found.start("obj")
        if p.PASSING.search(found.string) and not orders.DONE_THEN.search(found.string):
            self._leave_aside(start + found.start("obj"), start + found.end("obj"))
            return False
        return self._about("forget", start + at, start + found.end("obj"))

    def _leave_aside(self, start: int, end: int) -> None:
        """ "Forget my westerns for tonight": nothing is forgotten, and it holds for now."""
        told = [e for e in self._aside(start, end) if e.event == "said"]
        clause = Clause(self.text.plain[start:end], start, end, 0)
        self.passing += [e.with_(value=-0.8 * e.value) for e in told] or [
            e for e in self._entries(clause, self.targets.of(start, end, ask=True), -0.6) if e.event == "said"
        ]

    def _about(self, action: str, start: int, end: int) -> bool:
        """A command about what the person is held to like or not."""
        sign = 0
        about: Sequence[Target | Entry] = ()
        if owned := orders.POSSESSED.match(self.text.plain[start:end]):
            sign = -1 if owned["bad"] else 1 if owned["good"] else 0
            start, end = start + owned.start("obj"), start + owned.end("obj")
        else:
            about = self._aside(start, end)
            sign = about[0].polarity if about else 0
        if not about and (owned or action == "forget"):
            about = self.targets.of(start, end, ask=True)
        if not about:
            return False
        self.command = self._made(action, start, end, sign, about)
        return True

    def _aside(self, start: int, end: int) -> list[Entry]:
        """What `plain[start:end]` would teach, without learning it."""
        held = self.entries, self.passing, self.told
        self.entries, self.passing, self.told = [], [], True
        self._clauses(start, end, end)
        found = self.entries + self.passing
        self.entries, self.passing, self.told = held
        return found

    def _tell(self, action: str, start: int, end: int) -> bool:
        """ "Remember that I …", "that's wrong, I …": what follows is learnt. Orders to the assistant are not."""
        before = len(self.entries)
        if orders.OWN.match(self.text.plain[start:end]):
            self.told = action == "remember"
            self._clauses(start, end, end)
            self.told = False
        learnt = self.entries[before:]
        if action == "correct" and not learnt and start < end:
            return False
        self.command = self._made(action, start, end, 0, learnt)
        return True

    def _made(self, action: str, start: int, end: int, sign: int, about: Sequence[Target | Entry]) -> Command:
        ids = [i for a in about for i in ([a.item_id] if isinstance(a, Entry) else [i.id for i in a.items]) if i]
        terms, names = ([v for a in about for v in getattr(a, of)] for of in ("terms", "names"))
        return Command(action, self.text.words(start, end), sign, _unique(terms), _unique(names), _unique(ids))


def merged(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """One entry for each fact: of a title what tells most, of what contradicts the later."""
    kept: dict[tuple, Entry] = {}
    for entry in entries:
        about = (entry.terms, entry.names) if entry.terms or entry.names else (entry.text,)
        key = (entry.item_id,) if entry.item_id else (entry.event, entry.kind, *about)
        old = kept.get(key)
        if old and entry.item_id and RANK[old.event] > RANK[entry.event]:
            continue
        if old and not entry.item_id and old.polarity == entry.polarity and old.strength >= entry.strength:
            continue
        kept[key] = entry
    return tuple(kept.values())


def _sense(found: re.Match, doubt: bool) -> p.Sense:
    """What a verb says with its modifiers: a value, the event of a title, or nothing."""
    verb, habit = found["verb"], bool(p.HABIT.match(found["verb"]))
    mods = re.sub(r"\b(?:can|could) ((?:\w+ )?(?:not|never|hardly|barely))\b", r"\1", found["mods"])
    mods = re.sub(r"\bnever (?:can|could)\b", "never", mods)
    if habit:
        mods = re.sub(r"\b(?:will|would) (not|never)\b", r"\1", mods)
    if p.HYPOTHETICAL.search(mods):
        return None
    negated = (len(p.NEGATION.findall(mods)) + doubt) % 2 == 1
    if (
        not negated
        and verb in ("read", "watch", "play")
        and not p.MANNER.match(found["obj"] or "")
        and (not mods or p.OFTEN.search(mods))
    ):
        return p.DOES_OFTEN if mods else p.DOES
    sense = next((no if negated else yes for pattern, yes, no in p.VERBS if pattern.fullmatch(verb)), None)
    yet = negated and re.search(r"\bha(?:ve|d) not\b", mods)  # "I haven't finished Dune" is no verdict
    if (yet and (habit or isinstance(sense, str))) or (
        habit and isinstance(sense, float) and re.search(r"\b(?:have|had|did|was)\b", mods)
    ):
        return None
    return sense


def _put(sense: float, mods: str, said: str, doubt: bool) -> float:
    """The value of a verb as it was put: more or less strongly, or of the past."""
    if re.search(r"\b(?:used? to|once)\b", mods):
        return -0.5 if sense > 0 else 0.4
    if doubt or p.WEAKER.search(said):
        return 0.8 * sense
    if p.STRONGER.search(said):
        return max(-1.0, min(1.0, 1.15 * sense))
    return sense


def _place(clause: Clause, found: re.Match) -> Place:
    return _spot(clause, found, "obj")


def _spot(clause: Clause, found: re.Match, group: str) -> Place:
    return clause.start + found.start(group), clause.start + found.end(group)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
