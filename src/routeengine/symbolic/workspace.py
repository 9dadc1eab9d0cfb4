"""Where parts are compiled within one budget: what does not fit leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeAlias, TypeVar

from routeengine.errors import BudgetError
from routeengine.symbolic.diagram import Diagram, Node

T = TypeVar("T")

Known: TypeAlias = dict[Hashable, Node]
"""Nodes by what they are the diagram of."""

FEWEST_NODES = 256
"""Nodes that every attempt may use, however many failed before it."""

WORTH_TRIMMING = 4_096
"""Nodes of one attempt from which on it is looked which of them are kept."""


class Workspace:
    """A diagram, and the nodes in it that are `known` by what they stand for.

    `tables` are the known nodes of all workspaces that share the diagram.
    """

    def __init__(self, diagram: Diagram, tables: list[Known]) -> None:
        self.diagram = diagram
        self.known: Known = {}
        self.tables = tables
        self.tables.append(self.known)
        self.over: set[str] = set()
        """Decisions that did not fit: what refers to one does not either."""
        self._failed = 0

    def attempt(
        self, build: Callable[[], tuple[Node, ...]], decision: str | None = None
    ) -> tuple[Node, ...] | None:
        """Build something, or return None if the budget does not allow it.

        `decision` names the one that is built: if it does not fit, whatever refers to it does
        not either.
        """
        size = len(self.diagram)
        built = self.within_budget(build)
        if built is not None:
            return self._without_scraps(size, built)
        if decision is not None:
            self.over.add(decision)
        return None

    def attempt_one(self, build: Callable[[], Node], decision: str | None = None) -> Node | None:
        """Build one function, as `attempt` builds several."""
        built = self.attempt(lambda: (build(),), decision)
        return None if built is None else built[0]

    def within_budget(self, work: Callable[[], T]) -> T | None:
        """Return what some work comes to, or None if the budget does not allow it.

        What was begun is then forgotten; what was compiled before stays. Each attempt that
        runs out halves what the next may use, so all that is thrown away is at most twice the
        budget.
        """
        size, budget = len(self.diagram), self.diagram.budget
        allowed = min(budget, size + max(budget >> self._failed, FEWEST_NODES))
        self.diagram.budget = allowed
        try:
            return work()
        except BudgetError:
            # Work that gave up at once, on a decision that did not fit, used nothing up.
            self._failed += len(self.diagram) == allowed
            self._forget(size)
            return None
        finally:
            self.diagram.budget = budget

    def scratch(self, work: Callable[[], T]) -> T | None:
        """Return what some work comes to, as `within_budget`, and forget all nodes that it made."""
        size = len(self.diagram)
        found = self.within_budget(work)
        self._forget(size)
        return found

    def _forget(self, size: int) -> None:
        """Forget every node from number `size` on."""
        if size == len(self.diagram):
            return
        self.diagram.rollback(size)
        for known in self.tables:
            for name in [name for name, node in known.items() if node >= size]:
                del known[name]

    def _without_scraps(self, size: int, built: tuple[Node, ...]) -> tuple[Node, ...]:
        """Leave no nodes that were made on the way, of what counts: what is built, and known.

        Of a hundred rules that outrank each other in a row, say, five nodes in six are such scraps.
        """
        if len(self.diagram) - size < WORTH_TRIMMING:
            return built
        roots = [*built, *(node for known in self.tables for node in known.values())]
        moved = self.diagram.trim(size, roots)
        for known in self.tables:
            known.update({name: moved.get(node, node) for name, node in known.items()})
        return tuple([moved.get(node, node) for node in built])
