"""Every way to be wrong gets its own words, at its own line and column."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
import yaml

from examples import share
from loading.broken import BROKEN
from loading.small import changed, faults_of, small
from routeengine.errors import Fault
from routeengine.loading import yaml_tree

GOLDEN = Path(__file__).parent / "faults.golden"
"""Pinned; `ROUTEENGINE_RECORD=1 pytest tests/loading/test_faults.py` writes it anew."""


@cache
def faults_of_variant(name: str) -> tuple[Fault, ...]:
    """Give the faults of a broken variant."""
    return faults_of({"small.yaml": changed(*BROKEN[name])})


def told() -> str:
    """Give what is said of every broken variant."""
    return "\n".join(
        "\n".join([f"# {name}", *map(str, faults_of_variant(name)), ""]) for name in BROKEN
    )


def test_the_small_rule_set_has_no_fault() -> None:
    """What the variants break is whole to begin with."""
    assert small().id == "small"


@pytest.mark.gate
def test_every_fault_is_told_in_its_words_at_its_place() -> None:
    """Message, hint, line and column of every kind of fault are pinned."""
    if os.environ.get("ROUTEENGINE_RECORD"):
        GOLDEN.write_text(told(), encoding="utf-8")
    assert told() == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BROKEN)
def test_every_variant_has_a_fault_with_a_place(name: str) -> None:
    """Each variant is refused with a short message, and a place unless a whole section lacks."""
    faults = faults_of_variant(name)
    assert faults
    whole = name.startswith("missing section") or name == "missing header"
    assert all(whole or (fault.line and fault.column) for fault in faults)
    assert all(len(str(fault)) < 250 for fault in faults)


def test_both_parsers_tell_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml every fault is the same, but for where broken YAML is noticed."""
    syntax = list(BROKEN).index("tab as indentation")
    # Where nothing is written, one parser points before the space and the other behind it.
    names = share([name for name in list(BROKEN)[:syntax] if not name.startswith("nothing")])
    fast = {name: faults_of_variant(name) for name in names}
    monkeypatch.setattr(yaml_tree, "FASTEST", yaml.SafeLoader)
    assert {name: faults_of({"small.yaml": changed(*BROKEN[name])}) for name in names} == fast


@pytest.mark.parametrize("name", list(BROKEN)[list(BROKEN).index("tab as indentation") :])
def test_broken_yaml_is_told_without_libyaml(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml broken YAML gets one fault as well, in the same words."""
    with_libyaml = faults_of_variant(name)
    monkeypatch.setattr(yaml_tree, "FASTEST", yaml.SafeLoader)
    without = faults_of({"small.yaml": changed(*BROKEN[name])})
    assert [(f.message, f.hint) for f in without] == [(f.message, f.hint) for f in with_libyaml]


def test_all_faults_come_at_once() -> None:
    """Faults of form, names, values, circles, texts and grounds are told in one go."""
    text = changed(
        ("version: 1.0.0", "version: one"),
        ("number: P1", "numbr: P1"),
        ("paragraph: 1", "paragraph: first"),
        ("minimum: 0", "minimum: low"),
        ("{nl: wil, en: willing}", "{nl: wil}"),
        ("cites: [first]", "cites: [frist]"),
        ("{not: {debt: serious}}", "{not: {debt: huge}}, free"),
        ("then: A", "then: C"),
        ("outranks: [card_b]", "outranks: [card_a, card_c]"),
        ("when: {age: {between: [0, 17]}}", "when: {agee: {between: [0, 17]}}"),
        ("{decision: card, status: decided}", "{decision: loan, status: decided}"),
        ("due_from: 6", "due_from: 60"),
        ("basis: interpretation", "basis: source"),
        ("rule: card_b}", "rule: card_d}"),
    )
    told = [fault.message for fault in faults_of({"small.yaml": text})]
    assert told == [
        "`one` is no version",
        "`numbr` is no key of a source",
        "`paragraph` must be a whole number",
        "`minimum` must be a whole number",
        "`label` lacks its words in `en`",
        "`frist` is no citation",
        "`free` cannot refer to itself",
        "`debt` cannot be `huge`",
        "`C` is no outcome of `card`",
        "`card_a` cannot outrank itself",
        "`card_c` is no rule of `card`",
        "`agee` is no fact",
        "`loan` cannot refer to itself",
        "`overdue_after` lies before `due_from`",
        "the basis is `source`, and an interpretation is given",
        "the basis is `source`, and no citation is named",
        "`card_d` is no rule of `card`",
    ]


def test_a_fault_does_not_bring_others_with_it() -> None:
    """What is damaged is not reasoned from: a broken fact leaves its conditions alone."""
    whole_fact = changed(("    type: integer\n    minimum: 0\n    maximum: 120\n", ""))
    assert [fault.message for fault in faults_of({"small.yaml": whole_fact})] == [
        "a fact needs `type`"
    ]
    for section in ("facts", "criteria", "citations", "decisions", "sources"):
        text = changed((f"{section}:\n", f"{section}: none\nzzzzzz:\n"))
        told = [fault.message for fault in faults_of({"small.yaml": text})]
        assert told == [
            f"`{section}` must be a mapping",
            "`zzzzzz` is no key of a rule set",
        ], section
    # A value that cannot be read says nothing of the change that it is part of.
    for values, fault in (
        ("from: {}, to: 3", "`from` must be a list"),
        ("from: [3, x], to: 3", "`age` cannot be `x`"),
        ("from: 3, to: 400", "`age` cannot be `400`"),
    ):
        entry = f"{{label: {{nl: x, en: x}}, change: {{fact: age, {values}}}, decision: card, "
        text = changed(("flags:\n", f"expect:\n  one: {entry}never: A}}\nflags:\n"))
        assert [fault.message for fault in faults_of({"small.yaml": text})] == [fault]


def test_faults_stop_somewhere() -> None:
    """A file with thousands of faults is told two hundred, and that there may be more."""
    many = "\n".join(f"  key{number}: 1" for number in range(5000))
    faults = faults_of({"small.yaml": changed(("  id: small\n", f"  id: small\n{many}\n"))})
    assert len(faults) == 201
    assert faults[0].message == "holds 200 faults or more: the rest was not looked at"
