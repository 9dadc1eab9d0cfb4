"""Who wins, told by a few planes however many rules there are."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import examples
from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine import Engine
from routeengine.errors import RuleSetError
from routeengine.executors.summary import summarise
from routeengine.result import Verdict
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Decision, Outcome, Review, Rule, RuleSet
from routeengine.tables import output
from routeengine.value_set import set_of_bits
from tables.crowded import crowded, uniform
from tables.test_agreement import check


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(crowded(max_constraints=3), st.integers(0, 2**32))
def test_rows_of_crowded_rules_agree_with_single_profiles(rules: RuleSet, seed: int) -> None:
    """Whoever wins beside whom, gaps beside reviews and contradictions included."""
    try:
        engine = Engine(rules)
    except RuleSetError:
        assume(False)
    check(engine, uniform(Random(seed), rules.facts, 60))


def signals(*targets: str | Review) -> RuleSet:
    """Make a rule for each target, each on a fact of its own; and what `otherwise` leads to."""
    facts = tuple(a_fact(f"f{n}", BooleanDomain()) for n in range(len(targets)))
    rules = [
        Rule(f"r{n}", FactIs(fact.id, set_of_bits(2)), then, BOTH, BOTH, GROUNDS)
        for n, (fact, then) in enumerate(zip(facts, targets, strict=True))
    ]
    outcomes = tuple(Outcome(one, BOTH, BOTH) for one in ("x", "y", "z"))
    decision = Decision("d", BOTH, outcomes, tuple(rules))
    return build_ruleset(
        "signals", facts=facts, decisions=(decision,), declined_texts=("declined",)
    )


@pytest.mark.gate
@pytest.mark.parametrize("target", ["x", Review(("x", "y"))])
def test_hundreds_of_rules_for_one_target_take_few_planes(target: str | Review) -> None:
    """Ten planes tell which of 200 rules wins: any ten choose five are 252 different ones."""
    engine = Engine(signals(*[target] * 200))
    (query,) = engine.tables.evaluator.plan.queries
    assert len(query.groups) == 10
    rng = Random(1)
    rows = [
        [rng.choices([True, False, None], [1, 400, 1])[0] for _ in range(200)] for _ in range(60)
    ]
    rows += [[None if n in (3, row) else False for n in range(200)] for row in range(20)]
    rows += [[n == 5 or None if n in (5, row) else False for n in range(200)] for row in range(20)]
    rows += [[n == row for n in range(200)] for row in range(200)]
    columns = zip(*rows, strict=True)
    table = pa.table({f"f{n}": pa.array(column, pa.bool_()) for n, column in enumerate(columns)})
    check(engine, table)
    assert set(engine.classify_table(table)["d_rule"].to_pylist()[-200:]) == {
        f"r{n}" for n in range(200)
    }


def test_a_gap_beside_the_one_rule_that_can_win_leaves_none_certain() -> None:
    """The verdict is review either way, and no rule has been the winner on all completions."""
    engine = Engine(signals(Review(("x",))))
    out = engine.classify_table(pa.table({"f0": [True, None, False]}))
    assert out["d_rule"].to_pylist() == ["r0", None, None]
    assert out["d_reason"].to_pylist() == ["rule", None, "gap"]
    assert out["d_candidates"].to_pylist() == ["x", "x", ""]


def test_an_overlap_has_the_candidates_of_those_who_win() -> None:
    """And of no other rule, also where a target that another one names is among theirs."""
    targets = ("x", Review(("y", "z")), Review(("x", "y")), "x", "z")
    engine = Engine(signals(*targets))
    pairs = list(combinations(range(5), 2))
    rows: list[list[bool | None]] = [[n in pair for n in range(5)] for pair in pairs]
    rows += [[n in pair or (None if n == 4 else False) for n in range(5)] for pair in pairs]
    columns = zip(*rows, strict=True)
    table = pa.table({f"f{n}": pa.array(column, pa.bool_()) for n, column in enumerate(columns)})
    check(engine, table)
    found = engine.classify_table(table)["d_candidates"].to_pylist()[: len(pairs)]
    assert found == ["x y z", "x y", "", "x z", "x y z", "x y z", "y z", "x y", "x y z", "x z"]


def test_what_is_alike_is_summed_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who can win is told apart only where that counts: thousands of rows come to four verdicts."""
    made = []

    def counted(*args: Any, **kwargs: Any) -> Verdict:
        made.append(args)
        return summarise(*args, **kwargs)

    monkeypatch.setattr(output, "summarise", counted)
    engine = Engine(signals(*["x"] * 6, *["y"] * 6))
    rng = Random(1)
    table = pa.table(
        {f"f{n}": pa.array(rng.choices([False, None], k=5_000), pa.bool_()) for n in range(12)}
    )
    engine.tables.reading(table.schema)
    before = len(made)
    out = engine.classify_table(table)
    assert set(out["d_status"].to_pylist()) == {"review", "insufficient"}
    assert len(made) - before == 4  # a gap; or x, y or both as well
