"""One rule says what a client id is: where the doors of the library read them, they agree."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeengine import Engine
from routeengine.caseload import open_caseload
from routeengine.client_id import MAX_LENGTH, MISSING, is_plain, parse_cell, parse_client_id
from routeengine.dossier import Dossier
from routeengine.engine import FEW
from routeengine.errors import DossierError, ProfileError

UNPRINTABLE = "must be one line of text that can be printed"
TOO_LONG = f"must not be longer than {MAX_LENGTH} characters"

GOOD = {
    "c1": "c1",
    " c1\t": "c1",
    "a b": "a b",
    "a\u00a0b": "a\u00a0b",
    "\u3000é\u00a0": "é",
    "Rene\u0301": "Ren\u00e9",
    "x" * 200: "x" * 200,
    " " * 99 + "x" * 200: "x" * 200,
}
"""What is written, and the client id that it is."""

BAD = {"a\nb": UNPRINTABLE, "a\x00": UNPRINTABLE, "\u2028a\u200b": UNPRINTABLE,
       "a\ufffd": UNPRINTABLE, "\ud800": UNPRINTABLE, "x" * 201: TOO_LONG}  # fmt: skip
"""What is no client id, and what is said of it."""


@pytest.mark.parametrize(("text", "client"), GOOD.items(), ids=ascii)
def test_every_door_takes_the_same_ids(engine: Engine, text: str, client: str) -> None:
    """Blanks around an id are no part of it, and those within it are whatever blank they are."""
    assert parse_client_id(text) == (client, "")
    result = engine.classify({"client_id": text})
    assert result.client_id == client
    dossier = Dossier(engine.ruleset, as_of=date(2024, 1, 1), client_id=text)
    assert dossier.client_id == client
    assert engine.classify(dossier.profile()).client_id == client
    table = engine.classify_table(pa.table({"client_id": [text]}))
    assert table["client_id"].to_pylist() == [client]


@pytest.mark.parametrize(("text", "problem"), BAD.items(), ids=ascii)
def test_every_door_refuses_the_same_ids(engine: Engine, text: str, problem: str) -> None:
    """In the same words, and without the id."""
    assert parse_client_id(text) == (None, problem)
    with pytest.raises(ProfileError) as profile:
        engine.classify({"client_id": text})
    assert str(profile.value) == f"client_id: {problem}"
    with pytest.raises(DossierError) as dossier:
        Dossier(engine.ruleset, as_of=date(2024, 1, 1), client_id=text)
    assert str(dossier.value) == f"client_id: {problem}"
    if text.isascii():
        table = engine.classify_table(pa.table({"client_id": [text]}))
        assert table["error"].to_pylist() == [f"client_id: {problem}"]


def test_none_is_nobody(engine: Engine) -> None:
    """A profile need not name anybody; a table that has ids has one in each row."""
    assert parse_client_id(None) == (None, MISSING)
    assert engine.classify({"client_id": None}).client_id is None
    dossier = Dossier(engine.ruleset, as_of=date(2024, 1, 1), client_id=None)
    assert dossier.client_id is None
    table = engine.classify_table(pa.table({"client_id": pa.array([None], pa.string())}))
    assert table["error"].to_pylist() == ["client_id: is missing"]


@pytest.mark.parametrize("blank", ["", " ", "\u00a0"])
def test_nothing_but_blanks_is_no_id(engine: Engine, blank: str) -> None:
    """Who writes an id has one: an empty one was lost on the way. A cell of a file is empty."""
    table = engine.classify_table(pa.table({"client_id": [blank]}))
    assert table["error"].to_pylist() == ["client_id: is missing"]
    for _ in range(FEW + 1):  # by either way to an answer
        with pytest.raises(ProfileError, match=r"^client_id: must not be empty$"):
            engine.classify({"client_id": blank})
    with pytest.raises(DossierError, match=r"^client_id: must not be empty$"):
        Dossier(engine.ruleset, as_of=date(2024, 1, 1), client_id=blank)


def test_a_whole_number_is_an_id_in_a_file_only(engine: Engine, tmp_path: Path) -> None:
    """A file says nothing of types, and a spreadsheet has no whole numbers; a program has both."""
    assert parse_cell(17) == parse_cell(17.0) == ("17", "")
    path = tmp_path / "caseload.jsonl"
    path.write_text('{"client_id": 17}\n{"client_id": 1.5}\n{"client_id": true}\n')
    with open_caseload(path, engine.ruleset) as caseload:
        rows = list(caseload)
    assert [row.client_id for row in rows] == ["17", None, None]
    assert {fault.message for row in rows for fault in row.faults} == {"must be text"}
    assert parse_client_id(17) == (None, "must be text")
    with pytest.raises(ProfileError, match="client_id: must be text"):
        engine.classify({"client_id": 17})


@given(st.text(max_size=4) | st.integers(195, 205).map("x".__mul__))
def test_a_plain_text_is_surely_an_id(text: str) -> None:
    """The quick look never takes what the closer one refuses."""
    _, problem = parse_client_id(text)
    assert not is_plain(text) or not problem
