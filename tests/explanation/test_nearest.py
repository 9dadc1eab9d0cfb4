"""What is nearest, as a client reads it: information, and never a push."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings

from examples import examples
from explanation.explained import Case, cases, nodes
from explanation.test_golden import CHANGED, VIGNETTES, profile
from routeengine import Engine
from routeengine.caseload import open_caseload
from routeengine.changes import Changes
from routeengine.executors.lanes import LanesExecutor
from routeengine.explanation import LANGUAGES, Explainer
from routeengine.explanation.document import document
from routeengine.explanation.parts import NearestNode
from routeengine.i18n import wording_of
from routeengine.profile import read_profile
from routeengine.ruleset.model import RuleSet

CASELOAD = Path(__file__).parents[2] / "fixtures" / "caseload.csv"


@settings(max_examples=examples(80), deadline=None)
@given(cases())
def test_each_set_that_is_told_leads_there(case: Case) -> None:
    """Every nearest set gives its outcome when classified, and all of one outcome are as small."""
    explanation, facts = case.explain(), case.ruleset.fact
    conflicts = case.executor.inspect(case.state).conflicts
    for name, outcomes in explanation.why_not.items():
        for outcome, why_not in outcomes.items():
            assert why_not.nearest is not None or conflicts
            for one in why_not.nearest or ():
                moved = (*one.changes, *one.answers)
                assert len(moved) == why_not.distance
                state = dict(case.state)
                for change in moved:
                    index = facts[change.fact].domain.index(change.value)
                    assert index is not None
                    state[change.fact] = type(state[change.fact])(1 << index)
                assert case.executor.possible(state, name) == (outcome,)


@pytest.mark.gate
def test_a_client_is_never_told_to_do_less_or_to_get_worse(
    rijswijk: RuleSet, engine: Engine
) -> None:
    """Shown are only changes that a person can act on; never to stop, and never more problems.

    The data hold the others too, each marked.
    """
    problems = {fact.id for fact in rijswijk.facts if "serious" in fact.domain.values}
    with open_caseload(CASELOAD, rijswijk) as caseload:
        profiles = [row.profile for row in islice(caseload, 80) if row.profile is not None]
    shown = unshown = 0
    for one in profiles:
        explanation = engine.explain(one, lang="en")
        sets = [node for node in nodes(explanation) if isinstance(node, NearestNode)]
        texts = [b.text for b in document(explanation) if b.text.startswith(("A (", "B (", "1 ("))]
        texts = [text for text in texts if "this is the advice with" in text]
        shown += len(texts)
        acted = [s for s in sets if not s.answers and all(c.actionable for c in s.changes)]
        unshown += len(sets) - len(acted)
        for change in (change for one_set in acted for change in one_set.changes):
            assert rijswijk.fact[change.fact].actionable != "no"
            assert not (change.fact in problems and change.value == "serious")
            assert change.value is not False
        words = {f"{c.label}: {c.words}" for s in acted for c in s.changes}
        for text in texts:
            assert any(word.split(" or ")[0] in text for word in words)
    assert shown
    assert unshown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*VIGNETTES, *CHANGED])
def test_what_would_change_comes_with_freedom(
    rijswijk: RuleSet, engine: Engine, name: str, language: str
) -> None:
    """Wherever changes are shown, the reader is told that nothing has to be changed."""
    explanation = engine.explain(profile(rijswijk, name), lang=language)
    words = wording_of(language)
    for short in (False, True):
        texts = [block.text for block in document(explanation, short=short)]
        headed = words.heading_changes in texts
        assert headed == (words.changes in texts)
        assert texts.count(words.heading_changes) <= len(explanation.verdicts)


def test_values_that_go_together_are_told_together(rijswijk: RuleSet, engine: Engine) -> None:
    """No problem or a mild one: one line, where either will do."""
    text = engine.explain(profile(rijswijk, "one_huge_debt"), lang="en").to_text()
    lines = " ".join(text.split())
    assert "‘finances: no problem or mild problem’ and ‘can start soon: yes’" in lines
    assert lines.count("this is the advice with") == 1  # the path that follows is not told again


def test_a_decision_that_is_too_large_says_so(
    rijswijk: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where changes were not looked for, there is None rather than an empty list."""
    small = LanesExecutor(rijswijk, budget=40)
    state = read_profile(rijswijk, {})
    assert Changes(small, small.possible).near(state).of("route") is None
    lanes = LanesExecutor(rijswijk)
    changes = Changes(lanes, lanes.possible)
    monkeypatch.setattr("routeengine.changes.MAX_NEAR_WAYS", 0)
    assert changes.near(state).of("scope") is None
    result = Engine(rijswijk).classify({})
    found = Explainer(rijswijk, lanes, changes.near).explain(result, "en")
    assert found.why_not["scope"]["wsp"].nearest is None
    assert found.why_not["scope"]["wsp"].distance is None


def test_an_explanation_shares_nothing_that_can_change(rijswijk: RuleSet, engine: Engine) -> None:
    """Whoever empties what it holds empties no other explanation of the same facts."""
    known = profile(rijswijk, "one_huge_debt")
    first, whole = engine.explain(known), engine.explain(known)
    first.facts.clear()
    first.why_not["route"].clear()
    first.verdicts.clear()
    assert engine.explain(known) == whole


def test_nearest_is_near_to_the_value_of_this_client(rijswijk: RuleSet) -> None:
    """What was found for a client with the same cells does not stand in for another's values."""
    engine = Engine(rijswijk)
    known = {**profile(rijswijk, "long_term_psychosis"), "prognosis_months": 100}
    values = []
    for months in (100, 30, 12, 30, 100):
        explanation = engine.explain({**known, "prognosis_months": months})
        assert explanation == Engine(rijswijk).explain({**known, "prognosis_months": months})
        state = read_profile(rijswijk, {**known, "prognosis_months": months})
        near = engine._changes.near(state)
        sets = near.of("route")
        assert sets is not None
        moves = map(near.move, sets("review")[-1])
        values.append({one.fact: one.value for one in moves}.get("prognosis_months"))
    assert values[0] == values[1] == 23
    assert values[2] is None
