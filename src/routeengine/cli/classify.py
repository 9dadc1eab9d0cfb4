"""`routeengine classify`: a caseload in, a verdict per client out, a summary at the end."""

from __future__ import annotations

import argparse

from routeengine.caseload import classify_file
from routeengine.caseload.writing import WholeFile
from routeengine.cli.inputs import engine_of, observed, progress_bar, tell_answered, tell_faults
from routeengine.cli.output import STANDARD, give, show, source_name, tell
from routeengine.errors import shown
from routeengine.formatters.summary import summary
from routeengine.i18n import catalogue, language_for
from routeengine.sidecar import MADE, Sidecar, read_sidecar, sidecar_path

INEXACT = (
    "warning: these rules are too large to be worked out for every row: "
    "some rows may have more outcomes as possible than they need"
)


def run(arguments: argparse.Namespace) -> int:
    """Classify a caseload; 1 if a row could not be used."""
    engine = engine_of(arguments)
    ruleset = engine.ruleset
    language = language_for(ruleset.languages, arguments.lang)
    if not engine.exact:
        tell(f"{shown(arguments.rules)}: {INEXACT}")
    sidecar = Sidecar() if arguments.caseload == STANDARD else read_sidecar(arguments.caseload)
    if arguments.output is not None:
        # Refused now if it is the file of the rules, which `classify_file` does not know.
        WholeFile(arguments.output, [arguments.rules])
    seen = observed(arguments, ruleset)
    with progress_bar() as progress:
        tally = classify_file(
            engine,
            arguments.caseload,
            arguments.output,
            drop_columns=arguments.drop_columns,
            skip_rows=arguments.skip_rows,
            source_format=arguments.source_format,
            decimal=arguments.decimal,
            target_format=arguments.target_format,
            report=lambda fault: tell(f"{source_name(arguments.caseload)}:{fault}"),
            note=tell,
            progress=progress,
            observed=seen.profile if arguments.events else None,
        )
    tell_answered(arguments.executor, tally.answered)
    told = summary(ruleset, tally, language)
    if sidecar.made:
        told = f"{told}\n{catalogue(language).report.made}"
        if arguments.output not in (None, STANDARD) and not read_sidecar(arguments.output).made:
            # What is made of made clients is made too, though its rows are as any.
            give(MADE, str(sidecar_path(arguments.output)), [arguments.caseload])
    # Where the rows go to standard output, what people read goes beside it.
    (tell if arguments.output == STANDARD else show)(told)
    return 1 if tell_faults(arguments, seen) or tally.faulty else 0
