"""Files by columns: what comes out is, byte by byte, what comes out row by row."""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caseload.small import IDS, RULES, claiming, put
from examples import examples, gated
from routeengine.caseload import (
    RowFault,
    Tally,
    batches,
    json_records,
    lines,
    open_caseload,
    open_output,
    plain_text,
    streaming,
)
from routeengine.caseload.batches import Batch, read_parts
from routeengine.caseload.classification import Classification
from routeengine.caseload.streaming import classify_by_columns
from routeengine.caseload.values import FactReader
from routeengine.engine import Engine
from routeengine.errors import RouteEngineError

ENGINE = Engine(RULES)


def by_rows(classification: Classification) -> Tally:
    """Classify row by row."""
    return classification.by_rows()


by_columns = classify_by_columns
OUTPUTS = [".csv", ".tsv", ".jsonl", ".json", ".parquet"]
MANY = settings(deadline=None, max_examples=examples(120))


@contextlib.contextmanager
def sizes(chunk: int = lines.CHUNK, piece: int = batches.BYTES, **more: int) -> Iterator[None]:
    """Set how much is read at a time, and what is too long."""
    limit = more.get("limit", lines.MAX_LINE)
    with pytest.MonkeyPatch.context() as patch:
        for module in (lines, batches):
            patch.setattr(module, "CHUNK", chunk)
        for module in (lines, plain_text):
            patch.setattr(module, "MAX_LINE", limit)
        for module in (json_records, plain_text):
            patch.setattr(module, "MAX_RECORD", more.get("limit", json_records.MAX_RECORD))
        patch.setattr(json_records, "CHUNK", chunk)
        patch.setattr(batches, "MAX_CELLS", more.get("cells", batches.MAX_CELLS))
        patch.setattr(batches, "BYTES", piece)
        patch.setattr(streaming, "IDS", more.get("kept", streaming.IDS))
        patch.setattr(batches, "ROWS", more.get("batch", batches.ROWS))
        yield


some_sizes = st.fixed_dictionaries(
    {
        "chunk": st.sampled_from([32, 100, 1000, lines.CHUNK]),
        "piece": st.sampled_from([200, 1000, batches.BYTES]),
        "limit": st.sampled_from([70, lines.MAX_LINE, lines.MAX_LINE]),
        "kept": st.sampled_from([3, streaming.IDS]),
        "cells": st.sampled_from([20, batches.MAX_CELLS]),
        "batch": st.sampled_from([7, batches.ROWS, batches.ROWS]),
    }
)
parquet_sizes = st.fixed_dictionaries(
    {
        "kept": st.sampled_from([3, streaming.IDS]),
        "batch": st.sampled_from([2, 7, batches.ROWS]),
    }
)


def parts(caseload: Any) -> list[Any]:
    """Read a caseload by columns."""
    return list(read_parts(caseload, lambda _, number: number))


def single_rows(caseload: Any) -> int:
    """Count the rows that are read one by one."""
    return sum(len(part) for part in parts(caseload) if not isinstance(part, Batch))


def content(path: Path) -> object:
    """Give what a file holds: its bytes, but of Parquet the table, for it has batches."""
    if not path.exists():
        return None
    if path.suffix != ".parquet":
        return path.read_bytes()
    table = pq.read_table(path)
    return table.schema, table.to_pydict()


def told(way: Callable[..., Any], path: Path, out: Path, drop: tuple[str, ...]) -> object:
    """Classify a file in one way, and give all that comes of it."""
    faults: list[RowFault] = []
    try:
        caseload = open_caseload(path, RULES, drop_columns=drop)
        output = open_output(out, RULES, reading=path)
        found = way(Classification(ENGINE, caseload, output, faults.append, lambda _: None))
        end = caseload.done, caseload.total
    except RouteEngineError as error:
        # Where a file breaks off, how many rows came before it differs with the batches.
        return str(error), out.exists()
    return (found.counts, found.faulty), end, content(out), [*faults, *caseload.notes]


def same(path: Path, ending: str = ".csv", drop: tuple[str, ...] = ("note",)) -> Any:
    """Classify a file in both ways, see that they agree, and give what came of it."""
    results = []
    for way in (by_rows, by_columns):
        out = path.with_name("out" + ending)
        out.unlink(missing_ok=True)
        results.append(told(way, path, out, drop))
    assert results[0] == results[1]
    assert sorted(one.name for one in path.parent.iterdir() if one.suffix == ".part") == []
    return results[1]


words = st.sampled_from(
    ["", "", "", "2", "7", "ja", "nee", "0", "mild", "Ernstig", "mild|serious", "12-18", "onbekend",
     "geen antwoord", " ja ", "NA", "x y", "é", "\ufeff", "\x00", "\x85", "\u2028", "\xa0", "=1",
     "2.0", "2,0", "1.0", "J", "n", " ", "#N/A"]
)  # fmt: skip
odd_words = words | st.sampled_from(['"a"', '"x,""y"', 'a"', '"', "\r", '"two\nlines"'])
clients = st.sampled_from(
    [
        *(f"c{n}" for n in range(12)),
        "",
        " c1",
        "é",
        "e\u0301",
        "=c",
        "c'",
        "a;b",
        "\ud7ff",
        "a b",
        "#N/A",
        "#12",
        "Err:502",
        "1E+17",
        "1.0",
        "\u212a",
    ]
)
notes = st.sampled_from(["", "", "x", '"a, b"', '"two\nlines"', '"open'])
line_ends = st.sampled_from(["\n", "\n", "\n", "\n", "\r\n", "\r", "\n\n", "\n \n"])


@st.composite
def csv_files(draw: st.DrawFn) -> bytes:
    """Draw a CSV file: mostly plain, here and there hostile."""
    calm = draw(st.booleans())
    header = ["client_id", "rung", "willing", "finances", "months", "note"]
    header = draw(st.sampled_from([header, header, [*header, ""], ["client_id"], ["", *header]]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = draw(st.sampled_from(["", "", "sep=,\n"])) + ",".join(header) + end
    first = draw(st.sampled_from([0, 1, 1, 2]))
    for number in range(first, first + draw(st.integers(0, 30))):
        lone, cells = (
            draw(st.integers(0, 5)) == 0,
            [str(number) if header[0] == "" else draw(clients)],
        )
        for place, name in enumerate(header[1:]):
            wild = draw(notes) if name == "note" else draw(odd_words)
            plain = draw(clients) if name == "client_id" else draw(words)
            empty = (name == "" and calm) or (lone and place)
            cells.append("" if empty else plain if calm else wild)
        if not calm and draw(st.integers(0, 9)) == 0:
            cells = cells[:-1] if draw(st.booleans()) else [*cells, "more"]
        text += ",".join(cells) + (end if calm else draw(line_ends))
    if draw(st.integers(0, 4)) == 0:
        text = text.rstrip("\r\n")
    text = text.replace(",", draw(st.sampled_from(",;\t")))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16"]))
    data = text.encode(encoding, errors="replace" if encoding == "cp1252" else "strict")
    if draw(st.integers(0, 9)) == 0:
        place = draw(st.integers(0, len(data) - 1))
        data = data[:place] + bytes([draw(st.integers(0, 255))]) + data[place + 1 :]
    return data


@pytest.mark.gate
@MANY
@given(csv_files(), st.sampled_from(OUTPUTS), some_sizes)
@example(b"client_id,rung\na,1\n\nb,2\n", ".csv", {})
@example(b"client_id\na\n \n\nb\n", ".csv", {})
@example(b"client_id,rung\n\xef\xbb\xbfa,1\na,2\n", ".csv", {"chunk": 16, "piece": 8})
def test_csv(data: bytes, ending: str, some: dict[str, int]) -> None:
    """The same rows, faults, counts and progress for CSV, in whatever pieces it is read."""
    with TemporaryDirectory() as folder, sizes(**some):
        same(put(Path(folder) / "a.csv", data), ending)


def quoted(draw: st.DrawFn, cell: str, delimiter: str) -> str:
    """Put quotes around a cell as a writer does, or in some other way."""
    whole = '"' + cell.replace('"', '""') + '"'
    sharp = any(sign in cell for sign in ('"', delimiter, "\n", "\r"))
    ways = [whole] * 12 + [cell] * (0 if sharp else 6)
    if draw(st.integers(0, 19)) == 0:
        ways = [cell, whole + " ", " " + whole, f'"{cell}"', f"x{whole}", whole + "x", '"' + cell]
    return draw(st.sampled_from(ways))


quoted_words = words | st.sampled_from(
    ['"', '""', 'a"b', "a,b", "a;b", ",", ";", " ", " 2", "2 ", "x\ny", "\n", "\r\n", "\r", "\x00"]
)


@st.composite
def quoted_files(draw: st.DrawFn) -> bytes:
    """Draw a CSV file with quotes around most cells, some of them hostile."""
    header = draw(
        st.sampled_from([[*IDS], [*IDS, "note"], [*IDS, "note", ""], ["client_id"], ["note", *IDS]])
    )
    delimiter, end = draw(st.sampled_from(",,;\t")), draw(st.sampled_from(["\n", "\r\n"]))
    lines = [[f'"{name}"' for name in header]]
    calm = draw(st.booleans())
    for _ in range(draw(st.integers(0, 25))):
        cells = {"client_id": draw(clients), "note": draw(quoted_words), "": ""}
        line = [cells[n] if n in cells else draw(words if calm else quoted_words) for n in header]
        lines.append(
            ['"' + cell.replace('"', '""') + '"' for cell in line]
            if calm
            else [quoted(draw, cell, delimiter) for cell in line]
        )
    text = end.join(map(delimiter.join, lines)) + draw(st.sampled_from([end, ""]))
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])))


@MANY
@given(quoted_files(), st.sampled_from(OUTPUTS), some_sizes, st.booleans())
def test_quoted_csv(data: bytes, ending: str, some: dict[str, int], drop: bool) -> None:
    """The same of CSV whose cells stand in quotes, whatever is in them and around them."""
    with TemporaryDirectory() as folder, sizes(**some):
        same(put(Path(folder) / "a.csv", data), ending, ("note",) if drop else ())


signs = st.sampled_from(['"', '"', '"', '""', ",", ",", ";", "\n", "\n", "\r\n", "a", " ", "é"])


@pytest.mark.gate
@settings(max_examples=examples(3000))
@given(st.lists(signs, max_size=30).map("".join))
@example('"a","b"\n"","c""d"\n')
@example('"a""","""b"\r\n"""",""""""\n')
@example('""a""\n')
@example('"a" ,b\n')
@example('"a\n","b"\n')
@example('a"b"\n')
def test_where_quotes_are_plain_there_is_one_way_to_read_them(text: str) -> None:
    """Each line is one record, and pyarrow has the cells that Python's `csv` has."""
    data = text.encode()
    if not plain_text.plainly_quoted(data, ",") or not plain_text.count_lines(data):
        return
    cells = []
    for line in text.split("\n"):
        if line.strip("\r"):
            cells += list(csv.reader([line], strict=True, skipinitialspace=True))
    width = max(map(len, cells), default=0)
    if not width or min(map(len, cells)) != width:
        return
    table = pa.csv.read_csv(
        pa.py_buffer(data),
        pa.csv.ReadOptions(column_names=list(map(str, range(width))), block_size=1 << 20),
        pa.csv.ParseOptions(delimiter=",", quote_char='"'),
        pa.csv.ConvertOptions(
            column_types={str(n): pa.string() for n in range(width)}, strings_can_be_null=False
        ),
    )
    found = [[str(cell).lstrip(" ") for cell in row.values()] for row in table.to_pylist()]
    assert found == [[cell.lstrip(" ") for cell in row] for row in cells]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_quoted_cells_go_by_columns(tmp_path: Path, delimiter: str, end: str) -> None:
    """A file that is quoted throughout needs no row read by itself, nor one that is in part."""
    lines = [["client_id", "rung", "note"], ["a", "2", 'x, "y"; z'], ["b", "", ""], ["c", "1", ""]]
    both = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line] for line in lines]
    both[-1] = ["c", '"1"', ""]
    text = end.join(map(delimiter.join, both)) + end
    caseload = open_caseload(put(tmp_path / "a.csv", text), RULES, drop_columns=["note"])
    assert [(type(part), len(part)) for part in parts(caseload)] == [(Batch, 3)]
    same(tmp_path / "a.csv")


def test_a_quoted_cell_past_what_csv_reads_is_a_fault_in_both_ways(tmp_path: Path) -> None:
    """Python's `csv` has a limit on a cell, which plain lines have not."""
    for size in (131_072, 131_073, 200_000):
        for mark in ("", '"'):
            text = f"client_id,rung,note\na,{mark}1{mark},{'x' * size}\nb,2,y\n"
            same(put(tmp_path / "a.csv", text))


json_values = st.sampled_from(
    [None, None, True, False, 2, 7, -0, 10**16, 10**18, 10**30, 2.0, "2", "ja", "mild", "serious",
     "mild|serious", "", " ", 1.0, 0, 1, "NA", "2020-01-01", "x", {"one_of": ["mild", "serious"]},
     {}, [2], [], {"between": [1, 3]}, {"declined": True}, float("nan"), "\ud800", "[{", "\u2028"]
)  # fmt: skip
json_ids: st.SearchStrategy[object] = st.sampled_from(
    [
        *(f"c{n}" for n in range(9)),
        None,
        "",
        " c1",
        1,
        2.0,
        10**15,
        10**17,
        "=é",
        [],
        "e\u0301",
        "a b",
        "\ud800",
        "#REF!",
    ]
)
json_keys = st.sampled_from(
    ["rung", "Trede", "willing", "finances", "months", "note", "bsn", "x", ""]
)
broken = st.sampled_from(
    ["{", "x", "", "[]", '{"client_id":"c1","client_id":"c2"}', "{}{}", '{"a":']
)


@st.composite
def json_files(draw: st.DrawFn) -> bytes:
    """Draw a JSON Lines file: mostly plain, here and there hostile."""
    calm = draw(st.booleans())
    plain = {
        "rung": draw(
            st.sampled_from([st.sampled_from([None, 1, 2, 9]), st.sampled_from([1.0, 2, 2.5])])
        ),
        "willing": st.sampled_from([None, True, False]),
        "finances": st.sampled_from([None, "mild", "Ernstig", "x"]),
    }
    text = '{"client_id": "first"}\n' if draw(st.booleans()) else ""
    for _ in range(draw(st.integers(0, 25))):
        record: dict[str, object] = {"client_id": draw(json_ids)}
        if calm:
            record = {"client_id": draw(clients), **{k: draw(v) for k, v in plain.items()}}
        else:
            for _ in range(draw(st.integers(0, 4))):
                record[draw(json_keys)] = draw(json_values)
        wild = not calm and draw(st.integers(0, 9)) == 0
        text += draw(broken) if wild else json.dumps(record, ensure_ascii=draw(st.booleans()))
        text += "\n" if calm else draw(line_ends)
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.gate
@MANY
@given(json_files(), st.sampled_from(OUTPUTS), some_sizes)
@example(b'{"client_id":"a","rung":1,"Trede":2}\n{"client_id":"b"}\n', ".csv", {})
@example(b'{"client_id":"a","note":' + b"[" * 50_000 + b"\n", ".csv", {})
@example(b'{"client_id":"a"}{"client_id":"b"}\n{"rung":\n', ".csv", {})
@example(b'{"client_id":"a"}\n\r{"client_id":"a"}\n' * 3, ".csv", {"chunk": 32, "piece": 40})
def test_json_lines(data: bytes, ending: str, some: dict[str, int]) -> None:
    """The same rows, faults, counts and progress for JSON Lines."""
    with TemporaryDirectory() as folder, sizes(**some):
        same(put(Path(folder) / "a.jsonl", data), ending)


@st.composite
def json_arrays(draw: st.DrawFn) -> bytes:
    """Draw a JSON array, laid out in any way, of records that are mostly plain."""
    lines = draw(json_files()).decode("utf-8", "surrogatepass").splitlines()
    calm = draw(st.booleans())
    if calm:
        lines = [line for line in lines if line.startswith('{"client_id": ')]
    between = draw(st.sampled_from([",", ", ", ",\n", "\n,", "\r\n , \r\n"]))
    text = between.join(line for line in lines if line.strip())
    if draw(st.booleans()):
        text = text.replace(": ", " :\n ").replace("{", "{\n\t")
    if not calm and text and draw(st.booleans()):
        place = draw(st.integers(0, len(text) - 1))
        odd = draw(st.sampled_from([",", "}", "{", "]", '"', "\n", "},{", "x"]))
        text = text[:place] + odd + text[place:]
    start, end = draw(
        st.sampled_from(
            [
                ("[", "]"),
                (" [ ", " ]\n"),
                ('{"clients": [', "]}"),
                ('{"a": [', '], "b": 1}'),
                ("[", ""),
            ]
        )
    )
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16"]))
    return (start + text.replace("\ud800", "") + end).encode(encoding)


@pytest.mark.gate
@MANY
@given(json_arrays(), st.sampled_from(OUTPUTS), some_sizes)
@example(
    b'[{"client_id":"a","rung":1},{"client_id":"b},{","rung":1},{"client_id":"c"}]', ".csv", {}
)
@example(b'[{"client_id":"a"} {"client_id":"b"}]', ".csv", {})
@example(b'[{"client_id":"a"},{"client_id":"b"},]', ".csv", {})
@example(b'[,{"client_id":"a"}]', ".csv", {})
@example(b'[{"client_id":"a","rung":null},{"client_id":"b","rung":null}', ".csv", {"chunk": 100})
def test_json_arrays(data: bytes, ending: str, some: dict[str, int]) -> None:
    """The same for JSON arrays, bare or under a name, in whatever layout."""
    with TemporaryDirectory() as folder, sizes(**some):
        same(put(Path(folder) / "a.json", data), ending)


def test_ids_that_are_long_numbers_go_one_by_one(tmp_path: Path) -> None:
    """Of 15 digits, of 18, which are told otherwise than of 19."""
    lines = [f'{{"client_id":{n},"rung":2}}\n' for n in (7, 10**14, 10**17, 10**18)]
    with sizes(chunk=32, piece=200):
        (_, faulty), *_ = same(put(tmp_path / "a.jsonl", "".join(lines * 3)))
    assert faulty == 10


@pytest.mark.gate
@pytest.mark.parametrize("indent", gated([2, None]))
@pytest.mark.parametrize("wrapped", gated([True, False]))
def test_json_arrays_go_by_columns(tmp_path: Path, indent: int | None, wrapped: bool) -> None:
    """All but the first elements, from which is learned what keys there are; odd ones too."""
    records = [{"client_id": f"c{n}", "rung": n % 6 + 1} for n in range(900)]
    records[500]["rung"] = 9
    whole = {"clients": records} if wrapped else records
    path = put(tmp_path / "a.json", json.dumps(whole, indent=indent))
    with sizes(chunk=1000, piece=4000):
        assert single_rows(open_caseload(path, RULES)) < 50
        *_, faults = same(path)
    assert [(one.row, one.field) for one in faults] == [(501, "rung")]


@pytest.mark.gate
@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("[", "", "a comma or the end of the array must follow"),
        ('{"clients": [', '], "b": 1}', "another value stands beside the array"),
    ],
)
def test_json_arrays_that_end_otherwise(tmp_path: Path, start: str, end: str, told: str) -> None:
    """After an element that is whole, far on in the file; told alike on both paths."""
    rows = ", ".join(json.dumps({"client_id": f"c{n}", "rung": n % 6 + 1}) for n in range(900))
    with sizes(chunk=1000, piece=4000):
        message, there = same(put(tmp_path / "a.json", f"{start}{rows}{end}"))
    assert message.endswith(told)
    assert not there


@pytest.mark.parametrize("ending", OUTPUTS)
def test_json_values_that_cannot_be_used_cost_their_rows(tmp_path: Path, ending: str) -> None:
    """Among plain lines: outside the domain, and no word of the fact; the others are answered."""
    rows = [{"client_id": f"c{n}", "rung": 2, "finances": "mild"} for n in range(12)]
    rows[7]["rung"], rows[9]["finances"] = 9, "grave"
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    with sizes(chunk=120, piece=120):  # what keys there are is learned from the first lines
        *_, faults = same(put(tmp_path / "a.jsonl", text), ending)
    assert [(one.row, one.field) for one in faults] == [(8, "rung"), (10, "finances")]


kinds: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (pa.string(), words),
    (pa.large_string(), words),
    (pa.dictionary(pa.int8(), pa.string()), words),
    (pa.dictionary(pa.int8(), pa.int64()), st.integers(0, 8)),
    (pa.bool_(), st.booleans()),
    (pa.int8(), st.integers(-1, 8)),
    (pa.uint64(), st.integers(0, 8) | st.just(2**63)),
    (pa.float64(), st.sampled_from([2.0, float("nan")])),
    (pa.list_(pa.int8()), st.just([2])),
    (pa.binary(), st.just(b"2")),
    (pa.null(), st.none()),
]


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Draw a table whose columns have any type."""
    count = draw(st.integers(0, 12))
    columns = {}
    for name in [*IDS[1:], "note", "", "client_id"]:
        kind, values = draw(st.sampled_from(kinds))
        if name == "client_id":
            kind, values = draw(
                st.sampled_from(
                    [(pa.string(), clients), (pa.int64(), st.integers(0, 20)), (kind, values)]
                )
            )
        if name == "":
            values = st.sampled_from([values, st.none(), st.none()]).flatmap(lambda v: v)
        cells = draw(st.lists(st.none() | values, min_size=count, max_size=count))
        columns[name] = pa.array(cells, kind)
    if draw(st.booleans()) and count:
        raw = [b"ja", b"\xff", b"2"] * count
        columns[draw(st.sampled_from(["rung", "client_id"]))] = pa.array(
            raw[:count], pa.binary()
        ).view(pa.string())
    if draw(st.booleans()):
        del columns[""]
    return pa.table(columns)


@MANY
@given(tables(), st.sampled_from(OUTPUTS), parquet_sizes, st.integers(1, 20), st.booleans())
def test_parquet(
    table: pa.Table, ending: str, some: dict[str, int], group: int, encoded: bool
) -> None:
    """The same rows, faults, counts and progress for Parquet, whatever the types."""
    with TemporaryDirectory() as folder, sizes(**some):
        path = Path(folder) / "a.parquet"
        pq.write_table(table, path, row_group_size=group, use_dictionary=encoded)
        same(path, ending)


LONG = b"c" * 300


@pytest.mark.parametrize(
    "data",
    [
        b"client_id\na\n b\nc\n",
        b"client_id,rung\na,1\nb\nc,1,1\nd,2\n",
        b"client_id,rung\na,1\nb,\x81\nc,\xe9\n",
        b"client_id,rung\na,\xc3\xa9\nb,\xe9\nc,1\n",
    ],
    ids=["one column", "other widths", "in no encoding", "in two encodings"],
)
def test_pieces_that_are_not_plain_go_line_by_line(tmp_path: Path, data: bytes) -> None:
    """One column with an odd id, rows of other widths, and bytes that no encoding has."""
    same(put(tmp_path / "a.csv", data))


@pytest.mark.parametrize("chunk", [32, 2000])
def test_a_line_that_is_too_long_costs_itself_only(tmp_path: Path, chunk: int) -> None:
    """Right after the header, far on, or the whole end: one fault each, the others count."""
    calm = b"".join(b"c%d,1\n" % n for n in range(40))
    for text in (LONG + b",1\n" + calm, calm + LONG + b",1\nz,1\n", calm + LONG):
        with sizes(chunk=chunk, piece=64, limit=70):
            (_, faulty), _, _, errors = same(
                put(tmp_path / "a.csv", b"client_id,rung\n" + text), drop=()
            )
        assert faulty == 1
        assert str(errors[-1]).endswith("(row): the line is longer than 70 bytes")


def test_ids_that_stand_twice_are_found_far_apart() -> None:
    """Over pieces and the temporary file, a later row names the first; the output is whole."""
    text = "client_id,rung\n" + "".join(f"c{n % 40},1\n" for n in range(50))
    with TemporaryDirectory() as folder, sizes(chunk=64, piece=80, kept=5):
        _, _, written, errors = same(put(Path(folder) / "a.csv", text))
    assert str(errors[0]) == "42: client_id: stands in row 2 too"
    assert written.count(b"\n") == 51


@pytest.mark.parametrize("cut", [8, 100])
def test_a_file_that_says_otherwise_is_broken(cut: int) -> None:
    """A Parquet file that lost its end is refused, and nothing is written."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.parquet"
        pq.write_table(pa.table({"client_id": [f"c{n}" for n in range(500)]}), path)
        path.write_bytes(path.read_bytes()[:-cut])
        with pytest.raises(RouteEngineError, match="is not a Parquet file that can be read"):
            open_caseload(path, RULES)


@pytest.mark.parametrize(
    "text",
    [
        '{"client_id":1,"rung":2}\n{"client_id":2,"rung":null}\n',
        '{"client_id":null,"rung":2}\n',
        '{"rung":2}\n',
        '{"client_id":"a","bsn":2}\n{"client_id":"b"}\n',
        '{"client_id":"a","rung":2.0}\n',
        '{"client_id":true,"rung":2}\n',
        '{"client_id":"a"}\n{"client_id":"b","bsn":1}\n',
        '{"client_id":"a","note":1,"rung":9}\n',
        '{"client_id":"a","rung":tru}\n',
    ],
)
def test_objects_of_one_shape(tmp_path: Path, text: str) -> None:
    """Ids that are numbers, keys that are no fact and values that no fact has."""
    same(put(tmp_path / "a.jsonl", text))


@pytest.mark.gate
def test_keys_and_types_are_learned_as_they_come(tmp_path: Path) -> None:
    """Late ones, other names of a fact and other types cost the lines around them at most."""
    lines: list[dict[str, object]] = [{"client_id": f"a{n}"} for n in range(40)]
    lines += [{"client_id": f"b{n}", "rung": None, "note": n} for n in range(40)]
    lines += [{"client_id": f"c{n}", "Trede": 2, "note": n / 2} for n in range(40)]
    lines += [{"client_id": n, "rung": 2, "note": "x", "willing": True} for n in range(40)]
    lines += [{"client_id": f"d{n}", "willing": "ja", "finances": None} for n in range(40)]
    lines += [{"client_id": f"e{n}", "rung": 2.0} for n in range(2)]
    lines += [{"client_id": f"f{n}", "rung": n % 5 + 1} for n in range(40)]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    path = put(tmp_path / "a.jsonl", text)
    with sizes(chunk=500, piece=4000):
        caseload = open_caseload(path, RULES, drop_columns=["note"])
        single = single_rows(caseload)
        assert 2 <= single <= 100, "each change costs a piece or two, and no more"
        same(path)
    with sizes(chunk=500, piece=4000, cells=1):
        caseload = open_caseload(path, RULES, drop_columns=["note"])
        assert single_rows(caseload) == len(lines)
        same(path)


def test_lines_without_an_id_go_one_by_one(tmp_path: Path) -> None:
    """Where the only line with one was not plain."""
    lines: list[dict[str, object]] = [{"client_id": "a", "note": [1]}]
    lines += [{"rung": 1}] * 40
    path = put(tmp_path / "a.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    with sizes(chunk=60, piece=60):
        (_, faulty), *_ = same(path)
    assert faulty == 40


@pytest.mark.parametrize("client", [True, 2.5, None])
def test_lines_whose_ids_are_none_go_one_by_one(tmp_path: Path, client: object) -> None:
    """Of a type that no id has, line after line."""
    lines = [{"client_id": client, "rung": 1}] * 40
    path = put(tmp_path / "a.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    with sizes(chunk=100, piece=400):
        (_, faulty), *_ = same(path)
    assert faulty == 40


def test_an_empty_column_without_a_name_costs_nothing(tmp_path: Path) -> None:
    """However its emptiness is written."""
    for empty in (
        pa.nulls(3),
        pa.array(["", None, ""]),
        pa.array(["", None, ""], pa.large_string()),
    ):
        for dictionary in (True, False):
            table = pa.table({"client_id": ["a", "b", "c"], "": empty})
            pq.write_table(table, tmp_path / "a.parquet", use_dictionary=dictionary)
            caseload = open_caseload(tmp_path / "a.parquet", RULES)
            assert [(type(part), len(part)) for part in parts(caseload)] == [(Batch, 3)]


def test_no_more_keys_are_remembered_than_a_file_has_columns(tmp_path: Path) -> None:
    """A dropped column may have its name in any spelling."""
    names = ["".join(name) for name in product("nN", "oO", "tT", "eE", ["", " ", "  "])]
    lines: list[dict[str, object]] = []
    lines += [{"client_id": f"c{n}", name: 1, "rung": 1} for n, name in enumerate(names)]
    path = put(tmp_path / "a.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    with sizes(chunk=200), pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "MAX_COLUMNS", 8)
        same(path)


@pytest.mark.parametrize("ending", OUTPUTS)
def test_no_rows_and_strange_columns(tmp_path: Path, ending: str) -> None:
    """A table without rows, a column without a name, and encoded numbers."""
    for count in (0, 2):
        numbers = pa.array([2, 9][:count], pa.int64()).dictionary_encode()
        table = pa.table({"client_id": ["a", "b"][:count], "rung": numbers, "": [None, 1][:count]})
        pq.write_table(table, tmp_path / "a.parquet")
        same(tmp_path / "a.parquet", ending)
    same(put(tmp_path / "a.csv", "client_id,\na,\nb,x\n"), ending)


@pytest.mark.parametrize("filled", [1, 3])
def test_each_column_without_a_name_is_looked_at(tmp_path: Path, filled: int) -> None:
    """Of two of them, the one that holds something is told by its place."""
    arrays = [pa.array(["a", "b"]), pa.nulls(2, pa.string()), pa.array([1, 9]), pa.nulls(2)]
    arrays[filled] = pa.array(["x", ""])
    table = pa.Table.from_arrays(arrays, names=["client_id", "", "rung", ""])
    pq.write_table(table, tmp_path / "a.parquet")
    *_, faults = same(tmp_path / "a.parquet")
    assert [(one.row, one.field) for one in faults] == [
        (1, f"(column {filled + 1})"), (2, "rung"),
    ]  # fmt: skip


@pytest.mark.gate
@pytest.mark.parametrize("claimed", [12_346, 1 << 31, 1 << 62])
@pytest.mark.parametrize("ending", OUTPUTS)
def test_a_footer_that_claims_another_number_of_rows_is_not_believed(
    tmp_path: Path, claimed: int, ending: str
) -> None:
    """More rows than the pages have: refused, and nothing is written."""
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"client_id": [f"c{n}" for n in range(12_345)]}), path)
    message, written = same(claiming(path, 12_345, claimed), ending)
    assert message == f"{path}: is not a Parquet file that can be read"
    assert not written


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "PLAIN"])
def test_text_of_any_encoding(tmp_path: Path, encoding: str) -> None:
    """Also where it is told by what stood before it, as other writers do."""
    table = pa.table({"client_id": ["a", "b", "c"], "finances": ["mild", None, "x"]})
    options = {"use_dictionary": False, "column_encoding": encoding}
    pq.write_table(table, tmp_path / "a.parquet", **options)
    (_, faulty), _, _, _ = same(tmp_path / "a.parquet")
    assert faulty == 1


@pytest.mark.parametrize("way", [by_rows, by_columns])
def test_only_words_that_rows_have_are_read(
    tmp_path: Path, way: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dictionary may bring far more of them."""
    read = []
    monkeypatch.setattr(FactReader, "text", lambda _, cell: read.append(cell))
    words = pa.array([f"w{n}" for n in range(50_000)])
    column = pa.DictionaryArray.from_arrays(pa.array([7, None, 49_999], pa.int32()), words)
    table = pa.table({"client_id": ["a", "b", "c"], "finances": column})
    pq.write_table(table, tmp_path / "a.parquet", dictionary_pagesize_limit=1 << 30)
    told(way, tmp_path / "a.parquet", tmp_path / "out.csv", ())
    assert set(read) <= {"w7", None, "w49999"}


@pytest.mark.gate
@pytest.mark.parametrize("size", [200, 201, 800, 801, 5000])
def test_ids_by_a_dictionary_with_long_words(tmp_path: Path, size: int) -> None:
    """What is too long for an id is a fault of the rows that have it, however it is written."""
    clients = ["a", "é" * (size // 2), "x" * size, "é" * size, None, "b"]
    for kind in (pa.string(), pa.large_string()):
        table = pa.table({"client_id": pa.array(clients, kind).dictionary_encode()})
        for options in ({}, {"store_schema": False}, {"use_dictionary": False}):
            pq.write_table(table, tmp_path / "a.parquet", **options)
            same(tmp_path / "a.parquet")


def test_parts_without_rows_say_nothing(tmp_path: Path) -> None:
    """Row groups of no rows, before, between and after others."""
    table = pa.table({"client_id": ["a", "b"], "rung": [1, 9]})
    path = tmp_path / "a.parquet"
    with pq.ParquetWriter(path, table.schema) as writer:
        for some in (table.slice(0, 0), table.slice(0, 1), table.slice(0, 0), table.slice(1)):
            writer.write_table(some)
        writer.write_table(table.slice(0, 0))
    for ending in OUTPUTS:
        (_, faulty), end, _, _ = same(path, ending)
        assert (faulty, end) == (1, (2, 2))


@pytest.mark.parametrize("name", ["client_id", "rung", ""])
@pytest.mark.parametrize("values", [["a", None, "2"], [b"a", None, b"2"], [1, None, 2]])
def test_columns_coded_by_a_dictionary(tmp_path: Path, name: str, values: list[Any]) -> None:
    """Of any type, and for any purpose: they say what stands behind the code."""
    table = pa.table({"client_id": ["x", "y", "z"], "rung": [1, 1, 1], "": pa.nulls(3)})
    place = table.column_names.index(name)
    for column in (pa.array(values), pa.array(values).dictionary_encode()):
        pq.write_table(table.set_column(place, name, column), tmp_path / "a.parquet")
        same(tmp_path / "a.parquet")


@pytest.mark.parametrize("clients", [["a", "b", "c", "d"], ["a", "a", "c", "d"]])
def test_what_breaks_off_is_told_after_its_faults(tmp_path: Path, clients: list[str]) -> None:
    """A page that is damaged: one error, the faults before it, and no output."""
    path = tmp_path / "a.parquet"
    pq.write_table(
        pa.table({"client_id": clients, "rung": [9, 1, 1, 1]}), path,
        row_group_size=2, compression="none", use_dictionary=False,
    )  # fmt: skip
    start = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[start : start + 12] = b"\xff" * 12
    path.write_bytes(bytes(data))
    with sizes(batch=2):
        message, written = same(path)
    assert "is not a Parquet file that can be read" in message
    assert not written
