"""What must hold of every rule set, however it was made.

The loader runs these checks and adds file, line and column. Code that builds a
`RuleSet` by hand calls `require_sound`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from routeengine.errors import Fault, RuleSetError
from routeengine.i18n import LANGUAGES
from routeengine.ruleset import flaws, model, references
from routeengine.ruleset.dependencies import decisions_of
from routeengine.ruleset.domains import CategoryDomain, RangeDomain, word
from routeengine.ruleset.evidence import Evidence, FollowUp
from routeengine.ruleset.evidence_checks import check_dossier
from routeengine.ruleset.expectations import Acceptable, Acceptance, Change, Expectation
from routeengine.ruleset.flaws import Flaw, Path, check_distinct, check_known, check_months, quote
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.naming import check_names
from routeengine.ruleset.references import check_bounds, check_name, check_outcome, check_outcomes
from routeengine.ruleset.score_checks import check_score
from routeengine.ruleset.sources import Citation, Grounds, Source
from routeengine.ruleset.wording import FactWording, OutcomeWording, Publication, Wording
from routeengine.ruleset.wording_checks import check_publication, check_wording
from routeengine.ruleset.words import Text

MAX_SENSITIVITY = 3

_RULESET_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VERSION = re.compile(r"(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def check(ruleset: RuleSet) -> Iterator[Flaw]:
    """Yield everything that is wrong with a rule set."""
    yield from _check_header(ruleset)
    every = flaws.parts(ruleset)
    # Of a grounds' path nothing says "grounds": its keys stand beside those of what it is of.
    for path, part in every:
        match part:
            case Mapping():
                yield from _check_text(ruleset, path, part)
            case Source(language=str(language)):
                yield from _check_language((*path, "language"), language)
            case Citation():
                yield from _check_citation(ruleset, path, part)
            case model.Fact():
                yield from _check_fact(ruleset, path, part)
            case model.Decision():
                yield from _check_decision(path, part)
            case Grounds():
                yield from _check_grounds(ruleset, path, part)
            case model.Score():
                yield from check_score(path, part)
            case Evidence() | FollowUp():
                yield from check_dossier(ruleset, path, part)
            case Expectation():
                yield from _check_expectation(ruleset, path, part)
            case Acceptance():
                yield from _check_acceptance(ruleset, path, part)
            case _:
                yield from _check_pages(ruleset, path, part)
    yield from check_names(ruleset, every)
    yield from references.check_references(ruleset, every)


def _check_pages(ruleset: RuleSet, path: Path, part: object) -> Iterator[Flaw]:
    """Yield what is wrong with what only pages read."""
    match part:
        case FactWording():
            for value, label in part.values.items():
                yield from _check_text(ruleset, (*path, "values", value), label)
        case OutcomeWording():
            for number, step in enumerate(part.next):
                yield from _check_text(ruleset, (*path, "next", number), step)
        case Wording():
            yield from check_wording(ruleset, path, part)
        case Publication():
            yield from check_publication(ruleset, path, part)


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
        yield Flaw(("ruleset", "id"), f"{quote(ruleset.id)} cannot be the id of a rule set", hint)
    if not _VERSION.fullmatch(ruleset.version):
        message = f"{quote(ruleset.version)} is no version"
        yield Flaw(("ruleset", "version"), message, "write three numbers, as 1.2.0")
    for number, language in enumerate(ruleset.languages):
        yield from _check_language(("ruleset", "languages", number), language)
    yield from check_distinct(("ruleset", "languages"), ruleset.languages)
    if not ruleset.languages:
        message = "a rule set needs a language at least"
        yield Flaw(("ruleset", "languages"), message, "write `[nl, en]` or so")
    elif not _with_words(ruleset):
        # Nobody could be told why, which is what all of it is for.
        message = "there are no words to explain in for any language of this rule set"
        known = ", ".join(f"`{one}`" for one in LANGUAGES)
        yield Flaw(("ruleset", "languages"), message, f"add one of {known}, with its texts")
    first, last = ruleset.valid_from, ruleset.valid_until
    if first is not None and last is not None and last < first:
        yield Flaw(("ruleset", "valid_until"), "`valid_until` lies before `valid_from`")
    for section, things in (("facts", ruleset.facts), ("decisions", ruleset.decisions)):
        if not things:
            yield Flaw((section,), f"`{section}` is empty: there is nothing to decide", key=True)


def _with_words(ruleset: RuleSet) -> bool:
    return not set(LANGUAGES).isdisjoint(ruleset.languages)


def _check_language(path: Path, language: str) -> Iterator[Flaw]:
    if not _LANGUAGE.fullmatch(language):
        yield Flaw(path, f"{quote(language)} is no language", "write a code, as `nl` or `en`")


def _check_text(ruleset: RuleSet, path: Path, text: Text) -> Iterator[Flaw]:
    # Where the languages are wrong, what every text lacks or has too much says nothing.
    languages = dict.fromkeys(ruleset.languages) if _with_words(ruleset) else {}
    for language in languages:
        if _LANGUAGE.fullmatch(language) and not text.get(language, "").strip():
            message = f"`{path[-1]}` lacks its words in `{language}`"
            yield Flaw((*path, language), message, f"add `{language}: …`", key=True)
    for language in text if languages else ():
        if language not in languages:
            known = "the languages are " + ", ".join(f"`{one}`" for one in ruleset.languages)
            message = f"{quote(language)} is no language of this rule set"
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
        yield from check_name(ruleset, (*path, "cites", number), "citation", cited)
    yield from check_distinct((*path, "cites"), grounds.cites)


def _check_citation(ruleset: RuleSet, path: Path, citation: Citation) -> Iterator[Flaw]:
    sources = {source.id: source for source in ruleset.sources}
    yield from check_known((*path, "source"), citation.source, sources, "source", ("sources",))
    if citation.source in sources and citation.section:
        headings = sources[citation.source].headings
        about: Path = ("sources", citation.source, "headings")
        what = f"heading of `{citation.source}`"
        yield from check_known((*path, "section"), citation.section, headings, what, about)
    for key, number in (("paragraph", citation.paragraph), ("sentence", citation.sentence)):
        if number < 1:
            yield Flaw((*path, key), f"`{key}` counts from 1")
    if not _SHA256.fullmatch(citation.sha256):
        message = "`sha256` must be 64 hexadecimal digits, in lower case"
        yield Flaw((*path, "sha256"), message)


def _check_fact(ruleset: RuleSet, path: Path, fact: model.Fact) -> Iterator[Flaw]:
    for value, label in fact.value_labels.items():
        yield from _check_text(ruleset, (*path, "values", word(value), "label"), label)
    if not 0 <= fact.tier <= MAX_SENSITIVITY:
        yield Flaw((*path, "sensitivity"), f"`sensitivity` must be from 0 to {MAX_SENSITIVITY}")
    if fact.topic is not None:
        known = [one.id for one in ruleset.topics]
        yield from check_known((*path, "topic"), fact.topic, known, "topic", ("topics",))
    domain = fact.domain
    if isinstance(domain, RangeDomain):
        yield from check_bounds(path, domain)
    if isinstance(domain, CategoryDomain) and domain.size < 2:
        yield Flaw((*path, "values"), f"`{fact.id}` needs two values at least", key=True)


def _check_decision(path: Path, decision: model.Decision) -> Iterator[Flaw]:
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


def _check_progression(path: Path, progression: model.Progression) -> Iterator[Flaw]:
    first, last = progression.due_from, progression.overdue_after
    yield from check_months((*path, "due_from"), first)
    yield from check_months((*path, "overdue_after"), last)
    if first is not None and last is not None and last < first:
        yield Flaw((*path, "overdue_after"), "`overdue_after` lies before `due_from`")


def _check_target(path: Path, decision: model.Decision, rule: model.Rule) -> Iterator[Flaw]:
    if not isinstance(rule.then, model.Review):
        yield from check_outcome(path, decision, rule.then)
        return
    candidates, because = rule.then.candidates, rule.then.no_candidates_because
    yield from check_outcomes((*path, "review"), decision, candidates)
    if not candidates and because is None:
        message = "a review without candidates needs its reason"
        yield Flaw((*path, "review"), message, "name candidates, or add `because`")
    if candidates and because is not None:
        message = "`because` is for a review without candidates"
        yield Flaw((*path, "because"), message, "take it out: `reason` says the rest", key=True)


def _check_expectation(ruleset: RuleSet, path: Path, expectation: Expectation) -> Iterator[Flaw]:
    """Yield what is wrong with an entry of the section `expect`."""
    yield from _check_form(path, expectation)
    yield from _check_answers(ruleset, path, expectation)
    if expectation.change is not None:
        yield from _check_change(ruleset, (*path, "change"), expectation.change)


def _check_form(path: Path, expectation: Expectation) -> Iterator[Flaw]:
    stated = [key for key in ("never", "always", "along") if getattr(expectation, key)]
    if len(stated) != 1:
        message = "an expectation says one thing"
        hint = "write one of `never`, `always` and `along`"
        yield Flaw((*path, "never"), message, hint, key=True)
    if expectation.change is None:
        if expectation.when is None:
            yield Flaw((*path, "when"), "an expectation needs `when` or `change`", key=True)
        if expectation.along:
            message = "`along` is for an expectation with `change`"
            yield Flaw((*path, "along"), message, "say what changes", key=True)
        if expectation.never_from:
            message = "`never: {from: …, to: …}` is for an expectation with `change`"
            yield Flaw((*path, "never"), message, "name the answers alone", key=True)
    elif expectation.always:
        message = "`always` is for an expectation without `change`"
        yield Flaw((*path, "always"), message, "write `never` or `along`", key=True)
    if len(expectation.along) == 1:
        yield Flaw((*path, "along"), "`along` needs two answers at least")


def _check_answers(ruleset: RuleSet, path: Path, expectation: Expectation) -> Iterator[Flaw]:
    yield from check_name(ruleset, (*path, "decision"), "decision", expectation.decision)
    decision = ruleset.decision.get(expectation.decision)
    if decision is None:
        return
    for key, answers in (
        (("never", "to") if expectation.never_from else ("never",), expectation.never),
        (("never", "from"), expectation.never_from),
        (("always",), expectation.always),
        (("along",), expectation.along),
    ):
        yield from check_outcomes((*path, *key), decision, answers, or_status=True)


def _check_change(ruleset: RuleSet, path: Path, change: Change) -> Iterator[Flaw]:
    yield from check_name(ruleset, (*path, "fact"), "fact", change.fact)
    fact = ruleset.fact.get(change.fact)
    if fact is None:
        return
    for key, values in (("from", change.before), ("to", change.after)):
        if any(fact.domain.index(value) is None for value in values):
            message = f"`{fact.id}` is asked for values that it does not have"
            yield Flaw((*path, key), message, f"it is {fact.domain.describe()}")
    if bool(change.before) != bool(change.after):
        message = "a change has `from` and `to`, or neither"
        yield Flaw(path, message, "without both, it is to any higher value", key=True)
    elif len({*change.before, *change.after}) == 1:
        yield Flaw(path, "a change from a value to itself is none", key=True)


def _check_acceptance(ruleset: RuleSet, path: Path, acceptance: Acceptance) -> Iterator[Flaw]:
    """Yield what is wrong with an entry of the section `accept`."""
    # What it has to name is only known if the finding is.
    finding: Path = (*path, "finding")
    parts = _parts(ruleset, acceptance)
    if len(acceptance.about) != len(parts):
        named = " and ".join(what for what, _ in parts)
        message = f"`{acceptance.finding}` is about {named}"
        yield Flaw((*path, "about"), message, "name just that", about=finding)
        return
    for number, (name, (what, known)) in enumerate(zip(acceptance.about, parts, strict=True)):
        if name not in known:
            message = f"{quote(name)} is not {what}"
            hint = flaws.did_you_mean(name, known)
            yield Flaw((*path, "about", number), message, hint, about=finding)
            return


def _parts(ruleset: RuleSet, acceptance: Acceptance) -> list[tuple[str, Collection[str]]]:
    """Return what an accepted finding has to name: what it is, and which there are."""
    first = acceptance.about[0] if acceptance.about else ""
    beaten = ruleset.rule[first].outranks if first in ruleset.rule else ()
    own = ruleset.decision.get(first)
    outcomes = () if own is None else own.outcomes
    asked = decisions_of(ruleset, own) if own else ()
    rule, decision = ("a rule", ruleset.rule), ("a decision", ruleset.decision)
    parts: dict[Acceptable, list[tuple[str, Collection[str]]]] = {
        "dead_rule": [rule],
        "never_wins": [rule],
        "idle_outranks": [rule, ("a rule that it outranks", beaten)],
        "unreachable": [decision, ("an outcome of it", [one.id for one in outcomes])],
        "never_applies": [decision],
        "decided_under_review": [decision, ("a decision that it reads", asked)],
        "idle_criterion": [("a criterion", ruleset.criterion)],
        "idle_score": [("a score", ruleset.score)],
        "idle_fact": [("a fact", ruleset.fact)],
        "idle_constraint": [("a constraint", [one.id for one in ruleset.constraints])],
        "idle_flag": [("a flag", [one.id for one in ruleset.flags])],
        "idle_expectation": [("an expectation", [one.id for one in ruleset.expectations])],
    }
    return parts[acceptance.finding]
