"""What a person's own message teaches: facts to remember, commands to the memory, and what is left as a request.

Rules over a plain form of the message; the encoder is asked only for what the catalogue's own words do not settle.
What is in doubt is left out: a missing memory costs one more hint, a false one costs trust.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mrrec.catalog import Catalog, Item
from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import Mention
from mrrec.embed import Encoder
from mrrec.memory import phrases as p
from mrrec.memory.entry import EVENT_VALUE, Entry
from mrrec.memory.plain import Text, plain_text

SAME = 0.70  # cosine from which a phrase is written down under a term of the catalogue
KIND_WORDS = {
    "film": "films? cinema watch watched watching saw documentar(?:y|ies) on-screen",
    "book": "books? novels? read reading reread fiction",
    "game": "games? play played playing gaming gamer",
}
_KIND = {kind: re.compile(rf"\b(?:{words.replace(' ', '|')})\b") for kind, words in KIND_WORDS.items()}
# What outweighs what, where a message tells several things of one item
RANK = {"seen": 0, "finished": 1, "abandoned": 2, "liked": 3, "disliked": 3, "rated": 4}


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


def read_message(
    message: str, catalog: Catalog, encoder: Encoder, shown: Sequence[Item] = (), now: float | None = None
) -> Reading:
    """Read a person's own `message`; `shown` are the items of the last answer, in their order."""
    text = plain_text(message, catalog.lookup.mentions(message), catalog.lookup.known)
    return _Reader(text, catalog, encoder, tuple(shown), time.time() if now is None else now).read()


@dataclass(frozen=True)
class _Target:
    """What a statement is about; `sign` is -1 where a list turns ("but not musicals")."""

    words: str
    sign: int = 1
    items: tuple[Item, ...] = ()
    names: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    kind: str = ""
    title: bool = False  # reads as a title, though the catalogue lacks it
    via: str = ""  # what a pronoun stands for
    worth: bool = True  # about films, books or games, as far as can be told


@dataclass(frozen=True)
class _Clause:
    """A clause without the words that open it; `start` and `end` are places in the plain form."""

    text: str
    start: int
    end: int
    mine: int  # a verb without "I" is the person's own: 1 at the head of a sentence, 2 after a clause of their own
    setting: str = ""  # "in games I like …"


@dataclass
class _Reader:
    text: Text
    catalog: Catalog
    encoder: Encoder
    shown: tuple[Item, ...]
    now: float
    entries: list[Entry] = field(default_factory=list)
    passing: list[Entry] = field(default_factory=list)
    command: Command | None = None
    last: tuple[_Target, ...] = ()  # what "it" and "them" would mean
    own: bool = False  # and the person told of meeting that themselves
    sign: int = 0  # whether the last clause, anybody's, was for or against
    told: bool = False  # "remember that …": what follows need not be about films, books or games

    def read(self) -> Reading:
        rest = "".join(self._sentence(*s) for s in self.text.sentences()).strip()
        if not self.entries and not self.command:
            rest = self.text.raw
        elif p.COURTESY.match(plain_text(rest).plain):
            rest = ""
        return Reading(_merged(self.entries), self.command, rest, _merged(self.passing))

    # Sentences and clauses

    def _sentence(self, start: int, end: int, stop: int) -> str:
        """Read a sentence; what is left of it, with the space after it."""
        whole = self.text.words(start, stop, after=True)
        rest = self._obey(start, end, stop)
        if rest is None and not p.IRONY.search(self.text.plain[start:stop]):
            rest = self._clauses(start, end, stop)
        return whole if rest is None else rest

    def _clauses(self, start: int, end: int, stop: int) -> str | None:
        """Read the clauses of a sentence; what is left of it, None where that is all of it."""
        plain, said = self.text.plain, []
        asks = "?" in plain[end:stop]
        spans = _split(plain, start, end, asks or plain[start:end].endswith(" please"))
        mine, theirs = 1, False
        self.sign *= self.own
        for i, (a, b) in enumerate(spans):
            clause = _opened(plain, a, b, mine)
            first = bool(re.match(rf"{p.ME} ", clause.text))
            theirs = (theirs and not first) or bool(p.ATTRIBUTED.match(plain[a:b]))
            theirs = theirs or bool(re.match(r"(?:as|so) long as |provided ", plain[a:b]))
            question = (asks and i == len(spans) - 1) or bool(p.QUESTION.match(plain[a:b]))
            reason = bool(said) and said[-1] and bool(re.match(r"(?:because|as|since|when|if|even) ", plain[a:b]))
            said.append(self._clause(clause, question or theirs) or reason)
            if said[-1] or (first and not question):
                mine = 2
            elif not p.COURTESY.match(plain[a:b]) and not clause.text.startswith("it "):
                mine = 0
        if not any(said):
            return None
        left = [s for s, taken in zip(spans, said, strict=True) if not taken and not _empty(plain[slice(*s)])]
        rest = " ".join(self.text.words(a, stop if b == end else b, after=b == end) for a, b in left)
        if left and left[-1][1] != end:
            rest += self.text.raw[self.text.span(start, end)[1] : self.text.span(start, stop)[1]]
            rest += self.text.words(start, stop, after=True)[len(self.text.words(start, stop)) :]
        return rest

    def _clause(self, clause: _Clause, mute: bool) -> bool:
        """Read a clause, unless it is `mute`; whether it was a statement, to be taken out of the request."""
        if not mute:
            for read in (self._rated, self._for_now, self._echo, self._frame, self._verb, self._fact, self._verdict):
                taken = read(clause)
                if taken is not None:
                    return taken
        self._note(clause)
        return False

    def _note(self, clause: _Clause) -> None:
        """Keep in mind what a clause speaks of, though it states nothing: a pronoun may come."""
        verb = re.search(rf"\b(?P<verb>{p.VERB}|loves|likes|hates|dislikes|enjoys|adores) ", clause.text)
        against = verb and (
            re.search(r"hate|dislike|stand|loathe|detest", verb["verb"]) or p.NEGATION.search(clause.text)
        )
        self.sign = (-1 if against else 1) if verb else 0
        start = clause.start + (verb.end() if verb else 0)
        found = [t for t in self._targets(start, clause.end) if t.items or t.names or t.terms or t.worth]
        if any(t.items for t in found) or verb or len(clause.text.split()) <= 4:
            self.last, self.own = tuple(found) or self.last, False
        elif not re.match(r"(?:it|they|that|this) ", clause.text):
            self.last, self.own = (), False

    # Statements

    def _rated(self, clause: _Clause) -> bool | None:
        """ "I'd give Heat 9/10", "4 stars for Dune"."""
        found = p.RATING.search(clause.text)
        if not found or p.OTHERS.search(re.sub(r"\bi would\b", "", clause.text)):
            return None
        got = p.NUMBERS.get(found["got"]) or float(found["got"].replace(",", "."))
        best = found["best"] or found["stars"] or "5"
        best = float(p.NUMBERS.get(best) or best)
        if not 0 <= got <= best or best < 2:
            return None
        value = max(-1.0, 2 * (got + 0.5 * bool(found["half"]) - 1) / (best - 1) - 1)
        return self._state(clause, self._graded(clause, found), round(value, 3), event="rated")

    def _graded(self, clause: _Clause, rating: re.Match) -> list[_Target]:
        """The title beside a rating, an item of the last answer, or what was spoken of just now."""
        halves = ((clause.start, clause.start + rating.start()), (clause.start + rating.end(), clause.end))
        for start, end in halves:
            part = self.text.plain[start:end].rstrip()
            opening = p.RATES_BEFORE.match(part.lstrip() + " ")
            start += len(part) - len(part.lstrip()) + (opening.end() if opening else 0)
            part = p.RATES_AFTER.sub("", self.text.plain[start:end].rstrip())
            if part.strip():
                target = self._target(start, start + len(part), doing="rated")
                if target and not target.items:
                    named = self.catalog.lookup.titles(target.words)
                    target = replace(target, items=tuple(self._chosen(named, "")))
                return [target] if target and (target.items or target.title) else []
        return [t for t in self.last if t.items and self.own]

    def _for_now(self, clause: _Clause) -> bool | None:
        """ "Not in the mood for horror", "nothing scary tonight": stays in the request."""
        timed = bool(p.PASSING.search(clause.text))
        for pattern, needs_time in p.ASKED_NOW:
            found = pattern.match(clause.text)
            if found and (timed or not needs_time):
                targets = self._targets(*self._place(clause, found), ask=True)
                made = [e for t in targets for e in self._entries(clause, t, -0.6 * t.sign, "", len(targets) > 1)]
                self.passing += [e for e in made if e.event == "said"]
                return False if made else None
        return None

    def _echo(self, clause: _Clause) -> bool | None:
        """ "My wife loves musicals. Me too." and "… but not horror"."""
        same = bool(p.SAME_HERE.match(clause.text)) - bool(p.NOT_SO_HERE.match(clause.text))
        if same:
            targets = [] if self.own else [replace(t, via=t.words, sign=1) for t in self.last]
            return self._state(clause, targets, 0.65 * same * (self.sign or 1))
        turn = re.match(r"(?:not|never|no|nothing|anything but) (?P<obj>.+?)(?: (?:, )?but .*)?$", clause.text)
        likewise = re.match(
            r"(?:nor|neither) (?:is|are|do i \w+|can i \w+|am i \w+(?: \w+)?) (?P<obj>.+)$", clause.text
        )
        if likewise and self.sign < 0 and self.own:
            return self._state(clause, self._targets(*self._place(clause, likewise), ask=True), -0.6)
        if not turn or not (self.told or (self.sign and clause.mine)):
            return None
        value = -0.8 if self.told else -0.6 * self.sign
        return self._state(clause, self._targets(*self._place(clause, turn), ask=True), value)

    def _frame(self, clause: _Clause) -> bool | None:
        """ "Musicals bore me", "my favourite director is Kurosawa": the object stands elsewhere."""
        trimmed = clause.text
        while (shorter := p.TRAILING.sub("", trimmed)) != trimmed:
            trimmed = shorter
        for pattern, value in p.FRAMES:
            found = pattern.match(clause.text) or pattern.match(trimmed)
            if not found or p.OTHERS.search(found["obj"]):
                continue
            if p.NEGATION.search(found.groupdict().get("mod") or ""):
                value = -0.85 * value if value > 0 else 0.2
            place = self._place(clause, found)
            titled = re.search(r"\b(?:was|were|films?|books?|games?|novels?)\b", clause.text.replace(found["obj"], " "))
            targets = self._targets(*place, ask=True, doing="loved" if titled else "")
            return self._state(clause, targets, value, place=place)
        return None

    def _verb(self, clause: _Clause) -> bool | None:
        """ "I love westerns", "gave up on Ulysses"."""
        doubt = p.DOUBT.match(clause.text)
        text = clause.text[doubt.end() :] if doubt else clause.text
        found = _VERB.match(text) or _TOPIC.match(text)
        bare = clause.mine and (p.BARE.match(text) or (clause.mine > 1 and p.FOLLOWS_START.match(text)))
        if not found or not (found["me"] or bare):
            return None
        mods = re.sub(r"\b(?:can|could) ((?:\w+ )?(?:not|never|hardly|barely))\b", r"\1", found["mods"])
        mods = re.sub(r"\bnever (?:can|could)\b", "never", mods)
        habit = bool(p.HABIT.match(found["verb"]))
        if habit:
            mods = re.sub(r"\b(?:will|would) (not|never)\b", r"\1", mods)
        if p.HYPOTHETICAL.search(mods):
            return None
        negated = (len(p.NEGATION.findall(mods)) + bool(doubt)) % 2 == 1
        sense = next((b if negated else a for verb, a, b in p.VERBS if verb.fullmatch(found["verb"])), None)
        often = not negated and re.fullmatch("read|watch|play", found["verb"]) and _OFTEN.search(mods or "mostly")
        if often and not _WITH.match(found["obj"] or ""):
            sense = 0.6 if mods else 0.5
        if sense is None or (negated and re.search(r"\bha(?:ve|d) not\b", mods) and (habit or isinstance(sense, str))):
            return None
        if habit and isinstance(sense, float) and re.search(r"\b(?:have|had|did|was)\b", mods):
            return None
        offset = clause.start + (doubt.end() if doubt else 0)
        obj = found["obj"]
        place = (offset + found.start("obj"), offset + found.end("obj")) if obj else None
        targets = self._targets(*place, ask=True, doing=found["verb"]) if place else self._meant()
        if sense == 0.5:  # "I watch westerns", while "I watch the news" says nothing
            targets = [t for t in targets if t.names or set(t.terms) & self.catalog.vocabulary.genres]
        if negated and "get into " in text and any(t.items for t in targets):
            sense = "abandoned"
        if isinstance(sense, str):
            return self._state(clause, [t for t in targets if t.items or t.title], EVENT_VALUE[sense], sense, place)
        if habit and negated:
            targets = [t for t in targets if not t.items and not t.title]
        return self._state(clause, targets, _put(sense, mods, clause, bool(doubt)), place=place)

    def _meant(self) -> list[_Target]:
        """What was spoken of just now, for a verb without an object: "Horror? Hate it"."""
        return [] if self.own else [replace(t, via=t.words) for t in self.last]

    def _fact(self, clause: _Clause) -> bool | None:
        """ "I'm squeamish", "I watch with my seven-year-old": no verb of liking, and yet it matters."""
        me = re.match(rf"{p.ME} ", clause.text)
        if not me:
            return None
        words = self.text.words(clause.start, clause.end)
        for pattern, terms, value in p.STATES:
            if pattern.search(clause.text):
                if p.NEGATION.search(clause.text):
                    return None
                known = tuple(t for t in terms if t in self.catalog.vocabulary.counts)
                return self._keep(
                    clause,
                    [Entry("", "record", "said", words, terms=known, value=value, strength=-value, when=self.now)],
                )
        if not self.told and not any(f.match(clause.text, me.end()) for f in p.FACTS):
            return None
        entry = Entry("", "record", "said", words, when=self.now)
        once = (
            re.search(r"\b(?:hours?|minutes?|mins?)\b", clause.text)
            and not p.HABITUAL.search(clause.text)
            and not self.told
        )
        if once:
            self.passing.append(entry)
            return False
        return self._keep(clause, [entry])

    def _verdict(self, clause: _Clause) -> bool | None:
        """ "Heat was great", "the second one was boring", "Just finished Piranesi, wonderful"."""
        found = _VERDICT.match(clause.text)
        if not found or (not found["obj"] and not (self.own and clause.mine)):
            return None
        value = 0.9 if found["fine"] else -0.9
        if found["not"]:
            value = -0.7 if found["fine"] else 0.3
        if not found["obj"]:
            return self._state(clause, [t for t in self.last if t.items], value)
        if p.OTHERS.search(found["obj"]):
            return None
        place = self._place(clause, found)
        targets = [t for t in self._targets(*place, ask=True) if not t.via or t.items]
        about_title = [t for t in targets if t.items or t.title]
        if about_title and len(about_title) == len(targets):
            return self._state(clause, targets, value, place=place)
        if p.DESCRIBES.match(clause.text[found.start("how") :]):
            return None
        plural = re.search(r" (?:are|is) $", clause.text[: found.start("how")]) and re.search(r"s$|^\w+$", found["obj"])
        if not plural or re.match(r"(?:the|this|that|these|those|my|a|an|it|there|what|which) ", found["obj"] + " "):
            return None
        return self._state(clause, [t for t in targets if t.terms or t.names], 0.75 * value, place=place)

    # Writing down

    @staticmethod
    def _place(clause: _Clause, found: re.Match) -> tuple[int, int]:
        return clause.start + found.start("obj"), clause.start + found.end("obj")

    def _state(
        self, clause, targets, value: float, event: str = "", place: tuple[int, int] | None = None
    ) -> bool | None:
        """Write down what is said of each target; None where none is worth it, else whether it was a statement."""
        targets = list(targets)
        several = place if len(targets) > 1 else None
        made = [e for t in targets for e in self._entries(clause, t, value * t.sign, event, several)]
        if not made:
            return None
        self.last, self.own, self.sign = tuple(targets), True, 1 if value > 0 else -1
        return self._keep(clause, made)

    def _keep(self, clause: _Clause, made: list[Entry]) -> bool:
        if p.PASSING.search(clause.text) and all(e.event == "said" for e in made):
            self.passing += made
            return False
        self.entries += made
        return True

    def _entries(self, clause: _Clause, target: _Target, value: float, event: str, several) -> list[Entry]:
        """Entries of one target: one for each title, or one for a taste."""
        words = self.text.words(clause.start, clause.end)
        if several and target.sign < 0:
            words = f"not {target.words}"
        elif several:
            before, after = self.text.words(clause.start, several[0]), self.text.words(several[1], clause.end)
            words = " ".join(w for w in (before, target.words, after) if w)
        if target.via:
            words = f"{words} ({target.via})"
        strength = round(min(1.0, abs(value)), 3)
        if target.items or target.title:
            event = event or ("liked" if value > 0.25 else "disliked" if value < -0.25 else "seen")
            worth = value if event == "rated" else EVENT_VALUE[event]
            base = Entry("", "record", event, words, value=worth, strength=max(strength, 0.5), when=self.now)
            return [base.with_(item_id=i.id, kind=i.kind) for i in target.items] or [base.with_(kind=target.kind)]
        if value > 0 and _KIND_ONLY.fullmatch(target.words.lower()):
            return []
        if event or p.LONG_AGO.search(clause.setting) or not (target.worth or self.told):
            return []
        kind = target.kind or _kind_of(clause.setting) or _kind_of(clause.text)
        return [
            Entry(
                "", "record", "said", words, kind=kind, terms=target.terms, names=target.names,
                value=round(value, 3), strength=strength, when=self.now,
            )
        ]  # fmt: skip

    # What a statement is about

    def _targets(self, start: int, end: int, ask: bool = False, doing: str = "") -> list[_Target]:
        """What `plain[start:end]` speaks of, one target a member of the list; with `ask` the encoder may help."""
        plain = self.text.plain
        obj = p.CUT.sub("", " " + plain[start:end])[1:]
        obj = re.sub(r" to .+$", "", obj) if doing.startswith("prefer") and not obj.startswith("to ") else obj
        while (shorter := p.TRAILING.sub("", obj)) != obj:
            obj = shorter
        kind = _kind_of(obj) or _kind_of(plain[start:end])
        found = []
        for a, b, sign in self._members(obj, start):
            target = self._target(start + a, start + b, ask, kind, doing)
            if target:
                found.append(replace(target, sign=sign))
        return found

    def _members(self, obj: str, start: int) -> Iterator[tuple[int, int, int]]:
        """(start, end, sign) of the members of a list, those in which "and" joins one term left whole."""
        whole = [(t.start, t.end) for t in self.catalog.vocabulary.find(obj) if " and " in obj[t.start : t.end]]
        at, sign = 0, 1
        marks = [(m.span(), False) for m in p.SPLIT.finditer(obj)] + [(m.span(), True) for m in p.FLIP.finditer(obj)]
        for (a, b), flips in sorted(marks):
            titled = flips and self.text.words(start + a, start + b)[:1].isupper() and not self.text.raw.isupper()
            if a < at or titled or any(s < b and a < e for s, e in whole):
                continue
            if obj[at:a].strip(" ,"):
                yield at, a, sign
            at, sign = b, -1 if flips else sign
        if obj[at:].strip(" ,"):
            yield at, len(obj), sign

    def _target(self, start: int, end: int, ask: bool = False, kind: str = "", doing: str = "") -> _Target | None:
        """What one member means; None where it says nothing."""
        plain = self.text.plain[start:end].strip(" ,")
        start = self.text.plain.index(plain, start)
        end = start + len(plain)
        words = self.text.words(start, end)
        if pointed := self._pointed_at(plain, words):
            return pointed
        held = [self.text.held[w] for w in re.findall(r"\b[tnq]_\d+", plain)]
        beside = re.sub(r"\b[tnq]_\d+(?:'s)?", " ", plain).strip()
        items = [i for m in held for i in self._chosen(m.items, doing + " " + beside)]
        pure = bool(p.BESIDE.match(beside)) or bool(_TITLE_FIRST.match(plain))
        if items and pure:
            return _Target(words, items=tuple(items), kind=kind)
        names = tuple(n for m in held for n in (m.names if "others" in m.surface else m.names[:1]))
        if names and ((plain.startswith(("the ", "this ", "that ")) and not pure) or _within_title(words, held)):
            names = ()
            held = []
        terms = () if items else self._terms(plain)
        governed = plain.startswith("my ") and any(
            t in self.catalog.vocabulary.genres for t in terms
        )  # "my horror quiet"
        if p.TALK.search(plain) and not names and not governed:
            return None
        whole = any(t.start == 0 and t.end == len(plain) for t in self.catalog.vocabulary.find(plain))
        if not names and not items and (not terms or (_TITLE_SHAPE.match(words) and not whole)):
            if self._reads_as_title(words, plain, doing, pure and bool(held)):
                named = self._chosen(self.catalog.lookup.titles(words), doing)
                return _Target(words, items=tuple(named), kind=kind, title=True)
            if _TITLE_CASE.fullmatch(words) and not self.text.raw.isupper():
                return _Target(words, kind=kind)
        if terms or names:
            return _Target(words, names=names, terms=terms, kind=kind)
        if ask and not items and (term := self._nearest(p.FILLER.sub("", plain))):
            return _Target(words, terms=(term,), kind=kind)
        crafted = bool(p.CRAFT.search(plain) or p.NATIONS.search(plain)) and not re.match(
            r"(?:the|this|that|what) ", plain
        )
        return _Target(words, kind=kind, worth=crafted or bool(_PROPER.fullmatch(words)))

    def _terms(self, plain: str) -> tuple[str, ...]:
        """The catalogue's terms that stand in `plain`, or that it means."""
        vocabulary = self.catalog.vocabulary
        plain = p.COMPOUND.sub("|", plain)
        found = [t.name for t in vocabulary.find(plain, self.catalog.lookup.known | p.ORDINARY)]
        found = found or [t.name for t in vocabulary.find(p.FILLER.sub("", plain))]
        found += [t for pattern, meant in p.MEANT if pattern.search(plain) for t in meant if t in vocabulary.counts]
        return tuple(dict.fromkeys(found))

    def _pointed_at(self, plain: str, words: str) -> _Target | None:
        """Items of the last answer ("the second one"), or what a pronoun stands for."""
        if self.shown:
            items: Sequence[Item] = ()
            if one := p.SHOWN_ONE.match(plain):
                n = p.ORDINALS[one["nth"] or one["no"]]
                items = self.shown[n : n + 1] if n >= 0 else self.shown[-1:]
            elif some := p.SHOWN_SOME.match(plain):
                items = self.shown[: p.ORDINALS[some["n"]] + 1]
            elif p.SHOWN_ALL.match(plain):
                items = self.shown[:2] if plain.startswith("both") else self.shown
            if items:
                return _Target(words, items=tuple(items), via=", ".join(i.title for i in items))
        if self.last and (p.IT.match(plain) or p.THEM.match(plain)):
            first = self.last[0]
            merged = {
                f: tuple(dict.fromkeys(v for t in self.last for v in getattr(t, f)))
                for f in ("items", "names", "terms")
            }
            via = "" if first.items else ", ".join(t.words for t in self.last)
            return replace(first, words=words, via=via, sign=1, **merged)
        if len(self.shown) == 1 and p.IT.match(plain) and plain not in ("it", "this", "that"):
            return _Target(words, items=self.shown, via=self.shown[0].title)
        return None

    def _chosen(self, items: Sequence[Item], said: str) -> list[Item]:
        """The item that a title means: the kind they speak of, what was shown, else a film, else the newest.

        A name of a series is all of it.
        """
        kind = _kind_of(said)
        items = [i for i in items if i.kind == kind] or list(items)
        items = [i for i in items if i in self.shown] or items
        if len({normalise(i.title) for i in items}) > 1:
            return items
        return sorted(items, key=lambda i: (i.kind != "film", i.kind != "book", -i.year))[:1]

    def _reads_as_title(self, words: str, plain: str, doing: str, quoted: bool) -> bool:
        """Whether words that the catalogue lacks are a title: quoted, or in capitals after a verb of doing."""
        if quoted:
            return True
        if not re.match(r"(?:\w+ed\b|seen|saw|read|beat|gave|finish|quit|got|get)", doing) or words.isupper():
            return False
        parts = re.sub(r"^(?:the|this) (?:film|movie|book|novel|game|series|show) ", "", words).split()
        parts = [w.strip(",.!?\"'") for w in parts]
        capitals = [w for w in parts if w[:1].isupper() or w[:1].isdigit()]
        if (
            not capitals
            or not parts[0][:1].isupper()
            or any(w.lower() not in p.SMALL for w in parts if w not in capitals)
        ):
            return False
        return not (len(parts) == 1 and p.NATIONS.search(plain)) and capitals != ["I"]

    def _nearest(self, phrase: str) -> str:
        """The catalogue's term that means the same as a short phrase, by the encoder; "" where none does."""
        if not phrase or len(phrase.split()) > 4 or re.search(r"\b[tnq]_\d", phrase):
            return ""
        vector = self.encoder.encode([phrase])[0]
        terms = self.catalog.vocabulary.resolve(phrase, vector, limit=1)
        return terms[0] if terms and float(self.encoder.encode(terms)[0] @ vector) >= SAME else ""

    # Commands

    def _obey(self, start: int, end: int, stop: int) -> str | None:
        """Read a command to the memory; what is left of its sentence, None where there is none."""
        plain = self.text.plain
        for a, _ in _split(plain, start, end, True)[1:]:
            if p.REQUEST.match(plain[a:end]) or p.LOOSE_REQUEST.match(plain[a:end]):
                before = re.search(rf"(?: (?:{p.JOIN}))*$", plain[start : a - 1])
                order = plain[start : start + before.start()]
                said_so = not order.startswith("forget ") or re.match(
                    r"forget (?:about|that|what|every|all|my|i|the) ", order
                )
                if said_so and self._order(order, start):
                    return self.text.words(a, stop, after=True)
                return None
        return "" if self._order(plain[start:end], start) else None

    def _order(self, sentence: str, start: int) -> bool:
        """Read `sentence` as a command; whether it is one."""
        for action, pattern in p.COMMANDS:
            if pattern.match(sentence):
                self.command = Command(action)
                return True
        if not p.NOT_FORGET.search(sentence) and (found := p.FORGET.match(sentence)):
            return self._forget(found, start)
        if found := p.NEVER_SAID.match(sentence):
            return self._about("correct", start + found.start("obj"), start + found.end("obj"))
        if (found := p.CORRECT.match(sentence)) and not (
            p.CORRECT_YES.search(sentence) and " not " not in sentence[: found.start("obj")]
        ):
            return self._tell("correct", start + found.start("obj"), start + found.end("obj"))
        if not p.NOT_REMEMBER.match(sentence) and (found := p.REMEMBER.match(sentence)):
            return self._tell("remember", start + found.start("obj"), start + found.end("obj"))
        return False

    def _forget(self, found: re.Match, start: int) -> bool:
        """ "Forget that I like westerns", "delete what you know about horror"."""
        verb = re.search(
            r"\b(?:forget|unlearn|remember|remembering|thinking|assuming|believing)\b", found[0][: found.start("obj")]
        )
        sure = (
            verb
            or found["what"]
            or re.search(r"\b(?:memory|memories|profile|tastes?)\b", found[0][found.start("obj") :])
        )
        whole = found["what"].startswith("my ") and not re.search(r"memor|entr|note|record|data", found["what"])
        at = start + (found.start("what") if whole else found.start("obj"))
        return bool(sure) and self._about("forget", at, start + found.end("obj"))

    def _about(self, action: str, start: int, end: int) -> bool:
        """A command about what the person is held to like or not."""
        plain = self.text.plain[start:end]
        if owned := p.POSSESSED.match(plain):
            sign = (
                -1
                if owned["bad"]
                else 0
                if re.match("opinion|view|thought|rating|review|feeling", owned["sort"])
                else 1
            )
            start, end = start + owned.start("obj"), start + owned.end("obj")
            targets = self._targets(start, end, ask=True)
            self._command(action, start, end, sign, targets)
            return True
        stated = self._aside(start, end)
        if stated:
            sign = stated[0].polarity
            self._command(action, start, end, sign, stated)
            return True
        targets = self._targets(start, end, ask=True)
        if action == "forget" and targets:
            self._command(action, start, end, 0, targets)
            return True
        return False

    def _aside(self, start: int, end: int) -> list[Entry]:
        """What `plain[start:end]` would teach, without learning it."""
        held = (self.entries, self.passing, self.told)
        self.entries, self.passing, self.told = [], [], True
        self._clauses(start, end, end)
        found = self.entries + self.passing
        self.entries, self.passing, self.told = held
        return found

    def _command(self, action: str, start: int, end: int, sign: int, about: Sequence[_Target | Entry]) -> None:
        def all_of(name: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys(v for a in about for v in getattr(a, name)))

        ids = [a.item_id for a in about if isinstance(a, Entry) and a.item_id]
        ids += [i.id for a in about if isinstance(a, _Target) for i in a.items]
        self.command = Command(
            action, self.text.words(start, end), sign, all_of("terms"), all_of("names"), tuple(dict.fromkeys(ids))
        )

    def _tell(self, action: str, start: int, end: int) -> bool:
        """ "Remember that I …", "that's wrong, I …": what follows is learnt. Orders to the assistant are not."""
        before = len(self.entries)
        own = re.match(rf"(?:{p.LEAD} )*(?:i|we|my|me|no|not|nothing|never)\b", self.text.plain[start:end])
        if own:
            self.told = action == "remember"
            self._clauses(start, end, end)
            self.told = False
        if action == "correct" and len(self.entries) == before and start < end:
            return False
        self._command(action, start, end, 0, self.entries[before:])
        return True


_VERB = re.compile(rf"^(?P<me>{p.ME} )?(?P<mods>(?:{p.MODIFIER} )*)(?P<verb>{p.VERB})(?: (?P<obj>.+))?$")
_TOPIC = re.compile(
    rf"^(?P<obj>(?!{p.ME} ).{{2,50}}?) (?:, )?(?P<me>{p.ME} )(?P<mods>(?:{p.MODIFIER} )*)(?P<verb>{p.VERB})$"
)
_VERDICT = re.compile(
    rf"^(?:(?P<obj>.+?) (?:is|was|are|were|has been|looks|felt|feels|turned out(?: to be)?) )?"
    rf"(?P<how>(?P<not>not )?{p.VERY})"
    rf"(?:(?P<fine>{p.FINE})|(?P<dull>{p.DULL}))"
    rf"(?: (?:{p.TRAILING.pattern[:-1]}|film|book|game|read|one|stuff|though|in places|as always|.{{0,25}}))?$"
)
_WITH = re.compile(r"(?:on|with|in|at|before|during|by|alone|together|to|for|when|while|late|from|as|after|until) ")
# "The Mask", "A Bad Moms Christmas": a title though there are terms in it
_TITLE_SHAPE = re.compile(r"(?:The|A|An) [A-Z]|[A-Z][\w'’-]* (?:\w+ )*[A-Z]")
_TITLE_CASE = re.compile(
    r"(?!.*\b(?:Films?|Movies?|Books?|Games?|Novels?|Cinema|Fiction|Comedy|Comedies|Dramas?)$)"
    r"[A-Z\d][\w'’-]*(?: [A-Z][\w'’-]*)+"
)
_KIND_ONLY = re.compile(
    r"(?:(?:all|any|most|some|every|many|good|great|the|a|of|sorts?|types?|kinds?|lots|different|watching|"
    r"reading|playing|new|to|watch|read|play|other|trying|discovering) )*"
    r"(?:films?|books?|games?|novels?|series|shows?|stories|cinema|television|reading|movies?|watch|read|play|tv)"
)
_OFTEN = re.compile(r"\b(?:mostly|mainly|always|usually|only|often|generally|tend to|typically)\b")
# "Jaws a hundred times", while "the Heat soundtrack" is another thing
_TITLE_FIRST = re.compile(
    r"(?:the )?(?:film |book |game |novel )?t_\d+ "
    r"(?!(?:fans?|soundtrack|universe|references?|memes?|ending|score|remake|sequel)\b)"
)
_PROPER = re.compile(r"[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]*|de|of|the|van|von|la))* [A-Z][\w.'’-]+")
_BREAK = re.compile(rf" (?:{p.JOIN})(?: (?:{p.JOIN}))*(?= )")


def _empty(clause: str) -> bool:
    """Whether a clause that is left asks for nothing: courtesy, or "I saw" of "I saw and liked Heat"."""
    return bool(p.COURTESY.match(clause)) or bool(re.fullmatch(rf"{p.ME} \w+", clause))


def _within_title(words: str, held: Sequence[Mention]) -> bool:
    """Whether a name is a part of something longer in capitals: "White House Down"."""
    names = "|".join(re.escape(m.surface) for m in held if m.names)
    longer = re.search(rf"\b(?:[A-Z]\w+ (?:{names})\b|(?:{names}) (?:(?:of|the|in|and|on) )*[A-Z])", words)
    return bool(longer) and not re.search(r"\b(?:Films?|Movies?|Books?|Games?|Novels?|Westerns?)\b", words)


def _kind_of(text: str) -> str:
    """The one kind that `text` speaks of, else ""."""
    kinds = [kind for kind, pattern in _KIND.items() if pattern.search(text)]
    return kinds[0] if len(kinds) == 1 else ""


def _put(sense: float, mods: str, clause: _Clause, doubt: bool) -> float:
    """The value of a verb as it was put: more or less strongly, or of the past."""
    if re.search(r"\buse[d]? to\b", mods):
        return -0.5 if sense > 0 else 0.4
    said = mods + clause.text[clause.text.find(mods) + len(mods) :]
    if doubt or p.WEAKER.search(said):
        return 0.8 * sense
    if p.STRONGER.search(said):
        return max(-1.0, min(1.0, 1.15 * sense))
    return sense


def _opened(plain: str, start: int, end: int, mine: int) -> _Clause:
    """The clause at `plain[start:end]` without what opens it."""
    text = plain[start:end].rstrip(" ,:")
    opening = _OPENING.match(text)
    at = opening.end() if opening else 0
    setting = _SETTING.match(text) or _SETTING.match(text, at)
    if setting:
        at = setting.end()
    return _Clause(text[at:], start + at, start + len(text), mine, setting["setting"] if setting else "")


_OPENING = re.compile(rf"(?:(?:{p.LEAD}|,|:|no(?= ,| i )) )+")
_SETTING = re.compile(rf"(?P<setting>{p.SETTING}) (?:, )?(?={p.ME} |my )")


def _split(plain: str, start: int, end: int, loose: bool) -> list[tuple[int, int]]:
    """Places of the clauses in a sentence. Commas and "and" within a list do not part clauses.

    With `loose`, a request may follow without a verb: "…, a scary film please".
    """
    found, at = [], start
    for mark in _BREAK.finditer(plain, start, end):
        before, after = plain[at : mark.start()], plain[mark.end() + 1 : end]
        turn = re.search(r"\b(?:but|though|although|yet)\b", mark[0]) and re.match(r"(?:not|never|no) ", after)
        starts = p.CLAUSE_START.match(after) or p.REQUEST.match(after) or (loose and p.LOOSE_REQUEST.match(after))
        if p.VERDICT_START.match(after) and re.search(r"\bt_\d|\bit\b|\bone\b", before):
            starts = True
        if p.FOLLOWS_START.match(after) and re.match(rf"(?:(?:{p.LEAD}|,) )*{p.ME} ", before):
            starts = True
        if p.RATING_START.match(after) and not p.MEMBER.match(before):
            starts = True
        if p.FRAME_START.match(after) and not p.MEMBER.match(before):
            starts = True
        if re.search(r"\b(?:my|our) (?:\w+ ){0,1}\w+$|\bn_\d+$", before) and re.match(r"(?:i|me)\b", after):
            starts = None  # "my wife and I"
        if mark[0] == " so" and re.search(r"\b(?:am|is|are|was|were|i|not|get|got)$", before):
            continue
        if "so" in mark[0].split() and re.match(rf"{p.LOOSE_REQUEST.pattern}|(?:no|not|nothing) ", after):
            starts = True
        if turn or starts:
            if mark.start() > at:
                found.append((at, mark.start()))
            at = mark.end() + 1
    return [*found, (at, end)]


def _merged(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """One entry for each fact; of a title what tells most, and of two that contradict the later."""
    kept: dict[tuple, Entry] = {}
    for entry in entries:
        key = (
            (entry.item_id,)
            if entry.item_id
            else (entry.event, entry.terms, entry.names, entry.kind, entry.text * (not entry.terms and not entry.names))
        )
        old = kept.get(key)
        if old and entry.item_id and RANK[old.event] > RANK[entry.event]:
            continue
        if old and not entry.item_id and old.polarity == entry.polarity and old.strength >= entry.strength:
            continue
        kept[key] = entry
    return tuple(kept.values())
