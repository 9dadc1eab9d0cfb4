"""`routeengine check`: are the rule files well-formed, and is each decision total and exclusive?"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from routeengine.citations import verify_citations
from routeengine.errors import RuleSetError, UsageError
from routeengine.loading import load_ruleset
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import RuleSet
from routeengine.verification import Finding, Proof, Verification, verify

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Check a rule set; 1 where there is a finding."""
    try:
        ruleset = load_ruleset(arguments.rules)
    except RuleSetError as error:
        if arguments.json:
            faults = [asdict(fault) for fault in error.faults]
            print(json.dumps({"faults": faults}, indent=2, ensure_ascii=False))
        raise
    verification = verify(ruleset)
    citations = [line for source in arguments.source for line in cited(ruleset, source)]
    if arguments.json:
        print(as_json(ruleset, verification, citations))
    else:
        print(as_text(ruleset, verification, citations, bool(arguments.source)))
    return 1 if verification.findings or citations else 0


def cited(ruleset: RuleSet, option: str) -> list[str]:
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
    ruleset: RuleSet, verification: Verification, citations: list[str], checked: bool
) -> str:
    """Give what was proved and what was found, for people."""
    lines = [found(finding) for finding in verification.findings] + citations
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
    lines += [line for proof in verification.proofs for line in proved(proof)]
    number = len(verification.findings) + len(citations)
    clean = "no findings: every decision is total and exclusive, and every rule has its use"
    counted = "1 finding" if number == 1 else f"{number} findings"
    lines.append(counted if number else clean)
    if checked and not citations:
        lines.append("every citation has the sentence it names")
    return "\n".join(lines)


def found(finding: Finding) -> str:
    """Give one finding, with its place, its witness and how much it covers."""
    witness = ", ".join(f"{fact} {_value(value)}" for fact, value in finding.witness.items())
    shown = f"\n  for instance: {witness}\n  combinations covered: {finding.count:,}"
    return f"{finding.place}: {finding.message}" + (shown if finding.witness else "")


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def proved(proof: Proof) -> list[str]:
    """Give the size of a proof."""
    wide = max(map(len, proof.answers))
    return [
        f"{proof.decision}: {proof.combinations:,} combinations looked through",
        *(f"  {answer:{wide}}  {count:>15,}" for answer, count in proof.answers.items()),
        "",
    ]


def as_json(ruleset: RuleSet, verification: Verification, citations: list[str]) -> str:
    """Give the same as data."""
    named = reference(ruleset)
    data = {
        "ruleset": {"id": named.id, "version": named.version, "sha256": named.sha256},
        "findings": [
            {
                "kind": one.kind,
                "decision": one.decision,
                "message": one.message,
                "rules": list(one.rules),
                "place": str(one.place),
                "witness": dict(one.witness),
                "combinations": one.count,
            }
            for one in verification.findings
        ],
        "citations": citations,
        "proofs": [
            {"decision": one.decision, "combinations": one.combinations, "answers": one.answers}
            for one in verification.proofs
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False)
