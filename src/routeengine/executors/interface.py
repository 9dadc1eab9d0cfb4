"""What the face and the explanations rely on: the executors, which offer the same."""

from __future__ import annotations

from typing import TypeAlias

from routeengine.executors.lanes import LanesExecutor, LanesInspection
from routeengine.executors.reference import ReferenceExecutor, ReferenceInspection

Executor: TypeAlias = LanesExecutor | ReferenceExecutor
"""Evaluates states of knowledge against one rule set; immutable once built."""

Inspection: TypeAlias = LanesInspection | ReferenceInspection
"""A closer look at one state of knowledge: exact truth, on all that is possible.

Where the facts contradict each other nothing is possible. Then the facts of
every minimal conflict count as unknown here, so that the rest can be shown.
"""
