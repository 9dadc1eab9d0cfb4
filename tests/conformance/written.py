"""States and answers as `conformance/cases.json` writes them."""

from __future__ import annotations

from typing import Any

from routeengine.codec import VALUES
from routeengine.profile import Known, State
from routeengine.result import Answer, Verdict

__all__ = ["VALUES", "answer_as_json", "state_as_json", "state_of"]


def state_as_json(state: State) -> dict[str, Any]:
    """Give what is known of each fact."""
    return {fact: _known(one) for fact, one in state.items()}


def _known(one: Known) -> dict[str, Any]:
    marks = {"declined": one.declined, "conflicting": one.conflicting}
    return {"allowed": VALUES.write(one.allowed)} | {
        name: True for name, yes in marks.items() if yes
    }


def state_of(known: dict[str, dict[str, Any]]) -> State:
    """Read what `state_as_json` gives."""
    return {
        fact: Known(
            VALUES.read(one["allowed"], fact),
            declined="declined" in one,
            conflicting="conflicting" in one,
        )
        for fact, one in known.items()
    }


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """Give the verdicts and the flags."""
    return {
        "verdicts": {name: _verdict(verdict) for name, verdict in answer.verdicts.items()},
        "flags": list(answer.flags),
        "flags_possible": list(answer.flags_possible),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "status": verdict.status,
        "outcome": verdict.outcome,
        "rule": verdict.rule,
        "rules": list(verdict.rules),
        "reason": verdict.reason,
        "candidates": list(verdict.candidates),
        "possible": list(verdict.possible),
        "conflict": list(verdict.conflict),
        "missing": list(verdict.missing),
    }
