"""`routeengine export studio`: the folder of a page to change rules on; a browser looks at it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from loading.small import SMALL, changed
from routeengine.cli import main
from routeengine.i18n import LANGUAGES, catalogue
from routeengine.studio import PYODIDE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def pyodide(tmp_path: Path) -> str:
    """Make the files of the npm package, with their names in them."""
    folder = tmp_path / "pyodide"
    folder.mkdir()
    for name in PYODIDE:
        (folder / name).write_text(name, encoding="utf-8")
    return str(folder)


@pytest.mark.gate
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_folder_is_whole(
    language: str, pyodide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page, Pyodide, the rules as they stand, and Python files of which none is compiled."""
    folder = tmp_path / "studio"
    command = ["export", "studio", "--pyodide", pyodide, "--lang", language, "-o", str(folder)]
    assert main(command) == 0
    printed = capsys.readouterr()
    assert f"python -m http.server --bind 127.0.0.1 --directory {folder}" in printed.out
    assert printed.err == ""
    assert {one.name for one in (folder / "pyodide").iterdir()} == {*PYODIDE}
    rules = json.loads((folder / "rules.json").read_text(encoding="utf-8"))
    source = ROOT / "rules" / "rijswijk-2023"
    assert rules["options"] == []
    assert {*rules["files"]} == {one.name for one in source.iterdir()}
    for name, text in rules["files"].items():
        assert text == (source / name).read_text(encoding="utf-8")
    with ZipFile(folder / "python.zip") as file:
        names = file.namelist()
    for needed in ("yaml/__init__.py", "markupsafe/_native.py", "tzdata/zones", "rfc8785/_impl.py"):
        assert needed in names
    for own in ("studio.py", "i18n/nl.toml", "pages/templates/base.html"):
        assert f"routeengine/{own}" in names
    assert not [one for one in names if one.endswith((".so", ".pyc"))]
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert catalogue(language).studio.private in page
    style = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    assert len(style) == 1
    digest = b64encode(sha256(style[0].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page
    assert "unsafe-inline" not in page


@pytest.mark.gate
def test_the_day_and_the_variant_go_with_the_rules(pyodide: str, tmp_path: Path) -> None:
    """Each command of the page is of the numbers that were asked for."""
    folder = tmp_path / "studio"
    asked = ["--as-of", "2025-07-01", "--variant", "limit_110"]
    command = ["export", "studio", "--rules", "bijstand-norm", *asked]
    assert main([*command, "--pyodide", pyodide, "-o", str(folder)]) == 0
    rules = json.loads((folder / "rules.json").read_text(encoding="utf-8"))
    assert rules["options"] == asked


def test_one_file_and_its_tables_are_enough(pyodide: str, tmp_path: Path) -> None:
    """Of a file its neighbours stay where they are, and tables as CSV come along."""
    (tmp_path / "rules").mkdir()
    for name, text in (("one.yaml", SMALL), ("other.yaml", "?"), ("table.csv", "a,b\n")):
        (tmp_path / "rules" / name).write_text(text, encoding="utf-8")
    rules, folder = str(tmp_path / "rules" / "one.yaml"), tmp_path / "studio"
    command = ["export", "studio", "--rules", rules, "--pyodide", pyodide, "-o", str(folder)]
    assert main(command) == 0
    written = json.loads((folder / "rules.json").read_text(encoding="utf-8"))
    assert written["files"] == {"one.yaml": SMALL, "table.csv": "a,b\n"}
    # A folder that holds something is left alone.
    before = (folder / "index.html").read_bytes()
    assert main(command) == 2
    assert (folder / "index.html").read_bytes() == before


def test_what_cannot_be_written_is_told(
    pyodide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A package that is not there, no folder, several versions; and nothing is written."""
    for version, valid in (
        ("1.0.0", "valid_until: 2022-01-01"),
        ("2.0.0", "valid_from: 2022-01-02"),
    ):
        (tmp_path / "versions" / version).mkdir(parents=True)
        text = changed(("1.0.0", f"{version}\n  {valid}"))
        (tmp_path / "versions" / version / "all.yaml").write_text(text, encoding="utf-8")
    folder, versions = str(tmp_path / "studio"), str(tmp_path / "versions")
    for given, told in (
        (["--pyodide", str(tmp_path), "-o", folder], "has no `pyodide.mjs`; `npm install pyodide@"),
        (["--pyodide", pyodide, "-o", "-"], "needs `-o DIR`"),
        (
            ["--pyodide", pyodide, "-o", folder, "--rules", versions, "--as-of", "2023-05-06"],
            "takes one version of the rules",
        ),
    ):
        assert main(["export", "studio", *given]) == 2
        assert told in capsys.readouterr().err
    assert not Path(folder).exists()
