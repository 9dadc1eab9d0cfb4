"""Client ids by column: which are plain, and which stand in a file twice.

All ids of a large file do not fit in memory, so numbers of 64 bits stand for them. Where none
of those comes twice no id does. Where some do, the file is read again, and the ids behind
those few are compared letter by letter: two ids that share a number are no fault.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from routeengine.client_id import MAX_LENGTH

KEPT = 1 << 22
"""Ids whose numbers are held in memory, 8 bytes each; more of them go to a temporary file."""

_SPACE, _TILDE = 0x20, 0x7E
_SPACES = np.frombuffer(b" " * 8, "<u8")[0]
_HALF = np.uint64(32)


def odd_ids(ids: pa.Array) -> NDArray[np.bool_]:
    """Mark the ids that are more than a line of printable ASCII without space around it."""
    width = np.int64 if pa.types.is_large_string(ids.type) else np.int32
    offsets = np.frombuffer(ids.buffers()[1], width)[ids.offset : ids.offset + len(ids) + 1]
    text = ids.buffers()[2]
    data = np.frombuffer(text, np.uint8) if text is not None and text.size else np.zeros(1, "u1")
    lengths = np.diff(offsets)
    odd: NDArray[np.bool_] = (lengths == 0) | (lengths > MAX_LENGTH)
    if ids.null_count:
        odd |= ids.is_null().to_numpy(zero_copy_only=False)
    used = data[offsets[0] : offsets[-1]]
    if used.size == 0 or (used.min() > _SPACE and used.max() <= _TILDE):
        return odd  # nothing but plain signs, as most often
    last = len(data) - 1
    odd |= data[np.minimum(offsets[:-1], last)] == _SPACE
    odd |= data[np.maximum(offsets[1:], 1) - 1] == _SPACE
    (strange,) = np.nonzero((used < _SPACE) | (used > _TILDE))
    if strange.size:
        odd[np.searchsorted(offsets, strange + offsets[0], side="right") - 1] = True
    return odd


class Hashes:
    """Numbers of 64 bits that stand for client ids; which ones differs per object."""

    def __init__(self) -> None:
        words = -(-MAX_LENGTH * 4 // 8)  # a character has at most four bytes
        self._keys = np.array([secrets.randbits(64) | 1 for _ in range(2 * words)], np.uint64)

    def of(self, ids: pa.Array) -> NDArray[np.uint64]:
        """Give the numbers of plain ids; those of ids that are not plain mean nothing."""
        longest = pc.max(pc.binary_length(ids)).as_py() or 0
        width = max(8, -(-longest // 8) * 8)
        padded = pc.ascii_rpad(ids, width=width, padding=" ")
        start = np.frombuffer(padded.buffers()[1], np.int32)[padded.offset]
        data = np.frombuffer(padded.buffers()[2], np.uint8)[start : start + len(ids) * width]
        return self._mixed(data.view("<u8").reshape(len(ids), width // 8))

    def of_texts(self, ids: Sequence[str]) -> NDArray[np.uint64]:
        """Give the numbers of any ids."""
        raws = [client.encode() for client in ids]
        width = -(-max(map(len, raws), default=1) // 8) * 8
        data = np.frombuffer(b"".join(raw.ljust(width) for raw in raws), "<u8")
        return self._mixed(data.reshape(len(ids), width // 8))

    def _mixed(self, words: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Mix each word by keys of its own; a word of spaces adds nothing, so width is free."""
        mixed = np.zeros(len(words), np.uint64)
        for place in range(words.shape[1]):
            word = (words[:, place] ^ _SPACES) * self._keys[2 * place]
            word ^= word >> _HALF
            word *= self._keys[2 * place + 1]
            mixed ^= word
        return mixed


class ClientIds:
    """The client ids of one reading of a file, as numbers; use as a context manager."""

    def __init__(self) -> None:
        self.hashes = Hashes()
        self._kept: list[NDArray[np.uint64]] = []
        self._count = 0
        self._total = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, hashes: NDArray[np.uint64]) -> None:
        """Take the numbers of some more ids."""
        self._kept.append(hashes)
        self._count += len(hashes)
        self._total += len(hashes)
        if self._count > KEPT:
            if self._file is None:
                self._file = TemporaryFile()  # closed on leaving
            for some in self._kept:
                self._file.write(some.tobytes())
            self._kept, self._count = [], 0

    def repeated(self) -> NDArray[np.uint64]:
        """Give the numbers that came more than once, sorted."""
        parts = self._total // KEPT + 1
        found = [_twice(self._part(part, parts)) for part in range(parts)]
        return np.concatenate(found)

    def _part(self, part: int, parts: int) -> NDArray[np.uint64]:
        """Give the numbers in one of so many equal ranges."""
        width = (1 << 64) // parts
        low = np.uint64(part * width)
        high = np.uint64((part + 1) * width - 1 if part + 1 < parts else (1 << 64) - 1)
        some = []
        if self._file is not None:
            self._file.seek(0)
            while data := self._file.read(KEPT * 8):
                some.append(_between(np.frombuffer(data, np.uint64), low, high))
        some += [_between(kept, low, high) for kept in self._kept]
        return np.concatenate(some) if some else np.empty(0, np.uint64)


def _between(numbers: NDArray[np.uint64], low: np.uint64, high: np.uint64) -> NDArray[np.uint64]:
    return numbers[(numbers >= low) & (numbers <= high)]


def _twice(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    numbers.sort()
    return np.unique(numbers[1:][numbers[1:] == numbers[:-1]])


class Repeated:
    """The ids that may stand in a file twice, once it was read, and where they stood first."""

    def __init__(self, hashes: Hashes, numbers: NDArray[np.uint64]) -> None:
        self.hashes = hashes
        self._numbers = numbers
        self._rows: dict[str, int] = {}

    def mark(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Mark the ids that have to be compared."""
        places = np.searchsorted(self._numbers, hashes)
        places[places == len(self._numbers)] = 0
        found: NDArray[np.bool_] = self._numbers[places] == hashes
        return found

    def earlier(self, client_id: str, number: int) -> int:
        """Give the first row that an id stood in, of the rows that were asked for."""
        if self.mark(self.hashes.of_texts([client_id]))[0]:
            return self._rows.setdefault(client_id, number)
        return number
