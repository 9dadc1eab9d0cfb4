"""The case files of the policy agree with the hand-written reading, and stand on every boundary."""

from __future__ import annotations

import re
from itertools import product
from math import prod
from pathlib import Path

import pytest

from policy.clients import FACTS, Client
from policy.oracle import classify, contradicted
from routeengine import Engine, RuleSet
from routeengine.cases import Case, load_cases, run_cases
from routeengine.profile import read_profile

REPOSITORY = Path(__file__).resolve().parents[2]
CASES = REPOSITORY / "fixtures" / "cases"
GUIDE = REPOSITORY / "docs" / "policy-rijswijk.md"

FIELDS = ("status", "outcome", "rule", "reason", "candidates")


@pytest.fixture(scope="module")
def cases(ruleset: RuleSet) -> tuple[Case, ...]:
    """All cases of the policy."""
    return load_cases(CASES, ruleset)


def whole(case: Case) -> bool:
    """Say whether a case knows the one value of every fact."""
    return set(case.profile) == set(FACTS) and all(
        isinstance(value, bool | int | str) for value in case.profile.values()
    )


def test_whole_cases_expect_what_the_hand_written_reading_says(cases: tuple[Case, ...]) -> None:
    """What a case expects of a client of whom all is known is what the policy says by hand."""
    known = [case for case in cases if whole(case)]
    assert len(known) > 40
    for case in known:
        expected = classify(case.profile)
        for decision, fields in case.expect.items():
            verdict = getattr(expected, decision)
            for field in FIELDS:
                if field in fields:
                    assert fields[field] == getattr(verdict, field), (case.id, decision, field)
            if "conflict" in fields:
                assert set(fields["conflict"] or ()) == verdict.conflict, case.id
        if case.flags is not None:
            assert set(case.flags) == expected.flags, case.id


def completions(ruleset: RuleSet, case: Case) -> list[Client]:
    """List the clients that a case may be about; none where they are too many to list."""
    state = read_profile(ruleset, case.profile)
    options = [
        [v for v in values if ruleset.fact[fact].domain.index(v) in state[fact].allowed]
        for fact, values in FACTS.items()
    ]
    if prod(map(len, options)) > 500:
        return []
    found = [dict(zip(FACTS, choice, strict=True)) for choice in product(*options)]
    return [client for client in found if not contradicted(client)]


def test_cases_known_in_part_expect_what_every_completion_gets(
    ruleset: RuleSet, cases: tuple[Case, ...]
) -> None:
    """Where some is unknown, a case expects what everybody whom it may be about gets by hand."""
    looked_at = 0
    for case in cases:
        clients = [] if whole(case) else completions(ruleset, case)
        answers = [classify(client) for client in clients]
        for decision, fields in case.expect.items():
            seen = [getattr(answer, decision) for answer in answers]
            keys = {verdict.outcome or verdict.status for verdict in seen}
            if not seen or fields.get("reason") == "conflicting_evidence":
                continue
            looked_at += 1
            if "outcome" in fields:
                assert keys == {fields["outcome"]}, (case.id, decision)
            if "rule" in fields and fields["rule"] is not None:
                assert {verdict.rule for verdict in seen} == {fields["rule"]}, (case.id, decision)
            if fields.get("status") in {"review", "not_applicable"}:
                assert keys == {fields["status"]}, (case.id, decision)
            if "possible" in fields:
                assert keys == set(fields["possible"] or ()), (case.id, decision)
    assert looked_at > 30


def test_each_constraint_is_broken_by_a_case(ruleset: RuleSet, cases: tuple[Case, ...]) -> None:
    """For each way in which facts contradict each other there is a case with just that conflict."""
    conflicts = {contradicted(case.profile) for case in cases if whole(case)} - {frozenset()}
    assert len(conflicts) >= len(ruleset.constraints)


def test_each_boundary_of_the_prognosis_stands_in_a_case(cases: tuple[Case, ...]) -> None:
    """The months just before and at each turn of the policy stand in a case."""
    assert {12, 13, 18, 19, 23, 24} <= {case.profile.get("prognosis_months") for case in cases}


def test_vignettes_expect_something_of_every_decision(ruleset: RuleSet) -> None:
    """Each vignette says what scope, route and path should be."""
    for case in load_cases(CASES / "vignettes.yaml", ruleset):
        assert set(case.expect) == {"scope", "route", "path"}, case.id
        assert all("status" in fields or "outcome" in fields for fields in case.expect.values())


def test_the_example_of_the_guide_passes(engine: Engine, tmp_path: Path) -> None:
    """The case file that the guide shows can be used as it stands."""
    shown = re.search(r"```yaml\n(defaults:.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    file = tmp_path / "guide.yaml"
    file.write_text(shown[1], encoding="utf-8")
    report = run_cases(engine, load_cases(file, engine.ruleset))
    assert [str(one) for result in report.results for one in result.mismatches] == []


def test_the_guide_names_every_file_and_every_rule(ruleset: RuleSet) -> None:
    """The guide's tables hold each file of the rule set and each rule, and no rule that is gone."""
    guide = GUIDE.read_text(encoding="utf-8")
    files = {path.name for path in (REPOSITORY / "rules" / "rijswijk-2023").glob("*.yaml")}
    assert files <= set(re.findall(r"^\| `([\w-]+\.yaml)`", guide, re.MULTILINE))
    tables = re.findall(r"^\| (?:`\w+` \| )?`(\w+)` \| ", guide, re.MULTILINE)
    assert set(ruleset.rule) <= set(tables)
    for word in re.findall(r"`((?:scope|route|path)_\w+)`", guide):
        assert word in ruleset.rule, word
