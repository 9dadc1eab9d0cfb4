"""`--executor`: another executor gives the same, and it is told who answered."""

from __future__ import annotations

import csv
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from executors.durable_there import absent
from record.recorded import AT, PROFILE, changed
from required import required
from routeengine import Engine, replay
from routeengine.cases import Case, load_cases, run_cases
from routeengine.cli import main
from routeengine.errors import BudgetError
from routeengine.executors.durable import executor

ROOT = Path(__file__).parents[2]
CASES = str(ROOT / "fixtures/cases")

KNOWN = {
    "rung": 2, "receives_benefit": True, "current_service": "wsp",
    "finances": "none", "family": "none", "physical_health": "none", "mental_health": "none",
    "addiction": "none", "housing": "none", "other_domain": "none", "willing": True,
    "at_maximum": False, "volunteering": False, "informal_care": False, "part_time_work": False,
    "day_activities": False, "other_activity": False, "conversation_held": False,
    "physical_health_long_term": False, "mental_health_long_term": False,
    "work_ready_suspected": False,
}  # fmt: skip
"""So much that the reference can list the rest."""

HEADER = ",".join(["client_id", *KNOWN]) + "\n"
WHOLE = ",".join(str(one).lower() for one in KNOWN.values()) + "\n"
LITTLE = "2" + "," * (len(KNOWN) - 1) + "\n"


@pytest.fixture
def clients(tmp_path: Path) -> str:
    """Write a caseload of one client who is served elsewhere, and one of whom little is known."""
    file = tmp_path / "clients.csv"
    file.write_text(f"{HEADER}a,{WHOLE}b,{LITTLE}", encoding="utf-8")
    return str(file)


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a classified caseload."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(params=["reference", "durable"])
def name(request: pytest.FixtureRequest) -> str:
    """Give each executor that refuses what leaves too much open."""
    chosen: str = request.param
    if chosen == "durable":
        required("durable", absent())
    return chosen


def test_a_row_that_is_refused_is_a_fault_of_that_row(
    name: str, clients: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other rows go on, and a column says who answered each."""
    out = tmp_path / "out.csv"
    assert main(["classify", clients, "--executor", name, "-o", str(out)]) == 1
    first, second = rows(out)
    assert (first["scope"], first["executor"], first["error"]) == ("wsp", name, "")
    assert (second["scope"], second["executor"]) == ("", "")
    assert "completions" in second["error"]
    told = capsys.readouterr().err.splitlines()
    assert f"answered by: {name} 1" in told
    assert any(line.startswith(f"{clients}:3: (row): ") for line in told)


def test_the_usual_executor_needs_no_column(clients: str, tmp_path: Path) -> None:
    """The columns of a classified caseload are what they were."""
    out = tmp_path / "out.csv"
    assert main(["classify", clients, "-o", str(out)]) == 0
    assert [one["scope_status"] for one in rows(out)] == ["decided", "insufficient"]
    assert "executor" not in rows(out)[0]


def test_with_a_fallback_every_row_is_answered_and_it_is_told_by_whom(
    clients: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Row for row what the lanes give, but for the column that names who answered."""
    required("durable", absent())
    out, usual = tmp_path / "out.csv", tmp_path / "usual.csv"
    durable = ["--executor", "durable", "--fallback"]
    assert main(["classify", clients, *durable, "-o", str(out)]) == 0
    assert "answered by: durable 1, lanes 1" in capsys.readouterr().err.splitlines()
    assert main(["classify", clients, "-o", str(usual)]) == 0
    found = rows(out)
    assert [one.pop("executor") for one in found] == ["durable", "lanes"]
    assert found == rows(usual)


@pytest.mark.gate
def test_a_large_file_is_answered_by_the_executor_that_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Columns are answered by the lanes: so nothing goes that way where another is asked."""
    file, out = tmp_path / "large.csv", tmp_path / "out.csv"
    lines = "".join(f"client-{number:06},{WHOLE}" for number in range(30))
    # Empty lines make it as large as what goes by columns.
    file.write_text(HEADER + lines + "\n" * (1 << 18), encoding="utf-8")
    assert file.stat().st_size > 1 << 18
    assert main(["classify", str(file), "--executor", "reference", "-o", str(out)]) == 0
    assert {one["executor"] for one in rows(out)} == {"reference"}
    assert "answered by: reference 30" in capsys.readouterr().err


def test_an_explanation_is_the_same_and_who_answered_is_told(
    clients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of one client: who is refused has none, and the message says what to do."""
    required("durable", absent())
    assert main(["explain", clients, "--client", "a"]) == 0
    usual = capsys.readouterr()
    assert usual.err == ""
    assert main(["explain", clients, "--client", "a", "--executor", "durable"]) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == (usual.out, "answered by: durable 1\n")
    assert main(["explain", clients, "--client", "b", "--executor", "durable"]) == 2
    assert "completions" in capsys.readouterr().err


def test_a_page_for_each_leaves_out_who_is_refused(
    clients: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a row that cannot be used, with the reason."""
    required("durable", absent())
    folder = tmp_path / "pages"
    asked = ["explain", clients, "--all", "--executor", "durable", "-o", str(folder)]
    assert main(asked) == 1
    printed = capsys.readouterr()
    assert printed.out == f"{folder}: pages 1, rows that cannot be used 1\n"
    assert f"{clients}:3: (row): " in printed.err
    assert "answered by: durable 1" in printed.err
    assert [page.name for page in folder.iterdir()] == ["0001-a.html"]


@pytest.mark.gate
def test_cases_run_by_another_executor(capsys: pytest.CaptureFixture[str]) -> None:
    """They pass, and each names who answered; one that is refused is named."""
    required("durable", absent())
    asked = ["test", "rijswijk-2023", CASES, "--executor", "durable"]
    assert main([*asked, "--fallback", "--json"]) == 0
    printed = capsys.readouterr()
    by = [one["executor"] for one in json.loads(printed.out)["cases"]]
    assert printed.err == f"answered by: durable {by.count('durable')}, lanes {by.count('lanes')}\n"
    assert by.count("durable") > 100
    assert main(asked) == 2
    assert f"{CASES}/" in capsys.readouterr().err


def test_a_case_that_is_refused_is_named(engine: Engine) -> None:
    """By its place and its id: for an executor of any kind."""
    case = load_cases([CASES], engine.ruleset)[0]
    empty = Case(**{one: getattr(case, one) for one in case.__slots__} | {"profile": {}})
    with pytest.raises(BudgetError) as caught:
        run_cases(Engine(engine.ruleset, "reference"), [empty])
    assert str(caught.value).startswith(f"{case.place}: {case.id}: ")


@pytest.mark.gate
@pytest.mark.parametrize("recorded", ["lanes", "reference"])
def test_a_record_replays_by_another_executor_and_says_so(
    recorded: Any, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same; a note says who answered then and now, where that is another."""
    maker = Engine(engine.ruleset, recorded)
    profile = {**PROFILE, **KNOWN}
    path = tmp_path / "c1.json"
    maker.record(maker.classify(profile), AT, embed=recorded == "lanes").write(path)
    for asked in ("lanes", "reference"):
        assert main(["replay", str(path), "--executor", asked]) == 0
        lines = capsys.readouterr().out.splitlines()
        note = f"  note: executor: `{recorded}` answered then, and `{asked}` now"
        assert lines[1:] == ([] if asked == recorded else [note])


def test_a_name_that_no_executor_has_is_not_repeated(engine: Engine) -> None:
    """A touched record may hold anything there; one that names nobody has no such note."""
    record = engine.record(engine.classify(PROFILE), AT)
    (note,) = replay(changed(record, executor="Jan de Wit")).notes
    assert str(note) == "executor: something else answered then, and `lanes` now"
    again = replay(changed(record, executor=None))
    assert again.same
    assert again.notes == ()


def test_where_the_package_is_absent_it_is_told_what_to_install(
    clients: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one plain line, with status 2; and so for a fallback of what refuses nothing."""

    def refuse(module: str) -> object:
        if module.startswith("durable"):
            raise ModuleNotFoundError(module)
        return import_module(module)

    monkeypatch.setattr(executor, "import_module", refuse)
    monkeypatch.setattr(sys, "version_info", (3, 11))
    assert main(["classify", clients, "--executor", "durable"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install 'routeengine[durable]'" in line
    assert main(["classify", clients, "--fallback"]) == 2
    assert "`fallback`" in capsys.readouterr().err
