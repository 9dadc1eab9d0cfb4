"""Build the explanation of one classification, as data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from routeengine.errors import UsageError
from routeengine.executors.interface import Executor, Inspection
from routeengine.explanation.because import Because, Support
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
from routeengine.explanation.nodes import node_at
from routeengine.explanation.parts import made
from routeengine.explanation.plan import Plan, plan_of
from routeengine.explanation.standing import Standings
from routeengine.explanation.truths import Looks, asking, broken
from routeengine.explanation.verdicts import Verdicts
from routeengine.lazy import cached_property
from routeengine.observation import DossierProfile
from routeengine.profile import State, read_profile
from routeengine.result import Answer, Result, Verdict
from routeengine.ruleset.model import Decision, Flag, Review, RuleSet

__all__ = ["FORM", "Explainer"]

FORM = "routeengine/explanation/1"
"""The version of the form that `schemas/explanation.schema.json` describes."""


class Explainer:
    """Explains the classifications of one engine; threads may share it."""

    def __init__(self, ruleset: RuleSet, executor: Executor, nearest: FindNearest) -> None:
        self._ruleset = ruleset
        self._executor = executor
        self._nearest = nearest

    def explain(self, result: Result, language: str, at: datetime | None = None) -> Explanation:
        """Explain a classification in one language; `at` is when, as the caller says.

        Raises LanguageError where there is no wording in the language, or the rule
        set does not speak it, and UsageError for a time that says no distance from UTC.
        """
        if at is not None and at.utcoffset() is None:
            raise UsageError("`at` must say its distance from UTC")
        plan = plan_of(self._ruleset, language)
        state = read_profile(self._ruleset, result.profile)
        inspection = self._executor.inspect(state)
        client = _Client(plan, result.answer, state, inspection, self._nearest)
        return made(
            Explanation,
            language=language,
            client_id=result.client_id,
            versions=_versions(plan, result, at),
            advice=plan.wording.advice,
            verdicts=client.verdicts(),
            why=client.why(),
            why_not=client.why_not(),
            flags=client.flags(result.flags),
            flags_possible=client.flags(result.answer.flags_possible),
            facts=_with_evidence(plan, client.facts.nodes(), result),
        )


def _with_evidence(plan: Plan, facts: dict[str, FactNode], result: Result) -> dict[str, FactNode]:
    """Add what a dossier holds on each fact, where one was classified."""
    profile = result.profile
    if not isinstance(profile, DossierProfile):
        return facts
    return facts | {
        fact: facts[fact].model_copy(update={"evidence": evidence_node(plan, one)})
        for fact, one in profile.evidence.items()
    }


def _versions(plan: Plan, result: Result, at: datetime | None) -> VersionNode:
    """Say which rule set and which engine gave the answer, to what, and when."""
    ruleset = result.ruleset
    return made(
        VersionNode,
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


class _Client:
    """All that is worked out for one state of knowledge, each thing once.

    `inspection` looks at that state.
    """

    def __init__(
        self,
        plan: Plan,
        answer: Answer,
        state: State,
        inspection: Inspection,
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
        self.facts = Facts(plan.facts, state, values, clashing)
        self.looks = Looks(plan, self.facts, asking(inspection, answer.verdicts))
        near = Nearest(plan, self.facts, nearest)
        self.standings = Standings(plan, inspection, self.looks, near)
        self.because = Because(plan.ruleset, state, inspection)
        self.broken = self._broken(state) if clashing else frozenset()

    def _broken(self, state: State) -> frozenset[str]:
        """Give the constraints that the facts break as they were given."""
        given = {fact: known.allowed for fact, known in state.items()}
        forbids = self.plan.forbids.items()
        return frozenset(name for name, spot in forbids if broken(spot, given))

    @cached_property
    def forced_by(self) -> dict[str, tuple[str, ...]]:
        """Per decision the facts that force its verdict; earlier decisions first."""
        found: dict[str, tuple[str, ...]] = {}
        support = Support(self.looks, found)
        for name in self.plan.order:
            verdict = self.answer.verdicts[name]
            preferred = self._rests_on(self.plan.ruleset.decision[name], verdict, support)
            found[name] = self.because.find(
                verdict, self.plan.reads[name], self.plan.tied[name], preferred
            )
        return found

    def _rests_on(self, decision: Decision, verdict: Verdict, support: Support) -> set[str]:
        """Give the facts that the verdict rests on by the look of its rules."""
        if verdict.reason == "contradiction":
            return set()
        spots = [self.plan.applies_when.get(decision.id)]
        if verdict.status != "not_applicable":
            # Without a rule that decides, it rests on what makes the others fail.
            certain = verdict.rules or tuple(rule.id for rule in decision.rules)
            spots += [self.plan.rules[rule].when for rule in certain]
        return {fact for spot in spots if spot for fact in support.of(spot)}

    def _decided(self) -> Iterator[tuple[Decision, Verdict]]:
        for decision in self.plan.ruleset.decisions:
            yield decision, self.answer.verdicts[decision.id]

    def verdicts(self) -> dict[str, VerdictNode]:
        """Give each verdict with its words."""
        verdicts = Verdicts(self.plan, self.facts, self.broken)
        return {one.id: verdicts.node(one, verdict) for one, verdict in self._decided()}

    def why_not(self) -> dict[str, dict[str, WhyNot]]:
        """Say of every outcome that is not the answer why it is not."""
        return {one.id: self.standings.why_not(one, verdict) for one, verdict in self._decided()}

    def why(self) -> dict[str, Why]:
        """Say why each verdict is what it is."""
        return {one.id: self._why(one, verdict) for one, verdict in self._decided()}

    def _why(self, decision: Decision, verdict: Verdict) -> Why:
        applies_when = self.plan.applies_when.get(decision.id)
        because, not_applicable = self.forced_by[decision.id], decision.not_applicable_because
        rules = {
            rule.id: self.standings.rule(rule.id, verdict)
            for rule in decision.rules
            if rule.id in verdict.rules
            or isinstance(rule.then, Review)
            or rule.then == verdict.outcome
        }
        return made(
            Why,
            id=f"why:{decision.id}",
            rule=verdict.rule,
            rules=tuple(rules[rule] for rule in verdict.rules),
            other_rules=tuple(rules[rule] for rule in rules if rule not in verdict.rules),
            because=because,
            because_facts=tuple(self.facts.leaf(fact) for fact in because),
            applies_when=None if applies_when is None else node_at(self.looks, applies_when),
            not_applicable_because=self.plan.phrases.say(not_applicable)
            if not_applicable is not None and verdict.status == "not_applicable"
            else None,
        )

    def flags(self, raised: tuple[str, ...]) -> tuple[FlagNode, ...]:
        """Give these flags, in declared order, with what raises them."""
        return tuple([self._flag(flag) for flag in self.plan.ruleset.flags if flag.id in raised])

    def _flag(self, flag: Flag) -> FlagNode:
        """Give one flag; one that just the evidence raises is shown without a condition."""
        by_rules = flag.id in (*self.answer.flags, *self.answer.flags_possible)
        spot = self.plan.flags[flag.id] if by_rules else None
        return made(
            FlagNode,
            id=f"flag:{flag.id}",
            flag=flag.id,
            label=self.plan.phrases.say(flag.label),
            when=None if spot is None else node_at(self.looks, spot),
            grounds=self.plan.flag_grounds[flag.id],
        )
