"""From a record, as it stands in the file, to a row: a profile, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from routeengine.caseload.columns import BESIDE, CLIENT, Skip
from routeengine.caseload.source import LONE_ID, OTHER_FORM, Notes, Record, Source, either_order
from routeengine.caseload.values import FAULTY, FactReader, Unreadable
from routeengine.client_id import parse_cell
from routeengine.errors import BudgetError
from routeengine.profile import CLIENT_ID, Knowledge
from routeengine.quantities import DecimalSign, is_either_order
from routeengine.ruleset.model import Fact, RuleSet

WHOLE_ROW = "(row)"
"""The field of a fault that is of the row as a whole."""


@dataclass(frozen=True, slots=True, order=True)
class RowFault:
    """One thing that is wrong with a row: the field, and what is allowed.

    `str(fault)` is `ROW: FIELD: message`. The value that stood there is left out on purpose.

    Attributes:
        row: Where the row is, counted from 1: the line that the record starts at (CSV, JSON Lines),
            the row of the sheet (XLSX), or the number of the record (Parquet, JSON).
        field: The id of a fact, `client_id`, or a name in parentheses for what has none.
        message: What is wrong, and what is allowed.
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

    Attributes:
        number: Where the row is, as in `RowFault`.
        client_id: The client's pseudonym; None if none could be read.
        profile: The client id and the facts of which something is known, for `Engine.classify`;
            None just when the row has faults.
        faults: All that is wrong with the row.
        beside: What stands in the column that is read although it is no fact, as it stands there.
    """

    number: int
    client_id: str | None
    profile: Mapping[str, Knowledge] | None
    faults: tuple[RowFault, ...] = ()
    beside: object = None

    def refused(self, error: BudgetError) -> RowFault:
        """Return the fault of a good row that an executor refuses to answer, with its error."""
        return RowFault(self.number, WHOLE_ROW, str(error))

    def __repr__(self) -> str:
        return f"Row({self.number}, faults={len(self.faults)})"


Complaint: TypeAlias = tuple[str, str]
"""What is wrong with a row: the field, and what is allowed in it."""


def unnamed_fault(place: int) -> Complaint:
    """Return what is wrong if a column without a name holds anything, by its place from 0."""
    return f"(column {place + 1})", "must be empty, for the column has no name"


def repeated_id(row: int) -> Complaint:
    """Return what is wrong with a client id that was in an earlier row."""
    return CLIENT_ID, f"stands in row {row} too"


LONE_TEXT: Complaint = (
    CLIENT_ID,
    "has a blank in it and nothing beside it: no client is like that",
)
"""What is wrong with a row that has nothing but some words: they stand below a table, or above."""


def is_blank(cell: object) -> bool:
    """Return whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip(BLANKS))


BLANKS = " \t\n\r\f"
"""What may stand in a cell that is empty all the same."""


def is_respelled(given: object, client_id: str | None) -> bool:
    """Return whether a client id is kept in other signs than stand in the file."""
    return isinstance(given, str) and client_id not in (None, given.strip())


def describe_faults(faults: Iterable[Complaint]) -> str | None:
    """Return what is wrong with a row as the `error` column of the output has it."""
    return "; ".join([f"{field}: {message}" for field, message in faults]) or None


class RowReader:
    """Makes rows of the records of one reading of a file, by `row`.

    `earlier` gives, for a client id and the row it stands in, the first row that it stood in.
    Without it the reader remembers all of them. `decimal` is as for `FactReader`.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        source: Source,
        earlier: Callable[[str, int], int] | None = None,
        decimal: DecimalSign | None = None,
    ) -> None:
        self._columns = source.columns
        self.notes: Notes = source.notes
        self.facts = {fact.id: FactReader(ruleset, fact, decimal) for fact in ruleset.facts}
        seen: dict[str, int] = {}
        self._earlier = seen.setdefault if earlier is None else earlier
        self.row = self._of_table(source) if source.targets else self._keyed

    def _of_table(self, source: Source) -> Callable[[Record], Row]:
        """Return what makes rows of a file whose columns have one meaning throughout."""
        unnamed = [index for index, target in enumerate(source.targets) if target is Skip.UNNAMED]
        numbers = source.row_numbers
        id_column = source.targets.index(CLIENT)
        beside = source.targets.index(BESIDE) if BESIDE in source.targets else None
        facts = [
            (index, target.id, getattr(self.facts[target.id], source.typings[index]))
            for index, target in enumerate(source.targets)
            if isinstance(target, Fact)
        ]
        typings = source.typings
        days = [
            (index, either_order(name))
            for index, name, _ in facts
            if self.facts[name].fact.kind == "date" and typings[index] != "native"
        ]

        def row(record: Record) -> Row:
            numbers.rows += 1
            if record.problem:
                return self._broken(record)
            cells = record.cells
            profile: dict[str, Knowledge] = {}
            wrong = [
                unnamed_fault(index)
                for index in unnamed
                if cells[index] is not None and cells[index] != ""
                if index or not numbers.counts(cells[index])
            ]
            for index, name, read in facts:
                knowledge = read(cells[index])
                if knowledge is FAULTY:
                    is_text = typings[index] != "native"
                    said = self.facts[name].complaint(cells[index], is_text=is_text)
                    wrong.append((name, said))
                elif knowledge is not None:
                    profile[name] = knowledge
            for index, what in days:
                cell = cells[index]
                self.notes[what] += isinstance(cell, str) and is_either_order(cell)
            lone = not (profile or wrong) and all(is_blank(cells[index]) for index, *_ in facts)
            own = None if beside is None else cells[beside]
            return self._row(record.number, cells[id_column], profile, wrong, lone, own)

        return row

    def _keyed(self, record: Record) -> Row:
        """Make a row of a record whose cells are pairs (key, value)."""
        if record.problem:
            return self._broken(record)
        profile: dict[str, Knowledge] = {}
        wrong: list[tuple[str, str]] = []
        seen: dict[str, object] = {}
        lone = True
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
            lone = lone and is_blank(value)
            knowledge = self.facts[target.id].native(value)
            if knowledge is FAULTY:
                said = self.facts[target.id].complaint(value, is_text=False)
                wrong.append((target.id, said))
            elif knowledge is not None:
                profile[target.id] = knowledge
        given, own = seen.get(CLIENT_ID), seen.get(BESIDE.id)
        return self._row(record.number, given, profile, wrong, lone and not wrong, own)

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
        lone: bool,
        beside: object,
    ) -> Row:
        client_id, problem = parse_cell(given_id)
        if isinstance(given_id, Unreadable) and given_id.problem:
            problem = given_id.problem
        self.notes[OTHER_FORM] += is_respelled(given_id, client_id)
        if lone and client_id is not None:
            if len(client_id.split()) > 1:
                wrong.append(LONE_TEXT)
            else:
                self.notes[LONE_ID] += 1
        if client_id is not None:
            earlier = self._earlier(client_id, number)
            if earlier != number:
                _, problem = repeated_id(earlier)
        if problem:
            wrong.insert(0, (CLIENT_ID, problem))
        if wrong:
            faults = tuple([RowFault(number, field, message) for field, message in wrong])
            return Row(number, client_id, None, faults)
        return Row(number, client_id, {CLIENT_ID: client_id, **profile}, beside=beside)
