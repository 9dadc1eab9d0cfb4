"""An instance is the rule set with its numbers and days typed in by hand."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
import yaml

from bijstand_norm.instances import PERIODS, RULES, Period, rules
from routeengine import load_ruleset
from routeengine.ruleset.digest import meaning_digest


def numbers(period: Period) -> dict[str, str]:
    """Look up each parameter: the last value that holds by then, in that variant or in all."""
    text = (RULES / "parameters.yaml").read_text(encoding="utf-8")
    parameters = yaml.BaseLoader(text).get_single_data()["parameters"]
    return {
        name: [
            value["is"]
            for value in parameter["values"]
            if value.get("from", "") <= period.day
            and value.get("variant", period.variant) == period.variant
        ][-1]
        for name, parameter in parameters.items()
    }


def typed_in(period: Period) -> dict[str, str]:
    """Write the rule files without a parameter and without an age."""
    held = numbers(period)

    def part(found: re.Match[str]) -> str:
        exact = Decimal(held[found[1]]) * Decimal(held[found[2]]) / 100
        return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))

    def born(found: re.Match[str]) -> str:
        return f"{{until: {int(period.day[:4]) - int(found[1])}{period.day[4:]}}}"

    files = {}
    for path in RULES.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        share = r"\{parameter: (\w+), percent: \{parameter: (\w+)\}, round: half_up\}"
        text = re.sub(share, part, text)
        text = re.sub(r"\{parameter: (\w+)\}", lambda found: held[found[1]], text)
        files[path.name] = re.sub(r"\{age_at_least: (\d+)\}", born, text)
    del files["parameters.yaml"]
    return files


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_an_instance_means_what_typed_numbers_mean(period: Period) -> None:
    """The digest of the meaning is the same, and there is nothing left to ask for."""
    typed = load_ruleset(typed_in(period))
    assert (typed.parameters, typed.instance) == ((), None)
    assert meaning_digest(typed) == meaning_digest(rules(period.day, period.variant))


def test_no_two_instances_mean_the_same() -> None:
    """A period and a variant each make a difference."""
    digests = {meaning_digest(rules(one.day, one.variant)) for one in PERIODS}
    assert len(digests) == len(PERIODS)


def test_every_parameter_is_named_by_a_condition() -> None:
    """An amount that nothing names would be one that somebody believes to count."""
    files = [path for path in RULES.glob("*.yaml") if path.name != "parameters.yaml"]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert {one.id for one in rules().parameters} == set(re.findall(r"\{parameter: (\w+)", text))
