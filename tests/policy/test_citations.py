"""Sentences of a source are counted one way only, and citations are checked by it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeengine import RouteEngineError, RuleSet
from routeengine.citations import sentence_digest, sentences, verify_citations
from routeengine.ruleset.sources import Citation, Source

TITLE = {"en": "a notice"}
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "policy-rijswijk.md"
SOURCE = Source("notice", TITLE, "7.12", TITLE, ("Hours", "Who may  come"), ("approx.", "Mr."))
TEXT = """The library writes to you. It has news!

  Hours
We open at nine (not at
ten). Is that early? approx. 9.15 is fine too, says Mr. Reader. “We do!” says he.

These days are new:
- Monday; and
* Tuesday. With cake.
2) a day that is still to be
  chosen, because the staff

7.12 page 1 of 2

are not sure
Who may come

Everybody may come.

7.12 page 2 of 2
Also dogs
"""
PLACES = [
    ("", 1, 1, "The library writes to you."),
    ("", 1, 2, "It has news!"),
    ("Hours", 1, 1, "We open at nine (not at ten)."),
    ("Hours", 1, 2, "Is that early? approx. 9.15 is fine too, says Mr. Reader."),
    ("Hours", 1, 3, "“We do!” says he."),
    ("Hours", 2, 1, "These days are new:"),
    ("Hours", 2, 2, "Monday; and"),
    ("Hours", 2, 3, "Tuesday."),
    ("Hours", 2, 4, "With cake."),
    ("Hours", 2, 5, "a day that is still to be chosen, because the staff are not sure"),
    ("Who may come", 1, 1, "Everybody may come."),
    ("Who may come", 2, 1, "Also dogs"),
]


def citing(*citations: Citation, source: Source = SOURCE) -> RuleSet:
    """Give what `verify_citations` reads of a rule set."""
    ruleset = SimpleNamespace(id="notice-rules", sources=(source,), citations=citations)
    return cast("RuleSet", ruleset)


def citation(section: str, paragraph: int, sentence: int, text: str) -> Citation:
    """Cite a sentence, by its words."""
    return Citation("c", "notice", section, paragraph, sentence, sentence_digest(text))


def test_places_of_an_invented_text() -> None:
    """Headings, abbreviations, lists, page furniture and running-on sentences count as written."""
    counted = [(s.section, s.paragraph, s.sentence, s.text) for s in sentences(TEXT, SOURCE)]
    assert counted == PLACES


@given(blanks=st.lists(st.sampled_from(["", " ", "\t", "7.12 page 3 of 9"]), max_size=4))
def test_empty_lines_and_furniture_count_once(blanks: list[str]) -> None:
    """However many empty lines or page foots part two paragraphs, they part them once."""
    text = "\n".join(["One.", "", *blanks, "Two."])
    assert [(s.paragraph, s.text) for s in sentences(text, SOURCE)] == [(1, "One."), (2, "Two.")]


@pytest.mark.parametrize(("mark", "paragraphs"), [*((m, 2) for m in ".?!:;"), (",", 1), ("", 1)])
def test_a_closed_sentence_does_not_run_on(mark: str, paragraphs: int) -> None:
    """Over an empty line a sentence runs on only where no mark closes it."""
    counted = sentences(f"Bring a card{mark} \n\nif you have one.", SOURCE)
    assert counted[-1].paragraph == paragraphs


def test_an_empty_list_item_is_no_sentence() -> None:
    """A marker without words is left out of the count."""
    assert [s.text for s in sentences("- \n- Tea", SOURCE)] == ["Tea"]


def test_no_text_has_no_sentences() -> None:
    """Nothing is counted in an empty document."""
    assert sentences("\n \n", SOURCE) == ()


@given(
    words=st.lists(st.text(alphabet="aeéüx", min_size=1), min_size=1),
    spaces=st.lists(st.sampled_from([" ", "\n", "\t ", "\u00a0"]), min_size=1),
)
def test_digest_is_of_the_words_alone(words: list[str], spaces: list[str]) -> None:
    """White space, and how accents are encoded, make no difference to a digest."""
    spaced = "".join(w + spaces[i % len(spaces)] for i, w in enumerate(words))
    decomposed = spaced.replace("é", "e\u0301").replace("ü", "u\u0308")
    assert sentence_digest(decomposed) == sentence_digest(" ".join(words))


def test_digest_of_a_known_sentence() -> None:
    """The digest is the SHA-256 of the sentence in UTF-8, so any other program can compute it."""
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sentence_digest(" abc\n") == known
    assert sentences("abc", SOURCE)[0].sha256 == known


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[0]}-{place[1]}-{place[2]}")
def test_a_right_citation_has_no_finding(place: tuple[str, int, int, str]) -> None:
    """A citation of a sentence at its place is in order."""
    assert verify_citations(citing(citation(*place)), "notice", TEXT) == []


def test_a_changed_sentence_is_found() -> None:
    """A sentence with other words than were cited gives a finding that names the place."""
    found = verify_citations(citing(citation("Hours", 1, 1, "We open at six.")), "notice", TEXT)
    assert [str(finding) for finding in found] == [
        "c: sentence 1 of paragraph 1 of `Hours` holds another sentence"
    ]


def test_a_moved_sentence_is_found_and_its_new_place_named() -> None:
    """A sentence that stands elsewhere gives a finding that says where."""
    moved = citation("Hours", 9, 1, "Everybody may come.")
    (finding,) = verify_citations(citing(moved), "notice", TEXT)
    assert str(finding) == (
        "c: sentence 1 of paragraph 9 of `Hours` is not in the text; "
        "that sentence is sentence 1 of paragraph 1 of `Who may come`"
    )


def test_citations_of_other_sources_are_left_alone() -> None:
    """Only the citations of the named source are checked."""
    other = replace(citation("Hours", 1, 1, "Something else."), source="letter")
    assert verify_citations(citing(other), "notice", TEXT) == []


@pytest.mark.parametrize(("heading", "count"), [("Prices", 0), ("Hours", 2)])
def test_a_heading_that_does_not_stand_once_is_found(heading: str, count: int) -> None:
    """A heading that is missing or doubled makes the count unsure, and is a finding."""
    source = replace(SOURCE, headings=(heading,))
    found = verify_citations(citing(source=source), "notice", TEXT + "\nHours\n")
    assert [str(finding) for finding in found] == [
        f"the heading `{heading}` stands {count} times in the text, not once"
    ]


def test_an_unknown_source_is_refused() -> None:
    """Asking for a source that the rule set does not have is an error in the user's words."""
    with pytest.raises(RouteEngineError, match="`book` is no source of the rule set"):
        verify_citations(citing(), "book", TEXT)


def test_every_citation_of_the_policy_holds(ruleset: RuleSet, letter: str) -> None:
    """Each sentence that the policy cites stands in the letter, at its place, word for word."""
    assert ruleset.citations
    assert verify_citations(ruleset, "letter", letter) == []


def test_a_changed_letter_is_noticed(ruleset: RuleSet, letter: str) -> None:
    """A letter in which each sentence was changed a little gives a finding for each citation."""
    source = ruleset.sources[0]
    changed = letter.replace("e", "u")
    headings = tuple(heading.replace("e", "u") for heading in source.headings)
    other = replace(source, headings=headings)
    assert len(sentences(changed, other)) == len(sentences(letter, source))
    found = verify_citations(replace(ruleset, sources=(other,)), "letter", changed)
    assert {finding.citation for finding in found} >= {c.id for c in ruleset.citations}


def test_the_check_of_the_guide_finds_nothing(
    letter: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The program of the guide says nothing on the letter, and something on half of it."""
    shown = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "letter-23.048582.txt"
    file.write_text(letter, encoding="utf-8")
    exec(shown[1], {})
    assert capsys.readouterr().out == ""
    file.write_text(letter[: len(letter) // 2], encoding="utf-8")
    exec(shown[1], {})
    assert "is not in the text" in capsys.readouterr().out
