"""Where a mutant answers otherwise than the rules do, exactly, with a profile to show it.

And that profile in words: what is otherwise, and a case that would notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from textwrap import wrap
from typing import Any

from routeengine.cases.files import CASE_FIELDS, FLAGS
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
from routeengine.symbolic.conflicts import smallest_clashes
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

    `old` is the answer of the rule set, and `new` that of the mutant. A fact that is left out of
    `profile` is unknown. That is so only where the two agree wherever all is known: then they
    differ in what they call a contradiction.
    """

    profile: Mapping[str, Value | OneOf]
    old: Result
    new: Result

    def __repr__(self) -> str:
        return f"Witness(old: {self.old!r}, new: {self.new!r})"


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no case notices, and a profile on which it answers otherwise.

    `mutant` and `witness` are these two.
    """

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
    for field in FLAGS:
        one, two = getattr(old, field), getattr(new, field)
        if one != two:
            yield field, one, two


def witness_against(old: Engine, new: RuleSet) -> Witness | None:
    """Return a profile on which another rule set answers otherwise, or None if there is none.

    Both must have the same facts, decisions and flags. The profile is as ordinary as can be, and
    both have answered it before it is returned. None is a proof that they answer alike.

    Raises UsageError for other facts, decisions or flags, RuleSetError if the constraints of the
    new one exclude every profile, and BudgetError if the two are too large to be compared.
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
            if (witness := self.answer_both(found.witness)) is not None:
                return witness
            # That just one of the two allows a profile need not show: if no decision reads a fact
            # of what contradicts itself there, all are answered the same.
            if found.kind != "possible":
                raise AssertionError("a witness does not show the difference: please report it")
        elif all(
            facts_read(self.old.ruleset, name) == facts_read(self.new, name)
            for name in self.new.decision
        ):
            return None
        # Both answer alike whatever they allow, so only contradictions can be told otherwise.
        return self.first_witness(self._profiles_at_the_edge())

    def first_witness(self, profiles: Iterable[Mapping[str, Value | OneOf]]) -> Witness | None:
        """Return the first of some profiles that is answered otherwise, and both answers."""
        return next(filter(None, map(self.answer_both, profiles)), None)

    def answer_both(self, profile: Mapping[str, Value | OneOf]) -> Witness | None:
        """Return both answers on a profile, or None if they are the same."""
        one, other = self.old.classify(profile), self.engine.classify(profile)
        return Witness(profile, one, other) if next(differing(one, other), None) else None

    def _profiles_at_the_edge(self) -> Iterator[dict[str, Any]]:
        """Yield profiles that would show it, if the two call other things a contradiction.

        They do so where their constraints allow other profiles, or where a decision reads
        other facts. A decision shows it on a minimal conflict, where nothing else is known, if
        it does at all: each is looked at with all else known, and alone. A flag can depend on what
        a constraint leaves open of an unknown fact, so there all that can be known is tried.
        """
        pair = self.comparison.pair(self.new)
        usual = {fact.id: fact.domain.value(0) for fact in pair.facts}
        for coupling in pair.couplings:
            for side in coupling.holds:
                clashes = smallest_clashes(pair.diagram, side, MAX_COMBINATIONS)
                if clashes is None:
                    raise BudgetError("too much cannot be true together to be looked through")
                for clash in clashes:
                    cells = {pair.order[level]: cell for level, cell in sorted(clash)}
                    conflict = {fact: _lowest(pair, fact, cell) for fact, cell in cells.items()}
                    yield {**usual, **conflict}
                    yield conflict
        for ruleset in pair.rulesets:
            for flag in ruleset.flags:
                if flag.when is not None:
                    yield from _states_about(pair, facts_of(ruleset, flag.when))


def _states_about(pair: RuleSetPair, facts: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Yield all that can be known of some facts, and of those that are tied to them.

    None if no constraint on them differs. Raises BudgetError if it is too much.
    """
    bearing = [coupling for coupling in pair.couplings if coupling.facts & facts]
    if all(coupling.holds[0] == coupling.holds[1] for coupling in bearing):
        return
    every = facts.union(*(coupling.facts for coupling in bearing))
    order = [fact for fact in pair.order if fact in every]
    sizes = [len(pair.cells.of[fact]) for fact in order]
    if prod((1 << size) - 1 for size in sizes) > MAX_COMBINATIONS:
        raise BudgetError(f"more than {MAX_COMBINATIONS} states of what a flag depends on")
    # Of finances in the cells none, mild and serious there are 7 states: 0b001 is none, 0b011 none
    # or mild, and 0b111 says nothing, so there the fact is left out.
    for chosen in product(*(range(1, 1 << size) for size in sizes)):
        known = zip(order, sizes, chosen, strict=True)
        yield {fact: _some(pair, fact, c) for fact, size, c in known if c != (1 << size) - 1}


def _some(pair: RuleSetPair, fact: str, cells: int) -> Value | OneOf:
    """Return what is known where a fact is in some of its cells."""
    values = [_lowest(pair, fact, n) for n in range(cells.bit_length()) if cells >> n & 1]
    return values[0] if len(values) == 1 else OneOf(values)


def _lowest(pair: RuleSetPair, fact: str, cell: int) -> Value:
    return pair.rulesets[0].fact[fact].domain.value(pair.cells.of[fact][cell].lowest)


# In words


def missing_cases(ruleset: RuleSet, survivors: Iterable[Survivor]) -> str:
    """Return a case for each profile that tells surviving mutants from the rule set.

    What it expects is what the rule set answers now: whoever pastes it has to hold that
    against the policy. A fact that has to be unknown is null, whatever the defaults say.
    """
    together: dict[str, list[Witness]] = {}
    for one in survivors:
        known = one.witness.profile
        # A fact and its value stay on one line.
        facts = [f"{fact.id}:{UNBROKEN}{_yaml(known.get(fact.id))}" for fact in ruleset.facts]
        together.setdefault(", ".join(facts), []).append(one.witness)
    lines = ["cases:"]
    for number, (line, witnesses) in enumerate(together.items(), start=1):
        lines += [f"  missing_case_{number}:", *_wrapped(f"facts: {{{line}}}"), "    expect:"]
        lines += [f"      {line}" for line in _expected(witnesses)]
    return "\n".join(lines)


def describe_difference(witness: Witness) -> str:
    """Return in a few words what the rules answer on the profile, and what the mutant does."""
    both = [
        (decision, _in_short(verdict), _in_short(witness.new.verdicts[decision]))
        for decision, verdict in witness.old.verdicts.items()
    ]
    differences = [one for one in both if one[1] != one[2]] or [
        (name, _yaml(one), _yaml(other)) for name, one, other in differing(witness.old, witness.new)
    ]
    return "; ".join(f"{name} is {one}, and would be {two}" for name, one, two in differences)


def _in_short(verdict: Verdict) -> str:
    by = verdict.rule or " or ".join(verdict.rules) or verdict.reason
    return (verdict.outcome or verdict.status) + (f" by {by}" if by else "")


def _yaml(value: Any) -> str:
    if isinstance(value, OneOf):
        return f"{{one_of: {_yaml(value.values)}}}"
    return f"[{', '.join(map(scalar, value))}]" if isinstance(value, tuple) else scalar(value)


def _wrapped(line: str) -> list[str]:
    indent = " " * 4
    lines = wrap(line, WIDTH, initial_indent=indent, subsequent_indent=indent * 2,
                 break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return [one.replace(UNBROKEN, " ") for one in lines]


def _expected(some: Sequence[Witness]) -> Iterator[str]:
    """Yield what to expect where any of the mutants answers otherwise."""
    old = some[0].old
    parts = {name.partition(".")[0] for one in some for name, *_ in differing(one.old, one.new)}
    for decision, verdict in old.verdicts.items():
        if decision in parts:
            fields = [*SHAPES[verdict.status]]
            fields += ["rules"] * (verdict.rule is None and bool(verdict.rules))
            fields += ["conflict"] * bool(verdict.conflict)
            texts = [f"{field}: {_yaml(getattr(verdict, field))}" for field in fields]
            yield f"{scalar(decision)}: {{{', '.join(texts)}}}"
    for field in FLAGS:
        if field in parts:
            yield f"{field}: {_yaml(getattr(old, field))}"
