"""A product query cut down to its core item and core use, by rule: what the MR.Rec paper lets a language model do."""

from __future__ import annotations

import re

_LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|please|ok|so|well)\b[,!. ]*)*(?:"
    r"(?:i(?:['’]m| am|['’]ve been| have been| was)?(?: \w+ly| also| just| still| currently)? )"
    r"(?:(?:need|want|like|love|prefer|seek|require|search|shop|hope|look|try|desire)(?:ing)?"
    r"|(?:['’]d|would) (?:like|love))"
    r"(?: to (?:find|buy|get|have|purchase))?(?: for| to find| to buy| to get)?"
    r"|i['’]d (?:like|love)(?: to (?:find|buy|get|have))?"
    r"|(?:can|could|would) you (?:please )?(?:recommend|suggest|help me find|find)(?: me)?"
    r"|(?:do you have|are there|is there|where can i (?:find|buy|get)|what(?:['’]s| is)|help me find|looking for"
    r"|searching for|recommend|find me|show me)"
    r") ",
    re.I,
)
_ASIDE = re.compile(
    r"\b(?:really|very|quite|just|actually|truly|extremely|super|so|also|always|even|especially|some"
    r"|(?:effective|perfect|easi|quick|comfortab|definite|absolute|high|true|simp|secure|wonderful|great)(?:ly|y))\b ?",
    re.I,
)  # fmt: skip
_USE = re.compile(
    r"\b(?:that(?:['’]s| is| are| can| will| would)?|which(?: is| are| can| will)?|for|to|when|while)\b", re.I
)
_END = re.compile(
    r"[;:!?]|\.(?= |$)|,| (?:but|because|since|as well as|without having|so that|even though|although)\b"
    r"|\band (?=(?:is|are|can|will|has|have|it|they|i|that|which|also)\b)", re.I
)  # fmt: skip


def simplified(query: str) -> str:
    """A query cut down to its core item and core use, by rule.

    Of the first sentence that asks for something: the thing, and the first clause of what it is for.

    >>> simplified("I need filters that effectively trap dust, and are cheap. It's surprising how much they collect.")
    'filters that trap dust'
    >>> simplified("My old one broke. I'm looking for a really sturdy lamp for my desk, preferably white.")
    'a sturdy lamp for my desk'
    """
    text = " ".join(query.split())
    sentences = re.split(r"(?<=[.!?]) ", text)
    wish = next((s for s in sentences if _LEAD.match(s)), sentences[0])
    wish = _ASIDE.sub("", _LEAD.sub("", wish, count=1)).strip(" .!?")
    head = _USE.search(wish, 1)
    ends = [m.start() for m in _END.finditer(wish)]
    if head is None:
        return (wish[: ends[0]] if ends and ends[0] > 0 else wish).strip(" ,.") or text
    item = wish[: head.start()]
    item = item[: m.start()] if (m := _END.search(item)) and m.start() > 0 else item
    use = wish[head.start() :]
    use = use[: m.start()] if (m := _END.search(use)) else use
    return f"{item.strip(' ,.')} {use.strip(' ,.')}".strip() or text
