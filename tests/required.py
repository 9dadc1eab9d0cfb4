"""What only some machines have: skipped visibly where it is absent, and never in the gate."""

from __future__ import annotations

import os

import pytest

__all__ = ["required"]


def required(name: str, absent: str | None) -> None:
    """Skip the test or module at hand where an optional part is absent; `absent` says why, or None.

    ROUTEENGINE_REQUIRE names, joined by commas, the parts that have to be there: the
    gate sets it, so that there an absent part fails instead.
    """
    if absent is None:
        return
    if name in os.environ.get("ROUTEENGINE_REQUIRE", "").split(","):
        pytest.fail(f"{name} is required here: {absent}")
    pytest.skip(f"without {name}: {absent}", allow_module_level=True)
