"""Words as people say them, and phrases found in them in spite of slips."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mrrec.catalog.items import normalise

STOPWORDS = frozenset(
    "a an the of in on at to for and or but with by from is was are were be it i me my you your he she they we us him "
    "her them this that these those not no yes so too very as if than then there here what which who whom whose how "
    "when where why do does did done has have had can could will would should may might must just like about after "
    "before up down out off over under again more most some any all both each few one two three "
    "four five once others another".split()
)
ARTICLES = ("the", "a", "an")
_SMALL = ("the", "a", "an", "and", "of")  # words that people leave out of titles or put in
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*|&")
QUOTES = "\"'“‘«*”’»"


def name_key(name: str) -> str:
    """The form under which names meet: initials together.

    >>> name_key("J. R. R. Tolkien") == name_key("J.R.R. Tolkien") == "jrr tolkien"
    True
    """
    return re.sub(r"(?<=\b\w) (?=\w\b)", "", normalise(name))


@dataclass(frozen=True)
class Word:
    """A word as said, what is the same (without 's, "7" for "seven"), and the known words near an unknown one."""

    said: str
    same: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


class Phrases:
    """Normalised phrases, found word by word although small words are left out, added, or words are joined."""

    def __init__(self, phrases: Iterable[str]):
        self.phrases = frozenset(phrases)
        self._prefixes: set[str] = set()
        self._joined: dict[str, str] = {}
        for phrase in self.phrases:
            words = phrase.split()
            self._prefixes.update(" ".join(words[:n]) for n in range(1, len(words) + 1))
            self._joined.setdefault("".join(words), phrase)

    def match(self, words: Sequence[Word]) -> Iterator[tuple[int, int, str]]:
        """(words used, slips, phrase) of each phrase that `words` begin with."""
        states = {"": 0}
        for used, word in enumerate(words, 1):
            following: dict[str, int] = {}
            waiting: dict[str, int] = {}  # for the word after an article or a small word too many
            for prefix, slips in states.items():
                if not prefix and used == 1 and word.said in ARTICLES:
                    waiting[""] = slips
                elif prefix and word.said in _SMALL:
                    waiting[prefix] = slips + 1
                for reading in (word.said, *word.same, *word.near):
                    for small in ("", "the ", "a ", "and ", "of ") if prefix else ("",):
                        longer = f"{prefix} {small}{reading}" if prefix else reading
                        if longer in self._prefixes:
                            cost = slips + (reading in word.near) + bool(small)
                            following[longer] = min(cost, following.get(longer, cost))
            yield from ((used, slips, key) for key, slips in following.items() if key in self.phrases)
            states = waiting | following
            if not states:
                break
        joined = ""
        for used, word in enumerate(words[:4], 1):
            joined += word.said
            phrase = self._joined.get(joined, "")
            if len(joined) > 3 and phrase and phrase != " ".join(w.said for w in words[:used]):
                yield used, 0, phrase


class Spoken:
    """A text cut into words; `cased` tells whether capitals mean anything in it."""

    def __init__(self, text: str, read: Callable[[str], Word]):
        self.text = text
        self.spans = [m.span() for m in _WORD.finditer(text)]
        self.words = [read(text[a:b]) for a, b in self.spans]
        self.texts = [text[a:b] for a, b in self.spans]
        capitals = [text[a].isupper() for a, _ in self.spans if text[a].isalpha()]
        self.cased = len(capitals) < 4 or sum(capitals) < 0.75 * len(capitals)

    def capital(self, i: int) -> bool:
        first = self.text[self.spans[i][0]]
        return self.cased and (first.isupper() or first.isdigit())

    def opens(self, i: int) -> bool:
        """Whether word `i` begins a sentence, so that its capital means nothing."""
        lead = self.text[: self.spans[i][0]].rstrip(" " + QUOTES)
        return not lead or lead[-1] in ".!?:\n"
