"""Advice and decision in words, in the languages that the library speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from routeengine.departure.model import Departure
from routeengine.errors import UsageError
from routeengine.months import in_words
from routeengine.record.body import VerdictEntry
from routeengine.ruleset.flaws import shown
from routeengine.ruleset.model import Decision, RuleSet


@dataclass(frozen=True, slots=True)
class Words:
    """The words around advice and decision, in one language."""

    advice: str
    decision: str
    later: str
    because: str
    outcome: str
    choose: str
    consider: str
    review: str
    insufficient: str
    not_applicable: str
    or_: str


WORDS: Final[Mapping[str, Words]] = {
    "nl": Words(
        advice="Advies: {advice}.",
        decision="Besluit: {outcome}, door {role} op {date}",
        later="Later besluit: {outcome}, door {role} op {date}",
        because=", omdat {reason}",
        outcome="{id} ({label})",
        choose="een medewerker kiest tussen {candidates}",
        consider="een medewerker kijkt of dit past: {candidates}",
        review="een medewerker beoordeelt dit",
        insufficient="nog geen, er zijn nog niet genoeg gegevens",
        not_applicable="geen, dit onderdeel geldt nu niet",
        or_=" of ",
    ),
    "en": Words(
        advice="Advice: {advice}.",
        decision="Decision: {outcome}, by {role} on {date}",
        later="Later decision: {outcome}, by {role} on {date}",
        because=", because {reason}",
        outcome="{id} ({label})",
        choose="a member of staff chooses between {candidates}",
        consider="a member of staff considers whether this fits: {candidates}",
        review="a member of staff looks at this",
        insufficient="none yet, not enough is known",
        not_applicable="none, this part does not apply now",
        or_=" or ",
    ),
}


def words_in(ruleset: RuleSet, lang: str) -> Words:
    """Give the words in a language. Raises UsageError where these or the rules have none."""
    words = WORDS.get(lang)
    if words is None or lang not in ruleset.languages:
        raise UsageError(f"there are no words in {shown(lang)}")
    return words


def reason_of(one: Departure) -> str:
    """Give the reason on one line, without a full stop."""
    return " ".join(one.reason.split()).rstrip(".")


def _outcome(decision: Decision, name: str, words: Words, lang: str) -> str:
    label = next(outcome.label[lang] for outcome in decision.outcomes if outcome.id == name)
    return words.outcome.format(id=name, label=label)


def advised(decision: Decision, verdict: VerdictEntry, words: Words, lang: str) -> str:
    """Say what was advised for a decision."""
    candidates = [_outcome(decision, name, words, lang) for name in verdict.candidates]
    match verdict.status:
        case "decided":
            return _outcome(decision, str(verdict.outcome), words, lang)
        case "review" if candidates:
            form = words.choose if len(candidates) > 1 else words.consider
            return form.format(candidates=words.or_.join(candidates))
        case "review":
            return words.review
        case "insufficient":
            return words.insufficient
        case _:
            return words.not_applicable


def decided(decision: Decision, one: Departure, words: Words, lang: str, *, later: bool) -> str:
    """Say what a person decided, who in which role, and when."""
    form = words.later if later else words.decision
    return form.format(
        outcome=_outcome(decision, one.outcome, words, lang),
        role=one.role.strip(),
        date=in_words(one.date, lang),
    )
