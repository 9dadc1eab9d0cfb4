"""A dossier that grows over time, with an independent opinion beside it."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dossier.observed import RANK, SMALL, observations
from examples import examples
from routeengine import Engine
from routeengine.dossier import Dossier, Observation
from routeengine.profile import Conflicting

ENGINE = Engine(SMALL)
BEGIN = date(2025, 1, 1)


class GrowingDossier(RuleBasedStateMachine):
    """Observations come in, and time goes by; what was recorded is never lost."""

    @initialize()
    def empty(self) -> None:
        """Begin with nothing."""
        self.dossier = Dossier(SMALL, as_of=BEGIN)
        self.recorded: list[Observation] = []
        self.earlier: list[tuple[Dossier, dict[str, object], tuple[str, ...]]] = []

    @rule(one=observations(plain=True))
    def observe(self, one: Observation) -> None:
        """Record one thing more."""
        self._remember()
        self.recorded.append(one)
        self.dossier = self.dossier.add(one)

    @rule(data=st.data())
    def observe_what_is_known(self, data: st.DataObject) -> None:
        """Record what is known already: no fact changes by it."""
        known = [one for one in self.dossier.profile().evidence.values() if one.chosen is not None]
        if known:
            evidence = data.draw(st.sampled_from(known))
            more = data.draw(observations(plain=True))
            same = Observation(evidence.fact, evidence.knowledge, "form", more.date, more.assessor)
            self._remember()
            self.recorded.append(same)
            self.dossier = self.dossier.add(same)
            assert dict(self.dossier.profile()) == self.earlier[-1][1]

    @rule(days=st.integers(1, 400))
    def time_goes_by(self, days: int) -> None:
        """Look at the same dossier later: only what is stale can differ."""
        self._remember()
        self.dossier = self.dossier.add(as_of=self.dossier.as_of + timedelta(days))
        assert dict(self.dossier.profile()) == self.earlier[-1][1]
        assert set(self.earlier[-1][2]) <= set(self.dossier.flags)

    def _remember(self) -> None:
        self.earlier.append((self.dossier, dict(self.dossier.profile()), self.dossier.flags))

    @invariant()
    def nothing_recorded_is_lost(self) -> None:
        """Each observation has a standing with its fact."""
        assert list(self.dossier.observations) == self.recorded
        for one in self.recorded:
            held = self.dossier.evidence(one.fact)
            assert one in (*held.basis, *held.agreeing, *held.superseded)

    @invariant()
    def what_was_said_before_still_stands(self) -> None:
        """Earlier dossiers say what they said."""
        for dossier, said, flags in self.earlier[-3:]:
            assert dict(dossier.profile()) == said
            assert dossier.flags == flags

    @invariant()
    def the_last_word_of_the_highest_rank_is_heard(self) -> None:
        """What is known includes what the weightiest observation says, unless a source settles it.

        An opinion of its own: found by sorting, with no look at the rest.
        """
        profile = self.dossier.profile()
        for fact in ("debts", "able", "months"):
            about = [one for one in self.recorded if one.fact == fact]
            if about:
                top = max(about, key=lambda one: (RANK[one.source], one.date))
                known = profile[fact]
                heard = known.values if isinstance(known, Conflicting) else (known,)
                assert top.value in heard

    @invariant()
    def it_can_be_classified(self) -> None:
        """Whatever was recorded, the engine takes it and raises the flags of the dossier."""
        result = ENGINE.classify(self.dossier.profile())
        assert set(self.dossier.flags) <= set(result.flags)


GrowingDossier.TestCase.settings = settings(
    max_examples=examples(30), stateful_step_count=15, deadline=None
)
TestGrowingDossier = GrowingDossier.TestCase
