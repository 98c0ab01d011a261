"""Themes found in a text by a hand-written lexicon, and other words for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

FILE = Path(__file__).parents[1] / "themes.jsonl"
_WORD = re.compile(r"(?P<start>(?:^|[.!?:;][\"'”’)]*\s+)[\"'“‘(]*)?(?P<word>[^\W_]+)(?:['’]s\b)?")


@dataclass(frozen=True)
class Theme:
    """A theme, the kinds that it is looked for in, the words that show it, and clauses that say it without them."""

    name: str
    kinds: tuple[str, ...]
    words: tuple[str, ...]
    paraphrases: tuple[str, ...]


def read_themes(path: Path = FILE) -> list[Theme]:
    """The lexicon of a JSONL file. Raises ValueError where a theme is there twice."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    themes = [Theme(r["theme"], tuple(r["kinds"]), tuple(r["words"]), tuple(r["paraphrases"])) for r in rows]
    if len({t.name for t in themes}) < len(themes):
        raise ValueError(f"{path.name}: a theme is there twice")
    return themes


class Lexicon:
    """Finds names by their words in a text.

    Words match whole, in their usual endings (s, es, ed, ing). One in lower case does not match a capitalised word
    within a sentence, which is mostly a name ("Heather Graham"); a capitalised one matches only such.
    """

    def __init__(self, words: Mapping[str, Iterable[str]]):
        self._forms: dict[tuple[str, ...], dict[str, None]] = {}
        self._plain: dict[tuple[str, ...], dict[str, None]] = {}
        for name, phrases in words.items():
            for phrase in phrases:
                for form in _forms(phrase):
                    self._forms.setdefault(form, {})[name] = None
                    self._plain.setdefault(tuple(w.lower() for w in form), {})[name] = None
        self._longest = max(map(len, self._forms), default=0)

    @classmethod
    def of(cls, themes: Sequence[Theme], kind: str) -> Lexicon:
        return cls({t.name: t.words for t in themes if kind in t.kinds})

    def find(self, text: str, without: Iterable[str] = (), tags: bool = False) -> tuple[str, ...]:
        """Names in the order in which their words first come; `without` are names of people and titles to leave out.

        `tags`: the text is a list of labels, so that capitals tell nothing.

        >>> Lexicon({"sea": ["ship"], "france": ["Paris"]}).find("Ships leave. Paris Hilton stays.", ["Paris Hilton"])
        ('sea',)
        """
        for name in sorted(without, key=len, reverse=True):
            if len(name) > 2 and name in text:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " _ ", text)
        words, forms = tokens(text, tags), self._plain if tags else self._forms
        found: dict[str, None] = {}
        for at in range(len(words)):
            for length in range(1, self._longest + 1):
                for name in forms.get(tuple(words[at : at + length]), ()):
                    found[name] = None
        return tuple(found)


def plain_words(themes: Iterable[Theme]) -> Lexicon:
    """Finds themes by their words or name whatever the capitals, with `tags`: what a paraphrase must not say."""
    return Lexicon({t.name: (*t.words, t.name) for t in themes})


def tokens(text: str, lower: bool = False) -> list[str]:
    """Words without their 's; the first one of a sentence in lower case, or all of them.

    >>> tokens("Love's labour. Of Paris")
    ['love', 'labour', 'of', 'Paris']
    """
    return [
        m["word"].lower() if lower or (m["start"] is not None and not m["word"].isupper()) else m["word"]
        for m in _WORD.finditer(text)
    ]


def _forms(phrase: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", phrase)
    ends = [_inflected(w) if i in (0, len(words) - 1) else (w,) for i, w in enumerate(words)]
    return set(product(*ends))


def _inflected(word: str) -> tuple[str, ...]:
    if len(word) < 3 or not word[-1].isalpha():
        return (word,)
    doubles = word[-1] not in "aeiouwxy" and word[-2] in "aeiou" and word[-3] not in "aeiou"
    forms = [word, word + "s"]
    if not doubles or len(word) > 4:  # "rat", not "rated"
        forms += [word + "ed", word + "ing"]
    if word[-1] in "sxz" or word[-2:] in ("ch", "sh"):
        forms.append(word + "es")
    if word[-1] == "y":
        forms += [word[:-1] + "ies", word[:-1] + "ied"]
    if word[-1] == "e":
        forms += [word + "d", word[:-1] + "ing"]
    if doubles:
        forms += [word + word[-1] + "ed", word + word[-1] + "ing"]
    return tuple(forms)
