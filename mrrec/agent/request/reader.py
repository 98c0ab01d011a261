"""What binds in a person's message, read by code against the catalogue; taste is left to the model and the encoder.

A message is read in passes, each of which blanks what it has understood: what it points at, titles and names, then
count, length, years, places, kinds and, of the words left over, the catalogue's own terms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from mrrec.agent.request import measures, phrases
from mrrec.agent.request.conditions import Request
from mrrec.agent.request.followup import continued, is_follow_up, loosened
from mrrec.agent.request.naming import Naming
from mrrec.agent.request.phrases import Said, either
from mrrec.agent.request.places import places
from mrrec.catalog import Catalog, Item
from mrrec.catalog.lookup import STOPWORDS

_SURPRISE = re.compile(
    r"\b"
    + either(
        "surprise (?:me|us), (?:something|anything) (?:\\w+ )?(?:different|unexpected), comfort zone, at random, "
        "you (?:choose|pick|decide), dealer's choice, up to you, wild ?card, lucky dip, a random \\w+, "
        "(?:never|not) (?:have )?(?:think|thought) of, i wouldn't (?:normally|usually)"
    ),
    re.I,
)
_ADAPTED = re.compile(r"\badapt|\bbased on\b", re.I)
_SUBJECT = re.compile(
    r"\b(?:(?<!what )(?<!how )about|set in|involving|around|on|with|elements? of|touch of|bit of|dose of|"
    r"themes? of|lots? of)\s+"
    r"(?:(?!and\b|or\b)[\w']+\s+){0,2}$",
    re.I,
)
_FAMILY = re.compile(r"^\s+(?:drama|saga|stor|secret|ties|life|comed|feud|history|relation)", re.I)
_OTHER_KIND = {"history": "historical fiction", "family": "children", "children": "family", "biography": "memoir"}
_ASKING = re.compile(
    r"\b(?:something|anything|stuff|more|others?|another|next|else|ones?|different|again|none|neither)\b", re.I
)
# Words that say nothing of what is wanted.
_NO_SUBJECT = STOPWORDS | frozenset(
    "something anything thing things stuff one ones any good great nice best better cool interesting decent favourite "
    "favorite please recommend recommendation recommendations suggest suggestion suggestions idea ideas tip tips help "
    "find give show tell pick choose watch watching see read reading play playing tonight today tomorrow now weekend "
    "evening night next time want need wants looking look mood feel feeling fancy fancies could use love like know "
    "got get have let make keep try thanks thank hi hello hey ok okay yes yeah well maybe perhaps really very much "
    "bit little lot kind sort type way another other others more else different again instead bored worth surprise "
    "film films movie movies book books game games novel novels there im ive id youve dont cant lets whats new me my "
    "your our only just also still even rather quite pretty too idk mind don anyone someone everyone go going start "
    "started think thinking say said come take popular famous list top none neither sure no nope kindly would wouldnt "
    "am after having fun enjoy rec recs gimme entertain wanna hit".split()
)


def read_request(
    message: str,
    catalog: Catalog,
    previous: Request | None = None,
    shown: Sequence[Item] = (),
    asked: bool = False,
) -> Request:
    """Read `message`. `previous` led to the last answer, which showed the items `shown`; with `asked`,
    it was a question."""
    return _Reader(message, catalog, previous, tuple(shown), asked).read()


class _Reader:
    """One message on its way to a request."""

    def __init__(self, message: str, catalog: Catalog, previous: Request | None, shown: tuple[Item, ...], asked: bool):
        self.message, self.catalog, self.previous, self.shown, self.asked = message, catalog, previous, shown, asked
        self.lookup = catalog.lookup
        self.said = Said(message, catalog.lookup.known)
        self.naming = Naming(self.said, catalog, previous, shown, asked)

    def read(self) -> Request:
        now = self._read_rest()
        return self._merged(now) if now.act == "recommend" else now

    def _read_rest(self) -> Request:
        said = self.said
        surprise = bool(said.take(_SURPRISE))
        settings = [m["point"].lower() for m in said.take(measures.SETTING)]
        count = phrases.count(said)
        too = [said.rest[m.start() : m.end()] for m in measures.COMPARED.finditer(said.rest) if m["too"] and self.shown]
        length = None if too else measures.length(said)
        avoid_years = measures.avoided_years(said)
        years = None if too else measures.years(said, date.today().year, self.naming.kinds)
        where = places(said, self.lookup.places)
        kinds, avoided = phrases.kinds(said, self.catalog.kinds)
        self.explicit_kind = bool(kinds or avoided)
        kinds = kinds or tuple(k for k in self.catalog.kinds if avoided and k not in avoided)
        if not kinds and len({i.kind for i in self.naming.like}) == 1 and not _ADAPTED.search(said.text):
            kinds = (self.naming.like[0].kind,)
        length, years = self._compare(length, years, kinds)
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
        )
        said_something = self._says_something(now)
        now = replace(now, act=self._act(now, said_something))
        return replace(now, open=now.act == "recommend" and not said_something and not surprise)

    def _compare(self, length, years, kinds):
        """Shorter or longer, older or newer: than a title, than what is pointed at or liked,
        than all that was shown."""
        items = self.naming.compared or self.naming.referred or tuple(self.naming.like) or self.shown
        items = tuple(i for i in items if not kinds or i.kind in kinds) or items
        for match in self.said.take(measures.COMPARED):
            if match["too"] and not items:
                continue
            sort, more = measures.compared(match, self.said.is_negated(match.start()))
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
        for term in vocabulary.find(rest, self.lookup.known):
            if phrases.is_kind(rest, term.start, term.end, self.catalog.kinds):
                continue
            if self.said.is_negated(term.start):
                if not (term.name in vocabulary.genres and self._is_narrowed(term.start)):
                    avoid += vocabulary.near(term.name)
                continue
            lead, after = rest[: term.start], rest[term.end :]
            soft = term.name not in vocabulary.genres or term.compared or _SUBJECT.search(lead[-60:])
            if soft or (term.name == "family" and _FAMILY.match(after)):
                terms.append(term.name)
            else:
                genres.setdefault(term.name, term.end)
        for term in vocabulary.find(rest, self.lookup.known):
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

    def _is_narrowed(self, at: int) -> bool:
        """Whether a word of its own stands before a genre: "not gross-out comedies" leaves other comedies."""
        words = re.findall(r"[\w'|]+", self.said.rest[:at])
        before = words[-1].lower() if words else ""
        return (
            bool(before)
            and before not in _NO_SUBJECT
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
        words = re.findall(r"[^\W_]{3,}", self.said.rest.replace("'", ""))
        self.has_subject = bool(binding or now.like or now.terms or now.relations)
        return self.has_subject or any(w.lower() not in _NO_SUBJECT for w in words)

    def _act(self, now: Request, said_something: bool) -> str:
        """Recommend where something is asked for, or named without a verb; talk otherwise."""
        acts = {p.act for p in self.naming.live}
        found = self.has_subject or self.explicit_kind or now.surprise or bool(self.naming.referred)
        asking = any(_ASKING.search(self.said.text[p.start : p.end]) for p in self.naming.live)
        if "ask" in acts or (acts and (found or asking)):
            return "recommend"
        if self.asked and acts:
            return "recommend"
        refuses = self.shown and re.fullmatch(
            r"\W*(?:no|nope|nah|not (?:really|these|those|that))\W*", self.said.text, re.I
        )
        return "recommend" if refuses else "talk"

    def _merged(self, now: Request) -> Request:
        previous = self.previous
        if previous is None:
            return now
        if not is_follow_up(now, self.said.text, self.explicit_kind, bool(self.naming.referred), self.asked, previous):
            return self._of_usual_kind(now, previous)
        merged = continued(previous, now, self.said.text, self.catalog, self.naming.referred)
        return loosened(merged, self.catalog, self.shown) if measures.COMPARED.search(self.said.text) else merged

    def _of_usual_kind(self, now: Request, previous: Request) -> Request:
        """A new request by genre only stays with the kind that was talked of, where that has the genre."""
        bare = not now.kinds and now.genres and not (now.like or now.named or now.relations)
        return replace(now, kinds=previous.kinds) if bare and self._exists(now.genres[:1], previous.kinds) else now


def _unique(values) -> tuple:
    return tuple(dict.fromkeys(values))
