"""The published JSON Schema of a record: every record satisfies it, and little else does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.observed import SMALL, TODAY, observations
from examples import examples
from record.recorded import AT, PROFILE, records
from routeengine import DECLINED, Between, Engine, OneOf
from routeengine.dossier import Dossier
from routeengine.profile import Conflicting
from routeengine.record import Record, Signature
from routeengine.ruleset.model import RuleSet

PUBLISHED = Path(__file__).parents[2] / "schemas" / "record.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))


@pytest.mark.gate
def test_the_published_schema_is_one() -> None:
    """The file is a JSON Schema by its own definition."""
    jsonschema.Draft202012Validator.check_schema(VALIDATOR.schema)


@pytest.mark.gate
@settings(max_examples=examples(40), deadline=None)
@given(records())
def test_generated_records_satisfy_the_schema(some: tuple[RuleSet, Record]) -> None:
    """A record of any rule set is what the schema says."""
    VALIDATOR.validate(json.loads(some[1].data))


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(observations(), min_size=1, max_size=4))
def test_records_of_dossiers_satisfy_the_schema(some: list[Any]) -> None:
    """Evidence too is what the schema says."""
    engine = Engine(SMALL)
    profile = Dossier(SMALL, some, as_of=TODAY).profile()
    VALIDATOR.validate(json.loads(engine.record(engine.classify(profile), AT).data))


@pytest.mark.gate
def test_shipped_records_satisfy_the_schema(engine: Engine) -> None:
    """So does a signed one of the shipped rule set, with every form of partial knowledge."""
    profile = PROFILE | {
        "finances": OneOf(["mild", "serious"]), "prognosis_months": Between(12, None),
        "willing": DECLINED, "housing": Conflicting(["none", "mild"]), "family": None,
    }  # fmt: skip
    record = engine.record(engine.classify(profile), AT, sign=lambda _: Signature("a", "k", "v"))
    VALIDATOR.validate(json.loads(record.data))


@pytest.mark.gate
@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("sha256",), "A" * 64),
        (("more",), 1),
        (("body", "form"), "routeengine/record/2"),
        (("body", "more"), 1),
        (("body", "facts", "rung"), 2.5),
        (("body", "facts", "rung"), {"one_of": []}),
        (("body", "facts", "rung"), {"about": 2}),
        (("body", "verdicts", "scope", "status"), "refused"),
        (("body", "trace", "rules", "route_a"), "maybe"),
        (("body", "rules", "facts", 0, "domain", "is"), "FloatDomain"),
        (("body", "rules", "languages"), "nl"),
    ],
)
def test_what_is_no_record_does_not_satisfy_the_schema(
    engine: Engine, place: tuple[Any, ...], value: object
) -> None:
    """The schema takes no other fields, types or words."""
    document = json.loads(engine.record(engine.classify(PROFILE), AT).data)
    part = document
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    assert not VALIDATOR.is_valid(document)
