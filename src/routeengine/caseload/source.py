"""What each file format offers: records, one by one, as they stand in the file."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import tempfile
import zipfile
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

from routeengine.caseload.columns import MAX_COLUMNS, Headings, Skip, Target
from routeengine.caseload.lines import unpacked
from routeengine.client_id import whole_number
from routeengine.errors import CaseloadError

CHUNK = 1 << 20
"""Bytes of a stream that are put aside, or unpacked, at a time."""

Typing: TypeAlias = Literal["text", "sheet", "native"]
"""How cells are read: as text, as a spreadsheet's, or as typed values."""


Notes: TypeAlias = Counter[str]
"""What is read otherwise than it is written, and how often; no fault."""

SHORT = "rows with fewer cells than there are columns: the rest of them is unknown"
LONE_ID = "rows with nothing but a client id"
HIDDEN = "hidden rows, which are read as well"
HIDDEN_COLUMNS = "hidden columns, which are read as well"
COUNTED = "row numbers, in a first column without a name, that are left out"
OTHER_FORM = "client ids in another form of Unicode than NFC, which are read in that"

MAX_RATIO = 100
"""A workbook of text and numbers unpacks to 5 to 20 times its size."""

SMALL = 8 << 20
"""Bytes that any workbook may unpack to, whatever the ratio."""

MAX_PART = 64 << 20
"""Bytes of an unpacked part of a workbook that is no sheet."""

TOO_MUCH = "unpacks to far more than a caseload holds"
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s")
_SHEET = "xl/worksheets/"

HEADER_WITHIN = 50
"""Lines in which a header is looked for if the first one is none."""


def either_order(fact: str) -> str:
    """Return what is noted of days of a fact that may be meant in two ways."""
    return f"days of `{fact}` that are read day first, and could be meant month first"


def note_lines(named: str, notes: Notes) -> tuple[str, ...]:
    """Return a line, with a count, for each kind of note on what goes by this name."""
    return tuple(
        f"{named}: note: {what}: {count}" for what, count in sorted(notes.items()) if count
    )


class RowNumbers:
    """The numbers of rows that R and pandas write into a first column without a name.

    They count from 0 or from 1. `rows` is how many records there were, with the one at hand.
    """

    def __init__(self, notes: Notes) -> None:
        self.rows = 0
        self._first: int | None = None
        self._notes = notes

    def counts(self, cell: object) -> bool:
        """Return whether a cell has the number of the row at hand."""
        return not self.strange([cell])

    def strange(self, cells: Sequence[object]) -> list[int]:
        """Return which cells, from 0, of the last rows have something else than their numbers."""
        found = []
        before = self.rows - len(cells)
        for place, cell in enumerate(cells):
            number = whole_number(cell)
            if is_empty(number):
                continue
            if self._first is None and str(number) in (
                str(before + place),
                str(before + place + 1),
            ):
                self._first = int(str(number)) - before - place
            if self._first is not None and str(number) == str(before + place + self._first):
                self._notes[COUNTED] += 1
            else:
                found.append(place)
        return found


def is_empty(cell: object) -> bool:
    """Return whether a cell holds nothing at all."""
    return cell is None or cell == ""


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
    record has its own keys. `total` and `done` measure progress in `unit`. Where a format
    `skips_rows`, the first `skipped` of the file are left out.
    """

    unit = "B"
    typing: Typing = "text"
    skips_rows = False
    targets: tuple[Target, ...] = ()
    wanted: tuple[bool, ...] = ()
    typings: tuple[Typing, ...] = ()

    def __init__(self, path: str, columns: Headings, place: str = "", skip: int = 0) -> None:
        self.path = path
        self.columns = columns
        self.skipped = skip
        if skip and not self.skips_rows:
            raise CaseloadError(path, "has no rows before its header that can be skipped")
        self.notes: Notes = Counter()
        self.row_numbers = RowNumbers(self.notes)
        self.file: BinaryIO = Path(place or path).open("rb")  # `close` closes it
        self.total: int | None = os.fstat(self.file.fileno()).st_size
        self.rows = 0
        try:
            if self.unit == "B":
                self._unpack()
            self.start()
        except BaseException:
            self.close()
            raise

    def _unpack(self) -> None:
        """Read what is packed in the file, if it is; how much that is nobody knows."""
        file = unpacked(self.path, self.file)
        if file is not self.file:
            self.file, self.total = file, None

    @abstractmethod
    def start(self) -> None:
        """Read the file up to its first record; if it has a header, `name_columns` by it."""
        ...

    def name_columns(
        self, header: Sequence[str], more: Iterable[tuple[int, Sequence[str]]] = ()
    ) -> None:
        """Find out what each column is for; `more` has the lines after the header.

        Raises CaseloadError if that cannot be, and says which line may be the header.
        """
        if len(header) > MAX_COLUMNS:
            raise CaseloadError(self.path, f"has more than {MAX_COLUMNS:,} columns")
        try:
            self.targets = self.columns.resolve(self.path, header)
        except CaseloadError:
            number = self.columns.find_header(header, islice(more, HEADER_WITHIN))
            if number is None:
                raise
            raise CaseloadError(
                self.path,
                f"the column names seem to stand in line {number}: "
                f"`--skip-rows {number - 1}` begins there",
            ) from None
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


def inspect_zip(path: str, file: BinaryIO) -> None:
    """Unpack a workbook without keeping it, to see how large it is and what it holds.

    Raises CaseloadError if it unpacks to far more than its size, or has merged cells: of
    those only the first holds the value, so the others would be read as unknown.
    """
    # Counted while it is unpacked, in chunks that are thrown away: what a zip file says of its own
    # sizes is no more than a claim.
    left = max(SMALL, file.seek(0, os.SEEK_END) * MAX_RATIO)
    with zipfile.ZipFile(file) as book:
        for part in book.infolist():
            is_sheet = part.filename.lower().startswith(_SHEET)
            size, tail = 0, b""
            with book.open(part) as unpacked:
                while data := unpacked.read(CHUNK):
                    size += len(data)
                    if size > left or (size > MAX_PART and not is_sheet):
                        raise CaseloadError(path, TOO_MUCH)
                    # Without the zeros that UTF-16 has, so that nothing hides in it.
                    seen = tail + data.replace(b"\0", b"")
                    if is_sheet and _MERGED.search(seen):
                        raise CaseloadError(
                            path, "has merged cells: split them, so that every row holds its own"
                        )
                    tail = seen[-100:]
            left -= size


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
