"""A message while it is read, and what it says by its form: negation, kinds, count, what it points at.

A `Said` is read part by part; what a reader has understood it blanks, so that nothing is read twice.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

BLANK = "|"


class Said:
    """A message while it is read: `text` as written, `rest` with what has been understood blanked."""

    def __init__(self, text: str, known: Container[str] = ()):
        plain = re.sub(r"\s+", " ", text.replace("’", "'").replace("‘", "'")).strip()
        self.text = corrected(plain, known) if known else plain
        self.rest = self.text
        self.negated: list[tuple[int, int]] = []

    def blank(self, start: int, end: int) -> None:
        self.rest = self.rest[:start] + BLANK * (end - start) + self.rest[end:]

    def take(self, pattern: re.Pattern) -> list[re.Match]:
        """Matches of `pattern` in what is left, which they leave."""
        found = list(pattern.finditer(self.rest))
        for match in found:
            self.blank(*match.span())
        return found

    def is_negated(self, at: int) -> bool:
        return any(start <= at < end for start, end in self.negated)


def either(phrases: str) -> str:
    """A pattern for any of `phrases`, which stand between commas.

    >>> either("a few, several")
    '(?:a few|several)'
    """
    return "(?:" + "|".join(phrases.split(", ")) + ")"


_REQUEST_WORDS = (
    "recommend recommendation suggest suggestion something anything nothing another similar "
    "please surprise looking want "
    "without instead except before after between under shorter longer older newer minutes hours "
    "pages movie movies film "
    "films book books novel novels game games director author actor actress studio directed written starring second "
    "third nineties eighties seventies sixties fifties forties"
).split()


def corrected(text: str, known: Container[str]) -> str:
    """`text` with slips in the words of asking put right; words that are `known` stay.

    >>> corrected("reccomend a movei", ())
    'recommend a movie'
    """

    def right(match: re.Match) -> str:
        word = match[0]
        if word in known or word in _REQUEST_WORDS:
            return word
        near = process.extractOne(word, _REQUEST_WORDS, scorer=OSA.distance, score_cutoff=1 if len(word) < 9 else 2)
        return near[0] if near else word

    return re.sub(r"(?<![\w'-])[a-z]{4,}(?![\w'-])", right, text)


NUMBERS = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
    )
} | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
NUMBER = r"(?:\d{1,3}|" + "|".join(NUMBERS) + r")"


def number(text: str) -> int:
    """The number that digits or a word of up to ninety give."""
    return int(text) if text.isdigit() else NUMBERS[text.lower()]


_NO_NEGATION = re.compile(
    r"\b"
    + either(
        "not (?=\\w+ enough), not (?:only|just|necessarily|sure|bad|yet|that i|too sure), no (?:idea|problem|"
        "matter|preference|worries|clue), "
        "why not, nothing (?=[^.?!]*\\?\\W*$), if not, don't (?:mind|know|care), nothing but, can't decide, no "
        "thanks?, (?:won't |wouldn't |not )?say no to, nothing beats, (?:didn't|haven't) (?:i|we) (?:say|said|"
        "ask|asked|mention|mentioned|tell|told), "
        "(?<!not )too\\s*(?=[.\\,!?]|$)"
    ),
    re.I,
)
_NEGATION = re.compile(
    r"\b(?:not|no|none|never|without|nothing|isn'?t|aren'?t|wasn't|don't|dont|doesn'?t|didn'?t|won't|shouldn't|"
    r"mustn't|can't be|avoid(?:ing)?|"
    r"skip(?:ping)?|minus|except(?: for)?(?! that)|excluding|apart from|other than|aside from|besides|"
    r"instead of|rather than|"
    r"any(?:thing|one|body) but|barring|save for|omitting|"
    r"(?:can't|can not|cannot|couldn't) (?:stand|bear|stomach)|detest|despise|loathe|(?:sick|tired|enough) of|"
    r"fed up with|"
    r"bored (?:by|of|with)|allergic to|(?:can|could) do without|no time for|"
    r"(?:less|fewer)(?! than)|free of|leav(?:e|ing) out|hate|dislike|(?<!not )too)\b",
    re.I,
)


def is_negation(word: str) -> bool:
    return bool(_NEGATION.fullmatch(word))


_SCOPE_END = re.compile(
    r"[.;:!?()—]|\b(?:but|however|though|although|yet|because|please|thanks|so that)\b|"
    r",(?!(?: [\w'-]+){0,4} (?:or|nor) )|"
    r"\band (?=(?:a|an|the|something|anything|with|from|by|set|in|it|that|also|then|maybe|preferably|ideally|more|make|"
    r"please|not|no|without|short|shorter|i|give|find)\b)",
    re.I,
)


def negated_spans(text: str) -> list[tuple[int, int]]:
    """Where `text` rules something out, each up to the end of its clause.

    >>> [("not dark or slow, but funny")[a:b] for a, b in negated_spans("not dark or slow, but funny")]
    [' dark or slow']
    """
    masked = _NO_NEGATION.sub(lambda m: BLANK * len(m[0]), text)
    spans = []
    for match in _NEGATION.finditer(masked):
        end = _SCOPE_END.search(masked, match.end())
        spans.append((match.end(), end.start() if end else len(text)))
    return spans


KIND_NOUNS = {
    "film": r"films?|movies?|flicks?|motion pictures?|moives?|flims?|feature",
    "book": r"(?<!comic )books?|(?<!visual )(?<!graphic )novels?|novellas?|paperbacks?|reads|page-?turners?",
    "game": r"games?|video ?games?",
}
# "a film student", "our book club": the noun belongs to another
NO_COMPOUND = (
    r"(?![- ](?:fans?|buffs?|students?|critics?|clubs?|festivals?|makers?|lovers?|nights?|shops?|stores?|reviews?|"
    r"characters?|people|industry|theatres?|theaters?|stars?|director|studies|class|designers?|developers?|school|"
    r"report|worms?|shel(?:f|ves)|case|deal|writers?|editors?)\b)"
)
_KIND_VERBS = {
    "film": r"(?:to|i|we|can) (?:watch|see)|watch (?:next|tonight|now|with)|worth watching|for watching|movie night",
    "book": r"(?:to|i|we|can) read|read (?:next|tonight|now|on)|worth reading|(?<=a )(?:\w+ )?read|bedtime reading",
    "game": r"(?:to|i|we|can) play|play (?:next|tonight|now|with)|worth playing",
}
_NO_KIND = re.compile(  # a noun that is the subject or the source of what is asked for
    r"\b(?:(?<!what )(?<!how )about|based on|adapted from|adaptations? of|on)\s+(?:(?:a|an|the|some|video|chess|"
    r"famous|old|\|+)\s+)*$",
    re.I,
)
_NOT_KIND = re.compile(r"\b(?:not|no|except|anything but) (?:an? |any |more )?$", re.I)
_COUNT = re.compile(
    rf"\b(?:(?P<n>{NUMBER})|(?P<few>a few|several|some few)|(?P<two>a couple(?: of)?|a pair of)|(?P<dozen>a dozen)|"
    r"(?P<one>a single|just one|only one))\s+"
    r"(?=(?:(?!more|hours?|minutes?|pages?|years?|of|actors?|people|decades?)[\w'-]+ ){0,3}?"
    r"(?:films?|movies?|books?|novels?|games?|titles?|suggestions?|recommendations?|ideas|picks|options|ones|things|"
    r"westerns|thrillers|comedies|dramas|mysteries|musicals|romances)\b)",
    re.I,
)
_MORE = re.compile(rf"\b(?P<n>{NUMBER}) (?:more|others?)\b", re.I)
_TOP = re.compile(rf"\btop (?P<n>{NUMBER})\b", re.I)


def kinds(said: Said, known: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Kinds asked for, of those `known`, by noun, else by verb ("something to read"); and kinds ruled out."""
    known = tuple(known)
    found: dict[str, int] = {}
    avoided = []
    for kind in known:
        for match in _kind_nouns(kind).finditer(said.rest):
            lead = said.rest[: match.start()]
            if _NOT_KIND.search(lead):
                avoided.append(kind)
            elif not _NO_KIND.search(lead):
                found.setdefault(kind, match.start())
    for kind in () if found else known:
        if kind in _KIND_VERBS and (match := re.search(rf"\b(?:{_KIND_VERBS[kind]})\b", said.rest, re.I)):
            found[kind] = match.start()
    return tuple(sorted(found, key=found.__getitem__)), tuple(dict.fromkeys(avoided))


def is_kind(text: str, start: int, end: int, known: Iterable[str]) -> bool:
    """Whether these words only say the kind, and are no subject."""
    named = any(_kind_nouns(kind).fullmatch(text[start:end]) for kind in known)
    return named and not _NO_KIND.search(text[:start])


def blank_kinds(said: Said, known: Iterable[str]) -> None:
    for kind in known:
        said.take(_kind_nouns(kind))


def _kind_nouns(kind: str) -> re.Pattern:
    return re.compile(rf"\b(?:{KIND_NOUNS.get(kind, re.escape(kind) + 's?')})\b{NO_COMPOUND}", re.I)


def count(said: Said) -> int | None:
    """How many are asked for.

    >>> count(Said("three good films")), count(Said("a film of two hours"))
    (3, None)
    """
    for pattern in (_TOP, _MORE, _COUNT):
        for match in said.take(pattern):
            groups = match.groupdict()
            if groups.get("n"):
                number = int(groups["n"]) if groups["n"].isdigit() else NUMBERS[groups["n"].lower()]
                return number if 0 < number <= 50 else None
            sizes = {"few": 3, "two": 2, "dozen": 12, "one": 1}
            return next(n for name, n in sizes.items() if groups.get(name))
    return None


_ORDINALS = {
    "first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "sixth": 5, "1st": 0, "2nd": 1, "3rd": 2, "4th": 3,
    "5th": 4, "last": -1, "final": -1, "top": 0, "former": 0, "latter": 1,
}  # fmt: skip
_ORDINAL = re.compile(
    rf"\b(?:the |that |your )?(?P<which>{either(', '.join(_ORDINALS))})(?:(?: (?:one|film|movie|book|novel|game|"
    rf"pick|suggestion|"
    r"recommendation|title|option|of (?:them|those|these)|you (?:gave|said|listed)))+|(?=\s*(?:[.,!?|]|$|"
    r"(?:was|is|but|and|looks|sounds|seems|please|though|except|i)\b)))",
    re.I,
)
NUMBERED = re.compile(rf"(?:\b(?:number|no\.?|nr\.?|option) |#)(?P<n>{NUMBER})\b", re.I)
_THAT = re.compile(
    r"\b(?P<what>that one|this one|that film|that movie|that book|that game|these|those|them|that|this|it)"
    r"(?=\s*(?:[.,!?|]|$)|\s+(?:all|but|and|was|were|is|only|please|with|except|too|one|ones)\b)",
    re.I,
)


def references(said: Said, size: int) -> list[tuple[int, int]]:
    """(index, where it stands) of each of `size` shown items that is pointed at by its place: "the second one"."""
    found = []
    for match in said.take(_ORDINAL) if size else ():
        at = _ORDINALS[match["which"].lower()]
        if -size <= at < size:
            found.append((at % size, match.start()))
    for match in said.take(NUMBERED):
        if 0 < number(match["n"]) <= size:
            found.append((number(match["n"]) - 1, match.start()))
    return found


def pointed(said: Said, size: int) -> list[tuple[int, int]]:
    """(index, where it stands) of the shown items that "that", "those" or "it" means."""
    found = []
    for match in _THAT.finditer(said.rest) if size else ():
        lead = said.rest[: match.start()]
        many = match["what"].lower() in ("these", "those", "them")
        if re.search(r"\bthink(?:ing)? of\s+$", lead, re.I):
            continue
        if re.search(r"(?:'d|\b(?:would|i|we|you|they)) (?:\w+ )?like\s+$", lead, re.I):  # "I'd like it with robots"
            continue
        if re.search(r"\b(?:like|than|as|similar to|to|of|not|seen|watched|read|played|know|finished)\s+$", lead, re.I):
            found += [(n, match.start()) for n in (range(size) if many else (0,))]
            said.blank(*match.span())
    return found
