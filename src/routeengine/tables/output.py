"""The columns that a table of verdicts has, and the words that stand in them.

They are those of a classified caseload file; texts are dictionary-encoded, for there
are few different ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from routeengine.caseload.writing import output_columns
from routeengine.errors import UsageError
from routeengine.executors.summary import contradiction, summarise
from routeengine.profile import CLIENT_ID
from routeengine.result import Verdict
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.settling import NOT_APPLICABLE, FullVerdict
from routeengine.tables.coding import Lines, index_type

PARTS = ("", "_status", "_rule", "_candidates", "_possible", "_reason")
"""The columns of a decision are its id with these endings, and the one of what is missing."""

MISSING = "_missing"


def text_kind(values: int) -> pa.DictionaryType:
    """Give the type of a column that has so many different texts."""
    return pa.dictionary(index_type(values), pa.string())


_LISTED = text_kind(1 << 31)


def output_schema(ruleset: RuleSet, client_id: pa.DataType, wanted: Collection[str]) -> pa.Schema:
    """Give the names and types of the wanted columns, in the order of a classified file."""
    kinds = {CLIENT_ID: client_id, "flags": flags_kind(ruleset), "error": pa.string()}
    for decision in ruleset.decisions:
        for part, kind in zip(PARTS, decision_kinds(decision), strict=True):
            kinds[decision.id + part] = kind
        kinds[decision.id + MISSING] = _LISTED
    names = [name for name in output_columns(ruleset) if name in wanted]
    return pa.schema([(name, kinds.get(name, text_kind(1))) for name in names])


def wanted_columns(
    ruleset: RuleSet, columns: Iterable[str] | None, *, missing: bool
) -> frozenset[str]:
    """Say which columns come out. What is wrong with a row is always told.

    Raises UsageError for a column that there is not.
    """
    every = frozenset(output_columns(ruleset))
    wanted = every if columns is None else frozenset(columns)
    if strange := sorted(wanted - every):
        named = ", ".join(f"`{name}`" for name in strange)
        raise UsageError(f"there is no output column {named}: see docs/tables.md for their names")
    left_out = set() if missing else {decision.id + MISSING for decision in ruleset.decisions}
    return (wanted - left_out) | {"error"}


def decision_kinds(decision: Decision) -> list[pa.DictionaryType]:
    """Give the types of the columns of a decision, in order, without what is missing."""
    outcomes = len(decision.outcomes)
    sets = 1 << min(outcomes, 31)
    return [
        text_kind(outcomes),
        text_kind(4),
        text_kind(len(decision.rules)),
        text_kind(sets),
        text_kind(4 * sets),
        text_kind(5),
    ]


def flags_kind(ruleset: RuleSet) -> pa.DictionaryType:
    """Give the type of the column of flags."""
    return text_kind(1 << min(len(ruleset.flags), 31))


class DecisionColumns:
    """The columns of one decision: what its verdicts read like."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.lines = Lines(decision_kinds(decision))
        self.not_applicable = self.of_fulls([NOT_APPLICABLE], ())
        self.contradiction = self.of(contradiction(decision, ()))

    def of_fulls(self, fulls: Collection[FullVerdict], winners: Collection[str]) -> int:
        """Give the code of the verdict that completions have in common, and who wins on them."""
        return self.of(summarise(self.decision, fulls, winners=lambda: winners))

    def of(self, verdict: Verdict) -> int:
        """Give the code of a verdict."""
        return self.lines.number(
            (
                verdict.outcome,
                verdict.status,
                verdict.rule,
                " ".join(verdict.candidates),
                " ".join(verdict.possible),
                verdict.reason,
            )
        )


def constant(text: str, rows: int) -> pa.DictionaryArray:
    """Give a column that has the same text in each row."""
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int8), pa.array([text], pa.string()))


def provenance(ruleset: RuleSet) -> dict[str, str]:
    """Give the columns that have the same text in each row."""
    ref = reference(ruleset)
    return {"ruleset": ref.id, "ruleset_version": ref.version, "ruleset_sha256": ref.sha256}


def lists_of(
    sets: NDArray[np.uint8], names: Sequence[str], absent: NDArray[np.bool_] | None
) -> pa.DictionaryArray:
    """Give, per row, the names whose bits are set, joined by a space.

    `sets` has the bits of a row in its bytes, the first name lowest; null where `absent`.
    """
    width = sets.shape[1]
    kind = {1: pa.uint8(), 2: pa.uint16(), 4: pa.uint32(), 8: pa.uint64()}.get(width)
    raw = pa.py_buffer(np.ascontiguousarray(sets))
    encoded = pa.Array.from_buffers(
        kind or pa.binary(width), len(sets), [None, raw]
    ).dictionary_encode()
    distinct = np.frombuffer(encoded.dictionary.buffers()[1], np.uint8)
    distinct = distinct[: len(encoded.dictionary) * width].reshape(-1, width)
    encoded = pa.DictionaryArray.from_arrays(encoded.indices, _joined(distinct, names))
    if absent is not None:
        indices = pa.array(encoded.indices.to_numpy(), mask=absent)
        encoded = pa.DictionaryArray.from_arrays(indices, encoded.dictionary)
    return encoded


def _joined(sets: NDArray[np.uint8], names: Sequence[str]) -> pa.StringArray:
    bits = np.unpackbits(sets, axis=1, bitorder="little", count=len(names))
    rows, which = np.nonzero(bits)
    offsets = np.searchsorted(rows, np.arange(len(sets) + 1)).astype(np.int32)
    listed = pa.ListArray.from_arrays(pa.array(offsets), pa.array(names, pa.string()).take(which))
    return pc.call_function("binary_join", [listed, pa.scalar(" ")])
