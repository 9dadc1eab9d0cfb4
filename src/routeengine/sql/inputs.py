"""From the columns of a table to the cells that facts are in.

A column holds a number per row: the cell that the fact is in, UNKNOWN where it is NULL, and
OUTSIDE where it is no value of the fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routeengine.errors import BudgetError
from routeengine.ruleset.domains import IntegerDomain, spans
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.sql.expressions import (
    Sql,
    choose,
    column,
    either,
    equals,
    is_fraction,
    is_null,
    join_sentences,
    literal,
    no_text,
    number,
    one_of,
    within,
)
from routeengine.sql.plan import Plan
from routeengine.symbolic.cells import Cells

__all__ = ["ERROR", "UNKNOWN", "cell_of", "read_table"]

UNKNOWN = -1
OUTSIDE = -2

ERROR = "error"

MOST_SPANS = 5_000
"""Ranges of numbers that are told apart, of all facts together."""


def cell_of(fact: int) -> str:
    """Give the name of the column with the cell of a fact, by the fact's number."""
    return f"cell_{fact}"


def read_table(ruleset: RuleSet, cells: Cells, plan: Plan) -> None:
    """Plan the cell of every fact, and what is wrong with a row in the words of the engine.

    Raises BudgetError where the facts have more ranges than a statement can hold.
    """
    written = sum(len(spans(cell)) for some in cells.of.values() for cell in some)
    if written > MOST_SPANS:
        raise BudgetError("the facts have too many ranges of values to be written as SQL")
    for place, fact in enumerate(ruleset.facts):
        plan.define(cell_of(place), _cell(fact, cells.of[fact.id]))
    names = [cell_of(place) for place in range(len(ruleset.facts))]
    faults = [
        (equals(column(name), number(OUTSIDE)), f"{fact.id}: must be {fact.domain.describe()}")
        for name, fact in zip(names, ruleset.facts, strict=True)
    ]
    wrong = [equals(column(name), number(OUTSIDE)) for name in names]
    cases = [(either(wrong), join_sentences(faults))] if wrong else []
    plan.define(ERROR, choose(cases, no_text()), names)


def _cell(fact: Fact, cells: Sequence[int]) -> Sql:
    value = fact.id
    cases = [(is_null(column(value)), number(UNKNOWN))]
    if isinstance(fact.domain, IntegerDomain):
        # A fraction lies between two numbers, and a text is refused by the database.
        cases.append((is_fraction(column(value)), number(OUTSIDE)))
    cases += [(either(_in_cell(fact, cell)), number(n)) for n, cell in enumerate(cells)]
    return choose(cases, number(OUTSIDE))


def _in_cell(fact: Fact, cell: int) -> Iterable[Sql]:
    domain = fact.domain
    if isinstance(domain, IntegerDomain):
        for first, last in spans(cell):
            yield within(column(fact.id), domain.minimum + first, domain.minimum + last)
        return
    values = [literal(value) for n, value in enumerate(domain.values) if cell >> n & 1]
    if fact.kind == "boolean":
        # One by one: not every database has a list of truth values.
        yield from (equals(column(fact.id), value) for value in values)
    else:
        yield one_of(column(fact.id), values)
