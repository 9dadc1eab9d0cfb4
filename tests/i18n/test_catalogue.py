"""Words: every language has all of them, filled in with the same, and no other file has any."""

from __future__ import annotations

import pickle
import re
import string
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from families import FAMILIES, text_of
from routeengine import Engine, RuleSet, i18n, load_ruleset
from routeengine.cli import main
from routeengine.departure import Departure, depart
from routeengine.errors import LanguageError, RouteEngineError, RuleSetError
from routeengine.i18n import (
    LANGUAGES,
    catalogue,
    count_in_words,
    date_in_words,
    language_for,
    span_in_words,
    wording_of,
)
from routeengine.i18n.section import Section
from routeengine.i18n.words import ClientIdWording
from routeengine.interview import Interview
from routeengine.own_words import words_of
from routeengine.profile_model import profile_json_schema, profile_model
from routeengine.sql import export_sql

SOURCE = Path(i18n.__file__).parents[1]

DEPARTURE = Departure("door", "admit", "consultant", "it fits", date(2024, 5, 6))


def templates(language: str, ruleset: RuleSet | None = None) -> dict[str, str]:
    """Return every text of a language by its section and key, and its place in a list.

    They have the name for who decides that the rule set has, if there is one.
    """

    def walk(name: str, texts: Any) -> dict[str, str]:
        if isinstance(texts, Section):
            texts = vars(texts)
        if isinstance(texts, Mapping):
            parts = [walk(f"{name}.{key}".lstrip("."), text) for key, text in texts.items()]
            return {key: text for part in parts for key, text in part.items()}
        if isinstance(texts, tuple):
            return {f"{name}.{number}": text for number, text in enumerate(texts)}
        return {name: texts}

    every = words_of(ruleset.wording if ruleset else None, language)
    return walk("", every)


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_each_language_is_a_file_and_each_file_a_language() -> None:
    """Nothing else says which languages there are."""
    files = Path(i18n.__file__).parent.glob("*.toml")
    assert sorted(file.stem for file in files) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_agree(language: str) -> None:
    """Each has every text, none is empty, and each fills in the same as the first does."""
    first, own = templates(LANGUAGES[0]), templates(language)
    assert own.keys() == first.keys()
    for key, text in own.items():
        assert isinstance(text, str), key
        assert text.strip(), key
        assert placeholders(text) == placeholders(first[key]), key


@pytest.mark.parametrize("texts", [{"title": "id"}, {"title": "id", "description": "", "more": ""}])
def test_a_text_that_is_missing_or_that_nobody_asked_for_is_refused(texts: dict[str, str]) -> None:
    """A language is complete, or it cannot be loaded."""
    with pytest.raises(TypeError, match=r"description|more"):
        i18n._fill(ClientIdWording, texts)


def test_words_cannot_be_changed_but_others_can_stand_in_their_place() -> None:
    """Everyone who speaks a language shares them."""
    words = catalogue("en").client_id
    with pytest.raises(AttributeError, match="ClientIdWording cannot be changed: title"):
        words.title = "key"
    with pytest.raises(TypeError, match="has no such: titel"):
        words.replaced(titel="key")
    other = words.replaced(title="key")
    assert (other.title, other.description) == ("key", words.description)
    assert catalogue("en").client_id is words
    assert words.title != "key"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_speaks_of_duty_or_rank(language: str) -> None:
    """It is advice: no sentence obliges, threatens, or ranks one route above another."""
    words = {
        "nl": ("moet", "verplicht", "sanctie", "straf", "maatregel", "beter", "slechter", "lager"),
        "en": ("must", "oblig", "sanction", "penalt", "duty", "better", "worse", "lower"),
    }[language]
    for key, text in templates(language).items():
        # What "we still have to know" is the engine's own question, not the client's duty.
        if key != "explanation.masked_missing":
            assert not any(word in text.lower() for word in words), key


def test_a_language_that_is_not_there_is_a_clear_error() -> None:
    """The error names the languages that there are, and survives pickling."""
    with pytest.raises(LanguageError) as caught:
        wording_of("fy", ["nl", "en"])
    assert str(caught.value) == "no words in `fy`: the languages are `nl`, `en`"
    assert isinstance(caught.value, RouteEngineError)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.language, copy.allowed) == ("fy", ("nl", "en"))
    with pytest.raises(LanguageError, match="the languages are `en`"):
        wording_of("nl", ["en"])
    with pytest.raises(LanguageError, match="the languages are none"):
        wording_of("nl", [])
    assert wording_of("en") is catalogue("en").explanation


def test_a_date_in_words() -> None:
    """As people of the language write it; no two months are the same."""
    assert date_in_words(date(2024, 5, 6), "nl") == "6 mei 2024"
    assert date_in_words(date(2024, 5, 6), "en") == "6 May 2024"
    for language in LANGUAGES:
        assert len(set(catalogue(language).months)) == 12


def test_the_language_is_the_first_of_the_rule_set_that_has_words() -> None:
    """Unless one is asked for."""
    assert language_for(["en", "nl"]) == "en"
    assert language_for(["fy", "nl", "en"]) == "nl"
    assert language_for(["fy", "nl", "en"], "en") == "en"
    with pytest.raises(LanguageError, match="no words in `fy`: the languages are none"):
        language_for(["fy"])


@pytest.fixture
def frisian() -> RuleSet:
    """Make a rule set in Frisian first, then in English, and in Dutch last."""
    each = r'{"fy": "\1 fy", "en": "\1", "nl": "\1 nl"}'
    text = re.sub(r'\{"en": "([^"]*)"\}', each, text_of("same_outcome", 2))
    text = text.replace('"languages": ["en"]', '"languages": ["fy", "en", "nl"]')
    return load_ruleset({"rules.json": text})


def test_a_language_is_the_same_default_everywhere(frisian: RuleSet) -> None:
    """The first of the rule set that the library has words in, whoever leaves it out."""
    engine = Engine(frisian)
    result = engine.classify({"f0": True, "f1": True})
    assert engine.explain(result).language == "en"
    assert engine.explain(result).to_text() == engine.explain(result, "en").to_text()
    talk = Interview(engine, {})
    assert talk.words() == talk.words("en") == "words"
    departure = depart(result, DEPARTURE, frisian)
    assert departure.to_text() == departure.to_text("en") != departure.to_text("nl")
    assert profile_json_schema(frisian) == profile_json_schema(frisian, "en")
    assert profile_model(frisian).model_fields["f0"].title == "fact 0"
    assert f"{frisian.id} {frisian.version}: words" in export_sql(frisian)


def test_texts_of_the_rules_are_given_in_any_language_of_theirs(frisian: RuleSet) -> None:
    """Also in one that the library has no words in; what it says itself takes words."""
    engine = Engine(frisian)
    result = engine.classify({"f0": True, "f1": True})
    assert Interview(engine, {}).words("fy") == "words fy"
    assert profile_model(frisian, "fy").model_fields["f0"].title == "fact 0 fy"
    assert profile_json_schema(frisian, "fy")["title"] == "words fy"
    with pytest.raises(LanguageError, match="no words in `fy`: the languages are `nl`, `en`"):
        engine.explain(result, "fy")
    with pytest.raises(LanguageError, match="no words in `fy`: the languages are `nl`, `en`"):
        depart(result, DEPARTURE, frisian).to_text("fy")
    for ask in (Interview(engine, {}).words, partial(profile_model, frisian)):
        with pytest.raises(LanguageError, match="no words in `de`: the languages are `fy`, `en`"):
            ask("de")


def test_rules_that_nobody_can_be_told_of_are_refused() -> None:
    """With the place of the languages, and which would do."""
    text = text_of("same_outcome", 2).replace('"en"', '"fy"')
    with pytest.raises(RuleSetError) as caught:
        load_ruleset({"rules.json": text})
    (fault,) = caught.value.faults
    assert fault.message == "there are no words to explain in for any language of this rule set"
    assert fault.hint == "add one of `nl`, `en`, with its texts"
    assert text[fault.column - 1 :].startswith('["fy"]')


def test_rules_in_english_alone_are_spoken_of_in_english() -> None:
    """Nobody has to say so, wherever a language may be left out."""
    ruleset = FAMILIES["same_outcome"](2)
    engine = Engine(ruleset)
    result = engine.classify({"f0": True, "f1": True})
    explanation = engine.explain(result)
    assert explanation.language == "en"
    assert Interview(engine, {}).words() == "words"
    assert depart(result, DEPARTURE, ruleset).to_text().startswith("words\nAdvice: refuse (words).")
    assert profile_json_schema(ruleset)["title"] == "words"
    trace = engine.trace_table(pa.table({"client_id": ["c1"], "f0": [True], "f1": [True]}))
    assert trace.explain_row(0).language == "en"


@pytest.mark.parametrize(
    "arguments",
    [("classify", "{clients}", "--rules", "{rules}"), ("diff", "{rules}", "{rules}")],
    ids=lambda arguments: arguments[0],
)
def test_commands_speak_the_language_of_the_rules(
    arguments: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A language that the rules lack is an error of one line, before anything is written."""
    rules, clients = tmp_path / "rules.yaml", tmp_path / "clients.csv"
    rules.write_text(text_of("same_outcome", 2))
    clients.write_text("client_id,f0,f1\nc1,yes,no\n")
    call = [one.format(rules=rules, clients=clients) for one in arguments]
    assert main(call) == 0
    assert re.search(r"This is advice|The two versions mean the same", capsys.readouterr().out)
    assert main([*call, "--lang", "nl"]) == 2
    assert capsys.readouterr() == ("", "no words in `nl`: the languages are `en`\n")


def test_a_period_is_told_by_its_ends() -> None:
    """Of which either may be open; a day is a day."""
    first, last = date(2025, 1, 1), date(2025, 6, 30)
    for since, until, nl, en in (
        (
            first,
            last,
            "vanaf 1 januari 2025 tot en met 30 juni 2025",
            "from 1 January 2025 up to 30 June 2025",
        ),
        (first, None, "vanaf 1 januari 2025", "from 1 January 2025"),
        (None, last, "tot en met 30 juni 2025", "up to 30 June 2025"),
        (first, first, "op 1 januari 2025", "on 1 January 2025"),
        (None, None, "", ""),
    ):
        assert span_in_words(since, until, "nl") == nl
        assert span_in_words(since, until, "en") == en


def test_no_text_is_kept_that_nothing_shows() -> None:
    """Every key of the catalogue is a name that code or a template uses."""
    package = Path(i18n.__file__).parent.parent
    users = [path for path in package.rglob("*") if path.suffix in {".py", ".html", ".mjs", ".txt"}]
    text = "\n".join(path.read_text(encoding="utf-8") for path in users)
    declaration = re.compile(r"^    \w+: [\w\[\], .]+$", re.MULTILINE)
    used = set(re.findall(r"\w+", declaration.sub("", text)))
    keys = {part for key in templates("en") for part in key.split(".") if not part.isdigit()}
    composed = {"over_open", "short_open"}  # by explanation/points.py, of two parts
    assert keys - used == composed


@given(st.integers(min_value=0, max_value=10**18))
def test_counts_are_written_as_people_of_the_language_do(count: int) -> None:
    """In groups of three, with a comma in English and a full stop in Dutch, and as amounts are."""
    english, dutch = (count_in_words(count, language) for language in ("en", "nl"))
    assert english == f"{count:,}"
    assert dutch == english.replace(",", ".")
    assert english == i18n.number_in_words(str(count), "en")


def test_nothing_else_puts_counts_in_groups() -> None:
    """A page or a summary takes its counts from there: one format, whatever shows them.

    English alone is written by `check`, and by errors and messages for who runs a command.
    """
    grouping = ':,}".replace('
    found = [one for one in SOURCE.rglob("*.py") if grouping in one.read_text(encoding="utf-8")]
    assert found == [SOURCE / "i18n/__init__.py"]
