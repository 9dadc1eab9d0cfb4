"""`routeengine test --mutate`: would the cases notice if a rule said something else?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from routeengine.cases import Case
from routeengine.mutation import Mutant, MutationReport, Survivor, mutants, mutate, pasted
from routeengine.mutation import seen_otherwise as seen
from routeengine.profile import encode_knowledge
from routeengine.ruleset.model import RuleSet


def run_mutants(ruleset: RuleSet, cases: Sequence[Case], *, as_data: bool) -> int:
    """Try the cases on every mutant; 1 where one goes unnoticed."""
    some = list(mutants(ruleset))
    with progress(len(some)) as step:
        report = mutate(ruleset, cases, some, step)
    print(as_json(report) if as_data else as_text(ruleset, report))
    return 0 if report.passed else 1


@contextmanager
def progress(total: int) -> Iterator[Callable[[], object] | None]:
    """Show how far it is, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm  # slow to import, and only for terminals

    with tqdm(total=total, unit=" mutants", leave=False) as bar:
        yield bar.update


def as_text(ruleset: RuleSet, report: MutationReport) -> str:
    """Give what goes unnoticed, the cases that are missing, and the score, for people."""
    lines = []
    for survivor in report.survivors:
        lines += [str(survivor.mutant), f"  no case notices: {seen(survivor.witness)}"]
    lines += [
        f"{mutant}\n  passes all cases, and is too large to be compared with the rules"
        for mutant in report.undetermined
    ]
    if report.survivors:
        lines += [
            "",
            "# Cases that are missing. What they expect is what the rules answer now:",
            "# keep each only if the policy says so, and give it a name of its own.",
            pasted(ruleset, report.survivors),
        ]
    return "\n".join([*lines, *([""] if lines else []), *totals(report)])


def totals(report: MutationReport) -> list[str]:
    """Give the counts and the score."""
    every = report.counted + len(report.equivalent)
    noticed, missed, alike = map(len, (report.killed, report.survivors, report.equivalent))
    counts = [
        f"{every} mutants: {noticed} noticed, {missed} not, {alike} that no case could notice",
        f"mutation score: {percent(report)} ({noticed} of {report.counted})",
    ]
    if report.undetermined:
        counts.insert(1, f"could not tell: {len(report.undetermined)}")
    return counts


def percent(report: MutationReport) -> str:
    """Give the score, never rounded up to 100 %."""
    return f"{int(report.score * 1000) / 10:g} %"


def as_json(report: MutationReport) -> str:
    """Give the same as data."""
    data = {
        "passed": report.passed,
        "score": report.score,
        "killed": len(report.killed),
        "equivalent": [of_mutant(mutant) for mutant in report.equivalent],
        "undetermined": [of_mutant(mutant) for mutant in report.undetermined],
        "survivors": [of_survivor(survivor) for survivor in report.survivors],
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def of_mutant(mutant: Mutant) -> dict[str, str]:
    """Give a mutant as plain data."""
    return {
        "place": str(mutant.place),
        "kind": mutant.kind,
        "where": mutant.where,
        "what": mutant.what,
    }


def of_survivor(survivor: Survivor) -> dict[str, object]:
    """Give a mutant that goes unnoticed as plain data, with the profile that would tell."""
    return {
        **of_mutant(survivor.mutant),
        "witness": {
            fact: encode_knowledge(value) for fact, value in survivor.witness.profile.items()
        },
        "difference": seen(survivor.witness),
    }
