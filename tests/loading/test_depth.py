"""Chains of references that nobody could follow are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine import Engine, load_ruleset
from routeengine.errors import BudgetError, RuleSetError
from routeengine.ruleset.conditions import All, Any, CriterionIs, FactIs, Not
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Criterion, Decision, Outcome, Rule
from routeengine.value_set import set_of_bits

CARD = Path(__file__).parents[2] / "fixtures/library-card"


def with_chain(length: int) -> dict[str, str]:
    """Give the library card's rule files with a chain of criteria added."""
    files = {file.name: file.read_text(encoding="utf-8") for file in CARD.glob("*.yaml")}
    fact = next(fact.id for fact in load_ruleset(CARD).facts if fact.kind == "boolean")
    lines = ["criteria:"]
    for number in range(length):
        when = fact if number == 0 else f"{{not: chain_{number - 1}}}"
        text = "{nl: keten, en: chain}"
        lines.append(
            f"  chain_{number}: {{label: {text}, when: {when}, basis: interpretation, "
            f"interpretation: {{choice: {text}, because: {text}, alternative: {text}}}}}"
        )
    return {**files, "zz-chain.yaml": "\n".join(lines)}


@pytest.mark.gate
def test_a_chain_of_criteria_may_not_be_endless() -> None:
    """Twenty in a row are accepted, a thousand are one fault, at the first that is too far."""
    assert load_ruleset(with_chain(20)).criterion["chain_19"]
    with pytest.raises(RuleSetError) as caught:
        load_ruleset(with_chain(1000))
    (fault,) = caught.value.faults
    assert str(fault) == (
        "zz-chain.yaml:22:3: `chain_20` ends a chain of more than 20 references "
        "(say it in fewer steps)"
    )


@pytest.mark.gate
def test_an_explanation_does_not_unfold_without_end() -> None:
    """Criteria that refer twice to the next double with each step; that ends in an error."""
    f, g = FactIs("f", set_of_bits(2)), FactIs("g", set_of_bits(2))
    criteria = [Criterion("c0", f, BOTH, GROUNDS)]
    for number in range(1, 19):
        last = CriterionIs(f"c{number - 1}")
        criteria.append(Criterion(f"c{number}", Any((All((last, g)), Not(last))), BOTH, GROUNDS))
    rule = Rule("r", CriterionIs("c18"), "x", BOTH, BOTH, GROUNDS)
    decision = Decision("d", BOTH, (Outcome("x", BOTH, BOTH),), (rule,))
    facts = tuple(a_fact(name, BooleanDomain()) for name in "fg")
    ruleset = build_ruleset("double", facts=facts, criteria=tuple(criteria), decisions=(decision,))
    engine = Engine(ruleset)
    assert engine.classify({"f": True}).verdicts["d"].possible
    with pytest.raises(BudgetError, match="too large to explain"):
        engine.explain({"f": True})


def test_rule_files_in_folders_below_are_not_overlooked(tmp_path: Path) -> None:
    """They would be rules that nobody misses, so they are refused."""
    for file in CARD.glob("*.yaml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "more").mkdir()
    assert load_ruleset(tmp_path)
    (tmp_path / "more/rules.yaml").write_text("criteria: {}", encoding="utf-8")
    with pytest.raises(RuleSetError, match="in the folder `more`, which are not read"):
        load_ruleset(tmp_path)
