"""A decision model as its file has it: decisions with tables, inputs, types; each with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from routeengine.errors import shown


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """One thing of a decision model that cannot be a rule: where it stands, what it is, what to do.

    `line` is the line in the file. `where` names the decision, and the row and the input if it is
    one cell. `what` is what stands there, and `hint` what to do.
    """

    line: int
    where: str
    what: str
    hint: str

    def told(self, file: str) -> str:
        """Return the refusal as `FILE:LINE: where: what (hint)`."""
        return f"{shown(file)}:{self.line}: {shown(self.where)}: {shown(self.what)} ({self.hint})"


class RefusedError(Exception):
    """Something cannot be read; `line`, `at` within the decision, `what` and `hint`."""

    def __init__(self, line: int, at: str, what: str, hint: str) -> None:
        super().__init__(line, at, what, hint)
        self.line, self.at, self.what, self.hint = line, at, what, hint

    def of(self, decision: str) -> Refusal:
        """Return the refusal, of what stands in a decision."""
        where = ", ".join(filter(None, (f"decision `{decision}`", self.at)))
        return Refusal(self.line, where, self.what, self.hint)


class Cell(NamedTuple):
    """A text of the file, and the line where it begins."""

    text: str
    line: int

    @property
    def folded(self) -> str:
        """The text in one line."""
        return " ".join(self.text.split())


@dataclass(frozen=True, slots=True)
class Input:
    """A column that a table asks: the name of it, its type, and the values it can have."""

    asks: Cell
    type: str
    values: Cell | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column that a table answers with. `name` is empty where it is the only one."""

    name: str
    type: str
    line: int
    values: Cell | None = None
    default: Cell | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A rule of a table: a cell per input, then a cell per output."""

    number: int
    line: int
    tests: tuple[Cell, ...]
    answers: tuple[Cell, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. `given` says what stands for each parameter, where it is called by name."""

    hit_policy: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
    line: int
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: its table, or why there is none that can be read."""

    name: str
    type: str
    line: int
    table: Table | None
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class ItemType:
    """A type that the model defines: what it is one of, its values, or the parts it has.

    `places` are those of a number, which an export of rules adds.
    """

    base: str
    line: int
    values: Cell | None = None
    parts: Mapping[str, ItemType] = field(default_factory=dict)
    is_list: bool = False
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A decision model; `sha256` is of the bytes of the file. Inputs are types by name."""

    file: str
    name: str
    sha256: str
    decisions: tuple[Decision, ...]
    inputs: Mapping[str, str]
    types: Mapping[str, ItemType]
    imports: tuple[str, ...] = ()

    @property
    def decision(self) -> Mapping[str, Decision]:
        """The decisions by name."""
        return {one.name: one for one in self.decisions}
