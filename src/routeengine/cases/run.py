"""Running cases: what was expected and not given, and which rules the cases reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from routeengine.cases.files import FLAGS, Case
from routeengine.engine import Engine
from routeengine.errors import BudgetError, Fault, RuleSetError, UsageError
from routeengine.loading import Rules, load_names, load_ruleset
from routeengine.result import Answer, Result
from routeengine.ruleset.instance import Instance
from routeengine.ruleset.model import RuleSet


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that a case expects and does not get.

    `field` is `decision.field`, or "flags" or "flags_possible". `expected` and `got` are both in
    words.
    """

    field: str
    expected: str
    got: str

    def __str__(self) -> str:
        """Return the difference in one line."""
        return f"{self.field}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case, what was not as expected (none means that it passes), and what came out.

    `case`, `mismatches` and `result` are these three.
    """

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

    A rule is reached if it is certain to win in a case; an outcome if it is decided; a flag if it
    is raised. Left out are flags that only a dossier raises, and outcomes that no rule leads to by
    itself.

    Attributes:
        rules: The number of rules.
        rules_not_reached: The ids of those that no case reaches.
        outcomes: The number of outcomes.
        outcomes_not_reached: Those that no case reaches, as `decision.outcome`.
        flags: The number of flags.
        flags_not_raised: The ids of those that no case raises.
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
    """The results of all cases, and what they cover together.

    `results` has one for each case, in their order, and `coverage` is what they reach.
    """

    results: tuple[CaseResult, ...]
    coverage: Coverage

    @property
    def passed(self) -> bool:
        """Whether every case passes."""
        return all(result.passed for result in self.results)


class CaseEngines:
    """The engines of cases that name a day or a variant: one for each set of numbers.

    `rules`, `as_of` and `variant` are as for `load_ruleset`, and say with which numbers the other
    cases are looked at. `engine` makes an engine of a rule set. The attribute `ruleset` is for
    `load_cases`, because names depend on no number.
    """

    def __init__(
        self,
        rules: Rules,
        as_of: date | str | None = None,
        variant: str | None = None,
        engine: Callable[[RuleSet], Engine] = Engine,
    ) -> None:
        self._rules, self._as_of, self._variant, self._engine = rules, as_of, variant, engine
        self._engines: list[Engine] = []
        self._usual: Engine | None = None
        self._unsettled: RuleSetError | None = None
        try:
            self.ruleset = load_ruleset(rules, as_of, variant)
        except RuleSetError as error:
            # It may be that only the numbers are not settled: then each case has to name them.
            self.ruleset = load_names(rules, as_of, variant)[0]
            self._unsettled = error

    @property
    def usual(self) -> Engine:
        """The engine of cases that name neither a day nor a variant.

        Raises RuleSetError if the rules cannot be loaded without one.
        """
        if self._unsettled is not None:
            raise self._unsettled
        if self._usual is None:
            self._usual = self._made(self.ruleset)
        return self._usual

    def of(self, case: Case) -> Engine:
        """Return the engine of a case.

        Raises RuleSetError, at the place where the case names them, if there is no such day or
        variant.
        """
        if case.as_of is None and case.variant is None:
            return self.usual
        day, variant = case.as_of or self._as_of, case.variant or self._variant
        for engine in self._engines:
            if is_of(engine.ruleset, case.as_of, variant) and case.as_of is not None:
                return engine
        try:
            return self._made(load_ruleset(self._rules, day, variant))
        except RuleSetError as error:
            at, told = case.numbers_at, error.faults[0]
            fault = Fault(at.file, at.line, at.column, told.message, told.hint)
            raise RuleSetError((fault,)) from None

    def _made(self, ruleset: RuleSet) -> Engine:
        self._engines.append(self._engine(ruleset))
        return self._engines[-1]


def is_of(ruleset: RuleSet, day: date | None, variant: str | None) -> bool:
    """Return whether a rule set has the numbers of a day and a variant, where they are named."""
    own = ruleset.instance or Instance(ruleset.valid_from, ruleset.valid_until, None)
    return (day is None or own.holds(day)) and variant in (None, own.variant)


def run_cases(engine: Engine | CaseEngines, cases: Iterable[Case]) -> Report:
    """Classify every case, and return what is not as expected and what the cases cover.

    Only what a case names is compared; lists are compared in any order.

    Raises BudgetError, which names the case, where the engine's executor refuses one; and
    UsageError for a case that names a day or a variant of which an engine alone has no numbers.

    Examples:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from routeengine import Engine, load_ruleset
        >>> from routeengine.cases import load_cases, run_cases
        >>> engine = Engine(load_ruleset("rijswijk-2023"))
        >>> case = "{facts: {current_service: wsp}, expect: {scope: {outcome: in_scope}}}"
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "scope.cases.yaml")
        ...     _ = path.write_text(f"cases: {{served: {case}}}")
        ...     report = run_cases(engine, load_cases(path, engine.ruleset))
        >>> report.passed, [str(one) for one in report.results[0].mismatches]
        (False, ['scope.outcome: expected `in_scope`, got `wsp`'])
    """
    results = tuple(_ran(_engine_of(engine, case), case) for case in cases)
    return Report(results, _coverage(engine.ruleset, [one.result for one in results]))


def _engine_of(engine: Engine | CaseEngines, case: Case) -> Engine:
    if isinstance(engine, CaseEngines):
        return engine.of(case)
    if not is_of(engine.ruleset, case.as_of, case.variant):
        raise UsageError(f"{case.numbers_at}: {case.id}: is of other numbers than these rules have")
    return engine


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
