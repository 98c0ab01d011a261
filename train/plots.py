"""The curves of a training: each part of the reward, entropy, length and held-out quality."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt

SHOWN = ("loss", "eval_loss", "reward", "entropy", "completions/mean_length", "held_out_ndcg@10")


def plot(log: Sequence[dict], path: Path) -> None:
    """A panel for each of what was logged at least twice."""
    parts = {k for row in log for k in row if k.startswith("rewards/") and k.endswith("/mean")}
    series = {k: [(row["step"], row[k]) for row in log if k in row and "step" in row] for k in (*SHOWN, *sorted(parts))}
    series = {k: points for k, points in series.items() if len(points) > 1}
    if not series:
        return
    columns = min(3, len(series))
    rows = -(-len(series) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(4 * columns, 2.6 * rows), squeeze=False, layout="constrained")
    for axis in axes.flat[len(series) :]:
        axis.axis("off")
    for axis, (name, points) in zip(axes.flat, series.items(), strict=False):
        axis.plot(*zip(*points), linewidth=1.4)
        axis.set_title(name.removeprefix("rewards/").removesuffix("/mean"), fontsize=9)
        axis.set_xlabel("step", fontsize=8)
        axis.grid(alpha=0.3)
    figure.savefig(path, dpi=110)
    plt.close(figure)
