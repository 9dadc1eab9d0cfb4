"""From a record, as it stands in the file, to a row: a profile, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from routeengine.caseload.columns import CLIENT, Columns, Skip, Target
from routeengine.caseload.source import Record, Typing
from routeengine.caseload.values import FAULTY, FactReader
from routeengine.client_id import parse_cell
from routeengine.profile import CLIENT_ID, Knowledge
from routeengine.ruleset.model import Fact, RuleSet

WHOLE_ROW = "(row)"
"""The field of a fault that is of the row as a whole."""


@dataclass(frozen=True, slots=True, order=True)
class RowFault:
    """One thing that is wrong with a row: the field, and what is allowed.

    `row` counts from 1: the line that the record starts at (CSV, JSON Lines), the
    row of the sheet (XLSX), or the number of the record (Parquet, JSON). The value
    that stood there is left out on purpose.
    """

    row: int
    field: str
    message: str

    def __str__(self) -> str:
        """Return the fault as `ROW: FIELD: message`; whoever prints it puts `FILE:` before it."""
        return f"{self.row}: {self.field}: {self.message}"


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One row of a caseload.

    `profile` holds the client id and the facts of which something is known, and is
    None just when the row has faults. `client_id` is None if none could be read.
    """

    number: int
    client_id: str | None
    profile: Mapping[str, Knowledge] | None
    faults: tuple[RowFault, ...] = ()

    def __repr__(self) -> str:
        return f"Row({self.number}, faults={len(self.faults)})"


def describe_faults(faults: Sequence[RowFault]) -> str | None:
    """Return the faults of a row as the `error` column of the output has them."""
    words = [
        f"{f'row {fault.row}' if fault.field == WHOLE_ROW else fault.field}: {fault.message}"
        for fault in faults
    ]
    return "; ".join(words) or None


class RowReader:
    """Makes rows of the records of one reading of a file.

    `earlier` gives, for a client id and the row it stands in, the first row that it stood in.
    Without it the reader remembers all of them.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        columns: Columns,
        earlier: Callable[[str, int], int] | None = None,
    ) -> None:
        self._columns = columns
        self.facts = {fact.id: FactReader(ruleset, fact) for fact in ruleset.facts}
        seen: dict[str, int] = {}
        self._earlier = seen.setdefault if earlier is None else earlier

    def of_table(
        self, targets: Sequence[Target], typings: Sequence[Typing]
    ) -> Callable[[Record], Row]:
        """Return what makes rows of a file whose columns are for these targets."""
        unnamed = [index for index, target in enumerate(targets) if target is Skip.UNNAMED]
        id_column = targets.index(CLIENT)
        facts = [
            (index, target.id, getattr(self.facts[target.id], typings[index]))
            for index, target in enumerate(targets)
            if isinstance(target, Fact)
        ]

        def row(record: Record) -> Row:
            if record.problem:
                return self._broken(record)
            cells = record.cells
            profile: dict[str, Knowledge] = {}
            wrong = [
                (f"(column {index + 1})", "must be empty, for the column has no name")
                for index in unnamed
                if cells[index] is not None and cells[index] != ""
            ]
            for index, name, read in facts:
                knowledge = read(cells[index])
                if knowledge is FAULTY:
                    wrong.append((name, self.facts[name].allowed))
                elif knowledge is not None:
                    profile[name] = knowledge
            return self._row(record.number, cells[id_column], profile, wrong)

        return row

    def keyed(self, record: Record) -> Row:
        """Make a row of a record whose cells are pairs (key, value)."""
        if record.problem:
            return self._broken(record)
        profile: dict[str, Knowledge] = {}
        wrong: list[tuple[str, str]] = []
        seen: dict[str, object] = {}
        for position, (key, value) in enumerate(record.cells, 1):
            target = self._columns.target(key)
            if target is Skip.DROPPED:
                continue
            if target is None or isinstance(target, Skip):
                wrong.append(self._columns.complaint(key, position))
                continue
            if target.id in seen:
                wrong.append((target.id, "stands more than once"))
            seen[target.id] = value
            if not isinstance(target, Fact):
                continue
            knowledge = self.facts[target.id].native(value)
            if knowledge is FAULTY:
                wrong.append((target.id, self.facts[target.id].allowed))
            elif knowledge is not None:
                profile[target.id] = knowledge
        return self._row(record.number, seen.get(CLIENT_ID), profile, wrong)

    def _broken(self, record: Record) -> Row:
        """Make a row of a record that could not be read; its id is no fault apart."""
        number = record.number
        return Row(number, None, None, (RowFault(number, WHOLE_ROW, record.problem),))

    def _row(
        self,
        number: int,
        given_id: object,
        profile: dict[str, Knowledge],
        wrong: list[tuple[str, str]],
    ) -> Row:
        client_id, problem = parse_cell(given_id)
        if client_id is not None:
            earlier = self._earlier(client_id, number)
            if earlier != number:
                problem = f"stands in row {earlier} too"
        if problem:
            wrong.insert(0, (CLIENT_ID, problem))
        if wrong:
            faults = tuple([RowFault(number, field, message) for field, message in wrong])
            return Row(number, client_id, None, faults)
        return Row(number, client_id, {CLIENT_ID: client_id, **profile})
