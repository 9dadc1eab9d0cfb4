"""What changed between two classifications of one client, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol

from routeengine.errors import UsageError
from routeengine.observation import Observation
from routeengine.profile import Knowledge, Known, read_profile
from routeengine.result import VERDICT_FIELDS, Result, Verdict
from routeengine.ruleset.instance import RuleSetRef
from routeengine.ruleset.model import RuleSet
from routeengine.wire import Wire


class Classifier(Protocol):
    """What classifies profiles by one rule set: an engine."""

    @property
    def ruleset(self) -> RuleSet:
        """The rule set."""
        ...

    @property
    def reference(self) -> RuleSetRef:
        """Which rule set it is."""
        ...

    def classify(self, profile: Mapping[str, Any], /) -> Result:
        """Classify one profile."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class FactChange:
    """A fact of which something else is known now; None is unknown.

    `fact` is its id, and `before` and `after` what was and is known. `recorded` are the
    observations that it rests on now, if a dossier was given.
    """

    fact: str
    before: Knowledge
    after: Knowledge
    recorded: tuple[Observation, ...] = ()

    def __repr__(self) -> str:
        return f"FactChange({self.fact}, …)"


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A decision that is answered otherwise now.

    Attributes:
        decision: The id of the decision.
        before: The verdict as it was.
        after: The verdict as it is now.
        rules_gone: The `rules` of the verdict as it was that are not among those of now.
        rules_new: The `rules` of the verdict of now that were not among those before.
        because: The changed facts that bring it about: with these alone the verdict is that of now,
            and without any one of them it is not. Empty if the rules differ in meaning, for then
            facts alone do not tell.
    """

    decision: str
    before: Verdict
    after: Verdict
    rules_gone: tuple[str, ...]
    rules_new: tuple[str, ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change(Wire):
    """What differs between two classifications: facts, verdicts and flags.

    Attributes:
        facts: The facts of which something else is known now.
        verdicts: The decisions that are answered otherwise now, by id.
        flags_raised: The flags that are raised now and were not.
        flags_dropped: The flags that were raised and no longer are.
        same_rules: False if the two rule sets differ in meaning.
    """

    facts: tuple[FactChange, ...]
    verdicts: Mapping[str, VerdictChange]
    flags_raised: tuple[str, ...]
    flags_dropped: tuple[str, ...]
    same_rules: bool


def compare(engine: Classifier, before: Result, after: Result) -> Change:
    """Return what changed between two results of one client, and which facts brought it about.

    `engine` is of the rule set of `after`. Facts and decisions that only one of two rule sets has
    are left out.

    Raises ProfileError if a profile does not fit the rule set at all, and UsageError for results of
    different clients.
    """
    if not same_client(before, after):
        raise UsageError("the results are of different clients: what differs would mean nothing")
    moved = _moved(engine.ruleset, before, after)
    # The engine's too: it is what classifies profiles that are part then and part now.
    meanings = {one.meaning_sha256 for one in (before.ruleset, after.ruleset, engine.reference)}
    verdicts = {}
    for decision in engine.ruleset.decision:
        then, now = before.verdicts.get(decision), after.verdicts.get(decision)
        if then is not None and now is not None and _said(then) != _said(now):
            because = _because(engine, moved, before, now) if len(meanings) == 1 else ()
            gone, new = _only(then.rules, now.rules), _only(now.rules, then.rules)
            verdicts[decision] = VerdictChange(decision, then, now, gone, new, because)
    same_rules = before.ruleset.meaning_sha256 == after.ruleset.meaning_sha256
    raised, dropped = _only(after.flags, before.flags), _only(before.flags, after.flags)
    return Change(moved, verdicts, raised, dropped, same_rules)


def same_client(*results: Result) -> bool:
    """Return whether all results can be of one client; a result without an id can be of any."""
    return len({result.client_id for result in results} - {None}) <= 1


def _only(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of some ids that are not among others."""
    return tuple(one for one in some if one not in others)


def _moved(ruleset: RuleSet, before: Result, after: Result) -> tuple[FactChange, ...]:
    """Return the facts of which something else is known, however it is written."""
    then, now = _known(ruleset, before), _known(ruleset, after)
    old, new, recorded = before.profile, after.profile, after.provenance
    return tuple(
        FactChange(fact, old.get(fact), new.get(fact), recorded.get(fact, ()))
        for fact in then
        if then[fact] != now[fact]
    )


def _known(ruleset: RuleSet, result: Result) -> dict[str, Known]:
    facts = {name: one for name, one in result.profile.items() if name in ruleset.fact}
    return read_profile(ruleset, facts)


_said = attrgetter(*VERDICT_FIELDS)
"""All that a verdict says, but for its questions."""


def _because(
    engine: Classifier, moved: tuple[FactChange, ...], before: Result, now: Verdict
) -> tuple[str, ...]:
    """Return moved facts that alone lead from the verdict of then to that of now.

    Found by leaving out one at a time, until none can be left out. With `a`, `b` and `c` moved, of
    which `b` alone counts: without `a` it still leads there, then without `c`, and not without `b`.
    """

    def leads(facts: Mapping[str, Knowledge]) -> bool:
        verdict = engine.classify({**before.profile, **facts}).verdicts[now.decision]
        return _said(verdict) == _said(now)

    return tuple(_needed({one.fact: one.after for one in moved}, leads))


def _needed(
    facts: dict[str, Knowledge], leads: Callable[[Mapping[str, Knowledge]], bool]
) -> dict[str, Knowledge]:
    """Leave out what is not needed; again from the start, for leaving out one frees others."""
    for fact in facts:
        rest = {name: value for name, value in facts.items() if name != fact}
        if leads(rest):
            return _needed(rest, leads)
    return facts
