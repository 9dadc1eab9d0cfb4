"""Tables with every cell read: what each row asks, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from routeengine.dmn.feel import (
    COMPUTED,
    FeelError,
    Kind,
    Tests,
    Value,
    each_once,
    parse_allowed,
    parse_tests,
    parse_value,
    parse_values,
)
from routeengine.dmn.model import Cell, Decision, Output, Refusal, RefusedError, Row, Table
from routeengine.dmn.reading import SUM
from routeengine.dmn.scope import Named, Scope


@dataclass(frozen=True, slots=True)
class Column:
    """An input of a table: what it asks, of which kind, and what it can be: by type, and here."""

    named: Named
    kind: Kind | None
    of_type: Tests | None
    here: Tests | None
    places: int | None
    line: int


@dataclass(frozen=True, slots=True)
class Answers:
    """An output of a table: its name, the values it can have in the order of priority, and else."""

    name: str
    values: tuple[Value, ...]
    default: Value | None


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row: a test per input, None where any value will do, and a value per output."""

    row: Row
    tests: tuple[Tests | None, ...]
    answers: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A decision whose table is read."""

    decision: Decision
    table: Table
    columns: tuple[Column, ...]
    outputs: tuple[Answers, ...]
    rows: tuple[ReadRow, ...]

    @property
    def name(self) -> str:
        """The name of the decision."""
        return self.decision.name

    @property
    def is_sum(self) -> bool:
        """Whether its rows add up."""
        return self.table.hit_policy == SUM

    def outcomes(self, number: int) -> tuple[Value, ...]:
        """Return every value that an output can have, in the order that is declared."""
        output = self.outputs[number]
        default = () if output.default is None else (output.default,)
        given = (*output.values, *(row.answers[number] for row in self.rows), *default)
        return each_once(given)

    def ranks(self) -> tuple[tuple[int, ...], ...]:
        """Return the priority of each row, the lower the earlier: the places of what it answers.

        An output of which no values are listed has no say.
        """
        listed = [number for number, output in enumerate(self.outputs) if output.values]
        return tuple(
            tuple(self.outputs[number].values.index(row.answers[number]) for number in listed)
            for row in self.rows
        )


class Asked(NamedTuple):
    """What one table asks of an input: the table, and the number of the column."""

    table: ReadTable
    number: int

    @property
    def column(self) -> Column:
        """The column."""
        return self.table.columns[self.number]

    @property
    def tests(self) -> tuple[Tests | None, ...]:
        """The test of each row."""
        return tuple(row.tests[self.number] for row in self.table.rows)


@dataclass(slots=True)
class TableReader:
    """Reads the cells of one table, and keeps all that is refused of it."""

    scope: Scope
    decision: Decision
    table: Table
    refusals: list[Refusal] = field(default_factory=list)

    def read(self) -> ReadTable | None:
        """Return the table, or None where something is refused."""
        columns = tuple(self._column(number) for number in range(len(self.table.inputs)))
        outputs = tuple(self._output(one) for one in self.table.outputs)
        rows = tuple(self._row(row) for row in self.table.rows)
        kept = [one for one in columns if one is not None]
        answers = [one for one in outputs if one is not None]
        if not self.refusals and self.table.hit_policy == "PRIORITY":
            self._check_priority(answers, rows)
        if not self.refusals and self.table.hit_policy == SUM:
            self._check_sum(answers, rows)
        if self.refusals:
            return None
        return ReadTable(self.decision, self.table, tuple(kept), tuple(answers), rows)

    def refuse(self, line: int, at: str, error: FeelError) -> None:
        """Keep what is wrong at a place of the table."""
        refused = RefusedError(line, at, error.what, error.hint)
        self.refusals.append(refused.of(self.decision.name))

    def _column(self, number: int) -> Column | None:
        one = self.table.inputs[number]
        try:
            named = self.scope.named(self.table, one.asks.text)
            declared = self.scope.declared(named)
            if declared.kind is None:
                of_column = self.scope.of_type(one.type)
                declared = replace(of_column, values=declared.values or of_column.values)
            of_type, here = _allowed(declared.values), _allowed(one.values)
            return Column(named, declared.kind, of_type, here, declared.places, one.asks.line)
        except FeelError as error:
            self.refuse(one.asks.line, f"input `{one.asks.folded}`", error)
            return None

    def _output(self, output: Output) -> Answers | None:
        try:
            default = None if output.default is None else _answer(output.default)
            return Answers(output.name, self._values(output), default)
        except FeelError as error:
            self.refuse(output.line, _output_name(output.name), error)
            return None

    def _values(self, output: Output) -> tuple[Value, ...]:
        """Return the values of an output that the table lists, or its type."""
        if output.values is not None:
            return parse_values(output.values.text)
        try:
            if output.type:
                declared = self.scope.of_type(output.type)
            else:
                path = output.name if len(self.table.outputs) > 1 else ""
                declared = self.scope.of_type(self.decision.type, path)
            return parse_values(declared.values.text) if declared.values is not None else ()
        except FeelError:
            return ()  # a type that says no list of values is no harm here

    def _row(self, row: Row) -> ReadRow:
        tests = list[Tests | None]()
        for cell, one in zip(row.tests, self.table.inputs, strict=True):
            tests.append(None)
            try:
                tests[-1] = parse_tests(cell.text)
            except FeelError as error:
                self.refuse(cell.line, f"row {row.number}, input `{one.asks.folded}`", error)
        answers = list[Value]()
        for cell, output in zip(row.answers, self.table.outputs, strict=True):
            try:
                answers.append(_answer(cell))
            except FeelError as error:
                at = f"row {row.number}, {_output_name(output.name)}"
                self.refuse(cell.line, at, error)
        return ReadRow(row, tuple(tests), tuple(answers))

    def _check_sum(self, outputs: Sequence[Answers], rows: Sequence[ReadRow]) -> None:
        if len(outputs) > 1 or outputs[0].default is not None:
            what = "adds up several outputs" if len(outputs) > 1 else "adds up, and has a default"
            error = FeelError(what, "one output that adds up is a score")
            return self.refuse(self.table.line, "", error)
        for row in rows:
            worth, cell = row.answers[0], row.row.answers[0]
            if not isinstance(worth, Decimal) or worth != int(worth):
                what = f"adds `{cell.folded}`, which is no whole number"
                at = f"row {row.row.number}, {_output_name(outputs[0].name)}"
                self.refuse(cell.line, at, FeelError(what, "take a finer unit"))
        return None

    def _check_priority(self, outputs: Sequence[Answers], rows: Sequence[ReadRow]) -> None:
        if not any(output.values for output in outputs):
            what = "has hit policy PRIORITY without an order of priority"
            error = FeelError(what, "list the output values, the first before the others")
            return self.refuse(self.table.line, "", error)
        for row in rows:
            for cell, answer, output in zip(row.row.answers, row.answers, outputs, strict=True):
                if output.values and answer not in output.values:
                    what = f"`{cell.folded}` has no place in the order of priority"
                    hint = "list it among the output values, the first before the others"
                    at = f"row {row.row.number}, {_output_name(output.name)}"
                    self.refuse(cell.line, at, FeelError(what, hint))
        return None


def _output_name(name: str) -> str:
    return f"output `{name}`" if name else "output"


def _allowed(values: Cell | None) -> Tests | None:
    return None if values is None else parse_allowed(values.text)


def _answer(cell: Cell) -> Value:
    """Return the value that a cell answers with. Raises FeelError."""
    try:
        return parse_value(cell.text)
    except FeelError as error:
        shown = cell.folded
        if shown in ("", "-", "null"):
            hint = "take the row out: where none applies a person looks; or name what it answers"
            raise FeelError("answers nothing", hint) from error
        raise FeelError(f"answers `{shown}`, which would be computed", COMPUTED) from error
