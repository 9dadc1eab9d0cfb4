"""Where a mutant answers otherwise than the rules do, exactly, with a profile to show it.

And that profile in words: what is otherwise, and a case that would notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from textwrap import wrap
from typing import Any

from routeengine.bits import lowest
from routeengine.cases.files import CASE_FIELDS
from routeengine.engine import Engine
from routeengine.errors import BudgetError
from routeengine.lazy import cached_property
from routeengine.mutation.conditions import scalar
from routeengine.mutation.mutants import Mutant
from routeengine.profile import OneOf
from routeengine.result import Result, Status, Verdict
from routeengine.ruleset.dependencies import facts_of, facts_read
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic.conflicts import CellSet, smallest_clashes
from routeengine.symbolic.diagram import Node
from routeengine.verification.comparison import Comparison, RuleSetPair

MAX_COMBINATIONS = 50_000
"""Combinations of facts that are looked through for what would show a difference."""

WIDTH = 100

UNBROKEN = "\N{NO-BREAK SPACE}"

SHAPES: Mapping[Status, tuple[str, ...]] = {
    "decided": ("outcome", "rule"),
    "review": ("status", "reason", "rule", "candidates"),
    "insufficient": ("status", "possible", "missing"),
    "not_applicable": ("status",),
}
"""What tells verdicts of each status apart."""


@dataclass(frozen=True, slots=True, repr=False)
class Witness:
    """A made profile on which a mutant answers otherwise, and both answers.

    A fact that is left out of `profile` is unknown. That is so only where the two
    agree wherever all is known: then they differ in what they call a contradiction.
    """

    profile: Mapping[str, Value | OneOf]
    old: Result
    new: Result

    def __repr__(self) -> str:
        return f"Witness(old: {self.old!r}, new: {self.new!r})"


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no case notices, and a profile on which it answers otherwise."""

    mutant: Mutant
    witness: Witness


def differing(old: Result, new: Result) -> Iterator[tuple[str, object, object]]:
    """Yield what of two results differs, as a case could tell: the field, and both values.

    The order of `missing` is left aside: it depends on how values are grouped, and not on what
    the rules mean.
    """
    for decision, verdict in old.verdicts.items():
        other = new.verdicts[decision]
        for field in CASE_FIELDS:
            one, two = getattr(verdict, field), getattr(other, field)
            if one != two and (field != "missing" or set(one) != set(two)):
                yield f"{decision}.{field}", one, two
    for field in ("flags", "flags_possible"):
        one, two = getattr(old, field), getattr(new, field)
        if one != two:
            yield field, one, two


def witness_against(old: Engine, new: RuleSet) -> Witness | None:
    """Return a profile on which another rule set answers otherwise, or None if there is none.

    Both must have the same facts, decisions and flags. The profile is as ordinary as can
    be, and both have answered it before it is given.

    Raises RuleSetError if the constraints of the new one exclude every profile, and
    BudgetError if the two are too large to be compared.
    """
    return MutantComparison(old, Comparison(old.ruleset, rules=True), new).witness()


class MutantComparison:
    """A rule set beside another one; `comparison` is of the old one, winning rules with it."""

    def __init__(self, old: Engine, comparison: Comparison, new: RuleSet) -> None:
        self.old = old
        self.comparison = comparison
        self.new = new

    @cached_property
    def engine(self) -> Engine:
        """The engine of the new rule set; built when it is needed."""
        return Engine(self.new)

    def witness(self) -> Witness | None:
        """Return a profile that is answered otherwise, and both answers."""
        found = self.comparison.first_difference(self.new)
        if found is not None:
            shown = self.replayed(found.witness)
            if shown is not None:
                return shown
            # That just one of the two allows a profile need not show: if no decision reads a fact
            # of what contradicts itself there, all are answered the same.
            if found.kind != "possible":
                raise AssertionError("a witness does not show the difference: please report it")
        elif not self._reads_differ():
            return None
        edge = map(self.replayed, self._at_the_edge())
        return next((one for one in edge if one is not None), None)

    def replayed(self, profile: Mapping[str, Value | OneOf]) -> Witness | None:
        """Return both answers on a profile, or None if they are the same."""
        one, other = self.old.classify(profile), self.engine.classify(profile)
        return Witness(profile, one, other) if next(differing(one, other), None) else None

    # Where both answer alike whatever they allow, only contradictions can be told otherwise

    def _reads_differ(self) -> bool:
        old, new = self.old.ruleset, self.new
        return any(facts_read(old, name) != facts_read(new, name) for name in old.decision)

    def _at_the_edge(self) -> Iterator[dict[str, Any]]:
        """Yield profiles that would show it, if the two call other things a contradiction.

        They do so where their constraints allow other profiles, or where a decision reads
        other facts. A decision shows it on a minimal conflict, where nothing else is known, if
        it does at all: each is looked at with all else known, and alone. A flag can depend on what
        a constraint leaves open of an unknown fact, so there all that can be known is tried.
        """
        pair = self.comparison.pair(self.new)
        usual = {fact.id: fact.domain.value(0) for fact in pair.facts}
        conflicts = [
            {pair.order[at]: _lowest(pair, pair.order[at], cell) for at, cell in sorted(clash)}
            for tie in pair.couplings
            for held in tie.holds
            for clash in _clashes(pair, held)
        ]
        for conflict in conflicts:
            yield {**usual, **conflict}
            yield conflict
        for ruleset in (self.old.ruleset, self.new):
            for flag in ruleset.flags:
                if flag.when is not None:
                    yield from _states_about(pair, facts_of(ruleset, flag.when))


def _states_about(pair: RuleSetPair, facts: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Yield all that can be known of some facts, and of those that are tied to them.

    None if no constraint on them differs. Raises BudgetError if it is too much.
    """
    touched = [tie for tie in pair.couplings if tie.facts & facts]
    if all(tie.holds[0] == tie.holds[1] for tie in touched):
        return
    every = facts.union(*(tie.facts for tie in touched))
    order = [fact for fact in pair.order if fact in every]
    sizes = [len(pair.cells.of[fact]) for fact in order]
    if prod((1 << size) - 1 for size in sizes) > MAX_COMBINATIONS:
        raise BudgetError(f"more than {MAX_COMBINATIONS} states of what a flag hangs on")
    # Of finances in the cells none, mild and serious there are 7 states: 0b001 is none, 0b011 none
    # or mild, and 0b111 says nothing, so there the fact is left out.
    for chosen in product(*(range(1, 1 << size) for size in sizes)):
        known = zip(order, sizes, chosen, strict=True)
        yield {fact: _some(pair, fact, c) for fact, size, c in known if c != (1 << size) - 1}


def _some(pair: RuleSetPair, fact: str, cells: int) -> Value | OneOf:
    """Return what is known where a fact is in some of its cells."""
    values = [_lowest(pair, fact, n) for n in range(cells.bit_length()) if cells >> n & 1]
    return values[0] if len(values) == 1 else OneOf(values)


def _clashes(pair: RuleSetPair, held: Node) -> list[CellSet]:
    clashes = smallest_clashes(pair.diagram, held, MAX_COMBINATIONS)
    if clashes is None:
        raise BudgetError("too much cannot stand together to be looked through")
    return clashes


def _lowest(pair: RuleSetPair, fact: str, cell: int) -> Value:
    return pair.rulesets[0].fact[fact].domain.value(lowest(pair.cells.of[fact][cell]))


# In words


def pasted(ruleset: RuleSet, survivors: Sequence[Survivor]) -> str:
    """Return a case for each profile that tells surviving mutants from the rule set.

    What it expects is what the rule set answers now: whoever pastes it has to hold that
    against the policy. A fact that has to be unknown is null, whatever the defaults say.
    """
    together: dict[str, list[Witness]] = {}
    for survivor in survivors:
        together.setdefault(_facts(ruleset, survivor.witness), []).append(survivor.witness)
    lines = ["cases:"]
    for number, (facts, witnesses) in enumerate(together.items(), start=1):
        lines += [f"  missing_case_{number}:", *_wrapped(f"facts: {{{facts}}}"), "    expect:"]
        lines += [f"      {line}" for line in _expected(witnesses)]
    return "\n".join(lines)


def seen_otherwise(witness: Witness) -> str:
    """Return in a few words what the rules answer on the profile, and what the mutant does."""
    differences = []
    for decision, verdict in witness.old.verdicts.items():
        one, other = _in_short(verdict), _in_short(witness.new.verdicts[decision])
        if one != other:
            differences.append(f"{decision} is {one}, and would be {other}")
    if not differences:
        differences = [
            f"{name} is {_yaml(one)}, and would be {_yaml(two)}"
            for name, one, two in differing(witness.old, witness.new)
        ]
    return "; ".join(differences)


def _in_short(verdict: Verdict) -> str:
    by = verdict.rule or " or ".join(verdict.rules) or verdict.reason
    return (verdict.outcome or verdict.status) + (f" by {by}" if by else "")


def _yaml(value: Any) -> str:
    if isinstance(value, OneOf):
        return f"{{one_of: {_yaml(value.values)}}}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(scalar, value)) + "]"
    return "null" if value is None else scalar(value)


def _facts(ruleset: RuleSet, witness: Witness) -> str:
    # A fact and its value stay on one line.
    return ", ".join(
        f"{fact.id}:{UNBROKEN}{_yaml(witness.profile.get(fact.id))}" for fact in ruleset.facts
    )


def _wrapped(line: str) -> list[str]:
    indent = " " * 4
    lines = wrap(line, WIDTH, initial_indent=indent, subsequent_indent=indent * 2,
                 break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return [one.replace(UNBROKEN, " ") for one in lines]


def _expected(witnesses: Sequence[Witness]) -> Iterator[str]:
    """Yield what to expect where any of the mutants answers otherwise."""
    old = witnesses[0].old
    parts = {
        name.partition(".")[0] for one in witnesses for name, *_ in differing(one.old, one.new)
    }
    for decision, verdict in old.verdicts.items():
        if decision in parts:
            yield f"{scalar(decision)}: {{{', '.join(_fields(verdict))}}}"
    for field in ("flags", "flags_possible"):
        if field in parts:
            yield f"{field}: {_yaml(getattr(old, field))}"


def _fields(verdict: Verdict) -> Iterator[str]:
    for field in SHAPES[verdict.status]:
        yield f"{field}: {_yaml(getattr(verdict, field))}"
    if verdict.rule is None and verdict.rules:
        yield f"rules: {_yaml(verdict.rules)}"
    if verdict.conflict:
        yield f"conflict: {_yaml(verdict.conflict)}"
