"""What `test` found of cases, and of faults that they should notice, as text and as data."""

from __future__ import annotations

from dataclasses import asdict

from routeengine.cases import Case, Report
from routeengine.mutation import Mutant, MutationReport
from routeengine.mutation.witness import describe_difference, missing_cases
from routeengine.profile import encode_knowledge
from routeengine.ruleset.model import RuleSet


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
                **_numbers(result.case),
                "passed": result.passed,
                "executor": result.result.executor,
                "mismatches": [asdict(one) for one in result.mismatches],
            }
            for result in report.results
        ],
        "coverage": {"complete": report.coverage.complete, **asdict(report.coverage)},
    }


def _numbers(case: Case) -> dict[str, str]:
    """Return the day and the variant that a case names."""
    named = {"as_of": case.as_of, "variant": case.variant}
    return {name: str(one) for name, one in named.items() if one is not None}


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
