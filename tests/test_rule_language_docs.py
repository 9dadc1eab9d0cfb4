"""docs/rule-language.md is true: what it shows loads, and it shows everything."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from routeengine.citations import verify_citations
from routeengine.errors import RuleSetError
from routeengine.loading import load_instances, load_ruleset
from routeengine.loading.document import json_schema
from routeengine.loading.files import MAX_FILE_BYTES, MAX_FILES
from routeengine.loading.sheets import MAX_COLUMNS, MAX_ROWS, MAX_TABLE_BYTES
from routeengine.loading.yaml_tree import MAX_DEPTH, MAX_FAULTS, MAX_NODES, MAX_SCALAR
from routeengine.ruleset.conditions import CONDITION_WORDS, Comparison, FactIs, walk
from routeengine.ruleset.digest import meaning_digest
from routeengine.ruleset.domains import MAX_NUMBER
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.naming import RESERVED, RESERVED_ENDINGS

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "rule-language.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^```(yaml|yaml slips|yaml parameters|yaml ages|text|csv)\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
CONDITION = re.compile(r"^\| `(.+?)` \| .+ \|$", re.MULTILINE)

pytestmark = pytest.mark.usefixtures("either_parser")
"""The same files load, and mean the same, whichever way PyYAML was built."""


def blocks(kind: str) -> list[str]:
    """Give the blocks of one kind, in order."""
    return [text for found, text in BLOCK.findall(PAGE) if found == kind]


def files() -> dict[str, str]:
    """Give the YAML blocks as the files of one rule set, with the table beside them."""
    rules = {f"{number:02}.yaml": text for number, text in enumerate(blocks("yaml"))}
    (table,) = blocks("csv")
    return {**rules, "visits.csv": table}


def conditions() -> list[str]:
    """Give the conditions of the table."""
    section = PAGE.partition("\n## Conditions\n")[2].partition("\n## ")[0]
    return CONDITION.findall(section)


def with_condition(condition: str) -> RuleSet:
    """Build the rule set of the page with a flag on this condition besides."""
    written = condition if condition.startswith("{") or ":" not in condition else f"{{{condition}}}"
    flag = (
        "flags:\n  shown:\n    label: {nl: x, en: x}\n"
        f"    when: {written}\n    basis: source\n    cites: [full_card]\n"
    )
    return load_ruleset({**files(), "shown.yaml": flag})


def test_the_blocks_are_together_one_rule_set() -> None:
    """Whoever copies every block has a rule set that loads."""
    ruleset = load_ruleset(files())
    assert ruleset.id == "town-library"
    assert [decision.id for decision in ruleset.decisions] == [
        "card",
        "loans",
        "fee",
        "letter",
        "visit",
    ]


def test_the_citations_are_of_the_house_rules() -> None:
    """The digests on the page are those of the sentences that they name."""
    text = (ROOT / "fixtures" / "library-card" / "house-rules.txt").read_text(encoding="utf-8")
    assert verify_citations(load_ruleset(files()), "house_rules", text) == []


def test_the_parameters_give_the_instances_that_are_named() -> None:
    """The block on parameters goes with the others, and each of its instances is on the page."""
    (block,) = blocks("yaml parameters")
    instances = load_instances({**files(), "parameters.yaml": block})
    assert re.findall(r"`(from [0-9-]+ until [0-9-]+, \w+)`", PAGE) == [
        str(one.instance) for one in instances
    ]
    flag = next(one for one in instances[0].flags if one.id == "low_income")
    assert isinstance(flag.when, FactIs)
    domain = instances[0].fact["income"].domain
    assert domain.value(flag.when.allowed.highest) == "764.19"  # 70 % of 1091.71 is 764.197


def test_the_ages_are_the_dates_that_are_told() -> None:
    """On the day that the page names, the flags of the block ask for the dates beside it."""
    (block,) = blocks("yaml ages")
    shown = re.findall(r"`born: (\{(?:until|from): [0-9-]+\})`", PAGE.partition("### Ages")[2])
    by_date = block
    for bound, dated in zip(("{age_at_least: 21}", "{age_at_most: 26}"), shown, strict=True):
        by_date = by_date.replace(bound, dated)
    ruleset = load_ruleset({**files(), "ages.yaml": block}, "2025-07-01")
    typed_in = load_ruleset({**files(), "ages.yaml": by_date})
    assert meaning_digest(ruleset) == meaning_digest(typed_in)


@pytest.mark.parametrize("condition", conditions())
def test_every_condition_of_the_table_loads(condition: str) -> None:
    """Each form of condition can be copied from the table."""
    flags = {flag.id: flag for flag in with_condition(condition).flags}
    assert flags["shown"].when is not None


@pytest.mark.gate
def test_the_table_shows_every_form_of_condition() -> None:
    """No kind of condition and no comparison is left out of the table."""
    parts = [
        part
        for condition in conditions()
        for flag in with_condition(condition).flags
        if flag.when is not None
        for part in walk(flag.when)
    ]
    assert len({type(part).__name__ for part in parts}) == 11
    compared = {getattr(part, "written", None) for part in parts} - {None}
    assert compared == set(get_args(Comparison))


def test_the_slips_are_told_as_shown() -> None:
    """The faults on the page are those that the loader finds in the slips on the page."""
    (slips,), (shown,) = blocks("yaml slips"), blocks("text")
    with pytest.raises(RuleSetError) as caught:
        load_ruleset({**files(), "slips.yaml": slips})
    assert str(caught.value) == shown.rstrip("\n")


def test_every_key_is_shown_in_an_example() -> None:
    """A key that the loader knows stands in a block or in the table of conditions."""
    apart = *blocks("yaml parameters"), *blocks("yaml ages")
    shown = "\n".join([*blocks("yaml"), *apart, *conditions()])
    schema = json_schema()
    for entry in (schema, *schema["$defs"].values()):
        for key in entry.get("properties", {}):
            assert re.search(rf"\b{key}:", shown), key


@pytest.mark.parametrize("word", sorted({*RESERVED, *RESERVED_ENDINGS, *CONDITION_WORDS}))
def test_every_word_that_is_taken_is_listed(word: str) -> None:
    """Reserved words, endings and the words of conditions stand on the page."""
    assert f"`{word}`" in PAGE


def test_the_limits_are_those_of_the_loader() -> None:
    """The table of limits gives the numbers that count."""
    numbers = re.findall(r"^\| [^|]+ \| (\d+) \|$", PAGE, re.MULTILINE)
    assert [int(number) for number in numbers] == [
        MAX_FILE_BYTES,
        MAX_FILES,
        MAX_SCALAR,
        MAX_DEPTH,
        MAX_NODES,
        MAX_FAULTS,
        MAX_TABLE_BYTES,
        MAX_ROWS,
        MAX_COLUMNS,
        MAX_NUMBER,
    ]


def test_no_runnable_example_leaves_something_out() -> None:
    """No block holds an ellipsis that a reader would have to fill in."""
    assert not [block for block in blocks("yaml") if "…" in block]
