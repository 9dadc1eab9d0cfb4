"""The sections of rule files that only pages read: sentences, and who publishes them.

For the library's own use. Each class reads one section, and its attributes are the keys there;
`docs/rule-keys.md` lists them all.
"""

from __future__ import annotations

from routeengine.loading import shapes
from routeengine.loading.keys import Entry, needed, optional, parts
from routeengine.loading.shapes import NAME, TEXT, WHOLE, WORDS
from routeengine.ruleset import wording


class RoleWordingEntry(Entry, noun="`role`", makes=wording.RoleWording):
    """Who decides."""

    a = needed(TEXT, "one of them, as `a consultant`")
    the = needed(TEXT, "a known one, as `the consultant`")
    your = needed(TEXT, "the client's own, as `your consultant`")
    several = needed(TEXT, "more of them, as `consultants`")


class FactWordingEntry(Entry, noun="the wording of a fact", makes=wording.FactWording):
    """A fact, to the client."""

    claim = optional(TEXT, "that it is so, as `You are willing`; no full stop")
    denial = optional(TEXT, "that it is not so", key="no")
    values = optional(shapes.table(TEXT), "the same for each value of a category", {})
    about = optional(TEXT, "the clause after `We do not yet know`, as `whether you are willing`")
    verify = optional(
        shapes.choice("client", "together", "consultant", "records"), "who can say whether it is so"
    )
    proxy_effect = optional(
        TEXT, "what a fact that may stand in for origin decides, and what it does not"
    )


class CriterionWordingEntry(
    Entry, noun="the wording of a criterion", makes=wording.CriterionWording
):
    """A criterion, to the client."""

    met = needed(TEXT, "that it is met; no full stop")
    not_met = needed(TEXT, "that it is not met; no full stop")


class ConstraintWordingEntry(
    Entry, noun="the wording of a constraint", makes=wording.ConstraintWording
):
    """What cannot be true together, to the client."""

    client = needed(TEXT, "both facts in whole sentences, without blame")


class OutcomeWordingEntry(Entry, noun="the wording of an outcome", makes=wording.OutcomeWording):
    """An outcome, to the client."""

    statement = optional(TEXT, "what a finding says, in a whole sentence")
    explain = optional(TEXT, "what that means")
    who = optional(TEXT, "whom it is meant for")
    expect = optional(TEXT, "what is expected over time, as `a next step within 12 months`")
    next = optional(shapes.list_of(TEXT), "what happens now, a sentence each")


class DecisionWordingEntry(Entry, noun="the wording of a decision", makes=wording.DecisionWording):
    """A decision, to the client."""

    kind = optional(shapes.choice("advice", "finding"), "`advice` unless said", "advice")
    quiet = optional(NAME, "the outcome that pages fold away: it only opens the door")
    question = optional(TEXT, "what it answers, as a question to the client")
    none = optional(TEXT, "what stands where the question does not arise")
    equal = optional(TEXT, "that none of its outcomes is better than another, in a sentence")
    better_first = optional(
        shapes.NAMES,
        "outcomes from the best to the worst for the client: who gains by a change",
        (),
    )
    outcomes = optional(parts(OutcomeWordingEntry), "its outcomes, by id")


class ProgressWordingEntry(Entry, noun="the wording of progress", makes=wording.ProgressWording):
    """How a client stands over time."""

    label = needed(TEXT, "in a few words")
    meaning = needed(TEXT, "in a sentence")


class WordingEntry(Entry, noun="`words`", makes=wording.Wording):
    """Sentences for pages; none of them changes an answer."""

    role = optional(RoleWordingEntry, "who decides, in the forms that sentences need")
    facts = optional(parts(FactWordingEntry), "facts, by id")
    criteria = optional(parts(CriterionWordingEntry), "criteria, by id")
    constraints = optional(parts(ConstraintWordingEntry), "constraints, by id")
    decisions = optional(parts(DecisionWordingEntry), "decisions, by id")
    progress = optional(parts(ProgressWordingEntry), "standings over time, by id")


class ContactEntry(Entry, noun="`contact`", makes=wording.Contact):
    """Where a client can turn to."""

    phone = optional(WORDS, "a telephone number")
    email = optional(WORDS, "an e-mail address")
    desk = optional(TEXT, "where and when there is a desk")
    post = optional(TEXT, "the postal address")


class RightEntry(Entry, noun="a right", makes=wording.Right):
    """Something that a client can do about an answer."""

    title = needed(TEXT, "as a question")
    text = needed(TEXT, "what to do, in the words of the policy owner")


class PublicationEntry(Entry, noun="`publication`", makes=wording.Publication):
    """Who sends pages out, and what the policy owner answers for."""

    municipality = optional(TEXT, "the sender")
    team = optional(TEXT, "the team")
    contact = optional(ContactEntry, "where a client can turn to")
    reply_within_days = optional(WHOLE, "days within which a client hears from the team")
    rights = optional(parts(RightEntry), "what a client can do about an answer, by id")
    not_about = optional(TEXT, "what the answer is not about, in a sentence")
    who_decides = optional(TEXT, "who decides, in a sentence to the client")
    may_depart = optional(TEXT, "that a person may decide otherwise, and then writes down why")
    time_zone = optional(NAME, "the zone of times on pages, as Europe/Amsterdam")
    small_counts_below = optional(WHOLE, "counts below this are hidden in published reports")
    in_use_since = optional(shapes.DAY, "the day since which the rules are in use")
    lawful_basis = optional(TEXT, "the articles of law that the work rests on")
    retention = optional(TEXT, "how long answers are kept")
    impact_assessment = optional(TEXT, "which assessments were made, and where they are")
    register = optional(TEXT, "where it stands in the algorithm register")
    stop = optional(TEXT, "how its use is stopped, and who may do so")
    monitoring = optional(TEXT, "what is watched while it is in use")
    rulebook = optional(WORDS, "where the rule book is: a web address, or a file beside the pages")
    not_words = optional(
        shapes.table(shapes.NAMES), "words per language that no sentence for clients may hold", {}
    )
    status = optional(
        shapes.choice("in_development", "in_use", "out_of_use"), "whether the rules are in use"
    )
    in_use_until = optional(shapes.DAY, "the last day on which the rules were in use")
    category = optional(shapes.list_of(WORDS), "the themes of the algorithm register, in its words")
    website = optional(WORDS, "the web page that tells people about it")
    goal = optional(TEXT, "what it is for, and what it means for people")
    proportionality = optional(TEXT, "why it is used, and what was weighed against it")
    human_intervention = optional(TEXT, "what people do with the answer")
    risks = optional(TEXT, "what can go wrong, and what is done about it")
    source_data = optional(TEXT, "which data are used; unless said, the labels of the facts")
    methods_and_models = optional(TEXT, "how it works; unless said, that it is fixed rules")


__all__ = ["PublicationEntry", "WordingEntry"]
