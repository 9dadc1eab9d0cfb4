"""Shared set-up of the tests of change pages."""

from __future__ import annotations

import pytest

from reading import read_once

rules_read_once = pytest.fixture(scope="module", autouse=True)(read_once)
