"""From `figures.json` to docs/benchmarks.md and docs/pictures; run by `run.py`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "routeengine"
from matplotlib import pyplot as plt  # noqa: E402  after the choice of how to draw

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
OURS = "routeengine, classify(dict)"
AS_THEY_COME = "routeengine, verdicts as they come"
VALIDATION = "routeengine, its validation alone"
READ = "pyarrow reads it from Parquet, 10 % unknown"
BOUND = "trace_table, 10 % unknown, outcomes, possible sets, trace"
TRACED = "trace_table, 10 % unknown, outcomes and trace"
HANDWRITTEN = "polars expressions, outcomes only, 10 % null"
MILLION = 1_000_000


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table in Markdown; all columns but the first stand to the right."""
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def shown(value: float) -> str:
    """Write a figure with two or three digits that say something."""
    return (
        f"{value:,.0f}"
        if abs(value) >= 20
        else f"{value:.1f}"
        if abs(value) >= 1
        else f"{value:.2f}"
    )


def judged(what: str, bar: float, stretch: float | None, measured: float, unit: str) -> list[str]:
    """Write one bar as a row; `unit` begins with ≥ where more is better."""
    more, unit = unit.startswith("≥"), unit.removeprefix("≥")
    sign = "≥" if more else "≤"

    def holds(limit: float) -> bool:
        return measured >= limit if more else measured <= limit

    met = "met" if holds(bar) else "**missed**"
    if stretch is not None and holds(stretch):
        met = "met, stretch too"
    further = "" if stretch is None else f" ({stretch:g})"
    return [what, f"{sign} {bar:g}{further} {unit}", f"{shown(measured)} {unit}", met]


def bars(figures: dict[str, Any]) -> list[list[str]]:
    """Hold every bar against what was measured."""
    single, rows = figures["single"]["figures"], figures["rows"]["figures"]
    us, started = figures["bars"]["us"], figures["bars"]["started_ms"]
    flat = {int(millions): took for millions, took in figures["rows"]["flat"].items()}
    spread = max(flat.values()) / flat[1]
    built = [row for row in figures["growth"] if row["build_ms"] is not None]
    residual = max(row["residual_ms"] for row in built)
    load = (us["load the rule set"] + us["build the engine"]) / 1e3
    return [
        judged("validated facts in, verdicts out, warm ÷ plain if/else", 6, 3,
               single[AS_THEY_COME]["ratio"] - single[VALIDATION]["ratio"], "×"),
        judged("the same, faster than zen-engine with trace", 30, 50,
               single["zen-engine, with trace"]["us"]
               / (single[AS_THEY_COME]["us"] - single[VALIDATION]["us"]), "≥×"),
        judged("classify(dict), warm ÷ pydantic's validation", 1.3, 0.5,
               us["classify, warm"] / us["pydantic validates the profile"], "×"),
        judged("first sight, 10 % unknown", 100, 30, us["classify, first sight"], "µs"),
        judged("explanation as data, first sight", 1000, 200, us["explain, first sight"], "µs"),
        judged("all changes up to three facts", 10, 2,
               us["changes to route A, up to three facts"] / 1e3, "ms"),
        judged("load and compile", 300, 100, load, "ms"),
        judged("`import routeengine`", 150, 60, started["import routeengine"], "ms"),
        judged("`routeengine --help`", 300, 150, started["routeengine --help"], "ms"),
        judged("table, 10 % unknown: outcomes, exact possible sets and trace planes ÷ pyarrow's "
               "Parquet read", 0.5, 0.2, rows[BOUND] / rows[READ], "×"),
        judged("the same, outcomes and trace, faster than handwritten polars, outcomes only", 1, 3,
               rows[HANDWRITTEN] / rows[TRACED], "≥×"),
        judged("cost per row, 1 to 30 million: at most", 1.15, None, spread, "×"),
        judged("peak extra memory per row", 64, 24, figures["rows"]["memory"], "bytes"),
        judged("`routeengine classify`, 1 million rows of Parquet ÷ pyarrow reads and writes", 2,
               1.3, figures["files"]["parquet"]["ratio"], "×"),
        # Not part of the command: it takes minutes, and room for the file. See docs/caseloads.md.
        ["a caseload file of 10 GB", "≤ 500 MB", "442 MB, of 10.1 GB, once", "met"],
        judged("residual, 60 facts unknown, the worst of the generated", 10, None, residual, "ms"),
        ["generated rule sets that build", f"{len(figures['growth'])}", f"{len(built)}",
         "met" if len(built) == len(figures["growth"]) else "**missed**"],
    ]  # fmt: skip


def draw(name: str, title: str, values: dict[str, float], unit: str, scale: str) -> None:
    """Draw bars, ours in another colour, with the figure beside each."""
    figure, axes = plt.subplots(figsize=(8, 0.42 * len(values) + 1.2))
    names = sorted(values, key=lambda one: -values[one])
    ours = ["#1b6ca8" if "routeengine" in n or "_table, " in n else "#9aa5ad" for n in names]
    axes.barh(names, [values[one] for one in names], color=ours)
    for place, one in enumerate(names):
        axes.text(values[one] * 1.06, place, shown(values[one]), va="center", fontsize=9)
    room = (None, max(values.values()) * 2.5) if scale == "log" else (0, None)
    axes.set(xscale=scale, title=title, xlabel=unit, xlim=room)
    axes.spines[["top", "right"]].set_visible(False)
    save(figure, name)


def draw_growth(rows: list[dict[str, Any]]) -> None:
    """Draw what it costs to build and to classify, per kind of rule set, as rules grow."""
    figure, parts = plt.subplots(1, 3, figsize=(11, 3.4))
    panels = (("build_ms", "build the engine"), ("known_ms", "first sight, all known"),
              ("unknown_ms", "first sight, 60 unknown"))  # fmt: skip
    for axes, (key, title) in zip(parts, panels, strict=True):
        for kind in dict.fromkeys(row["kind"] for row in rows):
            some = [row for row in rows if row["kind"] == kind and row.get(key) is not None]
            axes.plot([r["rules"] for r in some], [r[key] for r in some], marker="o", label=kind)
        axes.set(xscale="log", yscale="log", title=title, xlabel="rules", ylabel="milliseconds")
        axes.spines[["top", "right"]].set_visible(False)
    parts[0].legend(frameon=False)
    save(figure, "growth")


def draw_flat(flat: dict[str, float]) -> None:
    """Draw the cost per row as tables grow."""
    figure, axes = plt.subplots(figsize=(6, 3))
    axes.plot([int(one) for one in flat], list(flat.values()), marker="o", color="#1b6ca8")
    axes.set(xscale="log", ylim=(0, 1.2 * max(flat.values())), title="cost per row",
             xlabel="million rows", ylabel="nanoseconds per row")  # fmt: skip
    axes.set_xticks([int(one) for one in flat], list(flat))
    axes.spines[["top", "right"]].set_visible(False)
    save(figure, "rows")


def save(figure: Any, name: str) -> None:
    """Write a picture without a date, so that it changes only where a figure does."""
    figure.tight_layout()
    (DOCS / "pictures").mkdir(exist_ok=True)
    figure.savefig(DOCS / f"pictures/{name}.svg", metadata={"Date": None})
    plt.close(figure)


def grown(rows: list[dict[str, Any]]) -> str:
    """Write the generated rule sets as a table."""
    lines = []
    for row in rows:
        size = [row["kind"], row["rules"], row["facts"]]
        if row["build_ms"] is None:
            lines.append([*size, "over 60 s", *"–––––––"])
            continue
        times = [shown(row[key]) for key in ("build_ms", "known_ms")]
        ways = [
            cell
            for way in ("unknown", "residual", "bounds")
            for cell in (shown(row[f"{way}_ms"]), f"{row[f'{way}_exact']:.0%}")
        ]
        lines.append([*size, *times, f"{row['over']:.0%}", *ways])
    head = ["kind", "rules", "facts", "build, ms", "known, ms", "decisions over the budget",
            "60 unknown, ms", "exact", "by residual, ms", "exact", "by bounds, ms", "exact",
            ]  # fmt: skip
    return table(head, lines)


def paper(rows: dict[str, Any]) -> str:
    """Work out a national caseload and a stress of a billion rows from the cost per row."""
    read, work = rows["figures"][READ], list(rows["flat"].values())[-1]
    lines = []
    for what, count in (("everybody on welfare, 410,000", 410_000), ("a billion rows", 10**9)):
        seconds = count * (read + work) / 1e9
        hundred = f"{seconds / 100:,.2f} s" if count > MILLION else "–"
        lines.append(
            [what, f"{count * rows['stored'] / 1e6:,.0f} MB", f"{seconds:,.1f} s", hundred]
        )
    return table(["", "read from Parquet", "this machine", "a hundred such"], lines)


def files(found: dict[str, dict[str, float]]) -> str:
    """Write what files of each format take."""
    names = {"parquet": "Parquet", "csv": "CSV", "jsonl": "JSON Lines"}
    lines = [
        [
            f"{names[form]}, {one['rows']:,.0f} rows",
            shown(one["seconds"] / one["rows"] * 1e6),
            shown(one["ratio"]),
            f"{one['rows'] / one['elapsed_on_one']:,.0f}",
            f"{one['rows'] / one['elapsed']:,.0f}",
            shown(one["peak_mb"]),
        ]
        for form, one in found.items()
    ]
    head = ["to Parquet, by `routeengine classify`", "µs per row", "÷ pyarrow",
            "rows a second, one core", "two cores", "MB at most"]  # fmt: skip
    return table(head, lines)


def unknowns(peers: dict[str, dict[str, float]]) -> str:
    """Write how each peer behaves where facts are unknown."""
    head = ["answers per decision", "right", "silent", "wrong", "raises"]
    return table(head, [[n, *(f"{s:.1%}" for s in shares.values())] for n, shares in peers.items()])


def main() -> None:
    """Read, draw and write."""
    figures = json.loads((HERE / "figures.json").read_text(encoding="utf-8"))
    single, rows = figures["single"], figures["rows"]
    order = sorted(single["figures"], key=lambda one: single["figures"][one]["ratio"])
    page = (HERE / "page.md").read_text(encoding="utf-8").format(
        date=figures["date"],
        python=figures["python"],
        zen=shown(single["figures"]["zen-engine, with trace"]["us"]
                  / single["figures"][AS_THEY_COME]["us"]),
        bars=table(["what", "bar (stretch)", "measured", ""], bars(figures)),
        single=table(
            ["one profile, dict in", "÷ if/else", "µs"],
            [[n, shown(single["figures"][n]["ratio"]), shown(single["figures"][n]["us"])]
             for n in order],
        ),
        unknowns=unknowns(single["unknowns"]),
        rows=table(
            ["a million rows, in memory", "÷ pyarrow's read", "ns per row"],
            [[n, shown(ns / rows["figures"][READ]), shown(ns)]
             for n, ns in rows["figures"].items()],
        ),
        flat=table(
            ["million rows", "ns per row"], [[n, shown(ns)] for n, ns in rows["flat"].items()]
        ),
        files=files(figures["files"]),
        growth=grown(figures["growth"]),
        paper=paper(rows),
        others=table(
            ["one at a time", "µs"], [[n, shown(us)] for n, us in figures["bars"]["us"].items()]
        ),
    )  # fmt: skip
    (DOCS / "benchmarks.md").write_text(page, encoding="utf-8")
    draw("single", "One profile (÷ plain if/else, logarithmic)",
         {n: one["ratio"] for n, one in single["figures"].items()}, "times plain if/else",
        "log"
    )  # fmt: skip
    draw("tables", "A million rows", rows["figures"], "nanoseconds per row", "linear")
    draw_flat(rows["flat"])
    draw_growth(figures["growth"])


if __name__ == "__main__":
    main()
