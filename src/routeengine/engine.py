"""The face of the library: an engine holds one rule set and classifies profiles by it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, get_args

from routeengine._version import __version__
from routeengine.changes import MAX_CHANGES, Changes, ChangeSet
from routeengine.errors import ProfileError, UsageError
from routeengine.executors.first_sight import FirstSight
from routeengine.executors.interface import ExecutorName, Fallback, closer_of, executor_of
from routeengine.executors.lanes import LanesExecutor
from routeengine.in_use import InUse
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
"""A profile: a mapping from fact to what is known of it, or an instance of a `profile_model`."""

Table = TypeVar("Table")
"""A table of pyarrow, polars or pandas."""

FEW = 16
"""Profiles that are answered decision by decision, before an engine makes ready for many.

To join all decisions for one walk takes as long as a hundred answers: not for a command that
asks one, or a process that serves one request.
"""


class Engine:
    """Classifies client profiles by one rule set, and explains what it answers.

    Building an engine compiles the rule set. After that the engine does not change, and threads may
    share it. It can be pickled: another process builds it once, however often it is sent.

    `executor` says what works the answers out, and never which answers:

    - "lanes", the default, is fast, and exact at any number of unknown facts;
    - "reference" is the definition itself, for few unknown facts;
    - "durable" lets the rules fire in the package durable-rules (extra `durable`, see
      `docs/durable.md`). With `fallback="lanes"` the lanes answer what it refuses, and each result
      names who answered it.

    Raises RuleSetError where the constraints exclude every profile (the last two executors say so
    when they are first asked something), UsageError for an executor that does not exist, and
    MissingExtraError for "durable" without its extra.

    Examples:
        >>> from routeengine import Engine, load_ruleset
        >>> engine = Engine(load_ruleset("rijswijk-2023"))
        >>> engine
        Engine(rijswijk-2023 1.0.0, lanes)
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
        _IN_USE.add((self._reference.sha256, executor, fallback), self)
        # An iterator is a counter without a lock: no two threads get the same number from it.
        self._few = iter(range(FEW))
        self._sight: FirstSight | None = None

    @property
    def ruleset(self) -> RuleSet:
        """The rule set that the engine holds."""
        return self._ruleset

    @property
    def executor_name(self) -> ExecutorName:
        """The name of the executor that was asked for when the engine was built."""
        return self._executor_name

    @property
    def exact(self) -> bool:
        """Whether all rules fit their budget, so that every answer is exact.

        If not, an answer may be a bound: its verdict then says `exact=False`.
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
        """Return an engine that this process already holds, of the rule set that a result names.

        Raises UsageError if there is none.
        """
        for name in (result.executor, *get_args(ExecutorName)):
            for fallback in (None, *get_args(Fallback)):
                if engine := _IN_USE.get((result.ruleset.sha256, name, fallback)):
                    return engine
        named = f"{result.ruleset.id} {result.ruleset.version}"
        raise UsageError(f"no engine of the rule set `{named}` is in use here: pass it as `engine`")

    def classify(self, profile: Profile) -> Result:
        """Classify one profile: return a verdict per decision, and flags.

        `profile` maps ids of facts to what is known of them, and may have a `client_id`. A fact
        that is left out or None is unknown; `OneOf`, `Between` and `DECLINED`, or their JSON forms,
        say that it is known in part. An instance of a `profile_model` will do, and so will the
        profile of a `Dossier`: that brings its evidence along, in `Result.provenance` and in the
        flags that it raises. The profile is copied, so that a later change of it changes no result.

        Raises ProfileError with every fault: a key that is no fact, or a value of another type or
        outside the domain. No value stands in the message. The executors "reference" and "durable"
        raise BudgetError if too much is unknown.

        Examples:
            >>> from routeengine import Engine, load_ruleset
            >>> engine = Engine(load_ruleset("rijswijk-2023"))
            >>> profile = {
            ...     "rung": 1, "receives_benefit": True, "current_service": "participation",
            ...     "finances": "serious", "mental_health": "serious", "at_maximum": False,
            ...     "able_to_participate": True, "can_start_soon": False,
            ... }
            >>> route = engine.classify(profile).verdicts["route"]
            >>> route.status, route.possible, route.missing
            ('insufficient', ('B', 'review'), ('willing',))
            >>> route = engine.classify({**profile, "willing": True}).verdicts["route"]
            >>> route.status, route.outcome, route.rule
            ('decided', 'B', 'route_b')
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
        """Classify many profiles, and return their results in the same order.

        Raises ProfileError for the first profile that is not acceptable; its `position` says which,
        counted from 0. For a million rows `classify_table` is much faster.
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
        """Classify every row of a table, and return the verdicts as a table of the same kind.

        `table` is of pyarrow, polars or pandas; whatever else has `__arrow_c_stream__` comes back
        as a pyarrow table. Its columns are named as those of a caseload file: `client_id`, if there
        is one, and ids or names of facts. The table that is returned has a row for each row, in the
        same order, with the columns of a classified caseload (see `docs/tables.md`). A row that
        cannot be used has its faults in `error`, and no verdict.

        - `drop_columns` names columns that are not looked at.
        - `columns` names the columns that are wanted, if not all of them; `error` is always there.
        - `missing=False` leaves out the columns of missing facts, which saves time.
        - `note` is called with a line on each kind of thing that is read otherwise than it is
          written, such as client ids in another form.
        - `decimal`, "comma" or "point", says how to read texts such as 1.091; without it such a row
          has a fault.

        Raises CaseloadError for columns that are no fact, are refused or appear twice, UsageError
        for what is no table or no column that comes out, and MissingExtraError without the packages
        of the extra `tables`.

        Examples:
            >>> import pyarrow
            >>> from routeengine import Engine, load_ruleset
            >>> engine = Engine(load_ruleset("rijswijk-2023"))
            >>> clients = pyarrow.table(
            ...     {"client_id": ["c1", "c2"], "current_service": ["wsp", None]}
            ... )
            >>> answers = engine.classify_table(clients, columns=["client_id", "scope"])
            >>> answers.drop_columns(["error"]).to_pylist()
            [{'client_id': 'c1', 'scope': 'wsp'}, {'client_id': 'c2', 'scope': None}]
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

        The arguments are those of `classify_table`, and so are the errors. The full explanation of
        a row is made when asked for. The table that was given is kept for it.

        Examples:
            >>> import pyarrow
            >>> from routeengine import Engine, load_ruleset
            >>> engine = Engine(load_ruleset("rijswijk-2023"))
            >>> clients = pyarrow.table({"current_service": ["wsp", "participation"]})
            >>> trace = engine.trace_table(clients)
            >>> trace.truths["rule.scope_wsp"].to_pylist()
            [True, False]
            >>> trace.explain_row(0, lang="en").why["scope"].because
            ('current_service',)
        """
        from routeengine.tables import trace_table

        which = (drop_columns, columns)
        return trace_table(
            self.tables, table, self.explain, *which, missing=missing, note=note, decimal=decimal
        )

    @cached_property
    def tables(self) -> TableClassifier:
        """The classifier of tables of this engine, for `classify_lazy` and `classify_stream`.

        Raises MissingExtraError without the packages of the extra `tables`.
        """
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

    def _evaluate(self, state: State) -> Answer:
        # As it stands: nothing is made ready for many clients on account of one.
        return (self._sight or self._closer).evaluate(state)

    @cached_property
    def _intake(self) -> Intake:
        compiled = self.lanes.compiled
        return Intake(self.ruleset, compiled.cells, compiled.order)

    def explain(
        self, profile: Profile | Result, lang: str | None = None, *, at: datetime | None = None
    ) -> Explanation:
        """Explain the classification of a profile, or a result of this engine, in one language.

        `lang` is "nl" or "en"; without it, it is the first language of the rule set that the
        library speaks. `at` is when the client was classified, with its distance from UTC, and is
        shown on the explanation: no clock is read.

        Raises ProfileError and BudgetError as `classify` does, LanguageError for a language that
        the rule set or the library does not speak, and UsageError for a result that these rules do
        not give, or for a time without its distance from UTC.

        Examples:
            >>> from routeengine import Engine, load_ruleset
            >>> engine = Engine(load_ruleset("rijswijk-2023"))
            >>> explanation = engine.explain({"current_service": "wsp"}, lang="en")
            >>> explanation.why["scope"].rule, explanation.why["scope"].because
            ('scope_wsp', ('current_service',))
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
        """Classify a profile as it is and with some facts otherwise, and return what differs.

        `profile` is a profile or a result of this engine. `changes` maps facts to anything that a
        profile may hold; None makes a fact unknown.

        Raises ProfileError and BudgetError as `classify` does, and UsageError for a result of
        another rule set or for changes that name another client.

        Examples:
            >>> from routeengine import Engine, load_ruleset
            >>> engine = Engine(load_ruleset("rijswijk-2023"))
            >>> profile = {
            ...     "rung": 1, "receives_benefit": True, "current_service": "participation",
            ...     "finances": "serious", "mental_health": "serious", "at_maximum": False,
            ...     "able_to_participate": True, "can_start_soon": False, "willing": True,
            ... }
            >>> seen = engine.what_if(profile, {"willing": False})
            >>> seen.result.verdicts["route"].rule, seen.change.verdicts["route"].because
            ('not_willing', ('willing',))
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

        No set holds more than `max_changes` facts, and from none a fact can be left out. Those with
        the fewest facts come first. `outcome` is an outcome of the decision, "review" or
        "not_applicable"; if the verdict is that already, the one set is empty. Unknown facts may
        have to be answered: a `ChangeSet` has those in `answers`. With `actionable_only` known
        facts change only where, and in the direction in which, a person can act on them.

        Raises ProfileError as `classify` does, UsageError for a name that does not exist, and
        BudgetError if the decision is too large to search or there are too many ways.

        Examples:
            >>> from routeengine import Engine, load_ruleset
            >>> engine = Engine(load_ruleset("rijswijk-2023"))
            >>> profile = {
            ...     "rung": 1, "receives_benefit": True, "current_service": "participation",
            ...     "finances": "serious", "mental_health": "serious", "at_maximum": False,
            ...     "able_to_participate": True, "can_start_soon": False,
            ... }
            >>> for found in engine.changes_to(profile, "route", "B"):
            ...     print(dict(found.changes), dict(found.answers))
            {} {'willing': True}
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

        The record holds the client's facts. It has a digest, so that any changed byte shows.

        - `at` is the time of the classification, with its distance from UTC in whole minutes; no
          clock is read.
        - `asked_by` is the role or the system that asked.
        - `embed` puts the rule set inside, so that the record can be replayed by itself.
        - `sign` signs it (see `docs/records.md`).
        - `certificate` adds a certificate of the advice, for a checker that shares no code with
          this library.

        Raises RecordError for a time that is not acceptable or for what cannot be recorded,
        UsageError for a result of another rule set, and BudgetError where the advice cannot be
        certified.

        Examples:
            >>> from datetime import UTC, datetime
            >>> from routeengine import Engine, load_ruleset, replay
            >>> engine = Engine(load_ruleset("rijswijk-2023"))
            >>> result = engine.classify({"client_id": "c1", "receives_benefit": False})
            >>> record = engine.record(result, datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
            >>> record.result == result, replay(record).same
            (True, True)
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
        """Work a record out again by this engine's rule set, and return what differs.

        It does what `routeengine.replay` does, and raises the same. For many records it is faster,
        because nothing is compiled again.
        """
        from routeengine.record.replay import replay  # few callers need it

        return replay(record, self.ruleset, executor=self._executor)

    @cached_property
    def _explainer(self) -> Explainer:
        from routeengine.explanation.build import Explainer  # pydantic is slow to import

        return Explainer(self.ruleset, self._closer, self._changes.near, self._evaluate)

    @cached_property
    def _changes(self) -> Changes:
        return Changes(self.lanes, self._closer.possible)

    @cached_property
    def _closer(self) -> Executor:
        return closer_of(self._executor)

    @cached_property
    def lanes(self) -> LanesExecutor:
        """The executor that walks the diagrams of the rules; for the library's own use."""
        closer = self._closer
        return closer if isinstance(closer, LanesExecutor) else LanesExecutor(self.ruleset)


_Key: TypeAlias = tuple[str, str | None, str | None]

_IN_USE: InUse[_Key, Engine] = InUse()
"""The engines of this process by the digest of the rule set, the executor and its fallback."""


def _unpickled(key: _Key, ruleset: bytes) -> Engine:
    """Return the engine of a rule set: built once, however often one is sent to this process."""
    return _IN_USE.get(key) or _built(key[1], key[2], ruleset)


@lru_cache(maxsize=8)
def _built(executor: Any, fallback: Any, ruleset: bytes) -> Engine:
    loaded = pickle.loads(ruleset)  # noqa: S301  it stands in a pickle that is being read anyway
    return Engine(loaded, executor, fallback=fallback)
