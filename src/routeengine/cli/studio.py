"""`routeengine export studio`: a page to change rules on, with the library itself behind it.

It is a folder: the page, Pyodide, and the Python files of this library and of what it needs. Served
from anywhere it asks for nothing outside itself; to check and explain takes no pydantic.
"""

from __future__ import annotations

import argparse
import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib import resources
from importlib.metadata import distribution
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from routeengine.cli.output import STANDARD, show
from routeengine.errors import UsageError, shown
from routeengine.i18n import catalogue, language_for
from routeengine.loading import load_instances
from routeengine.loading.files import find_rules
from routeengine.pages.render import render
from routeengine.ruleset.model import RuleSet

PYODIDE: Final = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
"""What the page needs of the npm package, by name."""

COMPILED: Final = (".so", ".pyd", ".dylib", ".pyc", ".c")

NEEDED: Final = ("jinja2", "markupsafe", "pyyaml", "rfc8785", "tzdata")
"""What the library needs there: to check, explain in words and compare."""

SAID: Final = (
    "starting", "ready", "failed", "opening", "checking", "comparing", "explaining",
    "unknown", "yes", "no",
)  # fmt: skip
"""The words that the script of the page says."""

POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src {style}; "
    "connect-src 'self'; worker-src blob:; img-src data:; base-uri 'none'; form-action 'none'"
)
"""What the page may do: run the scripts beside it and WebAssembly, and fetch what is beside it."""


def write_studio(arguments: argparse.Namespace) -> None:
    """Write the folder; raises UsageError where a part of it is not there, or it would write over.

    Nothing is fetched: `--pyodide` names the npm package as it was installed.
    """
    pyodide, output = Path(arguments.pyodide), arguments.output
    if lacking := [name for name in PYODIDE if not (pyodide / name).is_file()]:
        message = f"{shown(arguments.pyodide)}: has no `{lacking[0]}`"
        raise UsageError(f"{message}; `npm install pyodide@314` makes `node_modules/pyodide`")
    if output in (None, STANDARD):
        raise UsageError("`export studio` needs `-o DIR`: a new folder, or an empty one")
    ruleset = load_instances(arguments.rules, arguments.as_of, arguments.variant)[0]
    folder = Path(output)
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{shown(output)}: must be an empty folder, or one that is not there")
    page = _page(ruleset, language_for(ruleset.languages, arguments.lang))
    given = {"--as-of": arguments.as_of, "--variant": arguments.variant}
    options = [part for name, one in given.items() if one for part in (name, str(one))]
    rules = {"files": dict(_texts(arguments.rules)), "options": options}
    (folder / "pyodide").mkdir(parents=True, exist_ok=True)
    for name in PYODIDE:
        (folder / "pyodide" / name).write_bytes((pyodide / name).read_bytes())
    with ZipFile(folder / "python.zip", "w", ZIP_DEFLATED) as file:
        for path, data in _python():
            file.writestr(path, data)
    templates = resources.files("routeengine.pages") / "templates"
    for name, source in (("studio.mjs", "studio.mjs"), ("worker.mjs", "studio_worker.mjs")):
        (folder / name).write_bytes((templates / source).read_bytes())
    (folder / "rules.json").write_text(json.dumps(rules), encoding="utf-8", newline="\n")
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
    show(f"{shown(output)}: written; to see it:")
    show(f"  python -m http.server --bind 127.0.0.1 --directory {shown(output)}")


def _page(ruleset: RuleSet, language: str) -> str:
    """Return the page, which may use its own style by the digest of that."""
    words, published = catalogue(language).studio, ruleset.publication
    said = {name: getattr(words, name) for name in SAID} | {"language": language}
    model = {
        "title": words.title.format(title=ruleset.title[language]),
        "sender": ((published and published.municipality) or ruleset.owner)[language],
        "team": "",
        "draft": False,
        "made": "",
        "body_class": "studio",
        "running": f"{ruleset.id} {ruleset.version}",
        "words": words,
        "said": json.dumps(said),
        "policy": "POLICY",
    }
    page = render("studio.html", language, model)
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return page.replace("POLICY", POLICY.format(style=f"'sha256-{digest}'"), 1)


def _texts(rules: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each rule file, and of each table as CSV beside them."""
    found = find_rules(rules)
    if found.versions:
        raise UsageError("`export studio` takes one version of the rules: name its folder")
    folder = found.files.beside.folder
    tables = (
        [] if folder is None else [one for one in folder.iterdir() if one.name.endswith(".csv")]
    )
    for one in [*found.files.contents.values(), *sorted(tables, key=str)]:
        if isinstance(one, Traversable):
            yield one.name, one.read_text(encoding="utf-8")


def _python() -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of each file that Python runs there."""
    for name in NEEDED:
        yield from python_files(name)
    yield from _below(resources.files("routeengine"), "routeengine")


def python_files(name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of each file of an installed package that is not compiled.

    PyYAML and MarkupSafe are whole without what is compiled of them: it only makes them faster.
    """
    for file in distribution(name).files or ():
        if ".." not in file.parts and not file.name.endswith(COMPILED):
            yield file.as_posix(), file.read_binary()


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a package, without compiled ones and the rules that it ships."""
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        inside = f"{path}/{one.name}"
        if one.is_dir() and one.name not in ("__pycache__", "_rules", "schemas"):
            yield from _below(one, inside)
        elif one.is_file():
            yield inside, one.read_bytes()
