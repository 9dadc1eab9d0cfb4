"""The reference evaluator: what a rule set means, written to be read.

It lists every completion of what is known, decides each, and looks at what they
have in common. Whatever is faster has to agree with it. Its cost grows with the
number of completions, so it is for small numbers of unknown facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, combinations, product
from math import prod
from typing import ClassVar

from routeengine.errors import BudgetError
from routeengine.executors import summary
from routeengine.executors.summary import IsSufficient, forget
from routeengine.lazy import cached_property
from routeengine.profile import State
from routeengine.result import Answer, Lead, Verdict
from routeengine.ruleset import conditions
from routeengine.ruleset.conditions import Condition, FactIs, walk
from routeengine.ruleset.dependencies import (
    Coupling,
    couplings,
    evaluation_order,
    facts_read,
    nothing_left,
)
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.resolution import NOT_APPLICABLE, CompleteVerdict, resolve
from routeengine.truth import Truth
from routeengine.value_set import ValueSet, union

Full = Mapping[str, int]
"""A full profile: per fact the number of its value."""


class FullProfile:
    """One fully known profile, with the verdicts that follow from it."""

    def __init__(self, ruleset: RuleSet, facts: Full) -> None:
        self.ruleset = ruleset
        self.facts = facts
        self.verdicts: dict[str, CompleteVerdict] = {}

    def decide(self, order: Sequence[Decision] = ()) -> FullProfile:
        """Answer every decision, each after those it refers to.

        `order` is what `evaluation_order` gives, for callers that decide many profiles.
        """
        for decision in order or evaluation_order(self.ruleset):
            if decision.applies_when is not None and not self.holds(decision.applies_when):
                self.verdicts[decision.id] = NOT_APPLICABLE
                continue
            applying = [rule.id for rule in decision.rules if rule.when and self.holds(rule.when)]
            self.verdicts[decision.id] = resolve(decision, applying)
        return self

    def holds(self, condition: Condition) -> bool:
        """Return whether a condition holds."""
        match condition:
            case FactIs(fact, allowed):
                return self.facts[fact] in allowed
            case conditions.CriterionIs(criterion):
                return self.holds(self.ruleset.criterion[criterion].when)
            case conditions.ScoreIs(score):
                parts = self.ruleset.score[score].parts
                return condition.met_by(sum(one.worth for one in parts if self.holds(one.when)))
            case conditions.OutcomeIs() | conditions.StatusIs() | conditions.RuleIs():
                return self.verdicts[condition.decision].meets(condition)
            case _:
                low, high = condition.quota
                return low <= sum(map(self.holds, condition.parts)) <= high


class ReferenceExecutor:
    """Evaluates by listing completions; raises BudgetError past `limit` of them.

    Raises RuleSetError where the constraints exclude every profile, once it is asked something.

    Facts that clash are found by comparing subsets with profiles, `most_compared` at most.
    """

    name: ClassVar[str] = "reference"
    exact = True

    def __init__(
        self, ruleset: RuleSet, limit: int = 300_000, most_compared: int = 3_000_000
    ) -> None:
        self.ruleset = ruleset
        self.limit = limit
        self.most_compared = most_compared
        self.couplings = couplings(ruleset)
        self.groups = {fact.id: self._alike(fact.id, fact.domain.full) for fact in ruleset.facts}

    def _alike(self, fact: str, full: ValueSet) -> list[ValueSet]:
        """Group the values of a fact that no condition tells apart."""
        groups = [full]
        for leaf in walk(*self.ruleset.conditions):
            if isinstance(leaf, FactIs) and leaf.fact == fact:
                parts = ((whole & leaf.allowed, whole - leaf.allowed) for whole in groups)
                groups = [part for both in parts for part in both if part]
        return sorted(groups, key=lambda group: group.lowest)

    def choices(
        self, state: State, facts: Sequence[str], limit: int | None = None
    ) -> Iterator[dict[str, int]]:
        """List what these facts can be, one value for each group of values alike.

        `limit` is that of the executor, unless another is given.
        """
        options = []
        for fact in facts:
            allowed = [group & state[fact].allowed for group in self.groups[fact]]
            options.append([some.lowest for some in allowed if some])
        limit = self.limit if limit is None else limit
        if prod(map(len, options)) > limit:
            raise BudgetError(f"more than {limit} completions: use the lanes executor")
        for choice in product(*options):
            yield dict(zip(facts, choice, strict=True))

    def completions(self, state: State) -> list[FullProfile]:
        """List the full profiles that agree with what is known and break no constraint."""
        facts = [fact.id for fact in self.ruleset.facts]
        holds = [condition for coupling in self.couplings for condition in coupling.holds]
        order = evaluation_order(self.ruleset)
        profiles = (FullProfile(self.ruleset, choice) for choice in self.choices(state, facts))
        return [p.decide(order) for p in profiles if all(p.holds(one) for one in holds)]

    def conflicts(self, state: State) -> Listed:
        """List every minimal set of facts whose known values cannot be true together."""
        found = [one for coupling in self.couplings for one in self._minimal(state, coupling)]
        order = [fact.id for fact in self.ruleset.facts]
        return Listed(sorted(found, key=lambda one: (len(one), sorted(map(order.index, one)))))

    def _minimal(self, state: State, coupling: Coupling) -> list[frozenset[str]]:
        """Try all subsets of what is known: one clashes where no allowed profile agrees with it."""
        if self._stands(state, coupling):
            return []
        full = {fact: self.ruleset.fact[fact].domain.full for fact in coupling.facts}
        known = [fact for fact in coupling.facts if state[fact].allowed != full[fact]]
        profiles = prod(len(self.groups[fact]) for fact in coupling.facts)
        if profiles << len(known) > self.most_compared:
            raise BudgetError("too many facts clash to list subsets: use the lanes executor")

        def clashes(some: frozenset[str]) -> bool:
            return not self._stands(forget(self.ruleset, state, full.keys() - some), coupling)

        found = minimal(subsets(known), clashes)
        if frozenset() in found:
            raise nothing_left(self.ruleset, coupling)
        return found

    def _stands(self, state: State, coupling: Coupling) -> bool:
        """Return whether the constraints of a coupling leave any profile of its facts."""
        # What the facts of one coupling can be is no completion: those have a limit of their own.
        found = self.choices(state, coupling.facts, self.most_compared)
        profiles = (FullProfile(self.ruleset, choice) for choice in found)
        return any(all(p.holds(one) for one in coupling.holds) for p in profiles)

    def evaluate(self, state: State) -> Answer:
        """Return the verdicts and flags for one state of knowledge."""
        return self.inspect(state).answer

    def possible(self, state: State, decision: str) -> tuple[str, ...]:
        """Return what one decision can be."""
        return self.evaluate(state).verdicts[decision].possible

    def inspect(self, state: State) -> ReferenceInspection:
        """Look closer at one state of knowledge."""
        return ReferenceInspection(self, state)


class Listed(tuple[frozenset[str], ...]):
    """Minimal conflicts in a list: the smallest first, and of equals the first declared."""

    __slots__ = ()

    @property
    def union(self) -> frozenset[str]:
        """The facts of all of them."""
        return frozenset().union(*self)

    def touching(self, facts: Collection[str]) -> frozenset[str]:
        """Return the facts of those that have one of these facts."""
        return frozenset().union(*[one for one in self if one.intersection(facts)])

    def smallest(self, facts: Collection[str]) -> frozenset[str] | None:
        """Return the first that has one of these facts."""
        return next((one for one in self if one.intersection(facts)), None)


def subsets(facts: Sequence[str], least: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield the sets of so many of these facts or more, small ones first."""
    return chain(*[combinations(facts, size) for size in range(least, len(facts) + 1)])


def minimal(
    sets: Iterable[tuple[str, ...]], wanted: Callable[[frozenset[str]], bool]
) -> list[frozenset[str]]:
    """Return the sets that are as wanted and hold no other that is; small ones have come first."""
    # Small ones come first, so a set that holds a found one is never minimal.
    found: list[frozenset[str]] = []
    for some in map(frozenset, sets):
        if not any(one <= some for one in found) and wanted(some):
            found.append(some)
    return found


class ReferenceInspection:
    """All completions of one state of knowledge, and what they have in common."""

    def __init__(self, executor: ReferenceExecutor, state: State) -> None:
        self.ruleset = executor.ruleset
        self.executor = executor
        self.conflicts = executor.conflicts(state)
        self.state = forget(self.ruleset, state, self.conflicts.union)
        self.completions = executor.completions(self.state)

    @cached_property
    def answer(self) -> Answer:
        """The verdicts and flags."""
        verdicts = {decision.id: self.verdict(decision.id) for decision in self.ruleset.decisions}
        flags = ((), ()) if self.conflicts else summary.flags_of(self.ruleset, self.truth)
        return Answer(verdicts, *flags, self.executor.name)

    def verdict(self, name: str) -> Verdict:
        """Return the verdict of one decision."""
        decision = self.ruleset.decision[name]
        seen = {profile.verdicts[name] for profile in self.completions}
        clashing = self.conflicts.touching(facts_read(self.ruleset, name))
        if clashing and seen != {NOT_APPLICABLE}:
            named = tuple([fact.id for fact in self.ruleset.facts if fact.id in clashing])
            return summary.contradiction(decision, named)
        matter = self.matters(name) if len({full.key for full in seen}) > 1 else []
        return summary.summarise(
            decision,
            seen,
            find_questions=lambda: self.ranked(name, matter),
            disputed=any(self.state[fact].conflicting for fact in matter),
        )

    def matters(self, name: str) -> list[str]:
        """Return the facts in an inclusion-minimal set on which verdicts differ, declared order.

        Facts that no constraint couples matter alone or not at all: changing
        them one by one never leaves what is possible, so one of the steps alone
        changes the verdict. Larger sets are looked for among coupled facts only.
        """
        open_ = [f for f in self.state if len({p.facts[f] for p in self.completions}) > 1]
        coupled = {fact for coupling in self.executor.couplings for fact in coupling.facts}
        larger = subsets([fact for fact in open_ if fact in coupled], 2)
        sets = minimal(chain(combinations(open_, 1), larger), partial(self.differs, name))
        return [fact for fact in self.ruleset.fact if any(fact in one for one in sets)]

    def differs(self, name: str, facts: frozenset[str]) -> bool:
        """Return whether two completions that agree on all other facts differ in the verdict."""
        # Completions that agree on all other facts fall under one key, with one verdict or two.
        seen: dict[tuple[int, ...], str] = {}
        for profile in self.completions:
            rest = tuple(value for fact, value in profile.facts.items() if fact not in facts)
            key = profile.verdicts[name].key
            if seen.setdefault(rest, key) != key:
                return True
        return False

    def ranked(self, name: str, matter: Sequence[str]) -> Mapping[str, tuple[Lead, ...]]:
        """Order the facts that matter as questions, best first."""
        return summary.rank({fact: tuple(self._leads(name, fact)) for fact in matter}, self.state)

    def _leads(self, name: str, fact: str) -> Iterator[Lead]:
        """Yield what each answer leads to, for each group of values alike."""
        for group in self.executor.groups[fact]:
            keys = {p.verdicts[name].key for p in self.completions if p.facts[fact] in group}
            if keys:
                allowed = group & self.state[fact].allowed
                yield Lead(allowed, summary.ordered_keys(self.ruleset.decision[name], keys))

    def truth(self, condition: Condition) -> Truth:
        """Return the truth of a condition on all completions."""
        seen = {profile.holds(condition) for profile in self.completions}
        return Truth.of(True in seen, False in seen)

    def applies(self, rule: str) -> Truth:
        """Return whether the condition of a rule holds (for `otherwise`: whether it is needed)."""
        return self.truth(self.ruleset.rule_conditions[rule])

    def is_sufficient(self, decision: str, possible: tuple[str, ...]) -> IsSufficient:
        """Return what says whether some known facts by themselves force what a decision can be."""

        def force(facts: frozenset[str]) -> bool:
            less = forget(self.ruleset, self.state, self.state.keys() - facts)
            return self.executor.possible(less, decision) == possible

        return force

    def values(self, fact: str) -> ValueSet:
        """Return the values of a fact that are still possible, constraints included."""
        left = {profile.facts[fact] for profile in self.completions}
        groups = [some for some in self.executor.groups[fact] if any(one in some for one in left)]
        return union(groups) & self.state[fact].allowed
