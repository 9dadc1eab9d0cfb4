"""Amounts, days and wide numbers in files: of every kind, by rows and by columns."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caseload.small import parquet, put, sheet
from caseload.test_columnar import content, single_rows, sizes, some_sizes
from examples import examples
from money import DOMAINS, MONEY, OBSERVED, full_profiles, plain
from routeengine import Engine
from routeengine.caseload import classify_file, open_caseload, open_output
from routeengine.caseload.classification import Classification
from routeengine.caseload.parquet import cells, is_text
from routeengine.caseload.rows import Row, RowFault
from routeengine.caseload.streaming import classify_by_columns
from routeengine.caseload.values import FAULTY, FactReader
from routeengine.errors import CaseloadError, RouteEngineError, UsageError
from routeengine.events import read_events
from routeengine.quantities import (
    AMBIGUOUS,
    NO_DATE_CELL,
    ROUNDED,
    TIME_OF_DAY,
    TWO_DIGITS,
    DecimalSign,
)

ENGINE = Engine(MONEY)
COLUMNS = ("client_id", *DOMAINS)


def by_rows(part: Classification) -> Any:
    """Classify a file row by row."""
    return part.by_rows()


def same(path: Path, decimal: DecimalSign | None = None) -> tuple[list[RowFault], Any]:
    """Classify a file in both ways, see that they agree, and give the faults and the output."""
    found: list[tuple[Any, ...]] = []
    for way in (by_rows, classify_by_columns):
        out, faults = path.with_name("out.csv"), list[RowFault]()
        out.unlink(missing_ok=True)
        try:
            caseload = open_caseload(path, MONEY, decimal=decimal)
            output = open_output(out, MONEY, reading=path)
            tally = way(Classification(ENGINE, caseload, output, faults.append, lambda _: None))
            found.append((tally.counts, tally.faulty, content(out), faults, caseload.notes))
        except RouteEngineError as error:
            found.append((str(error),))
    assert found[0] == found[1]
    return (found[0][3], found[0][2]) if len(found[0]) > 1 else ([], found[0][0])


def read(path: Path, **options: Any) -> list[Row]:
    """Read a whole caseload."""
    return list(open_caseload(path, MONEY, **options))


def complaints(row: Row) -> dict[str, str]:
    """Give the faults of a row, by field."""
    return {fault.field: fault.message for fault in row.faults}


def written(name: str, value: Any, way: int) -> str:
    """Write a value as people do, in one of several ways."""
    if isinstance(value, Decimal):
        text = f"{value:,.2f}"
        dutch = text.translate(str.maketrans(",.", ".,"))
        return (f"{value}", text, dutch, f"€ {dutch}", f"{dutch} EUR")[way % 5]
    if isinstance(value, date):
        return value.strftime(("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")[way % 3])
    return str(value)


@pytest.mark.gate
def test_each_kind_of_file_says_the_same_of_thousands_of_clients(tmp_path: Path) -> None:
    """However amounts and days are written: what comes out is what the engine says of each."""
    profiles = list(full_profiles(400, 7))
    draw = random.Random(7)
    ids = [f"c{n}" for n in range(len(profiles))]
    texts = [[written(k, v, draw.randrange(30)) for k, v in p.items()] for p in profiles]
    lines = [[one, *map(str, cells)] for one, cells in zip(ids, texts, strict=True)]
    header = ["client_id", *profiles[0]]
    named = list(zip(ids, profiles, strict=True))
    files = [
        put(tmp_path / "a.csv", "\n".join(";".join(line) for line in [header, *lines]) + "\n"),
        sheet(tmp_path / "text.xlsx", [header, *lines]),
        sheet(
            tmp_path / "typed.xlsx",
            [header, *([one, *map(in_sheet, p.values())] for one, p in named)],
        ),
        put(tmp_path / "a.json", json.dumps(
            [{"client_id": one, **plain(p)} for one, p in named])),
        put(tmp_path / "a.jsonl", "".join(
            json_line({"client_id": one, **p}) for one, p in named)),
        parquet(tmp_path / "a.parquet", {
            "client_id": ids, **{k: pa.array([p[k] for p in profiles]) for k in profiles[0]}}),
    ]  # fmt: skip
    single = [ENGINE.classify(profile) for profile in profiles]
    want = [[result.verdicts[d].outcome for d in MONEY.decision] for result in single]
    for path in files:
        rows = read(path)
        assert [row.faults for row in rows] == [()] * len(rows)
        found = [ENGINE.classify(row.profile or {}) for row in rows]
        assert [[r.verdicts[d].outcome for d in MONEY.decision] for r in found] == want
        if path.suffix != ".xlsx":
            assert same(path)[0] == []


def in_sheet(value: Any) -> Any:
    """Give a value as a workbook has it: numbers are binary there."""
    return float(value) if isinstance(value, Decimal) else value


def json_line(record: dict[str, Any]) -> str:
    """Write a record of JSON Lines in which amounts are numbers."""
    parts = [
        f'"{key}": {value}' if isinstance(value, Decimal) else
        f'"{key}": "{value}"' if isinstance(value, date) else f'"{key}": {json.dumps(value)}'
        for key, value in record.items()
    ]  # fmt: skip
    return "{" + ", ".join(parts) + "}\n"


words = st.sampled_from(
    ["", "", "5", "1.091,71", "1,091.71", "1.091", "1,091", "1091.71", "€ 545,86", "545.87", "NaN",
     "-0", "-1", "1e3", "10000000", "10000000.01", "0.001", "2025-07-01", "1-7-1950", "1/7/25",
     "1 juli 1950", "1958-12-31 00:00:00", "1958-12-31 12:00", "onbekend", "geen antwoord", "ja",
     "1000000007", "1.000.000.007", "99999999999999999", "5-6", "1,5 t/m 2,5", "1-1-1950..1-1-1951",
     "5|6", "1/1/1950|2/1/1950", "45000", "x", "#N/A"]
)  # fmt: skip


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(st.lists(words, min_size=5, max_size=5), min_size=1, max_size=20),
    some_sizes,
    st.sampled_from([None, "comma", "point"]),
)
def test_text_says_the_same_by_rows_and_by_columns(
    table: list[list[str]], some: dict[str, int], decimal: DecimalSign | None
) -> None:
    """Verdicts and faults, whatever stands there."""
    lines = [";".join([f"c{n}", *cells]) for n, cells in enumerate(table)]
    with TemporaryDirectory() as folder, sizes(**some):
        faults, _ = same(
            put(Path(folder) / "a.csv", "\n".join([";".join(COLUMNS), *lines])), decimal
        )
    assert not (decimal and [one for one in faults if one.message == AMBIGUOUS])


json_values = st.sampled_from(
    ['null', '5', '-0.0', '1091.71', '1091.715', '1091.710000000', '1e3', '1E-2', '1e400', '2.0',
     '0.30000000000000004', '545.86', '12345678901234567890.5', '"1091.71"', '"1091,71"', '"1e3"',
     '".5"', '"5."', '"+5"', '" 5 "', '"2025-07-01"', '"1-7-2025"', 'true', '"onbekend"', '{}',
     '{"between": ["1.5", 2]}', '{"between": [1.5, null]}', '[1]', '9007199254740993.0', '1.0',
     '1e999999999999999999999', '0.' + '0' * 30 + '1', '{"declined": true}']
)  # fmt: skip
names = st.sampled_from([*COLUMNS[1:], "In\\u0063ome"])


@pytest.mark.gate
@settings(max_examples=examples(250), deadline=None)
@given(
    st.lists(st.lists(st.tuples(names, json_values), max_size=5), min_size=1, max_size=20),
    some_sizes,
    st.booleans(),
)
def test_json_says_the_same_by_rows_and_by_columns(
    records: list[list[tuple[str, str]]], some: dict[str, int], lines: bool
) -> None:
    """Numbers are read as they are written, in text and bare, and never by a binary fraction."""
    texts = [
        "{" + ", ".join([f'"client_id": "c{n}"', *(f'"{k}": {v}' for k, v in cells)]) + "}"
        for n, cells in enumerate(records)
    ]
    text = "\n".join(texts) if lines else f"[{', '.join(texts)}]"
    with TemporaryDirectory() as folder, sizes(**some):
        same(put(Path(folder) / ("a.jsonl" if lines else "a.json"), text))


@pytest.mark.parametrize("key", ["income", "inc\\u006fme"])
@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_text_among_numbers_of_json_is_no_number(tmp_path: Path, key: str, ending: str) -> None:
    """Where a column has been of numbers so far, pyarrow would take the text for one."""
    lines = [f'{{"client_id": "c{n}", "income": 10.5}}' for n in range(60)]
    lines[50] = f'{{"client_id": "c50", "{key}": "1e3"}}'
    text = "\n".join(lines) if ending == "jsonl" else "[" + ",\n".join(lines) + "]"
    with sizes(chunk=200, piece=800):
        path = put(tmp_path / f"a.{ending}", text)
        faults, _ = same(path)
        assert single_rows(open_caseload(path, MONEY)) < 50
    (fault,) = faults
    assert (fault.row, fault.field) == (51, "income")


def test_what_json_has_is_exact(tmp_path: Path) -> None:
    """A number with a fraction is read as it stands, and one that is too fine is a fault."""
    texts = [
        "1091.71",
        "0.30000000000000004",
        "1091.710",
        "1e3",
        "1e999999999",
        '"1091.71"',
        '"1e3"',
    ]
    lines = [f'{{"client_id": "{n}", "income": {text}}}' for n, text in enumerate(texts)]
    rows = read(put(tmp_path / "a.jsonl", "\n".join(lines)))
    assert [row.profile and row.profile["income"] for row in rows] == [
        "1091.71", None, "1091.71", "1000.00", None, "1091.71", None
    ]  # fmt: skip


# Arrow knows the two small ones from its version 19 on.
SMALL = (pa.decimal64(12, 1), pa.decimal32(9, 2)) if hasattr(pa, "decimal32") else ()
COLUMN_TYPES: dict[str, tuple[pa.DataType, ...]] = {
    "income": (pa.decimal128(9, 2), pa.decimal128(38, 2), pa.decimal128(20, 0),
               pa.decimal128(18, 6), pa.decimal128(38, 25), pa.decimal256(40, 2),
               *SMALL,
               pa.int32(), pa.int64(), pa.uint64(), pa.string(), pa.bool_(), pa.date32()),
    "born": (pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us"),
             pa.timestamp("ns"), pa.string(), pa.int32(), pa.decimal128(9, 2)),
    "points": (pa.int64(), pa.uint64(), pa.int8(), pa.float64(), pa.decimal128(20, 2),
               pa.decimal128(38, 30), pa.string(), pa.timestamp("us")),
    "alone": (pa.bool_(), pa.date32()),
}  # fmt: skip


def column(draw: random.Random, kind: pa.DataType, rows: int) -> pa.Array:
    """Make a column of a type, near the thresholds and with what no fact has."""
    cents = [0, 1, 54586, 54587, 109171, 109172, 10**9, 10**9 + 1, -1, 10**17, 2**62]
    if pa.types.is_decimal(kind):
        # In units of the last place, as a whole number: a context of Decimal would round.
        some = [c * 10**kind.scale // 100 for c in cents]
        # Of the last three the lower half, by itself, is an amount like any other.
        some += [1, 5, 2**64 + 54586, 54586 - 2**64, 2**100 + 1]
        values: list[Any] = [
            Decimal((int(one < 0), tuple(map(int, str(abs(one)))), -kind.scale))
            for one in some
            if len(str(abs(one))) <= kind.precision
        ]
    elif pa.types.is_integer(kind):
        least, most = (0 if "u" in str(kind) else -1), 2 ** (kind.bit_width - 1)
        some = [0, 1, 545, 546, 1091, 1092, 10**9 + 6, 10**9 + 7, 10**12, 10**12 + 1, 2**60, -1]
        values = [one for one in some if least <= one < most]
    elif pa.types.is_floating(kind):
        values = [0.0, 2.0, 1e9 + 7, 1e9 + 6, 2.5, 1e300, float("nan")]
    elif pa.types.is_boolean(kind):
        values = [True, False]
    elif pa.types.is_date(kind):
        values = [date(1958, 12, 31), date(1959, 1, 1), date(1, 1, 1), date(9999, 1, 1)]
        if kind == pa.date64():
            days = pa.array(
                draw.choices([-347241600000, -347155200000, -347155199999, None], k=rows)
            )
            return days.cast(pa.int64()).view(kind)
    elif pa.types.is_timestamp(kind):
        per = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit] * 86_400
        some = [-4019 * per, -4018 * per, -4018 * per + 1, 0, 2**52, -(2**52)]
        return pa.array(draw.choices([*some, None], k=rows), pa.int64()).view(kind)
    else:
        values = ["5", "1.091,71", "1.091", "1-7-1950", "x", "onbekend", "1000000007"]
    return pa.array(draw.choices([*values, None], k=rows), kind)


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(st.data(), st.integers(0, 2**32), st.integers(0, 40))
def test_typed_columns_say_the_same_by_rows_and_by_columns(
    data: st.DataObject, seed: int, rows: int
) -> None:
    """Every type of column, with values near thresholds, outside and in none."""
    draw = random.Random(seed)
    columns = {"client_id": pa.array([f"c{n}" for n in range(rows)], pa.string())}
    for name, kinds in COLUMN_TYPES.items():
        columns[name] = column(draw, data.draw(st.sampled_from(kinds)), rows)
    with TemporaryDirectory() as folder:
        same(parquet(Path(folder) / "a.parquet", columns))
    # And a table in memory says what the engine says of each row that can be used.
    table = pa.table(columns)
    out = ENGINE.classify_table(table)
    for place, profile in enumerate(profiles_of(table)):
        want = None if FAULTY in profile.values() else ENGINE.classify(profile)
        for name in MONEY.decision:
            status = out.column(f"{name}_status")[place].as_py()
            assert status == (None if want is None else want.verdicts[name].status)


def profiles_of(table: pa.Table) -> list[dict[str, Any]]:
    """Read the rows of a table one by one."""
    found: list[dict[str, Any]] = [{} for _ in range(len(table))]
    for fact in [one for one in MONEY.facts if one.id in table.column_names]:
        reader, array = FactReader(MONEY, fact), table.column(fact.id).combine_chunks()
        read = reader.text if is_text(array.type) else reader.native
        for profile, value in zip(found, cells(array), strict=True):
            profile[fact.id] = read(value)
    return found


def test_days_of_typed_columns(tmp_path: Path) -> None:
    """Moments at midnight are days; other moments, and days that no calendar has, are faults."""
    columns = {
        "client_id": ["a", "b", "c", "d"],
        "born": pa.array(
            [-4019 * 86_400_000, -4019 * 86_400_000 + 1, 2**52, None], pa.timestamp("ms")
        ),
    }
    said = [
        {}, {"born": TIME_OF_DAY}, {"born": TIME_OF_DAY}, {},
    ]  # fmt: skip
    path = parquet(tmp_path / "a.parquet", columns)
    assert [complaints(row) for row in read(path)] == said
    assert [row.profile for row in read(path)][::3] == [
        {"client_id": "a", "born": "1958-12-31"}, {"client_id": "d"}
    ]  # fmt: skip
    same(path)
    allowed = "must be a date from 1900-01-01 to 2030-12-31, as YYYY-MM-DD"
    columns["born"] = pa.array([2**30, -(2**30), -4019, 0], pa.int32()).view(pa.date32())
    path = parquet(tmp_path / "b.parquet", columns)
    assert [complaints(row) for row in read(path)] == [{"born": allowed}] * 2 + [{}] * 2
    same(path)


def test_columns_that_are_not_exact_are_refused_by_name(tmp_path: Path) -> None:
    """Binary fractions for an amount, and moments of a zone for a day, in files and tables."""
    columns: dict[str, Any] = {
        "client_id": ["a"],
        "income": pa.array([1091.71], pa.float64()),
        "wealth": pa.array([1091.71], pa.float32()).dictionary_encode(),
        "born": pa.array([0], pa.timestamp("us", tz="UTC")),
    }
    for refused in ("income", "wealth", "born"):
        some = {name: columns[name] for name in ("client_id", refused)}
        messages = []
        with pytest.raises(CaseloadError) as raised:
            read(parquet(tmp_path / "a.parquet", some))
        messages.append(raised.value.message)
        with pytest.raises(CaseloadError) as raised:
            ENGINE.classify_table(pa.table(some))
        messages.append(raised.value.message)
        cast = "date32" if refused == "born" else "decimal128(18, 2)"
        for message in messages:
            assert f"column `{refused}` has" in message
            assert message.endswith(f"cast it to {cast}")
    with pytest.raises(
        CaseloadError, match=r"`income` has .*; column `wealth` has .*; column `born`"
    ):
        ENGINE.classify_table(pa.table(columns))


def test_a_pandas_frame_has_days_as_moments(tmp_path: Path) -> None:
    """Days of pandas are moments at midnight, and decimals are objects; polars has both types."""
    import pandas as pd
    import polars as pl

    days = [date(1958, 12, 31), date(1959, 1, 1), None]
    amounts = [Decimal("1091.71"), Decimal("1091.72"), None]
    frame = pd.DataFrame({"income": amounts, "born": pd.to_datetime(pd.Series(days))})
    out = ENGINE.classify_table(frame)
    assert next(iter(out["card"])) == "senior"
    assert list(out["flags"]) == ["poor", "", ""]
    again = ENGINE.classify_table(pl.DataFrame({"income": amounts, "born": days}))
    assert again["card"].to_list()[0] == "senior"
    assert again["flags"].to_list() == ["poor", "", ""]
    trace = ENGINE.trace_table(pa.table({"born": pa.array([1, None], pa.timestamp("ns"))}))
    assert trace.profile(1) == {}
    with pytest.raises(UsageError, match="row 0 cannot be used"):
        trace.profile(0)


def typed_sheet(path: Path, lines: Sequence[Sequence[Any]], *, epoch: Any = None) -> Path:
    """Write a workbook, with days of the system that counts from this one."""
    book = openpyxl.Workbook()
    if epoch is not None:
        book.epoch = epoch
    for line in lines:
        book.active.append(list(line))
    book.save(path)
    return path


def rewritten(path: Path, old: bytes, new: bytes) -> Path:
    """Have a workbook hold another text in its cells, as Excel writes some numbers."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data.replace(b"<v>" + old + b"</v>", b"<v>" + new + b"</v>"))
    return path


@pytest.mark.parametrize("since_1904", [False, True])
def test_cells_of_a_workbook_that_are_shown_as_days(tmp_path: Path, since_1904: bool) -> None:
    """In both systems; numbers, and days with a time of day, are faults."""
    epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904 if since_1904 else None
    days: list[object] = [
        date(1958, 12, 31), datetime.fromisoformat("2025-07-01"), "31-12-1958",
        datetime.fromisoformat("2025-07-01T12:00"), 21550, "31/12/58", "1-7-2025 12:00", True, None,
    ]  # fmt: skip
    lines: list[list[Any]] = [
        ["client_id", "born"],
        *([f"c{n}", day] for n, day in enumerate(days)),
    ]
    rows = read(typed_sheet(tmp_path / "a.xlsx", lines, epoch=epoch))
    born = [row.profile and row.profile.get("born") for row in rows]
    assert born == ["1958-12-31", "2025-07-01", "1958-12-31", None, None, None, None, None, None]
    said = [complaints(row).get("born") for row in rows]
    allowed = "must be a date from 1900-01-01 to 2030-12-31, as 31-12-1990 or 1990-12-31"
    assert said[3:] == [TIME_OF_DAY, NO_DATE_CELL, TWO_DIGITS, allowed, allowed, None]


def test_a_strict_workbook_has_days_as_text(tmp_path: Path) -> None:
    """As YYYY-MM-DD in cells of a type of their own; a time of day is a fault there too."""
    book = openpyxl.Workbook()
    book.iso_dates = True
    book.active.append(["client_id", "born"])
    for n, day in enumerate([date(1958, 12, 31), datetime.fromisoformat("1958-12-31T12:00")]):
        book.active.append([f"c{n}", day])
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as written_book:
        assert written_book.read("xl/worksheets/sheet1.xml").count(b't="d"') == 2
    good, bad = read(tmp_path / "a.xlsx")
    assert good.profile == {"client_id": "c0", "born": "1958-12-31"}
    assert complaints(bad) == {"born": TIME_OF_DAY}


def test_cells_of_a_workbook_that_are_numbers(tmp_path: Path) -> None:
    """What was typed is exact; what was worked out next to it is a fault, and so is a day."""
    given: list[object] = [1091.71, 0.125, 1091.715, "€ 1.091,71", "1.091", 5, date(2025, 7, 1)]
    lines: list[list[Any]] = [
        ["client_id", "income"],
        *([f"c{n}", cell] for n, cell in enumerate(given)),
    ]
    path = rewritten(typed_sheet(tmp_path / "a.xlsx", lines), b"0.125", b"0.30000000000000004")
    rows = read(path)
    assert [row.profile and row.profile.get("income") for row in rows] == [
        "1091.71", None, None, "1091.71", None, "5.00", None
    ]  # fmt: skip
    allowed = "must be a number from 0.00 to 10000000.00 with at most 2 decimal places"
    said = [complaints(row).get("income") for row in rows]
    assert said == [None, ROUNDED, allowed, None, AMBIGUOUS, None, allowed]
    settled = read(path, decimal="comma")[4].profile
    assert settled
    assert settled["income"] == "1091.00"


def test_which_sign_stands_before_decimals_can_be_told(tmp_path: Path) -> None:
    """By the keyword of each function that reads a file, and by no other word."""
    path = put(tmp_path / "a.csv", "client_id;income;points\nc1;1.091;1.091\n")
    (row,) = read(path)
    assert complaints(row) == {"income": AMBIGUOUS, "points": AMBIGUOUS}
    (row,) = read(path, decimal="comma")
    assert row.profile == {"client_id": "c1", "income": "1091.00", "points": 1091}
    assert classify_file(ENGINE, path).faulty == 1
    assert classify_file(ENGINE, path, decimal="comma").faulty == 0
    wrong: Any = ","
    with pytest.raises(UsageError, match="`decimal` must be `comma` or `point`"):
        open_caseload(path, MONEY, decimal=wrong)


def test_observations_of_amounts_and_days_in_a_file_of_events(tmp_path: Path) -> None:
    """As in a caseload: text as people write it, JSON in plain digits."""
    text = "client_id;event;date;fact;value;source;assessor\n"
    lines = [("income", "1.091,71"), ("born", "31 december 1958"), ("income", "1.091")]
    for fact, value in lines:
        text += f"c1;observation;2024-05-06;{fact};{value};intake;A\n"
    path = put(tmp_path / "e.csv", text)
    found = read_events(path, OBSERVED, date(2024, 6, 1))
    assert [one.value for one in found.of("c1").observations] == ["1091.71", "1958-12-31"]
    assert [(one.row, one.field, one.message) for one in found.faults] == [(4, "value", AMBIGUOUS)]
    again = read_events(path, OBSERVED, date(2024, 6, 1), decimal="comma")
    assert again.of("c1").observations[2].value == "1091.00"
    assert again.faults == ()


WAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d %B %Y")


@pytest.mark.gate
@settings(max_examples=examples(20))
@example([(date(2020, 3, 3), "%d-%m-%Y", "{}"), (date(2020, 4, 3), "%d/%m/%Y", " {} ")])
@given(
    st.lists(
        st.tuples(
            st.dates(date(1990, 1, 1), date(2020, 12, 31)),
            st.sampled_from(WAYS),
            st.sampled_from(["{}", " {} ", "{} | 31-12-2020"]),
        ),
        min_size=1,
        max_size=9,
    )
)
def test_days_that_could_be_meant_month_first_are_counted(
    days: list[tuple[date, str, str]],
) -> None:
    """Of text in CSV, XLSX and Parquet, by rows and by columns; what stands there is not told."""
    texts = [around.format(day.strftime(way)) for day, way, around in days]
    count = sum(day.month != day.day <= 12 for day, way, _ in days if way in WAYS[1:3])
    lines = [[f"c{n}", one] for n, one in enumerate(texts)]
    with TemporaryDirectory() as folder:
        files = [
            put(Path(folder, "a.csv"), "\n".join(map(",".join, [["client_id", "born"], *lines]))),
            sheet(Path(folder, "a.xlsx"), [["client_id", "born"], *lines]),
            parquet(
                Path(folder, "a.parquet"), {"client_id": [one for one, _ in lines], "born": texts}
            ),
        ]
        for path in files:
            caseload = open_caseload(path, MONEY)
            assert all(not row.faults for row in caseload)
            what = "days of `born` that are read day first, and could be meant month first"
            assert caseload.notes == ((f"{path}: note: {what}: {count}",) if count else ())
            if path.suffix != ".xlsx":
                same(path)


def test_days_of_which_the_order_is_said_are_no_note(tmp_path: Path) -> None:
    """A cell that is shown as a date, a typed day, and JSON, in which days are written one way."""
    day = date(2020, 4, 3)
    for path in (
        sheet(tmp_path / "a.xlsx", [["client_id", "born"], ["a", day]]),
        parquet(tmp_path / "a.parquet", {"client_id": ["a"], "born": pa.array([day])}),
        put(tmp_path / "a.jsonl", '{"client_id": "a", "born": "2020-04-03"}\n'),
        put(tmp_path / "b.jsonl", '{"client_id": "a", "born": "03-04-2020"}\n'),
    ):
        caseload = open_caseload(path, MONEY)
        assert len(list(caseload)) == 1
        assert caseload.notes == ()
        if path.suffix != ".xlsx":
            same(path)
