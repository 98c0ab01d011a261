"""How people command their memory: list, forget, undo, remember, correct; over the plain form of `plain.py`."""

from __future__ import annotations

import re

from mrrec.memory.reading.phrases import LEAD, any_of

_POLITE = any_of("""
    please | can you | could you | would you | will you | i want you to | i would like you to | i need you to |
    hey | ok | okay | so | and | but | also | now | actually | just | no | sorry | wait | then | oh | you can |
    you may | you should | you must | kindly | go ahead and | well | hi | let us | i would like to | i want to |
    right | can i | could i | may i | do | yes | great | thanks | first | hmm | oops | whoops | ups | ah | argh
""")
POLITE = rf"(?:(?:{_POLITE}|,|:) )*"
_MEMORY = (
    r"(?:memory|memories|profile|data|history|tastes?|preferences|likes|likes and dislikes|records?|"
    r"entries|information|info)"
)
_ABOUT = r"(?: (?:about|on|of|from|for) (?:me|us|my \w+))?"
_END = (
    r"(?: (?:please|now|then|again|so far|right now|exactly|about me|already|yet|thanks|"
    r"at the moment|,|that is|all of it|completely|and start over|and start again|ok|okay|entirely|"
    r"completely|for good|forever))*$"
)
COMMANDS: tuple[tuple[str, re.Pattern], ...] = tuple(
    (action, re.compile(f"^{POLITE}(?:{pattern}){_END}"))
    for action, pattern in (
        ("list", r"what (?:(?:do|did|have|else do|all do|exactly do|things do) you|you) (?:have |"
            r"actually )?(?:remember(?:ed)?|recall|learn(?:ed|t)?|stored?|saved?|noted?|got|have)(?: stored|"
            r" saved| remembered| noted| on file)?(?: (?:about|on|of|from) (?:me|us|my .+|what i .+|"
            r"our .+))?"),
        ("list", r"what (?:(?:do|did|else do|all do|exactly do) you|you) (?:actually )?know (?:so far )?(?:about|"
            r"of) (?:me|us|my .+)"),
        ("list", r"(?:list|show|display|see|view|print|open|give|tell|read)(?: me| us| back)*(?: all| everything|"
            r" a list| of| the| out| again)* (?:my|your|these|those|the)(?: saved| stored| own| current|"
            r" whole| entire)* (?:memory|memories|tastes?|taste profile|preferences|likes|"
            r"likes and dislikes|profile)(?: of me| about me| of mine)?"),
        ("list", r"(?:list|show|tell|display)(?: me)?(?: everything| all| what| exactly| a list of what|"
            r" the things)+(?: that)? (?:you|i)(?: have| already| currently)* (?:know|remember|remembered|"
            r"learned|learnt|stored|saved|told you|noted)(?: (?:about|of) me)?"),
        ("list", r"what is (?:in|on|stored in|saved in) (?:my|your) (?:memory|profile|file)(?: of me| about me)?"),
        ("list", r"what (?:are|is) my (?:memories|tastes?|preferences|profile|likes|likes and dislikes|"
            r"favourites|favourite genres?)(?: like| according to you)?"),
        ("list", r"(?:do|can) you (?:know|remember|recall) (?:me|anything about me|who i am|what i like|"
            r"what i told you|my tastes?|my preferences|what i said|anything i told you)"),
        ("list", r"what (?:do|did) (?:i|you think i) (?:like|love|enjoy|hate|dislike|"
            r"tell you)(?: again)?(?: about me| about myself)?"),
        ("list", r"(?:what have i (?:told|said to|taught) you|how well do you know me|who am i(?: to you)?|"
            r"my memor(?:y|ies)|memor(?:y|ies)|what kinds? of (?:films?|books?|games?|things?|"
            r"stuff) do i (?:like|love|hate))(?: about me| about myself)?"),
        ("forget_all", rf"(?:forget|delete|erase|wipe|clear|remove|drop|reset|purge|discard)(?: out|"
            rf" away)? (?:everything|it all|all of it|all of that|(?:all )?(?:about )?me|all|"
            rf"absolutely everything|all of my {_MEMORY}|(?:all )?(?:of )?(?:my|your|the)(?: whole| entire|"
            rf" complete)? {_MEMORY}|everything you have|what you know|all you know|"
            rf"everything (?:that )?(?:you )?(?:have )?(?:ever )?(?:know|knew|remember|learned|learnt|stored|"
            rf"saved|have)|everything (?:that )?i (?:ever )?(?:told|said)(?: to)?(?: you)?|"
            rf"whatever you (?:know|have)|all (?:that )?you (?:know|remember)|that i (?:ever )?exist(?:ed)?|"
            rf"the lot)(?: (?:about|on|of|to|you know about) (?:me|us))?"),
        ("forget_all", r"(?:start over|start again|begin again)(?: from scratch| with (?:a clean slate|an empty memory|"
            r"a blank slate))|(?:a )?clean slate|start from scratch"),
        ("undo", r"(?:undo|un-do|revert|reverse)(?: (?:that|it|this|the last (?:change|one|thing|step|action|"
            r"bit)|my last (?:change|message|one)|your last (?:change|step)|what you (?:just )?did|"
            r"the change|the forgetting|this change|last change))?"),
        ("undo", r"(?:bring|put|change|give|get|take|restore|want) (?:it|that|them|those|this|the memory|"
            r"that memory|my memor(?:y|ies)|everything|what you forgot)(?: all)? back(?: in)?"),
        ("undo", r"i (?:want|need) (?:it|that|them|that memory|my memor(?:y|ies)) back|(?:restore|recover|"
            r"reinstate) (?:it|that|them|the memory|my memor(?:y|ies)|everything|what you (?:forgot|"
            r"deleted)|that memory)|i (?:want|would like) (?:it|that) back|i take (?:that|it) back|"
            r"un-?forget (?:that|it)"),
        ("undo", r"(?:scratch|strike|cancel|disregard|unsay) that|(?:forget|ignore|delete|remove|disregard|"
            r"do not remember) (?:that|this|what i (?:just )?(?:said|told you|wrote)|"
            r"(?:that )?i (?:just )?said (?:that|anything)|the last (?:thing|one|message|memory|"
            r"bit)(?: i said)?|my last message)(?: just now)?|i did not mean (?:that|to say that|it)|"
            r"go back(?: one step)?"),
    )
)  # fmt: skip
_WHAT_YOU = (
    r"(?:what(?:ever)?|everything|anything|all|all that|the things?|those things|"
    r"the stuff)(?: that)? (?:you|i)(?: have| had| just| ever| once| already| think you)* (?:know|"
    r"remember|stored|saved|said|told you|learned|learnt|noted|wrote|have|got|remembered|"
    r"mentioned)(?: (?:about|on|of|regarding|that|i like|i liked|for))?"
)
FORGET = re.compile(
    rf"^{POLITE}(?:(?:forget|unlearn|stop remembering|do not remember|"
    rf"(?:i )?do not want you to (?:remember|know|think|keep)|no longer remember|stop thinking|"
    rf"stop assuming|stop believing|you can forget|get rid of|discard|drop|lose|delete|remove|erase|"
    rf"wipe|clear|scrap|strike|take) "
    rf"(?:about |out |away )?(?P<what>{_WHAT_YOU} |(?:everything|anything|all|all of it|the (?:fact|"
    rf"bit|part|thing|note|memory|entry|one|record|line|claim|idea|memories|entries|notes|records|"
    rf"things?|stuff)|that (?:note|memory|entry|bit|thing|line)|my|any|your)(?: (?:about|that|of|on|"
    rf"saying|saying that|where i said|where i say|memor(?:y|ies)|entr(?:y|ies)|notes?|records?|"
    rf"data))+ |that |how much |)(?P<obj>.+?))"
    rf"(?: (?:from|in|out of|off) (?:my|your|the) (?:memory|memories|profile|tastes?|list|records?|"
    rf"preferences|likes))?{_END}"
)
NOT_FORGET = re.compile(
    rf"^{POLITE}(?:do not|never|you must not|you should not|please do not) (?:ever )?forget\b|"
    rf"\bi (?:will )?(?:never |always |can not |could not )?(?:forget|forgot)\b|^(?:forget|"
    rf"never mind) (?:it|about it|this)$"
)
POSSESSED = re.compile(
    r"^my (?:(?P<good>love|liking|fondness|passion|taste|preference|interest|obsession|enthusiasm|"
    r"weakness|soft spot|like|crush|fascination|affection|adoration)|(?P<bad>hatred|hate|dislike|"
    r"fear|aversion|distaste|loathing|phobia|problem|disgust|disinterest|issue)|(?:opinions?|views?|"
    r"thoughts|rating|review|feelings)) (?:of|for|in|to|with|towards|toward|on|about|"
    r"against) (?P<obj>.+)$"
)
REMEMBER = re.compile(
    rf"^{POLITE}(?:(?:always |also )?remember|do not (?:ever )?forget|never forget|keep in mind|"
    rf"bear in mind|make a note|take note|note(?! to)|note down|note to self|store|save|write down|"
    rf"memori[sz]e|add to (?:my|your) (?:memory|profile|memories)|put in (?:my|your) (?:memory|"
    rf"profile)|"
    rf"for (?:future reference|next time|the future|later)|from now on|know that|be aware|"
    rf"you should remember|i want you to know|it is important to me)(?: (?:that|this|it|down|"
    rf"the fact that|about me|of the fact that|somewhere|,|:|to|for (?:next time|later|me|the future|"
    rf"future reference)|of|please|in future|always))* (?P<obj>.+)$"
)
NOT_REMEMBER = re.compile(
    rf"^{POLITE}(?:remember|note|save|know|store) (?:when|the (?:film|book|game|one|time|movie|name|"
    rf"title)|that (?:film|book|game|time|one|movie|scene)|how|what|who|where|why|me$|any|a |some)|"
    rf"^(?:do you|i|i do not|i can not|i barely|i still|you) (?:remember|know)\b"
)
CORRECT = re.compile(
    r"^(?:(?:no|nope|sorry|hey|wait|but|actually|hmm|oh|er|um|,|well|excuse me) )*(?:(?:that|this|"
    r"it|you|your memory|that memory|that one|what you (?:know|remember|have)(?: about me)?|"
    r"the (?:first|second|third|last)(?: one| memory)?|number \w+) (?:is|are|was|were) (?:all |"
    r"completely |just |simply |totally |so |quite |not |actually |plain |also )*(?:wrong|true|"
    r"right|correct|incorrect|false|mistaken|a mistake|untrue|inaccurate|me|out of date|outdated|"
    r"accurate|so)(?: about (?:me|that|this))?|"
    r"(?:you|u) (?:have |have got |got |had |are getting )(?:that|me|it|this|my taste|"
    r"my tastes)(?: all| completely| totally)? wrong|(?:you are|you were) (?:wrong|"
    r"mistaken)(?: about (?:me|that|this))?|(?:wrong|incorrect|not true|not right|not correct|"
    r"untrue|correction|that is a mistake|you misunderstood(?: me)?|"
    r"i think you misunderstood(?: me)?|you have misunderstood(?: me)?|you remember(?:ed)? (?:that |"
    r"it |this )?wrong(?:ly)?))(?: |$)(?:(?:,|:|\.|and|but|because|-) )*(?P<obj>.*)$"
)
CORRECT_YES = re.compile(
    r"\b(?:is|are|was|were) (?:all |completely |just |simply |totally |so |quite |actually |"
    r"also )*(?:true|right|correct|me|accurate|so)\b"
)
NEVER_SAID = re.compile(
    r"^(?:(?:no|but|hey|wait|sorry|,) )*(?:i (?:have )?never (?:once )?(?:said|told you|claimed|"
    r"mentioned)|i (?:did not|do not remember|never) (?:say|saying|tell you|telling you|claim|"
    r"mention)|who said|i do not know why you think|why do you think|where did you get the idea|"
    r"what makes you think)(?: that)? (?P<obj>.+)$"
)
# "Forget what I told you today" is of memory, "forget my westerns today" holds for today
DONE_THEN = re.compile(
    r"\b(?:i|we|you) (?:have )?(?:just )?(?:told|said|wrote|mentioned|asked|watched|saw|read|played|finished|rated|"
    r"liked|loved|hated|disliked|showed|gave|recommended|suggested|learned|learnt|noted|saved|stored)\b"
)
# "Forget horror, show me a comedy" asks for a comedy
IDIOM = re.compile(r"forget (?!(?:about|that|what|every\w*|all|my|i|the)\b)")
# What follows "remember" or "that's wrong" when it is about the person
OWN = re.compile(rf"(?:{LEAD} )*(?:i|we|my|me|no|not|nothing|never)\b")


def is_of_memory(forget: re.Match) -> bool:
    """Whether what is to be forgotten or deleted is a memory, and no film on a list."""
    before, after = forget[0][: forget.start("obj")], forget[0][forget.start("obj") :]
    verb = re.search(r"\b(?:forget|unlearn|remember|remembering|thinking|assuming|believing)\b", before)
    return bool(verb or forget["what"] or re.search(r"\b(?:memory|memories|profile|tastes?)\b", after))


def is_assent(correct: re.Match) -> bool:
    """ "That is true" is no correction; "that is not true" is."""
    said = correct[0][: correct.start("obj")]
    return bool(CORRECT_YES.search(correct[0])) and " not " not in said
