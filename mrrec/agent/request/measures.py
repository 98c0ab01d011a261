"""Years and lengths as people say them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from mrrec.agent.request.phrases import NUMBER, NUMBERS, Said, either, number

_DECADES = {"twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960, "seventies": 1970,
            "eighties": 1980, "nineties": 1990, "noughties": 2000, "aughts": 2000}  # fmt: skip
_ORDINAL_CENTURY = {"nineteenth": 19, "twentieth": 20, "eighteenth": 18, "seventeenth": 17, "sixteenth": 16}
_DECADE = rf"(?:(?:early|mid|late)[- ]+)?(?:(?:1[5-9]|20)\d0'?s|'?\d0'?s|{either(', '.join(_DECADES))})"
_CENTURY = rf"(?:(?:1[5-9]|2[01])(?:th|st)|{either(', '.join(_ORDINAL_CENTURY))})[- ]century"
_POINT = rf"(?:{_DECADE}|{_CENTURY}|(?:1[5-9]|20)\d\d)(?![\w'])"
SETTING = re.compile(
    rf"\b(?:set (?:in|during|around)|(?<!what )(?<!how )about|takes? place in|taking place in|"
    rf"during)\s+(?:the )?(?P<point>{_POINT})",
    re.I,
)
_RANGE = re.compile(
    rf"\b(?:from |in |of )?(?:between |from )?(?:the )?(?P<a>{_POINT})\s*(?:and|to|or|until|till|through|&|"
    rf"[-–—])\s*(?:the )?"
    rf"(?P<b>{_POINT})",
    re.I,
)
_BEFORE = re.compile(
    rf"(?:\b(?P<no>not|no|nothing)\s+(?:made |released |published |from )?)?\b(?P<word>before|pre|prior to|"
    rf"earlier than|older "
    rf"than|until|up to|no later than|no newer than)[- ]+(?:the )?(?P<point>{_POINT})",
    re.I,
)
_AFTER = re.compile(
    rf"(?:\b(?P<no>not|no|nothing)\s+(?:made |released |published |from )?)?\b(?P<word>after|post|since|"
    rf"later than|newer than|"
    rf"more recent than|no earlier than|no older than)[- ]+(?:the )?(?P<point>{_POINT})",
    re.I,
)
_ONWARDS = re.compile(rf"\bfrom (?:the )?(?P<point>{_POINT}) (?:on|onwards?|and later|or later)\b", re.I)
_ABOUT = re.compile(r"\b(?:around|circa|about) (?P<point>(?:1[5-9]|20)\d\d)\b", re.I)
_EXACT = re.compile(rf"(?:\b(?:from|in|of)\s+)?(?:the\s+)?(?<![\w'])(?P<point>{_POINT})", re.I)
_BOUND = re.compile(r"\b(?:before|after|since|than|until|up to|pre|post|between|and|to)[- ]+$", re.I)
_LAST = re.compile(
    rf"\b(?:from |in |of )?(?:the )?(?:last|past) (?:(?P<n>{NUMBER}|few|couple of) )?(?P<unit>years?|decades?)\b", re.I
)
_THIS = re.compile(r"\b(?:from |of |in )?this (?P<unit>year|decade|century)\b", re.I)
_ERAS = [  # words for an age: (pattern, first and last year by kind, "" for the others)
    (r"(?:pre-?war|before the war)", {"": (0, 1939)}),
    (r"(?:classics?|golden age)", {"film": (0, 1969), "book": (0, 1969), "game": (0, 2000), "": (0, 1969)}),
    (r"(?:old|vintage|old-?fashioned|retro)(?! (?:man|men|woman|women|people|lady|age|house|friends?))",
     {"film": (0, 1979), "book": (0, 1959), "game": (0, 2000), "": (0, 1979)}),
    (r"(?:modern|contemporary)", {"": (2000, 9999)}),
    (r"(?:recent|new|latest|newly released)(?! (?:york|orleans|zealand|wave|world|age|to me|england|mexico))",
     {"": (-10, 9999)}),
]  # fmt: skip


def years(said: Said, today: int, kinds: Iterable[str] = ()) -> tuple[int, int] | None:
    """First and last year of the time asked for.

    >>> years(Said("from the nineties"), 2025), years(Said("pre-1970"), 2025), years(Said("since 2010"), 2025)
    ((1990, 1999), (0, 1969), (2010, 9999))
    """
    first, last = 0, 9999
    for match in said.take(_RANGE):
        first, last = _point(match["a"])[0], _point(match["b"])[1]
        if first > last:
            first, last = _point(match["b"])[0], _point(match["a"])[1]
    for match in said.take(_BEFORE):
        a, b = _point(match["point"])
        if match["no"]:
            first = a
        else:
            last = b if match["word"].lower() in ("until", "up to", "no later than", "no newer than") else a - 1
    for match in said.take(_AFTER):
        a, b = _point(match["point"])
        if match["no"]:
            last = b
        else:
            first = a if match["word"].lower() in ("since", "no earlier than", "no older than") else b + 1
    for match in said.take(_ONWARDS):
        first = _point(match["point"])[0]
    for match in said.take(_ABOUT):
        first, last = int(match["point"]) - 2, int(match["point"]) + 2
    for match in said.take(_LAST):
        size = 10 if match["unit"].lower().startswith("decade") else 1
        amount = {"few": 5 if size == 1 else 3, "couple of": 2, None: 1}.get(match["n"] and match["n"].lower())
        first = today - size * (amount or number(match["n"]))
    for match in said.take(_THIS):
        first = {"year": today, "decade": today // 10 * 10, "century": 2000}[match["unit"].lower()]
    if (first, last) == (0, 9999):
        return _exact(said) or _era(said, today, kinds)
    return first, last


def avoided_years(said: Said) -> tuple[tuple[int, int], ...]:
    """Times ruled out: "not from the eighties"."""
    found = [
        m
        for m in _EXACT.finditer(said.rest)
        if said.is_negated(m.start()) and not _BOUND.search(said.rest[: m.start()])
    ]
    for match in found:
        said.blank(*match.span())
    return tuple(_point(m["point"]) for m in found)


def _exact(said: Said) -> tuple[int, int] | None:
    found = [
        _point(m["point"])
        for m in said.take(_EXACT)
        if not re.search(r"\b(?:my|his|her|their|your|our)\s+$", said.text[: m.start()], re.I)
    ]
    return (min(a for a, _ in found), max(b for _, b in found)) if found else None


def _era(said: Said, today: int, kinds: Iterable[str]) -> tuple[int, int] | None:
    for pattern, spans in _ERAS:
        match = next((m for m in re.finditer(rf"\b{pattern}\b", said.rest, re.I)), None)
        if not match:
            continue
        said.blank(*match.span())
        first, last = next((spans[k] for k in kinds if k in spans), spans.get("", (0, 9999)))
        first = today + first if first < 0 else first
        if not said.is_negated(match.start()):
            return first, last
        return (last + 1, 9999) if first == 0 else (0, first - 1)
    return None


def _point(text: str) -> tuple[int, int]:
    """First and last year of a year, a decade or a century as written."""
    text = text.lower().replace("'", "").strip()
    part = re.match(r"(early|mid|late)[- ]+", text)
    text = text[part.end() :] if part else text
    if match := re.match(r"(\d\d|[a-z]+)(?:th|st)?[- ]century", text):
        century = int(match[1]) if match[1].isdigit() else _ORDINAL_CENTURY[match[1]]
        return (century - 1) * 100, (century - 1) * 100 + 99
    if text.isdigit():
        return int(text), int(text)
    if text in _DECADES:
        decade = _DECADES[text]
    else:
        decade = int(text.rstrip("s"))
        if decade < 100:
            decade += 1900 if decade >= 20 else 2000
    last = decade + (99 if decade % 100 == 0 and decade < 1900 else 9)
    if part:
        return {"early": (decade, decade + 3), "mid": (decade + 3, decade + 6), "late": (decade + 6, last)}[part[1]]
    return decade, last


MINUTES = {"film": 1, "game": 60}  # minutes in a unit of length, of the kinds that take time
SHORT = {"film": 100, "book": 250, "game": 10}
LONG = {"film": 140, "book": 450, "game": 30}
_AMOUNT = (
    r"(?:\d+(?:[.,]\d+)?|(?:an?|one|two|three|four|five|six|seven|eight|nine)(?: hundred)|half an?|an?|" + NUMBER[3:]
)
_UNIT = r"(?:h(?:ou)?rs?|(?:(?<=\d)|(?<=\d ))h|mins?|minutes?|pages?|pp)(?![-\w])"
_DURATION = (
    rf"(?P<n>{_AMOUNT})[- ]*(?P<half>and a half )?(?P<unit>{_UNIT})(?P<half2> and a half)?"
    rf"(?:(?: and)? ?(?P<n2>\d+|{either(', '.join(NUMBERS))})(?: ?(?:mins?|minutes?)\b)?)?"
)
_LENGTH = re.compile(
    r"(?P<no>\b(?:not|no|nothing|isn't|never)(?: much| any| be| a)? )?"
    r"(?P<word>\b(?:(?:i|we)(?:'ve| have)?(?: only)?(?: got| have)?(?: only)?|in|finish in|under|below|less than|"
    r"shorter than|fewer than|at most|up to|within|max(?:imum)?|over|above|more than|"
    r"longer than|at least|min(?:imum)?|around|about|roughly|approximately|circa)\s+|[<>~]\s*)?"
    rf"(?<![\w.]){_DURATION}"
    r"(?P<after>\s+(?:or (?:less|under|shorter|fewer)|max|tops|at (?:the )?most|or (?:more|longer|over)|plus|"
    r"at least|minimum))?",
    re.I,
)
_BETWEEN = re.compile(rf"\bbetween (?P<a>{_AMOUNT})(?: ?{_UNIT})? and (?P<b>{_AMOUNT})[- ]?(?P<unit>{_UNIT})", re.I)
_SHORT = re.compile(
    r"\b(?:short(?! stor)|brief|bite-?sized?|quick(?= (?:read|game|watch|one|film|movie|book)))\b", re.I
)
_LONG = re.compile(
    r"(?<!as )(?<!how )(?<!day )\b(?:long(?!-| ago| time| day| week| as| for\b| to\b)|lengthy|doorstop(?:per)?|"
    r"epic-length)\b",
    re.I,
)

COMPARED = re.compile(
    r"\b(?:(?P<word>shorter|quicker|longer|older|earlier|newer|later|more recent)\b(?! on\b)|"
    r"(?:too|(?<!something )(?<!anything )(?<!one )(?<!ones )(?:that|it|this|these|those|they)(?:'s| is|'re| are) "
    r"(?:a (?:bit|little)|rather|quite|pretty|awfully|way too)) (?P<too>long|short|old|new|recent|modern|dated)\b)",
    re.I,
)
_MORE_THAN = {
    "shorter": -1,
    "quicker": -1,
    "longer": 1,
    "older": -1,
    "earlier": -1,
    "newer": 1,
    "later": 1,
    "more recent": 1,
}
_TOO = {"long": "shorter", "short": "longer", "old": "newer", "dated": "newer", "new": "older", "recent": "older",
        "modern": "older"}  # fmt: skip

Bounds = dict[str, tuple[float, float]]  # kind: least and most, in the kind's unit


@dataclass(frozen=True)
class Length:
    """How long it may be, kind by kind; a kind without bounds does not qualify."""

    label: str
    bounds: Bounds = field(hash=False)

    def allows(self, kind: str, length: int) -> bool:
        least, most = self.bounds.get(kind, (0, -1))
        return length > 0 and least <= length <= most


def length(said: Said) -> Length | None:
    """The length asked for, in minutes, pages or hours; None where nothing is said of it.

    >>> length(Said("under two hours")).bounds
    {'film': (0.0, 119.0), 'game': (0.0, 1.9833333333333334)}
    """
    for match in said.take(_BETWEEN):
        pages = match["unit"].lower().startswith("p")
        a, b = _amount(match["a"], match["unit"]), _amount(match["b"], match["unit"])
        return Length(match[0].lower(), _bounds(a, b, pages))
    for match in said.take(_LENGTH):
        unit = match["unit"].lower()
        value = _amount(match["n"], unit)
        if match["half"] or match["half2"]:
            value += 30 if unit.startswith("h") else 0.5
        if match["n2"] and unit.startswith("h"):
            value += number(match["n2"])
        return _bounded(value, unit.startswith("p"), match)
    return _short_or_long(said)


def _bounded(value: float, pages: bool, match: re.Match) -> Length:
    word = (match["word"] or "").strip().lower()
    after = (match["after"] or "").strip().lower()
    less = word in ("under", "below", "less than", "shorter than", "fewer than", "<")
    more = word in ("over", "above", "more than", "longer than", ">")
    no = bool(match["no"])
    if no:
        less, more = more, less
    spare = re.match(r"i\b|we\b|in\b|finish", word)  # "I've got two hours"
    most = (
        spare
        or word in ("at most", "up to", "within", "max", "maximum")
        or re.search(r"less|under|short|few|max|tops|most", after)
    )
    least = word in ("at least", "min", "minimum") or re.search(r"more|longer|over|plus|least|minimum", after)
    hours = match["unit"].lower().startswith("h") and value >= 60
    said = f"{value / 60:g} hours" if hours else f"{value:g} {'pages' if pages else 'minutes'}"
    if less or most:
        strictly = less and not no
        return Length(f"shorter than {said}" if strictly else f"at most {said}", _bounds(0, value - strictly, pages))
    if more or least:
        strictly = more and not no
        return Length(f"longer than {said}" if strictly else f"at least {said}", _bounds(value + strictly, 1e9, pages))
    return Length(f"around {said}", _bounds(value * 0.87, value * 1.13, pages))


def _short_or_long(said: Said) -> Length | None:
    for pattern, label in ((_SHORT, "short"), (_LONG, "long")):
        for match in said.take(pattern):
            if not said.is_negated(match.start()):
                bounds = (
                    {k: (0, v) for k, v in SHORT.items()}
                    if label == "short"
                    else {k: (v, 1e9) for k, v in LONG.items()}
                )
                return Length(label, bounds)
            if label == "short":
                return Length("not short", {k: (v + 1, 1e9) for k, v in SHORT.items()})
            return Length("not long", {k: (0, (SHORT[k] + LONG[k]) / 2) for k in SHORT})
    return None


def _bounds(least: float, most: float, pages: bool) -> Bounds:
    return {"book": (least, most)} if pages else {kind: (least / m, most / m) for kind, m in MINUTES.items()}


def _amount(text: str, unit: str) -> float:
    """Minutes, or pages."""
    text = text.lower()
    if text.startswith("half"):
        value = 0.5
    elif text in ("a", "an"):
        value = 1.0
    elif text.endswith(" hundred"):
        value = 100.0 * (1 if text[0] == "a" else NUMBERS[text.split()[0]])
    else:
        value = float(text.replace(",", ".")) if text[0].isdigit() else float(NUMBERS[text])
    return value * 60 if unit.lower().startswith("h") else value


def compared(match: re.Match, negated: bool) -> tuple[str, bool]:
    """(length or year, whether it is to be more) of a match of `COMPARED`; "too long" asks for shorter."""
    word = (match["word"] or _TOO[match["too"].lower()]).lower()
    sort = "length" if word in ("shorter", "quicker", "longer") else "year"
    return sort, (_MORE_THAN[word] > 0) != (negated and not match["too"])


def beyond(longer: bool, items: Sequence[tuple[str, int, str]]) -> Length | None:
    """Longer, or shorter, than every one of `items`: (kind, length, title).

    >>> beyond(False, [("film", 120, "Alien")]).bounds
    {'film': (0, 119)}
    """
    known = [item for item in items if item[1]]
    if not known:
        bounds = {k: (v, 1e9) for k, v in LONG.items()} if longer else {k: (0, v) for k, v in SHORT.items()}
        return Length("long" if longer else "short", bounds)
    bounds: Bounds = {}
    for kind, size, _ in known:
        least, most = bounds.get(kind, (0, 1e9))
        bounds[kind] = (max(least, size + 1), 1e9) if longer else (0, min(most, size - 1))
    titles = list(dict.fromkeys(title for _, _, title in known))
    than = " or ".join(titles) if len(titles) < 3 else "those"
    return Length(f"{'longer' if longer else 'shorter'} than {than}", bounds)


def year_beyond(newer: bool, years: Sequence[int], today: int | None = None) -> tuple[int, int]:
    """Newer, or older, than every one of `years`; without any, recent or old.

    >>> year_beyond(False, [1979, 1982])
    (0, 1978)
    """
    known = [year for year in years if year]
    if not known:
        return ((today or date.today().year) - 10, 9999) if newer else (0, 1979)
    return (max(known) + 1, 9999) if newer else (0, min(known) - 1)


def spare_time(text: str) -> bool:
    """Whether `text` tells how much time there is: "I've got two hours"."""
    match = _LENGTH.search(text)
    return bool(match and re.match(r"(?:i|we)\b", match["word"] or "", re.I))
