"""Conditions in rule files: their shape, and what they mean of the facts there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast, get_args

from routeengine.loading import shapes
from routeengine.loading.comparisons import HOLE, TEST, ValueReader, fault
from routeengine.loading.keys import Entry, Values, needed, optional
from routeengine.loading.scores import read_score
from routeengine.loading.shapes import Run, Schema, Shape
from routeengine.loading.yaml_tree import Node, ScalarNode, SequenceNode
from routeengine.ruleset import conditions
from routeengine.ruleset.conditions import CONDITION_WORDS, Condition
from routeengine.ruleset.domains import BooleanDomain, Value
from routeengine.ruleset.flaws import Path, did_you_mean, quote
from routeengine.value_set import single

STATUSES: tuple[conditions.DecisionStatus, ...] = get_args(conditions.DecisionStatus)

WORDS = ", ".join(f"`{word}`" for word in CONDITION_WORDS)


def _read(node: Node, run: Run) -> Condition:
    """Read a condition; what is wrong with it goes to the collector."""
    if isinstance(node, SequenceNode):
        hint = "say whether `all` or `any` of it must hold"
        return fault(run, node.path, "a list is no condition", hint)
    if not node:
        hint = f"write the name of a criterion or boolean fact, `fact: value`, or one of {WORDS}"
        return fault(run, node.path, "a condition is missing here", hint)
    if isinstance(node, ScalarNode):
        return _read_name(str(node), node.path, run)
    if len(node) > 1 and "decision" not in node:
        keys = ", ".join(quote(key) for key in list(node)[:3])
        hint = "put them under `all` or `any`"
        return fault(run, node.path, f"a condition has one key, and this has {keys}", hint)
    word = next((word for word in CONDITION_WORDS if word in node), None)
    if word is not None:
        return cast("Condition", _FORMS[word].read(node, run))
    ((fact, test),) = node.items()
    return _read_test(fact, TEST.read(test, run), node.path, run)


def _schema(defs: Schema) -> Schema:
    if "Condition" not in defs:
        defs["Condition"] = {}  # conditions are made of conditions
        # Facts and scores are named by no word of the language.
        one_fact = {
            "description": "a fact with the value, values or bounds it has, or a score with bounds",
            "maxProperties": 1,
            "minProperties": 1,
            "propertyNames": {"not": {"enum": list(CONDITION_WORDS)}},
        }
        name = {
            "description": "a criterion that holds, or a boolean fact that is true",
            **shapes.STRING,
        }
        forms = [form.schema(defs) for form in _FORMS.values()]
        tests = dict(sorted({**shapes.table(TEST).schema(defs), **one_fact}.items()))
        defs["Condition"] = {
            "description": "A condition on a client whose facts are all known.",
            "oneOf": [name, *forms, tests],
        }
    return {"$ref": "#/$defs/Condition"}


CONDITION = Shape(_read, _schema, HOLE)
"""A condition, as the rules mean it."""


# What combines conditions


def check_parts(
    parts: tuple[Condition, ...], path: Path, run: Run, instead: str = "take one out"
) -> tuple[Condition, ...]:
    """Keep a fault if there are none, and for each that equals an earlier one: it counts twice.

    `instead` says what to do about that.
    """
    if not parts and not run.collector.inside_damage(path):
        fault(run, path, f"`{path[-1]}` is empty", "name one condition or more")
    first: dict[object, int] = {}
    for number, part in enumerate(parts):
        meant = _meant(part)
        before = number if meant is None else first.setdefault(meant, number)
        if before != number:
            word = path[-2] if path[-1] == "of" else path[-1]
            place = run.collector.place((*path, before))
            hint = f"the first is at line {place.line}, column {place.column}: {instead}"
            fault(run, (*path, number), f"`{word}` has this condition twice", hint)
    return parts


# `age: {at_least: 65}` and `age: {between: [65, 120]}` are one condition if 120 is the highest age:
# under `at_least: {count: 2, of: […]}` somebody of 70 would count for two. Order matters, though:
# `all: [a, b]` and `all: [b, a]` are taken as different, for nobody writes those by mistake.


def _meant(condition: Condition) -> object:
    """Return what equal conditions have in common, however written; None if a hole is in it."""
    match condition:
        case conditions.FactIs(fact=fact, allowed=allowed):
            return fact, allowed
        case _ if isinstance(condition, conditions.Leaf):
            return condition
    parts = tuple(map(_meant, conditions.children(condition)))
    if not parts or None in parts:
        return None
    return type(condition), getattr(condition, "count", 0), parts


def _combined(kind: type[conditions.All | conditions.Any]) -> Shape:
    conditions = shapes.list_of(CONDITION)

    def read(node: Node, run: Run) -> Condition:
        return kind(check_parts(conditions.read(node, run), node.path, run))

    return Shape(read, conditions.schema)


class Count(Entry, noun="a count"):
    """How many of which conditions."""

    count = needed(shapes.WHOLE, "how many of the conditions hold")
    of = needed(shapes.list_of(CONDITION), "the conditions that are counted")

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Condition:
        """Return the condition that counts."""
        if run.collector.inside_damage(path):
            return HOLE
        count, parts = values["count"], check_parts(values["of"], (*path, "of"), run)
        lowest = 1 if path[-1] == "at_least" else 0
        at = (*path, "count")
        readable = parts and not run.collector.inside_damage(at)
        if readable and not lowest <= count <= len(parts):
            hint = f"write a number from {lowest} to {len(parts)}"
            fault(run, at, f"`count` cannot be {count} of {len(parts)}", hint)
        return (conditions.AtLeast if lowest else conditions.Exactly)(count, parts)


class Form(Entry):
    """A condition that begins with a word of the language, under which all of it stands."""

    @classmethod
    def make(cls, values: Values, *_: object) -> Condition:
        """Return the condition that stands under the word."""
        (condition,) = values.values()
        return cast("Condition", condition)


class AllOf(Form, noun="`all`"):
    """Every one of the conditions holds."""

    parts = needed(_combined(conditions.All), "the conditions that all hold", key="all")


class AnyOf(Form, noun="`any`"):
    """At least one of the conditions holds."""

    parts = needed(
        _combined(conditions.Any), "the conditions of which one or more holds", key="any"
    )


class NotThat(Form, noun="`not`"):
    """The condition does not hold."""

    part = needed(
        Shape(lambda node, run: conditions.Not(CONDITION.read(node, run)), CONDITION.schema),
        "the condition that does not hold",
        key="not",
    )


class AtLeastOf(Form, noun="`at_least`"):
    """So many, or more, of the conditions hold."""

    at_least = needed(Count, "`count` and `of`")


class ExactlyOf(Form, noun="`exactly`"):
    """Just so many of the conditions hold."""

    exactly = needed(Count, "`count` and `of`")


class AboutDecision(Entry, noun="a condition on a decision"):
    """What an earlier decision answers: one of `outcome`, `status` and `rule`."""

    decision = needed(shapes.NAME, "the earlier decision")
    outcome = optional(shapes.ONE_OR_MORE, "it is decided, with this outcome or one of these", None)
    status = optional(
        shapes.ONE_OR_MORE, "it has this status: decided, review, not_applicable", None
    )
    rule = optional(shapes.ONE_OR_MORE, "this rule, or one of these, is among its winners", None)

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Condition:
        """Return the one thing that is asked."""
        decision = values.pop("decision")
        asked = {key: names for key, names in values.items() if names is not None}
        if len(asked) != 1:
            message = "a condition on a decision asks one thing"
            return fault(run, path, message, "write one of `outcome`, `status` and `rule`")
        if run.collector.holds_damage(path):
            return HOLE
        ((key, names),) = asked.items()
        if key == "status":
            return _read_statuses(decision, names, (*path, key), run)
        return (conditions.OutcomeIs if key == "outcome" else conditions.RuleIs)(decision, names)


def _read_statuses(decision: str, names: Sequence[str], path: Path, run: Run) -> Condition:
    for number, name in enumerate(names):
        if name not in STATUSES:
            hint = did_you_mean(name, STATUSES, "it is `decided`, `review` or `not_applicable`")
            if name == "insufficient":
                hint = "a condition speaks of a client whose facts are all known"
            return fault(run, (*path, number), f"{quote(name)} is no status to ask for", hint)
    return conditions.StatusIs(decision, tuple([one for one in STATUSES if one in names]))


_FORMS: dict[str, type[Entry]] = dict(
    zip(CONDITION_WORDS, (AllOf, AnyOf, NotThat, AtLeastOf, ExactlyOf, AboutDecision), strict=True)
)


def _read_name(name: str, path: Path, run: Run) -> Condition:
    if name in run.facts:
        domain = run.facts[name]
        if domain is None:
            return HOLE
        if isinstance(domain, BooleanDomain):
            return conditions.FactIs(name, single(1))
        hint = f"write `{name}: …`: it is {domain.describe()}"
        return fault(run, path, f"`{name}` is no boolean and cannot stand by itself", hint)
    if name in run.criteria:
        return conditions.CriterionIs(name)
    if name in run.decisions:
        hint = f"write `{{decision: {name}, outcome: …}}`"
        return fault(run, path, f"`{name}` is a decision", hint)
    if name in run.scores:
        message = f"`{name}` is a score and cannot stand by itself"
        return fault(run, path, message, f"write `{name}: {{at_least: …}}`")
    return _unknown(run, name, path, "fact or criterion", [*run.facts, *run.criteria])


def _unknown(
    run: Run, name: str, path: Path, what: str, known: Collection[str], *, key: bool = False
) -> Condition:
    """Keep a fault for a name that is not there, unless where it would be is damaged."""
    if any(run.collector.inside_damage((section,)) for section in ("facts", "criteria", "scores")):
        return HOLE
    return fault(run, path, f"{quote(name)} is no {what}", did_you_mean(name, known), key=key)


def _read_test(
    fact: str, test: Values | Sequence[ScalarNode | None], path: Path, run: Run
) -> Condition:
    """Return what is asked of a fact: scalars, or the values of a comparison by key."""
    at = (*path, fact)
    if fact in run.scores and fact not in run.facts:
        return HOLE if run.collector.holds_damage(at) else read_score(fact, test, at, run)
    if fact not in run.facts:
        if fact in run.criteria:
            hint, message = f"write `{fact}`, or `not: {fact}`", "is a criterion and has no values"
            return fault(run, at, f"`{fact}` {message}", hint, key=True)
        return _unknown(
            run, fact, at, "fact", [*run.facts, *run.scores, *CONDITION_WORDS], key=True
        )
    domain = run.facts[fact]
    if domain is None or run.collector.holds_damage(at):
        return HOLE
    asked = ValueReader(run, fact, domain, at)
    if isinstance(test, dict):
        return asked.bounds({key: one for key, one in test.items() if one is not None})
    alone = len(test) == 1 and test[0] is not None and test[0].path == at
    return asked.values(test, "is" if alone else "in", at)


def read_value(fact: str, leaf: ScalarNode | None, path: Path, run: Run) -> Value | None:
    """Read a value of a fact that stands at `path`; None, with a fault, if it is none."""
    condition = _read_test(fact, [leaf], path, run)
    domain = run.facts.get(fact)
    damaged = leaf is None or run.collector.holds_damage(leaf.path)
    if damaged or domain is None or not isinstance(condition, conditions.FactIs):
        return None
    return domain.value(condition.allowed.highest)
