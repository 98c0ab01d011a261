"""Signals weighed by what was learned from people's choices: contributions that add up to the score.

For what there is (memory, popularity, what the crowd likes) there is a set of weights of its own, so that a catalogue
without events, or a newcomer, is ranked by weights that were learned for just that. `python -m train.ranker` learns
them, from the development halves of the evaluation's tasks.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mrrec.agent.signals import LIFTS, Signals, Wanted
from mrrec.catalog.catalog import telling

FILE = Path(__file__).with_name("weights.json")
# What a trace shows of each signal of memory, and of others that do not stand under their own name
TASTE = ("lift here", "era", "profile", "stated", "taste", *LIFTS)
NEIGHBOURS = ("average", "context", "disliked", "neighbours", "neighbours here")
MEMORY = (*TASTE, *NEIGHBOURS)
GROUP = {
    "subject": "request", "meant": "wishes", "mainstream": "popularity", **dict.fromkeys(TASTE, "taste"),
    **dict.fromkeys(NEIGHBOURS, "neighbours"),
}  # fmt: skip
# Not learned, for no task asks for them: likeness to examples, and the wish for something new; nor what is likely
# meant, since the linker knows the phrasings that are learned from. In shares of what all wishes fulfilled are worth
BY_HAND = {"like": 0.9, "meant": 0.6, "novelty": 0.3}
# What memory may add at most, as shares of what one wish is worth: what is asked for now comes first
AT_MOST = {"taste": 0.6, "neighbours": 0.3}
LIKE_LEAVES = 1.6  # the same for likeness to an example, which leaves more open than a wish does
LEAST = 0.1  # what a wish is worth, whatever was learned
BENDS = (-0.3, 0.0, 0.3, 0.7, 1.3, 2.2)
# Believed by half where they rest on ENOUGH records, and not at all where on none; lifts are small by themselves then
COUNTED = ("lift here", "era", "mainstream", *NEIGHBOURS)
ENOUGH = 10.0
GATES = ("always", "evidence", "told")
MUCH_EVIDENCE, MUCH_TOLD = math.log1p(100), 12
USUAL = 0.3  # how adventurous the people were taken to be whose choices were learned from


@dataclass(frozen=True)
class Weight:
    """A signal's share in the score: a slope (one part a gate) that bends at each of BENDS.

    Sums of such functions are a generalised additive model (Hastie & Tibshirani, 1986): more than a weight can say, and
    yet each signal has a contribution of its own.
    """

    slope: tuple[float, ...]
    bends: tuple[float, ...] = (0.0,) * len(BENDS)

    def of(self, values: np.ndarray, gate: np.ndarray) -> np.ndarray:
        """What `values` (n,) add to the score, 0 for 0."""
        return values * float(np.dot(self.slope, gate)) + bent(values) @ np.array(self.bends)


def bent(values: np.ndarray) -> np.ndarray:
    """How far values (n,) lie beyond each bend, less what 0 does, shape (n, len(BENDS))."""
    at = np.array(BENDS)
    return np.maximum(values[:, None] - at, 0) - np.maximum(-at, 0)


def available(signals: Signals) -> str:
    """The name of the set of weights for what there is."""
    have = {
        "memory": any(s in MEMORY for s in signals.values),
        "popularity": "popularity" in signals.values,
        "crowd": "crowd" in signals.values,
    }
    return "+".join(name for name, there in have.items() if there) or "request"


def gates(signals: Signals, wanted: Wanted) -> np.ndarray:
    """How much is known of the person, and how much the request tells, shape (len(GATES),), each in 0..1."""
    told = 0.0 if wanted.open else min(1.0, len(telling(wanted.text)) / MUCH_TOLD)
    return np.array([1.0, min(1.0, math.log1p(signals.evidence) / MUCH_EVIDENCE), told])


def trust(name: str, signals: Signals) -> float:
    """How far a signal is believed, 0..1, by how many records it rests on."""
    if name not in COUNTED:
        return 1.0
    records = signals.against if name == "disliked" else signals.evidence
    return records / (records + ENOUGH)


def contributions(signals: Signals, wanted: Wanted) -> dict[str, np.ndarray]:
    """What each group of signals adds to the score, shape (n_pool,) each."""
    learned, gate = weights()[available(signals)], gates(signals, wanted)
    fulfilled = _worth(learned["wishes"], gate, 0.0)
    found: dict[str, np.ndarray] = {}
    for name, values in signals.values.items():
        if name in BY_HAND:
            part = BY_HAND[name] * fulfilled * values
        elif name in learned:
            part = trust(name, signals) * learned[name].of(values, gate)
        else:
            continue
        group = GROUP.get(name, name)
        part = part * _appetite(group, wanted)
        found[group] = found[group] + part if group in found else part
    if (most := _most(signals, wanted, learned["wishes"], gate)) is not None:
        for group in AT_MOST.keys() & found.keys():
            bound = AT_MOST[group] * most
            found[group] = bound * np.tanh(found[group] / bound)
    return found


def _worth(wishes: Weight, gate: np.ndarray, without: float) -> float:
    """What it is worth that all wishes are fulfilled, and not only the share `without` of them."""
    whole, part = wishes.of(np.array([1.0, without]), gate)
    return max(LEAST, float(whole - part))


def _most(signals: Signals, wanted: Wanted, wishes: Weight, gate: np.ndarray) -> float | None:
    """What one wish is worth, None where there is none that memory could outweigh."""
    share = signals.values.get("wishes")
    if share is not None and len(share) and share.min() < 1:
        return _worth(wishes, gate, 1 - 1 / len(wanted.wishes))
    return LIKE_LEAVES * _worth(wishes, gate, 0.0) if "like" in signals.values else None


def _appetite(group: str, wanted: Wanted) -> float:
    """How the person's own slider moves what is learned."""
    a = wanted.adventurous
    if group == "taste":
        return (1 - 0.7 * a) / (1 - 0.7 * USUAL)
    if group in ("neighbours", "crowd"):
        return (1 - a) / (1 - USUAL)
    if group == "novelty":  # what people chose holds their usual share of it already
        return max(0.0, a - USUAL) / (1 - USUAL) + (0.5 if wanted.surprise else 0.0)
    return 1.0


@cache
def weights() -> dict[str, dict[str, Weight]]:
    """Set → signal → weight."""
    sets = json.loads(FILE.read_text("utf-8"))["sets"]
    return {name: {signal: Weight(*map(tuple, values)) for signal, values in of.items()} for name, of in sets.items()}
