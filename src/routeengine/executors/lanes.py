"""The lanes executor: exact answers by walking decision diagrams.

One profile walks down from the root through the cells that its facts may be in. Where a
part of a huge rule set did not fit its budget, what the one profile leaves open is
compiled instead; where that does not fit either, the answer is a bound and says
`exact=False`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from typing import ClassVar

from routeengine.executors import summary
from routeengine.executors.questions import Placed, Questions
from routeengine.executors.summary import IsSufficient, forget, ordered_keys
from routeengine.lazy import cached_property
from routeengine.profile import State
from routeengine.result import Answer, Verdict
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.resolution import NOT_APPLICABLE, CompleteVerdict, target
from routeengine.symbolic.bounds import Bounds
from routeengine.symbolic.compiled import NODE_BUDGET, Compilation, CompiledRuleSet
from routeengine.symbolic.conflicts import Clash, Conflicts
from routeengine.symbolic.diagram import TRUE
from routeengine.symbolic.influence import leaves_by_cell
from routeengine.truth import Truth
from routeengine.value_set import ValueSet, union

RESIDUAL_BUDGET = 20_000
"""Nodes for what one profile leaves open. What does not fit is only bounded."""


class LanesExecutor:
    """Evaluates one rule set; immutable once built, and safe to share between threads."""

    name: ClassVar[str] = "lanes"

    def __init__(
        self, ruleset: RuleSet, budget: int = NODE_BUDGET, residual_budget: int = RESIDUAL_BUDGET
    ) -> None:
        self.ruleset = ruleset
        self.compiled = CompiledRuleSet(ruleset, budget)
        self.residual_budget = residual_budget
        self.exact = self.compiled.exact
        """Whether every answer is exact, so that it depends only on the facts that bear on it."""

    def evaluate(self, state: State) -> Answer:
        """Return the verdicts and flags for one state of knowledge."""
        return LanesInspection(self, state).answer

    def possible(self, state: State, decision: str) -> tuple[str, ...]:
        """Return what one decision can be: maybe closer than an `evaluate` that is not exact.

        Its diagram alone is walked.
        """
        decided, where = self.compiled.decisions[decision], self.compiled.whole
        if decided is not None:
            masks = where.masks(self.compiled.cells.may(state))
            keys = {full.key for full in where.verdicts(decided.root, masks)}
            # Nothing is possible where facts clash: that is told apart with more care.
            if keys:
                return ordered_keys(self.ruleset.decision[decision], keys)
        return LanesInspection(self, state).verdict(self.ruleset.decision[decision]).possible

    def inspect(self, state: State) -> LanesInspection:
        """Look closer at one state of knowledge."""
        return LanesInspection(self, state)

    def questions_later(self, state: Callable[[], State], decision: Decision) -> summary.Questions:
        """Return what gives the questions of one decision, by a look of its own, once it is asked.

        INVARIANT: holds no inspection, and of what is known just the cells. Answers are shared by
        threads and kept by the thousand, and an inspection may hold a diagram that grows.
        """
        return cache(lambda: self.inspect(state()).questions(decision).ranked)


class LanesInspection:
    """One state of knowledge over the compiled rule set."""

    def __init__(self, executor: LanesExecutor, state: State) -> None:
        self.executor = executor
        self.compiled = executor.compiled
        self.ruleset = executor.ruleset
        self.given = state
        self.undetermined: set[int] = set()  # couplings that were too large to look into
        self._left: dict[int, Mapping[str, ValueSet]] = {}  # per coupling the cells that it leaves
        self._look_at(state)
        self.conflicts = self._conflicts()
        if self.conflicts:
            self._look_at(forget(self.ruleset, state, self.conflicts.union))

    def _look_at(self, state: State) -> None:
        self.state = state
        self.may = self.compiled.cells.may(state)
        self.whole = self.compiled.whole, self.compiled.whole.masks(self.may)

    # What is possible at all

    def _conflicts(self) -> Conflicts:
        """Find out what is known that cannot be true together."""
        compiled, clashes = self.compiled, []
        for number, coupling in enumerate(compiled.couplings):
            found = self.coupling(number)
            if found is None or TRUE in found[0].diagram.reach(*found[1:]):
                continue
            where, root = compiled.whole, compiled.coupled[number]
            if root is None:
                # The residual knows what is known; here that has to be left open.
                where = Compilation(
                    compiled, compiled.cells.everything, self.executor.residual_budget
                )
                root = where.constraints(coupling.facts)
            everything = compiled.cells.everything
            known = {f: self.may[f] for f in coupling.facts if self.may[f] != everything[f]}
            clash = Clash(known, where.diagram, root, where.order)
            if not clash.union:  # too large to be seen when the rule set was compiled
                raise compiled.impossible(number)
            if not clash.fits:
                self.undetermined.add(number)
            clashes.append(clash)
        return Conflicts([fact.id for fact in self.ruleset.facts], clashes)

    def coupling(self, number: int) -> Placed | None:
        """Return what the constraints of a coupling come to, or None if that is too large."""
        held = self.compiled.coupled[number]
        if held is not None:
            where, masks = self.whole
            return where, held, masks
        where = Compilation(self.compiled, self.may, self.executor.residual_budget)
        held = where.constraints(self.compiled.couplings[number].facts)
        if held is not None:
            return where, held, where.masks(self.may)
        self.undetermined.add(number)
        return None

    # Verdicts and flags

    @cached_property
    def answer(self) -> Answer:
        """The verdicts and flags."""
        verdicts = {decision.id: self.verdict(decision) for decision in self.ruleset.decisions}
        flags = ((), ()) if self.conflicts else summary.flags_of(self.ruleset, self.truth)
        return Answer(verdicts, *flags, self.executor.name)

    def verdict(self, decision: Decision) -> Verdict:
        """Return the verdict of one decision."""
        (seen, exact), reads = self._seen(decision.id), self.compiled.reads[decision.id]
        clashing = self.conflicts.touching(reads)
        if clashing and seen != {NOT_APPLICABLE}:
            return summary.contradiction(
                decision,
                tuple(f.id for f in self.ruleset.facts if f.id in clashing),
                self._left_possible(decision.id, seen, exact),
                exact=self.conflicts.exact(reads),
            )
        by_cells, disputed = self.by_cells, self.disputed
        return summary.summarise(
            decision,
            seen,
            winners=partial(self._winners, decision, seen),
            find_questions=self.executor.questions_later(lambda: by_cells, decision),
            disputed=bool(disputed) and not disputed.isdisjoint(self.questions(decision).matter),
            exact=exact,
        )

    @cached_property
    def by_cells(self) -> State:
        """What is given, by cells: questions must not depend on values that nothing tells apart."""
        return self.compiled.cells.by_cells(self.given)

    @cached_property
    def disputed(self) -> set[str]:
        """The facts on which sources differ."""
        return {fact for fact, known in self.state.items() if known.conflicting}

    def _left_possible(self, name: str, seen: set[CompleteVerdict], exact: bool) -> set[str]:
        """Return what a contradiction could turn out to be, where it is not worked out exactly."""
        if self._undetermined(name):
            return {full.key for full in seen}
        return set() if exact or NOT_APPLICABLE not in seen else {NOT_APPLICABLE.key}

    def _undetermined(self, name: str) -> bool:
        touched = self.compiled.touched(self.compiled.reads[name])
        return not self.undetermined.isdisjoint(touched)

    def _seen(self, name: str) -> tuple[set[CompleteVerdict], bool]:
        """Return the verdicts that completions lead to, and whether that is exact."""
        if self._undetermined(name):
            # A contradiction cannot be ruled out, so no verdict is certain.
            return set(self.bounds.decision(name)) | {CompleteVerdict("review")}, False
        if self.compiled.decisions[name] is None:
            # Often what is known decides, and then there is no need of a diagram.
            bounded = self.bounds.decision(name)
            if len(bounded) == 1:
                return set(bounded), True
        placed = self.placed(name)
        if placed is None:
            return set(self.bounds.decision(name)), False
        where, root, masks = placed
        return set(where.verdicts(root, masks)), True

    def questions(self, decision: Decision) -> Questions:
        """Look for what can still change the verdict of one decision."""
        return Questions(self.compiled, decision, self.state, self.placed(decision.id))

    def placed(self, name: str) -> Placed | None:
        """Return a decision's diagram, from the residual where the whole did not fit."""
        decided = self.compiled.decisions[name]
        where, masks = self.residual if decided is None else self.whole
        root = where.verdict(name) if decided is None else decided.root
        return None if root is None else (where, root, masks)

    def _winners(self, decision: Decision, seen: Collection[CompleteVerdict]) -> set[str]:
        """Return the rules that win on some completion, all of which give one of these verdicts.

        By bounds they may be too many.
        """
        name, outcomes = decision.id, {full.outcome for full in seen}
        # Where one outcome is certain, none but the rules that lead there can win.
        rules = [r.id for r in decision.rules if None in outcomes or target(r) in outcomes]
        decided, (where, masks) = self.compiled.decisions[name], self.whole
        wins = None if decided is None else decided.wins
        if wins is None and not self._undetermined(name) and len(self.bounds.decision(name)) > 1:
            where, masks = self.residual
            wins = where.winners(name, rules)
        if wins is None:
            return {rule for full in self.bounds.decision(name) for rule in full.rules}
        return {rule for rule in rules if TRUE in where.diagram.reach(wins[rule], masks)}

    @cached_property
    def residual(self) -> tuple[Compilation, list[int]]:
        """What this state leaves open, for parts that did not fit the budget."""
        where = Compilation(self.compiled, self.may, self.executor.residual_budget, self.bounds)
        return where, where.masks(self.may)

    @cached_property
    def bounds(self) -> Bounds:
        """Bounds, for parts that fit neither budget."""
        allowed = {fact: known.allowed for fact, known in self.state.items()}
        return Bounds(self.ruleset, self.compiled.ranks, allowed)

    # A closer look

    def truth(self, condition: Condition) -> Truth:
        """Return the truth of any condition of the rule set, also of a part of one."""
        part, (where, masks) = self.compiled.conditions.get(condition), self.whole
        if part is None:
            where, masks = self.residual
            part = where.part(condition)
        if part is None:
            return self.bounds.truth(condition)
        leaves = where.diagram.reach_within(part.constraints, part.root, masks)
        values = {where.diagram.values[leaf] for leaf in leaves}
        return Truth.of(True in values, False in values)

    def applies(self, rule: str) -> Truth:
        """Return whether the condition of a rule holds (for `otherwise`: whether it is needed).

        Whether its decision applies, or another rule outranks it, is left aside.
        """
        return self.truth(self.ruleset.rule_conditions[rule])

    def is_sufficient(self, decision: str, possible: tuple[str, ...]) -> IsSufficient:
        """Return what says whether some known facts by themselves force what a decision can be.

        They do where all others could be unknown, and no more than `possible`, which is what it
        can be, would be possible. It is not for a contradiction, nor for facts that clash.
        """
        decided, where = self.compiled.decisions[decision], self.compiled.whole
        if decided is None or self.undetermined:
            # What else is asked takes its share of the budget, so only like is compared with like.
            everything = self.executor.possible(self.state, decision)

            def force(facts: frozenset[str]) -> bool:
                less = forget(self.ruleset, self.state, self.state.keys() - facts)
                return self.executor.possible(less, decision) == everything

            return force
        root, everywhere = decided.root, self.compiled.cells.everything
        cells = [(fact, self.may[fact], everywhere[fact]) for fact in where.order]

        def keep(facts: frozenset[str]) -> bool:
            masks = [here if fact in facts else anywhere for fact, here, anywhere in cells]
            # Who knows less finds no less possible: there is just to see that it is no more.
            return all(full.key in possible for full in where.verdicts(root, masks))

        return keep

    def values(self, fact: str) -> ValueSet:
        """Return the values of a fact that are still possible, constraints included."""
        allowed, number = self.state[fact].allowed, self.compiled.coupling_of.get(fact)
        # Where it is not known whether the facts clash, a part of that could leave no value at all.
        if number is None or number in self.undetermined:
            return allowed
        left = self._left.get(number)
        if left is None:
            left = self._left[number] = self._narrowed(number)
        return allowed & left.get(fact, allowed)

    def _narrowed(self, number: int) -> Mapping[str, ValueSet]:
        """Return the values, by whole cells, that a coupling leaves the facts it depends on."""
        # What is too large by now, or what it does not depend on, leaves all: it has no entry.
        whole, known = self.whole
        where, root, masks = self.coupling(number) or (whole, TRUE, known)
        left = {}
        for level, truths_of in leaves_by_cell(where.diagram, root, masks).items():
            values = self.compiled.cells.of[where.order[level]]
            kept = [values[cell] for cell, truths in truths_of.items() if True in truths]
            left[where.order[level]] = union(kept)
        return left
