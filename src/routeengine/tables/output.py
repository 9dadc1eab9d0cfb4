"""The columns of a table of verdicts: from planes to a code per row, and from codes to words.

They are those of a classified caseload file; texts are dictionary-encoded, as there are few
different ones. What each answer reads like is worked out once, by the one definition of how
verdicts are summed up; a row holds only its number:

    planes of the rows    reaches A: 1 1 0    reaches review: 0 1 1
    a number per set      {A}: 1    {A, review}: 2    {review}: 3
    codes of the rows     1 2 3
    words                 decided, insufficient, review
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from routeengine.caseload.rows import Complaint, describe_faults
from routeengine.caseload.writing import output_columns
from routeengine.errors import UsageError
from routeengine.executors.summary import contradiction, summarise
from routeengine.profile import CLIENT_ID
from routeengine.result import COLUMN_FIELDS, Verdict, column_of, texts_of
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.resolution import NOT_APPLICABLE
from routeengine.tables.bits import Plane, distinct, kinds_at, kinds_of, rows_of, sets_of, width_of
from routeengine.tables.plan import DecisionQuery

FIELDS = COLUMN_FIELDS[:-1]
"""The fields of a verdict that have a column, but for what is missing: it is made differently."""

Codes = NDArray[np.uint32]
"""Per row the number of its answer; 0 if there is none."""

_NOT_SEEN = np.uint32(0xFFFFFFFF)

Faults = Mapping[int, Sequence[Complaint]]
"""Per row, from 0, what is wrong with it."""


def wanted_columns(
    ruleset: RuleSet, columns: Iterable[str] | None, *, missing: bool
) -> frozenset[str]:
    """Return which columns come out. What is wrong with a row always does.

    Raises UsageError for a column that there is not.
    """
    every = frozenset(output_columns(ruleset))
    wanted = every if columns is None else frozenset(columns)
    if strange := sorted(wanted - every):
        named = ", ".join(f"`{name}`" for name in strange)
        raise UsageError(f"there is no output column {named}: see docs/tables.md for their names")
    left_out = {column_of(one.id, "missing") for one in ruleset.decisions if not missing}
    return (wanted - left_out) | {"error"}


def output_schema(ruleset: RuleSet, client_id: pa.DataType, wanted: Collection[str]) -> pa.Schema:
    """Return the names and types of the wanted columns, in the order of a classified file."""
    kinds = {CLIENT_ID: client_id, "flags": flags_kind(ruleset), "error": pa.string()}
    for decision in ruleset.decisions:
        for field, kind in zip(FIELDS, decision_kinds(decision), strict=True):
            kinds[column_of(decision.id, field)] = kind
        kinds[column_of(decision.id, "missing")] = _text_kind(1 << 31)
    names = [name for name in output_columns(ruleset) if name in wanted]
    return pa.schema([(name, kinds.get(name, _text_kind(1))) for name in names])


def decision_kinds(decision: Decision) -> list[pa.DictionaryType]:
    """Return the types of the columns of a decision, in order, without what is missing."""
    outcomes = len(decision.outcomes)
    sets = 1 << min(outcomes, 31)
    return [_text_kind(n) for n in (outcomes, 4, len(decision.rules), sets, 4 * sets, 5)]


def flags_kind(ruleset: RuleSet) -> pa.DictionaryType:
    """Return the type of the column of flags."""
    return _text_kind(1 << min(len(ruleset.flags), 31))


def _text_kind(values: int) -> pa.DictionaryType:
    """Return the type of a column that has so many different texts: the smallest that counts."""
    fits = [kind for kind in (pa.int8(), pa.int16()) if values <= 1 << (kind.bit_width - 1)]
    return pa.dictionary(fits[0] if fits else pa.int32(), pa.string())


class CodedColumns:
    """Columns with few different answers: a code per row, and per code a text for each column.

    `read` gives the texts of an answer from its bits. Code 0 says that there is no answer: every
    text is None.
    """

    def __init__(
        self, kinds: Sequence[pa.DictionaryType], read: Callable[[int], tuple[str | None, ...]]
    ) -> None:
        self.kinds = tuple(kinds)
        self._lock = Lock()
        self._codes: dict[tuple[str | None, ...], int] = {}
        self._lines: list[tuple[str | None, ...]] = []
        self._code_of = cache(lambda bits: self.code(read(bits)))
        self._few: Codes | None = None
        self.code((None,) * len(kinds))

    def code(self, line: tuple[str | None, ...]) -> int:
        """Return the code of an answer, from its texts."""
        with self._lock:
            code = self._codes.get(line)
            if code is None:
                code = self._codes[line] = len(self._lines)
                self._lines.append(line)
            return code

    def codes(self, planes: Sequence[Plane], rows: int) -> Codes:
        """Return a code for each row, from its bits in some planes: always as many."""
        width = width_of(len(planes))
        sets = sets_of(planes, width, rows)
        if width > 2:
            kinds, which = kinds_of(sets)
            return np.array(list(map(self._code_of, kinds)), np.uint32).take(which)
        # Sets of up to 16 bits are looked up in a table, which is several times as fast.
        few, words = self._few, sets.view(np.dtype(f"<u{width}")).ravel()
        if few is None:
            few = self._few = np.full(1 << 8 * width, _NOT_SEEN)
        codes = few.take(words)
        if (new := codes == _NOT_SEEN).any():
            for bits in np.unique(words[new]).tolist():
                few[bits] = self._code_of(bits)
            codes = few.take(words)
        return codes

    def arrays(self, codes: Codes, wanted: Collection[int] = (0,)) -> list[pa.DictionaryArray]:
        """Return the wanted columns, by number, for the rows that have these codes.

        They depend on these rows alone, and not on what was classified before.
        """
        most = int(codes.max())
        # Of up to 256 lines, bytes are searched and translated several times as fast as numbers.
        narrow = codes.astype(np.uint8).tobytes() if most < 256 else None
        if narrow is None:
            used = np.flatnonzero(np.bincount(codes)).tolist()
        else:
            used = [code for code in range(most + 1) if code in narrow]
        return [
            _column(self.kinds[n], codes, narrow, {code: self._lines[code][n] for code in used})
            for n in wanted
        ]


def _column(
    kind: pa.DictionaryType, codes: Codes, narrow: bytes | None, texts: Mapping[int, str | None]
) -> pa.DictionaryArray:
    """Return one column: per row the place of its text among the words, or null."""
    words = sorted({text for text in texts.values() if text is not None})
    place = {None: -1} | {word: number for number, word in enumerate(words)}
    table = np.zeros(max(texts) + 1, np.dtype(str(kind.index_type)))
    table[list(texts)] = [place[text] for text in texts.values()]
    if narrow is not None and table.itemsize == 1:
        places = np.frombuffer(narrow.translate(table.tobytes().ljust(256)), table.dtype)
    else:
        places = table.take(codes)
    validity = None
    if None in texts.values():
        validity = pa.py_buffer(np.packbits(places >= 0, bitorder="little"))
        places = np.maximum(places, 0)  # under a null the place is 0
    buffers = [validity, pa.py_buffer(places)]
    return pa.DictionaryArray.from_buffers(kind, len(codes), buffers, pa.array(words, pa.string()))


class DecisionColumns(CodedColumns):
    """The columns of one decision: what its verdicts read like."""

    def __init__(self, query: DecisionQuery) -> None:
        super().__init__(decision_kinds(query.decision), self._read)
        self.query = query
        self.decision = query.decision
        self.names = [column_of(self.decision.id, field) for field in FIELDS]
        self.missing = column_of(self.decision.id, "missing")

    def _read(self, bits: int) -> tuple[str | None, ...]:
        """Read the bits of a row; the highest says that facts which the decision reads clash."""
        seen, winners = self.query.read(bits)
        size = len(self.query.verdicts) + len(self.query.groups)
        if bits >> size and seen != [NOT_APPLICABLE]:
            return texts_of(contradiction(self.decision, ()), FIELDS)
        return texts_of(summarise(self.decision, seen, winners=lambda: winners), FIELDS)

    def of(self, verdict: Verdict) -> int:
        """Return the code of a verdict."""
        return self.code(texts_of(verdict, FIELDS))


class FlagColumn(CodedColumns):
    """The column of these flags. The bits of a row say which of them are not raised."""

    def __init__(self, ruleset: RuleSet) -> None:
        super().__init__([flags_kind(ruleset)], self._read)
        self._flags = ruleset.flag_conditions

    def _read(self, bits: int) -> tuple[str]:
        return (" ".join(flag for n, flag in enumerate(self._flags) if not bits >> n & 1),)

    def of(self, raised: Iterable[str]) -> int:
        """Return the code of the flags that are raised."""
        return self.code((" ".join(raised),))


def constant(text: str, rows: int) -> pa.DictionaryArray:
    """Return a column that has the same text in each row."""
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int8), pa.array([text], pa.string()))


def lists_of(
    sets: NDArray[np.uint8], names: Sequence[str], absent: NDArray[np.bool_] | None
) -> pa.DictionaryArray:
    """Return, per row, the names whose bits are set, joined by a space.

    `sets` has the bits of a row in its bytes, the first name lowest; null where `absent`.
    """
    kinds, places = distinct(sets)
    bits = np.unpackbits(kinds, axis=1, bitorder="little", count=len(names))
    rows, which = np.nonzero(bits)
    offsets = np.searchsorted(rows, np.arange(len(kinds) + 1)).astype(np.int32)
    listed = pa.ListArray.from_arrays(pa.array(offsets), pa.array(names, pa.string()).take(which))
    joined = pc.call_function("binary_join", [listed, pa.scalar(" ")])
    return pa.DictionaryArray.from_arrays(pa.array(places, mask=absent), joined)


def row_faults(rows: int, faulty: Sequence[tuple[Complaint, Plane]], faults: Faults) -> Faults:
    """Return what is wrong, per row: what is known already, then the columns in their order."""
    wrong = {row: [*some] for row, some in sorted(faults.items())}
    if faulty:
        planes = [plane for _, plane in faulty]
        found = rows_of(np.bitwise_or.reduce(planes), rows)
        kinds, which = kinds_at(planes, found)
        seen = [[one for n, (one, _) in enumerate(faulty) if kind >> n & 1] for kind in kinds]
        for row, kind in zip(found.tolist(), which.tolist(), strict=True):
            wrong[row] = [*wrong.get(row, ()), *seen[kind]]
    return wrong


def error_column(faults: Faults, rows: int) -> pa.Array:
    """Return the column that says what is wrong with rows; null for most of them."""
    if not faults:
        return pa.nulls(rows, pa.string())
    texts = np.full(rows, None)
    texts[list(faults)] = list(map(describe_faults, faults.values()))
    return pa.array(texts, pa.string())
