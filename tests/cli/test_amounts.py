"""Amounts on the command line: which sign stands before decimals, in every command that reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from routeengine.cli import main
from routeengine.quantities import AMBIGUOUS

RULES = str(Path(__file__).resolve().parents[2] / "rules" / "bijstand-norm")
INSTANCE = ["--as-of", "2025-01-01", "--variant", "limit_110"]
CASELOAD = "client_id;born;income;wealth\nc1;5 mei 1985;€ 1.091,71;1.000\nc2;5-5-1985;0;€ 5,-\n"
FAULT = f"2: wealth: {AMBIGUOUS}"


def commands(path: Path) -> dict[str, list[str]]:
    """Give the commands that read a caseload."""
    caseload = str(path)
    return {
        "classify": ["classify", caseload, "--rules", RULES, *INSTANCE],
        "explain": ["explain", caseload, "--rules", RULES, *INSTANCE, "--client", "c1"],
        "all": ["explain", caseload, "--rules", RULES, *INSTANCE, "--all", "-o",
                str(path.with_name("pages"))],
        "report": ["report", caseload, "--rules", RULES, *INSTANCE, "-o",
                   str(path.with_name("report.html"))],
    }  # fmt: skip


@pytest.mark.gate
@pytest.mark.parametrize("command", ["classify", "explain", "all", "report"])
def test_what_could_be_thousands_is_settled_by_an_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """Without it the row has a fault that says what to do, and with it none."""
    path = tmp_path / "a.csv"
    path.write_text(CASELOAD, encoding="utf-8")
    assert main(commands(path)[command]) == 1
    assert f"{path}:{FAULT}" in capsys.readouterr().err.splitlines()
    for made in ("pages", "report.html"):
        if (tmp_path / made).is_dir():
            for page in (tmp_path / made).iterdir():
                page.unlink()
    assert main([*commands(path)[command], "--decimal", "comma"]) == 0
    assert FAULT not in capsys.readouterr().err


@pytest.mark.gate
def test_a_comparison_of_rules_reads_amounts_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two versions that stand beside each other, with a caseload."""
    path = tmp_path / "a.csv"
    path.write_text(CASELOAD, encoding="utf-8")
    arguments = ["diff", RULES, RULES, *INSTANCE, "--caseload", str(path)]
    main(arguments)
    assert f"{path}:{FAULT}" in capsys.readouterr().err
    main([*arguments, "--decimal", "comma"])
    assert FAULT not in capsys.readouterr().err


def test_no_other_sign_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    """The option takes two words."""
    with pytest.raises(SystemExit):
        main(["classify", "a.csv", "--decimal", ","])
    assert "invalid choice" in capsys.readouterr().err
