"""Plain profiles become cells, strictly; whatever is not plain is left to a closer look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import a_fact, build_ruleset
from routeengine import DECLINED, Between, OneOf
from routeengine.errors import ProfileError
from routeengine.intake import Intake
from routeengine.profile import read_profile
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, IntegerDomain
from routeengine.symbolic.joint import ANY
from routeengine.symbolic.layout import Cells
from routeengine.value_set import ValueSet, single

FACTS = (
    a_fact("yes", BooleanDomain()),
    a_fact("kind", CategoryDomain(("x", "y", "z"))),
    a_fact("few", IntegerDomain(0, 3)),
    a_fact("many", IntegerDomain(-10, 99_000)),
    a_fact("untold", IntegerDomain(1, 5)),
)
TEENS = ValueSet.span(23, 29)  # from 13 to 19, where the lowest value is -10
CELLS = Cells(
    {
        "yes": (single(0), single(1)),
        "kind": (ValueSet.of([0, 2]), single(1)),
        "few": (ValueSet.span(0, 1), ValueSet.span(2, 3)),
        "many": (FACTS[3].domain.full - TEENS, TEENS),
        "untold": (ValueSet.span(0, 4),),
    }
)
ORDER = ("few", "many", "yes", "kind")
KNOWN: Mapping[str, Any] = {"yes": True, "kind": "z", "few": 2, "many": 13, "untold": 5}


RULES = build_ruleset("r", facts=FACTS)
READER = Intake(RULES, CELLS, ORDER)


@settings(max_examples=examples(200))
@given(st.data())
def test_cells_are_those_of_what_is_known(data: st.DataObject) -> None:
    """A known fact is in the one cell of its value, any other in all: as read closely."""
    drawn = {f.id: st.integers(0, f.domain.size - 1).map(f.domain.value) for f in FACTS}
    blank = st.sampled_from([None, DECLINED])
    profile = data.draw(
        st.fixed_dictionaries({}, optional={name: one | blank for name, one in drawn.items()})
    )
    cells, state = READER.cells(profile), read_profile(RULES, profile)
    assert cells is not None
    for name, cell in zip(ORDER, cells, strict=False):
        covering, full = CELLS.covering(name, state[name].allowed), (1 << len(CELLS.of[name])) - 1
        if profile.get(name) is None:
            assert cell == ANY
        elif profile[name] is DECLINED:
            assert cell == ~full
        else:
            assert 1 << cell == covering


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_profile_of_any_order_and_size_is_read(order: tuple[str, ...]) -> None:
    """With all facts and with one, and with those that no condition tells apart."""
    facts = tuple(a_fact(name, BooleanDomain()) for name in "abc")
    cells = Cells(
        {"a": (single(0), single(1)), "b": (single(0), single(1)), "c": (ValueSet.span(0, 1),)}
    )
    reader = Intake(replace(RULES, facts=facts), cells, order)
    for profile in ({"a": True, "b": False}, {"b": False, "c": True, "a": True}):
        read = reader.cells(profile)
        assert read is not None
        assert dict(zip(order, read, strict=False)) == {"a": 1, "b": 0}
    assert reader.cells({"b": True}) == [1 if name == "b" else ANY for name in order]
    assert reader.cells({}) == [ANY, ANY]


@pytest.mark.parametrize(
    "wrong",
    [
        {"yes": 1}, {"few": True}, {"few": 2.0}, {"few": "2"}, {"few": 4}, {"kind": "w"},
        {"kind": True}, {"many": -11}, {"many": 99_001}, {"many": True}, {"untold": 0},
        {"other": None}, {"few": [2]}, {"client_id": 7}, {"client_id": "a\nb"},
        {"client_id": DECLINED}, {2: True},
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_not_acceptable_has_no_cells(wrong: dict[Any, Any]) -> None:
    """Also where the same entries were acceptable before: True is not 1, nor 2.0 whole."""
    READER.cells(dict.fromkeys(wrong))  # so that the entries are known
    assert READER.cells({**KNOWN, "client_id": "c1"}) is not None
    assert READER.cells({**KNOWN, **wrong}) is None
    assert READER.cells(wrong) is None
    with pytest.raises(ProfileError):
        read_profile(RULES, wrong)


@pytest.mark.parametrize("partial", [OneOf([1, 2]), Between(1, 2)], ids=["one of", "between"])
def test_what_is_known_in_part_is_left_to_a_closer_look(partial: object) -> None:
    """It is acceptable, and has no one cell."""
    assert READER.cells({"few": partial}) is None
    assert read_profile(RULES, {"few": partial})


def test_the_client_takes_no_part_in_what_is_answered() -> None:
    """An id that is written as it is kept is passed over; another one needs a closer look."""
    read = READER.cells({"client_id": "c 1", **KNOWN})
    assert read is not None
    assert read[: len(ORDER)] == [1, 1, 1, 0]
    for client in (None, "", " ", " c1", "c1 ", "\u00e9", "c\n", "c" * 201):
        assert READER.cells({"client_id": client, **KNOWN}) is None


@given(st.integers(-10, 99_000) | st.integers(10, 25))
def test_large_domains_are_read_as_small_ones_are(value: int) -> None:
    """By ranges, for there are too many values for a table."""
    cells = READER.cells({"many": value})
    assert cells is not None
    assert cells[1] == (13 <= value <= 19)


def test_the_shapes_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile of a shape that is not kept is read all the same, and no value is kept."""
    monkeypatch.setattr("routeengine.intake.CACHE_SIZE", 2)
    reader = Intake(RULES, CELLS, ORDER)
    for name, value in KNOWN.items():
        assert reader.cells({name: value}) == READER.cells({name: value})
    assert reader._shape.cache_info().currsize == 2
