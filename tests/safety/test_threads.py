"""Threads share an engine: whatever they ask at once, each gets what it would get alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from threading import Barrier
from typing import TypeVar

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import routeengine.engine as engine_module
import routeengine.explanation.phrases as phrases_module
import routeengine.symbolic.layout as layout_module
from examples import examples, gated
from executors.test_agreement import build
from generated import rulesets, states
from routeengine import DECLINED, Engine, load_ruleset
from routeengine.executors.first_sight import FirstSight
from routeengine.lazy import cached_property
from routeengine.result import Answer
from routeengine.ruleset.model import RuleSet
from safety.people import everything_said, people

THREADS = 16
TABLES = 5

T = TypeVar("T")


@pytest.fixture(scope="module", autouse=True)
def restless() -> Iterator[None]:
    """Let threads take turns as often as the interpreter can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(work: Callable[[int], T]) -> list[T]:
    """Run the work in all threads, none of which begins before all are there."""
    gate = Barrier(THREADS)

    def one(number: int) -> T:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


@pytest.mark.parametrize("remembered", gated([1, 10_000], night=True))
def test_threads_get_what_one_gets(remembered: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where what is remembered is forgotten all the time; and it stays bounded."""
    monkeypatch.setattr(phrases_module, "WORDS_CACHE_SIZE", remembered)
    monkeypatch.setattr(engine_module, "FirstSight", partial(FirstSight, remember=remembered))
    monkeypatch.setattr("routeengine.intake.CACHE_SIZE", remembered)
    monkeypatch.setattr(layout_module, "CELLS_CACHE_SIZE", remembered)
    some = people(examples(60))
    alone = Engine(load_ruleset("rijswijk-2023"))
    expected = [everything_said(alone, one) for one in some]
    # Of its own rule set, so that nothing of it has been worked out before.
    shared = Engine(load_ruleset("rijswijk-2023"))

    def ask(number: int) -> dict[int, tuple[object, ...]]:
        order = list(range(len(some)))
        Random(number // 2).shuffle(order)  # two threads each in step, the pairs not
        return {client: everything_said(shared, some[client]) for client in order}

    for said in at_once(ask):
        assert [said[client] for client in range(len(some))] == expected


@pytest.mark.gate
def test_threads_share_an_engine_from_its_very_first_call() -> None:
    """While one thread makes ready for many, others ask: all get what one gets alone.

    Answers are compared as they print, so without their questions: the test above has those.
    """
    some = people(examples(600))
    alone = Engine(load_ruleset("rijswijk-2023"))
    expected = [repr(alone.classify(one).answer) for one in some]
    shared = Engine(load_ruleset("rijswijk-2023"))

    def ask(number: int) -> dict[int, Answer]:
        order = list(range(len(some)))
        Random(number // 2).shuffle(order)
        return {client: shared.classify(some[client]).answer for client in order}

    for said in at_once(ask):
        assert [repr(said[client]) for client in range(len(some))] == expected


@pytest.mark.gate
def test_threads_classify_tables_as_one_does() -> None:
    """Tables share workspaces and the numbers of their texts, and mix up neither."""
    some = [
        pa.Table.from_pylist([{f: v for f, v in one.items() if v is not DECLINED} for one in part])
        for part in (people(examples(40), seed) for seed in range(TABLES))
    ]
    alone = Engine(load_ruleset("rijswijk-2023"))
    expected = [alone.classify_table(table).to_pylist() for table in some]
    shared = Engine(load_ruleset("rijswijk-2023"))

    def ask(number: int) -> bool:
        order = [(number + step) % TABLES for step in range(TABLES)]
        return all(shared.classify_table(some[n]).to_pylist() == expected[n] for n in order)

    assert at_once(ask) == [True] * THREADS


@pytest.mark.gate
@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_answers_of_rules_over_their_budget_are_shared_as_safely(data: st.DataObject) -> None:
    """Threads that ask one answer for its questions at once all get those of the definition."""
    ruleset = data.draw(rulesets())
    state = data.draw(states(ruleset))
    budget = data.draw(st.integers(4, 30))
    expected = build(ruleset).evaluate(state)
    answer = build(ruleset, budget=budget).evaluate(state)
    asked = at_once(lambda _: [verdict.missing for verdict in answer.verdicts.values()])
    assert asked == [[verdict.missing for verdict in expected.verdicts.values()]] * THREADS


def test_an_engine_does_not_change(rijswijk: RuleSet) -> None:
    """Nothing that an answer depends on can be set on an engine or its rule set."""
    engine = Engine(rijswijk)
    for owner, name in (
        (engine, "ruleset"),
        (engine, "executor_name"),
        (engine, "reference"),
        (rijswijk, "facts"),
        (rijswijk.facts[0], "domain"),
    ):
        with pytest.raises(AttributeError):
            setattr(owner, name, None)
    with pytest.raises(TypeError):
        rijswijk.fact["rung"] = rijswijk.facts[0]  # type: ignore[index]  # just what must fail


class Owner:
    """Owns something that is made when asked for."""

    @cached_property
    def made(self) -> object:
        """Make something new."""
        return object()


def _made(owner: Owner, _: int) -> object:
    return owner.made


def test_all_threads_get_the_value_that_was_kept_first() -> None:
    """A property that two threads work out at once is one object for both."""
    for _ in range(examples(200)):
        owner = Owner()
        assert len({id(made) for made in at_once(partial(_made, owner))}) == 1
    assert Owner.made.__doc__ == "Make something new."
