"""What the pages show is run: each block by a test of its page, or there is a reason why not."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from routeengine import Engine, load_ruleset
from routeengine.cli import main
from routeengine.cli.arguments import parser
from routeengine.loading.files import GROUP
from test_tutorials import AUDITOR, IDEAS, TUTORIALS
from website.build import ROOT, TOP

PAGES = [
    *(ROOT / name for name in TOP if name != "CHANGELOG.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
]

BLOCK = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

RUN = {
    "README.md": "tests/test_readme.py",
    "docs/artefact.md": "tests/portable/test_artefact.py",
    "docs/auditors.md": "tests/explanation/test_docs.py",
    "docs/auditors.nl.md": "tests/explanation/test_docs.py",
    "docs/authoring.md": "tests/cli/test_authoring_docs.py",
    "docs/bijstand-norm.md": "tests/bijstand_norm/test_docs.py",
    "docs/caseloads.md": "tests/caseload/test_docs.py",
    "docs/dmn.md": "tests/dmn/test_docs.py",
    "docs/dossier.md": "tests/dossier/test_docs.py",
    "docs/durable.md": "tests/executors/test_durable_docs.py",
    "docs/embedding.md": "tests/test_readme.py",
    "docs/events.md": "tests/events/test_docs.py",
    "docs/examples.md": "tests/test_example_programs.py",
    "docs/explanations.md": "tests/website/test_examples.py",
    "docs/ideas/cells.md": "tests/test_tutorials.py",
    "docs/ideas/unknown.md": "tests/test_tutorials.py",
    "docs/policy-rijswijk.md": "tests/policy/test_citations.py",
    "docs/points.md": "tests/test_points_docs.py",
    "docs/records.md": "tests/record/test_docs.py",
    "docs/rulebook.md": "tests/rulebook/test_docs.py",
    "docs/scale.md": "tests/spark/test_docs.py",
    "docs/sql.md": "tests/sql/test_docs.py",
    "docs/start.md": "tests/test_tutorials.py",
    "docs/tables.md": "tests/tables/test_docs.py",
    "docs/testing.md": "tests/testing/test_docs.py",
    "docs/tutorials/auditor.md": "tests/test_tutorials.py",
    "docs/tutorials/auditor.nl.md": "tests/test_tutorials.py",
    "docs/tutorials/author.md": "tests/test_tutorials.py",
    "docs/tutorials/integrator.md": "tests/test_tutorials.py",
    "docs/verification.md": "tests/verification/test_docs.py",
}
"""Pages with programs or with what commands print, and the test that runs them all."""

READ: Final = {
    ("RELEASING.md", "yaml"): "tests/distribution/test_metadata.py",
    ("docs/auditors.md", "sh"): "tests/explanation/test_docs.py",
    ("docs/auditors.nl.md", "sh"): "tests/explanation/test_docs.py",
    ("docs/authoring.md", "sh"): "tests/cli/test_authoring_docs.py",
    ("docs/bijstand-norm.md", "csv"): "tests/bijstand_norm/test_docs.py",
    ("docs/bijstand-norm.md", "yaml"): "tests/bijstand_norm/test_docs.py",
    ("docs/dmn.md", "xml"): "tests/dmn/test_docs.py",
    ("docs/embedding.md", "toml"): "tests/website/test_examples.py",
    ("docs/events.md", "csv"): "tests/events/test_docs.py",
    ("docs/pages.md", "yaml"): "tests/explanation/test_which_answer.py",
    ("docs/points.md", "text"): "tests/urgency.py",
    ("docs/points.md", "yaml"): "tests/urgency.py",
    ("docs/policy-rijswijk.md", "yaml"): "tests/policy/test_policy_cases.py",
    ("docs/report.md", "yaml"): "tests/report/test_docs.py",
    ("docs/rule-language.md", "csv"): "tests/test_rule_language_docs.py",
    ("docs/rule-language.md", "text"): "tests/test_rule_language_docs.py",
    ("docs/rule-language.md", "yaml"): "tests/test_rule_language_docs.py",
    ("docs/testing.md", ""): "tests/testing/test_docs.py",
    ("docs/testing.md", "yaml"): "tests/testing/test_docs.py",
    ("docs/verification.md", "sh"): "tests/verification/test_docs.py",
    ("docs/verification.md", "yaml"): "tests/website/test_examples.py",
}
"""The test that runs, loads or compares all blocks of a language on a page."""

COMMANDS: Final = {
    "docs/command-line.md": "sh",
    "docs/events.md": "",
    "docs/pages.md": "sh",
    "docs/policy-rijswijk.md": "",
    "docs/report.md": "",
    "docs/sql.md": "sh",
}
"""Pages whose commands are run below, and the language of those blocks."""

DRAWING = "a drawing in letters"
INSTALLS = "installs from the network"
LONG = "runs for a long time"

UNRUN: Final = {
    ("CONTRIBUTING.md", ".venv/bin/pip install --group docs"): INSTALLS,
    ("CONTRIBUTING.md", ".venv/bin/python -m pytest -q -n 2"): "is this suite",
    ("CONTRIBUTING.md", "python3 -m venv .venv"): INSTALLS,
    ("README.md", "python3 -m venv .venv && .venv/bin/pip install --quiet --upgrade pip \\"): (
        "the gate runs it in an empty folder"
    ),
    ("README.md", "python3 -m venv .venv && .venv/bin/pip install --quiet . \\"): (
        "the gate runs it in an empty folder"
    ),
    ("docs/architecture.md", "cli"): DRAWING,
    ("docs/conformance.md", "python tests/conformance/differential.py"): LONG,
    ("docs/decisions/13-reading-by-columns.md", "by rows"): DRAWING,
    ("docs/durable.md", "200,000 profiles"): LONG,
    ("docs/durable.md", "pip install 'routeengine[durable]'"): INSTALLS,
    ("docs/explanations.md", "plan"): DRAWING,
    ("docs/installing.md", ". .venv/share/bash-completion"): "needs the shells that it is for",
    ("docs/installing.md", "pip install routeengine"): INSTALLS,
    ("docs/pyodide.md", "PYTHONPATH=tests python -m portable.pyodide_parts"): INSTALLS,
    ("docs/pyodide.md", "npm install pyodide"): INSTALLS,
    ("docs/pyodide.md", "mkdir copy"): "the gate runs it in a folder of its own",
    ("docs/sql.md", "too large to be written as SQL"): "`tests/cli/test_export.py` provokes it",
    ("docs/testing.md", "PYTHONPATH=tests python -m code_mutation.run"): LONG,
    ("docs/testing.md", "pip install 'routeengine[testing]'"): INSTALLS,
    ("docs/trust.md", "routeengine check rijswijk-2023"): (
        "`tests/portable/test_certificate_command.py` takes the same steps"
    ),
    ("docs/trust.nl.md", "routeengine check rijswijk-2023"): (
        "`tests/portable/test_certificate_command.py` takes the same steps"
    ),
    ("docs/web-service.md", "pip install . --group service"): "installs, and starts a server",
}
"""How blocks begin that nothing runs, and why."""


NOT_RUN = {
    "docs/pyodide.md": "takes Pyodide from npm; `tests/portable` runs the same in it where it is",
}
"""Pages with such blocks that no test of the suite runs, and why."""


def blocks(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the blocks of a page by their language."""
    for indent, language, text in BLOCK.findall(path.read_text(encoding="utf-8")):
        yield language, re.sub(f"^{indent}", "", text, flags=re.MULTILINE)


def named(path: Path) -> str:
    """Return the name of a page in the repository."""
    return path.relative_to(ROOT).as_posix()


def test_every_page_with_programs_is_run() -> None:
    """By the test that the table names; and the table names no page without any."""
    pages = {
        named(page) for page in PAGES if {"python", "console", "js"} & dict(blocks(page)).keys()
    }
    assert pages == RUN.keys() | NOT_RUN.keys()
    assert RUN.keys().isdisjoint(NOT_RUN)
    for page, test in RUN.items():
        text = (ROOT / test).read_text(encoding="utf-8")
        assert Path(page).name in text or f'"{Path(page).parent.name}"' in text, page


FOLLOWED: Final = frozenset(map(named, [*IDEAS, *TUTORIALS, AUDITOR]))
"""Pages that a test follows from top to bottom; each says itself what of it is not run."""


def unaccounted(page: str, shown: list[tuple[str, str]]) -> list[str]:
    """Return the blocks of a page that nothing runs or reads, and that have no reason for it."""
    return [
        text
        for language, text in shown
        if page not in FOLLOWED
        and not (language in ("python", "console", "js") and page in RUN.keys() | NOT_RUN.keys())
        and (page, language) not in READ
        and COMMANDS.get(page) != language
        and not any(page == name and text.startswith(start) for name, start in UNRUN)
    ]


def test_every_block_is_run_or_says_why_not() -> None:
    """Of every language and on every page; and no table names what is not there."""
    shown = {named(page): list(blocks(page)) for page in PAGES}
    assert [(page, one) for page in shown for one in unaccounted(page, shown[page])] == []
    there = Counter((page, language) for page in shown for language, _ in shown[page])
    assert READ.keys() | COMMANDS.items() <= there.keys()
    for page, start in UNRUN:
        assert sum(text.startswith(start) for _, text in shown[page]) == 1, (page, start)
    for (page, _), test in READ.items():
        assert Path(page).name in (ROOT / test).read_text(encoding="utf-8"), page


def test_a_block_that_nothing_runs_is_found() -> None:
    """On a page without a test, and in a language that the tests of a page do not read."""
    assert unaccounted("docs/new.md", [("sh", "routeengine check\n")]) == ["routeengine check\n"]
    assert unaccounted("docs/report.md", [("toml", "a = 1\n"), ("", "")]) == ["a = 1\n"]


STANDS_FOR: Final = {
    "CASELOAD": "few.csv",
    "F": "few.events.csv",
    "ID": "R-0002",
    "OUT": "out.csv",
    "DIR": "letters",
    "RECORD": "record.json",
}
"""What the words in capitals stand for in the folder below."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with what the pages speak of: caseloads, events, records, a library's rules."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(ROOT / "fixtures", folder / "fixtures")
    lines = (folder / "fixtures/caseload.csv").read_text(encoding="utf-8").splitlines(True)
    (folder / "few.csv").write_text("".join(lines[:8]), encoding="utf-8")
    few = {line.partition(",")[0] for line in lines[:8]}
    events = (folder / "fixtures/caseload.events.csv").read_text(encoding="utf-8")
    kept = [line for line in events.splitlines(True) if line.partition(",")[0] in few]
    (folder / "few.events.csv").write_text("".join(kept), encoding="utf-8")
    engine = Engine(load_ruleset("rijswijk-2023"))
    result = engine.classify({"client_id": "c1", "rung": 1, "receives_benefit": True})
    for name in ("record.json", "c1.json"):
        engine.record(result, datetime(2024, 5, 1, tzinfo=UTC)).write(folder / name)
    library = ROOT / "fixtures/library-card"
    (folder / "next").mkdir()
    for path in library.glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("age: {at_most: 17}", "age: {at_most: 15}")
        (folder / "next" / path.name).write_text(text, encoding="utf-8")
    (folder / "clients.csv").write_text("client_id,age\nc1,17\n", encoding="utf-8")
    [model] = [text for language, text in blocks(ROOT / "docs/dmn.md") if language == "xml"]
    (folder / "plans.dmn").write_text(model, encoding="utf-8")
    return folder


SLOW: Final = {"docs/command-line.md", "docs/pages.md", "docs/sql.md"}
"""Pages that take some seconds: all of a caseload, and proofs."""

ENDS_WITH: Final = {"routeengine diff": 1, "routeengine import": 1, "routeengine export studio": 2}
"""Commands that find what they are to find, and one that needs a package of npm, and says so."""


@pytest.mark.parametrize(
    "page",
    [pytest.param(one, marks=[pytest.mark.gate] if one in SLOW else []) for one in COMMANDS],
)
def test_the_commands_of_a_page_run(
    page: str, office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each does what it is there for, one after another; installing is the reader's."""
    monkeypatch.chdir(office)
    lines = [
        line
        for language, text in blocks(ROOT / page)
        if language == COMMANDS[page]
        for line in text.splitlines()
        if line.startswith("routeengine ")
    ]
    assert lines
    for line in lines:
        words = [STANDS_FOR.get(one, one) for one in shlex.split(line, comments=True)[1:]]
        # What goes into a file by `>` is looked at here.
        words = words[: words.index(">")] if ">" in words else words
        status = main(words)
        assert status == next((ENDS_WITH[one] for one in ENDS_WITH if line.startswith(one)), 0), (
            line
        )
        said, wrong = capsys.readouterr()
        if status == 2:
            assert "npm install pyodide" in wrong
        else:
            assert said or Path(words[words.index("-o") + 1]).exists(), line


def test_what_is_shown_of_a_package_with_rules_is_what_is_looked_for() -> None:
    """The entry point has the group in which rule sets of others are found."""
    [text] = [one for language, one in blocks(ROOT / "docs/embedding.md") if language == "toml"]
    [group] = tomllib.loads(text)["project"]["entry-points"].items()
    assert group[0] == GROUP


def test_what_is_shown_of_pre_commit_names_hooks_that_are_there() -> None:
    """And hands each what the command of that hook takes."""
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    entries = {one["id"]: one["entry"].split()[1:] for one in offered}
    [text] = [one for language, one in blocks(ROOT / "docs/verification.md") if language == "yaml"]
    for repository in yaml.safe_load(text)["repos"]:
        for hook in repository["hooks"]:
            parser().parse_args([*entries[hook["id"]], *hook["args"]])


def commands(path: Path) -> Iterator[list[str]]:
    """Yield the words of each `routeengine …` that a page shows in a block."""
    for _, text in blocks(path):
        for line in re.sub(r"\\\n", " ", text).splitlines():
            if not re.search(r"(^|\$ |\s)(\.venv/bin/)?routeengine ", line) or "…" in line:
                continue
            words = shlex.shlex(line, posix=True, punctuation_chars=True)
            words.whitespace_split = True
            # At `&&`, `|` and the like another command begins.
            for ends, part in groupby(words, key=lambda word: not set(word) - set("&|;<>()")):
                command = [word for word in part if word not in ("$", "do")]
                if not ends and command and command[0].rpartition("/")[2] == "routeengine":
                    yield command[1:]


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_command_that_is_shown_can_be_given(path: Path) -> None:
    """Its name and its options are known; what capitals stand for is the reader's."""
    top = parser()
    for words in commands(path):
        if words and words[0] not in ("--version", "--help"):
            top.parse_args(["2023-06-05" if word == "DAY" else word for word in words])


def test_the_page_on_explanations_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Its program prints the explanation; each other line gives a text or data."""
    page = ROOT / "docs/explanations.md"
    [program] = [text for language, text in blocks(page) if language == "python"]
    names: dict[str, Any] = {}
    exec(compile(program, "docs/explanations.md", "exec"), names)
    assert capsys.readouterr().out == names["explanation"].to_text() + "\n"
