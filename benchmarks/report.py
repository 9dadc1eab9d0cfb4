"""From the figures of a run to docs/benchmarks.md and docs/pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TypeAlias

from bars import BARS, READ, Figures, shown
from timing import Took

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
Write: TypeAlias = Callable[[Figures], str]
"""Writes a piece of the page; KeyError where nothing was measured of it."""

FORMS = {"parquet": "Parquet", "csv": "CSV", "jsonl": "JSON Lines"}


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table in Markdown; all columns but the first stand to the right."""
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    lines += ["| " + " | ".join(map(cell, row)) + " |" for row in rows]
    return "\n".join(lines)


def cell(value: object) -> str:
    """Write one cell; processor and clock where there are two, a dash where there is nothing."""
    if isinstance(value, list):
        return shown(Took(*value))
    return "–" if value is None else shown(value) if isinstance(value, float) else str(value)


def single(figures: Figures) -> str:
    """Write the rows that are timed where all is known, the fastest first."""
    some, lacks = figures["single"]["figures"]["known"], figures["single"]["lacks"]
    rows = [
        [name, one["ratio"], one["us"], lacks.get(name, "")]
        for name, one in sorted(some.items(), key=lambda item: item[1]["ratio"][0])
    ]
    return table(["one client, dict in", "÷ if/else", "µs", "does without"], rows)


def shares(figures: Figures) -> str:
    """Write what the library takes, by how much is known."""
    by = figures["single"]["figures"]
    rows = [[name, *(by[share][name]["ratio"] for share in by)] for name in by["10 %"]]
    return table(["÷ if/else, which knows all", *by], rows)


def unknowns(figures: Figures) -> str:
    """Write how each answers where facts are unknown."""
    some = figures["single"]["unknowns"]
    head = ["answers per decision", *next(iter(some.values()))]
    return table(head, [[n, *(f"{one:.1%}" for one in told.values())] for n, told in some.items()])


def tables(figures: Figures) -> str:
    """Write what a row costs, beside reading it."""
    some = {name: Took(*one) for name, one in figures["rows"]["figures"].items()}
    rows = [[name, list(one / some[READ]), list(one)] for name, one in some.items()]
    return table(["a million rows, in memory", "÷ pyarrow's read", "ns per row"], rows)


def files(figures: Figures) -> str:
    """Write what files of each format take."""
    rows = []
    for form, name in FORMS.items():
        one = figures["files"][form]
        paces = [one["rows"] / one["seconds"][way][1] for way in ("one", "all")]
        micro = [took / one["rows"] * 1e6 for took in one["seconds"]["all"]]
        rows.append([f"{name}, {one['rows']:,} rows", micro, one["ratio"], *paces, one["peak_mb"]])
    plain = figures["files"]["plain"]
    micro = [took / plain["rows"] * 1e6 for took in plain["seconds"]["plain"]]
    rows.append(
        [f"CSV, {plain['rows']:,} rows, row by row", micro, None, None, None, plain["peak_mb"]]
    )
    head = ["`routeengine classify`, the whole command", "µs per row", "÷ pyarrow",
            "rows a second, one core", "two cores", "MB at most"]  # fmt: skip
    return table(head, rows)


def made(figures: Figures) -> str:
    """Write what rule sets made at random take."""
    rows = []
    for row in figures["growth"]["made"]:
        times = [row[name] for name in ("load", "build", "known_ms", "unknown_ms")]
        rows.append([row["kind"], row["rules"], row["facts"], *times, f"{row['exact']:.0%}"])
    head = [
        "kind",
        "rules",
        "facts",
        "load, s",
        "build, s",
        "all known, ms",
        "many unknown, ms",
        "exact",
    ]
    return table(head, rows)


def families(figures: Figures) -> str:
    """Write what rule sets of everyday shapes take."""
    rows = []
    for name, row in figures["growth"]["families"].items():
        exact, proved = ("yes" if row[one] else "**no**" for one in ("exact", "proved"))
        times = [row[one] for one in ("answer", "all_true", "check")]
        rows.append([name, row["n"], exact, *times[:2], proved, times[2], row.get("findings")])
    head = ["family", "n", "exact", "load, build, nothing known, s", "all true, explained, s",
            "proved", "check, s", "findings"]  # fmt: skip
    return table(head, rows)


def points(figures: Figures) -> str:
    """Write what scores take."""
    found = figures["points"]
    rows = [
        ["40 parts worth 1 to 100, three bands: built, and nothing known, s", found["build"]],
        ["the same: half known, ms", found["answer_ms"]],
        ["12 parts worth 1 to 20: written out ÷ as a score", found["ratio"]],
    ]
    return table(["a score", ""], rows)


def paper(figures: Figures) -> str:
    """Work out a national caseload and a stress of a billion rows from the cost per row."""
    found, rows = figures["rows"], []
    each = found["figures"][READ][1] + list(found["flat"].values())[-1][1]
    for what, count in (("everybody on welfare, 410,000", 410_000), ("a billion rows", 10**9)):
        size = f"{count * found['stored'] / 1e6:,.0f} MB"
        rows.append([what, size, f"{count * each / 1e9:,.1f} s"])
    return table(["", "as Parquet", "this machine, on the clock"], rows)


def measured(figures: Figures) -> str:
    """Say of what and when the parts were measured: once, where it is the same for all."""
    told: dict[str, list[str]] = {}
    for part, one in figures.items():
        at = one["at"]
        said = f"commit `{at['commit']}` on {at['date']}, CPython {at['python']}, {at['machine']}"
        told.setdefault(said, []).append(f"{part} at a load of {at['load']}")
    return "; ".join(f"{said} ({', '.join(parts)})" for said, parts in told.items())


def judged(figures: Figures) -> str:
    """Hold every bar against what was measured."""
    rows = [bar.row(figures) for bar in BARS]
    met = sum(row[-1].startswith("met") for row in rows)
    return table(["what", "bar (stretch)", f"measured: {met} of {len(rows)} met", ""], rows)


def drawn(title: str, some: dict[str, list[float]], *, logarithmic: bool) -> str:
    """Draw the processor times as bars, in SVG, ours in another colour."""
    values = {name: used for name, (used, _) in some.items()}
    least, most = min(values.values()) / 2, max(values.values())
    lines = []
    for place, (name, value) in enumerate(sorted(values.items(), key=lambda item: item[1])):
        share = math.log(value / least) / math.log(most / least) if logarithmic else value / most
        colour = "#1b6ca8" if "routeengine" in name or "_table" in name else "#9aa5ad"
        y, width = 40 + 24 * place, 300 * share
        lines += [
            f'<text x="440" y="{y + 13}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="450" y="{y}" width="{width:.1f}" height="18" fill="{colour}"/>',
            f'<text x="{456 + width:.1f}" y="{y + 13}">{shown(value)}</text>',
        ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 {56 + 24 * len(values)}"'
    style = 'font-family="sans-serif" font-size="12" role="img"'
    white = '<rect width="100%" height="100%" fill="#fff"/>'
    named = f'<title>{title}</title>{white}<text x="450" y="24">{title}</text>'
    return "\n".join([f"{head} {style}>", named, *lines, "</svg>", ""])


def of_run(write: Write, figures: Figures) -> str:
    """Write a piece, or that there is nothing to write it of."""
    try:
        return write(figures)
    except KeyError:
        return "*Not measured.*"


PIECES: dict[str, Write] = {
    "measured": measured, "bars": judged, "single": single, "shares": shares,
    "unknowns": unknowns, "rows": tables, "files": files, "families": families, "made": made,
    "points": points, "paper": paper,
    "few": lambda f: table(["one client, 10 % unknown", "ms"], f["single"]["ms"].items()),
    "json": lambda f: "{median:.0f} kB, {largest:.0f} at most".format(**f["single"]["json_kb"]),
    "fresh": lambda f: table(["a fresh process", "ms"], f["fresh"]["ms"].items()),
    "tabled": lambda f: table(
        [f"{f['tabled']['rows']:,} rows, loaded and checked", "s"], f["tabled"]["seconds"].items()
    ),
    "documents": lambda f: table(["one command", "s"], f["documents"]["seconds"].items()),
    "distinct": lambda f: "{distinct:,} of {rows:,}".format(**f["rows"]),
    "flat": lambda f: table(["million rows", "ns per row"], f["rows"]["flat"].items()),
}  # fmt: skip
PICTURES: dict[str, Write] = {
    "single": lambda f: drawn(
        "One client at first sight: times plain if/else, logarithmic",
        {name: one["ratio"] for name, one in f["single"]["figures"]["known"].items()},
        logarithmic=True,
    ),
    "tables": lambda f: drawn(
        "A million rows: nanoseconds per row", f["rows"]["figures"], logarithmic=False
    ),
}


def written(figures: Figures) -> dict[Path, str]:
    """Give the page and its pictures, by the file that they belong in."""
    page = (HERE / "page.md").read_text(encoding="utf-8")
    pieces = {name: of_run(write, figures) for name, write in PIECES.items()}
    pictures = {
        DOCS / f"pictures/{name}.svg": of_run(draw, figures) for name, draw in PICTURES.items()
    }
    return {DOCS / "benchmarks.md": page.format_map(pieces), **pictures}
