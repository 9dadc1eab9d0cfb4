"""What is decided while an earlier decision is under review is found where that may change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings

from examples import examples
from executors.test_agreement import build
from generated import BOTH, rulesets
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import All, Condition, Not, OutcomeIs, StatusIs
from routeengine.ruleset.dependencies import decisions_of, evaluation_order
from routeengine.ruleset.expectations import Acceptance
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.resolution import CompleteVerdict
from routeengine.verification import Finding, verify
from verification.broken import LIBRARY, patched
from verification.drawn import chained
from verification.pairs import with_rule
from verification.test_verify import possible

WAITS = """        then:
          review: []
          because: {nl: Eerst kiest de balie de pas., en: The desk chooses the card first.}
"""


def found_in(ruleset: RuleSet) -> dict[tuple[str, ...], Finding]:
    """Give what runs ahead of what."""
    findings = verify(ruleset).findings
    return {one.about: one for one in findings if one.kind == "decided_under_review"}


def chosen(profile: FullProfile, earlier: str) -> Iterator[dict[str, CompleteVerdict]]:
    """Yield what all comes to, per outcome that a person may choose of what is under review."""
    ruleset, full = profile.ruleset, profile.verdicts[earlier]
    for outcome in full.candidates or [one.id for one in ruleset.decision[earlier].outcomes]:
        other = FullProfile(ruleset, profile.facts)
        for decision in evaluation_order(ruleset):
            if decision.id == earlier:
                other.verdicts[earlier] = CompleteVerdict("decided", outcome)
            else:
                other.decide([decision])
        yield other.verdicts


@settings(max_examples=examples(150), deadline=None)
@given(chained() | rulesets(max_facts=3))
def test_just_what_a_person_could_still_change_is_found(ruleset: RuleSet) -> None:
    """Per two decisions: every profile on which that is so is counted, and no other."""
    build(ruleset)
    expected: dict[tuple[str, ...], list[FullProfile]] = {}
    winning: dict[tuple[str, ...], set[str]] = {}
    for decision in ruleset.decisions:
        asked = decisions_of(ruleset, decision)
        for profile in possible(ruleset):
            mine = profile.verdicts[decision.id]
            for name in asked:
                if (
                    mine.status == "decided"
                    and profile.verdicts[name].status == "review"
                    and any(other[decision.id].key != mine.key for other in chosen(profile, name))
                ):
                    expected.setdefault((decision.id, name), []).append(profile)
                    winning.setdefault((decision.id, name), set()).update(mine.rules)
    found = found_in(ruleset)
    assert found.keys() == expected.keys()
    for pair, one in found.items():
        assert one.severity == "warning"
        assert one.covers.profiles == len(expected[pair])
        assert set(one.rules) == winning[pair]
        witness = {f.id: f.domain.index(one.witness[f.id]) for f in ruleset.facts}
        assert witness in [profile.facts for profile in expected[pair]]


@pytest.mark.gate
@pytest.mark.parametrize(
    "when",
    [
        None,
        Not(OutcomeIs("card", ("junior", "full", "guest_card"))),
        StatusIs("card", ("review",)),
        All(()),
    ],
)
def test_it_may_stay_with_a_reason(when: Condition | None) -> None:
    """However the rule is written that does not wait; and whoever waits has no finding."""
    hasty = patched(LIBRARY, "3-decisions.yaml", (WAITS, "        then: no\n"))
    ahead = with_rule(hasty, "loans_otherwise", when=when)
    if when == All(()):
        rules = [rule.id for rule in ahead.decision["loans"].rules[:-1]]
        ahead = with_rule(ahead, "loans_otherwise", outranks=tuple(rules))
    one = found_in(ahead).get(("loans", "card"))
    if when == All(()):  # it is "no" whatever the card becomes
        assert one is None
        return
    assert one is not None
    assert one.rules == ("loans_otherwise",)
    assert one.message == (
        "decision `loans` is decided while `card`, on which it depends, "
        "is under review: by `loans_otherwise`"
    )
    assert not verify(ahead).clean
    because = Acceptance("hasty", "decided_under_review", ("loans", "card"), BOTH)
    accepted = verify(replace(ahead, acceptances=(*ahead.acceptances, because)))
    assert "decided_under_review" in {one.kind for one in accepted.accepted}
    assert "decided_under_review" not in {one.kind for one in accepted.findings}
    stale = verify(replace(with_waiting(), acceptances=(because,))).findings
    assert "stale_acceptance" in {one.kind for one in stale}


def with_waiting() -> RuleSet:
    """Give the library's rules, where loans wait for the card."""
    ruleset = patched(LIBRARY, "3-decisions.yaml")
    assert found_in(ruleset) == {}
    return ruleset
