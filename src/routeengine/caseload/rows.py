"""What comes out of a caseload file: one row per client, good or faulty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routeengine.profile import Knowledge

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
        """Give the fault as `ROW: FIELD: message`; whoever prints it puts `FILE:` before it."""
        return f"{self.row}: {self.field}: {self.message}"


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One row of a caseload.

    `profile` holds the client id and the facts of which something is known, and is
    None just where the row has faults. `client_id` is None where none could be read.
    """

    number: int
    client_id: str | None
    profile: Mapping[str, Knowledge] | None
    faults: tuple[RowFault, ...] = ()

    def __repr__(self) -> str:
        return f"Row({self.number}, faults={len(self.faults)})"
