"""What a reader who may not see health data can read: nothing that the verdicts do not tell."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import jsonschema
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import examples, share
from explanation.explained import Case, cases, nodes
from explanation.test_golden import CHANGED, VIGNETTES, profile
from generated import states
from routeengine import Engine
from routeengine.caseload import open_caseload
from routeengine.explanation import Explanation
from routeengine.explanation.model import FactNode
from routeengine.profile import Known
from routeengine.ruleset.domains import CategoryDomain
from routeengine.ruleset.model import RuleSet

CASELOAD = Path(__file__).parents[2] / "fixtures" / "caseload.csv"
SCHEMA = Path(__file__).parents[2] / "schemas" / "explanation.schema.json"


@st.composite
def sensitive(draw: st.DrawFn) -> Case:
    """Draw a case in which some facts are special-category data."""
    case = draw(cases())
    marks = draw(st.lists(st.booleans(), min_size=5, max_size=5).filter(any))
    facts = tuple(
        replace(fact, special_category=mark)
        for fact, mark in zip(case.ruleset.facts, marks, strict=False)
    )
    assume(any(fact.special_category for fact in facts))
    ruleset = replace(case.ruleset, facts=facts)
    return Case(ruleset, case.state, type(case.executor)(ruleset))


def told(explanation: Explanation, hidden: tuple[str, ...]) -> list[tuple[object, ...]]:
    """Give what the verdicts and flags themselves say, less what is asked about hidden facts.

    Flags are among it, for a contradiction anywhere raises none.
    """
    flags = tuple(flag.flag for flag in (*explanation.flags, *explanation.flags_possible))
    return [flags] + [
        (
            node.status, node.outcome, node.candidates, node.possible, node.exact,
            tuple(one.fact for one in node.missing if one.fact not in hidden),
        )
        for node in explanation.verdicts.values()
    ]  # fmt: skip


@settings(max_examples=examples(200), deadline=None)
@given(sensitive(), st.data())
def test_hidden_facts_change_nothing_but_verdicts_and_flags(
    case: Case, data: st.DataObject
) -> None:
    """Clients who differ in hidden facts alone, with equal verdicts and flags, read the same.

    So whatever can be learnt of a hidden fact is learnt from those.
    """
    first = case.explain().masked()
    other = data.draw(states(case.ruleset))
    state = {fact: other[fact] if fact in first.hidden else known
             for fact, known in case.state.items()}  # fmt: skip
    second = replace(case, state=state).explain().masked()
    if told(first, first.hidden) == told(second, first.hidden):
        assert first == second
        for short in (False, True):
            assert first.to_text(short=short) == second.to_text(short=short)
            assert first.to_html(short=short) == second.to_html(short=short)


@settings(max_examples=examples(100), deadline=None)
@given(cases(), st.data())
def test_no_value_of_a_hidden_fact_is_written_anywhere(case: Case, data: st.DataObject) -> None:
    """Values that no other fact has stand in no text, page or JSON, in either language."""
    marked = [
        replace(fact, special_category=True, domain=CategoryDomain(tuple(
            f"{fact.id}zzq{n}" for n in range(fact.domain.size)
        )))
        if data.draw(st.booleans()) else fact
        for fact in case.ruleset.facts
    ]  # fmt: skip
    ruleset = replace(case.ruleset, facts=tuple(marked))
    state = {fact: Known(known.allowed) for fact, known in case.state.items()}
    for language in ("nl", "en"):
        explained = Case(ruleset, state, type(case.executor)(ruleset)).explain(language).masked()
        for short in (False, True):
            texts = (
                explained.to_text(short=short),
                explained.to_markdown(short=short),
                explained.to_html(short=short),
                explained.model_dump_json(),
            )
            assert not any("zzq" in text for text in texts)


@settings(max_examples=examples(60), deadline=None)
@given(sensitive())
def test_masking_twice_is_masking_once(case: Case) -> None:
    """What is hidden stays hidden, and what is shown stays as it was."""
    whole = case.explain()
    once = whole.masked()
    assert once.masked() == once
    assert set(once.hidden) >= {f.id for f in case.ruleset.facts if f.special_category}
    for name, node in once.facts.items():
        if name in once.hidden:
            assert (node.status, node.value, node.ranges) == ("masked", None, ())
            assert node.evidence is None
        else:
            assert node == whole.facts[name]
    for name, verdict in once.verdicts.items():
        assert verdict.status == whole.verdicts[name].status
        assert verdict.possible == whole.verdicts[name].possible
        if not once.why[name].masked:
            assert once.why[name] == whole.why[name]
            assert once.why_not[name] == whole.why_not[name]
    assert not {node.id for node in nodes(once) if isinstance(node, FactNode)} ^ {
        node.id for node in nodes(whole) if isinstance(node, FactNode)
    }


@settings(max_examples=examples(30), deadline=None)
@given(cases())
def test_without_special_facts_nothing_is_masked(case: Case) -> None:
    """Where no fact is special-category data, everybody reads the same."""
    explanation = case.explain()
    assert explanation.masked() == explanation


@pytest.mark.parametrize("name", share([*VIGNETTES, *CHANGED]))
def test_a_masked_explanation_satisfies_the_schema(
    rijswijk: RuleSet, engine: Engine, name: str
) -> None:
    """It is an explanation as any other, and the facts of health say nothing."""
    masked = engine.explain(profile(rijswijk, name), lang="nl").masked()
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    data = json.loads(masked.model_dump_json())
    jsonschema.Draft202012Validator(schema).validate(data)
    assert Explanation.model_validate_json(masked.model_dump_json()) == masked
    assert set(masked.hidden) == {
        "physical_health", "mental_health", "addiction",
        "physical_health_long_term", "mental_health_long_term",
    }  # fmt: skip
    assert masked.versions.input_sha256 is None
    assert [name for name, why in masked.why.items() if why.masked] == ["route", "path"]


def test_health_of_the_caseload_does_not_show(rijswijk: RuleSet, engine: Engine) -> None:
    """Clients of the made caseload whose health is taken to be another read the same page.

    As far as the verdicts are the same, of course.
    """
    health = [fact.id for fact in rijswijk.facts if fact.special_category]
    with open_caseload(CASELOAD, rijswijk) as caseload:
        some = islice(caseload, examples(120))
        profiles = [dict(row.profile) for row in some if row.profile is not None]
    same = 0
    for one, other in pairwise(profiles):
        swapped = {**one, **{fact: other.get(fact) for fact in health}}
        first, second = (engine.explain(x, lang="nl").masked() for x in (one, swapped))
        if one != swapped and told(first, first.hidden) == told(second, first.hidden):
            assert first.to_html() == second.to_html()
            same += 1
    assert same > examples(120) // 12


def test_a_profile_is_masked_whatever_its_state(engine: Engine, rijswijk: RuleSet) -> None:
    """Also where the hidden facts contradict each other: the reader learns that a person looks."""
    clash = {**profile(rijswijk, "one_huge_debt"), "physical_health_long_term": True}
    text = " ".join(engine.explain(clash, lang="nl").masked().to_text().split())
    assert "Een medewerker beoordeelt dit." in text
    assert "langdurige lichamelijke klacht" in text  # its name, among what is not shown
    assert "niet samen waar" not in text
