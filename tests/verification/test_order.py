"""Where a ranking alone chooses: every such pair is told, and no other, each with a witness."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from loading.as_yaml import Tree, text_of, tree_of
from oracle import Profile
from routeengine.formatters.check import as_text
from routeengine.loading import load_ruleset
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.ranking import without_ranking
from routeengine.ruleset.resolution import target
from routeengine.verification import order_checks, verify
from routeengine.verification.findings import Verification
from routeengine.verification.instances import Checked
from verification.drawn import meeting


@st.composite
def ranked(draw: st.DrawFn) -> RuleSet:
    """Draw a decision with `order` or `priority`, and some `outranks` beside it that fit."""
    tree = tree_of(draw(meeting()))
    decision = tree["decisions"]["d"]
    rules: Tree = {k: one for k, one in decision["rules"].items() if "otherwise" not in one}
    for one in decision["rules"].values():
        one["outranks"] = []
    order = draw(st.permutations(list(rules)))
    if draw(st.booleans()):
        decision["order"] = order
    else:
        decision["priority"] = draw(st.permutations([*decision["outcomes"], "review"]))
        place = {name: at for at, name in enumerate(decision["priority"])}

        def rank(rule: str) -> int:
            then = rules[rule]["then"]
            return place[then if isinstance(then, str) else "review"]

        order.sort(key=rank)
    for number, rule in enumerate(order[:-1]):
        lower = st.lists(st.sampled_from(order[number + 1 :]), unique=True, max_size=2)
        rules[rule]["outranks"] = draw(st.just([]) | lower)
    return load_ruleset({"made.yaml": text_of(tree)})


def brute_force(ruleset: RuleSet) -> set[tuple[str, str]]:
    """Give the pairs that only the ranking keeps from overlapping, by every profile there is."""
    decision = ruleset.decisions[0]
    by_hand = replace(ruleset, decisions=(without_ranking(decision),))
    found = set()
    for values in product(*[range(fact.domain.size) for fact in ruleset.facts]):
        full = {fact.id: value for fact, value in zip(ruleset.facts, values, strict=True)}
        won = Profile(ruleset, full).decide(decision) or []
        for one in won:
            for other in Profile(by_hand, full).decide(by_hand.decisions[0]) or []:
                if target(one) != target(other) and other.id not in [w.id for w in won]:
                    found.add((one.id, other.id))
    return found


@settings(max_examples=examples(300), deadline=None)
@given(ranked())
def test_every_pair_that_only_the_ranking_decides_is_told(ruleset: RuleSet) -> None:
    """As by brute force; and what a ranking means is never told to be in vain, or to follow."""
    found = verify(ruleset)
    told = {one.about for one in found.findings if one.kind == "order_decides"}
    assert told == brute_force(ruleset)
    decision = ruleset.decisions[0]
    by_hand = {rule.id: rule.outranks for rule in without_ranking(decision).rules}
    for one in found.findings:
        if one.kind == "order_decides":
            assert one.severity == "note"
            assert one.witness
            assert one.covers
            assert one.regions == ()
        if one.kind == "idle_outranks":
            assert one.about[1] in by_hand[one.about[0]]
        if one.kind == "implied_outranks":
            assert any(by_hand.values())


@settings(max_examples=examples(100), deadline=None)
@given(ranked())
def test_a_total_order_leaves_no_overlap(ruleset: RuleSet) -> None:
    """With `order` no two rules overlap; with `priority` only rules that lead to review do."""
    decision = ruleset.decisions[0]
    assert decision.ranking is not None
    for one in verify(ruleset).findings:
        if one.kind == "overlap":
            assert decision.ranking.by == "priority"
            assert not any(isinstance(ruleset.rule[rule].then, str) for rule in one.rules)
            assert "by `order`" not in one.hint


def rows(count: int) -> Tree:
    """Make a decision of so many rules in order, each with its own outcome, that all may apply."""
    names = [f"r{n}" for n in range(count)]
    words = {"label": {"en": "x"}}
    reading = {key: {"en": key} for key in ("choice", "because", "alternative")}
    why = {**words, "basis": "interpretation", "interpretation": reading, "reason": {"en": "r"}}
    asked = {"question": {"en": "q"}, "why_needed": {"en": "w"}}
    texts = {key: {"en": key} for key in ("title", "purpose", "owner")}
    return {
        "ruleset": {"id": "made", "version": "1.0.0", "languages": ["en"], **texts},
        "facts": {
            f"f{n}": {"type": "boolean", "label": {"en": f"f{n}"}, **asked}
            for n in range(count - 1)
        },
        "decisions": {
            "d": {
                **words,
                "outcomes": {f"o{n}": {**words, "description": {"en": "d"}} for n in range(count)},
                "order": names,
                "rules": {
                    name: {
                        **({"always": True} if n == count - 1 else {"when": f"f{n}"}),
                        "then": f"o{n}",
                        **why,
                    }
                    for n, name in enumerate(names)
                },
            }
        },
    }


def checked(tree: Tree) -> Verification:
    """Check a tree."""
    return verify(load_ruleset({"made.yaml": text_of(tree)}))


def test_a_right_table_gives_notes_and_no_warning() -> None:
    """Five rows in order, the last of which holds always: a note for each of the ten pairs."""
    found = checked(rows(5))
    assert found.clean
    assert [one.kind for one in found.findings] == ["order_decides"] * 10
    by_hand = copy.deepcopy(rows(5))
    decision = by_hand["decisions"]["d"]
    order = decision.pop("order")
    for n, name in enumerate(order):
        decision["rules"][name]["outranks"] = order[n + 1 :]
    assert "implied_outranks" in [one.kind for one in checked(by_hand).findings]


def test_the_first_pairs_are_told_and_that_there_are_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many pairs, the highest; and one note that says that there are others."""
    monkeypatch.setattr(order_checks, "MAX_TOLD", 3)
    found = checked(rows(4)).findings
    assert [one.about for one in found] == [("d",), ("r0", "r1"), ("r0", "r2"), ("r0", "r3")]
    assert found[0].message == "`order` of `d` alone decides between more pairs of rules"
    monkeypatch.setattr(order_checks, "MAX_TOLD", 6)
    assert len(checked(rows(4)).findings) == 6


def test_what_one_rule_wins_over_is_told_together() -> None:
    """In print a note per rule that wins, with the first witness; and how many there are."""
    ruleset = load_ruleset({"made.yaml": text_of(rows(7))})
    printed = as_text([Checked(ruleset, (), verify(ruleset))])
    assert (
        "note: `r0` wins over `r1`, `r2`, `r3`, `r4`, … 6 in all by `order` alone, and they lead "
        "elsewhere [order_decides]\n  for instance: f0: true, f1: true\n"
    ) in printed
    assert (
        "note: `r5` wins over `r6` by `order` alone, and they lead to different answers "
        "[order_decides]\n  for instance: f0: false, f1: false, f2: false, f3: false, f4: false, "
        "f5: true\n  covers: 1 combination (1 full profile)\n"
    ) in printed
    assert printed.count("[order_decides]") == 6


def test_reviews_of_other_candidates_are_not_ranked_by_priority() -> None:
    """They overlap as ever, and what mends it is that one outranks the other."""
    tree = rows(3)
    decision = tree["decisions"]["d"]
    del decision["order"]
    for rule, candidates in (("r0", ["o0"]), ("r1", ["o1"])):
        decision["rules"][rule]["then"] = {"review": candidates}
    hint = "let one go first: `outranks: [r1]` at `r0`, or `outranks: [r0]` at `r1`"
    unranked = [one for one in checked(tree).findings if one.kind == "overlap"]
    assert unranked[0].hint == f"{hint}; or rank all rules by `order` or `priority`"
    decision["priority"] = ["review", "o2"]
    (overlap,) = [one for one in checked(tree).findings if one.kind == "overlap"]
    assert overlap.about == ("r0", "r1")
    assert overlap.hint == hint
