"""A classified caseload as a file: one row per input row, whole or not at all.

The file is written beside its place and moved there at the end, so that an error or
Ctrl-C leaves what was there before.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, Self, TypeAlias, cast

from routeengine.caseload.rows import WHOLE_ROW, RowFault, describe_faults
from routeengine.caseload.source import CHUNK, STANDARD, refuse_name, refusing_to_write
from routeengine.caseload.writers import WRITERS, Writer
from routeengine.errors import CaseloadError, shown
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
"""The format in which a classified caseload is written, by the ending of its name."""

PARTS: Final = tuple(column_of("", field) for field in COLUMN_FIELDS)
"""The columns of one decision are its id with these endings."""


def output_columns(ruleset: RuleSet, *, executors: bool = False) -> tuple[str, ...]:
    """Return the names of the columns of a classified caseload, in order.

    With `executors` there is one more, which says who answered each row.
    """
    decisions = [f"{decision.id}{part}" for decision in ruleset.decisions for part in PARTS]
    return (CLIENT_ID, *decisions, "flags", "error", *_PROVENANCE, *["executor"] * executors)


_STREAMS = ("/dev/fd", "/dev/std", "/proc/")

_PROVENANCE = ("ruleset", "ruleset_version", "ruleset_sha256")


Note: TypeAlias = Callable[[str], object]
"""Is told, in a line that names the file, what whoever asked may want to know of it."""


def open_output(
    path: str | Path,
    ruleset: RuleSet,
    *,
    format: str | None = None,  # the word that users know
    reading: str | Path | None = None,
    note: Note | None = None,
    executors: bool = False,
) -> Output:
    """Return a writer of a classified caseload, to be used as a context manager.

    A `path` "-" is standard output. `format` is "csv", "tsv", "parquet", "jsonl" or "json"; if it
    is None the ending of the name says it. `reading` is the input file, so that it is not
    overwritten. `note` is called with a line if a part of the file that a killed run left was
    removed. With `executors` there is a column that says which executor answered.

    Raises CaseloadError if the file cannot be written there, and MissingExtraError if its format
    needs a package that is not installed.
    """
    return Output(path, ruleset, format, reading, note, executors)


class Output:
    """Writes one row per `write`; the file is there when the `with` block ends well.

    `open_output` makes it. If the block ends by an error, what was at that place before is still
    there.
    """

    def __init__(
        self,
        path: str | Path,
        ruleset: RuleSet,
        format: str | None,  # the word that users know
        reading: str | Path | None,
        note: Note | None = None,
        executors: bool = False,
    ) -> None:
        self._file = WholeFile(path, [reading], note)
        self.path = self._file.path
        self.format = format or OUTPUT_FORMATS.get(Path(path).suffix.lower(), "")
        if self.format not in WRITERS:
            raise CaseloadError(self.path, _formats(format))
        self.columns = output_columns(ruleset, executors=executors)
        self._executors = executors
        self._ruleset = ruleset
        self._facts = {fact.id: place for place, fact in enumerate(ruleset.facts)}
        ref = reference(ruleset)
        self._provenance = [ref.id, ref.version, ref.sha256]
        self._writer: Writer | None = None

    def __enter__(self) -> Self:
        try:
            with self._file.refusing():
                self._writer = WRITERS[self.format](self._file.open(), self.columns)
        except BaseException:
            self._file.discard()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        writer, self._writer = self._writer, None
        try:
            if writer is not None and kind is not None:
                writer.abandon()
            elif writer is not None:
                with self._file.refusing():
                    writer.finish()
                self._file.keep()
        finally:
            self._file.discard()

    def write(
        self, client_id: str | None, result: Result | None, faults: Iterable[RowFault] = ()
    ) -> None:
        """Write the row of one client: a result, or the faults that are why there is none.

        Raises CaseloadError outside the `with` block, and if the disk refuses it.
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
        cells += self._provenance
        if self._executors:
            cells.append(None if result is None else result.executor)
        with self._file.refusing():
            self._open_writer().row(cells)

    def write_batch(self, batch: Any) -> None:
        """Write rows that come by columns: an Arrow record batch with all of `output_columns`.

        Raises CaseloadError outside the `with` block, and if the disk refuses it.
        """
        with self._file.refusing():
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


class WholeFile:
    """A file that is there when it is whole: written beside its place, and moved there at the end.

    Who may read it was settled before: a file that is there keeps its owner and its mode, and a new
    one is for its owner alone. Standard output (`-`) gets what is in a temporary file by then.

    Raises CaseloadError if nothing can be written there, or if it is a file that is read.
    """

    def __init__(
        self,
        path: str | Path,
        reading: Iterable[str | Path | None] = (),
        note: Note | None = None,
    ) -> None:
        self.is_standard = str(path) == STANDARD
        self.path = "standard output" if self.is_standard else str(path)
        self._note = note or _ignore
        self._part: Path | None = None
        self._file: IO[bytes] | None = None
        self._is_locked = False
        if self.is_standard:
            return
        refuse_name(self.path)
        # By its name: what /dev/stdout leads to may well be a file.
        if str(Path.cwd() / path).startswith(_STREAMS):
            raise CaseloadError(self.path, "is no file: use `-` for standard output")
        with self.refusing():
            # A link stays a link: what it points at is replaced.
            self._target = Path(os.path.realpath(path))
            self._check(reading)

    def _check(self, reading: Iterable[str | Path | None]) -> None:
        if self._target.exists():
            if not self._target.is_file():
                raise CaseloadError(self.path, "is not a file that can be replaced")
            if any(one and _is_same(self._target, one) for one in reading):
                raise CaseloadError(self.path, "is what is read: write to another file")
        elif not self._target.parent.is_dir():
            raise CaseloadError(self.path, "cannot be written: there is no such folder")

    def refusing(self) -> AbstractContextManager[None]:
        """Raise CaseloadError, in words, if the disk refuses what is written to the part."""
        return refusing_to_write("" if self.is_standard else self.path)

    def open(self) -> BinaryIO:
        """Return the file that is written; what killed runs have left beside it goes."""
        if self.is_standard:
            self._file = tempfile.TemporaryFile()
        else:
            for part in self._target.parent.glob(self._name("*")):
                self._remove_stale(part)
            while self._file is None:
                self._file = self._new(self._target.with_name(self._name(secrets.token_hex(8))))
        return cast(BinaryIO, self._file)

    def keep(self) -> None:
        """Put the part in its place, for it is whole."""
        file = cast(BinaryIO, self._file)
        if self.is_standard:
            with self.refusing():
                file.seek(0)
            _put_out(file)
            return
        with self.refusing():
            file.flush()
            if self._target.exists():
                _keep_access(file.fileno(), self._target.stat())
            os.fsync(file.fileno())
            if not self._is_locked:
                # Where files cannot be locked one that is open cannot be moved either (Windows).
                file.close()
            cast(Path, self._part).replace(self._target)

    def discard(self) -> None:
        """Remove what is left of the part."""
        if self._file is not None:
            with suppress(OSError):
                # What it still holds back may not fit.
                self._file.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)
        self._file = self._part = None

    def _name(self, token: str) -> str:
        # By a hash: a name may be as long as a name can be.
        tag = hashlib.sha256(os.fsencode(self._target.name)).hexdigest()[:16]
        return f".routeengine-{tag}-{token}.part"

    def _new(self, part: Path) -> BinaryIO | None:
        """Make a part and lock it; None if a run that removes what is left was there first."""
        self._part = part
        # "x": never writes into a file that somebody put there.
        file = open(part, "xb", opener=_for_its_owner)  # `discard` closes it
        with suppress(BlockingIOError):
            self._is_locked = _lock(file.fileno())
            if os.fstat(file.fileno()).st_nlink:
                return file
        file.close()
        return None

    def _remove_stale(self, part: Path) -> None:
        """Remove a part that nobody writes any more: whoever does has locked it."""
        with suppress(OSError):
            left = os.open(part, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
            try:
                if not _lock(left):
                    return
                part.unlink()
            finally:
                os.close(left)
            what = f"what a run that was killed left of it is removed ({part.name})"
            self._note(f"{shown(self.path)}: {what}")


def _for_its_owner(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _lock(file: int) -> bool:
    """Lock an open file until it is closed; False where files cannot be locked.

    Raises BlockingIOError if another run has it.
    """
    try:
        fcntl = import_module("fcntl")  # not on Windows
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except (ImportError, OSError):
        return False
    return True


def _keep_access(file: int, old: os.stat_result) -> None:
    """Give a file the owner, group and mode that an older one has, as far as that is allowed."""
    mode = old.st_mode & 0o777
    for owner in (old.st_uid, -1):
        with suppress(OSError, AttributeError):
            os.fchown(file, owner, old.st_gid)  # Windows has no such thing
            break
    else:
        # Another group is not to read what that one could.
        mode &= ~0o070
    with suppress(OSError, AttributeError):
        os.fchmod(file, mode)  # nor this, before Python 3.13 on Windows


def _ignore(_: str) -> None:
    """Do nothing with what is told."""


def _is_same(target: Path, read: str | Path) -> bool:
    read = Path("/dev/stdin" if str(read) == STANDARD else read)
    return read.exists() and target.samefile(read)


def _put_out(file: BinaryIO) -> None:
    """Write a file to standard output; whoever reads that may leave before the end."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        raise CaseloadError("standard output", "takes no bytes")
    with refusing_to_write("standard output"), suppress(BrokenPipeError):
        while data := file.read(CHUNK):
            write_all(stream, data)
        stream.flush()


def write_all(stream: BinaryIO, data: bytes) -> None:
    """Write to a stream all that is given: one without a buffer may take a part, and say so."""
    while data:
        data = data[stream.write(data) :]


def _formats(given: str | None) -> str:
    if given is not None:
        formats = ", ".join(f"`{name}`" for name in WRITERS)
        return f"cannot be written in that format: use {formats}"
    endings = ", ".join(OUTPUT_FORMATS)
    return f"has no ending that is written: use {endings}, or tell the format (`--to`)"
