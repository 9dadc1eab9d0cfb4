"""A text file in pieces: large ones where every line is plain, else lines one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np

from routeengine.caseload.columnar.block import Block
from routeengine.caseload.lines import CHUNK, LINE_LIMIT, Lines
from routeengine.caseload.source import Record

PIECE = 1 << 23
"""Bytes that are read as one block."""

ROWS = 1 << 16
"""Lines of a block at most: what comes out for the shortest one is a hundred times as long."""

_MARK = b"\xef\xbb\xbf"

Parse = Callable[[bytes, int], Block | None]
"""Makes a block of whole lines, of which so many came before; None where one is not plain."""


class TextSource(Protocol):
    """An open text file."""

    lines: Lines

    @property
    def pending(self) -> bool:
        """Whether lines were split off that are still to be read one by one."""
        ...

    @property
    def put_back(self) -> bool:
        """Whether some of those were read before, and may not be read in any other way."""
        ...

    def records(self, wanted: Sequence[bool]) -> Iterator[Record]:
        """Yield the records."""
        ...


def blocks(
    source: TextSource, wanted: Sequence[bool], parse: Parse
) -> Iterator[Block | list[Record]]:
    """Yield the records of a file in order, as blocks wherever the lines are plain.

    A piece with a line that is not plain is cut in halves, so that only the lines around that
    one are read one by one. So is one of too many lines.
    """
    lines, size = source.lines, PIECE
    records = source.records(wanted)
    while True:
        piece = b"" if source.put_back else lines.piece(size)
        few = piece.count(b"\n") <= ROWS
        block = parse(piece, lines.number) if piece and few else None
        if block is not None:
            lines.passed(len(block.numbers))
            size = min(PIECE, 2 * size)
            yield block
            continue
        if piece:
            lines.back(piece)
            if size > CHUNK and len(piece) > CHUNK:
                size = max(CHUNK, min(size, len(piece)) // 2)
                continue
        some = []
        for record in records:
            some.append(record)
            if not source.pending:
                break
        if not some:
            return
        yield some


def lines_in(piece: bytes) -> int:
    """Count the lines of a piece, or give 0 where splitting it is not as simple as that."""
    returns = piece.count(b"\r")
    if piece.startswith(_MARK) or returns != piece.count(b"\r\n"):
        return 0
    if len(piece) > LINE_LIMIT and _longest(piece) > LINE_LIMIT:
        return 0
    return piece.count(b"\n") + (not piece.endswith(b"\n"))


def _longest(piece: bytes) -> int:
    (ends,) = np.nonzero(np.frombuffer(piece, np.uint8) == ord("\n"))
    return int(np.diff(ends, prepend=-1, append=len(piece)).max())


def line_of(data: bytes) -> Callable[[int], str]:
    """Give what tells each line of a piece in UTF-8, by its number from 0."""
    lines: list[bytes] = []

    def line(number: int) -> str:
        if not lines:
            lines.extend(data.split(b"\n"))
        return lines[number].decode()

    return line
