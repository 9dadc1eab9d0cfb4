"""Records to put to the test: of generated rule sets, of the shipped one, of a dossier."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from generated import rulesets, states, wide_domains
from routeengine import BudgetError, Engine, RuleSetError
from routeengine.canonical import sha256_of
from routeengine.record import Record
from routeengine.record.canonical import canonical
from routeengine.ruleset.model import RuleSet
from test_engine import as_profile

AT = datetime(2024, 5, 3, 8, 15, tzinfo=UTC)
DAY = date(2024, 5, 6)

PROFILE: dict[str, Any] = {
    "client_id": "c1", "rung": 2, "receives_benefit": True, "current_service": "participation",
    "finances": "serious", "able_to_participate": True, "can_start_soon": True,
}  # fmt: skip


@st.composite
def engines(draw: st.DrawFn) -> Engine:
    """Draw an engine of a generated rule set that some profile satisfies."""
    ruleset = draw(rulesets(of=wide_domains))
    try:
        return Engine(ruleset)
    except RuleSetError:
        assume(False)
        raise


@st.composite
def certified(draw: st.DrawFn) -> tuple[Record, Record]:
    """Draw two records of one generated classification: without a certificate, and with one."""
    engine = draw(engines())
    result = engine.classify(as_profile(engine.ruleset, draw(states(engine.ruleset))))
    embed = draw(st.booleans())
    try:
        with_one = engine.record(result, AT, embed=embed, certificate=True)
    except BudgetError:
        assume(False)  # numbers that JSON cannot count
        raise
    return engine.record(result, AT, embed=embed), with_one


@st.composite
def records(draw: st.DrawFn) -> tuple[RuleSet, Record]:
    """Draw a record of a generated classification, with its rule set inside or not."""
    engine = draw(engines())
    profile = as_profile(engine.ruleset, draw(states(engine.ruleset)))
    record = engine.record(engine.classify(profile), AT, embed=draw(st.booleans()))
    return engine.ruleset, record


def changed(record: Record, **parts: Any) -> bytes:
    """Give a record with other fields in its body, and the digest that belongs to them."""
    return resealed(json.loads(record.data)["body"] | parts)


def resealed(body: object) -> bytes:
    """Give the bytes of a document that somebody wrote with this body."""
    digest = sha256_of(canonical({"body": body}))
    return canonical({"body": body, "sha256": digest})
