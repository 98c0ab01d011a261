"""A report of an evaluation, made from the ranks alone: results.json, report.md and report.html.

The same ranks, options and seed give the same bytes: there are no dates, the resampling is seeded, and the ids inside
the plots come from a fixed salt.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

import pandas as pd

from mrrec.evaluate import plots, tables
from mrrec.evaluate.summary import summarise

__all__ = ["summarise", "write_report"]

RESULTS, MARKDOWN, HTML = "results.json", "report.md", "report.html"
_TEMPLATE = Path(__file__).with_name("report.html")


def write_report(
    frame: pd.DataFrame,
    out: Path,
    ks: Sequence[int],
    about: Mapping,
    command: str,
    seed: int = 0,
    only: Mapping[str, str] | None = None,
    items: int = 0,
) -> dict:
    """Write the three files into the folder `out` and return what stands in results.json.

    Parameters
    ----------
    frame, ks, seed, only, items : as for `summarise`; `items` is taken from `about` where that tells it
    about : where the data is from and how it was made, any JSON; `title` heads the report
    command : what makes this report again

    Raises ValueError where the frame contradicts itself, and RuntimeError where matplotlib is missing; results.json and
    report.md are there by then.
    """
    items = items or (about["items"] if isinstance(about.get("items"), int) else 0)
    results = {"command": command, "about": dict(about), **summarise(frame, ks, seed, only, items)}
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results, ensure_ascii=False, indent=1, allow_nan=False)
    (out / RESULTS).write_text(text + "\n", "utf-8")
    (out / MARKDOWN).write_text(markdown(results), "utf-8")
    (out / HTML).write_text(html(results), "utf-8")
    return results


def markdown(results: Mapping) -> str:
    """The report as Markdown: tables, without the long lists of pairs, which results.json has."""
    facts = [f"- {key}: {value}" for key, value in _about(results["about"])]
    head = [f"# {_title(results)}", "", _subtitle(results), "", "```sh", results["command"], "```", "", *facts, ""]
    body = [tables.to_markdown(table) for table in tables.all_tables(results) if not table.folded]
    return "\n".join([*head, *body, "## Method", "", _method(results), ""])


def html(results: Mapping) -> str:
    """The report as one page that needs no other file."""
    figures = plots.figures(results)
    first, *rest = (tables.to_html(table) for table in tables.all_tables(results))
    return Template(_TEMPLATE.read_text("utf-8")).substitute(
        title=escape(_title(results)),
        subtitle=escape(_subtitle(results)),
        command=escape(results["command"]),
        about="\n".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in _about(results["about"])),
        first=first,
        figures="\n".join(f"<figure>\n{f.svg}<figcaption>{escape(f.caption)}</figcaption>\n</figure>" for f in figures),
        rest="\n".join(rest),
        method=escape(_method(results)),
    )


def _title(results: Mapping) -> str:
    return str(results["about"].get("title") or "Evaluation")


def _subtitle(results: Mapping) -> str:
    only = ", ".join(f"{key} = {value}" for key, value in results["only"].items())
    settings = len(results["settings"])
    text = f"{settings} setting{'s' if settings > 1 else ''}, {tables.people(results)}"
    return f"{text}; only {only}." if only else f"{text}."


def _about(about: Mapping) -> Iterator[tuple[str, str]]:
    for key, value in about.items():
        if key != "title" and value not in ("", None, [], {}):
            parts = [f"{k}: {v}" for k, v in value.items()] if isinstance(value, Mapping) else [value]
            yield str(key), "; ".join(p if isinstance(p, str) else json.dumps(p, ensure_ascii=False) for p in parts)


def _method(results: Mapping) -> str:
    left_out = ", ".join(results["strata_left_out"])
    return (
        f"Everything here is computed from the ranks of the relevant items, seed {results['seed']}. Gains are binary; "
        "an item that is not ranked counts as not found. Intervals: 2.5th and 97.5th percentile of "
        f"{results['resamples']:,} bootstrap resamples of people (Efron 1979; Field & Welsh 2007); a query of nobody "
        "is a cluster of its own. Tests: two-sided randomisation of the paired differences, whose sign is drawn for "
        f"each person (Smucker, Allan & Carterette 2007), {results['permutations']:,} draws or all patterns where they "
        "are fewer, adjusted by Holm (1979) over the pairs of one metric. Strata are descriptive: they are not tested."
        + (f" Too many values to split by: {left_out}." if left_out else "")
    )
