"""Tables: what they cost beside reading them, and beside polars expressions.

    python benchmarks/tables.py [ROWS]

A million made rows, each fact unknown in one of ten; the polars expressions say the same
policy, and have to give the same outcomes where everything is known before anything is
measured. Every figure is the median of interleaved rounds; ratios within this run are what
counts. The bars stand beside the figures.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from routeengine import Engine, load_ruleset

ROUNDS = 9
ACTIVITIES = (
    "volunteering", "informal_care", "part_time_work", "day_activities", "other_activity",
)  # fmt: skip
DOMAINS = (
    "finances", "physical_health", "mental_health", "family", "addiction", "housing",
    "other_domain",
)  # fmt: skip


def made(engine: Engine, rows: int, unknown: float) -> pa.Table:
    """Make clients whose facts do not contradict each other, some of them unknown."""
    rng = np.random.default_rng(rows)
    values: dict[str, Any] = {}
    for fact in engine.ruleset.facts:
        if fact.kind == "boolean":
            values[fact.id] = rng.random(rows) < 0.5
        elif fact.kind == "category":
            values[fact.id] = rng.choice(fact.domain.size, rows, p=(0.6, 0.25, 0.15)).astype(
                np.int8
            )
        else:
            numbers = list(fact.domain.values)
            values[fact.id] = rng.integers(numbers[0], numbers[-1] + 1, rows).astype(np.int16)
    values["can_start_soon"] &= values["able_to_participate"]
    values["work_ready_suspected"] &= values["able_to_participate"]
    values["at_maximum"] &= np.any([values[one] for one in ACTIVITIES], axis=0)
    for one in ("physical_health", "mental_health"):
        values[f"{one}_long_term"] &= values[one] != 0
    columns = {}
    for fact in engine.ruleset.facts:
        mask = rng.random(rows) < unknown
        array = pa.array(values[fact.id], mask=mask)
        if fact.kind == "category":
            array = pa.DictionaryArray.from_arrays(array, [str(v) for v in fact.domain.values])
        columns[fact.id] = array
    return pa.table(columns)


def policy() -> list[pl.Expr]:
    """Give route and path by hand, outcomes alone: what a person would write in polars."""
    c, when, text = pl.col, pl.when, pl.lit
    active = pl.any_horizontal(ACTIVITIES)
    at_most = active & c("at_maximum")
    serious = pl.any_horizontal([c(one) == "serious" for one in DOMAINS])
    problems = pl.sum_horizontal([(c(one) != "none").cast(pl.UInt8) for one in DOMAINS])
    others = [c(one) == "serious" for one in ("finances", "family", "housing", "other_domain")]
    ground = (
        c("physical_health_long_term") | c("mental_health_long_term")
        | (c("addiction") != "none") | pl.any_horizontal(others)
    )  # fmt: skip
    able, start, willing = c("able_to_participate"), c("can_start_soon"), c("willing")
    here = c("current_service") == "participation"
    in_scope = here & c("receives_benefit") & (c("rung") <= 2)
    helped = here & ~c("receives_benefit")
    b = able & (problems >= 2) & ~start & willing
    route = (
        when(~in_scope).then(None)
        .when(able & at_most & ~b).then(text("C"))
        .when(able & start & ~serious & ~at_most).then(text("A"))
        .when(b & ~at_most).then(text("B"))
        .when(~able & ground & ~active & (c("prognosis_months") >= 24)).then(text("D"))
        .otherwise(None)
    )  # fmt: skip
    ready = c("work_ready_suspected")
    path = (
        when(~c("conversation_held")).then(None)
        .when(in_scope & (route == "A") & ready).then(text("3"))
        .when(in_scope & (route == "A")).then(text("1"))
        .when(in_scope & (route == "B") & ~ready).then(text("2"))
        .when(in_scope & (route == "C") & ~ready).then(text("1"))
        .when(in_scope & (route == "D")).then(text("none"))
        .when(helped & ~ready & start).then(text("1"))
        .when(helped & ~ready & (problems >= 1) & willing).then(text("2"))
        .otherwise(None)
    )  # fmt: skip
    return [route.alias("route"), path.alias("path")]


def agree(engine: Engine) -> None:
    """Check that the expressions mean the policy, on clients of whom all is known."""
    table = made(engine, 50_000, 0)
    ours = pl.DataFrame(engine.classify_table(table, columns=["route", "path"]))
    theirs = pl.DataFrame(table).select(policy())
    for name in ("route", "path"):
        same = ours[name].cast(pl.String).eq_missing(theirs[name])
        if not same.all():
            raise SystemExit(f"the expressions do not give the same {name}: {(~same).sum()} rows")


def interleaved(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Run each in turn, many rounds, and give the median milliseconds of each."""
    seen: dict[str, list[float]] = {name: [] for name in works}
    for number in range(ROUNDS + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            if number:  # the first round warms up
                seen[name].append((time.perf_counter() - start) * 1e3)
    return {name: statistics.median(values) for name, values in seen.items()}


BOUND = ["route", "route_possible", "path", "path_possible", "scope", "scope_possible"]

PEAK = """
import resource, sys
sys.path.insert(0, {folder!r})
import tables
from routeengine import Engine, load_ruleset
engine = Engine(load_ruleset("rijswijk-2023"))
engine.classify_table(tables.made(engine, 1000, 0.1))
table = tables.made(engine, {rows}, 0.1)
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")
def peak(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name))
before = peak("VmRSS")
out = {work}
print((peak("VmHWM") - before) / {rows})
"""


def peak(work: str, rows: int) -> float:
    """Give the extra bytes per row at the peak, answers included, in a fresh process."""
    code = PEAK.format(folder=str(Path(__file__).parent), rows=rows, work=work)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603  our own interpreter
    return float(done.stdout)


def main() -> None:
    """Measure and print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    engine = Engine(load_ruleset("rijswijk-2023"))
    agree(engine)
    print("the polars expressions give the same outcomes on 50,000 clients of whom all is known")
    table = made(engine, rows, 0.1)
    frame = pl.DataFrame(table)
    file = Path(tempfile.mkdtemp()) / "table.parquet"
    pq.write_table(table, file)
    figures = interleaved(
        {
            "Parquet read, pyarrow": lambda: pq.read_table(file),
            "polars expressions, outcomes": lambda: frame.lazy().select(policy()).collect(),
            "outcomes, possible sets and trace": lambda: engine.trace_table(table, columns=BOUND),
            "outcomes and trace": lambda: engine.trace_table(table, columns=BOUND[::2]),
            "outcomes": lambda: engine.classify_table(table, columns=BOUND[::2]),
            "all columns but what is missing": lambda: engine.classify_table(table, missing=False),
            "all columns": lambda: engine.classify_table(table),
        }
    )
    read, hand = list(figures.values())[:2]
    bars = {"outcomes, possible sets and trace": "≤ 0.5 × reading",
            "outcomes and trace": "≤ 1 × polars"}  # fmt: skip
    print(f"{rows:,} rows{'':25} {'ms':>8} {'÷ reading':>10} {'÷ polars':>9}  bar")
    for name, value in figures.items():
        ratios = f"{value / read:10.2f} {value / hand:9.2f}"
        print(f"{name:36} {value:8.1f} {ratios}  {bars.get(name, '')}")
    whole = "engine.classify_table(table)"
    traced = f"engine.trace_table(table, columns={BOUND})"
    for name, work in (("all columns", whole), ("outcomes, possible sets and trace", traced)):
        print(f"peak extra memory, {name}: {peak(work, rows):.0f} bytes a row  (bar ≤ 64)")


def growth() -> None:
    """Print the cost per row at one and at thirty million rows."""
    engine = Engine(load_ruleset("rijswijk-2023"))
    million = made(engine, 1_000_000, 0.1)
    thirty = pa.concat_tables([million] * 30).combine_chunks()
    works = {n: (lambda t=t: engine.trace_table(t, columns=BOUND)) for n, t in
             ((1, million), (30, thirty))}  # fmt: skip
    seen: dict[int, list[float]] = {1: [], 30: []}
    for _ in range(5):
        for size, work in works.items():
            start = time.perf_counter()
            work()
            seen[size].append((time.perf_counter() - start) * 1e3 / size)
    one, many = (statistics.median(seen[size]) for size in (1, 30))
    print(f"per million rows: {one:.1f} ms of 1 million, {many:.1f} ms of 30 million, "
          f"{many / one:.2f} ×  (bar: within 15 %)")  # fmt: skip


if __name__ == "__main__":
    main()
    growth()
