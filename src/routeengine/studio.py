"""A page to change rules on, with the library itself behind it.

It is a folder: the page, Pyodide, and the Python files of this library and of what it needs. Served
from anywhere it asks for nothing outside itself; to check and explain takes no pydantic.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib import resources
from importlib.metadata import distribution
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from typing import Final, cast
from zipfile import ZIP_DEFLATED, ZipFile

from routeengine.caseload.folders import new_folder, write_folder
from routeengine.errors import UsageError, shown
from routeengine.i18n import catalogue, language_for
from routeengine.loading import load_instances
from routeengine.loading.files import find_rules
from routeengine.pages.render import render
from routeengine.ruleset.model import RuleSet

__all__ = ["write_studio"]

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


def write_studio(
    folder: str,
    rules: str,
    pyodide: str,
    *,
    as_of: str | None = None,
    variant: str | None = None,
    lang: str | None = None,
) -> None:
    """Write a folder with a page to change rules on; nothing is fetched.

    `folder` is a new one, or one that is empty. `rules`, `as_of` and `variant` are as for
    `load_ruleset`. `pyodide` is the folder of the npm package of that name, as it was installed.
    `lang` is the language of the page, the first of the rule set if it is None.

    Raises UsageError if a part of the package is missing or the rules come in versions,
    CaseloadError if the folder cannot be written, and what `load_ruleset` raises.
    """
    if lacking := [name for name in PYODIDE if not Path(pyodide, name).is_file()]:
        message = f"{shown(pyodide)}: has no `{lacking[0]}`"
        raise UsageError(f"{message}; `npm install pyodide@314` makes `node_modules/pyodide`")
    ruleset = load_instances(rules, as_of, variant)[0]
    target = new_folder(folder)
    files: dict[str, str | bytes] = {
        f"pyodide/{name}": Path(pyodide, name).read_bytes() for name in PYODIDE
    }
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        for path, data in _python():
            file.writestr(path, data)
    templates = resources.files("routeengine.pages") / "templates"
    given = {"--as-of": as_of, "--variant": variant}
    options = [part for name, one in given.items() if one for part in (name, one)]
    files |= {
        "python.zip": packed.getvalue(),
        "studio.mjs": (templates / "studio.mjs").read_bytes(),
        "worker.mjs": (templates / "studio_worker.mjs").read_bytes(),
        "rules.json": json.dumps({"files": dict(_texts(rules)), "options": options}),
        "index.html": _page(ruleset, language_for(ruleset.languages, lang)),
    }
    write_folder(target, files)


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
    # The files of a name or a path are read where they stand: only those of a mapping are texts.
    files = cast("list[Traversable]", [*found.files.contents.values(), *sorted(tables, key=str)])
    for one in files:
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
