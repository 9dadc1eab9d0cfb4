"""`routeengine cite` writes citations that hold, and no word of a source into a file."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from examples import gated
from loading.small import LIBRARY, SMALL
from routeengine.citations import (
    citation_yaml,
    find_sentences,
    sentence_digest,
    sentences,
    verify_citations,
)
from routeengine.cli import inputs, main
from routeengine.loading import load_ruleset
from routeengine.ruleset.sources import Source

TEXT = LIBRARY / "house-rules.txt"
COUNTED = ["--heading", "Joining", "--heading", "Lending", "--abbreviation", "e.g."]
COUNTED += ["--number", "LC-2024"]
BY_RULES = ["--rules", str(LIBRARY), "--source", "house_rules"]

Printed = pytest.CaptureFixture[str]

WORDS = st.sampled_from(
    ["Stop", "go", ".", "? ", "! ", " ", "\n", "\n\n", "“", "”", "(", ")", "- ", "1. ", "e.g. ",
     "One", "P1", "\u0085", "\x07", "é", "\u202e", '"', ": "]
)  # fmt: skip


def texts() -> st.SearchStrategy[str]:
    """Draw documents of words and of signs that part them."""
    return st.lists(WORDS, max_size=40).map("".join)


def by_definition(text: str, abbreviations: frozenset[str]) -> list[str]:
    """Split running text as the page says, one full stop after the other."""
    parts, start, openers = [], 0, "\"'“‘«([„"
    for end in re.finditer(r"[.?!]+[\"'”’»)\]]*\s+", text):
        word = text[start : end.end()].rsplit(maxsplit=1)[-1].lstrip(openers).casefold()
        following = text[end.end() :].lstrip(openers)[:1]
        if word not in abbreviations and not following.islower():
            parts.append(text[start : end.end()].rstrip())
            start = end.end()
    return [part for part in (*parts, text[start:]) if part]


@given(st.lists(st.sampled_from([*'ab. .?!"”()[“', "e.g. ", ". ", "A"]), max_size=40).map("".join))
@example('A?! B... "A!" (B.) a. e.g. b. “A.” b. A.')
def test_sentences_end_where_the_page_says(text: str) -> None:
    """However the text is looked through, its sentences are those of the definition."""
    folded = " ".join(text.split())
    source = Source("s", {}, "", {}, (), ("e.g.",))
    assert [one.text for one in sentences(folded, source)] == by_definition(
        folded, frozenset(["e.g."])
    )


@given(texts())
def test_citations_are_ready_to_be_used(text: str) -> None:
    """In a rule set that has such a source they load, and each holds on the text."""
    source = Source("paper", {}, "P1", {}, ("One",))
    counted = sentences(text, source)
    if counted:
        written = citation_yaml(counted, source).removeprefix("citations:\n")
        ruleset = load_ruleset({"r.yaml": SMALL.replace("refused:\n", f"{written}\nrefused:\n", 1)})
        made = [one for one in ruleset.citations if one.id != "first"]
        assert [one.sha256 for one in made] == [one.sha256 for one in counted]
        found = verify_citations(ruleset, "paper", text)
        assert {one.citation for one in found} <= {"", "first"}


@given(texts())
def test_a_comment_is_a_line_and_moves_nothing(text: str) -> None:
    """With the sentences beside them the citations are the same; no sign ends or colours a line."""
    source = Source("paper", {}, "P1", {}, ("One",))
    counted = sentences(text, source)
    shown = citation_yaml(counted, source, texts=True)
    assert yaml.safe_load(shown) == yaml.safe_load(citation_yaml(counted, source))
    lines = shown.split("\n")
    assert all(line.isprintable() for line in lines)
    assert len(lines) == 1 + 7 * len(counted)


def test_the_rules_say_how_their_source_is_counted(capsys: Printed) -> None:
    """By the rules or by options, all citations of the library are among what is written."""
    assert main(["cite", str(TEXT), *BY_RULES]) == 0
    by_rules = capsys.readouterr().out
    assert main(["cite", str(TEXT), *COUNTED]) == 0
    assert capsys.readouterr().out == by_rules
    made = yaml.safe_load(by_rules)["citations"]
    places = ("source", "section", "paragraph", "sentence", "sha256")
    for one in load_ruleset(LIBRARY).citations:
        assert {name: getattr(one, name) for name in places} in made.values()


def test_words_find_the_sentences_that_hold_them(capsys: Printed) -> None:
    """In capitals or not, over the end of a line, one phrase or another."""
    find = ["--find", "adults OF the\n town", "--find", "van"]
    assert main(["cite", str(TEXT), *COUNTED, *find]) == 0
    made = yaml.safe_load(capsys.readouterr().out)["citations"]
    assert list(made) == ["house_rules_1_1_2", "house_rules_2_2_1"]
    counted = sentences("One. Two. One and two.", Source("s", {}, "", {}))
    assert [one.sentence for one in find_sentences(counted, ["two"])] == [2, 3]
    assert find_sentences(counted, []) == counted


def test_the_words_are_shown_to_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    """There each citation has its sentence above it; in a file or a pipe no word of it stands."""
    call = ["cite", str(TEXT), *COUNTED, "--find", "van"]
    assert main(call) == 0
    plain = capsys.readouterr().out
    assert "#" not in plain
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(call) == 0
    head, *rest = plain.splitlines()
    sentence = "  # The van brings books to people who cannot come."
    assert capsys.readouterr().out.splitlines() == [head, sentence, *rest]


@pytest.mark.parametrize("text", ["", "  \n\n", "Joining\n", "\ufeff"])
def test_where_there_is_nothing_it_says_so(text: str, tmp_path: Path, capsys: Printed) -> None:
    """Nothing is printed, and the status is 1; so it is where no sentence holds the words."""
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    for name, more in ((str(file), ["--heading", "Joining"]), (str(TEXT), ["--find", "cannot go"])):
        assert main(["cite", name, *more]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.endswith(f"{name}: no sentence is found\n")


def test_a_heading_has_to_stand_there_once(capsys: Printed) -> None:
    """A count by another heading would be unsure: what is written comes with status 1."""
    assert main(["cite", str(TEXT), "--heading", "Leaving\x1b"]) == 1
    printed = capsys.readouterr()
    assert "the heading `Leaving\\x1b` stands 0 times in the text, not once" in printed.err
    assert printed.out.startswith("citations:\n")


@pytest.mark.parametrize(
    ("name", "made"), [("2024 Wét.txt", "wet"), ("---", "source"), ("a-B_c.9.md", "a_b_c")]
)
def test_a_source_is_called_as_its_file(
    name: str, made: str, tmp_path: Path, capsys: Printed
) -> None:
    """As far as an id goes."""
    (tmp_path / name).write_text("One.", encoding="utf-8")
    assert main(["cite", str(tmp_path / name)]) == 0
    assert f"    source: {made}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--source", "My law"], "`--source` takes an id"),
        ([*BY_RULES, "--heading", "x"], "with `--rules` the source says how it is counted"),
        (["--rules", str(LIBRARY)], "of a source that is there: house_rules"),
        ([*BY_RULES[:3], "law"], "of a source that is there: house_rules"),
        ([*BY_RULES, "--as-of", "2040-01-01"], "not on 2040-01-01"),
    ],
)
def test_bad_usage_is_told(options: list[str], told: str, capsys: Printed) -> None:
    """With status 2, and nothing on standard output."""
    assert main(["cite", str(TEXT), *options]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.out == ""


def test_what_is_no_text_is_refused(tmp_path: Path, capsys: Printed) -> None:
    """Where it is no UTF-8 that line is named; a folder, and what is not there, are told too."""
    file = tmp_path / "a\x1b.txt"
    file.write_bytes(b"One.\nCaf\xe9.")
    for path, told in (
        (file, "a\\x1b.txt:2: is no UTF-8 text\n"),
        (tmp_path, "is a directory\n"),
        (tmp_path / "none", "no such file or directory\n"),
    ):
        assert main(["cite", str(path)]) == 2
        printed = capsys.readouterr()
        assert printed.err.endswith(told)
        assert printed.out == ""


def test_a_mark_of_the_byte_order_is_no_word(tmp_path: Path, capsys: Printed) -> None:
    """The first sentence of a file that begins with one has the digest of its words."""
    (tmp_path / "a.txt").write_text("One.", encoding="utf-8-sig")
    assert main(["cite", str(tmp_path / "a.txt")]) == 0
    assert sentence_digest("One.") in capsys.readouterr().out


def test_a_file_that_never_ends_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Printed
) -> None:
    """No more than the limit is read of it; what is just as long is fine."""
    monkeypatch.setattr(inputs, "MAX_SOURCE_BYTES", 100)
    assert main(["cite", "/dev/zero"]) == 2
    assert capsys.readouterr().err == "/dev/zero: is larger than 100 bytes\n"
    file = tmp_path / "a.txt"
    file.write_text("x" * 99 + ".", encoding="utf-8")
    assert main(["cite", str(file)]) == 0


@pytest.mark.parametrize("part", gated(["a.\n\n", ".", "A. ", '."', "a. ((", "- "], night=True))
def test_a_long_text_is_read_once(part: str) -> None:
    """Megabytes of what ends a sentence, or nearly does, are no trap: this ends in seconds."""
    source = Source("s", {}, "", {}, (), ("a.",))
    assert sentences(part * (2_000_000 // len(part)), source)
