"""Pages of rule sets unlike the shipped one: many outcomes, findings without sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from explanation.published import published
from explanation.test_golden import profile
from families import ruleset_of
from routeengine import Engine
from routeengine.departure import Departure, depart
from routeengine.explanation.page.client import client_page
from routeengine.explanation.page.prose import Prose
from routeengine.explanation.page.voice import Voice
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.wording import DecisionWording, Wording


def test_many_outcomes_are_a_table_each_and_no_map() -> None:
    """A table of nine columns, or a map of nine places, is read by nobody."""
    ruleset = ruleset_of("different_outcomes", 9)
    page = client_page(Engine(ruleset).explain({"f0": True}, lang="en"))
    assert page.map == ()
    assert page.account is not None
    assert len(page.account.matrices) >= 9
    assert all(len(one.columns) == 1 for one in page.account.matrices)


@pytest.mark.parametrize("kinds", [("finding", "advice"), ("advice", "finding"), ("finding",) * 3])
def test_findings_without_sentences(rijswijk: RuleSet, kinds: tuple[str, ...]) -> None:
    """They are told by their labels, before the answer or after it."""
    names = [one.id for one in rijswijk.decisions]
    wording = Wording(
        decisions=tuple(
            DecisionWording(name, kind=kind)  # type: ignore[arg-type]  # one of the two
            for name, kind in zip(names, (*kinds, kinds[-1]), strict=False)
        )
    )
    ruleset = replace(rijswijk, wording=wording)
    engine = Engine(ruleset)
    for known in ({"current_service": "wsp"}, {"receives_benefit": False}, {}):
        page = client_page(engine.explain(known, lang="nl"), ruleset)
        assert page.panel.big
        assert page.title


def test_a_letter_is_its_first_part_in_words_too(rijswijk: RuleSet, engine: Engine) -> None:
    """What can be done about it stands there; how it came about does not."""
    ruleset = published(rijswijk)
    known = engine.classify({"client_id": "c1", "rung": 1})
    explanation = engine.explain(known, lang="nl", at=datetime(2023, 6, 6, 9, tzinfo=UTC))
    assert not client_page(explanation, ruleset).head.draft
    whole, letter = (
        [one.text for one in Prose(client_page(explanation, ruleset, letter=letter)).blocks()]
        for letter in (False, True)
    )
    assert len(letter) < len(whole)
    assert any("klacht" in text for text in letter)


def test_what_else_a_decision_can_come_to_has_a_name(rijswijk: RuleSet, engine: Engine) -> None:
    """A person chooses, or the question does not arise."""
    voice = Voice(engine.explain({}, lang="en"), rijswijk)
    assert voice.name("route", "review") != "review"
    assert voice.name("route", "not_applicable") != "not_applicable"


def test_a_decision_that_is_not_there_is_named_as_the_rules_do(
    rijswijk: RuleSet, engine: Engine
) -> None:
    """An explanation that was read from elsewhere may hold a condition on more than it tells."""
    explanation = engine.explain({"current_service": "wsp"}, lang="en")
    asked = explanation.why["route"].applies_when
    assert asked is not None
    without = replace(explanation, verdicts={"route": explanation.verdicts["route"]})
    assert asked.text in Voice(without, rijswijk).sentence(asked)


def test_a_later_decision_of_a_person_is_a_step(rijswijk: RuleSet, engine: Engine) -> None:
    """The advice stands, and what was decided of the path comes after it."""
    known = {**profile(rijswijk, "debts_and_depression_willing"), "conversation_held": True}
    result = engine.classify(known)
    choice = Departure("path", "1", "participatieconsulent", "Zo.", date(2023, 6, 6))
    explanation = depart(result, choice, rijswijk).annotate(engine.explain(result, lang="nl"))
    page = client_page(explanation, rijswijk)
    (decided,) = explanation.verdicts["path"].decisions
    assert any(decided.short.rstrip(".")[1:] in step for step in page.next)
