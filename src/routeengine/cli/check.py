"""`routeengine check`: are the rule files well-formed, and what is proved of them?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from pathlib import Path

from routeengine.citations import verify_citations
from routeengine.cli.regions import (
    RegionWords,
    all_digits,
    region_data,
    ruleset_data,
)
from routeengine.errors import RuleSetError, UsageError
from routeengine.explanation.phrases import Phrases
from routeengine.i18n import wording_of
from routeengine.loading import load_ruleset
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.verification import Finding, Proof, Verification, verify
from routeengine.verification.space import Amount

MAX_NAMED = 4
"""Rules that are named where one rule overlaps with many."""


def run(arguments: argparse.Namespace) -> int:
    """Check a rule set; 1 if there is an error or a warning."""
    try:
        ruleset = load_ruleset(arguments.rules)
    except RuleSetError as error:
        if arguments.json:
            faults = [asdict(fault) for fault in error.faults]
            print(json.dumps({"faults": faults}, indent=2, ensure_ascii=False))
        raise
    verification = verify(ruleset)
    citations = [line for source in arguments.source for line in _cited(ruleset, source)]
    with all_digits():
        if arguments.json:
            print(as_json(ruleset, verification, citations))
        else:
            print(as_text(ruleset, verification, citations, bool(arguments.source)))
    return 0 if verification.clean and not citations else 1


def _cited(ruleset: RuleSet, option: str) -> list[str]:
    """Check the citations of one source, given as ID=FILE, against its text."""
    source, _, path = option.partition("=")
    known = [one.id for one in ruleset.sources]
    if source not in known or not path:
        raise UsageError(f"`--source` takes ID=FILE, with an ID of {', '.join(known)}")
    try:
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is no UTF-8 text") from None
    return [str(finding) for finding in verify_citations(ruleset, source, text)]


def as_text(
    ruleset: RuleSet,
    verification: Verification,
    citations: Sequence[str] = (),
    checked: bool = False,
) -> str:
    """Return what was proved and what was found, for people; citations if they were `checked`."""
    lines = [*findings(ruleset, verification), *citations]
    if lines:
        lines.append("")
    counts = ", ".join(
        f"{len(some)} {name}"
        for name, some in (
            ("facts", ruleset.facts),
            ("criteria", ruleset.criteria),
            ("decisions", ruleset.decisions),
            ("rules", ruleset.rule),
            ("citations", ruleset.citations),
        )
    )
    lines += [f"{ruleset.id} {ruleset.version}: {counts}", ""]
    lines += [line for proof in verification.proofs for line in _proved(proof)]
    if kept := verification.kept:
        wide = max(len(one.expectation) for one in kept)
        lines.append(f"expectations that hold: {len(kept)} of {len(ruleset.expectations)}")
        for one in kept:
            lines.append(f"  {one.expectation:{wide}}  on {one.covers.combinations:>15,}")
        lines.append("")
    for finding in verification.accepted:
        reasons = finding.accepted or {}
        lines.append(f"{finding.place}: accepted: {finding.message} [{finding.kind}]")
        lines.append(f"  {reasons[ruleset.authors_language]}")
    if verification.accepted:
        lines.append("")
    lines.append(_summed_up(verification, citations))
    if checked and not citations:
        lines.append("every citation has the sentence it names")
    return "\n".join(lines)


def _summed_up(verification: Verification, citations: Sequence[str]) -> str:
    """Return in one line what was found."""
    severities = [finding.severity for finding in verification.findings]
    errors, warnings, notes = (severities.count(s) for s in ("error", "warning", "note"))
    counts = ((errors + len(citations), "error"), (warnings, "warning"), (notes, "note"))
    parts = [f"{number} {name}{'s' * (number > 1)}" for number, name in counts if number]
    if accepted := len(verification.accepted):
        parts.append(f"{accepted} accepted")
    if verification.clean and not citations:
        clean = "no findings: every decision is total and exclusive, and every rule has its use"
        return "; ".join([clean, *parts])
    return ", ".join(parts)


def findings(ruleset: RuleSet, verification: Verification) -> Iterator[str]:
    """Yield all findings; overlaps that have their first rule in common go together.

    What a decision has under review by overlaps is told once, after the last of them.
    """
    # In English, with the labels of the rule set in English if it has them.
    language = ruleset.authors_language
    words = RegionWords(Phrases(ruleset, language, wording_of("en")), "en", _size)
    grouped = [list(some) for _, some in groupby(verification.findings, key=_together)]
    # A later group takes the place of an earlier one, so what is left is the last of each decision.
    last = {some[0].decision: some for some in grouped if some[0].kind == "overlap"}
    proofs = {proof.decision: proof for proof in verification.proofs}
    for some in grouped:
        first, decision = some[0], some[0].decision
        if len(some) == 1:
            yield from _finding(ruleset, first)
            yield from words.lines(first.regions, first.left_over, instances=False)
        else:
            yield from _overlaps(ruleset, some)
        if first.hint:
            yield f"  to mend it: {_hint(some)}"
        if last.get(decision) is some:
            several = len(some) > 1 or first.covers != proofs[decision].overlap
            yield from _in_all(ruleset.decision[decision], proofs[decision] if several else None)


def _together(finding: Finding) -> tuple[object, ...]:
    """Return what findings that are told together have in common."""
    return finding.kind, *(finding.rules[:1] if finding.kind == "overlap" else finding.about)


def _overlaps(ruleset: RuleSet, some: Sequence[Finding]) -> list[str]:
    """Return the overlaps of one rule with several others; the witness is of the first.

    What each covers is left out, for it does not add up.
    """
    first, named = some[0], [f"`{one.rules[1]}`" for one in some]
    message = f"`{first.rules[0]}` overlaps with {_shortened(named)}"
    if len(named) > MAX_NAMED:
        message += f" {len(named)} in all"
    message = f"decision `{first.decision}` has overlaps: {message}"
    return _finding(ruleset, replace(first, message=message))[:-1]


def _hint(some: Sequence[Finding]) -> str:
    """Return what would mend some overlaps of one rule."""
    if len(some) == 1:
        return some[0].hint
    rule, others = some[0].rules[0], _shortened([one.rules[1] for one in some])
    return (
        f"let `{rule}` go first by `outranks: [{others}]`, "
        f"or whichever of those should by `outranks: [{rule}]`"
    )


def _shortened(names: Sequence[str]) -> str:
    return ", ".join([*names[:MAX_NAMED], *["…"] * (len(names) > MAX_NAMED)])


def _in_all(decision: Decision, proof: Proof | None) -> Iterator[str]:
    """Yield how much overlaps, if several pairs do, and what else would mend it."""
    if proof is not None:
        size = _size(proof.overlap)
        yield f"  the overlaps of `{decision.id}` together (pairs share profiles) cover: {size}"
    if all(rule.when is not None for rule in decision.rules):
        yield "  a rule that is meant for all else has `otherwise: true` and no `when`"


def _finding(ruleset: RuleSet, finding: Finding) -> list[str]:
    """Return one finding, with its place, its witness and how much it covers."""
    lines = [f"{finding.place}: {finding.severity}: {finding.message} [{finding.kind}]"]
    if witness := finding.witness:
        shown = ", ".join(_changed(fact, finding) for fact in witness if fact in finding.enough)
        usual = {f.id for f in ruleset.facts if witness[f.id] == f.domain.value(0)}
        besides = usual.union(finding.enough)
        odd = [f"{fact}: {_value(witness[fact])}" for fact in witness if fact not in besides]
        lines.append(f"  for instance: {shown or 'whatever the facts are'}")
        if odd:
            lines.append(f"  and with that: {', '.join(odd)}")
        lines.append(f"  covers: {_size(finding.covers)}")
    return lines


def _changed(fact: str, finding: Finding) -> str:
    before = _value(finding.witness[fact])
    after = _value(finding.changed.get(fact, finding.witness[fact]))
    return f"{fact}: {before}" + (f" -> {after}" if after != before else "")


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _size(amount: Amount) -> str:
    return f"{amount.combinations:,} combinations ({amount.profiles:,} full profiles)"


def _proved(proof: Proof) -> list[str]:
    wide = max(map(len, proof.answers))
    amount = Amount(proof.combinations, sum(proof.profiles.values()))
    answers = [f"  {answer:{wide}}  {count:>15,}" for answer, count in proof.answers.items()]
    return [f"{proof.decision}: {_size(amount)} looked through", *answers, ""]


def as_json(ruleset: RuleSet, verification: Verification, citations: Sequence[str] = ()) -> str:
    """Return the same as data."""
    data = {
        "ruleset": ruleset_data(ruleset),
        "findings": [_data(ruleset, one) for one in verification.findings],
        "accepted": [_data(ruleset, one) for one in verification.accepted],
        "citations": citations,
        "proofs": [asdict(proof) for proof in verification.proofs],
        "expectations": [
            {"id": one.expectation, **asdict(one.covers)} for one in verification.kept
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def _data(ruleset: RuleSet, finding: Finding) -> dict[str, object]:
    """Return one finding as plain data; `witness` is a full profile, `enough` suffices of it."""
    names = ("kind", "severity", "decision", "message", "about", "rules")
    return {
        **{name: getattr(finding, name) for name in names},
        "where": f"{finding.place.file}:{finding.place.line}",
        "place": str(finding.place),
        **{name: getattr(finding, name) for name in ("witness", "changed", "enough")},
        **asdict(finding.covers),
        "regions": [region_data(ruleset, one) for one in finding.regions],
        "left_over": asdict(finding.left_over),
        "hint": finding.hint,
        "accepted": finding.accepted,
    }
