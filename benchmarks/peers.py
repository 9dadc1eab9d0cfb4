"""The same policy in each peer, in its own language, each fed the way it is fastest.

A factory gives a function from a profile to the outcomes of scope, route and path. Where a peer
can nest, the three decisions are folded into one expression by a program (`policy.tree`), and
it is called once; where it cannot, the host passes the outcome of one decision on to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from policy import COUNTS, DOMAINS, FACTS, TABLES, Condition, Decide, Tree, counted, if_else, tree

FACTORIES: dict[str, Callable[[], Decide]] = {"plain if/else": lambda: if_else}
LACKS: dict[str, str] = {"plain if/else": "all of it"}
"""What each does not do, of: checks of every value, a trace, unknowns told from no."""

NOTHING = "checks, trace, unknowns"


def peer(name: str, lacks: str = NOTHING) -> Callable[[Callable[[], Decide]], Callable[[], Decide]]:
    """Register a factory under the name that the table shows."""

    def registered(factory: Callable[[], Decide]) -> Callable[[], Decide]:
        FACTORIES[name], LACKS[name] = factory, lacks
        return factory

    return registered


OUTCOMES = {name: list(dict.fromkeys(o for o, _ in rows)) for name, rows in TABLES.items()}
CODES = {
    name: {value: code for code, value in enumerate(values)}
    for name, values in (FACTS | OUTCOMES).items()
    if isinstance(values[0], str | bool)
}
"""Texts and truth values as small numbers, for peers that are faster for it."""


@cache
def split(leaf: str) -> tuple[str, ...]:
    """Give the three outcomes of a leaf."""
    return tuple(leaf.split("|"))


def text(condition: Condition, style: dict[str, str]) -> str:
    """Write a condition as text; `style` says how the language spells it."""
    if condition is None:
        return style["true"]
    kind, *parts = condition
    if kind in ("and", "or"):
        return "(" + style[kind].join(text(part, style) for part in parts) + ")"
    name, value = parts
    spelt = style.get(name, name)
    if kind != "in":
        return f"({spelt} {kind} {value})"
    if value in ((True,), (False,)):
        return name if value[0] else style["not"].format(name)
    if value == ("mild", "serious"):
        return f"({name} {style.get('unequal', '!=')} 'none')"
    return "(" + style["or"].join(f"{spelt} {style['equal']} '{one}'" for one in value) + ")"


def counts(style: dict[str, str], one: str) -> dict[str, str]:
    """Write the two counts over the domains; `one` turns a condition into 1 or 0."""
    return {
        name: "(" + " + ".join(one.format(text(("in", d, some), style)) for d in DOMAINS) + ")"
        for name, some in COUNTS.items()
    }


def joined(kind: str, parts: list[Any]) -> Any:
    """Join what has the operators `&` and `|`."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole & part if kind == "and" else whole | part
    return whole


def ternary(chain: Tree, style: dict[str, str]) -> str:
    """Write what comes first and holds as `this ? that : ...`."""
    if isinstance(chain, str):
        return f"'{chain}'"
    value = ternary(chain[-1][1], style)
    for condition, then in reversed(chain[:-1]):
        value = f"({text(condition, style)} ? {ternary(then, style)} : {value})"
    return value


PLAIN = {"and": " and ", "or": " or ", "equal": "==", "true": "true"}
ZEN = PLAIN | {"not": "not {}"}


@peer("zen-engine, one compiled expression")
def _zen_expression() -> Decide:
    from zen import compile_expression

    evaluate = compile_expression(ternary(tree(), ZEN | counts(ZEN, "({} ? 1 : 0)"))).evaluate
    return lambda p: split(evaluate(p))


def zen(options: dict[str, Any] | None) -> Decide:
    """Evaluate a graph, through a loader: `create_decision` would compile again on every call."""
    from zen import ZenEngine

    style = ZEN | {"scope": "$.scope", "route": "$.route"}
    steps = [
        {"id": name, "key": name, "value": ternary(rows, style)}  # type: ignore[arg-type]  # its leaves are outcomes
        for name, rows in (
            (name, [(condition, outcome) for outcome, condition in rows])
            for name, rows in TABLES.items()
        )
    ]
    content = {"passThrough": False, "inputField": None, "outputPath": None,
               "executionMode": "single", "expressions": steps}  # fmt: skip
    kinds = {"in": ("inputNode", {}), "all": ("expressionNode", content), "out": ("outputNode", {})}
    nodes = [
        {"id": id_, "name": id_, "type": kind, "content": some, "position": {"x": 0, "y": 0}}
        for id_, (kind, some) in kinds.items()
    ]
    edges = [
        {"id": f"{a}-{b}", "type": "edge", "sourceId": a, "targetId": b}
        for a, b in (("in", "all"), ("all", "out"))
    ]
    graph = {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
    engine = ZenEngine({"loader": {"type": "static", "content": {"k": graph}}})

    def decide(p: dict[str, Any]) -> tuple[Any, ...]:
        result = engine.evaluate("k", counted(p), options)["result"]
        return result["scope"], result["route"], result["path"]

    return decide


@peer("zen-engine, a graph")
def _zen() -> Decide:
    return zen(None)


@peer("zen-engine, a graph with trace", "checks, unknowns; traces decisions, not rules")
def _zen_trace() -> Decide:
    return zen({"trace": True})


@peer("rule-engine")
def _rule_engine() -> Decide:
    from rule_engine import Context, Rule

    style = PLAIN | {"not": "(not {})"}
    evaluate = Rule(ternary(tree(), style), context=Context(default_value=None)).evaluate
    return lambda p: split(evaluate(counted(p)))


def logic(condition: Condition, host: bool) -> Any:
    """Write a condition in JsonLogic; `host` says whether the host has counted."""
    if condition is None:
        return True
    kind, *parts = condition
    if kind in ("and", "or"):
        return {kind: [logic(part, host) for part in parts]}
    name, value = parts
    variable: dict[str, Any] = {"var": name}
    if name in COUNTS and not host:
        some = [{"if": [logic(("in", d, COUNTS[name]), host), 1, 0]} for d in DOMAINS]
        variable = {"+": some}
    if kind != "in":
        return {kind: [variable, value]}
    if value in ((True,), (False,)):
        return variable if value[0] else {"!": [variable]}
    if value == ("mild", "serious"):
        return {"!=": [variable, "none"]}
    return {"or": [{"==": [variable, one]} for one in value]}


def json_logic(chain: Tree, host: bool) -> Any:
    """Write what comes first and holds in JsonLogic."""
    if isinstance(chain, str):
        return chain
    parts = [one for c, then in chain for one in (logic(c, host), json_logic(then, host))]
    return {"if": [*parts[:-2], parts[-1]]}


@peer("JsonLogic in Python (panzi-json-logic)")
def _json_logic() -> Decide:
    from json_logic import jsonLogic

    rule = json_logic(tree(), host=True)
    return lambda p: split(jsonLogic(rule, counted(p)))


@peer("JsonLogic in Rust (datalogic-py)")
def _datalogic() -> Decide:
    from datalogic_py import Engine

    engine = Engine()
    rule, evaluate = engine.compile(json_logic(tree(), host=False)), engine.session().evaluate
    return lambda p: split(evaluate(rule, p))


@peer("JsonLogic in Rust, a rule per decision")
def _datalogic_chained() -> Decide:
    from datalogic_py import Engine

    engine = Engine()
    evaluate = engine.session().evaluate
    rules = {
        name: engine.compile(json_logic([(c, o) for o, c in rows], host=False))
        for name, rows in TABLES.items()
    }

    def decide(p: dict[str, Any]) -> tuple[Any, ...]:
        given = dict(p)
        for name, rule in rules.items():
            given[name] = evaluate(rule, given)
        return given["scope"], given["route"], given["path"]

    return decide


@peer("business-rules")
def _business_rules() -> Decide:
    from business_rules import run_all
    from business_rules.actions import BaseActions, rule_action
    from business_rules.fields import FIELD_TEXT
    from business_rules.variables import (
        BaseVariables,
        boolean_rule_variable,
        numeric_rule_variable,
        string_rule_variable,
    )

    kinds: dict[str, Any] = {}

    def said(condition: Condition) -> dict[str, Any]:
        if condition is None:
            return {"all": [said(("in", "always", (True,)))]}
        kind, *parts = condition
        if kind in ("and", "or"):
            return {{"and": "all", "or": "any"}[kind]: [said(part) for part in parts]}
        name, value = parts
        if kind != "in":
            kinds[name] = numeric_rule_variable
            operator = {">=": "greater_than_or_equal_to", "<=": "less_than_or_equal_to"}[kind]
            return {"name": name, "operator": operator, "value": value}
        if value in ((True,), (False,)):
            kinds[name] = boolean_rule_variable
            return {"name": name, "operator": f"is_{str(value[0]).lower()}", "value": True}
        kinds[name] = string_rule_variable
        return {"any": [{"name": name, "operator": "equal_to", "value": one} for one in value]}

    class Actions(BaseActions):  # type: ignore[misc]  # has no types
        def __init__(self) -> None:
            self.outcome = ""

        @rule_action(params={"outcome": FIELD_TEXT})  # type: ignore[untyped-decorator]  # as above
        def answer(self, outcome: str) -> None:
            self.outcome = outcome

    chains = {}
    for decision, rows in TABLES.items():
        chains[decision] = [
            {
                "conditions": one
                if set(one := said(condition)) & {"all", "any"}
                else {"all": [one]},
                "actions": [{"name": "answer", "params": {"outcome": outcome}}],
            }
            for outcome, condition in rows
        ]

    def variable(name: str, kind: Any) -> Any:
        def read(self: Any) -> Any:
            return self.given[name]

        read.__name__ = name
        return kind(read)

    def start(self: Any, given: dict[str, Any]) -> None:
        self.given = given

    members = {name: variable(name, kind) for name, kind in kinds.items()}
    variables = type("Variables", (BaseVariables,), {"__init__": start, **members})

    def decide(p: dict[str, Any]) -> tuple[str, ...]:
        given = {**counted(p), "always": True}
        for decision, rules in chains.items():
            actions = Actions()
            run_all(rules, variables(given), actions, stop_on_first_trigger=True)
            given[decision] = actions.outcome
        return tuple(given[decision] for decision in chains)

    return decide


@peer("durable_rules")
def _durable() -> Decide:
    from durable.engine import Host
    from durable.lang import m, pri, ruleset, when_all

    def said(condition: Condition) -> Any:
        if condition is None:
            return m.always == 1
        kind, *parts = condition
        if kind in ("and", "or"):
            return joined(kind, [said(part) for part in parts])
        name, value = parts
        field = getattr(m, name)
        if kind != "in":
            return field >= value if kind == ">=" else field <= value
        return joined("or", [field == CODES[name][one] for one in value])

    class Quiet(Host):  # type: ignore[misc]  # has no types
        def _run(self) -> None:
            """Start no threads that poll."""

    host, heard, number = Quiet(), [""], 0

    def hear(outcome: str) -> Callable[[Any], None]:
        def action(_: Any) -> None:
            heard[0] = outcome

        return action

    names = {}
    for decision, rows in TABLES.items():
        rules = ruleset(f"policy_{decision}")
        with rules:
            for place, (outcome, condition) in enumerate(rows, 1):
                when_all(pri(place), said(condition))(hear(outcome))
        name, definition = rules.define()
        host.register_rulesets({name: definition})
        names[decision] = name

    def decide(p: dict[str, Any]) -> tuple[str, ...]:
        nonlocal number
        number += 1
        sid = str(number)
        given = {name: CODES.get(name, {}).get(value, value) for name, value in counted(p).items()}
        given |= {"always": 1, "sid": sid}
        found = []
        for decision, name in names.items():
            heard[0] = ""
            host.post(name, dict(given))
            host.delete_state(name, sid)
            given[decision] = CODES[decision].get(heard[0], -1)
            found.append(heard[0])
        return tuple(found)

    return decide


@peer("routeengine, executor durable", "")
def _own_durable() -> Decide:
    from routeengine import Engine, load_ruleset

    return ours(Engine(load_ruleset("rijswijk-2023"), executor="durable"))


def ours(engine: Any) -> Decide:
    """Ask the engine as the peers are asked: per decision an outcome, or else the status."""

    def decide(p: dict[str, Any]) -> tuple[str, ...]:
        return tuple([v.outcome or v.status for v in engine.classify(p).verdicts.values()])

    return decide


# Engines of columns: all rows at once, texts as codes, in and out.


def polars_columns(table: Any) -> Callable[[], Any]:
    """Take the columns in, and give what makes a frame of the outcomes by expressions."""
    import polars as pl

    def code(name: str, value: object) -> Any:
        return pl.lit(CODES[name][value], dtype=pl.UInt8)

    def said(condition: Condition) -> Any:
        if condition is None:
            return pl.lit(value=True)
        kind, *parts = condition
        if kind in ("and", "or"):
            return joined(kind, [said(part) for part in parts])
        name, value = parts
        if kind != "in":
            return pl.col(name) >= value if kind == ">=" else pl.col(name) <= value
        if value in ((True,), (False,)):
            return pl.col(name) if value[0] else ~pl.col(name)
        return joined("or", [pl.col(name) == code(name, one) for one in value])

    frame: Any = pl.from_arrow(table)
    texts = [name for name in frame.columns if isinstance(FACTS[name][0], str)]
    frame = frame.with_columns(
        *(pl.col(n).cast(pl.String).replace_strict(CODES[n], return_dtype=pl.UInt8) for n in texts),
        *(pl.col(n).cast(pl.UInt8) for n in ("rung", "prognosis_months")),
    ).rechunk()
    # Faster than `sum_horizontal`; of the serious ones no more is asked than whether there is any.
    problems = sum((pl.col(n) != 0).cast(pl.UInt8) for n in DOMAINS[1:])
    lazy = frame.lazy().with_columns(
        (problems + (pl.col(DOMAINS[0]) != 0).cast(pl.UInt8)).alias("problems"),
        joined("or", [pl.col(n) == code(n, "serious") for n in DOMAINS])
        .cast(pl.UInt8)
        .alias("serious"),
    )
    for decision, rows in TABLES.items():
        chain: Any = pl
        for outcome, condition in rows[:-1]:
            chain = chain.when(said(condition)).then(code(decision, outcome))
        lazy = lazy.with_columns(chain.otherwise(code(decision, rows[-1][0])).alias(decision))
    return lazy.select(list(TABLES)).collect


def duckdb_columns(table: Any) -> Callable[[], Any]:
    """Take the columns in, and give what makes an Arrow table of the outcomes by SQL."""
    import duckdb

    def said(condition: Condition) -> str:
        if condition is None:
            return "TRUE"
        kind, *parts = condition
        if kind in ("and", "or"):
            return "(" + f" {kind.upper()} ".join(map(said, parts)) + ")"
        name, value = parts
        if kind != "in":
            return f"({name} {kind} {value})"
        if value in ((True,), (False,)):
            return name if value[0] else f"(NOT {name})"
        return "(" + " OR ".join(f"{name} = {CODES[name][one]}" for one in value) + ")"

    def outcome(decision: str, one: str) -> str:
        return f"{CODES[decision][one]}::UTINYINT"

    problems = " + ".join(f"({name} <> 0)::UTINYINT" for name in DOMAINS)
    serious = " OR ".join(f"{name} = {CODES[name]['serious']}" for name in DOMAINS)
    query = f"SELECT *, {problems} AS problems, ({serious})::UTINYINT AS serious FROM rows"
    for name, rows in TABLES.items():
        cases = " ".join(f"WHEN {said(c)} THEN {outcome(name, one)}" for one, c in rows[:-1])
        query = (
            f"SELECT *, CASE {cases} ELSE {outcome(name, rows[-1][0])} END AS {name} FROM ({query})"
        )
    query = f"SELECT {', '.join(TABLES)} FROM ({query})"
    database = duckdb.connect()
    database.execute("SET threads = 2")
    database.register("given", table)
    coded = ", ".join(
        f"list_position({list(FACTS[name])}, {name}::VARCHAR)::UTINYINT - 1::UTINYINT AS {name}"
        if isinstance(FACTS[name][0], str)
        else name
        for name in table.column_names
    )
    database.execute(f"CREATE TABLE rows AS SELECT {coded} FROM given")
    return lambda: database.sql(query).to_arrow_table()
