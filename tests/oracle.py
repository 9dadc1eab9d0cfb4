"""What explanations claim, by brute force: every full profile is listed and decided.

Written from `docs/semantics.md` alone. Nothing here shares an algorithm with the library: no
cells, no diagrams, no reference executor. Slow, and meant to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

from routeengine.profile import State
from routeengine.ruleset import conditions as c
from routeengine.ruleset.model import Decision, Rule, RuleSet
from routeengine.value_set import bits_of_set

__all__ = ["Oracle"]

Full = tuple[int, ...]
"""A full profile: the number of the value of each fact, in declared order."""


class Oracle:
    """Every full profile of one rule set that breaks no constraint, with its answers."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.facts = [fact.id for fact in ruleset.facts]
        sizes = [range(fact.domain.size) for fact in ruleset.facts]
        self.answers: dict[Full, dict[str, str]] = {}
        self.named: dict[Full, dict[str, set[str]]] = {}
        for full in product(*sizes):
            profile = Profile(ruleset, dict(zip(self.facts, full, strict=True)))
            if not any(profile.holds(one.forbids) for one in ruleset.constraints):
                self.answers[full] = {d.id: profile.key(d.id) for d in ruleset.decisions}
                self.named[full] = {d.id: profile.named(d.id) for d in ruleset.decisions}

    def completions(self, allowed: Mapping[str, int]) -> Iterator[Full]:
        """Yield what is possible where each fact has one of these values; left out is unknown."""
        options = [
            [n for n in range(fact.domain.size) if allowed.get(fact.id, -1) >> n & 1]
            for fact in self.ruleset.facts
        ]
        return (full for full in product(*options) if full in self.answers)

    def keys(self, allowed: Mapping[str, int], decision: str) -> set[str]:
        """Give what a decision can be; nothing where the facts contradict each other."""
        return {self.answers[full][decision] for full in self.completions(allowed)}

    def proposed(self, allowed: Mapping[str, int], decision: str) -> set[str]:
        """Give the outcomes that a decision can have, or a person can have to choose between."""
        return set().union(*(self.named[full][decision] for full in self.completions(allowed)))

    def conflicts(self, allowed: Mapping[str, int]) -> list[frozenset[str]]:
        """Give every smallest set of facts that cannot be true together."""
        found: list[frozenset[str]] = []
        for size in range(1, len(self.facts) + 1):
            for some in map(frozenset, combinations(self.facts, size)):
                kept = {fact: allowed[fact] for fact in some}
                if not any(one <= some for one in found) and not any(self.completions(kept)):
                    found.append(some)
        return found

    def missing(self, allowed: Mapping[str, int], decision: str) -> set[str]:
        """Give the facts in a smallest set in which two completions differ, with other answers."""
        completions = [(full, self.answers[full][decision]) for full in self.completions(allowed)]
        apart = {
            frozenset(n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
            for (one, key), (other, otherwise) in combinations(completions, 2)
            if key != otherwise
        }
        smallest = [some for some in apart if not any(one < some for one in apart)]
        return {self.facts[n] for some in smallest for n in some}

    def changes(
        self, state: State, decision: str, outcome: str, limit: int
    ) -> set[frozenset[tuple[str, int]]]:
        """Give every smallest set of values that leads to an outcome, as (fact, value) pairs.

        Values that no condition tells apart all lead there, so all stand here.
        """
        allowed = {fact: bits_of_set(known.allowed) for fact, known in state.items()}
        steps = {fact: list(self._steps(fact, bits)) for fact, bits in allowed.items()}
        found: set[frozenset[tuple[str, int]]] = set()
        smaller: set[frozenset[tuple[str, int]]] = set()
        for size in range(limit + 1):
            for facts in combinations(self.facts, size):
                for values in product(*[steps[fact] for fact in facts]):
                    moved = dict(zip(facts, values, strict=True))
                    some = frozenset(moved.items())
                    if any(one <= some for one in smaller):
                        continue
                    after = allowed | {fact: 1 << value for fact, value in moved.items()}
                    if self.keys(after, decision) == {outcome}:
                        found.add(some)
            smaller = set(found)
        return found

    def _steps(self, fact: str, allowed: int) -> Iterator[int]:
        """Yield where a fact may go: other values where it is known, else those it may have."""
        one = allowed.bit_count() == 1
        for value in range(self.ruleset.fact[fact].domain.size):
            if one != bool(allowed >> value & 1):
                yield value


class Profile:
    """One full profile, decided by the definition."""

    def __init__(self, ruleset: RuleSet, facts: Mapping[str, int]) -> None:
        self.ruleset = ruleset
        self.facts = facts
        self.winners: dict[str, list[Rule] | None] = {}

    def key(self, name: str) -> str:
        """Give the outcome, "review" or "not_applicable"."""
        winners = self.decide(self.ruleset.decision[name])
        if winners is None:
            return "not_applicable"
        targets = {
            rule.then if isinstance(rule.then, str) else ("review", rule.then.candidates)
            for rule in winners
        }
        if len(targets) == 1 and isinstance(target := targets.pop(), str):
            return target
        return "review"

    def named(self, name: str) -> set[str]:
        """Give the outcomes that the winners name, whether they decide or leave it to a person."""
        thens = [rule.then for rule in self.decide(self.ruleset.decision[name]) or ()]
        return {
            outcome
            for then in thens
            for outcome in ([then] if isinstance(then, str) else then.candidates)
        }

    def decide(self, decision: Decision) -> list[Rule] | None:
        """Give the rules that win, or None where the decision does not apply."""
        if decision.id not in self.winners:
            self.winners[decision.id] = self._decide(decision)
        return self.winners[decision.id]

    def _decide(self, decision: Decision) -> list[Rule] | None:
        if decision.applies_when is not None and not self.holds(decision.applies_when):
            return None
        applying = [r for r in decision.rules if r.when is not None and self.holds(r.when)]
        applying = applying or [r for r in decision.rules if r.when is None]
        by_id = {rule.id: rule for rule in decision.rules}

        def beaten(rule: Rule) -> set[str]:
            return {one for name in rule.outranks for one in (name, *beaten(by_id[name]))}

        lost = {name for rule in applying for name in beaten(rule)}
        return [rule for rule in applying if rule.id not in lost]

    def holds(self, condition: Any) -> bool:
        """Say whether a condition holds."""
        match condition:
            case c.FactIs(fact=fact, allowed=allowed):
                return self.facts[fact] in allowed
            case c.CriterionIs(criterion=name):
                return self.holds(self.ruleset.criterion[name].when)
            case c.OutcomeIs(decision=name, outcomes=outcomes):
                return self.key(name) in outcomes
            case c.StatusIs(decision=name, statuses=statuses):
                key = self.key(name)
                return (key if key in ("review", "not_applicable") else "decided") in statuses
            case c.RuleIs(decision=name, rules=rules):
                winners = self.decide(self.ruleset.decision[name])
                return any(rule.id in rules for rule in winners or ())
            case c.ScoreIs(score=name, low=low, high=high):
                # What is worth 3 stands three times; what takes away 3 lacks three times.
                parts = self.ruleset.score[name].parts
                lost = sum(-one.worth for one in parts if one.worth < 0)
                stand = [
                    self.holds(p.when) == (p.worth > 0) for p in parts for _ in range(abs(p.worth))
                ]
                total = stand.count(True) - lost
                return (low is None or low <= total) and (high is None or total <= high)
            case c.Not(part=part):
                return not self.holds(part)
        count = [self.holds(part) for part in condition.parts].count(True)
        match condition:
            case c.All():
                return count == len(condition.parts)
            case c.Any():
                return count > 0
            case c.AtLeast(count=needed):
                return count >= int(needed)
            case _:
                return count == int(condition.count)
