"""Where durable_rules is absent, or does not run, one clear message says so."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest

from routeengine import Engine
from routeengine.errors import MissingExtraError
from routeengine.executors.durable import executor
from routeengine.executors.durable.executor import DurableUnavailableError
from routeengine.ruleset.model import RuleSet


def failing(monkeypatch: pytest.MonkeyPatch, error: ImportError, version: tuple[int, ...]) -> None:
    """Let the import of the package fail, on a Python of this version."""

    def refuse(name: str) -> object:
        if name.startswith("durable"):
            raise error
        return import_module(name)

    monkeypatch.setattr(executor, "import_module", refuse)
    monkeypatch.setattr(sys, "version_info", type("V", (tuple,), {
        "major": version[0], "minor": version[1]})(version))  # fmt: skip


def test_an_absent_package_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, rijswijk: RuleSet
) -> None:
    """Whoever asks for the executor learns what to install."""
    failing(monkeypatch, ModuleNotFoundError("durable"), (3, 11))
    with pytest.raises(MissingExtraError, match=r"pip install 'routeengine\[durable\]'"):
        Engine(rijswijk, executor="durable")


@pytest.mark.parametrize(
    ("error", "version"),
    [
        (ModuleNotFoundError("durable"), (3, 13)),
        (ImportError("undefined symbol"), (3, 13)),
        (ImportError("undefined symbol"), (3, 12)),
    ],
)
def test_where_it_does_not_run_the_message_says_what_to_use(
    monkeypatch: pytest.MonkeyPatch,
    rijswijk: RuleSet,
    error: ImportError,
    version: tuple[int, ...],
) -> None:
    """On Python 3.13 nothing that could be installed would help, so nothing is named."""
    failing(monkeypatch, error, version)
    with pytest.raises(DurableUnavailableError, match="or the executor `lanes`"):
        Engine(rijswijk, executor="durable")
