"""From an explanation to its form as JSON (see `form2`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from pydantic import TypeAdapter

from routeengine.explanation.form2 import (
    GROUPS,
    AnswerRow,
    ChangeEntry,
    ComparisonRow,
    ConditionEntry,
    ConstraintEntry,
    FactEntry,
    FlagEntry,
    Form,
    GroundsEntry,
    KnownEntry,
    LeadRow,
    PlaceRow,
    RuleEntry,
    SourceEntry,
    Templates,
    VerdictEntry,
    WhyEntry,
    WhyNotEntry,
)
from routeengine.explanation.model import (
    ConditionNode,
    ExplanationData,
    FactNode,
    FlagNode,
    Question,
    RuleNode,
    VerdictNode,
    Why,
    WhyNot,
)
from routeengine.explanation.parts import (
    CitedPlace,
    GroundsNode,
    LeafNode,
    Named,
    NearestNode,
)
from routeengine.explanation.wording import Wording, wording_of

FORM: TypeAdapter[Form] = TypeAdapter(Form)

T = TypeVar("T")


def written(explanation: ExplanationData, indent: int | None) -> str:
    """Return an explanation as JSON."""
    form = _Encoder(explanation).form()
    return FORM.dump_json(form, exclude_defaults=True, indent=indent).decode()


def words_of(wording: Wording) -> dict[str, str]:
    """Return the templates that an explanation in this form needs to be read."""
    words = {
        "fact": wording.labelled,
        "criterion": wording.labelled_as("{label}", wording.yes),
        "place": wording.place.replace("{place}", wording.place_in),
        "place_at_start": wording.place.replace("{place}", wording.place_at_start),
    }
    for kind in GROUPS:
        words[kind] = getattr(wording, f"{kind}_inline")
        words[f"{kind}_head"] = getattr(wording, f"{kind}_head")
    return words


class _Encoder:
    """Gathers what stands once, while the rest is gone through."""

    def __init__(self, explanation: ExplanationData) -> None:
        self._explanation = explanation
        self._words = words_of(wording_of(explanation.language))
        self._templates = Templates(self._words)
        # Of both the place in this order is the number.
        self._conditions: dict[ConditionEntry | ComparisonRow, int] = {}
        self._changes: dict[ChangeEntry, int] = {}
        self._rules: dict[str, dict[str, RuleEntry]] = {}
        self._sources: dict[str, SourceEntry] = {}
        self._outcomes: dict[str, dict[str, str]] = {}
        self._answers: dict[str, dict[AnswerRow, int]] = {}
        self._given = {
            leaf.fact: known(leaf) for why in explanation.why.values() for leaf in why.because_facts
        }

    def form(self) -> Form:
        """Return the whole."""
        one = self._explanation
        why = {name: self._why(name, node) for name, node in one.why.items()}
        why_not = {
            name: {outcome: self._why_not(name, node) for outcome, node in nodes.items()}
            for name, nodes in one.why_not.items()
        }
        verdicts = {name: self._verdict(name, node) for name, node in one.verdicts.items()}
        return Form(
            form="routeengine/explanation/2",
            language=one.language,
            client_id=one.client_id,
            versions=one.versions,
            advice=one.advice,
            verdicts=verdicts,
            why=why,
            why_not=why_not,
            flags=tuple(map(self._flag, one.flags)),
            flags_possible=tuple(map(self._flag, one.flags_possible)),
            facts={name: self._fact(name, node) for name, node in one.facts.items()},
            rules=self._rules,
            conditions=tuple(self._conditions),
            changes=tuple(self._changes),
            sources=self._sources,
            words=self._words,
            hidden=one.hidden,
        )

    def _verdict(self, name: str, node: VerdictNode) -> VerdictEntry:
        return VerdictEntry(
            label=node.label,
            status=node.status,
            short=node.short,
            sentences=node.sentences,
            outcome=node.outcome,
            outcome_label=node.outcome_label,
            description=node.description,
            progression=node.progression,
            rule=node.rule,
            rules=ids(node.rules),
            reason=node.reason,
            candidates=self._outcome_ids(name, node.candidates),
            possible=self._outcome_ids(name, node.possible),
            missing={one.fact: self._leads(node, one) for one in node.missing} or None,
            conflict=ids(node.conflict),
            conflicting=ids(node.conflicting),
            broken=tuple(
                ConstraintEntry(one.constraint, one.label, self._grounds(one.grounds))
                for one in node.broken
            ),
            exact=node.exact,
            decisions=node.decisions,
            outcomes=self._outcomes.get(name, {}),
        )

    def _leads(self, verdict: VerdictNode, question: Question) -> tuple[LeadRow, ...]:
        answers = self._answers.setdefault(question.fact, {})
        rows: list[LeadRow] = []
        for answer in question.answers:
            number = number_of(answers, (answer.words, answer.ranges))
            possible = self._outcome_ids(verdict.decision, answer.possible)
            everything = answer.possible == verdict.possible
            rows.append((number,) if everything else (number, possible))
        return tuple(rows)

    def _outcome_ids(self, decision: str, outcomes: Iterable[Named]) -> tuple[str, ...]:
        outcomes = tuple(outcomes)
        self._outcomes.setdefault(decision, {}).update((one.id, one.label) for one in outcomes)
        return ids(outcomes)

    def _why(self, decision: str, node: Why) -> WhyEntry:
        return WhyEntry(
            rule=node.rule,
            rules=self._rule_ids(decision, node.rules),
            other_rules=self._rule_ids(decision, node.other_rules),
            because=node.because,
            applies_when=self._number(node.applies_when),
            not_applicable_because=node.not_applicable_because,
            masked=node.masked,
        )

    def _why_not(self, decision: str, node: WhyNot) -> WhyNotEntry:
        nearest = node.nearest
        return WhyNotEntry(
            label=node.label,
            status=node.status,
            rules=self._rule_ids(decision, node.rules),
            nearest=None if nearest is None else tuple(map(self._nearest, nearest)),
        )

    def _nearest(self, node: NearestNode) -> tuple[int, ...]:
        return tuple(
            number_of(
                self._changes,
                ChangeEntry(
                    fact=one.fact,
                    now=one.now,
                    words=one.words,
                    value=one.value,
                    actionable=one.actionable,
                    answer=answer,
                ),
            )
            for answer, some in ((False, node.changes), (True, node.answers))
            for one in some
        )

    def _rule_ids(self, decision: str, rules: Iterable[RuleNode]) -> tuple[str, ...]:
        rules = tuple(rules)
        self._rules.setdefault(decision, {}).update(
            (rule.rule, self._rule(decision, rule)) for rule in rules
        )
        return tuple(rule.rule for rule in rules)

    def _rule(self, decision: str, node: RuleNode) -> RuleEntry:
        return RuleEntry(
            label=node.label,
            reason=node.reason,
            standing=node.standing,
            grounds=self._grounds(node.grounds),
            outcome=node.outcome,
            candidates=self._outcome_ids(decision, node.candidates),
            no_candidates_because=node.no_candidates_because,
            applies=node.applies if node.when is None else None,
            outranked_by=ids(node.outranked_by),
            maybe_outranked_by=ids(node.maybe_outranked_by),
            when=self._number(node.when),
        )

    def _number(self, node: ConditionNode | None) -> int | None:
        """Return the number of a condition, which comes after those of its parts."""
        return None if node is None else number_of(self._conditions, self._condition(node))

    def _condition(self, node: ConditionNode) -> ConditionEntry | ComparisonRow:
        label = node.label or ""
        entry = ConditionEntry(
            truth=node.truth,
            kind=node.kind,
            reference=node.reference,
            words=node.text.removeprefix(f"{label}: ") if node.kind == "fact" else None,
            count=node.count,
            label=node.label if node.kind == "criterion" else None,
            grounds=None if node.grounds is None else self._grounds(node.grounds),
            known=None if node.fact is None else self._known(node.fact),
            parts=tuple(
                number_of(self._conditions, self._condition(part)) for part in node.children
            ),
        )
        usual = node.kind in ("fact", "criterion", *GROUPS)
        parts = [part.text for part in node.children]
        if not usual or self._templates.condition(entry, label, parts) != node.text:
            entry = replace(entry, text=node.text, words=None)
        if self._templates.head(entry, node.text) != node.head:
            entry = replace(entry, head=node.head)
        return in_short(entry)

    def _known(self, leaf: LeafNode) -> KnownEntry | None:
        """Return what a condition says of its fact, if that is not what is said of the fact."""
        node = self._explanation.facts[leaf.fact]
        usual = self._given.get(leaf.fact, known(node))
        return None if known(leaf) == usual else known(leaf)

    def _flag(self, node: FlagNode) -> FlagEntry:
        when = self._number(node.when)
        return FlagEntry(node.flag, node.label, self._grounds(node.grounds), when)

    def _grounds(self, node: GroundsNode) -> GroundsEntry:
        for place in node.cites:
            self._cite(place)
        reading = node.reading
        return GroundsEntry(
            node.basis,
            tuple(place.citation for place in node.cites),
            *((reading.choice, reading.because, reading.alternative) if reading else ()),
        )

    def _cite(self, place: CitedPlace) -> None:
        source = self._sources.setdefault(
            place.source, SourceEntry(place.title, place.kind, place.number, {}, place.language)
        )
        row: PlaceRow = (place.paragraph, place.sentence, place.sha256)
        if self._templates.place(source, place.section, row) != place.text:
            row = (*row[:3], place.text)
        source.sections.setdefault(place.section, {})[place.citation] = row

    def _fact(self, name: str, node: FactNode) -> FactEntry:
        given = self._given.get(name)
        question = next(
            (
                question
                for verdict in self._explanation.verdicts.values()
                for question in verdict.missing
                if question.fact == name
            ),
            None,
        )
        return FactEntry(
            label=node.label,
            status=node.status,
            words=node.words,
            value=node.value,
            ranges=() if node.ranges == ((node.value, node.value),) else node.ranges,
            special_category=node.special_category,
            possible_proxy=node.possible_proxy,
            read_by=node.read_by,
            coupled_with=node.coupled_with,
            evidence=node.evidence,
            given=None if given == known(node) else given,
            question=None if question is None else question.question,
            why_needed=None if question is None else question.why_needed,
            answers=tuple(self._answers.get(name, {})),
        )


def in_short(entry: ConditionEntry) -> ConditionEntry | ComparisonRow:
    """Return a comparison as a row, if that says all of it."""
    if entry.kind != "fact" or entry.words is None or entry.known or entry.head:
        return entry
    return entry.truth, entry.reference or "", entry.words


def known(node: LeafNode | FactNode) -> KnownEntry:
    """Return what a node says of its fact."""
    return KnownEntry(node.status, node.words)


def ids(some: Iterable[Named]) -> tuple[str, ...]:
    """Return the ids alone."""
    return tuple(one.id for one in some)


def number_of(table: dict[T, int], entry: T) -> int:
    """Return the number of an entry, which is put into the table if it is new."""
    return table.setdefault(entry, len(table))
