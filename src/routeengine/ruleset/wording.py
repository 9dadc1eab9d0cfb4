"""What pages say of a rule set's parts, in sentences; none of it can change a verdict.

All of it is optional, and stands beside the rules: a letter may be worded anew while the rules mean
what they meant. Where something is not said, pages fall back on labels and descriptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from routeengine.ruleset.words import Element, Text

Verifier: TypeAlias = Literal["client", "together", "consultant", "records"]
"""Who can say whether a fact is so."""

UseStatus: TypeAlias = Literal["in_development", "in_use", "out_of_use"]
"""Whether rules are in use."""

DecisionKind: TypeAlias = Literal["advice", "finding"]
"""Whether an outcome advises something, or says how things are."""


@dataclass(frozen=True, slots=True)
class RoleWording:
    """Who decides, as sentences call them: `a consultant`, `the consultant`, `your consultant`.

    `several` is more than one of them. No page calls them otherwise.
    """

    a: Text
    the: Text
    your: Text
    several: Text


@dataclass(frozen=True, slots=True)
class FactWording(Element):
    """A fact, to the client; the id is the fact's.

    `claim` and `denial` say that it is so, and that it is not, without a full stop; `values` does
    so for each value of a category. `about` is the clause after "we do not know yet".
    `proxy_effect` says of what may stand in for origin what it decides, and what not.
    """

    claim: Text | None = None
    denial: Text | None = None
    values: Mapping[str, Text] = field(default_factory=dict)
    about: Text | None = None
    verify: Verifier | None = None
    proxy_effect: Text | None = None


@dataclass(frozen=True, slots=True)
class CriterionWording(Element):
    """A criterion that is met, and one that is not, to the client, without a full stop."""

    met: Text
    not_met: Text


@dataclass(frozen=True, slots=True)
class ConstraintWording(Element):
    """What cannot be true together, to the client and without blame, in whole sentences."""

    client: Text


@dataclass(frozen=True, slots=True)
class OutcomeWording(Element):
    """An outcome, to the client.

    `statement` and `explain` are what a finding says, in whole sentences; `who` is whom it is meant
    for, `expect` what is expected of it over time, and `next` what happens now.
    """

    statement: Text | None = None
    explain: Text | None = None
    who: Text | None = None
    expect: Text | None = None
    next: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionWording(Element):
    """A decision: advice or a finding, what its outcomes say, and which one folds away.

    `question` is what the decision answers, to the client; `none` what it comes to where the
    question does not arise; `equal` says that no outcome of it is better than another.
    `better_first` has outcomes from the best to the worst for whom they are given to: only by it
    does the page of a change say who gains and who loses.
    """

    kind: DecisionKind = "advice"
    quiet: str | None = None
    question: Text | None = None
    none: Text | None = None
    equal: Text | None = None
    better_first: tuple[str, ...] = ()
    outcomes: tuple[OutcomeWording, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgressWording(Element):
    """A standing of a client over time, by its id in `progress`: in a few words, and explained."""

    label: Text
    meaning: Text


Named: TypeAlias = (
    FactWording
    | CriterionWording
    | ConstraintWording
    | DecisionWording
    | OutcomeWording
    | ProgressWording
)
"""What has the id of the part that it is about."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences for the parts of a rule set; `role` is who decides."""

    role: RoleWording | None = None
    facts: tuple[FactWording, ...] = ()
    criteria: tuple[CriterionWording, ...] = ()
    constraints: tuple[ConstraintWording, ...] = ()
    decisions: tuple[DecisionWording, ...] = ()
    progress: tuple[ProgressWording, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a client can turn to."""

    phone: str | None = None
    email: str | None = None
    desk: Text | None = None
    post: Text | None = None


@dataclass(frozen=True, slots=True)
class Right(Element):
    """Something that a client can do about an answer, in the policy owner's own words."""

    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Publication:
    """Who sends pages out, and what the owner of the policy answers for.

    Nothing of it is ever made up: what is not here stands on pages as "not recorded yet", and is
    left out of an entry for the algorithm register. What the register calls so has its name there,
    from `status` on. `not_words` are words per language that no sentence for clients may hold.
    """

    municipality: Text | None = None
    team: Text | None = None
    contact: Contact | None = None
    reply_within_days: int | None = None
    rights: tuple[Right, ...] = ()
    not_about: Text | None = None
    who_decides: Text | None = None
    may_depart: Text | None = None
    time_zone: str | None = None
    small_counts_below: int | None = None
    in_use_since: date | None = None
    lawful_basis: Text | None = None
    retention: Text | None = None
    impact_assessment: Text | None = None
    register: Text | None = None
    stop: Text | None = None
    monitoring: Text | None = None
    rulebook: str | None = None
    not_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    status: UseStatus | None = None
    in_use_until: date | None = None
    category: tuple[str, ...] = ()
    website: str | None = None
    goal: Text | None = None
    proportionality: Text | None = None
    human_intervention: Text | None = None
    risks: Text | None = None
    source_data: Text | None = None
    methods_and_models: Text | None = None
