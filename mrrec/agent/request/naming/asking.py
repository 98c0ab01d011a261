"""Which parts of a message ask for something: of the others, nothing binds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mrrec.agent.request import measures, phrases
from mrrec.agent.request.acts import Part, core, parts
from mrrec.agent.request.naming.state import Naming
from mrrec.agent.request.wishes import lasting, says_something, tells, wished
from mrrec.catalog.lookup import Mention

_COMPLAINT = re.compile(
    r"\btoo \w+|\bnot \w+ enough|\b(?:seen|watched|read|played|know|finished) (?:it|that|them|those|these|all|\|+)|"
    r"\b(?:don't|didn't) (?:like|fancy)|\bnot (?:my|for)\b",
    re.I,
)
_COULD_IT = re.compile(
    r"(?:can|could|may|might|shall|should|would|won't|can't|couldn't|wouldn't|what if|what about)\b|"
    r"where(?:'s| is| are) (?:the|those|my|one)\b|(?:have|has|do|is|are) (?:you|there|we)\b(?! (?:like|love|"
    r"enjoy|think|"
    r"seen|watched|read|played|sure|real|a\b))",
    re.I,
)
# What is shown, and lacks something: "these aren't funny", "|||| isn't a comedy", "I don't see anything by Lem"
_MISSING = re.compile(
    r"(?:\b(?:these|those|they|none of (?:them|these|those|it)|that|it|this|(?:first|second|third|fourth|fifth|"
    r"last)(?: one)?)|"
    r"\|)(?:'re| is| are|'s|) ?(?:isn't|aren't|not|is|are|was not|wasn't|doesn't (?:look|sound|feel|seem))\b|"
    r"\b(?:don't|can't|cannot|do not|didn't|couldn't) (?:see|find|spot|notice)\b",
    re.I,
)
_LACKS = re.compile(
    r"(?:\b(?:these|those|they|that|it|this|one|first|second|third|fourth|fifth|last)|\|)"
    r"(?:'re| is| are|'s| was| were)? ?(?:isn't|aren't|not|wasn't|doesn't)$",
    re.I,
)
_LACKS_TOO = (  # before and after the negation
    (
        re.compile(r"\bnone$", re.I),
        re.compile(r"(?: of (?:them|these|those|it))? (?:is|are|was|were|seems?|looks?)\b", re.I),
    ),
    (
        re.compile(r"\b(?:i|we) (?:don't|can't|cannot|do not|didn't|couldn't)$", re.I),
        re.compile(r" (?:really )?(?:see|find|spot|notice)\b", re.I),
    ),
)


def read_parts(naming: Naming, mentions: Sequence[Mention]) -> None:
    """Cut what is left of the message into parts, and find what is negated, and what asks."""
    said = naming.said
    said.negated = [s for s in phrases.negated_spans(said.rest) if not _tells_of_shown(naming, s[0])]
    naming.parts = parts(said.rest)
    naming.plain = [p for p in naming.parts if _is_live(naming, said.rest[p.start : p.end], p.act)]
    naming.live = _with_wishes(naming, mentions)


def _is_live(naming: Naming, text: str, act: str) -> bool:
    """Whether this part of the message belongs to the request."""
    if act in ("ask", "wish", "fragment") or (naming.sure and act in ("state", "question")):
        return True
    if act != "state":
        return False
    if naming.asked or measures.spare_time(text):
        return True
    return bool(naming.shown and naming.previous and (_COMPLAINT.search(text) or _MISSING.search(text)))


def _tells_of_shown(naming: Naming, at: int) -> bool:
    """Whether the negation that ends `at` tells what those shown lack: "these aren't funny"."""
    lead, after = naming.said.rest[:at], naming.said.rest[at:]
    lacks = _LACKS.search(lead) or any(a.search(lead) and b.match(after) for a, b in _LACKS_TOO)
    return naming.searching and bool(naming.shown) and bool(lacks)


def _with_wishes(naming: Naming, mentions: Sequence[Mention]) -> list[Part]:
    """The live parts, with those that wish though nothing in them asks, and with what a search is told besides."""

    def text(part: Part) -> str:
        return core(naming.said.rest[part.start : part.end])

    def titled(part: Part) -> bool:
        return any(m.items and part.start <= m.start < part.end for m in mentions)

    def has_genre(words: str) -> bool:
        vocabulary = naming.catalog.vocabulary
        return any(t.name in vocabulary.genres for t in vocabulary.find(words))

    live = [
        p
        for p in naming.parts
        if p in naming.plain or (p.act in ("state", "question") and wished(text(p), p.act, has_genre, titled(p)))
    ]
    if naming.searching and not any(says_something(text(p)) for p in live):
        told = [p for p in naming.parts if p not in live and _bears_on_search(p, text(p), titled(p))]
        live = [p for p in naming.parts if p in live or p in told]
    if naming.searching:
        say = [p for p in live if says_something(text(p))]
        naming.of_taste = bool(say) and all(p.act == "state" and lasting(text(p)) for p in say)
    return live


def _bears_on_search(part: Part, text: str, titled: bool) -> bool:
    """Whether what is told, or asked, while a request is open says more of what is wanted."""
    if part.act == "question":
        return not titled and bool(_COULD_IT.match(text))
    return part.act == "state" and not titled and (lasting(text) or not tells(text))
