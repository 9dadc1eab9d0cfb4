"""What the tests of the shipped policy share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from required import required
from routeengine import Engine, RuleSet, load_ruleset


@pytest.fixture(scope="session")
def ruleset() -> RuleSet:
    """The shipped policy."""
    return load_ruleset("rijswijk-2023")


@pytest.fixture(scope="session")
def engine(ruleset: RuleSet) -> Engine:
    """An engine on the shipped policy."""
    return Engine(ruleset)


@pytest.fixture(scope="session")
def letter() -> str:
    """The text of the letter; a test that asks for it is skipped, visibly, where it is not found.

    The letter is no part of the repository: the environment variable ROUTEENGINE_LETTER names it.
    """
    path = Path(os.environ.get("ROUTEENGINE_LETTER", ""))
    absent = "letter 23.048582 is not here; set ROUTEENGINE_LETTER to its text file"
    required("letter", None if path.is_file() else absent)
    return path.read_text(encoding="utf-8")
