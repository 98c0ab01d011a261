"""How a person of "What was said" talks: what counts, in conversations full of what does not."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime

from mrrec.evaluate.tasks.said_phrases import DISTRACTORS, HALVES, KINDS, Phrases, filled, pick
from mrrec.evaluate.tasks.said_wants import BOUNDS, Limit, Part, Topic, Want

LATE = 0.4  # of the people say what decides in their last conversation
TWO_IN_ONE = 0.15  # of the statements come after small talk, in one utterance
SURNAME = 0.2  # of the names are said without the first, where the last is nobody else's
DAY = 86_400
FIRST = datetime(2023, 1, 8, tzinfo=UTC).timestamp()


@dataclass(frozen=True)
class Statement:
    """What a person says that counts; `holds` is False of what a later one takes back."""

    text: str
    holds: bool = True


class Voice:
    """One person's way of talking, in the phrasings of a half; `alone` are last names that only one person has."""

    def __init__(self, rng: random.Random, parts: dict[str, Part], phrases: Phrases, alone: frozenset[str]):
        self.rng, self.parts, self.phrases, self.alone = rng, parts, phrases, alone
        self.used: set[str] = set()  # shapes

    def statements(self, want: Want) -> list[Statement]:
        """In the order in which they have to come where that matters: what is taken back stands first."""
        if want.limit:
            return [*(self._like(t, want.kind) for t in want.likes), self._limit(want.limit, want.kind)]
        if want.fact != "change":
            likes = [self._like(t, want.kind) for t in want.likes]
            return likes + [Statement(self._about("dislike", t, want.kind)) for t in want.dislikes]
        (liked,) = want.likes
        if not want.dislikes:
            return [
                Statement(self._about("dislike", liked, want.kind), False),
                Statement(self._about("won", liked, want.kind)),
            ]
        (past,) = want.dislikes
        before = Statement(self._about("like", past, want.kind), False)
        if self.rng.random() < 0.4:
            x, y = (self.phrases.noun(t, want.kind) for t in (past, liked))
            return [before, Statement(filled(self._shape("switch", want.kind), x=x, y=y))]
        return [before, Statement(self._about("away", past, want.kind)), self._like(liked, want.kind)]

    def _like(self, topic: Topic, kind: str) -> Statement:
        return Statement(self._about("like", topic, kind))

    def _about(self, use: str, topic: Topic, kind: str) -> str:
        noun = self.phrases.noun(topic, kind)
        if topic.sort != "name":
            return filled(self._shape(use, kind), x=noun)
        words = noun.split()
        if kind != "game" and len(words) == 2 and words[1] in self.alone and self.rng.random() < SURNAME:
            noun = words[1]
        return filled(self._shape(f"{use}-name", kind), n=noun)

    def _limit(self, limit: Limit, kind: str) -> Statement:
        use = f"child-{kind}" if limit.sort == "child" else limit.sort
        works = self.phrases.works[kind]
        length = ""
        if limit.bound:
            length = BOUNDS[limit.sort, kind][limit.bound][HALVES.index(self.phrases.half)]
        return Statement(filled(self._shape(use, kind), len=length, works=works, work=works[:-1]))

    def _shape(self, use: str, kind: str) -> str:
        return pick(self.rng, self.phrases.shapes(use, kind), self.used)

    def _distractor(self, want: Want) -> str:
        """A sentence that decides nothing, about nothing that the person likes or dislikes."""
        uses = [use for use in DISTRACTORS for _ in self.phrases.sentences[use]]
        shape = self._shape(self.rng.choice(uses), want.kind)
        other = self.rng.choice([k for k in KINDS if k != want.kind])
        nouns = {slot: self.phrases.noun(self._unrelated(kind, want), kind) for slot, kind in
                 (("o", want.kind), ("k", other))}  # fmt: skip
        return filled(shape, kworks=self.phrases.works[other], **nouns)

    def _unrelated(self, kind: str, want: Want) -> Topic:
        part = self.parts[kind]
        topics = [t for sort in ("genre", "theme", "tone") for t in part.topics[sort]]
        return self.rng.choice([t for t in topics if not any(part.kin(t, own) for own in want.topics)])

    def talk(self, want: Want, statements: list[Statement]) -> tuple[list[tuple[float, str]], int]:
        """All utterances with their times, and how far back from the end the farthest one that holds lies, from 1."""
        rng = self.rng
        sizes = [rng.randint(4, 10) for _ in range(rng.randint(3, 5))]
        last = len(sizes) - 1
        slots = [[(c, place) for place in range(size)] for c, size in enumerate(sizes)]
        late = rng.random() < LATE
        places: dict[tuple[int, int], str] = {}
        past = -1
        for statement in statements:
            if not statement.holds:
                past = rng.randrange(last if late else last - 1)
                choice = slots[past]
            elif late:
                choice = slots[last]
            else:
                choice = [slot for c in range(past + 1, last) for slot in slots[c]]
            slot = rng.choice([s for s in choice if s not in places])
            before = self._shape("small", want.kind) + " " if rng.random() < TWO_IN_ONE else ""
            places[slot] = before + statement.text
        held = {text for text in places.values() if any(s.holds and text.endswith(s.text) for s in statements)}
        found: list[tuple[float, str]] = []
        when = FIRST + rng.randrange(2 * 365 * DAY)
        for conversation in slots:
            for slot in conversation:
                found.append((float(when), places.get(slot) or self._distractor(want)))
                when += rng.randint(40, 300)
            when += rng.randint(14 * DAY, 84 * DAY)
        return found, max(len(found) - place for place, (_, text) in enumerate(found) if text in held)
