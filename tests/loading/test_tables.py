"""Rules in a table mean what they mean when they are written out, and each fault has its cell."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings

from examples import examples
from loading.as_yaml import Tree, text_of
from loading.broken_cells import CELLS
from loading.small import changed, faults_of
from loading.tabled import CARDS, DELIMITERS, beside, made
from routeengine.errors import RuleSetError, UsageError
from routeengine.loading import load_ruleset, sheets, yaml_tree
from routeengine.ruleset.conditions import All, FactIs, Not, OutcomeIs, ScoreIs, StatusIs
from routeengine.ruleset.digest import meaning_digest, whole_digest
from routeengine.ruleset.model import RuleTable


@pytest.mark.gate
@settings(max_examples=examples(400), deadline=None)
@given(made())
def test_a_table_means_what_its_rows_mean_written_out(both: tuple[dict[str, str], Tree]) -> None:
    """The rules are the same ones, and so is the digest of the meaning."""
    files, tree = both
    table, written = load_ruleset(files), load_ruleset({"made.yaml": text_of(tree)})
    assert table.decision["last"].rules == written.decision["last"].rules
    assert meaning_digest(table) == meaning_digest(written)
    assert whole_digest(table) != whole_digest(written)


def cards(*changes: tuple[str, str]) -> dict[str, str]:
    """Give the rule files with the table of cards, in which texts are replaced; they must stand."""
    table = CARDS
    for old, new in changes:
        assert old in table, old
        table = table.replace(old, new, 1)
    return beside(table=table)


def told(files: dict[str, str]) -> list[str]:
    """Give the faults of rule files."""
    return [str(fault) for fault in faults_of(dict(files))]


def test_a_row_is_a_rule() -> None:
    """Its texts, grounds and place are those of the row; the table is named with its digest."""
    ruleset = load_ruleset(cards())
    rule = ruleset.rule["old"]
    assert (rule.label, rule.reason) == (
        {"nl": "volwassen", "en": "grown up"},
        {"nl": "oud", "en": "old"},
    )
    assert (rule.grounds.basis, rule.grounds.cites) == ("source", ("first",))
    assert (str(rule.place), rule.place.line) == ("cards.csv:3:rule", 3)
    digest = hashlib.sha256(CARDS.encode()).hexdigest()
    assert ruleset.decision["card"].table == RuleTable("cards.csv", digest)


def test_the_whole_digest_is_of_all_bytes_of_the_table() -> None:
    """Blanks and line ends change it, and not the meaning."""
    one = load_ruleset(cards())
    other = load_ruleset(cards(("young;< 18;", "young; < 18 ;")))
    assert meaning_digest(one) == meaning_digest(other)
    assert whole_digest(one) != whole_digest(other)


def test_labels_may_be_left_out() -> None:
    """A rule without a label is called by its name; with one column all the same."""
    lines = [line.split(";") for line in CARDS.splitlines()]
    bare = "\n".join(";".join([*line[:7], *line[9:]]) for line in lines)
    assert load_ruleset(beside(table=bare)).rule["old"].label == {"nl": "old", "en": "old"}
    some = load_ruleset(cards((";volwassen;grown up;", ";;grown up;")))
    assert some.rule["old"].label == {"nl": "old", "en": "grown up"}


READ_SO = "{choice: {nl: a, en: a}, because: {nl: b, en: b}, alternative: {nl: c, en: c}}"
BASIS = f"{{basis: interpretation, cites: [first], interpretation: {READ_SO}}}"
SHARED = ("{table: cards.csv}", f"{{table: cards.csv, grounds: {BASIS}}}")


def test_rows_may_share_their_grounds() -> None:
    """Those of the table are those of every row, save what a row cites itself."""
    bare = "\n".join(line.rpartition(";")[0] for line in CARDS.splitlines())
    ruleset = load_ruleset(beside(SHARED, table=bare))
    assert all(rule.grounds.interpretation for rule in ruleset.decision["card"].rules)
    assert {rule.grounds.cites for rule in ruleset.decision["card"].rules} == {("first",)}


BESIDE = """\
    rules:
      table: cards.csv
      rest:
        label: {nl: r, en: r}
        otherwise: true
        then: B
        reason: {nl: r, en: r}
        basis: source
        cites: [first]
"""


def test_rules_may_stand_beside_a_table() -> None:
    """By id, as ever: an `otherwise` for what no row is about, say."""
    rest = ("    rules: {table: cards.csv}\n", BESIDE)
    rules = load_ruleset(beside(rest)).decision["card"].rules
    assert [rule.id for rule in rules] == ["young", "old", "odd", "older", "rest"]
    assert rules[-1].when is None
    (fault,) = told(beside((rest[0], rest[1].replace("then: B", "then: C"))))
    assert fault.startswith("rules.yaml:")


def test_one_table_serves_several_decisions() -> None:
    """A column per decision; a row that is empty there says nothing of that decision."""
    loan = (
        "    rules:\n      loan_one:\n", "    rules:\n      table: cards.csv\n      loan_one:\n",
    )  # fmt: skip
    table = CARDS.replace(";then;", ";then:card;then:loan;").replace("; | B;", ";")
    table = table.replace(";-;-;A;", ";-;-;A;-;").replace(";ja;A;", ";ja;A;1;")
    table = table.replace(";review: A | B;", ";review: A | B;review: 1;").replace(";;;B;", ";;;B;;")
    ruleset = load_ruleset(beside(loan, ("rule: old}", "rule: card_old}"), table=table))
    assert [rule.id for rule in ruleset.decision["card"].rules] == [
        "card_young", "card_old", "card_odd", "card_older",
    ]  # fmt: skip
    assert [rule.id for rule in ruleset.decision["loan"].rules] == [
        "loan_old",
        "loan_odd",
        "loan_one",
    ]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_layout_of_a_table_says_nothing(delimiter: str, end: str) -> None:
    """Comma, semicolon or tab; any line end; a byte order mark; blank lines; a line `sep=`."""
    plain = load_ruleset(cards())
    table = CARDS.replace("none | mild", '"none | mild"').replace(";", delimiter)
    for text in (
        table,
        "\ufeff" + table,
        table.replace("\n", f"\n{delimiter * 9}\n\n"),
        f"sep={delimiter}\n{table}",
    ):
        other = load_ruleset(beside(table=text.replace("\n", end)))
        assert other.decision["card"].rules == plain.decision["card"].rules


@pytest.mark.parametrize("name", CELLS)
def test_a_fault_names_the_cell(name: str) -> None:
    """File, line and column, what is wrong, and what to try: of each fault once."""
    change, message = CELLS[name]
    assert message in told(cards(change))


def test_few_faults_come_of_one_slip() -> None:
    """What is wrong in the header is not said of each row, nor of what names the rules."""
    several = {
        "a column twice",
        "two sorts of answers",
        "no reasons",
        "no grounds",
        "no column of names",
    }
    several |= {
        "a decision that there is not",
        "fewer cells",
        "no name",
        "a name that is none",
    }  # the flag asks for that rule
    for name, (change, _) in CELLS.items():
        assert len(told(cards(change))) <= (2 if name in several else 1), (
            name,
            told(cards(change)),
        )


LIMITS = {
    "a table too large": ("MAX_TABLE_BYTES", 99, "cards.csv: is larger than 99 bytes"),
    "too many rows": ("MAX_ROWS", 3, "cards.csv:5:(row): holds more than 3 rows"),
    "too many columns": ("MAX_COLUMNS", 9, "cards.csv:1:(row): has more than 9 columns"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_table_has_limits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes, rows and columns; the words of a table are no part of those of the rule files."""
    limit, number, message = LIMITS[name]
    monkeypatch.setattr(sheets, limit, number)
    assert [one.partition(" (")[0] for one in told(cards())] == [message]


def test_a_cell_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a text of a rule file has."""
    monkeypatch.setattr(sheets, "MAX_SCALAR", 12)
    (fault,) = told(cards())
    assert fault == "cards.csv:4:then: `review: A | B` is longer than 12 characters"


def test_the_limit_of_words_is_not_that_of_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule set with as many words as it may have still has its table."""
    monkeypatch.setattr(yaml_tree, "MAX_NODES", 230)
    assert told({"rules.yaml": changed()})
    many = CARDS + "".join(f"more{n};{n};;nee;A;r;r;;;first\n" for n in range(99))
    assert len(load_ruleset(beside(table=many)).decision["card"].rules) == 103


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../cards.csv", "there is no file `../cards.csv` in the folder of the rule files"),
        ("a/../cards.csv", "there is no file `a/../cards.csv` in the folder of the rule files"),
        ("./cards.csv", "there is no file `./cards.csv` in the folder of the rule files"),
        ("none.csv", "there is no file `none.csv` in the folder of the rule files"),
        ("a//cards.csv", "there is no file `a//cards.csv` in the folder of the rule files"),
        ("link.csv", "there is no file `link.csv` in the folder of the rule files"),
        ("linked/cards.csv", "there is no file `linked/cards.csv` in the folder of the rule files"),
        ("folder.csv", "there is no file `folder.csv` in the folder of the rule files"),
        ("pipe.csv", "there is no file `pipe.csv` in the folder of the rule files"),
        ("C:cards.csv", "there is no file `C:cards.csv` in the folder of the rule files"),
        ("a\\cards.csv", "there is no file `a\\cards.csv` in the folder of the rule files"),
        ("cards.txt", "`cards.txt` is no table"),
    ],
)
def test_a_table_stands_in_the_folder_of_the_rules(path: str, message: str, tmp_path: Path) -> None:
    """No way leads out of it: not up, not by a link, not by a whole path."""
    folder = tmp_path / "rules"
    (folder / "a").mkdir(parents=True)
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    for place in (tmp_path, folder, folder / "a"):
        (place / "cards.csv").write_text(CARDS, encoding="utf-8")
    (folder / "link.csv").symlink_to(folder / "cards.csv")
    (folder / "linked").symlink_to(folder / "a")
    text = beside()["rules.yaml"]
    rules = folder / "rules.yaml"

    def fault(table: str) -> str:
        rules.write_text(text.replace("cards.csv", table), encoding="utf-8")
        faults = faults_of_path(folder)
        assert faults == faults_of_path(rules)
        return faults

    assert fault("cards.csv") == fault("a/cards.csv") == ""
    assert fault(path).startswith(message)
    assert fault(str(folder / "cards.csv")).startswith("there is no file `/")


def faults_of_path(path: Path) -> str:
    """Give what is wrong with the rules at a path; nothing where they load."""
    try:
        load_ruleset(path)
    except RuleSetError as error:
        return error.faults[0].message
    return ""


def test_a_table_beside_given_texts_is_found_by_its_name() -> None:
    """In a mapping it has its own entry; without a rule file there are no rules."""
    files = beside()
    assert load_ruleset({**files, "cards.csv": CARDS.encode()}).rule["old"]
    (fault,) = told({"rules.yaml": files["rules.yaml"]})
    assert "there is no file `cards.csv`" in fault
    with pytest.raises(UsageError, match="the mapping holds tables, and no rule file"):
        load_ruleset({"cards.csv": CARDS})


def test_a_table_in_another_encoding_is_refused() -> None:
    """As rule files are: with the place."""
    files = beside()
    (fault,) = faults_of({**files, "cards.csv": CARDS.replace("oud", "o\xfcd").encode("cp1252")})
    assert (fault.file, fault.line) == ("cards.csv", 3)
    (fault,) = faults_of({**files, "cards.csv": ""})
    assert str(fault) == "cards.csv: is empty: its first row has to name the columns"


AMOUNTS = """\
  income: {type: decimal, places: 3, minimum: 0, maximum: 1000000, label: {nl: inkomen, en: income},
    question: {nl: q, en: q}, why_needed: {nl: w, en: w}}
  born: {type: date, minimum: 1900-01-01, maximum: 2030-12-31, label: {nl: geboren, en: born},
    question: {nl: q, en: q}, why_needed: {nl: w, en: w}}
"""


def of_amounts(*cells: tuple[str, str]) -> dict[str, str]:
    """Give rules with a row for each pair of an income and a birthday."""
    facts = ("facts:\n", f"facts:\n{AMOUNTS}")
    flag = ("rule: old}", "rule: r0}")
    rows = "".join(f"r{n};{one};{day};A;r;r;first\n" for n, (one, day) in enumerate(cells))
    header = "rule;income;born;then;reason:nl;reason:en;cites\n"
    return beside(facts, flag, table=header + rows)


@pytest.mark.parametrize(
    ("amount", "day"),
    [
        ("1.091,71", "31-12-2025"),
        ("1,091.71", "31/12/2025"),
        ("€ 1091,71", "31 december 2025"),
        ("1091.710", "2025-12-31"),
    ],
)
def test_amounts_and_days_are_read_as_in_caseloads(amount: str, day: str) -> None:
    """With comma or point, and days as people write them; above and below leave the bound out."""
    ruleset = load_ruleset(of_amounts((f"<= {amount}", day), ("< 1.000,00", f"> {day}")))
    income, born = ruleset.fact["income"].domain, ruleset.fact["born"].domain
    for rule, values, days in (
        ("r0", income.index("1091.71"), (born.index("2025-12-31"), born.index("2025-12-31"))),
        ("r1", income.index("999.999"), (born.index("2026-01-01"), born.size - 1)),
    ):
        when = ruleset.rule[rule].when
        assert isinstance(when, All)
        (first, second) = when.parts
        assert isinstance(first, FactIs)
        assert isinstance(second, FactIs)
        assert (first.allowed.lowest, first.allowed.highest) == (0, values)
        assert (second.allowed.lowest, second.allowed.highest) == days


def test_an_amount_that_can_mean_two_is_refused() -> None:
    """`1.091` is a thousand and more, or one and a bit; a year of two digits is any."""
    (fault,) = told(of_amounts((">= 1.091", "-")))
    assert fault == (
        "cards.csv:2:income: `1.091` may be thousands or decimals (write it without a sign, or as "
        "1091.00)"
    )
    (fault,) = told(of_amounts(("1.091 | 3", "-"), ("-", "31-12-25..31-12-2025")))[1:]
    assert fault == (
        "cards.csv:3:born: `31-12-25` has a year of two digits (write the day as 2025-12-31)"
    )
    (fault,) = told(of_amounts(("veel", "-")))
    assert fault.startswith("cards.csv:2:income: `income` cannot be `veel`")


SCORES = """\
scores:
  points: {label: {nl: punten, en: points}, of: [{when: willing, worth: 50}],
    basis: source, cites: [first]}
"""
POINTS = ("decisions:\n", f"{SCORES}decisions:\n")


@pytest.mark.parametrize("dash", ["-", " - ", "\u2013"])
def test_a_range_may_have_a_dash(dash: str) -> None:
    """Of whole numbers, amounts and points, as in caseloads; it means what dots mean."""

    def meaning(to: str) -> str:
        facts = ("facts:\n", f"facts:\n{AMOUNTS}")
        flag = ("rule: old}", "rule: r0}")
        rows = (
            f"r0;18{to}64;1.000,00{to}1.200,50;-;A;r;r;first\n"
            f"r1;not 18{to}64 | 70;-;0{to}49;A;r;r;first\n"
        )
        header = "rule;age;income;points;then;reason:nl;reason:en;cites\n"
        return meaning_digest(load_ruleset(beside(facts, flag, POINTS, table=header + rows)))

    assert meaning(dash) == meaning("..")


def of_points(*cells: str) -> dict[str, str]:
    """Give rules with a row for each bound of points."""
    flag = ("rule: old}", "rule: r0}")
    rows = "".join(f"r{n};{one};A;r;r;first\n" for n, one in enumerate(cells))
    return beside(flag, POINTS, table=f"rule;points;then;reason:nl;reason:en;cites\n{rows}")


def test_points_have_bounds_that_are_whole_numbers() -> None:
    """Below 50 is at most 49, and above it at least 51; what is no number is told as it stands."""
    ruleset = load_ruleset(of_points("< 50", "> 50", ">= 50", "50"))
    assert [ruleset.rule[f"r{n}"].when for n in range(4)] == [
        ScoreIs("points", None, 49), ScoreIs("points", 51), ScoreIs("points", 50),
        ScoreIs("points", 50, 50),
    ]  # fmt: skip
    for bound in ("< 4.5", ">= many"):
        (fault,) = told(of_points(bound))
        number = bound.partition(" ")[2]
        assert fault.startswith("cards.csv:2:points: ")
        assert "whole number" in fault, number


def test_a_dash_of_a_day_or_a_sign_is_no_range() -> None:
    """A day has dashes of its own, and a number below 0 has a sign."""
    (fault,) = told(of_amounts(("-5-10", "-")))
    assert fault.startswith("cards.csv:2:income: `income` cannot be `-5-10`")
    assert load_ruleset(of_amounts(("-", "1-7-2025"))).rule["r0"].when == (
        load_ruleset(of_amounts(("-", "2025-07-01"))).rule["r0"].when
    )


def test_a_column_may_ask_for_statuses_alone() -> None:
    """Of an earlier decision, without any outcome."""
    loan = (
        "    rules:\n      loan_one:\n",
        "    rules:\n      table: loans.csv\n      loan_one:\n",
    )
    table = (
        "rule;decision:card;then;reason:nl;reason:en;cites\n"
        "l1;review | decided;1;r;r;first\nl2;not A;1;r;r;first\n"
    )
    ruleset = load_ruleset({**beside(loan), "loans.csv": table})
    assert ruleset.rule["l1"].when == StatusIs("card", ("decided", "review"))
    assert ruleset.rule["l2"].when == Not(OutcomeIs("card", ("A",)))


def test_a_row_may_cite_otherwise_than_the_others() -> None:
    """Its own citations stand in for those that rows share; the reading stays."""
    shared = (SHARED[0], SHARED[1].replace("cites: [first], ", ""))
    grounds = [rule.grounds for rule in load_ruleset(beside(shared)).decision["card"].rules]
    assert {one.cites for one in grounds} == {("first",)}
    assert {one.basis for one in grounds} == {"interpretation"}


def test_grounds_that_are_wrong_are_one_fault() -> None:
    """Of what all rows share, at its own place."""
    wrong = (SHARED[0], SHARED[1].replace("cites: [first]", "cites: [second]"))
    bare = "\n".join(line.rpartition(";")[0] for line in CARDS.splitlines())
    (fault,) = told(beside(wrong, table=bare))
    assert fault.startswith("rules.yaml:")
    assert fault.endswith("`second` is no citation")
    wrong = (SHARED[0], SHARED[1].replace("basis: interpretation", "basis: law"))
    assert len(told(beside(wrong, table=bare))) == 1


def test_a_fact_with_a_fault_is_told_once() -> None:
    """What a table asks of it cannot be read, and nothing more is said of that."""
    (fault,) = told(beside(("maximum: 120", "maximum: many")))
    assert "`maximum`" in fault
