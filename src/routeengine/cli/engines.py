"""The engine that a command classifies by, and what it tells of who answered."""

from __future__ import annotations

import argparse
from collections import Counter

from routeengine.cli.output import tell
from routeengine.engine import Engine
from routeengine.loading import load_ruleset
from routeengine.ruleset.model import RuleSet


def engine_of(arguments: argparse.Namespace, ruleset: RuleSet | None = None) -> Engine:
    """Return the engine that a command asks for, of its own rules unless others are given.

    Raises UsageError for a fallback of an executor that needs none, and what building it raises.
    """
    if ruleset is None:
        ruleset = load_ruleset(arguments.rules, arguments.as_of, arguments.variant)
    return Engine(ruleset, arguments.executor, fallback="lanes" if arguments.fallback else None)


def tell_answered(engine: Engine, answered: Counter[str | None]) -> None:
    """Tell how many each executor answered, where another than the usual one was asked."""
    if engine.executor_name != "lanes":
        counts = ", ".join(f"{name} {count}" for name, count in sorted(answered.items()))
        tell(f"answered by: {counts or 'nobody'}")
