"""A rule set made by hand is held to what a loaded one is held to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generated import BOTH
from loading.small import LIBRARY, changed, small
from routeengine.errors import RuleSetError
from routeengine.loading import load_ruleset
from routeengine.ruleset.checks import check, require_sound
from routeengine.ruleset.conditions import All, Any, Condition, CriterionIs, FactIs, Not, ScoreIs
from routeengine.ruleset.domains import DecimalDomain, Domain, IntegerDomain
from routeengine.ruleset.expectations import Change, Expectation
from routeengine.ruleset.flaws import quote
from routeengine.ruleset.model import RuleSet, Score, ScorePart
from routeengine.ruleset.naming import fold, fold_name
from routeengine.ruleset.references import circles
from routeengine.value_set import set_of_bits


def told(ruleset: RuleSet) -> list[str]:
    """Give what is wrong with a rule set."""
    return [flaw.message for flaw in check(ruleset)]


def with_criterion(when: Condition) -> RuleSet:
    """Give the small rule set with another condition in its first criterion."""
    ruleset = small()
    first = replace(ruleset.criteria[0], when=when)
    return replace(ruleset, criteria=(first, *ruleset.criteria[1:]))


def test_a_sound_rule_set_passes() -> None:
    """What loads passes."""
    require_sound(small())
    require_sound(load_ruleset(LIBRARY))


def test_all_flaws_are_raised_at_once() -> None:
    """Each flaw comes with its path, as there is no file."""
    with pytest.raises(RuleSetError) as caught:
        require_sound(replace(with_criterion(CriterionIs("freee")), version="1"))
    assert [str(fault) for fault in caught.value.faults] == [
        "small: criteria.adult.when: `freee` is no criterion (did you mean `free`?)",
        "small: ruleset.version: `1` is no version (write three numbers, as 1.2.0)",
    ]


@pytest.mark.parametrize("allowed", [0, 1 << 121])
def test_values_that_a_fact_has_not_are_told(allowed: int) -> None:
    """An empty set of values, or one with values outside the domain, asks nothing."""
    assert told(with_criterion(FactIs("age", set_of_bits(allowed)))) == [
        "`age` is asked for values that it does not have"
    ]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (ScoreIs("need"), "`need` is asked for nothing"),
        (ScoreIs("need", 3, 2), "no sum of `need` is both 3 or more and 2 or less"),
        (ScoreIs("needs", 3), "`needs` is no score"),
    ],
)
def test_bounds_on_a_score_are_looked_at(asked: ScoreIs, message: str) -> None:
    """Rules that are put together in code can say what no file can."""
    parts = (ScorePart(FactIs("age", set_of_bits(1)), 2),)
    ruleset = replace(
        with_criterion(asked), scores=(Score("need", BOTH, parts, small().criteria[0].grounds),)
    )
    assert told(ruleset) == [message]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((), "`need` needs a part at least"),
        ((ScorePart(All(()), 2),), "a part that asks no fact counts for everyone, or for no one"),
        (
            (ScorePart(Not(Any(())), 2),),
            "a part that asks no fact counts for everyone, or for no one",
        ),
    ],
)
def test_parts_of_a_score_are_looked_at(parts: tuple[ScorePart, ...], message: str) -> None:
    """A score adds up something, and each part of it asks something."""
    ruleset = replace(small(), scores=(Score("need", BOTH, parts, small().criteria[0].grounds),))
    assert told(ruleset) == [message]


def test_names_that_lead_nowhere_are_told() -> None:
    """A fact that is not there is told, wherever in a condition it stands."""
    assert told(with_criterion(Any((Not(FactIs("agee", set_of_bits(1))),)))) == [
        "`agee` is no fact"
    ]


@pytest.mark.parametrize("domain", [IntegerDomain(5, 1), IntegerDomain(0, 10**16)])
def test_a_domain_without_sense_is_told_once(domain: IntegerDomain) -> None:
    """No condition on it is told besides, and no memory is spent on it."""
    ruleset = small()
    facts = (replace(ruleset.facts[0], domain=domain), *ruleset.facts[1:])
    assert len(told(replace(ruleset, facts=facts))) == 1


def test_evidence_that_settles_what_is_not_there_is_told() -> None:
    """A source of evidence can settle facts of the rule set only, with values they have."""
    ruleset = load_ruleset(LIBRARY)
    evidence = ruleset.evidence
    assert evidence is not None
    sources = (replace(evidence.sources[0], sets={"agee": 1, "age": 900}), *evidence.sources[1:])
    assert told(replace(ruleset, evidence=replace(evidence, sources=sources))) == [
        "`agee` is no fact",
        "`age` is set to a value that it does not have",
    ]


def test_a_change_to_what_a_fact_cannot_be_is_told() -> None:
    """What is expected of a change speaks of values that the fact has."""
    ruleset = small()
    change = Change("age", (3,), (400,))
    one = Expectation("one", ruleset.title, "card", change=change, never=("A",))
    assert told(replace(ruleset, expectations=(one,))) == [
        "`age` is asked for values that it does not have"
    ]


def test_an_id_that_appears_twice_is_told() -> None:
    """In a file no key can; in a rule set made by hand, every part of a list has its own id."""
    ruleset = load_ruleset(LIBRARY)
    evidence = ruleset.evidence
    assert evidence is not None
    sources = (*evidence.sources, evidence.sources[0])
    assert told(replace(ruleset, evidence=replace(evidence, sources=sources))) == [
        f"`{sources[0].id}` is also the id of an earlier one of `sources`"
    ]
    flags = (*ruleset.flags, ruleset.flags[0])
    assert told(replace(ruleset, flags=flags)) == [
        f"`{flags[0].id}` is also the id of an earlier one of `flags`"
    ]


def test_an_empty_rule_set_is_told() -> None:
    """Without facts or decisions there is nothing to decide."""
    nothing = replace(small(), facts=(), criteria=(), constraints=(), decisions=(), flags=())
    assert told(nothing) == [
        "`facts` is empty: there is nothing to decide",
        "`decisions` is empty: there is nothing to decide",
    ]


nodes = st.sampled_from("abcdefg")
graphs = st.dictionaries(nodes, st.lists(nodes, max_size=3), min_size=1).map(
    lambda graph: {node: [one for one in after if one in graph] for node, after in graph.items()}
)


def reachable(graph: dict[str, list[str]], start: str) -> set[str]:
    """Give all that can be reached in one step or more."""
    found: set[str] = set()
    todo = list(graph[start])
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo += graph[node]
    return found


@settings(deadline=None)
@given(graphs)
def test_circles_are_found_just_where_they_are(graph: dict[str, list[str]]) -> None:
    """Each circle that is told is one, and no node on a circle goes untold."""
    found = list(circles(graph))
    for circle in found:
        for one, after in zip(circle, [*circle[1:], circle[0]], strict=True):
            assert after in graph[one]
        assert len(set(circle)) == len(circle)
    on_one = {node for node in graph if node in reachable(graph, node)}
    assert {node for circle in found for node in circle} == on_one


def test_a_long_chain_of_criteria_is_no_circle() -> None:
    """Ten thousand criteria in a row are checked without deep recursion."""
    graph = {str(n): [str(n + 1)] for n in range(10_000)} | {"10000": []}
    assert list(circles(graph)) == []
    graph["10000"] = ["0"]
    assert len(next(circles(graph))) == 10_001


@pytest.mark.parametrize(
    ("one", "other"),
    [("Cliënt-nummer", "client nummer"), ("ONBEKEND ", "onbekend"), ("a\u00adb", "ab")],
)
def test_folding_takes_what_people_do_not_see(one: str, other: str) -> None:
    """Case, accents, dashes and white space do not count."""
    assert fold(one) == fold(other)


def test_folding_keeps_what_people_do_see() -> None:
    """Signs and the minus of a number do count; for columns the spaces do not."""
    assert fold("<12") != fold(">12")
    assert fold("-1") != fold("1")
    assert fold_name("zip code") == fold_name("ZipCode")


def test_long_words_are_cut_in_messages() -> None:
    """A message stays one short line, whatever word it is about."""
    assert quote("a\nb") == "`a b`"
    assert len(quote("x" * 1000)) == 62


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        (DecimalDomain("0", "9", 7), "`places` must be from 0 to 6"),
        (DecimalDomain("0", "9", 10**12), "`places` must be from 0 to 6"),
        (DecimalDomain("0", "9", -1), "`places` must be from 0 to 6"),
        (DecimalDomain("0.005", "9", 2), "`minimum` is no number with at most 2 decimal places"),
        (DecimalDomain("0", "much", 2), "`maximum` is no number with at most 2 decimal places"),
        (IntegerDomain(3, 2), "`minimum` is larger than `maximum`"),
    ],
)
def test_bounds_that_make_no_domain_are_told(domain: Domain, message: str) -> None:
    """Of a fact that no condition names, so that nothing else is said of it."""
    ruleset = small()
    other = replace(ruleset.facts[0], id="other", domain=domain)
    assert message in told(replace(ruleset, facts=(*ruleset.facts, other)))


@pytest.mark.parametrize(
    "kind", ["boolean", "date\n    minimum: 2020-01-01\n    maximum: 2025-01-01"]
)
def test_what_is_no_number_has_no_unit(kind: str) -> None:
    """A unit stands behind a number that people read."""
    text = changed(("    type: boolean\n", f"    type: {kind}\n    unit: EUR\n"))
    with pytest.raises(
        RuleSetError, match=f"a {kind.split(maxsplit=1)[0]} has no `unit` \\(take it out\\)"
    ):
        load_ruleset({"small.yaml": text})
