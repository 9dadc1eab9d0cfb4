"""What the face and the explanations rely on: the executors, which offer the same."""

from __future__ import annotations

from typing import Literal, TypeAlias

from routeengine.errors import UsageError
from routeengine.executors.lanes import LanesExecutor, LanesInspection
from routeengine.executors.reference import ReferenceExecutor, ReferenceInspection
from routeengine.ruleset.model import RuleSet

ExecutorName: TypeAlias = Literal["lanes", "reference", "durable"]
"""Which executor works the verdicts out; the verdicts do not depend on it."""

Fallback: TypeAlias = Literal["lanes"]
"""Which executor answers what another one refuses."""

Executor: TypeAlias = LanesExecutor | ReferenceExecutor
"""Evaluates states of knowledge against one rule set; immutable once built."""

Inspection: TypeAlias = LanesInspection | ReferenceInspection
"""A closer look at one state of knowledge: exact truth, on all that is possible.

Where the facts contradict each other nothing is possible. Then the facts of
every minimal conflict count as unknown here, so that the rest can be shown.
"""


def executor_of(name: ExecutorName, ruleset: RuleSet, fallback: Fallback | None = None) -> Executor:
    """Return the executor of this name for a rule set.

    Raises UsageError for one that does not exist, and for a `fallback` of one that refuses nothing.
    """
    if fallback not in (None, "lanes") or (fallback and name != "durable"):
        raise UsageError("a `fallback` is `lanes`, of the executor `durable`: no other refuses")
    if name == "lanes":
        return LanesExecutor(ruleset)
    if name == "reference":
        return ReferenceExecutor(ruleset)
    if name == "durable":
        from routeengine.executors.durable import DurableExecutor  # an extra

        return DurableExecutor(ruleset, fallback=fallback)
    raise UsageError(f"no executor `{name}`: use `lanes`, `reference` or `durable`")


def closer_of(executor: Executor) -> Executor:
    """Return what looks closer where an executor has answered: itself, mostly.

    That takes answers on less than is known, so one that may refuse them has another as `closer`.
    """
    closer: Executor = getattr(executor, "closer", executor)
    return closer
