"""A rule set as formulas for Z3, from the rule set alone: nothing of the library's reasoning.

A second opinion has to be worked out on its own, so settling, outranking and what a decision
answers are said here once more, as formulas over the numbers of the facts' values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import z3

from routeengine.profile import State
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    ScoreIs,
    StatusIs,
)
from routeengine.ruleset.model import Decision, Review, Rule, RuleSet
from routeengine.value_set import ValueSet

__all__ = ["Encoding", "possible"]


def possible(*formulas: z3.BoolRef) -> bool:
    """Say whether the formulas can hold together."""
    solver = z3.Solver()
    solver.add(*formulas)
    answer = solver.check()
    assert answer != z3.unknown
    return bool(answer == z3.sat)


class Encoding:
    """The formulas of one rule set. Two of the same facts share their variables, by name."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.facts = {fact.id: z3.Int(fact.id) for fact in ruleset.facts}
        self._conditions: dict[Condition, z3.BoolRef] = {}
        self._winning: dict[str, Mapping[str, z3.BoolRef]] = {}

    @property
    def valid(self) -> z3.BoolRef:
        """Every fact has a value, and no constraint is broken."""
        ranges = [
            z3.And(self.facts[fact.id] >= 0, self.facts[fact.id] < fact.domain.size)
            for fact in self.ruleset.facts
        ]
        return z3.And(
            *ranges, *(z3.Not(self.holds(one.forbids)) for one in self.ruleset.constraints)
        )

    def agrees(self, state: State, facts: Iterable[str] | None = None) -> z3.BoolRef:
        """What is known of these facts (of all, if None) is so."""
        named = self.facts if facts is None else facts
        return z3.And(*(self._among(fact, state[fact].allowed) for fact in named))

    def _among(self, fact: str, allowed: ValueSet) -> z3.BoolRef:
        return z3.Or(*(self.facts[fact] == number for number in allowed.numbers))

    def holds(self, condition: Condition) -> z3.BoolRef:
        """The condition holds."""
        if condition not in self._conditions:
            self._conditions[condition] = self._encode(condition)
        return self._conditions[condition]

    def _encode(self, condition: Condition) -> z3.BoolRef:
        match condition:
            case FactIs(fact=fact, allowed=allowed):
                return self._among(fact, allowed)
            case CriterionIs(criterion=name):
                return self.holds(self.ruleset.criterion[name].when)
            case ScoreIs(score=name, low=low, high=high):
                parts = self.ruleset.score[name].parts
                total = z3.Sum(*(z3.If(self.holds(one.when), one.worth, 0) for one in parts))
                bounds = [total >= low] if low is not None else []
                return z3.And(*bounds, *([total <= high] if high is not None else []))
            case OutcomeIs(decision=name, outcomes=outcomes):
                return z3.Or(*(self.answers(name, outcome) for outcome in outcomes))
            case StatusIs(decision=name, statuses=statuses):
                decided = [one.id for one in self.ruleset.decision[name].outcomes]
                keys = [k for s in statuses for k in (decided if s == "decided" else [s])]
                return z3.Or(*(self.answers(name, key) for key in keys))
            case Not(part=part):
                return z3.Not(self.holds(part))
            case All(parts=parts):
                return z3.And(*map(self.holds, parts))
            case Any(parts=parts):
                return z3.Or(*map(self.holds, parts))
            case AtLeast(count=count, parts=parts):
                return self._count(parts) >= count
            case Exactly(count=count, parts=parts):
                return self._count(parts) == count
            case _:  # RuleIs
                wins = self.wins(condition.decision)
                return z3.Or(*(wins[rule] for rule in condition.rules))

    def _count(self, parts: Iterable[Condition]) -> z3.ArithRef:
        return z3.Sum(z3.IntVal(0), *(z3.If(self.holds(part), 1, 0) for part in parts))

    # Decisions

    def asked(self, name: str) -> z3.BoolRef:
        """The decision applies."""
        when = self.ruleset.decision[name].applies_when
        return z3.BoolVal(True) if when is None else self.holds(when)

    def applies(self, decision: Decision, rule: Rule) -> z3.BoolRef:
        """The rule's own condition holds; for `otherwise`, that of no other rule."""
        if rule.when is not None:
            return self.holds(rule.when)
        return z3.Not(z3.Or(*(self.holds(r.when) for r in decision.rules if r.when is not None)))

    def wins(self, name: str) -> Mapping[str, z3.BoolRef]:
        """Per rule: it applies, and none that outranks it does."""
        if name not in self._winning:
            decision = self.ruleset.decision[name]
            above = outranking(decision)
            applies = {rule.id: self.applies(decision, rule) for rule in decision.rules}
            self._winning[name] = {
                rule: z3.And(
                    self.asked(name), own, *(z3.Not(applies[other]) for other in above[rule])
                )
                for rule, own in applies.items()
            }
        return self._winning[name]

    def _leads(self, name: str) -> list[tuple[object, z3.BoolRef]]:
        """Per target: some rule wins that leads there."""
        wins = self.wins(name)
        targets: dict[object, list[z3.BoolRef]] = {}
        for rule in self.ruleset.decision[name].rules:
            where = rule.then.candidates if isinstance(rule.then, Review) else rule.then
            targets.setdefault(where, []).append(wins[rule.id])
        return [(where, z3.Or(*some)) for where, some in targets.items()]

    def gap(self, name: str) -> z3.BoolRef:
        """The decision applies and no rule does."""
        return z3.And(self.asked(name), *(z3.Not(win) for win in self.wins(name).values()))

    def overlap(self, name: str) -> z3.BoolRef:
        """Rules win that lead to different answers."""
        return z3.Sum(z3.IntVal(0), *(z3.If(led, 1, 0) for _, led in self._leads(name))) > 1

    def answers(self, name: str, key: str) -> z3.BoolRef:
        """The decision comes to this outcome, to "review", or is "not_applicable"."""
        if key == "not_applicable":
            return z3.Not(self.asked(name))
        decided = [(w, led) for w, led in self._leads(name) if isinstance(w, str)]
        if key == "review":
            alone = (z3.And(led, z3.Not(self.overlap(name))) for _, led in decided)
            return z3.And(self.asked(name), z3.Not(z3.Or(*alone)))
        led = z3.Or(*(led for where, led in decided if where == key))
        return z3.And(led, z3.Not(self.overlap(name)))

    def candidate(self, name: str, outcome: str) -> z3.BoolRef:
        """The decision is for a person, who may choose this outcome."""
        overlap = self.overlap(name)
        return z3.Or(
            *(
                z3.And(led, overlap) if where == outcome else led
                for where, led in self._leads(name)
                if where == outcome or (isinstance(where, tuple) and outcome in where)
            )
        )

    def means(self, name: str) -> Iterator[z3.BoolRef]:
        """Yield all that a verdict of the decision is told apart by, the winning rules aside."""
        yield from (self.answers(name, key) for key in self.keys(name))
        yield from (self.gap(name), self.overlap(name))
        yield from (
            self.candidate(name, outcome.id) for outcome in self.ruleset.decision[name].outcomes
        )

    def keys(self, name: str) -> Iterator[str]:
        """Yield all that a decision might come to, in order."""
        yield from (outcome.id for outcome in self.ruleset.decision[name].outcomes)
        yield from ("review", "not_applicable")


def outranking(decision: Decision) -> dict[str, set[str]]:
    """Give, per rule, those that outrank it, step by step until nothing is added."""
    above = {
        rule.id: {other.id for other in decision.rules if rule.id in other.outranks}
        for rule in decision.rules
    }
    while True:
        more = {r: some | {top for one in some for top in above[one]} for r, some in above.items()}
        if more == above:
            return above
        above = more
