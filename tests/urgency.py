"""The rules of docs/points.md, and what is known of the client in its third row."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from routeengine import load_ruleset
from routeengine.ruleset.model import RuleSet

__all__ = ["KNOWN", "PAGE", "PATH", "block", "urgency"]

PATH = Path(__file__).resolve().parents[1] / "docs" / "points.md"
PAGE = PATH.read_text(encoding="utf-8")

KNOWN = {"home": "shared", "children": 0, "waiting": 60, "medical": True, "refused": False}
"""Of whom 15 + 20 + 30 = 65 points are counted."""


def block(kind: str) -> str:
    """Give the one block of a kind."""
    (text,) = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(text)


@cache
def urgency() -> RuleSet:
    """Load the rules."""
    return load_ruleset({"urgent-home.yaml": block("yaml")})
