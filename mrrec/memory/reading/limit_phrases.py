"""How people put limits that last: tables over the plain form of `plain.py`, read by `limits.py`."""

from __future__ import annotations

import re

from mrrec.memory.reading import phrases as p
from mrrec.memory.reading.phrases import any_of

MOST_AGED = 12  # years up to which somebody is a child
NUMBER = (
    r"(?:\d+(?:[.,]\d+)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half(?: an?)?)"
)
UNIT = r"(?:hours?|hrs?|minutes?|mins?|pages?|pp)"
AMOUNT = (
    rf"(?:{NUMBER}(?:[ -](?:and )?{NUMBER})*[ -]{UNIT}(?: and a half|(?: and)? (?:\d+|ten|fifteen|twenty|thirty|"
    rf"forty|forty-five|fifty)(?: minutes?| mins?)?\b(?! {UNIT}))?|\d+[ -]?(?:h|hrs?|mins?|pp)\b)"
)
YEAR = (
    r"(?:the )?(?:early |late |mid )?(?:(?:1[5-9]|20)\d\d(?:s|'s)?|' ?\d0s|\d0s|twenties|thirties|forties|fifties|"
    r"sixties|seventies|eighties|nineties|noughties|(?:\w+|\d+th)[ -]century)"
)
ABOVE = any_of("""over | above | beyond | past | after | exceeding | upwards of | longer than | more than |
    bigger than |
    thicker than | greater than | in excess of""")
BELOW = any_of("""under | below | within | up to | inside | less than | shorter than | fewer than | at most |
    at the most | no longer than | not longer than | no more than | not more than | not over | not above | max |
    maximum | a maximum of | a max of | fit into | fit in | fits into | fits in | capped at | thinner than |
    smaller than""")
LEAST = "at least | no less than | no fewer than | no shorter than | a minimum of | minimum | not under | not below"
ABOVE_AFTER = any_of("""and up | and upwards | and more | and over | or more | or over | or longer | plus | at least |
    minimum | upwards | at the least | is where it starts | is where they start | is my minimum | and above | or above |
    is the minimum | is the least""")
BELOW_AFTER = any_of("""or less | or under | or shorter | or fewer | max | maximum | tops | at most | at the most |
    at the outside | and no more | and not more | is the most | is all""")
ENDS = any_of("limit | maximum | max | ceiling | cut-off | cutoff | upper limit | cap | threshold | absolute limit")

# Turned down: what follows a denied verb of doing, what has only "nothing" before it, and what comes of it
DOING = any_of("""
    do | watch | read | play | manage | get through | sit through | sit still | sit | last | go for | go | touch |
    take | handle | finish | start | pick | pick up | stay awake | stay | concentrate | focus | need | needs | bother |
    have the time | have the patience | have patience | have time | have the energy | stand | bear | face | try |
    follow | keep up | get past | make it | make it past | hold out | cope | open | buy | borrow | choose | see |
    have the attention span | have the stamina | attempt | tackle | put on | like | enjoy | care for | get on with |
    begin | pay attention | tolerate
""")
DENIED = re.compile(
    rf"\b(?:not|never|no longer|hardly|rarely|seldom|barely)(?: ever)?(?: even| really| usually| normally| just| want "
    rf"to| bother to| manage to| be able to| like to)* {DOING}\b"
)
NOTHING = re.compile(r"\b(?:nothing|no (?:films?|books?|novels?|games?|one|reading|stor(?:y|ies)))\b(?: that)?(?: is)?")
COMES_OF_IT = re.compile(
    r"\b"
    + any_of("""
    i (?:always |just |usually )*(?:fall|nod|doze|drift|drop|switch|zone|tune|wander|give up|give in|lose|get
    (?:bored|lost|restless|tired|fidgety|sleepy)|start to|start (?:fidgeting|yawning|nodding)|stop|skip|quit|abandon|
    avoid|leave|refuse|pass|fidget|panic|tire) | i am (?:out|gone|off|asleep|lost|done|bored) | loses? me |
    (?:my|the) [\w ]{2,20}(?:gives? (?:out|up|way)|goes|runs? out|wanders?|fades?|starts? to|aches?|hurts?|is gone|
    is shot|fails?|dries up) |
    (?:is|are) (?:always |just |simply |far |way |a bit |really )*(?:too (?:long|much|short|thin|big|slight)|out|a no|
    no good|beyond me|wasted on me|not for me|off the table|torture|agony|a waste|a snack|a deal-?breaker|
    a no-go|impossible|not worth) |
    bores? me | puts? me (?:to sleep|off) | i can not | i will not | i do not | i never | feel (?:cheated|robbed|
    short-changed) | feels? (?:thin|rushed|slight|unfinished|like a snack) | leaves? me (?:hungry|cold|wanting) |
    does not count | do not count | i hate | is not worth | are not worth | i can not be bothered | i lose
    """)
    + r"\b"
)
ONLY = re.compile(
    r"\b(?:"
    + any_of("""
    only ever | i (?:really |can |will |just )*only (?:really |ever )*\w+ | always | as a (?:general )?(?:rule|thing) |
    in general | generally | a rule | my rule | rule of mine | ever | every time | all of them | them all |
    from now on | in future | for good | never | these days | any more | without exception | i stick to | i keep to |
    i insist on | no matter what | whatever it is | i restrict myself to | i limit myself to | i just (?:watch|read|
    play)
    """)
    + r")\b"
)
MUST = re.compile(
    r"\b(?:(?:has|have|got|need|needs|ought) to (?:be|fit|stay|come|last)|must (?:be|stay|fit)|should (?:be|stay|run)|"
    r"keep (?:them|everything|things|it|all)|give me|(?:i|we) want|no more|stick to|only)\b"
)
# What makes a sentence no limit of one's own that holds from now on
NO_LIMIT = re.compile(
    any_of(r"""
    \? | \b(?:once|used to|was|were|had|did|went|took|sat|watched|saw|seen|finished|ended|lasted|yesterday|ago|
    back then|years back)\b | \blast (?:night|week|month|year|summer|winter|one)\b | \bwhen i was\b |
    \bi have (?:(?!to )\w+ )?(?:read|been|played|sat|done)\b | \bjust (?:now|this once)\b |
    \bfor once\b | \btomorrow\b | \bthis (?:time|one|once|trip|flight|month|year|summer)\b | \bthe (?:flight|journey|
    train|bus)\b |
    \b(?:do|does|did|would|will|can|could) not mind\b | \bnever mind(?:ed)?\b | \bno (?:problem|trouble|issue|
    objection|limit|rules?)\b | \bdo(?:es)? not (?:bother|scare|frighten|worry|deter|put|matter|care)\b | \b(?:is|are)
    (?:absolutely |perfectly |totally |just |also )*(?:fine|ok|okay|great|good|perfect|no bother|wonderful|welcome|
    lovely|not (?:too|a problem|an issue))\b | \b(?:am|we are) (?:\w+ )?(?:happy|fine|ok|okay|glad|comfortable|cool)
    (?:with|to)\b | \bnot (?:say|saying|true|as if|like i|that i|think|care|(?:\w+ )?against)\b | \bget enough\b |
    \bdespite\b | \b(?:sometimes|occasionally|
    now and then|from time to time|once in a while|every so often)\b | \bno longer have\b | \bi wish\b | \bif only\b |
    \bsays?\b | \bsaid\b | \btold\b | \bthinks?\b(?<!i think) | \bclaims?\b | \bapparently\b |
    \b(?:half|most|some) of\b | \bsnob\b | \bunless\b | \bminutes? (?:late|early|ago|away|walk|drive)\b
    """)
)
ASKS = re.compile(
    r"\b(?:recommend|suggest|show me|find me|looking for|(?:i|we) (?:want|need|would like|fancy|feel like) (?:an?|some|"
    r"something|anything)|something (?:under|over|in|from|short\w*|long\w*|like|with|for|fit|suitable)|please (?:find|"
    r"show))\b|"
    r"^something\b|\bplease$"
)
OWN = re.compile(r"\b(?:i|me|my|mine|we|us|our|myself)\b")
BODY = any_of("""
    attention | attention span | concentration | back | eyes | eye | bladder | head | patience | brain | focus | legs |
    bum | mind | limit | rule | maximum | max | cap | ceiling | minimum | commute | energy | hands | wrists | hearing |
    ears | glasses | dyslexia | adhd | reading | watching | playing | evenings? | own | stamina | health | condition |
    cut-off | absolute | knees | hip | interest | ideal
""")
ANOTHER = re.compile(
    rf"^(?:(?:{p.LEAD}|,) )*(?:(?:my|our|the|a|his|her|their|some) (?!(?:\w+ )?(?:{BODY}|hundred|{UNIT}|films?|books?|"
    rf"novels?|games?|stor(?:y|ies))\b)(?:[\w'-]+ ){{1,3}}?"
    rf"(?!has |is )(?:\w+s|never|can|will|always|only|refuse|hate|would|(?:do|does) not|and (?:he|she|they))\b|"
    rf"(?:he|she|you|people|everyone|everybody|nobody|critics|kids|children|students)\b)(?!.*\b(?:i|we)\b)"
)

SUB = r"(?:subtitles?|subtitled?(?: \w+)?|subs)"
TRANSLATED = r"(?:translat(?:ed(?: \w+)?|ions?)|(?:\w+ )?in translation)"
FOREIGN = (
    r"(?:(?:foreign(?:[ -]language)?|non-english) (?:films?|books?|novels?|cinema|ones|stuff|things|works|games?))"
)
FOREIGN_WORDS = rf"(?P<what>{SUB}|{TRANSLATED}|{FOREIGN})"
TONGUE = any_of("""english | german | french | spanish | italian | japanese | korean | mandarin | polish | russian |
    portuguese | dutch | swedish | norwegian | danish | finnish | turkish | hindi | greek | czech | hungarian""")
LANGUAGE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:not|never|no longer|hardly|rarely|avoid|skip|hate|loathe|detest|dislike|refuse|struggle with|without|"
        rf"gave up on|given up on|steer clear of|stay away from|fed up with|sick of|allergic to|done with|no good at|"
        rf"can do without|no time for|no patience for|too slow for|nothing)\b(?: (?!mind\b|against\b|without\b|"
        rf"enough\b|only\b|just\b|be\b|if\b|but\b)[\w'-]+){{0,4}}? "
        rf"{FOREIGN_WORDS}(?! (?:at all )?(?:put|bother|scare|is fine|are fine))",
        rf"\b{FOREIGN_WORDS}(?: \w+)?(?: ,)? (?:is|are) (?:just |simply |always |really |a |an |all |absolutely )*"
        rf"(?:no good|no use|out|too \w+|hard|difficult|impossible|not (?:for me|my|an option|something i)|problem|"
        rf"no|no-go|deal-?breaker|beyond me|tiring|exhausting|tiresome|wasted on me|lost on me|torture|nuisance)\b",
        rf"\b{FOREIGN_WORDS}(?: \w+)? (?:give|gives|always|just|never|do not|does not|will not|can not|reads?|feels?|"
        rf"sounds?|leaves?|"
        rf"tires?|wears?|and (?:i|me|my)|make|makes|put|puts|defeats?|distracts?|bore|bores)\b"
        rf"(?! (?:put me off|bother|scare|worry|matter|spoil))",
        rf"\bmy (?:\w+ ){{1,2}}and {FOREIGN_WORDS} do not\b",
        rf"\bno {FOREIGN_WORDS}(?: for me| ever| at all| in this house)\b",
    )
)
READS_SCREEN = re.compile(
    r"\b(?:(?:not|never|hate|if|can not) .{0,25}?\bread(?:ing)? (?:my films?|a film|films|(?:along )?(?:at|off|from|"
    r"on) "
    r"(?:the )?(?:bottom|screen)|while (?:i am |i )?watch\w*|and watch|what they say)"
    r"|reading (?:a film|films|at the cinema|off the screen)(?: is)?)\b"
)
ONLY_TONGUE = re.compile(
    rf"\b(?:(?:it|they|films?|books?|everything|anything|novels?|games?)(?: i \w+)? (?:has|have|needs?|must|ought|"
    rf"got)(?: to)?"
    rf" (?:be |have been )(?:\w+ ){{0,3}}?(?:in )?(?P<a>{TONGUE})|"
    rf"(?<!not )(?:only|just|exclusively|nothing but)(?: ever| really)? (?:watch|read|play|want|go for|choose|pick|"
    rf"take|enjoy)(?: \w+){{0,5}}?"
    rf" (?:in )?(?P<b>{TONGUE})|(?P<c>{TONGUE})(?: \w+)? only|only (?:in )?(?P<d>{TONGUE})(?= (?:for me|please|films?|"
    rf"books?)|$| ,)|"
    rf"by ear.*\b(?P<e>{TONGUE})|(?P<f>{TONGUE})\b.*\bby ear)\b"
)
WRITTEN = re.compile(r"\b(?:translat\w+|written|wrote|original\w*)\b")

SMALL = r"(?:little|small|young|youngest|smallest|wee|tiny|baby|toddler)"
CHILD = (
    rf"(?:kids?|kiddies|children|child|toddlers?|little ones?|small ones|{SMALL} (?:\w+ )?\w+|twins|triplets|"
    rf"(?:[\w-]+-)?year-olds?|year olds?|first-graders?|second-graders?|third-graders?|preschoolers?|kindergart\w+|"
    rf"grand(?:kids|children|sons?|daughters?|child)|(?:step)?sons?|(?:step)?daughters?|boys?|girls?|nieces?|nephews?|"
    rf"pupils|class)"
)
THEM = rf"(?:(?:my|our|the|two|three|four|some|a|an|all|both|room full of) (?:[\w'-]+ ){{0,3}}?{CHILD})"
SURELY_SMALL = re.compile(
    rf"\b(?:kids?|kiddies|children|child|toddlers?|little ones?|{SMALL}|twins|[\w-]*year-olds?|\w+-graders?|"
    r"preschoolers?|kindergart\w+|grandkids|grandchildren|pupils)\b"
)
GROWN = re.compile(r"\b(?:teen\w*|grown|grown-up|adult|university|college|married|step-?parents?|inner child)\b")
AGE = re.compile(
    r"\b(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty)(?:[- ]?(?:year|yr)s?[- ]olds?\b|(?= (?:years|is|are|and|"
    r"[,.;)])|$))"
)
TAKE = r"(?:watch|watching|see|read|reading|play|playing|listen|listening)"
TOGETHER = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{TAKE}\b(?: (?!without|for)[\w'-]+){{0,4}}? (?:, )?(?:with|to|beside|alongside|"
        rf"out to) (?:me , )?(?:{THEM}|(?P<them>them|him|her))\b",
        rf"\b{CHILD}(?: \w+)?(?: ,[^,]*,)? (?:always |usually |also |still )*(?:watch|watches|sees|reads?|plays?|"
        rf"listens?|"
        rf"joins?) (?:\w+ ){{0,3}}?(?:too|with me|with us|along|everything|whatever|what|next to me|beside me|"
        rf"as well)\b",
        rf"\b(?:what|whatever|everything)(?: \w+)? i (?:watch|read|play|put on|see) ,? ?(?:an? |my |the |"
        rf"our )?(?:[\w-]+ "
        rf"){{0,4}}?{CHILD} (?:watch(?:es)?|reads?|sees?|plays?|hears?)\b",
        rf"\b{CHILD} (?:is|are) [^.]*\b(?:he|she|they) (?:see|sees|watch|watches|hear|hears|read|reads) (?:everything|"
        rf"whatever|what|all)\b",
        rf"\b{CHILD}(?: of \w+)? (?:is|are) (?:always|never not|invariably) (?:there|here|with me|with us|beside|"
        rf"next to|around|in the room|on my lap)\b",
        rf"\bnever\b.*\b{CHILD} (?:are|is) not (?:\w+ ){{0,3}}?(?:with me|beside me|there|next to me|around)\b",
        rf"\b(?:has|have|must|needs?|got|only|always)\b.*\b(?:fit|suitable|safe|right|appropriate|ok|okay|"
        rf"good) for (?:an? |my |the |our )?(?:[\w-]+ ){{0,2}}?{CHILD}\b",
        rf"\b(?:all|only|most of) (?:of )?my (?:reading|watching|viewing|playing|gaming|films?|books?|"
        rf"games?)\b.*\b(?:with|for|to) {THEM}\b",
    )
)
NOT_BESIDE = re.compile(
    r"\b(?:asleep|in bed|to bed|at school|away|without|never (?:watch|read|play) (?:\w+ )?"
    r"(?:with|to) (?:my|the|our)|not (?:watch|read|play) (?:\w+ ){0,2}?(?:with|to)|refus\w+|no longer|any more|"
    r"moved out|left home|loved|liked|enjoyed|"
    r"(?:on|at) (?:sundays?|saturdays?|weekends?|fridays?|christmas|holidays?)|rarely|hardly ever|seldom|could|would|"
    r"football|instrument|piano|chess|cards|catch)\b"
)


TINY = re.compile(r"[12]?\d(?:minutes?|mins?| minutes?| mins?)$|[1-4]?\d ?(?:pages?|pp)$")  # how soon somebody gives up
WORTH = {w: n for n, w in enumerate(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty".split())} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}  # fmt: skip
IN_WORDS = "|".join(sorted(WORTH, key=len, reverse=True))

KINDS = {
    "film": re.compile(r"\b(?:films?|cinema|watch|watching|screen)\b"),
    "book": re.compile(r"\b(?:books?|novels?|read|reading)\b"),
    "game": re.compile(r"\b(?:games?|play|playing|gaming)\b"),
}
