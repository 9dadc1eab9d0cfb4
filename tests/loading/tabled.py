"""Tables of rules for tests: made ones, and a small one beside the rules that read it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from generated import rulesets
from loading.as_yaml import READING, Tree, text_of, tree_of
from loading.small import changed
from routeengine.ruleset.domains import Domain, IntegerDomain, word
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.naming import BOOLEAN_TEXTS

__all__ = ["CARDS", "DELIMITERS", "beside", "made", "text_of_table"]

DELIMITERS = [",", ";", "\t"]

CARDS = """\
rule;age;debt;adult;then;reason:nl;reason:en;label:nl;label:en;cites
young;< 18;-;-;A;jong;young;kind;child;first
old;18..64;none | mild;ja;A;oud;old;volwassen;grown up;first
odd;18..64;serious;;review: A | B;vreemd;odd;vreemd;odd;first
older;>= 65;;;B;ouder;older;ouder;older;first
"""

Cell = tuple[str, Any]
"""What stands in a cell, and the same as a rule file has it; None if it asks nothing."""


def beside(
    *changes: tuple[str, str], table: str = CARDS, name: str = "cards.csv"
) -> dict[str, Any]:
    """Give the small rule set with the rules of its first decision in a table, both changed."""
    text = changed()
    start, end = text.index("    rules:\n      card_a:"), text.index("  loan:\n")
    text = text[:start] + "    rules: {table: cards.csv}\n" + text[end:]
    flag = ("    when: {decision: card, rule: card_b}\n", "    when: {decision: card, rule: old}\n")
    return {"rules.yaml": changed(flag, *changes, text=text), name: table}


def text_of_table(rows: Sequence[Sequence[str]], delimiter: str = ";") -> str:
    """Give rows as CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def _asked(tests: list[Cell], denied: bool) -> Cell:
    """Join what may be in a cell, and perhaps turn it round."""
    text = " | ".join(one for one, _ in tests)
    (whole, *more) = [condition for _, condition in tests]
    whole = {"any": [whole, *more]} if more else whole
    return (f"not {text}", {"not": whole}) if denied else (text, whole)


def _meant(test: Any, values: list[Any]) -> list[Any]:
    """Give the values that a test leaves: what means the same may not appear twice."""
    if not isinstance(test, dict):
        return [test]
    ((key, ends),) = test.items()
    low = ends[0] if key == "between" else ends if key == "at_least" else values[0]
    high = ends[-1] if key == "between" else ends if key == "at_most" else values[-1]
    return [one for one in values if low <= one <= high]


@st.composite
def _of_fact(draw: st.DrawFn, name: str, domain: Domain) -> Cell:
    """Draw a cell of a fact."""
    values, denied = list(domain.values), draw(st.booleans())
    if isinstance(domain, IntegerDomain) and draw(st.booleans()):
        low, high = sorted(
            draw(st.lists(st.integers(domain.minimum, domain.maximum), min_size=2, max_size=2))
        )
        tests: dict[str, Cell] = {
            "at least": (f">= {low}", {name: {"at_least": low}}),
            "at most": (f"<={high}", {name: {"at_most": high}}),
            "between": (f"{low}..{high}", {name: {"between": [low, high]}}),
            "is": (f"{low}", {name: low}),
        }
        if low > domain.minimum:
            tests["below"] = (f"< {low}", {name: {"at_most": low - 1}})
        if high < domain.maximum:
            tests["above"] = (f">{high}", {name: {"at_least": high + 1}})
        bounds = st.sampled_from(sorted(tests.keys() - {"is"}))
        some = [draw(bounds), *draw(st.lists(st.sampled_from(sorted(tests)), max_size=2))]
        chosen = [tests[one] for one in dict.fromkeys(some)]
        meant = [_meant(condition[name], values) for _, condition in chosen]
        return _asked([one for n, one in enumerate(chosen) if meant[n] not in meant[:n]], denied)
    some = draw(st.lists(st.sampled_from(values), min_size=1, unique=True))
    if denied and len(some) == len(values):
        denied = False
    words = [
        draw(st.sampled_from(BOOLEAN_TEXTS[one])) if isinstance(one, bool) else word(one)
        for one in some
    ]
    text = draw(st.sampled_from([" | ", "|"])).join(words)
    if denied:
        return f"not {text}", {name: {"not": some}}
    return text, {name: some[0] if len(some) == 1 else some}


@st.composite
def _of_score(draw: st.DrawFn, name: str) -> Cell:
    """Draw a cell of a score."""
    low, high = sorted(draw(st.lists(st.integers(-9, 30), min_size=2, max_size=2)))
    tests: list[Cell] = [
        (f">= {low}", {name: {"at_least": low}}),
        (f"<={high}", {name: {"at_most": high}}),
        (f"< {low}", {name: {"at_most": low - 1}}),
        (f"> {high}", {name: {"at_least": high + 1}}),
        (f"{low}..{high}", {name: {"between": [low, high]}}),
        (f"{low - 40}", {name: {"between": [low - 40, low - 40]}}),
    ]
    some = draw(st.lists(st.sampled_from(range(len(tests))), min_size=1, max_size=3, unique=True))
    return _asked([tests[one] for one in some], draw(st.booleans()))


@st.composite
def _of_decision(draw: st.DrawFn, name: str, outcomes: list[str]) -> Cell:
    """Draw a cell of an earlier decision."""
    denied = draw(st.booleans())
    some = draw(st.lists(st.sampled_from(outcomes), unique=True))
    statuses = draw(st.lists(st.sampled_from(["decided", "review"]), unique=True))
    if not some and not statuses:
        some = outcomes[:1]
    tests: list[Any] = [{"decision": name, "outcome": some}] if some else []
    tests += [{"decision": name, "status": statuses}] if statuses else []
    whole = {"any": tests} if len(tests) > 1 else tests[0]
    text = " | ".join([*some, *statuses])
    return (f"not {text}", {"not": whole}) if denied else (text, whole)


@st.composite
def made(draw: st.DrawFn) -> tuple[dict[str, str], Tree]:
    """Draw rule files with a table, and the tree in which its rows are written out."""
    ruleset: RuleSet = draw(rulesets(max_facts=4, max_constraints=0))
    whole = tree_of(ruleset)
    earlier = draw(st.sampled_from([None, *whole["decisions"]]))
    columns: dict[str, st.SearchStrategy[Cell]] = {
        fact.id: _of_fact(fact.id, fact.domain) for fact in ruleset.facts
    }
    for one in ruleset.criteria:
        columns[one.id] = st.sampled_from([("ja", one.id), ("No", {"not": one.id})])
    for score in ruleset.scores:
        columns[score.id] = _of_score(score.id)
    if earlier is not None:
        named = list(whole["decisions"][earlier]["outcomes"])
        columns[f"decision:{earlier}"] = _of_decision(earlier, named)
    asked = draw(st.permutations(list(columns)))
    rows: list[list[str]] = []
    rules: Tree = {}
    for number in range(draw(st.integers(1, 5))):
        nothing = st.sampled_from([("", None), ("-", None)])
        cells = [draw(nothing | columns[one]) for one in asked]
        conditions = [condition for _, condition in cells if condition is not None]
        when: Tree = {"when": {"all": conditions}} if conditions[1:] else {"always": True}
        if len(conditions) == 1:
            when = {"when": conditions[0]}
        outcomes = draw(st.lists(st.sampled_from(["yes", "no"]), unique=True))
        because = {} if outcomes else {"because": {"en": "so"}}
        target, then = (
            "yes",
            draw(st.sampled_from(["yes", None])) or {"review": outcomes, **because},
        )
        if isinstance(then, dict):
            target = f"review: {' | '.join(outcomes)}" if outcomes else "review"
        beside = "" if target != "review" else "so"
        rows.append([f"r{number}", *[text for text, _ in cells], target, "r", beside])
        rules[f"r{number}"] = {
            "label": {"en": f"r{number}"}, **when, "then": then, "reason": {"en": "r"}, **READING,
        }  # fmt: skip
    words = {"label": {"en": "last"}}
    outcome = {**words, "description": {"en": "d"}}
    last: Tree = {**words, "outcomes": {"yes": outcome, "no": outcome}}
    header = ["rule", *asked, "then", "reason:en", "because:en"]
    text = text_of_table([header, *rows], draw(st.sampled_from(DELIMITERS)))
    table = {**last, "rules": {"table": "a/t.csv", "grounds": READING}}
    short = {**whole, "decisions": {**whole["decisions"], "last": table}}
    long = {**whole, "decisions": {**whole["decisions"], "last": {**last, "rules": rules}}}
    return {"a/t.csv": text, "made.yaml": text_of(short)}, long
