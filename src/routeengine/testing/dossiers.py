"""A dossier that grows, as a state machine for Hypothesis, for any rule set with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from routeengine.dossier import Dossier, Observation
from routeengine.engine import Engine
from routeengine.errors import UsageError
from routeengine.profile import DECLINED, MAX_LISTED, Between, OneOf
from routeengine.ruleset.domains import RangeDomain
from routeengine.ruleset.evidence import EvidenceSource
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.testing.laws import broken

BEGIN = date(2025, 1, 1)
"""The day on which made dossiers begin."""

MAX_DAYS_BACK = 1_000
"""Days before that, on which something may have been observed."""

ASSESSORS = ("assessor 1", "assessor 2")


def observations(ruleset: RuleSet, until: date = BEGIN) -> st.SearchStrategy[Observation]:
    """Return a strategy for an observation of a client: a value, some of the values, or declined.

    `until` is the last day on which it may have been recorded.

    Raises UsageError if the rule set does not say how evidence is weighed.
    """
    sources = st.sampled_from([source.id for source in _sources(ruleset)])
    dates = st.integers(0, MAX_DAYS_BACK).map(lambda days: until - timedelta(days))

    def of_fact(fact: Fact) -> st.SearchStrategy[Observation]:
        assessors = st.sampled_from(ASSESSORS)
        return st.builds(Observation, st.just(fact.id), _forms(fact), sources, dates, assessors)

    return st.sampled_from(ruleset.facts).flatmap(of_fact)


def _sources(ruleset: RuleSet) -> Sequence[EvidenceSource]:
    if ruleset.evidence is None or not ruleset.evidence.sources:
        raise UsageError(f"the rule set `{ruleset.id}` does not say how evidence is weighed")
    return ruleset.evidence.sources


def _forms(fact: Fact) -> st.SearchStrategy[Any]:
    """Draw what may be observed of a fact; never that it may be anything."""
    domain = fact.domain
    indices = st.integers(0, domain.size - 1)
    forms: st.SearchStrategy[Any] = indices.map(domain.value) | st.just(DECLINED)
    if domain.size > 2:
        some = st.lists(indices, min_size=1, max_size=min(domain.size - 1, MAX_LISTED), unique=True)
        forms |= some.map(lambda chosen: OneOf(map(domain.value, chosen)))
    if isinstance(domain, RangeDomain) and domain.size > 1:
        # From the lowest value on, "between" would leave everything open, and no dossier takes what
        # says nothing.
        last = domain.size - 1
        lowest = st.integers(1, last).map(domain.value)
        forms |= lowest.map(lambda low: Between(low, domain.value(last)))
    return forms


class _GrowingDossier(RuleBasedStateMachine):
    """All of the machine but what comes in: that depends on the rule set."""

    engine: ClassVar[Engine]

    @initialize()
    def empty(self) -> None:
        """Begin with nothing."""
        self.dossier = Dossier(self.engine.ruleset, as_of=BEGIN)
        self.recorded: list[Observation] = []

    @rule(days=st.integers(1, 400))
    def time_goes_by(self, days: int) -> None:
        """Look at the same dossier later."""
        self.dossier = self.dossier.add(as_of=self.dossier.as_of + timedelta(days))

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every observation stands in the dossier, and counts for its fact or beside it."""
        self.hold(self.dossier.observations == tuple(self.recorded), "an observation is lost")
        for one in self.recorded:
            evidence = self.dossier.evidence(one.fact)
            counted = {*evidence.basis, *evidence.agreeing, *evidence.superseded,
                    *evidence.declined}  # fmt: skip
            self.hold(one in counted, f"an observation of `{one.fact}` counts nowhere")

    @invariant()
    def only_what_was_observed_is_known(self) -> None:
        """A fact of which there is no evidence is unknown, and all others say whose it is."""
        sources = {source.id: source for source in _sources(self.engine.ruleset)}
        observed = {one.fact for one in self.recorded}
        observed |= {fact for one in self.recorded for fact in sources[one.source].sets}
        profile = self.dossier.profile()
        self.hold(set(profile) == observed, "what is known is not what was observed")
        cited = all(profile.provenance.get(fact) for fact in observed)
        self.hold(cited, "a fact does not say what it rests on")

    @invariant()
    def order_never_matters(self) -> None:
        """Recorded the other way round, the same is known."""
        # Two of the same day, of sources of the same rank, conflict in either order.
        other = Dossier(self.engine.ruleset, self.recorded[::-1], as_of=self.dossier.as_of)
        alike = dict(other.profile()) == dict(self.dossier.profile())
        self.hold(alike and other.flags == self.dossier.flags, "the order makes a difference")

    @invariant()
    def evidence_only_adds_flags(self) -> None:
        """The facts alone lead to the same verdicts; the dossier's flags stand beside."""
        profile = self.dossier.profile()
        result, bare = self.engine.classify(profile), self.engine.classify(dict(profile))
        self.hold(result.verdicts == bare.verdicts, "the evidence changes a verdict")
        flags = {*bare.flags, *self.dossier.flags}
        self.hold(set(result.flags) == flags, "a flag is missing, or one too many")

    def hold(self, claim: bool, otherwise: str) -> None:
        """Raise BrokenLawError if a claim does not hold."""
        if not claim:
            result = self.engine.classify(self.dossier.profile())
            broken("dossier", self.engine, result, otherwise)


def dossier_machine(ruleset: RuleSet) -> type[RuleBasedStateMachine]:
    """Return a state machine in which a dossier of this rule set grows, and time goes by.

    It checks that whatever comes in, nothing that was recorded is lost, every fact rests on what
    was recorded, the order of recording does not matter, what nobody observed is unknown, and
    evidence never changes what the facts alone would lead to. Give it to pytest as `TestDossiers =
    dossier_machine(ruleset).TestCase`.

    Raises UsageError if the rule set does not say how evidence is weighed.
    """
    observed = observations(ruleset)

    class GrowingDossier(_GrowingDossier):
        """Observations come in, and time goes by."""

        engine = Engine(ruleset)

        @rule(one=observed)
        def observe(self, one: Observation) -> None:
            """Record one thing more."""
            self.recorded.append(one)
            self.dossier = self.dossier.add(one)

    return GrowingDossier
