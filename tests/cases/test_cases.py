"""Case files: read with every fault at once, run, and measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from loading.small import changed
from routeengine import DECLINED, Between, Engine, OneOf, load_ruleset
from routeengine.cases import load_cases, run_cases
from routeengine.errors import RuleSetError
from routeengine.profile import Conflicting
from routeengine.ruleset.model import RuleSet

FIXTURES = Path(__file__).parents[2] / "fixtures/cases"

BROKEN = """\
defaults:
  rang: 2
  willing: "true"
cases:
  one:
    facts:
      rung: seven
      finances: Serious
      willing: {one_of: true}
      prognosis_months: {between: [1, 2, 3]}
      family: [none]
    expect:
      rout: A
      route: E
      scope: {outcom: wsp, status: decide, missing: rung, possible: [wsp, reviews], rule: [x]}
      path: []
      flags: [rung_chek]
  two: {expect: {}}
  three: 3
  four: {facts: 4, expext: {}}
other: 1
"""


def test_every_fault_of_a_case_file_comes_at_once(rijswijk: RuleSet, tmp_path: Path) -> None:
    """Each with its line and column, what is wrong and what to try."""
    file = tmp_path / "broken.yaml"
    file.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(RuleSetError) as caught:
        load_cases(file, rijswijk)
    messages = [str(fault).removeprefix(f"{file}:") for fault in caught.value.faults]
    assert messages == [
        "2:3: unknown fact `rang` (did you mean `rung`?)",
        "3:12: `willing` must be true or false, or null",
        "7:13: `rung` must be a whole number from 1 to 6, or null",
        "8:17: `finances` must be one of `none`, `mild`, `serious`, or null",
        "9:16: `willing` must be true or false, or null",
        "10:25: `prognosis_months` must be a whole number from 0 to 240, or null",
        "11:15: `family` must be one of `none`, `mild`, `serious`, or null",
        "13:7: unknown decision `rout` (did you mean `route`?)",
        "14:14: unknown outcome `E`",
        "15:15: unknown key `outcom` (did you mean `outcome`?)",
        "15:36: unknown status `decide` (did you mean `decided`?)",
        "15:53: write a list, such as `[]` for nothing",
        "15:75: unknown name `reviews` under `possible` (did you mean `review`?)",
        "15:91: write one rule",
        "16:13: write an outcome, or a mapping with what is expected",
        "17:15: unknown name `rung_chek` under `flag` (did you mean `rung_check`?)",
        "18:17: a case needs `expect`: what the answer should be",
        "19:10: a case is a mapping with `facts` and `expect`",
        "20:3: a case needs `expect`: what the answer should be",
        "20:17: write the facts as `fact: value`",
        "20:20: unknown key `expext` (did you mean `expect`?)",
        "21:1: unknown key `other` (known are `as_of`, `variant`, `defaults`, `cases`)",
    ]


def test_every_form_of_knowledge_can_be_written(rijswijk: RuleSet, tmp_path: Path) -> None:
    """Values, parts of values, declined, disputed, and null for a default that is unknown here."""
    file = tmp_path / "forms.yaml"
    file.write_text(
        "defaults: {rung: 2, willing: true}\n"
        "cases:\n"
        "  all:\n"
        "    label: {en: all forms}\n"
        "    facts:\n"
        "      rung: null\n"
        "      finances: {one_of: [mild, serious]}\n"
        "      prognosis_months: {between: [12, 18]}\n"
        "      family: {conflicting: [none, mild]}\n"
        "      addiction: {declined: true}\n"
        "    expect:\n"
        "      route: {outcome: null}\n",
        encoding="utf-8",
    )
    (case,) = load_cases(tmp_path, rijswijk)
    assert case.profile == {
        "willing": True,
        "finances": OneOf(["mild", "serious"]),
        "prognosis_months": Between(12, 18),
        "family": Conflicting(["none", "mild"]),
        "addiction": DECLINED,
    }
    assert case.expect == {"route": {"outcome": None}}
    assert case.label == {"en": "all forms"}
    assert repr(case) == "Case(all)"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "the folder holds no case file"),
        ({"a.yaml": "cases: {}"}, "a.yaml:1:8: a case file needs `cases`, each with an id"),
        ({"a.yaml": "# nothing\n"}, "a.yaml:1:1: a case file needs `cases`"),
        ({"a.yaml": "defaults: {}"}, "a case file needs `cases`"),
        ({"a.yaml": "cases: [1"}, "a.yaml:2:1: a list in square brackets is not closed"),
        ({"a.yaml": b"\xff"}, "is no UTF-8 text"),
        ({"A.YML": "cases: [1"}, "A.YML:2:1: a list in square brackets is not closed"),
        ({".a.yaml": "cases: [1"}, "the folder holds no case file"),
        (
            {"a.yaml": "cases: {x: {expect: {route: A}}}",
             "b.yaml": "cases: {x: {expect: {route: A}}}"},
            "b.yaml:1:9: the case `x` appears twice",
        ),
    ],
)  # fmt: skip
def test_files_that_hold_no_cases_are_refused(
    rijswijk: RuleSet, tmp_path: Path, files: dict[str, str | bytes], message: str
) -> None:
    """With the place, and what is wrong."""
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(data)
    with pytest.raises(RuleSetError) as caught:
        load_cases(tmp_path, rijswijk)
    assert message in str(caught.value)


def test_several_files_are_one_set_of_cases(rijswijk: RuleSet, tmp_path: Path) -> None:
    """In the order in which they are given, and no id in two of them."""
    files = [tmp_path / name for name in ("b.yaml", "a.yaml")]
    for file, ids in zip(files, (["one", "two"], ["three"]), strict=True):
        cases = "".join(f"  {one}: {{facts: {{rung: 1}}, expect: {{flags: []}}}}\n" for one in ids)
        file.write_text(f"cases:\n{cases}", encoding="utf-8")
    assert [case.id for case in load_cases(files, rijswijk)] == ["one", "two", "three"]
    assert [case.id for case in load_cases(tmp_path, rijswijk)] == ["three", "one", "two"]
    files[1].write_text(files[0].read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(RuleSetError, match="the case `one` appears twice"):
        load_cases(files, rijswijk)


def test_a_file_that_is_not_there_is_refused(rijswijk: RuleSet, tmp_path: Path) -> None:
    """The message says so."""
    with pytest.raises(RuleSetError, match="there is no such file or folder"):
        load_cases(tmp_path / "none.yaml", rijswijk)


def test_the_shipped_cases_pass_and_reach_everything(engine: Engine) -> None:
    """Every rule, review rule, outcome and flag of the policy, at least once."""
    report = run_cases(engine, load_cases(FIXTURES, engine.ruleset))
    failures = [f"{r.case.place}: {r.case.id}: {m}" for r in report.results for m in r.mismatches]
    assert failures == []
    assert report.passed
    assert report.coverage.complete


def test_the_ten_vignettes_are_there(rijswijk: RuleSet) -> None:
    """The cases of the policy's authors stand in one file."""
    assert len(load_cases(FIXTURES / "vignettes.yaml", rijswijk)) == 10


def test_what_is_not_as_expected_is_shown(engine: Engine, tmp_path: Path) -> None:
    """Per field what was expected and what came out, and what no case reaches."""
    file = tmp_path / "wrong.yaml"
    file.write_text(
        "cases:\n"
        "  wrong:\n"
        "    facts: {current_service: wsp}\n"
        "    expect:\n"
        "      scope: {outcome: in_scope, missing: [rung]}\n"
        "      route: {status: not_applicable, outcome: null}\n"
        "      flags: [rung_check]\n",
        encoding="utf-8",
    )
    report = run_cases(engine, load_cases(file, engine.ruleset))
    (result,) = report.results
    assert [str(one) for one in result.mismatches] == [
        "scope.outcome: expected `in_scope`, got `wsp`",
        "scope.missing: expected [rung], got []",
        "flags: expected [rung_check], got []",
    ]
    assert not report.passed
    assert not report.coverage.complete
    assert "scope.wsp" not in report.coverage.outcomes_not_reached
    assert "route.A" in report.coverage.outcomes_not_reached
    assert "rung_check" in report.coverage.flags_not_raised
    assert len(report.coverage.rules_not_reached) == report.coverage.rules - 1


@pytest.mark.parametrize("willing", ["true", "null"])
def test_rules_that_may_have_won_are_named(tmp_path: Path, willing: str) -> None:
    """Where a case expects one rule, and more lead there or may lead there, it says which."""
    text = changed(
        ("        outranks: [card_b]\n", ""),
        ("{age: {between: [0, 17]}}", "{age: {at_least: 18}}"),
        ("then: {review: [A, B]}", "then: A"),
    )
    engine = Engine(load_ruleset({"r.yaml": text}))
    file = tmp_path / "cases.yaml"
    expected = "{card: {outcome: A, rule: card_a}, loan: {rule: null}}"
    facts = f"{{age: 30, willing: {willing}, debt: none}}"
    file.write_text(f"cases: {{one: {{facts: {facts}, expect: {expected}}}}}", encoding="utf-8")
    (result,) = run_cases(engine, load_cases(file, engine.ruleset)).results
    assert [str(one) for one in result.mismatches] == [
        "card.rule: expected `card_a`, got no single rule that is sure: `card_a` or `card_b`",
        "loan.rule: expected none, got `loan_one`",
    ]
