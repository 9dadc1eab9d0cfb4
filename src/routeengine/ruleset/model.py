"""A rule set: one data structure that everything in the library reads.

All classes are frozen. The loader checks what a class alone cannot (references, cycles,
translations); code that builds a `RuleSet` by hand runs `routeengine.ruleset.checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import gcd
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

from routeengine.lazy import cached_property
from routeengine.notebook_table import table
from routeengine.ruleset import conditions
from routeengine.ruleset.conditions import Condition, Not
from routeengine.ruleset.domains import Domain, Value
from routeengine.ruleset.evidence import Evidence, FollowUp
from routeengine.ruleset.expectations import Acceptance, Expectation
from routeengine.ruleset.instance import Instance
from routeengine.ruleset.sources import Citation, Grounds, Source
from routeengine.ruleset.wording import Publication, Wording
from routeengine.ruleset.words import Element, Text

Actionable: TypeAlias = Literal["no", "up", "down", "any"]
"""In which direction a person can act on a fact, along the declared order of its values."""


@dataclass(frozen=True, slots=True)
class Fact(Element):
    """Something that may be known of a client.

    `aliases` are further names of the column; `value_labels` and `value_aliases` name the values in
    text. `special_category` marks data on health and the like (GDPR art. 9), `possible_proxy` what
    may stand in for origin. `unit` is the currency of an amount, as "EUR". `sensitivity` is
    from 0 to 3, and an interview asks the higher later (see `tier`); `topic` is what it is about.
    """

    domain: Domain
    label: Text
    question: Text
    why_needed: Text
    aliases: tuple[str, ...] = ()
    value_labels: Mapping[Value, Text] = field(default_factory=dict)
    value_aliases: Mapping[Value, tuple[str, ...]] = field(default_factory=dict)
    special_category: bool = False
    possible_proxy: bool = False
    actionable: Actionable = "no"
    unit: str | None = None
    sensitivity: int | None = None
    topic: str | None = None

    @property
    def tier(self) -> int:
        """How sensitive it is: what is said, or else 1 for a special category and 0 for others."""
        return int(self.special_category) if self.sensitivity is None else self.sensitivity

    @property
    def kind(self) -> Literal["boolean", "category", "integer", "decimal", "date"]:
        """The type of the fact's values, as rule files name it."""
        return self.domain.kind


@dataclass(frozen=True, slots=True)
class Topic(Element):
    """What some facts are about: an interview asks for those together where it can."""

    label: Text


@dataclass(frozen=True, slots=True)
class Constraint(Element):
    """What cannot be true together: no client's facts can satisfy `forbids`."""

    forbids: Condition
    label: Text
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Criterion(Element):
    """A named condition, over facts and other criteria."""

    when: Condition
    label: Text
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class ScorePart:
    """A condition, and what it is worth where it holds: less than 0 takes away."""

    when: Condition
    worth: int


@dataclass(frozen=True, slots=True)
class Score(Element):
    """Points: what the parts that hold are worth together."""

    label: Text
    parts: tuple[ScorePart, ...]
    grounds: Grounds

    @property
    def least(self) -> int:
        """The sum of all that takes away: no client has less."""
        return sum(part.worth for part in self.parts if part.worth < 0)

    @property
    def most(self) -> int:
        """The sum of all that adds: no client has more."""
        return sum(part.worth for part in self.parts if part.worth > 0)

    @property
    def step(self) -> int:
        """The largest number that every sum is a multiple of."""
        return gcd(*(part.worth for part in self.parts))


@dataclass(frozen=True, slots=True)
class Progression:
    """What an outcome leads one to expect: due from, and overdue after, so many months."""

    label: Text
    due_from: int | None = None
    overdue_after: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome(Element):
    """One of the answers a decision can give."""

    label: Text
    description: Text
    progression: Progression | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A person has to look: the outcomes to choose from, or why there are none."""

    candidates: tuple[str, ...]
    no_candidates_because: Text | None = None


@dataclass(frozen=True, slots=True)
class Rule(Element):
    """Leads to an outcome, or to review, if its condition holds.

    `when` is None for the one `otherwise` rule that a decision may have: it
    applies if no other rule does. `outranks` names the rules it beats when
    both apply.
    """

    when: Condition | None
    then: str | Review
    label: Text
    reason: Text
    grounds: Grounds
    outranks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """How the author ranked all rules at once; the earlier beats the later where both apply.

    `names` are ids of rules for "order", and for "priority" outcomes and `review`. Each `outranks`
    that follows from it stands with its rule.
    """

    by: Literal["order", "priority"]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleTable:
    """The file beside the rules that those of a decision were read from, with its SHA-256.

    `hit` says "unique" where no two rows may apply together, whatever they lead to.
    """

    file: str
    sha256: str
    hit: Literal["unique"] | None = None


@dataclass(frozen=True, slots=True)
class Decision(Element):
    """One question that the rule set answers; outcomes stand in declared order."""

    label: Text
    outcomes: tuple[Outcome, ...]
    rules: tuple[Rule, ...]
    applies_when: Condition | None = None
    not_applicable_because: Text | None = None
    ranking: Ranking | None = None
    table: RuleTable | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """What it can come to, in the order in which that is reported."""
        return (*[outcome.id for outcome in self.outcomes], "review", "not_applicable")

    @property
    def none_applies(self) -> Condition:
        """Where none of its rules applies, `otherwise` aside."""
        return Not(conditions.Any(tuple(rule.when for rule in self.rules if rule.when is not None)))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """When it applies, and when each of its rules does, if that is said."""
        every = (self.applies_when, *(rule.when for rule in self.rules))
        return tuple(condition for condition in every if condition is not None)


@dataclass(frozen=True, slots=True)
class Flag(Element):
    """A signal beside the verdicts. `when` is None if the dossier raises it."""

    label: Text
    when: Condition | None
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Refusal(Element):
    """A field that is refused at the door, and why."""

    aliases: tuple[str, ...]
    reason: Text


@dataclass(frozen=True, slots=True)
class Parameter(Element):
    """A number that conditions name, as it is in this instance; conditions hold it typed in."""

    label: Text
    grounds: Grounds
    value: Value


Periods: TypeAlias = Mapping[str, tuple[tuple[Instance, Value], ...]]
"""What each parameter is for one variant, from when until when, in order of time."""


Part: TypeAlias = Constraint | Criterion | Score | Decision | Rule | Flag
"""A part of a rule set that has conditions, or rules that have them."""


class OwnedCondition(NamedTuple):
    """A condition, and the part of a rule set that has it in one of its fields.

    A score has a condition in each of its parts: this one in that with the number `at`.
    """

    kind: str
    owner: Part
    field: str
    condition: Condition
    at: int = 0

    def changed(self, condition: Condition) -> Part:
        """Return its owner with another condition instead."""
        if not isinstance(self.owner, Score):
            change: dict[str, Any] = {self.field: condition}
            return replace(self.owner, **change)
        parts = list(self.owner.parts)
        parts[self.at] = replace(parts[self.at], when=condition)
        return replace(self.owner, parts=tuple(parts))


@dataclass(frozen=True)
class RuleSet:
    """A rule set: facts, criteria, decisions and all that belongs to them.

    `load_ruleset` makes it. It is frozen. Tuples stand in declared order. That order sorts what is
    reported and nothing else: it never changes a verdict. Texts are mappings from language to text.

    Attributes:
        id: The name of the rule set, such as "rijswijk-2023".
        version: Its version, as numbers with dots between them.
        title: What it is called.
        purpose: What it is for.
        owner: Who answers for it.
        languages: The languages of its texts, the main one first.
        facts: What may be known of a client. Each has an `id`, a `kind`, a `domain` of values, a
            `label`, a `question`, and `special_category` if it is data on health and the like.
        criteria: Conditions with a name, which rules refer to.
        decisions: The questions that it answers. Each has an `id`, a `label`, its `outcomes` and
            its `rules`.
        constraints: What cannot be true together.
        flags: Signals beside the verdicts.
        sources: The documents that the rules are taken from.
        citations: The sentences of these that are cited, by place and digest.
        refusals: Columns of caseloads that are refused, and why.
        client_id_aliases: Further names of the column with the client id.
        unknown_texts: Texts that stand for unknown in caseload files.
        declined_texts: Texts that stand for asked and not answered.
        valid_from: The first day on which it is valid; None if there is none.
        valid_until: The last day on which it is valid; None if there is none.
        evidence: How a dossier is weighed; None if the rules do not say.
        follow_up: By what clients are followed over time; None if the rules do not say.
        expectations: What the author expects of all profiles, to be proved.
        acceptances: Findings of `verify` that the author accepts, and why.
        wording: Sentences for pages.
        publication: Who sends pages out, and what the owner answers for.
        instance: Of rules with parameters, which days and which variant the numbers are of.
        parameters: The numbers that conditions name, as they are in this instance.
        scores: Points, with what each condition is worth.
        topics: What facts are about, for interviews.
    """

    id: str
    version: str
    title: Text
    purpose: Text
    owner: Text
    languages: tuple[str, ...]
    facts: tuple[Fact, ...]
    criteria: tuple[Criterion, ...]
    decisions: tuple[Decision, ...]
    constraints: tuple[Constraint, ...] = ()
    flags: tuple[Flag, ...] = ()
    sources: tuple[Source, ...] = ()
    citations: tuple[Citation, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    client_id_aliases: tuple[str, ...] = ()
    unknown_texts: tuple[str, ...] = ()
    declined_texts: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    evidence: Evidence | None = None
    follow_up: FollowUp | None = None
    expectations: tuple[Expectation, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    wording: Wording | None = None
    publication: Publication | None = None
    instance: Instance | None = None
    parameters: tuple[Parameter, ...] = ()
    scores: tuple[Score, ...] = ()
    topics: tuple[Topic, ...] = ()

    # By id, for whoever looks one up for each client or condition.
    @cached_property
    def fact(self) -> Mapping[str, Fact]:
        """The facts by id."""
        return MappingProxyType({fact.id: fact for fact in self.facts})

    @property
    def authors_language(self) -> str:
        """The language for those who write rules: English if there is, else the first."""
        return "en" if "en" in self.languages else self.languages[0]

    @cached_property
    def criterion(self) -> Mapping[str, Criterion]:
        """The criteria by id."""
        return MappingProxyType({criterion.id: criterion for criterion in self.criteria})

    @cached_property
    def score(self) -> Mapping[str, Score]:
        """The scores by id."""
        return MappingProxyType({score.id: score for score in self.scores})

    @cached_property
    def decision(self) -> Mapping[str, Decision]:
        """The decisions by id."""
        return MappingProxyType({decision.id: decision for decision in self.decisions})

    @cached_property
    def rule(self) -> Mapping[str, Rule]:
        """All rules of all decisions by id; rule ids are unique in a rule set."""
        return MappingProxyType({rule.id: rule for d in self.decisions for rule in d.rules})

    @cached_property
    def decision_of(self) -> Mapping[str, Decision]:
        """The decision of each rule, by the rule's id."""
        return MappingProxyType({rule.id: d for d in self.decisions for rule in d.rules})

    @cached_property
    def citation(self) -> Mapping[str, Citation]:
        """The citations by id."""
        return MappingProxyType({citation.id: citation for citation in self.citations})

    @cached_property
    def rule_conditions(self) -> Mapping[str, Condition]:
        """The condition of each rule, by id.

        That of an `otherwise` rule is that no other rule of its decision applies.
        """
        return MappingProxyType(
            {r.id: r.when or d.none_applies for d in self.decisions for r in d.rules}
        )

    @cached_property
    def flag_conditions(self) -> Mapping[str, Condition]:
        """The condition of each flag, by id; without those that a dossier raises."""
        return MappingProxyType({f.id: f.when for f in self.flags if f.when is not None})

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that can change an answer; those of expectations are not among them."""
        return tuple([one.condition for one in self.owned_conditions()])

    def owned_conditions(self) -> Iterator[OwnedCondition]:
        """Yield each of `conditions` with the part that it belongs to, in declared order."""
        for constraint in self.constraints:
            yield OwnedCondition("constraint", constraint, "forbids", constraint.forbids)
        for criterion in self.criteria:
            yield OwnedCondition("criterion", criterion, "when", criterion.when)
        for score in self.scores:
            for number, part in enumerate(score.parts):
                yield OwnedCondition("score", score, "parts", part.when, number)
        for decision in self.decisions:
            if decision.applies_when is not None:
                yield OwnedCondition("decision", decision, "applies_when", decision.applies_when)
            for rule in decision.rules:
                if rule.when is not None:
                    yield OwnedCondition("rule", rule, "when", rule.when)
        for flag in self.flags:
            if flag.when is not None:
                yield OwnedCondition("flag", flag, "when", flag.when)

    def _repr_html_(self) -> str:
        lang, heads = self.languages[0], ("decision", "what it can come to", "rules")
        rows = [(one.id, " ".join(one.keys), str(len(one.rules))) for one in self.decisions]
        return table(f"{self.title[lang]} ({self.id} {self.version})", heads, rows, lang)

    def __getstate__(self) -> dict[str, object]:
        # What is cached is rebuilt on demand (a mappingproxy cannot be pickled).
        fields = self.__dataclass_fields__
        return {name: value for name, value in self.__dict__.items() if name in fields}
