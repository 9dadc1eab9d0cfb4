"""From a dossier to a classification: flags, conflicts, and who recorded what."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.observed import SMALL, TODAY, observations
from routeengine import Engine, ProfileError
from routeengine.dossier import Dossier, Observation
from routeengine.profile import Conflicting

ENGINE = Engine(SMALL)
CONFLICT = (
    Observation("debts", "mild", "form", date(2024, 5, 1), "consultant 1"),
    Observation("debts", "serious", "form", date(2024, 5, 1), "consultant 2"),
)


@settings(deadline=None)
@given(st.lists(observations(), max_size=6))
def test_a_dossier_is_classified_as_its_facts_are(given_ones: list[Observation]) -> None:
    """The verdicts are those of the bare facts; only flags and provenance come on top."""
    profile = Dossier(SMALL, given_ones, as_of=TODAY).profile()
    result, bare = ENGINE.classify(profile), ENGINE.classify(dict(profile))
    assert result.answer == bare.answer
    assert set(result.flags) == {*bare.flags, *profile.flags}
    assert ENGINE.classify_many([profile])[0] == result
    order = [flag.id for flag in SMALL.flags]
    assert list(result.flags) == sorted(result.flags, key=order.index)
    assert result.provenance == {fact: one.basis for fact, one in profile.evidence.items()}
    assert bare.provenance == {}


@settings(deadline=None)
@given(st.lists(observations(), max_size=6), observations())
def test_an_observation_more_is_a_new_dossier(
    given_ones: list[Observation], more: Observation
) -> None:
    """The dossier that it was added to says what it said."""
    before = Dossier(SMALL, given_ones, as_of=TODAY, client_id="c1")
    said = dict(before.profile().evidence)
    after = before.add(more)
    assert before.profile().evidence == said
    assert before.observations == tuple(given_ones)
    assert after == Dossier(SMALL, [*given_ones, more], as_of=TODAY, client_id="c1")


def test_what_hangs_on_a_conflict_is_for_a_person() -> None:
    """The verdict is review with what is possible, and the flag says why."""
    result = ENGINE.classify(Dossier(SMALL, CONFLICT, as_of=TODAY).profile())
    verdict = result.verdicts["help"]
    assert (verdict.status, verdict.reason) == ("review", "conflicting_evidence")
    assert verdict.candidates == ("some", "more")
    assert result.flags == ("source_conflict",)
    assert set(result.provenance["debts"]) == set(CONFLICT)


def test_a_conflict_that_changes_nothing_is_flagged_only() -> None:
    """Where both values lead to one outcome, that is the verdict."""
    quiet = (CONFLICT[0], replace(CONFLICT[1], value="none"))
    result = ENGINE.classify(Dossier(SMALL, quiet, as_of=TODAY).profile())
    assert result.verdicts["help"].outcome == "some"
    assert result.flags == ("source_conflict",)


def test_flags_of_the_dossier_stay_under_a_contradiction() -> None:
    """The rules raise no flag on facts that cannot be; how evidence was weighed is still so."""
    made = Dossier(SMALL, as_of=TODAY).add(
        Observation("debts", "serious", "form", date(2024, 5, 1), "consultant 1"),
        Observation("able", True, "form", date(2024, 5, 1), "consultant 1"),
        Observation("able", False, "file", date(2024, 4, 1), "consultant 1"),
    )
    result = ENGINE.classify(made.profile())
    assert result.verdicts["help"].reason == "contradiction"
    assert result.flags == ("superseded_evidence",)


def test_flags_stand_in_declared_order() -> None:
    """Those of the rules between those of the dossier, as the rule set has them."""
    made = Dossier(
        SMALL,
        [
            Observation("debts", "serious", "conversation", date(2020, 5, 1), "consultant 1"),
            Observation("debts", "mild", "form", date(2020, 4, 1), "consultant 1"),
            *(replace(one, fact="months", value=n) for n, one in enumerate(CONFLICT)),
        ],
        as_of=TODAY,
    )
    assert made.flags == ("stale_evidence", "source_conflict", "superseded_evidence")
    assert ENGINE.classify(made.profile()).flags == tuple(flag.id for flag in SMALL.flags)


def test_a_flag_that_the_rule_set_does_not_name_is_not_raised() -> None:
    """Evidence can be weighed without flags; then the evidence alone says so."""
    assert SMALL.evidence is not None
    silent = replace(SMALL, evidence=replace(SMALL.evidence, conflict_flag=None))
    made = Dossier(silent, CONFLICT, as_of=TODAY)
    assert made.flags == ()
    assert made.evidence("debts").conflicting


def test_without_a_limit_a_lower_rank_never_conflicts() -> None:
    """Where the rule set names no months, rank alone decides."""
    assert SMALL.evidence is not None
    firm = replace(SMALL, evidence=replace(SMALL.evidence, newer_conflict_months=None))
    old = replace(CONFLICT[0], source="conversation", date=date(2000, 1, 1))
    assert Dossier(firm, [old, CONFLICT[1]], as_of=TODAY).profile()["debts"] == "mild"


def test_the_client_and_the_date_go_along() -> None:
    """The pseudonym stands in the result, and a dossier can be seen from a later date."""
    made = Dossier(SMALL, CONFLICT, as_of=TODAY, client_id="c1")
    assert ENGINE.classify(made.profile()).client_id == "c1"
    later = made.add(replace(CONFLICT[0], date=date(2025, 1, 1)), as_of=date(2025, 1, 2))
    assert (later.client_id, later.as_of) == ("c1", date(2025, 1, 2))
    assert later.profile()["debts"] == "mild"


def test_a_profile_of_another_rule_set_is_refused_as_any_other() -> None:
    """A dossier brings no facts in by the back door."""
    other = Engine(replace(SMALL, facts=SMALL.facts[1:], decisions=SMALL.decisions[:1],
                           constraints=(), flags=()))  # fmt: skip
    with pytest.raises(ProfileError, match="debts: is no fact"):
        other.classify(Dossier(SMALL, CONFLICT, as_of=TODAY).profile())
    result = other.classify(
        Dossier(SMALL, [replace(one, fact="months", value=n) for n, one in enumerate(CONFLICT)],
                as_of=TODAY).profile()
    )  # fmt: skip
    assert result.flags == ("source_conflict",)


def test_a_profile_and_its_result_can_be_pickled() -> None:
    """What comes back has the same facts, flags and provenance."""
    result = ENGINE.classify(Dossier(SMALL, CONFLICT, as_of=TODAY).profile())
    again = pickle.loads(pickle.dumps(result))
    assert again == result
    assert (again.flags, again.provenance) == (result.flags, result.provenance)
    made = Dossier(SMALL, CONFLICT, as_of=TODAY)
    assert pickle.loads(pickle.dumps(made)).profile() == made.profile()


def test_a_profile_is_a_mapping_of_its_facts() -> None:
    """Facts stand in declared order, and only those with evidence."""
    profile = Dossier(SMALL, [replace(CONFLICT[0], source="conversation")], as_of=TODAY).profile()
    assert list(profile) == ["debts", "spoken"]
    assert len(profile) == 2
    assert "able" not in profile
    assert profile["debts"] == "mild"
    assert profile != {"debts": Conflicting(["mild"])}
