"""What the benchmarks share: interleaved timing, a small table, one JSON line a measure.

Every measure is a ratio within one run, so that the speed of the machine cancels out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
LEAST_ROUNDS = 3
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


@dataclass(frozen=True)
class Measure:
    """A `ratio` as measured and the `bar` that it must reach (`ok`)."""

    name: str
    ratio: float
    bar: float
    ok: bool

    def json(self) -> str:
        return json.dumps(asdict(self))


def at_most(name: str, ratio: float, bar: float) -> Measure:
    return Measure(name, round(ratio, 4), bar, ratio <= bar)


def at_least(name: str, ratio: float, bar: float) -> Measure:
    return Measure(name, round(ratio, 4), bar, ratio >= bar)


def below(name: str, ratio: float, bar: float) -> Measure:
    return Measure(name, round(ratio, 4), bar, ratio < bar)


def quick(description: str) -> bool:
    """Read the options; whether the short version is asked for."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, under a minute")
    return parser.parse_args().quick


def interleaved(
    first: Callable[[int], object], second: Callable[[int], object], rounds: int, limit: float, warm: int = 2
) -> tuple[float, float]:
    """Median seconds of a call of each, called by turns with the number of the round.

    `warm` rounds go before; after `limit` seconds no further round begins, save for the third.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    over = time.monotonic() + limit
    for i in range(-warm, rounds):
        if i >= LEAST_ROUNDS and time.monotonic() > over:
            break
        for call, seconds in zip((first, second), taken):
            begun = time.perf_counter()
            call(i)
            if i >= 0:
                seconds.append(time.perf_counter() - begun)
    return median(taken[0]), median(taken[1])


def report(title: str, head: Sequence[str], rows: Sequence[Sequence[object]], measures: Sequence[Measure]) -> None:
    """Print a table of `rows`, then `measures`, one JSON line each."""
    cells = [[str(c) for c in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    print(title)
    for first, *others in cells:
        print("  ".join(["", first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(others, widths[1:]))]))
    print()
    for measure in measures:
        print(measure.json())


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.3f} ms" if seconds < 0.01 else f"{seconds * 1000:.1f} ms"
