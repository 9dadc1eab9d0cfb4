"""Each broken variant is found, at its place, by a witness that really shows the fault."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from examples import gated
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet
from routeengine.verification import Finding, verify
from verification.broken import BROKEN, LIBRARY, POLICY, patched
from verification.pairs import allowed

WITNESSED = {
    "gap", "gap_follows", "overlap", "never_wins", "broken_expectation", "decided_under_review",
}  # fmt: skip


def decided(ruleset: RuleSet, values: Mapping[str, Value]) -> FullProfile:
    """Decide a witness; it has every fact, and breaks no constraint."""
    full = {fact.id: fact.domain.index(values[fact.id]) for fact in ruleset.facts}
    assert None not in full.values()
    profile = FullProfile(ruleset, full).decide()  # type: ignore[arg-type]  # none is None
    assert allowed(profile)
    return profile


def shows(ruleset: RuleSet, finding: Finding) -> bool:
    """Say whether the witness of a finding shows it, by what the finding says alone."""
    profile = decided(ruleset, finding.witness)
    verdict = profile.verdicts[finding.decision]
    match finding.kind:
        case "gap_follows":
            return {profile.verdicts[one].reason for one in finding.about} == {"gap"}
        case "gap" | "overlap":
            return verdict.reason == finding.kind and set(finding.rules) <= set(verdict.rules)
        case "decided_under_review":
            earlier = profile.verdicts[finding.about[1]]
            return (verdict.status, earlier.status) == ("decided", "review")
        case "never_wins":
            when = ruleset.rule[finding.about[0]].when
            return when is not None and profile.holds(when) and verdict.rules != finding.about
        case _:
            return broken(ruleset, finding, profile)


def broken(ruleset: RuleSet, finding: Finding, profile: FullProfile) -> bool:
    """Say whether one profile, or two that differ in a fact, break an expectation."""
    expectation = next(one for one in ruleset.expectations if one.id == finding.about[0])
    before = profile.verdicts[finding.decision].key
    if expectation.change is None:
        assert expectation.when is None or profile.holds(expectation.when)
        return before in expectation.never or before not in (expectation.always or [before])
    after = decided(ruleset, finding.changed).verdicts[finding.decision].key
    differing = {f for f in finding.witness if finding.witness[f] != finding.changed[f]}
    assert differing == {expectation.change.fact}
    comes = before in expectation.never_from or (
        not expectation.never_from and before not in expectation.never
    )
    return comes and after in expectation.never


@pytest.mark.gate
@pytest.mark.parametrize("name", gated(BROKEN, 6))
def test_every_broken_variant_is_found(name: str) -> None:
    """One finding of the expected kind about the expected thing; its witness shows it."""
    variant = BROKEN[name]
    ruleset = patched(variant.folder, variant.file, *variant.patch)
    found = verify(ruleset)
    (finding,) = [
        one for one in found.findings if (one.kind, one.about) == (variant.kind, variant.about)
    ]
    assert not found.clean
    assert finding.place.line > 0
    assert bool(finding.witness) == (variant.kind in WITNESSED)
    if finding.witness:
        assert shows(ruleset, finding)
        assert 0 < finding.covers.combinations <= finding.covers.profiles


@pytest.mark.gate
@pytest.mark.parametrize("folder", [POLICY, LIBRARY])
def test_what_is_not_broken_has_no_finding(folder: object) -> None:
    """The variants start from rule sets in which nothing is found, or nothing that counts."""
    assert folder in (POLICY, LIBRARY)
    one = POLICY if folder == POLICY else LIBRARY
    ruleset = patched(one, next(iter(sorted(one.glob("*.yaml")))).name)
    found = verify(ruleset)
    assert [one for one in found.findings if one.severity != "note"] == []
    assert len(found.kept) == len(ruleset.expectations)
    assert len(found.accepted) == len(ruleset.acceptances) > 0
