"""What rule files ask of the values of a fact, and which values of it that leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from routeengine.errors import listed
from routeengine.loading import shapes
from routeengine.loading.birthdays import MOST_YEARS
from routeengine.loading.keys import Entry, Values, either, needed, optional
from routeengine.loading.shapes import Run
from routeengine.loading.yaml_tree import ScalarNode
from routeengine.ruleset import domains
from routeengine.ruleset.conditions import All, Comparison, Condition, FactIs
from routeengine.ruleset.flaws import Path, did_you_mean, quote
from routeengine.value_set import ValueSet

HOLE = All(())
"""Stands where a condition has a fault; no rule set with one is ever given out."""


def fault(run: Run, path: Path, message: str, hint: str = "", *, key: bool = False) -> Condition:
    """Keep a fault, and return what stands in for the condition that has it."""
    run.collector.add(path, message, hint, key=key)
    return HOLE


def _number(name: str, path: Path, run: Run) -> shapes.Number | None:
    """Return what a parameter is; None, with a fault, if there is none of that name."""
    known = run.numbers.values
    run.numbers.named.add(name)
    if name not in known and run.collector.is_intact(path):
        hint = did_you_mean(name, known)
        run.collector.add((*path, "parameter"), f"{quote(name)} is no parameter", hint)
    return known.get(name)


class PercentByParameter(Entry, noun="a percentage by a parameter"):
    """A parameter that says how many hundredths are taken."""

    parameter = needed(shapes.NAME, "the id of the parameter, which is an integer")

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> int | None:
        """Return the percentage, as if it were typed in here; None, with a fault, if none is."""
        name, collector = values["parameter"], run.collector
        number = _number(name, path, run)
        if number is not None and number.kind != "integer":
            collector.add((*path, "parameter"), f"`{name}` is no integer, as a percentage is")
        if number is None or collector.holds_damage(path):
            collector.damage(path)  # told where the parameter is
            return None
        return int(number.text)


class BirthDate(Entry):
    """A fact that may be a birth date."""

    leap_birthday = optional(
        shapes.choice("feb_28", "mar_1"),
        "of a date that ages are asked of: when who was born on 29 February gets older",
        None,
    )

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it, and remember when people get older."""
        leap = values.pop("leap_birthday")
        if leap is not None and not isinstance(values["domain"], domains.DateDomain):
            message = "only a date has `leap_birthday`"
            run.collector.add((*path, "leap_birthday"), message, "take it out", key=True)
        elif leap is not None:
            run.ages.leap_birthdays[str(path[-1])] = leap
        return super().make(values, path, run)


class ParameterBound(Entry, noun="a bound by a parameter"):
    """A parameter, or a part of it, where a number or a day could stand."""

    parameter = needed(shapes.NAME, "the id of the parameter")
    percent = optional(
        either(shapes.WHOLE, PercentByParameter),
        "so many hundredths of it, or a parameter that says how many; `round` says which number",
        None,
    )
    rounded = optional(
        shapes.choice("down", "up", "half_up"),
        "to the lower or the higher number, or to the nearest (a half up), in its own places",
        None,
        key="round",
    )

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> ScalarNode | None:
        """Return the number, as if it were typed in here; None, with a fault, if there is none."""
        name, percent, rounded = values["parameter"], values["percent"], values["rounded"]
        collector = run.collector
        number = _number(name, path, run)
        if (percent is None) != (rounded is None) and collector.is_intact(path):
            hint = "write both, as `percent: 70, round: down`"
            collector.add(path, "`percent` and `round` go together", hint)
        if percent is not None and percent < 1 and collector.is_intact((*path, "percent")):
            collector.add((*path, "percent"), "`percent` must be 1 or more")
        if number is not None and number.kind == "date" and percent is not None:
            collector.add((*path, "percent"), f"`{name}` is a day, and no part is taken of it")
        if number is None or collector.holds_damage(path):
            collector.damage(path)  # told where the parameter is
            return None
        if percent is None:
            return ScalarNode(number.text, path)
        steps = domains.decimal_steps(number.text, number.places) or 0
        return ScalarNode(
            domains.decimal_text(_part(steps * percent, rounded), number.places), path
        )


def _part(hundredths: int, rounded: str) -> int:
    """Return hundredths of a step as whole steps."""
    # Of -150: -2 down, -1 up, and -1 half up.
    return (hundredths + {"down": 0, "up": 99, "half_up": 50}[rounded]) // 100


BOUND = either(shapes.VALUE, ParameterBound)
"""What a value is bounded by."""


YEARS = either(
    replace(
        shapes.VALUE, schema=lambda _: {"type": "integer", "minimum": 0, "maximum": MOST_YEARS}
    ),
    ParameterBound,
)
"""What an age is bounded by."""


class Bounds(Entry, noun="a comparison"):
    """How a fact's value is bounded: just one of these keys."""

    other_than = optional(shapes.VALUES, "another value than this, or than these", None, key="not")
    at_least = optional(BOUND, "this number or more")
    at_most = optional(BOUND, "this number or less")
    between = optional(
        shapes.list_of(BOUND),
        "the lowest and the highest number, or first and last day, both included",
        None,
    )
    before = optional(BOUND, "a day before this one; of a date only")
    after = optional(BOUND, "a day after this one; of a date only")
    since = optional(BOUND, "this day or a later one; of a date only", key="from")
    until = optional(BOUND, "this day or an earlier one; of a date only")
    age_at_least = optional(YEARS, "who is that many years old or older; of a birth date only")
    age_at_most = optional(YEARS, "who is that many years old or younger; of a birth date only")

    @classmethod
    def _keys_in_words(cls) -> str:
        less = "less than 5 is `not: {FACT: {at_least: 5}}`"
        return f"{super()._keys_in_words()}; {less}"


_AGES = {"age_at_least": "until", "age_at_most": "from"}
"""Bounds by age, and how the bound of a date is written that they come to."""

_ONLY_DAYS = ("before", "after", "from", "until")
NUMBERS = ("at_least", "at_most", "between")
"""What can be asked of a number, besides values."""

_DAYS = (*NUMBERS, *_ONLY_DAYS, *_AGES)


TEST = either(shapes.VALUES, Bounds)
"""What is asked of a fact's value: values, or bounds."""


@dataclass(frozen=True, slots=True)
class ValueReader:
    """Reads what is asked of the values of one fact."""

    run: Run
    fact: str
    domain: domains.Domain
    path: Path

    def bounds(self, bounds: Values) -> Condition:
        """Return the condition that a comparison means."""
        if len(bounds) != 1:
            message = f"what is asked of `{self.fact}` is one thing"
            known = ("not", *(_DAYS if self._is_date else NUMBERS))
            return fault(self.run, self.path, message, f"write one of {listed(known)}")
        ((key, bound),) = bounds.items()
        key = "from" if key == "since" else key
        if key == "other_than":
            return self.values(bound, "not", (*self.path, "not"))
        at, domain = (*self.path, key), self.domain
        if not isinstance(domain, domains.RangeDomain):
            message = f"`{key}` is for numbers and dates, and `{self.fact}` is {domain.describe()}"
            return fault(self.run, at, message, "name the values", key=True)
        if key == "between" and len(bound) != 2:
            message = "`between` holds two numbers"
            return fault(self.run, at, message, "write `[lowest, highest]`")
        if key in (*_ONLY_DAYS, *_AGES) and not isinstance(domain, domains.DateDomain):
            message = f"`{key}` is for dates, and `{self.fact}` is {domain.describe()}"
            return fault(self.run, at, message, "write `at_least` or `at_most`", key=True)
        if isinstance(domain, domains.DateDomain) and key in _AGES:
            return self._age(key, bound, domain)
        # Of 0 to 5: `at_least: 2` is 2 to 5, and `at_most: 2` is 0 to 2.
        ends = [self._index(end) for end in (bound if key == "between" else [bound])]
        first = 0 if key in ("at_most", "before", "until") else ends[0]
        last = domain.size - 1 if key in ("at_least", "after", "from") else ends[-1]
        if first is None or last is None:
            return HOLE
        first, last = first + (key == "after"), last - (key == "before")
        if first > last and key in ("before", "after"):
            return fault(self.run, at, f"`{self.fact}` has no day {key} that")
        if first > last:
            message = "the first number of `between` is larger than the second"
            return fault(self.run, at, message)
        return self._one_of(ValueSet.span(first, last), cast("Comparison", key))

    def _age(self, key: str, leaf: ScalarNode, domain: domains.DateDomain) -> Condition:
        """Return the condition that a bound by age means on the day for which rules are read."""
        at, years = (*self.path, key), shapes.whole_number(leaf)
        if years is None or not 0 <= years <= MOST_YEARS:
            return fault(self.run, at, f"`{key}` must be a number of years, 0 to {MOST_YEARS}")
        values = self.run.ages.bound(self.fact, domain, key, years)
        if isinstance(values, str):
            return fault(self.run, at, values)
        if values is None:
            self.run.collector.damage(at)
            return HOLE
        return FactIs(self.fact, values, cast("Comparison", _AGES[key]))

    def _one_of(self, values: ValueSet, comparison: Comparison) -> FactIs:
        """Return the condition that the fact has one of these values."""
        if isinstance(self.domain, domains.DateDomain):
            self.run.ages.note(self.fact, self.domain, values)
        return FactIs(self.fact, values, comparison)

    @property
    def _is_date(self) -> bool:
        return isinstance(self.domain, domains.DateDomain)

    def values(
        self, leaves: Sequence[ScalarNode | None], comparison: Comparison, at: Path
    ) -> Condition:
        """Return the condition that the fact has one of these values, or none of them."""
        named = set[int]()
        for leaf in leaves:
            index = None if leaf is None else self._index(leaf)
            if leaf is None or index is None:
                continue
            if index in named:
                fault(self.run, leaf.path, f"{quote(leaf)} appears twice")
            named.add(index)
        if self.run.collector.holds_damage(at):
            return HOLE
        if not leaves:
            hint = "name one value or more"
            return fault(self.run, at, f"`{at[-1]}` names no value", hint)
        values = ValueSet.of(named)
        if comparison == "not":
            values = self.domain.full - values
            if not values:
                message = f"no value of `{self.fact}` is left"
                return fault(self.run, at, message, "name fewer values")
        return self._one_of(values, comparison)

    def _index(self, leaf: ScalarNode) -> int | None:
        """Return the number of a value in the domain, or None and keep the fault."""
        domain = self.domain
        index = domain.index(plain_value(leaf, domain))
        if index is None:
            hint = f"it is {domain.describe()}"
            if isinstance(domain, domains.CategoryDomain):
                hint = did_you_mean(leaf, domain.values, hint)
            elif leaf.quoted and domain.index(plain_value(ScalarNode(leaf), domain)) is not None:
                hint = "write it without quotes"
            elif leaf in self.run.numbers.values:
                hint = f"write `{{parameter: {leaf}}}`"
            fault(self.run, leaf.path, f"`{self.fact}` cannot be {quote(leaf)}", hint)
        return index


def plain_value(leaf: ScalarNode, domain: domains.Domain) -> domains.Value | None:
    """Return the value that a scalar means if it stands for one of a domain."""
    if isinstance(domain, domains.CategoryDomain | domains.DecimalDomain | domains.DateDomain):
        # A decimal number or a date counts the same, quoted or not: it is never read as anything
        # but itself, nor by way of a binary fraction.
        return str(leaf)
    return (
        shapes.truth_value(leaf)
        if isinstance(domain, domains.BooleanDomain)
        else shapes.whole_number(leaf)
    )
