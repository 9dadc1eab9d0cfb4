"""Build the explanation of one classification, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from routeengine.errors import UsageError
from routeengine.executors.interface import Executor, Inspection
from routeengine.explanation.because import Because, support
from routeengine.explanation.digest import input_digest
from routeengine.explanation.evidence import evidence_node
from routeengine.explanation.facts import Facts
from routeengine.explanation.model import (
    Explanation,
    FactNode,
    FlagNode,
    VerdictNode,
    VersionNode,
    Why,
    WhyNot,
)
from routeengine.explanation.nearest import FindNearest, Nearest
from routeengine.explanation.nodes import Nodes
from routeengine.explanation.plan import REMEMBERED, Plan, plan_of
from routeengine.explanation.standing import Standings
from routeengine.explanation.truths import Truths, asking
from routeengine.explanation.verdicts import Verdicts
from routeengine.lazy import cached_property
from routeengine.observation import DossierProfile
from routeengine.profile import State, read_profile
from routeengine.result import Answer, Result, Verdict
from routeengine.ruleset.model import Decision, Review, RuleSet
from routeengine.truth import Truth

__all__ = ["FORM", "Explainer"]

FORM = "routeengine/explanation/1"
"""The version of the form that `schemas/explanation.schema.json` describes."""


@dataclass(frozen=True, slots=True)
class Body:
    """All of an explanation that hangs on nothing but what is known: no pseudonym, no evidence."""

    verdicts: dict[str, VerdictNode]
    why: dict[str, Why]
    why_not: dict[str, dict[str, WhyNot]]
    flags: dict[str, FlagNode]
    flags_possible: tuple[FlagNode, ...]
    facts: dict[str, FactNode]


class Explainer:
    """Explains the classifications of one engine; threads may share it.

    What was explained before of the same state of knowledge is remembered, up to a bound.
    """

    def __init__(self, ruleset: RuleSet, executor: Executor, nearest: FindNearest) -> None:
        self._ruleset = ruleset
        self._executor = executor
        self._nearest = nearest
        self._bodies: dict[tuple[object, ...], Body] = {}

    def explain(self, result: Result, language: str, at: datetime | None = None) -> Explanation:
        """Explain a classification in one language; `at` is when, as the caller says.

        Raises LanguageError where there is no wording in the language, or the rule
        set does not speak it, and UsageError for a time that says no distance from UTC.
        """
        if at is not None and at.utcoffset() is None:
            raise UsageError("`at` must say its distance from UTC")
        plan = plan_of(self._ruleset, language)
        body = self._body(plan, result)
        profile, facts = result.profile, body.facts
        if isinstance(profile, DossierProfile):
            facts = facts | {
                fact: facts[fact].model_copy(update={"evidence": evidence_node(plan, one)})
                for fact, one in profile.evidence.items()
            }
        flags = [
            body.flags.get(flag.id) or plan.flag_of_dossier(flag)
            for flag in self._ruleset.flags
            if flag.id in result.flags
        ]
        return Explanation(
            language=language,
            client_id=result.client_id,
            versions=_versions(plan, result, at),
            advice=plan.wording.advice,
            verdicts=body.verdicts,
            why=body.why,
            why_not=body.why_not,
            flags=tuple(flags),
            flags_possible=body.flags_possible,
            facts=facts,
        )

    def _body(self, plan: Plan, result: Result) -> Body:
        state = read_profile(self._ruleset, result.profile)
        key = (plan.language, *state.values())
        body = self._bodies.get(key)
        if body is None:
            executor = self._executor
            body = _Building(
                plan,
                result.answer,
                state,
                executor.inspect(state),
                executor.possible,
                self._nearest,
            ).body()
            if len(self._bodies) >= REMEMBERED:
                self._bodies.clear()
            self._bodies[key] = body
        return body


def _versions(plan: Plan, result: Result, at: datetime | None) -> VersionNode:
    """Say which rule set and which engine gave the answer, to what, and when."""
    ruleset = result.ruleset
    return VersionNode(
        id="versions",
        ruleset=ruleset.id,
        title=plan.phrases.say(plan.ruleset.title),
        version=ruleset.version,
        sha256=ruleset.sha256,
        meaning_sha256=ruleset.meaning_sha256,
        engine=result.engine,
        form=FORM,
        input_sha256=input_digest(result.profile),
        at=at,
    )


class _Building:
    """All that is worked out for one state of knowledge, each thing once.

    `inspection` looks at that state, and `possible` says what a decision can be in states in which
    less is known, to find out which facts are enough.
    """

    def __init__(
        self,
        plan: Plan,
        answer: Answer,
        state: State,
        inspection: Inspection,
        possible: Callable[[State, str], tuple[str, ...]],
        nearest: FindNearest,
    ) -> None:
        self.plan = plan
        self.answer = answer
        values = {
            fact: inspection.values(fact) if fact in plan.coupled else known.allowed
            for fact, known in state.items()
        }
        # A fact that clashes counts as unknown in the inspection: it may have other values there.
        clashing = frozenset(f for f, known in state.items() if values[f] & ~known.allowed)
        self.facts = Facts(plan, state, values, clashing)
        self.truths = Truths(asking(inspection, answer.verdicts), values)
        self.nodes = Nodes(self.facts, self.truths)
        near = Nearest(plan, state, nearest, clashing)
        self.standings = Standings(plan, inspection, self.nodes, near)
        self.because = Because(plan.ruleset, state, possible, inspection.conflicts)
        self.broken = self._broken(state) if clashing else frozenset()

    def _broken(self, state: State) -> frozenset[str]:
        """Give the constraints that the facts break as they were given."""
        given = {fact: known.allowed for fact, known in state.items()}
        truths = Truths(lambda _: Truth.OPEN, given)
        forbids = self.plan.forbids.items()
        return frozenset(name for name, spot in forbids if truths.of(spot) is Truth.TRUE)

    @cached_property
    def forced_by(self) -> dict[str, tuple[str, ...]]:
        """Per decision the facts that force its verdict; earlier decisions first."""
        found: dict[str, tuple[str, ...]] = {}
        for name in self.plan.order:
            verdict = self.answer.verdicts[name]
            preferred = self._rests_on(self.plan.ruleset.decision[name], verdict, found)
            found[name] = self.because.find(verdict, self.plan.reads[name], preferred)
        return found

    def _rests_on(
        self, decision: Decision, verdict: Verdict, earlier: dict[str, tuple[str, ...]]
    ) -> set[str]:
        """Give the facts that the verdict rests on by the look of its rules."""
        if verdict.reason == "contradiction":
            return set()
        spots = [self.plan.applies_when.get(decision.id)]
        if verdict.status != "not_applicable":
            # Without a rule that decides, it rests on what makes the others fail.
            certain = verdict.rules or tuple(rule.id for rule in decision.rules)
            spots += [self.plan.rules[rule] for rule in certain]
        return {fact for spot in spots if spot for fact in support(spot, self.truths, earlier)}

    def why(self, decision: Decision, verdict: Verdict) -> Why:
        """Say why the verdict is what it is."""
        applies_when = self.plan.applies_when.get(decision.id)
        because, not_applicable = self.forced_by[decision.id], decision.not_applicable_because
        rules = {
            rule.id: self.standings.rule(decision, rule, verdict)
            for rule in decision.rules
            if rule.id in verdict.rules
            or isinstance(rule.then, Review)
            or rule.then == verdict.outcome
        }
        return Why(
            id=f"why:{decision.id}",
            rule=verdict.rule,
            rules=tuple(rules[rule] for rule in verdict.rules),
            other_rules=tuple(rules[rule] for rule in rules if rule not in verdict.rules),
            because=because,
            because_facts=tuple(self.facts.leaf(fact) for fact in because),
            applies_when=None if applies_when is None else self.nodes.at(applies_when),
            not_applicable_because=self.plan.phrases.say(not_applicable)
            if not_applicable is not None and verdict.status == "not_applicable"
            else None,
        )

    def why_not(self, decision: Decision, verdict: Verdict) -> dict[str, WhyNot]:
        """Say of every outcome that is not the answer why it is not."""
        return {
            outcome.id: self.standings.why_not(decision, outcome.id, verdict)
            for outcome in decision.outcomes
            if outcome.id != verdict.outcome
        }

    def flags(self, raised: tuple[str, ...]) -> tuple[FlagNode, ...]:
        """Give these flags, in declared order, with what raises them."""
        plan = self.plan
        return tuple(
            FlagNode(
                id=f"flag:{flag.id}",
                flag=flag.id,
                label=plan.phrases.say(flag.label),
                when=self.nodes.at(plan.flags[flag.id]),
                grounds=plan.flag_grounds[flag.id],
            )
            for flag in plan.ruleset.flags
            if flag.id in raised
        )

    def body(self) -> Body:
        """Put it all together."""
        plan, answer = self.plan, self.answer
        verdicts = Verdicts(plan, self.facts, self.broken)
        decided = [(one, answer.verdicts[one.id]) for one in plan.ruleset.decisions]
        return Body(
            verdicts={one.id: verdicts.node(one, verdict) for one, verdict in decided},
            why={one.id: self.why(one, verdict) for one, verdict in decided},
            why_not={one.id: self.why_not(one, verdict) for one, verdict in decided},
            flags={flag.flag: flag for flag in self.flags(answer.flags)},
            flags_possible=self.flags(answer.flags_possible),
            facts=self.facts.nodes(),
        )
