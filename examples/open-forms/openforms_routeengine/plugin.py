"""The plug-in, in the terms of the DMN module of Open Forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language
from openforms.dmn.base import BasePlugin, DecisionDefinition, DecisionDefinitionVersion
from openforms.dmn.registry import register
from openforms.dmn.types import DMNInputOutput, GenericInputOutput
from openforms.plugins.exceptions import InvalidPluginConfiguration

from openforms_routeengine import decisions
from routeengine import RouteEngineError

TYPES: Final = {
    "boolean": "boolean",
    "integer": "integer",
    "decimal": "double",
    "date": "date",
    "category": "string",
}
"""The types of DMN that Open Forms knows, by the kind of a fact."""


@dataclass(frozen=True)
class Input:
    """An input of a decision: a fact, by its id."""

    id: str
    label: str
    expression: str
    type_ref: str


@dataclass(frozen=True)
class Output:
    """An output of a decision."""

    id: str
    label: str
    name: str
    type_ref: str = "string"


@register("routeengine")
class RouteEnginePlugin(BasePlugin):
    """Rule sets of routeengine: a rule set is a definition, and its facts are the inputs."""

    verbose_name = "routeengine"

    def get_available_decision_definitions(self) -> list[DecisionDefinition]:
        """Return the rule sets that are set up."""
        return [
            DecisionDefinition(identifier=name, label=one.label(language()))
            for name, one in decisions.definitions().items()
        ]

    def get_decision_definition_versions(
        self, definition_id: str
    ) -> list[DecisionDefinitionVersion]:
        """Return the one version that is set up."""
        version = decisions.definition(definition_id).ruleset.version
        return [DecisionDefinitionVersion(id=version, label=version)]

    def evaluate(
        self, definition_id: str, *, version: str = "", input_values: dict[str, Any]
    ) -> dict[str, Any]:
        """Return every output of the rule set for what a form holds."""
        return decisions.definition(definition_id, version).evaluate(input_values, language())

    def get_definition_xml(self, definition_id: str, version: str = "") -> str:
        """Return the rules as tables, or nothing where tables cannot say them."""
        return decisions.decision_model(decisions.definition(definition_id, version).ruleset)

    def get_decision_definition_parameters(
        self, definition_id: str, version: str = ""
    ) -> DMNInputOutput:
        """Return the facts as inputs, and per decision its outcome, status and what is missing."""
        one = decisions.definition(definition_id, version)
        inputs = [
            Input(fact.id, decisions.said(fact.label, language()), fact.id, TYPES[fact.kind])
            for fact in one.ruleset.facts
        ]
        outputs = [Output(name, what, name) for name, what in one.outputs.items()]
        return GenericInputOutput(inputs=inputs, outputs=outputs)

    def check_config(self) -> None:
        """Raise InvalidPluginConfiguration, with all that is wrong, if a rule set does not load."""
        decisions.definitions.cache_clear()
        try:
            decisions.definitions()
        except RouteEngineError as error:
            raise InvalidPluginConfiguration(str(error)) from error


def language() -> str:
    """Return the language that the form is shown in, without its country."""
    return (get_language() or "nl").partition("-")[0]
