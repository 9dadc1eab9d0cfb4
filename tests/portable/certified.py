"""What the checkers of `portable/check` say, each as a program by itself."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any, NamedTuple

from required import required
from routeengine.canonical import canonical_json, sha256_of
from routeengine.portable import Certified

__all__ = [
    "CHECKS", "NODE", "Checkers", "Files", "Told", "files_of", "load", "put_right", "run_node",
    "write",
]  # fmt: skip

CHECKS = Path(__file__).parents[2] / "portable" / "check"

NODE = shutil.which("node") or ""

required("node", None if NODE else "it is not installed")

Files = dict[str, Any]
"""The three files, parsed, by their names without an ending."""


class Told(NamedTuple):
    """What a checker printed, and its exit status."""

    lines: list[str]
    status: int


class Checkers:
    """Both programs in Python: as they stand, or with other text instead of theirs."""

    def __init__(self, rules: str | None = None, artefact: str | None = None) -> None:
        self.rules = _module("check_rules", rules)
        before = sys.modules.get("check_rules")
        sys.modules["check_rules"] = self.rules
        try:
            self.artefact = _module("check_artefact", artefact)
        finally:
            sys.modules.pop("check_rules")
            if before is not None:
                sys.modules["check_rules"] = before

    def told(self, texts: Mapping[str, str]) -> Told:
        """Give what both say of a folder with these files: as one, like `check.mjs`."""
        with TemporaryDirectory() as folder:
            write(texts, folder)
            first, *other = self.told_of(folder)
        if not other:
            return first
        (second,) = other
        if second.status == 2 or second.lines[0].startswith("refused"):
            return second
        # Each says of which rules, first, and how many boxes, last.
        boxes = sum(int(one.lines[-1].split()[-1]) for one in (first, second) if len(one.lines) > 1)
        lines = [*first.lines[:-1], *[one for one in second.lines if _is_found(one)]]
        return Told([*lines, f"boxes: {boxes}"], max(first.status, second.status))

    def told_of(self, folder: str) -> list[Told]:
        """Give what each says of a folder; that of the artefact, where the first found it right."""
        first = self.run(self.rules.check_folder, [folder])
        if first.status == 2 or first.lines[0].startswith("refused"):
            return [first]
        if b'"trees"' not in Path(folder, "certificate.json").read_bytes():
            return [first]
        return [first, self.run(self.artefact.check_folder, [folder])]

    def run(self, check_folder: Any, arguments: list[str]) -> Told:
        """Give what a program prints that is called with some arguments."""
        limit = sys.getrecursionlimit()
        try:
            with contextlib.redirect_stdout(io.StringIO()) as told:
                status = self.rules.run(check_folder, arguments)
        finally:
            sys.setrecursionlimit(limit)
        lines = told.getvalue().splitlines()
        for folder in arguments:
            lines = [line.replace(folder, "DIR") for line in lines]
        return Told(lines, status)


def write(texts: Mapping[str, str], folder: str) -> None:
    """Write files into a folder."""
    for name, text in texts.items():
        Path(folder, name).write_bytes(text.encode("utf-8", "surrogateescape"))


def _is_found(line: str) -> bool:
    return not line.startswith(("rules: ", "boxes: "))


def _module(name: str, text: str | None) -> Any:
    spec = importlib.util.spec_from_file_location(name, CHECKS / f"{name}.py")
    assert spec is not None
    module: Any = importlib.util.module_from_spec(spec)
    code = _as_it_stands(name) if text is None else compile(text, f"{name}.py", "exec")
    exec(code, vars(module))
    return module


@cache
def _as_it_stands(name: str) -> CodeType:
    return compile((CHECKS / f"{name}.py").read_text(encoding="utf-8"), f"{name}.py", "exec")


@cache
def load() -> Checkers:
    """Give the checkers as they stand."""
    return Checkers()


def files_of(certified: Certified) -> Files:
    """Give the files of a certificate, parsed."""
    return {name.removesuffix(".json"): json.loads(text) for name, text in certified.files.items()}


def put_right(files: Files) -> dict[str, str]:
    """Give files as text, with the digests in the certificate put right first."""
    texts = {f"{name}.json": canonical_json(one) for name, one in files.items()}
    certificate = dict(files["certificate"])
    for name in ("rules", "artefact"):
        if f"{name}_sha256" in certificate and f"{name}.json" in texts:
            certificate[f"{name}_sha256"] = sha256_of(texts[f"{name}.json"])
    return {**texts, "certificate.json": canonical_json(certificate)}


def _bytes(text: str) -> str:
    """Give the bytes of a file as a text of so many characters."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def run_node(tasks: Iterable[Any]) -> list[Any]:
    """Give what `check.mjs` says, per task."""
    driver = Path(__file__).with_name("checks.mjs")
    tasks = [
        {**task, "files": {name: _bytes(text) for name, text in task["files"].items()}}
        if "files" in task
        else task
        for task in tasks
    ]
    done = subprocess.run(
        [NODE, driver, CHECKS / "check.mjs"],
        input="".join(f"{json.dumps(task)}\n" for task in tasks),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
