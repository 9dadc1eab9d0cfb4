"""A plugin of pytest, for the suite inside Pyodide: what cannot be there is skipped, and told.

There are no processes, threads and named pipes, and few packages beside those of pure Python.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence

import pytest

__all__ = [
    "pytest_collection_modifyitems",
    "pytest_make_collect_report",
    "pytest_runtest_call",
    "pytest_runtest_setup",
]

ABSENT = re.compile(
    r"No module named '(duckdb|numpy|pandas|polars|pwd|pyarrow|resource|z3)\b"
    r"|MissingExtraError.*`(\w+)`"
)
"""How a file of tests fails that needs another package, or a module of Unix."""

LACKS = {
    "emscripten does not support processes": "processes",
    "can't start new thread": "threads",
    "module 'os' has no attribute 'mkfifo'": "named pipes",
    "module 'yaml' has no attribute 'CSafeLoader'": "libyaml",
}
"""How a test fails that starts something, opens a pipe, or reads rules as libyaml does."""

BEYOND = {
    "test_the_examples_of_docstrings_run[routeengine.engine]": "they need pyarrow",
    "test_files_that_hold_no_cases_are_refused[files4": "it is in the words of libyaml",
    "test_files_that_hold_no_cases_are_refused[files6": "it is in the words of libyaml",
    "test_a_file_that_never_ends_is_refused": "there is no /dev/zero",
    "test_a_path_that_cannot_be_looked_at_is_a_fault": "no name is too long there",
}
"""Other tests that cannot pass there, by how their names begin."""


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Skip a file that needs a package which is not there."""
    report = yield
    missing = ABSENT.search(str(report.longrepr)) if report.failed else None
    if missing:
        report.outcome = "skipped"
        report.longrepr = (str(collector.path), 0, f"Skipped: it needs {missing[1] or missing[2]}")
    return report


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Skip the tests that are named above."""
    for item in items:
        for name, why in BEYOND.items():
            if item.name.startswith(name):
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    """Skip a test that cannot be prepared there."""
    yield from _skipped_for_what_lacks()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Skip a test that fails because something cannot be had there."""
    yield from _skipped_for_what_lacks()


def _skipped_for_what_lacks() -> Generator[None, None, None]:
    try:
        yield
    except (OSError, RuntimeError, AttributeError, Warning) as error:
        for text, what in LACKS.items():
            if text in str(error):
                pytest.skip(f"it needs {what}")
        raise
