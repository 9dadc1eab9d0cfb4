"""A small rule set in which clients are followed, and strategies for moments."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine import Engine
from routeengine.months import months_after
from routeengine.profile import OneOf
from routeengine.progression import Moment
from routeengine.ruleset.conditions import FactIs, Not
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, IntegerDomain
from routeengine.ruleset.evidence import ActivationForm, FollowUp
from routeengine.ruleset.model import Decision, Outcome, Progression, Review, Rule
from routeengine.value_set import set_of_bits


def rule(name: str, value: int, then: str | Review) -> Rule:
    """Make a rule on one value of `picture`."""
    return Rule(name, FactIs("picture", set_of_bits(value)), then, BOTH, BOTH, GROUNDS)


SMALL = build_ruleset(
    "small",
    facts=(
        a_fact("rung", IntegerDomain(1, 4)),
        a_fact("picture", CategoryDomain(("poor", "fair", "good", "odd", "aside"))),
        a_fact("outside", BooleanDomain()),
    ),
    decisions=(
        Decision(
            "route",
            BOTH,
            (
                Outcome("high", BOTH, BOTH, Progression(BOTH, None, 12)),
                Outcome("middle", BOTH, BOTH, Progression(BOTH, 12, 18)),
                Outcome("low", BOTH, BOTH, Progression(BOTH, 24, None)),
                Outcome("aside", BOTH, BOTH),
            ),
            (
                rule("r_low", 0b00001, "low"),
                rule("r_middle", 0b00010, "middle"),
                rule("r_high", 0b00100, "high"),
                rule("r_aside", 0b10000, "aside"),
                rule("r_odd", 0b01000, Review(("high", "low"))),
            ),
            Not(FactIs("outside", set_of_bits(0b10))),
            BOTH,
        ),
    ),
    follow_up=FollowUp(
        "route",
        ("low", "middle", "high"),
        "rung",
        (
            ActivationForm("whole", BOTH),
            ActivationForm("part", BOTH, "whole"),
            ActivationForm("other", BOTH),
        ),
    ),
)

ENGINE = Engine(SMALL)
PICTURE = {"low": "poor", "middle": "fair", "high": "good", "review": "odd", "aside": "aside"}
BEGIN = date(2020, 1, 31)


def moment(route: str, rung: Any, at: date, chosen: str | None = None) -> Moment:
    """Make a moment at which the client is on this route and rung, fully known."""
    outside = route == "not_applicable"
    profile = {"picture": PICTURE.get(route, "poor"), "rung": rung, "outside": outside}
    return Moment(at, ENGINE.classify(profile), chosen)


routes = st.sampled_from(["low", "middle", "high", "aside", "review", "not_applicable"])
rungs = st.integers(1, 4)
days = st.builds(lambda months: months_after(BEGIN, months), st.integers(0, 40))

full_profiles = st.fixed_dictionaries(
    {
        "picture": st.sampled_from(list(PICTURE.values())),
        "rung": rungs,
        "outside": st.booleans(),
    }
)
partial_profiles = st.fixed_dictionaries(
    {
        "picture": st.sampled_from(
            [*PICTURE.values(), None, OneOf(["poor", "fair"]), OneOf(["good", "odd"])]
        ),
        "rung": rungs | st.sampled_from([None, OneOf([1, 2]), OneOf([2, 4])]),
        "outside": st.sampled_from([True, False, False, None]),
    }
)
