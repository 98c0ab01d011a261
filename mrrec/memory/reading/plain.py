"""A message in plain form, over which its rules are written, with the way back to the person's own words.

The plain form is in lower case, its contractions are opened and common slips mended, one space stands between words
and marks, and every title, name and quotation is folded into one word: `t_0`, `n_1`, `q_2`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import Mention

_TOKEN = re.compile(
    r"\b(?:Mrs?|Ms|Drs?|St|Jr|Sr|vs)\.|\b[wb]/c?(?!\w)|\d+(?:[.,]\d+)?(?![\w-])|[^\W_]+(?:['’-][^\W_]+)*|\n|[^\s\w]|_"
)
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|«([^»]+)»|(?<!\w)['‘](?=\S)([^\n]{2,}?)(?<=\S)['’](?!\w)")
_STOP = re.compile(r"(?<!\S)[.!?;](?!\S)(?: [.!?;)](?!\S))*")

SPELLINGS = {
    "im": "i am", "ive": "i have", "id": "i would", "cannot": "can not", "cant": "can not",
    "can't": "can not", "won't": "will not", "wont": "will not", "ain't": "am not", "aint": "am not",
    "thats": "that is", "whats": "what is", "theres": "there is", "youre": "you are", "dunno": "do not know",
    "let's": "let us", "luv": "love", "lurve": "love", "❤": "love", "♥": "love", "luvd": "loved", "h8": "hate",
    "fav": "favourite", "fave": "favourite", "favs": "favourites", "faves": "favourites", "favorite": "favourite",
    "favorites": "favourites", "favrite": "favourite", "favorit": "favourite", "favourit": "favourite", "rly": "really",
    "rlly": "really", "w/": "with", "b/c": "because",
    "u": "you", "ur": "your", "thx": "thanks", "gonna": "going to",
    "wanna": "want to", "gotta": "have to", "kinda": "kind of", "sorta": "sort of", "cuz": "because", "coz": "because",
    "cos": "because", "bc": "because", "plz": "please", "pls": "please", "tho": "though", "&": "and", "n": "and",
    "abt": "about", "rn": "right now", "tonite": "tonight", "alot": "a lot", "sooo": "so", "anymore": "any more",
    "movies": "films", "movie": "film", "flicks": "films", "flick": "film", "tv": "television", "all-time": "all time",
    "–": ",", "—": ",", "-": ",", "\n": ".", "…": ".", "(": ",", ")": ",", "everytime": "every time",
} | {w.replace("'", ""): w for w in "don't doesn't didn't isn't aren't wasn't weren't haven't hasn't couldn't wouldn't "
     "shouldn't".split()}  # fmt: skip
_IS = frozenset("it that there what he she who here where how this everything one".split())
_ENDINGS = {"m": "am", "ve": "have", "ll": "will", "re": "are", "d": "would"}
# Words that carry a statement, for whose sake a slip is mended.
_CARRYING = (
    "love loved like liked hate hated enjoy enjoyed adore prefer really favourite never dislike disliked finished "
    "watched remember forget boring stand played despise detest loathe absolutely definitely"
).split()


@dataclass(frozen=True)
class Text:
    """A message (`raw`) and its plain form; `held` has what was folded, `spans` the place of each word in `raw`."""

    raw: str
    plain: str
    spans: tuple[tuple[int, int], ...]
    held: dict[str, Mention] = field(default_factory=dict)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `plain[start:end]`, which is not empty, stands in `raw`."""
        while start < end and self.plain[start] == " ":
            start += 1
        first = self.plain.count(" ", 0, start)
        last = first + self.plain[start:end].rstrip().count(" ")
        return self.spans[first][0], self.spans[last][1]

    def words(self, start: int, end: int, after: bool = False) -> str:
        """The person's own words for `plain[start:end]`; with `after`, also what stands before the next word."""
        if not self.plain[start:end].strip():
            return ""
        a, b = self.span(start, end)
        if after:
            b = self.span(end, len(self.plain))[0] if self.plain[end:].strip() else len(self.raw)
        return self.raw[a:b]

    def sentences(self) -> Iterator[tuple[int, int, int]]:
        """(start, end, end with its marks) of each sentence of the plain form."""
        start = 0
        for stop in _STOP.finditer(self.plain):
            if self.plain[start : stop.start()].strip():
                yield start, stop.start() - 1, stop.end()
            start = stop.end() + 1
        if self.plain[start:].strip():
            yield start, len(self.plain), len(self.plain)


def plain_text(raw: str, mentions: Sequence[Mention] = (), known: Container[str] | None = None) -> Text:
    """Bring `raw` into plain form. A word that is not `known` is mended where it nearly is one that carries."""
    held: dict[str, Mention] = {}
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for start, end, sort, mention in [*_folds(raw, mentions), (len(raw), len(raw), "", None)]:
        for match in _TOKEN.finditer(raw, at, start):
            for word in _open(match[0], known):
                words.append(word)
                spans.append(match.span())
        if mention:
            end += 2 if re.match(r"['’]s\b", raw[end:]) else 0
            words.append(f"{sort}_{len(held)}")
            spans.append((start, end))
            held[words[-1]] = mention
        at = end
    return Text(raw, " ".join(words), tuple(spans), held)


def _folds(raw: str, mentions: Sequence[Mention]) -> list[tuple[int, int, str, Mention]]:
    """Titles, names and quotations, in order; a quotation that is more than a title hides what it holds."""
    quotes = []
    for match in _QUOTED.finditer(raw):
        inside = next(g for g in match.groups() if g)
        title = next((m for m in mentions if m.items and m.surface.strip(" .,!") == inside.strip(" .,!")), None)
        quotes.append((*match.span(), "t" if title else "q", title or Mention(inside, *match.span())))
    free = [
        m
        for m in mentions
        if _is_meant(m, raw) and not any(start < m.end and m.start < end for start, end, *_ in quotes)
    ]
    return sorted([*quotes, *((m.start, m.end, "t" if m.items else "n", m) for m in free)], key=lambda f: f[0])


def _is_meant(mention: Mention, raw: str) -> bool:
    """Not a word that carries a statement, nor one in lower case that is only like a part of the name."""
    word = mention.surface.lower()
    if word in _CARRYING or (word == "it" and re.match(r"(?:['’]s)?\s+[a-z]", raw[mention.end :])):
        return False
    if not mention.names or " " in word or mention.surface != word:
        return True
    return any(word == part for name in mention.names for part in normalise(name).split())


def _open(token: str, known: Container[str] | None) -> list[str]:
    """The plain words for one token."""
    word = token.lower().replace("’", "'")
    word = SPELLINGS.get(word, word)
    head, mark, tail = word.partition("'")
    if word.endswith("n't"):
        return [word[:-3], "not"]
    if mark and (opened := _ENDINGS.get(tail) or ("is" if tail == "s" and head in _IS else "")):
        return [head, opened]
    if len(word) < 3 or " " in word or mark:
        return SPELLINGS.get(word, word).split(" ")
    if re.search(r"([^\W\d])\1\1", word):  # "loooove", "sooo"
        word = re.sub(r"([^\W\d])\1{2,}", r"\1", word)
    if known is not None and len(word) > 3 and word not in known and word not in _CARRYING:
        word = next((c for c in _CARRYING if len(c) > 3 and OSA.distance(word, c) == 1), word)
    return word.split(" ")
