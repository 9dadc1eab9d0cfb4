"""Chains of references that nobody could follow are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine import Engine, load_ruleset
from routeengine.errors import BudgetError, RuleSetError
from routeengine.explanation import plan
from routeengine.ruleset import references
from routeengine.ruleset.conditions import All, Any, CriterionIs, FactIs, Not, OutcomeIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Criterion, Decision, Outcome, Rule
from routeengine.value_set import set_of_bits

IS = FactIs("f", set_of_bits(2))

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


def test_a_chain_is_told_where_it_is_first_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of criteria or of decisions; what comes after it is not told besides."""
    criteria, decisions, outcomes = list[Criterion](), list[Decision](), (Outcome("x", BOTH, BOTH),)
    for n in range(6):
        when = CriterionIs(f"c{n - 1}") if n else IS
        criteria.append(Criterion(f"c{n}", when, BOTH, GROUNDS))
        asked = OutcomeIs(f"d{n - 1}", ("x",)) if n else IS
        rules = (Rule(f"r{n}", asked, "x", BOTH, BOTH, GROUNDS),)
        decisions.append(Decision(f"d{n}", BOTH, outcomes, rules))
    facts = (a_fact("f", BooleanDomain()),)
    ruleset = build_ruleset(
        "chain", facts=facts, criteria=tuple(criteria), decisions=tuple(decisions)
    )
    assert list(references.check_references(ruleset)) == []
    monkeypatch.setattr(references, "MAX_REFERENCES", 3)
    assert [(one.path, one.message) for one in references.check_references(ruleset)] == [
        (("criteria", "c3"), "`c3` ends a chain of more than 3 references"),
        (("decisions", "d3"), "`d3` ends a chain of more than 3 references"),
    ]


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


def doubling(steps: int) -> Engine:
    """Build an engine of criteria that refer twice to the next."""
    f, g = FactIs("f", set_of_bits(2)), FactIs("g", set_of_bits(2))
    criteria = [Criterion("c0", f, BOTH, GROUNDS)]
    for number in range(1, steps + 1):
        last = CriterionIs(f"c{number - 1}")
        criteria.append(Criterion(f"c{number}", Any((All((last, g)), Not(last))), BOTH, GROUNDS))
    rule = Rule("r", CriterionIs(f"c{steps}"), "x", BOTH, BOTH, GROUNDS)
    decision = Decision("d", BOTH, (Outcome("x", BOTH, BOTH),), (rule,))
    facts = tuple(a_fact(name, BooleanDomain()) for name in "fg")
    ruleset = build_ruleset("double", facts=facts, criteria=tuple(criteria), decisions=(decision,))
    return Engine(ruleset)


def test_the_size_of_an_explanation_doubles_with_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """So it has a limit, of what it would show and not of what the rules hold."""
    monkeypatch.setattr(plan, "MAX_NODES", 200)
    assert doubling(2).explain({"f": True}).why["d"]
    with pytest.raises(BudgetError, match="its criteria refer to each other too often"):
        doubling(6).explain({"f": True})


@pytest.mark.gate
def test_an_explanation_does_not_unfold_without_end() -> None:
    """The first that is too large ends in an error, and is classified all the same."""
    engine = doubling(18)
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
