"""Advice and decisions side by side; the advice is never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from routeengine.departure.model import LONGEST, Departure
from routeengine.departure.wording import advised, decided, reason_of, words_in
from routeengine.errors import DepartureError, UsageError
from routeengine.record.body import VerdictEntry
from routeengine.record.build import entry_of
from routeengine.record.document import Record
from routeengine.result import Result
from routeengine.ruleset.digest import reference
from routeengine.ruleset.flaws import did_you_mean, shown
from routeengine.ruleset.model import RuleSet

if TYPE_CHECKING:
    from routeengine.explanation.explanation import Explanation


@dataclass(frozen=True, slots=True, repr=False)
class Departed:
    """The advice, and beside it what persons decided, in the order in which it was added."""

    ruleset: RuleSet
    advice: Mapping[str, VerdictEntry]
    departures: tuple[Departure, ...] = ()

    @property
    def standing(self) -> Mapping[str, Departure]:
        """Per decision that was departed from, the last departure."""
        return {one.decision: one for one in self.departures}

    def __repr__(self) -> str:
        return f"Departed({', '.join(map(repr, self.departures))})"

    def to_text(self, lang: str = "nl") -> str:
        """Give advice and decisions side by side, in Dutch ("nl") or English ("en").

        Raises UsageError for a language that the rule set or this library does not speak.
        """
        words = words_in(self.ruleset, lang)
        parts = []
        for decision in self.ruleset.decisions:
            taken = self._taken(decision.id)
            if taken:
                advice = advised(decision, self.advice[decision.id], words, lang)
                lines = [decision.label[lang], words.advice.format(advice=advice)]
                lines += [
                    decided(decision, one, words, lang, later=number > 0)
                    + words.because.format(reason=reason_of(one))
                    + "."
                    for number, one in enumerate(taken)
                ]
                parts.append("\n".join(lines))
        return "\n\n".join(parts)

    def beside(self, explanation: Explanation) -> Explanation:
        """Give the explanation of this advice with what persons decided beside each answer.

        Nothing of the explanation is taken away. Raises UsageError where it explains another
        advice, or one by other rules.
        """
        from routeengine.explanation.parts import DecisionNode

        if explanation.versions.meaning_sha256 != reference(self.ruleset).meaning_sha256:
            raise UsageError("the explanation is by another rule set than the departures")
        lang, verdicts = explanation.language, dict(explanation.verdicts)
        words = words_in(self.ruleset, lang)
        for decision in self.ruleset.decisions:
            node, advice = verdicts[decision.id], self.advice[decision.id]
            if (node.status, node.outcome) != (advice.status, advice.outcome):
                raise UsageError("the explanation is of another advice than the departures")
            nodes = []
            for number, one in enumerate(self._taken(decision.id), 1):
                short = decided(decision, one, words, lang, later=number > 1)
                reason = reason_of(one)
                nodes.append(
                    DecisionNode(
                        id=f"decision:{decision.id}/{number}",
                        outcome=one.outcome,
                        role=one.role,
                        reason=reason,
                        date=one.date,
                        short=f"{short}.",
                        text=f"{short}{words.because.format(reason=reason)}.",
                    )
                )
            verdicts[decision.id] = replace(node, decisions=tuple(nodes))
        return replace(explanation, verdicts=verdicts)

    def _taken(self, decision: str) -> list[Departure]:
        return [one for one in self.departures if one.decision == decision]


def depart(
    subject: Record | Result | Departed, departure: Departure, ruleset: RuleSet | None = None
) -> Departed:
    """Put a departure beside the advice; after earlier ones, where there are any.

    `ruleset` is needed for a result, and for a record that does not hold it.

    Raises DepartureError for a departure that cannot be taken, RecordError for a record
    that was touched, and UsageError for a rule set that is missing or another one.
    """
    before = subject if isinstance(subject, Departed) else advice_of(subject, ruleset)
    _check(before, departure)
    return Departed(before.ruleset, before.advice, (*before.departures, departure))


def advice_of(subject: Record | Result, ruleset: RuleSet | None) -> Departed:
    """Give the advice of a record or result, with nothing beside it yet."""
    if isinstance(subject, Record):
        body = subject.body
        named, advice = body.ruleset, body.verdicts
        ruleset = body.rules if ruleset is None else ruleset
    else:
        named = subject.ruleset
        advice = {name: entry_of(verdict) for name, verdict in subject.verdicts.items()}
    if ruleset is None:
        raise UsageError("the rule set that gave the advice is needed: pass it as `ruleset`")
    if reference(ruleset).meaning_sha256 != named.meaning_sha256:
        raise UsageError("the rule set is not the one that gave the advice")
    return Departed(ruleset, dict(advice))


def _check(before: Departed, departure: Departure) -> None:
    """Raise DepartureError for the first thing that is wrong."""
    decision = before.ruleset.decision.get(departure.decision)
    if decision is None or departure.decision not in before.advice:
        hint = did_you_mean(departure.decision, before.ruleset.decision)
        message = f"{shown(departure.decision)} is no decision of the rule set"
        raise DepartureError("decision", f"{message} ({hint})" if hint else message)
    outcomes = [outcome.id for outcome in decision.outcomes]
    if departure.outcome not in outcomes:
        listed = ", ".join(f"`{one}`" for one in outcomes)
        raise DepartureError("outcome", f"must be an outcome of `{decision.id}`: {listed}")
    for field, most in LONGEST.items():
        text = getattr(departure, field)
        if not isinstance(text, str) or not text.strip(" .\t\r\n") or len(text) > most:
            raise DepartureError(field, f"must be given, in at most {most} characters")
    if "\n" in departure.role:
        raise DepartureError("role", "must stand on one line")
    if type(departure.date) is not date:
        raise DepartureError("date", "must be the date of the decision, without a time")
    last = before.standing.get(decision.id)
    now = before.advice[decision.id].outcome if last is None else last.outcome
    if departure.outcome == now:
        raise DepartureError("outcome", "stands already: there is nothing to depart from")
