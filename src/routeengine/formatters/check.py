"""What `check` found and proved, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from typing import get_args

from routeengine.difference_words import RegionWords
from routeengine.errors import shown
from routeengine.explanation.phrases import Phrases
from routeengine.formatters.data import points_data, region_data, ruleset_data, to_json
from routeengine.i18n import wording_of
from routeengine.ruleset.domains import word
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.verification import Finding, Proof, Verification
from routeengine.verification.decision_checks import or_rank_all
from routeengine.verification.findings import Severity
from routeengine.verification.instances import Checked, named, together
from routeengine.verification.space import Amount

MAX_NAMED = 4
"""Rules that are named where one rule overlaps with many."""


def as_text(every: Sequence[Checked], citations: Sequence[str] = (), checked: bool = False) -> str:
    """Return what was found and then what was proved, for people; citations if `checked`.

    The first line has the whole in short: whoever reads no further knows whether all is well. What
    is found in some instances only stands under their names, and so does each proof.
    """
    ruleset, some = every[0].ruleset, list(together(every))
    number = sum(len(one.instances) for one in every)
    findings_of_all, accepted = (
        tuple([finding for one in some for finding in getattr(one.verification, part)])
        for part in ("findings", "accepted")
    )
    whole = replace(every[0].verification, findings=findings_of_all, accepted=accepted)
    of = f", {every[0].instances[0]}" if number == 1 else f", {number} instances" * bool(number)
    head = [f"{ruleset.id} {ruleset.version}{of}: {_summed_up(whole, citations)}"]
    if checked and not citations:
        head.append("every citation has the sentence it names")
    several = len(every) > 1
    found = [
        [
            *([f"{named(one.instances, number)}:"] if several else []),
            *findings(one.ruleset, one.verification),
        ]
        for one in some
        if one.verification.findings
    ]
    found[-1:] = [[*(found[-1] if found else []), *citations]]
    proofs = [
        lines
        for one in every
        for lines in _proofs(one, f" {named(one.instances, number)}," if several else "")
    ]
    may_stay = [line for finding in accepted for line in _accepted(ruleset, finding)]
    return "\n\n".join("\n".join(lines) for lines in [head, *found, *proofs, may_stay] if lines)


def _proofs(one: Checked, of: str) -> list[list[str]]:
    """Return what was proved of a rule set with some numbers, block by block."""
    ruleset = one.ruleset
    scores = [_counted(len(ruleset.scores), "score")] if ruleset.scores else []
    parts = [
        _counted(len(ruleset.criteria), "criterion", "criteria"),
        *scores,
        _counted(len(ruleset.decisions), "decision"),
        _counted(len(ruleset.rule), "rule"),
        _counted(len(ruleset.citations), "citation"),
    ]
    facts = _counted(len(ruleset.facts), "fact")
    return [
        [f"proof,{of} on all combinations of {facts}; {', '.join(parts)}"],
        *map(_proved, one.verification.proofs),
        _expected(ruleset, one.verification),
    ]


def _proved(proof: Proof) -> list[str]:
    wide = max(map(len, proof.answers))
    amount = Amount(proof.combinations, sum(proof.profiles.values()))
    answers = [f"  {answer:{wide}}  {count:>15,}" for answer, count in proof.answers.items()]
    return [f"{proof.decision}: {_size(amount)} looked through", *answers]


def _expected(ruleset: RuleSet, verification: Verification) -> list[str]:
    """Return the expectations that hold, if there are any."""
    kept = verification.kept
    wide = max((len(one.expectation) for one in kept), default=0)
    lines = [f"  {one.expectation:{wide}}  on {one.covers.combinations:>15,}" for one in kept]
    head = f"expectations that hold: {len(kept)} of {len(ruleset.expectations)}"
    return [head, *lines] if lines else []


def _accepted(ruleset: RuleSet, finding: Finding) -> list[str]:
    because = (finding.accepted or {})[ruleset.authors_language]
    return [f"{finding.place}: accepted: {finding.message} [{finding.kind}]", f"  {because}"]


def _summed_up(verification: Verification, citations: Sequence[str]) -> str:
    """Return in one line what was found."""
    counts = Counter[str](finding.severity for finding in verification.findings)
    counts["error"] += len(citations)
    parts = [
        f"{number} {name}{'s' * (number > 1)}"
        for name in get_args(Severity)
        if (number := counts[name])
    ]
    if accepted := len(verification.accepted):
        parts.append(f"{accepted} accepted")
    if verification.clean and not citations:
        clean = "no findings: every decision is total and exclusive, and every rule has its use"
        return "; ".join([clean, *parts])
    return ", ".join(parts)


def findings(ruleset: RuleSet, verification: Verification) -> Iterator[str]:
    """Yield all findings, the worst first; overlaps of one first rule go together.

    What a decision has under review by overlaps is told once, after the last of them.
    """
    # In English, with the labels of the rule set in English if it has them.
    language = ruleset.authors_language
    words = RegionWords(Phrases(ruleset, language, wording_of("en")), "en", _size)
    worst = get_args(Severity)
    every = sorted(verification.findings, key=lambda one: worst.index(one.severity))
    grouped = [list(some) for _, some in groupby(every, key=_together)]
    # A later group takes the place of an earlier one, so what is left is the last of each decision.
    last = {some[0].decision: some for some in grouped if some[0].kind == "overlap"}
    proofs = {proof.decision: proof for proof in verification.proofs}
    for some in grouped:
        first, decision = some[0], some[0].decision
        if len(some) == 1:
            head, *rest = _finding(ruleset, first)
            points = [f"  {line}" for line in words.points(first.points)]
            yield from [head, *points, *rest]
            yield from words.lines(first.regions, first.left_over, False, first.points)
        else:
            first = _joined(ruleset.decision[decision], some)
            # What each covers is left out, for it does not add up.
            yield from _finding(ruleset, first)[:-1]
        if first.hint:
            yield f"  to mend it: {first.hint}"
        if last.get(decision) is some:
            overlap, in_all = proofs[decision].overlap, f"the overlaps of `{decision}` together"
            if len(some) > 1 or first.covers != overlap:
                yield f"  {in_all} (pairs share profiles) cover: {_size(overlap)}"
            if all(rule.when is not None for rule in ruleset.decision[decision].rules):
                yield "  a rule that is meant for all else has `otherwise: true` and no `when`"


def _together(finding: Finding) -> tuple[object, ...]:
    """Return what findings that are told together have in common."""
    pairs = finding.kind in ("overlap", "order_decides")
    return finding.kind, *(finding.rules[:1] if pairs else finding.about)


def _joined(decision: Decision, some: Sequence[Finding]) -> Finding:
    """Return what is told of one rule beside several others as one; the witness is of the first."""
    rule, others = some[0].rules[0], [one.rules[1] for one in some]
    named, listed = (_shortened(names) for names in ([f"`{one}`" for one in others], others))
    more = f" {len(others)} in all" if len(others) > MAX_NAMED else ""
    if decision.ranking is not None and some[0].kind == "order_decides":
        alone = f"by `{decision.ranking.by}` alone, and they lead elsewhere"
        return replace(some[0], message=f"`{rule}` wins over {named}{more} {alone}")
    message = f"decision `{decision.id}` has overlaps: `{rule}` overlaps with {named}{more}"
    hint = (
        f"let `{rule}` go first by `outranks: [{listed}]`, "
        f"or whichever of those should by `outranks: [{rule}]`{or_rank_all(decision)}"
    )
    return replace(some[0], message=message, hint=hint)


def _shortened(names: Sequence[str]) -> str:
    return ", ".join([*names[:MAX_NAMED], *["…"] * (len(names) > MAX_NAMED)])


def _finding(ruleset: RuleSet, finding: Finding) -> list[str]:
    """Return one finding, with its place, its witness and how much it covers."""
    lines = [f"{finding.place}: {finding.severity}: {finding.message} [{finding.kind}]"]
    if witness := finding.witness:
        enough = ", ".join(_changed(fact, finding) for fact in witness if fact in finding.enough)
        usual = {f.id for f in ruleset.facts if witness[f.id] == f.domain.value(0)}
        besides = usual.union(finding.enough)
        odd = [f"{fact}: {word(witness[fact])}" for fact in witness if fact not in besides]
        lines.append(f"  for instance: {enough or 'whatever the facts are'}")
        if odd:
            lines.append(f"  and with that: {', '.join(odd)}")
        lines.append(f"  covers: {_size(finding.covers)}")
    return lines


def _changed(fact: str, finding: Finding) -> str:
    before = word(finding.witness[fact])
    after = word(finding.changed.get(fact, finding.witness[fact]))
    return f"{fact}: {before}" + (f" -> {after}" if after != before else "")


def _size(amount: Amount) -> str:
    combinations = _counted(amount.combinations, "combination")
    return f"{combinations} ({_counted(amount.profiles, 'full profile')})"


def _counted(number: int, one: str, more: str = "") -> str:
    """Return a number with the word for so many: `1 criterion`, `2,000 criteria`."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def as_json(every: Sequence[Checked], citations: Sequence[str] = ()) -> str:
    """Return the same as data; what is proved is of the first, and of each under `instances`."""
    some = list(together(every))
    data = {
        "ruleset": ruleset_data(every[0].ruleset),
        "findings": [_data(one, finding) for one in some for finding in one.verification.findings],
        "accepted": [_data(one, finding) for one in some for finding in one.verification.accepted],
        "citations": citations,
        **_proof_data(every[0].verification),
        "instances": [
            {
                "of": list(map(str, one.instances)),
                **ruleset_data(one.ruleset),
                **_proof_data(one.verification),
            }
            for one in every
            if one.instances
        ],
    }
    return to_json(data)


def _proof_data(verification: Verification) -> dict[str, object]:
    """Return what was proved as data."""
    return {
        "proofs": [asdict(proof) for proof in verification.proofs],
        "expectations": [
            {"id": one.expectation, **asdict(one.covers)} for one in verification.kept
        ],
    }


def _data(of: Checked, finding: Finding) -> dict[str, object]:
    """Return one finding as plain data; `witness` is a full profile, `enough` suffices of it."""
    names = ("kind", "severity", "decision", "message", "about", "rules")
    ruleset = of.ruleset
    return {
        **{name: getattr(finding, name) for name in names},
        "instances": list(map(str, of.instances)),
        "where": f"{shown(finding.place.file)}:{finding.place.line}",
        "place": str(finding.place),
        **{name: getattr(finding, name) for name in ("witness", "changed", "enough")},
        **asdict(finding.covers),
        "regions": [region_data(ruleset, one) for one in finding.regions],
        "left_over": asdict(finding.left_over),
        **points_data(ruleset, finding.points),
        "hint": finding.hint,
        "accepted": finding.accepted,
    }
