"""Work a recorded classification out again, and say precisely what differs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from os import PathLike
from typing import Any, get_args

from routeengine._version import __version__
from routeengine.codec import extend
from routeengine.dossier import Dossier
from routeengine.errors import DossierError, ProfileError, RecordError, RouteEngineError
from routeengine.executors.interface import Executor, ExecutorName, closer_of
from routeengine.executors.lanes import LanesExecutor
from routeengine.portable.advice import OTHER_RULES, fit_of
from routeengine.profile import State, read_profile
from routeengine.record.body import (
    RECORD,
    Body,
    ObservationEntry,
    TruthName,
    entry_of,
    evidence_of,
    trace_of,
)
from routeengine.record.document import Difference, Envelope, Kind, Record, unseal
from routeengine.record.find import check_embedded, find_ruleset
from routeengine.result import Answer, Reason, Status
from routeengine.ruleset.digest import reference
from routeengine.ruleset.instance import RuleSetRef
from routeengine.ruleset.model import RuleSet
from routeengine.wire import Wire

UNORDERED = re.compile(r"flags|flags_possible|verdicts\.\w+\.rules")
"""Where the order of a list is that of the rule file, which means nothing."""


@dataclass(frozen=True, slots=True)
class Replay(Wire):
    """What came of working a record out again.

    Attributes:
        differences: What differs; empty if the record is untouched and the rules give just what it
            says.
        notes: What is no difference, but good to know: another version of the engine, another
            executor, a signature that was not checked, or texts of the rule set that changed
            without its meaning.
        ruleset: The rule set that was used; None if it did not come to that.
    """

    differences: tuple[Difference, ...]
    notes: tuple[Difference, ...] = ()
    ruleset: RuleSetRef | None = None

    @property
    def same(self) -> bool:
        """Whether nothing differs. A signature is not checked: see `Record.verified`."""
        return not self.differences


def replay(
    record: Record | bytes,
    ruleset: RuleSet | None = None,
    *,
    folders: Iterable[str | PathLike[str]] = (),
    executor: Executor | None = None,
) -> Replay:
    """Work a recorded classification out again, and return what differs.

    It uses the rule set that is given, or else the one in the record, or else one with the same
    meaning that comes with this package or stands in one of the `folders`. `executor` saves
    building one, and has to be of the rule set that is given: `Engine.replay` sees to that.

    A record that was touched has a difference. Bytes that are no record at all raise RecordError,
    as does a record whose rule set is not to be found; BudgetError is raised where the `executor`
    refuses what was recorded.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from routeengine import Engine, Record, load_ruleset, replay
        >>> engine = Engine(load_ruleset("rijswijk-2023"))
        >>> result = engine.classify({"receives_benefit": False})
        >>> record = engine.record(result, datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
        >>> replay(record).same
        True
        >>> touched = Record(record.data.replace(b"rijswijk-2023", b"rijswijk-2024"))
        >>> for difference in replay(touched).differences:
        ...     print(difference)
        sha256: is not the digest of what the document holds
        rules: is not the rule set that the record names
    """
    data = record.data if isinstance(record, Record) else record
    try:
        envelope = unseal(data)
    except RecordError as error:
        return Replay((damage(data, error),))
    try:
        body: Body = Record.codec.read(envelope.body, "")
    except RecordError as error:
        # Untouched, and yet of no known form: then it is no record of ours, and that is an error.
        # If it was touched, that is why, and it is what there is to report.
        if not envelope.differences:
            raise
        return Replay((*envelope.differences, Difference(error.path, "shape", error.message)))
    try:
        used = recorded_rules(body, folders) if ruleset is None else ruleset
        again = derive(body, used, executor)
    except RouteEngineError as error:
        if not envelope.differences:
            raise
        place, message = "ruleset", str(error)
        if isinstance(error, RecordError):
            # It says where it is, and `str(error)` would say it again.
            place, message = error.path, error.message
        return Replay((*envelope.differences, Difference(place, "digest", message)))
    differences = (*envelope.differences, *compare_embedded(body), *again.differences)
    return Replay(differences, (*again.notes, *notes(envelope, body)), again.ruleset)


def damage(data: bytes, error: RecordError) -> Difference:
    """Return the difference of a touched record: of bytes that bear its mark but cannot be read.

    Raises the error again for bytes that do not: they are no record.
    """
    # One changed byte can spoil one of the marks, and not both.
    marked = data.startswith(b'{"body":{') or RECORD.encode() in data
    if error.refused or not marked:
        raise error
    return Difference(error.path or "(bytes)", "bytes", error.message)


def recorded_rules(body: Body, folders: Iterable[str | PathLike[str]]) -> RuleSet:
    """Return the rule set in the record, or else the one that it names."""
    if body.rules is not None:
        check_embedded(body.rules)
        return body.rules
    return find_ruleset(body.ruleset, folders)


def derive(body: Body, ruleset: RuleSet, executor: Executor | None) -> Replay:
    """Classify the recorded facts by a rule set, and compare."""
    used = reference(ruleset)
    differences, texts = compare_rule_sets(body.ruleset, used)
    try:
        state = read_profile(ruleset, body.profile)
    except ProfileError as error:
        faults = (Difference(f"facts.{f.field}", "facts", f.message) for f in error.faults)
        return Replay((*differences, *faults), texts, used)
    executor = LanesExecutor(ruleset) if executor is None else executor
    closer = closer_of(executor)
    look = closer.inspect(state)
    answer = look.answer if closer is executor else executor.evaluate(state)
    verdicts = {name: entry_of(verdict) for name, verdict in answer.verdicts.items()}
    trace, words = trace_of(ruleset, look), words_known(ruleset)
    differences += (
        *compare_evidence(body, ruleset),
        *compare("verdicts", "verdict", body.verdicts, verdicts, words),
        *compare("flags", "flags", body.flags, answer.flags, words),
        *compare("flags_possible", "flags", body.flags_possible, answer.flags_possible, words),
        *compare("trace", "trace", body.trace, trace, words),
    )
    misfits, unsure = compare_certificate(body, ruleset, closer, state, used)
    return Replay((*differences, *misfits), (*texts, *other_executor(body, answer), *unsure), used)


def other_executor(body: Body, answer: Answer) -> Iterator[Difference]:
    """Yield a note if another executor has answered than the one that is recorded."""
    if body.executor not in (None, answer.executor):
        # A touched record may hold anything where a name should stand.
        recorded = word_for(body.executor, set(get_args(ExecutorName)))
        message = f"{recorded} answered then, and `{answer.executor}` now"
        yield Difference("executor", "executor", message)


def compare_certificate(
    body: Body, ruleset: RuleSet, executor: Executor, state: State, used: RuleSetRef
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Have a certificate that the record carries checked: differences, and notes."""
    if body.certificate is None:
        return (), ()
    lanes = executor if isinstance(executor, LanesExecutor) else LanesExecutor(ruleset)
    refused, left_out = fit_of(lanes, state, body.certificate)
    told = partial(Difference, "certificate", "certificate")
    if refused is None:
        return (), tuple(told(f"says nothing of `{name}`") for name in left_out)
    if refused == OTHER_RULES and body.ruleset != used:
        # It counts values as they are declared, and that may differ where the meaning does not.
        return (), (told("is of the rules as they were, and was not checked by these"),)
    return (told(refused),), ()


def compare_rule_sets(
    named: RuleSetRef, used: RuleSetRef
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Compare the rule set that the record names with the one used: differences, and notes."""
    if named.meaning_sha256 != used.meaning_sha256:
        message = "the rule set that was used for the replay has another meaning"
        return (Difference("ruleset.meaning_sha256", "meaning", message),), ()
    if named.sha256 != used.sha256:
        message = "the rule set means the same; its texts or its version are others"
        return (), (Difference("ruleset.sha256", "texts", message),)
    if named != used:
        message = "the id or the version is not that of the rule set with this digest"
        return (Difference("ruleset", "digest", message),), ()
    return (), ()


def compare_embedded(body: Body) -> tuple[Difference, ...]:
    """Return a difference if the rule set in the record is not the one that it names."""
    if body.rules is None:
        return ()
    held = reference(body.rules)
    # Another version of the engine may have counted other texts in the digest of the whole.
    if body.engine == __version__:
        same = held == body.ruleset
    else:
        same = held.meaning_sha256 == body.ruleset.meaning_sha256
    message = "is not the rule set that the record names"
    return () if same else (Difference("rules", "digest", message),)


def notes(envelope: Envelope, body: Body) -> tuple[Difference, ...]:
    """Return what is no difference, but good to know."""
    some = []
    if body.engine != __version__:
        message = f"another version of the engine made the record; this is {__version__}"
        some.append(Difference("engine", "engine", message))
    if envelope.signature is not None:
        message = "the record is signed; a replay does not check by whom"
        some.append(Difference("signature", "signature", message))
    return tuple(some)


def words_known(ruleset: RuleSet) -> set[object]:
    """Return the words in which a difference may be told.

    A touched record may hold anything where an outcome should stand.
    """
    return {
        *get_args(Status), *get_args(Reason), *get_args(TruthName),
        *ruleset.fact, *ruleset.rule, *(flag.id for flag in ruleset.flags),
        *(outcome.id for one in ruleset.decisions for outcome in one.outcomes),
    }  # fmt: skip


def word_for(value: object, known: AbstractSet[object]) -> str:
    """Return the words for one value, if all of them are known."""
    if isinstance(value, tuple) and value:
        return ", ".join(word_for(one, known) for one in value)
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"`{value}`" if value in known else "something else"


def compare_evidence(body: Body, ruleset: RuleSet) -> Iterator[Difference]:
    """Yield where the recorded facts or flags are not what the recorded evidence gives.

    What is stale depends on the day from which the dossier was looked at. A record does not
    hold that day, so there the record's word is taken.
    """
    if not body.evidence:
        return
    observations = [one.of(fact) for fact, held in body.evidence.items() for one in held]
    try:
        # The earliest day from which nothing lies in the future: a dossier refuses what does.
        last = max((one.date for one in observations), default=body.at.date())
        dossier = Dossier(ruleset, observations, as_of=last)
    except DossierError as error:
        for fault in error.faults:
            yield Difference(extend("evidence", fault.field), "facts", fault.message)
        return
    profile = dossier.profile()
    for fact in sorted(profile.keys() | body.facts.keys()):
        if profile.get(fact) != body.facts.get(fact):
            yield Difference(extend("facts", fact), "facts", "is not what the evidence gives")
    # A fact without any evidence is left out by a dossier.
    for fact, held in body.evidence.items():
        if fact not in profile or _standings(held) != _standings(
            evidence_of(dossier.evidence(fact))
        ):
            yield Difference(extend("evidence", fact), "facts", "is not how the evidence weighs")
    stale = None if ruleset.evidence is None else ruleset.evidence.stale_flag
    if set(body.flags_of_dossier) - {stale} != set(profile.flags) - {stale}:
        message = "are not the flags that the evidence raises"
        yield Difference("flags_of_dossier", "flags", message)


def _standings(held: tuple[ObservationEntry, ...]) -> set[object]:
    return {(one.value, one.source, one.date, one.assessor, one.standing) for one in held}


def compare(
    path: str, kind: Kind, recorded: Any, again: Any, words: AbstractSet[object]
) -> Iterator[Difference]:
    """Yield what differs between two values; of mappings and entries, what in them differs."""
    if is_dataclass(again):
        for field in fields(again):
            one, other = getattr(recorded, field.name), getattr(again, field.name)
            yield from compare(f"{path}.{field.name}", kind, one, other, words)
    elif isinstance(again, Mapping):
        for name in sorted(recorded.keys() - again.keys()):
            yield Difference(extend(path, name), kind, "the rule set does not have this")
        for name in sorted(again.keys() - recorded.keys()):
            yield Difference(extend(path, name), kind, "the record does not have this")
        for name, one in again.items():
            if name in recorded:
                yield from compare(f"{path}.{name}", kind, recorded[name], one, words)
    elif recorded != again and not (
        UNORDERED.fullmatch(path) and sorted(recorded) == sorted(again)
    ):
        before, after = word_for(recorded, words), word_for(again, words)
        yield Difference(path, kind, f"the record says {before}, the rules give {after}")
