"""Findings are those that enumeration finds, and each witness shows what it stands for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import families
from examples import examples
from executors.test_agreement import build
from families import FAMILIES
from generated import BOTH, GROUNDS, conditions, rulesets
from routeengine.errors import BudgetError
from routeengine.executors.reference import FullProfile, ReferenceExecutor
from routeengine.loading import load_ruleset
from routeengine.profile import Known
from routeengine.ruleset.conditions import All, Any, CriterionIs, FactIs, Not
from routeengine.ruleset.dependencies import decisions_of, facts_of, facts_read
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.expectations import Acceptance, Change, Expectation
from routeengine.ruleset.model import Constraint, Criterion, Review, Rule, RuleSet
from routeengine.ruleset.resolution import GAP, NOT_APPLICABLE, OVERLAP, Ranks, outranked_by, target
from routeengine.value_set import set_of_bits
from routeengine.verification import Finding, Kept, decision_checks, verify
from routeengine.verification.analysis import Analysis
from routeengine.verification.comparison import meaning
from routeengine.verification.decision_checks import overlaps
from verification.drawn import chained
from verification.pairs import a_rule, all_profiles, allowed, door, with_rule

KINDS = ("gap", "gap_follows", "overlap")

IMPLIED_IN_RANKED = (
    "that rule `r0` outranks `r2` follows from what else is outranked, "
    "and so do 4,850 more pairs of `door`"
)


def possible(ruleset: RuleSet) -> Iterator[FullProfile]:
    """Yield every full profile that breaks no constraint, decided."""
    for facts in all_profiles(ruleset):
        profile = FullProfile(ruleset, facts).decide()
        if allowed(profile):
            yield profile


def told(ruleset: RuleSet) -> dict[tuple[int, ...], object]:
    """Give all that a rule set answers, per profile."""
    return {
        tuple(profile.facts.values()): (
            {name: meaning(full) for name, full in profile.verdicts.items()},
            {f.id: profile.holds(f.when) for f in ruleset.flags if f.when is not None},
        )
        for profile in possible(ruleset)
    }


def about(findings: tuple[Finding, ...], kind: str) -> set[tuple[str, ...]]:
    """Give what the findings of one kind are about."""
    return {one.about for one in findings if one.kind == kind}


def covered(ruleset: RuleSet, finding: Finding, profiles: list[FullProfile]) -> list[FullProfile]:
    """Give the profiles on which no rule applies, or on which the two rules of a pair win."""
    verdicts = [profile.verdicts[finding.decision] for profile in profiles]
    return [
        profile
        for profile, full in zip(profiles, verdicts, strict=True)
        if full.reason == finding.kind and set(finding.rules) <= set(full.rules)
    ]


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(rulesets(max_facts=4))
def test_gaps_and_overlaps_are_those_that_enumeration_finds(ruleset: RuleSet) -> None:
    """A gap per decision, an overlap per two winners that lead elsewhere, and no others.

    Every witness is consistent and shows it.
    """
    build(ruleset)
    profiles = list(possible(ruleset))
    expected: set[tuple[str, tuple[str, ...]]] = set()
    for profile in profiles:
        for name, full in profile.verdicts.items():
            expected |= {("gap", (name,))} if full.reason == "gap" else set()
            leading = {rule: target(ruleset.rule[rule]) for rule in full.rules}
            pairs = combinations(full.rules, 2)
            expected |= {("overlap", two) for two in pairs if leading[two[0]] != leading[two[1]]}
    told = [one for one in verify(ruleset).findings if one.kind in KINDS]
    assert len(told) == len(expected)
    # A gap that lies within others is a note, which names them besides.
    found = [replace(f, kind="gap", about=f.about[:1]) if f.kind == KINDS[1] else f for f in told]
    assert {(one.kind, one.about) for one in found} == expected
    for one in found:
        assert one.rules == (() if one.kind == "gap" else one.about)
        facts = {f.id: f.domain.index(one.witness[f.id]) or 0 for f in ruleset.facts}
        witness = FullProfile(ruleset, facts).decide()
        assert allowed(witness)
        same = covered(ruleset, one, profiles)
        assert witness.facts in [p.facts for p in same]
        assert one.covers.profiles == len(same)
        # No witness leaves fewer facts as they mostly are, and what is enough is enough.
        unusual = min(sum(map(bool, p.facts.values())) for p in same)
        assert sum(map(bool, facts.values())) == unusual
        known = {fact: facts[fact] for fact in one.enough}
        assert all(p in same for p in profiles if known.items() <= p.facts.items())


@settings(max_examples=examples(150), deadline=None)
@given(chained() | rulesets(max_facts=3))
def test_a_gap_is_told_where_it_comes_from(ruleset: RuleSet) -> None:
    """It is a note just where gaps of decisions that are read hold all of it, none without use."""
    build(ruleset)
    found = [one for one in verify(ruleset).findings if one.kind in KINDS[:2]]
    gaps = {d.id: set[tuple[int, ...]]() for d in ruleset.decisions}
    for profile in possible(ruleset):
        for name, full in profile.verdicts.items():
            if full.reason == "gap":
                gaps[name].add(tuple(profile.facts.values()))
    reads = {d.id: decisions_of(ruleset, d) for d in ruleset.decisions}
    for _ in ruleset.decisions:
        reads = {name: some.union(*map(reads.__getitem__, some)) for name, some in reads.items()}
    first = {one.decision for one in found if one.kind == "gap"}
    for one in found:
        earlier = {name for name in first & reads[one.decision] if name != one.decision}
        mine = gaps[one.decision]
        if one.kind == "gap":
            assert mine - set[tuple[int, ...]]().union(*(gaps[name] for name in earlier))
        else:
            assert set(one.about[1:]) == {name for name in earlier if mine & gaps[name]}
            assert mine <= set[tuple[int, ...]]().union(*(gaps[name] for name in one.about[1:]))
            assert one.severity == "note"


@settings(max_examples=examples(100), deadline=None)
@given(rulesets(max_facts=4))
def test_pairs_that_overlap_make_up_all_that_overlaps(ruleset: RuleSet) -> None:
    """Their union is the leaf, which alone says how much it is, for pairs have profiles in common.

    And wherever the constraints hold a rule wins, or there is a gap, or nothing to decide.
    """
    build(ruleset)
    subject = Analysis(ruleset)
    verification = verify(ruleset)
    diagram, any_of = subject.diagram, subject.compiler.any_of
    overlap = {proof.decision: proof.overlap for proof in verification.proofs}
    for decision in ruleset.decisions:
        confined, wins = subject.decisions[decision.id], subject.wins(decision)
        assert confined is not None
        pairs = [
            diagram.conjunction(wins[one.about[0]], wins[one.about[1]])
            for one in verification.findings
            if (one.kind, one.decision) == ("overlap", decision.id)
        ]
        held = diagram.map_leaves("held", lambda full: full is not None, confined.root)
        lost = diagram.map_leaves("lost", {None, GAP, NOT_APPLICABLE}.__contains__, confined.root)
        there = diagram.map_leaves("overlap", lambda full: full == OVERLAP, confined.root)
        assert any_of(wins.values()) == diagram.negation(lost)
        assert any_of(pairs) == there
        assert diagram.conjunction(held, there) == there
        profiles = [p for p in possible(ruleset) if p.verdicts[decision.id].reason == "overlap"]
        assert overlap[decision.id].profiles == len(profiles)


@pytest.mark.gate
@pytest.mark.parametrize(
    ("family", "count"), [("same_outcome", 200), ("review_signals", 200), ("ranked", 100)]
)
def test_many_rules_are_proved(family: str, count: int) -> None:
    """However many rules lead to the same: nothing is too large, and nothing overlaps."""
    found = verify(FAMILIES[family](count))
    assert [proof.decision for proof in found.proofs] == ["door"]
    assert found.clean
    told = [(one.kind, one.message) for one in found.findings]
    assert told == ([] if family != "ranked" else [("implied_outranks", IMPLIED_IN_RANKED)])


@pytest.mark.night
def test_many_bounds_on_one_fact_are_proved() -> None:
    """Each rule outranks the one below it: that is proved of use without looking at all of them."""
    names = [f"r{number}" for number in range(300)]
    rules = {
        name: families.rule(
            {"f0": {"at_least": number + 1}}, "yes" if number % 2 else "no", [below]
        )
        for number, (below, name) in enumerate(pairwise(names))
    }
    written = families.rules_for(1, {"r0": families.rule({"f0": {"at_least": 0}}, "yes")} | rules)
    written["facts"]["f0"] |= {"type": "integer", "minimum": 0, "maximum": 400}
    found = verify(load_ruleset({"rules.yaml": json.dumps(written)}))
    assert found.findings == ()
    assert found.proofs[0].combinations == 300


def test_rules_that_each_lead_elsewhere_overlap_in_pairs() -> None:
    """There are at most as many findings as pairs; each says what it covers by itself."""
    found = verify(FAMILIES["different_outcomes"](24))
    both = [one for one in found.findings if one.kind == "overlap"]
    assert {one.about for one in both} == set(
        combinations([f"r{number}" for number in range(24)], 2)
    )
    assert len(both) == len(found.findings)
    assert {one.covers.combinations for one in both} == {2**22}
    assert all(len(one.enough) == 2 for one in both)
    assert found.proofs[0].overlap.combinations == 2**24 - 25


def test_what_was_found_before_the_budget_ran_out_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is not lost to the warning that not everything was looked at."""

    def some(*given: object) -> Iterator[Finding]:
        every = overlaps(*given)  # type: ignore[arg-type]  # what `overlaps` takes
        yield next(every)
        raise BudgetError("more nodes are needed")

    monkeypatch.setattr(decision_checks, "overlaps", some)
    found = verify(FAMILIES["different_outcomes"](3)).findings
    told = {(one.kind, one.about) for one in found}
    assert told == {("overlap", ("r0", "r1")), ("undetermined", ("door",))}


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(rulesets(max_facts=4))
def test_what_never_is_is_found(ruleset: RuleSet) -> None:
    """Just the rules that win nowhere, and the outcomes that nothing decides or proposes."""
    build(ruleset)
    profiles = list(possible(ruleset))
    fulls = {d.id: [p.verdicts[d.id] for p in profiles] for d in ruleset.decisions}
    found = verify(ruleset).findings
    for decision in ruleset.decisions:
        idle = {full.status for full in fulls[decision.id]} == {"not_applicable"}
        assert ((decision.id,) in about(found, "never_applies")) == idle
        mine = tuple(one for one in found if one.decision == decision.id)
        won = {rule for full in fulls[decision.id] for rule in full.rules}
        lost = {(rule.id,) for rule in decision.rules if rule.id not in won and not idle}
        dead, never = about(mine, "dead_rule"), about(mine, "never_wins")
        assert (dead | never, dead & never) == (lost, set())
        for rule in decision.rules:
            applies = decision.applies_when or All(())
            when = All((rule.when, applies)) if rule.when else Any(())
            if (rule.id,) in lost:
                assert ((rule.id,) in never) == any(p.holds(when) for p in profiles)
        decided = {full.outcome for full in fulls[decision.id]}
        proposed = {c for full in fulls[decision.id] for c in full.candidates}
        rest = {o.id for o in decision.outcomes if not idle} - decided
        assert about(mine, "unreachable") == {(decision.id, o) for o in rest - proposed}
        assert about(mine, "only_proposed") == {(decision.id, o) for o in rest & proposed}


def less(ruleset: RuleSet, rule: Rule, beaten: str) -> RuleSet:
    """Give the rule set in which that rule does not outrank the other one."""
    left = tuple(one for one in rule.outranks if one != beaten)
    return with_rule(ruleset, rule.id, outranks=left)


@settings(max_examples=examples(100), deadline=None)
@given(rulesets(max_facts=3))
def test_what_makes_no_difference_is_found(ruleset: RuleSet) -> None:
    """An outranks, constraint or criterion is idle just where leaving it out changes nothing."""
    build(ruleset)
    found, base = verify(ruleset).findings, told(ruleset)
    profiles = list(possible(ruleset))
    assert about(found, "idle_constraint") == {
        (one.id,)
        for one in ruleset.constraints
        if told(
            replace(ruleset, constraints=tuple(o for o in ruleset.constraints if o is not one))
        ) == base
    }  # fmt: skip
    idle = {name for (name,) in about(found, "never_applies")}
    follows = {
        (rule.id, beaten)
        for decision in ruleset.decisions
        if decision.id not in idle
        for rule in decision.rules
        for beaten in rule.outranks
        if outranked_by(decision)
        == outranked_by(
            next(d for d in less(ruleset, rule, beaten).decisions if d.id == decision.id)
        )
    }
    assert (
        about(found, "idle_outranks")
        == {
            (rule.id, beaten)
            for decision in ruleset.decisions
            if decision.id not in idle
            for rule in decision.rules
            for beaten in rule.outranks
            if told(less(ruleset, rule, beaten)) == base
        }
        - follows
    )
    # One note for all that follows; what the author names is told one by one, to be accepted.
    deciding = {ruleset.decision_of[rule].id for rule, _ in follows}
    assert about(found, "implied_outranks") == {(name,) for name in deciding}
    named = tuple(Acceptance(str(n), "idle_outranks", p, BOTH) for n, p in enumerate(follows))
    again = verify(replace(ruleset, acceptances=named))
    assert about(again.accepted, "idle_outranks") == follows
    assert about(again.findings, "implied_outranks") == set()
    for criterion in ruleset.criteria:
        alike = []
        for when in (All(()), Any(())):
            criteria = (replace(c, when=when) if c is criterion else c for c in ruleset.criteria)
            alike.append(told(replace(ruleset, criteria=tuple(criteria))) == base)
        truths = [{True: 0, False: 1}[p.holds(criterion.when)] for p in profiles]
        constant = len(set(truths)) == 1 and alike[truths[0]]
        assert ((criterion.id,) in about(found, "idle_criterion")) == (constant or all(alike))
    assert about(found, "idle_flag") == {
        (flag.id,)
        for flag in ruleset.flags
        if flag.when is not None and len({p.holds(flag.when) for p in profiles}) == 1
    }


@settings(max_examples=examples(100), deadline=None)
@given(rulesets(max_facts=2))
def test_what_is_left_of_ranks_without_an_outranks(ruleset: RuleSet) -> None:
    """Just the rules are named that fewer rules outrank, as if it had not been written."""
    for decision in ruleset.decisions:
        ranks = Ranks(decision)
        for rule in decision.rules:
            for loser in rule.outranks:
                left = tuple(one for one in rule.outranks if one != loser)
                other = with_rule(ruleset, rule.id, outranks=left).decision[decision.id]
                fewer = outranked_by(other)
                assert dict(ranks.without(rule.id, loser)) == {
                    one: above for one, above in fewer.items() if above != ranks.beaten[one]
                }


def test_an_outranks_that_leaves_a_candidate_out_is_not_idle() -> None:
    """Where two rules overlap anyway, one that is outranked would name one more, or none."""
    rules = door(["A", "B", "C"], a_rule(0, "A"), a_rule(1, "C"), a_rule(2, "B"))
    for rule in ("r1", "r2"):
        rules = with_rule(rules, rule, when=FactIs("f0", set_of_bits(2)))
    rules = with_rule(rules, "r0", outranks=("r1",))
    assert about(verify(rules).findings, "idle_outranks") == set()
    named = with_rule(rules, "r1", then="B")
    assert about(verify(named).findings, "idle_outranks") == {("r0", "r1")}


def test_rules_that_never_apply_outrank_in_vain() -> None:
    """Also where the decision has just one answer."""
    ruleset = with_rule(door(["A"], a_rule(0, "A"), a_rule(1, "A")), "r0", outranks=("r1",))
    for rule in ("r0", "r1"):
        ruleset = with_rule(ruleset, rule, when=Any(()))
    assert about(verify(ruleset).findings, "idle_outranks") == {("r0", "r1")}


@settings(max_examples=examples(100), deadline=None)
@given(rulesets(max_facts=4))
def test_idle_facts_change_no_answer_by_themselves(ruleset: RuleSet) -> None:
    """And a fact that is not told, and not tied by constraints to what is read, changes one."""
    build(ruleset)
    answers = told(ruleset)
    read = {fact for d in ruleset.decisions for fact in facts_read(ruleset, d.id)}
    read |= {fact for f in ruleset.flags if f.when for fact in facts_of(ruleset, f.when)}
    tied = {f for one in ruleset.constraints for f in facts_of(ruleset, one.forbids)}
    idle = {name for (name,) in about(verify(ruleset).findings, "idle_fact")}
    for number, fact in enumerate(ruleset.facts):
        alike: dict[tuple[int, ...], list[object]] = {}
        for facts, answer in answers.items():
            alike.setdefault(facts[:number] + facts[number + 1 :], []).append(answer)
        changes = any(some.count(some[0]) != len(some) for some in alike.values())
        if fact.id in idle:
            assert not changes
        elif fact.id not in tied:
            assert changes


@st.composite
def expecting(draw: st.DrawFn) -> RuleSet:
    """Draw a rule set that expects something."""
    ruleset = draw(rulesets(max_facts=3))
    decision = draw(st.sampled_from(ruleset.decisions))
    answers = [*(outcome.id for outcome in decision.outcomes), "review", "not_applicable"]
    some = st.lists(st.sampled_from(answers), min_size=1, max_size=2, unique=True).map(tuple)
    when = draw(st.none() | conditions(ruleset.facts, ruleset.criteria, ruleset.decisions))
    base = Expectation("e", BOTH, decision.id, when)
    kind = draw(st.sampled_from(["never", "always", "to", "from", "along"]))
    if kind in ("never", "always"):
        one = replace(base, when=when or All(()))
        one = replace(one, never=draw(some)) if kind == "never" else replace(one, always=draw(some))
        return replace(ruleset, expectations=(one,))
    fact = draw(st.sampled_from(ruleset.facts))
    values = list(fact.domain.values)
    subsets = st.lists(st.sampled_from(values), min_size=1, unique=True).map(tuple)
    change = Change(fact.id, draw(subsets), draw(subsets))
    if draw(st.booleans()):
        change = Change(fact.id)
    if kind == "along":
        order = tuple(draw(st.permutations(answers)))[:3]
        return replace(ruleset, expectations=(replace(base, change=change, along=order),))
    source = draw(some) if kind == "from" else ()
    one = replace(base, change=change, never=draw(some), never_from=source)
    return replace(ruleset, expectations=(one,))


def moves(ruleset: RuleSet, change: Change) -> Iterator[tuple[FullProfile, FullProfile]]:
    """Yield every two possible profiles that a change leads from and to."""
    place = [fact.id for fact in ruleset.facts].index(change.fact)
    domain = ruleset.facts[place].domain
    for before in possible(ruleset):
        old = before.facts[change.fact]
        for new in range(domain.size):
            if change.before:
                told = domain.value(old) in change.before and domain.value(new) in change.after
            else:
                told = new > old
            after = FullProfile(ruleset, {**before.facts, change.fact: new}).decide()
            if told and new != old and allowed(after):
                yield before, after


def unexpected(one: Expectation, old: str, new: str) -> bool:
    """Say whether a change of answer is not expected, in other words than the checks do."""
    if one.along:
        known = {answer: number for number, answer in enumerate(one.along)}
        return known.get(new, 9) < known.get(old, -9)
    sources = set(one.never_from) if one.never_from else {old} - set(one.never)
    return old in sources - {new} and new in one.never


@pytest.mark.gate
@settings(max_examples=examples(200), deadline=None)
@given(expecting())
def test_expectations_hold_just_where_no_profile_breaks_them(ruleset: RuleSet) -> None:
    """On every profile, and over every change; what is looked at and what breaks it is counted."""
    build(ruleset)
    (one,) = ruleset.expectations
    when = one.when or All(())
    verification = verify(ruleset)
    found = [f for f in verification.findings if f.kind.endswith("_expectation")]
    if one.change is None:
        seen = [p.verdicts[one.decision].key for p in possible(ruleset) if p.holds(when)]
        bad = [key for key in seen if key in one.never or key not in (one.always or [key])]
    else:
        both = [
            (old.verdicts[one.decision].key, new.verdicts[one.decision].key)
            for old, new in moves(ruleset, one.change)
            if old.holds(when) and new.holds(when)
        ]
        seen = [new for _, new in both]
        bad = [new for old, new in both if unexpected(one, old, new)]
    if bad:
        assert [(f.kind, f.covers.profiles) for f in found] == [("broken_expectation", len(bad))]
        return
    # A change within a cell is none: it counts for nothing, and can change no answer.
    assert [f.kind for f in found] in ([], ["idle_expectation"])
    (covers,) = [k.covers.profiles for k in verification.kept] or [0]
    assert covers <= len(seen)
    if one.change is None or one.change.before:
        assert bool(covers) == bool(seen) or one.change is not None
    if one.change is None:
        assert covers == len(seen)


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(rulesets(max_facts=4))
def test_proofs_count_every_profile_once(ruleset: RuleSet) -> None:
    """The answers of a proof add up to the consistent profiles, of which all decisions have one."""
    build(ruleset)
    profiles = list(possible(ruleset))
    proofs = verify(ruleset).proofs
    for proof in proofs:
        assert sum(proof.answers.values()) == proof.combinations > 0
        keys = [profile.verdicts[proof.decision].key for profile in profiles]
        assert proof.profiles == {key: keys.count(key) for key in proof.profiles}
    assert len({proof.combinations for proof in proofs}) == 1


@pytest.mark.gate
def test_the_shipped_policy_leaves_nothing_over(rijswijk: RuleSet) -> None:
    """On every consistent profile exactly one outcome or one review rule answers."""
    found = verify(rijswijk)
    assert found.findings == ()
    assert {one.kind for one in found.accepted} == {"idle_outranks"}
    assert [one.expectation for one in found.kept] == [one.id for one in rijswijk.expectations]
    assert {proof.combinations for proof in found.proofs} == {551_124_000}


@pytest.mark.gate
@pytest.mark.parametrize("dropped", ["one_serious_problem", "not_willing", "route_a", "path_2"])
def test_a_dropped_rule_leaves_a_gap(rijswijk: RuleSet, dropped: str) -> None:
    """Where one of its rules never applies the policy has a gap, and `verify` finds it."""
    bare = replace(rijswijk, expectations=(), constraints=())
    found = verify(with_rule(bare, dropped, when=Any(()))).findings
    assert "gap" in {one.kind for one in found}


@pytest.mark.gate
def test_what_is_too_large_is_said_to_be(rijswijk: RuleSet) -> None:
    """What was not looked through is a finding, never a proof; nothing is called stale then."""
    for budget in (3, 60, 400, 1000, 1300):
        found = verify(rijswijk, budget)
        kinds = {one.kind for one in found.findings}
        assert "undetermined" in kinds
        assert "stale_acceptance" not in kinds
        assert not found.clean
        asked = len(rijswijk.decisions) + len(rijswijk.expectations)
        if budget < 700:
            assert len(found.proofs) + len(found.kept) < asked


@pytest.mark.gate
def test_acceptances_hide_what_they_name_and_nothing_else(rijswijk: RuleSet) -> None:
    """Errors cannot be accepted, and an acceptance of what is not there is a finding."""
    rule = rijswijk.rule["scope_wsp"]
    extra = Acceptance("extra", "dead_rule", (rule.id,), BOTH)
    found = verify(replace(rijswijk, acceptances=(*rijswijk.acceptances, extra)))
    assert [(one.kind, one.about) for one in found.findings] == [("stale_acceptance", ("extra",))]
    assert verify(replace(rijswijk, acceptances=())).accepted == ()
    # Four of the five that are named follow from others: unnamed they are a note per decision.
    bare = verify(replace(rijswijk, acceptances=())).findings
    assert about(bare, "idle_outranks") == {("scope_interim_group", "scope_wsp")}
    assert about(bare, "implied_outranks") == {("scope",), ("route",)}


def test_a_fact_that_only_changes_candidates_is_not_idle() -> None:
    """Two rules overlap, and a fact decides whether a third one does too: nothing else."""
    both = All((FactIs("f0", set_of_bits(2)), FactIs("f1", set_of_bits(2))))
    made = door(["x", "y", "z"], a_rule(0, "x"), a_rule(1, "y"), a_rule(2, "z"))
    made = with_rule(made, "r1", when=FactIs("f0", set_of_bits(2)))
    third = with_rule(made, "r2", when=both)
    assert about(verify(third).findings, "idle_fact") == {("f2",)}
    again = with_rule(third, "r2", then="x")
    assert about(verify(again).findings, "idle_fact") == {("f1",), ("f2",)}


def test_an_outranks_that_keeps_a_candidate_away_is_not_in_vain() -> None:
    """Two rules overlap, and one of them keeps a third one from being proposed besides."""
    made = door(["x", "y", "z"], a_rule(0, "x"), a_rule(1, "y"), a_rule(2, "z"))
    made = with_rule(made, "r1", when=FactIs("f0", set_of_bits(2)))
    both = All((FactIs("f0", set_of_bits(2)), FactIs("f1", set_of_bits(2))))
    made = with_rule(with_rule(made, "r2", when=both), "r0", outranks=("r2",))
    assert about(verify(made).findings, "idle_outranks") == set()
    again = with_rule(made, "r2", then="y")
    assert about(verify(again).findings, "idle_outranks") == {("r0", "r2")}


def test_an_outranks_between_rules_that_never_meet_is_in_vain() -> None:
    """Also where the answer is the same for everybody, and one of the rules is `otherwise`."""
    made = door(["x"], a_rule(0, "x"), a_rule(None, Review(())), a_rule(1, "x"))
    made = with_rule(with_rule(made, "r0", outranks=("otherwise",)), "otherwise", outranks=("r1",))
    made = with_rule(made, "r1", when=FactIs("f0", set_of_bits(1)))
    found = about(verify(made).findings, "idle_outranks")
    assert found == {("r0", "otherwise"), ("otherwise", "r1")}


def test_few_constraints_are_blamed_where_nothing_is_possible(rijswijk: RuleSet) -> None:
    """Of the constraints that share facts just those are named that exclude everything."""
    able = FactIs("able_to_participate", set_of_bits(2))
    more = tuple(
        Constraint(name, forbids, BOTH, GROUNDS)
        for name, forbids in (("one", able), ("two", Not(able)))
    )
    found = verify(replace(rijswijk, constraints=(*rijswijk.constraints, *more)))
    assert [(one.kind, one.about) for one in found.findings] == [
        ("nothing_possible", ("one", "two"))
    ]
    assert "`one`, `two` exclude everything" in found.findings[0].message
    assert found.proofs == ()


def test_a_number_that_nothing_tells_apart_cannot_be_expected_of(rijswijk: RuleSet) -> None:
    """A change that no condition can notice makes an expectation that says nothing."""
    fact = replace(rijswijk.facts[0], id="unasked", domain=IntegerDomain(0, 9))
    one = Expectation("e", BOTH, "route", change=Change("unasked"), never=("A",))
    found = verify(replace(rijswijk, facts=(*rijswijk.facts, fact), expectations=(one,)))
    told = [f.message for f in found.findings if f.kind == "idle_expectation"]
    assert told == [
        "expectation `e` speaks of no profile: no condition tells the values of `unasked` apart"
    ]


def test_what_serves_something_else_is_not_idle(rijswijk: RuleSet) -> None:
    """A fact that evidence sets or progression follows, and a criterion that is expected."""
    kept = {"conversation_held", "rung"}
    facts = tuple(fact for fact in rijswijk.facts if fact.id in kept)
    able = Criterion("held", FactIs("conversation_held", set_of_bits(2)), BOTH, GROUNDS)
    decision = replace(rijswijk.decisions[0], rules=(), applies_when=None)
    bare = replace(
        rijswijk, facts=facts, criteria=(able,), decisions=(decision,), constraints=(), flags=(),
        acceptances=(), expectations=(),
    )  # fmt: skip
    assert about(verify(bare).findings, "idle_fact") == set()
    assert about(verify(bare).findings, "idle_criterion") == {("held",)}
    alone = replace(bare, evidence=None, follow_up=None)
    assert about(verify(alone).findings, "idle_fact") == {("conversation_held",), ("rung",)}
    one = Expectation("e", BOTH, "scope", CriterionIs("held"), always=("review",))
    held = verify(replace(alone, expectations=(one,)))
    assert about(held.findings, "idle_fact") == {("rung",)}
    assert about(held.findings, "idle_criterion") == set()
    assert [type(k) for k in held.kept] == [Kept]


def test_a_witness_that_shows_nothing_is_never_reported(
    rijswijk: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The witness is replayed by the reference evaluator; a false one is a fault of ours."""
    decisions = tuple(replace(decision, rules=()) for decision in rijswijk.decisions[:1])
    broken = replace(
        rijswijk, decisions=decisions, flags=(), expectations=(), acceptances=(), criteria=(),
        constraints=(), follow_up=None,
    )  # fmt: skip
    (gap,) = [one for one in verify(broken).findings if one.kind == "gap"]
    subject = Analysis(broken)
    with pytest.raises(AssertionError, match="does not show the finding"):
        subject.replay({}, lambda profile: False)
    tied = Analysis(rijswijk)
    full = {fact.id: 0 for fact in rijswijk.facts} | {"at_maximum": 1}
    with pytest.raises(AssertionError, match="breaks a constraint"):
        tied.replay(full, lambda profile: True)
    confined = tied.decisions["scope"]
    assert confined is not None
    with pytest.raises(AssertionError, match="has no witness"):
        tied.add_witness(gap, lambda: confined, lambda value: False, lambda profile: True)


def test_the_reference_evaluator_says_when_it_is_out_of_its_depth(rijswijk: RuleSet) -> None:
    """Past its limit of completions it raises rather than run on."""
    unknown = {fact.id: Known(fact.domain.full) for fact in rijswijk.facts}
    with pytest.raises(BudgetError, match="use the lanes executor"):
        ReferenceExecutor(rijswijk).evaluate(unknown)
