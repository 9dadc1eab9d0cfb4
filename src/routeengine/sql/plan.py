"""A plan: named columns that are made of each other, laid out as the steps of a query.

Each column is worked out once, in the first step that has all it is made of, and is carried
along as far as a later step needs it. So no expression is ever written twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from routeengine.sql import expressions as sql


class Plan:
    """Columns by name; those of step 0 are made of the columns of the table."""

    def __init__(self) -> None:
        self._sql: dict[str, sql.Sql] = {}
        self._needs: dict[str, frozenset[str]] = {}
        self._step: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._sql)

    def define(self, name: str, value: sql.Sql, needs: Iterable[str] = ()) -> str:
        """Add a column that is made of others, which have to be there; give its name."""
        self._needs[name] = frozenset(needs)
        self._step[name] = 1 + max((self._step[need] for need in self._needs[name]), default=-1)
        self._sql[name] = value
        return name

    def steps(self, needs: Iterable[str]) -> list[list[str]]:
        """Give, per step, the columns that have to be there after it, for these at the end."""
        last = 1 + max(self._step.values())
        until = dict.fromkeys(needs, last)
        for name in sorted(self._sql, key=self._step.__getitem__, reverse=True):
            for need in self._needs[name] if name in until else ():
                until[need] = max(until.get(need, 0), self._step[name])
        return [
            [name for name in self._sql if name in until and self._step[name] <= step < until[name]]
            for step in range(last)
        ]

    def queries(self, needs: Iterable[str], source: sql.Sql) -> dict[str, sql.Select]:
        """Give the steps as queries by name, the first on a table and each on the one before."""
        queries: dict[str, sql.Select] = {}
        for step, names in enumerate(self.steps(needs)):
            columns = [
                (name, self._sql[name] if self._step[name] == step else sql.column(name))
                for name in names
            ]
            queries[f"step_{step}"] = sql.select(columns, source)
            source = sql.table(f"step_{step}")
        return queries
