"""The JSON Schema of the files of one rule set: the form of rule files, with its own names.

An editor that has it completes the facts, values, outcomes and rules that there are, and underlines
a name that is none. Only what refers to something is bound to what is there: a new fact, or a new
rule, is written without a word from the editor, and has to be exported before another place may
name it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from routeengine.loading.comparisons import NUMBERS
from routeengine.loading.conditions import STATUSES
from routeengine.loading.document import json_schema
from routeengine.loading.shapes import ANY_SCALAR, Schema
from routeengine.ruleset.domains import (
    DAY_PATTERN,
    BooleanDomain,
    CategoryDomain,
    DateDomain,
    IntegerDomain,
    decimal_pattern,
)
from routeengine.ruleset.expectations import ACCEPTABLE
from routeengine.ruleset.model import Fact, RuleSet, Score
from routeengine.ruleset.words import Element

_READ: Final[tuple[tuple[re.Pattern[str], Callable[[str], object]], ...]] = (
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+"), lambda word: int(word, 0)),
    (re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+"), float),
    (re.compile(r"true|True|TRUE"), lambda _: True),
    (re.compile(r"false|False|FALSE"), lambda _: False),
)
"""Words that an editor, as YAML 1.2 has it, takes for something else than text."""


def names(words: Iterable[str]) -> Schema:
    """Return the schema of a place where one of these words stands, quoted or not.

    Of the outcome `10` an editor sees a number, and of one called `true` a truth value.
    """
    return {"enum": [form for word in words for form in _forms(word)]}


def _forms(word: str) -> list[object]:
    read = [how(word) for form, how in _READ if form.fullmatch(word)]
    return [word, *(one for one in read if not (isinstance(one, float) and math.isinf(one)))]


def value_of(fact: Fact) -> Schema:
    """Return the schema of a value of a fact."""
    domain = fact.domain
    if isinstance(domain, BooleanDomain):
        return {"type": "boolean"}
    if isinstance(domain, CategoryDomain):
        return names(domain.values)
    if isinstance(domain, IntegerDomain):
        return {"type": "integer", "minimum": domain.minimum, "maximum": domain.maximum}
    if isinstance(domain, DateDomain):
        return {"format": "date", "pattern": DAY_PATTERN, "type": "string"}
    return {"type": ["number", "string"], "pattern": decimal_pattern(domain.places)}


def ruleset_json_schema(ruleset: RuleSet, variants: Iterable[str] = ()) -> Schema:
    """Return the JSON Schema (2020-12) of the files of a rule set, with its own names.

    Of its `variants` a rule set with the numbers of one holds no more than that one.
    """
    schema = json_schema()
    defs: Schema = schema["$defs"]
    facts = {fact.id: value_of(fact) for fact in ruleset.facts}
    for name, entry in defs.items():
        if "cites" in entry.get("properties", {}):
            defs[name] = _with(entry, cites=names(ruleset.citation))
    defs["FactEntry"] = _with(defs["FactEntry"], topic=names(_ids(ruleset.topics)))
    _parameters(defs, ruleset, variants)
    _conditions(defs, ruleset)
    _decisions(schema, ruleset)
    _sources(defs, ruleset)
    _evidence(defs, ruleset, facts)
    _expectations(defs, ruleset, facts)
    _words(defs, ruleset)
    schema["title"] = f"{schema['title']} of {ruleset.id}"
    schema["$defs"] = dict(sorted(defs.items()))
    return schema


# How a place is bound


def _of(schema: Any, word: Schema) -> Any:
    """Return a schema in which each scalar is one of the words of another schema."""
    if isinstance(schema, list):
        return [_of(one, word) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == ANY_SCALAR["type"]:
        return {**{key: one for key, one in schema.items() if key != "type"}, **word}
    return {key: _of(one, word) for key, one in schema.items()}


def _bound(entry: Schema, **words: Schema) -> Schema:
    """Return what can stand under some keys of an entry if it is of these words."""
    return {key: _of(entry["properties"][key], word) for key, word in words.items()}


def _with(entry: Schema, **words: Schema) -> Schema:
    """Return an entry with words under some of its keys."""
    return {**entry, "properties": {**entry["properties"], **_bound(entry, **words)}}


def _by(entry: Schema, key: str, cases: Mapping[str, Schema]) -> Schema:
    """Return an entry in which the word under a key says what can stand under others."""
    ways = [{"properties": {**case, key: names([word])}} for word, case in cases.items()]
    return {**_with(entry, **{key: names(cases)}), **({"oneOf": ways} if ways else {})}


def _keys(table: Schema, words: Mapping[str, Schema]) -> Schema:
    """Return a table that has no other keys than these."""
    return {**table, "additionalProperties": False, "properties": {**words}}


def _ids(parts: Iterable[Element]) -> list[str]:
    return [part.id for part in parts]


# The parts of a rule set


def _parameters(defs: Schema, ruleset: RuleSet, variants: Iterable[str]) -> None:
    """Bind the parameters that bounds name, and the variants that their values are of."""
    named = _ids(ruleset.parameters)
    whole = [one.id for one in ruleset.parameters if isinstance(one.value, int)]
    for entry, ids in (("ParameterBound", named), ("PercentByParameter", whole)):
        defs[entry] = _with(defs[entry], parameter=names(ids))
    defs["DatedEntry"] = _with(defs["DatedEntry"], variant=names(variants))


def _conditions(defs: Schema, ruleset: RuleSet) -> None:
    """Bind what conditions name: criteria, facts with their values, scores, earlier decisions."""
    about = defs["AboutDecision"]
    asked = {
        one.id: _bound(about, outcome=names(_ids(one.outcomes)), rule=names(_ids(one.rules)))
        for one in ruleset.decisions
    }
    about = _with(about, status=names(STATUSES))
    defs["AboutDecision"] = _by(about, "decision", asked)
    name, *forms, test = defs["Condition"]["oneOf"]
    true = [one.id for one in ruleset.facts if isinstance(one.domain, BooleanDomain)]
    name = {"description": name["description"], **names([*ruleset.criterion, *true])}
    alone, _ = test["additionalProperties"]["oneOf"]
    tests = [_test(one, alone, defs["Bounds"], ruleset) for one in ruleset.facts]
    tests += [_bounds(one, defs["Bounds"], ruleset) for one in ruleset.scores]
    defs["Condition"] = {**defs["Condition"], "oneOf": [name, *forms, *tests]}


def _test(fact: Fact, alone: Schema, bounds: Schema, ruleset: RuleSet) -> Schema:
    """Return the schema of what can be asked of a fact: values, or one bound."""
    bounds = {**bounds, "maxProperties": 1, "minProperties": 1}
    if not isinstance(fact.domain, DateDomain):
        listed = isinstance(fact.domain, BooleanDomain | CategoryDomain)
        bounds["properties"] = {
            key: bounds["properties"][key] for key in ("not", *(() if listed else NUMBERS))
        }
    word = value_of(fact)
    return {
        "additionalProperties": False,
        "description": fact.label[ruleset.authors_language],
        "properties": {fact.id: {"oneOf": [_of(alone, word), _of(bounds, word)]}},
        "required": [fact.id],
        "type": "object",
    }


def _bounds(score: Score, bounds: Schema, ruleset: RuleSet) -> Schema:
    """Return the schema of what can be asked of a score: one bound."""
    keys = {key: bounds["properties"][key] for key in NUMBERS}
    bounds = {**bounds, "maxProperties": 1, "minProperties": 1, "properties": keys}
    return {
        "additionalProperties": False,
        "description": score.label[ruleset.authors_language],
        "properties": {score.id: _of(bounds, {"type": "integer"})},
        "required": [score.id],
        "type": "object",
    }


def _decisions(schema: Schema, ruleset: RuleSet) -> None:
    """Bind where rules lead and what they outrank; a decision that is not there yet is free."""
    defs, known = schema["$defs"], {}
    for one in ruleset.decisions:
        outcomes, rules = names(_ids(one.outcomes)), names(_ids(one.rules))
        review = _defined(defs, "ReviewEntry", one.id, _with(defs["ReviewEntry"], review=outcomes))
        rule = _with(defs["RuleEntry"], then=outcomes, outranks=rules)
        then = rule["properties"]["then"]
        rule["properties"]["then"] = {**then, "oneOf": [then["oneOf"][0], review]}
        first = names([*_ids(one.outcomes), "review"])
        decision = _with(defs["DecisionEntry"], order=rules, priority=first)
        item = _defined(defs, "RuleEntry", one.id, rule)
        rows = {**defs["TableEntry"], "additionalProperties": item}
        by_id = {"additionalProperties": item, "type": "object"}
        ways = [by_id, _defined(defs, "TableEntry", one.id, rows)]
        decision["properties"]["rules"] = {**decision["properties"]["rules"], "oneOf": ways}
        known[one.id] = _defined(defs, "DecisionEntry", one.id, decision)
    section = schema["properties"]["decisions"]
    schema["properties"]["decisions"] = {**section, "properties": known}


def _defined(defs: Schema, kind: str, name: str, schema: Schema) -> Schema:
    """Put the schema of an entry of one part among the definitions, and return what refers to it.

    Ids are of lower-case letters, digits and underscores: no reference has to escape them.
    """
    defs[f"{kind}_{name}"] = schema
    return {"$ref": f"#/$defs/{kind}_{name}"}


def _sources(defs: Schema, ruleset: RuleSet) -> None:
    """Bind what citations are of: a source, and one of its headings."""
    headings = {one.id: ["", *one.headings] for one in ruleset.sources}
    places = {source: {"section": {"enum": lines}} for source, lines in headings.items()}
    defs["CitationEntry"] = _by(defs["CitationEntry"], "source", places)


def _evidence(defs: Schema, ruleset: RuleSet, facts: Mapping[str, Schema]) -> None:
    """Bind what evidence settles and raises, and by what clients are followed."""
    source, flags = _with(defs["EvidenceSourceEntry"]), names(_ids(ruleset.flags))
    source["properties"]["sets"] = _keys(source["properties"]["sets"], facts)
    defs["EvidenceSourceEntry"] = source
    raised = defs["EvidenceFlags"]
    defs["EvidenceFlags"] = _with(raised, **dict.fromkeys(raised["properties"], flags))
    follow = _with(defs["FollowUpEntry"], fact=names(facts))
    ways = {one.id: _bound(follow, upwards=names(_ids(one.outcomes))) for one in ruleset.decisions}
    defs["FollowUpEntry"] = _by(follow, "decision", ways)
    forms = ruleset.follow_up.forms if ruleset.follow_up else ()
    defs["FormEntry"] = _with(defs["FormEntry"], part_of=names(_ids(forms)))


def _expectations(defs: Schema, ruleset: RuleSet, facts: Mapping[str, Schema]) -> None:
    """Bind what is expected and accepted."""
    change, expected, accepted = (
        defs[name] for name in ("ChangeEntry", "ExpectationEntry", "AcceptanceEntry")
    )
    changes = {fact: _bound(change, **{"from": one, "to": one}) for fact, one in facts.items()}
    defs["ChangeEntry"] = _by(change, "fact", changes)
    ways = {}
    for decision in ruleset.decisions:
        answers = names(decision.keys)
        move = _with(defs["MoveEntry"], **{"from": answers, "to": answers})
        moved = _defined(defs, "MoveEntry", decision.id, move)
        way = _bound(expected, **dict.fromkeys(("always", "never", "along"), answers))
        way["never"] = {**way["never"], "oneOf": [way["never"]["oneOf"][0], moved]}
        ways[decision.id] = way
    defs["ExpectationEntry"] = _by(expected, "decision", ways)
    about = {kind: _bound(accepted, about=names(of)) for kind, of in _acceptable(ruleset).items()}
    defs["AcceptanceEntry"] = _by(accepted, "finding", about)


def _acceptable(ruleset: RuleSet) -> dict[str, list[str]]:
    """Return what each kind of finding that may be accepted can be about."""
    rules, decisions = [*ruleset.rule], [*ruleset.decision]
    outcomes = [outcome for one in ruleset.decisions for outcome in _ids(one.outcomes)]
    about = {
        "unreachable": [*decisions, *outcomes],
        "never_applies": decisions,
        "decided_under_review": decisions,
        "idle_criterion": [*ruleset.criterion],
        "idle_score": [*ruleset.score],
        "idle_fact": [*ruleset.fact],
        "idle_constraint": _ids(ruleset.constraints),
        "idle_flag": _ids(ruleset.flags),
        "idle_expectation": _ids(ruleset.expectations),
    }
    return {finding: about.get(finding, rules) for finding in ACCEPTABLE}


def _words(defs: Schema, ruleset: RuleSet) -> None:
    """Bind what sentences for pages are about."""
    facts, decisions = dict[str, Schema](), dict[str, Schema]()
    for fact in ruleset.facts:
        entry = _with(defs["FactWordingEntry"])
        table = entry["properties"]["values"]
        values = fact.domain.values if isinstance(fact.domain, CategoryDomain) else ()
        item: Schema = table["additionalProperties"]
        entry["properties"]["values"] = _keys(table, {str(one): item for one in values})
        facts[fact.id] = _defined(defs, "FactWordingEntry", fact.id, entry)
    for one in ruleset.decisions:
        outcomes = _ids(one.outcomes)
        entry = _with(
            defs["DecisionWordingEntry"], quiet=names(outcomes), better_first=names(outcomes)
        )
        table = entry["properties"]["outcomes"]
        item = table["additionalProperties"]
        entry["properties"]["outcomes"] = _keys(table, dict.fromkeys(outcomes, item))
        decisions[one.id] = _defined(defs, "DecisionWordingEntry", one.id, entry)
    words = _with(defs["WordingEntry"])
    sections = words["properties"]
    of = {"criteria": [*ruleset.criterion], "constraints": _ids(ruleset.constraints)}
    same: dict[str, Schema] = {key: sections[key]["additionalProperties"] for key in of}
    own = {"facts": facts, "decisions": decisions}
    own |= {key: dict.fromkeys(ids, same[key]) for key, ids in of.items()}
    sections |= {key: _keys(sections[key], entries) for key, entries in own.items()}
    defs["WordingEntry"] = words
