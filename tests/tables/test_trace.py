"""The trace of a table: every truth, and a row's explanation when it is asked for."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

from routeengine import Engine
from routeengine.errors import UsageError
from tables.small import clients


def test_a_row_is_explained_on_demand(engine: Engine) -> None:
    """The explanation is that of the row's profile, in the language asked for."""
    trace = engine.trace_table(clients(finances=["1|2", "none", "mild", None]))
    profile = {"receives_benefit": False, "finances": "mild", "prognosis_months": 240}
    assert trace.profile(2) == profile
    for lang in ("nl", "en"):
        assert trace.explain_row(2, lang) == engine.explain(profile, lang)


def test_partly_known_facts_come_back_as_they_were_given(engine: Engine) -> None:
    """Texts may say that a fact is one of several, or was declined."""
    trace = engine.trace_table(pa.table({"finances": ["mild|serious"]}))
    assert trace.explain_row(0) == engine.explain(trace.profile(0))


def test_rows_that_are_not_there_or_faulty_are_refused(engine: Engine) -> None:
    """Without the value that stood there."""
    trace = engine.trace_table(clients(finances=["secret", "none", "mild", None]))
    for row in (-1, 4):
        with pytest.raises(UsageError, match="rows go from 0 to 3"):
            trace.explain_row(row)
    with pytest.raises(UsageError, match="row 0 cannot be used: see its `error`, on `finances`"):
        trace.explain_row(0)


def test_a_trace_has_a_column_per_rule_and_criterion(engine: Engine) -> None:
    """And shows no client's facts by itself."""
    trace = engine.trace_table(clients())
    names = [f"rule.{rule}" for rule in engine.ruleset.rule]
    names += [f"criterion.{criterion.id}" for criterion in engine.ruleset.criteria]
    assert trace.truths.schema.names == names
    assert repr(trace) == "TableTrace(4 rows)"


def test_an_engine_that_classified_tables_can_be_sent_on(engine: Engine) -> None:
    """What it compiled for tables stays behind, and is made again there."""
    out = engine.classify_table(clients())
    assert pickle.loads(pickle.dumps(engine)).classify_table(clients()).equals(out)


def test_the_reference_executor_takes_tables_too(engine: Engine) -> None:
    """Tables go by lanes, whatever answers single profiles."""
    known = clients().slice(0, 1)
    by_definition = Engine(engine.ruleset, executor="reference")
    assert by_definition.classify_table(known).equals(engine.classify_table(known))
