"""A plugin of pytest, loaded only for code mutation: runs some of the tests, or maps them.

What to do stands in the file that CODE_MUTATION names, as JSON. With `map`, what each test ran is
written to that file: per module and line the tests, and how long each test took. With `tests`,
only those run, in that order. In neither case is time spent on making a failing example small.
"""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest
from hypothesis import Phase, settings

MEMORY = 8 << 30
"""Bytes of address space that the tests may use: what a fault asks for may have no end."""

TOLD = json.loads(Path(os.environ["CODE_MUTATION"]).read_text(encoding="utf-8"))
SECONDS: dict[str, float] = {}
COVER = coverage.Coverage(data_file=None, config_file=False, source=[TOLD["source"]])

resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
if "map" in TOLD:
    # Before the library is imported: what runs then belongs to no test.
    COVER.start()


def pytest_sessionstart() -> None:
    """Let tests that fail do so at once; the profile of the suite is loaded by now."""
    phases = (Phase.explicit, Phase.generate)
    usual = settings.get_current_profile_name()
    settings.register_profile("mutation", settings.get_profile(usual), phases=phases, database=None)
    settings.load_profile("mutation")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that are asked for, in the order in which they are."""
    if "tests" in TOLD:
        order = {name: place for place, name in enumerate(TOLD["tests"])}
        items[:] = sorted(
            (item for item in items if item.nodeid in order), key=lambda item: order[item.nodeid]
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Note what runs as run by this test."""
    if "map" in TOLD:
        COVER.switch_context(item.nodeid)
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up how long each test takes, with what is set up for it."""
    SECONDS[report.nodeid] = SECONDS.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish() -> None:
    """Write what was run by what."""
    if "map" in TOLD:
        COVER.stop()
        data = COVER.get_data()
        lines = {
            file: {
                str(line): [name for name in names if name]
                for line, names in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
        told = {"lines": lines, "seconds": SECONDS}
        Path(TOLD["map"]).write_text(json.dumps(told), encoding="utf-8")
