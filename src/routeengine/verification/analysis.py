"""One rule set laid out to be checked: compiled parts, and the witnesses in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import TypeAlias, TypeVar

from routeengine.errors import BudgetError
from routeengine.executors.reference import FullProfile
from routeengine.lazy import cached_property
from routeengine.profile import set_of
from routeengine.ruleset.conditions import Condition, FactIs
from routeengine.ruleset.dependencies import evaluation_order, facts_of
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.symbolic.compiled import NODE_BUDGET, Compilation
from routeengine.symbolic.diagram import IMPOSSIBLE, Node
from routeengine.symbolic.layout import Layout
from routeengine.verification import space
from routeengine.verification.comparison import Comparison
from routeengine.verification.findings import Finding
from routeengine.verification.meeting import Meeting
from routeengine.verification.points import points_of
from routeengine.verification.regions import MAX_REGIONS, Regions, regions_of

T = TypeVar("T")

Shows: TypeAlias = Callable[[FullProfile], bool]
"""Says whether a full profile, decided by the reference evaluator, shows what is found."""


class Analysis(space.ProfileSpace):
    """One rule set, its profiles, and what has been compiled of it.

    What does not fit the budget raises BudgetError; a decision that does not is None.
    """

    def __init__(self, ruleset: RuleSet, budget: int = NODE_BUDGET) -> None:
        self.ruleset = ruleset
        self.budget = budget
        self.layout = Layout(ruleset, _asked_of(ruleset))
        self.compiler = Compilation(self.layout, self.layout.cells.everything, budget)
        super().__init__(self.compiler)
        self._order = evaluation_order(ruleset)
        # Without these nothing can be said of any profile, so here BudgetError is not caught.
        couplings = self.layout.couplings
        self.coupled = [needed(self.compiler.constraints(one.facts)) for one in couplings]
        self._wins: dict[str, Mapping[str, Node]] = {}
        self._meeting: dict[str, Meeting] = {}
        self.decisions = {one.id: self._decision(one) for one in ruleset.decisions}

    def _decision(self, decision: Decision) -> space.Constrained | None:
        root = self.compiler.verdict(decision.id)
        return None if root is None else self._beside(self.layout.reads[decision.id], root)

    @cached_property
    def comparison(self) -> Comparison:
        """The rule set, to be compared with itself when something is changed."""
        return Comparison(self.ruleset, budget=self.budget, order=self.order)

    def means_the_same(self, other: RuleSet) -> bool:
        """Return whether the rule set with something changed answers all profiles as it does."""
        return self.comparison.first_difference(other) is None

    def wins(self, decision: Decision) -> Mapping[str, Node]:
        """Compile, per rule of a decision, where it wins and the constraints hold."""
        if decision.id not in self._wins:
            rules = [rule.id for rule in decision.rules]
            self._wins[decision.id] = needed(self.compiler.winners(decision.id, rules))
        return self._wins[decision.id]

    def meeting(self, decision: Decision) -> Meeting:
        """Return which rules of a decision may win together, by their places."""
        if decision.id not in self._meeting:
            wins = self.wins(decision)
            roots = [wins[rule.id] for rule in decision.rules]
            self._meeting[decision.id] = Meeting(self.diagram, roots)
        return self._meeting[decision.id]

    def condition(self, condition: Condition) -> space.Constrained:
        """Compile a condition where the constraints hold."""
        facts = facts_of(self.ruleset, condition)
        return self.constrained(facts, partial(self.compiler.condition, condition))

    def constrained(self, facts: frozenset[str], build: Callable[[], Node]) -> space.Constrained:
        """Compile something that reads these facts, where the constraints hold."""
        return self._beside(facts, needed(self.compiler.constrain(facts, build)))

    def _beside(self, facts: frozenset[str], root: Node) -> space.Constrained:
        """Put the constraints that share no fact with it beside what was compiled."""
        bearing = self.layout.touched(facts)
        apart = (node for number, node in enumerate(self.coupled) if number not in bearing)
        return space.Constrained(root, tuple(apart))

    def scratch(self, work: Callable[[], T]) -> T:
        """Return what some work comes to, and forget all nodes that it made."""
        wins, meeting = dict(self._wins), dict(self._meeting)
        found = self.compiler.scratch(work)
        self._wins, self._meeting = wins, meeting
        return needed(found)

    def can_hold(self, condition: Condition) -> bool:
        """Return whether a condition holds on some profile that the constraints allow."""
        return True in self.amounts(self.condition(condition))

    def add_witness(
        self, finding: Finding, build: space.Build, wanted: space.Wanted, shows: Shows
    ) -> Finding:
        """Return a finding with how much it covers, its regions, and a most ordinary witness.

        It is so where what is built leads to a wanted leaf, which is somewhere. `shows` has to be
        true of the witness as the reference evaluator decides it.
        """
        function = build()
        counts = self.amounts(function).items()
        covers = sum((amount for leaf, amount in counts if wanted(leaf)), space.NOTHING)
        path = self.nearest(function, wanted)
        if path is None:
            raise AssertionError("what was counted has no witness: please report it")
        full = self.full(path)
        self.replay(full, shows)
        enough = self.names(space.forcing(self.diagram, function.root, path, wanted))
        look = self.regions(finding.decision, build, wanted, shows, covers)
        witness = self.values(full)
        return replace(finding, witness=witness, enough=enough, covers=covers, look=look)

    def regions(
        self,
        decision: str,
        build: space.Build,
        wanted: space.Wanted,
        shows: Shows,
        covers: space.Amount,
    ) -> Callable[[], Regions]:
        """Return a function that finds the regions of what leads to a wanted leaf, once.

        Some rule sets have thousands of overlaps, and few of them are looked at. If the regions
        do not fit the budget, all that it `covers` is left over.
        """

        def find() -> Regions:
            # The nodes of a function that is not kept are gone by now, so it is built again.
            function = build()

            def change(value: object) -> bool | None:
                return IMPOSSIBLE if value is IMPOSSIBLE else wanted(value)

            root = self.diagram.map_leaves(("wanted", wanted), change, function.root)
            replayed = partial(self.replay, shows=shows)
            found = regions_of(self, replace(function, root=root), MAX_REGIONS, replayed)
            asking = self.ruleset.decision[decision].conditions
            return replace(found, points=points_of(self, root, [(self.compiler, asking)]))

        return cache(lambda: self.compiler.scratch(find) or Regions((), covers))

    def replay(self, full: Mapping[str, int], shows: Shows) -> FullProfile:
        """Decide a witness by the reference evaluator: what it does not show is not told."""
        profile = FullProfile(self.ruleset, full).decide(self._order)
        if any(profile.holds(one.forbids) for one in self.ruleset.constraints):
            raise AssertionError("a witness breaks a constraint: please report it")
        if not shows(profile):
            raise AssertionError("a witness does not show the finding: please report it")
        return profile

    def names(self, levels: Iterable[int]) -> tuple[str, ...]:
        """Return the facts at these levels, in declared order."""
        named = {self.order[level] for level in levels}
        return tuple(fact.id for fact in self.ruleset.facts if fact.id in named)


def needed(compiled: T | None) -> T:
    """Return what was compiled. Raises BudgetError if it did not fit."""
    if compiled is None:
        raise BudgetError("more nodes are needed than the budget has")
    return compiled


def _asked_of(ruleset: RuleSet) -> Iterator[Condition]:
    """Yield the conditions by which expectations tell values apart."""
    for expectation in ruleset.expectations:
        if expectation.when is not None:
            yield expectation.when
        if (change := expectation.change) is not None:
            for values in filter(None, (change.before, change.after)):
                yield FactIs(change.fact, set_of(ruleset.fact[change.fact], values))
