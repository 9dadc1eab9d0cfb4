"""Parquet: typed columns stay typed, text columns are read as text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caseload.small import RULES, claiming, faults, parquet, put, rows, varint
from examples import examples, gated
from routeengine.caseload import open_caseload
from routeengine.caseload import parquet as parquet_source
from routeengine.caseload.batches import Batch, read_parts
from routeengine.caseload.columns import Columns
from routeengine.caseload.parquet import ParquetSource
from routeengine.caseload.thrift import delta_sum, read_struct
from routeengine.errors import CaseloadError, MissingExtraError

WHOLE = "must be a whole number from 1 to 6"


def test_typed_columns_are_read(tmp_path: Path) -> None:
    """Integers and truth values of any width are values; null is unknown."""
    table = {
        "client_id": ["a", "b"],
        "rung": pa.array([2, None], pa.int8()),
        "willing": [None, False],
        "finances": pa.array(["licht", None]).dictionary_encode(),
        "months": pa.nulls(2),
    }
    first, second = rows(parquet(tmp_path / "a.parquet", table))
    assert first.profile == {"client_id": "a", "rung": 2, "finances": "mild"}
    assert second.profile == {"client_id": "b", "willing": False}
    assert [first.number, second.number] == [1, 2]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_text_columns_are_read_as_text(tmp_path: Path, kind: object) -> None:
    """A column of text may hold what a CSV file may hold, and `NA` is no empty cell."""
    table = {
        "client_id": pa.array(["a", "b", "c"], kind),
        "rung": pa.array(["2", "", "NA"], kind),
        "willing": pa.array(["ja", "0", "null"], kind),
    }
    found = rows(parquet(tmp_path / "a.parquet", table))
    assert found[0].profile == {"client_id": "a", "rung": 2, "willing": True}
    assert found[1].profile == {"client_id": "b", "willing": False}
    assert faults(found[2]) == [f"3: rung: {WHOLE}", "3: willing: must be true or false"]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2.5, None]),
        pa.array([float("nan"), None]),
        pa.array([float("inf"), None]),
        pa.array([True, None]),
        pa.array([[2], None]),
        pa.array([{"a": 2}, None]),
        pa.array([b"2", None]),
        pa.array([date(2020, 1, 2), None]),
        pa.array([10**15, None], pa.timestamp("ns")),
        pa.array([2**60, None]),
        pa.array([b"2\xff", None], pa.binary()).view(pa.string()),
    ],
    ids=lambda column: str(column.type),
)
def test_other_types_are_row_faults(tmp_path: Path, column: object) -> None:
    """What is no whole number is a fault of its row, and null stays unknown."""
    bad, good = rows(parquet(tmp_path / "a.parquet", {"client_id": ["a", "b"], "rung": column}))
    assert faults(bad) == [f"1: rung: {WHOLE}"]
    assert good.profile == {"client_id": "b"}


def test_dropped_columns_are_not_read(tmp_path: Path) -> None:
    """A dropped column may have any type, and the same name twice."""
    arrays = [pa.array(["a"]), pa.array([[1]]), pa.array([2]), pa.array([3])]
    table = pa.Table.from_arrays(arrays, names=["client_id", "note", "rung", "note"])
    path = tmp_path / "a.parquet"
    pa.parquet.write_table(table, path)
    assert rows(path, "note")[0].profile == {"client_id": "a", "rung": 2}


def test_whole_numbers_are_client_ids(tmp_path: Path) -> None:
    """Numeric ids, as data frames have them, become text."""
    found = rows(parquet(tmp_path / "a.parquet", {"client_id": [1, None], "rung": [1, 1]}))
    assert [row.client_id for row in found] == ["1", None]


def test_progress_counts_rows(tmp_path: Path) -> None:
    """Progress is in rows, over batches and row groups."""
    path = parquet(tmp_path / "a.parquet", {"client_id": [str(n) for n in range(20_000)]})
    caseload = open_caseload(path, RULES)
    assert [(row.number, caseload.done) for row in caseload] == [(n, n) for n in range(1, 20_001)]
    assert (caseload.total, caseload.unit) == (20_000, "rows")


def test_a_file_is_never_held_whole(tmp_path: Path) -> None:
    """While it is read, no more of it is in memory than some of its row groups."""
    path, rows = tmp_path / "large.parquet", 60_000
    ids = pa.array([f"C{n * 7_919 % 1_000_003:030}" for n in range(rows)])
    pq.write_table(pa.table({"client_id": ids}), path, row_group_size=2_000, compression="none")
    size, pool = path.stat().st_size, pa.default_memory_pool()
    before = pool.bytes_allocated()
    source = ParquetSource(str(path), Columns(RULES))
    held = [pool.bytes_allocated() - before for _ in source.batches(1_000)]
    source.close()
    assert len(held) >= 60
    assert max(held) < size / 2


def test_strange_columns_are_refused(tmp_path: Path) -> None:
    """The header is looked at before any row is."""
    with pytest.raises(CaseloadError, match="`shoe_size` is no fact"):
        rows(parquet(tmp_path / "a.parquet", {"client_id": ["a"], "shoe_size": [1]}))


@pytest.mark.parametrize("cut", [5, 20, 200])
def test_truncated_file_is_refused(tmp_path: Path, cut: int) -> None:
    """A file that lost its end is refused in words."""
    path = parquet(tmp_path / "a.parquet", {"client_id": ["a"] * 100})
    with pytest.raises(CaseloadError, match="is not a Parquet file that can be read"):
        rows(put(path, path.read_bytes()[:-cut]))


def test_damaged_data_is_an_error_of_the_file(tmp_path: Path) -> None:
    """Damage that shows while reading is refused too, without the library's words."""
    path = parquet(tmp_path / "a.parquet", {"client_id": [f"c{n}" for n in range(5000)]})
    data = bytearray(path.read_bytes())
    data[4:2000] = b"\xff" * 1996
    with pytest.raises(CaseloadError, match="is not a Parquet file that can be read"):
        rows(put(path, bytes(data)))


@pytest.mark.parametrize("by_columns", [False, True])
def test_a_footer_that_makes_no_sense_does_not_end_the_process(
    tmp_path: Path, by_columns: bool
) -> None:
    """Statistics that fit no such column are refused: asked for them, pyarrow would end it all."""
    path = tmp_path / "odd.parquet"
    pq.write_table(pa.table({"client_id": ["C1", "C2"], "rung": [2, 3]}), path)
    optional, required = b"\x25\x02\x18\x04rung", b"\x25\x00\x18\x04rung"
    data = path.read_bytes()
    assert data.count(optional) == 1
    path.write_bytes(data.replace(optional, required))
    with open_caseload(path, RULES) as caseload, pytest.raises(CaseloadError):
        list(read_parts(caseload, lambda _, row: row) if by_columns else caseload)


def test_missing_package_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the error says which extra installs it."""
    path = parquet(tmp_path / "a.parquet", {"client_id": ["a"]})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"routeengine\[parquet\]"):
        open_caseload(path, RULES)


MANY = 12_345
"""A number of rows that stands nowhere else in the footer."""

BROKEN = "is not a Parquet file that can be read"


def many(path: Path, **options: object) -> Path:
    """Write many rows, with a column of a few words."""
    finances = ["mild", None, "serious"] * (MANY // 3)
    table = pa.table({"client_id": [f"c{n}" for n in range(MANY)], "finances": finances})
    pq.write_table(table, path, write_statistics=False, **options)
    return path


@pytest.mark.parametrize("claimed", [MANY + 1, 1 << 31, 1 << 62])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"data_page_version": "2.0", "data_page_size": 100, "compression": "zstd"},
        {"use_dictionary": False, "compression": "none"},
        {"write_page_index": True, "write_page_checksum": True},
    ],
    ids=lambda options: ",".join(options) or "plain",
)
def test_a_footer_that_claims_more_rows_is_not_believed(
    tmp_path: Path, claimed: int, options: dict[str, object]
) -> None:
    """Though it says so at every place: the rows that were read are counted."""
    path = many(tmp_path / "a.parquet", **options)
    assert len(rows(path)) == MANY
    with pytest.raises(CaseloadError, match=BROKEN):
        rows(claiming(path, MANY, claimed))


@pytest.mark.parametrize("claimed", [0, 1, MANY - 1])
def test_a_footer_that_claims_fewer_rows_is_not_believed(tmp_path: Path, claimed: int) -> None:
    """The rows that its pages have are counted too: none is lost in silence."""
    path = claiming(many(tmp_path / "a.parquet"), MANY, claimed)
    with pytest.raises(CaseloadError, match=BROKEN):
        rows(path)


def zipped_text(path: Path, ids: Sequence[str | None], **options: object) -> Path:
    """Write texts of which each tells how it differs from the one before, or how long it is."""
    options = {"compression": "zstd", "write_statistics": False, **options}
    encoding = options.pop("encoding", "DELTA_BYTE_ARRAY")
    table = pa.table({"client_id": ids, "rung": [2] * len(ids)})
    encodings = {"client_id": encoding, "rung": "PLAIN"}
    pq.write_table(table, path, use_dictionary=False, column_encoding=encodings, **options)
    return path


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("codec", gated(["snappy", "none", "gzip", "zstd", "brotli", "lz4"], 2))
def test_text_by_differences_is_read(
    tmp_path: Path, encoding: str, version: str, codec: str
) -> None:
    """In every version and compression, over several pages, and with gaps."""
    ids = [f"client-{n:04d}" for n in range(3000)]
    expected = [None if n % 7 == 3 else one for n, one in enumerate(ids)]
    path = zipped_text(
        tmp_path / "a.parquet",
        expected,
        encoding=encoding,
        compression=codec,
        data_page_version=version,
        data_page_size=2000,
    )
    for by_columns in (False, True):
        with open_caseload(path, RULES) as caseload:
            if by_columns:
                parts = list(read_parts(caseload, lambda _, row: row))
                found = [one for part in parts for one in cast(Batch, part).ids.to_pylist()]
            else:
                found = [row.client_id for row in caseload]
        assert found == expected


@settings(deadline=None, max_examples=examples(60))
@given(st.lists(st.integers(0, 2**31 - 1) | st.integers(0, 9), min_size=1, max_size=400))
@example([2**31 - 1, 0, 2**31 - 1])
def test_the_sum_of_numbers_by_differences(numbers: list[int]) -> None:
    """It is told without making them: so it is known how long texts are before they are made."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.parquet"
        field = pa.field("n", pa.int32(), nullable=False)
        pq.write_table(
            pa.table({"n": numbers}, pa.schema([field])),
            path,
            use_dictionary=False,
            compression="none",
            column_encoding={"n": "DELTA_BINARY_PACKED"},
        )
        raw = path.read_bytes()[pq.read_metadata(path).row_group(0).column(0).data_page_offset :]
    _, start = read_struct(raw, 0, {})
    total, end = delta_sum(raw, start, len(numbers))
    assert total == sum(numbers)
    with pytest.raises(ValueError, match="other values"):
        delta_sum(raw, start, len(numbers) - 1)
    with pytest.raises((ValueError, IndexError)):
        delta_sum(raw[: end - 1] if len(numbers) > 1 else b"", start, len(numbers))


@pytest.mark.gate
@pytest.mark.parametrize("by_columns", [False, True])
def test_text_that_unpacks_to_gigabytes_is_refused(tmp_path: Path, by_columns: bool) -> None:
    """A file of some kilobytes, of which each text has a megabyte and costs a byte."""
    path = zipped_text(tmp_path / "a.parquet", ["x" * (1 << 20)] * 400)
    assert path.stat().st_size < 5_000
    with open_caseload(path, RULES) as caseload, pytest.raises(CaseloadError, match="unpacks to"):
        list(read_parts(caseload, lambda _, row: row) if by_columns else caseload)


def test_a_page_that_unpacks_to_gigabytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is in it; and many that fit are read few rows at a time."""
    monkeypatch.setattr(parquet_source, "ROOM", 1 << 20)
    texts = ["x" * 3000] * 500
    columns = {"client_id": [f"c{n}" for n in range(500)], "finances": texts}
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(columns), path, use_dictionary=False, compression="zstd")
    with pytest.raises(CaseloadError, match="unpacks to far more than a caseload holds"):
        rows(path)
    pq.write_table(
        pa.table(columns), path, use_dictionary=False, data_page_size=1000, write_batch_size=9
    )
    monkeypatch.setattr(parquet_source, "AT_ONCE", 1 << 16)
    with open_caseload(path, RULES) as caseload:
        parts = list(read_parts(caseload, lambda _, row: row))
    assert max(map(len, parts)) < 30
    assert sum(map(len, parts)) == 500


def test_small_row_groups_are_read_together(tmp_path: Path) -> None:
    """Many of them cost what their rows cost: they come as one batch."""
    path = many(tmp_path / "a.parquet", row_group_size=50)
    with open_caseload(path, RULES) as caseload:
        parts = list(read_parts(caseload, lambda _, row: row))
    assert len(parts) < 10
    assert sum(map(len, parts)) == MANY


@pytest.mark.parametrize("by_columns", [False, True])
@pytest.mark.parametrize("more", [{}, {"use_dictionary": False}, {"data_page_version": "2.0"}])
def test_row_groups_of_a_row_are_read_as_one_of_all(
    tmp_path: Path, more: dict[str, object], by_columns: bool
) -> None:
    """Every client comes out with the same facts, in the same order."""
    numbers = range(100)
    columns = {
        "client_id": [f"c{n}" for n in numbers],
        "rung": [n % 6 + 1 if n % 5 else None for n in numbers],
        "willing": [n % 2 == 1 if n % 7 else None for n in numbers],
        "finances": [("mild", None, "serious", "none")[n % 4] for n in numbers],
    }
    found: list[object] = []
    for size in (100, 1):
        path = tmp_path / f"{size}.parquet"
        pq.write_table(pa.table(columns), path, row_group_size=size, **more)
        assert pq.read_metadata(path).num_row_groups == 100 // size
        with open_caseload(path, RULES) as caseload:
            if by_columns:
                (part,) = read_parts(caseload, lambda _, row: row)
                assert isinstance(part, Batch)
                every = {"client_id": part.ids, **part.columns}
                found.append({name: column.to_pylist() for name, column in every.items()})
            else:
                found.append([row.profile for row in caseload])
    assert found[0] == found[1]


def test_what_lists_hold_more_of_is_no_row(tmp_path: Path) -> None:
    """What a dropped column and lists have more of is no row."""
    table = {"client_id": ["a", "b"], "rung": [[1, 2, 3], None], "note": [[1, 2], [3]]}
    first, second = rows(parquet(tmp_path / "a.parquet", table), "note")
    assert faults(first) == [f"1: rung: {WHOLE}"]
    assert second.profile == {"client_id": "b"}


def by_duckdb(table: pa.Table, path: Path) -> None:
    """Have DuckDB write a table."""
    with duckdb.connect() as base:
        base.register("clients", table)
        base.execute(f"COPY clients TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 5000)")


@pytest.mark.gate
@pytest.mark.parametrize(
    "write",
    [
        by_duckdb,
        lambda table, path: pl.DataFrame(table).write_parquet(path),
        lambda table, path: pl.DataFrame(table).write_parquet(
            path, compression="uncompressed", row_group_size=700, data_page_size=1000
        ),
        lambda table, path: table.to_pandas().to_parquet(path),
    ],
    ids=["duckdb", "polars", "polars in parts", "pandas"],
)
def test_what_others_write_is_counted_as_they_do(
    tmp_path: Path, write: Callable[[pa.Table, Path], None]
) -> None:
    """Each row comes out, whoever wrote the file."""
    write(pq.read_table(many(tmp_path / "a.parquet")), tmp_path / "b.parquet")
    assert [row.profile for row in rows(tmp_path / "b.parquet")] == [
        row.profile for row in rows(tmp_path / "a.parquet")
    ]


def test_a_file_that_claims_other_rows_than_its_groups(tmp_path: Path) -> None:
    """Each group has what it says, but the file says that there are more."""
    path = many(tmp_path / "a.parquet")
    data = path.read_bytes()
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    place = data.index(varint(MANY), start)
    more = varint(MANY + 1)
    put(path, data[:place] + more + data[place + len(more) :])
    with pytest.raises(CaseloadError, match=BROKEN):
        rows(path)


def test_long_ids_in_one_group_only(tmp_path: Path) -> None:
    """Where a group has none the dictionary is not looked at."""
    ids = pa.array(["a", "x" * 5000, "b", "c"])
    table = pa.table({"client_id": ids, "rung": [1, 2, 3, 4]})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    found = rows(tmp_path / "a.parquet")
    assert [row.client_id for row in found] == ["a", None, "b", "c"]
