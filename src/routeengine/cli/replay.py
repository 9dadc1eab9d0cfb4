"""`routeengine replay`: work a recorded advice out again, and name what differs."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

from routeengine.cli.inputs import engine_of
from routeengine.cli.output import show
from routeengine.errors import RecordError, RuleSetError, UsageError, shown
from routeengine.loading import load_ruleset
from routeengine.record import Record, Replay, find_ruleset, replay
from routeengine.record.replay import recorded_rules
from routeengine.ruleset.model import RuleSet


def run(arguments: argparse.Namespace) -> int:
    """Replay one record; 1 if it was touched or the rules say something else."""
    try:
        record = Record.read(arguments.record)
        ruleset = asked_for(arguments.rules, arguments.as_of, arguments.variant, record)
        outcome = _replayed(arguments, record, ruleset)
    except RecordError as error:
        named = shown(arguments.record)
        place = f"{named}: {error.path}" if error.path else named
        raise RecordError(plain(error.message), place) from None
    show(words(arguments.record, outcome))
    return 0 if outcome.same else 1


def _replayed(arguments: argparse.Namespace, record: Record, ruleset: RuleSet | None) -> Replay:
    """Replay a record by the executor that is asked."""
    if arguments.executor == "lanes" and not arguments.fallback:
        return replay(record, ruleset)
    return engine_of(arguments, ruleset or recorded_rules(record.body, ())).replay(record)


def asked_for(
    rules: str | None, day: str | None, variant: str | None, record: Record
) -> RuleSet | None:
    """Return the rule set that the record names, out of a folder of them, or else the one asked.

    On a day that is asked it is the one that is valid then, whatever the record names, and so with
    a variant; unasked, the numbers of parameters are those of the day and the variant that the
    record names. None if nothing is asked, or if that takes reading a record that cannot be read:
    the replay will say why. Raises RuleSetError if nothing that is asked can be used.
    """
    if day is not None or variant is not None:
        if rules is None:
            option = "--variant" if day is None else "--as-of"
            raise UsageError(f"`{option}` needs `--rules`: the rules of that day, or that variant")
        return load_ruleset(rules, day, variant)
    if rules is None:
        return None
    try:
        wanted = record.body.ruleset
    except RecordError:
        with suppress(RuleSetError):
            return load_ruleset(rules)
        return None
    if Path(rules).is_dir():
        with suppress(RecordError):
            return find_ruleset(wanted, [rules], shipped=False)
    if (instance := wanted.instance) is not None:
        return load_ruleset(rules, instance.since or instance.until, instance.variant)
    return load_ruleset(rules)


def words(path: str, outcome: Replay) -> str:
    """Return what came of it, a line for each difference and note."""
    used, how = outcome.ruleset, "the same, worked out again" if outcome.same else "not the same"
    lines = [
        f"{shown(path)}: {how}" + ("" if used is None else f" by {used.id} {used.version}"),
        *(f"  {difference}" for difference in outcome.differences),
        *(f"  note: {note}" for note in outcome.notes),
    ]
    return "\n".join(map(plain, lines))


def plain(line: str) -> str:
    """Leave out what could steer a terminal: a record may come from anywhere."""
    return "".join(sign if sign.isprintable() else "?" for sign in line)
