"""One rule set laid out to be checked: compiled parts, and the witnesses in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, TypeVar

from routeengine.errors import BudgetError
from routeengine.executors.reference import FullProfile
from routeengine.lazy import cached_property
from routeengine.ruleset.conditions import Condition, FactIs
from routeengine.ruleset.domains import Value
from routeengine.ruleset.expectations import Expectation
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import evaluation_order, facts_of
from routeengine.symbolic.compiled import NODE_BUDGET, Compilation
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import Node
from routeengine.symbolic.layout import Layout
from routeengine.verification.difference import Comparison
from routeengine.verification.paths import forcing
from routeengine.verification.regions import MOST_REGIONS, Regions, regions_of
from routeengine.verification.space import Amount, Confined, Space

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Witness:
    """A most ordinary full profile, and the facts of it that alone lead to the same."""

    values: Mapping[str, Value]
    enough: tuple[str, ...]


class Subject:
    """One rule set, its space, and what has been compiled of it.

    Raises BudgetError where the constraints do not fit the budget.
    """

    def __init__(self, ruleset: RuleSet, budget: int = NODE_BUDGET) -> None:
        self.ruleset = ruleset
        self.budget = budget
        self.layout = Layout(ruleset, asked_of(ruleset))
        self.whole = Compilation(self.layout, self.layout.everything, budget)
        self.compiler = self.whole.compiler
        self.space = Space(self.compiler)
        self._order = evaluation_order(ruleset)
        self.coupled = [
            needed(self.whole.held([number])) for number in range(len(self.layout.couplings))
        ]
        self.decisions = {one.id: self.decision(one.id) for one in ruleset.decisions}

    @cached_property
    def comparison(self) -> Comparison:
        """The rule set, to be compared with itself when something is left out."""
        return Comparison(self.ruleset, budget=self.budget, order=self.space.order)

    def decision(self, name: str) -> Confined | None:
        """Compile a decision, or give None where it does not fit."""
        return self._beside(self.layout.reads[name], self.whole.decision(name))

    def wins(self, name: str) -> Mapping[str, Node]:
        """Compile, per rule of a decision, where it wins and the constraints hold.

        Raises BudgetError where that does not fit.
        """
        rules = [rule.id for rule in self.ruleset.decision[name].rules]
        return needed(self.whole.wins(name, rules))

    def condition(self, condition: Condition) -> Confined | None:
        """Compile a condition, or give None where it does not fit."""
        return self._beside(facts_of(self.ruleset, condition), self.whole.within(condition))

    def confined(self, facts: frozenset[str], build: Callable[[], Node]) -> Confined | None:
        """Compile something that reads these facts, where the constraints hold."""
        return self._beside(facts, self.whole.confined(facts, build))

    def _beside(self, facts: frozenset[str], root: Node | None) -> Confined | None:
        """Put the constraints that share no fact with it beside what was compiled."""
        touched = self.layout.touched(facts)
        apart = (held for number, held in enumerate(self.coupled) if number not in touched)
        return None if root is None else Confined(root, tuple(apart))

    def amounts(self, confined: Confined) -> dict[Any, Amount]:
        """Count, per leaf that can be, the consistent profiles that lead there."""
        return self.space.amounts(confined)

    def witness(
        self,
        confined: Confined,
        wanted: Callable[[Any], bool],
        shows: Callable[[FullProfile], bool],
    ) -> Witness:
        """Give a most ordinary profile that leads to a wanted leaf; there has to be one.

        `shows` has to be true of it as the reference evaluator decides it.
        """
        path = self.space.nearest(confined, wanted)
        if path is None:
            raise AssertionError("what was counted has no witness: please report it")
        full = self.space.full(path)
        self.replay(full, shows)
        levels = forcing(self.space.diagram, confined.root, path, wanted, IMPOSSIBLE)
        return Witness(self.space.values(full), self.names(levels))

    def regions(
        self,
        build: Callable[[], Confined],
        wanted: Callable[[Any], bool],
        shows: Callable[[FullProfile], bool],
        covers: Amount,
    ) -> Callable[[], Regions]:
        """Return what gives, when it is asked, the regions of what leads to a wanted leaf.

        There are thousands of overlaps in some rule sets, and few of them are looked at. Where
        they do not fit the budget, all that it `covers` is left over.
        """

        def made() -> Regions:
            confined, diagram = build(), self.space.diagram

            def change(value: object) -> bool | None:
                return IMPOSSIBLE if value is IMPOSSIBLE else wanted(value)

            root = diagram.relabel(("wanted", wanted), change, confined.root)
            there = replace(confined, root=root)
            replayed = partial(self.replay, shows=shows)
            return regions_of(self.space, there, MOST_REGIONS, replayed)

        @cache
        def regions() -> Regions:
            return self.compiler.scratch(made) or Regions((), covers)

        return regions

    def replay(self, full: Mapping[str, int], shows: Callable[[FullProfile], bool]) -> None:
        """Decide a witness by the reference evaluator: what it does not show is not told."""
        profile = FullProfile(self.ruleset, full).decide(self._order)
        if any(profile.holds(one.forbids) for one in self.ruleset.constraints):
            raise AssertionError("a witness breaks a constraint: please report it")
        if not shows(profile):
            raise AssertionError("a witness does not show the finding: please report it")

    def names(self, levels: Iterable[int]) -> tuple[str, ...]:
        """Give the facts at these levels, in declared order."""
        named = {self.space.order[level] for level in levels}
        return tuple(fact.id for fact in self.ruleset.facts if fact.id in named)


def needed(compiled: T | None) -> T:
    """Give what was compiled. Raises BudgetError where it did not fit."""
    if compiled is None:
        raise BudgetError("more nodes are needed than the budget has")
    return compiled


def asked_of(ruleset: RuleSet) -> list[Condition]:
    """Give the conditions by which expectations tell values apart."""
    return [one for expectation in ruleset.expectations for one in _asked(ruleset, expectation)]


def _asked(ruleset: RuleSet, expectation: Expectation) -> Iterable[Condition]:
    if expectation.when is not None:
        yield expectation.when
    if (change := expectation.change) is not None:
        domain = ruleset.fact[change.fact].domain
        for values in filter(None, (change.before, change.after)):
            yield FactIs(change.fact, sum(1 << (domain.index(value) or 0) for value in set(values)))
