"""The points of docs/points.md behind a first step: access, which the second asks as well."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from routeengine import load_ruleset
from routeengine.ruleset.model import RuleSet
from urgency import block

__all__ = ["DAY", "KNOWN", "two_steps"]

DAY = date(2026, 3, 2)

KNOWN: dict[str, Any] = {
    "born": date(1988, 3, 15),
    "income": "20000.00",
    "home": "none",
    "children": 0,
    "waiting": 60,
    "medical": False,
    "refused": False,
}
"""Of whom 40 + 20 = 60 points are counted."""

STEPS = """
ruleset:
  valid_from: 2026-01-01
  valid_until: 2026-12-31
facts:
  born:
    type: date
    minimum: 1900-01-01
    maximum: 2026-12-31
    leap_birthday: mar_1
    label: {nl: geboortedatum, en: date of birth}
    question: {nl: "Wanneer bent u geboren?", en: "When were you born?"}
    why_needed: {nl: Wie te jong is krijgt niets., en: Who is too young gets none.}
  income:
    type: decimal
    places: 2
    minimum: 0
    maximum: 1000000
    unit: EUR
    actionable: down
    label: {nl: inkomen per jaar, en: income per year}
    question: {nl: "Hoeveel inkomen heeft u?", en: "How much is your income?"}
    why_needed: {nl: Boven een bedrag is er niets., en: Above an amount there is none.}
decisions:
  access:
    label: {nl: toegang, en: access}
    outcomes:
      open:
        label: {nl: aanvraag mogelijk, en: application possible}
        description: {nl: U kunt het vragen., en: You can ask for it.}
      closed:
        label: {nl: geen aanvraag mogelijk, en: no application possible}
        description: {nl: U kunt het niet vragen., en: You cannot ask for it.}
    priority: [closed, review, open]
    rules:
      too_young:
        label: {nl: jonger dan 18, en: younger than 18}
        when: {born: {age_at_most: 17}}
        then: closed
        reason: {nl: U bent jonger dan 18 jaar., en: You are younger than 18.}
        basis: source
        cites: [first]
      too_much:
        label: {nl: inkomen te hoog, en: income too high}
        when: {not: {income: {at_most: 47699.50}}}
        then: closed
        reason: {nl: Uw inkomen is te hoog., en: Your income is too high.}
        basis: source
        cites: [first]
      just_above:
        label: {nl: inkomen net onder de grens, en: income just below the limit}
        when: {income: {between: [45000, 47699.50]}}
        then: {review: [open, closed]}
        reason: {nl: Een medewerker kijkt., en: A member of staff looks.}
        basis: source
        cites: [first]
      let_in:
        label: {nl: voldoet, en: qualifies}
        always: true
        then: open
        reason: {nl: U voldoet., en: You qualify.}
        basis: source
        cites: [first]
words:
  decisions:
    access: {kind: finding, quiet: open}
"""

REFUSED = """
      is_closed:
        label: {nl: geen toegang, en: no access}
        when: {decision: access, outcome: closed}
        then: ordinary
        reason: {nl: U kunt geen voorrang vragen., en: You cannot ask for priority.}
        basis: source
        cites: [higher]
      looked_at:
        label: {nl: eerst de toegang, en: access first}
        when: {decision: access, status: review}
        then:
          review: []
          because: {nl: Eerst wordt over de toegang beslist., en: Access is decided first.}
        reason: {nl: Een medewerker kijkt., en: A member of staff looks.}
        basis: source
        cites: [higher]
"""


@cache
def two_steps() -> RuleSet:
    """Load the rules, with the ages of one day."""
    points = block("yaml")
    for asked in ("{at_least: 70}", "{between: [40, 69]}", "{at_most: 39}"):
        both = f"all: [{{decision: access, outcome: open}}, {{need: {asked}}}]"
        points = points.replace(f"when: {{need: {asked}}}", f"when: {{{both}}}")
    return load_ruleset({"a.yaml": STEPS, "b.yaml": points.rstrip() + REFUSED}, as_of=DAY)
