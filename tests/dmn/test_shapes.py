"""Models in the shapes that the compatibility kit of DMN has, drawn here, with their answers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from dmn.models import Column, Table, inputs, item, model
from routeengine import Engine
from routeengine.dmn import Imported, import_model
from routeengine.dmn.rules import words_of
from routeengine.ruleset.model import RuleSet
from routeengine.verification import verify

AGE, RISK, CAN_PAY = Column("Age", "number"), Column("Risk", "string"), Column("Can pay", "boolean")
LEVELS = '"Low", "Medium", "High"'
GIVEN = inputs(Age="number", Risk="tRisk") + inputs(**{"Can pay": "boolean"})
RISKS = item("tRisk", "string", LEVELS)


def answers(imported: Imported, **given: object) -> dict[str, str]:
    """Return what every output answers, by its name; of a review why."""
    ruleset = imported.ruleset()
    profile = {imported.facts[name].id: value for name, value in given.items()}
    result = Engine(ruleset).classify({"client_id": "c", **profile})
    said = {}
    for columns in imported.answers.values():
        for one in columns:
            verdict = result.verdicts[one.id]
            values = {outcome.id: words_of(outcome.value) for outcome in one.outcomes}
            said[one.label] = values.get(verdict.outcome or "", verdict.reason or verdict.status)
    return said


def read(*parts: Table | str | list[str], **more: object) -> Imported:
    """Return a model as rules, of which nothing is refused."""
    imported = import_model(model(*parts), "made.dmn", **more)  # type: ignore[arg-type]
    assert imported.refusals == ()
    return imported


def found(ruleset: RuleSet, *kinds: str) -> list[Mapping[str, object]]:
    """Return a witness of each finding of these kinds."""
    return [dict(one.witness) for one in verify(ruleset).findings if one.kind in kinds]


def approval(policy: str, *rows: list[str], values: str | None = None) -> Imported:
    """Return a table of one output over age, risk and whether somebody can pay."""
    output = Column("Approval", "string", values)
    return read(RISKS, GIVEN, Table("Approval", [AGE, RISK, CAN_PAY], [output], rows, policy))


DECLINED, APPROVED, YES = '"Declined"', '"Approved"', "true"
BOTH = f"{APPROVED}, {DECLINED}"


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_one_output(policy: str) -> None:
    """One row applies, or several that say the same."""
    imported = approval(
        policy,
        [">= 18", '"Medium","Low"', YES, APPROVED],
        ["< 18", '"Medium","Low"', YES, DECLINED],
        ["-", '"High"', YES, DECLINED],
        ["-", "-", "false", DECLINED],
    )
    given = {"Age": 18, "Risk": "Low", "Can pay": True}
    assert answers(imported, **given) == {"Approval": "Approved"}
    assert answers(imported, **given | {"Age": Decimal("17.99")}) == {"Approval": "Declined"}
    assert answers(imported, **given | {"Risk": "High"}) == {"Approval": "Declined"}
    assert answers(imported, **{"Can pay": False}) == {"Approval": "Declined"}
    assert not found(imported.ruleset(), "gap", "overlap")


def test_priority() -> None:
    """Of rows that apply together that of the earlier outcome wins, wherever it stands."""
    rows = (["-", "-", "-", APPROVED], ["-", '"High"', "-", DECLINED])
    for values, said in ((f"{DECLINED}, {APPROVED}", "Declined"), (BOTH, "Approved")):
        imported = approval("PRIORITY", *rows, values=values)
        assert answers(imported, Risk="High") == {"Approval": said}
    one_value = approval("PRIORITY", rows[0], ["-", '"High"', "-", APPROVED], values=APPROVED)
    assert answers(one_value, Risk="High") == {"Approval": "Approved"}


def several(policy: str, *rows: list[str], status: str | None, rate: str | None) -> Imported:
    """Return a table of two outputs."""
    outputs = [Column("Status", "string", status, '"Declined"'), Column("Rate", "", rate)]
    return read(RISKS, GIVEN, Table("Loan", [AGE, RISK], outputs, rows, policy))


def test_several_outputs() -> None:
    """Each output is a decision, over rows that stand once; each has its own default."""
    rows = ([">= 18", '"Low"', APPROVED, '"Best"'], [">= 18", '"Medium"', APPROVED, '"Standard"'])
    imported = several("FIRST", *rows, [">=18", "-", DECLINED, '"None"'], status=None, rate=None)
    ruleset = imported.ruleset()
    assert [one.id for one in ruleset.criteria] == ["loan_row_1", "loan_row_2", "loan_row_3"]
    assert answers(imported, Age=20, Risk="Low") == {"Loan Status": "Approved", "Loan Rate": "Best"}
    assert answers(imported, Age=20, Risk="High") == {
        "Loan Status": "Declined",
        "Loan Rate": "None",
    }
    assert answers(imported, Age=1, Risk="Low") == {"Loan Status": "Declined", "Loan Rate": "gap"}
    # That is known of one output which is not of the other.
    assert answers(imported, Age=20) == {"Loan Status": "insufficient", "Loan Rate": "insufficient"}


def test_priority_over_several_outputs() -> None:
    """Rows are ranked output by output; those of one rank do not beat each other."""
    rows = (
        ["-", "-", DECLINED, '"Standard"'],
        [">= 18", "-", APPROVED, '"Standard"'],
        ["-", '"High"', APPROVED, '"Best"'],
    )
    ranked = several("PRIORITY", *rows, status=BOTH, rate='"Best", "Standard"')
    given = {"Age": 20, "Risk": "High"}
    assert answers(ranked, **given) == {"Loan Status": "Approved", "Loan Rate": "Best"}
    (status, rate) = ranked.ruleset().decisions
    assert status.ranking is not None
    assert status.ranking.names == ("loan_status__r3", "loan_status__r2", "loan_status__r1")
    assert rate.ranking is not None
    half = several("PRIORITY", *rows, status=BOTH, rate=None)
    assert answers(half, **given) == {"Loan Status": "Approved", "Loan Rate": "overlap"}
    assert answers(half, Age=1, Risk="High")["Loan Rate"] == "Best"
    (status, rate) = half.ruleset().decisions
    assert status.ranking is not None
    assert rate.ranking is None


SCORE_TABLE = [
    "<businessKnowledgeModel name='Category table'><encapsulatedLogic>",
    "<formalParameter name='Known'/><formalParameter name='Score'/>",
    *Table(
        "t",
        [Column("Known", "boolean"), Column("Score", "number")],
        [Column("")],
        [
            ["false", "< 100", '"HIGH"'],
            ["false", "[100..130)", '"LOW"'],
            ["false", "> 130", '"VERY LOW"'],
            ["true", "-", '"LOW"'],
        ],
    ).table(),
    "</encapsulatedLogic></businessKnowledgeModel>",
]
CALLS = [
    "<decision name='Risk category'><variable name='Risk category' typeRef='string'/>",
    "<invocation><literalExpression><text>Category table</text></literalExpression>",
    "<binding><parameter name='Known'/>",
    "<literalExpression><text>Applicant.Known</text></literalExpression></binding>",
    "<binding><parameter name='Score'/>",
    "<literalExpression><text>Risk score</text></literalExpression></binding>",
    "</invocation></decision>",
]
SCORE = [
    "<decision name='Risk score'><variable name='Risk score' typeRef='number'/>",
    "<literalExpression><text>Applicant.Age * 2</text></literalExpression></decision>",
]
APPLICANT = item(
    "tApplicant",
    "",
    more="<itemComponent name='Known'><typeRef>boolean</typeRef></itemComponent>"
    "<itemComponent name='Age'><typeRef>number</typeRef></itemComponent>",
)
ELIGIBLE = Table(
    "Eligible",
    [Column("Risk category", "string"), Column("Applicant.Age", "number")],
    [Column("", "", '"NO", "YES"')],
    [['"HIGH"', "-", '"NO"'], ["-", "< 18", '"NO"'], ["-", "-", '"YES"']],
    "PRIORITY",
)


def test_a_graph_of_decisions() -> None:
    """Tables that are called, parts of inputs and earlier decisions; a computed one is a fact."""
    data = model(APPLICANT, inputs(Applicant="tApplicant"), ELIGIBLE, CALLS, SCORE, SCORE_TABLE)
    imported = import_model(data, "lending.dmn", as_facts=True)
    assert [one.where for one in imported.refusals] == ["decision `Risk score`"]
    assert [*imported.facts] == ["Applicant.Age", "Applicant.Known", "Risk score"]
    given = {"Applicant.Age": 30, "Applicant.Known": False, "Risk score": 140}
    assert answers(imported, **given) == {"Eligible": "YES", "Risk category": "VERY LOW"}
    assert answers(imported, **given | {"Risk score": 99})["Eligible"] == "NO"
    # Nothing is said of a score of just 130.
    ruleset = imported.ruleset()
    (gap,) = found(ruleset, "gap")
    assert (gap["risk_score"], gap["applicant_known"]) == ("130.00", False)
    (later,) = (one for one in verify(ruleset).findings if one.kind == "decided_under_review")
    assert later.about == ("eligible", "risk_category")
    assert import_model(data, "lending.dmn").answers.keys() == set()


@pytest.mark.parametrize(
    "call",
    [
        "Category table(Applicant.Known, Risk score)",
        " Category table ( Applicant.Known ,Risk score ) ",
    ],
)
def test_a_call_as_feel_writes_it(call: str) -> None:
    """What is given stands in the order of the parameters."""
    written = [
        "<decision name='Risk category'><variable name='Risk category' typeRef='string'/>",
        f"<literalExpression><text>{call}</text></literalExpression></decision>",
    ]
    given = inputs(Applicant="tApplicant") + inputs(**{"Risk score": "number"})
    imported = read(APPLICANT, given, written, SCORE_TABLE)
    values = {"Applicant.Known": False, "Risk score": 140}
    assert answers(imported, **values) == {"Risk category": "VERY LOW"}


def test_days() -> None:
    """Days are compared, and bounds that nobody said lie beyond all that are named."""
    born = Column("Born", "date")
    rows = [
        ['< date("2006-07-01")', '"adult"'],
        ['[date("2006-07-01")..date("2200-01-01"))', '"child"'],
    ]
    imported = read(inputs(Born="date"), Table("Group", [born], [Column("")], rows))
    domain = imported.ruleset().facts[0].domain
    assert domain.describe() == "a date from 1900-01-01 to 2201-12-31, as YYYY-MM-DD"
    assert answers(imported, Born="2006-06-30") == {"Group": "adult"}
    assert answers(imported, Born="2006-07-01") == {"Group": "child"}
    assert answers(imported, Born="2200-01-01") == {"Group": "gap"}
    limits = [['<= @"0001-01-01"', '"first"'], ['@"9999-12-31"', '"last"']]
    edges = read(Table("Group", [born], [Column("")], limits)).ruleset().facts[0].domain
    assert edges.describe() == "a date from 0001-01-01 to 9999-12-31, as YYYY-MM-DD"


def test_bounds_of_numbers() -> None:
    """Bounds that nobody said are a billion, or ten times what is named, and are marked."""
    rows = [["> 5000000000", '"much"'], ["<= 5000000000", '"little"']]
    imported = read(Table("Size", [Column("N", "number")], [Column("")], rows))
    assert imported.facts["N"].domain.unsaid == {"minimum", "maximum"}
    text = imported.files["2-facts.yaml"]
    assert "    minimum: -100000000000   # the model does not say: confirm what can be\n" in text
    assert "    type: decimal\n    places: 2\n" in text
    half = read(Table("Size", [Column("N", "number", "> 0")], [Column("")], rows))
    assert half.facts["N"].domain.unsaid == {"maximum"}
    assert "    minimum: 0.01\n" in half.files["2-facts.yaml"]


def test_allowed_values_with_holes() -> None:
    """What lies between the values that a number can have is excluded by a constraint."""
    number = Column("N", "number", "[0..10), [20..30], 40")
    rows = [["< 5, 40", '"a"'], ["[5..30]", '"b"']]
    imported = read(Table("D", [number], [Column("")], rows), places=0)
    assert answers(imported, N=40) == {"D": "a"}
    assert answers(imported, N=15) == {"D": "contradiction"}
    assert not found(imported.ruleset(), "gap", "overlap")


def summed(*rows: list[str], asks: list[list[str]], **more: str) -> bytes:
    """Return a table that adds up, and one that asks what it comes to."""
    sums = Table(
        "Points",
        [Column("Age", "number", "[0..120]"), CAN_PAY, Column("Town", "string")],
        [Column("", "number", **more)],
        rows,
        "COLLECT",
        more='aggregation="SUM"',
    )
    return model(sums, Table("Plan", [Column("Points", "number")], [Column("")], asks, "FIRST"))


BY_AGE = (["< 18", "-", "-", "5"], [">= 18", "-", "-", "10"])


def test_points() -> None:
    """A table that adds up is a score, which other tables ask for by bounds."""
    data = summed(
        *BY_AGE,
        ["-", "true", "-", "20"],
        ["-", "true", '"Diemen"', "-3"],
        ["-", "true", '"Diemen"', "-2"],
        ["-", "-", '"Rijswijk"', "0"],
        asks=[["> 25", '"much"'], ["5, [10..12]", '"some"'], [">= -5", '"else"']],
    )
    imported = import_model(data, "m.dmn", places=0)
    assert imported.refusals == ()
    ruleset = imported.ruleset()
    (score,) = ruleset.scores
    assert imported.scores == {"Points": "points"}
    assert [part.worth for part in score.parts] == [5, 10, 20, -5]
    assert ruleset.criteria == ()
    given = {"Age": 20, "Can pay": True, "Town": "Rijswijk"}
    assert answers(imported, **given) == {"Plan": "much"}
    assert answers(imported, **given | {"Can pay": False}) == {"Plan": "some"}
    assert answers(imported, **given | {"Age": 1}) == {"Plan": "else"}
    assert "# Line 5: hit policy COLLECT SUM.\n" in imported.files["3-score-01-points.yaml"]


def test_points_where_no_row_applies() -> None:
    """The sum of no row is null: it has no bound, and is none of any values."""
    rows = (["< 18", "-", "-", "5"], ["-", "true", "-", "0"])
    asks = [["<= 4", '"low"'], ["not(5)", '"other"'], ["not(< 99)", '"never"'], ["-", '"else"']]
    for cells in (asks[:1], asks[1:2]):
        data = summed(*rows, asks=cells)
        imported = import_model(data, "m.dmn")
        (criterion,) = imported.ruleset().criteria
        assert criterion.id == "points_counts"
        none, zero = {"Age": 20, "Can pay": False}, {"Age": 20, "Can pay": True}
        low = cells == asks[:1]
        assert answers(imported, **none) == {"Plan": "gap" if low else "other"}
        assert answers(imported, **zero) == {"Plan": "low" if low else "other"}
        assert answers(imported, **none | {"Age": 1}) == {"Plan": "gap"}
    alone = summed(["< 18", "-", "-", "5"], asks=[["not(7)", '"a"'], ["0, 5", '"b"']])
    imported = import_model(alone, "m.dmn")
    assert imported.ruleset().rule["plan_r2"].when is not None
    assert answers(imported, Age=1) == {"Plan": "a"}
    unasked, said = import_model(summed(*rows, asks=asks), "m.dmn").refusals
    assert said.what == "takes nothing that `Points` can come to"
    assert unasked.what == "adds up what no other table asks for"


@pytest.mark.parametrize(
    ("rows", "some", "what"),
    [
        ((["-", "true", "-", "1"], ["-", "false", "-", "2"]), True, ""),
        ((["-", "true", "-", "1"], ["-", "false", '"x"', "2"]), False, ""),
        ((["-", "-", '"x"', "1"], ["-", "-", 'not("x")', "2"]), True, ""),
        ((["-", "-", '"x"', "1"], ["-", "-", '"y"', "2"]), False, ""),
        ((["< 18", "-", "-", "1"], ["> 18", "-", "-", "2"]), False, ""),
        ((["-", "-", "-", "1"],), False, "has a row 1 that counts for everybody"),
        ((["< 18", "-", "-", "0"],), False, "adds up to nothing"),
        ((["< 18", "-", "-", "10001"],), False, "adds up to more than 10000"),
        ((["< 18", "-", "-", "1.5"],), False, "adds `1.5`, which is no whole number"),
        ((["< 18", "-", "-", "true"],), False, "adds `true`, which is no whole number"),
        ((["> 130", "-", "-", "1"],), False, "takes nothing that the input can be"),
    ],
)
def test_which_tables_are_scores(rows: tuple[list[str], ...], some: bool, what: str) -> None:
    """Whole numbers that can add up to something; a criterion says whether a row applies."""
    imported = import_model(summed(*rows, asks=[["> 0", '"a"']]), "m.dmn")
    if what:
        assert what in [one.what for one in imported.refusals]
        assert imported.answers == {}
    else:
        assert bool(imported.ruleset().criteria) != some


def test_what_a_score_cannot_be() -> None:
    """Sums of several outputs, of decisions, with a default, or that nobody asks, are refused."""

    def adds(asks: Column, *gives: Column) -> Table:
        cells = ["true" if asks is CAN_PAY else "1", *("1" for _ in gives)]
        return Table("Points", [asks], gives, [cells], "COLLECT", more='aggregation="SUM"')

    asks = Table("Plan", [Column("Points", "number")], [Column("")], [["1.5", '"a"']])
    first = Table("First", [CAN_PAY], [Column("")], [["true", "1"]])
    for sums, said in (
        (adds(CAN_PAY, Column("a"), Column("b")), "adds up several outputs"),
        (adds(CAN_PAY, Column("", default="1")), "adds up, and has a default"),
        (adds(Column("First"), Column("")), "adds up by `First`, which is decided"),
        (adds(CAN_PAY, Column("")), "`1.5` lies between two sums"),
    ):
        refused = import_model(model(first, sums, asks), "m.dmn").refusals
        assert said in [one.what for one in refused]
    (only,) = import_model(model(first, adds(CAN_PAY, Column(""))), "m.dmn").refusals
    assert only.what == "adds up what no other table asks for"


def test_a_long_table_that_asks_points() -> None:
    """Bounds of a score stand in a table of rules too, but not what two things say together."""
    asks = [[f"[{place}..{place + 1}], > 20", '"a"'] for place in range(4, 30)]
    imported = import_model(summed(*BY_AGE, ["-", "true", "-", "20"], asks=asks), "m.dmn")
    assert imported.refusals == ()
    assert "plan_r1;4..5 | >= 21;a;" in imported.files["3-decision-1-plan.csv"]
    asks = [["not(5)", '"a"']] * 26
    imported = import_model(summed(["< 18", "-", "-", "5"], asks=asks), "m.dmn")
    assert "3-decision-1-plan.csv" not in imported.files
    assert imported.ruleset().scores


def test_a_long_table() -> None:
    """More than 25 rows stand in a table beside the rule files, whatever they ask."""
    number, day = Column("N", "number", "[-1..100]"), Column("Day", "date")
    rows = [[f"{place}.125", "-", "-", f'"a{place % 3}"', "1"] for place in range(30)]
    rows += [
        ["not(1.5)", '>= date("2024-01-01")', "false", '"b"', "2"],
        ["< 0, [50.0055..60], 70", '[@"2023-01-01"..@"2023-02-01"]', "true", '"c"', "3"],
    ]
    outputs = [Column("a", default='"none"'), Column("b")]
    table = Table("Long", [number, day, CAN_PAY], outputs, rows, "FIRST")
    last = Table("Last", [Column("Long.a")], [Column("")], [['not("b")', '"x"']] * 26, "ANY")
    imported = read(inputs(Day="date"), table, last, places=4)
    names = ["1-ruleset.yaml", "2-facts.yaml", "3-decision-1-long.csv", "3-decision-1-long.yaml"]
    assert sorted(imported.files)[:4] == names
    lines = imported.files["3-decision-1-long.csv"].splitlines()
    assert lines[0] == "rule;n;day;can_pay;then:long_a;then:long_b;reason:en;label:en"
    assert lines[1].startswith("r1;0.1250;-;-;a0;1;Row 1 of the table “Long” applies.;row 1")
    assert lines[31].startswith("r31;not 1.5;>= 2024-01-01;false;b;2;")
    assert lines[32].startswith(
        "r32;<= -0.0001 | 50.0055..60 | 70;2023-01-01..2023-02-01;true;c;3;"
    )
    assert "      table: " in imported.files["3-decision-1-long.yaml"]
    given = {"N": "50.0055", "Day": "2023-01-15", "Can pay": True}
    assert answers(imported, **given) == {"Long a": "c", "Long b": "3", "Last": "x"}
    given = {"N": 80, "Day": "2024-01-15", "Can pay": False}
    assert answers(imported, **given) == {"Long a": "b", "Long b": "2", "Last": "gap"}
    assert answers(imported, **given | {"Can pay": True})["Long a"] == "none"


def test_a_long_table_that_stays() -> None:
    """Rows that ask one thing twice, or that outrank as no order says, stand in the rule files."""
    twice = [[f"> {place}", f"< {place + 9}", '"a"'] for place in range(26)]
    imported = read(Table("Long", [AGE, AGE], [Column("")], twice, "ANY"))
    assert not any(name.endswith(".csv") for name in imported.files)
    rows = [[f"> {place}", '"a"' if place else '"b"', f'"{place}"'] for place in range(26)]
    outputs = [Column("a", values='"a", "b"'), Column("b")]
    imported = read(Table("Long", [AGE], outputs, rows, "PRIORITY"))
    assert not any(name.endswith(".csv") for name in imported.files)
    unique = read(Table("Long", [AGE], [Column("")], [row[:2] for row in rows]))
    assert "      hit: unique\n" in unique.files["3-decision-1-long.yaml"]


def test_types() -> None:
    """A type takes the values of what it is based on, unless it lists its own; columns add up."""
    types = [
        item("tLevel", "string", LEVELS),
        item("tSame", "feel:tLevel"),
        item("tSome", "tLevel", '"Low", "High"'),
        item("tCircle", "tCircle"),
        item("tOdd", "Any"),
    ]
    for kind, values in (
        ("tSame", ("Low", "Medium", "High")),
        ("tSome", ("Low", "High")),
        ("tCircle", ("Low", "other")),
        ("tOdd", ("Low", "other")),
    ):
        table = Table("D", [Column("X", kind)], [Column("")], [['"Low"', '"a"']])
        if kind == "tCircle":
            said = import_model(model(types, table), "m.dmn").refusals
            assert [one.what for one in said] == ["has the type `tCircle`, which is not read"]
            continue
        assert read(types, table).ruleset().facts[0].domain.values == values
    one = Table("D", [Column("X", "string", '"a", "b"')], [Column("")], [['"a"', '"x"']])
    other = Table("E", [Column("X", "string", '"b", "c"')], [Column("")], [['"c"', '"x"']])
    assert read(one, other).ruleset().facts[0].domain.values == ("a", "b", "c")
    open_one = Table("E", [Column("X", "string")], [Column("")], [['"d"', '"x"']])
    assert read(one, open_one).ruleset().facts[0].domain.values == ("a", "b", "d", "other")


def test_whole_numbers() -> None:
    """Types of other tools for numbers without decimals give integers, wherever they stand."""
    kinds = [item("tCount", "integer", "[0..9]")]
    for column in (Column("X", "integer"), Column("X", "long"), Column("X", "tCount")):
        (fact,) = read(kinds, Table("D", [column], [Column("")], [["5", '"x"']])).ruleset().facts
        assert fact.domain.kind == "integer"
    (fact,) = (
        read(Table("D", [Column("X", "double")], [Column("")], [["5", '"x"']])).ruleset().facts
    )
    assert fact.domain.kind == "decimal"


def test_names_with_words_of_feel() -> None:
    """A name that the model declares may have words in it by which FEEL works something out."""
    table = Table("D", [Column("Rent and heating", "number")], [Column("")], [["5", '"x"']])
    assert [*read(inputs(**{"Rent and heating": "number"}), table).facts] == ["Rent and heating"]


def test_one_value() -> None:
    """An input that can have one value only makes no difference, and is refused."""
    for column in (Column("X", "string", '"a"'), Column("X", "number", "5")):
        cell = column.values or ""
        table = Table("D", [column], [Column("")], [[cell, '"x"']])
        (said,) = import_model(model(table), "m.dmn").refusals
        assert said.what == "can have one value only"


def test_parts_of_parts() -> None:
    """A part can have parts, each with its type."""
    town = "<itemComponent name='Town'><typeRef>tTown</typeRef></itemComponent>"
    home = f"<itemComponent name='Home'>{town}</itemComponent>"
    types = [item("tTown", "string", '"Rijswijk", "Diemen"'), item("tPerson", "", more=home)]
    column = Column("Person.Home.Town", "string")
    table = Table("D", [column], [Column("")], [['"Diemen"', '"a"']])
    imported = read(types, inputs(Person="tPerson"), table)
    assert imported.facts["Person.Home.Town"].domain.values == ("Rijswijk", "Diemen")


def test_cells_that_take_everything() -> None:
    """A cell that takes all that can be asks nothing, of an input or of a decision."""
    number = Column("N", "number", "[0..9]")
    first = Table("First", [number], [Column("")], [["[0..99]", '"a"'], ["3", '"a"']], "ANY")
    second = Table("Second", [Column("First")], [Column("")], [['not("z")', '"b"']])
    imported = read(first, second)
    assert [rule.id for rule in imported.ruleset().decisions[1].rules] == ["second_r1"]
    assert "        always: true\n" in imported.files["3-decision-1-first.yaml"]
    assert "        always: true\n" in imported.files["3-decision-2-second.yaml"]


def test_long_lists_stand_line_by_line() -> None:
    """What is too long for a line is a list with an entry to a line."""
    rows = [[f"> {number}", f'"a{number % 3}"'] for number in range(20, 0, -1)]
    text = read(Table("Long", [AGE], [Column("")], rows, "FIRST")).files["3-decision-1-long.yaml"]
    assert "    order:\n      - long_r1\n      - long_r2\n" in text


def test_unknown_parts_and_names_with_dots() -> None:
    """A part that no type describes is told by its cells; a name may have a dot itself."""
    parts = "<itemComponent name='a.b'><typeRef>number</typeRef></itemComponent>"
    table = Table(
        "D",
        [Column("P.a.b"), Column("P.no.such.part"), Column("Q.c")],
        [Column("")],
        [["5", '"x"', "true", '"y"']],
    )
    imported = read(item("tP", "", more=parts), inputs(P="tP", Q=""), table)
    assert [one.domain.kind for one in imported.facts.values()] == ["number", "string", "boolean"]


def test_what_a_row_asks_twice() -> None:
    """What two columns ask alike counts once; a column that asks nothing is left out."""
    table = Table(
        "D",
        [AGE, AGE, Column("Free", "string")],
        [Column("")],
        [["> 5", "> 5", "-", '"a"'], ["<= 5", "<= 9", "-", '"b"']],
    )
    imported = read(table)
    assert [*imported.facts] == ["Age"]
    assert answers(imported, Age=6) == {"D": "a"}
    assert "when: {age: {at_least: 5.01}}\n" in imported.files["3-decision-1-d.yaml"]


def test_outcomes_of_any_kind() -> None:
    """Outcomes are texts, numbers, days and truth values, and can be asked as such."""
    first = Table("First", [CAN_PAY], [Column("")], [["true", "1.50"], ["false", "-2"]])
    second = Table(
        "Second", [Column("First", "number")], [Column("")], [["> 0", "true"], ["-2", "1"]]
    )
    third = Table("Third", [Column("Second")], [Column("")], [["true", '@"2024-05-06"']])
    imported = read(first, second, third)
    assert answers(imported, **{"Can pay": True}) == {
        "First": "1.50",
        "Second": "true",
        "Third": "2024-05-06",
    }
    assert answers(imported, **{"Can pay": False}) == {"First": "-2", "Second": "1", "Third": "gap"}


def test_many_decisions() -> None:
    """More than fifty decisions stand in one file, for a rule set has so many files and no more."""
    tables = [
        Table(f"D{number}", [CAN_PAY], [Column("a"), Column("b")], [["true", "1", "2"]])
        for number in range(51)
    ]
    imported = read(*tables)
    assert sorted(imported.files) == ["1-ruleset.yaml", "2-facts.yaml", "3-decisions.yaml"]
    assert len(imported.ruleset().decisions) == 102


def test_criteria_that_would_have_a_name_twice() -> None:
    """A row of a table is called as nothing else is."""
    two = [Column("a"), Column("b")]
    table = Table("D", [Column("d row 1", "boolean")], two, [["true", "1", "2"]])
    assert [one.id for one in read(table).ruleset().criteria] == ["d_row_1_2"]


def test_types_of_outputs() -> None:
    """The order of priority stands with the output, with its type, or with that of the decision."""
    rows = [["-", '"b"'], ["true", '"a"']]
    listed = item("tOut", "string", '"a", "b"')
    for output, kind in ((Column("", "tOut"), ""), (Column(""), "tOut")):
        table = Table("D", [CAN_PAY], [output], rows, "PRIORITY", kind)
        assert answers(read(listed, table), **{"Can pay": True}) == {"D": "a"}
    of_parts = item(
        "tOut", "", more="<itemComponent name='x'><typeRef>string</typeRef></itemComponent>"
    )
    plain = Table("D", [CAN_PAY], [Column("")], rows, "FIRST", "tOut")
    assert answers(read(of_parts, plain), **{"Can pay": True}) == {"D": "b"}


def test_rules_that_ask_nothing() -> None:
    """A model whose rows ask nothing of any input is refused: there is nothing to decide."""
    table = Table("D", [CAN_PAY], [Column("")], [["-", '"a"']])
    (said,) = import_model(model(table), "m.dmn").refusals
    assert said.what == "asks nothing of any input"
