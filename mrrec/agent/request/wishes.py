"""Whether a sentence without a word of asking asks all the same: by what it is built of, not by its phrases.

Whoever speaks of a work that is not there yet ("we were hoping to catch a western", "does your shelf hold one by
Lem?") wants it. A work is spoken of so by an article that is not definite, by "something", or by a plural after a verb
of getting. What tells of the past, of habits, of tastes or of other people is no wish.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mrrec.agent.request.phrases import BLANK, KIND_NOUNS, NO_COMPOUND, either
from mrrec.catalog.lookup import STOPWORDS

# Words that say nothing of what is wanted.
NO_SUBJECT = STOPWORDS | frozenset(
    "something anything thing things stuff one ones any good great nice best better cool interesting decent favourite "
    "favorite please recommend recommendation recommendations suggest suggestion suggestions idea ideas tip tips help "
    "find give show tell pick choose watch watching see read reading play playing tonight today tomorrow now weekend "
    "evening night next time want need wants looking look mood feel feeling fancy fancies could use love like know "
    "got get have let make keep try thanks thank hi hello hey ok okay yes yeah well maybe perhaps really very much "
    "bit little lot kind sort type way another other others more else different again instead bored worth surprise "
    "film films movie movies book books game games novel novels there im ive id youve dont cant lets whats new me my "
    "your our only just also still even rather quite pretty too idk mind don anyone someone everyone go going start "
    "started think thinking say said come take popular famous list top none neither sure no nope kindly would wouldnt "
    "am after having fun enjoy rec recs gimme entertain wanna hit".split()
)
_NOUN = "|".join(KIND_NOUNS.values())
_OPEN = re.compile(
    rf"\b(?:an?|some|any|another|more|one|two|three|four|five|other)\s+(?:[\w'{re.escape(BLANK)}-]+\s+){{0,6}}?"
    rf"(?P<noun>{_NOUN})\b{NO_COMPOUND}|\b(?P<thing>something|anything|one (?:by|with|from|like|about|set))\b",
    re.I,
)
_GOT = re.compile(
    rf"\b(?:have|has|got|hold|holds|stock|know|knows|find|show|see|get|catch|watch|read|play|for|of|to|choos\w+|"
    rf"pick\w*|"
    rf"need\w*|is)\s+(?:[\w'{re.escape(BLANK)}-]+\s+){{0,4}}?(?:films|movies|flicks|books|novels|games)\b{NO_COMPOUND}",
    re.I,
)
_WORKS = re.compile(
    rf"^(?:i|we|my|our|i'm|we're|i'd|we'd)\b.*\b(?:films|movies|flicks|books|novels|games)\b{NO_COMPOUND}", re.I
)
_ARTICLE = re.compile(r"\b(?:an?|some|another|any)\s+((?:[\w'-]+\s*){1,4})", re.I)
# What tells, rather than asks: the past, habits, tastes, knowledge
_TELLS = re.compile(
    r"\b(?:watched|saw|seen|played|finished|went|had|(?<!wish )(?<!idea )(?<!request )(?<!question )(?<!hope )"
    r"was(?! (?:hoping|wondering|looking|thinking|after))|(?<!if it )(?<!if they )were(?! (?:hoping|wondering|"
    r"looking|thinking|after))|been (?!looking|craving|wanting|hoping|searching|thinking|"
    r"longing|meaning|dying)|made|wrote|bought|told|heard|loved|liked|enjoyed|hated|disliked|adored|lost|found|gave|"
    r"did(?!n't i)|rated|dropped|abandoned|stopped|started|grew|remember(?!\W*$)|own|owns|collect|study|studies|"
    r"teach|teaches|"
    r"thinks?(?! (?:of|about|i|we|a|an|some)\b)|thanks|"
    r"(?:love|like|hate|enjoy|adore|dislike|despise|detest|loathe|prefer)s?(?! (?:to|it if|you to)\b)(?<!'d like)"
    r"(?<!would like)(?<!'d love)(?<!would love)(?<!'d prefer)(?<!would prefer)(?<!feel like)(?<!feels like)"
    r"(?<!something like)(?<!anything like)|fan of|fond of|bores?|scares?|usually|always|often|never|sometimes|"
    r"every (?:day|night|week|year|time)|can't stand|can't bear|am an?\b|i'm an? (?!bit|little)|we're an?\b)\b",
    re.I,
)
_HABIT = re.compile(
    r"^(?:i|we|they|people) (?:do |don't |also |mostly )?(?:watch|read|play|see|have|work|write|know|make|live|"
    r"want to (?:write|make|direct|tell|sell))\b",
    re.I,
)
_OTHERS = re.compile(
    r"^(?:(?:and|but|so|because)\s+)*(?:my|our|his|her|their|your|he|she|they|people|everyone|everybody|someone|nobody|"
    r"you|you're|it's (?:got|been))\b",
    re.I,
)
_OTHERS_WISH = re.compile(
    r"\b(?:needs?|wants?|asks? for|asking for|calls? for|would|could|should|is (?!an?\b)\w+ing|are "
    r"(?!an?\b)\w+ing|is for|"
    r"must (?:have|know)|surely|request|wish|plan|hope|idea|mood|theme|pick|choice)\b",
    re.I,
)
_WHICH_ONE = re.compile(
    r"^(?:where|how|who)(?:'s| is| has| can| could| do| does| might| would| knows?)?\s+(?:(?:i|we|one|you)\s+)?"
    r"(?:find|get|watch|see|read|play|got|has|have|knows?|come by)\b",
    re.I,
)
_WH = re.compile(
    r"^(?:who|whose|when|where|why|how|what|what's|tell me|explain|describe|remind me|summari[sz]e)\b", re.I
)
# "What comedy from the nineties should I watch?"; not "What is a western?"
_WHAT_WORK = re.compile(r"^(?:i wonder )?(?:what|which) (?!(?:is|are|was|were|an?)\b)((?:[\w'-]+ ){0,3}[\w'-]+)", re.I)
_A_WORK = re.compile(rf"\b(?:{_NOUN})\b", re.I)
_KNOWN_WORK = re.compile(r"\b(?:did|do|does) (?:i|you|we|he|she|they)\b|\b(?:is|was) (?:that|this|it)\b", re.I)
_TASTE_ASKED = re.compile(
    r"^(?:do|did|does|don't|didn't|have|haven't|has|am|are|were|was)\s+(?:i|you|they|he|she|people|we)\s+(?:\w+ ){0,2}?"
    r"(?:like|love|enjoy|hate|prefer|think|mean|remember|ever|seen|watched|read|played|believe|real|an?|the)\b",
    re.I,
)
_TELL_OF = re.compile(r"^tell (?:me|us) (?:of|about)\b", re.I)


def says_something(text: str) -> bool:
    """Whether any word of `text` may say what is wanted."""
    return any(w.lower() not in NO_SUBJECT for w in re.findall(r"[^\W_]{3,}", text.replace("'", "")))


def wished(text: str, act: str, is_genre: Callable[[str], bool], titled: bool) -> bool:
    """Whether `text`, a part of a message that states or questions (`act`), speaks of a work that is yet to be found.

    `is_genre` tells whether words hold a genre ("a western"); `titled`: there is a title in it.
    """
    asked = _WHAT_WORK.match(text)
    if asked and not titled and not _KNOWN_WORK.search(text) and (_A_WORK.search(asked[1]) or is_genre(asked[1])):
        return True
    if not _speaks_of_one(text, is_genre) and not (act == "state" and _WORKS.match(text)):
        return False
    if act == "question":
        if titled or _TASTE_ASKED.match(text):
            return False
        if _TELL_OF.match(text):
            return True
        return bool(_WHICH_ONE.match(text)) if _WH.match(text) else True
    return not tells(text)


def tells(text: str) -> bool:
    """Whether a statement tells of the past, of habits or of other people, and wants nothing.

    >>> tells("we watched a western"), tells("my sister hates westerns"), tells("it has to be a western")
    (True, True, False)
    """
    if _TELLS.search(text) or _HABIT.match(text):
        return True
    return bool(_OTHERS.match(text)) and not _OTHERS_WISH.search(text)


def _speaks_of_one(text: str, is_genre: Callable[[str], bool]) -> bool:
    if _OPEN.search(text) or _GOT.search(text):
        return True
    return any(is_genre(m[1]) for m in _ARTICLE.finditer(text))


# --- what of a message outlasts the conversation ----------------------------------------------------------------------

_LASTING = re.compile(
    r"\b"
    + either(
        "lov(?:e|es|ed|ing)(?<!'d love)(?<!would love), (?:dis)?lik(?:e|es|ed|ing)(?<!feel like)(?<!feels like)"
        "(?<!something like)(?<!anything like)(?<!more like)(?<!'d like)(?<!would like), hat(?:e|es|ed|ing), "
        "ador(?:e|es|ed|ing), enjoy(?:s|ed|ing)?(?<!'d enjoy), prefer(?:s|red)?(?<!'d prefer)(?<!would prefer), "
        "favou?rites?, fans?, fond, keen on, bor(?:e|es|ed|ing), detest(?:s|ed)?, "
        "despis(?:e|es|ed), loath(?:e|es|ed), appreciate(?<!'d appreciate), admir(?:e|es|ed), "
        "(?:can't|cannot|can not|could(?:n't| not)|don't|won't) (?:\\w+ )?(?:stand|bear|stomach|do|handle|take|"
        "care|get "
        "into|get enough), usually, always, generally, normally, typically, mostly, often, never, ever, tends?, "
        "any ?more, sick of, tired of, fed up, weakness, soft spot, sucker for, drawn to, obsessed, addicted, "
        "allergic, "
        "(?:i|we) (?:\\w+ )?go for, not into, really into, i'm into, i am into, so into, cup of tea, my (?:\\w+ "
        ")?(?:thing|kind|taste|jam), "
        "for good, in general, as a rule, whatsoever, turn(?:s|ed)? me, put(?:s)? me, mak(?:e|es) me, gives? "
        "me, get(?:s)? "
        "me, no time for, not for me, isn't for me, aren't for me, nothing for me, scar(?:e|es|ed), moves? me, "
        "speaks? to "
        "me, grew up, raised on, since i was, not a big, can do without, could do without, avoid(?:s|ed|ing)?, "
        "remember "
        "that"
    )
    + r"\b",
    re.I,
)
_MET = re.compile(
    r"\b(?:seen|saw|watched|read|played|finished|completed|beat|dropped|quit|gave up|abandoned|stopped|started|"
    r"know|rated|"
    r"stars?|own|walked out|was|were|bored|slept|fell asleep|been there)\b|\d\s*/\s*\d|\bout of (?:5|10|five|ten)\b",
    re.I,
)


def lasting(text: str) -> bool:
    """Whether a sentence tells of a taste that holds beyond the moment, rather than of what is wanted now.

    >>> lasting("I never liked musicals"), lasting("rather a musical, now that I think of it")
    (True, False)
    """
    return bool(_LASTING.search(text.replace("’", "'")))


def met(text: str) -> bool:
    """Whether a sentence tells that something was seen, read or played."""
    return bool(_MET.search(text))
