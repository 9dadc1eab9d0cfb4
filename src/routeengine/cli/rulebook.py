"""`routeengine rulebook`: all that a rule set says and all that is proved of it, as one page."""

from __future__ import annotations

import argparse

from routeengine.cases import load_cases, run_cases
from routeengine.cases.run import is_of
from routeengine.cli.output import give, tell
from routeengine.engine import Engine
from routeengine.formatters.data import all_digits
from routeengine.i18n import language_for
from routeengine.loading import load_periods, load_ruleset
from routeengine.rulebook import rulebook_page
from routeengine.verification import verify


def run(arguments: argparse.Namespace) -> int:
    """Write the page; 1 if the rules have a finding or a case fails, for the page tells of it."""
    ruleset = load_ruleset(arguments.rules, arguments.as_of, arguments.variant)
    language = language_for(ruleset.languages, arguments.lang)
    report = None
    if arguments.cases is not None:
        cases = load_cases(arguments.cases, ruleset)
        own = [case for case in cases if is_of(ruleset, case.as_of, case.variant)]
        report = run_cases(Engine(ruleset), own)
        if others := len(cases) - len(own):
            tell(f"cases of another day or variant, which are not in the book: {others}")
    periods = load_periods(arguments.rules, arguments.as_of, arguments.variant)
    verification = verify(ruleset)
    with all_digits():
        page = rulebook_page(ruleset, verification, report, language, periods)
        give(page, arguments.output)
    return 0 if verification.clean and (report is None or report.passed) else 1
