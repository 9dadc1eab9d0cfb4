"""`explain --audience`: the page for each reader, as a letter, in large letters, and final."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from routeengine import load_ruleset
from routeengine.cli import main
from routeengine.i18n import catalogue
from routeengine.own_words import words_of

ROOT = Path(__file__).parents[2]
EXPLAIN = ["explain", str(ROOT / "fixtures/caseload.csv"), "--client", "R-0002"]
AT = ["--at", "2023-06-05T11:30+02:00"]

FINAL = """publication:
  municipality: {nl: Gemeente Voorbeeld, en: Municipality of Example}
  contact: {phone: 070 000 00 00}
  rights:
    wrong:
      title: {nl: "Klopt iets niet?", en: "Is something wrong?"}
      text: {nl: Bel ons., en: Call us.}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Copy the rules of Rijswijk, with all that a letter needs."""
    folder = tmp_path / "rules"
    shutil.copytree(ROOT / "rules/rijswijk-2023", folder)
    (folder / "publication.yaml").write_text(FINAL, encoding="utf-8")
    return folder


def explained(capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """Explain one client, and give what is printed."""
    assert main([*EXPLAIN, *more]) == 0
    printed, told = capsys.readouterr()
    assert told == ""
    return printed


@pytest.mark.gate
@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_reader_has_a_page(capsys: pytest.CaptureFixture[str], language: str) -> None:
    """It is HTML; without a reader the text is the client's, and HTML the auditor's page."""
    ask = ["--lang", language, *AT]
    pages = {
        audience: explained(capsys, "--audience", audience, *ask)
        for audience in ("client", "consultant", "auditor")
    }
    for page in pages.values():
        assert page.startswith("<!DOCTYPE html>")
        assert f'<html lang="{language}">' in page
        assert "<script" not in page
    said = words_of(load_ruleset("rijswijk-2023").wording, language).staff
    assert [name for name, page in pages.items() if said.heading_otherwise in page] == [
        "consultant",
        "auditor",
    ]
    assert [name for name, page in pages.items() if said.heading_trees in page] == ["auditor"]
    assert explained(capsys, "--format", "html", *ask) == pages["auditor"]
    text = explained(capsys, "--audience", "client", "--format", "text", *ask)
    assert text == explained(capsys, *ask)


def test_a_page_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As everything that is written does."""
    out = tmp_path / "page.html"
    assert explained(capsys, "--audience", "consultant", "-o", str(out)) == ""
    assert out.read_text(encoding="utf-8") == explained(capsys, "--audience", "consultant")


@pytest.mark.gate
def test_all_for_one_reader(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--all` writes the page of the reader that is named, and else the auditor's."""
    few = tmp_path / "few.csv"
    lines = (ROOT / "fixtures/caseload.csv").read_text(encoding="utf-8").splitlines()[:3]
    few.write_text("\n".join(lines), encoding="utf-8")
    for audience in ("client", "consultant", "auditor"):
        out = tmp_path / audience
        assert main(["explain", str(few), "--all", "--audience", audience, "-o", str(out)]) == 0
        capsys.readouterr()
        page = (out / "0002-R-0002.html").read_text(encoding="utf-8")
        assert page == explained(capsys, "--audience", audience)


def test_a_letter_is_the_first_part(capsys: pytest.CaptureFixture[str]) -> None:
    """Without how the answer came about; and `--large` says so to the style."""
    client = ["--audience", "client"]
    heading = catalogue("nl").client.heading_account
    assert heading in explained(capsys, *client)
    assert heading not in explained(capsys, *client, "--letter")
    assert '<body class="client large">' in explained(capsys, *client, "--large")


def test_the_time_that_is_told_stands_on_it(capsys: pytest.CaptureFixture[str]) -> None:
    """No clock is read, so without it the page has no date; it says its distance from UTC."""
    assert "5 juni 2023" in explained(capsys, "--audience", "client", *AT)
    assert "2023" not in explained(capsys, "--audience", "client", "--letter")
    for wrong in ("2023-06-05T11:30", "yesterday"):
        with pytest.raises(SystemExit, match="2"):
            main([*EXPLAIN, "--at", wrong])
        assert "argument --at: must be as 2024-05-06T10:15+02:00" in capsys.readouterr().err


def test_a_draft_is_refused_where_a_final_page_is_asked(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what is lacking by name; where all is laid down the page is no draft."""
    final = ["--audience", "client", "--final", "--lang", "en"]
    draft = catalogue("en").page.draft
    assert main([*EXPLAIN, *final]) == 2
    printed, told = capsys.readouterr()
    assert printed == ""
    lacking = catalogue("en").client.lacking
    assert all(lacking[one] in told for one in ("date", "contact", "rights"))
    page = explained(capsys, *final, *AT, "--rules", str(rules))
    assert f"{draft}." not in page
    out = tmp_path / "pages"
    all_of_them = ["explain", EXPLAIN[1], "--all", *final, "-o", str(out)]
    assert main(all_of_them) == 2
    assert not out.exists()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("--audience consultant --format text", "give HTML"),
        ("--audience auditor --format json", "give HTML"),
        ("--audience client --format json", "is for no one reader"),
        ("--audience client --short", "take `--letter`"),
        ("--letter", "`--letter` is of the client's page"),
        ("--audience auditor --final", "`--final` is of the client's page"),
        ("--audience client --format markdown --letter", "`--letter` is of the client's page"),
        ("--large", "`--large` is of a page"),
        ("--format html --short --large", "`--large` is of a page"),
    ],
)
def test_what_goes_with_no_such_form_is_bad_usage(
    more: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, with what to take."""
    assert main([*EXPLAIN, *more.split()]) == 2
    printed, told = capsys.readouterr()
    assert printed == ""
    assert why in told
    assert len(told.splitlines()) == 1
