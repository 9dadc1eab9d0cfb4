"""The explanation of one classification, as data.

Everything that is shown to a reader is drawn from these models: the text, the
Markdown and the HTML only choose and arrange. All texts stand in one language;
ids and structure are the same in every language. An explanation holds the
client's facts, because it is for the client and the auditor: `repr` does not
show them, and it belongs in no log.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from routeengine.result import Reason, Status
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Basis
from routeengine.truth import Truth

__all__ = [
    "CitedPlace",
    "ConditionKind",
    "ConditionNode",
    "ConstraintNode",
    "EvidenceStatus",
    "Explanation",
    "FactNode",
    "FlagNode",
    "GroundsNode",
    "LeafNode",
    "Named",
    "Question",
    "Reading",
    "RuleNode",
    "Standing",
    "VerdictNode",
    "VersionNode",
    "Why",
    "WhyNot",
    "WhyNotStatus",
]

EvidenceStatus: TypeAlias = Literal[
    "known", "partial", "implied", "unknown", "declined", "conflicting", "contradicted"
]
"""How much is known of a fact.

*known*: one value was given; *partial*: several values are possible; *implied*: what was
given leaves it open, but a constraint settles it; *declined*: asked and not answered;
*conflicting*: the evidence disagrees; *contradicted*: given, but it cannot stand with
other facts.
"""

ConditionKind: TypeAlias = Literal[
    "fact", "criterion", "outcome", "status", "rule", "all", "any", "not", "at_least", "exactly"
]

Standing: TypeAlias = Literal["decides", "may_decide", "applies", "outranked", "fails", "open"]
"""Where a rule stands: *applies* is a rule that holds in a decision that is answered otherwise."""

WhyNotStatus: TypeAlias = Literal[
    "failed", "outranked", "open", "candidate", "review", "not_applicable"
]
"""Why an outcome is not the answer.

*failed*: no rule that leads there holds; *outranked*: one holds or may hold, and another goes
before it; *open*: still possible; *candidate*: a person chooses, this is one to choose from;
*review*: one holds or may hold, but then a person looks, for another rule fits too or facts
clash; *not_applicable*: the decision does not apply.
"""


class Node(BaseModel):
    """Base of every part of an explanation: frozen, and never shown by `repr`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Give nothing: the fields may hold the client's facts, and repr ends up in logs."""
        return ()


class Named(Node):
    """An id of the rule set with its label."""

    id: str
    label: str


class CitedPlace(Node):
    """One sentence of a source, by place and digest; `text` says the place in words."""

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


class ConditionNode(Node):
    """One condition and its exact truth on everything that is still possible.

    `id` is stable: the path from the rule to this condition. `text` is the
    whole condition in words, `head` what stands above its parts when those are
    listed below it. `reference` is the fact, criterion or decision
    that it names; `count` the number that must hold (at_least, exactly).
    `children` are the parts, or the definition of the criterion.
    """

    id: str
    kind: ConditionKind
    text: str
    head: str
    truth: Truth
    reference: str | None = None
    count: int | None = None
    label: str | None = None
    grounds: GroundsNode | None = None
    fact: LeafNode | None = None
    children: tuple[ConditionNode, ...] = ()


class RuleNode(Node):
    """One rule and where it stands.

    `outcome` is what it leads to, or None for a review rule with `candidates`.
    `applies` is the truth of its own condition; `when` is None for the rule
    that applies where no other does. `outranked_by` names the rules that go
    before it and hold, `maybe_outranked_by` those that still may. `failed` and
    `open` are the ids of the conditions that decide that.
    """

    id: str
    rule: str
    label: str
    reason: str
    outcome: str | None
    candidates: tuple[Named, ...]
    no_candidates_because: str | None
    standing: Standing
    applies: Truth
    outranked_by: tuple[Named, ...]
    maybe_outranked_by: tuple[Named, ...]
    failed: tuple[str, ...]
    open: tuple[str, ...]
    when: ConditionNode | None
    grounds: GroundsNode


class Why(Node):
    """Why the verdict is what it is.

    `rule` is the one rule that is certain to decide, `rules` every rule that
    can. `because` names known facts that force the verdict by themselves; none
    of them can be left out. `because_facts` gives the same with labels.
    `other_rules` do not decide, and lead to review or to the same outcome: with
    `rules` and `why_not` they make up all rules of the decision.
    `applies_when` is the condition under which the decision applies at all.
    """

    id: str
    rule: str | None
    rules: tuple[RuleNode, ...]
    other_rules: tuple[RuleNode, ...]
    because: tuple[str, ...]
    because_facts: tuple[LeafNode, ...]
    applies_when: ConditionNode | None
    not_applicable_because: str | None


class WhyNot(Node):
    """Why another outcome is not the answer, rule by rule that leads to it."""

    id: str
    outcome: str
    label: str
    status: WhyNotStatus
    rules: tuple[RuleNode, ...]


class Question(Node):
    """An unknown fact that can still change the verdict, and how to ask for it."""

    id: str
    fact: str
    label: str
    question: str
    why_needed: str


class ConstraintNode(Node):
    """A constraint that the given facts break."""

    id: str
    constraint: str
    label: str
    grounds: GroundsNode


class VerdictNode(Node):
    """The answer of one decision; `short` and `sentences` say it in words.

    `possible` and `candidates` stand in declared order. In `possible`, "review"
    and "not_applicable" may stand beside outcomes.
    """

    id: str
    decision: str
    label: str
    status: Status
    short: str
    sentences: tuple[str, ...]
    outcome: str | None
    outcome_label: str | None
    description: str | None
    progression: str | None
    rule: str | None
    rules: tuple[Named, ...]
    reason: Reason | None
    candidates: tuple[Named, ...]
    possible: tuple[Named, ...]
    missing: tuple[Question, ...]
    conflict: tuple[Named, ...]
    conflicting: tuple[Named, ...]
    broken: tuple[ConstraintNode, ...]
    exact: bool


class FactNode(Node):
    """One fact of the rule set and what is known of it.

    `words` is the value in words. `ranges` holds the values that are still
    possible, as runs in declared order (first, last, both included); `value`
    is there where it is just one. `read_by` names the decisions that read it.
    """

    id: str
    fact: str
    label: str
    status: EvidenceStatus
    value: Value | None
    words: str
    ranges: tuple[tuple[Value, Value], ...]
    special_category: bool
    possible_proxy: bool
    read_by: tuple[str, ...]


class FlagNode(Node):
    """A signal beside the verdicts; `when` is None where the dossier raises it."""

    id: str
    flag: str
    label: str
    when: ConditionNode | None
    grounds: GroundsNode


class VersionNode(Node):
    """Which rule set and which engine gave the answer."""

    id: str
    ruleset: str
    title: str
    version: str
    sha256: str
    meaning_sha256: str
    engine: str


class Explanation(Node):
    """Why one client was classified so, in one language.

    `verdicts`, `why` and `why_not` are keyed by decision, in declared order;
    `why_not[decision]` holds every outcome that is not the answer. It is
    advice: `advice` says so in words, and that a person decides.
    """

    language: str
    client_id: str | None
    versions: VersionNode
    advice: tuple[str, ...]
    verdicts: dict[str, VerdictNode]
    why: dict[str, Why]
    why_not: dict[str, dict[str, WhyNot]]
    flags: tuple[FlagNode, ...]
    flags_possible: tuple[FlagNode, ...]
    facts: dict[str, FactNode]

    def to_text(self) -> str:
        """Give the explanation as plain text, for reading on paper or aloud."""
        from routeengine.explanation.text import as_text  # noqa: PLC0415  it imports this module

        return as_text(self)

    def to_markdown(self) -> str:
        """Give the explanation as Markdown (CommonMark)."""
        from routeengine.explanation.markdown import as_markdown  # noqa: PLC0415  it imports this module

        return as_markdown(self)

    def to_html(self) -> str:
        """Give the explanation as one self-contained HTML page."""
        from routeengine.explanation.html import as_html  # noqa: PLC0415  it imports this module

        return as_html(self)
