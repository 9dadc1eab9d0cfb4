"""What is changed of a condition, and how it is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import rulesets
from loading.small import small
from routeengine.mutation.conditions import changed, scalar, written
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.digest import meaning_digest
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import set_of_bits

OPPOSITE = "is turned into its opposite"
ABLE, START = (
    FactIs("able_to_participate", set_of_bits(2)),
    FactIs("can_start_soon", set_of_bits(2)),
)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (
            All((ABLE, START)),
            [
                "`able_to_participate` is left out",
                "`can_start_soon` is left out",
                "`all` becomes `any` in `all: [able_to_participate, can_start_soon]`",
                "`able_to_participate` is turned into its opposite",
                "`can_start_soon` is turned into its opposite",
            ],
        ),
        (All((ABLE,)), ["`able_to_participate` is turned into its opposite"]),
        (Not(ABLE), ["`able_to_participate` is turned into its opposite"]),
        (
            AtLeast(1, (ABLE,)),
            [
                "`at_least` 1 of 1 becomes `exactly` 1",
                "`able_to_participate` is turned into its opposite",
            ],
        ),
        (
            Exactly(0, (ABLE,)),
            [
                "`exactly` 0 of 1 becomes 1",
                "`able_to_participate` is turned into its opposite",
            ],
        ),
        (
            FactIs("rung", set_of_bits(0b000110), "between"),
            [
                "`rung: {between: [2, 3]}` is turned into its opposite",
                "`rung: {between: [2, 3]}` becomes `rung: {at_most: 3}`",
                "`rung: {between: [2, 3]}` becomes `rung: 3`",
                "`rung: {between: [2, 3]}` becomes `rung: {between: [2, 4]}`",
                "`rung: {between: [2, 3]}` becomes `rung: 2`",
            ],
        ),
        (
            FactIs("rung", set_of_bits(0b011111), "at_most"),
            [
                "`rung: {at_most: 5}` is turned into its opposite",
                "`rung: {at_most: 5}` becomes `rung: {at_most: 4}`",
            ],
        ),
        (
            FactIs("finances", set_of_bits(0b110), "not"),
            [
                "`finances: [mild, serious]` is turned into its opposite",
                "`finances: [mild, serious]` becomes `finances: serious`",
                "`finances: [mild, serious]` becomes `finances: mild`",
            ],
        ),
        (
            OutcomeIs("path", ("1", "2", "3")),
            [
                "`{decision: path, outcome: [\"1\", \"2\", \"3\"]}` is turned into its opposite",
                "`1` is taken from what is asked of `path`",
                "`2` is taken from what is asked of `path`",
                "`3` is taken from what is asked of `path`",
                "`none` is added to what is asked of `path`",
            ],
        ),
        (
            StatusIs("route", ("review",)),
            [
                "`{decision: route, status: review}` is turned into its opposite",
                "`decided` is added to what is asked of `route`",
                "`not_applicable` is added to what is asked of `route`",
            ],
        ),
        (
            RuleIs("scope", ("scope_wsp", "scope_other_rung")),
            [
                "`{decision: scope, rule: [scope_wsp, scope_other_rung]}` " + OPPOSITE,
                "`scope_interim_group` is added to what is asked of `scope`",
                "`scope_wsp` is taken from what is asked of `scope`",
                "`scope_no_benefit` is added to what is asked of `scope`",
                "`scope_other_rung` is taken from what is asked of `scope`",
                "`scope_in_scope` is added to what is asked of `scope`",
            ],
        ),
    ],
)  # fmt: skip
def test_each_change_is_told(rijswijk: RuleSet, condition: Condition, words: list[str]) -> None:
    """Every way there is to change one thing, in the words of the rule language."""
    assert [one.words for one in changed(rijswijk, condition)] == words


def test_a_change_deep_inside_leaves_the_rest(rijswijk: RuleSet) -> None:
    """Whatever stands around what is changed stays as it is."""
    deep = All((CriterionIs("active"), Not(AtLeast(1, (ABLE, Any((START, Exactly(1, (ABLE,)))))))))
    found = {written(rijswijk, one.condition) for one in changed(rijswijk, deep)}
    assert (
        "all: [active, {not: {at_least: {count: 1, of: [able_to_participate, "
        "{any: [can_start_soon, {exactly: {count: 0, of: [able_to_participate]}}]}]}}}]"
    ) in found


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (FactIs("willing", set_of_bits(1)), "willing: false"),
        (FactIs("willing", set_of_bits(3)), "willing: [false, true]"),
        (FactIs("rung", set_of_bits(0b000001)), "rung: 1"),
        (FactIs("rung", set_of_bits(0b001001)), "rung: [1, 4]"),
        (FactIs("rung", set_of_bits(0b111000)), "rung: {at_least: 4}"),
        (Not(StatusIs("route", ("review",))), "not: {decision: route, status: review}"),
        (Not(FactIs("finances", set_of_bits(1))), "not: {finances: none}"),
        (Any(()), "any: []"),
    ],
)  # fmt: skip
def test_conditions_are_written_as_in_a_rule_file(
    rijswijk: RuleSet, condition: Condition, words: str
) -> None:
    """On one line."""
    assert written(rijswijk, condition) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (12, "12"), ("mild", "mild"), ("no", '"no"'), ("1", '"1"'),
     ('a "b" \\', '"a \\"b\\" \\\\"'), ("", '""')],
)  # fmt: skip
def test_values_are_written_as_text_or_not(value: bool | int | str, text: str) -> None:
    """What could be read as something else stands in quotes."""
    assert scalar(value) == text


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_every_change_is_another_condition(data: st.DataObject) -> None:
    """Nothing is yielded that is written as what was there."""
    ruleset = data.draw(rulesets())
    for condition in ruleset.conditions:
        for one in changed(ruleset, condition):
            assert one.condition != condition


@pytest.mark.gate
def test_what_is_written_is_read_back() -> None:
    """A condition in words, put into a rule file, is that condition."""
    ruleset = small()
    (flag,) = ruleset.flags
    for whole in ruleset.conditions:
        for one in changed(ruleset, whole):
            words = written(ruleset, one.condition)
            if not words.startswith("{") and ":" in words:
                words = f"{{{words}}}"
            loaded = small(("when: {decision: card, rule: card_b}", f"when: {words}"))
            built = replace(ruleset, flags=(replace(flag, when=one.condition),))
            assert meaning_digest(loaded) == meaning_digest(built), words
