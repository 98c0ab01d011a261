"""How the model speaks: tags, prompt and grammars; one definition for serving, training and evaluation.

A turn is one assistant message that only grows. The model writes `think, wants, recall, profile, ask, say, answer`;
the system writes `experience, found, memory, lookup, facts, items`, and the conditions at the head of a profile. A
grammar built for the moment bounds each span and admits only ids of what was shown: a memory or a work cannot be
invented. What is looked up is a verdict on a memory, "look up", so that it stands beside what decides it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping, Sequence

WRITTEN = ("think", "wants", "recall", "profile", "ask", "say", "answer")
INJECTED = ("experience", "found", "memory", "lookup", "facts", "items")
MOST_ASPECTS = 3
MOST_WANTS = 4
NOTHING = "nothing"  # asked for, in the catalogue's words
OTHER = "other"  # what a memory is about that has no word of the catalogue
MEANT = "meant"  # what is said of a memory of the work that a request leans on
YES, NO, LOOK_UP = "yes", "no", "look up"  # verdicts; what is looked up counts too
WEIGHED = re.compile(rf"(m\d+): ([^.]*?), ({YES}|{NO}|{LOOK_UP})\.")  # alias, point and verdict of a memory

BRIEF = "You recommend films, books and games to one person, whom you remember."
SYSTEM = f"""{BRIEF}
Think briefly about what the request needs. <wants> what it asks for, in the catalogue's words. <recall> aspects of \
the person's taste that matter for it. Weigh each memory: does it matter for this request? Then write the <profile> \
of the ideal item with the memories that count, and answer warmly in plain words.
Example:
<experience>pace: slow or brisk; tone: bleak or warm</experience>
<found>evening; near: night, rest, slow</found>
<think>A calm film for a tired evening, so pace and tone matter most.</think>
<wants>slow</wants>
<recall>pace | tone</recall>
<memory>[m1] slow: Likes slow films [m2] games: Dislikes sport games</memory>
<think>m1: slow, yes. m2: games, no.</think>
<profile>must: film; avoid: nothing
ideal: A slow, warm film about kind people and small things.
memories: [m1]</profile>
<answer>These are slow and gentle films for a quiet evening.
</answer>"""

# Words of plain prose. Brackets, digits and bars belong to the protocol.
_WORDS = """
word ::= "I" | [A-Z]? [a-z]{1,14} ("-" [a-z]{1,12})? ("'" [a-z]{1,2})?
lower ::= "I" | [a-z]{1,14} ("-" [a-z]{1,12})? ("'" [a-z]{1,2})?
first ::= [A-Z] [a-z]{0,12} ("'" [a-z]{1,2})?"""
_LONGEST = {"thought": 20, "ideal": 22, "say": 36}  # words
_PARTINGS = ("Enjoy {}!", "Have a good time with {}.", "A good choice. Enjoy {}!", "Gladly. Have fun with {}!",
             "I hope you will like {}.", "Lovely. Tell me how you liked {}, if you wish.")  # fmt: skip
# How a span may begin: the model chooses. Small models find their way from a beginning,
# and lose it without one. It ends without a space: tokens carry theirs in front.
THOUGHTS = ("They want", "What matters here is", "This asks for", "The request is about")
LEADS = (  # what is true of every ranking: code fills in what is true of all its items
    "Here {be} {n} {what}.",
    "I found {n} {what} for you.",
    "You might enjoy {these} {what}.",
    "For this I chose {n} {what}.",
    "Have a look at {these} {what}.",
    "From the catalogue: {n} {what}.",
    "How about {these} {what}?",
    "Let me suggest {n} {what}.",
    "{These} {what} came out on top.",
    "My pick for you: {n} {what}.",
    "{N} {what}, the best match first.",
    "Of what I know, {these} {what} come{s} closest.",
    "What I would put before you: {n} {what}.",
    "{N} {what} to choose from.",
    "Perhaps {these} {what}?",
)
OFFERED = 5  # leads to choose from at a time
_NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def leads(kinds: Sequence[str], before: str = "", after: str = "", answers: int = 0) -> list[str]:
    """True ways to begin an answer that lists items of `kinds`, one each, for the model to choose from.

    `before` and `after` stand around the noun and must hold of every item. Other leads are offered than in the
    `answers` before this one, as long as there are any.

    >>> leads(["film"])[0], leads(["book", "book"], "tense ", " from 1979")[0], leads(["film", "book"])[2]
    ('Here is one film.', 'Here are two tense books from 1979.', 'You might enjoy these two things.')
    """
    one = len(kinds) == 1
    what = kinds[0] if len(set(kinds)) == 1 else "thing"
    number = _NUMBERS[len(kinds)]
    these = "this one" if one else f"these {number}"
    words = {"be": "is" if one else "are", "n": number, "N": number.capitalize(), "these": these}
    words |= {
        "These": these.capitalize(),
        "s": "s" if one else "",
        "what": f"{before}{what}{'' if one else 's'}{after}",
    }
    start = answers * OFFERED % len(LEADS)
    return [lead.format(**words) for lead in (*LEADS, *LEADS)[start : start + OFFERED]]


def partings(title: str = "") -> list[str]:
    """Words for somebody who has taken what was recommended, for the model to choose from; "" where it is not known
    which.

    >>> partings("Heat")[0], partings()[0]
    ('Enjoy Heat!', 'Enjoy it!')
    """
    return [text.format(title or "it") for text in _PARTINGS]


def system(trained: bool) -> str:
    """The system prompt: a model that was trained on such turns needs no example."""
    return BRIEF if trained else SYSTEM


def open_tag(tag: str) -> str:
    return f"<{tag}>"


def close_tag(tag: str) -> str:
    return f"</{tag}>"


def block(tag: str, text: str) -> str:
    """A whole span that the system writes."""
    return f"<{tag}>{plain(text)}</{tag}>\n"


def plain(text: str) -> str:
    """Outside text with nothing in it that reads as a tag."""
    return text.replace("<", "‹").replace(">", "›")


def literal(text: str) -> str:
    """`text` as a GBNF literal.

    >>> print(literal('say "hi"'))
    "say \\"hi\\""
    """
    return json.dumps(text, ensure_ascii=False)


def one_of(texts: Sequence[str]) -> str:
    return "(" + " | ".join(literal(t) for t in texts) + ")"


def _prose(span: str, end: str, least: int, opened: bool, word: str = "lower") -> str:
    """A sentence, or the rest of one that is `opened`; `lower` words cannot name a title or person nobody showed."""
    head = "rest" if opened else "first rest"
    return f"""root ::= {head} {end}
rest ::= (","? " " {word}){{{least},{_LONGEST[span]}}}{_WORDS}"""


def penalty(grammar: str) -> float:
    """Repeat penalty: free sentences go in circles without one; a choice such as yes or no would be bent by it."""
    return 1.1 if grammar.startswith(("root ::= first", "root ::= rest")) else 1.0


def think_grammar() -> str:
    """The rest of a sentence of thought."""
    return _prose("thought", f'"." "{close_tag("think")}"', 2, opened=True, word="word")


def weigh_grammar(points: Mapping[str, Sequence[str]], works: Container[str] = frozenset()) -> str:
    """Each memory in turn: the point of it that bears on the request, one of `points` of each alias, yes or no. Facts
    can be looked up of those of `works`."""
    rules = [
        f'{literal(alias + ": ")} {one_of(of)} ", " {one_of((YES, NO, LOOK_UP) if alias in works else (YES, NO))} "."'
        for alias, of in points.items()
    ]
    return "root ::= " + ' " " '.join(rules) + f' "{close_tag("think")}"'


def memory(alias: str, text: str, about: str, points: Sequence[str]) -> str:
    """A memory as the model sees it: what may be said of it in a word or two, then itself. `about` tells the kind of
    the work that it is about, "" where it is about none.

    >>> memory("m1", "Finished Ikaruga (2001)", "game", ["shooter", "tense"])
    '[m1] shooter, tense: Finished Ikaruga (2001) (game)'
    """
    return f"[{alias}] {', '.join(points)}: {text}" + (f" ({about})" if about else "")


def pointed(text: str) -> dict[str, str]:
    """What was said of each memory in what `weigh_grammar` produced: alias to point.

    >>> pointed("m1: endings, yes. m2: comedy, no.")
    {'m1': 'endings', 'm2': 'comedy'}
    """
    return {m[1]: m[2] for m in WEIGHED.finditer(text)}


def weighed(text: str) -> dict[str, bool]:
    """What `weigh_grammar` produced: alias to verdict.

    >>> weighed("m1: endings, yes. m2: comedy, no.")
    {'m1': True, 'm2': False}
    """
    return {m[1]: m[3] != NO for m in WEIGHED.finditer(text)}


def to_look_up(text: str) -> list[str]:
    """The aliases of which facts are wanted, in what `weigh_grammar` produced.

    >>> to_look_up("m1: endings, yes. m2: meant, look up.")
    ['m2']
    """
    return [m[1] for m in WEIGHED.finditer(text) if m[3] == LOOK_UP]


def found(terms: Sequence[str], near: Sequence[str]) -> str:
    """What code finds in a request: `terms` of the catalogue that stand in it, and terms `near` it in meaning.

    >>> found(["slow"], ["calm", "quiet"]), found([], [])
    ('slow; near: calm, quiet', 'nothing')
    """
    return (", ".join(terms) or NOTHING) + (f"; near: {', '.join(near)}" if near else "")


def wants_grammar(terms: Sequence[str]) -> str:
    """What a request asks for, among `terms` of the catalogue."""
    asked = f'term (" | " term){{0,{MOST_WANTS - 1}}}' if terms else literal(NOTHING)
    rule = f"\nterm ::= {one_of(terms)}" if terms else ""
    return f'root ::= ({literal(NOTHING)} | {asked}) "{close_tag("wants")}"{rule}'


def recall_grammar(shown: Sequence[str]) -> str:
    """Aspects to recall: those of the experience shown, or up to four words of the model's own."""
    free = 'lower (" " lower){0,3}'
    aspect = f"{one_of(shown)} | {free}" if shown else free
    return f'''root ::= aspect (" | " aspect){{0,{MOST_ASPECTS - 1}}} "{close_tag("recall")}"
aspect ::= {aspect}{_WORDS}'''


def split_list(text: str, tag: str) -> list[str]:
    """Members of a `|` list in a span, without repeats.

    >>> split_list("tone | pace | tone</recall>", "recall")
    ['tone', 'pace']
    """
    members = text.removesuffix(close_tag(tag)).split("|")
    return list(dict.fromkeys(m.strip() for m in members if m.strip()))


def ideal_grammar() -> str:
    """The rest of a sentence about the ideal item."""
    return _prose("ideal", '".\\n"', 2, opened=True)


def say_grammar() -> str:
    """A sentence or two of talk."""
    return _prose("say", f'[.!?] "{close_tag("say")}"', 2, opened=False)


def ask_grammar(openings: Sequence[str], options: Sequence[Sequence[str]], endings: Sequence[str]) -> str:
    """One question that offers one of each group of `options`, all of them things the catalogue has."""
    first, *middle, last = [one_of(group) for group in options]
    between = "".join(f' ", " {group}' for group in middle)
    return f'root ::= {one_of(openings)} {first}{between} " or " {last} {one_of(endings)} "{close_tag("ask")}"'


def all_shapes() -> list[str]:
    """One grammar of every shape, compiled at start-up so that a broken one is found there."""
    return [
        think_grammar(), weigh_grammar({"m1": ["slow", "space"], "m2": ["gore"]}),
        weigh_grammar({"m1": [MEANT]}, ["m1"]), recall_grammar(["pace"]), recall_grammar([]),
        wants_grammar(["slow", "sea"]), wants_grammar([]), ideal_grammar(),
        say_grammar(), ask_grammar(["Shall it be "], [["a film"], ["a book"], ["a game"]], ["?"]),
    ]  # fmt: skip
