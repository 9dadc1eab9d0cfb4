"""The durable executor: the rules fire in durable_rules, decision after decision.

The contract for partial profiles: where every rule is certain to hold or certain not to (by
strong Kleene logic, in one go through the stages), the answer is exact as it is. Else
the completions are listed and each goes through the stages, at most `limit` of them; past that
the profile is refused with a BudgetError, and never guessed at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routeengine.errors import BudgetError
from routeengine.executors.durable.host import host_of
from routeengine.executors.durable.program import Atom, Program
from routeengine.executors.reference import (
    FullProfile,
    ReferenceExecutor,
    ReferenceInspection,
)
from routeengine.executors.summary import summarise
from routeengine.profile import Known, State
from routeengine.result import Answer
from routeengine.ruleset.conditions import Condition, FactIs, OutcomeIs, RuleIs, StatusIs
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.settling import NOT_APPLICABLE, FullVerdict, beaten_by, settle

__all__ = ["DurableExecutor"]

LIMIT = 1_024
"""Completions of one profile: each takes a message per stage."""

FALSE, TRUE, UNKNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Sitting:
    """What durable_rules says of one state of knowledge.

    `codes` are by the name of the item; a verdict is None where a rule it hangs on is open.
    """

    codes: Mapping[str, int]
    verdicts: Mapping[str, FullVerdict | None]

    @property
    def certain(self) -> bool:
        """Whether nothing is open that an answer hangs on."""
        flags = (code for name, code in self.codes.items() if name.startswith("flag_"))
        return None not in self.verdicts.values() and UNKNOWN not in flags

    @property
    def consistent(self) -> bool:
        """Whether it is certain that no constraint is broken."""
        return all(
            code == FALSE for name, code in self.codes.items() if name.startswith("constraint_")
        )


class DurableExecutor:
    """Evaluates one rule set by durable_rules (extra `durable`); for fully known profiles.

    A partial profile is answered exactly, or refused with a BudgetError: see this module.
    A closer look, as explanations take, is the reference evaluator's, within the same limit.

    Raises MissingExtraError or DurableUnavailableError where durable_rules is not to be had.
    """

    def __init__(self, ruleset: RuleSet, limit: int = LIMIT) -> None:
        self.ruleset = ruleset
        self.program = Program(ruleset)
        self._listing = _Listing(self, limit)
        stages = self.program.stages
        self._certain = host_of({stage.name: stage.definition("certain") for stage in stages})
        self._open = host_of({stage.name: stage.definition("open") for stage in stages})

    def evaluate(self, state: State) -> Answer:
        """Give the verdicts and flags for one state of knowledge.

        Raises BudgetError for a partial profile that leaves too much open.
        """
        sitting = self.sit(state)
        try:
            if sitting.certain and (sitting.consistent or not self._listing.conflicts(state)):
                return self._answer(sitting)
            return self._listing.evaluate(state)
        except BudgetError:
            raise BudgetError(
                f"the executor `durable` answers profiles that leave at most {self._listing.limit} "
                "completions: find out more, or use the executor `lanes`"
            ) from None

    @property
    def exact(self) -> bool:
        """Always: it refuses what it cannot answer."""
        return True

    def possible(self, state: State, decision: str) -> tuple[str, ...]:
        """Give what one decision can be."""
        return self.evaluate(state).verdicts[decision].possible

    def inspect(self, state: State) -> ReferenceInspection:
        """Look closer at one state of knowledge, by its completions.

        Raises BudgetError where there are too many.
        """
        return self._listing.inspect(state)

    def _answer(self, sitting: Sitting) -> Answer:
        verdicts = {
            decision.id: summarise(decision, {full})
            for decision in self.ruleset.decisions
            if (full := sitting.verdicts[decision.id]) is not None
        }
        raised = tuple(
            flag.id
            for flag in self.ruleset.flags
            if flag.when is not None and sitting.codes[f"flag_{flag.id}"] == TRUE
        )
        return Answer(verdicts, raised, ())

    # Through the stages

    def sit(self, state: State) -> Sitting:
        """Send what is known of a profile through all stages, each with what came of the last."""
        program, codes = self.program, dict[str, int]()
        verdicts: dict[str, FullVerdict | None] = {}
        partial = any(known.allowed.bit_count() > 1 for known in state.values())
        level = 0
        for stage in program.stages:
            if stage.level != level:
                level = stage.level
                self._know(level - 1, state, codes, verdicts)
            message = {field: codes[field] for field in stage.reads}
            certain = self._certain(stage.name, message)
            open_ = self._open(stage.name, message) if partial else frozenset()
            for item in stage.items:
                if item.rule in certain:
                    codes[item.name] = int(item.fires)
                else:
                    codes[item.name] = UNKNOWN if item.rule in open_ else int(not item.fires)
        self._settle(codes, verdicts, level)
        return Sitting(codes, verdicts)

    def _know(
        self,
        level: int,
        state: State,
        codes: dict[str, int],
        verdicts: dict[str, FullVerdict | None],
    ) -> None:
        """Fill in the fields that are known once this level was answered."""
        self._settle(codes, verdicts, level)
        for atom, known_after in self.program.atoms.values():
            if known_after == level:
                codes[atom.field] = _code(atom, state, verdicts)
        for counted, known_after in self.program.counts.values():
            if known_after == level:
                holds = [
                    code if wanted or code == UNKNOWN else TRUE - code
                    for field, wanted in counted.parts
                    for code in (codes[field],)
                ]
                codes[counted.least] = holds.count(TRUE)
                codes[counted.most] = len(holds) - holds.count(FALSE)

    def _settle(
        self, codes: Mapping[str, int], verdicts: dict[str, FullVerdict | None], level: int
    ) -> None:
        for decision in self.program.order:
            if decision.id not in verdicts and self.program.level_of[decision.id] <= level:
                verdicts[decision.id] = _settled(decision, codes)


def _settled(decision: Decision, codes: Mapping[str, int]) -> FullVerdict | None:
    """Settle a decision by the rules that fired, or give None where one that counts is open."""
    applies = codes.get(f"applies_{decision.id}", TRUE)
    if applies == FALSE:
        return NOT_APPLICABLE
    rules = {rule.id: codes[f"rule_{rule.id}"] for rule in decision.rules if rule.when is not None}
    certain = {rule for rule, code in rules.items() if code == TRUE}
    beaten = beaten_by(decision)
    # A rule that is outranked for certain changes nothing, whether it holds or not.
    open_ = [r for r, code in rules.items() if code == UNKNOWN and beaten[r].isdisjoint(certain)]
    return None if open_ or applies == UNKNOWN else settle(decision, certain, beaten)


def _code(atom: Atom, state: State, verdicts: Mapping[str, FullVerdict | None]) -> int:
    condition = atom.condition
    if isinstance(condition, FactIs):
        allowed = state[condition.fact].allowed
        if not allowed & condition.allowed:
            return FALSE
        return UNKNOWN if allowed & ~condition.allowed else TRUE
    full = verdicts[condition.decision]
    return UNKNOWN if full is None else int(_came_out(condition, full))


def _came_out(condition: OutcomeIs | StatusIs | RuleIs, full: FullVerdict) -> bool:
    match condition:
        case OutcomeIs(outcomes=outcomes):
            return full.outcome in outcomes
        case StatusIs(statuses=statuses):
            return full.status in statuses
        case _:
            return not set(condition.rules).isdisjoint(full.rules)


class _Listing(ReferenceExecutor):
    """The reference evaluator, but for who decides a completion: that is durable_rules."""

    def __init__(self, durable: DurableExecutor, limit: int) -> None:
        super().__init__(durable.ruleset, limit)
        self.durable = durable

    def completions(self, state: State) -> list[FullProfile]:
        """List what the constraints leave, each answered by durable_rules."""
        facts = [fact.id for fact in self.ruleset.facts]
        seated = (_Seated(self.durable, choice) for choice in self.choices(state, facts))
        return [one for one in seated if one.sitting.consistent]


class _Seated(FullProfile):
    """A completion with the verdicts and flags that durable_rules gave it."""

    def __init__(self, durable: DurableExecutor, facts: Mapping[str, int]) -> None:
        super().__init__(durable.ruleset, facts)
        state = {fact: Known(1 << value) for fact, value in facts.items()}
        self.sitting = durable.sit(state)
        self.verdicts = {name: one for name, one in self.sitting.verdicts.items() if one}
        self._flags = {
            flag.when: self.sitting.codes[f"flag_{flag.id}"] == TRUE
            for flag in durable.ruleset.flags
            if flag.when is not None
        }

    def holds(self, condition: Condition) -> bool:
        """Say whether a condition holds: of a flag, as durable_rules said."""
        flagged = self._flags.get(condition)
        return super().holds(condition) if flagged is None else flagged
