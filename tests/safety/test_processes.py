"""Engines go to other processes: pickled, spawned and forked, also while threads run."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from examples import examples
from routeengine import Engine
from routeengine.ruleset.model import RuleSet
from safety.people import everything_said, people

PATIENCE = 120
"""Seconds after which a process that does not come back counts as stuck."""

MOST_BYTES = 200_000
"""A rule set is texts and conditions; the diagrams of an engine are made where it arrives."""


def test_a_pickle_holds_the_rules_and_nothing_that_was_remembered(rijswijk: RuleSet) -> None:
    """It is as large after work as before, and what comes out of it answers the same."""
    engine = Engine(rijswijk)
    before = pickle.dumps(engine)
    said = [everything_said(engine, one) for one in people(5)]
    assert pickle.dumps(engine) == before
    assert len(before) < MOST_BYTES
    assert [everything_said(pickle.loads(before), one) for one in people(5)] == said


def test_answers_travel_with_their_questions(engine: Engine) -> None:
    """A result that comes back from another process needs no engine to say what is missing."""
    results = engine.classify_many(people(20))
    travelled = pickle.loads(pickle.dumps(results))
    assert [one.answer for one in travelled] == [one.answer for one in results]


@pytest.mark.parametrize("start", ["spawn", "fork"])
def test_processes_classify_as_this_one_does(engine: Engine, start: str) -> None:
    """The bound method of an engine is all that a pool needs, however it starts its workers."""
    some = people(40)
    with multiprocessing.get_context(start).Pool(2) as pool:
        results = pool.map_async(engine.classify, some, chunksize=10).get(PATIENCE)
    assert [one.answer for one in results] == [one.answer for one in engine.classify_many(some)]


@contextmanager
def busy(engine: Engine) -> Iterator[None]:
    """Keep three threads at work on the engine."""
    stop = threading.Event()

    def work(number: int) -> None:
        while not stop.is_set():
            for one in people(20, seed=number):
                everything_said(engine, one)
                engine._answers.clear()  # so that there is always something to work out

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


# What Python 3.12 and newer warn of is the thing under test.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_while_threads_work_does_not_get_stuck(engine: Engine) -> None:
    """No lock is left closed in the child, for single decisions hold none."""
    some = people(3)
    expected = [everything_said(engine, one) for one in some]
    fork = multiprocessing.get_context("fork")
    with busy(engine):
        for _ in range(examples(40)):
            child = fork.Process(target=_leave_if_equal, args=(engine, some, expected))
            child.start()
            child.join(PATIENCE)
            stuck = child.is_alive()
            child.kill()
            assert not stuck
            assert child.exitcode == 0


def _leave_if_equal(
    engine: Engine, some: list[dict[str, object]], expected: list[tuple[object, ...]]
) -> None:
    engine._answers.clear()
    # At once, past whatever the parent meant to do when it ends.
    os._exit(0 if [everything_said(engine, one) for one in some] == expected else 1)
