"""What happens after: clients over time, and what changed between two classifications."""

from __future__ import annotations

from routeengine.progression.comparison import Change, FactChange, VerdictChange, compare
from routeengine.progression.following import (
    Direction,
    History,
    Moment,
    Progress,
    count_forms,
    history,
    progress,
)
from routeengine.ruleset.evidence import ProgressStatus

__all__ = [
    "Change",
    "Direction",
    "FactChange",
    "History",
    "Moment",
    "Progress",
    "ProgressStatus",
    "VerdictChange",
    "compare",
    "count_forms",
    "history",
    "progress",
]
