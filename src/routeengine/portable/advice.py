"""Certificates of advice: what was said of one client, confirmed by the rules alone.

Of each decision stands there what is possible and because of which facts; a tree that shows that
those facts alone are enough; and full profiles, as witnesses: one for each outcome that is
possible, and one for each fact of the reason, which shows that it cannot be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from routeengine.bits import numbers
from routeengine.canonical import sha256_of
from routeengine.executors.grounds import witness
from routeengine.executors.lanes import LanesExecutor, LanesInspection
from routeengine.executors.summary import forget
from routeengine.portable.certify import FORM, Trees
from routeengine.portable.checker import checker
from routeengine.portable.rules_form import export_rules
from routeengine.profile import State
from routeengine.result import Verdict
from routeengine.value_set import single

Reasons: TypeAlias = Mapping[str, Sequence[str]]
"""Per decision the facts that force its verdict."""

Claim: TypeAlias = dict[str, Any]


class AdviceCertifier:
    """Makes certificates of advice by one rule set: its rules are written and read once."""

    def __init__(self, executor: LanesExecutor) -> None:
        self._executor, self._ruleset = executor, executor.ruleset
        self._cells = executor.compiled.cells
        self.rules = export_rules(executor.ruleset)
        self._rules = checker().Rules(checker().parse(self.rules))

    def certify(self, state: State, reasons: Reasons) -> Claim:
        """Return the certificate of all decisions, each with a smallest reason.

        Where facts clash the reason is one set of those, and nothing is possible; other decisions
        count them as unknown. What has no exact verdict stands in `too_large`.
        """
        trees, look = Trees(self._rules), self._executor.inspect(state)
        claims = [
            self._explained(trees, look, look.verdict(decision), reasons[decision.id])
            for decision in self._ruleset.decisions
        ]
        names = [f"advice on {decision.id}" for decision in self._ruleset.decisions]
        return {
            **self._head(trees),
            "too_large": [n for n, one in zip(names, claims, strict=True) if one is None],
            "explanations": [one for one in claims if one is not None],
        }

    def certify_question(
        self, state: State, decision: str, question: str, pair: Sequence[Mapping[str, int]]
    ) -> Claim:
        """Return the certificate of a question, of which `pair` are the grounds, by value."""
        first, second = map(self._profile, pair)
        claim = {
            "decision": decision,
            "question": question,
            "known": self._known(self._executor.inspect(state).state),
            "first": first,
            "second": second,
        }
        return {**self._head(Trees(self._rules)), "too_large": [], "questions": [claim]}

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
