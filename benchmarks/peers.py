"""The same policy in each peer, in its own language, each fed the way it is fastest.

A factory gives a function from a profile to the outcomes of scope, route and path. Where a peer
can nest, the three decisions are folded into one expression by a program (`policy.tree`), and
it is called once; where it cannot, the host passes the outcome of one decision on to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from policy import COUNTS, DOMAINS, FACTS, TABLES, Decide, Language, Tree, counted, if_else, tree

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


def written(no: str = "not {}", **spelt: str) -> Language:
    """Give a language of text; `no` is how a truth is denied, `spelt` names written otherwise."""

    def among(name: str, values: tuple[str, ...]) -> str:
        if values == ("mild", "serious"):
            return f"({name} != 'none')"
        return "(" + " or ".join(f"{spelt.get(name, name)} == '{one}'" for one in values) + ")"

    return Language(
        always="true",
        join=lambda kind, parts: "(" + f" {kind} ".join(parts) + ")",
        truth=lambda name, value: name if value else no.format(name),
        among=among,
        compare=lambda name, kind, value: f"({spelt.get(name, name)} {kind} {value})",
    )


def joined(kind: str, parts: list[Any]) -> Any:
    """Join what has the operators `&` and `|`."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole & part if kind == "and" else whole | part
    return whole


def ternary(chain: Tree, language: Language) -> str:
    """Write what comes first and holds as `this ? that : ...`."""
    if isinstance(chain, str):
        return f"'{chain}'"
    value = ternary(chain[-1][1], language)
    for condition, then in reversed(chain[:-1]):
        value = f"({language.say(condition)} ? {ternary(then, language)} : {value})"
    return value


CHAINS: dict[str, Tree] = {
    name: [(condition, outcome) for outcome, condition in rows] for name, rows in TABLES.items()
}


@peer("zen-engine, one compiled expression")
def _zen_expression() -> Decide:
    from zen import compile_expression

    counts = {
        name: "(" + " + ".join(f"({d} {test} ? 1 : 0)" for d in DOMAINS) + ")"
        for name, test in (("problems", "!= 'none'"), ("serious", "== 'serious'"))
    }
    evaluate = compile_expression(ternary(tree(), written(**counts))).evaluate
    return lambda p: split(evaluate(p))


def zen(options: dict[str, Any] | None) -> Decide:
    """Evaluate a graph, through a loader: `create_decision` would compile again on every call."""
    from zen import ZenEngine

    language = written(scope="$.scope", route="$.route")
    steps = [
        {"id": name, "key": name, "value": ternary(chain, language)}
        for name, chain in CHAINS.items()
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

    rule = ternary(tree(), written("(not {})"))
    evaluate = Rule(rule, context=Context(default_value=None)).evaluate
    return lambda p: split(evaluate(counted(p)))


def variable(name: str) -> Any:
    """Write a fact, or what the host has counted."""
    return {"var": name}


def count(name: str) -> Any:
    """Write a fact, or count."""
    if name not in COUNTS:
        return variable(name)
    return {"+": [{"if": [json_among(d, COUNTS[name]), 1, 0]} for d in DOMAINS]}


def json_among(name: str, values: tuple[str, ...]) -> Any:
    """Write that a text is one of these."""
    if values == ("mild", "serious"):
        return {"!=": [variable(name), "none"]}
    return {"or": [{"==": [variable(name), one]} for one in values]}


def json_logic(chain: Tree, number: Callable[[str], Any]) -> Any:
    """Write what comes first and holds in JsonLogic; `number` writes what is compared."""
    if isinstance(chain, str):
        return chain
    language = Language(
        always=True,
        join=lambda kind, parts: {kind: parts},
        truth=lambda name, value: variable(name) if value else {"!": [variable(name)]},
        among=json_among,
        compare=lambda name, kind, value: {kind: [number(name), value]},
    )
    parts = [one for c, then in chain for one in (language.say(c), json_logic(then, number))]
    return {"if": [*parts[:-2], parts[-1]]}


@peer("JsonLogic in Python (panzi-json-logic)")
def _json_logic() -> Decide:
    from json_logic import jsonLogic

    rule = json_logic(tree(), variable)
    return lambda p: split(jsonLogic(rule, counted(p)))


@peer("JsonLogic in Rust (datalogic-py)")
def _datalogic() -> Decide:
    from datalogic_py import Engine

    engine = Engine()
    rule, evaluate = engine.compile(json_logic(tree(), count)), engine.session().evaluate
    return lambda p: split(evaluate(rule, p))


@peer("JsonLogic in Rust, a rule per decision")
def _datalogic_chained() -> Decide:
    from datalogic_py import Engine

    engine = Engine()
    evaluate = engine.session().evaluate
    rules = {name: engine.compile(json_logic(chain, count)) for name, chain in CHAINS.items()}

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

    def test(kind: Any, name: str, operator: str, value: object) -> dict[str, Any]:
        kinds[name] = kind
        return {"name": name, "operator": operator, "value": value}

    operators = {">=": "greater_than_or_equal_to", "<=": "less_than_or_equal_to"}
    language = Language(
        always=test(boolean_rule_variable, "always", "is_true", value=True),
        join=lambda kind, parts: {{"and": "all", "or": "any"}[kind]: parts},
        truth=lambda n, v: test(boolean_rule_variable, n, f"is_{str(v).lower()}", value=True),
        among=lambda n, vs: {"any": [test(string_rule_variable, n, "equal_to", v) for v in vs]},
        compare=lambda n, kind, v: test(numeric_rule_variable, n, operators[kind], v),
    )

    class Actions(BaseActions):  # type: ignore[misc]  # has no types
        def __init__(self) -> None:
            self.outcome = ""

        @rule_action(params={"outcome": FIELD_TEXT})  # type: ignore[untyped-decorator]  # as above
        def answer(self, outcome: str) -> None:
            self.outcome = outcome

    chains = {
        decision: [
            {
                "conditions": {"all": [language.say(condition)]},
                "actions": [{"name": "answer", "params": {"outcome": outcome}}],
            }
            for outcome, condition in rows
        ]
        for decision, rows in TABLES.items()
    }

    def reading(name: str, kind: Any) -> Any:
        def read(self: Any) -> Any:
            return self.given[name]

        read.__name__ = name
        return kind(read)

    def start(self: Any, given: dict[str, Any]) -> None:
        self.given = given

    members = {name: reading(name, kind) for name, kind in kinds.items()}
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

    language = Language(
        always=m.always == 1,
        join=joined,
        truth=lambda name, value: getattr(m, name) == int(value),
        among=lambda name, values: joined(
            "or", [getattr(m, name) == CODES[name][one] for one in values]
        ),
        compare=lambda name, kind, value: (
            getattr(m, name) >= value if kind == ">=" else getattr(m, name) <= value
        ),
    )

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
                when_all(pri(place), language.say(condition))(hear(outcome))
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

    language = Language(
        always=pl.lit(value=True),
        join=joined,
        truth=lambda name, value: pl.col(name) if value else ~pl.col(name),
        among=lambda name, values: joined("or", [pl.col(name) == code(name, v) for v in values]),
        compare=lambda name, kind, value: (
            pl.col(name) >= value if kind == ">=" else pl.col(name) <= value
        ),
    )
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
            chain = chain.when(language.say(condition)).then(code(decision, outcome))
        lazy = lazy.with_columns(chain.otherwise(code(decision, rows[-1][0])).alias(decision))
    return lazy.select(list(TABLES)).collect


def duckdb_columns(table: Any) -> Callable[[], Any]:
    """Take the columns in, and give what makes an Arrow table of the outcomes by SQL."""
    import duckdb

    language = Language(
        always="TRUE",
        join=lambda kind, parts: "(" + f" {kind} ".join(parts) + ")",
        truth=lambda name, value: name if value else f"(NOT {name})",
        among=lambda name, values: (
            "(" + " OR ".join(f"{name} = {CODES[name][one]}" for one in values) + ")"
        ),
        compare=lambda name, kind, value: f"({name} {kind} {value})",
    )

    def outcome(decision: str, one: str) -> str:
        return f"{CODES[decision][one]}::UTINYINT"

    problems = " + ".join(f"({name} <> 0)::UTINYINT" for name in DOMAINS)
    serious = " OR ".join(f"{name} = {CODES[name]['serious']}" for name in DOMAINS)
    query = f"SELECT *, {problems} AS problems, ({serious})::UTINYINT AS serious FROM rows"
    for name, rows in TABLES.items():
        cases = " ".join(
            f"WHEN {language.say(c)} THEN {outcome(name, one)}" for one, c in rows[:-1]
        )
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
