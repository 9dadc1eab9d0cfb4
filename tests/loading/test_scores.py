"""Scores in rule files: what they are read as, and what of them the digests hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loading.small import small
from routeengine import load_ruleset
from routeengine.errors import RuleSetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import read_profile
from routeengine.ruleset.conditions import ScoreIs
from routeengine.ruleset.digest import meaning_digest, whole_digest
from routeengine.ruleset.model import RuleSet
from urgency import KNOWN, block, urgency


def with_need(*changes: tuple[str, str]) -> RuleSet:
    """Load the rules of the page with changes in their text."""
    text = block("yaml")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return load_ruleset({"urgent-home.yaml": text})


def test_a_score_is_read() -> None:
    """Its parts in order, with what they are worth, and the bounds of three rules."""
    score = urgency().score["need"]
    assert [part.worth for part in score.parts] == [40, 15, 10, 20, 10, 10, 30, -25]
    assert (score.least, score.most, score.step) == (-25, 135, 5)
    assert [rule.when for rule in urgency().decision["priority"].rules] == [
        ScoreIs("need", 70), ScoreIs("need", 40, 69), ScoreIs("need", None, 39),
    ]  # fmt: skip
    assert score.place.line > 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{home: none}, worth: 40", "{home: none}, worth: 45"),
        ("{when: medical, worth: 30}", "{when: {not: medical}, worth: 30}"),
        ("      - {when: refused, worth: -25}\n", ""),
        ("{need: {at_least: 70}}", "{need: {at_least: 75}}"),
        ("{need: {at_most: 39}}", "{need: {between: [-25, 39]}}"),
    ],
)
def test_what_counts_is_in_both_digests(old: str, new: str) -> None:
    """A worth, a part, a bound: the meaning is another one."""
    changed = with_need((old, new))
    assert meaning_digest(changed) != meaning_digest(urgency())
    assert whole_digest(changed) != whole_digest(urgency())


def test_order_and_words_are_not_in_the_meaning() -> None:
    """Parts in another order, and another label, mean the same."""
    score = urgency().score["need"]
    turned = replace(score, parts=score.parts[::-1], label={"nl": "nood", "en": "urgency"})
    changed = replace(urgency(), scores=(turned,))
    assert meaning_digest(changed) == meaning_digest(urgency())
    assert whole_digest(changed) != whole_digest(urgency())


def test_rules_without_scores_keep_their_digests() -> None:
    """An empty section says nothing."""
    assert whole_digest(replace(small(), scores=())) == whole_digest(small())


def test_a_score_may_be_part_of_another() -> None:
    """With a bound, as anywhere: so points of one part of life can be capped."""
    capped = (
        "  whole:\n    label: {nl: geheel, en: whole}\n    of:\n"
        "      - {when: {need: {at_least: 70}}, worth: 10}\n      - {when: medical, worth: 5}\n"
        "    basis: source\n    cites: [medical]\ndecisions:\n"
    )
    ruleset = with_need(
        ("decisions:\n", capped), ("{need: {at_most: 39}}", "{whole: {at_most: 5}}")
    )
    assert ruleset.score["whole"].parts[0].when == ScoreIs("need", 70)
    state = read_profile(ruleset, KNOWN)
    verdict = LanesExecutor(ruleset).evaluate(state).verdicts["priority"]
    assert verdict == ReferenceExecutor(ruleset).evaluate(state).verdicts["priority"]
    assert verdict.reason == "overlap"


def test_a_bound_can_be_a_parameter() -> None:
    """As if the number were typed in; half a point is none."""
    parameter = (
        "parameters:\n  enough:\n    type: {kind}\n    label: {{nl: genoeg, en: enough}}\n"
        "    values: [{{is: {value}}}]\n    basis: source\n    cites: [first]\nfacts:\n"
    )
    bound = ("{need: {at_least: 70}}", "{need: {at_least: {parameter: enough}}}")
    whole = with_need(bound, ("facts:\n", parameter.format(kind="integer", value=70)))
    assert meaning_digest(whole) == meaning_digest(urgency())
    with pytest.raises(RuleSetError, match=r"`need` cannot be `70\.5`"):
        with_need(
            bound,
            ("facts:\n", parameter.format(kind="decimal\n    places: 1", value=70.5)),
        )
