"""The regions of a difference are exactly the profiles on which two versions differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples, gated
from executors.test_agreement import build
from families import FAMILIES
from generated import BOTH, GROUNDS, a_fact
from routeengine.difference_words import values_in
from routeengine.errors import UsageError
from routeengine.executors.reference import FullProfile
from routeengine.profile import knowledge_of
from routeengine.ruleset.conditions import All, Any, FactIs
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, IntegerDomain, Value
from routeengine.ruleset.model import Constraint, Fact, RuleSet
from routeengine.ruleset.resolution import OVERLAP, CompleteVerdict
from routeengine.value_set import set_of_bits, single
from routeengine.verification import Difference, Region, Shift, diff, first_difference
from routeengine.verification import comparison as comparison_module
from routeengine.verification import versions as versions_module
from routeengine.verification.alignment import FactChange, Names, renamed
from routeengine.verification.comparison import meaning
from routeengine.verification.space import ProfileSpace
from verification.broken import LIBRARY, POLICY, patched
from verification.pairs import a_rule, allowed, door, overlapping, pairs, with_rule

Profile = tuple[tuple[str, Value], ...]


@st.composite
def versions(draw: st.DrawFn) -> tuple[RuleSet, RuleSet]:
    """Draw two versions: rules changed, and facts renamed, added, gone or with other values."""
    old, new = draw(pairs(max_facts=3))
    kind = draw(
        st.sampled_from(["none", "none", "renamed", "added", "wider", "lower", "gone", "retyped"])
    )
    first, *rest = new.facts
    if kind == "renamed":
        called = replace(first, id="g0", aliases=("f0",))
        new = replace(renamed(new, Names({"f0": "g0"})), facts=(called, *rest))
    elif kind == "added":
        new = replace(new, facts=(a_fact("extra", CategoryDomain(("p", "q"))), *new.facts))
    elif kind == "gone":
        old = replace(old, facts=(*old.facts, a_fact("gone", BooleanDomain())))
    elif kind == "retyped":
        old = replace(old, facts=(*old.facts, a_fact("odd", BooleanDomain())))
        new = replace(new, facts=(*new.facts, a_fact("odd", IntegerDomain(0, 1))))
    elif kind == "lower" and isinstance(first.domain, IntegerDomain):
        lower = replace(first, domain=IntegerDomain(first.domain.minimum - 1, first.domain.maximum))
        moved = renamed(new, Names(values={first.id: lambda values: values.moved(1)}))
        new = replace(moved, facts=(lower, *rest))
    elif kind == "wider":
        new = replace(new, facts=(wider(first), *rest))
    return (old, new) if draw(st.booleans()) else (new, old)


def wider(fact: Fact) -> Fact:
    """Give a fact that has a value more, behind the others, so that conditions keep theirs."""
    domain = fact.domain
    if isinstance(domain, IntegerDomain):
        return replace(fact, domain=IntegerDomain(0, domain.maximum + 1))
    if isinstance(domain, CategoryDomain):
        return replace(fact, domain=CategoryDomain((*domain.values, "more")))
    return fact


def everyone(difference: Difference) -> Iterator[Profile]:
    """Yield every full profile in the common vocabulary."""
    facts = difference.aligned.after.common.facts
    for values in product(*(fact.domain.values for fact in facts)):
        yield tuple((fact.id, value) for fact, value in zip(facts, values, strict=True))


def decided(own: RuleSet, values: Mapping[str, object]) -> FullProfile | None:
    """Decide a profile by one version; None where it does not allow it."""
    full = {fact.id: fact.domain.index(values[fact.id]) for fact in own.facts}
    if None in full.values():
        return None
    profile = FullProfile(own, full).decide()  # type: ignore[arg-type]  # none is None
    return profile if allowed(profile) else None


Told = dict[tuple[str, str], object]


def told(difference: Difference, profile: Profile) -> tuple[Told | None, Told | None]:
    """Give all that each version says of a profile; None where it does not allow it."""
    said = []
    for side in (difference.aligned.before, difference.aligned.after):
        one = decided(side.own, side.translated(dict(profile)))
        said.append(None if one is None else {
            **{("decision", name): meaning(full) for name, full in one.verdicts.items()},
            **{("flag", f.id): one.holds(f.when) for f in side.own.flags if f.when is not None},
        })  # fmt: skip
    return said[0], said[1]


def inside(difference: Difference, region: Region, profile: Profile) -> bool:
    """Say whether a profile lies in a region."""
    facts = difference.aligned.after.common.fact
    values = dict(profile)
    return all(
        facts[fact].domain.index(values[fact]) in bits
        for fact, bits in values_in(difference.aligned.after.common, region).items()
    )


def way(shift: Shift) -> tuple[object, object]:
    """Give what was and is said, in the form of `told`."""
    before, after = shift.before, shift.after
    if isinstance(before, CompleteVerdict) and isinstance(after, CompleteVerdict):
        return meaning(before), meaning(after)
    return before, after


@pytest.mark.gate
@settings(max_examples=examples(250), deadline=None)
@given(versions() | overlapping())
def test_regions_are_exactly_the_profiles_that_differ(sides: tuple[RuleSet, RuleSet]) -> None:
    """Their union is the difference, each is prime, none is superfluous, and counts are exact."""
    old, new = sides
    build(new)
    difference = diff(old, new)
    said = {profile: told(difference, profile) for profile in everyone(difference)}
    both = {p: (a, b) for p, (a, b) in said.items() if a is not None and b is not None}
    expected: dict[tuple[object, ...], set[Profile]] = {}
    for profile, (a, b) in both.items():
        for subject in a.keys() & b.keys():
            if a[subject] != b[subject]:
                expected.setdefault((*subject, a[subject], b[subject]), set()).add(profile)
    shifts = [one for one in difference.shifts if one.kind != "possible"]
    assert {(s.kind, s.name, *way(s)) for s in shifts} == expected.keys()
    for shift in shifts:
        mine = expected[shift.kind, shift.name, *way(shift)]
        assert shift.covers.profiles == len(mine)
        assert not shift.left_over
        check_regions(difference, shift, mine, set(both))
    for before, after in ((True, False), (False, True)):
        mine = {
            p for p, (a, b) in said.items() if (a is not None, b is not None) == (before, after)
        }
        regions = [
            region
            for shift in difference.shifts
            if (shift.kind, shift.before, shift.after) == ("possible", before, after)
            for region in shift.regions
        ]
        for profile, answers in said.items():
            there = any(inside(difference, region, profile) for region in regions)
            assert there or profile not in mine
            assert not there or None in answers
        for region in regions:
            assert tuple(region.witness.items()) in mine
            held = [profile for profile in mine if inside(difference, region, profile)]
            assert region.covers.profiles == len(held)


def check_regions(
    difference: Difference, shift: Shift, mine: set[Profile], possible: set[Profile]
) -> None:
    """Check the regions of one way of differing against the profiles that differ so."""
    facts = difference.aligned.after.common.fact
    held = [{p for p in possible if inside(difference, r, p)} for r in shift.regions]
    assert set().union(*held) == mine
    for number, region in enumerate(shift.regions):
        others = set().union(*(some for n, some in enumerate(held) if n != number))
        assert held[number] - others
        assert region.covers.profiles == len(held[number])
        assert tuple(region.witness.items()) in held[number]
        for fact, bits in values_in(difference.aligned.after.common, region).items():
            for value in range(facts[fact].domain.size):
                wider = knowledge_of(facts[fact], bits | single(value))
                wider_one = replace(region, where={**region.where, fact: wider})
                grown = {p for p in possible if inside(difference, wider_one, p)}
                assert value in bits or not grown <= mine


@settings(max_examples=examples(100), deadline=None)
@given(versions())
def test_only_what_means_the_same_is_the_same(sides: tuple[RuleSet, RuleSet]) -> None:
    """`same` is told just where every profile is allowed by both or neither, and answered alike."""
    old, new = sides
    build(new)
    difference = diff(old, new)
    alike = all(a == b for a, b in (told(difference, p) for p in everyone(difference)))
    assert difference.same == (alike and not difference.readings)


def where(difference: Difference, shift: Shift) -> list[dict[str, list[Value]]]:
    """Give the regions of a shift in values."""
    facts = difference.aligned.after.common.fact
    return [
        {
            fact: [v for n, v in enumerate(facts[fact].domain.values) if n in bits]
            for fact, bits in values_in(difference.aligned.after.common, region).items()
        }
        for region in shift.regions
    ]


def test_a_threshold_moved_by_one_is_one_month(rijswijk: RuleSet) -> None:
    """Only clients with just that prognosis go from D to review, each ground a region."""
    moved = patched(POLICY, "decision-2-route.yaml", ("{at_most: 23}     #", "{at_most: 24}     #"))
    difference = diff(rijswijk, moved)
    route = difference.shifts[0]
    assert (route.name, route.before.key, route.after.key) == ("route", "D", "review")  # type: ignore[union-attr]  # verdicts
    found = where(difference, route)
    assert len(found) == 7
    assert all(one["prognosis_months"] == [24] for one in found)
    assert all(one["able_to_participate"] == [False] for one in found)
    grounds = {
        "finances", "family", "housing", "other_domain", "addiction",
        "physical_health_long_term", "mental_health_long_term",
    }  # fmt: skip
    assert {fact for one in found for fact in one if fact in grounds} == grounds


@pytest.mark.gate
def test_an_any_made_all_takes_everybody_with_one_serious_problem(rijswijk: RuleSet) -> None:
    """Who has a serious problem, and one domain without, goes from review to A, and nobody else."""
    serious = (
        "label: {nl: een ernstige belemmering, en: a serious barrier}\n    when:\n      any:",
    )
    moved = patched(POLICY, "criteria.yaml", (serious[0], serious[0].replace("any:", "all:")))
    difference = diff(rijswijk, moved)
    (to_a,) = [s for s in difference.shifts if getattr(s.after, "key", "") == "A"]
    assert to_a.before.key == "review"  # type: ignore[union-attr]  # a verdict
    for one in where(difference, to_a):
        severities = [values for values in one.values() if "serious" in values or "mild" in values]
        assert sorted(severities) == [["none", "mild"], ["serious"]]


def test_an_outranks_dropped_is_an_overlap(rijswijk: RuleSet) -> None:
    """Whoever is in A and suspected ready goes from path 3 to review, and that is one region."""
    difference = diff(rijswijk, with_rule(rijswijk, "path_3", outranks=()))
    (shift,) = difference.shifts
    assert (shift.before.key, shift.after.reason) == ("3", "overlap")  # type: ignore[union-attr]  # verdicts
    (one,) = where(difference, shift)
    assert one["work_ready_suspected"] == one["can_start_soon"] == [True]
    assert not difference.same


def test_other_candidates_of_an_overlap_are_a_difference() -> None:
    """Both versions overlap, at the same leaf; what a person chooses between is told of each."""
    old = door(["x", "y", "z"], a_rule(0, "x"), a_rule(1, "y"), a_rule(None, "z"))
    new = with_rule(old, "r1", then="z")
    shifts = diff(old, new).shifts
    told = [
        (getattr(s.before, "candidates", ()), getattr(s.after, "candidates", ())) for s in shifts
    ]
    assert told == [((), ()), (("x", "y"), ("x", "z"))]
    assert where(diff(old, new), shifts[1]) == [{"f0": [True], "f1": [True]}]
    found = first_difference(
        with_rule(old, "r1", when=FactIs("f0", set_of_bits(2))),
        with_rule(new, "r1", when=FactIs("f0", set_of_bits(2))),
    )
    assert found is not None
    assert (found.before, found.after) == (
        CompleteVerdict("review", None, ("r0", "r1"), "overlap", ("x", "y")),
        CompleteVerdict("review", None, ("r0", "r1"), "overlap", ("x", "z")),
    )


def test_more_sets_of_candidates_than_anybody_reads_are_told_as_one() -> None:
    """Of eight rules that lead elsewhere any two or more can win: 247 sets. Counts stay exact."""
    old = FAMILIES["different_outcomes"](8)
    new = with_rule(old, "r7", then="o6")
    alone, together, both = diff(old, new).shifts
    assert (alone.before, alone.after) == (
        CompleteVerdict("decided", "o7"),
        CompleteVerdict("decided", "o6"),
    )
    assert (together.before, together.after) == (
        replace(OVERLAP, candidates=("o6", "o7")), CompleteVerdict("decided", "o6")
    )  # fmt: skip
    assert (both.before, both.after) == (OVERLAP, OVERLAP)
    # Rule 7 applies, and one of the first six: 6 and 7 alone are the way above.
    assert both.covers.profiles == 2 * (2**6 - 1)
    assert sum(shift.covers.profiles for shift in (alone, together, both)) == 2**7


@pytest.mark.gate
@pytest.mark.parametrize(
    ("family", "count", "then", "first"),
    gated(
        [
            # Three rules stand above rule 3.
            ("ranked", 100, "o99", 96),
            # Whoever fact 3 is true of is answered otherwise, or has another overlap.
            ("same_outcome", 200, "admit", 199),
            ("review_signals", 60, "ok", 59),
            ("different_outcomes", 60, "o59", 59),
        ]
    ),
)
def test_many_rules_are_compared(family: str, count: int, then: str, first: int) -> None:
    """Of the families too every profile that differs is counted, and few regions are told."""
    old = FAMILIES[family](count)
    difference = diff(old, with_rule(old, "r3", then=then))
    assert difference.undetermined == ()
    assert sum(shift.covers.profiles for shift in difference.shifts) == 2**first
    assert all(len(shift.regions) <= 30 for shift in difference.shifts)
    assert diff(old, old).same


def test_equal_rule_sets_in_other_words_mean_the_same(rijswijk: RuleSet) -> None:
    """Other texts, ids of rules, order, and conditions turned round: no difference."""
    able = FactIs("able_to_participate", set_of_bits(2))
    when = rijswijk.rule["route_a"].when
    assert isinstance(when, All)
    other = with_rule(rijswijk, "route_a", when=All((*when.parts, Any((able,)))), id="other_id")
    other = replace(
        other, version="2.0.0", decisions=other.decisions[::-1], flags=other.flags[::-1]
    )
    assert diff(rijswijk, other).same
    assert diff(other, rijswijk).same


def test_facts_find_each_other_by_alias_or_by_being_told() -> None:
    """A fact that the new version calls otherwise is the same, if an alias or a rename says so."""
    old = patched(LIBRARY, "2-facts.yaml")
    facts = tuple(
        replace(f, id="kin", aliases=("staff_family",)) if f.id == "staff_family" else f
        for f in old.facts
    )
    new = replace(renamed(old, Names({"staff_family": "kin"})), facts=facts)
    difference = diff(old, new)
    assert difference.same
    assert [(one.before, one.after) for one in difference.facts] == [("staff_family", "kin")]
    bare = replace(new, facts=tuple(replace(f, aliases=()) for f in facts))
    untold = diff(old, bare)
    assert not untold.same
    changes = {(one.before, one.after) for one in untold.facts}
    assert changes == {("staff_family", None), (None, "kin")}
    assert diff(old, bare, {"staff_family": "kin"}).same


@pytest.mark.gate
def test_decisions_outcomes_and_flags_can_be_renamed(rijswijk: RuleSet) -> None:
    """Told so, they are compared; untold, they are gone and new."""
    names = Names(
        decisions={"path": "way"}, flags={"also_active": "busy"}, outcomes={("route", "C"): "H"}
    )
    new = replace(renamed(rijswijk, names), facts=rijswijk.facts)
    difference = diff(rijswijk, new)
    assert difference.removed == (("decision", "path"), ("flag", "also_active"))
    assert difference.added == (("decision", "way"), ("flag", "busy"))
    assert {s.before.key for s in difference.shifts if s.kind == "decision"} == {"C", "review"}  # type: ignore[union-attr]  # verdicts
    renames = {"path": "way", "also_active": "busy", "route.C": "route.H"}
    assert diff(rijswijk, new, renames).same


@pytest.mark.gate
def test_a_fact_of_another_type_is_told(rijswijk: RuleSet) -> None:
    """Once, with both types, and not as a fact that went and one that came."""
    facts = tuple(
        replace(fact, domain=IntegerDomain(0, 1)) if fact.id == "volunteering" else fact
        for fact in rijswijk.facts
    )
    (change,) = diff(replace(rijswijk, facts=facts), rijswijk).facts
    assert change == FactChange("volunteering", "volunteering", kinds=("integer", "boolean"))


@pytest.mark.parametrize(
    ("renames", "message"),
    [
        ({"wiling": "willing"}, r"`wiling` cannot be renamed.*did you mean `willing`"),
        ({"willing": "zzz"}, r"`zzz` cannot be renamed: nothing is called so$"),
        ({"route.Z": "A"}, r"`route\.Z` cannot be renamed"),
        ({"path": "rout"}, r"`rout` cannot be renamed.*did you mean `route`"),
        ({"also_active": "not_wiling"}, r"`not_wiling` cannot be renamed"),
        ({"family": "willing", "housing": "willing"}, r"`family` and `housing` cannot both be"),
        ({"path": "route"}, r"`route` and `path` cannot both be called `route`: rename them apart"),
        ({"route.A": "B"}, r"`A` and `B` cannot both be called `B`"),
        ({"also_active": "not_willing"}, r"cannot both be called `not_willing`"),
    ],
)
def test_a_rename_of_nothing_is_refused(
    rijswijk: RuleSet, renames: dict[str, str], message: str
) -> None:
    """Both names have to be there, and the nearest one is offered."""
    with pytest.raises(UsageError, match=message):
        diff(rijswijk, rijswijk, renames)


def test_other_values_are_told_as_what_is_possible() -> None:
    """A value that only one version knows makes profiles that only that one allows."""
    old = patched(LIBRARY, "2-facts.yaml")
    new = patched(LIBRARY, "2-facts.yaml", ("maximum: 50", "maximum: 60"))
    for first, second, gained in ((old, new, True), (new, old, False)):
        difference = diff(first, second)
        (shift,) = difference.shifts
        assert (shift.kind, shift.before, shift.after) == ("possible", not gained, gained)
        assert where(difference, shift)[0]["overdue"] == list(range(51, 61))
        (change,) = difference.facts
        assert (change.gained if gained else change.lost) == tuple(range(51, 61))


def test_what_a_decision_reads_counts_where_facts_contradict(rijswijk: RuleSet) -> None:
    """A condition that asks a tied fact in vain makes a contradiction a matter for review."""
    maximum = FactIs("at_maximum", set_of_bits(3 & ~1))
    idle = Any(
        (
            FactIs("receives_benefit", set_of_bits(1)),
            All((maximum, FactIs("at_maximum", set_of_bits(1)))),
        )
    )
    difference = diff(rijswijk, with_rule(rijswijk, "scope_no_benefit", when=idle))
    assert difference.shifts == ()
    assert not difference.same
    (reading,) = difference.readings
    assert (reading.decision, reading.before, reading.after) == ("scope", (), ("at_maximum",))


def test_how_a_dossier_is_weighed_is_compared_too(rijswijk: RuleSet) -> None:
    """Other ranks of evidence are a difference; other labels are none."""
    assert rijswijk.evidence is not None
    first, *rest = rijswijk.evidence.sources
    for source, evidence in ((replace(first, rank=99), True), (replace(first, label={}), False)):
        other = replace(rijswijk.evidence, sources=(source, *rest))
        difference = diff(rijswijk, replace(rijswijk, evidence=other))
        assert difference.evidence == evidence
        assert difference.same != evidence
    assert diff(rijswijk, replace(rijswijk, evidence=None)).evidence


def test_what_is_too_large_is_said(rijswijk: RuleSet) -> None:
    """Within too small a budget nothing is the same, and what was not compared is named."""
    assert diff(rijswijk, rijswijk, budget=3).undetermined == ("everything",)
    difference = diff(rijswijk, with_rule(rijswijk, "path_3", outranks=()), budget=400)
    assert "decision path" in difference.undetermined
    assert not difference.same


def test_a_version_that_allows_nobody_allows_nothing_more(rijswijk: RuleSet) -> None:
    """What its single constraints would allow does not count where another excludes everything."""
    first, *rest = rijswijk.constraints
    nobody = replace(first, id="nobody", forbids=FactIs("rung", set_of_bits(63)))
    difference = diff(rijswijk, replace(rijswijk, constraints=(nobody, *rest)))
    assert {(s.kind, s.before, s.after) for s in difference.shifts} == {("possible", True, False)}
    assert max(s.covers.profiles for s in difference.shifts) == 66_410_442_000


def test_what_one_constraint_newly_forbids_counts_where_the_old_version_allows_it() -> None:
    """Whoever another new constraint forbids too counts for both: they have such in common."""
    old = door(["x"], a_rule(0, "x"), a_rule(1, "x"))
    new = replace(old, constraints=tuple(
        Constraint(name, FactIs(name, set_of_bits(2)), BOTH, GROUNDS) for name in ("f0", "f1")
    ))  # fmt: skip
    shifts = diff(old, new).shifts
    assert [(s.before, s.after, s.covers.profiles) for s in shifts] == [(True, False, 2)] * 2


def test_values_in_another_order_are_the_same_values(rijswijk: RuleSet) -> None:
    """Facts keep their meaning where only the order of their values is another."""
    old = patched(LIBRARY, "2-facts.yaml")
    films = "      films: {label: {nl: films, en: films}}\n"
    both = "      both: {label: {nl: allebei, en: both}}\n"
    new = patched(LIBRARY, "2-facts.yaml", (films + both, both + films))
    difference = diff(old, new)
    assert difference.same
    assert difference.facts == ()


def test_a_witness_that_shows_nothing_is_never_told(
    rijswijk: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each witness is decided by both versions as they were loaded; a false one is our fault."""
    moved = with_rule(rijswijk, "path_3", outranks=())
    with monkeypatch.context() as patch:
        patch.setattr(versions_module, "_ask", lambda *_: None)
        with pytest.raises(AssertionError, match="does not show the difference"):
            diff(rijswijk, moved)
    with monkeypatch.context() as patch:
        patch.setattr(comparison_module, "ask", lambda *_: False)
        with pytest.raises(AssertionError, match="does not show the difference"):
            first_difference(rijswijk, moved)
    monkeypatch.setattr(ProfileSpace, "nearest", lambda *_: None)
    with pytest.raises(AssertionError, match="has no witness"):
        diff(rijswijk, moved)


def test_more_regions_than_anybody_reads_are_a_number() -> None:
    """Past the limit what is left over is counted exactly, never left out in silence."""
    old = patched(POLICY, "ruleset.yaml")
    moved = patched(POLICY, "decision-2-route.yaml", ("{at_most: 23}     #", "{at_most: 24}     #"))
    shift = diff(old, moved, most=2).shifts[0]
    assert len(shift.regions) == 2
    assert 0 < shift.left_over.profiles < shift.covers.profiles
