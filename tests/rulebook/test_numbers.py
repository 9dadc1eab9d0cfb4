"""The rule book of an instance says whose numbers it holds, and what they rest on."""

from __future__ import annotations

import pytest

from loading.small import SMALL
from routeengine.loading import load_periods, load_ruleset
from routeengine.rulebook import rulebook, rulebook_page
from routeengine.verification import verify

PARAMETERS = """\
variants: [diemen, rijswijk]
parameters:
  adult_age:
    label: {nl: leeftijd, en: the age}
    type: integer
    values: [{is: 18}, {from: 2025-07-01, variant: diemen, is: 21}]
    basis: interpretation
    interpretation:
      choice: {nl: x, en: As the notice says.}
      because: {nl: x, en: x}
      alternative: {nl: x, en: x}
  norm:
    label: {nl: norm, en: norm}
    type: decimal
    places: 2
    values: [{is: 1091.71}]
    basis: source
    cites: [first]
  start:
    label: {nl: begin, en: start}
    type: date
    values: [{is: 2025-03-01}]
    basis: source
    cites: [first]
facts:
"""


@pytest.mark.parametrize(
    ("language", "period", "amount", "day"),
    [
        ("en", "from 1 July 2025, diemen", "1,091.71", "1 March 2025"),
        ("nl", "vanaf 1 juli 2025, diemen", "1.091,71", "1 maart 2025"),
    ],
)
def test_numbers_stand_in_the_book(language: str, period: str, amount: str, day: str) -> None:
    """Each in words, with its grounds; its reading is in the log, and the page has its address."""
    text = SMALL.replace("facts:\n", PARAMETERS, 1)
    text = text.replace("{at_least: 18}", "{at_least: {parameter: adult_age}}", 1)
    ruleset = load_ruleset({"r.yaml": text}, "2025-08-01", "diemen")
    verification = verify(ruleset)
    book = rulebook(ruleset, verification, language=language)
    assert [one.condition and one.condition.text for one in book.parameters] == ["21", amount, day]
    assert period.lower() in [row.text.lower() for row in book.versions]
    assert [one.of.address for one in book.readings if "adult" in one.address] == [
        "parameter-adult_age"
    ]
    assert len(book.parameters[1].basis.places) == 1
    page = rulebook_page(ruleset, verification, language=language)
    for one in book.parameters:
        assert page.count(f'id="{one.link.address}"') == 1
    dated = load_periods({"r.yaml": text}, "2025-08-01", "diemen")
    (age, norm, _) = rulebook(ruleset, verification, None, language, dated).parameters
    assert age.condition is not None
    assert norm == book.parameters[1]
    until, since = ("up to 30 June", "from 1 July") if language == "en" else (
        "tot en met 30 juni", "vanaf 1 juli"
    )  # fmt: skip
    assert [age.condition.text, *(one.text for one in age.condition.parts)] == [
        "21", f"{until} 2025: 18", f"{since} 2025: 21"
    ]  # fmt: skip
    assert f"{since} 2025: 21" in rulebook_page(ruleset, verification, None, language, dated)
    plain = load_ruleset({"r.yaml": SMALL})
    assert load_periods({"r.yaml": SMALL}) == {}
    other = rulebook(plain, verify(plain), language=language)
    assert len(other.versions) == len(book.versions) - 1
    assert other.parameters == ()
