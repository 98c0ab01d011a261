"""Titles and names as people write them, resolved to items; and what several items share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from mrrec.catalog.items import Item, normalise
from mrrec.catalog.vocabulary import Vocabulary

SLIP = 86  # rapidfuzz ratio (0-100) from which a phrase is taken for a slip of a title or a name
MOST_WORDS = 12

STOPWORDS = frozenset(
    "a an the of in on at to for and or but with by from is was are were be it i me my you your he she they we us him "
    "her them this that these those not no yes so too very as if than then there here what which who whom whose how "
    "when where why do does did done has have had can could will would should may might must just like about after "
    "before up down out off over under again more most some any all both each few one two three four five".split()
)
# After these a title is expected even in lower case.
_CUE = re.compile(
    r"(?:\b(?:like|than|seen|watched|rewatched|read|reread|played|finished|to|called|titled|enjoyed|both|as|version of|"
    r"(?:director|directors|author|authors|writer|maker|makers|creator|studio|developer|developers|star|stars|lead|cast|"
    r"actor|actors|actress|people|made|behind|sequel|fan|end|ending|mood|style|tone) (?:who |that |which )?"
    r"(?:of|behind|in|made|wrote|directed|to|for|is in|are in|was in|stars in)|"
    r"directed|wrote|created|starred in|stars in|plays in|played in|acts in|is in|was in|are in|in both|between))\s+$",
    re.IGNORECASE,
)
_NAME_CUE = re.compile(
    r"\b(?:by|with|starring|from|featuring|directed by|written by|made by|director|author|actor|actress|writer|stars?)\s+$",
    re.I,
)
_AND = re.compile(r"^\s*(?:,|,?\s*and|or|&)\s+$", re.I)
_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*[.]?|&")


@dataclass(frozen=True)
class Mention:
    """Where a text names items (`items`) or a person (`names`); an ambiguous title or surname gives several."""

    surface: str
    start: int
    end: int
    items: tuple[Item, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shared:
    """What all of several items have in common."""

    creators: tuple[str, ...]
    people: tuple[str, ...]
    genres: tuple[str, ...]
    themes: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.creators or self.people or self.genres or self.themes)

    def to_dict(self) -> dict:
        return {k: list(v) for k, v in vars(self).items()}


def shared(items: Sequence[Item]) -> Shared:
    """What every one of `items` shares; nothing for fewer than two."""
    if len(items) < 2:
        return Shared((), (), (), ())
    first = items[0]

    def common(of) -> tuple[str, ...]:
        return tuple(v for v in of(first) if all(v in of(other) for other in items[1:]))

    return Shared(
        common(lambda i: i.creators), common(lambda i: i.people), common(lambda i: i.genres), common(lambda i: i.themes)
    )


class Lookup:
    """Resolves titles and names over a fixed list of items."""

    def __init__(self, items: Iterable[Item], vocabulary: Vocabulary):
        self._titles: dict[str, list[Item]] = defaultdict(list)
        self._names: dict[str, str] = {}
        self._surnames: dict[str, list[str]] = defaultdict(list)
        self.by_name: dict[str, list[Item]] = defaultdict(list)
        self._vocabulary = vocabulary
        shorter: dict[str, list[Item]] = defaultdict(list)
        for item in items:
            self._titles[normalise(item.title)].append(item)
            head = re.split(r": | – | - ", item.title)[0]
            if head != item.title:
                shorter[normalise(head)].append(item)
            for name in dict.fromkeys(item.names):
                self.by_name[name].append(item)
        for key, found in shorter.items():  # "Dr. Strangelove" for the long title, where nothing else has that title
            if key not in self._titles and len({i.creators for i in found}) == 1:
                self._titles[key] = found
        for name in self.by_name:
            key = normalise(name)
            self._names.setdefault(key, name)
            words = key.split()
            if len(words) > 1:
                self._surnames[words[-1]].append(name)
                if words[-2] in ("le", "del", "de", "von", "van", "la", "du", "di", "bin", "mc", "mac", "st", "ter"):
                    self._surnames[" ".join(words[-2:])].append(name)
        self._title_keys = list(self._titles)
        self._name_keys = list(self._names)

    def titles(self, text: str, kind: str | None = None) -> list[Item]:
        """Items whose title is `text`, as people write it: case, article, year in brackets, small slips."""
        year = re.search(r"\((\d{4})\)\s*$", text)
        key = normalise(text[: year.start()] if year else text)
        found = self._titles.get(key) or self._slip_of_title(key)
        if year:
            found = [i for i in found if i.year == int(year[1])] or found
        if kind:
            found = [i for i in found if i.kind == kind] or found
        return list(found)

    def names(self, text: str) -> list[str]:
        """People and studios called `text`: the full name, a surname, or a small slip of the full name."""
        key = normalise(text)
        if key in self._names:
            return [self._names[key]]
        if key in self._surnames:
            return self._most_active(self._surnames[key])
        slip = process.extractOne(key, self._name_keys, scorer=fuzz.ratio, score_cutoff=SLIP) if len(key) > 5 else None
        return [self._names[slip[0]]] if slip else []

    def mentions(self, text: str) -> list[Mention]:
        """Titles and names in a sentence, in order, without overlaps, longest first."""
        words = [(m.start(), m.end()) for m in _WORD.finditer(text)]
        found: list[Mention] = []
        i = 0
        while i < len(words):
            mention, used = self._mention_at(text, words, i, found)
            if mention:
                found.append(mention)
            i += used
        return found

    def _mention_at(self, text, words, i, before) -> tuple[Mention | None, int]:
        start = words[i][0]
        lead = text[:start]
        follows = bool(before) and bool(_AND.match(text[before[-1].end : start]))
        article = re.search(r"\b(?:the|a|an)\s+$", lead, re.I)
        bare = lead[: article.start()] if article else lead
        cue = bool(_CUE.search(lead) or _CUE.search(bare)) or (follows and bool(before[-1].items))
        name_cue = bool(_NAME_CUE.search(lead)) or (follows and bool(before[-1].names))
        for j in range(min(len(words), i + MOST_WORDS), i, -1):
            end = words[j - 1][1]
            surface = text[start:end].rstrip(".")
            key = normalise(surface)
            if not key:
                continue
            if key in self._titles and self._is_title(text, start, start + len(surface), cue):
                items = self._by_year(self._titles[key], text[end:])
                return Mention(surface, start, start + len(surface), items=tuple(items)), j - i
            if key in self._names and (" " in key or name_cue or self._capital(text, start)):
                return Mention(surface, start, start + len(surface), names=(self._names[key],)), j - i
            if key in self._surnames and (name_cue or self._capital(text, start)) and len(key) > 2:
                if key not in STOPWORDS and (name_cue or not self._vocabulary.find(surface)):
                    names = tuple(self._most_active(self._surnames[key]))
                    return Mention(surface, start, start + len(surface), names=names), j - i
        if cue or name_cue:
            return self._slip_at(text, words, i, cue, name_cue)
        return None, 1

    def _slip_at(self, text, words, i, cue: bool, name_cue: bool) -> tuple[Mention | None, int]:
        start = words[i][0]
        stop = re.search(r"[,.?!;()]|\s(?:but|and|with|from|only|or|please|that|which|is|was)\s|$", text[start:])
        end = start + stop.start()
        surface = text[start:end].strip().strip("\"'“”‘’")
        key = normalise(surface)
        used = max(1, sum(1 for s, _ in words[i:] if s < end))
        if len(key) < 5 or (key in STOPWORDS) or self._vocabulary.find(surface):
            return None, 1
        if cue and (items := self._slip_of_title(key)):
            return Mention(surface, start, end, items=tuple(items)), used
        if name_cue and " " in key and (names := self.names(surface)):
            return Mention(surface, start, end, names=tuple(names)), used
        return None, 1

    def _slip_of_title(self, key: str) -> list[Item]:
        if len(key) < 5:
            return []
        slip = process.extractOne(key, self._title_keys, scorer=fuzz.ratio, score_cutoff=SLIP)
        return self._titles[slip[0]] if slip else []

    def _is_title(self, text: str, start: int, end: int, cue: bool) -> bool:
        """Whether these words, which are some item's title, are meant as one here."""
        surface = text[start:end]
        if start and text[start - 1] in "\"'“‘«*" and text[end : end + 1] and text[end] in "\"'”’»*.,":
            return True
        words = surface.split()
        content = [w for w in words if w.lower() not in STOPWORDS]
        opens = not text[:start].strip() or text[:start].rstrip()[-1:] in ".!?:"
        if all(w[0].isupper() or not w[0].isalpha() for w in (content or words)):
            if len(words) > 1 and len(content) > 0:
                # "Horror Films" at the head of a sentence is no title; "The Thing" is
                return not (opens and len(content) == 1 and words[0].lower() not in ("the", "a", "an")) or cue
            if not content:
                return not opens and words[0][0].isupper() and words[0] != "I"
            if opens:
                return bool(re.match(r"\s+(?:was|is|had|bored|made|and|or|by)\b", text[end:])) and not self._vocabulary.find(surface)
            return True
        if len(content) >= 2 and len(words) >= 3:
            return True
        if self._vocabulary.find(surface) and len(content) <= 2 and len(self._vocabulary.find(surface)[0].name.split()) == len(words):
            return False
        return cue and bool(content) and len(surface) > 3

    @staticmethod
    def _capital(text: str, start: int) -> bool:
        """A capital that the start of a sentence does not explain."""
        return text[start].isupper() and bool(text[:start].strip()) and text[:start].rstrip()[-1] not in ".!?:\"“"

    @staticmethod
    def _by_year(items: list[Item], after: str) -> list[Item]:
        year = re.match(r"\s*\(?(?:of |from )?((?:18|19|20)\d\d)\b", after)
        return [i for i in items if year and i.year == int(year[1])] or items

    def _most_active(self, names: list[str]) -> list[str]:
        """Everyone of that surname, unless one of them made much more than the others."""
        made = Counter({n: sum(n in i.creators for i in self.by_name[n]) * 2 + len(self.by_name[n]) for n in names})
        (first, most), *rest = made.most_common()
        return [first] if not rest or most >= 2 * rest[0][1] else [n for n, _ in made.most_common()]
