"""The sections of a rule set's files, and the rule set that is made of them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from routeengine.errors import RuleSetError
from routeengine.loading import entries, shapes
from routeengine.loading.birthdays import Ages
from routeengine.loading.conditions import CONDITION, read_value
from routeengine.loading.decisions import DecisionEntry
from routeengine.loading.files import NOTHING_BESIDE, Beside
from routeengine.loading.keys import Entry, Values, either, needed, optional, parts
from routeengine.loading.parameters import ASKED, PARAMETERS, Asked, take_numbers, valid_days
from routeengine.loading.shapes import NAME, NAMES, TEXT, WHOLE, Numbers, Run
from routeengine.loading.wording import PublicationEntry, WordingEntry
from routeengine.loading.yaml_tree import Collector, MappingNode
from routeengine.ruleset import evidence as weighing
from routeengine.ruleset import model
from routeengine.ruleset.checks import check
from routeengine.ruleset.expectations import ACCEPTABLE, Acceptance, Change, Expectation
from routeengine.ruleset.flaws import Path
from routeengine.ruleset.instance import Instance
from routeengine.ruleset.sources import Citation, Source

# The header, and what is drawn from


class Header(Entry, noun="`ruleset`"):
    """What the rule set is, and the words for what is not known."""

    id = needed(NAME, "the name of the rule set: lower-case letters, digits and hyphens")
    version = needed(NAME, "three numbers, as 1.2.0; raise it with every change")
    languages = needed(NAMES, "codes of the languages that every text is in, as [nl, en]")
    title = needed(TEXT, "what the rule set is called")
    purpose = needed(TEXT, "what it is for, and for whom")
    owner = needed(TEXT, "who answers for it")
    valid_from = optional(shapes.DAY, "the first day it may be used")
    valid_until = optional(shapes.DAY, "the last day it may be used")
    client_id_aliases = optional(NAMES, "further names of the column `client_id`", key="client_id")
    unknown_texts = optional(NAMES, "texts in a caseload that mean unknown", key="unknown")
    declined_texts = optional(
        NAMES, "texts in a caseload that mean: asked, and not answered", key="declined"
    )

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return its values, and keep the languages for what has no words of its own."""
        run.languages.extend(values["languages"])
        return super().make(values, path, run)


class SourceEntry(Entry, noun="a source", makes=Source):
    """A document that rules are drawn from."""

    title = needed(TEXT, "what the document is called")
    number = needed(shapes.WORDS, "its registration number")
    kind = needed(TEXT, "what kind of document it is")
    headings = optional(NAMES, "the lines that open a section")
    abbreviations = optional(NAMES, "words whose full stop ends no sentence")
    language = optional(
        NAME,
        "the code of the language it is written in, as nl; pages in another language mark its "
        "words",
    )
    issued = optional(shapes.DAY, "the day of the document", key="date")
    address = optional(shapes.WORDS, "where it can be read, as a web address")
    status = optional(TEXT, "what standing it has, as that it is no regulation")


class CitationEntry(Entry, noun="a citation", makes=Citation):
    """One sentence of a source, by its place and its digest."""

    source = needed(NAME, "the id of the source")
    section = needed(shapes.SECTION, 'the heading it stands under; "" before the first heading')
    paragraph = needed(WHOLE, "the number of the paragraph in its section, from 1")
    sentence = needed(WHOLE, "the number of the sentence in its paragraph, from 1")
    sha256 = needed(NAME, "the SHA-256 of the sentence, 64 hexadecimal digits")


class RefusalEntry(Entry, noun="a refused field", makes=model.Refusal):
    """A field that is refused at the door."""

    reason = needed(TEXT, "why the rules do not want it")
    aliases = optional(NAMES, "further names of the column")


# Evidence, and clients over time


class EvidenceSourceEntry(Entry, noun="a source of evidence", makes=weighing.EvidenceSource):
    """A kind of evidence."""

    label = needed(TEXT, "what the source is called")
    rank = needed(WHOLE, "a number: the higher, the more it weighs")
    sets = optional(
        shapes.table(shapes.VALUE), "facts that an observation from it settles, with the value", {}
    )
    max_age_months = optional(WHOLE, "months after which an observation is stale")

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it."""
        read = {
            fact: read_value(fact, leaf, (*path, "sets"), run)
            for fact, leaf in values["sets"].items()
        }
        values["sets"] = {fact: value for fact, value in read.items() if value is not None}
        return super().make(values, path, run)


class EvidenceFlags(Entry, noun="the flags of evidence"):
    """The flags by which a dossier says how it weighed the evidence."""

    superseded_flag = optional(
        NAME, "an older or weaker observation says otherwise", key="superseded"
    )
    conflict_flag = optional(
        NAME, "observations disagree, and none outweighs the others", key="conflict"
    )
    stale_flag = optional(NAME, "what counts is older than its source allows", key="stale")


class EvidenceEntry(Entry, noun="`evidence`", makes=weighing.Evidence):
    """How observations are weighed."""

    sources = needed(parts(EvidenceSourceEntry), "the kinds of evidence, by id")
    newer_conflict_months = optional(
        WHOLE,
        "more months newer, a weaker observation that differs conflicts; never unless said",
    )
    flags = optional(EvidenceFlags, "the flags that a dossier raises")

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it."""
        flags = values.pop("flags") or EvidenceFlags.holes()
        return super().make({**values, **flags}, path, run)


class FormEntry(Entry, noun="a form of activation", makes=weighing.ActivationForm):
    """A way in which clients came to take part."""

    label = needed(TEXT, "what the form is called")
    part_of = optional(NAME, "the form that counts this one too")


class FollowUpEntry(Entry, noun="`follow_up`", makes=weighing.FollowUp):
    """By what clients are followed over time."""

    decision = needed(NAME, "the decision whose outcomes are compared")
    upwards = needed(NAMES, "its outcomes from low to high; serves this purpose alone")
    fact = optional(NAME, "a fact of which a higher value is progression too")
    forms = optional(parts(FormEntry), "the ways in which clients came to take part, by id")


# What the author expects and accepts


class ChangeEntry(Entry, noun="a change", makes=Change):
    """One fact becomes another, and all else stays."""

    fact = needed(NAME, "the fact that changes")
    before = optional(
        shapes.VALUES,
        "its value before, or one of these; without `from` and `to` it becomes any higher value",
        key="from",
    )
    after = optional(shapes.VALUES, "its value after, or one of these", key="to")

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it."""
        fact, collector = values["fact"], run.collector
        for field, key in (("before", "from"), ("after", "to")):
            # A fact that is not there is reported by the checks.
            leaves = values[field] if fact in run.facts else ()
            read = [read_value(fact, leaf, (*path, key), run) for leaf in leaves]
            values[field] = tuple([value for value in read if value is not None])
            if fact in run.facts and collector.holds_damage((*path, key)):
                collector.damage(path)  # a value that cannot be read says nothing of the other
        return super().make(values, path, run)


class MoveEntry(Entry, noun="a move"):
    """From which answers to which."""

    never_from = needed(shapes.ONE_OR_MORE, "the answer before, or one of these", key="from")
    never = needed(shapes.ONE_OR_MORE, "the answer after, or one of these", key="to")


class ExpectationEntry(Entry, noun="an expectation", makes=Expectation):
    """What the author expects of a decision; `routeengine check` proves it."""

    label = needed(TEXT, "what is expected, in a sentence")
    decision = needed(NAME, "the decision that it is about")
    when = optional(CONDITION, "where it is expected; needed where nothing changes")
    change = optional(ChangeEntry, "what changes, while all other facts stay")
    always = optional(shapes.ONE_OR_MORE, "the answer there is this, or one of these")
    never = optional(
        either(shapes.ONE_OR_MORE, MoveEntry),
        "the answer there is none of these, or the change does not lead to one",
    )
    along = optional(shapes.ONE_OR_MORE, "the change moves the answer in this order only")

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it."""
        if isinstance(values["never"], dict):
            values |= values["never"]
        return super().make(values, path, run)


class AcceptanceEntry(Entry, noun="an acceptance", makes=Acceptance):
    """A finding of `routeengine check` that may stay."""

    finding = needed(
        shapes.choice(*ACCEPTABLE), "the kind of finding, as `routeengine check` names it"
    )
    about = needed(shapes.ONE_OR_MORE, "the id of what it is about, or the two ids")
    because = needed(TEXT, "why it may stay")


# All of it


# Conditions name facts, criteria and scores.
class Document(Entry, noun="a rule set", first=("facts", "criteria", "scores")):
    """A rule set, all its files together."""

    ruleset = needed(Header, "what the rule set is")
    variants = optional(NAMES, "who has numbers of their own, as municipalities")
    parameters = optional(PARAMETERS, "numbers that change in time or differ per variant")
    sources = optional(parts(SourceEntry), "the documents that rules are drawn from")
    citations = optional(parts(CitationEntry), "the sentences that rules cite")
    refusals = optional(parts(RefusalEntry), "fields that are refused at the door", key="refused")
    topics = optional(parts(entries.TopicEntry), "what facts are about, for interviews")
    facts = needed(parts(entries.FactEntry), "what may be known of a client")
    constraints = optional(parts(entries.ConstraintEntry), "what cannot be true together")
    criteria = optional(parts(entries.CriterionEntry), "named conditions")
    scores = optional(parts(entries.ScoreEntry), "points: what conditions are worth together")
    decisions = needed(parts(DecisionEntry), "outcomes and rules")
    flags = optional(parts(entries.FlagEntry), "signals beside the decisions")
    evidence = optional(EvidenceEntry, "how observations are weighed")
    follow_up = optional(FollowUpEntry, "by what clients are followed over time")
    expectations = optional(
        parts(ExpectationEntry), "what the author expects of the rules", key="expect"
    )
    acceptances = optional(
        parts(AcceptanceEntry), "findings of a check that may stay", key="accept"
    )
    wording = optional(WordingEntry, "sentences for pages", key="words")
    publication = optional(PublicationEntry, "who publishes pages")

    @classmethod
    def make(cls, values: Values, _: Path, run: Run) -> Any:
        """Return the part that is made of it."""
        header = values.pop("ruleset") or Header.holes()
        del values["variants"]
        languages: Path = ("ruleset", "languages")
        if not run.collector.is_intact(languages):
            # A language that cannot be read leaves open which words are lacking.
            run.collector.damage(languages)
            header["languages"] = ()
        return model.RuleSet(**header, **values, instance=_instance(run))


# How a fault stays one fault. In a file stands, for a fact of the type integer, `minimum: "3"`:
#
#   the tree     ScalarNode("3", path=("facts", "age", "minimum"), quoted=True)
#   WHOLE.read   keeps the fault "`minimum` must be a whole number (write it without quotes)" at its
#                line and column, which damages that path, and returns the hole: 0
#   entries.FactEntry    sees the damage, so that what conditions ask of `age` cannot be read: each
#                `age: …` becomes a hole as well, and nothing more is said of it
#   build        runs the checks of any rule set, leaves out what is inside damage, and raises


def build_ruleset(
    root: MappingNode,
    collector: Collector,
    asked: Asked = ASKED,
    beside: Beside = NOTHING_BESIDE,
) -> model.RuleSet:
    """Build the rule set that a tree holds, with the numbers that are asked for.

    `beside` is where its tables are. Raises RuleSetError with every fault of the tree.
    """
    run = _run(root, collector, asked, beside)
    ruleset: model.RuleSet = Document.read(root, run)
    if run.ages.asked and run.ages.day is None and not asked.whichever:
        hint = "ask for a day with `as_of`, or `--as-of DAY`"
        collector.report(collector.place(("facts",), key=True), "ages are those of a day", hint)
    for flaw in check(ruleset):
        unsure = bool(flaw.about) and collector.inside_damage(flaw.about)
        if not unsure and not collector.inside_damage(flaw.path):
            # Reported only: one flaw of what could be read does not make another doubtful.
            collector.report(collector.place(flaw.path, key=flaw.key), flaw.message, flaw.hint)
    collector.raise_faults()
    return ruleset


def _instance(run: Run) -> Instance | None:
    """Return for which days and variant rules are read: with ages for the one day."""
    taken, day = run.numbers.instance, run.ages.day
    return Instance(day, day, taken.variant if taken else None) if run.ages.asked else taken


def conditions_of(
    root: MappingNode, collector: Collector, asked: Asked, beside: Beside
) -> tuple[Ages, Numbers]:
    """Return which ages the conditions of a tree ask, and which parameters, of some instance."""
    run = _run(root, collector, asked, beside)
    with suppress(RuleSetError):  # told when it is built
        Document.read(root, run)
    return run.ages, run.numbers


def instances_of(root: MappingNode, collector: Collector) -> tuple[Instance, ...]:
    """Return the instances that a tree holds: without parameters one, for all its days."""
    run = _run(root, collector, Asked(whichever=True))
    return run.numbers.every or (Instance.of_days(*valid_days(root, run), None),)


def periods_of(root: MappingNode, collector: Collector, asked: Asked) -> model.Periods:
    """Return what each parameter of a tree is for the variant that is asked for, on all days."""
    return _run(root, collector, asked).numbers.periods


def _run(
    root: MappingNode, collector: Collector, asked: Asked, beside: Beside = NOTHING_BESIDE
) -> Run:
    """Return a reading of a tree, with the numbers that are asked for."""
    named = [root.get(section) for section in ("criteria", "decisions", "scores")]
    criteria, decisions, scores = (one if isinstance(one, MappingNode) else () for one in named)
    run = Run(collector, criteria, decisions, scores, beside=beside)
    take_numbers(root, run, asked)
    run.ages.day = asked.day
    return run


def json_schema() -> shapes.Schema:
    """Return the JSON Schema of a rule file (2020-12), for editors.

    A file of a folder need not hold every section, so that none is required. An
    editor knows only the form; whether names lead anywhere is for the loader.
    """
    definitions: shapes.Schema = {}
    document = Document.definition(definitions)
    document.pop("required")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "routeengine rule file",
        "$defs": dict(sorted(definitions.items())),
        **document,
    }
