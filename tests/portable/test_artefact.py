"""The evaluator in JavaScript answers from an artefact what the engine answers."""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conformance.made import a_possible_ruleset, a_state
from conformance.written import answer_as_json, state_as_json
from examples import examples, gated, share
from loading.small import small
from loading.test_named_schema import DIEMEN
from money import MONEY, full_profiles, plain
from required import required
from routeengine import BudgetError, Engine, load_ruleset
from routeengine.canonical import canonical_json, sha256_of
from routeengine.cli import main
from routeengine.codec import form_of
from routeengine.executors.lanes import LanesExecutor
from routeengine.mutation.mutants import mutants
from routeengine.portable import artefact_types, export_artefact
from routeengine.portable.artefact import FORM
from routeengine.result import Answer, leads_of
from routeengine.ruleset.conditions import All
from routeengine.ruleset.digest import reference
from routeengine.ruleset.domains import MAX_NUMBER, IntegerDomain
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import ValueSet
from routeengine.verification import diff

ROOT = Path(__file__).parents[2]
SEED = 20

EVALUATOR = ROOT / "portable" / "js" / "eval.mjs"

NODE = shutil.which("node") or ""

required("node", None if NODE else "it is not installed")


def evaluated(tasks: Iterable[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """Give the answers of the evaluator, per task in a list."""
    lines = "".join(f"{json.dumps(task)}\n" for task in tasks)
    driver = Path(__file__).with_name("answers.mjs")
    done = subprocess.run(
        [NODE, driver, EVALUATOR], input=lines, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def artefact(ruleset: RuleSet) -> dict[str, Any]:
    """Give the artefact of a rule set, parsed."""
    parsed: dict[str, Any] = json.loads(export_artefact(ruleset, words=False))
    return parsed


def agree(answer: Answer, told: dict[str, Any]) -> None:
    """Claim that the evaluator said what the engine says, in every field."""
    for name, verdict in answer.verdicts.items():
        leads = told["verdicts"][name].pop("leads")
        mine = leads_of(verdict)
        assert list(leads) == list(mine) == list(verdict.missing)
        for fact, some in mine.items():
            assert [list(lead.possible) for lead in some] == [one for _, one in leads[fact]]
            for lead, (cell, _) in zip(some, leads[fact], strict=True):
                assert lead.allowed <= ValueSet.of_runs(map(tuple, cell))
    assert told == answer_as_json(answer)


@pytest.mark.gate
@pytest.mark.parametrize("number", gated(range(8)))
def test_published_cases_are_answered_in_every_field(number: int) -> None:
    """An eighth of the rule sets each: what is known stands there by the numbers of values."""
    published = json.loads((ROOT / "conformance" / "cases.json").read_text(encoding="utf-8"))
    rulesets = published["rulesets"][number::8]
    read = form_of(RuleSet).read
    tasks = [
        {
            "artefact": artefact(read(one["ruleset"], "")),
            "known": [c["known"] for c in one["cases"]],
        }
        for one in rulesets
    ]
    for one, answers in zip(rulesets, evaluated(tasks), strict=True):
        for case, told in zip(one["cases"], answers, strict=True):
            for verdict in told["verdicts"].values():
                del verdict["leads"]
            assert told == {key: case[key] for key in ("verdicts", "flags", "flags_possible")}


@pytest.mark.gate
def test_made_rule_sets_are_answered_alike() -> None:
    """Drawn anew by the night: rule sets with constraints, counts and scores, whatever is known."""
    draw, tasks, answers = random.Random(SEED), list[dict[str, Any]](), list[list[Answer]]()
    for _ in range(examples(400)):
        ruleset = a_possible_ruleset(draw)
        executor = LanesExecutor(ruleset)
        states = [a_state(draw, ruleset) for _ in range(8)]
        tasks.append({"artefact": artefact(ruleset), "known": list(map(state_as_json, states))})
        answers.append(list(map(executor.evaluate, states)))
    for mine, told in zip(answers, evaluated(tasks), strict=True):
        for one, other in zip(mine, told, strict=True):
            agree(one, other)


@pytest.mark.gate
@pytest.mark.parametrize("name", ["rijswijk-2023", "library-card"])
def test_profiles_are_read_and_answered_alike(name: str) -> None:
    """In the JSON forms: full and partial, declined, and some that contradict themselves."""
    ruleset = load_ruleset(name if name == "rijswijk-2023" else ROOT / "fixtures" / name)
    engine, draw = Engine(ruleset), random.Random(SEED)
    profiles = [a_profile(draw, ruleset) for _ in range(examples(3_000))]
    (told,) = evaluated([{"artefact": artefact(ruleset), "profiles": profiles}])
    results = [engine.classify(profile) for profile in profiles]
    for result, one in zip(results, told, strict=True):
        agree(result.answer, one)
    assert any(verdict.conflict for one in results for verdict in one.verdicts.values())


def a_profile(draw: random.Random, ruleset: RuleSet) -> dict[str, Any]:
    """Make what is known of a client in the forms of JSON."""
    profile: dict[str, Any] = {}
    for fact in ruleset.facts:
        values = [fact.domain.value(draw.randrange(fact.domain.size)) for _ in range(2)]
        forms = [values[0], values[0], values[0], None, {"declined": True}, {"one_of": values},
            {"conflicting": values}]  # fmt: skip
        known: Any = draw.choice(forms)
        if fact.kind == "integer" and draw.random() < 0.2:
            known = {"between": [min(values), None]}
        if known is not None:
            profile[fact.id] = known
    return profile


def test_amounts_and_days_are_answered_alike() -> None:
    """One step to both sides of each bound, and in ranges: as text, in the one spelling."""
    draw = random.Random(SEED)
    profiles = [plain(one) for one in full_profiles(examples(2_000), SEED)]
    for one in profiles[::2]:
        known = draw.choice(["income", "wealth", "born"])
        profiles.append({**one, known: {"between": [None, one[known]]}})
        profiles.append({**one, known: {"one_of": [one[known], {"between": [one[known], None]}]}})
    (told,) = evaluated([{"artefact": artefact(MONEY), "profiles": profiles}])
    engine = Engine(MONEY)
    for profile, other in zip(profiles, told, strict=True):
        agree(engine.classify(profile).answer, other)


@pytest.mark.gate
def test_an_artefact_says_whose_it_is_and_is_always_the_same() -> None:
    """Its own digest, that of the rules, and canonical bytes whatever the order of files."""
    ruleset = load_ruleset("rijswijk-2023")
    text = export_artefact(ruleset)
    data = json.loads(text)
    assert data["form"] == FORM
    assert data["ruleset"]["sha256"] == reference(ruleset).sha256
    assert data.pop("sha256") == sha256_of(canonical_json(data))
    assert export_artefact(load_ruleset("rijswijk-2023")) == text
    without = json.loads(export_artefact(ruleset, words=False))
    assert not set(json.dumps(without)) & set("ë€")
    assert "label" not in without["facts"][0]
    assert {**without, "sha256": ""} == {**bare(data), "sha256": ""}


def test_every_change_of_meaning_changes_it() -> None:
    """Of the mutants of a rule set: one that says the same has the same nodes, and no other."""
    ruleset = small()
    nodes = functions(ruleset)
    told = [(functions(one.ruleset) == nodes, diff(ruleset, one.ruleset).same)
        for one in share(list(mutants(ruleset)))]  # fmt: skip
    assert all(alike is same for alike, same in told)
    assert {same for _, same in told} == {True, False}


def functions(ruleset: RuleSet) -> Any:
    """Give what an artefact answers by: its digests and names of candidates aside."""
    data = artefact(ruleset)
    parts = ("facts", "order", "leaves", "nodes", "decisions", "couplings", "flags")
    return {name: data[name] for name in parts}


@pytest.mark.gate
def test_artefacts_have_the_published_form() -> None:
    """With words and without; and nothing else has it."""
    schema = json.loads((ROOT / "schemas" / "artefact.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for ruleset in (load_ruleset("rijswijk-2023"), MONEY, small()):
        for words in (True, False):
            validator.validate(json.loads(export_artefact(ruleset, words=words)))
    data = artefact(small())
    spoiled: list[dict[str, Any]] = [
        {"form": "routeengine/artefact/2"}, {"nodes": [[-1, 0]]}, {"leaves": [None, True, False]},
        {"more": 1}, {"sha256": "0"}, {"facts": [{**data["facts"][0], "cells": [[[1]]]}]},
    ]  # fmt: skip
    assert not any(validator.is_valid({**data, **one}) for one in spoiled)


def test_it_says_for_which_days_and_variant_its_numbers_are() -> None:
    """As a result does, in the published form; rules without numbers of a day say nothing."""
    schema = json.loads((ROOT / "schemas" / "artefact.schema.json").read_text(encoding="utf-8"))
    for day, said in (
        ("2026-06-30", {"since": None, "until": "2026-06-30", "variant": "diemen"}),
        ("2026-07-01", {"since": "2026-07-01", "until": None, "variant": "diemen"}),
    ):
        ruleset = load_ruleset({"r.yaml": DIEMEN}, day, "diemen")
        data = artefact(ruleset)
        assert data["ruleset"]["instance"] == said
        result = Engine(ruleset).classify({}).to_dict()
        assert result["ruleset"]["instance"] == said
        Draft202012Validator(schema).validate(data)
    assert "instance" not in artefact(small())["ruleset"]


def bare(data: Any) -> Any:
    """Give an artefact without its words."""
    words = {
        "label", "question", "why_needed", "special_category", "value_labels", "unit", "reason",
        "description", "not_applicable_because", "title", "purpose", "owner", "languages",
        "sentences",
    }  # fmt: skip
    if isinstance(data, dict):
        return {key: bare(one) for key, one in data.items() if key not in words}
    return [bare(one) for one in data] if isinstance(data, list) else data


def test_what_is_too_large_is_said() -> None:
    """A part that does not fit its budget, and a fact that JSON cannot count."""
    with pytest.raises(BudgetError, match="`scope` does not fit the budget of nodes"):
        export_artefact(load_ruleset("rijswijk-2023"), budget=10)
    flag = replace(small().flags[0], when=All(tuple(one.when for one in small().criteria)))
    flagged = replace(small(), constraints=(), decisions=(), flags=(flag,))
    assert json.loads(export_artefact(flagged))["decisions"] == []
    with pytest.raises(BudgetError, match="the flag `talk` does not fit the budget of nodes"):
        export_artefact(flagged, budget=4)
    wide = replace(MONEY.facts[0], domain=IntegerDomain(-MAX_NUMBER, MAX_NUMBER))
    some = replace(MONEY, facts=(wide,), criteria=(), constraints=(), flags=(), decisions=())
    with pytest.raises(BudgetError, match="more values than JSON can count"):
        export_artefact(some)


def test_the_names_of_a_rule_set_are_typescript() -> None:
    """Each fact with its values, and the outcomes, rules and flags."""
    told = artefact_types(small())
    assert '  "debt"?: Knowledge<"none" | "mild" | "serious">;\n' in told
    assert '  "willing"?: Knowledge<boolean>;\n' in told
    assert '  "age"?: Knowledge<number>;\n' in told
    assert '  "income"?: Knowledge<string>;\n' in artefact_types(MONEY)
    assert '  "rung"?: Knowledge<1 | 2 | 3 | 4 | 5 | 6>;\n' in artefact_types(
        load_ruleset("rijswijk-2023")
    )
    assert "export type Flag = never;\n" in artefact_types(replace(small(), flags=()))


@pytest.mark.gate
def test_the_package_has_tests_of_its_own() -> None:
    """`node --test`, as whoever takes the folder runs it."""
    done = subprocess.run(
        [NODE, "--test"], cwd=EVALUATOR.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.gate
def test_the_sizes_on_the_page_are_so() -> None:
    """Of the shipped rule set, with words and without, as it is and compressed."""
    page = (ROOT / "docs" / "artefact.md").read_text(encoding="utf-8")
    for words in (True, False):
        text = export_artefact(load_ruleset("rijswijk-2023"), words=words).encode()
        assert f"| {len(text):,} | {len(gzip.compress(text, 9)):,} |" in page


@pytest.mark.gate
def test_the_program_on_the_page_runs(tmp_path: Path) -> None:
    """With the artefact and the evaluator beside it."""
    [program] = re.findall(
        r"```js\n(.*?)```", (ROOT / "docs" / "artefact.md").read_text(encoding="utf-8"), re.DOTALL
    )
    program += "console.log(Object.keys(verdicts).join(), Array.isArray(flags_possible));"
    (tmp_path / "page.mjs").write_text(program, encoding="utf-8")
    shutil.copy(EVALUATOR, tmp_path / "eval.mjs")
    artefact = export_artefact(load_ruleset("rijswijk-2023"))
    (tmp_path / "rules.json").write_text(artefact, encoding="utf-8")
    printed = subprocess.check_output([NODE, "page.mjs"], cwd=tmp_path, text=True)
    assert printed == "scope,route,path true\n"


@pytest.mark.gate
def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To a file or to standard output; without words, or as types."""
    target = tmp_path / "rules.json"
    assert main(["export", "artefact", "-o", str(target)]) == 0
    assert (
        target.read_text(encoding="utf-8") == f"{export_artefact(load_ruleset('rijswijk-2023'))}\n"
    )
    assert main(["export", "artefact", "--no-words"]) == 0
    assert json.loads(capsys.readouterr().out)["form"] == FORM
    assert main(["export", "artefact", "--types"]) == 0
    assert capsys.readouterr().out == artefact_types(load_ruleset("rijswijk-2023"))
