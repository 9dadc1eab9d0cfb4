"""Tables that are not as they should be: a clear error or faults by row, and nothing lost."""

from __future__ import annotations

import struct
from typing import Any

import pyarrow as pa
import pytest

from routeengine import Engine
from routeengine.errors import CaseloadError, UsageError
from tables.small import clients


def errors(engine: Engine, **columns: Any) -> list[str | None]:
    """Give what is wrong with each row; what is wrong has no verdict, all else has one."""
    out = engine.classify_table(clients(**columns))
    found: list[str | None] = out["error"].to_pylist()
    for row, error in zip(out.to_pylist(), found, strict=True):
        assert (row["scope_status"] is None) == (error is not None)
        assert (row["flags"] is None) == (error is not None)
        assert row["ruleset"] == "rijswijk-2023"
    return found


RUNG = "rung: must be a whole number from 1 to 6"
DEBTS = "finances: must be one of `none`, `mild`, `serious`"


def test_a_column_of_a_wrong_type_is_a_fault_where_it_says_something(engine: Engine) -> None:
    """A null says nothing, whatever its type; a whole number is that, however it is kept."""
    bad = "receives_benefit: must be true or false"
    assert errors(engine, receives_benefit=[1, None, 0, 2]) == [None, None, None, bad]
    assert errors(engine, receives_benefit=[1.0, None, 0.0, 0.5]) == [None, None, None, bad]
    assert errors(engine, rung=[True, None, False, None]) == [RUNG, None, RUNG, None]
    assert errors(engine, rung=[2.0, None, 1.5, float("nan")]) == [None, None, RUNG, RUNG]
    assert errors(engine, finances=[[1], None, [], None]) == [DEBTS, None, DEBTS, None]


def test_a_value_outside_the_domain_is_a_fault_of_its_row(engine: Engine) -> None:
    """By row, and by field in the order of the columns."""
    assert errors(
        engine,
        rung=pa.array([7, 0, 2, None], pa.uint64()),
        finances=pa.array(["grave", None, "Mild", "grave"]).dictionary_encode(),
    ) == [f"{RUNG}; {DEBTS}", RUNG, None, DEBTS]
    assert errors(engine, rung=pa.array([2**64 - 1, 1, None, 6], pa.uint64())) == [
        RUNG, None, None, None,
    ]  # fmt: skip


def test_what_was_declined_is_not_asked_again(engine: Engine) -> None:
    """It stays unknown, and so the verdict open; of a null it is asked."""
    benefit = ["no answer", "onbekend", None, "declined"]
    service = ["participation"] * 4
    table = clients(receives_benefit=benefit, current_service=service, rung=[1] * 4)
    out = engine.classify_table(table)
    assert out["scope_status"].to_pylist() == ["insufficient"] * 4
    asked = ["", "receives_benefit", "receives_benefit", ""]
    assert out["scope_missing"].to_pylist() == asked


def test_no_value_stands_in_an_error(engine: Engine) -> None:
    """The field and what is allowed are enough."""
    assert "secret" not in str(errors(engine, finances=["secret", None, "none", "secret"]))


def test_columns_of_nulls_are_unknown(engine: Engine) -> None:
    """Every fact unknown is insufficient, and never a no."""
    empty = pa.table({"rung": pa.nulls(70), "finances": pa.nulls(70, pa.string())})
    out = engine.classify_table(empty)
    assert set(out["scope_status"].to_pylist()) == {"insufficient"}
    assert out["error"].null_count == 70


def test_no_rows_give_no_rows(engine: Engine) -> None:
    """The columns are the same, and so are their types."""
    none = engine.classify_table(clients().slice(0, 0))
    assert none.num_rows == 0
    assert none.schema.equals(engine.classify_table(clients()).schema)


def test_no_columns_are_rows_of_nothing_known(engine: Engine) -> None:
    """A table with only ids has a row for each of them."""
    out = engine.classify_table(pa.table({"client_id": ["a", "b"]}))
    assert out["scope_status"].to_pylist() == ["insufficient"] * 2


def test_columns_that_stand_twice_are_refused(engine: Engine) -> None:
    """Under one name or two."""
    for names in (["rung", "rung"], ["rung", "trede"]):
        with pytest.raises(CaseloadError, match="columns 1 and 2 all mean `rung`"):
            engine.classify_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names))


def test_a_column_that_is_no_fact_is_refused_by_name(engine: Engine) -> None:
    """And left out where the caller says so; a refused field is told why."""
    with pytest.raises(CaseloadError, match=r"^the table: column `note` is no fact") as caught:
        engine.classify_table(clients(note=["a", "b", "c", "d"]))
    assert "`drop_columns` leaves columns out" in str(caught.value)
    out = engine.classify_table(clients(note=["a", "b", "c", "d"]), drop_columns=["note"])
    assert out.equals(engine.classify_table(clients()))
    with pytest.raises(CaseloadError, match="column `bsn` is refused"):
        engine.classify_table(clients(bsn=[1, 2, 3, 4]))


def test_names_are_those_of_a_caseload_file(engine: Engine) -> None:
    """Labels and aliases in any language name a column."""
    out = engine.classify_table(clients(finances=None, Financiën=clients()["finances"]))
    assert out.equals(engine.classify_table(clients()))


def test_dictionaries_may_repeat_and_hold_nulls(engine: Engine) -> None:
    """A null among the values is unknown, and two codes of one word are one."""
    codes = pa.array([0, 1, 2, None], pa.uint8())
    words = pa.array(["serious", None, "serious"])
    out = engine.classify_table(clients(finances=pa.DictionaryArray.from_arrays(codes, words)))
    plain = engine.classify_table(clients(finances=["serious", None, "serious", None]))
    assert out.equals(plain)


def test_chunks_whose_dictionaries_cannot_be_joined_go_one_by_one(engine: Engine) -> None:
    """Each chunk may have its own words, with nulls among them."""
    chunks = [
        pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), pa.array(words))
        for words in (["mild", None], [None, "serious"])
    ]
    out = engine.classify_table(clients(finances=pa.chunked_array(chunks)))
    plain = engine.classify_table(clients(finances=["mild", None, None, "serious"]))
    assert out.to_pylist() == plain.to_pylist()


def test_a_batch_without_rows_gives_one_without_rows(engine: Engine) -> None:
    """Streams may hold some."""
    empty = pa.RecordBatch.from_pylist([], clients().schema)
    reading = engine.tables.reading(clients().schema)
    assert reading.classify(empty).num_rows == 0
    assert reading.classify(empty).schema.equals(reading.schema)


def test_codes_past_the_dictionary_are_faults(engine: Engine) -> None:
    """They read no memory that is not theirs; under a null anything may stand."""
    for bad in (9, 255):
        codes = pa.array([0, bad, bad, 0], pa.uint8(), mask=_mask(False, False, True, False))
        column = pa.DictionaryArray.from_arrays(codes, pa.array(["none"]), safe=False)
        assert errors(engine, finances=column) == [None, DEBTS, None, None]
    # Under a null even a code past the dictionary is nothing.
    validity, codes = pa.py_buffer(b"\x09"), pa.py_buffer(bytes([0, 9, 9, 0]))
    kind = pa.dictionary(pa.uint8(), pa.string())
    column = pa.DictionaryArray.from_buffers(kind, 4, [validity, codes], pa.array(["none"]))
    assert errors(engine, finances=column) == [None] * 4
    empty = pa.array([], pa.string())
    codes = pa.array([3, 0, 0, 0], pa.int8(), mask=_mask(False, True, True, True))
    column = pa.DictionaryArray.from_arrays(codes, empty, safe=False)
    assert errors(engine, finances=column) == [DEBTS, None, None, None]


def _mask(*absent: bool) -> Any:
    import numpy as np

    return np.array(absent)


def test_garbage_under_a_null_is_not_looked_at(engine: Engine) -> None:
    """Numbers outside the domain are no fault where the row says nothing."""
    column = pa.array([99, 1, 99, 2], pa.int8(), mask=_mask(True, False, True, False))
    assert errors(engine, rung=column) == [None] * 4


def test_text_that_is_no_utf_8_is_a_fault(engine: Engine) -> None:
    """As in a Parquet file, which does not promise it either."""
    column = pa.array([b"\xff\xfe", b"mild", None, b"none"]).view(pa.string())
    assert errors(engine, finances=column) == [DEBTS, None, None, None]


def test_texts_outside_their_buffer_are_refused(engine: Engine) -> None:
    """Their offsets are looked at before any text is read."""
    offsets = pa.py_buffer(struct.pack("<3i", 0, 10**6, 1))
    column = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"a")])
    for table in (
        pa.table({"finances": column}),
        pa.table({"client_id": column}),
        pa.table({"finances": pa.DictionaryArray.from_arrays(pa.array([0, 1]), column)}),
    ):
        with pytest.raises(UsageError, match="not what Arrow columns must be"):
            engine.classify_table(table)


@pytest.mark.gate
def test_more_rows_than_memory_can_hold_are_refused(engine: Engine) -> None:
    """Two billion rows of nothing take no memory themselves; their answers would."""
    with pytest.raises(UsageError, match="more than 2,147,483,647 rows: classify it in parts"):
        engine.classify_table(pa.table({"rung": pa.nulls(2**31)}))


@pytest.mark.gate
def test_nothing_outside_the_bits_is_read(engine: Engine) -> None:
    """Columns that end at the end of their memory, at every offset, are read within it."""
    for offset in (0, 1, 7, 8):
        for rows in (1, 8, 63, 65):
            size = (offset + rows + 7) // 8
            memory = pa.py_buffer(b"\xaa" * size)
            column = pa.Array.from_buffers(pa.bool_(), rows, [None, memory], 0, offset)
            out = engine.classify_table(pa.table({"receives_benefit": column}))
            same = engine.classify_table(pa.table({"receives_benefit": column.to_pylist()}))
            assert out.equals(same)


def test_a_row_without_faults_keeps_its_verdict_beside_one_with(engine: Engine) -> None:
    """A faulty row takes nothing from its neighbours."""
    good = engine.classify_table(clients()).to_pylist()
    some = engine.classify_table(clients(rung=pa.array([9, 2, None, 2], pa.int8()))).to_pylist()
    assert some[1:] == good[1:]
    assert some[0]["error"] == RUNG
