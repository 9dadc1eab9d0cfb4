"""Classify client profiles by declarative rules, exactly, and explain every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeengine._version import __version__
from routeengine.engine import Engine
from routeengine.errors import (
    CaseloadError,
    ProfileError,
    RecordError,
    RouteEngineError,
    RuleSetError,
)
from routeengine.profile import DECLINED, Between, OneOf
from routeengine.result import Result, Verdict
from routeengine.ruleset.model import RuleSet

if TYPE_CHECKING:
    from routeengine.loading import load_ruleset
    from routeengine.record import replay

__all__ = [
    "DECLINED",
    "Between",
    "CaseloadError",
    "Engine",
    "OneOf",
    "ProfileError",
    "RecordError",
    "Result",
    "RouteEngineError",
    "RuleSet",
    "RuleSetError",
    "Verdict",
    "__version__",
    "load_ruleset",
    "replay",
]


def __getattr__(name: str) -> object:
    # Loading rule files needs PyYAML, and a process that gets its rules otherwise does without it.
    if name == "load_ruleset":
        from routeengine.loading import load_ruleset

        return load_ruleset
    if name == "replay":
        from routeengine.record import replay  # few callers need it

        return replay
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
