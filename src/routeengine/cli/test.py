"""`routeengine test`: run cases, and show which rules they reach, or which faults they miss."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from routeengine.cases import Case, Report, load_cases, run_cases
from routeengine.cli.engines import engine_of, tell_answered
from routeengine.cli.output import give, show, tell
from routeengine.errors import UsageError
from routeengine.mutation import Mutant, MutationReport, mutants, mutate
from routeengine.mutation.witness import describe_difference, missing_cases
from routeengine.profile import encode_knowledge
from routeengine.ruleset.model import RuleSet


def run(arguments: argparse.Namespace) -> int:
    """Run the cases; 1 if one fails, or if of the faults that are tried one goes unnoticed."""
    engine = engine_of(arguments)
    cases = load_cases(arguments.cases, engine.ruleset)
    report = run_cases(engine, cases)
    tell_answered(engine, Counter(one.result.executor for one in report.results))
    if arguments.mutants is not None and not arguments.mutate:
        raise UsageError("`--mutants` needs `--mutate`: it says how many are tried")
    if arguments.mutate and report.passed:
        mutation, untried = run_mutants(engine.ruleset, cases, arguments.mutants)
        if arguments.json:
            give(as_json(mutation_data(mutation, untried)))
        else:
            show(mutation_text(engine.ruleset, mutation, untried))
        return 0 if mutation.passed else 1
    if arguments.json:
        give(as_json(case_data(report)))
    else:
        show(as_text(report))
    if arguments.mutate:
        tell("mutants not tried: a case fails first")
    return 0 if report.passed else 1


def as_json(data: object) -> str:
    """Return what is printed of data."""
    return json.dumps(data, indent=2, ensure_ascii=False)


def as_text(report: Report) -> str:
    """Return where failing cases stand and what is not as expected, the counts and the coverage."""
    lines = [
        f"{result.case.place}: {result.case.id}: {mismatch}"
        for result in report.results
        for mismatch in result.mismatches
    ]
    failed = sum(not result.passed for result in report.results)
    cover = report.coverage
    lines += [f"{len(report.results) - failed} passed, {failed} failed", ""]
    for what, count, not_reached in (
        ("rules", cover.rules, cover.rules_not_reached),
        ("outcomes", cover.outcomes, cover.outcomes_not_reached),
        ("flags", cover.flags, cover.flags_not_raised),
    ):
        left = f" (not: {', '.join(not_reached)})" if not_reached else ""
        lines.append(f"{what + ' reached:':18} {count - len(not_reached)} of {count}{left}")
    return "\n".join(lines)


def case_data(report: Report) -> dict[str, object]:
    """Return the same as data."""
    return {
        "passed": report.passed,
        "cases": [
            {
                "id": result.case.id,
                "place": str(result.case.place),
                "passed": result.passed,
                "executor": result.result.executor,
                "mismatches": [asdict(one) for one in result.mismatches],
            }
            for result in report.results
        ],
        "coverage": {"complete": report.coverage.complete, **asdict(report.coverage)},
    }


# With a fault in the rules


def run_mutants(
    ruleset: RuleSet, cases: Sequence[Case], most: int | None = None
) -> tuple[MutationReport, int]:
    """Try the cases on every mutant, or on so many of them, and show how far it is on a terminal.

    Return what became of them, and how many were not tried. Those that are tried are spread evenly
    over the rules, and are the same ones each time.
    """
    from tqdm import tqdm  # slow to import

    every = list(mutants(ruleset))
    count = len(every) if most is None else min(most, len(every))
    some = [every[number * len(every) // count] for number in range(count)]
    with tqdm(total=count, unit=" mutants", leave=False, disable=None) as bar:
        return mutate(ruleset, cases, some, bar.update), len(every) - count


def mutation_text(ruleset: RuleSet, report: MutationReport, untried: int = 0) -> str:
    """Return the score, what goes unnoticed per rule, and the cases that are missing."""
    every = report.counted + len(report.equivalent)
    noticed, missed, alike = map(len, (report.killed, report.survivors, report.equivalent))
    lines = [
        # Never rounded up to 100 %.
        f"mutation score: {int(report.score * 1000) / 10:g} % ({noticed} of {report.counted})",
        f"{every} mutants: {noticed} noticed, {missed} not, {alike} that no case could notice",
        *([f"could not tell: {len(report.undetermined)}"] if report.undetermined else []),
        *(
            [f"not tried: {untried} mutants more; of those the score says nothing"]
            if untried
            else []
        ),
    ]
    unnoticed: dict[str, list[str]] = {}
    for one in report.survivors:
        found = f"no case notices: {describe_difference(one.witness)}"
        unnoticed.setdefault(one.mutant.where, []).extend(_told(one.mutant, found))
    for mutant in report.undetermined:
        found = "passes all cases, and is too large to be compared with the rules"
        unnoticed.setdefault(mutant.where, []).extend(_told(mutant, found))
    for where, told in unnoticed.items():
        lines += ["", f"{where}: {len(told) // 2}", *told]
    if report.survivors:
        lines += [
            "",
            "# Cases that are missing. What they expect is what the rules answer now:",
            "# keep each only if the policy says so, and give it a name of its own.",
            missing_cases(ruleset, report.survivors),
        ]
    return "\n".join(lines)


def _told(mutant: Mutant, found: str) -> list[str]:
    """Return a mutant under the part that it changes: its place, what was done, what came of it."""
    return [f"  {mutant.place}: {mutant.what}", f"    {found}"]


def mutation_data(report: MutationReport, untried: int = 0) -> dict[str, object]:
    """Return the same as data, with the profile that would tell each that goes unnoticed."""
    return {
        "passed": report.passed,
        "not_tried": untried,
        "score": report.score,
        "killed": len(report.killed),
        "equivalent": [mutant_data(mutant) for mutant in report.equivalent],
        "undetermined": [mutant_data(mutant) for mutant in report.undetermined],
        "survivors": [
            {
                **mutant_data(one.mutant),
                "witness": {f: encode_knowledge(v) for f, v in one.witness.profile.items()},
                "difference": describe_difference(one.witness),
            }
            for one in report.survivors
        ],
    }


def mutant_data(mutant: Mutant) -> dict[str, str]:
    """Return a mutant as plain data."""
    names = ("place", "kind", "where", "what")
    return {name: str(getattr(mutant, name)) for name in names}
