"""A rule set that is exported as a decision model and read again decides as it did."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dmn.test_export_command import rule, rules
from examples import examples
from routeengine.dmn import Imported, export_dmn, import_model
from routeengine.errors import RuleSetError
from routeengine.ruleset import conditions as forms
from routeengine.ruleset.conditions import Condition, Joining, children, with_children
from routeengine.ruleset.domains import DateDomain, DecimalDomain, Domain
from routeengine.ruleset.model import Decision, Outcome, Ranking, Review, Rule, RuleSet
from routeengine.ruleset.ranking import written_out
from routeengine.ruleset.resolution import outranked_by
from routeengine.testing.generated import BOTH, GROUNDS, domains, rulesets
from routeengine.verification.comparison import first_difference

DOMAINS: st.SearchStrategy[Domain] = domains | st.sampled_from(
    [
        DecimalDomain("-0.03", "0.02", 2),
        DecimalDomain("10", "10.4", 1),
        DateDomain(date(2024, 2, 27), date(2024, 3, 2)),
    ]
)

PERSON = "a-person-looks"


def rewritten(condition: Condition, decisions: dict[str, Decision]) -> Condition:
    """Return a condition that asks outcomes where it asked which rule won."""
    if isinstance(condition, forms.RuleIs):
        return forms.OutcomeIs(condition.decision, (decisions[condition.decision].outcomes[0].id,))
    if isinstance(condition, Joining):
        parts = tuple(rewritten(part, decisions) for part in children(condition))
        return with_children(condition, parts)
    return condition


@st.composite
def sayable(draw: st.DrawFn) -> RuleSet:
    """Draw a rule set that a decision model can say, reviews aside."""
    ruleset = draw(rulesets(max_constraints=0, of=DOMAINS))
    decisions = {one.id: one for one in ruleset.decisions}
    changed = []
    for one in ruleset.decisions:
        whens = [
            None if rule.when is None else rewritten(rule.when, decisions) for rule in one.rules
        ]
        rules = [replace(rule, when=when) for rule, when in zip(one.rules, whens, strict=True)]
        changed.append(replace(one, rules=tuple(rules), applies_when=None))
    if draw(st.booleans()):
        changed = [draw(by_priority(one)) for one in changed]
    ruleset = replace(ruleset, decisions=tuple(changed), flags=())
    try:
        export_dmn(ruleset, review_as=PERSON)
    except RuleSetError:
        # Rules overlap: have each outrank the next, in an order that keeps what is there.
        ordered = [replace(one, rules=chained(one), ranking=None) for one in ruleset.decisions]
        return replace(ruleset, decisions=tuple(ordered))
    return ruleset


@st.composite
def by_priority(draw: st.DrawFn, decision: Decision) -> Decision:
    """Draw an order of outcomes, by which alone rules outrank each other."""
    ranked = draw(st.permutations([*(one.id for one in decision.outcomes), "review"]))
    rules = tuple(replace(rule, outranks=()) for rule in decision.rules)
    return written_out(replace(decision, rules=rules, ranking=Ranking("priority", tuple(ranked))))


def chained(decision: Decision) -> tuple[Rule, ...]:
    """Return the rules, each outranking the next, after those that outrank it; and one for else."""
    beaten = outranked_by(decision)
    rules = sorted(decision.rules, key=lambda rule: len(beaten[rule.id]))
    if all(rule.when is not None for rule in rules):
        then = decision.outcomes[0].id
        rules.append(Rule(f"{decision.id}_else", None, then, BOTH, BOTH, GROUNDS))
    return tuple(
        replace(rule, outranks=(*rule.outranks, *(one.id for one in rules[place:][1:2])))
        for place, rule in enumerate(rules)
    )


def outcome_for_review(ruleset: RuleSet) -> RuleSet:
    """Return the rules as a decision model says them: a text stands for review by a rule."""
    decisions = []
    for one in ruleset.decisions:
        rules = tuple(
            replace(
                rule,
                when=None if rule.when is None else as_text(rule.when, ruleset),
                then=PERSON if isinstance(rule.then, Review) else rule.then,
            )
            for rule in one.rules
        )
        more = (Outcome(PERSON, BOTH, BOTH),) if reviews(one) else ()
        decisions.append(replace(one, rules=rules, outcomes=(*one.outcomes, *more)))
    criteria = tuple(replace(one, when=as_text(one.when, ruleset)) for one in ruleset.criteria)
    return replace(ruleset, decisions=tuple(decisions), criteria=criteria)


def reviews(decision: Decision) -> bool:
    """Return whether a rule of a decision leads to review."""
    return any(isinstance(rule.then, Review) for rule in decision.rules)


def as_text(condition: Condition, ruleset: RuleSet) -> Condition:
    """Return a condition on what is decided as one on outcomes, and of review beside the text."""
    if isinstance(condition, Joining):
        parts = tuple(as_text(part, ruleset) for part in children(condition))
        return with_children(condition, parts)
    if not isinstance(condition, forms.StatusIs):
        return condition
    decision = ruleset.decision[condition.decision]
    outcomes = forms.OutcomeIs(decision.id, tuple(one.id for one in decision.outcomes))
    text = (forms.OutcomeIs(decision.id, (PERSON,)),) if reviews(decision) else ()
    asked: list[Condition] = []
    for status in condition.statuses:
        asked += [outcomes] if status == "decided" else [forms.StatusIs(decision.id, (status,))]
        asked += text if status == "review" else ()
    return forms.Any(tuple(asked))


MORE = """\
scores:
  points: {label: {nl: punten, en: points}, of: [{when: member, worth: 2},
    {when: {debt: heavy}, worth: -1}], basis: source, cites: [first]}
"""
LATER = """\
  later:
    label: {nl: later, en: later}
    outcomes:
      yes: {label: {nl: ja, en: yes}, description: {nl: ja, en: yes}}
      no: {label: {nl: nee, en: no}, description: {nl: nee, en: no}}
    rules:
"""


@pytest.mark.parametrize(
    "when",
    [
        "{decision: plan, status: decided}",
        "{decision: plan, status: review}",
        "{not: {decision: plan, outcome: low}}",
        "{points: {at_least: 1}}",
        "{not: {points: {between: [0, 1]}}}",
        "{all: [{not: {age: {between: [0, 120]}}}, member]}",
        "{any: [{not: {age: {between: [0, 120]}}}, member]}",
        "{any: [member, {all: [member, {age: 3}]}]}",
        "{any: [{all: [{debt: heavy}, member]}, {all: [{debt: heavy}, {member: false}]}]}",
    ],
)
def test_conditions_of_every_kind_go_round(when: str) -> None:
    """Also of what an earlier decision came to, of points, and of what always or never is."""
    some = (
        rule("look", "when: {all: [member, {age: {at_most: 17}}]}", then="{review: [low]}"),
        rule("high", "when: {age: {at_least: 65}}", then="high"),
        rule("rest", "otherwise: true"),
        LATER,
        rule("asks", f"when: {when}", then="yes"),
        rule("else", "otherwise: true", then="no"),
    )
    ruleset = rules(*some, more=MORE)
    agree(ruleset, there_and_back(ruleset))


@pytest.mark.gate
@settings(max_examples=examples(200))
@given(sayable())
def test_round_trip(ruleset: RuleSet) -> None:
    """What is exported and read again gives every full profile the answer that it had."""
    imported = there_and_back(ruleset)
    assume(imported.facts)  # where no row asks anything there is nothing to decide
    agree(ruleset, imported)


def there_and_back(ruleset: RuleSet) -> Imported:
    """Export a rule set, and read it again."""
    exported = export_dmn(ruleset, review_as=PERSON)
    return import_model(exported.text.encode(), "made.dmn")


def agree(ruleset: RuleSet, imported: Imported) -> None:
    """Hold what was read again against the rule set that was exported."""
    assert imported.refusals == ()
    back = imported.ruleset()
    known = {fact.id: fact.domain for fact in back.facts}
    assert known.items() <= {fact.id: fact.domain for fact in ruleset.facts}.items()
    # A fact that no row asks is no input of the model.
    back = replace(back, facts=ruleset.facts)
    assert first_difference(outcome_for_review(ruleset), back) is None
