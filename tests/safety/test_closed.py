"""The library opens no connection, starts no program, keeps no log, and runs no text as code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import routeengine

CLOSED = {
    "asyncio", "ftplib", "http", "logging", "multiprocessing", "poplib", "requests", "smtplib",
    "socket", "socketserver", "ssl", "subprocess", "syslog", "urllib", "xmlrpc",
}  # fmt: skip
"""Modules that no module of the library may import."""

TEXT_AS_CODE = {"__import__", "compile", "eval", "exec"}


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the top names of all that is imported, but for the one that only takes text apart."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "urllib.parse":
            continue
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def called(tree: ast.Module) -> Iterator[str]:
    """Yield the plain names that are called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


@pytest.mark.gate
def test_nothing_leaves_the_process_by_itself() -> None:
    """What is read and written are the files that the caller names; see SECURITY.md."""
    paths = sorted(Path(routeengine.__file__).parent.rglob("*.py"))
    assert len(paths) > 50
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert CLOSED.isdisjoint(imported(tree)), path
        assert TEXT_AS_CODE.isdisjoint(called(tree)), path
