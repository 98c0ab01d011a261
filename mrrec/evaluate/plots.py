"""The plots of a report, as inline SVG that takes its colours from the page, so that they follow light and dark.

matplotlib draws with colours that only stand for names; those become CSS variables in the text of the SVG. Text stays
text. The ids come from a fixed salt and no date is written: the same results give the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mrrec.evaluate.summary import compared
from mrrec.evaluate.tables import PART, label, people, title_of

INK, LINE, PAPER = "#010101", "#020202", "#030303"
SERIES = [f"#0400{i:02x}" for i in range(1, 9)]
_NAMES = {INK: "ink", LINE: "line", PAPER: "paper"} | {c: f"s{i}" for i, c in enumerate(SERIES, 1)}
_WIDTH = 5.2  # inches; 374 points, so that 10-point text stays legible when a page of 360 px shrinks it
_RC = {
    "svg.fonttype": "none", "svg.hashsalt": "mrrec", "font.family": "sans-serif", "font.size": 10,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": LINE, "xtick.color": INK, "ytick.color": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": LINE,
    "grid.linewidth": 0.5, "axes.axisbelow": True, "figure.facecolor": "none", "axes.facecolor": "none",
    "savefig.facecolor": "none", "legend.frameon": False, "legend.fontsize": 9, "path.simplify": False,
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A plot: its caption and its SVG."""

    caption: str
    svg: str


def figures(results: Mapping) -> list[Figure]:
    """Every plot that the results have numbers for. Raises RuntimeError where matplotlib is missing."""
    try:
        import matplotlib
        from matplotlib.figure import Figure as Canvas
    except ImportError as error:
        message = "the plots of report.html need matplotlib: pip install -r requirements-evaluate.txt"
        raise RuntimeError(message) from error

    drawn = []
    with matplotlib.rc_context(_RC):
        for draw, *rest in _plan(results):
            canvas = Canvas(layout="constrained")
            caption = draw(canvas, results, *rest)
            drawn.append(Figure(caption, _svg(canvas, f"f{len(drawn) + 1}", caption)))
    return drawn


def _plan(results: Mapping) -> list[tuple]:
    metrics = compared(results["ks"])[:2]
    plan = [(_by_setting, metric, results["settings"], people(results)) for metric in metrics]
    plan += [(_by_setting, metrics[0], part["settings"], people(part)) for part in results["common"]]
    plan += [(_by_stratum, key) for key in results["strata"]]
    if any(s["metrics"]["popularity"]["n"] for s in results["settings"].values()):
        plan.append((_against_popularity,))
    return [*plan, (_ranks,)]


def _by_setting(canvas, results: Mapping, metric: str, settings: Mapping[str, Mapping], who: str) -> str:
    axes = _rows(canvas, [label(results, n) for n in settings])
    whole = settings is results["settings"]
    for y, name in enumerate(settings):
        part = whole and not settings[name]["complete"]
        _interval(axes, settings[name]["metrics"][metric], y, SERIES[0], PAPER if part else SERIES[0])
    axes.set_xlabel(title_of(metric))
    axes.set_xlim(left=0)
    mixed = whole and not all(s["complete"] for s in settings.values())
    hollow = f" Hollow, {PART}: on part of the queries." if mixed else ""
    return f"{title_of(metric)} with 95 % intervals; {who}.{hollow}"


def _by_stratum(canvas, results: Mapping, key: str) -> str:
    metric, values = compared(results["ks"])[0], results["strata"][key]
    most = sorted(values, key=lambda v: -values[v]["queries"])[: len(SERIES)]
    shown = [v for v in values if v in most]
    names = list(results["settings"])
    axes = _rows(canvas, [label(results, n) for n in names], legend=-(-len(shown) // 3), each=0.11 * len(shown))
    for i, value in enumerate(shown):
        shift = (i - (len(shown) - 1) / 2) * 0.7 / len(shown)
        for y, name in enumerate(names):
            if got := values[value]["settings"].get(name):
                part = got[metric]["n"] < values[value]["queries"]
                _interval(axes, got[metric], y + shift, SERIES[i], PAPER if part else SERIES[i])
        axes.plot([], [], "o-", color=SERIES[i], label=f"{value} ({values[value]['queries']:,})", markersize=4)
    axes.set_xlabel(title_of(metric))
    axes.set_xlim(left=0)
    canvas.legend(loc="outside lower center", ncols=min(3, len(shown)))
    rest = f" The {len(shown)} values with most queries." if len(shown) < len(values) else ""
    return f"{title_of(metric)} by {key}, with 95 % intervals; in brackets queries.{rest}"


def _against_popularity(canvas, results: Mapping) -> str:
    metric = compared(results["ks"])[0]
    canvas.set_size_inches(_WIDTH, 3.6)
    axes = canvas.add_subplot()
    for number, s in enumerate(results["settings"].values(), 1):
        x, y = s["metrics"]["popularity"]["mean"], s["metrics"][metric]["mean"]
        if x is None or not s["complete"]:
            continue
        axes.plot(x, y, "o", color=SERIES[0], markersize=5)
        axes.annotate(str(number), (x, y), (4, 4), textcoords="offset points", fontsize=9)
    axes.margins(0.08)
    axes.set_xlabel("people who had met an item shown, mean")
    axes.set_ylabel(title_of(metric))
    return (
        f"{title_of(metric)} against the popularity of the ten items shown. Up and left: good, and not by what is well "
        "known. Numbers as in the tables."
    )


def _ranks(canvas, results: Mapping) -> str:
    curve, settings = results["curve"], results["settings"]
    names = [n for n in settings if settings[n]["complete"]] or list(settings)
    lines = -(-len(names) // 2)
    canvas.set_size_inches(_WIDTH, 3.3 + 0.2 * lines)
    axes = canvas.add_subplot()
    for i, name in enumerate(names):
        style = ("-", (0, (4, 1.5)), (0, (1, 1)))[i // len(SERIES) % 3]
        axes.plot(
            curve["depths"], curve["settings"][name], color=SERIES[i % len(SERIES)], linestyle=style,
            linewidth=1.4, label=label(results, name),
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_ylim(0, 1)
    axes.set_xlim(1, curve["depths"][-1])
    axes.set_xlabel("rank")
    axes.set_ylabel("relevant items at this rank or better")
    canvas.legend(loc="outside lower center", ncols=2)
    return "Distribution of the ranks of relevant items, each query weighing the same: recall at every depth."


def _rows(canvas, names: Sequence[str], legend: int = 0, each: float = 0.26):
    """Axes with one row for each name, the first at the top."""
    canvas.set_size_inches(_WIDTH, 0.75 + max(each, 0.26) * len(names) + 0.22 * legend)
    axes = canvas.add_subplot()
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.tick_params(length=0)
    return axes


def _interval(axes, got: Mapping, y: float, colour: str, fill: str) -> None:
    if got["mean"] is None:
        return
    if got["low"] is not None:
        axes.plot([got["low"], got["high"]], [y, y], "-", color=colour, linewidth=1.4)
    axes.plot(got["mean"], y, "o", color=colour, markerfacecolor=fill, markersize=4.5)


def _svg(canvas, name: str, caption: str) -> str:
    """The figure's SVG element alone, its ids under `name`, its colours as variables of the page."""
    file = io.StringIO()
    canvas.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    text = re.sub("|".join(_NAMES), lambda colour: f"var(--{_NAMES[colour[0]]})", text)
    words = caption.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    return text.replace("<svg", f'<svg role="img" aria-label="{words}"', 1)
