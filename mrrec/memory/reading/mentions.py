"""Every place where a message may name a title, a person or a term of the catalogue; what is said of it is not asked.

More is found here than is meant ("heat" is a word before it is a film): `stance.py` decides by what stands around.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from mrrec.catalog import Catalog, Item
from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import Lookup
from mrrec.catalog.spoken import STOPWORDS, name_key
from mrrec.catalog.vocabulary import SYNONYMS, Vocabulary, singular

MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*|&")
_ENDING = re.compile(r"(?:ic|ical|er|ing|ist|ian|ism|ous|al|ed|e|y|i)$")  # a word and its kin
_MET = re.compile(
    r"(?:\b(?:seen|saw|watch(?:ed)?|read|reread|play(?:ed)?|finish(?:ed)?|lov(?:e|ed)|lik(?:e|ed)|hat(?:e|ed)|enjoyed|"
    r"adore[ds]?|dropped|abandoned|on|for|of|with|fan|favourite|film|movie|book|novel|game|called|put|thought|gave|"
    r"give|rated?|quit|in|past|through|just|started|stopped|playing|watching|reading|is|was|about)|[:,&/\"“'])\s*$",
    re.I,
)
_PROPER = re.compile(
    r"(?:[A-Z0-9][\w'’.-]*|[A-Z])(?:(?:[ ]|: | & | - )(?:(?:the|of|a|an|and|in|on|to|for|from|with|de|la|le|von|van|at)"
    r" )*(?:[A-Z0-9][\w'’-]*))*"
)
_QUOTED = re.compile(r"\"([^\"]{2,60})\"|“([^”]{2,60})”|«([^»]{2,60})»|(?<!\w)['‘](?=[A-Z])([^'’\n]{2,60})['’](?!\w)")
_NO_TITLE = re.compile(
    r"^(?:I|I['’]\w+|A|An|The|My|Me|We|You|He|She|They|Oh|Ok|OK|No|Not|Yes|And|But|So|If|It|DLC|RPG|RPGs|TV|PC|CGI|LOL|"
    r"Netflix|Switch|PS\d|Xbox|English|French|German|Spanish|Italian|Japanese|Korean|American|British|Russian|European|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Mondays|Sundays|Christmas|Easter|God|Hollywood|"
    r"Mum|Dad|Grandma|\d.*)$"
)


@dataclass(frozen=True)
class Found:
    """What `raw[start:end]` may name. `sort` is term, name, title, or unknown: reads as a title, is in no catalogue."""

    start: int
    end: int
    sort: str
    items: tuple[Item, ...] = ()
    names: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    sure: bool = False  # the look-up takes it for one by itself
    slip: bool = False


def find(raw: str, catalog: Catalog, common: Container[str] = ()) -> list[Found]:
    """Mentions in order. A title may share its place with a term or a name; `common` words are no slips of anything."""
    index = _index(catalog)
    words = [m.span() for m in _WORD.finditer(raw)]
    named = [*_looked_up(raw, catalog.lookup)]
    named += [f for f in index.titles_in(raw, words, common) if not _met(f, named)]
    named += [f for f in index.names_in(raw, words, common) if not _met(f, named)]
    terms = list(index.terms_in(raw, words, common))
    terms = [t for t in terms if not any(_inside(t, n) for n in named)]
    shown = [*named, *terms]
    shown += [f for f in _unknown(raw) if not _met(f, shown)]
    return sorted(shown, key=lambda f: (f.start, -f.end, f.sort))


def _met(found: Found, others: Sequence[Found]) -> bool:
    return any(found.start < o.end and o.start < found.end for o in others)


def _inside(term: Found, named: Found) -> bool:
    """Whether a term is but a word of a longer title or name; the same word may be either."""
    within = named.start <= term.start and term.end <= named.end
    return within and (term.end - term.start < named.end - named.start or named.sort == "name")


def _looked_up(raw: str, lookup: Lookup) -> Iterator[Found]:
    for m in lookup.mentions(raw):
        yield Found(m.start, m.end, "title" if m.items else "name", tuple(m.items), tuple(m.names[:1]), sure=True)


def _unknown(raw: str) -> Iterator[Found]:
    """Words in capitals and quotations that no catalogue has."""
    for match in _QUOTED.finditer(raw):
        n = next(n for n, g in enumerate(match.groups(), 1) if g)
        if len(match[n].split()) <= 5:
            yield Found(*match.span(n), "unknown")
    if raw.isupper():
        return
    for match in _PROPER.finditer(raw):
        start, end = match.span()
        while (word := _WORD.match(raw, start, end)) and _NO_TITLE.match(word[0]) and " " in raw[start:end]:
            start = word.end() + len(raw[word.end() : end]) - len(raw[word.end() : end].lstrip(" :&-"))
            if word[0] in ("The", "A", "An"):
                start = word.start()
                break
        text = raw[start:end].strip()
        opens = not raw[:start].rstrip() or raw[:start].rstrip()[-1] in ".!?:\n"
        if text and not _NO_TITLE.match(text) and not (opens and " " not in text):
            yield Found(start, start + len(text), "unknown")


class _Index:
    """Titles, names and terms of one catalogue under the forms in which they are looked for."""

    def __init__(self, lookup: Lookup, vocabulary: Vocabulary, items: Sequence[Item]):
        self.lookup, self.vocabulary = lookup, vocabulary
        self.titles: dict[str, list[Item]] = defaultdict(list)
        for item in items:
            self.titles[normalise(item.title)].append(item)
            bare = re.sub(r"^(?:the|a|an) ", "", normalise(item.title))
            self.titles[bare].append(item)
        self.ordinary = frozenset(w for i in items for w in re.findall(r"\b[a-z]{2,}\b", i.description))
        self.stems: dict[str, list[str]] = defaultdict(list)
        for name in vocabulary.names:
            self.stems[_stem(name)].append(name)
        for spoken, meant in SYNONYMS.items():
            self.stems.setdefault(_stem(spoken), []).extend(m for m in meant.split(", ") if m in vocabulary.counts)
        self.keys = [k for k in {singular(w) for w in (*vocabulary.names, *SYNONYMS)} if len(k) > 3]
        self.long = [t for t in self.titles if len(t) > 6]
        first = {n: name_key(n).partition(" ")[0] for n in lookup.by_name}
        firsts = Counter(k for n, k in first.items() if " " in n)
        self.first = {k: [n] for n, k in first.items() if len(k) > 4 and firsts[k] == 1 and k not in self.ordinary}
        self.full = [n for n in lookup.by_name if " " in n]
        self.full_keys = [name_key(n) for n in self.full]

    def titles_in(self, raw: str, words: Sequence[tuple[int, int]], common: Container[str]) -> Iterator[Found]:
        """Titles in any spelling of case, longest first; short ones of ordinary words only after a word of meeting."""
        i = 0
        while i < len(words):
            for j in range(min(len(words), i + MOST_WORDS), i, -1):
                start, end = words[i][0], words[j - 1][1]
                text = raw[start:end]
                if "\n" in text or ". " in text:
                    continue
                items = self.titles.get(normalise(re.sub(r"['’]s$", "", text)))
                slip = False
                if not items and j - i >= 2 and len(text) > 8:
                    items, slip = self._slip(text, common), True
                if items and self._may_be(raw, start, end, items):
                    yield Found(start, end, "title", tuple(dict.fromkeys(items)), slip=slip)
                    i = j - 1
                    break
            i += 1

    def _slip(self, text: str, common: Container[str]) -> list[Item]:
        key = normalise(text)
        if all(w in self.lookup.known or w in common for w in key.split()):
            return []
        near = process.extractOne(key, self.long, scorer=OSA.distance, score_cutoff=2 + (len(key) > 14))
        return self.titles[near[0]] if near else []

    def _may_be(self, raw: str, start: int, end: int, items: Sequence[Item]) -> bool:
        text = raw[start:end]
        article = re.match(r"(?:the|an?) ", text)
        if article and not any(i.title.lower().startswith(article[0]) for i in items):
            return False  # "a monster" is not the title Monster
        content = [w for w in normalise(text).split() if w not in STOPWORDS]
        capital = text[0].isupper() or text[0].isdigit()
        whole = any(normalise(text) == normalise(i.title) for i in items)
        if not whole and not capital and len(content) < 2:
            return False  # "in general" is not The General
        opens = not raw[:start].rstrip() or raw[:start].rstrip()[-1] in ".!?\n"
        if not content:
            return capital and not opens and normalise(text) not in ("i", "a", "the", "me")
        if capital and (not opens or len(content) > 1 or content[0] not in self.ordinary):
            return True
        if any(w not in self.ordinary and not w.isdigit() for w in content) or len(content) > 2:
            return not self.vocabulary.find(text) or len(content) > 1
        met = _MET.search(raw[max(0, start - 20) : start]) or re.match(r"\s*(?:[:/]|\d|(?:is|was)\b)", raw[end:])
        return bool(met) and len(text) > 3

    def names_in(self, raw: str, words: Sequence[tuple[int, int]], common: Container[str]) -> Iterator[Found]:
        """People and studios: a full name with slips, a surname alone where it is no ordinary word."""
        i = 0
        while i < len(words):
            for j in range(min(len(words), i + 4), i, -1):
                start, end = words[i][0], words[j - 1][1]
                text = re.sub(r"['’]s$", "", raw[start:end])
                if (j > i + 1 and re.search(r"[,;:!?\n]|\. ", text)) or normalise(text) in STOPWORDS:
                    continue
                if name := self._name(text, j - i, common, raw[end:]):
                    yield Found(start, start + len(text), "name", names=(name,))
                    i = j - 1
                    break
            i += 1

    def _name(self, text: str, words: int, common: Container[str], after: str) -> str:
        key = name_key(text)
        if words > 1:
            said = key.split()
            if said[0] in STOPWORDS or said[-1] in STOPWORDS:
                return ""
            if found := self.lookup.names(text):
                whole = name_key(found[0]).split()
                if said == whole[-words:] or (len(said) >= len(whole) - 1 and said[0][0] == whole[0][0]):
                    return found[0]
            if len(key) > 7 and not all(w in common and w in self.ordinary for w in said):
                slips = 1 if all(w in self.lookup.known for w in said) else 2
                near = process.extractOne(key, self.full_keys, scorer=OSA.distance, score_cutoff=slips)
                return self.full[near[2]] if near else ""
            return ""
        capital = text[:1].isupper()
        if len(key) < 3 or self.vocabulary.find(text) or (key in self.ordinary and (not capital or len(key) < 5)):
            return ""
        alone = not re.match(r" [A-Z]", after)
        if not (found := self.lookup.names(text) or (self.first.get(key, []) if alone else [])):
            return ""
        own = name_key(found[0]).split()
        if key in (own[-1], own[0]) or (capital and key == f"{own[-1]}s") or " ".join(own).endswith(f" {key}"):
            return found[0]
        slip = len(key) > 4 and not any(w in self.lookup.known or w in common for w in (key, singular(key)))
        return found[0] if slip and OSA.distance(own[-1], key) <= 1 + (len(key) > 8) else ""

    def terms_in(self, raw: str, words: Sequence[tuple[int, int]], common: Container[str]) -> Iterator[Found]:
        """Terms as the vocabulary finds them, then other forms of its words and slips."""
        taken: list[Found] = []
        spans: dict[tuple[int, int], list[str]] = defaultdict(list)
        for term in self.vocabulary.find(raw, self.lookup.known):
            spans[term.start, term.end].append(term.name)
        for (start, end), names in spans.items():
            taken.append(Found(start, end, "term", terms=tuple(dict.fromkeys(names)), sure=True))
        yield from taken
        for n in (3, 2, 1):
            for i in range(len(words) - n + 1):
                start, end = words[i][0], words[i + n - 1][1]
                found = Found(start, end, "term")
                text = raw[start:end].lower()
                if _met(found, taken) or re.search(r"[,.;:!?]", text) or (n == 1 and text in self.ordinary):
                    continue
                if terms := self._other_form(text, n, common):
                    taken.append(Found(start, end, "term", terms=terms, slip=True))
                    yield taken[-1]

    def _other_form(self, text: str, n: int, common: Container[str]) -> tuple[str, ...]:
        if len(text) > 4 and (same := self.stems.get(_stem(text))):
            return tuple(same[:1])
        if (
            len(text) > 3
            and not re.search(r"['’]", text)  # "they're" is no slip of anything
            and (n == 1 or len(text) > 9)
            and any(w not in self.lookup.known and w not in common for w in text.split())
        ):
            word = singular(text)
            most = 1 + (len(word) > 6)
            near = process.extractOne(word, self.keys, scorer=OSA.distance, score_cutoff=most)
            if near and near[0][0] == word[0] and (len(text) > 4 or sorted(near[0]) == sorted(word)):
                return self.vocabulary_terms(near[0])
        return ()

    def vocabulary_terms(self, key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t.name for t in self.vocabulary.find(key)))


def _stem(text: str) -> str:
    words = [singular(w) for w in normalise(text.replace("-", " ")).split()]
    return " ".join(_ENDING.sub("", w) if len(w) > 5 else w for w in words)


@lru_cache(maxsize=4)
def _index(catalog: Catalog) -> _Index:
    return _Index(catalog.lookup, catalog.vocabulary, catalog.items)
