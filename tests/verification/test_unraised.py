"""A version that was not raised is told: by `diff` first of all, and by `check --against`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from loading.small import SMALL, changed
from loading.test_named_schema import DIEMEN
from routeengine.cli import main
from routeengine.difference_words import DifferenceWords
from routeengine.formatters.diff import as_text
from routeengine.i18n import LANGUAGES, catalogue
from routeengine.loading import load_instances, load_ruleset
from routeengine.verification import diff, unraised
from routeengine.verification.instances import unraised_finding
from verification.broken import LIBRARY

Printed = pytest.CaptureFixture[str]

MOVED = ("{age: {at_least: 18}}", "{age: {at_least: 21}}")
REWRITTEN = ("{age: {at_least: 18}}", "{age: {between: [18, 120]}}")
"""The same values, so the same rules."""
TWICE_NOT = ("{age: {at_least: 18}}", "{not: {age: {at_most: 17}}}")
"""Proved to mean the same, and written otherwise."""
REWORDED = ("title: {nl: klein", "title: {nl: kleiner")
RAISED, LOWERED = ("version: 1.0.0", "version: 1.0.1"), ("version: 1.0.0", "version: 0.9.9")


@pytest.mark.parametrize(
    ("patches", "found"),
    [
        ((), None),
        ((MOVED,), "meaning"),
        ((TWICE_NOT,), "meaning"),
        ((REWRITTEN,), "texts"),
        ((REWORDED,), "texts"),
        ((RAISED,), None),
        ((MOVED, RAISED), None),
        ((MOVED, ("version: 1.0.0", "version: 1.10.0")), None),
        ((MOVED, LOWERED), "meaning"),
        ((MOVED, ("id: small", "id: other")), None),
    ],
)
def test_what_changed_under_one_version(
    patches: tuple[tuple[str, str], ...],
    found: str | None,
    tmp_path: Path,
    capsys: Printed,
) -> None:
    """The two commands and the function agree, but that `diff` says nothing of a lower version."""
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(SMALL, encoding="utf-8")
    new.write_text(changed(*patches), encoding="utf-8")
    before, after = load_ruleset(old), load_ruleset(new)
    assert unraised(before, after) == found
    status = main(["diff", str(old), str(new), "--json"])
    data = json.loads(capsys.readouterr().out)
    assert data["version_not_raised"] == (None if LOWERED in patches else found)
    assert status == (0 if data["same"] and data["version_not_raised"] != "meaning" else 1)
    alone = main(["check", str(new), "--json"]), json.loads(capsys.readouterr().out)["findings"]
    status = main(["check", str(new), "--json", "--against", str(old)])
    if after.id != before.id:
        assert status == 2
        assert "`--against` takes the rule set `other` as it was" in capsys.readouterr().err
        return
    more = [one for one in json.loads(capsys.readouterr().out)["findings"] if one not in alone[1]]
    kinds = {"meaning": "version_not_raised", "texts": "texts_not_raised"}
    severities = {"meaning": "error", "texts": "note"}
    wanted = [(kinds[found], severities[found])] if found else []
    assert [(one["kind"], one["severity"]) for one in more] == wanted


@pytest.mark.parametrize(
    ("patches", "kinds"),
    [
        ((), []),
        ((REWORDED,), ["texts_not_raised"]),
        ((("is: 40", "is: 42"),), ["version_not_raised"]),
        ((("from: 2026-07-01", "from: 2026-08-01"),), ["version_not_raised"]),
        ((("from: 2026-07-01", "from: 2026-08-01"), RAISED), []),
    ],
)
def test_what_changed_in_any_instance(
    patches: tuple[tuple[str, str], ...], kinds: list[str]
) -> None:
    """A number that changed is a change of what decides; so is one that holds on other days."""
    text = DIEMEN
    for old, new in patches:
        assert old in text
        text = text.replace(old, new, 1)
    before, after = (load_instances({"r.yaml": one}) for one in (DIEMEN, text))
    assert [one.kind for one in unraised_finding(before, after)] == kinds


@pytest.mark.gate
def test_the_status_of_a_check_is_that_of_an_error(tmp_path: Path, capsys: Printed) -> None:
    """Rules that are clean by themselves: 1 where the version was not raised, 0 where it was."""
    rules = {one.name: one.read_text(encoding="utf-8") for one in LIBRARY.glob("*.yaml")}
    rules["2-facts.yaml"] = rules["2-facts.yaml"].replace("between: [5, 50]", "between: [6, 50]")
    for version, status in (("1.2.0", 1), ("1.1.9", 1), ("1.3.0", 0)):
        folder = tmp_path / version
        folder.mkdir()
        for name, text in rules.items():
            written = text.replace("version: 1.2.0", f"version: {version}")
            (folder / name).write_text(written, encoding="utf-8")
        assert main(["check", str(folder), "--against", str(LIBRARY)]) == status
        printed = capsys.readouterr().out
        assert ("[version_not_raised]" in printed) is bool(status)
        assert main(["check", str(folder)]) == 0
        capsys.readouterr()


def test_it_is_said_first() -> None:
    """Right under the names of the two, in each language; nothing is said where nothing is."""
    old = load_ruleset({"r.yaml": SMALL})
    for new, name in (
        (load_ruleset({"r.yaml": changed(TWICE_NOT)}), "unraised"),
        (replace(old, owner={"nl": "zij", "en": "them"}), "unraised_texts"),
    ):
        for language in LANGUAGES:
            difference, words = diff(old, new), catalogue(language).difference
            lines = as_text(DifferenceWords(difference, language), None).splitlines()
            assert lines[1:] == [getattr(words, name).format(version="1.0.0"), words.same]
    assert DifferenceWords(diff(old, old), "nl").unraised() == ""


def test_the_page_of_a_change_says_it(tmp_path: Path) -> None:
    """Above whether they mean the same."""
    old, new, page = (tmp_path / name for name in ("old.yaml", "new.yaml", "page.html"))
    old.write_text(SMALL, encoding="utf-8")
    new.write_text(changed(MOVED), encoding="utf-8")
    said = catalogue("en").difference.unraised.format(version="1.0.0")
    command = ["diff", str(old), str(new), "--lang", "en", "-o", str(page)]
    assert main(command) == 1
    assert page.read_text(encoding="utf-8").count(said) == 1
    new.write_text(changed(MOVED, RAISED), encoding="utf-8")
    assert main(command) == 1
    assert said not in page.read_text(encoding="utf-8")


def test_citations_that_nobody_looked_at_are_counted(tmp_path: Path, capsys: Printed) -> None:
    """Per source, in a note, which changes no status; not where the text was given."""
    assert main(["check", str(LIBRARY), "--json"]) == 0
    notes = json.loads(capsys.readouterr().out)["findings"]
    (note,) = [one for one in notes if one["kind"] == "unchecked_citations"]
    assert note["message"] == "8 citations were not held against their source, `house_rules`"
    assert note["where"].endswith("1-ruleset.yaml:20")
    given = ["--source", f"house_rules={LIBRARY / 'house-rules.txt'}"]
    assert main(["check", str(LIBRARY), "--json", *given]) == 0
    rest = json.loads(capsys.readouterr().out)["findings"]
    assert rest == [one for one in notes if one is not note]
    more = "  uncited:\n    title: {nl: x, en: x}\n    number: X\n    kind: {nl: x, en: x}\n"
    rules = tmp_path / "rules.yaml"
    rules.write_text(SMALL.replace("citations:\n", f"{more}citations:\n"), encoding="utf-8")
    main(["check", str(rules)])
    printed = capsys.readouterr().out
    assert "note: 1 citation was not held against its source, `paper`" in printed
    assert "uncited" not in printed
