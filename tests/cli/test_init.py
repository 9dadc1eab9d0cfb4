"""`routeengine init` writes rules that are right from the first day, and nothing over anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loading.small import LIBRARY, REPOSITORY
from routeengine.cli import main
from routeengine.loading import load_ruleset

Printed = pytest.CaptureFixture[str]

LANGUAGES = [["nl", "en"], ["en", "nl"], ["nl"], ["en"]]


def files(folder: Path) -> dict[str, str]:
    """Give the text of all files in a folder."""
    every = sorted(one for one in folder.rglob("*") if one.is_file())
    return {str(one.relative_to(folder)): one.read_text(encoding="utf-8") for one in every}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("languages", LANGUAGES, ids=",".join)
def test_what_is_written_passes(languages: list[str], capsys: Printed) -> None:
    """`check` finds nothing, each citation holds, and the cases notice every fault in the rules."""
    assert main(["init", "new", "--lang", ",".join(languages)]) == 0
    capsys.readouterr()
    text = "house_rules=new/sources/house-rules.txt"
    assert main(["check", "new/rules", "--source", text]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.endswith("every rule has its use")
    assert second == "every citation has the sentence it names"
    assert main(["test", "new/rules", "new/cases", "--mutate"]) == 0


@pytest.mark.parametrize("languages", LANGUAGES, ids=",".join)
def test_it_speaks_the_languages_that_are_asked(languages: list[str], here: Path) -> None:
    """In their order, and no word of another; comments are in the first of them."""
    assert main(["init", "new", "--lang", ", ".join(languages)]) == 0
    ruleset = load_ruleset("new/rules")
    assert list(ruleset.languages) == languages
    assert list(ruleset.title) == languages
    written = "\n".join(text for name, text in files(here / "new").items() if ".yaml" in name)
    assert set(re.findall(r"\b(nl|en): ", written)) == set(languages)
    assert ("Raise the version" in written) is (languages[0] == "en")
    assert ("Verhoog de versie" in written) is (languages[0] == "nl")
    assert not re.search("# (nl|en): ", written)


def test_it_is_the_library_cut_to_one_decision(here: Path) -> None:
    """The source is that of the library, and so is each citation; the languages are both."""
    assert main(["init", "new"]) == 0
    made, library = load_ruleset("new/rules"), load_ruleset(LIBRARY)
    assert made.languages == library.languages
    assert [one.id for one in made.decisions] == ["card"]
    assert {one.sha256 for one in made.citations} <= {one.sha256 for one in library.citations}
    text = (LIBRARY / "house-rules.txt").read_text(encoding="utf-8")
    assert files(here / "new")["sources/house-rules.txt"] == text


def test_each_rule_file_names_the_schema_beside_it(here: Path, capsys: Printed) -> None:
    """In its first line, by a path from the file; it is the schema of the library."""
    assert main(["init", "new"]) == 0
    for path in (here / "new" / "rules").iterdir():
        line = path.read_text(encoding="utf-8").splitlines()[0]
        found = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", line)
        assert found
        schema = (path.parent / found[1]).read_text(encoding="utf-8")
        assert schema == (REPOSITORY / "schemas/ruleset.schema.json").read_text(encoding="utf-8")


def test_what_is_told_can_be_done(here: Path, capsys: Printed) -> None:
    """All files are named, and the commands that are shown run."""
    assert main(["init", "new"]) == 0
    printed = capsys.readouterr().out
    assert re.findall("^  (.+)$", printed, re.MULTILINE) == sorted(
        files(here / "new"), key=lambda name: (name.startswith("schemas"), name)
    )
    commands = re.findall("routeengine (.+)", printed)
    assert [main(command.split()) for command in commands] == [0, 0]


@pytest.mark.parametrize("there", ["rules", "cases/", "sources/a.txt", "schemas"])
def test_nothing_is_written_over(there: str, here: Path, capsys: Printed) -> None:
    """Where one of its folders is already, or a file of that name, nothing at all is written."""
    path = here / "new" / there
    path.parent.mkdir(parents=True)
    if there.endswith("/"):
        path.mkdir()
    else:
        path.write_text("mine", encoding="utf-8")
    before = sorted(here.rglob("*"))
    assert main(["init", "new"]) == 2
    name = there.split("/", maxsplit=1)[0]
    told = capsys.readouterr().err
    assert told == f"new: has `{name}` already, and nothing is written\n"
    assert sorted(here.rglob("*")) == before
    if path.is_file():
        assert path.read_text(encoding="utf-8") == "mine"


def test_a_link_that_leads_nowhere_is_there_too(here: Path) -> None:
    """What it stands for is not made."""
    (here / "rules").symlink_to(here / "elsewhere")
    assert main(["init", "."]) == 2
    assert [one.name for one in here.iterdir()] == ["rules"]


def test_other_files_stay_as_they_are(here: Path) -> None:
    """A folder may hold other things, as a repository does; a second time it is refused."""
    (here / "README.md").write_text("mine", encoding="utf-8")
    assert main(["init", "."]) == 0
    before = files(here)
    assert before["README.md"] == "mine"
    assert main(["init", ".", "--lang", "en"]) == 2
    assert files(here) == before


def test_where_it_fails_nothing_half_written_stays(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    """Each of its folders is whole or not there, and what was on its way is gone."""
    moved: list[str] = []
    rename = Path.rename

    def failing(path: Path, to: Path) -> Path:
        if moved:
            raise OSError(28, "No space left on device", str(to))
        moved.append(to.name)
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", failing)
    assert main(["init", "new"]) == 2
    assert capsys.readouterr().err.endswith("no space left on device\n")
    assert [one.name for one in (here / "new").iterdir()] == moved


def test_a_folder_that_cannot_be_made_is_told(here: Path, capsys: Printed) -> None:
    """In a folder that is not there, or where a file is."""
    (here / "file").write_text("mine", encoding="utf-8")
    for folder, told in (("no/new", "no such file or directory"), ("file", "file exists")):
        assert main(["init", folder]) == 2
        assert capsys.readouterr().err == f"{folder}: {told}\n"


@pytest.mark.parametrize("languages", ["de", "nl,nl", ",", "nl,", "nl en"])
def test_other_languages_are_refused(languages: str, here: Path, capsys: Printed) -> None:
    """The texts are in two, and each is named once."""
    assert main(["init", "new", "--lang", languages]) == 2
    assert "each once at most: as nl,en" in capsys.readouterr().err
    assert not list(here.iterdir())
