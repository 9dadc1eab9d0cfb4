"""What was proved of a rule set, what was found instead, and the cases that were run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from routeengine.cases import CaseResult, Report
from routeengine.i18n.rulebook_words import RulebookWording
from routeengine.pages.anchors import anchor
from routeengine.pages.render import first_up
from routeengine.result import Verdict
from routeengine.rulebook.context import Context
from routeengine.rulebook.model import (
    CaseEntry,
    Cases,
    FindingEntry,
    Link,
    ProofEntry,
    Proofs,
    Row,
)
from routeengine.verification import Finding, Proof, Verification


def share(words: RulebookWording, part: int, whole: int) -> str:
    """Return a part of a whole in per cent; what is there is never told as nothing, or as all."""
    tenths = round(1000 * part / whole) if whole else 0
    if part and not tenths:
        return words.share_least
    tenths = min(tenths, 1000 if part == whole else 999)
    return words.share.format(whole=tenths // 10, tenth=tenths % 10)


def proofs(book: Context, verification: Verification) -> Proofs:
    """Return all that `verify` says."""
    found = verification.findings
    accepted = [_finding(book, one) for one in verification.accepted]
    expectations = tuple(_expectations(book, verification))
    kept, total = len(verification.kept), len(book.ruleset.expectations)
    by_decision = {proof.decision: proof for proof in verification.proofs}
    return Proofs(
        clean=verification.clean,
        decisions=tuple(
            _proof(book, book.link(one), by_decision.get(one.id)) for one in book.ruleset.decisions
        ),
        problems=tuple([_finding(book, one) for one in found if one.severity != "note"]),
        notes=tuple([_finding(book, one) for one in found if one.severity == "note"]),
        accepted=tuple(accepted),
        accepted_count=book.words.accepted_count.format(count=len(accepted)),
        expectations=expectations,
        expectations_count=book.words.expectations_count.format(kept=kept, total=total),
    )


def _proof(book: Context, link: Link, proof: Proof | None) -> ProofEntry:
    words = book.words
    if proof is None:
        return ProofEntry(link, words.proof_missing, ())
    names = book.phrases.outcomes[proof.decision]
    answers = [
        (first_up(names[key]), book.count(count), share(words, count, proof.combinations))
        for key, count in proof.answers.items()
    ]
    profiles = book.count(sum(proof.profiles.values()))
    looked = words.proof_looked.format(count=book.count(proof.combinations), profiles=profiles)
    return ProofEntry(link, looked, tuple(answers))


def _finding(book: Context, finding: Finding) -> FindingEntry:
    count = finding.covers.combinations
    covers = book.words.covers.format(count=book.count(count)) if count else ""
    return FindingEntry(first_up(finding.message), covers, book.say(finding.accepted))


def _expectations(book: Context, verification: Verification) -> Iterator[Row]:
    words, kept = book.words, {one.expectation: one for one in verification.kept}
    told = {"broken_expectation": words.proof_broken, "idle_expectation": words.proof_idle}
    every = (*verification.findings, *verification.accepted)
    found = {one.about[0]: told[one.kind] for one in every if one.kind in told}
    for one in book.ruleset.expectations:
        if one.id in kept:
            said = words.proof_kept.format(count=book.count(kept[one.id].covers.combinations))
        else:
            said = found.get(one.id, words.proof_undetermined)
        yield Row(first_up(book.say(one.label)), said, anchor("expectation", one.id))


def won(report: Report) -> Counter[str]:
    """Return, per rule, in how many cases it is certain to decide."""
    verdicts = (one for result in report.results for one in result.result.verdicts.values())
    return Counter(verdict.rule for verdict in verdicts if verdict.rule is not None)


def cases(book: Context, report: Report) -> Cases:
    """Return the cases with their answers, and what they reach."""
    words, cover, ruleset = book.words, report.coverage, book.ruleset
    passed = sum(one.passed for one in report.results)
    flags = {flag.id: flag.label for flag in ruleset.flags}
    missed = {
        words.reached_rules: [book.say(ruleset.rule[one].label) for one in cover.rules_not_reached],
        words.reached_outcomes: [_outcome(book, one) for one in cover.outcomes_not_reached],
        words.reached_flags: [book.say(flags[one]) for one in cover.flags_not_raised],
    }
    counts = (cover.rules, cover.outcomes, cover.flags)
    return Cases(
        words.cases_count.format(passed=book.count(passed), total=book.count(len(report.results))),
        tuple(
            Row(first_up(what), _reached(book, count, names))
            for (what, names), count in zip(missed.items(), counts, strict=True)
        ),
        tuple([_case(book, one) for one in report.results]),
    )


def _outcome(book: Context, name: str) -> str:
    """Return what an outcome is called, by its decision and its id with a full stop between."""
    decision, _, outcome = name.partition(".")
    label = book.say(book.ruleset.decision[decision].label)
    return book.phrases.wording.labelled_as(label, book.phrases.outcomes[decision][outcome])


def _reached(book: Context, count: int, missed: list[str]) -> str:
    reached, total = book.count(count - len(missed)), book.count(count)
    said = book.words.reached.format(count=reached, total=total) + "."
    if missed:
        said += " " + book.words.not_reached.format(names="; ".join(missed))
    return said


def _case(book: Context, result: CaseResult) -> CaseEntry:
    case, expected = result.case, book.words.columns["expected"]
    label = case.label.get(book.language) or case.id.replace("_", " ")
    mismatches = [
        f"{one.field}: {expected.format(expected=one.expected, got=one.got)}"
        for one in result.mismatches
    ]
    return CaseEntry(
        anchor("case", case.id),
        first_up(label),
        tuple([_answer(book, result.result.verdicts[one.id]) for one in book.ruleset.decisions]),
        result.passed,
        tuple(mismatches),
    )


def _answer(book: Context, verdict: Verdict) -> str:
    """Return an answer in a few words, with what a person chooses from or what is still missing."""
    names, wording = book.phrases.outcomes[verdict.decision], book.phrases.wording
    if verdict.outcome is not None:
        return first_up(names[verdict.outcome])
    short = first_up(wording.short[verdict.status])
    if verdict.status == "review":
        beside = wording.either([names[one] for one in verdict.candidates])
    else:
        facts = book.ruleset.fact
        beside = wording.both([book.say(facts[one].label) for one in verdict.missing])
    return wording.labelled_as(short, beside) if beside else short
