"""What must hold of every rule set, however it was made.

The loader runs these checks and adds file, line and column. Code that builds a
`RuleSet` by hand calls `require_sound`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from routeengine.errors import Fault, RuleSetError
from routeengine.ruleset.domains import MAX_DOMAIN_SIZE, CategoryDomain, IntegerDomain
from routeengine.ruleset.expecting import check_expecting, texts_of_expecting
from routeengine.ruleset.flaws import Flaw, Path, did_you_mean, shown
from routeengine.ruleset.following import check_following, texts_of_following
from routeengine.ruleset.model import (
    Decision,
    Fact,
    Grounds,
    Outcome,
    Review,
    Rule,
    RuleSet,
    Text,
)
from routeengine.ruleset.naming import check_names
from routeengine.ruleset.references import check_outcome, check_references

__all__ = ["check", "require_sound"]

_RULESET_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VERSION = re.compile(r"(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_LANGUAGE_HINT = "write a code, as `nl` or `en`"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def check(ruleset: RuleSet) -> Iterator[Flaw]:
    """Yield everything that is wrong with a rule set."""
    yield from _check_header(ruleset)
    yield from check_names(ruleset)
    yield from _check_texts(ruleset)
    yield from _check_sources(ruleset)
    yield from _check_citations(ruleset)
    for fact in ruleset.facts:
        yield from _check_domain(fact)
    for decision in ruleset.decisions:
        yield from _check_decision(decision)
    for path, grounds in _grounds(ruleset):
        yield from _check_grounds(ruleset, path, grounds)
    yield from check_references(ruleset)
    yield from check_following(ruleset)
    yield from check_expecting(ruleset)


def require_sound(ruleset: RuleSet) -> None:
    """Raise RuleSetError with everything that is wrong with a rule set, if anything is."""
    faults = []
    for flaw in check(ruleset):
        at = ".".join(map(str, flaw.path))
        faults.append(Fault(ruleset.id, 0, 0, f"{at}: {flaw.message}", flaw.hint))
    if faults:
        raise RuleSetError(tuple(faults))


def _check_header(ruleset: RuleSet) -> Iterator[Flaw]:
    if not _RULESET_ID.fullmatch(ruleset.id):
        hint = "use lower-case letters, digits and hyphens"
        yield Flaw(("ruleset", "id"), f"{shown(ruleset.id)} cannot be the id of a rule set", hint)
    if not _VERSION.fullmatch(ruleset.version):
        message = f"{shown(ruleset.version)} is no version"
        yield Flaw(("ruleset", "version"), message, "write three numbers, as 1.2.0")
    for number, language in enumerate(ruleset.languages):
        path: Path = ("ruleset", "languages", number)
        if not _LANGUAGE.fullmatch(language):
            yield Flaw(path, f"{shown(language)} is no language", _LANGUAGE_HINT)
        elif language in ruleset.languages[:number]:
            yield Flaw(path, f"`{language}` stands twice")
    if not ruleset.languages:
        message = "a rule set needs a language at least"
        yield Flaw(("ruleset", "languages"), message, "write `[nl, en]` or so")
    first, last = ruleset.valid_from, ruleset.valid_until
    if first is not None and last is not None and last < first:
        yield Flaw(("ruleset", "valid_until"), "`valid_until` lies before `valid_from`")
    for section, things in (("facts", ruleset.facts), ("decisions", ruleset.decisions)):
        if not things:
            yield Flaw((section,), f"`{section}` is empty: there is nothing to decide", key=True)


def _check_texts(ruleset: RuleSet) -> Iterator[Flaw]:
    if not ruleset.languages:
        return
    languages = [one for one in ruleset.languages if _LANGUAGE.fullmatch(one)]
    for path, text in _texts(ruleset):
        for language in dict.fromkeys(languages):
            if not text.get(language, "").strip():
                message = f"`{path[-1]}` lacks its words in `{language}`"
                yield Flaw((*path, language), message, f"add `{language}: …`", key=True)
        for language in text:
            if language not in ruleset.languages:
                known = "the languages are " + ", ".join(f"`{one}`" for one in ruleset.languages)
                message = f"{shown(language)} is no language of this rule set"
                yield Flaw((*path, language), message, known, key=True)


def _texts(ruleset: RuleSet) -> Iterator[tuple[Path, Text]]:
    """Yield every text that people read, with its path."""
    yield ("ruleset", "title"), ruleset.title
    yield ("ruleset", "purpose"), ruleset.purpose
    yield ("ruleset", "owner"), ruleset.owner
    for source in ruleset.sources:
        yield ("sources", source.id, "title"), source.title
        yield ("sources", source.id, "kind"), source.kind
    for refusal in ruleset.refusals:
        yield ("refused", refusal.id, "reason"), refusal.reason
    for fact in ruleset.facts:
        yield from _texts_of_fact(("facts", fact.id), fact)
    for constraint in ruleset.constraints:
        yield ("constraints", constraint.id, "label"), constraint.label
    for criterion in ruleset.criteria:
        yield ("criteria", criterion.id, "label"), criterion.label
    for decision in ruleset.decisions:
        yield from _texts_of_decision(("decisions", decision.id), decision)
    for flag in ruleset.flags:
        yield ("flags", flag.id, "label"), flag.label
    yield from texts_of_following(ruleset)
    yield from texts_of_expecting(ruleset)
    for path, grounds in _grounds(ruleset):
        if grounds.interpretation is not None:
            for key in ("choice", "because", "alternative"):
                yield (*path, "interpretation", key), getattr(grounds.interpretation, key)


def _texts_of_fact(path: Path, fact: Fact) -> Iterator[tuple[Path, Text]]:
    yield (*path, "label"), fact.label
    yield (*path, "question"), fact.question
    yield (*path, "why_needed"), fact.why_needed
    for value, label in fact.value_labels.items():
        word = str(value).lower() if isinstance(value, bool) else str(value)
        yield (*path, "values", word, "label"), label


def _texts_of_decision(path: Path, decision: Decision) -> Iterator[tuple[Path, Text]]:
    yield (*path, "label"), decision.label
    if decision.not_applicable_because is not None:
        yield (*path, "not_applicable_because"), decision.not_applicable_because
    for outcome in decision.outcomes:
        at = (*path, "outcomes", outcome.id)
        yield (*at, "label"), outcome.label
        yield (*at, "description"), outcome.description
        if outcome.progression is not None:
            yield (*at, "progression", "label"), outcome.progression.label
    for rule in decision.rules:
        at = (*path, "rules", rule.id)
        yield (*at, "label"), rule.label
        yield (*at, "reason"), rule.reason
        if isinstance(rule.then, Review) and rule.then.no_candidates_because is not None:
            yield (*at, "then", "because"), rule.then.no_candidates_because


def _grounds(ruleset: RuleSet) -> Iterator[tuple[Path, Grounds]]:
    for section, things in (
        ("constraints", ruleset.constraints),
        ("criteria", ruleset.criteria),
        ("flags", ruleset.flags),
    ):
        for thing in things:
            yield (section, thing.id), thing.grounds
    for decision in ruleset.decisions:
        for rule in decision.rules:
            yield ("decisions", decision.id, "rules", rule.id), rule.grounds


def _check_grounds(ruleset: RuleSet, path: Path, grounds: Grounds) -> Iterator[Flaw]:
    basis = (*path, "basis")
    if grounds.basis == "source" and not grounds.cites:
        message = "the basis is `source`, and no citation is named"
        yield Flaw(basis, message, "name it under `cites`, or say that it is an interpretation")
    if grounds.basis == "source" and grounds.interpretation is not None:
        message = "the basis is `source`, and an interpretation is given"
        yield Flaw(basis, message, "write `basis: interpretation`, or take the interpretation out")
    if grounds.basis == "interpretation" and grounds.interpretation is None:
        message = "the basis is `interpretation`, and no `interpretation` is given"
        yield Flaw(basis, message, "say the choice, why, and the alternative")
    for number, cited in enumerate(grounds.cites):
        at = (*path, "cites", number)
        if cited not in ruleset.citation:
            hint = did_you_mean(cited, ruleset.citation)
            yield Flaw(at, f"{shown(cited)} is no citation", hint, about=("citations",))
        elif cited in grounds.cites[:number]:
            yield Flaw(at, f"`{cited}` stands twice")


def _check_sources(ruleset: RuleSet) -> Iterator[Flaw]:
    for source in ruleset.sources:
        if source.language is not None and not _LANGUAGE.fullmatch(source.language):
            path: Path = ("sources", source.id, "language")
            yield Flaw(path, f"{shown(source.language)} is no language", _LANGUAGE_HINT)


def _check_citations(ruleset: RuleSet) -> Iterator[Flaw]:
    sources = {source.id: source for source in ruleset.sources}
    for citation in ruleset.citations:
        path: Path = ("citations", citation.id)
        source = sources.get(citation.source)
        if source is None:
            hint = did_you_mean(citation.source, sources)
            message = f"{shown(citation.source)} is no source"
            yield Flaw((*path, "source"), message, hint, about=("sources",))
        elif citation.section and citation.section not in source.headings:
            hint = did_you_mean(citation.section, source.headings)
            message = f"{shown(citation.section)} is no heading of `{source.id}`"
            about: Path = ("sources", source.id, "headings")
            yield Flaw((*path, "section"), message, hint, about=about)
        for key, number in (("paragraph", citation.paragraph), ("sentence", citation.sentence)):
            if number < 1:
                yield Flaw((*path, key), f"`{key}` counts from 1")
        if not _SHA256.fullmatch(citation.sha256):
            message = "`sha256` must be 64 hexadecimal digits, in lower case"
            yield Flaw((*path, "sha256"), message)


def _check_domain(fact: Fact) -> Iterator[Flaw]:
    path: Path = ("facts", fact.id)
    domain = fact.domain
    if isinstance(domain, IntegerDomain):
        if domain.minimum > domain.maximum:
            yield Flaw((*path, "minimum"), "`minimum` is larger than `maximum`")
        elif domain.size > MAX_DOMAIN_SIZE:
            message = f"`{fact.id}` has more than {MAX_DOMAIN_SIZE} values"
            yield Flaw((*path, "maximum"), message, "take a coarser unit")
    if isinstance(domain, CategoryDomain) and domain.size < 2:
        message = f"`{fact.id}` needs two values at least"
        yield Flaw((*path, "values"), message, key=True)


def _check_decision(decision: Decision) -> Iterator[Flaw]:
    path: Path = ("decisions", decision.id)
    if not decision.outcomes:
        yield Flaw((*path, "outcomes"), f"`{decision.id}` needs an outcome at least", key=True)
    if not decision.rules:
        yield Flaw((*path, "rules"), f"`{decision.id}` needs a rule at least", key=True)
    because = decision.not_applicable_because
    if decision.applies_when is not None and because is None:
        message = "`applies_when` needs `not_applicable_because`"
        yield Flaw((*path, "applies_when"), message, "say why, for whom it does not", key=True)
    if decision.applies_when is None and because is not None:
        message = "`not_applicable_because` stands without `applies_when`"
        yield Flaw((*path, "not_applicable_because"), message, "take it out", key=True)
    for outcome in decision.outcomes:
        yield from _check_progression((*path, "outcomes", outcome.id, "progression"), outcome)
    for rule in decision.rules:
        yield from _check_target((*path, "rules", rule.id, "then"), decision, rule)
    otherwise = [rule.id for rule in decision.rules if rule.when is None]
    for rule_id in otherwise[1:]:
        message = f"`{decision.id}` has an `otherwise` rule already: `{otherwise[0]}`"
        yield Flaw((*path, "rules", rule_id, "otherwise"), message, key=True)


def _check_progression(path: Path, outcome: Outcome) -> Iterator[Flaw]:
    progression = outcome.progression
    if progression is None:
        return
    months = {"due_from": progression.due_from, "overdue_after": progression.overdue_after}
    for key, number in months.items():
        if number is not None and number < 0:
            yield Flaw((*path, key), f"`{key}` is a number of months, and cannot be below 0")
    first, last = months.values()
    if first is not None and last is not None and last < first:
        yield Flaw((*path, "overdue_after"), "`overdue_after` lies before `due_from`")


def _check_target(path: Path, decision: Decision, rule: Rule) -> Iterator[Flaw]:
    if not isinstance(rule.then, Review):
        yield from check_outcome(path, decision, rule.then)
        return
    candidates = rule.then.candidates
    for number, candidate in enumerate(candidates):
        at = (*path, "review", number)
        yield from check_outcome(at, decision, candidate)
        if candidate in candidates[:number]:
            yield Flaw(at, f"`{candidate}` stands twice")
    because = rule.then.no_candidates_because
    if not candidates and because is None:
        message = "a review without candidates needs its reason"
        yield Flaw((*path, "review"), message, "name candidates, or add `because`")
    if candidates and because is not None:
        message = "`because` is for a review without candidates"
        yield Flaw((*path, "because"), message, "take it out: `reason` says the rest", key=True)
