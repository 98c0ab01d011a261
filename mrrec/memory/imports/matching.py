"""Which item of the catalogue a line speaks of. Rather none than a wrong one: two candidates are no match."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from mrrec.catalog import Catalog, Item
from mrrec.catalog.items import normalise
from mrrec.catalog.spoken import name_key
from mrrec.memory.imports.line import Line, article_first

YEARS_APART = 1  # a festival and the release
SAME_NAME = 85  # rapidfuzz ratio (0-100) from which two spellings are one name
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_EDITION = re.compile(
    r"(?:\s*[:–,(\[-]\s*|\s+)(?:the\s+)?(?:(?:(?:\d+(?:th|st|nd|rd)\s+)?anniversary|game of the year|goty|definitive|"
    r"complete|enhanced|special|deluxe|ultimate|extended|legendary|gold|classics?|collector[’']?s|director[’']?s|final|"
    r"prepare to die|royal|unabridged|revised|illustrated|theatrical)\s+(?:edition|cut|version)|goty|remastered|hd|"
    r"unabridged|a novel|penguin classics)[)\]]?$",
    re.I,
)
_SUBTITLE = re.compile(r": | [-–—] |; ")
# Words that make another thing of what bears the title.
_OTHER = re.compile(
    r"\b(?:spark ?notes|cliffs ?notes|(?:study|literature|reader['’]?s) guide|(?:stage|screen) ?plays?|plays|summary|"
    r"workbook|abridged|adapted|graphic novel|manga|box(?:ed)? set|omnibus|collection|trilogy|sampler|companion|"
    r"colou?ring book|soundtrack|demo|beta|playtest|(?:dedicated|test) server|making of|behind the scenes)\b",
    re.I,
)
_OR = re.compile(r"[:;,]?\s+or(?:[:,]\s|\s*\().*$", re.I)  # "Dr. Strangelove or: How I Learned to Stop Worrying"
_NUMBERED = re.compile(r"(?:episode|part|chapter|volume|vol\.?) ", re.I)
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
_WORDS = {w: str(n) for n, w in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_SPELT = {
    "colours": "colors",
    "colour": "color",
    "grey": "gray",
    "volume": "vol",
    "vs": "versus",
    "episodes": "episode",
}


@lru_cache(maxsize=1 << 12)  # a line's title is looked up in several ways
def title_key(title: str) -> str:
    """The form under which titles meet.

    >>> title_key("Godfather, The: Part II") == title_key("The Godfather: Part Two") == "godfather part 2"
    True
    """
    words = normalise(article_first(title)).split()
    last = ""
    for i, word in enumerate(words):
        if last in ("part", "vol", "chapter", "book"):
            word = _WORDS.get(word, "1" if word == "i" else word)
        words[i] = last = _SPELT.get(word, _ROMAN.get(word, word))
    return " ".join(words)


class Matcher:
    """Finds items of a catalogue by title, year, makers and ids; each line costs the same, however many there are."""

    def __init__(self, catalog: Catalog):
        self._catalog = catalog
        self._titles: dict[str, list[Item]] = defaultdict(list)
        self._joined: dict[str, list[Item]] = defaultdict(list)
        self._without_subtitle: dict[str, list[Item]] = defaultdict(list)
        for item in catalog.items:
            self._titles[title_key(item.title)].append(item)
            self._joined[title_key(item.title).replace(" ", "")].append(item)
            head = _SUBTITLE.split(_BRACKETS.sub("", item.title))[0]
            if title_key(head) != title_key(item.title):
                self._without_subtitle[title_key(head)].append(item)

    def match(self, line: Line) -> Item | None:
        """The one item that `line` speaks of, or None."""
        if line.kind and line.kind not in self._catalog.kinds and not line.ids:
            return None
        for name in line.ids:
            found = self._catalog.get(name) or self._catalog.get(name.removeprefix("imdb:").removeprefix("isbn:"))
            if found:
                return found
        for look in (self._by_title, self._by_letters, self._by_edition, self._by_subtitle, self._by_number):
            found = list({i.id: i for i in look(line)}.values())
            if len(found) > 1 and line.year:
                found = [i for i in found if i.year == line.year] or found
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def _by_title(self, line: Line) -> Iterator[Item]:
        """The whole title, or the original one in brackets; a book has its series there."""
        whole = [line.title, *line.also]
        for title in whole:
            yield from self._fitting(line, self._titles.get(title_key(title), ()))
        bare = _BRACKETS.sub("", line.title).strip()
        if bare and bare != line.title:
            yield from self._fitting(line, self._titles.get(title_key(bare), ()))
            if line.kind != "book" and line.year:
                for other in _BRACKETS.findall(line.title):
                    key = title_key(re.sub(r"^a\.?k\.?a\.? ", "", other, flags=re.I))
                    yield from self._fitting(line, self._titles.get(key, ()))

    def _by_letters(self, line: Line) -> Iterator[Item]:
        """ "Old Boy" for "Oldboy", where the year is there to tell."""
        joined = title_key(_BRACKETS.sub("", line.title)).replace(" ", "")
        if line.year and len(joined) > 5:
            yield from self._fitting(line, self._joined.get(joined, ()))

    def _by_edition(self, line: Line) -> Iterator[Item]:
        """The title without "Remastered" or "Penguin Classics": an old thing in a new year, so its year is free."""
        bare = _BRACKETS.sub("", line.title).strip() if line.kind == "book" else line.title
        less = _EDITION.sub("", bare)
        if less and less != bare:
            free = line.kind == "game" or (line.kind == "book" and line.creators)
            yield from self._fitting(line, self._titles.get(title_key(less), ()), dated=not free)

    def _by_subtitle(self, line: Line) -> Iterator[Item]:
        """One of both titles says more than the other: only with the very year or a book's author to tell.

        What follows a title may make it another work ("Kung Fu Panda: Secrets of the Furious Five"), so without a maker
        only an "or" and a number in a series may be left out.
        """
        if not line.year and not line.creators:
            return
        bare = _BRACKETS.sub("", line.title).strip()
        found = list(self._without_subtitle.get(title_key(bare), ()))
        head, *subtitles = _SUBTITLE.split(bare)
        if subtitles and (line.creators or _NUMBERED.match(subtitles[0])):
            found += self._titles.get(title_key(head), ())
        if subtitles and " " in subtitles[-1]:
            found += self._titles.get(title_key(subtitles[-1]), ())
        if _OR.search(line.title):
            found += self._titles.get(title_key(_OR.sub("", line.title)), ())
        for item in self._fitting(line, found):
            named = bool(line.creators) and _agree(line.creators, item.names)
            if (named and item.kind == "book") or (item.year and item.year == line.year):
                yield item

    def _by_number(self, line: Line) -> Iterator[Item]:
        """ "1984" for "Nineteen Eighty-Four", where the author is the same."""
        bare = _BRACKETS.sub("", line.title).strip()
        if bare.isdigit() and line.creators:
            for item in self._fitting(line, self._catalog.lookup.titles(bare)):
                if _agree(line.creators, item.names):
                    yield item

    def _fitting(self, line: Line, items: Sequence[Item], dated: bool = True) -> Iterator[Item]:
        """Those of `items` that kind, year and makers allow."""
        other = _OTHER.search(line.title)
        for item in items:
            if other and not _OTHER.search(item.title):
                continue
            if line.kind and item.kind != line.kind:
                continue
            named = bool(line.creators and item.names) and _agree(line.creators, item.names)
            if line.creators and item.names and not named:
                continue
            # The same author does not write two books of one title, but directors remake their own films.
            if dated and line.year and item.year and not (named and item.kind == "book"):
                if abs(line.year - item.year) > YEARS_APART:
                    continue
            elif dated and line.since and item.year and item.year < line.since:
                continue
            yield item


def _agree(said: Sequence[str], names: Sequence[str]) -> bool:
    """Whether somebody is in both; order of the parts, initials and transliteration do not matter."""
    ours = [name_key(n) for n in names]
    for name in map(name_key, said):
        words = set(name.split())
        for other in ours:
            theirs = set(other.split())
            shared = words & theirs
            if shared and shared in (words, theirs) and max(map(len, shared)) > 2:
                return True
            if fuzz.token_sort_ratio(name, other) >= SAME_NAME:
                return True
            first, second = name.split(), other.split()
            if len(first) > 1 and len(second) > 1 and first[-1] == second[-1] and first[0][0] == second[0][0]:
                return True
    return False
