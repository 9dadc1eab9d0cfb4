"""A classified caseload as a file: one row per input row, whole or not at all.

The file is written beside its place and moved there at the end, so that an error or
Ctrl-C leaves what was there before.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self, TypeAlias

from routeengine.caseload.parquet_writer import ParquetWriter
from routeengine.caseload.rows import WHOLE_ROW, RowFault
from routeengine.caseload.text_writers import CsvWriter, JsonArrayWriter, JsonLinesWriter
from routeengine.errors import CaseloadError
from routeengine.profile import CLIENT_ID
from routeengine.result import COLUMN_FIELDS, Result, Verdict, column_of, texts_of
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import RuleSet

OUTPUT_FORMATS: Final = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
}
"""Format by the ending of the output's name."""

PARTS: Final = tuple(column_of("", field) for field in COLUMN_FIELDS)
"""The columns of one decision are its id with these endings."""

_Cells: TypeAlias = list[str | None]


class Writer(Protocol):
    """Writes rows of text in one format."""

    def row(self, cells: _Cells) -> None:
        """Write one row; None is an empty cell or null."""
        ...

    def finish(self) -> None:
        """Write what has to stand at the end, and close the file."""
        ...

    def abandon(self) -> None:
        """Close the file as it is."""
        ...


WRITERS: Final[Mapping[str, Callable[[Path, tuple[str, ...]], Writer]]] = {
    "csv": lambda path, columns: CsvWriter(path, columns, ","),
    "tsv": lambda path, columns: CsvWriter(path, columns, "\t"),
    "parquet": ParquetWriter,
    "jsonl": JsonLinesWriter,
    "json": JsonArrayWriter,
}


def output_columns(ruleset: RuleSet) -> tuple[str, ...]:
    """Give the names of the output's columns, in order."""
    decisions = [f"{decision.id}{part}" for decision in ruleset.decisions for part in PARTS]
    return (CLIENT_ID, *decisions, "flags", "error", *_PROVENANCE)


_PROVENANCE = ("ruleset", "ruleset_version", "ruleset_sha256")


def open_output(
    path: str | Path,
    ruleset: RuleSet,
    *,
    format: str | None = None,  # the word that users know
    reading: str | Path | None = None,
) -> Output:
    """Get ready to write a classified caseload; use as a context manager.

    `format` is "csv", "tsv", "parquet", "jsonl" or "json", and the ending of the name
    says it where it is None. `reading` is the input file, so that it is not overwritten.

    Raises CaseloadError where the file cannot be written there, and MissingExtraError
    where its format needs a package that is not installed.
    """
    return Output(Path(path), ruleset, format, None if reading is None else Path(reading))


class Cells:
    """What stands in the row of a client, in order of `output_columns`."""

    def __init__(self, ruleset: RuleSet) -> None:
        ref = reference(ruleset)
        self.columns = output_columns(ruleset)
        self._ruleset = ruleset
        self._facts = {fact.id: place for place, fact in enumerate(ruleset.facts)}
        self._provenance: _Cells = [ref.id, ref.version, ref.sha256]

    def row(
        self, client_id: str | None, result: Result | None, faults: Iterable[RowFault] = ()
    ) -> list[str | None]:
        """Give the cells of the row of one client."""
        # Half a character is written as its code: no file could hold it.
        safe_id = client_id and client_id.encode(errors="backslashreplace").decode()
        cells: _Cells = [safe_id]
        for decision in self._ruleset.decisions:
            cells += self._verdict(None if result is None else result.verdicts[decision.id])
        cells.append(None if result is None else " ".join(result.flags))
        cells.append("; ".join(map(_words, faults)) or None)
        return cells + self._provenance

    def _verdict(self, verdict: Verdict | None) -> _Cells:
        if verdict is None:
            return [None] * len(PARTS)
        # In a table the missing facts stand in declared order: ranking them is for one client.
        missing = sorted(verdict.missing, key=self._facts.__getitem__)
        return [*texts_of(verdict, COLUMN_FIELDS[:-1]), " ".join(missing)]


class Output:
    """Writes one row per `write`; the file is there when the `with` block ends well."""

    writers: Mapping[str, Callable[[Path, tuple[str, ...]], Writer]] = WRITERS
    """What writes each format."""

    def __init__(
        self,
        path: Path,
        ruleset: RuleSet,
        format: str | None,  # the word that users know
        reading: Path | None,
    ) -> None:
        self.path = str(path)
        self.format = format or OUTPUT_FORMATS.get(path.suffix.lower(), "")
        if self.format not in WRITERS:
            raise CaseloadError(self.path, _formats(format))
        self._cells = Cells(ruleset)
        # A link stays a link: what it points at is replaced.
        self._target = Path(os.path.realpath(path))
        self._part = self._target.with_name(f".routeengine-{secrets.token_hex(8)}.part")
        self._check(reading)
        self._writer: Writer | None = None

    def _check(self, reading: Path | None) -> None:
        if self._target.exists():
            if not self._target.is_file():
                raise CaseloadError(self.path, "is not a file that can be replaced")
            if reading is not None and reading.exists() and self._target.samefile(reading):
                raise CaseloadError(self.path, "is the caseload itself: write to another file")
        elif not self._target.parent.is_dir():
            raise CaseloadError(self.path, "cannot be written: there is no such folder")

    def __enter__(self) -> Self:
        try:
            self._writer = self.writers[self.format](self._part, self._cells.columns)
        except OSError as error:
            self._discard()
            raise CaseloadError(self.path, _why(error)) from None
        except BaseException:
            self._discard()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        writer, self._writer = self._writer, None
        try:
            if writer is None:
                return
            if kind is not None:
                writer.abandon()
                return
            writer.finish()
            self._part.replace(self._target)
        except OSError as problem:
            raise CaseloadError(self.path, _why(problem)) from None
        finally:
            self._discard()

    def write(
        self, client_id: str | None, result: Result | None, faults: Iterable[RowFault] = ()
    ) -> None:
        """Write the row of one client: a result, or the faults that are why there is none.

        Raises CaseloadError where the disk refuses it.
        """
        self._try(lambda writer: writer.row(self._cells.row(client_id, result, faults)))

    def _try(self, write: Callable[[Any], None]) -> None:
        """Have the writer write, and tell in words where the disk refuses it."""
        if self._writer is None:
            raise CaseloadError(self.path, "is not open: write within a `with` block")
        try:
            write(self._writer)
        except OSError as error:
            raise CaseloadError(self.path, _why(error)) from None

    def _discard(self) -> None:
        self._part.unlink(missing_ok=True)


def _words(fault: RowFault) -> str:
    field = f"row {fault.row}" if fault.field == WHOLE_ROW else fault.field
    return f"{field}: {fault.message}"


def _why(error: OSError) -> str:
    return f"cannot be written: {(error.strerror or 'the disk refuses it').lower()}"


def _formats(given: str | None) -> str:
    if given is not None:
        formats = ", ".join(f"`{name}`" for name in WRITERS)
        return f"cannot be written in that format: use {formats}"
    return f"has no ending that is written: use {', '.join(OUTPUT_FORMATS)}"
