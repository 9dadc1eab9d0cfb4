"""Laws of weighing evidence, over generated observations."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dossier.observed import RANK, SMALL, TODAY, observations, values
from routeengine.dossier import Dossier, FactEvidence, Observation
from routeengine.months import months_after
from routeengine.profile import DECLINED, Conflicting, read_knowledge
from routeengine.value_set import bits_of_set

some_observations = st.lists(observations(), max_size=7)
of_one_fact = st.lists(observations("debts"), min_size=1, max_size=6)
plain_ones = st.lists(observations("debts", plain=True), min_size=1, max_size=6)


def dossier(given_ones: list[Observation]) -> Dossier:
    """Make a dossier of the small rule set, seen from today."""
    return Dossier(SMALL, given_ones, as_of=TODAY)


def bits(value: object) -> int:
    """Give the values of `debts` that are allowed, as bits."""
    known = read_knowledge(SMALL.fact["debts"], value)
    assert known is not None
    return bits_of_set(known.allowed)


def parts(evidence: FactEvidence) -> list[Observation]:
    """Give all that stands in an evidence, each as often as it stands there."""
    chosen = [] if evidence.chosen is None else [evidence.chosen]
    return [
        *chosen, *evidence.agreeing, *evidence.superseded, *evidence.conflicting,
        *evidence.declined,
    ]  # fmt: skip


@given(some_observations, st.data())
def test_order_and_repetition_never_matter(given_ones: list[Observation], data: Any) -> None:
    """Shuffled, and with some of them twice, the same observations give the same evidence."""
    shuffled = data.draw(st.permutations(given_ones + given_ones[:2]))
    one, other = dossier(given_ones), dossier(shuffled)
    assert one.profile().evidence == other.profile().evidence
    assert list(one.profile().items()) == list(other.profile().items())
    assert one.flags == other.flags


@given(of_one_fact, observations("debts"))
def test_saying_the_same_changes_nothing(given_ones: list[Observation], more: Observation) -> None:
    """Whoever says what counts already, from any source and date, leaves it as it was."""
    before = dossier(given_ones).evidence("debts")
    assume(before.chosen is not None)
    same = Observation("debts", before.knowledge, more.source, more.date, more.assessor)
    after = dossier([*given_ones, same]).evidence("debts")
    assert after.knowledge == before.knowledge
    assert after.superseded == before.superseded


@given(of_one_fact)
def test_without_conflict_the_value_is_that_of_the_winner(given_ones: list[Observation]) -> None:
    """What is known is the chosen observation's value as it was given, and nothing is mixed in."""
    evidence = dossier(given_ones).evidence("debts")
    if evidence.chosen is not None:
        assert evidence.knowledge is evidence.chosen.value
        assert evidence.basis == (evidence.chosen,)
        assert not evidence.conflicting


@given(plain_ones)
def test_the_winner_has_the_highest_rank_and_is_newest_in_it(
    given_ones: list[Observation],
) -> None:
    """No observation of a higher rank, nor a newer one of that rank, is passed over."""
    evidence = dossier(given_ones).evidence("debts")
    top = max(given_ones, key=lambda one: (RANK[one.source], one.date))
    weight = (RANK[top.source], top.date)
    assert all((RANK[one.source], one.date) == weight for one in evidence.basis[:1])
    first = {one.value for one in given_ones if (RANK[one.source], one.date) == weight}
    if evidence.chosen is None:
        assert first <= {one.value for one in evidence.conflicting}
    else:
        assert first == {evidence.chosen.value}


@given(plain_ones)
def test_a_conflict_is_never_found_without_the_policys_grounds(
    given_ones: list[Observation],
) -> None:
    """There is one only where the weightiest differ, or a lower one is over a year newer."""
    top = max(given_ones, key=lambda one: (RANK[one.source], one.date))
    grounds = any(
        one.value != top.value
        and (
            (one.source == top.source and one.date == top.date)
            or (RANK[one.source] < RANK[top.source] and one.date > months_after(top.date, 12))
        )
        for one in given_ones
    )
    evidence = dossier(given_ones).evidence("debts")
    if evidence.conflicting:
        assert grounds
    elif grounds:
        # Then whatever speaks against the winner was outdone by another observation.
        outdone = [one for one in evidence.superseded if RANK[one.source] < RANK[top.source]]
        assert all(
            one.date <= months_after(top.date, 12)
            or any(
                (RANK[other.source] == RANK[one.source] and other.date > one.date)
                or (
                    RANK[other.source] > RANK[one.source]
                    and other.value == evidence.knowledge
                    and one.date <= months_after(other.date, 12)
                )
                for other in given_ones
            )
            for one in outdone
        )


@given(observations("debts", plain=True), observations("debts", plain=True))
def test_two_observations_conflict_just_where_the_policy_says(
    one: Observation, other: Observation
) -> None:
    """Of two: equal rank and date, or the lower-ranked more than twelve months newer."""
    high, low = sorted((one, other), key=lambda o: (RANK[o.source], o.date), reverse=True)
    same = high.source == low.source and high.date == low.date
    newer = RANK[low.source] < RANK[high.source] and low.date > months_after(high.date, 12)
    conflict = high.value != low.value and (same or newer)
    evidence = dossier([one, other]).evidence("debts")
    assert bool(evidence.conflicting) == conflict
    assert bool(evidence.superseded) == (high.value != low.value and not conflict)
    if conflict:
        assert isinstance(evidence.knowledge, Conflicting)
        assert set(evidence.knowledge.values) == {one.value, other.value}
    else:
        assert evidence.knowledge == high.value


@given(of_one_fact)
def test_every_observation_is_kept_once(given_ones: list[Observation]) -> None:
    """Nothing is lost and nothing appears twice: append-only, and each has one standing."""
    held = parts(dossier(given_ones).evidence("debts"))
    assert len(held) == len(set(held)) == len(set(given_ones))
    assert set(held) == set(given_ones)


@given(of_one_fact)
def test_superseded_rules_out_what_counts(given_ones: list[Observation]) -> None:
    """Just what cannot be true together with what is known is superseded, and the rest agrees."""
    evidence = dossier(given_ones).evidence("debts")
    known = bits(evidence.knowledge)
    assert not any(bits(one.value) & known for one in evidence.superseded)
    assert all(bits(one.value) & known for one in evidence.agreeing)


@given(of_one_fact)
def test_a_conflict_ranges_over_what_stands_against_each_other(
    given_ones: list[Observation],
) -> None:
    """Its values are those of the conflicting observations, two at least, in declared order."""
    evidence = dossier(given_ones).evidence("debts")
    if evidence.conflicting:
        union = 0
        for one in evidence.conflicting:
            union |= bits(one.value)
        assert isinstance(evidence.knowledge, Conflicting)
        assert bits(evidence.knowledge) == union
        assert len(evidence.knowledge.values) > 1
        assert evidence.basis == evidence.conflicting
        assert evidence.chosen is None


@given(some_observations)
def test_flags_are_raised_just_where_there_is_ground(given_ones: list[Observation]) -> None:
    """Each flag of the dossier stands iff some fact has evidence of that kind."""
    made = dossier(given_ones)
    evidence = made.profile().evidence.values()
    expected = {
        "stale_evidence": any(one.stale for one in evidence),
        "source_conflict": any(one.conflicting for one in evidence),
        "superseded_evidence": any(one.superseded for one in evidence),
    }
    assert made.flags == tuple(flag for flag, raised in expected.items() if raised)


@given(some_observations)
def test_a_conversation_sets_that_it_was_held(given_ones: list[Observation]) -> None:
    """Any observation from a conversation settles it, whatever else was observed of it."""
    profile = dossier(given_ones).profile()
    talks = [one for one in given_ones if one.source == "conversation"]
    if talks:
        assert profile["spoken"] is True
        assert profile.provenance["spoken"][0].date == max(one.date for one in talks)
    elif not any(one.fact == "spoken" for one in given_ones):
        assert "spoken" not in profile


@given(of_one_fact)
def test_declined_weighs_nothing(given_ones: list[Observation]) -> None:
    """A refusal never outdoes a value; it counts just where there is none."""
    evidence = dossier(given_ones).evidence("debts")
    telling = [one for one in given_ones if one.value is not DECLINED]
    if telling:
        without = dossier(telling).evidence("debts")
        assert (evidence.knowledge, evidence.basis) == (without.knowledge, without.basis)
    else:
        assert evidence.knowledge is DECLINED
    assert set(evidence.declined) == set(given_ones) - set(telling)


@given(of_one_fact)
def test_stale_evidence_counts_all_the_same(given_ones: list[Observation]) -> None:
    """What is stale is part of what is known, and too old for its source."""
    evidence = dossier(given_ones).evidence("debts")
    assert SMALL.evidence is not None
    limits = {source.id: source.max_age_months for source in SMALL.evidence.sources}
    for one in evidence.stale:
        limit = limits[one.source]
        assert one in evidence.basis
        assert limit is not None
        assert months_after(one.date, limit) < TODAY


@given(of_one_fact, st.lists(observations("able"), max_size=4))
def test_facts_are_weighed_apart(given_ones: list[Observation], others: list[Observation]) -> None:
    """What was observed of one fact changes nothing of another."""
    assert dossier(given_ones + others).evidence("debts") == dossier(given_ones).evidence("debts")


@pytest.mark.parametrize("fact", sorted(values))
def test_what_was_not_observed_is_unknown(fact: str) -> None:
    """No evidence is no knowledge: the fact is not in the profile, and nothing is cited."""
    empty = dossier([])
    assert empty.evidence(fact) == FactEvidence(fact, None)
    assert empty.evidence(fact).basis == ()
    assert dict(empty.profile()) == {}
    assert empty.flags == ()
