"""Two rule sets over the same facts, the second drawn as a change of the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import strategies as st

from generated import BOTH, GROUNDS, a_fact, build_ruleset, conditions, decisions_over, rulesets
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import FactIs, RuleIs, walk
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Constraint, Decision, Outcome, Review, Rule, RuleSet
from routeengine.value_set import set_of_bits

__all__ = ["a_rule", "all_profiles", "allowed", "door", "overlapping", "pairs", "with_rule"]


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
    changed = replace(ruleset, decisions=(*earlier, other))
    parts = [part for whole in changed.conditions for part in walk(whole)]
    asked = {name for part in parts if isinstance(part, RuleIs) for name in part.rules}
    return changed if asked <= changed.rule.keys() else ruleset


@st.composite
def pairs(draw: st.DrawFn, max_facts: int = 4) -> tuple[RuleSet, RuleSet]:
    """Draw a rule set, and a changed one with the same facts, decisions and flags."""
    old = draw(rulesets(max_facts=max_facts))
    new = old
    for _ in range(draw(st.integers(0, 2))):
        new = draw(changed_rules(new) | changed_parts(new))
    return old, new


def door(outcomes: list[str], *rules: Rule) -> RuleSet:
    """Make a rule set with one decision, and a fact per rule that has a condition."""
    count = sum(rule.when is not None for rule in rules)
    decision = Decision("door", BOTH, tuple(Outcome(o, BOTH, BOTH) for o in outcomes), rules)
    return build_ruleset(
        "made",
        facts=tuple(a_fact(f"f{number}", BooleanDomain()) for number in range(count)),
        decisions=(decision,),
    )


def a_rule(number: int | None, then: str | Review) -> Rule:
    """Make a rule about the fact of that number; `otherwise` where there is none."""
    when = None if number is None else FactIs(f"f{number}", set_of_bits(2))
    name = "otherwise" if number is None else f"r{number}"
    return Rule(name, when, then, BOTH, BOTH, GROUNDS)


@st.composite
def overlapping(draw: st.DrawFn) -> tuple[RuleSet, RuleSet]:
    """Draw two versions of a decision whose rules win together, and often lead elsewhere."""
    outcomes, facts = ["w", "x", "y", "z"], [f"f{number}" for number in range(4)]
    some = st.sampled_from(outcomes) | st.lists(
        st.sampled_from(outcomes), min_size=1, max_size=2, unique=True
    ).map(lambda named: Review(tuple(sorted(named))))
    whens = [FactIs(draw(st.sampled_from(facts)), set_of_bits(2)) for _ in facts]

    def version() -> RuleSet:
        made = door(outcomes, *(a_rule(number, draw(some)) for number in range(len(facts))))
        for rule, when in zip(made.rule, whens, strict=True):
            made = with_rule(made, rule, when=when)
        return made

    return version(), version()


def all_profiles(ruleset: RuleSet) -> Iterator[dict[str, int]]:
    """Yield every full profile, value by value."""
    facts = [fact.id for fact in ruleset.facts]
    for values in product(*(range(fact.domain.size) for fact in ruleset.facts)):
        yield dict(zip(facts, values, strict=True))


def allowed(profile: FullProfile) -> bool:
    """Say whether a profile breaks no constraint."""
    return not any(profile.holds(one.forbids) for one in profile.ruleset.constraints)
