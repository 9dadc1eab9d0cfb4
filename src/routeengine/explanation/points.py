"""What a score comes to for one client: from how much to how much, what is open, what is lacking.

Parts that compare one and the same fact go together: of brackets of an income one holds, so that
two of them never add up. All else is counted part by part. So the range is never too narrow; it may
be too wide where parts say the same of a client in other ways, or a constraint ties them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from routeengine.explanation.enough import Step, Steps
from routeengine.explanation.parts import PointsNode
from routeengine.explanation.plan import ConditionSite, Plan
from routeengine.ruleset.conditions import ScoreIs
from routeengine.truth import Truth
from routeengine.value_set import ValueSet


class Scoring:
    """One condition on a score, for one client.

    `truths` are those of its parts, `truth` is its own, and `values` what each fact can still be.
    """

    def __init__(
        self,
        plan: Plan,
        score: ScoreIs,
        site: ConditionSite,
        truth: Truth,
        truths: Sequence[Truth],
        values: Mapping[str, ValueSet],
    ) -> None:
        self._phrases, self._site, self._score = plan.phrases, site, score
        self._truth, self._truths = truth, truths
        self._steps = Steps(plan, site, truths, values)
        self.least, self.most = self._steps.range()
        self._keep_to_the_truth()

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

    def node(self) -> PointsNode:
        """Return all of it, with its words."""
        lack = self.lack
        sure = self._steps.enough(self._score, lack > 0) if lack else []
        maybe = self._steps.maybe_enough(self._score, lack > 0) if lack and not sure else []
        changed = [{number + 1 for one in some for number in one.parts} for some in sure or maybe]
        return PointsNode(
            least=self.least,
            most=self.most,
            low=self._score.low,
            high=self._score.high,
            worths=self._site.worths,
            words=self._stands(),
            more=(*self._more(), *self._sets("enough", sure), *self._sets("enough_open", maybe)),
            closing=tuple([tuple(sorted(some)) for some in changed]),
        )

    def _stands(self) -> str:
        wording, score = self._phrases.wording, self._score
        return wording.score["stands"].format(
            label=self._phrases.say(self._phrases.ruleset.score[score.score].label),
            sum=wording.points_between(self.least, self.most),
            asked=wording.numbers_between(score.low, score.high),
        )

    def _more(self) -> Iterator[str]:
        """Yield what is still open, or else what is lacking."""
        words, lack = self._phrases.wording, self.lack
        # What is lacking is counted from the best that what is open can come to.
        best = "" if self.least == self.most else "_open"
        open_ = [n for n, truth in enumerate(self._truths) if truth is Truth.OPEN]
        if self._truth is Truth.OPEN and open_:
            yield words.score["open"].format(parts="; ".join(map(self._part, open_)))
        if lack:
            points = words.some_points(abs(lack))
            yield words.score[f"{'short' if lack > 0 else 'over'}{best}"].format(points=points)

    def _sets(self, template: str, every: Sequence[Sequence[Step]]) -> Iterator[str]:
        """Yield what would be enough, each step with what it adds."""
        words = self._phrases.wording
        if every:
            sets = [words.both([words.worth(one.text, one.gain) for one in some]) for some in every]
            yield words.score[template].format(sets=f"; {words.or_} ".join(sets))

    def _part(self, number: int) -> str:
        """Name a part with what it is worth."""
        text, worth = self._site.parts[number].blank.text, self._site.worths[number]
        return self._phrases.wording.worth(text, worth)
