"""A condition that appears twice in one list is a fault of the file, and none of the model."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from loading.broken import when
from loading.small import changed, faults_of, small
from routeengine.executors.interface import Executor
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.loading.conditions import _meant
from routeengine.profile import Known
from routeengine.ruleset.checks import require_sound
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    children,
)
from routeengine.truth import Truth
from routeengine.value_set import set_of_bits

pytestmark = pytest.mark.usefixtures("either_parser")
"""The same files load, and mean the same, whichever way PyYAML was built."""


class Written(NamedTuple):
    """A condition as text, what it means, and how many of its parts stand there before."""

    text: str
    means: object
    twice: int = 0


LEAVES = [
    Written(text, means)
    for means, texts in {
        "willing": ("willing", "{willing: true}", "{willing: [true]}", "{willing: {not: false}}"),
        "not willing": ("{willing: false}", "{willing: {not: true}}"),
        "mild": ("{debt: mild}", "{debt: [mild]}", "{debt: {not: [none, serious]}}"),
        "mild or serious": ("{debt: [mild, serious]}", "{debt: [serious, mild]}"),
        "of age": ("{age: {at_least: 18}}", "{age: {between: [18, 120]}}"),
        "adult": ("adult",),
        "free": ("free",),
    }.items()
    for text in texts
]


def denied(part: Written) -> Written:
    """Return what denies a condition."""
    return Written(f"{{not: {part.text}}}", ("not", part.means), part.twice)


def group(word: str, parts: list[Written]) -> Written:
    """Return a condition that combines others."""
    text = "[" + ", ".join(part.text for part in parts) + "]"
    if word in ("at_least", "exactly"):
        text = f"{{count: 1, of: {text}}}"
    means = [part.means for part in parts]
    twice = sum(part.twice for part in parts) + len(means) - len(set(means))
    return Written(f"{{{word}: {text}}}", (word, *means), twice)


def combined(inner: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    """Draw a condition that combines others."""
    words = st.sampled_from(["all", "any", "at_least", "exactly"])
    return inner.map(denied) | st.builds(group, words, st.lists(inner, min_size=1, max_size=5))


WORDS = "has this condition twice"


@settings(max_examples=examples(200), deadline=None)
@given(st.recursive(st.sampled_from(LEAVES), combined, max_leaves=15))
def test_what_is_read_equal_is_told_however_it_is_written(condition: Written) -> None:
    """Each part that equals an earlier one of its list, at any depth, and nothing else."""
    faults = faults_of({"small.yaml": changed(when(condition.text))})
    assert len(faults) == condition.twice
    assert all(WORDS in fault.message for fault in faults)


def test_the_same_parts_combined_otherwise_are_other_conditions() -> None:
    """By another word, or with another count."""
    parts = "[willing, free]"
    some = [f"{{{word}: {parts}}}" for word in ("all", "any")]
    some += [
        f"{{{word}: {{count: {count}, of: {parts}}}}}"
        for word in ("at_least", "exactly")
        for count in (1, 2)
    ]
    assert small(when(f"{{any: [{', '.join([*some, '{not: willing}', '{any: [willing]}'])}]}}"))


def bounds(count: int) -> list[str]:
    """Return as many different bounds on an income."""
    return [f"{{age: {{at_least: {50 * number}}}}}" for number in range(count)]


def test_a_thousand_conditions_are_told_apart() -> None:
    """One more that is there already is told; the others cost a look-up each."""
    large = ("maximum: 120", "maximum: 99999")
    some = bounds(1_000)
    ruleset = small(large, when(f"{{any: [{', '.join(some)}]}}"))
    (fault,) = faults_of(
        {"x.yaml": changed(large, when(f"{{any: [{', '.join([*some, some[7]])}]}}"))}
    )
    assert WORDS in fault.message
    parts = children(ruleset.rule["card_b"].when or Any(()))
    # As bits they would share 61 hashes, and be compared with each other, one by one.
    assert len({hash(_meant(part)) for part in parts}) == 1_000


def test_the_first_is_named_with_its_place() -> None:
    """Line and column of both, and what to try."""
    condition = (
        "\n          at_least:\n            count: 2\n            of: [willing, free, willing]"
    )
    (fault,) = faults_of({"small.yaml": changed(when(condition))})
    assert str(fault) == (
        "small.yaml:88:33: `at_least` has this condition twice "
        "(the first is at line 88, column 18: take one out)"
    )


WILLING = FactIs("willing", set_of_bits(2))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (All((WILLING, WILLING)), True),
        (AtLeast(2, (WILLING, WILLING)), True),
        (Exactly(1, (WILLING, WILLING)), False),
        (Exactly(2, (WILLING, FactIs("age", set_of_bits(1)), WILLING)), True),
    ],
)
def test_a_rule_set_made_in_code_counts_each_as_often_as_it_stands(
    condition: Condition, holds: bool
) -> None:
    """The model has no fault in it, and every executor counts alike."""
    adult, *others = small().criteria
    ruleset = replace(small(), criteria=(replace(adult, when=condition), *others))
    require_sound(ruleset)
    state = {
        "age": Known(set_of_bits(1 << 40)),
        "willing": Known(set_of_bits(2)),
        "debt": Known(set_of_bits(1)),
    }
    executors: list[Executor] = [LanesExecutor(ruleset), ReferenceExecutor(ruleset)]
    truths = {one.inspect(state).truth(CriterionIs("adult")) for one in executors}
    assert truths == {Truth.of(holds, not holds)}
