"""The tables of a report, laid out as a paper's: settings down, metrics across, best in bold; as Markdown or HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape

from mrrec.evaluate.summary import compared

ALPHA = 0.05
PART = "†"  # a setting that ran on part of the queries


@dataclass(frozen=True)
class Cell:
    """A text, what stands smaller beside it, and whether it is set in bold."""

    text: str
    note: str = ""
    bold: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells under a head; the first column names the row. `folded` are long ones, shown on demand in HTML."""

    title: str
    caption: str
    head: list[str]
    rows: list[list[Cell]]
    folded: bool = False


def all_tables(results: Mapping) -> list[Table]:
    """Every table of the report, in its order."""
    names = compared(results["ks"])
    *first, last = main_tables(results)
    first += [matrix(results, name) for name in names[:2]]
    first += [pairs(results, name) for name in names if results["differences"][name]]
    first += [stratum(results, key) for key in results["strata"]]
    return [*first, last]


def main_tables(results: Mapping) -> list[Table]:
    """Those that a reader wants first: accuracy, of all queries and of common ones, what it does not say, and time."""
    found = [accuracy(results, results["settings"], "Accuracy", people(results))]
    for part in results["common"]:
        title = f"On the {part['queries']:,} common queries"
        found.append(accuracy(results, part["settings"], title, people(part)))
    return [*found, beyond(results), times(results)]


def people(counts: Mapping) -> str:
    """
    >>> people({"queries": 1200, "people": 300, "anonymous": 4})
    '1,200 queries (4 of them anonymous), 300 people'
    """
    anonymous = f" ({counts['anonymous']:,} of them anonymous)" if counts["anonymous"] else ""
    return f"{counts['queries']:,} queries{anonymous}, {counts['people']:,} people"


def label(results: Mapping, name: str) -> str:
    """A setting's number and name, and the mark of one that ran on part of the queries."""
    number = list(results["settings"]).index(name) + 1
    return f"{number} {name}" + ("" if results["settings"][name]["complete"] else PART)


def accuracy(results: Mapping, settings: Mapping[str, Mapping], title: str, who: str) -> Table:
    """Recall, nDCG, MRR and hit rate, and what each setting is significantly better than."""
    kinds = ["recall", "ndcg"] + ([] if results["one_relevant_each"] else ["hit"])
    names = [f"{kind}@{k}" for kind in kinds for k in results["ks"]] + ["mrr"]
    lead = compared(results["ks"])[0]
    whole = settings is results["settings"]
    rivals = [n for n in settings if not whole or settings[n]["complete"]]
    best = {n: _best(settings[r]["metrics"][n]["mean"] for r in rivals) for n in names}
    rows = []
    for name, row in settings.items():
        cells = [Cell(label(results, name))]
        for n in names:
            got = row["metrics"][n]
            cells.append(Cell(three(got["mean"]), bounds(got), name in rivals and three(got["mean"]) == best[n]))
        rows.append([*cells, Cell(beaten(results, name, lead))] if whole else cells)
    caption = f"{who}; means with 95 % intervals, clustered by person."
    if results["one_relevant_each"]:
        caption += " Each query has one relevant item, so hit rate and recall are the same."
    if whole:
        caption += f" Better than: by {title_of(lead)}, p < {ALPHA} after Holm."
        if len(rivals) < len(settings):
            rest = "; ".join(f"{n}: {settings[n]['queries']:,}" for n in settings if n not in rivals)
            caption += f" {PART} ran on part of the queries ({rest}) and takes no part in the bold of this table."
    head = ["Setting", *map(title_of, names), *(["Better than"] if whole else [])]
    return Table(title, caption, head, rows)


def beyond(results: Mapping) -> Table:
    """What accuracy does not say: variety, popularity, coverage, serendipity, what was said, memory used."""
    columns: list[tuple[str, str, Callable[[Mapping], Cell], bool]] = [
        ("diversity", "Diversity", _of("diversity", three), False),
        ("novelty", "Novelty, bits", _of("novelty", two), False),
        ("popularity", "Popularity, people", _of("popularity", one), False),
        ("serendipity", "Serendipity", _of("serendipity", three), True),
        ("said", "Said", _of("said", three), True),
        ("", "Items shown", _shown, False),
        ("memory_tokens", "Memory, tokens", _tokens, False),
    ]
    settings = results["settings"]
    there = [c for c in columns if not c[0] or any(s["metrics"][c[0]]["n"] for s in settings.values())]
    best = {
        c[1]: _best(s["metrics"][c[0]]["mean"] for s in settings.values() if s["complete"]) for c in there if c[3]
    }  # fmt: skip
    rows = []
    for name, s in settings.items():
        cells = [(c, c[2](s)) for c in there]
        rows.append([Cell(label(results, name))] + [
            Cell(x.text, x.note, c[3] and s["complete"] and x.text == best[c[1]]) for c, x in cells
        ])  # fmt: skip
    caption = (
        "Of the ten items shown. Diversity: 1 − mean cosine of their pairs. Novelty: mean −log₂ of the share of people "
        "who had met them; popularity: how many had. Serendipity: share that is relevant and not among the ten of the "
        "setting “popularity”. Items shown: how many different ones, and their share of the catalogue. Memory: mean "
        "and 95th percentile of its tokens."
    )
    if asked := max(s["metrics"]["said"]["n"] for s in settings.values()):
        caption += f" Said: share of answers that hold what they had to, of {asked:,} at most."
    return Table("Beyond accuracy", caption, ["Setting", *(c[1] for c in there)], rows)


def matrix(results: Mapping, metric: str) -> Table:
    """Row minus column for every pair; a star where it is significant."""
    names = list(results["settings"])
    got = {(d["a"], d["b"]): (d["difference"], d["p_holm"]) for d in results["differences"][metric]}
    got |= {(b, a): (-difference, p) for (a, b), (difference, p) in got.items()}
    rows = []
    for a in names:
        row = [Cell(label(results, a))]
        for b in names:
            difference, p = got.get((a, b), (None, 1))
            sure = p < ALPHA
            row.append(Cell(signed(difference) + "*" * sure, bold=sure and difference > 0))
        rows.append(row)
    caption = (
        f"Row minus column, each pair on the queries that both ran on. * p < {ALPHA}, two-sided sign-flip test by "
        f"person ({results['permutations']:,} permutations), adjusted by Holm over the {len(got) // 2} pairs; bold "
        "where the row is the better one."
    )
    return Table(f"Differences in {title_of(metric)}", caption, ["Setting", *map(str, range(1, len(names) + 1))], rows)


def pairs(results: Mapping, metric: str) -> Table:
    """Every pair with its interval and p-values."""
    rows = []
    for d in results["differences"][metric]:
        relative = "" if d["relative"] is None else f"{100 * d['relative']:+.1f} %".replace("-", "−")
        sure = d["p_holm"] < ALPHA
        rows.append([
            Cell(f"{label(results, d['a'])} − {label(results, d['b'])}"), Cell(f"{d['queries']:,}"),
            Cell(f"{d['people']:,}"), Cell(three(d["mean_a"])), Cell(three(d["mean_b"])),
            Cell(signed(d["difference"]), bounds(d), sure), Cell(relative), Cell(p_value(d["p"])),
            Cell(p_value(d["p_holm"]), bold=sure),
        ])  # fmt: skip
    head = ["Pair", "Queries", "People", "First", "Second", "Difference", "Relative", "p", "p, Holm"]
    caption = f"Bold: p < {ALPHA} after Holm."
    return Table(f"All pairs by {title_of(metric)}", caption, head, rows, folded=True)


def stratum(results: Mapping, key: str) -> Table:
    """The leading metric of each setting for each value of one stratum."""
    metric, values = compared(results["ks"])[0], results["strata"][key]
    whole = {
        v: [n for n, s in got["settings"].items() if s[metric]["n"] == got["queries"]] for v, got in values.items()
    }  # fmt: skip
    best = {v: _best(got["settings"][n][metric]["mean"] for n in whole[v]) for v, got in values.items()}
    rows = []
    for name in results["settings"]:
        row = [Cell(label(results, name))]
        for value, got in values.items():
            cell = got["settings"].get(name, {}).get(metric)
            row.append(
                Cell(three(cell["mean"]), bounds(cell), name in whole[value] and three(cell["mean"]) == best[value])
                if cell else Cell("")
            )  # fmt: skip
        rows.append(row)
    head = ["Setting", *(f"{v} ({got['queries']:,} / {got['people']:,})" for v, got in values.items())]
    caption = f"{title_of(metric)}; in brackets queries / people."
    if not all(s["complete"] for s in results["settings"].values()):
        caption += f" {PART} on part of them, not comparable with the rest."
    return Table(f"By {key}", caption, head, rows)


def times(results: Mapping) -> Table:
    """Median and 95th percentile of the seconds of each part of a turn."""
    settings = results["settings"]
    parts = list(dict.fromkeys(p for s in settings.values() for p, t in s["seconds"].items() if t["n"]))
    rows = [
        [Cell(label(results, name)), *(_seconds(s["seconds"].get(part)) for part in parts)]
        for name, s in settings.items()
    ]  # fmt: skip
    return Table("Seconds", "Median / 95th percentile of a query.", ["Setting", *parts], rows)


def beaten(results: Mapping, name: str, metric: str) -> str:
    """The numbers of the settings that `name` is significantly better than."""
    numbers = {n: i for i, n in enumerate(results["settings"], 1)}
    sure = [d for d in results["differences"][metric] if d["p_holm"] < ALPHA]
    worse = [d["b"] for d in sure if d["a"] == name and d["difference"] > 0]
    worse += [d["a"] for d in sure if d["b"] == name and d["difference"] < 0]
    return ranges(numbers[n] for n in worse)


def ranges(numbers: Iterable[int]) -> str:
    """
    >>> ranges([7, 1, 2, 3, 5])
    '1–3, 5, 7'
    """
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}{'–' if len(r) > 2 else ', '}{r[-1]}" for r in runs)


def title_of(metric: str) -> str:
    """
    >>> title_of("ndcg@10"), title_of("mrr")
    ('nDCG@10', 'MRR')
    """
    return metric.replace("ndcg", "nDCG").replace("recall", "Recall").replace("hit", "Hit").replace("mrr", "MRR")


def one(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


def two(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def three(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def signed(value: float | None) -> str:
    return "" if value is None else f"{round(value, 3) + 0.0:+.3f}".replace("-", "−")


def p_value(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def bounds(interval: Mapping, show: Callable[[float | None], str] = three) -> str:
    if interval["low"] is None:
        return ""
    return f"[{show(interval['low'])}, {show(interval['high'])}]".replace("-", "−")


def to_markdown(table: Table) -> str:
    def line(texts: Iterable[str]) -> str:
        return "| " + " | ".join(t.replace("|", "\\|").replace("\n", " ") for t in texts) + " |"

    def text(cell: Cell) -> str:
        words = cell.text.replace("*", "\\*")
        return " ".join(filter(None, [f"**{words}**" if cell.bold else words, cell.note]))

    rule = "|---" + "|---:" * (len(table.head) - 1) + "|"
    rows = [line(map(text, row)) for row in table.rows]
    return "\n".join([f"## {table.title}", "", table.caption, "", line(table.head), rule, *rows, ""])


def to_html(table: Table) -> str:
    def cell(index: int, got: Cell) -> str:
        words = f"<b>{escape(got.text)}</b>" if got.bold else escape(got.text)
        words += f" <small>{escape(got.note)}</small>" if got.note else ""
        return f'<th scope="row">{words}</th>' if index == 0 else f"<td>{words}</td>"

    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in table.head)
    rows = "\n".join(f"<tr>{''.join(cell(i, c) for i, c in enumerate(row))}</tr>" for row in table.rows)
    grid = (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(table.title)}">\n<table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
    )
    body = f'<p class="caption">{escape(table.caption)}</p>\n{grid}'
    if table.folded:
        return f"<details>\n<summary>{escape(table.title)}</summary>\n{body}\n</details>\n"
    return f"<section>\n<h2>{escape(table.title)}</h2>\n{body}\n</section>\n"


def _best(values: Iterable[float | None]) -> str:
    return three(max((v for v in values if v is not None), default=None))


def _of(metric: str, show: Callable[[float | None], str]) -> Callable[[Mapping], Cell]:
    return lambda s: Cell(show(s["metrics"][metric]["mean"]), bounds(s["metrics"][metric], show))


def _shown(s: Mapping) -> Cell:
    return Cell(f"{s['shown']:,}", "" if s["coverage"] is None else f"{100 * s['coverage']:.1f} %")


def _tokens(s: Mapping) -> Cell:
    tokens = s["memory_tokens"]
    return Cell("" if tokens["mean"] is None else f"{tokens['mean']:.0f} / {tokens['p95']:.0f}")


def _seconds(times: Mapping | None) -> Cell:
    if not times or not times["n"]:
        return Cell("")
    return Cell(" / ".join(f"{times[p]:#.3g}".rstrip(".") if times[p] else "0" for p in ("p50", "p95")))
