"""The explanation of one classification, as data.

Everything that is shown to a reader is drawn from these nodes: the text, the
Markdown and the HTML only choose and arrange. All texts are in one language;
ids and structure are the same in every language. An explanation holds the
client's facts, because it is for the client and the auditor: `repr` does not
show them, and it belongs in no log.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from routeengine.explanation import parts
from routeengine.result import Reason, Status
from routeengine.ruleset.domains import Value
from routeengine.truth import Truth

FORM = "routeengine/explanation/2"
"""The version of the form that `schemas/explanation.schema.json` describes."""

ConditionKind: TypeAlias = Literal[
    "fact",
    "criterion",
    "score",
    "outcome",
    "status",
    "rule",
    "all",
    "any",
    "not",
    "at_least",
    "exactly",
]

RuleStatus: TypeAlias = Literal["decides", "may_decide", "applies", "outranked", "fails", "open"]
"""The status of a rule: *applies* is a rule that holds in a decision that is answered otherwise."""

WhyNotStatus: TypeAlias = Literal[
    "failed", "outranked", "open", "candidate", "review", "not_applicable", "masked"
]
"""Why an outcome is not the answer.

*failed*: no rule that leads there holds; *outranked*: one holds or may hold, and another goes
before it; *open*: still possible; *candidate*: a person chooses, this is one to choose from;
*review*: one holds or may hold, but then a person looks, for another rule fits too or facts
clash; *not_applicable*: the decision does not apply; *masked*: it depends on facts that this reader
may not see.
"""


@dataclass(frozen=True, slots=True, repr=False)
class ConditionNode(parts.Node):
    """One condition and its exact truth on everything that is still possible.

    `id` is stable: the path from the rule to this condition. `text` is the
    whole condition in words, `head` what stands above its parts when those are
    listed below it. `reference` is the fact, criterion or decision
    that it names; `count` the number that must hold (at_least, exactly).
    `children` are the parts, or the definition of the criterion. `points` is there for a score.
    """

    id: str
    kind: ConditionKind
    text: str
    head: str
    truth: Truth
    reference: str | None = None
    count: int | None = None
    label: str | None = None
    grounds: parts.GroundsNode | None = None
    fact: parts.LeafNode | None = None
    children: tuple[ConditionNode, ...] = ()
    points: parts.PointsNode | None = None


@dataclass(frozen=True, slots=True, repr=False)
class RuleNode(parts.Node):
    """One rule and its status.

    `outcome` is what it leads to, or None for a review rule with `candidates`.
    `applies` is the truth of its own condition; `when` is None for the rule
    that applies if no other does. `outranked_by` names the rules that go
    before it and hold, `maybe_outranked_by` those that still may. `failed` and
    `open` are the ids of the conditions that decide that.
    """

    id: str
    rule: str
    label: str
    reason: str
    standing: RuleStatus
    applies: Truth
    grounds: parts.GroundsNode
    outcome: str | None = None
    candidates: tuple[parts.Named, ...] = ()
    no_candidates_because: str | None = None
    outranked_by: tuple[parts.Named, ...] = ()
    maybe_outranked_by: tuple[parts.Named, ...] = ()
    failed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    when: ConditionNode | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Why(parts.Node):
    """Why the verdict is what it is.

    `rule` is the one rule that is certain to decide, `rules` every rule that
    can. `because` names known facts that force the verdict by themselves; none
    of them can be left out. `because_facts` gives the same with labels.
    `other_rules` do not decide, and lead to review or to the same outcome: with
    `rules` and `why_not` they make up all rules of the decision.
    `applies_when` is the condition under which the decision applies at all. `masked` says that
    all of this is left out, for it depends on facts that this reader may not see.
    """

    id: str
    rule: str | None = None
    rules: tuple[RuleNode, ...] = ()
    other_rules: tuple[RuleNode, ...] = ()
    because: tuple[str, ...] = ()
    because_facts: tuple[parts.LeafNode, ...] = ()
    applies_when: ConditionNode | None = None
    not_applicable_because: str | None = None
    masked: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class WhyNot(parts.Node):
    """Why another outcome is not the answer, rule by rule that leads to it.

    `nearest` holds all sets of fewest differences that lead there and `distance` is how many
    facts differ. They are empty and None if more than three facts have to differ,
    and both None if that was not looked for: when the facts contradict
    each other, or the decision is too large.
    """

    id: str
    outcome: str
    label: str
    status: WhyNotStatus
    rules: tuple[RuleNode, ...] = ()
    distance: int | None = None
    nearest: tuple[parts.NearestNode, ...] | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Question(parts.Node):
    """An unknown fact that can still change the verdict, and how to ask for it.

    `answers` are all that it can have, with what each would lead to; none if
    that is too large to work out.
    """

    id: str
    fact: str
    label: str
    question: str
    why_needed: str
    answers: tuple[parts.AnswerNode, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class ConstraintNode(parts.Node):
    """A constraint that the given facts break."""

    id: str
    constraint: str
    label: str
    grounds: parts.GroundsNode


@dataclass(frozen=True, slots=True, repr=False)
class VerdictNode(parts.Node):
    """The answer of one decision; `short` and `sentences` say it in words.

    `possible` and `candidates` stand in declared order. In `possible`, "review"
    and "not_applicable" may stand beside outcomes. `decisions` are what persons decided
    otherwise; the advice stays what it was.
    """

    id: str
    decision: str
    label: str
    status: Status
    short: str
    sentences: tuple[str, ...]
    outcome: str | None = None
    outcome_label: str | None = None
    description: str | None = None
    progression: str | None = None
    rule: str | None = None
    rules: tuple[parts.Named, ...] = ()
    reason: Reason | None = None
    candidates: tuple[parts.Named, ...] = ()
    possible: tuple[parts.Named, ...] = ()
    missing: tuple[Question, ...] = ()
    conflict: tuple[parts.Named, ...] = ()
    conflicting: tuple[parts.Named, ...] = ()
    broken: tuple[ConstraintNode, ...] = ()
    exact: bool = True
    decisions: tuple[parts.DecisionNode, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class FactNode(parts.Node):
    """One fact of the rule set and what is known of it.

    `words` is the value in words. `ranges` holds the values that are still
    possible, as runs in declared order (first, last, both included); `value`
    is there if it is just one. `read_by` names the decisions that read it, `coupled_with` the
    facts that constraints tie to it. `evidence` is there if a dossier was classified. `otherwise`
    is what the answers would be under each other value of a fact that may stand in for origin.
    """

    id: str
    fact: str
    label: str
    status: parts.EvidenceStatus
    words: str
    value: Value | None = None
    ranges: tuple[tuple[Value, Value], ...] = ()
    special_category: bool = False
    possible_proxy: bool = False
    read_by: tuple[str, ...] = ()
    coupled_with: tuple[str, ...] = ()
    evidence: parts.EvidenceNode | None = None
    otherwise: tuple[parts.OtherwiseNode, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class FlagNode(parts.Node):
    """A signal beside the verdicts; `when` is None if the dossier raises it."""

    id: str
    flag: str
    label: str
    grounds: parts.GroundsNode
    when: ConditionNode | None = None


@dataclass(frozen=True, slots=True, repr=False)
class VersionNode(parts.Node):
    """Which rule set and which engine gave the answer, to what, and when.

    `form` is the version of this form of explanation, `input_sha256` the digest of what was
    known (docs/auditors.md), and `at` the time that the caller gave.
    """

    id: str
    ruleset: str
    title: str
    version: str
    sha256: str
    meaning_sha256: str
    engine: str
    form: str
    input_sha256: str | None
    at: dt.datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class ExplanationData(parts.Node):
    """Why one client was classified so, in one language.

    `verdicts`, `why` and `why_not` are keyed by decision, in declared order;
    `why_not[decision]` holds every outcome that is not the answer. It is
    advice: `advice` says so in words, and that a person decides. `hidden` names the facts that
    this reader may not see. `short` says that only the gist is there: what `to_text(short=True)`
    shows, and the facts that it names. `certificate` is one of this advice, where whoever made the
    explanation put it in (`docs/trust.md`): it holds the client's facts, so that there is none
    where some are masked, and none in short.
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
    hidden: tuple[str, ...] = ()
    short: bool = False
    certificate: dict[str, Any] | None = None


def decisive_parts(node: ConditionNode) -> list[ConditionNode]:
    """Return the nodes that give a node its truth: which of its parts failed, or are open.

    An "all" that fails is taken apart into the parts that fail. If no part
    fails by itself (they cannot hold together), it is the "all" that fails.
    """
    if node.kind != "all" or node.truth is Truth.TRUE:
        return [node]
    found = []
    for part in node.children:
        if part.truth is node.truth:
            found += decisive_parts(part) if part.kind == "all" else [part]
    return found or [node]


def decisive_ids(node: ConditionNode) -> tuple[str, ...]:
    """Return the ids of the nodes that give a node its truth."""
    return tuple([part.id for part in decisive_parts(node)])


def standing_of(applies: Truth, *, outranked: bool, maybe: bool, may_decide: bool) -> RuleStatus:
    """Return the status of a rule that is `outranked` by one that holds, or `maybe` is."""
    if applies is Truth.FALSE:
        return "fails"
    # Before what is open: if a rule that outranks this one applies, nothing that is still unknown
    # can bring this one back.
    if outranked:
        return "outranked"
    if may_decide:
        return "decides" if applies is Truth.TRUE and not maybe else "may_decide"
    return "applies" if applies is Truth.TRUE else "open"
