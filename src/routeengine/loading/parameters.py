"""Parameters of rule files: numbers per period and per variant, and the instances that they give.

Rules are read with the numbers of one day and one variant, as if these were typed in. A parameter

    values: [{from: 2025-01-01, is: 100}, {from: 2025-07-01, is: 110},
             {from: 2025-07-01, variant: diemen, is: 120}]

is 100 in the first half of 2025, and 110 from then on, but 120 in `diemen`: a value holds until the
next of its own variant begins, and one of a variant goes before one of all. So there are two
instances in `diemen`, and two elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from typing import Any, TypeAlias, cast

from routeengine.loading import shapes
from routeengine.loading.entries import Grounded
from routeengine.loading.keys import Entry, Values, needed, optional
from routeengine.loading.shapes import Number, Run
from routeengine.loading.yaml_tree import MappingNode, ScalarNode
from routeengine.ruleset import domains, model
from routeengine.ruleset.domains import MAX_PLACES, decimal_steps, decimal_text
from routeengine.ruleset.flaws import Path, did_you_mean, quote
from routeengine.ruleset.instance import Instance, span
from routeengine.ruleset.sources import Grounds

FIRST, LAST = date.min.toordinal(), date.max.toordinal()
"""The first and the last day that there is. Days are numbers here, to count with."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which instance is asked for; `whichever` if any will do of those that are left open."""

    day: date | None = None
    variant: str | None = None
    whichever: bool = False


ASKED = Asked()
"""Nothing is asked for: there has to be one instance at most."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A value of a parameter: its first and last day, and the variant that it is of."""

    first: int
    last: int
    variant: str | None
    leaf: ScalarNode
    path: Path


@dataclass(frozen=True, slots=True)
class Declared:
    """A parameter as it is written, with all its values."""

    label: Mapping[str, str]
    grounds: Grounds
    kind: str
    places: int
    values: tuple[Dated, ...]

    def on(self, day: int, variant: str | None) -> Number | None:
        """Return the value on a day, that of the variant before that of all; or None."""
        held = {one.variant: one.leaf for one in self.values if one.first <= day <= one.last}
        leaf = held.get(variant, held.get(None))
        return None if leaf is None else Number(self.kind, self.places, str(leaf))


Parameters: TypeAlias = Mapping[str, Declared]


_SHAPES = {"integer": shapes.WHOLE, "decimal": shapes.DECIMAL, "date": shapes.DAY}
_NOUNS = {"integer": "an integer", "date": "a date"}


class DatedEntry(Entry, noun="a value of a parameter"):
    """What a parameter is, from some day on."""

    since = optional(
        shapes.DAY, "the first day it holds; unless said, from the beginning", key="from"
    )
    until = optional(
        shapes.DAY, "the last day it holds; unless said, until the next of its variant begins"
    )
    variant = optional(shapes.NAME, "the variant that it is of; unless said, of all", None)
    value = needed(shapes.VALUE, "the number or the day", key="is")

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Dated | None:
        """Return the value with its days, or None if it has a fault."""
        since, until, variant, leaf = (
            values[key] for key in ("since", "until", "variant", "value")
        )
        if since and until and until < since:
            run.collector.add((*path, "until"), f"`until` lies before {since}")
        known = run.numbers.variants
        if variant is not None and variant not in known and not run.collector.holds_damage(path):
            hint = did_you_mean(variant, known, "name it under `variants`")
            run.collector.add((*path, "variant"), f"{quote(variant)} is no variant", hint)
        if leaf is None or run.collector.holds_damage(path):
            return None
        first, last = since.toordinal() if since else FIRST, until.toordinal() if until else LAST
        return Dated(first, last, variant, leaf, path)


class ParameterEntry(Grounded, noun="a parameter"):
    """A number that conditions can name, and that changes in time or differs per variant."""

    type = needed(shapes.choice(*_SHAPES), "integer, decimal or date")
    places = optional(shapes.WHOLE, "decimal places, 0 to 6; for a decimal only", None)
    values = needed(shapes.list_of(DatedEntry), "what it is, and from when")

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Declared:
        """Return the parameter, each value ending where the next of its variant begins."""
        at, dated = (*path, "values"), values["values"]
        if not dated and run.collector.is_intact(at):
            run.collector.add(at, "`values` is empty", "name one value or more")
        grounds = Grounds(values["basis"], values["cites"], values["interpretation"])
        kind, places = values["type"], _places(values, path, run)
        read = [_read(one, kind, places, run) for one in dated if one is not None]
        turns = _turns(str(path[-1]), read, run)
        return Declared(values["label"], grounds, kind, places, tuple(turns))


def _places(values: Values, path: Path, run: Run) -> int:
    """Return the decimal places of a parameter; what is wrong with them is a fault."""
    at, places, decimal = (*path, "places"), values["places"], values["type"] == "decimal"
    if not run.collector.is_intact((*path, "type")) or run.collector.holds_damage(at):
        return MAX_PLACES  # so that nothing is said of the values besides
    if decimal and places is None:
        run.collector.add(at, "a decimal needs `places`")
        return MAX_PLACES
    if not decimal and places is not None:
        run.collector.add(at, f"{_NOUNS[values['type']]} has no `places`", "take it out", key=True)
    elif places is not None and not 0 <= places <= MAX_PLACES:
        run.collector.add(at, f"`places` must be from 0 to {MAX_PLACES}")
    return min(max(places or 0, 0), MAX_PLACES)


def _read(one: Dated, kind: str, places: int, run: Run) -> Dated:
    """Return a value in the one spelling that its number has; keep a fault for what is none."""
    leaf = one.leaf
    if _SHAPES[kind].read(leaf, run) is None or not run.collector.is_intact(leaf.path):
        return one
    if kind == "decimal":
        steps = decimal_steps(str(leaf), places)
        if steps is None:
            message = f"`is` must be a number with at most {places} decimal places"
            run.collector.add(leaf.path, message)
            return one
        leaf = ScalarNode(decimal_text(steps, places), leaf.path)
    return replace(one, leaf=leaf)


def _turns(name: str, dated: Iterable[Dated], run: Run) -> Iterator[Dated]:
    """Yield values that end where the next of their variant begins; keep a fault for overlaps."""
    by_variant = sorted(dated, key=lambda one: (one.variant or "", one.first))
    for _, some in groupby(by_variant, key=lambda one: one.variant):
        own = list(some)
        for one, other in pairwise(own):
            if one.first == other.first or (one.last != LAST and other.first <= one.last):
                place = run.collector.place(one.path)
                hint = f"the other is at line {place.line}, column {place.column}"
                days = span(date.fromordinal(other.first), date.max)
                run.collector.add(other.path, f"`{name}` has two values {days}", hint)
            yield replace(one, last=min(one.last, other.first - 1))
        yield own[-1]


TABLE = shapes.table(ParameterEntry)

PARAMETERS = shapes.Shape(lambda _, run: run.numbers.parameters, TABLE.schema, (), ())
"""The section of parameters, which `take_numbers` has read: other sections depend on it."""


# Which numbers are taken


def take_numbers(root: MappingNode, run: Run, asked: Asked) -> None:
    """Read which parameters there are, and take the numbers of the instance that is asked for.

    What is wrong goes to the collector: a day on which a parameter has no value, two values at
    once, and a day or a variant that is not asked for, where it makes a difference.
    """
    numbers, collector = run.numbers, run.collector
    for section, node in root.items():
        if section == "variants":
            numbers.variants = shapes.NAMES.read(node, run)
    _check_variants(root, run, asked)
    if "parameters" not in root:
        return
    declared: Parameters = TABLE.read(root["parameters"], run)
    numbers.values = dict.fromkeys(declared)
    first, last = valid_days(root, run)
    sections = (
        ("parameters",),
        ("variants",),
        ("ruleset", "valid_from"),
        ("ruleset", "valid_until"),
    )
    if last < first or not all(map(collector.is_intact, sections)):
        return
    cuts = _cuts(declared, first, last)
    _check_holes(declared, cuts, last, run)
    if not collector.is_intact(("parameters",)):
        return
    numbers.every = tuple(
        one
        for variant in numbers.variants or (None,)
        for one in _instances(declared, cuts, last, variant)
    )
    if (chosen := _chosen(run, asked)) is not None:
        day = max(first, _day(chosen.since))
        numbers.instance = chosen
        numbers.values = {name: one.on(day, chosen.variant) for name, one in declared.items()}
        numbers.periods = {
            name: tuple(_periods(one, cuts, last, chosen.variant)) for name, one in declared.items()
        }
        numbers.parameters = tuple(_as_parts(declared, run))


def _as_parts(declared: Parameters, run: Run) -> Iterator[model.Parameter]:
    """Yield the parameters as parts of the rule set: each with the number of its instance."""
    # Each has one: a day without a number is a fault, and then there is no instance.
    for name, number in cast("Mapping[str, Number]", run.numbers.values).items():
        one, place = declared[name], run.collector.place(("parameters", name), key=True)
        yield model.Parameter(name, one.label, one.grounds, number.value, place=place)


def _check_variants(root: MappingNode, run: Run, asked: Asked) -> None:
    """Keep a fault for a variant that appears twice, is none, or is asked for in vain."""
    known, at = run.numbers.variants, ("variants",)
    for number, variant in enumerate(known):
        if variant in known[:number]:
            run.collector.add((*at, number), f"{quote(variant)} appears twice", "take one out")
    if known and "parameters" not in root:
        run.collector.add(at, "`variants` differ in parameters, and there are none", key=True)
    if asked.variant is not None and asked.variant not in known:
        there = "there are " + ", ".join(map(quote, known))
        other = there if known else "leave out `variant`, or `--variant V`"
        hint = did_you_mean(asked.variant, known, other)
        run.collector.report(run.collector.place(at), f"{quote(asked.variant)} is no variant", hint)


def valid_days(root: MappingNode, run: Run) -> tuple[int, int]:
    """Return the first and last day on which the rule set may be used."""
    header = root.get("ruleset")
    ends = [None, None]
    if isinstance(header, MappingNode):
        keys = ("valid_from", "valid_until")
        ends = [shapes.DAY.read(header[key], run) if key in header else None for key in keys]
    first, last = ends
    return (_day(first) if first else FIRST), (_day(last) if last else LAST)


def _day(day: date | None) -> int:
    return FIRST if day is None else day.toordinal()


def _cuts(declared: Parameters, first: int, last: int) -> list[int]:
    """Return the days on which some value may begin to hold, or another may."""
    dated = [one for parameter in declared.values() for one in parameter.values]
    days = {first, *(one.first for one in dated), *(one.last + 1 for one in dated)}
    return sorted(day for day in days if first <= day <= last)


def _runs(days: Sequence[int], last: int, of: Any) -> Iterator[tuple[Any, int, int]]:
    """Yield what holds from each day on, with the first and last day; neighbours alike are one."""
    ends = [*(day - 1 for day in days[1:]), last]
    for what, some in groupby(zip(days, ends, strict=True), key=lambda one: of(one[0])):
        period = list(some)
        yield what, period[0][0], period[-1][1]


def _check_holes(declared: Parameters, days: Sequence[int], last: int, run: Run) -> None:
    """Keep a fault for each time in which a parameter has no value; of which variants, if some."""
    variants = run.numbers.variants or (None,)
    for name, parameter in declared.items():

        def lacking(day: int, one: Declared = parameter) -> list[str | None]:
            return [variant for variant in variants if one.on(day, variant) is None]

        for without, since, until in _runs(days, last, lacking):
            if without:
                named = ", ".join(map(quote, without)) if len(without) < len(variants) else ""
                held = span(date.fromordinal(since), date.fromordinal(until))
                message = f"`{name}` has no value {held}" + (f" for {named}" if named else "")
                hint = "say it, or say when the rules are valid: `valid_from`, `valid_until`"
                run.collector.add(("parameters", name, "values"), message, hint, key=True)


def _instances(
    declared: Parameters, days: Sequence[int], last: int, variant: str | None
) -> Iterator[Instance]:
    """Yield the instances of a variant: each as long as no number changes."""

    def held(day: int) -> list[Number | None]:
        return [one.on(day, variant) for one in declared.values()]

    for _, since, until in _runs(days, last, held):
        yield Instance.of_days(since, until, variant)


def _periods(
    one: Declared, days: Sequence[int], last: int, variant: str | None
) -> Iterator[tuple[Instance, domains.Value]]:
    """Yield what a parameter is for a variant, each time as long as it stays so."""
    runs = _runs(days, last, lambda day: one.on(day, variant))
    yield from (
        (Instance.of_days(since, until, variant), number.value)
        for number, since, until in runs
        if number is not None
    )


def _chosen(run: Run, asked: Asked) -> Instance | None:
    """Return the instance that is asked for; None, with a fault, if more are left."""
    numbers = run.numbers
    of = [one for one in numbers.every if asked.variant in (None, one.variant)]
    # A day outside the time in which the rules are valid is told by whoever looks at that.
    day = asked.day
    left = [one for one in of if day is None or one.holds(day)] or of
    if asked.whichever or len(left) == 1 or not left:
        return left[0] if left else None
    place = run.collector.place(("parameters",), key=True)
    if asked.variant is None and numbers.variants:
        named = ", ".join(map(quote, numbers.variants))
        hint = "ask for one with `variant`, or `--variant V`"
        run.collector.report(place, f"the rules have the variants {named}", hint)
    _, *later = sorted({one.since or date.min for one in left})
    if day is None and later:
        days = ", ".join(map(str, later))
        hint = "ask for a day with `as_of`, or `--as-of DAY`"
        run.collector.report(place, f"the numbers of the rules change on {days}", hint)
    return None
