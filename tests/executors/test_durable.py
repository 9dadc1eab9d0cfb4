"""The durable executor: the rules fire in durable_rules, and say what the reference says."""

from __future__ import annotations

import gc
import json
import pickle
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import examples
from executors.durable_there import absent
from executors.soak_durable import soak
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets, states
from required import required
from routeengine import Engine, load_ruleset
from routeengine.caseload import open_caseload
from routeengine.errors import BudgetError, RuleSetError
from routeengine.executors.durable import DurableExecutor, durable_fields, program, to_durable
from routeengine.executors.durable.program import MAX_STAGE_FIELDS, MAX_STAGE_ITEMS, Program
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import FullProfile, ReferenceExecutor
from routeengine.profile import Known, State, read_profile
from routeengine.ruleset.conditions import All, FactIs
from routeengine.ruleset.conditions import Any as AnyOf
from routeengine.ruleset.domains import BooleanDomain, IntegerDomain
from routeengine.ruleset.model import Constraint, Decision, Outcome, Rule, RuleSet
from routeengine.value_set import set_of_bits
from urgency import urgency

required("durable", absent())

CASELOAD = Path(__file__).parents[2] / "fixtures/caseload.csv"

FIRST = {
    "rung": 1, "receives_benefit": True, "current_service": "participation",
    "finances": "serious", "mental_health": "serious", "able_to_participate": True,
    "can_start_soon": False, "at_maximum": False,
}  # fmt: skip
"""The first profile of the README."""


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_durable_says_what_the_reference_says(data: st.DataObject) -> None:
    """Every field of every verdict and both tuples of flags, for whatever is known."""
    ruleset = data.draw(rulesets(max_facts=4))
    try:
        LanesExecutor(ruleset)
    except RuleSetError:
        assume(False)
    durable, reference = DurableExecutor(ruleset, limit=5_000), ReferenceExecutor(ruleset)
    for _ in range(2):
        state = data.draw(states(ruleset))
        expected = reference.evaluate(state)
        assert durable.evaluate(state) == expected
        assert durable.inspect(state).answer == expected
        name = ruleset.decisions[0].id
        assert durable.possible(state, name) == expected.verdicts[name].possible
    assert durable.exact
    assert reference.exact


@pytest.mark.gate
def test_the_caseload_fires_the_same_rules(rijswijk: RuleSet) -> None:
    """Of the made caseload whoever is not refused gets the same answer; nearly nobody is."""
    durable, lanes = DurableExecutor(rijswijk, limit=64), LanesExecutor(rijswijk)
    with open_caseload(CASELOAD, rijswijk) as caseload:
        profiles = [row.profile for row in caseload if row.profile is not None]
    given_ = [read_profile(rijswijk, one) for one in profiles[:: 1 if examples(10) > 5 else 4]]
    refused = 0
    for state in given_:
        try:
            assert durable.evaluate(state) == lanes.evaluate(state)
        except BudgetError:
            refused += 1
    assert refused < len(given_) / 50


def test_what_is_certain_needs_no_listing(rijswijk: RuleSet) -> None:
    """Where no rule is open a profile is answered, however much is unknown."""
    engine = Engine(rijswijk, executor="durable")
    result = engine.classify({"current_service": "wsp_interim_group", "conversation_held": False})
    assert result.verdicts["scope"].outcome == "interim_group"
    assert result.verdicts["route"].status == "not_applicable"


def test_what_leaves_too_much_open_is_refused(rijswijk: RuleSet) -> None:
    """Nothing is guessed: the empty profile is refused, in words that say what to do."""
    with pytest.raises(BudgetError, match="or use the executor `lanes`"):
        Engine(rijswijk, executor="durable").classify({})


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_what_it_refuses_the_fallback_answers_and_is_named(data: st.DataObject) -> None:
    """With a fallback nothing is refused; the answer is that of the lanes where they gave it."""
    ruleset = data.draw(rulesets(max_facts=4))
    try:
        lanes = LanesExecutor(ruleset)
    except RuleSetError:
        assume(False)
    strict = DurableExecutor(ruleset, limit=data.draw(st.sampled_from([1, 4])))
    kind = DurableExecutor(ruleset, limit=strict.limit, fallback="lanes")
    state = data.draw(states(ruleset))
    try:
        refused = strict.evaluate(state).executor is None
    except BudgetError:
        refused = True
    answer = kind.evaluate(state)
    assert answer == lanes.evaluate(state)
    assert answer.executor == ("lanes" if refused else "durable")


def test_only_what_is_open_is_listed(rijswijk: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a decision that is settled nothing is listed; of an open one, what it still hangs on."""
    listed: list[int] = []
    durable = DurableExecutor(rijswijk)
    complete = durable.completions

    def counting(state: State) -> list[FullProfile]:
        found = complete(state)
        listed.append(len(found))
        return found

    monkeypatch.setattr(durable, "completions", counting)
    durable.evaluate(read_profile(rijswijk, FIRST))
    assert max(listed) == 1_280
    assert sorted(listed)[-2] == 40  # all facts that it leaves open make 2 million
    listed.clear()
    durable.evaluate(read_profile(rijswijk, {"current_service": "wsp", "conversation_held": True}))
    assert not listed


@pytest.mark.gate
def test_the_first_example_of_the_readme_works_by_it(
    capsys: pytest.CaptureFixture[str], rijswijk: RuleSet
) -> None:
    """The same lines, and each result says who answered: durable_rules, and no fallback."""
    readme = (CASELOAD.parents[1] / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    asked = 'Engine(load_ruleset("rijswijk-2023"))'
    assert block.count(asked) == 1
    block = block.replace(asked, 'Engine(load_ruleset("rijswijk-2023"), executor="durable")')
    names: dict[str, Any] = {}
    exec(compile(block, "README.md", "exec"), names)
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"^print\(.*\)\n# (.*)$", block, re.MULTILINE)
    assert printed[: len(promised)] == promised
    assert names["result"].executor == "durable"
    explained = Engine(rijswijk).explain(names["result"].profile, lang="en").to_text()
    assert "\n".join(printed[len(promised) :]) == explained


@pytest.mark.parametrize("clashing", [10, 2])
def test_a_full_profile_that_clashes_is_answered_however_many_facts_are_coupled(
    clashing: int,
) -> None:
    """The limit is one of completions: what coupled facts can be, and compare with, is none."""
    if clashing == 10:
        facts = tuple(a_fact(f"f{number}", BooleanDomain()) for number in range(10))
        forbidden = [All(tuple(FactIs(fact.id, set_of_bits(2)) for fact in facts))]
        state = {fact.id: Known(set_of_bits(2)) for fact in facts}
    else:  # neighbours of seven may not both be 1, and not both be 2: the first two are
        facts = tuple(a_fact(f"f{number}", IntegerDomain(0, 2)) for number in range(7))
        pairs = list(pairwise(fact.id for fact in facts))
        forbidden = [
            All((FactIs(one, set_of_bits(1 << n)), FactIs(other, set_of_bits(1 << n))))
            for one, other in pairs
            for n in (1, 2)
        ]
        values = zip(facts, (2, 2, 0, 1, 0, 1, 0), strict=True)
        state = {fact.id: Known(set_of_bits(1 << value)) for fact, value in values}
    decision = Decision(
        "d",
        BOTH,
        (Outcome("yes", BOTH, BOTH),),
        (Rule("r", forbidden[0], "yes", BOTH, BOTH, GROUNDS),),
    )
    constraints = tuple(
        Constraint(f"k{number}", one, BOTH, GROUNDS) for number, one in enumerate(forbidden)
    )
    ruleset = build_ruleset("c", facts=facts, decisions=(decision,), constraints=constraints)
    expected = ReferenceExecutor(ruleset).evaluate(state)
    assert len(expected.verdicts["d"].conflict) == clashing
    assert DurableExecutor(ruleset).evaluate(state) == expected


def test_an_engine_explains_by_durable_too(rijswijk: RuleSet) -> None:
    """The closer look is taken by the lanes, to the same answer."""
    profile = {"current_service": "wsp_interim_group", "rung": 2, "receives_benefit": True}
    durable, lanes = Engine(rijswijk, executor="durable"), Engine(rijswijk)
    assert durable.explain(profile).to_text() == lanes.explain(profile).to_text()
    again = pickle.loads(pickle.dumps(durable))
    assert again.classify(profile) == durable.classify(profile)
    assert [one.verdicts for one in again.classify_many([profile])] == [
        lanes.classify(profile).verdicts
    ]


def test_no_thread_is_left_and_threads_may_share_it(rijswijk: RuleSet) -> None:
    """A host of the package starts two threads; ours starts none, and answers one at a time."""
    before = threading.active_count()
    durable, lanes = DurableExecutor(rijswijk), LanesExecutor(rijswijk)
    assert threading.active_count() == before
    with open_caseload(CASELOAD, rijswijk) as caseload:
        rows = [row.profile for row in caseload if row.profile is not None][:40]
    given_ = [read_profile(rijswijk, {"willing": False, **row}) for row in rows]
    plain = [s for s in given_ if all(k.allowed.is_single for k in s.values())]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(durable.evaluate, plain)) == list(map(lanes.evaluate, plain))


def test_a_message_that_is_not_taken_is_no_answer(rijswijk: RuleSet) -> None:
    """Where durable_rules breaks off, an error says so, without what it was told."""
    durable = DurableExecutor(rijswijk)
    with pytest.raises(AssertionError, match="did not take a message") as caught:
        durable._post("stage_1_0", {"fact_rung_0": cast(int, {7})})
    assert "7" not in str(caught.value)
    state = {fact.id: Known(set_of_bits(1)) for fact in rijswijk.facts}
    assert durable.evaluate(state) == LanesExecutor(rijswijk).evaluate(state)


def many(count: int, join: type[All | AnyOf]) -> RuleSet:
    """Make a rule set with one rule over very many facts, and as many rules over one each."""
    facts = tuple(a_fact(f"f{n}", BooleanDomain()) for n in range(count))
    leaves = tuple(FactIs(fact.id, set_of_bits(2)) for fact in facts)
    wide = Rule(
        "wide", join(leaves), "x", BOTH, BOTH, GROUNDS, tuple(f"r{n}" for n in range(count))
    )
    rules = (wide, *(Rule(f"r{n}", leaves[n], "y", BOTH, BOTH, GROUNDS) for n in range(count)))
    outcomes = (Outcome("x", BOTH, BOTH), Outcome("y", BOTH, BOTH))
    decision = Decision("d", BOTH, outcomes, rules)
    return build_ruleset("many", facts=facts, decisions=(decision,))


@pytest.mark.parametrize("join", [All, AnyOf])
def test_what_is_past_a_limit_is_split(
    join: type[All | AnyOf], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With other limits too there are more durable rulesets, and the answer is the same."""
    for name, limit in (("MAX_PARTS", 2), ("MAX_STAGE_ITEMS", 3), ("MAX_STAGE_FIELDS", 4)):
        monkeypatch.setattr(program, name, limit)
    ruleset = many(5, join)
    durable, reference = DurableExecutor(ruleset), ReferenceExecutor(ruleset)
    stages, items = durable.program.stages, durable.program.items
    assert [one for stage in stages for one in stage.items] == sorted(
        items.values(), key=lambda one: durable.program._level[one.name]
    )
    assert {len(stage.items) for stage in stages} <= {1, 2, 3}
    assert all(len(item.reads) <= 2 for item in items.values())
    for on in ({*range(5)}, {3}, set[int](), {*range(4)}):
        state = {f"f{n}": Known(set_of_bits(2 if n in on else 1)) for n in range(5)}
        assert durable.evaluate(state) == reference.evaluate(state)


@pytest.mark.gate
@pytest.mark.parametrize("join", [All, AnyOf])
def test_wide_rules_and_many_rules_are_split(join: type[All | AnyOf]) -> None:
    """Past what one durable ruleset can hold, there are more of them; the answer is the same."""
    ruleset = many(320, join)
    durable, reference = DurableExecutor(ruleset), ReferenceExecutor(ruleset)
    stages = durable.program.stages
    assert all(len(s.items) <= MAX_STAGE_ITEMS and len(s.reads) <= MAX_STAGE_FIELDS for s in stages)
    for on in ({*range(320)}, {7}, set[int](), {*range(319)}):
        state = {f"f{n}": Known(set_of_bits(2 if n in on else 1)) for n in range(320)}
        assert durable.evaluate(state) == reference.evaluate(state)


@pytest.mark.parametrize("make", [lambda: load_ruleset("rijswijk-2023"), urgency])
def test_another_host_can_load_the_definition(make: Callable[[], RuleSet]) -> None:
    """What `to_durable` gives is JSON that a plain host loads; its rules fire as described."""
    from durable.engine import Host

    rules = make()
    definition = json.loads(json.dumps(to_durable(rules)))
    fields = json.loads(json.dumps(durable_fields(rules)))
    fired: list[str] = []

    class Plain(Host):
        def _run(self) -> None:
            """Start no thread in a test."""

        def get_action(self, name: str) -> Any:
            return lambda _: fired.append(name)

    host = Plain()
    host.set_rulesets(definition)
    facts = {fact.id: 0 for fact in rules.facts}
    expected = FullProfile(rules, facts).decide()
    values = {f: rules.fact[f].domain.value(n) for f, n in facts.items()}
    done: dict[str, int] = {}
    for stage, shape in fields.items():
        message = {name: _filled(what, values, done, expected) for name, what in shape.items()}
        fired.clear()
        host.assert_fact(stage, {"sid": "1", "heard": 1, **message})
        host.delete_state(stage, "1")
        done |= dict.fromkeys(definition[stage], 0) | dict.fromkeys(fired, 1)
    for rule in rules.rule.values():
        assert rule.when is not None
        name = f"rule_{rule.id}"
        held = done[name] if name in done else 1 - done[f"not_{name}"]
        assert held == expected.holds(rule.when)


def _filled(
    what: dict[str, Any], values: dict[str, Any], done: dict[str, int], full: FullProfile
) -> int:
    """Fill a field in as somebody would who only has its description."""
    if "fact" in what:
        return int(values[what["fact"]] in what["values"])
    if "count" in what:
        return sum(
            one.get("worth", 1)
            for one in what["count"]
            if _filled(one, values, done, full) == one["is"]
        )
    if "decision" in what:
        verdict = full.verdicts[what["decision"]]
        came_out = verdict.outcome in what.get("outcomes", ())
        came_out |= verdict.status in what.get("statuses", ())
        return int(came_out or not set(what.get("rules", ())).isdisjoint(verdict.rules))
    return done[what["fired"]] if "fired" in what else 1 - done[what["not_fired"]]


def test_a_soak_finds_no_difference() -> None:
    """The command that sends very many profiles through, with a few."""
    differ, warm, end = soak(60, seed=2)
    assert (differ, end >= warm > 0) == (0, True)


@pytest.mark.gate
def test_rulesets_are_given_back() -> None:
    """Building many executors does not keep what nobody uses any more."""
    ruleset = load_ruleset("rijswijk-2023")
    for _ in range(20):
        DurableExecutor(ruleset)
    gc.collect()
    state = {fact.id: Known(set_of_bits(1)) for fact in ruleset.facts}
    assert DurableExecutor(ruleset).evaluate(state) == LanesExecutor(ruleset).evaluate(state)


def test_a_program_is_made_without_the_package(rijswijk: RuleSet) -> None:
    """Stages are answered in order: each reads only what was known before."""
    program = Program(rijswijk)
    before = {*program.atoms, *program.counts}
    for stage in program.stages:
        assert before.issuperset(stage.reads)
        before |= {item.name for item in stage.items}
