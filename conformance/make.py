"""Make `cases.json` and `cases.schema.json`: what any executor of these rules has to answer.

    python conformance/make.py           # write the files
    python conformance/make.py --check   # say whether the files on disk are current

The answers are those of the reference evaluator, and of the decision diagrams as well; where a
state leaves too much open to be listed they are those of the diagrams alone.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from conformance.candidates import MOST_LISTED, full_profiles
from conformance.made import a_possible_ruleset, a_ruleset_of_amounts, a_state
from conformance.scored import a_scored_ruleset
from conformance.written import answer_as_json, state_as_json
from policy.clients import made_consistent, random_client
from routeengine import load_ruleset
from routeengine.cases import load_cases
from routeengine.codec import form_of
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import Known, State, read_profile
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import single

HERE = Path(__file__).resolve().parent

SEED = 20231
MADE_RULESETS = 80
SCORED_RULESETS = 20
AMOUNT_RULESETS = 20
STATES = 10
CLIENTS = 90


def states_of_clients(random: Random, ruleset: RuleSet) -> Iterator[State]:
    """Make states of the shipped rule set: clients of whom some facts are not known."""
    for number in range(CLIENTS):
        client = random_client(random)
        state = read_profile(ruleset, made_consistent(client) if number % 4 else client)
        # Three in ten known in full, six in ten almost, one in ten hardly at all.
        holes = (0, 0, 0, 1, 1, 2, 2, 3, 4, 16)[number % 10]
        for fact in random.sample(ruleset.facts, holes):
            full, own = fact.domain.full, state[fact.id].allowed
            kind = random.randrange(4)
            if kind == 0:
                state[fact.id] = Known(full)
            elif kind == 1:
                state[fact.id] = Known(full, declined=True)
            else:
                some = own | single(random.randrange(fact.domain.size))
                state[fact.id] = Known(some, conflicting=kind == 3 and some.has_several)
        yield state


def rulesets_with_states() -> Iterator[tuple[str, RuleSet, list[State]]]:
    """Give all that is asked, under a name per rule set; it follows from the seed."""
    random = Random(SEED)
    shipped = load_ruleset("rijswijk-2023")
    written = load_cases(HERE.parent / "fixtures" / "cases", shipped)
    states: list[State] = [read_profile(shipped, case.profile) for case in written]
    yield "rijswijk-2023", shipped, [*states, *states_of_clients(random, shipped)]
    for number in range(1, MADE_RULESETS + 1):
        ruleset = a_possible_ruleset(random)
        yield f"made-{number}", ruleset, [a_state(random, ruleset) for _ in range(STATES)]
    for number in range(1, SCORED_RULESETS + 1):
        ruleset = a_possible_ruleset(random, a_scored_ruleset)
        yield f"scored-{number}", ruleset, [a_state(random, ruleset) for _ in range(STATES)]
    for number in range(1, AMOUNT_RULESETS + 1):
        ruleset = a_possible_ruleset(random, a_ruleset_of_amounts)
        yield f"amounts-{number}", ruleset, [a_state(random, ruleset) for _ in range(STATES)]


def cases(name: str, ruleset: RuleSet, states: list[State]) -> Iterator[dict[str, Any]]:
    """Answer the states of one rule set."""
    lanes, reference = LanesExecutor(ruleset), ReferenceExecutor(ruleset)
    for number, state in enumerate(states, start=1):
        answer = lanes.evaluate(state)
        size = full_profiles(ruleset, state)
        if size <= MOST_LISTED and reference.evaluate(state) != answer:
            raise SystemExit(f"{name}, case {number}: the executors disagree")
        yield {
            "id": f"{name}/{number}",
            "full_profiles": size,
            "known": state_as_json(state),
            **answer_as_json(answer),
        }


def text() -> str:
    """Give the file of cases: a rule set on a line, and a case on a line."""
    form, parts = form_of(RuleSet), []
    for name, ruleset, states in rulesets_with_states():
        lines = ",\n".join(_line(case) for case in cases(name, ruleset, states))
        parts.append(f'{{"ruleset": {_line(form.write(ruleset))},\n"cases": [\n{lines}\n]}}')
    return '{"format": 1,\n"rulesets": [\n' + ",\n".join(parts) + "\n]}\n"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def schema() -> str:
    """Give the JSON Schema of the file of cases."""
    definitions = _parts_of_a_ruleset()
    ruleset = {"$ref": "#/$defs/RuleSet"}
    runs = definitions["FactIs"]["properties"]["allowed"] | {"minItems": 1}
    word, words = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    maybe = {"type": ["string", "null"]}
    statuses = ["decided", "review", "insufficient", "not_applicable"]
    verdict = _object(
        status={"enum": statuses}, outcome=maybe, rule=maybe, rules=words, reason=maybe,
        candidates=words, possible=words, conflict=words, missing=words,
    )  # fmt: skip
    mark = {"const": True}
    fact = _object(allowed=runs) | {"properties": {
        "allowed": runs, "declined": mark, "conflicting": mark,
    }}  # fmt: skip
    case = _object(
        id=word, full_profiles={"type": "integer", "minimum": 1}, known=_map(fact),
        verdicts=_map(verdict), flags=words, flags_possible=words,
    )  # fmt: skip
    several = _object(ruleset=ruleset, cases={"type": "array", "items": case, "minItems": 1})
    whole = _object(format={"const": 1}, rulesets={"type": "array", "items": several})
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cases that an executor of routeengine's rules has to answer",
    }
    return json.dumps(head | whole | {"$defs": definitions}, indent=1, sort_keys=True) + "\n"


def _parts_of_a_ruleset() -> dict[str, Any]:
    """Return the definitions of a rule set and its parts, from the schema of records."""
    text = (HERE.parent / "schemas" / "record.schema.json").read_text(encoding="utf-8")
    every, needed, todo = json.loads(text)["$defs"], dict[str, Any](), ["RuleSet"]
    while todo:
        name = todo.pop()
        if name not in needed:
            needed[name] = every[name]
            todo += re.findall(r'"#/\$defs/(\w+)"', json.dumps(every[name]))
    return needed


def _object(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _map(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


FILES = {"cases.json": text, "cases.schema.json": schema}


def main() -> int:
    """Write the files, or compare with those on disk."""
    parser = argparse.ArgumentParser(description="make conformance/cases.json and its schema")
    parser.add_argument("--check", action="store_true", help="compare with the files on disk")
    check = parser.parse_args().check
    stale = []
    for name, make in FILES.items():
        made, file = make(), HERE / name
        if not check:
            file.write_text(made, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != made:
            stale.append(name)
    if stale:
        print(f"not current: {', '.join(stale)}: run `python conformance/make.py`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
