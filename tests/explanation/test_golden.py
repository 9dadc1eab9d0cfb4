"""What a reader gets to see, pinned in both languages.

`ROUTEENGINE_RECORD=1 pytest tests/explanation` writes these files anew; their
difference is for a person to read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from routeengine import DECLINED, Engine
from routeengine.cases import load_cases
from routeengine.dossier import Dossier, Observation
from routeengine.explanation import Explanation
from routeengine.profile import Conflicting, Knowledge
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


AT = datetime(2023, 6, 1, 10, 15, tzinfo=timezone(timedelta(hours=2)))

SEEN: list[tuple[str, Knowledge, str, date, str]] = [
    ("rung", 2, "file", date(2022, 1, 16), "screeningsteam"),
    ("receives_benefit", True, "file", date(2023, 1, 16), "screeningsteam"),
    ("current_service", "wsp", "file", date(2023, 1, 16), "screeningsteam"),
    ("current_service", "participation", "conversation", date(2023, 3, 2), "consulent-4"),
    ("finances", "serious", "conversation", date(2023, 3, 2), "consulent-4"),
    ("mental_health", "serious", "form", date(2023, 2, 2), "consulent-7"),
    ("able_to_participate", True, "conversation", date(2023, 3, 2), "consulent-4"),
    ("can_start_soon", False, "conversation", date(2023, 3, 2), "consulent-4"),
    ("willing", True, "conversation", date(2023, 3, 2), "consulent-4"),
    ("willing", False, "conversation", date(2023, 3, 2), "consulent-5"),
    ("addiction", DECLINED, "conversation", date(2023, 3, 2), "consulent-4"),
    ("housing", DECLINED, "conversation", date(2023, 3, 2), "consulent-4"),
    ("housing", "none", "file", date(2023, 3, 1), "screeningsteam"),
    ("at_maximum", False, "conversation", date(2023, 3, 2), "consulent-4"),
]
"""Observations of one client: superseded, conflicting, stale, declined."""


def from_dossier(rijswijk: RuleSet, language: str) -> Explanation:
    """Explain the client of whom all this was seen, by rules that let what a file says age."""
    held = rijswijk.evidence
    assert held is not None
    sources = tuple(replace(s, max_age_months=12 if s.id == "file" else None) for s in held.sources)
    ruleset = replace(rijswijk, evidence=replace(held, sources=sources))
    seen = [Observation(*one) for one in SEEN]
    dossier = Dossier(ruleset, seen, as_of=date(2023, 6, 1), client_id="from-a-dossier")
    return Engine(ruleset).explain(dossier.profile(), lang=language, at=AT)


MADE: dict[str, Callable[[RuleSet, Engine, str], str]] = {
    "from_a_dossier": lambda rules, _, lang: from_dossier(rules, lang).to_text(),
    "from_a_dossier_masked": lambda rules, _, lang: from_dossier(rules, lang).masked().to_text(),
    "willingness_never_asked_masked": lambda rules, engine, lang: (
        engine.explain(profile(rules, "willingness_never_asked"), lang=lang).masked().to_text()
    ),
    "one_huge_debt_short": lambda rules, engine, lang: engine.explain(
        profile(rules, "one_huge_debt"), lang=lang
    ).to_text(short=True),
    "willingness_never_asked_short": lambda rules, engine, lang: engine.explain(
        profile(rules, "willingness_never_asked"), lang=lang
    ).to_text(short=True),
}
"""Further texts, each with how it is made."""


def profile(rijswijk: RuleSet, name: str) -> dict[str, Any]:
    """Give a profile by name, for the client of that name."""
    vignette, changes = CHANGED.get(name, (name, {}))
    if not PROFILES:
        PROFILES.update({case.id: case.profile for case in load_cases(CASES, rijswijk)})
    return {**PROFILES[vignette], **changes, "client_id": name.replace("_", "-")}


PROFILES: dict[str, Mapping[str, Any]] = {}
"""Of the cases of the shipped rules, which are read once."""


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
    check(GOLDEN / f"{name}.{language}.{form}", text)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", MADE)
def test_golden_of_other_forms(rijswijk: RuleSet, engine: Engine, name: str, language: str) -> None:
    """Evidence, what is masked, and the short form read as they did when a person read them."""
    check(GOLDEN / f"{name}.{language}.txt", pinned(MADE[name](rijswijk, engine, language)))


def check(path: Path, text: str) -> None:
    """Hold a text against what is pinned, or pin it."""
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
    } | {f"{name}.{language}.txt" for name in MADE for language in ("nl", "en")}
