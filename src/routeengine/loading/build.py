"""From the files' document to the rule set itself, every fault on the way collected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from routeengine.loading import document as written
from routeengine.loading.build_conditions import HOLE, ConditionBuilder
from routeengine.loading.build_expecting import build_acceptance, build_expectation
from routeengine.loading.build_following import build_evidence, build_follow_up
from routeengine.loading.conditions import Condition as Shape
from routeengine.loading.faults import Collector
from routeengine.loading.yaml_tree import Branch
from routeengine.ruleset.checks import check
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.domains import (
    MAX_DOMAIN_SIZE,
    BooleanDomain,
    CategoryDomain,
    Domain,
    IntegerDomain,
    Value,
)
from routeengine.ruleset.flaws import Path
from routeengine.ruleset.model import (
    Actionable,
    Basis,
    Citation,
    Constraint,
    Criterion,
    Decision,
    Fact,
    Flag,
    Grounds,
    Interpretation,
    Outcome,
    Progression,
    Refusal,
    Review,
    Rule,
    RuleSet,
    Source,
)
from routeengine.ruleset.words import Place


def build_ruleset(root: Branch, collector: Collector) -> RuleSet:
    """Build the rule set that a tree holds.

    Raises RuleSetError with every fault of the tree.
    """
    document = written.Document.model_validate(root, context=collector)
    ruleset = _Builder(document, collector).build()
    for flaw in check(ruleset):
        unsure = bool(flaw.about) and collector.inside_damage(flaw.about)
        if not unsure and not collector.inside_damage(flaw.path):
            # Reported only: one flaw of what could be read does not make another doubtful.
            collector.report(collector.place(flaw.path, key=flaw.key), flaw.message, flaw.hint)
    collector.raise_faults()
    return ruleset


class _Builder:
    def __init__(self, document: written.Document, collector: Collector) -> None:
        self._document = document
        self._collector = collector
        self._domains = {
            name: self._domain(("facts", name), entry) for name, entry in document.facts.items()
        }
        # A domain that makes no sense is told by the checks, not by every condition on it.
        sensible = {
            name: domain if domain is not None and 0 < domain.size <= MAX_DOMAIN_SIZE else None
            for name, domain in self._domains.items()
        }
        self._conditions = ConditionBuilder(
            collector, sensible, document.criteria.keys(), document.decisions.keys()
        )

    def build(self) -> RuleSet:
        document = self._document
        header = document.ruleset or _NO_HEADER
        return RuleSet(
            id=header.id,
            version=header.version,
            title=header.title,
            purpose=header.purpose,
            owner=header.owner,
            languages=self._languages(header),
            facts=tuple(self._fact(name, one) for name, one in document.facts.items()),
            criteria=tuple(self._criterion(name, one) for name, one in document.criteria.items()),
            decisions=tuple(self._decision(name, one) for name, one in document.decisions.items()),
            constraints=tuple(
                self._constraint(name, one) for name, one in document.constraints.items()
            ),
            flags=tuple(self._flag(name, one) for name, one in document.flags.items()),
            sources=tuple(_source(name, one) for name, one in document.sources.items()),
            citations=tuple(self._citation(name, one) for name, one in document.citations.items()),
            refusals=tuple(
                Refusal(name, tuple(one.aliases), one.reason)
                for name, one in document.refused.items()
            ),
            client_id_aliases=tuple(header.client_id),
            unknown_texts=tuple(header.unknown),
            declined_texts=tuple(header.declined),
            valid_from=header.valid_from,
            valid_until=header.valid_until,
            evidence=build_evidence(document.evidence, self._conditions, self._collector),
            follow_up=build_follow_up(document.follow_up, self._collector),
            expectations=tuple(
                build_expectation(name, one, self._conditions, self._collector)
                for name, one in document.expect.items()
            ),
            acceptances=tuple(
                build_acceptance(name, one, self._collector)
                for name, one in document.accept.items()
            ),
        )

    def _languages(self, header: written.Header) -> tuple[str, ...]:
        languages: Path = ("ruleset", "languages")
        if self._collector.sound(languages):
            return tuple(header.languages)
        # A language that cannot be read leaves open which words are lacking.
        self._collector.damage(languages)
        return ()

    def _place(self, path: Path) -> Place:
        return self._collector.place(path, key=True)

    def _citation(self, name: str, entry: written.CitationEntry) -> Citation:
        return Citation(
            name, entry.source, entry.section, entry.paragraph, entry.sentence, entry.sha256,
            place=self._place(("citations", name)),
        )  # fmt: skip

    def _domain(self, path: Path, entry: written.FactEntry) -> Domain | None:
        """Give the domain of a fact, or None where what is written gives none."""
        self._check_domain_keys(path, entry)
        parts = (path, *((*path, key) for key in ("type", "minimum", "maximum")))
        if any(map(self._collector.inside_damage, parts)):
            return None
        if self._collector.inside_damage((*path, "values")):
            return None
        if entry.type == "boolean":
            return BooleanDomain()
        if entry.type == "category":
            return CategoryDomain(tuple(entry.values or ()))
        return IntegerDomain(entry.minimum or 0, entry.maximum or 0)

    def _check_domain_keys(self, path: Path, entry: written.FactEntry) -> None:
        """Keep a fault for each key that this type of fact needs, or has no use for."""
        given = {"minimum": entry.minimum, "maximum": entry.maximum, "values": entry.values}
        wanted = {"integer": {"minimum", "maximum"}, "category": {"values"}, "boolean": set()}
        if not self._collector.sound((*path, "type")):
            return
        what = {"integer": "an integer", "category": "a category", "boolean": "a boolean"}
        for key, value in given.items():
            at = (*path, key)
            if value is None and key in wanted[entry.type] and self._collector.sound(at):
                self._collector.add(at, f"{what[entry.type]} needs `{key}`")
            useless = key not in wanted[entry.type] and (key, entry.type) != ("values", "boolean")
            if value is not None and useless:
                self._collector.add(
                    at, f"{what[entry.type]} has no `{key}`", "take it out", key=True
                )
        if entry.type == "boolean":
            for word in entry.values or ():
                if word not in {"true", "false"}:
                    at = (*path, "values", word)
                    message = "the values of a boolean are `true` and `false`"
                    self._collector.add(at, message, "make it a category", key=True)

    def _fact(self, name: str, entry: written.FactEntry) -> Fact:
        domain = self._domains[name]
        entries = _values_by_meaning(domain, entry.values or {})
        return Fact(
            id=name,
            domain=domain or BooleanDomain(),
            label=entry.label,
            question=entry.question,
            why_needed=entry.why_needed,
            aliases=tuple(entry.aliases),
            value_labels={value: one.label for value, one in entries.items()},
            value_aliases={
                value: tuple(one.aliases) for value, one in entries.items() if one.aliases
            },
            special_category=entry.special_category,
            possible_proxy=entry.possible_proxy,
            # The shape of the file lets only these words pass.
            actionable=cast(Actionable, entry.actionable),
            place=self._place(("facts", name)),
        )

    def _constraint(self, name: str, entry: written.ConstraintEntry) -> Constraint:
        path: Path = ("constraints", name)
        forbids = self._conditions.build(entry.forbids, (*path, "forbids"))
        return Constraint(name, forbids, entry.label, _grounds(entry), self._place(path))

    def _criterion(self, name: str, entry: written.CriterionEntry) -> Criterion:
        path: Path = ("criteria", name)
        when = self._conditions.build(entry.when, (*path, "when"))
        return Criterion(name, when, entry.label, _grounds(entry), self._place(path))

    def _flag(self, name: str, entry: written.FlagEntry) -> Flag:
        path: Path = ("flags", name)
        self._check_one_of(path, "a flag", entry.when, entry.raised_by, "raised_by: dossier")
        when = self._optional(entry.when, (*path, "when"))
        return Flag(name, entry.label, when, _grounds(entry), self._place(path))

    def _optional(self, condition: Shape | None, path: Path) -> Condition | None:
        if condition is None:
            return None
        return self._conditions.build(condition, path)

    def _check_one_of(
        self, path: Path, what: str, when: object, instead: object, example: str
    ) -> bool:
        """Keep a fault where `when` and what can stand instead are both there, or neither."""
        if self._collector.inside_damage(path):
            return False
        key = example.partition(":")[0]
        if when is not None and instead:
            message = f"{what} cannot have both `when` and `{key}`"
            self._collector.add((*path, key), message, "take one out", key=True)
        elif when is None and not instead and self._collector.sound((*path, key)):
            message = f"{what} needs `when`"
            self._collector.add((*path, "when"), message, f"or else `{example}`")
        return bool(instead)

    def _decision(self, name: str, entry: written.DecisionEntry) -> Decision:
        path: Path = ("decisions", name)
        outcomes = tuple(
            Outcome(
                outcome,
                one.label,
                one.description,
                _progression(one.progression),
                self._place((*path, "outcomes", outcome)),
            )
            for outcome, one in entry.outcomes.items()
        )
        order = [outcome.id for outcome in outcomes]
        return Decision(
            id=name,
            label=entry.label,
            outcomes=outcomes,
            rules=tuple(
                self._rule((*path, "rules", rule), one, order) for rule, one in entry.rules.items()
            ),
            applies_when=self._optional(entry.applies_when, (*path, "applies_when")),
            not_applicable_because=entry.not_applicable_because,
            place=self._place(path),
        )

    def _rule(self, path: Path, entry: written.RuleEntry, order: list[str]) -> Rule:
        otherwise = self._check_one_of(
            path, "a rule", entry.when, entry.otherwise, "otherwise: true"
        )
        when = self._optional(entry.when, (*path, "when"))
        return Rule(
            id=str(path[-1]),
            when=when if when is not None or otherwise else HOLE,
            then=_target(entry.then, order),
            label=entry.label,
            reason=entry.reason,
            grounds=_grounds(entry),
            outranks=tuple(entry.outranks),
            place=self._place(path),
        )


_NO_HEADER = written.Header.model_construct()


def _source(name: str, entry: written.SourceEntry) -> Source:
    return Source(
        name,
        entry.title,
        entry.number,
        entry.kind,
        tuple(entry.headings),
        tuple(entry.abbreviations),
        entry.language,
    )


def _values_by_meaning(
    domain: Domain | None, entries: Mapping[str, written.ValueEntry]
) -> dict[Value, written.ValueEntry]:
    """Give the entries of a fact's values by value, in the order of the domain."""
    if isinstance(domain, BooleanDomain):
        words = {False: "false", True: "true"}
        return {value: entries[word] for value, word in words.items() if word in entries}
    return (
        {value: entries[value] for value in entries} if isinstance(domain, CategoryDomain) else {}
    )


def _grounds(entry: written.Grounded) -> Grounds:
    reading = entry.interpretation
    return Grounds(
        # The shape of the file lets only these words pass.
        cast(Basis, entry.basis),
        tuple(entry.cites),
        None
        if reading is None
        else Interpretation(reading.choice, reading.because, reading.alternative),
    )


def _progression(entry: written.ProgressionEntry | None) -> Progression | None:
    if entry is None:
        return None
    return Progression(entry.label, entry.due_from, entry.overdue_after)


def _target(then: str | written.ReviewEntry, order: list[str]) -> str | Review:
    """Give where a rule leads; candidates come in the declared order of outcomes."""
    if isinstance(then, str):
        return then
    candidates = tuple(then.review)
    if len(set(candidates)) == len(candidates) and set(candidates) <= set(order):
        candidates = tuple(one for one in order if one in candidates)
    return Review(candidates, then.because)
