"""An explanation in somebody's program: as plain JSON, as a type to pydantic, in a page."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from pydantic import BaseModel, TypeAdapter, ValidationError

from examples import examples
from explanation.explained import Case, cases
from explanation.test_golden import profile
from explanation.test_spoiled import spoiled
from routeengine import Engine, Explanation
from routeengine.errors import UsageError, WireError
from routeengine.ruleset.model import RuleSet
from routeengine.wire import json_schema

PUBLISHED = Path(__file__).parents[2] / "schemas" / "explanation.schema.json"

ADAPTER = TypeAdapter(Explanation)


class Answer(BaseModel):
    """What a service might give."""

    explanation: Explanation


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(cases())
def test_an_explanation_goes_over_a_wire(case: Case) -> None:
    """As plain JSON, the same as `model_dump_json` writes; pydantic gives and takes it too."""
    explanation = case.explain()
    for one in (explanation, explanation.masked()):
        data = one.to_dict()
        assert data == json.loads(one.model_dump_json()) == json.loads(ADAPTER.dump_json(one))
        kept = json.dumps(data)
        assert Explanation.from_dict(data) == one
        assert json.dumps(data) == kept
        assert ADAPTER.validate_json(kept) == one
        assert ADAPTER.validate_python(one) is one
        assert Answer(explanation=one).model_dump()["explanation"] == data


@pytest.mark.gate
def test_its_schema_is_the_published_one(rijswijk: RuleSet, engine: Engine) -> None:
    """With each definition in its place; so it fits into the schema of a service."""
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    schema = json_schema(Explanation)
    assert "$ref" not in json.dumps(schema)
    for name in ("$schema", "description", "required", "additionalProperties", "type"):
        assert schema[name] == published[name]
    assert list(schema["properties"]) == list(published["properties"])
    versions = published["$defs"]["VersionNode"]
    assert schema["properties"]["versions"] == versions
    data = engine.explain(profile(rijswijk, "one_huge_debt")).to_dict()
    for one, whole in ((data, schema), ({"explanation": data}, Answer.model_json_schema())):
        validator = jsonschema.Draft202012Validator(whole)
        validator.check_schema(whole)
        validator.validate(one)
        assert not validator.is_valid({**one, "more": 1} if whole is schema else {"explanation": 1})


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(spoiled())
def test_what_is_refused_shows_nothing(text: str) -> None:
    """As plain JSON and by pydantic just what is refused as text; a value stands in no error."""
    data = json.loads(text)
    try:
        expected: Explanation | str = Explanation.model_validate_json(text)
    except UsageError as error:
        expected = str(error)
    if isinstance(expected, Explanation):
        assert Explanation.from_dict(data) == expected
        return
    with pytest.raises(WireError) as refused:
        Explanation.from_dict(data)
    assert str(refused.value) == f"the data: {expected}"
    with pytest.raises(ValidationError) as invalid:
        ADAPTER.validate_python(data)
    for said in (refused.value, refused.value.__context__, invalid.value, invalid.value.errors()):
        assert "zzq" not in str(said)


def test_missing_is_what_the_verdict_misses(rijswijk: RuleSet, engine: Engine) -> None:
    """The same facts, best question first, each with where its answers lead."""
    for name in ("empty_file", "sources_that_disagree", "one_huge_debt"):
        known = profile(rijswijk, name)
        explanation, result = engine.explain(known), engine.classify(known)
        for decision, verdict in result.verdicts.items():
            missing = explanation.verdicts[decision].missing
            assert tuple(one.fact for one in missing) == verdict.missing
            ends = {end.id for one in missing for answer in one.answers for end in answer.possible}
            assert ends <= {*verdict.possible}


class Elements(HTMLParser):
    """Gathers the elements of a part of a page, and checks that each is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[str] = []
        self.roots = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        """Note an element and the names of its attributes."""
        self.found += [tag, *(f"{name}=" for name, _ in attrs)]
        self.roots += not self._open
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Nothing but blanks stands outside the section."""
        assert self._open or not data.strip()


@pytest.mark.parametrize("short", [False, True])
def test_a_fragment_is_one_section_of_a_page(
    rijswijk: RuleSet, engine: Engine, short: bool
) -> None:
    """Headings start at h2, everything is escaped, and nothing styles or runs."""
    explanation = engine.explain(profile(rijswijk, "one_huge_debt"), lang="nl")
    odd = "<script>alert('x')</script>&amp;\"><h1 onload=x>"
    route = replace(explanation.verdicts["route"], description=odd, label=odd)
    label = replace(explanation.facts["rung"], label=odd)
    explanation = replace(
        explanation, client_id=odd, verdicts={**explanation.verdicts, "route": route},
        facts={**explanation.facts, "rung": label}, advice=(odd,),
    )  # fmt: skip
    for one in (explanation, explanation.masked()):
        fragment = one.to_html_fragment(short=short)
        assert fragment.startswith('<section class="routeengine" lang="nl">\n<h2>')
        assert fragment.endswith("</section>\n")
        page = Elements()
        page.feed(fragment)
        page.close()
        assert page.roots == 1
        assert not {*page.found} & {"html", "head", "style", "script", "link", "img", "h1", "a"}
        assert not {one for one in page.found if one.startswith("on") or one in ("src=", "style=")}
        assert page.found.count("h2") == 1
        assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;&#34;&gt;" in fragment
