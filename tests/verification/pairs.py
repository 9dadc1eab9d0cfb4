"""Two rule sets over the same facts, the second drawn as a change of the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import strategies as st

from generated import BOTH, GROUNDS, conditions, decisions_over, rulesets
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.model import Constraint, Decision, Rule, RuleSet

__all__ = ["all_profiles", "allowed", "pairs", "with_rule"]


def with_rule(ruleset: RuleSet, rule: str, **changes: object) -> RuleSet:
    """Give the rule set with one rule changed."""

    def changed(decision: Decision) -> Decision:
        rules = (replace(r, **changes) if r.id == rule else r for r in decision.rules)  # type: ignore[arg-type]  # whatever a rule has
        return replace(decision, rules=tuple(rules))

    return replace(ruleset, decisions=tuple(map(changed, ruleset.decisions)))


@st.composite
def changed_rules(draw: st.DrawFn, ruleset: RuleSet) -> RuleSet:
    """Change what one rule asks, leads to or outranks."""
    rules = list(ruleset.rule.values())
    if not rules:
        return ruleset
    rule: Rule = draw(st.sampled_from(rules))
    decision = next(d for d in ruleset.decisions if rule in d.rules)
    earlier = ruleset.decisions[: ruleset.decisions.index(decision)]
    kind = draw(st.sampled_from(["when", "then", "outranks"]))
    if kind == "when" and rule.when is not None:
        when = draw(conditions(ruleset.facts, ruleset.criteria, earlier))
        return with_rule(ruleset, rule.id, when=when)
    if kind == "then":
        then = draw(st.sampled_from([outcome.id for outcome in decision.outcomes]))
        return with_rule(ruleset, rule.id, then=then)
    return with_rule(ruleset, rule.id, outranks=rule.outranks[1:])


@st.composite
def changed_parts(draw: st.DrawFn, ruleset: RuleSet) -> RuleSet:
    """Change a criterion, a flag, the constraints, or a whole decision."""
    kind = draw(st.sampled_from(["criterion", "flag", "constraint", "decision"]))
    if kind == "criterion" and ruleset.criteria:
        first = replace(ruleset.criteria[0], when=draw(conditions(ruleset.facts)))
        return replace(ruleset, criteria=(first, *ruleset.criteria[1:]))
    if kind == "flag" and ruleset.flags:
        when = draw(conditions(ruleset.facts, ruleset.criteria, ruleset.decisions))
        first_flag = replace(ruleset.flags[0], when=when)
        return replace(ruleset, flags=(first_flag, *ruleset.flags[1:]))
    if kind == "constraint":
        forbids = draw(conditions(ruleset.facts, ruleset.criteria))
        again = Constraint("again", forbids, BOTH, GROUNDS)
        return replace(ruleset, constraints=(*ruleset.constraints[:1], again))
    last = ruleset.decisions[-1]
    earlier = ruleset.decisions[:-1]
    other = draw(decisions_over(last.id, ruleset.facts, ruleset.criteria, earlier))
    return replace(ruleset, decisions=(*earlier, other))


@st.composite
def pairs(draw: st.DrawFn, max_facts: int = 4) -> tuple[RuleSet, RuleSet]:
    """Draw a rule set, and a changed one with the same facts, decisions and flags."""
    old = draw(rulesets(max_facts=max_facts))
    new = old
    for _ in range(draw(st.integers(0, 2))):
        new = draw(changed_rules(new) | changed_parts(new))
    return old, new


def all_profiles(ruleset: RuleSet) -> Iterator[dict[str, int]]:
    """Yield every full profile, value by value."""
    facts = [fact.id for fact in ruleset.facts]
    for values in product(*(range(fact.domain.size) for fact in ruleset.facts)):
        yield dict(zip(facts, values, strict=True))


def allowed(profile: FullProfile) -> bool:
    """Say whether a profile breaks no constraint."""
    return not any(profile.holds(one.forbids) for one in profile.ruleset.constraints)
