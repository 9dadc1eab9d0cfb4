"""Where a client is among all outcomes of a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from routeengine.explanation import model
from routeengine.explanation.page.voice import Voice

State: TypeAlias = Literal["here", "maybe", "was", ""]
"""`here`: the answer; `maybe`: it can be; `was`: it was advised, and a person chose otherwise."""

MAX_ITEMS = 8
"""More outcomes than this are no map that helps anybody."""


@dataclass(frozen=True, slots=True)
class MapItem:
    """One outcome: its name, whom it is for, and what it is to this client."""

    outcome: str
    name: str
    who: str
    state: State
    tag: str


def outcome_map(voice: Voice, verdict: model.VerdictNode) -> tuple[MapItem, ...]:
    """Return all outcomes of a decision in declared order; none if they are too many."""
    names = voice.names(verdict.decision)
    if len(names) > MAX_ITEMS:
        return ()
    return tuple(
        MapItem(name.id, name.short, name.who or "", *_state(voice, verdict, name.id))
        for name in names.values()
    )


def _state(voice: Voice, verdict: model.VerdictNode, outcome: str) -> tuple[State, str]:
    tag, decided = voice.client.tag, verdict.status == "decided"
    if verdict.decisions:
        if outcome == verdict.decisions[-1].outcome:
            return "here", tag["decision"]
        return ("was", tag["was"]) if decided and outcome == verdict.outcome else ("", "")
    if decided:
        return ("here", tag["here"]) if outcome == verdict.outcome else ("", "")
    if any(one.id == outcome for one in verdict.candidates):
        return "maybe", tag["maybe" if verdict.status == "review" else "possible"]
    if any(one.id == outcome for one in verdict.possible):
        return "maybe", tag["possible"]
    return "", ""
