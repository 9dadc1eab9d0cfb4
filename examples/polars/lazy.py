"""Classify a lazy frame of polars, and keep what is asked: `python lazy.py CASELOAD`."""

import sys
from pathlib import Path

import polars as pl

from routeengine import Engine, load_ruleset
from routeengine.tables import classify_lazy


def review(caseload: Path, out: Path) -> int:
    """Write the clients whom a consultant has to look at, and return how many they are."""
    engine = Engine(load_ruleset("rijswijk-2023"))
    answers = (
        pl.scan_csv(caseload, infer_schema=False)
        .pipe(classify_lazy, engine.tables)
        .filter(pl.col("route_status") == "review")
        .select("client_id", "route_reason", "route_candidates")
        .sort("client_id")
    )
    answers.collect(engine="streaming").write_csv(out)
    return pl.read_csv(out).height


if __name__ == "__main__":
    print(f"{review(Path(sys.argv[1]), Path('review.csv'))} clients: review.csv")
