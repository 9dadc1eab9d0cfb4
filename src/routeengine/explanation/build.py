"""Build the explanation of one classification, as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from routeengine.canonical import canonical_json, sha256_of
from routeengine.client_id import parse_client_id
from routeengine.errors import UsageError
from routeengine.executors.interface import Executor
from routeengine.explanation import model
from routeengine.explanation.decisions import Decisions, OriginOf
from routeengine.explanation.explanation import Explanation
from routeengine.explanation.facts import Evaluate
from routeengine.explanation.plan import Plan
from routeengine.observation import DossierProfile
from routeengine.profile import CLIENT_ID, Knowledge, encode_knowledge, read_profile
from routeengine.result import Result
from routeengine.ruleset.model import RuleSet


class Explainer:
    """Explains the classifications of one engine; threads may share it.

    For the library's own use: `Engine.explain` is what others call.
    """

    def __init__(
        self, ruleset: RuleSet, executor: Executor, origin_of: OriginOf, evaluate: Evaluate
    ) -> None:
        self._ruleset = ruleset
        self._executor = executor
        self._evaluate = evaluate
        self._origin_of = origin_of

    def explain(self, result: Result, language: str, at: datetime | None = None) -> Explanation:
        """Return the explanation of a classification in one language.

        `at` is when it was classified, as the caller says, to be shown. Raises LanguageError if
        there is no wording in the language, or the rule set does not speak it, and UsageError for a
        time without its distance from UTC.
        """
        if at is not None and (not isinstance(at, datetime) or at.utcoffset() is None):
            raise UsageError("`at` must say its distance from UTC")
        plan, profile = plan_of(self._ruleset, language), result.profile
        state = read_profile(self._ruleset, profile)
        inspection = self._executor.inspect(state)
        client = Decisions(plan, result.answer, state, inspection, self._origin_of)
        verdicts = {one.id: result.answer.verdicts[one.id] for one in self._ruleset.decisions}
        # In the order of evaluation: `path` asks for the outcome of `route`, and then rests on the
        # facts that force the verdict of `route`, so those have to be there first.
        why = {name: client.why(verdicts[name]) for name in plan.order}
        return Explanation(
            language=language,
            client_id=result.client_id,
            versions=_versions(plan, result, at),
            advice=plan.wording.advice,
            verdicts={name: client.verdict(one) for name, one in verdicts.items()},
            why={name: why[name] for name in verdicts},
            why_not={name: client.why_not(one) for name, one in verdicts.items()},
            flags=client.flags(result.flags),
            flags_possible=client.flags(result.answer.flags_possible),
            facts=client.facts.nodes(
                profile.evidence if isinstance(profile, DossierProfile) else {},
                self._evaluate,
                list(verdicts),
            ),
        )


def plan_of(ruleset: RuleSet, language: str) -> Plan:
    """Return the plan of a rule set in a language; it is made once and lives with the rule set.

    Raises LanguageError if there is no wording, or the rule set lacks the language.
    """
    # Kept beside the rule set's own cached properties, and like them never pickled.
    plans: dict[str, Plan] = vars(ruleset).setdefault("_explanation_plans", {})
    plan = plans.get(language)
    # Of two threads that make it at once, both get the plan that was kept first.
    return plans.setdefault(language, Plan(ruleset, language)) if plan is None else plan


def _versions(plan: Plan, result: Result, at: datetime | None) -> model.VersionNode:
    """Return which rule set and which engine gave the answer, to what, and when."""
    ruleset = result.ruleset
    return model.VersionNode(
        id="versions",
        ruleset=ruleset.id,
        title=plan.phrases.say(plan.ruleset.title),
        version=ruleset.version,
        sha256=ruleset.sha256,
        meaning_sha256=ruleset.meaning_sha256,
        engine=result.engine,
        form=model.FORM,
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
