"""`routeengine report`, and the file beside a caseload that says what it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from events.happened import as_csv, event
from routeengine.cli import main
from routeengine.errors import RuleSetError
from routeengine.sidecar import Sidecar, read_sidecar, sidecar_path

Printed = pytest.CaptureFixture[str]

CASELOAD = Path(__file__).parents[2] / "fixtures/caseload.csv"
FEW = "client_id,rung,receives_benefit,current_service\n" + "".join(
    f"c{n},1,ja,wsp\n" for n in range(7)
)


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Give a small caseload."""
    path = tmp_path / "few.csv"
    path.write_text(FEW)
    return path


@pytest.mark.gate
def test_a_report_is_written_and_faults_are_told(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows and events that cannot be used are told, without a value, and the status is 1."""
    out = tmp_path / "report.html"
    assert main(["report", str(few), "--lang", "en", "-o", str(out)]) == 0
    assert "its day is not recorded" in capsys.readouterr().err
    assert "7 people were screened" in out.read_text(encoding="utf-8")
    few.write_text(FEW + "c1,1,ja,wsp\nc9,hidden9,ja,wsp\nTotal\n")
    events = as_csv(tmp_path / "e.csv", [event("conversation", "c77"), event("conversation", "c2")])
    arguments = ["report", str(few), "--events", str(events), "--lang", "en"]
    assert main([*arguments, "--then", str(few), "-o", str(out)]) == 1
    told = capsys.readouterr().err
    assert f"{events}:2: client_id: is no client of the caseload" in told
    assert "rung: must be" in told
    assert "c77" not in told
    # A row with nothing but an id counts, and is told.
    assert f"{few}: note: rows with nothing but a client id" in told
    assert "hidden9" not in told
    assert "8 people" in out.read_text(encoding="utf-8")


@pytest.mark.gate
def test_an_earlier_caseload_has_an_earlier_day(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The day of the earlier caseload stands in its sidecar; without it that is told."""
    earlier, out = tmp_path / "earlier.csv", tmp_path / "report.html"
    earlier.write_text(FEW.replace(",1,ja,wsp", ",2,ja,participation"))
    asked = ["report", str(few), "--then", str(earlier), "-o", str(out), "--lang", "en"]
    sidecar_path(few).write_text("date: 2024-05-06")
    assert main(asked) == 0
    assert "only clients with an event `classification` are followed" in capsys.readouterr().err
    assert "we know how things were then" not in out.read_text(encoding="utf-8")
    sidecar_path(earlier).write_text("date: 2023-05-06")
    assert main(asked) == 0
    assert capsys.readouterr().err == ""
    assert "For 7 people we know how things were then" in out.read_text(encoding="utf-8")
    sidecar_path(earlier).write_text("date: 2024-05-06")
    assert main(asked) == 2
    assert "is not earlier than the caseload" in capsys.readouterr().err


def test_a_report_never_takes_the_place_of_what_is_read(few: Path, tmp_path: Path) -> None:
    """Nothing that is read is written over."""
    events = as_csv(tmp_path / "e.csv", [event("conversation")])
    for target in (few, events):
        before = target.read_bytes()
        status = main(["report", str(few), "--events", str(events), "-o", str(target)])
        assert status == 2
        assert target.read_bytes() == before


@pytest.mark.gate
def test_a_made_caseload_is_marked_and_its_rows_are_as_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the console and beside the output it says made; without the sidecar nothing changes."""
    shutil.copy(CASELOAD, tmp_path / "a.csv")
    shutil.copy(CASELOAD, tmp_path / "b.csv")
    shutil.copy(sidecar_path(CASELOAD), tmp_path / "a.meta.yaml")
    said = {}
    for name in ("a", "b"):
        out = tmp_path / f"{name}-out.csv"
        assert main(["classify", str(tmp_path / f"{name}.csv"), "-o", str(out)]) == 0
        said[name] = capsys.readouterr().out
    assert said["a"] == said["b"] + "Verzonnen cijfers.\n"
    assert (tmp_path / "a-out.csv").read_bytes() == (tmp_path / "b-out.csv").read_bytes()
    assert read_sidecar(tmp_path / "a-out.csv") == Sidecar(made=True)
    assert not sidecar_path(tmp_path / "b-out.csv").exists()
    before = sidecar_path(tmp_path / "a.csv").read_bytes()
    assert main(["classify", str(tmp_path / "a.csv"), "-o", str(tmp_path / "a.jsonl")]) == 0
    assert sidecar_path(tmp_path / "a.csv").read_bytes() == before
    assert main(["classify", str(tmp_path / "a.csv"), "-o", "-", "--to", "csv"]) == 0
    assert "Verzonnen cijfers." in capsys.readouterr().err


def test_a_report_on_made_clients_says_so(few: Path, capsys: Printed) -> None:
    """Also to whoever has it printed, and there beside it: nothing stands behind the page."""
    sidecar_path(few).write_text("made: true\ndate: 2024-05-06")
    assert main(["report", str(few)]) == 0
    page, said = capsys.readouterr()
    assert said == "Verzonnen cijfers.\n"
    assert page.endswith("</html>\n")
    assert "Verzonnen cijfers." in page


@pytest.mark.gate
def test_the_report_on_a_made_caseload_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The mark is in the report and on the console."""
    out = tmp_path / "report.html"
    events = str(CASELOAD.with_suffix(".events.csv"))
    assert main(["report", str(CASELOAD), "--events", events, "-o", str(out)]) == 0
    assert capsys.readouterr().out == "Verzonnen cijfers.\n"
    assert "Verzonnen cijfers." in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("mad: true", "`mad` is no key of the file beside a caseload (did you mean `made`?)"),
        ("made: ja", "`made` must be `true` or `false`"),
        ("date: 12-06-2023", "`date` must be a date as YYYY-MM-DD"),
        ("title: x", "`title` must hold its words per language"),
        ("published: {figures: {spoken: 1}}", "`published` needs `source`"),
        (
            "published: {source: {nl: x}, figures: {spoken: veel}}",
            "`spoken` must be a whole number",
        ),
        ("made: [", "1:"),
    ],
)
def test_a_sidecar_is_strict(few: Path, text: str, fault: str) -> None:
    """What is no key, or not what it should be, is a fault with its line."""
    sidecar_path(few).write_text(text)
    with pytest.raises(RuleSetError) as refused:
        read_sidecar(few)
    assert fault in str(refused.value)
    assert main(["classify", str(few)]) == 2


def test_where_a_sidecar_stands() -> None:
    """It has the name of the caseload, whatever its format, packed or not."""
    for name in ("a.csv", "a.csv.gz", "a.parquet", "a.zip"):
        assert sidecar_path(name) == Path("a.meta.yaml")
