"""From the verdicts of all completions to the one verdict that is reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Protocol, TypeVar

from routeengine.profile import State
from routeengine.result import Lead, Reason, Verdict
from routeengine.ruleset.model import Decision
from routeengine.ruleset.settling import FullVerdict

__all__ = ["Asks", "contradiction", "ordered_keys", "rank", "summarise"]


T = TypeVar("T")


class Asks(Protocol):
    """Knows which facts can still change a verdict; works it out when asked."""

    @property
    def conflicting(self) -> bool:
        """Whether evidence that disagrees stands among the facts that matter."""
        ...

    @property
    def ranked(self) -> Mapping[str, tuple[Lead, ...]]:
        """The questions, best first, with what each answer leads to."""
        ...


def ordered_keys(decision: Decision, keys: Collection[str]) -> tuple[str, ...]:
    """Give what completions lead to: outcomes in declared order, review, not_applicable."""
    return tuple([key for key in decision.keys if key in keys])


def common(values: Iterable[T]) -> T | None:
    """Give the one value that all have in common, or None where they differ."""
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None


def summarise(
    decision: Decision,
    seen: Collection[FullVerdict],
    questions: Asks | None,
    *,
    exact: bool = True,
) -> Verdict:
    """Sum up the verdicts that the completions of one state of knowledge give.

    `questions` has to be there where they differ.
    """
    keys = {full.key for full in seen}
    possible = ordered_keys(decision, keys)
    if len(keys) > 1 and questions is not None:
        disputed = questions.conflicting
        outcomes = tuple(key for key in possible if key not in ("review", "not_applicable"))
        return Verdict(
            decision.id,
            "review" if disputed else "insufficient",
            reason="conflicting_evidence" if disputed else None,
            candidates=outcomes if disputed else (),
            possible=possible,
            find_questions=lambda: questions.ranked,
            exact=exact,
        )
    rules = {rule for full in seen for rule in full.rules}
    candidates = {candidate for full in seen for candidate in full.candidates}
    # One rule is certain only where it alone wins on every completion.
    rule = common(full.rules for full in seen)
    reasons: list[Reason | None] = [full.reason for full in seen]
    reason = common(reasons)
    status = next(iter(seen)).status
    return Verdict(
        decision.id,
        status,
        outcome=possible[0] if status == "decided" else None,
        rule=rule[0] if isinstance(rule, tuple) and len(rule) == 1 else None,
        rules=tuple(one.id for one in decision.rules if one.id in rules),
        reason=reason,
        candidates=ordered_keys(decision, candidates),
        possible=possible,
        exact=exact,
    )


def contradiction(
    decision: Decision,
    conflict: tuple[str, ...],
    otherwise: Collection[str] = (),
    *,
    exact: bool = True,
) -> Verdict:
    """Give the verdict of a decision that reads facts which cannot stand together.

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

    `answers` holds per fact that can still matter, in declared order, what each of its
    answers leads to. Best is the largest share of answers that settle, then the smallest
    sum of what stays possible, then declared order.
    """

    def worth(fact: str) -> tuple[float, int]:
        left = [len(lead.possible) for lead in answers[fact]]
        return -left.count(1) / len(left), sum(left)

    asked = sorted((fact for fact in answers if not state[fact].declined), key=worth)
    return MappingProxyType({fact: answers[fact] for fact in asked})
