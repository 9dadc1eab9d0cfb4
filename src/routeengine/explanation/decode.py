"""From JSON to an explanation: form 2, and form 1, in which everything stands where it is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from routeengine.errors import UsageError
from routeengine.explanation.encode import FORM
from routeengine.explanation.form2 import (
    ComparisonRow,
    ConditionEntry,
    FlagEntry,
    Form,
    GroundsEntry,
    KnownEntry,
    Templates,
)
from routeengine.explanation.model import (
    ConditionNode,
    ConstraintNode,
    ExplanationData,
    FactNode,
    FlagNode,
    Question,
    RuleNode,
    VerdictNode,
    Why,
    WhyNot,
    decisive_ids,
)
from routeengine.explanation.parts import (
    AnswerNode,
    ChangeNode,
    CitedPlace,
    GroundsNode,
    LeafNode,
    Named,
    NearestNode,
    Reading,
)
from routeengine.explanation.sites import MAX_NODES, condition_id, part_place
from routeengine.truth import Truth

FORM_1: TypeAdapter[ExplanationData] = TypeAdapter(ExplanationData)


def read(text: str | bytes) -> dict[str, Any]:
    """Return the fields of the explanation that this JSON holds.

    Raises UsageError, which shows no value, for what is no explanation.
    """
    try:
        value = from_json(text)
        if isinstance(value, dict) and "form" in value:
            data = _Decoder(FORM.validate_json(text)).data()
        else:
            data = FORM_1.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(f"is no explanation: {place}: {first['msg']}") from None
    except (ValueError, LookupError, RecursionError):
        # A message of theirs would show what was read.
        raise UsageError("is no explanation") from None
    return {one.name: getattr(data, one.name) for one in fields(data)}


class _Decoder:
    """Puts back what an entry refers to, and what follows from where it is."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._templates = Templates(form.words)
        self._places = {
            citation: CitedPlace(
                id=f"cite:{citation}",
                citation=citation,
                source=source,
                title=entry.title,
                kind=entry.kind,
                number=entry.number,
                section=section,
                paragraph=row[0],
                sentence=row[1],
                sha256=row[2],
                text=self._templates.place(entry, section, row),
                language=entry.language,
            )
            for source, entry in form.sources.items()
            for section, rows in entry.sections.items()
            for citation, row in rows.items()
        }
        self._made = 0

    def data(self) -> ExplanationData:
        """Return the explanation."""
        form = self._form
        return ExplanationData(
            language=form.language,
            client_id=form.client_id,
            versions=form.versions,
            advice=form.advice,
            verdicts={name: self._verdict(name) for name in form.verdicts},
            why={name: self._why(name) for name in form.why},
            why_not={
                name: {outcome: self._why_not(name, outcome) for outcome in outcomes}
                for name, outcomes in form.why_not.items()
            },
            flags=tuple(map(self._flag, form.flags)),
            flags_possible=tuple(map(self._flag, form.flags_possible)),
            facts={name: self._fact(name) for name in form.facts},
            hidden=form.hidden,
        )

    def _verdict(self, name: str) -> VerdictNode:
        entry = self._form.verdicts[name]
        return VerdictNode(
            id=f"verdict:{name}",
            decision=name,
            label=entry.label,
            status=entry.status,
            short=entry.short,
            sentences=entry.sentences,
            outcome=entry.outcome,
            outcome_label=entry.outcome_label,
            description=entry.description,
            progression=entry.progression,
            rule=entry.rule,
            rules=self._rules_named(name, entry.rules),
            reason=entry.reason,
            candidates=named(entry.candidates, entry.outcomes),
            possible=named(entry.possible, entry.outcomes),
            missing=tuple(self._question(name, fact) for fact in entry.missing or ()),
            conflict=self._facts_named(entry.conflict),
            conflicting=self._facts_named(entry.conflicting),
            broken=tuple(
                ConstraintNode(
                    id=f"constraint:{one.constraint}",
                    constraint=one.constraint,
                    label=one.label,
                    grounds=self._grounds(f"constraint/{one.constraint}", one.grounds),
                )
                for one in entry.broken
            ),
            exact=entry.exact,
            decisions=entry.decisions,
        )

    def _question(self, decision: str, fact: str) -> Question:
        entry, verdict = self._form.facts[fact], self._form.verdicts[decision]
        return Question(
            id=f"question:{decision}/{fact}",
            fact=fact,
            label=entry.label,
            question=entry.question or "",
            why_needed=entry.why_needed or "",
            answers=tuple(
                AnswerNode(
                    id=f"answer:{decision}/{fact}/{number}",
                    words=entry.answers[row[0]][0],
                    ranges=entry.answers[row[0]][1],
                    possible=named(row[1] if len(row) == 2 else verdict.possible, verdict.outcomes),
                )
                for number, row in enumerate((verdict.missing or {})[fact], 1)
            ),
        )

    def _rules_named(self, decision: str, rules: Iterable[str]) -> tuple[Named, ...]:
        entries = self._form.rules.get(decision, {})
        return tuple(Named(rule, entries[rule].label) for rule in rules)

    def _facts_named(self, facts: Iterable[str]) -> tuple[Named, ...]:
        return tuple(Named(fact, self._form.facts[fact].label) for fact in facts)

    def _why(self, name: str) -> Why:
        entry = self._form.why[name]
        return Why(
            id=f"why:{name}",
            rule=entry.rule,
            rules=self._rules(name, entry.rules),
            other_rules=self._rules(name, entry.other_rules),
            because=entry.because,
            because_facts=tuple(self._leaf(fact, None) for fact in entry.because),
            applies_when=self._condition(f"{name}:applies_when", entry.applies_when),
            not_applicable_because=entry.not_applicable_because,
            masked=entry.masked,
        )

    def _why_not(self, decision: str, outcome: str) -> WhyNot:
        entry, place = self._form.why_not[decision][outcome], f"{decision}/{outcome}"
        nearest = entry.nearest
        return WhyNot(
            id=f"why_not:{place}",
            outcome=outcome,
            label=entry.label,
            status=entry.status,
            rules=self._rules(decision, entry.rules),
            distance=len(nearest[0]) if nearest else None,
            nearest=None
            if nearest is None
            else tuple(
                NearestNode(
                    f"nearest:{place}/{number}",
                    changes=self._changes(some, answer=False),
                    answers=self._changes(some, answer=True),
                )
                for number, some in enumerate(nearest, 1)
            ),
        )

    def _changes(self, numbers: Iterable[int], *, answer: bool) -> tuple[ChangeNode, ...]:
        entries = [self._form.changes[number] for number in numbers]
        return tuple(
            ChangeNode(
                fact=one.fact,
                label=self._form.facts[one.fact].label,
                now=one.now,
                words=one.words,
                value=one.value,
                actionable=one.actionable,
            )
            for one in entries
            if one.answer is answer
        )

    def _rules(self, decision: str, rules: Iterable[str]) -> tuple[RuleNode, ...]:
        return tuple(self._rule(decision, rule) for rule in rules)

    def _rule(self, decision: str, rule: str) -> RuleNode:
        entry, place = self._form.rules[decision][rule], f"{decision}/{rule}"
        when = self._condition(f"{place}/when", entry.when)
        applies = entry.applies or (Truth.OPEN if when is None else when.truth)
        decisive = () if when is None else decisive_ids(when)
        return RuleNode(
            id=place,
            rule=rule,
            label=entry.label,
            reason=entry.reason,
            outcome=entry.outcome,
            candidates=named(entry.candidates, self._form.verdicts[decision].outcomes),
            no_candidates_because=entry.no_candidates_because,
            standing=entry.standing,
            applies=applies,
            outranked_by=self._rules_named(decision, entry.outranked_by),
            maybe_outranked_by=self._rules_named(decision, entry.maybe_outranked_by),
            failed=decisive if applies is Truth.FALSE else (),
            open=decisive if applies is Truth.OPEN else (),
            when=when,
            grounds=self._grounds(f"rule/{rule}", entry.grounds),
        )

    def _condition(self, place: str, number: int | None) -> ConditionNode | None:
        return None if number is None else self._node(place, number)

    def _node(self, place: str, number: int) -> ConditionNode:
        """Return the condition with this number, at this place."""
        # Parts of parts that are all the same would double with each of a few entries.
        self._made += 1
        if self._made > MAX_NODES:
            raise ValueError
        entry = in_full(self._form.conditions[number])
        if not all(0 <= part < number for part in entry.parts):
            raise ValueError
        name = condition_id(place, entry.kind, entry.reference)
        parts = tuple(
            self._node(part_place(name, entry.kind, nth), part)
            for nth, part in enumerate(entry.parts, 1)
        )
        label = entry.label
        if entry.kind == "fact":
            label = self._form.facts[entry.reference or ""].label
        elif entry.kind in ("outcome", "status", "rule"):
            label = self._form.verdicts[entry.reference or ""].label
        text = self._templates.condition(entry, label, [part.text for part in parts])
        return ConditionNode(
            id=name,
            kind=entry.kind,
            text=text,
            head=self._templates.head(entry, text),
            truth=entry.truth,
            reference=entry.reference,
            count=entry.count,
            label=label,
            grounds=None
            if entry.grounds is None
            else self._grounds(f"criterion/{entry.reference}", entry.grounds),
            fact=self._leaf(entry.reference or "", entry.known) if entry.kind == "fact" else None,
            children=parts,
        )

    def _leaf(self, fact: str, known: KnownEntry | None) -> LeafNode:
        """Return what is known of a fact: as a condition says, or as it was given."""
        entry = self._form.facts[fact]
        said = known or entry.given or KnownEntry(entry.status, entry.words)
        return LeafNode(fact, entry.label, said.status, said.words)

    def _flag(self, entry: FlagEntry) -> FlagNode:
        return FlagNode(
            id=f"flag:{entry.flag}",
            flag=entry.flag,
            label=entry.label,
            when=self._condition(f"flag:{entry.flag}/when", entry.when),
            grounds=self._grounds(f"flag/{entry.flag}", entry.grounds),
        )

    def _grounds(self, owner: str, entry: GroundsEntry) -> GroundsNode:
        return GroundsNode(
            basis=entry.basis,
            cites=tuple(self._places[citation] for citation in entry.cites),
            reading=None
            if entry.choice is None
            else Reading(
                id=f"reading:{owner}",
                choice=entry.choice,
                because=entry.because or "",
                alternative=entry.alternative or "",
            ),
        )

    def _fact(self, name: str) -> FactNode:
        entry = self._form.facts[name]
        return FactNode(
            id=f"fact:{name}",
            fact=name,
            label=entry.label,
            status=entry.status,
            value=entry.value,
            words=entry.words,
            ranges=entry.ranges if entry.value is None else ((entry.value, entry.value),),
            special_category=entry.special_category,
            possible_proxy=entry.possible_proxy,
            read_by=entry.read_by,
            coupled_with=entry.coupled_with,
            evidence=entry.evidence,
        )


def in_full(entry: ConditionEntry | ComparisonRow) -> ConditionEntry:
    """Return a condition as an entry, also one that is written as a row."""
    if isinstance(entry, ConditionEntry):
        return entry
    truth, fact, words = entry
    return ConditionEntry(truth, "fact", reference=fact, words=words)


def named(ids: Iterable[str], labels: dict[str, str]) -> tuple[Named, ...]:
    """Return ids with their labels."""
    return tuple(Named(one, labels[one]) for one in ids)
