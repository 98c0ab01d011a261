"""What a message takes for granted of a title: who made it, who plays in it, when it came out; checked by look-up.

The words are matched with names and titles put down to one letter each, so that a pattern sees who is said to have
done what to what. A claim is false only where no item of that title bears it out; what the catalogue does not know
(who wrote a film, the cast of a book) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mrrec.agent.request.conditions import Correction
from mrrec.catalog import Catalog, Item
from mrrec.catalog.items import MAKERS, normalise
from mrrec.catalog.lookup import Mention

MOST_TOLD = 2  # items of one title that a correction tells of

_NAME, _TITLE = "\x01", "\x02"
_WORK = r"(?:films?|movies?|pictures?|flicks?|books?|novels?|(?:video )?games?|classic)"
_END = (
    r"(?=\s*(?:[,.;:?!()]|$)|\s+(?:so|and|but|then|which|is|was|came|being|right|please|of|by|from|stars|starring|"
    r"with)\b)"
)
_GAP = r"[\s,:\"'“‘«*]+"
_N = rf"(?P<n>{_NAME}+)"
_PHRASE = rf"(?:(?!\b(?:so|but|who|which|please)\b)[^,.;:?!()\x01]){{3,60}}?{_END}"
_T = rf"(?<![\x01\x02\w])[\"'“‘«*]?(?P<t>{_TITLE}+|{_PHRASE})[\"'”’»*]?"
_Y = r"(?P<y>(?:18|19|20)\d\d)\b"
_FILL = (
    r"(?:,?\s+(?:who|which|that|is|was|the|one|man|woman|person|guy|has|had|having|also|too|really|actually|indeed|"
    r"himself|herself|once|even|first|then|after all|i (?:think|believe|guess)|apparently|of course|he|she|it)){0,6}?,?"
)
_MADE = r"(?P<verb>directed|shot|helmed|filmed|wrote|penned|authored|developed|made|makes|did|created|designed)"
_DONE = r"(?P<verb>directed|shot|helmed|filmed|written|penned|authored|developed|made|created|designed|done)"
_MAKER = (
    r"(?P<noun>director|film-?maker|author|writer|novelist|studio|developers?|makers?|creators?|team|"
    r"star|lead(?:ing (?:man|lady|actor|actress))?)"
)
_IS = r"(?:is|was|being|isn't|wasn't|are|were)"
_PRAISE = r"(?:(?:great|classic|wonderful|brilliant|lovely|own|famous|early|late|masterpiece|old|new|beautiful)\s+)*"
_ROLE = rf"(?:the\s+)?{_MAKER}\s+(?:of|behind|in)\s+(?:the {_WORK} )?"

_OF_MAKERS = [
    rf"{_N}{_FILL}\s+{_MADE}\s+(?:also |both |the {_WORK} )?{_T}",
    rf"{_N}(?:{_FILL}\s+|\s*,\s*)(?:{_IS}\s+|as\s+)?(?:after all |indeed |also )?(?:the|who is the)\s+{_MAKER}"
    rf"\s+(?:of|behind|in)\s+(?:the {_WORK} )?{_T}",
    rf"{_N}['’]s?\s+{_PRAISE}(?:{_WORK}\s+)?{_T}",
    rf"\b(?:that|the|this)\s+{_PRAISE}{_N}(?:['’]s?)?\s+{_WORK}{_GAP}{_T}",
    rf"{_T}[,\s(]+(?:(?:which|that)\s+)?(?:{_IS}\s+|has been\s+)?(?:(?:not|also|of course|as you know)\s+)?"
    rf"(?:(?:an?\s+)?{_WORK}\s+)?(?:{_DONE}\s+)?by\s+{_N}",
    rf"{_T}\s+(?:{_IS}|as)\s+(?:\w+\s+)?{_N}['’]s?\b",
    rf"\b{_ROLE}{_T}\s*(?:,|\s{_IS}|:)\s+{_N}",
    rf"{_T}(?:['’]s?)?\s+{_MAKER}\s*(?:,|\s{_IS}|:)\s+{_N}",
]
_PART = (
    r"(?:(?:the|a|an|so|such|very|good|great|brilliant|wonderful|amazing|lead|main|title|role|part|star|hero|big)\s+)"
)
_OF_PLAYERS = [
    rf"{_N}{_FILL}\s+(?:stars?|starred|starring|plays?|played|playing|acts?|acted|acting|appears?|appeared|"
    rf"appearing|is|was|has|had)\s+{_PART}{{0,4}}(?:in|of)\s+(?:the {_WORK} )?{_T}",
    rf"\b(?:loved?|liked?|enjoyed|adored?|remember|saw|see|seen|admired|loving)\s+{_N}\s+in\s+(?:the {_WORK} )?{_T}",
    rf"{_T},?\s+(?:(?:the|that|this) (?:one|{_WORK})\s+)?(?:with|starring|stars|starred|features|featuring)\s+{_N}",
]
_OF_YEARS = [
    rf"\b(?:that|the|this|an?|from)\s+{_Y}\s+(?:{_WORK}{_GAP})?(?:called\s+)?{_T}",
    rf"{_T},?\s+(?:which\s+|that\s+)?(?:came out|{_IS}(?: (?:released|made|published|filmed|shot|written))?|appeared|"
    rf"dates|premiered)\s+(?:back\s+)?(?:in|from|of)\s+(?:the year\s+)?{_Y}",
    rf"{_T}\s*\({_Y}\)",
    rf"{_T},?\s+(?:from|an?|the|that)\s+{_Y}",
    rf"\bin\s+{_Y},?\s+when\s+{_T}\s+(?:was|came|appeared)",
    rf"\b(?:that|the|this)\s+{_WORK}\s+(?:from|of)\s+{_Y}{_GAP}{_T}",
]
_CLAIMS = [
    (role, re.compile(pattern, re.I))
    for role, patterns in (("maker", _OF_MAKERS), ("cast", _OF_PLAYERS), ("year", _OF_YEARS))
    for pattern in patterns
]
_ROLES = [  # what a verb or a noun says of somebody
    ("director", re.compile(r"direct|shot|helm|film", re.I)),
    ("author", re.compile(r"wr[oi]t|pen|author|novelist", re.I)),
    ("studio", re.compile(r"develop|studio|team", re.I)),
    ("cast", re.compile(r"star|lead", re.I)),
]
_KIND = {role: kind for kind, role in MAKERS.items()} | {"cast": ""}
# Words after which "T by N" or "T from 1994" is what is asked for, or only says which T is meant.
_ASKS = re.compile(
    r"\b(?:like|similar to|than|not|except|besides|style of|vein of|(?:director|author|writer|star|lead|maker|"
    r"cast|studio|actor|actress|developers?|creators?|makers?|team)s? (?:of|in|behind|from)|"
    r"(?:who(?:ever)?|person|one|guy|man|woman|actor) (?:\w+ ){0,3}?(?:directed|made|wrote|did|developed|in|behind))"
    r"\s+(?:both\s+)?[\"'“‘«*]?(?:the )?$",
    re.I,
)
_ASKED = re.compile(
    rf"\b(?:by|from|with|starring|featuring|want|more|more of|anything of|{_WORK} of)\s+(?:the )?$", re.I
)
_TOLD = re.compile(r"\b(?:saw|seen|watched|loved?|liked|read|finished|played|enjoyed|adored?|remember)\s+$", re.I)
_OPENS = re.compile(r"(?:^|[,.;:!?]|\b(?:that|since|as|because|if|so))\s*$", re.I)
_NO_TITLE = frozenset(
    "it that this them him her one more thing something anything everything both these those film movie book novel "
    "game films movies books novels games video game picture".split()
)


@dataclass(frozen=True)
class Claim:
    """What is said of the items of one title; `named` or `year` is what is claimed.

    `span` is where the whole stands, `title` and `name` are its parts; `asked`: the name is asked for as well ("films
    by X, who also directed Y").
    """

    role: str
    items: tuple[Item, ...]
    span: tuple[int, int]
    title: tuple[int, int]
    name: tuple[int, int]
    named: tuple[str, ...] = ()
    year: int = 0
    asked: bool = False


def claims(text: str, mentions: Sequence[Mention], catalog: Catalog) -> list[Claim]:
    """What `text` says of titles, in order and without overlaps."""
    marked = text
    for m in mentions:
        marked = marked[: m.start] + (_TITLE if m.items else _NAME) * (m.end - m.start) + marked[m.end :]
    if _NAME not in marked and not re.search(_Y, marked):
        return []
    found: list[Claim] = []
    for role, pattern in _CLAIMS:
        at = 0
        while match := pattern.search(marked, at):
            at = match.start() + 1
            claim = _claim(role, match, text, marked, mentions, catalog)
            if claim and not any(_overlap(claim, other) for other in found):
                found.append(claim)
                at = match.end()
    return sorted(found, key=lambda c: c.span)


def corrections(found: Sequence[Claim]) -> tuple[Correction, ...]:
    """What the catalogue says otherwise, each thing once."""
    wrong_year = {c.title for c in found if c.role == "year" and not _is_of(c.items, c.year)}
    made = [fix for c in found if c.role == "year" or c.title not in wrong_year for fix in _correction(c)]
    return tuple(dict.fromkeys(made))


def _claim(role: str, match: re.Match, text: str, marked: str, mentions, catalog: Catalog) -> Claim | None:
    groups = match.groupdict()
    title = match.span("t")
    title_first = title[0] < match.start("y" if role == "year" else "n")
    items = next((m.items for m in mentions if m.items and title == (m.start, m.end)), ())
    if not items:
        if _NAME in marked[slice(*title)]:
            return None
        verb = re.search(rf"\b{_IS}\b|\bthe one\b|\bdirected|written|made|came out", text[title[1] : match.end()], re.I)
        title, items = _spelt_out(text, title, title_first, verb[0] if verb else "", catalog)
    opens = title_first and match.start("t") - match.start() <= 1
    if not items or (opens and _ASKS.search(_before_group(marked[: title[0]]))):
        return None
    if role == "year":
        year = int(match["y"])
        items = tuple(i for i in items if i.year == year) or items
        return Claim(role, items, match.span(), title, match.span("y"), year=year)
    word = groups.get("verb") or groups.get("noun") or ""
    role = next((r for r, pattern in _ROLES if word and pattern.search(word)), role)
    name = match.span("n")
    named = next((m.names for m in mentions if m.names and name == (m.start, m.end)), ())
    asked = not title_first and bool(_ASKED.search(marked[: match.start()])) and "'" not in text[name[1] : name[1] + 1]
    return Claim(role, items, match.span(), title, name, named, asked=asked) if named else None


def _spelt_out(text: str, span: tuple[int, int], first: bool, verb: str, catalog: Catalog):
    """Where the title is in words that stand for one, and its items: ((start, end), items), which may be empty.

    One that follows is taken as a whole, and may have a slip. One that is said first has other words before it: the
    longest end of them that is a title counts, where a verb before or after tells that it is one.
    """
    start, end = span
    for at in (m.start() for m in re.finditer(r"\b\w", text[start:end])) if first else (0,):
        said, lead = text[start + at : end].strip(" \"'“”‘’«»*"), text[: start + at]
        key = normalise(said)
        told = bool(_TOLD.search(lead))
        opens = bool(_OPENS.search(lead)) and bool(verb)
        if key in _NO_TITLE or len(key) < 3 or (first and not (told or opens or (verb and len(key.split()) > 1))):
            continue
        items = tuple(catalog.lookup.titles(said))
        if items and (not first or (opens and len(key) > 5) or any(normalise(i.title) == key for i in items)):
            return (start + at, end), items
    return span, ()


def _before_group(lead: str) -> str:
    """`lead` without the titles that stand before by "and"."""
    joined = re.compile(rf"{_TITLE}+[\"'”’»*]?\s*(?:,|,?\s*and|,?\s*or|&|as well as)(?: (?:of|in|from))?\s*$", re.I)
    while match := joined.search(lead):
        lead = lead[: match.start()]
    return lead


def _correction(claim: Claim) -> Iterator[Correction]:
    items = claim.items
    if claim.role == "year":
        if not _is_of(items, claim.year):
            years = tuple(str(i.year) for i in sorted(items, key=lambda i: i.year) if i.year)
            if years:
                yield Correction(items[0], str(claim.year), "year", tuple(dict.fromkeys(years)))
        return
    if claim.role == "maker":
        if any(_has(item.names, claim.named, item.kind) for item in items):
            return
    elif claim.role == "cast":
        items = tuple(i for i in items if i.people)
        if any(_has(i.people, claim.named, i.kind) for i in items):
            return
        items = tuple(i for i in items if i.kind == "film") or tuple(i for i in items if i.kind != "book")
    else:
        items = tuple(i for i in items if i.kind == _KIND[claim.role])
        if any(_has(i.creators, claim.named, i.kind) for i in items):
            return
    for item in items[:MOST_TOLD]:
        role = "cast" if claim.role == "cast" else MAKERS.get(item.kind, "maker")
        truths = item.people if role == "cast" else item.creators
        if truths:
            yield Correction(item, claim.named[0], role, truths)


def _has(names: Sequence[str], claimed: Sequence[str], kind: str) -> bool:
    """Whether one of `claimed` is among `names`; a studio counts with its branches (Nintendo, Nintendo EAD)."""
    if not set(names).isdisjoint(claimed):
        return True
    return kind == "game" and not {n.split()[0] for n in names}.isdisjoint(n.split()[0] for n in claimed)


def _is_of(items: Sequence[Item], year: int) -> bool:
    return any(item.year in (year, 0) for item in items)


def _overlap(one: Claim, other: Claim) -> bool:
    """Two readings of the same words; a year beside a maker is another claim."""
    if (one.role == "year") != (other.role == "year"):
        return False
    return one.span[0] < other.span[1] and other.span[0] < one.span[1] and (
        one.name == other.name or one.title == other.title
    )  # fmt: skip
