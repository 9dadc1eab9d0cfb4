"""A small rule set with evidence, and strategies for what is observed."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine.dossier import Observation
from routeengine.months import months_after
from routeengine.profile import DECLINED, Between, Knowledge, OneOf
from routeengine.ruleset.conditions import All, FactIs
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, IntegerDomain
from routeengine.ruleset.evidence import Evidence, EvidenceSource
from routeengine.ruleset.model import Constraint, Decision, Flag, Outcome, Rule
from routeengine.value_set import set_of_bits

FACTS = (
    a_fact("debts", CategoryDomain(("none", "mild", "serious"))),
    a_fact("able", BooleanDomain()),
    a_fact("months", IntegerDomain(0, 4)),
    a_fact("spoken", BooleanDomain()),
)

EVIDENCE = Evidence(
    (
        EvidenceSource("file", 1, BOTH, max_age_months=6),
        EvidenceSource("form", 2, BOTH),
        EvidenceSource("conversation", 3, BOTH, {"spoken": True}, max_age_months=24),
    ),
    newer_conflict_months=12,
    superseded_flag="superseded_evidence",
    conflict_flag="source_conflict",
    stale_flag="stale_evidence",
)

SMALL = build_ruleset(
    "small",
    facts=FACTS,
    decisions=(
        Decision("free", BOTH, (Outcome("yes", BOTH, BOTH),), ()),
        Decision(
            "help",
            BOTH,
            (Outcome("some", BOTH, BOTH), Outcome("more", BOTH, BOTH)),
            (
                Rule("light", FactIs("debts", set_of_bits(0b011)), "some", BOTH, BOTH, GROUNDS),
                Rule("heavy", FactIs("debts", set_of_bits(0b100)), "more", BOTH, BOTH, GROUNDS),
            ),
        ),
    ),
    constraints=(
        Constraint(
            "k",
            All((FactIs("debts", set_of_bits(0b100)), FactIs("able", set_of_bits(0b10)))),
            BOTH,
            GROUNDS,
        ),
    ),
    flags=(
        Flag("stale_evidence", BOTH, None, GROUNDS),
        Flag("worried", BOTH, FactIs("debts", set_of_bits(0b100)), GROUNDS),
        Flag("source_conflict", BOTH, None, GROUNDS),
        Flag("superseded_evidence", BOTH, None, GROUNDS),
    ),
    evidence=EVIDENCE,
)
"""Flags of the rules and of the dossier stand mixed, so that their order is put to the test."""

RANK = {source.id: source.rank for source in EVIDENCE.sources}
TODAY = date(2024, 6, 30)

# Dates around whole years apart, where a boundary could be off by one day.
days = st.builds(
    lambda months, shift: min(TODAY, months_after(date(2021, 6, 30), months) + timedelta(shift)),
    st.sampled_from([0, 6, 12, 18, 24, 30, 36]),
    st.integers(-1, 1),
)

plain_values: dict[str, st.SearchStrategy[Knowledge]] = {
    fact.id: st.sampled_from(list(fact.domain.values)) for fact in FACTS
}
values: dict[str, st.SearchStrategy[Knowledge]] = {
    "debts": plain_values["debts"]
    | st.just(DECLINED)
    | st.sampled_from([OneOf(["none", "mild"]), OneOf(["mild", "serious"])]),
    "able": plain_values["able"] | st.just(DECLINED),
    "months": plain_values["months"]
    | st.sampled_from([DECLINED, Between(0, 2), Between(None, 2), Between(2, None), OneOf([0, 4])]),
    "spoken": plain_values["spoken"] | st.just(DECLINED),
}


def observations(fact: str | None = None, *, plain: bool = False) -> st.SearchStrategy[Observation]:
    """Draw observations of one fact or of any; `plain` leaves out partial ones and declined."""
    kinds = plain_values if plain else values
    facts = st.sampled_from(sorted(kinds)) if fact is None else st.just(fact)
    return facts.flatmap(
        lambda name: st.builds(
            Observation, st.just(name), kinds[name], st.sampled_from(sorted(RANK)), days,
            st.sampled_from(["consultant 1", "consultant 2"]),
        )
    )  # fmt: skip
