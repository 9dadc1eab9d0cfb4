"""What a score means: its parts stand as often as they are worth, and are counted."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from executors.test_agreement import build
from generated import rulesets, states
from routeengine.executors.interface import Executor
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import State
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    FactIs,
    Not,
    ScoreIs,
    children,
    with_children,
)
from routeengine.ruleset.dependencies import facts_read
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Criterion, Flag, RuleSet, Score, ScorePart
from routeengine.symbolic.bounds import Bounds
from routeengine.testing.generated import BOTH, GROUNDS, a_fact
from routeengine.truth import Truth
from routeengine.value_set import single


def written_out(ruleset: RuleSet, score: ScoreIs) -> Condition:
    """Say bounds on a score with what the language had before there were scores.

    What takes away 3 is the lack of it, three times, and then all bounds are 3 higher.
    """
    of = ruleset.score[score.score]
    parts = tuple(
        spelled(ruleset, one.when if one.worth > 0 else Not(one.when))
        for one in of.parts
        for _ in range(abs(one.worth))
    )
    said: list[Condition] = [AtLeast(0, parts)]  # read also where no bound bites
    if score.low is not None:
        said.append(AtLeast(max(score.low - of.least, 0), parts))
    if score.high is not None:
        over = score.high - of.least + 1
        said.append(Not(AtLeast(over, parts)) if over > 0 else Any(()))
    return All(tuple(said))


def spelled(ruleset: RuleSet, condition: Condition) -> Condition:
    """Write out every score in a condition."""
    if isinstance(condition, ScoreIs):
        return written_out(ruleset, condition)
    parts = tuple(spelled(ruleset, part) for part in children(condition))
    return with_children(condition, parts) if parts else condition


def without_scores(ruleset: RuleSet) -> RuleSet:
    """Write a rule set without its scores."""

    def said(condition: Condition | None) -> Condition | None:
        return None if condition is None else spelled(ruleset, condition)

    return replace(
        ruleset,
        scores=(),
        criteria=tuple(replace(c, when=spelled(ruleset, c.when)) for c in ruleset.criteria),
        constraints=tuple(
            replace(c, forbids=spelled(ruleset, c.forbids)) for c in ruleset.constraints
        ),
        flags=tuple(replace(f, when=said(f.when)) for f in ruleset.flags),
        decisions=tuple(
            replace(
                d,
                applies_when=said(d.applies_when),
                rules=tuple(replace(r, when=said(r.when)) for r in d.rules),
            )
            for d in ruleset.decisions
        ),
    )


def answers(executor: Executor, state: State) -> object:
    """Give all that an executor answers."""
    answer = executor.evaluate(state)
    return (
        {
            name: (
                verdict.status, verdict.outcome, verdict.rule, set(verdict.rules), verdict.reason,
                verdict.candidates, verdict.possible, verdict.missing, verdict.conflict,
            )
            for name, verdict in answer.verdicts.items()
        },
        answer.flags,
        answer.flags_possible,
    )  # fmt: skip


@pytest.mark.gate
@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_points_are_parts_that_stand_as_often_as_they_are_worth(data: st.DataObject) -> None:
    """Diagrams in layers, the sum of a listed profile, and parts written out answer alike."""
    ruleset = data.draw(rulesets(min_scores=1))
    lanes, listed, plain = build(ruleset), ReferenceExecutor(ruleset), without_scores(ruleset)
    for _ in range(3):
        state = data.draw(states(ruleset))
        expected = answers(ReferenceExecutor(plain), state)
        assert answers(lanes, state) == expected
        assert answers(listed, state) == expected
    for decision in ruleset.decision:
        assert facts_read(ruleset, decision) == facts_read(plain, decision)


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_bounds_on_points_are_never_wrong(data: st.DataObject) -> None:
    """Where three-valued logic settles bounds on a score, all completions agree with it."""
    ruleset = data.draw(rulesets(min_scores=1))
    state = data.draw(states(ruleset))
    found = ReferenceExecutor(ruleset).completions(state)
    allowed = {fact: known.allowed for fact, known in state.items()}
    bounds = Bounds(ruleset, {}, allowed)
    for condition in ruleset.conditions:
        if isinstance(condition, ScoreIs) and found:
            truth = bounds.truth(condition)
            seen = {profile.holds(condition) for profile in found}
            assert truth is Truth.OPEN or seen == {truth is Truth.TRUE}


def point_list(count: int, most: int) -> RuleSet:
    """Make a score of many yes-or-no facts, and a criterion per band of it."""
    chance = random.Random(1)
    facts = tuple(a_fact(f"f{n}", BooleanDomain()) for n in range(count))
    parts = tuple(ScorePart(FactIs(fact.id, single(1)), chance.randint(1, most)) for fact in facts)
    score = Score("need", BOTH, parts, GROUNDS)
    bands = [ScoreIs("need", score.most * n // 4) for n in range(1, 4)]
    return RuleSet(
        "points", "1.0.0", BOTH, BOTH, BOTH, ("nl", "en"), facts,
        tuple(Criterion(f"c{n}", band, BOTH, GROUNDS) for n, band in enumerate(bands)), (),
        flags=tuple(Flag(f"g{n}", BOTH, CriterionIs(f"c{n}"), GROUNDS) for n in range(3)),
        scores=(score,),
    )  # fmt: skip


def test_forty_items_fit() -> None:
    """Three bands of a score of 40 items worth 1 to 100 fit the usual budget, and are exact."""
    ruleset = point_list(40, 100)
    executor = LanesExecutor(ruleset)
    assert executor.exact
    assert len(executor.compiled.whole.diagram) < 100_000
