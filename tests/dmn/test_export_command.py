"""`routeengine export dmn` writes tables, or says with its place what a table cannot say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loading.small import LIBRARY
from routeengine.cli import main
from routeengine.dmn import cubes, export_dmn, import_model
from routeengine.dmn.elements import parse
from routeengine.errors import BudgetError, LanguageError, RuleSetError
from routeengine.loading import load_ruleset
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import RuleSet

Printed = pytest.CaptureFixture[str]

FACTS = """\
ruleset:
  id: plans
  version: 1.2.0
  languages: [nl, en]
  title: {nl: tarieven, en: plans}
  purpose: {nl: om te proberen, en: to try things}
  owner: {nl: wij, en: us}
sources:
  paper: {title: {nl: stuk, en: paper}, number: P1, kind: {nl: brief, en: letter}}
citations:
  first: {source: paper, section: "", paragraph: 1, sentence: 1, sha256: %s}
facts:
  age: {type: integer, minimum: 0, maximum: 120, label: {nl: leeftijd, en: age & more},
    question: {nl: "hoe oud?", en: "how old?"}, why_needed: {nl: daarom, en: because}}
  member: {type: boolean, label: {nl: lid, en: member},
    question: {nl: "lid?", en: "member?"}, why_needed: {nl: daarom, en: because}}
  debt: {type: category, values: {none: {label: {nl: geen, en: none}},
      mild: {label: {nl: licht, en: mild}}, heavy: {label: {nl: zwaar, en: heavy}}},
    label: {nl: schuld, en: debt}, question: {nl: "schuld?", en: "debt?"},
    why_needed: {nl: daarom, en: because}}
""" % ("a" * 64)

DECISION = """\
decisions:
  plan:
    label: {nl: tarief, en: plan}
    outcomes:
      low: {label: {nl: laag, en: low}, description: {nl: laag, en: low}}
      high: {label: {nl: hoog, en: high}, description: {nl: hoog, en: high}}
    rules:
"""


def rule(name: str, *lines: str, then: str = "low") -> str:
    """Return a rule."""
    own = "\n".join(f"        {line}" for line in lines)
    return f"""\
      {name}:
        label: {{nl: "{name} <nl>", en: "{name} <en>"}}
{own}
        then: {then}
        reason: {{nl: "om {name}", en: "for {name}"}}
        basis: source
        cites: [first]
"""


def rules(*some: str, more: str = "") -> RuleSet:
    """Return a rule set with these rules."""
    return load_ruleset({"r.yaml": FACTS + more + DECISION + "".join(some)})


def refused(ruleset: RuleSet, review_as: str | None = None) -> list[str]:
    """Return all that is refused."""
    with pytest.raises(RuleSetError) as caught:
        export_dmn(ruleset, review_as=review_as)
    return [str(fault).partition(": ")[2] for fault in caught.value.faults]


YOUNG = rule("young", "when: {all: [{age: {at_most: 17}}, {debt: {not: heavy}}]}")
ALL = rule("all", "always: true", then="high")
REST = rule("rest", "otherwise: true", then="high")


def test_it_says_for_which_days_and_variant_its_numbers_are() -> None:
    """In the description, and beside the digests; rules without parameters say nothing of it."""
    more = """\
variants: [diemen, weesp]
parameters:
  adult: {label: {nl: x, en: x}, basis: source, cites: [first], type: integer,
    values: [{from: 2025-01-01, is: 18}, {from: 2026-07-01, is: 21, variant: diemen}]}
"""
    old = rule("old", "when: {age: {at_least: {parameter: adult}}}", then="high")
    head = FACTS.replace("  languages", "  valid_from: 2025-01-01\n  languages", 1) + more
    files = {"r.yaml": head + DECISION + old + rule("rest", "otherwise: true")}
    for day, variant, said, days in (
        ("2026-07-01", "diemen", "from 2026-07-01, diemen", 'since="2026-07-01"'),
        ("2026-06-30", "diemen", "from 2025-01-01 until 2026-06-30, diemen",
         'since="2025-01-01" until="2026-06-30"'),
    ):  # fmt: skip
        text = export_dmn(load_ruleset(files, day, variant)).text
        assert f"version 1.2.0. It has the numbers {said}. It answers" in text
        assert f'{days} variant="diemen"/>' in text
    text = export_dmn(rules(YOUNG, REST)).text
    assert "numbers" not in text
    assert "variant" not in text


def test_without_variants_none_is_named() -> None:
    """Nor a day at an end that is open."""
    more = """\
parameters:
  adult: {label: {nl: x, en: x}, basis: source, cites: [first], type: integer,
    values: [{is: 18}]}
"""
    old = rule("old", "when: {age: {at_least: {parameter: adult}}}", then="high")
    text = export_dmn(rules(old, rule("rest", "otherwise: true"), more=more)).text
    assert "It has the numbers on every day." in text
    assert not re.search("<r:ruleset[^>]*(since|until|variant)", text)


def test_a_table(tmp_path: Path) -> None:
    """A rule becomes its rows, with what is said of it beside them, and `otherwise` the default."""
    old = rule("old", "when: {any: [{age: {between: [65, 70]}}, {all: [member, {age: 30}]}]}")
    (tmp_path / "r.yaml").write_text(FACTS + DECISION + YOUNG + old + REST, encoding="utf-8")
    out = tmp_path / "plans.dmn"
    assert main(["export", "dmn", "--rules", str(tmp_path), "--lang", "en", "-o", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    ref = reference(load_ruleset(tmp_path))
    assert text.startswith(f"""\
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:r="urn:routeengine:dmn:1"\
 id="definitions.plans" name="plans" namespace="urn:routeengine:dmn:1:plans">
  <description>Written from the rule set plans, version 1.2.0.\
 It answers where every input is known and a row applies; the rules say more.</description>
  <extensionElements>
    <r:ruleset id="plans" version="1.2.0" sha256="{ref.sha256}"\
 meaning_sha256="{ref.meaning_sha256}"/>
  </extensionElements>
  <itemDefinition id="type.age" name="t_age" label="age &amp; more" r:places="0">
    <typeRef>number</typeRef>
    <allowedValues>
      <text>[0..120]</text>
    </allowedValues>
  </itemDefinition>
""")
    table = parse(text.encode(), "x").first("decision", "decisionTable")
    assert table is not None
    assert table.get("hitPolicy") == "UNIQUE"
    rows = [
        [cell.text for one in row.children for cell in one.every("text")]
        for row in table.every("rule")
    ]
    assert rows == [
        ["<= 17", "-", 'not("heavy")', '"low"', "young <en>", "young", "for young", "first"],
        ["[65..70]", "-", "-", '"low"', "old <en>", "old", "for old", "first"],
        ["30", "true", "-", '"low"', "old <en>", "old", "for old", "first"],
    ]
    default = table.first("output", "defaultOutputEntry", "text")
    assert default is not None
    assert default.text == '"high"'


@pytest.mark.parametrize(
    ("some", "more", "policy"),
    [
        ((YOUNG, REST), "", "UNIQUE"),
        ((YOUNG, rule("member", "when: member")), "", "ANY"),
        ((YOUNG, ALL), "    order: [young, all]\n", "FIRST"),
        (
            (
                rule("one", "always: true", "outranks: [two]"),
                rule("two", "when: member", then="high"),
            ),
            "",
            "FIRST",
        ),
        (
            (YOUNG, rule("all", "always: true", then="high")),
            "    priority: [low, high]\n",
            "PRIORITY",
        ),
        ((REST,), "", "UNIQUE"),
        ((rule("never", "when: {not: {any: [member, {member: false}]}}"), REST), "", "UNIQUE"),
    ],
)
def test_hit_policies(some: tuple[str, ...], more: str, policy: str) -> None:
    """The hit policy is the plainest by which the rows decide as the rules do."""
    text = DECISION.replace("    rules:\n", more + "    rules:\n") + "".join(some)
    exported = export_dmn(load_ruleset({"r.yaml": FACTS + text}))
    assert f'hitPolicy="{policy}"' in exported.text


@pytest.mark.parametrize("order", [("low", "high"), ("high", "low")])
def test_a_table_by_priority_lists_its_answers_by_priority(order: tuple[str, str]) -> None:
    """However they are declared: by that list a reader of the table decides between its rows."""
    more = f"    priority: [{', '.join(order)}]\n    rules:\n"
    some = YOUNG + rule("all", "always: true", then="high")
    text = DECISION.replace("    rules:\n", more) + some
    exported = export_dmn(load_ruleset({"r.yaml": FACTS + text}))
    assert f'<text>"{order[0]}", "{order[1]}"</text>' in exported.text


def test_what_a_table_cannot_say() -> None:
    """Whatever a table cannot say is refused at once, each by name and with what to do."""
    review = rule("look", "when: {age: 5}", then="{review: [low, high]}")
    later = """\
  later:
    label: {nl: later, en: later}
    applies_when: {decision: plan, status: decided}
    not_applicable_because: {nl: eerst, en: first}
    outcomes:
      yes: {label: {nl: ja, en: yes}, description: {nl: ja, en: yes}}
    rules:
"""
    ruleset = rules(
        review,
        rule("high", "when: member", then="high"),
        later,
        rule("asks", "when: {decision: plan, rule: look}", then="yes"),
    )
    look = "rule `look` leads to review by a person"
    both = "decision `plan` has an overlap: `look` and `high` lead to different answers"
    applies = "decision `later` does not always apply"
    assert refused(ruleset) == [
        f"{both} (let one outrank the other: a table has no answer there)",
        f"{look} (name a text that stands for it: `--review-as TEXT`)",
        f"{applies} (give it an outcome for that: a table always has one)",
        "rule `asks` asks which rule of `plan` won (ask for its outcome)",
    ]


def test_a_text_for_review() -> None:
    """With a text for review a rule that leads to it has that outcome, which is no other's."""
    review = rule("look", "when: member", then="{review: [low]}")
    ruleset = rules(review, rule("rest", "when: {member: false}"))
    exported = export_dmn(ruleset, review_as="a person looks")
    assert '<text>"a person looks"</text>' in exported.text
    assert "The outcome a person looks stands for review by a person." in exported.text
    imported = import_model(exported.text.encode(), "x.dmn")
    (plan,) = imported.answers["plan"]
    assert [one.label for one in plan.outcomes] == ["low", "high", "a person looks"]
    assert refused(ruleset, "high") == [
        "decision `plan` has the outcome `high` already (take another text for `--review-as`)"
    ]


def test_what_is_left_out(tmp_path: Path, capsys: Printed) -> None:
    """Constraints and flags have no place in a table, which is told and stands in the model."""
    more = """\
constraints:
  children: {forbids: {all: [{age: {at_most: 9}}, member]}, label: {nl: k, en: k},
    basis: source, cites: [first]}
flags:
  call: {when: member, label: {nl: k, en: k}, basis: source, cites: [first]}
"""
    (tmp_path / "r.yaml").write_text(FACTS + more + DECISION + YOUNG, encoding="utf-8")
    assert main(["export", "dmn", "--rules", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert printed.err == (
        "left out: constraints, so that tables answer profiles that cannot be: `children`\n"
        "left out: flags: `call`\n"
    )
    assert "Left out are flags: `call`." in printed.out
    assert printed.out.endswith("</definitions>\n")


def test_ids_stand_once() -> None:
    """Whatever things are called, no two elements have one id: a dot stands in no id of rules."""
    facts = "".join(
        f"  {name}: {{type: boolean, label: {{nl: {name}, en: {name}}}, "
        "question: {nl: f, en: f}, why_needed: {nl: f, en: f}}\n"
        for name in ("plan_a", "a")
    )
    more = """\
  plan_plan:
    label: {nl: x, en: x}
    outcomes: {low: {label: {nl: l, en: l}, description: {nl: l, en: l}}}
    rules:
"""
    ruleset = rules(
        rule("one", "when: {all: [plan_a, a]}"), more, rule("two", "when: a"), more=facts
    )
    ids = re.findall(' id="([^"]+)"', export_dmn(ruleset).text)
    assert len(ids) == len(set(ids))


def test_rows_that_stay_apart() -> None:
    """Rows that differ in two cells are two; in one they are one."""
    some = "{all: [{age: {at_most: 9}}, member]}, {all: [{age: {at_least: 90}}, {member: false}]}"
    more = "{all: [{age: {between: [10, 17]}}, member]}"
    table = parse(
        export_dmn(rules(rule("one", f"when: {{any: [{some}, {more}]}}"))).text.encode(), ""
    )
    rows = table.first("decision", "decisionTable")
    assert rows is not None
    cells = [
        [cell.text for one in row.children for cell in one.every("text")][:2]
        for row in rows.every("rule")
    ]
    assert sorted(cells) == [["<= 17", "true"], [">= 90", "false"]]


@pytest.mark.parametrize(("count", "size"), [(4, 8), pytest.param(6, 12, marks=pytest.mark.gate)])
def test_too_many_rows(count: int, size: int) -> None:
    """A condition that takes more than 64 rows is refused, also where that shows on the way."""
    facts = "".join(
        f"  f{number}: {{type: boolean, label: {{nl: f{number}, en: f{number}}}, "
        "question: {nl: f, en: f}, why_needed: {nl: f, en: f}}\n"
        for number in range(size)
    )
    asked = ", ".join(f"f{number}" for number in range(size))
    many = rule("many", f"when: {{at_least: {{count: {count}, of: [{asked}]}}}}")
    (told,) = refused(rules(many, REST, more=facts))
    assert told == "rule `many` takes more than 64 rows (divide it over more rules)"


def test_rows_on_the_way_have_a_limit_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before what others say already is gone: so no time goes into what is refused anyhow."""
    monkeypatch.setattr(cubes, "MAX_ROWS", 1_000)
    asked = "{any: [{age: 3}, {all: [member, {age: 5}]}, {all: [{debt: heavy}, {age: 7}]}]}"
    monkeypatch.setattr(cubes, "MAX_ON_THE_WAY", 3)
    assert export_dmn(rules(rule("three", f"when: {asked}"), REST)).text.count("<rule ") == 3
    monkeypatch.setattr(cubes, "MAX_ON_THE_WAY", 2)
    (told,) = refused(rules(rule("three", f"when: {asked}"), REST))
    assert told.startswith("rule `three` takes more than ")


def test_no_rule_applies() -> None:
    """A decision of which no rule can apply has no table."""
    never = rule("never", "when: {not: {any: [member, {member: false}]}}")
    assert refused(rules(never)) == [
        "decision `plan` has no rule that can apply (take it out: a table has a row)"
    ]


def test_languages() -> None:
    """Labels are in the first language of the rules, or in that which is asked."""
    ruleset = rules(YOUNG)
    assert 'label="leeftijd"' in export_dmn(ruleset).text
    assert 'label="age &amp; more"' in export_dmn(ruleset, language="en").text
    with pytest.raises(LanguageError):
        export_dmn(ruleset, language="de")


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where overlaps cannot be looked for within the budget nothing is written."""
    monkeypatch.setattr("routeengine.dmn.export.NODE_BUDGET", 12)
    with pytest.raises(BudgetError):
        export_dmn(rules(YOUNG, rule("old", "when: {all: [{age: 30}, member]}"), REST))


def test_refusals_have_their_place(capsys: Printed) -> None:
    """On the command line each refusal has its file, line and column."""
    assert main(["export", "dmn", "--rules", str(LIBRARY)]) == 2
    first = capsys.readouterr().err.splitlines()[0]
    assert first.startswith(f"{LIBRARY}/3-decisions.yaml:")
    assert "rule `card_staff` leads to review by a person" in first


def test_the_order_of_rows() -> None:
    """Of rules that outrank each other, also by way of others, the higher stands first."""
    some = (
        rule("last", "always: true", then="high"),
        rule("first", "when: {age: 3}", "outranks: [between]", then="high"),
        rule("between", "when: member", "outranks: [last]"),
    )
    root = parse(export_dmn(rules(*some)).text.encode(), "x")
    table = root.first("decision", "decisionTable")
    assert table is not None
    names = [[*row.every("annotationEntry")][1].first("text") for row in table.every("rule")]
    assert [one.text for one in names if one is not None] == ["first", "between", "last"]
