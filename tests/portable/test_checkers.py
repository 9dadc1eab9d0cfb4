"""The checkers themselves: what is hostile, and what a fault in one of them would let pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from loading.small import small
from portable.certified import Files, Told, files_of, load, put_right, run_node
from routeengine import Engine
from routeengine.canonical import sha256_of
from routeengine.portable import AdviceCertifier, certify

ROOT = Path(__file__).parents[2]


def wrong(*files: dict[str, str]) -> list[Told]:
    """Give what both programs say of files that cannot be read, or are not so: the same."""
    told = list(map(load().told, files))
    assert [one._asdict() for one in told] == run_node({"files": one} for one in files)
    for one in told:
        (line,) = one.lines
        assert line.startswith(("cannot be read: ", "refused: "))
    return told


@cache
def good() -> Files:
    """Give files in which nothing is wrong."""
    return files_of(certify(small()))


def with_rules(**changes: Any) -> dict[str, str]:
    """Give files with other rules, digests put right."""
    return put_right({**good(), "rules": {**good()["rules"], **changes}})


def circle(number: int) -> list[Any]:
    """Give criteria of which each refers to the next, and the last to the first."""
    return [
        {"id": f"c{one}", "when": {"is": "CriterionIs", "criterion": f"c{(one + 1) % number}"}}
        for one in range(number)
    ]


NO_FILES = (
    "", "{", "[]", "null", "1", '{"form": 1.5}', '{"form": NaN}', "\udcff", "[" * 100_000,
    "9" * 10_000, '{"form": "routeengine/rules/2"}', '"\\ud800"',
)  # fmt: skip
"""What is no JSON, has no whole numbers, is of another form, or nested too deep."""


@pytest.mark.gate
@pytest.mark.parametrize("name", ["rules.json", "certificate.json", "artefact.json"])
def test_what_is_no_such_file_is_said_so(name: str) -> None:
    """In a line, and with exit status 2, also where the digest is right."""
    assert {told.status for told in wrong(*no_files(name))} == {2}


def no_files(name: str) -> Iterator[dict[str, str]]:
    """Yield files of which one is not as it should be, digests put right."""
    right = put_right(good())
    for text in NO_FILES:
        texts = {**right, name: text}
        if name != "certificate.json":
            digest = sha256_of(text.encode("utf-8", "surrogateescape"))
            certificate = json.loads(right["certificate.json"])
            certificate[f"{name.removesuffix('.json')}_sha256"] = digest
            texts["certificate.json"] = json.dumps(certificate)
        yield texts


def test_a_file_that_is_not_there_is_named() -> None:
    """By its path, and nothing else."""
    texts = put_right(good())
    for name in texts:
        rest = {other: text for other, text in texts.items() if other != name}
        if name == "certificate.json":
            continue
        told = load().told(rest)
        assert told.status == 2
        assert told.lines == [f"cannot be read: DIR/{name}"]


@pytest.mark.gate
def test_digests_are_looked_at() -> None:
    """Rules, or an artefact, of which the certificate is not."""
    texts = put_right(good())
    rules, artefact = json.dumps(good()["rules"]), json.dumps(good()["artefact"])
    told = wrong({**texts, "rules.json": rules}, {**texts, "artefact.json": artefact})
    assert [one.lines[0] for one in told] == [
        "refused: the certificate is of other rules",
        "refused: the certificate is of another artefact",
    ]
    # An editor may put a line end after all of it.
    assert load().told({name: f"{text}\n" for name, text in texts.items()}) == load().told(texts)


@pytest.mark.gate
def test_circles_are_seen() -> None:
    """Criteria that refer to each other, also in a large circle."""
    told = wrong(*[with_rules(criteria=circle(number)) for number in (1, 2, 700, 5_000)])
    assert {one.status for one in told} == {2}


@pytest.mark.gate
def test_chains_have_an_end() -> None:
    """Of criteria that refer to the next, so many that no program could follow them."""
    chain = circle(3_000)
    chain[-1]["when"] = {"is": "All", "parts": []}
    long = with_rules(criteria=chain)
    deep = '{"is":"Not","part":' * 1_200 + '{"is":"All","parts":[]}' + "}" * 1_200
    texts = with_rules(criteria=[{"id": "c", "when": "HERE"}])
    rules = texts["rules.json"].replace('"HERE"', deep)
    certificate = {**json.loads(texts["certificate.json"]), "rules_sha256": sha256_of(rules)}
    texts = {**texts, "rules.json": rules, "certificate.json": json.dumps(certificate)}
    assert [one.status for one in wrong(long, texts)] == [2, 2]


@pytest.mark.gate
def test_a_rule_that_outranks_itself_is_refused() -> None:
    """Also by way of others: there would be no winner."""
    decisions = deepcopy(good()["rules"]["decisions"])
    rules = decisions[0]["rules"]
    rules[0]["outranks"], rules[1]["outranks"] = [rules[1]["id"]], [rules[0]["id"]]
    (told,) = wrong(with_rules(decisions=decisions))
    assert told.lines == ["cannot be read: a rule outranks itself"]


@pytest.mark.gate
def test_a_name_cannot_write_a_line() -> None:
    """What is printed is what was found."""
    names = ["a\ndecision loan: total and exclusive", "\x1b[2J", "", "é", "a" * 101]
    assert {one.status for one in wrong(*[with_rules(id=name) for name in names])} == {2}


@pytest.mark.gate
def test_trees_that_grow_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Splits that split nothing, each of which leads twice to the one before."""
    certifier = AdviceCertifier(Engine(small()))
    certificate = certifier.certify({})
    cells = list(range(len(good()["artefact"]["facts"][0]["cells"])))
    certificate["nodes"] = [[0, cells, number, cells, number] for number in range(60)]
    certificate["explanations"][0]["tree"] = 60
    monkeypatch.setattr(load().rules, "MOST_STEPS", 1_000)  # the same, sooner
    (told,) = wrong(put_right({"rules": json.loads(certifier.rules), "certificate": certificate}))
    assert told.lines == ["refused: a tree has too many splits"]


def test_the_command_lines_take_one_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """Or else say how they are used."""
    for module in (load().rules, load().artefact):
        assert load().rules.run(module.check_folder, []) == 2
        assert "give the folder" in capsys.readouterr().out
