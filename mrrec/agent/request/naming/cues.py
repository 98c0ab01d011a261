"""Words before and after a title or a name that tell what it is there for: seen, liked, by, with, than."""

from __future__ import annotations

import re

from mrrec.agent.request import measures
from mrrec.catalog.lookup import KIND_NOUN

PRAISE = re.compile(
    r"\b(?:love[ds]?|like[ds]?|enjoyed?|adored?|favou?rite|great|brilliant|fantastic|amazing|fan of|good|"
    r"excellent|superb)\b",
    re.I,
)
SEEN = re.compile(r"\b(?:seen|watched|read|played|finished|know|have|own)\s+(?:both )?$", re.I)
SEEN_AFTER = re.compile(
    r"\W*(?:(?:i|we)(?:'ve| have)?|i've|we've|been there,?) (?:\w+ )?(?:seen|watched|read|played|finished|know|"
    r"own)\b(?! like)|"
    r"\W+(?:already )?(?:seen|watched|read|played) (?:it|that|already)\b",
    re.I,
)
_THAN = re.compile(r"\bthan\s+(?:the )?$", re.I)
MORE_OF = re.compile(
    r"\b(?:similar|like (?:that|it|this|those)|more|next|another|else|what now|now what|in the same vein)\b", re.I
)
BY = re.compile(
    r"\b(?:by|from|directed|written|made|developed|created|penned|best of|works? of|films of|"
    r"books of)\s+(?:both\s+)?(?:the\s+)?$",
    re.I,
)
WITH = re.compile(
    r"(?:\b|(?=w/))(?:with|starring|stars|featuring|has|have|plays|in which|w/)\s*(?:both\s+)?(?:the\s+)?$", re.I
)
LIKE = re.compile(
    r"\b(?:like|style of|vein of|à la|reminiscent of|influenced by|inspired by|based on(?: an?| the)?|"
    r"adaptations? of)\s+$",
    re.I,
)
OWN = re.compile(rf"^(?:'s?)?\s+(?:\w+\s+){{0,2}}{KIND_NOUN}\b|^'s?\b", re.I)
NEGATED_AFTER = re.compile(
    r"^['’]?s?\s+(?:did(?:n['’]t| not)|has(?:n['’]t| not)|had no|does(?:n['’]t| not)|is(?:n['’]t| not)|"
    r"was(?:n['’]t| not)|never)\s",
    re.I,
)


def compared(lead: str) -> bool:
    """Whether `lead` compares with what follows it: "shorter than the "."""
    return bool(_THAN.search(lead) and measures.COMPARED.search(lead[-60:]))
