"""A classified table with the truth of every rule and criterion, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pyarrow as pa

from routeengine.caseload.values import FAULTY
from routeengine.errors import UsageError

if TYPE_CHECKING:
    from routeengine.explanation.explanation import Explanation

T = TypeVar("T")


class TableTrace(Generic[T]):
    """The verdicts of a table and what they stand on.

    `table` has the verdicts, as `Engine.classify_table` gives them. `truths` is a pyarrow
    table of a column `rule.ID` per rule and `criterion.ID` per criterion: true, false, or
    null where what is known leaves it open, and where the row could not be used. For a rule it
    is its condition, whether or not another one outranks it. Two bits a cell.
    """

    def __init__(
        self,
        table: T,
        truths: pa.Table,
        profile: Callable[[int], Mapping[str, Any]],
        explain: Callable[[Mapping[str, Any], str], Explanation],
    ) -> None:
        self.table = table
        self.truths = truths
        self._profile = profile
        self._explain = explain

    def __repr__(self) -> str:
        return f"TableTrace({self.truths.num_rows} rows)"

    def profile(self, row: int) -> dict[str, Any]:
        """Give what a row, counted from 0, says: fact -> what is known of it.

        Raises UsageError for a row that is not there or could not be used.
        """
        if not 0 <= row < self.truths.num_rows:
            raise UsageError(f"there is no row {row}: rows go from 0 to {self.truths.num_rows - 1}")
        given = self._profile(row)
        wrong = [fact for fact, knowledge in given.items() if knowledge is FAULTY]
        if wrong:
            named = ", ".join(f"`{fact}`" for fact in wrong)
            raise UsageError(f"row {row} cannot be used: see its `error`, on {named}")
        return {fact: knowledge for fact, knowledge in given.items() if knowledge is not None}

    def explain_row(self, row: int, lang: str = "nl") -> Explanation:
        """Explain the answer of a row, counted from 0, in full.

        Raises UsageError as `profile` does, and ValueError for a language that the rule
        set does not speak.
        """
        return self._explain(self.profile(row), lang)
