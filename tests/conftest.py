"""Shared set-up of the tests."""

from __future__ import annotations

import pytest

from routeengine import Engine, load_ruleset
from routeengine.ruleset.model import RuleSet


@pytest.fixture(scope="session")
def rijswijk() -> RuleSet:
    """Load the shipped rule set, once."""
    return load_ruleset("rijswijk-2023")


@pytest.fixture(scope="session")
def engine(rijswijk: RuleSet) -> Engine:
    """Build the engine of the shipped rule set, once."""
    return Engine(rijswijk)
