"""Shared set-up of the tests."""

from __future__ import annotations

import gc
import os

import pytest
import yaml
from hypothesis import settings

import routeengine
from examples import examples, gated
from routeengine import Engine
from routeengine.loading import yaml_tree
from routeengine.ruleset.model import RuleSet

# What a test does not say for itself. In the gate every run draws the same examples, so that
# it and its coverage can be repeated; in the inner loop every run draws new ones.
settings.register_profile(
    "share",
    max_examples=examples(100),
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
)
settings.load_profile("share")


@pytest.fixture(scope="session")
def rijswijk() -> RuleSet:
    """Load the shipped rule set, once."""
    return routeengine.load_ruleset("rijswijk-2023")


@pytest.fixture(params=gated(["CSafeLoader", "SafeLoader"]))
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Read rule files as PyYAML does with libyaml, and as it does without; give which it is."""
    monkeypatch.setattr(yaml_tree, "FASTEST", getattr(yaml, request.param))
    return str(request.param)


@pytest.fixture(scope="session")
def engine(rijswijk: RuleSet) -> Engine:
    """Build the engine of the shipped rule set, once."""
    return Engine(rijswijk)


def pytest_collection_finish() -> None:
    """Leave what collecting made out of the search for garbage, and search less often.

    It stays until the end, and to go through all of it again and again took a fifth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_unconfigure() -> None:
    """Let go of it in the end: packages that look for what is left of theirs would complain."""
    gc.unfreeze()
    gc.collect()
