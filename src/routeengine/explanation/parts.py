"""The small parts of an explanation: names, places, facts, evidence, changes and answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

from routeengine.result import Reason, Status
from routeengine.ruleset.domains import Value
from routeengine.ruleset.sources import Basis

EvidenceStatus: TypeAlias = Literal[
    "known",
    "partial",
    "implied",
    "unknown",
    "declined",
    "conflicting",
    "contradicted",
    "masked",
]
"""How much is known of a fact.

*known*: one value was given; *partial*: several values are possible; *implied*: what was
given leaves it open, but a constraint settles it; *declined*: asked and not answered;
*conflicting*: the evidence disagrees; *contradicted*: given, but it cannot stand with
other facts; *masked*: not shown to this reader, whatever is known of it.
"""


class Node:
    """Base of every part of an explanation: frozen, and never shown by `repr`."""

    __slots__ = ()

    # How a node is read from JSON: a field that it does not have is refused, and what was made of
    # what was read is looked at as well.
    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid",
        "revalidate_instances": "always",
    }

    def __repr__(self) -> str:
        # The fields may hold the client's facts, and repr ends up in logs.
        return f"{type(self).__name__}()"


@dataclass(frozen=True, slots=True, repr=False)
class Named(Node):
    """An id of the rule set with its label."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, repr=False)
class CitedPlace(Node):
    """One sentence of a source, by place and digest; `text` says the place in words.

    `language` is what the source, and so the heading `section`, is written in, if that is said.
    """

    id: str
    citation: str
    source: str
    title: str
    kind: str
    number: str
    section: str
    paragraph: int
    sentence: int
    sha256: str
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Reading(Node):
    """An interpretation of the source: what was chosen, why, and what was not chosen."""

    id: str
    choice: str
    because: str
    alternative: str


@dataclass(frozen=True, slots=True, repr=False)
class GroundsNode(Node):
    """What a rule or criterion stands on; `reading` is there just for an interpretation."""

    basis: Basis
    cites: tuple[CitedPlace, ...] = ()
    reading: Reading | None = None


@dataclass(frozen=True, slots=True, repr=False)
class LeafNode(Node):
    """What is known of the fact that a condition compares; `words` is its value in words."""

    fact: str
    label: str
    status: EvidenceStatus
    words: str


@dataclass(frozen=True, slots=True, repr=False)
class PointsNode(Node):
    """What a score comes to for this client, and what is asked of it.

    It is from `least` to `most`; that is never too narrow. `low` and `high` are the bounds that are
    asked, None where that side is open, and `worths` what its parts are worth, in their order.
    `words` says how it stands, and `more` what is open, or what is lacking. Where it lacks points
    or has too many, `more` says what would be enough with all else as it is, and `closing` has for
    each such set the parts, by number from 1 on, that would be otherwise then: none where it takes
    more than three facts.
    """

    least: int
    most: int
    low: int | None
    high: int | None
    worths: tuple[int, ...]
    words: str
    more: tuple[str, ...] = ()
    closing: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class ChangeNode(Node):
    """One fact that would be otherwise: it has `now`, and would have one of the values in `words`.

    No condition tells those values apart; `value` is the nearest of them. `actionable` says
    that a person can act on the fact in that direction: not that anybody has to.
    """

    fact: str
    label: str
    now: str
    words: str
    value: Value
    actionable: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class NearestNode(Node):
    """A smallest set of differences that leads to an outcome; together they are enough.

    `changes` are known facts that would be otherwise, `answers` unknown ones that would be known.
    """

    id: str
    changes: tuple[ChangeNode, ...] = ()
    answers: tuple[ChangeNode, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class AnswerNode(Node):
    """One answer to a question, and what could still be the verdict after it.

    `words` and `ranges` are the values of the answer; no condition tells them apart.
    """

    id: str
    words: str
    ranges: tuple[tuple[Value, Value], ...]
    possible: tuple[Named, ...]


@dataclass(frozen=True, slots=True, repr=False)
class OtherVerdictNode(Node):
    """What a decision would come to.

    `outcomes` is what is decided, else what a person chooses from, or all that is still possible:
    "review" and "not_applicable" may stand there too.
    """

    decision: str
    status: Status
    reason: Reason | None = None
    outcomes: tuple[str, ...] = ()
    exact: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class OtherwiseNode(Node):
    """The answers if a fact had one of these values, and all else were known as it is.

    `words` and `ranges` are the values; no condition tells them apart. It is there of facts that
    may stand in for origin, so that anybody can see what such a fact does.
    """

    id: str
    words: str
    ranges: tuple[tuple[Value, Value], ...]
    verdicts: tuple[OtherVerdictNode, ...]


@dataclass(frozen=True, slots=True, repr=False)
class ObservationNode(Node):
    """What somebody recorded of a fact: who, where and when. `text` says all of it in words.

    `stale` says that it is older than its source allows, and that nothing fresher says the same.
    """

    id: str
    source: str
    source_label: str
    date: dt.date
    assessor: str
    words: str
    stale: bool
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class EvidenceNode(Node):
    """What a dossier holds on one fact: nothing of it is left out.

    What is known rests on `basis`; if `conflict` is true these observations disagree.
    `agreeing` can be true beside it, `superseded` says otherwise and weighs less, and
    `declined` says nothing of the value. `settled` says that a source settles the fact whatever
    its observations are about: that a conversation was held, say.
    """

    id: str
    conflict: bool
    basis: tuple[ObservationNode, ...]
    agreeing: tuple[ObservationNode, ...]
    superseded: tuple[ObservationNode, ...]
    declined: tuple[ObservationNode, ...]
    settled: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class DecisionNode(Node):
    """What a person decided beside the advice, in a role (see `routeengine.departure`).

    `text` says it in words with the reason, `short` without: a reason can tell of health.
    """

    id: str
    outcome: str
    role: str
    reason: str | None
    date: dt.date
    short: str
    text: str
