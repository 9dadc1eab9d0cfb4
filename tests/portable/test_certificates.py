"""Certificates are confirmed by programs that share nothing with the library."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from conformance.made import a_possible_ruleset, a_ruleset, a_ruleset_of_amounts
from conformance.richer import a_richer_ruleset
from conformance.scored import a_scored_ruleset
from examples import examples, gated
from loading.small import small
from money import MONEY
from portable.certified import Told, load, run_node
from routeengine import load_ruleset
from routeengine.codec import form_of
from routeengine.portable import certify
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic.compiled import CompiledRuleSet

SEED = 21

ROOT = Path(__file__).parents[2]

MAKERS: tuple[Callable[[Random], RuleSet], ...] = (
    a_ruleset, a_ruleset_of_amounts, a_scored_ruleset, a_richer_ruleset,
)  # fmt: skip


def both(files: list[dict[str, str]]) -> list[Told]:
    """Give what the programs in both languages say of folders: the same, each word."""
    told = [load().told(one) for one in files]
    other = run_node({"files": one} for one in files)
    assert [one._asdict() for one in told] == other
    return told


def findings(ruleset: RuleSet) -> dict[str, str]:
    """Give what the diagrams say of each decision, as the checkers word it."""
    compiled, found = CompiledRuleSet(ruleset), {}
    masks = compiled.whole.masks(compiled.cells.everything)
    for name, decided in compiled.decisions.items():
        assert decided is not None
        reasons = {one.reason for one in compiled.whole.verdicts(decided.root, masks)}
        some = [one for one in ("gap", "overlap") if one in reasons]
        found[name] = " and ".join(some) or "total and exclusive"
    return {one.id: found[one.id] for one in ruleset.decisions}


def confirm(rulesets: list[RuleSet]) -> None:
    """Claim that rule sets certify, and that what is confirmed of them is what is proved."""
    certified = [certify(one) for one in rulesets]
    for ruleset, one, told in zip(
        rulesets, certified, both([one.files for one in certified]), strict=True
    ):
        assert not one.too_large
        lines = [f"decision {name}: {found}" for name, found in findings(ruleset).items()]
        assert told.lines[1 : 1 + len(lines)] == lines
        assert "the artefact says what the rules say" in told.lines
        assert told.status == any("total" not in line for line in lines)


@pytest.mark.gate
def test_the_shipped_rules_certify() -> None:
    """All of the policy of Rijswijk."""
    confirm([load_ruleset("rijswijk-2023")])


def test_rules_that_were_written_by_hand_certify() -> None:
    """With amounts and days, points, constraints, a rule for all else, and flags."""
    confirm([small(), MONEY, load_ruleset(ROOT / "fixtures" / "library-card")])


@pytest.mark.parametrize("number", gated(range(8)))
def test_published_rule_sets_certify(number: int) -> None:
    """An eighth of those of the conformance cases each."""
    published = json.loads((ROOT / "conformance" / "cases.json").read_text(encoding="utf-8"))
    read = form_of(RuleSet).read
    confirm([read(one["ruleset"], "") for one in published["rulesets"][1:][number::8]])


@pytest.mark.parametrize("make", MAKERS)
def test_made_rule_sets_certify(make: Callable[[Random], RuleSet]) -> None:
    """Whatever is in them: counts, scores, amounts, days, constraints, decisions on decisions."""
    draw = Random(SEED)
    confirm([a_possible_ruleset(draw, make) for _ in range(examples(60))])
