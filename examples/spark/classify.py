"""Classify a caseload on Spark, and count the answers: `python classify.py CASELOAD`."""

import sys
from pathlib import Path

from pyspark.sql import SparkSession

from routeengine import load_ruleset
from routeengine.spark import classify


def counts(session: SparkSession, caseload: Path) -> dict[str | None, int]:
    """Return how many clients there are of each route; None where there is none yet."""
    clients = session.read.csv(str(caseload), header=True)
    advice = classify(clients, load_ruleset("rijswijk-2023"))
    found = advice.groupBy("route").count().collect()
    return {row["route"]: row["count"] for row in found}


if __name__ == "__main__":
    started = SparkSession.builder.appName("routeengine").getOrCreate()
    for route, many in sorted(counts(started, Path(sys.argv[1])).items(), key=str):
        print(route or "no route yet", many)
    started.stop()
