"""Amounts to the cent and days of birth: the engine says what code written by hand says."""

from __future__ import annotations

from itertools import product
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import SHARE, examples
from money import (
    DOMAINS,
    MONEY,
    NEAR,
    STEP,
    as_python,
    by_hand,
    full_profiles,
    is_impossible,
    plain,
)
from routeengine import Between, Engine, OneOf
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import read_profile
from routeengine.result import Result
from routeengine.verification import verify

ENGINE = Engine(MONEY)


def said(result: Result) -> tuple[str | None, ...]:
    """Return what a result comes to, as `by_hand` says it."""
    support, card = (result.verdicts[name].outcome for name in ("support", "card"))
    return support, card, " ".join(result.flags)


def hand(profile: dict[str, Any]) -> tuple[str | None, ...]:
    """Return what code written by hand says."""
    return by_hand(*(profile[name] for name in ("income", "wealth", "born", "points")))


@pytest.mark.gate
def test_thousands_of_full_profiles_near_the_thresholds() -> None:
    """As Decimal and date, and as text; by the engine and by the one that lists completions."""
    reference = ReferenceExecutor(MONEY)
    for number, profile in enumerate(full_profiles(int(20_000 * max(SHARE, 0.05)), 1)):
        assert said(ENGINE.classify(profile)) == hand(profile)
        assert said(ENGINE.classify(plain(profile))) == hand(profile)
        if number % 20 == 0:
            answer = reference.evaluate(read_profile(MONEY, plain(profile)))
            assert answer.verdicts["support"].outcome == hand(profile)[0]


@pytest.mark.parametrize("as_text", [False, True])
def test_a_table_of_full_profiles(as_text: bool) -> None:
    """In columns of decimals, days and whole numbers, and in columns of text."""
    profiles = list(full_profiles(3_000, 2))
    given = list(map(plain, profiles)) if as_text else profiles
    names = [*NEAR, "alone"] if not as_text else list(NEAR)
    columns = {name: [str(p[name]) if as_text else p[name] for p in given] for name in names}
    out = ENGINE.classify_table(pa.table(columns))
    found = zip(
        *(out.column(name).to_pylist() for name in ("support", "card", "flags")), strict=True
    )
    assert list(found) == list(map(hand, profiles))


def test_each_corner_of_the_thresholds() -> None:
    """Every combination of values just below, at and just above each of them."""
    near = [
        [value + by * step for value in values for by in (-1, 0, 1)]
        for values, step in zip(NEAR.values(), STEP.values(), strict=True)
    ]
    for income, wealth, born in product(*near[:3]):
        profile = {"income": income, "wealth": wealth, "born": born, "points": 0, "alone": True}
        inside = all(_in(name, value) for name, value in plain(profile).items())
        if inside and not is_impossible(income, born):
            assert said(ENGINE.classify(profile)) == hand(profile)


def _in(name: str, value: Any) -> bool:
    return DOMAINS[name].index(value) is not None


@st.composite
def some_known(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Draw ranges and sets near the thresholds, and the corners of each: its ends and between."""
    known: dict[str, Any] = {}
    corners: dict[str, list[Any]] = {}
    for name, values in NEAR.items():
        domain: Any = DOMAINS[name]
        starts = [domain.index(plain({name: value})[name]) for value in values]
        near = st.sampled_from(starts).flatmap(lambda n: st.integers(n - 3, n + 3))
        ends = draw(st.lists(near, min_size=1, max_size=4))
        ends = sorted({min(max(end, 0), domain.size - 1) for end in ends})
        pairs: list[tuple[int, int]] = list(zip(ends[::2], [*ends[1::2], ends[-1]], strict=False))
        runs = [Between(domain.value(a), domain.value(b)) for a, b in pairs]
        known[name] = draw(st.sampled_from([OneOf(runs), runs[0], None]))
        if known[name] is None:
            pairs = [(0, domain.size - 1)]
        elif known[name] is runs[0]:
            pairs = pairs[:1]
        # No two thresholds have the same cell, so one value on each side of each is enough.
        inner = [n + by for n in starts for by in (-1, 0, 1, 2)]
        corners[name] = [
            domain.value(n)
            for n in sorted({*inner, *(end for pair in pairs for end in pair)})
            if any(a <= n <= b for a, b in pairs)
        ]
    return known, corners


@settings(max_examples=examples(200), deadline=None)
@given(some_known())
def test_what_is_known_in_part_is_what_its_corners_have_in_common(
    drawn: tuple[dict[str, Any], dict[str, list[Any]]],
) -> None:
    """Brute force over the values on each side of each threshold that are still possible."""
    known, corners = drawn
    result = ENGINE.classify(known)
    found: dict[str, set[Any]] = {"support": set(), "card": set()}
    for values in product(*corners.values()):
        full = {name: as_python(name, value) for name, value in zip(corners, values, strict=True)}
        if not is_impossible(full["income"], full["born"]):
            support, card, _ = hand(full)
            found["support"].add(support)
            found["card"].add(card or "review")
    for name, keys in found.items():
        verdict = result.verdicts[name]
        if not keys:
            assert verdict.reason == "contradiction"
        else:
            assert set(verdict.possible) == keys


def test_the_rules_have_no_gap_and_few_cells() -> None:
    """What can be proved of a few distinctions is proved, however many values lie between."""
    findings = verify(MONEY).findings
    assert not [one for one in findings if one.kind in ("gap", "overlap")]
    cells = ENGINE.tables.cells.of
    assert {name: len(some) for name, some in cells.items() if name != "alone"} == {
        "income": 4, "wealth": 2, "born": 3, "points": 2,
    }  # fmt: skip
