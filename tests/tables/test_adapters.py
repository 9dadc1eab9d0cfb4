"""What kind of table goes in comes out, and says the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from routeengine import Engine, tables
from routeengine.errors import UsageError
from routeengine.tables import adapters
from tables.small import clients


class Stream:
    """Something with Arrow's PyCapsule interface and nothing else."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


@pytest.fixture
def wanted(engine: Engine) -> list[dict[str, Any]]:
    """Give what the clients come out as."""
    out: list[dict[str, Any]] = engine.classify_table(clients()).to_pylist()
    return out


def test_a_record_batch_comes_back_as_one(engine: Engine, wanted: list[dict[str, Any]]) -> None:
    """Also where it has no rows."""
    (batch,) = clients().to_batches()
    out = engine.classify_table(batch)
    assert isinstance(out, pa.RecordBatch)
    assert out.to_pylist() == wanted
    empty = engine.classify_table(batch.slice(0, 0))
    assert isinstance(empty, pa.RecordBatch)
    assert empty.schema.equals(out.schema)


def test_rows_have_a_limit(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past which they cannot be numbered; what is just as long is classified."""
    rows = clients().num_rows
    monkeypatch.setattr(adapters, "MAX_ROWS", rows)
    assert engine.classify_table(clients()).num_rows == rows
    monkeypatch.setattr(adapters, "MAX_ROWS", rows - 1)
    with pytest.raises(UsageError, match=f"the table has more than {rows - 1} rows: classify it"):
        engine.classify_table(clients())


def test_polars_comes_back_as_polars(engine: Engine, wanted: list[dict[str, Any]]) -> None:
    """Texts, categories and enumerations are read alike."""
    plain = pl.DataFrame(clients())
    domains = pl.Enum(["none", "mild", "serious"])
    for frame in (
        plain,
        plain.with_columns(pl.col("current_service").cast(pl.Categorical)),
        plain.with_columns(pl.col("finances").cast(domains)),
    ):
        out = engine.classify_table(frame)
        assert isinstance(out, pl.DataFrame)
        assert out.to_dicts() == wanted


def test_pandas_comes_back_as_pandas(engine: Engine, wanted: list[dict[str, Any]]) -> None:
    """The index stays, and whole numbers that pandas keeps as floats are whole."""
    for types in ({}, {"types_mapper": pd.ArrowDtype}):
        frame = clients().to_pandas(**types).set_index(pd.Index([7, 5, 3, 1], name="file"))
        out = engine.classify_table(frame)
        assert isinstance(out, pd.DataFrame)
        assert out.index.equals(frame.index)
        rows = out.astype(object).where(out.notna(), None).to_dict("records")
        assert rows == wanted
    assert str(clients().to_pandas()["rung"].dtype) == "float64"


def test_a_fraction_in_pandas_is_a_fault_of_its_row(engine: Engine) -> None:
    """Numbers are not rounded."""
    out = engine.classify_table(pd.DataFrame({"rung": [1.5, None]}))
    assert out["error"].isna().tolist() == [False, True]


def test_whatever_else_has_the_interface_comes_back_as_pyarrow(
    engine: Engine, wanted: list[dict[str, Any]]
) -> None:
    """No adapter is needed for it."""
    out: object = engine.classify_table(Stream(clients()))
    assert isinstance(out, pa.Table)
    assert out.to_pylist() == wanted


@pytest.mark.parametrize("thing", [[{"rung": 1}], {"rung": [1]}, None, "caseload.csv"])
def test_what_is_no_table_is_refused(engine: Engine, thing: object) -> None:
    """The message says what to give."""
    with pytest.raises(UsageError, match=r"pyarrow, polars or pandas"):
        engine.classify_table(thing)


def test_a_mixed_column_of_pandas_is_refused_without_its_values(engine: Engine) -> None:
    """It is named by its place, for its name may be data."""
    frame = pd.DataFrame({"client_id": ["a", "b"], "rung": ["secret", 2]}, dtype=object)
    with pytest.raises(UsageError, match="column 2 of the data frame") as caught:
        engine.classify_table(frame)
    assert "secret" not in str(caught.value)


def test_a_stream_that_breaks_is_refused(engine: Engine) -> None:
    """What is no stream of columns is told as such."""

    class Broken:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise ValueError("secret")

    with pytest.raises(UsageError, match="cannot be read as Arrow columns") as caught:
        engine.classify_table(Broken())
    assert "secret" not in str(caught.value)


WITHOUT_PANDAS = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "pandas":
            raise ModuleNotFoundError("pandas was asked for")

sys.meta_path.insert(0, Missing())
import pyarrow as pa
from routeengine import Engine, load_ruleset

engine = Engine(load_ruleset("rijswijk-2023"))
rungs = [pa.array([1, None, 9, 2], kind) for kind in (pa.int8(), pa.uint64())]
for rung in (*rungs, rungs[0].dictionary_encode()):
    words = pa.array(["none", None, "mild|serious", "?"])
    table = pa.table({"client_id": [1, None, 2, 2], "rung": rung, "finances": words})
    out = engine.classify_table(table)
    assert engine.trace_table(table.to_batches()[0]).table.equals(out.to_batches()[0])
    print(out["scope_status"].null_count)
"""


@pytest.mark.gate
def test_where_no_pandas_is_given_none_is_asked_for() -> None:
    """A pyarrow before 26 asks for it to name the type of a number; so no one asks it to."""
    run = [sys.executable, "-c", WITHOUT_PANDAS]
    told = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (told.stderr, told.stdout.split()) == ("", ["3"] * 3)
    pages = Path(tables.__file__).parent.glob("*.py")
    asking = [page.name for page in pages if "to_pandas" in page.read_text(encoding="utf-8")]
    assert asking == ["adapters.py"]
