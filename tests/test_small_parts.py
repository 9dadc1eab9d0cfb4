"""Small parts with a claim of their own."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import routeengine
from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine import Engine
from routeengine.errors import (
    CaseloadError,
    Fault,
    MissingExtraError,
    ProfileError,
    ProfileFault,
    RouteEngineError,
    RuleSetError,
)
from routeengine.profile import OneOf
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.digest import meaning_digest, reference, whole_digest
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.model import Decision, Outcome, Rule, RuleSet
from routeengine.truth import Truth, quota_truth, value_truth
from routeengine.value_set import ValueSet, bits_of_set, set_of_bits


def test_seeing_nothing_is_no_truth() -> None:
    """A truth over no completions would be true and false at once."""
    with pytest.raises(ValueError, match="no completion was seen"):
        Truth.of(False, False)


@given(st.lists(st.sampled_from(Truth), max_size=5), st.integers(0, 6), st.integers(0, 6))
def test_counting_parts_is_exact_where_each_is_open_by_itself(
    truths: list[Truth], low: int, high: int
) -> None:
    """What is open may be either: with every choice in turn the count says what can turn out."""
    low, high = min(low, high), max(low, high)
    either = {Truth.TRUE: (1,), Truth.FALSE: (0,), Truth.OPEN: (0, 1)}
    counts = map(sum, product(*[either[truth] for truth in truths]))
    seen = {low <= count <= high for count in counts}
    assert quota_truth(truths, len(truths), low, high) is Truth.of(True in seen, False in seen)


def test_counting_parts_ends_where_they_decide() -> None:
    """Of "any" nothing is asked after the first part that holds."""
    truths = iter([Truth.OPEN, Truth.FALSE, Truth.TRUE, Truth.OPEN])
    assert quota_truth(truths, 4, 1, 4) is Truth.TRUE
    assert list(truths) == [Truth.OPEN]


def test_a_value_is_among_others_as_its_values_say_one_by_one() -> None:
    """Of six numbers, every set that is not empty against every set: single runs and several."""
    for values, allowed in product(range(1, 2**6), range(2**6)):
        some, others = set_of_bits(values), set_of_bits(allowed)
        seen = {number in others for number in some.numbers}
        assert value_truth(some, others) is Truth.of(True in seen, False in seen)


@given(st.integers(0, 2**40))
def test_spans_are_the_runs_of_a_set(bits: int) -> None:
    """Put together again, the runs are the set; no two of them touch."""
    runs = list(set_of_bits(bits).runs)
    assert sum(((1 << (last - first + 1)) - 1) << first for first, last in runs) == bits
    assert bits_of_set(ValueSet.of_runs(runs)) == bits
    assert all(one[1] + 1 < two[0] for one, two in pairwise(runs))


@given(st.integers(-5, 5), st.integers(0, 9), st.integers(-20, 20), st.integers(-20, 20))
def test_a_range_is_the_values_inside_it(minimum: int, more: int, low: int, high: int) -> None:
    """Ends included; what lies outside the domain is left out."""
    domain = IntegerDomain(minimum, minimum + more)
    inside = [n for n in range(domain.size) if low <= minimum + n <= high]
    assert domain.between(low, high) == ValueSet.of(inside)


@pytest.mark.parametrize(
    "error",
    [
        RuleSetError((Fault("a.yaml", 2, 3, "x", "y"), Fault("a.yaml", 1, 1, "z"))),
        ProfileError((ProfileFault("rung", "must be text"),)),
        CaseloadError("a.csv", "cannot be read", 3),
        CaseloadError("a.csv", "cannot be read"),
        MissingExtraError("pyarrow", "parquet", "reading Parquet"),
    ],
)
def test_errors_survive_pickle_and_copy(error: RouteEngineError) -> None:
    """As they cross from one process to another, message and fields stay."""
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)


def test_a_fault_reads_as_file_line_column() -> None:
    """In order of place; a fault of a whole file has no line."""
    error = RuleSetError((Fault("b", 0, 0, "is empty"), Fault("a", 2, 3, "x", "y")))
    assert str(error) == "a:2:3: x (y)\nb: is empty"
    assert str(CaseloadError("c", "no", 4)) == "c:4: no"


def large(size: int) -> Engine:
    """Build an engine on one fact with many values, split at 100."""
    fact = a_fact("income", IntegerDomain(0, size - 1))
    low = FactIs("income", ValueSet.span(0, 99), "at_most")
    rules = (
        Rule("low", low, "a", BOTH, BOTH, GROUNDS),
        Rule("high", None, "b", BOTH, BOTH, GROUNDS),
    )
    decision = Decision("d", BOTH, (Outcome("a", BOTH, BOTH), Outcome("b", BOTH, BOTH)), rules)
    return Engine(build_ruleset("big", facts=(fact,), decisions=(decision,)))


def test_a_fact_with_many_values_is_classified_as_any_other() -> None:
    """Its values are not tabled, and thousands of sets of them are not all remembered."""
    engine = large(5000)
    for value in range(0, 5000, 3):
        assert engine.classify({"income": value}).verdicts["d"].outcome == (
            "a" if value < 100 else "b"
        )
    assert engine.classify({"income": OneOf([1, 4999])}).verdicts["d"].status == "insufficient"
    with pytest.raises(ProfileError, match="a whole number from 0 to 4999"):
        engine.classify({"income": 5000})


def test_a_mended_typo_changes_the_whole_digest_only(rijswijk: RuleSet) -> None:
    """Texts are in the whole digest, what changes a verdict in both; order in neither."""
    first, *rest = rijswijk.decisions
    texts = replace(rijswijk, decisions=(replace(first, label={"nl": "x", "en": "y"}), *rest))
    assert meaning_digest(texts) == meaning_digest(rijswijk)
    assert whole_digest(texts) != whole_digest(rijswijk)
    fewer = replace(rijswijk, constraints=rijswijk.constraints[1:])
    assert meaning_digest(fewer) != meaning_digest(rijswijk)
    turned = replace(
        rijswijk,
        criteria=rijswijk.criteria[::-1],
        decisions=tuple(replace(d, rules=d.rules[::-1]) for d in rijswijk.decisions),
    )
    assert reference(turned) == reference(rijswijk)
    assert reference(rijswijk).sha256 == whole_digest(rijswijk)


def test_the_package_has_what_it_lists() -> None:
    """Every name of `__all__` is there, and no other is made up."""
    for name in routeengine.__all__:
        assert getattr(routeengine, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        routeengine.nothing  # noqa: B018  the look-up is the test


def test_a_pickled_rule_set_is_the_same(rijswijk: RuleSet) -> None:
    """Also after its look-up tables were used."""
    assert rijswijk.fact["rung"].kind == "integer"
    assert rijswijk.fact["willing"].kind == "boolean"
    assert rijswijk.fact["finances"].kind == "category"
    assert pickle.loads(pickle.dumps(rijswijk)) == rijswijk
