"""People with a memory, and what a good turn for each of their requests would think, recall, weigh and wish for.

Made by a seeded program from the development half of the starter catalogue and from phrasings written for it: those
of the development half of "What was said" and those of `phrases.jsonl`. The test half's world has other phrasings,
items and people, and nothing is learned from it.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mrrec.agent.own_words import is_unread
from mrrec.agent.request.conditions import listed
from mrrec.agent.turn.recall import BY_MARK
from mrrec.catalog import Catalog, Item, read_items
from mrrec.catalog.vocabulary import PACES, TONES
from mrrec.evaluate.data import Query
from mrrec.evaluate.tasks import said
from mrrec.evaluate.tasks.said_phrases import (
    KINDS,
    NAMED,
    Phrases,
    Topic,
    articled,
    deciding_words,
    filled,
    read_phrases,
    request_text,
)
from mrrec.evaluate.tasks.said_talk import DAY
from mrrec.evaluate.tasks.said_wants import Ask, Part, Want
from mrrec.memory.entry import DISLIKED, EVENT_VALUE, LIKED, Entry
from mrrec.memory.events import Event
from mrrec.settings import SEED

PHRASES, TOPICS, MORE, PLAIN = (
    Path(__file__).with_name(f"{name}.jsonl") for name in ("phrases", "topics", "more_topics", "plain_requests")
)
SORTS = {
    "said": 0.25, "history": 0.2, "theme": 0.14, "again": 0.12, "like": 0.06, "against": 0.1, "further": 0.1,
    "small": 0.03,
}  # fmt: skip
HISTORY = (4, 16)  # items that somebody with a history has met
EXAM = 5  # every fifth row of phrases.jsonl and topics.jsonl is kept for the test half; of more_topics.jsonl none
RENAMED = 0.85  # of the topics are called otherwise than in the development half of "What was said"
TRIES = 8  # draws of a request against a habit
WITH_GENRE = 0.4  # of the requests for a theme
FIRST_OF_TRAINING = 10_000  # numbers of people, so that none is one of the evaluation's


@dataclass(frozen=True)
class Lesson:
    """A request by a person, and what decides it.

    `usual` is a taste that the request goes against; `about` the id of an item that the wanted one is to be like,
    which is remembered or, in the sort "like", named; `to` the class of small talk that `query.text` is, empty for a
    request. `nouns` are what this person's world calls each topic, the longest first, and the catalogue's terms.
    """

    sort: str
    person: str
    events: tuple[Event, ...]
    query: Query
    want: Want
    ask: Ask
    usual: str = ""
    about: str = ""
    to: str = ""
    nouns: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> str:
        return self.want.kind

    @property
    def leans(self) -> bool:
        """Whether it leans on an item that is remembered and not named, whose facts are to be looked up."""
        return self.sort == "again"

    @property
    def wants(self) -> tuple[str, ...]:
        """What it asks for, in the catalogue's words."""
        return tuple(t.term for t in self.ask.topics)

    @property
    def tells_kind(self) -> bool:
        """Whether the request, or the one that it continues, tells the kind of work; where it does not, memories of
        any kind may matter."""
        text = " ".join((*self.query.dialogue, self.query.text))
        return bool(self.about) or bool(NAMED[self.kind].search(text))

    def term_of(self, entry: Entry) -> str:
        """What a statement in which code finds no term is about, "" where that is no topic of the catalogue."""
        text = entry.text.lower()
        return next((term for noun, term in self.nouns if noun.lower() in text), "")

    def counts(self, entry: Entry, catalog: Catalog) -> bool:
        """Whether a memory matters for the request.

        A statement does if it is about works of the kind that is asked for, and not what is to be different this
        once; an item that was met does if it was liked or disliked and carries something that is asked for.
        """
        topics = {*entry.terms, *entry.names}
        if self.usual in topics or (self.tells_kind and entry.kind not in ("", self.kind)):
            return False
        if is_unread(entry):
            return self.term_of(entry) in {t.term for t in self.want.topics} - {self.usual}
        if entry.item_id:
            item = catalog.get(entry.item_id)
            asked = {t.term for t in (*self.ask.topics, *self.want.topics)}
            if self.about:
                asked |= set(catalog.get(self.about).genres)
            judged = entry.value > LIKED or entry.value < DISLIKED
            return entry.item_id == self.about or (judged and bool(asked & {*item.genres, *item.themes, *item.names}))
        if (entry.kind == "" and entry.event == "said") or entry.event == "trait":
            return bool(topics & {t.term for t in self.want.topics}) or _limits(entry, self.want)
        return bool(topics) or _limits(entry, self.want)


def _limits(entry: Entry, want: Want) -> bool:
    """A lasting limit, which has no topics."""
    return want.limit is not None and not entry.topics and not entry.item_id and entry.value != 0


@dataclass
class World:
    """Where lessons come from: phrasings, and the parts of the catalogue by kind."""

    phrases: Phrases
    rows: dict[str, list[dict]]
    topics: dict[tuple[str, Topic], list[dict]]
    parts: dict[str, Part]
    alone: frozenset[str]

    @classmethod
    def open(cls, half: str = "dev") -> World:
        """The world to learn in, or the one to be examined in ("test"), with other phrasings, items and people."""
        items = read_items(SEED / "catalog")
        rows: dict[str, list[dict]] = {}
        tested = read_phrases("test").sentences
        for row in _rows(PHRASES, half):
            if (row.get("kind", ""), row["text"]) not in tested.get(row["use"], ()):
                rows.setdefault(row["use"], []).append(row)
        phrases, topics = read_phrases(half), _topics(half)
        if half == "dev":
            named = {key: (of[0]["noun"], "") for key, of in topics.items() if key[1].sort == "theme"}
            phrases = replace(phrases, names=named | phrases.names)
            more = {u: [(r.get("kind", ""), r["text"]) for r in rows.get(u, ())] for u in phrases.sentences}
            phrases = replace(phrases, sentences={u: [*texts, *more[u]] for u, texts in phrases.sentences.items()})
        part = said.split(items, 0)[half]
        return cls(phrases, rows, topics, {k: Part(part, k, phrases) for k in KINDS}, said.alone_names(items))

    def lessons(self, people: int, seed: int, first: int = FIRST_OF_TRAINING) -> Iterator[Lesson]:
        """Lessons of `people` persons; the same for the same seed."""
        for number in range(first, first + people):
            rng = random.Random(f"lessons {seed} {number}")
            sort = rng.choices(list(SORTS), list(SORTS.values()))[0]
            try:
                yield from self._person(sort, rng, f"t{number:06d}")
            except ValueError:  # this draw of wants leaves no fair requests
                continue

    def _person(self, sort: str, rng: random.Random, name: str) -> Iterator[Lesson]:
        phrases = self.called(rng)
        person = said.Maker(rng, name, self.parts, phrases, self.alone).person()
        called = ((phrases.noun(topic, kind), topic.term) for kind, topic in phrases.names)
        nouns = tuple(sorted(called, key=lambda of: -len(of[0])))
        part, events = self.parts[person.want.kind], list(person.events)
        if sort in ("history", "again", "like", "against", "further"):
            events = sorted([*events, *self._history(rng, part, person)], key=lambda e: e.when)
        events = tuple(events)
        for ask, query in zip(person.asks, person.queries):
            lesson = Lesson(sort, name, events, query, person.want, ask, nouns=nouns)
            if sort == "again":
                lesson = self._again(rng, lesson)
            elif sort == "like":
                lesson = self._like(rng, lesson)
            elif sort == "against":
                lesson = self._against(rng, lesson)
            elif sort == "further":
                lesson = self._further(rng, lesson)
            elif sort == "theme":
                lesson = self._theme(rng, lesson)
            elif sort == "small":
                lesson = self._small(rng, lesson)
            if lesson is not None:
                yield lesson

    def called(self, rng: random.Random) -> Phrases:
        """Phrases in which each topic is called by one of its names; the examination has names of its own."""
        if self.phrases.half != "dev":
            return self.phrases
        names = dict(self.phrases.names)
        for key, rows in self.topics.items():
            if key in names and rng.random() < RENAMED:
                row = rng.choice(rows)
                names[key] = (row["noun"], row["short"] if names[key][1] else "")
        return replace(self.phrases, names=names)

    def _history(self, rng: random.Random, part: Part, person: said.Person) -> list[Event]:
        """Items that were met, mostly of the taste that was told."""
        want, begun = person.want, person.events[0].when
        yes, no = part.wanted(want)
        mine, others = part.members(yes), part.members(no)
        gone = {i for q in person.queries for i in q.relevant}
        found = []
        for _ in range(rng.randint(*HISTORY)):
            good = rng.random() < 0.6
            item = rng.choice([i for i in (mine if good else others) or part.items if i.id not in gone] or part.items)
            verdict = rng.choice(("liked", "loved", "finished") if good else ("disliked", "abandoned", "seen"))
            found.append(Event(person.id, item.id, verdict, begun + rng.randint(-200 * DAY, -DAY)))
        return list({e.item_id: e for e in found}.values())

    def _again(self, rng: random.Random, lesson: Lesson) -> Lesson | None:
        """A request that leans on an item that is remembered and not named."""
        liked = [e for e in lesson.events if e.event in ("liked", "loved") and self._item(e, lesson.kind)]
        if not liked:
            return None
        row = rng.choice(self.rows["again"])
        text = request_text(row["text"], self.phrases, lesson.kind, "", 0, "")
        best = bool(BY_MARK.search(text))
        last = max(liked, key=lambda e: (EVENT_VALUE[e.event] if best else 0.0, e.when))
        return self._like_one(lesson, text, self._item(last, lesson.kind))

    def _like_one(self, lesson: Lesson, text: str, one: Item) -> Lesson | None:
        """A request for something like `one`: what suits the person and shares a genre with it is relevant."""
        part = self.parts[lesson.kind]
        alike = [t for t in part.topics["genre"] if t.term in one.genres]
        suit = {i.id for i in part.members(part.wanted(lesson.want)[0])}
        found = [i.id for t in alike for i in part.members(part.masks(t)[0]) if i.id in suit]
        return self._asking(replace(lesson, about=one.id, ask=Ask("bare")), text, found)

    def _asking(self, lesson: Lesson, text: str, found: Sequence[str]) -> Lesson | None:
        """The lesson with another request, to which what is `found` is relevant unless it was met; None without any."""
        met = {e.item_id for e in lesson.events} | {lesson.about}
        relevant = tuple(dict.fromkeys(i for i in found if i not in met))
        return replace(lesson, query=replace(lesson.query, text=text, relevant=relevant)) if relevant else None

    def _like(self, rng: random.Random, lesson: Lesson) -> Lesson | None:
        """A request for something like an item that it names, one of those that please."""
        part = self.parts[lesson.kind]
        yes, _ = part.wanted(lesson.want)
        mine = part.members(yes)
        if not mine:
            return None
        named = rng.choice(mine)
        text = rng.choice(self.rows["like-title"])["text"].replace("{title}", named.title)
        return self._like_one(lesson, request_text(text, self.phrases, lesson.kind, "", 0, ""), named)

    def _item(self, event: Event, kind: str) -> Item | None:
        return next((i for i in self.parts[kind].items if i.id == event.item_id), None)

    def _against(self, rng: random.Random, lesson: Lesson) -> Lesson | None:
        """A request for something else than usual, this once."""
        likes = [t for t in lesson.want.likes if t.sort in ("tone", "genre") and not lesson.want.dislikes]
        moods = [t for t in self.parts[lesson.kind].topics["tone"] if self.phrases.short(t, lesson.kind)]
        genres = self.parts[lesson.kind].topics["genre"]
        if not likes or not moods or not genres:
            return None
        tried = (self._instead(rng, lesson, likes[0], moods, genres) for _ in range(TRIES))
        return next(filter(None, tried), None)

    def _instead(
        self, rng: random.Random, lesson: Lesson, usual: Topic, moods: Sequence[Topic], genres: Sequence[Topic]
    ) -> Lesson | None:
        """A request for one of `moods` or `genres` instead of what is `usual`; None where nothing is relevant to it."""
        mood = rng.choice([t for t in moods if t.term != usual.term] or moods)
        genre = rng.choice([t for t in genres if t.term != usual.term])
        row = rng.choice([r for r in self.rows["against"] if r["sort"] == usual.sort])
        text = request_text(
            row["text"].replace("{usual}", usual.term), self.phrases, lesson.kind,
            self.phrases.short(genre, lesson.kind), 0, self.phrases.short(mood, lesson.kind),
        )  # fmt: skip
        ask = Ask(
            "genre-mood", genre if "genre}" in row["text"] else None, 0, mood if "{mood}" in row["text"] else None
        )
        part = self.parts[lesson.kind]
        asked = part.asked(ask)[0] & ~part.masks(usual)[0]
        found = [i.id for i in part.members(asked)] if ask.topics else []
        return self._asking(replace(lesson, usual=usual.term, ask=ask), text, found)

    def _theme(self, rng: random.Random, lesson: Lesson) -> Lesson | None:
        """A request for a theme, put in other words than the catalogue's."""
        part, kind = self.parts[lesson.kind], lesson.kind
        themes = [t for t in part.topics["theme"] if (kind, t) in self.topics]
        themes = [t for t in themes if not any(part.kin(t, of) for of in lesson.want.topics)]
        genre = rng.choice(part.topics["genre"]) if rng.random() < WITH_GENRE else None
        if not themes or (genre and any(part.kin(genre, of) for of in lesson.want.topics)):
            return None
        theme = rng.choice(themes)
        row = rng.choice(self.rows["request-genre-theme" if genre else "request-theme"])
        text = row["text"].replace("{theme}", rng.choice(self.topics[kind, theme])["short"])
        called = (
            rng.choice(self.topics.get((kind, genre)) or [{"short": self.phrases.short(genre, kind)}]) if genre else {}
        )
        text = request_text(text, self.phrases, kind, called.get("short", ""), 0, "")
        ask = Ask("genre" if genre else "theme", genre, 0, theme)
        asked = part.asked(ask)[0]  # those that please too, if there are any
        found = part.members(asked & part.wanted(lesson.want)[0] or asked)
        return self._asking(replace(lesson, ask=ask), text, [i.id for i in found])

    def _further(self, rng: random.Random, lesson: Lesson) -> Lesson:
        """A second turn, which asks for more of what the first one asked for."""
        text = request_text(rng.choice(self.rows["further"])["text"], self.phrases, lesson.kind, "", 0, "")
        return replace(lesson, query=replace(lesson.query, text=text, dialogue=(lesson.query.text,)))

    def _small(self, rng: random.Random, lesson: Lesson) -> Lesson:
        row = rng.choice(self.rows["small-in"])
        topic = rng.choice(self.parts[lesson.kind].topics["theme"])
        noun = self.phrases.noun(topic, lesson.kind)
        text = filled(row["text"], x=noun) if "{" in row["text"] else row["text"]
        return replace(lesson, query=replace(lesson.query, text=text), to=row["to"])

    # Words for what a teacher writes

    def thought(self, rng: random.Random, lesson: Lesson, opening: str, aspects: Sequence[str]) -> str:
        """A sentence of thought that begins with `opening`, at most as long as the grammar admits."""
        bare = "thought-bare" if lesson.ask.form == "bare" else "thought"
        use = f"thought-{lesson.sort}" if lesson.sort in ("again", "like", "against") else bare
        rows = [r["text"] for r in self.rows[use] if r["text"].startswith(opening)]
        for _ in range(20):
            text = filled(
                rng.choice(rows), what=asked_words(lesson, self.phrases), aspects=listed(map(str.lower, aspects)),
                work=lesson.kind, usual=lesson.usual,
            )  # fmt: skip
            text = articled(text)
            if len(text.split()) <= 20 + len(opening.split()) and re.fullmatch(r"[A-Za-z ,'\-]+\.", text):
                return text
        return f"{opening} a good {lesson.kind}, so their taste decides."

    def ideal(self, rng: random.Random, lesson: Lesson, after: str, pleasing: Sequence[str]) -> str:
        """The rest of a sentence about the ideal item."""
        moods = [t.term for t in lesson.ask.topics if t.sort == "tone"] or [t for t in pleasing if t in TONES | PACES]
        likes = [t for t in pleasing if t not in TONES | PACES]
        bare = not likes
        rows = [r["text"] for r in self.rows["ideal-bare" if bare else "ideal"] if r["after"] == after]
        rows = [r for r in rows if "{not}" not in r and (moods or "{mood}" not in r)]
        rows = [r for r in rows if bool(moods) == ("{mood}" in r)] or rows
        subject = next((t.term for t in lesson.ask.topics if t.sort == "genre"), lesson.kind)
        for _ in range(20):
            told = listed(map(str.lower, likes)) if likes else ""
            text = filled(rng.choice(rows), likes=told, mood=" and ".join(moods[:2]), subject=subject)
            text = articled(text)
            if len(text.split()) <= 22 and re.fullmatch(r"[a-z ,'\-]+\.", text):
                return text
        return "what they love most."

    def reply(self, rng: random.Random, to: str) -> str:
        """An answer to small talk of the class `to`."""
        return rng.choice([r["text"] for r in self.rows["say"] if r["to"] == to])


def _rows(path: Path, half: str) -> Iterator[dict]:
    """Rows of a file of phrasings that are for the `half`; what stands there twice counts where it stands first."""
    known = set()
    for number, line in enumerate(filter(None, path.read_text("utf-8").split("\n"))):
        if line not in known and (number % EXAM == 0) == (half == "test"):
            yield json.loads(line)
        known.add(line)


def _names(half: str) -> Iterator[dict]:
    """Rows of what topics are called that are for the `half`; of those that were written later, none that holds the
    same words as one of the examination's."""
    yield from _rows(TOPICS, half)
    if half != "test":
        exam = {(row["term"], words) for row in _rows(TOPICS, "test") for words in _said(row)}
        for row in map(json.loads, MORE.read_text("utf-8").splitlines()):
            if not any((row["term"], words) in exam for words in _said(row)):
                yield row


def _said(row: dict) -> list[frozenset[str]]:
    """The words that tell in either name of a row."""
    return [deciding_words([row[of].replace("{works}", "")]) for of in ("noun", "short")]


def _topics(half: str) -> dict[tuple[str, Topic], list[dict]]:
    """What topics are called, by kind and topic; none that the test half of "What was said" has the same words for."""
    kept = {
        (kind, topic.term, deciding_words([text.replace("{works}", "")]))
        for (kind, topic), texts in read_phrases("test").names.items()
        for text in texts
        if text
    }
    found: dict[tuple[str, Topic], list[dict]] = {}
    for row in _names(half):
        for kind in (row["kind"],) if "kind" in row else KINDS:
            if half == "test" or not any((kind, row["term"], words) in kept for words in _said(row)):
                found.setdefault((kind, Topic(row["sort"], row["term"])), []).append(row)
    return found


def asked_words(lesson: Lesson, phrases: Phrases) -> str:
    """What is asked for, in the catalogue's own words: "an eerie horror film"."""
    terms = [t.term for t in (lesson.ask.mood, lesson.ask.genre) if t]
    return articled(f"a {' '.join(terms)} {lesson.kind}".replace("  ", " "))


def topics_that_please(lesson: Lesson, entries: Sequence[Entry]) -> list[str]:
    """Terms of what is liked among `entries`, for the ideal; names have no place in it."""
    found = plain_terms(t for e in entries if e.value > 0 for t in e.terms)
    told = {t.term for t in lesson.ask.topics}
    return [t for t in dict.fromkeys(found) if t not in told][:3]


def plain_terms(terms: Iterable[str]) -> list[str]:
    """Those that the grammar of an ideal admits."""
    return [t for t in terms if re.fullmatch(r"[a-z][a-z \-]*", t)]
