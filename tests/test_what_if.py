"""What would be different if some facts were otherwise."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from executors.test_agreement import build
from generated import rulesets, states, wide_domains
from routeengine import Engine
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import read_profile
from routeengine.ruleset.conditions import CriterionIs
from routeengine.truth import Truth
from test_changes import KNOWN
from test_engine import as_profile


@settings(max_examples=examples(80), deadline=None)
@given(st.data())
def test_a_what_if_is_two_classifications_and_their_difference(data: st.DataObject) -> None:
    """Before and after are what `classify` gives, and just what differs is listed."""
    ruleset = data.draw(rulesets(of=wide_domains))
    build(ruleset)
    engine, reference = Engine(ruleset), ReferenceExecutor(ruleset)
    one, two = (as_profile(ruleset, data.draw(states(ruleset))) for _ in range(2))
    some = data.draw(st.sets(st.sampled_from(list(ruleset.fact))))
    changes = {fact: two[fact] for fact in some}
    answer = engine.what_if(one, changes)
    after = {**one, **changes}
    assert answer.before.answer == engine.classify(one).answer
    assert answer.result.answer == engine.classify(after).answer
    looks = [reference.inspect(read_profile(ruleset, profile)) for profile in (one, after)]
    flipped = {flip.id: (flip.before, flip.after) for flip in answer.criteria}
    for criterion in ruleset.criteria:
        truths = tuple(look.truth(CriterionIs(criterion.id)) for look in looks)
        assert flipped.get(criterion.id, (truths[0],) * 2) == truths
        assert (criterion.id in flipped) == (truths[0] is not truths[1])
    moved = {flip.id: (flip.before, flip.after) for flip in answer.rules}
    for rule in ruleset.rule:
        truths = tuple(look.applies(rule) for look in looks)
        assert (rule in moved) == (truths[0] is not truths[1])


def test_a_second_problem_makes_one_debt_route_b(engine: Engine) -> None:
    """The verdict, the criterion and the rules that turn, and the fact that turns them."""
    result = engine.classify(KNOWN)
    answer = engine.what_if(result, {"family": "mild"})
    assert answer.before is result
    assert answer.result.verdicts["route"].outcome == "B"
    assert answer.change.verdicts["route"].because == ("family",)
    turned = {flip.id: (flip.before, flip.after) for flip in answer.criteria}
    assert turned["multiple_problems"] == (Truth.FALSE, Truth.TRUE)
    assert {flip.id for flip in answer.rules} >= {"route_b", "one_serious_problem"}
