"""Ordinary policies of any shape are answered exactly, proved, compared and written as SQL.

Nothing here says how long a thing takes: what must not grow is counted.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from families import FAMILIES, text_of
from routeengine import Engine
from routeengine.cli import main
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.resolution import CompleteVerdict
from routeengine.sql import export_sql
from routeengine.verification import diff, verify
from sql.tabled import in_duckdb, told

MANY, RIVALS, RANKS, CLASHING = 200, 60, 100, 40
"""Rules for one target, rules that overlap, rules in one order, facts under one constraint."""


def profile(ruleset: RuleSet, *true: str) -> dict[str, bool]:
    """Give a profile of which all is known, and only this is true."""
    return {fact.id: fact.id in true for fact in ruleset.facts}


@pytest.fixture(params=["same_outcome", "review_signals"], scope="module")
def many(request: pytest.FixtureRequest) -> Engine:
    """Build an engine with many rules for one target."""
    return Engine(FAMILIES[request.param](MANY))


def test_many_rules_for_one_target_are_exact(many: Engine) -> None:
    """Whichever of them applies, the verdict is known, and which rules lead there."""
    assert many.exact
    last = f"f{MANY - 1}"
    one = many.classify(profile(many.ruleset, last)).verdicts["door"]
    assert (one.exact, one.rules, one.rule) == (True, (f"r{MANY - 1}",), f"r{MANY - 1}")
    every = many.classify(dict.fromkeys(many.ruleset.fact, True)).verdicts["door"]
    assert every.possible == one.possible
    assert len(every.rules) == MANY
    none = many.classify(profile(many.ruleset)).verdicts["door"]
    assert (none.status, none.rule) == ("decided", "else")
    nothing = many.classify({}).verdicts["door"]
    assert nothing.exact
    assert len(nothing.missing) == MANY
    told_of = many.explain(profile(many.ruleset, last), lang="en")
    assert told_of.why["door"].because == (last,)


def test_check_proves_many_rules_for_one_target(many: Engine) -> None:
    """Nothing is found, and what is counted is every profile there is."""
    found = verify(many.ruleset)
    assert found.findings == ()
    (proof,) = found.proofs
    assert sum(proof.profiles.values()) == 2**MANY
    assert sorted(count for count in proof.profiles.values() if count) == [1, 2**MANY - 1]


def test_what_changes_an_answer_among_many_rules(many: Engine) -> None:
    """One ground has to go for the better; for the worse any one is enough."""
    better = many.classify(profile(many.ruleset)).verdicts["door"].possible[0]
    known = profile(many.ruleset, "f7")
    (worse,) = many.classify(known).verdicts["door"].possible
    (back,) = many.changes_to(known, "door", better)
    assert (back.changes, back.answers) == ({"f7": False}, {})
    there = many.changes_to(profile(many.ruleset), "door", worse)
    assert len(there) == MANY
    assert all(len(one.changes) == 1 for one in there)


def test_a_change_among_many_rules_is_one_region(many: Engine) -> None:
    """A rule that is gone changes just those of whom nothing else is true."""
    (decision,) = many.ruleset.decisions
    rules = tuple(rule for rule in decision.rules if rule.id != "r7")
    fewer = replace(many.ruleset, decisions=(replace(decision, rules=rules),))
    found = diff(many.ruleset, fewer)
    assert found.undetermined == ()
    (shift,) = found.shifts
    assert isinstance(shift.after, CompleteVerdict)
    assert (shift.after.status, shift.covers.profiles) == ("decided", 1)
    (region,) = shift.regions
    assert [fact for fact, value in region.witness.items() if value] == ["f7"]
    assert diff(many.ruleset, many.ruleset).same


@pytest.mark.night
def test_many_rules_for_one_target_are_written_as_sql(many: Engine) -> None:
    """The view says what the engine says."""
    rows = [
        ("none", *[False] * MANY),
        ("all", *[True] * MANY),
        ("open", *[None] * MANY),
        *((f"f{n}", *(n == place or None for place in range(MANY))) for n in (0, 7, MANY - 1)),
    ]
    assert in_duckdb(many.ruleset, export_sql(many.ruleset), rows) == list(told(many, rows))


@pytest.mark.gate
def test_overlaps_are_told_per_pair_of_rules() -> None:
    """Of rules in no order each pair is found once; what is printed is no longer than that."""
    found = verify(FAMILIES["different_outcomes"](RIVALS))
    assert {one.kind for one in found.findings} == {"overlap"}
    pairs = [frozenset(one.rules) for one in found.findings]
    assert len(set(pairs)) == len(pairs)
    names = [f"r{number}" for number in range(RIVALS)]
    assert set(pairs) == set(map(frozenset, combinations(names, 2)))
    for one in found.findings:
        assert one.witness
        assert set(one.enough) >= {f"f{name[1:]}" for name in one.rules}


@pytest.mark.gate
def test_ranks_that_follow_are_no_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An order told in full is fine: a note for the decision at most, and status 0."""
    file = tmp_path / "ranked.yaml"
    file.write_text(text_of("ranked", RANKS), encoding="utf-8")
    assert main(["check", str(file), "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert {one["severity"] for one in findings} <= {"note"}
    assert len(findings) <= 1
    engine = Engine(FAMILIES["ranked"](RANKS))
    assert engine.exact
    verdict = engine.classify(dict.fromkeys(engine.ruleset.fact, True)).verdicts["door"]
    assert (verdict.outcome, verdict.rule) == ("o0", "r0")
    assert len(engine.classify({}).verdicts["door"].possible) == RANKS


SMALLEST = {"half_forbidden": CLASHING // 2, "four_forbidden": 4, "pairs": CLASHING // 2}
"""How many facts a smallest conflict has where all is true."""


@pytest.mark.parametrize("family", SMALLEST)
def test_a_client_of_whom_everything_is_true(family: str) -> None:
    """The contradiction is named, and explained by one of its smallest conflicts."""
    engine = Engine(FAMILIES[family](CLASHING))
    every = dict.fromkeys(engine.ruleset.fact, True)
    verdict = engine.classify(every).verdicts["door"]
    assert (verdict.status, verdict.reason, verdict.exact) == ("review", "contradiction", True)
    # `door` reads f0 alone; of pairs a conflict with f0 has no use for f1.
    aside = {"f1"} if family == "pairs" else set()
    assert set(verdict.conflict) == set(every) - aside
    explanation = engine.explain(every, lang="en")
    because = explanation.why["door"].because
    assert "f0" in because
    assert len(because) == SMALLEST[family]
    assert explanation.to_text()
    # Without the constraint's facts in the way, the rest is answered.
    assert engine.classify({"f0": True}).verdicts["door"].outcome == "yes"
