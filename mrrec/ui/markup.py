"""Text that comes from people, files or models, made inert before it reaches the page.

The chat renders Markdown with HTML in it. `safe` is for text inside our own HTML, and neither language sees anything
in it; `defused` is for a person's own message, which stays editable, so its characters must remain as they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

_MARKDOWN = str.maketrans({c: f"&#{ord(c)};" for c in "\\`*_[]()!$|~:@{}"})
_STRONG = re.compile(r"\*\*(.+?)\*\*(?!\*)")
_JOINER = "\u2060"  # a word joiner: of no width, and neither a tag, a link nor an image continues across it
_LIVE = re.compile(r"(?<=<)|(?<=\])(?=[(\[:])|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)


def safe(value: object) -> str:
    """`value` as text inside HTML inside Markdown: no tag, image, link or emphasis survives, nor a blank line."""
    lines = str(value).replace(_JOINER, "").splitlines()
    return "<br>".join(html.escape(line).translate(_MARKDOWN) for line in lines)


def prose(text: str) -> str:
    """What the assistant says: `**strong**`, lines and `- ` lists become HTML; everything else is `safe`."""
    made, open_list = [], False
    for line in text.split("\n"):
        item = line.startswith("- ")
        if item != open_list:
            made.append("<ul>" if item else "</ul>")
            open_list = item
        pieces = [_unescaped(piece) for piece in _STRONG.split(line.removeprefix("- "))]
        words = "".join(f"<b>{safe(p)}</b>" if at % 2 else safe(p) for at, p in enumerate(pieces))
        if words:
            made.append(f"<li>{words}</li>" if item else f"<p>{words}</p>")
    return "".join(made) + ("</ul>" if open_list else "")


def defused(text: str) -> str:
    """`text` in which no tag, link or image can begin; it looks the same."""
    return _LIVE.sub(_JOINER, plain(text))


def plain(text: str) -> str:
    """What a person wrote, back from `defused`."""
    return text.replace(_JOINER, "")


def number(value: object, digits: int = 2) -> str:
    """A number as the page shows it; anything else, as a trace from a file may hold, as safe text."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return safe(value)
    return f"{value:.{digits}f}"


def listed(values: Iterable[object], join: str = ", ") -> str:
    return join.join(safe(v) for v in values)


def counted(n: int, noun: str, plural: str = "") -> str:
    """
    >>> counted(1, "memory", "memories")
    '1 memory'
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def seconds(value: float | None) -> str:
    """A duration, short enough to stand beside a title."""
    if value is None:
        return ""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def _unescaped(text: str) -> str:
    return re.sub(r"\\([*_\[\]`#])", r"\1", text)
