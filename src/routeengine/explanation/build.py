"""Build the explanation of one classification, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from routeengine.canonical import canonical_json, sha256_of
from routeengine.client_id import parse_client_id
from routeengine.errors import UsageError
from routeengine.executors.interface import Executor, Inspection
from routeengine.explanation.because import SufficientReason
from routeengine.explanation.explanation import Explanation
from routeengine.explanation.facts import Facts
from routeengine.explanation.model import FORM, FlagNode, VersionNode, Why
from routeengine.explanation.plan import FlagSite, Plan, plan_of
from routeengine.explanation.rules import OriginOf, OtherOutcomes, Rules
from routeengine.explanation.sites import ConditionTruths
from routeengine.explanation.verdicts import Verdicts
from routeengine.observation import DossierProfile
from routeengine.profile import CLIENT_ID, Knowledge, State, encode_knowledge, read_profile
from routeengine.result import Answer, Result, Verdict
from routeengine.ruleset.model import Review, RuleSet


class Explainer:
    """Explains the classifications of one engine; threads may share it."""

    def __init__(self, ruleset: RuleSet, executor: Executor, origin_of: OriginOf) -> None:
        self._ruleset = ruleset
        self._executor = executor
        self._origin_of = origin_of

    def explain(self, result: Result, language: str, at: datetime | None = None) -> Explanation:
        """Explain a classification in one language; `at` is when, as the caller says.

        Raises LanguageError if there is no wording in the language, or the rule
        set does not speak it, and UsageError for a time that says no distance from UTC.
        """
        if at is not None and at.utcoffset() is None:
            raise UsageError("`at` must say its distance from UTC")
        plan, profile = plan_of(self._ruleset, language), result.profile
        state = read_profile(self._ruleset, profile)
        inspection = self._executor.inspect(state)
        client = _Client(plan, result.answer, state, inspection, self._origin_of)
        verdicts = {one.id: result.answer.verdicts[one.id] for one in self._ruleset.decisions}
        # In the order of evaluation: `path` asks for the outcome of `route`, and then rests on the
        # facts that force the verdict of `route`, so those have to be there first.
        why = {name: client.why(verdicts[name]) for name in plan.order}
        return Explanation(
            language=language,
            client_id=result.client_id,
            versions=_versions(plan, result, at),
            advice=plan.wording.advice,
            verdicts={name: client.verdicts.node(one) for name, one in verdicts.items()},
            why={name: why[name] for name in verdicts},
            why_not={name: client.others.of(one) for name, one in verdicts.items()},
            flags=client.flags(result.flags),
            flags_possible=client.flags(result.answer.flags_possible),
            facts=client.facts.nodes(
                profile.evidence if isinstance(profile, DossierProfile) else {}
            ),
        )


def _versions(plan: Plan, result: Result, at: datetime | None) -> VersionNode:
    """Return which rule set and which engine gave the answer, to what, and when."""
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


def input_digest(profile: Mapping[str, Knowledge]) -> str:
    """Return the SHA-256 of the profile in the canonical form in which a record holds it.

    The bytes are the canonical JSON (RFC 8785) of `{"client_id": ..., "facts": {...}}`. Facts have
    few values, so whoever has the digest can guess the facts: it is as private as they are.
    """
    facts = {
        # Most are plain values, which stay as they are.
        fact: known if type(known) in _PLAIN else encode_knowledge(known)
        for fact, known in profile.items()
        if fact != CLIENT_ID
    }
    client_id, _ = parse_client_id(profile.get(CLIENT_ID))
    return sha256_of(canonical_json({"client_id": client_id, "facts": facts}))


_PLAIN = frozenset({bool, int, str, type(None)})


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
        origin_of: OriginOf,
    ) -> None:
        self._plan = plan
        self._answer = answer
        # What was given of a fact is all there is to know of it, unless a constraint ties it to
        # others: then the inspection may have left values out.
        values = {
            fact: inspection.values(fact) if fact in plan.coupled else known.allowed
            for fact, known in state.items()
        }
        self.facts = Facts(plan.facts, state, values)
        truths = ConditionTruths(values, inspection, answer.verdicts)
        self._rules = Rules(plan, inspection, truths, self.facts)
        self.others = OtherOutcomes(plan, self.facts, self._rules, origin_of)
        self._reason = SufficientReason(plan, state, inspection, truths)
        self.verdicts = Verdicts(plan, self.facts)

    def why(self, verdict: Verdict) -> Why:
        """Return why a verdict is what it is; a decision comes after those it refers to."""
        decision = self._plan.ruleset.decision[verdict.decision]
        because = self._reason.find(verdict)
        not_applicable = decision.not_applicable_because
        rules = {
            rule.id: self._rules.node(rule.id, verdict)
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
            applies_when=self._rules.condition(self._plan.applies_when[decision.id]),
            not_applicable_because=self._plan.phrases.say(not_applicable)
            if not_applicable is not None and verdict.status == "not_applicable"
            else None,
        )

    def flags(self, names: tuple[str, ...]) -> tuple[FlagNode, ...]:
        """Return these flags, in declared order, with what raises them."""
        flags = self._plan.flags.items()
        return tuple([self._flag(*one) for one in flags if one[0] in names])

    def _flag(self, name: str, site: FlagSite) -> FlagNode:
        """Return one flag; one that just the evidence raises is shown without a condition."""
        # The loader keeps the two apart, but a rule set that is put together in code may have a
        # flag with a condition that the dossier raises too. If the dossier alone raises it, the
        # condition is not met, and explains nothing.
        by_rules = name in self._answer.flags or name in self._answer.flags_possible
        return replace(site.blank, when=self._rules.condition(site.when) if by_rules else None)
