"""What is told in points of a finding or a shift: held against every full profile."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.scored import a_scored_ruleset
from examples import examples
from executors.test_agreement import build
from generated import BOTH, GROUNDS, rulesets
from routeengine.difference_words import MAX_RUNS, DifferenceWords, values_in
from routeengine.executors.reference import FullProfile
from routeengine.formatters.check import findings
from routeengine.formatters.data import points_data
from routeengine.formatters.diff import as_json, as_text
from routeengine.ruleset.conditions import (
    All,
    Any,
    Condition,
    CriterionIs,
    FactIs,
    ScoreIs,
    walk,
)
from routeengine.ruleset.model import Flag, RuleSet
from routeengine.testing.generated import bounded
from routeengine.value_set import single
from routeengine.verification import Points, ScoreTotals, Shift, diff, verify
from routeengine.verification.analysis import Analysis
from routeengine.verification.comparison import meaning
from routeengine.verification.points import NO_POINTS, Version, points_of
from urgency import urgency
from verification.pairs import all_profiles, allowed, with_rule
from verification.test_diff import way
from verification.test_regions import so

Totals = dict[tuple[str, Version | None], list[int]]
"""What each score comes to, of each full profile in a row."""


@st.composite
def scored(draw: st.DrawFn) -> RuleSet:
    """Draw a rule set with scores, of both kinds that are made; half of them ask little else."""
    seeds = st.integers(0, 10**6).map(Random)
    ruleset = draw(rulesets(max_facts=3, min_scores=1) | seeds.map(a_scored_ruleset))
    if draw(st.booleans()):
        score = draw(st.sampled_from(ruleset.scores))
        for rule in ruleset.rule.values():
            if rule.when is not None:
                ruleset = with_rule(ruleset, rule.id, when=draw(bounded(score)))
    return ruleset


def asked(ruleset: RuleSet, conditions: Iterable[Condition]) -> Iterator[str]:
    """Yield the scores that conditions ask, also by way of criteria and of other scores."""
    for part in walk(*conditions):
        if isinstance(part, CriterionIs):
            yield from asked(ruleset, [ruleset.criterion[part.criterion].when])
        elif isinstance(part, ScoreIs):
            yield part.score
            yield from asked(ruleset, [one.when for one in ruleset.score[part.score].parts])


def counted(
    profiles: list[FullProfile], conditions: Iterable[Condition], version: Version | None = None
) -> Totals:
    """Add up the scores that conditions ask, of each of these profiles."""
    ruleset = profiles[0].ruleset
    return {
        (name, version): [
            sum(part.worth for part in ruleset.score[name].parts if profile.holds(part.when))
            for profile in profiles
        ]
        for name in set(asked(ruleset, conditions))
    }


def check_points(
    ruleset: RuleSet, points: Points, inside: set[int], possible: set[int], totals: Totals
) -> None:
    """The totals that are told are those inside, and exact where nobody else has them."""
    facts = [*all_profiles(ruleset)]
    there = {key: {every[n] for n in possible} for key, every in totals.items()}
    here = {key: {every[n] for n in inside} for key, every in totals.items()}
    telling = {key for key in totals if here[key] != there[key]}
    assert {(one.score, one.version) for one in points.scores} == telling
    for one in points.scores:
        some, every = here[one.score, one.version], there[one.score, one.version]
        within = {n for n in every for low, high in one.totals if low <= n <= high}
        assert within == some
        assert {end for run in one.totals for end in run} <= some
        # Two runs are two, for there is a total between them that is not inside.
        for (_, end), (start, _) in pairwise(one.totals):
            assert any(end < n < start for n in every)
    alike = {n for n in possible if all(totals[key][n] in here[key] for key in telling)}
    around = {fact: {facts[n][fact] for n in inside} for fact in facts[0]}

    def within_facts(some: set[int], names: Iterable[str]) -> set[int]:
        return {n for n in some if all(facts[n][name] in around[name] for name in names)}

    # Where the facts alone say it, the points are not what it is about.
    besides = alike != inside and within_facts(possible, around) != inside
    assert points.exact == (
        bool(telling) and (alike == inside or (besides and within_facts(alike, around) == inside))
    )
    assert points.exact or not points.where
    if points.exact:
        values = values_in(ruleset, points)
        assert all(set(values[fact].numbers) == around[fact] for fact in values)
        assert within_facts(alike, values) == inside
        assert all(within_facts(alike, values.keys() - {fact}) != inside for fact in values)


@settings(max_examples=examples(300), deadline=None)
@given(scored())
def test_points_of_findings_are_those_of_all_profiles(ruleset: RuleSet) -> None:
    """Of each gap and overlap, by the definition."""
    build(ruleset)
    profiles = [FullProfile(ruleset, facts).decide() for facts in all_profiles(ruleset)]
    possible = {n for n, profile in enumerate(profiles) if allowed(profile)}
    for finding in verify(ruleset).findings:
        if finding.kind in ("gap", "gap_follows", "overlap"):
            same = replace(finding, kind="overlap" if finding.kind == "overlap" else "gap")
            inside = {n for n in possible if so(ruleset, same, profiles[n])}
            asking = ruleset.decision[finding.decision].conditions
            check_points(ruleset, finding.points, inside, possible, counted(profiles, asking))
        elif not finding.regions:
            assert finding.points == NO_POINTS


@st.composite
def recounted(draw: st.DrawFn) -> tuple[RuleSet, RuleSet]:
    """Draw two versions, with other worths or other bounds."""
    old = new = draw(scored())
    score = draw(st.sampled_from(old.scores))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(score.parts) - 1))
        worth = draw(st.integers(-3, 5).filter(bool))
        part = replace(score.parts[at], worth=worth)
        changed = replace(score, parts=(*score.parts[:at], part, *score.parts[at + 1 :]))
        new = replace(new, scores=tuple(changed if one == score else one for one in new.scores))
    rules = [rule.id for rule in old.rule.values() if rule.when is not None]
    if draw(st.booleans()) and rules:
        new = with_rule(new, draw(st.sampled_from(rules)), when=draw(bounded(score)))
    return old, new


def statement(profile: FullProfile, shift: Shift) -> object:
    """Give what a version says of what a shift is about."""
    if shift.kind == "decision":
        return meaning(profile.verdicts[shift.name])
    return profile.holds(profile.ruleset.flag_conditions[shift.name])


@settings(max_examples=examples(300), deadline=None)
@given(recounted())
def test_points_of_shifts_are_those_of_all_profiles(sides: tuple[RuleSet, RuleSet]) -> None:
    """By each version, where the two count differently."""
    for side in sides:
        build(side)
    rows = [[FullProfile(side, p).decide() for p in all_profiles(side)] for side in sides]
    possible = {n for n, both in enumerate(zip(*rows, strict=True)) if all(map(allowed, both))}
    for shift in diff(*sides).shifts:
        if shift.kind == "possible":
            assert shift.points == NO_POINTS
            continue
        said = [tuple(statement(one, shift) for one in both) for both in zip(*rows, strict=True)]
        inside = {n for n in possible if said[n] == way(shift)}
        totals: Totals = {}
        for version, side, row in zip(("old", "new"), sides, rows, strict=True):
            decision = side.decision.get(shift.name)
            asking = decision.conditions if decision else [side.flag_conditions[shift.name]]
            totals |= counted(row, asking, version)  # type: ignore[arg-type]  # one of the two
        for name in {name for name, _ in totals}:
            if totals.get((name, "old")) == totals.get((name, "new")):
                totals[name, None] = totals.pop((name, "old"))
                del totals[name, "new"]
        check_points(sides[0], shift.points, inside, possible, totals)


# Words


def raised(low: int, high: int) -> RuleSet:
    """Give the rules of the page with other bounds in the middle."""
    return with_rule(urgency(), "is_raised", when=ScoreIs("need", low, high))


def told(ruleset: RuleSet) -> list[str]:
    """Give what is told of the one finding that is no note."""
    some = [one for one in verify(ruleset).findings if one.severity != "note"]
    return [*findings(ruleset, replace(verify(ruleset), findings=tuple(some)))]


def test_points_that_say_it_all_come_first() -> None:
    """Just 40 has no rule: the seven combinations are shown as three, the widest."""
    lines = told(raised(45, 65))
    assert lines[1] == "  All combinations with these points, and no others: need: 40."
    assert lines[4] == "  One of these:"
    sizes = [int(line.rpartition("(")[2].split()[0].replace(",", "")) for line in lines[5:8]]
    assert sizes == [10_279, 541, 456]
    assert lines[8:] == ["  and 4 more, in --json"]
    (finding,) = [one for one in verify(raised(45, 65)).findings if one.kind == "gap"]
    assert len(finding.regions) == 7
    assert points_data(urgency(), finding.points) == {
        "points": {
            "exact": True,
            "scores": [{"score": "need", "version": None, "totals": [40]}],
            "where": {},
        }
    }


def asking(*besides: Condition) -> RuleSet:
    """Give the rules of the page where the middle one asks for more than points."""
    return with_rule(urgency(), "is_raised", when=All((ScoreIs("need", 40, 69), *besides)))


def test_facts_that_make_points_exact_are_told_beside_them() -> None:
    """Where the middle rule asks for a medical reason too, all others with its points have none."""
    rules = asking(FactIs("medical", single(1)))
    head = "All combinations with these points and facts, and no others"
    lines = told(rules)
    assert lines[1] == f"  {head}: need: 40 to 60; medical reason: no."
    # What is told there is not told again.
    assert "  One of these:" in lines
    (finding,) = [one for one in verify(rules).findings if one.kind == "gap"]
    assert points_data(rules, finding.points)["points"] == {
        "exact": True,
        "scores": [{"score": "need", "version": None, "totals": [{"between": [40, 60]}]}],
        "where": {"medical": [False]},
    }


def test_points_that_are_not_all_of_it_are_told_as_such() -> None:
    """Of two facts either of which is enough, no facts say which with these points have no rule."""
    rules = asking(FactIs("medical", single(1)), FactIs("refused", single(1)))
    lines = told(rules)
    assert lines[1] == "  Only with these points, but not always then: need: 40 to 65."
    assert len([line for line in lines if line.startswith("  8. ")]) == 1


def test_of_many_runs_the_ends_are_told() -> None:
    """So many totals are no sentence, and then the combinations are listed as ever."""
    odd = Any(tuple([ScoreIs("need", total, total) for total in range(-25, 40, 10)]))
    rules = with_rule(raised(45, 69), "is_ordinary", when=odd)
    rules = with_rule(rules, "is_urgent", when=ScoreIs("need", 75))
    (finding,) = [one for one in verify(rules).findings if one.kind == "gap"]
    (score,) = finding.points.scores
    assert [low for low, _ in score.totals] == [-10, 0, 10, 20, 30, 40, 70]
    assert len(score.totals) > MAX_RUNS
    assert finding.points.exact
    ends = "at least −10 and at most 70"
    assert told(rules)[1] == f"  Only with these points, but not always then: need: {ends}."


def printed(old: RuleSet, new: RuleSet, language: str) -> list[str]:
    """Give what is told of two versions."""
    return as_text(DifferenceWords(diff(old, new), language), None).splitlines()


def test_versions_that_count_differently_are_told_side_by_side() -> None:
    """Turning an offer down costs 20 where it cost 25: by one total it was, by another it is."""
    old = urgency()
    need = old.score["need"]
    parts = (*need.parts[:-1], replace(need.parts[-1], worth=-20))
    new = replace(old, scores=(replace(need, parts=parts),))
    points = "need in the old version: 65; need in the new version: 70"
    assert f"  All combinations with these points, and no others: {points}." in printed(
        old, new, "en"
    )
    (one, *_) = json.loads(as_json(diff(old, new), None))["shifts"]
    assert [(score["version"], score["totals"]) for score in one["points"]["scores"]] == [
        ("old", [65]),
        ("new", [70]),
    ]
    points = "behoefte in de oude versie: 65; behoefte in de nieuwe versie: 70"
    assert f"  Alle combinaties met deze punten, en geen andere: {points}." in printed(
        old, new, "nl"
    )


def test_a_score_that_goes_has_its_old_label() -> None:
    """Whatever the new version counts."""
    need = urgency().score["need"]
    extra = replace(need, id="extra", label={"nl": "meer", "en": "more"})
    old = replace(urgency(), scores=(need, extra))
    old = with_rule(old, "is_urgent", when=ScoreIs("extra", 75))
    lines = printed(old, urgency(), "en")
    assert any("need: 70; more in the old version: 70." in one for one in lines)


def test_flags_have_points_too() -> None:
    """Those at which one is raised in just one version."""
    old, new = (
        replace(urgency(), flags=(Flag("g", BOTH, ScoreIs("need", low), GROUNDS),))
        for low in (50, 55)
    )
    assert "  All combinations with these points, and no others: need: 50." in printed(
        old, new, "en"
    )


def test_points_that_do_not_fit_are_left_out() -> None:
    """Nothing is told in points then, and nothing is left behind."""
    rules = Analysis(raised(45, 65))
    own = rules.decisions["priority"]
    assert own is not None
    sides = [(rules.compiler, rules.ruleset.decision["priority"].conditions)]
    root = rules.diagram.map_leaves("gap", lambda full: full.reason == "gap", own.root)
    points = Points((ScoreTotals("need", ((40, 40),)),), exact=True)
    assert points_of(rules, root, sides) == points
    rules.diagram.budget = size = len(rules.diagram)
    assert points_of(rules, root, sides) == NO_POINTS
    assert len(rules.diagram) == size
