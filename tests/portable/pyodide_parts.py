"""What Pyodide runs, by name from npm and PyPI: itself, the library's wheel, and its dependencies.

PYTHONPATH=tests python -m portable.pyodide_parts DIR

ROUTEENGINE_PYODIDE names a folder that was filled so, ROUTEENGINE_WHEEL a wheel of the library.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path
from zipfile import ZipFile

from routeengine.studio import python_files

__all__ = ["absent", "fetch", "fill", "interpreter", "parts", "wheels"]

ROOT = Path(__file__).parents[2]

PACKAGE = "pyodide@314"
"""The first for which PyPI takes wheels, and so has that of pydantic-core."""

WITHOUT_WHEEL = {"pyyaml", "markupsafe"}
"""What has no wheel for it on PyPI, and works without the part of it that is compiled."""


def absent() -> str | None:
    """Return what is not there of what it takes, or None."""
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    return f"there is no {' and no '.join(missing)}" if missing else None


def parts(folder: Path) -> Path:
    """Return where the parts are: those that ROUTEENGINE_PYODIDE names, else newly fetched."""
    named = os.environ.get("ROUTEENGINE_PYODIDE")
    return Path(named) if named else fill(folder)


def interpreter(folder: Path) -> Path:
    """Return the npm package of a folder with parts."""
    return folder / "node_modules" / "pyodide"


def wheels(folder: Path, name: str = "wheels") -> list[str]:
    """Return all wheels that were fetched into a folder, by default those of the library."""
    return sorted(map(str, (folder / name).glob("*.whl")))


def fill(folder: Path) -> Path:
    """Fetch the parts into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix=.", PACKAGE]
    subprocess.run(install, cwd=folder, check=True, timeout=300)
    needed = [one for one in requires("routeengine") or () if "extra ==" not in one]
    names = {re.split(r"[^\w-]", one)[0].lower(): one for one in needed}
    fetch(folder, [one for name, one in names.items() if name not in {*WITHOUT_WHEEL, "jinja2"}])
    # Jinja2 needs MarkupSafe, which is put beside it.
    fetch(folder, ["--no-deps", names["jinja2"]])
    for name in WITHOUT_WHEEL:
        with ZipFile(folder / "wheels" / f"{name}-0-py3-none-any.whl", "w") as file:
            for path, data in python_files(name):
                file.writestr(path, data)
    wheel = os.environ.get("ROUTEENGINE_WHEEL")
    if wheel:
        shutil.copy(wheel, folder / "wheels")
    else:
        pip("wheel", "--quiet", "--no-deps", f"--wheel-dir={folder / 'wheels'}", str(ROOT))
    return folder


def fetch(folder: Path, names: list[str], into: str = "wheels") -> None:
    """Fetch wheels by name, as they are for the interpreter of a folder with parts."""
    told = json.loads((interpreter(folder) / "pyodide-lock.json").read_text(encoding="utf-8"))
    abi, python = (told["info"][key] for key in ("abi_version", "python"))
    target = [
        "--only-binary=:all:", f"--platform=pyemscripten_{abi}_wasm32", "--implementation=cp",
        f"--python-version={python.rpartition('.')[0]}", f"--dest={folder / into}",
    ]  # fmt: skip
    pip("download", "--quiet", *target, *names)


def pip(*arguments: str) -> None:
    """Run pip, quietly."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, timeout=300, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    fill(Path(sys.argv[1]).resolve())
