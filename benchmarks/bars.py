"""The bars, each a number beside a number that a run measured; what was not measured is not met."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from timing import Took

Figures: TypeAlias = dict[str, Any]
"""What the parts of a run printed, by part."""

Value: TypeAlias = float | Took
Measured: TypeAlias = Callable[[Figures], Value]
"""Reads a figure; KeyError where there is none."""

FAMILIES = {
    "same_outcome": 200, "review_signals": 200, "ranked": 100, "different_outcomes": 60,
    "half_forbidden": 40, "four_forbidden": 40, "pairs": 40,
}  # fmt: skip
"""The shapes of `growth.py`, and the size at which they have to hold."""


class Bar(NamedTuple):
    """A limit on what was measured, and a further one; each may differ for processor and clock."""

    what: str
    limit: Value
    stretch: Value | None
    unit: str
    measured: Measured
    more: bool = False
    """Whether more is better."""

    def row(self, figures: Figures) -> list[str]:
        """Write what is asked, what was measured, and whether that is enough."""
        further = "" if self.stretch is None else f" ({shown(self.stretch)})"
        asked = f"{'≥' if self.more else '≤'} {shown(self.limit)}{further} {self.unit}"
        try:
            value = self.measured(figures)
        except KeyError:
            return [self.what, asked, "not measured", "**missed**"]
        met = "met" if self.holds(value, self.limit) else "**missed**"
        if self.stretch is not None and self.holds(value, self.stretch):
            met = "met, stretch too"
        return [self.what, asked, f"{shown(value)} {self.unit}".replace("never s", "never"), met]

    def holds(self, value: Value, limit: Value) -> bool:
        """Say whether a value is within a limit: processor and clock, where it has both."""
        values = value if isinstance(value, Took) else (value,)
        limits = limit if isinstance(limit, Took) else (limit,) * len(values)
        return all(v >= at if self.more else v <= at for v, at in zip(values, limits, strict=True))


def shown(value: Value) -> str:
    """Write a figure with two or three digits that say something; both, where there are two."""
    if isinstance(value, tuple):
        return "never" if math.isinf(value[0]) else " / ".join(map(shown, value))
    if math.isinf(value):
        return "never"
    size = abs(value)
    return f"{value:,.0f}" if size >= 20 else f"{value:.3g}" if size >= 1 else f"{value:.2g}"


def told(*path: str) -> Measured:
    """Read what stands there: a number, or processor and clock."""

    def read(figures: Figures) -> Value:
        found: Any = figures
        for step in path:
            found = found[step]
        return Took(*found) if isinstance(found, list) else float(found)

    return read


def over(one: Measured, other: Measured) -> Measured:
    """Divide one by another."""

    def read(figures: Figures) -> Value:
        return one(figures) / other(figures)  # type: ignore[operator]  # both have the same parts

    return read


def worst(some: list[list[float]]) -> Took:
    """Give the most, of processor and of clock."""
    return Took(*map(max, zip(*some, strict=True)))


def flat(figures: Figures) -> Took:
    """Give what a row costs in the worst of the sizes, over what it costs in the smallest."""
    some = list(figures["rows"]["flat"].values())
    return worst(some) / Took(*some[0])


def residual(figures: Figures) -> Took:
    """Give the worst of the rule sets of a thousand rules, in milliseconds."""
    rows = figures["growth"]["made"]
    return worst([row["unknown_ms"] for row in rows if row["rules"] == 1000])


def proved(name: str) -> Measured:
    """Read the seconds on the clock until a family is answered exactly, and proved."""

    def read(figures: Figures) -> float:
        row = figures["growth"]["families"][name]
        return row["answer"][1] + row["check"][1] if row["exact"] and row["proved"] else math.inf

    return read


def one(row: str, known: str = "known") -> Measured:
    """Read what one client takes, as times if/else."""
    return told("single", "figures", known, row, "ratio")


def row(name: str) -> Measured:
    """Read what a row of a table takes."""
    return told("rows", "figures", name)


OURS = "routeengine, classify(dict)"
READ = "pyarrow reads the rows from Parquet"
BOUND, ALL = "trace_table: outcomes, possible sets, trace", "classify_table: all columns"
FIRST = "`classify(dict)`, first sight, all known"

BARS = (
    Bar(f"{FIRST} ÷ plain if/else", 12, 8, "×", one(OURS)),
    Bar("the same with 10 % unknown, exact", 35, 25, "×", one(OURS, "10 %")),
    Bar("all known, faster than zen-engine in its fastest form", 4, None, "×",
        over(one("zen-engine, one compiled expression"), one(OURS)), more=True),
    Bar("every field read, faster than zen-engine with trace", 8, None, "×",
        over(one("zen-engine, a graph with trace"), one("routeengine, and every field read")),
        more=True),
    Bar("all known ÷ JsonLogic in Rust (datalogic-py)", 1.5, 1, "×",
        over(one(OURS), one("JsonLogic in Rust (datalogic-py)"))),
    Bar("explanation as data, first sight", 3, 1, "ms", told("single", "ms", "explain")),
    Bar("its Dutch text besides", 3, None, "ms", told("single", "ms", "its Dutch text")),
    Bar("one explanation as JSON, the largest", 40, None, "kB",
        told("single", "json_kb", "largest")),
    *(
        Bar(f"fresh process: {name}", limit, stretch, "ms", told("fresh", "ms", name))
        for name, limit, stretch in (
            ("load and engine", 350, 200), ("first classification", 5, None),
            ("first explanation", 60, None), ("import routeengine", 150, 60),
            ("routeengine --help", 300, 150), ("routeengine check", 1000, 500),
        )
    ),
    *(
        Bar(f"{name} ÷ `routeengine check`", limit, None, "×", told("documents", "checks", name))
        for name, limit in (
            ("the rule book", 3), ("the council's report", 3), ("the page of a change", 3),
            ("a page for each of 1,113 clients", 30),
        )
    ),
    *(
        Bar(f"a table of 5,000 rows, {name} ÷ `routeengine check`", 40, None, "×",
            told("tabled", "checks", name))
        for name in ("by kind", "by code", "drawn")
    ),
    Bar("table: outcomes, possible sets, trace ÷ pyarrow's Parquet read", Took(0.4, 0.5),
        Took(0.2, 0.25), "×", over(row(BOUND), row(READ))),
    *(
        Bar(f"{name}, uniformly random rows ÷ ordinary rows", 1.5, None, "×",
            over(row(f"{name}, uniformly random rows"), row(name)))
        for name in (BOUND, ALL)
    ),
    Bar("outcomes and trace, faster than polars with codes, outcomes only", 1, 2, "×",
        over(row("polars expressions, codes"), row("trace_table: outcomes, trace")), more=True),
    Bar("a row of 1 to 30 million, the worst ÷ of a million", 1.15, None, "×", flat),
    Bar("extra memory per row, at the most", 64, 24, "bytes", told("rows", "memory")),
    Bar("`routeengine classify`, a million rows of Parquet ÷ pyarrow reads and writes", 2, 1.3, "×",
        told("files", "parquet", "ratio")),
    Bar("CSV of 40,000 rows, row by row, whole command", 2, None, "s",
        told("files", "plain", "seconds", "plain")),
    Bar("a file of 10 GB, memory", 500, None, "MB", told("huge", "peak_mb")),
    *(
        Bar(f"{name} of {n}: exact, and proved", 5, None, "s", proved(name))
        for name, n in FAMILIES.items()
    ),
    *(
        Bar(f"{name} of {FAMILIES[name]}, all true: classified and explained", 1, None, "s",
            told("growth", "families", name, "all_true"))
        for name in ("half_forbidden", "four_forbidden", "pairs")
    ),
    Bar("a score of 40 parts worth 1 to 100, three bands: built, exact", Took(1, 2), None, "s",
        told("points", "build")),
    Bar("a score of 12 parts worth 1 to 20, faster than written out", 5, None, "×",
        told("points", "ratio"), more=True),
    Bar("1,000 rules, 300 facts, 60 unknown, the worst kind", 10, None, "ms", residual),
)  # fmt: skip
