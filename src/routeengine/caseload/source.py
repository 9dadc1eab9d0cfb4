"""What each file format offers: records, one by one, as they stand in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

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


class Source(Protocol):
    """An open file. `header` is None when every record has its own keys.

    `typings` says of each column how its cells are read. `total` and `done` measure
    progress in `unit`.
    """

    unit: str
    total: int | None
    header: tuple[str, ...] | None
    typings: tuple[Typing, ...]

    @property
    def done(self) -> int:
        """How much was read."""
        ...

    def records(self, wanted: Sequence[bool]) -> Iterator[Record]:
        """Yield the records; only the wanted columns have to be read."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


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
