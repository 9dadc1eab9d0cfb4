"""What is true for one client, and because of what.

Because: a subset-minimal set of known facts that by themselves force a verdict.

Defined on verdicts alone: from those facts, and nothing else, the same is
possible as from all that is known. Learning a fact never makes more possible, so a fact that
cannot be left out of a larger set cannot be left out of a smaller one either: greedy deletion
ends in a minimal set. An example, of a verdict that needs `p` and one of `q` and `r`:

    p q r    enough      leave out p: q r is not enough, so p stays
    p q r    enough      leave out q: p r is enough, so q goes
    p r      enough      leave out r: p is not enough, so r stays

That holds if the facts do not clash. For a contradiction the facts are those of a minimal
conflict; if others clash, those count as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from routeengine.executors.interface import Inspection
from routeengine.executors.summary import IsSufficient
from routeengine.explanation.plan import ConditionSite, Plan
from routeengine.profile import State
from routeengine.result import Verdict
from routeengine.ruleset import conditions
from routeengine.truth import Truth, quota_truth, range_truth, sum_range, value_truth
from routeengine.value_set import ValueSet


class ConditionTruths:
    """What is true of each condition for one client, on everything that is still possible.

    `values` are the values that each fact can still have. The executor is asked only about what
    neither the parts of a condition settle nor a verdict.
    """

    def __init__(
        self,
        values: Mapping[str, ValueSet],
        inspection: Inspection,
        verdicts: Mapping[str, Verdict],
    ) -> None:
        self._values = values
        self._inspection = inspection
        self._verdicts = verdicts
        # By the number of the condition: equal conditions are equally true.
        self._found: dict[int, Truth] = {}

    def of(self, site: ConditionSite) -> Truth:
        """Return the truth of the condition at a site."""
        truth = self._found.get(site.number)
        if truth is None:
            truth = self._found[site.number] = self._find(site)
        return truth

    def _find(self, site: ConditionSite) -> Truth:
        condition = site.condition
        if isinstance(condition, conditions.FactIs):
            return value_truth(self._values[condition.fact], condition.allowed)
        if not isinstance(condition, conditions.DecisionIs):
            settled = settle(site, list(map(self.of, site.parts)))
            if settled is not None:
                return settled
        elif not isinstance(condition, conditions.RuleIs):
            verdict = self._verdicts[condition.decision]
            # A contradiction is no answer on what is possible without the facts that clash.
            if verdict.reason != "contradiction":
                holds = [_meets(condition, key) for key in verdict.possible]
                return Truth.of(True in holds, False in holds)
        return self._inspection.truth(condition)


def settle(site: ConditionSite, truths: Sequence[Truth]) -> Truth | None:
    """Return the truth of a condition that follows from the truths of its parts, or None.

    Strong Kleene logic is right wherever it gives true or false. An open answer of it is right
    if just one part is open, or if the parts have nothing to do with each other: of `p` and
    `not p` both are open, and "all" of them is false.
    """
    # Problems in two or more of seven domains (at least 2, at most 7), where finances is one:
    #
    #     housing is one, five unknown    2 hold for certain        true
    #     housing unknown, five are none  1 holds, and 1 more may   open: one part decides it
    #     two unknown, four are none      1 holds, and 2 more may   open: they are independent
    #     six are none                    1 holds, and no other     false
    #
    # In `any: [rung at most 2, rung at least 3]` both parts are open and not independent, so
    # this does not tell: the inspection, which is exact, is asked.
    is_free = site.independent or truths.count(Truth.OPEN) == 1
    if isinstance(site.condition, conditions.ScoreIs):
        least, most = sum_range(zip(truths, site.worths, strict=True))
        return _settle_score(site.condition, is_free, least, most)
    truth = quota_truth(truths, len(truths), *site.quota)
    return truth if truth is not Truth.OPEN or is_free else None


def _settle_score(score: conditions.ScoreIs, is_free: bool, least: int, most: int) -> Truth | None:
    """Return whether a sum from `least` to `most` lies within bounds, if that follows.

    If the open parts can turn out in any combination (`is_free`), the sum can be at either end. So
    it is open if one end lies within bounds and the other does not. A sum in between need not be
    possible: of 5 points or none, "1 to 4" is false.
    """
    truth = range_truth(least, most, score.low, score.high)
    if truth is not Truth.OPEN:
        return truth
    return truth if is_free and (score.met_by(least) or score.met_by(most)) else None


def _meets(condition: conditions.OutcomeIs | conditions.StatusIs, key: str) -> bool:
    """Return whether a condition on a decision holds if that ends in this outcome or status."""
    if isinstance(condition, conditions.OutcomeIs):
        return key in condition.outcomes
    return (key if key in ("review", "not_applicable") else "decided") in condition.statuses


class SufficientReason:
    """Finds minimal sufficient facts for the verdicts of one client.

    A decision comes after those that it refers to: what forces their verdicts bears on it.
    """

    def __init__(
        self, plan: Plan, state: State, inspection: Inspection, truths: ConditionTruths
    ) -> None:
        self._plan = plan
        self._inspection = inspection
        self._truths = truths
        clashing = inspection.conflicts.union
        self._known = [
            fact.id
            for fact in plan.ruleset.facts
            if state[fact.id].allowed != fact.domain.full and fact.id not in clashing
        ]
        self._found: dict[str, tuple[str, ...]] = {}
        # By the number of the condition, as its truth is.
        self._supports: dict[int, frozenset[str]] = {}

    def find(self, verdict: Verdict) -> tuple[str, ...]:
        """Return the facts that force a verdict, in declared order."""
        decision = verdict.decision
        conflict = verdict.reason == "contradiction"
        enough = self._conflict(decision) if conflict else self._enough(verdict)
        known = self._plan.facts if conflict else self._known
        found = self._found[decision] = tuple([fact for fact in known if fact in enough])
        return found

    def _conflict(self, decision: str) -> frozenset[str]:
        """Return the smallest conflict of which the decision reads a fact; of equals the first."""
        return self._inspection.conflicts.smallest(self._plan.reads[decision]) or frozenset()

    def _enough(self, verdict: Verdict) -> frozenset[str]:
        # Nothing bears on the decision but what it reads, and what constraints tie to that.
        read, tied = self._plan.reads[verdict.decision], self._plan.tied[verdict.decision]
        preferred = self._rests_on(verdict)
        # Route A of somebody on rung 2 without problems, of whom all is known. Favoured are the
        # facts that `scope` and the rule `route_a` rest on, and each in turn is left out:
        #
        #     rung                 not enough: on rung 5 the route does not apply     stays
        #     finances             not enough: if serious, a person looks at it       stays
        #     able_to_participate  enough: all who can start soon are (a constraint)  goes
        #     can_start_soon       not enough: if not, it is not route A              stays
        #
        # What was not favoured, such as `willing`, is never looked at: a set of which nothing can
        # be left out is minimal, whatever else is known.
        favoured = [fact for fact in self._known if fact in preferred and fact in read]
        is_sufficient = self._inspection.is_sufficient(verdict.decision, verdict.possible)
        tier = {fact: self._plan.ruleset.fact[fact].tier for fact in self._known}
        # Most often the favoured are enough. What is sensitive is named only if all else is not.
        enough = None if any(map(tier.get, favoured)) else shrink(favoured, is_sufficient)
        if enough is None:
            unread = [fact for fact in self._known if fact in tied]
            others = [fact for fact in self._known if fact in read and fact not in preferred]
            # What comes first is left out first: the most sensitive, as in `because` of the
            # evaluator of artefacts. Facts that only a constraint brings in are the hardest to
            # follow for a reader, and go next.
            every = [*unread, *others, *favoured]
            sensitive = [fact for fact in self._known if tier[fact] and fact in every]
            sensitive.sort(key=tier.__getitem__, reverse=True)
            everything = [*sensitive, *(fact for fact in every if not tier[fact])]
            enough = shrink(everything, is_sufficient)
            # Past the budget even all of them may not be seen to be enough.
            enough = frozenset(everything) if enough is None else enough
        return enough

    def _rests_on(self, verdict: Verdict) -> set[str]:
        """Return the facts that a verdict rests on by the look of its rules: others go first."""
        plan, decision = self._plan, verdict.decision
        sites = [plan.applies_when[decision]]
        if verdict.status != "not_applicable":
            # Without a rule that decides, it rests on what makes the others fail.
            rules = [rule.id for rule in plan.ruleset.decision[decision].rules]
            sites += [plan.rules[rule].when for rule in verdict.rules or rules]
        return {fact for site in sites if site for fact in self._support(site)}

    def _support(self, site: ConditionSite) -> frozenset[str]:
        """Return facts that make a condition as true or false as it is: enough in most cases.

        One that is open rests on none.
        """
        found = self._supports.get(site.number)
        if found is None:
            found = self._supports[site.number] = self._guess(site)
        return found

    def _guess(self, site: ConditionSite) -> frozenset[str]:
        truth, condition, parts = self._truths.of(site), site.condition, site.parts
        if truth is Truth.OPEN:
            return frozenset()
        if isinstance(condition, conditions.FactIs):
            return frozenset({condition.fact})
        if isinstance(condition, conditions.DecisionIs):
            return frozenset(self._found.get(condition.decision, ()))
        if isinstance(condition, conditions.ScoreIs):
            return self._of_score(site, condition, truth)
        if isinstance(condition, conditions.All | conditions.Any | conditions.AtLeast):
            low, _ = site.quota
            # To fail, so many must fail that too few are left to hold.
            enough = low if truth is Truth.TRUE else len(parts) - low + 1
            # Of seven domains two have to have a problem. If three have one, any two of those are
            # enough: the two that rest on the fewest facts are taken. If none has, six that have
            # none are enough (7 - 2 + 1), for the seventh alone makes no two.
            same = [part for part in parts if self._truths.of(part) is truth]
            if len(same) >= enough:
                return frozenset().union(*sorted(map(self._support, same), key=len)[:enough])
        return frozenset().union(*map(self._support, parts))

    def _of_score(
        self, site: ConditionSite, score: conditions.ScoreIs, truth: Truth
    ) -> frozenset[str]:
        """Return the facts of the weightiest parts that keep a score above a bound, or below it.

        What lies between two bounds rests on all parts.
        """
        # At least 40 points of somebody with parts worth 30, 20 and 10, all of which hold: the
        # first two are enough, whatever the third is.
        truths = [self._truths.of(part) for part in site.parts]
        parts = [
            (abs(worth), part, (holds is Truth.TRUE) == (worth > 0))
            for worth, part, holds in zip(site.worths, site.parts, truths, strict=True)
            if holds is not Truth.OPEN
        ]
        counting = [part for _, part, _ in parts]
        if score.low is None or score.high is None:
            # The sum stays at `low` or `above` it, or else below it. So it has to come up from the
            # least that it can be, or down from the most, by as much as is needed.
            above = (score.high is None) == (truth is Truth.TRUE)
            least, most = sum_range([(Truth.OPEN, worth) for worth in site.worths])
            low = (score.low or 0) if score.high is None else score.high + 1
            need = low - least if above else most - low + 1
            counting = []
            # `raises` says of a part that, as it is, it makes the sum as high as the part can.
            for weight, part, raises in sorted(parts, key=lambda one: -one[0]):
                if need > 0 and raises == above:
                    counting.append(part)
                    need -= weight
        return frozenset().union(*map(self._support, counting))


def shrink(facts: Sequence[str], is_sufficient: IsSufficient) -> frozenset[str] | None:
    """Leave out of the facts what can be spared, in their order; None if they are not enough."""
    left = frozenset(facts)
    if not is_sufficient(left):
        return None
    for fact in facts:
        if is_sufficient(left - {fact}):
            left -= {fact}
    return left
