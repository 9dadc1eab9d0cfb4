"""The durable executor: the rules fire in durable_rules, decision after decision.

The contract for partial profiles: where every rule is certain to hold or certain not to (by
strong Kleene logic, in one go through the stages), the answer is exact as it is. Else
the completions are listed and each goes through the stages, at most `limit` of them; past that
the profile is refused with a BudgetError, and never guessed at.
"""

from __future__ import annotations

from routeengine.errors import BudgetError
from routeengine.executors.durable.host import Post, host_of
from routeengine.executors.durable.program import Program
from routeengine.executors.reference import FullProfile, ReferenceExecutor
from routeengine.executors.summary import summarise
from routeengine.profile import Known, State
from routeengine.result import Answer
from routeengine.ruleset.conditions import Condition, FactIs
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.settling import NOT_APPLICABLE, beaten_by, settle

LIMIT = 1_024
"""Completions of one profile: each takes a message per stage."""

FALSE, TRUE, UNKNOWN = 0, 1, 2


class DurableExecutor(ReferenceExecutor):
    """Evaluates one rule set by durable_rules (extra `durable`); for fully known profiles.

    A partial profile is answered exactly, or refused with a BudgetError: see this module. It is
    the reference evaluator, but for who decides a completion: that is durable_rules.

    Raises MissingExtraError or DurableUnavailableError where durable_rules is not to be had.
    """

    def __init__(self, ruleset: RuleSet, limit: int = LIMIT) -> None:
        super().__init__(ruleset, limit)
        self.program = Program(ruleset)
        stages = self.program.stages
        definitions = {stage.name: stage.definition() for stage in stages}
        self._post = host_of(
            definitions | {stage.open_name: stage.definition("open") for stage in stages}
        )

    def evaluate(self, state: State) -> Answer:
        """Give the verdicts and flags for one state of knowledge.

        Raises BudgetError for a partial profile that leaves too much open.
        """
        sitting = Sitting(self.program, self._post, state)
        try:
            if sitting.certain and (sitting.consistent or not self.conflicts(state)):
                return sitting.answer
            return super().evaluate(state)
        except BudgetError:
            raise BudgetError(
                f"the executor `durable` answers profiles that leave at most {self.limit} "
                "completions: find out more, or use the executor `lanes`"
            ) from None

    def completions(self, state: State) -> list[FullProfile]:
        """List what the constraints leave, each answered by durable_rules."""
        sittings = [
            Sitting(self.program, self._post, {fact: Known(1 << n) for fact, n in full.items()})
            for full in self.choices(state, [fact.id for fact in self.ruleset.facts])
        ]
        return [sitting for sitting in sittings if sitting.consistent]


class Sitting(FullProfile):
    """What durable_rules says of one state of knowledge, sent through all stages.

    `codes` are by field; each stage is sent what came of those before. A decision has no verdict
    where a rule that it hangs on is open.
    """

    def __init__(self, program: Program, post: Post, state: State) -> None:
        super().__init__(
            program.ruleset, {fact: known.allowed.bit_length() - 1 for fact, known in state.items()}
        )
        self.program, self.state = program, state
        self.codes: dict[str, int] = {}
        partial = any(known.allowed.bit_count() > 1 for known in state.values())
        for stage in program.stages:
            message = {field: self._code(field) for field in stage.reads}
            certain = post(stage.name, message)
            open_ = post(stage.open_name, message) if partial else frozenset()
            for item in stage.items:
                still = UNKNOWN if item.rule in open_ else int(not item.fires)
                self.codes[item.name] = int(item.fires) if item.rule in certain else still
        flags = {flag.when: f"flag_{flag.id}" for flag in self.ruleset.flags if flag.when}
        self._flags = {when: self.codes[name] for when, name in flags.items()}
        settled = [self._settled(decision) for decision in self.ruleset.decisions]
        self.certain = all(settled) and UNKNOWN not in self._flags.values()
        """Whether nothing is open that an answer hangs on."""

    @property
    def consistent(self) -> bool:
        """Whether it is certain that no constraint is broken."""
        return not any(self.codes[f"constraint_{one.id}"] for one in self.ruleset.constraints)

    @property
    def answer(self) -> Answer:
        """The verdicts and flags, where they are certain."""
        raised = [f.id for f in self.ruleset.flags if f.when is not None and self.holds(f.when)]
        verdicts = {d.id: summarise(d, {self.verdicts[d.id]}) for d in self.ruleset.decisions}
        return Answer(verdicts, tuple(raised), ())

    def holds(self, condition: Condition) -> bool:
        """Say whether a condition holds: of a flag, as durable_rules said."""
        flagged = self._flags.get(condition)
        return super().holds(condition) if flagged is None else flagged == TRUE

    def _code(self, field: str) -> int:
        """Give what stands in a field of the next message."""
        if field in self.codes:
            return self.codes[field]
        if field in self.program.counts:
            parts, certain = self.program.counts[field]
            if certain:
                return sum(self._code(part) == wanted for part, wanted in parts)
            return sum(self._code(part) != (not wanted) for part, wanted in parts)
        condition = self.program.atoms[field]
        if isinstance(condition, FactIs):
            allowed = self.state[condition.fact].allowed
            if not allowed & condition.allowed:
                return FALSE
            return UNKNOWN if allowed & ~condition.allowed else TRUE
        settled = self._settled(self.ruleset.decision[condition.decision])
        return int(super().holds(condition)) if settled else UNKNOWN

    def _settled(self, decision: Decision) -> bool:
        """Settle a decision by the rules that fired, unless one that counts is open."""
        if decision.id in self.verdicts:
            return True
        applies = self.codes.get(f"applies_{decision.id}", TRUE)
        if applies == FALSE:
            self.verdicts[decision.id] = NOT_APPLICABLE
            return True
        rules = {r.id: self.codes[f"rule_{r.id}"] for r in decision.rules if r.when is not None}
        certain = {rule for rule, code in rules.items() if code == TRUE}
        beaten = beaten_by(decision)
        # A rule that is outranked for certain changes nothing, whether it holds or not.
        open_ = [r for r, code in rules.items() if code == UNKNOWN and not beaten[r] & certain]
        if open_ or applies == UNKNOWN:
            return False
        self.verdicts[decision.id] = settle(decision, certain, beaten)
        return True
