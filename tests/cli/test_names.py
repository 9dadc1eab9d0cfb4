"""Names of files in messages: no sign of them steers a terminal, or makes a line of its own."""

from __future__ import annotations

import contextlib
import os
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.test_streams import CASELOAD, CASES
from loading.small import SMALL
from routeengine import Engine, load_ruleset
from routeengine.cli import main
from routeengine.errors import CaseloadError, Fault, shown

ODD = "a\x1b[31m\u202e\n\r\u2028b"
"""A colour, text from right to left, and line ends."""

NOT_TEXT = "b\x7fc" if sys.platform == "darwin" else os.fsdecode(b"b\xffc")
"""A name of bytes that are no text, or what comes nearest: macOS refuses such names."""

SHOWN = r"a\x1b[31m\u202e\n\r\u2028b"


@given(st.text(st.characters(categories=["C", "L", "M", "N", "P", "S", "Z"])))
def test_a_name_is_shown_in_signs_that_can_be_printed(name: str) -> None:
    """As it is, but for signs that control, that join nothing, or that are half a character."""
    text = shown(name)
    assert all(unicodedata.category(sign)[0] != "C" for sign in text)
    assert len(text.splitlines()) <= 1
    assert shown(text) == text
    if name.isprintable():
        assert text == name


def test_faults_and_errors_show_names_so() -> None:
    """Their fields have the name as it is."""
    fault = Fault(ODD, 1, 2, "is odd")
    assert str(fault) == f"{SHOWN}:1:2: is odd"
    assert fault.file == ODD
    error = CaseloadError(ODD, "is odd", 3)
    assert str(error) == f"{SHOWN}:3: is odd"
    assert error.path == ODD


@pytest.mark.gate
@pytest.mark.parametrize("odd", [ODD, NOT_TEXT])
def test_every_command_shows_them_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], odd: str
) -> None:
    """Of files that are there, of those that are not, and of those that hold something else."""
    monkeypatch.chdir(tmp_path)
    broken = f"{odd} broken"
    cases, caseload, record = (f"{odd}{ending}" for ending in (".cases.yaml", ".csv", ".json"))
    # No path of rules is more than one line: it may be their text.
    line = odd.replace("\n", "")
    rules, broken_rules = f"{line}.yaml", f"{line} broken"
    Path(broken_rules).write_text("{", encoding="utf-8")
    Path(rules).write_text(SMALL, encoding="utf-8")
    failing = CASES.replace("outcome: A", "outcome: B")
    Path(cases).write_text(failing, encoding="utf-8")
    Path(caseload).write_text(CASELOAD, encoding="utf-8")
    Path(broken).write_text("{", encoding="utf-8")
    engine = Engine(load_ruleset(rules))
    engine.record(engine.classify({"client_id": "c1"}), datetime(2026, 1, 2, tzinfo=UTC)).write(
        Path(record)
    )
    unnamed = []
    for arguments in (
        ["classify", caseload, "--rules", rules],
        ["classify", caseload, "--rules", rules, "-o", f"{odd}/out.csv"],
        ["classify", caseload, "--rules", rules, "-o", caseload],
        ["classify", broken, "--rules", rules],
        ["classify", broken, "--rules", rules, "--from", "json"],
        ["classify", f"no {caseload}", "--rules", rules],
        ["classify", caseload, "--rules", broken_rules],
        ["classify", caseload, odd],
        ["explain", caseload, "--rules", rules, "--client", "c2"],
        ["explain", caseload, "--rules", rules, "--client", "c3"],
        ["explain", caseload, "--rules", rules, "--client", "c1", "-o", f"{odd}/out.html"],
        ["explain", caseload, "--rules", rules, "--client", "c1", "-o", rules],
        ["export", "sql", "--rules", rules, "-o", rules],
        ["export", "json-schema", "-o", f"{odd}/out.json"],
        ["export", "json-schema", "--rules", broken_rules],
        ["check", rules],
        ["check", rules, "--source", f"paper={broken}2"],
        ["check", rules, "--source", odd],
        ["check", rules, "--against", broken_rules],
        ["check", broken_rules],
        ["cite", caseload],
        ["cite", f"no {caseload}"],
        ["cite", caseload, "--rules", broken_rules, "--source", "paper"],
        ["check", f"no {rules}"],
        ["check", "."],
        ["test", rules, cases],
        ["test", rules, broken],
        ["test", rules, f"no {cases}"],
        ["diff", rules, broken_rules],
        ["diff", rules, rules, "--caseload", caseload],
        ["replay", record],
        ["replay", broken],
        ["replay", f"no {record}"],
    ):
        with contextlib.suppress(SystemExit):
            main(arguments)
        printed = capsys.readouterr()
        lines = (printed.out + printed.err).split("\n")
        assert all(line.replace("\u00a0", " ").isprintable() for line in lines), arguments
        told = printed.out + printed.err
        if shown(odd) not in told and shown(line) not in told:
            unnamed.append(arguments[0])
    # A text that is no file, what all is well of, and names of two lines, which are refused unread.
    refused = ["test"] * 3 if "\n" in odd else []
    assert unnamed == ["check", "cite", *refused]
