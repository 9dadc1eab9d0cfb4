"""Rules with parameters on the command line: every instance is proved, and one is used."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from loading.small import LIBRARY, SMALL
from routeengine import Engine, load_ruleset
from routeengine.cli import main
from routeengine.record import Record, find_ruleset, replay
from routeengine.ruleset.digest import reference

Printed = pytest.CaptureFixture[str]

PARAMETER = """\
variants: [diemen, rijswijk]
parameters:
  youth:
    label: {nl: leeftijd van een kind, en: age of a child}
    basis: source
    cites: [junior_card]
    type: integer
    values:
      - {is: 17}
      - {from: 2025-07-01, is: 15}
      - {from: 2025-07-01, variant: diemen, is: 17}
      - {from: 2026-01-01, variant: diemen, is: 15}
criteria:
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with the rules of the library, in which the age of a child is a parameter.

    That of an adult is not: from the day on which the other moves there is a gap.
    """
    (tmp_path / "rules").mkdir()
    for path in LIBRARY.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        if path.name.startswith("2"):
            text = text.replace("{age: {at_most: 17}}", "{age: {at_most: {parameter: youth}}}")
            text = text.replace("criteria:\n", PARAMETER)
            assert "youth}}}" in text
        (tmp_path / "rules" / path.name).write_text(text, encoding="utf-8")
    (tmp_path / "clients.csv").write_text("client_id,age\na,16\n", encoding="utf-8")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "a.yaml").write_text(
        "cases: {a: {facts: {age: 16}, expect: {card: junior}}}\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.gate
def test_findings_stand_under_the_instances_that_have_them(capsys: Printed) -> None:
    """What is in all of them once; what is in some under their names; and a proof of each kind."""
    assert main(["check", "rules"]) == 1
    printed = capsys.readouterr().out
    heads = [line for line in printed.splitlines() if line.endswith(":")]
    later = "from 2026-01-01 until 2029-12-31, diemen; from 2025-07-01 until 2029-12-31, rijswijk"
    earlier = later.replace("2025-07-01 until 2029-12-31", "2024-01-01 until 2025-06-30")
    earlier = earlier.replace("2026-01-01 until 2029-12-31", "2024-01-01 until 2025-12-31")
    assert heads == ["in all:", f"{later}:"]
    first, second = printed.split(f"{later}:")
    assert first.startswith("library-card 1.2.0, 4 instances: 1 error, 2 notes, 1 accepted")
    assert "[unchecked_citations]" in first
    assert "[gap]" not in first
    assert second.count("decision `card` has a gap") == 1
    proofs = [line for line in printed.splitlines() if line.startswith("proof, ")]
    assert [line.split(" on all ")[0] for line in proofs] == [
        f"proof, {earlier},",
        f"proof, {later},",
    ]


@pytest.mark.gate
def test_instances_as_data(capsys: Printed) -> None:
    """Each finding has those that it is in, and each kind of numbers its proofs."""
    assert main(["check", "rules", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    (gap,) = [one for one in data["findings"] if one["kind"] == "gap"]
    assert [len(one["of"]) for one in data["instances"]] == [2, 2]
    assert gap["instances"] == data["instances"][1]["of"]
    assert data["proofs"] == data["instances"][0]["proofs"]
    assert data["proofs"] != data["instances"][1]["proofs"]
    (note,) = [one for one in data["findings"] if one["kind"] == "unchecked_citations"]
    assert len(note["instances"]) == 4
    assert main(["check", str(LIBRARY), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["instances"] == []
    assert {tuple(one["instances"]) for one in data["findings"]} == {()}


@pytest.mark.gate
@pytest.mark.parametrize(
    ("asked", "status", "named"),
    [
        ("--as-of 2025-06-30 --variant diemen", 0, "from 2024-01-01 until 2025-12-31, diemen"),
        ("--as-of 2026-06-30 --variant diemen", 1, "from 2026-01-01 until 2029-12-31, diemen"),
        ("--as-of 2025-06-30", 0, "2 instances"),
        ("--variant rijswijk", 1, "2 instances"),
    ],
)
def test_a_check_of_what_is_asked(asked: str, status: int, named: str, capsys: Printed) -> None:
    """Of one instance, of one day or of one variant; the first line says of which."""
    assert main(["check", "rules", *asked.split()]) == status
    assert capsys.readouterr().out.startswith(f"library-card 1.2.0, {named}: ")


@pytest.mark.gate
@pytest.mark.parametrize(
    "call",
    [
        "classify clients.csv --rules rules",
        "explain clients.csv --client a --rules rules",
        "test rules cases",
        "rulebook rules",
        "report clients.csv --rules rules",
        "export sql --rules rules",
        "export register --rules rules",
    ],
)
def test_the_numbers_of_a_day_and_a_variant(call: str, capsys: Printed) -> None:
    """Each command that uses rules asks for both where they make a difference."""
    assert main(call.split()) == 2
    told = capsys.readouterr()
    assert "ask for a day with" in told.err
    assert "ask for one with `variant`, or `--variant V`" in told.err
    assert told.out == ""
    printed = []
    for day in ("2025-06-30", "2025-07-01"):
        assert main([*call.split(), "--as-of", day, "--variant", "rijswijk"]) in (0, 1)
        printed.append(capsys.readouterr().out)
    assert all(printed)
    if "register" not in call:
        assert printed[0] != printed[1]


def test_what_changes_between_instances(capsys: Printed) -> None:
    """`diff` takes a variant for both, or one for each; not three."""
    day = ["--as-of", "2025-07-01"]
    both = [*day, "--variant", "diemen", "--variant", "rijswijk"]
    assert main(["diff", "rules", "rules", *both, "--lang", "en"]) == 1
    first, compared, third, *_ = capsys.readouterr().out.splitlines()
    assert compared.startswith("Compared: the numbers from 1 January 2024 up to")
    assert first == (
        "library-card 1.2.0 (from 1 January 2024 up to 31 December 2025, diemen) -> "
        "library-card 1.2.0 (from 1 July 2025 up to 31 December 2029, rijswijk)"
    )
    assert third == "The two versions do not mean the same."
    assert main(["diff", "rules", "rules", *both, "--lang", "nl"]) == 1
    first = capsys.readouterr().out.partition("\n")[0]
    assert first == (
        "library-card 1.2.0 (vanaf 1 januari 2024 tot en met 31 december 2025, diemen) -> "
        "library-card 1.2.0 (vanaf 1 juli 2025 tot en met 31 december 2029, rijswijk)"
    )
    days = ["--as-of", "2025-06-30", "--as-of", "2025-07-01", "--variant", "rijswijk"]
    assert main(["diff", "rules", "rules", *days, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["version_not_raised"] is None
    assert main(["diff", "rules", "rules", *day, "--variant", "diemen"]) == 0
    assert main(["diff", "rules", "rules", *both, "--variant", "diemen"]) == 2
    assert "`--variant` is given once, or once for OLD and once for NEW" in capsys.readouterr().err


@pytest.mark.gate
@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("", "", []),
        ("is: 15}\ncriteria", "is: 14}\ncriteria", ["version_not_raised"]),
        ("2026-01-01", "2026-02-01", ["version_not_raised"]),
        ("age of a child", "age of children", ["texts_not_raised"]),
    ],
)
def test_numbers_count_for_the_version(
    old: str, new: str, kinds: list[str], here: Path, capsys: Printed
) -> None:
    """A number that changed, or holds from another day, is a change of what decides."""
    (here / "new").mkdir()
    for path in (here / "rules").iterdir():
        text = path.read_text(encoding="utf-8")
        (here / "new" / path.name).write_text(text.replace(old, new), encoding="utf-8")
    main(["check", "new", "--against", "rules", "--json"])
    data = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in data["findings"] if "raised" in one["kind"]] == kinds
    asked = ["--as-of", "2026-01-01", "--variant", "diemen", "--json"]
    main(["diff", "rules", "new", *asked])
    told = json.loads(capsys.readouterr().out)["version_not_raised"]
    assert told == (
        {"version": "meaning", "texts": "texts"}[kinds[0].partition("_")[0]] if kinds else None
    )
    header = here / "new" / "1-ruleset.yaml"
    text = header.read_text(encoding="utf-8")
    header.write_text(text.replace("version: 1.2.0", "version: 1.3.0"), encoding="utf-8")
    main(["check", "new", "--against", "rules", "--json"])
    data = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in data["findings"] if "raised" in one["kind"]] == []


@pytest.mark.gate
def test_a_record_holds_its_instance(here: Path, capsys: Printed) -> None:
    """It replays by itself, by the rules with the day and variant it names, and by a folder."""
    ruleset = load_ruleset("rules", "2025-08-01", "rijswijk")
    engine = Engine(ruleset)
    result = engine.classify({"client_id": "a", "age": 16})
    assert result.ruleset.instance == ruleset.instance
    record = engine.record(result, at=datetime(2025, 8, 1, tzinfo=UTC))
    record.write(here / "record.json")
    data: Any = json.loads(record.data)
    period = {"since": "2025-07-01", "until": "2029-12-31", "variant": "rijswijk"}
    assert data["body"]["ruleset"]["instance"] == period
    assert data["body"]["rules"]["parameters"][0]["value"] == 15
    read = Record.read(here / "record.json")
    assert replay(read).same
    assert find_ruleset(reference(ruleset), ["."], shipped=False) == ruleset
    for rules in ("rules", "."):
        assert main(["replay", "record.json", "--rules", rules]) == 0
    asked = ["--as-of", "2025-08-01", "--variant", "diemen"]
    assert main(["replay", "record.json", "--rules", "rules", *asked]) == 1
    capsys.readouterr()
    assert main(["replay", "record.json", "--variant", "diemen"]) == 2
    assert capsys.readouterr().err.startswith("`--variant` needs `--rules`")


def test_a_record_by_one_file_of_rules(here: Path) -> None:
    """The numbers are those of the day and the variant that the record names."""
    number = (
        "parameters:\n  p: {label: {nl: x, en: x}, basis: source, cites: [first], type: integer,\n"
        "      values: [{is: 18}, {from: 2025-01-01, is: 21}]}\nfacts:\n"
    )
    text = SMALL.replace("facts:\n", number, 1).replace("at_least: 18", "at_least: {parameter: p}")
    (here / "one.yaml").write_text(text, encoding="utf-8")
    for day, answer in (("2024-12-31", "A"), ("2025-01-01", None)):
        engine = Engine(load_ruleset("one.yaml", day))
        result = engine.classify({"age": 20, "willing": True, "debt": "none"})
        assert result.verdicts["card"].outcome == answer
        engine.record(result, at=datetime(2025, 8, 1, tzinfo=UTC)).write(here / f"{day}.json")
        assert main(["replay", f"{day}.json", "--rules", "one.yaml"]) == 0


def test_ages_are_proved_in_each_order_of_their_bounds(here: Path, capsys: Printed) -> None:
    """A gap that opens on one day is told from then on; rules are used for one day."""
    born = (
        "type: date\n    minimum: 1900-01-01\n    maximum: 2070-12-31\n    leap_birthday: mar_1\n"
    )
    text = SMALL.replace("type: integer\n    minimum: 0\n    maximum: 120\n", born)
    for old, new in (
        ("{age: {at_least: 18}}", "{age: {age_at_least: 18}}"),
        ("{age: {between: [0, 17]}}", "{age: {from: 2007-07-02}}"),
        ("{age: {at_most: 10}}", "{age: {after: 2060-12-31}}"),
        ("when: {all: [willing, free]}", "when: adult"),
        ("  languages", "  valid_from: 2025-01-01\n  valid_until: 2026-12-31\n  languages"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (here / "aged").mkdir()
    (here / "aged" / "r.yaml").write_text(text, encoding="utf-8")
    assert main(["check", "aged", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [one["of"] for one in data["instances"]] == [
        ["from 2025-01-01 until 2025-06-30"],
        ["from 2025-07-01 until 2025-07-01"],
        ["from 2025-07-02 until 2026-12-31"],
    ]
    (gap,) = [one for one in data["findings"] if one["kind"] == "gap"]
    assert gap["instances"] == ["from 2025-01-01 until 2025-06-30"]
    engine = Engine(load_ruleset("aged", "2025-08-01"))
    result = engine.classify({"age": "2007-08-01"})
    assert result.verdicts["card"].outcome == "A"
    engine.record(result, at=datetime(2025, 8, 1, tzinfo=UTC)).write(here / "age.json")
    for rules in ("aged", "aged/r.yaml"):
        assert main(["replay", "age.json", "--rules", rules]) == 0
    assert main(["replay", "age.json", "--rules", "aged", "--as-of", "2025-07-31"]) == 1


@pytest.mark.gate
def test_a_parameter_that_no_condition_names_is_a_note(here: Path, capsys: Printed) -> None:
    """Once for all instances, where the parameter stands; the exit status stays what it was."""
    asked = ["check", "rules", "--as-of", "2025-01-01", "--variant", "diemen"]
    assert main(asked) == 0
    assert "unused_parameter" not in capsys.readouterr().out
    path = here / "rules" / "2-facts.yaml"
    entry = PARAMETER.partition("  youth:")[2].replace("criteria:\n", "")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("criteria:\n", f"  elder:{entry}criteria:\n", 1), encoding="utf-8")
    assert main(asked) == 0
    printed = capsys.readouterr().out
    assert "note: parameter `elder` is used by no condition [unused_parameter]" in printed
    assert main(["check", "rules", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    (note,) = [one for one in found if one["kind"] == "unused_parameter"]
    assert (note["severity"], note["about"], len(note["instances"])) == ("note", ["elder"], 4)
    assert note["place"].startswith("rules/2-facts.yaml:")
