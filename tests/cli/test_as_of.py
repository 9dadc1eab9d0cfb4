"""The rules of a day, wherever a command reads rules; and no empty value means the folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from loading.small import SMALL, changed
from routeengine import Engine, load_ruleset
from routeengine.cli import main

CLIENTS = "client_id,age,willing,debt\na,30,no,none\n"
CASES = "cases:\n  x: {facts: {age: 30, willing: false, debt: none}, expect: {card: A}}\n"

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with two versions of rules: first all adults have card A, then the willing.

    They stand in `rules`, with a client and a case beside it.
    """
    for year, when, until in (
        (2023, "adult", "\n  valid_until: 2023-12-31"),
        (2024, "{all: [adult, willing]}", ""),
    ):
        (tmp_path / "rules" / str(year)).mkdir(parents=True)
        text = changed(
            ("1.0.0", f"{year}.0.0"),
            ("  languages", f"  valid_from: {year}-01-01{until}\n  languages"),
            ("when: {all: [willing, free]}", f"when: {when}"),
        )
        (tmp_path / "rules" / str(year) / "all.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "clients.csv").write_text(CLIENTS, encoding="utf-8")
    (tmp_path / "cases.txt").write_text(CASES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.gate
@pytest.mark.parametrize(
    ("call", "statuses"),
    [
        ("classify clients.csv --rules rules", (0, 0)),
        ("explain clients.csv --client a --rules rules", (0, 0)),
        ("check rules", (1, 1)),  # the small rule set has a gap in either
        ("test rules cases.txt", (0, 1)),
        ("export sql --rules rules", (0, 0)),
    ],
)
def test_the_rules_of_a_day(call: str, statuses: tuple[int, int], capsys: Printed) -> None:
    """Those of the last day of one version, and of the first of the next; else it cannot run."""
    said = []
    for day, status in zip(("2023-12-31", "2024-01-01"), statuses, strict=True):
        assert main([*call.split(), "--as-of", day]) == status
        said.append(capsys.readouterr().out)
    assert said[0] != said[1]
    for more, told in (
        ([], "rules: holds versions of a rule set: `rules/2023`, `rules/2024` (ask for a day"),
        (["--as-of", "2022-12-31"], "rules: no version is valid on 2022-12-31: there are versions"),
        (["--as-of", "yesterday"], "`yesterday` is no day: write it as 2024-05-06"),
        (["--as-of", "2024-02-30"], "`2024-02-30` is no day: write it as 2024-05-06"),
    ):
        assert main([*call.split(), *more]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(told)


def test_one_version_has_to_be_valid_on_the_day(capsys: Printed) -> None:
    """A rule set that is named by itself is not used out of its time."""
    assert main(["classify", "clients.csv", "--rules", "rules/2023", "--as-of", "2024-01-01"]) == 2
    told = "version 2023.0.0 is valid from 2023-01-01 until 2023-12-31, not on 2024-01-01"
    assert capsys.readouterr().err == f"rules/2023: {told}\n"


def test_what_changes_between_two_days(capsys: Printed) -> None:
    """`diff` takes a day for both, or one for each; not three."""
    new_year = ["--as-of", "2023-12-31", "--as-of", "2024-01-01"]
    assert main(["diff", "rules", "rules", *new_year]) == 1
    assert "small 2023.0.0 -> small 2024.0.0" in capsys.readouterr().out
    assert main(["diff", "rules", "rules/2024", "--as-of", "2024-01-01"]) == 0
    assert "small 2024.0.0 -> small 2024.0.0" in capsys.readouterr().out
    assert main(["diff", "rules", "rules/2024", "--as-of", "2023-01-01"]) == 2
    assert "rules/2024: version 2024.0.0 is valid from 2024-01-01" in capsys.readouterr().err
    assert main(["diff", "rules", "rules", *new_year, "--as-of", "2025-01-01"]) == 2
    assert "once, or once for OLD and once for NEW" in capsys.readouterr().err


def test_a_record_by_the_rules_of_a_day(here: Path, capsys: Printed) -> None:
    """By those, whatever the record names; without the rules to look among it is bad usage."""
    engine = Engine(load_ruleset("rules", "2023-06-01"))
    result = engine.classify({"client_id": "a", "age": 30, "willing": False, "debt": "none"})
    engine.record(result, at=datetime(2023, 6, 1, tzinfo=UTC)).write(here / "record.json")
    ask = ["replay", "record.json"]
    assert main([*ask, "--rules", "rules"]) == 0
    assert main([*ask, "--rules", "rules", "--as-of", "2023-12-31"]) == 0
    assert "the same, worked out again by small 2023.0.0" in capsys.readouterr().out
    assert main([*ask, "--rules", "rules", "--as-of", "2024-01-01"]) == 1
    assert "not the same by small 2024.0.0" in capsys.readouterr().out
    assert main([*ask, "--as-of", "2024-01-01"]) == 2
    assert "`--as-of` needs `--rules`" in capsys.readouterr().err


@pytest.mark.parametrize(
    "call",
    [
        ["classify", ""],
        ["classify", "clients.csv", "--rules", ""],
        ["classify", "clients.csv", "-o", ""],
        ["classify", "clients.csv", "--as-of", " "],
        ["explain", "clients.csv", "--client", ""],
        ["check", ""],
        ["check", "rules", "--source", ""],
        ["check", "rules", "--against", ""],
        ["cite", ""],
        ["init", ""],
        ["init", "new", "--lang", ""],
        ["cite", "cases.txt", "--find", " "],
        ["cite", "cases.txt", "--rules", ""],
        ["cite", "cases.txt", "--heading", ""],
        ["test", "", "cases.txt"],
        ["test", "rijswijk-2023", ""],
        ["diff", "", "rijswijk-2023"],
        ["diff", "rijswijk-2023", ""],
        ["diff", "rijswijk-2023", "rijswijk-2023", "--caseload", ""],
        ["replay", ""],
        ["replay", "record.json", "--rules", ""],
        ["export", "sql", "--rules", ""],
        ["export", "sql", "--view", ""],
        ["export", "json-schema", "--rules", ""],
    ],
    ids=" ".join,
)
def test_an_empty_value_is_bad_usage(call: list[str], here: Path, capsys: Printed) -> None:
    """It is never the current folder, nor as if it were not given."""
    (here / "rules.yaml").write_text(SMALL, encoding="utf-8")
    before = sorted(here.iterdir())
    with pytest.raises(SystemExit) as end:
        main(call)
    assert end.value.code == 2
    assert "is empty" in capsys.readouterr().err
    assert sorted(here.iterdir()) == before
