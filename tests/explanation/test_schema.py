"""The published JSON Schema: every explanation satisfies it, and little else does."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from examples import share
from explanation.test_golden import CHANGED, VIGNETTES, profile
from routeengine import Engine
from routeengine.ruleset.model import RuleSet

PUBLISHED = Path(__file__).parents[2] / "schemas" / "explanation.schema.json"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """Check the schema and make a validator, once."""
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", share([*VIGNETTES, *CHANGED]))
def test_explanations_satisfy_the_schema(
    rijswijk: RuleSet, engine: Engine, validator: jsonschema.Draft202012Validator, name: str
) -> None:
    """An explanation as JSON is what its published schema says."""
    data = json.loads(engine.explain(profile(rijswijk, name), lang="nl").model_dump_json())
    validator.validate(data)
    del data["verdicts"]
    assert not validator.is_valid(data)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("form",), "routeengine/explanation/1"),
        (("more",), 1),
        (("conditions", 0), ["fact", "rung"]),
        (("conditions", 0), ["fact", "rung", "2", "maybe"]),
        (("conditions", 0), ["all", ["rung"]]),
        (("answers", 0), ["2", [2]]),
        (("lists", 0), "scope"),
        (("conditions", 0), {"truth": "open", "kind": "some"}),
        (("facts", "rung", "status"), "guessed"),
        (("facts", "rung", "more"), 1),
        (("rules", "route", "not_willing", "standing"), "stands"),
        (("rules", "route", "not_willing", "when"), -1),
        (("rules", "route", "not_willing", "reading"), ["chosen"]),
        (("verdicts", "route", "missing", "rung"), [[0]]),
        (("verdicts", "route", "possible"), "A"),
        (("why", "route", "because"), None),
        (("why_not", "scope", "wsp", "nearest"), [["rung"]]),
        (("sources", "letter", "sections", "Samenvatting"), {"one": ["1", 1, "0"]}),
        (("versions", "at"), 3),
    ],
)
def test_what_is_no_explanation_does_not_satisfy_the_schema(
    rijswijk: RuleSet,
    engine: Engine,
    validator: jsonschema.Draft202012Validator,
    place: tuple[str | int, ...],
    value: object,
) -> None:
    """The schema takes no other fields, types or words."""
    data = json.loads(engine.explain(profile(rijswijk, "empty_file")).model_dump_json())
    part = data
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    assert not validator.is_valid(data)
