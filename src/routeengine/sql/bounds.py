"""Bounds where a diagram is too large for a statement: strong Kleene logic, in SQL.

A truth is a number: NO, OPEN or YES. What is settled here is certain; what is not, is left
open. Where every fact is known nothing is open, so that such a row has its exact answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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
    StatusIs,
)
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.settling import (
    NOT_APPLICABLE,
    FullVerdict,
    Target,
    beaten_by,
    settle,
    target,
)
from routeengine.sql.expressions import (
    Sql,
    among,
    at_least,
    at_most,
    both,
    choose,
    column,
    differs,
    either,
    equals,
    greatest,
    least,
    minus,
    number,
    plus,
    union,
)
from routeengine.sql.features import Feature, Words, features_of
from routeengine.sql.inputs import UNKNOWN
from routeengine.sql.plan import Plan
from routeengine.symbolic.cells import Cells

__all__ = ["OPEN", "YES", "Bounded", "Bounds"]

NO, OPEN, YES = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Bounded:
    """A decision in bounds: its features, and the column that says whether all is settled."""

    words: Words
    settled: str
    wins: Mapping[str, str]


class Bounds:
    """The truths of conditions and decisions as columns of a plan, each once.

    `cells` names, per fact, the column with its cell.
    """

    def __init__(
        self, ruleset: RuleSet, cells: Cells, plan: Plan, names: Mapping[str, str]
    ) -> None:
        self.ruleset = ruleset
        self.cells = cells
        self.plan = plan
        self.names = names
        self._truths: dict[Condition, str] = {}
        self._decisions: dict[str, Bounded] = {}

    def truth(self, condition: Condition) -> str:
        """Give the column with the truth of a condition."""
        known = self._truths.get(condition)
        if known is None:
            sql, needs = self._truth(condition)
            known = self.plan.define(self._name("truth"), sql, needs)
            self._truths[condition] = known
        return known

    def _name(self, what: str) -> str:
        return f"{what}_{len(self.plan)}"

    def _truth(self, condition: Condition) -> tuple[Sql, Sequence[str]]:
        match condition:
            case FactIs(fact=fact, allowed=allowed):
                return self._fact(fact, allowed)
            case CriterionIs(criterion=name):
                needs = [self.truth(self.ruleset.criterion[name].when)]
                return column(needs[0]), needs
            case Not(part=part):
                needs = [self.truth(part)]
                return minus(YES, column(needs[0])), needs
            case All(parts=parts):
                needs = [self.truth(part) for part in parts]
                return least([number(YES), *map(column, needs)]), needs
            case Any(parts=parts):
                needs = [self.truth(part) for part in parts]
                return greatest([number(NO), *map(column, needs)]), needs
            case AtLeast(count=count, parts=parts):
                return self._counted(parts, count, len(parts))
            case Exactly(count=count, parts=parts):
                return self._counted(parts, count, count)
            case OutcomeIs(decision=name, outcomes=keys):
                return self._keys(name, keys)
            case StatusIs(decision=name, statuses=statuses):
                decided = [one.id for one in self.ruleset.decision[name].outcomes]
                keys = tuple(decided) if "decided" in statuses else ()
                return self._keys(name, (*keys, *statuses))
            case _:  # RuleIs
                wins = self.decision(condition.decision).wins
                needs = [wins[rule] for rule in condition.rules]
                return greatest([number(NO), *map(column, needs)]), needs

    def _fact(self, fact: str, allowed: int) -> tuple[Sql, Sequence[str]]:
        cells = self.cells.of[fact]
        inside = [n for n, cell in enumerate(cells) if cell & allowed]
        if len(inside) in (0, len(cells)):
            return number(YES if inside else NO), ()
        name = self.names[fact]
        unknown = (equals(column(name), number(UNKNOWN)), number(OPEN))
        known = (among(lambda: column(name), inside), number(YES))
        return choose([unknown, known], number(NO)), [name]

    def _counted(
        self, parts: Sequence[Condition], low: int, high: int
    ) -> tuple[Sql, Sequence[str]]:
        names = [self.truth(part) for part in parts]
        sure, maybe = self._sum(names, YES), self._sum(names, OPEN)
        inside = [at_least(column(sure), low), at_most(column(maybe), high)]
        outside = [at_most(column(maybe), low - 1), at_least(column(sure), high + 1)]
        cases = [(both(inside), number(YES)), (either(outside), number(NO))]
        return choose(cases, number(OPEN)), [sure, maybe]

    def _sum(self, names: Sequence[str], truth: int) -> str:
        """Count the truths that are at least this one."""
        ones = [choose([(at_least(column(n), truth), number(1))], number(0)) for n in names]
        return self.plan.define(self._name("count"), plus([number(0), *ones]), names)

    def _keys(self, name: str, keys: Iterable[str]) -> tuple[Sql, Sequence[str]]:
        words = self.decision(name).words
        wanted = [one for one in words.of("key") if one.name in set(keys)]
        others = [one for one in words.of("key") if one not in wanted]
        if not wanted or not others:
            return number(YES if wanted else NO), ()
        cases = [(words.none(others), number(YES)), (words.none(wanted), number(NO))]
        return choose(cases, number(OPEN)), words.names

    def decision(self, name: str) -> Bounded:
        """Plan what a decision can come to, whatever the constraints exclude."""
        if name not in self._decisions:
            self._decisions[name] = self._bounded(self.ruleset.decision[name])
        return self._decisions[name]

    def _bounded(self, decision: Decision) -> Bounded:
        when = decision.applies_when
        applies = self.truth(All(()) if when is None else when)
        wins = self._wins(decision, applies)
        reach = self._reach(decision, wins)
        # Each piece is a column, and what a completion may say where that column is not 0.
        pieces = [(win, [Feature("rule", rule)]) for rule, win in wins.items()]
        if when is not None:
            pieces.append((self._flag([at_most(column(applies), OPEN)], [applies]), [*_NOWHERE]))
        if all(rule.when is not None for rule in decision.rules):
            none = [at_most(column(name), OPEN) for name in wins.values()]
            gap = self._flag([differs(column(applies), NO), *none], [applies, *wins.values()])
            pieces.append((gap, [*features_of(settle(decision, ()))]))
        pieces += self._targets(decision, reach)
        words = Words(self._name("bounds"), (one for _, said in pieces for one in said))
        for word, name in enumerate(words.names):
            masks = [(column(flag), words.mask(word, said)) for flag, said in pieces]
            parts = [choose([(differs(flag, 0), number(m))], number(0)) for flag, m in masks if m]
            self.plan.define(name, union(parts), [flag for flag, _ in pieces])
        settled = self._flag([differs(column(win), OPEN) for win in wins.values()], wins.values())
        return Bounded(words, settled, wins)

    def _flag(self, conditions: Sequence[Sql], needs: Iterable[str]) -> str:
        """Plan a column that is 1 where all the conditions hold, and 0 elsewhere."""
        sql = choose([(both(conditions), number(1))], number(0)) if conditions else number(1)
        return self.plan.define(self._name("flag"), sql, needs)

    def _wins(self, decision: Decision, applies: str) -> dict[str, str]:
        """Plan, per rule, whether it is among the winners."""
        truths = {r.id: self.truth(r.when) for r in decision.rules if r.when is not None}
        beaten = beaten_by(decision)
        wins = {}
        for rule in decision.rules:
            own = [applies] if rule.when is None else [applies, truths[rule.id]]
            others = truths if rule.when is None else beaten[rule.id] & truths.keys()
            against = [truths[other] for other in sorted(others)]
            sql = least([*map(column, own), *(minus(YES, column(name)) for name in against)])
            wins[rule.id] = self.plan.define(self._name("wins"), sql, [*own, *against])
        return wins

    def _reach(self, decision: Decision, wins: Mapping[str, str]) -> dict[Target, str]:
        """Plan, per target, whether a winner leads there."""
        leading: dict[Target, list[str]] = {}
        for rule in decision.rules:
            leading.setdefault(target(rule), []).append(wins[rule.id])
        return {
            one: self.plan.define(self._name("reach"), greatest([*map(column, names)]), names)
            for one, names in leading.items()
        }

    def _targets(
        self, decision: Decision, reach: Mapping[Target, str]
    ) -> Iterator[tuple[str, list[Feature]]]:
        """Yield where one target alone can be reached, and where several can."""
        first = {target(rule): rule for rule in reversed(decision.rules)}
        for one, name in reach.items():
            others = [other for other in reach.values() if other != name]
            alone = [differs(column(name), NO), *(at_most(column(o), OPEN) for o in others)]
            said = features_of(settle(decision, [first[one].id]))
            flag = self._flag(alone, reach.values())
            yield flag, [feature for feature in said if feature.kind != "rule"]
            candidates = one if isinstance(one, tuple) else (one,)
            yield name, [Feature("candidate", candidate) for candidate in candidates]
        if len(reach) > 1:
            several = at_least(plus([_is_open_or_yes(name) for name in reach.values()]), 2)
            yield self._flag([several], reach.values()), [*features_of(_OVERLAP)]


_NOWHERE = tuple(features_of(NOT_APPLICABLE))
_OVERLAP = FullVerdict("review", reason="overlap")


def _is_open_or_yes(name: str) -> Sql:
    return choose([(differs(column(name), NO), number(1))], number(0))
