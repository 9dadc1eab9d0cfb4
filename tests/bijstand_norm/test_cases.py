"""The cases say what acts and tables say, and the rules agree with them in every instance."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain

import pytest

from bijstand_norm.instances import (
    CLIENT,
    FIXTURES,
    PERIODS,
    Period,
    cases,
    engine,
    rules,
    source_text,
)
from routeengine.cases import run_cases
from routeengine.mutation import mutate


@pytest.mark.gate
@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_every_case_passes_and_every_rule_is_reached(period: Period) -> None:
    """On the first day of each half year, with either limit."""
    report = run_cases(engine(period.day, period.variant), cases(period))
    assert [str(one) for result in report.results for one in result.mismatches] == []
    assert report.coverage.complete
    assert len(report.results) > 100


def test_every_file_of_cases_belongs_to_an_instance() -> None:
    """None is left that nothing runs."""
    used = set(chain.from_iterable(period.case_files for period in PERIODS))
    assert used == set((FIXTURES / "cases").glob("*.yaml"))


@pytest.mark.night
@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_the_cases_notice_every_fault(period: Period) -> None:
    """Of all mutants of the rules none survives."""
    report = mutate(rules(period.day, period.variant), cases(period))
    assert [str(one.mutant) for one in report.survivors] == []
    assert report.undetermined == ()
    assert len(report.killed) > 300


@pytest.mark.parametrize("day", ["2025-01-01", "2025-07-01"])
def test_the_amounts_of_the_rules_are_those_of_the_act(day: str) -> None:
    """Every amount that the act names for a norm stands in the parameters, and no other."""
    text = source_text({"2025-01-01": "act_january", "2025-07-01": "act_july"}[day])
    articles = text.partition("\nArtikel 20\n")[2].partition("\nArtikel 22a\n")[0]
    named = set(re.findall(r"€ ([\d.]+,\d\d)", articles))
    held = {
        f"{Decimal(str(one.value)):,.2f}".translate(str.maketrans(",.", ".,"))
        for one in rules(day).parameters
        if one.id.startswith("norm_")
    }
    assert held == named


def test_the_act_of_july_is_that_of_january_with_other_amounts() -> None:
    """So what is cited of January alone holds in both halves of the year."""

    def without_amounts(name: str) -> str:
        body = source_text(name).partition("\nArtikel 3\n")[2]
        return re.sub(r"€ [\d.]+,\d\d", "€", body)

    assert without_amounts("act_january") == without_amounts("act_july")
    assert source_text("act_january") != source_text("act_july")


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_a_limit_of_the_tables_is_the_percentage_rounded_half_up(period: Period) -> None:
    """To the cent: the tables that were published say the same as the percentage of the by-law."""
    share = Decimal(period.variant.removeprefix("limit_")) / 100
    norms = {one.id: Decimal(str(one.value)) for one in rules(period.day).parameters}
    found = 0
    for case in cases(period):
        if case.id.endswith("_at_the_limit"):
            norm = norms["norm_" + case.id.removesuffix("_at_the_limit")]
            reckoned = (norm * share).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert Decimal(str(case.profile["income"])) == reckoned
            found += 1
    assert found == 5


def test_a_cent_turns_the_answer() -> None:
    """Of the norm in January, of the limit of 110 per cent, and otherwise in July or with 120."""
    one = engine()

    def answers(income: str) -> tuple[str | None, str | None]:
        verdicts = one.classify(CLIENT | {"income": income}).verdicts
        return verdicts["means"].outcome, verdicts["supplement"].outcome

    assert answers("1345.44") == ("low_enough", "conditions_met")
    assert answers("1345.45") == ("too_high", "conditions_met")
    assert answers("1480.00") == ("too_high", "conditions_met")
    assert answers("1480.01") == ("too_high", "conditions_not_met")
    more, less = CLIENT | {"income": "1480.01"}, CLIENT | {"income": "1345.45"}
    higher = engine(variant="limit_120").classify(more).verdicts["supplement"]
    assert higher.outcome == "conditions_met"
    assert engine("2025-07-01").classify(less).verdicts["means"].outcome == "low_enough"
