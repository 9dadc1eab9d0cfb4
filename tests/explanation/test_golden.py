"""What a reader gets to see, pinned in both languages.

`ROUTEENGINE_RECORD=1 pytest tests/explanation` writes these files anew; their
difference is for a person to read.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from routeengine import DECLINED, Engine
from routeengine.cases import load_cases
from routeengine.profile import Conflicting
from routeengine.ruleset.model import RuleSet

GOLDEN = Path(__file__).parent / "golden"
CASES = Path(__file__).parents[2] / "fixtures" / "cases" / "vignettes.yaml"
RECORD = os.environ.get("ROUTEENGINE_RECORD") == "1"

VIGNETTES = (
    "ready_to_volunteer",
    "two_mild_problems_can_start",
    "debts_and_depression_willing",
    "willingness_never_asked",
    "volunteer_at_her_maximum",
    "long_term_psychosis",
    "one_huge_debt",
    "interim_group",
    "no_benefit_wants_to_start",
    "empty_file",
)

CHANGED: dict[str, tuple[str, dict[str, Any]]] = {
    "facts_that_clash": ("ready_to_volunteer", {"able_to_participate": False}),
    "sources_that_disagree": (
        "debts_and_depression_willing",
        {"willing": Conflicting([True, False])},
    ),
    "asked_and_declined": ("willingness_never_asked", {"willing": DECLINED}),
}
"""Further profiles: a vignette, and what is otherwise."""


def profile(rijswijk: RuleSet, name: str) -> dict[str, Any]:
    """Give a profile by name, for the client of that name."""
    vignette, changes = CHANGED.get(name, (name, {}))
    found = {case.id: case for case in load_cases(CASES, rijswijk)}[vignette]
    return {**found.profile, **changes, "client_id": name.replace("_", "-")}


def pinned(text: str) -> str:
    """Leave out what changes with every release: digests and the version of the engine."""
    text = re.sub(r"\s+[0-9a-f]{64}", " <sha256>", text)
    return re.sub(r"(routeengine, versi\w+) \S+", r"\1 <version>.", text)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("form", ["txt", "md"])
@pytest.mark.parametrize("name", [*VIGNETTES, *CHANGED])
def test_golden(rijswijk: RuleSet, engine: Engine, name: str, form: str, language: str) -> None:
    """The explanation of this profile reads as it did when a person last read it."""
    explanation = engine.explain(profile(rijswijk, name), lang=language)
    text = pinned(explanation.to_text() if form == "txt" else explanation.to_markdown())
    path = GOLDEN / f"{name}.{language}.{form}"
    if RECORD:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    """Every file that is pinned belongs to a profile that is explained."""
    names = {path.name for path in GOLDEN.iterdir()}
    assert names == {
        f"{name}.{language}.{form}"
        for name in (*VIGNETTES, *CHANGED)
        for language in ("nl", "en")
        for form in ("txt", "md")
    }
