"""Client ids of a table are those of a caseload file: cleaned, checked, and each there once."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeengine import Engine
from routeengine.client_id import parse_cell
from tables.small import clients

PIECES = st.sampled_from(
    ["a", "B7", " ", "\u00a0", "é", "\n", "\u200b", "\ufffd", "=1", "\x7f", "x" * 120]
)


def outcome(engine: Engine, ids: Any) -> list[tuple[str | None, str | None]]:
    """Give each row's client id and what is wrong with it."""
    out = engine.classify_table(pa.table({"client_id": ids}))
    return list(zip(out["client_id"].to_pylist(), out["error"].to_pylist(), strict=True))


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())]
)
@given(
    ids=st.lists(st.none() | st.lists(PIECES, max_size=3).map("".join), min_size=1, max_size=12),
    skipped=st.integers(0, 3),
)
def test_ids_are_read_as_in_a_file(
    engine: Engine, ids: list[str | None], kind: pa.DataType, skipped: int
) -> None:
    """Cleaned alike, refused alike, and the row where the same one stands first is named."""
    first: dict[str, int] = {}
    wanted: list[tuple[str | None, str | None]] = []
    for row, given_id in enumerate(ids[skipped:], 1):
        text, problem = parse_cell(given_id)
        if text is not None and first.setdefault(text, row) != row:
            problem = f"stands in row {first[text]} too"
        wanted.append((text, f"client_id: {problem}" if problem else None))
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    assert outcome(engine, pa.array(ids, plain).cast(kind)[skipped:]) == wanted


def test_numbers_become_text(engine: Engine) -> None:
    """A column of whole numbers is one of pseudonyms too."""
    assert outcome(engine, pa.array([12, 7, 12])) == [
        ("12", None), ("7", None), ("12", "client_id: stands in row 1 too"),
    ]  # fmt: skip


def test_no_other_type_is_an_id(engine: Engine) -> None:
    """Each row is told; none is lost."""
    assert outcome(engine, pa.array([1.5, None])) == [
        (None, "client_id: must be text"), (None, "client_id: is missing"),
    ]  # fmt: skip


def test_text_that_is_no_utf_8_is_no_id(engine: Engine) -> None:
    """Bytes that are no text are refused, not guessed at."""
    raw = pa.array([b"a\xff", b"b"]).view(pa.string())
    assert outcome(engine, raw) == [
        (None, "client_id: must be text"), ("b", None),
    ]  # fmt: skip


def test_ids_that_stand_twice_in_different_chunks_are_found(engine: Engine) -> None:
    """The whole table is looked at, whatever its chunks."""
    ids = pa.chunked_array([["b", "a"], [], ["c", "b"]], pa.string())
    assert [error for _, error in outcome(engine, ids)] == [
        None, None, None, "client_id: stands in row 1 too",
    ]  # fmt: skip


def test_without_a_column_there_is_no_fault(engine: Engine) -> None:
    """A table need not have client ids; the column is there all the same, empty."""
    out = engine.classify_table(clients(client_id=None))
    assert out["client_id"].to_pylist() == [None] * 4
    assert out["error"].null_count == 4


@pytest.mark.parametrize("ids", [["a", "b", "c"], ["c", "a", "b"]])
def test_the_column_is_given_on_as_it_is(engine: Engine, ids: list[str]) -> None:
    """Ids that need no cleaning are not copied one by one."""
    assert [one for one, _ in outcome(engine, ids)] == ids
