"""What each file format offers: records, one by one, as they stand in the file."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

from routeengine.caseload.columns import MAX_COLUMNS, Columns, Skip, Target
from routeengine.errors import CaseloadError

CHUNK = 1 << 20
"""Bytes of a stream that are put aside at a time."""

Typing: TypeAlias = Literal["text", "sheet", "native"]
"""How cells are read: as text, as a spreadsheet's, or as typed values."""


@dataclass(slots=True)
class Record:
    """One record. `cells` stand in the order of the header, or are pairs (key, value).

    `problem` says what is wrong with the record as a whole; then there are no cells.
    """

    number: int
    cells: Sequence[Any]
    problem: str = ""


STANDARD = "-"
"""The path that stands for standard input, or standard output."""


class Source(ABC):
    """An open file, which errors call by its `path`, wherever its bytes are.

    `targets` says what each column is for, `wanted` whether it has to be read, and `typings` how
    its cells are read, which is the `typing` of the format if it has one; there are none if every
    record has its own keys. `total` and `done` measure progress in `unit`.
    """

    unit = "B"
    typing: Typing = "text"
    targets: tuple[Target, ...] = ()
    wanted: tuple[bool, ...] = ()
    typings: tuple[Typing, ...] = ()

    def __init__(self, path: str, columns: Columns, place: str = "") -> None:
        self.path = path
        self.columns = columns
        self.file = Path(place or path).open("rb")  # `close` closes it
        self.total: int | None = os.fstat(self.file.fileno()).st_size
        self.rows = 0
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    @abstractmethod
    def start(self) -> None:
        """Read the file up to its first record; if it has a header, `name_columns` by it."""
        ...

    def name_columns(self, header: Sequence[str]) -> None:
        """Find out what each column is for."""
        if len(header) > MAX_COLUMNS:
            raise CaseloadError(self.path, f"has more than {MAX_COLUMNS:,} columns")
        self.targets = self.columns.resolve(self.path, header)
        self.wanted = tuple([target is not Skip.DROPPED for target in self.targets])
        self.typings = (self.typing,) * len(header)

    @property
    def done(self) -> int:
        """How much was read."""
        return self.rows if self.unit == "rows" else self.file.tell()

    @abstractmethod
    def records(self) -> Iterator[Record]:
        """Yield the records; of a column that was dropped nothing has to be there."""
        ...

    def close(self) -> None:
        """Close the file."""
        self.file.close()


@contextmanager
def refusing(path: str, what: str, *errors: type[Exception]) -> Iterator[None]:
    """Turn a format library's errors into a CaseloadError that says `what` is wrong.

    The library's own words are left out: they can hold what stands in a cell.
    """
    known: tuple[type[Exception], ...] = (OSError, MemoryError, *errors)
    try:
        yield
    except CaseloadError:
        raise
    except known as error:
        if isinstance(error, OSError) and error.errno is not None and error.strerror:
            what = f"cannot be read: {error.strerror.lower()}"
        raise CaseloadError(path, what) from None


def put_aside(path: str, named: str) -> BinaryIO | None:
    """Return what comes from standard input or a pipe in a temporary file; None of a file."""
    if path != STANDARD and not _is_stream(Path(path)):
        return None
    with ExitStack() as opened, refusing(named, "cannot be read"):
        if path != STANDARD:
            stream: BinaryIO = opened.enter_context(Path(path).open("rb"))
        elif (standard := getattr(sys.stdin, "buffer", None)) is not None:
            stream = standard
        else:
            raise CaseloadError(named, "is closed")
        with refusing_to_write():
            aside: BinaryIO = tempfile.TemporaryFile()
        while data := stream.read(CHUNK):
            with refusing_to_write():
                aside.write(data)
        with refusing_to_write():
            aside.flush()
    return aside


def refuse_name(path: str) -> None:
    """Raise CaseloadError if no file can have this name; an empty one is the current folder's."""
    if not path or "\0" in path:
        raise CaseloadError(path or "''", "is no name that a file can have")


def _is_stream(path: Path) -> bool:
    """Return whether a path is of something that can be read once only."""
    with suppress(OSError):
        mode = path.stat().st_mode
        return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
    return False


@contextmanager
def refusing_to_write(path: str = "") -> Iterator[None]:
    """Raise CaseloadError if the disk refuses what is written there.

    Without a path that is in a temporary file: the error names the folder of those.
    """
    try:
        yield
    except OSError as error:
        raise CaseloadError(path or _temporary(), f"cannot be written: {_refusal(error)}") from None


def _temporary() -> str:
    """Return the folder of temporary files; of several that cannot be used there is no one."""
    with suppress(OSError):
        return tempfile.gettempdir()
    return "temporary files"


def _refusal(error: OSError) -> str:
    """Return the words of the system, and the limit if it is one of this process."""
    reason = (error.strerror or "the disk refuses it").lower()
    if error.errno == errno.EFBIG:
        with suppress(ImportError):
            import resource  # not on Windows

            limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
            if limit != resource.RLIM_INFINITY:
                reason += f" (this process may write {limit:,} bytes to a file: `ulimit -f`)"
    return reason
