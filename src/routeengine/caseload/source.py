"""What each file format offers: records, one by one, as they stand in the file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from routeengine.caseload.columns import MAX_COLUMNS, Columns, Skip, Target
from routeengine.errors import CaseloadError

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


class Source(ABC):
    """An open file.

    `targets` says what each column is for, `wanted` whether it has to be read, and `typings` how
    its cells are read, which is the `typing` of the format if it has one; there are none if every
    record has its own keys. `total` and `done` measure progress in `unit`.
    """

    unit = "B"
    typing: Typing = "text"
    targets: tuple[Target, ...] = ()
    wanted: tuple[bool, ...] = ()
    typings: tuple[Typing, ...] = ()

    def __init__(self, path: str, columns: Columns) -> None:
        self.path = path
        self.columns = columns
        self.file = Path(path).open("rb")  # `close` closes it
        self.total: int | None = Path(path).stat().st_size
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
