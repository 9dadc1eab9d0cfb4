"""Short JSON: what the short text shows, in the form of every explanation."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings

from examples import examples, share
from explanation.explained import Case, cases, every_form
from explanation.test_golden import CHANGED, VIGNETTES, from_dossier, profile
from routeengine import Engine
from routeengine.errors import UsageError
from routeengine.explanation import Explanation
from routeengine.ruleset.model import RuleSet

SCHEMA = Path(__file__).parents[2] / "schemas" / "explanation.schema.json"

LARGEST = 14_000
"""Bytes of one client of the shipped policy in short; whole it is up to 40,000."""


def check_short(explanation: Explanation) -> Explanation:
    """Hold short JSON to the short text; give what is read of it."""
    text = explanation.model_dump_json(short=True)
    read = Explanation.model_validate_json(text)
    assert read.short
    assert read.model_dump_json() == read.model_dump_json(short=True) == text
    whole, gist = every_form(explanation), every_form(read)
    for name in ("to_text", "to_markdown", "to_html", "to_html_fragment"):
        # What is left out is not told to be absent: no form shows more than the gist.
        assert gist[name] == gist[f"{name} short"] == whole[f"{name} short"]
    for name, verdict in explanation.verdicts.items():
        assert read.verdicts[name].missing == verdict.missing
        assert read.verdicts[name].possible == verdict.possible
    return read


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(cases())
def test_short_json_is_the_short_text(case: Case) -> None:
    """Read back it shows the same in every form, and it is short however often it is written."""
    explanation = case.explain()
    for one in (explanation, explanation.masked()):
        read = check_short(one)
        named = {fact.fact for verdict in one.verdicts.values() for fact in verdict.missing}
        assert set(read.facts) >= named
        assert all(node.evidence is None for node in read.facts.values())
        assert all(rule.when is None for why in read.why.values() for rule in why.rules)


@pytest.mark.parametrize("name", share([*VIGNETTES, *CHANGED]))
def test_short_json_is_what_the_schema_says(rijswijk: RuleSet, engine: Engine, name: str) -> None:
    """And a fraction of the whole."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    explanation = engine.explain(profile(rijswijk, name), lang="nl")
    for one in (explanation, explanation.masked()):
        check_short(one)
        text = one.model_dump_json(short=True)
        jsonschema.Draft202012Validator(schema).validate(json.loads(text))
        assert len(text.encode()) <= LARGEST


def test_what_a_short_explanation_leaves_out(rijswijk: RuleSet, engine: Engine) -> None:
    """The facts that it does not name, who recorded the others, grounds and the digest."""
    whole = engine.explain(profile(rijswijk, "one_huge_debt"), lang="en")
    data = json.loads(whole.model_dump_json(short=True))
    assert (data["short"], data["conditions"], data["sources"]) == (True, [], {})
    assert set(data["facts"]) < set(whole.facts)
    assert data["versions"]["input_sha256"] is None
    assert data["why"]["route"]["rules"] == [one.rule for one in whole.why["route"].rules]
    assert "screeningsteam" not in from_dossier(rijswijk, "en").model_dump_json(short=True)


def test_a_short_explanation_is_masked_before_and_not_after(engine: Engine) -> None:
    """It does not say what depends on what: so it is refused, unless it was masked before."""
    whole = engine.explain({"mental_health": "serious"})
    with pytest.raises(UsageError, match="mask the whole one first"):
        check_short(whole).masked()
    masked = check_short(whole.masked())
    assert masked.masked() == masked
