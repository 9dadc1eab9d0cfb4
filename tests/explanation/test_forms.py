"""Explanations as JSON: this form loses nothing, and the form before it is still read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples, gated
from explanation.explained import Case, cases
from explanation.test_golden import CHANGED, VIGNETTES, from_dossier, profile
from generated import BOTH, GROUNDS, a_fact
from routeengine import Engine, load_ruleset
from routeengine.errors import UsageError
from routeengine.explanation import LANGUAGES, Explanation
from routeengine.profile import Conflicting, OneOf
from routeengine.ruleset.conditions import All, AtLeast, Condition, Exactly, FactIs, Not
from routeengine.ruleset.conditions import Any as AnyOf
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain
from routeengine.ruleset.model import Constraint, Decision, Outcome, Rule, RuleSet
from routeengine.testing import partial_profiles
from routeengine.value_set import set_of_bits
from verification.broken import LIBRARY

FORM_1 = Path(__file__).parent / "form1"
"""Explanations, each with its texts, as the version wrote them that knew no other form."""

LARGEST = 40_000
"""Bytes of an explanation of a client of the shipped policy; in form 1 it was up to 280,000."""

SCHEMA_1 = Path(__file__).parents[2] / "schemas" / "explanation-1.schema.json"

NAMES = sorted(path.stem for path in FORM_1.glob("*.json"))


def read_back(explanation: Explanation) -> Explanation:
    """Write an explanation as JSON, and read it."""
    return Explanation.model_validate_json(explanation.model_dump_json())


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(cases())
def test_an_explanation_survives_json(case: Case) -> None:
    """Written as JSON and read back it is the same explanation, masked or not."""
    for language in LANGUAGES:
        explanation = case.explain(language)
        assert read_back(explanation) == explanation
        assert read_back(explanation.masked()) == explanation.masked()


@pytest.mark.gate
@pytest.mark.parametrize("language", LANGUAGES)
def test_explanations_of_every_kind_survive_json(
    rijswijk: RuleSet, engine: Engine, language: str
) -> None:
    """Of the shipped policy too, of a dossier, and of rules that others wrote."""
    some = [engine.explain(profile(rijswijk, one), lang=language) for one in (*VIGNETTES, *CHANGED)]
    some += [from_dossier(rijswijk, language), engine.explain({}, lang=language)]
    some.append(Engine(load_ruleset(LIBRARY)).explain({"age": 40}, lang=language))
    for one in some:
        assert read_back(one) == one


def test_a_group_of_any_kind_survives_json() -> None:
    """Also one that is denied, that has one part, or that holds whatever is known."""
    facts = [FactIs(name, set_of_bits(2)) for name in "pqr"]
    groups: list[Condition] = [
        All((facts[0],)), AnyOf((facts[1],)), AtLeast(2, tuple(facts)), Exactly(1, tuple(facts)),
        Not(All(tuple(facts))), Not(Exactly(2, tuple(facts))), Not(Not(facts[2])), All(()),
    ]  # fmt: skip
    rules = tuple(
        Rule(f"r{number}", when, "A", BOTH, BOTH, GROUNDS) for number, when in enumerate(groups)
    )
    ruleset = RuleSet(
        "groups", "1", BOTH, BOTH, BOTH, ("nl", "en"),
        tuple(a_fact(name, BooleanDomain()) for name in "pqr"), (),
        (Decision("d", BOTH, (Outcome("A", BOTH, BOTH), Outcome("B", BOTH, BOTH)), rules),),
    )  # fmt: skip
    explanation = Engine(ruleset).explain({"p": True}, lang="en")
    assert read_back(explanation) == explanation


def test_what_a_constraint_adds_survives_json() -> None:
    """What was given of a fact stands beside what the constraints make of it."""
    three = CategoryDomain(("a", "b", "c"))
    decision = Decision(
        "d", BOTH, (Outcome("A", BOTH, BOTH), Outcome("B", BOTH, BOTH)),
        (Rule("r", FactIs("p", set_of_bits(1)), "A", BOTH, BOTH, GROUNDS),
         Rule("s", FactIs("p", set_of_bits(6)), "B", BOTH, BOTH, GROUNDS)),
    )  # fmt: skip
    ruleset = RuleSet(
        "implied", "1", BOTH, BOTH, BOTH, ("en",),
        (a_fact("p", three), a_fact("q", BooleanDomain())), (), (decision,),
        (
            Constraint(
                "k", All((FactIs("p", set_of_bits(4)), FactIs("q", set_of_bits(2)))), BOTH, GROUNDS
            ),
        ),
    )  # fmt: skip
    explanation = Engine(ruleset).explain({"p": OneOf(["a", "c"]), "q": True}, lang="en")
    assert explanation.why["d"].because == ("p", "q")
    assert explanation.why["d"].because_facts[0].status == "partial"
    assert explanation.facts["p"].status == "implied"
    assert read_back(explanation) == explanation


def clashing() -> Explanation:
    """Explain facts that a constraint forbids."""
    p, q = (FactIs(name, set_of_bits(2)) for name in "pq")
    rules = (Rule("r", p, "A", BOTH, BOTH, GROUNDS), Rule("s", Not(p), "B", BOTH, BOTH, GROUNDS))
    decision = Decision("d", BOTH, (Outcome("A", BOTH, BOTH), Outcome("B", BOTH, BOTH)), rules)
    constraint = Constraint("k", All((p, q)), BOTH, GROUNDS)
    facts = tuple(a_fact(name, BooleanDomain()) for name in "pq")
    ruleset = RuleSet(
        "clash", "1", BOTH, BOTH, BOTH, ("en",), facts, (), (decision,), (constraint,)
    )
    return Engine(ruleset).explain({"p": True, "q": True}, lang="en")


def test_a_constraint_that_is_broken_survives_json() -> None:
    """With what it forbids, and the place where that is found."""
    explanation = clashing()
    (broken,) = explanation.verdicts["d"].broken
    assert (broken.id, broken.constraint) == ("constraint:k", "k")
    assert read_back(explanation) == explanation


def test_a_rule_that_leads_two_ways_survives_json() -> None:
    """Of rules that overlap each is why a person looks, and why its outcome is not the answer."""
    decision = Decision(
        "d", BOTH, (Outcome("A", BOTH, BOTH), Outcome("B", BOTH, BOTH)),
        (Rule("r", FactIs("p", set_of_bits(2)), "A", BOTH, BOTH, GROUNDS),
         Rule("s", FactIs("q", set_of_bits(2)), "B", BOTH, BOTH, GROUNDS)),
    )  # fmt: skip
    facts = tuple(a_fact(name, BooleanDomain()) for name in "pq")
    ruleset = RuleSet("overlap", "1", BOTH, BOTH, BOTH, ("en",), facts, (), (decision,))
    explanation = Engine(ruleset).explain({"p": True, "q": True}, lang="en")
    assert explanation.why["d"].rules[0] == explanation.why_not["d"]["A"].rules[0]
    assert read_back(explanation) == explanation


def test_what_does_not_follow_is_written_out(rijswijk: RuleSet, engine: Engine) -> None:
    """An explanation that somebody else made may have it otherwise: it is read as it was."""
    explanation = engine.explain(profile(rijswijk, "sources_that_disagree"), lang="en")
    verdict, others = explanation.verdicts["route"], explanation.why_not["route"]
    assert [one.id for one in verdict.conflicting] == ["willing"]
    rules = tuple(replace(rule, standing="applies") for rule in others["A"].rules)
    other = replace(
        explanation,
        verdicts=explanation.verdicts | {"route": replace(verdict, conflicting=())},
        why_not=explanation.why_not | {"route": others | {"A": replace(others["A"], rules=rules)}},
    )
    assert other != explanation
    assert read_back(other) == other


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_an_explanation_is_small(rijswijk: RuleSet, engine: Engine, data: st.DataObject) -> None:
    """40 kB at most, whatever is known of a client of the shipped policy."""
    known = data.draw(partial_profiles(rijswijk))
    for language in LANGUAGES:
        assert len(engine.explain(known, lang=language).model_dump_json().encode()) <= LARGEST


def disputed(ruleset: RuleSet) -> dict[str, Conflicting]:
    """Say every value of every fact: of all that can be known this takes the most words."""
    return {
        fact.id: Conflicting([fact.domain.value(n) for n in range(fact.domain.size)])
        for fact in ruleset.facts
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_largest_explanations_are_small(
    rijswijk: RuleSet, engine: Engine, language: str
) -> None:
    """Of nobody is more open than of whom nothing is known, or of whom all is disputed."""
    for known in ({}, disputed(rijswijk)):
        assert len(engine.explain(known, lang=language).model_dump_json().encode()) <= LARGEST


@pytest.mark.gate
@pytest.mark.parametrize("name", gated(NAMES, 2))
def test_form_1_is_still_read(name: str) -> None:
    """It reads as any other, in its own words, without the rule set; its form is told as it was."""
    text = (FORM_1 / f"{name}.json").read_text(encoding="utf-8")
    explanation = Explanation.model_validate_json(text)
    for ending, rendered in (
        ("txt", explanation.to_text()),
        ("md", explanation.to_markdown()),
    ):
        assert rendered == (FORM_1 / f"{name}.{ending}").read_text(encoding="utf-8")
    assert explanation.versions.form == "routeengine/explanation/1"
    jsonschema.validate(json.loads(text), json.loads(SCHEMA_1.read_text(encoding="utf-8")))
    # Its conditions get the ids of this form, and nothing else of it changes.
    again = read_back(explanation)
    assert again.to_text() == explanation.to_text()
    page = explanation.to_html(audience="consultant")
    assert again.to_html(audience="consultant") == page
    assert read_back(again) == again


def test_a_text_that_no_template_gives_is_written_out(engine: Engine) -> None:
    """An explanation of a version with other words is read as it was written."""
    form = json.loads(engine.explain({"rung": 2}).model_dump_json())
    words = {name: f"other {template}" for name, template in form["words"].items()}
    other = Explanation.model_validate_json(json.dumps(form | {"words": words}))
    assert "other " in other.to_text()
    assert read_back(other) == other


def spoiled(engine: Engine, **parts: Any) -> str:
    """Write an explanation with other parts in it."""
    return json.dumps(json.loads(engine.explain({"rung": 2}).model_dump_json()) | parts)


def test_a_number_that_is_of_no_earlier_condition_is_refused() -> None:
    """One below 0, and a part that is its own whole or comes after it; so is what is no JSON."""
    form = json.loads(clashing().model_dump_json())
    assert form["conditions"] == [["fact", "p", "yes"], ["not", [0]]]

    def flagged(when: int, *parts: int) -> str:
        more = [{"truth": "open", "kind": "all", "parts": [part]} for part in parts]
        flag = {"flag": "f", "label": "secret", "basis": "source", "when": when}
        return json.dumps(form | {"conditions": form["conditions"] + more, "flags": [flag]})

    assert Explanation.model_validate_json(flagged(3, 1, 2)).flags[0].when is not None
    for text in ("secret", flagged(-2), flagged(2, 2), flagged(2, 3, 1)):
        with pytest.raises(UsageError, match="is no explanation") as caught:
            Explanation.model_validate_json(text)
        assert "secret" not in str(caught.value)


@pytest.mark.gate
def test_what_is_no_explanation_is_refused(engine: Engine) -> None:
    """With one error, that shows nothing of what was read."""
    # Of numbers past those that the rules refer to; a flag refers to the last.
    known = json.loads(engine.explain({"rung": 2}).model_dump_json())["conditions"]
    doubled, deep = list(known), list(known)
    doubled += [
        {"truth": "open", "kind": "all", "parts": [number, number]}
        for number in range(len(known) - 1, len(known) + 40)
    ]
    deep += [
        {"truth": "open", "kind": "not", "text": "secret", "parts": [number]}
        for number in range(len(known) - 1, len(known) + 9_000)
    ]

    def flag(when: int) -> list[dict[str, Any]]:
        return [{"flag": "f", "label": "secret", "grounds": {}, "when": when}]

    for text in (
        "", "[]", "{}", '{"form": "routeengine/explanation/3"}', '"secret"', "secret",
        spoiled(engine, conditions=[]), spoiled(engine, words={}), spoiled(engine, facts={}),
        spoiled(engine, rules={}), spoiled(engine, sources={}), spoiled(engine, more="secret"),
        spoiled(engine, language=3), spoiled(engine, flags=flag(-1)),
        spoiled(engine, conditions=doubled, flags=flag(len(doubled) - 1)),
        spoiled(engine, conditions=[{"truth": "open", "kind": "all", "parts": [0]}] * 200),
        spoiled(engine, conditions=deep, flags=flag(len(deep) - 1)),
        json.dumps({**json.loads((FORM_1 / f"{NAMES[0]}.json").read_text()), "more": "secret"}),
    ):  # fmt: skip
        with pytest.raises(UsageError, match="is no explanation") as caught:
            Explanation.model_validate_json(text)
        assert "secret" not in str(caught.value)


def test_a_name_that_no_explanation_has_is_not_shown(engine: Engine) -> None:
    """Only where it is: whoever wrote it may have put a value there."""
    parts = json.loads(engine.explain({"rung": 2}).model_dump_json())
    parts["facts"]["rung"]["secret"] = 1
    for text, place in (
        (spoiled(engine, facts=parts["facts"]), "facts.rung: "),
        (spoiled(engine, secret=1), ""),
    ):
        with pytest.raises(UsageError) as caught:
            Explanation.model_validate_json(text)
        assert str(caught.value) == f"is no explanation: {place}Unexpected keyword argument"


def test_words_that_come_from_outside_fill_in_names_alone(engine: Engine) -> None:
    """A template asks for no more than the names that it may have."""
    words = json.loads(engine.explain({"rung": 2}).model_dump_json())["words"]
    greedy = words | {"criterion": "{label!r:>999999999}"}
    explanation = Explanation.model_validate_json(spoiled(engine, words=greedy))
    assert "{label!r:>999999999}" in explanation.model_dump_json()
    with pytest.raises(UsageError):
        Explanation.model_validate_json(spoiled(engine, words=words | {"criterion": "{more}"}))
