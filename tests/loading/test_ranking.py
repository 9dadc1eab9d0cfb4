"""`always`, `order` and `priority`: what they mean is what could be written out by hand."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import rulesets
from loading.as_yaml import Tree, text_of, tree_of
from loading.small import changed, faults_of, small
from oracle import Profile
from routeengine import Engine
from routeengine.errors import RecordError, RuleSetError
from routeengine.loading import decisions, load_ruleset
from routeengine.record.find import check_embedded
from routeengine.ruleset.checks import require_sound
from routeengine.ruleset.conditions import All
from routeengine.ruleset.digest import meaning_digest, whole_digest
from routeengine.ruleset.model import Ranking, RuleSet


def loaded(tree: Tree) -> RuleSet:
    """Load a tree."""
    return load_ruleset({"made.yaml": text_of(tree)})


def leads_to(rule: Tree) -> str:
    """Give the outcome that a rule leads to, or `review`."""
    return "review" if isinstance(rule["then"], dict) else str(rule["then"])


@st.composite
def ranked(draw: st.DrawFn) -> tuple[Tree, Tree]:
    """Draw rules ranked by `order` or `priority`, and the same with each `outranks` written out."""
    short = tree_of(draw(rulesets(max_facts=4, max_constraints=0)))
    for decision in short["decisions"].values():
        for rule in decision["rules"].values():
            rule["outranks"] = []
    long = copy.deepcopy(short)
    for name, decision in short["decisions"].items():
        rules: Tree = {k: one for k, one in decision["rules"].items() if "otherwise" not in one}
        by = draw(st.sampled_from(["order", "priority", None]))
        if by == "order":
            names = draw(st.permutations(list(rules)))
            ranks = [[rule] for rule in names]
        elif by == "priority":
            every = [*decision["outcomes"], "review"]
            used = {leads_to(one) for one in rules.values()}
            spared = draw(st.sets(st.sampled_from(every))) - used
            names = draw(st.permutations([one for one in every if one not in spared]))
            ranks = [[k for k, one in rules.items() if leads_to(one) == to] for to in names]
        else:
            continue
        decision[by] = names
        for higher, lower in pairwise(rank for rank in ranks if rank):
            for rule in higher:
                long["decisions"][name]["rules"][rule]["outranks"] = lower
    return short, long


@pytest.mark.gate
@settings(max_examples=examples(400), deadline=None)
@given(ranked())
def test_what_is_ranked_means_what_is_written_out(both: tuple[Tree, Tree]) -> None:
    """The digest of the meaning is the same; that of the whole is where nothing is ranked."""
    short, long = map(loaded, both)
    assert meaning_digest(short) == meaning_digest(long)
    said = any(one.ranking is not None for one in short.decisions)
    assert said == (whole_digest(short) != whole_digest(long))


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(ranked(), st.data())
def test_the_first_that_applies_wins(both: tuple[Tree, Tree], data: st.DataObject) -> None:
    """On a full profile a decision with `order` answers by its first rule that applies."""
    ruleset = loaded(both[0])
    engine = Engine(ruleset, executor="reference")
    values = {one.id: data.draw(st.integers(0, one.domain.size - 1)) for one in ruleset.facts}
    profile = Profile(ruleset, values)
    answer = engine.classify({one.id: one.domain.value(values[one.id]) for one in ruleset.facts})
    for decision in ruleset.decisions:
        verdict = answer.verdicts[decision.id]
        ranking = decision.ranking
        if ranking is None:
            continue
        applying = [
            one for one in decision.rules if one.when is not None and profile.holds(one.when)
        ]
        if verdict.status == "not_applicable" or not applying:
            continue
        if ranking.by == "order":
            assert verdict.rule == min(applying, key=lambda one: ranking.names.index(one.id)).id
        else:
            targets = [one.then if isinstance(one.then, str) else "review" for one in applying]
            first = min(targets, key=ranking.names.index)
            assert (verdict.outcome or verdict.status) == first


ORDER = ("    rules:\n      card_a", "    order: [card_a, card_b]\n    rules:\n      card_a")
PRIORITY = ("    rules:\n      card_a", "    priority: [A, review]\n    rules:\n      card_a")
BY_HAND = ("        outranks: [card_b]\n", "")
ALWAYS = ("when: {all: [willing, free]}", "always: true")


def with_ranking(ranking: str, *changes: tuple[str, str]) -> str:
    """Give the small rule set with another ranking of its first decision."""
    return changed(("    rules:\n", f"    {ranking}\n    rules:\n"), *changes)


def told(ranking: str, *changes: tuple[str, str]) -> list[str]:
    """Give the faults of the small rule set with this ranking of its first decision."""
    return [str(fault) for fault in faults_of({"a": with_ranking(ranking, *changes)})]


@pytest.mark.parametrize("one", [ORDER, PRIORITY])
def test_a_ranking_is_kept_beside_what_it_means(one: tuple[str, str]) -> None:
    """The meaning is that of the `outranks`; the whole says how it is written, and so do pages."""
    by_hand, ranked, both = small(), small(BY_HAND, one), small(one)
    assert {meaning_digest(each) for each in (ranked, both)} == {meaning_digest(by_hand)}
    assert ranked == both
    assert whole_digest(ranked) != whole_digest(by_hand)
    assert ranked.rule["card_a"].outranks == ("card_b",)
    require_sound(ranked)


def test_a_rule_may_always_apply() -> None:
    """`always: true` is the condition that holds of everybody."""
    assert small(ALWAYS).rule["card_a"].when == All(())


WRONG = {
    "order: [card_a]": "`order` leaves out `card_b` (name each rule of the decision but "
    "`otherwise`)",
    "order: []": "`order` leaves out `card_a`, `card_b` (name each rule of the decision but "
    "`otherwise`)",
    "order: [card_a, card_b, card_c]": "`card_c` is no rule of `card` (did you mean `card_b`?)",
    "order: [card_a, card_b, loan_one]": "`loan_one` is no rule of `card` (it is a rule of another "
    "decision)",
    "order: [card_b, card_a, card_b]": "`card_b` appears twice",
    "order: card_a": "`order` must be a list (write `[one, other]`)",
    "order: [card_a, []]": "this entry must be one word",
    "priority: [A]": "`priority` leaves out `review` (name each outcome that a rule leads to, and "
    "`review` if one does)",
    "priority: [review, B]": "`priority` leaves out `A` (name each outcome that a rule leads to, "
    "and `review` if one does)",
    "priority: [A, C, review]": "`C` is no outcome of `card` (it has `A`, `B`)",
    "priority: [A, review, A]": "`A` appears twice",
}


@pytest.mark.parametrize("ranking", WRONG)
def test_a_ranking_that_is_wrong_is_one_fault(ranking: str) -> None:
    """Names that lead nowhere, appear twice or are left out; nothing else is said of it."""
    (fault,) = told(ranking, BY_HAND)
    assert fault.startswith("a:")
    assert fault.partition(": ")[2] == WRONG[ranking]


def test_a_decision_is_ranked_in_one_way() -> None:
    """`order` and `priority` do not go together."""
    (fault,) = told("order: [card_a, card_b]\n    priority: [A, review]")
    assert fault.endswith("a decision cannot have both `order` and `priority` (take one out)")


def test_what_is_ranked_and_written_cannot_go_round() -> None:
    """A circle is told as ever, and that the ranking is a part of it."""
    (fault,) = told("order: [card_b, card_a]")
    circle = "these outrank each other in a circle: `card_a`, `card_b`, `card_a`"
    assert fault.endswith(f"{circle} (`order` says who outranks whom)")


def test_otherwise_has_no_place_in_an_order() -> None:
    """It applies where no other rule does, so it cannot be ranked among them."""
    (fault,) = told(
        "order: [card_a, card_b]", ("when: {age: {between: [0, 17]}}", "otherwise: true")
    )
    assert fault.endswith(
        "`card_b` is the `otherwise` rule: it applies where no other does (take it out)"
    )
    assert (
        told("order: [card_a]", BY_HAND, ("when: {age: {between: [0, 17]}}", "otherwise: true"))
        == []
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("        then: A", "        always: true\n        then: A")],
         "cannot have both `when` and `always`"),
        ([ALWAYS, ("        then: A", "        otherwise: true\n        then: A")],
         "cannot have both `always` and `otherwise`"),
        ([("when: {all: [willing, free]}", "always: false")], "needs `when`"),
    ],
)  # fmt: skip
def test_a_rule_says_once_when_it_applies(changes: list[tuple[str, str]], message: str) -> None:
    """Just one of `when`, `always` and `otherwise`."""
    (fault,) = faults_of({"a": changed(*changes)})
    assert message in fault.message


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ranking that would make millions of pairs is a fault, and not a wait."""
    monkeypatch.setattr(decisions, "MAX_RANKED", 0)
    (fault,) = told("order: [card_a, card_b]", BY_HAND)
    assert fault.endswith("`order` would rank more than 0 pairs of rules (rank fewer rules)")


def test_a_ranking_made_by_hand_has_to_be_written_out() -> None:
    """A program, or a record, cannot hold a ranking that means nothing."""
    ruleset = small(BY_HAND)
    card = ruleset.decisions[0]
    ranking = Ranking("order", ("card_a", "card_b"))
    false = replace(ruleset, decisions=(replace(card, ranking=ranking), *ruleset.decisions[1:]))
    message = "`card_a` goes before `card_b`, and does not outrank it"
    with pytest.raises(RuleSetError, match=message):
        require_sound(false)
    with pytest.raises(RecordError, match=message):
        check_embedded(false)
