"""What is nearest, as a client reads it: information, and never a push."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from examples import examples
from explanation.explained import Case, cases
from explanation.test_golden import CHANGED, VIGNETTES, profile
from routeengine import Engine
from routeengine.changes import Changes
from routeengine.executors.lanes import LanesExecutor
from routeengine.explanation import LANGUAGES, Explainer
from routeengine.explanation.page.changes import changes
from routeengine.explanation.page.voice import Voice
from routeengine.own_words import words_of
from routeengine.profile import read_profile
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import single

CASELOAD = Path(__file__).parents[2] / "fixtures" / "caseload.csv"


@pytest.mark.gate
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
                    state[change.fact] = type(state[change.fact])(single(index))
                assert case.executor.possible(state, name) == (outcome,)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*VIGNETTES, *CHANGED])
def test_what_would_change_comes_with_freedom(
    rijswijk: RuleSet, engine: Engine, name: str, language: str
) -> None:
    """Every other outcome has its shortest way, and the reader is told that nothing has to be done.

    Where facts clash, what is right comes first.
    """
    explanation = engine.explain(profile(rijswijk, name), lang=language)
    words = words_of(rijswijk.wording, language).client
    for short in (False, True):
        text = " ".join(explanation.to_text(short=short).split())
        headed = words.heading_changes in text
        assert headed == (words.changes_note in text or words.changes_unclear in text)
    voice = Voice(explanation)
    for decision, verdict in explanation.verdicts.items():
        found = [one.outcome for one in changes(voice, decision)]
        clash = verdict.reason == "contradiction"
        assert found == ([] if clash else list(explanation.why_not[decision]))


def test_the_way_with_fewest_judgements_is_told(rijswijk: RuleSet, engine: Engine) -> None:
    """One of several, with how many there are, and who can say whether it is so."""
    explanation = engine.explain(profile(rijswijk, "one_huge_debt"), lang="en")
    for decision, others in explanation.why_not.items():
        for one in changes(Voice(explanation), decision):
            sets = others[one.outcome].nearest or ()
            judged = [sum(not change.actionable for change in some.changes) for some in sets]
            told = [
                some for some in sets
                if all(c.label.lower() in one.what.lower() for c in (*some.changes, *some.answers))
            ]  # fmt: skip
            if sets and others[one.outcome].status != "candidate":
                assert min(judged) in [sum(not c.actionable for c in some.changes) for some in told]
                assert (f"one of {len(sets)} ways" in one.what) == (len(sets) > 1)
                assert one.who


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
    found = Explainer(rijswijk, lanes, changes.near, lanes.evaluate).explain(result, "en")
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


@pytest.mark.gate
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
