"""What rules, head and small model understand of a message: the rules' facts, and what the rules missed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from mrrec.catalog import Catalog
from mrrec.embed import Encoder
from mrrec.memory.entry import EVENT_VALUE, Entry
from mrrec.memory.reading import asking
from mrrec.memory.reading.limits import stated
from mrrec.memory.reading.mentions import Found, find
from mrrec.memory.reading.phrases import PASSING, REQUEST
from mrrec.memory.reading.plain import plain_text
from mrrec.memory.reading.stance import STANCES, WHOLE, Judged, judge, load, masked, words_of
from mrrec.memory.reading.targets import KIND_ONLY, kind_of

# Chances from which a fact is kept: of a mention, of one in no catalogue, of a sentence without a mention.
# Chosen on a part held out from training (train/stance.py --hold-out; the last by train/reader.py --scores)
SURE, OUTSIDE, ALONE = 0.65, 0.8, 0.6
DOUBTED = 0.1  # below it the rules are not believed
BINDING = 0.9  # below it a dislike weighs, but leaves nothing out
VALUES = (0.4, 0.7, 0.95)  # of a weak, a plain and a strong taste
SEASONS = frozenset("winter summer autumn spring night christmas holidays weekend".split())
_EVENTS = {"like": "liked", "dislike": "disliked"}
_NUMBER = (
    r"(?P<got>\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten)(?P<half> and a half)?"
    r"(?:\s*(?:/|out of|of)\s*(?P<best>100|10|5|five|ten)|\s*(?P<stars>stars?|⭐))?"
)
_RATING = re.compile(rf"\b{_NUMBER}", re.I)
_WORDS = {w: n for n, w in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_FIRST_PERSON = re.compile(r"\b(?:i|im|ive|me|my|mine|we|us|our)\b", re.I)
_ONE_OF_THEM = re.compile(r"\b(?:first|second|third|fourth|fifth|last|other|that|this) one\b|\bnumber \w+", re.I)
# A sentence that only names what is wanted tells no taste: "A book like Dune, but shorter"
_WISH = re.compile(
    r"^\W*(?:(?:ok|okay|so|and|or|but|well|hi|hello|hey|please|maybe|then|now|yes|no)\W+)*"
    r"(?:(?:an?|some|another|more|something|anything|any|films?|movies?|books?|novels?|games?)\b"
    r"|[^.!?,]{2,40}-like\b|[^.!?,]{2,30}['’]s (?:best|finest|latest|newest|last|first|early|later|other)\b)"
    r"(?!.*\b(?:i|i['’]?m|i['’]?ve|i['’]?d|my|me|mine|is|are|was|were)\b)",
    re.I | re.S,
)
# What is read or watched because it is due: "I have to review westerns for the paper"
_DUTY = re.compile(
    r"\b(?:i|we|i['’]ve|we['’]ve) (?:have|had|got|need|needed|must) (?:to )?(?:review|write|study|teach|present|"
    r"translate|"
    r"get hold of|prepare|read|watch|play|see)\b",
    re.I,
)
_DUE = re.compile(
    r"\b(?:for (?:the|my|a|our|an|this|his|her|their)|because of|not my choice|their turn) "
    r"(?!me\b)",
    re.I,
)
_ATTRIBUTED = re.compile(
    r"\baccording to (?!me\b)|\b(?:critics|reviewers|people|everyone|everybody|they) (?:all )?(?:say|call)s?\b",
    re.I,
)
_MEANWHILE = re.compile(
    r"\b(?:through|throughout|during|over|all) (?:(?:an?|the|this|that|last|my|our) )?(?:\w+ )?$", re.I
)
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.](?=\w)[^.!?\n]*)*[.!?\n]*\s*")
_UNMET = re.compile(r"\b(?:ha(?:ve|d)(?:n['’]?t| not)|(?:i['’]ve|ive) not|never|yet to)\b[^.!?;,]*$", re.I)
_CLAUSE = re.compile(r"[.;:!?\n]|\b(?:but|and|while|though|yet)\b")


def complete(
    entries: Sequence[Entry],
    message: str,
    catalog: Catalog,
    encoder: Encoder,
    now: float,
    passing: Sequence[Entry] = (),
    shown: bool = False,
) -> tuple[list[Entry], list[str]]:
    """`entries` of the rules with what the head and the model add, less what they hardly believe, and the sentences
    that told what was added.

    What the rules hold to be `passing` is not added. Where items were `shown`, "the second one" is one of them, and no
    taste.
    """
    head = load(encoder)
    if head is None or not message.strip():
        return list(entries), []
    found = find(message, catalog, words_of(encoder))
    verdicts = [verdict(one, entries) for one in found]
    judged = judge(head, masked(message, found, verdicts))
    reader = None
    if not _asks_too(message):  # with a request, it was not taught to read
        reader = asking.load()
    if reader is not None:
        judged = asking.together(judged, asking.answers(reader, message, found))
        entries = [e for e in entries if not _doubted(e, found, judged)]
    kept, open_ = _kept(entries, message, found, judged)
    told = {_fact(e) for e in kept}
    brief = {t for e in passing for t in e.topics}
    added = [(e, at) for e, at in _added(message, found, judged, open_, now) if _fact(e) not in told]
    added = [(e, at) for e, at in added if not brief.intersection(e.topics) and not _wishes(message, at)]
    if not (shown and _ONE_OF_THEM.search(message)) and all(
        e.topics or e.item_id for e in (*kept, *(e for e, _ in added))
    ):
        told_by = [*(e.text for e in kept), *(message[slice(*sentence_of(message, at))].strip() for _, at in added)]
        added += [
            (e, at)
            for e, at in _alone(message, judged, now)
            if not _wishes(message, at) and not any(_shared(e.text, t) for t in told_by)
        ]
    sentences = [message[slice(*sentence_of(message, at))] for _, at in added]
    return [*kept, *(e for e, _ in added)], list(dict.fromkeys(sentences))


def asks(sentence: str) -> bool:
    """Whether a sentence holds a request beside what it tells."""
    plain = plain_text(sentence).plain
    return "?" in plain or any(REQUEST.match(part) for part in re.split(r" (?:,|and|but|so|;|:) ", plain))


def _asks_too(message: str) -> bool:
    return any(asks(part[0]) or _WISH.match(part[0]) for part in _SENTENCE.finditer(message) if part[0].strip())


def _wishes(message: str, place: int) -> bool:
    """Whether the sentence around a place tells no taste of theirs: it names what is wanted, what is due, a mood, a
    limit, or what others say."""
    sentence = message[slice(*sentence_of(message, place))]
    return bool(
        _WISH.match(sentence)
        or _ATTRIBUTED.search(sentence)
        or (_DUTY.search(sentence) and _DUE.search(sentence))
        or PASSING.search(sentence.lower())
        or stated(sentence)
    )


def _shared(one: str, other: str) -> bool:
    return one in other or other in one


def _fact(entry: Entry) -> tuple:
    """What makes two entries the same fact."""
    if entry.item_id:
        return entry.item_id, entry.event
    return entry.event, entry.terms, entry.names, entry.polarity, entry.kind, "" if entry.topics else entry.text


def _about(entry: Entry, one: Found) -> bool:
    if entry.item_id:
        return any(i.id == entry.item_id for i in one.items)
    if entry.event != "said":
        return one.sort == "unknown"
    return bool(set(entry.topics) & {*one.terms, *one.names})


def verdict(one: Found, entries: Sequence[Entry]) -> str:
    """What the rules say of a mention, in the head's words."""
    for entry in entries:
        if _about(entry, one):
            said = {"liked": "like", "disliked": "dislike", "finished": "seen"}.get(entry.event, entry.event)
            return ("like" if entry.polarity > 0 else "dislike") if said == "said" else said
    return "elsewhere" if entries else ""


def _kept(
    entries: Sequence[Entry], message: str, found: Sequence[Found], judged: Judged
) -> tuple[list[Entry], list[int]]:
    """Entries of the rules, save those for which the head has better words, and the mentions that they leave open."""
    kept, settled = [], set()
    for entry in entries:
        about = [n for n, one in enumerate(found) if _about(entry, one)]
        bare = not about and not entry.topics and entry.event == "said" and entry.value
        if bare and _covered(entry, message, found, judged):
            continue
        kept.append(entry)
        if entry.event not in ("seen", "finished"):  # of which the head may know more
            start = message.find(entry.text)
            settled.update(n for n in about if start < 0 or start <= found[n].start < start + len(entry.text))
    return kept, [n for n in range(len(found)) if n not in settled]


def _doubted(entry: Entry, found: Sequence[Found], judged: Judged) -> bool:
    """Whether what was learned hardly believes what the rules say."""
    about = [n for n, one in enumerate(found) if _about(entry, one)]
    said = [verdict(found[n], [entry]) for n in about]
    return bool(about) and all(
        s in STANCES and judged.stances[n][STANCES.index(s)] < DOUBTED for n, s in zip(about, said)
    )


def _covered(entry: Entry, message: str, found: Sequence[Found], judged: Judged) -> bool:
    """Whether the head has a word of the catalogue for a taste for which the rules had none."""
    return any(
        one.sort != "unknown" and 1 - judged.stances[n][0] >= SURE and message[one.start : one.end] in entry.text
        for n, one in enumerate(found)
    )


def _added(
    message: str, found: Sequence[Found], judged: Judged, open_: Sequence[int], now: float
) -> list[tuple[Entry, int]]:
    """What the head says of mentions on which the rules are silent or wrong, with its place.

    Of two mentions at one place the likelier is taken.
    """
    made: list[tuple[Entry, int]] = []
    taken = [(one.start, one.end) for n, one in enumerate(found) if n not in open_]
    for n in sorted(open_, key=lambda n: judged.stances[n][0]):
        one, chances = found[n], judged.stances[n]
        sure = OUTSIDE if one.sort == "unknown" else SURE
        best = 1 + int(np.argmax(chances[1:]))
        if any(one.start < end and start < one.end for start, end in taken) or chances[best] < sure:
            continue
        if one.sort == "term" and KIND_ONLY.fullmatch(message[one.start : one.end].lower()):
            continue  # "books" are the kind, though books are about books too
        if _MEANWHILE.search(message[: one.start]) and one.sort == "term" and set(one.terms) & SEASONS:
            continue  # "through a long winter" tells when
        taken.append((one.start, one.end))
        words = _words(message, one, found)
        if one.sort in ("title", "unknown"):
            made += [(e, one.start) for e in _met(message, one, best, chances, words, now)]
        else:
            value = VALUES[int(np.argmax(judged.strengths[n]))] * (1 if best == 1 else -1)
            entry = Entry(
                id="", tier="record", event="said", text=words, kind=_kind(message, one), terms=one.terms,
                names=one.names, value=value, when=now,
                strength=abs(value) * (1.0 if chances[best] >= BINDING else 0.5),
            )  # fmt: skip
            made.append((entry, one.start))
    return sorted(made, key=lambda m: m[1])


def _met(message: str, one: Found, best: int, chances: np.ndarray, words: str, now: float) -> list[Entry]:
    value = None
    if STANCES[best] == "rated" and (value := _rating(message, one)) is None:
        best = 1 + int(np.argmax(chances[1:-1]))
    event = _EVENTS.get(STANCES[best], STANCES[best])
    if event == "seen" and _UNMET.search(message[: one.start]):
        return []  # "I haven't seen Heat"
    worth = EVENT_VALUE[event] if value is None else value
    entry = Entry(
        id="", tier="record", event=event, text=words, value=worth, strength=max(0.5, abs(worth)), when=now,
        kind=_kind(message, one),
    )  # fmt: skip
    return [entry.with_(item_id=i.id, kind=i.kind) for i in _chosen(one, message)] or [entry]


def _chosen(one: Found, message: str) -> list:
    """The item that a title means: of the kind they speak of, else a film, else the newest; a series is all of it."""
    if len({i.title for i in one.items}) > 1:
        return list(one.items)
    kind = _kind(message, one)
    ranked = sorted(one.items, key=lambda i: (i.kind != kind, i.kind != "film", i.kind != "book", -i.year))
    return ranked[:1]


def _alone(message: str, judged: Judged, now: float) -> list[tuple[Entry, int]]:
    """A taste for which the catalogue has no word, or a fact that is no taste, with its place."""
    if not len(judged.whole):
        return []
    sentence, which = np.unravel_index(int(np.argmax(judged.whole)), judged.whole.shape)
    if judged.whole[sentence, which] < ALONE:
        return []
    value = {"+": 0.7, "-": -0.7, "0": 0.0}[WHOLE[which]]
    if not value and not _FIRST_PERSON.search(message):
        return []  # "from the nineties"
    parts = [m.span() for m in _SENTENCE.finditer(message) if m[0].strip()]
    start, end = parts[sentence] if len(parts) == len(judged.whole) else (0, len(message))
    words = message[start:end].strip()
    entry = Entry(
        id="", tier="record", event="said", text=words, kind=kind_of(words.lower()) if value else "", value=value,
        strength=abs(value) or 0.5, when=now,
    )  # fmt: skip
    return [(entry, start)]


def sentence_of(message: str, place: int) -> tuple[int, int]:
    """Where the sentence around a place begins and ends."""
    for match in _SENTENCE.finditer(message):
        if match.end() > place:
            return match.span()
    return 0, len(message)


def _words(message: str, one: Found, found: Sequence[Found]) -> str:
    start, end = sentence_of(message, one.start)
    words = message[start : max(end, one.end)].strip()
    several = sum(start <= o.start < end for o in found) > 1
    return f"{words} ({message[one.start : one.end]})" if several else words


def _kind(message: str, one: Found) -> str:
    """The kind that a mention is limited to, by the word after it or else by its clause."""
    text = message.lower().replace("movie", " film")  # one letter more, one less: places stay
    start, end = one.start, one.end
    if (after := re.match(r"\W+(\w+)", text[end:])) and (kind := kind_of(after[1])):
        return kind
    before = [m.end() for m in _CLAUSE.finditer(text, 0, start)]
    behind = _CLAUSE.search(text, end)
    return kind_of(text[before[-1] if before else 0 : behind.start() if behind else len(text)])


def _rating(message: str, one: Found) -> float | None:
    """The number given, -1..1: the first after the title in its sentence, else the last before it."""
    a, _ = sentence_of(message, one.start)
    behind = re.match(r"[^\n]*", message[one.end :])[0]
    after = next((m for m in _RATING.finditer(behind) if m.start() < 40), None)
    before = [m for m in _RATING.finditer(message[max(0, a) : one.start])]
    found = after if after and not (before and after.start() > 12) else before[-1] if before else after
    if not found:
        return None
    got = _WORDS.get(found["got"].lower()) or float(found["got"].replace(",", "."))
    got += 0.5 * bool(found["half"])
    best = found["best"] or ("5" if found["stars"] else "10" if got > 5 or "." in found["got"] else "5")
    best = _WORDS.get(best.lower()) or float(best)
    return round(max(-1.0, 2 * (got - 1) / (best - 1) - 1), 3) if 0 <= got <= best else None
