"""Imported tables decide as the page of DMN says that tables do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmn.models import Column, Table, model
from examples import examples
from routeengine import Engine
from routeengine.dmn import Imported, import_model

Answer = str | None
Value = bool | int | str | None
Test = tuple[str, Callable[[Value], bool]]
"""What a cell says, and which values pass: worked out here, beside the library."""

DOMAINS: Mapping[str, Sequence[Value]] = {
    "Sign": ["plus", "minus", "none"],
    "Open": [False, True],
    "Sum": list(range(-2, 7)),
}
COLUMNS = {
    "Sign": Column("Sign", "string", '"plus", "minus", "none"'),
    "Open": Column("Open", "boolean"),
    "Sum": Column("Sum", "number", "[-2..6]"),
    "First": Column("First", "string"),
    "Points": Column("Points", "number"),
}


ALLOWED = (
    "takes nothing that `First` answers",
    "takes nothing that `Points` can come to",
    "asks nothing of any input",
    "adds up what no other table asks for",
    "adds up to nothing",
    "that counts for everybody",
    "which is refused itself",
)
"""What is refused of the tables that are drawn."""


@dataclass
class Row:
    """A row of a table: its tests, and its answers."""

    tests: list[Test]
    answers: list[str]


def anything(_: Value) -> bool:
    """Pass every value."""
    return True


@st.composite
def named(draw: st.DrawFn, values: Sequence[Value]) -> Test:
    """Draw a list of texts or truth values, or its contrary."""
    some = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
    text = ", ".join(f'"{one}"' if isinstance(one, str) else str(one).lower() for one in some)
    if len(some) < len(values) and draw(st.booleans()):
        return f"not({text})", lambda value: value not in some
    return text, lambda value: value in some


@st.composite
def ranged(draw: st.DrawFn) -> Test:
    """Draw a comparison or a range of numbers with something in it."""
    low = draw(st.integers(-2, 5))
    high = draw(st.integers(low + 1, 6))
    tests: list[Test] = [
        (f"< {high}", lambda n: isinstance(n, int) and n < high),
        (f"<={low}", lambda n: isinstance(n, int) and n <= low),
        (f"> {low}", lambda n: isinstance(n, int) and n > low),
        (f">={high}", lambda n: isinstance(n, int) and n >= high),
        (f"[{low}..{high}]", lambda n: isinstance(n, int) and low <= n <= high),
        (f"]{low} .. {high}]", lambda n: isinstance(n, int) and low < n <= high),
        (f"({low - 1}..{high})", lambda n: isinstance(n, int) and low - 1 < n < high),
        (f"{low}, {high}", lambda n: n in (low, high)),
        (f"!= {low}", lambda n: n != low),
        (f"not([{low}..{high}], -3)", lambda n: isinstance(n, int) and not low <= n <= high),
        (f"<{low + 1}, [{high}..20]", lambda n: isinstance(n, int) and (n <= low or n >= high)),
    ]
    if (low, high) == (-2, 6):
        del tests[9]
    return draw(st.sampled_from(tests))


@st.composite
def adding(draw: st.DrawFn) -> tuple[Table, list[str], list[Row]]:
    """Draw a table that adds up, over inputs."""
    asked = draw(st.lists(st.sampled_from([*DOMAINS]), min_size=1, unique=True))
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        some = [ranged() if one == "Sum" else named(DOMAINS[one]) for one in asked]
        tests = [draw(st.just(("-", anything)) | one) for one in some]
        rows.append(Row(tests, [str(draw(st.sampled_from([-2, -1, 0, 1, 2, 4])))]))
    cells = [[*(text for text, _ in row.tests), *row.answers] for row in rows]
    columns, more = [COLUMNS[one] for one in asked], 'aggregation="SUM"'
    return Table("Points", columns, [Column("")], cells, "COLLECT", more=more), asked, rows


def added(rows: list[Row], values: list[Value]) -> int | None:
    """Return what a table adds up to; None where no row applies."""
    worths = [
        int(row.answers[0])
        for row in rows
        if all(passes(one) for (_, passes), one in zip(row.tests, values, strict=True))
    ]
    return sum(worths) if worths else None


@st.composite
def tables(draw: st.DrawFn, name: str, asks: list[str]) -> tuple[Table, list[str], list[Row]]:
    """Draw a table with what its rows mean."""
    asked = draw(st.lists(st.sampled_from(asks), min_size=1, unique=True))
    outputs = draw(st.sampled_from([1, 1, 2]))
    policy = draw(st.sampled_from(["UNIQUE", "ANY", "FIRST", "PRIORITY", ""]))
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        tests = []
        for one in asked:
            values = DOMAINS.get(one, ["a", "b", "c"])
            some = ranged() if one in ("Sum", "Points") else named(values)
            tests.append(draw(st.just(("-", anything)) | some))
        answers = draw(st.lists(st.sampled_from("abc"), min_size=outputs, max_size=outputs))
        rows.append(Row(tests, answers))
    listed = '"b", "c", "a"' if policy == "PRIORITY" or draw(st.booleans()) else None
    columns = [
        Column(f"o{number}", "", listed, draw(st.none() | st.just('"c"')))
        for number in range(outputs)
    ]
    cells = [
        [*(text for text, _ in row.tests), *(f'"{one}"' for one in row.answers)] for row in rows
    ]
    return Table(name, [COLUMNS[one] for one in asked], columns, cells, policy), asked, rows


def answer(table: Table, rows: list[Row], values: list[Value], number: int) -> Answer:
    """Return what a table answers in a column, as DMN says; None for no answer, or several."""
    applying = [
        row
        for row in rows
        if all(passes(one) for (_, passes), one in zip(row.tests, values, strict=True))
    ]
    if not applying:
        default = table.outputs[number].default
        return default.strip('"') if default else None
    if table.policy == "FIRST":
        applying = applying[:1]
    if table.policy == "PRIORITY":
        ranks = [["bca".index(one) for one in row.answers] for row in applying]
        applying = [row for row, rank in zip(applying, ranks, strict=True) if rank == min(ranks)]
    found = {row.answers[number] for row in applying}
    return found.pop() if len(found) == 1 else None


def decided(
    imported: Imported, engine: Engine, profile: Mapping[str, Value], name: str
) -> list[Answer]:
    """Return what the rules answer for each output of a decision."""
    facts = {
        imported.facts[one].id: value for one, value in profile.items() if one in imported.facts
    }
    result = engine.classify({"client_id": "c", **facts})
    return [result.verdicts[one.id].outcome for one in imported.answers[name]]


@pytest.mark.gate
@settings(max_examples=examples(300))
@given(st.data())
def test_imported_tables_decide_as_tables_do(data: st.DataObject) -> None:
    """Every hit policy that is read gives every full profile what DMN gives it."""
    first, first_asks, first_rows = data.draw(tables("First", [*DOMAINS]))
    sums, sums_asks, sums_rows = data.draw(adding())
    names = [*DOMAINS, "Points", *(["First"] if len(first.outputs) == 1 else [])]
    second, second_asks, second_rows = data.draw(tables("Second", names))
    written = model(first, second, sums)
    # The rows stand in the rule files, or in a table beside them.
    with patch("routeengine.dmn.document.LONG", data.draw(st.sampled_from([25, 0]))):
        imported = import_model(written, "made.dmn", places=0)
    for one in imported.refusals:
        assert any(allowed in one.what for allowed in ALLOWED), one
    if "First" not in imported.answers or "Second" not in imported.answers:
        return
    engine = Engine(imported.ruleset())
    for values in product(*DOMAINS.values()):
        profile = dict(zip(DOMAINS, values, strict=True))
        expected = []
        for number in range(len(first.outputs)):
            asked = [profile[one] for one in first_asks]
            expected.append(answer(first, first_rows, asked, number))
        assert decided(imported, engine, profile, "First") == expected
        profile["First"] = expected[0]
        profile["Points"] = added(sums_rows, [profile[one] for one in sums_asks])
        asked = [profile[one] for one in second_asks]
        expected = [
            answer(second, second_rows, asked, number) for number in range(len(second.outputs))
        ]
        assert decided(imported, engine, profile, "Second") == expected
