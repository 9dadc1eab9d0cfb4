"""Build the explanation of one classification, as data."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from routeengine.executors.interface import Inspection
from routeengine.explanation.because import Because, support
from routeengine.explanation.facts import Facts
from routeengine.explanation.model import Explanation, FlagNode, VersionNode, Why, WhyNot
from routeengine.explanation.nodes import Nodes
from routeengine.explanation.plan import Plan, plan_of
from routeengine.explanation.standing import Standings
from routeengine.explanation.truths import Truths, asking
from routeengine.explanation.verdicts import Verdicts
from routeengine.profile import State, read_profile
from routeengine.result import Answer, Result, Verdict
from routeengine.ruleset.model import Decision, Review, RuleSet
from routeengine.truth import Truth

__all__ = ["explain"]


def explain(
    ruleset: RuleSet,
    result: Result,
    inspection: Inspection,
    evaluate: Callable[[State], Answer],
    language: str,
) -> Explanation:
    """Explain a classification in one language.

    `inspection` looks at the same profile as `result`; `evaluate` answers for
    states in which less is known, to find out which facts are enough.

    Raises LanguageError where there is no wording in the language, or the rule
    set does not speak it.
    """
    return _Building(plan_of(ruleset, language), result, inspection, evaluate).explanation()


class _Building:
    """All that is worked out for one client, each thing once."""

    def __init__(
        self,
        plan: Plan,
        result: Result,
        inspection: Inspection,
        evaluate: Callable[[State], Answer],
    ) -> None:
        self.plan = plan
        self.result = result
        state = read_profile(plan.ruleset, result.profile)
        values = {
            fact: inspection.values(fact) if fact in plan.coupled else known.allowed
            for fact, known in state.items()
        }
        # A fact that clashes counts as unknown in the inspection: it may have other values there.
        clashing = frozenset(f for f, known in state.items() if values[f] & ~known.allowed)
        self.facts = Facts(plan, state, values, clashing)
        self.truths = Truths(asking(inspection, result.verdicts), values)
        self.nodes = Nodes(self.facts, self.truths)
        self.standings = Standings(plan, inspection, self.nodes)
        self.because = Because(plan.ruleset, state, evaluate, inspection.conflicts)
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
            verdict = self.result.verdicts[name]
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
                when=self.nodes.at(plan.flags[flag.id]) if flag.id in plan.flags else None,
                grounds=plan.flag_grounds[flag.id],
            )
            for flag in plan.ruleset.flags
            if flag.id in raised
        )

    def versions(self) -> VersionNode:
        """Say which rule set and which engine gave the answer."""
        ruleset = self.result.ruleset
        return VersionNode(
            id="versions",
            ruleset=ruleset.id,
            title=self.plan.phrases.say(self.plan.ruleset.title),
            version=ruleset.version,
            sha256=ruleset.sha256,
            meaning_sha256=ruleset.meaning_sha256,
            engine=self.result.engine,
        )

    def explanation(self) -> Explanation:
        """Put it all together."""
        plan, result = self.plan, self.result
        verdicts = Verdicts(plan, self.facts, self.broken)
        decided = [(one, result.verdicts[one.id]) for one in plan.ruleset.decisions]
        return Explanation(
            language=plan.language,
            client_id=result.client_id,
            versions=self.versions(),
            advice=plan.wording.advice,
            verdicts={one.id: verdicts.node(one, verdict) for one, verdict in decided},
            why={one.id: self.why(one, verdict) for one, verdict in decided},
            why_not={one.id: self.why_not(one, verdict) for one, verdict in decided},
            flags=self.flags(result.flags),
            flags_possible=self.flags(result.flags_possible),
            facts=self.facts.nodes(),
        )
