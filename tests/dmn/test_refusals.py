"""What of a decision model cannot be a rule is refused with its line, and with what to do."""

from __future__ import annotations

import pytest

from dmn.models import Column, Table, inputs, item, line_of, model
from routeengine.dmn import import_model
from routeengine.dmn.reading import read_model
from routeengine.errors import RuleSetError

AGE, PLAN = Column("Age", "number"), Column("Plan", "string")


def table(*rows: list[str], asks: Column = AGE, gives: Column = PLAN, **more: str) -> Table:
    """Return a table with one input and one output."""
    return Table("Plans", [asks], [gives], rows, **more)


def told(data: bytes, *, as_facts: bool = False) -> list[str]:
    """Return all that is refused of a model."""
    return [one.told("m.dmn") for one in import_model(data, "m.dmn", as_facts=as_facts).refusals]


LIST = "a decision has one answer: let the list or the sum be an input"
COMPUTED = "work it out before, and let what comes out be an input"
ENDS = "`[5..3]` is a range that ends before it begins (write its lower end first)"
NAME = "(name what it asks)"
FILL = "(fill every cell, any by `-`)"
OUTSIDE = "(mend the cell, or the allowed values of the input)"
NULL = "(an input that is not known is asked for; let `none` be a value of the input if it is one)"
NOTHING = "(take the row out: where none applies a person looks; or name what it answers)"
READ = "(read are number, string, boolean and date, and types made of them)"
WOULD = f"is no value, list or range: it would be computed ({COMPUTED})"
COARSER = "(take a coarser unit, or fewer `--places`)"
LISTED = "(list it among the output values, the first before the others)"
ORDER = "(list the output values, the first before the others)"


@pytest.mark.parametrize(
    ("part", "at", "said"),
    [
        (
            table(["1", '"a"'], policy="RULE ORDER"),
            "RULE ORDER",
            f"has hit policy RULE ORDER ({LIST})",
        ),
        (
            table(["1", '"a"'], policy="OUTPUT ORDER"),
            "OUTPUT",
            f"has hit policy OUTPUT ORDER ({LIST})",
        ),
        (table(["1", '"a"'], policy="COLLECT"), "COLLECT", f"has hit policy COLLECT ({LIST})"),
        (
            table(["1", '"a"'], policy="COLLECT", more='aggregation="MIN"'),
            "COLLECT",
            f"has hit policy COLLECT MIN ({LIST})",
        ),
        (table(), "<decisionTable", "has a table without rows (draw the table to its end)"),
        (
            Table("Plans", [AGE], [], [["1"]]),
            "<decisionTable",
            "has a table without outputs (draw the table to its end)",
        ),
        (
            Table("Plans", [AGE], [Column("a"), Column("a")], [["1", '"a"', '"b"']]),
            "<decisionTable",
            "has two outputs of one name (give every output a name of its own)",
        ),
        (
            Table("Plans", [AGE, PLAN], [PLAN], [["1", '"a"', '"b"'], ["2", '"b"']]),
            "<rule>#2",
            f"row 2: has 2 inputs and 0 outputs, where the table has 2 and 1 {FILL}",
        ),
        (
            table(["1", '"a"'], asks=Column("Age + 1", "number")),
            "Age + 1",
            f"input `Age + 1`: `Age + 1` is computed ({COMPUTED})",
        ),
        *(
            (
                table(["1", '"a"'], asks=Column(text, "number")),
                text,
                f"input `{text}`: `{text}` is computed ({COMPUTED})",
            )
            for text in (
                "Age - 1",
                "true",
                "if Old then Age",
                "Old and Age",
                "x in Ages",
                "Old else Age",
            )
        ),
        (
            table(["< Limit", '"a"']),
            "< Limit",
            f"row 1, input `Age`: `< Limit` {WOULD}",
        ),
        (
            table(["-", '"a"'], ["null", '"b"']),
            "null",
            f"row 2, input `Age`: `null` tests on null {NULL}",
        ),
        (
            table(["1", "Age * 2"]),
            "Age * 2",
            f"row 1, output `Plan`: answers `Age * 2`, which would be computed ({COMPUTED})",
        ),
        (
            table(["1", "null"]),
            "null",
            f"row 1, output `Plan`: answers nothing {NOTHING}",
        ),
        (
            table(["1", '"a"'], gives=Column("Plan", "string", default="f(1)")),
            "<output ",
            f"output `Plan`: answers `f(1)`, which would be computed ({COMPUTED})",
        ),
        (
            table(["1", '"a"'], gives=Column("Plan", "string", values="> 4")),
            "<output ",
            "output `Plan`: `> 4` is no list of values (list every value)",
        ),
        (
            table(["1.234", '"a"']),
            "1.234",
            "row 1, input `Age`: `1.234` has more than 2 decimals (say how many with `--places`)",
        ),
        (
            table(["90071992547409920", '"a"']),
            "90071",
            f"row 1, input `Age`: `90071992547409920` is too large {COARSER}",
        ),
        (
            table(['"old"', '"a"']),
            "old",
            'row 1, input `Age`: `"old"` where a number is asked (give both one type)',
        ),
        (
            table(["1", '"a"'], asks=PLAN),
            "<text>1<",
            "row 1, input `Plan`: `1` where a text is asked (give both one type)",
        ),
        (
            table(["1", '"a"'], ["true", '"b"'], asks=Column("Age")),
            "<text>Age",
            "input `Age`: is taken for true or false and a number (give it one type)",
        ),
        (
            table(["1", '"a"'], ['@"2024-05-06"', '"b"'], asks=Column("Age")),
            "<text>Age",
            "input `Age`: is taken for a day and a number (give it one type)",
        ),
        (
            table(["130", '"a"'], asks=Column("Age", "number", values="[0..120]")),
            "130",
            f"row 1, input `Age`: takes nothing that the input can be {OUTSIDE}",
        ),
        (
            table(["[5..3]", '"a"']),
            "[5..3]",
            f"row 1, input `Age`: {ENDS}",
        ),
        (
            table(["(5..5)", '"a"']),
            "(5..5)",
            f"row 1, input `Age`: takes nothing that the input can be {OUTSIDE}",
        ),
        (
            table(["5", '"a"'], asks=Column("Age", "number", values="(5..5)")),
            "<text>Age",
            "input `Age`: can have no value at all (mend its allowed values)",
        ),
        (
            table(['"c"', '"a"'], asks=Column("Plan", "string", values='"a", "b"')),
            '"c"',
            f'row 1, input `Plan`: "c" is none of the values of the input {OUTSIDE}',
        ),
        (
            table(['not("a", "b")', '"a"'], asks=Column("Plan", "string", values='"a", "b"')),
            "not(",
            f"row 1, input `Plan`: takes nothing that the input can be {OUTSIDE}",
        ),
        (
            table(["1", '"a"'], asks=Column("Age", "time")),
            "<text>Age",
            f"input `Age`: has the type `time`, which is not read {READ}",
        ),
        (
            table(["1", '"a"'], policy="PRIORITY"),
            "<decisionTable",
            f"has hit policy PRIORITY without an order of priority {ORDER}",
        ),
        (
            table(["1", '"b"'], policy="PRIORITY", gives=Column("Plan", "", values='"a"')),
            '"b"',
            f'row 1, output `Plan`: `"b"` has no place in the order of priority {LISTED}',
        ),
    ],
)
def test_refused(part: Table, at: str, said: str) -> None:
    """Each thing of a table that cannot be read is refused where it stands."""
    data = model(part)
    text, _, nth = at.partition("#")
    where = f"m.dmn:{line_of(data, text, int(nth or 1))}: decision `Plans`"
    joint = ", " if said.startswith(("row", "input", "output")) else ": "
    assert told(data) == [f"{where}{joint}{said}"]


def logic(name: str, *lines: str, kind: str = "string") -> list[str]:
    """Return a decision with some other logic than a table."""
    return [
        f"<decision name='{name}'><variable name='{name}' typeRef='{kind}'/>",
        *lines,
        "</decision>",
    ]


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ((), "has no logic (draw its table)"),
        (
            ("<literalExpression><text>1</text></literalExpression>",),
            f"is an expression, and only tables are read ({COMPUTED})",
        ),
        (("<context/>",), f"is a context, and only tables are read ({COMPUTED})"),
        (("<functionDefinition/>",), f"is a function, and only tables are read ({COMPUTED})"),
        (("<invocation/>",), f"calls ``, which is no table ({COMPUTED})"),
    ],
)
def test_logic(lines: tuple[str, ...], what: str) -> None:
    """Of a decision that has no table it is said what it has."""
    data = model(logic("Plans", *lines))
    assert told(data) == [f"m.dmn:{line_of(data, 'Plans') + bool(lines)}: decision `Plans`: {what}"]


def call(*bindings: tuple[str, str]) -> list[str]:
    """Return a call of the table `Shared`."""
    return [
        "<invocation><literalExpression><text>Shared</text></literalExpression>",
        *(
            f"<binding><parameter name='{name}'/>"
            f"<literalExpression><text>{what}</text></literalExpression></binding>"
            for name, what in bindings
        ),
        "</invocation>",
    ]


SHARED = [
    "<businessKnowledgeModel name='Shared'><encapsulatedLogic><formalParameter name='Age'/>",
    *table(["&lt; 18", '"young"'], ["&gt;= 18", '"old"']).table(),
    "</encapsulatedLogic></businessKnowledgeModel>",
]


@pytest.mark.parametrize("what", ["Age + 1", "f(Age)", ""])
def test_calls_with_expressions(what: str) -> None:
    """A table that is called with more than names is refused."""
    data = model(logic("Plans", *call(("Age", what))), SHARED)
    at = line_of(data, "<invocation>")
    told_of = f"m.dmn:{at}: decision `Plans`: calls `Shared` with more than names ({COMPUTED})"
    assert told(data) == [told_of]
    written = f"<literalExpression><text>Shared({what})</text></literalExpression>"
    assert told(model(logic("Plans", written), SHARED)) == [told_of]


def test_calls_of_what_is_no_table() -> None:
    """A call of something that is not there, or is no table, is refused."""
    other = "<businessKnowledgeModel name='Shared'><encapsulatedLogic/></businessKnowledgeModel>"
    for parts in ([], [other]):
        said = told(model(logic("Plans", *call()), *parts))
        assert said[0].endswith(f"decision `Plans`: calls `Shared`, which is no table ({COMPUTED})")
    bare = "<businessKnowledgeModel name='Shared'/>"
    for text in ("Shared(Age)", "f(Age)", "Shared(Age) + 1"):
        written = f"<literalExpression><text>{text}</text></literalExpression>"
        (said_of,) = told(model(logic("Plans", written), bare))
        which = "calls `Shared`, which is no table" if text == "Shared(Age)" else "is an expression"
        assert which in said_of


def test_decisions_that_read_what_is_refused() -> None:
    """What reads a refused decision is refused too, and so on; as facts they are kept."""
    first = table(["1", '"a"'])
    second = Table("Second", [Column("Work", "number")], [PLAN], [["1", '"b"']])
    third = Table("Third", [Column("Second", "string")], [PLAN], [['"b"', '"c"']])
    data = model(logic("Work", "<list/>", kind="number"), first, second, third)
    work = f"m.dmn:{line_of(data, '<list')}: decision `Work`: is a list, and only tables are read"
    hint = "which is refused itself (see there; or let it be a fact: `--as-facts`)"
    asks = [line_of(data, f"<text>{name}<") for name in ("Work", "Second")]
    assert told(data) == [
        f"{work} ({COMPUTED})",
        f"m.dmn:{asks[0]}: decision `Second`, input `Work`: asks `Work`, {hint}",
        f"m.dmn:{asks[1]}: decision `Third`, input `Second`: asks `Second`, {hint}",
    ]
    assert [*import_model(data, "m.dmn").answers] == ["Plans"]
    imported = import_model(data, "m.dmn", as_facts=True)
    assert [*imported.answers] == ["Plans", "Second", "Third"]
    assert [*imported.facts] == ["Age", "Work"]


def test_circles() -> None:
    """Decisions that read each other in a circle are refused."""
    first = Table("First", [Column("Second", "string")], [PLAN], [['"b"', '"a"']])
    second = Table("Second", [Column("First", "string")], [PLAN], [['"a"', '"b"']])
    data = model(first, second)
    at = line_of(data, "<text>Second")
    what = "asks `Second`, which asks this decision in turn (take the circle out)"
    assert told(data)[0] == f"m.dmn:{at}: decision `First`, input `Second`: {what}"
    assert len(told(data)) == 2


def test_which_output() -> None:
    """Of a decision with several outputs one has to be named."""
    both = Table("Both", [AGE], [Column("one"), Column("two")], [["1", '"a"', "2"]])
    for asked, count in (("Both", 1), ("Both.three", 1), ("Both.two", 0)):
        data = model(both, Table("Last", [Column(asked)], [PLAN], [["2", '"b"']]))
        what = f"asks `{asked}`, which has several outputs (ask one: `Both.one`, `Both.two`)"
        where = f"m.dmn:{line_of(data, f'<text>{asked}<')}: decision `Last`, input `{asked}`"
        assert told(data) == [f"{where}: {what}"] * count


def test_what_an_earlier_decision_never_answers() -> None:
    """A cell that takes no answer of the decision that it asks is refused."""
    first = table(["1", '"a"'])
    mend = "(mend the cell, or take the row out)"
    for cell, what in (
        ('"b"', "takes nothing that `Plans` answers"),
        ("3", "`3` is of another kind than what `Plans` answers"),
    ):
        data = model(first, Table("Last", [Column("Plans")], [PLAN], [[cell, '"b"']]))
        where = f"m.dmn:{line_of(data, f'<text>{cell}<')}: decision `Last`, row 1, input `Plans`"
        assert told(data) == [f"{where}: {what} {mend}"]


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ("Many", "is a list (ask for each thing that matters by itself)"),
        ("Person", "has parts (ask for the part that matters, as `Name.Part`)"),
        ("Person.Home", "has parts (ask for the part that matters, as `Name.Part`)"),
        ("Person.Born", "has the type `days and time duration`, which is not read"),
        ("Far", "has the type `Other.tFar` of another model (put what it needs into this file)"),
        ("Other.Thing", "`Other.Thing` stands in another model (put what it needs into this file)"),
    ],
)
def test_types(asked: str, what: str) -> None:
    """An input of a type that has more than one value, or that is not read, is refused."""
    parts = (
        "<itemComponent name='Home'><itemComponent name='Town'/></itemComponent>"
        "<itemComponent name='Born'><typeRef>days and time duration</typeRef></itemComponent>"
    )
    data = model(
        "<import name='Other' namespace='y' importType='dmn'/>",
        item("tMany", "number").replace("name=", "isCollection='true' name=", 1),
        item("tPerson", "", more=parts),
        inputs(Many="tMany", Person="tPerson", Far="Other.tFar"),
        table(["1", '"a"'], asks=Column(asked)),
    )
    said = told(data)
    assert said[0].startswith(f"m.dmn:{line_of(data, f'<text>{asked}<')}: decision `Plans`, input")
    assert what in said[0]
    assert len(said) == 1


def test_names_of_decisions() -> None:
    """A decision without a name, or with the name of another, is refused."""
    data = model(
        inputs(Age="number"), table(["1", '"a"']), table(["2", '"b"']), logic(""), logic("Age")
    )
    assert [one.partition(": ")[2] for one in told(data)] == [
        "decision `Plans`: has the name of another (give it a name of its own)",
        "decision ``: has no name (give it a name of its own)",
        "decision `Age`: has the name of another (give it a name of its own)",
    ]
    assert [*import_model(data, "m.dmn").answers] == ["Plans"]


def test_every_cell_is_told() -> None:
    """Of a table every refused cell is told, in the order of the file."""
    data = model(table(["x", '"a"'], ["1", "y"], ["z", '"b"']))
    lines = [line_of(data, f"<text>{name}<") for name in "xyz"]
    assert [int(one.split(":")[1]) for one in told(data)] == lines


def test_an_input_without_an_expression() -> None:
    """An input that asks nothing is refused."""
    data = model(table(["1", '"a"'])).replace(b"inputExpression", b"other")
    assert told(data) == [
        f"m.dmn:{line_of(data, '<input')}: decision `Plans`: has an input that asks nothing {NAME}"
    ]


def test_what_is_no_decision_model() -> None:
    """An XML file of another kind is refused."""
    with pytest.raises(RuleSetError) as caught:
        read_model(b"<html/>", "page.html")
    what = "is no decision model: the file begins with `html`"
    hint = "give a DMN file, which begins with `definitions`"
    assert str(caught.value) == f"page.html:1:1: {what} ({hint})"
