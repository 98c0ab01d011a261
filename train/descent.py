"""Steps of gradient descent, the same for every head over the encoder."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import torch

from mrrec.adapted import Adapted

DECAY, LONGEST, LEAST = 0.01, 1.0, 0.02  # of weights; of a gradient; share of the rate at the end


def descent(head: Adapted, rate: float, warm: int, steps: int) -> Callable[[torch.Tensor], float]:
    """What takes a step of AdamW down a loss and returns its value: the rate rises to `rate` in `warm` steps, and falls
    towards the last of `steps`."""
    learnt = list(head.own().values())
    optimiser = torch.optim.AdamW(learnt, lr=rate, weight_decay=DECAY)
    taken = count()

    def down(loss: torch.Tensor) -> float:
        step = next(taken)
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, step / warm) * max(LEAST, 1 - step / steps)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, LONGEST)
        optimiser.step()
        return loss.item()

    return down
