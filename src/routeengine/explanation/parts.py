"""The small parts of an explanation: names, places, facts, evidence, changes and answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar, cast

from pydantic import BaseModel, ConfigDict

from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Basis

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


class Node(BaseModel):
    """Base of every part of an explanation: frozen, and never shown by `repr`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Give nothing: the fields may hold the client's facts, and repr ends up in logs."""
        return ()


P = ParamSpec("P")
N = TypeVar("N", bound=Node)


def made(kind: Callable[P, N], /, *_: P.args, **fields: P.kwargs) -> N:
    """Make a node of fields that are right already: as `kind(**fields)`, without the validation.

    An explanation is some hundred nodes, all made of checked parts here: type checkers see that the
    fields fit, and the tests validate what comes out.
    """
    # Seen as its constructor by type checkers, for its fields.
    cls = cast(type[N], kind)
    blank, names = _fields(cls)
    node = _blank(cls)
    _set_fields(node, fields if len(fields) == len(blank) else {**blank, **fields})
    _set_names(node, names)
    _set_extra(node, None)
    _set_private(node, None)
    return node


def altered(node: N, **fields: Any) -> N:
    """Give the same node with other values for these fields; as `made`, without validation."""
    new = _blank(type(node))
    _set_fields(new, {**node.__dict__, **fields})
    _set_names(new, node.__pydantic_fields_set__)
    _set_extra(new, None)
    _set_private(new, None)
    return new


# What pydantic keeps of a model, set as it does itself: past the model, which is frozen. The
# setters are found once, for this is done for every node.
_blank = object.__new__
_set_fields, _set_names, _set_extra, _set_private = [
    vars(BaseModel)[name].__set__
    for name in (
        "__dict__",
        "__pydantic_fields_set__",
        "__pydantic_extra__",
        "__pydantic_private__",
    )
]


@cache
def _fields(cls: type[Node]) -> tuple[dict[str, Any], set[str]]:
    """Give the fields in their order, with the default where there is one, and their names.

    The nodes share the names: they are frozen, and pydantic copies the names for a copy.
    """
    fields = cls.model_fields.items()
    blank = {name: None if one.is_required() else one.get_default() for name, one in fields}
    return blank, set(blank)


class Named(Node):
    """An id of the rule set with its label."""

    id: str
    label: str


class CitedPlace(Node):
    """One sentence of a source, by place and digest; `text` says the place in words.

    `language` is what the source, and so the heading `section`, is written in, where that is said.
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


class Reading(Node):
    """An interpretation of the source: what was chosen, why, and what was not chosen."""

    id: str
    choice: str
    because: str
    alternative: str


class GroundsNode(Node):
    """What a rule or criterion stands on; `reading` is there just for an interpretation."""

    basis: Basis
    cites: tuple[CitedPlace, ...] = ()
    reading: Reading | None = None


class LeafNode(Node):
    """What is known of the fact that a condition compares; `words` is its value in words."""

    fact: str
    label: str
    status: EvidenceStatus
    words: str


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
    actionable: bool


class NearestNode(Node):
    """A smallest set of differences that leads to an outcome; together they are enough.

    `changes` are known facts that would be otherwise, `answers` unknown ones that would be known.
    """

    id: str
    changes: tuple[ChangeNode, ...]
    answers: tuple[ChangeNode, ...]


class AnswerNode(Node):
    """One answer to a question, and what could still be the verdict after it.

    `words` and `ranges` are the values of the answer; no condition tells them apart.
    """

    id: str
    words: str
    ranges: tuple[tuple[Value, Value], ...]
    possible: tuple[Named, ...]


class ObservationNode(Node):
    """What somebody recorded of a fact: who, where and when. `text` says all of it in words.

    `stale` says that it is older than its source allows, and that nothing fresher says the same.
    """

    id: str
    source: str
    source_label: str
    date: date
    assessor: str
    words: str
    stale: bool
    text: str


class EvidenceNode(Node):
    """What a dossier holds on one fact: nothing of it is left out.

    What is known rests on `basis`; where `conflict` is true these observations disagree.
    `agreeing` can be true beside it, `superseded` says otherwise and weighs less, and
    `declined` says nothing of the value.
    """

    id: str
    conflict: bool
    basis: tuple[ObservationNode, ...]
    agreeing: tuple[ObservationNode, ...]
    superseded: tuple[ObservationNode, ...]
    declined: tuple[ObservationNode, ...]


class DecisionNode(Node):
    """What a person decided beside the advice, in a role (see `routeengine.departure`).

    `text` says it in words with the reason, `short` without: a reason can tell of health.
    """

    id: str
    outcome: str
    role: str
    reason: str | None
    date: date
    short: str
    text: str
