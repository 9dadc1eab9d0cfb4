"""Words: conditions read as the rule set means them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generated import GROUNDS, a_fact, build_ruleset
from routeengine.explanation.phrases import Phrases
from routeengine.i18n import LANGUAGES, wording_of
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.domains import (
    BooleanDomain,
    CategoryDomain,
    DateDomain,
    DecimalDomain,
    IntegerDomain,
)
from routeengine.ruleset.model import Criterion, Decision, Fact, Outcome, Rule
from routeengine.value_set import bits_of_set, set_of_bits


def label(nl: str, en: str) -> dict[str, str]:
    """Write a text in both languages."""
    return {"nl": nl, "en": en}


def named(fact: Fact, nl: str, en: str) -> Fact:
    """Give a fact with a label."""
    return Fact(fact.id, fact.domain, label(nl, en), label(nl, en), label(nl, en))


SIZES = Fact(
    "size",
    CategoryDomain(("none", "mild", "serious")),
    label("geld", "money"),
    label("", ""),
    label("", ""),
    value_labels={
        "none": label("geen", "none"),
        "mild": label("licht", "mild"),
        "serious": label("ernstig", "serious"),
    },
)
COLOURS = Fact(
    "colour",
    CategoryDomain(tuple("abcdefg")),
    label("kleur", "colour"),
    label("", ""),
    label("", ""),
)
ABLE = named(a_fact("able", BooleanDomain()), "kan meedoen", "able")
MONTHS = named(a_fact("months", IntegerDomain(0, 240)), "maanden", "months")
DECISION = Decision(
    "route",
    label("route", "route"),
    (
        Outcome("A", label("Activering", "activation"), label("", "")),
        Outcome("in_scope", label("binnen", "in scope"), label("", "")),
        Outcome("B", label("B", "B"), label("", "")),
    ),
    (
        Rule(
            "route_a",
            FactIs("able", set_of_bits(2)),
            "A",
            label("snel", "soon"),
            label("", ""),
            GROUNDS,
        ),
        Rule(
            "route_b",
            FactIs("able", set_of_bits(1)),
            "B",
            label("later", "later"),
            label("", ""),
            GROUNDS,
        ),
    ),
)
RULESET = build_ruleset(
    "words",
    title=label("", ""),
    purpose=label("", ""),
    owner=label("", ""),
    facts=(SIZES, COLOURS, ABLE, MONTHS),
    criteria=(
        Criterion("heavy", FactIs("size", set_of_bits(4)), label("zwaar", "heavy"), GROUNDS),
    ),
    decisions=(DECISION,),
)


def months(low: int, high: int) -> int:
    """Give the numbers from low to high as bits."""
    bits = MONTHS.domain
    assert isinstance(bits, IntegerDomain)
    return bits_of_set(bits.between(low, high))


ABLE_YES, HEAVY = FactIs("able", set_of_bits(2)), CriterionIs("heavy")

PHRASES: list[tuple[Condition, str, str]] = [
    (ABLE_YES, "kan meedoen: ja", "able: yes"),
    (Not(ABLE_YES), "kan meedoen: nee", "able: no"),
    (Not(Not(ABLE_YES)), "kan meedoen: ja", "able: yes"),
    (FactIs("size", set_of_bits(4)), "geld: ernstig", "money: serious"),
    (FactIs("size", set_of_bits(6), "not"), "geld: licht of ernstig", "money: mild or serious"),
    (Not(FactIs("size", set_of_bits(4))), "geld: geen of licht", "money: none or mild"),
    (FactIs("size", set_of_bits(7)), "geld: maakt niet uit", "money: any"),
    (FactIs("size", set_of_bits(0)), "geld: geen enkele waarde", "money: no value at all"),
    (FactIs("colour", set_of_bits(0b1111110)), "kleur: anders dan a", "colour: anything but a"),
    (FactIs("colour", set_of_bits(0b0000111)), "kleur: a, b of c", "colour: a, b or c"),
    (FactIs("months", set_of_bits(1 << 24)), "maanden: 24", "months: 24"),
    (
        FactIs("months", set_of_bits(months(24, 240)), "at_least"),
        "maanden: ten minste 24",
        "months: at least 24",
    ),
    (
        FactIs("months", set_of_bits(months(0, 23)), "at_most"),
        "maanden: hoogstens 23",
        "months: at most 23",
    ),
    (
        Not(FactIs("months", set_of_bits(months(24, 240)))),
        "maanden: hoogstens 23",
        "months: at most 23",
    ),
    (
        FactIs("months", set_of_bits(months(12, 240)), "between"),
        "maanden: 12 tot en met 240",
        "months: 12 to 240",
    ),
    (
        FactIs("months", set_of_bits(months(12, 18)), "between"),
        "maanden: 12 tot en met 18",
        "months: 12 to 18",
    ),
    (
        FactIs("months", set_of_bits(months(3, 3) | months(5, 6)), "in"),
        "maanden: 3 of 5 tot en met 6",
        "months: 3 or 5 to 6",
    ),
    (
        Not(FactIs("months", set_of_bits(months(12, 18)))),
        "maanden: anders dan 12 tot en met 18",
        "months: anything but 12 to 18",
    ),
    (HEAVY, "zwaar: ja", "heavy: yes"),
    (Not(HEAVY), "zwaar: nee", "heavy: no"),
    (OutcomeIs("route", ("A",)), "route: A (Activering)", "route: A (activation)"),
    (
        OutcomeIs("route", ("A", "B", "in_scope")),
        "route: A (Activering), B of binnen",
        "route: A (activation), B or in scope",
    ),
    (
        Not(OutcomeIs("route", ("A",))),
        "niet (route: A (Activering))",
        "not (route: A (activation))",
    ),
    (
        StatusIs("route", ("review", "not_applicable")),
        "route: een medewerker beoordeelt het of niet aan de orde",
        "route: a staff member will look at it or does not apply",
    ),
    (StatusIs("route", ("decided",)), "route: er is een antwoord", "route: there is an answer"),
    (
        RuleIs("route", ("route_a", "route_b")),
        "route: de regel ‘snel of later’ geldt",
        "route: the rule ‘soon or later’ applies",
    ),
    (
        All((ABLE_YES, HEAVY)),
        "alle 2 van deze: (kan meedoen: ja; zwaar: ja)",
        "all 2 of these: (able: yes; heavy: yes)",
    ),
    (All((HEAVY,)), "zwaar: ja", "heavy: yes"),
    (Not(Any((HEAVY,))), "zwaar: nee", "heavy: no"),
    (
        Any((ABLE_YES, Not(HEAVY))),
        "minstens 1 van deze: (kan meedoen: ja; zwaar: nee)",
        "at least 1 of these: (able: yes; heavy: no)",
    ),
    (
        AtLeast(2, (ABLE_YES, HEAVY, HEAVY)),
        "minstens 2 van deze: (kan meedoen: ja; zwaar: ja; zwaar: ja)",
        "at least 2 of these: (able: yes; heavy: yes; heavy: yes)",
    ),
    (
        Not(AtLeast(1, (ABLE_YES,))),
        "minder dan 1 van deze: (kan meedoen: ja)",
        "fewer than 1 of these: (able: yes)",
    ),
    (
        Exactly(1, (ABLE_YES, HEAVY)),
        "precies 1 van deze: (kan meedoen: ja; zwaar: ja)",
        "exactly 1 of these: (able: yes; heavy: yes)",
    ),
    (
        Not(Exactly(1, (ABLE_YES, HEAVY))),
        "niet precies 1 van deze: (kan meedoen: ja; zwaar: ja)",
        "not exactly 1 of these: (able: yes; heavy: yes)",
    ),
    (
        Not(All((ABLE_YES, HEAVY))),
        "niet al deze samen: (kan meedoen: ja; zwaar: ja)",
        "not all of these: (able: yes; heavy: yes)",
    ),
    (
        Not(Any((ABLE_YES, HEAVY))),
        "geen van deze: (kan meedoen: ja; zwaar: ja)",
        "none of these: (able: yes; heavy: yes)",
    ),
]


@pytest.mark.parametrize(
    ("bits", "dutch", "english"),
    [
        (months(0, 23), "hoogstens 23", "at most 23"),
        (months(24, 240), "ten minste 24", "at least 24"),
        (months(3, 5), "ten minste 3 en hoogstens 5", "at least 3 and at most 5"),
        (months(3, 4), "3 of 4", "3 or 4"),
        (months(3, 3), "3", "3"),
        (months(0, 0), "0", "0"),
        (months(0, 240), "maakt niet uit", "any"),
        (months(0, 2) | months(5, 5), "0 tot en met 2 of 5", "0 to 2 or 5"),
    ],
)
def test_what_is_known_of_a_number(bits: int, dutch: str, english: str) -> None:
    """The least and the most, where it is known in part."""
    fact = RULESET.fact["months"]
    for language, words in (("nl", dutch), ("en", english)):
        assert (
            Phrases(RULESET, language, wording_of(language)).known(fact, set_of_bits(bits)) == words
        )


@pytest.mark.parametrize(("condition", "dutch", "english"), PHRASES, ids=[p[2] for p in PHRASES])
def test_a_condition_in_words(condition: Condition, dutch: str, english: str) -> None:
    """Each form of condition reads as a person would say it."""
    for language, words in (("nl", dutch), ("en", english)):
        assert Phrases(RULESET, language, wording_of(language)).condition(condition) == words


HEADS: list[tuple[Condition, str]] = [
    (All((ABLE_YES, HEAVY)), "all of these"),
    (Any((ABLE_YES, HEAVY)), "at least 1 of these"),
    (AtLeast(2, (ABLE_YES, HEAVY)), "at least 2 of these"),
    (Exactly(1, (ABLE_YES, HEAVY)), "exactly 1 of these"),
    (Not(All((ABLE_YES, HEAVY))), "not all of these"),
    (Not(Any((ABLE_YES, HEAVY))), "none of these"),
    (Not(AtLeast(2, (ABLE_YES, HEAVY))), "fewer than 2 of these"),
    (Not(Exactly(1, (ABLE_YES, HEAVY))), "not exactly 1 of these"),
    (HEAVY, "heavy: yes"),
    (Not(HEAVY), "heavy: no"),
]


@pytest.mark.parametrize(("condition", "words"), HEADS, ids=[head[1] for head in HEADS])
def test_what_stands_above_the_parts_of_a_condition(condition: Condition, words: str) -> None:
    """A group is headed by what it asks of its parts; a leaf by itself."""
    assert Phrases(RULESET, "en", wording_of("en")).head(condition) == words


@given(st.integers(1, 7))
def test_knowledge_in_words_names_every_value(bits: int) -> None:
    """What is known in part is told as its values, also where nothing is ruled out."""
    words = Phrases(RULESET, "en", wording_of("en")).values(SIZES, set_of_bits(bits))
    for number, value in enumerate(("none", "mild", "serious")):
        assert (value in words) == bool(bits >> number & 1)


def test_words_that_are_not_remembered_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of words is bounded, and saves nothing but time."""
    monkeypatch.setattr("routeengine.explanation.phrases.WORDS_CACHE_SIZE", 0)
    phrases = Phrases(RULESET, "en", wording_of("en"))
    assert phrases.values(ABLE, set_of_bits(2)) == phrases.values(ABLE, set_of_bits(2)) == "yes"
    assert not phrases._values.cache_info().currsize


def test_knowledge_of_numbers_in_words() -> None:
    """A range is told by its ends, and a number by itself."""
    phrases = Phrases(RULESET, "nl", wording_of("nl"))
    assert phrases.values(MONTHS, set_of_bits(months(12, 18))) == "12 tot en met 18"
    assert phrases.values(MONTHS, set_of_bits(months(0, 18))) == "0 tot en met 18"
    assert phrases.values(MONTHS, set_of_bits(months(7, 7))) == "7"
    assert phrases.values(ABLE, set_of_bits(3)) == "nee of ja"


@pytest.mark.parametrize("language", LANGUAGES)
def test_passages_in_words(language: str) -> None:
    """A place has its section, or is said to stand at the start; sentences are counted."""
    passage = wording_of(language).passage
    assert (
        passage("Route A", 2, [1])
        == {
            "nl": "‘Route A’, alinea 2, zin 1",
            "en": "‘Route A’, paragraph 2, sentence 1",
        }[language]
    )
    assert (
        passage("Route A", 2, [1, 2, 4])
        == {
            "nl": "‘Route A’, alinea 2, zin 1, 2 en 4",
            "en": "‘Route A’, paragraph 2, sentences 1, 2 and 4",
        }[language]
    )
    assert (
        passage("", 1, [3])
        == {
            "nl": "begin, alinea 1, zin 3",
            "en": "at the start, paragraph 1, sentence 3",
        }[language]
    )
    assert (
        passage("", 1, [1, 3])
        == {
            "nl": "begin, alinea 1, zin 1 en 3",
            "en": "at the start, paragraph 1, sentences 1 and 3",
        }[language]
    )


def test_the_bounds_of_an_amount_are_not_read_out() -> None:
    """They are there to catch typing faults: an answer reaches to them, and does not name them."""
    fact = replace(a_fact("income", DecimalDomain("-50", "1000000", 2)), unit="EUR")
    born = a_fact("born", DateDomain(date(1900, 1, 1), date(2030, 12, 31)))
    ruleset = replace(RULESET, facts=(fact, born))
    domain = fact.domain
    assert isinstance(domain, DecimalDomain)
    for language, low, some, day in (
        (
            "nl", "hoogstens €\u00a07.770,00", "€\u00a01,00 tot en met €\u00a02,00",
            "vanaf 2 maart 2008",
        ),
        ("en", "at most €7,770.00", "€1.00 to €2.00", "from 2 March 2008 on"),
    ):  # fmt: skip
        phrases = Phrases(ruleset, language, wording_of(language))
        assert phrases.values(fact, domain.between(None, "7770")) == low
        assert phrases.values(fact, domain.between("1", "2")) == some
        later = cast(DateDomain, born.domain).between("2008-03-02", None)
        assert phrases.values(born, later) == day
        assert phrases.values(fact, domain.full) == wording_of(language).any_value
