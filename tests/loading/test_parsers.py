"""A file loads or not, and means the same, whichever way PyYAML was built."""

from __future__ import annotations

import re
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from examples import examples
from families import FAMILIES, text_of
from loading.small import REPOSITORY, SMALL, changed, faults_of, small
from routeengine.errors import RuleSetError
from routeengine.loading import load_ruleset, yaml_tree
from routeengine.loading.files import decode
from routeengine.loading.yaml_tree import Collector, MappingNode, Node, ScalarNode, TreeReader

pytestmark = pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML is built without libyaml")

PARSERS = ("CSafeLoader", "SafeLoader")


def plain(node: Node) -> object:
    """Return a tree as plain data, with which texts stand in quotes."""
    if isinstance(node, MappingNode):
        return {key: plain(one) for key, one in node.items()}
    return (str(node), node.quoted) if isinstance(node, ScalarNode) else [*map(plain, node)]


def read(text: str, parser: str) -> object:
    """Return what a text means, or None where it is refused."""
    collector, root = Collector(), MappingNode()
    with patch.object(yaml_tree, "FASTEST", getattr(yaml, parser)):
        try:
            TreeReader(collector).read("x.yaml", decode("x.yaml", text.encode(), collector), root)
            collector.raise_faults()
        except (yaml_tree.UnreadableError, RuleSetError):
            return None
    return plain(root)


SIGNS = st.sampled_from(
    ["a", "b c", " ", "?", "? ", ":", ": ", ",", ", ", "{", "}", "[", "]", "\n", "\n  ", "- ", "-",
     "'", '"', "#", " #", "|", ">", "%", "!", "&", "*", "é", "\t", "~", "@", "`", "\u2028", "\r\n",
     "\\", "\\u2066", "2066", "0", "...", "---", "\x85", "\r"]
)  # fmt: skip
BEGIN = ["", "a: ", "{a: ", "{a: b", "a: [", "a: >\n  ", "a:\n- ", "a:\n  b: {c: d", 'a: "x\n  ']
END = ["", "}", "\n", "}\n", "]", '"', "\nb: c\n"]


@pytest.mark.gate
@settings(max_examples=examples(5_000), deadline=None)
@given(st.sampled_from(BEGIN), st.lists(SIGNS, max_size=14).map("".join), st.sampled_from(END))
@example("", "a: {en: Is it so?, nl: Is dat zo? En nu?}", "")
@example("", "a: {b:}", "")
@example("", "a: b\t# c", "")
@example("", "a: >#", "")
@example("", "? a\n: b", "")
@example("", 'a: {b: "\\u2066?", c: d?}', "")
def test_both_parsers_take_the_same(begin: str, middle: str, end: str) -> None:
    """Texts of YAML's own signs are refused by both, or by none and then read alike."""
    one, other = (read(begin + middle + end, parser) for parser in PARSERS)
    assert one == other


LINES = SMALL.splitlines(keepends=True)


@settings(max_examples=examples(200), deadline=None)
@given(st.integers(0, len(LINES) - 1), st.floats(0, 1), st.lists(SIGNS, min_size=1, max_size=3))
def test_both_parsers_take_the_same_slips(number: int, where: float, signs: list[str]) -> None:
    """A sign too many anywhere in a rule set is refused by both, or by none."""
    line = LINES[number]
    at = int(where * (len(line) - 1))
    changed_line = line[:at] + "".join(signs) + line[at:]
    text = "".join([*LINES[:number], changed_line, *LINES[number + 1 :]])
    one, other = (read(text, parser) for parser in PARSERS)
    assert one == other


BLOCK = re.compile(r"^ *```(?:yaml|yaml slips)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
PAGES = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
FILES = [
    path
    for folder in ("rules", "fixtures", "tests", "examples")
    for path in sorted((REPOSITORY / folder).rglob("*.yaml"))
]


@pytest.mark.parametrize("path", [*PAGES, *FILES], ids=lambda path: path.name)
def test_both_parsers_read_what_is_in_the_repository(path: Path) -> None:
    """Every example of every page, and every file of rules or cases."""
    text = path.read_text(encoding="utf-8")
    for one in BLOCK.findall(text) if path.suffix == ".md" else [text]:
        fast, slow = (read(one, parser) for parser in PARSERS)
        assert fast == slow
        assert fast is not None


@pytest.mark.parametrize("family", FAMILIES)
def test_both_parsers_load_rules_written_as_json(family: str) -> None:
    """JSON is YAML: rules that a program wrote are the same as well."""
    loaded = []
    for parser in PARSERS:
        with patch.object(yaml_tree, "FASTEST", getattr(yaml, parser)):
            loaded.append(load_ruleset({"rules.yaml": text_of(family, 4)}))
    assert loaded[0] == loaded[1]


def test_a_question_needs_no_quotes(either_parser: str) -> None:
    """In braces and lists a question mark is part of a text, first, last or in it."""
    ruleset = small(
        ("{nl: leeftijd, en: age}", "{nl: Hoe oud?, en: How old? In years?}"),
        ("unknown: [onbekend]", "unknown: [?, weet niet?, ? of zo]"),
    )
    assert ruleset.fact["age"].label == {"nl": "Hoe oud?", "en": "How old? In years?"}
    assert ruleset.unknown_texts == ("?", "weet niet?", "? of zo")


@pytest.mark.parametrize(
    ("label", "rest"),
    [
        ("{nl: leeftijd, in jaren, en: age}", ["in jaren"]),
        ("{nl: leeftijd, en: age, in years}", ["in years"]),
        ("{nl: leeftijd, in jaren , of zo, en: age, or so\n   }", ["in jaren", "of zo", "or so"]),
        ("{nl: leeftijd, 'jaren' , en: age}", ["jaren"]),
        ("{nl: leeftijd, en, en: age}", ["en"]),
        ("{nl: leeftijd, 18, en: age}", ["18"]),
        ("{nl: leeftijd, en: age, en}", ["en"]),
    ],
)
def test_a_comma_in_braces_is_told(label: str, rest: list[str], either_parser: str) -> None:
    """What stands behind it is taken for a key; the hint is to put quotes around the text."""
    text = changed(("{nl: leeftijd, en: age}", label))
    told = [(fault.message, fault.hint) for fault in faults_of({"small.yaml": text})]
    hint = "put quotes around a text with a comma"
    assert told == [(f"`{one}` has no value", hint) for one in rest]


def test_a_comma_in_a_number_is_told(either_parser: str) -> None:
    """As people write an amount in Dutch: the rest of it is taken for a key as well."""
    number = (
        "parameters: {x: {label: {nl: x, en: x}, type: decimal, places: 2, basis: source, "
        "cites: [first], values: [{is: 1.345,45}]}}\nfacts:"
    )
    for change, told in (
        (("{age: {at_least: 18}}", "{age: {at_least: 18,50}}"), "18,50"),
        (("facts:", number), "1.345,45"),
    ):
        (fault,) = faults_of({"small.yaml": changed(change)})
        assert fault.message == f"`{told}` is parted at its comma"
        assert fault.hint == "write a number with a point before its decimals alone, as 1345.45"


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("{nl: leeftijd, en: }", "write text"),
        ("{nl: , en: age}", "write text"),
        ('{nl: "leeftijd", en: age, zo: }', "write text"),
    ],
)
def test_a_key_without_a_value_is_no_comma(label: str, hint: str, either_parser: str) -> None:
    """Where a colon is written, something is missing behind it."""
    text = changed(("{nl: leeftijd, en: age}", label))
    assert hint in {fault.hint for fault in faults_of({"small.yaml": text})}
