"""What the documentation of dossiers shows is what happens."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "dossier.md"


@pytest.mark.gate
def test_every_example_of_the_page_runs() -> None:
    """Each line of each example gives what stands under it."""
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert found.attempted > 20
    assert found.failed == 0
