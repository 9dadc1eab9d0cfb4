"""A rule set as a decision model: a table per decision, whose rows are the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from routeengine.dmn.cells import Axis, decision_axis, fact_axis
from routeengine.dmn.cubes import Rows, UnsayableError, meet
from routeengine.dmn.xml_text import Line, Sheet, model_text
from routeengine.errors import BudgetError, Fault, RuleSetError
from routeengine.i18n import text_language_for
from routeengine.ruleset.model import Decision, Review, RuleSet
from routeengine.ruleset.ranking import without_ranking
from routeengine.ruleset.resolution import outranked_by
from routeengine.ruleset.words import Place
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.verification.analysis import Analysis
from routeengine.verification.decision_checks import overlaps


@dataclass(frozen=True, slots=True)
class Exported:
    """A decision model as XML, and what of the rules is not in it.

    `text` is the XML. `left_out` says in words which parts have no place in a decision model; no
    answer that it gives depends on them.
    """

    text: str
    left_out: tuple[str, ...]


def export_dmn(
    ruleset: RuleSet, *, review_as: str | None = None, language: str | None = None
) -> Exported:
    """Return a rule set as a decision model (DMN): a table per decision, whose rows are the rules.

    A table knows no review by a person. With `review_as` a rule that leads to one has this text as
    its outcome; without it such a rule is refused. `language` is that of labels and reasons, the
    first of the rule set if it is None.

    Raises RuleSetError with all that a decision model cannot say, LanguageError for a language that
    the rule set is not in, and BudgetError if the rules are too large for overlaps to be found.
    """
    language = text_language_for(ruleset.languages, language)
    sheets = _Exporter(ruleset, review_as, language).sheets()
    left_out = tuple(_left_out(ruleset))
    return Exported(
        model_text(ruleset, sheets, _about(ruleset, review_as, left_out), language), left_out
    )


def _left_out(ruleset: RuleSet) -> Iterator[str]:
    """Yield what a decision model has no place for; no answer that it gives depends on it."""
    for what, parts in (
        ("constraints, so that tables answer profiles that cannot be", ruleset.constraints),
        ("flags", ruleset.flags),
        ("expectations", ruleset.expectations),
    ):
        if parts:
            yield f"{what}: " + ", ".join(f"`{one.id}`" for one in parts)


def _about(ruleset: RuleSet, review_as: str | None, left_out: Sequence[str]) -> str:
    """Return what a reader of the model has to know that it does not say by itself."""
    said = [
        f"Written from the rule set {ruleset.id}, version {ruleset.version}.",
        *([] if ruleset.instance is None else [f"It has the numbers {ruleset.instance}."]),
        "It answers where every input is known and a row applies; the rules say more.",
    ]
    if review_as is not None:
        said.append(f"The outcome {review_as} stands for review by a person.")
    return " ".join([*said, *(f"Left out are {one}." for one in left_out)])


class _Exporter:
    def __init__(self, ruleset: RuleSet, review_as: str | None, language: str) -> None:
        self._ruleset, self._review, self._language = ruleset, review_as, language
        self._outcomes = {one.id: tuple(self._of(one)) for one in ruleset.decisions}
        self._rows = Rows(ruleset, self._outcomes)
        self._beaten = {one.id: outranked_by(one) for one in ruleset.decisions}
        self._faults: list[Fault] = []

    def sheets(self) -> list[Sheet]:
        """Return the tables; raises RuleSetError with all that they cannot say."""
        for decision in self._ruleset.decisions:
            self._check(decision)
        self._check_overlaps()
        sheets = [self._sheet(decision) for decision in self._ruleset.decisions]
        if self._faults:
            raise RuleSetError(tuple(self._faults))
        return sheets

    def _of(self, decision: Decision) -> Iterator[str]:
        """Yield the outcomes of a decision, and the text for review where a rule leads to it."""
        yield from (outcome.id for outcome in decision.outcomes)
        if any(isinstance(rule.then, Review) for rule in decision.rules):
            yield str(self._review)

    # What a table cannot say

    def _refuse(self, place: Place, message: str, hint: str) -> None:
        self._faults.append(Fault(place.file, place.line, place.column, message, hint))

    def _check(self, decision: Decision) -> None:
        if decision.applies_when is not None:
            message = f"decision `{decision.id}` does not always apply"
            hint = "give it an outcome for that: a table always has one"
            self._refuse(decision.place, message, hint)
        for rule in decision.rules:
            if isinstance(rule.then, Review) and self._review is None:
                message = f"rule `{rule.id}` leads to review by a person"
                hint = "name a text that stands for it: `--review-as TEXT`"
                self._refuse(rule.place, message, hint)
        if self._review in {outcome.id for outcome in decision.outcomes}:
            message = f"decision `{decision.id}` has the outcome `{self._review}` already"
            self._refuse(decision.place, message, "take another text for `--review-as`")

    def _check_overlaps(self) -> None:
        """Refuse rules that win together and lead to different answers."""
        proof = Analysis(self._ruleset, NODE_BUDGET)
        for decision in self._ruleset.decisions:
            function = proof.decisions[decision.id]
            if function is None:
                raise BudgetError(f"decision `{decision.id}` is too large to be looked through")
            for one in overlaps(proof, decision, proof.amounts(function)):
                hint = "let one outrank the other: a table has no answer there"
                self._refuse(one.place, one.message, hint)

    # Tables

    def _sheet(self, decision: Decision) -> Sheet:
        beaten = self._beaten[decision.id]
        lines, last = list[Line](), None
        # Who beats a rule is beaten by fewer, for outranking is transitive: so it comes before.
        for rule in sorted(decision.rules, key=lambda rule: len(beaten[rule.id])):
            answer = rule.then if isinstance(rule.then, str) else str(self._review)
            if rule.when is None:
                last = Line({}, answer, rule)
                continue
            try:
                lines += [Line(cube, answer, rule) for cube in self._rows.of(rule.when)]
            except UnsayableError as error:
                what, hint = error.args
                self._refuse(rule.place, f"rule `{rule.id}` {what}", hint)
        if not lines and last is not None:
            lines = [last]  # a table has a row
        if not lines and not self._faults:
            message = f"decision `{decision.id}` has no rule that can apply"
            self._refuse(decision.place, message, "take it out: a table has a row")
        policy = _policy(decision, lines)
        axes = tuple(self._axes({column for line in lines for column in line.cube}))
        outcomes = self._ranked(decision, policy)
        default = None if last is None else last.answer
        return Sheet(decision, policy, axes, tuple(lines), outcomes, default)

    def _ranked(self, decision: Decision, policy: str) -> tuple[str, ...]:
        """Return the outcomes of a decision, by priority where that is the hit policy."""
        outcomes = self._outcomes[decision.id]
        if policy != "PRIORITY" or decision.ranking is None:
            return outcomes
        ranked = (str(self._review) if one == "review" else one for one in decision.ranking.names)
        return tuple(dict.fromkeys(one for one in (*ranked, *outcomes) if one in outcomes))

    def _axes(self, columns: set[str]) -> Iterator[Axis]:
        for fact in self._ruleset.facts:
            if fact.id in columns:
                yield fact_axis(fact, self._language)
        for one in self._ruleset.decisions:
            if one.id in columns:
                yield decision_axis(one, self._outcomes[one.id], self._language)


def _policy(decision: Decision, lines: Sequence[Line]) -> str:
    """Return the hit policy by which rows decide as the rules do.

    Nowhere do winners lead to different answers. So of the rows that apply the first, where each
    rule stands after those that outrank it, is that of a winner.
    """
    by_priority = decision.ranking is not None and decision.ranking.by == "priority"
    if by_priority and not any(rule.outranks for rule in without_ranking(decision).rules):
        return "PRIORITY"
    if any(rule.outranks for rule in decision.rules):
        return "FIRST"
    pairs = combinations(lines, 2)
    return "UNIQUE" if all(meet(one.cube, other.cube) is None for one, other in pairs) else "ANY"
