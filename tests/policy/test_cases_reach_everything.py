"""The case files of the policy together reach every rule, outcome and flag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from routeengine import DECLINED, Between, Engine, OneOf, Result, RuleSet

CASES = Path(__file__).resolve().parents[2] / "fixtures" / "cases"
VIGNETTES = 10

# Only a dossier of observations raises these.
BY_DOSSIER = {"superseded_evidence", "source_conflict"}


def knowledge(written: object) -> object:
    """Give what a case file says of one fact, as a profile holds it."""
    match written:
        case {"one_of": values}:
            return OneOf(values)
        case {"between": [low, high]}:
            return Between(low, high)
        case {"declined": True}:
            return DECLINED
        case _:
            return written


def cases(name: str) -> Iterator[tuple[str, dict[str, object], Mapping[str, Any]]]:
    """Yield each case of a file: its id, the profile, and what is expected."""
    text = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    for case, body in text["cases"].items():
        facts = {**text.get("defaults", {}), **body["facts"]}
        yield case, {fact: knowledge(value) for fact, value in facts.items()}, body["expect"]


ALL = [
    pytest.param(facts, expect, id=f"{name}-{case}")
    for name in ("vignettes", "further")
    for case, facts, expect in cases(f"{name}.yaml")
]


def plain(value: object) -> object:
    """Give a tuple as the list that a case file writes."""
    return list(value) if isinstance(value, tuple) else value


def check_decision(result: Result, decision: str, expected: str | Mapping[str, object]) -> None:
    """Check what a case expects of one decision."""
    verdict = result.verdicts[decision]
    wanted = {"outcome": expected} if isinstance(expected, str) else dict(expected)
    if "outcome" in wanted:
        wanted.setdefault("status", "decided")
    assert {field: plain(getattr(verdict, field)) for field in wanted} == wanted


@pytest.mark.parametrize(("facts", "expect"), ALL)
def test_case(engine: Engine, facts: dict[str, object], expect: Mapping[str, Any]) -> None:
    """Each case gives what it says it gives."""
    result = engine.classify(facts)
    for name, expected in expect.items():
        if name in {"flags", "flags_possible"}:
            assert plain(getattr(result, name)) == expected
        else:
            check_decision(result, name, expected)


def test_the_ten_vignettes_stand_in_one_file() -> None:
    """The vignettes of the policy are ten, and each expects something of scope, route and path."""
    found = list(cases("vignettes.yaml"))
    assert len(found) == VIGNETTES
    assert all({"scope", "route", "path"} <= set(expect) for _, _, expect in found)


def test_every_rule_outcome_and_flag_is_reached(ruleset: RuleSet, engine: Engine) -> None:
    """Each rule answers, each outcome is decided and each flag is raised in some case."""
    rules, outcomes, flags = set(), set(), set()
    for name in ("vignettes.yaml", "further.yaml"):
        for _, facts, _ in cases(name):
            result = engine.classify(facts)
            flags |= set(result.flags)
            for decision, verdict in result.verdicts.items():
                rules.add(verdict.rule)
                outcomes.add((decision, verdict.outcome))
    assert set(ruleset.rule) <= rules
    assert {(d.id, outcome.id) for d in ruleset.decisions for outcome in d.outcomes} <= outcomes
    assert {flag.id for flag in ruleset.flags} - BY_DOSSIER == flags
