"""What is told of points: never too narrow a range, what is open, and what would be enough."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from examples import examples
from explanation.explained import Case, cases, explainer_of, nodes
from generated import BOTH, GROUNDS, a_fact, build_ruleset
from pages_read import Page
from routeengine import Engine, OneOf
from routeengine.errors import UsageError
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.explanation import Explanation
from routeengine.explanation.enough import Steps
from routeengine.explanation.model import ConditionNode
from routeengine.explanation.parts import PointsNode
from routeengine.explanation.plan import Plan
from routeengine.profile import Known
from routeengine.ruleset.conditions import All, Condition, FactIs, Not, ScoreIs
from routeengine.ruleset.conditions import Any as AnyOf
from routeengine.ruleset.dependencies import facts_of
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, IntegerDomain
from routeengine.ruleset.model import Decision, Outcome, Rule, RuleSet, Score, ScorePart
from routeengine.truth import Truth, range_truth
from routeengine.value_set import ValueSet, single
from urgency import KNOWN, urgency


def asked(explanation: Explanation) -> list[tuple[ConditionNode, PointsNode]]:
    """Give every condition on a score that an explanation shows."""
    found = [one for one in nodes(explanation) if isinstance(one, ConditionNode)]
    return [(one, one.points) for one in found if one.points is not None]


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(cases())
def test_no_range_is_too_narrow(case: Case) -> None:
    """Every sum that a completion comes to lies in the range; JSON gives the same back."""
    completions = ReferenceExecutor(case.ruleset).inspect(case.state).completions
    explanation = case.explain()
    for node, points in asked(explanation):
        parts = case.ruleset.score[node.reference or ""].parts
        for full in completions:
            total = sum(part.worth for part in parts if full.holds(part.when))
            assert points.least <= total <= points.most
        assert points.worths == tuple(part.worth for part in parts)
    assert Explanation.model_validate_json(explanation.model_dump_json()) == explanation
    assert Explanation.from_dict(explanation.to_dict()) == explanation


WORTH = st.integers(-9, 9).filter(bool)
WORTHS = st.lists(WORTH, min_size=1, max_size=6)


def yes_or_no(worths: list[int], bound: ScoreIs) -> RuleSet:
    """Make a rule on a score whose parts have nothing to do with each other."""
    facts = tuple(a_fact(f"f{n}", BooleanDomain()) for n in range(len(worths)))
    # Every other part asks for "no", written as the lack of "yes".
    whens = [
        FactIs(fact.id, single(1)) if n % 2 else Not(FactIs(fact.id, single(0)))
        for n, fact in enumerate(facts)
    ]
    parts = tuple(ScorePart(when, worth) for when, worth in zip(whens, worths, strict=True))
    rules = (Rule("r", bound, "yes", BOTH, BOTH, GROUNDS),)
    decision = Decision("d", BOTH, (Outcome("yes", BOTH, BOTH),), rules)
    ruleset = build_ruleset("points", facts=facts, decisions=(decision,))
    return replace(ruleset, scores=(Score("s", BOTH, parts, GROUNDS),))


def explained(ruleset: RuleSet, state: dict[str, Known]) -> tuple[ConditionNode, PointsNode]:
    """Explain, and give the one condition on a score."""
    case = Case(ruleset, state, LanesExecutor(ruleset))
    ((node, points),) = {one.id: (one, p) for one, p in asked(case.explain())}.values()
    return node, points


@settings(max_examples=examples(300), deadline=None)
@given(WORTHS, st.data())
def test_the_range_and_what_closes_the_lack(worths: list[int], data: st.DataObject) -> None:
    """Where parts are apart: the range is exact, and all smallest sets are told, up to five."""
    low, high = sorted(data.draw(st.integers(-20, 30)) for _ in range(2))
    kind = data.draw(st.sampled_from(["at_least", "at_most", "between"]))
    bound = ScoreIs("s", None if kind == "at_most" else low, None if kind == "at_least" else high)
    ruleset = yes_or_no(worths, bound)
    answers = data.draw(st.lists(st.sampled_from([True, False, None]),
                                 min_size=len(worths), max_size=len(worths)))  # fmt: skip
    full = ruleset.facts[0].domain.full
    state = {
        f"f{n}": Known(full if answer is None else single(int(answer)))
        for n, answer in enumerate(answers)
    }
    node, points = explained(ruleset, state)
    given_ = [worth for worth, answer in zip(worths, answers, strict=True) if answer is True]
    open_ = [worth for worth, answer in zip(worths, answers, strict=True) if answer is None]
    least = sum(given_) + sum(worth for worth in open_ if worth < 0)
    most = sum(given_) + sum(worth for worth in open_ if worth > 0)
    if bound.high is None or bound.low is None or node.truth is not Truth.FALSE:
        assert (points.least, points.most) == (least, most) or node.truth is Truth.TRUE
    sign = 1 if bound.low is not None and most < bound.low else -1
    if sign < 0 and not (bound.high is not None and least > bound.high):
        assert points.closing == ()
        return
    steps = {
        number: -worth if answer else worth
        for number, (worth, answer) in enumerate(zip(worths, answers, strict=True), 1)
        if answer is not None and (-worth if answer else worth) * sign > 0
    }
    # What is open stays open: it has to be enough whatever that turns out to be, if that can be.
    for wanted in ((Truth.TRUE,), (Truth.TRUE, Truth.OPEN)):
        for size in range(1, 4):
            enough = [
                some
                for some in combinations(steps, size)
                for more in [sum(steps[one] for one in some)]
                if range_truth(least + more, most + more, bound.low, bound.high) in wanted
            ]
            if enough:
                assert set(points.closing) <= set(enough)
                assert len(points.closing) == min(5, len(enough))
                return
    assert points.closing == ()


FACTS = (
    a_fact("yes", BooleanDomain()),
    a_fact("no", BooleanDomain()),
    a_fact("some", CategoryDomain(("a", "b", "c"))),
    a_fact("number", IntegerDomain(0, 5)),
)


@st.composite
def compared(draw: st.DrawFn) -> Condition:
    """Draw a condition on one of the facts."""
    fact = draw(st.sampled_from(FACTS))
    numbers = st.sets(st.integers(0, fact.domain.size - 1), min_size=1)
    return FactIs(fact.id, ValueSet.of(sorted(draw(numbers))))


PARTS = st.recursive(
    compared(),
    lambda below: st.one_of(
        st.lists(below, min_size=2, max_size=2).map(lambda some: All(tuple(some))),
        st.lists(below, min_size=2, max_size=2).map(lambda some: AnyOf(tuple(some))),
        below.map(Not),
    ),
    max_leaves=3,
)


@pytest.mark.gate
@settings(max_examples=examples(600), deadline=None)
@given(st.lists(st.tuples(PARTS, WORTH), min_size=1, max_size=6), st.data())
def test_what_is_said_to_be_enough_is_enough(
    parts: list[tuple[Condition, int]], data: st.DataObject
) -> None:
    """By the definition, whatever is open; and from where the client is the numbers add up."""
    score = Score("s", BOTH, tuple(ScorePart(when, worth) for when, worth in parts), GROUNDS)
    state = {
        fact.id: Known(
            ValueSet.of(
                sorted(data.draw(st.sets(st.integers(0, fact.domain.size - 1), min_size=1)))
            )
            if data.draw(st.integers(0, 3)) == 0
            else single(data.draw(st.integers(0, fact.domain.size - 1)))
        )
        for fact in FACTS
    }
    ruleset = replace(build_ruleset("points", facts=FACTS), scores=(score,))
    definition = ReferenceExecutor(ruleset)
    sums = totals(definition, score, state)
    steps = steps_of(ruleset, score, state)
    least, most = steps.range()
    upward, beyond = data.draw(st.booleans()), data.draw(st.integers(1, 12))
    width = data.draw(st.none() | st.integers(0, 9))
    if upward:
        bound = ScoreIs("s", most + beyond, None if width is None else most + beyond + width)
    else:
        bound = ScoreIs("s", None if width is None else least - beyond - width, least - beyond)
    assert least <= min(sums)
    assert max(sums) <= most
    for some in steps.enough(bound, upward):
        facts = {fact for step in some for fact in facts_of(ruleset, step.condition)}
        full = {fact: Known(ruleset.fact[fact].domain.full) for fact in facts}
        after = totals(definition, score, state | full, *(step.condition for step in some))
        assert all(map(bound.met_by, after))
        gain = sum(step.gain for step in some)
        assert all((step.gain > 0) == upward for step in some)
        assert abs(gain) >= beyond
        if least == most:
            assert after <= {least + gain}
        event(f"{len(some)} steps")


def totals(
    definition: ReferenceExecutor, score: Score, state: Mapping[str, Known], *hold: Condition
) -> set[int]:
    """Give what a score comes to on all completions on which these conditions hold."""
    return {
        sum(part.worth for part in score.parts if full.holds(part.when))
        for full in definition.inspect(state).completions
        if all(map(full.holds, hold))
    }


def steps_of(ruleset: RuleSet, score: Score, state: Mapping[str, Known]) -> Steps:
    """Give the steps of one client for a score, with the truths that the definition gives."""
    rule = Rule("asked", ScoreIs(score.id, 0), "yes", BOTH, BOTH, GROUNDS)
    asked_ = Decision("asked_of", BOTH, (Outcome("yes", BOTH, BOTH),), (rule,))
    plan = Plan(replace(ruleset, decisions=(*ruleset.decisions, asked_)), "en")
    site = plan.rules["asked"].when
    assert site is not None
    found = ReferenceExecutor(ruleset).inspect(state).completions
    truths = [
        Truth.of(any(holds), not all(holds))
        for part in score.parts
        for holds in [[full.holds(part.when) for full in found]]
    ]
    return Steps(plan, site, truths, {fact: known.allowed for fact, known in state.items()})


def test_what_is_enough_is_counted_from_where_the_client_is() -> None:
    """Without a home the client has 40 points: to stay with others takes 25 of them, not 40."""
    known = {"home": "none", "children": 1, "waiting": 60, "medical": False, "refused": False}
    ruleset = urgency()
    for more, asks, said in (
        ({}, 39, "Too many: 31 points. This would be enough: home: home of their own (−40)."),
        ({"children": 0}, 39, "Too many: 21 points. This would be enough: home: home of their own"),
        ({"home": "shared"}, 70, "Too few: 25 points. This would be enough: home: no home (+25)"),
        ({"home": "own"}, 70, "Too few: 40 points. This would be enough: home: no home (+40)."),
    ):  # fmt: skip
        found = asked(Engine(ruleset).explain(known | more, "en"))
        (points,) = [one for _, one in found if asks in (one.low, one.high) and one.low != 40]
        assert " ".join(points.more).startswith(said)
    # Who has a child already gets 10 for more of them, and not 20.
    found = asked(Engine(ruleset).explain(known | {"home": "own", "medical": True}, "en"))
    (points,) = [one for _, one in found if one.low == 70]
    assert "children at home: at least 2 (+10)" in points.more[-1]


def test_brackets_of_one_fact_never_add_up() -> None:
    """No home is worth 40 and staying with others 15; of a home that is not known, 40 is most."""
    known = {key: value for key, value in KNOWN.items() if key != "home"}
    ((_, points), *_) = asked(Engine(urgency()).explain(known, "en"))
    assert (points.least, points.most) == (50, 90)
    partly = known | {"home": OneOf(["own", "shared"])}
    ((_, points), *_) = asked(Engine(urgency()).explain(partly, "en"))
    assert (points.least, points.most) == (50, 65)


def test_what_is_open_is_listed_by_what_it_would_add() -> None:
    """With what each part is worth, and no word of what is settled."""
    known = {key: value for key, value in KNOWN.items() if key not in ("medical", "refused")}
    for lang, words, more in (
        (
            "en",
            "need is 10 to 65 points; required: 40 to 69",
            "Not known yet: medical reason: yes (+30); turned down an offer: yes (−25).",
        ),
        (
            "nl",
            "behoefte is 10 tot en met 65 punten; nodig is 40 tot en met 69",
            "Nog open: medische reden: ja (+30); weigerde een aanbod: ja (−25).",
        ),
    ):
        found = [points for _, points in asked(Engine(urgency()).explain(known, lang))]
        (band,) = [one for one in found if one.low == 40]
        assert (band.words, band.more) == (words, (more,))


def test_a_sum_that_leaps_over_what_is_asked_is_told_as_false() -> None:
    """Of 5 points or none, 1 to 4 is neither: the parts are open, and the answer is not."""
    ruleset = yes_or_no([5, 1], ScoreIs("s", 1, 4))
    full = ruleset.facts[0].domain.full
    node, points = explained(ruleset, {"f0": Known(full), "f1": Known(single(0))})
    assert node.truth is Truth.FALSE
    assert (points.least, points.most, points.closing) == (0, 5, ())
    assert points.more == ()
    node, points = explained(ruleset, {"f0": Known(full), "f1": Known(single(1))})
    assert (node.truth, points.least, points.most) == (Truth.OPEN, 1, 6)


def test_what_is_lacking_is_counted_from_the_best_that_may_come() -> None:
    """35 to 65 points of 70: 5 are lacking even if there is a medical reason."""
    known = {key: value for key, value in KNOWN.items() if key != "medical"}
    found = {points.low: points for _, points in asked(Engine(urgency()).explain(known, "nl"))}
    assert found[70].more == (
        "Te weinig, hoe de rest ook uitvalt: 5 punten.",
        (
            "Genoeg zou zijn: woning: geen huis (+25) en kinderen thuis: 1 (+10); "
            "of woning: geen huis (+25) en kinderen thuis: ten minste 2 (+20)."
        ),
    )


def test_what_may_be_enough_is_told_as_such() -> None:
    """Of three parts of 2 points, of which two are open, the third makes 2 to 6 of 5."""
    ruleset = yes_or_no([2, 2, 2], ScoreIs("s", 5))
    full = ruleset.facts[0].domain.full
    known = {"f0": Known(full), "f1": Known(full), "f2": Known(single(0))}
    _, points = explained(ruleset, known)
    assert points.more[0] == "Too few, whatever the rest turns out to be: 1 point."
    assert points.more[1].startswith("Together with what is not known yet, this may be enough: ")
    assert points.closing == ((3,),)


def test_what_takes_away_is_told_turned_round() -> None:
    """Of a fact that is a or b: 5 - 3 points at most, and 5 if it were c, which takes nothing."""
    fact = a_fact("f", CategoryDomain(("a", "b", "c")))
    parts = (
        ScorePart(FactIs("f", ValueSet.of((0, 2))), 5),
        ScorePart(FactIs("f", single(0)), -3),
    )
    ruleset = replace(yes_or_no([1], ScoreIs("s", 5)), facts=(fact,))
    ruleset = replace(ruleset, scores=(Score("s", BOTH, parts, GROUNDS),))
    _, points = explained(ruleset, {"f": Known(ValueSet.of((0, 1)))})
    assert (points.least, points.most, points.closing) == (0, 2, ((1, 2),))
    assert points.more == (
        "Too few, whatever the rest turns out to be: 3 points.",
        "This would be enough: words: c (+3).",
    )


@pytest.mark.parametrize(
    ("number", "lang", "words"),
    [(1, "en", "1 point"), (-1, "nl", "−1 punt"), (0, "en", "0 points"), (-20, "nl", "−20 punten")],
)
def test_points_are_counted_as_people_do(number: int, lang: str, words: str) -> None:
    """One point, several points, and a minus sign."""
    ruleset = yes_or_no([number or 2, -2], ScoreIs("s", None, number))
    state = {"f0": Known(single(int(bool(number)))), "f1": Known(single(0))}
    case = Case(ruleset, state, LanesExecutor(ruleset))
    ((_, points), *_) = asked(case.explain(lang))
    assert words in points.words


def test_staff_see_every_part_and_clients_what_counted() -> None:
    """The page of a client has the sum and what gave it; that of staff all parts and what lacks."""
    explanation = Engine(urgency()).explain(KNOWN | {"client_id": "c1"}, "en")
    pages = {
        audience: Page(explanation.to_html(audience=audience, ruleset=urgency()))
        for audience in ("client", "consultant", "auditor")
    }
    for part in ("Children at home: at least 2", "Too few: 5 points.", "+40"):
        assert part not in pages["client"].text
        assert part in pages["consultant"].text
    assert "You have 65 points for need." in pages["client"].text
    assert "home: no home (+25)" in pages["auditor"].text
    assert "need" in pages["auditor"].text.split()


def test_who_may_not_see_health_sees_no_points() -> None:
    """A sum would tell the value of a fact that is hidden."""
    explanation = Engine(urgency()).explain(KNOWN, "en").masked()
    assert asked(explanation) == []
    assert "65 points" not in explanation.to_html(audience="consultant")


def test_a_score_needs_its_points() -> None:
    """What is read as an explanation says what the parts of a score are worth, each."""
    data = Engine(urgency()).explain(KNOWN, "en").to_dict()
    (score, *_) = [
        one for one in data["conditions"] if isinstance(one, dict) and one["kind"] == "score"
    ]
    for broken in ({}, {"points": {**score["points"], "worths": [1]}}):
        kept = {key: one for key, one in score.items() if key != "points"}
        score.clear()
        score.update(kept | broken)
        with pytest.raises(UsageError):
            Explanation.model_validate_json(json.dumps(data))


def test_the_facts_that_force_a_score_are_the_weightiest() -> None:
    """Of 40 + 20 + 10 + 30 points, 40 and 30 are enough for 70: nothing else is named.

    What is sensitive is named only where the rest is not enough: of these it is.
    """
    known = {"home": "none", "children": 2, "waiting": 30, "medical": True, "refused": False}
    facts = [replace(one, special_category=False) for one in urgency().facts]
    for ruleset, named in (
        (replace(urgency(), facts=tuple(facts)), {"home", "medical"}),
        (urgency(), {"home", "children", "waiting"}),
    ):
        engine = Engine(ruleset)
        because = {*engine.explain(known, "en").why["priority"].because}
        assert len(because) < 5
        assert named <= because
        assert ("medical" in because) is ("medical" in named)
        less = {fact: known[fact] for fact in because}
        assert engine.classify(less).verdicts["priority"].outcome == "urgent"


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(cases())
def test_both_executors_tell_the_same_points(case: Case) -> None:
    """The points are of the rules and the client."""
    assume(case.ruleset.scores)
    listed = explainer_of(case.ruleset, ReferenceExecutor(case.ruleset))
    assert listed.explain(case.result, "en") == case.explain()
