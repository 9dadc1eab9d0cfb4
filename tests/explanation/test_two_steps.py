"""What pages say of a decision that asks what an earlier one came to."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from explanation.two_steps import KNOWN, two_steps
from routeengine import Engine
from routeengine.explanation import Explanation
from routeengine.ruleset.wording import Wording


def explained(lang: str = "en", **known: Any) -> Explanation:
    """Explain to one client, of whom some is otherwise."""
    return Engine(two_steps()).explain(KNOWN | known, lang)


def flat(explanation: Explanation) -> str:
    """Give the page of the client as one line."""
    return " ".join(explanation.to_text().split())


@pytest.mark.parametrize(
    ("known", "answers"),
    [
        # Who may ask has priority by points: the first step alone gives none.
        ({}, ("Aanvraag mogelijk (Voldoet)", "Hoger op de lijst (40 tot en met 69 punten)")),
        ({"home": "own"}, ("Aanvraag mogelijk", "Gewone lijst (Minder dan 40 punten)")),
        # Who may not ask has none, whatever the points are.
        ({"income": "60000.00"}, ("(Inkomen te hoog)", "Gewone lijst (Volgt uit stap 1)")),
        ({"income": "46000.00"}, ("(Inkomen net onder de grens)", "(Volgt uit stap 1)")),
    ],
)
def test_an_answer_follows_from_a_step_if_that_step_alone_decides(
    known: dict[str, Any], answers: tuple[str, str]
) -> None:
    """Else the page names the rule: of who may ask, the points decide."""
    page = flat(explained("nl", **known))
    account = page.partition("Verantwoording: hoe dit antwoord ontstond")[2]
    first, _, second = account.partition(" 2. Voorrang: ")
    assert answers[0] in first
    assert answers[1] in second.partition("Per kolom")[0]
    if "stap" not in answers[1]:
        assert "Volgt uit" not in page


PAGE = (Path(__file__).parents[2] / "docs" / "pages.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## More than one decision")[2].partition("\n## ")[0]
TITLES = (
    "Application possible", "No application possible", "Higher on the list", "Ordinary list",
)  # fmt: skip


def answers(wording: Wording, income: str) -> list[str]:
    """Give what the panel of the client's page says, of the outcomes that there are."""
    rules = replace(two_steps(), wording=wording)
    page = Engine(rules).explain(KNOWN | {"income": income}, "en").to_text()
    panel = page.partition("Our advice\n-----")[2].partition("What happens now?")[0]
    return [line for line in panel.splitlines() if line in TITLES]


def test_which_decision_is_the_answer() -> None:
    """As the table of the page says: by what the words say of the first decision."""
    said = two_steps().wording
    assert said is not None
    (access,) = said.decisions
    (block,) = re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL)
    assert yaml.safe_load(block)["words"]["decisions"] == {
        "access": {"kind": access.kind, "quiet": access.quiet}
    }
    rows = re.findall(r"^\| (open|closed) \| (.*) \| (.*) \| (.*) \|$", SECTION, re.MULTILINE)
    assert len(rows) == 2
    for outcome, *cells in rows:
        income = {"open": "20000.00", "closed": "60000.00"}[outcome]
        told = [
            answers(replace(said, decisions=some), income)
            for some in ((), (replace(access, quiet=None),), (access,))
        ]
        assert told == [cell.split("; ") for cell in cells]
        account = Engine(two_steps()).explain(KNOWN | {"income": income}, "en").to_text()
        assert "1. Access: " in account.partition("how this answer came about")[2]
