"""Standard streams that are closed, full or left, in every command: no wrong status."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.streams import Answer, Call, How, run
from examples import gated
from loading.small import SMALL
from routeengine import Engine, load_ruleset

CASES = """\
cases:
  adult:
    facts: {age: 18, willing: true, debt: none}
    expect: {card: {outcome: A, rule: card_a}, loan: {outcome: "1", rule: loan_one}, flags: []}
"""
CASELOAD = "client_id,age,willing,debt\nc1,18,ja,geen\nc2,200,,\n"
SAID = "é €"
"""Words of the rule set that neither ASCII nor Latin-1 can hold."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write rules, another version of them, cases, a caseload and a record."""
    folder = tmp_path_factory.mktemp("streams")
    rules = SMALL.replace("title: {nl: klein", f"title: {{nl: {SAID}")
    rules = rules.replace("label: {nl: volwassen", f"label: {{nl: {SAID}")
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    newer = rules.replace("{age: {at_least: 18}}", "{age: {at_least: 21}}")
    (folder / "newer.yaml").write_text(newer, encoding="utf-8")
    (folder / "cases.yaml").write_text(CASES, encoding="utf-8")
    (folder / "in.csv").write_text(CASELOAD, encoding="utf-8")
    engine = Engine(load_ruleset(folder / "rules.yaml"))
    record = engine.record(engine.classify({"client_id": "c1"}), datetime(2026, 1, 2, tzinfo=UTC))
    record.write(folder / "record.json")
    return folder


@pytest.fixture(scope="module", params=["some", pytest.param("all", marks=pytest.mark.night)])
def commands(request: pytest.FixtureRequest, folder: Path) -> list[list[str]]:
    """Return commands in all their forms, or one of each kind."""
    rules, newer, cases, caseload, record = (
        str(folder / name)
        for name in ("rules.yaml", "newer.yaml", "cases.yaml", "in.csv", "record.json")
    )
    explain = ["explain", caseload, "--rules", rules, "--client", "c1"]
    diff = ["diff", rules, newer, "--caseload", caseload]
    some = [
        ["classify", caseload, "--rules", rules],
        [*explain, "--format", "html"],
        ["--help"],
        ["chek"],
    ]
    if request.param == "some":
        return some
    return [
        *some,
        ["classify", caseload, "--rules", rules, "-o", "-", "--to", "jsonl"],
        ["test", rules, cases, "--json"],
        ["--version"],
        ["export", "sql", "--help"],
        explain,
        *([*explain, "--format", form] for form in ("json", "markdown")),
        ["explain", caseload, "--rules", rules, "--client", "c2"],
        ["check", rules],
        ["check", rules, "--json"],
        ["test", rules, cases],
        ["test", rules, cases, "--mutate"],
        ["test", rules, cases, "--mutate", "--json"],
        diff,
        [*diff, "--json"],
        ["replay", record, "--rules", rules],
        ["export", "json-schema"],
        ["export", "json-schema", "--rules", rules, "--of", "cases"],
        ["export", "sql", "--rules", rules],
        ["check", "nowhere"],
        ["cite", cases],
    ]


@pytest.fixture(scope="module")
def both(commands: list[list[str]]) -> list[Answer]:
    """Run each command with streams that work, then each with no room for what it prints."""
    hows: tuple[How, How] = ("open", "full")
    return run([Call(arguments, out=how) for how in hows for arguments in commands])


@pytest.fixture(scope="module")
def plain(commands: list[list[str]], both: list[Answer]) -> list[Answer]:
    """Give what came of streams that work."""
    return both[: len(commands)]


def test_streams_that_work(plain: list[Answer]) -> None:
    """The commands come to something, so that the other tests are of something."""
    assert {one.status for one in plain} == {0, 1, 2}
    assert all(one.out for one in plain if one.status == 0)
    assert not any(b"Traceback" in one.err for one in plain)


@pytest.mark.parametrize("how", gated(["left", "closed"], night=True))
def test_nobody_reads_what_is_printed(
    commands: list[list[str]], plain: list[Answer], how: How
) -> None:
    """`>&-` and `| head`: the status is the same, and nothing more is told."""
    answers = run([Call(arguments, out=how) for arguments in commands])
    assert [(one.status, one.err) for one in answers] == [(one.status, one.err) for one in plain]


def test_no_room_for_what_is_printed(both: list[Answer], plain: list[Answer]) -> None:
    """The status is 2, and the last line says what has no room and why."""
    for answer, before in zip(both[len(plain) :], plain, strict=True):
        told = b""
        if before.out:
            assert answer.status == 2
            told = b"no space left on device\n"
        assert answer.status == (2 if before.out else before.status)
        *_, line = answer.err.splitlines(keepends=True)[-1:] or [b""]
        assert line.startswith(b"standard output: ") == bool(before.out)
        assert line.endswith(told)
        assert b"Traceback" not in answer.err
        assert b"Exception ignored" not in answer.err


@pytest.mark.parametrize("how", gated(["full", "closed", "left"], night=True))
def test_messages_that_nobody_gets(
    commands: list[list[str]], plain: list[Answer], how: How
) -> None:
    """Standard error: status and output are the same, and no message goes into the output."""
    answers = run([Call(arguments, err=how) for arguments in commands])
    assert [(one.status, one.out) for one in answers] == [(one.status, one.out) for one in plain]


@pytest.mark.gate
def test_no_streams_at_all(folder: Path, commands: list[list[str]], plain: list[Answer]) -> None:
    """All three closed, as a service may start a command: the status is the same."""
    out = folder / "out.csv"
    calls = [Call(one, out="closed", err="closed", given=None) for one in commands]
    written = [*commands[0], "-o", str(out)]
    answers = run([*calls, Call(written, out="closed", err="closed", given=None)])
    assert [one.status for one in answers[:-1]] == [one.status for one in plain]
    assert answers[-1].status == 1
    assert out.read_text(encoding="utf-8").startswith("client_id,")
    assert (folder / "in.csv").read_text(encoding="utf-8") == CASELOAD


@pytest.mark.gate
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_programs_read_is_utf_8(
    commands: list[list[str]], plain: list[Answer], encoding: str
) -> None:
    """Whatever the terminal has: JSON, HTML, Markdown, SQL, schemas and rows are the same bytes.

    What people read is in the encoding of their terminal, a question mark for what it lacks.
    """
    answers = run([Call(arguments, encoding=encoding) for arguments in commands])
    for arguments, answer, before in zip(commands, answers, plain, strict=True):
        assert answer.status == before.status
        for_people = arguments[0] in ("classify", "check", "test", "diff", "explain", "replay")
        if for_people and not {"--json", "--format", "-o"} & {*arguments}:
            shown = before.out.decode().replace("\u00a0", " ").encode(encoding, "replace")
            assert answer.out == shown
        else:
            assert answer.out == before.out
    said = SAID.encode()
    assert any(said in one.out for one in plain)


@pytest.mark.gate
def test_a_caseload_from_standard_input(folder: Path) -> None:
    """In a format that is told; so explained, compared and classified, it is as from a file."""
    rules, newer = str(folder / "rules.yaml"), str(folder / "newer.yaml")
    lines = "".join(
        json.dumps(one) + "\n" for one in ({"client_id": "c1", "age": 18}, {"client_id": "c2"})
    )
    (folder / "two.jsonl").write_text(lines, encoding="utf-8")
    calls = [
        Call([*arguments, *more], given=lines)
        for source, more in ((str(folder / "two.jsonl"), []), ("-", ["--from", "jsonl"]))
        for arguments in (
            ["classify", source, "--rules", rules],
            ["classify", source, "--rules", rules, "-o", "-", "--to", "csv"],
            ["explain", source, "--rules", rules, "--client", "c2"],
            ["diff", rules, newer, "--caseload", source],
        )
    ]
    answers = run(calls)
    named = str(folder / "two.jsonl").encode()
    by_name = [
        Answer(one.status, one.out, one.err.replace(named, b"standard input"))
        for one in answers[:4]
    ]
    assert by_name == answers[4:]
    assert answers[1].out.count(b"\r\n") == 3
    assert SAID in answers[1].err.decode(), "the summary is beside the rows"


@pytest.mark.gate
def test_what_is_wrong_with_standard_input_is_told(folder: Path) -> None:
    """It is called by that name: closed, in no format, in one that is not read, with a bad row."""
    ask = ["--rules", str(folder / "rules.yaml")]
    missing, unknown, closed, absent, bad = run(
        [
            Call(["classify", "-", *ask]),
            Call(["classify", "-", "--from", "pdf", *ask]),
            Call(["classify", "-", "--from", "csv", *ask], given=None),
            Call(["explain", "-", "--from", "csv", "--client", "c9", *ask], given=CASELOAD),
            Call(["classify", "-", "--from", "csv", *ask], given=CASELOAD),
        ]
    )
    assert b"standard input: has no ending that is read" in missing.err
    assert b"(`--from`)" in missing.err
    assert b"standard input: cannot be read in that format: use `csv`" in unknown.err
    assert closed.err == b"standard input: is closed\n"
    assert absent.err == b"standard input: there is no client with that id\n"
    assert bad.err.startswith(b"standard input:3: age: must be")
    assert [one.status for one in (missing, unknown, closed, absent, bad)] == [2, 2, 2, 2, 1]
