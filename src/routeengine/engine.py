"""The face of the library: an engine holds one rule set and classifies profiles by it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, get_args
from weakref import WeakValueDictionary

from routeengine._version import __version__
from routeengine.changes import MAX_CHANGES, Changes, ChangeSet
from routeengine.errors import ProfileError, UsageError
from routeengine.executors.first_sight import FirstSight
from routeengine.executors.interface import ExecutorName, Fallback, closer_of, executor_of
from routeengine.executors.lanes import LanesExecutor
from routeengine.intake import Intake
from routeengine.lazy import cached_property
from routeengine.observation import DossierProfile
from routeengine.profile import CLIENT_ID, State, copied, plain_profile, read_profile
from routeengine.progression.comparison import compare
from routeengine.result import Answer, Result
from routeengine.ruleset.digest import reference
from routeengine.ruleset.instance import RuleSetRef
from routeengine.ruleset.model import RuleSet
from routeengine.what_if import WhatIf, flips

if TYPE_CHECKING:
    from pydantic import BaseModel

    from routeengine.executors.interface import Executor, Inspection
    from routeengine.explanation.build import Explainer
    from routeengine.explanation.explanation import Explanation
    from routeengine.quantities import DecimalSign
    from routeengine.record.document import Record, Sign
    from routeengine.record.replay import Replay
    from routeengine.tables import TableClassifier, TableTrace

__all__ = ["Engine", "ExecutorName", "Profile"]

Profile: TypeAlias = "Mapping[str, Any] | BaseModel"
"""A profile: a mapping from fact to what is known of it, or a generated profile model."""

Table = TypeVar("Table")
"""A table of pyarrow, polars or pandas."""

FEW = 16
"""Profiles that are answered decision by decision, before an engine makes ready for many.

To join all decisions for one walk takes as long as a hundred answers: not for a command that
asks one, or a process that serves one request.
"""


class Engine:
    """Classifies client profiles by one rule set, and explains what it answers.

    `executor` is "lanes" (fast, and exact at any number of unknown facts) or
    "reference" (the definition, for few unknown facts), or "durable" (the rules fire in the
    package durable-rules, extra `durable`; see `docs/durable.md`). With `fallback="lanes"` the
    lanes answer what `durable` refuses: each result names who answered it. Building an engine
    compiles the rule set; after that the engine does not change, and threads may
    share it.

    Raises RuleSetError where the constraints exclude every profile, and UsageError
    for an executor that does not exist.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        executor: ExecutorName = "lanes",
        *,
        fallback: Fallback | None = None,
    ) -> None:
        if not isinstance(ruleset, RuleSet):
            raise UsageError("an engine needs a rule set: load it with `load_ruleset`")
        self._ruleset = ruleset
        self._executor_name: ExecutorName = executor
        self._fallback: Fallback | None = fallback
        self._reference = reference(ruleset)
        self._executor = executor_of(executor, ruleset, fallback)
        _IN_USE[self._reference.sha256, executor, fallback] = self
        # An iterator is a counter without a lock: no two threads get the same number from it.
        self._few = iter(range(FEW))
        self._sight: FirstSight | None = None

    @property
    def ruleset(self) -> RuleSet:
        """The rule set that the engine holds."""
        return self._ruleset

    @property
    def executor_name(self) -> ExecutorName:
        """By which executor it answers, but for what that leaves to a fallback."""
        return self._executor_name

    @property
    def exact(self) -> bool:
        """Whether all rules fit their budget, so that every answer is exact.

        Where they do not, an answer may be a bound: its verdict then says `exact=False`.
        """
        return self._executor.exact

    @property
    def reference(self) -> RuleSetRef:
        """The id, version and digests of the rule set, as every result names them."""
        return self._reference

    def __repr__(self) -> str:
        return f"Engine({self.ruleset.id} {self.ruleset.version}, {self.executor_name})"

    def __reduce__(self) -> tuple[object, ...]:
        key = self.reference.sha256, self.executor_name, self._fallback
        return _unpickled, (key, self._pickled)

    @cached_property
    def _pickled(self) -> bytes:
        return pickle.dumps(self.ruleset)

    @classmethod
    def in_use(cls, result: Result) -> Engine:
        """Return an engine of this process that gives such results.

        Raises UsageError if it holds none of the rule set that the result names.
        """
        for name in (result.executor, *get_args(ExecutorName)):
            for fallback in (None, *get_args(Fallback)):
                if engine := _IN_USE.get((result.ruleset.sha256, name, fallback)):
                    return engine
        named = f"{result.ruleset.id} {result.ruleset.version}"
        raise UsageError(f"no engine of the rule set `{named}` is in use here: pass it as `engine`")

    def classify(self, profile: Profile) -> Result:
        """Classify one profile: a verdict per decision, and flags.

        A fact that is left out or None is unknown; `routeengine.profile` has forms
        for what is declined or known in part. The profile of a dossier brings its
        evidence along: see `Result.provenance`, and the flags that it raises.

        Raises ProfileError with every fault: a key that is no fact, or a value of
        another type or outside the domain. No value stands in the message.
        """
        # The profile of a dossier cannot change, and carries the evidence.
        given = profile if isinstance(profile, DossierProfile) else copied(profile)
        sight = self._sight
        cells = None if sight is None else self._intake.cells(given)
        answer = None if sight is None or cells is None else sight.answer(cells)
        if answer is None:
            # Faulty or merely unusual: this reads all forms, and names every fault.
            if not isinstance(given, DossierProfile):
                given = plain_profile(given)
            answer = self._work_out(read_profile(self.ruleset, given))
        return Result(answer, given, self._reference, __version__)

    def classify_many(self, profiles: Iterable[Profile]) -> list[Result]:
        """Classify many profiles, in their order.

        Raises ProfileError for the first profile that is not acceptable; its `position` says which,
        from 0.
        """
        results = []
        for position, profile in enumerate(profiles):
            try:
                results.append(self.classify(profile))
            except ProfileError as error:
                raise ProfileError(error.faults, position) from None
        return results

    def classify_table(
        self,
        table: Table,
        *,
        drop_columns: Iterable[str] = (),
        columns: Iterable[str] | None = None,
        missing: bool = True,
        note: Callable[[str], object] | None = None,
        decimal: DecimalSign | None = None,
    ) -> Table:
        """Classify every row of a table, and give the verdicts as a table of the same kind.

        `table` is of pyarrow, polars or pandas; whatever else has `__arrow_c_stream__` comes
        back as a pyarrow table. Its columns are named as those of a caseload file, and so are the
        columns that come out (see `docs/tables.md`): a row for each row, in their order.
        `drop_columns` are not looked at. `columns` names those that are wanted, where not
        all are; without `missing` there are none for what is missing. A row that cannot be
        used has its faults in `error`, and no verdict. `note` is called with a line on each kind of
        thing that is read otherwise than it is written, such as client ids in another form.
        `decimal`, "comma" or "point", settles texts such as 1.091, else faults of their rows.

        Raises CaseloadError for columns that are no fact, are refused or appear twice, UsageError
        for what is no table, and MissingExtraError without the packages of the extra `tables`.
        """
        from routeengine.tables import classify_table  # numpy and pyarrow are optional

        which = (drop_columns, columns)
        return classify_table(
            self.tables, table, *which, missing=missing, note=note, decimal=decimal
        )

    def trace_table(
        self,
        table: Table,
        *,
        drop_columns: Iterable[str] = (),
        columns: Iterable[str] | None = None,
        missing: bool = True,
        note: Callable[[str], object] | None = None,
        decimal: DecimalSign | None = None,
    ) -> TableTrace[Table]:
        """Classify a table, and keep the truth of every rule and criterion for each row.

        The full explanation of a row is made when asked for: `trace.explain_row(7)`. The table
        that was given is kept for it.

        Raises as `classify_table` does.
        """
        from routeengine.tables import trace_table

        which = (drop_columns, columns)
        return trace_table(
            self.tables, table, self.explain, *which, missing=missing, note=note, decimal=decimal
        )

    @cached_property
    def tables(self) -> TableClassifier:
        """What classifies tables in batches; for files and for engines that split tables."""
        from routeengine.tables import TableClassifier

        return TableClassifier(self.lanes, self._work_out)

    def _work_out(self, state: State) -> Answer:
        executor = self._executor
        # After a few it is made ready for many, where the executor is exact in one walk. Threads
        # that come at once may each make it: what they make is the same.
        is_due = self._sight is None and next(self._few, None) is None
        if is_due and isinstance(executor, LanesExecutor) and self.exact:
            self._sight = FirstSight(executor)
        return (self._sight or executor).evaluate(state)

    @cached_property
    def _intake(self) -> Intake:
        compiled = self.lanes.compiled
        return Intake(self.ruleset, compiled.cells, compiled.order)

    def explain(
        self, profile: Profile | Result, lang: str | None = None, *, at: datetime | None = None
    ) -> Explanation:
        """Explain the classification of a profile, in Dutch ("nl") or English ("en").

        The language is the first of the rule set's, if it is not given. `at` is when it was
        classified, with its distance from UTC, to be shown: no clock is read.

        Raises ProfileError as `classify` does, and ValueError for a language that the
        rule set does not speak.
        """
        from routeengine.i18n import language_for  # few programs explain

        language = language_for(self.ruleset.languages, lang)
        result = asked = self._own(profile)
        if asked is profile:
            # Perhaps it came over a wire, without what each answer would lead to; or was changed
            # there: what is explained is what these rules say.
            result = self.classify(asked.profile)
            if result.answer != asked.answer:
                raise UsageError("the result is not what its rules give for its profile")
        return self._explainer.explain(result, language, at)

    def what_if(self, profile: Profile | Result, changes: Mapping[str, Any]) -> WhatIf:
        """Classify a profile as it is and with these facts otherwise, and say what differs.

        `changes` maps facts to anything that a profile may hold; None makes a fact unknown.

        Raises ProfileError as `classify` does.
        """
        before = self._own(profile)
        if not isinstance(changes, Mapping):
            raise UsageError("the changes must be a mapping from fact to what it would be")
        if changes.get(CLIENT_ID, before.client_id) != before.client_id:
            raise UsageError("the changes name another client: what differs would mean nothing")
        after = self.classify({**before.profile, **changes})
        looks = [self._inspect(result) for result in (before, after)]
        change = compare(self, before, after)
        return WhatIf(before, after, change, *flips(self.ruleset, *looks))

    def _own(self, profile: Profile | Result) -> Result:
        """Return the result of a profile; a result of other rules is not ours to explain."""
        if not isinstance(profile, Result):
            return self.classify(profile)
        if profile.ruleset != self.reference:
            named = f"{profile.ruleset.id} {profile.ruleset.version}"
            raise UsageError(f"the result is of the rule set `{named}`, and not of this engine's")
        return profile

    def _inspect(self, result: Result) -> Inspection:
        return self._closer.inspect(read_profile(self.ruleset, result.profile))

    def changes_to(
        self,
        profile: Profile | Result,
        decision: str,
        outcome: str,
        max_changes: int = MAX_CHANGES,
        actionable_only: bool = False,
    ) -> tuple[ChangeSet, ...]:
        """Return every smallest set of changes after which a decision comes out as asked.

        At most `max_changes` facts are changed or answered at once. `outcome` may
        also be "review" or "not_applicable". With `actionable_only`, known facts change only
        where, and in the direction in which, a person can act on them.

        Raises ProfileError as `classify` does, UsageError for a name that does not exist, and
        BudgetError where the decision is too large to search.
        """
        state = read_profile(self.ruleset, self._own(profile).profile)
        return self._changes.to(state, decision, outcome, max_changes, actionable_only)

    def record(
        self,
        result: Result,
        at: datetime,
        *,
        asked_by: str | None = None,
        embed: bool = True,
        sign: Sign | None = None,
        certificate: bool = False,
    ) -> Record:
        """Record a result of this engine as one document that can be worked out again.

        `at` is the time of the classification, with its distance from UTC; no clock is read.
        `asked_by` is the role or the system that asked, `embed` puts the rule set inside,
        `certificate` a certificate of the advice, and `sign` signs (see `docs/records.md`). The
        record holds the client's facts.

        Raises RecordError for a time that is not acceptable or for what cannot be recorded,
        UsageError for a result of another rule set, and BudgetError for what is not certified.
        """
        from routeengine.portable import AdviceCertifier  # few callers need either
        from routeengine.record.document import make_record

        if result.ruleset != self.reference:
            raise UsageError("the result was given by another rule set than this engine's")
        look, claim = self._inspect(result), None
        if certificate:
            claim = AdviceCertifier(self).certify(result)
        return make_record(
            self.ruleset, result, look, claim, at=at, asked_by=asked_by, embed=embed, sign=sign
        )

    def replay(self, record: Record | bytes) -> Replay:
        """Work a record out again by this engine's rule set, and say what differs.

        As `routeengine.replay`, for many records: nothing is compiled again.
        """
        from routeengine.record.replay import replay  # few callers need it

        return replay(record, self.ruleset, executor=self._executor)

    @cached_property
    def _explainer(self) -> Explainer:
        from routeengine.explanation.build import Explainer  # pydantic is slow to import

        return Explainer(self.ruleset, self._closer, self._changes.near)

    @cached_property
    def _changes(self) -> Changes:
        return Changes(self.lanes, self._closer.possible)

    @cached_property
    def _closer(self) -> Executor:
        return closer_of(self._executor)

    @cached_property
    def lanes(self) -> LanesExecutor:
        """What walks the diagrams of the rules, for whoever looks closer."""
        closer = self._closer
        return closer if isinstance(closer, LanesExecutor) else LanesExecutor(self.ruleset)


_Key: TypeAlias = tuple[str, str | None, str | None]

_IN_USE: WeakValueDictionary[_Key, Engine] = WeakValueDictionary()
"""The engines of this process by the digest of the rule set, the executor and its fallback.

Those are here that something else holds.
"""


def _unpickled(key: _Key, ruleset: bytes) -> Engine:
    """Return the engine of a rule set: built once, however often one is sent to this process."""
    return _IN_USE.get(key) or _built(key[1], key[2], ruleset)


@lru_cache(maxsize=8)
def _built(executor: Any, fallback: Any, ruleset: bytes) -> Engine:
    loaded = pickle.loads(ruleset)  # noqa: S301  it stands in a pickle that is being read anyway
    return Engine(loaded, executor, fallback=fallback)
