"""Titles looked up among 100,000 items, against the LanceDB call that finds the same row.

The faster of LanceDB's ways counts: for an exact title a filter on the title column, with its scalar index, or a
phrase in the full-text index; for a title with a slip full-text search by any of its words, as they are or with one
edit forgiven in each.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable

import lancedb
import numpy as np
import pyarrow as pa
from common import at_most, interleaved, milliseconds, quick, report
from lancedb.expr import col, lit
from lancedb.index import FTS, BTree
from lancedb.query import MatchQuery, PhraseQuery

from mrrec.catalog import Item
from mrrec.catalog.items import normalise
from mrrec.catalog.lookup import Lookup
from mrrec.catalog.vocabulary import Vocabulary

ITEMS, ROUNDS = 100_000, 300
FIRST, SECOND, THIRD = (
    words.split()
    for words in (
        "silent crimson wandering borrowed hollow painted midnight golden broken distant burning frozen secret paper "
        "velvet northern sleeping scattered bitter patient crooked hidden gentle restless faded copper winter electric",
        "harbour lantern orchard engine cathedral garden mirror river station kingdom carnival lighthouse compass wolf "
        "sparrow bridge island meadow theatre tower valley window letter piano shadow market forest ladder ocean",
        "glass salt thunder marble amber cedar lisbon prague autumn ashes strangers tomorrow sorrow giants foxes "
        "memory dust tides ravens bakers thieves orphans clocks embers widows pilgrims saints havana kyoto",
    )
)
FORMS = ("{a} {b}", "the {a} {b}", "{b} of {c}", "the {b} of {c}", "{a} {b} and {c}", "a {b} for {c}")


def phrase(rng: random.Random) -> str:
    return rng.choice(FORMS).format(a=rng.choice(FIRST), b=rng.choice(SECOND), c=rng.choice(THIRD)).title()


def items(rng: random.Random) -> list[Item]:
    """Items whose titles differ by more than case and article; four in five have a second part."""
    made: dict[str, Item] = {}
    while len(made) < ITEMS:
        title = phrase(rng) if rng.random() < 0.2 else f"{phrase(rng)}: {phrase(rng)}"
        n = len(made)
        name = f"{rng.choice(FIRST).title()} {rng.choice(THIRD).title()}son {n % 5000}"
        made.setdefault(normalise(title), Item(f"i{n}", "film", title, 1930 + n % 95, (name,), genres=("drama",)))
    return list(made.values())


def with_slip(title: str, rng: random.Random) -> str:
    """`title` with two letters of one long word the wrong way round, or one left out or doubled."""
    words = title.split()
    at = rng.choice([i for i, w in enumerate(words) if len(w) > 5] or [len(words) - 1])
    word = words[at]
    i = rng.randrange(1, len(word) - 2)
    slips = (word[:i] + word[i + 1] + word[i] + word[i + 2 :], word[:i] + word[i + 1 :], word[:i] + word[i] + word[i:])
    words[at] = rng.choice([s for s in slips if s != word])
    return " ".join(words)


def main() -> None:
    seconds = 20 if quick(__doc__) else 60
    rng = random.Random(0)
    everything = items(rng)
    names, counts, genres = Vocabulary.collect(everything)
    lookup = Lookup(everything, Vocabulary(names, counts, genres, np.zeros((len(names), 1), np.float32)))
    chosen = [i.title for i in rng.sample(everything, ROUNDS + 2)]
    slips = [with_slip(title, rng) for title in chosen]
    with tempfile.TemporaryDirectory() as folder:
        data = pa.table({"id": [i.id for i in everything], "title": [i.title for i in everything]})
        table = lancedb.connect(folder).create_table("items", data)
        table.create_index("title", config=BTree(), name="whole")
        table.create_index("title", config=FTS(with_position=True, stem=False, remove_stop_words=False), name="words")

        def ours(said: list[str], found: list[str]) -> Callable[[int], None]:
            return lambda i: found.append(next((item.title for item in lookup.titles(said[i])), ""))

        def raw(query: Callable[[str], object], said: list[str], found: list[str]) -> Callable[[int], None]:
            return lambda i: found.append(next((row["title"] for row in query(said[i]).limit(1).to_list()), ""))

        def by_filter(title: str):
            return table.search().where(col("title") == lit(title)).select(["id", "title"])

        def by_words(title: str):
            return table.search(PhraseQuery(title, "title")).select(["id", "title", "_score"])

        def by_any_words(title: str, fuzziness: int = 0):
            query = MatchQuery(title, "title", fuzziness=fuzziness)
            return table.search(query).select(["id", "title", "_score"])

        ways = {
            "exact title, filter": (chosen, by_filter),
            "exact title, phrase": (chosen, by_words),
            "title with a slip, full text": (slips, by_any_words),
            "title with a slip, fuzzy full text": (slips, lambda title: by_any_words(title, 1)),
        }
        rows, ratios = [], {}
        for name, (said, query) in ways.items():
            mine, theirs = [], []
            a, b = interleaved(ours(said, mine), raw(query, said, theirs), ROUNDS, seconds / len(ways))
            right = [sum(map(str.__eq__, found, order(chosen))) / len(found) for found in (mine, theirs)]
            ratios[name] = a / b
            rows.append((name, milliseconds(a), milliseconds(b), f"{a / b:.3f}", *(f"{r:.0%}" for r in right)))
    exact = max(r for name, r in ratios.items() if name.startswith("exact"))
    slip = max(r for name, r in ratios.items() if "slip" in name)
    report(
        f"Titles looked up among {ITEMS:,} items",
        ("", "ours", "LanceDB", "ratio", "ours right", "LanceDB right"),
        rows,
        [at_most("look-up of a title", exact, 1.3), at_most("look-up of a title with a slip", slip, 1.3)],
    )


def order(chosen: list[str]) -> list[str]:
    """The titles in the order of the rounds, of which the last two warm up."""
    return chosen[-2:] + chosen[:-2]


if __name__ == "__main__":
    main()
