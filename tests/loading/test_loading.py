"""Rule sets are found by name and by path, and mean what is written."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest

from loading.small import LIBRARY, REPOSITORY, SMALL, changed, faults_of, small
from routeengine.citations import verify_citations
from routeengine.errors import RuleSetError
from routeengine.loading import files, load_ruleset, shipped_rulesets
from routeengine.ruleset.checks import check
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
    walk,
)
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, IntegerDomain
from routeengine.ruleset.model import (
    Constraint,
    Criterion,
    Decision,
    Fact,
    Flag,
    Outcome,
    Review,
    Rule,
    RuleSet,
)
from routeengine.ruleset.sources import Citation
from routeengine.value_set import set_of_bits

Placed: TypeAlias = Citation | Constraint | Criterion | Decision | Fact | Flag | Outcome | Rule

pytestmark = pytest.mark.usefixtures("either_parser")
"""The same files load, and mean the same, whichever way PyYAML was built."""


@pytest.fixture(scope="module")
def library() -> RuleSet:
    """Load the second rule set, once."""
    return load_ruleset(LIBRARY)


def meant(condition: str) -> Condition:
    """Give what a condition means that is written in the place of a rule's."""
    found = small(("when: {age: {between: [0, 17]}}", f"when: {condition}")).rule["card_b"].when
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("willing", FactIs("willing", set_of_bits(0b10), "is")),
        ("willing: true", FactIs("willing", set_of_bits(0b10), "is")),
        ("{willing: {not: true}}", FactIs("willing", set_of_bits(0b01), "not")),
        ("free", CriterionIs("free")),
        ("{debt: mild}", FactIs("debt", set_of_bits(0b010), "is")),
        ("{debt: [mild]}", FactIs("debt", set_of_bits(0b010), "in")),
        ('{debt: ["none", serious]}', FactIs("debt", set_of_bits(0b101), "in")),
        ("{debt: {not: none}}", FactIs("debt", set_of_bits(0b110), "not")),
        ("{debt: {not: [none, mild]}}", FactIs("debt", set_of_bits(0b100), "not")),
        ("{age: 3}", FactIs("age", set_of_bits(0b1000), "is")),
        ("{age: [0, 2]}", FactIs("age", set_of_bits(0b101), "in")),
        ("{age: {at_most: 1}}", FactIs("age", set_of_bits(0b11), "at_most")),
        ("{age: {at_least: 119}}", FactIs("age", set_of_bits(0b11 << 119), "at_least")),
        ("{age: {between: [1, 2]}}", FactIs("age", set_of_bits(0b110), "between")),
        (
            "{all: [willing, free]}",
            All((FactIs("willing", set_of_bits(0b10)), CriterionIs("free"))),
        ),
        ("{any: [free]}", Any((CriterionIs("free"),))),
        ("{not: free}", Not(CriterionIs("free"))),
        ("{at_least: {count: 1, of: [free]}}", AtLeast(1, (CriterionIs("free"),))),
        ("{exactly: {count: 0, of: [free]}}", Exactly(0, (CriterionIs("free"),))),
    ],
)
def test_a_condition_means_what_is_written(written: str, expected: Condition) -> None:
    """Each form of condition becomes the structure that the language describes."""
    if written == "willing: true":
        written = "{willing: true}"
    assert meant(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("outcome: A", OutcomeIs("card", ("A",))),
        ("outcome: [A, B]", OutcomeIs("card", ("A", "B"))),
        ("status: [not_applicable, decided]", StatusIs("card", ("decided", "not_applicable"))),
        ("status: review", StatusIs("card", ("review",))),
        ("rule: [card_a, card_b]", RuleIs("card", ("card_a", "card_b"))),
    ],
)
def test_a_question_to_a_decision_means_what_is_written(written: str, expected: Condition) -> None:
    """Outcome, status and rule of an earlier decision can be asked, one or several."""
    ruleset = small(("status: decided}", f"{written}}}"))
    assert ruleset.decision["loan"].applies_when == expected


def test_words_are_read_by_the_place_they_stand_in() -> None:
    """Where YAML would see a number, a truth value or nothing, a name stays a name."""
    for word in ("1", "no", "none", "on", "true", "1e3", "0x10"):
        ruleset = small(
            ("      A:\n", f"      {word}:\n"),
            ("then: A", f"then: {word}"),
            ("outcome: A}", f"outcome: {word}}}"),
            ("review: [A, B]", "review: [B]"),
        )
        assert ruleset.decision["card"].outcomes[0].id == word
        assert ruleset.rule["card_a"].then == word


def test_candidates_come_in_declared_order() -> None:
    """The order in which candidates are written is of no account."""
    then = small(("review: [A, B]", "review: [B, A]")).rule["card_b"].then
    assert then == Review(("A", "B"))


def test_places_point_into_the_files() -> None:
    """Facts, criteria, decisions, outcomes and rules know their file, line and column."""
    ruleset = small()
    lines = SMALL.splitlines()
    things: list[Placed] = [
        *ruleset.facts,
        *ruleset.criteria,
        *ruleset.constraints,
        *ruleset.citations,
        *ruleset.decisions,
        *ruleset.flags,
        *ruleset.rule.values(),
        *(outcome for one in ruleset.decisions for outcome in one.outcomes),
    ]
    for thing in things:
        assert thing.place.file == "small.yaml"
        assert lines[thing.place.line - 1][thing.place.column - 1 :] == f"{thing.id}:"


def everything(ruleset: RuleSet) -> Iterator[Condition]:
    """Yield every part of every condition."""
    for condition in ruleset.conditions:
        yield from walk(condition)


def test_the_second_rule_set_uses_every_construct(library: RuleSet) -> None:
    """Nothing of the language is left out of fixtures/library-card."""
    parts = list(everything(library))
    kinds = {All, Any, Not, AtLeast, Exactly, FactIs, CriterionIs, OutcomeIs, StatusIs, RuleIs}
    assert {type(part) for part in parts} == kinds
    compared = {part.written for part in parts if isinstance(part, FactIs)}
    assert compared == {"is", "in", "not", "at_least", "at_most", "between"}
    domains = {type(fact.domain) for fact in library.facts}
    assert domains == {BooleanDomain, CategoryDomain, IntegerDomain}
    assert {fact.actionable for fact in library.facts} == {"no", "up", "down", "any"}
    assert any(fact.special_category for fact in library.facts)
    assert any(fact.possible_proxy for fact in library.facts)
    assert any(fact.kind == "boolean" and fact.value_labels for fact in library.facts)
    rules = list(library.rule.values())
    assert any(rule.when is None for rule in rules)
    assert any(rule.outranks for rule in rules)
    targets = [rule.then for rule in rules]
    assert any(isinstance(then, Review) and then.candidates for then in targets)
    assert any(isinstance(then, Review) and then.no_candidates_because for then in targets)
    assert {rule.grounds.basis for rule in rules} == {"source", "interpretation"}
    assert any(flag.when is None for flag in library.flags)
    assert {"10", "3", "no", "yes"} <= {o.id for one in library.decisions for o in one.outcomes}
    assert library.evidence is not None
    assert library.evidence.stale_flag
    assert any(source.sets for source in library.evidence.sources)
    assert library.follow_up is not None
    assert library.follow_up.fact
    assert any(form.part_of for form in library.follow_up.forms)
    for name in ("constraints", "sources", "citations", "refusals", "client_id_aliases",
                 "unknown_texts", "declined_texts", "valid_from", "valid_until"):  # fmt: skip
        assert getattr(library, name)


def test_the_second_rule_set_cites_what_its_source_says(library: RuleSet) -> None:
    """The digests of fixtures/library-card are those of its own house rules."""
    text = (LIBRARY / "house-rules.txt").read_text(encoding="utf-8")
    assert verify_citations(library, "house_rules", text) == []


def test_what_is_loaded_is_sound(library: RuleSet, rijswijk: RuleSet) -> None:
    """A rule set that loads has no flaw that the checks would find."""
    assert not list(check(library))
    assert not list(check(rijswijk))


def test_a_rule_set_survives_pickling(library: RuleSet) -> None:
    """A worker process gets an equal rule set."""
    assert pickle.loads(pickle.dumps(library)) == library


# Finding


@pytest.mark.gate
def test_a_shipped_name_is_found() -> None:
    """The shipped rule set loads by its name, and its folder by its path gives the same."""
    assert "rijswijk-2023" in shipped_rulesets()
    by_path = load_ruleset(REPOSITORY / "rules" / "rijswijk-2023")
    assert load_ruleset("rijswijk-2023") == by_path
    assert by_path.facts[0].place.file.endswith("rijswijk-2023/facts.yaml")
    assert load_ruleset("rijswijk-2023").facts[0].place.file == "rijswijk-2023/facts.yaml"


def test_the_installed_package_comes_before_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules inside the package are those that count; else the folder at the top."""
    package = tmp_path / "top" / "src" / "routeengine"
    monkeypatch.setattr(files, "__file__", str(package / "loading" / "files.py"))
    assert files.shipped_folder() == tmp_path / "top" / "rules"
    assert files.shipped_rulesets() == ()
    inside = package / "_rules"
    (inside / "mine").mkdir(parents=True)
    (inside / "mine" / "a.yaml").write_text(SMALL)
    (inside / "empty").mkdir()
    (inside / "notes.yaml").write_text(SMALL)
    assert files.shipped_folder() == inside
    assert files.shipped_rulesets() == ("mine",)
    assert load_ruleset("mine").id == "small"


def test_a_name_that_is_nothing_is_told_with_the_nearest() -> None:
    """A slip in a shipped name gets the name; another word gets the list of names."""
    with pytest.raises(RuleSetError) as caught:
        load_ruleset("rijswijk-2032")
    assert str(caught.value) == (
        "rijswijk-2032: is no shipped rule set and no file or folder "
        "(did you mean `rijswijk-2023`?)"
    )
    with pytest.raises(RuleSetError, match="shipped are `bijstand-norm`, `rijswijk-2023`"):
        load_ruleset("zzz")


def test_a_path_that_is_nothing_is_told() -> None:
    """A path is no name, so no name is offered for it."""
    with pytest.raises(RuleSetError) as caught:
        load_ruleset(Path("nowhere"))
    assert str(caught.value) == "nowhere: is no shipped rule set and no file or folder"


def test_a_folder_without_rules_is_told(tmp_path: Path) -> None:
    """A folder with other files only holds no rule set."""
    (tmp_path / "notes.txt").write_text("facts:")
    (tmp_path / ".hidden.yaml").write_text("facts:")
    with pytest.raises(RuleSetError, match=r"holds no rule file \(rule files end in `.yaml`\)"):
        load_ruleset(tmp_path)


def test_a_rule_set_may_be_one_file(tmp_path: Path) -> None:
    """A path to a file is read alone, whatever its name."""
    path = tmp_path / "rules.txt"
    path.write_text(SMALL)
    assert load_ruleset(str(path)) == small()


def test_as_of_asks_for_validity(library: RuleSet, tmp_path: Path) -> None:
    """A day outside the validity is refused, with the validity in the message."""
    assert load_ruleset(LIBRARY, as_of=date(2024, 1, 1)) == library
    assert load_ruleset(LIBRARY, as_of=date(2029, 12, 31)) == library
    for day in (date(2023, 12, 31), date(2030, 1, 1)):
        with pytest.raises(RuleSetError) as caught:
            load_ruleset(LIBRARY, as_of=day)
        message = f"version 1.2.0 is valid from 2024-01-01 until 2029-12-31, not on {day}"
        assert caught.value.faults[0].message == message
    path = tmp_path / "a.yaml"
    path.write_text(SMALL)
    assert load_ruleset(path, as_of=date(1900, 1, 1)).valid_from is None
    for key, day in (("from", date(2023, 12, 31)), ("until", date(2024, 1, 2))):
        path.write_text(changed(("  version", f"  valid_{key}: 2024-01-01\n  version")))
        with pytest.raises(RuleSetError, match=f"is valid {key} 2024-01-01, not on"):
            load_ruleset(path, as_of=day)


def test_a_span_may_be_of_one_day_or_month() -> None:
    """What ends just where it begins is no fault: only what ends before."""
    ruleset = small(
        ("  version", "  valid_from: 2024-01-01\n  valid_until: 2024-01-01\n  version"),
        ("due_from: 6, overdue_after: 12", "due_from: 0, overdue_after: 0"),
    )
    assert ruleset.valid_from == ruleset.valid_until


# Several files


def test_a_section_may_be_spread_over_files() -> None:
    """Files are read as one, and order comes from the order of the files."""
    first, second = SMALL.split("  willing:\n    type")
    split = load_ruleset({"a.yaml": first, "b.yaml": "facts:\n  willing:\n    type" + second})
    assert split == small()


def test_an_id_that_stands_in_two_files_is_told() -> None:
    """The second place is the fault, and the first is named."""
    more = "facts:\n  willing: {}\nflags: {}\n"
    (fault,) = faults_of({"a.yaml": SMALL, "b.yaml": more})
    assert str(fault) == "b.yaml:2:3: `willing` appears twice (the first is at a.yaml:33:3)"


def test_a_section_cannot_be_a_mapping_here_and_a_word_there() -> None:
    """Only mappings are read as one."""
    (fault,) = faults_of({"a.yaml": SMALL, "b.yaml": "facts: none\n"})
    assert str(fault) == "b.yaml:1:1: `facts` appears twice (the first is at a.yaml:25:1)"


def test_an_empty_file_adds_nothing() -> None:
    """A file of comments is a file."""
    assert load_ruleset({"a.yaml": "# later\n", "b.yaml": SMALL, "c.yaml": ""}) == small()


@pytest.mark.gate
def test_loading_does_not_import_pydantic() -> None:
    """To load a rule set stays quick: pydantic comes with the first typed profile."""
    code = (
        "import sys, json, routeengine; routeengine.load_ruleset('rijswijk-2023');"
        "print(json.dumps('pydantic' in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert json.loads(ran.stdout) is False


def test_a_section_stands_once_in_each_file() -> None:
    """A section that another file began may be gone on with once, not twice."""
    (fault,) = faults_of({"a.yaml": SMALL, "b.yaml": "flags: {}\nflags: {}\n"})
    assert str(fault) == "b.yaml:2:1: `flags` appears twice (the first is at a.yaml:110:1)"


def test_less_than_has_its_own_way_to_be_written() -> None:
    """Laws say it, and the language has no word of its own for it."""
    with pytest.raises(RuleSetError) as caught:
        load_ruleset({"r.yaml": SMALL.replace("{at_least: 18}", "{less_than: 18}", 1)})
    assert str(caught.value).endswith("less than 5 is `not: {FACT: {at_least: 5}}`)")
