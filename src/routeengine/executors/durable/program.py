"""From a rule set to rulesets of durable_rules, within what is safe there.

Safe are rules over one message of small whole numbers that join comparisons by "and", one
level deep. ("Or" fires once for each part that holds, and past some hundred firings of one message
durable_rules fails.) So a condition becomes *items* in *stages*: an item is one durable
rule over fields, and what it finds is a field of later stages. Fields are codes (0 false, 1
true, 2 unknown), and for counting the least and the most number of parts that can hold. "Not" is
the complementary code, "any" fires where no part holds, and nothing is ever left out of a message.

Every item has two forms: `certain` fires where all is known that it needs, `open` where it may
still come out so. Where every fact is known the first is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any as Whatever
from typing import Literal, TypeAlias

from routeengine.bits import numbers
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import evaluation_order

__all__ = ["HEARD", "Atom", "Counted", "Item", "Program", "Stage", "durable_fields", "to_durable"]

HEARD = "heard"
"""A field that is always 1, and the rule that fires on it: every message is heard."""

WIDEST = 40
"""Parts of one "and" or "or"; wider ones are split over items."""

STAGE_ITEMS = 40
STAGE_FIELDS = 150
"""Rules and fields of one durable ruleset: well below where creating one fails."""

Test: TypeAlias = dict[str, Whatever]
"""One comparison of a field, as durable_rules writes it."""

Asked: TypeAlias = FactIs | OutcomeIs | StatusIs | RuleIs


@dataclass(frozen=True, slots=True)
class Atom:
    """A field whose code is read off the facts, or off an earlier decision's verdict."""

    field: str
    condition: Asked


@dataclass(frozen=True, slots=True)
class Counted:
    """Two fields: how many of some parts hold at the least, and at the most.

    `parts` are fields with what they have to be: True where the field itself counts, False
    where its opposite does.
    """

    least: str
    most: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One condition as a durable rule; `name` is the field that it gives.

    Where its rule fires the condition holds, if `fires` is true, or does not hold, if it is
    false.
    """

    name: str
    fires: bool
    certain: Test
    open: Test
    reads: tuple[str, ...]
    level: int

    @property
    def rule(self) -> str:
        """The name of the durable rule, and of its action."""
        return self.name if self.fires else f"not_{self.name}"


@dataclass(frozen=True, slots=True)
class Stage:
    """Items that are answered by one message, which holds the fields that they read."""

    name: str
    level: int
    items: tuple[Item, ...]
    reads: tuple[str, ...]

    def definition(self, form: Literal["certain", "open"]) -> dict[str, Whatever]:
        """Give the durable ruleset of one form."""
        rules = {HEARD: _rule(_every([]), HEARD)}
        for item in self.items:
            rules[item.rule] = _rule(item.certain if form == "certain" else item.open, item.rule)
        return rules


class Program:
    """A rule set as items in stages; pure data, made without durable_rules.

    `atoms` and `counts` are by the level of stages before which they are known. `level_of`
    says after which level a decision is answered.
    """

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.items: dict[str, Item] = {}
        self.atoms: dict[Condition, tuple[Atom, int]] = {}
        self.counts: dict[tuple[tuple[str, bool], ...], tuple[Counted, int]] = {}
        self.level_of: dict[str, int] = {}
        self._parts: dict[Condition, str] = {}
        self.order = evaluation_order(ruleset)
        for constraint in ruleset.constraints:
            self._ask(f"constraint_{constraint.id}", constraint.forbids)
        for decision in self.order:
            asked = [(f"rule_{r.id}", r.when) for r in decision.rules if r.when is not None]
            if decision.applies_when is not None:
                asked.append((f"applies_{decision.id}", decision.applies_when))
            levels = [self._ask(name, when).level for name, when in asked]
            self.level_of[decision.id] = max(levels, default=0)
        for flag in ruleset.flags:
            if flag.when is not None:
                self._ask(f"flag_{flag.id}", flag.when)
        self.stages = tuple(self._stages())

    def _ask(self, name: str, condition: Condition) -> Item:
        """Add the item with this name, and all that it reads."""
        fires = True
        parts: tuple[Condition, ...] = (condition,)
        match condition:
            case All():
                parts = _narrow(condition.parts, All)
            case Any():
                fires, parts = False, _narrow(condition.parts, Any)
            case AtLeast(count=count):
                return self._counting(name, condition.parts, count, len(condition.parts))
            case Exactly(count=count):
                return self._counting(name, condition.parts, count, count)
            case _:
                pass
        literals = [self._literal(part) for part in parts]
        return self._add(
            Item(
                name,
                fires,
                _every([{field: int(wanted == fires)} for field, wanted, _ in literals]),
                _every([{"$neq": {field: int(wanted != fires)}} for field, wanted, _ in literals]),
                tuple(dict.fromkeys(field for field, _, _ in literals)),
                1 + max((level for _, _, level in literals), default=0),
            )
        )

    def _counting(self, name: str, parts: Sequence[Condition], low: int, high: int) -> Item:
        """Add an item that holds where at least `low` and at most `high` of the parts do."""
        literals = [self._literal(part) for part in parts]
        key = tuple((field, wanted) for field, wanted, _ in literals)
        level = max((level for _, _, level in literals), default=0)
        if key not in self.counts:
            number = len(self.counts)
            fields = f"count_{number}_least", f"count_{number}_most"
            self.counts[key] = Counted(*fields, key), level
        least, most = self.counts[key][0].least, self.counts[key][0].most
        certain = _every([{"$gte": {least: low}}, {"$lte": {most: high}}])
        open_ = _every([{"$gte": {most: low}}, {"$lte": {least: high}}])
        return self._add(Item(name, True, certain, open_, (least, most), level + 1))

    def _add(self, item: Item) -> Item:
        self.items[item.name] = item
        return item

    def _literal(self, condition: Condition) -> tuple[str, bool, int]:
        """Give the field that holds a condition's code, what it has to be, and its level."""
        match condition:
            case Not(part=part):
                field, wanted, level = self._literal(part)
                return field, not wanted, level
            case FactIs() | OutcomeIs() | StatusIs() | RuleIs():
                return self._atom(condition)
            case CriterionIs(criterion=criterion):
                name, when = f"criterion_{criterion}", self.ruleset.criterion[criterion].when
            case _:
                name = self._parts.setdefault(condition, f"part_{len(self._parts)}")
                when = condition
        item = self.items.get(name) or self._ask(name, when)
        return name, True, item.level

    def _atom(self, condition: Asked) -> tuple[str, bool, int]:
        if condition not in self.atoms:
            number = len(self.atoms)
            if isinstance(condition, FactIs):
                self.atoms[condition] = Atom(f"fact_{condition.fact}_{number}", condition), 0
            else:
                level = self.level_of[condition.decision]
                field = f"decision_{condition.decision}_{number}"
                self.atoms[condition] = Atom(field, condition), level
        atom, level = self.atoms[condition]
        return atom.field, True, level

    def _stages(self) -> Iterator[Stage]:
        """Put the items of each level together, as many as one ruleset can safely hold."""
        for level in sorted({item.level for item in self.items.values()}):
            number, some, reads = 0, list[Item](), dict[str, None]()
            for item in [one for one in self.items.values() if one.level == level]:
                more = reads | dict.fromkeys(item.reads)
                if some and (len(some) == STAGE_ITEMS or len(more) > STAGE_FIELDS):
                    yield Stage(f"stage_{level}_{number}", level, tuple(some), tuple(reads))
                    number, some, more = number + 1, [], dict.fromkeys(item.reads)
                some.append(item)
                reads = more
            yield Stage(f"stage_{level}_{number}", level, tuple(some), tuple(reads))


def _every(tests: list[Test]) -> Test:
    return {"$and": tests or [{HEARD: 1}]}


def _rule(test: Test, run: str) -> dict[str, Whatever]:
    return {"all": [{"m": test}], "run": run}


def _narrow(parts: tuple[Condition, ...], join: type[All | Any]) -> tuple[Condition, ...]:
    """Split what is joined over parts of parts, so that no "and" or "or" is too wide."""
    while len(parts) > WIDEST:
        parts = tuple(join(parts[at : at + WIDEST]) for at in range(0, len(parts), WIDEST))
    return parts


def to_durable(ruleset: RuleSet) -> dict[str, dict[str, Whatever]]:
    """Give the rules as the JSON definition that a host of durable_rules loads.

    One durable ruleset per stage, in order. Each of its rules runs an action of its own name
    where it fires, for a fact that has every field of `durable_fields`, and
    `heard`, which is 1. It speaks of fully known profiles; which of the rules that hold
    win, and what that means, is `docs/durable.md`.
    """
    return {stage.name: stage.definition("certain") for stage in Program(ruleset).stages}


def durable_fields(ruleset: RuleSet) -> dict[str, dict[str, Whatever]]:
    """Say, per stage and field of its message, what the field has to hold.

    `fact` and `values`: 1 where the fact has one of these values, else 0. `decision` with
    `outcomes`, `statuses` or `rules`: 1 where the earlier decision came out so. `fired`:
    1 where that rule of an earlier stage fired; `not_fired`: where it did not. `count`: how
    many of these are as their `is` says.
    """
    program = Program(ruleset)
    holds: dict[str, Whatever] = {
        item.name: {"fired" if item.fires else "not_fired": item.rule}
        for item in program.items.values()
    }
    for atom, _ in program.atoms.values():
        holds[atom.field] = _described(ruleset, atom.condition)
    for counted, _ in program.counts.values():
        parts = [{**holds[field], "is": int(wanted)} for field, wanted in counted.parts]
        holds[counted.least] = holds[counted.most] = {"count": parts}
    return {stage.name: {field: holds[field] for field in stage.reads} for stage in program.stages}


def _described(ruleset: RuleSet, condition: Asked) -> dict[str, Whatever]:
    match condition:
        case FactIs(fact=fact, allowed=allowed):
            domain = ruleset.fact[fact].domain
            values = [domain.value(number) for number in numbers(allowed)]
            return {"fact": fact, "values": values}
        case OutcomeIs(decision=decision, outcomes=outcomes):
            return {"decision": decision, "outcomes": list(outcomes)}
        case StatusIs(decision=decision, statuses=statuses):
            return {"decision": decision, "statuses": list(statuses)}
        case _:
            return {"decision": condition.decision, "rules": list(condition.rules)}
