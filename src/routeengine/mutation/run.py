"""Running the cases on every mutant of a rule set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeAlias

from routeengine.cases import Case, run_cases
from routeengine.cases.run import mismatches
from routeengine.engine import Engine
from routeengine.errors import BudgetError, RuleSetError, UsageError
from routeengine.executors.reference import FullProfile
from routeengine.executors.summary import summarise
from routeengine.mutation.mutants import Mutant, mutants
from routeengine.mutation.witness import MutantComparison, Survivor, Witness
from routeengine.profile import OneOf
from routeengine.result import Answer
from routeengine.ruleset.dependencies import evaluation_order
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet
from routeengine.verification.comparison import Comparison

Fate: TypeAlias = Literal["killed", "equivalent", "undetermined"]
"""What becomes of a mutant that does not survive."""


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What became of every mutant.

    Mutants whose constraints exclude every profile are no rule sets, and are left out.

    Attributes:
        killed: Mutants that some case notices.
        equivalent: Mutants that answer every profile as the rule set does, which is proved.
        survivors: Mutants that no case notices, each with a profile that shows the difference.
        undetermined: Mutants that pass all cases and are too large to be compared with the rule
            set: whether they are equivalent was not found out.
    """

    killed: tuple[Mutant, ...]
    equivalent: tuple[Mutant, ...]
    survivors: tuple[Survivor, ...]
    undetermined: tuple[Mutant, ...]

    @property
    def counted(self) -> int:
        """The number of mutants that are not known to be equivalent."""
        return len(self.killed) + len(self.survivors) + len(self.undetermined)

    @property
    def score(self) -> float:
        """The share of the counted mutants that the cases kill, from 0 to 1; 1 if none counts."""
        return len(self.killed) / self.counted if self.counted else 1.0

    @property
    def passed(self) -> bool:
        """Whether the cases kill every mutant that is not equivalent."""
        return len(self.killed) == self.counted


def mutate(
    ruleset: RuleSet,
    cases: Iterable[Case],
    among: Iterable[Mutant] | None = None,
    progress: Callable[[], object] | None = None,
) -> MutationReport:
    """Try the cases on every mutant of a rule set, and return what became of each.

    `among` are the mutants to try, all of them if it is None. `progress` is called once for every
    mutant.

    Raises UsageError if a case fails on the rule set as it is.

    Examples:
        >>> from itertools import islice
        >>> from routeengine import load_ruleset
        >>> from routeengine.mutation import mutants, mutate
        >>> ruleset = load_ruleset("rijswijk-2023")
        >>> report = mutate(ruleset, cases=(), among=islice(mutants(ruleset), 1))
        >>> report.score, [one.mutant.what for one in report.survivors]
        (0.0, ['`can_start_soon` is left out'])
    """
    trial = _Trial(ruleset, tuple(cases))
    fates: dict[Fate, list[Mutant]] = {"killed": [], "equivalent": [], "undetermined": []}
    survivors: list[Survivor] = []
    for mutant in mutants(ruleset) if among is None else among:
        # Its constraints may exclude every profile: then it is no rule set, and so no mutant.
        with suppress(RuleSetError):
            fate = trial.fate_of(mutant)
            if isinstance(fate, Witness):
                survivors.append(Survivor(mutant, fate))
            else:
                fates[fate].append(mutant)
        if progress is not None:
            progress()
    killed, equivalent, undetermined = map(tuple, fates.values())
    return MutationReport(killed, equivalent, tuple(survivors), undetermined)


class _Trial:
    """The cases, ready to be tried on one mutant after another."""

    def __init__(self, ruleset: RuleSet, cases: Sequence[Case]) -> None:
        self.engine = Engine(ruleset)
        self.cases = cases
        if not run_cases(self.engine, cases).passed:
            raise UsageError("a case fails on the rule set as it is: mend that first")
        whole = ((case, _whole(ruleset, case)) for case in cases)
        self.whole = [(case, facts) for case, facts in whole if facts is not None]
        self.comparison = Comparison(ruleset, rules=True)
        self.profiles: list[Mapping[str, Value | OneOf]] = []

    def fate_of(self, mutant: Mutant) -> Witness | Fate:
        """Return what becomes of a mutant; if it survives, on what it answers otherwise."""
        # Most mutants are killed by a case in which all is known, and that takes no diagram.
        if self._noticed_at_once(mutant.ruleset):
            return "killed"
        comparison = MutantComparison(self.engine, self.comparison, mutant.ruleset)
        fate: Witness | Fate
        try:
            fate = comparison.witness() or "equivalent"
        except BudgetError:
            fate = "undetermined"
        if fate == "equivalent":
            return fate
        # Also if the two are too large to be compared: a case may notice the fault all the same.
        if not run_cases(comparison.engine, self.cases).passed:
            return "killed"
        if fate == "undetermined":
            return fate
        # One profile can show what is wrong with many mutants: few new cases are needed.
        known = comparison.first_witness(self.profiles)
        if known is None:
            self.profiles.append(fate.profile)
        return known or fate

    def _noticed_at_once(self, ruleset: RuleSet) -> bool:
        """Return whether a case of which all is known notices it: that needs no diagram."""
        order = evaluation_order(ruleset)
        for case, facts in self.whole:
            full = FullProfile(ruleset, facts)
            # What contradicts itself is left to the engine.
            if any(full.holds(constraint.forbids) for constraint in ruleset.constraints):
                continue
            if any(True for _ in mismatches(case, _answer(full.decide(order)))):
                return True
        return False


def _answer(full: FullProfile) -> Answer:
    verdicts = {
        decision.id: summarise(decision, {full.verdicts[decision.id]})
        for decision in full.ruleset.decisions
    }
    flags = [name for name, when in full.ruleset.flag_conditions.items() if full.holds(when)]
    return Answer(verdicts, tuple(flags), ())


def _whole(ruleset: RuleSet, case: Case) -> dict[str, int] | None:
    """Return the number of the value of every fact, or None if not every fact has just one."""
    numbers = {fact.id: fact.domain.index(case.profile.get(fact.id)) for fact in ruleset.facts}
    known = {fact: number for fact, number in numbers.items() if number is not None}
    return known if len(known) == len(numbers) else None
