"""What must hold of every rule set, however it was made.

The loader runs these checks and adds file, line and column. Code that builds a
`RuleSet` by hand calls `require_sound`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from routeengine.errors import Fault, RuleSetError
from routeengine.ruleset.domains import MAX_DOMAIN_SIZE, CategoryDomain, IntegerDomain, word
from routeengine.ruleset.expectations import Acceptance, Expectation
from routeengine.ruleset.expecting import check_acceptance, check_expectation
from routeengine.ruleset.flaws import Flaw, Path, below_zero, shown, twice, unknown
from routeengine.ruleset.following import check_evidence, check_follow_up
from routeengine.ruleset.model import (
    Citation,
    Decision,
    Evidence,
    Fact,
    FollowUp,
    Grounds,
    Progression,
    Review,
    Rule,
    RuleSet,
    Source,
)
from routeengine.ruleset.naming import check_names
from routeengine.ruleset.parts import parts
from routeengine.ruleset.references import check_outcome, check_references
from routeengine.ruleset.words import Text

_RULESET_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VERSION = re.compile(r"(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def check(ruleset: RuleSet) -> Iterator[Flaw]:
    """Yield everything that is wrong with a rule set."""
    yield from _check_header(ruleset)
    for path, part in parts(ruleset):
        match part:
            case Mapping():
                yield from _check_text(ruleset, path, part)
            case Source(language=str(language)):
                yield from _check_language((*path, "language"), language)
            case Citation():
                yield from _check_citation(ruleset, path, part)
            case Fact():
                yield from _check_fact(ruleset, path, part)
            case Decision():
                yield from _check_decision(path, part)
            case Grounds():
                yield from _check_grounds(ruleset, path, part)
            case Evidence():
                yield from check_evidence(ruleset, path, part)
            case FollowUp():
                yield from check_follow_up(ruleset, path, part)
            case Expectation():
                yield from check_expectation(ruleset, path, part)
            case Acceptance():
                yield from check_acceptance(ruleset, path, part)
    yield from check_names(ruleset)
    yield from check_references(ruleset)


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
        yield from _check_language(("ruleset", "languages", number), language)
    yield from twice(("ruleset", "languages"), ruleset.languages)
    if not ruleset.languages:
        message = "a rule set needs a language at least"
        yield Flaw(("ruleset", "languages"), message, "write `[nl, en]` or so")
    first, last = ruleset.valid_from, ruleset.valid_until
    if first is not None and last is not None and last < first:
        yield Flaw(("ruleset", "valid_until"), "`valid_until` lies before `valid_from`")
    for section, things in (("facts", ruleset.facts), ("decisions", ruleset.decisions)):
        if not things:
            yield Flaw((section,), f"`{section}` is empty: there is nothing to decide", key=True)


def _check_language(path: Path, language: str) -> Iterator[Flaw]:
    if not _LANGUAGE.fullmatch(language):
        yield Flaw(path, f"{shown(language)} is no language", "write a code, as `nl` or `en`")


def _check_text(ruleset: RuleSet, path: Path, text: Text) -> Iterator[Flaw]:
    languages = dict.fromkeys(ruleset.languages)
    for language in languages:
        if _LANGUAGE.fullmatch(language) and not text.get(language, "").strip():
            message = f"`{path[-1]}` lacks its words in `{language}`"
            yield Flaw((*path, language), message, f"add `{language}: …`", key=True)
    for language in text if languages else ():
        if language not in languages:
            known = "the languages are " + ", ".join(f"`{one}`" for one in ruleset.languages)
            message = f"{shown(language)} is no language of this rule set"
            yield Flaw((*path, language), message, known, key=True)


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
        yield from unknown(
            (*path, "cites", number), cited, ruleset.citation, "citation", ("citations",)
        )
    yield from twice((*path, "cites"), grounds.cites)


def _check_citation(ruleset: RuleSet, path: Path, citation: Citation) -> Iterator[Flaw]:
    sources = {source.id: source for source in ruleset.sources}
    yield from unknown((*path, "source"), citation.source, sources, "source", ("sources",))
    if citation.source in sources and citation.section:
        headings = sources[citation.source].headings
        about: Path = ("sources", citation.source, "headings")
        what = f"heading of `{citation.source}`"
        yield from unknown((*path, "section"), citation.section, headings, what, about)
    for key, number in (("paragraph", citation.paragraph), ("sentence", citation.sentence)):
        if number < 1:
            yield Flaw((*path, key), f"`{key}` counts from 1")
    if not _SHA256.fullmatch(citation.sha256):
        message = "`sha256` must be 64 hexadecimal digits, in lower case"
        yield Flaw((*path, "sha256"), message)


def _check_fact(ruleset: RuleSet, path: Path, fact: Fact) -> Iterator[Flaw]:
    for value, label in fact.value_labels.items():
        yield from _check_text(ruleset, (*path, "values", word(value), "label"), label)
    domain = fact.domain
    if isinstance(domain, IntegerDomain):
        if domain.minimum > domain.maximum:
            yield Flaw((*path, "minimum"), "`minimum` is larger than `maximum`")
        elif domain.size > MAX_DOMAIN_SIZE:
            message = f"`{fact.id}` has more than {MAX_DOMAIN_SIZE} values"
            yield Flaw((*path, "maximum"), message, "take a coarser unit")
    if isinstance(domain, CategoryDomain) and domain.size < 2:
        yield Flaw((*path, "values"), f"`{fact.id}` needs two values at least", key=True)


def _check_decision(path: Path, decision: Decision) -> Iterator[Flaw]:
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
        if outcome.progression is not None:
            at = (*path, "outcomes", outcome.id, "progression")
            yield from _check_progression(at, outcome.progression)
    for rule in decision.rules:
        yield from _check_target((*path, "rules", rule.id, "then"), decision, rule)
    otherwise = [rule.id for rule in decision.rules if rule.when is None]
    for rule_id in otherwise[1:]:
        message = f"`{decision.id}` has an `otherwise` rule already: `{otherwise[0]}`"
        yield Flaw((*path, "rules", rule_id, "otherwise"), message, key=True)


def _check_progression(path: Path, progression: Progression) -> Iterator[Flaw]:
    first, last = progression.due_from, progression.overdue_after
    yield from below_zero((*path, "due_from"), first)
    yield from below_zero((*path, "overdue_after"), last)
    if first is not None and last is not None and last < first:
        yield Flaw((*path, "overdue_after"), "`overdue_after` lies before `due_from`")


def _check_target(path: Path, decision: Decision, rule: Rule) -> Iterator[Flaw]:
    if not isinstance(rule.then, Review):
        yield from check_outcome(path, decision, rule.then)
        return
    candidates, because = rule.then.candidates, rule.then.no_candidates_because
    for number, candidate in enumerate(candidates):
        yield from check_outcome((*path, "review", number), decision, candidate)
    yield from twice((*path, "review"), candidates)
    if not candidates and because is None:
        message = "a review without candidates needs its reason"
        yield Flaw((*path, "review"), message, "name candidates, or add `because`")
    if candidates and because is not None:
        message = "`because` is for a review without candidates"
        yield Flaw((*path, "because"), message, "take it out: `reason` says the rest", key=True)
