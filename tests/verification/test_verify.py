"""Gaps and overlaps are found exactly where they are, with a witness that shows them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from examples import examples
from executors.test_agreement import build
from generated import rulesets
from routeengine.errors import BudgetError
from routeengine.executors.reference import FullProfile, ReferenceExecutor
from routeengine.profile import Known
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.verification import proofs, verify


@settings(max_examples=examples(200), deadline=None)
@given(rulesets(max_facts=4))
def test_findings_are_those_that_enumeration_finds(ruleset: RuleSet) -> None:
    """Per decision and winning rules, and no others; every witness is consistent and shows it."""
    build(ruleset)
    reference = ReferenceExecutor(ruleset)
    unknown = {fact.id: Known(fact.domain.full) for fact in ruleset.facts}
    expected = {
        (decision, full.reason, full.rules)
        for profile in reference.completions(unknown)
        for decision, full in profile.verdicts.items()
        if full.reason in ("gap", "overlap")
    }
    found = [one for one in verify(ruleset).findings if one.kind in ("gap", "overlap")]
    assert {(one.decision, one.kind, one.rules) for one in found} == expected
    for one in found:
        facts = {
            fact: ruleset.fact[fact].domain.index(value) or 0 for fact, value in one.witness.items()
        }
        witness = FullProfile(ruleset, facts).decide()
        assert not any(witness.holds(constraint.forbids) for constraint in ruleset.constraints)
        assert witness.verdicts[one.decision].reason == one.kind
        assert one.count > 0


@settings(max_examples=examples(100), deadline=None)
@given(rulesets(max_facts=4))
def test_what_never_is_is_found(ruleset: RuleSet) -> None:
    """Just the rules that win nowhere, and the outcomes that nothing decides or proposes."""
    build(ruleset)
    reference = ReferenceExecutor(ruleset)
    unknown = {fact.id: Known(fact.domain.full) for fact in ruleset.facts}
    fulls = [p.verdicts[d.id] for p in reference.completions(unknown) for d in ruleset.decisions]
    won = {rule for full in fulls for rule in full.rules}
    reached = {full.outcome for full in fulls} | {c for full in fulls for c in full.candidates}
    found = verify(ruleset).findings
    never = {rule for one in found if one.kind == "never_wins" for rule in one.rules}
    assert never == set(ruleset.rule) - won
    outcomes = [outcome.id for decision in ruleset.decisions for outcome in decision.outcomes]
    lost = [one.message for one in found if one.kind == "unreachable"]
    assert len(lost) == len([outcome for outcome in outcomes if outcome not in reached])


@settings(max_examples=examples(100), deadline=None)
@given(rulesets(max_facts=4))
def test_proofs_count_every_combination_once(ruleset: RuleSet) -> None:
    """The answers of a proof add up to the combinations that it looked through."""
    build(ruleset)
    for proof in verify(ruleset).proofs:
        assert sum(proof.answers.values()) == proof.combinations > 0


def test_the_shipped_policy_leaves_nothing_over(rijswijk: RuleSet) -> None:
    """On every consistent profile exactly one outcome or one review rule answers."""
    assert verify(rijswijk).findings == ()


@pytest.mark.parametrize("dropped", ["one_serious_problem", "not_willing", "route_a", "path_2"])
def test_a_dropped_rule_leaves_a_gap(rijswijk: RuleSet, dropped: str) -> None:
    """Without one of its rules the policy has a gap, and `verify` finds it."""
    decisions = tuple(
        replace(decision, rules=tuple(rule for rule in decision.rules if rule.id != dropped))
        for decision in rijswijk.decisions
    )
    assert "gap" in {one.kind for one in verify(replace(rijswijk, decisions=decisions)).findings}


def test_a_dropped_outranks_makes_an_overlap(rijswijk: RuleSet) -> None:
    """Where nothing says which of two rules goes first, they overlap, and both are named."""
    decisions = tuple(
        replace(decision, rules=tuple(replace(rule, outranks=()) for rule in decision.rules))
        for decision in rijswijk.decisions
    )
    found = verify(replace(rijswijk, decisions=decisions)).findings
    assert "overlap" in {one.kind for one in found}
    assert any(set(one.rules) == {"route_d", "prognosis_against_d"} for one in found)


def test_what_is_too_large_is_said_to_be(
    rijswijk: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision that was not looked through is a finding, never a proof."""

    class Cramped(CompiledRuleSet):
        def __init__(self, ruleset: RuleSet) -> None:
            super().__init__(ruleset, budget=60)

    monkeypatch.setattr(proofs, "CompiledRuleSet", Cramped)
    found = verify(rijswijk)
    assert "undetermined" in {one.kind for one in found.findings}
    assert len(found.proofs) < len(rijswijk.decisions)


def test_a_witness_that_shows_nothing_is_never_reported(
    rijswijk: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The witness is replayed by the reference evaluator; a false one is a fault of ours."""
    decisions = tuple(replace(decision, rules=()) for decision in rijswijk.decisions[:1])
    broken = replace(rijswijk, decisions=decisions, flags=())
    assert [one.kind for one in verify(broken).findings].count("gap") == 1
    monkeypatch.setattr(FullProfile, "decide", lambda self: _Wrong())
    with pytest.raises(AssertionError, match="does not show the gap"):
        verify(broken)


class _Wrong:
    verdicts = {"scope": None}  # noqa: RUF012  a stand-in


def test_the_reference_evaluator_says_when_it_is_out_of_its_depth(rijswijk: RuleSet) -> None:
    """Past its limit of completions it raises rather than run on."""
    unknown = {fact.id: Known(fact.domain.full) for fact in rijswijk.facts}
    with pytest.raises(BudgetError, match="use the lanes executor"):
        ReferenceExecutor(rijswijk).evaluate(unknown)
