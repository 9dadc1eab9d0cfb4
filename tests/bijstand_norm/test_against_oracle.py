"""The rules decide as a reading of the act by hand does, on any day of the year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bijstand_norm.instances import CLIENT, engine
from bijstand_norm.oracle import NORMS, Answer, answer
from examples import examples
from routeengine.result import Result

DAYS = [date(2025, 1, 1), date(2025, 2, 28), date(2025, 3, 1), date(2025, 6, 30)]
DAYS += [date(2025, 7, 1), date(2025, 12, 31)]
VARIANTS = {"limit_110": 110, "limit_120": 120}


def cents(amount: int) -> str:
    """Write a number of cents as an amount."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}"


@st.composite
def births(draw: st.DrawFn, day: date) -> str:
    """Draw a date of birth, mostly within two days of a birthday that counts."""
    age = draw(st.sampled_from([0, 17, 18, 20, 21, 40, 66, 67, 90]))
    near = date(day.year - age, day.month, min(day.day, 28))
    born = near + timedelta(draw(st.integers(-2, 3)))
    return str(min(draw(st.sampled_from([born, born, date(2004, 2, 29)])), date(2025, 12, 31)))


def amounts(turns: list[int], lowest: int, highest: int) -> st.SearchStrategy[str]:
    """Draw an amount, mostly within a cent of one that counts."""
    beside = [one + more for one in turns for more in (-1, 0, 1)]
    return st.one_of(st.sampled_from(beside), st.integers(lowest, highest)).map(cents)


NORM_CENTS = [int(one.replace(".", "")) for pair in NORMS.values() for one in pair]
INCOMES = amounts(
    [*NORM_CENTS, *((one * part + 50) // 100 for one in NORM_CENTS for part in (110, 120))],
    0,
    400_000,
)
WEALTH = amounts([777_000, 1_554_000, 0], -2_000_000, 3_000_000)


@st.composite
def clients(draw: st.DrawFn, day: date) -> dict[str, Any]:
    """Draw a client of whom all is known."""
    truths = ("has_partner", "has_children", "prospects", "had_supplement")
    return {
        **CLIENT,
        **{name: draw(st.booleans()) for name in truths},
        "born": draw(births(day)),
        "partner_born": draw(births(day)),
        "cost_sharers": draw(st.sampled_from([0, 0, 0, 1, 3])),
        "in_institution": draw(st.integers(0, 9)) == 0,
        "income": draw(INCOMES),
        "wealth": draw(WEALTH),
        "earlier_income_low": draw(st.integers(0, 3)) > 0,
    }


def seen(result: Result) -> Answer:
    """Give the answers of the rules in the form of the reading by hand."""
    return Answer(*(one.outcome or one.status for one in result.verdicts.values()))


@pytest.mark.gate
@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("variant", VARIANTS)
@settings(max_examples=examples(400), deadline=None)
@given(data=st.data())
def test_any_client(day: date, variant: str, data: st.DataObject) -> None:
    """Of whom all is known."""
    client = data.draw(clients(day))
    assert seen(engine(str(day), variant).classify(client)) == answer(
        client, day, VARIANTS[variant]
    )


@pytest.mark.gate
@pytest.mark.parametrize("day", [DAYS[0], DAYS[4]], ids=str)
@settings(max_examples=examples(300), deadline=None)
@given(data=st.data())
def test_what_is_unknown_never_hides_the_right_answer(day: date, data: st.DataObject) -> None:
    """It stays possible, and what is decided all the same is that."""
    client = data.draw(clients(day))
    hidden = data.draw(st.sets(st.sampled_from(sorted(CLIENT))))
    known = {name: value for name, value in client.items() if name not in hidden}
    result = engine(str(day)).classify(known)
    for verdict, right in zip(result.verdicts.values(), answer(client, day, 110), strict=True):
        assert right in verdict.possible
        if verdict.status != "insufficient":
            assert (verdict.outcome or verdict.status) == right


def test_every_answer_is_met() -> None:
    """The reading by hand gives each norm of the act its own client."""
    day, found = date(2025, 1, 1), set()
    for born in ("2010-01-01", "2005-12-01", "1985-05-05", "1950-01-01"):
        for partner in (None, "2005-12-01", "1985-05-05", "1950-01-01"):
            for children in (False, True):
                for sharers in (0, 1):
                    client = CLIENT | {
                        "born": born,
                        "has_partner": partner is not None,
                        "partner_born": partner or born,
                        "has_children": children,
                        "cost_sharers": sharers,
                    }
                    found.add(answer(client, day, 110).norm)
                    assert seen(engine().classify(client)) == answer(client, day, 110)
    assert found == {*NORMS, "cost_sharer", "review"}
