"""A table gives, row by row, what one profile at a time gives."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from tables.generated_tables import engines, expected, tables


@settings(max_examples=examples(400), deadline=None)
@given(st.data())
def test_a_table_agrees_with_single_profiles(data: st.DataObject) -> None:
    """Every column of every row is the same, whatever the encoding, offsets and chunks."""
    engine = data.draw(engines())
    table = data.draw(tables(engine.ruleset))
    out = engine.classify_table(table)
    wanted = expected(engine, table)
    assert out.num_rows == len(wanted)
    for found, one in zip(out.to_pylist(), wanted, strict=True):
        assert found == dict.fromkeys(out.schema.names) | one
