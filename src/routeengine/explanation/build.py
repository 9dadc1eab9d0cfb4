"""Build the explanation of one classification, as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

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
from routeengine.explanation.nearest import LookRound, Nearest
from routeengine.explanation.nodes import Nodes
from routeengine.explanation.parts import altered, made
from routeengine.explanation.plan import FlagSpot, Plan, plan_of
from routeengine.explanation.spots import FEW, remember
from routeengine.explanation.standing import Standings
from routeengine.explanation.truths import Looks, broken
from routeengine.explanation.verdicts import Verdicts
from routeengine.observation import DossierProfile
from routeengine.profile import State, read_profile
from routeengine.result import Answer, Result, Verdict
from routeengine.ruleset.model import Decision, Review, RuleSet

FORM = "routeengine/explanation/1"
"""The version of the form that `schemas/explanation.schema.json` describes."""


class DecisionPart(NamedTuple):
    """What is explained of one decision; it hangs on nothing but the facts that bear on that."""

    verdict: VerdictNode
    why: Why
    why_not: Mapping[str, WhyNot]


class Explainer:
    """Explains the classifications of one engine; threads may share it.

    A decision that rests on few facts is explained over and over in the same way: such parts
    are kept, up to a bound.
    """

    def __init__(self, ruleset: RuleSet, executor: Executor, look_round: LookRound) -> None:
        self._ruleset = ruleset
        self._executor = executor
        self._look_round = look_round
        self._kept: dict[tuple[str, str], dict[tuple[object, ...], DecisionPart]] = {}

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
        client = _Client(plan, result.answer, state, inspection, self._look_round)
        parts: dict[str, DecisionPart] = {}
        for name in plan.order:
            parts[name] = self._part(client, name)
            client.forced_by[name] = parts[name].why.because
        ordered = [(decision.id, parts[decision.id]) for decision in self._ruleset.decisions]
        return made(
            Explanation,
            language=language,
            client_id=result.client_id,
            versions=_versions(plan, result, at),
            advice=plan.wording.advice,
            verdicts={name: part.verdict for name, part in ordered},
            why={name: part.why for name, part in ordered},
            why_not={name: dict(part.why_not) for name, part in ordered},
            flags=client.flags(result.flags),
            flags_possible=client.flags(result.answer.flags_possible),
            facts=_with_evidence(plan, client.facts.nodes(), result),
        )

    def _part(self, client: _Client, decision: str) -> DecisionPart:
        """Explain one decision, or give what was made for a client of whom the same is known."""
        bearing, verdict = client.plan.bearing[decision], client.answer.verdicts[decision]
        if len(bearing) > FEW or not self._executor.exact:
            return client.part(decision)
        kept = self._kept.setdefault((client.plan.language, decision), {})
        key = (verdict.status, verdict.possible, verdict.rules, *client.facts.key(bearing))
        part = kept.get(key)
        return remember(kept, key, client.part(decision)) if part is None else part


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
        look_round: LookRound,
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
        self.looks = Looks(plan, self.facts, inspection, answer.verdicts)
        near = Nearest(plan, self.facts, look_round)
        self.nodes = Nodes(self.looks, self.facts)
        self.standings = Standings(plan, inspection, self.nodes, near)
        self.because = Because(plan.ruleset, state, inspection)
        # Per decision the facts that force its verdict; earlier decisions come first.
        self.forced_by: dict[str, tuple[str, ...]] = {}
        self.support = Support(self.looks, self.forced_by)
        self.verdicts = Verdicts(plan, self.facts, self._broken(state) if clashing else frozenset())

    def _broken(self, state: State) -> frozenset[str]:
        """Give the constraints that the facts break as they were given."""
        given = {fact: known.allowed for fact, known in state.items()}
        forbids = self.plan.forbids.items()
        return frozenset(name for name, spot in forbids if broken(spot, given))

    def part(self, name: str) -> DecisionPart:
        """Explain one decision; those that it refers to come first."""
        decision, verdict = self.plan.ruleset.decision[name], self.answer.verdicts[name]
        return DecisionPart(
            self.verdicts.node(decision, verdict),
            self._why(decision, verdict),
            self.standings.why_not(decision, verdict),
        )

    def _because(self, decision: Decision, verdict: Verdict) -> tuple[str, ...]:
        preferred = self._rests_on(decision, verdict)
        reads, tied = self.plan.reads[decision.id], self.plan.tied[decision.id]
        return self.because.find(verdict, reads, tied, preferred)

    def _rests_on(self, decision: Decision, verdict: Verdict) -> set[str]:
        """Give the facts that the verdict rests on by the look of its rules."""
        if verdict.reason == "contradiction":
            return set()
        spots = [self.plan.applies_when.get(decision.id)]
        if verdict.status != "not_applicable":
            # Without a rule that decides, it rests on what makes the others fail.
            certain = verdict.rules or tuple(rule.id for rule in decision.rules)
            spots += [self.plan.rules[rule].when for rule in certain]
        return {fact for spot in spots if spot for fact in self.support.of(spot)}

    def _why(self, decision: Decision, verdict: Verdict) -> Why:
        applies_when = self.plan.applies_when.get(decision.id)
        because, not_applicable = self._because(decision, verdict), decision.not_applicable_because
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
            applies_when=None if applies_when is None else self.nodes.at(applies_when),
            not_applicable_because=self.plan.phrases.say(not_applicable)
            if not_applicable is not None and verdict.status == "not_applicable"
            else None,
        )

    def flags(self, raised: tuple[str, ...]) -> tuple[FlagNode, ...]:
        """Give these flags, in declared order, with what raises them."""
        flags = self.plan.flags.items()
        return tuple([self._flag(*one) for one in flags if one[0] in raised])

    def _flag(self, name: str, spot: FlagSpot) -> FlagNode:
        """Give one flag; one that just the evidence raises is shown without a condition."""
        by_rules = name in self.answer.flags or name in self.answer.flags_possible
        if spot.when is None or not by_rules:
            return spot.node
        return altered(spot.node, when=self.nodes.at(spot.when))
