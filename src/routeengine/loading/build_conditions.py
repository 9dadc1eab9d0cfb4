"""From conditions as written to conditions as meant: names resolved, values read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import get_args

from routeengine.loading import conditions as written
from routeengine.loading.faults import Collector
from routeengine.loading.shapes import truth_value, whole_number
from routeengine.loading.yaml_tree import Leaf
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Comparison,
    Condition,
    CriterionIs,
    DecisionStatus,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
    children,
)
from routeengine.ruleset.domains import (
    BooleanDomain,
    CategoryDomain,
    Domain,
    IntegerDomain,
    Value,
    spans,
)
from routeengine.ruleset.flaws import Path, did_you_mean, shown

HOLE = All(())
"""Stands where a condition has a fault; no rule set with one is ever given out."""

STATUSES: tuple[DecisionStatus, ...] = get_args(DecisionStatus)


class ConditionBuilder:
    """Builds conditions over the facts, criteria and decisions of one rule set.

    `facts` holds None for a fact whose own entry has a fault.
    """

    def __init__(
        self,
        collector: Collector,
        facts: Mapping[str, Domain | None],
        criteria: Collection[str],
        decisions: Collection[str],
    ) -> None:
        self._collector = collector
        self._facts = facts
        self._criteria = criteria
        self._decisions = decisions

    def build(self, condition: written.Condition | None, path: Path) -> Condition:
        """Build the condition at a path; what is wrong with it goes to the collector."""
        if condition is None or self._collector.inside_damage(path):
            return HOLE
        match condition.root:
            case str() as name:
                return self._named(name, path)
            case written.AllOf(parts=parts):
                return All(self._parts(parts, (*path, "all")))
            case written.AnyOf(parts=parts):
                return Any(self._parts(parts, (*path, "any")))
            case written.NotThat(part=part):
                return Not(self.build(part, (*path, "not")))
            case written.AtLeastOf(counted=counted):
                return self._counted(counted, (*path, "at_least"), AtLeast, lowest=1)
            case written.ExactlyOf(counted=counted):
                return self._counted(counted, (*path, "exactly"), Exactly, lowest=0)
            case written.AboutDecision() as about:
                return self._asked(about, path)
            case tests:
                ((fact, test),) = tests.items()
                return self._tested(fact, test, path)

    def knows(self, fact: str) -> bool:
        """Say whether there is a fact of that name, sound or not."""
        return fact in self._facts

    def one_value(self, fact: str, leaf: Leaf | None, path: Path) -> Value | None:
        """Read a value of a fact that stands at `path`; None, with a fault, where it is none."""
        domain = self._facts.get(fact)
        condition = self._tested(fact, [leaf], path)
        if domain is None or not isinstance(condition, FactIs):
            return None
        return domain.value(condition.allowed.bit_length() - 1)

    def _fault(self, path: Path, message: str, hint: str = "", *, key: bool = False) -> Condition:
        self._collector.add(path, message, hint, key=key)
        return HOLE

    def _parts(self, parts: Sequence[written.Condition], path: Path) -> tuple[Condition, ...]:
        if not parts and not self._collector.inside_damage(path):
            self._fault(path, f"`{path[-1]}` is empty", "name one condition or more")
        built = tuple(self.build(part, (*path, number)) for number, part in enumerate(parts))
        self._check_apart(built, path)
        return built

    def _check_apart(self, parts: Sequence[Condition], path: Path) -> None:
        """Keep a fault for each part that equals an earlier one: it would be counted twice."""
        first: dict[object, int] = {}
        for number, part in enumerate(parts):
            meant = _meant(part)
            before = number if meant is None else first.setdefault(meant, number)
            if before != number:
                word = path[-2] if path[-1] == "of" else path[-1]
                place = self._collector.place((*path, before))
                hint = f"the first is at line {place.line}, column {place.column}: take one out"
                self._fault((*path, number), f"`{word}` has this condition twice", hint)

    def _counted(
        self,
        counted: written.Count | None,
        path: Path,
        kind: type[AtLeast | Exactly],
        lowest: int,
    ) -> Condition:
        if counted is None or self._collector.inside_damage(path):
            return HOLE
        parts = self._parts(counted.of, (*path, "of"))
        at = (*path, "count")
        readable = parts and not self._collector.inside_damage(at)
        if readable and not lowest <= counted.count <= len(parts):
            hint = f"write a number from {lowest} to {len(parts)}"
            self._fault(at, f"`count` cannot be {counted.count} of {len(parts)}", hint)
        return kind(counted.count, parts)

    def _named(self, name: str, path: Path) -> Condition:
        if name in self._facts:
            domain = self._facts[name]
            if domain is None:
                return HOLE
            if isinstance(domain, BooleanDomain):
                return FactIs(name, 0b10)
            hint = f"write `{name}: …`: it is {domain.describe()}"
            return self._fault(path, f"`{name}` is no boolean and cannot stand by itself", hint)
        if name in self._criteria:
            return CriterionIs(name)
        if name in self._decisions:
            hint = f"write `{{decision: {name}, outcome: …}}`"
            return self._fault(path, f"`{name}` is a decision", hint)
        return self._unknown(name, path, "fact or criterion", [*self._facts, *self._criteria])

    def _unknown(
        self, name: str, path: Path, what: str, known: Collection[str], *, key: bool = False
    ) -> Condition:
        """Keep a fault for a name that is not there, unless where it would be is damaged."""
        looked_in = ("facts", "criteria")
        if not any(self._collector.inside_damage((section,)) for section in looked_in):
            self._fault(path, f"{shown(name)} is no {what}", did_you_mean(name, known), key=key)
        return HOLE

    def _asked(self, about: written.AboutDecision, path: Path) -> Condition:
        asked = {"outcome": about.outcome, "status": about.status, "rule": about.rule}
        given = [key for key, names in asked.items() if names is not None]
        if len(given) != 1:
            message = "a condition on a decision asks one thing"
            return self._fault(path, message, "write one of `outcome`, `status` and `rule`")
        if self._collector.holds_damage(path):
            return HOLE
        names = tuple(asked[given[0]] or ())
        if about.outcome is not None:
            return OutcomeIs(about.decision, names)
        if about.rule is not None:
            return RuleIs(about.decision, names)
        statuses: tuple[DecisionStatus, ...] = tuple(one for one in STATUSES if one in names)
        for number, name in enumerate(names):
            if name not in STATUSES:
                hint = did_you_mean(name, STATUSES, "it is `decided`, `review` or `not_applicable`")
                if name == "insufficient":
                    hint = "a condition speaks of a client whose facts are all known"
                message = f"{shown(name)} is no status to ask for"
                return self._fault((*path, "status", number), message, hint)
        return StatusIs(about.decision, statuses)

    def _tested(self, fact: str, test: written.Bounds | list[Leaf | None], path: Path) -> Condition:
        at = (*path, fact)
        if fact not in self._facts:
            if fact in self._criteria:
                hint = f"write `{fact}`, or `not: {fact}`"
                return self._fault(at, f"`{fact}` is a criterion and has no values", hint, key=True)
            known = [*self._facts, "all", "any", "not", "at_least", "exactly", "decision"]
            return self._unknown(fact, at, "fact", known, key=True)
        domain = self._facts[fact]
        if domain is None or self._collector.holds_damage(at):
            return HOLE
        reading = _Reading(self._collector, fact, domain, at)
        if isinstance(test, written.Bounds):
            return reading.bounds(test)
        alone = len(test) == 1 and test[0] is not None and test[0].path == at
        return reading.values(test, "is" if alone else "in", at)


def _meant(condition: Condition) -> object:
    """Return what equal conditions have in common, however written; None where a hole is in it."""
    match condition:
        case FactIs(fact=fact, allowed=allowed):
            # Runs, not bits: hashes of integers are modulo 2**61 - 1, and bounds mostly collide.
            return fact, *spans(allowed)
        case CriterionIs() | OutcomeIs() | StatusIs() | RuleIs():
            return condition
    parts = tuple(map(_meant, children(condition)))
    if not parts or None in parts:
        return None
    return type(condition), getattr(condition, "count", 0), parts


class _Reading:
    """Reads what is asked of the values of one fact."""

    def __init__(self, collector: Collector, fact: str, domain: Domain, path: Path) -> None:
        self._collector = collector
        self._fact = fact
        self._domain = domain
        self._path = path

    def bounds(self, bounds: written.Bounds) -> Condition:
        given = {
            "not": bounds.other_than,
            "at_least": bounds.at_least,
            "at_most": bounds.at_most,
            "between": bounds.between,
        }
        keys = [key for key, one in given.items() if one is not None]
        if len(keys) != 1:
            message = f"what is asked of `{self._fact}` is one thing"
            hint = "write one of `not`, `at_least`, `at_most` and `between`"
            return self._fault(self._path, message, hint)
        at = (*self._path, keys[0])
        if bounds.other_than is not None:
            return self.values(bounds.other_than, "not", at)
        domain = self._domain
        if not isinstance(domain, IntegerDomain):
            message = f"`{keys[0]}` is for numbers, and `{self._fact}` is {domain.describe()}"
            return self._fault(at, message, "name the values", key=True)
        if bounds.between is not None:
            return self._between(bounds.between, at)
        end = self._index(bounds.at_least or bounds.at_most or Leaf("", at))
        if end is None:
            return HOLE
        if bounds.at_least is not None:
            return FactIs(self._fact, domain.full >> end << end, "at_least")
        return FactIs(self._fact, (1 << (end + 1)) - 1, "at_most")

    def values(self, leaves: Sequence[Leaf | None], comparison: Comparison, at: Path) -> Condition:
        bits = 0
        for leaf in leaves:
            index = None if leaf is None else self._index(leaf)
            if index is None:
                continue
            if bits >> index & 1:
                self._fault(
                    leaf.path if leaf is not None else at, f"{shown(str(leaf))} stands twice"
                )
            bits |= 1 << index
        if self._collector.holds_damage(at):
            return HOLE
        if not leaves:
            return self._fault(at, f"`{at[-1]}` names no value", "name one value or more")
        if comparison == "not":
            bits = self._domain.full & ~bits
            if not bits:
                return self._fault(at, f"no value of `{self._fact}` is left", "name fewer values")
        return FactIs(self._fact, bits, comparison)

    def _between(self, ends: Sequence[Leaf | None], at: Path) -> Condition:
        if len(ends) != 2:
            return self._fault(at, "`between` holds two numbers", "write `[lowest, highest]`")
        first, last = (None if end is None else self._index(end) for end in ends)
        if first is None or last is None:
            return HOLE
        if first > last:
            return self._fault(at, "the first number of `between` is larger than the second")
        return FactIs(self._fact, (1 << (last + 1)) - (1 << first), "between")

    def _index(self, leaf: Leaf) -> int | None:
        """Give the number of a value in the domain, or None and keep the fault."""
        domain = self._domain
        value: bool | int | str | None = str(leaf)
        if isinstance(domain, BooleanDomain):
            value = truth_value(leaf)
        elif isinstance(domain, IntegerDomain):
            value = whole_number(leaf)
        index = domain.index(value)
        if index is None:
            hint = f"it is {domain.describe()}"
            if value is None and domain.index(_unquoted(leaf, domain)) is not None:
                hint = "write it without quotes"
            elif isinstance(domain, CategoryDomain):
                hint = did_you_mean(leaf, domain.values, hint)
            self._fault(leaf.path, f"`{self._fact}` cannot be {shown(leaf)}", hint)
        return index

    def _fault(self, path: Path, message: str, hint: str = "", *, key: bool = False) -> Condition:
        self._collector.add(path, message, hint, key=key)
        return HOLE


def _unquoted(leaf: Leaf, domain: Domain) -> bool | int | None:
    plain = Leaf(leaf)
    return truth_value(plain) if isinstance(domain, BooleanDomain) else whole_number(plain)
