"""The schema of the case files of one rule set takes what loads, and refuses what is no name."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from loading.small import LIBRARY, REPOSITORY
from loading.test_schema import as_an_editor
from routeengine.cases import load_cases
from routeengine.cases.schema import cases_json_schema
from routeengine.errors import RuleSetError
from routeengine.loading import load_ruleset

FIXTURES = REPOSITORY / "fixtures" / "cases"
GOOD = """\
defaults: {age: 30, fine: none}
cases:
  one:
    label: {en: just an adult}
    facts: {age: {between: [18, null]}, fine: {one_of: [none, small]}, wish: null, can_come: false}
    expect:
      card: full
      loans: {outcome: 10, rule: loans_member, possible: [10, no, review], missing: [fine]}
      van: {status: not_applicable, outcome: null, reason: null, candidates: [], rules: []}
      flags: [talk]
      flags_possible: []
"""


@cache
def validator(rules: str | Path) -> Draft202012Validator:
    """Make the validator of the cases of a rule set, once."""
    schema = cases_json_schema(load_ruleset(rules))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.gate
@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.yaml")), ids=lambda one: one.name)
def test_the_cases_of_the_policy_fit(path: Path) -> None:
    """Each file by itself, as an editor reads it."""
    tree = as_an_editor(path.read_text(encoding="utf-8"))
    assert [error.message for error in validator("rijswijk-2023").iter_errors(tree)] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("defaults: {age", "defaults: {agee"),
        ("age: 30", "age: 130"),
        ("wish: null", "wishes: null"),
        ("can_come: false", "can_come: no"),
        ("[none, small]", "[none, smal]"),
        ("{one_of:", "{any_of:"),
        ("{between: [18, null]}", "{between: [18, 300]}"),
        ("fine: {one_of: [none, small]}", "fine: {between: [none, small]}"),
        ("card: full", "card: ful"),
        ("loans: {", "loan: {"),
        ("outcome: 10,", "outcome: 11,"),
        ("rule: loans_member", "rule: card_full"),
        ("[10, no, review]", "[10, no, decided]"),
        ("missing: [fine]", "missing: [fines]"),
        ("status: not_applicable", "status: never"),
        ("reason: null", "reason: because"),
        ("candidates: []", "candidate: []"),
        ("flags: [talk]", "flags: [talks]"),
        ("cases:\n", "case:\n"),
        ("    expect:\n", "    expected:\n"),
    ],
)
def test_a_name_that_is_none_is_refused(old: str, new: str, tmp_path: Path) -> None:
    """By the schema as by the loader; both take the file without the slip."""
    ruleset, path = load_ruleset(LIBRARY), tmp_path / "cases.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_cases(path, ruleset)
    good: Any = as_an_editor(GOOD)
    assert [error.message for error in validator(LIBRARY).iter_errors(good)] == []
    assert old in GOOD
    slip = GOOD.replace(old, new, 1)
    path.write_text(slip, encoding="utf-8")
    with pytest.raises(RuleSetError):
        load_cases(path, ruleset)
    assert not validator(LIBRARY).is_valid(as_an_editor(slip))
