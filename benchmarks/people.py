"""Made clients of the shipped policy: each drawn by itself, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from policy import ACTIVITIES, CLASHES, DOMAINS, FACTS

SEED = 2026
PIECE = 1 << 16
"""Rows that are drawn at a time: those of a small table are the first of a large one."""

Columns = dict[str, "np.ndarray[Any, Any]"]
"""Per fact, the place of each row's value among those that the fact can have."""


def consistent(rows: int, chance: np.random.Generator) -> Columns:
    """Draw clients who do not contradict themselves, as a consultant may have them."""

    def often(share: float) -> Any:
        return chance.random(rows, np.float32) < share

    def among(name: str, *values: object) -> Any:
        places = np.array([FACTS[name].index(one) for one in values], np.uint8)
        return places[chance.integers(0, len(values), rows, np.uint8)]

    able = often(0.75)
    made: Columns = {
        "rung": among("rung", 1, 1, 2, 2, 2, 3, 5),
        "receives_benefit": often(0.93),
        "current_service": among(
            "current_service", *("participation",) * 18, "wsp", "wsp_interim_group"
        ),
        **{name: among(name, "none", "none", "mild", "serious") for name in DOMAINS},
        "able_to_participate": able,
        "can_start_soon": able & often(0.4),
        "willing": often(0.7),
        **{name: often(0.12) for name in ACTIVITIES},
        "work_ready_suspected": able & often(0.15),
        "conversation_held": often(0.6),
        "prognosis_months": among("prognosis_months", 3, 9, 12, 15, 18, 20, 24, 30, 60, 120, 240),
    }
    for name in ("physical_health", "mental_health"):
        made[f"{name}_long_term"] = (made[name] > 0) & often(0.5)
    made["at_maximum"] = np.logical_or.reduce([made[name] for name in ACTIVITIES]) & often(0.4)
    return made


def uniform(rows: int, chance: np.random.Generator) -> Columns:
    """Draw every value of every fact as often as the others: most rows contradict themselves."""
    return {name: chance.integers(0, len(values), rows, np.uint8) for name, values in FACTS.items()}


def contradict(made: Columns, known: Columns, share: float, chance: np.random.Generator) -> None:
    """Let facts clash in a share of the rows, one of the clashes in each."""
    rows = len(made["rung"])
    kind = chance.integers(0, len(CLASHES), rows)
    kind[chance.random(rows) >= share] = len(CLASHES)
    for number, clash in enumerate(CLASHES):
        here = kind == number
        for name, value in clash.items():
            made[name][here] = FACTS[name].index(value)
            known[name][here] = True


def table(
    rows: int, unknown: float = 0.0, clashing: float = 0.0, *, draw: Any = consistent, seed: int = 0
) -> pa.Table:
    """Make a table in one chunk: truth values as bits, texts as dictionaries, whole numbers.

    `unknown` is the share of cells that are left empty, `clashing` the share of rows that
    contradict themselves for sure. Tables of other seeds are other clients.
    """
    pieces = []
    for first in range(0, rows, PIECE):
        chance = np.random.default_rng((SEED, seed, first))
        made = draw(PIECE, chance)
        known = {name: chance.random(PIECE, np.float32) >= unknown for name in FACTS}
        contradict(made, known, clashing, chance)
        columns = [column(name, made[name], ~known[name]) for name in FACTS]
        batch = pa.RecordBatch.from_arrays(columns, names=list(FACTS))
        pieces.append(batch.slice(0, rows - first))
    return pa.Table.from_batches(pieces).combine_chunks()


def column(name: str, places: Any, empty: Any) -> pa.Array:
    """Write one fact as an Arrow array."""
    values = FACTS[name]
    if isinstance(values[0], str):
        return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int8), mask=empty), values)
    if isinstance(values[0], bool):
        return pa.array(places.astype(np.bool_), mask=empty)
    return pa.array(np.array(values, np.int16)[places], mask=empty)


def clients(number: int, unknown: float = 0.0, **how: Any) -> list[dict[str, Any]]:
    """Make so many clients, as `table` does, no two alike; None where nothing is known."""
    return list(distinct(number, unknown, **how))


def distinct(number: int, unknown: float, **how: Any) -> Iterator[dict[str, Any]]:
    """Yield clients whom none before is like."""
    seen: set[tuple[Any, ...]] = set()
    for one in table(number + number // 4 + 100, unknown, **how).to_pylist():
        key = tuple(one.values())
        if key not in seen and len(seen) < number:
            seen.add(key)
            yield one
