"""Z3 agrees: on what is possible, on contradictions, gaps, overlaps, dead rules, differences."""

from __future__ import annotations

import random
from itertools import product

import pytest
import z3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import SHARE, examples
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets, states
from routeengine import Engine
from routeengine.errors import RuleSetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import Known, State
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Decision, Outcome, Rule, RuleSet
from routeengine.value_set import set_of_bits, single
from routeengine.verification import first_difference, verify
from second_opinion.encoding import Encoding, possible
from verification.pairs import pairs

pytestmark = pytest.mark.gate
"""A solver is asked over and over."""


def executor_of(ruleset: RuleSet) -> LanesExecutor:
    """Build the executor; leave out rule sets whose constraints exclude everything."""
    try:
        return LanesExecutor(ruleset)
    except RuleSetError:
        assume(False)
        raise


def agree(executor: LanesExecutor, opinion: Encoding, state: State) -> None:
    """Check every verdict and flag of one state of knowledge against satisfiability."""
    answer = executor.evaluate(state)
    given_ = z3.And(opinion.valid, opinion.agrees(state))
    contradictory = not possible(given_)
    assert contradictory == bool(executor.inspect(state).conflicts)
    if contradictory:
        return
    for name, verdict in answer.verdicts.items():
        keys = tuple(k for k in opinion.keys(name) if possible(given_, opinion.answers(name, k)))
        assert verdict.possible == keys
        if len(keys) == 1:
            wins = opinion.wins(name).items()
            assert verdict.rules == tuple(rule for rule, win in wins if possible(given_, win))
    for flag in opinion.ruleset.flags:
        if flag.when is not None:
            holds = opinion.holds(flag.when)
            can, can_not = possible(given_, holds), possible(given_, z3.Not(holds))
            assert (flag.id in answer.flags) == (not can_not)
            assert (flag.id in answer.flags_possible) == (can and can_not)


@settings(max_examples=examples(120), deadline=None)
@given(st.data())
def test_possible_is_what_z3_can_satisfy(data: st.DataObject) -> None:
    """Every key, winning rule and flag is possible just where there is a model of it."""
    ruleset = data.draw(rulesets())
    agree(executor_of(ruleset), Encoding(ruleset), data.draw(states(ruleset)))


def test_outranking_goes_on_by_way_of_a_rule_that_does_not_apply() -> None:
    """The first rule outranks the last, whatever is so of the one in between."""
    facts = tuple(a_fact(name, BooleanDomain()) for name in "abc")
    outcomes = tuple(Outcome(name, BOTH, BOTH) for name in ("x", "y", "z"))
    below = {"a": ("r_b",), "b": ("r_c",), "c": ()}
    rules = tuple(
        Rule(f"r_{f}", FactIs(f, set_of_bits(2)), o.id, BOTH, BOTH, GROUNDS, below[f])
        for f, o in zip("abc", outcomes, strict=True)
    )
    decision = Decision("d", BOTH, outcomes, rules)
    ruleset = build_ruleset("chain", facts=facts, decisions=(decision,))
    executor, opinion = LanesExecutor(ruleset), Encoding(ruleset)
    for values in product((1, 2, 3), repeat=3):
        agree(
            executor, opinion, dict(zip("abc", map(Known, map(set_of_bits, values)), strict=True))
        )


def test_possible_is_what_z3_can_satisfy_on_the_shipped_rules(rijswijk: RuleSet) -> None:
    """The same on the policy of Rijswijk, from much known to little known."""
    executor, opinion, draw = LanesExecutor(rijswijk), Encoding(rijswijk), random.Random(1)
    for _ in range(max(4, int(30 * SHARE))):
        share = draw.random()
        state = {
            fact.id: Known(
                fact.domain.full
                if draw.random() < share
                else single(draw.randrange(fact.domain.size))
            )
            for fact in rijswijk.facts
        }
        agree(executor, opinion, state)


@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_conflicts_are_smallest_unsatisfiable_sets(data: st.DataObject) -> None:
    """Each conflict has no model, and has one as soon as any of its facts is let go."""
    ruleset = data.draw(rulesets(max_constraints=3))
    state = data.draw(states(ruleset))
    opinion = Encoding(ruleset)
    conflicts = executor_of(ruleset).inspect(state).conflicts
    for named in conflicts.union:
        conflict = conflicts.smallest({named})
        assert conflict is not None
        assert named in conflict
        assert not possible(opinion.valid, opinion.agrees(state, conflict))
        for fact in conflict:
            assert possible(opinion.valid, opinion.agrees(state, conflict - {fact}))
    # Without any fact of a conflict, what is left must be possible if it was all of them.
    left = opinion.facts.keys() - conflicts.union
    assert possible(opinion.valid, opinion.agrees(state, left))


@settings(max_examples=examples(40), deadline=None)
@given(rulesets())
def test_gaps_overlaps_and_dead_rules_are_found_just_where_there_are_any(ruleset: RuleSet) -> None:
    """Every finding has a model, and outside what is found there is none."""
    opinion = Encoding(ruleset)
    found = verify(ruleset).findings
    if not possible(opinion.valid):
        assert [one.kind for one in found] == ["nothing_possible"]
        return
    for decision in ruleset.decisions:
        own = [one for one in found if one.decision == decision.id]
        gap = opinion.gap(decision.id)
        assert any(one.kind in ("gap", "gap_follows") for one in own) == possible(
            opinion.valid, gap
        )
        for one in own:
            if one.kind == "gap_follows":  # all of it within gaps of what the decision reads
                causes = map(opinion.gap, one.about[1:])
                assert not possible(opinion.valid, gap, *map(z3.Not, causes))
        wins, overlap = opinion.wins(decision.id), opinion.overlap(decision.id)
        pairs = [one.about for one in own if one.kind == "overlap"]
        overlaps = [z3.And(wins[one], wins[other]) for one, other in pairs]
        assert all(possible(opinion.valid, overlap, one) for one in overlaps)
        assert not possible(opinion.valid, overlap, *map(z3.Not, overlaps))
        if any(one.kind == "never_applies" for one in own):
            assert not possible(opinion.valid, opinion.asked(decision.id))
            continue
        never = {one.about[0] for one in own if one.kind in ("dead_rule", "never_wins")}
        assert never == {rule for rule, win in wins.items() if not possible(opinion.valid, win)}


@settings(max_examples=examples(60), deadline=None)
@given(pairs())
def test_a_difference_is_found_just_where_z3_has_one(sides: tuple[RuleSet, RuleSet]) -> None:
    """Two rule sets mean the same just where no model tells them apart."""
    old, new = map(Encoding, sides)
    told = [old.valid != new.valid]
    both = z3.And(old.valid, new.valid)
    for name in old.ruleset.decision:
        if [*old.keys(name)] != [*new.keys(name)]:
            assume(False)  # other outcomes are told apart by their names alone
        meanings = zip(old.means(name), new.means(name), strict=True)
        told += (z3.And(both, one != other) for one, other in meanings)
    for one, other in zip(*(side.flags for side in sides), strict=True):
        if one.when is not None and other.when is not None:
            told.append(z3.And(both, old.holds(one.when) != new.holds(other.when)))
    assert possible(z3.Or(*told)) == (first_difference(*sides) is not None)


def test_the_shipped_rules_have_no_gap_and_no_overlap(engine: Engine, rijswijk: RuleSet) -> None:
    """Z3 finds no model of one, and a model for every rule."""
    opinion = Encoding(rijswijk)
    for name in rijswijk.decision:
        assert not possible(opinion.valid, opinion.gap(name))
        assert not possible(opinion.valid, opinion.overlap(name))
        assert all(possible(opinion.valid, win) for win in opinion.wins(name).values())
