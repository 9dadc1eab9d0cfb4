"""What pages say of a decision that asks what an earlier one came to."""

from __future__ import annotations

from typing import Any

import pytest

from explanation.two_steps import KNOWN, two_steps
from routeengine import Engine
from routeengine.explanation import Explanation


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
