"""`routeengine import` writes a folder of rule files that load, and never over another."""

from __future__ import annotations

from pathlib import Path

import pytest

from dmn.models import Column, Table, inputs, item, line_of, model
from routeengine.cli import main
from routeengine.loading import load_ruleset

Printed = pytest.CaptureFixture[str]

PLANS = Table(
    "Plan",
    [Column("Age", "tAge"), Column("Member", "boolean")],
    [Column("", "string", default='"none"')],
    [["< 18", "-", '"junior"'], [">= 18", "true", '"full"']],
    notes=["Children", ""],
)
MODEL = model(item("tAge", "number", "[0..120]"), inputs(Age="tAge"), PLANS, name="Library plans")


def written(folder: Path, data: bytes = MODEL, *more: str) -> int:
    """Run the command on a model, into the folder `rules`."""
    (folder / "m.dmn").write_bytes(data)
    return main(["import", str(folder / "m.dmn"), "-o", str(folder / "rules"), *more])


def test_a_folder_that_loads(tmp_path: Path, capsys: Printed) -> None:
    """The files load, and what is to be confirmed is told."""
    assert written(tmp_path, MODEL, "--places", "0") == 0
    ruleset = load_ruleset(tmp_path / "rules")
    assert (ruleset.id, [fact.id for fact in ruleset.facts]) == ("library-plans", ["age", "member"])
    assert [rule.id for rule in ruleset.decisions[0].rules] == ["plan_r1", "plan_r2", "plan_else"]
    assert ruleset.rule["plan_r1"].label == {"en": "Children"}
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out == (
        f"{tmp_path}/rules: decisions 1, facts 2, tables refused 0\nconfirm: `Age` has 0 decimals\n"
    )
    assert sorted(one.name for one in tmp_path.iterdir()) == ["m.dmn", "rules"]


def test_what_the_files_say(tmp_path: Path) -> None:
    """The files hold what the table says, each row with its line, and where they come from."""
    assert written(tmp_path, MODEL, "--places", "0", "--lang", "nl") == 0
    files = {one.name: one.read_text(encoding="utf-8") for one in (tmp_path / "rules").iterdir()}
    assert sorted(files) == ["1-ruleset.yaml", "2-facts.yaml", "3-decision-1-plan.yaml"]
    assert "# Imported from m.dmn\n# (SHA-256 " in files["1-ruleset.yaml"]
    assert "kind: {nl: beslismodel}" in files["1-ruleset.yaml"]
    row = line_of(MODEL, "<rule>")
    assert files["3-decision-1-plan.yaml"].startswith(f"""decisions:
  # Line {line_of(MODEL, "<decisionTable")}: hit policy UNIQUE. The rows ask: Age | Member
  plan:
    label: {{nl: Plan}}
    outcomes:
      junior: {{label: {{nl: junior}}, description: {{nl: junior}}}}
      full: {{label: {{nl: full}}, description: {{nl: full}}}}
      none: {{label: {{nl: none}}, description: {{nl: none}}}}
    rules:
      # line {row}: < 18 | - -> "junior"
      plan_r1:
        label: {{nl: Children}}
        when: {{age: {{at_most: 17}}}}
        then: junior
        reason: {{nl: "Rij 1 van de tabel “Plan” is van toepassing."}}
        basis: interpretation
        interpretation:
          choice: {{nl: "Zoals de tabel zegt: “Plan”, rij 1."}}
""")


def test_nothing_is_overwritten(tmp_path: Path, capsys: Printed) -> None:
    """A folder that holds something, or a file, stays as it is; an empty folder is taken."""
    (tmp_path / "rules").mkdir()
    assert written(tmp_path, MODEL, "--places", "0") == 0
    before = (tmp_path / "rules" / "2-facts.yaml").read_bytes()
    capsys.readouterr()
    assert written(tmp_path, model(PLANS)) == 2
    told = f"{tmp_path}/rules: must be an empty folder, or one that is not there\n"
    assert capsys.readouterr().err == told
    assert (tmp_path / "rules" / "2-facts.yaml").read_bytes() == before
    assert main(["import", str(tmp_path / "m.dmn"), "-o", str(tmp_path / "m.dmn")]) == 2


def test_refusals(tmp_path: Path, capsys: Printed) -> None:
    """What is refused is told by line, the rest is written, and the files say what is not there."""
    other = Table("Sum", [Column("Member", "boolean")], [Column("n")], [["-", "1"]], "COLLECT")
    data = model(item("tAge", "number", "[0..120]"), PLANS, other)
    assert written(tmp_path, data, "--places=0") == 1
    printed = capsys.readouterr()
    line = line_of(data, "COLLECT")
    hint = "a decision has one answer: let the list or the sum be an input"
    told = f"{tmp_path}/m.dmn:{line}: decision `Sum`: has hit policy COLLECT ({hint})\n"
    assert printed.err == told
    assert "decisions 1, facts 2, tables refused 1\n" in printed.out
    header = (tmp_path / "rules" / "1-ruleset.yaml").read_text(encoding="utf-8")
    assert f"# Not imported: line {line}, decision `Sum`: has hit policy COLLECT\n" in header


def test_nothing_to_write(tmp_path: Path, capsys: Printed) -> None:
    """Where no decision can be read nothing is written."""
    refused = Table("Sum", [Column("A", "boolean")], [Column("n")], [["-", "1"]], "COLLECT")
    for data in (model(refused), model()):
        assert written(tmp_path, data) == 2
        told = f"{tmp_path}/m.dmn: no decision can be read, so that nothing is written\n"
        assert capsys.readouterr().err.endswith(told)
        assert not (tmp_path / "rules").exists()


def test_what_cannot_be_read(tmp_path: Path, capsys: Printed) -> None:
    """A file that is not there, or is no XML, is told in a line."""
    assert main(["import", str(tmp_path / "none.dmn"), "-o", str(tmp_path / "rules")]) == 2
    assert capsys.readouterr().err == f"{tmp_path}/none.dmn: no such file or directory\n"
    assert written(tmp_path, b"facts: {}") == 2
    told = f"{tmp_path}/m.dmn:1:1: is no well-formed XML: syntax error\n"
    assert capsys.readouterr().err == told


def test_places(tmp_path: Path, capsys: Printed) -> None:
    """Decimals are named for all numbers or for one input, which has to be there."""
    assert written(tmp_path, MODEL, "--places", "3", "--places", "Age=0") == 0
    assert "type: integer\n" in (tmp_path / "rules" / "2-facts.yaml").read_text(encoding="utf-8")
    capsys.readouterr()
    assert (
        main(["import", str(tmp_path / "m.dmn"), "-o", str(tmp_path / "x"), "--places=Ag=1"]) == 2
    )
    assert capsys.readouterr().err == "`--places` names what is no input that was read: `Ag`\n"
    for wrong in ("7", "Age=", "x"):
        with pytest.raises(SystemExit):
            written(tmp_path, MODEL, "--places", wrong)
        assert "must be a number from 0 to 6, or INPUT=N" in capsys.readouterr().err


def test_an_open_list_of_texts(tmp_path: Path, capsys: Printed) -> None:
    """A text without allowed values can be any other, and that is told."""
    table = Table("Plan", [Column("Town", "string")], [Column("")], [['"Rijswijk"', '"a"']])
    assert written(tmp_path, model(table)) == 0
    told = "confirm: the values of `Town`; `other` is added, as the model lists none\n"
    assert capsys.readouterr().out.endswith(told)
    (town,) = load_ruleset(tmp_path / "rules").facts
    assert town.domain.values == ("Rijswijk", "other")


@pytest.mark.gate
def test_beyond_the_limits_of_rules(tmp_path: Path, capsys: Printed) -> None:
    """What would not load is not written."""
    values = ", ".join(f'"{number}"' for number in range(20_000))
    table = Table("D", [Column("X", "string", values)], [Column("")], [['"1"', '"a"']])
    assert written(tmp_path, model(table)) == 2
    assert "the rule set holds more than 50000 words and lists" in capsys.readouterr().err
    assert not (tmp_path / "rules").exists()
