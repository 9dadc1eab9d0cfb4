"""A client with an income to the cent and a day of birth, in each thing that the library does."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from executors.durable_there import absent
from money import DOMAINS, MONEY, OBSERVED, full_profiles, plain
from routeengine import Between, DossierError, Engine, OneOf, ProfileError, Result, replay
from routeengine.departure import Departure, advice_of, depart
from routeengine.dossier import Dossier, Observation
from routeengine.executors.reference import ReferenceExecutor
from routeengine.explanation.explanation import Explanation
from routeengine.interview import Interview
from routeengine.profile import Conflicting, Known, read_profile
from routeengine.value_set import ValueSet

ENGINE = Engine(OBSERVED)
AT = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2025, 2, 1)
CLIENT: dict[str, Any] = {
    "client_id": "c1", "income": Decimal("545.87"), "wealth": Between("0", "9000"),
    "born": date(1958, 12, 31), "points": 10**11,
}  # fmt: skip


@st.composite
def known(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what is known: values, ranges, some of several, and evidence that disagrees."""
    profile: dict[str, Any] = {}
    for name, domain in DOMAINS.items():
        index = st.integers(0, domain.size - 1)
        some = sorted(draw(st.lists(index, max_size=3, unique=True)))
        values = [domain.value(one) for one in some]
        if len(values) == 2 and domain.kind != "boolean":
            profile[name] = Between(*values)
        elif values:
            profile[name] = draw(st.sampled_from([values[0], OneOf(values), Conflicting(values)]))
    return profile


@settings(max_examples=examples(60), deadline=None)
@given(known())
def test_a_result_a_record_and_an_explanation_come_back(profile: dict[str, Any]) -> None:
    """From JSON, and a replay says the same."""
    result = ENGINE.classify(profile)
    assert Result.from_dict(json.loads(json.dumps(result.to_dict()))) == result
    record = ENGINE.record(result, AT)
    assert ENGINE.replay(record).same
    assert replay(record.data).same
    for lang in ("nl", "en"):
        explanation = ENGINE.explain(result, lang)
        assert Explanation.model_validate_json(explanation.model_dump_json()) == explanation
        assert explanation.to_html()
        assert explanation.masked().to_text()


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_the_lanes_say_what_the_list_of_completions_says(data: st.DataObject) -> None:
    """Whatever sets of amounts and days are possible."""
    state = {}
    for name, domain in DOMAINS.items():
        ends = data.draw(st.lists(st.integers(0, domain.size), min_size=2, max_size=4, unique=True))
        state[name] = Known(ValueSet(tuple(sorted(ends[: len(ends) // 2 * 2]))))
    answer = ENGINE._work_out(state)
    assert answer == ReferenceExecutor(OBSERVED).evaluate(state)


def test_what_would_be_and_what_it_takes() -> None:
    """A cent less or a day later, and the nearest changes to each outcome."""
    result = ENGINE.classify(CLIENT)
    assert result.verdicts["support"].missing == ("wealth",)
    after = ENGINE.what_if(result, {"income": Decimal("545.86"), "wealth": "7770.00"}).result
    assert after.verdicts["support"].outcome == "full"
    assert after.profile["income"] == "545.86"
    after = ENGINE.what_if(result, {"born": date(1959, 1, 1)}).result
    assert after.verdicts["card"].outcome == "many"
    for outcome in ("full", "half", "none"):
        for change in ENGINE.changes_to(result, "support", outcome):
            then = ENGINE.what_if(result, {**change.changes, **change.answers}).result
            assert then.verdicts["support"].outcome == outcome


def test_observations_are_weighed() -> None:
    """However a value was given: the same amount in two spellings is no conflict."""
    values: list[tuple[str, Any]] = [
        ("income", "1091.7"), ("income", Decimal("1091.700")), ("born", date(1950, 1, 1)),
        ("wealth", Between("1.5", None)), ("points", 10**11),
    ]  # fmt: skip
    observed = [Observation(fact, value, "claim", DAY, "A") for fact, value in values]
    assert [Observation.from_dict(one.to_dict()) for one in observed] == observed
    profile = Dossier(OBSERVED, observed, as_of=date(2025, 6, 1)).profile()
    assert not profile.evidence["income"].conflicting
    result = ENGINE.classify(profile)
    assert result.verdicts["card"].outcome == "senior"
    assert replay(ENGINE.record(result, AT).data).same
    more = Observation("income", "1091.71", "claim", DAY, "C")
    profile = Dossier(OBSERVED, [*observed, more], as_of=date(2025, 6, 1)).profile()
    assert {one.value for one in profile.evidence["income"].conflicting} >= {"1091.71"}
    values = [("income", 1091.7), ("born", AT), ("income", "1.091,71")]
    for fact, value in values:
        wrong = Observation(fact, value, "claim", DAY, "A")
        with pytest.raises(DossierError) as raised:
            Dossier(OBSERVED, [wrong], as_of=date(2025, 6, 1))
        assert "1091" not in str(raised.value)


def test_an_interview_asks_for_amounts_and_days() -> None:
    """It takes what a profile takes, and goes on from its JSON form."""
    answers: dict[str, Any] = {
        "income": Decimal("545.87"), "wealth": Between(None, 7770), "born": date(1958, 12, 31),
        "points": 5,
    }  # fmt: skip
    interview = Interview(ENGINE, {"client_id": "c1"})
    while interview.question is not None:
        for wrong in (1.5, "5,5", AT, "1-7-2025", True):
            with pytest.raises(ProfileError):
                interview.answer(wrong)
        interview = interview.answer(answers[interview.question])
        written = json.loads(json.dumps(interview.to_dict()))
        assert Interview.from_dict(written, ENGINE) == interview
    assert interview.result.verdicts["support"].outcome == "half"
    assert interview.result.profile["income"] == "545.87"


def test_a_person_departs_from_advice_on_an_amount() -> None:
    """And it stands beside the explanation."""
    result = ENGINE.classify(CLIENT | {"wealth": 0})
    advice = depart(
        advice_of(result, OBSERVED), Departure("support", "full", "consultant", "she said so", DAY)
    )
    assert "she said so" in advice.annotate(ENGINE.explain(result, "nl")).to_text()


@pytest.mark.skipif(absent() is not None, reason="durable_rules is not installed")
def test_the_durable_executor_says_the_same() -> None:
    """On full profiles near the thresholds."""
    from routeengine.executors.durable import DurableExecutor

    durable = DurableExecutor(MONEY)
    for profile in full_profiles(40, 11):
        state = read_profile(MONEY, plain(profile))
        assert durable.evaluate(state) == ReferenceExecutor(MONEY).evaluate(state)
