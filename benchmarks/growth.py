"""Growth: generated rule sets of up to a thousand rules and three hundred facts.

Three kinds: rules over facts that stand near each other, rules by way of criteria and an
earlier decision, and rules over facts from anywhere (the worst there is). For each: what it
costs to build the engine, to classify at first sight with all known and with sixty facts unknown,
how much fell back on a budget, and whether every completion that is tried lies within what was
said to be possible.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable

from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import Known
from routeengine.ruleset.conditions import All, Any, Condition, CriterionIs, FactIs, Not, OutcomeIs
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, Domain, IntegerDomain
from routeengine.ruleset.model import (
    Constraint,
    Criterion,
    Decision,
    Fact,
    Grounds,
    Outcome,
    Rule,
    RuleSet,
)
from routeengine.ruleset.settling import Settlings
from routeengine.symbolic.bounds import Bounding
from routeengine.truth import Truth

BOTH = {"nl": "woorden", "en": "words"}
GROUNDS = Grounds("source")
UNKNOWN = 60
PROFILES, COMPLETIONS = 8, 5
FORCED = 64
"""A budget of nodes that hardly anything fits."""

FEW = 100
"""Rules up to which three profiles are held against the definition; past it one: it is slow."""

State = dict[str, Known]


def domain(number: int) -> Domain:
    """Give the facts their types in turn."""
    forms: tuple[Domain, ...] = (
        BooleanDomain(), BooleanDomain(), CategoryDomain(("low", "middle", "high")),
        IntegerDomain(0, 9),
    )  # fmt: skip
    return forms[number % len(forms)]


def rule_set(kind: str, rules: int, facts: int, seed: int = 7) -> RuleSet:
    """Make a rule set; the same for the same arguments."""
    chance = random.Random(f"{kind} {rules} {facts} {seed}")
    some = tuple(Fact(f"f{n}", domain(n), BOTH, BOTH, BOTH) for n in range(facts))

    def leaf(fact: Fact) -> Condition:
        return FactIs(fact.id, chance.randint(1, fact.domain.full - 1))

    def near(place: int) -> list[Fact]:
        first = min(place * facts // max(rules, 1), facts - 6)
        return chance.sample(some[first : first + 6], 3)

    def drawn(place: int) -> Condition:
        chosen = chance.sample(some, 3) if kind == "unstructured" else near(place)
        one, two, three = map(leaf, chosen)
        return All((one, Any((two, Not(three)))))

    criteria = tuple(Criterion(f"c{n}", drawn(n * 10), BOTH, GROUNDS) for n in range(rules // 10))
    outcomes = tuple(Outcome(f"o{n}", BOTH, BOTH) for n in range(4))
    share, decisions = max(1, rules // 20), []
    for number in range(0, rules, share):
        made = []
        for place in range(number, min(rules, number + share)):
            when = drawn(place)
            if kind == "references":
                parts = [when, CriterionIs(criteria[min(place // 10, len(criteria) - 1)].id)]
                if decisions:
                    parts[0] = Any((when, OutcomeIs(decisions[-1].id, ("o0",))))
                when = All(tuple(parts))
            then = outcomes[chance.randrange(4)].id
            beats = (f"r{place + 1}",) if place + 1 < min(rules, number + share) else ()
            made.append(Rule(f"r{place}", when, then, BOTH, BOTH, GROUNDS, beats))
        decisions.append(Decision(f"d{number // share}", BOTH, outcomes, tuple(made), None))
    constraints = tuple(
        Constraint(f"k{n}", All((leaf(some[n]), leaf(some[n + 1]))), BOTH, GROUNDS)
        for n in range(0, facts - 1, 20)
    )
    return RuleSet(
        "generated", "1.0.0", BOTH, BOTH, BOTH, ("nl", "en"),
        some, criteria, tuple(decisions), constraints,
    )  # fmt: skip


def states(ruleset: RuleSet, unknown: int, seed: int = 3) -> list[State]:
    """Make states of knowledge in which so many facts are unknown, and none contradict others."""
    chance, made = random.Random(seed), []
    bounding = Bounding(ruleset, Settlings(ruleset))
    for _ in range(PROFILES):
        hidden = set(chance.sample([f.id for f in ruleset.facts], min(unknown, len(ruleset.facts))))
        allowed = {fact.id: fact.domain.full for fact in ruleset.facts}
        for fact in ruleset.facts:
            while fact.id not in hidden:
                allowed[fact.id] = 1 << chance.randrange(fact.domain.size)
                bounds = bounding.of(allowed)
                if all(bounds.truth(c.forbids) is not Truth.TRUE for c in ruleset.constraints):
                    break
        made.append({name: Known(values) for name, values in allowed.items()})
    return made


def within(ruleset: RuleSet, ways: list[LanesExecutor], some: list[State]) -> bool:
    """Try completions against the definition: is each verdict among those said to be possible?"""
    chance, reference = random.Random(11), ReferenceExecutor(ruleset)
    for state in some:
        given = [executor.evaluate(state).verdicts for executor in ways]
        for _ in range(COMPLETIONS):
            full = {
                fact: Known(1 << chance.choice([n for n in range(known.allowed.bit_length())
                                                if known.allowed >> n & 1]))
                for fact, known in state.items()
            }  # fmt: skip
            answer = reference.evaluate(full)
            if any(verdict.reason == "contradiction" for verdict in answer.verdicts.values()):
                continue
            for name, verdict in answer.verdicts.items():
                key = verdict.outcome or verdict.status
                for verdicts in given:
                    clash = verdicts[name].reason == "contradiction"
                    if not clash and key not in verdicts[name].possible:
                        return False
    return True


def milliseconds(work: Callable[[], object]) -> float:
    """Give the processor time of one run."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3


def ways(name: str, executor: LanesExecutor, some: list[State]) -> dict[str, float]:
    """Give what one profile takes in one way, and which share of its verdicts is exact."""
    took = statistics.median(milliseconds(lambda: executor.evaluate(state)) for state in some)
    answers = [executor.evaluate(state) for state in some]
    exact = [verdict.exact for answer in answers for verdict in answer.verdicts.values()]
    return {f"{name}_ms": took, f"{name}_exact": sum(exact) / len(exact)}


def measured(kind: str, rules: int, facts: int) -> dict[str, object]:
    """Build one rule set and look at it from all sides."""
    ruleset = rule_set(kind, rules, facts)
    start = time.process_time()
    executor = LanesExecutor(ruleset)
    built = (time.process_time() - start) * 1e3
    over = sum(part is None for part in executor.compiled.decisions.values())
    known, partial = states(ruleset, 0), states(ruleset, UNKNOWN)
    # The ways to fall back, forced: no room for whole diagrams, and none for residuals either.
    residual = LanesExecutor(ruleset, budget=FORCED)
    bounded = LanesExecutor(ruleset, budget=FORCED, residual_budget=FORCED)
    return {
        "kind": kind,
        "rules": rules,
        "facts": facts,
        "build_ms": built,
        "nodes": len(executor.compiled.whole.diagram),
        "over": over / len(ruleset.decisions),
        "known_ms": statistics.median(milliseconds(lambda: executor.evaluate(s)) for s in known),
        **ways("unknown", executor, partial),
        **ways("residual", residual, partial),
        **ways("bounds", bounded, partial),
        "within": within(
            ruleset, [executor, residual, bounded], partial[: 3 if rules <= FEW else 1]
        ),
    }


def main() -> None:
    """Measure the rule set that the arguments name, and print."""
    kind, rules, facts = sys.argv[1:4]
    row = measured(kind, int(rules), int(facts))
    if not row["within"]:
        sys.exit("a verdict that is possible was left out: this must never be")
    json.dump(row, sys.stdout)


if __name__ == "__main__":
    main()
