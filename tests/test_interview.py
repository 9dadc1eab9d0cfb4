"""The interview asks only what can matter, and always ends."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from executors.test_agreement import build
from generated import rulesets, states
from routeengine import DECLINED, Engine, OneOf, ProfileError
from routeengine.errors import UsageError
from routeengine.executors.reference import ReferenceExecutor
from routeengine.interview import Interview
from routeengine.profile import read_profile
from test_engine import as_profile


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_an_interview_asks_only_what_matters_and_ends(data: st.DataObject) -> None:
    """Each question can still change a verdict; no fact is asked twice; in the end nothing is open.

    Last come the indirect ones, which tell of what was asked and not known.

    "Nothing is open" means settled, contradicted by an answer, or hanging on what was declined. It
    may begin with anything known; what was declined before is not asked again.
    """
    ruleset = data.draw(rulesets())
    build(ruleset)
    reference = ReferenceExecutor(ruleset)
    begin = data.draw(st.just({}) | states(ruleset).map(lambda s: as_profile(ruleset, s)))
    interview = Interview(Engine(ruleset), begin)
    asked, passed = [], False
    while (fact := interview.question) is not None:
        state = read_profile(ruleset, interview.result.profile)
        inspection = reference.inspect(state)
        matters = any(fact in inspection.matters(d.id) for d in ruleset.decisions)
        assert matters or fact in interview.indirect
        asked.append(fact)
        assert len(asked) <= len(ruleset.facts)
        assert not state[fact].declined
        if data.draw(st.booleans()):
            silence = data.draw(st.sampled_from([DECLINED, {"declined": True}, None]))
            interview, passed = interview.answer(silence), True
        else:
            domain = ruleset.fact[fact].domain
            open_to = [domain.value(number) for number in state[fact].allowed.numbers]
            interview = interview.answer(data.draw(st.sampled_from(open_to)))
        narrower = read_profile(ruleset, interview.result.profile)
        assert all(narrower[name].allowed <= known.allowed for name, known in state.items())
    assert len(asked) == len(set(asked))
    state = read_profile(ruleset, interview.result.profile)
    for verdict in interview.result.verdicts.values():
        if verdict.status == "insufficient":
            assert passed or any(known.declined for known in state.values())
            assert set(verdict.missing) <= set(asked)


def test_an_interview_on_the_shipped_policy(engine: Engine) -> None:
    """It starts with whom the routes are for, and stops as soon as they are not."""
    start = Interview(engine, {"client_id": "c"})
    assert start.question == "current_service"
    assert start.words("en") == engine.ruleset.fact["current_service"].question["en"]
    end = start.answer("wsp")
    assert end.question is None
    assert end.words() is None
    assert end.result.verdicts["scope"].outcome == "wsp"
    assert end.result.client_id == "c"
    with pytest.raises(UsageError, match="no question left"):
        end.answer(True)


def test_an_interview_may_keep_to_some_decisions(engine: Engine) -> None:
    """What only other decisions depend on is not asked."""
    only = Interview(engine, {"current_service": "participation", "rung": 2}, ["scope"])
    assert only.question == "receives_benefit"
    assert only.answer(True).question is None
    with pytest.raises(UsageError, match="no decision `rute`"):
        Interview(engine, {}, ["rute"])


def test_what_was_asked_are_facts(engine: Engine) -> None:
    """A name that is none is refused at once, from a program and from what came over a wire."""
    with pytest.raises(UsageError, match="`asked` names") as caught:
        Interview(engine, {}, asked=["sekret"])
    assert "sekret" not in str(caught.value)
    sent = {**Interview(engine, {}).to_dict(), "asked": ["willing", "sekret"]}
    with pytest.raises(UsageError, match="`asked` names"):
        Interview.from_dict(sent)


def test_declining_loses_nothing_that_was_known(engine: Engine) -> None:
    """Where part was known, that stays; the question is not asked again."""
    known = {
        "current_service": OneOf(["participation", "wsp"]),
        "rung": 2,
        "receives_benefit": True,
    }
    start = Interview(engine, known, ["scope"])
    assert start.question == "current_service"
    end = start.decline()
    assert end.question is None
    assert end.result.verdicts["scope"].possible == ("wsp", "in_scope")


def test_an_answer_in_part_narrows_what_was_known(engine: Engine) -> None:
    """And one that goes against it is refused, without a value."""
    domains = {"finances": OneOf(["none", "mild"])}
    profile = {"rung": 2, "receives_benefit": True, "current_service": "participation"} | domains
    start = Interview(engine, profile, ["route"])
    while start.question != "finances":
        start = start.answer(None)  # says nothing, and is not asked again
    assert start.answer({"one_of": ["mild", "serious"]}).result.profile["finances"] == "mild"
    assert start.answer({"declined": True}).result.profile["finances"] == OneOf(["none", "mild"])
    same = start.answer(OneOf(["none", "mild", "serious"]))
    assert same.result.profile == start.result.profile
    assert same.question != "finances"
    with pytest.raises(ProfileError) as caught:
        start.answer("serious")
    assert str(caught.value) == "finances: goes against what is known of it already"


def test_an_answer_is_as_strict_as_a_profile(engine: Engine) -> None:
    """An answer that the fact cannot have is refused."""
    with pytest.raises(ProfileError, match="current_service"):
        Interview(engine, {}).answer("ja")
