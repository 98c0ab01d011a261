"""Where a clause begins and ends, and what only opens it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mrrec.memory.reading.phrases import (
    BARE,
    BE,
    BORES,
    COURTESY,
    DULL,
    FINE,
    FOLLOWS,
    FRAMES,
    LEAD,
    ME,
    PLEASES,
    RATING,
    REQUEST,
    SETTING,
    VERY,
)
from mrrec.memory.reading.targets import ORDER

# "… , a scary film please", "… , something like it?"
LOOSE_REQUEST = re.compile(r"^(?:a|an|any|anything|some|something|more|maybe|one|another|similar|now|for|the same) ")
# What a list, a contrast or a clause is joined with
JOIN = (
    r"(?:,|:|nor(?= is| are| do| can| am)|and|but|so|yet|though|although|because|since|while|"
    r"whereas|however|except|plus|then|or|as(?= i | we ))"
)
# Where a new clause begins, rather than the next member of a list
_ANY_RATING = re.sub(r"\?P<\w+>", "?:", RATING.pattern)
CLAUSE_START = re.compile(
    rf"^(?:(?:{LEAD}|,) )*(?:{ME} |(?:he|she|they|it|you|people|everyone|everybody|someone|nobody|"
    rf"there) |(?:this|that|these|those|what) (?:is|was|one)\b|my \w+|if |when i |"
    rf"{BARE.pattern} (?!and\b|or\b|,)\S|"
    rf"t_\d+ (?:is|was|were|are|bored|made|has|\d|:)|the (?:{ORDER})(?: one)? (?:is|was|bored|made)|"
    rf"(?:is|was) |(?:nor|neither) (?:is|are|do|can|am|have)\b|"
    r"(?:the|his|her) (?:\w+ ){1,2}(?:loves?|loved|hates?|hated|likes?|liked|enjoy\w*|was|were|is|"
    r"are|did|does|thinks?|says?|said|wants?)\b|"
    rf"(?:please|not|no|never) .*\b(?:tonight|today|please|right now|this time)$|(?:in|for|with|"
    rf"when it comes to|at|on) (?:[\w'-]+ ){{1,4}}?(?:, )?{ME} |"
    r"(?:so do i|me too|neither do i)\b|gave up|could not|did not|do not|can not|will not)"
)
# … where what stands before is a clause itself, and no first member of a list
FRAME_START = re.compile(
    rf"^(?:(?:[\w'-]+ ){{1,4}}?{ME} (?:[\w]+ ){{0,3}}(?:love|loved|like|liked|hate|hated|adore|enjoy|"
    rf"stand|bear|loathe|detest|avoid)$|(?:[\w'-]+ ){{1,4}}?(?:{BE}|{BORES}|{PLEASES}|makes?|gives?|"
    rf"does|do|did|has|get|gets|leaves?) (?:[\w'-]+ ){{0,3}}?(?:me|my|for me)\b)"
)
RATING_START = re.compile(rf"^(?:a |an )?{_ANY_RATING}")
VERDICT_START = re.compile(rf"^(?:{ME} )?{VERY}(?:{FINE}|{DULL})$")
PARTED = re.compile(
    r"i (?:have (?:\w+ )?(?:parted|broken up|split up|fallen out)|are |do not (?:\w+ )?(?:get|mix|"
    r"agree|see eye))"
)
MEMBER = re.compile(rf"^(?:(?:{LEAD}|,) )*(?!{ME} |{BARE.pattern} )(?:[\w'-]+ ){{0,3}}[\w'-]+$")
_BREAK = re.compile(rf" (?:{JOIN})(?: (?:{JOIN}))*(?= )")
_OPENING = re.compile(rf"(?:(?:{LEAD}|,|:|no(?= ,| i )) )+")
_SETTING = re.compile(rf"(?P<setting>{SETTING}) (?:, )?(?={ME} |my )")
_OWN = re.compile(rf"(?:(?:{LEAD}|,) )*{ME} ")


@dataclass(frozen=True)
class Clause:
    """A clause without the words that open it; `start` and `end` are places in the plain form."""

    text: str
    start: int
    end: int
    mine: int  # a verb without "I" is the person's own: 1 at the head of a sentence, 2 after a clause of their own
    setting: str = ""  # "in games I like …"


def opened(plain: str, start: int, end: int, mine: int) -> Clause:
    """The clause at `plain[start:end]` without what opens it."""
    text = re.sub(
        r"(?: ,)?(?:(?<!\bno) (?:thanks|thank you|please|cheers|lol|haha|mate|though))+$",
        "",
        plain[start:end].rstrip(" ,:"),
    )
    opening = _OPENING.match(text)
    at = opening.end() if opening else 0
    setting = _SETTING.match(text) or _SETTING.match(text, at)
    if setting:
        at = setting.end()
    return Clause(text[at:], start + at, start + len(text), mine, setting["setting"] if setting else "")


def split(plain: str, start: int, end: int, loose: bool) -> list[tuple[int, int]]:
    """Places of the clauses in a sentence. Commas and "and" within a list do not part clauses.

    With `loose`, a request may follow without a verb: "…, a scary film please".
    """
    found, at = [], start
    for mark in _BREAK.finditer(plain, start, end):
        if _parts(plain[at : mark.start()], mark[0], plain[mark.end() + 1 : end], loose):
            if mark.start() > at:
                found.append((at, mark.start()))
            at = mark.end() + 1
    return [*found, (at, end)]


def _parts(before: str, mark: str, after: str, loose: bool) -> bool:
    """Whether `mark` parts two clauses."""
    if mark == " so" and re.search(r"\b(?:am|is|are|was|were|i|not|get|got)$", before):
        return False  # "I am so tired of"
    if re.search(r"\b(?:my|our) (?:\w+ )?\w+$|\bn_\d+$", before) and mark == " and" and re.match(r"(?:i|me)\b", after):
        return False  # "my wife and I"
    if mark == " and" and PARTED.match(after):
        return False  # "westerns and I have parted ways"
    if re.match(rf"(?:(?:{LEAD}|,) )*if (?:there|it|an?|the|n_\d+) ", before) and re.match(
        r"(?:then )?i (?:am|will) ", after
    ):
        return False  # "if there is gore, I am out"
    if CLAUSE_START.match(after) or REQUEST.match(after) or (loose and LOOSE_REQUEST.match(after)):
        return True
    if "so" in mark.split() and (LOOSE_REQUEST.match(after) or re.match(r"(?:no|not|nothing) ", after)):
        return True
    if re.search(r"\b(?:but|though|although|yet)\b", mark) and re.match(r"(?:not|never|no) ", after):
        return True
    if "but" in mark and any(frame.match(after) for frame, _ in FRAMES):
        return True
    if VERDICT_START.match(after) and re.search(r"\bt_\d|\bit\b|\bone\b", before):
        return True
    if FOLLOWS.match(after) and _OWN.match(before):
        return True
    return bool(RATING_START.match(after) or FRAME_START.match(after)) and not MEMBER.match(before)


def joined(plain: str) -> str:
    """`plain` without the words at its end that join it to what follows."""
    return re.sub(rf"(?: (?:{JOIN}))*$", "", plain.rstrip())


def asks_nothing(clause: str) -> bool:
    """Courtesy, or what is left of "I saw and liked Heat"."""
    return bool(COURTESY.match(clause)) or bool(re.fullmatch(rf"{ME} \w+", clause))
