"""docs/points.md is true: its rules load, are proved, and give what its table says."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from executors.durable_there import absent
from required import required
from routeengine import Engine, load_ruleset
from routeengine.citations import verify_citations
from routeengine.cli import main
from routeengine.difference_words import DifferenceWords
from routeengine.executors.durable.executor import DurableExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.formatters.diff import as_text
from routeengine.profile import read_profile
from routeengine.verification import diff, verify
from urgency import PAGE, PATH, block, urgency

ROW = re.compile(r"^\| (own|shared|none|\?) \|(.*)\|$", re.MULTILINE)


def rows() -> list[tuple[dict[str, Any], str, tuple[str, ...]]]:
    """Give what is known, the points in words and the answers of each row."""
    found = []
    for home, rest in ROW.findall(PAGE):
        children, waiting, medical, refused, points, answers = map(str.strip, rest.split("|"))
        known: dict[str, Any] = {"children": int(children), "waiting": int(waiting)}
        known |= {"home": home} if home != "?" else {}
        for fact, said in (("medical", medical), ("refused", refused)):
            known |= {fact: said == "yes"} if said != "?" else {}
        found.append((known, points, tuple(re.split(r", | or ", answers))))
    return found


def test_the_rules_are_proved() -> None:
    """Every combination of facts has one answer, and no part is without use."""
    assert verify(urgency()).findings == ()


def test_every_citation_is_held() -> None:
    """Each sentence that a rule cites stands in what the council wrote."""
    assert verify_citations(urgency(), "point_list", block("text")) == []


def test_the_sums_are_right() -> None:
    """What is added up by hand is what the sum says."""
    sums = [re.match(r"([\d+\- ]+) = (-?\d+)", points) for _, points, _ in rows()]
    assert sum(found is not None for found in sums) == 5
    for found in filter(None, sums):
        total = sum(int(one.replace(" ", "")) for one in re.findall(r"[+-]? ?\d+", found[1]))
        assert total == int(found[2])


@pytest.mark.parametrize("number", range(7))
def test_the_answers_are_those_of_the_table(number: int) -> None:
    """By the engine and by the definition."""
    rules = urgency()
    known, _, answers = rows()[number]
    order = [one.id for one in rules.decision["priority"].outcomes]
    expected = tuple(one for one in order if one in answers)
    assert Engine(rules).classify(known).verdicts["priority"].possible == expected
    state = read_profile(rules, known)
    assert ReferenceExecutor(rules).evaluate(state).verdicts["priority"].possible == expected


def test_the_sentences_are_those_that_people_read() -> None:
    """What the page quotes stands in the explanation of its third row."""
    known, _, _ = rows()[2]
    engine = Engine(urgency())
    explanation = engine.explain(known, "en")
    flat = " ".join(PAGE.partition("## What people read")[2].split())
    quoted = re.findall(r"\"(.*?)\"", flat)
    assert len(quoted) == 3
    client = " ".join(explanation.to_text().split())
    assert quoted[0] in client
    staff = explanation.to_html(audience="consultant")
    for text in quoted[1:]:
        assert text in staff
        assert text not in client


def test_a_bound_that_is_wrong_is_told_in_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `check` prints it; `ROUTEENGINE_RECORD=1 pytest tests/test_points_docs.py` writes it."""
    right, wrong = "between: [40, 69]", "between: [45, 65]"
    assert f"`{wrong}`" in PAGE
    assert right in block("yaml")
    monkeypatch.chdir(tmp_path)
    Path("urgent-home.yaml").write_text(block("yaml").replace(right, wrong), encoding="utf-8")
    Path("points.txt").write_text(block("text"), encoding="utf-8")
    command, _, shown = block("console").partition("\n")
    assert main(shlex.split(command)[2:]) == 1
    page = PAGE.replace(f"{command}\n{shown}", f"{command}\n{capsys.readouterr().out}")
    if os.environ.get("ROUTEENGINE_RECORD"):
        PATH.write_text(page, encoding="utf-8")
    assert page == PATH.read_text(encoding="utf-8")


def test_what_becomes_of_another_worth_is_told_by_both_versions() -> None:
    """As the page quotes it."""
    old, worth = block("yaml"), "worth: -25"
    assert worth in old
    new = load_ruleset({"urgent-home.yaml": old.replace(worth, "worth: -20")})
    text = as_text(DifferenceWords(diff(urgency(), new), "en"), None)
    (quoted,) = re.findall(r"`(need in the old version.*?)`", PAGE)
    assert "priority: higher on the list -> urgent\n" in text
    assert f" and no others: {quoted}." in text


def test_durable_rules_counts_points_too() -> None:
    """The rules fire as the sums of the table say."""
    required("durable", absent())
    rules = urgency()
    executor = DurableExecutor(rules)
    for known, _, answers in rows()[:4]:
        verdict = executor.evaluate(read_profile(rules, known)).verdicts["priority"]
        assert verdict.possible == answers
