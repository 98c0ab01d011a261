"""The catalogue's own words for taste: genres, tones, paces, subjects; found in what people write."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mrrec.catalog.items import Item, normalise

SAME_MEANING = 0.62  # cosine from which a phrase is taken for a term; checked in tests/test_vocabulary.py

# What people write, and the catalogue's word for it. Only what the encoder gets wrong or is too slow to be asked for.
SYNONYMS = {
    "sci fi": "science fiction", "scifi": "science fiction", "sf": "science fiction",
    "scary": "horror", "spooky": "horror", "frightening": "horror", "creepy": "eerie", "terrifying": "horror",
    "gory": "gore", "bloody": "gore", "blood": "gore", "guts": "gore", "splatter": "gore", "bloodshed": "gore",
    "blood and guts": "gore", "graphic violence": "gore", "slasher": "horror", "squeamish": "gore",
    "rom com": "romance", "romcom": "romance", "romantic comedy": "romance", "love story": "romance",
    "love stories": "romance", "rpg": "role-playing", "rpgs": "role-playing", "role playing": "role-playing",
    "fps": "shooter", "shooting": "shooter", "whodunit": "mystery", "whodunnit": "mystery", "detective": "mystery",
    "cartoon": "animation", "cartoons": "animation", "animated": "animation", "anime": "animation",
    "sad": "melancholy", "sadness": "melancholy", "depressing": "bleak", "gloomy": "bleak", "grim": "bleak",
    "miserable": "bleak", "harrowing": "bleak", "darker": "dark", "darkness": "dark", "lighter": "playful",
    "light": "playful", "lighthearted": "playful", "light hearted": "playful", "hilarious": "funny",
    "humour": "funny", "humor": "funny", "humorous": "funny", "funnier": "funny", "laugh": "funny",
    "slower": "slow", "slow burn": "slow", "slow paced": "slow", "quiet": "slow", "fast": "brisk",
    "fast paced": "brisk", "faster": "brisk", "quick": "brisk", "pacy": "brisk", "action packed": "action",
    "feel good": "uplifting", "feelgood": "uplifting", "heartwarming": "warm", "cozy": "cosy", "comforting": "cosy",
    "suspenseful": "tense", "suspense": "thriller", "nail biting": "tense", "historical": "history",
    "spaceship": "space", "spaceships": "space", "outer space": "space", "ghost": "ghosts", "vampire": "vampires",
    "zombie": "zombies", "robots": "robot", "ai": "artificial intelligence", "dystopian": "dystopia",
    "kids": "family", "sports": "sport", "strange": "dreamlike", "surreal": "dreamlike", "weird": "absurd",
    "wartime": "war", "songs": "musical", "singing": "musical", "cowboy": "western", "cowboys": "western",
    "gangsters": "crime", "gangster": "crime", "mafia": "crime", "docs": "documentary", "nonfiction": "essay",
    "optimistic": "hopeful", "hope": "hopeful", "scarier": "horror", "romance novels": "romance",
}  # fmt: skip

# A word that is only a name of a thing in some sentences: never taken for a term on its own.
NOT_ALONE = {"play", "time", "people", "love", "life", "good", "work", "home", "night", "man", "men", "woman", "women",
             "story", "stories", "day", "book", "books", "film", "films", "game", "games", "music", "light", "dark",
             "money", "world", "city", "children", "school", "hope", "fast", "quick", "light", "series", "choice",
             "choices", "letters", "memory", "memories", "identity", "dreams", "friends", "youth", "party", "art"}  # fmt: skip
TONES = frozenset(
    "dark bleak hopeful warm funny melancholy tense eerie playful romantic epic gritty satirical dreamlike cosy tender "
    "cynical thoughtful thrilling absurd nostalgic uplifting tragic whimsical".split()
)
PACES = frozenset("slow steady brisk relentless".split())


@dataclass(frozen=True)
class Term:
    """A word of the catalogue and where it stood in a text."""

    name: str
    start: int
    end: int


def singular(word: str) -> str:
    """The form under which plurals meet.

    >>> [singular(w) for w in ("westerns", "comedies", "musicals", "class", "heist")]
    ['western', 'comedy', 'musical', 'class', 'heist']
    """
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def _key(text: str) -> str:
    return " ".join(singular(w) for w in normalise(text.replace("-", " ")).split())


class Vocabulary:
    """Genres and themes of a catalogue, with how many items carry each.

    Parameters
    ----------
    vectors : unit vectors of `names`, shape (len(names), dim)
    """

    def __init__(self, names: list[str], counts: Counter, genres: set[str], vectors: np.ndarray):
        self.names, self.counts, self.genres = names, counts, genres
        self._vectors = vectors
        self._by_key = {_key(name): name for name in names}
        for spoken, name in SYNONYMS.items():
            if name in counts:
                self._by_key.setdefault(_key(spoken), name)

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

    def find(self, text: str) -> list[Term]:
        """Terms that stand in `text`, longest first where they overlap."""
        words = [(m.start(), m.end()) for m in re.finditer(r"[^\W_]+(?:['’][^\W_]+)?", text)]
        found, i = [], 0
        while i < len(words):
            for j in range(min(len(words), i + 4), i, -1):
                start, end = words[i][0], words[j - 1][1]
                name = self._by_key.get(_key(text[start:end]))
                if name:
                    found.append(Term(name, start, end))
                    i = j
                    break
            else:
                i += 1
        return found

    def resolve(self, phrase: str, vector: np.ndarray | None = None, limit: int = 3) -> list[str]:
        """The terms that `phrase` means: those that stand in it, else the nearest to its `vector`."""
        if terms := self.find(phrase):
            return list(dict.fromkeys(t.name for t in terms))[:limit]
        if vector is None or not len(self._vectors):
            return []
        scores = self._vectors @ vector
        best = np.argsort(-scores)[:limit]
        return [self.names[i] for i in best if scores[i] >= SAME_MEANING]
