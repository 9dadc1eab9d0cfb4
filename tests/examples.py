"""How many examples Hypothesis tries: a share in the inner loop, all of them in the gate."""

from __future__ import annotations

import os

__all__ = ["SHARE", "examples"]

SHARE = float(os.environ.get("ROUTEENGINE_EXAMPLES", "0.2"))
"""The share of the examples that each test names; the gate sets it to 1."""


def examples(number: int) -> int:
    """Give the share of a number of examples, and never fewer than five."""
    return max(5, int(number * SHARE))
