"""`routeengine diff`: what a change of rules changes, and whom."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from routeengine.cli.inputs import reading
from routeengine.cli.output import STANDARD, give, show, tell
from routeengine.difference_words import DifferenceWords
from routeengine.errors import UsageError
from routeengine.formatters.data import all_digits
from routeengine.formatters.diff import Clients, as_json, as_text
from routeengine.i18n import language_for
from routeengine.loading import load_ruleset
from routeengine.sidecar import read_sidecar
from routeengine.verification import Difference, diff, impact, migrate


def run(arguments: argparse.Namespace) -> int:
    """Compare two versions; 0 only if they mean the same and every row could be used.

    And not where one version number stands for rules that are written otherwise.
    """
    days, variants = arguments.as_of or [None], arguments.variant or [None]
    for option, given in (("--as-of", days), ("--variant", variants)):
        if len(given) > 2:
            raise UsageError(f"`{option}` is given once, or once for OLD and once for NEW")
    old = load_ruleset(arguments.old, days[0], variants[0])
    new = load_ruleset(arguments.new, days[-1], variants[-1])
    renames = _renames(arguments.rename)
    clients: Clients | None = None
    difference = diff(old, new, renames)
    if arguments.caseload and arguments.by:
        clients = impact(old, new, arguments.caseload, arguments.by, renames, **reading(arguments))
    elif arguments.caseload:
        clients = migrate(old, new, arguments.caseload, renames, **reading(arguments))
    elif arguments.by:
        raise UsageError("`--by` is a column of a caseload: give that with `--caseload`")
    for line in () if clients is None else (*clients.faults, *clients.notes):
        tell(line)
    with all_digits():
        _give(arguments, difference, clients)
    faulty = clients is not None and clients.faults
    return 1 if faulty or not difference.same or difference.unraised == "meaning" else 0


def _give(arguments: argparse.Namespace, difference: Difference, clients: Clients | None) -> None:
    """Write the difference as it is asked for: as a page, as data, or in words."""
    old, new = difference.aligned.before.own, difference.aligned.after.own
    output, caseload = arguments.output, arguments.caseload
    read = [caseload] if caseload else []
    page = output is not None and output.lower().endswith(".html")
    if arguments.json and page:
        raise UsageError("`--json` is no page: give `-o` a name that does not end in .html")
    if arguments.json:
        give(as_json(difference, clients), output, read)
        return
    both = [language for language in new.languages if language in old.languages]
    language = language_for(both or new.languages, arguments.lang)
    if page:
        # Half the time of the rest, and only for pages.
        from routeengine.change_page import change_page

        made = caseload not in (None, STANDARD) and read_sidecar(caseload).made
        give(change_page(difference, clients, language, made=made), output, read)
        return
    text = as_text(DifferenceWords(difference, language), clients)
    if output in (None, STANDARD):
        show(text)
    else:
        give(text, output, read)


def _renames(options: Iterable[str]) -> dict[str, str]:
    renames: dict[str, str] = {}
    for option in options:
        was, equals, now = option.partition("=")
        if not (was and equals and now):
            raise UsageError("`--rename` takes OLD=NEW")
        if renames.setdefault(was, now) != now:
            raise UsageError(f"`--rename` names `{was}` twice: as `{renames[was]}` and as `{now}`")
    return renames
