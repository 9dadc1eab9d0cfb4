"""The plug-in offers rule sets as decisions, and answers by them without guessing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openforms_routeengine import decisions

from routeengine import UsageError

CLIENT = {
    "rung": 1,
    "receives_benefit": "ja",
    "current_service": "participation",
    "finances": "serious",
    "mental_health": "serious",
    "able_to_participate": True,
    "can_start_soon": "false",
    "at_maximum": "nee",
}


@pytest.fixture
def plugin(registry: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return the plug-in as Open Forms finds it, with the default settings."""
    monkeypatch.delenv(decisions.RULES, raising=False)
    decisions.definitions.cache_clear()
    yield registry["routeengine"]
    decisions.definitions.cache_clear()


def ask(plugin: Any, **values: object) -> dict[str, Any]:
    """Answer by the shipped rules, with more known than the client above."""
    answer: dict[str, Any] = plugin.evaluate(
        "rijswijk-2023", version="1.0.0", input_values={**CLIENT, **values}
    )
    return answer


def test_what_an_editor_of_forms_can_choose(plugin: Any) -> None:
    """The rule sets, their version, and facts and outputs with the types that Open Forms knows."""
    (one,) = plugin.get_available_decision_definitions()
    assert (one.identifier, bool(one.label)) == ("rijswijk-2023", True)
    assert [each.id for each in plugin.get_decision_definition_versions(one.identifier)] == [
        "1.0.0"
    ]
    parameters = plugin.get_decision_definition_parameters(one.identifier)
    inputs = {each.expression: each.type_ref for each in parameters.inputs}
    assert (inputs["rung"], inputs["willing"], inputs["finances"]) == (
        "integer",
        "boolean",
        "string",
    )
    assert all(each.id and each.label for each in parameters.inputs)
    outputs = {each.name for each in parameters.outputs}
    assert {"route", "route_status", "route_missing", "explanation"} <= outputs
    assert {each.type_ref for each in parameters.outputs} == {"string"}


def test_an_answer(plugin: Any) -> None:
    """A decision is made where enough is known, and is explained in the language of the form."""
    answer = ask(plugin, willing="true")
    assert (answer["route"], answer["route_status"], answer["route_missing"]) == (
        "B",
        "decided",
        "",
    )
    assert "route" in answer["explanation"]


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_what_is_not_filled_in_is_not_a_no(plugin: Any, empty: object) -> None:
    """It is not known: no decision hangs on it, and it is named as missing."""
    answer = ask(plugin, willing=empty)
    assert (answer["route"], answer["route_status"]) == (None, "insufficient")
    assert answer["route_missing"] == "willing"


@pytest.mark.parametrize(
    "wrong", [{"rung": "many"}, {"rung": 1.5}, {"willing": 3}, {"finances": "?"}]
)
def test_what_the_rules_do_not_allow_decides_nothing(
    plugin: Any, wrong: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """Every output is given, so that no earlier answer stays; the log has no value of a client."""
    with caplog.at_level(logging.WARNING):
        answer = ask(plugin, **wrong)
    names = {
        each.name for each in plugin.get_decision_definition_parameters("rijswijk-2023").outputs
    }
    assert answer.keys() == names
    assert {text for name, text in answer.items() if name.endswith("_status")} == {"refused"}
    assert {text for name, text in answer.items() if not name.endswith("_status")} == {None}
    assert next(iter(wrong)) in caplog.text
    assert str(next(iter(wrong.values()))) not in caplog.messages[0].partition(": ")[2]


def test_outputs_are_the_same_whatever_is_known(plugin: Any) -> None:
    """None is left out: a form would keep what an earlier answer put there."""
    assert ask(plugin).keys() == ask(plugin, willing=True).keys() == ask(plugin, rung="x").keys()


def test_no_other_rules_than_those_a_form_was_made_for(plugin: Any) -> None:
    """A version that is not there is refused, and so is a rule set."""
    with pytest.raises(UsageError, match=r"version 1\.0\.0 alone"):
        plugin.evaluate("rijswijk-2023", version="0.9", input_values={})
    with pytest.raises(UsageError, match="there is no rule set"):
        plugin.evaluate("other", input_values={})


def test_rules_of_ones_own(plugin: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Names and paths; what does not load is told when the settings are checked."""
    plugin.check_config()
    monkeypatch.setenv(decisions.RULES, f"rijswijk-2023, {tmp_path}/none")
    with pytest.raises(Exception, match="no file or folder") as caught:
        plugin.check_config()
    assert type(caught.value).__name__ == "InvalidPluginConfiguration"
    monkeypatch.setenv(decisions.RULES, "rijswijk-2023,rijswijk-2023")
    with pytest.raises(Exception, match="two rule sets"):
        plugin.check_config()


def test_what_tables_cannot_say_has_no_tables(plugin: Any) -> None:
    """Review by a person is in none, so the shipped rules have no decision model."""
    assert plugin.get_definition_xml("rijswijk-2023") == ""


def test_answers_of_forms_as_facts() -> None:
    """Numbers, amounts and dates as forms hold them."""
    from routeengine import load_ruleset

    facts = load_ruleset("bijstand-norm", as_of="2025-01-15", variant="limit_110").fact
    assert decisions.as_fact(facts["cost_sharers"], "2") == 2
    assert decisions.as_fact(facts["cost_sharers"], 2.0) == 2
    assert decisions.as_fact(facts["income"], 1091.71) == Decimal("1091.71")
    assert decisions.as_fact(facts["income"], "x") == "x"
    assert decisions.as_fact(facts["cost_sharers"], float("inf")) == float("inf")
    assert decisions.as_fact(facts["born"], "1990-02-01") == date(1990, 2, 1)
    assert decisions.as_fact(facts["born"], datetime(1990, 2, 1, tzinfo=UTC)) == date(1990, 2, 1)
    assert decisions.as_fact(facts["born"], "then") == "then"
    assert decisions.as_fact(facts["has_partner"], " Ja ") is True
    assert decisions.as_fact(facts["income"], True) is True
