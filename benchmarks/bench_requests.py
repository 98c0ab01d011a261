"""What is understood of requests as people type them: that they ask, and what they mean in the catalogue's terms.

`requests/test.jsonl` and `dev.jsonl` were written by hand, blind to the program and to what it learns from. `terms` are
clearly meant, `fair` are fair readings too.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

HALVES = Path(__file__).with_name("requests")
HEARD, RIGHT, FIRST = 0.95, 0.8, 0.65  # bars
RULES, LEARNED = "rules and encoder", "with intent and linker"
ENCODER = 0.45  # cosine from which the encoder alone would take a term for meant


@dataclass(frozen=True)
class Plain:
    """A request, the terms that it means, and those that would be right as well."""

    text: str
    terms: frozenset[str]
    fair: frozenset[str]


@dataclass(frozen=True)
class Heard:
    """What was understood of one: whether it asks, terms that are taken as wished for, and the likeliest besides."""

    asks: bool
    taken: frozenset[str]
    first: str | None


def read(path: Path) -> Iterator[Plain]:
    """The requests of a file."""
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        yield Plain(row["text"], frozenset(row["terms"]), frozenset(row["terms"] + row["fair"]))


def shares(requests: list[Plain], heard: list[Heard]) -> dict[str, float]:
    """Which share asks; which of the terms taken is right; which of those meant is taken; how often the likeliest
    term, of those not taken by their names, is right; terms taken where none is meant, a request.

    >>> one = Plain("a weepie", frozenset({"tragic"}), frozenset({"tragic", "drama"}))
    >>> shares([one], [Heard(True, frozenset({"drama"}), "tragic")])["right"]
    1.0
    """
    pairs = list(zip(requests, heard, strict=True))
    meaning = [(r, h) for r, h in pairs if r.terms]
    return {
        "asks": _mean(h.asks for _, h in pairs),
        "right": _mean(t in r.fair for r, h in meaning for t in h.taken),
        "taken": _mean(len(h.taken & r.terms) / len(r.terms) for r, h in meaning),
        "first right": _mean(h.first in r.fair for r, h in meaning if h.first is not None),
        "taken of nothing": _mean(len(h.taken) for r, h in pairs if not r.terms),
    }


def _mean(values) -> float:
    values = [float(v) for v in values]
    return sum(values) / len(values) if values else float("nan")


def main() -> None:
    import argparse
    import tempfile

    from common import at_least, report

    from mrrec.agent.asked import without_names
    from mrrec.agent.own_words import SURE, near
    from mrrec.agent.request import read_request
    from mrrec.assistant import Assistant
    from mrrec.settings import Settings

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the same: it takes seconds")
    parser.add_argument("--half", choices=("test", "dev"), default="test")
    parser.add_argument("--mistakes", action="store_true", help="print what the development half says and means")
    options = parser.parse_args()
    if options.mistakes and options.half == "test":
        raise SystemExit("the held-out half stays unread: look at the mistakes of --half dev")
    requests = list(read(HALVES / f"{options.half}.jsonl"))
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.open(Settings(store=Path(folder)), model=False)
        catalog, encoder = assistant.catalog, assistant.encoder
        vocabulary = catalog.vocabulary

        def by_rules(plain: Plain) -> Heard:
            """Rules, and the encoder alone for words of one's own."""
            request = read_request(plain.text, catalog)
            near_by = vocabulary.vectors @ encoder.encode([plain.text])[0]
            said, order = {*request.wishes}, [vocabulary.names[n] for n in (-near_by).argsort()]
            sure = {vocabulary.names[n] for n in (near_by >= ENCODER).nonzero()[0]}
            first = next((t for t in order if t not in said), None)
            return Heard(request.act != "talk", frozenset(said | sure), None if plain.terms <= said else first)

        def learned(plain: Plain) -> Heard:
            request = read_request(plain.text, catalog, encoder=encoder)
            said = {*request.wishes}
            chances = near(request, without_names(plain.text, catalog), catalog)
            sure = {t for t, chance in chances.items() if chance >= SURE}
            first = None if plain.terms <= said else next(iter(chances), None)
            return Heard(request.act != "talk", frozenset(said | sure), first)

        heard = {
            RULES: [by_rules(r) for r in requests],
            LEARNED: [learned(r) for r in requests],
        }
    found = {name: shares(requests, of) for name, of in heard.items()}
    if options.mistakes:
        for plain, one in zip(requests, heard[LEARNED]):
            if not one.asks or not one.taken <= plain.fair or (one.first and one.first not in plain.fair):
                print(f"{plain.text}\n    {'' if one.asks else 'TALK '}means {sorted(plain.terms)}; taken "
                      f"{sorted(one.taken)}, first {one.first}")  # fmt: skip
    of = found[LEARNED]
    measures = [
        at_least(f"requests of the {options.half} half that are taken for such", of["asks"], HEARD),
        at_least("terms taken for meant that are", of["right"], RIGHT),
        at_least("likeliest of the terms that are not named, right", of["first right"], FIRST),
    ]
    rows = [(name, *(f"{share:.3f}" for share in one.values())) for name, one in found.items()]
    report(f"What is understood of {len(requests)} plain requests", ("", *of), rows, measures)


if __name__ == "__main__":
    main()
