"""Titles and names as people write them, resolved to items; and what several items share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from mrrec.catalog.items import MAKERS, Item, normalise
from mrrec.catalog.spoken import ARTICLES, QUOTES, STOPWORDS, Phrases, Spoken, Word, name_key
from mrrec.catalog.vocabulary import TONES, Vocabulary

SLIP = 86  # rapidfuzz ratio (0-100) from which a phrase is taken for a slip of a title or a name
MOST_WORDS = 12
MOST_CANDIDATES = 2000  # titles compared letter by letter for one phrase
DESCRIPTIONS = 20_000  # read to learn which words are ordinary

_PRONOUNS = frozenset(
    "it us them we they he she i you me him that this those these what who one others another".split()
)
_PARTICLES = frozenset("le del de von van la du di bin mc mac st ter".split())
_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve thirteen".split()
_NUMBER = {w: str(n) for n, w in enumerate(_NUMBERS)} | {str(n): w for n, w in enumerate(_NUMBERS)}

KIND_NOUN = r"(?:films?|movies?|flicks?|books?|novels?|reads?|games?|titles?|story|stories)"

# Somebody spoken of by what they made or played in, up to where the title begins.
ROLE = re.compile(
    r"\b(?:(?P<maker>directors?|film-?makers?|authors?|writers?|novelists?|makers?|creators?|studios?|developers?|"
    r"devs?|team|designers?)|(?P<player>stars?|leads?|leading (?:man|lady|actor|actress)|actors?|actress(?:es)?|cast)|"
    r"(?P<someone>who(?:ever)?|guys?|man|woman|lady|person|people|folks|one|somebody|someone|those|same))"
    r"(?P<link>(?:(?:\W+|(?='s|’s))(?:of|behind|in|from|who|that|which|is|are|was|were|s|has|have|had|both|made|makes|"
    r"directed|directs|wrote|written|created|developed|designed|did|brought|gave|us|responsible|for|star(?:s|red)?|"
    r"plays?|played|acts?|acted|appear(?:s|ed)?|features?|to|as|on|with|the|a|lead|main|role|part|film|movie|book|"
    r"novel|"
    r"game|also|original))*)\W*$",
    re.I,
)
_NAMED = re.compile(r"\b(?:film|movie|book|novel|game|called|titled|named|entitled)\s+$", re.I)
_STRONG = re.compile(
    rf"(?:\b(?:{KIND_NOUN}|something|anything|stuff|things?|ones?|more|another|bit|little|lot|exactly|just|feels?|"
    r"looks?|shows?|nothing|sounds?) (?:just |more |a bit |kind of |sort of )?like|^\s*like|"
    r"\bsimilar (?:to|in \w+ to)|\bsame \w+ as|\b(?:vein|style|spirit|mood|vibes?|tone|feel|sequel|fans?) (?:of|as|to)|"
    r"\balong the lines of|\breminds me of|\breminiscent of|\bthan|\bas \w+ as|\bbetween|"
    r"\bif i (?:liked|loved|enjoyed)|"
    r"\b(?:(?:just|recently|already|i|i've|have|ever) (?:re-?)?read|(?:re-?)?(?:seen|watched|played|finished)))"
    r"\s+[\"'“‘«*]?$",
    re.I,
)
_WEAK = re.compile(
    r"\b(?:seen|watch(?:ed|ing)?|re-?watched|read(?:ing)?|re-?read|play(?:ed|ing)|finished|started|enjoy(?:ed)?|loved?|"
    r"adored?|like[ds]?|hated?|disliked?|not|except|besides|nothing like|apart from|other than|instead of|"
    r"(?:plot|story|end|ending|length|year|theme|cast|book|version|soundtrack) of)\s+[\"'“‘«*]?$",
    re.I,
)
_NAME_CUE = re.compile(
    r"\b(?:by|with|starring|stars|from|featuring|director|author|actor|actress|writer|developer|studio|and|not|or|like|"
    r"love|loved|hate|style of|fan of)\s+(?:the\s+)?$",
    re.I,
)
_AND = re.compile(r"^[\"'”’»*]?\s*(?:,|,?\s*and|,?\s*or|&)\s+[\"'“‘«*]?(?:the |a |an )?$", re.I)
# "Traffic I've already seen": what was met is a work
_MET_BEHIND = re.compile(
    r"['’\"”]?,? (?:i|we)(?:['’]?ve| have)?(?: already| just| both)? (?:seen|saw|watched|read|played|finished)\b", re.I
)
_PHRASE_END = re.compile(
    r"\s*$|[\"'”’»*]?\s*[.,;:?!()\-–—]|[\"'”’»*]?\s+(?:but|and|or|with|without|only|that|which|from|by|please|in|set|"
    r"instead|again|yesterday|last|recently|was|is|were|are|except|not|for|though|although|where|who|because|so|then|"
    r"too|as|to|meets|vs|twice|this|today|tonight|on|before|after|made|bored|had|has|either|when|while|already|"
    r"yet|now|just|"
    r"i|we|you|if|except|than|minus|plus|more|less|vibes?|years?|made)\b",
    re.I,
)
_SUBJECT = re.compile(
    r"[\"'”’»*]?,?\s+(?:was|were|is|isn['’]?t|wasn['’]?t|had|has|bored|made|scared|moved|but|meets|with|by|or|and)\b",
    re.I,
)
_OF_NAME = re.compile(rf"(?:['’]s?)?\s+(?:\w+\s+)?{KIND_NOUN}\b|-(?:style|like|esque)\b", re.I)
_MADE_BY = re.compile(
    rf"\b(?:{KIND_NOUN}|directed|written|made|anything|something|else|more|created) by\s+(?:the\s+)?$", re.I
)
_OF_ROLE = re.compile(
    r"(?:['’]s?)?\s+(?:directors?|authors?|writers?|makers?|creators?|developers?|stars?|leads?)\b", re.I
)


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
        self._vocabulary = vocabulary
        self._titles: dict[str, list[Item]] = defaultdict(list)
        self._names: dict[str, str] = {}
        self._surnames: dict[str, list[str]] = defaultdict(list)
        self.by_name: dict[str, list[Item]] = defaultdict(list)
        self.by_genre: dict[str, list[Item]] = defaultdict(list)
        self.places: set[str] = set()  # countries and languages, in lower case
        ordinary: set[str] = set()
        for n, item in enumerate(items):
            self._titles[normalise(item.title)].append(item)
            for name in dict.fromkeys(item.names):
                self.by_name[name].append(item)
            for genre in item.genres:
                self.by_genre[genre].append(item)
            self.places.update(p.strip().lower() for p in f"{item.country};{item.language}".split(";"))
            if n < DESCRIPTIONS:
                ordinary.update(re.findall(r"\b[a-z]{2,}\b", item.description))
        self._add_parts_of_titles()
        self._add_names()
        self._title_phrases, self._name_phrases = Phrases(self._titles), Phrases(self._names)
        self._with_word: dict[str, list[str]] = defaultdict(list)
        for key in self._titles:
            for word in set(key.split()) - STOPWORDS:
                self._with_word[word].append(key)
        named = {w for key in self._names for w in key.split()}
        self._ordinary = frozenset(ordinary)
        self.known = vocabulary.words | frozenset(
            ordinary | _everyday() | STOPWORDS | named | {w for key in self._titles for w in key.split()}
        )
        self._near: dict[str, list[str]] = defaultdict(list)  # words of titles and names by first letter
        for word in named | {w for key in self._titles for w in key.split()}:
            if len(word) > 2:
                self._near[word[0]].append(word)

    def _add_parts_of_titles(self) -> None:
        """ "Dr. Strangelove" or "The Two Towers" for the long title, "Harry Potter" for all of them."""
        parts: dict[str, list[Item]] = defaultdict(list)
        for found in list(self._titles.values()):
            for item in found:
                head, *tail = re.split(r": | – | - | or \(| \(", item.title, maxsplit=1)
                for part in (head, *tail) if tail else ():
                    key = normalise(part)
                    if key.isdigit() or (len(key) > 3 and not self._vocabulary.find(key)):
                        parts[key].append(item)
                words = normalise(item.title).split()
                for n in (2, 3):
                    if len(words) > n and sum(w not in STOPWORDS for w in words[:n]) >= 2 and words[n] in ("and", "of"):
                        parts[" ".join(words[:n])].append(item)
        for key, found in parts.items():
            if key not in self._titles:
                self._titles[key] = list(dict.fromkeys(found))

    def _add_names(self) -> None:
        first_names: dict[str, list[str]] = defaultdict(list)
        for name in self.by_name:
            key = name_key(name)
            self._names.setdefault(key, name)
            words = key.split()
            without_initials = " ".join(w for w in words if len(w) > 1)
            if without_initials and len(without_initials.split()) > 1:
                self._names.setdefault(without_initials, name)
            if len(words) > 1 and not self._is_company(name):
                self._surnames[words[-1]].append(name)
                first_names[words[0]].append(name)
                if words[-2] in _PARTICLES:
                    self._surnames[" ".join(words[-2:])].append(name)
        self._first_names = {w: names for w, names in first_names.items() if len(names) == 1 and len(w) > 3}  # "Keanu"
        for names in self._surnames.values():
            names.sort(key=lambda n: -len(self.by_name[n]))

    def _is_company(self, name: str) -> bool:
        """Known for studio work only: its last word is no surname."""
        return all(MAKERS.get(i.kind) == "studio" and name in i.creators for i in self.by_name[name])

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
        """People and studios called `text`: a full name, a surname or "the ... brothers"; small slips are forgiven."""
        key = name_key(text)
        if key in self._names:
            return [self._names[key]]
        if found := self._surname(key):
            return found
        words = [self._read(word) for word in key.split()]
        whole = [k for used, _, k in self._name_phrases.match(words) if used == len(words)]
        if whole:
            return [self._names[whole[0]]]
        return next((f for near in words[0].near if len(words) == 1 and (f := self._surname(near))), [])

    def mentions(self, text: str) -> list[Mention]:
        """Titles and names in a sentence, in order, without overlaps."""
        spoken = Spoken(text, self._read)
        found: list[Mention] = []
        i = 0
        while i < len(spoken.spans):
            mention = self._mention_at(spoken, i, found)
            if mention:
                found.append(mention)
            end = mention.end if mention else spoken.spans[i][1]
            while i < len(spoken.spans) and spoken.spans[i][0] < end:
                i += 1
        return found

    def _mention_at(self, spoken: Spoken, i: int, before: list[Mention]) -> Mention | None:
        text, start = spoken.text, spoken.spans[i][0]
        lead = text[max(0, start - 120) : start]
        last = before[-1] if before and _AND.match(text[before[-1].end : start]) else None
        name_cue = bool(_NAME_CUE.search(lead)) or bool(last and last.names)
        named = self._name_at(spoken, i, name_cue)
        cue = 2 if _STRONG.search(lead) or _NAMED.search(lead) or (last and last.items) or _role(lead) else 0
        cue = cue or int(bool(_WEAK.search(lead)))
        best = None
        for used, slips, key in self._title_phrases.match(spoken.words[i : i + MOST_WORDS]):
            if slips > (1 if len(key.split()) < 4 else 2):
                continue
            rank = (used, -slips)
            if (best is None or rank >= best[0]) and self._is_title(spoken, i, i + used, key, slips, cue):
                best = (rank, key, spoken.spans[i + used - 1][1])
        exact = best is not None and best[0][1] == 0
        if cue == 2 and (not exact or not _PHRASE_END.match(text[best[2] :])) and not (named and named.end > start + 4):
            slip = self._slip_at(spoken, i)
            if slip and (best is None or slip.end > best[2]):
                return slip
        if best:
            end = self._without_possessive(text, start, best[2])
            title = Mention(text[start:end], start, end, items=self._of_year(self._titles[best[1]], text[end:]))
            if not named or title.end > named.end or (title.end == named.end and not _by(lead)):
                return title
        return named

    def _name_at(self, spoken: Spoken, i: int, cue: bool) -> Mention | None:
        text, start = spoken.text, spoken.spans[i][0]
        best: tuple[int, tuple[str, ...]] | None = None
        if spoken.words[i].said in ARTICLES:
            return None
        for used, slips, key in self._name_phrases.match(spoken.words[i : i + 6]):
            end = spoken.spans[i + used - 1][1]
            sure = cue or (spoken.capital(i) and not spoken.opens(i) and not self._vocabulary.find(text[start:end]))
            if (used > 1 and slips <= 1) or (sure and slips == 0) or (cue and slips <= 1 and len(key) > 5):
                if used == 1 and (key in STOPWORDS or (not spoken.capital(i) and self._is_mark(text[start:end]))):
                    continue
                if best is None or end > best[0]:
                    best = (end, (self._names[key],))
        if best is None:
            for used in (2, 1):
                if i + used > len(spoken.spans):
                    continue
                end = spoken.spans[i + used - 1][1]
                key = name_key(text[start:end])
                names = self._surname(key) or (self._first_names.get(key, []) if _by(text[:start]) else [])
                if not names and used == 1:
                    word = spoken.words[i]
                    near = word.near if cue and len(key) > 5 else ()
                    names = next((f for r in (*word.same, *near) if (f := self._surname(r))), [])
                brothers = re.match(r"\s+(?:brothers|sisters)\b", text[end:], re.I)
                if names and (brothers or self._is_surname(spoken, i, i + used, key, cue)):
                    best = (end + (brothers.end() if brothers else 0), tuple(names))
                    break
        if best is None:
            return None
        end = self._without_possessive(text, start, best[0])
        return Mention(text[start:end], start, end, names=best[1])

    def _is_surname(self, spoken: Spoken, i: int, j: int, key: str, cue: bool) -> bool:
        end = spoken.spans[j - 1][1]
        surface, after = spoken.text[spoken.spans[i][0] : end], spoken.text[end:]
        if len(key) < 3 or key in STOPWORDS:
            return False
        capital = spoken.capital(i) and not spoken.opens(i)
        if capital and self._is_part_of_name(spoken, i, j):
            return False
        ordinary = key in self._ordinary or key in _everyday()
        common = ordinary or bool(self._vocabulary.find(surface)) or key in self.places
        if capital and not (self._vocabulary.find(surface) or key in self.places):
            return True
        if _MADE_BY.search(spoken.text[: spoken.spans[i][0]]):
            return bool(_PHRASE_END.match(after))
        if common:
            return False
        genre = self._vocabulary.find(" ".join(after.split()[:2])) if after[:1] == " " else []
        own = bool(_OF_NAME.match(after)) or bool(re.search(r"['’]s?$", surface))
        return cue or own or any(t.name in self._vocabulary.genres for t in genre)

    def _is_part_of_name(self, spoken: Spoken, i: int, j: int) -> bool:
        """Whether a capital stands beside words `i` to `j`: "New York" speaks of nobody called York."""
        for left, right in ((i - 1, i), (j - 1, j)):
            if left < 0 or right >= len(spoken.words):
                continue
            n = left if left < i else right
            close = spoken.text[spoken.spans[left][1] : spoken.spans[right][0]] == " "
            if close and spoken.capital(n) and not spoken.opens(n) and not self._vocabulary.find(spoken.texts[n]):
                return True
        return False

    def _is_title(self, spoken: Spoken, i: int, j: int, key: str, slips: int, cue: int) -> bool:
        """Whether these words, which are some item's title, are meant as one here. `cue`: 0 none, 1 weak, 2 strong."""
        text = spoken.text
        start, end = spoken.spans[i][0], spoken.spans[j - 1][1]
        surface, after = text[start:end], text[end:]
        words = [word.said for word in spoken.words[i:j]]
        content = [n for n in range(i, j) if spoken.words[n].said not in STOPWORDS]
        if cue < 2 and _OF_ROLE.match(after if after[:1] != "s" else text[end - 1 :]):
            cue = 2
        if start and text[start - 1] in QUOTES and after[:1] and after[0] in QUOTES:
            return True
        if re.match(r"\s*\((?:18|19|20)\d\d\)", after):
            return True
        ends = bool(_PHRASE_END.match(after)) or bool(_OF_ROLE.match(after))
        if slips and not (cue == 2 and ends) and len(content) < 2:
            return False
        if not content:
            return self._is_small_title(spoken, i, words, after, ends)
        if not slips and all(spoken.capital(n) for n in content) and _MET_BEHIND.match(after):
            return True
        ordinary = all(self._plain(spoken.words[n].said) for n in content)
        term = any(t.start == 0 and t.end == len(surface) for t in self._vocabulary.find(surface))
        if len(content) == 1 and spoken.capital(content[0]) and self._is_part_of_name(spoken, i, j):
            return False  # "The Big Sick" is not Big
        if all(spoken.capital(n) for n in content):
            if not spoken.opens(i):
                return True
            if j - i > 1 and (len(content) > 1 or words[0] in ARTICLES):
                return True
            if ends and (_SUBJECT.match(after) or (not term and not after.strip(" .!?"))):
                return True
        if len(content) >= 3 or (len(content) == 2 and j - i >= 4):
            return ends or not ordinary
        if not ordinary and not term:
            return len(key) > 3 or cue > 0
        if not ends or not self._article_fits(words, key):
            return False
        if spoken.opens(i) and _SUBJECT.match(after):
            return not self._is_mark(surface)
        if not spoken.text[:start].strip() and not after.strip(" .!?"):  # nothing but the title
            return not (term or slips) or len(content) > 1
        return cue == 2 or (cue == 1 and not (term and self._vocabulary.find(surface)[0].name == surface.lower()))

    def _is_mark(self, surface: str) -> bool:
        """Whether `surface` is a genre or a tone, which no lower-case title outweighs."""
        found = self._vocabulary.find(surface)
        return any(t.name in self._vocabulary.genres or t.name in TONES for t in found)

    @staticmethod
    def _is_small_title(spoken: Spoken, i: int, words: list[str], after: str, ends: bool) -> bool:
        """A title of small words only: "Her", "Up", "It", "Us"."""
        if words == ["i"] or (len(words) == 1 and words[0] in ARTICLES):
            return False
        start = spoken.spans[i][0]
        if spoken.capital(i):
            if not spoken.opens(i):
                return True
            return words[0] not in ("it", "we", "they", "what") and bool(re.match(r"\s+(?:was|is)\b", after))
        of_kind = re.search(rf"{KIND_NOUN} like (?:the )?$", spoken.text[:start], re.I)
        return ends and bool(of_kind) and words[-1] not in _PRONOUNS

    def _article_fits(self, words: list[str], key: str) -> bool:
        """ "the drive" is not the title *Drive*, while "godfather" may be *The Godfather*."""
        said = words[0] if words[0] in ARTICLES else ""
        return not said or any(i.title.lower().startswith(said + " ") for i in self._titles[key])

    def _plain(self, word: str) -> bool:
        return word in self._ordinary or word.removesuffix("s") in self._ordinary

    def _slip_at(self, spoken: Spoken, i: int) -> Mention | None:
        """The phrase after a cue, taken whole for a slip of a title."""
        start = spoken.spans[i][0]
        stop = re.search(
            r"[,.?!;()]|\s(?:but|with|without|from|only|or|please|that|which|is|was|by|set|instead)\s|$",
            spoken.text[start:],
        )
        for cut in (stop.start(), *([m.start()] if (m := re.search(r"\sand\s", spoken.text[start:])) else ())):
            surface = spoken.text[start : start + cut].strip().strip(QUOTES)
            key = normalise(surface)
            terms = self._vocabulary.find(surface)
            if len(key) < 5 or key in STOPWORDS or any(t.end - t.start == len(surface) for t in terms):
                continue
            if items := self._slip_of_title(key):
                end = start + cut
                return Mention(surface, start, end, items=self._of_year(items, spoken.text[end:]))
        return None

    def _slip_of_title(self, key: str) -> list[Item]:
        """Items whose title differs from `key` by small slips."""
        if len(key) < 4:
            return []
        words = key.split()
        read = [self._read(word) for word in words]
        whole = [(slips, k) for used, slips, k in self._title_phrases.match(read) if used == len(words) and slips <= 3]
        if whole:
            return self._titles[min(whole)[1]]
        readings = {r for word in read for r in (word.said, *word.same, *word.near) if r in self._with_word}
        known = sorted(readings, key=lambda w: (len(self._with_word[w]), w))
        near = list(dict.fromkeys(k for word in known[:4] for k in self._with_word[word][:MOST_CANDIDATES]))
        slip = process.extractOne(key, near, scorer=fuzz.ratio, score_cutoff=SLIP)
        return self._titles[slip[0]] if slip else []

    def _read(self, word: str) -> Word:
        said = normalise(word)
        same, near = [], []
        if re.search(r"['’]s?$", word):
            same.append(re.sub(r"s$", "", said))
        if said in _NUMBER:
            same.append(_NUMBER[said])
        if re.fullmatch(r"1[89]\d\d", said):
            same.append(_year_in_words(said))
        if said and said not in self.known and not set(same) & self.known and len(said) > 2 and not said.isdigit():
            most = 1 if len(said) < 8 else 2
            found = process.extract(said, self._near[said[0]], scorer=OSA.distance, score_cutoff=most, limit=4)
            near = [w for w, _, _ in found if len(said) > 3 or sorted(w) == sorted(said)]
        return Word(said, tuple(same), tuple(near))

    def _surname(self, key: str) -> list[str]:
        """Everyone of that surname, the most active first; also "coens" and "coen brothers"."""
        key = re.sub(r" (brothers|sisters)$", "", key)
        return list(self._surnames.get(key) or (self._surnames.get(key[:-1]) if key.endswith("s") else None) or ())

    def _without_possessive(self, text: str, start: int, end: int) -> int:
        """Leave 's out of the surface, save where the title has it."""
        possessive = re.search(r"['’]s?$", text[start:end])
        if possessive and normalise(text[start:end]) not in self._titles:
            return end - len(possessive[0])
        return end

    @staticmethod
    def _of_year(items: list[Item], after: str) -> tuple[Item, ...]:
        year = re.match(r"[\"'”’»*]?\s*\(?(?:of |from )?((?:18|19|20)\d\d)\b", after)
        return tuple([i for i in items if year and i.year == int(year[1])] or items)


@cache
def _everyday() -> frozenset[str]:
    """Ordinary English words, from this project's own texts: no slips, and no names where no capital says so."""
    return frozenset(Path(__file__).with_name("words.txt").read_text("utf-8").split())


def _year_in_words(year: str) -> str:
    """
    >>> _year_in_words("1984")
    'nineteen eighty four'
    """
    tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    words = [{"18": "eighteen", "19": "nineteen"}[year[:2]], tens[int(year[2])], _NUMBERS[int(year[3])]]
    return " ".join(w for w in words if w and w != "zero")


def _role(lead: str) -> bool:
    """Whether `lead` speaks of somebody by a work whose title comes next."""
    role = ROLE.search(lead)
    return bool(role and role["link"].strip() and (role["maker"] or role["player"] or len(role["link"].split()) > 0))


def _by(lead: str) -> bool:
    return bool(re.search(r"\b(?:by|with|starring|featuring)\s+$", lead, re.I))
