"""The clients of the made caseload, and one of each kind of answer."""

from __future__ import annotations

from pathlib import Path

from routeengine import Engine, RuleSet
from routeengine.caseload import open_caseload
from routeengine.engine import Profile

CASELOAD = Path(__file__).parents[2] / "fixtures" / "caseload.csv"


def caseload(ruleset: RuleSet) -> list[Profile]:
    """Return the profiles of the made caseload."""
    with open_caseload(CASELOAD, ruleset, drop_columns=()) as rows:
        return [row.profile for row in rows if row.profile is not None]


def kinds(engine: Engine, ruleset: RuleSet) -> list[Profile]:
    """Return a client of each kind: by scope, route, rule, path and how much is missing."""
    found: dict[object, Profile] = {}
    for profile in caseload(ruleset):
        verdicts = engine.classify(profile).verdicts.values()
        kind = tuple((one.status, one.outcome, one.rule, len(one.missing)) for one in verdicts)
        found.setdefault(kind, profile)
    return list(found.values())
