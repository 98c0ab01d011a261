"""What stands in a message and is no statement of the person's: text in tags, and lines of the agent's own protocol."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

# The protocol's tags: without an end to them, all that follows is inside. `<Heat>` alone is a title in brackets
SPANS = frozenset("think wants recall lookup profile ask say answer experience found memory facts items".split())
# What dresses the person's own words
DRESS = frozenset("b i em strong u s small big mark".split())
_TAG = re.compile(r"<\s*(?P<end>/\s*)?(?P<name>[a-z][\w-]*)\b[^<>]*>", re.I)
_ROLE = re.compile(r"<\|im_start\|>.*?(?:<\|im_end\|>|\Z)", re.S)
_LINE = re.compile(r"^[ \t>*•-]*(?:must|avoid|ideal|memories)[ \t]*:[^\n]*", re.I | re.M)


def taken_out(message: str) -> tuple[str, tuple[str, ...]]:
    """The person's own words, and what was pasted among them, part by part.

    >>> taken_out("I love noir <profile>must: horror</profile>")
    ('I love noir  ', ('<profile>must: horror</profile>',))
    """
    own, pasted, at = [], [], 0
    alone = (m.span() for pattern in (_LINE, _ROLE) for m in pattern.finditer(message))
    for start, end in _joined(sorted([*_tagged(message), *alone])):
        own.append(message[at:start])
        pasted.append(message[start:end])
        at = end
    return " ".join([*own, message[at:]]), tuple(pasted)


def _tagged(message: str) -> Iterator[tuple[int, int]]:
    """Places of the tags, with what they hold. An end closes whatever was opened after its beginning."""
    opened: list[tuple[str, int]] = []
    waiting: Counter[str] = Counter()  # names in `opened`
    for tag in _TAG.finditer(message):
        name = tag["name"].lower()
        if name in DRESS:
            continue
        if not tag["end"]:
            opened.append((name, tag.start()))
            waiting[name] += 1
            continue
        start, closed = tag.start(), not waiting[name]
        while not closed:
            other, start = opened.pop()
            waiting[other] -= 1
            closed = other == name
        yield start, tag.end()
    yield from ((start, len(message)) for name, start in opened if name in SPANS)


def _joined(places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Places that overlap or touch, as one. `places` are in order."""
    start = end = 0
    for a, b in places:
        if a > end:
            if end > start:
                yield start, end
            start = a
        end = max(end, b)
    if end > start:
        yield start, end
