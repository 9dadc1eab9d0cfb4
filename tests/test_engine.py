"""The engine: what goes in, what comes out, and what never leaks."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from executors.test_agreement import build
from generated import rulesets, states
from routeengine import DECLINED, Between, Engine, OneOf, ProfileError
from routeengine.engine import FEW
from routeengine.errors import UsageError
from routeengine.profile import Conflicting, Known, entries_of
from routeengine.profile_model import profile_model
from routeengine.result import Result, leads_of
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import set_of_bits


def as_profile(ruleset: RuleSet, state: Mapping[str, Known]) -> dict[str, Any]:
    """Write a state of knowledge the way a user would."""
    profile: dict[str, Any] = {}
    for fact in ruleset.facts:
        known = state[fact.id]
        values = list(entries_of(fact, known.allowed))
        if known.conflicting:
            profile[fact.id] = Conflicting(values)
        elif known.declined:
            profile[fact.id] = DECLINED
        elif known.allowed == fact.domain.full:
            profile[fact.id] = None
        else:
            profile[fact.id] = values[0] if known.allowed.is_single else OneOf(values)
    return profile


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_an_engine_gives_what_its_executor_gives(data: st.DataObject) -> None:
    """Codes and remembered answers change nothing: not one by one, not many at a time."""
    ruleset = data.draw(rulesets())
    executor, engine = build(ruleset), Engine(ruleset)
    some = data.draw(st.lists(states(ruleset), min_size=1, max_size=6))
    profiles = [as_profile(ruleset, state) for state in some]
    expected = [executor.evaluate(state) for state in some]
    assert [result.answer for result in engine.classify_many(profiles)] == expected
    for _ in range(2):
        assert [engine.classify(profile).answer for profile in profiles] == expected


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_both_executors_stand_behind_the_same_face(data: st.DataObject) -> None:
    """An engine on the reference evaluator answers as one on lanes does."""
    ruleset = data.draw(rulesets())
    build(ruleset)
    profile = as_profile(ruleset, data.draw(states(ruleset)))
    lanes, reference = Engine(ruleset), Engine(ruleset, executor="reference")
    assert lanes.classify(profile).answer == reference.classify(profile).answer
    assert lanes.classify_many([profile])[0].answer == reference.classify_many([profile])[0].answer


def test_an_executor_that_does_not_exist_is_refused(rijswijk: RuleSet) -> None:
    """The message says which there are."""
    with pytest.raises(ValueError, match="use `lanes`, `reference` or `durable`"):
        Engine(rijswijk, executor="oracle")  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        ({"rung": True}, "rung"),
        ({"rung": "2"}, "rung"),
        ({"rung": 2.0}, "rung"),
        ({"rung": 7}, "rung"),
        ({"willing": 1}, "willing"),
        ({"willing": "true"}, "willing"),
        ({"finances": "Serious"}, "finances"),
        ({"finances": ["serious"]}, "finances"),
        ({"finances": OneOf(["mild", "huge"])}, "finances"),
        ({"finances": OneOf([])}, "finances"),
        ({"finances": Between(1, 2)}, "finances"),
        ({"prognosis_months": Between(12, 241)}, "prognosis_months"),
        ({"prognosis_months": Between(18, 12)}, "prognosis_months"),
        ({"prognosis_months": Between(True, 12)}, "prognosis_months"),
        ({"shoe_size": 43}, "shoe_size"),
        ({"client_id": 17}, "client_id"),
        ({17: True}, "(key)"),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    engine: Engine, profile: dict[Any, Any], field: str
) -> None:
    """The field stands in the message; True is not 1, "2" is not 2, 2.0 is not 2."""
    with pytest.raises(ProfileError) as caught:
        engine.classify(profile)
    assert [fault.field for fault in caught.value.faults] == [field]
    assert str(caught.value).startswith(f"{field}: ")


@given(marker=st.text("abcdefgh", min_size=12, max_size=12), data=st.data())
def test_no_value_stands_in_an_error(engine: Engine, marker: str, data: st.DataObject) -> None:
    """Whatever a client's facts were, the message and the fields of the error do not hold it."""
    fact = data.draw(st.sampled_from([fact.id for fact in engine.ruleset.facts]))
    forms = [marker, OneOf([marker]), Conflicting([marker]), list(marker)]
    with pytest.raises(ProfileError) as caught:
        engine.classify({fact: data.draw(st.sampled_from(forms))})
    assert marker not in str(caught.value)
    assert marker not in repr(caught.value)
    assert marker not in repr(caught.value.faults)


def test_nothing_known_is_shown_by_repr(engine: Engine) -> None:
    """A result, a verdict or a form of knowledge shows no fact when it is printed."""
    result = engine.classify({"finances": OneOf(["mild", "serious"]), "prognosis_months": 17})
    for shown in (repr(result), repr(result.verdicts), repr(result.profile["finances"])):
        assert "serious" not in shown
        assert "17" not in shown
    assert repr(Between(3, 4)) == "Between(…)"
    assert repr(Conflicting([3, 4])) == "Conflicting(…)"
    assert repr(DECLINED) == "DECLINED"
    assert repr(Known(set_of_bits(5))) == "Known(…)"
    assert "rijswijk-2023" in repr(engine)


def test_every_fault_of_a_profile_comes_at_once(engine: Engine) -> None:
    """Three wrong fields are three faults."""
    with pytest.raises(ProfileError) as caught:
        engine.classify({"rung": 9, "willing": "ja", "shoe_size": 43})
    assert {fault.field for fault in caught.value.faults} == {"rung", "willing", "shoe_size"}


@pytest.mark.parametrize("profile", [[], "rung", None, 3, [("rung", 2)]])
def test_what_is_no_profile_is_refused(engine: Engine, profile: Any) -> None:
    """Only mappings and profile models are profiles."""
    with pytest.raises(ProfileError, match="must be a mapping or a profile model"):
        engine.classify(profile)


def test_any_mapping_is_a_profile(engine: Engine) -> None:
    """An ordered dictionary and a plain one say the same, in any order of keys."""
    plain = {"client_id": "c", "rung": 2, "receives_benefit": False}
    other = OrderedDict(reversed(plain.items()))
    assert engine.classify(plain).answer == engine.classify(other).answer
    assert engine.classify(plain).client_id == "c"


def test_a_result_does_not_follow_later_changes(engine: Engine) -> None:
    """Changing the dictionary that was passed leaves the result as it was."""
    profile = {"client_id": "c", "rung": 2}
    result = engine.classify(profile)
    profile["client_id"] = "d"
    assert result.client_id == "c"


def test_declined_is_unknown_and_not_asked_again(engine: Engine) -> None:
    """The verdict is as for an unknown fact, but the question is gone."""
    unknown, declined = engine.classify({}), engine.classify({"rung": DECLINED})
    assert "rung" in unknown.verdicts["scope"].missing
    assert "rung" not in declined.verdicts["scope"].missing
    assert unknown.verdicts["scope"].possible == declined.verdicts["scope"].possible


def test_a_range_inside_one_cell_is_as_good_as_a_value(engine: Engine) -> None:
    """Nothing depends on where in 24-240 the prognosis lies, so the range decides."""
    known = {
        "rung": 1, "receives_benefit": True, "current_service": "participation",
        "able_to_participate": False, "addiction": "serious", "volunteering": False,
        "informal_care": False, "part_time_work": False, "day_activities": False,
        "other_activity": False,
    }  # fmt: skip
    route = engine.classify({**known, "prognosis_months": Between(30, None)}).verdicts["route"]
    assert route.outcome == "D"
    route = engine.classify({**known, "prognosis_months": Between(20, 30)}).verdicts["route"]
    assert (route.status, route.missing) == ("insufficient", ("prognosis_months",))
    route = engine.classify({**known, "prognosis_months": Between(None, 23)}).verdicts["route"]
    assert (route.status, route.rule) == ("review", "prognosis_against_d")


def test_disputed_evidence_that_matters_is_for_a_person(engine: Engine) -> None:
    """Conflicting values on which the verdict hangs make it review, with what is possible."""
    known = {"rung": 2, "receives_benefit": True}
    scope = engine.classify(
        {**known, "current_service": Conflicting(["wsp", "participation"])}
    ).verdicts["scope"]
    assert (scope.status, scope.reason) == ("review", "conflicting_evidence")
    assert scope.candidates == ("wsp", "in_scope")
    assert scope.missing == ("current_service",)


def test_a_result_names_who_answered(rijswijk: RuleSet) -> None:
    """Also after a pickle and over a wire; it is no part of what results have in common."""
    lanes, reference = Engine(rijswijk), Engine(rijswijk, executor="reference")
    known = {fact.id: fact.domain.value(0) for fact in rijswijk.facts}
    profile = {**known, "current_service": "wsp_interim_group", "receives_benefit": True}
    results = [lanes.classify(profile), reference.classify(profile)]
    assert results[0] == results[1]
    for result, name in zip(results, ("lanes", "reference"), strict=True):
        assert result.executor == result.answer.executor == name
        assert pickle.loads(pickle.dumps(result)).executor == name
        assert Result.from_dict(result.to_dict()).executor == name
    for _ in range(40):  # by the walk for many, too
        assert lanes.classify(profile).executor == "lanes"
    with pytest.raises(UsageError, match="no other refuses"):
        Engine(rijswijk, fallback="lanes")


def test_a_pickled_engine_and_its_results_are_the_same(engine: Engine) -> None:
    """What comes back from pickle answers the same, the missing facts included."""
    again: Engine = pickle.loads(pickle.dumps(engine))
    result = engine.classify({"rung": 2})
    assert again.classify({"rung": 2}).answer == result.answer
    loaded = pickle.loads(pickle.dumps(result))
    assert loaded == result
    assert loaded.verdicts["route"].missing == result.verdicts["route"].missing
    assert hash(loaded.verdicts["scope"]) == hash(result.verdicts["scope"])
    assert pickle.loads(pickle.dumps(DECLINED)) is DECLINED


def test_verdicts_differ_where_any_field_differs(engine: Engine) -> None:
    """Equality looks at every field, and at nothing but verdicts."""
    verdict = engine.classify({"rung": 2}).verdicts["route"]
    assert verdict != replace(verdict, exact=False)
    assert verdict != replace(verdict, _find_leads=None)
    assert {repr(lead) for leads in leads_of(verdict).values() for lead in leads} == {"Lead(…)"}
    assert verdict != "insufficient"


@pytest.mark.night
def test_threads_share_an_engine(rijswijk: RuleSet) -> None:
    """Eight threads on one new engine get what one thread gets."""
    profiles = [
        {"rung": rung, "receives_benefit": benefit, "willing": willing}
        for rung in range(1, 7)
        for benefit in (True, False, None)
        for willing in (True, False, None)
    ]
    alone, shared = Engine(rijswijk), Engine(rijswijk)
    expected = [alone.classify(profile).answer for profile in profiles]
    with ThreadPoolExecutor(8) as pool:
        for answers in pool.map(
            lambda _: [shared.classify(profile).answer for profile in profiles], range(16)
        ):
            assert answers == expected


def test_an_engine_makes_ready_for_many_once_there_are_a_few(rijswijk: RuleSet) -> None:
    """Decision by decision and in one walk, a client gets the same; and one that clashes too."""
    engine = Engine(rijswijk)
    some: list[dict[str, Any]] = [
        {"rung": 2, "willing": True},
        {"rung": OneOf([1, 2]), "willing": DECLINED},
        {"able_to_participate": False, "can_start_soon": True},
    ]
    before = [engine.classify(one).answer for one in some]
    assert engine._sight is None
    for _ in range(FEW):
        engine.classify({})
    assert engine._sight is not None
    assert [engine.classify(one).answer for one in some] == before
    assert before[-1].verdicts["route"].reason == "contradiction"


def test_nobody_can_change_an_answer(engine: Engine) -> None:
    """What one caller does with a result reaches no other: verdicts are read-only."""
    result = engine.classify({"rung": 2})
    with pytest.raises(TypeError):
        result.verdicts["route"] = None  # type: ignore[index]  # on purpose
    assert "route" in engine.classify({"rung": 2}).verdicts


def test_an_unknown_key_is_refused_however_often_it_comes(rijswijk: RuleSet) -> None:
    """Also where its value is None, and where the same is known of another client already."""
    engine = Engine(rijswijk)
    engine.classify({})
    with pytest.raises(ProfileError, match="naam: is no fact"):
        engine.classify({"naam": None})


@pytest.mark.parametrize("key", ["heavily in debt", "17", "", "x" * 65, "a\x1b[31mb"])
def test_a_key_that_is_no_name_is_told_by_its_position(engine: Engine, key: str) -> None:
    """It may be a value that stands where a name should."""
    with pytest.raises(ProfileError) as caught:
        engine.classify({"rung": 2, key: True})
    assert str(caught.value) == "(key 2): is no fact of the rule set `rijswijk-2023`"


@pytest.mark.parametrize("client", ["a\nb", "a\x00", "a\u2028b"])
def test_a_client_id_is_one_line(engine: Engine, client: str) -> None:
    """It stands in titles and in lines of output, so nothing else may begin there."""
    with pytest.raises(ProfileError, match="one line of text"):
        engine.classify({"client_id": client})


def test_a_result_of_other_rules_is_not_explained(engine: Engine, rijswijk: RuleSet) -> None:
    """An engine explains its own results: others were given by other rules."""
    other = Engine(replace(rijswijk, constraints=rijswijk.constraints[1:]))
    result = other.classify({"rung": 2})
    with pytest.raises(UsageError, match="of the rule set `rijswijk-2023"):
        engine.explain(result)
    with pytest.raises(UsageError, match="and not of this engine's"):
        engine.what_if(result, {"rung": 1})


def test_what_makes_no_sense_is_refused_in_words(engine: Engine) -> None:
    """A name for a rule set, a class for a profile, nothing for changes."""
    with pytest.raises(UsageError, match="load it with `load_ruleset`"):
        Engine("rijswijk-2023")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(ProfileError, match="must be a mapping or a profile model"):
        engine.classify(profile_model(engine.ruleset))  # type: ignore[arg-type]  # on purpose
    with pytest.raises(UsageError, match="must be a mapping"):
        engine.what_if({}, None)  # type: ignore[arg-type]  # on purpose


def test_a_profile_model_is_a_profile(engine: Engine) -> None:
    """An instance of the generated model goes in as it is, and its repr shows no fact."""
    given = {"client_id": "c", "rung": 2, "finances": "serious"}
    model = profile_model(engine.ruleset).model_validate(given)
    result = engine.classify(model)
    assert result.answer == engine.classify({"rung": 2, "finances": "serious"}).answer
    assert "serious" not in repr(model) + str(model)
    assert "c" in repr(model)
