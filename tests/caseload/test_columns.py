"""Which column speaks of which fact, and which are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from caseload.small import RULES, faults, json_lines, put, rows
from routeengine.caseload import columns, open_caseload, source
from routeengine.errors import CaseloadError
from routeengine.ruleset.model import Refusal, RuleSet
from routeengine.ruleset.naming import fold


def refusal(tmp_path: Path, header: str, *drop: str, rules: RuleSet = RULES) -> str:
    """Give the words with which a header is refused."""
    path = put(tmp_path / "a.csv", f"{header}\n")
    with pytest.raises(CaseloadError) as caught:
        open_caseload(path, rules, drop_columns=drop)
    assert caught.value.path == str(path)
    return caught.value.message


@pytest.mark.parametrize(
    "heading",
    ["finances", "Financiën", "FINANCIEN", " financie\u0308n ", "money", "Schulden", "fin-an_ces"],
)
def test_heading_is_folded(tmp_path: Path, heading: str) -> None:
    """Id, labels and aliases match, whatever the case, accents, dashes and spaces."""
    (row,) = rows(put(tmp_path / "a.csv", f"Client-ID,{heading}\nc1,mild\n"))
    assert row.profile == {"client_id": "c1", "finances": "mild"}


@pytest.mark.parametrize(
    "heading", ["clientid", "ClientId", "client id", "Cliëntnummer", "CLIENT_ID", "client\u00a0id"]
)
def test_client_id_has_further_names(tmp_path: Path, heading: str) -> None:
    """The column of the client id may have the names that the rule set gives."""
    assert rows(put(tmp_path / "a.csv", f"{heading}\nc1\n"))[0].client_id == "c1"


def test_every_strange_column_is_named(tmp_path: Path) -> None:
    """All columns that are no fact are refused in one go, with what may have been meant."""
    words = refusal(tmp_path, "client_id,rungs,shoe_size,willing")
    assert "column `rungs` is no fact of the rule set `small` (did you mean `rung`?)" in words
    assert "column `shoe_size` is no fact" in words
    assert "--drop-columns" in words
    assert "willing`" not in words
    assert "columns `colour` and `size` are no fact" in refusal(tmp_path, "client_id,colour,size")


def test_refused_column_has_its_reason(tmp_path: Path) -> None:
    """A field that the rule set refuses is named with the reason, by id or alias."""
    words = refusal(tmp_path, "client_id,Burgerservicenummer,a,b,c,d")
    assert "column `Burgerservicenummer` is refused: Use a pseudonym" in words


def test_refusal_without_english_words_is_named(tmp_path: Path) -> None:
    """If the rule set speaks no English, it is told in the first language that it speaks."""
    refused = Refusal("name", (), {"nl": "Geen naam."})
    rules = replace(RULES, languages=("nl",), refusals=(refused,))
    assert "`name` is refused: Geen naam" in refusal(tmp_path, "client_id,name", rules=rules)


def test_refused_name_is_no_suggestion(tmp_path: Path) -> None:
    """Nobody is asked whether they meant a field that is refused."""
    assert "did you mean" not in refusal(tmp_path, "client_id,bsns")


def test_dropped_columns_are_not_looked_at(tmp_path: Path) -> None:
    """What is dropped may hold anything, also what the rule set refuses."""
    path = put(tmp_path / "a.csv", "client_id,Shoe Size,bsn,rung,2\nc1,x,123,9,y\n")
    (row,) = rows(path, "shoe_size", "BSN", "rung", "2")
    assert row.profile == {"client_id": "c1"}


def test_name_to_drop_that_is_not_there_is_fine(tmp_path: Path) -> None:
    """One list of names to drop serves files that differ."""
    assert rows(put(tmp_path / "a.csv", "client_id\nc1\n"), "shoe_size")[0].profile is not None


HEADLESS = ["c001,2,ja,mild", "c1;9;nee;ernstig", "Janssen,4,onbekend,none", "17\t2\tja\tmild"]


@pytest.mark.parametrize("line", HEADLESS)
def test_file_without_header_shows_no_values(tmp_path: Path, line: str) -> None:
    """Where data stands in place of names, only positions are told."""
    words = refusal(tmp_path, f"{line}\n{line}")
    assert "columns 1, 2, 3 and 4 are no fact of" in words
    assert "does the first line name the columns?" in words
    assert not any(
        cell in words.split() or f"`{cell}`" in words for cell in ("c001", "c1", "ja", "Janssen")
    )


@pytest.mark.parametrize(
    "heading", ["123456789", "ja", "ernstig", "x" * 61, "<b>", "a b c d e f g"]
)
def test_heading_that_may_be_data_is_told_by_position(tmp_path: Path, heading: str) -> None:
    """Digits, values and long texts are not repeated, even where the rest is a header."""
    words = refusal(tmp_path, f"client_id,{heading},rung")
    assert "column 2 is no fact of the rule set `small`" in words
    assert f"`{heading}`" not in words


def test_two_columns_of_one_fact_are_refused(tmp_path: Path) -> None:
    """Nobody can say which of two columns holds."""
    assert refusal(tmp_path, "client_id,rung,Trede") == "columns 2 and 3 all mean `rung`"
    assert "columns 1 and 2 all mean `client_id`" in refusal(tmp_path, "client_id,clientnummer")


def test_heading_that_means_two_facts_is_refused(tmp_path: Path) -> None:
    """A label that two facts share is no name; the id of a fact always is."""
    twin = replace(RULES.fact["rung"], label={"nl": "bereid", "en": "finances"})
    rules = replace(RULES, facts=(twin, *RULES.facts[1:]))
    words = refusal(tmp_path, "client_id,bereid", rules=rules)
    assert "column `bereid` can mean `rung`, `willing`: use one of these" in words
    path = put(tmp_path / "a.csv", "client_id,finances\nc1,mild\n")
    assert rows(path, rules=rules)[0].profile == {"client_id": "c1", "finances": "mild"}


def test_missing_client_id_is_told(tmp_path: Path) -> None:
    """A file without client ids is refused, and its other columns are named."""
    words = refusal(tmp_path, "rung,number")
    assert "there is no column `client_id`" in words
    assert "column `number` is no fact" in words


def test_column_without_name_must_be_empty(tmp_path: Path) -> None:
    """A separator at the end of each line is harmless; data without a name is not."""
    good, bad = rows(put(tmp_path / "a.csv", "client_id,rung,\nc1,2,\nc2,2,x\n"))
    assert good.profile == {"client_id": "c1", "rung": 2}
    assert faults(bad) == ["3: (column 3): must be empty, for the column has no name"]


def test_columns_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past it no name is looked at, and so none is told."""
    monkeypatch.setattr(source, "MAX_COLUMNS", 3)
    assert "column `shoe_size` is no fact" in refusal(tmp_path, "client_id,rung,shoe_size")
    assert refusal(tmp_path, "client_id,rung,shoe_size,hat") == "has more than 3 columns"


def test_few_names_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit a strange column is named without a hint."""
    monkeypatch.setattr(columns, "MAX_HINTS", 1)
    words = refusal(tmp_path, "client_id,rungs,willings")
    assert "did you mean `rung`" in words
    assert "did you mean `willing`" not in words


def test_memory_of_names_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records with ever new names are still read right."""
    monkeypatch.setattr(columns, "HEADINGS_CACHE_SIZE", 2)
    records: list[dict[str, object]] = [{"client_id": f"c{n}", "x" * n: 1} for n in range(1, 9)]
    found = rows(json_lines(tmp_path / "a.jsonl", [{"client_id": "c0"}, *records]))
    assert [len(row.faults) for row in found] == [0, *[1] * 8]


@pytest.mark.parametrize(
    ("text", "folded"),
    [("A_b-C  d", "a b c d"), ("-1", "-1"), ("É", "e"), ("_x", "_x"), ("x\u200bz", "xz"), ("", "")],
)
def test_folding(text: str, folded: str) -> None:
    """Joints between words become spaces; a sign in front stays."""
    assert fold(text) == folded
