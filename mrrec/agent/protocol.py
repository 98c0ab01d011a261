"""How the model speaks: tags, prompt and grammars; one definition for serving, training and evaluation.

A turn is one assistant message that only grows. The model writes `think, recall, lookup, profile, ask, say, answer`;
the system writes `experience, memory, facts, items`, and the conditions at the head of a profile. A grammar built for
the moment bounds each span and admits only ids and titles that were shown, so neither can be invented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

WRITTEN = ("think", "recall", "lookup", "profile", "ask", "say", "answer")
INJECTED = ("experience", "memory", "facts", "items")
MOST_ASPECTS = 3

SYSTEM = """You recommend films, books and games to one person, whom you remember.
Think briefly about what the request needs. <recall> aspects of the person's taste that matter for it, <lookup> titles \
you need facts of. Weigh each memory: does it matter for this request? Then write the <profile> of the ideal item with \
the memories that count, and answer warmly in plain words."""

# Characters of plain prose. No brackets, digits or bars: those belong to the protocol.
_PROSE = "[a-zA-Z ,']"
# Without capitals no title and no name can be made up.
_LOWER = "[a-z ,'-]"
_GREEDY_LIMIT = {"thought": 140, "ideal": 180, "lead": 150, "say": 240, "reason": 28, "aspect": 30}


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

    >>> literal('say "hi"')
    '"say \\\\"hi\\\\""'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def one_of(texts: Sequence[str]) -> str:
    return "(" + " | ".join(literal(t) for t in texts) + ")"


def think_grammar() -> str:
    """One sentence of thought."""
    return f'root ::= [A-Z] {_PROSE}{{20,{_GREEDY_LIMIT["thought"]}}} "." "{close_tag("think")}"'


def weigh_grammar(aliases: Sequence[str]) -> str:
    """Each memory in turn, in a few words, yes or no."""
    rules = [f'{literal(a + ": ")} [a-z] [a-z ]{{1,{_GREEDY_LIMIT["reason"]}}} ", " ("yes" | "no") "."' for a in aliases]
    return "root ::= " + ' " " '.join(rules) + f' "{close_tag("think")}"'


def weighed(text: str) -> dict[str, bool]:
    """What `weigh_grammar` produced: alias to verdict.

    >>> weighed("m1: endings, yes. m2: comedy, no.")
    {'m1': True, 'm2': False}
    """
    return {m[1]: m[2] == "yes" for m in re.finditer(r"(m\d+): [^.]*?, (yes|no)\.", text)}


def choice_grammar(tags: Sequence[str]) -> str:
    """The next thing to do."""
    return f"root ::= {one_of([open_tag(t) for t in tags])}"


def recall_grammar(shown: Sequence[str]) -> str:
    """Aspects to recall: those of the experience shown, or words of the model's own."""
    free = f'[a-z] [a-z \'-]{{2,{_GREEDY_LIMIT["aspect"]}}}'
    aspect = f"{one_of(shown)} | {free}" if shown else free
    return (
        f'root ::= aspect (" | " aspect){{0,{MOST_ASPECTS - 1}}} "{close_tag("recall")}"\n'
        f"aspect ::= {aspect}"
    )


def lookup_grammar(titles: Sequence[str]) -> str:
    """Titles or names to look up, among those that were mentioned or shown."""
    title = one_of([plain(t) for t in titles])
    return f'root ::= {title} (" | " {title}){{0,2}} "{close_tag("lookup")}"'


def split_list(text: str, tag: str) -> list[str]:
    """Members of a `|` list in a span, without repeats.

    >>> split_list("tone | pace | tone</recall>", "recall")
    ['tone', 'pace']
    """
    members = text.removesuffix(close_tag(tag)).split("|")
    return list(dict.fromkeys(m.strip() for m in members if m.strip()))


def ideal_grammar() -> str:
    return f'root ::= [A-Z] {_PROSE}{{20,{_GREEDY_LIMIT["ideal"]}}} ".\\n"'


def memories_grammar(aliases: Sequence[str]) -> str:
    """Any of the memories shown, each at most once."""
    return "root ::= " + " ".join(f'{literal(f"[{a}] ")}?' for a in aliases) + f' "{close_tag("profile")}"'


def lead_grammar() -> str:
    """The sentence that opens an answer."""
    return f'root ::= [A-Z] {_LOWER}{{20,{_GREEDY_LIMIT["lead"]}}} [.!:] "\\n"'


def say_grammar() -> str:
    return f'root ::= [A-Z] ({_LOWER} | "I"){{10,{_GREEDY_LIMIT["say"]}}} [.!?] "{close_tag("say")}"'


def ask_grammar(openings: Sequence[str], options: Sequence[Sequence[str]], endings: Sequence[str]) -> str:
    """One question that offers one of each group of `options`, all of them things the catalogue has."""
    first, *middle, last = [one_of(group) for group in options]
    between = "".join(f' ", " {group}' for group in middle)
    return f'root ::= {one_of(openings)} {first}{between} " or " {last} {one_of(endings)} "{close_tag("ask")}"'


def reason_grammar(clauses: Sequence[Sequence[str]]) -> str:
    """One of the alternatives of each clause, one clause after the other; all of them are true of the item."""
    return "root ::= " + " ".join(one_of(alternatives) for alternatives in clauses) + ' "\\n"'


def all_shapes() -> list[str]:
    """One grammar of every shape, compiled at start-up so that a broken one is found there."""
    return [
        think_grammar(), weigh_grammar(["m1", "m2"]), choice_grammar(["recall", "profile"]), recall_grammar(["pace"]),
        recall_grammar([]), lookup_grammar(['The "Thing"', "Heat"]), ideal_grammar(), memories_grammar(["m1", "m2"]),
        lead_grammar(), say_grammar(), ask_grammar(["Shall it be "], [["a film"], ["a book"], ["a game"]], ["?"]),
        reason_grammar([["slow"], [", as you like it"]]),
    ]  # fmt: skip
