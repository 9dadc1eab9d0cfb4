"""Every way to be wrong gets its own words, at its own line and column."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from loading.broken import BROKEN
from loading.small import SMALL, changed, faults_of, faults_of_small, small

from routeengine.errors import RuleSetError

GOLDEN = Path(__file__).parent / "faults.golden"
"""Pinned; `ROUTEENGINE_RECORD=1 pytest tests/loading/test_faults.py` writes it anew."""


def told() -> str:
    """Give what is said of every broken variant."""
    parts = []
    for name, changes in BROKEN.items():
        parts.append("\n".join([f"# {name}", *faults_of_small(*changes), ""]))
    return "\n".join(parts)


def test_the_small_rule_set_has_no_fault() -> None:
    """What the variants break is whole to begin with."""
    assert small().id == "small"


def test_every_fault_is_told_in_its_words_at_its_place() -> None:
    """Message, hint, line and column of every kind of fault are pinned."""
    if os.environ.get("ROUTEENGINE_RECORD"):
        GOLDEN.write_text(told(), encoding="utf-8")
    assert told() == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BROKEN)
def test_every_variant_has_a_fault_with_a_place(name: str) -> None:
    """Each variant is refused, and each fault has a line, a column (but for a section that lacks) and a short message."""
    faults = faults_of({"small.yaml": changed(*BROKEN[name])})
    assert faults
    whole = name.startswith("missing section") or name == "missing header"
    assert all(whole or (fault.line and fault.column) for fault in faults)
    assert all(len(str(fault)) < 250 for fault in faults)
