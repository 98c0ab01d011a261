"""What a message is in reply to what was shown: that one of it is taken, asked about, turned down, or insisted on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mrrec.agent.request.phrases import Said, either, references
from mrrec.catalog import Item
from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import STOPWORDS

_TAKEN = re.compile(  # what says that something is taken
    r"\b"
    + either(
        "thanks?, thx, thank you, ta, cheers, perfect, great, lovely, wonderful, brilliant, excellent, "
        "fantastic, awesome, "
        "super, nice, cool, ok, okay, right, then, wins, sold, deal, done, yes, yeah, yep, settled, decided, "
        "hooray, take, taking, try, trying, go "
        "(?:for|with), going (?:for|with), give (?:it|this|that|the)?, give, sounds?, looks?, it is, (?:that|"
        "this)(?:'s| is|'ll| "
        "will) (?:it|do|the one), just what, exactly what, just right, i'll, we'll, i will, we will, i choose, i pick, "
        "we pick, good pick, good choice, good idea, great pick, great choice, tonight, let's"
    )
    + r"\b",
    re.I,
)
# Words that may stand beside it; any other word tells that more is said.
_BESIDE = frozenset(
    "thanks thank thx ta cheers perfect great lovely wonderful brilliant excellent fantastic awesome super nice "
    "cool sold "
    "deal done yes yeah yep ok okay settled decided hooray take taking try trying go going for with give giving a go "
    "chance shot whirl sounds sound looks look it is that this that's it's thats its do the one just what i wanted we "
    "needed exactly was looking after hoping right i'll we'll ill will i we me us choose pick picks picked choice good "
    "idea tonight today tomorrow now then later this evening weekend afternoon night morning let's lets oh ah "
    "hm well so "
    "and you very much a lot so really fine like best pretty promising interesting intriguing fun about my our choose "
    "watch watching see seeing read reading play playing start with sure absolutely definitely of course please hi hey "
    "many shall there all help your for suggestion recommendation tip suggestions recommendations tips that'll "
    "be be happy with am "
    "i'm im we're buy get order rent stream put on down to has is have made mind sealed mine will'll must should can't "
    "cannot wait ever an film movie book novel game evening's tonight's win winner wins winning".split()
) - {"similar", "another", "more"}
_MINE = re.compile(
    r"\b(?:more|another|else|other|others|similar|but|not|don't|any|anything|something|why|how|what about|instead|"
    r"like (?:it|that|this|the)|already|who|when|where|loved|liked|was (?!looking|hoping|after))\b",
    re.I,
)
_COMMON = STOPWORDS | {"her", "him", "us", "we", "them", "it", "up", "no", "not", "yes", "one", "another", "thanks"}
_ONE = re.compile(r"\b(?:it|that(?: one)?|this(?: one)?|the (?:one|game|film|movie|book|novel))\b", re.I)
_VERB = re.compile(
    r"\b(?:i'll|we'll|i will|we will|i'm|we're|let's) (?:\w+ )?(?:take|taking|try|trying|go|going|have|watch|watching|"
    r"read|reading|play|playing|give|giving|start|pick|choose|see|seeing)\b|\bsold\b|\bthat's (?:it|the one)\b|"
    r"\b(?:that|this|it) (?:one )?(?:sounds|looks) (?:\w+ )?(?:good|great|perfect|right|lovely|nice|fun|promising)\b|"
    r"\bexactly what (?:i|we)\b|\bjust what (?:i|we)\b",
    re.I,
)


def titles_said(message: str, shown: Sequence[Item]) -> list[tuple[Item, int, int]]:
    """(item, start, end) of each of `shown` whose title stands in `message`, letter for letter or in its plain form.

    A title of one ordinary word counts only where it is written as a title is.
    """
    found = []
    for item in shown:
        for name in dict.fromkeys((item.title, item.title.split(": ")[0], re.sub(r"^(?:The|A|An) ", "", item.title))):
            if len(name) < 2 or normalise(name) in _COMMON:
                continue
            match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message)
            if match is None and len(normalise(name).split()) > 1:
                match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message, re.I)
            if match:
                found.append((item, *match.span()))
                break
    kept: list[tuple[Item, int, int]] = []
    for item, start, end in sorted(found, key=lambda f: f[1] - f[2]):  # "Persona 5" is not "Persona"
        if not any(start < b and a < end for _, a, b in kept):
            kept.append((item, start, end))
    return sorted(kept, key=lambda f: f[1])


def accepted(message: str, shown: Sequence[Item]) -> tuple[Item, ...]:
    """The items of `shown` that a message takes, and says nothing besides: "Great, the second one tonight"."""
    if not shown or "?" in message:
        return ()
    text = re.sub(r"\s+", " ", message.replace("’", "'")).strip()
    items = titles_said(text, shown)
    rest = text
    for _, start, end in reversed(items):
        rest = rest[:start] + "," + rest[end:]
    taken = [item for item, _, _ in items]
    if not taken:
        said = Said(rest)
        taken = [shown[n] for n, _ in references(said, len(shown))]
        rest = said.rest.replace("|", "")
    if not taken and _VERB.search(rest) and _ONE.search(rest):
        taken = list(shown[:1]) if len(shown) == 1 else []
        if not taken and not _MINE.search(rest) and _beside(rest):
            return tuple(shown)
    if not taken or _MINE.search(rest) or not _beside(rest):
        return ()
    cheered = rest.count("!") and len(re.findall(r"\w+", rest)) <= 3
    return tuple(dict.fromkeys(taken)) if _TAKEN.search(rest) or cheered else ()


def _beside(rest: str) -> bool:
    return all(w in _BESIDE for w in re.findall(r"[\w']+", rest.lower()))


# --- why --------------------------------------------------------------------------------------------------------------

_WHY = re.compile(
    r"^\W*(?:(?:but|and|so|ok|okay|hm+|well|hey|sorry|wait|thanks|fine|please|oh|er|tell me|explain(?: to me)?)\W+)*"
    r"(?:why\b(?! (?:not\b(?!.*\byou (?:pick|choose))|don't|do not|doesn't|can't|won't))|how come\b|how so\b|"
    r"what(?:'s| is| was| were| are)? (?:made you|makes you|brought you|led you|speaks|spoke|the reason|your "
    r"reasons?|the "
    r"idea behind|the point of|the thinking|your thinking|the logic)|how (?:did|do) you (?:get|arrive|come|pick|"
    r"choose|end|"
    r"find|hit|settle|decide)|for what reasons?|on what grounds?|what for\b|where did .+ come from|"
    r"(?:give|tell) me (?:the|your) reasons?|explain\b|justify\b|(?:the )?reasons? (?:for|behind)\b)",
    re.I,
)
_AND_WHY = re.compile(
    r"(?:^|\W)why\W*$|\b(?:(?<!don't )know|explain|tell (?:me|us)|wonder(?:ing)?|curious|understand|see|"
    r"ask)\b.{0,20}\bwhy\b(?! not)",
    re.I | re.S,
)
_WISHES_TOO = re.compile(
    r"\b(?:why don't you|instead|i (?:asked|wanted|said|meant|want|need)|please (?:give|show|find)|show me|give me|"
    r"find me)\b",
    re.I,
)


def asks_why(message: str) -> bool:
    """Whether a message asks what the answer rests on, and asks for nothing besides."""
    text = message.replace("’", "'")
    return bool(_WHY.match(text) or _AND_WHY.search(text)) and not _WISHES_TOO.search(text)


# --- insisting, changing one's mind, starting over --------------------------------------------------------------------

INSISTS = re.compile(
    r"\b(?:i|we)(?:'d| had| have|'ve)? (?:did |already |clearly |just |only )?(?:say|said|ask|asked|wanted|want|"
    r"meant|mean|told|"
    r"requested|specified|mentioned|stated|repeat)\b|\b(?:didn't|did|haven't) (?:i|we) (?:say|ask|tell|mention|"
    r"want|said|asked)|"
    r"\b(?:misunderst\w+|remember\W|past each other|as (?:i )?(?:said|asked|told|mentioned|before)|once more|"
    r"once again|"
    r"not (?:at all )?what i|that's wrong|that is wrong|forgot to (?:say|mention|add)|say it again|to repeat|again:|"
    r"lost me|don't follow|not it\b|one more thing|listen|no answer|(?:must|has to|have to|should|needs to|"
    r"ought to) be)\b|"
    r"^\W*(?:no|nope|wrong)\b\W+(?:no\b\W+)?",
    re.I,
)
CHANGES = re.compile(
    r"\b(?:chang\w+ (?:my|our) mind|on second thoughts?|second thought|after all|actually|scrap (?:that|it)|"
    r"change of plan|"
    r"switch|you know what|now that (?:i|we)|come to think|thinking about it|forget (?:it|that|what i|about)|"
    r"let's (?:do|try|"
    r"make|say|go)|rather|instead|hang on|hold on|better still|or maybe|leaning|reconsider\w*|wait)\b",
    re.I,
)
RESETS = re.compile(
    r"\b(?:start(?:ing)? (?:over|again|anew|afresh)|from scratch|new (?:search|topic|subject|question)|something else "
    r"entirely|different topic|clean slate)\b",
    re.I,
)
TURNED_DOWN = re.compile(
    r"\b(?:isn't|is not|aren't|are not|doesn't|does not|don't fit|won't do|will not do|not it\b|no good|not right|"
    r"wrong|far from|hardly|not what|misses|no use|useless|leaves? me cold|too \w+|a bit \w+|not \w+ enough)\b",
    re.I,
)
