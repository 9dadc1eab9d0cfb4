"""The same policy in each peer, in its own language, each fed the way it is fastest.

A factory gives a function from a profile to the outcomes of scope, route and path. Where a peer
cannot chain decisions, the host passes the outcome of one on to the next.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from policy import COUNTS, DOMAINS, TABLES, Condition, Decide, counted, if_else

FACTORIES: dict[str, Callable[[], Decide]] = {"plain if/else": lambda: if_else}


def peer(name: str) -> Callable[[Callable[[], Decide]], Callable[[], Decide]]:
    """Register a factory under the name that the table shows."""

    def registered(factory: Callable[[], Decide]) -> Callable[[], Decide]:
        FACTORIES[name] = factory
        return factory

    return registered


def text(condition: Condition, style: dict[str, str]) -> str:
    """Write a condition as text; `style` says how the language spells it."""
    if condition is None:
        return style["true"]
    kind, *parts = condition
    if kind in ("and", "or"):
        return "(" + style[kind].join(text(part, style) for part in parts) + ")"
    name, value = parts
    if kind != "in":
        return f"({style.get(name, name)} {kind} {value})"
    if value in ((True,), (False,)):
        return name if value[0] else style["not"].format(name)
    return "(" + style["or"].join(f"{name} {style['equal']} '{one}'" for one in value) + ")"


def counts(style: dict[str, str], one: str) -> dict[str, str]:
    """Write the two counts over the domains; `one` turns a condition into 1 or 0."""
    return {
        name: "(" + " + ".join(one.format(text(("in", d, some), style)) for d in DOMAINS) + ")"
        for name, some in COUNTS.items()
    }


def first_match(tests: dict[str, list[tuple[str, Callable[[Any], Any]]]], adapt: Any) -> Decide:
    """Run tests in order, decision by decision, as the host of a peer that only tests."""

    def decide(p: dict[str, Any]) -> tuple[str, ...]:
        given = adapt(p)
        for decision, rules in tests.items():
            given[decision] = next(outcome for outcome, test in rules if test(given))
        return tuple(given[decision] for decision in tests)

    return decide


# zen-engine


ZEN = {"and": " and ", "or": " or ", "not": "not {}", "equal": "==", "true": "true"}


def zen_graph() -> dict[str, Any]:
    """Write the policy as a decision graph of expressions."""
    style = ZEN | counts(ZEN, "({} ? 1 : 0)")
    steps = [(name, style[name]) for name in COUNTS]
    for decision, rows in TABLES.items():
        value = f"'{rows[-1][0]}'"
        for outcome, condition in reversed(rows[:-1]):
            value = f"{text(condition, ZEN)} ? '{outcome}' : ({value})"
        steps.append((decision, value))
    nodes = [{"id": "in", "type": "inputNode", "name": "in", "content": {}}]
    nodes += [
        {
            "id": name, "type": "expressionNode", "name": name,
            "content": {
                "passThrough": True, "inputField": None, "outputPath": None,
                "executionMode": "single",
                "expressions": [{"id": f"e_{name}", "key": name, "value": value}],
            },
        }
        for name, value in steps
    ]  # fmt: skip
    nodes.append({"id": "out", "type": "outputNode", "name": "out", "content": {}})
    ids = [node["id"] for node in nodes]
    edges = [
        {"id": f"{a}-{b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in pairwise(ids)
    ]
    for node in nodes:
        node["position"] = {"x": 0, "y": 0}
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def zen(options: dict[str, Any] | None) -> Decide:
    """Evaluate through a loader: `create_decision` would compile again on every call."""
    from zen import ZenEngine

    engine = ZenEngine({"loader": {"type": "static", "content": {"k": zen_graph()}}})

    def decide(p: dict[str, Any]) -> tuple[str, ...]:
        result = engine.evaluate("k", p, options)["result"]
        return result["scope"], result["route"], result["path"]

    return decide


@peer("zen-engine")
def _zen() -> Decide:
    return zen(None)


@peer("zen-engine, with trace")
def _zen_trace() -> Decide:
    return zen({"trace": True})


@peer("rule-engine")
def _rule_engine() -> Decide:
    from rule_engine import Context, Rule

    plain = {"and": " and ", "or": " or ", "not": "(not {})", "equal": "==", "true": "true"}
    style = plain | counts(plain, "({} ? 1 : 0)")
    context = Context(default_value=None)
    tests = {
        decision: [
            (outcome, Rule(text(condition, style), context=context).matches)
            for outcome, condition in rows
        ]
        for decision, rows in TABLES.items()
    }
    return first_match(tests, dict)


@peer("JsonLogic (panzi-json-logic)")
def _json_logic() -> Decide:
    from json_logic import jsonLogic

    def logic(condition: Condition) -> Any:
        if condition is None:
            return True
        kind, *parts = condition
        if kind in ("and", "or"):
            return {kind: [logic(part) for part in parts]}
        name, value = parts
        if name in COUNTS:
            some = [{"if": [logic(("in", d, COUNTS[name])), 1, 0]} for d in DOMAINS]
            return {kind: [{"+": some}, value]}
        if kind != "in":
            return {kind: [{"var": name}, value]}
        if value in ((True,), (False,)):
            return {"var": name} if value[0] else {"!": [{"var": name}]}
        return {"or": [{"==": [{"var": name}, one]} for one in value]}

    chains = {}
    for decision, rows in TABLES.items():
        chain: list[Any] = []
        for outcome, condition in rows[:-1]:
            chain += [logic(condition), outcome]
        chains[decision] = {"if": [*chain, rows[-1][0]]}

    def decide(p: dict[str, Any]) -> tuple[str, ...]:
        given = dict(p)
        for decision, chain in chains.items():
            given[decision] = jsonLogic(chain, given)
        return tuple(given[decision] for decision in chains)

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

    codes = {"none": 0, "mild": 1, "serious": 2, False: 0, True: 1}
    for rows in TABLES.values():
        for outcome, _ in rows:
            codes.setdefault(outcome, len(codes))
    codes |= {name: 90 + n for n, name in enumerate(("participation", "wsp", "wsp_interim_group"))}

    def said(condition: Condition) -> Any:
        if condition is None:
            return m.always == 1
        kind, *parts = condition
        if kind in ("and", "or"):
            joined = said(parts[0])
            for part in parts[1:]:
                joined = joined & said(part) if kind == "and" else joined | said(part)
            return joined
        name, value = parts
        field = getattr(m, name)
        if kind != "in":
            return field >= value if kind == ">=" else field <= value
        joined = field == codes[value[0]]
        for one in value[1:]:
            joined = joined | (field == codes[one])
        return joined

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
        given = {name: codes.get(value, value) for name, value in counted(p).items()}
        # Numbers are numbers: what is coded are texts and truth values alone.
        given |= {name: p[name] for name in ("rung", "prognosis_months")}
        given |= {"always": 1, "sid": sid}
        found = []
        for decision, name in names.items():
            heard[0] = ""
            host.post(name, dict(given))
            host.delete_state(name, sid)
            given[decision] = codes.get(heard[0], 0)
            found.append(heard[0])
        return tuple(found)

    return decide


# Engines of columns: all rows at once.


def polars_table(frame: Any) -> Any:
    """Give the outcomes of a polars frame, by handwritten expressions of the policy."""
    import polars as pl

    def said(condition: Condition) -> Any:
        if condition is None:
            return pl.lit(True)
        kind, *parts = condition
        if kind in ("and", "or"):
            joined = said(parts[0])
            for part in parts[1:]:
                joined = joined & said(part) if kind == "and" else joined | said(part)
            return joined
        name, value = parts
        if kind != "in":
            return pl.col(name) >= value if kind == ">=" else pl.col(name) <= value
        if value in ((True,), (False,)):
            return pl.col(name) if value[0] else ~pl.col(name)
        joined = pl.col(name) == value[0]
        for one in value[1:]:
            joined = joined | (pl.col(name) == one)
        return joined

    lazy = frame.lazy().with_columns(
        pl.sum_horizontal([said(("in", d, some)).cast(pl.UInt8) for d in DOMAINS]).alias(name)
        for name, some in COUNTS.items()
    )
    for decision, rows in TABLES.items():
        chain: Any = pl
        for outcome, condition in rows[:-1]:
            chain = chain.when(said(condition)).then(pl.lit(outcome))
        lazy = lazy.with_columns(chain.otherwise(pl.lit(rows[-1][0])).alias(decision))
    return lazy.select(list(TABLES)).collect()


def sql() -> str:
    """Give the outcomes of the table `rows` in SQL."""
    plain = {"and": " AND ", "or": " OR ", "not": "(NOT {})", "equal": "=", "true": "TRUE"}
    some = counts(plain, "CAST({} AS TINYINT)")
    query = "SELECT *, " + ", ".join(f"{sums} AS {name}" for name, sums in some.items())
    query += " FROM rows"
    for decision, rows in TABLES.items():
        cases = " ".join(f"WHEN {text(c, plain)} THEN '{outcome}'" for outcome, c in rows[:-1])
        query = f"SELECT *, CASE {cases} ELSE '{rows[-1][0]}' END AS {decision} FROM ({query})"
    return f"SELECT {', '.join(TABLES)} FROM ({query})"


def dumps() -> str:
    """Give the decision graph as JSON, to be looked at."""
    return json.dumps(zen_graph(), indent=1)


@peer("routeengine, executor durable")
def _own_durable() -> Decide:
    from routeengine import Engine, load_ruleset

    engine = Engine(load_ruleset("rijswijk-2023"), executor="durable")

    def decide(p: dict[str, Any]) -> tuple[str, ...]:
        engine._answers.clear()  # noqa: SLF001  what is timed are the rules, not what is kept
        return tuple(v.outcome or v.status for v in engine.classify(p).verdicts.values())

    return decide
