"""Shared set-up of the tests of reports."""

from __future__ import annotations

import pytest

from reading import read_once

rules_read_once = pytest.fixture(scope="module", autouse=True)(read_once)
