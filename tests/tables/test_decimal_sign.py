"""What stands before decimals in texts of a table is said as of a caseload file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from money import MONEY
from routeengine import Engine
from routeengine.errors import UsageError
from routeengine.quantities import DecimalSign, Unread, read_amount
from routeengine.tables import classify_stream

ENGINE = Engine(MONEY)

AMOUNTS = st.sampled_from(
    ["1.091", "1,091", "10.915", "1.091,50", "1091,5", "0.12", "999", "1.000.000"]
)


@settings(max_examples=examples(60))
@given(st.lists(AMOUNTS, min_size=1, max_size=6), st.sampled_from(["comma", "point", None]))
def test_a_sign_settles_what_could_be_meant_in_two_ways(
    texts: list[str], decimal: DecimalSign | None
) -> None:
    """A row is answered as if its amount were written plainly, and a fault is the same fault."""
    table = pa.table({"income": texts})
    found = ENGINE.classify_table(table, decimal=decimal).to_pylist()
    for text, one in zip(texts, found, strict=True):
        plain = read_amount(text, decimal, euros=True)
        if isinstance(plain, Unread):
            assert plain.problem in one["error"]
        elif len(plain.partition(".")[2]) > 2:
            assert "at most 2 decimal places" in one["error"]
        else:
            told = ENGINE.classify_table(pa.table({"income": [Decimal(plain)]})).to_pylist()
            assert [one] == told
    assert (
        ENGINE.trace_table(table, decimal=decimal).table.to_pylist()
        == classify_stream(ENGINE.tables, table, decimal=decimal).read_all().to_pylist()
        == found
    )


def test_another_sign_is_refused() -> None:
    """By name, before a row is read."""
    sign: Any = "dot"
    with pytest.raises(UsageError, match="comma"):
        ENGINE.classify_table(pa.table({"income": ["1"]}), decimal=cast("DecimalSign", sign))
