"""`routeengine test`: run cases, and show which rules they reach, or which faults they miss."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from functools import partial

from routeengine.cases import Case, CaseEngines, load_cases, run_cases
from routeengine.cli.inputs import engine_of, tell_answered
from routeengine.cli.output import give, show, tell
from routeengine.errors import UsageError
from routeengine.formatters.cases import as_text, case_data, mutation_data, mutation_text
from routeengine.formatters.data import to_json
from routeengine.mutation import mutants, mutate
from routeengine.mutation.mutants import spread
from routeengine.ruleset.model import RuleSet


def run(arguments: argparse.Namespace) -> int:
    """Run the cases; 1 if one fails, or if of the faults that are tried one goes unnoticed."""
    asked = arguments.rules, arguments.as_of, arguments.variant
    engines = CaseEngines(*asked, partial(engine_of, arguments))
    cases = load_cases(arguments.cases, engines.ruleset)
    report = run_cases(engines, cases)
    tell_answered(arguments.executor, Counter(one.result.executor for one in report.results))
    if arguments.mutants is not None and not arguments.mutate:
        raise UsageError("`--mutants` needs `--mutate`: it says how many are tried")
    if arguments.mutate and report.passed:
        return _with_faults(arguments, engines.usual.ruleset, cases)
    if arguments.json:
        give(to_json(case_data(report)))
    else:
        show(as_text(report))
    if arguments.mutate:
        tell("mutants not tried: a case fails first")
    return 0 if report.passed else 1


def _with_faults(arguments: argparse.Namespace, ruleset: RuleSet, cases: Sequence[Case]) -> int:
    """Try the cases on mutants, and show how far it is on a terminal."""
    from tqdm import tqdm  # slow to import

    every = list(mutants(ruleset))
    some = spread(every, arguments.mutants)
    with tqdm(total=len(some), unit=" mutants", leave=False, disable=None) as bar:
        report = mutate(ruleset, cases, some, bar.update)
    untried = len(every) - len(some)
    if arguments.json:
        give(to_json(mutation_data(report, untried)))
    else:
        show(mutation_text(ruleset, report, untried))
    return 0 if report.passed else 1
