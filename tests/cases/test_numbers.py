"""Cases that name a day or a variant are looked at with the numbers of that instance."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loading.test_parameters import DAYS, START, VARIANTS, day, rules
from routeengine import Engine, load_ruleset
from routeengine.cases import CaseEngines, load_cases, run_cases
from routeengine.cli import main
from routeengine.errors import RuleSetError, UsageError

VALUES = "[{is: 18}, {from: 2025-01-05, is: 21}, {from: 2025-01-08, variant: diemen, is: 16}]"
RULES = rules(VALUES)
Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with the rules in it."""
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RULES["r.yaml"], encoding="utf-8")
    return tmp_path


def engine(number: int, variant: str) -> Engine:
    """Give the engine of a day and a variant."""
    return Engine(load_ruleset(RULES, day(number), variant))


def written(text: str) -> Path:
    """Write a case file."""
    Path("c.yaml").write_text(text, encoding="utf-8")
    return Path("c.yaml")


asked = st.lists(
    st.tuples(st.integers(0, DAYS - 1), st.sampled_from(VARIANTS), st.integers(14, 23)), min_size=1
)


@pytest.mark.gate
@given(asked, st.booleans())
def test_a_case_gets_what_its_numbers_give(cases: list[tuple[int, str, int]], of_all: bool) -> None:
    """That is what an engine of that day and variant says; a file can name them for all it has."""
    lines = []
    for n, (number, variant, age) in enumerate(cases):
        verdict = engine(number, variant).classify({"age": age}).verdicts["card"]
        numbers = f"as_of: {day(number)}, variant: {variant}, "
        if of_all:
            numbers = "" if (number, variant) == cases[0][:2] else numbers
        expect = f"{{card: {{status: {verdict.status}, rules: [{', '.join(verdict.rules)}]}}}}"
        lines.append(f"  c{n}: {{{numbers}facts: {{age: {age}}}, expect: {expect}}}\n")
    number, variant, _ = cases[0]
    head = f"as_of: {day(number)}\nvariant: {variant}\n" if of_all else ""
    engines = CaseEngines(RULES)
    read = load_cases(written(f"{head}cases:\n{''.join(lines)}"), engines.ruleset)
    report = run_cases(engines, read)
    assert report.passed, [str(one) for case in report.results for one in case.mismatches]
    for case, (number, variant, _) in zip(read, cases, strict=True):
        own = engines.of(case).ruleset.instance
        assert own is not None
        assert own.holds(day(number))
        assert own.variant == variant


FACTS = "facts: {age: 20, willing: true, debt: none}"
CASE = f"cases: {{a: {{%s, {FACTS}, expect: {{card: {{status: %s}}}}}}}}\n"


def status(number: int, variant: str) -> str:
    """Give what is said of the client above on a day: 20 is old enough for a card, or is not."""
    client = {"age": 20, "willing": True, "debt": "none"}
    return engine(number, variant).classify(client).verdicts["card"].status


def test_on_the_command_line(capsys: Printed) -> None:
    """No day has to be asked for where each case names its own; what it names is in the data."""
    assert (status(0, "rijswijk"), status(6, "rijswijk")) == ("decided", "review")
    written(
        "variant: rijswijk\ncases:\n"
        f"  a: {{as_of: {day(0)}, {FACTS}, expect: {{card: A}}}}\n"
        f"  b: {{as_of: {day(6)}, {FACTS}, expect: {{card: {{status: review}}}}}}\n"
    )
    assert main(["test", "r.yaml", "c.yaml", "--json"]) == 0
    first, _ = json.loads(capsys.readouterr().out)["cases"]
    assert (first["as_of"], first["variant"]) == (str(day(0)), "rijswijk")
    written(CASE % (f"as_of: {day(6)}", "decided"))
    assert main(["test", "r.yaml", "c.yaml", "--variant", "rijswijk"]) == 1
    assert "c.yaml:1:9: a: card.status" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("numbers", "where", "what"),
    [
        ("as_of: soon, variant: diemen", "1:20", "`as_of` must be a day, as 2025-07-01"),
        ("as_of: 20250101, variant: diemen", "1:20", "`as_of` must be a day, as 2025-07-01"),
        ("as_of: [2025-01-01]", "1:20", "`as_of` must be a day, as 2025-07-01"),
        ("variant: [diemen]", "1:22", "write one variant"),
        ("as_of: 2031-01-01, variant: diemen", "1:20", "not on 2031-01-01"),
        ("as_of: 2025-01-01, variant: dieman", "1:20", "`dieman` is no variant"),
        ("as_of: 2025-01-01", "1:20", "variant"),
        ("variant: diemen", "1:22", "day"),
    ],
)
def test_what_cannot_be_is_told_where_it_is_named(
    numbers: str, where: str, what: str, capsys: Printed
) -> None:
    """By file, line and column of the case, not of the rules."""
    written(CASE % (numbers, "decided"))
    assert main(["test", "r.yaml", "c.yaml"]) == 2
    told = capsys.readouterr().err
    assert f"c.yaml:{where}: " in told
    assert what in told


def test_a_case_that_names_neither_is_of_what_is_asked(capsys: Printed) -> None:
    """If that is not settled the rules are refused, as they are without cases."""
    with pytest.raises(RuleSetError) as caught:
        load_ruleset("r.yaml")
    written("cases: {a: {facts: {age: 20}, expect: {flags: []}}}\n")
    assert main(["test", "r.yaml", "c.yaml"]) == 2
    assert capsys.readouterr().err == f"{caught.value}\n"
    assert main(["test", "r.yaml", "c.yaml", "--as-of", str(START), "--variant", "diemen"]) == 0


def test_one_engine_has_the_numbers_of_one_instance() -> None:
    """A case of other numbers is refused, and not looked at with the wrong ones."""
    one = engine(0, "diemen")
    own = load_cases(written(CASE % (f"as_of: {day(1)}, variant: diemen", "decided")), one.ruleset)
    assert run_cases(one, own).passed
    for numbers in (f"as_of: {day(6)}", "variant: rijswijk"):
        others = load_cases(written(CASE % (numbers, "decided")), one.ruleset)
        with pytest.raises(UsageError, match=r"c\.yaml:1:2[02]: a: is of other numbers"):
            run_cases(one, others)


def test_a_rule_book_has_the_cases_of_its_own_numbers(capsys: Printed) -> None:
    """How many it leaves out is told."""
    written(
        f"cases:\n  a: {{as_of: {day(0)}, {FACTS}, expect: {{card: A}}}}\n"
        f"  b: {{as_of: {day(6)}, {FACTS}, expect: {{card: A}}}}\n"
    )
    asked = ["--as-of", str(date(2025, 1, 1)), "--variant", "diemen", "-o", "book.html"]
    main(["rulebook", "r.yaml", "--cases", "c.yaml", *asked])
    told = capsys.readouterr().err
    assert told == "cases of another day or variant, which are not in the book: 1\n"
