"""Somebody spoken of by a work: "the director of Alien", "that author", "the actor whom A and B share"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

from mrrec.catalog import Catalog, Item
from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import KIND_NOUN, ROLE, STOPWORDS, Mention

_MAKER = (
    r"directors?|film-?makers?|authors?|writers?|novelists?|makers?|creators?|studios?|developers?|devs?|team|"
    r"designers?"
)
_PLAYER = r"stars?|leads?|leading (?:man|lady|actor|actress)|actors?|actress(?:es)?|cast(?: members?)?|players?"
_PERSON = (
    r"who(?:ever)?|guys?|man|woman|lady|persons?|people|folks|one|somebody|someone|mind|hand|name|talent|artist|those"
)
# As `catalog.lookup.ROLE`, with more of what people put between somebody and a title.
_SPOKEN_OF = re.compile(
    rf"\b(?:(?P<maker>{_MAKER})|(?P<player>{_PLAYER})|(?P<someone>{_PERSON}))"
    r"(?P<link>(?:(?:\W+|(?='s|’s))(?:of|behind|in|from|who|that|which|is|are|was|were|s|has|have|had|been|being|"
    r"both|made|makes|making|directed|directs|directing|shot|wrote|writes|written|penned|created|developed|designed|"
    r"did|does|brought|gave|given|us|responsible|for|star(?:s|red|ring)?|plays?|played|playing|acts?|acted|acting|"
    r"appear(?:s|ed|ing)?|features?|featured|seen|known|to|as|on|with|the|a|lead|leads|main|role|part|film|movie|book|"
    r"novel|game|also|original|common|shared|well|it|really|actually|released|published|came up))*)\W*$",
    re.I,
)
AFTER = re.compile(
    r"^(?:'s?)?\s+(?:(?P<maker>directors?|film-?makers?|authors?|writers?|novelists?|makers?|creators?|studio|team|"
    r"developers?)|(?P<player>stars?|leads?|actors?|actress|cast))\b",
    re.I,
)
_SHARE = re.compile(
    rf"^[\"'”’»*]?\s+(?:both\s+)?(?:have|share|has|shared|are (?:both )?(?:by|from|with)|come from|were (?:both )?"
    rf"(?:made|directed|written|developed) by|feature|star)\s+(?:in common\s+)?(?:the same|an?|one|their)\s+"
    rf"(?:(?P<maker>{_MAKER})|(?P<player>{_PLAYER})|(?P<someone>person|man|woman|guy|hand|mind))\b(?: in common)?",
    re.I,
)
_IN_COMMON = re.compile(r"^[\"'”’»*]?\s+(?:have|share)(?: in common)?\b(?!\s+(?:the|an?|one|their)\b)", re.I)
# Somebody who was spoken of before. "The director" alone counts too, where no "of" follows.
SAME = re.compile(
    r"\b(?:(?:by|from|of) (?P<pronoun>him|her|them|theirs|his|hers)\b|with (?P<with>him|her|them)\b|"
    r"(?P<whoever>(?:whoever|(?:the )?(?:person|one|people|guy|man|woman|those|team) who)"
    r"(?: really| actually| truly)? (?:made|directed|wrote|did|developed|created|shot)"
    r"(?: it| that(?: one)?|(?= \|*$))?)|"
    r"(?:(?:the )?(?:very )?(?:same|that|this|its|such|whose|his|her|their|the)(?: very)?(?: same)?"
    r"(?: true| real| actual)?) "
    rf"(?:(?P<maker>{_MAKER})|(?P<player>{_PLAYER})|(?P<person>person|man|woman|guy|lady|one(?= in\b)))\b"
    r"(?!\W+(?:of|who|whom|that|\|)))",
    re.I,
)
# After "the director" alone: then a work follows that tells whose.
GOES_ON = re.compile(r"\W+(?:behind|in|from|both|for|on)\b", re.I)
_JOINED = (
    r"[\"'»”*]?\s*(?:,|,? ?and|,? ?or|&|,? ?as well as|,? ?plus)\s*(?:also |then )?"
    rf"(?:in |of |from |by |with )?(?:both )?(?:the {KIND_NOUN} )?[\"'«“*]?"
)
FIRST_BILLED = re.compile(r"\b(?:stars?|lead|leading (?:man|lady|actor|actress)|main role)\b", re.I)
_MADE = re.compile(
    r"\b(?:behind|made|makes|making|direct\w*|shot|wrote|writ\w+|penned|creat\w+|develop\w+|design\w+|did|brought|gave|"
    r"responsible)\b"
)
_PLAYED = re.compile(r"\b(?:in|from|star\w*|play\w*|act\w*|appear\w*|lead|featur\w*|seen|with)\b", re.I)
_OF_KIND = {
    "film": r"direct|film|star|act|cast|lead|movie|play",
    "book": r"author|writ|wrote|novel|book",
    "game": r"studio|develop|game|design",
}


def before(lead: str) -> re.Match | None:
    """Somebody spoken of, right before a title: `lead` is what stands before it."""
    known = ROLE.search(lead[-120:])
    if known and side_of(known):
        return known
    wider = _SPOKEN_OF.search(lead[-120:])
    return wider if wider and wider["link"].strip() and side_of(wider) else known


def sharing(after: str) -> tuple[re.Match, str] | None:
    """What stands after several titles: "… have the same director", and creators or people."""
    match = _SHARE.match(after)
    if not match:
        return None
    return match, "people" if match["player"] else "creators"


def in_common(lead: str, after: str) -> str:
    """creators or people of "the actor that A and B share"; empty where it is no such thing."""
    match = _IN_COMMON.match(after)
    if not match:
        return ""
    said = re.search(
        rf"\b(?:(?P<maker>{_MAKER})|(?P<player>{_PLAYER}))\s+(?:(?:that|which|whom|who|do|does)\s+)*\W*$",
        lead[-60:],
        re.I,
    )
    return "" if not said else "people" if said["player"] else "creators"


def side_of(role: re.Match) -> str:
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


def side_of_context(text: str) -> str:
    """What somebody did in works that `text` tells of: creators, unless it is of playing."""
    return "people" if _PLAYED.search(text) and not _MADE.search(text.lower()) else "creators"


def of_role(items: tuple[Item, ...], words: str, kinds: Sequence[str]) -> tuple[Item, ...]:
    """Of several items of a title, those that the role speaks of: a director's film, an author's book."""
    kind = next((kind for kind, pattern in _OF_KIND.items() if re.search(pattern, words, re.I)), "")
    return tuple(i for i in items if i.kind == kind) or tuple(i for i in items if i.kind in kinds) or items


def names_of(found: Sequence[tuple[Item, ...]], side: str, words: str, shared: bool):
    """(items, names) of somebody known by works: what all have in common (`shared`), or everybody of any."""
    if shared and len(found) > 1:
        return common(found, side)
    items = tuple(i[0] for i in found)
    if side == "people" and FIRST_BILLED.search(words):
        return items, tuple(dict.fromkeys(i.people[0] for i in items if i.people))
    return items, tuple(dict.fromkeys(n for i in items for n in getattr(i, side)))


def common(found: Sequence[tuple[Item, ...]], side: str) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """One item a title, so chosen that they have names in common, and those names."""
    for items in product(*(f[:4] for f in found[:4])):
        names = tuple(n for n in getattr(items[0], side) if all(n in getattr(i, side) for i in items[1:]))
        if names:
            return items, names
    return tuple(f[0] for f in found), ()


def grouped(mentions: list[Mention], text: str) -> list[list[Mention]]:
    """Mentions of one sort that follow each other by "and", "or" or a comma."""
    groups: list[list[Mention]] = []
    for mention in mentions:
        joined = groups and re.fullmatch(
            r"[\"'»*]?\s*(?:,|,? ?and|,? ?or|&|,? ?as well as)\s*(?:also )?(?:by |with )?(?:both )?[\"'«*]?"
            if not mention.items
            else _JOINED,
            text[groups[-1][-1].end : mention.start],
            re.I,
        )
        if joined and bool(groups[-1][0].items) == bool(mention.items):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups


# --- mentions put right -----------------------------------------------------------------------------------------------

_YEAR_LEAD = re.compile(
    r"\b(?:in|since|before|after|until|till|between|and|to|around|from|released in|made in|than|late|early)\s+$", re.I
)
_INTERJECTED = re.compile(r"\s*[,.;!:—-]\s*[\w'\"(]")
_NEAR_MISS = re.compile(r"\s*(?:[,.;!]|but\b|enough\b)")  # "Close, but …" is not Glenn
_SPEAKS = re.compile(
    r"(?:i|we|i['’]m|i am|we['’]re|i['’]d|i['’]ve|let['’]s)\b", re.I
)  # "I'm thinking of …" is said, and no title
_PLAYED_IN = re.compile(r"\b(?:star|lead|actor|actress|cast|who\w*|one|play\w*|act\w*) (?:\w+ )?(?:in|from)\s+$", re.I)
_VERB_LEAD = re.compile(r"(?:wrote|made|directed|developed|did|created|shot|from|of|in|by|with)\s+", re.I)
_MAKES = re.compile(r"\b([A-Z][\w-]+)(?:['’]s?)?\s+(?:also )?(?:directed|made|developed|wrote|created)\b")
_OPENS = re.compile(
    rf"^\W*([A-Z][\w-]{{4,}})(?=(?:['’]s?)?\s*(?:,|(?:{KIND_NOUN}|without|minus|but|from|before|after|since|in|"
    rf"doing|directing|"
    r"leaving|except|excluding|under|over|between|starring|and [A-Z])\b))"
)
_BOUNDARY = re.compile(r"[,.;:?!()]|\s(?:so|but|with|from|only|please|which|was|is|by|instead|and|as well as|made)\s|$")
_STARTS = re.compile(r"[,.;:?!]\s*|\b(?:by|of|from|with)\s+")
_NEXT = re.compile(
    r"[\"'”’»*]?\s*(?:,|,?\s*and|&|as well as)(?:\s+(?:also|then))?(?:\s+(?:in|of|from))?\s+[\"'“‘«*]?(?!\|)", re.I
)


def tidied(mentions: Sequence[Mention], text: str, catalog: Catalog) -> list[Mention]:
    """`mentions` without a noun of kind or a year that is no title, without a verb before a title; and with studios of
    one word that open a sentence ("Valve made Portal", "Scorsese without De Niro")."""
    kept = []
    for mention in mentions:
        surface, lead = mention.surface, text[: mention.start]
        if mention.items and re.fullmatch(rf"(?:an? )?{KIND_NOUN}", surface):
            continue
        year = mention.items and re.fullmatch(r"(?:18|19|20)\d\d", surface)
        if year and _YEAR_LEAD.search(lead) and not _PLAYED_IN.search(lead):
            continue
        if mention.items and re.fullmatch(r"its?|it['’]s", surface):
            continue
        if re.fullmatch(r"nope|yes|wow|stop|enough|oh|wait", surface, re.I) and _INTERJECTED.match(text, mention.end):
            continue
        if mention.names and re.fullmatch(r"close", surface, re.I) and _NEAR_MISS.match(text, mention.end):
            continue
        if (
            mention.items
            and _SPEAKS.match(surface)
            and not any(normalise(i.title) == normalise(surface) for i in mention.items)
        ):
            continue
        verb = _VERB_LEAD.match(surface) if mention.items else None
        if verb and (same := catalog.lookup.titles(surface[verb.end() :])) and set(same) & set(mention.items):
            mention = Mention(surface[verb.end() :], mention.start + verb.end(), mention.end, items=mention.items)
        kept.append(mention)
    for maker in (*_MAKES.finditer(text), *_OPENS.finditer(text)):
        names = _called(maker[1], catalog)
        if names and not any(m.start < maker.end(1) and maker.start(1) < m.end for m in kept):
            kept.append(Mention(maker[1], *maker.span(1), names=names))
    return sorted(kept, key=lambda m: m.start)


def _called(word: str, catalog: Catalog) -> tuple[str, ...]:
    """People and studios of that very name or surname; nobody where it is an ordinary word."""
    key = normalise(word)
    if key in STOPWORDS or catalog.vocabulary.find(word):
        return ()
    return tuple(n for n in catalog.lookup.names(word) if key in (normalise(n), normalise(n).split()[-1]))


def spelt_out(mentions: Sequence[Mention], text: str, catalog: Catalog) -> list[Mention]:
    """`mentions` with titles that look-up passed over, where the words about them leave no doubt that one is meant.

    These stand after "the director of", before "'s director", and after "A and" where A is such a one.
    """
    found = list(mentions)
    for role in re.finditer(rf"\b(?:{_MAKER}|{_PLAYER})\s+(?:of|behind|in)\s+(?:both\s+)?", text, re.I):
        _add(found, role.end(), text, catalog)
    for own in re.finditer(rf"['’]s?\s+(?:{_MAKER}|{_PLAYER})\b", text, re.I):
        start = max(
            (m.end() for m in re.finditer(r"[,.;:?!]\s*|\b(?:by|of|from|with)\s+", text[: own.start()])), default=0
        )
        _add(found, start, text, catalog, own.start())
    for mention in list(found):
        following = _NEXT.match(text, mention.end)
        if mention.items and following and before(text[: mention.start]):
            _add(found, following.end(), text, catalog)
    return sorted(found, key=lambda m: m.start)


def _add(found: list[Mention], start: int, text: str, catalog: Catalog, end: int = 0) -> None:
    """Read a title from `start` (to `end`, or as far as one goes), unless something is read there already."""
    if any(m.start <= start < m.end for m in found):
        return
    ends = [end] if end else sorted({start + m.start() for m in _BOUNDARY.finditer(text[start:])}, reverse=True)
    for stop in ends:
        said = text[start:stop].strip(" \"'“”‘’«»*")
        if not 3 <= len(said) <= 70 or any(m.start < stop and start < m.end for m in found):
            continue
        if items := tuple(catalog.lookup.titles(said)):
            found.append(Mention(said, start, stop, items=items))
            return
