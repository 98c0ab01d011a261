"""Whom and what a message names or points at: titles, people, "the second one", "the director of Alien"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

from mrrec.agent.request import measures, phrases
from mrrec.agent.request.acts import parts
from mrrec.agent.request.conditions import Named, Relation, Request
from mrrec.agent.request.phrases import Said
from mrrec.catalog import Catalog, Item
from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import KIND_NOUN, ROLE, Mention

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
_ROLE_AFTER = re.compile(
    r"^(?:'s?)?\s+(?:(?P<maker>directors?|authors?|writers?|makers?|creators?|studio|developers?)|"
    r"(?P<player>stars?|leads?|actors?|actress|cast))\b",
    re.I,
)
_SAME = re.compile(
    r"\b(?:(?:by|from) (?:him|her|them|that (?:guy|man|woman|person))|with (?P<with>him|her|them)|"
    r"(?:the )?(?:same|that|this|its|"
    r"his|her|their) (?:(?P<maker>directors?|authors?|writers?|studio|developers?|makers?|creators?|filmmaker)|"
    r"(?P<player>actors?|actress|stars?|leads?|cast)))\b",
    re.I,
)
_THE_ONE = re.compile(
    r"\bthe one (?:with|about|by|from|set in|on) (?:the |a )?(?P<of>[\w' ]{3,30})|\bthe (?P<what>[\w' ]{3,25}?) one\b",
    re.I,
)
_WORDS_OF_KIND = {
    "film": r"direct|film|star|act|cast|lead|movie|play",
    "book": r"author|writ|wrote|novel|book",
    "game": r"studio|develop|game|design",
}
_MADE = re.compile(
    r"\b(?:behind|made|makes|direct\w*|wrote|written|creat\w+|develop\w+|design\w+|did|brought|gave|responsible)\b"
)
_FIRST_BILLED = re.compile(r"\b(?:star|lead|leading (?:man|lady|actor|actress)|main role)\b", re.I)


class Naming:
    """Reads titles, names and references out of `said` and blanks them there, with every part that asks for nothing."""

    def __init__(self, said: Said, catalog: Catalog, previous: Request | None, shown: tuple[Item, ...], asked: bool):
        self.said, self.catalog, self.previous, self.shown, self.asked = said, catalog, previous, shown, asked
        self.lookup = catalog.lookup
        self.like: list[Item] = []
        self.avoid_items: list[Item] = []
        self.avoid_names: list[str] = []
        self.titles: list[str] = []
        self.named: list[Named] = []
        self.relations: list[Relation] = []
        self.compared: tuple[Item, ...] = ()  # "shorter than Dune"
        self.referred: tuple[Item, ...] = ()  # of those shown
        self._read()

    def _read(self) -> None:
        said = self.said
        pointed = phrases.references(said, len(self.shown)) + self._described()
        mentions = self.lookup.mentions(said.rest)
        for mention in mentions:
            said.blank(mention.start, mention.end)
        said.negated = phrases.negated_spans(said.rest)
        self.parts = parts(said.rest)
        self.live = [p for p in self.parts if self._is_live(said.rest[p.start : p.end], p.act)]
        self._read_kinds_of_titles(mentions)
        self._read_mentions(mentions)
        for part in self.parts:
            if part not in self.live:
                said.blank(part.start, part.end)
        pointed += self._that(pointed, mentions)
        self._read_references(pointed)
        self._read_same_maker()

    def _is_live(self, text: str, act: str) -> bool:
        """Whether this part of the message belongs to the request."""
        if act in ("ask", "wish", "fragment"):
            return True
        if act != "state":
            return False
        if self.asked or measures.spare_time(text):
            return True
        return bool(self.shown and self.previous and _COMPLAINT.search(text))

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
        for group in _groups(mentions, self.said.text):
            if group[0].items:
                self._read_titles(group)
            else:
                self._read_names(group)

    def _read_titles(self, group: list[Mention]) -> None:
        text, rest = self.said.text, self.said.rest
        start, lead, after = group[0].start, rest[: group[0].start], text[group[-1].end :]
        found = [self._variants(m) for m in group]
        role = ROLE.search(lead[-120:])
        role_after = _ROLE_AFTER.match(after)
        if not self._asks(start):
            self._read_told(group, found)
        elif role_after or (role and _role_of(role)):
            span = role.span() if role and not role_after else None
            if span:
                offset = max(0, len(lead) - 120)
                self.said.blank(span[0] + offset, start)
            else:
                self.said.blank(group[-1].end, group[-1].end + role_after.end())
            self._read_relation(group, found, role, role_after)
        elif self.said.is_negated(start):
            self.avoid_items += _flat(found)
        elif _THAN.search(lead) and self._compares(lead):
            self.compared += _flat(found)
            self.titles += [m.items[0].title for m in group]
        elif _SEEN.search(lead):
            self.avoid_items += _flat(found)
            if _MORE_OF.search(self.said.rest):
                self._add_like(found)
        else:
            self._add_like(found)

    def _read_told(self, group: list[Mention], found: list[tuple[Item, ...]]) -> None:
        """Titles of a statement beside a request: "I loved Heat. What next?\""""
        part = next((p for p in self.parts if p.start <= group[0].start < p.end), None)
        if part is None or part.act != "state" or not self.live:
            return
        text = self.said.rest[part.start : part.end]
        live = " ".join(self.said.rest[p.start : p.end] for p in self.live)
        if (_PRAISE.search(text) and not phrases.negated_spans(text)) or _MORE_OF.search(live):
            self._add_like(found)
        else:
            self.avoid_items += _flat(found)

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

    def _read_relation(self, group: list[Mention], found, role: re.Match | None, after: re.Match | None) -> None:
        """The people whom works are known by: "the director of Alien", "the actor in both Heat and The Godfather"."""
        if after:
            side, words = ("creators" if after["maker"] else "people"), after[0]
        else:
            side, words = _role_of(role), role[0]
        found = [self._of_role(m.items, words) for m in group]
        between = self.said.text[group[0].end : group[-1].start]
        shared = len(group) > 1 and not re.search(r"\bor\b", between)
        items, names = _common(found, side) if shared else (tuple(i[0] for i in found), ())
        if not shared:
            names = tuple(dict.fromkeys(n for i in items for n in getattr(i, side)))
            if side == "people" and _FIRST_BILLED.search(words):
                names = tuple(dict.fromkeys(i.people[0] for i in items if i.people))
        self.titles += [i.title for i in items]
        if self.said.is_negated(group[0].start):
            self.avoid_names += names
            return
        self.avoid_items += items
        self.relations.append(Relation(side, items, shared, names))

    def _of_role(self, items: tuple[Item, ...], words: str) -> tuple[Item, ...]:
        """Of several items of a title, those that the role speaks of: a director's film, an author's book."""
        kind = next((kind for kind, pattern in _WORDS_OF_KIND.items() if re.search(pattern, words, re.I)), "")
        return tuple(i for i in items if i.kind == kind) or tuple(i for i in items if i.kind in self.kinds) or items

    def _read_names(self, group: list[Mention]) -> None:
        lead, after = self.said.rest[: group[0].start], self.said.text[group[-1].end :]
        if not self._asks(group[0].start):
            return
        if self.said.is_negated(group[0].start):
            self.avoid_names += [n for m in group for n in m.names]
            return
        if _LIKE.search(lead) or re.match(r"-(?:style|like|esque)\b|\s+adaptations?\b", after):
            works = [i for m in group for n in m.names for i in self.lookup.by_name[n] if n in i.creators]
            self.like += works[:MOST_LIKE]
            self.titles += [m.surface for m in group]
            return
        role = "creators" if _BY.search(lead) else "people" if _WITH.search(lead) else ""
        if not role and _OWN.match(after):
            role = (
                "creators"
                if any(n in i.creators for m in group for n in m.names for i in self.lookup.by_name[n])
                else ""
            )
        named = [self._fitting(m.names, role) for m in group]
        between = self.said.text[group[0].end : group[-1].start]
        if len(named) > 1 and re.search(r"\bor\b", between):
            named = [Named(tuple(n for g in named for n in g.names), role)]
        self.named += named

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
        """ "the same director", "anything else by her": of what was shown, liked or named last."""
        match = next((m for m in _SAME.finditer(self.said.rest) if self._asks(m.start())), None)
        if match is None:
            return
        items = self.referred or tuple(self.like) or self.shown[:1] or (self.previous.like if self.previous else ())
        if not match["maker"] and not match["player"] and self.previous and self.previous.named:
            self.named.append(self.previous.named[-1])
        elif items:
            side = "people" if match["player"] or match["with"] else "creators"
            names = tuple(dict.fromkeys(n for i in items[:1] for n in getattr(i, side)))
            self.relations.append(Relation(side, items[:1], False, names))
            self.avoid_items += items[:1]
            self.referred = self.referred or items[:1]
        else:
            return
        self.like = [i for i in self.like if i not in items]
        self.said.blank(*match.span())

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
            role = ROLE.search(lead[-60:])
            if role and (side := _role_of(role)):
                self.relations.append(Relation(side, (item,), False, getattr(item, side)))
                self.said.blank(at - len(lead[-60:]) + role.start(), at)
                continue
            part = next(p for p in self.live if p.start <= at < p.end)
            rules_out = part.act == "state" or self.said.is_negated(at) or _SEEN.search(lead)
            if not rules_out and not _SAME.search(self.said.rest):
                self.like.append(item)
                self.titles.append(item.title)


def _noun_of_title(noun: str, text: str, mention: Mention) -> tuple[re.Match | None, re.Match | None]:
    """The kind said with a title: "the film Alien", "Dune the book", "Solaris (film)"."""
    before = re.compile(rf"\bthe (?:{noun}) (?:called )?\W*$", re.I).search(text, 0, mention.start)
    after = re.compile(rf"\W*\((?:the )?(?:{noun})\)|\W* the (?:{noun})\b", re.I).match(text, mention.end)
    return before, after


def _groups(mentions: list[Mention], text: str) -> list[list[Mention]]:
    """Mentions of one sort that follow each other by "and", "or" or a comma."""
    groups: list[list[Mention]] = []
    for mention in mentions:
        joined = groups and re.fullmatch(
            r"[\"'»*]?\s*(?:,|,? ?and|,? ?or|&)\s*(?:by |with )?(?:both )?[\"'«*]?",
            text[groups[-1][-1].end : mention.start],
            re.I,
        )
        if joined and bool(groups[-1][0].items) == bool(mention.items):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups


def _role_of(role: re.Match) -> str:
    """creators or people, for somebody spoken of by a work; empty where no role is meant."""
    link = role["link"].strip()
    if not link:
        return ""
    if role["maker"]:
        return "creators"
    if role["player"]:
        return "people"
    if _MADE.search(link.lower()):
        return "creators"
    if re.search(r"\b(?:by|directed|written|made)\b[\w\s]*$", role.string[: role.start()], re.I):
        return "creators"
    return "people" if re.search(r"\b(?:in|from|star\w*|play\w*|act\w*|appear\w*|lead)\b", link, re.I) else ""


def _common(found: Sequence[tuple[Item, ...]], side: str) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """One item a title, so chosen that they have names in common, and those names."""
    for items in product(*(f[:4] for f in found[:4])):
        names = tuple(n for n in getattr(items[0], side) if all(n in getattr(i, side) for i in items[1:]))
        if names:
            return items, names
    return tuple(f[0] for f in found), ()


def _flat(found: Sequence[tuple[Item, ...]]) -> tuple[Item, ...]:
    return tuple(i for items in found for i in items)
