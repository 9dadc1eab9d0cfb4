"""The forms of certificates are published, and the figures on the page are so."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conformance.mini import Mini
from loading.small import small
from money import MONEY
from portable.certified import load
from routeengine import Engine, Interview, load_ruleset
from routeengine.canonical import canonical_json
from routeengine.codec import form_of
from routeengine.explanation import Explanation
from routeengine.portable import AdviceCertifier, Certified, certify, export_rules
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import RuleSet

ROOT = Path(__file__).parents[2]


@cache
def shipped() -> Certified:
    """Give the certificate of the shipped rule set."""
    return certify(load_ruleset("rijswijk-2023"))


def validator(name: str) -> Draft202012Validator:
    """Read a published schema."""
    schema = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_rules_and_certificates_have_the_published_forms() -> None:
    """Of rules, of advice and of questions; and nothing else has them."""
    rules, certificates = validator("rules"), validator("certificate")
    for ruleset in (small(), MONEY):
        certified = certify(ruleset)
        rules.validate(json.loads(certified.rules))
        certificates.validate(json.loads(certified.certificate))
        engine = Engine(ruleset)
        certifier = AdviceCertifier(engine)
        certificates.validate(certifier.certify({}))
        certificates.validate(certifier.certify(engine.classify({})))
        certificates.validate(certifier.certify_question(Interview(engine, {})))
    data = json.loads(certify(small()).certificate)
    spoiled: list[dict[str, Any]] = [
        {"form": "routeengine/certificate/2"}, {"nodes": [[0, [], 0]]}, {"trees": {}}, {"more": 1},
        {"rules_sha256": "0"}, {"too_large": [1]},
    ]  # fmt: skip
    assert not any(certificates.is_valid({**data, **one}) for one in spoiled)


def test_rules_are_the_published_form_without_words() -> None:
    """What is left out is words and sources: put back, the meaning has the digest that it had."""
    ruleset = load_ruleset(ROOT / "fixtures" / "library-card")
    form, rules = form_of(RuleSet).write(ruleset), json.loads(export_rules(ruleset))
    assert rules.pop("form") == "routeengine/rules/1"
    again = form_of(RuleSet).read(merged(form, rules), "")
    assert reference(again).meaning_sha256 == reference(ruleset).meaning_sha256
    assert "label" not in json.dumps(rules)
    assert Mini(rules).facts == {fact.id: fact.domain.size for fact in ruleset.facts}


def merged(whole: Any, part: Any) -> Any:
    """Give the whole, with each value of a part of it in its place; lists go by ids or places."""
    if isinstance(part, dict):
        return {
            **whole,
            **{key: merged(whole[key], one) for key, one in part.items() if key in whole},
        }
    if not isinstance(part, list) or not isinstance(whole, list):
        return part
    if any(isinstance(one, dict) and "id" in one for one in whole):
        by_id = {one["id"]: one for one in part}
        return [merged(one, by_id.get(one["id"], {})) for one in whole]
    return [merged(one, other) for one, other in zip(whole, part, strict=True)]


@pytest.mark.parametrize("page", ["trust.md", "trust.nl.md"])
def test_the_page_says_where_the_checkers_are(
    page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The program that it shows names a folder that holds all three."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    [program] = re.findall(r"`python -c '(.*?)'`", text)
    exec(program, {})
    folder = Path(capsys.readouterr().out.strip())
    held = {one.name for one in folder.iterdir()}
    assert {"check_rules.py", "check_artefact.py", "check.mjs"} <= held


@pytest.mark.gate
def test_the_sizes_on_the_page_are_so() -> None:
    """Of the shipped rule set: bytes, compressed bytes and boxes."""
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    for text in (shipped().rules, shipped().certificate):
        data = text.encode()
        assert f"| {len(data):,} | {len(gzip.compress(data, 9)):,} |" in page
    check = load().rules
    certificate = check.Certificate(
        json.loads(shipped().certificate), check.Rules(json.loads(shipped().rules))
    )
    trees = [*certificate.decisions.values()]
    of_decisions = boxes(certificate, trees)
    trees += [*certificate.couplings, *certificate.flags.values(), *certificate.wins.values()]
    every = of_decisions + boxes(certificate, trees)
    assert f"Trees of {every:,} boxes in all: {of_decisions:,} for what the decisions" in page


def boxes(certificate: Any, trees: list[int]) -> int:
    """Count the boxes of some trees."""
    everything = certificate.rules.everything
    return sum(1 for tree in trees for _ in certificate.last_boxes(tree, everything))


@pytest.mark.gate
def test_an_explanation_carries_a_certificate() -> None:
    """There and back as JSON, in the published form; not where facts are masked, nor in short."""
    engine = Engine(load_ruleset("rijswijk-2023"))
    result = engine.classify({"rung": 1, "finances": "mild"})
    plain = engine.explain(result)
    carrying = replace(plain, certificate=AdviceCertifier(engine).certify(result))
    data = json.loads(carrying.model_dump_json())
    validator("explanation").validate(data)
    validator("certificate").validate(data["certificate"])
    assert Explanation.model_validate_json(carrying.model_dump_json()) == carrying != plain
    assert "certificate" not in json.loads(plain.model_dump_json())
    assert "certificate" not in json.loads(carrying.model_dump_json(short=True))
    assert carrying.masked() == plain.masked()


def test_a_certificate_is_always_the_same() -> None:
    """The same bytes, in the canonical form."""
    one, other = certify(small()), certify(small())
    assert one == other
    assert all(canonical_json(json.loads(text)) == text for text in one.files.values())
