"""What is done with each part of a message: something is asked for, told, asked about, or said for company."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from mrrec.agent.request.phrases import either

_WISH = either(
    "wan(?:ts?|ted|ting|na)(?! to (?:go|sleep|know|thank|say|tell|ask)), need(?:s|ing)?(?! to (?:go|sleep|know)), "
    "would (?:like|love|enjoy), 'd (?:like|love|enjoy|prefer), look(?:ing)? for, in (?:the|a) mood, feel(?:ing)? like, "
    "fancy, could (?:do with|use|go for), crav(?:e|ing), searching for, hunting for, hoping for, up for, "
    "after (?:a|an|some)\\b, keen (?:on|for), interested in, wouldn't mind, (?:am|'m) after, i mean(?:t)?, "
    "should(?:n't)? be, must(?:n't| not)? (?:be|have), (?:has|have|needs|ought|had|got) to be, hoping to, "
    "(?:i|we)(?:'d| had| have|'ve)? (?:did |already |clearly |just )?(?:say|said|asked(?: you)? for|requested|"
    "specified|"
    "mentioned|was after), (?:didn't|haven't|did) (?:i|we) (?:say|said|ask(?:ed)?(?: you)? for|mention(?:ed)?), "
    "leaning (?:towards?|to), torn between"
)
_THING = r"(?:\w+ ){0,3}(?:films?|movies?|books?|novels?|games?|one|ones)"
_REQUEST = re.compile(
    r"(?:^|\W)"
    + either(
        "recommend(?:ations?)?\\b(?! me to), recs?\\b, entertain me, ^\\W*bored\\W*$, gimme, "
        "suggest(?:ions?)?\\b, surprise (?:me|us), you (?:choose|pick|decide), up to you, dealer's choice, "
        "(?:find|give|show|bring) (?:me|us), "
        "hit me, pick (?:me|one|a|some|something), choose (?:for|one|a|some), help me (?:find|choose|pick|decide), "
        "(?:got|have|know|there|are there|is there)(?: you)?(?: got)? (?:any|anything|something|some|another|more|"
        "other)\\b, "
        "(?:have you(?: got)?|do you (?:have|know)(?: of)?|^got) ones?\\b, "
        "what(?:'s| is| are) (?:an?|some|good|another|the best|next|worth|there|out there)\\b, "
        "what(?:'s| is) your (?:favou?rite|recommendation|suggestion|pick|top), "
        "(?:can|could|may) i (?:get|have|see|hear), (?:can|could|would) you (?:please )?(?:find|give|show|pick|"
        "choose|name|list), "
        "what (?:should|do i|do we|can|could|shall|would you|to (?:watch|read|play|see)|else|about(?! you)|next|"
        "now)\\b, "
        "what do you (?:recommend|suggest|have|think (?:i|we) should), "
        f"(?:what|which) {_THING} (?:should|can|could|shall|would|do you (?:recommend|suggest|have)|to|share)\\b, "
        f"what {_THING} (?:are|is) (?:good|worth|there|out|like|similar)\\b, "
        "which (?:should|shall|would) (?:i|we|you), how about, let's (?:watch|read|play|see|try|have), let me have, "
        "any (?:ideas|tips|suggestions|recommendations)\\b, any (?:good|other|more|great|decent|nice|recent|new|"
        "old|thoughts on what)\\s+\\w, "
        "anything (?:like|else|with|by|from|good|that|in|about|similar|on|where|set)\\b, another, similar, i'm bored, "
        "(?:other|further|different|new|fresh|alternative) (?:ideas?|options?|choices?|picks?|ones?)\\b, "
        "alternatives?\\b, "
        "^\\W*(?:keep going|go on|continue|next)\\W*(?:$|[.!?]), what(?:'s| is| comes) next, "
        "what(?:'s| is)\\b.* to (?:watch|read|play|see)\\b, in the same vein, "
        "what(?:'s| is| comes) (?:like|close(?:st)?|near(?:est)?)\\b, "
        "could it be\\b, "
        "(?:your|the) next (?:choice|pick|one|idea|suggestion|best)\\b, "
        "there(?:'s| is| are|'re)? (?:surely )?(?:more|others)\\b, "
        "(?:an? )?different (?:film|movie|book|novel|game)s?\\b, "
        "(?:evening|night|tonight|day|today|weekend|afternoon|mood|journey|holiday)s? (?:calls?|cries|asks?|begs) "
        "(?:out )?for\\b, "
        "make it, keep it, more (?:like|of|by|from|with), please(?=\\W*$)(?<!no please), instead, this time"
    ),
    re.I,
)
_WORKS = r"(?:films|movies|pictures|books|novels|(?:video )?games|titles)"
_WORK = r"(?:film|movie|picture|book|novel|(?:video )?game)"
# Questions whose answer is a list of items; |…| stands for a title or a name that was read.
_LISTED = re.compile(
    rf"\b(?:which|what) (?:(?!is\b|was\b|are\b|were\b)[\w'|-]+ ){{0,3}}{_WORKS}\b|"
    rf"\b(?:which|what) (?:(?:other|more|late|early|recent|old|new|\w+er) )?{_WORK}s? "
    r"(?:do|does|did|has|have|had|with|by|from|of|shows?|features?|stars?|unites?|brings?)\b|"
    r"\bwhat(?: else| other| more)? (?:did|has|have|had|does|do) (?:\||(?:he|she|they)\b)[^?]*\b"
    r"(?:direct(?:ed)?|make|made|wr[io]te|written|do|done|develop(?:ed)?|star(?:red)?|act(?:ed)?|play(?:ed)?|"
    r"shoot|shot|released?|created?|appear\w*)\b|"
    r"\bwhat(?: else)? (?:is|was|were|has|have) (?:\|[| ]*)(?:been )?in\b|"
    r"\bwhat (?:else )?(?:have|do|did) you (?:got|get|have|know)\b(?=.*\|)|"
    r"\b(?:do|does|did|has|have) \|[| ]*(?:(?:ever|also) )?(?:have|has|make|made|written|write|direct(?:ed)?|"
    r"develop(?:ed)?|done|do|star(?:red)?|play(?:ed)?)\b.*\b(?:an?|any|another|other|more|anything|something)\b|"
    r"\b(?:do|did|have|has|are|were) \|[| ]*(?:and|&) \|[^?]*\b(?:in|together|share|films?|movies?)\b|"
    rf"\b(?:are|were) there (?:[\w'|-]+ ){{0,2}}{_WORKS}\b",
    re.I,
)
_CLEFT = re.compile(
    r"^(?:what|all|the thing)(?: that)? (?:i|we|i'm|we're|i'd|we'd)\b(?!.*\?).*\b(?:is|was|are|would be)\b", re.I
)
_WISHED = re.compile(
    rf"(?:\b|(?='d))(?:{_WISH}|(?:got|have|know(?: of)?|is there|are there)(?: you)?(?: got)? an?\b)", re.I
)
_QUESTION = re.compile(
    "^"
    + either(
        "who, whose, when, where, why, how, what, what's, which, is, are, was, were, did, does, do, have, has, "
        "can, could, "
        "would, will, should, am, tell me, explain, describe, remind me, summari[sz]e"
    )
    + r"\b",
    re.I,
)
_STATEMENT = re.compile(
    r"^(?:(?:"
    + either(
        "i, i've, i'm, i'd, i'll, we, we've, we're, my, he, she, they, it, it's, that, that's, this, those, "
        "these, you, "
        "you're, your, his, her, our, their, there, everyone, everybody, nobody, people, some people, someone"
    )
    + r")(?:\b|'s)(?! ones?\b)|"
    + either(
        "love, loved, hate, hated, enjoyed, liked, watched, saw, finished, adore, adored, can't stand, never seen, seen"
    )
    + r"\s)",
    re.I,
)
_VERDICT = re.compile(
    r"\b(?:was|were|is|are|isn't|wasn't|looks|sounds|seems|(?:bored|made|left|moved|scared) me|had me)\b(?! there)",
    re.I,
)
_NOUN_PHRASE = re.compile(r"(?:an?|some|any|something|anything|films?|movies?|books?|novels?|games?|ones?|not)\b", re.I)
_SOCIAL = re.compile(
    r"(?:\W*\b"
    + either(
        "hi, hiya, hello, hey, yo, good (?:morning|afternoon|evening|night|day), morning, evening, there, "
        "thanks?, thank you, "
        "thx, hell, cheers, ta, ok, okay, cool, great, nice, perfect, lovely, wonderful, awesome, amazing, "
        "brilliant, super, good, "
        "fine, right, well, so, very, much, a lot, lots, bye, goodbye, see you, later, soon, yes, yeah, yep, yup, "
        "sure, lol, "
        "ha(?:ha)+, hehe, wow, oh, ah, hm+, no worries, no problem, never ?mind, no thanks?, sorry, please, "
        "everyone, all, "
        "everybody, mate, friend, buddy, welcome, got it, i see, sounds good, will do, that's all, nice work, "
        "well done, "
        "good job, nothing else, for (?:that|this|the (?:help|tips?|suggestions?|recommendations?))"
    )
    + r"\b)+\W*",
    re.I,
)
_COMMAND = re.compile(
    r"^(?:forget(?! (?:(?:it|that|about (?:it|that))\s*(?:$|[,.;:!—-])|what (?:i|we)\b))|undo|remember(?!\W*$)|"
    r"delete|erase|don't remember|remove|export|clear)\b",
    re.I,
)
_LEAD_IN = re.compile(
    "^(?:"
    + either(
        "hi, hello, hey there, hey, ok, okay, well, so, and, but, hm+, oh, also, now, then, thanks, thank you, "
        "cool, great, "
        "nice, yes, yeah, sure, close, nearly, almost, not quite, no, nope, actually, maybe, perhaps, please, "
        "right, alright"
    )
    + r"\b[\s,!.-]*)+",
    re.I,
)
_SPLIT = re.compile(
    r"(?<=[.!?;:])\s+|(?:,|\s-|—|–)\s*(?="
    + either(
        "i, i'd, i'm, i've, what, which, recommend, suggest, give, show, find, something, anything, any, can, "
        "could, how, now, "
        "got, have, so, do, let's, surprise, but, a, an, another, more, some, who, looking, not, thanks?, thank"
    )
    + r"\b)|,?\s(?:and|but|so|because)\s(?=(?:now |then )?"
    + either(
        f"i (?:{_WISH}|am|loved?|hated?|liked?), i'm, i'd, want, looking, what (?:should|next|else), recommend, "
        f"suggest, "
        "(?:give|show|find) me, can you, could you, do you, please, let's"
    )
    + r"\b)",
    re.I,
)


@dataclass(frozen=True)
class Part:
    """A stretch of a message and what is done with it: ask, wish, fragment, state, question, social or command."""

    start: int
    end: int
    act: str


def parts(text: str) -> list[Part]:
    """The message cut where what it does may change.

    >>> [p.act for p in parts("I hate gore. A scary film, please")]
    ['state', 'ask']
    """
    cuts = [0, *(match.end() for match in _SPLIT.finditer(text)), len(text)]
    spans = [(a, b) for a, b in pairwise(cuts) if text[a:b].strip(" .,!?;")]
    return [Part(a, b, _act(text[a:b].strip())) for a, b in spans]


def core(text: str) -> str:
    """`text` without what only leads in: "Well, and", "Thanks, but"."""
    return _LEAD_IN.sub("", text.strip())


def social(text: str) -> bool:
    """Whether `text` is courtesy and nothing else."""
    return bool(_SOCIAL.fullmatch(text.strip()))


def _act(text: str) -> str:
    if _SOCIAL.fullmatch(text):
        return "social"
    words = core(text)
    if _COMMAND.match(words):
        return "command"
    if _REQUEST.search(words) or _LISTED.search(words):
        return "ask"
    if _WISHED.search(words) or _CLEFT.match(words):
        return "wish"
    if _STATEMENT.match(words):
        return "state"
    if _QUESTION.match(words):
        return "question"
    if _VERDICT.search(words) and not _NOUN_PHRASE.match(words):
        return "state"
    return "fragment"
