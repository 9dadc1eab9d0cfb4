"""The shape of a rule set's files; the JSON Schema for editors comes from here."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Discriminator, Tag

from routeengine.loading.conditions import Condition, Values
from routeengine.loading.shapes import (
    Choice,
    Day,
    Entry,
    Name,
    Names,
    OneOrMore,
    Section,
    Table,
    Target,
    Text,
    Value,
    Whole,
    Words,
    YesNo,
    needed,
    optional,
)
from routeengine.loading.yaml_tree import Branch, Node
from routeengine.ruleset.expectations import ACCEPTABLE


class Header(Entry):
    """What the rule set is, and the words for what is not known."""

    noun: ClassVar[str] = "`ruleset`"
    id: Name = needed("the name of the rule set: lower-case letters, digits and hyphens", str)
    version: Name = needed("three numbers, as 1.2.0; raise it with every change", str)
    languages: Names = needed("codes of the languages that every text is in, as [nl, en]", list)
    title: Text = needed("what the rule set is called", dict)
    purpose: Text = needed("what it is for, and for whom", dict)
    owner: Text = needed("who answers for it", dict)
    valid_from: Day | None = optional("the first day it may be used")
    valid_until: Day | None = optional("the last day it may be used")
    client_id: Names = optional("further names of the column `client_id`", list)
    unknown: Names = optional("texts in a caseload that mean unknown", list)
    declined: Names = optional("texts in a caseload that mean: asked, and not answered", list)


class SourceEntry(Entry):
    """A document that rules are drawn from."""

    noun: ClassVar[str] = "a source"
    title: Text = needed("what the document is called", dict)
    number: Words = needed("its registration number", str)
    kind: Text = needed("what kind of document it is", dict)
    headings: Names = optional("the lines that open a section", list)
    abbreviations: Names = optional("words whose full stop ends no sentence", list)
    language: Name | None = optional(
        "the code of the language it is written in, as nl; pages in another language mark its words"
    )


class CitationEntry(Entry):
    """One sentence of a source, by its place and its digest."""

    noun: ClassVar[str] = "a citation"
    source: Name = needed("the id of the source", str)
    section: Section = needed('the heading it stands under; "" before the first heading', str)
    paragraph: Whole = needed("the number of the paragraph in its section, from 1", int)
    sentence: Whole = needed("the number of the sentence in its paragraph, from 1", int)
    sha256: Name = needed("the SHA-256 of the sentence, 64 hexadecimal digits", str)


class RefusalEntry(Entry):
    """A field that is refused at the door."""

    noun: ClassVar[str] = "a refused field"
    reason: Text = needed("why the rules do not want it", dict)
    aliases: Names = optional("further names of the column", list)


class ValueEntry(Entry):
    """A value of a fact."""

    noun: ClassVar[str] = "a value"
    label: Text = needed("what the value is called", dict)
    aliases: Names = optional("further texts in a caseload that mean this value", list)


class FactEntry(Entry):
    """Something that may be known of a client."""

    noun: ClassVar[str] = "a fact"
    type: Annotated[str, Choice("boolean", "category", "integer")] = needed(
        "boolean, category or integer", lambda: "boolean"
    )
    minimum: Whole | None = optional("the lowest number; for an integer only")
    maximum: Whole | None = optional("the highest number; for an integer only")
    values: Table[ValueEntry] | None = optional(
        "the values, in order; for a boolean `true` and `false`, and only to name them"
    )
    label: Text = needed("what the fact is called", dict)
    question: Text = needed("how to ask for it", dict)
    why_needed: Text = needed("why the rules need it", dict)
    aliases: Names = optional("further names of the column", list)
    special_category: YesNo = optional("data on health and the like; false unless said", bool)
    possible_proxy: YesNo = optional("may stand in for origin; false unless said", bool)
    actionable: Annotated[str, Choice("no", "up", "down", "any")] = optional(
        "in which direction a person can act on it; no unless said", lambda: "no"
    )


class InterpretationEntry(Entry):
    """A reading of the source."""

    noun: ClassVar[str] = "an interpretation"
    choice: Text = needed("what was chosen", dict)
    because: Text = needed("why it was chosen", dict)
    alternative: Text = needed("the reading that was not chosen", dict)


class Grounded(Entry):
    """What stands on a source or on a reading of it."""

    label: Text = needed("what it is called", dict)
    basis: Annotated[str, Choice("source", "interpretation")] = needed(
        "`source` where the source says it, `interpretation` where it is a reading",
        lambda: "source",
    )
    cites: Names = optional("ids of citations; needed where the basis is `source`", list)
    interpretation: InterpretationEntry | None = optional(
        "the reading; just where the basis is `interpretation`"
    )


class ConstraintEntry(Grounded):
    """What cannot stand together."""

    noun: ClassVar[str] = "a constraint"
    forbids: Condition = needed("the condition that holds for no client", lambda: None)


class CriterionEntry(Grounded):
    """A named condition."""

    noun: ClassVar[str] = "a criterion"
    when: Condition = needed("the condition that it names", lambda: None)


class ProgressionEntry(Entry):
    """What an outcome leads one to expect."""

    noun: ClassVar[str] = "a progression"
    label: Text = needed("what is expected", dict)
    due_from: Whole | None = optional("months after which a new look is due")
    overdue_after: Whole | None = optional("months after which it is overdue")


class OutcomeEntry(Entry):
    """An answer that a decision can give."""

    noun: ClassVar[str] = "an outcome"
    label: Text = needed("what the outcome is called", dict)
    description: Text = needed("what it means for the client", dict)
    progression: ProgressionEntry | None = optional("what it leads one to expect, in months")


class ReviewEntry(Entry):
    """A person has to look."""

    noun: ClassVar[str] = "a review"
    review: Names = needed("the outcomes to choose from; [] where there are none", list)
    because: Text | None = optional("why there are no candidates; just where the list is empty")


def _target_kind(node: Node) -> str:
    return "review" if isinstance(node, Branch) else "outcome"


class RuleEntry(Grounded):
    """Leads to an outcome, or to a review, where its condition holds."""

    noun: ClassVar[str] = "a rule"
    when: Condition | None = optional("where the rule applies")
    otherwise: YesNo = optional("true: applies where no other rule of the decision does", bool)
    then: Annotated[
        Annotated[Target, Tag("outcome")] | Annotated[ReviewEntry, Tag("review")],
        Discriminator(_target_kind),
    ] = needed("an outcome, or `{review: [candidates]}`", str)
    outranks: Names = optional("rules of this decision that it beats where both apply", list)
    reason: Text = needed("what the client reads", dict)


class DecisionEntry(Entry):
    """One question that the rule set answers."""

    noun: ClassVar[str] = "a decision"
    label: Text = needed("what the decision is called", dict)
    applies_when: Condition | None = optional("where the question arises; always unless said")
    not_applicable_because: Text | None = optional("why not; just where `applies_when` stands")
    outcomes: Table[OutcomeEntry] = needed("the answers, in the order they are listed", dict)
    rules: Table[RuleEntry] = needed("the rules, by id", dict)


class FlagEntry(Grounded):
    """A signal beside the decisions."""

    noun: ClassVar[str] = "a flag"
    when: Condition | None = optional("where the flag is raised")
    raised_by: Annotated[str, Choice("dossier")] | None = optional(
        "`dossier`, instead of `when`: raised by how the evidence was weighed"
    )


class EvidenceSourceEntry(Entry):
    """A kind of evidence."""

    noun: ClassVar[str] = "a source of evidence"
    label: Text = needed("what the source is called", dict)
    rank: Whole = needed("a number: the higher, the more it weighs", int)
    sets: Table[Value] = optional("facts that an observation from it settles, with the value", dict)
    max_age_months: Whole | None = optional("months after which an observation is stale")


class EvidenceFlags(Entry):
    """The flags by which a dossier says how it weighed the evidence."""

    noun: ClassVar[str] = "the flags of evidence"
    superseded: Name | None = optional("an older or weaker observation says otherwise")
    conflict: Name | None = optional("observations disagree, and none outweighs the others")
    stale: Name | None = optional("what counts is older than its source allows")


class EvidenceEntry(Entry):
    """How observations are weighed."""

    noun: ClassVar[str] = "`evidence`"
    sources: Table[EvidenceSourceEntry] = needed("the kinds of evidence, by id", dict)
    newer_conflict_months: Whole | None = optional(
        "more months newer, a weaker observation that differs conflicts; never unless said"
    )
    flags: EvidenceFlags | None = optional("the flags that a dossier raises")


class FormEntry(Entry):
    """A way in which clients came to take part."""

    noun: ClassVar[str] = "a form of activation"
    label: Text = needed("what the form is called", dict)
    part_of: Name | None = optional("the form that counts this one too")


class FollowUpEntry(Entry):
    """By what clients are followed over time."""

    noun: ClassVar[str] = "`follow_up`"
    decision: Name = needed("the decision whose outcomes are compared", str)
    upwards: Names = needed("its outcomes from low to high; serves this purpose alone", list)
    fact: Name | None = optional("a fact of which a higher value is progression too")
    forms: Table[FormEntry] = optional("the ways in which clients came to take part, by id", dict)


class ChangeEntry(Entry):
    """One fact becomes another, and all else stays."""

    noun: ClassVar[str] = "a change"
    fact: Name = needed("the fact that changes", str)
    before: Values | None = optional(
        "its value before, or one of these; without `from` and `to` it becomes any higher value",
        alias="from",
    )
    after: Values | None = optional("its value after, or one of these", alias="to")


class MoveEntry(Entry):
    """From which answers to which."""

    noun: ClassVar[str] = "a move"
    come_from: OneOrMore = needed("the answer before, or one of these", list, alias="from")
    to: OneOrMore = needed("the answer after, or one of these", list)


def _never_kind(node: Node) -> str:
    return "move" if isinstance(node, Branch) else "answers"


class ExpectationEntry(Entry):
    """What the author expects of a decision; `routeengine check` proves it."""

    noun: ClassVar[str] = "an expectation"
    label: Text = needed("what is expected, in a sentence", dict)
    decision: Name = needed("the decision that it is about", str)
    when: Condition | None = optional("where it is expected; needed where nothing changes")
    change: ChangeEntry | None = optional("what changes, while all other facts stay")
    always: OneOrMore | None = optional("the answer there is this, or one of these")
    never: (
        Annotated[
            Annotated[OneOrMore, Tag("answers")] | Annotated[MoveEntry, Tag("move")],
            Discriminator(_never_kind),
        ]
        | None
    ) = optional("the answer there is none of these, or the change does not lead to one")
    along: OneOrMore | None = optional("the change moves the answer in this order only")


class AcceptanceEntry(Entry):
    """A finding of `routeengine check` that may stay."""

    noun: ClassVar[str] = "an acceptance"
    finding: Annotated[str, Choice(*ACCEPTABLE)] = needed(
        "the kind of finding, as `routeengine check` names it", lambda: ACCEPTABLE[0]
    )
    about: OneOrMore = needed("the id of what it is about, or the two ids", list)
    because: Text = needed("why it may stay", dict)


class Document(Entry):
    """A rule set, all its files together."""

    noun: ClassVar[str] = "a rule set"
    ruleset: Header = needed("what the rule set is", lambda: None)
    sources: Table[SourceEntry] = optional("the documents that rules are drawn from", dict)
    citations: Table[CitationEntry] = optional("the sentences that rules cite", dict)
    refused: Table[RefusalEntry] = optional("fields that are refused at the door", dict)
    facts: Table[FactEntry] = needed("what may be known of a client", dict)
    constraints: Table[ConstraintEntry] = optional("what cannot stand together", dict)
    criteria: Table[CriterionEntry] = optional("named conditions", dict)
    decisions: Table[DecisionEntry] = needed("outcomes and rules", dict)
    flags: Table[FlagEntry] = optional("signals beside the decisions", dict)
    evidence: EvidenceEntry | None = optional("how observations are weighed")
    follow_up: FollowUpEntry | None = optional("by what clients are followed over time")
    expect: Table[ExpectationEntry] = optional("what the author expects of the rules", dict)
    accept: Table[AcceptanceEntry] = optional("findings of a check that may stay", dict)
