"""Tastes and wishes in words of one's own, in which no term of the catalogue stands: what they are about.

`Catalog.meant` tells how likely each term is. Statements stay in memory as they were said; what they are about holds
for one ranking, and is gone when they are forgotten.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mrrec.agent.request.conditions import Request
from mrrec.agent.request.phrases import negated_spans
from mrrec.agent.rules import limits_of
from mrrec.catalog import Catalog
from mrrec.catalog.catalog import telling
from mrrec.catalog.vocabulary import PACES
from mrrec.memory import Entry

SURE = 0.4  # how likely a term must be to count as if it had been said
AGREED = 0.2  # the same where the model chooses the term too
LIKELY = 0.05  # the least with which it counts by its chance
LONGEST_QUOTE = 90  # characters
# Before a "no" that tells what something is like: "in no hurry", "where nothing happens"
_TELLS = re.compile(r"\b(?:in|where|which|who|with|has|have|is|are)\s+(?:no|nothing|never|none)$|\bthat never$", re.I)
# What led to a term that is gone: "set in"
_LEADS = re.compile(r"\b(?:set|based|placed|filmed) (?:in|on|at|around)\b(?=\W*$|\s*[.,;!?]|\s+(?:and|but|or)\b)", re.I)


def is_unread(entry: Entry) -> bool:
    """Whether it is a taste in their own words, none of which is one of the catalogue's."""
    return (
        entry.tier == "record"
        and entry.event == "said"
        and bool(entry.value)
        and not entry.topics
        and not limits_of(entry)
    )


def near(request: Request, text: str, catalog: Catalog) -> dict[str, float]:
    """How likely a request's `text`, without titles and names, means each term that does not stand in it, the likeliest
    first."""
    rest = _LEADS.sub("", catalog.vocabulary.without(wanted_part(text)))
    if not telling(rest):
        return {}
    told = {*request.wishes, *request.avoid}
    told |= PACES if told & PACES else frozenset()  # what is slow is not brisk
    (chances,) = catalog.meant([rest], request.kinds, [told])
    return chances


def wanted_part(text: str) -> str:
    """`text` without what it rules out.

    >>> wanted_part("A comedy without people who burst into song"), wanted_part("a film in no hurry at all")
    ('A comedy without', 'a film in no hurry at all')
    """
    for start, end in reversed(negated_spans(text)):
        if not _TELLS.search(text[:start]):
            text = text[:start] + text[end:]
    return text


def meant(request: Request, text: str, catalog: Catalog) -> dict[str, float]:
    """The terms that are likely meant so, unless there is a work to go by."""
    found = {} if request.like else near(request, text, catalog)
    return {t: chance for t, chance in found.items() if chance >= LIKELY}


def sure(request: Request, text: str, catalog: Catalog) -> list[str]:
    """Those of them that are wished for with hardly a doubt."""
    return [t for t, chance in meant(request, text, catalog).items() if chance >= SURE]


def patterns(entries: Sequence[Entry], catalog: Catalog) -> tuple[list[Entry], list[Entry]]:
    """What unread `entries` are about, as patterns that hold by their chance: those it is sure of, and guesses."""
    sure, guesses = [], []
    unread = [e for e in entries if is_unread(e)]
    for entry, chances in zip(unread, catalog.meant([e.text for e in unread])):
        for term, chance in chances.items():
            if chance >= LIKELY:
                (sure if chance >= SURE else guesses).append(pattern(entry, term, chance))
    return sure, guesses


def pattern(entry: Entry, term: str, chance: float = 1.0) -> Entry:
    """An unread statement as the pattern that it tells of, if it is about `term`."""
    said = f"Said “{quoted(entry.text)}”"
    return replace(
        entry, tier="pattern", terms=(term,), text=said, evidence=(entry.id,), strength=entry.strength * chance
    )


def read_patterns(read: Mapping[Entry, str]) -> tuple[Entry, ...]:
    """Patterns for statements and the term that the model says each is about."""
    return tuple(pattern(entry, term) for entry, term in read.items())


def quoted(text: str) -> str:
    """Somebody's words in brief, with nothing in them that ends a quotation.

    >>> quoted("I [really] like it; always did")
    'I really like it, always did'
    """
    plain = re.sub(r"[\[\]()“”]", "", text).replace(";", ",").rstrip(".")
    return textwrap.shorten(plain, LONGEST_QUOTE, placeholder=" …")
