"""The digests depend on what they are of, and on nothing else."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import rulesets
from loading.pinned import LONGEST_DECIMAL, about_numbers, pinned
from loading.small import LIBRARY, SMALL, changed, small
from routeengine.loading import load_ruleset
from routeengine.ruleset.digest import (
    MAX_BITS,
    encode_values,
    meaning_digest,
    reference,
    whole_digest,
)
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.instance import RuleSetRef
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import bits_of_set, set_of_bits

ORDERED = {"facts", "values", "outcomes", "decisions"}
"""Tables in which order is data."""


def shuffled(node: Any, chance: random.Random, key: str = "") -> Any:
    """Give the same content with the keys of all else in another order."""
    if isinstance(node, dict):
        items = [(name, shuffled(one, chance, name)) for name, one in node.items()]
        if key not in ORDERED:
            chance.shuffle(items)
        return dict(items)
    if isinstance(node, list):
        items = [shuffled(one, chance) for one in node]
        if key in {"all", "any", "of"}:
            chance.shuffle(items)
        return items
    return node


def written(tree: Any) -> str:
    """Write a tree as YAML in another layout, every scalar quoted but numbers and truth values."""
    text: str = yaml.safe_dump(tree, sort_keys=False, width=60, allow_unicode=True)
    return text


def read(text: str) -> Any:
    """Read YAML plainly: numbers and `true` and `false` are such, all else is text."""
    return _Plain(text).get_single_data()


class _Plain(yaml.SafeLoader):
    """Reads as YAML 1.2 does, so that `no` and `2024-01-01` stay words."""


_Plain.yaml_implicit_resolvers = {
    sign: [(tag, form) for tag, form in forms if tag.endswith((":int", ":null"))]
    for sign, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def library() -> Any:
    """Give the second rule set as one tree."""
    whole: dict[str, Any] = {}
    for path in sorted(LIBRARY.glob("*.yaml")):
        for section, entries in read(path.read_text(encoding="utf-8")).items():
            whole.setdefault(section, {}).update(entries)
    return whole


@pytest.mark.gate
@settings(max_examples=examples(25), deadline=None)
@given(st.integers(0, 2**32))
def test_order_and_layout_change_no_digest(seed: int) -> None:
    """Keys, rules, criteria and parts of conditions in any order: the same meaning."""
    tree = shuffled(library(), random.Random(seed))
    again = load_ruleset({"one.yaml": unquoted(written(tree))})
    assert meaning_digest(again) == meaning_digest(load_ruleset(LIBRARY))


def unquoted(text: str) -> str:
    """Take the quotes from truth values, which must stand without."""
    return text.replace("'true'", "true").replace("'false'", "false")


def test_layout_and_comments_change_neither_digest() -> None:
    """Other files, comments and layout: the same whole."""
    ruleset = load_ruleset({"one.yaml": unquoted(written(library()))})
    assert reference(ruleset) == reference(load_ruleset(LIBRARY))
    assert whole_digest(small()) == whole_digest(load_ruleset({"b": "# hello\n\n" + SMALL}))


def test_order_of_rules_changes_neither_digest() -> None:
    """Rules, criteria, flags and citations have no order."""
    text = SMALL
    start, end = text.index("      card_a:"), text.index("      card_b:")
    stop = text.index("  loan:\n")
    other = text[:start] + text[end:stop] + text[start:end] + text[stop:]
    assert reference(load_ruleset({"b": other})) == reference(small())


OUTCOME_A, OUTCOME_B = (
    f"      {name}:\n        label: {{nl: {word}, en: {word}}}\n"
    f"        description: {{nl: {word}, en: {word}}}\n"
    for name, word in (("A", "a"), ("B", "b"))
)

MEANING = {
    "a domain": ("maximum: 120", "maximum: 121"),
    "a value": ("      mild: {", "      light: {"),
    "a condition": ("{between: [0, 17]}", "{between: [0, 16]}"),
    "a criterion": ("{at_least: 18}", "{at_least: 19}"),
    "a constraint": ("{at_most: 10}", "{at_most: 11}"),
    "a target": ("then: A", "then: B"),
    "candidates": ("review: [A, B]", "review: [A]"),
    "outranking": ("        outranks: [card_b]\n", ""),
    "applies_when": ("status: decided}", "status: [decided, review]}"),
    "a flag": ("rule: card_b}", "rule: card_a}"),
    "order of outcomes": (
        OUTCOME_A + OUTCOME_B,
        OUTCOME_B + OUTCOME_A,
    ),
    "a count": ("{count: 1,", "{count: 2,"),
    "all for any": ("when: {all: [willing, free]}", "when: {any: [willing, free]}"),
}

TEXTS = {
    "a label": ("{nl: leeftijd, en: age}", "{nl: jaren, en: age}"),
    "a version": ("version: 1.0.0", "version: 1.0.1"),
    "a citation": ("paragraph: 1", "paragraph: 2"),
    "a heading": ("headings: [One]", "headings: [One, Two]"),
    "a language": ("headings: [One]", "headings: [One]\n    language: nl"),
    "an alias": ("    label: {nl: wil", "    aliases: [zin]\n    label: {nl: wil"),
    "an interpretation": ("choice: {nl: ja, en: yes}", "choice: {nl: ja, en: aye}"),
    "a validity": ("  version", "  valid_from: 2024-01-01\n  version"),
    "a progression": ("overdue_after: 12", "overdue_after: 13"),
    "an expectation": (
        "flags:\n",
        "expect:\n  one: {label: {nl: x, en: x}, when: free, decision: card, always: A}\nflags:\n",
    ),
    "an acceptance": (
        "flags:\n",
        "accept:\n  one: {finding: idle_fact, about: age, because: {nl: x, en: x}}\nflags:\n",
    ),
    "a sensitivity": ("    label: {nl: wil", "    sensitivity: 1\n    label: {nl: wil"),
    "a sensitivity of 0": ("    label: {nl: wil", "    sensitivity: 0\n    label: {nl: wil"),
    "a topic": ("facts:\n", "topics: {one: {label: {nl: x, en: x}}}\nfacts:\n"),
    "how it is written": ("{age: {at_least: 18}}", "{age: {between: [18, 120]}}"),
}


@pytest.mark.parametrize("name", MEANING)
def test_what_can_change_a_verdict_changes_both_digests(name: str) -> None:
    """Domains, conditions, targets, outranking and declared order are meaning."""
    one, other = reference(small()), reference(small(MEANING[name]))
    assert one.meaning_sha256 != other.meaning_sha256
    assert one.sha256 != other.sha256


@pytest.mark.parametrize("name", TEXTS)
def test_what_cannot_change_a_verdict_changes_the_whole_only(name: str) -> None:
    """Texts, versions, citations, wording and what is expected are no meaning."""
    one, other = reference(small()), reference(small(TEXTS[name]))
    assert one.meaning_sha256 == other.meaning_sha256
    assert one.sha256 != other.sha256


def test_what_a_rule_set_does_not_say_is_in_neither_digest() -> None:
    """These are the digests it had before the fields that it does not use were there.

    So that a record that names it is still known to be about it. Pinned: they change with
    `SMALL`, and otherwise never.
    """
    assert reference(small()) == RuleSetRef(
        "small",
        "1.0.0",
        "57f739a8a8ced6e542d8bc9f1461704f17e43fae31553de8f02f1c6de9467b36",
        "f6ca138ede50b925d4bea987f067e26404861bd72291311033714902e8bf6809",
    )


GOLDEN = Path(__file__).parent / "digests.golden"
"""Pinned; `ROUTEENGINE_RECORD=1 pytest tests/loading/test_digests.py` writes it anew.

All lines come from before digests were made for sets of any size, but for the wholes of the
three with a set past the longest decimal, which had none. They change with the rules that are
shipped and the fixtures, and otherwise never: records name rule sets by them.
"""


@pytest.mark.gate
def test_no_digest_moves() -> None:
    """Of shipped rules, of made ones, and of numbers on both sides of every border."""
    told = "".join(f"{' | '.join(line)}\n" for line in pinned())
    if os.environ.get("ROUTEENGINE_RECORD"):
        GOLDEN.write_text(told, encoding="utf-8")
    assert told == GOLDEN.read_text(encoding="utf-8")


@given(st.lists(st.integers(0, MAX_BITS + 9), max_size=5), st.sampled_from([1, 9]))
def test_a_set_of_values_is_written_so_that_it_can_be_read_back(ends: list[int], low: int) -> None:
    """One bit per value among the first 100,000, and runs past these: no two sets alike."""
    values = low
    for end in ends:
        values ^= (1 << end) - 1
    told = encode_values(set_of_bits(values))
    if isinstance(told, str):
        assert int(told, 16) == values
        assert values >> MAX_BITS == 0
    else:
        assert sum((1 << (last + 1)) - (1 << first) for first, last in told) == values
        assert values >> MAX_BITS


@pytest.mark.parametrize("size", [14_284, 14_285, 14_286, MAX_BITS, MAX_BITS + 1, 10**6])
def test_every_size_of_domain_has_digests(size: int) -> None:
    """Any bound of a number changes both, also past what Python writes in decimals."""
    domain = IntegerDomain(0, size - 1)
    bounds = [domain.between(*ends) for ends in ((None, size - 2), (1, None), (size - 1, None))]
    found = {reference(about_numbers(domain, bits_of_set(bound))) for bound in bounds}
    assert len({one.sha256 for one in found}) == len({o.meaning_sha256 for o in found}) == 3


@pytest.mark.gate
def test_sets_at_the_border_of_decimals_differ() -> None:
    """The largest number that is written in decimals, and the next, which is not."""
    domain = IntegerDomain(0, LONGEST_DECIMAL.bit_length() - 1)
    found = [whole_digest(about_numbers(domain, LONGEST_DECIMAL + more)) for more in range(-1, 3)]
    assert len(set(found)) == 4
    with pytest.raises(ValueError, match="4300"):
        str(LONGEST_DECIMAL + 1)


def test_places_are_in_neither_digest() -> None:
    """Blank lines move everything, and change nothing."""
    assert reference(load_ruleset({"z.yaml": "\n\n\n" + SMALL})) == reference(small())


@pytest.mark.gate
@settings(deadline=None)
@given(rulesets(), rulesets())
def test_equal_rule_sets_and_only_they_have_equal_digests(one: RuleSet, other: RuleSet) -> None:
    """Generated rule sets have the same whole digest just where they are equal up to order."""
    assert whole_digest(one) == whole_digest(one)
    if one == other:
        assert reference(one) == reference(other)
    if meaning_digest(one) != meaning_digest(other):
        assert whole_digest(one) != whole_digest(other)


def test_a_digest_is_64_hexadecimal_digits() -> None:
    """Both digests are SHA-256, in lower case."""
    found = reference(small())
    for digest in (found.sha256, found.meaning_sha256):
        assert len(digest) == 64
        assert set(digest) <= set("0123456789abcdef")
    assert (found.id, found.version) == ("small", "1.0.0")
    assert changed() == SMALL
