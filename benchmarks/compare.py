"""Single decisions beside the peers: the same policy, the same answers, interleaved.

Runs where the peers are installed (`requirements.lock`); `run.py` starts it. Prints JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from peers import FACTORIES
from people import clients

from policy import Decide, if_else
from routeengine import Engine, load_ruleset

VALIDATION = "routeengine, its validation alone"
ROUNDS = 9
KNOWN, PARTIAL = 2_000, 1_000
SECONDS = 0.03
"""About how long one round of one peer takes."""


def answers(engine: Engine) -> Decide:
    """Ask the engine as the peers are asked: an outcome, or else the status."""

    def decide(p: dict[str, Any]) -> tuple[str, ...]:
        return tuple(v.outcome or v.status for v in engine.classify(p).verdicts.values())

    return decide


def per_call(decide: Callable[[dict[str, Any]], object], some: list[dict[str, Any]]) -> float:
    """Give the seconds of processor time per profile: what else the machine does stands aside."""
    start = time.process_time()
    for one in some:
        decide(one)
    return (time.process_time() - start) / len(some)


def timed(deciders: dict[str, Decide], some: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Time all, each between two looks at plain if/else; medians of the rounds."""
    share = {
        n: min(len(some), max(20, int(SECONDS / per_call(d, some[:20]))))
        for n, d in deciders.items()
    }
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in deciders}
    for _ in range(ROUNDS):
        for name, decide in deciders.items():
            floor = per_call(if_else, some)
            took = per_call(decide, some[: share[name]])
            seen[name].append((took, took * 2 / (floor + per_call(if_else, some))))
    return {
        name: {
            "us": statistics.median(took for took, _ in rounds) * 1e6,
            "ratio": statistics.median(ratio for _, ratio in rounds),
        }
        for name, rounds in seen.items()
    }


def under_unknowns(decide: Decide, engine: Engine, some: list[dict[str, Any]]) -> dict[str, float]:
    """Say, per decision of clients known in part, how an answer stands to what is certain."""
    tally = dict.fromkeys(("right", "silent", "wrong", "raises"), 0)
    for one in some:
        verdicts = engine.classify(one).verdicts.values()
        try:
            given = decide(one)
        except Exception:  # noqa: BLE001  whatever a peer raises is what is counted
            tally["raises"] += len(verdicts)
            continue
        for verdict, answer in zip(verdicts, given, strict=True):
            if answer == (verdict.outcome or verdict.status):
                tally["right"] += 1
            elif answer in verdict.possible or verdict.status == "insufficient":
                tally["silent"] += 1
            else:
                tally["wrong"] += 1
    total = sum(tally.values())
    return {name: count / total for name, count in tally.items()}


def main() -> None:
    """Check, time and print."""
    engine = Engine(load_ruleset("rijswijk-2023"))
    if "--quick" in sys.argv:
        for name in FACTORIES.keys() - {"plain if/else"}:
            del FACTORIES[name]
    known, partial = clients(KNOWN), clients(PARTIAL, unknown=0.1)
    expected = [answers(engine)(one) for one in known]
    deciders: dict[str, Decide] = {"routeengine, classify(dict)": answers(engine)}
    missing = {}
    for name, factory in FACTORIES.items():
        try:
            deciders[name] = factory()
        except ImportError as error:
            missing[name] = str(error)
    for name, decide in deciders.items():
        given = [decide(one) for one in known]
        if given != expected:
            wrong = sum(a != b for a, b in zip(given, expected, strict=True))
            sys.exit(f"{name} differs on {wrong} of {len(known)} profiles: nothing is timed")
    unknowns = {name: under_unknowns(decide, engine, partial) for name, decide in deciders.items()}
    deciders["routeengine, verdicts as they come"] = engine.classify  # type: ignore[assignment]  # it gives more
    # What `classify` does to be sure that each value is acceptable, and of just the right type.
    deciders[VALIDATION] = engine._intake.code  # type: ignore[assignment]  # noqa: SLF001  it alone is timed
    figures = timed(deciders, known)
    json.dump({"figures": figures, "unknowns": unknowns, "missing": missing}, sys.stdout)


if __name__ == "__main__":
    main()
