"""Whom and what a message names or points at: titles, people, "the second one", "the director of Alien"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mrrec.agent.request import measures, phrases, roles
from mrrec.agent.request.acts import Part, core, parts
from mrrec.agent.request.conditions import Named, Relation, Request
from mrrec.agent.request.phrases import Said
from mrrec.agent.request.premises import Claim, claims, corrections
from mrrec.agent.request.reply import TURNED_DOWN, titles_said
from mrrec.agent.request.wishes import lasting, says_something, tells, wished
from mrrec.catalog import Catalog, Item
from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import KIND_NOUN, Mention

MOST_LIKE = 5  # works that stand for somebody in "like Hitchcock"

_COMPLAINT = re.compile(
    r"\btoo \w+|\bnot \w+ enough|\b(?:seen|watched|read|played|know|finished) (?:it|that|them|those|these|all|\|+)|"
    r"\b(?:don't|didn't) (?:like|fancy)|\bnot (?:my|for)\b",
    re.I,
)
_PRAISE = re.compile(
    r"\b(?:love[ds]?|like[ds]?|enjoyed?|adored?|favou?rite|great|brilliant|fantastic|amazing|fan of|good|"
    r"excellent|superb)\b",
    re.I,
)
_SEEN = re.compile(r"\b(?:seen|watched|read|played|finished|know|have|own)\s+(?:both )?$", re.I)
_SEEN_AFTER = re.compile(
    r"\W*(?:(?:i|we)(?:'ve| have)?|i've|we've|been there,?) (?:\w+ )?(?:seen|watched|read|played|finished|know|"
    r"own)\b(?! like)|"
    r"\W+(?:already )?(?:seen|watched|read|played) (?:it|that|already)\b",
    re.I,
)
_THAN = re.compile(r"\bthan\s+(?:the )?$", re.I)
_MORE_OF = re.compile(
    r"\b(?:similar|like (?:that|it|this|those)|more|next|another|else|what now|now what|in the same vein)\b", re.I
)
_BY = re.compile(
    r"\b(?:by|from|directed|written|made|developed|created|penned|best of|works? of|films of|"
    r"books of)\s+(?:both\s+)?(?:the\s+)?$",
    re.I,
)
_WITH = re.compile(
    r"(?:\b|(?=w/))(?:with|starring|stars|featuring|has|have|plays|in which|w/)\s*(?:both\s+)?(?:the\s+)?$", re.I
)
_LIKE = re.compile(
    r"\b(?:like|style of|vein of|à la|reminiscent of|influenced by|inspired by|based on(?: an?| the)?|"
    r"adaptations? of)\s+$",
    re.I,
)
_OWN = re.compile(rf"^(?:'s?)?\s+(?:\w+\s+){{0,2}}{KIND_NOUN}\b|^'s?\b", re.I)
_THE_ONE = re.compile(
    r"\bthe one (?:with|about|by|from|set in|on) (?:the |a )?(?P<of>[\w' ]{3,30})|\bthe (?P<what>[\w' ]{3,25}?) one\b",
    re.I,
)
_COULD_IT = re.compile(
    r"(?:can|could|may|might|shall|should|would|won't|can't|couldn't|wouldn't|what if|what about)\b|"
    r"where(?:'s| is| are) (?:the|those|my|one)\b|(?:have|has|do|is|are) (?:you|there|we)\b(?! (?:like|love|"
    r"enjoy|think|"
    r"seen|watched|read|played|sure|real|a\b))",
    re.I,
)
# What is shown, and lacks something: "these aren't funny", "|||| isn't a comedy", "I don't see anything by Lem"
_MISSING = re.compile(
    r"(?:\b(?:these|those|they|none of (?:them|these|those|it)|that|it|this|(?:first|second|third|fourth|fifth|"
    r"last)(?: one)?)|"
    r"\|)(?:'re| is| are|'s|) ?(?:isn't|aren't|not|is|are|was not|wasn't|doesn't (?:look|sound|feel|seem))\b|"
    r"\b(?:don't|can't|cannot|do not|didn't|couldn't) (?:see|find|spot|notice)\b",
    re.I,
)
_LACKS = re.compile(
    r"(?:\b(?:these|those|they|that|it|this|one|first|second|third|fourth|fifth|last)|\|)"
    r"(?:'re| is| are|'s| was| were)? ?(?:isn't|aren't|not|wasn't|doesn't)$",
    re.I,
)
_LACKS_TOO = (  # before and after the negation
    (
        re.compile(r"\bnone$", re.I),
        re.compile(r"(?: of (?:them|these|those|it))? (?:is|are|was|were|seems?|looks?)\b", re.I),
    ),
    (
        re.compile(r"\b(?:i|we) (?:don't|can't|cannot|do not|didn't|couldn't)$", re.I),
        re.compile(r" (?:really )?(?:see|find|spot|notice)\b", re.I),
    ),
)
_NEGATED_AFTER = re.compile(
    r"^['’]?s?\s+(?:did(?:n['’]t| not)|has(?:n['’]t| not)|had no|does(?:n['’]t| not)|is(?:n['’]t| not)|"
    r"was(?:n['’]t| not)|never)\s",
    re.I,
)


class Naming:
    """Reads titles, names and references out of `said` and blanks them there, with every part that asks for nothing."""

    def __init__(
        self,
        said: Said,
        catalog: Catalog,
        previous: Request | None,
        shown: tuple[Item, ...],
        asked: bool,
        searching: bool = False,
    ):
        self.said, self.catalog, self.previous, self.shown, self.asked = said, catalog, previous, shown, asked
        self.searching = searching
        self.lookup = catalog.lookup
        self.like: list[Item] = []
        self.avoid_items: list[Item] = []
        self.avoid_names: list[str] = []
        self.titles: list[str] = []
        self.named: list[Named] = []
        self.relations: list[Relation] = []
        self.compared: tuple[Item, ...] = ()  # "shorter than Dune"
        self.referred: tuple[Item, ...] = ()  # of those shown
        self.rejected = False  # one of those shown is turned down
        self.of_taste = False  # what is live tells of lasting tastes
        self.claims: list[Claim] = []
        self.told: list[tuple[list[tuple[Item, ...]], str]] = []  # titles of an aside, and the words about them
        self.pending: list[tuple[Item, ...]] = []  # of those, the ones that are examples if nobody of theirs is meant
        self._read()

    @property
    def corrections(self):
        return corrections(self.claims)

    def _read(self) -> None:
        said = self.said
        pointed = phrases.references(said, len(self.shown)) + self._described()
        mentions = roles.tidied(self.lookup.mentions(said.rest), said.rest, self.catalog)
        mentions = self._with_shown(mentions)
        self.claims = claims(said.rest, mentions, self.catalog)
        mentions = self._without_claims(mentions)
        mentions = roles.spelt_out(mentions, said.rest, self.catalog)
        for mention in mentions:
            said.blank(mention.start, mention.end)
        said.negated = [s for s in phrases.negated_spans(said.rest) if not self._of_shown(s[0])]
        self.parts = parts(said.rest)
        self.plain = [p for p in self.parts if self._is_live(said.rest[p.start : p.end], p.act)]
        self.live = self._with_wishes(mentions)
        self._read_kinds_of_titles(mentions)
        self._read_mentions(mentions)
        for part in self.parts:
            if part not in self.live:
                said.blank(part.start, part.end)
        pointed += self._that(pointed, mentions)
        self._read_references(pointed)
        self._read_same_maker()
        if self.pending and not (self.relations or self.named or self.avoid_names):
            self.like += _flat(self.pending)
            self.titles += [items[0].title for items in self.pending]

    def _with_shown(self, mentions: list[Mention]) -> list[Mention]:
        """`mentions` with titles that were shown and that look-up passed over, for want of words about them."""
        found = list(mentions)
        for item, start, end in titles_said(self.said.rest, self.shown):
            if not any(m.start < end and start < m.end for m in found):
                found.append(Mention(self.said.rest[start:end], start, end, items=(item,)))
        return sorted(found, key=lambda m: m.start)

    def _without_claims(self, mentions: list[Mention]) -> list[Mention]:
        """Blank what is only claimed, and leave those mentions that are asked for besides."""
        for claim in self.claims:
            keep = claim.name if claim.asked else claim.title if claim.role == "year" else (0, 0)
            inside = [m for m in mentions if claim.span[0] <= m.start < claim.span[1]]
            mentions = [m for m in mentions if m not in inside or (m.start, m.end) == keep]
            self.avoid_items += claim.items
            around = self.said.rest[: claim.span[0]]
            if claim.asked:
                self.said.blank(claim.name[1], claim.span[1])
                continue
            role = roles.before(around)
            if claim.role == "year" and claim.title != claim.span and not role:
                mentions = [m for m in mentions if (m.start, m.end) != claim.title]
            if role and roles.side_of(role):  # "the director of that 1994 film Heat"
                mentions = [m for m in mentions if (m.start, m.end) != claim.title]
                surface = self.said.text[slice(*claim.title)]
                mentions.append(Mention(surface, *claim.span, items=claim.items))
            else:
                self.told.append(([claim.items], self.said.text[slice(*claim.span)]))
                self.pending.append(claim.items)
            self.said.blank(*claim.span)
        return sorted(mentions, key=lambda m: m.start)

    def _is_live(self, text: str, act: str) -> bool:
        """Whether this part of the message belongs to the request."""
        if act in ("ask", "wish", "fragment"):
            return True
        if act != "state":
            return False
        if self.asked or measures.spare_time(text):
            return True
        return bool(self.shown and self.previous and (_COMPLAINT.search(text) or _MISSING.search(text)))

    def _of_shown(self, at: int) -> bool:
        """Whether the negation that ends `at` tells what those shown lack: "these aren't funny"."""
        lead, after = self.said.rest[:at], self.said.rest[at:]
        lacks = _LACKS.search(lead) or any(a.search(lead) and b.match(after) for a, b in _LACKS_TOO)
        return self.searching and bool(self.shown) and bool(lacks)

    def _with_wishes(self, mentions: list[Mention]) -> list[Part]:
        """The live parts, with those that wish though nothing in them asks, and with what a search is told besides."""

        def text(part: Part) -> str:
            return core(self.said.rest[part.start : part.end])

        def titled(part: Part) -> bool:
            return any(m.items and part.start <= m.start < part.end for m in mentions)

        live = [
            p
            for p in self.parts
            if p in self.plain
            or (p.act in ("state", "question") and wished(text(p), p.act, self._has_genre, titled(p)))
        ]
        if self.searching and not any(says_something(text(p)) for p in live):
            told = [p for p in self.parts if p not in live and self._bears_on_search(p, text(p), titled(p))]
            live = [p for p in self.parts if p in live or p in told]
        if self.searching:
            say = [p for p in live if says_something(text(p))]
            self.of_taste = bool(say) and all(p.act == "state" and lasting(text(p)) for p in say)
        return live

    def _bears_on_search(self, part: Part, text: str, titled: bool) -> bool:
        """Whether what is told, or asked, while a request is open says more of what is wanted."""
        if part.act == "question":
            return not titled and bool(_COULD_IT.match(text))
        return part.act == "state" and not titled and (lasting(text) or not tells(text))

    def _has_genre(self, words: str) -> bool:
        return any(t.name in self.catalog.vocabulary.genres for t in self.catalog.vocabulary.find(words))

    def _asks(self, at: int) -> bool:
        return any(p.start <= at < p.end for p in self.live)

    # Titles

    def _read_kinds_of_titles(self, mentions: list[Mention]) -> None:
        """The kinds that are asked for, before titles are read: they choose between a book and its film."""
        preview = Said(self.said.rest)
        preview.negated = self.said.negated
        for mention in mentions:
            if mention.items:  # "the film Alien", "Dune the book": the noun belongs to the title
                for noun in _noun_of_title(KIND_NOUN, preview.rest, mention):
                    if noun:
                        self.said.blank(*noun.span())
                        preview.blank(*noun.span())
        for part in self.parts:
            if part not in self.live:
                preview.blank(part.start, part.end)
        self.kinds, _ = phrases.kinds(preview, self.catalog.kinds)

    def _read_mentions(self, mentions: list[Mention]) -> None:
        for group in roles.grouped(mentions, self.said.text):
            if group[0].items:
                self._read_titles(group)
            else:
                self._read_names(group)

    def _read_titles(self, group: list[Mention]) -> None:
        text, rest = self.said.text, self.said.rest
        start, lead, after = group[0].start, rest[: group[0].start], text[group[-1].end :]
        found = [self._variants(m) for m in group]
        role, role_after = roles.before(lead), roles.AFTER.match(after)
        sharing = roles.sharing(after) if len(group) > 1 else None
        side = roles.in_common(lead, after) if len(group) > 1 else ""
        if sharing:
            self.said.blank(group[-1].end, group[-1].end + sharing[0].end())
            self._relate(group, found, sharing[1], sharing[0][0])
        elif side:
            self._relate(group, found, side, "")
        elif not self._asks(start):
            self._read_told(group, found)
        elif role_after or (role and roles.side_of(role)):
            span = role.span() if role and not role_after else None
            if span:
                offset = max(0, len(lead) - 120)
                self.said.blank(span[0] + offset, start)
                self._relate(group, found, roles.side_of(role), role[0])
            else:
                self.said.blank(group[-1].end, group[-1].end + role_after.end())
                self._relate(group, found, "creators" if role_after["maker"] else "people", role_after[0])
        elif self.said.is_negated(start):
            self.avoid_items += _flat(found)
            self.rejected |= any(i in self.shown for i in _flat(found))
        elif _THAN.search(lead) and self._compares(lead):
            self.compared += _flat(found)
            self.titles += [m.items[0].title for m in group]
        elif self._turns_down(group, found):
            self.avoid_items += _flat(found)
            self.referred += tuple(i for i in _flat(found) if i in self.shown)
            self.rejected = True
        elif _SEEN.search(lead) or _SEEN_AFTER.match(after):
            self.avoid_items += _flat(found)
            if any(i in self.shown for i in _flat(found)):
                self.rejected = True
                part = next(p for p in self.live if p.start <= start < p.end)
                if part.act in ("state", "fragment"):  # "read Emma last year" asks for nothing of that year
                    self.said.blank(part.start, part.end)
            elif _MORE_OF.search(self.said.rest):
                self._add_like(found)
        else:
            self._add_like(found)

    def _read_told(self, group: list[Mention], found: list[tuple[Item, ...]]) -> None:
        """Titles of a statement beside a request: "I loved Heat. What next?\""""
        part = next((p for p in self.parts if p.start <= group[0].start < p.end), None)
        if part is None or part.act not in ("state", "question") or not self.live:
            return
        self.told.append((found, self.said.text[part.start : part.end]))
        if part.act == "question":
            return
        text = self.said.rest[part.start : part.end]
        if any(i in self.shown for i in _flat(found)) and not _PRAISE.search(text):
            self.avoid_items += _flat(found)
            self.rejected = True
            return
        live = " ".join(self.said.rest[p.start : p.end] for p in self.live)
        if (_PRAISE.search(text) and not phrases.negated_spans(text)) or _MORE_OF.search(live):
            self._add_like(found)
        else:
            self.avoid_items += _flat(found)

    def _turns_down(self, group: list[Mention], found: list[tuple[Item, ...]]) -> bool:
        """Whether a title that was shown is turned down: "Heat is too long", "Heat? I wanted a comedy"."""
        if not any(i in self.shown for i in _flat(found)) or _LIKE.search(self.said.rest[: group[0].start]):
            return False
        part = next(p for p in self.live if p.start <= group[0].start < p.end)
        text = self.said.rest[part.start : part.end]
        if TURNED_DOWN.search(text) or re.search(r"\bover\s+$", self.said.rest[: group[0].start], re.I):
            return True
        others = " ".join(self.said.rest[p.start : p.end] for p in self.live if p is not part)
        refers = phrases.pointed(Said(others), len(self.shown)) or roles.SAME.search(others)
        cued = _PRAISE.search(text) or _MORE_OF.search(text) or roles.before(self.said.rest[: group[0].start])
        return says_something(others) and not refers and not cued

    def _add_like(self, found: list[tuple[Item, ...]]) -> None:
        self.like += _flat(found)
        self.avoid_items += _flat(found)
        self.titles += [items[0].title for items in found]

    def _variants(self, mention: Mention) -> tuple[Item, ...]:
        """Which of the items of that title is meant, as far as the words about it tell."""
        items = mention.items
        for kind in self.catalog.kinds:
            noun = phrases.KIND_NOUNS.get(kind, re.escape(kind))
            if any(_noun_of_title(noun, self.said.text, mention)):
                return tuple(i for i in items if i.kind == kind) or items
        return tuple(i for i in items if i.kind in self.kinds) or items

    def _compares(self, lead: str) -> bool:
        return bool(measures.COMPARED.search(lead[-60:]))

    # Names

    def _relate(self, group: list[Mention], found: list[tuple[Item, ...]], side: str, words: str) -> None:
        """The people whom works are known by: "the director of Alien", "the actor in both Heat and The Godfather"."""
        found = [roles.of_role(m.items, words, self.kinds) for m in group]
        shared = len(group) > 1 and not re.search(r"\bor\b", self.said.text[group[0].end : group[-1].start])
        items, names = roles.names_of(found, side, words, shared)
        self.titles += [i.title for i in items]
        if self.said.is_negated(group[0].start):
            self.avoid_names += names
            return
        self.avoid_items += items
        self.relations.append(Relation(side, items, shared, names))

    def _read_names(self, group: list[Mention]) -> None:
        lead, after = self.said.rest[: group[0].start], self.said.text[group[-1].end :]
        if not self._asks(group[0].start):
            return
        if self.said.is_negated(group[0].start) or _NEGATED_AFTER.match(after):
            self.avoid_names += [n for m in group for n in m.names]
            return
        if _LIKE.search(lead) or re.match(r"-(?:style|like|esque)\b|\s+adaptations?\b", after):
            works = [i for m in group for n in m.names for i in self.lookup.by_name[n] if n in i.creators]
            self.like += works[:MOST_LIKE]
            self.titles += [m.surface for m in group]
            return
        role = "creators" if _BY.search(lead) else "people" if _WITH.search(lead) else ""
        if not role and _OWN.match(after) and self._makes(group):
            role = "creators"
        named = [self._fitting(m.names, role) for m in group]
        between = self.said.text[group[0].end : group[-1].start]
        if len(named) > 1 and re.search(r"\bor\b", between):
            named = [Named(tuple(n for g in named for n in g.names), role)]
        self.named += named

    def _makes(self, group: list[Mention]) -> bool:
        """Whether somebody of `group` is known for making: "a Kubrick film", but "De Niro films" are those he is in."""
        names = {n for m in group for n in m.names}
        works = {n: self.lookup.by_name[n] for n in names}
        return any(
            sum(n in i.creators for i in made) >= max(1, sum(n in i.people for i in made)) for n, made in works.items()
        )

    def _fitting(self, names: tuple[str, ...], role: str) -> Named:
        """Those of `names` who have that role in that kind; without the role, if nobody has it."""

        def has(name: str, role: str) -> bool:
            works = self.lookup.by_name[name]
            return any(name in getattr(i, role) for i in works if not self.kinds or i.kind in self.kinds)

        fitting = tuple(n for n in names if has(n, role or "names"))
        if not role and len(fitting) > 1:  # of several people of a surname, those who make
            fitting = tuple(n for n in fitting if has(n, "creators")) or fitting
        if role and not fitting:
            return Named(tuple(n for n in names if has(n, "names")) or names)
        return Named(fitting or names, role)

    def _read_same_maker(self) -> None:
        """ "the same director", "anything else by her": of what was told of, shown, liked or named last."""
        matches = (m for m in roles.SAME.finditer(self.said.rest) if self._asks(m.start()))
        match = next((m for m in matches if not (_bare(m) and roles.GOES_ON.match(self.said.rest, m.end()))), None)
        if match is None or self.relations:
            return
        claimed = next((c.named for c in self.claims if c.named and not c.asked), ())
        words, pronoun = match[0], match["pronoun"] or match["with"]
        side = "people" if match["player"] or match["with"] else "creators"
        if pronoun and claimed and not self.referred:
            self.named.append(Named(claimed))
        elif not match["maker"] and not match["player"] and not self.told and self.previous and self.previous.named:
            self.named.append(self.previous.named[-1])
        elif self.told and not self.referred:
            found, about = self.told[-1]
            if match["person"] or match["whoever"] or match["pronoun"]:
                side = roles.side_of_context(about) if not match["whoever"] else "creators"
            found = [roles.of_role(items, words if match["maker"] else about, self.kinds) for items in found]
            items, names = roles.names_of(found, side, words, len(found) > 1)
            self.relations.append(Relation(side, items, len(found) > 1, names))
            self.avoid_items += items
        elif (items := self.referred or tuple(self.like) or self.compared or self._last()) and not _bare(match):
            named = items in (tuple(self.like), self.compared)
            items = roles.of_role(items, words, self.kinds)[:1] if named else items[:1]
            _, names = roles.names_of([items], side, words, False)
            self.relations.append(Relation(side, items, False, names))
            self.avoid_items += items
            self.referred = self.referred or (items if items[0] in self.shown else ())
        else:
            return
        told = [i for items, _ in self.told for i in _flat(items)]
        self.like = [i for i in self.like if not any(i in (*r.items, *told) for r in self.relations)]
        self.said.blank(*match.span())

    def _last(self) -> tuple[Item, ...]:
        return self.shown[:1] or (self.previous.like if self.previous else ())

    # What was shown

    def _described(self) -> list[tuple[int, int]]:
        """Shown items by what they are: "the French one", "the one about robots"."""
        found = []
        for match in _THE_ONE.finditer(self.said.rest) if self.shown else ():
            words = normalise(match["of"] or match["what"]).split()
            for n, item in enumerate(self.shown):
                text = f" {normalise(f'{item.text()} {item.country} {item.language} {item.year}')} "
                if words and all(f" {w.removesuffix('s')}" in text for w in words):
                    found.append((n, match.start()))
                    self.said.blank(*match.span())
                    break
        return found

    def _that(self, pointed: list[tuple[int, int]], mentions: list[Mention]) -> list[tuple[int, int]]:
        """What "that" or "those" means: what was pointed at before, else of what was shown; a title goes before "
        "both."""
        that = phrases.pointed(self.said, len(self.shown))
        if any(m.items for m in mentions):
            return []
        return [(index, that[0][1]) for index, _ in pointed] if pointed and that else that

    def _read_references(self, pointed: list[tuple[int, int]]) -> None:
        for index, at in pointed:
            item = self.shown[index]
            if not self._asks(at):
                continue
            self.referred += (item,)
            lead = self.said.rest[:at]
            if _THAN.search(lead) and self._compares(lead):
                self.compared += (item,)
                continue
            self.avoid_items.append(item)
            role = roles.before(lead[-60:])
            if role and (side := roles.side_of(role)):
                self.relations.append(Relation(side, (item,), False, getattr(item, side)))
                self.said.blank(at - len(lead[-60:]) + role.start(), at)
                continue
            part = next(p for p in self.live if p.start <= at < p.end)
            rules_out = part.act == "state" or self.said.is_negated(at) or _SEEN.search(lead)
            rules_out = rules_out or TURNED_DOWN.search(self.said.rest[part.start : part.end])
            if not rules_out and not roles.SAME.search(self.said.rest):
                self.like.append(item)
                self.titles.append(item.title)


def _noun_of_title(noun: str, text: str, mention: Mention) -> tuple[re.Match | None, re.Match | None]:
    """The kind said with a title: "the film Alien", "Dune the book", "Solaris (film)"."""
    before = re.compile(rf"\bthe (?:{noun}) (?:called )?\W*$", re.I).search(text, 0, mention.start)
    after = re.compile(rf"\W*\((?:the )?(?:{noun})\)|\W* the (?:{noun})\b", re.I).match(text, mention.end)
    return before, after


def _bare(same: re.Match) -> bool:
    """Whether a match of `roles.SAME` is "the director" alone, which may be anybody's."""
    said = same[0].lower()
    return bool(same["maker"] or same["player"]) and said.startswith("the ") and "same" not in said


def _flat(found: Sequence[tuple[Item, ...]]) -> tuple[Item, ...]:
    return tuple(i for items in found for i in items)
