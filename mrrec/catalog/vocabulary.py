"""The catalogue's own words for taste: genres, tones, paces, subjects; found in what people write."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from mrrec.catalog.items import Item, normalise

SAME_MEANING = 0.62  # cosine from which a phrase is taken for a term; checked in tests/test_vocabulary.py
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_JOIN = re.compile(r"[\s\-/]+")

# What people write, and the catalogue's words for it, which a term of the same name joins. Only what the encoder gets
# wrong or is too slow to be asked for.
SYNONYMS = {
    "sci fi": "science fiction", "scifi": "science fiction", "sf": "science fiction", "sci fy": "science fiction",
    "scary": "horror", "spooky": "horror", "frightening": "horror", "creepy": "eerie", "terrifying": "horror",
    "frighten me": "horror", "scare me": "horror", "scares": "horror", "chilling": "eerie", "unsettling": "eerie",
    "gory": "gore", "bloody": "gore", "blood": "gore", "guts": "gore", "splatter": "gore", "bloodshed": "gore",
    "blood and guts": "gore", "graphic violence": "gore", "slasher": "horror", "squeamish": "gore",
    "violent": "violence, gore", "brutal": "violence, gore",
    "rom com": "romance, comedy", "romcom": "romance, comedy", "romantic comedy": "romance, comedy",
    "romance novels": "romance", "love story": "romance", "love stories": "romance",
    "dark comedy": "comedy, dark", "black comedy": "comedy, dark", "dramedy": "drama, comedy",
    "rpg": "role-playing", "rpgs": "role-playing", "jrpg": "role-playing", "role playing": "role-playing",
    "fps": "shooter", "shooting": "shooter", "shoot em up": "shooter", "platforming": "platformer",
    "rogue like": "roguelike", "sim": "simulation", "tycoon": "management", "tactics": "strategy", "racer": "racing",
    "brawler": "fighting", "beat em up": "fighting", "puzzler": "puzzle",
    "whodunit": "mystery", "whodunnit": "mystery", "detective": "mystery", "murder mystery": "mystery, murder",
    "cartoon": "animation", "animated": "animation", "anime": "animation", "comics": "graphic novel",
    "comic book": "graphic novel", "comic film": "comedy", "comic movie": "comedy", "comic novel": "comedy",
    "comic game": "comedy", "poems": "poetry", "ya": "young adult", "literary": "literary fiction",
    "historical novel": "historical fiction", "historical": "history", "popular science": "science",
    "biographical": "biography", "autobiography": "memoir", "nonfiction": "essay", "docs": "documentary",
    "docu": "documentary", "biopic": "biography", "swashbuckler": "adventure", "sports": "sport",
    "sad": "melancholy", "sadness": "melancholy", "tearjerker": "tragic", "depressing": "bleak", "gloomy": "bleak",
    "grim": "bleak", "miserable": "bleak", "harrowing": "bleak", "darkness": "dark", "disturbing": "dark",
    "light": "playful", "lighthearted": "playful", "light hearted": "playful", "silly": "playful", "fun": "playful",
    "cheerful": "uplifting", "happy": "uplifting", "hilarious": "funny", "humour": "funny", "humor": "funny",
    "humorous": "funny", "laugh": "funny", "make me laugh": "funny", "witty": "funny, dry wit",
    "slow burn": "slow", "slow paced": "slow", "quiet": "slow", "calm": "slow, cosy",
    "gentle": "tender, warm", "cheer me up": "uplifting, funny", "cheer us up": "uplifting, funny",
    "cheer up": "uplifting, funny", "make me cry": "tragic, melancholy",
    "meditative": "slow, thoughtful",
    "fast": "brisk", "fast paced": "brisk", "quick": "brisk", "pacy": "brisk", "action packed": "action",
    "feel good": "uplifting", "feelgood": "uplifting", "heartwarming": "warm", "cozy": "cosy", "comforting": "cosy",
    "relaxing": "cosy", "moving": "tender", "suspenseful": "tense", "suspense": "thriller", "nail biting": "tense",
    "gripping": "tense", "exciting": "thrilling", "clever": "thoughtful", "intelligent": "thoughtful",
    "thought provoking": "thoughtful", "philosophical": "philosophy", "psychological": "psychology",
    "political": "politics", "religious": "religion", "optimistic": "hopeful", "hope": "hopeful",
    "inspiring": "uplifting", "strange": "dreamlike", "surreal": "dreamlike", "weird": "absurd", "quirky": "whimsical",
    "spaceship": "space", "outer space": "space", "space opera": "science fiction, space", "ghost": "ghosts",
    "vampire": "vampires", "zombie": "zombies", "ai": "artificial intelligence", "dystopian": "dystopia",
    "spy": "espionage, spies", "kids": "family, children", "family friendly": "family", "magical": "magic",
    "wartime": "war", "songs": "musical", "singing": "musical", "cowboy": "western", "gangster": "crime",
    "mafia": "crime", "true crime": "crime, based on true story", "ww2": "world war ii", "wwii": "world war ii",
    "ww1": "world war i", "wwi": "world war i", "plot twist": "twist ending", "heists": "heist", "robbery": "heist",
    "medieval": "middle ages", "hackers": "hacking", "addictive": "relentless", "coming of age story": "coming of age",
}  # fmt: skip

# Nouns that are mostly no subject ("a good time"): a term only in "about love", "without children", "a music film".
NOT_ALONE = frozenset(
    "play time people love life good work home night man men woman women story stories day book books film films game "
    "games music money world city children school series choice choices letters memory memories identity dreams "
    "friends youth party art stars hard heat power training class mother writer writers blood secret".split()
)
_SUBJECT_OF = re.compile(
    r"\b(?:about|on|no|without|involving|for|with|around)\s+(?:(?:a|an|the|my|some|much)\s+)?$", re.I
)
_BEFORE_KIND = re.compile(r"(?:['’]s)?[\s-]+(?:films?|movies?|books?|novels?|games?|stor(?:y|ies)|dramas?)\b", re.I)
TONES = frozenset(
    "dark bleak hopeful warm funny melancholy tense eerie playful romantic epic gritty satirical dreamlike cosy tender "
    "cynical thoughtful thrilling absurd nostalgic uplifting tragic whimsical".split()
)
PACES = frozenset("slow steady brisk relentless".split())
# "not so dark" is no wish for a bleak one either.
NEAR = {
    "dark": ("bleak",), "bleak": ("dark", "tragic"), "melancholy": ("tragic", "bleak"), "tragic": ("bleak",),
    "gore": ("torture", "body horror"), "violence": ("gore",),
    "funny": ("comedy",), "romantic": ("romance",), "romance": ("romantic",),
}  # fmt: skip


@dataclass(frozen=True)
class Term:
    """A word of the catalogue and where it stood in a text."""

    name: str
    start: int
    end: int
    compared: bool = False  # "scarier"


def singular(word: str) -> str:
    """The form under which plurals meet.

    >>> [singular(w) for w in ("westerns", "comedies", "musicals", "heroes", "class")]
    ['western', 'comedy', 'musical', 'hero', 'class']
    """
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("oes", "ches", "shes", "xes", "sses")) and len(word) > 4:
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def _key(text: str) -> str:
    return " ".join(singular(w) for w in normalise(text.replace("-", " ")).split())


def positive(word: str) -> Iterator[str]:
    """What a comparative or superlative may come from.

    >>> [list(positive(w))[0] for w in ("darker", "funnier", "saddest")]
    ['dark', 'funny', 'sad']
    """
    if match := re.fullmatch(r"(\w{2,}?)(i?)(?:er|est)", word):
        stem, i = match.groups()
        if i:
            yield stem + "y"
        else:
            if len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1]
            yield stem
            yield stem + "e"


class Vocabulary:
    """Genres and themes of a catalogue, with how many items carry each.

    Parameters
    ----------
    vectors : unit vectors of `names`, shape (len(names), dim)
    """

    def __init__(self, names: list[str], counts: Counter, genres: set[str], vectors: np.ndarray):
        self.names, self.counts, self.genres = names, counts, genres
        self.vectors = vectors
        self._by_key: dict[str, tuple[str, ...]] = {}
        for name in names:
            self._by_key[_key(name)] = (*self._by_key.get(_key(name), ()), name)
        for spoken, meant in SYNONYMS.items():
            if meant := tuple(m for m in meant.split(", ") if m in counts):
                key = _key(spoken)
                self._by_key[key] = tuple(dict.fromkeys(meant + self._by_key.get(key, ())))
        self._longest = max((len(key.split()) for key in self._by_key), default=0)
        self.words = frozenset(w for text in (*names, *SYNONYMS) for w in normalise(text).split())
        marks = genres | TONES
        self._marks = [key for key, meant in self._by_key.items() if " " not in key and marks & set(meant)]

    @staticmethod
    def collect(items: Iterable[Item], least: int = 3) -> tuple[list[str], Counter, set[str]]:
        """Terms that at least `least` items carry (every genre counts), with counts, and the genres."""
        counts: Counter[str] = Counter()
        genres: set[str] = set()
        for item in items:
            genres.update(item.genres)
            counts.update(set(item.genres) | set(item.themes))
        names = sorted(n for n, c in counts.items() if c >= least or n in genres)
        return names, Counter({n: counts[n] for n in names}), genres

    def find(self, text: str, known: Container[str] | None = None) -> list[Term]:
        """Terms that stand in `text`, longest first where they overlap.

        With `known`, a word that is not in it may be a slip of a genre or a tone.
        """
        words = [(m.start(), m.end()) for m in _WORD.finditer(text)]
        keys = [_key(text[a:b]) for a, b in words]
        found, i = [], 0
        while i < len(words):
            for j in range(min(len(words), i + self._longest), i, -1):
                start, end = words[i][0], words[j - 1][1]
                if j > i + 1 and not all(_JOIN.fullmatch(text[words[n][1] : words[n + 1][0]]) for n in range(i, j - 1)):
                    continue
                meant = self._by_key.get(" ".join(k for k in keys[i:j]))
                compared = False
                if not meant and j == i + 1:
                    meant = self._compared(text[start:end].lower())
                    compared = bool(meant)
                    meant = meant or self._slip(text[start:end].lower(), known)
                if meant and not (j == i + 1 and self._is_no_subject(text, start, end)):
                    found += [Term(name, start, end, compared) for name in meant]
                    i = j
                    break
            else:
                i += 1
        return found

    def without(self, text: str) -> str:
        """`text` without the terms that stand in it.

        >>> Vocabulary(["slow"], Counter(slow=3), set(), np.zeros((1, 1))).without("a slow film in which it rains")
        'a film in which it rains'
        """
        for term in sorted(self.find(text), key=lambda t: -t.start):
            text = text[: term.start] + text[term.end :]
        return " ".join(text.split())

    def _compared(self, word: str) -> tuple[str, ...]:
        for base in positive(word):
            meant = self._by_key.get(_key(base), ())
            if any(m in TONES or m in PACES or m in self.genres for m in meant):
                return meant
        return ()

    def _slip(self, word: str, known: Container[str] | None) -> tuple[str, ...]:
        if known is not None and len(word) > 4 and word not in known:
            near = process.extractOne(_key(word), self._marks, scorer=OSA.distance, score_cutoff=1)
            if near:
                return self._by_key[near[0]]
        return ()

    @staticmethod
    def _is_no_subject(text: str, start: int, end: int) -> bool:
        if text[start:end].lower() not in NOT_ALONE or (start == 0 and end == len(text)):
            return False
        return not (_SUBJECT_OF.search(text[max(0, start - 30) : start]) or _BEFORE_KIND.match(text[end:]))

    def near(self, name: str) -> tuple[str, ...]:
        """`name` and the terms that who rules it out would rule out too."""
        return (name, *(n for n in NEAR.get(name, ()) if n in self.counts))

    def similarity(self, vector: np.ndarray) -> np.ndarray:
        """Cosine of every term to `vector` (dim,), shape (n_names,)."""
        return self.vectors @ vector if len(self.vectors) else np.zeros(0, np.float32)

    def resolve(self, phrase: str, vector: np.ndarray | None = None, limit: int = 3) -> list[str]:
        """The terms that `phrase` means: those that stand in it, else the nearest to its `vector`."""
        if terms := self.find(phrase):
            return list(dict.fromkeys(t.name for t in terms))[:limit]
        if vector is None or not len(self.vectors):
            return []
        scores = self.vectors @ vector
        best = np.argsort(-scores)[:limit]
        return [self.names[i] for i in best if scores[i] >= SAME_MEANING]
