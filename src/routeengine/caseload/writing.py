"""A classified caseload as a file: one row per input row, whole or not at all.

The file is written beside its place and moved there at the end, so that an error or
Ctrl-C leaves what was there before.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from routeengine.caseload.rows import WHOLE_ROW, RowFault, describe_faults
from routeengine.caseload.writers import WRITERS, Writer
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


def output_columns(ruleset: RuleSet) -> tuple[str, ...]:
    """Return the names of the output's columns, in order."""
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
    says it if it is None. `reading` is the input file, so that it is not overwritten.

    Raises CaseloadError if the file cannot be written there, and MissingExtraError
    if its format needs a package that is not installed.
    """
    return Output(Path(path), ruleset, format, reading)


class Output:
    """Writes one row per `write`; the file is there when the `with` block ends well."""

    def __init__(
        self,
        path: Path,
        ruleset: RuleSet,
        format: str | None,  # the word that users know
        reading: str | Path | None,
    ) -> None:
        self.path = str(path)
        self.format = format or OUTPUT_FORMATS.get(path.suffix.lower(), "")
        if self.format not in WRITERS:
            raise CaseloadError(self.path, _formats(format))
        self.columns = output_columns(ruleset)
        self._ruleset = ruleset
        self._facts = {fact.id: place for place, fact in enumerate(ruleset.facts)}
        ref = reference(ruleset)
        self._provenance = [ref.id, ref.version, ref.sha256]
        # A link stays a link: what it points at is replaced.
        self._target = Path(os.path.realpath(path))
        self._part = self._target.with_name(f".routeengine-{secrets.token_hex(8)}.part")
        self._check(reading)
        self._writer: Writer | None = None

    def _check(self, reading: str | Path | None) -> None:
        if self._target.exists():
            if not self._target.is_file():
                raise CaseloadError(self.path, "is not a file that can be replaced")
            if reading and Path(reading).exists() and self._target.samefile(reading):
                raise CaseloadError(self.path, "is the caseload itself: write to another file")
        elif not self._target.parent.is_dir():
            raise CaseloadError(self.path, "cannot be written: there is no such folder")

    def __enter__(self) -> Self:
        try:
            with self._refusing():
                self._writer = WRITERS[self.format](self._part, self.columns)
        except BaseException:
            self._discard()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        writer, self._writer = self._writer, None
        try:
            with self._refusing():
                if writer is not None and kind is not None:
                    writer.abandon()
                elif writer is not None:
                    writer.finish()
                    self._part.replace(self._target)
        finally:
            self._discard()

    def write(
        self, client_id: str | None, result: Result | None, faults: Iterable[RowFault] = ()
    ) -> None:
        """Write the row of one client: a result, or the faults that are why there is none.

        Raises CaseloadError if the disk refuses it.
        """
        # Half a character is written as its code: no file could hold it.
        cells = [client_id and client_id.encode(errors="backslashreplace").decode()]
        for decision in self._ruleset.decisions:
            cells += self._verdict(None if result is None else result.verdicts[decision.id])
        cells.append(None if result is None else " ".join(result.flags))
        cells.append(
            describe_faults(
                (f"row {fault.row}" if fault.field == WHOLE_ROW else fault.field, fault.message)
                for fault in faults
            )
        )
        with self._refusing():
            self._open_writer().row([*cells, *self._provenance])

    def write_batch(self, batch: Any) -> None:
        """Write rows that come by columns: an Arrow record batch with all of `output_columns`.

        Raises CaseloadError if the disk refuses it.
        """
        with self._refusing():
            self._open_writer().batch(batch)

    def _verdict(self, verdict: Verdict | None) -> list[str | None]:
        if verdict is None:
            return [None] * len(PARTS)
        # In a table the missing facts stand in declared order: ranking them is for one client.
        missing = sorted(verdict.missing, key=self._facts.__getitem__)
        return [*texts_of(verdict, COLUMN_FIELDS[:-1]), " ".join(missing)]

    def _open_writer(self) -> Writer:
        if self._writer is None:
            raise CaseloadError(self.path, "is not open: write within a `with` block")
        return self._writer

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Raise CaseloadError, in words, if the disk refuses something."""
        try:
            yield
        except OSError as error:
            reason = (error.strerror or "the disk refuses it").lower()
            raise CaseloadError(self.path, f"cannot be written: {reason}") from None

    def _discard(self) -> None:
        self._part.unlink(missing_ok=True)


def _formats(given: str | None) -> str:
    if given is not None:
        formats = ", ".join(f"`{name}`" for name in WRITERS)
        return f"cannot be written in that format: use {formats}"
    return f"has no ending that is written: use {', '.join(OUTPUT_FORMATS)}"
