"""Certificates of advice: what was said of one client, confirmed by the rules alone.

Of each decision stands there what is possible and because of which facts; a tree that shows that
those facts alone are enough; and full profiles, as witnesses: one for each outcome that is
possible, and one for each fact of the reason, which shows that it cannot be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from routeengine.bits import numbers
from routeengine.canonical import canonical_json, sha256_of
from routeengine.executors.grounds import witness
from routeengine.executors.lanes import LanesExecutor, LanesInspection
from routeengine.executors.summary import forget
from routeengine.portable.certificate import FORM, Trees, checker, read_rules
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

    `rules` is the text of `rules.json`, which whoever checks a certificate needs beside it. For one
    record, `Engine.record` with `certificate=True` does the same.
    """

    def __init__(self, engine: Explains) -> None:
        self._engine, self._executor = engine, engine.lanes
        self._ruleset = self._executor.ruleset
        self.rules = export_rules(self._ruleset)
        self._rules = read_rules(self.rules)

    def certify(self, profile: Mapping[str, Any] | Result) -> Claim:
        """Return the certificate of what a profile, or a result, is advised, as JSON has it.

        Per decision it has what is possible, and the reason that `explain` gives. If facts clash
        the reason is one set of those and nothing is possible; other decisions count them as
        unknown. A decision that cannot be certified stands in `too_large`. The certificate holds
        the client's facts, by the numbers of their values.

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
        """Return the certificate of the question of an interview, or None if it has no grounds.

        `asked` is an `Interview` of the same engine.
        """
        grounds = asked.grounds
        if grounds is None:
            return None
        state = read_profile(self._ruleset, asked.result.profile)
        claim = {
            "decision": grounds.decision,
            "question": asked.question,
            "known": known(self._executor, state),
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
        state, possible = advised(look, verdict)
        may = self._executor.compiled.cells.may(self._only(state, because))
        box = [may[fact.id] for fact in self._ruleset.facts]
        tree = trees.tree(box, trees.enough(verdict.decision, possible))
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
            "known": known(self._executor, state),
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
        touched = self._executor.compiled.cells.touched
        return [touched(fact.id, single(values[fact.id]))[0] for fact in self._ruleset.facts]


def certified_advice(
    engine: Explains, profile: Mapping[str, Any], recorded: Claim | None = None
) -> tuple[Claim, dict[str, str]]:
    """Return a certificate of advice, and the files by which others check it.

    One that was recorded is taken as it is, where it is of these rules.
    """
    certifier, claim = AdviceCertifier(engine), recorded
    if claim is None or claim.get("rules_sha256") != sha256_of(certifier.rules):
        claim = certifier.certify(profile)
    return claim, {"rules.json": certifier.rules, "certificate.json": canonical_json(claim)}


def advised(look: LanesInspection, verdict: Verdict) -> tuple[State, list[str]]:
    """Return what counts as known for a decision, and what is possible: nothing of a clash."""
    if verdict.reason == "contradiction":
        return look.given, []
    return look.state, list(verdict.possible)


def known(executor: LanesExecutor, state: State) -> list[list[int] | None]:
    """Return what is known, as cells; what may be in every cell is not known."""
    cells = executor.compiled.cells
    may, everything = cells.may(state), cells.everything
    return [
        None if may[fact.id] == everything[fact.id] else list(numbers(may[fact.id]))
        for fact in executor.ruleset.facts
    ]


OTHER_RULES = "is of other rules"

MEMBERS = {"form", "rules_sha256", "nodes", "too_large", "explanations"}


def fit_of(
    executor: LanesExecutor, state: State, certificate: Claim
) -> tuple[str | None, Collection[str]]:
    """Return why a certificate is not of what a profile is advised by these rules, or None.

    With it come the decisions that it leaves out. It may be anything: each decision has to stand in
    it once, with what is known and possible, or be named as left out, and the checker that others
    run confirms all of it.
    """
    check, look = checker(), executor.inspect(state)
    advice = {one.id: advised(look, look.verdict(one)) for one in executor.ruleset.decisions}
    wanted = {name: [known(executor, some), possible] for name, (some, possible) in advice.items()}
    text = export_rules(executor.ruleset)
    if certificate.get("rules_sha256") != sha256_of(text):
        return OTHER_RULES, ()
    if certificate.keys() != MEMBERS:
        return "is not one of advice", ()
    try:
        read = check.Certificate(certificate, read_rules(text))
        for claim in read.explanations:
            said = [claim.get("known"), claim.get("possible")]
            if said != wanted.pop(check.decision_of(read.rules, claim), None):
                return "is of other advice", ()
        check.check(read)
    except (check.Unreadable, check.Refused) as error:
        return f"is refused: {error}", ()
    if not {f"advice on {name}" for name in wanted} <= set(read.too_large):
        return "is of less advice", ()
    return None, wanted
