"""What would be enough to bring a score within its bounds, in points alone.

Each step sets one fact, or one part that shares no fact with any other, and is counted from where
the client is. Steps of one set have no part of the score in common, so that what they add adds up;
and a set is named only if the score is then within its bounds whatever is still open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, combinations, islice, product
from typing import NamedTuple, TypeAlias

from routeengine.explanation.plan import ConditionSite, Plan
from routeengine.ruleset.conditions import Condition, FactIs, Not, ScoreIs
from routeengine.ruleset.dependencies import ScoreGroup
from routeengine.symbolic.bounds import Bounds
from routeengine.truth import Truth, range_truth, sum_range
from routeengine.value_set import ValueSet

MOST_STEPS = 3
"""Steps that a set has at most: more is no advice."""

MOST_SETS = 5
"""Such sets that are named."""

MOST_TRIED = 10_000
"""Sets that are tried for each size of them."""

TruthOf: TypeAlias = Callable[[int], Truth]
"""Returns the truth of the part with this number."""

Turn: TypeAlias = tuple[int, Condition, tuple[int, ...]]
"""What some parts are worth together if a condition holds, and which of them that changes."""

NO_VALUES = ValueSet.of(())


class Step(NamedTuple):
    """One thing that would be otherwise, in words, with what that adds and which parts it changes.

    `condition` is what would hold. `least` and `most` are what it adds to the least and to the most
    that the score can come to; `gain` is what it adds for sure, below 0 where it takes away.
    """

    condition: Condition
    text: str
    parts: tuple[int, ...]
    gain: int
    least: int
    most: int


class Steps:
    """The steps of one client, for one condition on a score.

    `truths` are those of its parts, and `values` what each fact can still be.
    """

    def __init__(
        self,
        plan: Plan,
        site: ConditionSite,
        truths: Sequence[Truth],
        values: Mapping[str, ValueSet],
    ) -> None:
        self._plan, self._site, self._truths, self._values = plan, site, truths, values

    def range(self) -> tuple[int, int]:
        """Return the least and the most that the score can come to: never too narrow."""
        return self._range(range(len(self._truths)), self._values, self._truths.__getitem__)

    def _range(
        self, parts: Sequence[int], values: Mapping[str, ValueSet], truth_of: TruthOf
    ) -> tuple[int, int]:
        """Return the same of some parts, for these values.

        Parts that compare one and the same fact go together: of brackets of an income one holds.
        """
        apart, by_fact = [], dict[str, list[tuple[ValueSet, int]]]()
        for number in parts:
            worth, compared = self._site.worths[number], self._compared(number)
            if compared is None:
                apart.append((truth_of(number), worth))
            else:
                by_fact.setdefault(compared[0], []).append((compared[1], worth))
        ranges = [sum_range(apart)]
        for fact, brackets in by_fact.items():
            groups = [(values[fact], 0)]
            for allowed, worth in brackets:
                groups = [
                    (some, total + added)
                    for group, total in groups
                    for some, added in ((group & allowed, worth), (group - allowed, 0))
                    if some
                ]
            totals = [total for _, total in groups]
            ranges.append((min(totals), max(totals)))
        return sum(least for least, _ in ranges), sum(most for _, most in ranges)

    def _compared(self, number: int) -> tuple[str, ValueSet] | None:
        """Return the fact that a part compares, and the values for which it holds."""
        match self._site.parts[number].condition:
            case FactIs(fact, allowed):
                return fact, allowed
            case Not(FactIs(fact, allowed)):
                return fact, self._plan.ruleset.fact[fact].domain.full - allowed
            case _:
                return None

    def enough(self, score: ScoreIs, upward: bool) -> list[tuple[Step, ...]]:
        """Return the smallest sets of steps after which the bounds hold for sure, up to five.

        None is returned if more than three steps are needed, or too many are to be tried.
        """
        return self._sets(score, upward, (Truth.TRUE,))

    def maybe_enough(self, score: ScoreIs, upward: bool) -> list[tuple[Step, ...]]:
        """Return the same of those after which the bounds may hold, by what is still open."""
        return self._sets(score, upward, (Truth.TRUE, Truth.OPEN))

    def _sets(
        self, score: ScoreIs, upward: bool, wanted: Sequence[Truth]
    ) -> list[tuple[Step, ...]]:
        least, most = self.range()
        groups = [list(self._of_group(one, upward)) for one in self._plan.score_groups[score.score]]
        steps = [some for some in groups if some]
        for size in range(1, MOST_STEPS + 1):
            several = combinations(steps, size)
            sets = chain.from_iterable(product(*some) for some in several)
            found = (
                some
                for some in islice(sets, MOST_TRIED)
                if range_truth(
                    least + sum(step.least for step in some),
                    most + sum(step.most for step in some),
                    score.low,
                    score.high,
                )
                in wanted
            )
            if named := list(islice(found, MOST_SETS)):
                return named
        return []

    def _of_group(self, group: ScoreGroup, upward: bool) -> Iterator[Step]:
        """Yield the steps that help, of parts that share facts."""
        least, most = self._range(group.parts, self._values, self._truths.__getitem__)
        for total, condition, parts in self._otherwise(group):
            gain = total - (most if upward else least)
            if (gain > 0) if upward else (gain < 0):
                text = self._text(group, condition)
                yield Step(condition, text, parts, gain, total - least, total - most)

    def _otherwise(self, group: ScoreGroup) -> Iterator[Turn]:
        """Yield what could be so of a group, and what it is worth then."""
        if len(group.parts) == 1 and len(group.facts) > 1:
            (number,) = group.parts
            condition, worth = self._site.parts[number].condition, self._site.worths[number]
            yield from ((worth, condition, group.parts), (0, Not(condition), group.parts))
        else:
            for fact in group.facts:
                yield from self._with(group, fact)

    def _with(self, group: ScoreGroup, fact: str) -> Iterator[Turn]:
        """Yield the same for all values of one fact that the group tells apart."""
        plan, found = self._plan, dict[tuple[int, tuple[int, ...]], ValueSet]()
        for cell in plan.facts[fact].cells:
            values = {**self._values, fact: cell}
            bounds = Bounds(plan.ruleset, plan.ranks, values)
            truths = {n: bounds.truth(self._site.parts[n].condition) for n in group.parts}
            least, most = self._range(group.parts, values, truths.__getitem__)
            if least == most:
                parts = tuple([n for n, truth in truths.items() if truth is not self._truths[n]])
                found[least, parts] = found.get((least, parts), NO_VALUES) | cell
        for (total, parts), some in found.items():
            yield total, FactIs(fact, some), parts

    def _text(self, group: ScoreGroup, condition: Condition) -> str:
        """Return what would hold in words: in those of the part that says just that, if any."""
        if isinstance(condition, FactIs):
            for number in group.parts:
                if self._compared(number) == (condition.fact, condition.allowed):
                    return self._site.parts[number].blank.text
        return self._plan.phrases.condition(condition)
