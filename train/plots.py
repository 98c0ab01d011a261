"""The curves of a training, or of several: each part of the reward, entropy, length and held-out quality."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import pandas as pd

matplotlib.use("Agg")
from matplotlib import pyplot as plt

QUALITY = "held_out_ndcg@10"  # as a log names it
SHOWN = ("loss", "eval_loss", "reward", "entropy", "completions/mean_length", QUALITY)


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
        _dress(axis, name.removeprefix("rewards/").removesuffix("/mean"))
    _save(figure, path)


def compared(found: pd.DataFrame, columns: Sequence[str], path: Path) -> None:
    """A panel for each of `columns`, a line for each run (`reward`, `seed`, over `step`), a colour for each reward."""
    figure, axes = plt.subplots(1, len(columns), figsize=(4 * len(columns), 3), squeeze=False, layout="constrained")
    colours = dict(zip(sorted(found["reward"].unique()), plt.rcParams["axes.prop_cycle"].by_key()["color"]))
    for axis, name in zip(axes.flat, columns):
        for (reward, seed), rows in found.dropna(subset=[name]).groupby(["reward", "seed"]):
            rows = rows.sort_values("step")
            label = reward if seed == found["seed"].min() else None
            axis.plot(rows["step"], rows[name], color=colours[reward], label=label, linewidth=1.2, alpha=0.8)
        _dress(axis, name)
    axes.flat[0].legend(fontsize=8)
    _save(figure, path)


def _dress(axis: plt.Axes, title: str) -> None:
    axis.set_title(title, fontsize=9)
    axis.set_xlabel("step", fontsize=8)
    axis.grid(alpha=0.3)


def _save(figure: plt.Figure, path: Path) -> None:
    figure.savefig(path, dpi=110)
    plt.close(figure)
