"""Certificates of advice: what was said of one client, confirmed by the rules alone.

Of each decision stands there what is possible and because of which facts; a tree that shows that
those facts alone are enough; and full profiles, as witnesses: one for each outcome that is
possible, and one for each fact of the reason, which shows that it cannot be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from routeengine.bits import numbers
from routeengine.canonical import sha256_of
from routeengine.executors.grounds import witness
from routeengine.executors.lanes import LanesExecutor, LanesInspection
from routeengine.executors.summary import forget
from routeengine.portable.certificate import FORM, Trees, read_rules
from routeengine.portable.rules_form import export_rules
from routeengine.profile import State, read_profile
from routeengine.result import Result, Verdict
from routeengine.ruleset.domains import Value
from routeengine.value_set import single

Claim: TypeAlias = dict[str, Any]


class Explains(Protocol):
    """What gives advice, as an engine does: this package knows of none."""

    @property
    def lanes(self) -> LanesExecutor:
        """What walks the diagrams."""
        ...

    def explain(self, profile: Any) -> Any:
        """Return the explanation of a profile, or of a result."""
        ...


class Asked(Protocol):
    """A question with its grounds, as an interview has it."""

    @property
    def question(self) -> str | None:
        """The fact that is asked for."""
        ...

    @property
    def grounds(self) -> Any:
        """Two full profiles that show why, and of which decision."""
        ...

    @property
    def result(self) -> Result:
        """What is known so far."""
        ...


class AdviceCertifier:
    """Makes certificates of the advice of one engine: its rules are written and read once.

    `rules` is the text of `rules.json`, which whoever checks a certificate needs beside it.
    """

    def __init__(self, engine: Explains) -> None:
        self._engine, self._executor = engine, engine.lanes
        self._ruleset, self._cells = self._executor.ruleset, self._executor.compiled.cells
        self.rules = export_rules(self._ruleset)
        self._rules = read_rules(self.rules)

    def certify(self, profile: Mapping[str, Any] | Result) -> Claim:
        """Return the certificate of what a profile, or a result, is advised, as JSON has it.

        Per decision it has what is possible and the reason that `explain` gives. Where facts clash
        the reason is one set of those, and nothing is possible; other decisions count them as
        unknown. A decision without an exact verdict stands in `too_large`. It holds the client's
        facts, as cells.

        Raises as `Engine.explain` does.
        """
        given = profile.profile if isinstance(profile, Result) else profile
        state, why = read_profile(self._ruleset, given), self._engine.explain(profile).why
        trees, look = Trees(self._rules), self._executor.inspect(state)
        claims = [
            self._explained(trees, look, look.verdict(decision), why[decision.id].because)
            for decision in self._ruleset.decisions
        ]
        names = [f"advice on {decision.id}" for decision in self._ruleset.decisions]
        return {
            **self._head(trees),
            "too_large": [n for n, one in zip(names, claims, strict=True) if one is None],
            "explanations": [one for one in claims if one is not None],
        }

    def certify_question(self, asked: Asked) -> Claim | None:
        """Return the certificate of the question of an interview, or None if it has no grounds."""
        grounds = asked.grounds
        if grounds is None:
            return None
        state = read_profile(self._ruleset, asked.result.profile)
        claim = {
            "decision": grounds.decision,
            "question": asked.question,
            "known": self._known(state),
            "first": self._profile(self._numbered(grounds.first)),
            "second": self._profile(self._numbered(grounds.second)),
        }
        return {**self._head(Trees(self._rules)), "too_large": [], "questions": [claim]}

    def _numbered(self, values: Mapping[str, Value]) -> dict[str, int]:
        """Return a full profile by the numbers of its values."""
        found = {fact.id: fact.domain.index(values[fact.id]) for fact in self._ruleset.facts}
        return {fact: number for fact, number in found.items() if number is not None}

    def _head(self, trees: Trees) -> Claim:
        return {"form": FORM, "rules_sha256": sha256_of(self.rules), "nodes": trees.nodes}

    def _explained(
        self, trees: Trees, look: LanesInspection, verdict: Verdict, because: Sequence[str]
    ) -> Claim | None:
        if not verdict.exact:
            return None
        clashes = verdict.reason == "contradiction"
        state = look.given if clashes else look.state
        possible = [] if clashes else list(verdict.possible)
        reason = self._only(state, because)
        may = [self._cells.may(reason)[fact.id] for fact in self._ruleset.facts]
        tree = trees.tree(may, trees.enough(verdict.decision, possible))
        if tree is None:
            return None
        witnesses = {one: self._witness(state, verdict, one.__eq__) for one in possible}
        minimal = {
            fact: self._witness(
                self._only(state, [one for one in because if one != fact]),
                verdict,
                lambda key: key not in possible,
            )
            for fact in because
        }
        return {
            "decision": verdict.decision,
            "known": self._known(state),
            "possible": possible,
            "because": list(because),
            "tree": tree,
            "witnesses": witnesses,
            "minimal": minimal,
        }

    def _only(self, state: State, facts: Sequence[str]) -> State:
        """Return a state in which just these facts are known."""
        return forget(self._ruleset, state, state.keys() - set(facts))

    def _witness(
        self, state: State, verdict: Verdict, wanted: Callable[[str], bool]
    ) -> list[int] | None:
        found = witness(self._executor.inspect(state), verdict.decision, wanted)
        return None if found is None else self._profile(found)

    def _profile(self, values: Mapping[str, int]) -> list[int]:
        """Return a full profile as the number of a cell per fact."""
        touched = self._cells.touched
        return [touched(fact.id, single(values[fact.id]))[0] for fact in self._ruleset.facts]

    def _known(self, state: State) -> list[list[int] | None]:
        """Return what is known, as cells; what may be in every cell is not known."""
        may, everything = self._cells.may(state), self._cells.everything
        return [
            None if may[fact.id] == everything[fact.id] else list(numbers(may[fact.id]))
            for fact in self._ruleset.facts
        ]
