"""A table gives, row by row, what one profile at a time gives."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from routeengine import Engine
from routeengine.profile import read_profile
from routeengine.ruleset.conditions import CriterionIs
from routeengine.symbolic import influence
from routeengine.tables import api, fallback
from routeengine.truth import Truth
from tables.generated_tables import engines, expected, profiles_of, tables

AS_BOOLEAN = {Truth.TRUE: True, Truth.FALSE: False, Truth.OPEN: None}


def check(engine: Engine, table: pa.Table) -> None:
    """Compare every column of every row with what the single path gives."""
    out = engine.classify_table(table)
    wanted = expected(engine, table)
    assert out.num_rows == len(wanted)
    out.validate(full=True)
    for found, one in zip(out.to_pylist(), wanted, strict=True):
        assert found == dict.fromkeys(out.schema.names) | one


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_a_table_agrees_with_single_profiles(data: st.DataObject) -> None:
    """Every column of every row is the same, whatever the encoding, offsets and chunks."""
    engine = data.draw(engines())
    check(engine, data.draw(tables(engine.ruleset)))


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(st.data())
def test_truths_agree_with_a_closer_look(data: st.DataObject) -> None:
    """The trace has the exact truth of every rule and criterion, and nothing of faulty rows."""
    engine = data.draw(engines())
    table = data.draw(tables(engine.ruleset, max_rows=20))
    trace = engine.trace_table(table)
    trace.truths.validate(full=True)
    assert trace.table.equals(engine.classify_table(table))
    for row, profile in enumerate(profiles_of(engine, table)):
        truths = {
            name: trace.truths.column(name)[row].as_py() for name in trace.truths.schema.names
        }
        if profile is None:
            assert set(truths.values()) <= {None}
            continue
        look = engine._executor.inspect(read_profile(engine.ruleset, profile))
        rules = {f"rule.{rule}": look.applies(rule) for rule in engine.ruleset.rule}
        criteria = {
            f"criterion.{name}": look.truth(CriterionIs(name)) for name in engine.ruleset.criterion
        }
        assert truths == {name: AS_BOOLEAN[t] for name, t in (rules | criteria).items()}


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(st.data())
def test_batches_make_no_difference(data: st.DataObject) -> None:
    """A table that is classified in many batches gives what it gives in one."""
    engine = data.draw(engines())
    table = data.draw(tables(engine.ruleset))
    at_once = engine.classify_table(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "BATCH", data.draw(st.integers(1, 20)))
        assert engine.classify_table(table).to_pylist() == at_once.to_pylist()


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(st.data())
def test_where_pairs_do_not_fit_rows_are_asked_alone(data: st.DataObject) -> None:
    """What is missing is the same where no program for it fits the budget."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(influence, "MAX_LANE_PAIRS", 0)
        engine = data.draw(engines())
        table = data.draw(tables(engine.ruleset, max_rows=20))
        check(engine, table)


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(st.data())
def test_how_much_is_remembered_makes_no_difference(data: st.DataObject) -> None:
    """What rows of earlier batches came to is kept, in a bounded memory: it can be tiny."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fallback, "CACHE_SIZE", 1)
        patch.setattr(api, "BATCH", data.draw(st.integers(1, 20)))
        engine = data.draw(engines())
        check(engine, data.draw(tables(engine.ruleset)))
        assert engine.tables.evaluator.fallback.line.cache_info().currsize <= 1


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(st.data())
def test_rows_in_another_order_give_the_same(data: st.DataObject) -> None:
    """Each row is answered by itself: taking rows and classifying commute."""
    engine = data.draw(engines())
    table = data.draw(tables(engine.ruleset))
    rows = data.draw(st.lists(st.integers(0, table.num_rows - 1))) if table.num_rows else []
    picked = pa.Table.from_pylist(
        [engine.classify_table(table).to_pylist()[row] for row in rows],
        engine.classify_table(table).schema,
    )
    taken = pa.table(
        {name: column.combine_chunks().take(pa.array(rows, pa.int64()))
         if not pa.types.is_string_view(column.type)
         else pa.array([column[row].as_py() for row in rows], column.type)
         for name, column in zip(table.schema.names, table.columns, strict=True)}
    )  # fmt: skip
    assert engine.classify_table(taken).to_pylist() == picked.to_pylist()
