"""Batches of texts of like length, so that little of them is padding."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

Example = TypeVar("Example")


def of_like_length(
    examples: Sequence[Example], size: int, window: int, length: Callable[[Example], int], rng: random.Random
) -> list[list[Example]]:
    """`examples` in batches of `size`, those of each `window` of them sorted by `length`, all in random order.

    >>> batches = of_like_length(["aaa", "b", "cc", "d"], 2, 4, len, random.Random(0))
    >>> sorted(batches)
    [['b', 'd'], ['cc', 'aaa']]
    """
    mixed = list(examples)
    rng.shuffle(mixed)
    near = [e for n in range(0, len(mixed), window) for e in sorted(mixed[n : n + window], key=length)]
    batches = [near[n : n + size] for n in range(0, len(near), size)]
    rng.shuffle(batches)
    return batches
