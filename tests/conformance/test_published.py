"""The published cases are current, have the form they say, and can be answered by a stranger."""

from __future__ import annotations

import json
import runpy
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance import mini
from conformance.candidates import MOST_LISTED
from examples import share

FOLDER = Path(__file__).parents[2] / "conformance"
PARTS = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))["rulesets"]


def wrong(part: dict[str, Any], make: type[mini.Mini] = mini.Mini) -> list[str]:
    """Give the cases that the independent executor answers otherwise."""
    executor = make(part["ruleset"])
    return [
        case["id"]
        for case in part["cases"]
        if case["full_profiles"] <= MOST_LISTED
        and any(case[key] != value for key, value in executor.answer(case).items())
    ]


@pytest.mark.gate
def test_the_files_are_current() -> None:
    """`python conformance/make.py` would write just what is published."""
    make = runpy.run_path(str(FOLDER / "make.py"))
    for name, text in make["FILES"].items():
        current = (FOLDER / name).read_text(encoding="utf-8") == text()
        assert current, f"{name}: run `python conformance/make.py`"


@pytest.mark.gate
def test_the_cases_have_the_form_that_the_schema_says() -> None:
    """The schema is sound, takes the file, and refuses a verdict without a status.

    In the inner loop it is given a share of the rule sets.
    """
    schema = json.loads((FOLDER / "cases.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    whole = {"format": 1, "rulesets": share(PARTS)}
    assert next(validator.iter_errors(whole), None) is None
    part = deepcopy(PARTS[1])
    del next(iter(part["cases"][0]["verdicts"].values()))["status"]
    assert not validator.is_valid({"format": 1, "rulesets": [part]})


@pytest.mark.gate
def test_an_executor_that_shares_no_code_passes() -> None:
    """Written from the two pages alone, it gives what is published."""
    imports = [
        line
        for line in Path(mini.__file__).read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    ]
    assert {line.split()[1].split(".")[0] for line in imports} == {
        "__future__", "collections", "datetime", "decimal", "itertools", "typing",
    }  # fmt: skip
    assert [one for part in PARTS for one in wrong(part)] == []


@pytest.mark.parametrize("field", ["status", "rules", "possible", "missing", "reason"])
def test_a_wrong_answer_is_seen(field: str) -> None:
    """A published answer that is changed is not passed."""
    part = deepcopy(PARTS[1])
    verdict = next(iter(part["cases"][0]["verdicts"].values()))
    verdict[field] = ["no such thing"] if isinstance(verdict[field], list) else "no such thing"
    assert wrong(part) == [part["cases"][0]["id"]]


FAULTS = {
    "what takes away from a score is left out": (
        'sum(one["worth"] for one in holding)', 'sum(max(one["worth"], 0) for one in holding)',
    ),
    "at least is more than": ("condition[low] <= total", "condition[low] < total"),
    "at most is less than": ("total <= condition[high]", "total < condition[high]"),
    "a score is read as far as it holds": ('in self.scores[leaf["score"]]))', 'in ()))'),
    "outranking stops at a rule that does not apply": ('todo += rules[loser]["outranks"]', "pass"),
    "winners that lead to the same overlap": ("len(targets) > 1", "len(winners) > 1"),
    "`otherwise` applies beside other rules": ("applies = applies or", "applies = applies |"),
    "conflicts need not be minimal": ("any(one <= names for one in found) and", "False and"),
    "a contradiction touches every decision": ("if one & self.read_by(name)", ""),
    "a contradiction is reviewed where nothing applies": (
        'clash and possible != ["not_applicable"]', "clash",
    ),
    "flags are raised in a contradiction": ("if not conflicts}", "}"),
    "one of several rules is called certain": (
        'len(first["rules"]) == 1', 'len(first["rules"]) > 0',
    ),
    "facts matter one by one": ("range(1, len(open_) + 1)", "range(1, 2)"),
    "what was declined is asked again": ('"declined" not in', '"" not in'),
    "disputed evidence is taken as unknown": ('"conflicting" in', '"" in'),
    "a review that is still possible proposes nothing": (
        "one in possible or one in named", "one in possible",
    ),
    "questions are ranked by the sum first": (
        "-sizes.count(1) / len(sizes), sum(sizes)", "sum(sizes), -sizes.count(1)",
    ),
}  # fmt: skip
"""What somebody who writes an executor may get wrong, as a change of the independent one."""


@pytest.mark.parametrize("fault", FAULTS)
def test_the_cases_tell_what_is_easily_got_wrong(fault: str, tmp_path: Path) -> None:
    """An executor with one sentence of the semantics wrong does not pass."""
    text = Path(mini.__file__).read_text(encoding="utf-8")
    right, faulty = FAULTS[fault]
    assert text.count(right) == 1
    file = tmp_path / "faulty.py"
    file.write_text(text.replace(right, faulty), encoding="utf-8")
    executor = runpy.run_path(str(file))["Mini"]
    assert any(wrong(part, executor) for part in PARTS[1:])


def test_every_kind_of_answer_is_published() -> None:
    """Each status and each reason stands in the file, and so do both lists of flags."""
    cases = [case for part in PARTS for case in part["cases"]]
    verdicts = [verdict for case in cases for verdict in case["verdicts"].values()]
    assert {one["status"] for one in verdicts} == {
        "decided", "review", "insufficient", "not_applicable",
    }  # fmt: skip
    assert {one["reason"] for one in verdicts} == {
        None, "rule", "gap", "overlap", "contradiction", "conflicting_evidence",
    }  # fmt: skip
    assert any(case["flags"] for case in cases)
    assert any(case["flags_possible"] for case in cases)
    assert any(len(one["missing"]) > 1 for one in verdicts)
