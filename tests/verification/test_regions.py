"""Regions of findings: all of it, nothing else, as wide as can be, and only when asked for.

Covers are exact, their cubes are prime, and none of them is superfluous.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from executors.test_agreement import build
from families import FAMILIES
from generated import rulesets
from routeengine.difference_words import values_in
from routeengine.errors import BudgetError
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic.diagram import FALSE, Diagram
from routeengine.verification import Finding, Region, analysis, verify
from routeengine.verification.findings import Kind
from routeengine.verification.regions import Regions, cover, regions_of
from routeengine.verification.space import Amount, Constrained, Cube
from verification.test_verify import expecting, moves, possible, unexpected


def lies_in(ruleset: RuleSet, region: Region, facts: Mapping[str, int]) -> bool:
    """Say whether a profile lies in a region."""
    return all(facts[fact] in values for fact, values in values_in(ruleset, region).items())


def so(ruleset: RuleSet, finding: Finding, profile: FullProfile) -> bool:
    """Say whether a finding is so of a profile, by what the finding says alone."""
    verdict = profile.verdicts[finding.decision]
    if finding.kind != "broken_expectation":
        return verdict.reason == finding.kind and set(finding.rules) <= set(verdict.rules)
    (one,) = ruleset.expectations
    if one.when is not None and not profile.holds(one.when):
        return False
    if one.change is None:
        return verdict.key in one.never or verdict.key not in (one.always or [verdict.key])
    return any(
        unexpected(one, old.verdicts[one.decision].key, new.verdicts[one.decision].key)
        and (one.when is None or new.holds(one.when))
        for old, new in moves(ruleset, one.change)
        if old.facts == profile.facts
    )


def check_regions(ruleset: RuleSet, finding: Finding) -> None:
    """Just where it is so there is a region; none can be left out, and none can be wider."""
    profiles = list(possible(ruleset))
    inside = [profile for profile in profiles if so(ruleset, finding, profile)]
    regions = finding.regions
    assert not finding.left_over
    mine = [[p for p in profiles if lies_in(ruleset, region, p.facts)] for region in regions]
    told = [tuple(p.facts.values()) for some in mine for p in some]
    assert set(told) == {tuple(p.facts.values()) for p in inside}
    for region, some in zip(regions, mine, strict=True):
        assert region.covers.profiles == len(some)
        witness = {f.id: f.domain.index(region.witness[f.id]) for f in ruleset.facts}
        assert witness in [p.facts for p in some]
        assert any(told.count(tuple(p.facts.values())) == 1 for p in some)
        for fact, bits in values_in(ruleset, region).items():
            others = range(ruleset.fact[fact].domain.size)
            wider = {
                value: [
                    p
                    for p in profiles
                    if p.facts[fact] == value
                    and lies_in(ruleset, region, {**p.facts, fact: bits.highest})
                ]
                for value in others
                if value not in bits
            }
            # A value that may be added with no profile in it comes with a whole cell.
            assert not all(so(ruleset, finding, p) for some in wider.values() for p in some)


@settings(max_examples=examples(100), deadline=None)
@given(rulesets(max_facts=3))
def test_gaps_and_overlaps_have_regions(ruleset: RuleSet) -> None:
    """They hold just the profiles that the finding counts."""
    build(ruleset)
    for finding in verify(ruleset).findings:
        if finding.kind in ("gap", "gap_follows", "overlap"):
            kind: Kind = "overlap" if finding.kind == "overlap" else "gap"
            check_regions(ruleset, replace(finding, kind=kind))
        elif finding.kind != "decided_under_review":
            assert finding.regions == ()


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(expecting())
def test_broken_expectations_have_regions(ruleset: RuleSet) -> None:
    """Of a change they are where it starts."""
    build(ruleset)
    for finding in verify(ruleset).findings:
        if finding.kind == "broken_expectation":
            check_regions(ruleset, finding)


@pytest.mark.gate
def test_regions_are_made_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """And once: 1,770 overlaps are found without one of them."""
    made: list[object] = []

    def counted(*given: object) -> Regions:
        made.append(given)
        return regions_of(*given)  # type: ignore[arg-type]  # what `regions_of` takes

    monkeypatch.setattr(analysis, "regions_of", counted)
    found = verify(FAMILIES["different_outcomes"](60)).findings
    assert (len(found), made) == (1770, [])
    for _ in range(2):
        ((region,),) = [one.regions for one in found if one.about == ("r3", "r7")]
        assert region.where == {"f3": True, "f7": True}
    assert len(made) == 1


def test_regions_that_do_not_fit_are_left_over() -> None:
    """All of what the finding covers is then said to be in none."""
    rules = analysis.Analysis(FAMILIES["different_outcomes"](3))

    def build() -> Constrained:
        raise BudgetError("more nodes are needed")

    covers = Amount(3, 5)
    regions = rules.regions("door", build, bool, lambda profile: True, covers)
    assert regions() == Regions((), covers)


# Covers

SIZES = (2, 3, 2, 2)
POINTS = list(product(*map(range, SIZES)))


def built(table: list[bool | None]) -> tuple[Diagram, int]:
    """Build the diagram of a function that is given by its table."""
    diagram = Diagram(SIZES, 10_000)
    nodes = [diagram.leaf(value) for value in table]
    for level in reversed(range(len(SIZES))):
        size = SIZES[level]
        nodes = [
            diagram.node(level, tuple(nodes[at : at + size])) for at in range(0, len(nodes), size)
        ]
    return diagram, nodes[0]


def held(cube: Cube) -> set[tuple[int, ...]]:
    """Give the points of a cube."""
    return {p for p in POINTS if all(mask >> c & 1 for mask, c in zip(cube, p, strict=True))}


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(st.sampled_from([True, True, False, None]), min_size=24, max_size=24))
def test_covers_are_exact_prime_and_irredundant(table: list[bool | None]) -> None:
    """Of any function with values that do not matter; whatever is covered is told once at least."""
    diagram, root = built(table)
    values = dict(zip(POINTS, table, strict=True))
    wanted = {p for p, value in values.items() if value is True}
    free = {p for p, value in values.items() if value is None}
    cubes, left = cover(diagram, root, 100)
    assert left == FALSE
    inside = [held(cube) for cube in cubes]
    assert wanted <= set().union(*inside) <= wanted | free
    for number, cube in enumerate(cubes):
        others = set().union(*(some for n, some in enumerate(inside) if n != number))
        assert (inside[number] & wanted) - others
        for level, size in enumerate(SIZES):
            for cell in range(size):
                wider = (*cube[:level], cube[level] | 1 << cell, *cube[level + 1 :])
                assert wider == cube or not held(wider) <= wanted | free


@given(st.lists(st.booleans(), min_size=24, max_size=24), st.integers(0, 2))
@settings(max_examples=examples(100), deadline=None)
def test_what_is_left_over_is_just_what_no_cube_holds(table: list[bool], limit: int) -> None:
    """Past the limit the rest is given as it is, to be counted."""
    diagram, root = built(list(table))
    cubes, left = cover(diagram, root, limit)
    assert len(cubes) <= limit
    covered = set().union(*map(held, cubes))
    for point, value in zip(POINTS, table, strict=True):
        node = left
        while diagram.children[node]:
            node = diagram.children[node][point[diagram.level[node]]]
        assert diagram.values[node] == (value and point not in covered)
