"""What rules are made of in rule files: facts, criteria, constraints, flags and decisions."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from routeengine.loading import shapes
from routeengine.loading.comparisons import HOLE, BirthDate
from routeengine.loading.conditions import CONDITION, check_parts
from routeengine.loading.keys import Entry, Values, either, needed, optional
from routeengine.loading.shapes import NAME, NAMES, TEXT, WHOLE, Run
from routeengine.ruleset import domains, model
from routeengine.ruleset.conditions import All
from routeengine.ruleset.flaws import Path
from routeengine.ruleset.references import check_bounds
from routeengine.ruleset.sources import Grounds, Interpretation

_CURRENCY = re.compile(r"[A-Z]{3}")

ALWAYS = All(())
"""Holds of everybody."""


def _check_one_of(path: Path, values: Values, what: str, run: Run, *instead: str) -> None:
    """Keep a fault unless just one is there of `when` and what can stand instead, as examples."""
    if run.collector.inside_damage(path):
        return
    keys = [example.partition(":")[0] for example in instead]
    stated = [key for key in ("when", *keys) if values[key] not in (None, False)]
    if len(stated) > 1:
        message = f"{what} cannot have both `{stated[0]}` and `{stated[1]}`"
        run.collector.add((*path, stated[1]), message, "take one out", key=True)
    elif not stated and all(run.collector.is_intact((*path, key)) for key in keys):
        examples = " or ".join(f"`{example}`" for example in instead)
        run.collector.add((*path, "when"), f"{what} needs `when`", f"or else {examples}")


class InterpretationEntry(Entry, noun="an interpretation", makes=Interpretation):
    """A reading of the source."""

    choice = needed(TEXT, "what was chosen")
    because = needed(TEXT, "why it was chosen")
    alternative = needed(TEXT, "the reading that was not chosen")
    decided_by = optional(shapes.WORDS, "who chose", key="who")
    decided_on = optional(shapes.DAY, "when", key="when")


class Grounded(Entry):
    """What stands on a source or on a reading of it."""

    label = needed(TEXT, "what it is called")
    basis = needed(
        shapes.choice("source", "interpretation"),
        "`source` where the source says it, `interpretation` where it is a reading",
    )
    cites = optional(NAMES, "ids of citations; needed where the basis is `source`")
    interpretation = optional(
        InterpretationEntry, "the reading; just where the basis is `interpretation`"
    )

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it."""
        grounds = [values.pop(key) for key in ("basis", "cites", "interpretation")]
        return super().make({**values, "grounds": Grounds(*grounds)}, path, run)


# Facts


BOUND = shapes.value("a number or a date")

UNIT = shapes.scalar(
    "a currency code, as EUR",
    lambda leaf: str(leaf) if _CURRENCY.fullmatch(leaf) else None,
    {"type": "string", "pattern": "^[A-Z]{3}$"},
    None,
)


class ValueEntry(Entry, noun="a value"):
    """A value of a fact."""

    label = needed(TEXT, "what the value is called")
    aliases = optional(NAMES, "further texts in a caseload that mean this value")


_KINDS = {
    "boolean": "a boolean",
    "category": "a category",
    "integer": "an integer",
    "decimal": "a decimal",
    "date": "a date",
}

_BOUNDS = ("minimum", "maximum")

_WANTED = {
    "boolean": (),
    "category": ("values",),
    "integer": _BOUNDS,
    "decimal": (*_BOUNDS, "places"),
    "date": _BOUNDS,
}
"""The keys that a type of fact needs."""

_SHAPES = {"integer": WHOLE, "decimal": shapes.DECIMAL, "date": shapes.DAY}
"""How the bounds of a fact are written."""


def _check_domain(values: Values, path: Path, run: Run) -> None:
    """Keep a fault for each key that this type of fact needs, or has no use for."""
    kind, collector = values["type"], run.collector
    if not collector.is_intact((*path, "type")):
        return
    wanted = _WANTED[kind]
    # `values` of a boolean are no use to its domain, but they may name true and false.
    for key in (*_BOUNDS, "places", "values"):
        at = (*path, key)
        if values[key] is None and key in wanted and collector.is_intact(at):
            collector.add(at, f"{_KINDS[kind]} needs `{key}`")
        useless = key not in wanted and (key, kind) != ("values", "boolean")
        if values[key] is not None and useless:
            collector.add(at, f"{_KINDS[kind]} has no `{key}`", "take it out", key=True)
    if values["unit"] is not None and kind not in ("integer", "decimal"):
        collector.add((*path, "unit"), f"{_KINDS[kind]} has no `unit`", "take it out", key=True)
    for word in (values["values"] or ()) if kind == "boolean" else ():
        if word not in {"true", "false"}:
            message = "the values of a boolean are `true` and `false`"
            collector.add((*path, "values", word), message, "make it a category", key=True)


def _domain(values: Values, path: Path, run: Run) -> domains.Domain | None:
    """Return the domain of a fact, or None if what is written gives none."""
    kind, places = values["type"], values["places"] or 0
    bounds = [
        None if values[key] is None or kind not in _SHAPES else _SHAPES[kind].read(values[key], run)
        for key in _BOUNDS
    ]
    parts = [(*path, key) for key in ("type", *_BOUNDS, "places", "values")]
    if any(map(run.collector.inside_damage, parts)):
        return None
    low, high = bounds
    match kind:
        case "boolean":
            return domains.BooleanDomain()
        case "category":
            return domains.CategoryDomain(tuple(values["values"] or ()))
        case "date":
            return domains.DateDomain(low or date.min, high or date.min)
        case "decimal":
            return domains.DecimalDomain(low or "0", high or "0", places)
        case _:
            return domains.IntegerDomain(low or 0, high or 0)


class FactEntry(BirthDate, noun="a fact", makes=model.Fact):
    """Something that may be known of a client."""

    type = needed(shapes.choice(*_KINDS), "boolean, category, integer, decimal or date")
    minimum = optional(BOUND, "the lowest number or the first day; for those types only")
    maximum = optional(BOUND, "the highest number or the last day; for those types only")
    places = optional(WHOLE, "decimal places, 0 to 6; for a decimal only")
    unit = optional(UNIT, "what a number counts, as a currency code (`EUR`); for words only")
    values = optional(
        shapes.table(ValueEntry),
        "the values, in order; for a boolean `true` and `false`, and only to name them",
    )
    label = needed(TEXT, "what the fact is called")
    question = needed(TEXT, "how to ask for it")
    why_needed = needed(TEXT, "why the rules need it")
    aliases = optional(NAMES, "further names of the column")
    special_category = optional(shapes.YES_NO, "data on health and the like; false unless said")
    possible_proxy = optional(shapes.YES_NO, "may stand in for origin; false unless said")
    actionable = optional(
        shapes.choice("no", "up", "down", "any"),
        "in which direction a person can act on it; no unless said",
        "no",
    )
    sensitivity = optional(
        WHOLE,
        "0 to 3: an interview asks what is more sensitive later; 1 for a special category and 0 "
        "for others unless said",
    )
    topic = optional(NAME, "the id of a topic: what an interview asks together")

    @classmethod
    def definition(cls, defs: shapes.Schema) -> shapes.Schema:
        """Return the JSON Schema of a fact: what its bounds are depends on its type."""
        definition = super().definition(defs)
        bounds = {kind: shape.schema(defs) for kind, shape in _SHAPES.items()}
        definition["allOf"] = [
            {
                "if": {"properties": {"type": {"const": kind}}},
                "then": {"properties": dict.fromkeys(_BOUNDS, bound)},
            }
            for kind, bound in bounds.items()
        ]
        return definition

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it."""
        _check_domain(values, path, run)
        domain = _domain(values, path, run)
        # A domain that makes no sense is reported by the checks, not by every condition on it.
        sensible = domain is not None and not [*check_bounds(path, domain)] and domain.size > 0
        run.facts[str(path[-1])] = domain if sensible else None
        entries: dict[domains.Value, Any] = values.pop("values") or {}
        if isinstance(domain, domains.BooleanDomain):
            by_word = {"false": False, "true": True}
            entries = {by_word[word]: entries[word] for word in by_word if word in entries}
        elif not isinstance(domain, domains.CategoryDomain):
            entries = {}
        values["value_labels"] = {value: one["label"] for value, one in entries.items()}
        values["value_aliases"] = {
            value: one["aliases"] for value, one in entries.items() if one["aliases"]
        }
        for key in ("type", "minimum", "maximum", "places"):
            del values[key]
        return super().make({**values, "domain": domain or domains.BooleanDomain()}, path, run)


# Topics, constraints, criteria, scores and flags


class TopicEntry(Entry, noun="a topic", makes=model.Topic):
    """What some facts are about."""

    label = needed(TEXT, "what the topic is called")


class ConstraintEntry(Grounded, noun="a constraint", makes=model.Constraint):
    """What cannot be true together."""

    forbids = needed(CONDITION, "the condition that holds for no client")


class CriterionEntry(Grounded, noun="a criterion", makes=model.Criterion):
    """A named condition."""

    when = needed(CONDITION, "the condition that it names")


class ScorePartEntry(Entry, noun="a part of a score", makes=model.ScorePart):
    """A condition, and what it is worth where it holds."""

    when = needed(CONDITION, "the condition that adds to the score")
    worth = needed(WHOLE, "what it adds, as a whole number; below 0 it takes away")

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it."""
        when = (*path, "when")
        if run.collector.holds_damage(when):
            run.collector.damage(when)  # what cannot be read does not ask nothing
        return super().make(values, path, run)


class ScoreEntry(Grounded, noun="a score", makes=model.Score):
    """Points: what the parts that hold are worth together."""

    parts = needed(
        shapes.list_of(ScorePartEntry), "the conditions, each with what it is worth", key="of"
    )

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it."""
        whens = tuple([part.when for part in values["parts"]])
        check_parts(whens, (*path, "of"), run, "give one part what both are worth")
        return super().make(values, path, run)


class FlagEntry(Grounded, noun="a flag", makes=model.Flag):
    """A signal beside the decisions."""

    when = optional(CONDITION, "where the flag is raised")
    raised_by = optional(
        shapes.choice("dossier"),
        "`dossier`, instead of `when`: raised by how the evidence was weighed",
    )

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it."""
        _check_one_of(path, values, "a flag", run, "raised_by: dossier")
        del values["raised_by"]
        return super().make(values, path, run)


# Decisions


class ProgressionEntry(Entry, noun="a progression", makes=model.Progression):
    """What an outcome leads one to expect."""

    label = needed(TEXT, "what is expected")
    due_from = optional(WHOLE, "months after which a new look is due")
    overdue_after = optional(WHOLE, "months after which it is overdue")


class OutcomeEntry(Entry, noun="an outcome", makes=model.Outcome):
    """An answer that a decision can give."""

    label = needed(TEXT, "what the outcome is called")
    description = needed(TEXT, "what it means for the client")
    progression = optional(ProgressionEntry, "what it leads one to expect, in months")


class ReviewEntry(Entry, noun="a review", makes=model.Review):
    """A person has to look."""

    candidates = needed(NAMES, "the outcomes to choose from; [] where there are none", key="review")
    no_candidates_because = optional(
        TEXT, "why there are no candidates; just where the list is empty", key="because"
    )


class RuleEntry(Grounded, noun="a rule", makes=model.Rule):
    """Leads to an outcome, or to a review, where its condition holds."""

    when = optional(CONDITION, "where the rule applies")
    always = optional(shapes.YES_NO, "true: applies to everybody")
    otherwise = optional(shapes.YES_NO, "true: applies where no other rule of the decision does")
    then = needed(either(shapes.TARGET, ReviewEntry), "an outcome, or `{review: [candidates]}`")
    outranks = optional(NAMES, "rules of this decision that it beats where both apply")
    reason = needed(TEXT, "what the client reads")

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it."""
        _check_one_of(path, values, "a rule", run, "always: true", "otherwise: true")
        otherwise = values.pop("otherwise") and not run.collector.inside_damage(path)
        if values.pop("always"):
            values["when"] = ALWAYS
        elif values["when"] is None and not otherwise:
            values["when"] = HOLE
        return super().make(values, path, run)
