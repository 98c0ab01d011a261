"""What binds in a person's message, read by code against the catalogue; taste is left to the model and the encoder.

A message is read in passes, each of which blanks what it has understood: what it points at, titles and names, then
count, length, years, places, kinds and, of the words left over, the catalogue's own terms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from mrrec.agent.request import measures, phrases, roles
from mrrec.agent.request.conditions import Request
from mrrec.agent.request.followup import continued, insists, is_follow_up, loosened
from mrrec.agent.request.intent import asks, hardly_asks
from mrrec.agent.request.naming import read_naming
from mrrec.agent.request.phrases import BLANK, Said, either
from mrrec.agent.request.places import places
from mrrec.agent.request.premises import claims
from mrrec.agent.request.reply import accepted
from mrrec.agent.request.wishes import NO_SUBJECT, says_something
from mrrec.catalog import Catalog, Item
from mrrec.catalog.lookup import KIND_NOUN
from mrrec.embed import Encoder

_SURPRISE = re.compile(
    r"\b"
    + either(
        "surprise (?:me|us), (?:something|anything) (?:\\w+ )?(?:different|unexpected), comfort zone, at random, "
        "you (?:choose|pick|decide), dealer's choice, up to you, wild ?card, lucky dip, a random \\w+, "
        "(?:never|not) (?:have )?(?:think|thought) of, i wouldn't (?:normally|usually)"
    ),
    re.I,
)
_WORK = re.compile(rf"\b(?:{KIND_NOUN}|something|anything|stuff|ones?)\b", re.I)
_LOVE = re.compile(r"love (?:stor|film|movie|book|novel|game)", re.I)
_SOMEBODY = re.compile(r"\b(?:i|we|they|you|i'd|we'd|would|also|really|just|do|always|people|kids|both)\s+$", re.I)
_NO_ADJECTIVE = re.compile(
    r"(?:in)?to|of|for|with|without|about|by|be|is|are|was|were|that's|it's|lik\w+|lov\w+|enjoy\w*|stand|bear|stomach|"
    r"want\w*|fancy|need\w*|watch\w*|read\w*|play\w*|se(?:e|en|eing)|all|those|these|ever"
)
_ADAPTED = re.compile(r"\badapt|\bbased on\b", re.I)
_BEFORE_WORK = re.compile(rf"\s+{KIND_NOUN}\b", re.I)
_SUBJECT = re.compile(
    r"\b(?:(?<!what )(?<!how )about|set in|involving|around|(?<!put )(?<!bring )(?<!set )(?<!keen )on|with|"
    r"elements? of|touch of|bit of|dose of|"
    r"themes? of|lots? of)\s+"
    r"(?:(?!and\b|or\b)[\w']+\s+){0,2}$",
    re.I,
)
_FAMILY = re.compile(r"^\s+(?:drama|saga|stor|secret|ties|life|comed|feud|history|relation)", re.I)
_OTHER_KIND = {"history": "historical fiction", "family": "children", "children": "family", "biography": "memoir"}
_ASKING = re.compile(
    r"\b(?:something|anything|stuff|more|others?|another|next|else|ones?|different|again|none|neither)\b", re.I
)
STRAY = -3.0  # log odds against no term at all, below which a term that stands in a message is not meant
DOUBTED = 0.0  # the same, below which a genre is wished for and does not bind


def read_request(
    message: str,
    catalog: Catalog,
    previous: Request | None = None,
    shown: Sequence[Item] = (),
    asked: bool = False,
    over: bool = False,
    encoder: Encoder | None = None,
) -> Request:
    """Read `message`. `previous` led to the last answer, which showed the items `shown`; with `asked`, it was a
    question; with `over`, it has been taken or declined since, so that the request is no longer open. With `encoder`,
    a request is also known where no phrase of the rules tells it, small talk where a term stands in it, and a term that
    stands there and is not meant ("in-laws" are no *law*)."""
    reader = _Reader(message, catalog, previous, tuple(shown), asked, over, heeds=encoder is not None)
    now = reader.read()
    if encoder is None:
        return now
    if now.act == "talk" and asks(message, encoder):
        return _Reader(message, catalog, previous, tuple(shown), asked, over, heeds=True, asks=True).read()
    if now.act == "recommend" and reader.only_names and hardly_asks(message, encoder):
        return replace(now, act="talk", open=False)
    return now


def asking(message: str, rest: str, catalog: Catalog) -> str:
    """The words to read a request from: `rest`, what is left of `message` once its statements are remembered.

    The whole, where the statements say who made something or when, or the rest points back at them ("I loved Heat.
    Another one by the same director").
    """
    if rest.strip() == message.strip():
        return rest
    told = roles.tidied(catalog.lookup.mentions(message), message, catalog)
    if len(claims(message, told, catalog)) > len(claims(rest, catalog.lookup.mentions(rest), catalog)):
        return message
    pointed = roles.SAME.search(rest) and any(m.items and m.surface not in rest for m in told)
    return message if pointed else rest


class _Reader:
    """One message on its way to a request."""

    def __init__(
        self,
        message: str,
        catalog: Catalog,
        previous: Request | None,
        shown: tuple[Item, ...],
        asked: bool,
        over: bool = False,
        heeds: bool = False,
        asks: bool = False,
    ):
        self.message, self.catalog, self.previous, self.shown, self.asked = message, catalog, previous, shown, asked
        self.lookup = catalog.lookup
        self.said = Said(message, catalog.lookup.known)
        self.searching = previous is not None and bool(shown or asked) and not over
        self.heeds = heeds  # the linker, of what is not meant
        self.asks = asks  # known without a phrase that tells it
        self.naming = read_naming(self.said, catalog, previous, shown, asked, self.searching, asks)
        self.unnamed = " ".join(self.said.rest.replace(BLANK, " ").split())  # the message without titles and names
        self.by_noun = False  # a genre stands for a work: "a comedy", "westerns"
        self.compares = False

    @property
    def only_names(self) -> bool:
        """Whether things are named, and nothing is asked for, in a message that goes on from no other."""
        return not self.searching and not self.asked and all(p.act == "fragment" for p in self.naming.live)

    def read(self) -> Request:
        if taken := accepted(self.message, self.shown):
            return Request(text=self.message, accepted=taken)
        now = self._read_rest()
        return self._merged(now) if now.act == "recommend" else now

    def _read_rest(self) -> Request:
        said = self.said
        surprise = bool(said.take(_SURPRISE))
        settings = [m["point"].lower() for m in said.take(measures.SETTING)]
        count = phrases.count(said)
        too = [m for m in measures.COMPARED.finditer(said.rest) if m["too"] and self.shown]
        for match in too:  # "too long" is no wish for what is long
            said.blank(*match.span())
        length = measures.length(said)
        avoid_years = measures.avoided_years(said)
        years = measures.years(said, date.today().year, self.naming.kinds)
        where = places(said, self.lookup.places)
        kinds, avoided = phrases.kinds(said, self.catalog.kinds)
        self.explicit_kind = bool(kinds or avoided) and not (self.searching and self._only_ruled_out())
        kinds = kinds or tuple(k for k in self.catalog.kinds if avoided and k not in avoided)
        if not kinds and len({i.kind for i in self.naming.like}) == 1 and not _ADAPTED.search(said.text):
            kinds = (self.naming.like[0].kind,)
        length, years = self._compare(length, years, kinds, too)
        genres, terms, avoid, any_genre = self._read_terms(kinds)
        for setting in settings:
            if (decade := setting.removeprefix("the ").replace("'", "")) in self.catalog.vocabulary.counts:
                terms.append(decade)
        named = self.naming
        now = Request(
            text=self.message,
            surprise=surprise,
            kinds=kinds,
            like=_unique(named.like),
            titles=_unique(named.titles),
            named=_unique(named.named),
            relations=tuple(named.relations),
            genres=genres,
            either=any_genre,
            terms=_unique(terms),
            avoid=avoid,
            avoid_items=_unique(named.avoid_items),
            avoid_names=_unique(named.avoid_names),
            avoid_years=avoid_years,
            years=years,
            length=length,
            places=where,
            count=count,
            corrections=named.corrections,
        )
        said_something = self._says_something(now)
        now = replace(now, act=self._act(now, said_something))
        return replace(now, open=now.act == "recommend" and not said_something and not surprise)

    def _only_ruled_out(self) -> bool:
        """Whether every kind that is said stands within what is ruled out: "nothing with dark films"."""
        nouns = list(re.finditer(rf"\b{KIND_NOUN}\b", self.said.rest, re.I))
        return bool(nouns) and all(self.said.is_negated(m.start()) for m in nouns)

    def _compare(self, length, years, kinds, too):
        """Shorter or longer, older or newer: than a title, than what is pointed at or liked,
        than all that was shown. A measure that is told beside it counts for more."""
        related = tuple(i for r in self.naming.relations for i in r.items)
        items = self.naming.compared or self.naming.referred or tuple(self.naming.like) or related or self.shown
        items = tuple(i for i in items if not kinds or i.kind in kinds) or items
        told = {"length": bool(length and any(c.isdigit() for c in length.label)), "year": years is not None}
        for match in (*too, *self.said.take(measures.COMPARED)):
            sort, more = measures.compared(match, self.said.is_negated(match.start()))
            if (match["too"] and not items) or told[sort]:
                continue
            self.compares = True
            if sort == "length":
                length = measures.beyond(more, [(i.kind, i.length, i.title) for i in items]) or length
            else:
                years = measures.year_beyond(more, [i.year for i in items])
        return length, years

    def _read_terms(self, kinds) -> tuple[tuple[str, ...], list[str], tuple[str, ...], bool]:
        """Genres that bind, terms that are wished for, terms ruled out, and whether any of the genres will do."""
        vocabulary, rest = self.catalog.vocabulary, self.said.rest
        genres: dict[str, int] = {}
        terms, avoid = [], []
        found = vocabulary.find(rest, self.lookup.known)
        odds = self._odds({t.name for t in found})
        for term in found:
            if phrases.is_kind(rest, term.start, term.end, self.catalog.kinds):
                continue
            if _LOVE.match(rest, term.start) and _SOMEBODY.search(rest[: term.start]):  # "I love stories about …"
                continue
            if self.said.is_negated(term.start):
                if not (term.name in vocabulary.genres and self._is_narrowed(term.start)):
                    avoid += vocabulary.near(term.name)
                continue
            lead, after = rest[: term.start], rest[term.end :]
            odd = 0.0 if _BEFORE_WORK.match(after) else odds.get(term.name, 0.0)
            if odd < STRAY:
                continue
            about = _SUBJECT.search(lead[-60:]) and not (_is_work(lead, after) and not _WORK.search(lead))
            soft = term.name not in vocabulary.genres or term.compared or about or odd < DOUBTED
            if soft or (term.name == "family" and _FAMILY.match(after)):
                terms.append(term.name)
            else:
                genres.setdefault(term.name, term.end)
                self.by_noun |= _is_noun(lead, rest[term.start : term.end], after)
        for term in found:
            self.said.blank(term.start, term.end)
        phrases.blank_kinds(self.said, self.catalog.kinds)
        binding = [g for g in genres if self._exists((g,), kinds)]
        if not binding:
            binding = [o for g in genres if (o := _OTHER_KIND.get(g)) and self._exists((o,), kinds)]
        terms += [g for g in genres if g not in binding]
        between = rest[min(genres.values(), default=0) : max(genres.values(), default=0)]
        any_genre = len(binding) > 1 and (
            bool(re.search(r"\bor\b", between)) or not self._exists(tuple(binding), kinds)
        )
        avoid = [a for a in dict.fromkeys(avoid) if a not in binding and a not in terms]
        return tuple(binding), terms, tuple(avoid), any_genre

    def _odds(self, terms: set[str]) -> dict[str, float]:
        """Log odds that each of `terms`, which stand in the message, is meant, as far as there is anything to tell."""
        linking, words = self.catalog.linking, self.unnamed
        return linking.margins(words, terms) if self.heeds and linking and terms and words else {}

    def _is_narrowed(self, at: int) -> bool:
        """Whether a word of its own stands before a genre: "not gross-out comedies" leaves other comedies."""
        words = re.findall(r"[\w'|]+", self.said.rest[:at])
        before = words[-1].lower() if words else ""
        return (
            bool(before)
            and before not in NO_SUBJECT
            and not _NO_ADJECTIVE.fullmatch(before)
            and not phrases.is_negation(before)
            and not self.catalog.vocabulary.find(before)
        )

    def _exists(self, genres: tuple[str, ...], kinds: tuple[str, ...]) -> bool:
        """Whether an item of one of `kinds` has all of `genres`."""
        return any(
            all(g in i.genres for g in genres) for i in self.lookup.by_genre[genres[0]] if not kinds or i.kind in kinds
        )

    def _says_something(self, now: Request) -> bool:
        binding = replace(now, kinds=(), count=None).conditions()
        self.has_subject = bool(binding or now.like or now.terms or now.relations)
        return self.has_subject or says_something(self.said.rest)

    def _act(self, now: Request, said_something: bool) -> str:
        """Recommend where something is asked for, or named without a verb; talk otherwise."""
        acts = {p.act for p in self.naming.live}
        found = self.has_subject or self.explicit_kind or now.surprise or bool(self.naming.referred)
        asking = any(_ASKING.search(self.said.text[p.start : p.end]) for p in self.naming.plain)
        if "ask" in acts or (acts and (found or asking)):
            return "recommend"
        if self.asks or (self.asked and acts):
            return "recommend"
        refuses = self.shown and re.fullmatch(
            r"\W*(?:no|nope|nah|not (?:really|these|those|that))\W*", self.said.text, re.I
        )
        return "recommend" if refuses else "talk"

    def _merged(self, now: Request) -> Request:
        previous = self.previous
        if previous is None:
            return now
        if self.naming.of_taste and not self.asked:
            now = self._as_wishes(now)
        goes_on = self.naming.rejected or self.naming.of_taste or (self.searching and insists(self.said.text))
        goes_on = goes_on or (self.searching and bool(now.genres) and not self.explicit_kind and not self.by_noun)
        referred = bool(self.naming.referred)
        if not is_follow_up(now, self.said.text, self.explicit_kind, referred, self.asked, previous, goes_on):
            return self._of_usual_kind(now, previous)
        merged = continued(previous, now, self.said.text, self.catalog, self.naming.referred)
        return loosened(merged, self.catalog, self.shown) if self.compares else merged

    def _as_wishes(self, now: Request) -> Request:
        """A taste told while a request is open: it is wished for, and binds no kind and no genre."""
        bare = not (now.genres or now.terms or now.avoid or now.named or now.years or now.length or now.places)
        terms = now.wishes
        return replace(now, kinds=now.kinds if bare else (), genres=(), either=False, terms=terms)

    def _of_usual_kind(self, now: Request, previous: Request) -> Request:
        """A new request by genre only stays with the kind that was talked of, where that has the genre."""
        bare = not now.kinds and now.genres and not (now.like or now.named or now.relations)
        return replace(now, kinds=previous.kinds) if bare and self._exists(now.genres[:1], previous.kinds) else now


def _is_work(lead: str, after: str) -> bool:
    """Whether a genre speaks of the work itself: "a western", "western films"."""
    return bool(_BEFORE_WORK.match(after) or re.search(r"\b(?:an?|some|another|any) $", lead, re.I))


def _is_noun(lead: str, said: str, after: str) -> bool:
    """Whether a genre stands for a work: "a comedy", "westerns"; "it should be a comedy" only tells of one."""
    if re.search(r"(?:\b(?:be|is|isn't)|'s) (?:\w+ )?an? (?:\w+ )?$", lead, re.I):
        return False
    if re.match(rf"\s*(?:\w+\s+)?(?:{KIND_NOUN}|one)\b", after, re.I):
        return False
    return said.lower().endswith("s") or bool(re.search(r"\b(?:an?|any|some|another) (?:[\w'-]+ ){0,2}$", lead, re.I))


def _unique(values) -> tuple:
    return tuple(dict.fromkeys(values))
