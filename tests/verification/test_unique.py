"""Rows of a table that apply together: each pair is told where none may, and else none is."""

from __future__ import annotations

import json
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given, settings

from examples import examples
from loading.as_yaml import Tree
from loading.tabled import CARDS, beside, made
from oracle import Profile
from routeengine.citations import verify_citations
from routeengine.loading import load_ruleset
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.resolution import target
from routeengine.verification import verify

PERMITS = Path(__file__).resolve().parents[2] / "fixtures" / "permits"


def together(ruleset: RuleSet) -> set[tuple[str, ...]]:
    """Give the rows of the last decision that apply together and lead to the same."""
    decision = ruleset.decision["last"]
    found = set[tuple[str, ...]]()
    for values in product(*[range(fact.domain.size) for fact in ruleset.facts]):
        names = [fact.id for fact in ruleset.facts]
        won = Profile(ruleset, dict(zip(names, values, strict=True))).decide(decision) or []
        found |= {
            (one.id, other.id)
            for one, other in combinations(decision.rules, 2)
            if target(one) == target(other) and one in won and other in won
        }
    return found


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(made())
def test_rows_that_apply_together_are_told_where_none_may(
    both: tuple[dict[str, str], Tree],
) -> None:
    """As by brute force, each with a witness; and nothing of it where `hit` is not said."""
    files, _ = both
    plain = load_ruleset(files)
    assert not [one for one in verify(plain).findings if one.kind == "not_unique"]
    tree = json.loads(files["made.yaml"])
    tree["decisions"]["last"]["rules"]["hit"] = "unique"
    ruleset = load_ruleset({**files, "made.yaml": json.dumps(tree)})
    told = [one for one in verify(ruleset).findings if one.kind == "not_unique"]
    assert {one.about for one in told} == together(ruleset)
    assert all(one.severity == "error" and one.witness and one.covers for one in told)


def test_what_overlaps_is_told_at_the_row() -> None:
    """The later of the two, by file and line."""
    unique = ("{table: cards.csv}", "{table: cards.csv, hit: unique}")
    table = CARDS.replace(">= 65;;;B", "10..17;;;A")
    (found,) = [
        one
        for one in verify(load_ruleset(beside(unique, table=table))).findings
        if one.kind == "not_unique"
    ]
    assert str(found.place) == "cards.csv:5:rule"
    assert found.message == "`young` and `older` apply together, and `hit: unique` allows no two"


def test_the_permits_are_proved() -> None:
    """Every event has one answer, no two rows meet, and the citations are of the bylaw."""
    ruleset = load_ruleset(PERMITS)
    assert verify(ruleset).findings == ()
    bylaw = (PERMITS / "bylaw.txt").read_text(encoding="utf-8")
    assert verify_citations(ruleset, "bylaw", bylaw) == []
    table = ruleset.decision["permit"].table
    assert table is not None
    assert (table.file, table.hit, len(ruleset.rule)) == ("permits.csv", "unique", 6)
