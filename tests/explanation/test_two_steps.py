"""What pages say of a decision that asks what an earlier one came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from explanation.two_steps import DAY, KNOWN, STEPS, two_steps
from loading.small import small
from routeengine import Between, Engine, load_ruleset
from routeengine.departure import Departure, depart
from routeengine.explanation import Explanation
from routeengine.ruleset.conditions import ScoreIs
from routeengine.ruleset.model import RuleSet
from urgency import block


def explained(lang: str = "en", **known: Any) -> Explanation:
    """Explain to one client, of whom some is otherwise."""
    return Engine(two_steps()).explain(KNOWN | known, lang)


ONLY = {key: KNOWN[key] for key in ("born", "income")}


def only_access() -> RuleSet:
    """Give the same rules, of which the first step is the advice."""
    rules = two_steps()
    return replace(rules, decisions=rules.decisions[:1], scores=(), wording=None)


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
    account = page.partition("Verantwoording: hoe dit antwoord tot stand kwam")[2]
    first, _, second = account.partition(" 2. Voorrang: ")
    assert answers[0] in first
    assert answers[1] in second.partition("Per kolom")[0]
    if "stap" not in answers[1]:
        assert "Volgt uit" not in page


@pytest.mark.parametrize(
    ("lang", "step", "why"),
    [
        ("nl", "Uit stap 1 volgt: Geen aanvraag mogelijk.", "Uw inkomen is te hoog."),
        ("en", "Step 1 gives: No application possible.", "Your income is too high."),
    ],
)
def test_a_refusal_by_an_earlier_step_says_why(lang: str, step: str, why: str) -> None:
    """On the first page, and not in the account alone."""
    first = flat(explained(lang, income="60000.00")).partition(ACCOUNT[lang])[0]
    assert f"{step} - {why}" in first


ACCOUNT = {"nl": "Verantwoording: hoe dit", "en": "How we got to this"}


@pytest.mark.parametrize(
    ("lang", "home", "says", "counts"),
    [
        (
            "nl", "none",
            "60 punten voor behoefte. Voor hoger op de lijst zijn 40 tot en met 69 punten nodig.",
            "Voor behoefte telden deze punten mee: ‘woning: geen huis’ (+40), ‘maanden ingeschr",
        ),
        (
            "en", "none",
            "You have 60 points for need. For higher on the list you need 40 to 69 points.",
            "These points counted towards need: ‘home: no home’ (+40), ‘months registered: at",
        ),
        (
            "nl", "own",
            "U heeft 20 punten voor behoefte. Bij hoogstens 39 punten hoort gewone lijst.",
            "Voor behoefte telden deze punten mee: ‘maanden ingeschreven: ten minste 24’ (+10) en",
        ),
        (
            "en", "own",
            "You have 20 points for need. With at most 39 points, the answer is ordinary list.",
            "These points counted towards need: ‘months registered: at least 24’ (+10) and",
        ),
    ],
)  # fmt: skip
def test_points_are_told_as_people_say_them(lang: str, home: str, says: str, counts: str) -> None:
    """How many there are, how many it takes, and in the account which parts gave them."""
    first, _, account = flat(explained(lang, home=home)).partition(ACCOUNT[lang])
    assert says in first
    assert counts in account


def test_without_points_none_are_listed() -> None:
    """Of who has no points at all, there is nothing to list."""
    page = flat(explained("en", home="own", waiting=0))
    assert "You have 0 points for need." in page
    assert "These points counted" not in page


def test_what_may_not_be_reads_once() -> None:
    """A day that a rule keeps off is not asked with "no" and answered with "this is so"."""
    page = flat(Engine(only_access()).explain(ONLY, "nl"))
    assert "Geboortedatum: niet vanaf 3 maart 2008, bij u 15 maart 1988 – dat klopt" in page
    english = flat(Engine(only_access()).explain(ONLY, "en"))
    assert "Date of birth: not from 3 March 2008 on, for you 15 March 1988 – that is" in english
    assert "vraagt nee, bij u 15 maart" not in page


def test_nobody_is_offered_another_day_of_birth() -> None:
    """What would take one says so; what takes an income is offered."""
    for lang, closed in (
        ("nl", "Daar is een ander antwoord voor nodig op ‘geboortedatum’. Dat verandert niet."),
        ("en", "That would take a different answer to ‘date of birth’, which does not change."),
    ):
        young = ONLY | {"born": date(2010, 1, 1)}
        page = flat(Engine(only_access()).explain(young, lang))
        assert closed in page
        rich = flat(Engine(only_access()).explain(ONLY | {"income": "60000.00"}, lang))
        assert closed not in rich
        assert ("(nu: €" if lang == "nl" else "(now: €") in rich


def test_amounts_and_days_are_told_from_end_to_end() -> None:
    """As people write them, and not by "at least" and "at most"."""
    known = {key: one for key, one in KNOWN.items() if key not in ("income", "born")}
    partly = known | {
        "income": Between("15000.00", "20000.00"),
        "born": Between("1988-01-01", "1988-12-31"),
    }
    for lang, amount, days in (
        ("nl", "€ 15.000,00 tot en met € 20.000,00", "vanaf 1 januari 1988 tot en met 31 december"),
        ("en", "€15,000.00 to €20,000.00", "from 1 January 1988 to 31 December 1988"),
    ):
        page = flat(Engine(two_steps()).explain(partly, lang)).replace("\u00a0", " ")
        assert amount in page
        assert days in page


def test_no_day_to_come_is_offered() -> None:
    """Even of a day that can be acted on: the rules are those of one day."""
    asked, later = "when: {born: {age_at_most: 17}}", "{born: {age_at_most: 17}}"
    for day, offered in (("2026-06-01", False), ("2026-03-01", True)):
        both = f"when: {{all: [{later}, {{born: {{from: {day}}}}}]}}"
        text = STEPS.replace(asked, both).replace(
            "    leap_birthday: mar_1", "    leap_birthday: mar_1\n    actionable: any"
        )
        rules = load_ruleset({"a.yaml": text, "b.yaml": block("yaml")}, as_of=DAY)
        rules = replace(rules, decisions=rules.decisions[:1], scores=(), wording=None)
        found = Engine(rules).explain(ONLY, "en").why_not["access"]["closed"].nearest or ()
        days = [step for some in found for step in some.changes if step.fact == "born"]
        assert [step.value for step in days] == [day]
        page = flat(Engine(rules).explain(ONLY, "en"))
        # The income leads there as well, and is the same way off.
        ways = page.partition("What would change")[2].partition("Versions")[0]
        assert ("one of 2 ways" in ways) == offered


def test_a_rule_that_something_else_keeps_off_is_no_matter_of_the_step() -> None:
    """Who may not ask is urgent by points all the same: that there are too few of them counts."""
    rules = two_steps()
    priority = rules.decision["priority"]
    urgent = replace(priority.rules[0], when=ScoreIs("need", 70))
    changed = replace(priority, rules=(urgent, *priority.rules[1:]))
    rules = replace(rules, decisions=(rules.decisions[0], changed))
    page = flat(Engine(rules).explain(KNOWN | {"income": "60000.00"}, "nl"))
    assert "2. Voorrang: Gewone lijst (Geen toegang)." in page


@pytest.mark.parametrize(("income", "chosen"), [("20000.00", "closed"), ("60000.00", "open")])
def test_what_followed_from_advice_that_a_person_left_says_so(income: str, chosen: str) -> None:
    """Whether that step alone decided it or not."""
    rules = two_steps()
    engine = Engine(rules)
    result = engine.classify(KNOWN | {"income": income})
    choice = Departure("access", chosen, "consulent", "Zo.", DAY)
    explanation = depart(result, choice, rules).annotate(engine.explain(result, lang="en"))
    assert "(Went with our first advice)" in flat(explanation)


def test_what_does_not_apply_by_advice_that_a_person_left_says_so() -> None:
    """The loan is closed where the card is looked at; who looked chose a card."""
    rules = small()
    engine = Engine(rules)
    result = engine.classify({"age": 12})
    assert result.verdicts["loan"].status == "not_applicable"
    choice = Departure("card", "A", "consulent", "Zo.", DAY)
    explanation = depart(result, choice, rules).annotate(engine.explain(result, lang="en"))
    assert "went with our first advice" in flat(explanation).lower()
