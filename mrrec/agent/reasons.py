"""Why an item: clauses that are true of it, among which the model chooses. Every clause rests on a fact or a memory."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from mrrec.agent.rank import Candidate, Taste
from mrrec.agent.request import Request
from mrrec.catalog import Item
from mrrec.catalog.items import MAKERS, UNITS
from mrrec.catalog.vocabulary import PACES, TONES

CLOSE = 0.45  # cosine from which a liked item is worth naming as a neighbour
MOST_TOLD = 2  # of what holds of all items, behind the noun of an opening
MOST_MEMORIES = 3  # memory clauses to choose from
AGAIN = ("likewise", "here too", "again", "as before")  # of a taste that was told of an item before
NEAR_TOO = "near to that too"


@dataclass(frozen=True)
class Clause:
    """A piece of a reason, with the space or mark before it, and what it rests on."""

    text: str
    facts: tuple[str, ...] = ()
    memories: tuple[str, ...] = ()


def clauses(
    candidate: Candidate,
    wishes: Sequence[str],
    like: Sequence[Item],
    names: Sequence[str],
    bound: Sequence[str],
    taste: Taste,
    close: float,
    told: Sequence[Clause] = (),
) -> list[list[Clause]]:
    """Alternatives for each part of the reason: what it is like, what was asked of it, which memory speaks for it.

    `bound` are the sorts of conditions in the request (year, length), `close` the likeness to the neighbour; what was
    `told` of the items before it is not told again in the same words.
    """
    item = candidate.item
    parts = [_nature(item, wishes)]
    if asked := _asked(item, like, names, bound, {f for c in told for f in c.facts}):
        parts.append(asked)
    if memories := _memories(candidate, taste, close, [m for c in told for m in c.memories]):
        parts.append(memories)
    return parts


def _nature(item: Item, wishes: Sequence[str]) -> list[Clause]:
    """What it is like: mood and subject, those wished for first."""
    wished = [t for t in item.themes if t in wishes]
    moods = [t for t in dict.fromkeys([*wished, *item.themes]) if t in TONES | PACES][:3]
    subjects = [t for t in dict.fromkeys([*wished, *item.themes]) if t not in TONES | PACES][:3]
    genre = " and ".join(item.genres[:2])
    kind = (
        ""
        if item.genres and item.genres[0] in ("graphic novel", "documentary", "western", "musical")
        else f" {item.kind}"
    )
    mood, other_mood = (*moods, "", "")[:2]
    subject, other_subject = (*subjects, "", "")[:2]
    both = " and ".join
    made = [_clause(both(moods[:2]), genre, kind, both(subjects[:2]))]
    if other_mood and subject:
        made.append(_clause(other_mood, genre, kind, subject))
    if subject and mood:
        made.append(
            Clause(f" {genre}{kind} about {both(subjects[:2])}, {mood} all through", (genre, mood, *subjects[:2]))
        )
    if other_subject and mood:
        made.append(
            Clause(f" {other_subject} and {subject} in a {mood} {genre}{kind}", (genre, mood, subject, other_subject))
        )
    return made


def _clause(mood: str, genre: str, kind: str, subject: str) -> Clause:
    text = " " + f"{mood} {genre}{kind}".strip() + (f" with {subject}" if subject else "")
    return Clause(text, tuple(f for f in (genre, mood, subject) if f))


def _asked(
    item: Item, like: Sequence[Item], names: Sequence[str], bound: Sequence[str], told: Container[str]
) -> list[Clause]:
    """What the request bound: people, likeness, year, length."""
    made = []
    for name in names:
        if name in item.creators:
            role = {"film": "directed", "book": "written", "game": "made"}.get(item.kind, "made")
            fact = f"{MAKERS.get(item.kind, 'maker')} {name}"
            made.append(Clause(", by the same hand" if fact in told else f", {role} by {name}", (fact,)))
        elif name in item.people:
            fact = f"with {name}"
            made.append(Clause(f", {name} too" if fact in told else f", with {name}", (fact,)))
    for example in like:
        common = [t for t in (*item.themes, *item.genres) if t in (*example.themes, *example.genres)]
        if common:
            what = " and ".join(common[:2])
            fact = f"shared with {example.label}: {what}"
            again = any(f.startswith(f"shared with {example.label}: ") for f in told)
            made.append(
                Clause(f", {what} in common" if again else f", and it shares {what} with {example.title}", (fact,))
            )
    if "length" in bound and item.length:
        measure = f"{item.length} {UNITS.get(item.kind, '')}".strip()
        made.append(Clause(f", at {measure}", (measure,)))
    if "year" in bound and item.year:
        made.append(Clause(f", from {item.year}", (str(item.year),)))
    return made


def _memories(candidate: Candidate, taste: Taste, close: float, told: Sequence[str]) -> list[Clause]:
    """Memories that speak for the item, those that the model named first."""
    made = []
    speaking = sorted(
        (p for p in candidate.patterns if p.value > 0), key=lambda p: (p.id not in taste.named, -p.strength)
    )
    for pattern in dict.fromkeys(speaking):
        before = told.count(pattern.id)
        words = AGAIN[(before - 1) % len(AGAIN)] if before else f"you {_told(pattern.text)}"
        made.append(Clause(f"; {words} [{pattern.id}]", (), (pattern.id,)))
    near = candidate.neighbour
    if near is not None and close >= CLOSE:
        verdict = near.text.split(": “")[0]
        words = NEAR_TOO if near.id in told else f"near to what you {verdict[0].lower()}{verdict[1:]}"
        made.append(Clause(f"; {words} [{near.id}]", (), (near.id,)))
    return made[:MOST_MEMORIES]


def _told(text: str) -> str:
    """A pattern's statement in the second person, without its counts.

    >>> _told("Likes slow films (4 of 9 liked)")
    'like slow films'
    """
    head, _, rest = text.split(" (")[0].partition(" ")
    return f"{head[:-1].lower() if head.endswith('s') else head.lower()} {rest}"


def common(items: Sequence[Item], request: Request) -> tuple[str, str]:
    """What was asked for and holds of all of `items`, around a noun: ("tense crime ", " from the 1990s")."""
    terms = [t for t in request.terms if all(t in (*i.themes, *i.genres) for i in items)]
    bound = request.conditions()
    around = {True: [], False: []}
    for condition in bound:
        if condition.sort in ("name", "year", "length", "place"):
            first = condition.label.split()[0].lower()
            ahead = condition.sort == "place" and first not in (
                "from",
                "in",
                "made",
                "out",
                "produced",
                "spoken",
                "dubbed",
            )
            of = condition.label.startswith(("at most", "at least", "around"))
            ahead = ahead or condition.label in ("short", "long")
            if not condition.label.startswith("not "):
                around[ahead].append(f"of {condition.label}" if of else condition.label)
    genres = [c.label for c in bound if c.sort == "genre" and not (request.either and len(request.genres) > 1)]
    before = [*[t for t in terms if t in TONES | PACES][:2], *around[True][:1], *genres[:2]]
    subjects = [t for t in terms if t not in TONES | PACES][:1]
    said = request.text.lower()
    after = [*(f"{'about' if f'about {t}' in said else 'with'} {t}" for t in subjects), *around[False]][:MOST_TOLD]
    return "".join(f"{word} " for word in before), "".join(f" {words}" for words in after)


def card(item: Item, reason: Sequence[Clause]) -> dict:
    """An item as shown: its row of the catalogue, and why, with the facts and memories that each clause rests on."""
    return item.to_dict() | {
        "why": "".join(c.text for c in reason).strip(),
        "memories": [m for c in reason for m in c.memories],
        "facts": list(dict.fromkeys(f for c in reason for f in c.facts)),
    }
