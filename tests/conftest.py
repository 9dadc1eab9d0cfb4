"""Shared set-up of the tests."""

from __future__ import annotations

import pytest

import routeengine
from routeengine import Engine
from routeengine.ruleset.model import RuleSet


@pytest.fixture(scope="session")
def rijswijk() -> RuleSet:
    """Load the shipped rule set, once."""
    return routeengine.load_ruleset("rijswijk-2023")


@pytest.fixture(scope="session")
def engine(rijswijk: RuleSet) -> Engine:
    """Build the engine of the shipped rule set, once."""
    return Engine(rijswijk)
