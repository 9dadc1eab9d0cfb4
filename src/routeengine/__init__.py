"""Classify client profiles by declarative rules, exactly, and explain every answer.

Load a rule set, build one `Engine` of it, and keep that: building takes tens of milliseconds, an
answer microseconds. Whatever goes wrong raises a `RouteEngineError`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from routeengine._version import __version__
from routeengine.changes import ChangeSet
from routeengine.engine import Engine
from routeengine.errors import (
    BudgetError,
    CaseloadError,
    DepartureError,
    DossierError,
    LanguageError,
    MissingExtraError,
    ProfileError,
    RecordError,
    RouteEngineError,
    RuleSetError,
    UsageError,
    WireError,
)
from routeengine.observation import Observation
from routeengine.profile import DECLINED, Between, Conflicting, OneOf
from routeengine.result import Result, Verdict
from routeengine.ruleset.model import RuleSet
from routeengine.what_if import WhatIf

if TYPE_CHECKING:
    from routeengine.departure import Departure
    from routeengine.dossier import Dossier
    from routeengine.explanation import Explanation
    from routeengine.interview import Interview
    from routeengine.loading import load_ruleset, offered_rulesets, shipped_rulesets
    from routeengine.record import Record
    from routeengine.record.replay import replay

__all__ = [
    "DECLINED",
    "Between",
    "BudgetError",
    "CaseloadError",
    "ChangeSet",
    "Conflicting",
    "Departure",
    "DepartureError",
    "Dossier",
    "DossierError",
    "Engine",
    "Explanation",
    "Interview",
    "LanguageError",
    "MissingExtraError",
    "Observation",
    "OneOf",
    "ProfileError",
    "Record",
    "RecordError",
    "Result",
    "RouteEngineError",
    "RuleSet",
    "RuleSetError",
    "UsageError",
    "Verdict",
    "WhatIf",
    "WireError",
    "__version__",
    "load_ruleset",
    "offered_rulesets",
    "replay",
    "shipped_rulesets",
]

_LATER = {
    "Departure": "departure",
    "Dossier": "dossier",
    "Explanation": "explanation",
    "Interview": "interview",
    "Record": "record",
    "load_ruleset": "loading",
    "offered_rulesets": "loading",
    "replay": "record",
    "shipped_rulesets": "loading",
}
"""Names that are imported when they are asked for: loading, for one, needs PyYAML and pydantic."""


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(import_module(f"routeengine.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
