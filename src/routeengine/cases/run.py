"""Running cases: what was expected and not given, and which rules the cases reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from routeengine.cases.files import FLAGS, Case
from routeengine.engine import Engine
from routeengine.errors import BudgetError
from routeengine.result import Answer, Result
from routeengine.ruleset.model import RuleSet


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that a case expects and does not get.

    `field` is `decision.field`, or one of the two lists of flags.
    """

    field: str
    expected: str
    got: str

    def __str__(self) -> str:
        """Return the difference in one line."""
        return f"{self.field}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case, what was not as expected (none means that it passes), and what came out."""

    case: Case
    mismatches: tuple[Mismatch, ...]
    result: Result

    @property
    def passed(self) -> bool:
        """Whether everything is as expected."""
        return not self.mismatches


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of the rule set no case reaches.

    A rule is reached if it is certain to win in a case; an outcome if
    it is decided; a flag if it is raised. Flags that only a dossier raises are left out.
    """

    rules: int
    rules_not_reached: tuple[str, ...]
    outcomes: int
    outcomes_not_reached: tuple[str, ...]
    flags: int
    flags_not_raised: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every rule, outcome and flag is reached."""
        return not (self.rules_not_reached or self.outcomes_not_reached or self.flags_not_raised)


@dataclass(frozen=True, slots=True)
class Report:
    """The results of all cases, and what they cover together."""

    results: tuple[CaseResult, ...]
    coverage: Coverage

    @property
    def passed(self) -> bool:
        """Whether every case passes."""
        return all(result.passed for result in self.results)


def run_cases(engine: Engine, cases: Iterable[Case]) -> Report:
    """Classify every case and compare what was named with what came out.

    Raises BudgetError, which names the case, where the engine's executor refuses one.
    """
    results = tuple(_ran(engine, case) for case in cases)
    return Report(results, _coverage(engine.ruleset, [one.result for one in results]))


def _ran(engine: Engine, case: Case) -> CaseResult:
    try:
        result = engine.classify(case.profile)
    except BudgetError as error:
        raise BudgetError(f"{case.place}: {case.id}: {error}") from None
    return CaseResult(case, tuple(mismatches(case, result)), result)


def mismatches(case: Case, result: Result | Answer) -> Iterator[Mismatch]:
    """Yield what a case expects and does not get."""
    for decision, expected in case.expect.items():
        verdict = result.verdicts[decision]
        # What a case does not name is not looked at: cases stay true as rules are added.
        for field, wanted in expected.items():
            got = getattr(verdict, field)
            # Lists are compared in any order, as flags are.
            if _unordered(got) != _unordered(wanted):
                told = _text(got)
                if field == "rule" and got is None and verdict.rules:
                    told = f"no single rule that is sure: {' or '.join(map(_text, verdict.rules))}"
                yield Mismatch(f"{decision}.{field}", _text(wanted), told)
    for field in FLAGS:
        wanted, got = getattr(case, field), getattr(result, field)
        if wanted is not None and set(wanted) != set(got):
            yield Mismatch(field, _text(wanted), _text(got))


def _unordered(value: object) -> object:
    return frozenset(value) if isinstance(value, tuple) else value


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(value) + "]"
    return "none" if value is None else f"`{value}`"


def _coverage(ruleset: RuleSet, results: Sequence[Result]) -> Coverage:
    verdicts = [verdict for result in results for verdict in result.verdicts.values()]
    won = {verdict.rule for verdict in verdicts}
    decided = {(verdict.decision, verdict.outcome) for verdict in verdicts}
    raised = {flag for result in results for flag in result.flags}
    outcomes = [
        (decision.id, outcome.id)
        for decision in ruleset.decisions
        for outcome in decision.outcomes
        # An outcome that only review rules name as a candidate is nobody's to decide.
        if any(rule.then == outcome.id for rule in decision.rules)
    ]
    flags = ruleset.flag_conditions
    idle = tuple(rule for rule in ruleset.rule if rule not in won)
    missed = tuple(f"{one}.{other}" for one, other in outcomes if (one, other) not in decided)
    down = tuple(flag for flag in flags if flag not in raised)
    return Coverage(len(ruleset.rule), idle, len(outcomes), missed, len(flags), down)
