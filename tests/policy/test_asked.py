"""docs/privacy.md is true of the shipped policy: how few are asked about their health."""

from __future__ import annotations

import re

import pytest

from policy.asked import (
    BEST_FIRST,
    MIXES,
    PAGE,
    TIERED,
    asked,
    by_interview,
    in_table,
    made,
    with_table,
)
from routeengine import Engine

TEXT = PAGE.read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| ([^|]+?) \| ([^|]+?) \| ([\d.]+) \| \d+ \| ([\d.]+) \| (\d+) \|$", re.MULTILINE
)
BOUND = re.compile(r"^\| ([^|]+?) \| hindsight: .+? \| - \| - \| - \| (\d+) \|$", re.MULTILINE)


@pytest.mark.night
def test_the_table_is_what_is_counted(engine: Engine) -> None:
    """Each row, by interviews of 500 made clients; `tests/policy/asked.py` writes it anew."""
    assert with_table(TEXT, in_table(engine)) == TEXT


def test_the_order_spares_health_and_costs_little() -> None:
    """Of the many-sided clients 60 % fewer are health questions, for at most 2 % more in all."""
    rows = {(mix, order): list(map(float, some)) for mix, order, *some in ROW.findall(TEXT)}
    assert rows.keys() == {(mix, order) for mix in MIXES for order in (BEST_FIRST, TIERED)}
    for mix in MIXES:
        before, after = rows[mix, BEST_FIRST], rows[mix, TIERED]
        assert after[0] <= 1.02 * before[0]
        assert after[1] <= (0.4 if mix == "many-sided" else 0.65) * before[1]


def test_nobody_is_asked_in_vain() -> None:
    """As many are asked nothing on health as hindsight says need not be."""
    spared = {mix: some for mix, order, _, _, some in ROW.findall(TEXT) if order == TIERED}
    assert spared == dict(BOUND.findall(TEXT))


def test_a_few_are_counted_as_they_are_asked(engine: Engine) -> None:
    """The figures of a row are those of the interviews one by one."""
    some = made(MIXES["many-sided"])[:20]
    counted, every = asked(engine, some, by_interview), [by_interview(engine, one) for one in some]
    special = {fact.id for fact in engine.ruleset.facts if fact.special_category}
    assert counted.facts == sum(map(len, every))
    assert counted.most == max(map(len, every))
    assert counted.health == sum(len(special.intersection(one)) for one in every)
    assert counted.without_health == sum(special.isdisjoint(one) for one in every)
