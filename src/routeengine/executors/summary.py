"""From the verdicts of all completions to the one verdict that is reported."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from routeengine.profile import Known, State
from routeengine.result import Lead, Reason, Verdict
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.resolution import CompleteVerdict, in_order, target
from routeengine.truth import Truth

Questions: TypeAlias = Callable[[], Mapping[str, tuple[Lead, ...]]]
"""Gives the questions that are left, best first, with what each answer leads to."""

IsSufficient: TypeAlias = Callable[[frozenset[str]], bool]
"""Says whether some known facts force what a decision can be."""


def ordered_keys(decision: Decision, keys: Collection[str]) -> tuple[str, ...]:
    """Return what completions lead to: outcomes in declared order, review, not_applicable."""
    return tuple([key for key in decision.keys if key in keys])


def summarise(
    decision: Decision,
    seen: Collection[CompleteVerdict],
    *,
    winners: Callable[[], Collection[str]] | None = None,
    find_questions: Questions | None = None,
    disputed: bool = False,
    exact: bool = True,
) -> Verdict:
    """Sum up the verdicts that the completions of one state of knowledge give.

    `winners` gives all rules that win on some completion, where the verdicts do not name them; it
    is asked only where they count. Where the verdicts differ, `find_questions` gives what can still
    tell, and `disputed` says whether evidence that conflicts stands among that.
    """

    def won() -> Collection[str]:
        return {rule for full in seen for rule in full.rules} if winners is None else winners()

    keys = {full.key for full in seen}
    possible = ordered_keys(decision, keys)
    if len(keys) > 1:
        return Verdict(
            decision.id,
            "review" if disputed else "insufficient",
            reason="conflicting_evidence" if disputed else None,
            candidates=_named(decision, won()) if disputed else (),
            possible=possible,
            _find_leads=find_questions,
            exact=exact,
        )
    status = next(iter(seen)).status
    winning = () if status == "not_applicable" else won()
    rules = tuple([rule.id for rule in decision.rules if rule.id in winning])
    reasons: set[Reason | None] = {full.reason for full in seen}
    # One rule is certain only where it wins on every completion: beside a gap none does.
    certain = len(rules) == 1 and "gap" not in reasons
    return Verdict(
        decision.id,
        status,
        outcome=possible[0] if status == "decided" else None,
        rule=rules[0] if certain else None,
        rules=rules,
        reason=reasons.pop() if len(reasons) == 1 else None,
        candidates=_named(decision, rules) if status == "review" else (),
        possible=possible,
        exact=exact,
    )


def _named(decision: Decision, rules: Collection[str]) -> tuple[str, ...]:
    """Return the outcomes that rules lead to or propose, in declared order.

    Where a rule wins, its target either stands alone or is among those that overlap. So of all
    rules that can win, these are what can be decided and what a person may have to choose from.
    """
    return in_order(decision, [target(rule) for rule in decision.rules if rule.id in rules])


def flags_of(
    ruleset: RuleSet, truth: Callable[[Condition], Truth]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the flags that are raised, and those that may be, in declared order."""
    truths = {flag: truth(when) for flag, when in ruleset.flag_conditions.items()}
    return (
        tuple([flag for flag, found in truths.items() if found is Truth.TRUE]),
        tuple([flag for flag, found in truths.items() if found is Truth.OPEN]),
    )


def forget(ruleset: RuleSet, state: State, facts: Collection[str]) -> State:
    """Return the same state with these facts unknown."""
    return {
        fact: Known(ruleset.fact[fact].domain.full) if fact in facts else known
        for fact, known in state.items()
    }


def contradiction(
    decision: Decision,
    conflict: tuple[str, ...],
    otherwise: Collection[str] = (),
    *,
    exact: bool = True,
) -> Verdict:
    """Return the verdict of a decision that reads facts which cannot be true together.

    `otherwise` is what it could still turn out to be where the clash, or whether the
    decision applies at all, could not be worked out exactly; `exact` is whether `conflict`
    has the facts of every minimal conflict that it reads of.
    """
    return Verdict(
        decision.id,
        "review",
        reason="contradiction",
        possible=ordered_keys(decision, {"review", *otherwise}),
        conflict=conflict,
        exact=exact and not otherwise,
    )


def rank(answers: Mapping[str, tuple[Lead, ...]], state: State) -> Mapping[str, tuple[Lead, ...]]:
    """Order questions, best first; facts that were declined are not asked again.

    `answers` holds per fact that can still matter, in declared order, what each of its answers
    leads to, or nothing if that is not known. Best is the largest share of answers that settle,
    then the smallest sum of what stays possible, then declared order.
    """
    asked = [fact for fact in answers if not state[fact].declined]
    asked.sort(key=lambda fact: worth(answers[fact]))
    return MappingProxyType({fact: answers[fact] for fact in asked})


def worth(leads: Sequence[Lead]) -> tuple[float, int]:
    """Return what sorts questions by what their answers lead to, the best first."""
    left = [len(lead.possible) for lead in leads]
    return -left.count(1) / max(1, len(left)), sum(left)
