"""A caseload file as rows: every record comes out once, good or with its faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, Self, TypedDict, TypeVar
from weakref import finalize

from routeengine.caseload.columns import Columns
from routeengine.caseload.delimited import DelimitedSource
from routeengine.caseload.json_records import JsonArraySource, JsonLinesSource
from routeengine.caseload.parquet import ParquetSource
from routeengine.caseload.rows import Row, RowReader
from routeengine.caseload.source import (
    STANDARD,
    Notes,
    Source,
    note_lines,
    put_aside,
    refuse_name,
    refusing,
)
from routeengine.caseload.workbook import SAVE_AS, WorkbookSource
from routeengine.errors import CaseloadError, shown
from routeengine.quantities import DecimalSign, check_decimal
from routeengine.ruleset.model import RuleSet

T = TypeVar("T")

FORMATS: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
}
"""The format in which a caseload file is read, by the ending of its name."""

PACKED: Final = ("csv", "jsonl", "json")
"""Formats that are read from a file packed by gzip or zip, too."""

_OTHERS: Final = {
    ".ods": "an OpenDocument sheet",
    ".fods": "an OpenDocument sheet",
    ".numbers": "a sheet of Numbers",
    ".xls": "an old workbook",
    ".xlsb": "a binary workbook",
    ".xlsm": "a workbook with macros",
}
"""What people have too, by the ending; each program that makes it can save it as `.xlsx`."""


class ReadingOptions(TypedDict, total=False):
    """How a caseload file is written: arguments by name of `open_caseload`, which explains them."""

    drop_columns: Iterable[str]
    skip_rows: int
    format: str | None
    decimal: DecimalSign | None


def open_caseload(
    path: str | Path,
    ruleset: RuleSet,
    *,
    drop_columns: Iterable[str] = (),
    skip_rows: int = 0,
    format: str | None = None,  # the word that users know
    decimal: DecimalSign | None = None,
    beside: str | None = None,
) -> Caseload:
    r"""Open a caseload file for reading, and look at its header.

    Iterate over what is returned for its rows: each good one has a profile, each bad one its
    faults. A CSV or JSON file may be packed, as `clients.csv.gz` or `clients.zip`. A `path` "-" is
    standard input; that, like a pipe, is put aside in a temporary file, so that it can be read
    again.

    - `drop_columns` names columns to leave out, or gives their place, as "#1". What is in them is
      not looked at.
    - `skip_rows` is how many lines, or rows of a sheet, stand before the header.
    - `format` is "csv", "parquet", "xlsx", "jsonl" or "json". If it is None the ending of the name
      says it.
    - `decimal`, "comma" or "point", says which sign stands before decimals, where a text such as
      1.091 could be meant in two ways. Without it such a row has a fault.
    - `beside` names a column that is no fact and is read all the same, as it stands, for each
      `Row.beside`. No answer depends on it.

    Raises CaseloadError if the file cannot be read, has columns that are no fact or are refused, or
    has no client id; UsageError for a decimal sign that is none; and MissingExtraError if the
    format needs a package that is not installed.

    Examples:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from routeengine import load_ruleset
        >>> from routeengine.caseload import open_caseload
        >>> ruleset = load_ruleset("rijswijk-2023")
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "clients.csv")
        ...     _ = path.write_text("client_id;rung;willing\nc1;1;ja\nc2;nine;nee\n")
        ...     for row in open_caseload(path, ruleset):
        ...         print(row.number, row.profile, [fault.field for fault in row.faults])
        2 {'client_id': 'c1', 'rung': 1, 'willing': True} []
        3 None ['rung']
    """
    return Caseload(str(path), ruleset, tuple(drop_columns), format, skip_rows, decimal, beside)


class Caseload:
    """The rows of one caseload file, read as they are asked for; may be read again.

    `open_caseload` makes it. Iterating over it reads the file from the start, and raises
    CaseloadError if the file breaks off in a way that no row can tell. It works as a context
    manager too. Two readings at once share `done` and `notes`, so give each thread a caseload of
    its own.

    - `path` is the name of the file, and `format` how it is read.
    - `done` of `total` says how far the last reading is, in `unit`: "B" (bytes) or "rows". `total`
      is None if the file does not say.
    """

    def __init__(
        self,
        path: str,
        ruleset: RuleSet,
        drop: tuple[str, ...],
        format: str | None = None,
        skip: int = 0,
        decimal: DecimalSign | None = None,
        beside: str | None = None,
    ) -> None:
        self.path = "standard input" if path == STANDARD else path
        self.done = 0
        self.ruleset = ruleset
        self.decimal: DecimalSign | None = check_decimal(decimal)
        self.columns = Columns(ruleset, drop, beside=beside)
        self._skip = skip
        self._notes: Notes = Counter()
        refuse_name(path)
        ending = Path(path).suffix.lower()
        if ending in (".gz", ".zip"):  # `a.csv.gz`; a zip file has a CSV file if it does not say
            inner = Path(Path(path).stem).suffix.lower()
            ending = inner if FORMATS.get(inner) in PACKED else ending.replace(".zip", ".csv")
        self.format = format or FORMATS.get(ending, "")
        if self.format not in _SOURCES:
            other = None if format else _OTHERS.get(ending)
            raise CaseloadError(self.path, f"is {other}: {SAVE_AS}" if other else _formats(format))
        self._aside = put_aside(path, self.path)
        self.place = path
        if self._aside is not None:
            # By its number, for it has no name.
            self.place = f"/dev/fd/{self._aside.fileno()}"
            finalize(self, self._aside.close)
        with refusing(self.path, "cannot be read"):
            self._opened = self._stamp()
        with closing(self.open()) as source:
            self.unit, self.total = source.unit, source.total
            # If every record has keys of its own, those of the first speak for the file.
            first = None if source.targets else next(source.records(), None)
            if first is not None and not first.problem:
                self.columns.resolve(self.path, [key for key, _ in first.cells])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: each reading closes the file itself."""

    def __iter__(self) -> Iterator[Row]:
        """Read the file from the start.

        Raises CaseloadError if the file breaks off in a way that no row can be told.
        """
        with closing(self.open()) as source:
            row = RowReader(self.ruleset, source, decimal=self.decimal).row
            for record in self.follow(source, source.records()):
                yield row(record)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the last reading read otherwise than it is written: a line each, with a count."""
        return note_lines(shown(self.path), self._notes)

    def follow(self, source: Source, items: Iterable[T]) -> Iterator[T]:
        """Yield what is read of a source, and keep `done` up to date; for the library's own use."""
        self.done = 0
        self._notes = source.notes
        for item in items:
            self.done = source.done
            yield item
        self.done = source.done if source.total is None else source.total

    def refuse_change(self) -> None:
        """Raise CaseloadError if the file is not as it was when it was opened.

        Call it after the last row: rows that were cut off meanwhile cannot be told otherwise.
        """
        with refusing(self.path, "cannot be read"):
            if self._stamp() != self._opened:
                raise CaseloadError(self.path, "was changed while it was read")

    def _stamp(self) -> tuple[int, int]:
        status = Path(self.place).stat()
        return status.st_size, status.st_mtime_ns

    def open(self) -> Source:
        """Return the file, opened as its format reads it, for the caller to close.

        For the library's own use: iterate over the caseload for its rows.
        """
        with refusing(self.path, "cannot be read"):
            return _SOURCES[self.format](self.path, self.columns, self.place, self._skip)


def _formats(given: str | None) -> str:
    if given is not None:
        return f"cannot be read in that format: use {', '.join(f'`{name}`' for name in _SOURCES)}"
    return f"has no ending that is read: use {', '.join(FORMATS)}, or tell the format (`--from`)"


_SOURCES: Final[Mapping[str, Callable[[str, Columns, str, int], Source]]] = {
    "csv": DelimitedSource,
    "parquet": ParquetSource,
    "xlsx": WorkbookSource,
    "jsonl": JsonLinesSource,
    "json": JsonArraySource,
}
