"""A rule set small enough to see through, and cases for it."""

from __future__ import annotations

from pathlib import Path

from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine.cases import Case, load_cases
from routeengine.ruleset.conditions import All, Condition, CriterionIs, FactIs, Not
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, IntegerDomain
from routeengine.ruleset.model import (
    Constraint,
    Criterion,
    Decision,
    Flag,
    Outcome,
    Review,
    Rule,
    RuleSet,
)
from routeengine.value_set import set_of_bits

ABLE, KEEN = FactIs("able", set_of_bits(2)), FactIs("keen", set_of_bits(2))
HIGH = FactIs("level", set_of_bits(0b1100), "at_least")  # 3 or 4 of 1 to 4
MILD, BAD = FactIs("debt", set_of_bits(0b010)), FactIs("debt", set_of_bits(0b100))


def rule(name: str, when: Condition | None, then: str | Review, *outranks: str) -> Rule:
    """Make a rule with no more than it needs."""
    return Rule(name, when, then, BOTH, BOTH, GROUNDS, outranks)


SMALL = build_ruleset(
    "small",
    facts=(
        a_fact("able", BooleanDomain()),
        a_fact("keen", BooleanDomain()),
        a_fact("level", IntegerDomain(1, 4)),
        a_fact("debt", CategoryDomain(("none", "mild", "serious"))),
    ),
    criteria=(Criterion("ready", All((ABLE, HIGH)), BOTH, GROUNDS),),
    decisions=(
        Decision(
            "next",
            BOTH,
            (Outcome("go", BOTH, BOTH), Outcome("wait", BOTH, BOTH)),
            (
                rule("start", CriterionIs("ready"), "go"),
                rule("debts_first", All((ABLE, BAD)), Review(("go", "wait")), "start"),
                rule("later", None, "wait"),
            ),
        ),
    ),
    constraints=(Constraint("keen_is_able", All((KEEN, Not(ABLE))), BOTH, GROUNDS),),
    flags=(Flag("keen_yet", BOTH, All((KEEN, FactIs("debt", set_of_bits(0b001)))), GROUNDS),),
)

WEAK = """\
cases:
  starts: {facts: {able: true, keen: false, level: 3, debt: none}, expect: {next: go}}
  waits: {facts: {able: false, keen: false, level: 3, debt: none}, expect: {next: wait}}
  debts:
    facts: {able: true, keen: true, level: 4, debt: serious}
    expect: {next: {status: review, candidates: [go, wait]}, flags: []}
"""


def cases(tmp_path: Path, text: str, ruleset: RuleSet = SMALL) -> tuple[Case, ...]:
    """Read cases from a text."""
    file = tmp_path / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    return load_cases(file, ruleset)
