"""A rule set as an artefact: its decision diagrams and words as one canonical JSON.

An evaluator that holds it (`portable/js/eval.mjs`) gives exact answers without this library. The
form, and how it is walked, is on the page `docs/artefact.md`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from routeengine.canonical import canonical_json, sha256_of
from routeengine.errors import BudgetError
from routeengine.ruleset.digest import reference
from routeengine.ruleset.domains import (
    MAX_NUMBER,
    BooleanDomain,
    CategoryDomain,
    DecimalDomain,
)
from routeengine.ruleset.model import Decision, Fact, Rule, RuleSet
from routeengine.ruleset.words import Text
from routeengine.symbolic.compiled import NODE_BUDGET, CompiledRuleSet, Decided
from routeengine.symbolic.diagram import IMPOSSIBLE, Diagram, Node

FORM = "routeengine/artefact/1"

Data: TypeAlias = dict[str, Any]


def export_artefact(ruleset: RuleSet, *, words: bool = True, budget: int = NODE_BUDGET) -> str:
    """Return the artefact of a rule set as canonical JSON: UTF-8, sorted keys, no white space.

    It holds the rules as decision diagrams, for evaluators in other languages (see
    `docs/artefact.md`). Without `words` it has no labels, questions and reasons, and less than half
    the size. `budget` is how many nodes its diagrams may have.

    Raises BudgetError if a part of the rule set does not fit its budget of nodes: then no diagram
    gives its exact answers.
    """
    body = _Artefact(ruleset, words, budget).body()
    return canonical_json({**body, "sha256": sha256_of(canonical_json(body))})


class _Artefact:
    """One artefact in the making."""

    def __init__(self, ruleset: RuleSet, words: bool, budget: int) -> None:
        self.ruleset, self.words = ruleset, words
        self.compiled = compiled = CompiledRuleSet(ruleset, budget)
        self.number = {fact.id: number for number, fact in enumerate(ruleset.facts)}
        order = compiled.whole.order
        self.nodes = Nodes(compiled.whole.diagram, [self.number[fact] for fact in order])

    def body(self) -> Data:
        """Return all of the artefact but its own digest."""
        ruleset, named = self.ruleset, reference(self.ruleset)
        facts = [self._fact(fact) for fact in ruleset.facts]
        decisions = [self._decision(one) for one in ruleset.decisions]
        couplings = [self._coupling(number) for number in range(len(self.compiled.couplings))]
        flags = [
            {"id": flag.id, "root": self._truth(self.compiled.flags[flag.id], "the flag", flag.id),
             **self._said(label=flag.label)}
            for flag in ruleset.flags
            if flag.id in self.compiled.flags
        ]  # fmt: skip
        for part in (*decisions, *couplings, *flags, *(r for d in decisions for r in d["rules"])):
            for key in part.keys() & {"root", "wins"}:
                part[key] = self.nodes.final(part[key])
        return {
            "form": FORM,
            "ruleset": {
                "id": named.id,
                "version": named.version,
                "sha256": named.sha256,
                "meaning_sha256": named.meaning_sha256,
                **({} if named.instance is None else {"instance": named.instance.to_dict()}),
            },
            **self._said(title=ruleset.title, purpose=ruleset.purpose, owner=ruleset.owner),
            **({"languages": list(ruleset.languages)} if self.words else {}),
            "facts": facts,
            "order": [self.number[fact] for fact in self.compiled.whole.order],
            "leaves": self.nodes.leaves,
            "nodes": self.nodes.written,
            "decisions": decisions,
            "couplings": couplings,
            "flags": flags,
        }

    def _said(self, **texts: Text | None) -> Data:
        """Return what the rule set says, per language, of what has it."""
        return {key: dict(text) for key, text in texts.items() if self.words and text}

    def _fact(self, fact: Fact) -> Data:
        cells = self.compiled.cells.of[fact.id]
        data: Data = {
            "id": fact.id,
            "kind": fact.kind,
            "size": fact.domain.size,
            "cells": [[list(run) for run in cell.runs] for cell in cells],
        }
        # The order of questions: it stands there without words too.
        if fact.tier:
            data["sensitivity"] = fact.tier
        if fact.topic is not None:
            data["topic"] = fact.topic
        domain = fact.domain
        if isinstance(domain, CategoryDomain):
            data["values"] = list(domain.values)
        elif not isinstance(domain, BooleanDomain):
            if domain.size > MAX_NUMBER:
                raise BudgetError(f"the fact `{fact.id}` has more values than JSON can count")
            data["first"] = domain.ends[0]
            if isinstance(domain, DecimalDomain):
                data["places"] = domain.places
        if self.words:
            data |= self._said(
                label=fact.label, question=fact.question, why_needed=fact.why_needed
            ) | {"special_category": fact.special_category}
            if fact.unit is not None:
                data["unit"] = fact.unit
            if isinstance(domain, BooleanDomain | CategoryDomain) and fact.value_labels:
                labels = [fact.value_labels.get(value) for value in domain.values]
                data["value_labels"] = [None if one is None else dict(one) for one in labels]
        return data

    def _decision(self, decision: Decision) -> Data:
        decided = self.compiled.decisions[decision.id]
        if decided is None:
            raise _too_large("the decision", decision.id)
        return {
            "id": decision.id,
            **self._said(
                label=decision.label, not_applicable_because=decision.not_applicable_because
            ),
            "outcomes": [
                {"id": one.id, **self._said(label=one.label, description=one.description)}
                for one in decision.outcomes
            ],
            "reads": sorted(self.number[fact] for fact in self.compiled.reads[decision.id]),
            "root": self.nodes.add(decided.root, _verdict),
            "rules": [self._rule(rule, decided) for rule in decision.rules],
        }

    def _rule(self, rule: Rule, decided: Decided) -> Data:
        then = rule.then if isinstance(rule.then, str) else list(rule.then.candidates)
        return {
            "id": rule.id,
            **self._said(label=rule.label, reason=rule.reason),
            "then": then,
            "wins": self.nodes.add(decided.wins[rule.id], _as_it_is),
        }

    def _coupling(self, number: int) -> Data:
        coupling = self.compiled.couplings[number]
        forbidden = {held.part for held in coupling.holds}
        sentences = [one.label for one in self.ruleset.constraints if one.forbids in forbidden]
        return {
            "facts": sorted(self.number[fact] for fact in coupling.facts),
            "root": self._truth(
                self.compiled.coupled[number], "the constraints on", *coupling.facts
            ),
            **({"sentences": [dict(one) for one in sentences]} if self.words else {}),
        }

    def _truth(self, root: Node | None, what: str, *names: str) -> Node:
        if root is None:
            raise _too_large(what, *names)
        return self.nodes.add(root, _as_it_is)


def _too_large(what: str, *names: str) -> BudgetError:
    named = ", ".join(f"`{name}`" for name in names)
    return BudgetError(f"too large to export: {what} {named} does not fit the budget of nodes")


def _as_it_is(value: object) -> object:
    return None if value is IMPOSSIBLE else value


def _verdict(value: Any) -> object:
    if value is IMPOSSIBLE:
        return None
    candidates = list(value.candidates) if value.reason == "rule" else []
    return [value.status, value.outcome, value.reason, candidates]


class Nodes:
    """Reduced nodes with canonical numbers: leaves first, then children before their parents.

    `facts` has, per level of the diagram, the number of its fact. Which number a node gets depends
    on nothing but the functions that are added, and their order.
    """

    def __init__(self, diagram: Diagram, facts: list[int]) -> None:
        self._diagram, self._facts = diagram, facts
        self.leaves: list[object] = [None, False, True]
        self._leaf = {"null": 0, "false": 1, "true": 2}
        self._inner: dict[tuple[int, ...], int] = {}

    def add(self, root: Node, change: Callable[[Any], object]) -> int:
        """Number what is below a root, whose leaves become what `change` makes of them.

        Until all leaves are known leaf n is ~n, and the nodes count from 0: see `final`.
        """
        diagram, done = self._diagram, dict[Node, int]()
        todo = [root]
        while todo:
            node = todo[-1]
            children = diagram.children[node]
            waiting = [child for child in children if child not in done]
            if node in done or not waiting:
                todo.pop()
                done.setdefault(node, self._numbered(node, children, done, change))
            else:
                todo += reversed(waiting)
        return done[root]

    def _numbered(
        self,
        node: Node,
        children: tuple[Node, ...],
        done: Mapping[Node, int],
        change: Callable[[Any], object],
    ) -> int:
        if not children:
            value = change(self._diagram.values[node])
            number = self._leaf.setdefault(canonical_json(value), len(self.leaves))
            if number == len(self.leaves):
                self.leaves.append(value)
            return ~number
        numbers = tuple([done[child] for child in children])
        key = (self._facts[self._diagram.level[node]], *numbers)
        return self._inner.setdefault(key, len(self._inner))

    def final(self, number: int) -> int:
        """Return the number of a node, or of a leaf, in the artefact."""
        return ~number if number < 0 else number + len(self.leaves)

    @property
    def written(self) -> list[list[int]]:
        """All nodes in order: the number of the fact, and the child of each of its cells."""
        return [[fact, *map(self.final, children)] for fact, *children in self._inner]


# The names of one rule set as TypeScript


MAX_LISTED = 32
"""Whole numbers that are listed one by one."""


def artefact_types(ruleset: RuleSet) -> str:
    """Return TypeScript declarations of a rule set's own names: profile, outcomes, rules, flags."""
    facts = "".join(
        f"  {json.dumps(fact.id)}?: Knowledge<{_values(fact)}>;\n" for fact in ruleset.facts
    )
    outcomes = "".join(
        f"  {json.dumps(one.id)}: {_either(outcome.id for outcome in one.outcomes)};\n"
        for one in ruleset.decisions
    )
    rules = "".join(
        f"  {json.dumps(one.id)}: {_either(rule.id for rule in one.rules)};\n"
        for one in ruleset.decisions
    )
    return (
        f"// {ruleset.id} {ruleset.version}\n"
        'import type { Knowledge } from "./eval.mjs";\n\n'
        f"export interface Profile {{\n  client_id?: string;\n{facts}}}\n\n"
        f"export interface Outcomes {{\n{outcomes}}}\n\n"
        f"export interface Rules {{\n{rules}}}\n\n"
        f"export type Flag = {_either(one.id for one in ruleset.flags)};\n"
    )


def _values(fact: Fact) -> str:
    domain = fact.domain
    if isinstance(domain, BooleanDomain):
        return "boolean"
    if isinstance(domain, CategoryDomain):
        return _either(domain.values)
    if fact.kind != "integer":
        return "string"
    return _either(domain.values) if domain.size <= MAX_LISTED else "number"


def _either(names: Iterable[object]) -> str:
    return " | ".join(json.dumps(name, ensure_ascii=False) for name in names) or "never"
