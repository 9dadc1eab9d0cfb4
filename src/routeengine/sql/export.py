"""A rule set as the statement of a view: the face of this package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from routeengine._version import __version__
from routeengine.errors import BudgetError, UsageError
from routeengine.i18n import text_language_for
from routeengine.profile import CLIENT_ID
from routeengine.ruleset.digest import reference
from routeengine.ruleset.domains import DecimalDomain, IntegerDomain
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.sql import expressions as sql
from routeengine.sql.answers import Answers
from routeengine.sql.rows import DIGITS
from routeengine.symbolic.compiled import CompiledRuleSet


@dataclass(frozen=True, slots=True)
class Dialect:
    """What has to be known of a dialect: how long names may be, and how steps are kept apart.

    `fence` keeps the planner from working a step out once per use: "offset" adds OFFSET 0,
    "inline" says that a step is not to be stored.
    """

    longest: int
    fence: str = ""


DIALECTS: Mapping[str, Dialect] = {
    "duckdb": Dialect(10_000, "inline"),
    "postgres": Dialect(63, "offset"),
    "spark": Dialect(255),
    "tsql": Dialect(128),
    "bigquery": Dialect(300),
}
"""The dialects that are written, by sqlglot's name.

The tests run DuckDB and PostgreSQL, and have sqlglot read the others back.
"""

MAX_NODES = 5_000
"""Nodes of diagrams in one statement."""

MAX_INTEGER = 2**31 - 1
"""The largest number in a column of type integer."""

MAX_COLUMNS = 1_500
"""Columns of one step; PostgreSQL allows 1,664."""


def export_sql(
    ruleset: RuleSet,
    dialect: str = "duckdb",
    *,
    table_name: str = "clients",
    view_name: str = "advice",
    most_nodes: int = MAX_NODES,
    most_columns: int = MAX_COLUMNS,
) -> str:
    """Return the rules as a `CREATE VIEW`, over a table with a column per fact.

    The table has a text `client_id` and, named by the ids of the facts, boolean, integer, decimal,
    date and text columns; NULL is unknown. The view has the columns of a classified caseload (see
    `docs/caseloads.md`), without those of missing facts. Every row has the engine's own answer.

    - `dialect` is one of `DIALECTS`.
    - `table_name` and `view_name` may have a schema before a dot.
    - `most_nodes` limits the size of the statement, and `most_columns` how wide one of its steps
      is.

    Raises UsageError for an unknown dialect or a name that does not fit it, BudgetError if the rule
    set is too large to be written (it names the part), RuleSetError if its constraints exclude
    every profile, and MissingExtraError if sqlglot is not installed.
    """
    if dialect not in DIALECTS:
        raise UsageError(f"`{dialect}` is no dialect that is written: use {', '.join(DIALECTS)}")
    _check_names(ruleset, dialect, [*table_name.split("."), *view_name.split(".")])
    answers = Answers(CompiledRuleSet(ruleset), most_nodes)
    queries = answers.plan.queries(list(answers.columns()), sql.table(table_name))
    if max(len(query.expressions) for query in queries.values()) > most_columns:
        raise BudgetError(
            f"too large to be written as SQL: more than {most_columns:,} columns would stand side "
            f"by side; the largest part is {max(answers.sizes, key=answers.sizes.__getitem__)}"
        )
    statement = sql.view(view_name, queries, dialect, DIALECTS[dialect].fence)
    head = header(ruleset, dialect, table_name)
    comment = "".join(f"-- {line}".rstrip() + "\n" for line in head)
    return f"{comment}{statement};\n"


def _type(fact: Fact) -> str:
    """Return the type of a fact's column."""
    if isinstance(fact.domain, DecimalDomain):
        return f"decimal({DIGITS}, {fact.domain.places})"
    if isinstance(fact.domain, IntegerDomain) and max(map(abs, fact.domain.ends)) > MAX_INTEGER:
        return "bigint"
    return "text" if fact.kind == "category" else fact.kind


def _check_names(ruleset: RuleSet, dialect: str, names: Iterable[str]) -> None:
    longest = DIALECTS[dialect].longest
    columns = (f"{decision.id}_candidates" for decision in ruleset.decisions)
    for name in (*names, *(fact.id for fact in ruleset.facts), *columns):
        if not name.isprintable() or not 0 < len(name.encode()) <= longest:
            raise UsageError(f"a name has to have 1 to {longest} letters in {dialect}: {name!a}")


def header(ruleset: RuleSet, dialect: str, table_name: str) -> Iterator[str]:
    """Yield the lines of comment above the statement, each fit for one line."""
    named = reference(ruleset)
    language = text_language_for(ruleset.languages)
    lines = [
        f"Rule set {named.id} {named.version}: {ruleset.title.get(language, '')}",
        *([] if named.instance is None else [f"With the numbers {named.instance}"]),
        f"sha256 {named.sha256}",
        f"Written by routeengine {__version__} for {dialect}. It gives advice: a person decides.",
        "",
        f"The table {table_name} has these columns, where NULL means unknown:",
        f"  {CLIENT_ID} (text): a pseudonym",
        *(
            f"  {fact.id} ({_type(fact)}): {fact.label.get(language, '')}; {fact.domain.describe()}"
            for fact in ruleset.facts
        ),
        "",
        "Every row has the engine's own answer, whatever is unknown.",
        "Facts that are missing are not listed: ask the engine which questions are left.",
    ]
    return ("".join(sign if sign.isprintable() else "?" for sign in line) for line in lines)
