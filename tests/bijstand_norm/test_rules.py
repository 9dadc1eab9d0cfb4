"""The shipped rules on social assistance: proved, grounded, and told in two languages."""

from __future__ import annotations

import re

import pytest

from bijstand_norm.instances import (
    CLIENT,
    FIXTURES,
    PERIODS,
    RULES,
    SOURCES,
    Period,
    engine,
    grounds,
    rules,
    source_text,
)
from policy.test_texts import texts
from routeengine.caseload import Tally
from routeengine.citations import verify_citations
from routeengine.cli import main
from routeengine.explanation.page.client import client_page
from routeengine.explanation.page.reasons import reasons
from routeengine.explanation.page.voice import Voice
from routeengine.formatters.summary import summary
from routeengine.loading import load_instances, shipped_rulesets
from routeengine.rulebook import rulebook, rulebook_page
from routeengine.verification import verify


@pytest.mark.gate
def test_it_ships() -> None:
    """Under its name, beside the policy of Rijswijk."""
    assert shipped_rulesets() == ("bijstand-norm", "rijswijk-2023")
    assert [str(one.instance) for one in load_instances("bijstand-norm")] == [
        "from 2025-01-01 until 2025-06-30, limit_110",
        "from 2025-07-01 until 2025-12-31, limit_110",
        "from 2025-01-01 until 2025-06-30, limit_120",
        "from 2025-07-01 until 2025-12-31, limit_120",
    ]


@pytest.mark.gate
@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_a_check_finds_nothing(period: Period) -> None:
    """No gap, no overlap, nothing idle, and every expectation holds: notes alone are left."""
    found = verify(rules(period.day, period.variant))
    assert {one.kind for one in found.findings} <= {"order_decides", "unchecked_citations"}
    assert len(rules().expectations) == 6


@pytest.mark.parametrize("source", SOURCES)
def test_every_citation_stands_in_its_source(source: str) -> None:
    """At its place, word for word."""
    assert verify_citations(rules(), source, source_text(source)) == []


def test_every_source_and_every_citation_is_used() -> None:
    """What is listed is cited, by a rule, a criterion, a flag or a parameter."""
    one = rules()
    assert {each.id for each in one.sources} == set(SOURCES)
    assert {cite for each in grounds().values() for cite in each.cites} == {
        citation.id for citation in one.citations
    }


def test_every_text_stands_in_both_languages_and_sentences_are_short() -> None:
    """And no text says what a citizen must do."""
    found = list(texts(rules()))
    assert len(found) > 150
    for path, text in found:
        assert set(text) == {"nl", "en"}, path
        for words in text.values():
            assert all(len(one.split()) <= 30 for one in re.split(r"[.?!:]\s", words)), path
            assert not re.search(r"\b(moet\w*|verplicht\w*|must|obliged)\b", words), path


def test_no_file_names_an_amount_twice() -> None:
    """Amounts stand in the parameters; a reading names three as an example."""
    for path in RULES.glob("*.yaml"):
        amounts = re.findall(r"(?<![\d,])\d{3,5}\.\d\d\b", path.read_text(encoding="utf-8"))
        assert len(amounts) == (9 * 2 + 2 if path.name == "parameters.yaml" else 0), path.name


def test_a_rule_that_holds_for_everybody_is_told_by_its_reason() -> None:
    """For "always" is nothing that a client knows themselves by."""
    result = engine().classify(CLIENT | {"income": "1400.00"})
    told = engine().explain(result, lang="nl").to_text()
    assert "Uw inkomen is niet lager dan de norm die voor u geldt." in told
    assert "Altijd" not in told
    assert "your income is not below the norm" in (
        engine().explain(result, lang="en").to_text().replace("\n  ", " ").lower()
    )


def test_reasons_that_may_be_so_are_not_told_as_if_they_were() -> None:
    """Of several rules that decide, all are so; of several that may, it is said that some are."""
    one, known = engine(), {name: CLIENT[name] for name in CLIENT if name != "has_children"}
    client = known | {"wealth": "8000.00", "income": "1400.00", "prospects": True}
    explanation = one.explain(one.classify(client), lang="en")
    voice = Voice(explanation, one.ruleset)
    assert list(reasons(voice, explanation.verdicts["means"])) == [
        "What we do not know makes no difference here. The answer stays the same.",
        "One or more of these reasons apply:",
        "Your wealth is above the limit.",
        "Your income is not below the norm that applies to you.",
    ]
    sure = one.explain(
        one.classify(CLIENT | {"prospects": True, "had_supplement": True}), lang="en"
    )
    assert list(reasons(Voice(sure, one.ruleset), sure.verdicts["supplement"])) == [
        "You have a prospect of a higher income.",
        "You had a supplement in the last 12 months already.",
    ]


def test_a_column_follows_where_what_it_asks_is_so() -> None:
    """The rule for the rest does not decide where too much wealth goes before it."""
    result = engine().classify(CLIENT | {"wealth": "8000.00", "income": "1400.00"})
    page = client_page(engine().explain(result, lang="en"))
    assert page.account is not None
    ends = {one.rule: one.end.mark for table in page.account.matrices for one in table.columns}
    assert ends == {"means_low": "unmet", "means_wealth": "met", "means_high": "open"}


def test_a_place_names_its_document_where_there_are_more() -> None:
    """Two acts have an article 7a: which is meant is said."""
    result = engine().classify(CLIENT | {"wealth": "20000.00"})
    told = " ".join(engine().explain(result, lang="nl").to_text().split())
    assert "Participatiewet, zoals zij gold vanaf 1 januari 2025, ‘Artikel 34’, alinea 2" in told


def test_pages_say_of_which_day_and_variant_the_numbers_are() -> None:
    """One version of the rules has other numbers in July, and in another municipality."""
    result = engine("2025-07-01", "limit_120").classify(CLIENT)
    for language, words in (("nl", "Getallen: op 1 juli 2025"), ("en", "Numbers: on 1 July 2025")):
        told = engine("2025-07-01", "limit_120").explain(result, lang=language).to_text()
        assert f"- {words}, limit_120." in told
    told = summary(rules("2025-07-01", "limit_120"), Tally(), "nl")
    assert "(bijstand-norm 1.0.0; op 1 juli 2025, limit_120)" in told


@pytest.mark.gate
def test_the_rule_book_has_the_numbers_and_what_they_rest_on() -> None:
    """Each with its places, the reading among the readings, and which instance it is."""
    book = rulebook(rules(), verify(rules()), language="nl")
    numbers = {one.link.address: one for one in book.parameters}
    assert list(numbers) == [f"parameter-{one.id}" for one in rules().parameters]
    single, limit = numbers["parameter-norm_single"], numbers["parameter-supplement_limit"]
    assert single.condition is not None
    assert single.condition.text == "€\xa01.345,45"
    assert len(single.basis.places) == 2
    assert limit.basis.reading in {one.address for one in book.readings}
    assert "Op 1 januari 2025, limit_110" in {row.text for row in book.versions}
    page = rulebook_page(rules(), verify(rules()), language="nl")
    assert 'id="parameter-norm_single"' in page


def test_a_day_and_a_variant_have_to_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Ages depend on the day: without one nothing is loaded, and the commands say what to add."""
    assert main(["test", "bijstand-norm", str(FIXTURES / "cases/2025-01.yaml")]) == 2
    told = capsys.readouterr().err
    assert "--as-of DAY" in told
    assert "--variant V" in told


@pytest.mark.parametrize(
    ("day", "norm"),
    [("2025-02-27", "young_single"), ("2025-02-28", "young_single"), ("2025-03-01", "single")],
)
def test_born_on_29_february(day: str, norm: str) -> None:
    """21 on 1 March of a year that has no such day."""
    client = CLIENT | {"born": "2004-02-29"}
    assert engine(day).classify(client).verdicts["norm"].outcome == norm


def test_commas_of_labels_are_kept_in_a_summary() -> None:
    """What parts thousands is a full stop in Dutch, and that is all that changes."""
    tally = Tally()
    tally.counts["norm", "young_single"] = 12345
    told = summary(rules(), tally, "nl")
    assert "alleenstaande (ouder), 18 tot en met 20" in told
    assert "12.345" in told
