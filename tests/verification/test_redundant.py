"""What is said twice is found: rules that can be left out, and operands that mean the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from examples import examples
from executors.test_agreement import build
from generated import rulesets
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    Exactly,
    FactIs,
    Not,
    RuleIs,
    children,
    walk,
)
from routeengine.ruleset.model import Decision, Rule, RuleSet
from routeengine.ruleset.resolution import target
from routeengine.value_set import set_of_bits
from routeengine.verification import verify
from verification.drawn import chained, meeting
from verification.pairs import a_rule, all_profiles, door, with_rule
from verification.test_verify import about, possible, told


def left_out(ruleset: RuleSet, rule: Rule) -> RuleSet:
    """Give the rule set without a rule; who outranked it outranks what it did."""

    def less(decision: Decision) -> Decision:
        rules = [
            replace(one, outranks=tuple(name for name in one.outranks if name != rule.id))
            if rule.id not in one.outranks
            else replace(
                one,
                outranks=tuple(
                    dict.fromkeys(n for n in (*one.outranks, *rule.outranks) if n != rule.id)
                ),
            )
            for one in decision.rules
            if one.id != rule.id
        ]
        return replace(decision, rules=tuple(rules))

    return replace(ruleset, decisions=tuple(map(less, ruleset.decisions)))


@settings(max_examples=examples(150), deadline=None)
@given(meeting() | chained() | rulesets(max_facts=3))
def test_just_the_rules_that_can_be_left_out_are_redundant(ruleset: RuleSet) -> None:
    """Of those that win only where another one does; of several that are alike the first stays."""
    build(ruleset)
    base, profiles = told(ruleset), list(possible(ruleset))
    parts = [part for whole in ruleset.conditions for part in walk(whole)]
    asked = {rule for part in parts if isinstance(part, RuleIs) for rule in part.rules}
    wins = {
        rule.id: {n for n, p in enumerate(profiles) if rule.id in p.verdicts[decision.id].rules}
        for decision in ruleset.decisions
        for rule in decision.rules
    }
    found = {one[0]: one[1] for one in about(verify(ruleset).findings, "redundant_rule")}
    for decision in ruleset.decisions:
        for rule in decision.rules:
            covered = {
                other.id
                for other in decision.rules
                if other is not rule
                and target(other) == target(rule)
                and wins[rule.id] <= wins[other.id]
            }
            able = bool(wins[rule.id] and covered) and rule.id not in asked
            if able and told(left_out(ruleset, rule)) == base:
                if rule.id in found:
                    assert found[rule.id] in covered
                else:
                    assert covered <= found.keys()
            else:
                assert rule.id not in found


def test_rules_are_named_with_what_makes_them_redundant() -> None:
    """The same rule again, and one within another; a note, and no reason to fail."""
    rules = [a_rule(0, "A"), a_rule(1, "A"), a_rule(2, "B")]
    ruleset = door(["A", "B"], *rules)
    some = Any((FactIs("f1", set_of_bits(2)), FactIs("f0", set_of_bits(2))))
    ruleset = with_rule(
        with_rule(ruleset, "r1", when=FactIs("f0", set_of_bits(2))), "r2", when=some, then="A"
    )
    messages = [f.message for f in verify(ruleset).findings if f.kind == "redundant_rule"]
    assert messages == [
        "rule `r0` is redundant: it wins only where `r2` does, to the same end",
        "rule `r1` is redundant: it wins just where `r0` does, to the same end",
    ]
    alike = with_rule(ruleset, "r2", when=FactIs("f0", set_of_bits(2)))
    assert [f.message for f in verify(alike).findings if f.kind == "redundant_rule"] == [
        "rule `r1` is redundant: it wins just where `r0` does, to the same end",
        "rule `r2` is redundant: it wins just where `r0` does, to the same end",
    ]


def test_a_rule_that_keeps_another_one_down_is_not_redundant() -> None:
    """Without it the one that it outranks would win, and lead elsewhere."""
    both = door(["A", "B"], a_rule(0, "A"), a_rule(1, "B"), a_rule(2, "A"))
    some = Any((FactIs("f0", set_of_bits(2)), FactIs("f1", set_of_bits(2))))
    ruleset = with_rule(with_rule(both, "r1", when=FactIs("f0", set_of_bits(2))), "r2", when=some)
    kept = with_rule(ruleset, "r0", outranks=("r1",))
    assert about(verify(kept).findings, "redundant_rule") == set()
    assert about(verify(ruleset).findings, "redundant_rule") == {("r0", "r2")}
    alike = with_rule(kept, "r1", then="A")
    assert ("r0", "r2") in about(verify(alike).findings, "redundant_rule")


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(rulesets(max_facts=3))
def test_operands_that_mean_the_same_are_found(ruleset: RuleSet) -> None:
    """Just those that hold on the same profiles, on one at least, and are not equal."""
    build(ruleset)
    allowed = list(possible(ruleset))
    every = [FullProfile(ruleset, facts).decide() for facts in all_profiles(ruleset)]
    expected = 0
    forbidden = [one.forbids for one in ruleset.constraints]
    for whole in ruleset.conditions:
        profiles = every if any(whole is one for one in forbidden) else allowed
        for part in walk(whole):
            operands = children(part) if isinstance(part, All | Any | AtLeast | Exactly) else ()
            truths = [[p.holds(one) for p in profiles] for one in operands]
            expected += sum(
                truths[a] == truths[b] and any(truths[a]) and operands[a] != operands[b]
                for b in range(len(operands))
                for a in range(b)
            )
    found = [one for one in verify(ruleset).findings if one.kind == "equivalent_operands"]
    assert len(found) == expected
    assert all(one.severity == "note" for one in found)


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (AtLeast, "operands 1 and 3 of `at_least` in rule `r0` mean the same, and both count"),
        (Exactly, "operands 1 and 3 of `exactly` in rule `r0` mean the same, and both count"),
        (None, "operands 1 and 3 of `any` in rule `r0` mean the same"),
    ],
)
def test_operands_are_told_by_number(count: type[AtLeast | Exactly] | None, message: str) -> None:
    """Where they are counted, that both count is said."""
    a, b = FactIs("f0", set_of_bits(2)), FactIs("f1", set_of_bits(2))
    parts: tuple[Condition, ...] = a, b, Not(FactIs("f0", set_of_bits(1)))
    ruleset = door(["A", "B"], a_rule(0, "A"), a_rule(1, "B"))
    when = Any(parts) if count is None else count(2, parts)
    found = verify(with_rule(ruleset, "r0", when=when)).findings
    assert [f.message for f in found if f.kind == "equivalent_operands"] == [message]
