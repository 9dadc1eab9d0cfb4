"""Form 2 of an explanation as JSON: what is said often stands once, and the rest refers to it.

    conditions   each once, by number: `route/route_a/when` is `"when": 12` of its rule
    rules        by decision and id; facts, with what is asked of them, by id
    sources      citations by source, section and id: a rule cites them by id
    changes      one fact that would be otherwise, by number: a nearest set is a list of numbers
    words        templates of texts that follow from the rest, such as `{label}: yes`

What has its usual value is left out, and so is what follows: an id that says where a node is, and
a text that a template gives. `encode` and `decode` say how.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

from pydantic import NonNegativeInt as Number

from routeengine.explanation.model import ConditionKind, Standing, VersionNode, WhyNotStatus
from routeengine.explanation.parts import DecisionNode, EvidenceNode, EvidenceStatus
from routeengine.result import Reason, Status
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Basis
from routeengine.truth import Truth

Ranges: TypeAlias = tuple[tuple[Value, Value], ...]


class Entry:
    """Base of every part of the form: a field that it does not have is refused."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}


PlaceRow: TypeAlias = tuple[int, int, str] | tuple[int, int, str, str]
"""One sentence: paragraph, sentence, SHA-256, and the place in words if no template gives that."""


@dataclass(frozen=True, slots=True)
class SourceEntry(Entry):
    """A source; `sections` holds by heading the citations under it, by id."""

    title: str
    kind: str
    number: str
    sections: dict[str, dict[str, PlaceRow]]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class GroundsEntry(Entry):
    """What a rule, criterion, flag or constraint rests on; `cites` are ids of citations.

    An interpretation has what was chosen, why, and what was not chosen.
    """

    basis: Basis = "interpretation"
    cites: tuple[str, ...] = ()
    choice: str | None = None
    because: str | None = None
    alternative: str | None = None


@dataclass(frozen=True, slots=True)
class KnownEntry(Entry):
    """What is known of a fact, with its value in words."""

    status: EvidenceStatus
    words: str


@dataclass(frozen=True, slots=True)
class ConditionEntry(Entry):
    """A condition; `parts` are the numbers of its parts, all smaller than its own.

    `reference` is the fact, criterion or decision that it names, `words` the values of a fact for
    which it holds. `text` and `head` are there if the templates do not give them, `label` for a
    criterion, and `known` if what is known of the fact is not what the facts say.
    """

    truth: Truth
    kind: ConditionKind
    reference: str | None = None
    words: str | None = None
    text: str | None = None
    head: str | None = None
    count: int | None = None
    label: str | None = None
    grounds: GroundsEntry | None = None
    known: KnownEntry | None = None
    parts: tuple[Number, ...] = ()


ComparisonRow: TypeAlias = tuple[Truth, str, str]
"""A condition that compares a fact, in short: its truth, the fact, and the values in words."""


@dataclass(frozen=True, slots=True)
class RuleEntry(Entry):
    """A rule; `when` is the number of its condition, `applies` there if it has none.

    What failed or is open of it follows: it is what gives the condition its truth.
    """

    label: str
    reason: str
    standing: Standing
    grounds: GroundsEntry
    outcome: str | None = None
    candidates: tuple[str, ...] = ()
    no_candidates_because: str | None = None
    applies: Truth | None = None
    outranked_by: tuple[str, ...] = ()
    maybe_outranked_by: tuple[str, ...] = ()
    when: Number | None = None


AnswerRow: TypeAlias = tuple[str, Ranges]
"""An answer to the question for a fact: its values in words, and as ranges."""


@dataclass(frozen=True, slots=True)
class FactEntry(Entry):
    """A fact; `ranges` is left out if there is one `value`.

    `given` is what was given of it, if that is not what is known of it. What is asked of it, and
    all answers to that in any decision, are there if it is asked.
    """

    label: str
    status: EvidenceStatus
    words: str
    value: Value | None = None
    ranges: Ranges = ()
    special_category: bool = False
    possible_proxy: bool = False
    read_by: tuple[str, ...] = ()
    coupled_with: tuple[str, ...] = ()
    evidence: EvidenceNode | None = None
    given: KnownEntry | None = None
    question: str | None = None
    why_needed: str | None = None
    answers: tuple[AnswerRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ConstraintEntry(Entry):
    """A constraint that the given facts break."""

    constraint: str
    label: str
    grounds: GroundsEntry


LeadRow: TypeAlias = tuple[Number, tuple[str, ...]] | tuple[Number]
"""The number of an answer, and what would still be possible; all of it if that is left out."""


@dataclass(frozen=True, slots=True)
class VerdictEntry(Entry):
    """The answer of one decision; outcomes, rules and facts are ids.

    `outcomes` has the label of each outcome that is mentioned. `missing` holds by fact to what each
    answer leads.
    """

    label: str
    status: Status
    short: str
    sentences: tuple[str, ...]
    outcomes: dict[str, str]
    outcome: str | None = None
    outcome_label: str | None = None
    description: str | None = None
    progression: str | None = None
    rule: str | None = None
    rules: tuple[str, ...] = ()
    reason: Reason | None = None
    candidates: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    missing: dict[str, tuple[LeadRow, ...]] | None = None
    conflict: tuple[str, ...] = ()
    conflicting: tuple[str, ...] = ()
    broken: tuple[ConstraintEntry, ...] = ()
    exact: bool = True
    decisions: tuple[DecisionNode, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyEntry(Entry):
    """Why the verdict is what it is; rules and facts are ids, `applies_when` is a number."""

    rule: str | None = None
    rules: tuple[str, ...] = ()
    other_rules: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    applies_when: Number | None = None
    not_applicable_because: str | None = None
    masked: bool = False


@dataclass(frozen=True, slots=True)
class WhyNotEntry(Entry):
    """Why another outcome is not the answer; `nearest` holds sets of numbers of changes."""

    label: str
    status: WhyNotStatus
    rules: tuple[str, ...] = ()
    nearest: tuple[tuple[Number, ...], ...] | None = None


@dataclass(frozen=True, slots=True)
class ChangeEntry(Entry):
    """One fact that would be otherwise; `answer` says that it is unknown now."""

    fact: str
    now: str
    words: str
    value: Value
    actionable: bool = False
    answer: bool = False


@dataclass(frozen=True, slots=True)
class FlagEntry(Entry):
    """A signal; `when` is the number of the condition that raises it."""

    flag: str
    label: str
    grounds: GroundsEntry
    when: Number | None = None


@dataclass(frozen=True, slots=True)
class Form(Entry):
    """One explanation in this form."""

    form: Literal["routeengine/explanation/2"]
    language: str
    client_id: str | None
    versions: VersionNode
    advice: tuple[str, ...]
    verdicts: dict[str, VerdictEntry]
    why: dict[str, WhyEntry]
    why_not: dict[str, dict[str, WhyNotEntry]]
    flags: tuple[FlagEntry, ...]
    flags_possible: tuple[FlagEntry, ...]
    facts: dict[str, FactEntry]
    rules: dict[str, dict[str, RuleEntry]]
    conditions: tuple[ConditionEntry | ComparisonRow, ...]
    changes: tuple[ChangeEntry, ...]
    sources: dict[str, SourceEntry]
    words: dict[str, str]
    hidden: tuple[str, ...] = ()


GROUPS = ("all", "any", "at_least", "exactly")
"""The kinds of condition whose text is that of their parts, joined."""


class Templates:
    """The texts that follow from the rest.

    Nothing but a name in braces is filled in, whatever a template that comes from outside asks.
    """

    def __init__(self, words: dict[str, str]) -> None:
        self._words = words

    def _filled(self, name: str, **values: object) -> str:
        return re.sub(r"{(\w+)}", lambda found: str(values[found[1]]), self._words[name])

    def condition(self, entry: ConditionEntry, label: str | None, parts: Sequence[str]) -> str:
        """Return the text of a condition; `parts` are the texts of its parts."""
        if entry.text is not None:
            return entry.text
        count = len(parts) if entry.count is None else entry.count
        items = "; ".join(parts)
        return self._filled(entry.kind, label=label, words=entry.words, count=count, items=items)

    def head(self, entry: ConditionEntry, text: str) -> str:
        """Return what is above the parts of a condition of which this is the text."""
        if entry.head is not None:
            return entry.head
        if entry.kind not in GROUPS:
            return text
        count = len(entry.parts) if entry.count is None else entry.count
        return self._filled(f"{entry.kind}_head", count=count)

    def place(self, source: SourceEntry, section: str, row: PlaceRow) -> str:
        """Return a place in a source, in words."""
        if len(row) == 4:
            return row[3]
        return self._filled(
            "place" if section else "place_at_start",
            kind=source.kind,
            number=source.number,
            section=section,
            paragraph=row[0],
            sentence=row[1],
        )
