"""Lasting limits in a person's words: how long, in which language, of which time, and with a child beside them.

What is said of length or time has two halves, on which side of a bound something lies and whether that is turned down
or wanted; neither alone is a limit ("that three-hour one was great"). The bound stays in words: who asks reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mrrec.memory.reading import limit_phrases as t
from mrrec.memory.reading import phrases as p
from mrrec.memory.reading.phrases import any_of
from mrrec.memory.reading.plain import plain_text


@dataclass(frozen=True)
class Limit:
    """A limit that lasts. `sort` is length, years, language or child.

    `words` are the bound as a request would put it: "at most two hours", "since 1970", "in English". `kind` is the kind
    that it holds for, "" where they do not say.
    """

    sort: str
    words: str
    kind: str = ""


@lru_cache(maxsize=4096)
def stated(text: str) -> tuple[Limit, ...]:
    """The lasting limits that `text` states.

    >>> stated("Nothing over two hours for me, I fall asleep"), stated("That three-hour one was great")
    ((Limit(sort='length', words='at most 2 hours', kind=''),), ())
    """
    return tuple(dict.fromkeys(limit for sentence in _sentences(text) for limit in _read(sentence)))


def _sentences(text: str) -> Iterator[str]:
    plain = plain_text(text)
    for start, _, stop in plain.sentences():
        yield plain.plain[start:stop].strip()


def _read(sentence: str) -> Iterator[Limit]:
    if (
        p.PASSING.search(sentence)
        or p.IRONY.search(sentence)
        or p.QUESTION.match(sentence)
        or t.ANOTHER.match(sentence)
    ):
        child = (
            None if p.PASSING.search(sentence) or "?" in sentence or p.IRONY.search(sentence) else _with_child(sentence)
        )
        if child:
            yield child
        return
    bare = sentence.rstrip(" .!;,")
    if not p.ATTRIBUTED.match(bare):
        yield from _measured(bare)
        if tongue := _language(bare):
            yield tongue
    if child := _with_child(sentence):
        yield child


# How long, and of which time


def in_digits(text: str) -> str:
    """`text` with the numbers in words that stand before a unit in digits.

    >>> in_digits("a hundred and twenty minutes"), in_digits("an hour and a half"), in_digits("ninety-five pages")
    ('120 minutes', 'an hour and a half', '95 pages')
    """

    def number(found: re.Match) -> str:
        total = 0
        for word in re.findall(r"[a-z]+|\d+", found[0]):
            value = int(word) if word.isdigit() else t.WORTH.get(word, 1 if word in ("a", "an") else 0)
            total = max(1, total) * 100 if word == "hundred" else total + value
        return str(total)

    several = (
        rf"(?:(?:an?|{t.IN_WORDS}|\d+) hundred(?:[ -](?:and )?(?:{t.IN_WORDS}))*|"
        rf"(?:{t.IN_WORDS})(?:[ -](?:{t.IN_WORDS}))*)"
    )
    return re.sub(rf"^{several}(?=[ -]{t.UNIT})", number, text)


def _measured(sentence: str) -> Iterator[Limit]:
    if t.NO_LIMIT.search(sentence):
        return
    for sort, bound in (("length", t.AMOUNT), ("years", t.YEAR)):
        for found in re.finditer(rf"(?<![\w.]){bound}(?!\w)", sentence):
            side = _side(sentence, found.start(), found.end(), sort)
            words = in_digits(found[0])
            if side and not t.TINY.match(words) and (sign := _attitude(sentence, *side)):
                above = (side[0] > 0) == (sign > 0)
                if sort == "length":
                    yield Limit(sort, f"{'at least' if above else 'at most'} {words}", _kind(sentence, words))
                else:
                    yield Limit(
                        sort, f"{'since' if above else 'until' if sign < 0 else 'before'} {words}", _kind(sentence)
                    )
                return


def _side(sentence: str, start: int, end: int, sort: str) -> tuple[int, int, int, bool] | None:
    """Which side of a bound is spoken of, where the words for that begin and end, and whether that is a limit."""
    before, after = sentence[:start].rstrip(), sentence[end:]
    if sort == "years":
        if found := re.search(
            r"\b(?:before|older than|earlier than|pre|prior to|until|made before|from before)$", before
        ):
            return -1, found.start(), end, False
        if found := re.search(r"\b(?:after|since|newer than|later than|post|more recent than|younger than)$", before):
            return 1, found.start(), end, False
        if found := re.match(r"(?: (?:or|and))? (?:later|newer|after|since|onwards?|younger|up)\b", after):
            return 1, start, end + found.end(), False
        found = re.match(r" (?:or|and) (?:earlier|older|before)\b", after)
        return (-1, start, end + found.end(), False) if found else None
    if found := re.search(
        rf"\b(?:my|the|an?) (?:\w+ )?{t.ENDS}(?: for \w+)? (?:is|are|:)(?: about| around| roughly)?$", before
    ):
        return -1, found.start(), end, True
    if found := re.match(
        rf" (?:is|are) (?:about |really |pretty much |roughly )?(?:my|the|our) (?:\w+ )?{t.ENDS}\b", after
    ):
        return -1, start, end + found.end(), True
    if found := re.match(
        r" (?:is|are) (?:\w+ )?(?:all i (?:can|ever)|as much as i|as long as i|the (?:most|longest) i)\b", after
    ):
        return -1, start, end + found.end(), True
    if found := re.match(r" is where (?:it|they) starts?\b", after):
        return 1, start, end + found.end(), True
    for sign, words in ((1, any_of(t.LEAST)), (-1, t.BELOW), (1, t.ABOVE)):
        if found := re.search(rf"(?<![\w-]){words}(?: about| around| roughly| the)?$", before):
            return sign, found.start(), end, False
    for sign, words in ((1, t.ABOVE_AFTER), (-1, t.BELOW_AFTER)):
        if found := re.match(rf" (?:, )?{words}\b", after):
            return sign, start, end + found.end(), False
    return None


def _attitude(sentence: str, side: int, start: int, end: int, settled: bool) -> int:
    """1 where that side of the bound is wanted alone, -1 where it is turned down, 0 where neither is said for good."""
    cuts = [m.end() for m in re.finditer(r" (?:;|:|but|so) ", sentence[:start])]
    before, after = sentence[cuts[-1] if cuts else 0 : start], re.split(r" (?:;|but) ", sentence[end:])[0]
    around = f"{before}|{after}"
    lasts = bool(t.ONLY.search(f"{sentence[:start]}|{sentence[end:]}"))
    if settled:
        return 0 if t.ASKS.search(sentence) else 1
    if re.search(r"\b(?:not|never) (?:only|just|always)\b", around):
        return 0
    if denied := list(t.DENIED.finditer(before)):
        return -1 if len(before[denied[-1].end() :].split()) <= 7 and not t.ASKS.search(around) else 0
    if nothing := re.search(rf"{t.NOTHING.pattern}(?: \w+){{0,4}} ?$", before):
        reason = re.match(r"(?: ,)? (?:for me|ever|i\b|because|as|since|with my|and|at all)\b", after)
        stands = lasts or reason or re.search(r"\b(?:i|we|need|needs)\b", before[: nothing.start()])
        return -1 if stands and not re.match(r" (?:has|have|ever (?:bor|scar)\w+|scares?|bores?)\b", after) else 0
    if re.search(r"\b(?:hate|avoid|skip|refuse|loathe|detest|can do without|steer clear of|no use for|no time for|"
                 r"no patience for|dread)(?: [\w']+){0,3} ?$", before):  # fmt: skip
        return -1
    if t.COMES_OF_IT.match(re.sub(r"^(?:[ ,|]|and |then |so |it |they |i (?=feel))*", "", after)):
        return -1
    if t.COMES_OF_IT.search(before) and re.search(r"\b(?:after|past|beyond|at)\b", sentence[start:end]):
        return -1
    if t.ASKS.search(around) and not lasts:
        return 0
    generic = re.search(r"\b(?:they|them|films|books|novels|games|my \w+s)\b", around)
    only = re.search(r"\bi (?:\w+ )?only\b|\b(?:films|books|novels|games|things)\b.*\bonly$", sentence)
    must = re.search(r"\b(?:have to|must|need to) (?:be|fit|stay|run|last)\b", sentence)
    if lasts and side < 0 and not before.strip():
        return 1  # "Two hours max, always"
    if only or (generic and must) or (lasts and (t.MUST.search(sentence) or _habit(around))):
        return 1
    return int(bool(re.search(r"\brule\b", sentence) or (side > 0 and re.search(r"\bit should be\b", around))))


def _habit(around: str) -> bool:
    return bool(
        re.search(r"\bi (?:always |only |ever )*(?:watch|read|play|pick|choose|go for|stick|keep|take)\b", around)
    )


def _kind(sentence: str, amount: str = "") -> str:
    kinds = [kind for kind, pattern in t.KINDS.items() if pattern.search(sentence)]
    if re.search(r"\b(?:pages?|pp)$", amount) or "pages" in amount:
        return "book"
    return kinds[0] if len(kinds) == 1 else ""


# In which language


def _language(sentence: str) -> Limit | None:
    if re.search(r"\b(?:not|never|without)\b.{0,30}\bwithout\b|\bneed (?:the )?sub|\bdub", sentence):
        return None
    said = t.NO_LIMIT.search(re.sub(r"\b(?:was|were) written\b", "written", sentence))
    if (found := t.ONLY_TONGUE.search(sentence)) and not said and not t.ASKS.search(sentence):
        tongue = next(g for g in found.groups() if g)
        return Limit("language", f"in {tongue}", "book" if t.WRITTEN.search(sentence) else "film")
    sentence = re.sub(r"\b(?:long|years|ages) ago\b", "", sentence)
    if t.NO_LIMIT.search(re.sub(r"\bi (?:have )?(?:gave|given) up\b", "", sentence)):
        return None
    for pattern in t.LANGUAGE:
        if (found := pattern.search(sentence)) and not (t.ASKS.search(sentence)):
            what = found["what"]
            kind = "film" if what.startswith("sub") else "book" if "transl" in what else _kind(sentence) or "film"
            return Limit("language", "in english", kind)
    return Limit("language", "in english", "film") if t.READS_SCREEN.search(sentence) else None


# With a child


def _with_child(sentence: str) -> Limit | None:
    found = next((m for pattern in t.TOGETHER if (m := pattern.search(sentence))), None)
    if not found or "?" in sentence or not t.OWN.search(sentence):
        return None
    if (
        t.GROWN.search(sentence)
        or t.NOT_BESIDE.search(sentence)
        or p.PASSING.search(sentence)
        or p.IRONY.search(sentence)
    ):
        return None
    if "them" in found.groupdict() and found["them"] and not re.search(t.THEM, sentence[: found.start()]):
        return None
    ages = [int(m[1]) if m[1].isdigit() else t.WORTH[m[1]] for m in t.AGE.finditer(sentence)]
    if ages and min(ages) > t.MOST_AGED:
        return None
    past = re.search(
        r"\b(?:watched|saw|played|was|were|did|used to|had|last (?:night|week|year)|yesterday|once|tomorrow)\b",
        sentence,
    )
    other = re.match(
        r"(?:(?:and|but) )*(?:my|our|the) (?:wife|husband|sister|brother|friend|neighbour|mother|father|mum|dad|ex|"
        r"partner)\b",
        sentence,
    )
    if past or other or re.search(r"\b(?:sometimes|occasionally|now and then|once in a while)\b", sentence):
        return None
    if not ages and not t.SURELY_SMALL.search(sentence):
        return None
    return Limit("child", "", _kind(sentence))
