"""Tables for generated rule sets, in every encoding that a column may have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pyarrow as pa
from hypothesis import assume
from hypothesis import strategies as st

from generated import rulesets
from routeengine import Engine
from routeengine.caseload.values import FAULTY, FactReader
from routeengine.errors import RuleSetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.result import Verdict
from routeengine.ruleset.domains import (
    CategoryDomain,
    DateDomain,
    DecimalDomain,
    IntegerDomain,
    RangeDomain,
)
from routeengine.ruleset.model import Fact, RuleSet

__all__ = [
    "cells",
    "columns_of",
    "engines",
    "expected",
    "profiles_of",
    "shuffled_buffers",
    "tables",
]

NUMBERS = [pa.int8(), pa.uint8(), pa.int16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64()]
# Arrow knows the two small ones from its version 19 on.
SMALL_DECIMALS = [pa.decimal32(5, 1), pa.decimal64(10, 2)] if hasattr(pa, "decimal32") else []
DECIMALS = [
    *SMALL_DECIMALS,
    pa.decimal128(9, 1),
    pa.decimal128(38, 20),
    pa.decimal256(40, 1),
]
DAYS = [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ns")]
TEXTS = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.dictionary(pa.int8(), pa.string()),
    pa.dictionary(pa.uint16(), pa.large_string()),
]


@st.composite
def engines(draw: st.DrawFn) -> Engine:
    """Draw an engine of a rule set that some profile fits; now and then of too small a budget."""
    ruleset = replace(draw(rulesets()), declined_texts=("declined",), unknown_texts=("?",))
    try:
        engine = Engine(ruleset)
        if draw(st.integers(0, 5)) == 0:
            engine._executor = LanesExecutor(ruleset, draw(st.integers(3, 40)))
    except RuleSetError:
        assume(False)
    return engine


def words(fact: Fact) -> list[str | None]:
    """Give what may stand in a column of text, and what may not."""
    values = [str(value).lower() for value in fact.domain.values]
    if isinstance(fact.domain, RangeDomain):
        first, last = values[0], values[-1]
        values += [f"{first}-{last}", f"{last} t/m {last}"]
        values += [f"{int(float(last)) + 1}" if fact.kind != "date" else "2030-01-01"]
    if isinstance(fact.domain, CategoryDomain):
        values += ["/".join(values[:2])]
    # Few are faulty: a row with one fault says nothing of all else.
    said = [*values, None, "", "?", "declined", "declined"]
    return [*said * 6, "no such thing"]


def columns(rng: Random, fact: Fact, rows: int) -> pa.Array:
    """Make a column for a fact, with what cannot be used in it too."""
    kind = rng.choice(["native", "native", "text", "text", "null", "wrong"])
    if kind == "text":
        texts = rng.choices(words(fact), k=rows)
        kind = rng.choice(TEXTS)
        if pa.types.is_dictionary(kind):
            return pa.array(texts, kind.value_type).dictionary_encode().cast(kind)
        return pa.array(texts, kind)
    if kind == "null":
        return pa.nulls(rows)
    if kind == "wrong":
        wrong = [(pa.float64(), 1.0), (pa.int8(), 1), (pa.bool_(), True), (pa.list_(pa.int8()), [])]
        # A column of floats is refused whole where a fact is a decimal number.
        kind, value = rng.choice(wrong[fact.kind == "decimal" :])
        return pa.array(rng.choices([*[None] * 9, value], k=rows), kind)
    if isinstance(fact.domain, IntegerDomain):
        # One in eight is past the last; no other type than a signed one holds what is below 0.
        some = [None, *fact.domain.values] * 2 + [fact.domain.maximum + 1]
        signed = [kind for kind in NUMBERS if pa.types.is_signed_integer(kind)]
        kinds = signed if fact.domain.minimum < 0 else NUMBERS
        return pa.array(rng.choices(some, k=rows), rng.choice(kinds))
    values: list[Any] = [None, *fact.domain.values]
    if isinstance(fact.domain, DecimalDomain):
        return pa.array(rng.choices(values, k=rows), pa.string()).cast(rng.choice(DECIMALS))
    if isinstance(fact.domain, DateDomain):
        days = pa.array(rng.choices(values, k=rows), pa.string()).cast(pa.date32())
        return days.cast(rng.choice(DAYS))
    return pa.array(rng.choices(values, k=rows))


def shuffled_buffers(draw: st.DrawFn, array: pa.Array) -> pa.ChunkedArray:
    """Give the same column in other buffers: offsets, chunks, empty chunks."""
    before = draw(st.integers(0, min(len(array), 11)))
    padded = pa.chunked_array([array.slice(0, before), array], array.type)
    if not pa.types.is_string_view(array.type):
        padded = pa.chunked_array([padded.combine_chunks()], array.type)
    moved = padded.slice(before)
    cuts = sorted(draw(st.lists(st.integers(0, len(array)), max_size=2)))
    parts = [moved.slice(a, b - a) for a, b in zip([0, *cuts], [*cuts, len(array)], strict=True)]
    return pa.chunked_array([c for part in parts for c in part.chunks], array.type)


@st.composite
def tables(draw: st.DrawFn, ruleset: RuleSet, max_rows: int = 70) -> pa.Table:
    """Draw a table of some of the facts, in any order."""
    rows = draw(st.integers(0, max_rows))
    rng = Random(draw(st.integers(0, 2**32)))
    names = draw(st.lists(st.sampled_from(sorted(ruleset.fact)), unique=True, min_size=1))
    facts = [ruleset.fact[name] for name in names]
    arrays = [shuffled_buffers(draw, columns(rng, fact, rows)) for fact in facts]
    return pa.table(dict(zip(names, arrays, strict=True)))


def expected(engine: Engine, table: pa.Table) -> list[dict[str, str | None]]:
    """Work the same table out one row at a time, by the readers of caseload files."""
    return [_row(engine, profile, faults) for profile, faults in _read(engine, table)]


def profiles_of(engine: Engine, table: pa.Table) -> list[dict[str, Any] | None]:
    """Give the profile of each row, or None where it cannot be used."""
    return [None if faults else profile for profile, faults in _read(engine, table)]


def _read(engine: Engine, table: pa.Table) -> Iterator[tuple[dict[str, Any], list[str]]]:
    ruleset = engine.ruleset
    readers = []
    for name, kind in zip(table.schema.names, table.schema.types, strict=True):
        reader = FactReader(ruleset, ruleset.fact[name])
        plain = kind.value_type if pa.types.is_dictionary(kind) else kind
        text = any(is_it(plain) for is_it in IS_TEXT)
        readers.append((name, reader, text))
    for row in table.to_pylist():
        profile, faults = {}, []
        for name, reader, text in readers:
            knowledge = (reader.text if text else reader.native)(row[name])
            if knowledge is FAULTY:
                faults.append(f"{name}: {reader.complaint(row[name], is_text=text)}")
            else:
                profile[name] = knowledge
        yield profile, faults


IS_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)


def _row(engine: Engine, profile: dict[str, Any], faults: list[str]) -> dict[str, str | None]:
    ref = engine.reference
    row: dict[str, str | None] = {
        "client_id": None,
        "error": "; ".join(faults) or None,
        "ruleset": ref.id,
        "ruleset_version": ref.version,
        "ruleset_sha256": ref.sha256,
    }
    if faults:
        return row
    result = engine.classify(profile)
    order = list(engine.ruleset.fact)
    for name, verdict in result.verdicts.items():
        row |= zip(columns_of(name), cells(verdict, order), strict=True)
    return row | {"flags": " ".join(result.flags)}


def columns_of(name: str) -> list[str]:
    """Name the columns of a decision."""
    parts = ["", "_status", "_rule", "_candidates", "_possible", "_reason", "_missing"]
    return [name + part for part in parts]


def cells(verdict: Verdict, order: list[str]) -> list[str | None]:
    """Give what stands in those columns; `order` is that of the facts."""
    return [
        verdict.outcome,
        verdict.status,
        verdict.rule,
        " ".join(verdict.candidates),
        " ".join(verdict.possible),
        verdict.reason,
        " ".join(sorted(verdict.missing, key=order.index)),
    ]
