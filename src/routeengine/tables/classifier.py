"""What a rule set needs to classify tables: compiled once, and shared by threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa

from routeengine.caseload.values import FactReader
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import State
from routeengine.result import Answer
from routeengine.ruleset.settling import NOT_APPLICABLE
from routeengine.tables.alone import Alone, Line
from routeengine.tables.clashes import Clashes
from routeengine.tables.coding import Lines, SetCoder
from routeengine.tables.output import DecisionColumns, flags_kind, provenance, wanted_columns
from routeengine.tables.plan import Asked, TablePlan
from routeengine.tables.reading import TableReading
from routeengine.tables.workspace import Workspace

BATCH = 1 << 17
"""Rows that go side by side: their words stay in the processor's cache."""


class TableClassifier:
    """Classifies tables by one rule set.

    `answer` gives the answer of one state of knowledge, for rows that go alone.
    """

    def __init__(self, executor: LanesExecutor, answer: Callable[[State], Answer]) -> None:
        self.ruleset = executor.ruleset
        self.plan = TablePlan(executor)
        self.cells = executor.compiled.cells
        self.readers = {fact.id: FactReader(self.ruleset, fact) for fact in self.ruleset.facts}
        self.alone = Alone(executor, lambda state, missing: self._line(answer(state), missing))
        self.clashes = Clashes(executor.compiled)
        self.provenance = provenance(self.ruleset)
        self.decisions = [DecisionColumns(decision) for decision in self.ruleset.decisions]
        self.flags = Lines([flags_kind(self.ruleset)])
        self.coders = list(map(self._coder, self.plan.asked, self.decisions))
        self.flag_coder = SetCoder(self._raised)
        self.trace_schema = pa.schema([(name, pa.bool_()) for name in self.plan.traced])
        # INVARIANT: a workspace is here just while nobody works in it.
        self._spaces: dict[tuple[int, bool], deque[Workspace]] = {}

    def _coder(self, asked: Asked, columns: DecisionColumns) -> SetCoder:
        """Make what numbers the bits of rows: those of a decision, and that its facts clash."""

        def code(bits: int) -> int:
            seen, winners = asked.read(bits)
            if bits >> len(asked.fulls) + len(asked.groups):
                return columns.not_applicable if seen == [NOT_APPLICABLE] else columns.contradiction
            return columns.of_fulls(seen, winners)

        return SetCoder(code)

    def _raised(self, lowered: int) -> int:
        return self._flag_line([f for n, f in enumerate(self.plan.flags) if not lowered >> n & 1])

    def _line(self, answer: Answer, missing: bool) -> Line:
        """Give what an answer reads like: of the flags, of each decision, and what is missing."""
        verdicts = [answer.verdicts[one.decision.id] for one in self.decisions]
        line = [self._flag_line(answer.flags)]
        line += [one.of(verdict) for one, verdict in zip(self.decisions, verdicts, strict=True)]
        for asked, verdict in zip(self.plan.asked, verdicts, strict=True) if missing else ():
            line.append(sum(1 << asked.facts.index(fact) for fact in verdict.missing))
        return tuple(line)

    def _flag_line(self, raised: Sequence[str]) -> int:
        """Give the code of the flags that are raised."""
        return self.flags.number((" ".join(raised),))

    def reading(
        self,
        schema: pa.Schema,
        *,
        drop_columns: Iterable[str] = (),
        columns: Iterable[str] | None = None,
        missing: bool = True,
        named: str = "the table",
    ) -> TableReading:
        """Get ready for tables with these columns; what is wrong with those is found here.

        `columns` are those that come out, all of them where it is None; `error` always does.

        Raises CaseloadError that names every column that is no fact, is refused or
        stands twice, with `named` as the name of the table; UsageError for a column that
        does not come out of any.
        """
        wanted = wanted_columns(self.ruleset, columns, missing=missing)
        return TableReading(self, schema, tuple(drop_columns), wanted, named)

    @contextmanager
    def workspace(self, words: int, *, traced: bool) -> Iterator[Workspace]:
        """Lend a workspace of at least so many words that nobody else works in."""
        size = max(64, 1 << (words - 1).bit_length())
        spaces = self._spaces.setdefault((size, traced), deque())
        try:
            space = spaces.pop()
        except IndexError:
            trace = [self.plan.trace] if traced and self.plan.trace is not None else []
            space = Workspace(self.plan.sizes, [*self.plan.programs, *trace], size)
        yield space
        spaces.append(space)
