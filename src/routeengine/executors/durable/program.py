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

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any as Whatever
from typing import Literal, NamedTuple, TypeAlias

from routeengine.profile import encode_knowledge, entries_of
from routeengine.ruleset import conditions
from routeengine.ruleset.conditions import Condition, DecisionIs, FactIs
from routeengine.ruleset.dependencies import evaluation_order
from routeengine.ruleset.model import RuleSet

ACKNOWLEDGED = "heard"
"""A field that is always 1, and the rule that fires on it: every message is heard."""

MAX_PARTS = 40
"""Parts of one "and" or "or"; wider ones are split over items."""

MAX_STAGE_ITEMS = 40
MAX_STAGE_FIELDS = 150
"""Rules and fields of one durable ruleset: well below where creating one fails."""

Test: TypeAlias = dict[str, Whatever]
"""One comparison of a field, as durable_rules writes it."""

Asked: TypeAlias = FactIs | DecisionIs

Parts: TypeAlias = tuple[tuple[str, bool, int], ...]


class Counted(NamedTuple):
    """What a field counts: the parts that hold for certain, or all that can hold.

    `parts` are fields with what they have to be, and how often that counts: True where the field
    itself counts, False where its opposite does.
    """

    parts: Parts
    certain: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One condition as a durable rule; `name` is the field that it gives.

    Where its rule fires the condition holds, if `fires` is true, or does not hold, if it is
    false. `certain` and `open` are the tests of its two forms, all of which have to succeed.
    """

    name: str
    fires: bool
    certain: list[Test]
    open: list[Test]
    reads: tuple[str, ...]

    @property
    def rule(self) -> str:
        """The name of the durable rule, and of its action."""
        return self.name if self.fires else f"not_{self.name}"


@dataclass(frozen=True, slots=True)
class Stage:
    """Items that are answered by one message, which holds the fields that they read."""

    name: str
    items: list[Item] = field(default_factory=list)
    reads: dict[str, None] = field(default_factory=dict)

    @property
    def open_name(self) -> str:
        """The name of the durable ruleset of the form `open`; that of `certain` is `name`."""
        return f"{self.name}_open"

    def definition(self, form: Literal["certain", "open"] = "certain") -> dict[str, Whatever]:
        """Return the durable ruleset of one form."""
        rules = {ACKNOWLEDGED: list[Test]()}
        rules |= {one.rule: one.certain if form == "certain" else one.open for one in self.items}
        return {
            name: {"all": [{"m": {"$and": tests or [{ACKNOWLEDGED: 1}]}}], "run": name}
            for name, tests in rules.items()
        }


class Program:
    """A rule set as items in stages; pure data, made without durable_rules.

    Of the fields that are no items, `atoms` has what is asked of a fact or of an earlier
    decision, and `counts` what is counted.
    """

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.items: dict[str, Item] = {}
        self.atoms: dict[str, Asked] = {}
        self.counts: dict[str, Counted] = {}
        self._names: dict[Condition, str] = {}
        self._counted: dict[Parts, tuple[str, str]] = {}
        self._level: dict[str, int] = {}  # of the stages after which a field is known
        self._answered: dict[str, int] = {}  # the same of a decision
        self.asked: dict[str, tuple[str, ...]] = {}  # of a decision the items that settle it
        for constraint in ruleset.constraints:
            self._ask(f"constraint_{constraint.id}", constraint.forbids)
        for decision in evaluation_order(ruleset):
            asked = {f"rule_{rule.id}": rule.when for rule in decision.rules}
            asked[f"applies_{decision.id}"] = decision.applies_when
            levels = {name: self._ask(name, when) for name, when in asked.items() if when}
            self.asked[decision.id] = tuple(levels)
            self._answered[decision.id] = max(levels.values(), default=0)
        for flag, when in ruleset.flag_conditions.items():
            self._ask(f"flag_{flag}", when)
        self.stages = tuple(self._stages())

    def _ask(self, name: str, condition: Condition) -> int:
        """Add the item with this name, and all that it reads; give its level."""
        match condition:
            case conditions.All(parts):
                item = self._joining(name, True, _narrow(parts, conditions.All))
            case conditions.Any(parts):
                item = self._joining(name, False, _narrow(parts, conditions.Any))
            case conditions.AtLeast() | conditions.Exactly():
                ones = [(part, 1) for part in condition.parts]
                item = self._counting(name, ones, *condition.quota)
            case conditions.ScoreIs():
                item = self._score(name, condition)
            case _:
                item = self._joining(name, True, (condition,))
        self.items[name] = item
        self._level[name] = 1 + max([self._level[read] for read in item.reads], default=0)
        return self._level[name]

    def _joining(self, name: str, fires: bool, parts: Iterable[Condition]) -> Item:
        """Return an item whose rule fires where all parts hold, or where none does."""
        literals = [self._literal(part) for part in parts]
        # "All" fires where each part is as wanted; "any" where none is, and that says it is false.
        certain: list[Test] = [{read: int(wanted == fires)} for read, wanted in literals]
        open_: list[Test] = [{"$neq": {read: int(wanted != fires)}} for read, wanted in literals]
        return Item(name, fires, certain, open_, tuple(dict(literals)))

    def _score(self, name: str, condition: conditions.ScoreIs) -> Item:
        """Return an item that holds where a score lies within bounds.

        Of a part that takes away the lack of it is counted instead, so that no count is below 0.
        """
        score = self.ruleset.score[condition.score]
        parts = [
            (one.when if one.worth > 0 else conditions.Not(one.when), abs(one.worth))
            for one in score.parts
        ]
        over = score.most - score.least + 1  # more than all of them together
        low = 0 if condition.low is None else max(condition.low - score.least, 0)
        high = over if condition.high is None else min(condition.high - score.least, over)
        return self._counting(name, parts, *((over, over) if high < 0 else (min(low, over), high)))

    def _counting(
        self, name: str, parts: Iterable[tuple[Condition, int]], low: int, high: int
    ) -> Item:
        """Return an item that holds where the parts that do count `low` to `high` times."""
        counted = tuple([(*self._literal(part), worth) for part, worth in parts])
        number = len(self._counted)
        fields = f"count_{number}_least", f"count_{number}_most"
        least, most = self._counted.setdefault(counted, fields)
        self.counts |= {least: Counted(counted, True), most: Counted(counted, False)}
        level = max([self._level[part] for part, *_ in counted], default=0)
        self._level |= {least: level, most: level}
        # For sure by what holds at least and at most; open by the same two, the other way round.
        certain: list[Test] = [{"$gte": {least: low}}, {"$lte": {most: high}}]
        open_: list[Test] = [{"$gte": {most: low}}, {"$lte": {least: high}}]
        return Item(name, True, certain, open_, (least, most))

    def _literal(self, condition: Condition) -> tuple[str, bool]:
        """Return the field that holds a condition's code, and what it has to be."""
        match condition:
            case conditions.Not(part):
                name, wanted = self._literal(part)
                return name, not wanted
            case FactIs() | conditions.OutcomeIs() | conditions.StatusIs() | conditions.RuleIs():
                return self._atom(condition), True
            case conditions.CriterionIs(criterion):
                name, when = f"criterion_{criterion}", self.ruleset.criterion[criterion].when
            case _:
                number = len(self._names) - len(self.atoms)
                name, when = self._names.setdefault(condition, f"part_{number}"), condition
        if name not in self.items:
            self._ask(name, when)
        return name, True

    def _atom(self, condition: Asked) -> str:
        if condition not in self._names:
            if isinstance(condition, FactIs):
                about, level = f"fact_{condition.fact}", 0
            else:
                about, level = f"decision_{condition.decision}", self._answered[condition.decision]
            name = self._names[condition] = f"{about}_{len(self.atoms)}"
            self.atoms[name], self._level[name] = condition, level
        return self._names[condition]

    def _stages(self) -> Iterator[Stage]:
        """Put the items of each level together, as many as one ruleset can safely hold."""
        for level in sorted({self._level[name] for name in self.items}):
            stages = [Stage(f"stage_{level}_0")]
            for item in [one for name, one in self.items.items() if self._level[name] == level]:
                here = stages[-1]
                reads = here.reads.keys() | item.reads
                if len(here.items) == MAX_STAGE_ITEMS or len(reads) > MAX_STAGE_FIELDS:
                    here = Stage(f"stage_{level}_{len(stages)}")
                    stages.append(here)
                here.items.append(item)
                here.reads.update(dict.fromkeys(item.reads))
            yield from stages


def _narrow(
    parts: tuple[Condition, ...], join: type[conditions.All | conditions.Any]
) -> tuple[Condition, ...]:
    """Split what is joined over parts of parts, so that no "and" or "or" is too wide."""
    while len(parts) > MAX_PARTS:
        parts = tuple(join(parts[at : at + MAX_PARTS]) for at in range(0, len(parts), MAX_PARTS))
    return parts


def to_durable(ruleset: RuleSet) -> dict[str, dict[str, Whatever]]:
    """Return the rules as the JSON definition that a host of durable-rules loads.

    There is one durable ruleset per stage, in order. Each of its rules runs an action of its own
    name where it fires, for a fact that has every field of `durable_fields`, and `heard`, which is
    1. It is about fully known profiles; `docs/durable.md` says which of the rules that fire win,
    and what that means.
    """
    return {stage.name: stage.definition() for stage in Program(ruleset).stages}


def durable_fields(ruleset: RuleSet) -> dict[str, dict[str, Whatever]]:
    """Return, per stage and field of its message, what the field has to hold.

    - `fact` and `values`: 1 if the fact has one of these values, else 0.
    - `decision` with `outcomes`, `statuses` or `rules`: 1 if the earlier decision came out so.
    - `fired`: 1 if that rule of an earlier stage fired; `not_fired`: 1 if it did not.
    - `count`: how many of these are as their `is` says, each as often as its `worth` says, if it
      has one.
    """
    program = Program(ruleset)
    holds: dict[str, Whatever] = {
        item.name: {"fired" if item.fires else "not_fired": item.rule}
        for item in program.items.values()
    }
    holds |= {name: _described(ruleset, condition) for name, condition in program.atoms.items()}
    for name, counted in program.counts.items():
        parts = [
            {**holds[part], "is": int(wanted), **({"worth": worth} if worth != 1 else {})}
            for part, wanted, worth in counted.parts
        ]
        holds[name] = {"count": parts}
    return {stage.name: {name: holds[name] for name in stage.reads} for stage in program.stages}


def _described(ruleset: RuleSet, condition: Asked) -> dict[str, Whatever]:
    match condition:
        case FactIs(fact, allowed):
            declared = ruleset.fact[fact]
            return {
                "fact": fact,
                "values": list(map(encode_knowledge, entries_of(declared, allowed))),
            }
        case _:
            # Its decision by name, and a list of what that has to come to.
            (_, decision), (what, wanted) = asdict(condition).items()
            return {"decision": decision, what: list(wanted)}
