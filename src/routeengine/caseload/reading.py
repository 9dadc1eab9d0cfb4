"""A caseload file as rows: every record comes out once, good or with its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, Self, TypeVar
from weakref import finalize

from routeengine.caseload.columns import Columns
from routeengine.caseload.delimited import DelimitedSource
from routeengine.caseload.json_records import JsonArraySource, JsonLinesSource
from routeengine.caseload.parquet import ParquetSource
from routeengine.caseload.rows import Row, RowReader
from routeengine.caseload.source import STANDARD, Source, put_aside, refuse_name, refusing
from routeengine.caseload.workbook import WorkbookSource
from routeengine.errors import CaseloadError
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
"""Format by the ending of a file's name."""


def open_caseload(
    path: str | Path,
    ruleset: RuleSet,
    *,
    drop_columns: Iterable[str] = (),
    format: str | None = None,  # the word that users know
) -> Caseload:
    """Open a caseload file for reading, and look at its header.

    `format` is "csv", "parquet", "xlsx", "jsonl" or "json", and the ending of the name says it if
    it is None. `drop_columns` names columns to leave out; what is in them is not looked at. A path
    `-` is standard input; that, like a pipe, is put aside in a temporary file, to be read again.

    Raises CaseloadError if the file cannot be read, has columns that are no fact
    or are refused, or has no client id; MissingExtraError if its format needs a
    package that is not installed.
    """
    return Caseload(str(path), ruleset, tuple(drop_columns), format)


class Caseload:
    """The rows of one caseload file, read as they are asked for; may be read again.

    `format` is "csv", "parquet", "xlsx", "jsonl" or "json". `done` of `total` says
    how far the last reading is, in `unit`: "B" (bytes) or "rows"; `total` is None
    if the file does not say. Works as a context manager too.
    """

    def __init__(
        self, path: str, ruleset: RuleSet, drop: tuple[str, ...], format: str | None = None
    ) -> None:
        self.path = "standard input" if path == STANDARD else path
        self.done = 0
        self.ruleset = ruleset
        self.columns = Columns(ruleset, drop)
        refuse_name(path)
        self.format = format or FORMATS.get(Path(path).suffix.lower(), "")
        if self.format not in _SOURCES:
            raise CaseloadError(self.path, _formats(format))
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
            row = RowReader(self.ruleset, source).row
            for record in self.follow(source, source.records()):
                yield row(record)

    def follow(self, source: Source, items: Iterable[T]) -> Iterator[T]:
        """Yield what is read of a source, and keep `done` up to date."""
        self.done = 0
        for item in items:
            self.done = source.done
            yield item
        self.done = source.done if source.total is None else source.total

    def refuse_change(self) -> None:
        """Raise CaseloadError if the file is not as it was when it was opened.

        For whoever has read it: rows that were cut off meanwhile cannot be told otherwise.
        """
        with refusing(self.path, "cannot be read"):
            if self._stamp() != self._opened:
                raise CaseloadError(self.path, "was changed while it was read")

    def _stamp(self) -> tuple[int, int]:
        status = Path(self.place).stat()
        return status.st_size, status.st_mtime_ns

    def open(self) -> Source:
        """Open the file as its format reads it; whoever calls this closes it."""
        with refusing(self.path, "cannot be read"):
            return _SOURCES[self.format](self.path, self.columns, self.place)


def _formats(given: str | None) -> str:
    if given is not None:
        return f"cannot be read in that format: use {', '.join(f'`{name}`' for name in _SOURCES)}"
    return f"has no ending that is read: use {', '.join(FORMATS)}, or tell the format (`--from`)"


_SOURCES: Final[Mapping[str, Callable[[str, Columns, str], Source]]] = {
    "csv": DelimitedSource,
    "parquet": ParquetSource,
    "xlsx": WorkbookSource,
    "jsonl": JsonLinesSource,
    "json": JsonArraySource,
}
