"""What a turn is worth: the paper's reward, and one that pays memory for being useful instead of for being called.

Pure functions of an `Outcome`. Parts are returned by name, so that each is logged and plotted on its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HOP, TOKEN = 0.02, 0.0005  # what a recall or look-up beyond the first, and a token written, cost
FACTS = 0.1  # what it is worth that facts are looked up which the request needs


@dataclass(frozen=True)
class Outcome:
    """What one rollout came to.

    places : of the relevant items in the ranking, from 1
    places_without : the same had the model named no memory
    relevant : how many items are relevant
    valid : share of the spans that stand as the model would have written them without a grammar
    recalled : whether memory was asked and answered
    idle : share of the named memories whose absence changes no place
    hops : recalls and look-ups; written : tokens
    leans, looked_up : whether the request leans on an item that is remembered and not named, and whether the model
        looked that up
    false_premise, put_right : whether the request rests on something untrue, and whether that is put right. The
        app's own code does so, whatever the model writes: the price stands for loops that leave it to the model
    """

    places: tuple[int, ...]
    places_without: tuple[int, ...]
    relevant: int
    valid: float = 1.0
    recalled: bool = True
    idle: float = 0.0
    hops: int = 1
    written: int = 0
    leans: bool = False
    looked_up: bool = False
    false_premise: bool = False
    put_right: bool = False


def ndcg(places: Sequence[int], relevant: int, k: int) -> float:
    """Normalised discounted cumulative gain at k with binary relevance (Järvelin & Kekäläinen, 2002).

    >>> ndcg([1, 2], 2, 10), round(ndcg([3], 1, 10), 3), ndcg([30], 1, 10)
    (1.0, 0.5, 0.0)
    """
    best = sum(1 / math.log2(n + 2) for n in range(min(relevant, k)))
    return sum(1 / math.log2(place + 1) for place in places if place <= k) / best if best else 0.0


def paper(outcome: Outcome) -> dict[str, float]:
    """The reward of MR.Rec (arXiv:2510.14629): form, nDCG at 1000 and at 100, and that memory was called.

    >>> paper(Outcome((1,), (1,), 1))
    {'form': 0.1, 'ranking': 10.0, 'called': 0.1}
    """
    gain = ndcg(outcome.places, outcome.relevant, 1000) + ndcg(outcome.places, outcome.relevant, 100)
    return {"form": 0.1 * (outcome.valid == 1), "ranking": 5 * gain, "called": 0.1 * outcome.recalled}


def useful(outcome: Outcome) -> dict[str, float]:
    """Ours: the ranking near its top, what the named memories add to it, facts where they are needed, and prices for
    what is idle or long.

    >>> useful(Outcome((1,), (3,), 1, hops=2, written=100))["memory"]
    0.5
    >>> useful(Outcome((1,), (1,), 1, idle=0.5, false_premise=True))["honesty"]
    -0.5
    >>> useful(Outcome((1,), (1,), 1, hops=2, leans=True, looked_up=True))["facts"]
    0.1
    """
    needed = outcome.leans and outcome.looked_up
    with_, without = (ndcg(p, outcome.relevant, 10) for p in (outcome.places, outcome.places_without))
    return {
        "form": 0.2 * outcome.valid,
        "ranking": with_ + ndcg(outcome.places, outcome.relevant, 100),
        "memory": with_ - without,
        "idle": -0.1 * outcome.idle,
        "facts": FACTS * needed,
        "price": -HOP * max(0, outcome.hops - 1 - needed) - TOKEN * outcome.written,
        "honesty": -0.5 if outcome.false_premise and not outcome.put_right else 0.0,
    }


REWARDS: dict[str, Callable[[Outcome], dict[str, float]]] = {"paper": paper, "useful": useful}
