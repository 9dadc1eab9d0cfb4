"""`routeengine replay`: exit status 0 untouched, 1 touched, 2 where it cannot run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from record.recorded import AT, PROFILE, changed
from routeengine import Engine, load_ruleset
from routeengine.cli import main
from routeengine.record import Record

RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture
def file(engine: Engine, tmp_path: Path) -> Path:
    """Write a record, without the rule set inside."""
    path = tmp_path / "c1.json"
    engine.record(engine.classify(PROFILE), AT, embed=False).write(path)
    return path


@pytest.mark.gate
@pytest.mark.parametrize(
    "rules", [(), ("--rules", "rijswijk-2023"), ("--rules", str(RULES)),
              ("--rules", str(RULES / "rijswijk-2023"))],
)  # fmt: skip
def test_an_untouched_record_gives_0(
    file: Path, capsys: pytest.CaptureFixture[str], rules: tuple[str, ...]
) -> None:
    """With the shipped rules, by name, by folder, or found in a folder that holds rule sets."""
    assert main(["replay", str(file), *rules]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"{file}: the same, worked out again by rijswijk-2023 1.0.0\n"
    assert printed.err == ""


@pytest.mark.gate
def test_a_touched_record_gives_1_and_names_what_differs(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bytes are named, and the verdict that the rules do not give; no fact's value is."""
    data = file.read_bytes().replace(b'"outcome":"in_scope"', b'"outcome":"wsp"')
    file.write_bytes(data.replace(b'"finances":"serious"', b'"finances":"terrible"'))
    assert main(["replay", str(file), "--rules", "rijswijk-2023"]) == 1
    out = capsys.readouterr().out
    assert f"{file}: not the same by rijswijk-2023 1.0.0" in out
    assert "  sha256: is not the digest of what the document holds" in out
    assert "  facts.finances: must be one of" in out
    assert "terrible" not in out
    file.write_bytes(data)
    assert main(["replay", str(file)]) == 1
    expected = "  verdicts.scope.outcome: the record says `wsp`, the rules give `in_scope`"
    assert expected in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("rules", [(), ("--rules", str(RULES)), ("--rules", "rijswijk-2023")])
def test_a_broken_record_gives_1(
    file: Path, capsys: pytest.CaptureFixture[str], rules: tuple[str, ...]
) -> None:
    """Where a byte makes it unreadable it was touched, whatever rules were named."""
    file.write_bytes(file.read_bytes()[:-1])
    assert main(["replay", str(file), *rules]) == 1
    assert (
        capsys.readouterr().out
        == f"{file}: not the same\n  (bytes): is not JSON (at character {file.stat().st_size})\n"
    )


def test_other_rules_give_1(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule set that was named is used, though it means something else, and that is told."""
    library = RULES.parent / "fixtures" / "library-card"
    assert main(["replay", str(file), "--rules", str(library)]) == 1
    assert "  ruleset.meaning_sha256: " in capsys.readouterr().out


def test_a_note_gives_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mended typo is told, and no difference."""
    mended = replace(load_ruleset("rijswijk-2023"), version="0.9.9")
    engine = Engine(mended)
    file = tmp_path / "c1.json"
    engine.record(engine.classify(PROFILE), AT).write(file)
    assert main(["replay", str(file), "--rules", "rijswijk-2023"]) == 0
    assert "  note: ruleset.sha256: the rule set means the same" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"not a record", "is not JSON (at character 0)"),
        (b"[" * 100_000, "is nested too deeply"),
        (b" " * 5_000_000, "is larger than 4194304 bytes"),
    ],
)
def test_what_is_no_record_gives_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes, error: str
) -> None:
    """One line on standard error, with the name of the file, and no traceback."""
    file = tmp_path / "odd.json"
    file.write_bytes(text)
    assert main(["replay", str(file)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"{file}: {error}\n"


@pytest.mark.gate
def test_what_cannot_be_run_gives_2(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No file, no rules of that name, no rules in that folder, no rules at hand."""
    assert main(["replay", str(tmp_path / "nothing.json")]) == 2
    assert main(["replay", str(file), "--rules", "nothing"]) == 2
    assert main(["replay", str(file), "--rules", str(tmp_path)]) == 2
    capsys.readouterr()
    record = Record.read(file)
    named = {"id": "x", "version": "1.0.0", "sha256": "0" * 64, "meaning_sha256": "0" * 64}
    file.write_bytes(changed(record, ruleset=named))
    assert main(["replay", str(file)]) == 2
    expected = f"{file}: ruleset: no rule set with this meaning is at hand: name where it is\n"
    assert capsys.readouterr().err == expected


@pytest.mark.gate
def test_a_record_cannot_steer_the_terminal(
    engine: Engine, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a record holds is printed only as far as it is plain text, errors included."""
    odd = Engine(replace(engine.ruleset, id="x\x1b[2J"))
    record = odd.record(odd.classify(PROFILE), AT)
    record.write(file)
    assert main(["replay", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: the same, worked out again by x?[2J 1.0.0\n"
    rules = json.loads(record.data)["body"]["rules"]
    rules["decisions"][0]["rules"][0]["outranks"] = ["y\x1b[2J"]
    file.write_bytes(changed(record, rules=rules))
    assert main(["replay", str(file)]) == 2
    error = capsys.readouterr().err
    assert "`y?[2J` is no rule of" in error
    assert "\x1b" not in error
