"""`routeengine test`: run cases, and show which rules they reach."""

from __future__ import annotations

import argparse
import json

from routeengine.cases import CaseResult, Coverage, Report, load_cases, run_cases
from routeengine.engine import Engine
from routeengine.loading import load_ruleset


def run(arguments: argparse.Namespace) -> int:
    """Run the cases; 1 where one fails."""
    engine = Engine(load_ruleset(arguments.rules))
    cases = load_cases(arguments.cases, engine.ruleset)
    report = run_cases(engine, cases)
    if arguments.mutate and report.passed:
        from routeengine.cli.mutate import run_mutants  # few runs need it

        return run_mutants(engine.ruleset, cases, as_data=arguments.json)
    print(as_json(report) if arguments.json else as_text(report))
    return 0 if report.passed else 1


def as_text(report: Report) -> str:
    """Give the failing cases, the counts and the coverage, for people."""
    lines = [line for result in report.results for line in failure(result)]
    failed = sum(not result.passed for result in report.results)
    cover = report.coverage
    lines += [
        f"{len(report.results) - failed} passed, {failed} failed",
        "",
        reached("rules", cover.rules, cover.rules_not_reached),
        reached("outcomes", cover.outcomes, cover.outcomes_not_reached),
        reached("flags", cover.flags, cover.flags_not_raised),
    ]
    return "\n".join(lines)


def failure(result: CaseResult) -> list[str]:
    """Give where a failing case stands, and what is not as expected."""
    place = result.case.place
    return [f"{place}: {result.case.id}: {mismatch}" for mismatch in result.mismatches]


def reached(what: str, count: int, not_reached: tuple[str, ...]) -> str:
    """Give how many are reached, and which are not."""
    line = f"{what + ' reached:':18} {count - len(not_reached)} of {count}"
    return line + (f" (not: {', '.join(not_reached)})" if not_reached else "")


def as_json(report: Report) -> str:
    """Give the same as data."""
    data = {
        "passed": report.passed,
        "cases": [
            {
                "id": result.case.id,
                "place": str(result.case.place),
                "passed": result.passed,
                "mismatches": [
                    {"field": one.field, "expected": one.expected, "got": one.got}
                    for one in result.mismatches
                ],
            }
            for result in report.results
        ],
        "coverage": coverage_data(report.coverage),
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def coverage_data(coverage: Coverage) -> dict[str, object]:
    """Give the coverage as plain data."""
    return {
        "complete": coverage.complete,
        "rules": coverage.rules,
        "rules_not_reached": list(coverage.rules_not_reached),
        "outcomes": coverage.outcomes,
        "outcomes_not_reached": list(coverage.outcomes_not_reached),
        "flags": coverage.flags,
        "flags_not_raised": list(coverage.flags_not_raised),
    }
