"""From the columns of a table to the cells that facts are in.

A column holds a number per row: the cell that the fact is in, UNKNOWN where it is NULL, and
OUTSIDE where it is no value of the fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routeengine.errors import BudgetError
from routeengine.ruleset.domains import IntegerDomain, spans
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.sql import expressions as sql
from routeengine.sql.plan import Plan
from routeengine.symbolic.layout import Cells

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
    facts = {
        plan.define(cell_of(place), _cell(fact, cells.of[fact.id])): fact
        for place, fact in enumerate(ruleset.facts)
    }
    faults = [
        (sql.column_is(name, OUTSIDE), f"{fact.id}: must be {fact.domain.describe()}")
        for name, fact in facts.items()
    ]
    wrong = [sql.column_is(name, OUTSIDE) for name in facts]
    cases = [(sql.either(wrong), sql.join_sentences(faults))] if wrong else []
    plan.define(ERROR, sql.choose(cases, sql.no_text()), facts)


def _cell(fact: Fact, cells: Sequence[int]) -> sql.Sql:
    value = fact.id
    cases = [(sql.is_null(sql.column(value)), sql.number(UNKNOWN))]
    if isinstance(fact.domain, IntegerDomain):
        # A fraction lies between two numbers, and a text is refused by the database.
        cases.append((sql.is_fraction(sql.column(value)), sql.number(OUTSIDE)))
    cases += [(sql.either(_in_cell(fact, cell)), sql.number(n)) for n, cell in enumerate(cells)]
    return sql.choose(cases, sql.number(OUTSIDE))


def _in_cell(fact: Fact, cell: int) -> Iterable[sql.Sql]:
    domain = fact.domain
    if isinstance(domain, IntegerDomain):
        for first, last in spans(cell):
            yield sql.within(sql.column(fact.id), domain.minimum + first, domain.minimum + last)
        return
    values = [sql.literal(value) for n, value in enumerate(domain.values) if cell >> n & 1]
    if fact.kind == "boolean":
        # One by one: not every database has a list of truth values.
        yield from (sql.equals(sql.column(fact.id), value) for value in values)
    else:
        yield sql.one_of(sql.column(fact.id), values)
