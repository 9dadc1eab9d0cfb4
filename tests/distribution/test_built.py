"""What is built: the same bytes each time, whole, and typed for whoever installs it.

The night installs it in empty homes, and runs tests and examples there (`.ci/nightly`).
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from required import required
from routeengine._version import __version__

ROOT = Path(__file__).parents[2]
TOOLS = ("build", "hatchling", "mypy", "pyright")
ABSENT = [name for name in TOOLS if importlib.util.find_spec(name) is None]
required("build", f"{', '.join(ABSENT)} not installed" if ABSENT else None)
required("source", None if (ROOT / "src").is_dir() else "the code is not beside its tests")
pytestmark = pytest.mark.gate

LEFT = {"__pycache__", "dist", "build", ".git", ".venv"}
"""What tools leave in a copy, and is no part of it."""


def build(tree: Path, to: Path, *what: str, **environment: str) -> dict[str, bytes]:
    """Build of a tree what is asked, and return the files by name."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(to), *what]
    env = {**os.environ, **environment}
    run = subprocess.run(
        [*command, str(tree)], capture_output=True, text=True, check=False, env=env
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return {path.name: path.read_bytes() for path in to.iterdir()}


def ignored(folder: str, names: list[str]) -> list[str]:
    """Return what is no part of a copy of the tree."""
    return [one for one in names if one in LEFT or one.startswith((".mypy", ".ruff", ".hypo"))]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source archive, and the wheel of the archive as it is unpacked."""
    folder = tmp_path_factory.mktemp("built")
    build(ROOT, folder / "dist", "--sdist", SOURCE_DATE_EPOCH="1700000000")
    with tarfile.open(next((folder / "dist").glob("*.tar.gz"))) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    tree = next((folder / "unpacked").iterdir())
    build(tree, folder / "dist", "--wheel", SOURCE_DATE_EPOCH="1700000000")
    return folder


def names_in(built: Path) -> set[str]:
    """Return the names of the files in the wheel."""
    with zipfile.ZipFile(next((built / "dist").glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def test_another_build_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """Elsewhere, later, in another time zone and by somebody else: a copy of the tree.

    The wheel is the same of the tree and of the archive.
    """
    copy = tmp_path / "elsewhere"
    shutil.copytree(ROOT, copy, ignore=ignored)
    for number, path in enumerate(sorted(copy.rglob("*.py"))):
        os.utime(path, (number, number))
        path.chmod(0o640)
    again = build(
        copy,
        tmp_path / "dist",
        "--sdist",
        "--wheel",
        SOURCE_DATE_EPOCH="1700000000",
        TZ="Pacific/Auckland",
        PYTHONHASHSEED="7",
    )
    first = {path.name: path.read_bytes() for path in (built / "dist").iterdir()}
    assert again.keys() == first.keys()
    assert [name for name in first if first[name] != again[name]] == []


def test_the_wheel_has_all_that_is_used(built: Path) -> None:
    """Rules, schemas, the evaluator in JavaScript, types, texts, and what shells complete."""
    names = names_in(built)
    for source, target in (
        ("rules", "routeengine/_rules"),
        ("schemas", "routeengine/schemas"),
        ("portable/js", "routeengine/portable/js"),
        ("src/routeengine", "routeengine"),
        ("share", f"routeengine-{__version__}.data/data/share"),
    ):
        wanted = {
            f"{target}/{path.relative_to(ROOT / source).as_posix()}"
            for path in (ROOT / source).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert wanted
        assert wanted <= names
    assert "routeengine/py.typed" in names
    assert f"routeengine-{__version__}.dist-info/licenses/LICENSE" in names
    assert not {one for one in names if one.startswith(("tests", "examples", "fixtures"))}


def test_what_is_published_names_nothing_for_developers(built: Path) -> None:
    """Extras are for users, and what is long to say is the README."""
    with zipfile.ZipFile(next((built / "dist").glob("*.whl"))) as wheel:
        text = wheel.read(f"routeengine-{__version__}.dist-info/METADATA").decode()
    said = message_from_string(text)
    assert "dev" not in (said.get_all("Provides-Extra") or [])
    assert "Operating System :: OS Independent" in (said.get_all("Classifier") or [])
    assert said["License-Expression"] == "MIT"


def test_the_archive_has_all_that_git_keeps(built: Path) -> None:
    """Whoever has the archive can build, test and change what is in it."""
    required("source", None if (ROOT / ".git").exists() else "no part of a repository")
    listed = subprocess.run(
        [shutil.which("git") or "git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    kept = {one for one in listed.stdout.split("\0") if one and (ROOT / one).exists()}
    tree = next((built / "unpacked").iterdir())
    there = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}
    assert there - kept == {"PKG-INFO"}
    assert kept - there <= {".gitattributes"}


@pytest.fixture(scope="module")
def installed(built: Path) -> Path:
    """Make an environment in which the wheel is, and return its Python.

    What the wheel needs is taken from the environment of the tests.
    """
    home = built / "installed"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = next(home.glob("*/python"))
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.check_output([str(python), "-c", where], text=True).strip())
    shutil.unpack_archive(next((built / "dist").glob("*.whl")), packages, "zip")
    (packages / "needed.pth").write_text(
        "\n".join(one for one in sys.path if one.endswith("site-packages")), encoding="utf-8"
    )
    return python


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_program_that_uses_it_is_checked(installed: Path, tmp_path: Path, checker: str) -> None:
    """Each mistake in `user.py` is found, and nothing else: against the wheel, not the tree."""
    shutil.copy(Path(__file__).with_name("user.py"), tmp_path)
    settings = {
        "typeCheckingMode": "strict",
        "reportUnnecessaryTypeIgnoreComment": "error",
        "enableTypeIgnoreComments": False,
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = {
        "mypy": ["mypy", "--strict", "--python-executable", str(installed), "user.py"],
        "pyright": ["pyright", "--pythonpath", str(installed)],
    }[checker]
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "MYPYPATH")}
    run = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )
    assert run.returncode == 0, run.stdout + run.stderr
