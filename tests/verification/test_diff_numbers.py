"""Two instances of one rule set: whose numbers are compared, and which of them are others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loading.small import SMALL
from pages_read import Page
from routeengine.cli import main
from routeengine.difference_words import DifferenceWords
from routeengine.loading import load_ruleset
from routeengine.ruleset.model import RuleSet
from routeengine.verification import diff

_MONEY = "type: decimal\n    places: 2\n    unit: EUR\n    minimum: 0\n    maximum: 100000"
_GROUNDED = "basis: source, cites: [first]"
NUMBERS = f"""\
variants: [diemen, weesp]
parameters:
  limit: {{label: {{nl: grens, en: limit}}, {_GROUNDED}, type: decimal, places: 2,
    values: [{{is: 47699.50}}, {{from: 2026-07-01, variant: diemen, is: 49210.25}}]}}
  until: {{label: {{nl: tot, en: until}}, {_GROUNDED}, type: date,
    values: [{{is: 2026-12-31}}, {{from: 2026-07-01, is: 2027-12-31}}]}}
  most: {{label: {{nl: meeste, en: most}}, {_GROUNDED}, type: integer, values: [{{is: 1000}}]}}
facts:"""
RULES = (
    SMALL.replace("type: integer\n    minimum: 0\n    maximum: 120", _MONEY)
    .replace("facts:", NUMBERS, 1)
    .replace("{at_least: 18}", "{at_least: {parameter: limit}}", 1)
)


def rules(day: str = "2026-01-01", variant: str = "diemen", text: str = RULES) -> RuleSet:
    """Load the rules with the numbers of a day and a variant."""
    return load_ruleset({"r.yaml": text}, day, variant)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Write the rules."""
    file = tmp_path / "rules.yaml"
    file.write_text(RULES, encoding="utf-8")
    return str(file)


COMMAND = ["--as-of", "2026-01-01", "--as-of", "2026-08-01", "--variant", "diemen"]


def test_text_says_first_which_numbers_are_compared(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And then each that is another, in its unit; what stayed is not told."""
    assert main(["diff", path, path, *COMMAND, "--lang", "en"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[0]
        == "small 1.0.0 (up to 30 June 2026, diemen) -> small 1.0.0 (from 1 July 2026, diemen)"
    )
    assert lines[1] == (
        "Compared: the numbers up to 30 June 2026 (diemen) and those from 1 July 2026 (diemen)."
    )
    at = lines.index("Numbers:")
    assert lines[at + 1 : at + 4] == [
        "  limit: €47,699.50 -> €49,210.25",
        "  until: 31 December 2026 -> 31 December 2027",
        "",
    ]


def test_data_says_it_too(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the values as they are in facts."""
    assert main(["diff", path, path, *COMMAND, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["old"]["instance"] == {"since": None, "until": "2026-06-30", "variant": "diemen"}
    assert data["new"]["instance"] == {"since": "2026-07-01", "until": None, "variant": "diemen"}
    assert data["parameters"] == [
        {"id": "limit", "old": "47699.50", "new": "49210.25"},
        {"id": "until", "old": "2026-12-31", "new": "2027-12-31"},
    ]


def test_the_page_says_it_before_anything_else(path: str, tmp_path: Path) -> None:
    """Under the title."""
    target = tmp_path / "change.html"
    assert main(["diff", path, path, *COMMAND, "--lang", "nl", "-o", str(target)]) == 1
    text = " ".join(Page(target.read_text(encoding="utf-8")).said.split())
    said = (
        "Vergeleken zijn de getallen tot en met 30 juni 2026 (diemen) en die vanaf 1 juli 2026 "
        "(diemen). Grens: € 47.699,50 → € 49.210,25"
    )
    assert said in text
    assert text.index(said) < text.index("De twee versies betekenen")


def test_numbers_that_come_and_go_are_told() -> None:
    """Against rules without parameters, which hold on every day, and back."""
    text = RULES.replace(NUMBERS, "facts:").replace("{parameter: limit}", "47699.50")
    plain = load_ruleset({"r.yaml": text})
    words = DifferenceWords(diff(plain, rules()), "en")
    assert words.difference.same
    said = "Compared: the numbers on every day and those up to 30 June 2026 (diemen)."
    assert words.compared() == said
    lines = list(words.numbers())
    assert lines == [
        "new: limit (€47,699.50)", "new: until (31 December 2026)", "new: most (1,000)"
    ]  # fmt: skip
    back = DifferenceWords(diff(rules(), plain), "en")
    assert [line.partition(" ")[0] for line in back.numbers()] == ["removed:"] * 3


def test_rules_with_the_same_numbers_say_nothing_of_them() -> None:
    """Nor do rules without parameters."""
    plain = load_ruleset({"r.yaml": SMALL})
    for one in (rules(), plain):
        words = DifferenceWords(diff(one, one), "nl")
        assert (words.compared(), [*words.numbers()]) == ("", [])


def test_an_amount_has_a_unit_where_all_amounts_have_the_same() -> None:
    """With another one beside it nobody can tell which it is."""
    other = RULES.replace(
        "  willing:\n",
        "  paid:\n    type: decimal\n    places: 2\n    minimum: 0\n    maximum: 9\n"
        "    label: {nl: x, en: x}\n    question: {nl: x, en: x}\n    why_needed: {nl: x, en: x}\n"
        "  willing:\n",
        1,
    )
    both = diff(rules(text=other), rules("2026-07-01", text=other))
    assert next(DifferenceWords(both, "en").numbers()) == "limit: 47,699.50 -> 49,210.25"
