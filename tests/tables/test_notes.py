"""What is read of a table otherwise than it is written: told as of a caseload file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseload.small import RULES
from examples import examples
from routeengine.caseload import classify, classify_file
from routeengine.engine import Engine
from routeengine.tables import classifier, classify_stream

ENGINE = Engine(RULES)

APART = "e\u0301"
"""An `é` of two characters, which client ids are not kept in."""

ID = st.sampled_from(["a", "b7", APART, f"{APART}2", "\u00e9", " c ", "", None])
FACT = st.sampled_from([None, None, None, "2", "9", " ", "?"])
BESIDE = st.sampled_from([None, None, "", "x"])


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Draw a table with ids, one fact, and columns without a name before and after them."""
    size = draw(st.integers(1, 6))

    def some(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=size, max_size=size))

    first = draw(st.sampled_from([0, 1, 5]))
    numbers = [n if draw(st.integers(0, 5)) else None for n in range(first, first + size)]
    columns = {
        "client_id": pa.array(some(ID), pa.string()),
        "rung": pa.array(some(FACT), pa.string()),
    }
    before = draw(
        st.sampled_from(
            [
                None,
                pa.array(numbers, pa.int64()),
                pa.array([None if n is None else str(n) for n in numbers], pa.string()),
                pa.array(some(BESIDE), pa.string()).dictionary_encode(),
            ]
        )
    )
    names, arrays = [*columns], [*columns.values()]
    if before is not None:
        names, arrays = ["", *names], [before, *arrays]
    if draw(st.booleans()):
        names, arrays = [*names, " "], [*arrays, pa.array(some(BESIDE), pa.string())]
    return pa.Table.from_arrays(arrays, names)


def of_file(table: pa.Table, *, by_columns: bool) -> tuple[list[str | None], list[str]]:
    """Give the faults of each row of a table as a file, and what is told of that."""
    notes: list[str] = []
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(classify, "is_large", lambda _: by_columns)
        path, out = Path(folder) / "a.parquet", Path(folder) / "out.jsonl"
        pq.write_table(table, path)
        classify_file(ENGINE, path, out, note=notes.append)
        errors = [json.loads(line)["error"] for line in out.read_text("utf-8").splitlines()]
    return errors, [note.partition(": ")[2] for note in notes]


def of_table(table: pa.Table) -> tuple[list[str | None], list[str]]:
    """Give the faults of each row of a table, and what is told of it."""
    notes: list[str] = []
    out = ENGINE.classify_table(table, note=notes.append)
    assert out.equals(ENGINE.classify_table(table)), "to be told changes nothing"
    assert all(note.startswith("the table: note: ") for note in notes)
    return out["error"].to_pylist(), [note.partition(": ")[2] for note in notes]


@pytest.mark.gate
@settings(deadline=None, max_examples=examples(150))
@given(tables())
def test_a_table_is_told_of_as_a_file(table: pa.Table) -> None:
    """The same rows have the same faults and the same notes, by rows and by columns too."""
    found = of_table(table)
    assert found == of_file(table, by_columns=True) == of_file(table, by_columns=False)


TOLD = [
    "the table: note: client ids in another form of Unicode than NFC, which are read in that: 1",
    "the table: note: row numbers, in a first column without a name, that are left out: 4",
    "the table: note: rows with nothing but a client id: 2",
]
ROWS = {"": [0, 1, 2, 3], "client_id": ["a", f"{APART}1", "c", "d"], "rung": [1, None, None, 9]}


def of_stream(table: pa.Table, note: Callable[[str], object]) -> object:
    """Classify a table as a stream of small batches."""
    stream = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(1))
    reader = classify_stream(ENGINE.tables, stream, note=note)
    return reader.read_all()["error"].to_pylist()


@pytest.mark.parametrize(
    "run",
    [
        lambda table, note: ENGINE.classify_table(pd.DataFrame(table), note=note)["error"],
        lambda table, note: ENGINE.classify_table(pl.DataFrame(table), note=note)["error"],
        lambda table, note: (
            ENGINE.trace_table(pa.table(table), note=note).table["error"].to_pylist()
        ),
        lambda table, note: of_stream(pa.table(table), note),
    ],
    ids=["pandas", "polars", "trace", "stream"],
)
def test_every_way_to_give_a_table_tells(run: Callable[..., Any]) -> None:
    """Whatever kind of table it is, and for a trace and for a stream too."""
    told: list[str] = []
    errors = [one if isinstance(one, str) else None for one in run(ROWS, told.append)]
    assert errors == [None, None, None, "rung: must be a whole number from 1 to 6"]
    stream = [line.replace("the table", "the stream") for line in TOLD]
    assert told in (TOLD, stream)


def test_row_numbers_go_on_over_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """They count through the whole table, however it is cut."""
    monkeypatch.setattr("routeengine.tables.api.BATCH", 3)
    size = 10
    table = pa.table({"": range(1, size + 1), "client_id": [f"c{n}" for n in range(size)]})
    table = pa.concat_tables([table.slice(0, 4), table.slice(4)])
    errors, notes = of_table(table)
    assert errors == [None] * size
    assert (
        f"note: row numbers, in a first column without a name, that are left out: {size}" in notes
    )


def test_in_parts_a_column_without_a_name_is_empty() -> None:
    """A part does not know which rows came before it: so there are no numbers of rows in it."""
    batch = pa.RecordBatch.from_pydict({"": [0, None], "client_id": ["a", "b"], "rung": [1, 2]})
    reading = ENGINE.tables.reading(batch.schema)
    assert isinstance(reading, classifier.TableReading)
    assert reading.classify(batch)["error"].to_pylist() == [
        "(column 1): must be empty, for the column has no name",
        None,
    ]


def test_without_ids_there_is_little_to_tell() -> None:
    """A row without an id is none with nothing but an id."""
    assert of_table(pa.table({"rung": [1, None]})) == ([None, None], [])


def test_what_was_dropped_is_not_told_of() -> None:
    """A column without a name can be left out by its place."""
    table = pa.table({"": ["x"], "client_id": ["a"], "rung": [2]})
    notes: list[str] = []
    out = ENGINE.classify_table(table, drop_columns=["#1"], note=notes.append)
    assert (out["error"].to_pylist(), notes) == ([None], [])


def test_text_that_is_no_utf_8_is_no_row_number() -> None:
    """In a column without a name it is a fault like any other, in a file too."""
    numbers = pa.array([b"1", b"2\xff", b"3"]).view(pa.string())
    table = pa.table({"": numbers, "client_id": ["a", "b", "c"], "rung": [1, 2, 3]})
    errors, notes = of_table(table)
    assert errors == [None, "(column 1): must be empty, for the column has no name", None]
    assert len(notes) == 1
    for by_columns in (False, True):
        assert of_file(table, by_columns=by_columns) == (errors, notes)
