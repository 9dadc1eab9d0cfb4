"""What stands in a cell, and what is known by it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseload.small import RULES, faults, json_lines, put, rows
from routeengine.caseload.values import FAULTY, FactReader
from routeengine.profile import DECLINED, Between, OneOf, read_profile

RUNG, WILLING, FINANCES, MONTHS = (FactReader(RULES, fact) for fact in RULES.facts)


@pytest.mark.parametrize(
    "word", ["ja", "JA", " yes ", "true", "True", "waar", "1", "J", "y", "1.0"]
)
def test_words_for_yes(word: str) -> None:
    """Each usual word for yes is True, whatever its case."""
    assert WILLING.text(word) is True


@pytest.mark.parametrize("word", ["nee", "No", "false", "ONWAAR", "0", "N", "n", "0,0"])
def test_words_for_no(word: str) -> None:
    """Each usual word for no is False."""
    assert WILLING.text(word) is False


@pytest.mark.parametrize("word", ["", "  ", "onbekend", "Onbekend", "UNKNOWN", "?", None])
@pytest.mark.parametrize("reader", [RUNG, WILLING, FINANCES])
def test_unknown_is_what_the_rule_set_says(reader: FactReader, word: str | None) -> None:
    """An empty cell and the rule set's own words are unknown, for every fact."""
    assert reader.text(word) is None


@pytest.mark.parametrize("word", ["NA", "null", "NaN", "None", "n/a", "-", "nil", "N/B", "#N/A"])
@pytest.mark.parametrize("reader", [RUNG, WILLING, MONTHS])
def test_other_words_for_nothing_are_faults(reader: FactReader, word: str) -> None:
    """What other readers take for empty is not empty unless the rule set says so."""
    assert reader.text(word) is FAULTY


def test_none_is_a_value_where_the_rule_set_has_it() -> None:
    """`None` in a column of severities is the value none, not an empty cell."""
    assert FINANCES.text("None") == "none"


def test_declined_is_told_apart() -> None:
    """The rule set's word for a question that was not answered is kept as that."""
    assert RUNG.text("Geen  antwoord") is DECLINED


@pytest.mark.parametrize("text", ["2", " 2 ", "+2", "02", "2.0", "2,0", "2.00"])
def test_whole_number_in_text(text: str) -> None:
    """Digits are a number, with white space around them or not."""
    assert RUNG.text(text) == 2


@pytest.mark.parametrize(
    "text",
    [
        "2.000",
        "2,000",
        "2.5",
        "2.",
        ".0",
        "7.0",
        "２",
        "²",
        "1e0",
        "0x2",
        "1_0",
        "--2",
        "7",
        "-1",
        "true",
        "9" * 50,
    ],
)
def test_no_whole_number_of_the_domain(text: str) -> None:
    """Anything but plain digits of the domain is a fault."""
    assert RUNG.text(text) is FAULTY


@pytest.mark.parametrize("text", ["12-18", "12–18", "12 — 18", "12..18", "12 t/m 18"])
def test_range_in_text(text: str) -> None:
    """A range is kept as what is known: both ends included."""
    assert MONTHS.text(text) == Between(12, 18)


@pytest.mark.parametrize("text", ["18-12", "12-999", "12-", "-18", "12-18-24"])
def test_no_range_of_the_domain(text: str) -> None:
    """A range that is empty, open or outside the domain is a fault."""
    assert MONTHS.text(text) is FAULTY


def test_range_is_no_range_for_a_category() -> None:
    """Only numbers have ranges."""
    assert FINANCES.text("1-2") is FAULTY


@pytest.mark.parametrize("text", ["mild|serious", "licht / ernstig", "Mild/ernstig"])
def test_one_of_several_in_text(text: str) -> None:
    """Values with a bar or stroke between them are one of these."""
    assert FINANCES.text(text) == OneOf(("mild", "serious"))


def test_one_of_the_same_is_that_one() -> None:
    """The same value twice is that value."""
    assert FINANCES.text("mild/licht") == "mild"
    assert RUNG.text("1|2") == OneOf((1, 2))


@pytest.mark.parametrize("text", ["mild|", "mild|onbekend", "mild|geen antwoord", "mild/x", "/"])
def test_several_of_which_one_is_no_value(text: str) -> None:
    """Each part has to be a value."""
    assert FINANCES.text(text) is FAULTY


def test_minus_is_no_dash_between_words() -> None:
    """-1, as some databases write yes, is neither yes nor no."""
    assert WILLING.text("-1") is FAULTY


def test_long_text_is_a_fault() -> None:
    """No value is thousands of characters long."""
    assert FINANCES.text("x" * 5000) is FAULTY
    assert FINANCES.native("x" * 5000) is FAULTY


def test_ambiguous_word_is_a_fault_and_an_id_never_is() -> None:
    """A label that two values share says nothing; the id of a value always does."""
    fact = replace(
        RULES.fact["finances"],
        value_labels={"none": {"nl": "iets"}, "mild": {"nl": "iets"}, "serious": {"nl": "none"}},
    )
    reader = FactReader(RULES, fact)
    assert reader.text("iets") is FAULTY
    assert reader.text("none") == "none"


def test_rule_set_goes_before_what_is_built_in() -> None:
    """A rule set may give `0` another meaning."""
    reader = FactReader(replace(RULES, unknown_texts=("0", "n")), RULES.fact["willing"])
    assert [reader.text(word) for word in ("0", "N", "J")] == [None, None, True]


@pytest.mark.parametrize(
    ("reader", "cell"),
    [
        (RUNG, True),
        (RUNG, "2"),
        (RUNG, 2.5),
        (RUNG, float("nan")),
        (RUNG, float("inf")),
        (RUNG, Decimal("2.01")),
        (RUNG, Decimal("NaN")),
        (RUNG, 0),
        (RUNG, [2]),
        (RUNG, {"one_of": []}),
        (RUNG, {"between": [1]}),
        (RUNG, {"between": [1, 2], "declined": True}),
        (RUNG, {"declined": 1}),
        (RUNG, {"one_of": [True]}),
        (WILLING, 2),
        (WILLING, 0.5),
        (WILLING, "1"),
        (WILLING, {"between": [0, 1]}),
        (FINANCES, 1),
        (FINANCES, {"one_of": [["mild"]]}),
        (FINANCES, {}),
    ],
)
def test_typed_values_are_strict(reader: FactReader, cell: object) -> None:
    """True is not 1, "2" is not 2, and a form that means nothing is a fault."""
    assert reader.native(cell) is FAULTY


@pytest.mark.parametrize(
    ("reader", "cell", "known"),
    [
        (RUNG, 2, 2),
        (RUNG, 2.0, 2),
        (RUNG, Decimal("2.00"), 2),
        (WILLING, 1, True),
        (WILLING, 0, False),
        (WILLING, 1.0, True),
        (RUNG, None, None),
        (RUNG, "onbekend", None),
        (RUNG, {"between": [2, None]}, Between(2, None)),
        (WILLING, True, True),
        (WILLING, "ja", True),
        (FINANCES, "Ernstig", "serious"),
        (FINANCES, {"one_of": ["mild", "none"]}, OneOf(("mild", "none"))),
        (FINANCES, {"declined": True}, DECLINED),
    ],
)
def test_typed_values(reader: FactReader, cell: object, known: object) -> None:
    """Typed values, words of the rule set and the forms of partial knowledge are read."""
    assert reader.native(cell) == known


@settings(deadline=None)
@given(st.lists(st.text(), max_size=40), st.sampled_from([RUNG, WILLING, FINANCES, MONTHS]))
def test_any_text_is_read_or_faulty(texts: list[str], reader: FactReader) -> None:
    """Any text gives knowledge that a profile takes, or is faulty; and the same each time."""
    for text in texts:
        known = reader.text(text)
        assert known is FAULTY or read_profile(RULES, {reader.fact.id: known})
        assert reader.text(text) == known


def test_memory_of_texts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of ever new texts is still read right."""
    monkeypatch.setattr("routeengine.caseload.values.TEXTS_CACHE_SIZE", 2)
    reader = FactReader(RULES, RULES.fact["months"])
    assert [reader.text(str(n)) for n in range(10)] == list(range(10))


@pytest.mark.parametrize("given_id", ["", "   "])
def test_client_id_that_is_missing(tmp_path: Path, given_id: str) -> None:
    """A row without a client id is a fault."""
    (row,) = rows(put(tmp_path / "a.csv", f"client_id,rung\n{given_id},2\n"))
    assert (row.client_id, row.profile) == (None, None)
    assert faults(row) == ["2: client_id: is missing"]


@pytest.mark.parametrize("bad", ["a\tb", "a\0b", "a\u202eb", "x" * 201, "\ufffd"])
def test_client_id_that_cannot_be_shown(tmp_path: Path, bad: str) -> None:
    """Control characters, and what is too long, are no client id."""
    (row,) = rows(put(tmp_path / "a.csv", f"client_id,rung\n{bad},2\n"))
    assert row.client_id is None
    assert "2: client_id: must " in faults(row)[0]


def test_client_id_is_text_or_a_whole_number(tmp_path: Path) -> None:
    """A number becomes text; anything else is a fault."""
    ids: list[object] = [17, " c2 ", True, 1.5, None, ["c"], "\ud800"]
    found = rows(json_lines(tmp_path / "a.jsonl", [{"client_id": one} for one in ids]))
    assert [row.client_id for row in found] == ["17", "c2", None, None, None, None, None]
    assert [row.profile is None for row in found] == [False, False, *[True] * 5]


def test_duplicate_client_id_names_the_earlier_row(tmp_path: Path) -> None:
    """The first row with an id is used, a later one is a fault, spaces aside."""
    found = rows(put(tmp_path / "a.csv", "client_id\nc1\nc2\n c1\nc1\n"))
    assert [row.profile is None for row in found] == [False, False, True, True]
    assert faults(found[2]) == ["4: client_id: stands in row 2 too"]
    assert faults(found[3]) == ["5: client_id: stands in row 2 too"]
    assert found[2].client_id == "c1"
