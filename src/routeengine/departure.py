"""Departing from the advice: a person decides otherwise, and says in which role, when and why.

Advice and decision are side by side, and in words. The advice is never overwritten, and a later
departure never takes the place of an earlier one. Recorded, a departure is a document of its own,
chained to the record and to the departure before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Literal

from routeengine.client_id import line_problem
from routeengine.codec import form_of
from routeengine.errors import DepartureError, RecordError, UsageError, listed
from routeengine.i18n import date_in_words, language_for
from routeengine.i18n.words import DepartureWording
from routeengine.own_words import words_of
from routeengine.record.body import entry_of
from routeengine.record.document import Difference, Document, Record, Sign, moment, seal, unseal
from routeengine.result import Result, VerdictEntry
from routeengine.ruleset.digest import reference
from routeengine.ruleset.flaws import did_you_mean, quote
from routeengine.ruleset.instance import RuleSetRef
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.wire import Wire

if TYPE_CHECKING:
    from routeengine.explanation.explanation import Explanation

__all__ = [
    "AdviceWithDepartures",
    "Departure",
    "DepartureRecord",
    "advice_with_departures",
    "check_chain",
    "depart",
    "record_departure",
]

MAX_LENGTHS: Final = {"role": 100, "reason": 2000}
"""Characters that these texts may have; each is one line."""

EARLIER: Final = "lies before the day of the advice"
"""What is wrong with a departure from advice that was not given yet."""


@dataclass(frozen=True, slots=True, repr=False)
class Departure(Wire):
    """Another outcome than advised: decided in a role (never a name), on a date, for a reason.

    `repr` does not show the reason.

    Attributes:
        decision: The id of the decision.
        outcome: The id of the outcome that was decided on.
        role: The role of the person who decided, in one line of at most 100 characters.
        reason: Why, in one line of at most 2000 characters. It goes on where "because" stops: "she
            wants to rest first".
        date: The day of the decision.
    """

    decision: str
    outcome: str
    role: str
    reason: str
    date: date

    def __repr__(self) -> str:
        return f"Departure({self.decision}, {self.outcome}, {self.role}, {self.date})"


@dataclass(frozen=True, slots=True, repr=False)
class AdviceWithDepartures:
    """The advice, and beside it what persons decided, in the order in which it was added.

    `advice` has the verdict of each decision, and is never changed by a departure. `departures` are
    all of them, and `ruleset` the rules that gave the advice. `depart` and `advice_with_departures`
    make it.
    """

    ruleset: RuleSet
    advice: Mapping[str, VerdictEntry]
    departures: tuple[Departure, ...] = ()

    @property
    def latest(self) -> Mapping[str, Departure]:
        """Per decision that was departed from, the departure that was added last."""
        return {one.decision: one for one in self.departures}

    def __repr__(self) -> str:
        return f"AdviceWithDepartures({', '.join(map(repr, self.departures))})"

    def to_text(self, lang: str | None = None) -> str:
        """Return advice and decisions side by side, in Dutch ("nl") or English ("en").

        Decisions that nobody departed from are left out. Without `lang` it is the first language of
        the rule set that the library speaks.

        Raises LanguageError for a language that the rule set or this library does not speak.
        """
        lang = language_for(self.ruleset.languages, lang)
        words, parts = words_of(self.ruleset.wording, lang).departure, list[str]()
        for decision in self.ruleset.decisions:
            if taken := list(self._worded(decision, words, lang)):
                advice = _advised(decision, self.advice[decision.id], words, lang)
                lines = [decision.label[lang], words.advice.format(advice=advice)]
                lines += [f"{short}{words.because.format(reason=why)}." for _, short, why in taken]
                parts.append("\n".join(lines))
        return "\n\n".join(parts)

    def annotate(self, explanation: Explanation) -> Explanation:
        """Return the explanation of this advice with what persons decided beside each answer.

        Nothing of the explanation is taken away. Raises UsageError if it explains another advice,
        or one by other rules.
        """
        from routeengine.explanation.parts import DecisionNode

        if explanation.versions.meaning_sha256 != reference(self.ruleset).meaning_sha256:
            raise UsageError("the explanation is by another rule set than the departures")
        lang, verdicts = explanation.language, dict(explanation.verdicts)
        language_for(self.ruleset.languages, lang)
        words = words_of(self.ruleset.wording, lang).departure
        for decision in self.ruleset.decisions:
            node, advice = verdicts[decision.id], self.advice[decision.id]
            if (node.status, node.outcome) != (advice.status, advice.outcome):
                raise UsageError("the explanation is of another advice than the departures")
            nodes = [
                DecisionNode(
                    id=f"decision:{decision.id}/{number}",
                    outcome=one.outcome,
                    role=one.role,
                    reason=why,
                    date=one.date,
                    short=f"{short}.",
                    text=f"{short}{words.because.format(reason=why)}.",
                )
                for number, (one, short, why) in enumerate(self._worded(decision, words, lang), 1)
            ]
            verdicts[decision.id] = replace(node, decisions=tuple(nodes))
        return replace(explanation, verdicts=verdicts)

    def _worded(
        self, decision: Decision, words: DepartureWording, lang: str
    ) -> Iterator[tuple[Departure, str, str]]:
        """Yield each departure from a decision: who decided what and when; and the reason.

        The reason is on one line, without a full stop.
        """
        form, labels = words.decision, _labels(decision, words, lang)
        for one in self.departures:
            if one.decision == decision.id:
                outcome, day = labels[one.outcome], date_in_words(one.date, lang)
                short = form.format(outcome=outcome, role=one.role.strip(), date=day)
                yield one, short, " ".join(one.reason.split()).rstrip(".")
                form = words.later


def depart(
    subject: Record | Result | AdviceWithDepartures,
    departure: Departure,
    ruleset: RuleSet | None = None,
) -> AdviceWithDepartures:
    """Return the advice with a departure beside it, after earlier ones if there are any.

    `subject` is a record, a result, or what an earlier call returned. `ruleset` is needed for a
    result, and for a record that does not hold it.

    Raises DepartureError for a departure that cannot be taken, such as one to the outcome that
    stands already; RecordError for a record that was touched; and UsageError for a rule set that is
    missing or another one.

    Examples:
        >>> from datetime import date
        >>> from routeengine import Departure, Engine, load_ruleset
        >>> from routeengine.departure import depart
        >>> engine = Engine(load_ruleset("rijswijk-2023"))
        >>> result = engine.classify({
        ...     "rung": 1, "receives_benefit": True, "current_service": "participation",
        ...     "finances": "serious", "mental_health": "serious", "at_maximum": False,
        ...     "able_to_participate": True, "can_start_soon": False, "willing": True,
        ... })
        >>> departure = Departure(
        ...     "route", "A", "consultant", "she wants to start at once", date(2026, 3, 2)
        ... )
        >>> print(depart(result, departure, engine.ruleset).to_text("en"))
        route
        Advice: B (movement).
        Decision: A (activation), by consultant on 2 March 2026, because she wants to start at once.
    """
    before = subject if isinstance(subject, AdviceWithDepartures) else advice_of(subject, ruleset)
    _check_texts(departure)
    return _with(before, departure)


def _with(before: AdviceWithDepartures, departure: Departure) -> AdviceWithDepartures:
    _check(before, departure)
    return AdviceWithDepartures(before.ruleset, before.advice, (*before.departures, departure))


def advice_of(subject: Record | Result, ruleset: RuleSet | None) -> AdviceWithDepartures:
    """Return the advice of a record or result, with nothing beside it yet."""
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
    return AdviceWithDepartures(ruleset, dict(advice))


def _check_texts(departure: Departure) -> None:
    """Raise DepartureError for a text that is not one line.

    Only what is new is held to it: what was recorded once can be read for ever.
    """
    for field in MAX_LENGTHS:
        check_text(field, getattr(departure, field))


def check_text(field: str, text: object) -> None:
    """Raise DepartureError for a role or a reason that is not one line of its length."""
    # "Because ." is not a reason.
    plain = text.rstrip(" .") if isinstance(text, str) else text
    if problem := line_problem(plain, MAX_LENGTHS[field]):
        raise DepartureError(field, problem)


def _check(before: AdviceWithDepartures, departure: Departure) -> None:
    """Raise DepartureError for the first thing that is wrong."""
    decision = before.ruleset.decision.get(departure.decision)
    if decision is None or departure.decision not in before.advice:
        hint = did_you_mean(departure.decision, before.ruleset.decision)
        message = f"{quote(departure.decision)} is no decision of the rule set"
        raise DepartureError("decision", f"{message} ({hint})" if hint else message)
    outcomes = [outcome.id for outcome in decision.outcomes]
    if departure.outcome not in outcomes:
        message = f"must be an outcome of `{decision.id}`: {listed(outcomes)}"
        raise DepartureError("outcome", message)
    # A datetime is a date to `isinstance`, and would be recorded with its time.
    if type(departure.date) is not date:
        raise DepartureError("date", "must be the date of the decision, without a time")
    # A second departure departs from the first one, and may go back to the advice.
    last = before.latest.get(decision.id)
    now = before.advice[decision.id].outcome if last is None else last.outcome
    if departure.outcome == now:
        raise DepartureError("outcome", "stands already: there is nothing to depart from")


def _labels(decision: Decision, words: DepartureWording, lang: str) -> dict[str, str]:
    """Return what each outcome of a decision is called."""
    return {
        one.id: words.outcome.format(id=one.id, label=one.label[lang]) for one in decision.outcomes
    }


def _advised(decision: Decision, verdict: VerdictEntry, words: DepartureWording, lang: str) -> str:
    """Return what was advised for a decision."""
    labels = _labels(decision, words, lang)
    if verdict.outcome is not None:
        return labels[verdict.outcome]
    if verdict.candidates:
        form = words.choose if len(verdict.candidates) > 1 else words.consider
        return form.format(candidates=words.or_.join(labels[one] for one in verdict.candidates))
    plain: str = getattr(words, verdict.status)
    return plain


@dataclass(frozen=True, slots=True, repr=False)
class DepartureBody:
    """One departure: the record it is about, and the departure recorded before it."""

    form: Literal["routeengine/departure/1"]
    at: datetime
    record_sha256: str
    previous_sha256: str | None
    ruleset: RuleSetRef
    advice: VerdictEntry
    departure: Departure


class DepartureRecord(Document[DepartureBody]):
    """A departure as a sealed document. Like a record, it *is* its bytes.

    `data` holds them, and `body` what they say: the departure, the advice it departs from, and the
    digests of the record and of the departure before it. It has the methods of `Record`, `result`
    aside.
    """

    __slots__ = ()
    codec = form_of(DepartureBody)


def record_departure(
    record: Record,
    departure: Departure,
    at: datetime,
    *,
    earlier: Sequence[DepartureRecord] = (),
    ruleset: RuleSet | None = None,
    sign: Sign | None = None,
) -> DepartureRecord:
    """Record a departure from a recorded advice, after the `earlier` ones of that record.

    `at` is the time of recording, with its distance from UTC in whole minutes. `ruleset` is needed
    if the record does not hold it, and `sign` signs the document.

    Raises what `depart` does, DepartureError for a date before the day of the advice, and
    RecordError if the earlier ones are not a chain.
    """
    before = advice_with_departures(record, earlier, ruleset)
    depart(before, departure)
    if departure.date < record.body.at.date():
        raise DepartureError("date", EARLIER)
    body = DepartureBody(
        form="routeengine/departure/1",
        at=moment(at),
        record_sha256=record.sha256,
        previous_sha256=earlier[-1].sha256 if earlier else None,
        ruleset=record.body.ruleset,
        advice=before.advice[departure.decision],
        departure=departure,
    )
    return DepartureRecord(seal(DepartureRecord.codec.write(body), sign))


def advice_with_departures(
    record: Record, chain: Sequence[DepartureRecord], ruleset: RuleSet | None = None
) -> AdviceWithDepartures:
    """Return a recorded advice and the recorded departures from it, side by side.

    `chain` holds the departures in the order in which they were recorded. Raises RecordError if
    they are not a chain, and what `depart` does.
    """
    for difference in check_chain(record, chain):
        raise RecordError(difference.message, difference.path)
    whole = advice_of(record, ruleset)
    for document in chain:
        whole = _with(whole, document.body.departure)
    return whole


def check_chain(record: Record, chain: Sequence[DepartureRecord]) -> tuple[Difference, ...]:
    """Return where departures do not follow the record, and each other, just as recorded.

    Nothing is returned if the chain is whole. That the last ones were left out cannot be seen: keep
    the newest digest elsewhere.

    Raises RecordError if the record itself was touched.
    """
    recorded, about = record.body, record.sha256
    previous: str | None = None
    differences: list[Difference] = []
    for number, document in enumerate(chain):
        path = f"departures[{number}]"
        try:
            envelope = unseal(document.data)
            body: DepartureBody = document.codec.read(envelope.body, "")
        except RecordError as error:
            differences.append(Difference(path, "bytes", str(error)))
            return tuple(differences)
        # Each document names the digest of the one before it: whoever changes, takes out or puts in
        # one of them breaks the chain there, unless all later ones are made anew.
        differences += (Difference(path, "bytes", str(one)) for one in envelope.differences)
        if body.record_sha256 != about:
            differences.append(Difference(path, "digest", "is about another record"))
        if body.previous_sha256 != previous:
            differences.append(Difference(path, "digest", "does not follow the one before it"))
        if body.departure.date < recorded.at.date():
            differences.append(Difference(path, "shape", EARLIER))
        if body.advice != recorded.verdicts.get(body.departure.decision):
            differences.append(Difference(path, "verdict", "tells another advice than the record"))
        previous = envelope.sha256
    return tuple(differences)
