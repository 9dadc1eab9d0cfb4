"""The schema of one rule set takes its files, and refuses a name that is none at each place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from examples import gated
from generated import rulesets
from loading.small import LIBRARY, REPOSITORY, SMALL
from loading.tabled import beside
from loading.test_schema import as_an_editor
from loading.written import written
from routeengine.errors import RuleSetError
from routeengine.loading import load_names, load_ruleset
from routeengine.loading.comparisons import NUMBERS
from routeengine.loading.document import json_schema
from routeengine.loading.named_schema import names, ruleset_json_schema
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import RuleSet

POLICY = REPOSITORY / "rules" / "rijswijk-2023"

SAID = ("always", "otherwise", "minimum", "maximum")
"""Is said of a rule or a fact, and names nothing."""

NO_NAME = "zzz"
"""Is the name of nothing."""

FREE = {
    "CitationEntry": {"sha256"},
    "Header": {"client_id", "declined", "id", "languages", "unknown", "version"},
    "PublicationEntry": {"not_words", "time_zone"},
    "SourceEntry": {"abbreviations", "headings", "language"},
    "FactEntry": {"aliases", "maximum", "minimum"},
    "RefusalEntry": {"aliases"},
    "ValueEntry": {"aliases"},
    "DatedEntry": {"is"},
    # Of a decision that is not there yet.
    "DecisionEntry": {"order", "priority"},
    "ReviewEntry": {"review"},
    "RuleEntry": {"outranks", "then"},
    "DecisionWordingEntry": {"quiet", "better_first"},
    # Bound by the finding, the decision or the fact that stands beside it, or under it.
    "AboutDecision": {"outcome", "rule"},
    "AcceptanceEntry": {"about"},
    "Bounds": {*NUMBERS, "after", "before", "from", "not", "until"},
    "ChangeEntry": {"from", "to"},
    "ExpectationEntry": {"along", "always", "never"},
    "FollowUpEntry": {"upwards"},
    "MoveEntry": {"from", "to"},
}
"""The keys under which any word can stand, by the entry that has them."""


def validator_of(ruleset: RuleSet) -> Draft202012Validator:
    """Make the validator of a rule set's own files."""
    return Draft202012Validator(ruleset_json_schema(ruleset))


@cache
def library() -> Draft202012Validator:
    """Make that of the library, once."""
    return validator_of(load_ruleset(LIBRARY))


@pytest.mark.gate
@pytest.mark.parametrize("folder", gated([LIBRARY, POLICY]), ids=lambda one: one.name)
def test_the_schema_of_a_rule_set_is_one(folder: Any) -> None:
    """It says what a schema may say."""
    Draft202012Validator.check_schema(ruleset_json_schema(load_ruleset(folder)))


@given(rulesets())
@pytest.mark.gate
def test_the_schema_of_a_generated_rule_set_is_one(ruleset: RuleSet) -> None:
    """Whatever words the rules have."""
    Draft202012Validator.check_schema(ruleset_json_schema(ruleset))


@pytest.mark.gate
@pytest.mark.parametrize("folder", [LIBRARY, POLICY], ids=lambda one: one.name)
def test_the_files_of_a_rule_set_fit_its_schema(folder: Any) -> None:
    """Each file by itself, as an editor reads it."""
    validator = library() if folder == LIBRARY else validator_of(load_ruleset(folder))
    for path in sorted(folder.glob("*.yaml")):
        tree = as_an_editor(path.read_text(encoding="utf-8"))
        assert [error.message for error in validator.iter_errors(tree)] == [], path


@pytest.mark.gate
@given(rulesets())
def test_a_generated_rule_set_fits_its_schema(ruleset: RuleSet) -> None:
    """Written out as a file; and where that loads, it is the rule set that was written."""
    data = written(ruleset)
    assert [error.message for error in validator_of(ruleset).iter_errors(data)] == []
    try:
        loaded = load_ruleset({"r.yaml": json.dumps(data)})
    except RuleSetError:
        return  # a condition that appears twice, or a count of nothing: an editor may take those
    assert reference(loaded).meaning_sha256 == reference(ruleset).meaning_sha256


def leaves(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where the scalars of a tree stand."""
    if isinstance(tree, dict | list):
        for key, one in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from leaves(one, (*path, key))
    else:
        yield path


def replaced(tree: Any, path: tuple[Any, ...], word: object) -> Any:
    """Give a tree with another word at a place."""
    tree = deepcopy(tree)
    inside = tree
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = word
    return tree


@pytest.mark.gate
@given(rulesets(), st.data())
def test_a_word_that_is_no_name_is_refused(ruleset: RuleSet, data: st.DataObject) -> None:
    """At every place of a generated rule set where a name or a value stands."""
    tree = written(ruleset)
    del tree["ruleset"]
    named = [path for path in leaves(tree) if not {"nl", "en"} & {*path} and path[-1] not in SAID]
    assume(named)
    path = data.draw(st.sampled_from(named))
    assert not validator_of(ruleset).is_valid(replaced(tree, path, NO_NAME))


def refusals() -> Iterator[tuple[str, tuple[Any, ...], Any]]:
    """Yield each scalar of the library without which its rules do not load, for it is no name."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in LIBRARY.glob("*.yaml")}
    for name, text in texts.items():
        tree = as_an_editor(text)
        for path in leaves(tree):
            if path[0] == "ruleset" or {"nl", "en"} & {*path}:
                continue
            changed = replaced(tree, path, NO_NAME)
            try:
                load_ruleset({**texts, name: json.dumps(changed)})
            except RuleSetError as error:
                if any(
                    fault.message.startswith(f"`{NO_NAME}`") or " cannot be " in fault.message
                    for fault in error.faults
                ):
                    yield name, path, changed


@pytest.mark.night
def test_whatever_the_loader_refuses_as_a_name_the_schema_does() -> None:
    """Each scalar of the library, one by one."""
    found = [(name, path, library().is_valid(tree)) for name, path, tree in refusals()]
    assert len(found) > 150
    assert [(name, path) for name, path, taken in found if taken] == []


MISSPELT = [
    ("source", "source: paper", "source: papr"),
    ("heading", "section: One", "section: Two"),
    ("citation", "cites: [first]", "cites: [frist]"),
    ("fact", "{age: {at_least: 18}}", "{agee: {at_least: 18}}"),
    ("boolean fact", "[willing, free]", "[wiling, free]"),
    ("criterion", "[willing, free]", "[willing, fre]"),
    ("value", "{debt: serious}", "{debt: sirious}"),
    ("bound of a category", "{debt: serious}", "{debt: {at_least: mild}}"),
    ("number outside", "{age: {at_least: 18}}", "{age: {at_least: 180}}"),
    ("two bounds", "{age: {at_least: 18}}", "{age: {at_least: 18, at_most: 20}}"),
    ("number as text", "{age: {at_least: 18}}", '{age: {at_least: "18"}}'),
    ("outcome", "then: A", "then: C"),
    ("candidate", "{review: [A, B]}", "{review: [A, C]}"),
    ("outcome of another decision", "then: A", "then: 1"),
    ("rule", "outranks: [card_b]", "outranks: [card_c]"),
    ("rule of another decision", "outranks: [card_b]", "outranks: [loan_one]"),
    ("rule in order", "outcomes:\n      A:", "order: [card_a, card_c]\n    outcomes:\n      A:"),
    ("outcome of priority", "outcomes:\n      A:", "priority: [A, C]\n    outcomes:\n      A:"),
    ("decision", "{decision: card, status: decided}", "{decision: cart, status: decided}"),
    ("outcome of a decision", "{decision: card, outcome: A}", "{decision: card, outcome: 1}"),
    ("status", "{decision: card, status: decided}", "{decision: card, status: insufficient}"),
    ("rule of a decision", "{decision: card, outcome: A}", "{decision: card, rule: loan_one}"),
]  # fmt: skip


@cache
def small() -> Draft202012Validator:
    """Make the validator of the small rule set, once; it takes that as it is."""
    made = validator_of(load_ruleset({"r.yaml": SMALL}))
    made.validate(as_an_editor(SMALL))
    return made


@pytest.mark.parametrize(("what", "old", "new"), MISSPELT)
def test_a_misspelt_name_is_refused(what: str, old: str, new: str) -> None:
    """Of each kind; the file without the slip is taken."""
    assert old in SMALL, what
    assert not small().is_valid(as_an_editor(SMALL.replace(old, new, 1)))


@pytest.mark.parametrize(
    "words",
    [
        "follow_up: {decision: card, upwards: [1]}",
        "follow_up: {decision: card, upwards: [A, B], fact: agee}",
        "follow_up: {decision: card, upwards: [A], forms: {x: {label: {nl: x}, part_of: y}}}",
        "evidence: {sources: {x: {label: {nl: x}, rank: 1, sets: {willing: perhaps}}}}",
        "evidence: {sources: {x: {label: {nl: x}, rank: 1, sets: {wiling: true}}}}",
        "evidence: {sources: {}, flags: {stale: flagg}}",
        "expect: {x: {label: {nl: x}, decision: loan, always: A}}",
        "expect: {x: {label: {nl: x}, decision: card, never: {from: A, to: insufficient}}}",
        "expect: {x: {label: {nl: x}, decision: card, change: {fact: age, to: 121}}}",
        "accept: {x: {finding: idle_fact, about: adult, because: {nl: x}}}",
        "accept: {x: {finding: dead_rule, about: card, because: {nl: x}}}",
        "words: {facts: {agee: {no: {nl: x}}}}",
        "words: {facts: {debt: {values: {large: {nl: x}}}}}",
        "words: {criteria: {adlt: {met: {nl: x}, not_met: {nl: x}}}}",
        "words: {constraints: {young: {client: {nl: x}}}}",
        "words: {decisions: {cart: {none: {nl: x}}}}",
        "words: {decisions: {card: {quiet: C}}}",
        "words: {decisions: {card: {better_first: [A, C]}}}",
        "words: {decisions: {card: {outcomes: {C: {next: [{nl: x}]}}}}}",
    ],
)  # fmt: skip
def test_a_misspelt_name_in_other_sections_is_refused(words: str) -> None:
    """The same words are well-formed, for the schema of all rule files takes them."""
    tree = as_an_editor(words)
    Draft202012Validator(json_schema()).validate(tree)
    assert not small().is_valid(tree)


@pytest.mark.parametrize("key", ["order: [card_b, card_a]", "priority: [review, B, A]"])
def test_what_ranks_rules_is_of_the_decision(key: str) -> None:
    """Its rules, or its outcomes and `review`."""
    text = SMALL.replace("    outcomes:\n      A:", f"    {key}\n    outcomes:\n      A:")
    assert text != SMALL
    assert small().is_valid(as_an_editor(text))


def test_amounts_and_days_are_bound() -> None:
    """A decimal is a number, quoted or not, and a date is no number."""
    facts = {
        "decimal": ("places: 2\n    minimum: 0\n    maximum: 120", "18.50", "2025-01-01x"),
        "date": ("minimum: 1900-01-01\n    maximum: 2030-12-31", "2007-01-01", "18"),
    }
    for kind, (more, bound, wrong) in facts.items():
        text = SMALL.replace(
            "type: integer\n    minimum: 0\n    maximum: 120", f"type: {kind}\n    {more}"
        )
        for old in ("at_least: 18", "at_most: 10", "between: [0, 17]"):
            text = text.replace(f"{{{old}}}", f"{{at_least: {bound}}}")
        validator = validator_of(load_ruleset({"r.yaml": text}))
        assert validator.is_valid(as_an_editor(text))
        slip = f"at_least: [{wrong}]" if kind == "decimal" else f"at_least: {wrong}"
        assert not validator.is_valid(as_an_editor(text.replace(f"at_least: {bound}", slip, 1)))


_GROUNDED = "label: {nl: x, en: x}, basis: source, cites: [first], type: integer"
DIEMEN = SMALL.replace(
    "facts:",
    f"""\
variants: [diemen, rijswijk]
parameters:
  limit: {{{_GROUNDED}, values: [{{is: 40}}, {{from: 2026-07-01, is: 30, variant: diemen}}]}}
  part: {{{_GROUNDED.replace("integer", "decimal, places: 2")}, values: [{{is: 50.5}}]}}
  half: {{{_GROUNDED}, values: [{{is: 50}}]}}
facts:""",
    1,
).replace(
    "{age: {at_least: 18}}",
    "{age: {at_least: {parameter: limit, percent: {parameter: half}, round: up}}}",
    1,
)
"""The small rule set with numbers that differ in time and between two variants."""

REST = "label: {nl: x}, otherwise: true, reason: {nl: x}, basis: source, cites: [first]"
TABLED = "    rules: {table: cards.csv}\n"


@pytest.mark.parametrize(
    ("rules", "taken"),
    [
        ("{table: cards.csv}", True),
        ("{table: cards.csv, hit: unique}", True),
        (f"{{table: cards.csv, rest: {{{REST}, then: A}}}}", True),
        (f"{{table: cards.csv, rest: {{{REST}, then: C}}}}", False),
        ("{table: cards.csv, hit: any}", False),
        ("{table: cards.csv, grounds: {basis: source, cites: [first]}}", True),
        ("{table: cards.csv, grounds: {basis: source, cites: [frist]}}", False),
    ],
)  # fmt: skip
def test_rules_may_stand_in_a_table(rules: str, taken: bool) -> None:
    """With what may stand beside it; names beside it are bound as they are elsewhere."""
    texts = beside()
    validator = validator_of(load_ruleset(texts))
    assert TABLED in texts["rules.yaml"]
    text = texts["rules.yaml"].replace(TABLED, f"    rules: {rules}\n")
    assert validator.is_valid(as_an_editor(text)) is taken


def test_parameters_and_variants_are_bound() -> None:
    """Those of all variants and days, though a rule set is loaded with the numbers of one."""
    tree = as_an_editor(DIEMEN)
    validator = Draft202012Validator(ruleset_json_schema(*load_names({"r.yaml": DIEMEN})))
    assert [error.message for error in validator.iter_errors(tree)] == []
    for old, new in [
        ("variant: diemen", "variant: weesp"),
        ("parameter: limit", "parameter: limt"),
        ("parameter: half", "parameter: part"),
    ]:
        assert old in DIEMEN
        assert not validator.is_valid(as_an_editor(DIEMEN.replace(old, new, 1)))


def test_what_is_new_is_taken() -> None:
    """A fact, a rule and a decision that are not there yet may be written; not yet named."""
    for text in (
        SMALL.replace("  willing:\n", "  wishes:\n", 1),
        SMALL.replace("      card_b:\n", "      card_c:\n", 1),
        SMALL.replace("  loan:\n", "  lease:\n", 1).replace("then: 1", "then: A"),
    ):
        assert text != SMALL
        assert small().is_valid(as_an_editor(text))


def free(schema: Any) -> bool:
    """Return whether any word can stand where this is the schema."""
    if isinstance(schema, dict):
        kinds = schema.get("type")
        return (isinstance(kinds, list) and "string" in kinds) or any(map(free, schema.values()))
    return isinstance(schema, list) and any(map(free, schema))


def test_every_name_is_bound_or_known_to_be_free() -> None:
    """A new key of the language under which a name stands is one or the other."""
    found: dict[str, set[str]] = {}
    for name, entry in ruleset_json_schema(load_ruleset(LIBRARY))["$defs"].items():
        for key, schema in entry.get("properties", {}).items():
            if free(schema):
                found.setdefault(name, set()).add(key)
    assert found == FREE


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("A", ["A"]), ("10", ["10", 10]), ("-3", ["-3", -3]), ("007", ["007", 7]),
        ("0x1F", ["0x1F", 31]), ("0o17", ["0o17", 15]), ("1e3", ["1e3", 1000.0]),
        ("1e999", ["1e999"]), ("true", ["true", True]), ("False", ["False", False]),
        ("no", ["no"]), ("1_000", ["1_000"]), ("null", ["null"]),
    ],
)  # fmt: skip
def test_a_word_is_taken_in_each_form_that_an_editor_sees(word: str, forms: list[object]) -> None:
    """As YAML 1.2 reads it without quotes; of what it is to the loader there is just one form."""
    assert json.dumps(names([word])) == json.dumps({"enum": forms})
    if word not in ("null", "1e999", "1_000"):  # of which the reader here is of another mind
        assert Draft202012Validator(names([word])).is_valid(as_an_editor(word))


def test_descriptions_are_kept() -> None:
    """What an editor says of a key is what it says of it in any rule file."""
    own = json.dumps(ruleset_json_schema(load_ruleset(LIBRARY)))
    said = set(re.findall(r'"description": "(.*?)"', json.dumps(json_schema())))
    kept = set(re.findall(r'"description": "(.*?)"', own))
    assert {"a fact with the value, values or bounds it has, or a score with bounds"} == said - kept
