"""The durable executor: the rules fire in durable_rules, decision after decision.

The contract for partial profiles: what is certain by strong Kleene logic, in one go through the
stages, is exact as it is. For each decision and each flag that is left open, the completions of
the facts that it still hangs on are listed and go through the stages, at most `limit` of them;
past that the profile is refused with a BudgetError, and never guessed at.

The one module that imports durable_rules (extra `durable`): its host starts no threads, and only
records which rules fire. Of that package it uses what was seen to be safe: one fact per post, a
fresh session each, deleted at once.
"""

from __future__ import annotations

import os
import sys
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from importlib import import_module
from itertools import count
from threading import RLock
from typing import Any, ClassVar, Literal

from routeengine.errors import BudgetError, MissingExtraError, RouteEngineError
from routeengine.executors.durable.program import ACKNOWLEDGED, Program
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import FullProfile, ReferenceExecutor, ReferenceInspection
from routeengine.executors.summary import flags_of, summarise
from routeengine.lazy import cached_property
from routeengine.profile import State, known
from routeengine.result import Answer, Verdict
from routeengine.ruleset.conditions import Condition, FactIs
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.resolution import NOT_APPLICABLE, outranked_by, resolve
from routeengine.truth import Truth, value_truth
from routeengine.value_set import single

LIMIT = 2_048
"""Completions of what one decision or flag hangs on: each takes a message per stage."""

FALSE, TRUE, UNKNOWN = 0, 1, 2
CODES = {Truth.FALSE: FALSE, Truth.TRUE: TRUE, Truth.OPEN: UNKNOWN}
TRUTHS = {code: truth for truth, code in CODES.items()}

Post = Callable[[str, Mapping[str, int]], frozenset[str]]
"""Post the fields of one message to a durable ruleset, and get the rules that fire."""

PURPOSE = "the executor `durable`"

ONE_AT_A_TIME = RLock()
"""The engine below keeps its state per process, and is not made for several threads."""

# A fork waits until the engine is at rest: what a thread has begun would never end in the
# child, and this would stay closed there. A thread may fork within its own turn. Where there are
# no forks, nothing is asked.
getattr(os, "register_at_fork", dict)(
    before=ONE_AT_A_TIME.acquire,
    after_in_parent=ONE_AT_A_TIME.release,
    after_in_child=ONE_AT_A_TIME.release,
)

_given_back: deque[Any] = deque()
"""Rulesets that nobody uses any more, to be freed when the engine is next at rest."""


class DurableUnavailableError(RouteEngineError):
    """durable_rules is installed, and does not run on this Python."""

    def __init__(self) -> None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        super().__init__(
            f"{PURPOSE} does not run on Python {version}, for the package `durable-rules` cannot "
            "be loaded there: use Python 3.11 or 3.12, or the executor `lanes`"
        )


def _engine() -> Any:
    try:
        return import_module("durable.engine")
    except ModuleNotFoundError:
        if sys.version_info >= (3, 13):
            raise DurableUnavailableError from None
        raise MissingExtraError("durable-rules", "durable", PURPOSE) from None
    except ImportError:
        # Built, but what it needs of Python is gone.
        raise DurableUnavailableError from None


def host_of(definitions: Mapping[str, Mapping[str, Any]]) -> Post:
    """Load rulesets into a host of their own, and give what posts to it.

    Raises MissingExtraError if durable_rules is not installed, and
    DurableUnavailableError if it does not run.
    """
    engine = _engine()
    base: Any = engine.Host
    fired: set[str] = set()
    sessions = count()

    class Host(base):
        """Knows an action for every name, to record it; starts no thread."""

        def _run(self) -> None:
            """Poll nothing: no timers and no queues are used."""

        def get_action(self, name: str) -> Callable[[object], None]:
            return lambda _: fired.add(name)

    def post(ruleset: str, fields: Mapping[str, int]) -> frozenset[str]:
        with ONE_AT_A_TIME:
            session = str(next(sessions))
            fired.clear()
            try:
                host.assert_fact(ruleset, {"sid": session, ACKNOWLEDGED: 1, **fields})
                host.delete_state(ruleset, session)
            # The package raises bare exceptions that quote the client's facts: none gets out, and
            # that a message was not taken is told below, without a fact.
            except Exception:  # noqa: BLE001  any of them may quote a fact
                fired.clear()
                with suppress(Exception):
                    host.delete_state(ruleset, session)
            if ACKNOWLEDGED not in fired:
                raise AssertionError("durable_rules did not take a message: please report it")
            return frozenset(fired)

    with ONE_AT_A_TIME:
        # The package itself never gives the memory of rulesets back.
        while _given_back:
            engine.durable_rules_engine.delete_ruleset(_given_back.popleft())
        host = Host(deepcopy(definitions))  # it takes its definitions apart
    # By these the memory of a ruleset is given back, which the package never does itself: it has no
    # public name for them. Were the name gone, this would raise, and not leak in silence.
    handles = [host.get_ruleset(name)._handle for name in definitions]  # noqa: SLF001  no public name
    # Garbage is collected at any moment, also within a post: so nothing is freed right then.
    weakref.finalize(post, _given_back.extend, handles)
    return post


def remembering(post: Post) -> Post:
    """Return what posts each message once: completions differ little after the first stage."""
    fired: dict[tuple[str, tuple[int, ...]], frozenset[str]] = {}

    def post_once(ruleset: str, fields: Mapping[str, int]) -> frozenset[str]:
        key = ruleset, tuple(fields.values())
        if key not in fired:
            fired[key] = post(ruleset, fields)
        return fired[key]

    return post_once


class DurableExecutor(ReferenceExecutor):
    """Evaluates one rule set by the package durable-rules (extra `durable`).

    `Engine(ruleset, executor="durable")` is what others call. It is the reference evaluator, except
    that durable-rules decides each completion. A partial profile is answered exactly, or refused
    with a BudgetError if a decision or flag depends on more than `limit` completions. With
    `fallback="lanes"` the lanes answer what is refused, and the answer says that they did.

    Raises MissingExtraError if durable-rules is not installed, and DurableUnavailableError (a
    RouteEngineError) if it does not work here.
    """

    name: ClassVar[str] = "durable"

    def __init__(
        self, ruleset: RuleSet, limit: int = LIMIT, *, fallback: Literal["lanes"] | None = None
    ) -> None:
        super().__init__(ruleset, limit)
        self.fallback = fallback
        self.program = Program(ruleset)
        stages = self.program.stages
        definitions = {stage.name: stage.definition() for stage in stages}
        self._post = host_of(
            definitions | {stage.open_name: stage.definition("open") for stage in stages}
        )

    def evaluate(self, state: State) -> Answer:
        """Return the verdicts and flags for one state of knowledge.

        Raises BudgetError for a partial profile that leaves too much open, unless there is a
        `fallback`.
        """
        try:
            return self._answer(state)
        except BudgetError:
            if self.fallback is not None:
                return self.closer.evaluate(state)
            raise BudgetError(
                f"the executor `durable` answers profiles that leave at most {self.limit} "
                "completions: find out more, let the lanes answer it (`fallback`), or use the "
                "executor `lanes`"
            ) from None

    def _answer(self, state: State) -> Answer:
        session = Session(self.program, self._post, state)
        if not session.consistent and self.conflicts(state):
            return super().evaluate(state)
        ruleset = self.ruleset
        verdicts = {decision.id: self._verdict(session, decision) for decision in ruleset.decisions}
        fields = {when: f"flag_{flag}" for flag, when in ruleset.flag_conditions.items()}

        def truth(flag: Condition) -> Truth:
            code = session.codes[fields[flag]]
            if code != UNKNOWN:
                return TRUTHS[code]
            return self._listed(session, [fields[flag]]).truth(flag)

        return Answer(verdicts, *flags_of(ruleset, truth), self.name)

    def _verdict(self, session: Session, decision: Decision) -> Verdict:
        if session.is_settled(decision):
            return summarise(decision, {session.verdicts[decision.id]})
        return self._listed(session, self.program.asked[decision.id]).verdict(decision.id)

    def _listed(self, session: Session, fields: Iterable[str]) -> ReferenceInspection:
        """List the completions that can differ in what these fields come to.

        A fact that nothing open hangs on has one value in all of them: any that it may have.
        """
        open_ = session.open_facts(fields)
        return self.inspect(
            {
                fact: one if fact in open_ else known(single(one.allowed.lowest))
                for fact, one in session.state.items()
            }
        )

    @cached_property
    def closer(self) -> LanesExecutor:
        """The executor that explains what was answered, and that answers as the fallback."""
        return LanesExecutor(self.ruleset)

    def completions(self, state: State) -> list[FullProfile]:
        """Return the full profiles that the constraints leave, each answered by durable-rules."""
        post = remembering(self._post)
        sessions = [
            Session(self.program, post, {fact: known(single(n)) for fact, n in full.items()})
            for full in self.choices(state, [fact.id for fact in self.ruleset.facts])
        ]
        return [session for session in sessions if session.consistent]


class Session(FullProfile):
    """What durable_rules says of one state of knowledge, sent through all stages.

    `codes` are by field; each stage is sent what came of those before. A decision has no verdict
    if a rule that it depends on is open.
    """

    def __init__(self, program: Program, post: Post, state: State) -> None:
        super().__init__(
            program.ruleset, {fact: one.allowed.highest for fact, one in state.items()}
        )
        self.program, self.state = program, state
        self.codes: dict[str, int] = {}
        partial = any(one.allowed.has_several for one in state.values())
        for stage in program.stages:
            message = {field: self._code(field) for field in stage.reads}
            # What the message says of earlier stages is complete, so each stage is posted once.
            certain = post(stage.name, message)
            open_ = post(stage.open_name, message) if partial else frozenset()
            for item in stage.items:
                still = UNKNOWN if item.rule in open_ else int(not item.fires)
                self.codes[item.name] = int(item.fires) if item.rule in certain else still
        flags = self.ruleset.flag_conditions
        self._flags = {when: self.codes[f"flag_{flag}"] for flag, when in flags.items()}
        # Each after those it refers to, of which a completion is asked next.
        for decision in self.ruleset.decisions:
            self.is_settled(decision)

    @property
    def consistent(self) -> bool:
        """Whether it is certain that no constraint is broken."""
        return not any(self.codes[f"constraint_{one.id}"] for one in self.ruleset.constraints)

    def open_facts(self, fields: Iterable[str]) -> set[str]:
        """Return the facts on which it hangs what these fields and the constraints come to.

        What is certain is followed no further: it is the same on every completion.
        """
        program, facts, seen = self.program, set[str](), set[str]()
        todo = [*fields, *(f"constraint_{one.id}" for one in self.ruleset.constraints)]
        while todo:
            field = todo.pop()
            if field in seen:
                continue
            seen.add(field)
            if field in program.counts:
                todo += [part for part, *_ in program.counts[field].parts]
            elif self._code(field) == UNKNOWN:
                condition = program.atoms.get(field)
                if condition is None:
                    todo += program.items[field].reads
                elif isinstance(condition, FactIs):
                    facts.add(condition.fact)
                else:
                    todo += program.asked[condition.decision]
        return facts

    def holds(self, condition: Condition) -> bool:
        """Return whether a condition holds: of a flag, as durable_rules said."""
        flagged = self._flags.get(condition)
        return super().holds(condition) if flagged is None else flagged == TRUE

    def _code(self, field: str) -> int:
        """Return what stands in a field of the next message."""
        if field in self.codes:
            return self.codes[field]
        if field in self.program.counts:
            parts, certain = self.program.counts[field]
            codes = [(self._code(part), wanted, worth) for part, wanted, worth in parts]
            if certain:
                return sum(worth for code, wanted, worth in codes if code == wanted)
            return sum(worth for code, wanted, worth in codes if code != (not wanted))
        condition = self.program.atoms[field]
        if isinstance(condition, FactIs):
            return CODES[value_truth(self.state[condition.fact].allowed, condition.allowed)]
        settled = self.is_settled(self.ruleset.decision[condition.decision])
        return int(super().holds(condition)) if settled else UNKNOWN

    def is_settled(self, decision: Decision) -> bool:
        """Settle a decision by the rules that fired, unless one that counts is open."""
        if decision.id in self.verdicts:
            return True
        applies = self.codes.get(f"applies_{decision.id}", TRUE)
        if applies == FALSE:
            self.verdicts[decision.id] = NOT_APPLICABLE
            return True
        rules = {r.id: self.codes[f"rule_{r.id}"] for r in decision.rules if r.when is not None}
        certain = {rule for rule, code in rules.items() if code == TRUE}
        beaten = outranked_by(decision)
        # A rule that is outranked for certain changes nothing, whether it holds or not.
        open_ = [r for r, code in rules.items() if code == UNKNOWN and not beaten[r] & certain]
        if open_ or applies == UNKNOWN:
            return False
        self.verdicts[decision.id] = resolve(decision, certain, beaten)
        return True
