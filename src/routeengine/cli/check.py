"""`routeengine check`: are the rule files well-formed, and what is proved of them?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict

from routeengine.citations import verify_citations
from routeengine.cli.inputs import reading, source_text
from routeengine.cli.output import give, give_folder, show, tell
from routeengine.errors import RuleSetError, UsageError
from routeengine.formatters.check import as_json, as_text
from routeengine.formatters.data import all_digits, to_json
from routeengine.i18n import language_for
from routeengine.loading import load_instances, load_unused_parameters
from routeengine.ruleset.model import RuleSet
from routeengine.verification.instances import (
    check_each,
    unchecked_citations,
    unraised_finding,
    unused_parameters,
)


def run(arguments: argparse.Namespace) -> int:
    """Check a rule set; 1 if there is an error or a warning."""
    if arguments.stands_in or arguments.hangs_on:
        return _hanging(arguments)
    if arguments.caseload or arguments.decision:
        raise UsageError("`--caseload` and `--decision` go with `--stands-in` or `--hangs-on`")
    try:
        rulesets = load_instances(arguments.rules, arguments.as_of, arguments.variant)
    except RuleSetError as error:
        if arguments.json:
            give(to_json({"faults": [asdict(fault) for fault in error.faults]}))
        raise
    if arguments.certificate is not None and rulesets[1:]:
        message = "`--certificate` is of one instance: say which by `--as-of` and `--variant`"
        raise UsageError(message)
    given = dict(_source(rulesets[0], option) for option in arguments.source)
    more = [*unchecked_citations(rulesets[0], given)]
    if rulesets[0].parameters:
        unused = load_unused_parameters(arguments.rules, arguments.as_of, arguments.variant)
        more += unused_parameters(unused)
    if arguments.against is not None:
        olds = load_instances(arguments.against, arguments.as_of, arguments.variant)
        more += unraised_finding(olds, rulesets)
    every = check_each(rulesets, more)
    citations = [
        str(finding)
        for source, path in given.items()
        for finding in verify_citations(rulesets[0], source, source_text(path))
    ]
    with all_digits():
        if arguments.json:
            give(as_json(every, citations))
        else:
            show(as_text(every, citations, bool(given)))
    too_large = _certified(rulesets[0], arguments)
    well = all(one.verification.clean for one in every) and not citations and not too_large
    return 0 if well else 1


def _source(ruleset: RuleSet, option: str) -> tuple[str, str]:
    """Return the source and the file that an option names, as ID=FILE."""
    source, _, path = option.partition("=")
    known = [one.id for one in ruleset.sources]
    if source not in known or not path:
        raise UsageError(f"`--source` takes ID=FILE, with an ID of {', '.join(known)}")
    return source, path


def _certified(ruleset: RuleSet, arguments: argparse.Namespace) -> Sequence[str]:
    """Write a certificate where one is asked for, and return what is not certified."""
    if arguments.certificate is None:
        return ()
    from routeengine.portable import certify

    certified = certify(ruleset)
    give_folder(certified.files, arguments.certificate)
    for what in certified.too_large:
        (tell if arguments.json else show)(f"not certified: {what}")
    return certified.too_large


def _hanging(arguments: argparse.Namespace) -> int:
    """Say where decisions hang on facts; 0 only if it is proved that none does."""
    from routeengine.formatters import hanging

    if arguments.source or arguments.against or arguments.certificate:
        others = "`--source`, `--against` and `--certificate`"
        raise UsageError(f"`--stands-in` and `--hangs-on` go without {others}")
    rulesets = load_instances(arguments.rules, arguments.as_of, arguments.variant)
    every = [
        hanging.look(
            ruleset,
            arguments.hangs_on,
            arguments.decision,
            proxies=arguments.stands_in,
            caseload=arguments.caseload,
            **reading(arguments),
        )
        for ruleset in rulesets
    ]
    for line in every[0].told:
        tell(line)
    with all_digits():
        if arguments.json:
            give(hanging.as_json(every))
        else:
            show(hanging.as_text(every, language_for(rulesets[0].languages, arguments.lang)))
    return 1 if any(one.is_found for one in every) else 0
