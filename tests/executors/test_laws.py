"""Laws that every rule set obeys, whatever it says."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from executors.test_agreement import build
from generated import rulesets, states, wide_domains
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import Known
from routeengine.result import Verdict
from routeengine.ruleset.conditions import All, Any, AtLeast, Condition, Exactly, Not
from routeengine.ruleset.digest import meaning_digest
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import ValueSet, single


def shuffled(data: st.DataObject, condition: Condition | None) -> Condition | None:
    """Write the parts of a condition in another order."""
    match condition:
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts) | Exactly(parts=parts):
            mixed = [shuffled(data, part) for part in data.draw(st.permutations(parts))]
            return replace(condition, parts=tuple(part for part in mixed if part is not None))
        case Not(part=part):
            inner = shuffled(data, part)
            return condition if inner is None else Not(inner)
        case _:
            return condition


def rewritten(data: st.DataObject, ruleset: RuleSet) -> RuleSet:
    """Write a rule set with its criteria, rules, constraints and parts in another order."""
    decisions = []
    for decision in ruleset.decisions:
        rules = data.draw(st.permutations(decision.rules))
        mixed = tuple(replace(rule, when=shuffled(data, rule.when)) for rule in rules)
        decisions.append(replace(decision, rules=mixed))
    return replace(
        ruleset,
        criteria=tuple(data.draw(st.permutations(ruleset.criteria))),
        constraints=tuple(data.draw(st.permutations(ruleset.constraints))),
        decisions=tuple(data.draw(st.permutations(decisions))),
        scores=tuple(
            replace(one, parts=tuple(data.draw(st.permutations(one.parts))))
            for one in data.draw(st.permutations(ruleset.scores))
        ),
    )


def without_order(verdict: Verdict) -> tuple[object, ...]:
    """Give what of a verdict no order of writing may change."""
    return (
        verdict.status, verdict.outcome, verdict.rule, set(verdict.rules), verdict.reason,
        verdict.candidates, verdict.possible, verdict.missing, verdict.conflict,
    )  # fmt: skip


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_the_order_of_writing_changes_nothing(data: st.DataObject) -> None:
    """Rules, criteria, constraints and parts may stand in any order: same answers, same digest."""
    ruleset = data.draw(rulesets(of=wide_domains))
    other = rewritten(data, ruleset)
    state = data.draw(states(ruleset))
    ours, theirs = build(ruleset).evaluate(state), build(other).evaluate(state)
    assert (ours.flags, ours.flags_possible) == (theirs.flags, theirs.flags_possible)
    for name, verdict in ours.verdicts.items():
        assert without_order(verdict) == without_order(theirs.verdicts[name])
    assert meaning_digest(ruleset) == meaning_digest(other)


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_the_order_of_facts_sorts_and_no_more(data: st.DataObject) -> None:
    """Facts declared in another order give the same verdicts; only `missing` is sorted anew."""
    ruleset = data.draw(rulesets(of=wide_domains))
    state = data.draw(states(ruleset))
    facts = tuple(data.draw(st.permutations(ruleset.facts)))
    other = replace(ruleset, facts=facts)
    mixed = {fact.id: state[fact.id] for fact in facts}
    ours, theirs = build(ruleset).evaluate(state), build(other).evaluate(mixed)
    assert (ours.flags, ours.flags_possible) == (theirs.flags, theirs.flags_possible)
    for name, one in ours.verdicts.items():
        two = theirs.verdicts[name]
        assert without_order(one)[:7] == without_order(two)[:7]
        assert set(one.missing) == set(two.missing)
        assert set(one.conflict) == set(two.conflict)


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_learning_a_fact_never_adds_a_possible_outcome(data: st.DataObject) -> None:
    """Where some completion is left, what is possible with more known was possible before."""
    ruleset = data.draw(rulesets(of=wide_domains))
    state = data.draw(states(ruleset))
    fact = data.draw(st.sampled_from(ruleset.facts)).id
    allowed = state[fact].allowed
    places = st.sets(st.integers(0, allowed.size - 1), min_size=1, max_size=4)
    kept = ValueSet.of(map(allowed.nth, data.draw(places)))
    lanes = build(ruleset)
    learnt = {**state, fact: replace(state[fact], allowed=kept)}
    if lanes.inspect(learnt).conflicts or lanes.inspect(state).conflicts:
        return
    before, after = lanes.evaluate(state), lanes.evaluate(learnt)
    for name, verdict in after.verdicts.items():
        assert set(verdict.possible) <= set(before.verdicts[name].possible)
    assert set(before.flags) <= set(after.flags)


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_a_settled_verdict_survives_every_completion(data: st.DataObject) -> None:
    """However the unknown facts turn out, a verdict that was settled stays what it was."""
    ruleset = data.draw(rulesets(of=wide_domains))
    state = data.draw(states(ruleset))
    lanes, reference = build(ruleset), ReferenceExecutor(ruleset)
    if lanes.inspect(state).conflicts:
        return
    answer = lanes.evaluate(state)
    for completion in reference.completions(state)[:50]:
        full = {fact: Known(single(value)) for fact, value in completion.facts.items()}
        for name, verdict in lanes.evaluate(full).verdicts.items():
            before = answer.verdicts[name]
            assert verdict.possible[0] in before.possible
            if before.status != "insufficient" and before.reason != "conflicting_evidence":
                assert (verdict.status, verdict.outcome) == (before.status, before.outcome)


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_what_is_not_missing_cannot_matter_alone(data: st.DataObject) -> None:
    """Filling in facts that are neither missing nor declined never settles or moves anything."""
    ruleset = data.draw(rulesets())
    state = data.draw(states(ruleset))
    lanes = build(ruleset)
    if lanes.inspect(state).conflicts:
        return
    for name, verdict in lanes.evaluate(state).verdicts.items():
        for fact, known in state.items():
            if fact in verdict.missing or known.declined or known.allowed.is_single:
                continue
            for value in range(ruleset.fact[fact].domain.size):
                if value not in known.allowed:
                    continue
                filled = {**state, fact: replace(known, allowed=single(value))}
                if not lanes.inspect(filled).conflicts and not ruleset.constraints:
                    assert lanes.evaluate(filled).verdicts[name].possible == verdict.possible
