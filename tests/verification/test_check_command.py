"""`routeengine check` shows each finding with its witness, and what may stay apart from them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from routeengine.cli import main
from verification.broken import LIBRARY, POLICY


def copied(tmp_path: Path, folder: Path, file: str, *patch: tuple[str, str]) -> str:
    """Copy a rule set with texts of one file replaced; give its path."""
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    text = (copy / file).read_text(encoding="utf-8")
    for old, new in patch:
        assert old in text, old
        text = text.replace(old, new, 1)
    (copy / file).write_text(text, encoding="utf-8")
    return str(copy)


def test_a_change_that_is_not_expected_is_shown_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fact that changes stands with both its values, and the witness keeps to what it needs."""
    rules = copied(
        tmp_path, POLICY, "decision-2-route.yaml",
        ("- not: willing\n            - not: active_at_maximum\n        then: {review: [B]}",
         "- not: willing\n            - not: active_at_maximum\n        then: D"),
    )  # fmt: skip
    assert main(["check", rules]) == 1
    printed = capsys.readouterr().out
    assert (
        "error: expectation `unwillingness_alone_is_no_ground_for_rest` does not hold: "
        "`route` can go from `B` to `D` [broken_expectation]\n  for instance: " in printed
    )
    assert "willing: true -> false" in printed
    assert "expectations that hold: 8 of 12" in printed
    assert main(["check", rules, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    (one,) = [f for f in data["findings"] if f["changed"]]
    assert (one["witness"]["willing"], one["changed"]["willing"]) == (True, False)
    assert "willing" in one["enough"]
    assert {f["kind"] for f in data["accepted"]} == {"idle_outranks"}
    assert data["accepted"][0]["accepted"]["en"]
    assert len(data["expectations"]) == 8


def test_what_never_is_has_no_witness(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A warning without an example; status 1 all the same."""
    rules = copied(tmp_path, LIBRARY, "3-decisions.yaml", ("        - one_loose_end\n", ""))
    Path(rules, "5-expectations.yaml").unlink()
    assert main(["check", rules]) == 1
    printed = capsys.readouterr().out
    assert "warning: criterion `one_loose_end` makes no difference: " in printed
    assert "for instance" not in printed
    assert "expectations" not in printed
    assert printed.endswith("\n1 warning\n")


def test_a_note_is_told_and_found_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An outcome that is only ever proposed is worth a note, and no failure."""
    rules = copied(
        tmp_path, LIBRARY, "3-decisions.yaml",
        ("        then: guest_card\n", "        then: {review: [guest_card]}\n"),
        ("        when: {decision: card, outcome: guest_card}\n",
         "        when: {decision: card, rule: card_guest}\n"),
    )  # fmt: skip
    assert main(["check", rules]) == 0
    printed = capsys.readouterr().out
    assert "note: outcome `guest_card` of `card` is a candidate, and never decided" in printed
    assert printed.endswith("every rule has its use; 1 note; 1 accepted\n")


def test_what_is_needed_besides_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Facts that the constraints bring along are told after those that are enough."""
    rules = copied(
        tmp_path, POLICY, "decision-2-route.yaml",
        ("            - not: serious_barrier\n", "            - not: single_serious_problem\n"),
    )  # fmt: skip
    assert main(["check", rules]) == 1
    printed = capsys.readouterr().out
    assert "can_start_soon: true" in printed
    assert "  and with that: able_to_participate: true\n" in printed
