"""What a score comes to for one client: from how much to how much, what is open, what is lacking.

Parts that compare one and the same fact go together: of brackets of an income one holds, so that
two of them never add up. All else is counted part by part. So the range is never too narrow; it may
be too wide where parts say the same of a client in other ways, or a constraint ties them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from typing import NamedTuple, TypeAlias

from routeengine.explanation.parts import PointsNode
from routeengine.explanation.phrases import Phrases
from routeengine.explanation.plan import ConditionSite
from routeengine.ruleset.conditions import Condition, FactIs, Not, ScoreIs
from routeengine.truth import Truth
from routeengine.value_set import ValueSet

MOST_PARTS = 3
"""Facts, or parts, that a set that closes the lack has at most: more is no advice."""

MOST_SETS = 5
"""Such sets that are named."""

MOST_TRIED = 2_000
"""Combinations that are tried for each size of them."""


class Option(NamedTuple):
    """One way in which parts that belong together can come out: which hold, worth how much."""

    holds: frozenset[int]
    total: int
    possible: bool


Item: TypeAlias = list[Option]
"""All ways in which the parts on one fact can come out, or one part by itself."""


class Scoring:
    """One condition on a score, for one client.

    `truths` are those of its parts, `truth` is its own, and `values` what each fact can still be.
    """

    def __init__(
        self,
        phrases: Phrases,
        score: ScoreIs,
        site: ConditionSite,
        truth: Truth,
        truths: Sequence[Truth],
        values: Mapping[str, ValueSet],
    ) -> None:
        self._phrases, self._site, self._score = phrases, site, score
        self._truth, self._truths, self._values = truth, truths, values
        self._items = list(self._grouped())
        possible = [[one.total for one in item if one.possible] for item in self._items]
        self.least = sum(map(min, possible))
        self.most = sum(map(max, possible))
        self._keep_to_the_truth()

    def _grouped(self) -> Iterator[Item]:
        """Yield the parts that compare one fact together, and each other one alone."""
        by_fact: dict[str, dict[int, ValueSet]] = {}
        for number, (part, truth) in enumerate(zip(self._site.parts, self._truths, strict=True)):
            compared = self._compared(part.condition)
            if compared is not None:
                fact, allowed = compared
                by_fact.setdefault(fact, {})[number] = allowed
            else:
                worth = self._site.worths[number]
                yield [
                    Option(frozenset(), 0, truth is not Truth.TRUE),
                    Option(frozenset({number}), worth, truth is not Truth.FALSE),
                ]
        for fact, numbers in by_fact.items():
            yield list(self._alike(fact, numbers))

    def _compared(self, condition: Condition) -> tuple[str, ValueSet] | None:
        """Return the fact that a condition compares, and the values for which it holds."""
        match condition:
            case FactIs(fact, allowed):
                return fact, allowed
            case Not(FactIs(fact, allowed)):
                return fact, self._phrases.ruleset.fact[fact].domain.full - allowed
            case _:
                return None

    def _alike(self, fact: str, numbers: Mapping[int, ValueSet]) -> Iterator[Option]:
        """Yield one option for each group of values that no part tells apart."""
        groups = [self._phrases.ruleset.fact[fact].domain.full]
        for allowed in numbers.values():
            both = [(group & allowed, group - allowed) for group in groups]
            groups = [group for pair in both for group in pair if group]
        for group in groups:
            holds = frozenset(n for n, allowed in numbers.items() if group & allowed)
            total = sum(self._site.worths[number] for number in holds)
            yield Option(holds, total, bool(group & self._values[fact]))

    def _keep_to_the_truth(self) -> None:
        """Narrow the range by what is known of the bounds: that is exact, and the range is not."""
        low, high = self._score.low, self._score.high
        if self._truth is Truth.TRUE:
            self.least = self.least if low is None else max(self.least, low)
            self.most = self.most if high is None else min(self.most, high)
        elif self._truth is Truth.FALSE and high is None and low is not None:
            self.most = min(self.most, low - 1)
        elif self._truth is Truth.FALSE and low is None and high is not None:
            self.least = max(self.least, high + 1)

    @property
    def lack(self) -> int:
        """How many points there are too few, or below 0 too many; 0 if neither is sure."""
        low, high = self._score.low, self._score.high
        if low is not None and self.most < low:
            return low - self.most
        return high - self.least if high is not None and self.least > high else 0

    def closing(self) -> list[tuple[int, ...]]:
        """Return the smallest sets of parts that would close the lack, all else as it is.

        Parts are told by number, from 0 on. What constraints say of them is not looked at.
        """
        if not self.lack:
            return []
        sign = 1 if self.lack > 0 else -1
        every = [list(_steps(item, sign, self._site)) for item in self._items]
        steps = [some for some in every if some]
        # With what helps most of each it is seen how many are needed at least.
        best = sorted([max(gain for gain, _ in some) for some in steps], reverse=True)
        size = next((n for n in range(len(best) + 1) if sum(best[:n]) >= abs(self.lack)), 0)
        if not 0 < size <= MOST_PARTS:
            return []
        found: dict[tuple[int, ...], None] = {}
        for several in islice(combinations(steps, size), MOST_TRIED):
            for chosen in product(*several):
                gain = sum(one for one, _ in chosen)
                if self._enough(sign * gain):
                    found[tuple(sorted({n for _, parts in chosen for n in parts}))] = None
        return list(found)[:MOST_SETS]

    def _enough(self, gain: int) -> bool:
        """Return whether so many points more would bring the score within its bounds."""
        low, high = self._score.low, self._score.high
        at = (self.most if gain > 0 else self.least) + gain
        return (low is None or low <= at) and (high is None or at <= high)

    def node(self) -> PointsNode:
        """Return all of it, with its words."""
        closing = self.closing()
        return PointsNode(
            least=self.least,
            most=self.most,
            low=self._score.low,
            high=self._score.high,
            worths=self._site.worths,
            words=self._stands(),
            more=tuple(self._more(closing)),
            closing=tuple([tuple([number + 1 for number in some]) for some in closing]),
        )

    def _stands(self) -> str:
        wording, score = self._phrases.wording, self._score
        return wording.score["stands"].format(
            label=self._phrases.say(self._phrases.ruleset.score[score.score].label),
            sum=wording.points_between(self.least, self.most),
            asked=wording.numbers_between(score.low, score.high),
        )

    def _more(self, closing: Sequence[tuple[int, ...]]) -> Iterator[str]:
        """Yield what is still open, or else what is lacking and what would be enough."""
        words, lack = self._phrases.wording, self.lack
        # What is lacking is counted from the best that what is open can come to.
        best = "" if self.least == self.most else "_open"
        open_ = [n for n, truth in enumerate(self._truths) if truth is Truth.OPEN]
        if self._truth is Truth.OPEN and open_:
            yield words.score["open"].format(parts="; ".join(map(self._part, open_)))
        if lack:
            points = words.some_points(abs(lack))
            yield words.score[f"{'short' if lack > 0 else 'over'}{best}"].format(points=points)
        if closing:
            sets = [words.both([self._turned(number) for number in some]) for some in closing]
            yield words.score[f"enough{best}"].format(sets=f"; {words.or_} ".join(sets))

    def _part(self, number: int) -> str:
        """Name a part with what it is worth."""
        text, worth = self._site.parts[number].blank.text, self._site.worths[number]
        return self._phrases.wording.worth(text, worth)

    def _turned(self, number: int) -> str:
        """Name what would be so if a part were otherwise, with what that is worth."""
        if (self._site.worths[number] > 0) == (self.lack > 0):
            return self._part(number)
        denied = self._phrases.condition(self._site.parts[number].condition, denied=True)
        return self._phrases.wording.worth(denied, -self._site.worths[number])


def _steps(item: Item, sign: int, site: ConditionSite) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield how the parts of an item could come out better than they can now.

    That is by how many points, and which parts would be otherwise.
    """
    now = max((one for one in item if one.possible), key=lambda one: sign * one.total)
    for one in item:
        gain = sign * (one.total - now.total)
        turned = [
            number
            for number in sorted(one.holds ^ now.holds)
            if (site.worths[number] * sign > 0) == (number in one.holds)
        ]
        if gain > 0:
            yield gain, tuple(turned)
