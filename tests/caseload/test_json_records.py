"""JSON Lines and JSON: typed values, and a file that breaks off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from caseload.small import RULES, faults, put, rows
from routeengine.caseload import Row, json_records, open_caseload
from routeengine.errors import CaseloadError
from routeengine.profile import DECLINED, Between, OneOf

TWICE = '{"between": [1, 2], "between": [1, 2]}'


@pytest.fixture(params=["a.jsonl", "a.ndjson", "a.json"])
def name(request: pytest.FixtureRequest) -> str:
    """Give a file name of each JSON format."""
    return str(request.param)


def read(tmp_path: Path, name: str, records: Sequence[str], *drop: str) -> list[Row]:
    """Read records as JSON Lines or as an array, by the ending of the name."""
    text = "\n".join(records) if name != "a.json" else f"[{','.join(records)}]"
    return rows(put(tmp_path / name, text), *drop)


def test_records_are_read(tmp_path: Path, name: str) -> None:
    """Names may be labels in any language; unknown facts may be left out or null."""
    first, second = read(
        tmp_path,
        name,
        [
            '{"client_id": "c1", "rung": 2, "Bereid": true, "money": "licht", "months": null}',
            '{"clientnummer": "c2"}',
        ],
    )
    assert first.profile == {"client_id": "c1", "rung": 2, "willing": True, "finances": "mild"}
    assert second.profile == {"client_id": "c2"}
    assert [first.number, second.number] == [1, 2]


def test_partial_knowledge_is_read(tmp_path: Path, name: str) -> None:
    """The JSON forms of partial knowledge give the same as those of a profile."""
    record = {
        "client_id": "c1",
        "rung": {"between": [None, 2]},
        "willing": {"declined": True},
        "finances": {"one_of": ["mild", "serious"]},
    }
    (row,) = read(tmp_path, name, [json.dumps(record)])
    assert row.profile == {
        "client_id": "c1",
        "rung": Between(None, 2),
        "willing": DECLINED,
        "finances": OneOf(("mild", "serious")),
    }


@pytest.mark.parametrize(
    "value",
    ["NaN", "-Infinity", "1e999", "9" * 5000, "true", '"2"', "2.5", "[[[]]]", TWICE],
)
def test_value_that_is_no_fact_is_a_row_fault(tmp_path: Path, name: str, value: str) -> None:
    """What is no value of a fact is a fault of its row, and the next row is fine."""
    records = [f'{{"client_id": "c1", "rung": {value}}}', '{"client_id": "c2", "rung": 2}']
    bad, good = read(tmp_path, name, records)
    assert faults(bad) == ["1: rung: must be a whole number from 1 to 6"]
    assert good.profile == {"client_id": "c2", "rung": 2}


def test_name_that_stands_twice_is_a_row_fault(tmp_path: Path, name: str) -> None:
    """A name twice, also as label and id, is a fault: nobody can say which one holds."""
    records = ['{"client_id": "c0"}', '{"client_id": "c1", "rung": 2, "Trede": 2}']
    _, row = read(tmp_path, name, records)
    assert faults(row) == ["2: rung: stands more than once"]


def test_strange_names_of_the_first_record_refuse_the_file(tmp_path: Path, name: str) -> None:
    """The names of the first record are the header of the file."""
    with pytest.raises(CaseloadError, match="column `shoe_size` is no fact"):
        read(tmp_path, name, ['{"client_id": "c1", "shoe_size": 40}'])


def test_strange_names_of_later_records_are_row_faults(tmp_path: Path, name: str) -> None:
    """Later on, a name that is no fact is a fault of its row; a refused one with its reason."""
    records = [
        '{"client_id": "c1", "note": 1}',
        '{"client_id": "c2", "rungs": 1, "BSN": 2, "12345": 3, "": 1, "note": 2}',
    ]
    _, row = read(tmp_path, name, records, "note")
    assert faults(row) == [
        "2: rungs: is no fact of the rule set `small` (did you mean `rung`?)",
        "2: BSN: is refused: Use a pseudonym",
        "2: (name 4): is no fact of the rule set `small`",
        "2: (name 5): is no fact of the rule set `small`",
    ]


@pytest.mark.parametrize("record", ["[1]", "1", '"text"', "null", "true"])
def test_record_that_is_no_object_is_a_row_fault(tmp_path: Path, name: str, record: str) -> None:
    """Every record must have names."""
    first, second = read(tmp_path, name, [record, '{"client_id": "c1"}'])
    assert "1: (row): must be an object" in faults(first)[0]
    assert second.client_id == "c1"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "is not JSON: expecting property name"),
        ('{"client_id": "c1",}', "is not JSON"),
        ('{"client_id": "c1"} x', "is not JSON: extra data at character 21"),
        ('{"a":' * 10_000, "is nested too deeply"),
        ("[" * 10_000, "is nested too deeply"),
    ],
)
def test_broken_line_is_a_row_fault(tmp_path: Path, line: str, words: str) -> None:
    """A line that is no JSON is a fault, blank lines are none, and the others go on."""
    path = put(tmp_path / "a.jsonl", f'{line}\n\n{{"client_id": "c2"}}\n')
    bad, good = rows(path)
    assert words in faults(bad)[0]
    assert (good.number, good.client_id) == (3, "c2")


def test_line_that_is_no_text_is_a_row_fault(tmp_path: Path) -> None:
    """JSON is UTF-8; another encoding is not guessed."""
    path = put(tmp_path / "a.jsonl", b'{"client_id": "c\xe9"}\n{"client_id": "c2"}')
    bad, good = rows(path)
    assert faults(bad) == ["1: (row): is not text in UTF-8"]
    assert good.client_id == "c2"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_is_no_part_of_the_text(tmp_path: Path, encoding: str) -> None:
    """A byte order mark says what the encoding is."""
    for name, text in (("a.jsonl", '{"client_id": "é"}'), ("a.json", '[{"client_id": "é"}]')):
        assert rows(put(tmp_path / name, text, encoding))[0].client_id == "é"


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_json_lines_without_records(tmp_path: Path, text: str) -> None:
    """A JSON Lines file without lines is a caseload without clients."""
    assert rows(put(tmp_path / "a.jsonl", text)) == []


@pytest.mark.parametrize("text", ["[]", " [ ] \n"])
def test_array_without_records(tmp_path: Path, text: str) -> None:
    """An empty array is a caseload without clients."""
    assert rows(put(tmp_path / "a.json", text)) == []


BROKEN = {
    "": "must be an array of objects",
    "1": "must be an array of objects",
    '{"client_id": "c1"}\n': r"is it JSON Lines\? name it `.jsonl`",
    "[": "is not JSON: expecting value",
    "[" * 10_000: "is nested too deeply",
    '[{"client_id": "c1"}': "a comma or the end of the array must follow",
    '[{"client_id": "c1"} {"client_id": "c2"}]': "a comma or the end of the array must follow",
    '[{"client_id": "c1"},]': "is not JSON: ",
    '[{"client_id": "c1"}] x': "text stands after the end of the array",
    '[{"client_id": "c1"}, {"client_id': "is not JSON: unterminated string",
    '[{"client_id": "c1"}, nope]': "is not JSON: expecting value",
}


@pytest.mark.parametrize(("text", "words"), BROKEN.items(), ids=range(len(BROKEN)))
def test_broken_array_is_an_error_of_the_file(tmp_path: Path, text: str, words: str) -> None:
    """Where a broken record of an array ends nobody can tell: the file is refused."""
    with pytest.raises(CaseloadError, match=words):
        rows(put(tmp_path / "a.json", text))


def test_array_in_no_encoding_is_refused(tmp_path: Path) -> None:
    """JSON is UTF-8; another encoding is not guessed."""
    with pytest.raises(CaseloadError, match="is not text in UTF-8"):
        rows(put(tmp_path / "a.json", b'[{"client_id": "c\xe9"}]'))


@pytest.mark.parametrize("chunk", [1, 2, 7])
def test_array_is_read_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """Wherever the pieces that are read end, the records are the same."""
    monkeypatch.setattr(json_records, "CHUNK", chunk)
    records: list[object] = [{"client_id": "é1", "rung": 2}, 12, {"client_id": "c2"}]
    text = json.dumps(records, ensure_ascii=False, indent=1)
    found = rows(put(tmp_path / "a.json", text))
    assert [row.client_id for row in found] == ["é1", None, "c2"]


def test_record_past_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record without end is not read on and on."""
    monkeypatch.setattr(json_records, "CHUNK", 100)
    monkeypatch.setattr(json_records, "MAX_RECORD", 1000)
    path = put(tmp_path / "a.json", '[{"client_id": "' + "x" * 10_000)
    with pytest.raises(CaseloadError, match="unterminated string"):
        open_caseload(path, RULES)


def test_whole_record_past_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it was read in one piece; one that is just as long as may be is read."""
    record = json.dumps({"client_id": "x" * 20})
    path = put(tmp_path / "a.json", f"[{record}]")
    monkeypatch.setattr(json_records, "MAX_RECORD", len(record))
    assert [row.client_id for row in rows(path)] == ["x" * 20]
    monkeypatch.setattr(json_records, "MAX_RECORD", len(record) - 1)
    with pytest.raises(CaseloadError, match=f"a record is longer than {len(record) - 1} char"):
        rows(path)


def test_progress_of_json(tmp_path: Path, name: str) -> None:
    """What was done ends at the size of the file."""
    text = '{"client_id": "c1"}'
    path = put(tmp_path / name, text if name != "a.json" else f"[{text}]")
    caseload = open_caseload(path, RULES)
    assert len(list(caseload)) == 1
    assert caseload.done == caseload.total == path.stat().st_size
