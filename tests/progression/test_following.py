"""Clients over time: every sentence of the policy, every boundary, and laws of what is unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from progression.followed import (
    BEGIN,
    ENGINE,
    SMALL,
    days,
    full_profiles,
    moment,
    partial_profiles,
    routes,
    rungs,
)
from routeengine import Engine, RuleSet
from routeengine.errors import DossierError
from routeengine.months import months_after, months_between
from routeengine.profile import OneOf
from routeengine.progression import History, Moment, Progress, count_forms, history, progress

ON, DUE, OVER = "on_course", "due", "overdue"


def later(months: int, days: int = 0) -> date:
    """Give the day so many months, and days, after the begin."""
    return months_after(BEGIN, months) + timedelta(days)


# The routes of the policy, as fully known facts.
KNOWN: dict[str, Any] = {
    "receives_benefit": True, "current_service": "participation", "willing": True,
    "finances": "none", "physical_health": "none", "mental_health": "none", "family": "none",
    "addiction": "none", "housing": "none", "other_domain": "none",
    "physical_health_long_term": False, "mental_health_long_term": False,
    "able_to_participate": True, "can_start_soon": False, "informal_care": False,
    "volunteering": False, "part_time_work": False, "day_activities": False,
    "other_activity": False, "at_maximum": False, "work_ready_suspected": False,
    "conversation_held": True, "prognosis_months": 240,
}  # fmt: skip
ROUTES: dict[str, dict[str, Any]] = {
    "A": {"can_start_soon": True},
    "B": {"finances": "serious", "family": "mild"},
    "C": {"informal_care": True, "at_maximum": True},
    "D": {"able_to_participate": False, "addiction": "mild"},
}


def at(engine: Engine, route: str, rung: int, day: date) -> Moment:
    """Give a moment at which a client of the shipped policy is on this route and rung."""
    result = engine.classify({**KNOWN, **ROUTES[route], "rung": rung})
    assert result.verdicts["route"].outcome == route
    return Moment(day, result)


@pytest.mark.parametrize(
    ("route", "months", "extra_days", "status"),
    [
        ("A", 0, 0, ON), ("A", 11, 29, ON), ("A", 12, 0, ON), ("A", 12, 1, OVER),
        ("A", 99, 0, OVER),
        ("B", 11, 29, ON), ("B", 12, -1, ON), ("B", 12, 0, DUE), ("B", 12, 1, DUE),
        ("B", 18, 0, DUE), ("B", 18, 1, OVER), ("B", 99, 0, OVER),
        ("C", 24, -1, ON), ("C", 24, 0, DUE), ("C", 24, 1, DUE), ("C", 240, 0, DUE),
        ("D", 24, -1, ON), ("D", 24, 0, DUE), ("D", 24, 1, DUE), ("D", 240, 0, DUE),
    ],
)  # fmt: skip
def test_each_route_has_its_time(
    engine: Engine, rijswijk: RuleSet, route: str, months: int, extra_days: int, status: str
) -> None:
    """A: on course to 12 months, then overdue; B: due from 12 to 18; C and D: due from 24 on."""
    then = at(engine, route, 2, BEGIN)
    now = replace(then, at=later(months, extra_days))
    found = progress(rijswijk, then, now)
    assert found.status == status
    assert found.possible == (status,)
    assert (found.before, found.after) == ((route,), (route,))
    assert found.expected == rijswijk.decision["route"].outcomes["ABCD".index(route)].progression


@pytest.mark.parametrize(("one", "other"), list(product("ABCD", "ABCD")))
@pytest.mark.parametrize("rise", [-1, 0, 1])
def test_up_is_from_d_to_a_and_up_the_ladder(
    engine: Engine, rijswijk: RuleSet, one: str, other: str, rise: int
) -> None:
    """Higher rung or higher route: progressed; lower: regressed; opposite: changed."""
    low, high = (2, 1) if rise < 0 else (1, 1 + rise)
    found = progress(rijswijk, at(engine, one, low, BEGIN), at(engine, other, high, later(3)))
    route = "DCBA".index(other) - "DCBA".index(one)
    if route * rise < 0:
        expected = "changed"
    elif route + rise:
        expected = "progressed" if route + rise > 0 else "regressed"
    else:
        expected = ON
    assert found.status == expected


def test_off_the_lower_rungs_is_progress(engine: Engine, rijswijk: RuleSet) -> None:
    """On rung 3 there is no route any more, and that is what was hoped for."""
    now = Moment(later(30), engine.classify({**KNOWN, "rung": 3}))
    found = progress(rijswijk, at(engine, "A", 2, BEGIN), now)
    assert (found.status, found.after) == ("progressed", ("not_applicable",))


def test_a_move_the_policy_does_not_speak_of_is_for_a_person(
    engine: Engine, rijswijk: RuleSet
) -> None:
    """Benefit that ended, service elsewhere, or a review: changed, where the rung is the same."""
    then = at(engine, "B", 2, BEGIN)
    for changes in (
        {"receives_benefit": False}, {"current_service": "wsp"}, {"can_start_soon": True},
    ):  # fmt: skip
        result = engine.classify({**KNOWN, **ROUTES["B"], "rung": 2, **changes})
        assert progress(rijswijk, then, Moment(later(30), result)).status == "changed"
        assert progress(rijswijk, Moment(BEGIN, result), replace(then, at=later(3))).status == (
            "changed"
        )


@given(routes, rungs, routes, rungs, st.integers(0, 40))
def test_back_is_the_opposite_of_forth(
    one: str, low: int, other: str, high: int, months: int
) -> None:
    """Progressed one way is regressed the other way, and changed is changed both ways."""
    there = progress(SMALL, moment(one, low, BEGIN), moment(other, high, later(months))).status
    back = progress(SMALL, moment(other, high, BEGIN), moment(one, low, later(months))).status
    opposite = {"progressed": "regressed", "regressed": "progressed", "changed": "changed"}
    assert (there in opposite) == (back in opposite)
    assert opposite.get(there, back) == back


@given(routes, rungs, st.integers(0, 40), st.integers(-1, 1))
def test_without_a_route_nothing_is_expected(
    route: str, rung: int, months: int, shift: int
) -> None:
    """Only a route with an expectation can be on course, due or overdue."""
    day = max(BEGIN, later(months, shift))
    status = progress(SMALL, moment(route, rung, BEGIN), moment(route, rung, day)).status
    none_expected = route in {"aside", "review", "not_applicable"}
    assert (status == "not_applicable") == none_expected
    assert status in {ON, DUE, OVER, "not_applicable"}


def completions(profile: dict[str, Any]) -> list[dict[str, Any]]:
    """Give every full profile that agrees with a partial one."""
    choices = []
    for fact in SMALL.facts:
        known = profile[fact.id]
        if known is None:
            choices.append(list(fact.domain.values))
        else:
            some: list[Any] = [*known.values] if isinstance(known, OneOf) else [known]
            choices.append(some)
    return [
        dict(zip([fact.id for fact in SMALL.facts], values, strict=True))
        for values in product(*choices)
    ]


@settings(deadline=None)
@given(partial_profiles, partial_profiles, st.integers(0, 40))
def test_what_is_unknown_leaves_open_just_what_it_can_be(
    one: dict[str, Any], other: dict[str, Any], months: int
) -> None:
    """The statuses left open are those of the completions; never a guess, never one too few."""
    found = progress(
        SMALL,
        Moment(BEGIN, ENGINE.classify(one)),
        Moment(later(months), ENGINE.classify(other)),
    )
    by_hand = {
        progress(
            SMALL,
            Moment(BEGIN, ENGINE.classify(before)),
            Moment(later(months), ENGINE.classify(after)),
        ).status
        for before in completions(one)
        for after in completions(other)
    }
    assert set(found.possible) == by_hand
    assert found.status == (found.possible[0] if len(by_hand) == 1 else "insufficient")


@settings(deadline=None)
@given(
    st.lists(st.tuples(full_profiles, days), min_size=1, max_size=5, unique_by=lambda one: one[1]),
    st.data(),
)
def test_a_history_is_the_same_in_any_order(
    given_ones: list[tuple[dict[str, Any], date]], data: Any
) -> None:
    """Each step holds neighbours in time against each other."""
    moments = [Moment(day, ENGINE.classify(profile)) for profile, day in given_ones]
    shuffled = data.draw(st.permutations(moments))
    found = history(SMALL, shuffled)
    assert found == history(SMALL, moments)
    ordered = sorted(moments, key=lambda one: one.at)
    assert list(found.steps) == [progress(SMALL, a, b) for a, b in pairwise(ordered)]
    assert found.now.at == ordered[-1].at


@settings(deadline=None)
@given(
    st.lists(st.tuples(full_profiles, days), min_size=1, max_size=6, unique_by=lambda one: one[1]),
    st.integers(0, 30),
)
def test_the_clock_runs_from_when_the_present_standing_began(
    given_ones: list[tuple[dict[str, Any], date]], months: int
) -> None:
    """Since the first of the last classifications that all say the same."""
    moments = sorted(
        (Moment(day, ENGINE.classify(profile)) for profile, day in given_ones),
        key=lambda one: one.at,
    )
    today = months_after(moments[-1].at, months)
    now = history(SMALL, moments, as_of=today).now

    def stands(one: Moment) -> tuple[Any, ...]:
        verdict = one.result.verdicts["route"]
        return verdict.outcome or verdict.status, one.result.profile["rung"]

    since = next(
        one.at
        for number, one in enumerate(moments)
        if all(stands(other) == stands(moments[-1]) for other in moments[number:])
    )
    assert (now.since, now.at, now.months) == (since, today, months_between(since, today))
    last = moments[-1]
    assert now == progress(SMALL, replace(last, at=since), replace(last, at=today))


def test_two_checks_within_a_year_can_be_overdue_together() -> None:
    """Ten months and ten months more make twenty: the clock does not begin anew at each look."""
    moments = [moment("middle", 2, later(months)) for months in (0, 10, 20)]
    found = history(SMALL, moments)
    assert [step.status for step in found.steps] == [ON, ON]
    assert (found.now.status, found.now.since, found.now.months) == (OVER, BEGIN, 20)


def test_progress_begins_a_new_time() -> None:
    """Who came up from `low` a year ago is on course in `middle`, whatever went before."""
    moments = [moment("low", 2, BEGIN), moment("middle", 2, later(20))]
    assert history(SMALL, moments, as_of=later(31)).now.status == ON
    risen = [moment("middle", 1, BEGIN), moment("middle", 2, later(20))]
    assert history(SMALL, risen, as_of=later(31)).now.status == ON


def test_a_classification_that_leaves_it_open_breaks_nothing() -> None:
    """An empty file in between does not show that the client stood elsewhere."""
    empty = Moment(later(10), ENGINE.classify({}))
    moments = [moment("middle", 2, BEGIN), empty, moment("middle", 2, later(20))]
    assert history(SMALL, moments).now.status == OVER
    elsewhere = [moments[0], moment("review", 2, later(10)), moments[2]]
    assert history(SMALL, elsewhere).now.since == later(20)


def test_a_last_look_that_leaves_it_open_says_so() -> None:
    """Then the present standing is not certain, and neither is since when."""
    unsure = Moment(later(20), ENGINE.classify({"rung": 2, "outside": False}))
    now = history(SMALL, [moment("middle", 2, BEGIN), unsure], as_of=later(50)).now
    assert (now.status, now.since) == ("insufficient", later(20))
    assert now.possible == (DUE, OVER, "not_applicable")
    assert now.expected is None


def test_what_a_person_decided_counts_instead_of_the_advice() -> None:
    """A review that a person settled has a route, and so has advice that was departed from."""
    then = moment("review", 2, BEGIN, chosen="middle")
    assert progress(SMALL, then, replace(then, at=later(19))).status == OVER
    assert progress(SMALL, then, moment("high", 2, later(19))).status == "progressed"
    departed = moment("high", 2, later(19), chosen="low")
    assert progress(SMALL, then, departed).status == "regressed"


def test_without_a_fact_only_the_outcome_counts() -> None:
    """A rule set need not have a ladder."""
    assert SMALL.follow_up is not None
    flat = replace(SMALL, follow_up=replace(SMALL.follow_up, fact=None))
    then, now = moment("middle", 1, BEGIN), moment("middle", 4, later(19))
    assert progress(flat, then, now).status == OVER
    assert history(flat, [then, now]).now.since == BEGIN
    assert progress(flat, then, moment("low", 4, later(3))).status == "regressed"


def test_a_rung_of_an_earlier_version_that_is_none_now_is_unknown() -> None:
    """What the present rule set cannot read leaves the direction open."""
    then = moment("middle", 1, BEGIN)
    odd = replace(then, result=replace(then.result, profile={"rung": 9}))
    assert progress(SMALL, odd, moment("middle", 2, later(3))).status == "insufficient"


def faults(call: Any) -> list[str]:
    """Give what is wrong, as text."""
    with pytest.raises(DossierError) as caught:
        call()
    return [str(fault) for fault in caught.value.faults]


def test_moments_that_cannot_be_followed_are_refused() -> None:
    """Dates out of order, two of one date, none at all, times instead of dates."""
    one, other = moment("low", 1, BEGIN), moment("low", 1, later(1))
    timed = replace(one, at=datetime(2020, 1, 1, tzinfo=UTC))
    assert faults(lambda: progress(SMALL, other, one)) == [
        "item 2: at: lies before the earlier classification"
    ]
    assert faults(lambda: history(SMALL, [])) == ["moments: must hold a classification"]
    assert faults(lambda: history(SMALL, [one, one])) == ["moments: must not hold two of one date"]
    assert faults(lambda: history(SMALL, [timed, other])) == [
        "item 1: at: must be a date, without a time"
    ]
    assert faults(lambda: history(SMALL, [other], as_of=BEGIN)) == [
        "as_of: lies before the last classification"
    ]
    wrong: Any = "2024-01-01"
    assert faults(lambda: history(SMALL, [other], as_of=wrong)) == [
        "as_of: must be a date, without a time"
    ]
    assert faults(lambda: progress(SMALL, replace(one, chosen="highest"), other)) == [
        "item 1: chosen: must be one of `high`, `middle`, `low`, `aside`"
    ]


def test_results_of_another_rule_set_are_refused(engine: Engine, rijswijk: RuleSet) -> None:
    """A verdict of the decision that is followed must be there."""
    foreign = replace(SMALL, decisions=(replace(SMALL.decisions[0], id="other"),), follow_up=None)
    result = Engine(foreign).classify({})
    assert faults(lambda: history(rijswijk, [Moment(BEGIN, result)])) == [
        "item 1: result: must hold a verdict of the decision `route`"
    ]
    assert faults(lambda: history(foreign, [Moment(BEGIN, result)])) == [
        "ruleset: the rule set `small` does not say by what clients are followed"
    ]


def test_the_letters_figures_of_activation_add_up(rijswijk: RuleSet) -> None:
    """77 = 6 + 25 + 2 + 25 (10 of them basic jobs) + 5 + 14."""
    recorded = (
        ["informal_care"] * 6 + ["volunteering"] * 25 + ["day_activities"] * 2
        + ["individual_programme"] * 15 + ["basic_job"] * 10
        + ["found_it_themselves"] * 5 + ["already_active"] * 14
    )  # fmt: skip
    assert len(recorded) == 77
    assert dict(count_forms(rijswijk, recorded)) == {
        "informal_care": 6, "volunteering": 25, "day_activities": 2, "individual_programme": 25,
        "basic_job": 10, "found_it_themselves": 5, "already_active": 14,
    }  # fmt: skip


def test_a_form_that_is_none_is_refused_by_number() -> None:
    """All at once, and without saying what was given."""
    assert faults(lambda: count_forms(SMALL, ["part", "hole", "other", "hole"])) == [
        "item 2: form: must be one of `whole`, `part`, `other`",
        "item 4: form: must be one of `whole`, `part`, `other`",
    ]
    assert dict(count_forms(SMALL, [])) == {"whole": 0, "part": 0, "other": 0}


def test_nothing_here_shows_a_fact() -> None:
    """Moments, steps and histories print no value of a client's fact."""
    then = moment("middle", 3, BEGIN)
    found: History = history(SMALL, [then, moment("high", 4, later(3))])
    step: Progress = found.steps[0]
    for shown in (repr(then), repr(found), repr(step)):
        assert "fair" not in shown
        assert "rung" not in shown
