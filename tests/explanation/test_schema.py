"""The published JSON Schema: current, and satisfied by every explanation."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from examples import share
from explanation.test_golden import CHANGED, VIGNETTES, profile
from routeengine import Engine
from routeengine.explanation.schema import explanation_schema
from routeengine.ruleset.model import RuleSet

PUBLISHED = Path(__file__).parents[2] / "schemas" / "explanation.schema.json"


def test_the_published_schema_is_current() -> None:
    """The schema in the repository is the one that the models give."""
    text = json.dumps(explanation_schema(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("ROUTEENGINE_RECORD") == "1":
        PUBLISHED.write_text(text, encoding="utf-8")
    assert text == PUBLISHED.read_text(encoding="utf-8")


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
