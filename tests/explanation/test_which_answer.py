"""Which of several decisions a client reads as the answer is on docs/pages.md, and so."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import yaml

from explanation.two_steps import KNOWN, two_steps
from routeengine import Engine
from routeengine.ruleset.wording import Wording

PAGE = (Path(__file__).parents[2] / "docs" / "pages.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## More than one decision")[2].partition("\n## ")[0]
TITLES = (
    "Application possible", "No application possible", "Higher on the list", "Ordinary list",
)  # fmt: skip


def answers(wording: Wording, income: str) -> list[str]:
    """Give what the panel of the client's page says, of the outcomes that there are."""
    rules = replace(two_steps(), wording=wording)
    page = Engine(rules).explain(KNOWN | {"income": income}, "en").to_text()
    panel = page.partition("Our advice\n-----")[2].partition("What happens next?")[0]
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
        assert "1. Access: " in account.partition("How we got to this answer")[2]
