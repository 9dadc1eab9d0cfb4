"""Bad observations: clear faults, all at once, and never with a value."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.observed import SMALL
from routeengine.dossier import Dossier, DossierProfile, FactEvidence, Observation
from routeengine.errors import DossierError, DossierFault, RouteEngineError
from routeengine.profile import Between, Conflicting, OneOf

TODAY = date(2024, 6, 30)
WRONG: Any = ["mild"]
GOOD = Observation("debts", "mild", "form", date(2024, 1, 10), "consultant 1")


def faults_of(*observations: Any, **more: Any) -> list[DossierFault]:
    """Give the faults of a dossier that cannot be made."""
    with pytest.raises(DossierError) as caught:
        Dossier(SMALL, observations, **{"as_of": TODAY, **more})
    assert str(caught.value) == "; ".join(str(fault) for fault in caught.value.faults)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"fact": "shoes"}, "shoes", "is no fact of the rule set `small`"),
        ({"fact": 17}, "(fact)", "is no fact of the rule set `small`"),
        ({"fact": ["debts"]}, "(fact)", "is no fact of the rule set `small`"),
        ({"value": "huge"}, "debts", "must be one of `none`, `mild`, `serious`"),
        ({"value": None}, "debts", "must be one of `none`, `mild`, `serious`"),
        ({"value": ["mild"]}, "debts", "must be one of `none`, `mild`, `serious`"),
        ({"value": OneOf([])}, "debts", "must be one of `none`, `mild`, `serious`"),
        ({"value": OneOf([WRONG])}, "debts", "must be one of `none`, `mild`, `serious`"),
        (
            {"value": Conflicting(["none", "mild"])},
            "debts",
            "must be one of `none`, `mild`, `serious`",
        ),
        (
            {"value": OneOf(["none", "mild", "serious"])},
            "debts",
            "says nothing: leave out at least one value",
        ),
        ({"fact": "months", "value": True}, "months", "must be a whole number from 0 to 4"),
        ({"fact": "months", "value": 5}, "months", "must be a whole number from 0 to 4"),
        (
            {"fact": "months", "value": Between(None, None)},
            "months",
            "says nothing: leave out at least one value",
        ),
        ({"fact": "able", "value": 1}, "able", "must be true or false"),
        ({"source": "rumour"}, "source", "must be one of `file`, `form`, `conversation`"),
        ({"source": ["file"]}, "source", "must be one of `file`, `form`, `conversation`"),
        ({"date": date(2024, 7, 1)}, "date", "lies after the date of the dossier (`as_of`)"),
        ({"date": datetime(2024, 1, 1, tzinfo=UTC)}, "date", "must be a date, without a time"),
        ({"date": "2024-01-01"}, "date", "must be a date, without a time"),
        ({"assessor": " "}, "assessor", "must say who recorded this"),
        ({"assessor": None}, "assessor", "must say who recorded this"),
        ({"assessor": "c\x1b[2J"}, "assessor", "must be one line of text that can be printed"),
        ({"assessor": "c" * 201}, "assessor", "must not be longer than 200 characters"),
    ],
)
def test_a_bad_observation_is_refused_by_name(
    changes: dict[str, Any], field: str, message: str
) -> None:
    """The fault says which observation, what of it, and what is allowed."""
    assert faults_of(GOOD, replace(GOOD, **changes)) == [DossierFault(2, field, message)]


def test_an_observation_of_today_is_good() -> None:
    """The date of the dossier itself is not in its future."""
    assert Dossier(SMALL, [replace(GOOD, date=TODAY)], as_of=TODAY).profile()["debts"] == "mild"


def test_every_fault_comes_at_once() -> None:
    """Five wrong things in two observations are five faults, in order."""
    first = Observation("shoes", 1, "rumour", date(2030, 1, 1), "")
    second = ("debts", "mild")
    faults = faults_of(first, second)
    assert [(fault.number, fault.field) for fault in faults] == [
        (1, "shoes"), (1, "source"), (1, "date"), (1, "assessor"), (2, "(item)"),
    ]  # fmt: skip
    assert str(faults[0]) == "item 1: shoes: is no fact of the rule set `small`"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"as_of": datetime(2024, 1, 1, tzinfo=UTC)}, "as_of"),
        ({"as_of": None}, "as_of"),
        ({"client_id": 17}, "client_id"),
    ],
)
def test_a_dossier_is_dated_by_day(more: dict[str, Any], field: str) -> None:
    """The faults of the dossier itself have no number."""
    faults = faults_of(GOOD, **more)
    assert [(fault.number, fault.field) for fault in faults] == [(0, field)]
    assert str(faults[0]).startswith(f"{field}: must be ")


def test_a_rule_set_without_evidence_weighs_none() -> None:
    """Without ranks nothing can be weighed, and the message names the rule set."""
    with pytest.raises(DossierError, match="`small` does not say how evidence is weighed"):
        Dossier(replace(SMALL, evidence=None), as_of=TODAY)


def test_evidence_of_what_is_no_fact_is_refused() -> None:
    """Asking for the evidence of a misspelt fact is an error, not an empty answer."""
    with pytest.raises(DossierError, match="depts: is no fact"):
        Dossier(SMALL, as_of=TODAY).evidence("depts")


def test_the_error_is_one_of_ours_and_can_be_pickled() -> None:
    """It comes back from pickle with its faults."""
    error = DossierError((DossierFault(1, "debts", "must be text"),))
    again: DossierError = pickle.loads(pickle.dumps(error))
    assert issubclass(DossierError, RouteEngineError)
    assert again.faults == error.faults
    assert str(again) == str(error)


@given(
    marker=st.text("abcdefgh", min_size=12, max_size=12),
    fact=st.sampled_from([*SMALL.fact, 17]),
    form=st.sampled_from([str, lambda m: OneOf([m]), lambda m: Conflicting([m]), list]),
)
def test_no_value_stands_in_an_error(marker: str, fact: Any, form: Any) -> None:
    """Neither the message nor a field of a fault holds what was given as a value."""
    observation = Observation(fact, form(marker), "form", TODAY, "consultant 1")
    with pytest.raises(DossierError) as caught:
        Dossier(SMALL, [observation], as_of=TODAY)
    for shown in (str(caught.value), repr(caught.value), repr(caught.value.faults)):
        assert marker not in shown
    assert marker not in repr(observation)


def test_nothing_known_is_shown_by_repr() -> None:
    """Observations, evidence, dossiers and profiles print without a value, and without who."""
    observation = Observation("debts", "serious", "form", date(2024, 1, 10), "consultant 1")
    made = Dossier(SMALL, [observation], as_of=TODAY, client_id="c1")
    shown = [repr(one) for one in (observation, made, made.profile(), made.evidence("debts"))]
    assert shown == [
        "Observation(debts, form, 2024-01-10)",
        "Dossier(small, 1 observations)",
        "DossierProfile(debts)",
        "FactEvidence(debts, …)",
    ]
    assert repr(FactEvidence("debts", "serious")) == "FactEvidence(debts, …)"
    assert repr(DossierProfile({"debts": made.evidence("debts")})) == "DossierProfile(debts)"


def test_a_value_where_a_fact_should_stand_is_not_told() -> None:
    """Whoever mixed up the parts of an observation sees its number, and no value."""
    mixed = Observation("17 months, and ill", "months", "form", TODAY, "desk")
    with pytest.raises(DossierError) as caught:
        Dossier(SMALL, [mixed], as_of=TODAY)
    assert str(caught.value) == "item 1: (fact): is no fact of the rule set `small`"
