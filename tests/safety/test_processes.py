"""Engines go to other processes: pickled, spawned and forked, also while threads run."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from examples import examples, gated
from executors.durable_there import absent
from required import required
from routeengine import Engine
from routeengine.ruleset.model import RuleSet
from safety.people import everything_said, people

PATIENCE = 120
"""Seconds after which a process that does not come back counts as stuck."""

MOST_BYTES = 200_000
"""A rule set is texts and conditions; the diagrams of an engine are made where it arrives."""


@pytest.mark.gate
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


@pytest.mark.gate
@pytest.mark.parametrize("start", gated(["fork", "spawn"]))
def test_processes_classify_as_this_one_does(engine: Engine, start: str) -> None:
    """The bound method of an engine is all that a pool needs, however it starts its workers."""
    some = people(40)
    with multiprocessing.get_context(start).Pool(2) as pool:
        results = pool.map_async(engine.classify, some, chunksize=10).get(PATIENCE)
    assert [one.answer for one in results] == [one.answer for one in engine.classify_many(some)]


@pytest.mark.gate
@pytest.mark.parametrize("executor", ["lanes", "durable"])
def test_a_fork_while_threads_work_does_not_get_stuck(executor: str) -> None:
    """No lock is left closed in the child: single decisions hold none, or a fork waits for it.

    In a process of its own: what other packages hold locked there, and forget, is not ours.
    """
    if executor == "durable":
        required("durable", absent())
    own = {name: value for name, value in os.environ.items() if "COV" not in name}
    own["PYTHONPATH"] = str(Path(__file__).parents[1])
    command = [sys.executable, "-W", "ignore", "-m", "safety.forking", str(examples(40)), executor]
    done = subprocess.run(
        command, env=own, timeout=2 * PATIENCE, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
