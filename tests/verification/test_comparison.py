"""Two rule sets mean the same just where no full profile tells them apart."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings

from examples import examples
from routeengine.errors import BudgetError, UsageError
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import All, Any, CriterionIs, FactIs, Not
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.value_set import set_of_bits
from routeengine.verification import Comparison, first_difference
from routeengine.verification.comparison import compiler_of, meaning
from routeengine.verification.space import count_leaves
from verification.pairs import all_profiles, allowed, overlapping, pairs, with_rule


def answers(ruleset: RuleSet, facts: dict[str, int], *, rules: bool) -> object:
    """Give all that a rule set says of a full profile; None where it is not possible."""
    profile = FullProfile(ruleset, facts).decide()
    if not allowed(profile):
        return None
    told = {name: full if rules else meaning(full) for name, full in profile.verdicts.items()}
    flags = {f.id: profile.holds(f.when) for f in ruleset.flags if f.when is not None}
    return told, flags


@pytest.mark.gate
@settings(max_examples=examples(200), deadline=None)
@given(pairs() | overlapping())
def test_a_difference_is_found_just_where_there_is_one(sides: tuple[RuleSet, RuleSet]) -> None:
    """None is a proof; a witness differs, and no witness leaves fewer facts as they mostly are."""
    old, new = sides
    for rules in (False, True):
        differing = [
            facts
            for facts in all_profiles(old)
            if answers(old, facts, rules=rules) != answers(new, facts, rules=rules)
        ]
        found = first_difference(old, new, rules=rules)
        assert (found is None) == (not differing)
        if found is None:
            continue
        witness = {f.id: f.domain.index(found.witness[f.id]) or 0 for f in old.facts}
        assert witness in differing
        assert found.before != found.after
        if found.kind == "decision":
            same = [
                facts
                for facts in differing
                if all(allowed(FullProfile(one, facts)) for one in sides)
                and FullProfile(old, facts).decide().verdicts[found.name] == found.before
                and FullProfile(new, facts).decide().verdicts[found.name] == found.after
            ]
            least = min(sum(map(bool, facts.values())) for facts in same)
            assert sum(map(bool, witness.values())) == least


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(pairs(), pairs())
def test_one_comparison_serves_many(
    sides: tuple[RuleSet, RuleSet], others: tuple[RuleSet, RuleSet]
) -> None:
    """What was compared before changes nothing: every answer is that of a fresh look."""
    old, new = sides
    comparison = Comparison(old, budget=4_000)
    for _ in range(2):
        for other in (old, new):
            assert comparison.first_difference(other) == first_difference(old, other)


def test_what_was_made_in_passing_is_forgotten_by_both(rijswijk: RuleSet) -> None:
    """Numbers of nodes are used again, and no compiler may take a new node for an old one."""
    before, fresh = (compiler_of([rijswijk], (), NODE_BUDGET) for _ in range(2))
    alike = [(1,) * size for size in before.diagram.sizes]
    after, size = before.beside(rijswijk), len(before.diagram)
    conditions = [flag.when for flag in rijswijk.flags if flag.when is not None]
    for when in conditions:
        assert after.scratch(partial(before.condition, when)) is not None
        assert len(before.diagram) == size
    for when in reversed(conditions):
        root = before.condition(when)
        expected = count_leaves(fresh.diagram, fresh.condition(when), alike)
        assert count_leaves(before.diagram, root, alike) == expected


def test_equal_rules_in_other_words_mean_the_same(rijswijk: RuleSet) -> None:
    """A condition turned round, and a criterion written out, make no difference."""
    able, soon = (
        FactIs("able_to_participate", set_of_bits(2)),
        FactIs("can_start_soon", set_of_bits(2)),
    )
    serious = rijswijk.criterion["serious_barrier"].when
    when = Not(Any((Not(able), Not(soon), serious, CriterionIs("active_at_maximum"))))
    assert first_difference(rijswijk, with_rule(rijswijk, "route_a", when=when)) is None
    assert first_difference(rijswijk, rijswijk, rules=True) is None


def test_a_threshold_moved_by_one_is_shown_at_that_value(rijswijk: RuleSet) -> None:
    """Only the one month is different, and everything else is as usual."""
    rule = rijswijk.rule["prognosis_against_d"]
    assert isinstance(rule.when, All)
    moved = All((*rule.when.parts[:2], FactIs("prognosis_months", set_of_bits((1 << 25) - 1))))
    found = first_difference(rijswijk, with_rule(rijswijk, rule.id, when=moved))
    assert found is not None
    unusual = {"receives_benefit": True, "addiction": "mild", "prognosis_months": 24}
    assert {f.id for f in rijswijk.facts if f.domain.index(found.witness[f.id])} == set(unusual)
    assert unusual.items() <= found.witness.items()
    assert (found.name, found.before.key, found.after.key) == ("route", "D", "review")  # type: ignore[union-attr]  # verdicts, of a decision


def test_rules_that_win_for_the_same_answer_count_only_if_asked(rijswijk: RuleSet) -> None:
    """An outranks between rules with one target changes who wins, and not the answer."""
    wider = with_rule(rijswijk, "route_b", then="A")
    both = with_rule(wider, "route_b", when=rijswijk.rule["route_a"].when)
    without = with_rule(both, "route_a", outranks=("route_b",))
    assert first_difference(both, without) is None
    found = first_difference(both, without, rules=True)
    assert found is not None
    assert (found.kind, found.name) == ("decision", "route")


def test_only_rule_sets_with_the_same_names_are_compared_so(rijswijk: RuleSet) -> None:
    """Other facts, decisions or flags are for `diff`, and said to be."""
    for other, what in (
        (replace(rijswijk, facts=rijswijk.facts[1:]), "facts"),
        (replace(rijswijk, decisions=rijswijk.decisions[:2]), "decisions"),
        (replace(rijswijk, flags=rijswijk.flags[1:]), "flags"),
    ):
        with pytest.raises(UsageError, match=f"other {what}: compare them with `diff`"):
            first_difference(rijswijk, other)


def test_what_cannot_be_told_is_said(rijswijk: RuleSet) -> None:
    """Past the budget there is no None, which would be a proof."""
    comparison = Comparison(rijswijk, budget=150)
    with pytest.raises(BudgetError, match=r"too large to be compared: .*decision `path`"):
        comparison.first_difference(with_rule(rijswijk, "path_3", outranks=()))
    # Decisions that are the same word for word need no diagram.
    bare = replace(rijswijk, flags=())
    assert Comparison(bare, budget=150).first_difference(bare) is None


def test_where_nothing_is_possible_in_both_that_is_the_difference(rijswijk: RuleSet) -> None:
    """Constraints that leave no common profile differ in what they allow, and there alone."""
    one = rijswijk.constraints[0]
    with_benefit = replace(one, forbids=FactIs("receives_benefit", set_of_bits(2)))
    without = replace(one, forbids=FactIs("receives_benefit", set_of_bits(1)))
    found = first_difference(
        replace(rijswijk, constraints=(with_benefit,)), replace(rijswijk, constraints=(without,))
    )
    assert found is not None
    assert found.kind == "possible"
    assert (found.before, found.after) in ((True, False), (False, True))
