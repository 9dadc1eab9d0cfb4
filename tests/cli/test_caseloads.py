"""The command line on caseloads as people have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from routeengine.cli import main

CASELOAD = """Caseload;;
client_id;rung;"Note, internal";x
c1;2;a;b
c2;1;a;b
Totaal
"""


@pytest.mark.gate
@pytest.mark.parametrize("command", ["classify", "explain", "diff"])
def test_what_is_read_otherwise_is_told_by_every_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """A note on standard error; columns are dropped by a quoted name and by place, in turn."""
    path = tmp_path / "a.csv"
    path.write_text(CASELOAD, "utf-8")
    options = ["--skip-rows", "1", "--drop-columns", '"Note, internal"', "--drop-columns", "#4"]
    arguments = {
        "classify": ["classify", str(path)],
        "explain": ["explain", str(path), "--client", "c1"],
        "diff": ["diff", "rijswijk-2023", "rijswijk-2023", "--caseload", str(path)],
    }[command]
    assert main([*arguments, *options]) == 0
    short = "rows with fewer cells than there are columns: the rest of them is unknown: 1"
    assert capsys.readouterr().err.splitlines() == [
        f"{path}: note: {short}",
        f"{path}: note: rows with nothing but a client id: 1",
    ]


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--skip-rows", "x", "must be a whole number"),
        ("--skip-rows", "-1", "must be a whole number"),
        ("--drop-columns", '"open', "has a quote that is not closed"),
    ],
)
def test_options_on_columns_and_rows_that_make_no_sense(
    capsys: pytest.CaptureFixture[str], option: str, value: str, words: str
) -> None:
    """They are bad usage, and told before anything is read."""
    with pytest.raises(SystemExit, match="2"):
        main(["classify", "a.csv", f"{option}={value}"])
    assert words in capsys.readouterr().err


def test_a_client_is_found_in_any_spelling(tmp_path: Path) -> None:
    """What is asked for has the one spelling that ids of files have."""
    path = tmp_path / "a.csv"
    path.write_text("client_id,rung\ne\u0301,2\n", "utf-8")
    assert main(["explain", str(path), "--client", "e\u0301"]) == 0
    assert main(["explain", str(path), "--client", "\u00e9 "]) == 0
