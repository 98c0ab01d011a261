"""A person's own message, taken apart: the rules first, then the trained head on what they leave open."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from mrrec.catalog import Catalog, Item
from mrrec.embed import Encoder
from mrrec.memory.reading import phrases as p
from mrrec.memory.reading.opinions import asks, complete
from mrrec.memory.reading.pasted import taken_out
from mrrec.memory.reading.plain import plain_text
from mrrec.memory.reading.rules import Reading, merged, read_by_rules


def read_message(
    message: str, catalog: Catalog, encoder: Encoder, shown: Sequence[Item] = (), now: float | None = None
) -> Reading:
    """Read a person's own `message`; `shown` are the items of the last answer, in their order.

    What is pasted in it teaches and commands nothing; it stays in the request.
    """
    now = time.time() if now is None else now
    own, pasted = taken_out(message)
    reading = read_by_rules(own, catalog, encoder, shown, now)
    if reading.command:
        return reading
    entries, told = complete(reading.entries, own, catalog, encoder, now, reading.passing, bool(shown))
    if not entries:
        return replace(reading, entries=(), rest=message.strip())
    rest = reading.rest
    for sentence in told:
        if not asks(sentence):
            rest = rest.replace(sentence.strip(), "", 1)
    if told and p.COURTESY.match(plain_text(rest).plain):
        rest = ""
    rest = "\n".join((rest.strip(), *pasted))
    return replace(reading, entries=merged(entries), rest=rest.strip())
