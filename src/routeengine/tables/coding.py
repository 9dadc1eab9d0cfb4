"""From planes to a code per row, and from a code to the words of a column.

Rows have few different answers. What each answer reads like is worked out once, by the
one definition of how verdicts are summed up; a row holds only its number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.tables.bits import Plane, kinds_of, sets_of

Codes = NDArray[np.uint32]
"""Per row the number of its answer; 0 where there is none."""

_NOT_SEEN = np.uint32(0xFFFFFFFF)


class SetCoder:
    """Numbers the sets of bits that rows have in some planes, always as many.

    `number` gives the code of a set, as the bits of an integer; hardly ever twice for one set.
    """

    def __init__(self, number: Callable[[int], int]) -> None:
        self._number = number
        self._few: NDArray[np.uint32] | None = None
        self._known = cache(lambda raw: number(int.from_bytes(raw, "little")))

    def codes(self, planes: Sequence[Plane], rows: int) -> Codes:
        """Give a code for each row."""
        width = (len(planes) + 7) // 8
        sets = sets_of(planes, width, rows)
        if width > 2:
            kinds, which = kinds_of(sets)
            return np.array(list(map(self._known, kinds)), np.uint32).take(which)
        few, words = self._few, sets.view(np.dtype(f"<u{width}")).ravel()
        if few is None:
            few = self._few = np.full(1 << 8 * width, _NOT_SEEN)
        codes = few.take(words)
        if (new := codes == _NOT_SEEN).any():
            for reached in np.unique(words[new]).tolist():
                few[reached] = self._number(reached)
            codes = few.take(words)
        return codes


class Lines:
    """The different answers of one decision, or of the flags: a text per column each.

    Line 0 says that there is no answer: every text is None.
    """

    def __init__(self, kinds: Sequence[pa.DataType]) -> None:
        self.kinds = tuple(kinds)
        self._lock = Lock()
        self._numbers: dict[tuple[str | None, ...], int] = {}
        self._lines: list[tuple[str | None, ...]] = []
        self.number((None,) * len(kinds))

    def number(self, line: tuple[str | None, ...]) -> int:
        """Give the code of a line."""
        with self._lock:
            code = self._numbers.get(line)
            if code is None:
                code = self._numbers[line] = len(self._lines)
                self._lines.append(line)
            return code

    def arrays(self, codes: Codes, wanted: Collection[int] = (0,)) -> list[pa.DictionaryArray]:
        """Give the wanted columns, by number, for the rows that have these codes.

        They hang on these rows alone, and not on what was classified before.
        """
        most = int(codes.max())
        narrow = codes.astype(np.uint8).tobytes() if most < 256 else None
        if narrow is None:
            used = np.flatnonzero(np.bincount(codes)).tolist()
        else:
            used = [code for code in range(most + 1) if code in narrow]  # a search by memchr
        return [
            _column(self.kinds[n], codes, narrow, {code: self._lines[code][n] for code in used})
            for n in wanted
        ]


def _column(
    kind: pa.DictionaryType, codes: Codes, narrow: bytes | None, texts: dict[int, str | None]
) -> pa.DictionaryArray:
    """Give one column: per row the place of its text among the words, or null."""
    index = np.dtype(str(kind.index_type))
    words = sorted({text for text in texts.values() if text is not None})
    place = {word: number for number, word in enumerate(words)}
    places = np.full(max(texts) + 1, -1, index)
    for code, text in texts.items():
        places[code] = -1 if text is None else place[text]
    if narrow is not None and index.itemsize == 1:
        table = places.tobytes().ljust(256, b"\0")
        places_of: NDArray[Any] = np.frombuffer(narrow.translate(table), np.int8)
    else:
        places_of = places.take(codes)
    validity = None
    if None in texts.values():
        validity = pa.py_buffer(np.packbits(places_of >= 0, bitorder="little"))
        # What stands under a null is place 0: the sign as a mask, for that is quick.
        places_of = places_of & ~(places_of >> (8 * index.itemsize - 1))
    buffers = [validity, pa.py_buffer(places_of)]
    return pa.DictionaryArray.from_buffers(kind, len(codes), buffers, pa.array(words, pa.string()))


def index_type(values: int) -> pa.DataType:
    """Give the smallest type that counts so many different values."""
    for kind in (pa.int8(), pa.int16()):
        if values <= 1 << (kind.bit_width - 1):
            return kind
    return pa.int32()
