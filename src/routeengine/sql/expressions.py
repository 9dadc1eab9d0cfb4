"""SQL as a tree, through sqlglot (extra `sql`): the one module that knows that package.

Texts become literals and names become quoted identifiers of the dialect, so that nothing a
rule set holds can be read as SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from routeengine.lazy import import_extra

import_extra("sqlglot", "sql", "exporting SQL")

from sqlglot import exp

Sql: TypeAlias = exp.Expression  # pyright: ignore[reportPrivateImportUsage]  it comes by a star
"""A piece of SQL, in no dialect yet. A piece has one place: it is not shared."""

Select: TypeAlias = exp.Select
"""A query."""

Value: TypeAlias = Sql | bool | int | str | None
"""A piece of SQL, or a value that becomes one; None is NULL as a text."""

MAX_LISTED = 8
"""Numbers that are listed one by one; more than these become ranges."""


def column(name: str) -> Sql:
    """Return a column."""
    return exp.column(exp.to_identifier(name, quoted=True), copy=False)


def columns_in(value: Sql) -> set[str]:
    """Return the names of the columns that something is made of."""
    return {one.name for one in value.find_all(exp.Column)}


def literal(value: Value) -> Sql:
    """Return a value as SQL; a column of nothing but NULL has a type, for it is a text."""
    return exp.cast(exp.Null(), "text") if value is None else cast(Sql, exp.convert(value))


def is_null(name: str) -> Sql:
    """Return whether a column is NULL."""
    return exp.Is(this=column(name), expression=exp.Null())


def known(name: str) -> Sql:
    """Return whether a column is not NULL."""
    return exp.Not(this=is_null(name))


def equals(one: Sql, other: Value) -> Sql:
    """Return whether two values are the same."""
    return exp.EQ(this=_apart(one), expression=literal(other))


def differs(one: Sql, other: Value) -> Sql:
    """Return whether two values are not the same."""
    return exp.NEQ(this=_apart(one), expression=literal(other))


def column_is(name: str, value: int) -> Sql:
    """Return whether a column holds this number."""
    return equals(column(name), value)


def one_of(value: Sql, wanted: Sequence[Value]) -> Sql:
    """Return whether a value is among some others."""
    if len(wanted) == 1:
        return equals(value, wanted[0])
    return exp.In(this=value, expressions=[literal(one) for one in wanted])


def within(value: Sql, low: Value, high: Value) -> Sql:
    """Return whether a number lies in a range, both ends included."""
    if low == high:
        return equals(value, low)
    return exp.Between(this=value, low=literal(low), high=literal(high))


def among(name: str, numbers: Sequence[int]) -> Sql:
    """Return whether the whole number in a column is among some others, which are in order."""
    if len(numbers) <= MAX_LISTED:
        return one_of(column(name), numbers)
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return either(within(column(name), *run) for run in zip(starts, ends, strict=True))


def exactly(value: str, kind: str) -> Sql:
    """Return a decimal number or a day as a value of this type.

    By way of text: to some databases a bare number with a point is a binary fraction.
    """
    return exp.cast(exp.Literal.string(value), kind)


def is_finer(value: Sql, places: int) -> Sql:
    """Return whether a number has more decimal places than so many."""
    rounded = exp.Round(this=value.copy(), decimals=literal(places))
    return exp.NEQ(this=value, expression=rounded)


def has_time(value: Sql) -> Sql:
    """Return whether a day has a time of day too."""
    return exp.NEQ(this=value, expression=exp.cast(value.copy(), "date"))


def is_fraction(value: Sql) -> Sql:
    """Return whether a number is not whole; no database knows this for a text."""
    return exp.NEQ(this=exp.Mod(this=value, expression=literal(1)), expression=literal(0))


def both(conditions: Iterable[Sql]) -> Sql:
    """Return "all of these"; there has to be one."""
    return _joined(exp.And, conditions)


def either(conditions: Iterable[Sql]) -> Sql:
    """Return "at least one of these"; there has to be one."""
    return _joined(exp.Or, conditions)


def _joined(kind: Callable[..., Sql], parts: Iterable[Sql]) -> Sql:
    """Join many parts as a tree that is no deeper than it must: databases limit depth."""
    level = list(parts)
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        joined = [kind(this=_apart(a), expression=_apart(b)) for a, b in pairs]
        level = joined + level[2 * len(joined) :]
    return level[0]


def _apart(part: Sql) -> Sql:
    return exp.Paren(this=part) if isinstance(part, exp.Binary) else part


def choose(cases: Iterable[tuple[Sql, Value]], otherwise: Value = None) -> Sql:
    """Return the value of the first condition that holds."""
    whens = [exp.If(this=condition, true=literal(value)) for condition, value in cases]
    return exp.Case(ifs=whens, default=literal(otherwise)) if whens else literal(otherwise)


def union(parts: Sequence[Sql]) -> Sql:
    """Return the bits that are in any of some numbers; none gives 0."""
    return _joined(exp.BitwiseOr, parts) if parts else literal(0)


def masked(mask: Sql, value: Value) -> Sql:
    """Return the bits that are in both of two numbers."""
    return exp.BitwiseAnd(this=mask, expression=_apart(literal(value)))


def join_words(words: Sequence[tuple[Sql, str]]) -> Sql:
    """Return the words whose condition holds, with a space between them."""
    return exp.Trim(this=_each_after(" ", words)) if words else literal("")


def join_sentences(sentences: Sequence[tuple[Sql, str]]) -> Sql:
    """Return the sentences whose condition holds, with a semicolon between them; there is one."""
    said = _each_after("; ", sentences)
    return exp.Substring(this=said, start=literal(3), length=literal(1_000_000))


def _each_after(sign: str, texts: Sequence[tuple[Sql, str]]) -> Sql:
    """Return the texts whose condition holds, each after a sign."""
    parts = [choose([(holds, sign + text)], "") for holds, text in texts]
    return _joined(exp.DPipe, parts)


def table(name: str) -> Sql:
    """Return a table by its name; a dot parts it from its schema."""
    parts = [exp.to_identifier(part, quoted=True) for part in name.split(".")]
    return exp.Table(this=parts[-1], **dict(zip(("db", "catalog"), parts[-2::-1], strict=False)))


def select(columns: Iterable[tuple[str, Sql]], source: Sql) -> Select:
    """Return a query: some columns by name, worked out from a table or from an earlier step."""
    named = (exp.alias_(value, name, quoted=True, copy=False) for name, value in columns)
    return exp.select(*named).from_(source, copy=False)


def view(name: str, queries: Mapping[str, Select], dialect: str, fence: str) -> str:
    """Return the statement that makes a view, as text of a dialect.

    It shows the last of some queries, by way of the others. `fence` says how the dialect is kept
    from working out a column again for each time it is used: "offset" or "inline".
    """
    materialized = False if fence == "inline" else None
    *steps, (_, shown) = queries.items()
    for step, query in steps:
        fenced = query.offset(0, copy=False) if fence == "offset" else query
        named = exp.to_identifier(step, quoted=True)
        shown = shown.with_(named, as_=fenced, materialized=materialized, copy=False)
    statement = exp.Create(this=table(name), kind="VIEW", expression=shown)
    return statement.sql(dialect=dialect, pretty=True, identify=True, max_text_width=100)
