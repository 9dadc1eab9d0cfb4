"""Mutants, which of them are equivalent, and which the cases let through."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import examples
from generated import BOTH, GROUNDS, a_fact, rulesets
from mutation.small import ABLE, HIGH, KEEN, MILD, SMALL, WEAK, cases
from routeengine import Engine
from routeengine.cases import load_cases
from routeengine.errors import BudgetError, RuleSetError, UsageError
from routeengine.mutation import (
    Mutant,
    MutationReport,
    Survivor,
    mutants,
    mutate,
    run,
    witness_against,
)
from routeengine.mutation import witness as witness_module
from routeengine.mutation.witness import describe_difference, missing_cases
from routeengine.profile import OneOf
from routeengine.ruleset.checks import check
from routeengine.ruleset.conditions import All, Any, AtLeast, FactIs, Not
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Flag, RuleSet
from routeengine.value_set import set_of_bits
from routeengine.verification.comparison import Comparison

CASES = Path(__file__).parents[2] / "fixtures/cases"


def told(some: tuple[Mutant, ...]) -> list[str]:
    """Give what was changed in each mutant."""
    return [f"{one.where}: {one.what}" for one in some]


def states(ruleset: RuleSet) -> list[dict[str, object]]:
    """List everything that can be known of a client: any set of values of each fact."""
    options = []
    for fact in ruleset.facts:
        values = list(fact.domain.values)
        sets = range(1, 1 << len(values))
        options.append([OneOf(v for n, v in enumerate(values) if some >> n & 1) for some in sets])
    names = [fact.id for fact in ruleset.facts]
    return [dict(zip(names, choice, strict=True)) for choice in product(*options)]


def differ(old: Engine, new: Engine) -> bool:
    """Try everything that can be known of a client; the order of questions is left aside."""
    return any(told_of(old, one) != told_of(new, one) for one in states(old.ruleset))


def told_of(engine: Engine, profile: dict[str, object]) -> object:
    """Give all that is answered, questions in any order."""
    result = engine.classify(profile)
    verdicts = [
        (set(one.missing), one.status, one.outcome, one.rule, one.rules, one.reason,
         one.candidates, one.possible, one.conflict)
        for one in result.verdicts.values()
    ]  # fmt: skip
    return verdicts, result.flags, result.flags_possible


def some_of_each_kind(ruleset: RuleSet) -> st.SearchStrategy[tuple[Mutant, ...]]:
    """Draw a mutant of each kind that there is."""
    kinds: dict[str, list[Mutant]] = {}
    for mutant in mutants(ruleset):
        kinds.setdefault(mutant.kind, []).append(mutant)
    return st.tuples(*(st.sampled_from(some) for some in kinds.values()))


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_equivalent_is_what_answers_everything_alike(data: st.DataObject) -> None:
    """A mutant has no witness just where it answers every state of knowledge as the rules do."""
    ruleset = data.draw(rulesets(max_facts=3))
    assume(len(states(ruleset)) < 500)
    try:
        old = Engine(ruleset)
    except RuleSetError:
        assume(False)
    for mutant in data.draw(some_of_each_kind(ruleset)):
        try:
            new = Engine(mutant.ruleset)
        except RuleSetError:
            with pytest.raises(RuleSetError):
                witness_against(old, mutant.ruleset)
            continue
        witness = witness_against(old, mutant.ruleset)
        assert (witness is not None) == differ(old, new), mutant
        if witness is not None:
            assert witness.old.answer == old.classify(witness.profile).answer
            assert witness.new.answer == new.classify(witness.profile).answer
            assert witness.old.answer != witness.new.answer


def test_the_survivors_of_a_small_rule_set(tmp_path: Path) -> None:
    """Just these go unnoticed, and just these cannot be noticed."""
    steps = Counter[str]()
    report = mutate(SMALL, cases(tmp_path, WEAK), progress=lambda: steps.update(["step"]))
    assert told(tuple(one.mutant for one in report.survivors)) == [
        "constraint `keen_is_able`: `not: able` is left out",
        "criterion `ready`: `level: {at_least: 3}` is left out",
        "criterion `ready`: `level: {at_least: 3}` becomes `level: {at_least: 2}`",
        "rule `debts_first`: `able` is left out",
        "rule `debts_first`: `debt: serious` becomes `debt: [mild, serious]`",
        "flag `keen_yet`: `keen` is left out",
        "flag `keen_yet`: `keen` is turned into its opposite",
        "flag `keen_yet`: `debt: none` becomes `debt: [none, mild]`",
        "constraint `keen_is_able`: is taken out",
        "rule `debts_first`: does not outrank `start`",
    ]
    assert told(report.equivalent) == [
        "rule `start`: outranks `later` too",
        "rule `debts_first`: outranks `later` too",
        "rule `later`: outranks `start` too",
        "rule `later`: outranks `debts_first` too",
    ]
    every = len(list(mutants(SMALL)))
    assert steps["step"] == every
    assert report.counted == len(report.killed) + 10 == every - 4
    assert report.score == len(report.killed) / report.counted
    assert not report.passed


def test_what_each_survivor_answers_otherwise_is_told(tmp_path: Path) -> None:
    """By outcome and rule, else by the first field that differs."""
    report = mutate(SMALL, cases(tmp_path, WEAK))
    told = [describe_difference(one.witness) for one in report.survivors]
    assert told[0] == "flags is [keen_yet], and would be []"
    assert told[1] == "next is wait by later, and would be go by start"
    assert told[8] == "next is review by contradiction, and would be wait by later"
    assert told[9] == "next is review by debts_first, and would be review by start or debts_first"


def test_the_cases_that_are_proposed_kill_what_was_left(tmp_path: Path) -> None:
    """Pasted as they stand they load and pass, and with them no mutant goes unnoticed."""
    report = mutate(SMALL, cases(tmp_path, WEAK))
    text = WEAK + missing_cases(SMALL, report.survivors).removeprefix("cases:\n")
    assert mutate(SMALL, cases(tmp_path, text)).passed


@pytest.mark.gate
def test_few_cases_are_proposed_for_many_mutants(tmp_path: Path) -> None:
    """A profile that tells one mutant is tried on the next before another is looked for."""
    report = mutate(SMALL, ())
    text = missing_cases(SMALL, report.survivors)
    assert text.count("missing_case_") < len(report.survivors) / 2
    assert mutate(SMALL, cases(tmp_path, text)).passed


@pytest.mark.gate
@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_what_is_proposed_kills_what_it_is_proposed_for(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On any rule set the cases load and pass, and none of the mutants passes them."""
    ruleset = data.draw(rulesets(max_facts=3))
    some = data.draw(some_of_each_kind(ruleset))
    try:
        report = mutate(ruleset, (), some)
    except RuleSetError:
        assume(False)
    assert not report.killed
    if report.survivors:
        text = missing_cases(ruleset, report.survivors)
        proposed = cases(tmp_path_factory.mktemp("cases"), text, ruleset)
        again = mutate(ruleset, proposed, [one.mutant for one in report.survivors])
        assert again.passed
        assert len(again.killed) == len(report.survivors)


def test_a_failing_case_comes_first(tmp_path: Path) -> None:
    """Mutants say nothing while the rules and the cases do not agree."""
    wrong = "cases: {one: {facts: {able: false}, expect: {next: go}}}"
    with pytest.raises(UsageError, match="a case fails on the rule set as it is"):
        mutate(SMALL, cases(tmp_path, wrong))


def test_what_is_too_large_to_compare_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless a case notices it, it counts as not noticed: nothing was shown of it."""
    unknown = "  anybody: {facts: {able: true}, expect: {next: {status: insufficient}}}\n"
    full = mutate(SMALL, cases(tmp_path, WEAK + unknown))
    monkeypatch.setattr(run, "Comparison", partial(Comparison, budget=12))
    report = mutate(SMALL, cases(tmp_path, WEAK + unknown))
    assert report.undetermined
    assert not report.survivors
    assert set(told(report.killed)) == set(told(full.killed))
    assert report.counted == len(report.killed) + len(report.undetermined)
    assert not report.passed


def test_what_excludes_everybody_is_no_mutant() -> None:
    """Constraints that leave no client make no rule set, so there is nothing to notice."""
    (idle,) = SMALL.constraints
    never = replace(SMALL, constraints=(replace(idle, forbids=All((ABLE, Not(ABLE)))),))
    everybody = "`all` becomes `any` in `all: [able, {not: able}]`"
    assert everybody in [one.what for one in mutants(never)]
    report = mutate(never, ())
    left = (*report.killed, *report.equivalent, *report.undetermined)
    left += tuple(survivor.mutant for survivor in report.survivors)
    assert everybody not in [one.what for one in left]


def reading_keen(ruleset: RuleSet) -> RuleSet:
    """Make the criterion name one fact more, in a way that never makes a difference."""
    (ready,) = ruleset.criteria
    idle = All((ready.when, Any((KEEN, Not(KEEN)))))
    return replace(ruleset, criteria=(replace(ready, when=idle),))


def test_facts_that_are_read_besides_are_told_where_they_can_be() -> None:
    """Reading one more fact matters where it is the only one read of those that clash."""
    assert witness_against(Engine(SMALL), reading_keen(SMALL)) is None
    (ready,) = SMALL.criteria
    (decision,) = SMALL.decisions
    start, _, later = decision.rules
    unread = replace(
        SMALL,
        criteria=(replace(ready, when=HIGH),),
        decisions=(replace(decision, rules=(start, later)),),
        flags=(),
    )
    witness = witness_against(Engine(unread), reading_keen(unread))
    assert witness is not None
    assert repr(witness) == "Witness(old: Result(next: wait), new: Result(next: review))"
    assert witness.old.verdicts["next"].reason is None
    assert witness.new.verdicts["next"].reason == "contradiction"


def with_more(ruleset: RuleSet, number: int) -> tuple[RuleSet, tuple[FactIs, ...]]:
    """Add so many yes-or-no facts, and return that each is so."""
    more = tuple(a_fact(f"more{place}", BooleanDomain()) for place in range(number))
    return replace(ruleset, facts=(*ruleset.facts, *more)), tuple(
        FactIs(f.id, set_of_bits(2)) for f in more
    )


def test_a_flag_shows_what_a_constraint_no_longer_says() -> None:
    """Where no decision reads the facts that it ties, a flag may depend on what it leaves open."""
    evidence = Flag("old_evidence", BOTH, None, GROUNDS)
    bare = replace(
        SMALL,
        decisions=(replace(SMALL.decisions[0], rules=SMALL.decisions[0].rules[2:]),),
        constraints=(replace(SMALL.constraints[0], forbids=All((KEEN, MILD))),),
        flags=(evidence, replace(SMALL.flags[0], when=All((Not(KEEN), ABLE)))),
    )
    without = replace(bare, constraints=())
    witness = witness_against(Engine(bare), without)
    assert witness is not None
    assert (witness.old.flags, witness.new.flags_possible) == (("keen_yet",), ("keen_yet",))
    survivor = Survivor(next(mutants(SMALL)), witness)
    assert "expect:\n      flags: [keen_yet]" in missing_cases(SMALL, [survivor])
    some = replace(witness, profile={"debt": OneOf(["mild", "serious"])})
    text = missing_cases(SMALL, [replace(survivor, witness=some)])
    assert "{able: null, keen: null, level: null, debt: {one_of: [mild, serious]}}" in text
    # Ten facts, each yes, no or unknown, have 59,049 states.
    ruleset, more = with_more(bare, 10)
    wide = replace(ruleset, flags=(replace(bare.flags[1], when=All((Not(KEEN), *more))),))
    with pytest.raises(BudgetError, match="more than 50000 states of what a flag depends on"):
        witness_against(Engine(wide), replace(wide, constraints=()))


@pytest.mark.gate
def test_coupled_facts_beyond_the_limit_are_said() -> None:
    """What cannot be true together is not looked for without end: any 9 of 19 are 92,378 sets."""
    ruleset, more = with_more(SMALL, 19)
    many = replace(SMALL.constraints[0], id="many", forbids=AtLeast(9, more))
    tied = replace(ruleset, constraints=(*SMALL.constraints, many))
    with pytest.raises(BudgetError, match="too much cannot be true together"):
        witness_against(Engine(tied), reading_keen(tied))


def test_nothing_is_claimed_that_was_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A witness that both answer alike when it is tried is an error of the library."""
    other = next(mutants(SMALL)).ruleset
    monkeypatch.setattr(witness_module, "differing", lambda *_: iter(()))
    assert witness_against(Engine(SMALL), other) is None
    dull = next(one for one in mutants(SMALL) if one.what == "`able` is left out")
    assert repr(dull) == "Mutant(criterion `ready`: `able` is left out)"
    assert str(dull) == f"{dull.place}: criterion `ready`: `able` is left out"
    with pytest.raises(AssertionError, match="please report it"):
        witness_against(Engine(SMALL), dull.ruleset)


@pytest.mark.gate
def test_every_mutant_is_a_sound_rule_set(rijswijk: RuleSet) -> None:
    """It could have been written so, but for what speaks of a rule that is gone."""
    some = list(mutants(rijswijk))
    assert len(some) > 500
    for mutant in some[::30]:
        assert {flaw.path[0] for flaw in check(mutant.ruleset)} <= {"accept", "words"}, mutant


def test_no_mutant_is_the_rule_set_itself(rijswijk: RuleSet) -> None:
    """Each has something changed, at a place in the files, and no two of a part are the same."""
    some = list(mutants(rijswijk))
    assert all(mutant.ruleset != rijswijk for mutant in some)
    assert all(mutant.place.line > 0 for mutant in some)
    assert len({(mutant.where, mutant.what) for mutant in some}) > 0.97 * len(some)


@pytest.mark.gate
def test_the_shipped_cases_notice_every_tenth_mutant(rijswijk: RuleSet) -> None:
    """A share of what `routeengine test --mutate` shows in full."""
    report = mutate(rijswijk, load_cases(CASES, rijswijk), list(mutants(rijswijk))[::10])
    assert report.passed
    assert len(report.killed) > 50


def test_no_mutants_is_a_full_score() -> None:
    """Nothing to notice is nothing missed."""
    report = MutationReport((), (), (), ())
    assert report.passed
    assert report.score == 1
